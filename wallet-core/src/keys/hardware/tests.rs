#![allow(clippy::unwrap_used)]

use super::*;
use crate::jose::{CompactJws, JwsDraft};
use crate::keys::key_store::{KeyPolicy, KeyStoreCapabilities, UserAuth};
use crate::keys::{
    InMemoryKeyStore, KeyStoreError, SignatureForm, SoftwareKey, sign_jws, sign_jws_batch,
};
use crate::random::OsRandom;
use pollster::block_on;
use serde_json::{Map, json};
use std::sync::Mutex;

const BOTH: [Algorithm; 2] = [Algorithm::Es256, Algorithm::EdDsa];

fn draft(number: u32) -> JwsDraft {
    let mut header = Map::new();
    header.insert("alg".into(), "ES256".into());
    let mut payload = Map::new();
    payload.insert("n".into(), number.into());
    JwsDraft::new(&header, &payload)
}

fn with_user_auth(count: u32) -> CreateKeys {
    CreateKeys {
        count,
        policy: KeyPolicy {
            user_auth: UserAuth::EveryUse,
            ..KeyPolicy::default()
        },
        ..CreateKeys::default()
    }
}

/// A store and `count` keys in it.
fn keys(request: CreateKeys) -> (Arc<InMemoryKeyStore>, Vec<HardwareKey>) {
    let store = Arc::new(InMemoryKeyStore::new());
    let shared: Arc<dyn KeyStore> = store.clone();
    let keys = block_on(HardwareKey::create(&shared, request, KeyPurpose::Holder)).unwrap();
    (store, keys.into_iter().map(|new| new.key).collect())
}

fn sign(key: &HardwareKey) -> Result<Vec<u8>, WalletError> {
    let draft = draft(1);
    block_on(key.sign(SigningInput::of(&draft, KeyPurpose::Holder)))
}

#[test]
fn der_and_fixed_width_signatures_both_become_fixed_width() {
    for algorithm in BOTH {
        let (store, keys) = keys(CreateKeys {
            algorithm,
            ..CreateKeys::default()
        });
        for form in [SignatureForm::Der, SignatureForm::FixedWidth] {
            store.set_signature_form(form);
            // DER lengths vary from signature to signature.
            for number in 0..30 {
                let draft = draft(number);
                let input = SigningInput::of(&draft, KeyPurpose::Holder);
                let signature = block_on(keys[0].sign(input)).unwrap();
                assert_eq!(signature.len(), 64);
                let verified = keys[0]
                    .public_key()
                    .verify(draft.signing_input(), &signature);
                assert!(verified.is_ok());
            }
        }
    }
}

#[test]
fn a_store_that_signs_with_another_key_is_noticed() {
    for algorithm in BOTH {
        let (store, keys) = keys(CreateKeys {
            algorithm,
            count: 2,
            ..CreateKeys::default()
        });
        store.set_signature_form(SignatureForm::Wrong);
        assert_eq!(sign(&keys[0]).unwrap_err().code(), ErrorCode::KeyFailed);
        let batch = keys.iter().map(|key| (draft(1), key as &dyn HolderKey));
        let error = block_on(sign_jws_batch(batch.collect(), KeyPurpose::Holder)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyFailed);
    }
}

// shows: HOSTILE 23
#[test]
fn a_key_signs_for_no_purpose_but_its_own_and_asks_nobody() {
    let (store, keys) = keys(with_user_auth(1));
    let error = block_on(sign_jws(draft(1), &keys[0], KeyPurpose::Payment)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyPurpose);
    let batch = vec![(draft(1), &keys[0] as &dyn HolderKey)];
    let error = block_on(sign_jws_batch(batch, KeyPurpose::Payment)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyPurpose);
    assert_eq!(store.prompts(), 0);
}

#[test]
fn a_batch_over_one_store_asks_the_holder_once() {
    let (store, keys) = keys(with_user_auth(5));
    let batch = (0..)
        .map(draft)
        .zip(keys.iter().map(|key| key as &dyn HolderKey));
    let texts = block_on(sign_jws_batch(batch.collect(), KeyPurpose::Holder)).unwrap();
    assert_eq!(store.prompts(), 1);
    assert_eq!(texts.len(), 5);
    for (number, (text, key)) in texts.iter().zip(&keys).enumerate() {
        let jws = CompactJws::parse(text, 1000).unwrap();
        assert!(jws.verify(key.public_key()).is_ok());
        assert_eq!(jws.payload_object().unwrap()["n"], number);
    }
}

#[test]
fn a_batch_over_two_stores_or_with_a_software_key_is_signed_one_by_one() {
    let (store, ours) = keys(with_user_auth(2));
    let (_, theirs) = keys(with_user_auth(1));
    let software = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, &OsRandom).unwrap();
    let all: [&dyn HolderKey; 4] = [&ours[0], &software, &theirs[0], &ours[1]];
    let batch = all.iter().map(|key| (draft(1), *key)).collect();
    let texts = block_on(sign_jws_batch(batch, KeyPurpose::Holder)).unwrap();
    for (text, key) in texts.iter().zip(all) {
        let jws = CompactJws::parse(text, 1000).unwrap();
        assert!(jws.verify(key.public_key()).is_ok());
    }
    assert_eq!(store.prompts(), 2);
}

