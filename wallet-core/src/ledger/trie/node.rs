//! Nodes of a trie, and the digits of keys and paths.

use crate::ledger::LedgerError;
use crate::ledger::rlp::{Item, Items};
use alloy_primitives::{B256, keccak256};

/// A node.
pub(super) enum Node<'a> {
    /// One child for each next digit.
    Branch(Children<'a>),
    /// Digits that all keys below share.
    Extension { path: Path<'a>, child: Item<'a> },
    /// The rest of one key's digits, and what stands there.
    Leaf { path: Path<'a>, value: &'a [u8] },
}

impl<'a> Node<'a> {
    pub(super) fn parse(node: Item<'a>) -> Result<Self, LedgerError> {
        let items = node.list()?;
        let mut rest = items;
        let first = rest.next()?;
        let second = rest.next()?;
        if !rest.is_empty() {
            return Ok(Self::Branch(Children(items)));
        }
        let (path, is_leaf) = Path::parse(first.string()?)?;
        if is_leaf {
            let value = second.string()?;
            return Ok(Self::Leaf { path, value });
        }
        let child = inline_or_hash(second)?;
        // What follows shared digits is a branch: anything else would be one node with this.
        let is_sound = !child.is_list() || matches!(Self::parse(child)?, Self::Branch(_));
        if path.len() == 0 || !is_sound {
            return Err(LedgerError::ProofMismatch);
        }
        Ok(Self::Extension { path, child })
    }
}

/// The children of a branch.
pub(super) struct Children<'a>(Items<'a>);

impl<'a> Children<'a> {
    /// The child for a digit, if there is one. The whole branch is checked.
    pub(super) fn child(self, digit: u8) -> Result<Option<Item<'a>>, LedgerError> {
        let mut items = self.0;
        let mut chosen = None;
        for place in 0..16 {
            let item = items.next()?;
            if item.is_empty_string() {
                continue;
            }
            let child = inline_or_hash(item)?;
            if place == digit {
                chosen = Some(child);
            }
        }
        // Keys are all of one length: none ends at a branch.
        let has_value = !items.next()?.is_empty_string();
        if has_value || !items.is_empty() {
            return Err(LedgerError::ProofMismatch);
        }
        Ok(chosen)
    }
}

/// A child: the hash of a node, or the node itself if it is shorter than that.
fn inline_or_hash(item: Item<'_>) -> Result<Item<'_>, LedgerError> {
    let fits = if item.is_list() {
        item.raw.len() < B256::len_bytes()
    } else {
        item.payload.len() == B256::len_bytes()
    };
    if fits {
        Ok(item)
    } else {
        Err(LedgerError::ProofMismatch)
    }
}

/// The digits of a hashed key.
pub(super) struct Key(B256);

impl Key {
    /// How many there are.
    pub(super) const DIGITS: usize = 64;

    pub(super) fn hash_of(key: &[u8]) -> Self {
        Self(keccak256(key))
    }

    /// The key that has this hash.
    #[cfg(test)]
    pub(super) const fn new(hash: B256) -> Self {
        Self(hash)
    }

    pub(super) fn digit(&self, place: usize) -> Option<u8> {
        digit(self.0.as_slice(), place)
    }
}

/// Digits in a node, in the encoding with a flag for their parity and for leaves (yellow paper, appendix C).
pub(super) struct Path<'a> {
    bytes: &'a [u8],
    /// Where in `bytes` the digits begin: after the flag, and after the padding digit if they are even.
    start: usize,
}

impl<'a> Path<'a> {
    /// The path, and whether it is a leaf's.
    fn parse(bytes: &'a [u8]) -> Result<(Self, bool), LedgerError> {
        let first = *bytes.first().ok_or(LedgerError::ProofMismatch)?;
        let start = match first {
            0x00 | 0x20 => 2,
            0x10..=0x1f | 0x30..=0x3f => 1,
            _ => return Err(LedgerError::ProofMismatch),
        };
        Ok((Self { bytes, start }, first >= 0x20))
    }

    pub(super) const fn len(&self) -> usize {
        self.bytes
            .len()
            .saturating_mul(2)
            .saturating_sub(self.start)
    }

    /// Whether the key goes on with these digits after `depth` others.
    pub(super) fn leads(&self, key: &Key, depth: usize) -> Result<bool, LedgerError> {
        if depth.saturating_add(self.len()) > Key::DIGITS {
            return Err(LedgerError::ProofMismatch);
        }
        Ok((0..self.len()).all(|place| {
            digit(self.bytes, self.start.saturating_add(place))
                == key.digit(depth.saturating_add(place))
        }))
    }
}

fn digit(bytes: &[u8], place: usize) -> Option<u8> {
    let byte = *bytes.get(place / 2)?;
    Some(if place.is_multiple_of(2) {
        byte >> 4
    } else {
        byte & 0x0f
    })
}
