//! Checkpoints: the hash of one block, and of all before it, signed by `k` of the `n` keys an app pins. docs/ledger-checkpoints.md
//! has the format.

use super::{InclusionProof, PolicyError, json};
use crate::jose::{PublicKey, base64url};
use crate::labels;
use crate::ledger::header::Header;
use alloy_primitives::B256;
use serde_json::{Map, Value, json};

/// Most keys of a set; each may cost a signature verification.
pub const MAX_KEYS: usize = 32;

/// The first block and the number of a chain: together they tell it from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainIdentity {
    /// The chain id (EIP-155).
    pub chain_id: u64,
    /// The hash of block 0.
    pub genesis: B256,
}

/// What the holders of the keys state about one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which chain the block is.
    pub chain: ChainIdentity,
    /// The block's number.
    pub number: u64,
    /// The block's hash.
    pub hash: B256,
    /// The block's own time, seconds since 1970.
    pub time: u64,
    /// Which set of keys signs.
    pub key_set_version: u32,
    /// The root over the hashes of blocks 0 to `number` − 1 ([`super::MountainRange`]).
    pub earlier_blocks: B256,
}

impl Checkpoint {
    /// The bytes that are signed: the label, then fields of fixed width, numbers big-endian.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        [
            labels::BLOCK_CHECKPOINT,
            &self.chain.chain_id.to_be_bytes(),
            self.chain.genesis.as_slice(),
            &self.number.to_be_bytes(),
            self.hash.as_slice(),
            &self.time.to_be_bytes(),
            &self.key_set_version.to_be_bytes(),
            self.earlier_blocks.as_slice(),
        ]
        .concat()
    }
}

/// One signature under a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointSignature {
    /// The RFC 7638 thumbprint of the key that signed.
    pub key: [u8; 32],
    /// The signature, of fixed width as in JWS.
    pub signature: Vec<u8>,
}

/// A checkpoint with the signatures that came with it. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is stated.
    pub checkpoint: Checkpoint,
    /// By whom.
    pub signatures: Vec<CheckpointSignature>,
}

impl SignedCheckpoint {
    /// Reads the JSON form. Members that are not of version 1 are refused: none is signed.
    ///
    /// # Errors
    /// [`PolicyError::CheckpointForm`].
    pub fn from_members(members: &Map<String, Value>) -> Result<Self, PolicyError> {
        const MEMBERS: [&str; 9] = [
            "version",
            "chain_id",
            "genesis",
            "number",
            "hash",
            "time",
            "key_set_version",
            "earlier_blocks",
            "signatures",
        ];
        Self::read(members, &MEMBERS).ok_or(PolicyError::CheckpointForm)
    }

    fn read(object: &Map<String, Value>, members: &[&str]) -> Option<Self> {
        json::has_only(object, members).then_some(())?;
        let number = |name: &str| object.get(name).and_then(Value::as_u64);
        let hash = |name: &str| object.get(name).and_then(json::hash);
        if number("version") != Some(1) {
            return None;
        }
        let signatures = object.get("signatures")?.as_array()?;
        if signatures.len() > MAX_KEYS {
            return None;
        }
        Some(Self {
            checkpoint: Checkpoint {
                chain: ChainIdentity {
                    chain_id: number("chain_id")?,
                    genesis: hash("genesis")?,
                },
                number: number("number")?,
                hash: hash("hash")?,
                time: number("time")?,
                key_set_version: number("key_set_version")?.try_into().ok()?,
                earlier_blocks: hash("earlier_blocks")?,
            },
            signatures: signatures
                .iter()
                .map(CheckpointSignature::read)
                .collect::<Option<_>>()?,
        })
    }

    /// The JSON form.
    #[must_use]
    pub fn to_members(&self) -> Map<String, Value> {
        let it = &self.checkpoint;
        let signatures: Vec<Value> = self
            .signatures
            .iter()
            .map(|one| {
                json!({
                    "key": base64url::encode(&one.key),
                    "signature": base64url::encode(&one.signature),
                })
            })
            .collect();
        let members = [
            ("version", 1.into()),
            ("chain_id", it.chain.chain_id.into()),
            ("genesis", it.chain.genesis.to_string().into()),
            ("number", it.number.into()),
            ("hash", it.hash.to_string().into()),
            ("time", it.time.into()),
            ("key_set_version", it.key_set_version.into()),
            ("earlier_blocks", it.earlier_blocks.to_string().into()),
            ("signatures", signatures.into()),
        ];
        let owned = |(name, value): (&str, Value)| (name.to_owned(), value);
        members.into_iter().map(owned).collect()
    }
}

impl CheckpointSignature {
    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        json::has_only(object, &["key", "signature"]).then_some(())?;
        // The longest text of a signature that counts.
        let text = |name: &str| object.get(name)?.as_str().filter(|text| text.len() <= 128);
        Some(Self {
            key: base64url::decode(text("key")?).ok()?.try_into().ok()?,
            signature: base64url::decode(text("signature")?).ok()?,
        })
    }
}

/// The keys an app pins for the checkpoints of one chain, and how many of them must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointKeys {
    version: u32,
    threshold: usize,
    keys: Vec<(PublicKey, [u8; 32])>,
}

