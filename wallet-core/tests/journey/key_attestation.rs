//! Issuers that want the keys attested: in an order, in one that is fulfilled later, and when a card is renewed.

use crate::attestation::Provider;
use crate::phone::SlowKeyStore;
use crate::world::{World, refused};
use pollster::block_on;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wallet_core::ErrorCode;
use wallet_core::profile::Profile;
use wallet_core::wallet::{
    DeferredPoll, KeepPolicy, Ordered, ReceiveOptions, RenewalKind, ReusePolicy,
};
use wallet_parties::issuer::{Deferral, IssuerOptions, Support};

/// A world whose issuer wants every key attested, and a phone whose provider does that.
fn world(hardware: bool) -> (World, Arc<Provider>) {
    let provider = Arc::new(Provider::new());
    let world = World::with(|phone| {
        phone.attestation = Some(provider.clone());
        if hardware {
            phone.key_store = Some(Arc::new(SlowKeyStore::default()));
        }
    });
    insist(&world);
    world.parties.issuer.trust_attestations(provider.anchor());
    (world, provider)
}

fn insist(world: &World) {
    world.parties.issuer.configure(IssuerOptions {
        key_attestation: Support::Required,
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
}

// shows: VCI 35, HAIP 8
#[test]
fn a_batch_of_attested_keys_is_received_and_filled_again() {
    for hardware in [false, true] {
        let (world, provider) = world(hardware);
        let id = world.receive(3, ReusePolicy::OnceOnly);
        let asked = provider.handles();
        assert_eq!((asked.len(), asked[0].len()), (1, 3));
        if hardware {
            let mut there = world.phone.handles();
            there.sort();
            let mut attested = asked[0].clone();
            attested.sort();
            assert_eq!(attested, there);
        }
        for _ in 0..2 {
            world.show_age(&world.wallet);
        }
        let renewed = block_on(world.wallet.renew(&id)).unwrap();
        assert_eq!(
            (renewed.kind(), renewed.card().copies()),
            (RenewalKind::Refill, 2)
        );
        assert_eq!(provider.handles()[1].len(), 2);
        block_on(world.wallet.keep_renewed(renewed)).unwrap();
        for _ in 0..3 {
            world.show_age(&world.wallet);
        }
    }
}

// shows: VCI 35, VCI 39
#[test]
fn a_promised_card_needs_no_second_attestation() {
    let (mut world, provider) = world(true);
    let link = world.offer(|options| options.deferred = Some(Deferral::default()));
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let ordered = world.wallet.order(&authorized, &authorized.orders()[0], 3);
    let Ordered::Deferred(promised) = block_on(ordered).unwrap() else {
        panic!("received at once")
    };
    provider.refuse_keys();
    world.wallet = world.phone.reopen();
    let start = Instant::now();
    let card = loop {
        if let DeferredPoll::Ready(card) =
            block_on(world.wallet.poll_deferred(&promised.id)).unwrap()
        {
            break card;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it never came");
        std::thread::sleep(Duration::from_millis(300));
    };
    assert_eq!(card.copies(), 3);
    block_on(world.wallet.keep(*card, KeepPolicy::default())).unwrap();
    assert_eq!(provider.handles().len(), 1);
    world.show_age(&world.wallet);
}

// shows: VCI 35
#[test]
fn keys_the_provider_will_not_attest_are_gone_and_nothing_was_ordered() {
    for hardware in [false, true] {
        let (world, provider) = world(hardware);
        provider.refuse_keys();
        let link = world.offer(|_| {});
        let options = ReceiveOptions::default();
        let code = refused(block_on(world.wallet.receive(&link.uri, &options)));
        assert_eq!(code, ErrorCode::KeyUnavailable);
        if hardware {
            assert!(world.phone.handles().is_empty());
        }
        let census = world.phone.census();
        for kind in ["pending", "key", "body", "copy", "credential"] {
            assert!(!census.contains_key(kind), "{kind}: {census:?}");
        }
    }
}

// shows: VCI 35
#[test]
fn a_phone_without_a_provider_is_told_before_anything_is_asked() {
    let world = World::new();
    insist(&world);
    let link = world.offer(|_| {});
    assert_eq!(
        refused(block_on(world.wallet.offer(&link.uri))),
        ErrorCode::NotSupported
    );
}

// shows: HAIP 8
#[test]
fn under_haip_the_attestation_names_its_signer() {
    let (mut world, _) = world(false);
    world.phone.policy.profile = Profile::Haip;
    world.wallet = world.phone.reopen();
    world.parties.issuer.configure(IssuerOptions {
        key_attestation: Support::Required,
        dpop: Support::Required,
        ..IssuerOptions::default()
    });
    world.receive(2, ReusePolicy::Rotating);
}
