//! The authorization code grant (OpenID4VCI 1.0 5) against scripted servers.

use super::issuer::{CREDENTIAL, ISSUER, TOKEN, TestKey, World};
use super::refused;
use super::scripted::{body_form, json};
use crate::error::{Category, ErrorCode};
use crate::issuance::{
    AuthorizationAnswer, AuthorizationRequested, AuthorizedIssuance, IssuanceError,
    PendingAuthorization,
};
use crate::profile::Profile;
use pollster::block_on;
use serde_json::{Value, json as value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use url::Url;

const AUTHORIZE: &str = "https://issuer.example/authorize?tenant=1";
pub(super) const PAR: &str = "https://issuer.example/par";
pub(super) const REDIRECT: &str = "org.example.wallet:/issued";
const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c";

/// A world with an offer of the authorization code grant, and a wallet known as `wallet`.
pub(super) fn world() -> World {
    let mut world = World::new();
    world.settings.client_id = Some("wallet".to_owned());
    world.offer["grants"] = value!({ "authorization_code": { "issuer_state": "eyJhbGciOiJS" } });
    world.server["grant_types_supported"] = value!(["authorization_code"]);
    world.server["authorization_endpoint"] = value!(AUTHORIZE);
    world.server["code_challenge_methods_supported"] = value!(["S256"]);
    world
}

pub(super) fn with_par() -> World {
    let mut world = world();
    world.server["pushed_authorization_request_endpoint"] = value!(PAR);
    world.server["require_pushed_authorization_requests"] = value!(true);
    let pushed = value!({ "request_uri": REQUEST_URI, "expires_in": 60 });
    world.http.json(PAR, 201, pushed);
    world
}

pub(super) fn request(world: &mut World) -> Result<AuthorizationRequested, IssuanceError> {
    let offered = world.offered()?;
    block_on(offered.authorize(&world.ports(), REDIRECT, &[]))
}

/// The parameters of a URL; none comes twice.
pub(super) fn parameters(url: &str) -> BTreeMap<String, String> {
    let url = Url::parse(url).unwrap();
    let mut parameters = BTreeMap::new();
    for (name, text) in url.query_pairs().into_owned() {
        assert!(parameters.insert(name, text).is_none());
    }
    parameters
}

pub(super) fn sent_form(world: &World, url: &str) -> BTreeMap<String, String> {
    body_form(&world.http.requests(url)[0])
        .into_iter()
        .collect()
}

/// What the browser is sent back with: a code, the state, no `iss`.
pub(super) fn redirect(requested: &AuthorizationRequested) -> Url {
    let state = &parameters(&requested.url)["state"];
    let mut url = Url::parse(REDIRECT).unwrap();
    url.query_pairs_mut()
        .append_pair("code", "SplxlOBeZQQYbYS6WxSbIA");
    url.query_pairs_mut().append_pair("state", state);
    url
}

pub(super) fn resume(
    world: &World,
    waiting: PendingAuthorization,
    redirect: &str,
) -> Result<AuthorizedIssuance, IssuanceError> {
    let answer = AuthorizationAnswer::parse(redirect)?;
    block_on(waiting.resume(&world.ports(), &answer))
}

// shows: VCI 13, VCI 14, VCI 16
#[test]
fn the_request_has_pkce_state_scope_and_the_issuer_state_of_the_offer() {
    let mut world = world();
    let requested = request(&mut world).unwrap();
    assert!(
        requested
            .url
            .starts_with("https://issuer.example/authorize?tenant=1&")
    );
    let sent = parameters(&requested.url);
    for (name, text) in [
        ("response_type", "code"),
        ("client_id", "wallet"),
        ("redirect_uri", REDIRECT),
        ("scope", "card"),
        ("issuer_state", "eyJhbGciOiJS"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(sent[name], text, "{name}");
    }
    assert!(!sent.contains_key("authorization_details") && !sent.contains_key("resource"));
    let url = redirect(&requested);
    let authorized = resume(&world, requested.waiting, url.as_str()).unwrap();
    assert_eq!(authorized.orders().len(), 1);
    let form = sent_form(&world, TOKEN);
    for (name, text) in [
        ("grant_type", "authorization_code"),
        ("code", "SplxlOBeZQQYbYS6WxSbIA"),
        ("redirect_uri", REDIRECT),
        ("client_id", "wallet"),
    ] {
        assert_eq!(form[name], text, "{name}");
    }
    // RFC 7636 4.1 and 4.2.
    let verifier = &form["code_verifier"];
    assert!((43..=128).contains(&verifier.len()));
    let hash = crate::jose::base64url::encode(&Sha256::digest(verifier));
    assert_eq!(hash, sent["code_challenge"]);
}

#[test]
fn an_authorized_issuance_gives_the_credential() {
    let mut world = world();
    let requested = request(&mut world).unwrap();
    let url = redirect(&requested);
    let authorized = resume(&world, requested.waiting, url.as_str()).unwrap();
    let order = &authorized.orders()[0];
    let keys = TestKey::several(2);
    let received = block_on(authorized.request(&world.ports(), order, &keys)).unwrap();
    let received = received.received().unwrap();
    assert_eq!(received.copies.len(), 2);
    assert_eq!(received.context.client_id.as_deref(), Some("wallet"));
    assert_eq!(world.http.requests(CREDENTIAL).len(), 1);
}

// shows: VCI 16, VCI 17
#[test]
fn state_and_verifier_are_fresh_for_each_request() {
    let mut world = world();
    let (first, second) = (request(&mut world).unwrap(), request(&mut world).unwrap());
    let (first, second) = (parameters(&first.url), parameters(&second.url));
    for name in ["state", "code_challenge"] {
        assert_ne!(first[name], second[name]);
        assert_eq!(first[name].len(), 43);
    }
}

// shows: VCI 16, HAIP 2
#[test]
fn the_request_is_pushed_where_the_server_takes_that() {
    let mut world = with_par();
    let requested = request(&mut world).unwrap();
    let seen = parameters(&requested.url);
    let expected = [
        ("client_id", "wallet"),
        ("request_uri", REQUEST_URI),
        ("tenant", "1"),
    ];
    assert_eq!(
        seen.iter().map(|(n, v)| (&**n, &**v)).collect::<Vec<_>>(),
        expected
    );
    let pushed = sent_form(&world, PAR);
    for (name, text) in [
        ("scope", "card"),
        ("client_id", "wallet"),
        ("redirect_uri", REDIRECT),
    ] {
        assert_eq!(pushed[name], text);
    }
    assert_eq!(pushed["code_challenge_method"], "S256");
    let url = format!("{REDIRECT}?code=c&state={}", pushed["state"]);
    assert!(resume(&world, requested.waiting, &url).is_ok());
}

// shows: HAIP 2
#[test]
fn under_haip_nothing_is_asked_for_through_the_browser() {
    let mut world = world();
    world.settings.profile = Profile::Haip;
    let error = refused(request(&mut world));
    assert_eq!(error.code(), ErrorCode::NotSupported);
    assert_eq!(error.subject(), Some("pushed_authorization_request"));
    let mut world = with_par();
    world.settings.profile = Profile::Haip;
    request(&mut world).unwrap();
}

#[test]
fn a_server_that_demands_pushing_and_has_no_place_for_it_is_refused() {
    let mut world = world();
    world.server["require_pushed_authorization_requests"] = value!(true);
    assert_eq!(
        refused(world.offered()).code(),
        ErrorCode::IssuerMetadataInvalid
    );
}

#[test]
fn pushed_requests_that_fail_are_told_apart() {
    for (status, answer, code, subject) in [
        (
            400,
            value!({ "error": "invalid_scope" }),
            ErrorCode::AuthorizationRefused,
            Some("invalid_scope"),
        ),
        (
            401,
            value!({ "error": "<b>" }),
            ErrorCode::AuthorizationRefused,
            Some("other"),
        ),
        (
            500,
            value!({ "error": "invalid_scope" }),
            ErrorCode::HttpStatus,
            None,
        ),
        (
            201,
            value!({ "expires_in": 60 }),
            ErrorCode::AuthorizationResponseInvalid,
            Some("request_uri"),
        ),
        (
            201,
            value!({ "request_uri": "" }),
            ErrorCode::AuthorizationResponseInvalid,
            Some("request_uri"),
        ),
        (
            201,
            value!({ "request_uri": 1 }),
            ErrorCode::AuthorizationResponseInvalid,
            Some("request_uri"),
        ),
    ] {
        let mut world = with_par();
        world.http.json(PAR, status, answer.clone());
        let error = refused(request(&mut world));
        assert_eq!((error.code(), error.subject()), (code, subject), "{answer}");
    }
}

// shows: VCI 14, VCI 15
#[test]
fn without_a_scope_details_say_what_is_wanted_and_of_which_issuer() {
    let mut world = world();
    world
        .configuration()
        .as_object_mut()
        .unwrap()
        .remove("scope");
    let sent = parameters(&request(&mut world).unwrap().url);
    let details: Value = serde_json::from_str(&sent["authorization_details"]).unwrap();
    let wanted = value!({ "type": "openid_credential", "credential_configuration_id": "card" });
    assert_eq!(details, value!([wanted]));
    assert!(!sent.contains_key("scope"));
    world.metadata["authorization_servers"] = value!([ISSUER]);
    let sent = parameters(&request(&mut world).unwrap().url);
    let details: Value = serde_json::from_str(&sent["authorization_details"]).unwrap();
    assert_eq!(details[0]["locations"], value!([ISSUER]));
}

// shows: VCI 14, HAIP 3
#[test]
fn scopes_of_several_configurations_are_asked_for_together_and_the_issuer_is_named() {
    let mut world = world();
    let mut second = world.configuration().clone();
    second["scope"] = value!("other");
    world.metadata["credential_configurations_supported"]["second"] = second;
    world.metadata["authorization_servers"] = value!([ISSUER]);
    world.offer["credential_configuration_ids"] = value!(["second", "card"]);
    let sent = parameters(&request(&mut world).unwrap().url);
    assert_eq!(
        (&*sent["scope"], &*sent["resource"]),
        ("card other", ISSUER)
    );
    // Or only some of what is offered.
    let offered = world.offered().unwrap();
    let ids = ["second".to_owned()];
    let requested = block_on(offered.authorize(&world.ports(), REDIRECT, &ids)).unwrap();
    assert_eq!(parameters(&requested.url)["scope"], "other");
    let url = redirect(&requested);
    let authorized = resume(&world, requested.waiting, url.as_str()).unwrap();
    let orders: Vec<_> = authorized
        .orders()
        .iter()
        .map(|o| o.configuration().id())
        .collect();
    assert_eq!(orders, ["second"]);
}

#[test]
fn what_is_not_on_offer_cannot_be_asked_for() {
    let mut world = world();
    let offered = world.offered().unwrap();
    let ids = ["other".to_owned()];
    let error = refused(block_on(offered.authorize(&world.ports(), REDIRECT, &ids)));
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::NotSupported, Category::App)
    );
    for redirect in ["", "wallet", "wallet:/cb?a=b", "wallet:/cb#f"] {
        let error = refused(block_on(offered.authorize(&world.ports(), redirect, &[])));
        assert_eq!(error.subject(), Some("redirect_uri"), "{redirect}");
    }
    // A grant that is not there.
    assert!(offered.can_be_authorized() && !offered.is_pre_authorized());
    let error = refused(block_on(offered.accept(&world.ports(), None)));
    assert_eq!(error.code(), ErrorCode::NotSupported);
    let pre_authorized = World::new().offered().unwrap();
    let error = refused(block_on(pre_authorized.authorize(
        &world.ports(),
        REDIRECT,
        &[],
    )));
    assert_eq!(error.subject(), Some("authorization_code"));
}

