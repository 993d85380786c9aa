//! That something was anchored: its digest is in a Merkle tree whose root its issuer wrote into the anchor registry
//! (docs/ledger.md). A proof is stapled: it comes with what it is about, and nobody is asked.

use super::bundle::{ContractEvidence, Members, ProofBundle};
use super::contract::{ContractState, PinnedContract};
use super::merkle::{InclusionProof, SaltedDigest};
use super::{LedgerError, hex, layout};
use crate::json::{self, Limits};
use crate::labels;
use crate::ledger::accepted::AcceptedBlock;
use alloy_primitives::{Address, B256, U256};
use serde_json::{Map, Value, json};
use wallet_primitives::hash::sha256;

/// Most bytes of a stapled proof: a credential may come with one.
pub const MAX_ANCHORED_PROOF_BYTES: usize = 256 * 1024;

/// The longest way through a tree of 2^64 leaves.
const MAX_PATH: usize = 64;
const VERSION: u64 = 1;
/// `mapping(issuer => mapping(series => mapping(epoch => root)))`
const ROOTS: B256 = layout::slot(0);
/// `mapping(issuer => mapping(series => newest epoch))`
const NEWEST: B256 = layout::slot(1);

/// What is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnchoredKind {
    /// What an issuer signed of a credential.
    Credential,
    /// A status list.
    StatusList,
    /// A receipt: a vote counted, a donation delivered, a benefit paid.
    Receipt,
}

impl AnchoredKind {
    const ALL: [Self; 3] = [Self::Credential, Self::StatusList, Self::Receipt];

    /// The word of it in a proof.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::StatusList => "status_list",
            Self::Receipt => "receipt",
        }
    }

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Credential => labels::ANCHORED_CREDENTIAL,
            Self::StatusList => labels::ANCHORED_STATUS_LIST,
            Self::Receipt => labels::ANCHORED_RECEIPT,
        }
    }

    fn digest(self, content: &[u8]) -> B256 {
        sha256(&[self.label(), content]).into()
    }
}

/// Whose anchors an app believes: the contract they are in, and the account that wrote them. An anchor of another account
/// says nothing, since anyone may write one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorSource {
    /// The anchor registry.
    pub registry: PinnedContract,
    /// The account the issuer writes with.
    pub issuer: Address,
}

/// A stapled proof, as anyone gave it. It is as recognisable as a serial number: only its kind is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AnchoredProof {
    kind: AnchoredKind,
    salt: B256,
    inclusion: InclusionProof,
    registry: Address,
    issuer: Address,
    series: B256,
    epoch: u64,
    state: ProofBundle,
}

/// What a proof showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// After which block the root was in the registry.
    pub block: u64,
    /// The hash of that block.
    pub block_hash: B256,
    /// Under which epoch of the series.
    pub epoch: u64,
    /// The newest epoch of the series after that block, where that was proven too.
    pub newest_epoch: Option<u64>,
    /// How many leaves the tree has.
    pub size: u64,
}

impl Anchored {
    /// Whether there was no later epoch after the block; `None` if that was not proven.
    #[must_use]
    pub fn is_newest(&self) -> Option<bool> {
        self.newest_epoch.map(|newest| newest == self.epoch)
    }
}

impl core::fmt::Debug for AnchoredProof {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AnchoredProof")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl AnchoredProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`LedgerError::TooLarge`], [`LedgerError::Json`], [`LedgerError::Bundle`] for anything that is not of the format,
    /// [`LedgerError::Inclusion`] for a path that is not of its place.
    pub fn parse(text: &[u8]) -> Result<Self, LedgerError> {
        let limits = Limits::bytes(MAX_ANCHORED_PROOF_BYTES);
        Self::read(json::parse_object(text, limits)?)
    }

