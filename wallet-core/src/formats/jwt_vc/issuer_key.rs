//! The issuer's key and how it was found to be the issuer's (VC-JOSE-COSE 4, SD-JWT VC 2.5).

use super::error::JwtVcError;
use super::parse::JwtVc;
use crate::clock::UnixTime;
use crate::did::{DidUrl, Relationship, Resolving, authentication_key, resolve_key};
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::{IssuerKey, certificate_key, web_key};
use crate::http::Fetcher;
use crate::trust::TrustAnchors;

/// Finds the key of the issuer by one of four ways, never falling back from one to another:
///
/// - by the `x5c` header: the chain must lead to one of `trust.issuers`;
/// - where `trust.dids` trusts the issuer, by the key of that very DID that `kid` names and its document lists for
///   assertions, if the evidence is what `trust.dids` asks for;
/// - where the issuer is another DID, by the key of that very DID that `kid` names, if `trust.issuer_keys` has the DID;
/// - else by the JWT VC Issuer Metadata of the issuer, if `trust.web_issuers` lists it.
///
/// With no `fetcher` the ways that may ask the network are closed: the second and the last.
///
/// # Errors
/// [`JwtVcError::Jose`] for a malformed `x5c`, [`JwtVcError::Issuer`], [`JwtVcError::UntrustedIssuer`],
/// [`JwtVcError::WrongIssuerKey`], [`JwtVcError::Did`], [`JwtVcError::NoIssuerKey`] where no way is open.
pub async fn resolve_issuer_key(
    credential: &JwtVc,
    trust: &TrustAnchors,
    fetcher: Option<&Fetcher<'_>>,
    at: UnixTime,
) -> Result<IssuerKey, JwtVcError> {
    if let Some(x5c) = credential.jws.x5c()? {
        return Ok(certificate_key(&x5c, trust, at)?);
    }
    let issuer = credential.issuer();
    if trust.dids.trusts_issuer(issuer) {
        let fetcher = fetcher.ok_or(JwtVcError::NoIssuerKey)?;
        let with = Resolving {
            fetcher,
            now: at,
            holder: &trust.dids.holder,
        };
        return resolved_key(credential, trust, &with).await;
    }
    if issuer.starts_with("did:") {
        return did_key(credential, trust);
    }
    let fetcher = fetcher.ok_or(JwtVcError::NoIssuerKey)?;
    Ok(web_key(issuer, &credential.jws, trust, fetcher).await?)
}

/// The key that the document of the issuer's DID lists. Where it holds an address only, the signature tells the key.
async fn resolved_key(
    credential: &JwtVc,
    trust: &TrustAnchors,
    with: &Resolving<'_>,
) -> Result<IssuerKey, JwtVcError> {
    let url = key_url(credential)?;
    let found = resolve_key(&url, Relationship::AssertionMethod, &trust.dids, with).await?;
    let evidence = IssuerEvidence::Did {
        issuer: credential.issuer().to_owned(),
        method: found.method().to_owned(),
        key: None,
        evidence: found.evidence().clone(),
    };
    Ok(IssuerKey::new(found.verify(&credential.jws)?, evidence))
}

/// The key of a DID that is a key.
fn did_key(credential: &JwtVc, trust: &TrustAnchors) -> Result<IssuerKey, JwtVcError> {
    let issuer = credential.issuer();
    let url = key_url(credential)?;
    let mut pinned = trust.issuer_keys.iter();
    let is_trusted = pinned.any(|key| key.issuer == issuer && key.did == issuer);
    if !is_trusted {
        return Err(JwtVcError::UntrustedIssuer);
    }
    let evidence = IssuerEvidence::Pinned {
        issuer: issuer.to_owned(),
        key: issuer.to_owned(),
    };
    Ok(IssuerKey::new(authentication_key(&url)?, evidence))
}

/// `kid`, which must name a key of the issuer's own DID: by a DID URL, or by its fragment alone.
fn key_url(credential: &JwtVc) -> Result<DidUrl, JwtVcError> {
    let issuer = credential.issuer();
    let kid = credential.jws.kid().ok_or(JwtVcError::NoIssuerKey)?;
    let url = match kid.starts_with('#') {
        true => DidUrl::parse(&format!("{issuer}{kid}"))?,
        false => DidUrl::parse(kid)?,
    };
    match url.did() == issuer {
        true => Ok(url),
        false => Err(JwtVcError::WrongIssuerKey),
    }
}
