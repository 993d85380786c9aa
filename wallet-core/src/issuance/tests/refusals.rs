//! An issuer that breaks one rule at a time: the wallet refuses with the right code, keeps nothing, and tells what the
//! standard wants told.

use super::issuer::{
    CREDENTIAL, METADATA_URL, NONCE, NOTIFICATION, SERVER_URL, TOKEN, TestKey, World, proof_keys,
};
use super::refused;
use super::scripted::{body_object, json, respond};
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode, WalletError};
use crate::http::HttpError;
use crate::issuance::OfferLink;
use pollster::block_on;
use serde_json::{Value, json as value};
use std::sync::Arc;
use wallet_parties::EcKey;
use wallet_parties::pki::{CertificateAuthority, CertificateFault, LeafProfile};
use wallet_parties::sd_jwt::{SdJwtDraft, break_signature};

/// What the wallet says to an offer of the changed world.
fn offer_error(change: impl FnOnce(&mut World)) -> WalletError {
    let mut world = World::new();
    change(&mut world);
    refused(world.offered())
}

/// What the wallet says when it exchanges the code in the changed world.
fn token_error(status: u16, answer: Value) -> WalletError {
    let mut world = World::new();
    world.http.json(TOKEN, status, answer);
    refused(world.authorized())
}

/// What the wallet says when it orders in the changed world.
fn order_error(change: impl FnOnce(&mut World)) -> (WalletError, World) {
    let mut world = World::new();
    change(&mut world);
    let error = refused(world.receive(&TestKey::several(2)));
    (error, world)
}

/// As [`order_error`], and the issuer must have been told `credential_failure` and nothing else.
fn copy_error(change: impl FnOnce(&mut World)) -> WalletError {
    let (error, world) = order_error(change);
    let told = world.http.requests(NOTIFICATION);
    assert_eq!(told.len(), 1, "one notification");
    assert_eq!(body_object(&told[0])["event"], "credential_failure");
    assert_eq!(body_object(&told[0])["notification_id"], "3fwe98js");
    error
}

// -- offers and metadata

#[test]
fn an_offer_of_an_impossible_issuer_is_refused_before_any_request() {
    for issuer in [
        "http://issuer.example",
        "https://issuer.example?x",
        "http://localhost:7001",
        "issuer.example",
    ] {
        let mut world = World::new();
        world.offer["credential_issuer"] = value!(issuer);
        let error = refused(world.offered());
        assert_eq!(error.code(), ErrorCode::OfferInvalid, "{issuer}");
        assert_eq!(error.failed_rule(), Some("OpenID4VCI 1.0 12.2.1"));
        assert!(world.http.urls().is_empty());
    }
}

#[test]
fn private_and_local_issuers_are_not_asked() {
    for issuer in [
        "https://192.168.0.1",
        "https://localhost",
        "https://router.local",
        "https://127.0.0.1",
    ] {
        let error = offer_error(|world| world.offer["credential_issuer"] = value!(issuer));
        assert_eq!(error.code(), ErrorCode::UrlNotAllowed, "{issuer}");
    }
}

#[test]
fn only_the_authorization_code_grant_is_not_supported_yet() {
    for grants in [
        value!({ "authorization_code": { "issuer_state": "x" } }),
        value!({}),
        value!({ "urn:example": {} }),
    ] {
        let mut world = World::new();
        world.offer["grants"] = grants;
        let error = refused(world.offered());
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::GrantNotSupported, Category::Issuer)
        );
        assert!(world.http.urls().is_empty());
    }
    let error = offer_error(|world| {
        world.offer.as_object_mut().unwrap().remove("grants");
    });
    assert_eq!(error.code(), ErrorCode::GrantNotSupported);
}

#[test]
fn a_server_that_does_not_list_the_grant_is_believed() {
    let error =
        offer_error(|world| world.server["grant_types_supported"] = value!(["authorization_code"]));
    assert_eq!(error.code(), ErrorCode::GrantNotSupported);
}

#[test]
fn metadata_of_another_issuer_is_refused() {
    let error =
        offer_error(|world| world.metadata["credential_issuer"] = value!("https://evil.example"));
    assert_eq!(error.code(), ErrorCode::IssuerMismatch);
    let error = offer_error(|world| world.server["issuer"] = value!("https://evil.example"));
    assert_eq!(
        (error.code(), error.failed_rule()),
        (ErrorCode::IssuerMismatch, Some("RFC 8414 3.3"))
    );
}