    /// Reads a proof that is part of another JSON text, which may be larger than a proof.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_json(object: Map<String, Value>) -> Result<Self, LedgerError> {
        let text = serde_json::to_vec(&object).map_err(|_| LedgerError::Bundle)?;
        if text.len() > MAX_ANCHORED_PROOF_BYTES {
            return Err(LedgerError::TooLarge);
        }
        Self::read(object)
    }

    fn read(object: Map<String, Value>) -> Result<Self, LedgerError> {
        let mut members = Members::of(object);
        if members.number("version")? != VERSION {
            return Err(LedgerError::Bundle);
        }
        let kind = members.text("kind")?;
        let kind = AnchoredKind::ALL
            .into_iter()
            .find(|one| one.as_str() == kind);
        let path = members.byte_strings("path", MAX_PATH, 32)?;
        let path = path.iter().map(|hash| B256::try_from(hash.as_ref()));
        let path: Result<Vec<B256>, _> = path.collect();
        let (index, size) = (members.number("index")?, members.number("size")?);
        let state = members.object_if_any("state")?;
        let proof = Self {
            kind: kind.ok_or(LedgerError::Bundle)?,
            salt: hex::decode_array(&members.text("salt")?)?.into(),
            inclusion: InclusionProof::new(index, size, path.map_err(|_| LedgerError::Bundle)?)?,
            registry: hex::decode_array(&members.text("registry")?)?.into(),
            issuer: hex::decode_array(&members.text("issuer")?)?.into(),
            series: hex::decode_array(&members.text("series")?)?.into(),
            epoch: members.number("epoch")?,
            state: ProofBundle::from_json(state.ok_or(LedgerError::Bundle)?)?,
        };
        members.finish()?;
        proof.has_one_state()?;
        Ok(proof)
    }

    /// A proof holds what is needed and nothing else: one block, one contract, the slots of this anchor.
    fn has_one_state(&self) -> Result<(), LedgerError> {
        let ([block], [contract]) = (&self.state.blocks[..], &self.state.contracts[..]) else {
            return Err(LedgerError::Bundle);
        };
        let slots = contract.proof.storage.iter();
        let is_needed = slots
            .clone()
            .all(|slot| slot.slot == self.root_slot() || slot.slot == self.newest_slot());
        match is_needed && slots.len() <= 2 && block.receipts.is_none() {
            true => Ok(()),
            false => Err(LedgerError::Bundle),
        }
    }

    /// The proof as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let path = self.inclusion.path().iter();
        json!({
            "version": VERSION,
            "kind": self.kind.as_str(),
            "salt": hex::encode(self.salt.as_slice()),
            "index": self.inclusion.index(),
            "size": self.inclusion.size(),
            "path": path.map(|hash| hex::encode(hash.as_slice())).collect::<Vec<_>>(),
            "registry": hex::encode(self.registry.as_slice()),
            "issuer": hex::encode(self.issuer.as_slice()),
            "series": hex::encode(self.series.as_slice()),
            "epoch": self.epoch,
            "state": self.state.to_json(),
        })
    }

    /// What it is about.
    #[must_use]
    pub const fn kind(&self) -> AnchoredKind {
        self.kind
    }

    /// The evidence of the block and of the registry's storage. Its block is what a trust policy has to accept.
    #[must_use]
    pub const fn state(&self) -> &ProofBundle {
        &self.state
    }

    /// The account it says the root was written with.
    #[must_use]
    pub const fn issuer(&self) -> Address {
        self.issuer
    }

    /// Checks that `content` is of this kind, that its digest is in the tree, and that the tree's root was in the registry,
    /// written by the source's account, after `block`, which a trust policy accepted of this proof's state.
    ///
    /// # Errors
    /// [`LedgerError::OtherAnchor`] for a proof of another kind, registry or account; [`LedgerError::NotAnchored`] if the
    /// registry has another root there, or none; and those of [`ContractState::verify`].
    pub fn verify(
        &self,
        kind: AnchoredKind,
        content: &[u8],
        source: &AnchorSource,
        block: &AcceptedBlock,
    ) -> Result<Anchored, LedgerError> {
        let is_of_source = self.registry == source.registry.address && self.issuer == source.issuer;
        if self.kind != kind || !is_of_source {
            return Err(LedgerError::OtherAnchor);
        }
        let contract = self.state.contracts.first();
        let ContractEvidence { proof, .. } = contract.ok_or(LedgerError::Bundle)?;
        let state = ContractState::verify(block, &source.registry, proof)?;
        let leaf = SaltedDigest {
            salt: self.salt,
            digest: kind.digest(content),
        };
        let root = self.inclusion.anchored_root(&leaf);
        if state.word(self.root_slot())? != U256::from_be_bytes(root.0) {
            return Err(LedgerError::NotAnchored);
        }
        Ok(Anchored {
            block: state.block_number(),
            block_hash: state.block_hash(),
            epoch: self.epoch,
            newest_epoch: self.newest_epoch(&state)?,
            size: self.inclusion.size(),
        })
    }

    fn newest_epoch(&self, state: &ContractState) -> Result<Option<u64>, LedgerError> {
        match state.word(self.newest_slot()) {
            Ok(word) => layout::count(word, u64::MAX).map(Some),
            Err(LedgerError::SlotNotProven) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn root_slot(&self) -> B256 {
        let epoch = U256::from(self.epoch).into();
        layout::mapping(self.series_slot(ROOTS), epoch)
    }

    fn newest_slot(&self) -> B256 {
        self.series_slot(NEWEST)
    }

    fn series_slot(&self, of: B256) -> B256 {
        let issuer = layout::mapping_of_address(of, self.issuer);
        layout::mapping(issuer, self.series)
    }
}

#[cfg(test)]
mod tests;
