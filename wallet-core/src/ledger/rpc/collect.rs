//! Everything one question needs, from one server: rounds of reading what was said and asking for what is missing.

use super::blocks::Blocks;
use super::said::SaidState;
use crate::did::{ChainDid, DidError};
use crate::ledger::LedgerError;
use crate::ledger::bundle::{ContractEvidence, MAX_BLOCKS, MAX_BUNDLE_BYTES, ProofBundle};
use crate::ledger::policy::BlockAnswers;
use crate::ledger::reading::Need;
use crate::order;
use alloy_primitives::{Address, B256, Bytes};
use alloy_trie::root::ordered_trie_root_encoded;
use std::collections::BTreeMap;
use url::Url;

/// Most rounds of one question: one for each block of a history, and some for storage.
pub(super) const MAX_ROUNDS: usize = MAX_BLOCKS + 16;

/// Most bytes of what one server says of one question: two hexadecimal digits of each have to fit into a bundle.
pub(super) const MAX_SAID_BYTES: usize = MAX_BUNDLE_BYTES / 2;

/// Evidence, with what endpoints said about its blocks. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The evidence. Its first block is the one the question was asked at.
    pub bundle: ProofBundle,
    /// What the endpoints of a policy said about the blocks, where the policy judges by that.
    pub answers: Vec<BlockAnswers>,
}

/// Collects from `server` what is needed to know a DID after block `number`.
pub(super) async fn collect(
    blocks: &Blocks<'_>,
    server: &Url,
    number: u64,
    did: &ChainDid,
) -> Result<Collected, DidError> {
    let mut collecting = Collecting {
        blocks,
        server,
        number,
        state: SaidState::default(),
        receipts_roots: Vec::new(),
        bytes_left: MAX_SAID_BYTES,
        collected: Collected {
            bundle: ProofBundle {
                chain_id: blocks.profile.chain.chain_id,
                blocks: Vec::new(),
                contracts: Vec::new(),
            },
            answers: Vec::new(),
        },
    };
    collecting.add_block(number).await?;
    for _ in 0..MAX_ROUNDS {
        blocks.begin_round()?;
        let needs = did.needs(blocks.profile, collecting.state.state())?;
        if needs.is_empty() {
            return Ok(collecting.finish());
        }
        collecting.fetch(needs).await?;
    }
    Err(LedgerError::TooLarge.into())
}

struct Collecting<'a> {
    blocks: &'a Blocks<'a>,
    server: &'a Url,
    number: u64,
    state: SaidState,
    /// Of the evidence's blocks, in their order.
    receipts_roots: Vec<B256>,
    bytes_left: usize,
    collected: Collected,
}

impl Collecting<'_> {
    async fn fetch(&mut self, needs: Vec<Need>) -> Result<(), DidError> {
        let mut slots: BTreeMap<Address, Vec<B256>> = BTreeMap::new();
        for need in needs {
            match need {
                Need::Slot { contract, slot } => slots.entry(contract).or_default().push(slot),
                Need::Receipts { block } => self.fetch_receipts(block).await?,
            }
        }
        let node = self.blocks.node(self.server);
        for (contract, mut slots) in slots {
            order::sort(&mut slots);
            slots.dedup();
            for said in node.storage(contract, &slots, self.number).await? {
                let proofs = said.proof.storage.iter().map(|slot| &slot.proof);
                self.take(proofs.chain([&said.proof.account_proof]).flatten())?;
                self.state.add_storage(said);
            }
        }
        Ok(())
    }

    /// All receipts of a block. What they say is read only when they are those its header commits to: who makes up a
    /// history is found at its first block.
    async fn fetch_receipts(&mut self, block: u64) -> Result<(), DidError> {
        let index = self.add_block(block).await?;
        let receipts = self.blocks.node(self.server).receipts(block).await?;
        self.take(&receipts)?;
        let root = ordered_trie_root_encoded(&receipts);
        let evidence = self.collected.bundle.blocks.get_mut(index);
        match evidence.filter(|_| self.receipts_roots.get(index) == Some(&root)) {
            Some(evidence) => {
                let contracts = &self.blocks.profile.contracts;
                self.state.add_receipts(block, contracts, &receipts)?;
                evidence.receipts = Some(receipts);
                Ok(())
            }
            None => Err(LedgerError::ReceiptsMismatch.into()),
        }
    }

    /// Where the block of this number stands among the evidence.
    async fn add_block(&mut self, number: u64) -> Result<usize, DidError> {
        if number == self.number && !self.collected.bundle.blocks.is_empty() {
            return Ok(0);
        }
        if number > self.number {
            // No history goes on after the block it was asked at.
            return Err(LedgerError::ReceiptsMismatch.into());
        }
        let block = self.blocks.block(number, self.server).await?;
        self.blocks.judge(&block)?;
        self.take([&block.evidence.header])?;
        self.collected.bundle.blocks.push(block.evidence);
        self.receipts_roots.push(block.receipts_root);
        self.collected.answers.extend(block.answers);
        Ok(self.collected.bundle.blocks.len() - 1)
    }

    /// Counts what a server said.
    fn take<'s>(&mut self, said: impl IntoIterator<Item = &'s Bytes>) -> Result<(), LedgerError> {
        for bytes in said {
            let left = self.bytes_left.checked_sub(bytes.len());
            self.bytes_left = left.ok_or(LedgerError::TooLarge)?;
        }
        Ok(())
    }

    fn finish(self) -> Collected {
        let mut collected = self.collected;
        let proofs = self.state.into_proofs();
        let contracts = proofs.map(|proof| ContractEvidence { block: 0, proof });
        collected.bundle.contracts = contracts.collect();
        collected
    }
}

#[cfg(test)]
mod tests;
