//! The answer to a verifier (OpenID4VP 1.0 8, A.4): made from an approved plan, or a refusal.

use super::approval::ApprovedPlan;
use super::dc_api::DcApiProtocol;
use super::dcql::CopyRef;
use super::error::PresentationError;
use super::presentation_header::Binding;
use super::showing::Showing;
use super::verifier::{Destination, VerifiedRequest};
use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use crate::formats::data_integrity::ecdsa_rdfc_2019::{
    Occasion, seal_presentation, verify_presentation,
};
use crate::formats::data_integrity::{
    DataIntegrityCredential, DataIntegrityError, Derivation, HolderSecrets,
};
use crate::formats::jwt_vc::{self, JwtVcCredential, JwtVcError};
use crate::formats::sd_jwt_vc::{KeyBinding, SdJwtError, SdJwtVc};
use crate::formats::{Credential, FormatError};
use crate::jose::jwe;
use crate::json::{self, Limits};
use crate::keys::HolderKey;
use crate::order;
use crate::random::Random;
use crate::secret;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use url::form_urlencoded::Serializer;

/// What is to be sent, as finished bytes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Response {
    /// Post `body` to `uri` as `application/x-www-form-urlencoded` (8.2).
    Post {
        /// The verifier's response URI.
        uri: String,
        /// The form.
        body: Vec<u8>,
    },
    /// Hand the bytes to the caller, who brought the request (A.4).
    ReturnToCaller {
        /// A JSON object with `protocol` and `data`, as the Digital Credentials API has them.
        bytes: Vec<u8>,
    },
}

impl core::fmt::Debug for Response {
    /// The bytes are the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Post { .. } => "Response::Post",
            Self::ReturnToCaller { .. } => "Response::ReturnToCaller",
        })
    }
}

/// A finished answer. Sending it again sends the very same bytes to the very same place; after the request has ended it
/// is not sent any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    response: Response,
    valid_until: UnixTime,
}

/// What is needed to show one copy.
pub struct CopyMaterial {
    /// The copy.
    pub credential: Credential,
    /// The key it is bound to; not needed where the verifier asks for no holder binding.
    pub key: Option<Arc<dyn HolderKey>>,
    /// The secrets it is bound to, if it is bound to such.
    pub holder: Option<HolderSecrets>,
    /// The proof that it was anchored, where the plan gives it.
    pub anchor_proof: Option<Value>,
}

impl Answer {
    /// The same answer again, from the bytes that were kept.
    pub(crate) const fn again(uri: String, body: Vec<u8>, valid_until: UnixTime) -> Self {
        Self {
            response: Response::Post { uri, body },
            valid_until,
        }
    }

    /// The bytes.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// Until when it may be sent.
    #[must_use]
    pub fn valid_until(&self) -> UnixTime {
        self.valid_until
    }

    /// The holder declined, or nothing fits: the two cannot be told apart (8.5, 15.9). Never encrypted: it says nothing
    /// about the holder, and so its bytes are the same every time.
    pub(super) fn access_denied(request: &VerifiedRequest) -> Self {
        let (destination, state) = (request.destination(), request.state());
        Self {
            response: error(destination, state, "access_denied"),
            valid_until: request.expires_at(),
        }
    }

    /// Says which kind of rule a request broke (8.5).
    pub(super) fn refusal(
        destination: &Destination,
        state: Option<&str>,
        reason: &PresentationError,
        valid_until: UnixTime,
    ) -> Self {
        Self {
            response: error(destination, state, reason.oauth_code()),
            valid_until,
        }
    }
}

impl ApprovedPlan {
    /// Makes the answer: signs each presentation, reads it back as the verifier would, and compares it with the plan.
    /// The plan is used up whatever happens.
    ///
    /// # Errors
    /// [`PresentationError::ConsentExpired`]; [`PresentationError::WrongCopy`] where `materials` lack a copy of the
    /// plan or hold other bytes; [`PresentationError::PresentationDiffers`], a fault of this library;
    /// [`PresentationError::Format`] where the key does not sign.
    pub async fn respond(
        self,
        materials: &HashMap<CopyRef, CopyMaterial>,
        now: UnixTime,
        random: &dyn Random,
    ) -> Result<Answer, PresentationError> {
        if now > self.request.expires_at() {
            return Err(PresentationError::ConsentExpired);
        }
        let (mut vp_token, mut anchor_proofs) = (Map::new(), Map::new());
        for showing in &self.showings {
            let material = materials
                .get(&showing.copy)
                .ok_or(PresentationError::WrongCopy)?;
            let presentation = present(&self.request, showing, material, now, random).await?;
            push(&mut vp_token, &showing.query, presentation);
            push(
                &mut anchor_proofs,
                &showing.query,
                anchor_proof(showing, material)?,
            );
        }
        let mut members = vec![("vp_token", Value::Object(vp_token))];
        if self.showings.iter().any(|showing| showing.anchor_proof) {
            members.push(("anchor_proofs", Value::Object(anchor_proofs)));
        }
        Ok(Answer {
            response: encode(&self.request, members, random)?,
            valid_until: self.request.expires_at(),
        })
    }
}

