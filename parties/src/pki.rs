//! A throw-away public-key infrastructure: authorities, leaf certificates of the three profiles, and certificates with
//! one fault each. TEST KEYS ONLY.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::time::Duration;

use p256::ecdsa::DerSignature;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::der::asn1::{Ia5String, ObjectIdentifier, OctetString, UtcTime};
use x509_cert::der::pem::{LineEnding, encode_string};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use crate::encoding::{base64, random, unix_now};
use crate::keys::EcKey;
use crate::refused::{OrRefuse, Result};

const DAY: u64 = 86_400;
/// Document signer (ISO/IEC 18013-5 table B.3).
const DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");
/// Reader authentication (ISO/IEC 18013-5 table B.7).
const READER_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.6");
const SERVER_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// An extension nobody knows, under the enterprise number for examples (RFC 5612).
const UNHEARD_OF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");

/// What a leaf certificate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafProfile {
    /// Signs credentials. `uri` (the issuer identifier) goes into the subject alternative name.
    Issuer {
        /// Common name of the subject.
        common_name: String,
        /// URI of the subject alternative name.
        uri: Option<String>,
    },
    /// Signs presentation requests.
    Verifier {
        /// Common name of the subject.
        common_name: String,
        /// DNS names of the subject alternative name (what `x509_san_dns` is matched with).
        dns_names: Vec<String>,
    },
    /// A TLS server; 127.0.0.1 is always among its names.
    Tls {
        /// DNS names of the subject alternative name.
        dns_names: Vec<String>,
    },
}

/// One thing wrong with a certificate that is otherwise right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateFault {
    /// Its validity ended yesterday.
    Expired,
    /// Its validity begins tomorrow.
    NotYetValid,
    /// Key usage is keyAgreement instead of digitalSignature.
    WrongKeyUsage,
    /// The extended key usage is that of a TLS server (for the TLS profile: of a TLS client).
    WrongExtendedKeyUsage,
    /// The leaf says that it is an authority.
    CaLeaf,
    /// The leaf signed itself: no authority vouches for it.
    SelfSigned,
    /// A critical extension that nobody knows.
    UnknownCriticalExtension,
    /// The authority's signature is broken.
    BadSignature,
}

/// A certificate authority: the trust anchor or an intermediate under it.
#[derive(Clone)]
pub struct CertificateAuthority {
    key: EcKey,
    subject: Name,
    certificate: Vec<u8>,
    /// Certificates from this authority up to, and without, the anchor.
    chain: Vec<Vec<u8>>,
    now: u64,
}

/// A leaf certificate with its key.
#[derive(Clone)]
pub struct Leaf {
    /// The private key.
    pub key: EcKey,
    /// DER certificates, leaf first, without the anchor (HAIP 1.0 section 6.1.1).
    pub chain: Vec<Vec<u8>>,
}

impl Leaf {
    /// The `x5c` header parameter (RFC 7515 section 4.1.6).
    pub fn x5c(&self) -> Vec<String> {
        self.chain.iter().map(|der| base64(der)).collect()
    }

    /// The leaf certificate in DER.
    pub fn certificate(&self) -> &[u8] {
        self.chain.first().map_or(&[], Vec::as_slice)
    }

    /// The chain in PEM, leaf first.
    pub fn chain_pem(&self) -> Result<String> {
        self.chain.iter().map(|der| certificate_pem(der)).collect()
    }
}

impl CertificateAuthority {
    /// A self-signed authority, valid from yesterday for ten years.
    pub fn generate(common_name: &str) -> Result<Self> {
        Self::generate_at(common_name, unix_now())
    }

    /// The same at the time `now` (seconds since 1970), for tests with a clock of their own.
    pub fn generate_at(common_name: &str, now: u64) -> Result<Self> {
        let key = EcKey::generate()?;
        let subject = name(common_name)?;
        let template = Template::authority(subject.clone(), subject.clone(), None);
        let validity = validity(now - DAY, now + 3650 * DAY)?;
        let certificate = template.build(&key, &key, validity)?;
        Ok(Self {
            key,
            subject,
            certificate,
            chain: Vec::new(),
            now,
        })
    }

