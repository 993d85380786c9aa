//! Renewing a card without its holder, and with: it stays the same card, and nothing is stored unseen.

use crate::network::Fate;
use crate::phone::Phone;
use crate::world::{World, refused};
use pollster::block_on;
use serde_json::{Map, Value, json};
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::issuance::Notified;
use wallet_core::wallet::{
    CardDetail, ClaimChange, HistoryEvent, KeepPolicy, ReceiveOptions, RecordName, RenewalKind,
    Renewed, RenewedCard, ReusePolicy, UserAuthPolicy, Wallet,
};
use wallet_parties::issuer::{CardOptions, Fault, IssuerOptions, Support};

const DAY: u64 = 86_400;

/// A world whose issuer gives refresh tokens.
pub fn world() -> World {
    with(|_| {})
}

pub fn with(change: impl FnOnce(&mut Phone)) -> World {
    let world = World::with(change);
    world.parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    world
}

/// What the resident card says from now on.
fn now_says(world: &World, claims: Value, lifetime: Option<u64>) {
    let claims: Map<String, Value> = serde_json::from_value(claims).unwrap();
    let card = CardOptions {
        claims,
        lifetime,
        ..CardOptions::default()
    };
    world.parties.issuer.change("resident_card", card);
}

fn renew(world: &World, id: &RecordName) -> RenewedCard {
    block_on(world.wallet.renew(id)).unwrap()
}

pub fn keep(world: &World, card: RenewedCard) -> Renewed {
    block_on(world.wallet.keep_renewed(card)).unwrap()
}

fn detail(wallet: &Wallet, id: &RecordName) -> CardDetail {
    wallet.detail(id, &["en"]).unwrap()
}

fn value(card: &CardDetail, name: &str) -> Value {
    let mut claims = card.claims.iter();
    let claim = claims.find(|claim| claim.path.to_json() == json!([name]));
    claim.unwrap().value.clone()
}

/// Everything but what is remembered about the requests to the issuer.
pub fn cards(phone: &Phone) -> crate::phone::Contents {
    let mut all = phone.contents();
    all.retain(|(kind, _), _| *kind != "context");
    all
}

// shows: SDJWT 30
#[test]
fn a_refill_adds_copies_and_takes_the_used_ones_away() {
    let world = world();
    let id = world.receive(4, ReusePolicy::OnceOnly);
    for _ in 0..3 {
        world.show_age(&world.wallet);
    }
    let before = detail(&world.wallet, &id);
    let census = world.phone.census();
    assert_eq!((census["copy"], census["key"]), (4, 1));
    let renewed = renew(&world, &id);
    assert_eq!(renewed.kind(), RenewalKind::Refill);
    assert!(!renewed.is_changed());
    assert_eq!(renewed.card().copies(), 3, "no more than are missing");
    let kept = keep(&world, renewed);
    assert_eq!(
        (kept.id, kept.copies, kept.notified),
        (id.clone(), 3, Some(Notified::Sent))
    );
    let after = detail(&world.phone.reopen(), &id);
    assert_eq!(
        (after.overview.usable_copies, after.overview.copies),
        (4, 4)
    );
    assert_eq!(after.claims.len(), before.claims.len());
    assert_eq!(after.overview.received_at, before.overview.received_at);
    let census = world.phone.census();
    assert_eq!((census["copy"], census["key"]), (4, 4));
    // A body for each copy, and one for each key.
    assert_eq!(census["body"], 8);
    assert_eq!((census["context"], census["display"]), (1, 1));
    for _ in 0..4 {
        world.show_age(&world.wallet);
    }
}

#[test]
fn a_card_that_was_shown_until_nothing_was_left_is_filled_again() {
    let world = world();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    for _ in 0..3 {
        for _ in 0..2 {
            world.show_age(&world.wallet);
        }
        keep(&world, renew(&world, &id));
        assert_eq!(detail(&world.wallet, &id).overview.usable_copies, 2);
    }
    assert_eq!(world.phone.census()["body"], 4);
}

