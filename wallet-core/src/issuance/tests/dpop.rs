//! DPoP (RFC 9449). Proofs are parsed and their signatures checked by `wallet-parties`.

use super::issuer::{CREDENTIAL, NONCE, NOTIFICATION, TOKEN, TestKey, World};
use super::refused;
use super::scripted::json;
use crate::error::ErrorCode;
use crate::http::{HttpRequest, HttpResponse};
use crate::issuance::dpop::Dpop;
use crate::issuance::{NotificationEvent, Notified};
use crate::profile::Profile;
use crate::random::OsRandom;
use pollster::block_on;
use serde_json::{Value, json as value};
use std::collections::HashSet;
use wallet_parties::VerificationKey;
use wallet_parties::jws::Jws;

/// The example token of RFC 9449 7.1, and what its proof says about it.
const ACCESS_TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

/// A world whose authorization server binds tokens to keys.
fn world() -> World {
    let mut world = World::new();
    world.server["dpop_signing_alg_values_supported"] = value!(["RS256", "ES256"]);
    world.http.json(TOKEN, 200, token());
    world
}

fn token() -> Value {
    value!({ "access_token": ACCESS_TOKEN, "token_type": "DPoP" })
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut all = request.headers.iter().filter(|(key, _)| key == name);
    let found = all.next().map(|(_, value)| value.as_str());
    assert!(all.next().is_none(), "{name} twice");
    found
}

/// The proof in a request; its signature is checked with the key it holds.
pub(super) fn proof(request: &HttpRequest) -> Jws {
    let proof = Jws::parse(header(request, "dpop").unwrap()).unwrap();
    let key = VerificationKey::from_jwk(&proof.header["jwk"]).unwrap();
    proof.verify(&key).unwrap();
    proof
}

pub(super) fn payload(request: &HttpRequest) -> Value {
    Value::Object(proof(request).payload)
}

fn with_header(mut answer: HttpResponse, name: &str, text: &str) -> HttpResponse {
    answer.headers.push((name.to_owned(), text.to_owned()));
    answer
}

fn wants_nonce(challenge: &str, nonce: &str) -> HttpResponse {
    let answer = json(401, &value!({ "error": "use_dpop_nonce" }));
    let answer = with_header(answer, "www-authenticate", challenge);
    with_header(answer, "dpop-nonce", nonce)
}

// shows: VCI 23, HAIP 1, HAIP 26, OIDF fapi2-security-profile-final-client-test-happy-path-no-dpop-nonce
#[test]
fn every_endpoint_gets_a_fresh_proof_of_the_same_key() {
    let mut world = world();
    let received = world.receive(&TestKey::several(1)).unwrap();
    let told = block_on(
        received
            .notification
            .unwrap()
            .send(&world.ports(), NotificationEvent::Accepted),
    );
    assert_eq!(told, Notified::Sent);
    let mut fresh = HashSet::new();
    let mut keys = HashSet::new();
    for (url, bears_token) in [(TOKEN, false), (CREDENTIAL, true), (NOTIFICATION, true)] {
        let requests = world.http.requests(url);
        assert_eq!(requests.len(), 1, "{url}");
        let (proof, payload) = (proof(&requests[0]), payload(&requests[0]));
        assert_eq!(proof.header["typ"], "dpop+jwt");
        assert_eq!(proof.header["alg"], "ES256");
        assert!(proof.header["jwk"].get("d").is_none());
        assert_eq!(
            (&payload["htm"], &payload["htu"]),
            (&value!("POST"), &value!(url))
        );
        assert_eq!(payload["iat"], value!(world.signer.now));
        assert!(payload["jti"].as_str().unwrap().len() >= 16);
        assert!(payload.get("nonce").is_none());
        assert!(fresh.insert(payload["jti"].to_string()));
        keys.insert(proof.header["jwk"].to_string());
        let authorization = format!("DPoP {ACCESS_TOKEN}");
        let expected = bears_token.then_some(authorization.as_str());
        assert_eq!(header(&requests[0], "authorization"), expected);
        assert_eq!(payload.get("ath").is_some(), bears_token);
        if bears_token {
            assert_eq!(payload["ath"], ATH);
        }
    }
    assert_eq!(keys.len(), 1);
    assert!(header(&world.http.requests(NONCE)[0], "dpop").is_none());
}

// shows: VCI 23, HAIP 1
#[test]
fn a_pushed_request_is_proven_with_the_key_of_the_token() {
    use super::authorization::{PAR, REDIRECT, request, resume, with_par};
    let mut world = with_par();
    world.server["dpop_signing_alg_values_supported"] = value!(["ES256"]);
    let requested = request(&mut world).unwrap();
    let pushed = world.http.requests(PAR).remove(0);
    let form = super::scripted::body_form(&pushed);
    let (_, state) = form.iter().find(|(name, _)| name == "state").unwrap();
    let back = format!("{REDIRECT}?code=c&state={state}");
    resume(&world, requested.waiting, &back).unwrap();
    let token = world.http.requests(TOKEN).remove(0);
    assert_eq!(payload(&pushed)["htu"], PAR);
    assert_eq!(proof(&pushed).header["jwk"], proof(&token).header["jwk"]);
}

