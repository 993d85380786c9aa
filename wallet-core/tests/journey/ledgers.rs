//! What was seen of a ledger is kept: no later answer about now goes behind it.

use crate::damage::{damage, names};
use crate::phone::Phone;
use crate::world::{World, refused};
use crate::{deferred, renewal};
use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use pollster::block_on;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use wallet_core::ErrorCode;
use wallet_core::did::{
    Anchor, BlockRef, Did, DidDocument, DidError, DidResolver, Evidence, HolderState, ResolvedDid,
    Resolving,
};
use wallet_core::identity::{EthrNetwork, IdentityMethod, parse_account};
use wallet_core::jose::{PublicKey, base64url};
use wallet_core::ledger::B256;
use wallet_core::ledger::policy::{
    ChainIdentity, Checkpoint, CheckpointKeys, CheckpointSignature, LastSeen, SignedCheckpoint,
    VerifiedCheckpoint,
};
use wallet_core::wallet::ReceiveOptions;
use wallet_parties::chain::ChainKey;
use wallet_parties::issuer::Deferral;
use wallet_parties::jwt_vc::DidSigner;

const CHAIN: ChainIdentity = ChainIdentity {
    chain_id: 11,
    genesis: B256::repeat_byte(1),
};

fn seen(number: u64, hash: u8) -> LastSeen {
    LastSeen {
        chain: CHAIN,
        policy: B256::repeat_byte(2),
        number,
        hash: B256::repeat_byte(hash),
        checkpoint: None,
    }
}

fn checkpoint(number: u64, hash: u8) -> VerifiedCheckpoint {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = PublicKey::Ed25519(key.verifying_key());
    let checkpoint = Checkpoint {
        chain: CHAIN,
        number,
        hash: B256::repeat_byte(hash),
        time: 1,
        key_set_version: 1,
        earlier_blocks: B256::ZERO,
    };
    let signatures = vec![CheckpointSignature {
        key: public.thumbprint(),
        signature: key.sign(&checkpoint.message()).to_bytes().to_vec(),
    }];
    let signed = SignedCheckpoint {
        checkpoint,
        signatures,
    };
    let keys = CheckpointKeys::new(1, 1, vec![public]).unwrap();
    keys.verify(&CHAIN, signed).unwrap()
}

fn seen_by_checkpoint(number: u64, hash: u8) -> LastSeen {
    LastSeen {
        checkpoint: Some(checkpoint(number, hash)),
        ..seen(number, hash)
    }
}

#[test]
fn no_answer_about_now_goes_behind_the_newest_block_seen_also_after_a_restart() {
    let world = World::new();
    assert_eq!(world.wallet.ledgers_seen().unwrap(), []);
    for number in [5, 5, 9] {
        world.wallet.keep_ledger_seen(&seen(number, 1)).unwrap();
    }
    let again = world.phone.reopen();
    let older = again.keep_ledger_seen(&seen(8, 1));
    assert_eq!(refused(older), ErrorCode::LedgerStale);
    let beside = again.keep_ledger_seen(&seen(9, 2));
    assert_eq!(refused(beside), ErrorCode::LedgerDisagreement);
    assert_eq!(again.ledgers_seen().unwrap(), [seen(9, 1)]);
}

#[test]
fn each_chain_and_policy_is_remembered_apart() {
    let world = World::new();
    let mut other_policy = seen(3, 1);
    other_policy.policy = B256::ZERO;
    let mut other_chain = seen(1, 1);
    other_chain.chain.genesis = B256::ZERO;
    for one in [&seen(5, 1), &other_policy, &other_chain] {
        world.wallet.keep_ledger_seen(one).unwrap();
    }
    let kept = world.wallet.ledgers_seen().unwrap();
    assert_eq!(kept.len(), 3);
    for one in [seen(5, 1), other_policy, other_chain] {
        assert!(kept.contains(&one));
    }
}