#[test]
fn a_reissued_card_keeps_id_place_history_profile_and_policies() {
    let world = world();
    let first = world.receive_as(
        2,
        KeepPolicy {
            reuse: ReusePolicy::Limited { times: 9 },
            user_auth: UserAuthPolicy::EachShowing,
        },
    );
    let second = world.receive(1, ReusePolicy::Rotating);
    let record = |name: &RecordName| {
        let contents = world.phone.contents();
        serde_json::from_slice::<Value>(&contents[&("credential", name.clone())]).unwrap()
    };
    let before = record(&first);
    now_says(
        &world,
        json!({"name_latin": "HONG GIL-DONG"}),
        Some(700 * DAY),
    );
    world.phone.clock.turn(20);
    let renewed = renew(&world, &first);
    assert_eq!(renewed.kind(), RenewalKind::Reissue);
    keep(&world, renewed);
    let after = record(&first);
    for same in [
        "place",
        "profile",
        "reuse",
        "user_auth",
        "received_at",
        "issuer",
    ] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_ne!(after["copies"], before["copies"]);
    assert!(after["expires_at"].as_i64() > before["expires_at"].as_i64());
    let listed = world.wallet.list::<&str>(&[]).unwrap();
    assert_eq!((&listed[0].id, &listed[1].id), (&first, &second));
    let card = detail(&world.phone.reopen(), &first);
    assert_eq!(value(&card, "name_latin"), "HONG GIL-DONG");
    let history = world.wallet.history().unwrap();
    let events: Vec<_> = history.items.iter().map(|item| &item.event).collect();
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(matches!(events[2],
        HistoryEvent::Renewed { credential, copies: 2, changed: true, .. } if *credential == first));
}

#[test]
fn what_changed_is_told_before_it_is_stored() {
    let world = world();
    let id = world.receive(1, ReusePolicy::Rotating);
    let address = json!({"region": "가상특별시", "locality": "율도구", "street_address": "활빈로 7", "postal_code": "00000", "country": "KR"});
    now_says(&world, json!({"address": address, "title": "Dr."}), None);
    let before = cards(&world.phone);
    let renewed = renew(&world, &id);
    let changes = renewed.changes(&["en"]);
    assert_eq!(changes.len(), 2, "{changes:?}");
    let street = changes
        .iter()
        .find(|change| change.path().to_json() == json!(["address", "street_address"]));
    let Some(ClaimChange::Changed {
        label, old, new, ..
    }) = street
    else {
        panic!("{street:?}");
    };
    assert_eq!(label.as_deref(), Some("Street"));
    assert_eq!((old, new), (&json!("활빈로 0"), &json!("활빈로 7")));
    let title = changes
        .iter()
        .find(|change| change.path().to_json() == json!(["title"]));
    assert!(matches!(title, Some(ClaimChange::Added { new, .. }) if new == "Dr."));
    assert!(!format!("{renewed:?}{changes:?}").contains("활빈로"));
    assert_eq!(cards(&world.phone), before, "stored before it was seen");
    keep(&world, renewed);
    assert_eq!(value(&detail(&world.wallet, &id), "title"), "Dr.");
}

/// It says what it said, and says it to everybody.
// shows: SDJWT 30
#[test]
fn a_claim_that_can_no_longer_be_withheld_is_a_change() {
    let world = world();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    let shown = [json!(["address", "street_address"]), json!(["birthdate"])];
    let card = CardOptions {
        open: shown.to_vec(),
        ..CardOptions::default()
    };
    world.parties.issuer.change("resident_card", card);
    let renewed = renew(&world, &id);
    assert!(renewed.is_changed());
    assert_eq!(
        renewed.kind(),
        RenewalKind::Reissue,
        "no copy among others that show less"
    );
    let changes = renewed.changes(&["en"]);
    let paths: Vec<_> = changes.iter().map(|it| it.path().to_json()).collect();
    assert_eq!(paths, shown);
    assert!(changes.iter().all(|change| matches!(change,
        ClaimChange::NoLongerWithheld { label: Some(_), value, .. } if value.is_string())));
    // The other way round nothing is lost.
    keep(&world, renewed);
    let card = CardOptions::default();
    world.parties.issuer.change("resident_card", card);
    let renewed = renew(&world, &id);
    assert!(!renewed.is_changed());
}

