//! Tries and their proofs, made by alloy-trie: the code under test does not use it for this.
#![allow(clippy::unwrap_used)]

use super::LedgerError;
use super::accepted::AcceptedBlock;
use super::contract::{ContractProof, ContractState, PinnedContract, SlotProof};
use super::test_chain::{accept, ethr, header_fields, list, number, string};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_trie::proof::ProofRetainer;
use alloy_trie::{HashBuilder, Nibbles};
use std::collections::BTreeMap;

/// What stands in a trie, by hashed key.
#[derive(Clone, Debug, Default)]
pub(in crate::ledger) struct Trie(pub(in crate::ledger) BTreeMap<B256, Vec<u8>>);

impl Trie {
    /// Keys are hashed, as in tries of accounts and slots.
    pub(in crate::ledger) fn of<K: AsRef<[u8]>>(
        entries: impl IntoIterator<Item = (K, Vec<u8>)>,
    ) -> Self {
        let hashed = |(key, value): (K, _)| (keccak256(key), value);
        Self(entries.into_iter().map(hashed).collect())
    }

    /// The root, and the nodes towards a hashed key.
    pub(in crate::ledger) fn proof(&self, hashed_key: B256) -> (B256, Vec<Bytes>) {
        let retainer = ProofRetainer::from_iter([Nibbles::unpack(hashed_key)]);
        let mut builder = HashBuilder::default().with_proof_retainer(retainer);
        for (key, value) in &self.0 {
            builder.add_leaf(Nibbles::unpack(key), value);
        }
        let root = builder.root();
        let nodes = builder.take_proof_nodes().into_nodes_sorted();
        let mut nodes: Vec<_> = nodes.into_iter().map(|(_, node)| node).collect();
        // Nodes shorter than a hash stand inside their parents.
        let mut is_root = true;
        nodes.retain(|node| core::mem::take(&mut is_root) || node.len() >= 32);
        (root, nodes)
    }
}

/// A chain of one contract with this storage, and a proof of these slots.
pub(in crate::ledger) struct OneContract {
    pub(in crate::ledger) account: Vec<Vec<u8>>,
    pub(in crate::ledger) storage: Trie,
    pub(in crate::ledger) pinned: PinnedContract,
}

impl OneContract {
    /// Slots and their values as they stand in the trie.
    pub(in crate::ledger) fn new(storage: impl IntoIterator<Item = (B256, Vec<u8>)>) -> Self {
        let storage = Trie::of(storage);
        let code_hash = keccak256(b"code");
        let account = vec![
            number(1),
            number(0),
            string(storage.proof(B256::ZERO).0.as_slice()),
            string(code_hash.as_slice()),
        ];
        let address = Address::repeat_byte(0xc0);
        Self {
            account,
            storage,
            pinned: PinnedContract { address, code_hash },
        }
    }

    /// The accounts: this one and two more.
    pub(in crate::ledger) fn accounts(&self) -> Trie {
        Trie::of([
            (self.pinned.address, list(&self.account)),
            (Address::repeat_byte(1), list(&[number(1)])),
            (Address::repeat_byte(2), list(&[number(2)])),
        ])
    }

    /// A block whose state these accounts are.
    pub(in crate::ledger) fn block(&self, accounts: &Trie) -> AcceptedBlock {
        let root = accounts.proof(B256::ZERO).0;
        let mut fields = header_fields(&ethr()["block"]);
        fields[3] = string(root.as_slice());
        accept(&list(&fields))
    }

    pub(in crate::ledger) fn proof(&self, accounts: &Trie, slots: &[B256]) -> ContractProof {
        let slot_proof = |slot: &B256| SlotProof {
            slot: *slot,
            proof: self.storage.proof(keccak256(slot)).1,
        };
        ContractProof {
            address: self.pinned.address,
            account_proof: accounts.proof(keccak256(self.pinned.address)).1,
            storage: slots.iter().map(slot_proof).collect(),
        }
    }

    /// What a check of the proof of these slots says.
    pub(in crate::ledger) fn verify(&self, slots: &[B256]) -> Result<ContractState, LedgerError> {
        let accounts = self.accounts();
        ContractState::verify(
            &self.block(&accounts),
            &self.pinned,
            &self.proof(&accounts, slots),
        )
    }
}
