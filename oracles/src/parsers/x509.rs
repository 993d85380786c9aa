//! Certificates and certification paths. The DER writer here is a few lines of our own, so that a certificate can be made
//! of any bytes and then signed.

use super::fixture::{HOST, NOW, WORLD, text};
use super::texts::assert_is_safe;
use ed25519_dalek::{Signer as _, SigningKey};
use wallet_core::jose::PublicKey;
use wallet_core::trust::x509::verify_chain;
use wallet_core::trust::{CertificateUsage, TrustAnchor};

const USAGES: [CertificateUsage; 4] = [
    CertificateUsage::Issuer,
    CertificateUsage::Verifier,
    CertificateUsage::MdocDocumentSigner,
    CertificateUsage::MdocReader,
];

/// `AlgorithmIdentifier` of Ed25519 (RFC 8410 3).
const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70];

/// A certificate nobody signed is never believed.
pub(super) fn certificate(input: &[u8]) {
    if let Ok(anchor) = TrustAnchor::from_der(input) {
        assert_eq!(anchor.der(), input);
        assert!(!format!("{anchor:?}").contains('\n'));
    }
    for usage in USAGES {
        if verify_chain(&[input.to_vec()], &WORLD.trust.issuers, usage, NOW).is_ok() {
            assert_eq!(input, WORLD.signer_certificate);
        }
        let chain = [WORLD.signer_certificate.clone(), input.to_vec()];
        let _ = verify_chain(&chain, &WORLD.trust.issuers, usage, NOW);
    }
}

/// The input as the signed part of a certificate, signed by the authority: as the end of a path, and as the middle of one.
pub(super) fn certificate_signed(input: &[u8]) {
    let certificate = signed(input, &WORLD.authority);
    for usage in USAGES {
        let chain = [certificate.clone()];
        if let Ok(verified) = verify_chain(&chain, &WORLD.trust.issuers, usage, NOW) {
            let texts = [Some(verified.subject()), verified.organisation()];
            texts.into_iter().flatten().for_each(assert_is_safe);
            for name in verified.dns_names() {
                assert!(!name.contains('*') && name.is_ascii() && !name.is_empty());
            }
            let spki = verified.leaf_key().to_spki_der();
            assert!(input.windows(spki.len()).any(|window| window == spki));
            // The same with a broken signature, and with nobody to vouch for it.
            let mut broken = certificate.clone();
            *broken.last_mut().unwrap() ^= 1;
            assert!(verify_chain(&[broken], &WORLD.trust.issuers, usage, NOW).is_err());
            assert!(verify_chain(&chain, &[], usage, NOW).is_err());
        }
        // The signer below the new certificate: its key is not the one that signed, unless the fuzzer keeps it.
        let below = signed(
            &Profile::signer(&WORLD.signer).below("Middle"),
            &WORLD.signer,
        );
        let chain = [below, certificate.clone()];
        if let Ok(verified) = verify_chain(&chain, &WORLD.trust.issuers, usage, NOW) {
            assert_eq!(*verified.leaf_key(), WORLD.signer_public());
        }
    }
    let _ = TrustAnchor::from_der(&certificate);
}

/// PEM text of anchors.
pub(super) fn pem(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if let Ok(anchors) = TrustAnchor::from_pem(text) {
        assert!(!anchors.is_empty());
        assert_eq!(anchors.len(), text.matches("-----BEGIN ").count());
        for anchor in anchors {
            assert!(TrustAnchor::from_der(anchor.der()).is_ok());
        }
    }
}

/// What a certificate says.
pub(super) struct Profile {
    subject: &'static str,
    key: Vec<u8>,
    extensions: Vec<u8>,
}

impl Profile {
    /// An authority of any depth.
    pub(super) fn authority(key: &SigningKey) -> Self {
        Self::ca("Authority", key)
    }

    /// An authority that signs end certificates.
    pub(super) fn ca(subject: &'static str, key: &SigningKey) -> Self {
        let basic_constraints =
            extension(&[0x55, 0x1D, 0x13], true, &[0x30, 0x03, 0x01, 0x01, 0xFF]);
        let key_usage = extension(&[0x55, 0x1D, 0x0F], true, &[0x03, 0x02, 0x01, 0x06]);
        Self {
            subject,
            key: spki(key),
            extensions: [basic_constraints, key_usage].concat(),
        }
    }

    /// A signer of credentials and requests, named [`HOST`].
    pub(super) fn signer(key: &SigningKey) -> Self {
        let key_usage = extension(&[0x55, 0x1D, 0x0F], true, &[0x03, 0x02, 0x07, 0x80]);
        let names = tlv(0x30, &tlv(0x82, HOST.as_bytes()));
        let alternative_names = extension(&[0x55, 0x1D, 0x11], false, &names);
        Self {
            subject: "Signer",
            key: spki(key),
            extensions: [key_usage, alternative_names].concat(),
        }
    }

    /// The part that is signed, with this issuer.
    pub(super) fn below(&self, issuer: &str) -> Vec<u8> {
        let validity = [utc_time(b"250101000000Z"), utc_time(b"491231235959Z")].concat();
        let parts = [
            tlv(0xA0, &[0x02, 0x01, 0x02]),
            vec![0x02, 0x01, 0x01],
            ED25519.to_vec(),
            name(issuer),
            tlv(0x30, &validity),
            name(self.subject),
            self.key.clone(),
            tlv(0xA3, &tlv(0x30, &self.extensions)),
        ];
        tlv(0x30, &parts.concat())
    }
}

/// The certificate by the authority.
pub(super) fn certify(profile: &Profile, authority: &SigningKey) -> Vec<u8> {
    signed(&profile.below("Authority"), authority)
}

/// Any bytes as a certificate.
fn signed(to_be_signed: &[u8], by: &SigningKey) -> Vec<u8> {
    let signature = by.sign(to_be_signed).to_bytes();
    let bits = [&[0][..], &signature].concat();
    tlv(0x30, &[to_be_signed, ED25519, &tlv(0x03, &bits)].concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    if length < 0x80 {
        bytes.push(u8::try_from(length).unwrap());
    } else {
        let length = length.to_be_bytes();
        let length: Vec<_> = length.into_iter().skip_while(|byte| *byte == 0).collect();
        bytes.push(0x80 | u8::try_from(length.len()).unwrap());
        bytes.extend(length);
    }
    bytes.extend_from_slice(content);
    bytes
}

fn spki(key: &SigningKey) -> Vec<u8> {
    PublicKey::Ed25519(key.verifying_key()).to_spki_der()
}

fn utc_time(text: &[u8]) -> Vec<u8> {
    tlv(0x17, text)
}

/// A name with a common name and nothing else.
fn name(common_name: &str) -> Vec<u8> {
    let value = tlv(0x0C, common_name.as_bytes());
    let attribute = [tlv(0x06, &[0x55, 0x04, 0x03]), value].concat();
    tlv(0x30, &tlv(0x31, &tlv(0x30, &attribute)))
}

fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
    let parts = [tlv(0x06, oid), flag.to_vec(), tlv(0x04, value)];
    tlv(0x30, &parts.concat())
}
