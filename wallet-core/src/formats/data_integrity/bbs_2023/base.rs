//! Base proofs: from the issuer to the holder (vc-di-bbs 3.3.1, 3.3.2).

use super::derived::DerivedProof;
use super::header;
use super::holder_secret::HolderSecret;
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::pointer::Pointer;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, decode};
use crate::formats::data_integrity::statements::{Indexes, Selected, Statements, relative};
use wallet_bbs::{BlindSigned, Disclosed, Message, PublicKey, Signature, Suite};
use zeroize::Zeroizing;

/// Without optional features.
const BASELINE: [u8; 3] = [0xd9, 0x5d, 0x02];

/// With holder binding.
const HOLDER_BOUND: [u8; 3] = [0xd9, 0x5d, 0x04];

/// With a pseudonym, and with both.
const PSEUDONYMS: [[u8; 3]; 2] = [[0xd9, 0x5d, 0x06], [0xd9, 0x5d, 0x08]];

/// A base proof value. It links whoever shows it: it never leaves the wallet.
pub(in super::super) struct BaseProof {
    signature: Signature,
    header: [u8; 64],
    key: PublicKey,
    is_holder_bound: bool,
    pub(in super::super) hmac_key: Zeroizing<[u8; 32]>,
    pub(in super::super) mandatory: Vec<Pointer>,
}

impl BaseProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = Zeroizing::new(decode(text)?);
        if PSEUDONYMS.iter().any(|feature| bytes.starts_with(feature)) {
            return Err(DataIntegrityError::Feature);
        }
        let is_holder_bound = bytes.starts_with(&HOLDER_BOUND);
        let header = if is_holder_bound {
            HOLDER_BOUND
        } else {
            BASELINE
        };
        let parts = Parts::after(&bytes, header, 5)?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
            is_holder_bound,
            signature: Signature::from_bytes(parts.bytes()?)?,
            header: parts.array()?,
            key: PublicKey::from_bytes(Suite::Sha256, parts.bytes()?)?,
            hmac_key: Zeroizing::new(parts.array()?),
            mandatory: parts.pointers()?,
        })
    }

    /// Whether the issuer with this key signed the statements, those at `mandatory` to be shown in any case, under the
    /// proof with this hash. In constant time: holder and issuer alone know the statements.
    pub(in super::super) fn verify(
        &self,
        key: &PublicKey,
        proof_hash: &[u8; 32],
        statements: &Statements,
        mandatory: &Indexes,
        holder: Option<&HolderSecret>,
    ) -> Result<(), DataIntegrityError> {
        let (shown, hidden) = statements.split(mandatory);
        if *key != self.key {
            return Err(DataIntegrityError::WrongKey);
        }
        if self.header != header(proof_hash, &hash_statements(shown.into_iter())) {
            return Err(DataIntegrityError::ProofInvalid);
        }
        let messages = messages(&hidden);
        match self.holder_of(holder)? {
            None => key.verify(&self.signature, &self.header, &messages)?,
            Some(holder) => {
                let committed = holder.committed();
                key.verify_blind(&self.blind_signed(&messages, &committed, holder))?;
            }
        }
        Ok(())
    }

    /// Holder binding takes a secret, and nothing else does.
    fn holder_of<'h>(
        &self,
        holder: Option<&'h HolderSecret>,
    ) -> Result<Option<&'h HolderSecret>, DataIntegrityError> {
        match holder.is_some() == self.is_holder_bound {
            true => Ok(holder),
            false => Err(DataIntegrityError::HolderSecret),
        }
    }

    fn blind_signed<'a>(
        &'a self,
        messages: &'a [Message<'a>],
        committed: &'a [Message<'a>],
        holder: &'a HolderSecret,
    ) -> BlindSigned<'a> {
        BlindSigned {
            signature: &self.signature,
            header: &self.header,
            messages,
            committed,
            blinding: &holder.blinding,
        }
    }

    /// A fresh proof of the statements in `shown`, which holds all `mandatory` ones, for one occasion (vc-di-bbs 3.3.3).
    pub(in super::super) fn derive(
        &self,
        statements: &Statements,
        mandatory: &Indexes,
        shown: &Selected,
        presentation_header: &[u8],
        holder: Option<&HolderSecret>,
    ) -> Result<DerivedProof, DataIntegrityError> {
        let (_, hidden) = statements.split(mandatory);
        let all: Indexes = (0..statements.lines().len()).collect();
        let selective = relative(&shown.indexes, all.difference(mandatory));
        let messages = messages(&hidden);
        let (signature, header) = (&self.signature, &self.header);
        let holder = self.holder_of(holder)?;
        let proof = match holder {
            None => {
                let key = &self.key;
                key.prove(
                    signature,
                    header,
                    presentation_header,
                    &messages,
                    &selective,
                )?
            }
            Some(holder) => {
                let committed = holder.committed();
                let signed = self.blind_signed(&messages, &committed, holder);
                let disclosed = Disclosed {
                    messages: &selective,
                    committed: &[],
                };
                self.key
                    .prove_blind(&signed, presentation_header, &disclosed)?
            }
        };
        Ok(DerivedProof {
            proof: proof.to_bytes(),
            labels: statements.verifier_labels(shown)?,
            mandatory: relative(mandatory, shown.indexes.iter()),
            selective,
            presentation_header: presentation_header.to_vec(),
            count: holder.map(|_| messages.len()),
        })
    }
}

/// The messages of BBS: a statement each, with its line feed.
pub(super) fn messages<'s>(statements: &[&'s String]) -> Vec<Message<'s>> {
    let message = |statement: &&'s String| Message::Bytes(statement.as_bytes());
    statements.iter().map(message).collect()
}
