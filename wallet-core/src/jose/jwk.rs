//! Public keys and the algorithms of our policy.

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
}
