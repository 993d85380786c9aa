//! Certificates made by others: AAMVA, Multipaz, isomdl, ISO/IEC 18013-5 Annex D.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use wallet_core::clock::UnixTime;
use wallet_core::trust::{
    CertificateUsage, RejectReason, TrustAnchor, TrustError, VerifiedChain, verify_chain,
};
use x509_cert::der::pem;

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors/x509");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn der(name: &str) -> Vec<u8> {
    pem::decode_vec(text(name).trim().as_bytes()).unwrap().1
}

fn anchors(name: &str) -> Vec<TrustAnchor> {
    TrustAnchor::from_pem(&text(name)).unwrap()
}

fn verify(
    chain: &[&str],
    root: &str,
    usage: CertificateUsage,
    at: i64,
) -> Result<VerifiedChain, TrustError> {
    let x5c: Vec<_> = chain.iter().map(|name| der(name)).collect();
    verify_chain(&x5c, &anchors(root), usage, UnixTime::from_secs(at))
}

const DEC_2023: i64 = 1_701_500_000;
const JAN_2026: i64 = 1_767_800_000;

#[test]
fn a_p384_authority_certifies_a_p256_document_signer() {
    let verified = verify(
        &["owf_multipaz_ds_p384.pem"],
        "owf_multipaz_iaca_p384.pem",
        CertificateUsage::MdocDocumentSigner,
        JAN_2026,
    )
    .unwrap();
    assert_eq!(verified.subject(), "C=US,CN=OWF Multipaz TEST DS");
}

#[test]
fn isomdl_document_signer_leads_to_its_root_while_both_are_valid() {
    let verify = |at| {
        verify(
            &["isomdl_iaca_signer.pem"],
            "isomdl_iaca_root_cert.pem",
            CertificateUsage::MdocDocumentSigner,
            at,
        )
    };
    assert!(verify(DEC_2023).is_ok());
    assert_eq!(
        verify(JAN_2026).err().and_then(TrustError::reason),
        Some(RejectReason::Expired)
    );
}

#[test]
fn a_document_signer_is_no_reader_and_a_reader_no_document_signer() {
    let result = verify(
        &["isomdl_iaca_signer.pem"],
        "isomdl_iaca_root_cert.pem",
        CertificateUsage::MdocReader,
        DEC_2023,
    );
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::ExtendedKeyUsage)
    );
    let result = verify(
        &["reader_auth.pem"],
        "isomdl_iaca_root_cert.pem",
        CertificateUsage::MdocDocumentSigner,
        DEC_2023,
    );
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::ExtendedKeyUsage)
    );
}

/// isomdl made this one to be refused: it says it is a CA.
#[test]
fn isomdl_incorrect_signer_is_refused() {
    let result = verify(
        &["isomdl_incorrect_iaca_signer.pem"],
        "isomdl_iaca_root_cert.pem",
        CertificateUsage::MdocDocumentSigner,
        DEC_2023,
    );
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::LeafIsCa)
    );
}

/// The root allows no CA below it, and the intermediate may not certify; its leaf says it is a CA.
#[test]
fn isomdl_intermediate_cannot_certify() {
    let result = verify(
        &[
            "isomdl_iaca_leaf_signer.pem",
            "isomdl_iaca_intermediate.pem",
        ],
        "isomdl_iaca_root_cert.pem",
        CertificateUsage::MdocDocumentSigner,
        DEC_2023,
    );
    assert!(result.is_err());
    let error = TrustAnchor::from_der(&der("isomdl_iaca_intermediate.pem")).err();
    assert_eq!(
        error.and_then(TrustError::reason),
        Some(RejectReason::KeyUsage)
    );
}

/// ISO/IEC 18013-5:2021 Annex D; the standard does not print their roots.
#[test]
fn iso_annex_d_certificates_are_read_and_lack_only_a_root() {
    for (name, usage) in [
        (
            "iso-18013-5-annex-d-ds.pem",
            CertificateUsage::MdocDocumentSigner,
        ),
        (
            "iso-18013-5-annex-d-reader.pem",
            CertificateUsage::MdocReader,
        ),
    ] {
        let result = verify(&[name], "aamva_ca_root.crt", usage, DEC_2023);
        assert!(
            matches!(result, Err(TrustError::Untrusted { .. })),
            "{name}"
        );
    }
}

#[test]
fn aamva_certificates_are_anchors() {
    let both = format!(
        "# Root\n{}\n# Issuing CA\n{}\n",
        text("aamva_ca_root.crt"),
        text("aamva_ca_intermediate.crt")
    );
    assert_eq!(TrustAnchor::from_pem(&both).unwrap().len(), 2);
}

#[test]
fn what_cannot_be_an_anchor_says_why() {
    for (name, reason) in [
        ("521-cert.pem", RejectReason::Curve),
        ("isomdl_iaca_signer.pem", RejectReason::NotACa),
        ("reader_auth.pem", RejectReason::NotACa),
    ] {
        let error = TrustAnchor::from_pem(&text(name)).err().unwrap();
        assert_eq!(error.reason(), Some(reason), "{name}");
    }
}

#[test]
fn a_version_1_certificate_is_refused() {
    let result = verify(
        &["issuer-cert.pem"],
        "aamva_ca_root.crt",
        CertificateUsage::Issuer,
        1_686_000_000,
    );
    assert_eq!(
        result.err().and_then(TrustError::reason),
        Some(RejectReason::Version)
    );
}

#[test]
fn pem_texts_with_anything_but_certificates_are_refused() {
    let good = text("aamva_ca_root.crt");
    let good = good.trim();
    let body = good.lines().nth(1).unwrap();
    for (case, bad) in [
        ("empty", String::new()),
        ("no block", "hello".to_owned()),
        ("key", good.replace("CERTIFICATE", "PRIVATE KEY")),
        ("no end", good.replace("-----END CERTIFICATE-----", "")),
        ("other end", good.replace("END CERTIFICATE", "END X509 CRL")),
        ("cut", good.replace(body, "")),
        ("not base64", good.replace(body, &body.replace('A', "*"))),
        (
            "second is bad",
            format!("{good}\n-----BEGIN CERTIFICATE-----\n"),
        ),
        (
            "then a key",
            format!("{good}\n{}", good.replace("CERTIFICATE", "EC PRIVATE KEY")),
        ),
        ("too many", format!("{good}\n").repeat(257)),
        (
            "too large",
            good.replace(body, &format!("{body}\n").repeat(500)),
        ),
    ] {
        assert!(TrustAnchor::from_pem(&bad).is_err(), "{case}");
    }
    assert_eq!(
        TrustAnchor::from_pem(&good.replace('\n', "\r\n"))
            .unwrap()
            .len(),
        1
    );
}