#[test]
fn a_refill_that_says_something_else_replaces_all_copies() {
    let world = world();
    let id = world.receive(4, ReusePolicy::OnceOnly);
    for _ in 0..3 {
        world.show_age(&world.wallet);
    }
    now_says(&world, json!({"name_latin": "OTHER"}), None);
    let renewed = renew(&world, &id);
    assert_eq!(renewed.kind(), RenewalKind::Reissue);
    keep(&world, renewed);
    let card = detail(&world.wallet, &id);
    assert_eq!(card.overview.usable_copies, 3, "none that says the old");
    assert_eq!(value(&card, "name_latin"), "OTHER");
    // And the next one fills it up again.
    let refill = renew(&world, &id);
    assert_eq!(
        (refill.kind(), refill.card().copies()),
        (RenewalKind::Refill, 1)
    );
}

#[test]
fn a_declined_renewal_leaves_the_card_as_it_was_and_the_next_one_works() {
    let world = world();
    let id = world.receive(2, ReusePolicy::Rotating);
    now_says(&world, json!({"name_latin": "OTHER"}), None);
    let before = cards(&world.phone);
    let renewed = renew(&world, &id);
    let told = block_on(world.wallet.decline(renewed.into_card()));
    assert_eq!(told, Some(Notified::Sent));
    assert_eq!(cards(&world.phone), before);
    world.show_age(&world.wallet);
    keep(&world, renew(&world, &id));
    assert_eq!(value(&detail(&world.wallet, &id), "name_latin"), "OTHER");
}

#[test]
fn a_replaced_refresh_token_is_kept_even_if_the_issuance_fails() {
    let world = world();
    let id = world.receive(2, ReusePolicy::Rotating);
    let before = cards(&world.phone);
    world.phone.network.doom(Purpose::Credential, Fate::NotSent);
    let failed = block_on(world.wallet.renew(&id));
    assert_eq!(refused(failed), ErrorCode::NetworkFailed);
    assert_eq!(cards(&world.phone), before);
    world.phone.network.calm();
    // This issuer takes each refresh token once: only the new one brings the card.
    keep(&world, renew(&world, &id));
    let failing = world.phone.reopen();
    let renewed = block_on(failing.renew(&id)).unwrap();
    block_on(failing.keep_renewed(renewed)).unwrap();
}

#[test]
fn a_lost_answer_of_the_token_endpoint_needs_the_holder_and_costs_nothing_else() {
    let world = world();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    let before = cards(&world.phone);
    world.phone.network.doom(Purpose::Token, Fate::AnswerLost);
    assert!(block_on(world.wallet.renew(&id)).is_err());
    world.phone.network.calm();
    let late = block_on(world.wallet.renew(&id));
    assert_eq!(refused(late), ErrorCode::RenewalNeedsHolder);
    assert_eq!(cards(&world.phone), before);
    world.show_age(&world.wallet);
}

#[test]
fn cards_that_were_received_together_share_their_refresh_token() {
    let world = world();
    let link = world.offer(|offer| {
        offer.configurations = vec!["resident_card".into(), "driving_licence".into()];
    });
    let options = ReceiveOptions::default();
    let kept = block_on(world.wallet.receive(&link.uri, &options)).unwrap();
    for _ in 0..2 {
        for card in &kept {
            keep(&world, renew(&world, &card.id));
        }
    }
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 2);
    // The one goes with its card, the other stays.
    block_on(world.wallet.delete(&kept[0].id)).unwrap();
    assert_eq!(world.phone.census()["context"], 1);
    keep(&world, renew(&world, &kept[1].id));
}

