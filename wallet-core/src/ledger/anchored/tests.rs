//! Against a real node, a registry that is deployed there, and an issuer's tool that was written apart
//! (`wallet_parties::chain`).
#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::accepted::AcceptedBlock;
use crate::ledger::test_chain::accept;
use serde_json::json;
use std::sync::OnceLock;
use wallet_parties::chain::{
    AnchorPlace, Artefact, Batch, Chain, ChainKey, CheckpointSigners, Kind, SMALLEST_BATCH, Write,
    from_hex, raw_header,
};

const CONTENT: &[u8] = b"what the issuer signed";
const SERIES: [u8; 32] = [0x5e; 32];

struct World {
    proof: Value,
    source: AnchorSource,
    header: Vec<u8>,
    /// The block before the anchor.
    earlier: Vec<u8>,
}

impl World {
    fn block(&self) -> AcceptedBlock {
        accept(&self.header)
    }

    fn verify(&self, proof: &Value, content: &[u8]) -> Result<Anchored, LedgerError> {
        let proof = AnchoredProof::parse(proof.to_string().as_bytes())?;
        proof.verify(
            AnchoredKind::Credential,
            content,
            &self.source,
            &self.block(),
        )
    }
}

/// One node for all tests: the second epoch of a series, and the state after it.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let chain = Chain::start_at(1_767_225_600).unwrap();
        let registry = chain.deploy(Artefact::AnchorRegistry, None).unwrap();
        let issuer = ChainKey::of("city").unwrap().address();
        let batch = |content: &[u8]| {
            let mut batch = Batch::new(Kind::Credential);
            for other in 0..SMALLEST_BATCH {
                batch.add(format!("of citizen {other}").as_bytes()).unwrap();
            }
            let place = batch.add(content).unwrap();
            (batch.close().unwrap(), place)
        };
        let (first, _) = batch(b"another");
        let (second, place) = batch(CONTENT);
        let write = |epoch, root| Write::anchor(registry, issuer, SERIES, epoch, root);
        let before = chain.submit(&[write(1, first.root())]).unwrap()[0].block;
        let block = chain.submit(&[write(2, second.root())]).unwrap()[0].block;

        let header = |number| raw_header(&chain.block(Some(number)).unwrap()).unwrap();
        let signers = CheckpointSigners::generate(1, 1).unwrap();
        let checkpoint = signers.sign(&chain, block).unwrap();
        let of = AnchorPlace {
            registry,
            issuer,
            series: SERIES,
            epoch: 2,
        };
        let proof = chain
            .stapled(&second, place, &of, block, &checkpoint)
            .unwrap();
        World {
            proof,
            source: source(registry, issuer),
            header: header(block),
            earlier: header(before),
        }
    })
}

fn source(registry: [u8; 20], issuer: [u8; 20]) -> AnchorSource {
    let code_hash = from_hex(&Artefact::AnchorRegistry.code_hash().unwrap()).unwrap();
    AnchorSource {
        registry: PinnedContract {
            address: registry.into(),
            code_hash: B256::from_slice(&code_hash),
        },
        issuer: issuer.into(),
    }
}

fn with(pointer: &str, value: Value) -> Value {
    let mut proof = world().proof.clone();
    *proof.pointer_mut(pointer).unwrap() = value;
    proof
}

#[test]
fn what_an_issuer_anchored_on_a_real_chain_is_proven() {
    let world = world();
    let anchored = world.verify(&world.proof, CONTENT).unwrap();
    let size = SMALLEST_BATCH as u64 + 1;
    assert_eq!(
        (anchored.epoch, anchored.newest_epoch, anchored.size),
        (2, Some(2), size)
    );
    assert_eq!(anchored.is_newest(), Some(true));
    let header = world.block();
    assert_eq!(anchored.block_hash, header.header().hash());
    let again = AnchoredProof::parse(world.proof.to_string().as_bytes()).unwrap();
    let written = again.to_json().to_string();
    assert_eq!(AnchoredProof::parse(written.as_bytes()), Ok(again));
}

