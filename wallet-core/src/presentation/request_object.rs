//! Who asks: the signed request object and its certificate (OpenID4VP 1.0 5, 5.8, 5.9.3; RFC 9101; RFC 7515 4.1.6).

use super::client_id::{ClientId, ClientIdPrefix};
use super::error::PresentationError;
use super::parameters::Parameters;
use super::request::{ReceivedForm, ReceivedRequest};
use super::verifier::{Proof, Verifier};
use crate::clock::UnixTime;
use crate::jose::{CompactJws, base64url};
use crate::trust::TrustAnchors;
use crate::trust::x509::{CertificateUsage, VerifiedChain, verify_chain};

/// The audience of a request object where the wallet is not known beforehand (5.8).
const AUDIENCE: &str = "https://self-issued.me/v2";

/// Seconds by which the verifier's clock may differ.
const LEEWAY: i64 = 60;

/// Seconds a request lives at most.
const LIFETIME: i64 = 300;

/// A request of a verifier that is known as well as its prefix allows. Its content is not checked yet.
pub(super) struct AuthenticatedRequest {
    pub(super) verifier: Verifier,
    pub(super) parameters: Parameters,
    pub(super) expires_at: UnixTime,
}

/// Authenticates the verifier.
pub(super) fn authenticate(
    request: ReceivedRequest,
    anchors: &TrustAnchors,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    let ReceivedRequest { client_id, form } = request;
    match (client_id.prefix(), form) {
        (ClientIdPrefix::RedirectUri, ReceivedForm::Plain(parameters)) => {
            Ok(AuthenticatedRequest {
                verifier: Verifier {
                    client_id,
                    proof: Proof::AnswerAddressOnly,
                    display_name: None,
                    certificate_subject: None,
                    certificate_sha256: None,
                },
                parameters,
                expires_at: now.saturating_add(LIFETIME),
            })
        }
        (ClientIdPrefix::RedirectUri, ReceivedForm::Signed(_)) => {
            Err(PresentationError::SignedRedirectUri)
        }
        (_, ReceivedForm::Plain(_)) => Err(PresentationError::NotSigned),
        (_, ReceivedForm::Signed(jws)) => from_object(client_id, &jws, anchors, now),
    }
}

fn from_object(
    client_id: ClientId,
    jws: &CompactJws,
    anchors: &TrustAnchors,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    if jws.typ() != Some("oauth-authz-req+jwt") {
        return Err(PresentationError::WrongType);
    }
    let x5c = jws.x5c()?.ok_or(PresentationError::CertificateMissing)?;
    let chain = verify_chain(&x5c, &anchors.verifiers, CertificateUsage::Verifier, now)?;
    jws.verify(chain.leaf_key())?;
    let parameters = Parameters::from_object(jws.payload_object()?);
    // The identifier outside only says which object to expect; everything else comes from the object (5.10.1).
    let inside = parameters
        .text("client_id")?
        .ok_or(PresentationError::ClientIdMissing)?;
    if inside != client_id.as_str() {
        return Err(PresentationError::ClientIdMismatch);
    }
    let proof = match_certificate(&client_id, &chain)?;
    check_audience(&parameters)?;
    let expires_at = check_time(&parameters, now)?;
    Ok(AuthenticatedRequest {
        verifier: Verifier {
            client_id,
            proof,
            display_name: None,
            certificate_subject: Some(chain.subject().to_owned()),
            certificate_sha256: Some(chain.leaf_sha256()),
        },
        parameters,
        expires_at,
    })
}

/// Compares the identifier with the certificate that signed. Wildcard names are not among the chain's: the identifier
/// must stand in the certificate as it is.
fn match_certificate(
    client_id: &ClientId,
    chain: &VerifiedChain,
) -> Result<Proof, PresentationError> {
    let id = client_id.original();
    match client_id.prefix() {
        ClientIdPrefix::X509SanDns => {
            let is_named = chain
                .dns_names()
                .iter()
                .any(|name| name.eq_ignore_ascii_case(id));
            if !is_named {
                return Err(PresentationError::DnsNameMismatch);
            }
            Ok(Proof::CertificateDnsName)
        }
        ClientIdPrefix::X509Hash => {
            if base64url::encode(&chain.leaf_sha256()) != id {
                return Err(PresentationError::CertificateHashMismatch);
            }
            Ok(Proof::CertificateHash)
        }
        ClientIdPrefix::RedirectUri => Err(PresentationError::SignedRedirectUri),
    }
}

/// `aud` is the text of static discovery, alone or as the only element of an array (5.8, RFC 7519 4.1.3).
fn check_audience(parameters: &Parameters) -> Result<(), PresentationError> {
    let audience = parameters
        .get("aud")
        .ok_or(PresentationError::WrongAudience)?;
    let only = match audience.as_array().map(Vec::as_slice) {
        Some([one]) => Some(one),
        Some(_) => None,
        None => Some(audience),
    };
    if only.and_then(|only| only.as_str()) == Some(AUDIENCE) {
        Ok(())
    } else {
        Err(PresentationError::WrongAudience)
    }
}

/// Checks `exp`, `nbf` and `iat` where present, and says when the request ends.
fn check_time(parameters: &Parameters, now: UnixTime) -> Result<UnixTime, PresentationError> {
    let latest_start = now.saturating_add(LEEWAY).as_secs();
    for start in ["nbf", "iat"] {
        if parameters
            .date(start)?
            .is_some_and(|start| start > latest_start)
        {
            return Err(PresentationError::NotYetValid);
        }
    }
    let longest = now.saturating_add(LIFETIME);
    let Some(end) = parameters.date("exp")? else {
        return Ok(longest);
    };
    let end = UnixTime::from_secs(end).saturating_add(LEEWAY);
    if end <= now {
        return Err(PresentationError::Expired);
    }
    Ok(end.min(longest))
}