// shows: VCI 23
#[test]
fn each_issuance_has_a_key_of_its_own() {
    let mut world = world();
    world.receive(&TestKey::several(1)).unwrap();
    world.receive(&TestKey::several(1)).unwrap();
    let requests = world.http.requests(TOKEN);
    let keys: Vec<_> = requests
        .iter()
        .map(|one| proof(one).header["jwk"].clone())
        .collect();
    assert_ne!(keys[0], keys[1]);
}

// shows: VCI 23
#[test]
fn the_address_in_a_proof_has_no_query() {
    let mut world = world();
    let url = format!("{CREDENTIAL}?tenant=1");
    world.metadata["credential_endpoint"] = value!(url);
    let signer = std::sync::Arc::clone(&world.signer);
    world
        .http
        .on(&url, move |request, _| json(200, &signer.answer(request)));
    world.receive(&TestKey::several(1)).unwrap();
    assert_eq!(payload(&world.http.requests(&url)[0])["htu"], CREDENTIAL);
}

// shows: VCI 24, HAIP 1
#[test]
fn a_nonce_wanted_by_the_authorization_server_costs_one_more_try() {
    let mut world = world();
    world.http.on(TOKEN, |_, count| match count {
        0 => with_header(
            json(400, &value!({ "error": "use_dpop_nonce" })),
            "DPoP-Nonce",
            "from-the-server",
        ),
        _ => json(200, &token()),
    });
    world.authorized().unwrap();
    let requests = world.http.requests(TOKEN);
    let sent: Vec<_> = requests.iter().map(payload).collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1]["nonce"], "from-the-server");
    assert_ne!(sent[0]["jti"], sent[1]["jti"]);
    assert_eq!(requests[0].body, requests[1].body);
}

// shows: VCI 24, HAIP 26, OIDF fapi2-security-profile-final-client-test-rs-dpop-auth-scheme-case-insensitivity
#[test]
fn a_nonce_wanted_by_the_issuer_costs_one_more_try_whatever_the_case_of_the_scheme() {
    for challenge in [
        r#"DPoP error="use_dpop_nonce", error_description="a nonce, please""#,
        r#"dpop error="use_dpop_nonce""#,
        r#"DPOP algs="ES256", error="use_dpop_nonce""#,
        r#"Bearer realm="a, b \" c", DPoP realm="x", error=use_dpop_nonce"#,
        r#"Bearer, dPoP error="use_dpop_nonce""#,
    ] {
        let mut world = world();
        let signer = std::sync::Arc::clone(&world.signer);
        world
            .http
            .on(CREDENTIAL, move |request, count| match count {
                0 => wants_nonce(challenge, "n-1"),
                _ => with_header(json(200, &signer.answer(request)), "dpop-nonce", "n-2"),
            });
        let received = world.receive(&TestKey::several(1)).unwrap();
        let sent: Vec<_> = world
            .http
            .requests(CREDENTIAL)
            .iter()
            .map(payload)
            .collect();
        assert_eq!(sent.len(), 2, "{challenge}");
        assert_eq!(sent[1]["nonce"], "n-1");
        // The newest nonce of the server counts (RFC 9449 8.2).
        let _ = block_on(
            received
                .notification
                .unwrap()
                .send(&world.ports(), NotificationEvent::Accepted),
        );
        assert_eq!(
            payload(&world.http.requests(NOTIFICATION)[0])["nonce"],
            "n-2"
        );
    }
}

// shows: VCI 24
#[test]
fn a_server_that_wants_another_nonce_each_time_is_asked_twice() {
    let mut world = world();
    world.http.on(TOKEN, |_, count| {
        let answer = json(400, &value!({ "error": "use_dpop_nonce" }));
        with_header(answer, "dpop-nonce", &format!("n-{count}"))
    });
    let error = refused(world.authorized());
    assert_eq!(error.code(), ErrorCode::TokenRefused);
    assert_eq!(error.subject(), Some("use_dpop_nonce"));
    assert_eq!(world.http.requests(TOKEN).len(), 2);
    let mut world = self::world();
    let challenge = r#"DPoP error="use_dpop_nonce""#;
    world.http.on(CREDENTIAL, move |_, count| {
        wants_nonce(challenge, &format!("n-{count}"))
    });
    refused(world.receive(&TestKey::several(1)));
    assert_eq!(world.http.requests(CREDENTIAL).len(), 2);
}

