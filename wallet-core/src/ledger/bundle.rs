//! All evidence for one question as JSON: what an issuer staples to a credential, what is recorded, and what is made of
//! endpoints' answers. docs/ledger.md has the format. Nothing in it is believed before it is checked.

use super::contract::{ContractProof, MAX_SLOTS, SlotProof};
use super::header::MAX_HEADER_BYTES;
use super::receipts::{MAX_RECEIPT_BYTES, MAX_RECEIPTS};
use super::trie::{MAX_NODE_BYTES, MAX_NODES};
use super::{LedgerError, hex};
use crate::json::{self, Limits};
use alloy_primitives::{Address, B256, Bytes};
use serde_json::{Map, Value, json};

/// Most bytes of a bundle.
pub const MAX_BUNDLE_BYTES: usize = 16 * 1024 * 1024;

/// Most blocks of a bundle.
pub const MAX_BLOCKS: usize = 512;

/// Most contracts of a bundle.
pub const MAX_CONTRACTS: usize = 16;

/// The one version there is.
const VERSION: u64 = 1;

/// Evidence for one question, as anyone gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofBundle {
    /// The chain it claims to be of (EIP-155).
    pub chain_id: u64,
    /// The blocks it speaks of.
    pub blocks: Vec<BlockEvidence>,
    /// Proofs of contracts' storage.
    pub contracts: Vec<ContractEvidence>,
}

/// A block, and why it should be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockEvidence {
    /// The header's RLP.
    pub header: Bytes,
    /// A signed checkpoint over it or over a later block, as the trust policy reads it.
    pub checkpoint: Option<Map<String, Value>>,
    /// That it is one of the blocks the checkpoint's root is made over, as the trust policy reads it.
    pub inclusion: Option<Map<String, Value>>,
    /// All receipts of the block.
    pub receipts: Option<Vec<Bytes>>,
}

impl BlockEvidence {
    /// A header alone.
    #[must_use]
    pub const fn of(header: Bytes) -> Self {
        Self {
            header,
            checkpoint: None,
            inclusion: None,
            receipts: None,
        }
    }
}

/// Storage of a contract after one of the bundle's blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractEvidence {
    /// Which of [`ProofBundle::blocks`].
    pub block: usize,
    /// The proof.
    pub proof: ContractProof,
}

impl ProofBundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// [`LedgerError::TooLarge`], [`LedgerError::Json`], [`LedgerError::Bundle`] for anything that is not of the format,
    /// members it does not have among them.
    pub fn parse(text: &[u8]) -> Result<Self, LedgerError> {
        Self::from_json(json::parse_object(text, Limits::bytes(MAX_BUNDLE_BYTES))?)
    }

    /// Reads a bundle that is part of another JSON text.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_json(object: Map<String, Value>) -> Result<Self, LedgerError> {
        let mut members = Members(object);
        if members.number("version")? != VERSION {
            return Err(LedgerError::Bundle);
        }
        let chain_id = members.number("chain_id")?;
        let blocks = members.objects("blocks", MAX_BLOCKS, BlockEvidence::from_members)?;
        let contracts =
            members.objects("contracts", MAX_CONTRACTS, ContractEvidence::from_members)?;
        members.finish()?;
        if contracts.iter().any(|it| it.block >= blocks.len()) {
            return Err(LedgerError::Bundle);
        }
        Ok(Self {
            chain_id,
            blocks,
            contracts,
        })
    }

    /// The bundle as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "version": VERSION,
            "chain_id": self.chain_id,
            "blocks": self.blocks.iter().map(BlockEvidence::to_json).collect::<Vec<_>>(),
            "contracts": self.contracts.iter().map(ContractEvidence::to_json).collect::<Vec<_>>(),
        })
    }
}

impl BlockEvidence {
    fn from_members(members: &mut Members) -> Result<Self, LedgerError> {
        let receipts = match members.0.contains_key("receipts") {
            true => Some(members.byte_strings("receipts", MAX_RECEIPTS, MAX_RECEIPT_BYTES)?),
            false => None,
        };
        Ok(Self {
            header: hex::decode(&members.text("header")?, MAX_HEADER_BYTES)?,
            checkpoint: members.object_if_any("checkpoint")?,
            inclusion: members.object_if_any("inclusion")?,
            receipts,
        })
    }

    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("header".into(), hex::encode(&self.header).into());
        if let Some(checkpoint) = &self.checkpoint {
            object.insert("checkpoint".into(), checkpoint.clone().into());
        }
        if let Some(inclusion) = &self.inclusion {
            object.insert("inclusion".into(), inclusion.clone().into());
        }
        if let Some(receipts) = &self.receipts {
            object.insert("receipts".into(), texts(receipts));
        }
        object.into()
    }
}

