//! Certification paths: what is accepted, and what makes a chain of good certificates no path.
#![allow(clippy::unwrap_used)]

#[path = "support/chains.rs"]
mod chains;
#[path = "support/pki.rs"]
mod pki;

use chains::*;
use pki::*;
use wallet_core::trust::x509::{AnchorInChain, ChainRules};
use wallet_core::trust::{CertificateUsage, RejectReason, TrustAnchor, TrustError, verify_chain};
use wallet_core::{Category, ErrorCode, WalletError};

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

// -- the anchor in the chain

// shows: HAIP 12, HAIP 22
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

// shows: HOSTILE 25
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
