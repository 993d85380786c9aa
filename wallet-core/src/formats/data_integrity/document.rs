//! A credential as received (VCDM 2.0 4, VCDM 1.1 4): a document and its one proof.

use super::base_proof::BaseProof;
use super::error::DataIntegrityError;
use super::limits::{MAX_DEPTH, MAX_TEXT};
use super::proof::Proof;
use super::transformed::Transformed;
use crate::clock::UnixTime;
use crate::json::{self, Limits};
use serde_json::{Map, Value};
use std::sync::OnceLock;
use wallet_primitives::hash;
use zeroize::Zeroizing;

/// The first context of every credential.
const VERSIONS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/2018/credentials/v1",
];

/// The members that say from when and until when it is valid, in either version. The older context has those of both.
const FROM: [&str; 2] = ["validFrom", "issuanceDate"];
const UNTIL: [&str; 2] = ["validUntil", "expirationDate"];

/// A document and the proof that was taken out of it, its value not looked at.
pub(super) struct Secured {
    /// An object.
    pub(super) document: Value,
    pub(super) proof: Proof,
}

impl Secured {
    pub(super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        if text.len() > MAX_TEXT {
            return Err(DataIntegrityError::TooLarge);
        }
        let limits = Limits {
            max_bytes: MAX_TEXT,
            max_depth: MAX_DEPTH,
        };
        let mut document = json::parse_object(text.as_bytes(), limits)?;
        let proof = document.shift_remove("proof");
        let proof = Proof::read(proof.ok_or(DataIntegrityError::ProofCount)?)?;
        let document = Value::Object(document);
        Ok(Self { document, proof })
    }

    pub(super) fn members(&self) -> Result<&Map<String, Value>, DataIntegrityError> {
        let members = self.document.as_object();
        members.ok_or(DataIntegrityError::Credential("type"))
    }

    /// `proofHash`.
    pub(super) fn proof_hash(&self) -> Result<[u8; 32], DataIntegrityError> {
        let context = self.document.get("@context");
        let context = context.ok_or(DataIntegrityError::Credential("@context"))?;
        self.proof.hash(context)
    }
}

/// A credential with a base proof, read but **not verified**: [`Self::verify`] makes a credential of it.
pub struct DataIntegrity {
    /// Holds the base proof: whoever has it can show the credential.
    pub(super) text: Zeroizing<String>,
    pub(super) secured: Secured,
    pub(super) base: BaseProof,
    pub(super) issuer: String,
    pub(super) validity: [Option<UnixTime>; 2],
    digest: OnceLock<[u8; 32]>,
    transformed: OnceLock<Result<Transformed, DataIntegrityError>>,
}

impl DataIntegrity {
    /// Reads a credential as an issuer sends it: JSON with a base proof of bbs-2023 or ecdsa-sd-2023.
    ///
    /// # Errors
    /// Any [`DataIntegrityError`] about form.
    pub fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let mut secured = Secured::parse(text)?;
        let value = core::mem::take(&mut secured.proof.value);
        let document = secured.members()?;
        if !document.get("type").is_some_and(is_credential_type) {
            return Err(DataIntegrityError::Credential("type"));
        }
        if !document.contains_key("credentialSubject") {
            return Err(DataIntegrityError::Credential("credentialSubject"));
        }
        Ok(Self {
            issuer: issuer(document)?.to_owned(),
            validity: validity(document)?,
            base: BaseProof::parse(secured.proof.suite, &value)?,
            text: Zeroizing::new(text.to_owned()),
            digest: OnceLock::new(),
            transformed: OnceLock::new(),
            secured,
        })
    }

    /// `issuer`, or its `id`; not verified: good for looking up a key and for nothing else.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The proof's `verificationMethod`; not verified.
    #[must_use]
    pub fn verification_method(&self) -> &str {
        &self.secured.proof.method
    }

    /// SHA-256 of the text.
    pub(super) fn digest(&self) -> &[u8; 32] {
        let digest = || hash::sha256(&[self.text.as_bytes()]);
        self.digest.get_or_init(digest)
    }

    /// The statements of the document, made when first needed.
    pub(super) fn transformed(&self) -> Result<&Transformed, DataIntegrityError> {
        let transform = || Transformed::of(self.secured.members()?, &self.base);
        let transformed = self.transformed.get_or_init(transform);
        transformed.as_ref().map_err(Clone::clone)
    }
}

fn is_credential_type(types: &Value) -> bool {
    match types {
        Value::Array(types) => {
            types.iter().all(Value::is_string) && types.iter().any(is_credential_type)
        }
        name => name == "VerifiableCredential",
    }
}

fn issuer(document: &Map<String, Value>) -> Result<&str, DataIntegrityError> {
    let issuer = match document.get("issuer") {
        Some(Value::Object(issuer)) => issuer.get("id"),
        other => other,
    };
    let issuer = issuer.and_then(Value::as_str);
    issuer.ok_or(DataIntegrityError::Credential("issuer"))
}

/// From when and until when it is valid: the latest start and the earliest end it names.
fn validity(document: &Map<String, Value>) -> Result<[Option<UnixTime>; 2], DataIntegrityError> {
    let first = match document.get("@context") {
        Some(Value::Array(contexts)) => contexts.first(),
        _ => None,
    };
    let version = first.and_then(Value::as_str);
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(DataIntegrityError::Credential("@context"));
    }
    let time = |value: &Value| {
        let time = value.as_str().and_then(UnixTime::from_rfc3339);
        time.ok_or(DataIntegrityError::Credential("validity"))
    };
    let times = |names: [&str; 2]| -> Result<Vec<UnixTime>, _> {
        let values = names.into_iter().filter_map(|name| document.get(name));
        values.map(time).collect()
    };
    Ok([
        times(FROM)?.into_iter().max(),
        times(UNTIL)?.into_iter().min(),
    ])
}
