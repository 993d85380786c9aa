//! The holder's consent: one plan, once, in time, by the right person.

use crate::world::{World, age, approve, authenticate, claims, plan, refused};
use pollster::block_on;
use serde_json::json;
use std::sync::Arc;
use wallet_core::presentation::{ApprovalHash, UserAuth};
use wallet_core::wallet::{CardClaim, Outcome, ReusePolicy};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::verifier::{ClientIdPrefix, RequestBy};

// shows: HOSTILE 11
#[test]
fn a_guarded_card_is_not_shown_without_fresh_authentication() {
    let world = World::new();
    world.receive_guarded();
    let link = world.ask_age();
    let plan = plan(&world.wallet, &link.uri);
    let hash = *plan.hash();
    let not_approved = world
        .wallet
        .approve(plan, &hash, UserAuth::None)
        .unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::UserAuthRequired);

    // An authentication from before the plan does not count.
    let plan = *not_approved.plan;
    let early = world.phone.clock_now().saturating_add(-30);
    let early = UserAuth::Verified { at: early };
    let not_approved = world.wallet.approve(plan, &hash, early).unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::UserAuthRequired);

    let auth = authenticate(&world.wallet);
    let approved = world
        .wallet
        .approve(*not_approved.plan, &hash, &auth)
        .unwrap();
    let presented = block_on(world.wallet.present(approved)).unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
}

// shows: HOSTILE 11
#[test]
fn an_authentication_at_another_store_or_an_old_one_approves_nothing_whatever_the_wall_clock_says()
{
    let world = World::new();
    world.receive_guarded();
    let plan = plan(&world.wallet, &world.ask_age().uri);
    let hash = *plan.hash();
    let elsewhere = World::with(|phone| phone.clock = Arc::clone(&world.phone.clock));
    let other = authenticate(&elsewhere.wallet);
    let not_approved = world.wallet.approve(plan, &hash, &other).unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::UserAuthRequired);

    let old = authenticate(&world.wallet);
    world.keep_unlocked_for(61);
    let not_approved = world
        .wallet
        .approve(*not_approved.plan, &hash, &old)
        .unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::UserAuthRequired);

    let auth = authenticate(&world.wallet);
    world.wallet.lock();
    let not_approved = world
        .wallet
        .approve(*not_approved.plan, &hash, &auth)
        .unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::Locked);

    let auth = authenticate(&world.wallet);
    let approved = world.wallet.approve(*not_approved.plan, &hash, &auth);
    block_on(world.wallet.present(approved.unwrap())).unwrap();
}

// shows: HOSTILE 9
#[test]
fn the_hash_of_another_plan_approves_nothing() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let other = *plan(&world.wallet, &world.ask_age().uri).hash();
    let plan = plan(&world.wallet, &world.ask_age().uri);
    for hash in [other, ApprovalHash::from_bytes([0; 32])] {
        assert_ne!(hash, *plan.hash());
    }
    let not_approved = world
        .wallet
        .approve(plan, &other, UserAuth::None)
        .unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::ConsentMismatch);
}

#[test]
fn the_values_put_before_the_holder_are_those_of_the_copy_that_is_sent() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::Rotating);
    let holder_key = |claims: &[CardClaim]| {
        let claim = claims
            .iter()
            .find(|claim| claim.path.to_json() == json!(["cnf"]));
        claim.unwrap().value.clone()
    };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let link = world.ask_age();
        let plan = plan(&world.wallet, &link.uri);
        let revealed = world
            .wallet
            .revealed::<&str>(&plan.showings()[0], &[])
            .unwrap();
        seen.push(holder_key(&revealed));
        block_on(world.wallet.present(approve(&world.wallet, plan))).unwrap();
        let result = world.result(&link);
        assert_eq!(result.claims("card").unwrap()["cnf"], *seen.last().unwrap());
    }
    // Each copy has a key of its own: the first copy's values are not the second's.
    assert_ne!(seen[0], seen[1]);
    let first = world.wallet.detail::<&str>(&id, &[]).unwrap();
    assert!(seen.contains(&holder_key(&first.claims)));
}

