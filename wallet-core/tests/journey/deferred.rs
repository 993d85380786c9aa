//! Cards that come later: promised, written down, asked for at their time, and gone in the end either way.

use crate::network::Fate;
use crate::phone::{Phone, SlowKeyStore};
use crate::world::{World, refused};
use async_trait::async_trait;
use pollster::block_on;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wallet_core::ErrorCode;
use wallet_core::clock::Clock as _;
use wallet_core::did::{Did, DidDocument, DidError, DidResolver, Evidence, ResolvedDid, Resolving};
use wallet_core::http::Purpose;
use wallet_core::ledger::LedgerError;
use wallet_core::ledger::policy::PolicyError;
use wallet_core::ledger::rpc::RpcError;
use wallet_core::wallet::{
    DeferredPoll, KeepPolicy, Ordered, ReceiveOptions, ReceivedCard, RecordName, ReusePolicy,
    Wallet,
};
use wallet_parties::chain::ChainKey;
use wallet_parties::issuer::{Deferral, Fault};
use wallet_parties::jwt_vc::DidSigner;

fn world(hardware: bool) -> World {
    World::with(|phone| {
        if hardware {
            phone.key_store = Some(Arc::new(SlowKeyStore::default()));
        }
    })
}

/// A card is ordered in three copies and promised.
pub fn promised(world: &World, deferral: Deferral, fault: Option<Fault>) -> RecordName {
    let link = world.offer(|options| {
        options.deferred = Some(deferral);
        options.fault = fault;
    });
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let order = &authorized.orders()[0];
    match block_on(world.wallet.order(&authorized, order, 3)).unwrap() {
        Ordered::Deferred(card) => card.id,
        Ordered::Received(_) => panic!("received at once"),
    }
}

/// Asks until the issuer has the card.
pub fn ready(wallet: &Wallet, id: &RecordName) -> ReceivedCard {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        if let DeferredPoll::Ready(card) = block_on(wallet.poll_deferred(id)).unwrap() {
            return *card;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    panic!("the card never came")
}

/// Asks until it is over.
pub fn over(wallet: &Wallet, id: &RecordName) -> ErrorCode {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        match block_on(wallet.poll_deferred(id)) {
            Ok(DeferredPoll::Ready(_)) => panic!("the card came"),
            Ok(_) => std::thread::sleep(Duration::from_millis(300)),
            Err(error) => return error.code(),
        }
    }
    panic!("it never ended")
}

/// Nothing is left of any promise.
pub fn assert_nothing_left(world: &World) {
    assert!(world.wallet.deferred().unwrap().is_empty());
    if world.phone.key_store.is_some() {
        assert!(world.phone.handles().is_empty());
    }
    let census = world.phone.census();
    for kind in ["pending", "key", "body", "copy", "credential"] {
        assert!(!census.contains_key(kind), "{kind}: {census:?}");
    }
}

// shows: VCI 39, VCI 40, VCI 41, VCI 47
#[test]
fn a_promised_card_comes_after_a_restart_with_its_keys() {
    for hardware in [false, true] {
        let mut world = world(hardware);
        let id = promised(&world, Deferral::default(), None);
        world.wallet = world.phone.reopen();
        let waiting = world.wallet.deferred().unwrap();
        assert_eq!(waiting[0].id, id);
        assert_eq!(
            Some(&waiting[0].credential_type),
            world.parties.issuer.vct("resident_card").as_ref()
        );
        let card = ready(&world.wallet, &id);
        assert_eq!(card.copies(), 3);
        assert!(world.parties.issuer.notifications().is_empty());
        block_on(world.wallet.keep(card, KeepPolicy::default())).unwrap();
        assert_eq!(
            world.parties.issuer.notifications()[0].event,
            "credential_accepted"
        );
        assert!(world.wallet.deferred().unwrap().is_empty());
        let census = world.phone.census();
        assert_eq!((census["key"], census["copy"]), (3, 3));
        assert!(!census.contains_key("pending"));
        assert_eq!(
            world.wallet.hardware_keys().unwrap().len(),
            if hardware { 3 } else { 0 }
        );
        let again = refused(block_on(world.wallet.poll_deferred(&id)).map(drop));
        assert_eq!(again, ErrorCode::NotFound);
        world.show_age(&world.wallet);
    }
}

