//! Requests whose verifier is not who it says, or does not prove it.

use super::refused_requests::{flip, refused};
use super::*;
use crate::error::ErrorCode;
use crate::jose::JoseError;
use wallet_parties::pki::CertificateFault;

// shows: VP 2, VP 3, VP 6, VP 8, VP 9, VP 10, VP 48, HOSTILE 1, HOSTILE 2
#[test]
fn a_request_whose_verifier_is_not_proven_is_refused() {
    use ErrorCode as Code;
    refused(
        &[
            (
                "fault=bad_signature",
                |b| b.tamper = |text| flip(&text),
                Code::SignatureInvalid,
            ),
            (
                "fault=wrong_client_id",
                |b| b.link[0].1 = "x509_san_dns:evil.example".into(),
                Code::ClientIdMismatch,
            ),
            (
                "prefix outside differs",
                |b| b.link[0].1 = "x509_hash:verifier.example".into(),
                Code::ClientIdMismatch,
            ),
            (
                "no prefix inside",
                |b| b.set("client_id", "verifier.example"),
                Code::ClientIdMismatch,
            ),
            (
                "fault=san_mismatch",
                |b| b.set_client_id("x509_san_dns:other.example"),
                Code::UntrustedVerifier,
            ),
            (
                "the common name is no name",
                |b| b.set_client_id("x509_san_dns:Example verifier"),
                Code::UntrustedVerifier,
            ),
            (
                "a host under a wildcard",
                |b| b.set_client_id("x509_san_dns:a.wild.example"),
                Code::UntrustedVerifier,
            ),
            (
                "the wildcard itself",
                |b| b.set_client_id("x509_san_dns:*.wild.example"),
                Code::UntrustedVerifier,
            ),
            (
                "a parent domain",
                |b| b.set_client_id("x509_san_dns:example"),
                Code::UntrustedVerifier,
            ),
            (
                "fault=unknown_prefix",
                |b| b.set_client_id("made_up:abc"),
                Code::UnknownClientIdPrefix,
            ),
            (
                "origin",
                |b| b.set_client_id("origin:https://verifier.example"),
                Code::UnknownClientIdPrefix,
            ),
            (
                "no prefix",
                |b| b.set_client_id("verifier.example"),
                Code::UntrustedVerifier,
            ),
            (
                "fault=wrong_typ",
                |b| {
                    b.header.insert("typ".into(), "JWT".into());
                },
                Code::RequestInvalid,
            ),
            (
                "no typ",
                |b| {
                    b.header.remove("typ");
                },
                Code::RequestInvalid,
            ),
            (
                "no certificate",
                |b| {
                    b.header.remove("x5c");
                },
                Code::UntrustedVerifier,
            ),
            (
                "fault=expired",
                |b| b.set("exp", NOW.as_secs() - 600),
                Code::RequestExpired,
            ),
            (
                "not yet valid",
                |b| b.set("nbf", NOW.as_secs() + 600),
                Code::RequestExpired,
            ),
            (
                "issued in the future",
                |b| b.set("iat", NOW.as_secs() + 600),
                Code::RequestExpired,
            ),
            ("no aud", |b| b.remove("aud"), Code::RequestInvalid),
            (
                "another aud",
                |b| b.set("aud", "https://wallet.example"),
                Code::RequestInvalid,
            ),
            (
                "aud with others",
                |b| {
                    b.set(
                        "aud",
                        json!(["https://self-issued.me/v2", "https://other.example"]),
                    )
                },
                Code::RequestInvalid,
            ),
            (
                "exp as text",
                |b| b.set("exp", "soon"),
                Code::RequestInvalid,
            ),
            (
                "not a hash",
                |b| b.set_client_id("x509_hash:abc"),
                Code::UntrustedVerifier,
            ),
            (
                "the hash of another certificate",
                |b| {
                    let other = sha256(Bench::new().leaf.certificate());
                    b.set_client_id(&format!("x509_hash:{}", base64url(&other)));
                },
                Code::UntrustedVerifier,
            ),
            (
                "the hash of a certificate under an unknown anchor",
                |b| {
                    *b = Bench::by_hash();
                    b.anchors.verifiers.clear();
                },
                Code::UntrustedVerifier,
            ),
            (
                "anchor unknown",
                |b| b.anchors.verifiers.clear(),
                Code::UntrustedVerifier,
            ),
            (
                "anchor of issuers only",
                |b| {
                    b.anchors.issuers = core::mem::take(&mut b.anchors.verifiers);
                },
                Code::UntrustedVerifier,
            ),
            (
                "critical header",
                |b| {
                    b.header.insert("crit".into(), json!(["exp"]));
                },
                Code::Malformed,
            ),
            (
                "DID",
                |b| b.set_client_id("decentralized_identifier:did:example:1"),
                Code::UntrustedVerifier,
            ),
            (
                "attestation",
                |b| b.set_client_id("verifier_attestation:verifier.example"),
                Code::UntrustedVerifier,
            ),
            (
                "federation",
                |b| b.set_client_id("openid_federation:https://verifier.example"),
                Code::UntrustedVerifier,
            ),
        ],
        Bench::new,
    );
}

// shows: VP 7, HOSTILE 22
#[test]
fn the_algorithm_comes_from_our_list() {
    for algorithm in ["none", "HS256", "RS256", "ES256K"] {
        let mut bench = Bench::new();
        bench.header.insert("alg".into(), algorithm.into());
        assert_eq!(
            bench.error(),
            PresentationError::Jose(JoseError::AlgorithmNotAllowed)
        );
    }
    let mut bench = Bench::new();
    bench.header.insert("alg".into(), "ES384".into());
    assert_eq!(
        bench.error(),
        PresentationError::Jose(JoseError::AlgorithmMismatch)
    );
}

// shows: VP 9, HAIP 12, HOSTILE 25
#[test]
fn every_fault_of_a_certificate_refuses_the_request() {
    use CertificateFault as Fault;
    for fault in [
        Fault::Expired,
        Fault::NotYetValid,
        Fault::WrongKeyUsage,
        Fault::CaLeaf,
        Fault::SelfSigned,
        Fault::UnknownCriticalExtension,
        Fault::BadSignature,
    ] {
        let mut bench = Bench::new();
        let now = u64::try_from(NOW.as_secs()).unwrap();
        let authority = CertificateAuthority::generate_at("Root", now).unwrap();
        let profile = LeafProfile::Verifier {
            common_name: "Example".into(),
            dns_names: vec!["verifier.example".into()],
        };
        bench.leaf = authority.issue_faulty_leaf(&profile, fault).unwrap();
        bench.header.insert("x5c".into(), bench.leaf.x5c().into());
        bench.anchors.verifiers = vec![TrustAnchor::from_der(authority.der()).unwrap()];
        assert!(
            matches!(bench.error(), PresentationError::Trust(_)),
            "{fault:?}"
        );
    }
}

#[test]
fn a_certificate_of_someone_else_does_not_vouch_for_the_signature() {
    let mut bench = Bench::new();
    bench
        .header
        .insert("x5c".into(), Bench::new().leaf.x5c().into());
    assert!(matches!(bench.error(), PresentationError::Trust(_)));
    let mut bench = Bench::new();
    bench.leaf.key = EcKey::generate().unwrap();
    assert_eq!(
        bench.error(),
        PresentationError::Jose(JoseError::SignatureInvalid)
    );
}
