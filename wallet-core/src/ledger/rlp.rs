//! Strict reading of RLP: one encoding per value, nothing after it, every length checked before use.

use super::LedgerError;
use alloy_primitives::U256;

/// One RLP item: a string or a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// The item with its own length in front.
    pub(super) raw: &'a [u8],
    /// What the length counts.
    pub(super) payload: &'a [u8],
    is_list: bool,
}

impl<'a> Item<'a> {
    /// The one item that `bytes` are.
    pub(super) fn only(bytes: &'a [u8]) -> Result<Self, LedgerError> {
        let mut items = Items(bytes);
        let item = items.next()?;
        items.finish()?;
        Ok(item)
    }

    /// The items of a list.
    pub(super) const fn list(self) -> Result<Items<'a>, LedgerError> {
        if self.is_list {
            Ok(Items(self.payload))
        } else {
            Err(LedgerError::Rlp)
        }
    }

    pub(super) const fn is_list(self) -> bool {
        self.is_list
    }

    pub(super) const fn is_empty_string(self) -> bool {
        !self.is_list && self.payload.is_empty()
    }

    /// The bytes of a string.
    pub(super) const fn string(self) -> Result<&'a [u8], LedgerError> {
        if self.is_list {
            Err(LedgerError::Rlp)
        } else {
            Ok(self.payload)
        }
    }

    /// The bytes of a string of known length.
    pub(super) fn array<const N: usize>(self) -> Result<[u8; N], LedgerError> {
        self.string()?.try_into().map_err(|_| LedgerError::Rlp)
    }

    /// An unsigned number: big-endian, no leading zeros, zero is the empty string.
    pub(super) fn number(self) -> Result<U256, LedgerError> {
        let bytes = self.string()?;
        if bytes.first() == Some(&0) {
            return Err(LedgerError::Rlp);
        }
        U256::try_from_be_slice(bytes).ok_or(LedgerError::Rlp)
    }

    /// An unsigned number of 64 bits.
    pub(super) fn u64(self) -> Result<u64, LedgerError> {
        self.number()?.try_into().map_err(|_| LedgerError::Rlp)
    }
}

/// Items one after another, such as those of a list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Items<'a>(&'a [u8]);

impl<'a> Items<'a> {
    /// The next item.
    pub(super) fn next(&mut self) -> Result<Item<'a>, LedgerError> {
        let all = self.0;
        let header = alloy_rlp::Header::decode(&mut self.0).map_err(|_| LedgerError::Rlp)?;
        let (payload, rest) = self
            .0
            .split_at_checked(header.payload_length)
            .ok_or(LedgerError::Rlp)?;
        self.0 = rest;
        let raw = all
            .get(..all.len().saturating_sub(rest.len()))
            .unwrap_or_default();
        Ok(Item {
            raw,
            payload,
            is_list: header.list,
        })
    }

    /// The next item, if any.
    pub(super) fn next_if_any(&mut self) -> Result<Option<Item<'a>>, LedgerError> {
        if self.is_empty() {
            Ok(None)
        } else {
            self.next().map(Some)
        }
    }

    /// Whether no item is left.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// That no item is left.
    pub(super) const fn finish(self) -> Result<(), LedgerError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(LedgerError::Rlp)
        }
    }
}