#[test]
fn an_empty_batch_asks_nobody() {
    assert_eq!(
        block_on(sign_jws_batch(Vec::new(), KeyPurpose::Holder)),
        Ok(Vec::new())
    );
}

#[test]
fn a_prompt_that_was_answered_already_is_not_repeated() {
    let (store, keys) = keys(with_user_auth(1));
    let auth = AuthContext {
        reference: Some("prompt-1".into()),
    };
    assert!(sign(&keys[0].clone().with_auth(auth)).is_ok());
    assert_eq!(store.prompts(), 0);
    assert!(sign(&keys[0]).is_ok());
    assert_eq!(store.prompts(), 1);
}

#[test]
fn each_failure_of_the_store_has_a_code_or_reason_of_its_own() {
    let (store, keys) = keys(CreateKeys::default());
    for (failure, code, subject) in [
        (
            KeyStoreError::UnavailableNow,
            "device_key_unavailable_now",
            None,
        ),
        (KeyStoreError::UserCancelled, "user_cancelled", None),
        (KeyStoreError::AuthRequired, "user_auth_required", None),
        (
            KeyStoreError::Invalidated,
            "key_unavailable",
            Some("invalidated"),
        ),
        (KeyStoreError::NotFound, "key_unavailable", Some("missing")),
        (KeyStoreError::LockedOut { seconds: 30 }, "locked_out", None),
        (KeyStoreError::HardwareFault, "key_failed", None),
        (KeyStoreError::Unsupported, "not_supported", None),
        (KeyStoreError::HostFailed, "host_failed", Some("key_store")),
    ] {
        store.fail_next(failure);
        let error = sign(&keys[0]).unwrap_err();
        assert_eq!(error.code().as_str(), code);
        assert_eq!(error.subject(), subject);
        let wait = matches!(failure, KeyStoreError::LockedOut { .. }).then_some(30);
        assert_eq!(error.retry_after(), wait);
        // Nothing is lost: the next call works.
        assert!(sign(&keys[0]).is_ok());
    }
}

#[test]
fn a_deleted_key_is_missing() {
    let (store, keys) = keys(CreateKeys::default());
    block_on(store.delete(keys[0].id().as_str().to_owned())).unwrap();
    let error = sign(&keys[0]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyUnavailable);
    assert_eq!(block_on(store.list()), Ok(vec![]));
}

#[test]
fn the_attestation_holds_the_challenge_that_was_given() {
    let store: Arc<dyn KeyStore> = Arc::new(InMemoryKeyStore::new());
    let request = CreateKeys {
        policy: KeyPolicy {
            attestation_challenge: Some(b"challenge".to_vec()),
            ..KeyPolicy::default()
        },
        ..CreateKeys::default()
    };
    let made = block_on(HardwareKey::create(&store, request, KeyPurpose::Holder)).unwrap();
    assert_eq!(made[0].attestation.as_ref().unwrap().parts, [b"challenge"]);
}

#[test]
fn holder_keys_in_hardware_are_p256_or_ed25519() {
    let store: Arc<dyn KeyStore> = Arc::new(InMemoryKeyStore::new());
    let request = CreateKeys {
        algorithm: Algorithm::Es384,
        ..CreateKeys::default()
    };
    let error = block_on(HardwareKey::create(&store, request, KeyPurpose::Holder))
        .err()
        .unwrap();
    assert_eq!(error.code(), ErrorCode::NotSupported);
}

/// A store that answers whatever it was told to.
#[derive(Default)]
struct Scripted {
    created: Vec<CreatedKey>,
    signature: Vec<u8>,
    deleted: Mutex<Vec<String>>,
}

#[async_trait]
impl KeyStore for Scripted {
    async fn capabilities(&self) -> Result<KeyStoreCapabilities, KeyStoreError> {
        Ok(KeyStoreCapabilities::default())
    }
    async fn create(&self, _: CreateKeys) -> Result<Vec<CreatedKey>, KeyStoreError> {
        Ok(self.created.clone())
    }
    async fn sign(&self, _: SignRequest, _: AuthContext) -> Result<Vec<u8>, KeyStoreError> {
        Ok(self.signature.clone())
    }
    async fn sign_many(
        &self,
        _: Vec<SignRequest>,
        _: AuthContext,
    ) -> Result<Vec<Vec<u8>>, KeyStoreError> {
        Ok(vec![self.signature.clone()])
    }
    async fn delete(&self, handle: String) -> Result<(), KeyStoreError> {
        self.deleted.lock().unwrap().push(handle);
        Ok(())
    }
    async fn list(&self) -> Result<Vec<String>, KeyStoreError> {
        Ok(vec![])
    }
}

fn software_key() -> SoftwareKey {
    SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, &OsRandom).unwrap()
}