impl CheckpointKeys {
    /// `threshold` of these keys must sign. More than half, so that two checkpoints that contradict each other have a signer
    /// in common, who is caught.
    ///
    /// # Errors
    /// [`PolicyError::KeySet`] if it is not more than half, more than there are keys, a key is given twice or is neither
    /// P-256 nor Ed25519, or there are more than [`MAX_KEYS`].
    pub fn new(version: u32, threshold: usize, keys: Vec<PublicKey>) -> Result<Self, PolicyError> {
        let keys: Vec<(PublicKey, [u8; 32])> = keys
            .into_iter()
            .map(|key| {
                let thumbprint = key.thumbprint();
                (key, thumbprint)
            })
            .collect();
        let is_ours = |key: &PublicKey| matches!(key, PublicKey::P256(_) | PublicKey::Ed25519(_));
        let is_sound = keys.len() <= MAX_KEYS
            && threshold <= keys.len()
            && threshold.saturating_mul(2) > keys.len()
            && keys.iter().all(|(key, _)| is_ours(key))
            && all_differ(keys.iter().map(|(_, thumbprint)| thumbprint));
        if !is_sound {
            return Err(PolicyError::KeySet);
        }
        Ok(Self {
            version,
            threshold,
            keys,
        })
    }

    /// Which set of keys this is; a checkpoint names it.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// How many must sign.
    #[must_use]
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// The keys.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.keys.iter().map(|(key, _)| key)
    }

    /// Checks chain, key set and every signature.
    ///
    /// # Errors
    /// [`PolicyError::OtherChain`], [`PolicyError::KeySetVersion`], [`PolicyError::UnknownSigner`],
    /// [`PolicyError::SignerRepeated`], [`PolicyError::SignatureInvalid`], [`PolicyError::TooFewSignatures`].
    pub fn verify(
        &self,
        chain: &ChainIdentity,
        signed: SignedCheckpoint,
    ) -> Result<VerifiedCheckpoint, PolicyError> {
        if signed.checkpoint.chain != *chain {
            return Err(PolicyError::OtherChain);
        }
        if signed.checkpoint.key_set_version != self.version {
            return Err(PolicyError::KeySetVersion);
        }
        if signed.signatures.len() < self.threshold {
            return Err(PolicyError::TooFewSignatures);
        }
        if !all_differ(signed.signatures.iter().map(|one| &one.key)) {
            return Err(PolicyError::SignerRepeated);
        }
        let message = signed.checkpoint.message();
        for one in &signed.signatures {
            let pinned = self
                .keys
                .iter()
                .find(|(_, thumbprint)| *thumbprint == one.key);
            let (key, _) = pinned.ok_or(PolicyError::UnknownSigner)?;
            key.verify(&message, &one.signature)
                .map_err(|_| PolicyError::SignatureInvalid)?;
        }
        Ok(VerifiedCheckpoint(signed))
    }
}

fn all_differ<'a>(thumbprints: impl Iterator<Item = &'a [u8; 32]>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut thumbprints = thumbprints;
    thumbprints.all(|thumbprint| seen.insert(thumbprint))
}

/// A checkpoint that enough of the pinned keys signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint(SignedCheckpoint);

impl VerifiedCheckpoint {
    /// One that was verified before it was sealed in the vault.
    pub(crate) const fn verified_before(signed: SignedCheckpoint) -> Self {
        Self(signed)
    }

    /// What is stated.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.0.checkpoint
    }

    /// The checkpoint with its signatures.
    #[must_use]
    pub const fn signed(&self) -> &SignedCheckpoint {
        &self.0
    }

    /// How many keys signed.
    #[must_use]
    pub const fn signers(&self) -> usize {
        self.0.signatures.len()
    }

    /// Checks that the header is that of the checkpoint's block, or with a proof that of one before it.
    ///
    /// # Errors
    /// [`PolicyError::OtherBlock`], [`PolicyError::NotIncluded`].
    pub fn covers(
        &self,
        header: &Header,
        inclusion: Option<&InclusionProof>,
    ) -> Result<(), PolicyError> {
        let it = self.checkpoint();
        match inclusion {
            Some(proof) => proof.verify(
                &header.hash(),
                header.number(),
                it.number,
                &it.earlier_blocks,
            ),
            None if it.hash == header.hash()
                && it.number == header.number()
                && it.time == header.time() =>
            {
                Ok(())
            }
            None => Err(PolicyError::OtherBlock),
        }
    }
}

/// Two verified checkpoints that cannot both be true: at least one key signed both. Kept as it is, it convicts the signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation {
    /// One of the two.
    pub first: SignedCheckpoint,
    /// The other.
    pub second: SignedCheckpoint,
}

impl Equivocation {
    /// The contradiction between two checkpoints of one chain and height, if there is one.
    #[must_use]
    pub fn between(first: &VerifiedCheckpoint, second: &VerifiedCheckpoint) -> Option<Self> {
        let (a, b) = (first.checkpoint(), second.checkpoint());
        let is_contradiction = a.chain == b.chain
            && a.number == b.number
            && (a.hash, a.time, a.earlier_blocks) != (b.hash, b.time, b.earlier_blocks);
        is_contradiction.then(|| Self {
            first: first.0.clone(),
            second: second.0.clone(),
        })
    }

    /// The thumbprints of the keys that signed both.
    #[must_use]
    pub fn culprits(&self) -> Vec<[u8; 32]> {
        let signed_second =
            |key: &[u8; 32]| self.second.signatures.iter().any(|one| one.key == *key);
        let first = self.first.signatures.iter().map(|one| one.key);
        first.filter(signed_second).collect()
    }
}

#[cfg(test)]
mod tests;
