//! Certification paths: one fault in one certificate, one reason.
#![allow(clippy::unwrap_used)]

#[path = "support/chains.rs"]
mod chains;
#[path = "support/pki.rs"]
mod pki;

use chains::*;
use pki::*;
use wallet_core::trust::{CertificateUsage, RejectReason, TrustError, verify_chain};
use wallet_core::{ErrorCode, WalletError};

// -- refused: the structure of one certificate

macro_rules! refused {
    ($($test:ident: $reason:ident, $change:expr;)+) => {
        $(#[test]
        fn $test() {
            assert_eq!(reason(&changed($change)), Some(RejectReason::$reason));
        })+
    };
}

refused! {
    a_leaf_of_8_kib_is_refused: TooLarge, |c| {
        c.leaf.set(Ext::new("1.2.3.4", false, vec![0; 8 * 1024]));
    };
    a_version_1_leaf_is_refused: Version, |c| {
        c.leaf.version = None;
        c.leaf.extensions.clear();
    };
    a_version_1_ca_is_refused: Version, |c| {
        c.ca.version = None;
        c.ca.extensions.clear();
    };
    a_version_2_leaf_is_refused: Version, |c| c.leaf.version = Some(1);
    an_extension_twice_is_refused: DuplicateExtension, |c| {
        c.leaf.extensions.push(key_usage(0x80));
    };
    an_unknown_extension_twice_is_refused: DuplicateExtension, |c| {
        for _ in 0..2 {
            c.leaf.extensions.push(Ext::new("1.2.3.4", false, vec![5, 0]));
        }
    };
    a_critical_unknown_extension_of_the_leaf_is_refused: CriticalExtension, |c| {
        c.leaf.set(Ext::new("1.2.3.4", true, vec![5, 0]));
    };
    a_critical_unknown_extension_of_a_ca_is_refused: CriticalExtension, |c| {
        c.ca.set(Ext::new("1.2.3.4", true, vec![5, 0]));
    };
    critical_certificate_policies_are_refused: CriticalExtension, |c| {
        c.ca.set(Ext::new(CERTIFICATE_POLICIES, true, seq(&[&seq(&[&oid("1.2.3")])])));
    };
    basic_constraints_that_are_no_sequence_are_refused: Malformed, |c| {
        c.leaf.set(Ext::new(BASIC_CONSTRAINTS, true, vec![5, 0]));
    };
    bytes_after_an_extension_value_are_refused: Malformed, |c| {
        let mut ext = key_usage(0x80);
        ext.value.push(0);
        c.leaf.set(ext);
    };
    a_path_length_on_a_leaf_is_refused: Malformed, |c| {
        c.leaf.set(basic_constraints(false, Some(0)));
    };
    an_empty_extended_key_usage_is_refused: Malformed, |c| {
        c.leaf.set(eku(&[]));
    };
    a_dns_name_with_a_nul_is_refused: Malformed, |c| {
        c.leaf.set(san(&[(2, "verifier.example\0.evil.example")]));
    };
    bytes_after_the_certificate_are_refused: Malformed, |c| c.leaf.tamper = Some(|der| der.push(0));
    a_truncated_certificate_is_refused: Malformed, |c| c.leaf.tamper = Some(|der| der.truncate(100));
    an_empty_certificate_is_refused: Malformed, |c| c.leaf.tamper = Some(Vec::clear);
    more_extensions_than_anyone_needs_are_refused: Malformed, |c| {
        for i in 1..=33 {
            let id = format!("1.2.3.{i}").leak();
            c.leaf.set(Ext::new(id, false, vec![5, 0]));
        }
    };
    a_key_identifier_that_is_no_sequence_is_refused: Malformed, |c| {
        c.leaf.set(Ext::new(AUTHORITY_KEY_ID, false, vec![4, 0]));
    };
    an_empty_issuer_is_refused: Malformed, |c| c.leaf.issuer = Some(name(""));
}

// -- refused: keys and signatures

