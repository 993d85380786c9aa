//! What a certificate is to be used for, and which key usages allow it.

use super::error::RejectReason;
use super::extensions::Extensions;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::oid::db::rfc5280::{
    ANY_EXTENDED_KEY_USAGE, ID_KP_CLIENT_AUTH, ID_KP_CODE_SIGNING, ID_KP_OCSP_SIGNING,
    ID_KP_SERVER_AUTH, ID_KP_TIME_STAMPING,
};
use x509_cert::ext::pkix::KeyUsages;

/// ISO/IEC 18013-5 B.1.4: mdoc document signer.
const MDOC_DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");
/// ISO/IEC 18013-5 B.1.7: mdoc reader authentication.
const MDOC_READER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.6");
/// ISO/IEC 18013-5 C.1.7: signer of the list of issuing authorities.
const VICAL_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.8");

/// Purposes that never make a credential issuer. A TLS certificate proves control of a host, not the right to issue: a
/// CA that certifies both must not thereby make every web server an issuer.
const NEVER_AN_ISSUER: [ObjectIdentifier; 7] = [
    ID_KP_SERVER_AUTH,
    ID_KP_CLIENT_AUTH,
    ID_KP_CODE_SIGNING,
    ID_KP_TIME_STAMPING,
    ID_KP_OCSP_SIGNING,
    MDOC_READER_AUTH,
    VICAL_SIGNER,
];

/// Purposes that never make a verifier. TLS server certificates may: `x509_san_dns` names a host (OpenID4VP 1.0 5.9.3).
const NEVER_A_VERIFIER: [ObjectIdentifier; 5] = [
    ID_KP_CODE_SIGNING,
    ID_KP_TIME_STAMPING,
    ID_KP_OCSP_SIGNING,
    MDOC_DOCUMENT_SIGNER,
    VICAL_SIGNER,
];

/// What the end certificate's key signs.
///
/// | usage | keyUsage `digitalSignature` | extended key usage |
/// | --- | --- | --- |
/// | `Issuer` | if the extension is present | absent, or at least one purpose that is not in a list of foreign ones |
/// | `Verifier` | if the extension is present | the same, with a list that allows TLS |
/// | `MdocDocumentSigner` | required | must name `1.0.18013.5.1.2` |
/// | `MdocReader` | required | must name `1.0.18013.5.1.6` |
///
/// No standard fixes the extended key usage of SD-JWT VC issuers and OpenID4VP verifiers, and ecosystems define their
/// own; hence the lists of foreign purposes. `anyExtendedKeyUsage` counts as absent for these two and is refused for
/// the mdoc usages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateUsage {
    /// Credentials in JWT form, and issuer metadata (SD-JWT VC 3.5, HAIP 1.0 6.1.1).
    Issuer,
    /// Request objects of verifiers (OpenID4VP 1.0 5.9.3).
    Verifier,
    /// Mobile security objects (ISO/IEC 18013-5 B.1.4).
    MdocDocumentSigner,
    /// Reader authentication (ISO/IEC 18013-5 B.1.7).
    MdocReader,
}

impl CertificateUsage {
    pub(super) const fn is_verifier(self) -> bool {
        matches!(self, Self::Verifier | Self::MdocReader)
    }

    /// Checks the key usages of an end certificate.
    pub(super) fn check_leaf(self, extensions: &Extensions) -> Result<(), RejectReason> {
        match (extensions.key_usage, self.required_purpose()) {
            // A key that certifies others signs nothing else.
            (Some(usage), _) if usage.contains(KeyUsages::KeyCertSign) => {
                return Err(RejectReason::KeyUsage);
            }
            (Some(usage), _) if usage.contains(KeyUsages::DigitalSignature) => {}
            (None, None) => {}
            _ => return Err(RejectReason::KeyUsage),
        }
        let purposes = extensions.extended_key_usage.as_deref();
        if self.allows_purposes(purposes) {
            Ok(())
        } else {
            Err(RejectReason::ExtendedKeyUsage)
        }
    }

    /// Checks the extended key usage of a CA below the anchor: where present it bounds the certificates below, as in
    /// every Web PKI validator.
    pub(super) fn check_intermediate(self, extensions: &Extensions) -> Result<(), RejectReason> {
        let purposes = extensions.extended_key_usage.as_deref();
        let is_unbounded = purposes.is_none_or(|list| list.contains(&ANY_EXTENDED_KEY_USAGE));
        if is_unbounded || self.allows_purposes(purposes) {
            Ok(())
        } else {
            Err(RejectReason::ExtendedKeyUsage)
        }
    }

    fn allows_purposes(self, purposes: Option<&[ObjectIdentifier]>) -> bool {
        let foreign: &[ObjectIdentifier] = match self {
            Self::Issuer => &NEVER_AN_ISSUER,
            Self::Verifier => &NEVER_A_VERIFIER,
            Self::MdocDocumentSigner | Self::MdocReader => &[],
        };
        match (self.required_purpose(), purposes) {
            (Some(required), Some(list)) => list.contains(&required),
            (Some(_), None) => false,
            (None, Some(list)) => list.iter().any(|purpose| !foreign.contains(purpose)),
            (None, None) => true,
        }
    }

    const fn required_purpose(self) -> Option<ObjectIdentifier> {
        match self {
            Self::Issuer | Self::Verifier => None,
            Self::MdocDocumentSigner => Some(MDOC_DOCUMENT_SIGNER),
            Self::MdocReader => Some(MDOC_READER_AUTH),
        }
    }
}
