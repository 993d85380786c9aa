//! From a received request to a verified one: the only way to a [`VerifiedRequest`].

use super::client_id::ClientIdPrefix;
use super::client_metadata::ClientMetadata;
use super::dcql::{DcqlQuery, VpFormats};
use super::error::PresentationError;
use super::parameters::Parameters;
use super::policy::RequestPolicy;
use super::request::ReceivedRequest;
use super::request_object::{AuthenticatedRequest, authenticate};
use super::response::Answer;
use super::transaction_data::Transactions;
use super::verifier::{
    Destination, ResponseMode, VerifiedRequest, Verifier, VerifierInfo, VerifierTrust,
};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::profile::Profile;
use serde_json::Value;
use std::collections::BTreeMap;

/// A request that was refused, and what to tell the verifier, if it may be told.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct RequestRefused {
    /// Why.
    pub error: PresentationError,
    /// The error answer (OpenID4VP 1.0 8.5). Only for a verifier that was authenticated: anyone could name an address
    /// to be posted to.
    pub answer: Option<Box<Answer>>,
}

impl From<PresentationError> for RequestRefused {
    fn from(error: PresentationError) -> Self {
        Self {
            error,
            answer: None,
        }
    }
}

impl From<RequestRefused> for WalletError {
    fn from(refused: RequestRefused) -> Self {
        refused.error.into()
    }
}

