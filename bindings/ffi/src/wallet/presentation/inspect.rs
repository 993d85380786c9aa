//! Looking at a credential without storing it.

use super::super::claims::Claims;
use crate::error::WalletError;
use crate::guard::caught_async;
use crate::platform::{Observers, Platform};
use crate::policy::Policy;
use crate::redacted::redacted;
use crate::time::system_time;
use std::sync::Arc;
use std::time::SystemTime;
use wallet_core::wallet::inspect;

redacted!(InspectedCredential);

/// A credential that was parsed and verified, with its claims.
#[derive(uniffi::Record)]
pub struct Inspected {
    /// What it is.
    pub credential: InspectedCredential,
    /// Its claims.
    pub claims: Arc<Claims>,
}

/// What a credential is that was parsed and verified.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct InspectedCredential {
    /// The format identifier.
    pub format: String,
    /// The type.
    pub credential_type: String,
    /// The issuer: the subject of its certificate, or its identifier on the web.
    pub issuer: String,
    /// Whether it is bound to a holder's key.
    pub is_holder_bound: bool,
    /// When it expires.
    pub expires_at: Option<SystemTime>,
}

/// Parses and verifies a credential. Makes a request only where the issuer's key is on the web.
///
/// # Errors
/// Those of verifying a credential
#[uniffi::export]
pub async fn inspect_credential(
    platform: Platform,
    policy: Policy,
    text: String,
) -> Result<Inspected, WalletError> {
    caught_async(async move {
        let platform = platform.to_core(&Observers::of(&platform));
        let credential = inspect(&platform, &policy.to_core()?, &text).await?;
        Ok(Inspected {
            credential: InspectedCredential {
                format: credential.format.to_owned(),
                credential_type: credential.credential_type,
                issuer: credential.issuer,
                is_holder_bound: credential.is_holder_bound,
                expires_at: credential.expires_at.map(system_time),
            },
            claims: Claims::of(credential.claims),
        })
    })
    .await
}