#[test]
fn a_server_the_issuer_does_not_list_is_not_asked() {
    let mut world = World::new();
    world.grant()["authorization_server"] = value!("https://evil.example");
    let error = refused(world.offered());
    assert_eq!(error.code(), ErrorCode::OfferInvalid);
    assert_eq!(world.http.urls(), [METADATA_URL]);
}

#[test]
fn required_encryption_is_said_to_be_unsupported() {
    for member in [
        "credential_request_encryption",
        "credential_response_encryption",
    ] {
        let error =
            offer_error(|world| world.metadata[member] = value!({ "encryption_required": true }));
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::NotSupported, Some("encryption"))
        );
    }
}

#[test]
fn an_offer_of_nothing_we_can_hold_is_refused_with_the_reason() {
    let offered = |change: fn(&mut Value)| offer_error(|world| change(world.configuration()));
    assert_eq!(
        offered(|c| c["format"] = value!("mso_mdoc")).code(),
        ErrorCode::FormatNotSupported
    );
    let attested =
        offered(|c| c["proof_types_supported"]["jwt"]["key_attestations_required"] = value!({}));
    assert_eq!(
        (attested.code(), attested.subject()),
        (ErrorCode::NotSupported, Some("key_attestation"))
    );
    let binding = offered(|c| c["cryptographic_binding_methods_supported"] = value!(["did:key"]));
    assert_eq!(
        (binding.code(), binding.subject()),
        (ErrorCode::NotSupported, Some("binding_method"))
    );
    assert_eq!(
        offered(|c| c["vct"] = value!(null)).code(),
        ErrorCode::IssuerMetadataInvalid
    );
    let error =
        offer_error(|world| world.offer["credential_configuration_ids"] = value!(["other"]));
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::OfferInvalid, Some("unknown_configuration"))
    );
}

#[test]
fn answers_that_are_no_json_are_refused() {
    for url in [METADATA_URL, SERVER_URL] {
        for (status, content_type, body, expected) in [
            (200, "text/html", "{}", ErrorCode::ContentTypeNotAllowed),
            (
                200,
                "application/jwt",
                "{}",
                ErrorCode::ContentTypeNotAllowed,
            ),
            (200, "application/json", "<html>", ErrorCode::Malformed),
            (
                200,
                "application/json",
                r#"{"issuer":"a","issuer":"b"}"#,
                ErrorCode::DuplicateKey,
            ),
            (404, "application/json", "{}", ErrorCode::HttpStatus),
            (302, "application/json", "{}", ErrorCode::RedirectRefused),
        ] {
            let mut world = World::new();
            world.http.json(METADATA_URL, 200, world.metadata.clone());
            world.http.on(url, move |_, _| {
                respond(status, content_type, body.as_bytes().to_vec())
            });
            let offer =
                crate::issuance::CredentialOffer::from_json(world.offer.to_string().as_bytes())
                    .unwrap();
            let error = refused(block_on(crate::issuance::OfferedIssuance::fetch(
                &world.ports(),
                offer,
            )));
            assert_eq!(
                error.code(),
                expected,
                "{url} {status} {content_type} {body}"
            );
        }
    }
}

#[test]
fn an_offer_by_reference_must_be_json_over_https() {
    let mut world = World::new();
    world.http.on("https://issuer.example/html", |_, _| {
        respond(200, "text/html", b"{}".to_vec())
    });
    world.http.on("https://issuer.example/moved", |_, _| {
        respond(301, "application/json", b"{}".to_vec())
    });
    world
        .http
        .fail("https://issuer.example/off", HttpError::NotSent);
    for (address, expected) in [
        ("http://issuer.example/offer", ErrorCode::UrlNotAllowed),
        ("file:///etc/passwd", ErrorCode::UrlNotAllowed),
        ("https://10.0.0.1/offer", ErrorCode::UrlNotAllowed),
        ("https://issuer.example/none", ErrorCode::HttpStatus),
        (
            "https://issuer.example/html",
            ErrorCode::ContentTypeNotAllowed,
        ),
        ("https://issuer.example/moved", ErrorCode::RedirectRefused),
        ("https://issuer.example/off", ErrorCode::NetworkFailed),
    ] {
        let link =
            OfferLink::parse(&format!("haip-vci://?credential_offer_uri={address}")).unwrap();
        assert_eq!(
            refused(block_on(link.resolve(&world.ports()))).code(),
            expected,
            "{address}"
        );
    }
}

