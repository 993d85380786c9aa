//! Requests signed by a key of a DID (OpenID4VP 1.0 5.9.3 `decentralized_identifier`).

use super::refused_requests::{Change, flip};
use super::*;
use crate::did::{Did, DidError, DidResolver, Evidence, ResolvedDid, Resolving};
use crate::error::{ErrorCode, WalletError};

/// The did:jwk of a key.
fn did_of(key: &EcKey) -> String {
    format!(
        "did:jwk:{}",
        base64url(key.public_jwk().to_string().as_bytes())
    )
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    let key = EcKey::generate().unwrap();
    let did = did_of(&key);
    bench.set_client_id(&format!("decentralized_identifier:{did}"));
    bench.header = object(json!({"typ": "oauth-authz-req+jwt", "kid": format!("{did}#0")}));
    bench.signer = Some(key);
    bench
}

// shows: VP 12
#[test]
fn a_request_signed_by_a_key_of_its_did_is_verified_but_nobody_vouches_for_a_did() {
    let mut bench = bench();
    let request = bench.run().unwrap();
    let verifier = request.verifier();
    assert_eq!(verifier.proof(), &Proof::DecentralizedIdentifier);
    assert_eq!(verifier.proof().as_str(), "decentralized_identifier");
    assert_eq!(verifier.trust(), VerifierTrust::Unverified);
    assert_eq!(verifier.certificate_subject(), None);
    assert_eq!(verifier.vouched_by(), None);
    let evidence = verifier.did_evidence().unwrap();
    assert_eq!(evidence.evidence, Evidence::SelfCertifying);
    assert_eq!(evidence.as_of, Some(NOW));
    bench.anchors.verifier_dids = vec![verifier.client_id().original().to_owned()];
    assert_eq!(
        bench.run().unwrap().verifier().trust(),
        VerifierTrust::Anchored
    );
}

// shows: VP 12
#[test]
fn a_did_key_signs_too() {
    let mut bench = bench();
    let PublicKey::P256(key) =
        PublicKey::from_jwk(&bench.signer.as_ref().unwrap().public_jwk()).unwrap()
    else {
        panic!("not P-256");
    };
    let bytes = [&[0x80, 0x24], key.to_sec1_point(true).as_bytes()].concat();
    let id = format!("z{}", bs58::encode(bytes).into_string());
    bench.set_client_id(&format!("decentralized_identifier:did:key:{id}"));
    bench
        .header
        .insert("kid".into(), format!("did:key:{id}#{id}").into());
    bench.run().unwrap();
    bench
        .header
        .insert("kid".into(), format!("did:key:{id}#0").into());
    assert_eq!(bench.error(), PresentationError::DidKeyMismatch);
}

