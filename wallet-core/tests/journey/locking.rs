//! A locked wallet does nothing for anybody.

use crate::phone::PASSPHRASE;
use crate::world::{World, approve, plan, propose, refused};
use pollster::block_on;
use wallet_core::presentation::Proposal;
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{KeepPolicy, ReceiveOptions, ReusePolicy};
use wallet_core::{ErrorCode, WalletError};

#[test]
fn every_method_of_a_locked_wallet_says_locked_and_asks_nobody() {
    let world = World::new();
    let wallet = &world.wallet;
    let id = world.receive(2, ReusePolicy::Rotating);
    let history = world.show_age(wallet).history;
    let auth = crate::world::authenticate(wallet);
    let offer = world.offer(|_| {});
    let offered = block_on(wallet.offer(&offer.uri)).unwrap();
    let authorized = block_on(wallet.accept(&offered, None)).unwrap();
    let order = &authorized.orders()[0];
    let card = block_on(wallet.order(&authorized, order, 1))
        .unwrap()
        .received()
        .unwrap();
    let approved = approve(wallet, plan(wallet, &world.ask_age().uri));
    let link = world.ask_age();
    let asked = world.phone.network.count();
    wallet.lock();

    let locked = |result: Result<(), WalletError>| assert_eq!(refused(result), ErrorCode::Locked);
    locked(wallet.list::<&str>(&[]).map(drop));
    locked(wallet.detail::<&str>(&id, &[]).map(drop));
    locked(wallet.history().map(drop));
    locked(wallet.export(&auth).map(drop));
    locked(wallet.adopt(&auth));
    locked(wallet.integrity().map(drop));
    locked(wallet.touch());
    locked(wallet.hardware_keys().map(drop));
    locked(block_on(wallet.delete(&id)));
    locked(wallet.delete_history(&history));
    locked(block_on(wallet.do_pending()).map(drop));
    locked(block_on(wallet.offer(&offer.uri)).map(drop));
    locked(block_on(wallet.accept(&offered, None)).map(drop));
    locked(block_on(wallet.order(&authorized, order, 1)).map(drop));
    let kept = block_on(wallet.keep(card, KeepPolicy::default()));
    locked(kept.map(drop).map_err(WalletError::from));
    locked(block_on(wallet.receive(&offer.uri, &ReceiveOptions::default())).map(drop));
    locked(block_on(wallet.request(&link.uri)).map(drop));
    locked(block_on(wallet.present(approved)).map(drop));
    locked(block_on(wallet.resend(&history)).map(drop));
    assert_eq!(world.phone.network.count(), asked);
    assert!(!wallet.is_unlocked());
    assert_eq!(wallet.seconds_until_lock(), None);
}

#[test]
fn a_wrong_secret_opens_nothing_and_the_right_one_does() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    world.wallet.lock();
    let wallet = world.phone.open();
    let wrong = block_on(wallet.unlock(UnlockWith::Passphrase(b"somebody else's words entirely")));
    assert_eq!(refused(wrong), ErrorCode::WrongSecret);
    assert_eq!(refused(wallet.list::<&str>(&[])), ErrorCode::Locked);
    block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    assert_eq!(wallet.list::<&str>(&[]).unwrap()[0].id, id);
}

#[test]
fn a_wrong_secret_does_not_authenticate_and_locks_nobody_out_of_what_is_open() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let wrong = UnlockWith::Passphrase(b"somebody else's words entirely");
    let auth = block_on(world.wallet.authenticate(wrong));
    assert_eq!(refused(auth), ErrorCode::WrongSecret);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 1);
}

#[test]
fn authenticating_unlocks_a_wallet_that_has_locked_itself_meanwhile_and_a_wrong_secret_does_not() {
    let world = World::new();
    world.phone.clock.turn(61);
    let wrong = UnlockWith::Passphrase(b"somebody else's words entirely");
    let auth = block_on(world.wallet.authenticate(wrong));
    assert_eq!(refused(auth), ErrorCode::WrongSecret);
    assert!(!world.wallet.is_unlocked());
    let auth = block_on(
        world
            .wallet
            .authenticate(UnlockWith::Passphrase(PASSPHRASE)),
    )
    .unwrap();
    assert!(world.wallet.is_unlocked());
    world.wallet.export(&auth).unwrap();
}

#[test]
fn a_wallet_left_alone_locks_itself_and_use_keeps_it_open() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    for _ in 0..3 {
        world.phone.clock.turn(50);
        assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 1);
    }
    world.phone.clock.turn(61);
    assert!(!world.wallet.is_unlocked());
    assert_eq!(refused(world.wallet.list::<&str>(&[])), ErrorCode::Locked);
}

#[test]
fn a_wallet_in_use_all_the_time_locks_itself_after_a_quarter_of_an_hour() {
    let world = World::new();
    for _ in 0..29 {
        world.phone.clock.turn(30);
        world.wallet.touch().unwrap();
    }
    world.phone.clock.turn(31);
    assert_eq!(refused(world.wallet.touch()), ErrorCode::Locked);
}

#[test]
fn a_refusal_is_sent_though_the_wallet_locked_itself() {
    let world = World::new();
    let link = world.ask_age();
    let proposal = propose(&world.wallet, &link.uri);
    assert!(matches!(proposal, Proposal::Unavailable(_)));
    world.wallet.lock();
    let result = block_on(world.wallet.refuse(proposal));
    assert_eq!(refused(result), ErrorCode::Locked);
    assert_eq!(world.result(&link).error.as_deref(), Some("access_denied"));
}

#[test]
fn a_request_read_while_the_wallet_locked_itself_can_be_read_again() {
    use crate::network::Fate;
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let clock = world.phone.clock.clone();
    world.phone.network.set_rule(move |_| {
        clock.turn(120);
        Fate::Answered
    });
    let link = world.ask_age();
    let asked = block_on(world.wallet.request(&link.uri));
    assert_eq!(refused(asked), ErrorCode::Locked);
    world.phone.network.calm();
    block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    assert_eq!(plan(&world.wallet, &link.uri).showings().len(), 1);
}
