//! What a verifier asks for, how, and what is wrong with it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How the verifier says who it is (OpenID4VP 1.0 section 5.9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientIdPrefix {
    /// Signed; a DNS name of the certificate.
    #[default]
    X509SanDns,
    /// Signed; the hash of the certificate.
    X509Hash,
    /// Unsigned; the address the answer goes to.
    RedirectUri,
    /// Signed; `decentralized_identifier` with a did:jwk.
    DidJwk,
    /// Signed; `decentralized_identifier` with a did:key.
    DidKey,
    /// Signed by a key that the attester of [`super::Verifier::attester`] vouches for.
    VerifierAttestation,
    /// Signed by a key that a chain of entity statements leads to (OpenID Federation 1.0).
    OpenidFederation,
}

impl ClientIdPrefix {
    /// Whether the request comes signed.
    pub(super) fn is_signed(self) -> bool {
        self != Self::RedirectUri
    }
}

/// How the answer is sent (OpenID4VP 1.0 section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ResponseMode {
    /// Posted in the clear.
    #[serde(rename = "direct_post")]
    DirectPost,
    /// Posted encrypted.
    #[default]
    #[serde(rename = "direct_post.jwt")]
    DirectPostJwt,
}

impl ResponseMode {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::DirectPost => "direct_post",
            Self::DirectPostJwt => "direct_post.jwt",
        }
    }
}

/// How a signed request is handed over. An unsigned one is always in the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestBy {
    /// The link says where it can be fetched (`request_uri`).
    #[default]
    Reference,
    /// It is in the link (`request`).
    Value,
}

/// How the wallet fetches a request handed over by reference (`request_uri_method`, OpenID4VP 1.0 section 5.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FetchBy {
    /// Unsaid, which means GET.
    #[default]
    Get,
    /// POST with a nonce of the wallet's.
    Post,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RequestFault {
    /// The signature is broken.
    BadSignature,
    /// The link names another client than the signed request.
    WrongClientId,
    /// The client identifier is not covered by the certificate.
    CertificateMismatch,
    /// A prefix nobody knows.
    UnknownPrefix,
    /// The request expired ten minutes ago.
    Expired,
    /// There is no nonce.
    NoNonce,
    /// `typ` is not `oauth-authz-req+jwt`.
    WrongTyp,
    /// `aud` names another wallet.
    WrongAudience,
    /// The answer would go to a host the client identifier does not cover.
    ForeignResponseUri,
    /// `redirect_uri` beside `response_uri`.
    RedirectUriToo,
    /// The certificate leads to no anchor of the wallet.
    UntrustedSigner,
    /// An encrypted answer is asked for and no key is given.
    NoEncryptionKey,
    /// A transaction data entry of a type nobody knows.
    UnknownTransactionData,
    /// Neither `dcql_query` nor `scope`.
    NoQuery,
    /// `request_uri` answers 302.
    RedirectedRequestUri,
    /// The response endpoint answers 500 after it has read the response.
    ResponseServerError,
    /// The request object has another `wallet_nonce` than the wallet sent.
    WrongWalletNonce,
    /// The request object has no `wallet_nonce`.
    NoWalletNonce,
    /// The verifier attestation expired an hour ago.
    VoucherExpired,
    /// The verifier attestation speaks of somebody else.
    VoucherOfAnother,
    /// The verifier attestation is signed by nobody the wallet knows.
    UnknownVoucher,
}

impl RequestFault {
    /// Whether only a signed request can have this fault.
    pub(super) fn is_of_signed_requests(self) -> bool {
        matches!(
            self,
            Self::BadSignature
                | Self::WrongClientId
                | Self::CertificateMismatch
                | Self::Expired
                | Self::WrongTyp
                | Self::WrongAudience
                | Self::RedirectedRequestUri
                | Self::WrongWalletNonce
                | Self::NoWalletNonce
                | Self::VoucherExpired
                | Self::VoucherOfAnother
                | Self::UnknownVoucher
        )
    }
}

/// What to ask for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestOptions {
    /// Which relying party asks, e.g. `bar`.
    pub name: String,
    /// The DCQL query.
    pub query: Value,
    /// How it says who it is.
    pub prefix: ClientIdPrefix,
    /// How it wants the answer.
    pub mode: ResponseMode,
    /// How the request is handed over.
    pub by: RequestBy,
    /// How a request by reference is fetched.
    pub fetch: FetchBy,
    /// Sent instead of the query, of which it is the name (section 5.5).
    pub scope: Option<String>,
    /// Transaction data, each an object with `type` and `credential_ids` (section 8.4).
    pub transaction_data: Vec<Value>,
    /// Whether the answer to the response names a `redirect_uri` to follow.
    pub redirect: bool,
    /// `verifier_info` of the request (OpenID4VP 1.0 section 5.1).
    pub verifier_info: Option<Value>,
    /// Whether a pseudonym that was accepted for this query is refused the second time: a voting office.
    pub once: bool,
    /// What is wrong with it.
    pub fault: Option<RequestFault>,
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            name: "shop".into(),
            query: Value::Null,
            prefix: ClientIdPrefix::default(),
            mode: ResponseMode::default(),
            by: RequestBy::default(),
            fetch: FetchBy::default(),
            scope: None,
            transaction_data: Vec::new(),
            redirect: true,
            verifier_info: None,
            once: false,
            fault: None,
        }
    }
}

impl RequestOptions {
    /// A signed request by reference for an encrypted answer.
    pub fn new(name: &str, query: Value) -> Self {
        Self {
            name: name.into(),
            query,
            ..Self::default()
        }
    }
}
