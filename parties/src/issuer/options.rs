//! How the issuer as a whole behaves: what its metadata offers and demands, and what a card says from now on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::offer::OfferOptions;

/// Whether something is offered or demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// Not spoken of.
    #[default]
    Absent,
    /// The wallet may.
    Supported,
    /// The wallet must.
    Required,
}

/// What is wrong with the metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MetadataFault {
    /// `credential_issuer` names somebody else.
    WrongIssuer,
    /// `issuer` of the authorization server's metadata names somebody else.
    WrongServer,
    /// The signed metadata lead to no anchor of the wallet.
    UntrustedSigner,
    /// `sub` of the signed metadata is another issuer.
    WrongSubject,
    /// `typ` of the signed metadata is `JWT`.
    WrongTyp,
    /// The signature of the signed metadata is broken.
    BadSignature,
    /// The signed metadata expired an hour ago.
    Expired,
}

/// What is wrong with the controller document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ControllerFault {
    /// `id` names somebody else.
    OtherId,
    /// The keys are somebody else's: each names another `controller`.
    OtherController,
    /// The keys are for another purpose than assertions.
    NotForAssertion,
    /// Under the same names there are other keys.
    OtherKeys,
}

/// How the issuer behaves towards every wallet. The default is the least: pre-authorised and authorization codes, Bearer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerOptions {
    /// DPoP (RFC 9449).
    pub dpop: Support,
    /// Every DPoP proof needs a fresh nonce of the server's (RFC 9449 sections 8 and 9); a nonce is good once.
    pub dpop_nonce: bool,
    /// Authorization requests must be pushed (RFC 9126). They may be in any case.
    pub require_par: bool,
    /// Encrypted credential requests and responses (OpenID4VCI 1.0 section 10).
    pub encryption: Support,
    /// Signed metadata for a wallet that accepts `application/jwt` (section 12.2.3).
    pub signed_metadata: bool,
    /// Wallet attestation at the PAR and token endpoints (HAIP 1.0 section 4.4.1).
    pub wallet_attestation: Support,
    /// The proof of possession of a wallet attestation must carry a challenge of the server's.
    pub attestation_challenge: bool,
    /// Key attestations (OpenID4VCI 1.0 appendix D).
    pub key_attestation: Support,
    /// Whether tokens come with a refresh token. It is good once and brings the next.
    pub refresh_tokens: bool,
    /// Another authorization server is listed first; it knows nobody's codes.
    pub second_server: bool,
    /// What a wallet gets that comes without an offer; its `configurations` are those it asked for.
    pub wallet_started: OfferOptions,
    /// Whoever comes is enrolled for pseudonyms, again and again: no pseudonym is one per person then, whatever the card says.
    pub careless_enrolment: bool,
    /// What is wrong with the metadata.
    pub metadata_fault: Option<MetadataFault>,
    /// What is wrong with the controller document.
    pub controller_fault: Option<ControllerFault>,
}

/// What a card says from now on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CardOptions {
    /// Claims that take the place of the card's own, by name.
    pub claims: serde_json::Map<String, Value>,
    /// How long it is valid, in seconds; a year if unsaid.
    pub lifetime: Option<u64>,
    /// Claims without a disclosure of their own, by path, that have one otherwise.
    pub open: Vec<Value>,
    /// Whether the labels of a bbs-2023 proof are in an order of the credential's own, which tells citizens apart.
    pub own_label_order: bool,
}
