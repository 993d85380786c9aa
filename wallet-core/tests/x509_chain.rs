//! Certification paths: what must be accepted and, mostly, what must not.
#![allow(clippy::unwrap_used)]

#[path = "support/pki.rs"]
mod pki;

use pki::*;
use wallet_core::clock::UnixTime;
use wallet_core::trust::x509::{AnchorInChain, ChainRules};
use wallet_core::trust::{CertificateUsage, RejectReason, TrustAnchor, TrustError, verify_chain};
use wallet_core::{Category, ErrorCode, WalletError};

const AT: UnixTime = UnixTime::from_secs(NOW);

fn anchors(chain: &Chain) -> Vec<TrustAnchor> {
    vec![TrustAnchor::from_der(&chain.root_der()).unwrap()]
}

/// Verifies as a verifier's chain; `None` is success.
fn verdict(chain: &Chain) -> Option<TrustError> {
    verdict_for(chain, CertificateUsage::Verifier)
}

fn verdict_for(chain: &Chain, usage: CertificateUsage) -> Option<TrustError> {
    verify_chain(&chain.x5c(), &anchors(chain), usage, AT).err()
}

fn reason(chain: &Chain) -> Option<RejectReason> {
    verdict(chain).and_then(TrustError::reason)
}

fn changed(change: impl FnOnce(&mut Chain)) -> Chain {
    let mut chain = Chain::new();
    change(&mut chain);
    chain
}

// -- accepted

#[test]
fn a_chain_over_an_intermediate_is_verified() {
    let chain = Chain::new();
    let verified = verify_chain(
        &chain.x5c(),
        &anchors(&chain),
        CertificateUsage::Verifier,
        AT,
    )
    .unwrap();
    assert_eq!(verified.dns_names(), ["verifier.example"]);
    assert_eq!(verified.uris(), ["https://issuer.example/path"]);
    assert_eq!(verified.subject(), "CN=Leaf,O=Test,C=UT");
    assert_eq!(verified.organisation(), Some("Test"));
    assert_eq!(verified.leaf_key().to_spki_der(), Key::p256(3).spki());
    let expected: [u8; 32] = {
        use sha2::Digest as _;
        sha2::Sha256::digest(chain.leaf_der()).into()
    };
    assert_eq!(verified.leaf_sha256(), expected);
}

#[test]
fn every_allowed_key_may_certify_every_other() {
    let keys = [Key::p256(11), Key::p384(12), Key::ed25519(13)];
    for root in &keys {
        for ca in &keys {
            for leaf in &keys {
                let chain = Chain::with_keys(root.clone(), ca.clone(), leaf.clone());
                assert_eq!(verdict(&chain), None);
            }
        }
    }
}

#[test]
fn the_hash_of_an_ecdsa_signature_is_free_within_the_policy() {
    for alg in [Alg::EcdsaSha256, Alg::EcdsaSha384] {
        let mut chain = Chain::with_keys(Key::p384(1), Key::p256(2), Key::p256(3));
        chain.ca.alg = Some(alg);
        chain.leaf.alg = Some(alg);
        assert_eq!(verdict(&chain), None, "{alg:?}");
    }
}

#[test]
fn a_leaf_directly_below_the_anchor_is_verified() {
    let chain = Chain::new();
    let leaf = chain.leaf.der(&chain.root);
    let result = verify_chain(&[leaf], &anchors(&chain), CertificateUsage::Issuer, AT);
    assert!(result.is_ok());
}

#[test]
fn an_anchor_need_not_be_self_signed() {
    let chain = Chain::new();
    let anchor = TrustAnchor::from_der(&chain.ca_der()).unwrap();
    let result = verify_chain(&[chain.leaf_der()], &[anchor], CertificateUsage::Issuer, AT);
    assert!(result.is_ok());
}

#[test]
fn of_several_anchors_with_one_name_the_fitting_one_counts() {
    let chain = Chain::new();
    let other = changed(|c| c.root.key = Key::p256(99));
    let mut both = anchors(&other);
    both.extend(anchors(&chain));
    for _ in 0..2 {
        assert!(verify_chain(&chain.x5c(), &both, CertificateUsage::Issuer, AT).is_ok());
        both.reverse();
    }
}

#[test]
fn the_authority_key_ids_of_the_chain_are_listed() {
    let chain = changed(|c| {
        c.root.set(subject_key_id(b"root"));
        c.ca.set(subject_key_id(b"ca"))
            .set(authority_key_id(b"root"));
        c.leaf.set(authority_key_id(b"ca"));
    });
    let verified =
        verify_chain(&chain.x5c(), &anchors(&chain), CertificateUsage::Issuer, AT).unwrap();
    assert_eq!(
        verified.authority_key_ids(),
        [b"ca".to_vec(), b"root".to_vec()]
    );
}

