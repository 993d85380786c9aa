//! Holder keys in the app's hardware: one for each copy, none left behind.

use crate::network::Fate;
use crate::phone::SlowKeyStore;
use crate::world::{World, authenticate, refused};
use pollster::block_on;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::keys::{KeyStoreError, SignatureForm};
use wallet_core::wallet::{KeepPolicy, ReceiveOptions, ReceivedCard, ReusePolicy};
use wallet_parties::issuer::Fault;

fn world() -> World {
    World::with(|phone| phone.key_store = Some(Arc::new(SlowKeyStore::default())))
}

fn store(world: &World) -> &SlowKeyStore {
    world.phone.key_store.as_ref().unwrap()
}

fn three() -> ReceiveOptions {
    ReceiveOptions {
        copies: 3,
        ..ReceiveOptions::default()
    }
}

fn received(world: &World) -> ReceivedCard {
    let link = world.offer(|_| {});
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let order = &authorized.orders()[0];
    block_on(world.wallet.order(&authorized, order, 3))
        .unwrap()
        .received()
        .unwrap()
}

/// The store names every key of the hardware, and no other.
fn assert_in_step(world: &World) {
    let (mut named, mut there) = (world.wallet.hardware_keys().unwrap(), world.phone.handles());
    named.sort();
    there.sort();
    assert_eq!(named, there);
}

#[test]
fn every_copy_has_a_key_in_hardware_and_none_in_the_store() {
    let world = world();
    world.receive(3, ReusePolicy::OnceOnly);
    assert_eq!(world.phone.handles().len(), 3);
    assert_eq!(
        world.phone.census()["body"],
        3,
        "more than the three copies"
    );
    assert!(!world.phone.census().contains_key("pending"));
    assert_in_step(&world);
}

#[test]
fn signatures_in_der_and_of_fixed_width_are_both_accepted_and_a_wrong_one_is_not_sent() {
    let world = world();
    world.receive(1, ReusePolicy::Rotating);
    for form in [SignatureForm::Der, SignatureForm::FixedWidth] {
        store(&world).0.set_signature_form(form);
        world.show_age(&world.wallet);
    }
    store(&world).0.set_signature_form(SignatureForm::Wrong);
    let link = world.ask_age();
    assert_eq!(
        refused(world.show(&world.wallet, &link)),
        ErrorCode::KeyFailed
    );
    assert_eq!(world.result(&link).answers, 0);
}

#[test]
fn a_key_whose_signing_the_holder_cancels_uses_no_copy() {
    let world = world();
    let id = world.receive(1, ReusePolicy::OnceOnly);
    store(&world).0.fail_next(KeyStoreError::UserCancelled);
    let link = world.ask_age();
    assert_eq!(
        refused(world.show(&world.wallet, &link)),
        ErrorCode::UserCancelled
    );
    let card = world.wallet.detail::<&str>(&id, &[]).unwrap().overview;
    assert_eq!(card.usable_copies, 1);
    world.show_age(&world.wallet);
}

