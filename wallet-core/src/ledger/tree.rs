//! The Merkle tree of RFC 9162 2.1 (Certificate Transparency) with SHA-256.

use alloy_primitives::B256;
use wallet_primitives::hash::sha256;

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

/// 2.1.1: `SHA-256(0x00 ‖ content)`.
pub(super) fn hash_leaf(content: &[&[u8]]) -> B256 {
    let parts: Vec<&[u8]> = [LEAF].into_iter().chain(content.iter().copied()).collect();
    sha256(&parts).into()
}

/// 2.1.1: `SHA-256(0x01 ‖ left ‖ right)`.
pub(super) fn hash_node(left: B256, right: B256) -> B256 {
    sha256(&[NODE, left.as_slice(), right.as_slice()]).into()
}

/// Where the hash beside the way stands.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Right,
}

/// The way from a leaf to the root (RFC 9162 2.1.3.2).
#[derive(Clone)]
pub(super) struct Steps {
    place: u64,
    last: u64,
}

impl Steps {
    /// `None` if there is no such leaf.
    pub(super) fn of(index: u64, size: u64) -> Option<Self> {
        let last = size.checked_sub(1)?;
        (index <= last).then_some(Self { place: index, last })
    }

    /// Whether a path has as many hashes as there are steps.
    pub(super) fn fits(&self, path: &[B256]) -> bool {
        self.clone().count() == path.len()
    }

    /// The root above `leaf` with these hashes beside the way.
    pub(super) fn climb(self, leaf: B256, path: &[B256]) -> B256 {
        self.zip(path)
            .fold(leaf, |below, (side, beside)| match side {
                Side::Left => hash_node(*beside, below),
                Side::Right => hash_node(below, *beside),
            })
    }
}

impl Iterator for Steps {
    type Item = Side;

    fn next(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let is_right = self.place & 1 == 1;
        let side = if is_right || self.place == self.last {
            // The last of an odd number goes up until it has something to its left.
            let up = if is_right {
                0
            } else {
                self.place.trailing_zeros()
            };
            self.place = self.place.checked_shr(up).unwrap_or(0);
            self.last = self.last.checked_shr(up).unwrap_or(0);
            Side::Left
        } else {
            Side::Right
        };
        self.place >>= 1;
        self.last >>= 1;
        Some(side)
    }
}
