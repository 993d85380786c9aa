//! Who asks: the signed request object and its signer (OpenID4VP 1.0 5, 5.8, 5.9.3; RFC 9101).

use super::client_id::{ClientId, ClientIdPrefix};
use super::error::PresentationError;
use super::parameters::Parameters;
use super::policy::RequestPolicy;
use super::request::{Found, ReceivedForm, ReceivedRequest, SignedRequest};
use super::signer::Signer;
use super::verifier::{Proof, Verifier, VerifierTrust};
use crate::clock::UnixTime;
use crate::jose::CompactJws;
use serde_json::Value;

/// The audience of a request object where the wallet is not known beforehand (5.8).
const AUDIENCE: &str = "https://self-issued.me/v2";

/// Seconds by which the verifier's clock may differ.
pub(super) const LEEWAY: i64 = 60;

/// Seconds a request lives at most.
pub(super) const LIFETIME: i64 = 300;

/// A request of a verifier that is known as well as its prefix allows. Its content is not checked yet.
pub(super) struct AuthenticatedRequest {
    pub(super) verifier: Verifier,
    pub(super) parameters: Parameters,
    /// The only addresses the answer may go to, where whoever vouches for the verifier names them.
    pub(super) answer_uris: Option<Vec<String>>,
    pub(super) expires_at: UnixTime,
}

/// Authenticates the verifier.
pub(super) fn authenticate(
    request: ReceivedRequest,
    policy: &RequestPolicy<'_>,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    let ReceivedRequest { client_id, form } = request;
    policy.check_client(&client_id)?;
    match (client_id.prefix(), form) {
        (ClientIdPrefix::RedirectUri, ReceivedForm::Plain(parameters)) => {
            Ok(AuthenticatedRequest {
                verifier: Verifier::new(
                    client_id,
                    Proof::AnswerAddressOnly,
                    VerifierTrust::Unverified,
                ),
                parameters,
                answer_uris: None,
                expires_at: now.saturating_add(LIFETIME),
            })
        }
        (ClientIdPrefix::RedirectUri, ReceivedForm::Signed(_)) => {
            Err(PresentationError::SignedRedirectUri)
        }
        (_, ReceivedForm::Plain(_)) => Err(PresentationError::NotSigned),
        (_, ReceivedForm::Signed(request)) => from_object(client_id, &request, policy, now),
    }
}

fn from_object(
    client_id: ClientId,
    request: &SignedRequest,
    policy: &RequestPolicy<'_>,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    let jws = &request.jws;
    if jws.typ() != Some("oauth-authz-req+jwt") {
        return Err(PresentationError::WrongType);
    }
    let parameters = Parameters::from_object(jws.payload_object()?);
    // The identifier outside only says which object to expect; everything else comes from the object (5.10.1).
    let inside = parameters
        .text("client_id")?
        .ok_or(PresentationError::ClientIdMissing)?;
    if inside != client_id.as_str() {
        return Err(PresentationError::ClientIdMismatch);
    }
    let signer = Signer::of(&client_id, jws, &request.found, policy, now)?;
    if let Some(nonce) = &request.wallet_nonce
        && parameters.text("wallet_nonce")? != Some(nonce)
    {
        return Err(PresentationError::WalletNonceMismatch);
    }
    check_audience(&parameters)?;
    signer.vouch_for(parameters, now)
}

impl Signer {
    /// The request of this signer, if it is the time for it.
    fn vouch_for(
        self,
        mut parameters: Parameters,
        now: UnixTime,
    ) -> Result<AuthenticatedRequest, PresentationError> {
        if let Some(metadata) = self.metadata {
            parameters.replace("client_metadata", Value::Object(metadata));
        }
        let expires_at = check_time(&parameters, now)?;
        Ok(AuthenticatedRequest {
            verifier: self.verifier,
            parameters,
            answer_uris: self.answer_uris,
            expires_at,
        })
    }
}

/// Authenticates the signer of a request that the platform hands over: there `aud` may be absent, as in the examples of
/// appendix A.3.2.
pub(super) fn authenticate_object(
    client_id: ClientId,
    jws: &CompactJws,
    parameters: Parameters,
    policy: &RequestPolicy<'_>,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    policy.check_client(&client_id)?;
    let signer = Signer::of(&client_id, jws, &Found::default(), policy, now)?;
    if parameters.has("aud") {
        check_audience(&parameters)?;
    }
    signer.vouch_for(parameters, now)
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
