//! Proofs that are stapled to a card, and receipts: from a real chain into the sealed store, proven again without a network.

use crate::phone::Phone;
use crate::world::{World, refused};
use pollster::block_on;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use wallet_core::ErrorCode;
use wallet_core::error::Category;
use wallet_core::ledger::Address;
use wallet_core::ledger::chain_profile::ChainProfile;
use wallet_core::wallet::{AnchoringIssuer, RecordName, ReusePolicy};
use wallet_parties::Parties;
use wallet_parties::chain::{
    AnchorPlace, Artefact, Batch, Chain, ChainKey, CheckpointSigners, Kind, SMALLEST_BATCH, Write,
};

const OFFICE: &str = "https://office.example";

/// A world whose issuer and whose office anchor on a chain.
pub struct Anchoring {
    pub world: World,
    office: Arc<Office>,
}

/// Who anchors.
struct Office {
    chain: Chain,
    registry: [u8; 20],
    signers: CheckpointSigners,
}

impl Anchoring {
    pub fn new() -> Self {
        let chain = Chain::start_at(wallet_parties::unix_now() - 3600).unwrap();
        let registry = chain.deploy(Artefact::AnchorRegistry, None).unwrap();
        let signers = CheckpointSigners::generate(3, 2).unwrap();
        let profile = |name: &str, signers: &CheckpointSigners| {
            json!({
                "version": 1, "name": name, "chain_id": chain.id().unwrap(),
                "genesis": chain.block(Some(0)).unwrap()["hash"], "header_rules": "ethereum", "max_age_seconds": 600,
                "trust": signers.policy(), "contracts": {"anchor_registry": chain.pin(&registry).unwrap()},
            })
        };
        let profile = |name, signers| {
            let text = profile(name, signers).to_string();
            Arc::new(ChainProfile::parse(text.as_bytes()).unwrap())
        };
        // Who anchors may be believed by several policies: the first does not accept these blocks.
        let others = CheckpointSigners::generate(3, 2).unwrap();
        let profiles = [profile("Other", &others), profile("Test", &signers)];
        let parties = Parties::start().unwrap();
        let mut phone = Phone::trusting(&parties.anchors);
        phone.policy.trust.web_issuers = vec![parties.issuer.controller()];
        for issuer in [parties.issuer.identifier(), OFFICE] {
            for profile in &profiles {
                phone.policy.anchors.push(AnchoringIssuer {
                    issuer: issuer.to_owned(),
                    chain: Arc::clone(profile),
                    account: Address::from(account()),
                });
            }
        }
        let (wallet, recovery_code) = phone.create();
        Self {
            world: World {
                parties,
                phone,
                wallet,
                recovery_code,
            },
            office: Arc::new(Office {
                chain,
                registry,
                signers,
            }),
        }
    }

    pub fn anchor(&self, kind: Kind, content: &str, by: [u8; 20], series: u8) -> Vec<u8> {
        self.office.anchor(kind, content, by, series)
    }

    /// What the issuer signed of the last card.
    pub fn signed(&self) -> String {
        let issued = self.world.parties.issuer.issued_texts();
        signed(issued.last().unwrap()).to_owned()
    }
}

/// Of an SD-JWT VC the JWT.
fn signed(text: &str) -> &str {
    text.split('~').next().unwrap()
}

impl Office {
    /// Anchors one content among others, under a series of its own.
    fn anchor(&self, kind: Kind, content: &str, by: [u8; 20], series: u8) -> Vec<u8> {
        let mut batch = Batch::new(kind);
        for other in 0..SMALLEST_BATCH {
            batch.add(&other.to_be_bytes()).unwrap();
        }
        let place = batch.add(content.as_bytes()).unwrap();
        let batch = batch.close().unwrap();
        let of = AnchorPlace {
            registry: self.registry,
            issuer: by,
            series: [series; 32],
            epoch: 1,
        };
        let anchor = Write::anchor(of.registry, by, of.series, of.epoch, batch.root());
        let block = self.chain.submit(&[anchor]).unwrap()[0].block;
        let checkpoint = self.signers.sign(&self.chain, block).unwrap();
        let proof = self.chain.stapled(&batch, place, &of, block, &checkpoint);
        proof.unwrap().to_string().into_bytes()
    }
}

pub fn account() -> [u8; 20] {
    ChainKey::of("city").unwrap().address()
}