#[test]
fn another_content_kind_salt_or_place_is_not_anchored() {
    let world = world();
    let error = |proof: &Value, content: &[u8]| world.verify(proof, content).unwrap_err();
    assert_eq!(error(&world.proof, b"another"), LedgerError::NotAnchored);
    assert_eq!(error(&world.proof, b""), LedgerError::NotAnchored);
    let zeros = format!("0x{}", "00".repeat(32));
    assert_eq!(
        error(&with("/salt", json!(zeros)), CONTENT),
        LedgerError::NotAnchored
    );
    assert_eq!(
        error(&with("/path/0", json!(zeros)), CONTENT),
        LedgerError::NotAnchored
    );
    // A path of the same length leads elsewhere; of another it cannot be.
    let not_there = |proof: &Value| {
        let refused = error(proof, CONTENT);
        let is_refused = matches!(refused, LedgerError::NotAnchored | LedgerError::Inclusion);
        assert!(is_refused, "{refused:?}");
    };
    let (place, size) = (&world.proof["index"], SMALLEST_BATCH + 1);
    for other in (0..size).filter(|other| *place != *other) {
        not_there(&with("/index", json!(other)));
    }
    not_there(&with("/size", json!(size + 1)));
    assert_eq!(
        error(&with("/index", json!(size)), CONTENT),
        LedgerError::Inclusion
    );
    assert_eq!(
        error(&with("/size", json!(0)), CONTENT),
        LedgerError::Inclusion
    );
    assert_eq!(
        error(&with("/size", json!(64)), CONTENT),
        LedgerError::Inclusion
    );

    let proof = AnchoredProof::parse(world.proof.to_string().as_bytes()).unwrap();
    for kind in [AnchoredKind::StatusList, AnchoredKind::Receipt] {
        let refused = proof.verify(kind, CONTENT, &world.source, &world.block());
        assert_eq!(refused, Err(LedgerError::OtherAnchor));
        let renamed = with("/kind", json!(kind.as_str()));
        let renamed = AnchoredProof::parse(renamed.to_string().as_bytes()).unwrap();
        let refused = renamed.verify(kind, CONTENT, &world.source, &world.block());
        assert_eq!(refused, Err(LedgerError::NotAnchored));
    }
}

#[test]
fn an_anchor_that_anybody_else_wrote_or_in_another_contract_says_nothing() {
    let world = world();
    let proof = AnchoredProof::parse(world.proof.to_string().as_bytes()).unwrap();
    let verify = |source| proof.verify(AnchoredKind::Credential, CONTENT, &source, &world.block());
    let other = Address::repeat_byte(9);
    let issuer = AnchorSource {
        issuer: other,
        ..world.source
    };
    assert_eq!(verify(issuer), Err(LedgerError::OtherAnchor));
    let mut elsewhere = world.source;
    elsewhere.registry.address = other;
    assert_eq!(verify(elsewhere), Err(LedgerError::OtherAnchor));
    let mut code = world.source;
    code.registry.code_hash = B256::repeat_byte(1);
    assert_eq!(verify(code), Err(LedgerError::WrongCode));
}

#[test]
fn a_root_is_proven_under_its_own_epoch_and_block_only() {
    let world = world();
    let proof = AnchoredProof::parse(world.proof.to_string().as_bytes()).unwrap();
    let earlier = accept(&world.earlier);
    let refused = proof.verify(AnchoredKind::Credential, CONTENT, &world.source, &earlier);
    assert_eq!(refused, Err(LedgerError::ProofMismatch));
    // The slots are those of the second epoch and this series.
    for changed in [
        with("/epoch", json!(1)),
        with("/series", json!(format!("0x{}", "00".repeat(32)))),
        with("/issuer", json!(format!("0x{}", "00".repeat(20)))),
    ] {
        let refused = AnchoredProof::parse(changed.to_string().as_bytes());
        assert_eq!(refused, Err(LedgerError::Bundle));
    }
}

#[test]
fn without_its_root_slot_nothing_is_proven_and_without_the_newest_epoch_it_is_not_said() {
    let world = world();
    let storage = world.proof.pointer("/state/contracts/0/storage").unwrap();
    let only = |place: usize| with("/state/contracts/0/storage", json!([storage[place]]));
    let anchored = world.verify(&only(0), CONTENT).unwrap();
    assert_eq!((anchored.newest_epoch, anchored.is_newest()), (None, None));
    assert_eq!(
        world.verify(&only(1), CONTENT),
        Err(LedgerError::SlotNotProven)
    );
    let twice = with(
        "/state/contracts/0/storage",
        json!([storage[0], storage[0]]),
    );
    assert_eq!(
        world.verify(&twice, CONTENT),
        Err(LedgerError::SlotRepeated)
    );
}