#[test]
fn the_subject_is_made_safe_to_show() {
    let chain = changed(|c| c.leaf.subject = name("Bank\u{202E}\n\u{200B}gnp.exe"));
    let verified = verify_chain(
        &chain.x5c(),
        &anchors(&chain),
        CertificateUsage::Verifier,
        AT,
    )
    .unwrap();
    assert!(verified.subject().chars().all(|c| c.is_ascii_graphic()));
}

#[test]
fn clocks_may_differ_by_a_minute() {
    for (offset, expected) in [
        (30 * DAY + 60, None),
        (30 * DAY + 61, Some(RejectReason::Expired)),
        (-30 * DAY - 60, None),
        (-30 * DAY - 61, Some(RejectReason::NotYetValid)),
    ] {
        let chain = Chain::new();
        let at = AT.saturating_add(offset);
        let result = verify_chain(&chain.x5c(), &anchors(&chain), CertificateUsage::Issuer, at);
        assert_eq!(
            result.err().and_then(TrustError::reason),
            expected,
            "{offset}"
        );
    }
}

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

// -- the anchor in the chain

#[test]
fn the_anchor_in_the_chain_is_tolerated_or_refused_by_rule() {
    let chain = Chain::new();
    let mut renewed = chain.root.clone();
    renewed.not_after += DAY;
    for root in [chain.root_der(), renewed.der(&chain.root)] {
        let mut x5c = chain.x5c();
        x5c.push(root);
        let rules = ChainRules::new(CertificateUsage::Issuer, AT);
        assert!(rules.verify(&x5c, &anchors(&chain)).is_ok());
        let error = rules
            .anchor_in_chain(AnchorInChain::Refused)
            .verify(&x5c, &anchors(&chain))
            .err();
        assert_eq!(
            error.and_then(TrustError::reason),
            Some(RejectReason::AnchorInChain)
        );
    }
    let rules = ChainRules::new(CertificateUsage::Issuer, AT);
    let strict = rules.anchor_in_chain(AnchorInChain::Refused);
    assert!(strict.verify(&chain.x5c(), &anchors(&chain)).is_ok());
}

#[test]
fn a_copy_of_the_root_does_not_outlive_the_anchor() {
    let mut chain = Chain::new();
    let mut renewed = chain.root.clone();
    chain.root.not_after = NOW - DAY;
    renewed.not_after = NOW + DAY;
    let mut x5c = chain.x5c();
    x5c.push(renewed.der(&chain.root));
    let result = verify_chain(&x5c, &anchors(&chain), CertificateUsage::Issuer, AT);
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::Expired)
    );
}

// -- extended key usage

#[test]
fn extended_key_usage_follows_the_table_of_usages() {
    use CertificateUsage::{Issuer, MdocDocumentSigner, MdocReader, Verifier};
    let own = "1.3.6.1.4.1.99999.1";
    // Purposes (none: the extension is absent), and the usages that accept them.
    let cases: [(&[&str], &[CertificateUsage]); 10] = [
        (&[], &[Issuer, Verifier]),
        (&[ANY_PURPOSE], &[Issuer, Verifier]),
        (&[own], &[Issuer, Verifier]),
        (&[MDOC_DS], &[Issuer, MdocDocumentSigner]),
        (&[MDOC_READER], &[Verifier, MdocReader]),
        (&[MDOC_READER, CLIENT_AUTH], &[Verifier, MdocReader]),
        (&[SERVER_AUTH], &[Verifier]),
        (&[CLIENT_AUTH], &[Verifier]),
        (&[CODE_SIGNING], &[]),
        (&[SERVER_AUTH, own], &[Issuer, Verifier]),
    ];
    for (purposes, accepted) in cases {
        let mut chain = Chain::new();
        if !purposes.is_empty() {
            chain.leaf.set(eku(purposes));
        }
        for usage in [Issuer, Verifier, MdocDocumentSigner, MdocReader] {
            let expected = (!accepted.contains(&usage)).then_some(RejectReason::ExtendedKeyUsage);
            let found = verdict_for(&chain, usage).and_then(TrustError::reason);
            assert_eq!(found, expected, "{purposes:?} {usage:?}");
        }
    }
}

