//! Calls to issuers and verifiers, dropped anywhere: nothing half stored, nothing sent twice otherwise, no flag left
//! behind, and the next call works.

use super::{assert_whole, poll, world};
use crate::authorizing;
use crate::deferred::promised;
use crate::network::Fate;
use crate::phone::{Contents, Phone};
use crate::world::{World, propose, refused};
use pollster::block_on;
use std::time::Duration;
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::trust::status::CardStatus;
use wallet_core::wallet::{
    DeferredPoll, HistoryEvent, KeepPolicy, Outcome, ReceivedCard, RecordName, ReusePolicy, Wallet,
};
use wallet_parties::issuer::Deferral;

/// After an hour or two nothing is left of what was dropped.
fn assert_clears_up(phone: &Phone, empty: &Contents) {
    phone.clock.turn(2 * 3700);
    block_on(phone.reopen().do_pending()).unwrap();
    assert_eq!(&phone.contents(), empty);
    assert!(phone.key_store.is_none() || phone.handles().is_empty());
}

fn received(wallet: &Wallet, link: &str) -> ReceivedCard {
    let offered = block_on(wallet.offer(link)).unwrap();
    let authorized = block_on(wallet.accept(&offered, None)).unwrap();
    let ordered = block_on(wallet.order(&authorized, &authorized.orders()[0], 2));
    ordered.unwrap().received().unwrap()
}

#[test]
fn an_order_dropped_anywhere_stores_nothing_and_can_be_made_again() {
    for hardware in [false, true] {
        for times in 1.. {
            let world = world(hardware);
            let offered = block_on(world.wallet.offer(&world.offer(|_| {}).uri)).unwrap();
            let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
            let order = &authorized.orders()[0];
            let done = poll(world.wallet.order(&authorized, order, 2), times);
            assert_whole(&world, &world.wallet);
            let is_over = done.is_some();
            let card = match done {
                Some(done) => done.unwrap().received().unwrap(),
                None => {
                    let again = block_on(world.wallet.order(&authorized, order, 2));
                    again.unwrap().received().unwrap()
                }
            };
            let kept = block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
            world.show_age(&world.wallet);
            block_on(world.wallet.delete(&kept.id)).unwrap();
            world.phone.clock.turn(3700);
            block_on(world.phone.reopen().do_pending()).unwrap();
            let left = world.phone.census();
            for kind in ["pending", "key", "body", "copy", "credential"] {
                assert!(!left.contains_key(kind), "{kind} after {times} polls");
            }
            assert!(!hardware || world.phone.handles().is_empty());
            if is_over {
                assert!(times > 3, "the future was never dropped");
                break;
            }
        }
    }
}

#[test]
fn a_card_declined_and_dropped_anywhere_leaves_nothing() {
    for hardware in [false, true] {
        for times in 1.. {
            let world = world(hardware);
            let empty = world.phone.contents();
            let card = received(&world.wallet, &world.offer(|_| {}).uri);
            let done = poll(world.wallet.decline(card), times);
            assert_whole(&world, &world.wallet);
            assert!(world.wallet.list::<&str>(&[]).unwrap().is_empty());
            assert_clears_up(&world.phone, &empty);
            if done.is_some() {
                assert!(times > 2, "the future was never dropped");
                break;
            }
        }
    }
}

/// Asking again waits until nobody can be asking any more.
#[test]
fn a_question_for_a_promised_card_dropped_anywhere_leaves_the_promise_or_its_end() {
    /// More polls than it takes.
    const MOST: usize = 24;
    for hardware in [false, true] {
        let promised_worlds: Vec<_> = (0..MOST).map(|_| promised_world(hardware)).collect();
        // The issuer's own clock stands at the second before.
        std::thread::sleep(Duration::from_millis(1100));
        let (mut came, mut ended, mut done) = (0, 0, 0);
        for (times, (world, empty, id)) in (1..).zip(promised_worlds) {
            world.phone.clock.turn(2);
            let polled = poll(world.wallet.poll_deferred(&id), times);
            assert_whole(&world, &world.wallet);
            if let Some(polled) = polled {
                assert!(matches!(polled.unwrap(), DeferredPoll::Ready(_)));
                done += 1;
                continue;
            }
            assert_eq!(world.wallet.deferred().unwrap().len(), 1);
            world.phone.clock.turn(3700);
            let wallet = world.phone.reopen();
            match block_on(wallet.poll_deferred(&id)) {
                Ok(DeferredPoll::Ready(card)) => {
                    block_on(wallet.keep(*card, KeepPolicy::default())).unwrap();
                    let cards = wallet.list::<&str>(&[]).unwrap();
                    assert_eq!((cards.len(), cards[0].usable_copies), (1, 3));
                    came += 1;
                }
                Ok(DeferredPoll::NotYet { .. }) => panic!("still waiting"),
                // The issuer gives it once, and has.
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::IssuanceExpired);
                    assert!(wallet.deferred().unwrap().is_empty());
                    assert_clears_up(&world.phone, &empty);
                    ended += 1;
                }
            }
        }
        assert!(came > 0 && ended > 0 && done > 0, "{came} {ended} {done}");
    }
}

