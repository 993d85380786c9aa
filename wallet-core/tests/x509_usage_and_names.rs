//! Certification paths: what a certificate may be used for, and the names it may bear.
#![allow(clippy::unwrap_used)]

#[path = "support/chains.rs"]
mod chains;
#[path = "support/pki.rs"]
mod pki;

use chains::*;
use pki::*;
use wallet_core::trust::{CertificateUsage, RejectReason, TrustError, verify_chain};

// -- extended key usage

// shows: HOSTILE 25
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

// shows: HOSTILE 25
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
