//! Requests that are accepted and what is known of them then, and links that are refused unread.

use super::*;
use crate::error::{ErrorCode, WalletError};

type Change = fn(&mut Bench);

// shows: VP 9
#[test]
fn a_request_signed_under_a_dns_name_is_verified_and_says_how() {
    let request = Bench::new().run().unwrap();
    let verifier = request.verifier();
    assert_eq!(
        verifier.client_id().as_str(),
        "x509_san_dns:verifier.example"
    );
    assert_eq!(verifier.proof(), &Proof::CertificateDnsName);
    assert_eq!(verifier.trust(), VerifierTrust::Anchored);
    assert_eq!(verifier.domain(), Some("verifier.example"));
    assert_eq!(verifier.display_name(), Some("Example verifier"));
    assert!(
        verifier
            .certificate_subject()
            .unwrap()
            .contains("Example verifier")
    );
    assert_eq!(request.nonce(), "n-0S6_WzA2Mj~.");
    assert_eq!(request.state(), Some("state-1"));
    assert_eq!(request.response_uri(), Some(RESPONSE_URI));
    assert_eq!(request.response_mode(), ResponseMode::DirectPostJwt);
    assert!(request.encryption_thumbprint().is_some());
    assert_eq!(request.expires_at(), NOW.saturating_add(300));
}

// shows: VP 10, HAIP 12
#[test]
fn a_request_signed_under_a_certificate_hash_is_verified() {
    let request = Bench::by_hash().run().unwrap();
    assert_eq!(request.verifier().proof(), &Proof::CertificateHash);
    assert_eq!(request.verifier().domain(), None);
}

// shows: VP 11, HOSTILE 3
#[test]
fn an_unsigned_request_is_verified_but_its_verifier_is_not() {
    let mut bench = Bench::unsigned();
    let request = bench.run().unwrap();
    assert_eq!(request.verifier().proof(), &Proof::AnswerAddressOnly);
    assert_eq!(request.verifier().trust(), VerifierTrust::Unverified);
    assert_eq!(request.encryption_thumbprint(), None);
    // The response URI may be left out: it is the client identifier.
    bench.remove("response_uri");
    bench.pass_by_value();
    assert_eq!(bench.run().unwrap().response_uri(), Some(RESPONSE_URI));
}

// shows: OIDF oid4vp-1final-wallet-alternate-happy-flow
#[test]
fn the_liberties_of_the_alternate_happy_flow_are_taken() {
    let change = |bench: &mut Bench| {
        bench.set("state", "s".repeat(64));
        bench.set("nonce", "n".repeat(43));
        bench.set("q8Tz3vRk", "anything");
    };
    let mut bench = Bench::new();
    change(&mut bench);
    bench.set("iss", "https://someone.else");
    let keys = &mut bench.metadata()["jwks"]["keys"];
    keys[0].as_object_mut().unwrap().remove("use").unwrap();
    bench.link.reverse();
    let request = bench.run().unwrap();
    assert_eq!(request.state(), Some("s".repeat(64).as_str()));
    assert_eq!(request.nonce(), "n".repeat(43));
    assert!(request.encryption_thumbprint().is_some());

    let mut bench = Bench::unsigned();
    change(&mut bench);
    bench.remove("response_uri");
    bench.pass_by_value();
    bench.link.reverse();
    assert_eq!(bench.run().unwrap().response_uri(), Some(RESPONSE_URI));
}

#[test]
fn a_request_object_may_come_in_the_link() {
    let mut bench = Bench::new();
    bench.link[1] = ("request".into(), bench.signed());
    bench.run().unwrap();
}

