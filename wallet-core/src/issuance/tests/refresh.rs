//! The refresh token grant (RFC 6749 6) against scripted servers.

use super::dpop::{payload, proof};
use super::issuer::{METADATA_URL, TOKEN, World};
use super::refused;
use super::scripted::{body_form, json};
use crate::error::ErrorCode;
use crate::issuance::RefreshGrant;
use pollster::block_on;
use serde_json::json as value;

/// A world whose server binds tokens to keys and answers with these refresh tokens in turn.
fn world(tokens: &'static [Option<&'static str>]) -> World {
    let mut world = World::new();
    world.server["dpop_signing_alg_values_supported"] = value!(["ES256"]);
    world.http.on(TOKEN, move |_, count| {
        let mut answer = value!({ "access_token": format!("t-{count}"), "token_type": "DPoP" });
        if let Some(token) = tokens[count] {
            answer["refresh_token"] = value!(token);
        }
        json(200, &answer)
    });
    world
}

/// What is kept, as it comes back from a sealed record.
fn kept(grant: Option<RefreshGrant>) -> RefreshGrant {
    serde_json::from_slice(&serde_json::to_vec(&grant.unwrap()).unwrap()).unwrap()
}

fn sent_token(world: &World, call: usize) -> String {
    let form = body_form(&world.http.requests(TOKEN)[call]);
    assert!(form.contains(&("grant_type".to_owned(), "refresh_token".to_owned())));
    let token = form.into_iter().find(|(name, _)| name == "refresh_token");
    token.unwrap().1
}

// shows: VCI 47
#[test]
fn a_refresh_token_is_used_with_the_key_it_is_bound_to_and_replaced_by_its_successor() {
    let mut world = world(&[Some("r-1"), Some("r-2"), None, None]);
    let first = kept(world.authorized().unwrap().refresh_grant());
    assert_eq!(first.configuration_ids(), ["card"]);
    let second = block_on(first.refresh(&world.ports())).unwrap();
    let second = kept(Some(second.grant));
    let third = block_on(second.refresh(&world.ports())).unwrap();
    // A server that gives no new one lets the old one stand (RFC 6749 6).
    let third = kept(Some(third.grant));
    block_on(third.refresh(&world.ports())).unwrap();
    assert_eq!(
        [1, 2, 3].map(|call| sent_token(&world, call)),
        ["r-1", "r-2", "r-2"]
    );
    let requests = world.http.requests(TOKEN);
    let key = |call: usize| proof(&requests[call]).header["jwk"].clone();
    assert!([1, 2, 3].into_iter().all(|call| key(call) == key(0)));
    assert_ne!(payload(&requests[0])["jti"], payload(&requests[1])["jti"]);
}

#[test]
fn without_a_refresh_token_there_is_nothing_to_keep() {
    let mut world = world(&[None]);
    assert!(world.authorized().unwrap().refresh_grant().is_none());
}

#[test]
fn refresh_tokens_of_wrong_form_are_refused() {
    for token in [
        value!(""),
        value!(1),
        value!("\u{e9}"),
        value!("a\nb"),
        value!("x".repeat(20_000)),
    ] {
        let mut world = World::new();
        let answer =
            value!({ "access_token": "t", "token_type": "Bearer", "refresh_token": token });
        world.http.json(TOKEN, 200, answer);
        let error = refused(world.authorized());
        assert_eq!(error.code(), ErrorCode::TokenResponseInvalid);
        assert_eq!(error.subject(), Some("refresh_token"));
    }
}

#[test]
fn a_server_the_issuer_gave_up_gets_no_refresh_token() {
    let mut world = world(&[Some("r-1")]);
    let grant = kept(world.authorized().unwrap().refresh_grant());
    let mut metadata = world.metadata.clone();
    metadata["authorization_servers"] = value!(["https://other.example"]);
    world.http.json(METADATA_URL, 200, metadata);
    let error = refused(block_on(grant.refresh(&world.ports())));
    assert_eq!(error.code(), ErrorCode::IssuerMismatch);
    assert_eq!(world.http.requests(TOKEN).len(), 1);
}
