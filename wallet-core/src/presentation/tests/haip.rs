//! What the high assurance profile adds (HAIP 1.0 5).

use super::refused_requests::Change;
use super::*;
use crate::error::{ErrorCode, WalletError};

fn haip() -> Bench {
    let mut bench = Bench::by_hash();
    bench.profile = Profile::Haip;
    bench
}

// shows: HAIP 11, HAIP 12, HAIP 16
#[test]
fn a_request_under_x509_hash_by_reference_for_an_encrypted_answer_is_accepted() {
    let request = haip().run().unwrap();
    assert_eq!(request.verifier().proof(), &Proof::CertificateHash);
    assert_eq!(request.response_mode(), ResponseMode::DirectPostJwt);
}

// shows: HAIP 12, HAIP 16
#[test]
fn what_the_profile_forbids_is_refused_and_the_standard_allows_it() {
    let cases: [(&str, Change, &str); 5] = [
        (
            "x509_san_dns",
            |b| b.set_client_id("x509_san_dns:verifier.example"),
            "HAIP 1.0 5",
        ),
        (
            "unsigned",
            |b| {
                let profile = b.profile;
                *b = Bench::unsigned();
                b.profile = profile;
            },
            "HAIP 1.0 5",
        ),
        (
            "direct_post",
            |b| b.set("response_mode", "direct_post"),
            "HAIP 1.0 5.1",
        ),
        (
            "by value",
            |b| b.link[1] = ("request".into(), b.signed()),
            "HAIP 1.0 5.1",
        ),
        (
            "the anchor in x5c",
            |b| {
                let authority = b.anchors.verifiers[0].der();
                b.header["x5c"]
                    .as_array_mut()
                    .unwrap()
                    .push(base64_of(authority).into());
            },
            "HAIP 1.0 5",
        ),
    ];
    for (name, change, rule) in cases {
        let mut bench = haip();
        change(&mut bench);
        let error = WalletError::from(bench.run().map(|_| name).unwrap_err());
        assert_eq!(error.failed_rule(), Some(rule), "{name}: {error}");
        bench.profile = Profile::Standard;
        if let Err(error) = bench.run() {
            panic!("{name}: {error}");
        }
    }
}

fn base64_of(der: &[u8]) -> String {
    use base64ct::{Base64, Encoding as _};
    Base64::encode_string(der)
}

// shows: HAIP 12
#[test]
fn every_other_prefix_is_refused_before_anything_is_fetched() {
    for id in [
        "x509_san_dns:verifier.example",
        "decentralized_identifier:did:jwk:e30",
        "verifier_attestation:shop",
        "openid_federation:https://verifier.example",
    ] {
        let mut bench = haip();
        bench.set_client_id(id);
        let server = Server::failing(HttpError::NotSent);
        let fetcher = Fetcher::new(&server, FetchSettings::default());
        let policy = bench.policy();
        let request = AuthorizationRequest::parse(&bench.link()).unwrap();
        let refused = pollster::block_on(request.retrieve(&fetcher, &policy, &OsRandom, NOW));
        assert_eq!(
            refused.unwrap_err(),
            PresentationError::ProfilePrefix,
            "{id}"
        );
        assert!(server.asked.lock().unwrap().is_empty());
    }
}

// shows: HAIP 11
#[test]
fn presentation_exchange_is_refused_by_name_in_every_profile() {
    for profile in [Profile::Standard, Profile::Haip] {
        for name in ["presentation_definition", "presentation_definition_uri"] {
            let mut bench = haip();
            bench.profile = profile;
            bench.remove("dcql_query");
            bench.set(name, json!({}));
            assert_eq!(bench.error(), PresentationError::PresentationExchange);
        }
    }
    let error = WalletError::from(PresentationError::PresentationExchange);
    assert_eq!(error.code(), ErrorCode::RequestNotSupported);
}

// shows: HAIP 13, HAIP 14
#[test]
fn the_answer_is_encrypted_with_the_stronger_algorithm_to_the_key_of_this_request() {
    use crate::jose::jwe::ContentEncryption::{A128Gcm, A256Gcm};
    for profile in [Profile::Standard, Profile::Haip] {
        for (offered, chosen) in [
            (json!(["A128GCM", "A256GCM"]), A256Gcm),
            (json!(["A256GCM", "A128GCM"]), A256Gcm),
            (json!(["A128GCM"]), A128Gcm),
            (json!(["A192GCM", "A256GCM"]), A256Gcm),
        ] {
            let mut bench = haip();
            bench.profile = profile;
            bench
                .metadata()
                .insert("encrypted_response_enc_values_supported".into(), offered);
            let request = bench.run().unwrap();
            let encryption = request.encryption.as_ref().unwrap();
            assert_eq!(encryption.content, chosen);
            let key = PublicKey::from_jwk(&bench.encryption.public_jwk()).unwrap();
            assert_eq!(encryption.key.thumbprint(), key.thumbprint());
        }
    }
    for change in [
        (|b| drop(b.payload.remove("client_metadata"))) as Change,
        |b| drop(b.metadata().remove("jwks")),
        |b| b.metadata()["jwks"]["keys"][0]["alg"] = "ECDH-ES+A256KW".into(),
        |b| b.metadata()["jwks"]["keys"][0]["crv"] = "P-384".into(),
        |b| b.metadata()["encrypted_response_enc_values_supported"] = json!(["A256CBC-HS512"]),
    ] {
        let mut bench = haip();
        change(&mut bench);
        assert_eq!(bench.error(), PresentationError::NoEncryptionKey);
    }
}

// shows: HAIP 17
#[test]
fn the_profiles_own_scheme_is_a_presentation_request() {
    let mut bench = haip();
    let link = bench.link().replace("openid4vp://", "haip-vp://");
    let request = AuthorizationRequest::parse(&link).unwrap();
    assert_eq!(request.contacts(), Some("verifier.example"));
    assert_eq!(
        crate::intent::open(&link, crate::intent::Medium::Qr).unwrap(),
        crate::intent::Intent::Presentation
    );
    bench.profile = Profile::Standard;
    bench.run().unwrap();
}
