//! What an endpoint said about a chain's state: enough to know what to ask next, and believed by nobody.

use super::storage::SaidStorage;
use crate::ledger::LedgerError;
use crate::ledger::chain_profile::PinnedContracts;
use crate::ledger::contract::ContractProof;
use crate::ledger::reading::KnownState;
use crate::ledger::receipts;
use alloy_primitives::{Address, Bytes};
use std::collections::BTreeMap;

/// Words and events as they were said, with what is to prove them.
#[derive(Default)]
pub(super) struct SaidState {
    state: KnownState,
    proofs: BTreeMap<Address, ContractProof>,
}

impl SaidState {
    /// Adds slots of a contract.
    pub(super) fn add_storage(&mut self, said: SaidStorage) {
        let contract = said.proof.address;
        for (slot, word) in said.words {
            self.state.learn_word(contract, slot, word);
        }
        match self.proofs.get_mut(&contract) {
            Some(known) => known.storage.extend(said.proof.storage),
            None => {
                self.proofs.insert(contract, said.proof);
            }
        }
    }

    /// Adds the events of a block that a registry of the profile told: no others are ever read.
    pub(super) fn add_receipts(
        &mut self,
        block: u64,
        contracts: &PinnedContracts,
        receipts: &[Bytes],
    ) -> Result<(), LedgerError> {
        let registry = contracts.ethr_did_registry.map(|it| it.address);
        let mut events = receipts::read_all(receipts)?;
        events.retain(|event| Some(event.address) == registry);
        events.shrink_to_fit();
        self.state.learn_events(block, events);
        Ok(())
    }

    /// The words and events.
    pub(super) const fn state(&self) -> &KnownState {
        &self.state
    }

    /// What is to prove the words.
    pub(super) fn into_proofs(self) -> impl Iterator<Item = ContractProof> {
        self.proofs.into_values()
    }
}
