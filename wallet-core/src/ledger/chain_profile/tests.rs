#![allow(clippy::unwrap_used)]
use super::*;
use crate::jose::PublicKey;
use crate::ledger::bundle::{BlockEvidence, ContractEvidence};
use crate::ledger::policy::{
    BlockAnswer, Checkpoint, CheckpointKeys, CheckpointSignature, Endpoint, Endpoints,
    InclusionProof, MountainRange, SignedCheckpoint, ValidatorSeals,
};
use crate::ledger::test_chain::{self, hash, invented_header, meta, metadium, pinned, proof};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

const TIME: u64 = 1_700_000_000;

fn chain() -> ChainIdentity {
    ChainIdentity {
        chain_id: 31337,
        genesis: keccak256(invented_header(0, TIME, &[])),
    }
}

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn checkpoint_keys() -> CheckpointKeys {
    let keys = (1..=3).map(|seed| PublicKey::Ed25519(signer(seed).verifying_key()));
    CheckpointKeys::new(1, 2, keys.collect()).unwrap()
}

fn endpoints() -> Endpoints {
    let endpoint = |name: &str| Endpoint {
        operator: name.into(),
        url: format!("https://{name}.example/rpc").parse().unwrap(),
    };
    Endpoints::new(["a", "b", "c"].map(endpoint).to_vec(), 1).unwrap()
}

fn profile(rules: HeaderRules, trust: TrustPolicy) -> ChainProfile {
    let contract = |byte| PinnedContract {
        address: Address::repeat_byte(byte),
        code_hash: B256::repeat_byte(byte),
    };
    let contracts = PinnedContracts {
        ethr_did_registry: Some(contract(1)),
        meta_did: Some(MetaDidContracts {
            identity_registry: contract(2),
            public_key_resolver: contract(3),
            service_key_resolvers: vec![contract(4), contract(5)],
        }),
        anchor_registry: None,
    };
    ChainProfile::new("a chain", chain(), rules, 3600, trust, contracts).unwrap()
}

fn profiles() -> Vec<ChainProfile> {
    let validators: Vec<Address> = (1..=4).map(Address::repeat_byte).collect();
    let validators = ValidatorSeals::new(HeaderRules::Qbft, &validators).unwrap();
    vec![
        profile(
            HeaderRules::Ethereum,
            TrustPolicy::Checkpoints(checkpoint_keys()),
        ),
        profile(HeaderRules::Ibft2, TrustPolicy::Endpoints(endpoints())),
        profile(HeaderRules::Qbft, TrustPolicy::Seals(validators)),
        profile(
            HeaderRules::Metadium,
            TrustPolicy::MetadiumSeals(metadium()),
        ),
    ]
}

#[test]
fn a_profile_survives_its_json_and_each_policy_has_a_fingerprint_of_its_own() {
    let mut fingerprints = Vec::new();
    for profile in profiles() {
        let text = profile.to_json().to_string();
        assert_eq!(ChainProfile::parse(text.as_bytes()).unwrap(), profile);
        fingerprints.push(profile.trust.fingerprint());
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 4);
}

/// Every place in a JSON value, as paths.
fn places(value: &Value, path: &str, into: &mut Vec<String>) {
    into.push(path.to_owned());
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, value)| places(value, &format!("{path}/{name}"), into));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(i, value)| places(value, &format!("{path}/{i}"), into));
        }
        _ => {}
    }
}

#[test]
fn a_profile_with_a_member_of_another_form_or_one_too_many_is_refused() {
    for profile in profiles() {
        let sound = profile.to_json();
        let mut all = Vec::new();
        places(&sound, "", &mut all);
        for place in all {
            // Keys are JWKs: other members are passed over there, as everywhere (RFC 7517 4).
            let is_in_jwk = place.contains("/keys/");
            let mut changed = sound.clone();
            let value = changed.pointer_mut(&place).unwrap();
            if let Value::Object(members) = value {
                members.insert("unknown".into(), json!(1));
                let refused = ChainProfile::parse(changed.to_string().as_bytes());
                assert_eq!(refused.is_err(), !is_in_jwk, "{place}");
            }
            for wrong in [json!(null), json!(-1), json!(true), json!([[]])] {
                let mut changed = sound.clone();
                *changed.pointer_mut(&place).unwrap() = wrong;
                let refused = ChainProfile::parse(changed.to_string().as_bytes());
                assert!(refused.is_err(), "{place}");
            }
        }
    }
}

