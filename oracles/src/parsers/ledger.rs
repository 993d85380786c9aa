//! Evidence of a ledger. Tries are checked against alloy-trie; roots and headers are made after the mutation, so that the
//! fuzzer gets past the hashes.

use std::sync::LazyLock;

use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_rlp::Encodable;
use alloy_trie::Nibbles;
use alloy_trie::proof::{ProofVerificationError, verify_proof};
use alloy_trie::root::{ordered_trie_root_encoded, state_root_unhashed};
use wallet_core::ledger::LedgerError;
use wallet_core::ledger::accepted::AcceptedBlock;
use wallet_core::ledger::bundle::{BlockEvidence, ProofBundle};
use wallet_core::ledger::chain_profile::{ChainProfile, PinnedContracts};
use wallet_core::ledger::contract::{ContractProof, ContractState, PinnedContract, SlotProof};
use wallet_core::ledger::header::{Header, HeaderRules};
use wallet_core::ledger::policy::{
    BlockAnswer, BlockAnswers, ChainIdentity, Endpoint, Endpoints, TrustPolicy,
};
use wallet_core::ledger::receipts::BlockReceipts;

const CHAIN: ChainIdentity = ChainIdentity {
    chain_id: 11,
    genesis: B256::ZERO,
};

const CONTRACT: PinnedContract = PinnedContract {
    address: Address::repeat_byte(0xc0),
    code_hash: B256::repeat_byte(0xcd),
};

/// Where a node names the one after it: the fuzzer cannot find hashes.
const NEXT: [u8; 32] = [0xaa; 32];

static PROFILE: LazyLock<ChainProfile> = LazyLock::new(|| {
    let endpoint = |operator: &str| Endpoint {
        operator: operator.to_owned(),
        url: format!("https://{operator}.example").parse().unwrap(),
    };
    let endpoints = ["a", "b", "c"].map(endpoint).to_vec();
    let trust = TrustPolicy::Endpoints(Endpoints::new(endpoints, 1).unwrap());
    let contracts = PinnedContracts::default();
    ChainProfile::new("fuzz", CHAIN, HeaderRules::Ethereum, 60, trust, contracts).unwrap()
});

/// The first byte chooses the rules; a header. What is read can be written again, and its hash is that of its bytes.
pub(super) fn header(input: &[u8]) {
    let Some((rules, rlp)) = input.split_first() else {
        return;
    };
    let rules = match rules % 2 {
        0 => HeaderRules::Ethereum,
        _ => HeaderRules::Metadium,
    };
    let Ok(header) = Header::parse(rules, rlp) else {
        return;
    };
    assert_eq!(header.rlp().as_ref(), rlp);
    assert_eq!(header.hash(), keccak256(rlp));
    assert_eq!(header.rlp_with_extra_data(header.extra_data()), rlp);
    let other = header.rlp_with_extra_data(b"other");
    let other = Header::parse(rules, &other).unwrap();
    assert_eq!(other.extra_data().as_ref(), b"other");
    assert_eq!(other.state_root(), header.state_root());
}

/// A bundle. What is read is written as the same.
pub(super) fn bundle(input: &[u8]) {
    let Ok(bundle) = ProofBundle::parse(input) else {
        return;
    };
    let written = bundle.to_json().to_string();
    assert_eq!(ProofBundle::parse(written.as_bytes()), Ok(bundle));
}

/// A slot (32 bytes), then nodes with their length in front. What is proven, alloy-trie takes as proven; with a node more
/// or less it is not.
pub(super) fn storage(input: &[u8]) {
    let Some((slot, nodes)) = input.split_first_chunk() else {
        return;
    };
    let slot = B256::from(*slot);
    let nodes = chained(pieces(nodes));
    let root = nodes.first().map_or(alloy_trie::EMPTY_ROOT_HASH, keccak256);
    let Ok(state) = prove(root, slot, &nodes) else {
        return;
    };
    let word = state.word(slot).unwrap();
    let key = Nibbles::unpack(keccak256(slot));
    let by_alloy = |value| verify_proof(root, key, value, &nodes);
    let is_stored = by_alloy(Some(alloy_rlp::encode(word))).is_ok();
    // alloy-trie also reads nodes that an absence does not depend on, and may find one of them broken.
    let is_absent = || {
        let outcome = by_alloy(None);
        matches!(outcome, Ok(()) | Err(ProofVerificationError::Rlp(_)))
    };
    assert!(is_stored || (word.is_zero() && is_absent()));
    let more = [&nodes[..], &[Bytes::from_static(&[0x80])]].concat();
    if root != alloy_trie::EMPTY_ROOT_HASH {
        assert!(prove(root, slot, &more).is_err());
        assert!(prove(root, slot, &nodes[..nodes.len() - 1]).is_err());
    }
}

