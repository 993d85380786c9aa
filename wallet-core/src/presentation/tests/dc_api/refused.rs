//! Requests through the Digital Credentials API that are refused.

use super::*;

// shows: VP 44
#[test]
fn a_signed_request_from_another_origin_is_refused() {
    for protocol in [SIGNED, MULTI_SIGNED] {
        let mut call = Call::new(protocol);
        call.origin = "https://evil.example";
        assert_eq!(call.error(), PresentationError::OriginMismatch);
        let code = crate::WalletError::from(call.error()).code();
        assert_eq!(code, crate::ErrorCode::OriginMismatch);
        // Compared as text, without interpretation.
        for other in [
            "https://verifier.example/",
            "https://VERIFIER.example",
            "https://verifier.example:443",
            "https://*.example",
            "*",
            "origin:https://verifier.example",
        ] {
            let mut call = Call::new(protocol);
            call.bench.set("expected_origins", json!([other]));
            assert_eq!(call.error(), PresentationError::OriginMismatch, "{other}");
        }
        for value in [json!([]), json!(ORIGIN), json!([7, ORIGIN]), Value::Null] {
            let mut call = Call::new(protocol);
            call.bench.set("expected_origins", value.clone());
            let error = call.error();
            assert_eq!(error, PresentationError::ExpectedOriginsMissing, "{value}");
        }
        let mut call = Call::new(protocol);
        call.bench.remove("expected_origins");
        assert_eq!(call.error(), PresentationError::ExpectedOriginsMissing);
    }
}

// shows: VP 44, HAIP 18
#[test]
fn other_response_modes_are_refused() {
    for call in Call::each() {
        for mode in ["direct_post", "direct_post.jwt", "fragment", "DC_API", ""] {
            let mut call = Call::new(call.protocol);
            call.bench.set("response_mode", mode);
            assert_eq!(call.error(), PresentationError::ResponseMode, "{mode}");
        }
    }
    let mut plain = Call::new(UNSIGNED);
    plain.profile = Profile::Haip;
    plain.bench.set("response_mode", "dc_api");
    assert_eq!(plain.error(), PresentationError::ProfileResponseMode);
}

// shows: VP 46
#[test]
fn a_request_of_the_api_that_breaks_a_rule_is_refused() {
    type Change = fn(&mut Bench);
    let changes: [(Change, PresentationError); 9] = [
        (|b| b.remove("nonce"), PresentationError::NonceMissing),
        (
            |b| b.set("nonce", "not url safe"),
            PresentationError::IllegalText,
        ),
        (|b| b.remove("dcql_query"), PresentationError::QueryMissing),
        (
            |b| b.set("response_type", "code"),
            PresentationError::ResponseType,
        ),
        (
            |b| b.set("transaction_data", json!(["e30"])),
            PresentationError::TransactionDataType,
        ),
        (
            |b| b.set("exp", NOW.as_secs() - 61),
            PresentationError::Expired,
        ),
        (
            |b| b.set("nbf", NOW.as_secs() + 61),
            PresentationError::NotYetValid,
        ),
        (
            |b| b.set("aud", "https://other-wallet.example"),
            PresentationError::WrongAudience,
        ),
        (
            |b| {
                b.metadata().remove("jwks");
            },
            PresentationError::NoEncryptionKey,
        ),
    ];
    for call in Call::each() {
        for (change, error) in &changes {
            let of_objects = [
                PresentationError::Expired,
                PresentationError::NotYetValid,
                PresentationError::WrongAudience,
            ];
            if call.protocol == UNSIGNED && of_objects.contains(error) {
                continue;
            }
            let mut call = Call::new(call.protocol);
            change(&mut call.bench);
            assert_eq!(call.error(), *error, "{}", call.protocol);
        }
    }
}

#[test]
fn data_that_is_no_request_of_its_protocol_is_refused() {
    let own = Call::new(MULTI_SIGNED).bench.signed();
    let general = Call::general(core::slice::from_ref(&own));
    let with = |name: &str, value: Value| {
        let mut jws = general.clone();
        jws[name] = value;
        jws
    };
    let signature = general["signatures"][0].clone();
    for (protocol, data) in [
        (SIGNED, json!({})),
        (SIGNED, json!({"request": 7})),
        (SIGNED, json!({"request": general})),
        (MULTI_SIGNED, json!({})),
        (MULTI_SIGNED, json!({"request": own})),
        (MULTI_SIGNED, with("payload", json!(7))),
        (MULTI_SIGNED, with("signatures", json!([]))),
        (MULTI_SIGNED, with("signatures", json!({}))),
        (MULTI_SIGNED, with("signatures", json!(["a.b"]))),
        (
            MULTI_SIGNED,
            with("signatures", json!([{"signature": "AA"}])),
        ),
        (
            MULTI_SIGNED,
            with("signatures", json!([{"protected": "AA"}])),
        ),
        (MULTI_SIGNED, with("signatures", json!(vec![signature; 9]))),
    ] {
        let error = Call::new(protocol).error_with(&data);
        assert_eq!(error, PresentationError::NotARequest, "{protocol} {data}");
    }
    let dotted = with("payload", json!("a.b"));
    assert!(matches!(
        Call::new(MULTI_SIGNED).error_with(&dotted),
        PresentationError::Jose(_)
    ));
    for protocol in [
        "",
        "openid4vp",
        "openid4vp-v1",
        "openid4vp-v2-unsigned",
        "OPENID4VP-v1-unsigned",
        "org-iso-mdoc",
    ] {
        let mut call = Call::new(UNSIGNED);
        let data = call.data();
        call.protocol = protocol;
        let error = call.error_with(&data);
        assert_eq!(error, PresentationError::DcApiProtocol, "{protocol}");
    }
    let origin = Origin::from_platform(ORIGIN, FetchSettings::default()).unwrap();
    for text in ["", "[]", "null", r#"{"nonce":"a","nonce":"b"}"#] {
        let parsed = DcApiRequest::parse(UNSIGNED, text, origin.clone());
        assert!(matches!(parsed, Err(PresentationError::Json(_))), "{text}");
    }
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(128 * 1024));
    assert!(DcApiRequest::parse(UNSIGNED, &large, origin).is_err());
}
