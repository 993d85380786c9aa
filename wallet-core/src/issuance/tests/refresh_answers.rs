//! Answers to a refresh token: what is kept of them, and what one of no use leaves.

use super::issuer::{CREDENTIAL, METADATA_URL, NONCE, SERVER_URL, TOKEN, TestKey, World};
use super::scripted::{body_form, json};
use crate::error::{ErrorCode, WalletError};
use crate::issuance::{IssuanceError, RefreshGrant, Refreshed};
use pollster::block_on;
use serde_json::{Value, json as value};

/// An issuer of two cards whose tokens are answered by `token`, given how often it was asked before.
fn world(token: impl Fn(usize) -> Value + Send + Sync + 'static) -> World {
    let mut world = World::new();
    let mut pass = world.configuration().clone();
    pass["vct"] = value!("urn:example:pass:1");
    world.metadata["credential_configurations_supported"]["pass"] = pass;
    world.offer["credential_configuration_ids"] = value!(["card", "pass"]);
    world.http.on(TOKEN, move |_, count| {
        let mut answer =
            value!({ "access_token": format!("access-{count}"), "token_type": "Bearer" });
        let more = token(count);
        for (name, member) in more.as_object().unwrap() {
            answer[name] = member.clone();
        }
        json(200, &answer)
    });
    world
}

/// A new refresh token each time.
fn replaced(count: usize) -> Value {
    value!({ "refresh_token": format!("refresh-{count}") })
}

fn first_grant(world: &mut World) -> RefreshGrant {
    world.authorized().unwrap().refresh_grant().unwrap()
}

fn refresh(world: &World, grant: &RefreshGrant) -> Result<Refreshed, IssuanceError> {
    block_on(grant.refresh(&world.ports()))
}

/// As it is written into a record: what is known of it without using it.
fn kept(grant: &RefreshGrant) -> Value {
    serde_json::to_value(grant).unwrap()
}

fn refused<T>(result: Result<T, IssuanceError>) -> ErrorCode {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => WalletError::from(error).code(),
    }
}

#[test]
fn the_token_is_exchanged_as_rfc_6749_6_says_and_the_new_one_is_given_back() {
    let mut world = world(replaced);
    let grant = first_grant(&mut world);
    let kept_grant: RefreshGrant = serde_json::from_value(kept(&grant)).unwrap();
    let refreshed = refresh(&world, &kept_grant).unwrap();
    let form = body_form(&world.http.requests(TOKEN)[1]);
    let expected = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "refresh-0"),
    ];
    assert_eq!(
        form,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(kept(&refreshed.grant)["refresh_token"], "refresh-1");
    assert!(!refreshed.grant.is_same(&grant));
    let authorized = refreshed.authorized.unwrap();
    let order = &authorized.orders()[0];
    let keys = TestKey::several(2);
    let answer = block_on(authorized.request(&world.ports(), order, &keys)).unwrap();
    let received = answer.received().unwrap();
    assert_eq!(received.copies.len(), 2);
    let urls = world.http.urls();
    assert_eq!(
        urls[3..],
        [METADATA_URL, SERVER_URL, TOKEN, NONCE, CREDENTIAL]
    );
}

#[test]
fn what_the_server_does_not_say_again_stays_as_it_was() {
    let first = value!({
        "refresh_token": "the only one",
        "authorization_details": [
            { "type": "openid_credential", "credential_configuration_id": "card", "credential_identifiers": ["c:1"] },
            { "type": "openid_credential", "credential_configuration_id": "pass", "credential_identifiers": ["p:1"] },
        ],
    });
    let then = value!({
        "authorization_details": [
            { "type": "openid_credential", "credential_configuration_id": "card", "credential_identifiers": ["c:2"] },
        ],
    });
    let mut world = world(move |count| match count {
        0 => first.clone(),
        1 => value!({}),
        _ => then.clone(),
    });
    let grant = first_grant(&mut world);
    let same = refresh(&world, &grant).unwrap().grant;
    assert_eq!(kept(&same), kept(&grant));
    assert!(same.is_same(&grant));
    // It names one card anew: the other one is not forgotten.
    let refreshed = refresh(&world, &same).unwrap();
    let identifiers = &kept(&refreshed.grant)["credential_identifiers"];
    assert_eq!(identifiers, &value!({ "card": ["c:2"], "pass": ["p:1"] }));
    let authorized = refreshed.authorized.unwrap();
    let orders = authorized.orders().iter();
    let orders: Vec<_> = orders.map(|order| order.credential_identifier()).collect();
    assert_eq!(orders, [Some("c:2"), Some("p:1")]);
}

#[test]
fn a_card_the_issuer_no_longer_has_does_not_hold_up_the_others() {
    let mut world = world(replaced);
    let grant = first_grant(&mut world);
    let configurations = &mut world.metadata["credential_configurations_supported"];
    configurations.as_object_mut().unwrap().remove("card");
    world.http.json(METADATA_URL, 200, world.metadata.clone());
    let refreshed = refresh(&world, &grant).unwrap();
    let ids = &kept(&refreshed.grant)["configuration_ids"];
    assert_eq!(ids, &value!(["card", "pass"]), "it may come back");
    let authorized = refreshed.authorized.unwrap();
    assert_eq!(authorized.orders().len(), 1);
    assert_eq!(authorized.orders()[0].configuration().id(), "pass");
}

#[test]
fn where_nothing_can_be_received_any_more_the_token_is_not_used() {
    let mut world = world(replaced);
    let grant = first_grant(&mut world);
    world.metadata["credential_configurations_supported"] = value!({});
    world.http.json(METADATA_URL, 200, world.metadata.clone());
    assert_eq!(refused(refresh(&world, &grant)), ErrorCode::OfferInvalid);
    assert_eq!(world.http.requests(TOKEN).len(), 1);
}

#[test]
fn a_refused_token_is_told_apart_from_a_server_that_fails() {
    let mut world = world(replaced);
    let grant = first_grant(&mut world);
    world
        .http
        .json(TOKEN, 400, value!({ "error": "invalid_grant" }));
    assert!(matches!(
        refresh(&world, &grant),
        Err(IssuanceError::GrantRefused { .. })
    ));
    world.http.json(TOKEN, 503, value!({}));
    assert_eq!(refused(refresh(&world, &grant)), ErrorCode::HttpStatus);
}
