//! Seals of Metadium nodes. Experimental: no seal of a real header was at hand to check this against.
//!
//! A Metadium block is made and sealed by one node, and since the Pangyo fork the seal covers the height and the state root
//! (go-metadium `metadium/admin.go`); not the time, the receipts or the hash. One seal is the word of one node. So the state
//! of a contract is accepted only if the same values stand under the roots of enough blocks, each sealed by another node,
//! and it is said of the oldest of these blocks. Before Pangyo the seal does not even cover the height: refused.

use super::{PolicyError, TrustBasis, recover};
use crate::ledger::LedgerError;
use crate::ledger::accepted::AcceptedBlock;
use crate::ledger::header::Header;
use crate::order;
use alloy_primitives::{Address, keccak256};
use std::collections::{BTreeMap, BTreeSet};

/// Most nodes of a policy.
const MAX_NODES: usize = 100;

/// A node that makes blocks: the account its blocks name, and the key it seals with. The chain's governance contract binds
/// the two; since Pangyo headers no longer hold the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadiumNode {
    /// The account, `coinbase` of its blocks.
    pub coinbase: Address,
    /// The public key, 64 bytes without prefix.
    pub key: [u8; 64],
}

/// The pinned nodes of Metadium, and how many of them must seal a root under which the same values stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadiumSeals {
    nodes: BTreeMap<Address, [u8; 64]>,
    threshold: usize,
    pangyo_block: u64,
}

impl MetadiumSeals {
    /// `threshold` distinct nodes must have sealed; `pangyo_block` is the first block whose seal covers the height.
    ///
    /// # Errors
    /// [`PolicyError::Validators`] if `threshold` is not more than a third of the nodes, at least two and at most all; if
    /// there are more than `MAX_NODES`, or an account or key is given twice.
    pub fn new(
        nodes: &[MetadiumNode],
        threshold: usize,
        pangyo_block: u64,
    ) -> Result<Self, PolicyError> {
        let by_account = order::map(nodes.iter().map(|node| (node.coinbase, node.key)));
        let keys = order::set(nodes.iter().map(|node| &node.key));
        let is_sound = nodes.len() <= MAX_NODES
            && by_account.len() == nodes.len()
            && keys.len() == nodes.len()
            && (2..=nodes.len()).contains(&threshold)
            && threshold.saturating_mul(3) > nodes.len();
        if !is_sound {
            return Err(PolicyError::Validators);
        }
        Ok(Self {
            nodes: by_account,
            threshold,
            pangyo_block,
        })
    }

    /// How many distinct nodes must have sealed.
    #[must_use]
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// The nodes, by account.
    pub fn nodes(&self) -> impl Iterator<Item = MetadiumNode> {
        let nodes = self.nodes.iter();
        nodes.map(|(coinbase, key)| MetadiumNode {
            coinbase: *coinbase,
            key: *key,
        })
    }

    /// The first block whose seal covers the height.
    #[must_use]
    pub const fn pangyo_block(&self) -> u64 {
        self.pangyo_block
    }

    /// Accepts blocks together. Each is only as good as its one node: what is read must be proven the same under all.
    pub(super) fn accept(&self, headers: Vec<Header>) -> Result<Vec<AcceptedBlock>, LedgerError> {
        let mut nodes = BTreeSet::new();
        for header in &headers {
            nodes.insert(self.sealed_by(header)?);
        }
        if nodes.len() < self.threshold {
            return Err(PolicyError::TooFewSeals.into());
        }
        let basis = TrustBasis::ExperimentalSeals {
            nodes: nodes.into_iter().collect(),
            of: self.nodes.len(),
        };
        let accept = |header| AcceptedBlock::new(header, basis.clone());
        Ok(headers.into_iter().map(accept).collect())
    }

    /// The pinned node that sealed the header: the one whose account the header names.
    fn sealed_by(&self, header: &Header) -> Result<Address, PolicyError> {
        if header.number() < self.pangyo_block {
            return Err(PolicyError::BeforePangyo);
        }
        let seal = header.node_seal().ok_or(PolicyError::SealForm)?;
        // With its key in the header a node signs the root alone.
        if !seal.node_id.is_empty() {
            return Err(PolicyError::SealForm);
        }
        let coinbase = header.beneficiary();
        let pinned = self.nodes.get(&coinbase).ok_or(PolicyError::TooFewSeals)?;
        let height = header.number().to_be_bytes();
        let zeros = header.number().leading_zeros() / 8;
        let height = height.get(zeros as usize..).unwrap_or_default();
        let sealed = keccak256([height, header.state_root().as_slice()].concat());
        match recover::signer(&sealed.0, &seal.signature) {
            Some(key) if key == *pinned => Ok(coinbase),
            _ => Err(PolicyError::TooFewSeals),
        }
    }
}

#[cfg(test)]
mod tests;
