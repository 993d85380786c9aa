#![allow(clippy::unwrap_used)]

use super::*;
use crate::jose::{CompactJws, JwsDraft};
use crate::keys::{sign_jws, sign_jws_batch};
use crate::random::OsRandom;
use pollster::block_on;
use serde_json::{Map, Value, json};

const BOTH: [Algorithm; 2] = [Algorithm::Es256, Algorithm::EdDsa];

fn holder_key(algorithm: Algorithm) -> SoftwareKey {
    SoftwareKey::generate(algorithm, KeyPurpose::Holder, &OsRandom).unwrap()
}

fn draft(algorithm: Algorithm) -> JwsDraft {
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    JwsDraft::new(&object(json!({"alg": algorithm.as_str()})), &Map::new())
}

fn secret(bytes: [u8; 32]) -> Secret<32> {
    let mut bytes = bytes;
    Secret::take(&mut bytes)
}

#[test]
fn what_a_key_signs_verifies_under_its_public_half_only() {
    for algorithm in BOTH {
        let key = holder_key(algorithm);
        let text = block_on(sign_jws(draft(algorithm), &key, KeyPurpose::Holder)).unwrap();
        let jws = CompactJws::parse(&text, 1000).unwrap();
        assert!(jws.verify(key.public_key()).is_ok());
        assert!(jws.verify(holder_key(algorithm).public_key()).is_err());
    }
}

// shows: HOSTILE 23
#[test]
fn a_key_signs_for_no_purpose_but_its_own() {
    for algorithm in BOTH {
        for (own, asked) in [
            (KeyPurpose::Holder, KeyPurpose::Payment),
            (KeyPurpose::Payment, KeyPurpose::Holder),
            (KeyPurpose::Device, KeyPurpose::Holder),
            (KeyPurpose::LinkSecret, KeyPurpose::Holder),
        ] {
            let key = SoftwareKey::generate(algorithm, own, &OsRandom).unwrap();
            let error = block_on(sign_jws(draft(algorithm), &key, asked)).unwrap_err();
            assert_eq!(error.code(), ErrorCode::KeyPurpose);
            let batch = vec![(draft(algorithm), &key as &dyn HolderKey)];
            let error = block_on(sign_jws_batch(batch, asked)).unwrap_err();
            assert_eq!(error.code(), ErrorCode::KeyPurpose);
        }
    }
}

#[test]
fn the_secret_bytes_give_the_same_key_again() {
    for algorithm in BOTH {
        let key = holder_key(algorithm);
        let again = SoftwareKey::from_secret(
            key.id().clone(),
            algorithm,
            key.purpose(),
            secret(*key.expose_secret().expose()),
        )
        .unwrap();
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(again.id(), key.id());
    }
}

/// RFC 8032 7.1, test 2.
#[test]
fn the_ed25519_vector_of_rfc_8032_holds() {
    let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    let key = SoftwareKey::from_secret(
        KeyId::new("k"),
        Algorithm::EdDsa,
        KeyPurpose::Holder,
        secret(seed.try_into().unwrap()),
    )
    .unwrap();
    let expected = hex(concat!(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ));
    assert_eq!(key.sign_bytes(&[0x72]).unwrap(), expected);
}

/// RFC 6979 A.2.5, SHA-256, message "sample".
#[test]
fn the_p256_vector_of_rfc_6979_holds() {
    let scalar = hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let key = SoftwareKey::from_secret(
        KeyId::new("k"),
        Algorithm::Es256,
        KeyPurpose::Holder,
        secret(scalar.try_into().unwrap()),
    )
    .unwrap();
    let expected = hex(concat!(
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    ));
    assert_eq!(key.sign_bytes(b"sample").unwrap(), expected);
}

#[test]
fn bytes_that_are_no_scalar_of_the_group_are_no_key() {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    for bytes in [[0; 32], [0xff; 32], order.try_into().unwrap()] {
        let error = SoftwareKey::from_secret(
            KeyId::new("k"),
            Algorithm::Es256,
            KeyPurpose::Holder,
            secret(bytes),
        )
        .err()
        .unwrap();
        assert_eq!(error.code(), ErrorCode::KeyUnavailable);
    }
}

#[test]
fn holder_keys_are_p256_or_ed25519() {
    let error = SoftwareKey::generate(Algorithm::Es384, KeyPurpose::Holder, &OsRandom)
        .err()
        .unwrap();
    assert_eq!(error.code(), ErrorCode::NotSupported);
}

#[test]
fn a_broken_generator_gives_no_key() {
    struct Broken;
    impl Random for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), WalletError> {
            Err(ErrorCode::RandomUnavailable.into())
        }
    }
    struct Stuck;
    impl Random for Stuck {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), WalletError> {
            bytes.fill(0);
            Ok(())
        }
    }
    for random in [&Broken as &dyn Random, &Stuck] {
        let error = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, random)
            .err()
            .unwrap();
        assert_eq!(error.code(), ErrorCode::RandomUnavailable);
    }
}

#[test]
fn two_fresh_keys_differ_in_id_and_key() {
    for algorithm in BOTH {
        let (one, two) = (holder_key(algorithm), holder_key(algorithm));
        assert_ne!(one.id(), two.id());
        assert_ne!(one.public_key(), two.public_key());
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
