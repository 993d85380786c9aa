//! A block's header from the fields an endpoint names. They are right when their RLP has the hash the endpoint names too.

use super::RpcError;
use super::encoding::{data, fixed, hash, member, object, quantity};
use crate::ledger::header::{Header, HeaderRules, MAX_HEADER_BYTES};
use alloy_primitives::Bytes;
use alloy_rlp::Encodable;
use serde_json::{Map, Value};

/// How a field is written in RLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A number, without leading zeros.
    Number,
    /// 32 bytes.
    Hash,
    /// 20 bytes.
    Address,
    /// 256 bytes.
    Bloom,
    /// 8 bytes.
    Nonce,
    /// Any bytes.
    Data,
}

use Kind::{Address, Bloom, Data, Hash, Nonce, Number};

/// The fields every header of Ethereum has, in their order.
const ETHEREUM: &[(&str, Kind)] = &[
    ("parentHash", Hash),
    ("sha3Uncles", Hash),
    ("miner", Address),
    ("stateRoot", Hash),
    ("transactionsRoot", Hash),
    ("receiptsRoot", Hash),
    ("logsBloom", Bloom),
    ("difficulty", Number),
    ("number", Number),
    ("gasLimit", Number),
    ("gasUsed", Number),
    ("timestamp", Number),
    ("extraData", Data),
    ("mixHash", Hash),
    ("nonce", Nonce),
];

/// What Ethereum's forks appended.
const ETHEREUM_LATER: &[(&str, Kind)] = &[
    ("baseFeePerGas", Number),
    ("withdrawalsRoot", Hash),
    ("blobGasUsed", Number),
    ("excessBlobGas", Number),
    ("parentBeaconBlockRoot", Hash),
    ("requestsHash", Hash),
    ("blockAccessListHash", Hash),
];

/// The fields of Metadium's headers (go-metadium `core/types/block.go`, names of `internal/ethapi/api.go`).
const METADIUM: &[(&str, Kind)] = &[
    ("parentHash", Hash),
    ("sha3Uncles", Hash),
    ("miner", Address),
    ("stateRoot", Hash),
    ("transactionsRoot", Hash),
    ("receiptsRoot", Hash),
    ("logsBloom", Bloom),
    ("difficulty", Number),
    ("number", Number),
    ("gasLimit", Number),
    ("gasUsed", Number),
    ("fees", Number),
    ("timestamp", Number),
    ("extraData", Data),
    ("rewards", Data),
    ("mixHash", Hash),
    ("nonce", Nonce),
    ("minerNodeId", Data),
    ("minerNodeSig", Data),
];

const METADIUM_LATER: &[(&str, Kind)] = &[
    ("baseFeePerGas", Number),
    ("withdrawalsRoot", Hash),
    ("excessBlobGas", Number),
    ("blobGasUsed", Number),
];

/// The header in a block object. Its hash is recomputed from the fields and is the one the endpoint names.
pub(super) fn header(rules: HeaderRules, block: &Value) -> Result<Header, RpcError> {
    let block = object(block)?;
    let named = hash(member(block, "hash")?)?;
    let header = Header::parse(rules, &rlp(rules, block)?)?;
    if header.hash() == named {
        Ok(header)
    } else {
        Err(RpcError::OtherBlock)
    }
}

/// The header in an answer of `debug_getRawHeader`.
pub(super) fn raw_header(rules: HeaderRules, raw: &Value) -> Result<Header, RpcError> {
    Ok(Header::parse(rules, &data(raw, MAX_HEADER_BYTES)?)?)
}

fn rlp(rules: HeaderRules, block: &Map<String, Value>) -> Result<Vec<u8>, RpcError> {
    let (always, later) = match rules {
        HeaderRules::Ethereum | HeaderRules::Ibft2 | HeaderRules::Qbft => {
            (ETHEREUM, ETHEREUM_LATER)
        }
        HeaderRules::Metadium => (METADIUM, METADIUM_LATER),
    };
    let mut payload = Vec::new();
    for (name, kind) in always {
        encode(*kind, member(block, name)?, &mut payload)?;
    }
    for (name, kind) in later {
        match block.get(*name) {
            // None can stand without those before it.
            None | Some(Value::Null) => break,
            Some(value) => encode(*kind, value, &mut payload)?,
        }
    }
    Ok(list(&payload))
}

fn encode(kind: Kind, value: &Value, out: &mut Vec<u8>) -> Result<(), RpcError> {
    match kind {
        Number => quantity(value)?.encode(out),
        Hash => fixed::<32>(value)?.encode(out),
        Address => fixed::<20>(value)?.encode(out),
        Bloom => fixed::<256>(value)?.encode(out),
        Nonce => fixed::<8>(value)?.encode(out),
        Data => encode_bytes(&data(value, MAX_HEADER_BYTES)?, out),
    }
    Ok(())
}

pub(super) fn encode_bytes(bytes: &Bytes, out: &mut Vec<u8>) {
    bytes.as_ref().encode(out);
}

/// A list of what is encoded already.
pub(super) fn list(payload: &[u8]) -> Vec<u8> {
    let mut rlp = Vec::with_capacity(payload.len() + 9);
    let header = alloy_rlp::Header {
        list: true,
        payload_length: payload.len(),
    };
    header.encode(&mut rlp);
    rlp.extend_from_slice(payload);
    rlp
}
