//! Presentations (OpenID4VP 1.0 B.1.3.1).

use super::issuer::{Draft, V1, V2, did, encode, holder_signing_key, jwk, sign_jwt, signing_key};
use super::{JwtVcError, NOW, verify};
use crate::formats::jwt_vc::Occasion;
use crate::jose::Algorithm;
use crate::keys::{KeyId, KeyPurpose, SoftwareKey};
use crate::secret::Secret;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::{Signature, signature::Verifier as _};
use pollster::block_on;
use serde_json::{Value, json};

fn key(purpose: KeyPurpose, mut secret: [u8; 32]) -> SoftwareKey {
    let id = KeyId::new("holder");
    SoftwareKey::from_secret(id, Algorithm::Es256, purpose, Secret::take(&mut secret)).unwrap()
}

fn occasion() -> Occasion {
    Occasion {
        audience: "x509_san_dns:verifier.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        issued_at: NOW,
    }
}

fn present(draft: &Draft) -> String {
    let credential = verify(draft).unwrap();
    let key = key(KeyPurpose::Holder, [9; 32]);
    let text = block_on(credential.present(&occasion(), &key)).unwrap();
    credential.read_presentation(&text, &occasion()).unwrap();
    text
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

// shows: VP 37, VP 41
#[test]
fn a_presentation_says_what_its_data_model_asks_for_and_is_signed_by_the_subjects_key() {
    let holder = did(&holder_signing_key());
    for (draft, typ) in [(Draft::v1(), "JWT"), (Draft::v2(), "vp+jwt")] {
        let text = present(&draft);
        let (input, signature) = text.rsplit_once('.').unwrap();
        let (header, payload) = input.split_once('.').unwrap();
        let kid = format!("{holder}#0");
        assert_eq!(
            decoded(header),
            json!({"alg": "ES256", "typ": typ, "kid": kid})
        );
        let common = json!({
            "iss": holder, "aud": "x509_san_dns:verifier.example", "nonce": "n-0S6_WzA2Mj",
            "iat": 1_700_000_000, "exp": 1_700_000_300,
        });
        let own = match typ {
            "JWT" => json!({"vp": {
                "@context": [V1], "type": ["VerifiablePresentation"],
                "verifiableCredential": [draft.sign()],
            }}),
            _ => json!({
                "@context": [V2], "type": ["VerifiablePresentation"], "holder": holder,
                "verifiableCredential": [{
                    "@context": [V2], "type": "EnvelopedVerifiableCredential",
                    "id": format!("data:application/vc+jwt,{}", draft.sign()),
                }],
            }),
        };
        let mut expected = common.as_object().unwrap().clone();
        expected.extend(own.as_object().unwrap().clone());
        assert_eq!(decoded(payload), Value::Object(expected));
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        let key = *holder_signing_key().verifying_key();
        key.verify(input.as_bytes(), &signature).unwrap();
    }
}

#[test]
fn a_credential_bound_by_cnf_alone_is_shown_by_the_key_as_did() {
    let cnf = json!({"cnf": {"jwk": jwk(&holder_signing_key())}});
    let text = present(&Draft::v1().without("", "sub").with("", cnf));
    let header = decoded(text.split('.').next().unwrap());
    let kid = header["kid"].as_str().unwrap();
    let (named, fragment) = kid
        .strip_prefix("did:jwk:")
        .unwrap()
        .split_once('#')
        .unwrap();
    assert_eq!(
        (decoded(named), fragment),
        (jwk(&holder_signing_key()), "0")
    );
}

#[test]
fn a_presentation_for_another_occasion_of_another_credential_or_by_another_key_is_not_taken() {
    let credential = verify(&Draft::v1()).unwrap();
    let text = present(&Draft::v1());
    let read = |text: &str, occasion: &Occasion| credential.read_presentation(text, occasion);
    for other in [
        Occasion {
            audience: "origin:https://other.example".to_owned(),
            ..occasion()
        },
        Occasion {
            nonce: "another".to_owned(),
            ..occasion()
        },
        Occasion {
            issued_at: NOW.saturating_add(1),
            ..occasion()
        },
    ] {
        assert_eq!(read(&text, &other), Err(JwtVcError::ForeignPresentation));
    }
    let sibling = Draft::v1().with("/vc/credentialSubject", json!({"name": "Sim"}));
    assert_eq!(
        read(&present(&sibling), &occasion()),
        Err(JwtVcError::ForeignPresentation)
    );
    let parts: Vec<_> = text.split('.').collect();
    let [header, payload] = [parts[0], parts[1]].map(|part| decoded(part).to_string());
    let forged = sign_jwt(&header, &payload, &signing_key());
    assert!(matches!(
        read(&forged, &occasion()),
        Err(JwtVcError::Jose(_))
    ));
    let typ = encode(
        decoded(parts[0])
            .to_string()
            .replace("JWT", "jwt")
            .as_bytes(),
    );
    let other_typ = format!("{typ}.{}.{}", parts[1], parts[2]);
    assert_eq!(
        read(&other_typ, &occasion()),
        Err(JwtVcError::ForeignPresentation)
    );
}

#[test]
fn only_the_key_the_credential_names_signs_and_only_one_of_that_purpose() {
    let credential = verify(&Draft::v1()).unwrap();
    let shown = |key: &SoftwareKey| block_on(credential.present(&occasion(), key)).err();
    let other = key(KeyPurpose::Holder, [8; 32]);
    assert_eq!(shown(&other), Some(JwtVcError::HolderKeyMismatch));
    let payments = key(KeyPurpose::Payment, [9; 32]);
    assert!(matches!(shown(&payments), Some(JwtVcError::Signing(_))));
    let unbound = verify(&Draft::v1().without("", "sub")).unwrap();
    let holder = key(KeyPurpose::Holder, [9; 32]);
    let shown = block_on(unbound.present(&occasion(), &holder));
    assert_eq!(shown.err(), Some(JwtVcError::NotBound));
}
