//! A chain's state as one bundle proves it.

use super::LedgerError;
use super::accepted::AcceptedBlock;
use super::bundle::ProofBundle;
use super::chain_profile::{AcceptedBlocks, PinnedContracts};
use super::contract::{ContractState, PinnedContract};
use super::reading::ChainState;
use super::receipts::{BlockReceipts, Log};
use crate::order;
use alloy_primitives::{Address, B256, U256};
use std::collections::BTreeMap;

/// Storage of pinned contracts at one accepted block, and the events of it and of blocks before it. Nothing else is known.
#[derive(Clone, Debug)]
pub struct ProvenState {
    contracts: BTreeMap<Address, ContractState>,
    receipts: BTreeMap<u64, BlockReceipts>,
}

impl ProvenState {
    /// Checks every proof of a bundle. `blocks` are its blocks, accepted by a policy.
    ///
    /// # Errors
    /// [`LedgerError::WrongContract`] if the bundle has proofs of a contract that is not pinned, [`LedgerError::Bundle`] if
    /// it has two blocks of one number, and what the proofs have wrong.
    pub fn verify(
        contracts: &PinnedContracts,
        bundle: &ProofBundle,
        blocks: &AcceptedBlocks,
    ) -> Result<Self, LedgerError> {
        let pinned = all(contracts);
        let mut contracts = BTreeMap::new();
        for evidence in &bundle.contracts {
            let address = evidence.proof.address;
            if contracts.contains_key(&address) {
                continue;
            }
            let contract = pinned.iter().find(|it| it.address == address);
            let contract = contract.ok_or(LedgerError::WrongContract)?;
            contracts.insert(address, blocks.state(bundle, contract)?);
        }
        let mut numbers: Vec<_> = blocks.blocks().iter().map(number).collect();
        order::sort(&mut numbers);
        numbers.dedup();
        if numbers.len() != blocks.blocks().len() {
            return Err(LedgerError::Bundle);
        }
        let mut receipts = BTreeMap::new();
        for (block, evidence) in blocks.blocks().iter().zip(&bundle.blocks) {
            if let Some(list) = &evidence.receipts {
                receipts.insert(number(block), BlockReceipts::verify(block, list)?);
            }
        }
        Ok(Self {
            contracts,
            receipts,
        })
    }

    /// How many slots are proven.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.contracts.values().map(ContractState::slot_count).sum()
    }

    /// Of how many blocks all events are proven.
    #[must_use]
    pub fn blocks_with_events(&self) -> usize {
        self.receipts.len()
    }
}

impl ChainState for ProvenState {
    fn word(&self, contract: Address, slot: B256) -> Option<U256> {
        self.contracts.get(&contract)?.word(slot).ok()
    }

    fn events(&self, contract: Address, block: u64) -> Option<Vec<&Log>> {
        Some(self.receipts.get(&block)?.logs_of(contract).collect())
    }
}

/// Every contract that is pinned.
fn all(contracts: &PinnedContracts) -> Vec<PinnedContract> {
    let single = [contracts.ethr_did_registry, contracts.anchor_registry];
    let mut all: Vec<_> = single.into_iter().flatten().collect();
    if let Some(meta) = &contracts.meta_did {
        all.extend([meta.identity_registry, meta.public_key_resolver]);
        all.extend(&meta.service_key_resolvers);
    }
    all
}

fn number(block: &AcceptedBlock) -> u64 {
    block.header().number()
}