// -- the token endpoint

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
    for error in ["use_dpop_nonce", "invalid_dpop_proof"] {
        let error = token_error(400, value!({ "error": error }));
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::NotSupported, Some("dpop"))
        );
    }
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
fn a_dpop_token_is_not_used_as_bearer() {
    for kind in ["DPoP", "dpop"] {
        let error = token_error(200, value!({ "access_token": "t", "token_type": kind }));
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::NotSupported, Some("dpop"))
        );
        assert_eq!(error.category(), Category::Issuer);
    }
}

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

// -- keys, nonces, refusals of the credential endpoint

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
    let (error, _) =
        order_error(|world| world.http.json(CREDENTIAL, 202, value!({ "interval": 5 })));
    assert_eq!(error.code(), ErrorCode::CredentialResponseInvalid);
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

// -- what comes back: one bad copy and nothing is kept

#[test]
fn answers_of_wrong_form_are_refused() {
    for change in [
        (|answer| {
            answer.as_object_mut().unwrap().remove("credentials");
        }) as fn(&mut Value),
        |answer| answer["credentials"] = value!([]),
        |answer| answer["credentials"] = value!("text"),
        |answer| answer["credentials"][1] = answer["credentials"][1]["credential"].clone(),
        |answer| answer["credentials"][1] = value!({}),
        |answer| answer["credentials"][1]["credential"] = value!({ "@context": [] }),
        |answer| answer["credentials"][1]["credential"] = value!(null),
        |answer| answer["transaction_id"] = value!("8xLOxBtZp8"),
    ] {
        let error = copy_error(|world| world.answer_with(change));
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::CredentialResponseInvalid, Category::Issuer)
        );
    }
}

#[test]
fn one_copy_with_a_broken_signature_refuses_all() {
    let error = copy_error(|world| {
        world.answer_with(|answer| {
            let copy = &mut answer["credentials"][1]["credential"];
            *copy = value!(break_signature(copy.as_str().unwrap()).unwrap());
        });
    });
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::SignatureInvalid, Category::Issuer)
    );
}

#[test]
fn a_credential_that_is_no_sd_jwt_is_refused() {
    for text in [
        "",
        "~",
        "a.b.c",
        "a.b.c~",
        "LUpixVCWJk0eOt4CXQe1NXK....WZwmhmn9OQp6YxX0a2L",
    ] {
        let error = copy_error(|world| {
            world.answer_with(move |answer| answer["credentials"][1]["credential"] = value!(text))
        });
        assert_eq!(error.category(), Category::Issuer, "{text}");
    }
}

#[test]
fn another_type_than_ordered_is_refused() {
    let error =
        copy_error(|world| world.issue_with(|claims| claims["vct"] = value!("urn:example:other")));
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::WrongCredentialType, Category::Issuer)
    );
}

#[test]
fn a_credential_bound_to_another_key_is_refused() {
    let error = copy_error(|world| {
        let signer = Arc::clone(&world.signer);
        world.answer_with(move |answer| {
            let other = EcKey::generate().unwrap().public_jwk();
            answer["credentials"][1]["credential"] = value!(signer.issue(signer.claims(), &other));
        });
    });
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::HolderKeyMismatch, Category::Issuer)
    );
}

#[test]
fn a_credential_bound_to_nothing_is_refused_where_proofs_were_sent() {
    let error = copy_error(|world| {
        let signer = Arc::clone(&world.signer);
        world.answer_with(move |answer| {
            let draft = SdJwtDraft::new(signer.claims()).unwrap();
            answer["credentials"][0]["credential"] = value!(draft.issue(&signer.leaf).unwrap());
        });
    });
    assert_eq!(error.code(), ErrorCode::HolderKeyMismatch);
}

#[test]
fn a_bound_credential_is_refused_where_no_proof_was_sent() {
    let mut world = World::new();
    let configuration = world.configuration().as_object_mut().unwrap();
    configuration.remove("proof_types_supported");
    configuration.remove("cryptographic_binding_methods_supported");
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |_, _| {
        let theirs = EcKey::generate().unwrap().public_jwk();
        json(
            200,
            &value!({ "credentials": [{ "credential": signer.issue(signer.claims(), &theirs) }] }),
        )
    });
    assert_eq!(
        refused(world.receive(&[])).code(),
        ErrorCode::HolderKeyMismatch
    );
}

#[test]
fn two_copies_for_one_key_are_refused() {
    let error = copy_error(|world| {
        let signer = Arc::clone(&world.signer);
        world.http.on(CREDENTIAL, move |request, _| {
            let first = &proof_keys(request)[0];
            let copy = || value!({ "credential": signer.issue(signer.claims(), first) });
            json(
                200,
                &value!({ "credentials": [copy(), copy()], "notification_id": "3fwe98js" }),
            )
        });
    });
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::BatchMismatch, Category::Issuer)
    );
}

