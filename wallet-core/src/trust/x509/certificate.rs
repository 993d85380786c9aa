//! One certificate, parsed once and kept as received.

use super::error::RejectReason;
use super::extensions::Extensions;
use super::signature::SignatureAlgorithm;
use super::{CLOCK_SKEW_SECONDS, MAX_CERTIFICATE_BYTES, subject};
use crate::clock::UnixTime;
use crate::jose::{JoseError, PublicKey};
use crate::text::display_text;
use crate::trust::TrustAnchor;
use x509_cert::certificate::{CertificateInner, Rfc5280, Version};
use x509_cert::der::oid::db::rfc5912::ID_EC_PUBLIC_KEY;
use x509_cert::der::{Decode as _, Encode as _, Reader as _, SliceReader};
use x509_cert::ext::pkix::KeyUsages;
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Time;

/// Longest subject shown to a person.
const MAX_SUBJECT_CHARS: usize = 200;

/// A version 3 certificate with a key and a signature algorithm of our policy and with nothing critical that is not
/// understood. Not yet believed.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::trust) struct Certificate {
    der: Vec<u8>,
    to_be_signed: Vec<u8>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: UnixTime,
    not_after: UnixTime,
    key: PublicKey,
    extensions: Extensions,
}

impl Certificate {
    pub(in crate::trust) fn parse(der: &[u8]) -> Result<Self, RejectReason> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(RejectReason::TooLarge);
        }
        let certificate =
            CertificateInner::<Rfc5280>::from_der(der).map_err(|_| RejectReason::Malformed)?;
        let tbs = certificate.tbs_certificate();
        if tbs.version() != Version::V3 {
            return Err(RejectReason::Version);
        }
        if certificate.signature_algorithm() != tbs.signature() {
            return Err(RejectReason::SignatureAlgorithm);
        }
        if tbs.issuer().is_empty() {
            return Err(RejectReason::Malformed);
        }
        Ok(Self {
            der: der.to_vec(),
            to_be_signed: to_be_signed(der).ok_or(RejectReason::Malformed)?,
            algorithm: SignatureAlgorithm::read(tbs.signature())?,
            signature: certificate
                .signature()
                .as_bytes()
                .ok_or(RejectReason::Malformed)?
                .to_vec(),
            issuer: tbs.issuer().clone(),
            subject: tbs.subject().clone(),
            not_before: unix_time(tbs.validity().not_before)?,
            not_after: unix_time(tbs.validity().not_after)?,
            key: read_key(tbs.subject_public_key_info())?,
            extensions: match tbs.extensions() {
                Some(list) => Extensions::read(list)?,
                None => Extensions::default(),
            },
        })
    }

    pub(in crate::trust) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) const fn key(&self) -> &PublicKey {
        &self.key
    }

    pub(super) const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Whether subject and issuer are the same name.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether this is the CA of an anchor: a trust anchor is a name and a key (RFC 5280 6.1.1 d), whatever certificate
    /// they come in.
    pub(super) fn is_same_ca(&self, anchor: &TrustAnchor) -> bool {
        let anchor = anchor.certificate();
        self.subject == anchor.subject && self.key == anchor.key
    }

    /// Whether `issuer` carries the name of this certificate's issuer. Names are compared as encoded: RFC 5280 4.1.2.4
    /// obliges a CA to write the issuer exactly as its own subject.
    pub(super) fn names_issuer(&self, issuer: &Self) -> bool {
        self.issuer == issuer.subject
    }

    /// Checks that the key identifiers agree where both are present (RFC 5280 4.2.1.1).
    pub(super) fn check_key_identifier(&self, issuer: &Self) -> Result<(), RejectReason> {
        match (
            &self.extensions.authority_key_id,
            &issuer.extensions.subject_key_id,
        ) {
            (Some(wanted), Some(found)) if wanted != found => Err(RejectReason::KeyIdentifier),
            _ => Ok(()),
        }
    }

    /// Checks that the key of `issuer` signed this certificate.
    pub(super) fn check_signature(&self, issuer: &Self) -> Result<(), RejectReason> {
        self.algorithm
            .verify(&issuer.key, &self.to_be_signed, &self.signature)
    }

    /// Checks the validity at a time, with a little room for clocks that differ.
    pub(super) fn check_validity(&self, at: UnixTime) -> Result<(), RejectReason> {
        if at.saturating_add(CLOCK_SKEW_SECONDS) < self.not_before {
            return Err(RejectReason::NotYetValid);
        }
        if at.saturating_add(-CLOCK_SKEW_SECONDS) > self.not_after {
            return Err(RejectReason::Expired);
        }
        Ok(())
    }

    /// Whether this certificate says it is a CA.
    pub(super) fn is_ca(&self) -> bool {
        self.extensions
            .basic_constraints
            .as_ref()
            .is_some_and(|constraints| constraints.ca)
    }

    /// Checks that this certificate may certify others (RFC 5280 6.1.4 k, n).
    pub(in crate::trust) fn require_ca(&self) -> Result<(), RejectReason> {
        if !self.is_ca() || self.subject.is_empty() {
            return Err(RejectReason::NotACa);
        }
        match self.extensions.key_usage {
            Some(usage) if !usage.contains(KeyUsages::KeyCertSign) => Err(RejectReason::KeyUsage),
            _ => Ok(()),
        }
    }

    /// How many CAs may follow below this one.
    pub(super) fn path_length(&self) -> Option<usize> {
        self.extensions
            .basic_constraints
            .as_ref()
            .and_then(|constraints| constraints.path_len_constraint)
            .map(usize::from)
    }

    /// The subject for people's eyes, in the form of RFC 4514.
    pub(in crate::trust) fn subject_text(&self) -> String {
        display_text(&subject::text(&self.subject), MAX_SUBJECT_CHARS)
    }

    /// The organisation of the subject, else its common name, for people's eyes.
    pub(super) fn organisation_text(&self) -> Option<String> {
        let organisation = self.subject.organization().ok().flatten();
        organisation
            .or_else(|| self.subject.common_name().ok().flatten())
            .map(|name| display_text(&name.value(), MAX_SUBJECT_CHARS))
            .filter(|name| !name.is_empty())
    }
}

/// The bytes that were signed, exactly as received.
fn to_be_signed(der: &[u8]) -> Option<Vec<u8>> {
    let mut outer = SliceReader::new(der).ok()?;
    outer
        .sequence(|inner| {
            let tbs = inner.tlv_bytes()?.to_vec();
            inner.tlv_bytes()?;
            inner.tlv_bytes()?;
            Ok::<_, x509_cert::der::Error>(tbs)
        })
        .ok()
}

fn unix_time(time: Time) -> Result<UnixTime, RejectReason> {
    i64::try_from(time.to_unix_duration().as_secs())
        .map(UnixTime::from_secs)
        .map_err(|_| RejectReason::Malformed)
}

fn read_key(spki: &SubjectPublicKeyInfoOwned) -> Result<PublicKey, RejectReason> {
    let is_ec = spki.algorithm.oid == ID_EC_PUBLIC_KEY;
    let der = spki.to_der().map_err(|_| RejectReason::Malformed)?;
    PublicKey::from_spki_der(&der).map_err(|error| match error {
        JoseError::UnsupportedKey if !is_ec => RejectReason::KeyType,
        JoseError::UnsupportedKey | JoseError::NotOnCurve => RejectReason::Curve,
        _ => RejectReason::Malformed,
    })
}