impl ReceivedRequest {
    /// Authenticates the verifier and checks every parameter.
    ///
    /// # Errors
    /// The first rule that is broken, and the answer to send for it where there is one.
    pub fn verify(
        self,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<VerifiedRequest, RequestRefused> {
        let AuthenticatedRequest {
            verifier,
            parameters,
            answer_uris,
            expires_at,
        } = authenticate(self, policy, now)?;
        let address = AnswerAddress::read(&parameters, &verifier, policy)?;
        let goes_to = |uri: &String| address.destination == Destination::ResponseUri(uri.clone());
        if answer_uris.is_some_and(|uris| !uris.iter().any(goes_to)) {
            return Err(PresentationError::ResponseUriNotAllowed.into());
        }
        let content = match Content::read(&parameters, address.mode, policy) {
            Ok(content) => content,
            Err(error) => {
                let may_be_told = verifier.trust() == VerifierTrust::Anchored;
                let answer = may_be_told.then(|| {
                    Box::new(Answer::refusal(
                        &address.destination,
                        address.state.as_deref(),
                        &error,
                        expires_at,
                    ))
                });
                return Err(RequestRefused { error, answer });
            }
        };
        Ok(content.into_request(verifier, address, expires_at)?)
    }
}

impl Content {
    /// The request, now that everything about it is known.
    pub(super) fn into_request(
        self,
        mut verifier: Verifier,
        address: AnswerAddress,
        expires_at: UnixTime,
    ) -> Result<VerifiedRequest, PresentationError> {
        let content = self;
        verifier.display_name = content.metadata.client_name.clone();
        Ok(VerifiedRequest {
            verifier,
            nonce: content.nonce,
            state: address.state,
            destination: address.destination,
            response_mode: address.mode,
            encryption: match address.mode.is_encrypted() {
                false => None,
                true => Some(content.metadata.encryption()?),
            },
            query: content.query,
            formats: content.metadata.formats,
            verifier_info: content.verifier_info,
            transactions: content.transactions,
            expires_at,
        })
    }
}

/// Where and how an answer, even an error, would go.
pub(super) struct AnswerAddress {
    pub(super) mode: ResponseMode,
    pub(super) destination: Destination,
    pub(super) state: Option<String>,
}

impl AnswerAddress {
    fn read(
        parameters: &Parameters,
        verifier: &Verifier,
        policy: &RequestPolicy<'_>,
    ) -> Result<Self, PresentationError> {
        let mode = match parameters.text("response_mode")? {
            Some("direct_post") if policy.profile == Profile::Haip => {
                return Err(PresentationError::ProfileResponseMode);
            }
            Some("direct_post") => ResponseMode::DirectPost,
            Some("direct_post.jwt") => ResponseMode::DirectPostJwt,
            _ => return Err(PresentationError::ResponseMode),
        };
        let client_id = verifier.client_id();
        let uri = match (parameters.text("response_uri")?, client_id.prefix()) {
            (Some(uri), _) => uri,
            (None, ClientIdPrefix::RedirectUri) => client_id.original(),
            (None, _) => return Err(PresentationError::ResponseUriMissing),
        };
        let not_allowed = PresentationError::ResponseUriNotAllowed;
        let Ok(url) = policy.fetch.check_url(uri) else {
            return Err(not_allowed);
        };
        let is_the_verifiers = match client_id.prefix() {
            ClientIdPrefix::RedirectUri => uri == client_id.original(),
            ClientIdPrefix::X509SanDns => url
                .host_str()
                .is_some_and(|host| host.eq_ignore_ascii_case(client_id.original())),
            // Whoever holds the key signed the address.
            ClientIdPrefix::X509Hash
            | ClientIdPrefix::DecentralizedIdentifier
            | ClientIdPrefix::VerifierAttestation
            | ClientIdPrefix::OpenIdFederation => true,
            ClientIdPrefix::Origin => false,
        };
        // RFC 6749 3.1.2: no fragment.
        if !is_the_verifiers || uri.contains('#') {
            return Err(not_allowed);
        }
        let state = parameters.url_safe_text("state")?.map(str::to_owned);
        Ok(Self {
            mode,
            destination: Destination::ResponseUri(uri.to_owned()),
            state,
        })
    }
}

/// What is asked.
pub(super) struct Content {
    nonce: String,
    query: DcqlQuery,
    metadata: ClientMetadata,
    verifier_info: Vec<VerifierInfo>,
    transactions: Transactions,
}

impl Content {
    pub(super) fn read(
        parameters: &Parameters,
        mode: ResponseMode,
        policy: &RequestPolicy<'_>,
    ) -> Result<Self, PresentationError> {
        if parameters.text("response_type")? != Some("vp_token") {
            return Err(PresentationError::ResponseType);
        }
        if parameters.has("redirect_uri") {
            return Err(PresentationError::RedirectUriPresent);
        }
        let nonce = parameters
            .url_safe_text("nonce")?
            .ok_or(PresentationError::NonceMissing)?;
        let query = read_query(parameters, policy.scopes)?;
        let transactions = Transactions::read(parameters, &query, policy.transaction_data_types)?;
        let metadata = ClientMetadata::parse(parameters.get("client_metadata"))?;
        if mode.is_encrypted() {
            metadata.encryption()?;
        }
        check_formats(&query, metadata.formats.as_ref())?;
        let unbound =
            |query: &super::dcql::CredentialQuery| !query.require_cryptographic_holder_binding;
        // The Digital Credentials API ties request and answer together itself (5.3).
        let is_tied =
            matches!(mode, ResponseMode::DcApi | ResponseMode::DcApiJwt) || parameters.has("state");
        if query.credentials().iter().any(unbound) && !is_tied {
            return Err(PresentationError::StateMissing);
        }
        Ok(Self {
            nonce: nonce.to_owned(),
            query,
            metadata,
            verifier_info: read_verifier_info(parameters)?,
            transactions,
        })
    }
}

fn read_query(
    parameters: &Parameters,
    scopes: &BTreeMap<String, DcqlQuery>,
) -> Result<DcqlQuery, PresentationError> {
    match (parameters.get("dcql_query"), parameters.text("scope")?) {
        (Some(_), Some(_)) => Err(PresentationError::QueryAndScope),
        (Some(query), None) => Ok(DcqlQuery::parse(query)?),
        (None, Some(scope)) => scopes
            .get(scope)
            .cloned()
            .ok_or(PresentationError::UnknownScope),
        (None, None) => {
            let older = ["presentation_definition", "presentation_definition_uri"];
            if older.iter().any(|name| parameters.has(name)) {
                Err(PresentationError::PresentationExchange)
            } else {
                Err(PresentationError::QueryMissing)
            }
        }
    }
}

/// At least one query asks for a format that this wallet holds and the verifier says it takes.
fn check_formats(query: &DcqlQuery, formats: Option<&VpFormats>) -> Result<(), PresentationError> {
    let is_taken = |format| formats.is_none_or(|formats| formats.has(format));
    if query
        .credentials()
        .iter()
        .any(|query| query.format.is_some_and(is_taken))
    {
        Ok(())
    } else {
        Err(PresentationError::FormatsNotSupported)
    }
}

fn read_verifier_info(parameters: &Parameters) -> Result<Vec<VerifierInfo>, PresentationError> {
    let value = parameters
        .get("verifier_info")
        .or_else(|| parameters.get("verifier_attestations"));
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let list = value.as_array().filter(|list| !list.is_empty());
    list.and_then(|list| list.iter().map(read_attestation).collect())
        .ok_or(PresentationError::VerifierInfo)
}

fn read_attestation(value: &Value) -> Option<VerifierInfo> {
    let data = value
        .get("data")
        .filter(|data| data.is_object() || data.is_string())?;
    let credential_ids = match value.get("credential_ids") {
        None => None,
        Some(ids) => {
            let ids = ids.as_array().filter(|ids| !ids.is_empty())?;
            Some(
                ids.iter()
                    .map(|id| id.as_str().map(str::to_owned))
                    .collect::<Option<_>>()?,
            )
        }
    };
    Some(VerifierInfo {
        format: value.get("format")?.as_str()?.to_owned(),
        data: data.clone(),
        credential_ids,
    })
}