#[test]
fn a_proof_of_another_form_is_refused() {
    let world = world();
    let state = &world.proof["state"];
    let block = &state["blocks"][0];
    let contract = &state["contracts"][0];
    let refused = |proof: &Value| AnchoredProof::parse(proof.to_string().as_bytes()).unwrap_err();
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/kind", json!("person")),
        ("/salt", json!("0x00")),
        ("/path/0", json!("0x00")),
        ("/state", json!({})),
        ("/state/blocks", json!([])),
        ("/state/blocks", json!([block, block])),
        ("/state/contracts", json!([])),
        ("/state/contracts", json!([contract, contract])),
        ("/state/blocks/0/receipts", json!([])),
    ] {
        let mut proof = world.proof.clone();
        match proof.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => proof["state"]["blocks"][0]["receipts"] = value,
        }
        assert_eq!(refused(&proof), LedgerError::Bundle, "{pointer}");
    }
    let mut more = world.proof.clone();
    more["more"] = json!(1);
    assert_eq!(refused(&more), LedgerError::Bundle);
    let long = with("/path", vec![format!("0x{}", "00".repeat(32)); 65].into());
    assert_eq!(refused(&long), LedgerError::TooLarge);
    assert!(AnchoredProof::parse(&vec![b' '; MAX_ANCHORED_PROOF_BYTES + 1]).is_err());
    // Also where it is part of a larger text.
    let padding = |bytes| json!({ "padding": "a".repeat(bytes) });
    let part = |bytes| {
        let proof = with("/state/blocks/0/checkpoint", padding(bytes));
        AnchoredProof::from_json(proof.as_object().unwrap().clone())
    };
    let rest = with("/state/blocks/0/checkpoint", padding(0))
        .to_string()
        .len();
    assert!(part(MAX_ANCHORED_PROOF_BYTES - rest).is_ok());
    let over = part(MAX_ANCHORED_PROOF_BYTES - rest + 1);
    assert_eq!(over, Err(LedgerError::TooLarge));
}

#[test]
fn what_is_printed_of_a_proof_recognises_nobody() {
    let proof = AnchoredProof::parse(world().proof.to_string().as_bytes()).unwrap();
    assert_eq!(
        format!("{proof:?}"),
        "AnchoredProof { kind: Credential, .. }"
    );
    let printed = format!("{:?}", proof.inclusion);
    assert_eq!(printed, "InclusionProof { size: 17, .. }");
    let (salt, digest) = (proof.salt, B256::ZERO);
    let printed = format!("{:?}", SaltedDigest { salt, digest });
    assert_eq!(printed, "SaltedDigest { .. }");
}

#[test]
fn a_status_list_is_proven_by_its_bytes_and_a_newer_one_makes_it_old() {
    let chain = Chain::start_at(1_767_225_600).unwrap();
    let registry = chain.deploy(Artefact::AnchorRegistry, None).unwrap();
    let issuer = ChainKey::of("city").unwrap().address();
    let signers = CheckpointSigners::generate(1, 1).unwrap();
    let list = |epoch: u64| format!("status list {epoch}");
    let anchor = |epoch: u64| {
        let mut batch = Batch::new(Kind::StatusList);
        let place = batch.add(list(epoch).as_bytes()).unwrap();
        let batch = batch.close().unwrap();
        let write = Write::anchor(registry, issuer, SERIES, epoch, batch.root());
        (batch, place, chain.submit(&[write]).unwrap()[0].block)
    };
    let (first, place, _) = anchor(1);
    let (_, _, block) = anchor(2);
    let checkpoint = signers.sign(&chain, block).unwrap();
    let of = AnchorPlace {
        registry,
        issuer,
        series: SERIES,
        epoch: 1,
    };
    let proof = chain.stapled(&first, place, &of, block, &checkpoint);
    let proof = AnchoredProof::parse(proof.unwrap().to_string().as_bytes()).unwrap();
    let accepted = accept(&raw_header(&chain.block(Some(block)).unwrap()).unwrap());
    let source = source(registry, issuer);
    let verify = |text: String| {
        proof.verify(
            AnchoredKind::StatusList,
            text.as_bytes(),
            &source,
            &accepted,
        )
    };
    let anchored = verify(list(1)).unwrap();
    assert_eq!((anchored.size, anchored.is_newest()), (1, Some(false)));
    assert_eq!(verify(list(2)), Err(LedgerError::NotAnchored));
}
