//! The key binding JWT (RFC 9901 4.3; transaction data: OpenID4VP 1.0 8.4, B.3.3).

use super::error::SdJwtError;
use super::hash::HashAlgorithm;
use super::present::Presentation;
use crate::clock::UnixTime;
use crate::jose::JwsDraft;
use crate::keys::{HolderKey, KeyPurpose, sign_jws};
use serde_json::{Map, Value};

/// What a presentation is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBinding {
    /// `aud`: the full client identifier of the verifier, or its origin (OpenID4VP 1.0 B.3.6).
    pub audience: String,
    /// `nonce` of the request.
    pub nonce: String,
    /// `iat`: now.
    pub issued_at: UnixTime,
    /// The transaction data the holder agrees to, if the request has any for this credential.
    pub transaction_data_hashes: Option<TransactionDataHashes>,
}

/// Hashes over `transaction_data` strings (OpenID4VP 1.0 B.3.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionDataHashes {
    hashes: Vec<String>,
    algorithm: Option<HashAlgorithm>,
}

impl TransactionDataHashes {
    /// Hashes the base64url strings as received in the request. `algorithm` is one of `transaction_data_hashes_alg` if
    /// the request names any: it is then named in the answer too; without, it is SHA-256.
    #[must_use]
    pub fn over<'a>(
        transaction_data: impl IntoIterator<Item = &'a str>,
        algorithm: Option<HashAlgorithm>,
    ) -> Self {
        let hash = algorithm.unwrap_or_default();
        let strings = transaction_data.into_iter();
        Self {
            hashes: strings.map(|text| hash.digest_base64url(text)).collect(),
            algorithm,
        }
    }
}

impl KeyBinding {
    /// The payload of the KB-JWT over `bound`, everything up to and including the last `~` (RFC 9901 4.3.1).
    pub(super) fn payload(&self, bound: &str, hash: HashAlgorithm) -> Map<String, Value> {
        let mut payload = Map::new();
        payload.insert("iat".into(), self.issued_at.as_secs().into());
        payload.insert("aud".into(), self.audience.as_str().into());
        payload.insert("nonce".into(), self.nonce.as_str().into());
        payload.insert("sd_hash".into(), hash.digest_base64url(bound).into());
        if let Some(transaction) = &self.transaction_data_hashes {
            let hashes = transaction.hashes.as_slice();
            payload.insert("transaction_data_hashes".into(), hashes.into());
            if let Some(algorithm) = transaction.algorithm {
                payload.insert(
                    "transaction_data_hashes_alg".into(),
                    algorithm.as_str().into(),
                );
            }
        }
        payload
    }
}

impl Presentation {
    /// Binds the presentation to a verifier: the text with a fresh KB-JWT at its end. The signature is asked of `key`,
    /// which may prompt the holder.
    ///
    /// # Errors
    /// [`SdJwtError::NotBound`] where the credential names no key, [`SdJwtError::HolderKeyMismatch`] where it names
    /// another, [`SdJwtError::Signing`].
    pub async fn bind(
        &self,
        binding: KeyBinding,
        key: &dyn HolderKey,
    ) -> Result<String, SdJwtError> {
        let expected = self.holder_key().ok_or(SdJwtError::NotBound)?;
        if key.public_key() != expected {
            return Err(SdJwtError::HolderKeyMismatch);
        }
        let mut header = Map::new();
        header.insert("alg".into(), expected.algorithm().as_str().into());
        header.insert("typ".into(), "kb+jwt".into());
        let draft = JwsDraft::new(&header, &binding.payload(self.text(), self.hash()));
        let jwt = sign_jws(draft, key, KeyPurpose::Holder)
            .await
            .map_err(SdJwtError::Signing)?;
        Ok([self.text(), &jwt].concat())
    }
}