// shows: VP 1, VP 4
#[test]
fn what_the_standard_leaves_open_is_accepted() {
    let changes: [(&str, Change); 12] = [
        ("aud as array", |b| {
            b.set("aud", json!(["https://self-issued.me/v2"]))
        }),
        ("iss", |b| b.set("iss", "https://someone.else")),
        ("unknown parameter", |b| {
            b.set("unheard_of", json!({"a": 1}))
        }),
        ("unknown metadata", |b| {
            b.metadata().insert("logo_uri".into(), 7.into());
        }),
        ("no exp", |b| b.remove("exp")),
        ("no iat", |b| b.remove("iat")),
        ("no state", |b| b.remove("state")),
        ("get", |b| {
            b.link.push(("request_uri_method".into(), "get".into()))
        }),
        ("parameters of the link are ignored", |b| {
            b.link.push(("nonce".into(), "other".into()));
            b.link
                .push(("redirect_uri".into(), "https://evil.example".into()));
            b.link.push(("dcql_query".into(), "not json".into()));
        }),
        ("name of other case", |b| {
            b.set_client_id("x509_san_dns:Verifier.Example");
        }),
        ("Presentation Exchange beside DCQL", |b| {
            b.set("presentation_definition", json!({}))
        }),
        ("no metadata at all", |b| {
            b.remove("client_metadata");
            b.set("response_mode", "direct_post");
        }),
    ];
    for (name, change) in changes {
        let mut bench = Bench::new();
        change(&mut bench);
        if let Err(refused) = bench.run() {
            panic!("{name}: {refused}");
        }
    }
}

// shows: VP 35
#[test]
fn fault_unusable_key_first_the_next_usable_key_is_taken() {
    let mut bench = Bench::new();
    let key = bench.encryption.clone();
    let mut odd = encryption_jwk(&key, "odd");
    odd["alg"] = "MADE-UP-ALG".into();
    bench.metadata()["jwks"]["keys"] = json!([odd, encryption_jwk(&key, "e1")]);
    assert!(bench.run().unwrap().encryption_thumbprint().is_some());
}

// shows: VP 35 (vector)
#[test]
fn the_keys_of_the_specification_are_understood() {
    let example: Value = serde_json::from_str(&vector("inline/vp-027.txt")).unwrap();
    let mut bench = Bench::new();
    bench.set("client_metadata", example["client_metadata"].clone());
    let thumbprint = bench.run().unwrap().encryption_thumbprint().unwrap();
    let first = &example["client_metadata"]["jwks"]["keys"][0];
    assert_eq!(
        thumbprint,
        PublicKey::from_jwk(&json!({
        "kty": first["kty"], "crv": first["crv"], "x": first["x"], "y": first["y"]}))
        .unwrap()
        .thumbprint()
    );
}

// shows: VP 11 (vector)
#[test]
fn the_requests_of_the_specification_are_read() {
    // `?` and line breaks are for display in the examples.
    let link = |name| {
        let text: String = vector(name).split_whitespace().collect();
        let query = text.split_once('?').unwrap().1;
        format!("openid4vp://?{}", query.trim_end_matches("HTTP/1.1"))
    };
    let parse = |name| AuthorizationRequest::parse(&link(name));
    // With `redirect_uri` and `...` for JSON.
    assert!(matches!(
        parse("inline/vp-005.txt").unwrap_err(),
        PresentationError::Json(_)
    ));
    // A request object under `redirect_uri`.
    assert_eq!(
        parse("inline/vp-006.txt").unwrap_err(),
        PresentationError::SignedRedirectUri
    );
    parse("inline/vp-008.txt").unwrap();
    // A pre-registered client with a colon.
    assert_eq!(
        parse("inline/vp-023.txt").unwrap_err(),
        PresentationError::UnknownPrefix
    );
    let get = link("inline/vp-008.txt").replace("&request_uri_method=post", "");
    let request = AuthorizationRequest::parse(&get).unwrap();
    assert_eq!(
        request.claimed_client_id().as_str(),
        "x509_san_dns:client.example.org"
    );
    assert_eq!(request.contacts(), Some("client.example.org"));
}

#[test]
fn an_attestation_about_the_verifier_is_kept_as_it_came() {
    for name in ["verifier_info", "verifier_attestations"] {
        let mut bench = Bench::new();
        bench.set(
            name,
            json!([{"format": "jwt", "data": "a.b.c", "credential_ids": ["pid"]},
            {"format": "other", "data": {"x": 1}, "more": 2}]),
        );
        let request = bench.run().unwrap();
        let info = request.verifier_info();
        assert_eq!(info[0].credential_ids, Some(vec!["pid".to_owned()]));
        assert_eq!(info[1].data, json!({"x": 1}));
        assert_eq!(info[1].credential_ids, None);
    }
}