// shows: VP 12
#[test]
fn a_request_whose_key_is_not_the_dids_is_refused_and_not_answered() {
    use ErrorCode as Code;
    let cases: [(&str, Change, ErrorCode); 14] = [
        (
            "no kid",
            |b| drop(b.header.remove("kid")),
            Code::UntrustedVerifier,
        ),
        (
            "kid of another DID",
            |b| {
                let other = did_of(&EcKey::generate().unwrap());
                b.header.insert("kid".into(), format!("{other}#0").into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "relative kid",
            |b| drop(b.header.insert("kid".into(), "#0".into())),
            Code::UntrustedVerifier,
        ),
        (
            "kid without fragment",
            |b| {
                let kid = b.header["kid"].as_str().unwrap().replace("#0", "");
                b.header.insert("kid".into(), kid.into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "another fragment",
            |b| {
                let kid = b.header["kid"].as_str().unwrap().replace("#0", "#1");
                b.header.insert("kid".into(), kid.into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "a query in kid",
            |b| {
                let kid = b.header["kid"]
                    .as_str()
                    .unwrap()
                    .replace("#0", "?versionId=1#0");
                b.header.insert("kid".into(), kid.into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "signed by another key",
            |b| b.signer = Some(EcKey::generate().unwrap()),
            Code::SignatureInvalid,
        ),
        (
            "fault=bad_signature",
            |b| b.tamper = |text| flip(&text),
            Code::SignatureInvalid,
        ),
        (
            "a method that nobody resolves",
            |b| {
                b.set_client_id("decentralized_identifier:did:example:verifier");
                b.header
                    .insert("kid".into(), "did:example:verifier#0".into());
                b.anchors.verifier_dids = vec!["did:example:verifier".into()];
            },
            Code::RequestNotSupported,
        ),
        (
            "a DID of another method that the app does not list",
            |b| {
                b.set_client_id("decentralized_identifier:did:example:verifier");
                b.header
                    .insert("kid".into(), "did:example:verifier#0".into());
                b.anchors.verifier_dids = vec!["did:example:another".into()];
            },
            Code::UntrustedVerifier,
        ),
        (
            "a host the app does not believe",
            |b| {
                b.set_client_id("decentralized_identifier:did:web:verifier.example");
                b.header
                    .insert("kid".into(), "did:web:verifier.example#0".into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "a private key in the DID",
            |b| {
                let mut jwk = b.signer.as_ref().unwrap().public_jwk();
                jwk["d"] = "AA".into();
                let did = format!("did:jwk:{}", base64url(jwk.to_string().as_bytes()));
                b.set_client_id(&format!("decentralized_identifier:{did}"));
                b.header.insert("kid".into(), format!("{did}#0").into());
            },
            Code::Malformed,
        ),
        (
            "fault=wrong_typ",
            |b| drop(b.header.insert("typ".into(), "JWT".into())),
            Code::RequestInvalid,
        ),
        (
            "fault=expired",
            |b| b.set("exp", NOW.as_secs() - 600),
            Code::RequestExpired,
        ),
    ];
    for (name, change, code) in cases {
        let mut bench = bench();
        change(&mut bench);
        let refused = bench.run().map(|_| name).unwrap_err();
        assert!(refused.answer.is_none(), "{name}");
        let error = WalletError::from(refused);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.failed_rule().is_some(), "{name}");
    }
}

/// Anyone could make a DID and name somebody's address.
#[test]
fn an_unlisted_did_is_not_told_what_was_wrong() {
    let mut bench = bench();
    bench.remove("nonce");
    assert!(bench.run().unwrap_err().answer.is_none());
}

const WEB: &str = "did:web:verifier.example";

/// A request by value of a did:web verifier whose host answers with this document; what was asked for; `listed` are the
/// hosts the app believes.
fn by_web(
    listed: &[&str],
    change: fn(&mut Value),
) -> (Result<VerifiedRequest, RequestRefused>, Vec<String>) {
    let mut bench = bench();
    let jwk = bench.signer.as_ref().unwrap().public_jwk();
    bench.set_client_id(&format!("decentralized_identifier:{WEB}"));
    bench.header.insert("kid".into(), format!("{WEB}#k").into());
    bench.anchors.dids.web_hosts = listed.iter().map(|host| (*host).to_owned()).collect();
    bench.link = vec![
        (
            "client_id".into(),
            format!("decentralized_identifier:{WEB}"),
        ),
        ("request".into(), bench.signed()),
    ];
    let method = json!({"id": "#k", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": jwk});
    let mut document = json!({"id": WEB, "verificationMethod": [method], "authentication": ["#k"]});
    change(&mut document);
    let server = Server::answering(200, "application/did+json", &document.to_string());
    let fetcher = Fetcher::new(&server, FetchSettings::default());
    let policy = bench.policy();
    let request = AuthorizationRequest::parse(&bench.link()).unwrap();
    assert_eq!(request.contacts(), Some("verifier.example"));
    let received = pollster::block_on(request.retrieve(&fetcher, &policy, &OsRandom, NOW));
    let asked = server.asked.lock().unwrap();
    let asked = asked.iter().map(|request| request.url.clone()).collect();
    let verified = received
        .map_err(RequestRefused::from)
        .and_then(|received| received.verify(&policy, NOW));
    (verified, asked)
}

#[test]
fn a_did_web_verifier_is_known_by_its_host_if_the_app_believes_that_host() {
    let (request, asked) = by_web(&["verifier.example"], |_| {});
    let request = request.unwrap();
    assert_eq!(asked, ["https://verifier.example/.well-known/did.json"]);
    let verifier = request.verifier();
    let evidence = &verifier.did_evidence().unwrap().evidence;
    assert_eq!(evidence.host(), Some("verifier.example"));
    assert_eq!(verifier.trust(), VerifierTrust::Unverified);
}

#[test]
fn a_did_web_host_the_app_does_not_believe_is_not_even_asked() {
    for listed in [&[][..], &["other.example"], &["example"]] {
        let (refused, asked) = by_web(listed, |_| {});
        let refused = refused.map(|_| "accepted").unwrap_err();
        assert_eq!(refused.error, PresentationError::DidEvidence);
        assert!(refused.answer.is_none());
        assert!(asked.is_empty());
    }
}

type DocumentChange = fn(&mut Value);

#[test]
fn a_did_web_document_must_list_the_key_for_authentication() {
    let cases: [(DocumentChange, ErrorCode); 4] = [
        (
            |document| document["authentication"] = json!([]),
            ErrorCode::UntrustedVerifier,
        ),
        (
            |document| document["verificationMethod"][0]["revoked"] = "2026-01-01T00:00:00Z".into(),
            ErrorCode::UntrustedVerifier,
        ),
        (
            |document| {
                let other = EcKey::generate().unwrap().public_jwk();
                document["verificationMethod"][0]["publicKeyJwk"] = other;
            },
            ErrorCode::SignatureInvalid,
        ),
        (
            |document| document["id"] = "did:web:other.example".into(),
            ErrorCode::Malformed,
        ),
    ];
    for (change, code) in cases {
        let (refused, _) = by_web(&["verifier.example"], change);
        let refused = refused.map(|_| "accepted").unwrap_err();
        assert!(refused.answer.is_none());
        assert_eq!(WalletError::from(refused).code(), code);
    }
}

/// A method of a ledger, whose servers would be asked.
#[derive(Default)]
struct Ledger(std::sync::Mutex<Vec<String>>);

#[async_trait::async_trait]
impl DidResolver for Ledger {
    fn resolves(&self, _: &Did) -> bool {
        true
    }

    async fn resolve(&self, did: &Did, _: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        self.0.lock().unwrap().push(did.as_str().to_owned());
        Err(DidError::NotFound)
    }
}

/// Whoever asks could see by its own DID on a ledger when its request is read.
#[test]
fn nobody_is_asked_about_a_verifiers_did_of_a_ledger_that_the_app_does_not_list() {
    const DID: &str = "did:ethr:0x1111111111111111111111111111111111111111";
    for (listed, refusal) in [
        (vec![], PresentationError::DidNotListed),
        (vec![DID.to_uppercase()], PresentationError::DidNotListed),
        (vec![DID.to_owned()], DidError::NotFound.into()),
    ] {
        let mut bench = bench();
        let ledger = std::sync::Arc::new(Ledger::default());
        bench.anchors.dids.resolvers = vec![ledger.clone()];
        bench.set_client_id(&format!("decentralized_identifier:{DID}"));
        bench.header.insert("kid".into(), format!("{DID}#k").into());
        bench.anchors.verifier_dids = listed;
        let server = Server::answering(200, bench.content_type, &bench.signed());
        let fetcher = Fetcher::new(&server, FetchSettings::default());
        let request = AuthorizationRequest::parse(&bench.link()).unwrap();
        let policy = bench.policy();
        let received = request.retrieve(&fetcher, &policy, &OsRandom, NOW);
        let refused = pollster::block_on(received).unwrap_err();
        let is_asked = refused != PresentationError::DidNotListed;
        assert_eq!(refused, refusal);
        assert_eq!(!ledger.0.lock().unwrap().is_empty(), is_asked);
        // Not even for the request itself.
        assert_eq!(!server.asked.lock().unwrap().is_empty(), is_asked);
    }
}
