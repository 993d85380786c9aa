//! Who asks, how that was proven, and what was asked. These types come from verification only.

use super::client_id::{ClientId, ClientIdPrefix};
use super::dc_api::DcApiProtocol;
use super::dcql::{DcqlQuery, VpFormats};
use super::origin::Origin;
use super::transaction_data::{TransactionData, Transactions};
use crate::clock::UnixTime;
use crate::did::DatedEvidence;
use serde_json::Value;

/// How the verifier's identity was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// A signature by a certificate with this DNS name that leads to a trust anchor.
    CertificateDnsName,
    /// A signature by the certificate with this hash, which leads to a trust anchor.
    CertificateHash,
    /// A signature by a key of this DID. Anyone can make a DID.
    DecentralizedIdentifier,
    /// A signature by the key of an attestation that someone the app trusts issued for this name.
    VerifierAttestation,
    /// The platform says which web origin or app calls; nobody says who that is.
    PlatformOrigin,
    /// A signature by a key that a federation of the app's vouches for.
    Federation,
    /// Not at all: only the address the answer goes to is known.
    AnswerAddressOnly,
}

impl Proof {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::CertificateDnsName => "certificate_dns_name",
            Self::CertificateHash => "certificate_hash",
            Self::DecentralizedIdentifier => "decentralized_identifier",
            Self::VerifierAttestation => "verifier_attestation",
            Self::PlatformOrigin => "platform_origin",
            Self::Federation => "federation",
            Self::AnswerAddressOnly => "answer_address_only",
        }
    }
}

/// How far the verifier may be trusted to be who it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VerifierTrust {
    /// Someone the app trusts vouches for the identifier.
    Anchored,
    /// The platform vouches for the web origin or app, nobody for who is behind it.
    Platform,
    /// Nobody does: warn the holder.
    Unverified,
}

impl VerifierTrust {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anchored => "anchored",
            Self::Platform => "platform",
            Self::Unverified => "unverified",
        }
    }
}

/// The party that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    pub(super) client_id: ClientId,
    pub(super) proof: Proof,
    pub(super) trust: VerifierTrust,
    pub(super) vouched_by: Option<String>,
    pub(super) did_evidence: Option<DatedEvidence>,
    pub(super) display_name: Option<String>,
    pub(super) certificate_subject: Option<String>,
    pub(super) certificate_sha256: Option<[u8; 32]>,
}

impl Verifier {
    /// A verifier that nobody vouches for and that shows no certificate.
    pub(super) fn new(client_id: ClientId, proof: Proof, trust: VerifierTrust) -> Self {
        Self {
            client_id,
            proof,
            trust,
            vouched_by: None,
            did_evidence: None,
            display_name: None,
            certificate_subject: None,
            certificate_sha256: None,
        }
    }

    /// The full client identifier.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// How it was proven.
    #[must_use]
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// How far it may be trusted.
    #[must_use]
    pub fn trust(&self) -> VerifierTrust {
        self.trust
    }

    /// The identifier of who vouches for the verifier, as the app pinned it: the issuer of its attestation, or
    /// the trust anchor of its federation. `None` where
    /// a certificate or nobody does.
    #[must_use]
    pub fn vouched_by(&self) -> Option<&str> {
        self.vouched_by.as_deref()
    }

    /// What shows that the key which signed is that of the verifier's DID, where it has one.
    #[must_use]
    pub fn did_evidence(&self) -> Option<&DatedEvidence> {
        self.did_evidence.as_ref()
    }

    /// The name the verifier gives itself, made safe to print. Nobody vouches for it.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }

    /// The DNS name that was proven, if one was.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        (self.client_id.prefix() == ClientIdPrefix::X509SanDns).then(|| self.client_id.original())
    }

    /// The subject of the certificate that signed, made safe to print; the anchor's owner vouches for it.
    #[must_use]
    pub fn certificate_subject(&self) -> Option<&str> {
        self.certificate_subject.as_deref()
    }

    /// SHA-256 of the certificate that signed.
    #[must_use]
    pub fn certificate_sha256(&self) -> Option<&[u8; 32]> {
        self.certificate_sha256.as_ref()
    }
}

