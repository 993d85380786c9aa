//! Ed25519 (RFC 8032), strictly verified.

use crate::vectors::{Tally, hex, is_valid, wycheproof};
use wallet_core::jose::PublicKey;

#[test]
fn ed25519_signatures() {
    let mut tally = Tally::default();
    for (group, test) in wycheproof("ed25519") {
        let key = PublicKey::from_spki_der(&hex(&group["publicKeyDer"])).unwrap();
        assert_eq!(PublicKey::from_jwk(&group["publicKeyJwk"]).unwrap(), key);
        assert_eq!(key.to_spki_der(), hex(&group["publicKeyDer"]));
        let accepted = key.verify(&hex(&test["msg"]), &hex(&test["sig"])).is_ok();
        assert_eq!(accepted, is_valid(&test), "{}", test["tcId"]);
        tally.count(accepted);
    }
    tally.assert(88, 63, 0);
}
