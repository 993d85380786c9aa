//! The issuer's key and how it was found to be the issuer's (Controlled Identifiers 1.0 3.3, VC Data Integrity 1.0 4.4).

use super::error::DataIntegrityError;
use super::multikey::Multikey;
use crate::did::{DidUrl, FoundKey};
use crate::formats::IssuerEvidence;
use crate::jose::PublicKey;
use serde_json::{Map, Value};

/// A key that was found to be an issuer's, for assertions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    /// The verification method it is known by.
    method: String,
    key: Multikey,
    evidence: IssuerEvidence,
}

impl IssuerKey {
    /// A key the app gives this issuer: a `did:key`, with or without its fragment.
    ///
    /// # Errors
    /// [`DataIntegrityError::Key`] for another DID method, and for what is no key of ours.
    pub fn pinned(issuer: &str, did_key: &str) -> Result<Self, DataIntegrityError> {
        let url = DidUrl::parse(did_key).map_err(|_| DataIntegrityError::Key)?;
        let id = url.method_specific_id();
        let is_own = url.fragment().is_none_or(|fragment| fragment == id);
        if url.method() != "key" || url.has_path_or_query() || !is_own {
            return Err(DataIntegrityError::Key);
        }
        let key = Multikey::parse(id)?;
        Ok(Self {
            method: format!("{}#{id}", url.did()),
            evidence: IssuerEvidence::Pinned {
                issuer: issuer.to_owned(),
                key: key.to_text(),
            },
            key,
        })
    }

    /// The key that the controller document of `issuer` lists for assertions under the name `method`. The document came
    /// from the address `issuer` names.
    ///
    /// # Errors
    /// [`DataIntegrityError::Controller`] if the document is of another controller, or does not list the method with a
    /// Multikey of its own; [`DataIntegrityError::Key`].
    pub fn of_controller(
        issuer: &str,
        document: &Map<String, Value>,
        method: &str,
        address_checked: bool,
    ) -> Result<Self, DataIntegrityError> {
        let found = controller_key(issuer, document, method);
        let key = found.ok_or(DataIntegrityError::Controller)?;
        let key = Multikey::parse(key)?;
        Ok(Self {
            method: method.to_owned(),
            evidence: IssuerEvidence::Controller {
                issuer: issuer.to_owned(),
                key: key.to_text(),
                address_checked,
            },
            key,
        })
    }

    /// The key that the document of the issuer's DID lists for assertions: a Multikey, or a P-256 key in another form.
    ///
    /// # Errors
    /// [`DataIntegrityError::Key`].
    pub fn of_did(issuer: &str, found: &FoundKey) -> Result<Self, DataIntegrityError> {
        let key = match (found.multibase(), found.public_key()) {
            (Some(text), _) => Multikey::parse(text)?,
            (None, Ok(PublicKey::P256(key))) => Multikey::P256(*key),
            (None, _) => return Err(DataIntegrityError::Key),
        };
        Ok(Self {
            method: found.method().to_owned(),
            evidence: IssuerEvidence::Did {
                issuer: issuer.to_owned(),
                method: found.method().to_owned(),
                key: Some(key.to_text()),
                evidence: found.evidence().clone(),
            },
            key,
        })
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &Multikey {
        &self.key
    }

    /// The verification method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// How it was found.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }
}

/// `publicKeyMultibase` of the method, if the document of this controller lists it for assertions: in `assertionMethod`
/// itself, or there by name and once in `verificationMethod`.
fn controller_key<'d>(
    controller: &str,
    document: &'d Map<String, Value>,
    method: &str,
) -> Option<&'d str> {
    let is_named = |value: &Value| value.as_str() == Some(method);
    let is_method = |value: &&Value| value.get("id").is_some_and(is_named);
    let list = |name| {
        let list = document.get(name);
        list.and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice)
    };
    let of_controller = |value: Option<&Value>| value.and_then(Value::as_str) == Some(controller);
    let assertion = list("assertionMethod");
    let mut found = match assertion.iter().any(is_named) {
        true => list("verificationMethod").iter().filter(is_method),
        false => assertion.iter().filter(is_method),
    };
    let (Some(entry), None) = (found.next(), found.next()) else {
        return None;
    };
    let is_right = of_controller(document.get("id"))
        && of_controller(entry.get("controller"))
        && entry.get("type").and_then(Value::as_str) == Some("Multikey")
        // What expired or was revoked says so; when, is for those who judge old signatures.
        && entry.get("revoked").is_none()
        && entry.get("expires").is_none();
    is_right.then(|| entry.get("publicKeyMultibase")?.as_str())?
}
