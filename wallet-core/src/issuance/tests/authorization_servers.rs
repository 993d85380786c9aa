//! Which authorization server is asked, and what it must be able to do.

use super::authorization::{REDIRECT, parameters, redirect, request, resume, world};
use super::issuer::{ISSUER, METADATA_URL, SERVER_URL, TOKEN};
use super::refused;
use crate::error::ErrorCode;
use crate::issuance::OfferedIssuance;
use pollster::block_on;
use serde_json::json as value;

// shows: VCI 5
#[test]
fn an_offer_without_grants_leaves_the_grant_to_the_server() {
    for grants in [None, Some(value!({})), Some(value!({ "urn:example": {} }))] {
        let mut world = world();
        match grants {
            Some(grants) => world.offer["grants"] = grants,
            None => drop(world.offer.as_object_mut().unwrap().remove("grants")),
        }
        let sent = parameters(&request(&mut world).unwrap().url);
        assert!(!sent.contains_key("issuer_state"));
        world.server["grant_types_supported"] =
            value!(["urn:ietf:params:oauth:grant-type:pre-authorized_code"]);
        assert_eq!(
            refused(world.offered()).code(),
            ErrorCode::GrantNotSupported
        );
    }
}

// shows: VCI 4
#[test]
fn a_wallet_that_comes_by_itself_makes_the_same_checks() {
    let mut world = world();
    world.offered().unwrap();
    let ids = ["card".to_owned()];
    let offered = block_on(OfferedIssuance::discover(&world.ports(), ISSUER, &ids)).unwrap();
    let requested = block_on(offered.authorize(&world.ports(), REDIRECT, &[])).unwrap();
    assert!(!parameters(&requested.url).contains_key("issuer_state"));
    let url = redirect(&requested);
    assert!(resume(&world, requested.waiting, url.as_str()).is_ok());
    let mut metadata = world.metadata.clone();
    metadata["credential_issuer"] = value!("https://evil.example");
    world.http.json(METADATA_URL, 200, metadata);
    let error = refused(block_on(OfferedIssuance::discover(
        &world.ports(),
        ISSUER,
        &ids,
    )));
    assert_eq!(error.code(), ErrorCode::IssuerMismatch);
    let error = refused(block_on(OfferedIssuance::discover(
        &world.ports(),
        "http://a.example",
        &ids,
    )));
    assert_eq!(error.code(), ErrorCode::OfferInvalid);
}

// shows: VCI 6
#[test]
fn only_a_server_the_issuer_lists_may_be_named_by_the_offer() {
    for grants in [
        value!({ "authorization_code": { "authorization_server": "https://evil.example" } }),
        value!({ "authorization_code": { "authorization_server": ISSUER } }),
    ] {
        let mut world = world();
        world.offer["grants"] = grants;
        let error = refused(world.offered());
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::OfferInvalid, Some("authorization_server"))
        );
    }
    let mut world = world();
    world.metadata["authorization_servers"] = value!(["https://other.example", ISSUER]);
    world.offer["grants"] = value!({ "authorization_code": { "authorization_server": ISSUER } });
    assert!(request(&mut world).is_ok());
    assert!(
        world
            .http
            .urls()
            .iter()
            .all(|url| !url.contains("other.example"))
    );
}

// shows: VCI 11, HAIP 26
#[test]
fn metadata_of_another_server_end_the_exchange_too() {
    let mut world = world();
    let requested = request(&mut world).unwrap();
    let url = redirect(&requested);
    let mut server = world.server.clone();
    server["issuer"] = value!("https://evil.example");
    world.http.json(SERVER_URL, 200, server);
    let error = refused(resume(&world, requested.waiting, url.as_str()));
    assert_eq!(error.code(), ErrorCode::IssuerMismatch);
    assert!(world.http.requests(TOKEN).is_empty());
}

#[test]
fn a_server_the_issuer_gave_up_gets_no_code() {
    let mut world = world();
    world.metadata["authorization_servers"] = value!([ISSUER]);
    let requested = request(&mut world).unwrap();
    let url = redirect(&requested);
    let mut metadata = world.metadata.clone();
    metadata["authorization_servers"] = value!(["https://other.example"]);
    world.http.json(METADATA_URL, 200, metadata);
    let error = refused(resume(&world, requested.waiting, url.as_str()));
    assert_eq!(error.code(), ErrorCode::IssuerMismatch);
    assert!(world.http.requests(TOKEN).is_empty());
}

// shows: VCI 16, HAIP 2
#[test]
fn a_server_that_has_only_plain_pkce_is_refused() {
    let mut world = world();
    world.server["code_challenge_methods_supported"] = value!(["plain"]);
    let error = refused(world.offered());
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::NotSupported, Some("code_challenge_method"))
    );
}

#[test]
fn the_browser_is_sent_to_public_addresses_only() {
    for endpoint in [
        "https://127.0.0.1/authorize",
        "https://router.local/authorize",
        "https://intranet/",
    ] {
        let mut world = world();
        world.server["authorization_endpoint"] = value!(endpoint);
        let error = refused(request(&mut world));
        assert_eq!(error.code(), ErrorCode::IssuerMetadataInvalid, "{endpoint}");
    }
}
