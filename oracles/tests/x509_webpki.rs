//! Certification paths judged by wallet-core and by rustls-webpki, over random chains with random single faults.
//!
//! Never may wallet-core accept what webpki refuses, with one exception: `anyExtendedKeyUsage` in a CA (RFC 5280
//! 4.2.1.12), which webpki does not know. Where both know the rule, the verdicts are the same. Rules webpki
//! does not have, so that wallet-core alone refuses: key usage bits, key identifiers, validity and path length of the
//! anchor, version-independent duplicate extensions, self-issued end certificates, name constraints on an end
//! certificate, sizes, a required extended key usage in the end certificate only, constraints on kinds of names the
//! wallet does not read, order of the chain (webpki searches), and the minute of clock skew (avoided here).
#![allow(clippy::unwrap_used)]

#[path = "../../wallet-core/tests/support/pki.rs"]
mod pki;

use pki::*;
use proptest::prelude::*;
use rustls_pki_types::{CertificateDer, UnixTime as WebpkiTime};
use std::time::Duration;
use wallet_core::clock::UnixTime;
use wallet_core::trust::{CertificateUsage, TrustAnchor, verify_chain};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring};
use x509_cert::der::asn1::ObjectIdentifier;

const MDOC_DS_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap(MDOC_DS);
static MDOC_DS_BYTES: &[u8] = MDOC_DS_OID.as_bytes();

/// Root first, end certificate last.
type Path = Vec<Cert>;

fn ders(path: &Path) -> Vec<Vec<u8>> {
    path.iter()
        .enumerate()
        .map(|(i, cert)| cert.der(&path[i.saturating_sub(1)]))
        .collect()
}

fn ours(ders: &[Vec<u8>]) -> bool {
    let Ok(anchor) = TrustAnchor::from_der(&ders[0]) else {
        return false;
    };
    let x5c: Vec<_> = ders[1..].iter().rev().cloned().collect();
    let usage = CertificateUsage::MdocDocumentSigner;
    verify_chain(&x5c, &[anchor], usage, UnixTime::from_secs(NOW)).is_ok()
}

fn theirs(ders: &[Vec<u8>]) -> bool {
    let ders: Vec<_> = ders
        .iter()
        .map(|d| CertificateDer::from(d.clone()))
        .collect();
    let (Ok(anchor), Some((leaf, above))) =
        (anchor_from_trusted_cert(&ders[0]), ders[1..].split_last())
    else {
        return false;
    };
    let Ok(leaf) = EndEntityCert::try_from(leaf) else {
        return false;
    };
    leaf.verify_for_usage(
        &[
            ring::ECDSA_P256_SHA256,
            ring::ECDSA_P256_SHA384,
            ring::ECDSA_P384_SHA256,
            ring::ECDSA_P384_SHA384,
            ring::ED25519,
        ],
        &[anchor],
        above,
        WebpkiTime::since_unix_epoch(Duration::from_secs(NOW as u64)),
        KeyUsage::required_if_present(MDOC_DS_BYTES),
        None,
        None,
    )
    .is_ok()
}

