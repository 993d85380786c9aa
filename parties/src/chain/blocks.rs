//! Headers and receipts as bytes, from the fields JSON-RPC tells of them.

use serde_json::Value;

use super::{from_hex, rlp};
use crate::refused::{OrRefuse, Result};

/// The fields of a header in order: name, and whether it is a number.
const HEADER: [(&str, bool); 21] = [
    ("parentHash", false),
    ("sha3Uncles", false),
    ("miner", false),
    ("stateRoot", false),
    ("transactionsRoot", false),
    ("receiptsRoot", false),
    ("logsBloom", false),
    ("difficulty", true),
    ("number", true),
    ("gasLimit", true),
    ("gasUsed", true),
    ("timestamp", true),
    ("extraData", false),
    ("mixHash", false),
    ("nonce", false),
    ("baseFeePerGas", true),
    ("withdrawalsRoot", false),
    ("blobGasUsed", true),
    ("excessBlobGas", true),
    ("parentBeaconBlockRoot", false),
    ("requestsHash", false),
];

/// The bytes of a header of Ethereum, from a block as `eth_getBlockByNumber` has it.
///
/// # Errors
/// A field that is no hexadecimal text.
pub fn raw_header(block: &Value) -> Result<Vec<u8>> {
    // Later forks add at the end.
    let fields = HEADER
        .iter()
        .take_while(|(name, _)| block[*name].is_string());
    let fields: Result<Vec<_>> = fields
        .map(|(name, is_number)| item(&block[*name], *is_number))
        .collect();
    Ok(rlp::list(&fields?))
}

/// The bytes of a receipt (EIP-2718), as `eth_getBlockReceipts` has it.
///
/// # Errors
/// A field that is no hexadecimal text.
pub fn raw_receipt(receipt: &Value) -> Result<Vec<u8>> {
    let logs = receipt["logs"].as_array().or_refuse("no logs")?;
    let logs: Result<Vec<_>> = logs.iter().map(log).collect();
    let body = rlp::list(&[
        item(&receipt["status"], true)?,
        item(&receipt["cumulativeGasUsed"], true)?,
        item(&receipt["logsBloom"], false)?,
        rlp::list(&logs?),
    ]);
    let kind = quantity(&receipt["type"])?;
    let kind: Vec<u8> = kind.into_iter().skip_while(|byte| *byte == 0).collect();
    Ok([kind, body].concat())
}

fn log(log: &Value) -> Result<Vec<u8>> {
    let topics = log["topics"].as_array().or_refuse("no topics")?;
    let topics: Result<Vec<_>> = topics.iter().map(|topic| item(topic, false)).collect();
    Ok(rlp::list(&[
        item(&log["address"], false)?,
        rlp::list(&topics?),
        item(&log["data"], false)?,
    ]))
}

fn item(value: &Value, is_number: bool) -> Result<Vec<u8>> {
    match is_number {
        true => Ok(rlp::number(&quantity(value)?)),
        false => {
            let text = value.as_str().or_refuse("a field is missing")?;
            Ok(rlp::bytes(&from_hex(text)?))
        }
    }
}

/// A number may have an odd count of digits.
fn quantity(value: &Value) -> Result<Vec<u8>> {
    let text = value.as_str().or_refuse("a number is missing")?;
    let digits = text.strip_prefix("0x").or_refuse("not a number")?;
    match digits.len() % 2 {
        0 => from_hex(digits),
        _ => from_hex(&format!("0{digits}")),
    }
}
