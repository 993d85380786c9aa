//! Keys of direct key agreement: a verifier's or issuer's public key, and our own private one.

use super::ECDH_ES;
use crate::jose::{JoseError, PublicKey};
use crate::random::Random;
use crate::secret::Secret;
use serde_json::{Map, Value};
use wallet_primitives::p256 as agreement;

/// Most keys of a set that are looked at.
const MAX_KEYS: usize = 64;

/// A public P-256 key of someone the wallet encrypts to.
#[derive(Clone, Debug)]
pub struct RecipientKey {
    point: p256::PublicKey,
    kid: Option<String>,
}

impl RecipientKey {
    /// Chooses the first usable key of a JWK Set (OpenID4VP 1.0 8.3): kty EC, crv P-256, `alg` ECDH-ES, not marked for
    /// anything but encryption. Others are skipped, also keys with private members and keys whose `kid` is not unique
    /// in the set.
    #[must_use]
    pub fn select(jwks: &Value) -> Option<Self> {
        let keys = jwks.get("keys")?.as_array()?;
        let keys = keys.get(..MAX_KEYS).unwrap_or(keys);
        let is_unique = |kid: &str| {
            let same = |key: &&Value| key.get("kid").and_then(Value::as_str) == Some(kid);
            keys.iter().filter(same).count() == 1
        };
        keys.iter()
            .filter_map(Self::from_jwk)
            .find(|key| key.kid().is_none_or(is_unique))
    }

    /// The key, if it is one the wallet can encrypt to.
    #[must_use]
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let members = jwk.as_object()?;
        let is_for_agreement = members.get("alg")? == ECDH_ES
            && members.get("use").is_none_or(|value| value == "enc")
            && members.get("key_ops").is_none_or(allows_agreement);
        let kid = match members.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str()?.to_owned()),
        };
        match PublicKey::from_required_members(members) {
            Ok(PublicKey::P256(key)) if is_for_agreement => Some(Self {
                point: key.into(),
                kid,
            }),
            _ => None,
        }
    }

    /// Its name, copied into the JWE header.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The RFC 7638 thumbprint.
    #[must_use]
    pub fn thumbprint(&self) -> [u8; 32] {
        PublicKey::P256(self.point.into()).thumbprint()
    }

    pub(super) fn point(&self) -> &p256::PublicKey {
        &self.point
    }
}

fn allows_agreement(key_ops: &Value) -> bool {
    key_ops
        .as_array()
        .is_some_and(|ops| ops.iter().any(|op| op == "deriveKey" || op == "deriveBits"))
}

/// A private P-256 key that others encrypt to. Wiped when dropped; never printed or copied.
pub struct DecryptionKey(p256::SecretKey);

impl DecryptionKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`JoseError::RandomUnavailable`].
    pub fn generate(random: &dyn Random) -> Result<Self, JoseError> {
        // A draw lies outside the group order once in 2^32; eight misses mean a broken generator.
        for _ in 0..8 {
            let secret = Secret::make(random).map_err(|_| JoseError::RandomUnavailable)?;
            if let Ok(key) = Self::from_secret(&secret) {
                return Ok(key);
            }
        }
        Err(JoseError::RandomUnavailable)
    }

    /// The key with this scalar (big-endian).
    ///
    /// # Errors
    /// [`JoseError::MalformedKey`] for zero and for scalars beyond the group order.
    pub fn from_secret(secret: &Secret<32>) -> Result<Self, JoseError> {
        p256::SecretKey::from_slice(secret.expose())
            .map(Self)
            .map_err(|_| JoseError::MalformedKey)
    }

    /// Its public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::P256(agreement::public_key(&self.0).into())
    }

    /// The public key as others need it to encrypt: `kid`, `use` and `alg` with the required members.
    #[must_use]
    pub fn to_public_jwk(&self, kid: &str) -> Map<String, Value> {
        let mut jwk = self.public_key().to_jwk();
        jwk.insert("use".into(), "enc".into());
        jwk.insert("alg".into(), ECDH_ES.into());
        jwk.insert("kid".into(), kid.into());
        jwk
    }

    /// The x coordinate of the shared point (RFC 7518 4.6.2's Z). P-256 has cofactor 1 and public keys are never the
    /// identity, so neither is the shared point.
    pub(super) fn agree(&self, peer: &p256::PublicKey) -> Secret<32> {
        let mut shared = [0; 32];
        agreement::agree(&self.0, peer, &mut shared);
        Secret::take(&mut shared)
    }
}
