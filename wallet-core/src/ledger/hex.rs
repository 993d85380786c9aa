//! Bytes as JSON-RPC writes them: `0x` and two hexadecimal digits each.

use super::LedgerError;
use alloy_primitives::Bytes;

/// The bytes of `text`, at most `max` of them.
pub(super) fn decode(text: &str, max: usize) -> Result<Bytes, LedgerError> {
    let digits = text.strip_prefix("0x").ok_or(LedgerError::Bundle)?;
    if digits.len() / 2 > max {
        return Err(LedgerError::TooLarge);
    }
    // The decoder takes a prefix of its own.
    if digits.starts_with("0x") {
        return Err(LedgerError::Bundle);
    }
    alloy_primitives::hex::decode(digits)
        .map(Bytes::from)
        .map_err(|_| LedgerError::Bundle)
}

/// Exactly `N` bytes.
pub(super) fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], LedgerError> {
    let bytes = decode(text, N)?;
    bytes.as_ref().try_into().map_err(|_| LedgerError::Bundle)
}

/// `bytes` as text.
pub(super) fn encode(bytes: &[u8]) -> String {
    alloy_primitives::hex::encode_prefixed(bytes)
}
