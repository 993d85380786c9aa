//! What nodes answered, as the RLP it stands for: written apart from the code under test, for all tests of this module.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::accepted::AcceptedBlock;
use super::bundle::ProofBundle;
use super::contract::{ContractProof, ContractState, PinnedContract, SlotProof};
use super::header::{Header, HeaderRules};
use super::policy::{MetadiumNode, MetadiumSeals, TrustBasis};
use super::reading::KnownState;
use super::receipts::BlockReceipts;
use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_rlp::Encodable;
use serde_json::Value;

/// The identity of did:meta: 12 slots of two contracts.
pub(crate) fn meta() -> Value {
    vector("did-meta-eip1186-anvil.json")
}

/// The identity of ERC-1056: two changes.
pub(crate) fn ethr() -> Value {
    vector("did-ethr-erc1056-anvil.json")
}

fn vector(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/korea/"
    );
    serde_json::from_slice(&std::fs::read(format!("{folder}{name}")).unwrap()).unwrap()
}

pub(crate) fn bytes(value: &Value) -> Bytes {
    value.as_str().unwrap().parse().unwrap()
}

pub(crate) fn hash(value: &Value) -> B256 {
    value.as_str().unwrap().parse().unwrap()
}

/// A list of already encoded items.
pub(crate) fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload = items.concat();
    let mut out = Vec::new();
    alloy_rlp::Header {
        list: true,
        payload_length: payload.len(),
    }
    .encode(&mut out);
    out.extend(payload);
    out
}

pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bytes.encode(&mut out);
    out
}

pub(crate) fn number(value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    value.encode(&mut out);
    out
}

fn quantity(value: &Value) -> Vec<u8> {
    number(u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap())
}

/// The fields of a block's header, each as RLP.
pub(crate) fn header_fields(block: &Value) -> Vec<Vec<u8>> {
    let names = "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom #difficulty #number #gasLimit \
                 #gasUsed #timestamp extraData mixHash nonce #baseFeePerGas withdrawalsRoot #blobGasUsed #excessBlobGas \
                 parentBeaconBlockRoot requestsHash";
    let field = |name: &str| match name.strip_prefix('#') {
        Some(name) => quantity(&block[name]),
        None => string(&bytes(&block[name])),
    };
    names.split(' ').map(field).collect()
}

/// A block's receipts as consensus has them.
pub(crate) fn receipts(answer: &Value) -> Vec<Bytes> {
    answer.as_array().unwrap().iter().map(receipt).collect()
}

fn receipt(answer: &Value) -> Bytes {
    let logs: Vec<_> = answer["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|log| {
            let topics = log["topics"].as_array().unwrap();
            let topics: Vec<_> = topics.iter().map(|topic| string(&bytes(topic))).collect();
            list(&[
                string(&bytes(&log["address"])),
                list(&topics),
                string(&bytes(&log["data"])),
            ])
        })
        .collect();
    let body = list(&[
        quantity(&answer["status"]),
        quantity(&answer["cumulativeGasUsed"]),
        string(&bytes(&answer["logsBloom"])),
        list(&logs),
    ]);
    match answer["type"].as_str().unwrap() {
        "0x0" => body.into(),
        kind => [vec![u8::from_str_radix(&kind[2..], 16).unwrap()], body]
            .concat()
            .into(),
    }
}

/// A block a policy accepted.
pub(crate) fn accepted(block: &Value) -> AcceptedBlock {
    accept(&list(&header_fields(block)))
}

/// A header a policy accepted.
pub(crate) fn accept(rlp: &[u8]) -> AcceptedBlock {
    AcceptedBlock::new(
        Header::parse(HeaderRules::Ethereum, rlp).unwrap(),
        TrustBasis::Checkpoint {
            number: 1,
            signers: 1,
            of: 1,
        },
    )
}

