//! The authorization request as it came: by value, as a request object, or by reference (OpenID4VP 1.0 5, RFC 9101).

use super::client_id::{ClientId, ClientIdPrefix};
use super::error::PresentationError;
use super::parameters::Parameters;
use super::policy::RequestPolicy;
use super::signer::{key_url, trust_chain};
use super::wallet_metadata::wallet_metadata;
use crate::clock::UnixTime;
use crate::did::{self, ResolvedDid, Resolving};
use crate::http::{FORM, Fetcher, Purpose};
use crate::intent::{Medium, PRESENTATION_SCHEMES};
use crate::jose::{Algorithm, CompactJws, base64url};
use crate::json::JsonError;
use crate::profile::Profile;
use crate::random::{Random, make_bytes};
use crate::trust::federation::{self, ResolvedVerifier};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

/// Most bytes of a request and of a request object.
const MAX_BYTES: usize = 64 * 1024;

/// The media type of request objects (RFC 9101 5.2.3).
const REQUEST_OBJECT: &str = "application/oauth-authz-req+jwt";

/// Bytes of a `wallet_nonce`.
const NONCE_BYTES: usize = 32;

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
    Reference { uri: Url, by_post: bool },
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
    Signed(Box<SignedRequest>),
}

/// A signed request object, and what is known of how it came.
#[derive(Debug)]
pub(super) struct SignedRequest {
    pub(super) jws: CompactJws,
    /// The nonce that was sent for it, which must stand in it (5.10.1).
    pub(super) wallet_nonce: Option<String>,
    pub(super) found: Found,
}

/// What was looked up about a verifier before its signature is judged.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What its federation says of it.
    pub(super) federation: Option<ResolvedVerifier>,
    /// The document of its DID.
    pub(super) did: Option<ResolvedDid>,
}

impl SignedRequest {
    fn parse(text: &str, client_id: &ClientId) -> Result<Self, PresentationError> {
        let algorithms = match client_id.prefix() {
            ClientIdPrefix::DecentralizedIdentifier => &did::ALGORITHMS[..],
            _ => &Algorithm::EVERYWHERE[..],
        };
        Ok(Self {
            jws: CompactJws::parse_of(text, MAX_BYTES, algorithms)?,
            wallet_nonce: None,
            found: Found::default(),
        })
    }
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
            (ClientIdPrefix::RedirectUri, Form::Plain(_)) => Ok(Self { client_id, form }),
            (ClientIdPrefix::RedirectUri, _) => Err(PresentationError::SignedRedirectUri),
            (_, Form::Plain(_)) => Err(PresentationError::NotSigned),
            _ => Ok(Self { client_id, form }),
        }
    }

    /// Who claims to ask. Nothing is proven yet.
    #[must_use]
    pub fn claimed_client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Where the request says it comes from, to count how often that place asks: the origin of `request_uri`, or who
    /// the client claims to be.
    pub(crate) fn claimed_origin(&self) -> String {
        let id = &self.client_id;
        match (&self.form, id.prefix()) {
            (Form::Reference { uri, .. }, _) => uri.origin().ascii_serialization(),
            (Form::Plain(_) | Form::Object(_), ClientIdPrefix::RedirectUri) => {
                Url::parse(id.original()).map_or_else(
                    |_| id.as_str().to_owned(),
                    |url| url.origin().ascii_serialization(),
                )
            }
            (Form::Plain(_) | Form::Object(_), _) => id.as_str().to_owned(),
        }
    }

    /// The host that [`Self::retrieve`] would contact, if any: to be confirmed before.
    #[must_use]
    pub fn contacts(&self) -> Option<&str> {
        match &self.form {
            Form::Reference { uri, .. } => uri.host_str(),
            // Its federation may have to be asked.
            Form::Object(_) if self.client_id.prefix() == ClientIdPrefix::OpenIdFederation => {
                let authority = self.client_id.original().split_once("://")?.1;
                let authority = authority.split(['/', '?', '#']).next()?;
                authority.rsplit('@').next()?.split(':').next()
            }
            Form::Object(_)
                if self.client_id.prefix() == ClientIdPrefix::DecentralizedIdentifier =>
            {
                did::host_of(self.client_id.original())
            }
            Form::Plain(_) | Form::Object(_) => None,
        }
    }

    /// Fetches the request object if the request is by reference. Nothing about the holder is sent; with POST (5.10)
    /// what every wallet of this version can do, and a fresh nonce. For a verifier of a federation that sends no chain
    /// of statements, its superiors are asked about it too; the document of a DID is asked for by the method's rules.
    ///
    /// # Errors
    /// [`PresentationError::ProfilePrefix`], [`PresentationError::ProfileByValue`]: nothing was fetched then.
    /// [`PresentationError::Fetch`]: an error status, a redirect, another content type, no answer.
    /// [`PresentationError::Jose`]: not an acceptable JWS.
    pub async fn retrieve(
        self,
        fetcher: &Fetcher<'_>,
        policy: &RequestPolicy<'_>,
        random: &dyn Random,
        now: UnixTime,
    ) -> Result<ReceivedRequest, PresentationError> {
        policy.check_client(&self.client_id)?;
        let mut signed = match self.form {
            Form::Plain(parameters) => {
                return Ok(ReceivedRequest {
                    client_id: self.client_id,
                    form: ReceivedForm::Plain(parameters),
                });
            }
            Form::Object(_) if policy.profile == Profile::Haip => {
                return Err(PresentationError::ProfileByValue);
            }
            Form::Object(text) => SignedRequest::parse(&text, &self.client_id)?,
            Form::Reference { uri, by_post } => {
                let metadata = by_post.then(|| wallet_metadata(policy.profile));
                fetch(&uri, &self.client_id, metadata, fetcher, random).await?
            }
        };
        let original = self.client_id.original();
        match self.client_id.prefix() {
            ClientIdPrefix::OpenIdFederation if trust_chain(&signed.jws)?.is_none() => {
                let anchors = &policy.trust.federation;
                let found = federation::collect(original, fetcher, anchors, now).await;
                signed.found.federation = Some(found.map_err(PresentationError::Federation)?);
            }
            ClientIdPrefix::DecentralizedIdentifier => {
                let did = key_url(&self.client_id, &signed.jws)?.to_did();
                let dids = &policy.trust.dids;
                let with = Resolving {
                    fetcher,
                    now,
                    holder: &dids.holder,
                };
                let found = did::resolve_to_trust(&did, dids, &with).await?;
                signed.found.did = Some(found);
            }
            _ => {}
        }
        Ok(ReceivedRequest {
            client_id: self.client_id,
            form: ReceivedForm::Signed(Box::new(signed)),
        })
    }
}

