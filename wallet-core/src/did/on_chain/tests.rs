#![allow(clippy::unwrap_used)]

use super::{Asked, ChainDid};
use crate::clock::UnixTime;
use crate::did::{Anchor, DidError, Evidence, ResolvedDid};
use crate::ledger::bundle::ProofBundle;
use crate::ledger::chain_profile::{ChainProfile, MetaDidContracts, PinnedContracts};
use crate::ledger::contract::PinnedContract;
use crate::ledger::header::{Header, HeaderRules};
use crate::ledger::policy::{
    BlockAnswer, BlockAnswers, ChainIdentity, Endpoint, Endpoints, PolicyError, TrustPolicy,
};
use crate::ledger::{Address, B256, Bytes, LedgerError, test_chain};
use proptest::prelude::*;
use serde_json::Value;

const HOUR: u64 = 3600;

const ETHR: [&str; 16] = [
    "plain",
    "pubkey",
    "delegate",
    "rotated",
    "deactivated",
    "service",
    "expired",
    "revoked",
    "same_block",
    "two_in_a_block",
    "re_added",
    "attributes",
    "twenty",
    "owner_back",
    "revived",
    "by_key",
];

const fn chain(chain_id: u64) -> ChainIdentity {
    ChainIdentity {
        chain_id,
        genesis: B256::repeat_byte(7),
    }
}

/// What one recorded question came with (test-fixtures/vectors/did-{ethr,meta}/record.mjs).
struct Recorded {
    did: ChainDid,
    bundle: ProofBundle,
    contracts: PinnedContracts,
    document: Value,
}