// shows: VP 48
// shows: VP 17
#[test]
fn a_scope_stands_for_the_query_the_app_registered() {
    let mut bench = Bench::new();
    bench.remove("dcql_query");
    bench.set("scope", "org.example.pid");
    let query = DcqlQuery::parse(&pid_query()).unwrap();
    bench.scopes.insert("org.example.pid".into(), query.clone());
    assert_eq!(*bench.run().unwrap().query(), query);
    bench.set("dcql_query", pid_query());
    assert_eq!(bench.error(), PresentationError::QueryAndScope);
    bench.remove("dcql_query");
    for unknown in [
        "org.example",
        "",
        "org.example.pid org.example.pid",
        "ORG.EXAMPLE.PID",
    ] {
        bench.set("scope", unknown);
        let refused = bench.run().unwrap_err();
        assert_eq!(refused.error, PresentationError::UnknownScope);
        let Response::Post { body, .. } = refused.answer.as_ref().unwrap().response() else {
            panic!("not posted");
        };
        assert_eq!(body, b"error=invalid_scope&state=state-1");
    }
    bench.set("scope", json!(["org.example.pid"]));
    assert_eq!(bench.error(), PresentationError::ParameterType);
}

#[test]
fn a_request_seen_before_is_refused() {
    let bench = Bench::new();
    let mut seen = SeenRequests::new();
    seen.remember(&bench.run().unwrap(), NOW).unwrap();
    let again = seen.remember(&bench.run().unwrap(), NOW).unwrap_err();
    assert_eq!(
        WalletError::from(again).code(),
        ErrorCode::NonceMissingOrReused
    );
}

// shows: VP 48
#[test]
fn the_clocks_may_differ_by_a_minute() {
    let bench = Bench::new();
    bench.run_at(NOW.saturating_add(240 + 59)).unwrap();
    assert_eq!(
        bench
            .run_at(NOW.saturating_add(240 + 60))
            .unwrap_err()
            .error,
        PresentationError::Expired
    );
    bench.run_at(NOW.saturating_add(-60)).unwrap();
    assert_eq!(
        bench.run_at(NOW.saturating_add(-61)).unwrap_err().error,
        PresentationError::NotYetValid
    );
}

// shows: VP 1, VP 16, HOSTILE 27
#[test]
fn a_link_that_breaks_a_rule_is_refused_before_anything_is_fetched() {
    use PresentationError as Error;
    let by_reference = "client_id=x509_san_dns%3Av.example&request_uri=https%3A%2F%2Fv.example%2Fr";
    for (link, error) in [
        ("".into(), Error::NotARequest),
        ("openid4vp://".into(), Error::NotARequest),
        (format!("http://wallet.example/?{by_reference}"), Error::NotARequest),
        (format!("openid-credential-offer://?{by_reference}"), Error::NotARequest),
        ("openid4vp://?request_uri=https%3A%2F%2Fv.example".into(), Error::ClientIdMissing),
        (format!("openid4vp://?{by_reference}&client_id=x509_hash%3Aa"), Error::DuplicateParameter),
        (format!("openid4vp://?{by_reference}&request=a.b.c"), Error::RequestAndRequestUri),
        (format!("openid4vp://?{by_reference}&request_uri_method=POST"),
            Error::UnknownRequestUriMethod),
        (format!("openid4vp://?{by_reference}&request_uri_method=put"),
            Error::UnknownRequestUriMethod),
        ("openid4vp://?client_id=x509_hash%3Aa&request=a.b.c&request_uri_method=get".into(),
            Error::MethodWithoutRequestUri),
        ("openid4vp://?client_id=x509_hash%3Aa&request_uri=nonsense".into(), Error::NotARequest),
        ("openid4vp://?client_id=x509_hash%3Aa&nonce=n".into(), Error::NotSigned),
        ("openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fv.example&request_uri=https%3A%2F%2Fv.example".into(),
            Error::SignedRedirectUri),
        ("openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fv.example&request=a.b.c".into(),
            Error::SignedRedirectUri),
        (format!("openid4vp://?client_id=x509_hash%3A{}", "a".repeat(70_000)), Error::TooLarge),
    ] {
        assert_eq!(AuthorizationRequest::parse(&link).unwrap_err(), error, "{link:.80}");
    }
    let duplicate = r#"{"credentials":[],"credentials":[]}"#;
    let mut bench = Bench::unsigned();
    for (name, value) in &mut bench.link {
        if name == "dcql_query" {
            *value = duplicate.into();
        }
    }
    assert!(matches!(bench.error(), Error::Json(_)));
}
