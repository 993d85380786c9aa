//! HKDF and HMAC with SHA-256: known answers of the crates the vault uses.

use crate::vectors::{Tally, hex, is_valid, wycheproof};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

#[test]
fn hkdf_sha256() {
    let mut tally = Tally::default();
    for (_, test) in wycheproof("hkdf_sha256") {
        let size = usize::try_from(test["size"].as_u64().unwrap()).unwrap();
        let mut okm = vec![0; size];
        let derived = Hkdf::<Sha256>::new(Some(&hex(&test["salt"])), &hex(&test["ikm"]))
            .expand(&hex(&test["info"]), &mut okm);
        assert_eq!(derived.is_ok(), is_valid(&test), "{}", test["tcId"]);
        if derived.is_ok() {
            assert_eq!(okm, hex(&test["okm"]), "{}", test["tcId"]);
        }
        tally.count(derived.is_ok());
    }
    tally.assert(83, 3, 0);
}

#[test]
fn hmac_sha256() {
    let mut tally = Tally::default();
    for (group, test) in wycheproof("hmac_sha256") {
        let mut mac = Hmac::<Sha256>::new_from_slice(&hex(&test["key"])).unwrap();
        mac.update(&hex(&test["msg"]));
        let tag = hex(&test["tag"]);
        assert_eq!(tag.len() * 8, group["tagSize"]);
        // The vault never shortens a tag; these vectors do for half of their groups.
        let accepted = if tag.len() == 32 {
            mac.verify_slice(&tag).is_ok()
        } else {
            mac.verify_truncated_left(&tag).is_ok()
        };
        assert_eq!(accepted, is_valid(&test), "{}", test["tcId"]);
        tally.count(accepted);
    }
    tally.assert(66, 108, 0);
}
