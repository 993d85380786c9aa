//! A card from a new offer in the place of an old one: for cards that cannot be renewed without their holder.

use crate::renewal::{self, cards, keep};
use crate::world::World;
use pollster::block_on;
use wallet_core::ErrorCode;
use wallet_core::wallet::{KeepPolicy, ReceivedCard, RenewalKind, ReusePolicy};

/// A card of the same kind that came by a new offer.
fn received_anew(world: &World, copies: u16) -> ReceivedCard {
    let link = world.offer(|_| {});
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let order = &authorized.orders()[0];
    block_on(world.wallet.order(&authorized, order, copies))
        .unwrap()
        .received()
        .unwrap()
}

#[test]
fn a_card_from_a_new_offer_takes_the_place_of_an_old_one() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    let other = world.receive(1, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    let census = world.phone.census();
    let card = received_anew(&world, 5);
    let renewed = world.wallet.replacing(&id, card).unwrap();
    assert_eq!(renewed.kind(), RenewalKind::Reissue);
    assert!(!renewed.is_changed());
    assert_eq!(keep(&world, renewed).copies, 5);
    let listed = world.wallet.list::<&str>(&[]).unwrap();
    assert_eq!((&listed[0].id, &listed[1].id), (&id, &other));
    assert_eq!((listed[0].usable_copies, listed[0].copies), (5, 5));
    let after = world.phone.census();
    assert_eq!(after["copy"], 6);
    for same in ["credential", "context", "display", "pending"] {
        assert_eq!(after.get(same), census.get(same), "{same}");
    }
}

#[test]
fn another_card_does_not_take_its_place() {
    let world = renewal::world();
    let id = world.receive(1, ReusePolicy::Rotating);
    let before = cards(&world.phone);
    let link = world.offer(|offer| offer.configurations = vec!["driving_licence".into()]);
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let card = block_on(world.wallet.order(&authorized, &authorized.orders()[0], 1))
        .unwrap()
        .received()
        .unwrap();
    let refused = world.wallet.replacing(&id, card).unwrap_err();
    assert_eq!(refused.error.code(), ErrorCode::RenewalMismatch);
    assert_eq!(refused.error.subject(), Some("type"));
    assert_eq!(cards(&world.phone), before);
    // It is a card of its own.
    block_on(world.wallet.keep(*refused.card, KeepPolicy::default())).unwrap();
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 2);
}