fn created(handle: &str, public_key: PublicKeyData) -> CreatedKey {
    CreatedKey {
        handle: handle.into(),
        public_key,
        ..CreatedKey::default()
    }
}

fn spki(key: &SoftwareKey) -> PublicKeyData {
    PublicKeyData::Spki(key.public_key().to_spki_der())
}

fn jwk(key: &SoftwareKey) -> PublicKeyData {
    PublicKeyData::Jwk(Value::Object(key.public_key().to_jwk()).to_string())
}

#[test]
fn new_keys_that_are_not_what_was_asked_for_are_refused_and_deleted_again() {
    let (one, two) = (software_key(), software_key());
    let ed25519 = SoftwareKey::generate(Algorithm::EdDsa, KeyPurpose::Holder, &OsRandom).unwrap();
    let mut private = one.public_key().to_jwk();
    private.insert("d".into(), json!("AAAA"));
    let wrong = [
        vec![],
        vec![created("a", spki(&one))],
        vec![
            created("a", spki(&one)),
            created("b", spki(&two)),
            created("c", spki(&software_key())),
        ],
        vec![created("a", spki(&one)), created("a", spki(&two))],
        vec![created("a", spki(&one)), created("b", jwk(&one))],
        vec![created("a", spki(&one)), created("", spki(&two))],
        vec![created("a", spki(&one)), created("b", spki(&ed25519))],
        vec![
            created("a", spki(&one)),
            created("b", PublicKeyData::default()),
        ],
        vec![
            created("a", spki(&one)),
            created("b", PublicKeyData::Jwk("{}".into())),
        ],
        vec![
            created("a", spki(&two)),
            created("b", PublicKeyData::Jwk(Value::Object(private).to_string())),
        ],
    ];
    for answer in wrong {
        let scripted = Arc::new(Scripted {
            created: answer.clone(),
            ..Scripted::default()
        });
        let store: Arc<dyn KeyStore> = scripted.clone();
        let request = CreateKeys {
            count: 2,
            ..CreateKeys::default()
        };
        let error = block_on(HardwareKey::create(&store, request, KeyPurpose::Holder))
            .err()
            .unwrap();
        assert_eq!(error.code(), ErrorCode::KeyFailed);
        let handles: Vec<_> = answer.into_iter().map(|key| key.handle).collect();
        assert_eq!(*scripted.deleted.lock().unwrap(), handles);
    }
}

#[test]
fn a_public_key_may_come_as_spki_or_as_jwk() {
    let (one, two) = (software_key(), software_key());
    let store: Arc<dyn KeyStore> = Arc::new(Scripted {
        created: vec![created("a", spki(&one)), created("b", jwk(&two))],
        ..Scripted::default()
    });
    let request = CreateKeys {
        count: 2,
        ..CreateKeys::default()
    };
    let made = block_on(HardwareKey::create(&store, request, KeyPurpose::Holder)).unwrap();
    assert_eq!(made[0].key.public_key(), one.public_key());
    assert_eq!(made[1].key.public_key(), two.public_key());
}

#[test]
fn signatures_of_wrong_form_or_length_are_refused() {
    let key = software_key();
    let draft = draft(1);
    let right = key.sign_bytes(draft.signing_input()).unwrap();
    let der = p256::ecdsa::Signature::from_slice(&right)
        .unwrap()
        .to_der()
        .as_bytes()
        .to_vec();
    let long_form_length = [&[0x30, 0x81], &der[1..]].concat();
    let raw_with_prefix = [&[0x40], right.as_slice()].concat();
    for signature in [
        vec![],
        vec![0; 64],
        vec![0xff; 64],
        right[..63].to_vec(),
        [right.as_slice(), &[0]].concat(),
        [&right[32..], &right[..32]].concat(),
        [&[0], right.as_slice()].concat(),
        der[..der.len() - 1].to_vec(),
        [der.as_slice(), &[0]].concat(),
        long_form_length,
        raw_with_prefix,
    ] {
        let store = Scripted {
            signature,
            ..Scripted::default()
        };
        let hardware = HardwareKey::new(
            Arc::new(store),
            KeyId::new("k"),
            KeyPurpose::Holder,
            key.public_key().clone(),
        )
        .unwrap();
        let input = SigningInput::of(&draft, KeyPurpose::Holder);
        let error = block_on(hardware.sign(input)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyFailed);
    }
}

#[test]
fn a_batch_answered_with_too_few_signatures_is_refused() {
    let store: Arc<dyn KeyStore> = Arc::new(Scripted::default());
    let key = |id| {
        HardwareKey::new(
            Arc::clone(&store),
            KeyId::new(id),
            KeyPurpose::Holder,
            software_key().public_key().clone(),
        )
        .unwrap()
    };
    let (one, two) = (key("a"), key("b"));
    let batch = vec![(draft(1), &one as &dyn HolderKey), (draft(2), &two)];
    let error = block_on(sign_jws_batch(batch, KeyPurpose::Holder)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyFailed);
}
