//! Answers whose arrival is unknown: burned, sent again as they are or not at all.

use crate::network::Fate;
use crate::world::{World, age, claims, refused};
use pollster::block_on;
use serde_json::json;
use wallet_core::ErrorCode;
use wallet_core::http::{HttpError, Purpose};
use wallet_core::wallet::{Outcome, Presented, ReusePolicy};
use wallet_parties::issuer::CardOptions;
use wallet_parties::verifier::{RequestFault, RequestLink, ResponseMode};

/// A once-only card was shown and the answer to it has this fate.
fn shown_into_the_void(fate: Fate) -> (World, RequestLink, Presented) {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    world.phone.network.doom(Purpose::Response, fate);
    let link = world.ask_age();
    let presented = world.show(&world.wallet, &link).unwrap();
    world.phone.network.calm();
    assert_eq!(presented.outcome, Outcome::Unknown);
    (world, link, presented)
}

fn outcome(world: &World) -> Option<Outcome> {
    let history = world.phone.reopen().history().unwrap();
    history.items.last().unwrap().outcome
}

#[test]
fn a_copy_is_burned_even_if_the_bytes_never_left() {
    let (world, link, _) = shown_into_the_void(Fate::NotSent);
    assert_eq!(world.result(&link).answers, 0);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 0);
    assert!(
        !world.phone.census().contains_key("key"),
        "its key is there"
    );
    assert_eq!(outcome(&world), Some(Outcome::Unknown));
}

#[test]
fn sending_again_sends_the_identical_bytes_to_the_same_place() {
    for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
        let world = World::new();
        world.receive(1, ReusePolicy::OnceOnly);
        world.phone.network.doom(Purpose::Response, Fate::NotSent);
        let link = world.ask(age(), |request| request.mode = mode);
        let presented = world.show(&world.wallet, &link).unwrap();
        world.phone.network.calm();
        // Even by a wallet that was opened again.
        let again = block_on(world.phone.reopen().resend(&presented.history)).unwrap();
        assert_eq!(again.outcome, Outcome::Accepted);
        assert_eq!(
            (again.history, again.shown),
            (presented.history, presented.shown)
        );
        let answers = world.phone.network.answers();
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0], answers[1], "a new signature");
        assert!(world.result(&link).accepted);
        assert_eq!(outcome(&world), Some(Outcome::Accepted));
    }
}

#[test]
fn a_portrait_of_five_megabytes_is_kept_and_shown_and_its_encrypted_answer_sent_again() {
    let world = World::new();
    let mut card = CardOptions::default();
    // In the disclosure it is a third longer.
    let portrait = json!("A".repeat(3_750_000));
    card.claims.insert("portrait".into(), portrait.clone());
    world.parties.issuer.change("resident_card", card);
    world.receive(1, ReusePolicy::OnceOnly);
    world.phone.network.doom(Purpose::Response, Fate::NotSent);
    let link = world.ask(claims(&[json!({"path": ["portrait"]})]), |request| {
        request.mode = ResponseMode::DirectPostJwt;
    });
    let presented = world.show(&world.wallet, &link).unwrap();
    world.phone.network.calm();
    let again = block_on(world.phone.reopen().resend(&presented.history)).unwrap();
    assert_eq!(again.outcome, Outcome::Accepted);
    let learned = world.result(&link).learned;
    assert!(learned[0].claims["portrait"] == portrait);
}

#[test]
fn an_undeclared_failure_of_the_http_client_leaves_an_answer_unknown_and_is_sent_again_as_it_was() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let network = &world.phone.network;
    network.answer_with(|_| Some(Err(HttpError::HostFailed)));
    let request = block_on(world.wallet.request(&world.ask_age().uri)).map(drop);
    assert_eq!(refused(request), ErrorCode::HostFailed);
    network.answer_with(|request| {
        (request.purpose == Purpose::Response).then_some(Err(HttpError::HostFailed))
    });
    let link = world.ask_age();
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.outcome, Outcome::Unknown);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 0);
    network.calm();
    let again = block_on(world.wallet.resend(&presented.history)).unwrap();
    assert_eq!(again.outcome, Outcome::Accepted);
    let answers = network.answers();
    assert!(
        answers.len() == 2 && answers[0] == answers[1],
        "a new signature"
    );
    assert!(world.result(&link).accepted);
}

