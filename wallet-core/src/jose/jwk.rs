//! Public keys (RFC 7517, RFC 7518 6, RFC 8037 2) and the algorithms of our policy.

use super::{JoseError, base64url};
use serde_json::{Map, Value};
use wallet_primitives::{Refused, hash};
use x509_cert::der::{Decode as _, Encode as _, asn1::BitString, asn1::ObjectIdentifier};
use x509_cert::spki::{
    AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};

/// Members that only private or symmetric keys have (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A signature algorithm this wallet allows. What a token names is compared with this, never the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 3.4).
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 3.4).
    Es384,
    /// Ed25519 (RFC 8037 3.1).
    EdDsa,
    /// ECDSA on secp256k1 with SHA-256 (RFC 8812 3.2): the keys of ledgers, and nowhere else. Not among
    /// [`Self::EVERYWHERE`]: who takes it says so by name.
    Es256K,
}

impl Algorithm {
    /// What every protocol and format of this wallet takes.
    pub const EVERYWHERE: [Self; 3] = [Self::Es256, Self::Es384, Self::EdDsa];

    /// The `alg` value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::Es256K => "ES256K",
        }
    }

    /// The algorithm of [`Self::EVERYWHERE`] with this `alg` value.
    #[must_use]
    pub fn from_identifier(text: &str) -> Option<Self> {
        Self::EVERYWHERE
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
    }

    /// Bytes of a signature: the width is fixed (RFC 7518 3.4, RFC 8037 3.1, RFC 8812 3.2).
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::Es256 | Self::EdDsa | Self::Es256K => 64,
            Self::Es384 => 96,
        }
    }
}

