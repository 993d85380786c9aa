//! From an empty phone to an erased one, with every request of the way.

use crate::world::{World, approve, authenticate, claims, plan};
use pollster::block_on;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wallet_core::presentation::{Choice, Proposal};
use wallet_core::wallet::{ChainState, HistoryEvent, Outcome, ReceiveOptions, Wallet};
use wallet_parties::issuer::OfferBy;
use wallet_parties::verifier::{ClientIdPrefix, RequestBy, ResponseMode};

/// Purpose, method, host and path of every request a wallet may make to these parties; `*` stands for a random name.
const ALLOWED: [&str; 17] = [
    "Offer GET localhost/offers/*",
    "Metadata GET localhost/.well-known/openid-credential-issuer/civil-registry",
    "Metadata GET localhost/.well-known/oauth-authorization-server/civil-registry",
    "Metadata GET localhost/types/resident-card",
    "Metadata GET localhost/types/driving-licence",
    "Metadata GET localhost/types/card",
    "Display GET localhost/logos/resident-card.png",
    "Display GET localhost/logos/driving-licence.png",
    "Token POST localhost/civil-registry/token",
    "Credential POST localhost/civil-registry/nonce",
    "Credential POST localhost/civil-registry/credential",
    "Credential POST localhost/civil-registry/notification",
    "RequestUri GET localhost/bar/request/*",
    "Response POST localhost/bar/response/*",
    "RequestUri GET localhost/shop/request/*",
    "Response POST localhost/shop/response/*",
    "Response POST localhost/bank/response/*",
];

// shows: VP 49
#[test]
fn every_request_of_the_whole_journey_is_on_the_allow_list() {
    let world = World::new();
    let wallet = &world.wallet;
    let network = &world.phone.network;

    // Receive: by value and by reference, with a code, three copies.
    let licence = world.offer(|offer| {
        offer.configurations = vec!["driving_licence".into()];
        (offer.by, offer.tx_code) = (OfferBy::Reference, true);
    });
    let options = ReceiveOptions {
        tx_code: licence.tx_code.clone(),
        copies: 3,
        ..ReceiveOptions::default()
    };
    block_on(wallet.receive(&licence.uri, &options)).unwrap();
    let resident = world.offer(|_| {});
    let kept = block_on(wallet.receive(&resident.uri, &ReceiveOptions::default())).unwrap();
    let received = network.count();

    // Looking needs no network.
    assert_eq!(wallet.list(&["ko"]).unwrap().len(), 2);
    let detail = wallet.detail(&kept[0].id, &["ko"]).unwrap();
    assert_eq!(detail.overview.name, "주민등록증");
    assert_eq!(network.count(), received);

    // A plan is made of one request; changing and approving it makes none.
    let link = world.ask_age();
    let mut plan = plan(wallet, &link.uri);
    let asked = network.count();
    assert_eq!(asked, received + 1);
    let card = plan.showings()[0].credential.clone();
    let choice = Choice::Credentials {
        query: "card".into(),
        credentials: vec![card],
    };
    wallet.select(&mut plan, &choice).unwrap();
    let approved = approve(wallet, plan);
    assert_eq!(network.count(), asked);
    let presented = block_on(wallet.present(approved)).unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
    assert_eq!(network.count(), asked + 1);

    // A signed request by value and an unsigned one, and a refusal.
    let by_value = world.ask(claims(&[json!({"path": ["name"]})]), |request| {
        request.name = "bank".into();
        request.by = RequestBy::Value;
    });
    world.show(wallet, &by_value).unwrap();
    let refused = world.ask(claims(&[json!({"path": ["portrait"]})]), |request| {
        request.name = "shop".into();
    });
    let proposal = block_on(wallet.request(&refused.uri)).unwrap();
    block_on(wallet.refuse(proposal)).unwrap();
    let talked = network.count();

    // The holder's own business stays on the phone.
    assert_eq!(wallet.history().unwrap().chain, ChainState::Intact);
    let auth = authenticate(wallet);
    wallet.export(&auth).unwrap();
    block_on(wallet.delete(&kept[0].id)).unwrap();
    wallet.delete_history(&presented.history).unwrap();
    block_on(wallet.do_pending()).unwrap();
    wallet.lock();
    block_on(Wallet::erase(&world.phone.store(), &world.phone.platform())).unwrap();
    assert_eq!(network.count(), talked);
    assert!(!world.phone.store().join("vault.db").exists());

    let allowed: BTreeSet<_> = ALLOWED.iter().map(|line| (*line).to_owned()).collect();
    let made: BTreeSet<_> = network.lines().into_iter().collect();
    let beyond: Vec<_> = made.difference(&allowed).collect();
    assert!(beyond.is_empty(), "not allowed: {beyond:?}");
    let never: Vec<_> = allowed.difference(&made).collect();
    assert!(never.is_empty(), "allowed and never made: {never:?}");
}

