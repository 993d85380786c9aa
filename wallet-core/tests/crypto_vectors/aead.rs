//! The AEADs of the vault: known answers of the crates it uses. AES-GCM is run where JWE uses it (`jose::jwe`).

use crate::vectors::{Tally, hex, is_valid, wycheproof};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};

/// Nonces of other lengths do not fit the type, so these crates cannot be asked; they count as skipped.
fn run<C: Aead + KeyInit>(file: &str, nonce_bytes: usize) -> Tally {
    let mut tally = Tally::default();
    for (_, test) in wycheproof(file) {
        let nonce = hex(&test["iv"]);
        if nonce.len() != nonce_bytes {
            assert!(!is_valid(&test));
            tally.skipped += 1;
            continue;
        }
        let nonce = nonce.as_slice().try_into().unwrap();
        let cipher = C::new_from_slice(&hex(&test["key"])).unwrap();
        let (message, aad) = (hex(&test["msg"]), hex(&test["aad"]));
        let sealed = [hex(&test["ct"]), hex(&test["tag"])].concat();
        let payload = |msg| Payload { msg, aad: &aad };

        let opened = cipher.decrypt(nonce, payload(&sealed));
        assert_eq!(opened.is_ok(), is_valid(&test), "{file} {}", test["tcId"]);
        if let Ok(opened) = opened {
            assert_eq!(opened, message);
            assert_eq!(cipher.encrypt(nonce, payload(&message)).unwrap(), sealed);
            tally.count(true);
        } else {
            tally.count(false);
        }
    }
    tally
}

#[test]
fn chacha20_poly1305() {
    run::<ChaCha20Poly1305>("chacha20_poly1305", 12).assert(256, 60, 9);
}

#[test]
fn xchacha20_poly1305() {
    run::<XChaCha20Poly1305>("xchacha20_poly1305", 24).assert(246, 60, 9);
}
