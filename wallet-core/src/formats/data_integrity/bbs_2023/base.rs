//! Base proofs: from the issuer to the holder (vc-di-bbs 3.3.1, 3.3.2).

use super::derived::DerivedProof;
use super::header;
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::pointer::Pointer;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, decode};
use crate::formats::data_integrity::statements::{Indexes, Selected, Statements, relative};
use wallet_bbs::{Message, PublicKey, Signature, Suite};
use zeroize::Zeroizing;

/// Without holder binding and without pseudonym.
const BASELINE: [u8; 3] = [0xd9, 0x5d, 0x02];

/// With holder binding, with pseudonym, and with both.
const FEATURES: [[u8; 3]; 3] = [[0xd9, 0x5d, 0x04], [0xd9, 0x5d, 0x06], [0xd9, 0x5d, 0x08]];

/// A base proof value. It links whoever shows it: it never leaves the wallet.
pub(in super::super) struct BaseProof {
    signature: Signature,
    header: [u8; 64],
    key: PublicKey,
    pub(in super::super) hmac_key: Zeroizing<[u8; 32]>,
    pub(in super::super) mandatory: Vec<Pointer>,
}

impl BaseProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = Zeroizing::new(decode(text)?);
        if FEATURES.iter().any(|feature| bytes.starts_with(feature)) {
            return Err(DataIntegrityError::Feature);
        }
        let parts = Parts::after(&bytes, BASELINE, 5)?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
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
    ) -> Result<(), DataIntegrityError> {
        let (shown, hidden) = statements.split(mandatory);
        if *key != self.key {
            return Err(DataIntegrityError::WrongKey);
        }
        if self.header != header(proof_hash, &hash_statements(shown.into_iter())) {
            return Err(DataIntegrityError::ProofInvalid);
        }
        key.verify(&self.signature, &self.header, &messages(&hidden))?;
        Ok(())
    }

    /// A fresh proof of the statements in `shown`, which holds all `mandatory` ones, for one occasion (vc-di-bbs 3.3.3).
    pub(in super::super) fn derive(
        &self,
        statements: &Statements,
        mandatory: &Indexes,
        shown: &Selected,
        presentation_header: &[u8],
    ) -> Result<DerivedProof, DataIntegrityError> {
        let (_, hidden) = statements.split(mandatory);
        let all: Indexes = (0..statements.lines().len()).collect();
        let selective = relative(&shown.indexes, all.difference(mandatory));
        let proof = self.key.prove(
            &self.signature,
            &self.header,
            presentation_header,
            &messages(&hidden),
            &selective,
        )?;
        Ok(DerivedProof {
            proof: proof.to_bytes(),
            labels: statements.verifier_labels(shown)?,
            mandatory: relative(mandatory, shown.indexes.iter()),
            selective,
            presentation_header: presentation_header.to_vec(),
        })
    }
}

/// The messages of BBS: a statement each, with its line feed.
pub(super) fn messages<'s>(statements: &[&'s String]) -> Vec<Message<'s>> {
    let message = |statement: &&'s String| Message::Bytes(statement.as_bytes());
    statements.iter().map(message).collect()
}
