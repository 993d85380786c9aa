//! Receipts as they are hashed, from the fields an endpoint names. They are right when they make up the block's root.

use super::RpcError;
use super::block::{encode_bytes, list};
use super::encoding::{
    address, array, data, fixed, hash, member, object, quantity, small_quantity,
};
use crate::ledger::receipts::{MAX_RECEIPT_BYTES, MAX_RECEIPTS};
use alloy_primitives::Bytes;
use alloy_rlp::Encodable;
use serde_json::{Map, Value};

/// Most events of one receipt.
const MAX_LOGS: usize = 16 * 1024;

/// Most topics of an event; more would not be read.
const MAX_TOPICS: usize = 4;

/// All receipts of a block, in the order of their transactions.
pub(super) fn receipts(answer: &Value) -> Result<Vec<Bytes>, RpcError> {
    if answer.is_null() {
        return Err(RpcError::NotKnown);
    }
    let mut left = MAX_RECEIPT_BYTES;
    let mut receipts = Vec::new();
    for (index, one) in array(answer, MAX_RECEIPTS)?.iter().enumerate() {
        let one = object(one)?;
        // Endpoints are known to mix them.
        let place = small_quantity(member(one, "transactionIndex")?)?;
        if usize::try_from(place) != Ok(index) {
            return Err(RpcError::Encoding);
        }
        let receipt = receipt(one)?;
        left = left.checked_sub(receipt.len()).ok_or(RpcError::Encoding)?;
        receipts.push(receipt);
    }
    Ok(receipts)
}

/// Status or state root, gas used so far, bloom filter, events; before it the transaction's type, unless it is 0 (EIP-2718).
fn receipt(fields: &Map<String, Value>) -> Result<Bytes, RpcError> {
    let mut payload = Vec::new();
    match (fields.get("status"), fields.get("root")) {
        (Some(status), _) => quantity(status)?.encode(&mut payload),
        (None, Some(root)) => hash(root)?.encode(&mut payload),
        (None, None) => return Err(RpcError::Encoding),
    }
    quantity(member(fields, "cumulativeGasUsed")?)?.encode(&mut payload);
    fixed::<256>(member(fields, "logsBloom")?)?.encode(&mut payload);
    payload.extend_from_slice(&logs(member(fields, "logs")?)?);
    let list = list(&payload);
    let kind = match fields.get("type") {
        None => 0,
        Some(kind) => small_quantity(kind)?,
    };
    match u8::try_from(kind) {
        Ok(0) => Ok(list.into()),
        Ok(kind @ 1..=0x7f) => Ok([&[kind], &list[..]].concat().into()),
        _ => Err(RpcError::Encoding),
    }
}

fn logs(logs: &Value) -> Result<Vec<u8>, RpcError> {
    let mut payload = Vec::new();
    for log in array(logs, MAX_LOGS)? {
        payload.extend_from_slice(&encoded_log(object(log)?)?);
    }
    Ok(list(&payload))
}

fn encoded_log(log: &Map<String, Value>) -> Result<Vec<u8>, RpcError> {
    let mut topics = Vec::new();
    for topic in array(member(log, "topics")?, MAX_TOPICS)? {
        hash(topic)?.encode(&mut topics);
    }
    let mut payload = Vec::new();
    address(member(log, "address")?)?.encode(&mut payload);
    payload.extend_from_slice(&list(&topics));
    encode_bytes(
        &data(member(log, "data")?, MAX_RECEIPT_BYTES)?,
        &mut payload,
    );
    Ok(list(&payload))
}
