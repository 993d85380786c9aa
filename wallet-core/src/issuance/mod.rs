//! Receiving credentials: the client side of OpenID4VCI 1.0 as typed states, by a pre-authorised code, by an
//! authorization in the browser, or by a refresh token.
//!
//! [`OfferLink::parse`] (no request) → [`OfferLink::resolve`] → [`OfferedIssuance::fetch`] (what the holder sees before
//! agreeing) → [`OfferedIssuance::accept`], or [`OfferedIssuance::authorize`] and [`PendingAuthorization::resume`] →
//! [`AuthorizedIssuance::request`] → [`ReceivedCredentials`], every copy verified; or [`DeferredIssuance`], which waits
//! sealed, for the issuer or for a server that shows its keys, and ends in the same. A wallet that comes by itself starts with [`OfferedIssuance::discover`]. Nothing here
//! knows the vault: the caller stores what it gets and then calls [`PendingNotification::send`].
//!
//! Every state can be dropped at any await: at worst the issuer counts an issuance as unfinished.

mod access;
mod authorization;
mod authorization_answer;
mod authorization_server;
mod client_attestation;
mod commitment;
mod credential;
mod deferred;
mod display;
mod dpop;
mod encryption;
mod error;
mod exchange;
mod identifier;
mod jwt_vc;
mod key_attestation;
mod ldp_vc;
mod metadata;
mod notification;
mod oauth_error;
mod offer;
mod offered;
mod percent;
mod picture;
mod proof;
mod proof_requirement;
mod refresh;
mod request;
mod server_session;
mod signed_metadata;
mod snapshot;
mod token;

#[cfg(test)]
mod tests;

pub use access::KeptAccess;
pub use authorization::{AuthorizationRequested, PendingAuthorization};
pub use authorization_answer::AuthorizationAnswer;
pub use credential::{IssuanceContext, ReceivedCopy, ReceivedCredentials};
pub use deferred::{DeferredAnswer, DeferredIssuance, KeptDeferred, Requested};
pub use display::{ClaimDisplay, CredentialDisplay, DisplaySnapshot, IssuerDisplay, Localized};
pub use display::{ClaimLabel, TypeMetadataUse, lookup};
pub use error::{IssuanceError, NotIssuable};
pub use identifier::{AllowLoopbackHttp, IssuerIdentifier};
pub use key_attestation::RequiredAttestation;
pub use metadata::{CredentialConfiguration, IssuerMetadata};
pub use notification::{NotificationEvent, Notified, PendingNotification};
pub use offer::{CredentialOffer, InputMode, MAX_OFFER_BYTES, OfferLink, OfferUri, TxCode};
pub use offered::{OfferedConfiguration, OfferedIssuance};
pub use picture::{Picture, PictureRef};
pub use proof_requirement::ProofRequirement;
pub use refresh::{RefreshGrant, Refreshed};
pub use request::{AuthorizedIssuance, CredentialOrder};

use crate::clock::Clock;
use crate::http::{FetchSettings, Fetched, Fetcher, HttpClient, Purpose};
use crate::keys::AttestationProvider;
use crate::profile::Profile;
use crate::random::Random;
use crate::trust::TrustAnchors;

/// What the app decided about receiving credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuanceSettings {
    /// Which addresses may be called.
    pub fetch: FetchSettings,
    /// The wallet's OAuth `client_id`, for authorization servers that do not allow anonymous access.
    pub client_id: Option<String>,
    /// Whether SD-JWT VCs of the older type `vc+sd-jwt` are accepted.
    pub accept_vc_sd_jwt_typ: bool,
    /// Seconds that clocks may differ when validity is checked.
    pub leeway_seconds: u32,
    /// Which rules apply beyond OpenID4VCI.
    pub profile: Profile,
    /// Whether issuers whose metadata are not signed (12.2.3) are refused.
    pub require_signed_metadata: bool,
}

/// What issuance needs from outside.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The app's HTTP client.
    pub http: &'a dyn HttpClient,
    /// The app's clock.
    pub clock: &'a dyn Clock,
    /// Randomness.
    pub random: &'a dyn Random,
    /// Whom the app trusts.
    pub trust: &'a TrustAnchors,
    /// What the app decided.
    pub settings: &'a IssuanceSettings,
    /// Attestations of the wallet and of its keys, where its provider issues any.
    pub attestation: Option<&'a dyn AttestationProvider>,
}

/// A document, and whether the address it came from was known and allowed.
struct Checked<T> {
    value: T,
    address_checked: bool,
}

impl<'a> Ports<'a> {
    fn fetcher(&self) -> Fetcher<'a> {
        Fetcher::new(self.http, self.settings.fetch)
    }

    const fn loopback(&self) -> AllowLoopbackHttp {
        AllowLoopbackHttp(self.settings.fetch.allow_loopback_http)
    }

    async fn get_json(&self, purpose: Purpose, url: &str) -> Result<Fetched, IssuanceError> {
        Ok(self.fetcher().get(purpose, url, "application/json").await?)
    }
}
