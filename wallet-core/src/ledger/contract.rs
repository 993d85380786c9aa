//! A contract's storage, proven under an accepted block (EIP-1186).

use super::LedgerError;
use super::accepted::AcceptedBlock;
use super::rlp::Item;
use super::trie;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use std::collections::BTreeMap;

/// Most slots of one proof.
pub const MAX_SLOTS: usize = 2048;

/// A contract whose storage may be read: its address, and the hash of the code whose layout is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinnedContract {
    /// Where it is.
    pub address: Address,
    /// Keccak-256 of its code.
    pub code_hash: B256,
}

/// What is to prove a contract's storage, as anyone gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractProof {
    /// The contract.
    pub address: Address,
    /// The nodes from the state root to the account.
    pub account_proof: Vec<Bytes>,
    /// The slots.
    pub storage: Vec<SlotProof>,
}

/// What is to prove one slot: its value, or that it is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotProof {
    /// Which slot.
    pub slot: B256,
    /// The nodes from the storage root to the slot's place.
    pub proof: Vec<Bytes>,
}

/// Storage slots of a pinned contract as they were after one accepted block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractState {
    address: Address,
    block_number: u64,
    block_hash: B256,
    words: BTreeMap<B256, U256>,
}

impl ContractState {
    /// Checks a proof: the account, its code, then every slot.
    ///
    /// # Errors
    /// [`LedgerError::WrongContract`] for a proof of another address; [`LedgerError::NoContract`], [`LedgerError::NoCode`]
    /// and [`LedgerError::WrongCode`] if the chain has nothing or something else there; [`LedgerError::SlotRepeated`],
    /// [`LedgerError::ValueNotCanonical`], [`LedgerError::TooLarge`]; and what the nodes themselves can have wrong:
    /// [`LedgerError::ProofMismatch`], [`LedgerError::ProofTruncated`], [`LedgerError::ProofNotConsumed`],
    /// [`LedgerError::Rlp`].
    pub fn verify(
        block: &AcceptedBlock,
        contract: &PinnedContract,
        proof: &ContractProof,
    ) -> Result<Self, LedgerError> {
        if proof.address != contract.address {
            return Err(LedgerError::WrongContract);
        }
        if proof.storage.len() > MAX_SLOTS {
            return Err(LedgerError::TooLarge);
        }
        let header = block.header();
        let account = trie::value_at(
            header.state_root(),
            contract.address.as_slice(),
            &proof.account_proof,
        )?;
        let account = Account::parse(account.ok_or(LedgerError::NoContract)?)?;
        account.has_code(contract.code_hash)?;
        let mut words = BTreeMap::new();
        for SlotProof { slot, proof } in &proof.storage {
            let value = trie::value_at(account.storage_root, slot.as_slice(), proof)?;
            if words.insert(*slot, word(value)?).is_some() {
                return Err(LedgerError::SlotRepeated);
            }
        }
        Ok(Self {
            address: contract.address,
            block_number: header.number(),
            block_hash: header.hash(),
            words,
        })
    }

    /// What stands in a slot; zero if that it is empty was proven.
    ///
    /// # Errors
    /// [`LedgerError::SlotNotProven`] if nothing was proven about the slot.
    pub fn word(&self, slot: B256) -> Result<U256, LedgerError> {
        self.words
            .get(&slot)
            .copied()
            .ok_or(LedgerError::SlotNotProven)
    }

    /// Whether the same slots were proven, with the same values.
    pub(super) fn has_same_words(&self, other: &Self) -> bool {
        self.words == other.words
    }

    /// How many slots were proven.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.words.len()
    }

    /// The contract.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The number of the block after which storage was so.
    #[must_use]
    pub const fn block_number(&self) -> u64 {
        self.block_number
    }

    /// The hash of the block after which storage was so.
    #[must_use]
    pub const fn block_hash(&self) -> B256 {
        self.block_hash
    }
}

/// What of an account is used.
struct Account {
    storage_root: B256,
    code_hash: B256,
}

impl Account {
    /// Nonce, balance, storage root, code hash.
    fn parse(value: &[u8]) -> Result<Self, LedgerError> {
        Self::fields(value).map_err(|_| LedgerError::ValueNotCanonical)
    }

    fn fields(value: &[u8]) -> Result<Self, LedgerError> {
        let mut fields = Item::only(value)?.list()?;
        let _nonce = fields.next()?.u64()?;
        let _balance = fields.next()?.number()?;
        let storage_root = fields.next()?.array()?.into();
        let code_hash = fields.next()?.array()?.into();
        fields.finish()?;
        Ok(Self {
            storage_root,
            code_hash,
        })
    }

    fn has_code(&self, pinned: B256) -> Result<(), LedgerError> {
        if self.code_hash == keccak256([]) {
            return Err(LedgerError::NoCode);
        }
        if self.code_hash == pinned {
            Ok(())
        } else {
            Err(LedgerError::WrongCode)
        }
    }
}

/// A slot's value. Ethereum clears a slot instead of storing zero; development nodes do store it, and it means the same.
fn word(value: Option<&[u8]>) -> Result<U256, LedgerError> {
    value.map_or(Ok(U256::ZERO), |value| {
        Item::only(value)
            .and_then(Item::number)
            .map_err(|_| LedgerError::ValueNotCanonical)
    })
}

#[cfg(test)]
mod tests;
