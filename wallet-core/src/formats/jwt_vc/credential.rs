//! The verified credential and what it says.

use super::document::{DataModel, names_of, type_name};
use super::parse::JwtVc;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::formats::claim_path::ClaimPath;
use crate::jose::{Algorithm, PublicKey};
use serde_json::Value;
use std::sync::Arc;

/// A verified credential. The received bytes are kept as they are.
pub struct JwtVcCredential {
    pub(super) source: Arc<JwtVc>,
    evidence: IssuerEvidence,
}

impl JwtVcCredential {
    pub(super) const fn new(source: Arc<JwtVc>, evidence: IssuerEvidence) -> Self {
        Self { source, evidence }
    }

    /// What parsing its text gave.
    pub(crate) fn parsed(&self) -> Arc<JwtVc> {
        Arc::clone(&self.source)
    }

    /// Which data model it follows.
    #[must_use]
    pub fn data_model(&self) -> DataModel {
        self.source.document.model
    }

    /// Its types as they are written.
    #[must_use]
    pub fn types(&self) -> &[String] {
        &self.source.document.types
    }

    /// What a verifier may call its types.
    pub(crate) fn type_names(&self) -> Vec<String> {
        names_of(self.types())
    }

    /// Its types, sorted, with spaces between them and without the one all have.
    pub(crate) fn type_name(&self) -> String {
        type_name(self.types())
    }

    /// `issuer`, or its `id`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.source.issuer()
    }

    /// Who signed, and how that was proven.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }

    /// The algorithm of the issuer's signature.
    #[must_use]
    pub fn issuer_algorithm(&self) -> Algorithm {
        self.source.jws.algorithm()
    }

    /// An object: the credential by the terms of its data model, with all other claims of the JWT beside them.
    #[must_use]
    pub fn claims(&self) -> &Value {
        &self.source.document.claims
    }

    /// The concrete paths of all claims, in received order: whoever sees the credential sees them.
    #[must_use]
    pub fn always_disclosed(&self) -> &[ClaimPath] {
        &self.source.claims
    }

    /// The key the credential is bound to: that of the subject's DID, or of `cnf`.
    #[must_use]
    pub fn holder_key(&self) -> Option<&PublicKey> {
        self.source.holder.as_ref().map(|holder| &holder.key)
    }

    /// Whether the subject is known by that key: another copy then has another subject.
    #[must_use]
    pub fn is_subject_a_key(&self) -> bool {
        let holder = self.source.holder.as_ref();
        holder.is_some_and(|holder| holder.is_subject)
    }

    /// From when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        self.source.document.not_before
    }

    /// From when it is no longer valid.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        self.source.document.expires
    }

    /// The claim `status` (Token Status List 6.2), else `credentialStatus` (VCDM 2.0 4.10).
    #[must_use]
    pub fn status(&self) -> Option<&Value> {
        let claims = self.claims();
        claims
            .get("status")
            .or_else(|| claims.get("credentialStatus"))
    }

    /// The credential as received.
    #[must_use]
    pub fn text(&self) -> &str {
        self.source.jws.text()
    }

    /// SHA-256 of the credential as received.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        self.source.digest()
    }
}