impl ContractEvidence {
    fn from_members(members: &mut Members) -> Result<Self, LedgerError> {
        let block = usize::try_from(members.number("block")?).map_err(|_| LedgerError::Bundle)?;
        let address = Address::from(hex::decode_array(&members.text("address")?)?);
        let account_proof = members.byte_strings("account_proof", MAX_NODES, MAX_NODE_BYTES)?;
        let storage = members.objects("storage", MAX_SLOTS, SlotProof::from_members)?;
        let proof = ContractProof {
            address,
            account_proof,
            storage,
        };
        Ok(Self { block, proof })
    }

    fn to_json(&self) -> Value {
        let slots = self.proof.storage.iter().map(SlotProof::to_json);
        json!({
            "block": self.block,
            "address": hex::encode(self.proof.address.as_slice()),
            "account_proof": texts(&self.proof.account_proof),
            "storage": slots.collect::<Vec<_>>(),
        })
    }
}

impl SlotProof {
    fn from_members(members: &mut Members) -> Result<Self, LedgerError> {
        Ok(Self {
            slot: B256::from(hex::decode_array(&members.text("slot")?)?),
            proof: members.byte_strings("proof", MAX_NODES, MAX_NODE_BYTES)?,
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "slot": hex::encode(self.slot.as_slice()),
            "proof": texts(&self.proof),
        })
    }
}

fn texts(strings: &[Bytes]) -> Value {
    strings.iter().map(|bytes| hex::encode(bytes)).collect()
}

/// The members of an object, taken one by one.
pub(super) struct Members(Map<String, Value>);

impl Members {
    pub(super) const fn of(object: Map<String, Value>) -> Self {
        Self(object)
    }

    fn take(&mut self, name: &str) -> Result<Value, LedgerError> {
        self.0.shift_remove(name).ok_or(LedgerError::Bundle)
    }

    pub(super) fn number(&mut self, name: &str) -> Result<u64, LedgerError> {
        self.take(name)?.as_u64().ok_or(LedgerError::Bundle)
    }

    pub(super) fn text(&mut self, name: &str) -> Result<String, LedgerError> {
        match self.take(name)? {
            Value::String(text) => Ok(text),
            _ => Err(LedgerError::Bundle),
        }
    }

    pub(super) fn object_if_any(
        &mut self,
        name: &str,
    ) -> Result<Option<Map<String, Value>>, LedgerError> {
        match self.0.shift_remove(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(LedgerError::Bundle),
        }
    }

    fn array(&mut self, name: &str, max: usize) -> Result<Vec<Value>, LedgerError> {
        match self.take(name)? {
            Value::Array(values) if values.len() <= max => Ok(values),
            Value::Array(_) => Err(LedgerError::TooLarge),
            _ => Err(LedgerError::Bundle),
        }
    }

    /// Byte strings as text, at most `max` of at most `max_bytes` each.
    pub(super) fn byte_strings(
        &mut self,
        name: &str,
        max: usize,
        max_bytes: usize,
    ) -> Result<Vec<Bytes>, LedgerError> {
        let values = self.array(name, max)?.into_iter();
        values
            .map(|value| hex::decode(value.as_str().ok_or(LedgerError::Bundle)?, max_bytes))
            .collect()
    }

    /// Objects, at most `max`, each read by `read` to its last member.
    fn objects<T>(
        &mut self,
        name: &str,
        max: usize,
        read: impl Fn(&mut Self) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut objects = Vec::new();
        for value in self.array(name, max)? {
            let Value::Object(object) = value else {
                return Err(LedgerError::Bundle);
            };
            let mut members = Self(object);
            objects.push(read(&mut members)?);
            members.finish()?;
        }
        Ok(objects)
    }

    pub(super) fn finish(self) -> Result<(), LedgerError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(LedgerError::Bundle)
        }
    }
}

#[cfg(test)]
mod tests;