    /// An intermediate authority under this one; `path_length` bounds the authorities below it.
    pub fn issue_intermediate(&self, common_name: &str, path_length: Option<u8>) -> Result<Self> {
        let key = EcKey::generate()?;
        let subject = name(common_name)?;
        let template = Template::authority(self.subject.clone(), subject.clone(), path_length);
        let validity = validity(self.now - DAY, self.now + 1825 * DAY)?;
        let certificate = template.build(&key, &self.key, validity)?;
        let mut chain = vec![certificate.clone()];
        chain.extend_from_slice(&self.chain);
        Ok(Self {
            key,
            subject,
            certificate,
            chain,
            now: self.now,
        })
    }

    /// The authority's own certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.certificate
    }

    /// The authority's own certificate in PEM: what a wallet takes as trust anchor.
    pub fn pem(&self) -> Result<String> {
        certificate_pem(&self.certificate)
    }

    /// A leaf with a fresh key, valid from yesterday for 90 days.
    pub fn issue_leaf(&self, profile: &LeafProfile) -> Result<Leaf> {
        self.leaf(profile, None)
    }

    /// A leaf with exactly one thing wrong.
    pub fn issue_faulty_leaf(
        &self,
        profile: &LeafProfile,
        fault: CertificateFault,
    ) -> Result<Leaf> {
        self.leaf(profile, Some(fault))
    }

    fn leaf(&self, profile: &LeafProfile, fault: Option<CertificateFault>) -> Result<Leaf> {
        let key = EcKey::generate()?;
        let mut template = Template::leaf(self.subject.clone(), profile)?;
        let (mut from, mut until) = (self.now - DAY, self.now + 90 * DAY);
        let mut signer = &self.key;
        match fault {
            None | Some(CertificateFault::BadSignature) => {}
            Some(CertificateFault::Expired) => {
                (from, until) = (self.now - 30 * DAY, self.now - DAY)
            }
            Some(CertificateFault::NotYetValid) => from = self.now + DAY,
            Some(CertificateFault::WrongKeyUsage) => {
                template.key_usage = KeyUsages::KeyAgreement.into()
            }
            Some(CertificateFault::WrongExtendedKeyUsage) => {
                let tls = matches!(profile, LeafProfile::Tls { .. });
                template.extended_key_usage = vec![if tls {
                    CLIENT_AUTHENTICATION
                } else {
                    SERVER_AUTHENTICATION
                }];
            }
            Some(CertificateFault::CaLeaf) => {
                template.authority = Some(None);
                template.key_usage = KeyUsages::DigitalSignature | KeyUsages::KeyCertSign;
            }
            Some(CertificateFault::SelfSigned) => {
                template.issuer = template.subject.clone();
                signer = &key;
            }
            Some(CertificateFault::UnknownCriticalExtension) => template.unknown_critical = true,
        }
        let mut certificate = template.build(&key, signer, validity(from, until)?)?;
        if fault == Some(CertificateFault::BadSignature) {
            break_signature(&mut certificate)?;
        }
        let mut chain = vec![certificate];
        if fault != Some(CertificateFault::SelfSigned) {
            chain.extend_from_slice(&self.chain);
        }
        Ok(Leaf { key, chain })
    }
}

/// A DER certificate in PEM.
pub fn certificate_pem(der: &[u8]) -> Result<String> {
    encode_string("CERTIFICATE", LineEnding::LF, der).or_refuse("PEM")
}

/// What goes into one certificate.
struct Template {
    issuer: Name,
    subject: Name,
    /// `Some(path length)` for an authority.
    authority: Option<Option<u8>>,
    key_usage: x509_cert::der::flagset::FlagSet<KeyUsages>,
    extended_key_usage: Vec<ObjectIdentifier>,
    alternative_names: Vec<GeneralName>,
    unknown_critical: bool,
}

impl Template {
    fn authority(issuer: Name, subject: Name, path_length: Option<u8>) -> Self {
        Self {
            issuer,
            subject,
            authority: Some(path_length),
            key_usage: KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            extended_key_usage: Vec::new(),
            alternative_names: Vec::new(),
            unknown_critical: false,
        }
    }

