//! Those who sign which block is which (docs/ledger-checkpoints.md): a city, an agency, an auditor.

use serde_json::{Value, json};

use super::anchoring::{path, root};
use super::{Chain, from_hex, hex};
use crate::encoding::{base64url, from_base64url, sha256};
use crate::keys::{EcKey, thumbprint};
use crate::refused::{OrRefuse, Result};

/// The signers of one set of keys. Each checkpoint is signed by just as many as are wanted.
pub struct CheckpointSigners {
    keys: Vec<EcKey>,
    threshold: usize,
}

/// One checkpoint, and proofs of the blocks before it.
pub struct IssuedCheckpoint {
    /// The signed statement.
    pub json: Value,
    number: u64,
    earlier: Vec<[u8; 32]>,
}

impl CheckpointSigners {
    /// Fresh keys.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn generate(count: usize, threshold: usize) -> Result<Self> {
        let keys: Result<Vec<EcKey>> = (0..count).map(|_| EcKey::generate()).collect();
        let keys = keys?;
        Ok(Self { keys, threshold })
    }

    /// The policy an app pins, as it stands in a chain profile.
    #[must_use]
    pub fn policy(&self) -> Value {
        let keys: Vec<Value> = self.keys.iter().map(EcKey::public_jwk).collect();
        json!({"checkpoints": {"version": 1, "threshold": self.threshold, "keys": keys}})
    }

    /// Signs what the node says of block `number` and of all before it.
    ///
    /// # Errors
    /// What the node answered.
    pub fn sign(&self, chain: &Chain, number: u64) -> Result<IssuedCheckpoint> {
        let hash = |number| -> Result<[u8; 32]> { bytes(&chain.block(Some(number))?["hash"]) };
        let block = chain.block(Some(number))?;
        let time = chain.time_of(&block)?;
        let hashes: Result<Vec<[u8; 32]>> = (0..number).map(hash).collect();
        let hashes = hashes?;
        let leaf = |hash: &[u8; 32]| sha256(&[&[0][..], hash].concat());
        let earlier: Vec<[u8; 32]> = hashes.iter().map(leaf).collect();
        let (genesis, own, before) = (hash(0)?, hash(number)?, root(&earlier));
        let chain_id = chain.id()?;
        let message = [
            &b"wallet/v1/block-checkpoint"[..],
            &chain_id.to_be_bytes(),
            &genesis,
            &number.to_be_bytes(),
            &own,
            &time.to_be_bytes(),
            &1_u32.to_be_bytes(),
            &before,
        ]
        .concat();
        let signatures: Result<Vec<Value>> = self
            .keys
            .iter()
            .take(self.threshold)
            .map(|key| {
                Ok(json!({
                    "key": base64url(&from_base64url(&thumbprint(&key.public_jwk())?)?),
                    "signature": base64url(&key.sign(&message)),
                }))
            })
            .collect();
        Ok(IssuedCheckpoint {
            json: json!({
                "version": 1, "chain_id": chain_id, "genesis": hex(&genesis), "number": number,
                "hash": hex(&own), "time": time, "key_set_version": 1, "earlier_blocks": hex(&before),
                "signatures": signatures?,
            }),
            number,
            earlier,
        })
    }
}

impl IssuedCheckpoint {
    /// The number of its block.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// That block `number` is one of those before.
    #[must_use]
    pub fn inclusion(&self, number: u64) -> Option<Value> {
        let place = usize::try_from(number).ok()?;
        if place >= self.earlier.len() {
            return None;
        }
        let mut beside = Vec::new();
        path(place, &self.earlier, &mut beside);
        let beside: Vec<String> = beside.iter().map(|hash| hex(hash)).collect();
        Some(json!({ "path": beside }))
    }
}

fn bytes(value: &Value) -> Result<[u8; 32]> {
    let bytes = from_hex(value.as_str().or_refuse("no hash")?)?;
    bytes.try_into().ok().or_refuse("not a hash")
}
