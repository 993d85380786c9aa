//! Encrypted requests and answers (OpenID4VCI 1.0 8.2, 8.3, 10). Requests are decrypted by `wallet-parties`.

use super::issuer::{CREDENTIAL, DEFERRED, NOTIFICATION, TestKey, World};
use super::scripted::{header, json, respond};
use super::{code, refused};
use crate::error::{Category, ErrorCode, WalletError};
use crate::http::{HttpRequest, HttpResponse};
use crate::issuance::{DeferredAnswer, ReceivedCredentials, Requested};
use crate::jose::jwe::{ContentEncryption, DecryptionKey, RecipientKey, encrypt};
use crate::random::OsRandom;
use pollster::block_on;
use serde_json::{Map, Value, json as value};
use std::sync::{Arc, Mutex};
use wallet_parties::EcKey;

/// What the issuer saw inside the encrypted requests.
type Seen = Arc<Mutex<Vec<(Map<String, Value>, Value)>>>;

/// Makes the answer to a decrypted request.
type Answer = fn(Value, &Value) -> HttpResponse;

fn issuer_key() -> (EcKey, Value) {
    let key = EcKey::generate().unwrap();
    let mut jwk = key.public_jwk();
    jwk["kid"] = "enc-1".into();
    jwk["alg"] = "ECDH-ES".into();
    jwk["use"] = "enc".into();
    (key, jwk)
}

fn request_encryption(jwk: &Value) -> Value {
    value!({ "jwks": { "keys": [jwk] }, "enc_values_supported": ["A128GCM", "A256GCM"], "encryption_required": false })
}

fn answer_encryption() -> Value {
    value!({ "alg_values_supported": ["ECDH-ES"], "enc_values_supported": ["A128GCM", "A256GCM"], "encryption_required": false })
}

/// The header of an encrypted request, and what is in it.
fn opened(request: &HttpRequest, key: &EcKey) -> (Map<String, Value>, Value) {
    let text = core::str::from_utf8(&request.body).unwrap();
    let (header, plain) = wallet_parties::jwe::decrypt(text, key).unwrap();
    (header, serde_json::from_slice(&plain).unwrap())
}

/// An issuer that can do both, and answers by `answer`.
fn world(answer: Answer) -> (World, Seen) {
    let mut world = World::new();
    let (key, jwk) = issuer_key();
    world.metadata["credential_request_encryption"] = request_encryption(&jwk);
    world.metadata["credential_response_encryption"] = answer_encryption();
    let seen = Seen::default();
    let (log, signer) = (Arc::clone(&seen), Arc::clone(&world.signer));
    world.http.on(CREDENTIAL, move |request, _| {
        let (header, inside) = opened(request, &key);
        log.lock().unwrap().push((header, inside.clone()));
        let opened = HttpRequest {
            body: inside.to_string().into_bytes(),
            ..request.clone()
        };
        answer(
            signer.answer(&opened),
            &inside["credential_response_encryption"],
        )
    });
    (world, seen)
}

fn sealed_to(jwk: &Value, enc: ContentEncryption, text: &str) -> String {
    let recipient = RecipientKey::from_jwk(jwk).unwrap();
    encrypt(text.as_bytes(), &recipient, enc, &OsRandom).unwrap()
}

fn encrypted(status: u16, answer: &Value, wanted: &Value) -> HttpResponse {
    let enc = ContentEncryption::from_identifier(wanted["enc"].as_str().unwrap()).unwrap();
    let text = sealed_to(&wanted["jwk"], enc, &answer.to_string());
    respond(status, "application/jwt", text.into_bytes())
}

fn receive(answer: Answer) -> Result<ReceivedCredentials, WalletError> {
    let (mut world, _) = world(answer);
    world
        .receive(&TestKey::several(2))
        .map_err(WalletError::from)
}

fn refusal(answer: Answer) -> WalletError {
    match receive(answer) {
        Ok(_) => panic!("accepted"),
        Err(error) => error,
    }
}

// shows: VCI 36, VCI 37, HAIP 13
#[test]
fn request_and_answer_are_encrypted_where_the_issuer_can_do_both() {
    let (mut world, seen) = world(|answer, wanted| encrypted(200, &answer, wanted));
    let received = world.receive(&TestKey::several(2)).unwrap();
    assert_eq!(received.copies.len(), 2);
    let sent = &world.http.requests(CREDENTIAL)[0];
    assert_eq!(header(sent, "content-type"), Some("application/jwt"));
    let seen = seen.lock().unwrap();
    let (outside, inside) = &seen[0];
    assert_eq!(outside["kid"], "enc-1");
    assert_eq!(outside["enc"], "A256GCM");
    assert!(!outside.contains_key("zip"));
    let wanted = &inside["credential_response_encryption"];
    assert_eq!(wanted["enc"], "A256GCM");
    assert_eq!(wanted["jwk"]["alg"], "ECDH-ES");
    assert!(wanted["jwk"].get("d").is_none());
    assert!(wanted.get("alg").is_none(), "a member of an older draft");
}