/// A card is promised, for a second later; with the store as it was before.
fn promised_world(hardware: bool) -> (World, Contents, RecordName) {
    let world = world(hardware);
    let empty = world.phone.contents();
    let deferral = Deferral {
        not_yet: 0,
        ..Deferral::default()
    };
    let id = promised(&world, deferral, None);
    (world, empty, id)
}

#[test]
fn an_answer_of_the_browser_dropped_anywhere_is_exchanged_at_most_once() {
    for times in 1.. {
        let world = authorizing::world();
        let link = authorizing::by_code(&world, |_| {});
        let back = authorizing::consented(&world, &link);
        let done = poll(world.wallet.resume(&back), times);
        assert_whole(&world, &world.wallet);
        if let Some(done) = done {
            done.unwrap();
            assert!(times > 3, "the future was never dropped");
            break;
        }
        let again = block_on(world.wallet.resume(&back)).map(drop);
        assert_eq!(refused(again), ErrorCode::AuthorizationResponseInvalid);
        assert!(authorizing::token_requests(&world) <= 1);
        assert!(!world.phone.census().contains_key("pending"));
        // The holder begins anew.
        let back = authorizing::consented(&world, &authorizing::by_code(&world, |_| {}));
        block_on(world.wallet.resume(&back)).unwrap();
    }
}

#[test]
fn a_beginning_in_the_browser_dropped_anywhere_can_be_made_again() {
    for times in 1.. {
        let world = authorizing::world();
        let empty = world.phone.contents();
        let link = authorizing::by_code(&world, |_| {});
        let offered = block_on(world.wallet.offer(&link)).unwrap();
        let done = poll(world.wallet.authorize(&offered, &[]), times);
        assert_whole(&world, &world.wallet);
        if done.is_some() {
            assert!(times > 2, "the future was never dropped");
            break;
        }
        assert_eq!(world.phone.contents(), empty);
        block_on(world.wallet.authorize(&offered, &[])).unwrap();
    }
}

#[test]
fn a_refusal_dropped_anywhere_is_in_the_history_before_it_is_sent() {
    for times in 1.. {
        let world = World::new();
        world.receive(1, ReusePolicy::OnceOnly);
        let link = world.ask_age();
        let proposal = propose(&world.wallet, &link.uri);
        let done = poll(world.wallet.refuse(proposal), times);
        assert_whole(&world, &world.wallet);
        let history = world.phone.reopen().history().unwrap();
        let last = &history.items.last().unwrap().event;
        assert!(matches!(last, HistoryEvent::Declined { .. }));
        // Whether it arrived or not: it is not answered otherwise by a wallet that was started anew.
        let again = block_on(world.phone.reopen().request(&link.uri)).map(drop);
        assert_eq!(refused(again), ErrorCode::NonceMissingOrReused);
        world.show_age(&world.wallet);
        if done.is_some() {
            assert!(times > 2, "the future was never dropped");
            break;
        }
    }
}

#[test]
fn sending_again_dropped_anywhere_sends_the_same_bytes_and_can_be_done_again() {
    for times in 1.. {
        let world = World::new();
        world.receive(1, ReusePolicy::OnceOnly);
        world.phone.network.doom(Purpose::Response, Fate::NotSent);
        let link = world.ask_age();
        let shown = world.show(&world.wallet, &link).unwrap();
        world.phone.network.calm();
        let done = poll(world.wallet.resend(&shown.history), times);
        assert_whole(&world, &world.wallet);
        if let Some(done) = done {
            assert_eq!(done.unwrap().outcome, Outcome::Accepted);
            assert!(times > 2, "the future was never dropped");
            break;
        }
        block_on(world.wallet.resend(&shown.history)).unwrap();
        let answers = world.phone.network.answers();
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(world.result(&link).accepted);
    }
}

#[test]
fn asking_for_the_status_dropped_anywhere_can_be_done_again() {
    for times in 1.. {
        let world = World::new();
        let card = world.licence();
        let done = poll(world.wallet.refresh_status(&[]), times);
        assert_whole(&world, &world.wallet);
        let lists = block_on(world.wallet.refresh_status(&[])).unwrap().lists;
        assert!(lists.iter().all(|list| list.outcome.is_ok()));
        assert_eq!(world.phone.census()["status"], 1);
        let card = world.wallet.detail::<&str>(&card, &[]).unwrap();
        assert_eq!(card.overview.status, CardStatus::Valid);
        if done.is_some() {
            assert!(times > 2, "the future was never dropped");
            break;
        }
    }
}
