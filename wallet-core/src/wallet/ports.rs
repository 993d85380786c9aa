//! What the app gives the wallet: its platform and its policy.

use super::anchored::AnchoringIssuer;
use super::records::ReusePolicy;
use super::request_pace::RequestsPerMinute;
use crate::clock::Clock;
use crate::formats::data_integrity::Cryptosuite;
use crate::formats::{Credential, IssuerSignature};
use crate::http::{FetchSettings, HttpClient, HttpError, HttpRequest, HttpResponse};
use crate::issuance::IssuanceSettings;
use crate::keys::AttestationProvider;
use crate::keys::key_store::KeyStore;
use crate::presentation::dcql::DcqlQuery;
use crate::presentation::dcql::UserAuthPolicy;
use crate::presentation::{RequestPolicy, TransactionDataType};
use crate::profile::Profile;
use crate::random::Random;
use crate::trust::TrustAnchors;
use crate::vault::anchor::AnchorStore;
use crate::vault::device_key::DeviceKey;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The platform.
#[derive(Clone)]
pub struct Platform {
    /// The network.
    pub http: Arc<dyn HttpClient>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The small state outside the files.
    pub anchor: Arc<dyn AnchorStore>,
    /// The vault's hardware key, where the device has one.
    pub device_key: Option<Arc<dyn DeviceKey>>,
    /// Holder keys in hardware, where the app keeps them there.
    pub key_store: Option<Arc<dyn KeyStore>>,
    /// Attestations of the wallet and of its keys, where the wallet's provider issues any.
    pub attestation: Option<Arc<dyn AttestationProvider>>,
}

impl Platform {
    pub(crate) fn vault_ports(&self) -> crate::vault::Ports {
        crate::vault::Ports {
            device_key: self.device_key.clone(),
            anchor: Arc::clone(&self.anchor),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        }
    }
}

/// For wallets that only read: every request fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNetwork;

#[async_trait]
impl HttpClient for NoNetwork {
    async fn send(&self, _request: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError::NotSent)
    }
}

/// The app's policy.
#[derive(Clone, Default)]
pub struct Policy {
    /// Whom the app trusts to issue and to ask.
    pub trust: TrustAnchors,
    /// The OAuth client identifier for authorization servers that do not allow anonymous access.
    pub client_id: Option<String>,
    /// The app's own address that browsers lead back to, without query and fragment: an https link or a scheme of the
    /// app's. Without it nothing can be authorized in the browser.
    pub redirect_uri: Option<String>,
    /// Which addresses may be called beyond the public web.
    pub fetch: FetchSettings,
    /// Whether credentials of the older type header `vc+sd-jwt` are accepted (SD-JWT VC draft 2.2.1).
    pub accept_vc_sd_jwt_typ: bool,
    /// Whether cards known to be revoked or suspended are offered to verifiers all the same. By default they are not,
    /// and the verifier is told what it is told of a card the holder does not have.
    pub offer_withdrawn: bool,
    /// Whether issuers whose metadata are not signed (OpenID4VCI 1.0 12.2.3) are refused.
    pub require_signed_metadata: bool,
    /// The rules beyond those of the standards.
    pub profile: Profile,
    /// How often one origin may ask.
    pub requests_per_minute: RequestsPerMinute,
    /// The queries that `scope` values of verifiers stand for (OpenID4VP 1.0 5.5).
    pub scopes: BTreeMap<String, DcqlQuery>,
    /// The types of transaction data the app shows its holders; a request with another type is refused.
    pub transaction_data_types: Vec<TransactionDataType>,
    /// Whose anchors on a ledger the app believes. Empty: stapled proofs and receipts are refused.
    pub anchors: Vec<AnchoringIssuer>,
}

impl Policy {
    pub(crate) fn request_policy(&self) -> RequestPolicy<'_> {
        RequestPolicy {
            trust: &self.trust,
            fetch: self.fetch,
            profile: self.profile,
            scopes: &self.scopes,
            transaction_data_types: &self.transaction_data_types,
        }
    }

    pub(crate) fn issuance_settings(&self) -> IssuanceSettings {
        IssuanceSettings {
            fetch: self.fetch,
            client_id: self.client_id.clone(),
            accept_vc_sd_jwt_typ: self.accept_vc_sd_jwt_typ,
            leeway_seconds: crate::formats::sd_jwt_vc::limits::MAX_LEEWAY,
            require_signed_metadata: self.require_signed_metadata,
            profile: self.profile,
        }
    }
}

/// How a received card is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct KeepPolicy {
    /// How often a copy may be shown. Copies whose showings have no signature in common (bbs-2023) may always be shown
    /// again: there is one of them, and more would hide nothing.
    pub reuse: ReusePolicy,
    /// What the holder must do before a showing.
    pub user_auth: UserAuthPolicy,
}

impl KeepPolicy {
    /// What holds for copies of this credential.
    pub(super) fn reuse_of(self, credential: &Credential) -> ReusePolicy {
        match credential.issuer_signature() {
            IssuerSignature::DataIntegrity(Cryptosuite::Bbs2023) => ReusePolicy::Rotating,
            _ => self.reuse,
        }
    }
}

impl Default for KeepPolicy {
    fn default() -> Self {
        Self {
            reuse: ReusePolicy::Rotating,
            user_auth: UserAuthPolicy::Unlocked,
        }
    }
}
