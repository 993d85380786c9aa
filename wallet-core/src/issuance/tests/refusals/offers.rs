//! Offers and metadata.

use super::super::issuer::{METADATA_URL, SERVER_URL, World};
use super::super::scripted::respond;
use super::{offer_error, refused};
use crate::error::{Category, ErrorCode};
use crate::http::HttpError;
use crate::issuance::OfferLink;
use pollster::block_on;
use serde_json::{Value, json as value};

// shows: VCI 4
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

// shows: VCI 5
#[test]
fn a_grant_the_server_does_not_have_is_not_supported() {
    for grants in [
        value!({ "authorization_code": { "issuer_state": "x" } }),
        value!({}),
        value!({ "urn:example": {} }),
    ] {
        let error = offer_error(|world| world.offer["grants"] = grants);
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::GrantNotSupported, Category::Issuer)
        );
    }
}

#[test]
fn a_server_that_does_not_list_the_grant_is_believed() {
    let error =
        offer_error(|world| world.server["grant_types_supported"] = value!(["authorization_code"]));
    assert_eq!(error.code(), ErrorCode::GrantNotSupported);
}

// shows: VCI 8
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

// shows: VCI 6
#[test]
fn a_server_the_issuer_does_not_list_is_not_asked() {
    let mut world = World::new();
    world.grant()["authorization_server"] = value!("https://evil.example");
    let error = refused(world.offered());
    assert_eq!(error.code(), ErrorCode::OfferInvalid);
    assert_eq!(world.http.urls(), [METADATA_URL]);
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
                "application/jose",
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