fn receipt(issuer: &str) -> Value {
    json!({
        "issuer": issuer, "type": "urn:example:benefit-paid", "title": "Your benefit was paid",
        "issued_at": 1_767_225_600, "details": {"month": "November"},
    })
}

#[test]
fn a_stapled_proof_is_kept_with_its_card_proven_again_and_deleted_with_it() {
    let anchoring = Anchoring::new();
    let world = &anchoring.world;
    let before = world.phone.census();
    let card = world.receive(1, ReusePolicy::Rotating);
    let proof = anchoring.anchor(Kind::Credential, &anchoring.signed(), account(), 1);
    assert!(world.wallet.stapled(&card).unwrap().is_empty());
    let report = world.wallet.staple(&card, &proof).unwrap();
    assert_eq!(report.anchored.is_newest(), Some(true));
    assert_eq!(report.anchored.size, SMALLEST_BATCH as u64 + 1);
    // Once more: it takes the place of the first.
    world.wallet.staple(&card, &proof).unwrap();

    let asked = world.parties.requests().len();
    let wallet = world.phone.reopen();
    assert_eq!(wallet.stapled(&card).unwrap(), [Ok(report)]);
    assert_eq!(world.parties.requests().len(), asked);
    assert_eq!(world.phone.census().get("anchored"), Some(&1));
    block_on(wallet.delete(&card)).unwrap();
    let mut after = world.phone.census();
    assert_eq!(after.remove("history"), Some(2));
    assert_eq!(after, before);
}

#[test]
fn a_proof_of_something_else_is_not_stapled() {
    let anchoring = Anchoring::new();
    let world = &anchoring.world;
    let card = world.receive(1, ReusePolicy::Rotating);
    let signed = anchoring.signed();
    let staple = |proof: Vec<u8>| refused(world.wallet.staple(&card, &proof));
    let other = anchoring.anchor(Kind::Credential, "another card", account(), 1);
    assert_eq!(staple(other), ErrorCode::LedgerProof);
    let receipt = anchoring.anchor(Kind::Receipt, &signed, account(), 2);
    assert_eq!(staple(receipt), ErrorCode::LedgerProof);
    let stranger = ChainKey::of("stranger").unwrap().address();
    let by_stranger = anchoring.anchor(Kind::Credential, &signed, stranger, 1);
    assert_eq!(staple(by_stranger), ErrorCode::NotSupported);
    assert_eq!(staple(b"{}".to_vec()), ErrorCode::Malformed);
    let unknown = RecordName::parse(&"0".repeat(32)).unwrap();
    let right = anchoring.anchor(Kind::Credential, &signed, account(), 3);
    let nowhere = world.wallet.staple(&unknown, &right);
    assert_eq!(refused(nowhere), ErrorCode::NotFound);
    assert!(world.wallet.stapled(&card).unwrap().is_empty());
}

#[test]
fn a_checkpoint_of_others_vouches_for_nothing() {
    let mut anchoring = Anchoring::new();
    let card = anchoring.world.receive(1, ReusePolicy::Rotating);
    let office = Arc::get_mut(&mut anchoring.office).unwrap();
    office.signers = CheckpointSigners::generate(3, 2).unwrap();
    let proof = anchoring.anchor(Kind::Credential, &anchoring.signed(), account(), 1);
    assert!(anchoring.world.wallet.staple(&card, &proof).is_err());
    assert!(anchoring.world.wallet.stapled(&card).unwrap().is_empty());
}

/// The issuer staples to each card what the office anchors of this text, its own or another.
pub fn staple(anchoring: &Anchoring, of: fn(&str) -> &str) {
    let office = Arc::clone(&anchoring.office);
    let series = AtomicU8::new(0);
    anchoring
        .world
        .parties
        .issuer
        .staple_by(Some(Arc::new(move |text| {
            let series = series.fetch_add(1, Ordering::SeqCst);
            let proof = office.anchor(Kind::Credential, of(signed(text)), account(), series);
            serde_json::from_slice(&proof).ok()
        })));
}

#[test]
fn proofs_an_issuer_ships_with_a_card_are_kept_with_each_copy() {
    let anchoring = Anchoring::new();
    staple(&anchoring, |text| text);
    let card = anchoring.world.receive(2, ReusePolicy::OnceOnly);
    let stapled = anchoring.world.wallet.stapled(&card).unwrap();
    assert_eq!(stapled.len(), 2);
    assert!(stapled.iter().all(Result::is_ok));
}

