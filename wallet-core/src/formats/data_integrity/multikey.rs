//! Public keys as Multikey (Controlled Identifiers 1.0 2.2.2).

use super::error::DataIntegrityError;
use crate::jose::PublicKey;
use bbs::Suite;

/// A BLS12-381 G2 key has under 140. Decoding base58 takes the square of the length.
const MAX_CHARS: usize = 192;

// Multicodecs as unsigned varints.
const P256_PUB: [u8; 2] = [0x80, 0x24];
const BLS12_381_G2_PUB: [u8; 2] = [0xeb, 0x01];

/// A public key of a kind that the suites here use.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Multikey {
    /// P-256, for ECDSA.
    P256(p256::ecdsa::VerifyingKey),
    /// BLS12-381 G2, for BBS with SHA-256.
    Bls12381G2(Box<bbs::PublicKey>),
}

impl Multikey {
    /// Reads `publicKeyMultibase`, or what follows `did:key:`.
    ///
    /// # Errors
    /// [`DataIntegrityError::Key`] for another base, codec or length, and for what is no such key.
    pub fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let text = text.strip_prefix('z').ok_or(DataIntegrityError::Key)?;
        if text.len() > MAX_CHARS {
            return Err(DataIntegrityError::Key);
        }
        let bytes = bs58::decode(text).into_vec();
        Self::from_bytes(&bytes.map_err(|_| DataIntegrityError::Key)?)
    }

    /// Reads the bytes behind the text form: codec and compressed point.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, DataIntegrityError> {
        if let Some(point) = bytes.strip_prefix(&P256_PUB) {
            let point = point.try_into().map_err(|_| DataIntegrityError::Key)?;
            return match PublicKey::from_p256_compressed(point) {
                Ok(PublicKey::P256(key)) => Ok(Self::P256(key)),
                _ => Err(DataIntegrityError::Key),
            };
        }
        let point = bytes.strip_prefix(&BLS12_381_G2_PUB);
        let key = bbs::PublicKey::from_bytes(Suite::Sha256, point.ok_or(DataIntegrityError::Key)?);
        key.map(|key| Self::Bls12381G2(Box::new(key)))
            .map_err(|_| DataIntegrityError::Key)
    }

    /// The text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = "z".to_owned();
        text.push_str(&bs58::encode(self.to_bytes()).into_string());
        text
    }

    /// Codec and compressed point.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => [P256_PUB.as_slice(), key.to_sec1_point(true).as_bytes()].concat(),
            Self::Bls12381G2(key) => [BLS12_381_G2_PUB.as_slice(), &key.to_bytes()].concat(),
        }
    }
}
