//! The Merkle tree over the hashes of all blocks before a checkpoint, so that one checkpoint vouches for every older block.
//!
//! It is the tree of RFC 9162 2.1: leaf `i` is the hash of block `i`, from the genesis
//! on. Kept as a mountain range (the roots of its perfect subtrees, left to right) it grows by one block without the older
//! hashes; folding the peaks from the right gives the same root.

use super::super::tree::{Steps, hash_leaf, hash_node};
use super::{PolicyError, json};
use alloy_primitives::B256;
use serde_json::{Map, Value};
use wallet_primitives::hash::sha256;

/// Most nodes of a proof: a tree of 2^64 leaves.
pub(super) const MAX_PATH: usize = 64;

/// The hashes of blocks 0 to n−1, folded: what who signs checkpoints keeps and extends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MountainRange {
    /// Roots of perfect subtrees, the largest first: one for each bit of `blocks` that is set.
    peaks: Vec<B256>,
    blocks: u64,
}

impl MountainRange {
    /// Adds the hash of block number [`Self::blocks`].
    pub fn append(&mut self, block_hash: &B256) {
        self.append_leaf(hash_leaf(&[block_hash.as_slice()]));
    }

    fn append_leaf(&mut self, leaf: B256) {
        let mut peak = leaf;
        for _ in 0..self.blocks.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = hash_node(left, peak);
            }
        }
        self.peaks.push(peak);
        self.blocks = self.blocks.saturating_add(1);
    }

    /// How many blocks were added.
    #[must_use]
    pub const fn blocks(&self) -> u64 {
        self.blocks
    }

    /// The root over all of them (RFC 9162 2.1.1); that of no blocks is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> B256 {
        let from_the_right = self.peaks.iter().rev().copied();
        from_the_right
            .reduce(|right, left| hash_node(left, right))
            .unwrap_or_else(|| B256::new(sha256(&[])))
    }
}

/// That a block is one of those before a checkpoint: the path from its leaf to the root (RFC 9162 2.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    path: Vec<B256>,
}

impl InclusionProof {
    /// The nodes beside the path, from the leaf up.
    ///
    /// # Errors
    /// [`PolicyError::CheckpointForm`] if there are more than any tree is high.
    pub fn new(path: Vec<B256>) -> Result<Self, PolicyError> {
        if path.len() > MAX_PATH {
            return Err(PolicyError::CheckpointForm);
        }
        Ok(Self { path })
    }

    /// Reads the JSON form, `{"path":["0x…"]}`.
    ///
    /// # Errors
    /// [`PolicyError::CheckpointForm`].
    pub fn from_members(members: &Map<String, Value>) -> Result<Self, PolicyError> {
        let path = members.get("path").and_then(Value::as_array);
        let path = path.filter(|path| path.len() <= MAX_PATH && json::has_only(members, &["path"]));
        let nodes = path.and_then(|path| path.iter().map(json::hash).collect());
        Self::new(nodes.ok_or(PolicyError::CheckpointForm)?)
    }

    /// The JSON form.
    #[must_use]
    pub fn to_members(&self) -> Map<String, Value> {
        let nodes = self.path.iter().map(|node| node.to_string().into());
        [("path".to_owned(), Value::Array(nodes.collect()))]
            .into_iter()
            .collect()
    }

    /// The proof of block `number` among `block_hashes`, which begin with the genesis. `None` if it is not among them.
    #[must_use]
    pub fn of(block_hashes: &[B256], number: usize) -> Option<Self> {
        let leaves: Vec<B256> = block_hashes
            .iter()
            .map(|hash| hash_leaf(&[hash.as_slice()]))
            .collect();
        let mut path = Vec::new();
        (number < leaves.len()).then(|| path_to(&leaves, number, &mut path))?;
        Some(Self { path })
    }

    /// The nodes, from the leaf up.
    #[must_use]
    pub fn path(&self) -> &[B256] {
        &self.path
    }

    /// Checks that `block_hash` is that of block `number` in the tree of `blocks` blocks with this root
    /// (RFC 9162 2.1.3.2). The number and the size decide the path's length and turns; nothing is left over.
    ///
    /// # Errors
    /// [`PolicyError::NotIncluded`].
    pub fn verify(
        &self,
        block_hash: &B256,
        number: u64,
        blocks: u64,
        root: &B256,
    ) -> Result<(), PolicyError> {
        self.verify_leaf(hash_leaf(&[block_hash.as_slice()]), number, blocks, root)
    }

    fn verify_leaf(
        &self,
        leaf: B256,
        index: u64,
        leaves: u64,
        root: &B256,
    ) -> Result<(), PolicyError> {
        let steps = Steps::of(index, leaves).filter(|steps| steps.fits(&self.path));
        let found = steps.map(|steps| steps.climb(leaf, &self.path));
        match found == Some(*root) {
            true => Ok(()),
            false => Err(PolicyError::NotIncluded),
        }
    }
}

/// RFC 9162 2.1.3.1: gives the root of leaves, given by their hashes, and writes down the path to one of them.
fn path_to(leaves: &[B256], index: usize, path: &mut Vec<B256>) -> B256 {
    let (left, right) = match leaves {
        [] => return MountainRange::default().root(),
        [only] => return *only,
        // The largest power of two smaller than the number of leaves.
        more => more.split_at(more.len().next_power_of_two() / 2),
    };
    if index < left.len() {
        let root = path_to(left, index, path);
        let beside = tree_root(right);
        path.push(beside);
        hash_node(root, beside)
    } else {
        let root = path_to(right, index - left.len(), path);
        let beside = tree_root(left);
        path.push(beside);
        hash_node(beside, root)
    }
}

fn tree_root(leaves: &[B256]) -> B256 {
    let mut range = MountainRange::default();
    leaves.iter().for_each(|leaf| range.append_leaf(*leaf));
    range.root()
}

#[cfg(test)]
mod tests;
