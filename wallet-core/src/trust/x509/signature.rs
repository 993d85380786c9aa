//! Signatures of certificates. Unlike in JOSE the hash is not fixed by the key: a P-384 root may sign with SHA-256.

use super::error::RejectReason;
use crate::jose::PublicKey;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    UnparsedPublicKey,
};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::rfc5912::{ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384};
use x509_cert::der::oid::db::rfc8410::ID_ED_25519;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// How a certificate was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureAlgorithm {
    EcdsaSha256,
    EcdsaSha384,
    Ed25519,
}

impl SignatureAlgorithm {
    /// Of the three allowed; none of them has parameters (RFC 5758 3.2, RFC 8410 3).
    pub(super) fn read(algorithm: &AlgorithmIdentifierOwned) -> Result<Self, RejectReason> {
        const KNOWN: [(ObjectIdentifier, SignatureAlgorithm); 3] = [
            (ECDSA_WITH_SHA_256, SignatureAlgorithm::EcdsaSha256),
            (ECDSA_WITH_SHA_384, SignatureAlgorithm::EcdsaSha384),
            (ID_ED_25519, SignatureAlgorithm::Ed25519),
        ];
        KNOWN
            .iter()
            .find(|(oid, _)| *oid == algorithm.oid && algorithm.parameters.is_none())
            .map(|(_, known)| *known)
            .ok_or(RejectReason::SignatureAlgorithm)
    }

    /// Verifies `signature` (ECDSA in DER, RFC 3279 2.2.3) over `message`.
    pub(super) fn verify(
        self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), RejectReason> {
        let algorithm = match (self, key) {
            (Self::EcdsaSha256, PublicKey::P256(_)) => &ECDSA_P256_SHA256_ASN1,
            (Self::EcdsaSha384, PublicKey::P256(_)) => &ECDSA_P256_SHA384_ASN1,
            (Self::EcdsaSha256, PublicKey::P384(_)) => &ECDSA_P384_SHA256_ASN1,
            (Self::EcdsaSha384, PublicKey::P384(_)) => &ECDSA_P384_SHA384_ASN1,
            (Self::Ed25519, PublicKey::Ed25519(_)) => {
                return key
                    .verify(message, signature)
                    .map_err(|_| RejectReason::Signature);
            }
            (_, _) => return Err(RejectReason::Signature),
        };
        UnparsedPublicKey::new(algorithm, key.to_bytes())
            .verify(message, signature)
            .map_err(|_| RejectReason::Signature)
    }
}
