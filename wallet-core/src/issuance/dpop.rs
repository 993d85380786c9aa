//! Proof of possession of a token's key (DPoP, RFC 9449).

use super::Ports;
use super::error::IssuanceError;
use super::oauth_error;
use crate::error::{ErrorCode, WalletError};
use crate::http::Fetched;
use crate::jose::{Algorithm, JwsDraft, base64url};
use crate::keys::{HolderKey, KeyId, KeyPurpose, SoftwareKey, sign_jws};
use crate::random::{Random, make_bytes};
use crate::secret::{Secret, SecretText};
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;
use wallet_primitives::hash::sha256;
use zeroize::Zeroizing;

const TYP: &str = "dpop+jwt";
/// The `error` by which a server asks for its nonce (8, 9).
const USE_NONCE: &str = "use_dpop_nonce";
const MAX_NONCE_BYTES: usize = 1024;
/// An issuance deals with one authorization server and one issuer.
const MAX_SERVERS: usize = 8;

/// The key of one issuance, and the newest nonce of each server it was used at.
pub(super) struct Dpop {
    key: SoftwareKey,
    /// By origin.
    nonces: Mutex<BTreeMap<String, String>>,
}

impl Dpop {
    /// A fresh key.
    pub(super) fn generate(random: &dyn Random) -> Result<Self, WalletError> {
        SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Dpop, random).map(Self::with)
    }

    /// The key that was kept with [`Self::to_kept`].
    pub(super) fn from_kept(kept: &SecretText) -> Result<Self, WalletError> {
        let malformed = || WalletError::new(ErrorCode::KeyUnavailable).about("malformed");
        let bytes = base64url::decode(kept.expose()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| malformed())?;
        let secret = Secret::try_with(|secret: &mut [u8; 32]| {
            (bytes.len() == secret.len())
                .then(|| secret.copy_from_slice(&bytes))
                .ok_or_else(malformed)
        })?;
        let id = KeyId::new("dpop");
        SoftwareKey::from_secret(id, Algorithm::Es256, KeyPurpose::Dpop, secret).map(Self::with)
    }

    /// The key, for sealed records only.
    pub(super) fn to_kept(&self) -> SecretText {
        SecretText::new(base64url::encode(self.key.expose_secret().expose()))
    }

    fn with(key: SoftwareKey) -> Self {
        Self {
            key,
            nonces: Mutex::default(),
        }
    }

    /// The JWK thumbprint (RFC 7638) that names the key in an authorization request (10).
    pub(super) fn thumbprint(&self) -> String {
        base64url::encode(&self.key.public_key().thumbprint())
    }

    /// The proof for one POST to `url`, with `token` where it is a resource's (4.2).
    pub(super) async fn proof(
        &self,
        ports: &Ports<'_>,
        url: &str,
        token: Option<&str>,
    ) -> Result<String, IssuanceError> {
        let mut header = Map::new();
        header.insert("typ".to_owned(), json!(TYP));
        header.insert("alg".to_owned(), json!(self.key.algorithm().as_str()));
        header.insert("jwk".to_owned(), self.key.public_key().to_jwk().into());
        let mut payload = Map::new();
        let jti: [u8; 16] = make_bytes(ports.random)?;
        payload.insert("jti".to_owned(), json!(base64url::encode(&jti)));
        payload.insert("htm".to_owned(), json!("POST"));
        payload.insert("htu".to_owned(), json!(without_query(url)));
        payload.insert("iat".to_owned(), json!(ports.clock.now()?.as_secs()));
        if let Some(token) = token {
            let hash = sha256(&[token.as_bytes()]);
            payload.insert("ath".to_owned(), json!(base64url::encode(&hash)));
        }
        if let Some(nonce) = self.nonces().get(&origin(url)) {
            payload.insert("nonce".to_owned(), json!(nonce));
        }
        let draft = JwsDraft::new(&header, &payload);
        Ok(sign_jws(draft, &self.key, KeyPurpose::Dpop).await?)
    }

    /// Keeps the nonce an answer brings for the next proof at `url`'s server (8.2). Whether there was one.
    pub(super) fn learn(&self, url: &str, answer: &Fetched) -> bool {
        let Some(nonce) = answer.header("dpop-nonce").filter(|nonce| is_nonce(nonce)) else {
            return false;
        };
        let mut nonces = self.nonces();
        let origin = origin(url);
        if nonces.len() >= MAX_SERVERS && !nonces.contains_key(&origin) {
            nonces.clear();
        }
        nonces.insert(origin, nonce.to_owned());
        true
    }

    fn nonces(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an authorization server asks for its nonce (8).
pub(super) fn server_wants_nonce(answer: &Fetched) -> bool {
    answer.status() == 400 && oauth_error::of_answer(answer) == Some(USE_NONCE)
}

/// Whether a resource asks for its nonce (9): a challenge of the scheme DPoP, in any case.
pub(super) fn resource_wants_nonce(answer: &Fetched) -> bool {
    answer.status() == 401
        && answer
            .headers("www-authenticate")
            .any(|challenges| asks(challenges, USE_NONCE))
}

/// Whether one of the challenges of a `WWW-Authenticate` header (RFC 9110 11.6.1) is of the scheme DPoP with this error.
fn asks(challenges: &str, error: &str) -> bool {
    let mut in_dpop = false;
    for item in split_unquoted(challenges) {
        let item = item.trim();
        let parameter = match item.split_once([' ', '\t']) {
            // A scheme before its first parameter: parameters have no blank before the `=` in practice.
            Some((scheme, rest))
                if !scheme.contains('=') && !rest.trim_start().starts_with('=') =>
            {
                in_dpop = scheme.eq_ignore_ascii_case("dpop");
                rest
            }
            _ if !item.contains('=') => {
                in_dpop = item.eq_ignore_ascii_case("dpop");
                continue;
            }
            _ => item,
        };
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let is_error = name.trim().eq_ignore_ascii_case("error");
        if in_dpop && is_error && value.trim().trim_matches('"') == error {
            return true;
        }
    }
    false
}

/// The parts between commas that are not inside a quoted string.
fn split_unquoted(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        let was_escaped = core::mem::take(&mut escaped);
        match character {
            '\\' if quoted && !was_escaped => escaped = true,
            '"' if !was_escaped => quoted = !quoted,
            ',' => return !quoted,
            _ => {}
        }
        false
    })
}

/// NQCHAR of RFC 6749 A (8.1).
fn is_nonce(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (1..=MAX_NONCE_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn without_query(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| String::new(),
        |mut url| {
            url.set_query(None);
            url.set_fragment(None);
            url.into()
        },
    )
}

fn origin(url: &str) -> String {
    Url::parse(url).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}