#[test]
fn what_a_profile_may_not_say_is_refused() {
    let sound = profiles()[0].to_json();
    for (place, wrong) in [
        ("/version", json!(2)),
        ("/name", json!("")),
        ("/name", json!("x".repeat(101))),
        ("/header_rules", json!("other")),
        ("/max_age_seconds", json!(0)),
        ("/max_age_seconds", json!(MAX_MAX_AGE_SECONDS + 1)),
        ("/trust", json!({})),
        ("/trust", json!({"believe": {}})),
        ("/trust/checkpoints/threshold", json!(1)),
        ("/trust/checkpoints/version", json!(1_u64 << 32)),
        ("/contracts/ethr_did_registry/code_hash", json!("0x00")),
        (
            "/contracts/meta_did/service_key_resolvers",
            json!(vec![&sound["contracts"]["ethr_did_registry"]; 9]),
        ),
    ] {
        let mut changed = sound.clone();
        *changed.pointer_mut(place).unwrap() = wrong;
        assert!(
            ChainProfile::parse(changed.to_string().as_bytes()).is_err(),
            "{place}"
        );
    }
    let two = json!({"checkpoints": sound["trust"]["checkpoints"], "seals": {"validators": []}});
    let mut changed = sound.clone();
    changed["trust"] = two;
    assert!(ChainProfile::parse(changed.to_string().as_bytes()).is_err());
    assert!(ChainProfile::parse(&vec![b' '; 65_537]).is_err());
}

#[test]
fn the_blocks_that_validators_are_pinned_for_are_part_of_the_policy() {
    let unbounded = &profiles()[2];
    let mut fingerprints = vec![unbounded.trust.fingerprint()];
    for (from, until) in [(7, None), (0, Some(9)), (7, Some(9))] {
        let TrustPolicy::Seals(validators) = unbounded.trust.clone() else {
            panic!("seals");
        };
        let mut bounded = unbounded.clone();
        bounded.trust = TrustPolicy::Seals(validators.for_blocks(from, until).unwrap());
        let text = bounded.to_json().to_string();
        assert_eq!(ChainProfile::parse(text.as_bytes()).unwrap(), bounded);
        fingerprints.push(bounded.trust.fingerprint());
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 4);
    for (name, wrong) in [("valid_from", json!("7")), ("valid_until", json!(-1))] {
        let mut changed = unbounded.to_json();
        changed["trust"]["seals"][name] = wrong;
        assert!(ChainProfile::parse(changed.to_string().as_bytes()).is_err());
    }
}

#[test]
fn validators_of_the_past_tell_nothing_of_now_whatever_time_they_seal() {
    let unbounded = &profiles()[2];
    let block = test_chain::accept(&invented_header(8, TIME, &[]));
    let now = |seconds: u64| UnixTime::from_secs(i64::try_from(seconds).unwrap());
    for (from, until, expected) in [
        (7, None, Currency::Current),
        (0, Some(9), Currency::Undated),
        (7, Some(9), Currency::Undated),
    ] {
        let TrustPolicy::Seals(validators) = unbounded.trust.clone() else {
            panic!("seals");
        };
        let mut bounded = unbounded.clone();
        bounded.trust = TrustPolicy::Seals(validators.for_blocks(from, until).unwrap());
        assert_eq!(bounded.currency(&block, now(TIME)), Ok(expected));
        let future = bounded.currency(&block, now(TIME - 61));
        assert_eq!(future, Err(PolicyError::FromTheFuture.into()));
    }
}

#[test]
fn a_policy_that_reads_seals_goes_with_headers_that_have_them() {
    for (rules, profile) in [
        (HeaderRules::Ibft2, &profiles()[2]),
        (HeaderRules::Ethereum, &profiles()[2]),
        (HeaderRules::Ethereum, &profiles()[3]),
        (HeaderRules::Qbft, &profiles()[3]),
    ] {
        let refused = ChainProfile::new(
            "x",
            chain(),
            rules,
            1,
            profile.trust.clone(),
            PinnedContracts::default(),
        );
        assert_eq!(refused, Err(PolicyError::PolicyUnfit));
    }
}

/// A chain of invented blocks, its checkpoints, and bundles over it.
struct Blocks(Vec<Bytes>);

impl Blocks {
    fn new(count: u64) -> Self {
        Self(
            (0..count)
                .map(|number| invented_header(number, TIME, &[]).into())
                .collect(),
        )
    }

    fn hashes(&self) -> Vec<B256> {
        self.0.iter().map(keccak256).collect()
    }

    fn checkpoint(&self, number: usize, change: impl Fn(&mut Checkpoint)) -> Value {
        let hashes = self.hashes();
        let mut range = MountainRange::default();
        hashes[..number].iter().for_each(|hash| range.append(hash));
        let mut checkpoint = Checkpoint {
            chain: chain(),
            number: number as u64,
            hash: hashes[number],
            time: TIME,
            key_set_version: 1,
            earlier_blocks: range.root(),
        };
        change(&mut checkpoint);
        let sign = |seed: u8| CheckpointSignature {
            key: PublicKey::Ed25519(signer(seed).verifying_key()).thumbprint(),
            signature: signer(seed).sign(&checkpoint.message()).to_bytes().to_vec(),
        };
        SignedCheckpoint {
            checkpoint,
            signatures: vec![sign(1), sign(2)],
        }
        .to_members()
        .into()
    }

