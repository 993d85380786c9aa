//! ECDSA on P-256 and secp256k1 with SHA-256 and P-384 with SHA-384: fixed width (IEEE P1363), as JOSE has it, and DER.

use crate::vectors::{Tally, hex, is_valid, wycheproof};
use serde_json::Value;
use wallet_core::jose::PublicKey;

fn spki_key(group: &Value) -> PublicKey {
    let key = &group["publicKey"];
    if key["curve"] == "secp256k1" {
        // No certificate has such a key here.
        assert!(PublicKey::from_spki_der(&hex(&group["publicKeyDer"])).is_err());
        return PublicKey::from_secp256k1_point(&hex(&key["uncompressed"])).unwrap();
    }
    PublicKey::from_spki_der(&hex(&group["publicKeyDer"])).unwrap()
}

fn run_fixed_width(file: &str) -> Tally {
    let mut tally = Tally::default();
    for (group, test) in wycheproof(file) {
        let key = spki_key(&group);
        if let Some(jwk) = group.get("publicKeyJwk") {
            assert_eq!(PublicKey::from_jwk(jwk).unwrap(), key);
        }
        assert_eq!(key.to_spki_der(), hex(&group["publicKeyDer"]));
        let accepted = key.verify(&hex(&test["msg"]), &hex(&test["sig"])).is_ok();
        assert_eq!(accepted, is_valid(&test), "{file} {}", test["tcId"]);
        tally.count(accepted);
    }
    tally
}

fn run_der(file: &str) -> Tally {
    let mut tally = Tally::default();
    for (group, test) in wycheproof(file) {
        let key = spki_key(&group);
        let (message, signature) = (hex(&test["msg"]), hex(&test["sig"]));
        let accepted = key.verify_der(&message, &signature).is_ok();
        assert_eq!(accepted, is_valid(&test), "{file} {}", test["tcId"]);
        // A DER signature is never taken where fixed width is prescribed.
        assert!(key.verify(&message, &signature).is_err());
        tally.count(accepted);
    }
    tally
}

// shows: HAIP 25
#[test]
fn p256_signatures_of_fixed_width() {
    run_fixed_width("ecdsa_secp256r1_sha256_p1363").assert(173, 89, 0);
}

#[test]
fn p384_signatures_of_fixed_width() {
    run_fixed_width("ecdsa_secp384r1_sha384_p1363").assert(193, 87, 0);
}

#[test]
fn p256_signatures_in_der() {
    run_der("ecdsa_secp256r1_sha256").assert(174, 310, 0);
}

#[test]
fn p384_signatures_in_der() {
    run_der("ecdsa_secp384r1_sha384").assert(194, 310, 0);
}

#[test]
fn secp256k1_signatures_of_fixed_width() {
    run_fixed_width("ecdsa_secp256k1_sha256_p1363").assert(167, 85, 0);
}

#[test]
fn secp256k1_signatures_in_der() {
    run_der("ecdsa_secp256k1_sha256").assert(168, 308, 0);
}
