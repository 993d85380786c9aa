//! Receiving: codes, batches, and what becomes of a card that cannot be stored.

use crate::network::Fate;
use crate::world::{World, refused};
use pollster::block_on;
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::issuance::Notified;
use wallet_core::wallet::{KeepPolicy, ReceiveOptions, ReceivedCard};
use wallet_parties::issuer::OfferBy;

fn options(tx_code: Option<&str>, copies: u16) -> ReceiveOptions {
    ReceiveOptions {
        tx_code: tx_code.map(str::to_owned),
        copies,
        ..ReceiveOptions::default()
    }
}

/// A card in three copies that is verified and not stored yet.
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

fn told(world: &World) -> Vec<String> {
    let told = world.parties.issuer.notifications();
    told.into_iter().map(|told| told.event).collect()
}

// shows: VCI 1
#[test]
fn every_way_of_offering_ends_in_a_stored_card_and_a_told_issuer() {
    let world = World::new();
    let mut cards = 0;
    for by in [OfferBy::Value, OfferBy::Reference] {
        for tx_code in [false, true] {
            for credential_identifiers in [false, true] {
                let link = world.offer(|offer| {
                    offer.configurations = vec!["resident_card".into(), "driving_licence".into()];
                    (offer.by, offer.tx_code) = (by, tx_code);
                    offer.credential_identifiers = credential_identifiers;
                });
                let options = options(link.tx_code.as_deref(), 3);
                let kept = block_on(world.wallet.receive(&link.uri, &options)).unwrap();
                cards += 2;
                assert_eq!(kept.len(), 2);
                for card in &kept {
                    assert_eq!((card.copies, card.notified), (3, Some(Notified::Sent)));
                }
                assert_eq!(told(&world).len(), cards);
            }
        }
    }
    assert_eq!(world.phone.reopen().list::<&str>(&[]).unwrap().len(), cards);
    assert!(
        told(&world)
            .iter()
            .all(|event| event == "credential_accepted")
    );
}

#[test]
fn a_missing_code_asks_for_it_and_a_wrong_one_may_be_corrected() {
    let world = World::new();
    let link = world.offer(|offer| offer.tx_code = true);
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let before = world.phone.network.count();
    let missing = block_on(world.wallet.accept(&offered, None));
    assert_eq!(refused(missing), ErrorCode::TxCodeRequired);
    assert_eq!(world.phone.network.count(), before, "asked without a code");
    let right = link.tx_code.unwrap();
    let wrong = if right == "111111" {
        "222222"
    } else {
        "111111"
    };
    let wrong = block_on(world.wallet.accept(&offered, Some(wrong)));
    assert_eq!(refused(wrong), ErrorCode::GrantRefused);
    assert!(block_on(world.wallet.accept(&offered, Some(&right))).is_ok());
}

#[test]
fn a_code_nobody_asked_for_is_not_sent() {
    let world = World::new();
    let link = world.offer(|_| {});
    let result = block_on(world.wallet.receive(&link.uri, &options(Some("123456"), 1)));
    assert_eq!(refused(result), ErrorCode::TxCodeNotExpected);
    let lines = world.phone.network.lines();
    assert!(lines.iter().all(|line| !line.starts_with("Token")));
}

#[test]
fn no_more_copies_are_ordered_than_the_issuer_gives() {
    let world = World::new();
    let link = world.offer(|_| {});
    let kept = block_on(world.wallet.receive(&link.uri, &options(None, 500))).unwrap();
    assert_eq!(kept[0].copies, wallet_parties::issuer::BATCH_SIZE);
}

// shows: SDJWT 30
#[test]
fn every_copy_has_a_key_of_its_own() {
    let world = World::new();
    world.receive(3, wallet_core::wallet::ReusePolicy::OnceOnly);
    let mut keys: Vec<_> = world
        .phone
        .contents()
        .into_iter()
        .filter(|((kind, _), _)| *kind == "key")
        .map(|(_, bytes)| {
            let key: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            key["public_jwk"].to_string()
        })
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

// shows: VCI 41
#[test]
fn the_issuer_is_told_only_after_every_copy_is_durable() {
    let world = World::new();
    let card = received(&world);
    assert!(told(&world).is_empty());
    let kept = block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
    assert_eq!(told(&world), ["credential_accepted"]);
    assert_eq!(
        world
            .phone
            .reopen()
            .detail::<&str>(&kept.id, &[])
            .unwrap()
            .overview
            .copies,
        3
    );
}

// shows: VCI 41
#[test]
fn a_notification_that_does_not_arrive_changes_nothing_about_the_card() {
    let world = World::new();
    let card = received(&world);
    world.phone.network.doom(Purpose::Credential, Fate::NotSent);
    let kept = block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
    assert_eq!(kept.notified, Some(Notified::Failed));
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 1);
}

