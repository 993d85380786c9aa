//! Requests through the Digital Credentials API (OpenID4VP 1.0 appendix A): the platform hands over the request with
//! the origin of its caller and carries the answer back. Nothing is fetched and nothing is sent from here.

use super::client_id::ClientId;
use super::error::PresentationError;
use super::origin::Origin;
use super::parameters::Parameters;
use super::policy::RequestPolicy;
use super::request_object::{AuthenticatedRequest, LIFETIME, authenticate_object};
use super::response::Answer;
use super::verifier::{Destination, Proof, ResponseMode, VerifiedRequest, Verifier, VerifierTrust};
use super::verify::{AnswerAddress, Content, RequestRefused};
use crate::clock::UnixTime;
use crate::jose::{CompactJws, JoseError};
use crate::json::{self, Limits};
use crate::profile::Profile;
use serde_json::{Map, Value};

/// Most bytes of the request data: several signatures, each with its certificates.
const MAX_BYTES: usize = 128 * 1024;

/// Most signatures that are looked at.
const MAX_SIGNATURES: usize = 8;

/// The parameters there are (A.2), and the dates of a request object. All others are ignored, `state` among them.
const PARAMETERS: [&str; 13] = [
    "client_id",
    "response_type",
    "response_mode",
    "nonce",
    "client_metadata",
    "transaction_data",
    "dcql_query",
    "verifier_info",
    "expected_origins",
    "aud",
    "exp",
    "nbf",
    "iat",
];

/// Parameters that differ from signature to signature: they stand in the protected header only (A.3.2).
const OF_THE_SIGNATURE: [&str; 2] = ["client_id", "verifier_info"];

/// How a request is protected: the exchange protocol of the Digital Credentials API (A.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DcApiProtocol {
    /// `openid4vp-v1-unsigned`
    Unsigned,
    /// `openid4vp-v1-signed`: one compact JWS.
    Signed,
    /// `openid4vp-v1-multisigned`: a JWS with a signature for each trust framework.
    MultiSigned,
}

impl DcApiProtocol {
    /// The text of the protocol.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "openid4vp-v1-unsigned",
            Self::Signed => "openid4vp-v1-signed",
            Self::MultiSigned => "openid4vp-v1-multisigned",
        }
    }

    fn from_identifier(text: &str) -> Option<Self> {
        [Self::Unsigned, Self::Signed, Self::MultiSigned]
            .into_iter()
            .find(|protocol| protocol.as_str() == text)
    }
}

/// A request that was read but not verified.
#[derive(Debug)]
pub struct DcApiRequest {
    protocol: DcApiProtocol,
    form: Form,
    origin: Origin,
}

#[derive(Debug)]
enum Form {
    Unsigned(Parameters),
    /// Never empty; each with the same payload.
    Signed(Vec<CompactJws>),
}

impl DcApiRequest {
    /// Reads what the platform hands over: the protocol, the request data as JSON, and the origin of the caller.
    ///
    /// # Errors
    /// [`PresentationError::DcApiProtocol`], and those about the form of the request.
    pub fn parse(protocol: &str, data: &str, origin: Origin) -> Result<Self, PresentationError> {
        let protocol = DcApiProtocol::from_identifier(protocol);
        let protocol = protocol.ok_or(PresentationError::DcApiProtocol)?;
        let data = json::parse_object(data.as_bytes(), Limits::bytes(MAX_BYTES))?;
        let form = match protocol {
            DcApiProtocol::Unsigned => Form::Unsigned(Parameters::from_object(data)),
            DcApiProtocol::Signed => {
                let object = data.get("request").and_then(Value::as_str);
                let object = object.ok_or(PresentationError::NotARequest)?;
                Form::Signed(vec![CompactJws::parse(object, MAX_BYTES)?])
            }
            DcApiProtocol::MultiSigned => {
                // The standard's example shows the JWS alone; verifiers in the field put it into `request`.
                let jws = match data.get("request") {
                    None => &data,
                    Some(request) => request.as_object().ok_or(PresentationError::NotARequest)?,
                };
                Form::Signed(parse_signatures(jws)?)
            }
        };
        Ok(Self {
            protocol,
            form,
            origin,
        })
    }

