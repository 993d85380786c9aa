//! What base and derived proofs of both suites have in common: labels, and what is hashed.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use super::graph::{Labels, canonical_labels, sorted_lines, statements};
use crate::encoding::{base64url, sha256};
use crate::refused::{OrRefuse, Result};

/// Labels by HMAC of the canonical ones (vc-di-ecdsa section 3.4.5).
pub(super) fn hmac_labels(canonical: &Labels, key: &[u8; 32]) -> Result<Labels> {
    let label = |(old, canonical): (&String, &String)| {
        let mut hmac = Hmac::<Sha256>::new_from_slice(key).or_refuse("HMAC")?;
        hmac.update(canonical.as_bytes());
        let digest = hmac.finalize().into_bytes();
        Ok((old.clone(), format!("u{}", base64url(&digest))))
    };
    canonical.iter().map(label).collect()
}

/// `b0`, `b1` … in the order of [`hmac_labels`] (vc-di-bbs section 3.2.1): an HMAC in the clear would be another thing to
/// link by.
pub(super) fn shuffled_labels(canonical: &Labels, key: &[u8; 32]) -> Result<Labels> {
    let digests = hmac_labels(canonical, key)?;
    let order: BTreeSet<&String> = digests.values().collect();
    let place = |digest: &String| order.iter().take_while(|one| **one < digest).count();
    let labels = digests.iter();
    Ok(labels
        .map(|(old, digest)| (old.clone(), format!("b{}", place(digest))))
        .collect())
}

/// The hash of the proof without its value, in the document's context.
pub(super) fn proof_hash(context: &Value, proof: &Map<String, Value>) -> Result<[u8; 32]> {
    let mut config = proof.clone();
    config.remove("proofValue");
    config.insert("@context".into(), context.clone());
    let statements = statements(&config)?;
    let lines = sorted_lines(&statements, &canonical_labels(&statements)?)?;
    let lines: String = lines.into_iter().map(|(line, _)| line).collect();
    Ok(sha256(lines.as_bytes()))
}
