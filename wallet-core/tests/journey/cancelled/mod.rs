//! An app may drop any future at any await: the store is as before or as after, and a mark comes before its bytes.

mod calls;
mod secrets;

use crate::phone::SlowKeyStore;
use crate::world::{World, approve, plan};
use pollster::block_on;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use wallet_core::ErrorCode;
use wallet_core::vault::database::IntegrityState;
use wallet_core::wallet::{ChainState, Outcome, ReceiveOptions, ReusePolicy, Wallet};

/// Polls this many times, then drops the future.
pub fn poll<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..times {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return Some(done);
        }
    }
    None
}

pub fn world(hardware: bool) -> World {
    World::with(|phone| {
        if hardware {
            phone.key_store = Some(Arc::new(SlowKeyStore::default()));
        }
    })
}

/// Whatever was dropped: sound, readable, every key of the hardware known.
pub fn assert_whole(world: &World, wallet: &Wallet) {
    assert_eq!(wallet.integrity().unwrap(), IntegrityState::Ok);
    assert_eq!(wallet.history().unwrap().chain, ChainState::Intact);
    for card in wallet.list::<&str>(&[]).unwrap() {
        assert!(
            !wallet
                .detail::<&str>(&card.id, &[])
                .unwrap()
                .claims
                .is_empty()
        );
    }
    if world.phone.key_store.is_some() {
        let named = wallet.hardware_keys().unwrap();
        let there = world.phone.handles();
        assert!(
            there.iter().all(|handle| named.contains(handle)),
            "an orphan"
        );
    }
}

#[test]
fn a_receiving_dropped_anywhere_stores_all_copies_or_none() {
    for hardware in [false, true] {
        let mut stored_early = 0;
        for times in 1.. {
            let world = world(hardware);
            let empty = world.phone.contents();
            let link = world.offer(|_| {});
            let options = ReceiveOptions {
                copies: 3,
                ..ReceiveOptions::default()
            };
            let done = poll(world.wallet.receive(&link.uri, &options), times);
            assert_whole(&world, &world.wallet);
            let cards = world.wallet.list::<&str>(&[]).unwrap();
            match cards.first() {
                Some(card) => {
                    assert_eq!((cards.len(), card.copies, card.usable_copies), (1, 3, 3));
                    world.show_age(&world.wallet);
                    stored_early += usize::from(done.is_none());
                }
                None => {
                    let told = world.parties.issuer.notifications();
                    assert!(told.iter().all(|told| told.event != "credential_accepted"));
                    // Time clears up what is left.
                    world.phone.clock.turn(3700);
                    block_on(world.phone.reopen().do_pending()).unwrap();
                    assert_eq!(world.phone.contents(), empty);
                    if hardware {
                        assert!(world.phone.handles().is_empty());
                    }
                }
            }
            if done.is_some() {
                assert!(times > 10, "the future was never dropped");
                assert!(
                    stored_early > 0,
                    "never dropped while the issuer was being told"
                );
                break;
            }
        }
    }
}

#[test]
fn a_presentation_dropped_anywhere_is_marked_before_its_bytes_leave() {
    for hardware in [false, true] {
        for times in 1.. {
            let world = world(hardware);
            let id = world.receive(1, ReusePolicy::OnceOnly);
            let link = world.ask_age();
            let approved = approve(&world.wallet, plan(&world.wallet, &link.uri));
            let done = poll(world.wallet.present(approved), times);
            assert_whole(&world, &world.wallet);
            let left = world.wallet.detail::<&str>(&id, &[]).unwrap();
            let left = left.overview.usable_copies;
            let history = world.wallet.history().unwrap();
            let outcome = history.items.last().unwrap().outcome;
            match (world.phone.network.answers().len(), left) {
                // Not sent and not marked: the card is as before.
                (0, 1) => {
                    assert_eq!(outcome, None);
                    world.show_age(&world.wallet);
                }
                // Marked: sent or not, it is burned, and the same bytes may go again.
                (0 | 1, 0) => {
                    if outcome == Some(Outcome::Unknown) {
                        let name = &history.items.last().unwrap().name;
                        block_on(world.wallet.resend(name)).unwrap();
                        let answers = world.phone.network.answers();
                        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
                        assert!(world.result(&link).accepted);
                    }
                }
                (sent, left) => panic!("{sent} sent and {left} copies left after {times} polls"),
            }
            if let Some(done) = done {
                assert_eq!(done.unwrap().outcome, Outcome::Accepted);
                assert!(times > 2, "the future was never dropped");
                break;
            }
        }
    }
}

#[test]
fn a_deletion_dropped_anywhere_is_done_or_not_and_its_keys_follow() {
    for times in 1.. {
        let world = world(true);
        let id = world.receive(2, ReusePolicy::Rotating);
        let done = poll(world.wallet.delete(&id), times);
        assert_whole(&world, &world.wallet);
        block_on(world.wallet.do_pending()).unwrap();
        let is_there = !world.wallet.list::<&str>(&[]).unwrap().is_empty();
        assert_eq!(world.phone.handles().len(), if is_there { 2 } else { 0 });
        if done.is_some() {
            assert!(times > 2 && !is_there);
            break;
        }
    }
}

#[test]
fn a_request_dropped_anywhere_shows_nothing_and_uses_nothing() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let before = world.phone.contents();
    for times in 1.. {
        let link = world.ask_age();
        let done = poll(world.wallet.request(&link.uri), times);
        assert_eq!(world.phone.contents(), before);
        assert_eq!(world.result(&link).answers, 0);
        if done.is_some() {
            assert!(times > 2);
            break;
        }
    }
    world.show_age(&world.wallet);
}

// shows: HOSTILE 27
#[test]
fn a_code_is_exchanged_once_at_a_time() {
    let world = World::new();
    let offered = block_on(world.wallet.offer(&world.offer(|_| {}).uri)).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let mut first = pin!(world.wallet.accept(&offered, None));
    assert!(first.as_mut().poll(&mut context).is_pending());
    let asked = world.phone.network.count();
    let second = block_on(world.wallet.accept(&offered, None)).map(drop);
    assert_eq!(second.unwrap_err().code(), ErrorCode::IssuanceExpired);
    assert_eq!(world.phone.network.count(), asked);
    assert_eq!(block_on(first).unwrap().orders().len(), 1);
    // Dropped before it was sent, it may be tried again.
    let offered = block_on(world.wallet.offer(&world.offer(|_| {}).uri)).unwrap();
    assert!(poll(world.wallet.accept(&offered, None), 1).is_none());
    block_on(world.wallet.accept(&offered, None)).unwrap();
}