    /// A block under a checkpoint of this number.
    fn evidence(&self, number: usize, under: usize) -> BlockEvidence {
        let mut evidence = BlockEvidence::of(self.0[number].clone());
        evidence.checkpoint = self.checkpoint(under, |_| ()).as_object().cloned();
        let inclusion = InclusionProof::of(&self.hashes()[..under], number);
        evidence.inclusion = inclusion.map(|proof| proof.to_members());
        evidence
    }
}

fn bundle(blocks: Vec<BlockEvidence>) -> ProofBundle {
    ProofBundle {
        chain_id: 31337,
        blocks,
        contracts: Vec::new(),
    }
}

fn refused(profile: &ChainProfile, bundle: &ProofBundle) -> LedgerError {
    profile.accept(bundle, &[]).unwrap_err()
}

#[test]
fn each_block_of_a_history_needs_acceptance_of_its_own() {
    let blocks = Blocks::new(9);
    let profile = &profiles()[0];
    let mut sound = bundle(
        [8, 5, 1, 0]
            .map(|number| blocks.evidence(number, 8))
            .to_vec(),
    );
    let accepted = profile.accept(&sound, &[]).unwrap();
    assert_eq!(accepted.head().unwrap().header().number(), 8);
    let basis = TrustBasis::Checkpoint {
        number: 8,
        signers: 2,
        of: 3,
    };
    assert!(
        accepted
            .blocks()
            .iter()
            .all(|block| *block.basis() == basis)
    );
    let seen = accepted.last_seen(profile).unwrap();
    assert_eq!((seen.number, seen.hash), (8, blocks.hashes()[8]));
    assert_eq!(seen.checkpoint.unwrap().checkpoint().number, 8);
    for index in 0..4 {
        let mut without = sound.clone();
        without.blocks[index].checkpoint = None;
        assert_eq!(refused(profile, &without), PolicyError::NoEvidence.into());
    }
    sound.blocks[1].inclusion = None;
    assert_eq!(refused(profile, &sound), PolicyError::OtherBlock.into());
    assert_eq!(
        refused(profile, &bundle(Vec::new())),
        PolicyError::NoEvidence.into()
    );
}

#[test]
fn a_bundle_of_another_chain_or_another_genesis_is_refused() {
    let blocks = Blocks::new(3);
    let profile = &profiles()[0];
    let mut other = bundle(vec![blocks.evidence(2, 2)]);
    profile.accept(&other, &[]).unwrap();
    other.chain_id = 1;
    assert_eq!(refused(profile, &other), PolicyError::OtherChain.into());
    let mut other_genesis = blocks.evidence(0, 2);
    other_genesis.header = invented_header(0, TIME, b"another").into();
    let refused = refused(profile, &bundle(vec![other_genesis]));
    assert_eq!(refused, PolicyError::OtherChain.into());
}

#[test]
fn two_checkpoints_in_one_bundle_that_contradict_each_other_accept_nothing() {
    let blocks = Blocks::new(3);
    let profile = &profiles()[0];
    let mut lie = blocks.evidence(2, 2);
    lie.header = invented_header(2, TIME, b"forged").into();
    let forged = blocks.checkpoint(2, |it| it.hash = keccak256(&lie.header));
    lie.checkpoint = forged.as_object().cloned();
    profile.accept(&bundle(vec![lie.clone()]), &[]).unwrap();
    let both = bundle(vec![blocks.evidence(2, 2), lie]);
    assert_eq!(refused(profile, &both), PolicyError::Equivocation.into());
    // Of different heights they may both stand.
    let two = bundle(vec![blocks.evidence(2, 2), blocks.evidence(0, 1)]);
    profile.accept(&two, &[]).unwrap();
}

#[test]
fn a_checkpoint_is_verified_once_however_it_is_written() {
    let blocks = Blocks::new(3);
    let profile = &profiles()[0];
    let again = |change: fn(&mut Value)| {
        let mut block = blocks.evidence(1, 2);
        let mut checkpoint = Value::Object(block.checkpoint.take().unwrap());
        change(&mut checkpoint);
        block.checkpoint = checkpoint.as_object().cloned();
        bundle(vec![blocks.evidence(2, 2), block])
    };
    // The same statement in other letters, and with signatures that nobody needs to look at.
    let shouted = again(|it| {
        let hash = it["hash"].as_str().unwrap()[2..].to_uppercase();
        it["hash"] = format!("0x{hash}").into();
    });
    let unsigned = again(|it| it["signatures"] = json!([]));
    for bundle in [shouted, unsigned] {
        let accepted = profile.accept(&bundle, &[]).unwrap();
        assert!(accepted.blocks().iter().all(|it| *it.basis()
            == TrustBasis::Checkpoint {
                number: 2,
                signers: 2,
                of: 3
            }));
    }
    // Another statement is another checkpoint.
    let later = again(|it| it["time"] = json!(TIME + 1));
    let refused = refused(profile, &later);
    assert_eq!(refused, PolicyError::SignatureInvalid.into());
}