    fn leaf(issuer: Name, profile: &LeafProfile) -> Result<Self> {
        let dns = |names: &[String]| -> Result<Vec<GeneralName>> {
            let to_name = |n: &String| Ia5String::new(n).map(GeneralName::DnsName);
            names
                .iter()
                .map(|n| to_name(n).or_refuse("DNS name"))
                .collect()
        };
        let (common_name, extended_key_usage, alternative_names) = match profile {
            LeafProfile::Issuer { common_name, uri } => {
                let to_name =
                    |u: &String| Ia5String::new(u).map(GeneralName::UniformResourceIdentifier);
                let names = uri.iter().map(|u| to_name(u).or_refuse("URI"));
                (
                    common_name.as_str(),
                    vec![DOCUMENT_SIGNER],
                    names.collect::<Result<_>>()?,
                )
            }
            LeafProfile::Verifier {
                common_name,
                dns_names,
            } => (
                common_name.as_str(),
                vec![READER_AUTHENTICATION, CLIENT_AUTHENTICATION],
                dns(dns_names)?,
            ),
            LeafProfile::Tls { dns_names } => {
                let mut names = dns(dns_names)?;
                names.push(GeneralName::from(IpAddr::V4(Ipv4Addr::LOCALHOST)));
                ("localhost", vec![SERVER_AUTHENTICATION], names)
            }
        };
        Ok(Self {
            issuer,
            subject: name(common_name)?,
            authority: None,
            key_usage: KeyUsages::DigitalSignature.into(),
            extended_key_usage,
            alternative_names,
            unknown_critical: false,
        })
    }

    fn build(self, key: &EcKey, signer: &EcKey, validity: Validity) -> Result<Vec<u8>> {
        // Positive and never zero (RFC 5280 section 4.1.2.2).
        let mut serial = random::<16>()?;
        serial[0] = (serial[0] & 0x7f) | 0x40;
        let serial = SerialNumber::new(&serial).or_refuse("serial number")?;
        let public =
            SubjectPublicKeyInfo::from_key(&key.verifying_key()).or_refuse("public key")?;
        let builder =
            CertificateBuilder::new(self, serial, validity, public).or_refuse("certificate")?;
        let certificate = builder
            .build::<_, DerSignature>(&signer.signing_key())
            .or_refuse("certificate signature")?;
        certificate.to_der().or_refuse("certificate encoding")
    }
}

impl BuilderProfile for Template {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let subject = tbs.subject();
        let mut all = Vec::new();
        let constraints = BasicConstraints {
            ca: self.authority.is_some(),
            path_len_constraint: self.authority.flatten(),
        };
        all.push(constraints.to_extension(subject, &all)?);
        all.push(KeyUsage(self.key_usage).to_extension(subject, &all)?);
        all.push(SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &all)?);
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(SubjectKeyIdentifier::try_from(issuer_key)?.0),
            ..Default::default()
        };
        all.push(authority.to_extension(subject, &all)?);
        if !self.extended_key_usage.is_empty() {
            let usage = ExtendedKeyUsage(self.extended_key_usage.clone());
            all.push(usage.to_extension(subject, &all)?);
        }
        if !self.alternative_names.is_empty() {
            let names = SubjectAltName(self.alternative_names.clone());
            all.push(names.to_extension(subject, &all)?);
        }
        if self.unknown_critical {
            all.push(Extension {
                extn_id: UNHEARD_OF,
                critical: true,
                extn_value: OctetString::new([5, 0])?,
            });
        }
        Ok(all)
    }
}

fn name(common_name: &str) -> Result<Name> {
    Name::from_str(&format!("CN={common_name},O=Fictional Test,C=UT")).or_refuse("name")
}

fn validity(from: u64, until: u64) -> Result<Validity> {
    let time = |seconds| -> Result<Time> {
        let utc =
            UtcTime::from_unix_duration(Duration::from_secs(seconds)).or_refuse("validity")?;
        Ok(Time::UtcTime(utc))
    };
    Ok(Validity::new(time(from)?, time(until)?))
}

/// Flips a bit in the last byte of the certificate, which is the end of the signature's `s`.
fn break_signature(certificate: &mut [u8]) -> Result<()> {
    let last = certificate.last_mut().or_refuse("empty certificate")?;
    *last ^= 1;
    Certificate::from_der(certificate).or_refuse("certificate")?;
    Ok(())
}
