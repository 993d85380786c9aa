//! Cards that came and cannot be verified yet: kept as promises are, for the issuer gives them once.

use crate::deferred::{Ledger, assert_nothing_left, over, ready, sign_as_city};
use crate::network::Fate;
use crate::phone::{PASSPHRASE, SlowKeyStore};
use crate::renewal;
use crate::world::{World, refused};
use pollster::block_on;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::did::DidError;
use wallet_core::ledger::LedgerError;
use wallet_core::ledger::policy::PolicyError;
use wallet_core::ledger::rpc::RpcError;
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{KeepPolicy, ReceiveOptions, RecordName};
use wallet_parties::issuer::Fault;

/// By a key that stands on a ledger, and by one that stands on a web site.
const BY_LEDGER: &str = "citizen_id_jwt";
const BY_WEB: &str = "citizen_id_bbs";

fn world(ledger: &Arc<Ledger>, hardware: bool) -> World {
    let world = World::with(|phone| {
        ledger.believed_by(phone);
        if hardware {
            phone.key_store = Some(Arc::new(SlowKeyStore::default()));
        }
    });
    sign_as_city(&world);
    world
}

/// The promise in the place of a card.
fn promised(world: &World, card: &str, fault: Option<Fault>) -> RecordName {
    let link = world.offer(|offer| {
        offer.configurations = vec![card.to_owned()];
        offer.fault = fault;
    });
    let kept = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert!(kept.unwrap().is_empty());
    let [promise] = world.wallet.deferred().unwrap().try_into().unwrap();
    assert_eq!(promise.renews, None);
    promise.id
}

/// How often the issuer was asked for a card, now or later.
fn asked(world: &World) -> usize {
    let requests = world.phone.network.requests();
    let paths = requests.iter().map(|request| request.url.as_str());
    paths
        .filter(|url| url.ends_with("/credential") || url.ends_with("/deferred"))
        .count()
}

fn told(world: &World) -> Vec<String> {
    let told = world.parties.issuer.notifications().into_iter();
    told.map(|told| told.event).collect()
}

// shows: VCI 41
#[test]
fn a_card_whose_issuers_did_cannot_be_shown_now_is_kept_and_the_issuer_not_asked_again() {
    for hardware in [false, true] {
        let ledger = Ledger::with(vec![
            DidError::Ledger(LedgerError::Policy(PolicyError::FromTheFuture)),
            DidError::EvidenceStale,
            DidError::ResolverFailed,
            DidError::Rpc(RpcError::NoEndpoint),
        ]);
        let mut world = world(&ledger, hardware);
        let id = promised(&world, BY_LEDGER, None);
        assert!(!world.phone.census().contains_key("credential"));

        world.phone.clock.turn(10);
        assert_eq!(over(&world.wallet, &id), ErrorCode::HostFailed);
        world.wallet.lock();
        let locked = block_on(world.wallet.poll_deferred(&id)).map(drop);
        assert_eq!(refused(locked), ErrorCode::Locked);
        block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        world.phone.clock.turn(10);
        assert_eq!(over(&world.wallet, &id), ErrorCode::LedgerStale);
        world.wallet = world.phone.reopen();
        world.phone.clock.turn(10);
        assert_eq!(over(&world.wallet, &id), ErrorCode::LedgerProof);
        assert!(told(&world).is_empty());

        world.phone.clock.turn(10);
        let card = ready(&world.wallet, &id);
        block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
        assert_eq!(asked(&world), 1);
        assert_eq!(told(&world), ["credential_accepted"]);
        assert!(world.wallet.deferred().unwrap().is_empty());
        let census = world.phone.census();
        assert_eq!((census["credential"], census["key"]), (1, 1));
        assert!(!census.contains_key("pending"));
    }
}

#[test]
fn a_card_whose_issuers_web_site_does_not_answer_is_kept_until_it_does() {
    let world = World::new();
    let controller = world.parties.issuer.controller();
    let network = &world.phone.network;
    network.set_rule(move |request| match request.url == controller {
        true => Fate::NotSent,
        false => Fate::Answered,
    });
    let id = promised(&world, BY_WEB, None);
    world.phone.clock.turn(10);
    assert_eq!(over(&world.wallet, &id), ErrorCode::NetworkFailed);
    network.calm();
    world.phone.clock.turn(10);
    let card = ready(&world.wallet, &id);
    block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
    assert_eq!((asked(&world), told(&world).len()), (1, 1));
}

/// Nobody's trouble hides what is wrong: it is found when the trouble is over.
// shows: VCI 41, VCI 42
#[test]
fn a_kept_card_that_turns_out_to_be_false_is_refused_then_and_the_issuer_told() {
    for hardware in [false, true] {
        let ledger = Ledger::with(vec![DidError::EvidenceStale]);
        let world = world(&ledger, hardware);
        let id = promised(&world, BY_LEDGER, Some(Fault::WrongKey));
        assert!(told(&world).is_empty());
        world.phone.clock.turn(10);
        assert_eq!(over(&world.wallet, &id), ErrorCode::HolderKeyMismatch);
        assert_eq!(told(&world), ["credential_failure"]);
        assert_nothing_left(&world);
    }
}

// shows: VCI 41, VCI 42
#[test]
fn a_card_that_waiting_does_not_make_true_is_refused_at_once_and_the_issuer_told() {
    for (trouble, code) in [
        (DidError::NotFound, ErrorCode::NotFound),
        (DidError::NotOnChain, ErrorCode::LedgerUnverified),
        // The app would have to change its policy.
        (DidError::EvidenceTooWeak, ErrorCode::UntrustedIssuer),
    ] {
        let ledger = Ledger::with(vec![trouble]);
        let world = world(&ledger, true);
        let refusal = refused(world.receive_one(BY_LEDGER));
        assert_eq!(refusal, code);
        assert_eq!(told(&world), ["credential_failure"]);
        assert_nothing_left(&world);
    }
    let ledger = Ledger::with(Vec::new());
    let world = world(&ledger, true);
    let link = world.offer(|offer| {
        offer.configurations = vec![BY_LEDGER.to_owned()];
        offer.fault = Some(Fault::WrongKey);
    });
    let received = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert_eq!(refused(received), ErrorCode::HolderKeyMismatch);
    assert_eq!(told(&world), ["credential_failure"]);
    assert_nothing_left(&world);
}

#[test]
fn a_renewal_that_cannot_be_verified_yet_is_kept_and_is_the_same_card_when_it_can() {
    let ledger = Ledger::with(Vec::new());
    let world = renewal::with(|phone| ledger.believed_by(phone));
    sign_as_city(&world);
    let id = world.receive_one(BY_LEDGER).unwrap();
    ledger.0.lock().unwrap().push(DidError::EvidenceStale);
    let renewed = block_on(world.wallet.renew(&id));
    assert_eq!(refused(renewed), ErrorCode::IssuanceDeferred);
    let [promise] = world.wallet.deferred().unwrap().try_into().unwrap();
    assert_eq!(promise.renews.as_ref(), Some(&id));
    world.phone.clock.turn(10);
    let card = ready(&world.wallet, &promise.id);
    let renewed = world.wallet.replacing(&id, card).unwrap();
    assert_eq!(renewal::keep(&world, renewed).id, id);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 1);
    assert!(world.wallet.deferred().unwrap().is_empty());
}
