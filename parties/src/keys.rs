//! P-256 keys of the parties, and the public keys of holders (P-256 or Ed25519).

use p256::SecretKey;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::{Value, json};

use crate::encoding::{base64url, from_base64url, random, sha256};
use crate::refused::{OrRefuse, Refused, Result};

/// A P-256 private key of an issuer, a verifier or an authority. Test keys only: it can be cloned and exported.
#[derive(Clone)]
pub struct EcKey(SecretKey);

impl EcKey {
    /// A fresh key.
    pub fn generate() -> Result<Self> {
        // A random string is outside the range of keys with probability 2^-32: draw again.
        for _ in 0..8 {
            if let Ok(key) = SecretKey::from_slice(&random::<32>()?) {
                return Ok(Self(key));
            }
        }
        Err(Refused::because("no key could be drawn"))
    }

    /// The public key as JWK, required members only (RFC 7517).
    pub fn public_jwk(&self) -> Value {
        let point = self.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| base64url(bytes.map_or(&[], |b| b));
        json!({"kty": "EC", "crv": "P-256", "x": coordinate(point.x()), "y": coordinate(point.y())})
    }

    /// ES256: 64 bytes r ‖ s (RFC 7518 section 3.4).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.signing_key().sign(message);
        signature.to_bytes().to_vec()
    }

    /// The private key as PKCS #8 PEM, for the TLS settings of other programs.
    pub fn pkcs8_pem(&self) -> Result<String> {
        let pem = self.0.to_pkcs8_pem(LineEnding::LF);
        Ok(pem.or_refuse("key encoding")?.to_string())
    }

    pub(crate) fn signing_key(&self) -> SigningKey {
        SigningKey::from(&self.0)
    }

    pub(crate) fn verifying_key(&self) -> VerifyingKey {
        *self.signing_key().verifying_key()
    }

    /// The x coordinate of the Diffie-Hellman product with the public key `jwk`.
    pub(crate) fn diffie_hellman(&self, jwk: &Value) -> Result<Vec<u8>> {
        let their = p256_from_jwk(jwk)?;
        let shared = self.0.diffie_hellman(&their.into());
        Ok(shared.raw_secret_bytes().to_vec())
    }
}

/// A public key that signatures are checked with.
#[derive(Clone, Debug, PartialEq)]
pub enum VerificationKey {
    /// P-256, for ES256.
    P256(VerifyingKey),
    /// Ed25519, for EdDSA.
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl VerificationKey {
    /// Reads a public JWK; one with private members is refused (OpenID4VCI 1.0 appendix F.1).
    pub fn from_jwk(jwk: &Value) -> Result<Self> {
        if jwk.get("d").is_some() {
            return Err(Refused::because("a private key was sent"));
        }
        match (jwk["kty"].as_str(), jwk["crv"].as_str()) {
            (Some("EC"), Some("P-256")) => p256_from_jwk(jwk).map(Self::P256),
            (Some("OKP"), Some("Ed25519")) => {
                let x: [u8; 32] = coordinate(jwk, "x")?;
                let key = ed25519_dalek::VerifyingKey::from_bytes(&x);
                key.or_refuse("not a point of Ed25519").map(Self::Ed25519)
            }
            _ => Err(Refused::because("unknown kind of key")),
        }
    }

    /// The JWS algorithm this key is used with.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
        }
    }

    /// Checks a signature in the fixed-width form of JWS.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let valid = match self {
            Self::P256(key) => {
                Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
            }
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|s| key.verify_strict(message, &s).is_ok()),
        };
        crate::refused::ensure(valid, "the signature is wrong")
    }
}

/// The thumbprint of a public key (RFC 7638).
pub fn thumbprint(jwk: &Value) -> Result<String> {
    let member = |name: &str| {
        jwk[name]
            .as_str()
            .or_refuse("a member of the key is missing")
    };
    let (kty, crv, x) = (member("kty")?, member("crv")?, member("x")?);
    let text = match kty {
        "EC" => json!({"crv": crv, "kty": kty, "x": x, "y": member("y")?}),
        _ => json!({"crv": crv, "kty": kty, "x": x}),
    };
    Ok(base64url(&sha256(text.to_string().as_bytes())))
}

fn p256_from_jwk(jwk: &Value) -> Result<VerifyingKey> {
    let (x, y) = (coordinate::<32>(jwk, "x")?, coordinate::<32>(jwk, "y")?);
    let mut point = vec![4];
    point.extend_from_slice(&x);
    point.extend_from_slice(&y);
    VerifyingKey::from_sec1_bytes(&point).or_refuse("not a point of P-256")
}

fn coordinate<const N: usize>(jwk: &Value, name: &str) -> Result<[u8; N]> {
    let text = jwk[name].as_str().or_refuse("a coordinate is missing")?;
    from_base64url(text)?
        .try_into()
        .map_err(|_| Refused::because("a coordinate has the wrong length"))
}