#[test]
fn checkpoints_that_contradict_each_other_are_kept_as_evidence() {
    let world = World::new();
    let (first, second) = (seen_by_checkpoint(5, 1), seen_by_checkpoint(5, 2));
    world.wallet.keep_ledger_seen(&first).unwrap();
    for _ in 0..2 {
        let lie = world.wallet.keep_ledger_seen(&second);
        assert_eq!(refused(lie), ErrorCode::LedgerDisagreement);
    }
    let again = world.phone.reopen();
    let kept = again.ledger_equivocations().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].first, *checkpoint(5, 1).signed());
    assert_eq!(kept[0].second, *checkpoint(5, 2).signed());
    assert_eq!(kept[0].culprits().len(), 1);
    assert_eq!(again.ledgers_seen().unwrap(), [first]);
}

#[test]
fn a_locked_wallet_says_nothing_of_ledgers() {
    let world = World::new();
    world.wallet.keep_ledger_seen(&seen(5, 1)).unwrap();
    world.wallet.lock();
    assert_eq!(refused(world.wallet.ledgers_seen()), ErrorCode::Locked);
    let kept = world.wallet.keep_ledger_seen(&seen(6, 1));
    assert_eq!(refused(kept), ErrorCode::Locked);
    assert_eq!(
        refused(world.wallet.ledger_equivocations()),
        ErrorCode::Locked
    );
}

/// A resolver of a city's DID that took this block for current, and heeds nothing of what it is told.
struct Ledger(Mutex<LastSeen>);

impl Ledger {
    fn at(number: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(seen(number, 1))))
    }

    fn goes_to(&self, number: u64) {
        *self.0.lock().unwrap() = seen(number, 1);
    }
}

#[async_trait]
impl DidResolver for Ledger {
    fn resolves(&self, did: &Did) -> bool {
        did.as_str() == CITY
    }

    async fn resolve(&self, did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        let key = ChainKey::of("a city").unwrap().public_jwk();
        let method =
            json!({"id": "#k", "type": "JsonWebKey2020", "controller": CITY, "publicKeyJwk": key});
        let document = json!({"id": CITY, "assertionMethod": [method], "authentication": [method]});
        let document = DidDocument::parse(did, document.to_string().as_bytes())?;
        let block = self.0.lock().unwrap().clone();
        let evidence = Evidence::LedgerProof {
            block: BlockRef {
                chain_id: block.chain.chain_id,
                number: block.number,
                hash: block.hash.0,
            },
            anchor: Anchor::Seals { signers: 3, of: 4 },
        };
        ResolvedDid::new(did, document, evidence, with.now)
    }

    fn last_seen(&self) -> Option<LastSeen> {
        Some(self.0.lock().unwrap().clone())
    }
}

/// A world whose issuer's key stands on the ledger, where it signs a card of its own.
fn world_of(ledger: &Arc<Ledger>) -> World {
    let world = renewal::with(|phone| trusting_city(phone, ledger.clone()));
    sign_as_city(&world);
    world
}

