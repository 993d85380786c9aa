//! JWE in compact form (RFC 7516 7.1) with direct key agreement ECDH-ES on P-256 (RFC 7518 4.6) and AES-GCM (5.3).
//!
//! The wallet encrypts answers to verifiers (OpenID4VP 1.0 8.3) and requests to issuers, and reads encrypted answers of
//! issuers (OpenID4VCI 1.0 10). Every message gets a fresh ephemeral key, so a content key is used once.

mod concat_kdf;
mod keys;

pub use keys::{DecryptionKey, RecipientKey};

use super::jws::refuse_extensions;
use super::{JoseError, PublicKey, base64url};
use crate::json::{self, Limits};
use crate::random::{self, Random};
use crate::secret::SecretBytes;
use concat_kdf::concat_kdf;
use serde_json::{Map, Value};
use wallet_primitives::Refused;
use wallet_primitives::aes_gcm::{self, NONCE_BYTES as IV_BYTES, TAG_BYTES};

/// The one key management algorithm (RFC 7518 4.6, direct key agreement).
pub const ECDH_ES: &str = "ECDH-ES";

const HEADER_LIMITS: Limits = Limits {
    max_bytes: 8 * 1024,
    max_depth: 4,
};

/// A content encryption algorithm (`enc`, RFC 7518 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentEncryption {
    /// AES-128 in GCM, the default of OpenID4VP 1.0 5.1.
    A128Gcm,
    /// AES-256 in GCM.
    A256Gcm,
}

impl ContentEncryption {
    /// The `enc` value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The algorithm with this `enc` value, if it is one of ours.
    #[must_use]
    pub fn from_identifier(text: &str) -> Option<Self> {
        [Self::A128Gcm, Self::A256Gcm]
            .into_iter()
            .find(|enc| enc.as_str() == text)
    }

    /// Chooses from `encrypted_response_enc_values_supported`: A128GCM where the verifier says nothing (OpenID4VP 1.0
    /// 5.1), A256GCM where both are offered (HAIP 1.0 5), `None` where there is nothing for us.
    #[must_use]
    pub fn choose(offered: Option<&Value>) -> Option<Self> {
        let Some(offered) = offered else {
            return Some(Self::A128Gcm);
        };
        let offered = offered.as_array()?;
        [Self::A256Gcm, Self::A128Gcm]
            .into_iter()
            .find(|enc| offered.iter().any(|name| name == enc.as_str()))
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }
}

/// Encrypts `plaintext` to `recipient` with a fresh ephemeral key and IV. `kid` is copied from the recipient's key
/// (OpenID4VP 1.0 8.3).
///
/// # Errors
/// [`JoseError::RandomUnavailable`]; [`JoseError::TooLarge`] beyond what AES-GCM can encrypt.
pub fn encrypt(
    plaintext: &[u8],
    recipient: &RecipientKey,
    enc: ContentEncryption,
    random: &dyn Random,
) -> Result<String, JoseError> {
    let mut text = Vec::new();
    let plaintext = SecretBytes::new(plaintext.to_vec());
    encrypt_onto(&mut text, plaintext, recipient, enc, random)?;
    String::from_utf8(text).map_err(|_| JoseError::MalformedJwe)
}

