//! What the app decided about requests.

use super::client_id::{ClientId, ClientIdPrefix};
use super::dcql::DcqlQuery;
use super::error::PresentationError;
use super::transaction_data::TransactionDataType;
use crate::http::FetchSettings;
use crate::profile::Profile;
use crate::trust::TrustAnchors;
use std::collections::BTreeMap;

/// No `scope` stands for a query.
static NO_SCOPES: BTreeMap<String, DcqlQuery> = BTreeMap::new();

/// By what requests are judged.
#[derive(Clone, Copy)]
pub struct RequestPolicy<'a> {
    /// Whom the app trusts to ask.
    pub trust: &'a TrustAnchors,
    /// Which addresses may be called, and answered to, beyond the public web.
    pub fetch: FetchSettings,
    /// The rules beyond OpenID4VP's own.
    pub profile: Profile,
    /// The queries that a `scope` value stands for (OpenID4VP 1.0 5.5).
    pub scopes: &'a BTreeMap<String, DcqlQuery>,
    /// The types of transaction data the app can show.
    pub transaction_data_types: &'a [TransactionDataType],
}

impl<'a> RequestPolicy<'a> {
    /// The rules of OpenID4VP alone, without any `scope` or transaction data.
    #[must_use]
    pub const fn new(trust: &'a TrustAnchors, fetch: FetchSettings) -> Self {
        Self {
            trust,
            fetch,
            profile: Profile::Standard,
            scopes: &NO_SCOPES,
            transaction_data_types: &[],
        }
    }

    /// Whether the profile allows clients of this kind (HAIP has `x509_hash` only: HAIP 1.0 5), and the app that its key is
    /// looked for.
    pub(super) fn check_client(&self, client_id: &ClientId) -> Result<(), PresentationError> {
        match (self.profile, client_id.prefix()) {
            (Profile::Haip, ClientIdPrefix::X509Hash) => Ok(()),
            (Profile::Haip, _) => Err(PresentationError::ProfilePrefix),
            (Profile::Standard, ClientIdPrefix::DecentralizedIdentifier)
                if !self.may_resolve(client_id.original()) =>
            {
                Err(PresentationError::DidNotListed)
            }
            (Profile::Standard, _) => Ok(()),
        }
    }

    /// Whether the key of a verifier's DID may be looked for. Anybody can make a DID of a ledger, and servers that are asked
    /// about it would tell who reads whose request: only those the app lists. A DID that holds its key asks nobody; hosts
    /// of did:web have a list of their own.
    fn may_resolve(&self, did: &str) -> bool {
        let method = did.split(':').nth(1);
        matches!(method, Some("key" | "jwk" | "web"))
            || self.trust.verifier_dids.iter().any(|listed| listed == did)
    }
}
