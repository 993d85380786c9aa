//! Decentralized identifiers (W3C DID Core 1.0) whose key stands in the identifier itself: `did:key` and `did:jwk`.
//! Nothing is fetched.

mod did_jwk;
mod did_key;
mod did_url;
mod error;

pub use did_url::DidUrl;
pub use error::DidError;

use crate::jose::PublicKey;

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

#[cfg(test)]
mod tests;
