//! Where Solidity puts what: the slots of mappings, arrays and byte strings.

use super::LedgerError;
use alloy_primitives::{Address, B256, U256, keccak256};

/// Most bytes of a proven byte string.
pub const MAX_BYTES: usize = 1024;

/// The slot of this number.
#[must_use]
pub const fn slot(number: u64) -> B256 {
    B256::new(U256::from_limbs([number, 0, 0, 0]).to_be_bytes())
}

/// The slot `offset` after another: the members of a struct, the words of an array.
#[must_use]
pub fn offset(slot: B256, offset: u64) -> B256 {
    U256::from_be_bytes(slot.0)
        .wrapping_add(U256::from(offset))
        .into()
}

/// The slot of the value a mapping at `slot` has for `key`, already padded to a word.
#[must_use]
pub fn mapping(slot: B256, key: B256) -> B256 {
    keccak256([key.0, slot.0].concat())
}

/// [`mapping`] with an address as key.
#[must_use]
pub fn mapping_of_address(slot: B256, key: Address) -> B256 {
    mapping(slot, key.into_word())
}

/// The slot of the element of this index in a dynamic array at `slot`, one word each.
#[must_use]
pub fn element(slot: B256, index: u64) -> B256 {
    offset(keccak256(slot), index)
}

/// A word that holds an address and nothing else.
///
/// # Errors
/// [`LedgerError::Layout`] if the other bytes are not zero.
pub fn address(word: U256) -> Result<Address, LedgerError> {
    let bytes: [u8; 32] = word.to_be_bytes();
    match bytes.split_at(12) {
        (zeros, address) if zeros.iter().all(|&byte| byte == 0) => Ok(Address::from_slice(address)),
        _ => Err(LedgerError::Layout),
    }
}

/// A word that holds a small number, such as an array's length.
///
/// # Errors
/// [`LedgerError::TooLarge`] if it is above `max`.
pub fn count(word: U256, max: u64) -> Result<u64, LedgerError> {
    match u64::try_from(word) {
        Ok(count) if count <= max => Ok(count),
        _ => Err(LedgerError::TooLarge),
    }
}

/// How many words of a byte string stand after its slot, whose word `head` is: none of a short one.
///
/// # Errors
/// [`LedgerError::TooLarge`] above [`MAX_BYTES`], [`LedgerError::Layout`] if no compiler writes it so.
pub fn words_after(head: U256) -> Result<u64, LedgerError> {
    if !head.bit(0) {
        return Ok(0);
    }
    Ok(long_len(head)?.div_ceil(32) as u64)
}

/// The byte string at `slot`: up to 31 bytes stand in the slot itself, longer ones after its hash.
///
/// # Errors
/// What `word` refuses, [`LedgerError::TooLarge`] above [`MAX_BYTES`], [`LedgerError::Layout`] if no compiler writes it so.
pub fn bytes(
    word: impl Fn(B256) -> Result<U256, LedgerError>,
    slot: B256,
) -> Result<Vec<u8>, LedgerError> {
    let head = word(slot)?;
    if !head.bit(0) {
        return short_bytes(&head.to_be_bytes());
    }
    let len = long_len(head)?;
    let mut bytes = Vec::with_capacity(len.next_multiple_of(32));
    for index in 0..words_after(head)? {
        bytes.extend_from_slice(&word(element(slot, index))?.to_be_bytes::<32>());
    }
    ends_in_zeros(&bytes, len)?;
    bytes.truncate(len);
    Ok(bytes)
}

/// The length in the first word of a string that does not stand in it: twice the length and one.
fn long_len(head: U256) -> Result<usize, LedgerError> {
    match usize::try_from(head >> 1) {
        Ok(..32) => Err(LedgerError::Layout),
        Ok(len @ ..=MAX_BYTES) => Ok(len),
        _ => Err(LedgerError::TooLarge),
    }
}

fn short_bytes(head: &[u8; 32]) -> Result<Vec<u8>, LedgerError> {
    let [bytes @ .., tag] = head;
    let len = usize::from(tag / 2);
    ends_in_zeros(bytes, len)?;
    Ok(bytes.get(..len).ok_or(LedgerError::Layout)?.to_vec())
}

/// That everything after `len` bytes is zero.
fn ends_in_zeros(bytes: &[u8], len: usize) -> Result<(), LedgerError> {
    match bytes.get(len..) {
        Some(rest) if rest.iter().all(|&byte| byte == 0) => Ok(()),
        _ => Err(LedgerError::Layout),
    }
}

#[cfg(test)]
mod tests;