#[test]
fn what_waits_survives_being_written_down() {
    let mut world = world();
    world.server["dpop_signing_alg_values_supported"] = value!(["ES256"]);
    let requested = request(&mut world).unwrap();
    let written = serde_json::to_vec(&requested.waiting).unwrap();
    let read: PendingAuthorization = serde_json::from_slice(&written).unwrap();
    let url = redirect(&requested);
    resume(&world, read, url.as_str()).unwrap();
    // The token is asked for with the key that was announced (RFC 9449 10).
    let proof = super::scripted::header(&world.http.requests(TOKEN)[0], "dpop").map(str::to_owned);
    let jwk = wallet_parties::jws::Jws::parse(&proof.unwrap())
        .unwrap()
        .header["jwk"]
        .clone();
    let key = crate::jose::PublicKey::from_jwk(&jwk).unwrap();
    let thumbprint = crate::jose::base64url::encode(&key.thumbprint());
    assert_eq!(parameters(&requested.url)["dpop_jkt"], thumbprint);
}

#[test]
fn with_both_grants_the_holder_may_take_either() {
    let mut world = world();
    world.server["grant_types_supported"] = value!([
        "authorization_code",
        "urn:ietf:params:oauth:grant-type:pre-authorized_code"
    ]);
    world.offer["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"] =
        value!({ "pre-authorized_code": "oaKazRN8I0IbtZ0C7JuMn5" });
    let offered = world.offered().unwrap();
    assert!(offered.can_be_authorized() && offered.is_pre_authorized());
    assert!(block_on(offered.authorize(&world.ports(), REDIRECT, &[])).is_ok());
    assert!(block_on(offered.accept(&world.ports(), None)).is_ok());
}

#[test]
fn a_code_without_a_client_id_cannot_be_asked_for() {
    let mut world = world();
    world.settings.client_id = None;
    let error = refused(world.offered());
    assert_eq!(error.subject(), Some("client_id"));
}

#[test]
fn a_refused_code_says_so() {
    let mut world = world();
    let requested = request(&mut world).unwrap();
    let url = redirect(&requested);
    world.http.on(TOKEN, |_, _| {
        json(400, &value!({ "error": "invalid_grant" }))
    });
    let error = refused(resume(&world, requested.waiting, url.as_str()));
    assert_eq!(error.code(), ErrorCode::GrantRefused);
}
