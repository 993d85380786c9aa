//! Issuers that are DIDs.

use super::issuer::{self, Issuer, MANDATORY};
use super::*;
use crate::did::{DidError, Evidence};
use crate::formats::IssuerEvidence;
use crate::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use crate::trust::TrustAnchors;
use async_trait::async_trait;
use serde_json::json;
use wallet_parties::data_integrity::{LabelOrder, Signing};

const DID: &str = "did:web:issuer.example";

/// The host of the issuer.
struct Host(Value);

#[async_trait]
impl HttpClient for Host {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        assert_eq!(request.url, "https://issuer.example/.well-known/did.json");
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: self.0.to_string().into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

/// A card of a did:web issuer, signed by the method, and the entry of its document.
fn card(suite: Cryptosuite, method: &str) -> (DataIntegrity, Value) {
    let issuer = Issuer::of(suite);
    let mut document = issuer.citizen();
    document["issuer"] = DID.into();
    let signing = Signing {
        key: &issuer.key,
        verification_method: method,
        created: "2026-01-01T00:00:00Z",
        mandatory: &MANDATORY,
        named: &MANDATORY,
        labels: LabelOrder::OfTheDocument,
    };
    let card = signing.issue(&document).unwrap();
    let key = issuer.key.public().to_multibase().unwrap();
    let entry =
        json!({"id": method, "type": "Multikey", "controller": DID, "publicKeyMultibase": key});
    (DataIntegrity::parse(&card.to_string()).unwrap(), entry)
}

fn trust(issuers: &[&str], hosts: &[&str]) -> TrustAnchors {
    let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    let mut trust = TrustAnchors::default();
    trust.dids.issuers = owned(issuers);
    trust.dids.web_hosts = owned(hosts);
    trust
}

fn found(
    card: &DataIntegrity,
    document: Value,
    trust: &TrustAnchors,
) -> Result<IssuerKey, DataIntegrityError> {
    let host = Host(document);
    let fetcher = Fetcher::new(&host, FetchSettings::default());
    let finding = resolve_issuer_key(card, trust, Some(&fetcher), issuer::NOW);
    pollster::block_on(finding)
}

#[test]
fn a_card_of_a_trusted_did_is_verified_and_keeps_what_showed_the_key() {
    for suite in [Cryptosuite::Bbs2023, Cryptosuite::EcdsaSd2023] {
        let method = format!("{DID}#key-1");
        let (card, entry) = card(suite, &method);
        let document = json!({"id": DID, "assertionMethod": [entry]});
        let key = found(&card, document, &trust(&[DID], &["issuer.example"])).unwrap();
        let verified = card.verify(&key, &VerifyPolicy::at(issuer::NOW)).unwrap();
        let evidence = verified.evidence();
        assert_eq!(evidence.signer(), DID);
        assert_eq!(evidence.multikey().unwrap().0, DID);
        let dated = evidence.of_did().unwrap();
        assert_eq!(dated.as_of, Some(issuer::NOW));
        assert_eq!(dated.evidence.host(), Some("issuer.example"));
        let text = serde_json::to_string(evidence).unwrap();
        assert_eq!(
            &serde_json::from_str::<IssuerEvidence>(&text).unwrap(),
            evidence
        );
    }
}

#[test]
fn a_did_key_of_either_suite_needs_no_host() {
    for suite in [Cryptosuite::Bbs2023, Cryptosuite::EcdsaSd2023] {
        let issuer = Issuer::of(suite);
        let card = issuer.secure(&issuer.citizen(), &MANDATORY);
        let card = DataIntegrity::parse(&card.to_string()).unwrap();
        let key = found(&card, json!({}), &trust(&[&issuer.did], &[])).unwrap();
        assert_eq!(
            key.evidence().of_did().unwrap().evidence,
            Evidence::SelfCertifying
        );
        assert!(card.verify(&key, &VerifyPolicy::at(issuer::NOW)).is_ok());
    }
}

#[test]
fn a_did_that_is_not_trusted_or_not_shown_well_enough_gives_no_key() {
    let (bbs, ecdsa) = (Cryptosuite::Bbs2023, Cryptosuite::EcdsaSd2023);
    let method = format!("{DID}#key-1");
    let both = trust(&[DID], &["issuer.example"]);
    let (card_of_did, entry) = card(ecdsa, &method);
    let right = json!({"id": DID, "assertionMethod": [entry]});
    let error = |document: &Value, trust: &TrustAnchors| {
        found(&card_of_did, document.clone(), trust)
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(
        error(&right, &trust(&[], &["issuer.example"])),
        DataIntegrityError::Untrusted
    );
    assert_eq!(
        error(&right, &trust(&[DID], &[])),
        DataIntegrityError::Did(DidError::EvidenceTooWeak)
    );
    // For another use.
    let other_use = json!({"id": DID, "authentication": [entry]});
    assert_eq!(
        error(&other_use, &both),
        DataIntegrityError::Did(DidError::NoSuchKey)
    );
    let of_another = json!({"id": "did:web:other.example"});
    assert_eq!(
        error(&of_another, &both),
        DataIntegrityError::Did(DidError::AnotherSubject)
    );
    let mut ed25519 = entry.clone();
    ed25519["publicKeyMultibase"] = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".into();
    assert_eq!(
        error(&json!({"id": DID, "assertionMethod": [ed25519]}), &both),
        DataIntegrityError::Key
    );
    // Signed by a method of somebody else.
    let (foreign, entry) = card(bbs, "did:web:other.example#key-1");
    let document = json!({"id": DID, "assertionMethod": [entry]});
    assert_eq!(
        found(&foreign, document, &both).map(|_| ()).unwrap_err(),
        DataIntegrityError::WrongKey
    );
}
