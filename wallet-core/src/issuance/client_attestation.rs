//! The wallet as an attested client (OAuth 2.0 Attestation-Based Client Authentication, HAIP 1.0 4.4.1).

use super::Ports;
use super::authorization_server::AuthorizationServer;
use super::error::IssuanceError;
use super::key_attestation::names_signer;
use crate::http::{FORM, Fetched, Purpose};
use crate::jose::{CompactJws, PublicKey};
use crate::keys::WalletAttestationRequest;
use crate::profile::Profile;
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};

const MAX_ATTESTATION_BYTES: usize = 32 * 1024;
const MAX_CHALLENGE_BYTES: usize = 1024;
const CHALLENGE_HEADER: &str = "oauth-client-attestation-challenge";

/// The attestation and one proof of possession of its key: the proof is sent once.
pub(super) struct ClientAttestation {
    pub(super) jwt: String,
    pub(super) proof: String,
    /// `sub`: the `client_id` the attestation is for.
    pub(super) client_id: String,
}

impl ClientAttestation {
    /// Asks the wallet's provider, for this server alone: nothing is used at two.
    pub(super) async fn obtain(
        ports: &Ports<'_>,
        audience: &str,
        challenge: Option<String>,
    ) -> Result<Self, IssuanceError> {
        let provider = ports.attestation.ok_or(invalid("missing"))?;
        let request = WalletAttestationRequest {
            audience: audience.to_owned(),
            challenge: challenge.clone(),
        };
        let given = provider.wallet_attestation(request).await;
        let given = given.map_err(crate::error::WalletError::from)?;
        let now = ports.clock.now()?.as_secs();
        let profile = ports.settings.profile;
        let (client_id, key) = check_attestation(&given.attestation_jwt, profile, now)?;
        check_proof(&given.proof_jwt, &key, audience, challenge.as_deref())?;
        Ok(Self {
            jwt: given.attestation_jwt,
            proof: given.proof_jwt,
            client_id,
        })
    }
}

const fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::Attestation { reason }
}

/// Who is attested, by which key. Whether the provider is to be believed is the server's to decide. HAIP has the chain of
/// the provider's certificates in it.
fn check_attestation(
    text: &str,
    profile: Profile,
    now: i64,
) -> Result<(String, PublicKey), IssuanceError> {
    let jws = CompactJws::parse(text, MAX_ATTESTATION_BYTES).map_err(|_| invalid("malformed"))?;
    if jws.typ() != Some("oauth-client-attestation+jwt") {
        return Err(invalid("typ"));
    }
    if !names_signer(&jws, profile) {
        return Err(invalid("x5c"));
    }
    let claims = jws.payload_object().map_err(|_| invalid("malformed"))?;
    if claims
        .get("exp")
        .and_then(Value::as_i64)
        .is_none_or(|exp| exp <= now)
    {
        return Err(invalid("exp"));
    }
    let client_id = claims.get("sub").and_then(Value::as_str);
    let client_id = client_id
        .filter(|id| !id.is_empty())
        .ok_or(invalid("sub"))?;
    let key = claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
    let key = key.and_then(|jwk| PublicKey::from_jwk(jwk).ok());
    Ok((client_id.to_owned(), key.ok_or(invalid("cnf"))?))
}

fn check_proof(
    text: &str,
    key: &PublicKey,
    audience: &str,
    challenge: Option<&str>,
) -> Result<(), IssuanceError> {
    let malformed = |_| invalid("proof");
    let jws = CompactJws::parse(text, MAX_ATTESTATION_BYTES).map_err(malformed)?;
    let claims = jws.payload_object().map_err(malformed)?;
    let is = |name: &str, wanted: Option<&str>| claims.get(name).and_then(Value::as_str) == wanted;
    let fits = jws.typ() == Some("oauth-client-attestation-pop+jwt")
        && jws.verify(key).is_ok()
        && is("aud", Some(audience))
        && (challenge.is_none() || is("challenge", challenge));
    if fits { Ok(()) } else { Err(invalid("proof")) }
}

/// The newest challenge of one server.
#[derive(Default)]
pub(super) struct Challenge(Mutex<Option<String>>);

impl Challenge {
    /// Asks for one where the server has an endpoint for that.
    pub(super) async fn fetch(
        &self,
        ports: &Ports<'_>,
        server: &AuthorizationServer,
    ) -> Result<bool, IssuanceError> {
        let Some(endpoint) = &server.challenge_endpoint else {
            return Ok(false);
        };
        let fetcher = ports.fetcher();
        let answer = fetcher
            .post(Purpose::Token, endpoint, &[], FORM, Vec::new())
            .await?
            .require_success()?
            .json_object()?;
        let challenge = answer.get("attestation_challenge").and_then(Value::as_str);
        let challenge = challenge.filter(|text| is_challenge(text));
        let challenge = challenge.ok_or(IssuanceError::AuthorizationResponse {
            reason: "attestation_challenge",
            rule: "OAuth Attestation-Based Client Authentication 8.1",
        })?;
        *self.lock() = Some(challenge.to_owned());
        Ok(true)
    }

    /// Keeps the one an answer brings. Whether there was any.
    pub(super) fn learn(&self, answer: &Fetched) -> bool {
        let Some(challenge) = answer.header(CHALLENGE_HEADER) else {
            return false;
        };
        let usable = is_challenge(challenge);
        if usable {
            *self.lock() = Some(challenge.to_owned());
        }
        usable
    }

    pub(super) fn newest(&self) -> Option<String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_challenge(text: &str) -> bool {
    (1..=MAX_CHALLENGE_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}