/// A public key of one of the allowed kinds, checked to be a point of its curve.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// P-256.
    P256(p256::ecdsa::VerifyingKey),
    /// P-384.
    P384(p384::ecdsa::VerifyingKey),
    /// Ed25519.
    Ed25519(ed25519_dalek::VerifyingKey),
    /// secp256k1.
    Secp256k1(k256::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Reads a public signature key. `use`, `key_ops` and `alg`, where present, must allow verifying with it; other
    /// members are ignored (RFC 7517 4).
    ///
    /// # Errors
    /// [`JoseError::PrivateKey`], [`JoseError::UnsupportedKey`], [`JoseError::KeyUse`], [`JoseError::MalformedKey`],
    /// [`JoseError::NotBase64Url`], [`JoseError::NotOnCurve`].
    pub fn from_jwk(jwk: &Value) -> Result<Self, JoseError> {
        let members = jwk.as_object().ok_or(JoseError::MalformedKey)?;
        let key = Self::from_required_members(members)?;
        let usable = member_allows(members, "use", |value| value == "sig")
            && member_allows(members, "alg", |value| value == key.algorithm().as_str())
            && member_allows(members, "key_ops", |value| {
                value
                    .as_array()
                    .is_some_and(|ops| ops.iter().any(|op| op == "verify"))
            });
        if usable {
            Ok(key)
        } else {
            Err(JoseError::KeyUse)
        }
    }

    /// Reads the point alone, whatever the key says it is for.
    pub(super) fn from_required_members(members: &Map<String, Value>) -> Result<Self, JoseError> {
        if PRIVATE_MEMBERS
            .iter()
            .any(|name| members.contains_key(*name))
        {
            return Err(JoseError::PrivateKey);
        }
        let text = |name| members.get(name).and_then(Value::as_str);
        let coordinate = |name| text(name).ok_or(JoseError::MalformedKey);
        match (text("kty").ok_or(JoseError::MalformedKey)?, text("crv")) {
            ("EC", Some("P-256")) => {
                let x = base64url::decode_array::<32>(coordinate("x")?)?;
                let y = base64url::decode_array::<32>(coordinate("y")?)?;
                Self::from_p256_point(&uncompressed(&x, &y))
            }
            ("EC", Some("P-384")) => {
                let x = base64url::decode_array::<48>(coordinate("x")?)?;
                let y = base64url::decode_array::<48>(coordinate("y")?)?;
                Self::from_p384_point(&uncompressed(&x, &y))
            }
            ("EC", Some("secp256k1")) => {
                let x = base64url::decode_array::<32>(coordinate("x")?)?;
                let y = base64url::decode_array::<32>(coordinate("y")?)?;
                Self::from_secp256k1_point(&uncompressed(&x, &y))
            }
            ("OKP", Some("Ed25519")) => {
                Self::from_ed25519(&base64url::decode_array(coordinate("x")?)?)
            }
            ("EC" | "OKP", None) => Err(JoseError::MalformedKey),
            _ => Err(JoseError::UnsupportedKey),
        }
    }

    /// Reads a DER SubjectPublicKeyInfo (RFC 5480 2, RFC 8410 4). EC points must be uncompressed on a named curve. secp256k1
    /// is refused: no certificate and no hardware key of this wallet has it.
    ///
    /// # Errors
    /// [`JoseError::MalformedKey`], [`JoseError::UnsupportedKey`], [`JoseError::NotOnCurve`].
    pub fn from_spki_der(der: &[u8]) -> Result<Self, JoseError> {
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| JoseError::MalformedKey)?;
        let bits = spki
            .subject_public_key
            .as_bytes()
            .ok_or(JoseError::MalformedKey)?;
        if spki.algorithm.oid == ID_ED25519 {
            if spki.algorithm.parameters.is_some() {
                return Err(JoseError::MalformedKey);
            }
            let bytes = bits.try_into().map_err(|_| JoseError::MalformedKey)?;
            return Self::from_ed25519(&bytes);
        }
        if spki.algorithm.oid != ID_EC_PUBLIC_KEY {
            return Err(JoseError::UnsupportedKey);
        }
        match spki.algorithm.parameters_oid() {
            Ok(SECP256R1) => Self::from_p256_point(bits),
            Ok(SECP384R1) => Self::from_p384_point(bits),
            Ok(_) => Err(JoseError::UnsupportedKey),
            Err(_) => Err(JoseError::MalformedKey),
        }
    }

    /// The DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn to_spki_der(&self) -> Vec<u8> {
        let (oid, curve) = match self {
            Self::P256(_) => (ID_EC_PUBLIC_KEY, Some(SECP256R1)),
            Self::P384(_) => (ID_EC_PUBLIC_KEY, Some(SECP384R1)),
            Self::Ed25519(_) => (ID_ED25519, None),
            Self::Secp256k1(_) => (ID_EC_PUBLIC_KEY, Some(SECP256K1)),
        };
        // Encoding a known OID and at most 97 bytes cannot fail; an empty answer would match no key.
        BitString::from_bytes(&self.to_bytes())
            .and_then(|subject_public_key| {
                SubjectPublicKeyInfoOwned {
                    algorithm: AlgorithmIdentifierOwned {
                        oid,
                        parameters: curve.map(|curve| (&curve).into()),
                    },
                    subject_public_key,
                }
                .to_der()
            })
            .unwrap_or_default()
    }

    /// The key's own bytes, as a certificate holds them: a point, uncompressed (SEC 1 2.3.3), or the 32 bytes of RFC 8032.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            Self::Ed25519(key) => key.to_bytes().to_vec(),
            Self::Secp256k1(key) => key.to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// The required members only, in the order of RFC 7638 3.2.
    #[must_use]
    pub fn to_jwk(&self) -> Map<String, Value> {
        let (kty, crv, x, y) = match self {
            Self::P256(key) => {
                let point = key.to_sec1_point(false);
                (
                    "EC",
                    "P-256",
                    encoded(point.x()),
                    point.y().map(|y| base64url::encode(y)),
                )
            }
            Self::P384(key) => {
                let point = key.to_sec1_point(false);
                (
                    "EC",
                    "P-384",
                    encoded(point.x()),
                    point.y().map(|y| base64url::encode(y)),
                )
            }
            Self::Ed25519(key) => ("OKP", "Ed25519", base64url::encode(key.as_bytes()), None),
            Self::Secp256k1(key) => {
                let point = key.to_sec1_point(false);
                (
                    "EC",
                    "secp256k1",
                    encoded(point.x()),
                    point.y().map(|y| base64url::encode(y)),
                )
            }
        };
        let mut jwk = Map::new();
        jwk.insert("crv".into(), crv.into());
        jwk.insert("kty".into(), kty.into());
        jwk.insert("x".into(), x.into());
        if let Some(y) = y {
            jwk.insert("y".into(), y.into());
        }
        jwk
    }

    /// The SHA-256 thumbprint of RFC 7638.
    #[must_use]
    pub fn thumbprint(&self) -> [u8; 32] {
        hash::sha256(&[Value::Object(self.to_jwk()).to_string().as_bytes()])
    }

    /// The one algorithm this key is used with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::P256(_) => Algorithm::Es256,
            Self::P384(_) => Algorithm::Es384,
            Self::Ed25519(_) => Algorithm::EdDsa,
            Self::Secp256k1(_) => Algorithm::Es256K,
        }
    }

    /// Verifies a signature of fixed width (`R || S` for ECDSA, RFC 7518 3.4). For Ed25519 small-order points are
    /// refused too. Either half of S is taken for secp256k1, as RFC 8812 does not choose: two texts may hold one signature.
    ///
    /// # Errors
    /// [`JoseError::SignatureInvalid`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        match self {
            Self::P256(_) => verify_ecdsa(
                &ring::signature::ECDSA_P256_SHA256_FIXED,
                &self.to_bytes(),
                message,
                signature,
            ),
            Self::P384(_) => verify_ecdsa(
                &ring::signature::ECDSA_P384_SHA384_FIXED,
                &self.to_bytes(),
                message,
                signature,
            ),
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .and_then(|signature| key.verify_strict(message, &signature))
                .map_err(|_| JoseError::SignatureInvalid),
            Self::Secp256k1(key) => wallet_primitives::k256::verify(key, message, signature)
                .map_err(|Refused| JoseError::SignatureInvalid),
        }
    }

    /// Verifies an ECDSA signature in DER (RFC 3279 2.2.3), as in certificates and from hardware, with the hash of
    /// [`Self::algorithm`]; for Ed25519 the same as [`Self::verify`] (RFC 8410 6).
    ///
    /// # Errors
    /// [`JoseError::SignatureInvalid`].
    pub fn verify_der(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        let fixed = match self {
            Self::P256(_) => {
                p256::ecdsa::Signature::from_der(signature).map(|signature| signature.to_vec())
            }
            Self::P384(_) => {
                p384::ecdsa::Signature::from_der(signature).map(|signature| signature.to_vec())
            }
            Self::Secp256k1(_) => {
                k256::ecdsa::Signature::from_der(signature).map(|signature| signature.to_vec())
            }
            Self::Ed25519(_) => return self.verify(message, signature),
        };
        self.verify(message, &fixed.map_err(|_| JoseError::SignatureInvalid)?)
    }

    /// Reads a compressed P-256 point (SEC 1 2.3.3).
    pub(crate) fn from_p256_compressed(point: &[u8; 33]) -> Result<Self, JoseError> {
        require_compressed(point)?;
        wallet_primitives::p256::verifying_key(point)
            .map(Self::P256)
            .map_err(|Refused| JoseError::NotOnCurve)
    }

    /// Reads a compressed P-384 point (SEC 1 2.3.3).
    pub(crate) fn from_p384_compressed(point: &[u8; 49]) -> Result<Self, JoseError> {
        require_compressed(point)?;
        wallet_primitives::p384::verifying_key(point)
            .map(Self::P384)
            .map_err(|Refused| JoseError::NotOnCurve)
    }

    /// Reads a secp256k1 point, compressed or uncompressed (SEC 1 2.3.3).
    ///
    /// # Errors
    /// [`JoseError::MalformedKey`], [`JoseError::NotOnCurve`].
    pub fn from_secp256k1_point(point: &[u8]) -> Result<Self, JoseError> {
        match (point.first(), point.len()) {
            (Some(2 | 3), 33) | (Some(4), 65) => wallet_primitives::k256::verifying_key(point)
                .map(Self::Secp256k1)
                .map_err(|Refused| JoseError::NotOnCurve),
            _ => Err(JoseError::MalformedKey),
        }
    }

    fn from_p256_point(point: &[u8]) -> Result<Self, JoseError> {
        require_uncompressed(point, 65)?;
        wallet_primitives::p256::verifying_key(point)
            .map(Self::P256)
            .map_err(|Refused| JoseError::NotOnCurve)
    }

    fn from_p384_point(point: &[u8]) -> Result<Self, JoseError> {
        require_uncompressed(point, 97)?;
        wallet_primitives::p384::verifying_key(point)
            .map(Self::P384)
            .map_err(|Refused| JoseError::NotOnCurve)
    }

    /// Refuses what RFC 8032 5.1.3 does not decode (y >= p) and the points of small order.
    pub(crate) fn from_ed25519(bytes: &[u8; 32]) -> Result<Self, JoseError> {
        ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .ok()
            .filter(|key| !key.is_weak() && key.to_edwards().compress().as_bytes() == bytes)
            .map(Self::Ed25519)
            .ok_or(JoseError::NotOnCurve)
    }
}

