//! How blank nodes are named in what is signed, so that the names say nothing of what is withheld.

use super::error::DataIntegrityError;
use crate::jose::base64url;
use crate::order;
use std::collections::BTreeMap;
use wallet_primitives::{Refused, mac};

/// Labels by labels, without `_:`.
pub(super) type Labels = BTreeMap<String, String>;

/// How canonical labels become those that are signed.
pub(super) enum Labelling<'k> {
    /// `u` and the HMAC of the canonical label (vc-di-ecdsa 3.4.4): ecdsa-sd-2023.
    Hmac(&'k [u8; 32]),
    /// `b` and the rank of that HMAC (vc-di-bbs 3.2.1): bbs-2023, whose derived proofs would be linked by a longer name.
    Shuffled(&'k [u8; 32]),
    /// Those a derived proof gives for the canonical ones.
    Given(&'k Labels),
}

impl Labelling<'_> {
    /// From the labels of a document to those that are signed; `canonical` leads to the canonical ones.
    pub(super) fn apply(&self, canonical: &Labels) -> Result<Labels, DataIntegrityError> {
        match self {
            Self::Hmac(key) => order::try_map(
                canonical
                    .iter()
                    .map(|(label, canonical)| Ok((label.clone(), hmac_label(key, canonical)?))),
            ),
            Self::Shuffled(key) => shuffled(key, canonical),
            Self::Given(given) => replaced(given, canonical),
        }
    }
}

fn hmac_label(key: &[u8; 32], canonical: &str) -> Result<String, DataIntegrityError> {
    let hmac = mac::hmac(key, &[canonical.as_bytes()]);
    // No key is refused.
    let hmac = hmac.map_err(|Refused| DataIntegrityError::ProofValue)?;
    let mut label = base64url::encode(&hmac);
    label.insert(0, 'u');
    Ok(label)
}

fn shuffled(key: &[u8; 32], canonical: &Labels) -> Result<Labels, DataIntegrityError> {
    let mut by_hmac = BTreeMap::new();
    for (label, canonical) in canonical {
        by_hmac.insert(hmac_label(key, canonical)?, label);
    }
    let named = by_hmac.into_values().enumerate();
    let named = named.map(|(rank, label)| (label.clone(), format!("b{rank}")));
    Ok(order::map(named))
}

/// Every canonical label must have its one name, and no name may be left over or stand twice: else two nodes could be shown
/// as one, or one as two.
fn replaced(given: &Labels, canonical: &Labels) -> Result<Labels, DataIntegrityError> {
    let names = order::set(given.values());
    if names.len() != given.len() || given.len() != canonical.len() {
        return Err(DataIntegrityError::LabelMap);
    }
    let name = |(label, canonical): (&String, &String)| {
        let name = given.get(canonical).ok_or(DataIntegrityError::LabelMap)?;
        Ok((label.clone(), name.clone()))
    };
    order::try_map(canonical.iter().map(name))
}
