//! Status list tokens as JWT (Token Status List 5.1, 8.3, 11; HAIP 1.0 6.1).

use super::{NOW, URI, World, at, refusal, zlib};
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::SdJwtError;
use crate::jose::JoseError;
use crate::trust::status::{StatusError, StatusList, StatusValue};
use crate::trust::{RejectReason, TrustError};
use pollster::block_on;
use serde_json::{Map, Value, json};
use wallet_parties::{base64url, jws};

/// A list of one byte: entries 0, 1, 2, 3 are 1, 2, 3, 0.
fn payload() -> Map<String, Value> {
    let list = json!({"bits": 2, "lst": base64url(&zlib(&[0b0011_1001]))});
    let claims =
        json!({"sub": URI, "iat": NOW - 10, "exp": NOW + 600, "ttl": 300, "status_list": list});
    claims.as_object().unwrap().clone()
}

fn header(world: &World) -> Map<String, Value> {
    let header = json!({"typ": "statuslist+jwt", "x5c": world.leaf.x5c()});
    header.as_object().unwrap().clone()
}

fn verify(world: &World, text: &str) -> Result<StatusList, StatusError> {
    block_on(StatusList::from_jwt(text, URI, &world.signers()))
}

/// A token whose header or payload has these members instead; `null` takes one away.
pub(super) fn token(world: &World, in_header: Value, in_payload: Value) -> String {
    let (mut header, mut payload) = (header(world), payload());
    for (part, changes) in [(&mut header, in_header), (&mut payload, in_payload)] {
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => part.shift_remove(name),
                value => part.insert(name.clone(), value.clone()),
            };
        }
    }
    jws::sign(&header, &payload, &world.leaf.key)
}

fn refused(in_header: Value, in_payload: Value) -> StatusError {
    let world = World::new();
    refusal(verify(&world, &token(&world, in_header, in_payload)))
}

// shows: SDJWT 28, HAIP 23
#[test]
fn a_list_signed_under_an_anchor_is_believed_and_read() {
    let world = World::new();
    let list = verify(&world, &token(&world, json!({}), json!({}))).unwrap();
    let values: Vec<_> = (0..4)
        .map(|index| list.array().get(index).unwrap())
        .collect();
    assert_eq!(
        values,
        [
            StatusValue::Revoked,
            StatusValue::Suspended,
            StatusValue::Other(3),
            StatusValue::Valid
        ]
    );
    assert_eq!(list.array().entries(), 4);
    assert_eq!(list.ttl_seconds(), Some(300));
    assert_eq!(list.valid_until(), Some(at().saturating_add(600)));
    assert_eq!(list.issued_at(), at().saturating_add(-10));
    assert!(matches!(
        list.evidence(),
        IssuerEvidence::Certificate { .. }
    ));
}

#[test]
fn exp_and_ttl_may_be_absent_and_times_may_have_fractions() {
    let world = World::new();
    for change in [
        json!({"exp": null, "ttl": null}),
        json!({"iat": NOW as f64 - 0.5, "exp": NOW as f64 + 0.5, "ttl": 0.5}),
        json!({"status_list": {"bits": 1, "lst": base64url(&zlib(&[1])), "aggregation_uri": "https://a.example"}}),
        // Clocks differ.
        json!({"iat": NOW + 60, "exp": NOW - 59}),
    ] {
        assert!(
            verify(&world, &token(&world, json!({}), change.clone())).is_ok(),
            "{change}"
        );
    }
}

// shows: SDJWT 28
#[test]
fn a_list_that_is_not_of_the_form_is_refused() {
    let lst = base64url(&zlib(&[1]));
    for (in_header, in_payload, error) in [
        (json!({"typ": null}), json!({}), StatusError::WrongTyp),
        (json!({"typ": "JWT"}), json!({}), StatusError::WrongTyp),
        (
            json!({"typ": "dc+sd-jwt"}),
            json!({}),
            StatusError::WrongTyp,
        ),
        (
            json!({"typ": "statuslist+cwt"}),
            json!({}),
            StatusError::WrongTyp,
        ),
        (json!({}), json!({"sub": null}), StatusError::WrongSubject),
        (json!({}), json!({"sub": 1}), StatusError::WrongSubject),
        (
            json!({}),
            json!({"sub": "https://issuer.example/statuslists/2"}),
            StatusError::WrongSubject,
        ),
        // Not even by a slash.
        (
            json!({}),
            json!({"sub": format!("{URI}/")}),
            StatusError::WrongSubject,
        ),
        (json!({}), json!({"iat": null}), StatusError::Claim),
        (json!({}), json!({"iat": "now"}), StatusError::Claim),
        (
            json!({}),
            json!({"iat": NOW + 61}),
            StatusError::NotYetIssued,
        ),
        (json!({}), json!({"exp": NOW - 60}), StatusError::Expired),
        (json!({}), json!({"exp": "never"}), StatusError::Claim),
        (json!({}), json!({"ttl": 0}), StatusError::Claim),
        (json!({}), json!({"ttl": -1}), StatusError::Claim),
        (json!({}), json!({"ttl": "1 h"}), StatusError::Claim),
        (json!({}), json!({"status_list": null}), StatusError::Claim),
        (json!({}), json!({"status_list": []}), StatusError::Claim),
        (
            json!({}),
            json!({"status_list": {"lst": lst}}),
            StatusError::Claim,
        ),
        (
            json!({}),
            json!({"status_list": {"bits": 1}}),
            StatusError::Claim,
        ),
        (
            json!({}),
            json!({"status_list": {"bits": "1", "lst": lst}}),
            StatusError::Claim,
        ),
        (
            json!({}),
            json!({"status_list": {"bits": 1, "lst": 1}}),
            StatusError::Claim,
        ),
        (
            json!({}),
            json!({"status_list": {"bits": 1, "lst": "?"}}),
            StatusError::Jose(JoseError::NotBase64Url),
        ),
        (
            json!({}),
            json!({"status_list": {"bits": 1, "lst": format!("{lst}=")}}),
            StatusError::Jose(JoseError::NotBase64Url),
        ),
        (
            json!({}),
            json!({"status_list": {"bits": 1, "lst": ""}}),
            StatusError::Compression,
        ),
    ] {
        let what = format!("{in_header} {in_payload}");
        assert_eq!(refused(in_header, in_payload), error, "{what}");
    }
}

