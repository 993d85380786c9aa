//! The refresh token stays with the client and the key it was given to.

use super::issuer::{TOKEN, World};
use super::refused;
use crate::error::ErrorCode;
use crate::issuance::RefreshGrant;
use crate::profile::Profile;
use pollster::block_on;
use serde_json::{Value, json as value};

fn token(kind: &str) -> Value {
    value!({ "access_token": "a", "token_type": kind, "refresh_token": "r" })
}

/// A world, and what its server gave to `client_id`.
fn granted(kind: &str, client_id: &str) -> (World, RefreshGrant) {
    let mut world = World::new();
    world.server["pre-authorized_grant_anonymous_access_supported"] = value!(false);
    world.server["dpop_signing_alg_values_supported"] = value!(["ES256"]);
    world.settings.client_id = Some(client_id.to_owned());
    world.http.json(TOKEN, 200, token(kind));
    let grant = world.authorized().unwrap().refresh_grant().unwrap();
    (world, grant)
}

// shows: VCI 23, HAIP 1
#[test]
fn what_was_bound_to_a_key_does_not_come_back_for_whoever_bears_it() {
    let (mut world, grant) = granted("DPoP", "wallet");
    world.http.json(TOKEN, 200, token("Bearer"));
    let refreshed = block_on(grant.refresh(&world.ports())).unwrap();
    let error = refused(refreshed.authorized);
    assert_eq!(error.code(), ErrorCode::TokenResponseInvalid);
    assert_eq!(error.subject(), Some("token_type"));
    // The successor of the refresh token is kept all the same, with the key.
    let kept = serde_json::to_value(&refreshed.grant).unwrap();
    assert!(kept["refresh_token"] == "r" && kept["dpop_key"].is_string());
    world.http.json(TOKEN, 200, token("DPoP"));
    block_on(grant.refresh(&world.ports())).unwrap();
    // Without a key from the start there is nothing to lose.
    let (world, grant) = granted("Bearer", "wallet");
    block_on(grant.refresh(&world.ports())).unwrap();
}

// shows: HAIP 7
#[test]
fn a_refresh_token_is_not_sent_in_the_name_of_another_client() {
    for (client_id, is_sent) in [("wallet-product", true), ("wallet", false)] {
        let (mut world, grant) = granted("DPoP", client_id);
        world.server["token_endpoint_auth_methods_supported"] = value!(["attest_jwt_client_auth"]);
        world.attestation = Some(super::client_attestation::provider(&world));
        // What the server says now is read by whoever comes again.
        world.offered().unwrap();
        let before = world.http.requests(TOKEN).len();
        let refreshed = block_on(grant.refresh(&world.ports()));
        assert_eq!(refreshed.is_ok(), is_sent, "{client_id}");
        let sent = world.http.requests(TOKEN).len() - before;
        assert_eq!(sent, usize::from(is_sent));
        if let Err(error) = refreshed {
            let error = crate::error::WalletError::from(error);
            assert_eq!(error.code(), ErrorCode::AttestationInvalid);
        }
    }
}

// shows: HAIP 7
#[test]
fn the_refresh_token_of_an_attested_client_is_not_sent_by_a_public_one() {
    let mut world = World::new();
    world.server["pre-authorized_grant_anonymous_access_supported"] = value!(false);
    world.server["token_endpoint_auth_methods_supported"] =
        value!(["attest_jwt_client_auth", "none"]);
    world.settings.client_id = Some("wallet-product".to_owned());
    world.attestation = Some(super::client_attestation::provider(&world));
    world.http.json(TOKEN, 200, token("Bearer"));
    let grant = world.authorized().unwrap().refresh_grant().unwrap();
    // Through the record, as after a restart.
    let kept = serde_json::to_vec(&grant).unwrap();
    let grant: RefreshGrant = serde_json::from_slice(&kept).unwrap();
    block_on(grant.refresh(&world.ports())).unwrap();
    let sent = world.http.requests(TOKEN).len();
    world.attestation = None;
    let error = refused(block_on(grant.refresh(&world.ports())));
    assert_eq!(error.code(), ErrorCode::AttestationInvalid);
    assert_eq!(world.http.requests(TOKEN).len(), sent);
}

/// Its successor would be refused when the old one is used up.
// shows: HAIP 1
#[test]
fn under_haip_a_refresh_token_of_whoever_bears_it_is_not_used() {
    let (mut world, grant) = granted("Bearer", "wallet");
    let sent = world.http.log().len();
    world.settings.profile = Profile::Haip;
    let error = refused(block_on(grant.refresh(&world.ports())));
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::NotSupported, Some("bearer_token"))
    );
    assert_eq!(world.http.log().len(), sent);
}
