//! Binding a presentation and reading it back (RFC 9901 4.3, 7.3).

use super::issuer::{Draft, encode, holder_signing_key, jwk, sign_jwt, signing_key};
use super::presenting::{credential, id};
use super::{NOW, SdJwtError, path, to_json, verify};
use crate::error::{ErrorCode, WalletError};
use crate::formats::sd_jwt_vc::{HashAlgorithm, KeyBinding, TransactionDataHashes};
use crate::jose::{Algorithm, JoseError, PublicKey};
use crate::keys::{HolderKey, KeyId, KeyPurpose, SigningInput};
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384};

struct TestKey {
    id: KeyId,
    key: SigningKey,
    public: PublicKey,
    refuses: bool,
}

impl TestKey {
    fn new(key: SigningKey) -> Self {
        Self {
            id: KeyId::new("test"),
            public: PublicKey::from_jwk(&jwk(&key)).unwrap(),
            key,
            refuses: false,
        }
    }
}

#[async_trait]
impl HolderKey for TestKey {
    fn id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    async fn sign(&self, input: SigningInput<'_>) -> Result<Vec<u8>, WalletError> {
        assert_eq!(input.purpose(), KeyPurpose::Holder);
        if self.refuses {
            return Err(WalletError::new(ErrorCode::UserCancelled));
        }
        let signature: Signature = self.key.sign(input.bytes());
        Ok(signature.to_bytes().to_vec())
    }
}

fn binding() -> KeyBinding {
    KeyBinding {
        audience: "x509_san_dns:verifier.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        issued_at: NOW,
        transaction_data_hashes: None,
    }
}

fn bind(paths: &[Value], binding: KeyBinding) -> String {
    let paths: Vec<_> = paths.iter().map(path).collect();
    let presentation = credential().present(&paths).unwrap();
    let key = TestKey::new(holder_signing_key());
    pollster::block_on(presentation.bind(binding, &key)).unwrap()
}

/// Header and payload of the KB-JWT.
fn key_binding_of(text: &str) -> (Value, Value) {
    let (_, jwt) = text.rsplit_once('~').unwrap();
    let part = |index: usize| {
        let part = Base64UrlUnpadded::decode_vec(jwt.split('.').nth(index).unwrap()).unwrap();
        serde_json::from_slice(&part).unwrap()
    };
    (part(0), part(1))
}

// shows: VP 38, HAIP 24, SDJWT 15
#[test]
fn the_key_binding_says_what_rfc_9901_4_3_asks_for() {
    let text = bind(&[json!(["given_name"])], binding());
    let (header, payload) = key_binding_of(&text);
    assert_eq!(header, json!({"alg": "ES256", "typ": "kb+jwt"}));
    let (bound, _) = text.rsplit_once('~').unwrap();
    let expected = json!({
        "iat": NOW.as_secs(),
        "aud": "x509_san_dns:verifier.example",
        "nonce": "n-0S6_WzA2Mj",
        "sd_hash": encode(&Sha256::digest(format!("{bound}~"))),
    });
    assert_eq!(payload, expected);
}

// shows: SDJWT 16
#[test]
fn without_binding_nothing_follows_the_last_tilde() {
    let credential = credential();
    let presentation = credential.present(&[path(&json!(["given_name"]))]).unwrap();
    assert!(presentation.text().ends_with('~'));
    assert!(
        credential
            .read_presentation(presentation.text(), None)
            .is_ok()
    );
}

// shows: VP 37, SDJWT 16, HOSTILE 6
#[test]
fn a_key_binding_is_not_good_for_another_presentation_or_request() {
    let first = bind(&[json!(["given_name"])], binding());
    let (_, key_binding) = first.rsplit_once('~').unwrap();
    let other = credential().present(&[path(&json!(["employer"]))]).unwrap();
    assert_eq!(
        misread(&format!("{}{key_binding}", other.text())),
        SdJwtError::KeyBinding
    );
    let next = KeyBinding {
        nonce: "next".to_owned(),
        ..binding()
    };
    let refused = credential().read_presentation(&first, Some(&next)).err();
    assert_eq!(refused, Some(SdJwtError::KeyBinding));
}

// shows: SDJWT 15
#[test]
fn sd_hash_uses_the_hash_algorithm_of_the_credential() {
    let credential = verify(&Draft::new().with(json!({"_sd_alg": "sha-384"})).sign()).unwrap();
    let presentation = credential.present(&[]).unwrap();
    let key = TestKey::new(holder_signing_key());
    let text = pollster::block_on(presentation.bind(binding(), &key)).unwrap();
    let expected = encode(&Sha384::digest(presentation.text()));
    assert_eq!(key_binding_of(&text).1["sd_hash"], expected);
    assert!(
        credential
            .read_presentation(&text, Some(&binding()))
            .is_ok()
    );
}

#[test]
fn transaction_data_is_hashed_as_received() {
    let received = ["eyJ0eXBlIjoiYSJ9", "eyJ0eXBlIjoiYiJ9"];
    let with = |algorithm| KeyBinding {
        transaction_data_hashes: Some(TransactionDataHashes::over(received, algorithm)),
        ..binding()
    };
    let (_, payload) = key_binding_of(&bind(&[], with(None)));
    let sha256 = received.map(|text| encode(&Sha256::digest(text)));
    assert_eq!(payload["transaction_data_hashes"], json!(sha256));
    assert!(payload.get("transaction_data_hashes_alg").is_none());
    let (_, payload) = key_binding_of(&bind(&[], with(Some(HashAlgorithm::Sha384))));
    let sha384 = received.map(|text| encode(&Sha384::digest(text)));
    assert_eq!(payload["transaction_data_hashes"], json!(sha384));
    assert_eq!(payload["transaction_data_hashes_alg"], "sha-384");
}