fn push(of_queries: &mut Map<String, Value>, query: &str, value: Value) {
    let entry = of_queries.entry(query).or_insert(Value::Array(vec![]));
    if let Some(values) = entry.as_array_mut() {
        values.push(value);
    }
}

/// What stands at the place of a presentation in `anchor_proofs` (docs/ledger.md): its proof, or null.
fn anchor_proof(showing: &Showing, material: &CopyMaterial) -> Result<Value, PresentationError> {
    if !showing.anchor_proof {
        return Ok(Value::Null);
    }
    let proof = material.anchor_proof.clone();
    proof.ok_or(PresentationError::WrongCopy)
}

/// One presentation: exactly the disclosures of the plan, for this verifier and request alone (14.1.2).
async fn present(
    request: &VerifiedRequest,
    showing: &Showing,
    material: &CopyMaterial,
    now: UnixTime,
    random: &dyn Random,
) -> Result<Value, PresentationError> {
    if *material.credential.digest() != showing.copy_digest {
        return Err(PresentationError::WrongCopy);
    }
    let selected = showing
        .claims
        .iter()
        .flat_map(|claim| claim.selected.iter().cloned());
    let selected: Vec<_> = selected.collect();
    let (presentation, shown) = match &material.credential {
        Credential::SdJwtVc(credential) => {
            let key = material.key.as_deref();
            present_sd_jwt_vc(request, showing, credential, &selected, key, now).await?
        }
        Credential::DataIntegrity(credential) => {
            let holder = material.holder.as_ref();
            present_data_integrity(request, showing, (credential, holder), now, random)?
        }
        Credential::JwtVc(credential) => {
            let key = material.key.as_deref();
            let text = present_jwt_vc(request, showing, credential, key, now).await?;
            // Nothing of it is disclosed by choice.
            (text.into(), Vec::new())
        }
    };
    if order::set(&shown) != order::set(&showing.disclosed) {
        return Err(PresentationError::PresentationDiffers);
    }
    Ok(presentation)
}

/// With a KB-JWT where the verifier asks for holder binding (B.3.6). Gives what it discloses, as it was read back.
async fn present_sd_jwt_vc(
    request: &VerifiedRequest,
    showing: &Showing,
    credential: &SdJwtVc,
    selected: &[ClaimPath],
    key: Option<&dyn HolderKey>,
    now: UnixTime,
) -> Result<(Value, Vec<ClaimPath>), PresentationError> {
    let format = |error: SdJwtError| PresentationError::Format(FormatError::from(error));
    let presentation = credential.present(selected).map_err(format)?;
    let binding = showing.key_binding.then(|| KeyBinding {
        audience: request.audience(),
        nonce: request.nonce().to_owned(),
        issued_at: now,
        transaction_data_hashes: request.transactions.hashes(&showing.transactions),
    });
    let text = match &binding {
        None => presentation.text().to_owned(),
        Some(binding) => {
            let key = key.ok_or(PresentationError::WrongCopy)?;
            let bound = presentation.bind(binding.clone(), key).await;
            bound.map_err(format)?
        }
    };
    let shown = credential
        .read_presentation(&text, binding.as_ref())
        .map_err(|_| PresentationError::PresentationDiffers)?;
    Ok((text.into(), shown.disclosed))
}

/// The credential itself, or in a JWT by the holder's key where the verifier asks for holder binding (B.1.3.1).
async fn present_jwt_vc(
    request: &VerifiedRequest,
    showing: &Showing,
    credential: &JwtVcCredential,
    key: Option<&dyn HolderKey>,
    now: UnixTime,
) -> Result<String, PresentationError> {
    if !showing.key_binding {
        return Ok(credential.text().to_owned());
    }
    let format = |error: JwtVcError| PresentationError::Format(FormatError::from(error));
    let occasion = jwt_vc::Occasion {
        audience: request.audience(),
        nonce: request.nonce().to_owned(),
        issued_at: now,
    };
    let key = key.ok_or(PresentationError::WrongCopy)?;
    let text = credential.present(&occasion, key).await.map_err(format)?;
    match credential.read_presentation(&text, &occasion) {
        Ok(()) => Ok(text),
        Err(_) => Err(PresentationError::PresentationDiffers),
    }
}

