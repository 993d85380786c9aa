//! A proof that the holder controls an identity, to one audience.

use super::IdentityError;
use crate::clock::UnixTime;
use crate::jose::{Algorithm, JwsDraft};
use serde_json::{Map, Value};

/// Seconds a proof is good for.
const LIFETIME_SECONDS: i64 = 300;
const MAX_AUDIENCE_BYTES: usize = 2048;
const MAX_NONCE_BYTES: usize = 512;

/// A JWT (RFC 7519) that says who, to whom and when, and nothing else. Its `typ` is one no other protocol takes (RFC 8725 3.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlProof {
    did: String,
    kid: String,
    algorithm: Algorithm,
    audience: String,
    nonce: String,
    issued_at: i64,
}

impl ControlProof {
    /// `typ` of such a proof.
    pub const TYPE: &'static str = "did-control+jwt";

    pub(super) fn new(
        did: &str,
        kid: &str,
        algorithm: Algorithm,
        audience: String,
        nonce: String,
        now: UnixTime,
    ) -> Result<Self, IdentityError> {
        let fits = (1..=MAX_AUDIENCE_BYTES).contains(&audience.len())
            && (1..=MAX_NONCE_BYTES).contains(&nonce.len());
        match fits {
            true => Ok(Self {
                did: did.to_owned(),
                kid: kid.to_owned(),
                algorithm,
                audience,
                nonce,
                issued_at: now.as_secs(),
            }),
            false => Err(IdentityError::TooLarge),
        }
    }

    /// Whom it proves control of.
    #[must_use]
    pub fn did(&self) -> &str {
        &self.did
    }

    /// Who is told.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// What the audience gave.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn draft(&self) -> JwsDraft {
        let text = |members: &[(&str, &str)]| -> Map<String, Value> {
            let members = members.iter();
            members
                .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
                .collect()
        };
        let header = text(&[
            ("alg", self.algorithm.as_str()),
            ("typ", Self::TYPE),
            ("kid", &self.kid),
        ]);
        let mut claims = text(&[
            ("iss", &self.did),
            ("sub", &self.did),
            ("aud", &self.audience),
            ("nonce", &self.nonce),
        ]);
        let expires_at = self.issued_at.saturating_add(LIFETIME_SECONDS);
        claims.insert("iat".to_owned(), self.issued_at.into());
        claims.insert("exp".to_owned(), expires_at.into());
        JwsDraft::new(&header, &claims)
    }
}