fn vector(method: &str, name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-fixtures/vectors");
    let bytes = std::fs::read(format!("{folder}/did-{method}/{name}.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn bundle(value: &Value) -> ProofBundle {
    ProofBundle::from_json(value.as_object().unwrap().clone()).unwrap()
}

fn ethr(name: &str) -> Recorded {
    ethr_question(name, 0)
}

fn ethr_question(name: &str, question: usize) -> Recorded {
    let vector = vector("ethr", name);
    let question = &vector["questions"][question];
    let registry = PinnedContract {
        address: vector["registry"].as_str().unwrap().parse().unwrap(),
        code_hash: vector["codeHash"].as_str().unwrap().parse().unwrap(),
    };
    Recorded {
        did: ChainDid::parse(vector["did"].as_str().unwrap()).unwrap(),
        bundle: bundle(&question["bundle"]),
        contracts: PinnedContracts {
            ethr_did_registry: Some(registry),
            ..PinnedContracts::default()
        },
        document: question["didDocument"].clone(),
    }
}

fn meta(name: &str) -> Recorded {
    let vector = vector("meta", name);
    let pinned = |address: &Value| -> PinnedContract {
        let address: Address = address.as_str().unwrap().parse().unwrap();
        let code_hash = &vector["codeHashes"][address.to_string().to_lowercase()];
        PinnedContract {
            address,
            // A contract this identity does not need is in no proof.
            code_hash: code_hash
                .as_str()
                .unwrap_or(&B256::ZERO.to_string())
                .parse()
                .unwrap(),
        }
    };
    let service_keys = vector["serviceKeyResolvers"].as_array().unwrap();
    let contracts = MetaDidContracts {
        identity_registry: pinned(&vector["identityRegistry"]),
        public_key_resolver: pinned(&vector["publicKeyResolver"]),
        service_key_resolvers: service_keys.iter().map(pinned).collect(),
    };
    // Recorded on a chain of its own, with names of METADIUM's test network.
    let mut bundle = bundle(&vector["bundle"]);
    bundle.chain_id = 12;
    Recorded {
        did: ChainDid::parse(vector["did"].as_str().unwrap()).unwrap(),
        bundle,
        contracts: PinnedContracts {
            meta_did: Some(contracts),
            ..PinnedContracts::default()
        },
        document: vector["didDocument"].clone(),
    }
}

fn header(rlp: &[u8]) -> Header {
    Header::parse(HeaderRules::Ethereum, rlp).unwrap()
}

/// What honest endpoints answer: the blocks as they were recorded.
fn answers(bundle: &ProofBundle) -> Vec<BlockAnswers> {
    let answers = |block: &crate::ledger::bundle::BlockEvidence| {
        let header = header(&block.header);
        let answer = BlockAnswer {
            chain: chain(bundle.chain_id),
            hash: header.hash(),
        };
        BlockAnswers {
            number: header.number(),
            answers: vec![Some(answer); 3],
        }
    };
    bundle.blocks.iter().map(answers).collect()
}

/// One of three may lie.
fn endpoints(operators: [&str; 3]) -> TrustPolicy {
    let endpoint = |operator: &str| Endpoint {
        operator: operator.to_owned(),
        url: format!("https://{operator}.example/").parse().unwrap(),
    };
    TrustPolicy::Endpoints(Endpoints::new(operators.map(endpoint).to_vec(), 1).unwrap())
}

fn profile(name: &str, chain_id: u64, contracts: PinnedContracts) -> ChainProfile {
    let trust = endpoints(["a", "b", "c"]);
    let rules = HeaderRules::Ethereum;
    ChainProfile::new(name, chain(chain_id), rules, HOUR, trust, contracts).unwrap()
}

impl Recorded {
    fn profile(&self) -> ChainProfile {
        profile("local", self.bundle.chain_id, self.contracts.clone())
    }

    /// The time of the block the question is about.
    fn time(&self) -> i64 {
        header(&self.bundle.blocks[0].header).time() as i64
    }

    fn resolve_at(&self, asked: Asked, now: i64) -> Result<ResolvedDid, DidError> {
        self.resolve_from(&self.bundle, asked, now)
    }

    fn resolve_from(
        &self,
        bundle: &ProofBundle,
        asked: Asked,
        now: i64,
    ) -> Result<ResolvedDid, DidError> {
        let profile = self.profile();
        let blocks = profile.accept(bundle, &answers(&self.bundle))?;
        self.did
            .resolve(&profile, bundle, &blocks, asked, UnixTime::from_secs(now))
    }

    fn resolve(&self) -> Result<ResolvedDid, DidError> {
        self.resolve_at(Asked::Now, self.time() + 1)
    }

    /// What is answered when the endpoints stay honest and the proofs are these.
    fn with(&self, change: impl FnOnce(&mut ProofBundle)) -> Result<ResolvedDid, DidError> {
        let mut bundle = self.bundle.clone();
        change(&mut bundle);
        assert_ne!(bundle, self.bundle);
        self.resolve_from(&bundle, Asked::Now, self.time() + 1)
    }
}

fn refused(resolved: Result<ResolvedDid, DidError>) -> LedgerError {
    match resolved.unwrap_err() {
        DidError::Ledger(error) => error,
        error => panic!("{error:?}"),
    }
}

#[test]
fn every_recorded_identity_of_did_ethr_is_proven() {
    for name in ETHR {
        let recorded = ethr(name);
        let resolved = recorded.resolve().unwrap();
        assert_eq!(
            Value::Object(resolved.document().json().clone()),
            recorded.document,
            "{name}"
        );
        assert_eq!(resolved.as_of(), Some(UnixTime::from_secs(recorded.time())));
        let Evidence::LedgerProof { block, anchor } = resolved.evidence() else {
            panic!("{:?}", resolved.evidence());
        };
        let head = header(&recorded.bundle.blocks[0].header);
        assert_eq!(
            (block.chain_id, block.number, block.hash),
            (31337, head.number(), head.hash().0)
        );
        assert_eq!(*anchor, Anchor::Endpoints { agreed: 3, of: 3 });
        assert!(resolved.steps().len() >= 4);
    }
}

#[test]
fn every_recorded_identity_of_did_meta_is_proven() {
    for name in [
        "one_key",
        "two_addresses",
        "removed_service",
        "taker",
        "no_resolver",
        "unpinned_resolver",
        "removed_key",
    ] {
        let recorded = meta(name);
        let resolved = recorded.resolve().unwrap();
        assert_eq!(
            resolved.document().json()["publicKey"],
            recorded.document["publicKey"],
            "{name}"
        );
        assert!(matches!(resolved.evidence(), Evidence::LedgerProof { .. }));
    }
}

#[test]
fn an_identity_that_was_given_up_is_proven_to_have_no_keys() {
    for recorded in [ethr("deactivated"), ethr("revived"), meta("deleted")] {
        let resolved = recorded.resolve().unwrap();
        assert!(resolved.document().methods().is_empty());
        assert!(matches!(resolved.evidence(), Evidence::LedgerProof { .. }));
        let is_told =
            |step: &String| step.starts_with("deactivated") || step.starts_with("deleted");
        assert!(resolved.steps().iter().any(is_told));
    }
}

#[test]
fn a_number_that_no_identity_has_is_not_found() {
    assert_eq!(meta("absent").resolve(), Err(DidError::NotFound));
}

#[test]
fn what_is_old_is_stale_and_what_was_asked_for_a_block_is_never_current() {
    for recorded in [ethr("delegate"), meta("one_key")] {
        let time = recorded.time();
        let hour = HOUR as i64;
        let evidence = |asked, now| recorded.resolve_at(asked, now).unwrap().evidence().clone();
        assert!(matches!(
            evidence(Asked::Now, time + hour),
            Evidence::LedgerProof { .. }
        ));
        assert!(matches!(
            evidence(Asked::Now, time + hour + 1),
            Evidence::Stale { .. }
        ));
        for now in [time, time + 1, time + 1_000_000] {
            assert!(matches!(
                evidence(Asked::AtBlock, now),
                Evidence::VerifiedAt { .. }
            ));
        }
    }
}

#[test]
fn a_block_of_the_future_is_refused() {
    for recorded in [ethr("plain"), meta("one_key")] {
        for asked in [Asked::Now, Asked::AtBlock] {
            let resolved = recorded.resolve_at(asked, recorded.time() - 61);
            assert_eq!(
                refused(resolved),
                LedgerError::Policy(PolicyError::FromTheFuture)
            );
        }
    }
}

#[test]
fn which_key_was_valid_at_a_block_is_answered_for_that_block() {
    for (question, keys) in [(1, 2), (2, 3), (3, 3)] {
        let recorded = ethr_question("re_added", question);
        let resolved = recorded
            .resolve_at(Asked::AtBlock, recorded.time() + 5_000_000)
            .unwrap();
        assert!(matches!(resolved.evidence(), Evidence::VerifiedAt { .. }));
        assert_eq!(resolved.as_of(), Some(UnixTime::from_secs(recorded.time())));
        assert_eq!(
            Value::Object(resolved.document().json().clone()),
            recorded.document
        );
        assert_eq!(resolved.document().methods().len(), keys);
    }
    // The revocation counts from its own block on.
    let recorded = ethr_question("re_added", 4);
    let resolved = recorded
        .resolve_at(Asked::AtBlock, recorded.time())
        .unwrap();
    assert_eq!(resolved.document().methods().len(), 2);
}

#[test]
fn a_clock_that_is_behind_does_not_bring_back_what_the_newest_block_revoked() {
    let recorded = ethr_question("re_added", 4);
    for late in [0, 1, 59, 60] {
        let resolved = recorded.resolve_at(Asked::Now, recorded.time() - late);
        let resolved = resolved.unwrap();
        assert!(matches!(resolved.evidence(), Evidence::LedgerProof { .. }));
        assert_eq!(resolved.document().methods().len(), 2, "{late} s behind");
    }
}

#[test]
fn blocks_that_another_policy_or_chain_accepted_prove_nothing_here() {
    for recorded in [ethr("pubkey"), meta("one_key")] {
        let profile = recorded.profile();
        let accepted = |profile: &ChainProfile, answers: &[BlockAnswers]| {
            profile.accept(&recorded.bundle, answers).unwrap()
        };
        let now = UnixTime::from_secs(recorded.time() + 1);
        let resolve = |blocks| {
            let did = &recorded.did;
            did.resolve(&profile, &recorded.bundle, blocks, Asked::Now, now)
        };
        let mut answers = answers(&recorded.bundle);
        let ours = accepted(&profile, &answers);
        assert!(resolve(&ours).is_ok());

        let mut lenient = profile.clone();
        lenient.trust = endpoints(["a", "b", "evil"]);
        let theirs = accepted(&lenient, &answers);
        let other = LedgerError::Policy(PolicyError::OtherPolicy);
        assert_eq!(refused(resolve(&theirs)), other);
        assert_eq!(theirs.last_seen(&profile), Err(other));

        let mut elsewhere = profile.clone();
        elsewhere.chain.genesis = B256::repeat_byte(8);
        for answer in answers.iter_mut().flat_map(|it| &mut it.answers) {
            answer.as_mut().unwrap().chain = elsewhere.chain;
        }
        let theirs = accepted(&elsewhere, &answers);
        let other = LedgerError::Policy(PolicyError::OtherChain);
        assert_eq!(refused(resolve(&theirs)), other);
    }
}

#[test]
fn what_only_nodes_of_metadium_sealed_is_of_no_known_day_and_never_current() {
    let recorded = meta("one_key");
    let root = header(&recorded.bundle.blocks[0].header).state_root();
    let mut bundle = recorded.bundle.clone();
    // Whoever hands out the blocks may write any time into them.
    bundle.blocks = [(1, 70), (2, 60)]
        .map(|(node, height)| {
            let rlp = test_chain::metadium_header(node, height, root);
            crate::ledger::bundle::BlockEvidence::of(rlp.into())
        })
        .to_vec();
    let mut twice = bundle.contracts.clone();
    twice.iter_mut().for_each(|it| it.block = 1);
    bundle.contracts.extend(twice);
    let profile = ChainProfile::new(
        "metadium",
        chain(12),
        HeaderRules::Metadium,
        HOUR,
        TrustPolicy::MetadiumSeals(test_chain::metadium()),
        recorded.contracts.clone(),
    )
    .unwrap();
    let blocks = profile.accept(&bundle, &[]).unwrap();
    for (asked, now) in [(Asked::Now, 0), (Asked::AtBlock, 4_000_000_000)] {
        let now = UnixTime::from_secs(now);
        let did = &recorded.did;
        let resolved = did.resolve(&profile, &bundle, &blocks, asked, now).unwrap();
        assert_eq!(resolved.as_of(), None);
        let Evidence::VerifiedAt { block, anchor } = resolved.evidence() else {
            panic!("{:?}", resolved.evidence());
        };
        assert_eq!(block.number, 60);
        assert_eq!(*anchor, Anchor::StateSeals { signers: 2, of: 3 });
    }
}

#[test]
fn a_block_of_the_history_that_is_left_out_is_an_error_and_no_shorter_document() {
    for name in ["twenty", "two_in_a_block", "revoked", "revived"] {
        let recorded = ethr(name);
        for index in 1..recorded.bundle.blocks.len() {
            let without = recorded.with(|bundle| {
                bundle.blocks.remove(index);
            });
            assert_eq!(refused(without), LedgerError::BlockMissing);
            let unreceipted = recorded.with(|bundle| bundle.blocks[index].receipts = None);
            assert_eq!(refused(unreceipted), LedgerError::BlockMissing);
        }
    }
}

#[test]
fn a_second_event_of_a_block_cannot_be_hidden() {
    for name in ["same_block", "two_in_a_block"] {
        let recorded = ethr(name);
        let mut hidden = 0;
        for (index, block) in recorded.bundle.blocks.iter().enumerate() {
            for receipt in 0..block.receipts.as_ref().map_or(0, Vec::len) {
                let without = recorded.with(|bundle| {
                    bundle.blocks[index]
                        .receipts
                        .as_mut()
                        .unwrap()
                        .remove(receipt);
                });
                assert_eq!(refused(without), LedgerError::ReceiptsMismatch);
                hidden += 1;
            }
        }
        assert!(hidden >= 3);
    }
}

#[test]
fn receipts_are_those_of_their_block_in_order() {
    let recorded = ethr("same_block");
    let swapped = recorded.with(|bundle| bundle.blocks[1].receipts.as_mut().unwrap().swap(0, 1));
    assert_eq!(refused(swapped), LedgerError::ReceiptsMismatch);
    let recorded = ethr("twenty");
    let moved =
        recorded.with(|bundle| bundle.blocks[1].receipts = bundle.blocks[2].receipts.clone());
    assert_eq!(refused(moved), LedgerError::ReceiptsMismatch);
}

#[test]
fn a_revocation_cannot_be_hidden_by_older_storage() {
    // The registry's storage of before the revocation, under the header of now.
    let now = ethr("re_added");
    let before = ethr_question("re_added", 3);
    let hidden =
        now.with(|bundle| bundle.contracts[0].proof = before.bundle.contracts[0].proof.clone());
    assert_eq!(refused(hidden), LedgerError::ProofMismatch);
}

#[test]
fn an_older_block_goes_behind_the_one_that_was_seen() {
    let now = ethr("re_added");
    let before = ethr_question("re_added", 3);
    let profile = now.profile();
    let seen = |recorded: &Recorded| {
        let blocks = profile
            .accept(&recorded.bundle, &answers(&recorded.bundle))
            .unwrap();
        blocks.last_seen(&profile).unwrap()
    };
    assert!(seen(&now).follows(&seen(&before)).is_ok());
    assert!(seen(&before).follows(&seen(&now)).is_err());
}

#[test]
fn every_header_of_the_history_needs_its_own_acceptance() {
    let recorded = ethr("two_in_a_block");
    let profile = recorded.profile();
    for (index, block) in recorded.bundle.blocks.iter().enumerate() {
        let mut lies = answers(&recorded.bundle);
        for answer in &mut lies[index].answers[..2] {
            answer.as_mut().unwrap().hash = B256::repeat_byte(9);
        }
        let refused = profile.accept(&recorded.bundle, &lies).unwrap_err();
        assert_eq!(refused, LedgerError::Policy(PolicyError::EndpointsDisagree));
        let number = header(&block.header).number();
        let silent: Vec<_> = answers(&recorded.bundle)
            .into_iter()
            .filter(|it| it.number != number)
            .collect();
        let refused = profile.accept(&recorded.bundle, &silent).unwrap_err();
        assert_eq!(refused, LedgerError::Policy(PolicyError::NoEvidence));
    }
}

#[test]
fn a_forged_state_root_makes_another_block() {
    let recorded = ethr("pubkey");
    let forged = recorded.with(|bundle| {
        let mut rlp = bundle.blocks[0].header.to_vec();
        let root = header(&rlp).state_root();
        let at = rlp
            .windows(32)
            .position(|bytes| bytes == root.as_slice())
            .unwrap();
        rlp[at] ^= 1;
        bundle.blocks[0].header = rlp.into();
    });
    assert_eq!(
        refused(forged),
        LedgerError::Policy(PolicyError::EndpointsDisagree)
    );
}

#[test]
fn proofs_are_of_this_identity() {
    let ours = ethr("pubkey");
    for other in ["delegate", "plain", "deactivated"] {
        let other = ethr(other);
        let resolved = ours.resolve_from(&other.bundle, Asked::Now, ours.time() + 1);
        // The endpoints know only the blocks of our own question: ask the honest ones of the other's.
        assert!(resolved.is_err());
        let profile = ours.profile();
        let blocks = profile
            .accept(&other.bundle, &answers(&other.bundle))
            .unwrap();
        let now = UnixTime::from_secs(ours.time() + 1);
        let resolved = ours
            .did
            .resolve(&profile, &other.bundle, &blocks, Asked::Now, now);
        assert_eq!(refused(resolved), LedgerError::SlotNotProven);
    }
}

#[test]
fn a_slot_that_is_left_out_is_an_error() {
    for recorded in [ethr("pubkey"), meta("services"), meta("deleted")] {
        for contract in 0..recorded.bundle.contracts.len() {
            for slot in 0..recorded.bundle.contracts[contract].proof.storage.len() {
                let without = recorded.with(|bundle| {
                    bundle.contracts[contract].proof.storage.remove(slot);
                });
                assert_eq!(refused(without), LedgerError::SlotNotProven);
            }
            let without = recorded.with(|bundle| {
                bundle.contracts.remove(contract);
            });
            assert_eq!(refused(without), LedgerError::SlotNotProven);
        }
    }
}

#[test]
fn contracts_are_the_pinned_ones() {
    let mut recorded = ethr("pubkey");
    let registry = recorded.contracts.ethr_did_registry.as_mut().unwrap();
    registry.code_hash = B256::repeat_byte(1);
    assert_eq!(refused(recorded.resolve()), LedgerError::WrongCode);
    let registry = recorded.contracts.ethr_did_registry.as_mut().unwrap();
    registry.address = Address::repeat_byte(1);
    assert_eq!(refused(recorded.resolve()), LedgerError::WrongContract);

    let mut recorded = meta("services");
    let contracts = recorded.contracts.meta_did.as_mut().unwrap();
    contracts.public_key_resolver.code_hash = B256::repeat_byte(1);
    assert_eq!(refused(recorded.resolve()), LedgerError::WrongCode);
}

#[test]
fn a_key_resolver_that_is_no_longer_pinned_is_not_read() {
    let mut recorded = meta("services");
    recorded
        .contracts
        .meta_did
        .as_mut()
        .unwrap()
        .service_key_resolvers
        .truncate(1);
    assert_eq!(refused(recorded.resolve()), LedgerError::WrongContract);
    recorded.bundle.contracts.retain(|it| {
        let pinned = recorded.contracts.meta_did.as_ref().unwrap();
        let pinned = [
            pinned.identity_registry,
            pinned.public_key_resolver,
            pinned.service_key_resolvers[0],
        ];
        pinned
            .iter()
            .any(|contract| contract.address == it.proof.address)
    });
    assert_eq!(recorded.resolve().unwrap().document().methods().len(), 4);
}

#[test]
fn two_blocks_of_one_number_are_refused() {
    let recorded = ethr("twenty");
    let twice = recorded.with(|bundle| bundle.blocks.push(bundle.blocks[1].clone()));
    assert_eq!(refused(twice), LedgerError::Bundle);
}

#[test]
fn a_did_is_read_from_its_own_chain_only() {
    let address = "0xf998BC9a9Ec81eA852C4df0e1FCECA63356Ad967";
    let zeros = "0".repeat(64);
    let is_of = |did: &str, name: &str, chain_id, contracts: &PinnedContracts| {
        ChainDid::parse(did)
            .unwrap()
            .is_of(&profile(name, chain_id, contracts.clone()))
    };
    let ethr = ethr("plain").contracts;
    let meta = meta("one_key").contracts;
    let numbered = format!("did:ethr:0x7a69:{address}");
    for (chain_id, expected) in [(31337, true), (1, false)] {
        assert_eq!(is_of(&numbered, "anything", chain_id, &ethr), expected);
        assert_eq!(is_of(&numbered, "0x7a69", chain_id, &ethr), expected);
    }
    for (network, name, expected) in [
        ("local:", "local", true),
        ("local:", "other", false),
        ("0x1:", "local", false),
        ("", "local", false),
        // No name of the app's own stands for one that everybody knows.
        ("", "mainnet", false),
        ("mainnet:", "mainnet", false),
        ("Mainnet:", "Mainnet", false),
        ("sepolia:", "sepolia", false),
        ("artis:sigma1:", "artis:sigma1", false),
        ("0X1:", "0X1", false),
    ] {
        let did = format!("did:ethr:{network}{address}");
        assert_eq!(is_of(&did, name, 31337, &ethr), expected, "{did} {name}");
        assert!(!is_of(&did, name, 31337, &meta));
    }
    for (network, chain_id) in [("", 1), ("sepolia:", 11_155_111), ("ewc:", 246)] {
        let did = format!("did:ethr:{network}{address}");
        assert!(is_of(&did, "ours", chain_id, &ethr), "{did}");
    }
    for (network, name, chain_id, expected) in [
        ("testnet:", "ours", 12, true),
        ("testnet:", "testnet", 31337, false),
        ("TESTNET:", "testnet", 31337, false),
        ("", "testnet", 12, false),
        ("", "ours", 11, true),
        ("", "mainnet", 12, false),
        ("mainnet:", "mainnet", 1, false),
        ("0x1:", "0x1", 12, false),
        ("local:", "local", 31337, true),
    ] {
        let did = format!("did:meta:{network}{zeros}");
        assert_eq!(is_of(&did, name, chain_id, &meta), expected, "{did} {name}");
        assert!(!is_of(&did, name, chain_id, &ethr));
    }
    let mut elsewhere = self::ethr("plain");
    elsewhere.did = ChainDid::parse(&format!("did:ethr:0x1:{address}")).unwrap();
    assert_eq!(elsewhere.resolve(), Err(DidError::NotOnChain));
    let known = test_chain::known(&elsewhere.bundle, |_| {
        elsewhere.contracts.ethr_did_registry.unwrap().code_hash
    });
    let needs = elsewhere.did.needs(&elsewhere.profile(), &known);
    assert_eq!(needs, Err(DidError::NotOnChain));
}

#[test]
fn other_methods_are_not_on_a_chain() {
    for did in [
        "did:key:z6Mk",
        "did:web:example.org",
        "did:icon:01:00",
        "did",
    ] {
        assert_eq!(ChainDid::parse(did), Err(DidError::MethodNotSupported));
    }
}

#[test]
fn nothing_more_is_needed_when_all_is_known() {
    for name in ETHR {
        let recorded = ethr(name);
        let code_hash = recorded.contracts.ethr_did_registry.unwrap().code_hash;
        let known = test_chain::known(&recorded.bundle, |_| code_hash);
        assert_eq!(recorded.did.needs(&recorded.profile(), &known), Ok(vec![]));
    }
}

/// One nibble changed in some proof, receipt or header.
fn flipped(bundle: &ProofBundle, place: usize, bit: u8) -> ProofBundle {
    let mut bundle = bundle.clone();
    let mut parts: Vec<&mut Bytes> = Vec::new();
    for block in &mut bundle.blocks {
        parts.push(&mut block.header);
        parts.extend(block.receipts.iter_mut().flatten());
    }
    for contract in &mut bundle.contracts {
        parts.extend(&mut contract.proof.account_proof);
        parts.extend(
            contract
                .proof
                .storage
                .iter_mut()
                .flat_map(|slot| &mut slot.proof),
        );
    }
    let total: usize = parts.iter().map(|part| part.len()).sum();
    let mut place = place % total;
    for part in parts {
        if place < part.len() {
            let mut bytes = part.to_vec();
            bytes[place] ^= 1 << bit;
            *part = bytes.into();
            break;
        }
        place -= part.len();
    }
    bundle
}

proptest! {
    #[test]
    fn a_single_bit_anywhere_in_the_evidence_makes_it_refused(
        name in prop::sample::select(vec!["twenty", "same_block", "rotated", "services"]),
        place in any::<usize>(),
        bit in 0_u8..8,
    ) {
        let recorded = if name == "services" { meta(name) } else { ethr(name) };
        let changed = flipped(&recorded.bundle, place, bit);
        prop_assert_ne!(&changed, &recorded.bundle);
        prop_assert!(recorded.resolve_from(&changed, Asked::Now, recorded.time() + 1).is_err());
    }
}