// shows: HOSTILE 15
#[test]
fn no_request_carries_a_header_that_tells_about_the_phone() {
    let world = World::new();
    world.receive(1, wallet_core::wallet::ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    let requests = world.phone.network.requests();
    let headers = || requests.iter().flat_map(|request| &request.headers);
    for (name, _) in headers() {
        let known = [
            "accept",
            "accept-encoding",
            "authorization",
            "content-type",
            "user-agent",
        ];
        assert!(known.contains(&name.as_str()), "{name}");
    }
    let agents: BTreeSet<_> = headers()
        .filter(|(name, _)| name == "user-agent")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(agents.len(), 1, "one name for all wallets: {agents:?}");
}

#[test]
fn every_prefix_mode_and_way_of_asking_ends_in_what_was_approved() {
    let world = World::new();
    world.receive(1, wallet_core::wallet::ReusePolicy::Rotating);
    for prefix in [
        ClientIdPrefix::X509SanDns,
        ClientIdPrefix::X509Hash,
        ClientIdPrefix::RedirectUri,
    ] {
        for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
            for by in [RequestBy::Reference, RequestBy::Value] {
                let query = claims(&[json!({"path": ["address", "locality"]})]);
                let link = world.ask(query, |request| {
                    (request.prefix, request.mode, request.by) = (prefix, mode, by);
                });
                let presented = world.show(&world.wallet, &link).unwrap();
                assert_eq!(presented.outcome, Outcome::Accepted);
                assert!(presented.redirect_uri.is_some());
                let result = world.result(&link);
                assert!(result.accepted, "{prefix:?} {mode:?} {by:?}");
                let learned: BTreeSet<_> = result
                    .disclosed()
                    .into_iter()
                    .map(|path| Value::from(path).to_string())
                    .collect();
                let shown = &presented.shown[0].claims;
                let shown: BTreeSet<_> = shown.iter().map(Value::to_string).collect();
                assert_eq!(learned, shown);
                assert!(result.learned[0].unrequested.is_empty());
            }
        }
    }
}

#[test]
fn a_card_comes_back_whole_after_locking_and_opening_again() {
    let world = World::new();
    let id = world.receive(3, wallet_core::wallet::ReusePolicy::OnceOnly);
    let before = world.wallet.detail(&id, &["en"]).unwrap();
    world.wallet.lock();
    let again = world.phone.reopen();
    let after = again.detail(&id, &["en"]).unwrap();
    let meant = world.parties.issuer.claims("resident_card").unwrap();
    for detail in [&before, &after] {
        assert_eq!(detail.overview.copies, 3);
        assert_eq!(detail.overview.name, "Resident card");
        for (name, value) in meant.as_object().unwrap() {
            let path = json!([name]);
            let claim = detail
                .claims
                .iter()
                .find(|claim| claim.path.to_json() == path);
            if let Some(claim) = claim {
                assert_eq!(claim.value, *value);
            }
        }
        let labelled = detail.claims.iter().filter(|claim| claim.label.is_some());
        assert!(labelled.count() > 5);
    }
    assert_eq!(before.claims.len(), after.claims.len());
    assert_eq!(before.display, after.display);
    world.show_age(&again);
}

#[test]
fn the_history_tells_the_journey_in_order() {
    let world = World::new();
    let id = world.receive(1, wallet_core::wallet::ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    let link = world.ask_age();
    let proposal = block_on(world.wallet.request(&link.uri)).unwrap();
    assert!(matches!(proposal, Proposal::Plan(_)));
    block_on(world.wallet.refuse(proposal)).unwrap();
    world.wallet.export(&authenticate(&world.wallet)).unwrap();
    block_on(world.wallet.delete(&id)).unwrap();
    let history = world.wallet.history().unwrap();
    let events: Vec<_> = history.items.iter().map(|item| &item.event).collect();
    assert!(matches!(
        events[0],
        HistoryEvent::Received { copies: 1, .. }
    ));
    assert!(matches!(events[1], HistoryEvent::Presented { .. }));
    assert!(matches!(events[2], HistoryEvent::Declined { .. }));
    assert!(matches!(events[3], HistoryEvent::Exported));
    assert!(matches!(events[4], HistoryEvent::Deleted { .. }));
    assert_eq!(events.len(), 5);
    assert_eq!(history.items[1].outcome, Some(Outcome::Accepted));
    assert_eq!(history.chain, ChainState::Intact);
}
