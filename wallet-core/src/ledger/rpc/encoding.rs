//! Values as Ethereum's JSON-RPC writes them: quantities without leading zeros, data with two digits for each byte.

use super::RpcError;
use alloy_primitives::{Address, B256, Bytes, U256, hex};
use serde_json::{Map, Value};

/// The member of an object that has to be there.
pub(super) fn member<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Result<&'a Value, RpcError> {
    object.get(name).ok_or(RpcError::Encoding)
}

/// An object.
pub(super) fn object(value: &Value) -> Result<&Map<String, Value>, RpcError> {
    value.as_object().ok_or(RpcError::Encoding)
}

/// An array of at most `max` values.
pub(super) fn array(value: &Value, max: usize) -> Result<&[Value], RpcError> {
    match value.as_array() {
        Some(values) if values.len() <= max => Ok(values),
        _ => Err(RpcError::Encoding),
    }
}

/// A quantity: `0x`, then hexadecimal digits of which the first is no zero, or `0x0`.
pub(super) fn quantity(value: &Value) -> Result<U256, RpcError> {
    let digits = digits(value)?;
    let is_quantity = match digits.as_bytes() {
        [] => false,
        [b'0'] => true,
        [first, ..] => *first != b'0' && digits.len() <= 64,
    };
    // `from_str_radix` takes underscores and signs too.
    if !is_quantity || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(RpcError::Encoding);
    }
    U256::from_str_radix(digits, 16).map_err(|_| RpcError::Encoding)
}

/// A quantity of at most 64 bits.
pub(super) fn small_quantity(value: &Value) -> Result<u64, RpcError> {
    quantity(value)?.try_into().map_err(|_| RpcError::Encoding)
}

/// A number as a quantity.
pub(super) fn to_quantity(number: u64) -> Value {
    format!("{number:#x}").into()
}

/// At most `max` bytes.
pub(super) fn data(value: &Value, max: usize) -> Result<Bytes, RpcError> {
    let digits = digits(value)?;
    if digits.len() / 2 > max {
        return Err(RpcError::Encoding);
    }
    // Without its own prefix, of which the decoder would take a second one.
    if digits.starts_with("0x") {
        return Err(RpcError::Encoding);
    }
    hex::decode(digits)
        .map(Bytes::from)
        .map_err(|_| RpcError::Encoding)
}

/// Exactly `N` bytes.
pub(super) fn fixed<const N: usize>(value: &Value) -> Result<[u8; N], RpcError> {
    let bytes = data(value, N)?;
    bytes.as_ref().try_into().map_err(|_| RpcError::Encoding)
}

/// A hash.
pub(super) fn hash(value: &Value) -> Result<B256, RpcError> {
    fixed(value).map(B256::from)
}

/// An address, in upper or lower case.
pub(super) fn address(value: &Value) -> Result<Address, RpcError> {
    fixed(value).map(Address::from)
}

fn digits(value: &Value) -> Result<&str, RpcError> {
    value
        .as_str()
        .and_then(|text| text.strip_prefix("0x"))
        .ok_or(RpcError::Encoding)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_quantity_has_one_form() {
        assert_eq!(quantity(&json!("0x0")).unwrap(), U256::ZERO);
        assert_eq!(small_quantity(&json!("0xfF")).unwrap(), 255);
        assert_eq!(to_quantity(0), json!("0x0"));
        assert_eq!(to_quantity(1024), json!("0x400"));
        let largest = format!("0x{}", "f".repeat(64));
        assert_eq!(quantity(&json!(largest)).unwrap(), U256::MAX);
        assert_eq!(
            small_quantity(&json!("0x10000000000000000")),
            Err(RpcError::Encoding)
        );
        let too_large = format!("0x1{}", "0".repeat(64));
        for odd in [
            json!(""),
            json!("0x"),
            json!("0x00"),
            json!("0x01"),
            json!("1"),
            json!(1),
            json!(null),
            json!("0X1"),
            json!("0xg"),
            json!("0x1_0"),
            json!("0x-1"),
            json!("0x+1"),
            json!(" 0x1"),
            json!("0x1 "),
            json!(too_large),
        ] {
            assert_eq!(quantity(&odd), Err(RpcError::Encoding), "{odd}");
        }
    }

    #[test]
    fn data_has_two_digits_for_each_byte_and_a_limit() {
        assert_eq!(data(&json!("0x"), 0).unwrap(), Bytes::new());
        assert_eq!(
            data(&json!("0xAb01"), 2).unwrap(),
            Bytes::from(vec![0xab, 1])
        );
        assert_eq!(fixed::<2>(&json!("0xab01")).unwrap(), [0xab, 1]);
        assert_eq!(fixed::<3>(&json!("0xab01")), Err(RpcError::Encoding));
        for odd in [
            json!("ab"),
            json!("0xa"),
            json!("0xab0"),
            json!("0xzz"),
            json!("0x0xab"),
            json!("0xab0102"),
            json!([]),
        ] {
            assert_eq!(data(&odd, 2), Err(RpcError::Encoding), "{odd}");
        }
    }
}
