//! Small readers for the JSON forms of policies and their evidence.

use alloy_primitives::{Address, B256, hex};
use serde_json::{Map, Value};

/// Whether an object has no members but these.
pub(in crate::ledger) fn has_only(object: &Map<String, Value>, members: &[&str]) -> bool {
    object.keys().all(|name| members.contains(&name.as_str()))
}

/// `0x` and exactly this many bytes in hexadecimal.
pub(in crate::ledger) fn bytes<const N: usize>(value: &Value) -> Option<[u8; N]> {
    let digits = value.as_str()?.strip_prefix("0x")?;
    let mut bytes = [0; N];
    (digits.len() == 2 * N).then_some(())?;
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

/// A hash.
pub(in crate::ledger) fn hash(value: &Value) -> Option<B256> {
    bytes(value).map(B256::new)
}

/// An address, in any case: nothing is read from a checksum.
pub(in crate::ledger) fn address(value: &Value) -> Option<Address> {
    bytes(value).map(Address::new)
}
