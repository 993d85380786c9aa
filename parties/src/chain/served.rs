//! A ledger for wallets in other processes: a node whose JSON-RPC they ask, and what an app pins of its chain.

use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

use super::{
    AnchorPlace, Artefact, Batch, Chain, ChainKey, CheckpointSigners, IssuedCheckpoint, Kind,
    SMALLEST_BATCH, Write, hex,
};
use crate::encoding::sha256;
use crate::jwt_vc::DidSigner;
use crate::refused::{OrRefuse, Result};

/// For how old a block tells how things are now, in seconds.
const MAX_AGE: u64 = 3600;
/// How long ago the chain began, in seconds.
const AGE: u64 = 60;
const KEY_NAME: &str = "did/pub/Secp256k1/veriKey/hex";
/// What the series is the hash of. Nothing of a card: that stood on the chain for ever.
const SERIES: &str = "issuer.example/cards";
const TEN_YEARS: u64 = 315_360_000;

/// A running chain with an issuer's did:ethr on it. Its first key was revoked, it signs with the second. It anchors its cards there.
pub struct ServedLedger {
    chain: Chain,
    signers: CheckpointSigners,
    anchors: [u8; 20],
    account: [u8; 20],
    profile: Value,
    checkpoint: Value,
    earlier_checkpoint: Value,
    signer: DidSigner,
    /// The newest epoch of its anchors.
    epoch: Mutex<u64>,
}

impl ServedLedger {
    /// Starts the node, writes on its chain and signs a checkpoint of it.
    ///
    /// # Errors
    /// As [`crate::peers::EvmNode::start`]; what the node answered.
    pub fn start() -> Result<Self> {
        let chain = Chain::start_at(crate::unix_now() - AGE)?;
        let registry = chain.deploy(Artefact::EthereumDidRegistry, None)?;
        let anchors = chain.deploy(Artefact::AnchorRegistry, None)?;
        let identity = ChainKey::of("bank")?.address();
        let (old, key) = (ChainKey::of("bank 2025")?, ChainKey::of("bank 2026")?);
        let add = |key: &ChainKey| {
            let key = key.compressed();
            Write::set_attribute(registry, identity, KEY_NAME, &key, TEN_YEARS)
        };
        chain.submit(&[add(&old)])?;
        let revoke = Write::revoke_attribute(registry, identity, KEY_NAME, &old.compressed());
        let changed = chain.submit(&[add(&key), revoke])?;
        let newest = changed.first().or_refuse("no receipt")?.block;

        let signers = CheckpointSigners::generate(3, 2)?;
        let checkpoint = file(&signers.sign(&chain, newest)?);
        let earlier_checkpoint = file(&signers.sign(&chain, newest.saturating_sub(1))?);
        let did = format!("did:ethr:{:#x}:{}", chain.id()?, hex(&identity));
        Ok(Self {
            profile: json!({
                "version": 1, "name": "served", "chain_id": chain.id()?,
                "genesis": chain.block(Some(0))?["hash"], "header_rules": "ethereum",
                "max_age_seconds": MAX_AGE, "trust": signers.policy(),
                "contracts": {
                    "ethr_did_registry": chain.pin(&registry)?,
                    "anchor_registry": chain.pin(&anchors)?,
                },
            }),
            checkpoint,
            earlier_checkpoint,
            signer: DidSigner {
                key_id: format!("{did}#delegate-2"),
                did,
                key,
            },
            chain,
            signers,
            anchors,
            account: identity,
            epoch: Mutex::new(0),
        })
    }

    /// Anchors a card that was just issued with those of others, and gives the proof that is stapled to it.
    ///
    /// # Errors
    /// What the node answered.
    pub fn anchor(&self, card: &str) -> Result<Value> {
        let mut batch = Batch::new(Kind::Credential);
        for other in 1..SMALLEST_BATCH {
            batch.add(format!("the card of citizen {other}").as_bytes())?;
        }
        // Of an SD-JWT VC the JWT, without disclosures (docs/ledger.md).
        let signed = card.split('~').next().unwrap_or(card);
        let place = batch.add(signed.as_bytes())?;
        let batch = batch.close()?;
        // One batch after the other: the registry takes epochs in order.
        let mut newest = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        let of = AnchorPlace {
            registry: self.anchors,
            issuer: self.account,
            series: sha256(SERIES.as_bytes()),
            epoch: *newest + 1,
        };
        let write = Write::anchor(of.registry, of.issuer, of.series, of.epoch, batch.root());
        let written = self.chain.submit(&[write])?;
        *newest = of.epoch;
        let block = written.first().or_refuse("no receipt")?.block;
        let checkpoint = self.signers.sign(&self.chain, block)?;
        self.chain.stapled(&batch, place, &of, block, &checkpoint)
    }

    /// The account it anchors with.
    #[must_use]
    pub fn account(&self) -> String {
        hex(&self.account)
    }

    /// The chain profile an app pins (docs/ledger-checkpoints.md).
    #[must_use]
    pub const fn profile(&self) -> &Value {
        &self.profile
    }

    /// The newest checkpoint, with proofs of the blocks before.
    #[must_use]
    pub const fn checkpoint(&self) -> &Value {
        &self.checkpoint
    }

    /// The checkpoint of the block before, when the revoked key was the issuer's only one.
    #[must_use]
    pub const fn earlier_checkpoint(&self) -> &Value {
        &self.earlier_checkpoint
    }

    /// The node's JSON-RPC endpoint.
    #[must_use]
    pub fn server(&self) -> &str {
        self.chain.node().url()
    }

    /// Who signs cards with a key that stands on the chain.
    #[must_use]
    pub const fn signer(&self) -> &DidSigner {
        &self.signer
    }
}

/// A checkpoint as it is handed out, with proofs of all blocks before.
fn file(checkpoint: &IssuedCheckpoint) -> Value {
    let earlier = 0..checkpoint.number();
    let inclusions: serde_json::Map<String, Value> = earlier
        .filter_map(|number| Some((number.to_string(), checkpoint.inclusion(number)?)))
        .collect();
    json!({"checkpoint": checkpoint.json, "inclusions": inclusions})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_of_a_card_is_in_the_series_it_is_anchored_under() {
        let ledger = ServedLedger::start().unwrap();
        let proofs = ["one card", "another"].map(|card| ledger.anchor(card).unwrap());
        let [one, other] = &proofs;
        assert_eq!(one["series"], other["series"]);
        assert_eq!([&one["epoch"], &other["epoch"]], [1, 2]);
    }
}
