//! The proof of a document (VC Data Integrity 1.0 2.1), but for its value.

use super::error::DataIntegrityError;
use super::json_ld;
use super::rdf::rdfc10;
use crate::clock::UnixTime;
use serde_json::{Map, Value};
use wallet_primitives::hash;
use zeroize::Zeroizing;

/// A cryptosuite (VC Data Integrity 1.0 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cryptosuite {
    /// `bbs-2023`: each showing has a fresh proof.
    Bbs2023,
    /// `ecdsa-sd-2023`: each showing has the issuer's own signatures.
    EcdsaSd2023,
}

impl Cryptosuite {
    /// The identifier used on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bbs2023 => "bbs-2023",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
        }
    }

    /// The suite with this identifier, if the wallet knows it.
    #[must_use]
    pub fn from_identifier(text: &str) -> Option<Self> {
        [Self::Bbs2023, Self::EcdsaSd2023]
            .into_iter()
            .find(|suite| suite.as_str() == text)
    }
}

/// Members a proof may have. Others would be shown to every verifier, and could tell holders apart.
const MEMBERS: [&str; 7] = [
    "type",
    "cryptosuite",
    "created",
    "expires",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
];

/// A proof for assertions by one of our suites.
pub(super) struct Proof {
    /// All members but the value, in received order.
    options: Map<String, Value>,
    pub(super) suite: Cryptosuite,
    pub(super) method: String,
    pub(super) created: Option<UnixTime>,
    pub(super) expires: Option<UnixTime>,
    /// Taken out of a base proof once it is read.
    pub(super) value: Zeroizing<String>,
}

impl Proof {
    /// Reads the `proof` of a document.
    pub(super) fn read(proof: Value) -> Result<Self, DataIntegrityError> {
        let Value::Object(mut options) = proof else {
            return Err(DataIntegrityError::ProofCount);
        };
        if options.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(DataIntegrityError::Proof("proof_member"));
        }
        let value = match options.shift_remove("proofValue") {
            Some(Value::String(value)) => Some(Zeroizing::new(value)),
            _ => None,
        };
        if text(&options, "type") != Some("DataIntegrityProof") {
            return Err(DataIntegrityError::Proof("proof_type"));
        }
        if text(&options, "proofPurpose") != Some("assertionMethod") {
            return Err(DataIntegrityError::Proof("proof_purpose"));
        }
        let suite = text(&options, "cryptosuite").and_then(Cryptosuite::from_identifier);
        let method = text(&options, "verificationMethod");
        let (created, expires) = (time(&options, "created")?, time(&options, "expires")?);
        if created.is_some_and(|created| expires.is_some_and(|end| end <= created)) {
            return Err(DataIntegrityError::Proof("expires"));
        }
        Ok(Self {
            suite: suite.ok_or(DataIntegrityError::Suite)?,
            method: method
                .ok_or(DataIntegrityError::Proof("verification_method"))?
                .to_owned(),
            created,
            expires,
            value: value.ok_or(DataIntegrityError::ProofValue)?,
            options,
        })
    }

    /// `created` and `expires`, as far as they are there, as they are written.
    pub(super) fn dates(&self) -> impl Iterator<Item = &str> {
        let names = ["created", "expires"].into_iter();
        names.filter_map(|name| text(&self.options, name))
    }

    /// `proofHash`: that of the proof without its value, in the contexts of the document.
    pub(super) fn hash(&self, context: &Value) -> Result<[u8; 32], DataIntegrityError> {
        hash_options(&self.options, context)
    }

    /// This proof with another value.
    pub(super) fn with_value(&self, value: String) -> Value {
        let mut proof = self.options.clone();
        proof.insert("proofValue".to_owned(), Value::String(value));
        Value::Object(proof)
    }

    /// Whether both say the same, whatever their values.
    pub(super) fn has_options_of(&self, other: &Self) -> bool {
        self.options == other.options
    }
}

/// SHA-256 of proof options in their one form (vc-di-bbs 3.4.4, vc-di-ecdsa 3.6.4).
pub(super) fn hash_options(
    options: &Map<String, Value>,
    context: &Value,
) -> Result<[u8; 32], DataIntegrityError> {
    let mut config = options.clone();
    config.insert("@context".to_owned(), context.clone());
    let canonical = rdfc10::canonicalize(&json_ld::to_rdf(&config)?)?;
    Ok(hash_statements(canonical.n_quads.iter()))
}

/// SHA-256 of statements, one after the other.
pub(super) fn hash_statements<'s>(statements: impl Iterator<Item = &'s String>) -> [u8; 32] {
    let statements: Vec<&[u8]> = statements.map(|statement| statement.as_bytes()).collect();
    hash::sha256(&statements)
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Value::as_str)
}

fn time(
    members: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<UnixTime>, DataIntegrityError> {
    let read = |value: &Value| {
        let time = value.as_str().and_then(UnixTime::from_rfc3339);
        time.ok_or(DataIntegrityError::Proof(name))
    };
    members.get(name).map(read).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn both_dates_of_a_proof_are_seen_as_they_are_written() {
        let mut proof = json!({
            "type": "DataIntegrityProof",
            "cryptosuite": "bbs-2023",
            "verificationMethod": "did:key:z#z",
            "proofPurpose": "assertionMethod",
            "proofValue": "u",
        });
        let dates = |proof: &Value| -> Vec<String> {
            let proof = Proof::read(proof.clone()).unwrap();
            proof.dates().map(str::to_owned).collect()
        };
        assert!(dates(&proof).is_empty());
        proof["expires"] = "2027-01-01T00:00:00.5Z".into();
        assert_eq!(dates(&proof), ["2027-01-01T00:00:00.5Z"]);
        proof["created"] = "2026-01-01T00:00:00+00:00".into();
        assert_eq!(dates(&proof).len(), 2);
    }
}