/// Fetches a request object, with POST if there is something to say about the wallet (5.10).
async fn fetch(
    uri: &Url,
    client_id: &ClientId,
    wallet_metadata: Option<Value>,
    fetcher: &Fetcher<'_>,
    random: &dyn Random,
) -> Result<SignedRequest, PresentationError> {
    let purpose = Purpose::RequestUri;
    let (fetched, wallet_nonce) = match wallet_metadata {
        None => {
            let fetched = fetcher.get(purpose, uri.as_str(), REQUEST_OBJECT).await?;
            (fetched, None)
        }
        Some(metadata) => {
            let nonce = make_bytes::<NONCE_BYTES>(random);
            let nonce = nonce.map_err(|_| PresentationError::NoRandomness)?;
            let nonce = base64url::encode(&nonce);
            let body = Serializer::new(String::new())
                .append_pair("wallet_metadata", &metadata.to_string())
                .append_pair("wallet_nonce", &nonce)
                .finish();
            let accept = [("accept", REQUEST_OBJECT)];
            let fetched = fetcher
                .post(purpose, uri.as_str(), &accept, FORM, body.into_bytes())
                .await?
                .require_status(200)?
                .require_content_type(REQUEST_OBJECT)?;
            (fetched, Some(nonce))
        }
    };
    let text = core::str::from_utf8(fetched.body()).map_err(|_| JsonError::InvalidUtf8)?;
    Ok(SignedRequest {
        wallet_nonce,
        ..SignedRequest::parse(text, client_id)?
    })
}

impl Form {
    fn of(parameters: Parameters) -> Result<Self, PresentationError> {
        let request = parameters.text("request")?;
        let request_uri = parameters.text("request_uri")?;
        let by_post = match (parameters.text("request_uri_method")?, request_uri) {
            (Some(_), None) => return Err(PresentationError::MethodWithoutRequestUri),
            (Some("get") | None, _) => false,
            (Some("post"), _) => true,
            (Some(_), _) => return Err(PresentationError::UnknownRequestUriMethod),
        };
        match (request, request_uri) {
            (Some(_), Some(_)) => Err(PresentationError::RequestAndRequestUri),
            (Some(object), None) => Ok(Self::Object(object.to_owned())),
            (None, Some(uri)) => {
                let uri = Url::parse(uri).map_err(|_| PresentationError::NotARequest)?;
                Ok(Self::Reference { uri, by_post })
            }
            (None, None) => parameters.with_json_decoded().map(Self::Plain),
        }
    }
}
