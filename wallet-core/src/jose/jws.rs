//! JWS in compact form (RFC 7515 7.1): reading what others signed, and drafts for what the holder signs.

use super::{Algorithm, JoseError, PublicKey, base64url};
use crate::json::{self, Limits};
use serde_json::{Map, Value};
use wallet_primitives::base64;

/// Most certificates in `x5c`.
pub const MAX_CERTIFICATES: usize = 6;
/// Most bytes of one certificate in DER.
pub const MAX_CERTIFICATE_BYTES: usize = 8 * 1024;
/// A header holds little more than the largest `x5c`.
const MAX_HEADER_BYTES: usize = 72 * 1024;
const MAX_HEADER_DEPTH: usize = 8;

/// A parsed compact JWS of an allowed algorithm. Nothing in it is trusted before [`Self::verify`].
///
/// `jku`, `x5u` and an embedded `jwk` are never followed or trusted.
#[derive(Clone)]
pub struct CompactJws {
    text: String,
    signing_input_len: usize,
    header: Map<String, Value>,
    algorithm: Algorithm,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl core::fmt::Debug for CompactJws {
    /// Without the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CompactJws({})", self.algorithm.as_str())
    }
}

impl CompactJws {
    /// Parses `text` of at most `max_bytes`, of one of the algorithms of [`Algorithm::EVERYWHERE`]. Any `crit` is refused, as
    /// this wallet understands no extension, and so are `b64` (RFC 7797) and `zip`.
    ///
    /// # Errors
    /// [`JoseError`], except signature and key errors.
    pub fn parse(text: &str, max_bytes: usize) -> Result<Self, JoseError> {
        Self::parse_of(text, max_bytes, &Algorithm::EVERYWHERE)
    }

    /// As [`Self::parse`], of one of these algorithms: for formats whose standard allows others.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_of(
        text: &str,
        max_bytes: usize,
        allowed: &[Algorithm],
    ) -> Result<Self, JoseError> {
        if text.len() > max_bytes {
            return Err(JoseError::TooLarge);
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JoseError::MalformedJws)?;
        let (header, payload) = signing_input
            .split_once('.')
            .filter(|(_, payload)| !payload.contains('.'))
            .ok_or(JoseError::MalformedJws)?;
        let header = parse_header(header)?;
        let algorithm = header
            .get("alg")
            .and_then(Value::as_str)
            .and_then(|name| allowed.iter().find(|algorithm| algorithm.as_str() == name))
            .copied()
            .ok_or(JoseError::AlgorithmNotAllowed)?;
        Ok(Self {
            signing_input_len: signing_input.len(),
            header,
            algorithm,
            payload: base64url::decode(payload)?,
            signature: base64url::decode(signature)?,
            text: text.to_owned(),
        })
    }

    /// The protected header.
    #[must_use]
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// The algorithm the header names, one of ours.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `typ` (RFC 7515 4.1.9), as written.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.header.get("typ").and_then(Value::as_str)
    }

    /// `kid` (RFC 7515 4.1.4).
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// The certificates of `x5c` in DER, leaf first (RFC 7515 4.1.6); `None` where the header has none.
    ///
    /// # Errors
    /// [`JoseError::MalformedX5c`], also for an empty list, more than [`MAX_CERTIFICATES`] or one over
    /// [`MAX_CERTIFICATE_BYTES`].
    pub fn x5c(&self) -> Result<Option<Vec<Vec<u8>>>, JoseError> {
        let Some(x5c) = self.header.get("x5c") else {
            return Ok(None);
        };
        let list = x5c.as_array().ok_or(JoseError::MalformedX5c)?;
        if list.is_empty() || list.len() > MAX_CERTIFICATES {
            return Err(JoseError::MalformedX5c);
        }
        list.iter()
            .map(|certificate| {
                certificate
                    .as_str()
                    .and_then(|text| base64::decode(text).ok())
                    .filter(|der| !der.is_empty() && der.len() <= MAX_CERTIFICATE_BYTES)
                    .ok_or(JoseError::MalformedX5c)
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// The payload as it was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as a JSON object (RFC 7519 7.2).
    ///
    /// # Errors
    /// [`JoseError::Json`].
    pub fn payload_object(&self) -> Result<Map<String, Value>, JoseError> {
        // Bounded already by the limit of the whole text.
        Ok(json::parse_object(
            &self.payload,
            Limits::bytes(self.payload.len()),
        )?)
    }

    /// The bytes that were signed, as text: header, dot, payload as received.
    #[must_use]
    pub fn signing_input(&self) -> &str {
        self.text.get(..self.signing_input_len).unwrap_or_default()
    }

    /// The whole text as received.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature's bytes.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Verifies the signature. The algorithm is that of the key; the header must agree (RFC 8725 3.1).
    ///
    /// # Errors
    /// [`JoseError::AlgorithmMismatch`], [`JoseError::SignatureInvalid`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), JoseError> {
        if key.algorithm() != self.algorithm {
            return Err(JoseError::AlgorithmMismatch);
        }
        key.verify(self.signing_input().as_bytes(), &self.signature)
    }
}

fn parse_header(encoded: &str) -> Result<Map<String, Value>, JoseError> {
    // Checked before decoding, so that a huge header costs nothing.
    if encoded.len() / 4 * 3 > MAX_HEADER_BYTES {
        return Err(JoseError::TooLarge);
    }
    let limits = Limits {
        max_bytes: MAX_HEADER_BYTES,
        max_depth: MAX_HEADER_DEPTH,
    };
    let header = json::parse_object(&base64url::decode(encoded)?, limits)?;
    refuse_extensions(&header)?;
    Ok(header)
}

/// What neither a JWS nor a JWE header may have here, and the types of what both may have.
pub(super) fn refuse_extensions(header: &Map<String, Value>) -> Result<(), JoseError> {
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(JoseError::CriticalHeader);
    }
    if header.contains_key("zip") {
        return Err(JoseError::Compressed);
    }
    let strings = ["alg", "typ", "kid", "cty"];
    if strings
        .iter()
        .any(|name| header.get(*name).is_some_and(|value| !value.is_string()))
    {
        return Err(JoseError::HeaderParameter);
    }
    Ok(())
}

/// A JWS that is still to be signed.
#[derive(Clone)]
pub struct JwsDraft {
    signing_input: String,
}

impl core::fmt::Debug for JwsDraft {
    /// Without the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("JwsDraft")
    }
}

impl JwsDraft {
    /// Encodes header and payload, once and for all.
    #[must_use]
    pub fn new(header: &Map<String, Value>, payload: &Map<String, Value>) -> Self {
        let part = |members: &Map<String, Value>| {
            base64url::encode(Value::Object(members.clone()).to_string().as_bytes())
        };
        Self {
            signing_input: format!("{}.{}", part(header), part(payload)),
        }
    }

    /// The bytes to sign (RFC 7515 5.1).
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// The compact JWS with this signature of fixed width.
    #[must_use]
    pub fn finish(self, signature: &[u8]) -> String {
        format!("{}.{}", self.signing_input, base64url::encode(signature))
    }
}

#[cfg(test)]
mod tests;