// shows: VCI 39
#[test]
fn the_issuer_is_not_asked_before_the_interval_has_passed() {
    let world = world(false);
    let deferral = Deferral {
        interval: 3600,
        ..Deferral::default()
    };
    let id = promised(&world, deferral, None);
    let before = world.phone.network.count();
    let retry_at = world.wallet.deferred().unwrap()[0].retry_at;
    for _ in 0..3 {
        match block_on(world.wallet.poll_deferred(&id)).unwrap() {
            DeferredPoll::NotYet { retry_at: at } => assert_eq!(at, retry_at),
            DeferredPoll::Ready(_) => panic!("too early"),
        }
    }
    assert_eq!(world.phone.network.count(), before);
}

// shows: VCI 39
#[test]
fn a_refusal_ends_the_promise_and_its_keys() {
    for hardware in [false, true] {
        let world = world(hardware);
        let id = promised(&world, Deferral::default(), Some(Fault::DeferredDenied));
        let code = over(&world.wallet, &id);
        assert!(
            matches!(
                code,
                ErrorCode::IssuanceExpired | ErrorCode::CredentialRefused
            ),
            "{code:?}"
        );
        assert_nothing_left(&world);
    }
}

#[test]
fn a_promise_may_be_forgotten_and_a_card_that_came_declined() {
    for hardware in [false, true] {
        let world = world(hardware);
        let id = promised(&world, Deferral::default(), None);
        block_on(world.wallet.forget_deferred(&id)).unwrap();
        assert_nothing_left(&world);
        let id = promised(&world, Deferral::default(), None);
        let card = ready(&world.wallet, &id);
        let _ = block_on(world.wallet.decline(card));
        assert_nothing_left(&world);
        assert_eq!(
            world.parties.issuer.notifications()[0].event,
            "credential_deleted"
        );
    }
}

#[test]
fn no_network_costs_a_try_and_not_the_promise() {
    let world = world(false);
    let id = promised(&world, Deferral::default(), None);
    std::thread::sleep(Duration::from_millis(1100));
    world.phone.network.doom(Purpose::Credential, Fate::NotSent);
    let error = refused(block_on(world.wallet.poll_deferred(&id)).map(drop));
    assert_eq!(error, ErrorCode::NetworkFailed);
    world.phone.network.calm();
    assert_eq!(ready(&world.wallet, &id).copies(), 3);
}

/// An issuer whose key stands on a ledger, and the ledger's troubles, the next at the end.
pub struct Ledger(pub Mutex<Vec<DidError>>);

impl Ledger {
    pub fn with(troubles: Vec<DidError>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(troubles)))
    }

    /// To be believed by the phone.
    pub fn believed_by(self: &Arc<Self>, phone: &mut Phone) {
        phone.policy.trust.dids.resolvers = vec![Arc::clone(self) as Arc<dyn DidResolver>];
        phone.policy.trust.dids.issuers = vec![CITY.to_owned()];
    }
}

/// The issuer signs JWTs as the city from now on.
pub fn sign_as_city(world: &World) {
    world.parties.issuer.sign_jwts_as(Some(DidSigner {
        did: CITY.to_owned(),
        key_id: format!("{CITY}#k"),
        key: ChainKey::of("a city").unwrap(),
    }));
}

const CITY: &str = "did:city:busan";

#[async_trait]
impl DidResolver for Ledger {
    fn resolves(&self, did: &Did) -> bool {
        did.as_str() == CITY
    }

    async fn resolve(&self, did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        if let Some(trouble) = self.0.lock().unwrap().pop() {
            return Err(trouble);
        }
        let key = ChainKey::of("a city").unwrap().public_jwk();
        let method =
            json!({"id": "#k", "type": "JsonWebKey", "controller": CITY, "publicKeyJwk": key});
        let document = json!({"id": CITY, "assertionMethod": [method]}).to_string();
        let document = DidDocument::parse(did, document.as_bytes())?;
        ResolvedDid::new(did, document, Evidence::SelfCertifying, with.now)
    }
}