    /// Authenticates the verifier and checks every parameter.
    ///
    /// # Errors
    /// The first rule that is broken, with the answer for the caller. It may be given only after the holder has agreed
    /// to something, because an answer at all can tell which cards there are (15.9.2); otherwise cancel the flow.
    pub fn verify(
        self,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<VerifiedRequest, RequestRefused> {
        let destination = Destination::Caller {
            protocol: self.protocol,
            origin: self.origin,
        };
        check(self.form, &destination, policy, now).map_err(|error| RequestRefused {
            answer: Some(Box::new(Answer::refusal(
                &destination,
                None,
                &error,
                now.saturating_add(LIFETIME),
            ))),
            error,
        })
    }
}

fn check(
    form: Form,
    destination: &Destination,
    policy: &RequestPolicy<'_>,
    now: UnixTime,
) -> Result<VerifiedRequest, PresentationError> {
    let Destination::Caller { protocol, origin } = destination else {
        return Err(PresentationError::DcApiProtocol);
    };
    let mut request = match form {
        Form::Unsigned(parameters) => AuthenticatedRequest {
            // Whatever `client_id` it names is ignored (A.2).
            verifier: Verifier::new(
                ClientId::of_origin(origin),
                Proof::PlatformOrigin,
                VerifierTrust::Platform,
            ),
            parameters,
            answer_uris: None,
            expires_at: now.saturating_add(LIFETIME),
        },
        Form::Signed(signatures) => authenticate(&signatures, *protocol, policy, now)?,
    };
    request.parameters.keep_only(&PARAMETERS);
    if *protocol != DcApiProtocol::Unsigned {
        check_expected_origins(&request.parameters, origin)?;
    }
    let mode = match request.parameters.text("response_mode")? {
        Some("dc_api") if policy.profile == Profile::Haip => {
            return Err(PresentationError::ProfileResponseMode);
        }
        Some("dc_api") => ResponseMode::DcApi,
        Some("dc_api.jwt") => ResponseMode::DcApiJwt,
        _ => return Err(PresentationError::ResponseMode),
    };
    let address = AnswerAddress {
        mode,
        destination: destination.clone(),
        state: None,
    };
    // Where an attestation names the addresses an answer may go to: it goes to none, the origins stand for them.
    Content::read(&request.parameters, mode, policy)?.into_request(
        request.verifier,
        address,
        request.expires_at,
    )
}

/// The signatures of a JWS in general JSON serialisation (RFC 7515 7.2.1), each as the compact JWS it is equal to.
/// Unprotected headers are ignored.
fn parse_signatures(jws: &Map<String, Value>) -> Result<Vec<CompactJws>, PresentationError> {
    let text = |object: &Map<String, Value>, name: &str| {
        let text = object.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or(PresentationError::NotARequest)
    };
    let payload = text(jws, "payload")?;
    let signatures = jws
        .get("signatures")
        .and_then(Value::as_array)
        .filter(|signatures| (1..=MAX_SIGNATURES).contains(&signatures.len()))
        .ok_or(PresentationError::NotARequest)?;
    let mut parsed = Vec::new();
    let mut first_error = None;
    for signature in signatures {
        let signature = signature
            .as_object()
            .ok_or(PresentationError::NotARequest)?;
        let (header, bytes) = (text(signature, "protected")?, text(signature, "signature")?);
        match CompactJws::parse(&format!("{header}.{payload}.{bytes}"), MAX_BYTES) {
            Ok(jws) => parsed.push(jws),
            // Another algorithm is for other wallets.
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match first_error {
        Some(error) if parsed.is_empty() => Err(error.into()),
        _ => Ok(parsed),
    }
}

/// Uses a signature of someone the app trusts, or else one that verifies; the others are ignored (A.3.2).
fn authenticate(
    signatures: &[CompactJws],
    protocol: DcApiProtocol,
    policy: &RequestPolicy<'_>,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    let mut best = Err(PresentationError::Jose(JoseError::MalformedJws));
    for (place, jws) in signatures.iter().enumerate() {
        let found = authenticate_signature(jws, protocol, policy, now);
        let is_anchored = found
            .as_ref()
            .is_ok_and(|found| found.verifier.trust() == VerifierTrust::Anchored);
        if is_anchored {
            return found;
        }
        if place == 0 || (best.is_err() && found.is_ok()) {
            best = found;
        }
    }
    best
}

fn authenticate_signature(
    jws: &CompactJws,
    protocol: DcApiProtocol,
    policy: &RequestPolicy<'_>,
    now: UnixTime,
) -> Result<AuthenticatedRequest, PresentationError> {
    let is_one_of_many = protocol == DcApiProtocol::MultiSigned;
    let is_request = match jws.typ() {
        Some(typ) => typ == "oauth-authz-req+jwt",
        None => is_one_of_many,
    };
    if !is_request {
        return Err(PresentationError::WrongType);
    }
    let mut payload = jws.payload_object()?;
    if is_one_of_many {
        for name in OF_THE_SIGNATURE {
            if payload.contains_key(name) {
                return Err(PresentationError::ParameterOfSignature);
            }
            if let Some(value) = jws.header().get(name) {
                payload.insert(name.to_owned(), value.clone());
            }
        }
    }
    let parameters = Parameters::from_object(payload);
    let client_id = parameters
        .text("client_id")?
        .ok_or(PresentationError::ClientIdMissing)?;
    let client_id = ClientId::parse(client_id)?;
    authenticate_object(client_id, jws, parameters, policy, now)
}

/// The caller is one of those the verifier signed for: anyone else replays the request (A.2). Compared as text.
fn check_expected_origins(
    parameters: &Parameters,
    origin: &Origin,
) -> Result<(), PresentationError> {
    let expected = parameters.get("expected_origins");
    let expected = expected
        .and_then(Value::as_array)
        .filter(|list| !list.is_empty() && list.iter().all(Value::is_string))
        .ok_or(PresentationError::ExpectedOriginsMissing)?;
    if expected
        .iter()
        .any(|expected| expected.as_str() == Some(origin.as_str()))
    {
        Ok(())
    } else {
        Err(PresentationError::OriginMismatch)
    }
}