fn member_allows(
    members: &Map<String, Value>,
    name: &str,
    allows: impl FnOnce(&Value) -> bool,
) -> bool {
    members.get(name).is_none_or(allows)
}

/// SEC 1 2.3.3, uncompressed form.
fn uncompressed(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

/// Verification only, over public data: ring is four times faster than the p256 crate here (docs/adr/05).
fn verify_ecdsa(
    algorithm: &'static ring::signature::EcdsaVerificationAlgorithm,
    point: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), JoseError> {
    ring::signature::UnparsedPublicKey::new(algorithm, point)
        .verify(message, signature)
        .map_err(|_| JoseError::SignatureInvalid)
}

fn require_uncompressed(point: &[u8], length: usize) -> Result<(), JoseError> {
    if point.len() == length && point.first() == Some(&4) {
        Ok(())
    } else {
        Err(JoseError::MalformedKey)
    }
}

fn require_compressed(point: &[u8]) -> Result<(), JoseError> {
    match point.first() {
        Some(2 | 3) => Ok(()),
        _ => Err(JoseError::MalformedKey),
    }
}

fn encoded(coordinate: Option<&impl AsRef<[u8]>>) -> String {
    coordinate.map_or_else(String::new, |bytes| base64url::encode(bytes.as_ref()))
}

#[cfg(test)]
mod tests;