/// What is done to one certificate of a path.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    Expired,
    NotYetValid,
    Stranger,
    OtherIssuerName,
    FlipByte(usize),
    UnknownExtension { critical: bool },
    NotACa,
    NoBasicConstraints,
    BecomesCa,
    PathLength(u8),
    ForeignPurpose,
    AnyPurposeOnly,
    Permitted(&'static str),
    Excluded(&'static str),
    OuterAlgorithm,
    Version1,
    RsaKey,
    KeyUsageOff,
    KeyIdentifiers,
    DuplicateExtension,
}

impl Fault {
    /// Whether webpki has the rule too, for the certificate at `index` (0 is the anchor, of which webpki takes name,
    /// key and name constraints only).
    fn is_shared(self, index: usize, len: usize) -> bool {
        let is_anchor = index == 0;
        let is_leaf = index + 1 == len;
        match self {
            Self::KeyUsageOff | Self::KeyIdentifiers | Self::DuplicateExtension => false,
            Self::Permitted(_) | Self::Excluded(_) => !is_leaf,
            Self::AnyPurposeOnly => is_leaf,
            // webpki leaves the key of the end certificate to its caller.
            Self::RsaKey => !is_anchor && !is_leaf,
            _ => !is_anchor,
        }
    }

    fn apply(self, path: &mut Path, index: usize) {
        let cert = &mut path[index];
        match self {
            Self::None | Self::FlipByte(_) => {}
            Self::Expired => cert.not_after = NOW - DAY,
            Self::NotYetValid => cert.not_before = NOW + DAY,
            Self::Stranger => cert.signer = Some(Key::p256(99)),
            Self::OtherIssuerName => cert.issuer = Some(name("Nobody")),
            Self::UnknownExtension { critical } => {
                cert.set(Ext::new("1.2.3.4", critical, vec![5, 0]));
            }
            Self::NotACa => {
                cert.set(basic_constraints(false, None));
            }
            Self::NoBasicConstraints => {
                cert.without(BASIC_CONSTRAINTS);
            }
            Self::BecomesCa => {
                cert.set(basic_constraints(true, None));
            }
            Self::PathLength(n) => {
                cert.set(basic_constraints(true, Some(n)));
            }
            Self::ForeignPurpose => {
                cert.set(eku(&[CODE_SIGNING]));
            }
            Self::AnyPurposeOnly => {
                cert.set(eku(&[ANY_PURPOSE]));
            }
            Self::Permitted(base) => {
                cert.set(name_constraints(&[(2, base)], &[]));
            }
            Self::Excluded(base) => {
                cert.set(name_constraints(&[], &[(2, base)]));
            }
            Self::OuterAlgorithm => {
                let other = match cert.key.alg() {
                    Alg::Ed25519 => Alg::EcdsaSha256,
                    _ => Alg::Ed25519,
                };
                cert.outer_alg = Some(other);
            }
            Self::Version1 => {
                cert.version = None;
                cert.extensions.clear();
            }
            Self::RsaKey => {
                let key = seq(&[&tlv(2, &[&[0], &[0xC3; 256]]), &[2, 3, 1, 0, 1]]);
                let algorithm = seq(&[&oid("1.2.840.113549.1.1.1"), &[5, 0]]);
                cert.spki = Some(seq(&[&algorithm, &tlv(3, &[&[0], &key])]));
            }
            Self::KeyUsageOff => {
                cert.set(key_usage(0x20));
            }
            Self::KeyIdentifiers => {
                cert.set(authority_key_id(b"a"));
                path[index.saturating_sub(1)].set(subject_key_id(b"b"));
            }
            Self::DuplicateExtension => {
                for _ in 0..2 {
                    cert.extensions.push(Ext::new("1.2.3.5", false, vec![5, 0]));
                }
            }
        }
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    let base = prop::sample::select(vec![
        "example",
        "signer.example",
        "a.signer.example",
        "igner.example",
        "test",
    ]);
    prop_oneof![
        2 => Just(Fault::None),
        1 => Just(Fault::Expired),
        1 => Just(Fault::NotYetValid),
        1 => Just(Fault::Stranger),
        1 => Just(Fault::OtherIssuerName),
        2 => (0_usize..2000).prop_map(Fault::FlipByte),
        1 => any::<bool>().prop_map(|critical| Fault::UnknownExtension { critical }),
        1 => Just(Fault::NotACa),
        1 => Just(Fault::NoBasicConstraints),
        1 => Just(Fault::BecomesCa),
        2 => (0_u8..3).prop_map(Fault::PathLength),
        1 => Just(Fault::ForeignPurpose),
        1 => Just(Fault::AnyPurposeOnly),
        2 => base.clone().prop_map(Fault::Permitted),
        2 => base.prop_map(Fault::Excluded),
        1 => Just(Fault::OuterAlgorithm),
        1 => Just(Fault::Version1),
        1 => Just(Fault::RsaKey),
        1 => Just(Fault::KeyUsageOff),
        1 => Just(Fault::KeyIdentifiers),
        1 => Just(Fault::DuplicateExtension),
    ]
}

fn key(seed: u8) -> impl Strategy<Value = Key> {
    prop_oneof![
        Just(Key::p256(seed)),
        Just(Key::p384(seed)),
        Just(Key::ed25519(seed)),
    ]
}

/// A good path with up to three CAs between anchor and end certificate.
fn good_path() -> impl Strategy<Value = Path> {
    (
        (key(1), key(2), key(3), key(4), key(5)),
        0_usize..=3,
        any::<bool>(),
    )
        .prop_map(|((root, a, b, c, leaf), cas, with_lengths)| {
            let mut path = vec![Cert::ca("Root", root, None)];
            for (i, key) in [a, b, c].into_iter().take(cas).enumerate() {
                let below = u8::try_from(cas - i - 1).unwrap();
                let length = with_lengths.then_some(below);
                path.push(Cert::ca(&format!("CA {i}"), key, length));
            }
            let mut leaf = Cert::leaf("Leaf", leaf);
            leaf.set(eku(&[MDOC_DS])).set(san(&[(2, "signer.example")]));
            path.push(leaf);
            path
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    // shows: SDJWT 21 (peer), HOSTILE 25 (peer)
    #[test]
    fn wallet_core_is_never_laxer_than_webpki_and_equal_where_the_rules_are(
        path in good_path(),
        fault in fault(),
        place in any::<prop::sample::Index>(),
    ) {
        let mut path = path;
        let index = place.index(path.len());
        fault.apply(&mut path, index);
        let mut ders = ders(&path);
        if let Fault::FlipByte(at) = fault {
            let at = at % ders[index].len();
            ders[index][at] ^= 1;
        }
        let (ours, theirs) = (ours(&ders), theirs(&ders));
        let may_be_laxer = matches!(fault, Fault::AnyPurposeOnly);
        prop_assert!(!ours || theirs || may_be_laxer, "laxer than webpki");
        if fault.is_shared(index, path.len()) {
            prop_assert_eq!(ours, theirs);
        }
        if matches!(fault, Fault::None) {
            prop_assert!(ours);
        }
    }
}