/// A request of the city by value, for the name of its citizen.
fn signed_by_city() -> String {
    let payload = json!({
        "client_id": format!("decentralized_identifier:{CITY}"), "aud": "https://self-issued.me/v2",
        "response_type": "vp_token", "response_mode": "direct_post", "response_uri": "https://city.example/answers",
        "nonce": "nonce-of-the-city-0123456789", "state": "s",
        "dcql_query": {"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {}}]},
    });
    request_of(CITY, "ES256K", &payload)
}

#[test]
fn a_resolver_that_remembers_less_than_the_wallet_stops_nothing_that_no_ledger_judged() {
    let ledger = Ledger::at(5);
    let world = world_of(&ledger);
    let id = world.receive_one("resident_card").unwrap();
    assert_eq!(world.wallet.ledgers_seen().unwrap(), [seen(5, 1)]);
    ledger.goes_to(7);
    block_on(world.wallet.request(&world.ask_age().uri)).unwrap();
    assert_eq!(world.wallet.ledgers_seen().unwrap(), [seen(7, 1)]);
    // The same store, opened by another part of the app.
    let other = world.phone.reopen();
    other.keep_ledger_seen(&seen(9, 1)).unwrap();
    block_on(world.wallet.request(&world.ask_age().uri)).unwrap();
    world.receive_one("resident_card").unwrap();
    let renewed = block_on(world.wallet.renew(&id)).unwrap();
    assert_eq!(renewal::keep(&world, renewed).id, id);
    assert_eq!(world.wallet.ledgers_seen().unwrap(), [seen(9, 1)]);
}

#[test]
fn a_request_or_card_that_was_judged_by_an_old_state_goes_no_further() {
    let ledger = Ledger::at(7);
    let world = world_of(&ledger);
    world.receive_one("citizen_id_jwt").unwrap();
    block_on(world.wallet.request(&signed_by_city())).unwrap();
    assert_eq!(world.wallet.ledgers_seen().unwrap(), [seen(7, 1)]);
    ledger.goes_to(6);
    let request = block_on(world.wallet.request(&signed_by_city()));
    assert_eq!(refused(request), ErrorCode::LedgerStale);
    let card = world.receive_one("citizen_id_jwt");
    assert_eq!(refused(card), ErrorCode::LedgerStale);
}

#[test]
fn a_renewal_that_was_judged_by_an_old_state_is_not_kept() {
    let ledger = Ledger::at(5);
    let world = world_of(&ledger);
    let id = world.receive_one("citizen_id_jwt").unwrap();
    ledger.goes_to(4);
    let renewed = block_on(world.wallet.renew(&id)).unwrap();
    let given_back = block_on(world.wallet.keep_renewed(renewed)).unwrap_err();
    assert_eq!(given_back.error.code(), ErrorCode::LedgerStale);
    ledger.goes_to(6);
    let renewed = block_on(world.wallet.renew(&id)).unwrap();
    assert_eq!(renewal::keep(&world, renewed).id, id);
}

#[test]
fn no_ledger_is_believed_about_now_while_the_memory_of_it_is_damaged() {
    let ledger = Ledger::at(5);
    let world = world_of(&ledger);
    world.receive_one("citizen_id_jwt").unwrap();
    damage(&world.phone, &names(&world.phone, "ledger seen")[0]);
    // Older than what was seen, and newer.
    for number in [4, 6] {
        ledger.goes_to(number);
        let request = block_on(world.wallet.request(&signed_by_city()));
        assert_eq!(refused(request), ErrorCode::RecordCorrupt);
        let card = world.receive_one("citizen_id_jwt");
        assert_eq!(refused(card), ErrorCode::RecordCorrupt);
        world.receive_one("resident_card").unwrap();
        world.show_age(&world.wallet);
    }
    assert_eq!(world.wallet.forget_damaged_ledgers().unwrap(), 1);
    block_on(world.wallet.request(&signed_by_city())).unwrap();
    assert_eq!(world.wallet.ledgers_seen().unwrap(), [seen(6, 1)]);
}

/// A resolver of every DID that writes down what it was told, and finds nothing.
#[derive(Default)]
struct Attentive {
    told: Mutex<Vec<HolderState>>,
    contradiction: Option<LastSeen>,
}

#[async_trait]
impl DidResolver for Attentive {
    fn resolves(&self, _: &Did) -> bool {
        true
    }

    async fn resolve(&self, _: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        self.told.lock().unwrap().push(with.holder.clone());
        Err(DidError::NotFound)
    }

    fn contradiction(&self) -> Option<LastSeen> {
        self.contradiction.clone()
    }
}

/// A city whose keys stand on a ledger: it issues and asks.
const CITY: &str = "did:city:busan";

fn trusting_city(phone: &mut Phone, resolver: Arc<dyn DidResolver>) {
    phone.policy.trust.dids.resolvers = vec![resolver];
    phone.policy.trust.dids.issuers = vec![CITY.to_owned()];
    phone.policy.trust.verifier_dids = vec![CITY.to_owned()];
}

fn sign_as_city(world: &World) {
    world.parties.issuer.sign_jwts_as(Some(DidSigner {
        did: CITY.to_owned(),
        key_id: format!("{CITY}#k"),
        key: ChainKey::of("a city").unwrap(),
    }));
}

fn world_with(resolver: &Arc<Attentive>) -> World {
    let world = World::with(|phone| trusting_city(phone, resolver.clone()));
    sign_as_city(&world);
    world
}

/// A request by value, signed with the city's key.
fn request_of(did: &str, alg: &str, payload: &Value) -> String {
    let part = |json: &Value| base64url::encode(json.to_string().as_bytes());
    let kid = format!("{did}#k");
    let header = json!({"alg": alg, "typ": "oauth-authz-req+jwt", "kid": kid});
    let signed = format!("{}.{}", part(&header), part(payload));
    let signature = ChainKey::of("a city").unwrap().sign(signed.as_bytes());
    let request = format!("{signed}.{}", base64url::encode(&signature));
    format!("openid4vp://?client_id=decentralized_identifier:{did}&request={request}")
}

/// As far as it is read before its signer's key is known.
fn empty_request_of(did: &str) -> String {
    request_of(did, "ES256", &json!({}))
}

#[test]
fn every_resolver_is_told_the_holders_dids_and_the_blocks_seen_whatever_it_is_asked_for() {
    let resolver = Arc::new(Attentive::default());
    let world = world_with(&resolver);
    let registry = parse_account("0xdca7ef03e98e0dc2b855be647c39abe984fcf21b").unwrap();
    let network = EthrNetwork::new("mainnet", 1, registry).unwrap();
    let identity = world.wallet.create_identity(&IdentityMethod::Ethr(network));
    let own = Did::parse(&identity.unwrap().did.unwrap()).unwrap();
    world.wallet.keep_ledger_seen(&seen(5, 1)).unwrap();

    block_on(world.wallet.request(&empty_request_of(CITY))).unwrap_err();
    assert_eq!(resolver.told.lock().unwrap().len(), 1);
    world.wallet.keep_ledger_seen(&seen(6, 1)).unwrap();
    world.receive_one("citizen_id_jwt").unwrap_err();
    world.wallet.keep_ledger_seen(&seen(7, 1)).unwrap();
    let link = world.offer(|offer| {
        offer.configurations = vec!["citizen_id_jwt".to_owned()];
        offer.deferred = Some(Deferral::default());
    });
    let options = ReceiveOptions::default();
    assert_eq!(
        block_on(world.wallet.receive(&link.uri, &options))
            .unwrap()
            .len(),
        0
    );
    let later = world.wallet.deferred().unwrap();
    deferred::over(&world.wallet, &later[0].id);
    let told = resolver.told.lock().unwrap();
    let blocks: Vec<_> = told.iter().map(|one| one.ledgers_seen.clone()).collect();
    assert_eq!(blocks, [[seen(5, 1)], [seen(6, 1)], [seen(7, 1)]]);
    assert!(told.iter().all(|one| one.own.contains(&own)));
}

#[test]
fn no_resolver_is_asked_about_the_holders_own_did_even_if_the_app_lists_it() {
    let registry = parse_account("0xdca7ef03e98e0dc2b855be647c39abe984fcf21b").unwrap();
    let network = EthrNetwork::new("mainnet", 1, registry).unwrap();
    let resolver = Arc::new(Attentive::default());
    let mut world = world_with(&resolver);
    let identity = world.wallet.create_identity(&IdentityMethod::Ethr(network));
    let own = identity.unwrap().did.unwrap();
    world.phone.policy.trust.verifier_dids = vec![own.clone()];
    world.wallet = world.phone.reopen();
    block_on(world.wallet.request(&empty_request_of(&own))).unwrap_err();
    assert_eq!(*resolver.told.lock().unwrap(), []);
}

#[test]
fn a_contradiction_that_a_resolver_refused_is_evidence_all_the_same() {
    let resolver = Arc::new(Attentive {
        contradiction: Some(seen_by_checkpoint(5, 2)),
        ..Attentive::default()
    });
    let world = world_with(&resolver);
    world
        .wallet
        .keep_ledger_seen(&seen_by_checkpoint(5, 1))
        .unwrap();
    for _ in 0..2 {
        block_on(world.wallet.request(&empty_request_of(CITY))).unwrap_err();
        let kept = world.wallet.ledger_equivocations().unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].second, *checkpoint(5, 2).signed());
    }
}
