//! Merkle trees over salted digests: those of RFC 9162 2.1, and a root that says how many leaves there are.
//!
//! - leaf: `H(0x00 ‖ salt ‖ digest)`, both of 32 bytes
//! - node: `H(0x01 ‖ left ‖ right)`; of n leaves the left side has the largest power of two below n
//! - anchored root: `H(0x02 ‖ n as 8 bytes, big-endian ‖ root)`
//!
//! The salt is random for each leaf: without it, whoever can guess a content could tell from the tree that it is there.

use super::LedgerError;
use super::tree::{Steps, hash_leaf};
use alloy_primitives::B256;
use wallet_primitives::hash::sha256;

const ROOT: &[u8] = &[2];

/// What stands in a leaf. It recognises one card or receipt: it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SaltedDigest {
    /// Random, and of this leaf alone.
    pub salt: B256,
    /// SHA-256 of the content, after its label ([`super::anchored::AnchoredKind`]).
    pub digest: B256,
}

impl core::fmt::Debug for SaltedDigest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SaltedDigest").finish_non_exhaustive()
    }
}

impl SaltedDigest {
    fn leaf(&self) -> B256 {
        hash_leaf(&[self.salt.as_slice(), self.digest.as_slice()])
    }
}

/// The place of a leaf and the hashes beside its way to the root. Their number is right for the place. Neither is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct InclusionProof {
    index: u64,
    size: u64,
    path: Vec<B256>,
}

impl core::fmt::Debug for InclusionProof {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("InclusionProof")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl InclusionProof {
    /// The proof of leaf `index` of `size`.
    ///
    /// # Errors
    /// [`LedgerError::Inclusion`] if there is no such leaf, or if its path has another length.
    pub fn new(index: u64, size: u64, path: Vec<B256>) -> Result<Self, LedgerError> {
        match Steps::of(index, size) {
            Some(steps) if steps.fits(&path) => Ok(Self { index, size, path }),
            _ => Err(LedgerError::Inclusion),
        }
    }

    /// The place of the leaf, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, from the leaf upwards.
    #[must_use]
    pub fn path(&self) -> &[B256] {
        &self.path
    }

    /// The anchored root of the tree in which `leaf` is at this place.
    #[must_use]
    pub fn anchored_root(&self, leaf: &SaltedDigest) -> B256 {
        let top = self.root(leaf.leaf());
        sha256(&[ROOT, &self.size.to_be_bytes(), top.as_slice()]).into()
    }

    fn root(&self, leaf: B256) -> B256 {
        // Never `None`: looked at when it was made.
        let steps = Steps::of(self.index, self.size);
        steps.map_or(leaf, |steps| steps.climb(leaf, &self.path))
    }
}

#[cfg(test)]
mod tests;
