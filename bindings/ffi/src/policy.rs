//! The app's policy: whom it trusts, and what it accepts.

use crate::error::WalletError;
use crate::ledger::{self, AnchoringIssuer, Ledger};
use serde_json::Value;
use std::collections::BTreeMap;
use wallet_core::did::DidTrust;
use wallet_core::http::FetchSettings;
use wallet_core::presentation::dcql::DcqlQuery;
use wallet_core::presentation::{MemberKind, TransactionDataType as CoreTransactionDataType};
use wallet_core::trust::{
    PinnedDidKey as CorePinnedDidKey, PinnedKeys as CorePinnedKeys, TrustAnchor, TrustAnchors,
};
use wallet_core::wallet as core;
use wallet_core::{ErrorCode, WalletError as CoreError};

/// Keys the app pins for someone: an attester, a federation's anchor.
#[derive(Clone, uniffi::Record)]
pub struct PinnedKeys {
    /// Whose: the `iss` of what they sign.
    pub identifier: String,
    /// A JWK Set (RFC 7517 5), as text.
    pub jwks: String,
}

/// An issuer of W3C credentials and a key the app pinned for it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PinnedDidKey {
    /// The `issuer` of its credentials.
    pub issuer: String,
    /// The key as a `did:key`, without a fragment.
    pub did: String,
}

/// Whom the app trusts. Empty is nobody.
#[derive(Clone, Default, uniffi::Record)]
pub struct Trust {
    /// CA certificates of issuers, as PEM.
    #[uniffi(default = [])]
    pub issuer_certificates: Vec<String>,
    /// CA certificates of verifiers, as PEM.
    #[uniffi(default = [])]
    pub verifier_certificates: Vec<String>,
    /// Issuers that may sign with keys from their own web site, by their identifier.
    #[uniffi(default = [])]
    pub web_issuers: Vec<String>,
    /// Keys of issuers of W3C credentials.
    #[uniffi(default = [])]
    pub issuer_keys: Vec<PinnedDidKey>,
    /// DIDs of verifiers.
    #[uniffi(default = [])]
    pub verifier_dids: Vec<String>,
    /// DIDs of issuers.
    #[uniffi(default = [])]
    pub issuer_dids: Vec<String>,
    /// Hosts whose word for a `did:web` document is enough, with `:port` where it is not 443. No other host is asked.
    #[uniffi(default = [])]
    pub did_web_hosts: Vec<String>,
    /// Whether a proof by one of `Policy.ledgers` is enough that is not of now: one by the policy `metadium_seals`, which never
    /// is. A key that was revoked since is then still believed. A block older than `max_age_seconds` is refused either way.
    #[uniffi(default = false)]
    pub accept_past_ledger_proofs: bool,
    /// Who may attest verifiers.
    #[uniffi(default = [])]
    pub attesters: Vec<PinnedKeys>,
    /// Anchors of federations of verifiers.
    #[uniffi(default = [])]
    pub federations: Vec<PinnedKeys>,
}

/// Rules beyond the standards alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Profile {
    /// The standards alone.
    Standard,
    /// OpenID4VC High Assurance Interoperability Profile 1.0.
    Haip,
}

/// What kind of value a member of transaction data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum TransactionMemberKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Members or elements of its own.
    Structure,
}

/// A member of transaction data.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct TransactionMember {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TransactionMemberKind,
    /// Whether it must be there.
    pub required: bool,
}

/// A type of transaction data the app shows its holders; a request with another type is refused.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct TransactionDataType {
    /// The `type` value.
    pub id: String,
    /// All its members.
    pub members: Vec<TransactionMember>,
}

/// What a `scope` value of verifiers stands for (OpenID4VP 1.0 5.5).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Scope {
    /// The value.
    pub scope: String,
    /// The DCQL query, as JSON.
    pub query: String,
}

/// The app's policy. The defaults are the strict ones.
#[derive(Clone, uniffi::Record)]
pub struct Policy {
    /// Whom the app trusts to issue and to ask.
    pub trust: Trust,
    /// The OAuth client identifier, for servers that do not allow anonymous access.
    #[uniffi(default = None)]
    pub client_id: Option<String>,
    /// The app's own address that browsers lead back to, without query and fragment. Without it nothing can be authorized
    /// in the browser.
    #[uniffi(default = None)]
    pub redirect_uri: Option<String>,
    /// Whether plain http to this machine may be called: for tests only.
    #[uniffi(default = false)]
    pub allow_loopback_http: bool,
    /// Whether credentials of the older type header `vc+sd-jwt` are accepted.
    #[uniffi(default = false)]
    pub accept_vc_sd_jwt_typ: bool,
    /// Whether cards known to be revoked or suspended are offered to verifiers all the same.
    #[uniffi(default = false)]
    pub offer_withdrawn: bool,
    /// Whether issuers whose metadata are not signed are refused.
    #[uniffi(default = false)]
    pub require_signed_metadata: bool,
    /// The rules beyond those of the standards; without one the standards alone.
    #[uniffi(default = None)]
    pub profile: Option<Profile>,
    /// How often one origin may ask in a minute; without it the library's own limit.
    #[uniffi(default = None)]
    pub requests_per_minute: Option<u16>,
    /// The queries that `scope` values of verifiers stand for.
    #[uniffi(default = [])]
    pub scopes: Vec<Scope>,
    /// The types of transaction data the app shows.
    #[uniffi(default = [])]
    pub transaction_data_types: Vec<TransactionDataType>,
    /// Ledgers by which did:ethr and did:meta of issuers and verifiers are proven; of two for one chain the first. Without
    /// one such a DID is refused.
    #[uniffi(default = [])]
    pub ledgers: Vec<Ledger>,
    /// Issuers whose anchors of cards are believed: `CardDetail.anchors`. Proofs that come with cards of others are ignored.
    #[uniffi(default = [])]
    pub anchors: Vec<AnchoringIssuer>,
}