#[test]
fn evidence_that_the_policy_does_not_judge_by_is_refused() {
    let blocks = Blocks::new(3);
    let policy = TrustPolicy::Endpoints(endpoints());
    let by_endpoints = profile(HeaderRules::Ethereum, policy);
    let metadium = &profiles()[3];
    let junk = json!({"anything": "at all"}).as_object().cloned();
    for (profile, block) in [
        (&by_endpoints, BlockEvidence::of(blocks.0[2].clone())),
        (metadium, metadium_block(1, 70)),
    ] {
        for is_inclusion in [false, true] {
            let mut block = block.clone();
            match is_inclusion {
                true => block.inclusion = junk.clone(),
                false => block.checkpoint = junk.clone(),
            }
            let refused = refused(profile, &bundle(vec![block]));
            assert_eq!(refused, PolicyError::UnusedEvidence.into());
        }
    }
}

#[test]
fn what_is_printed_of_a_profile_and_its_endpoints_has_no_address() {
    let policy = TrustPolicy::Endpoints(endpoints());
    let printed = format!("{:?}", profile(HeaderRules::Ethereum, policy));
    assert!(printed.contains("a chain") && !printed.contains("example"));
    let printed = format!("{:?}", endpoints());
    assert!(printed.contains("operator") && !printed.contains("example"));
}

#[test]
fn endpoints_are_heard_for_the_number_of_each_block() {
    let profile = profile(HeaderRules::Ethereum, TrustPolicy::Endpoints(endpoints()));
    let blocks = Blocks::new(3);
    let bundle = bundle(
        [2, 1]
            .map(|number| BlockEvidence::of(blocks.0[number].clone()))
            .to_vec(),
    );
    let answers = |number: usize| BlockAnswers {
        number: number as u64,
        answers: vec![
            Some(BlockAnswer {
                chain: chain(),
                hash: blocks.hashes()[number]
            });
            3
        ],
    };
    profile.accept(&bundle, &[answers(1), answers(2)]).unwrap();
    assert_eq!(
        profile.accept(&bundle, &[answers(2)]),
        Err(PolicyError::NoEvidence.into())
    );
    let wrong = BlockAnswers {
        number: 1,
        ..answers(0)
    };
    assert_eq!(
        profile.accept(&bundle, &[answers(2), wrong]),
        Err(PolicyError::EndpointsDisagree.into())
    );
}

/// A block of a Metadium node with the state of a recorded chain.
fn metadium_block(seed: u8, number: u64) -> BlockEvidence {
    let root = hash(&meta()["block"]["stateRoot"]);
    BlockEvidence::of(test_chain::metadium_header(seed, number, root).into())
}

#[test]
fn a_state_that_nodes_sealed_apart_is_proven_under_every_root_and_told_of_the_oldest() {
    let profile = profile(
        HeaderRules::Metadium,
        TrustPolicy::MetadiumSeals(metadium()),
    );
    let recorded = meta();
    let answer = &recorded["identityRegistryProof"];
    let (contract, sound) = (pinned(answer), proof(answer));
    let evidence = |block| ContractEvidence {
        block,
        proof: sound.clone(),
    };
    let mut bundle = bundle(vec![metadium_block(1, 70), metadium_block(2, 60)]);
    bundle.contracts = vec![evidence(0), evidence(1)];
    let accepted = profile.accept(&bundle, &[]).unwrap();
    let state = accepted.state(&bundle, &contract).unwrap();
    assert_eq!(state.block_number(), 60);
    let now = UnixTime::from_secs(TIME as i64);
    let currency = profile.currency(accepted.head().unwrap(), now);
    assert_eq!(currency, Ok(Currency::Undated));
    // Under one root only.
    bundle.contracts.remove(0);
    assert_eq!(
        accepted.state(&bundle, &contract),
        Err(PolicyError::NoEvidence.into())
    );
    // Not the same slots.
    bundle.contracts.push(evidence(0));
    bundle.contracts[0].proof.storage.pop();
    assert_eq!(
        accepted.state(&bundle, &contract),
        Err(PolicyError::StatesDiffer.into())
    );
    // Nothing is said of events.
    let receipts = crate::ledger::receipts::BlockReceipts::verify(&accepted.blocks()[0], &[]);
    assert_eq!(receipts, Err(LedgerError::NotCovered));
}
