//! A store that is not the one last written here: reading and rescue, until the holder adopts it.

use crate::phone::PASSPHRASE;
use crate::world::{World, approve, authenticate, plan, refused};
use pollster::block_on;
use wallet_core::ErrorCode;
use wallet_core::vault::UnlockWith;
use wallet_core::vault::database::IntegrityState;
use wallet_core::wallet::{ChainState, HistoryEvent, ReceiveOptions, ReusePolicy, Wallet};

/// A wallet with a once-only and a rotating card whose once-only copy was shown, and then the files from before that
/// were put back.
fn rolled_back() -> (World, Wallet) {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let copy = {
        world.wallet.lock();
        world.phone.copy_of_files()
    };
    let wallet = world.phone.reopen();
    world.show_age(&wallet);
    wallet.lock();
    world.phone.put_back(&copy);
    let wallet = world.phone.open();
    let report = block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    assert!(matches!(
        report.integrity,
        IntegrityState::RolledBack { .. }
    ));
    (world, wallet)
}

#[test]
fn a_store_that_was_put_back_can_be_read_and_exported() {
    let (_world, wallet) = rolled_back();
    let cards = wallet.list::<&str>(&[]).unwrap();
    assert!(
        !wallet
            .detail::<&str>(&cards[0].id, &[])
            .unwrap()
            .claims
            .is_empty()
    );
    assert_eq!(wallet.history().unwrap().items.len(), 1);
    let export = wallet.export(&authenticate(&wallet)).unwrap();
    assert!(export.contains("홍길동"));
}

#[test]
fn a_store_that_was_put_back_neither_shows_nor_receives_and_asks_nobody() {
    let (world, wallet) = rolled_back();
    let before = world.phone.network.count();
    let asked = block_on(wallet.request(&world.ask_age().uri));
    assert_eq!(refused(asked), ErrorCode::RolledBack);
    let link = world.offer(|_| {});
    let received = block_on(wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert_eq!(refused(received), ErrorCode::RolledBack);
    assert_eq!(world.phone.network.count(), before);
    // The offer is as good as before.
    wallet.adopt(&authenticate(&wallet)).unwrap();
    block_on(wallet.receive(&link.uri, &ReceiveOptions::default())).unwrap();
}

#[test]
fn a_plan_approved_before_the_store_was_put_back_is_not_sent() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    world.wallet.lock();
    let copy = world.phone.copy_of_files();
    let wallet = world.phone.reopen();
    wallet.export(&authenticate(&wallet)).unwrap();
    let link = world.ask_age();
    let approved = approve(&wallet, plan(&wallet, &link.uri));
    wallet.lock();
    world.phone.put_back(&copy);
    block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    assert_eq!(
        refused(block_on(wallet.present(approved))),
        ErrorCode::RolledBack
    );
    assert_eq!(world.result(&link).answers, 0);
}

#[test]
fn adopting_burns_limited_copies_with_their_keys_and_goes_on() {
    let (world, wallet) = rolled_back();
    assert_eq!(wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 1);
    wallet.adopt(&authenticate(&wallet)).unwrap();
    assert_eq!(wallet.integrity().unwrap(), IntegrityState::Ok);
    assert_eq!(wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 0);
    assert!(
        !world.phone.census().contains_key("key"),
        "it could sign again"
    );
    let history = wallet.history().unwrap();
    assert_eq!(history.items.last().unwrap().event, HistoryEvent::Adopted);
    assert_eq!(history.chain, ChainState::Intact);
    let link = world.offer(|_| {});
    block_on(wallet.receive(&link.uri, &ReceiveOptions::default())).unwrap();
    world.show_age(&world.phone.reopen());
}

#[test]
fn adopting_needs_fresh_authentication_and_leaves_a_sound_store_alone() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let before = world.phone.contents();
    let auth = authenticate(&world.wallet);
    world.wallet.adopt(&auth).unwrap();
    assert_eq!(
        world.phone.contents(),
        before,
        "a copy was burned for nothing"
    );
    world.keep_unlocked_for(90);
    assert_eq!(
        refused(world.wallet.adopt(&auth)),
        ErrorCode::UserAuthRequired
    );
}

#[test]
fn rotating_copies_survive_adopting() {
    let world = World::new();
    world.receive(2, ReusePolicy::Rotating);
    world.phone.anchor.restore(Default::default());
    let wallet = world.phone.open();
    // The count of wrong tries is gone with the anchor: nobody gets five new ones by that.
    let by_passphrase = block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE)));
    assert_eq!(refused(by_passphrase), ErrorCode::LockedOut);
    // The recovery code, which nobody guesses, need not wait.
    let code = || UnlockWith::RecoveryCode(&world.recovery_code);
    block_on(wallet.unlock(code())).unwrap();
    assert_eq!(wallet.integrity().unwrap(), IntegrityState::AnchorMissing);
    let asked = block_on(wallet.request(&world.ask_age().uri));
    assert_eq!(refused(asked), ErrorCode::AnchorMissing);
    assert_eq!(wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 2);
    let auth = block_on(wallet.authenticate(code())).unwrap();
    wallet.adopt(&auth).unwrap();
    assert_eq!(wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 2);
    world.show_age(&wallet);
}

#[test]
fn a_plan_changes_nothing_until_it_is_sent() {
    let world = World::new();
    world.receive(2, ReusePolicy::OnceOnly);
    let before = world.phone.contents();
    drop(approve(
        &world.wallet,
        plan(&world.wallet, &world.ask_age().uri),
    ));
    assert_eq!(world.phone.contents(), before);
}