#[test]
fn what_was_delivered_cannot_be_sent_again() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let presented = world.show_age(&world.wallet);
    let again = block_on(world.wallet.resend(&presented.history));
    assert_eq!(refused(again), ErrorCode::NotFound);
    assert!(!world.phone.census().contains_key("pending"));
}

#[test]
fn after_the_request_has_ended_nothing_is_sent_and_the_bytes_are_forgotten() {
    let (world, _, presented) = shown_into_the_void(Fate::NotSent);
    world.phone.clock.turn(3600);
    let wallet = world.phone.reopen();
    let sent = world.phone.network.count();
    let again = block_on(wallet.resend(&presented.history));
    assert_eq!(refused(again), ErrorCode::RequestExpired);
    assert_eq!(world.phone.network.count(), sent);
    assert_eq!(world.phone.census()["pending"], 1);
    assert_eq!(block_on(wallet.do_pending()).unwrap(), 0);
    assert!(!world.phone.census().contains_key("pending"));
    assert_eq!(outcome(&world), Some(Outcome::Unknown));
}

#[test]
fn a_lost_answer_stays_unknown_if_the_verifier_refuses_the_second_copy() {
    // The verifier took the first one and says so to the second: "refused" would be a lie in the history.
    let (world, link, presented) = shown_into_the_void(Fate::AnswerLost);
    assert!(world.result(&link).accepted);
    let again = block_on(world.wallet.resend(&presented.history)).unwrap();
    assert_eq!(again.outcome, Outcome::Unknown);
    assert_eq!(outcome(&world), Some(Outcome::Unknown));
    assert_eq!(world.result(&link).answers, 2);
}

#[test]
fn a_verifier_that_fails_after_reading_leaves_it_unknown() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let link = world.ask(age(), |request| {
        request.fault = Some(RequestFault::ResponseServerError);
    });
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.outcome, Outcome::Unknown);
    assert_eq!(world.phone.census()["pending"], 1);
}

#[test]
fn a_refused_answer_is_over_and_in_the_history() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let link = world.ask_age();
    let first = crate::world::plan(&world.wallet, &link.uri);
    // Somebody else answers in between.
    let other = world.phone.reopen();
    world.show(&other, &link).unwrap();
    world.receive(1, ReusePolicy::Rotating);
    let approved = crate::world::approve(&world.wallet, first);
    let second = block_on(world.wallet.present(approved));
    // Its copy was shown meanwhile: nothing is sent that was not approved so.
    assert_eq!(refused(second), ErrorCode::Conflict);
}

#[test]
fn kept_answers_hold_claims_and_go_with_their_card() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    world.phone.network.doom(Purpose::Response, Fate::NotSent);
    world.show(&world.wallet, &world.ask_age()).unwrap();
    assert_eq!(world.phone.census()["pending"], 1);
    block_on(world.wallet.delete(&id)).unwrap();
    assert!(!world.phone.census().contains_key("pending"));
}

#[test]
fn kept_answers_go_with_their_history_entry() {
    let (world, _, presented) = shown_into_the_void(Fate::NotSent);
    world.wallet.delete_history(&presented.history).unwrap();
    assert!(!world.phone.census().contains_key("pending"));
    let again = block_on(world.wallet.resend(&presented.history));
    assert_eq!(refused(again), ErrorCode::NotFound);
}

#[test]
fn an_end_that_cannot_be_written_down_leaves_it_unknown() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    // While the verifier has the answer the wallet locks itself.
    let clock = world.phone.clock.clone();
    world.phone.network.set_rule(move |request| {
        if request.purpose == Purpose::Response {
            clock.turn(120);
        }
        Fate::Answered
    });
    let link = world.ask_age();
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted, "as far as was seen");
    assert!(!world.wallet.is_unlocked());
    assert_eq!(outcome(&world), Some(Outcome::Unknown));
}
