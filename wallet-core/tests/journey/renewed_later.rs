//! A renewal the issuer does later: ordered once, and the same card when it comes.

use crate::renewal;
use crate::world::{World, refused};
use pollster::block_on;
use serde_json::Value;
use std::time::{Duration, Instant};
use wallet_core::ErrorCode;
use wallet_core::jose::base64url;
use wallet_core::wallet::{
    DeferredPoll, Due, DueWhat, KeepPolicy, Ordered, ReceivedCard, RecordName, RenewalKind,
    ReusePolicy,
};
use wallet_parties::issuer::Deferral;

/// Asks until the issuer has the card.
fn ready(world: &World, id: &RecordName) -> ReceivedCard {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        if let DeferredPoll::Ready(card) = block_on(world.wallet.poll_deferred(id)).unwrap() {
            return *card;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    panic!("the card never came")
}

/// A card of four copies from an issuer that does everything later and gives refresh tokens.
fn received(world: &World) -> RecordName {
    let link = world.offer(|options| options.deferred = Some(Deferral::default()));
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let order = &authorized.orders()[0];
    let Ordered::Deferred(promise) = block_on(world.wallet.order(&authorized, order, 4)).unwrap()
    else {
        panic!("received at once")
    };
    let policy = KeepPolicy {
        reuse: ReusePolicy::OnceOnly,
        ..KeepPolicy::default()
    };
    let card = ready(world, &promise.id);
    block_on(world.wallet.keep(card, policy)).unwrap().id
}

/// What is due in a minute.
fn due(world: &World) -> Vec<Due> {
    let soon = world.phone.clock_now().saturating_add(60);
    world.wallet.due(soon).unwrap()
}

#[test]
fn a_refill_that_comes_later_is_ordered_once_and_joins_the_copies_that_are_left() {
    let world = renewal::world();
    let id = received(&world);
    for _ in 0..3 {
        world.show_age(&world.wallet);
    }
    assert!(matches!(
        due(&world)[0].what,
        DueWhat::Refill { left: 1, .. }
    ));
    let later = block_on(world.wallet.renew(&id));
    assert_eq!(refused(later), ErrorCode::IssuanceDeferred);
    let due_now = due(&world);
    let [Due { what, .. }] = due_now.as_slice() else {
        panic!("{due_now:?}");
    };
    let DueWhat::DeferredReady { deferred, renews } = what else {
        panic!("{what:?}");
    };
    assert_eq!(renews.as_ref(), Some(&id));
    // The copy that is left can be shown meanwhile.
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 1);
    let card = ready(&world, deferred);
    let renewed = world.wallet.replacing(&id, card).unwrap();
    assert_eq!(
        (renewed.kind(), renewed.card().copies()),
        (RenewalKind::Refill, 3)
    );
    block_on(world.wallet.keep_renewed(renewed)).unwrap();
    let cards = world.wallet.list::<&str>(&[]).unwrap();
    assert_eq!(
        (cards.len(), cards[0].copies, cards[0].usable_copies),
        (1, 4, 4)
    );
    assert!(due(&world).is_empty() && world.wallet.deferred().unwrap().is_empty());
    for _ in 0..4 {
        world.show_age(&world.wallet);
    }
}

#[test]
fn a_promised_card_keeps_up_with_the_refresh_token_it_shares() {
    let world = renewal::world();
    // One authorization, two cards to come.
    let link = world.offer(|options| {
        options.configurations = vec!["resident_card".into(), "driving_licence".into()];
        options.deferred = Some(Deferral::default());
    });
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let promises: Vec<_> = authorized
        .orders()
        .iter()
        .map(
            |order| match block_on(world.wallet.order(&authorized, order, 1)).unwrap() {
                Ordered::Deferred(promise) => promise.id,
                Ordered::Received(_) => panic!("received at once"),
            },
        )
        .collect();
    let card = ready(&world, &promises[0]);
    let first = block_on(world.wallet.keep(card, KeepPolicy::default()))
        .unwrap()
        .id;
    let before = tokens(&world);
    // The first card's renewal replaces the refresh token while the second card is still a promise.
    let later = block_on(world.wallet.renew(&first));
    assert_eq!(refused(later), ErrorCode::IssuanceDeferred);
    let after = tokens(&world);
    assert_eq!((before.len(), after.len()), (2, 2));
    assert!(before.iter().all(|token| *token == before[0]));
    assert!(after.iter().all(|token| *token == after[0]));
    assert_ne!(before[0], after[0]);
}

/// The refresh tokens in the store.
fn tokens(world: &World) -> Vec<Value> {
    let contents = world.phone.contents().into_values();
    let grants = contents.filter_map(|bytes| {
        let record: Value = serde_json::from_slice(&bytes).ok()?;
        let grant = record.pointer("/renewal/grant")?.as_str()?.to_owned();
        let grant = base64url::decode(&grant).unwrap();
        serde_json::from_slice::<Value>(&grant).ok()
    });
    grants.map(|grant| grant["refresh_token"].clone()).collect()
}
