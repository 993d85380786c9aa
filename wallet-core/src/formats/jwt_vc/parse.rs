//! A credential as received: a compact JWS and the credential in it.

use super::claims;
use super::document::{DataModel, Document};
use super::error::JwtVcError;
use super::holder::Holder;
use super::limits::MAX_TEXT;
use crate::formats::claim_path::ClaimPath;
use crate::jose::{Algorithm, CompactJws};
use std::sync::OnceLock;
use wallet_primitives::hash;

/// Algorithms of issuers: those of ledgers too.
pub(crate) const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
    Algorithm::Es256K,
];

/// A credential, read but **not verified**: [`Self::verify`] makes a credential of it.
pub struct JwtVc {
    pub(super) jws: CompactJws,
    pub(super) document: Document,
    pub(super) holder: Option<Holder>,
    /// Every claim.
    pub(super) claims: Vec<ClaimPath>,
    digest: OnceLock<[u8; 32]>,
}

impl JwtVc {
    /// Reads a credential as an issuer sends it: one compact JWS.
    ///
    /// # Errors
    /// Any [`JwtVcError`] about form.
    pub fn parse(text: &str) -> Result<Self, JwtVcError> {
        if text.len() > MAX_TEXT {
            return Err(JwtVcError::TooLarge);
        }
        let jws = CompactJws::parse_of(text, MAX_TEXT, &ALGORITHMS)?;
        let document = Document::read(jws.payload_object()?, jws.typ())?;
        Ok(Self {
            holder: Holder::of(&document.claims)?,
            claims: claims::list(&document.claims)?,
            digest: OnceLock::new(),
            document,
            jws,
        })
    }

    /// `issuer`, or its `id`; not verified: good for looking up a key and for nothing else.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.document.issuer
    }

    /// Which data model it follows.
    #[must_use]
    pub const fn data_model(&self) -> DataModel {
        self.document.model
    }

    /// SHA-256 of the text.
    pub(super) fn digest(&self) -> &[u8; 32] {
        let digest = || hash::sha256(&[self.jws.text().as_bytes()]);
        self.digest.get_or_init(digest)
    }
}