#[test]
fn a_card_that_is_shipped_with_a_false_proof_is_not_kept() {
    let anchoring = Anchoring::new();
    staple(&anchoring, |_| "another card");
    let refusal = anchoring.world.receive_one("resident_card").unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.category()),
        (ErrorCode::LedgerProof, Category::Issuer)
    );
    assert!(anchoring.world.wallet.list::<&str>(&[]).unwrap().is_empty());
}

/// The issuer ships these proofs; its card is kept without them.
fn is_kept_without(anchoring: &Anchoring, proof: impl Fn(&str) -> Value + Send + Sync + 'static) {
    let issuer = &anchoring.world.parties.issuer;
    issuer.staple_by(Some(Arc::new(move |text| Some(proof(signed(text))))));
    let card = anchoring.world.receive_one("resident_card").unwrap();
    assert!(anchoring.world.wallet.stapled(&card).unwrap().is_empty());
}

#[test]
fn a_card_that_is_shipped_with_a_proof_that_shows_nothing_here_is_kept_without_it() {
    let mut anchoring = Anchoring::new();
    // The checkpoints' keys were replaced.
    let office = Arc::get_mut(&mut anchoring.office).unwrap();
    office.signers = CheckpointSigners::generate(3, 2).unwrap();
    staple(&anchoring, |text| text);
    let card = anchoring.world.receive_one("resident_card").unwrap();
    assert!(anchoring.world.wallet.stapled(&card).unwrap().is_empty());
    // Another account than the pinned one, and another chain.
    let by = |office: &Arc<Office>, account: [u8; 20], series: u8| {
        let office = Arc::clone(office);
        move |text: &str| -> Value {
            let proof = office.anchor(Kind::Credential, text, account, series);
            serde_json::from_slice(&proof).unwrap()
        }
    };
    let stranger = ChainKey::of("stranger").unwrap().address();
    is_kept_without(&anchoring, by(&anchoring.office, stranger, 20));
    let elsewhere = by(&anchoring.office, account(), 21);
    is_kept_without(&anchoring, move |text| {
        let mut proof = elsewhere(text);
        proof["state"]["chain_id"] = json!(5);
        proof
    });
    // A version nobody knows yet.
    is_kept_without(&anchoring, |_| json!({"version": 2}));
}

#[test]
fn what_an_issuer_ships_whose_anchors_the_app_does_not_believe_is_left_alone() {
    let anchoring = Anchoring::new();
    staple(&anchoring, |text| text);
    let mut world = World::new();
    std::mem::swap(&mut world.parties, &mut { anchoring.world }.parties);
    world.phone = Phone::trusting(&world.parties.anchors);
    (world.wallet, world.recovery_code) = world.phone.create();
    let card = world.receive(1, ReusePolicy::Rotating);
    assert!(world.wallet.stapled(&card).unwrap().is_empty());
}

#[test]
fn receipts_are_kept_listed_with_their_proof_and_deleted() {
    let anchoring = Anchoring::new();
    let wallet = &anchoring.world.wallet;
    let text = receipt(OFFICE).to_string();
    let proof = anchoring.anchor(Kind::Receipt, &text, account(), 1);
    let kept = wallet.keep_receipt(text.as_bytes(), &proof).unwrap();
    let listed = wallet.receipts().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].id, &listed[0].report), (&kept.id, &kept.report));
    assert_eq!(listed[0].receipt.title, "Your benefit was paid");
    wallet.delete_receipt(&kept.id).unwrap();
    assert!(wallet.receipts().unwrap().is_empty());
    assert_eq!(
        refused(wallet.delete_receipt(&kept.id)),
        ErrorCode::NotFound
    );
}

#[test]
fn a_receipt_that_was_changed_or_is_of_an_unknown_office_is_not_kept() {
    let anchoring = Anchoring::new();
    let wallet = &anchoring.world.wallet;
    let text = receipt(OFFICE).to_string();
    let proof = anchoring.anchor(Kind::Receipt, &text, account(), 1);
    let changed = text.replace("November", "December");
    let changed = wallet.keep_receipt(changed.as_bytes(), &proof);
    assert_eq!(changed.unwrap_err().code(), ErrorCode::LedgerProof);
    let stranger = receipt("https://stranger.example").to_string();
    let proof = anchoring.anchor(Kind::Receipt, &stranger, account(), 2);
    let unknown = wallet.keep_receipt(stranger.as_bytes(), &proof);
    assert_eq!(unknown.unwrap_err().code(), ErrorCode::NotSupported);
    assert!(wallet.receipts().unwrap().is_empty());
}