/// An answer to `eth_getProof`.
pub(crate) fn proof(answer: &Value) -> ContractProof {
    let nodes = |list: &Value| list.as_array().unwrap().iter().map(bytes).collect();
    ContractProof {
        address: Address::from_slice(&bytes(&answer["address"])),
        account_proof: nodes(&answer["accountProof"]),
        storage: answer["storageProof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|slot| SlotProof {
                slot: hash(&slot["key"]),
                proof: nodes(&slot["proof"]),
            })
            .collect(),
    }
}

/// The contract an answer to `eth_getProof` is about.
pub(crate) fn pinned(answer: &Value) -> PinnedContract {
    PinnedContract {
        address: Address::from_slice(&bytes(&answer["address"])),
        code_hash: hash(&answer["codeHash"]),
    }
}

/// What a bundle proves, its blocks all accepted.
pub(crate) fn known(bundle: &ProofBundle, code_hash: impl Fn(Address) -> B256) -> KnownState {
    let mut known = KnownState::default();
    for block in &bundle.blocks {
        if let Some(receipts) = &block.receipts {
            let block = accept(&block.header);
            let receipts = BlockReceipts::verify(&block, receipts).unwrap();
            let events = receipts.logs().to_vec();
            known.learn_events(block.header().number(), events);
        }
    }
    for contract in &bundle.contracts {
        let block = accept(&bundle.blocks[contract.block].header);
        let address = contract.proof.address;
        let code_hash = code_hash(address);
        let pinned = PinnedContract { address, code_hash };
        let state = ContractState::verify(&block, &pinned, &contract.proof).unwrap();
        for SlotProof { slot, .. } in &contract.proof.storage {
            known.learn_word(address, *slot, state.word(*slot).unwrap());
        }
    }
    known
}

/// The header of an invented block of Ethereum's first form.
pub(in crate::ledger) fn invented_header(number_: u64, time: u64, extra_data: &[u8]) -> Vec<u8> {
    let hash = |byte: u8| string(&[byte; 32]);
    list(&[
        hash(1),
        hash(2),
        string(&[3; 20]),
        hash(4),
        hash(5),
        hash(6),
        string(&[0; 256]),
        number(1),
        number(number_),
        number(30_000_000),
        number(0),
        number(time),
        string(extra_data),
        hash(7),
        string(&[0; 8]),
    ])
}

fn metadium_key(seed: u8) -> k256::ecdsa::SigningKey {
    k256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap()
}

/// Two of three nodes of Metadium.
pub(crate) fn metadium() -> MetadiumSeals {
    let node = |seed| MetadiumNode {
        coinbase: Address::repeat_byte(seed),
        key: metadium_key(seed)
            .verifying_key()
            .to_sec1_point(false)
            .as_bytes()[1..]
            .try_into()
            .unwrap(),
    };
    MetadiumSeals::new(&[node(1), node(2), node(3)], 2, 0).unwrap()
}

/// A block of the node of this seed, sealed by it.
pub(crate) fn metadium_header(seed: u8, height: u64, state_root: B256) -> Vec<u8> {
    let mut fields = header_fields(&meta()["block"]);
    fields.truncate(15);
    fields[2] = string(&[seed; 20]);
    fields[3] = string(state_root.as_slice());
    fields[8] = number(height);
    // Fees before the time; rewards after the extra data; no name of the node and its seal at the end.
    fields.insert(11, number(0));
    fields.insert(14, string(&[]));
    let bytes = height.to_be_bytes().into_iter();
    let bytes: Vec<u8> = bytes.skip_while(|it| *it == 0).collect();
    let sealed = keccak256([&bytes[..], state_root.as_slice()].concat());
    let (signature, id) = metadium_key(seed).sign_prehash_recoverable(&sealed.0);
    fields.push(string(&[]));
    fields.push(string(
        &[signature.to_bytes().to_vec(), vec![id.to_byte()]].concat(),
    ));
    list(&fields)
}
