//! Wycheproof for what only this module does with its primitives: key agreement on P-256, AES-GCM with 96-bit IVs and
//! 128-bit tags.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::secret::Secret;
use p256::PublicKey as Point;

/// Tests with their groups, as many as the file says it has.
fn wycheproof(name: &str) -> Vec<(Value, Value)> {
    let path = format!(
        "{}/../test-fixtures/vectors/wycheproof/{name}_test.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut all = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        let mut header = group.clone();
        header["tests"] = Value::Null;
        let tests = group["tests"].as_array().unwrap();
        all.extend(tests.iter().map(|test| (header.clone(), test.clone())));
    }
    assert_eq!(all.len(), file["numberOfTests"]);
    all
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn private(scalar: &[u8]) -> DecryptionKey {
    let start = scalar.iter().position(|byte| *byte != 0).unwrap();
    let mut bytes = [0; 32];
    bytes[32 - (scalar.len() - start)..].copy_from_slice(&scalar[start..]);
    DecryptionKey::from_secret(&Secret::take(&mut bytes)).unwrap()
}

fn point(key: PublicKey) -> Option<Point> {
    match key {
        PublicKey::P256(key) => Some(key.into()),
        _ => None,
    }
}

/// How many agreements gave the shared secret, and how many public keys were refused.
#[derive(Debug, Default, PartialEq, Eq)]
struct Agreements {
    right: usize,
    refused: usize,
    acceptable_refused: usize,
}

impl Agreements {
    fn count(&mut self, test: &Value, public: Option<Point>, scalar: &[u8]) {
        match (test["result"].as_str().unwrap(), public) {
            ("valid" | "acceptable", Some(public)) => {
                let shared = private(scalar).agree(&public);
                assert_eq!(
                    shared.expose()[..],
                    hex(&test["shared"]),
                    "{}",
                    test["tcId"]
                );
                self.right += 1;
            }
            ("invalid", None) => self.refused += 1,
            ("acceptable", None) => self.acceptable_refused += 1,
            (result, _) => panic!("{} is {result}", test["tcId"]),
        }
    }
}

// shows: HAIP 13 (vector), HOSTILE 22 (vector)
#[test]
fn agreement_with_jwk_keys_is_right_and_bad_keys_are_refused() {
    let mut run = Agreements::default();
    for (_, test) in wycheproof("ecdh_secp256r1_webcrypto") {
        let public = test["public"]
            .as_object()
            .and_then(|members| PublicKey::from_required_members(members).ok())
            .and_then(point);
        let scalar = base64url::decode(test["private"]["d"].as_str().unwrap()).unwrap();
        run.count(&test, public, &scalar);
    }
    let expected = Agreements {
        right: 330,
        refused: 23,
        acceptable_refused: 0,
    };
    assert_eq!(run, expected);
}

/// The acceptable ones are other DER spellings, unnamed curves and a compressed point: we take only the one form.
#[test]
fn agreement_with_spki_keys_is_right_and_only_the_one_form_is_taken() {
    let mut run = Agreements::default();
    for (_, test) in wycheproof("ecdh_secp256r1") {
        let public = PublicKey::from_spki_der(&hex(&test["public"]))
            .ok()
            .and_then(point);
        run.count(&test, public, &hex(&test["private"]));
    }
    let expected = Agreements {
        right: 330,
        refused: 52,
        acceptable_refused: 230,
    };
    assert_eq!(run, expected);
}

/// Skipped, because no JWE of ours has them: 192-bit keys and IVs of other lengths.
#[test]
fn aes_gcm_opens_and_seals_as_published() {
    let (mut opened, mut refused, mut other_key, mut other_iv) = (0, 0, 0, 0);
    for (group, test) in wycheproof("aes_gcm") {
        assert_eq!(group["tagSize"], 128);
        if group["keySize"] != 128 && group["keySize"] != 256 {
            other_key += 1;
            continue;
        }
        let Ok(iv) = <[u8; IV_BYTES]>::try_from(hex(&test["iv"])) else {
            other_iv += 1;
            continue;
        };
        let (key, aad, message) = (hex(&test["key"]), hex(&test["aad"]), hex(&test["msg"]));
        let (ciphertext, tag) = (hex(&test["ct"]), hex(&test["tag"]));
        let sealed = [&*ciphertext, &tag].concat();
        match test["result"].as_str().unwrap() {
            "valid" => {
                let opened_text = aes_gcm::open(&key, &iv, &aad, &sealed);
                assert_eq!(opened_text.as_ref(), Ok(&message));
                let mut text = message;
                let made = aes_gcm::seal(&key, &iv, &aad, &mut text).unwrap();
                assert_eq!((text, &made[..]), (ciphertext, &*tag));
                opened += 1;
            }
            _ => {
                let opened_text = aes_gcm::open(&key, &iv, &aad, &sealed);
                assert_eq!(opened_text, Err(Refused), "{}", test["tcId"]);
                refused += 1;
            }
        }
    }
    assert_eq!((opened, refused, other_key, other_iv), (79, 54, 103, 80));
}

/// RFC 7518 appendix C, from both sides.
#[test]
fn the_shared_secret_of_rfc_7518_appendix_c_holds() {
    let alice = base64url::decode("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo").unwrap();
    let bob = base64url::decode("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw").unwrap();
    let (alice, bob) = (private(&alice), private(&bob));
    let expected = "nlbZHYFxNdNyg0KDv4QmnPsxbqPagGpI9tqneYz-kMQ";
    for (own, other) in [(&alice, &bob), (&bob, &alice)] {
        let shared = own.agree(&point(other.public_key()).unwrap());
        assert_eq!(base64url::encode(shared.expose()), expected);
    }
    assert_eq!(
        alice.public_key().to_jwk()["x"],
        "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"
    );
    assert_eq!(
        bob.public_key().to_jwk()["x"],
        "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"
    );
}