#[test]
fn more_copies_than_keys_are_refused() {
    let error = copy_error(|world| {
        world.answer_with(|answer| {
            let again = answer["credentials"][0].clone();
            answer["credentials"].as_array_mut().unwrap().push(again);
        });
    });
    assert_eq!(error.code(), ErrorCode::BatchMismatch);
}

#[test]
fn expired_and_future_credentials_are_refused() {
    let error =
        copy_error(|world| world.issue_with(|claims| claims["exp"] = value!(1_600_000_000)));
    assert_eq!(error.code(), ErrorCode::CredentialExpired);
    let error =
        copy_error(|world| world.issue_with(|claims| claims["nbf"] = value!(4_000_000_000_u64)));
    assert_eq!(error.code(), ErrorCode::CredentialNotYetValid);
}

#[test]
fn an_issuer_of_another_anchor_is_not_trusted() {
    let error = copy_error(|world| world.trust.issuers.clear());
    assert_eq!(error.code(), ErrorCode::UntrustedIssuer);
    let error = copy_error(|world| {
        let other = CertificateAuthority::generate("Test anchor")
            .unwrap()
            .pem()
            .unwrap();
        world.trust.issuers = crate::trust::TrustAnchor::from_pem(&other).unwrap();
    });
    assert!(matches!(
        error.code(),
        ErrorCode::UntrustedIssuer | ErrorCode::CertificateRejected
    ));
}

#[test]
fn a_faulty_issuer_certificate_is_refused() {
    for fault in [
        CertificateFault::Expired,
        CertificateFault::NotYetValid,
        CertificateFault::WrongKeyUsage,
        CertificateFault::SelfSigned,
    ] {
        let error = copy_error(|world| {
            let authority = CertificateAuthority::generate("Faulty").unwrap();
            world.trust.issuers =
                crate::trust::TrustAnchor::from_pem(&authority.pem().unwrap()).unwrap();
            let profile = LeafProfile::Issuer {
                common_name: "x".to_owned(),
                uri: None,
            };
            let leaf = authority.issue_faulty_leaf(&profile, fault).unwrap();
            let signer = Arc::new(super::issuer::Signer {
                leaf,
                now: world.signer.now,
            });
            world.http.on(CREDENTIAL, move |request, _| {
                json(200, &signer.answer(request))
            });
        });
        let code = error.code();
        assert!(
            matches!(
                code,
                ErrorCode::CertificateRejected | ErrorCode::UntrustedIssuer
            ),
            "{fault:?}: {code:?}"
        );
    }
}

#[test]
fn a_failed_failure_notification_changes_nothing() {
    let (error, _) = order_error(|world| {
        world.issue_with(|claims| claims["vct"] = value!("urn:example:other"));
        world.http.fail(NOTIFICATION, HttpError::NotSent);
    });
    assert_eq!(error.code(), ErrorCode::WrongCredentialType);
}

#[test]
fn the_older_typ_needs_the_apps_consent() {
    let old = |world: &mut World| {
        let signer = Arc::clone(&world.signer);
        world.http.on(CREDENTIAL, move |request, _| {
            let copies: Vec<_> = proof_keys(request)
                .iter()
                .map(|jwk| {
                    let draft = SdJwtDraft::new(signer.claims())
                        .unwrap()
                        .header("typ", "vc+sd-jwt");
                    value!({ "credential": draft.bound_to(jwk).issue(&signer.leaf).unwrap() })
                })
                .collect();
            json(
                200,
                &value!({ "credentials": copies, "notification_id": "3fwe98js" }),
            )
        });
    };
    assert_eq!(copy_error(old).failed_rule(), Some("SD-JWT VC 2.2.1"));
    let mut world = World::new();
    old(&mut world);
    world.settings.accept_vc_sd_jwt_typ = true;
    assert!(world.receive(&TestKey::several(2)).is_ok());
}

#[test]
fn a_wrong_clock_does_not_let_an_old_credential_through() {
    let error = copy_error(|world| {
        let later = world.clock.0.saturating_add(2 * 86_400);
        world.clock.0 = later;
    });
    assert_eq!(error.code(), ErrorCode::CredentialExpired);
    let error = copy_error(|world| world.clock.0 = UnixTime::from_secs(0));
    assert!(matches!(
        error.code(),
        ErrorCode::CredentialNotYetValid
            | ErrorCode::CertificateRejected
            | ErrorCode::UntrustedIssuer
    ));
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
