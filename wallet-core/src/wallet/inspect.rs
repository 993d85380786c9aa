//! Looking at a credential without storing it.

use super::cards::{self, CardClaim};
use super::ports::{Platform, Policy};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::formats::CredentialFormat;
use crate::formats::sd_jwt_vc::{IssuerEvidence, SdJwt, VerifyPolicy, resolve_issuer_key};
use crate::http::Fetcher;
use crate::issuance::DisplaySnapshot;

/// A credential that was parsed and verified.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The format identifier.
    pub format: &'static str,
    /// The type.
    pub credential_type: String,
    /// The issuer: the subject of its certificate, or its identifier on the web.
    pub issuer: String,
    /// Whether it is bound to a holder's key.
    pub is_holder_bound: bool,
    /// When it expires.
    pub expires_at: Option<UnixTime>,
    /// Its claims.
    pub claims: Vec<CardClaim>,
}

/// Parses and verifies a credential. Makes a request only where the issuer's key is on the web.
///
/// # Errors
/// Those of SD-JWT VC verification.
pub async fn inspect(
    platform: &Platform,
    policy: &Policy,
    text: &str,
) -> Result<Inspected, WalletError> {
    let now = platform.clock.now()?;
    let parsed = SdJwt::parse(text)?;
    let fetcher = Fetcher::new(&*platform.http, policy.fetch);
    let key = resolve_issuer_key(&parsed, &policy.trust, Some(&fetcher), now).await?;
    let verify = VerifyPolicy {
        accept_vc_sd_jwt_typ: policy.accept_vc_sd_jwt_typ,
        ..VerifyPolicy::at(now)
    };
    let credential = parsed.verify(&key, &verify)?;
    let issuer = match credential.evidence() {
        IssuerEvidence::Certificate { subject, .. } => subject.clone(),
        IssuerEvidence::Web { issuer, .. } => issuer.clone(),
    };
    Ok(Inspected {
        format: CredentialFormat::SdJwtVc.as_str(),
        credential_type: credential.vct().to_owned(),
        issuer,
        is_holder_bound: credential.holder_key().is_some(),
        expires_at: credential.expires(),
        claims: cards::claims::<&str>(&credential, &DisplaySnapshot::default(), &[]),
    })
}