// shows: SDJWT 15
#[test]
fn a_key_that_is_not_the_credentials_is_refused() {
    let presentation = credential().present(&[]).unwrap();
    let key = TestKey::new(signing_key());
    let refused = pollster::block_on(presentation.bind(binding(), &key)).err();
    assert_eq!(refused, Some(SdJwtError::HolderKeyMismatch));
}

#[test]
fn a_credential_without_holder_key_cannot_be_bound() {
    let credential = verify(&Draft::new().without("cnf").sign()).unwrap();
    let presentation = credential.present(&[]).unwrap();
    let key = TestKey::new(holder_signing_key());
    let refused = pollster::block_on(presentation.bind(binding(), &key)).err();
    assert_eq!(refused, Some(SdJwtError::NotBound));
}

#[test]
fn a_refusal_of_the_key_comes_through() {
    let presentation = credential().present(&[]).unwrap();
    let key = TestKey {
        refuses: true,
        ..TestKey::new(holder_signing_key())
    };
    let refused = pollster::block_on(presentation.bind(binding(), &key))
        .err()
        .unwrap();
    assert_eq!(WalletError::from(refused).code(), ErrorCode::UserCancelled);
}

#[test]
fn a_presentation_reads_back_as_it_was_chosen() {
    let selected = [json!(["employer", "city"]), json!(["nationalities", 1])];
    let text = bind(&selected, binding());
    let shown = credential()
        .read_presentation(&text, Some(&binding()))
        .unwrap();
    // In the paths of the credential, though the verifier sees FR at index 0.
    let expected = [
        json!(["employer", "city"]),
        json!(["nationalities", 1]),
        json!(["employer"]),
    ];
    assert_eq!(to_json(&shown.disclosed), expected);
    assert_eq!(shown.claims["nationalities"], json!(["FR"]));
    assert_eq!(
        shown.claims["employer"],
        json!({"name": "ACME", "city": "Bonn"})
    );
    assert!(shown.claims.get("given_name").is_none());
}

/// Why reading `text` back as bound by [`binding`] is refused.
fn misread(text: &str) -> SdJwtError {
    let read = credential().read_presentation(text, Some(&binding()));
    read.expect_err("this must be refused")
}

#[test]
fn reading_back_refuses_another_or_no_key_binding() {
    let unbound = credential().present(&[]).unwrap();
    assert_eq!(misread(unbound.text()), SdJwtError::KeyBinding);
    let bound = bind(&[], binding());
    let refused = credential().read_presentation(&bound, None).err();
    assert_eq!(refused, Some(SdJwtError::KeyBinding));
    let others = [
        KeyBinding {
            audience: "https://other.example".into(),
            ..binding()
        },
        KeyBinding {
            nonce: "other".into(),
            ..binding()
        },
        KeyBinding {
            issued_at: NOW.saturating_add(1),
            ..binding()
        },
        KeyBinding {
            transaction_data_hashes: Some(TransactionDataHashes::over(["a"], None)),
            ..binding()
        },
    ];
    for other in others {
        assert_eq!(misread(&bind(&[], other)), SdJwtError::KeyBinding);
    }
}

#[test]
fn reading_back_refuses_a_disclosure_added_or_dropped_after_signing() {
    let bound = bind(&[json!(["given_name"])], binding());
    let (text, key_binding) = bound.rsplit_once('~').unwrap();
    let mut draft = id();
    let added = format!("{text}~{}~{key_binding}", draft.disclosures.remove(1));
    assert_eq!(misread(&added), SdJwtError::KeyBinding);
    let (jwt, _) = text.split_once('~').unwrap();
    assert_eq!(
        misread(&format!("{jwt}~{key_binding}")),
        SdJwtError::KeyBinding
    );
}

#[test]
fn reading_back_refuses_another_credential() {
    let other = verify(&Draft::new().with(json!({"vct": "other"})).sign()).unwrap();
    let text = other.present(&[]).unwrap().text().to_owned();
    assert_eq!(misread(&text), SdJwtError::ForeignPresentation);
}

#[test]
fn reading_back_refuses_a_key_binding_of_another_typ_or_key() {
    let presentation = credential().present(&[]).unwrap();
    let (_, payload) = key_binding_of(&bind(&[], binding()));
    let signed = |typ: &str, key| {
        let header = json!({"alg": "ES256", "typ": typ}).to_string();
        format!(
            "{}{}",
            presentation.text(),
            sign_jwt(&header, &payload.to_string(), key)
        )
    };
    let holder = holder_signing_key();
    let sound = signed("kb+jwt", &holder);
    assert!(
        credential()
            .read_presentation(&sound, Some(&binding()))
            .is_ok()
    );
    assert_eq!(misread(&signed("JWT", &holder)), SdJwtError::KeyBinding);
    let foreign = signed("kb+jwt", &signing_key());
    assert_eq!(
        misread(&foreign),
        SdJwtError::Jose(JoseError::SignatureInvalid)
    );
}
