//! How often a copy may be shown, and that the mark comes before the bytes.

use crate::network::Fate;
use crate::phone::Phone;
use crate::world::{World, age, approve, plan, propose, refused};
use pollster::block_on;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::presentation::{Linkability, Proposal};
use wallet_core::wallet::{KeepPolicy, Outcome, ReceiveOptions, RecordName, ReusePolicy, Wallet};

fn usable(wallet: &Wallet, id: &RecordName) -> usize {
    wallet
        .detail::<&str>(id, &[])
        .unwrap()
        .overview
        .usable_copies
}

fn is_offered(world: &World, wallet: &Wallet) -> bool {
    let proposal = propose(wallet, &world.ask_age().uri);
    matches!(proposal, Proposal::Plan(_))
}

/// Uses of the copies, ascending.
fn uses(phone: &Phone) -> Vec<u64> {
    let contents = phone.contents().into_iter();
    let copies = contents.filter(|((kind, _), _)| *kind == "copy");
    let mut uses: Vec<u64> = copies
        .map(|(_, bytes)| {
            let copy: Value = serde_json::from_slice(&bytes).unwrap();
            copy["uses"].as_u64().unwrap()
        })
        .collect();
    uses.sort_unstable();
    uses
}

// shows: SDJWT 30, HOSTILE 12
#[test]
fn once_only_copies_are_shown_once_each_and_then_the_card_is_not_offered() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    for left in [1, 0] {
        world.show_age(&world.wallet);
        assert_eq!(usable(&world.wallet, &id), left);
    }
    assert!(!is_offered(&world, &world.wallet));
    world.wallet.lock();
    assert!(
        !is_offered(&world, &world.phone.reopen()),
        "back after opening again"
    );
}

#[test]
fn a_card_that_is_used_up_can_still_be_read_by_its_holder() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    let before = world.wallet.detail(&id, &["en"]).unwrap().claims.len();
    world.show_age(&world.wallet);
    world.show_age(&world.wallet);
    let after = world.phone.reopen().detail(&id, &["en"]).unwrap();
    assert_eq!(after.claims.len(), before);
    // Its keys are gone: nothing can be signed with them again.
    assert!(!world.phone.census().contains_key("key"));
    assert_eq!(world.phone.census()["body"], 1, "and all bodies but one");
}

#[test]
fn a_limited_copy_is_shown_as_often_as_allowed() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Limited { times: 2 });
    world.show_age(&world.wallet);
    assert_eq!(usable(&world.wallet, &id), 1);
    world.show_age(&world.wallet);
    assert_eq!(usable(&world.wallet, &id), 0);
    assert!(!is_offered(&world, &world.wallet));
}

#[test]
fn rotating_takes_the_least_used_copy_and_says_when_it_was_shown_before() {
    let world = World::new();
    world.receive(3, ReusePolicy::Rotating);
    for expected in [[0, 0, 1], [0, 1, 1], [1, 1, 1]] {
        let fresh = plan(&world.wallet, &world.ask_age().uri);
        let linkability = &fresh.showings()[0].linkability;
        assert!(!linkability.contains(&Linkability::CopyShownBefore));
        world.show_age(&world.wallet);
        assert_eq!(uses(&world.phone), expected);
    }
    let worn = plan(&world.wallet, &world.ask_age().uri);
    let linkability = &worn.showings()[0].linkability;
    assert!(linkability.contains(&Linkability::CopyShownBefore));
    world.show_age(&world.wallet);
    assert_eq!(uses(&world.phone), [1, 1, 2]);
}

#[test]
fn an_approved_plan_of_a_used_up_copy_is_one_time_exhausted_and_nothing_leaves() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let link = world.ask_age();
    let first = approve(&world.wallet, plan(&world.wallet, &link.uri));
    world.show_age(&world.wallet);
    let sent = world.phone.network.answers().len();
    let result = block_on(world.wallet.present(first));
    assert_eq!(refused(result), ErrorCode::OneTimeExhausted);
    assert_eq!(world.phone.network.answers().len(), sent);
    assert_eq!(world.result(&link).answers, 0);
}

// shows: HOSTILE 12
#[test]
fn the_mark_is_durable_before_the_bytes_leave() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::OnceOnly);
    // When the answer is about to leave, a second handle looks at the store.
    let other = Arc::new(world.phone.reopen());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (look, note) = (Arc::clone(&other), Arc::clone(&seen));
    let card = id.clone();
    world.phone.network.set_rule(move |request| {
        if request.purpose == Purpose::Response {
            let history = look.history().unwrap();
            note.lock()
                .unwrap()
                .push((usable(&look, &card), history.items.last().unwrap().outcome));
        }
        Fate::Answered
    });
    world.show_age(&world.wallet);
    assert_eq!(*seen.lock().unwrap(), [(0, Some(Outcome::Unknown))]);
    assert_eq!(
        other.history().unwrap().items.last().unwrap().outcome,
        Some(Outcome::Accepted)
    );
}

#[test]
fn one_copy_answers_two_queries_of_one_request_and_is_used_once() {
    let world = World::new();
    world.receive(2, ReusePolicy::OnceOnly);
    let mut query = age();
    let mut second = query["credentials"][0].clone();
    second["id"] = "again".into();
    second["claims"] = serde_json::json!([{"path": ["nationality"]}]);
    query["credentials"].as_array_mut().unwrap().push(second);
    let link = world.ask(query, |_| {});
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.shown.len(), 2);
    assert!(world.result(&link).accepted);
    assert_eq!(uses(&world.phone), [0, 1]);
}

#[test]
fn a_card_of_which_no_copy_could_be_shown_is_not_kept() {
    let world = World::new();
    let link = world.offer(|_| {});
    let options = ReceiveOptions {
        keep: KeepPolicy {
            reuse: ReusePolicy::Limited { times: 0 },
            ..KeepPolicy::default()
        },
        ..ReceiveOptions::default()
    };
    let received = block_on(world.wallet.receive(&link.uri, &options));
    assert_eq!(refused(received), ErrorCode::NotSupported);
    assert!(world.wallet.list::<&str>(&[]).unwrap().is_empty());
}
