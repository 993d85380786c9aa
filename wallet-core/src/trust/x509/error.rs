//! Why a certificate or chain is not believed.

use super::usage::CertificateUsage;
use crate::error::{Category, ErrorCode, WalletError};
use thiserror::Error;

/// One line per reason: the word and the rule of the standard.
macro_rules! reasons {
    ($($(#[$doc:meta])+ $variant:ident = $text:literal, $rule:literal;)+) => {
        /// The rule a certificate or chain broke.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RejectReason {
            $($(#[$doc])+ $variant,)+
        }

        impl RejectReason {
            /// The stable reason word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The section of the standard, or of our policy.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)+ }
            }
        }
    };
}

reasons! {
    /// Not DER of a certificate, or an extension that is not what its identifier says.
    Malformed = "malformed", "RFC 5280 4.1";
    /// Larger than 8 KiB, or too many in a file.
    TooLarge = "too_large", "X.509 policy";
    /// No certificate at all.
    ChainEmpty = "chain_empty", "RFC 7515 4.1.6";
    /// More than four certificates.
    ChainTooLong = "chain_too_long", "X.509 policy";
    /// Not an X.509 version 3 certificate.
    Version = "version", "RFC 5280 4.1.2.1";
    /// The same extension twice.
    DuplicateExtension = "duplicate_extension", "RFC 5280 4.2";
    /// A critical extension that is not understood here.
    CriticalExtension = "critical_extension", "RFC 5280 6.1.4 o";
    /// A key that is neither EC nor Ed25519 (RSA, for example).
    KeyType = "key_type", "X.509 policy";
    /// A curve other than P-256 and P-384, or a point that is not on it.
    Curve = "curve", "RFC 5480 2.1.1.1";
    /// A signature algorithm that is not allowed, or two that differ inside and outside.
    SignatureAlgorithm = "signature_algorithm", "RFC 5280 4.1.1.2";
    /// A signature that does not verify with the key above.
    Signature = "signature", "RFC 5280 6.1.3 a.1";
    /// After `notAfter`.
    Expired = "expired", "RFC 5280 6.1.3 a.2";
    /// Before `notBefore`.
    NotYetValid = "not_yet_valid", "RFC 5280 6.1.3 a.2";
    /// The issuer named is not the subject of the next certificate.
    NameChaining = "name_chaining", "RFC 5280 6.1.3 a.4";
    /// The authority key identifier is not the next certificate's subject key identifier.
    KeyIdentifier = "key_identifier", "RFC 5280 4.2.1.1";
    /// A name outside the permitted or inside the excluded names, or a constraint of an unsupported kind.
    NameConstraint = "name_constraint", "RFC 5280 6.1.3 b-c";
    /// A certificate that certifies others without being a CA.
    NotACa = "not_a_ca", "RFC 5280 6.1.4 k";
    /// More CAs below one another than a CA above allows.
    PathLength = "path_length", "RFC 5280 6.1.4 l-m";
    /// The key usage does not allow what the key is used for.
    KeyUsage = "key_usage", "RFC 5280 4.2.1.3";
    /// The extended key usage does not allow what the key is used for.
    ExtendedKeyUsage = "eku", "RFC 5280 4.2.1.12";
    /// The end certificate is a CA.
    LeafIsCa = "leaf_is_ca", "RFC 5280 4.2.1.9";
    /// The end certificate names itself as its issuer.
    SelfSignedLeaf = "self_signed_leaf", "HAIP 1.0 5";
    /// The trust anchor was sent along where that is forbidden.
    AnchorInChain = "anchor_in_chain", "HAIP 1.0 5";
}

/// Why a chain is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The chain leads to no anchor of the app.
    #[error("no trust anchor for this chain")]
    Untrusted {
        /// What the chain was to be used for.
        usage: CertificateUsage,
    },
    /// A certificate of the chain, or the anchor it leads to, breaks a rule.
    #[error("certificate rejected: {}", .reason.as_str())]
    Rejected {
        /// What the chain was to be used for.
        usage: CertificateUsage,
        /// The rule.
        reason: RejectReason,
    },
    /// A certificate given by the app cannot be an anchor.
    #[error("not a trust anchor: {}", .reason.as_str())]
    Anchor {
        /// The rule.
        reason: RejectReason,
    },
}

impl TrustError {
    /// The rule that was broken, if one was.
    #[must_use]
    pub const fn reason(self) -> Option<RejectReason> {
        match self {
            Self::Untrusted { .. } => None,
            Self::Rejected { reason, .. } | Self::Anchor { reason } => Some(reason),
        }
    }
}

impl From<TrustError> for WalletError {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Untrusted { usage } => {
                let code = if usage.is_verifier() {
                    ErrorCode::UntrustedVerifier
                } else {
                    ErrorCode::UntrustedIssuer
                };
                Self::new(code).rule("RFC 5280 6.1.1 d")
            }
            TrustError::Rejected { usage, reason } => Self::new(ErrorCode::CertificateRejected)
                .by(if usage.is_verifier() {
                    Category::Verifier
                } else {
                    Category::Issuer
                })
                .about(reason.as_str())
                .rule(reason.rule()),
            TrustError::Anchor { reason } => Self::new(ErrorCode::CertificateRejected)
                .by(Category::App)
                .about(reason.as_str())
                .rule(reason.rule()),
        }
    }
}
