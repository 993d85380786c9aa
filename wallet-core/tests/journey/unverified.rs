//! Cards that came and cannot be verified yet: kept as promises are, for the issuer gives them once.

use crate::deferred::{Ledger, assert_nothing_left, over, ready, sign_as_city};
use crate::network::Fate;
use crate::phone::{PASSPHRASE, SlowKeyStore};
use crate::renewal;
use crate::world::{World, authenticate, refused};
use pollster::block_on;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::clock::Clock as _;
use wallet_core::did::DidError;
use wallet_core::ledger::LedgerError;
use wallet_core::ledger::policy::PolicyError;
use wallet_core::ledger::rpc::RpcError;
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{KeepPolicy, ReceiveOptions, ReceivedCard, RecordName};
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
        world.phone.clock.turn(20);
        assert_eq!(over(&world.wallet, &id), ErrorCode::LedgerProof);
        assert!(told(&world).is_empty());

        world.phone.clock.turn(40);
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

#[test]
fn the_wait_between_two_tries_doubles_up_to_an_hour() {
    let ledger = Ledger::with(vec![DidError::EvidenceStale; 20]);
    let world = world(&ledger, false);
    let id = promised(&world, BY_LEDGER, None);
    let retry_at = || world.wallet.deferred().unwrap()[0].retry_at.as_secs();
    let mut waits = Vec::new();
    world.phone.clock.turn(10);
    for _ in 0..12 {
        assert_eq!(over(&world.wallet, &id), ErrorCode::LedgerStale);
        let wait = retry_at() - world.phone.clock.now().unwrap().as_secs();
        let_pass(&world, wait);
        waits.push(wait);
    }
    for pair in waits.windows(2) {
        // The clock goes on while a try lasts.
        let expected = (pair[0] * 2).min(3600);
        assert!(
            (expected - 8..=expected + 8).contains(&pair[1]),
            "{waits:?}"
        );
    }
    assert!(waits.iter().all(|wait| *wait <= 3600), "{waits:?}");
    let card = ready_after(&world, &ledger, &id);
    block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
    assert_eq!(asked(&world), 1);
}

/// The wallet is unlocked again afterwards: so long it does not stay open.
fn let_pass(world: &World, seconds: i64) {
    world.wallet.lock();
    world.phone.clock.turn(seconds);
    block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
}

/// The card, when all trouble is over.
fn ready_after(world: &World, ledger: &Ledger, id: &RecordName) -> ReceivedCard {
    ledger.0.lock().unwrap().clear();
    let_pass(world, 3600);
    ready(&world.wallet, id)
}

#[test]
fn a_card_read_twice_from_one_answer_is_kept_once_and_the_issuer_never_told_otherwise() {
    let ledger = Ledger::with(vec![DidError::EvidenceStale]);
    let world = world(&ledger, true);
    let id = promised(&world, BY_LEDGER, None);
    let once = ready_after(&world, &ledger, &id);
    // Its hour is over.
    let twice = ready_after(&world, &ledger, &id);
    let again = ready_after(&world, &ledger, &id);
    block_on(world.wallet.keep(twice, KeepPolicy::default())).unwrap();
    let refused = block_on(world.wallet.keep(once, KeepPolicy::default())).unwrap_err();
    block_on(world.wallet.give_up(*refused.card));
    block_on(world.wallet.decline(again));
    assert_eq!(told(&world), ["credential_accepted"]);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 1);
    assert_eq!(world.phone.handles().len(), 1);
}

#[test]
fn an_answer_in_a_store_put_back_from_an_older_copy_does_not_come_again() {
    for hardware in [false, true] {
        let ledger = Ledger::with(vec![DidError::EvidenceStale]);
        let mut world = world(&ledger, hardware);
        let id = promised(&world, BY_LEDGER, None);
        world.wallet.lock();
        let copy = world.phone.copy_of_files();
        world.wallet = world.phone.reopen();
        let card = ready_after(&world, &ledger, &id);
        block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
        world.wallet.lock();
        world.phone.put_back(&copy);
        world.wallet = world.phone.open();
        block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        assert_eq!(world.wallet.deferred().unwrap().len(), 1);
        let auth = authenticate(&world.wallet);
        world.wallet.adopt(&auth).unwrap();
        assert!(world.wallet.deferred().unwrap().is_empty());
        // Keys in hardware are on the to-do list.
        assert_eq!(block_on(world.wallet.do_pending()).unwrap(), 0);
        assert_nothing_left(&world);
    }
}

#[test]
fn only_so_many_answers_are_kept_and_the_issuer_is_told_of_the_next() {
    let ledger = Ledger::with(vec![DidError::EvidenceStale; 17]);
    let world = world(&ledger, false);
    let receive = || {
        let link = world.offer(|offer| offer.configurations = vec![BY_LEDGER.to_owned()]);
        block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()))
    };
    for _ in 0..16 {
        assert!(receive().unwrap().is_empty());
    }
    let keys = world.phone.census()["key"];
    assert!(told(&world).is_empty());
    assert_eq!(refused(receive()), ErrorCode::TooLarge);
    assert_eq!(told(&world), ["credential_failure"]);
    assert_eq!(world.wallet.deferred().unwrap().len(), 16);
    assert_eq!(world.phone.census()["key"], keys);
}