/// How the answer is sent (OpenID4VP 1.0 8.2, 8.3.1 and A.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseMode {
    /// `direct_post`: a form.
    DirectPost,
    /// `direct_post.jwt`: a form with an encrypted answer.
    DirectPostJwt,
    /// `dc_api`: handed to the caller.
    DcApi,
    /// `dc_api.jwt`: handed to the caller, encrypted.
    DcApiJwt,
}

impl ResponseMode {
    /// The text of the mode.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DirectPost => "direct_post",
            Self::DirectPostJwt => "direct_post.jwt",
            Self::DcApi => "dc_api",
            Self::DcApiJwt => "dc_api.jwt",
        }
    }

    /// Whether the answer is encrypted.
    #[must_use]
    pub const fn is_encrypted(self) -> bool {
        matches!(self, Self::DirectPostJwt | Self::DcApiJwt)
    }
}

/// Where the answer goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Destination {
    /// It is posted to this address.
    ResponseUri(String),
    /// It is handed to the caller of the Digital Credentials API.
    Caller {
        /// The protocol of the call.
        protocol: DcApiProtocol,
        /// Who called, as the platform says.
        origin: Origin,
    },
}

/// The key and algorithm the answer is encrypted with (OpenID4VP 1.0 8.3).
#[derive(Clone, Debug)]
pub struct ResponseEncryption {
    pub(super) key: crate::jose::jwe::RecipientKey,
    pub(super) content: crate::jose::jwe::ContentEncryption,
}

/// An attestation about the verifier (OpenID4VP 1.0 5.1 `verifier_info`), kept as it came. It has not been verified.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifierInfo {
    /// Its format.
    pub format: String,
    /// The attestation.
    pub data: Value,
    /// The credential queries it is about; `None` means all.
    pub credential_ids: Option<Vec<String>>,
}

/// A request whose verifier is known as well as its prefix allows, and whose parameters are all legal.
#[derive(Debug)]
pub struct VerifiedRequest {
    pub(super) verifier: Verifier,
    pub(super) nonce: String,
    pub(super) state: Option<String>,
    pub(super) destination: Destination,
    pub(super) response_mode: ResponseMode,
    pub(super) encryption: Option<ResponseEncryption>,
    pub(super) query: DcqlQuery,
    pub(super) formats: Option<VpFormats>,
    pub(super) verifier_info: Vec<VerifierInfo>,
    pub(super) transactions: Transactions,
    pub(super) expires_at: UnixTime,
}

impl VerifiedRequest {
    /// Who asks.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Tells this request from every other, without saying what is in it.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        super::seen::fingerprint(self.verifier.client_id().as_str(), &self.nonce)
    }

    /// The nonce every presentation is bound to.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The verifier's state, returned unchanged.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Where the answer goes.
    #[must_use]
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// The address the answer is posted to; `None` if it is handed to the caller.
    #[must_use]
    pub fn response_uri(&self) -> Option<&str> {
        match &self.destination {
            Destination::ResponseUri(uri) => Some(uri),
            Destination::Caller { .. } => None,
        }
    }

    /// For whom every presentation is: the client identifier (B.3.6), or the origin of the caller, also where the
    /// request is signed (A.4).
    #[must_use]
    pub fn audience(&self) -> String {
        match &self.destination {
            Destination::ResponseUri(_) => self.verifier.client_id().as_str().to_owned(),
            Destination::Caller { origin, .. } => ClientId::of_origin(origin).as_str().to_owned(),
        }
    }

    /// How the answer goes.
    #[must_use]
    pub fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    /// RFC 7638 thumbprint of the key the answer is encrypted to, if it is.
    #[must_use]
    pub fn encryption_thumbprint(&self) -> Option<[u8; 32]> {
        self.encryption
            .as_ref()
            .map(|encryption| encryption.key.thumbprint())
    }

    /// What is asked.
    #[must_use]
    pub fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// The formats and algorithms the verifier takes; `None` if it did not say.
    #[must_use]
    pub fn formats(&self) -> Option<&VpFormats> {
        self.formats.as_ref()
    }

    /// Attestations about the verifier.
    #[must_use]
    pub fn verifier_info(&self) -> &[VerifierInfo] {
        &self.verifier_info
    }

    /// What the holder is asked to authorise, in the verifier's order.
    #[must_use]
    pub fn transaction_data(&self) -> &[TransactionData] {
        self.transactions.all()
    }

    /// When the request, and every plan for it, ends: its own `exp`, at most five minutes after it was verified.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}
