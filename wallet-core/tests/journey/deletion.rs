//! Deleting a card: every record of it, in one go, and the issuer hears nothing.

use crate::world::{World, refused};
use pollster::block_on;
use wallet_core::ErrorCode;
use wallet_core::wallet::{HistoryEvent, ReceiveOptions, RecordName, ReusePolicy};

#[test]
fn deleting_a_card_removes_every_record_of_it() {
    let world = World::new();
    let before = world.phone.census();
    let id = world.receive(3, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    block_on(world.wallet.delete(&id)).unwrap();
    let mut after = world.phone.census();
    // Received, shown, accepted, deleted.
    assert_eq!(after.remove("history"), Some(4));
    assert_eq!(after, before);
}

#[test]
fn deleting_a_card_leaves_the_others_as_they_were() {
    let world = World::new();
    let licence = world.offer(|offer| offer.configurations = vec!["driving_licence".into()]);
    let options = ReceiveOptions::default();
    block_on(world.wallet.receive(&licence.uri, &options)).unwrap();
    let before = world.phone.contents();
    let id = world.receive(2, ReusePolicy::Rotating);
    block_on(world.wallet.delete(&id)).unwrap();
    let after = world.phone.contents();
    let cards = |contents: crate::phone::Contents| {
        let all = contents.into_iter();
        all.filter(|((kind, _), _)| !["history", "trust"].contains(kind))
            .collect::<Vec<_>>()
    };
    assert_eq!(cards(after), cards(before));
}

// shows: VCI 41
#[test]
fn the_issuer_is_not_told_and_nobody_is_asked() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    let seen = world.parties.requests().len();
    block_on(world.wallet.delete(&id)).unwrap();
    assert_eq!(world.parties.requests().len(), seen);
    assert_eq!(world.parties.issuer.notifications().len(), 1);
}

#[test]
fn a_deleted_card_stays_deleted() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    block_on(world.wallet.delete(&id)).unwrap();
    assert_eq!(
        refused(block_on(world.wallet.delete(&id))),
        ErrorCode::NotFound
    );
    let wallet = world.phone.reopen();
    assert_eq!(
        refused(wallet.detail::<&str>(&id, &[])),
        ErrorCode::NotFound
    );
    assert!(wallet.list::<&str>(&[]).unwrap().is_empty());
}

#[test]
fn a_deletion_that_fails_deletes_nothing() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::Rotating);
    let before = world.phone.contents();
    world.phone.anchor.fail_after_writes(0);
    let deleted = block_on(world.wallet.delete(&id));
    assert_eq!(refused(deleted), ErrorCode::AnchorFailed);
    world.phone.anchor.fail_after_writes(u64::MAX);
    assert_eq!(world.phone.contents(), before);
    world.show_age(&world.phone.reopen());
}

#[test]
fn only_cards_are_deleted_as_cards() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let before = world.phone.contents();
    for (kind, name) in before.keys() {
        if *kind != "credential" {
            assert!(block_on(world.wallet.delete(name)).is_err(), "{kind}");
        }
    }
    let unknown = RecordName::parse(&"0".repeat(32)).unwrap();
    assert_eq!(
        refused(block_on(world.wallet.delete(&unknown))),
        ErrorCode::NotFound
    );
    assert_eq!(world.phone.contents(), before);
}

#[test]
fn the_history_says_that_a_card_was_deleted_and_not_what_it_said() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    block_on(world.wallet.delete(&id)).unwrap();
    let last = world.wallet.history().unwrap().items.pop().unwrap().event;
    let HistoryEvent::Deleted {
        credential_type,
        issuer,
    } = last
    else {
        panic!("{last:?}");
    };
    assert_eq!(
        Some(credential_type),
        world.parties.issuer.vct("resident_card")
    );
    assert_eq!(issuer, world.parties.issuer.identifier());
}
