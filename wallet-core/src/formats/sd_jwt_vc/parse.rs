//! The text form `<issuer-signed JWT>~<disclosure>~…~[<KB-JWT>]` (RFC 9901 4) and its structure (RFC 9901 7.1).

use super::disclosure::Disclosure;
use super::error::SdJwtError;
use super::hash::HashAlgorithm;
use super::limits::{MAX_DISCLOSURES, MAX_TEXT};
use super::tree::{self, ClaimTree};
use crate::formats::claim_path::ClaimPath;
use crate::jose::CompactJws;
use crate::json::MAX_VALUES;
use core::cell::Cell;
use core::ops::Range;
use serde_json::{Map, Value};
use std::sync::OnceLock;
use wallet_primitives::hash;

/// The parts of the text, not looked into.
pub(super) struct Parts<'a> {
    pub(super) jwt: &'a str,
    pub(super) disclosures: Vec<&'a str>,
    /// Everything up to and including the last `~`: what `sd_hash` covers (RFC 9901 4.3.1).
    pub(super) bound: &'a str,
    pub(super) key_binding: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(super) fn split(text: &'a str) -> Result<Self, SdJwtError> {
        if text.len() > MAX_TEXT {
            return Err(SdJwtError::TooLarge);
        }
        let (before, last) = text.rsplit_once('~').ok_or(SdJwtError::MissingTilde)?;
        let mut parts = before.split('~');
        let jwt = parts.next().unwrap_or_default();
        let disclosures: Vec<_> = parts.take(MAX_DISCLOSURES + 1).collect();
        if disclosures.len() > MAX_DISCLOSURES {
            return Err(SdJwtError::TooManyDisclosures);
        }
        if jwt.is_empty() || disclosures.iter().any(|part| part.is_empty()) {
            return Err(SdJwtError::EmptyPart);
        }
        Ok(Self {
            jwt,
            disclosures,
            bound: text.get(..text.len() - last.len()).unwrap_or_default(),
            key_binding: (!last.is_empty()).then_some(last),
        })
    }
}

/// A disclosure as received, and the claim it discloses.
#[derive(Clone, Debug)]
pub(super) struct Disclosed {
    /// Where it stands in the text.
    pub(super) range: Range<usize>,
    /// The concrete path of its claim, all claims disclosed.
    pub(super) path: ClaimPath,
}

/// An SD-JWT whose structure is sound: every disclosure has its one place (RFC 9901 7.1, steps 1, 3 and 4).
///
/// **Not verified**: no signature was checked yet, so it shows no claims. [`Self::verify`] makes a credential of it.
pub struct SdJwt {
    pub(super) text: String,
    pub(super) jws: CompactJws,
    pub(super) hash: HashAlgorithm,
    /// An object: all claims, everything disclosed.
    pub(super) claims: Value,
    pub(super) disclosures: Vec<Disclosed>,
    digest: OnceLock<[u8; 32]>,
}

impl SdJwt {
    /// Parses a credential as an issuer sends it: with `~` at its end and no key binding.
    ///
    /// # Errors
    /// Any [`SdJwtError`] about form and structure.
    pub fn parse(text: &str) -> Result<Self, SdJwtError> {
        let parts = Parts::split(text)?;
        if parts.key_binding.is_some() {
            return Err(SdJwtError::MissingTilde);
        }
        Self::from_parts(text, &parts)
    }

    /// `iss`, not verified: good for looking up a key and for nothing else.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// SHA-256 of the text.
    pub(super) fn digest(&self) -> &[u8; 32] {
        let digest = || hash::sha256(&[self.text.as_bytes()]);
        self.digest.get_or_init(digest)
    }

    pub(super) fn from_parts(text: &str, parts: &Parts<'_>) -> Result<Self, SdJwtError> {
        let jws = CompactJws::parse(parts.jwt, MAX_TEXT)?;
        let payload = jws.payload_object()?;
        let hash = hash_algorithm(&payload)?;
        let mut disclosures = Vec::with_capacity(parts.disclosures.len());
        let mut digests = Vec::with_capacity(parts.disclosures.len());
        let values_left = Cell::new(MAX_VALUES);
        for part in &parts.disclosures {
            disclosures.push(Disclosure::parse(part, &values_left)?);
            digests.push(hash.digest_base64url(part));
        }
        let ClaimTree { claims, paths } = tree::assemble(payload, disclosures, digests)?;
        let mut end = parts.jwt.len();
        let disclosures = parts.disclosures.iter().zip(paths);
        let disclosures = disclosures.map(|(part, path)| {
            let start = end + 1;
            end = start + part.len();
            Disclosed {
                range: start..end,
                path,
            }
        });
        Ok(Self {
            disclosures: disclosures.collect(),
            text: text.to_owned(),
            jws,
            hash,
            claims: Value::Object(claims),
            digest: OnceLock::new(),
        })
    }
}

/// `_sd_alg`, or its default (RFC 9901 4.1.1).
fn hash_algorithm(payload: &Map<String, Value>) -> Result<HashAlgorithm, SdJwtError> {
    match payload.get("_sd_alg") {
        None => Ok(HashAlgorithm::default()),
        Some(name) => name
            .as_str()
            .and_then(HashAlgorithm::from_identifier)
            .ok_or(SdJwtError::HashAlgorithm),
    }
}
