//! Proofs of a Merkle Patricia trie whose keys are hashes (yellow paper, appendix D): what stands at a key, or that nothing
//! does.
//!
//! Stricter than a check of one expected value: a proof is every node from the root to the key's place and not one more.
//! alloy-trie checks the same proofs in the tests.

mod node;

use super::LedgerError;
use super::rlp::Item;
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_trie::EMPTY_ROOT_HASH;
use node::{Key, Node};

/// Most nodes of a proof: one for each digit of the key, and the last one.
pub(super) const MAX_NODES: usize = 65;

/// Most bytes of a node: a branch has 16 hashes (532 bytes), and leaves here hold accounts or words.
pub(super) const MAX_NODE_BYTES: usize = 576;

/// What `proof` proves to stand under `root` at the hash of `key`: a value, or nothing.
///
/// # Errors
/// [`LedgerError::TooLarge`], [`LedgerError::ProofMismatch`], [`LedgerError::ProofTruncated`],
/// [`LedgerError::ProofNotConsumed`], [`LedgerError::Rlp`].
pub(super) fn value_at<'a>(
    root: B256,
    key: &[u8],
    proof: &'a [Bytes],
) -> Result<Option<&'a [u8]>, LedgerError> {
    if proof.len() > MAX_NODES || proof.iter().any(|node| node.len() > MAX_NODE_BYTES) {
        return Err(LedgerError::TooLarge);
    }
    if root == EMPTY_ROOT_HASH {
        in_empty_trie(proof)
    } else {
        walk(root, &Key::hash_of(key), proof)
    }
}

/// From the root to the key's place.
fn walk<'a>(root: B256, key: &Key, proof: &'a [Bytes]) -> Result<Option<&'a [u8]>, LedgerError> {
    let mut nodes = proof.iter();
    let mut depth = 0;
    let mut expected = root;
    loop {
        let node = nodes.next().ok_or(LedgerError::ProofTruncated)?;
        if keccak256(node) != expected {
            return Err(LedgerError::ProofMismatch);
        }
        match step(Item::only(node)?, key, depth)? {
            Step::Below { hash, depth: below } => {
                expected = hash;
                depth = below;
            }
            Step::End(value) if nodes.len() == 0 => return Ok(value),
            Step::End(_) => return Err(LedgerError::ProofNotConsumed),
        }
    }
}

/// The empty trie has no nodes; some servers send its one encoding.
fn in_empty_trie(proof: &[Bytes]) -> Result<Option<&[u8]>, LedgerError> {
    match proof {
        [] => Ok(None),
        [node] if node.as_ref() == [alloy_rlp::EMPTY_STRING_CODE] => Ok(None),
        _ => Err(LedgerError::ProofNotConsumed),
    }
}

/// Where a node leads.
enum Step<'a> {
    /// To the node of this hash, with this many digits of the key behind.
    Below { hash: B256, depth: usize },
    /// To the end: a value, or that there is none.
    End(Option<&'a [u8]>),
}

/// Follows `node`, and the nodes that stand inside it because they are shorter than a hash.
fn step<'a>(mut node: Item<'a>, key: &Key, mut depth: usize) -> Result<Step<'a>, LedgerError> {
    loop {
        let (child, below) = match Node::parse(node)? {
            Node::Branch(children) => {
                let digit = key.digit(depth).ok_or(LedgerError::ProofMismatch)?;
                (children.child(digit)?, depth.saturating_add(1))
            }
            Node::Extension { path, child } => {
                if !path.leads(key, depth)? {
                    return Ok(Step::End(None));
                }
                (Some(child), depth.saturating_add(path.len()))
            }
            Node::Leaf { path, value } => {
                // All keys are of one length.
                if depth.saturating_add(path.len()) != Key::DIGITS {
                    return Err(LedgerError::ProofMismatch);
                }
                let is_here = path.leads(key, depth)?;
                return Ok(Step::End(is_here.then_some(value)));
            }
        };
        let Some(child) = child else {
            return Ok(Step::End(None));
        };
        depth = below;
        if child.is_list() {
            node = child;
        } else {
            let hash = B256::from(child.array()?);
            return Ok(Step::Below { hash, depth });
        }
    }
}

#[cfg(test)]
mod tests;
