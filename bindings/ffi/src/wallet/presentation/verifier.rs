//! Who asks, how that was proven, and where the answer goes.

use crate::redacted::redacted;
use crate::time::system_time;
use crate::wallet::did_evidence::DatedDidEvidence;
use std::time::SystemTime;
use wallet_core::presentation as core;
use wallet_core::text::display_text;

redacted!(
    Verifier,
    VerifierProof,
    VerifierTrust,
    Destination,
    VerifierInfo,
    RequestOverview
);

/// Longest identifier that is shown: none that was accepted is longer.
const MAX_ID_CHARS: usize = 2048;

/// Longest name of a format.
const MAX_FORMAT_CHARS: usize = 120;

/// How a verifier's identity was proven.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum VerifierProof {
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
    /// One that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// How far a verifier may be trusted to be who it says.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum VerifierTrust {
    /// Someone the app trusts vouches for the identifier.
    Anchored,
    /// The platform vouches for the web origin or app, nobody for who is behind it.
    Platform,
    /// Nobody does: warn the holder.
    Unverified,
    /// Something that came after these bindings were written: treat it as `Unverified`.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// The party that asks. All text is safe to show.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Verifier {
    /// The full client identifier, prefix included.
    pub client_id: String,
    /// How it was proven.
    pub proof: VerifierProof,
    /// How far it may be trusted.
    pub trust: VerifierTrust,
    /// Who vouches for the verifier, as the app pinned it; none where a certificate or nobody does.
    pub vouched_by: Option<String>,
    /// What shows that the key which signed is that of the verifier's DID, where it has one.
    pub did_evidence: Option<DatedDidEvidence>,
    /// The name the verifier gives itself. Nobody vouches for it.
    pub display_name: Option<String>,
    /// The DNS name that was proven, if one was.
    pub domain: Option<String>,
    /// The subject of the certificate that signed; the anchor's owner vouches for it.
    pub certificate_subject: Option<String>,
    /// SHA-256 of the certificate that signed.
    pub certificate_sha256: Option<Vec<u8>>,
}

/// Where the answer goes.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum Destination {
    /// It is posted to this address.
    ResponseUri {
        /// The address.
        uri: String,
    },
    /// It is handed to the caller of the Digital Credentials API.
    Caller {
        /// The protocol of the call.
        protocol: String,
        /// Who called, as the platform says.
        origin: String,
    },
    /// One that came after these bindings were written.
    Other {
        /// The response mode.
        code: String,
    },
}

/// A statement about the verifier that came with the request (OpenID4VP 1.0 5.1 `verifier_info`). Nobody has checked it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct VerifierInfo {
    /// Its format.
    pub format: String,
    /// The statement as JSON, for the app to verify. Not to be shown.
    pub data: String,
    /// The queries it is about; none means all.
    pub queries: Option<Vec<String>>,
}

/// A verified request: who asks, and where the answer goes.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RequestOverview {
    /// Who asks.
    pub verifier: Verifier,
    /// Where the answer goes.
    pub destination: Destination,
    /// Whether the answer is encrypted.
    pub is_encrypted: bool,
    /// Statements about the verifier.
    pub verifier_info: Vec<VerifierInfo>,
    /// When the request, and every plan for it, ends.
    pub expires_at: SystemTime,
}

impl VerifierProof {
    fn of(proof: &core::Proof) -> Self {
        match proof {
            core::Proof::CertificateDnsName => Self::CertificateDnsName,
            core::Proof::CertificateHash => Self::CertificateHash,
            core::Proof::DecentralizedIdentifier => Self::DecentralizedIdentifier,
            core::Proof::VerifierAttestation => Self::VerifierAttestation,
            core::Proof::PlatformOrigin => Self::PlatformOrigin,
            core::Proof::Federation => Self::Federation,
            core::Proof::AnswerAddressOnly => Self::AnswerAddressOnly,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl VerifierTrust {
    fn of(trust: core::VerifierTrust) -> Self {
        match trust {
            core::VerifierTrust::Anchored => Self::Anchored,
            core::VerifierTrust::Platform => Self::Platform,
            core::VerifierTrust::Unverified => Self::Unverified,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl Verifier {
    fn of(verifier: &core::Verifier) -> Self {
        let safe = |text: &str| display_text(text, MAX_ID_CHARS);
        Self {
            client_id: safe(verifier.client_id().as_str()),
            proof: VerifierProof::of(verifier.proof()),
            trust: VerifierTrust::of(verifier.trust()),
            vouched_by: verifier.vouched_by().map(safe),
            did_evidence: verifier.did_evidence().map(DatedDidEvidence::of),
            display_name: verifier.display_name().map(str::to_owned),
            domain: verifier.domain().map(safe),
            certificate_subject: verifier.certificate_subject().map(str::to_owned),
            certificate_sha256: verifier.certificate_sha256().map(|hash| hash.to_vec()),
        }
    }
}

impl RequestOverview {
    pub(super) fn of(request: &core::VerifiedRequest) -> Self {
        Self {
            verifier: Verifier::of(request.verifier()),
            destination: match request.destination() {
                core::Destination::ResponseUri(uri) => Destination::ResponseUri {
                    uri: display_text(uri, MAX_ID_CHARS),
                },
                core::Destination::Caller { protocol, origin } => Destination::Caller {
                    protocol: protocol.as_str().to_owned(),
                    origin: origin.as_str().to_owned(),
                },
                _ => Destination::Other {
                    code: request.response_mode().as_str().to_owned(),
                },
            },
            is_encrypted: request.response_mode().is_encrypted(),
            verifier_info: request.verifier_info().iter().map(info).collect(),
            expires_at: system_time(request.expires_at()),
        }
    }
}

fn info(info: &core::VerifierInfo) -> VerifierInfo {
    VerifierInfo {
        format: display_text(&info.format, MAX_FORMAT_CHARS),
        data: info.data.to_string(),
        queries: info.credential_ids.clone(),
    }
}