/// As [`encrypt`], appended to `text`: an answer may be megabytes, and is encrypted where it is.
///
/// # Errors
/// Those of [`encrypt`].
pub fn encrypt_onto(
    text: &mut Vec<u8>,
    mut plaintext: SecretBytes,
    recipient: &RecipientKey,
    enc: ContentEncryption,
    random: &dyn Random,
) -> Result<(), JoseError> {
    let ephemeral = DecryptionKey::generate(random)?;
    let iv: [u8; IV_BYTES] =
        random::make_bytes(random).map_err(|_| JoseError::RandomUnavailable)?;
    let mut header = Map::new();
    header.insert("alg".into(), ECDH_ES.into());
    header.insert("enc".into(), enc.as_str().into());
    if let Some(kid) = recipient.kid() {
        header.insert("kid".into(), kid.into());
    }
    header.insert("epk".into(), ephemeral.public_key().to_jwk().into());
    let header = base64url::encode(Value::Object(header).to_string().as_bytes());

    let shared = ephemeral.agree(recipient.point());
    let key = concat_kdf(shared.expose(), enc.as_str(), &[], &[], enc.key_bytes());
    // The length of the key says which of the two it is.
    let tag = aes_gcm::seal(&key, &iv, header.as_bytes(), &mut plaintext)
        .map_err(|Refused| JoseError::TooLarge)?;
    let ciphertext = plaintext;
    // Base64 takes four characters for three bytes.
    text.reserve(header.len() + ciphertext.len().div_ceil(3) * 4 + 48);
    text.extend_from_slice(header.as_bytes());
    text.extend_from_slice(b"..");
    base64url::encode_onto(text, &iv);
    text.push(b'.');
    base64url::encode_onto(text, &ciphertext);
    text.push(b'.');
    base64url::encode_onto(text, &tag);
    Ok(())
}

/// Decrypts a compact JWE of at most `max_bytes` that was encrypted to `key`. `zip` and `crit` are refused.
///
/// # Errors
/// [`JoseError`]; [`JoseError::DecryptionFailed`] for a wrong key and a changed message alike.
pub fn decrypt(
    text: &str,
    key: &DecryptionKey,
    max_bytes: usize,
) -> Result<SecretBytes, JoseError> {
    if text.len() > max_bytes {
        return Err(JoseError::TooLarge);
    }
    let mut parts = text.split('.');
    let (Some(encoded_header), Some(""), Some(iv), Some(ciphertext), Some(tag), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(JoseError::MalformedJwe);
    };
    let header = Header::parse(encoded_header)?;
    let iv: [u8; IV_BYTES] = fixed(iv)?;
    let tag: [u8; TAG_BYTES] = fixed(tag)?;
    let mut sealed = base64url::decode(ciphertext)?;
    sealed.extend_from_slice(&tag);

    let shared = key.agree(&header.ephemeral);
    let enc = header.enc;
    let content_key = concat_kdf(
        shared.expose(),
        enc.as_str(),
        &header.apu,
        &header.apv,
        enc.key_bytes(),
    );
    aes_gcm::open(&content_key, &iv, encoded_header.as_bytes(), &sealed)
        .map(SecretBytes::new)
        .map_err(|Refused| JoseError::DecryptionFailed)
}

/// What key agreement needs of a JWE header (RFC 7518 4.6.1).
struct Header {
    enc: ContentEncryption,
    ephemeral: p256::PublicKey,
    apu: Vec<u8>,
    apv: Vec<u8>,
}

impl Header {
    fn parse(encoded: &str) -> Result<Self, JoseError> {
        let header = json::parse_object(&base64url::decode(encoded)?, HEADER_LIMITS)?;
        refuse_extensions(&header)?;
        let text = |name| header.get(name).and_then(Value::as_str);
        if text("alg") != Some(ECDH_ES) {
            return Err(JoseError::AlgorithmNotAllowed);
        }
        let enc = text("enc")
            .and_then(ContentEncryption::from_identifier)
            .ok_or(JoseError::AlgorithmNotAllowed)?;
        let epk = header
            .get("epk")
            .and_then(Value::as_object)
            .ok_or(JoseError::HeaderParameter)?;
        let PublicKey::P256(ephemeral) = PublicKey::from_required_members(epk)? else {
            return Err(JoseError::UnsupportedKey);
        };
        let party = |name| match header.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(encoded)) => base64url::decode(encoded),
            Some(_) => Err(JoseError::HeaderParameter),
        };
        Ok(Self {
            enc,
            ephemeral: ephemeral.into(),
            apu: party("apu")?,
            apv: party("apv")?,
        })
    }
}

fn fixed<const N: usize>(encoded: &str) -> Result<[u8; N], JoseError> {
    base64url::decode(encoded)?
        .try_into()
        .map_err(|_| JoseError::MalformedJwe)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod vectors;