#[test]
fn the_key_of_a_burned_copy_is_deleted_in_hardware() {
    let world = world();
    world.receive(2, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    assert_eq!(world.phone.handles().len(), 1);
    assert_in_step(&world);
}

#[test]
fn a_deletion_that_fails_is_tried_again_until_it_is_done() {
    let world = world();
    let id = world.receive(1, ReusePolicy::Rotating);
    store(&world).0.fail_next(KeyStoreError::UnavailableNow);
    block_on(world.wallet.delete(&id)).unwrap();
    assert_eq!(world.phone.handles().len(), 1);
    assert_eq!(world.phone.census()["pending"], 1);
    let wallet = world.phone.reopen();
    store(&world).0.fail_next(KeyStoreError::HardwareFault);
    assert_eq!(block_on(wallet.do_pending()).unwrap(), 1);
    assert_eq!(block_on(wallet.do_pending()).unwrap(), 0);
    assert!(world.phone.handles().is_empty());
    assert!(!world.phone.census().contains_key("pending"));
}

#[test]
fn a_refused_issuance_leaves_no_key() {
    for fault in [Fault::BadSignature, Fault::ServerError, Fault::WrongKey] {
        let world = world();
        let link = world.offer(|offer| offer.fault = Some(fault));
        block_on(world.wallet.receive(&link.uri, &three())).unwrap_err();
        assert!(world.phone.handles().is_empty(), "{fault:?}");
        assert!(!world.phone.census().contains_key("pending"));
    }
}

#[test]
fn a_key_the_issuer_gave_no_copy_for_is_deleted() {
    let world = world();
    let link = world.offer(|offer| offer.fault = Some(Fault::OneCopyMissing));
    let kept = block_on(world.wallet.receive(&link.uri, &three())).unwrap();
    assert_eq!(kept[0].copies, 2);
    assert_eq!(world.phone.handles().len(), 2);
    assert_in_step(&world);
}

#[test]
fn a_declined_card_leaves_no_key() {
    let world = world();
    let card = received(&world);
    assert_eq!(world.phone.handles().len(), 3);
    block_on(world.wallet.decline(card));
    assert!(world.phone.handles().is_empty());
    assert!(!world.phone.census().contains_key("pending"));
}

#[test]
fn an_issuance_that_is_dropped_leaves_keys_that_are_deleted_after_an_hour_and_not_before() {
    let world = world();
    drop(received(&world));
    assert_in_step(&world);
    assert_eq!(block_on(world.wallet.do_pending()).unwrap(), 0);
    assert_eq!(
        world.phone.handles().len(),
        3,
        "an issuance may be under way"
    );
    world.phone.clock.turn(3700);
    let wallet = world.phone.reopen();
    assert_eq!(block_on(wallet.do_pending()).unwrap(), 0);
    assert!(world.phone.handles().is_empty());
    assert!(!world.phone.census().contains_key("pending"));
}

#[test]
fn a_card_whose_keys_were_given_up_cannot_be_kept() {
    let world = world();
    let card = received(&world);
    world.phone.clock.turn(3700);
    let wallet = world.phone.reopen();
    block_on(wallet.do_pending()).unwrap();
    let not_kept = block_on(wallet.keep(card, KeepPolicy::default())).unwrap_err();
    assert_eq!(not_kept.error.code(), ErrorCode::KeyUnavailable);
    assert!(wallet.list::<&str>(&[]).unwrap().is_empty());
}

#[test]
fn keys_that_cannot_be_written_down_are_deleted_before_they_are_used() {
    let world = world();
    let link = world.offer(|_| {});
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    world.phone.anchor.fail_after_writes(0);
    let order = block_on(world.wallet.order(&authorized, &authorized.orders()[0], 2));
    assert_eq!(refused(order), ErrorCode::AnchorFailed);
    assert!(world.phone.handles().is_empty());
    assert_eq!(world.parties.issuer.issued(), 0);
}

#[test]
fn keys_of_others_in_the_same_hardware_are_left_alone() {
    let world = world();
    let others = wallet_core::keys::key_store::CreateKeys::default();
    let theirs = {
        use wallet_core::keys::KeyStore as _;
        block_on(store(&world).create(others)).unwrap().remove(0)
    };
    let id = world.receive(2, ReusePolicy::OnceOnly);
    block_on(world.wallet.delete(&id)).unwrap();
    world.phone.clock.turn(10_000);
    block_on(world.phone.reopen().do_pending()).unwrap();
    assert_eq!(world.phone.handles(), [theirs.handle]);
}

#[test]
fn a_missing_hardware_key_says_so_and_uses_no_copy() {
    let world = world();
    world.receive(1, ReusePolicy::OnceOnly);
    let handle = world.phone.handles().remove(0);
    {
        use wallet_core::keys::KeyStore as _;
        block_on(store(&world).delete(handle)).unwrap();
    }
    let link = world.ask_age();
    assert_eq!(
        refused(world.show(&world.wallet, &link)),
        ErrorCode::KeyUnavailable
    );
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 1);
}

#[test]
fn a_wallet_without_its_key_store_reads_everything_and_shows_nothing() {
    let mut world = world();
    let id = world.receive(1, ReusePolicy::Rotating);
    world.phone.key_store = None;
    let wallet = world.phone.reopen();
    assert!(!wallet.detail::<&str>(&id, &[]).unwrap().claims.is_empty());
    let link = world.ask_age();
    assert_eq!(
        refused(world.show(&wallet, &link)),
        ErrorCode::KeyUnavailable
    );
    assert!(wallet.export(&authenticate(&wallet)).is_ok());
    // Deleting works; the hardware's part waits for the hardware.
    block_on(wallet.delete(&id)).unwrap();
    assert_eq!(world.phone.census()["pending"], 1);
}

#[test]
fn an_unreachable_verifier_does_not_keep_a_burned_key_alive() {
    let world = world();
    world.receive(1, ReusePolicy::OnceOnly);
    world.phone.network.doom(Purpose::Response, Fate::NotSent);
    let presented = world.show(&world.wallet, &world.ask_age()).unwrap();
    assert!(world.phone.handles().is_empty());
    world.phone.network.calm();
    // The bytes are kept, and no key is needed to send them again.
    let again = block_on(world.wallet.resend(&presented.history)).unwrap();
    assert_eq!(again.outcome, wallet_core::wallet::Outcome::Accepted);
}
