//! Base proofs: from the issuer to the holder (vc-di-bbs 3.3.1, 3.3.2).

use super::derived::DerivedProof;
use super::feature::{Feature, Kind};
use super::header;
use super::holder_secrets::{Bound, HolderSecrets, Signed};
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::pointer::Pointer;
use crate::formats::data_integrity::present::Derivation;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, decode};
use crate::formats::data_integrity::statements::{Indexes, Selected, Statements, relative};
use crate::order;
use bbs::{Message, PublicKey, Signature, Suite};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A base proof value. It links whoever shows it: it never leaves the wallet.
pub(in super::super) struct BaseProof {
    signature: Signature,
    header: [u8; 64],
    key: PublicKey,
    /// `None` is the baseline: whoever has the base proof can show the credential.
    bound: Option<Bound>,
    pub(in super::super) hmac_key: Zeroizing<[u8; 32]>,
    pub(in super::super) mandatory: Vec<Pointer>,
}

impl BaseProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = Zeroizing::new(decode(text)?);
        let feature = Kind::Base.feature_of(&bytes)?;
        let has_entropy = feature.is_some_and(Feature::has_pseudonym);
        let header = Kind::Base.header(feature);
        let parts = Parts::after(&bytes, header, if has_entropy { 6 } else { 5 })?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
            signature: Signature::from_bytes(parts.bytes()?)?,
            header: parts.array()?,
            key: PublicKey::from_bytes(Suite::Sha256, parts.bytes()?)?,
            hmac_key: Zeroizing::new(parts.array()?),
            mandatory: parts.pointers()?,
            bound: match feature {
                None => None,
                Some(feature) => Some(Bound {
                    feature,
                    entropy: has_entropy.then(|| parts.array()).transpose()?,
                }),
            },
        })
    }

    /// What it is bound to; `None` is the baseline.
    pub(in super::super) fn feature(&self) -> Option<Feature> {
        self.bound.as_ref().map(|bound| bound.feature)
    }

    /// SHA-256 of the issuer's part of the secret of pseudonyms, where there is one.
    pub(in super::super) fn entropy_digest(&self) -> Option<[u8; 32]> {
        let entropy = self.bound.as_ref()?.entropy?;
        Some(Sha256::digest(entropy).into())
    }

    /// Whether the issuer with this key signed the statements, those at `mandatory` to be shown in any case, under the
    /// proof with this hash, and with the holder's secrets where it is bound to such. In constant time: holder and issuer
    /// alone know the statements.
    pub(in super::super) fn verify(
        &self,
        key: &PublicKey,
        proof_hash: &[u8; 32],
        statements: &Statements,
        mandatory: &Indexes,
        holder: Option<&HolderSecrets>,
    ) -> Result<(), DataIntegrityError> {
        let (shown, hidden) = statements.split(mandatory);
        if *key != self.key {
            return Err(DataIntegrityError::WrongKey);
        }
        if self.header != header(proof_hash, &hash_statements(shown.into_iter())) {
            return Err(DataIntegrityError::ProofInvalid);
        }
        let messages = messages(&hidden);
        match (&self.bound, holder) {
            (None, None) => Ok(key.verify(&self.signature, &self.header, &messages)?),
            (Some(bound), Some(holder)) => holder.verify(&self.signed(&messages, bound)),
            _ => Err(DataIntegrityError::Binding),
        }
    }

    fn signed<'a>(&'a self, messages: &'a [Message<'a>], bound: &'a Bound) -> Signed<'a> {
        Signed {
            key: &self.key,
            signature: &self.signature,
            header: &self.header,
            messages,
            bound,
        }
    }

    /// A fresh proof of the statements in `shown`, which holds all `mandatory` ones, for one occasion (vc-di-bbs 3.3.3).
    pub(in super::super) fn derive(
        &self,
        statements: &Statements,
        mandatory: &Indexes,
        shown: &Selected,
        occasion: &Derivation<'_>,
    ) -> Result<DerivedProof, DataIntegrityError> {
        let (_, hidden) = statements.split(mandatory);
        let all = order::set(0..statements.lines().len());
        let selective = relative(&shown.indexes, all.difference(mandatory));
        let (messages, header) = (messages(&hidden), occasion.presentation_header);
        let (proof, bound) = match (&self.bound, occasion.holder) {
            (None, None) => {
                let (signature, signed) = (&self.signature, &self.header);
                let proof = self
                    .key
                    .prove(signature, signed, header, &messages, &selective);
                (proof?, None)
            }
            (Some(bound), Some(holder)) => {
                let signed = self.signed(&messages, bound);
                let scope = occasion.scope();
                let (proof, bound) = holder.prove(&signed, header, &selective, &scope?)?;
                (proof, Some(bound))
            }
            _ => return Err(DataIntegrityError::Binding),
        };
        Ok(DerivedProof {
            bound,
            proof: proof.to_bytes(),
            labels: statements.verifier_labels(shown)?,
            mandatory: relative(mandatory, shown.indexes.iter()),
            selective,
            presentation_header: header.to_vec(),
        })
    }
}

/// The messages of BBS: a statement each, with its line feed.
pub(super) fn messages<'s>(statements: &[&'s String]) -> Vec<Message<'s>> {
    let message = |statement: &&'s String| Message::Bytes(statement.as_bytes());
    statements.iter().map(message).collect()
}
