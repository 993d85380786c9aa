//! What a party does wrong ends with 1, a stable code, and the section of the standard that it broke.

use crate::bench::Bench;
use serde_json::{Value, json};
use wallet_parties::Parties;
use wallet_parties::issuer::{Fault, OfferOptions};
use wallet_parties::verifier::{RequestFault, RequestOptions};

const STANDARDS: [&str; 5] = [
    "OpenID4VCI 1.0 ",
    "OpenID4VP 1.0 ",
    "HAIP 1.0 ",
    "RFC ",
    "SD-JWT VC ",
];

/// The error names the code, the party at fault and a section.
fn is_refused_by_rule(error: &Value, code: &str, category: &str, what: &str) {
    assert_eq!(
        (error["code"].as_str(), error["category"].as_str()),
        (Some(code), Some(category)),
        "{what}"
    );
    let rule = error["rule"].as_str().unwrap_or_default();
    let section = STANDARDS
        .iter()
        .find_map(|standard| rule.strip_prefix(standard));
    let is_section = |section: &str| section.chars().any(|c| c.is_ascii_digit());
    assert!(section.is_some_and(is_section), "{what}: {rule:?}");
}

#[test]
fn what_a_verifier_does_wrong_is_refused_by_section() {
    use RequestFault as F;
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    let query = json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": ["name"]}]}]});
    for (fault, code) in [
        (F::BadSignature, "signature_invalid"),
        (F::WrongClientId, "client_id_mismatch"),
        (F::CertificateMismatch, "untrusted_verifier"),
        (F::UnknownPrefix, "unknown_client_id_prefix"),
        (F::Expired, "request_expired"),
        (F::NoNonce, "nonce_missing_or_reused"),
        (F::WrongTyp, "request_invalid"),
        (F::WrongAudience, "request_invalid"),
        (F::ForeignResponseUri, "response_uri_not_allowed"),
        (F::RedirectUriToo, "request_invalid"),
        (F::UntrustedSigner, "certificate_rejected"),
        (F::NoEncryptionKey, "no_encryption_key"),
        (F::UnknownTransactionData, "transaction_data_not_supported"),
        (F::NoQuery, "request_invalid"),
    ] {
        let options = RequestOptions {
            fault: Some(fault),
            ..RequestOptions::new("bar", query.clone())
        };
        let link = parties.verifier.request(&options).unwrap();
        let run = bench.json(&["present", &link.uri, "--approve"]);
        is_refused_by_rule(&run.error(), code, "verifier", &format!("{fault:?}"));
        assert_eq!(run.stdout, "", "{fault:?}");
        assert!(
            parties
                .verifier
                .result(&link.session)
                .unwrap()
                .learned
                .is_empty()
        );
    }
    let broken = json!({"credentials": [{"id": "a b", "format": "dc+sd-jwt", "meta": {}}]});
    let link = parties
        .verifier
        .request(&RequestOptions::new("bar", broken))
        .unwrap();
    let run = bench.json(&["present", &link.uri, "--approve"]);
    is_refused_by_rule(&run.error(), "query_invalid", "verifier", "query");
    assert_eq!(bench.cards()[0]["usable_copies"], 1);
    for said in ["홍길동", "990101"] {
        assert!(!bench.said().contains(said), "{said}");
    }
}

#[test]
fn what_an_issuer_does_wrong_is_refused_by_section_and_nothing_is_kept() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "driving_licence", &[]);
    for (fault, code) in [
        (Fault::BadSignature, "signature_invalid"),
        (Fault::OneBadCopy, "signature_invalid"),
        (Fault::WrongKey, "holder_key_mismatch"),
        (Fault::WrongType, "wrong_credential_type"),
        (Fault::Expired, "credential_expired"),
        (Fault::NotYetValid, "credential_not_yet_valid"),
        (Fault::UntrustedSigner, "untrusted_issuer"),
        (Fault::RepeatedDigest, "disclosure_invalid"),
        (Fault::AlwaysStaleNonce, "nonce_refused"),
    ] {
        let options = OfferOptions {
            fault: Some(fault),
            ..OfferOptions::default()
        };
        let offer = parties.issuer.offer(&options).unwrap();
        let run = bench.json(&["receive", &offer.uri, "--count", "2"]);
        is_refused_by_rule(&run.error(), code, "issuer", &format!("{fault:?}"));
    }
    assert_eq!(bench.cards().len(), 1);
    let failures = parties.issuer.notifications();
    assert!(
        failures
            .iter()
            .filter(|told| told.event == "credential_failure")
            .count()
            >= 7
    );
}

#[test]
fn links_that_are_none_are_refused_without_a_request() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let requests = parties.requests().len();
    let offer = "openid-credential-offer://?";
    for (command, link, code) in [
        (
            "receive",
            format!("{offer}credential_offer=%7B%7D"),
            "offer_invalid",
        ),
        (
            "receive",
            format!(
                "{offer}credential_offer=%7B%7D&credential_offer_uri=https%3A%2F%2Fissuer.example"
            ),
            "offer_invalid",
        ),
        (
            "present",
            "openid4vp://?client_id=made_up%3Aabc".to_owned(),
            "",
        ),
        ("present", "not a link".to_owned(), ""),
        ("receive", "not a link".to_owned(), ""),
    ] {
        let error = bench.json(&[command, &link]).error();
        if !code.is_empty() {
            assert_eq!(error["code"], code, "{link}");
        }
        assert!(error["rule"].is_string(), "{link} {error}");
    }
    assert_eq!(parties.requests().len(), requests);
}

#[test]
fn people_are_told_what_happened_and_what_to_do() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let options = OfferOptions {
        fault: Some(Fault::UntrustedSigner),
        ..OfferOptions::default()
    };
    let offer = parties.issuer.offer(&options).unwrap();
    let run = bench.run(&["receive", &offer.uri]);
    assert_eq!(run.code, 1);
    for text in ["untrusted_issuer", "--trust-anchor"] {
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
}