/// Receipts with their length in front, under the root of their trie. No refusal but for their form; one less is not the
/// block's.
pub(super) fn receipts(input: &[u8]) {
    let receipts = pieces(input);
    let block = block(B256::ZERO, ordered_trie_root_encoded(&receipts));
    match BlockReceipts::verify(&block, &receipts) {
        Ok(verified) => {
            for log in verified.logs() {
                assert!(log.topics.len() <= 4);
                assert!(verified.logs_of(log.address).any(|other| other == log));
            }
        }
        Err(error) => assert!(matches!(
            error,
            LedgerError::Receipt | LedgerError::TooLarge
        )),
    }
    if let Some((_, fewer)) = receipts.split_last() {
        let outcome = BlockReceipts::verify(&block, fewer);
        assert_eq!(outcome, Err(LedgerError::ReceiptsMismatch));
    }
}

/// What two bytes of length say, one after another.
fn pieces(mut input: &[u8]) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while let Some((len, rest)) = input.split_first_chunk() {
        let len = usize::from(u16::from_be_bytes(*len)).min(rest.len());
        pieces.push(Bytes::copy_from_slice(&rest[..len]));
        input = &rest[len..];
    }
    pieces
}

/// Each [`NEXT`] becomes the hash of the node after it.
fn chained(mut nodes: Vec<Bytes>) -> Vec<Bytes> {
    for index in (1..nodes.len()).rev() {
        let hash = keccak256(&nodes[index]);
        let mut node = nodes[index - 1].to_vec();
        let place = node.windows(NEXT.len()).position(|bytes| bytes == NEXT);
        if let Some(place) = place {
            node[place..place + NEXT.len()].copy_from_slice(hash.as_slice());
            nodes[index - 1] = node.into();
        }
    }
    nodes
}

/// What `nodes` prove of a contract with this storage root, the only account of its chain.
fn prove(storage_root: B256, slot: B256, nodes: &[Bytes]) -> Result<ContractState, LedgerError> {
    let account = alloy_trie::TrieAccount {
        storage_root,
        code_hash: CONTRACT.code_hash,
        ..Default::default()
    };
    let path = [&[0x20][..], keccak256(CONTRACT.address).as_slice()].concat();
    let leaf = list(&[string(&path), string(&alloy_rlp::encode(account))]);
    let state_root = state_root_unhashed([(CONTRACT.address, account)]);
    assert_eq!(keccak256(&leaf), state_root);
    let storage = SlotProof {
        slot,
        proof: nodes.to_vec(),
    };
    let proof = ContractProof {
        address: CONTRACT.address,
        account_proof: vec![leaf.into()],
        storage: vec![storage],
    };
    ContractState::verify(&block(state_root, B256::ZERO), &CONTRACT, &proof)
}

/// A block with these roots that all endpoints vouch for.
fn block(state_root: B256, receipts_root: B256) -> AcceptedBlock {
    let hash = |hash: B256| string(hash.as_slice());
    let number = |number: u64| alloy_rlp::encode(number);
    let header = list(&[
        hash(B256::ZERO),
        hash(B256::ZERO),
        string(&[0; 20]),
        hash(state_root),
        hash(B256::ZERO),
        hash(receipts_root),
        string(&[0; 256]),
        number(0),
        number(7),
        number(0),
        number(0),
        number(1_700_000_000),
        string(&[]),
        hash(B256::ZERO),
        string(&[0; 8]),
    ]);
    let answer = Some(BlockAnswer {
        chain: CHAIN,
        hash: keccak256(&header),
    });
    let answers = BlockAnswers {
        number: 7,
        answers: vec![answer; 3],
    };
    let bundle = ProofBundle {
        chain_id: CHAIN.chain_id,
        blocks: vec![BlockEvidence::of(header.into())],
        contracts: Vec::new(),
    };
    let accepted = PROFILE.accept(&bundle, &[answers]).unwrap();
    accepted.blocks()[0].clone()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let mut rlp = Vec::new();
    bytes.encode(&mut rlp);
    rlp
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload = items.concat();
    let mut rlp = Vec::new();
    let header = alloy_rlp::Header {
        list: true,
        payload_length: payload.len(),
    };
    header.encode(&mut rlp);
    rlp.extend(payload);
    rlp
}