// shows: VCI 36
#[test]
fn every_request_brings_a_key_of_its_own() {
    let (mut world, seen) = world(|answer, wanted| encrypted(200, &answer, wanted));
    world.receive(&TestKey::several(1)).unwrap();
    world.receive(&TestKey::several(1)).unwrap();
    let seen = seen.lock().unwrap();
    let key = |n: usize| seen[n].1["credential_response_encryption"]["jwk"].clone();
    assert_ne!(key(0), key(1));
}

// shows: VCI 36, VCI 38
#[test]
fn a_deferred_request_brings_a_key_of_its_own_and_takes_no_plain_answer() {
    fn promise(_: Value, wanted: &Value) -> HttpResponse {
        let answer = value!({ "transaction_id": "a", "interval": 1 });
        encrypted(202, &answer, wanted)
    }
    let mut world = World::new();
    let (key, jwk) = issuer_key();
    world.metadata["credential_request_encryption"] = request_encryption(&jwk);
    world.metadata["credential_response_encryption"] = answer_encryption();
    let seen = Seen::default();
    let (log, first, signer) = (Arc::clone(&seen), key.clone(), Arc::clone(&world.signer));
    world.http.on(CREDENTIAL, move |request, _| {
        let (header, inside) = opened(request, &first);
        let answer = promise(Value::Null, &inside["credential_response_encryption"]);
        log.lock().unwrap().push((header, inside));
        answer
    });
    let log = Arc::clone(&seen);
    world.http.on(DEFERRED, move |request, count| {
        let (header, inside) = opened(request, &key);
        let wanted = inside["credential_response_encryption"].clone();
        let keys = log.lock().unwrap()[0].1["proofs"].clone();
        log.lock().unwrap().push((header, inside));
        let asked = HttpRequest {
            body: value!({ "proofs": keys }).to_string().into_bytes(),
            ..request.clone()
        };
        match count {
            0 => json(200, &signer.answer(&asked)),
            _ => encrypted(200, &signer.answer(&asked), &wanted),
        }
    });
    let keys = TestKey::several(1);
    let authorized = world.authorized().unwrap();
    let order = &authorized.orders()[0];
    let Ok(Requested::Deferred(mut deferred)) =
        block_on(authorized.request(&world.ports(), order, &keys))
    else {
        panic!("not deferred")
    };
    world.clock.0 = world.clock.0.saturating_add(1);
    let plain = refused(block_on(deferred.poll(&world.ports(), &keys)));
    assert_eq!(plain.code(), ErrorCode::AnswerNotEncrypted);
    world.clock.0 = world.clock.0.saturating_add(1);
    let ready = block_on(deferred.poll(&world.ports(), &keys)).unwrap();
    assert!(matches!(ready, DeferredAnswer::Ready(_)));
    let seen = seen.lock().unwrap();
    let jwks: Vec<_> = seen
        .iter()
        .map(|(_, inside)| &inside["credential_response_encryption"]["jwk"])
        .collect();
    assert_eq!(jwks.len(), 3);
    assert!(jwks[0] != jwks[1] && jwks[1] != jwks[2] && jwks[0] != jwks[2]);
}

// shows: VCI 38
#[test]
fn a_plain_answer_after_asking_for_encryption_is_refused() {
    let error = refusal(|answer, _| json(200, &answer));
    assert_eq!(error.code(), ErrorCode::AnswerNotEncrypted);
    assert_eq!(error.category(), Category::Issuer);
    assert_eq!(error.failed_rule(), Some("OpenID4VCI 1.0 10"));
    let mut deferred = World::new();
    let (_, jwk) = issuer_key();
    deferred.metadata["credential_request_encryption"] = request_encryption(&jwk);
    deferred.metadata["credential_response_encryption"] = answer_encryption();
    deferred.http.json(
        CREDENTIAL,
        202,
        value!({ "transaction_id": "a", "interval": 1 }),
    );
    let error = refused(deferred.receive(&TestKey::several(1)));
    assert_eq!(error.code(), ErrorCode::AnswerNotEncrypted);
    assert!(deferred.http.requests(NOTIFICATION).is_empty());
}

#[test]
fn a_refusal_is_understood_in_the_clear() {
    let error = refusal(|_, _| json(400, &value!({ "error": "invalid_encryption_parameters" })));
    assert_eq!(error.code(), ErrorCode::CredentialRefused);
    assert_eq!(error.subject(), Some("invalid_encryption_parameters"));
}