// shows: SDJWT 28, HOSTILE 20
#[test]
fn entries_of_no_such_size_are_refused() {
    for bits in [0, 3, 5, 6, 7, 9, 16, 257, u64::MAX] {
        let list = json!({"bits": bits, "lst": base64url(&zlib(&[1]))});
        assert_eq!(
            refused(json!({}), json!({"status_list": list})),
            StatusError::EntrySize,
            "{bits}"
        );
    }
}

#[test]
fn algorithms_that_are_not_ours_are_refused() {
    for alg in ["none", "HS256", "RS256", "ES256K", "es256"] {
        let error = refused(json!({"alg": alg}), json!({}));
        assert_eq!(
            error,
            StatusError::Jose(JoseError::AlgorithmNotAllowed),
            "{alg}"
        );
    }
    // One of ours, but not that of the key.
    assert_eq!(
        refused(json!({"alg": "ES384"}), json!({})),
        StatusError::Jose(JoseError::AlgorithmMismatch)
    );
}

// shows: HAIP 23
#[test]
fn a_list_by_somebody_else_is_refused() {
    let world = World::new();
    let trust = |error: StatusError| match error {
        StatusError::Signer(SdJwtError::Trust(error)) => error,
        other => panic!("{other:?}"),
    };
    // By another authority.
    let strange = json!({"x5c": world.stranger.x5c()});
    let error = trust(refusal(verify(&world, &token(&world, strange, json!({})))));
    assert!(matches!(error, TrustError::Untrusted { .. }));
    // With the right certificate and the wrong key.
    let text = jws::sign(&header(&world), &payload(), &world.stranger.key);
    assert_eq!(
        refusal(verify(&world, &text)),
        StatusError::Jose(JoseError::SignatureInvalid)
    );
    // With the anchor itself in the chain.
    let mut chain = world.leaf.chain.clone();
    chain.push(world.anchor.clone());
    let x5c: Vec<String> = chain.iter().map(|der| base64(der)).collect();
    let error = trust(refusal(verify(
        &world,
        &token(&world, json!({"x5c": x5c}), json!({})),
    )));
    assert_eq!(error.reason(), Some(RejectReason::AnchorInChain));
    // By the self-signed anchor.
    let error = trust(refusal(verify(
        &world,
        &token(&world, json!({"x5c": [base64(&world.anchor)]}), json!({})),
    )));
    assert_eq!(error.reason(), Some(RejectReason::SelfSignedLeaf));
    // By nobody.
    assert_eq!(
        refusal(verify(
            &world,
            &token(&world, json!({"x5c": null}), json!({}))
        )),
        StatusError::NoSigner
    );
    let jwk = json!({"x5c": null, "jwk": world.leaf.key.public_jwk()});
    assert_eq!(
        refusal(verify(&world, &token(&world, jwk, json!({})))),
        StatusError::NoSigner
    );
}

#[test]
fn every_changed_character_is_noticed() {
    let world = World::new();
    let text = token(&world, json!({}), json!({}));
    let first_payload = text.find('.').unwrap() + 1;
    for place in (first_payload..text.len()).step_by(7) {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(
            verify(&world, &String::from_utf8(changed).unwrap()).is_err(),
            "{place}"
        );
    }
}

#[test]
fn texts_that_are_no_token_are_refused() {
    let world = World::new();
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "{}",
        "eyJhbGciOiJFUzI1NiJ9.e30.",
        "\u{0}",
    ] {
        assert!(verify(&world, text).is_err(), "{text}");
    }
    let huge = "a".repeat(super::super::MAX_TOKEN_BYTES + 1);
    assert_eq!(refusal(verify(&world, &huge)), StatusError::TooLarge);
}

fn base64(der: &[u8]) -> String {
    use base64ct::Encoding as _;
    base64ct::Base64::encode_string(der)
}

#[test]
fn every_refusal_reaches_the_facade_as_the_issuers_with_its_rule() {
    for error in [
        StatusError::WrongTyp,
        StatusError::WrongSubject,
        StatusError::Claim,
        StatusError::Expired,
        StatusError::NotYetIssued,
        StatusError::Older,
        StatusError::EntrySize,
        StatusError::Compression,
        StatusError::TrailingData,
        StatusError::Bomb,
        StatusError::OutOfRange,
        StatusError::TooShort,
        StatusError::WrongPurpose,
    ] {
        let error = WalletError::from(error);
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::StatusListInvalid, Category::Issuer)
        );
        assert!(error.subject().is_some() && error.failed_rule().is_some());
    }
    assert_eq!(
        WalletError::from(StatusError::NoSigner).code(),
        ErrorCode::UntrustedIssuer
    );
}