#[test]
fn mdoc_usages_want_a_key_usage() {
    let mut chain = Chain::new();
    chain.leaf.set(eku(&[MDOC_DS])).without(KEY_USAGE);
    let found = verdict_for(&chain, CertificateUsage::MdocDocumentSigner);
    assert_eq!(
        found.and_then(TrustError::reason),
        Some(RejectReason::KeyUsage)
    );
    assert_eq!(verdict_for(&chain, CertificateUsage::Issuer), None);
}

#[test]
fn a_ca_for_another_purpose_is_refused() {
    let mut chain = Chain::new();
    chain.leaf.set(eku(&[MDOC_DS]));
    chain.ca.set(eku(&[SERVER_AUTH]));
    for usage in [
        CertificateUsage::Issuer,
        CertificateUsage::MdocDocumentSigner,
    ] {
        assert_eq!(
            verdict_for(&chain, usage).and_then(TrustError::reason),
            Some(RejectReason::ExtendedKeyUsage)
        );
    }
    chain.ca.set(eku(&[ANY_PURPOSE]));
    assert_eq!(
        verdict_for(&chain, CertificateUsage::MdocDocumentSigner),
        None
    );
}

// -- name constraints

#[test]
fn name_constraints_of_ca_and_anchor_bind_the_leaf() {
    type Case<'a> = (
        &'a [General<'a>],
        &'a [General<'a>],
        &'a [General<'a>],
        bool,
    );
    // Permitted, excluded, names of the leaf, accepted.
    let cases: [Case<'_>; 21] = [
        (&[(2, "example")], &[], &[(2, "verifier.example")], true),
        (
            &[(2, "verifier.example")],
            &[],
            &[(2, "verifier.example")],
            true,
        ),
        (&[(2, ".example")], &[], &[(2, "verifier.example")], true),
        (
            &[(2, "VERIFIER.example")],
            &[],
            &[(2, "verifier.EXAMPLE")],
            true,
        ),
        (
            &[(2, "a.example"), (2, "b.example")],
            &[],
            &[(2, "x.b.example")],
            true,
        ),
        (
            &[(2, "other.example")],
            &[],
            &[(2, "verifier.example")],
            false,
        ),
        (
            &[(2, "fier.example")],
            &[],
            &[(2, "verifier.example")],
            false,
        ),
        (
            &[(2, "example")],
            &[],
            &[(2, "a.example"), (2, "b.test")],
            false,
        ),
        (&[(2, "example")], &[], &[], true),
        (
            &[(2, "example")],
            &[],
            &[(6, "https://elsewhere.test/")],
            true,
        ),
        (&[], &[(2, "example")], &[(2, "verifier.example")], false),
        (&[], &[(2, "example")], &[(2, "verifier.test")], true),
        (&[], &[(2, "secret.example")], &[(2, "*.example")], false),
        (
            &[(2, "example")],
            &[(2, "bad.example")],
            &[(2, "x.bad.example")],
            false,
        ),
        (
            &[(6, "host.example")],
            &[],
            &[(6, "https://host.example/x")],
            true,
        ),
        (
            &[(6, "host.example")],
            &[],
            &[(6, "https://a.host.example/x")],
            false,
        ),
        (
            &[(6, ".example")],
            &[],
            &[(6, "https://a.host.example/x")],
            true,
        ),
        (
            &[],
            &[(6, "host.example")],
            &[(6, "https://HOST.example/x")],
            false,
        ),
        (&[(6, "host.example")], &[], &[(6, "urn:uuid:1")], false),
        (
            &[(6, "host.example")],
            &[],
            &[(6, "https://10.0.0.1/")],
            false,
        ),
        (&[(2, "")], &[], &[(2, "anything.test")], true),
    ];
    for (permitted, excluded, names, accepted) in cases {
        for at_anchor in [false, true] {
            let mut chain = Chain::new();
            chain.leaf.without(SUBJECT_ALT_NAME);
            if !names.is_empty() {
                chain.leaf.set(san(names));
            }
            let ca = if at_anchor {
                &mut chain.root
            } else {
                &mut chain.ca
            };
            ca.set(name_constraints(permitted, excluded));
            let expected = (!accepted).then_some(RejectReason::NameConstraint);
            assert_eq!(
                reason(&chain),
                expected,
                "{permitted:?} {excluded:?} {names:?} {at_anchor}"
            );
        }
    }
}

#[test]
fn constraints_on_names_of_other_kinds_are_refused() {
    let address = "\u{A}\0\0\0\u{7F}\0\0\0";
    for tree in [(1, "example.org"), (4, "Root"), (7, address)] {
        let chain = changed(|c| {
            c.ca.set(name_constraints(&[], &[tree]));
        });
        assert_eq!(
            reason(&chain),
            Some(RejectReason::NameConstraint),
            "{tree:?}"
        );
    }
}