#[test]
fn an_answer_for_another_key_or_changed_on_the_way_is_refused() {
    let other = refusal(|answer, wanted| {
        let own = DecryptionKey::generate(&OsRandom).unwrap();
        let wanted = value!({ "enc": wanted["enc"], "jwk": own.to_public_jwk("1") });
        encrypted(200, &answer, &wanted)
    });
    assert_eq!(other.code(), ErrorCode::DecryptionFailed);
    assert_eq!(other.category(), Category::Issuer);
    let changed = refusal(|answer, wanted| {
        let mut response = encrypted(200, &answer, wanted);
        let middle = response.body.len() / 2;
        response.body[middle] = if response.body[middle] == b'A' {
            b'B'
        } else {
            b'A'
        };
        response
    });
    assert_eq!(changed.code(), ErrorCode::DecryptionFailed);
}

#[test]
fn what_was_encrypted_must_be_one_strict_json_object() {
    for (text, expected) in [
        ("[]", ErrorCode::Malformed),
        (
            r#"{"credentials":[],"credentials":[]}"#,
            ErrorCode::DuplicateKey,
        ),
        ("{}", ErrorCode::CredentialResponseInvalid),
        ("{} ", ErrorCode::CredentialResponseInvalid),
        ("{}{}", ErrorCode::TrailingData),
    ] {
        let (mut world, _) = world(|_, _| unreachable!());
        let (key, jwk) = issuer_key();
        world.metadata["credential_request_encryption"] = request_encryption(&jwk);
        world.http.on(CREDENTIAL, move |request, _| {
            let sent = core::str::from_utf8(&request.body).unwrap();
            let (_, plain) = wallet_parties::jwe::decrypt(sent, &key).unwrap();
            let inside: Value = serde_json::from_slice(&plain).unwrap();
            let jwk = &inside["credential_response_encryption"]["jwk"];
            let sealed = sealed_to(jwk, ContentEncryption::A128Gcm, text);
            respond(200, "application/jwt", sealed.into_bytes())
        });
        let error = world.receive(&TestKey::several(1)).map(|_| ()).unwrap_err();
        assert_eq!(code(error), expected, "{text}");
    }
}

// shows: HOSTILE 13
#[test]
fn a_compressed_answer_is_never_inflated() {
    let error = refusal(|_, wanted| {
        let mut header = Map::new();
        header.insert("alg".to_owned(), "ECDH-ES".into());
        header.insert("enc".to_owned(), "A256GCM".into());
        header.insert("zip".to_owned(), "DEF".into());
        header.insert("epk".to_owned(), wanted["jwk"].clone());
        let header = crate::jose::base64url::encode(Value::Object(header).to_string().as_bytes());
        let text = format!("{header}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA");
        respond(200, "application/jwt", text.into_bytes())
    });
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::Malformed, Some("zip"))
    );
}

#[test]
fn an_issuer_that_cannot_read_requests_gets_plain_ones_and_is_asked_for_plain_answers() {
    let mut world = World::new();
    world.metadata["credential_response_encryption"] = answer_encryption();
    world.receive(&TestKey::several(1)).unwrap();
    let sent = &world.http.requests(CREDENTIAL)[0];
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert!(!super::scripted::body_object(sent).contains_key("credential_response_encryption"));
}

// shows: VCI 36
#[test]
fn encryption_that_is_required_and_not_of_our_kind_ends_before_anything_is_asked_for() {
    let (_, good) = issuer_key();
    let with = |change: fn(&mut Value)| {
        let mut jwk = good.clone();
        change(&mut jwk);
        request_encryption(&jwk)
    };
    let foreign_enc = |mut value: Value| {
        value["enc_values_supported"] = value!(["A128CBC-HS256"]);
        value
    };
    let rsa = {
        let mut value = answer_encryption();
        value["alg_values_supported"] = value!(["RSA-OAEP-256"]);
        value
    };
    let fine = request_encryption(&good);
    for (request, answer, required) in [
        (
            Value::Null,
            answer_encryption(),
            "credential_response_encryption",
        ),
        (fine.clone(), rsa, "credential_response_encryption"),
        (
            fine.clone(),
            foreign_enc(answer_encryption()),
            "credential_response_encryption",
        ),
        (
            foreign_enc(fine),
            Value::Null,
            "credential_request_encryption",
        ),
        (
            with(|jwk| jwk["alg"] = "RSA-OAEP".into()),
            Value::Null,
            "credential_request_encryption",
        ),
        (
            with(|jwk| jwk["use"] = "sig".into()),
            Value::Null,
            "credential_request_encryption",
        ),
        (
            with(|jwk| {
                jwk.as_object_mut().unwrap().remove("kid");
            }),
            Value::Null,
            "credential_request_encryption",
        ),
        (value!({}), Value::Null, "credential_request_encryption"),
    ] {
        let mut world = World::new();
        let both = [
            ("credential_request_encryption", request),
            ("credential_response_encryption", answer),
        ];
        for (name, value) in both.into_iter().filter(|(_, value)| !value.is_null()) {
            world.metadata[name] = value;
        }
        world.metadata[required]["encryption_required"] = true.into();
        let error = refused(world.offered());
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::NotSupported, Some("encryption"))
        );
        assert_eq!(world.http.urls(), [super::issuer::METADATA_URL]);
    }
}