/// A derived proof for this verifier and request, as far as the suite and the verifier know how (B.1.3).
fn present_data_integrity(
    request: &VerifiedRequest,
    showing: &Showing,
    (credential, holder): (&DataIntegrityCredential, Option<&HolderSecrets>),
    now: UnixTime,
    random: &dyn Random,
) -> Result<(Value, Vec<ClaimPath>), PresentationError> {
    let format = |error: DataIntegrityError| PresentationError::Format(FormatError::from(error));
    let header = Binding::to(request, &showing.transactions).header();
    let presentation = credential.present(&showing.disclosed).map_err(format)?;
    let scope = showing.pseudonym.as_ref().map(|asked| &*asked.scope);
    let derivation = Derivation {
        presentation_header: &header,
        holder,
        scope,
    };
    let text = presentation.derive_for(&derivation).map_err(format)?;
    let shown = credential
        .read_presentation(&text, &header)
        .map_err(|_| PresentationError::PresentationDiffers)?;
    // Where none was asked for, a pseudonym says nothing.
    let shown_in = shown.pseudonym.as_ref().map(|shown| &*shown.scope);
    if scope.is_some() && shown_in != scope {
        return Err(PresentationError::PresentationDiffers);
    }
    let object = json::parse_object(text.as_bytes(), Limits::bytes(text.len()))?;
    let is_binding_wanted = request
        .query()
        .credential(&showing.query)
        .is_some_and(|query| query.require_cryptographic_holder_binding);
    let presentation = match is_binding_wanted {
        true => seal(request, object, now, random)?,
        false => object,
    };
    Ok((Value::Object(presentation), shown.disclosed))
}

/// A verifiable presentation around a credential, which a fresh key signs for this verifier and its nonce (B.1.3.2).
fn seal(
    request: &VerifiedRequest,
    credential: Map<String, Value>,
    now: UnixTime,
    random: &dyn Random,
) -> Result<Map<String, Value>, PresentationError> {
    let domain = request.audience();
    let occasion = Occasion {
        challenge: request.nonce(),
        domain: &domain,
    };
    let credential = Value::Object(credential);
    let sealed = seal_presentation(credential.clone(), &occasion, now, random);
    let sealed = sealed.map_err(|error| PresentationError::Format(error.into()))?;
    let presentation = json::parse_object(sealed.as_bytes(), Limits::bytes(sealed.len()))?;
    let inside = presentation.get("verifiableCredential");
    let is_the_one = inside.is_some_and(|inside| *inside == Value::Array(vec![credential]));
    match verify_presentation(&presentation, &occasion) {
        Ok(()) if is_the_one => Ok(presentation),
        _ => Err(PresentationError::PresentationDiffers),
    }
}

/// An error is never encrypted; through the Digital Credentials API it has no other member (A.4).
fn error(destination: &Destination, state: Option<&str>, code: &str) -> Response {
    match destination {
        Destination::ResponseUri(uri) => form(uri, &[("error", Some(code)), ("state", state)]),
        Destination::Caller { protocol, .. } => data(*protocol, vec![("error", code.into())]),
    }
}

/// The answer of `direct_post` (8.2) or `dc_api` (A.4); where it is encrypted, inside `response` (8.3).
fn encode(
    request: &VerifiedRequest,
    members: Vec<(&str, Value)>,
    random: &dyn Random,
) -> Result<Response, PresentationError> {
    let Some(encryption) = &request.encryption else {
        return Ok(match request.destination() {
            Destination::ResponseUri(uri) => {
                let texts = members
                    .iter()
                    .map(|(name, value)| (*name, value.to_string()));
                let texts: Vec<_> = texts.collect();
                let texts = texts.iter().map(|(name, text)| (*name, Some(&**text)));
                let members: Vec<_> = texts.chain([("state", request.state())]).collect();
                form(uri, &members)
            }
            Destination::Caller { protocol, .. } => data(*protocol, members),
        });
    };
    let members = members.into_iter();
    let mut payload: Map<_, _> = members
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if let Some(state) = request.state() {
        payload.insert("state".into(), state.into());
    }
    let payload = secret::json_object(&payload).ok_or(PresentationError::PresentationDiffers)?;
    let (key, content) = (&encryption.key, encryption.content);
    Ok(match request.destination() {
        // A compact JWE has no character that a form writes otherwise, and may be megabytes.
        Destination::ResponseUri(uri) => {
            let mut body = b"response=".to_vec();
            jwe::encrypt_onto(&mut body, payload, key, content, random)?;
            Response::Post {
                uri: uri.clone(),
                body,
            }
        }
        Destination::Caller { protocol, .. } => {
            let jwe = jwe::encrypt(&payload, key, content, random)?;
            data(*protocol, vec![("response", jwe.into())])
        }
    })
}

/// What the Digital Credentials API gives the verifier: the protocol, and the response parameters in `data`.
fn data(protocol: DcApiProtocol, members: Vec<(&str, Value)>) -> Response {
    let members = members.into_iter();
    let data: Map<_, _> = members
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let mut answer = Map::new();
    answer.insert("protocol".into(), protocol.as_str().into());
    answer.insert("data".into(), data.into());
    Response::ReturnToCaller {
        bytes: Value::Object(answer).to_string().into_bytes(),
    }
}

fn form(uri: &str, members: &[(&str, Option<&str>)]) -> Response {
    let mut form = Serializer::new(String::new());
    for (name, value) in members {
        if let Some(value) = value {
            form.append_pair(name, value);
        }
    }
    Response::Post {
        uri: uri.to_owned(),
        body: form.finish().into_bytes(),
    }
}