refused! {
    a_changed_leaf_is_refused: Signature, |c| c.leaf.tamper = Some(|der| {
        let at = der.windows(4).position(|w| w == b"Leaf").unwrap();
        der[at] ^= 1;
    });
    a_changed_signature_is_refused: Signature, |c| c.leaf.tamper = Some(|der| {
        let last = der.len() - 1;
        der[last] ^= 1;
    });
    a_leaf_signed_by_a_stranger_is_refused: Signature, |c| c.leaf.signer = Some(Key::p256(66));
    a_ca_signed_by_a_stranger_is_refused: Signature, |c| c.ca.signer = Some(Key::p256(66));
    a_ca_named_like_the_root_but_of_another_key_is_refused: Signature, |c| {
        c.ca.subject = c.root.subject.clone();
        c.ca.signer = Some(c.ca.key.clone());
    };
    an_algorithm_of_another_key_type_is_refused: Signature, |c| {
        c.leaf.alg = Some(Alg::Ed25519);
    };
    differing_algorithms_inside_and_outside_are_refused: SignatureAlgorithm, |c| {
        c.leaf.outer_alg = Some(Alg::EcdsaSha384);
    };
    an_rsa_signature_is_refused: SignatureAlgorithm, |c| {
        c.leaf.alg = Some(Alg::RsaSha256);
    };
    an_rsa_key_is_refused: KeyType, |c| {
        let modulus = [&[0][..], &[0xC3; 256][..]].concat();
        let key = seq(&[&tlv(2, &[&modulus]), &[2, 3, 1, 0, 1]]);
        c.leaf.spki = Some(seq(&[
            &seq(&[&oid("1.2.840.113549.1.1.1"), &[5, 0]]),
            &tlv(3, &[&[0], &key]),
        ]));
    };
    a_key_on_another_curve_is_refused: Curve, |c| {
        c.leaf.spki = Some(seq(&[
            &seq(&[&oid("1.2.840.10045.2.1"), &oid("1.3.132.0.10")]),
            &tlv(3, &[&[0, 4], &[7; 64]]),
        ]));
    };
    a_point_off_its_curve_is_refused: Curve, |c| {
        let mut spki = c.leaf.key.spki();
        *spki.last_mut().unwrap() ^= 1;
        c.leaf.spki = Some(spki);
    };
    an_explicit_curve_is_refused: Malformed, |c| {
        c.leaf.spki = Some(seq(&[
            &seq(&[&oid("1.2.840.10045.2.1"), &seq(&[&[2, 1, 1]])]),
            &tlv(3, &[&[0, 4], &[7; 64]]),
        ]));
    };
}

// -- refused: validity

refused! {
    an_expired_leaf_is_refused: Expired, |c| c.leaf.not_after = NOW - DAY;
    an_expired_ca_is_refused: Expired, |c| c.ca.not_after = NOW - DAY;
    an_expired_anchor_is_refused: Expired, |c| c.root.not_after = NOW - DAY;
    a_leaf_of_tomorrow_is_refused: NotYetValid, |c| c.leaf.not_before = NOW + DAY;
    a_ca_of_tomorrow_is_refused: NotYetValid, |c| c.ca.not_before = NOW + DAY;
    an_anchor_of_tomorrow_is_refused: NotYetValid, |c| c.root.not_before = NOW + DAY;
}

// -- refused: names, CAs and path length

refused! {
    a_leaf_that_names_another_issuer_is_refused: NameChaining, |c| {
        c.leaf.issuer = Some(name("Other CA"));
    };
    differing_key_identifiers_are_refused: KeyIdentifier, |c| {
        c.ca.set(subject_key_id(b"ca"));
        c.leaf.set(authority_key_id(b"xx"));
    };
    a_key_identifier_that_is_not_the_anchors_is_refused: KeyIdentifier, |c| {
        c.root.set(subject_key_id(b"root"));
        c.ca.set(authority_key_id(b"xxxx"));
    };
    a_leaf_that_certifies_a_leaf_is_refused: NotACa, |c| {
        c.ca.set(basic_constraints(false, None)).set(key_usage(0x80));
    };
    a_ca_without_basic_constraints_is_refused: NotACa, |c| {
        c.ca.without(BASIC_CONSTRAINTS);
    };
    a_ca_that_may_not_certify_is_refused: KeyUsage, |c| {
        c.ca.set(key_usage(0x80));
    };
    a_path_longer_than_the_anchor_allows_is_refused: PathLength, |c| {
        c.root.set(basic_constraints(true, Some(0)));
    };
    a_ca_as_leaf_is_refused: LeafIsCa, |c| {
        c.leaf.set(basic_constraints(true, None));
    };
    a_leaf_that_may_certify_is_refused: KeyUsage, |c| {
        c.leaf.set(key_usage(0x84));
    };
    a_leaf_that_may_not_sign_is_refused: KeyUsage, |c| {
        c.leaf.set(key_usage(0x20));
    };
    a_leaf_that_names_itself_as_issuer_is_refused: SelfSignedLeaf, |c| {
        c.leaf.issuer = Some(c.leaf.subject.clone());
        c.leaf.signer = Some(c.leaf.key.clone());
    };
}