// shows: HAIP 26
#[test]
fn a_server_that_wants_a_nonce_and_gives_none_or_an_impossible_one_is_asked_once() {
    for nonce in [
        None,
        Some(""),
        Some("a b"),
        Some("\"quoted\""),
        Some("\u{e9}"),
    ] {
        let mut world = world();
        world.http.on(TOKEN, move |_, _| {
            let answer = json(400, &value!({ "error": "use_dpop_nonce" }));
            match nonce {
                Some(nonce) => with_header(answer, "dpop-nonce", nonce),
                None => answer,
            }
        });
        assert_eq!(
            refused(world.authorized()).subject(),
            Some("use_dpop_nonce")
        );
        assert_eq!(world.http.requests(TOKEN).len(), 1, "{nonce:?}");
    }
}

// shows: VCI 24
#[test]
fn other_refusals_are_not_tried_again() {
    for challenge in [
        r#"DPoP error="invalid_token""#,
        r#"Bearer error="use_dpop_nonce""#,
        r#"Bearer error_description="DPoP error=use_dpop_nonce""#,
        r#"DPoP realm="x", Bearer error="use_dpop_nonce""#,
        r#"DPoP xerror="use_dpop_nonce""#,
        "DPoP",
        "",
        "=, ,\"",
    ] {
        let mut world = world();
        world
            .http
            .on(CREDENTIAL, move |_, _| wants_nonce(challenge, "n-1"));
        refused(world.receive(&TestKey::several(1)));
        assert_eq!(world.http.requests(CREDENTIAL).len(), 1, "{challenge}");
    }
}

// shows: HAIP 1
#[test]
fn the_nonce_endpoint_may_bring_the_nonce_for_dpop() {
    let mut world = world();
    world.http.on(NONCE, |_, _| {
        with_header(json(200, &value!({ "c_nonce": "c" })), "DPoP-Nonce", "d")
    });
    world.receive(&TestKey::several(1)).unwrap();
    assert_eq!(payload(&world.http.requests(CREDENTIAL)[0])["nonce"], "d");
}

// shows: VCI 24
#[test]
fn the_nonce_of_one_server_is_not_sent_to_another() {
    let mut world = world();
    let elsewhere = "https://tokens.example/token";
    world.server["token_endpoint"] = value!(elsewhere);
    world.http.on(elsewhere, |_, _| {
        with_header(json(200, &token()), "dpop-nonce", "n-1")
    });
    world.receive(&TestKey::several(1)).unwrap();
    assert!(
        payload(&world.http.requests(CREDENTIAL)[0])
            .get("nonce")
            .is_none()
    );
}

// shows: VCI 25, HAIP 26
#[test]
fn a_bearer_token_is_used_as_one_also_where_a_proof_was_sent() {
    for kind in ["Bearer", "bearer", "bEARER"] {
        let mut world = world();
        let answer = value!({ "access_token": "t", "token_type": kind });
        world.http.json(TOKEN, 200, answer);
        world.receive(&TestKey::several(1)).unwrap();
        let sent = &world.http.requests(CREDENTIAL)[0];
        assert_eq!(header(sent, "authorization"), Some("Bearer t"));
        assert!(header(sent, "dpop").is_none());
    }
}

// shows: VCI 25, HAIP 26
#[test]
fn the_case_of_the_token_type_does_not_matter() {
    for kind in ["dpop", "DPOP", "dPoP"] {
        let mut world = world();
        let answer = value!({ "access_token": ACCESS_TOKEN, "token_type": kind });
        world.http.json(TOKEN, 200, answer);
        world.receive(&TestKey::several(1)).unwrap();
        assert!(header(&world.http.requests(CREDENTIAL)[0], "dpop").is_some());
    }
}

// shows: HAIP 1
#[test]
fn haip_binds_every_token_to_a_key() {
    let mut world = World::new();
    world.settings.profile = Profile::Haip;
    let error = refused(world.authorized());
    assert_eq!(error.code(), ErrorCode::TokenResponseInvalid);
    assert_eq!(error.subject(), Some("token_type"));
    world.http.json(TOKEN, 200, token());
    world.receive(&TestKey::several(1)).unwrap();
    assert!(header(&world.http.requests(TOKEN)[0], "dpop").is_some());
}

#[test]
fn a_key_that_was_kept_makes_proofs_with_the_same_public_half() {
    let world = world();
    let key = Dpop::generate(&OsRandom).unwrap();
    let again = Dpop::from_kept(&key.to_kept()).unwrap();
    let jwk = |key: &Dpop| {
        let proof = block_on(key.proof(&world.ports(), TOKEN, None)).unwrap();
        Jws::parse(&proof).unwrap().header["jwk"].clone()
    };
    assert_eq!(jwk(&key), jwk(&again));
    for kept in ["", "AA", "not base64url!", &"A".repeat(43)] {
        let text = crate::secret::SecretText::new(kept.to_owned());
        assert!(Dpop::from_kept(&text).is_err(), "{kept}");
    }
}