#[test]
fn name_constraints_of_a_form_rfc_5280_forbids_are_refused() {
    let base = tlv(0x82, &[b"example"]);
    // minimum 1; maximum 0: with the name alone both would be a permitted "example".
    for bound in [[0x80, 1, 1], [0x81, 1, 0]] {
        let tree = seq(&[&base, &bound]);
        let value = seq(&[&tlv(0xA0, &[&tree])]);
        let chain = changed(|c| {
            c.ca.set(Ext::new(NAME_CONSTRAINTS, true, value));
        });
        assert_eq!(reason(&chain), Some(RejectReason::NameConstraint));
    }
    for value in [seq(&[]), seq(&[&tlv(0xA0, &[])])] {
        let chain = changed(|c| {
            c.ca.set(Ext::new(NAME_CONSTRAINTS, true, value));
        });
        assert_eq!(reason(&chain), Some(RejectReason::Malformed));
    }
}

#[test]
fn both_constraints_of_two_cas_hold() {
    let mut chain = Chain::new();
    chain.root.set(name_constraints(&[(2, "example")], &[]));
    chain
        .ca
        .set(name_constraints(&[(2, "verifier.example")], &[]));
    assert_eq!(verdict(&chain), None);
    chain.root.set(name_constraints(&[(2, "test")], &[]));
    assert_eq!(reason(&chain), Some(RejectReason::NameConstraint));
}

#[test]
fn name_constraints_on_a_leaf_are_refused() {
    let chain = changed(|c| {
        c.leaf.set(name_constraints(&[(2, "example")], &[]));
    });
    assert_eq!(reason(&chain), Some(RejectReason::NameConstraint));
}

#[test]
fn wildcards_name_no_host() {
    let chain = changed(|c| {
        c.leaf.set(san(&[(2, "*.example"), (2, "A.example")]));
    });
    let verified = verify_chain(
        &chain.x5c(),
        &anchors(&chain),
        CertificateUsage::Verifier,
        AT,
    );
    assert_eq!(verified.unwrap().dns_names(), ["a.example"]);
}

// -- anchors

#[test]
fn what_may_not_certify_cannot_be_an_anchor() {
    let chain = Chain::new();
    for (der, expected) in [
        (chain.leaf_der(), RejectReason::NotACa),
        (vec![], RejectReason::Malformed),
        (vec![0x30, 0x80], RejectReason::Malformed),
        (vec![0; 9000], RejectReason::TooLarge),
        (
            changed(|c| {
                c.root.set(key_usage(0x80));
            })
            .root_der(),
            RejectReason::KeyUsage,
        ),
        (
            changed(|c| {
                c.root.subject = name("");
                c.root.issuer = Some(name("Root"));
            })
            .root_der(),
            RejectReason::NotACa,
        ),
    ] {
        let error = TrustAnchor::from_der(&der).err().unwrap();
        assert_eq!(error.reason(), Some(expected));
        assert_eq!(WalletError::from(error).category(), Category::App);
    }
}

#[test]
fn errors_name_the_party_the_reason_and_the_rule() {
    let chain = changed(|c| c.leaf.not_after = NOW - DAY);
    let error = WalletError::from(verdict(&chain).unwrap());
    assert_eq!(error.code(), ErrorCode::CertificateRejected);
    assert_eq!(error.category(), Category::Verifier);
    assert_eq!(error.subject(), Some("expired"));
    assert_eq!(error.failed_rule(), Some("RFC 5280 6.1.3 a.2"));
    let error = verdict_for(&chain, CertificateUsage::Issuer).unwrap();
    assert_eq!(WalletError::from(error).category(), Category::Issuer);
}

// -- robustness

#[test]
fn no_single_changed_byte_is_accepted_and_none_panics() {
    let chain = Chain::new();
    let anchors = anchors(&chain);
    let good = chain.x5c();
    for index in 0..good.len() {
        for at in 0..good[index].len() {
            for flip in [0x01, 0x80] {
                let mut x5c = good.clone();
                x5c[index][at] ^= flip;
                let result = verify_chain(&x5c, &anchors, CertificateUsage::Verifier, AT);
                assert!(result.is_err(), "certificate {index} byte {at}");
            }
        }
    }
}

#[test]
fn no_truncated_certificate_is_accepted() {
    let chain = Chain::new();
    let leaf = chain.leaf_der();
    for len in 0..leaf.len() {
        let x5c = [leaf[..len].to_vec(), chain.ca_der()];
        let result = verify_chain(&x5c, &anchors(&chain), CertificateUsage::Verifier, AT);
        assert!(result.is_err());
    }
}