#[test]
fn another_process_that_renewed_first_leaves_the_token_to_go_on_with() {
    let world = world();
    let id = world.receive(2, ReusePolicy::Rotating);
    let other = world.phone.reopen();
    keep(&world, renew(&world, &id));
    let renewed = block_on(other.renew(&id)).unwrap();
    block_on(other.keep_renewed(renewed)).unwrap();
    assert_eq!(other.detail::<&str>(&id, &[]).unwrap().overview.copies, 2);
}

#[test]
fn a_card_without_a_refresh_token_needs_its_holder() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    let asked = world.phone.network.count();
    let result = block_on(world.wallet.renew(&id));
    assert_eq!(refused(result), ErrorCode::RenewalNeedsHolder);
    assert_eq!(world.phone.network.count(), asked, "asked in vain");
}

#[test]
fn a_refused_refresh_token_needs_the_holder() {
    let world = world();
    let link = world.offer(|offer| offer.fault = Some(Fault::RefreshRefused));
    let options = ReceiveOptions::default();
    let id = block_on(world.wallet.receive(&link.uri, &options)).unwrap()[0]
        .id
        .clone();
    let result = block_on(world.wallet.renew(&id));
    assert_eq!(refused(result), ErrorCode::RenewalNeedsHolder);
    world.show_age(&world.wallet);
}

#[test]
fn a_renewal_for_somebody_else_is_refused_and_the_issuer_hears_of_it() {
    let world = world();
    now_says(&world, json!({"sub": "did:example:hong"}), None);
    let id = world.receive(1, ReusePolicy::Rotating);
    let before = cards(&world.phone);
    now_says(&world, json!({"sub": "did:example:kim"}), None);
    let error = block_on(world.wallet.renew(&id)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RenewalMismatch);
    assert_eq!(error.subject(), Some("subject"));
    assert_eq!(cards(&world.phone), before);
    let told = world.parties.issuer.notifications();
    assert_eq!(told.last().unwrap().event, "credential_failure");
}

#[test]
fn a_renewal_that_cannot_be_stored_is_given_back_and_can_be_kept_later() {
    let world = world();
    let id = world.receive(2, ReusePolicy::Rotating);
    let renewed = renew(&world, &id);
    let before = cards(&world.phone);
    world.phone.anchor.fail_after_writes(0);
    let not = block_on(world.wallet.keep_renewed(renewed)).unwrap_err();
    assert_eq!(not.error.code(), ErrorCode::AnchorFailed);
    world.phone.anchor.fail_after_writes(u64::MAX);
    assert_eq!(cards(&world.phone), before);
    assert_eq!(world.parties.issuer.notifications().len(), 1);
    keep(&world, *not.card);
    assert_eq!(world.parties.issuer.notifications().len(), 2);
}

#[test]
fn a_renewal_of_a_card_that_was_deleted_meanwhile_brings_nothing_back() {
    let world = world();
    let id = world.receive(2, ReusePolicy::Rotating);
    let renewed = renew(&world, &id);
    block_on(world.wallet.delete(&id)).unwrap();
    let before = world.phone.contents();
    let not = block_on(world.wallet.keep_renewed(renewed)).unwrap_err();
    assert_eq!(not.error.code(), ErrorCode::NotFound);
    block_on(world.wallet.give_up(not.card.into_card()));
    assert_eq!(world.phone.contents(), before);
}

// shows: HAIP 2
#[test]
fn a_dpop_bound_refresh_token_is_used_with_its_key() {
    let world = World::new();
    world.parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        dpop: Support::Required,
        dpop_nonce: true,
        ..IssuerOptions::default()
    });
    let id = world.receive(2, ReusePolicy::Rotating);
    for _ in 0..2 {
        let wallet = world.phone.reopen();
        let renewed = block_on(wallet.renew(&id)).unwrap();
        block_on(wallet.keep_renewed(renewed)).unwrap();
    }
}