// shows: VCI 41
#[test]
fn a_declined_card_leaves_nothing_and_the_issuer_hears_that_it_was_deleted() {
    let world = World::new();
    let before = world.phone.contents();
    let card = received(&world);
    assert_eq!(block_on(world.wallet.decline(card)), Some(Notified::Sent));
    assert_eq!(told(&world), ["credential_deleted"]);
    assert_eq!(world.phone.contents(), before);
}

#[test]
fn a_card_is_given_back_if_the_wallet_locked_itself_and_can_be_kept_after_unlocking() {
    let world = World::new();
    let card = received(&world);
    world.wallet.lock();
    let not_kept = block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap_err();
    assert_eq!(not_kept.error.code(), ErrorCode::Locked);
    assert!(told(&world).is_empty(), "the issuer was told too early");
    let unlock = wallet_core::vault::UnlockWith::Passphrase(crate::phone::PASSPHRASE);
    block_on(world.wallet.unlock(unlock)).unwrap();
    let kept = block_on(world.wallet.keep(*not_kept.card, KeepPolicy::default())).unwrap();
    assert_eq!(kept.copies, 3);
    assert_eq!(told(&world), ["credential_accepted"]);
}

#[test]
fn a_card_that_cannot_be_stored_is_a_failure_and_leaves_nothing() {
    let world = World::new();
    let before = world.phone.contents();
    let card = received(&world);
    world.phone.anchor.fail_after_writes(0);
    let not_kept = block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap_err();
    assert_eq!(not_kept.error.code(), ErrorCode::AnchorFailed);
    world.phone.anchor.fail_after_writes(u64::MAX);
    let told_now = block_on(world.wallet.give_up(*not_kept.card));
    assert_eq!(told_now, Some(Notified::Sent));
    assert_eq!(told(&world), ["credential_failure"]);
    assert_eq!(world.phone.contents(), before);
}

#[test]
fn a_card_whose_storing_was_answered_by_an_error_but_took_place_is_kept() {
    let world = World::new();
    let card = received(&world);
    // The write before the commit works, the one after it does not.
    world.phone.anchor.fail_after_writes(1);
    let kept = block_on(world.wallet.keep(card, KeepPolicy::default()));
    world.phone.anchor.fail_after_writes(u64::MAX);
    let cards = world.wallet.list::<&str>(&[]).unwrap();
    match kept {
        Ok(kept) => assert_eq!(cards[0].id, kept.id),
        Err(error) => assert!(cards.is_empty(), "{error:?} and yet stored"),
    }
    assert!(!told(&world).contains(&"credential_failure".to_owned()));
}

#[test]
fn the_matching_knows_the_types_a_card_extends() {
    let world = World::new();
    world.receive(1, wallet_core::wallet::ReusePolicy::Rotating);
    let mut query = crate::world::age();
    let base = format!("{}/types/card", world.parties.issuer.base_url());
    query["credentials"][0]["meta"] = serde_json::json!({ "vct_values": [base] });
    let link = world.ask(query, |_| {});
    let plan = crate::world::plan(&world.wallet, &link.uri);
    assert_eq!(plan.showings().len(), 1);
}

#[test]
fn who_signed_a_card_is_told_apart_from_what_the_issuer_calls_itself() {
    let world = World::new();
    let card = received(&world);
    // The organisation in the certificate, not the name in the issuer's own metadata.
    let signer = Some("Fictional Test");
    assert_eq!(card.signed_by().as_deref(), signer);
    block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
    let listed = world.wallet.list::<&str>(&["en"]).unwrap();
    assert_eq!(listed[0].signed_by.as_deref(), signer);
    assert_ne!(Some(listed[0].issuer_name.as_str()), signer);
}

#[test]
fn cards_of_one_second_are_listed_in_the_order_of_their_receiving() {
    let world = World::new();
    let received: Vec<_> = (0..12)
        .map(|_| world.receive(1, wallet_core::wallet::ReusePolicy::Rotating))
        .collect();
    let listed = |wallet: &wallet_core::wallet::Wallet| {
        let cards = wallet.list::<&str>(&[]).unwrap().into_iter();
        cards.map(|card| card.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&world.wallet), received);
    assert_eq!(listed(&world.phone.reopen()), received);
}
