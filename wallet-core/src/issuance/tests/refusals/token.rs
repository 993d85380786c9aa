//! The token endpoint.

use super::super::issuer::{TOKEN, World};
use super::super::scripted::respond;
use super::{refused, token_error};
use crate::error::{Category, ErrorCode, WalletError};
use crate::http::HttpError;
use pollster::block_on;
use serde_json::{Value, json as value};

// shows: VCI 20
#[test]
fn a_transaction_code_that_cannot_be_right_is_not_sent() {
    for (announced, typed, reason) in [
        (value!({}), None, "missing"),
        (value!({}), Some(""), "missing"),
        (value!({}), Some("12a4"), "input_mode"),
        (value!({}), Some("１２３４"), "input_mode"),
        (value!({ "input_mode": "text" }), Some("a\nb"), "input_mode"),
        (value!({ "length": 4 }), Some("123"), "length"),
        (value!({ "length": 4 }), Some("12345"), "length"),
        (
            value!({ "input_mode": "text", "length": 2 }),
            Some("äöü"),
            "length",
        ),
        (
            value!({ "input_mode": "text" }),
            Some(&*"x".repeat(129)),
            "length",
        ),
    ] {
        let mut world = World::new().with_tx_code(announced.clone());
        let offered = world.offered().unwrap();
        let error = refused(block_on(offered.accept(&world.ports(), typed)));
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::TxCodeRequired, Category::Holder)
        );
        assert_eq!(error.subject(), Some(reason), "{announced} {typed:?}");
        assert!(world.http.requests(TOKEN).is_empty());
    }
}

#[test]
fn a_transaction_code_nobody_asked_for_is_not_sent() {
    let mut world = World::new();
    let offered = world.offered().unwrap();
    let error = refused(block_on(offered.accept(&world.ports(), Some("1234"))));
    assert_eq!(error.code(), ErrorCode::TxCodeNotExpected);
    assert!(world.http.requests(TOKEN).is_empty());
}

// shows: VCI 21
#[test]
fn token_errors_are_told_apart() {
    let grant = token_error(400, value!({ "error": "invalid_grant" }));
    assert_eq!(
        (grant.code(), grant.subject()),
        (ErrorCode::GrantRefused, None)
    );
    for reason in [
        "invalid_request",
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "use_dpop_nonce",
        "invalid_dpop_proof",
    ] {
        let error = token_error(
            400,
            value!({ "error": reason, "error_description": "secret" }),
        );
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::TokenRefused, Some(reason))
        );
        assert!(!error.is_retryable());
    }
    let other = token_error(400, value!({ "error": "<script>" }));
    assert_eq!(
        (other.code(), other.subject()),
        (ErrorCode::TokenRefused, Some("other"))
    );
    assert_eq!(token_error(500, value!({})).code(), ErrorCode::HttpStatus);
    assert_eq!(
        token_error(400, value!({ "error": 1 })).code(),
        ErrorCode::HttpStatus
    );
}

#[test]
fn token_answers_of_wrong_form_are_refused() {
    let details = |details: Value| value!({ "access_token": "t", "token_type": "Bearer", "authorization_details": details });
    let kind = "openid_credential";
    for answer in [
        value!({}),
        value!({ "access_token": "t" }),
        value!({ "token_type": "Bearer" }),
        value!({ "access_token": "", "token_type": "Bearer" }),
        value!({ "access_token": 1, "token_type": "Bearer" }),
        value!({ "access_token": "a b", "token_type": "Bearer" }),
        value!({ "access_token": "a\r\nx-injected: 1", "token_type": "Bearer" }),
        value!({ "access_token": "é", "token_type": "Bearer" }),
        value!({ "access_token": "t".repeat(16 * 1024 + 1), "token_type": "Bearer" }),
        value!({ "access_token": "t", "token_type": "mac" }),
        value!({ "access_token": "t", "token_type": null }),
        details(value!({})),
        details(value!([{ "type": kind }])),
        details(value!([{ "type": kind, "credential_configuration_id": "card" }])),
        details(
            value!([{ "type": kind, "credential_configuration_id": "card", "credential_identifiers": [] }]),
        ),
        details(
            value!([{ "type": kind, "credential_configuration_id": "card", "credential_identifiers": [""] }]),
        ),
        details(
            value!([{ "type": kind, "credential_configuration_id": "card", "credential_identifiers": [1] }]),
        ),
        details(
            value!([{ "type": kind, "credential_configuration_id": "card", "credential_identifiers": ["a", "a"] }]),
        ),
        // Authorised for something else only.
        details(
            value!([{ "type": kind, "credential_configuration_id": "other", "credential_identifiers": ["a"] }]),
        ),
        details(value!([])),
    ] {
        let error = token_error(200, answer.clone());
        assert_eq!(error.code(), ErrorCode::TokenResponseInvalid, "{answer}");
    }
}

#[test]
fn a_dpop_token_nobody_proved_a_key_for_is_refused() {
    for kind in ["DPoP", "dpop"] {
        let error = token_error(200, value!({ "access_token": "t", "token_type": kind }));
        assert_eq!(error.code(), ErrorCode::TokenResponseInvalid);
        assert_eq!(error.subject(), Some("token_type"));
        assert_eq!(error.category(), Category::Issuer);
    }
}

// shows: VCI 46
#[test]
fn a_token_answer_is_json_and_no_redirect() {
    for (status, content_type, expected) in [
        (200, "text/plain", ErrorCode::ContentTypeNotAllowed),
        (307, "application/json", ErrorCode::RedirectRefused),
        (201, "application/json", ErrorCode::HttpStatus),
    ] {
        let mut world = World::new();
        world.http.on(TOKEN, move |_, _| {
            respond(status, content_type, b"{}".to_vec())
        });
        assert_eq!(refused(world.authorized()).code(), expected);
    }
}

#[test]
fn a_lost_token_answer_leaves_the_offer_to_try_again() {
    let mut world = World::new();
    world.http.fail(TOKEN, HttpError::Timeout);
    let offered = world.offered().unwrap();
    assert_eq!(
        refused(block_on(offered.accept(&world.ports(), None))).code(),
        ErrorCode::NetworkTimeout
    );
    world.http.json(
        TOKEN,
        200,
        value!({ "access_token": "t", "token_type": "Bearer" }),
    );
    assert!(block_on(offered.accept(&world.ports(), None)).is_ok());
}

#[test]
fn no_error_holds_what_the_issuer_sent() {
    let mut world = World::new().with_tx_code(value!({}));
    world.http.json(
        TOKEN,
        400,
        value!({ "error": "https://evil.example/Kim", "error_description": "Kim" }),
    );
    let offered = world.offered().unwrap();
    let Err(error) = block_on(offered.accept(&world.ports(), Some("493536"))) else {
        panic!()
    };
    let printed = format!("{error} {error:?}") + &WalletError::from(error).to_string();
    for secret in ["Kim", "evil", "493536", "oaKazRN8I0IbtZ0C7JuMn5"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