#[test]
fn what_is_withheld_is_not_in_the_value_of_what_surrounds_it() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let link = world.ask(claims(&[json!({"path": ["address", "locality"]})]), |_| {});
    let plan = plan(&world.wallet, &link.uri);
    let showing = &plan.showings()[0];
    let revealed = world.wallet.revealed::<&str>(showing, &[]).unwrap();
    let paths = |claims: &[CardClaim]| claims.iter().map(|c| c.path.clone()).collect::<Vec<_>>();
    for path in showing.disclosed.iter().chain(&showing.always_disclosed) {
        assert!(paths(&revealed).contains(path));
    }
    assert!(
        !paths(&revealed)
            .iter()
            .any(|path| showing.withheld.contains(path))
    );
    block_on(world.wallet.present(approve(&world.wallet, plan))).unwrap();
    let received = world.result(&link).claims("card").unwrap().clone();
    for claim in &revealed {
        let at = claim.path.value_in(&received);
        assert_eq!(at, Some(&claim.value), "{:?}", claim.path);
    }
}

// shows: VP 48, HOSTILE 27
#[test]
fn the_same_link_is_taken_up_once() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    for by in [RequestBy::Value, RequestBy::Reference] {
        let link = world.ask(age(), |request| request.by = by);
        world.show(&world.wallet, &link).unwrap();
        let again = block_on(world.wallet.request(&link.uri));
        assert_eq!(refused(again), ErrorCode::NonceMissingOrReused);
    }
    let unsigned = world.ask(age(), |request| {
        request.prefix = ClientIdPrefix::RedirectUri
    });
    drop(plan(&world.wallet, &unsigned.uri));
    let again = block_on(world.wallet.request(&unsigned.uri));
    assert_eq!(refused(again), ErrorCode::NonceMissingOrReused);
}

// That an approved plan cannot be sent twice needs no test: `Wallet::present` takes it by value and it is not `Clone`.

#[test]
fn a_plan_dies_with_its_request() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let link = world.ask_age();
    let waiting = plan(&world.wallet, &link.uri);
    let approved = approve(&world.wallet, plan(&world.wallet, &world.ask_age().uri));
    world.keep_unlocked_for(600);
    let hash = *waiting.hash();
    let not_approved = world
        .wallet
        .approve(waiting, &hash, UserAuth::None)
        .unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::ConsentExpired);
    let sent = world.phone.network.answers().len();
    let result = block_on(world.wallet.present(approved));
    assert_eq!(refused(result), ErrorCode::ConsentExpired);
    assert_eq!(world.phone.network.answers().len(), sent);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 1);
}

#[test]
fn a_fresh_authentication_grows_old_and_is_of_one_store() {
    let world = World::new();
    let auth = authenticate(&world.wallet);
    let other = World::new();
    assert_eq!(
        refused(other.wallet.export(&auth)),
        ErrorCode::UserAuthRequired
    );
    assert!(world.wallet.export(&auth).is_ok());
    world.keep_unlocked_for(61);
    assert_eq!(
        refused(world.wallet.export(&auth)),
        ErrorCode::UserAuthRequired
    );
}

#[test]
fn the_futures_of_the_facade_can_move_between_threads() {
    fn is_send<T: Send>(_: T) {}
    let world = World::new();
    let wallet = &world.wallet;
    world.receive(1, ReusePolicy::Rotating);
    let link = world.ask_age();
    is_send(wallet.receive("", &wallet_core::wallet::ReceiveOptions::default()));
    is_send(wallet.request(&link.uri));
    let approved = approve(wallet, plan(wallet, &link.uri));
    is_send(wallet.present(approved));
    is_send(wallet.do_pending());
}

#[test]
fn an_error_names_no_value_no_address_and_no_claim() {
    let world = World::new();
    let link = world.ask(age(), |request| {
        request.fault = Some(wallet_parties::verifier::RequestFault::ForeignResponseUri);
    });
    let error: WalletError = block_on(world.wallet.request(&link.uri)).unwrap_err();
    let text = format!("{error} {error:?}");
    for secret in ["localhost", "http", "age", "127.0.0.1"] {
        assert!(!text.contains(secret), "{text}");
    }
}
