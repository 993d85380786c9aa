//! The authorization request as it came: by value, as a request object, or by reference (OpenID4VP 1.0 5, RFC 9101).

use super::client_id::{ClientId, ClientIdPrefix};
use super::error::PresentationError;
use super::parameters::Parameters;
use super::policy::RequestPolicy;
use crate::clock::UnixTime;
use crate::http::{Fetcher, Purpose};
use crate::intent::{Medium, PRESENTATION_SCHEMES};
use crate::jose::CompactJws;
use crate::random::Random;
use url::Url;

/// Most bytes of a request and of a request object.
const MAX_BYTES: usize = 64 * 1024;

/// The media type of request objects (RFC 9101 5.2.3).
const REQUEST_OBJECT: &str = "application/oauth-authz-req+jwt";

/// A request that was read but not verified: it can be fetched, not shown.
#[derive(Debug)]
pub struct AuthorizationRequest {
    client_id: ClientId,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Plain(Parameters),
    Object(String),
    Reference(Url),
}

/// A complete request that was not verified yet.
#[derive(Debug)]
pub struct ReceivedRequest {
    pub(super) client_id: ClientId,
    pub(super) form: ReceivedForm,
}

#[derive(Debug)]
pub(super) enum ReceivedForm {
    /// Parameters in the link: nobody vouches for them.
    Plain(Parameters),
    /// A signed request object.
    Signed(Box<CompactJws>),
}

impl AuthorizationRequest {
    /// Reads a request link: a custom scheme or `https`. Makes no network request.
    ///
    /// # Errors
    /// Any [`PresentationError`] about the form of the request or the client identifier.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        if text.len() > Medium::Link.max_bytes() {
            return Err(PresentationError::TooLarge);
        }
        let url = Url::parse(text.trim()).map_err(|_| PresentationError::NotARequest)?;
        if url.scheme() != "https" && !PRESENTATION_SCHEMES.contains(&url.scheme()) {
            return Err(PresentationError::NotARequest);
        }
        let query = url.query().ok_or(PresentationError::NotARequest)?;
        let parameters = Parameters::from_query(query)?;
        let client_id = parameters
            .text("client_id")?
            .ok_or(PresentationError::ClientIdMissing)?;
        let client_id = ClientId::parse(client_id)?;
        let form = Form::of(parameters)?;
        // `redirect_uri` clients have no key to sign with, and the others must sign (5.9.3).
        match (client_id.prefix(), &form) {
            (ClientIdPrefix::RedirectUri, Form::Object(_) | Form::Reference(_)) => {
                Err(PresentationError::SignedRedirectUri)
            }
            (ClientIdPrefix::X509SanDns | ClientIdPrefix::X509Hash, Form::Plain(_)) => {
                Err(PresentationError::NotSigned)
            }
            _ => Ok(Self { client_id, form }),
        }
    }

    /// Who claims to ask. Nothing is proven yet.
    #[must_use]
    pub fn claimed_client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The host that [`Self::retrieve`] would contact, if any: to be confirmed before.
    #[must_use]
    pub fn contacts(&self) -> Option<&str> {
        match &self.form {
            Form::Reference(url) => url.host_str(),
            Form::Plain(_) | Form::Object(_) => None,
        }
    }

    /// Fetches the request object if the request is by reference. Nothing about the holder or the wallet is sent.
    ///
    /// # Errors
    /// [`PresentationError::Fetch`]: an error status, a redirect, another content type, no answer.
    /// [`PresentationError::Jose`]: not an acceptable JWS.
    pub async fn retrieve(
        self,
        fetcher: &Fetcher<'_>,
        _policy: &RequestPolicy<'_>,
        _random: &dyn Random,
        _now: UnixTime,
    ) -> Result<ReceivedRequest, PresentationError> {
        let signed = |text: &str| {
            let jws = CompactJws::parse(text, MAX_BYTES)?;
            Ok::<_, PresentationError>(ReceivedForm::Signed(Box::new(jws)))
        };
        let form = match self.form {
            Form::Plain(parameters) => ReceivedForm::Plain(parameters),
            Form::Object(text) => signed(&text)?,
            Form::Reference(url) => {
                let fetched = fetcher
                    .get(Purpose::RequestUri, url.as_str(), REQUEST_OBJECT)
                    .await?;
                let text = core::str::from_utf8(fetched.body());
                signed(text.map_err(|_| crate::json::JsonError::InvalidUtf8)?)?
            }
        };
        Ok(ReceivedRequest {
            client_id: self.client_id,
            form,
        })
    }
}

impl Form {
    fn of(parameters: Parameters) -> Result<Self, PresentationError> {
        let request = parameters.text("request")?;
        let request_uri = parameters.text("request_uri")?;
        match (parameters.text("request_uri_method")?, request_uri) {
            (Some(_), None) => return Err(PresentationError::MethodWithoutRequestUri),
            (Some("get") | None, _) => {}
            (Some("post"), _) => return Err(PresentationError::PostNotSupported),
            (Some(_), _) => return Err(PresentationError::UnknownRequestUriMethod),
        }
        match (request, request_uri) {
            (Some(_), Some(_)) => Err(PresentationError::RequestAndRequestUri),
            (Some(object), None) => Ok(Self::Object(object.to_owned())),
            (None, Some(uri)) => Url::parse(uri)
                .map(Self::Reference)
                .map_err(|_| PresentationError::NotARequest),
            (None, None) => parameters.with_json_decoded().map(Self::Plain),
        }
    }
}
