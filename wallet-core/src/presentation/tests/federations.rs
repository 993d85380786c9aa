//! Verifiers of a federation (OpenID4VP 1.0 5.9.3 `openid_federation`).

use super::*;
use crate::trust::federation::FederationError;
use crate::trust::federation::tests::{ANCHOR, Federation, MIDDLE, Pages, VERIFIER};

/// A verifier that signs with a key of its federation metadata, and that federation.
fn bench() -> (Bench, Federation) {
    let mut bench = Bench::new();
    let key = EcKey::generate().unwrap();
    let mut metadata = bench.payload["client_metadata"].clone();
    metadata["client_name"] = "Known shop".into();
    metadata["jwks"]["keys"]
        .as_array_mut()
        .unwrap()
        .push(key.public_jwk());
    let federation = Federation::new(metadata);
    bench.signer = Some(key);
    bench.set_client_id(&format!("openid_federation:{VERIFIER}"));
    bench.header = object(json!({"typ": "oauth-authz-req+jwt", "trust_chain": federation.chain()}));
    bench.anchors.federation = federation.anchors();
    (bench, federation)
}

// shows: VP 8
#[test]
fn a_verifier_of_a_federation_is_known_by_the_chain_it_sends() {
    let (mut bench, _) = bench();
    // What the request says of itself does not count.
    bench.set(
        "client_metadata",
        json!({"client_name": "Somebody", "jwks": {"keys": []}}),
    );
    let request = bench.run().unwrap();
    let verifier = request.verifier();
    assert_eq!(verifier.proof(), &Proof::Federation);
    assert_eq!(verifier.proof().as_str(), "federation");
    assert_eq!(verifier.trust(), VerifierTrust::Anchored);
    assert_eq!(verifier.vouched_by(), Some(ANCHOR));
    assert_eq!(verifier.display_name(), Some("Known shop"));
    assert!(request.encryption_thumbprint().is_some());
    // The chain may come as a parameter instead.
    let chain = bench.header.remove("trust_chain").unwrap();
    bench.set("trust_chain", chain);
    bench.run().unwrap();
}

#[test]
fn policies_of_the_federation_bind_the_request() {
    let (mut bench, mut federation) = bench();
    let policy = json!({"openid_credential_verifier": {
        "encrypted_response_enc_values_supported": {"subset_of": ["A128GCM"]}}});
    federation.claims[2].insert("metadata_policy".into(), policy);
    bench
        .header
        .insert("trust_chain".into(), json!(federation.chain()));
    let request = bench.run().unwrap();
    let encryption = request.encryption.as_ref().unwrap();
    assert_eq!(
        encryption.content,
        crate::jose::jwe::ContentEncryption::A128Gcm
    );
}

#[test]
fn a_request_that_no_key_of_the_metadata_signed_is_refused() {
    let (mut bench, federation) = bench();
    for key in [
        EcKey::generate().unwrap(),
        federation.keys[VERIFIER].clone(),
        federation.keys[ANCHOR].clone(),
        bench.encryption.clone(),
    ] {
        bench.signer = Some(key);
        assert!(matches!(bench.error(), PresentationError::Jose(_)));
    }
}

#[test]
fn a_chain_to_nobody_the_app_pinned_or_of_another_entity_is_refused() {
    let (mut bench, _) = bench();
    let no_anchor = PresentationError::Federation(FederationError::NoAnchor);
    let anchors = core::mem::take(&mut bench.anchors.federation);
    assert_eq!(bench.error(), no_anchor);
    bench.anchors.federation = anchors;
    bench.set_client_id("openid_federation:https://other.example");
    assert_eq!(
        bench.error(),
        PresentationError::Federation(FederationError::NotAChain)
    );
    bench.header.insert("trust_chain".into(), json!("a.b.c"));
    assert_eq!(bench.error(), PresentationError::ParameterType);
}

#[test]
fn without_a_chain_the_superiors_are_asked() {
    let (mut bench, federation) = bench();
    bench.header.remove("trust_chain");
    let mut pages = Pages::new(federation.pages());
    bench.link[1] = ("request".into(), bench.signed());
    let run = |pages: &Pages| {
        let fetcher = Fetcher::new(pages, FetchSettings::default());
        let policy = bench.policy();
        let request = AuthorizationRequest::parse(&bench.link()).unwrap();
        // Even by value: the holder is told before.
        assert_eq!(request.contacts(), VERIFIER.strip_prefix("https://"));
        let retrieving = request.retrieve(&fetcher, &policy, &OsRandom, NOW);
        pollster::block_on(retrieving)?.verify(&policy, NOW)
    };
    let request = run(&pages).unwrap();
    assert_eq!(request.verifier().vouched_by(), Some(ANCHOR));
    pages.pages.retain(|url, _| !url.starts_with(MIDDLE));
    assert!(matches!(
        run(&pages).unwrap_err().error,
        PresentationError::Federation(FederationError::Fetch(_))
    ));
}