// shows: HOSTILE 25
#[test]
fn a_path_longer_than_an_intermediate_allows_is_refused() {
    let mut chain = Chain::new();
    let mut second = Cert::ca("Second", Key::p256(4), None);
    for (allowed, expected) in [(1, None), (0, Some(RejectReason::PathLength))] {
        chain.ca.set(basic_constraints(true, Some(allowed)));
        let x5c = [
            chain.leaf.der(&second),
            second.der(&chain.ca),
            chain.ca_der(),
        ];
        let result = verify_chain(&x5c, &anchors(&chain), CertificateUsage::Issuer, AT);
        assert_eq!(result.err().and_then(TrustError::reason), expected);
    }
    // RFC 5280 6.1.4 l: a self-issued CA (a key change) does not count.
    second.subject = chain.ca.subject.clone();
    let x5c = [
        chain.leaf.der(&second),
        second.der(&chain.ca),
        chain.ca_der(),
    ];
    assert!(verify_chain(&x5c, &anchors(&chain), CertificateUsage::Issuer, AT).is_ok());
}

#[test]
fn an_intermediate_may_tighten_the_path_length_of_the_anchor_but_not_loosen_it() {
    let mut chain = Chain::new();
    let second = Cert::ca("Second", Key::p256(4), None);
    for (anchor, ca, expected) in [
        (2, 0, Some(RejectReason::PathLength)),
        (1, 100, Some(RejectReason::PathLength)),
        (2, 1, None),
    ] {
        chain.root.set(basic_constraints(true, Some(anchor)));
        chain.ca.set(basic_constraints(true, Some(ca)));
        let x5c = [
            chain.leaf.der(&second),
            second.der(&chain.ca),
            chain.ca_der(),
        ];
        let result = verify_chain(&x5c, &anchors(&chain), CertificateUsage::Issuer, AT);
        let found = result.err().and_then(TrustError::reason);
        assert_eq!(found, expected, "{anchor} {ca}");
    }
}

#[test]
fn of_several_anchors_with_one_name_the_one_of_the_right_key_gives_the_reason() {
    let expired = changed(|c| c.root.not_after = NOW - DAY);
    let other = changed(|c| c.root.key = Key::p256(99));
    let mut both = anchors(&other);
    both.extend(anchors(&expired));
    for _ in 0..2 {
        let result = verify_chain(&expired.x5c(), &both, CertificateUsage::Issuer, AT);
        assert_eq!(
            result.err().and_then(TrustError::reason),
            Some(RejectReason::Expired)
        );
        both.reverse();
    }
}

#[test]
fn an_unknown_root_is_untrusted() {
    let chain = Chain::new();
    let strangers = changed(|c| c.root.subject = name("Stranger"));
    for anchors in [vec![], anchors(&strangers)] {
        let result = verify_chain(&chain.x5c(), &anchors, CertificateUsage::Issuer, AT);
        let error = result.err().unwrap();
        assert!(matches!(error, TrustError::Untrusted { .. }));
        assert_eq!(WalletError::from(error).code(), ErrorCode::UntrustedIssuer);
    }
    let error = verify_chain(&chain.x5c(), &[], CertificateUsage::Verifier, AT)
        .err()
        .unwrap();
    assert_eq!(
        WalletError::from(error).code(),
        ErrorCode::UntrustedVerifier
    );
}

#[test]
fn a_missing_intermediate_is_untrusted() {
    let chain = Chain::new();
    let result = verify_chain(
        &[chain.leaf_der()],
        &anchors(&chain),
        CertificateUsage::Issuer,
        AT,
    );
    assert!(matches!(result, Err(TrustError::Untrusted { .. })));
}

// shows: HOSTILE 25
#[test]
fn chains_of_no_or_too_many_certificates_are_refused() {
    let chain = Chain::new();
    let verify = |x5c: &[Vec<u8>]| {
        verify_chain(x5c, &anchors(&chain), CertificateUsage::Issuer, AT)
            .err()
            .and_then(TrustError::reason)
    };
    assert_eq!(verify(&[]), Some(RejectReason::ChainEmpty));
    let mut long = chain.x5c();
    long.resize(5, chain.ca_der());
    assert_eq!(verify(&long), Some(RejectReason::ChainTooLong));
}

#[test]
fn a_chain_in_the_wrong_order_is_refused() {
    let chain = Chain::new();
    let mut x5c = chain.x5c();
    x5c.reverse();
    let result = verify_chain(&x5c, &anchors(&chain), CertificateUsage::Issuer, AT);
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::LeafIsCa)
    );
}

#[test]
fn a_self_signed_certificate_that_is_its_own_chain_is_refused() {
    let mut chain = Chain::new();
    chain.leaf.issuer = Some(chain.leaf.subject.clone());
    let own = chain.leaf.der(&chain.leaf);
    let result = verify_chain(&[own], &anchors(&chain), CertificateUsage::Issuer, AT);
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::SelfSignedLeaf)
    );
}
