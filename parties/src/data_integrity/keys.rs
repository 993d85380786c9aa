//! Keys of proofs, as Multikey (Controlled Identifiers 1.0 section 2.2.2).

use wallet_bbs::{PublicKey, SecretKey, Suite};

use crate::encoding::{base58, from_base58};
use crate::keys::{EcKey, VerificationKey};
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// Multicodec `bls12_381-g2-pub` as varint.
const BLS12_381_G2: [u8; 2] = [0xEB, 0x01];
/// Multicodec `p256-pub` as varint.
const P256: [u8; 2] = [0x80, 0x24];

/// What a base proof is signed with. The key decides on the cryptosuite. Test keys only.
#[derive(Clone)]
pub enum ProofKey {
    /// bbs-2023
    Bbs(Box<SecretKey>),
    /// ecdsa-sd-2023
    P256(EcKey),
}

impl ProofKey {
    /// A fresh key for bbs-2023.
    pub fn bbs() -> Result<Self> {
        let key = SecretKey::random(Suite::Sha256);
        key.or_refuse("no key could be drawn")
            .map(Box::new)
            .map(Self::Bbs)
    }

    /// A fresh key for ecdsa-sd-2023.
    pub fn p256() -> Result<Self> {
        EcKey::generate().map(Self::P256)
    }

    /// Another key of the same kind.
    pub fn generate_like(other: &Self) -> Result<Self> {
        match other {
            Self::Bbs(_) => Self::bbs(),
            Self::P256(_) => Self::p256(),
        }
    }

    /// The public half.
    pub fn public(&self) -> PublicProofKey {
        match self {
            Self::Bbs(key) => PublicProofKey::Bbs(Box::new(key.public_key().clone())),
            Self::P256(key) => PublicProofKey::P256(VerificationKey::P256(key.verifying_key())),
        }
    }

    /// The name of the cryptosuite.
    pub fn cryptosuite(&self) -> &'static str {
        self.public().cryptosuite()
    }
}

/// What a proof is verified with.
#[derive(Clone, Debug, PartialEq)]
pub enum PublicProofKey {
    /// bbs-2023
    Bbs(Box<PublicKey>),
    /// ecdsa-sd-2023: a P-256 key.
    P256(VerificationKey),
}

impl PublicProofKey {
    /// The name of the cryptosuite.
    pub fn cryptosuite(&self) -> &'static str {
        match self {
            Self::Bbs(_) => "bbs-2023",
            Self::P256(_) => "ecdsa-sd-2023",
        }
    }

    /// Reads `publicKeyMultibase`.
    pub fn from_multibase(text: &str) -> Result<Self> {
        let encoded = text.strip_prefix('z').or_refuse("not base58btc")?;
        let bytes = from_base58(encoded)?;
        match bytes.split_first_chunk::<2>() {
            Some((&BLS12_381_G2, point)) => {
                let key = PublicKey::from_bytes(Suite::Sha256, point);
                key.or_refuse("not a key of BBS")
                    .map(Box::new)
                    .map(Self::Bbs)
            }
            Some((&P256, _)) => Self::from_p256_multikey(&bytes).map(Self::P256),
            _ => Err(Refused::because("an unknown kind of key")),
        }
    }

    /// `publicKeyMultibase`
    pub fn to_multibase(&self) -> Result<String> {
        let bytes = match self {
            Self::Bbs(key) => [&BLS12_381_G2[..], &key.to_bytes()].concat(),
            Self::P256(key) => p256_multikey(key)?,
        };
        Ok(format!("z{}", base58(&bytes)))
    }

    /// The 35 bytes of a P-256 Multikey, with the compressed point.
    pub(super) fn from_p256_multikey(bytes: &[u8]) -> Result<VerificationKey> {
        let point = bytes.strip_prefix(&P256).or_refuse("not a P-256 key")?;
        ensure(point.len() == 33, "not a compressed point")?;
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point);
        key.or_refuse("not a point of P-256")
            .map(VerificationKey::P256)
    }
}

pub(super) fn p256_multikey(key: &VerificationKey) -> Result<Vec<u8>> {
    match key {
        VerificationKey::P256(key) => Ok([&P256[..], key.to_sec1_point(true).as_bytes()].concat()),
        VerificationKey::Ed25519(_) => Err(Refused::because("not a P-256 key")),
    }
}
