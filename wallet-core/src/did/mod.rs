//! Decentralized identifiers (W3C DID Core 1.0). A document never comes without what shows that it is the DID's
//! ([`ResolvedDid`]); the app decides what it asks for before a key is used ([`DidTrust`]).

mod address;
pub mod did_ethr;
mod did_jwk;
mod did_key;
pub mod did_meta;
mod did_url;
mod did_web;
mod document;
mod error;
mod evidence;
mod network;
mod on_chain;
mod resolver;
mod trust;
mod verification_method;

pub use address::address_of;
pub use did_url::{Did, DidUrl};
pub use document::{DidDocument, MAX_METHODS, Relationship, Service};
pub use error::DidError;
pub use evidence::{Anchor, BlockRef, DatedEvidence, Evidence, ResolvedDid, Unproven};
pub(crate) use network::NetworkNames;
pub use on_chain::{Asked, ChainDid};
pub use resolver::{DidResolver, FoundKey, HolderState, Resolving, resolve, resolve_key};
pub(crate) use resolver::{resolve_to_trust, self_certified};
pub use trust::DidTrust;
pub use verification_method::{KeyMaterial, VerificationMethod};

use crate::jose::{Algorithm, PublicKey};

/// What keys of DIDs sign with; those of ledgers with ES256K.
pub const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
    Algorithm::Es256K,
];

/// The name of the host that the method of a DID would ask, where its identifier says that.
pub(crate) fn host_of(did: &str) -> Option<&str> {
    let rest = did.strip_prefix("did:web:")?;
    rest.split([':', '%', '/', '?', '#']).next()
}

/// The signature key a DID URL names, if it may be used for authentication (DID Core 5.3.1).
///
/// # Errors
/// [`DidError::MethodNotSupported`] for methods other than `key` and `jwk`, [`DidError::NoSuchKey`] if the URL names
/// nothing or another thing than the identifier's own key, and every fault of the identifier.
pub fn authentication_key(url: &DidUrl) -> Result<PublicKey, DidError> {
    let id = url.method_specific_id();
    // Both methods have one key, under a fixed name; one that can sign is for authentication too.
    let (key_name, key) = match url.method() {
        "key" => (id, did_key::key_of(id)?),
        "jwk" => ("0", did_jwk::key_of(id)?),
        _ => return Err(DidError::MethodNotSupported),
    };
    if url.has_path_or_query() || url.fragment() != Some(key_name) {
        return Err(DidError::NoSuchKey);
    }
    Ok(key)
}

/// did:key of this key.
#[must_use]
pub fn did_key_of(key: &PublicKey) -> String {
    format!("did:key:{}", did_key::id_of(key))
}

/// did:jwk of this key, of its required members alone.
#[must_use]
pub fn did_jwk_of(key: &PublicKey) -> String {
    format!("did:jwk:{}", did_jwk::id_of(key))
}

#[cfg(test)]
mod tests;