impl Policy {
    pub(crate) fn to_core(&self) -> Result<core::Policy, WalletError> {
        let defaults = core::Policy::default();
        let fetch = FetchSettings {
            allow_loopback_http: self.allow_loopback_http,
        };
        let mut trust = self.trust.to_core()?;
        trust.dids.resolvers = ledger::resolvers(&self.ledgers, fetch)?;
        Ok(core::Policy {
            trust,
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            fetch,
            accept_vc_sd_jwt_typ: self.accept_vc_sd_jwt_typ,
            offer_withdrawn: self.offer_withdrawn,
            require_signed_metadata: self.require_signed_metadata,
            profile: match self.profile {
                None => defaults.profile,
                Some(Profile::Standard) => wallet_core::profile::Profile::Standard,
                Some(Profile::Haip) => wallet_core::profile::Profile::Haip,
            },
            requests_per_minute: self
                .requests_per_minute
                .map_or(defaults.requests_per_minute, core::RequestsPerMinute),
            anchors: ledger::anchors(&self.anchors, fetch)?,
            scopes: scopes(&self.scopes)?,
            transaction_data_types: self
                .transaction_data_types
                .iter()
                .map(to_core_type)
                .collect(),
        })
    }
}

impl PinnedDidKey {
    fn to_core(&self) -> CorePinnedDidKey {
        CorePinnedDidKey {
            issuer: self.issuer.clone(),
            did: self.did.clone(),
        }
    }
}

impl Trust {
    fn to_core(&self) -> Result<TrustAnchors, WalletError> {
        Ok(TrustAnchors {
            issuers: anchors(&self.issuer_certificates)?,
            verifiers: anchors(&self.verifier_certificates)?,
            web_issuers: self.web_issuers.clone(),
            verifier_dids: self.verifier_dids.clone(),
            dids: DidTrust {
                web_hosts: self.did_web_hosts.clone(),
                issuers: self.issuer_dids.clone(),
                accept_verified_at: self.accept_past_ledger_proofs,
                ..DidTrust::default()
            },
            attesters: pinned(&self.attesters)?,
            federation: pinned(&self.federations)?,
            issuer_keys: self.issuer_keys.iter().map(PinnedDidKey::to_core).collect(),
        })
    }
}

fn anchors(pems: &[String]) -> Result<Vec<TrustAnchor>, WalletError> {
    let mut anchors = Vec::new();
    for pem in pems {
        anchors.extend(TrustAnchor::from_pem(pem).map_err(CoreError::from)?);
    }
    Ok(anchors)
}

fn pinned(all: &[PinnedKeys]) -> Result<Vec<CorePinnedKeys>, WalletError> {
    let read = |pinned: &PinnedKeys| {
        let jwks = json(&pinned.jwks, "jwks")?;
        let keys = CorePinnedKeys::from_jwks(pinned.identifier.as_str(), &jwks);
        Ok(keys.map_err(CoreError::from)?)
    };
    all.iter().map(read).collect()
}

fn scopes(all: &[Scope]) -> Result<BTreeMap<String, DcqlQuery>, WalletError> {
    // Collecting would bring a sort of its own (docs/adr/20).
    let mut scopes = BTreeMap::new();
    for scope in all {
        let query = DcqlQuery::parse(&json(&scope.query, "scopes")?).map_err(CoreError::from)?;
        scopes.insert(scope.scope.clone(), query);
    }
    Ok(scopes)
}

fn json(text: &str, what: &str) -> Result<Value, WalletError> {
    let malformed = || CoreError::new(ErrorCode::Malformed).about(what).into();
    serde_json::from_slice(text.as_bytes()).map_err(|_| malformed())
}

fn to_core_type(app: &TransactionDataType) -> CoreTransactionDataType {
    let kind = |kind| match kind {
        TransactionMemberKind::Text => MemberKind::Text,
        TransactionMemberKind::Number => MemberKind::Number,
        TransactionMemberKind::Boolean => MemberKind::Boolean,
        TransactionMemberKind::Structure => MemberKind::Structure,
    };
    let start = CoreTransactionDataType::new(app.id.as_str());
    app.members
        .iter()
        .fold(start, |built, member| match member.required {
            true => built.required(member.name.as_str(), kind(member.kind)),
            false => built.optional(member.name.as_str(), kind(member.kind)),
        })
}
