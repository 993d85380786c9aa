//! Encrypted credential requests and answers (OpenID4VCI 1.0 10): what the issuer offers, and doing it.

use super::error::IssuanceError;
use crate::http::{Fetched, Purpose, max_bytes};
use crate::jose::jwe::{self, ContentEncryption, DecryptionKey, ECDH_ES, RecipientKey};
use crate::json::{self, Limits};
use crate::random::Random;
use serde_json::{Map, Value, json};

/// The media type of an encrypted message.
const JWT: &str = "application/jwt";
const JSON: &str = "application/json";
/// Our key is made for one request: its name tells nobody anything.
const KID: &str = "1";
const RULE: &str = "OpenID4VCI 1.0 12.2.4";

/// How credential requests and answers are encrypted. An answer is encrypted only where the request is (8.2).
#[derive(Clone, Debug)]
pub(super) enum Encryption {
    /// Neither.
    None,
    /// The request; and the answer, with this algorithm, where the issuer can.
    Request {
        key: RecipientKey,
        enc: ContentEncryption,
        answer: Option<ContentEncryption>,
    },
}

impl Encryption {
    /// Reads `credential_request_encryption` and `credential_response_encryption` (12.2.4). What the issuer can and the
    /// wallet can is used, A256GCM where there is a choice (HAIP 1.0 5).
    ///
    /// # Errors
    /// `issuer_metadata_invalid`; `not_supported` where the issuer insists on what the wallet cannot do.
    pub(super) fn read(metadata: &Map<String, Value>) -> Result<Self, IssuanceError> {
        let request = Offered::read(metadata, "credential_request_encryption")?;
        let answer = Offered::read(metadata, "credential_response_encryption")?;
        let recipient = request.as_ref().and_then(|offered| {
            let jwks = offered.members.get("jwks")?;
            // Each key must have a name, which the message repeats (10).
            let key = RecipientKey::select(jwks).filter(|key| key.kid().is_some())?;
            Some((key, offered.enc?))
        });
        let answer_enc = answer.as_ref().and_then(|offered| {
            let algorithms = offered.members.get("alg_values_supported")?.as_array()?;
            let is_ours = algorithms.iter().any(|name| name == ECDH_ES);
            offered.enc.filter(|_| is_ours)
        });
        let is_required =
            |offered: &Option<Offered<'_>>| offered.as_ref().is_some_and(|one| one.required);
        let unsupported = |rule| {
            Err(IssuanceError::NotSupported {
                feature: "encryption",
                rule,
            })
        };
        if is_required(&request) && recipient.is_none() {
            return unsupported("OpenID4VCI 1.0 10");
        }
        if is_required(&answer) && (recipient.is_none() || answer_enc.is_none()) {
            return unsupported("OpenID4VCI 1.0 8.2");
        }
        Ok(match recipient {
            None => Self::None,
            Some((key, enc)) => Self::Request {
                key,
                enc,
                answer: answer_enc,
            },
        })
    }

    /// Makes a request of these members. A fresh key for the answer belongs to this one request.
    ///
    /// # Errors
    /// `random_unavailable`.
    pub(super) fn seal(
        &self,
        mut members: Map<String, Value>,
        random: &dyn Random,
    ) -> Result<SealedRequest, IssuanceError> {
        let Self::Request { key, enc, answer } = self else {
            return Ok(SealedRequest {
                content_type: JSON,
                body: Value::Object(members).to_string().into_bytes(),
                opening: Opening::Plain,
            });
        };
        let opening = match answer {
            None => Opening::Plain,
            Some(enc) => {
                let own = DecryptionKey::generate(random)?;
                let jwk = own.to_public_jwk(KID);
                members.insert(
                    "credential_response_encryption".to_owned(),
                    json!({ "jwk": jwk, "enc": enc.as_str() }),
                );
                Opening::Encrypted(own)
            }
        };
        let text = Value::Object(members).to_string();
        Ok(SealedRequest {
            content_type: JWT,
            body: jwe::encrypt(text.as_bytes(), key, *enc, random)?.into_bytes(),
            opening,
        })
    }
}

/// One of the two metadata objects.
struct Offered<'a> {
    members: &'a Map<String, Value>,
    enc: Option<ContentEncryption>,
    required: bool,
}

impl<'a> Offered<'a> {
    fn read(
        metadata: &'a Map<String, Value>,
        name: &'static str,
    ) -> Result<Option<Self>, IssuanceError> {
        let invalid = || IssuanceError::Metadata {
            reason: name,
            rule: RULE,
        };
        let Some(value) = metadata.get(name) else {
            return Ok(None);
        };
        let members = value.as_object().ok_or_else(invalid)?;
        let required = members.get("encryption_required").and_then(Value::as_bool);
        Ok(Some(Self {
            members,
            // Absent is not the default of OpenID4VP: the member is required here.
            enc: members
                .get("enc_values_supported")
                .and_then(|offered| ContentEncryption::choose(Some(offered))),
            required: required.ok_or_else(invalid)?,
        }))
    }
}

/// A request ready to be sent, and how its answer is to be read.
pub(super) struct SealedRequest {
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) opening: Opening,
}

/// How the answer to one request is read.
pub(super) enum Opening {
    /// As plain JSON.
    Plain,
    /// With the key that was made for it. A plain answer is refused (10).
    Encrypted(DecryptionKey),
}

impl Opening {
    /// What the answer may be: a refusal is never encrypted (8.3.1).
    pub(super) const fn accept(&self) -> &'static str {
        match self {
            Self::Plain => JSON,
            Self::Encrypted(_) => "application/jwt, application/json",
        }
    }

    /// The JSON object of an answer that is no refusal.
    ///
    /// # Errors
    /// `answer_not_encrypted`, what decryption and strict JSON refuse, and the fetcher's.
    pub(super) fn open(&self, answer: &Fetched) -> Result<Map<String, Value>, IssuanceError> {
        let Self::Encrypted(key) = self else {
            return Ok(answer.json_object()?);
        };
        if answer.content_type() != Some(JWT) {
            return Err(IssuanceError::NotEncrypted);
        }
        let limit = max_bytes(Purpose::Credential);
        let text = core::str::from_utf8(answer.body()).unwrap_or_default();
        let plain = jwe::decrypt(text, key, limit)?;
        Ok(json::parse_object(&plain, Limits::bytes(limit))?)
    }
}
