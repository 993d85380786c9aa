//! Looking at a credential without storing it.

use super::cards::{self, CardClaim};
use super::ports::{Platform, Policy};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::formats::sd_jwt_vc::limits::MAX_LEEWAY;
use crate::formats::{Credential, CredentialFormat, IssuerEvidence, ReceivePolicy};
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
/// Those of verification: `{` begins a W3C credential with a Data Integrity proof, a JWT without `~` is one as JWT, and
/// anything else an SD-JWT VC.
pub async fn inspect(
    platform: &Platform,
    policy: &Policy,
    text: &str,
) -> Result<Inspected, WalletError> {
    let now = platform.clock.now()?;
    let fetcher = Fetcher::new(&*platform.http, policy.fetch);
    let verify = ReceivePolicy {
        at: now,
        leeway: MAX_LEEWAY,
        accept_vc_sd_jwt_typ: policy.accept_vc_sd_jwt_typ,
    };
    let format = match text {
        _ if text.trim_start().starts_with('{') => CredentialFormat::LdpVc,
        _ if text.contains('.') && !text.contains('~') => CredentialFormat::JwtVc,
        _ => CredentialFormat::SdJwtVc,
    };
    let credential =
        Credential::verify(format, text, &policy.trust, &fetcher, &verify, None).await?;
    let issuer = match credential.evidence() {
        IssuerEvidence::Certificate { subject, .. } => subject.clone(),
        IssuerEvidence::Web { issuer, .. }
        | IssuerEvidence::Pinned { issuer, .. }
        | IssuerEvidence::Did { issuer, .. }
        | IssuerEvidence::Controller { issuer, .. } => issuer.clone(),
    };
    Ok(Inspected {
        format: credential.format().as_str(),
        credential_type: credential.credential_type(),
        issuer,
        is_holder_bound: credential.holder_key().is_some(),
        expires_at: credential.expires(),
        claims: cards::claims::<&str>(&credential, &DisplaySnapshot::default(), &[]),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::NoNetwork;
    use super::*;
    use crate::clock::Clock;
    use crate::error::ErrorCode;
    use crate::random::OsRandom;
    use crate::vault::anchor::FileAnchorStore;
    use std::sync::Arc;
    use std::time::Duration;

    struct NoClock;

    impl Clock for NoClock {
        fn now(&self) -> Result<UnixTime, WalletError> {
            Err(ErrorCode::ClockImplausible.into())
        }

        fn monotonic(&self) -> Result<Duration, WalletError> {
            Err(ErrorCode::ClockImplausible.into())
        }
    }

    #[test]
    fn without_a_clock_no_credential_is_judged() {
        let platform = Platform {
            http: Arc::new(NoNetwork),
            clock: Arc::new(NoClock),
            random: Arc::new(OsRandom),
            anchor: Arc::new(FileAnchorStore::new("unused")),
            device_key: None,
            key_store: None,
            attestation: None,
        };
        let judged = pollster::block_on(inspect(&platform, &Policy::default(), "a.b.c~"));
        assert_eq!(judged.unwrap_err().code(), ErrorCode::ClockImplausible);
    }
}
