//! Keys, nonces, and what the credential endpoint refuses.

use super::super::issuer::{CREDENTIAL, NONCE, NOTIFICATION, TestKey, World};
use super::super::scripted::respond;
use super::{order_error, refused};
use crate::error::{Category, ErrorCode};
use pollster::block_on;
use serde_json::json as value;
use std::sync::Arc;

// shows: VCI 33
#[test]
fn keys_that_do_not_fit_are_refused_before_any_request() {
    let mut world = World::new();
    world.configuration()["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] =
        value!(["ES256"]);
    let authorized = world.authorized().unwrap();
    let one = TestKey::make("one");
    let twice = vec![Arc::clone(&one), one];
    let before = world.http.urls().len();
    for (keys, reason) in [
        (Vec::new(), "keys_missing"),
        (TestKey::several(6), "batch_size"),
        (twice, "keys_not_distinct"),
    ] {
        let order = &authorized.orders()[0];
        let error = refused(block_on(authorized.request(&world.ports(), order, &keys)));
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::NotSupported, Some(reason))
        );
        assert_eq!(error.category(), Category::App);
    }
    assert_eq!(world.http.urls().len(), before);
}

// shows: VCI 31
#[test]
fn a_key_of_an_algorithm_the_issuer_does_not_take_is_refused() {
    let mut world = World::new();
    world.configuration()["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] =
        value!(["EdDSA"]);
    let error = refused(world.receive(&TestKey::several(1)));
    assert_eq!(error.subject(), Some("key_algorithm"));
    assert!(world.http.requests(CREDENTIAL).is_empty());
}

#[test]
fn keys_are_refused_where_no_proof_is_wanted() {
    let mut world = World::new();
    let configuration = world.configuration().as_object_mut().unwrap();
    configuration.remove("proof_types_supported");
    configuration.remove("cryptographic_binding_methods_supported");
    assert_eq!(
        refused(world.receive(&TestKey::several(1))).subject(),
        Some("keys_not_expected")
    );
}

// shows: VCI 33
#[test]
fn without_batch_issuance_one_key_is_all() {
    let mut world = World::new();
    world
        .metadata
        .as_object_mut()
        .unwrap()
        .remove("batch_credential_issuance");
    assert_eq!(
        refused(world.receive(&TestKey::several(2))).subject(),
        Some("batch_size")
    );
}

#[test]
fn nonce_answers_of_wrong_form_are_refused() {
    for answer in [
        value!({}),
        value!({ "c_nonce": "" }),
        value!({ "c_nonce": 1 }),
        value!({ "c_nonce": "n".repeat(2049) }),
    ] {
        let (error, world) = order_error(|world| world.http.json(NONCE, 200, answer));
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::CredentialResponseInvalid, Some("c_nonce"))
        );
        assert!(world.http.requests(CREDENTIAL).is_empty());
    }
    let (error, _) = order_error(|world| world.http.json(NONCE, 500, value!({ "c_nonce": "n" })));
    assert_eq!(error.code(), ErrorCode::HttpStatus);
}

// shows: VCI 34
#[test]
fn a_nonce_refused_twice_ends_the_issuance() {
    let (error, world) = order_error(|world| {
        world
            .http
            .json(CREDENTIAL, 400, value!({ "error": "invalid_nonce" }))
    });
    assert_eq!(error.code(), ErrorCode::NonceRefused);
    assert_eq!(world.http.requests(CREDENTIAL).len(), 2);
    assert_eq!(world.http.requests(NONCE).len(), 2);
}

#[test]
fn a_nonce_refused_without_a_nonce_endpoint_ends_the_issuance_at_once() {
    let (error, world) = order_error(|world| {
        world
            .metadata
            .as_object_mut()
            .unwrap()
            .remove("nonce_endpoint");
        world
            .http
            .json(CREDENTIAL, 400, value!({ "error": "invalid_nonce" }));
    });
    assert_eq!(error.code(), ErrorCode::NonceRefused);
    assert_eq!(world.http.requests(CREDENTIAL).len(), 1);
}

#[test]
fn refusals_of_the_credential_endpoint_are_told_apart() {
    for (status, answer, expected, subject) in [
        (
            400,
            value!({ "error": "invalid_proof" }),
            ErrorCode::ProofRefused,
            None,
        ),
        (
            401,
            value!({ "error": "invalid_token" }),
            ErrorCode::IssuanceExpired,
            None,
        ),
        (401, value!({}), ErrorCode::IssuanceExpired, None),
        (
            400,
            value!({ "error": "invalid_credential_request" }),
            ErrorCode::CredentialRefused,
            Some("invalid_credential_request"),
        ),
        (
            400,
            value!({ "error": "unknown_credential_configuration" }),
            ErrorCode::CredentialRefused,
            Some("unknown_credential_configuration"),
        ),
        (
            400,
            value!({ "error": "unknown_credential_identifier" }),
            ErrorCode::CredentialRefused,
            Some("unknown_credential_identifier"),
        ),
        (
            400,
            value!({ "error": "invalid_encryption_parameters" }),
            ErrorCode::CredentialRefused,
            Some("invalid_encryption_parameters"),
        ),
        (
            400,
            value!({ "error": "credential_request_denied" }),
            ErrorCode::CredentialRefused,
            Some("credential_request_denied"),
        ),
        (
            403,
            value!({ "error": "insufficient_scope" }),
            ErrorCode::CredentialRefused,
            Some("insufficient_scope"),
        ),
        (
            400,
            value!({ "error": "Kim Minji" }),
            ErrorCode::CredentialRefused,
            Some("other"),
        ),
        (503, value!({}), ErrorCode::HttpStatus, None),
        (204, value!({}), ErrorCode::HttpStatus, None),
    ] {
        let (error, world) =
            order_error(|world| world.http.json(CREDENTIAL, status, answer.clone()));
        assert_eq!(
            (error.code(), error.subject()),
            (expected, subject),
            "{status} {answer}"
        );
        assert_eq!(
            world.http.requests(CREDENTIAL).len(),
            1,
            "only a refused nonce is tried again"
        );
        assert!(world.http.requests(NOTIFICATION).is_empty());
    }
}

#[test]
fn a_deferred_credential_is_said_to_come_later() {
    let (error, _) = order_error(|world| {
        world.http.json(
            CREDENTIAL,
            202,
            value!({ "transaction_id": "8xLOxBtZp8", "interval": 3600 }),
        );
    });
    assert_eq!(
        (error.code(), error.retry_after()),
        (ErrorCode::IssuanceDeferred, Some(3600))
    );
}

#[test]
fn an_encrypted_answer_nobody_asked_for_is_refused() {
    let (error, _) = order_error(|world| {
        world.http.on(CREDENTIAL, |_, _| {
            respond(200, "application/jwt", b"a.b.c.d.e".to_vec())
        });
    });
    assert_eq!(error.code(), ErrorCode::ContentTypeNotAllowed);
}
