//! Where the key of an issuer comes from: the app, or the issuer's own web site.

use super::document::DataIntegrity;
use super::error::DataIntegrityError;
use super::issuer_key::IssuerKey;
use crate::clock::UnixTime;
use crate::did::{DidUrl, Relationship, Resolving, resolve_key};
use crate::http::{Fetcher, Purpose, max_bytes};
use crate::json::{self, Limits};
use crate::trust::TrustAnchors;

/// Media types of controller documents (Controlled Identifiers 1.0 4, DID 1.0 6).
const ACCEPT: &str = "application/cid, application/did, application/ld+json, application/json";

/// Finds the key of the issuer by one of three ways, never falling back from one to another:
///
/// - where the issuer is a DID that `trust.dids` trusts, the verification method must be one of its own for assertions, and
///   the evidence what `trust.dids` asks for;
/// - any other verification method that is a DID must be a `did:key` that `trust.issuer_keys` gives this very issuer;
/// - one that is no DID must be listed, for assertions, in the controller document at the address that is the issuer's identifier, if
///   `trust.web_issuers` lists it.
///
/// With no `fetcher` the ways that may ask the network are closed.
///
/// # Errors
/// [`DataIntegrityError::Untrusted`] where no way is open, [`DataIntegrityError::Did`], [`DataIntegrityError::Fetch`],
/// [`DataIntegrityError::Json`], [`DataIntegrityError::Controller`], [`DataIntegrityError::Key`].
pub async fn resolve_issuer_key(
    credential: &DataIntegrity,
    trust: &TrustAnchors,
    fetcher: Option<&Fetcher<'_>>,
    now: UnixTime,
) -> Result<IssuerKey, DataIntegrityError> {
    let (issuer, method) = (credential.issuer(), credential.verification_method());
    if trust.dids.trusts_issuer(issuer) {
        let fetcher = fetcher.ok_or(DataIntegrityError::Untrusted)?;
        let url = DidUrl::parse(method)?;
        if url.did() != issuer {
            return Err(DataIntegrityError::WrongKey);
        }
        let use_ = Relationship::AssertionMethod;
        let with = Resolving {
            fetcher,
            now,
            holder: &trust.dids.holder,
        };
        let found = resolve_key(&url, use_, &trust.dids, &with).await?;
        return IssuerKey::of_did(issuer, &found);
    }
    if method.starts_with("did:") {
        let did = method.split('#').next();
        let mut pinned = trust.issuer_keys.iter();
        let pinned = pinned.find(|key| key.issuer == issuer && did == Some(key.did.as_str()));
        let pinned = pinned.ok_or(DataIntegrityError::Untrusted)?;
        return IssuerKey::pinned(issuer, &pinned.did);
    }
    let is_trusted = trust.web_issuers.iter().any(|trusted| trusted == issuer);
    let (true, Some(fetcher)) = (is_trusted, fetcher) else {
        return Err(DataIntegrityError::Untrusted);
    };
    let fetched = fetcher.get(Purpose::Metadata, issuer, ACCEPT).await?;
    let limits = Limits::bytes(max_bytes(Purpose::Metadata));
    let document = json::parse_object(fetched.body(), limits)?;
    IssuerKey::of_controller(issuer, &document, method, fetched.address_checked())
}
