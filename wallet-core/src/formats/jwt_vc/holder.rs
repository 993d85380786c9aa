//! The key a credential is bound to: that of its subject's DID, or `cnf` (RFC 7800 3.2).

use super::document::subject_of;
use super::error::JwtVcError;
use crate::did::{DidUrl, authentication_key, did_jwk_of};
use crate::jose::PublicKey;
use serde_json::Value;

/// The holder of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) key: PublicKey,
    /// The subject as the credential writes it, or the key by itself.
    pub(super) did: String,
    /// The DID URL of the key.
    pub(super) key_url: String,
    /// Whether the DID is the subject of the credential.
    pub(super) is_subject: bool,
}

impl Holder {
    /// Whom the credential is bound to; `None` where it names no key. A subject that is known by another identifier than a
    /// key of its own is nobody who could be checked here.
    pub(super) fn of(claims: &Value) -> Result<Option<Self>, JwtVcError> {
        let subject = subject_of(claims)
            .filter(|subject| subject.starts_with("did:key:") || subject.starts_with("did:jwk:"));
        let subject = subject.map(Self::of_did).transpose()?;
        let confirmed = claims.get("cnf").map(confirmed_key).transpose()?;
        match (subject, confirmed) {
            (Some(subject), Some(key)) if subject.key != key => Err(JwtVcError::HolderKey),
            (Some(subject), _) => Ok(Some(subject)),
            (None, Some(key)) => {
                let did = did_jwk_of(&key);
                Ok(Some(Self {
                    key_url: format!("{did}#0"),
                    is_subject: false,
                    did,
                    key,
                }))
            }
            (None, None) => Ok(None),
        }
    }

    fn of_did(did: &str) -> Result<Self, JwtVcError> {
        let refused = |_| JwtVcError::HolderKey;
        let fragment = did.strip_prefix("did:key:").unwrap_or("0");
        let key_url = format!("{did}#{fragment}");
        let url = DidUrl::parse(&key_url).map_err(refused)?;
        Ok(Self {
            key: authentication_key(&url).map_err(refused)?,
            did: did.to_owned(),
            key_url,
            is_subject: true,
        })
    }
}

/// `cnf.jwk`. Other confirmation methods cannot be checked before the key is used, so they are refused.
fn confirmed_key(cnf: &Value) -> Result<PublicKey, JwtVcError> {
    let jwk = cnf.get("jwk").ok_or(JwtVcError::HolderKey)?;
    PublicKey::from_jwk(jwk).map_err(|_| JwtVcError::HolderKey)
}
