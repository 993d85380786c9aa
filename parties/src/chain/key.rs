//! secp256k1 keys: of accounts on a chain, and of issuers whose key stands there.

use k256::ecdsa::SigningKey;
use k256::ecdsa::signature::Signer;
use serde_json::{Value, json};

use super::keccak;
use crate::encoding::base64url;
use crate::refused::{OrRefuse, Result};

/// A secp256k1 private key. Test keys only: it is made from a name, so that a recorded run can be played again.
#[derive(Clone)]
pub struct ChainKey(SigningKey);

impl ChainKey {
    /// The key of this name.
    ///
    /// # Errors
    /// Never, but for one name in 2^128.
    pub fn of(name: &str) -> Result<Self> {
        let seed = keccak(format!("wallet-parties test key: {name}").as_bytes());
        SigningKey::from_slice(&seed)
            .map(Self)
            .or_refuse("not a key of secp256k1")
    }

    /// The uncompressed public key without the leading 04, 64 bytes.
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        let point = self.0.verifying_key().to_sec1_point(false);
        point.as_bytes().get(1..).unwrap_or_default().to_vec()
    }

    /// The compressed public key, 33 bytes.
    #[must_use]
    pub fn compressed(&self) -> Vec<u8> {
        let point = self.0.verifying_key().to_sec1_point(true);
        point.as_bytes().to_vec()
    }

    /// The public key as JWK (RFC 8812).
    #[must_use]
    pub fn public_jwk(&self) -> Value {
        let key = self.public_key();
        let (x, y) = key.split_at(32);
        json!({"kty": "EC", "crv": "secp256k1", "x": base64url(x), "y": base64url(y)})
    }

    /// The address of the account: the last 20 bytes of the key's hash.
    #[must_use]
    pub fn address(&self) -> [u8; 20] {
        let mut address = [0; 20];
        address.copy_from_slice(&keccak(&self.public_key())[12..]);
        address
    }

    /// ES256K (RFC 8812): 64 bytes r ‖ s, s in the lower half.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: k256::ecdsa::Signature = self.0.sign(message);
        signature.normalize_s().to_bytes().to_vec()
    }

    /// What `ecrecover` takes: v, r, s.
    #[must_use]
    pub fn sign_digest(&self, digest: &[u8; 32]) -> (u8, [u8; 32], [u8; 32]) {
        let (signature, id) = self.0.sign_prehash_recoverable(digest);
        let (r, s) = signature.split_bytes();
        (27 + id.to_byte(), r.into(), s.into())
    }
}
