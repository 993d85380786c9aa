//! The verified credential and what it says.

use super::bbs_2023::Feature;
use super::document::DataIntegrity;
use super::error::DataIntegrityError;
use super::multikey::Multikey;
use super::proof::Cryptosuite;
use super::transformed::Transformed;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::formats::claim_path::{ClaimPath, PathSegment};
use serde_json::Value;
use std::sync::Arc;

/// Where an issuer says it: of the citizen ID's vocabulary.
const ONE_PER_PERSON: [&str; 2] = ["credentialSubject", "one_per_person"];

/// A verified credential with a base proof. The received bytes are kept as they are; they never go to a verifier.
pub struct DataIntegrityCredential {
    pub(super) source: Arc<DataIntegrity>,
    pub(super) key: Multikey,
    evidence: IssuerEvidence,
}

impl DataIntegrityCredential {
    /// What parsing its text gave.
    pub(crate) fn parsed(&self) -> Arc<DataIntegrity> {
        Arc::clone(&self.source)
    }

    /// Of a credential whose proof was verified by the key `evidence` speaks of.
    pub(super) fn new(
        source: Arc<DataIntegrity>,
        evidence: IssuerEvidence,
    ) -> Result<Self, DataIntegrityError> {
        let (issuer, key) = evidence.multikey().ok_or(DataIntegrityError::WrongKey)?;
        if issuer != source.issuer {
            return Err(DataIntegrityError::WrongIssuer);
        }
        let key = Multikey::parse(key)?;
        source.transformed()?;
        Ok(Self {
            source,
            key,
            evidence,
        })
    }

    /// The suite of the proof.
    #[must_use]
    pub fn suite(&self) -> Cryptosuite {
        self.source.secured.proof.suite
    }

    /// What it is bound to besides the issuer's key; `None` where whoever has it can show it.
    #[must_use]
    pub fn feature(&self) -> Option<Feature> {
        self.source.base.feature()
    }

    /// SHA-256 of the issuer's part of the secret of pseudonyms; `None` where there are no pseudonyms.
    pub(crate) fn entropy_digest(&self) -> Option<[u8; 32]> {
        self.source.base.entropy_digest()
    }

    /// Whether the issuer says, in every showing, that it gives no person a second secret for pseudonyms: only then is a
    /// pseudonym one per person in its scope (docs/pseudonyms.md).
    #[must_use]
    pub fn is_one_per_person(&self) -> bool {
        let is_it = |path: &ClaimPath| {
            let keys = path.segments().iter().map(|segment| match segment {
                PathSegment::Key(key) => key,
                _ => "",
            });
            keys.eq(ONE_PER_PERSON) && path.value_in(self.claims()) == Some(&Value::Bool(true))
        };
        self.always_disclosed().iter().any(is_it)
    }

    /// The types, expanded to IRIs, in received order (OpenID4VP 1.0 B.1.1 `type_values`).
    #[must_use]
    pub fn types(&self) -> &[String] {
        self.transformed().map_or(&[], |signed| &signed.types)
    }

    /// `issuer`, or its `id`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.source.issuer
    }

    /// Who signed, and how that was proven.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }

    /// The document without its proof: an object.
    #[must_use]
    pub fn claims(&self) -> &Value {
        &self.source.secured.document
    }

    /// When the proof was made, if it says so: every verifier sees it, to the second.
    #[must_use]
    pub fn created(&self) -> Option<UnixTime> {
        self.source.secured.proof.created
    }

    /// The dates of the proof as they are written: every verifier sees them.
    pub(crate) fn proof_dates(&self) -> impl Iterator<Item = &str> {
        self.source.secured.proof.dates()
    }

    /// Whether the proof calls the issuer's key by another name than the key itself (Controlled Identifiers 1.0 2.2): every
    /// verifier sees it, and an issuer can have one for each holder.
    pub(crate) fn has_named_key(&self) -> bool {
        let fragment = self.source.secured.proof.method.split_once('#');
        fragment.is_none_or(|(_, name)| name != self.key.to_text())
    }

    /// From when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        let [from, _] = self.source.validity;
        from
    }

    /// From when it, or its proof, is no longer valid.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        let [_, until] = self.source.validity;
        let proof = self.source.secured.proof.expires;
        [until, proof].into_iter().flatten().min()
    }

    /// `credentialStatus` (VCDM 2.0 4.10).
    #[must_use]
    pub fn status(&self) -> Option<&Value> {
        self.claims().get("credentialStatus")
    }

    /// The credential as received.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// SHA-256 of the credential as received.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        self.source.digest()
    }

    /// The concrete paths of the claims the holder can show or withhold, in received order: each is one JSON pointer (RFC 6901) of
    /// the document, in the form all formats of this wallet have. Whatever lies in an object
    /// brings its `id` and `type` along.
    #[must_use]
    pub fn disclosable(&self) -> Vec<ClaimPath> {
        self.transformed()
            .map(Transformed::disclosable)
            .unwrap_or_default()
    }

    /// The concrete paths of the claims every verifier sees, whatever is selected.
    #[must_use]
    pub fn always_disclosed(&self) -> Vec<ClaimPath> {
        self.transformed()
            .map(Transformed::always_disclosed)
            .unwrap_or_default()
    }

    /// The claims that a showing of those at these paths reveals, besides those every verifier sees: what
    /// [`Self::present`] with them discloses.
    #[must_use]
    pub fn revealed_by(&self, selected: &[ClaimPath]) -> Vec<ClaimPath> {
        self.transformed()
            .map(|signed| signed.revealed_by(selected))
            .unwrap_or_default()
    }

    /// How many statements were signed: with bbs-2023 every verifier can count them, shown or not.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.transformed()
            .map_or(0, |signed| signed.statements.lines().len())
    }

    /// Whether the issuer shuffled the names of blank nodes into an order that is not the document's (vc-di-bbs 3.2.1).
    /// Every presentation shows those of what it discloses, and where its statements stand among all: with `n` blank nodes,
    /// an order of a credential's own can be one of `n!`. Issuers who care draw the shuffling key until it is the document's.
    #[must_use]
    pub fn has_order_of_its_own(&self) -> bool {
        let is_shuffled = |signed: &Transformed| !signed.statements.are_named_in_order();
        self.suite() == Cryptosuite::Bbs2023 && self.transformed().is_some_and(is_shuffled)
    }

    /// Made when this was: it is there.
    fn transformed(&self) -> Option<&Transformed> {
        self.source.transformed().ok()
    }
}