/// The issuer gives it once (13.6.1).
// shows: VCI 39
#[test]
fn a_card_whose_issuers_did_cannot_be_proven_now_is_kept_until_it_can() {
    let troubles = vec![
        DidError::EvidenceTooWeak,
        DidError::ResolverFailed,
        DidError::EvidenceStale,
        DidError::Ledger(LedgerError::Policy(PolicyError::FromTheFuture)),
        DidError::Rpc(RpcError::NoEndpoint),
    ];
    let ledger = Ledger::with(troubles);
    let world = World::with(|phone| ledger.believed_by(phone));
    sign_as_city(&world);
    let link = world.offer(|offer| {
        offer.configurations = vec!["citizen_id_jwt".to_owned()];
        offer.deferred = Some(Deferral::default());
    });
    let kept = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert!(kept.unwrap().is_empty());
    let id = world.wallet.deferred().unwrap()[0].id.clone();
    for code in [
        ErrorCode::LedgerEndpoint,
        ErrorCode::LedgerProof,
        ErrorCode::LedgerStale,
        ErrorCode::HostFailed,
        ErrorCode::UntrustedIssuer,
    ] {
        assert_eq!(over(&world.wallet, &id), code);
        world.phone.clock.turn(2);
    }
    assert!(world.parties.issuer.notifications().is_empty());
    assert_eq!(ready(&world.wallet, &id).copies(), 1);
}

#[test]
fn a_card_that_came_is_not_asked_for_again_while_the_holder_looks_at_it() {
    let world = world(false);
    let id = promised(&world, Deferral::default(), None);
    let card = ready(&world.wallet, &id);
    std::thread::sleep(Duration::from_millis(1100));
    let polled = block_on(world.wallet.poll_deferred(&id)).unwrap();
    assert!(matches!(polled, DeferredPoll::NotYet { .. }));
    assert!(block_on(world.wallet.keep(card, KeepPolicy::default())).is_ok());
}

// shows: VCI 39
#[test]
fn a_slow_answer_is_not_overtaken_by_another_process() {
    let world = world(false);
    let id = promised(&world, Deferral::default(), None);
    let other = world.phone.reopen();
    world.phone.clock.turn(2);
    // The issuer takes longer than its interval; meanwhile the other process looks whether the time has come.
    let waits = Arc::new(AtomicBool::new(false));
    let (clock, seen) = (world.phone.clock.clone(), Arc::clone(&waits));
    world.phone.network.set_rule(move |request| {
        if request.url.ends_with("/deferred") {
            clock.turn(10);
            let retry_at = other.deferred().unwrap()[0].retry_at;
            seen.store(retry_at > clock.now().unwrap(), Ordering::SeqCst);
        }
        Fate::Answered
    });
    let _ = block_on(world.wallet.poll_deferred(&id)).unwrap();
    assert!(waits.load(Ordering::SeqCst));
}

// shows: VCI 47
#[test]
fn a_promise_nobody_fetches_ends_after_ninety_days() {
    let world = world(true);
    promised(&world, Deferral::default(), None);
    world.phone.clock.turn(89 * 24 * 3600);
    let wallet = world.phone.reopen();
    block_on(wallet.do_pending()).unwrap();
    assert_eq!(wallet.deferred().unwrap().len(), 1);
    assert_eq!(
        world.phone.handles().len(),
        3,
        "its keys are nobody's to clear away"
    );
    world.phone.clock.turn(2 * 24 * 3600);
    let wallet = world.phone.reopen();
    block_on(wallet.do_pending()).unwrap();
    assert!(wallet.deferred().unwrap().is_empty());
    assert!(world.phone.handles().is_empty());
}

#[test]
fn deleting_a_card_leaves_the_keys_of_a_promise_alone() {
    let world = world(false);
    let id = promised(&world, Deferral::default(), None);
    let card = world.receive(1, ReusePolicy::Rotating);
    block_on(world.wallet.delete(&card)).unwrap();
    assert_eq!(ready(&world.wallet, &id).copies(), 3);
}

#[test]
fn the_one_call_way_keeps_what_is_there_and_writes_down_what_comes_later() {
    let world = world(false);
    let link = world.offer(|options| options.deferred = Some(Deferral::default()));
    let kept = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default())).unwrap();
    assert!(kept.is_empty());
    assert_eq!(world.wallet.deferred().unwrap().len(), 1);
}
