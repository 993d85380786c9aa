#![allow(clippy::unwrap_used)]

use super::*;
use crate::json::JsonError;
use proptest::prelude::*;
use serde_json::json;

const MAX: usize = 200_000;

fn with_header(header: &Value) -> String {
    raw_header(header.to_string().as_bytes())
}

fn raw_header(header: &[u8]) -> String {
    format!("{}.e30.AAAA", base64url::encode(header))
}

fn parse(text: &str) -> Result<CompactJws, JoseError> {
    CompactJws::parse(text, MAX)
}

fn refusal(text: &str) -> JoseError {
    parse(text).err().unwrap()
}

#[test]
fn a_draft_is_read_back_as_it_was_written() {
    let header = json!({"typ": "kb+jwt", "alg": "ES256", "kid": "k"});
    let payload = json!({"z": 1, "a": "ü"});
    let (header, payload) = (header.as_object().unwrap(), payload.as_object().unwrap());
    let draft = JwsDraft::new(header, payload);
    let signing_input = draft.signing_input().to_vec();
    let jws = parse(&draft.finish(&[7; 64])).unwrap();
    assert_eq!(jws.header(), header);
    assert_eq!(&jws.payload_object().unwrap(), payload);
    assert_eq!(jws.payload(), r#"{"z":1,"a":"ü"}"#.as_bytes());
    assert_eq!(jws.signing_input().as_bytes(), signing_input);
    assert_eq!(jws.algorithm(), Algorithm::Es256);
    assert_eq!((jws.typ(), jws.kid()), (Some("kb+jwt"), Some("k")));
}

// shows: HOSTILE 22
#[test]
fn algorithms_outside_our_policy_are_refused() {
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS512", "PS256",
        "ES512", "ES256K", "Ed448", "ECDH-ES", "es256",
    ] {
        let text = with_header(&json!({"alg": alg}));
        assert_eq!(refusal(&text), JoseError::AlgorithmNotAllowed, "{alg}");
    }
    assert_eq!(
        refusal(&with_header(&json!({"typ": "JWT"}))),
        JoseError::AlgorithmNotAllowed
    );
}

// shows: HOSTILE 22
#[test]
fn any_critical_extension_is_refused() {
    for crit in [
        json!([]),
        json!(["exp"]),
        json!(["b64"]),
        json!(["alg"]),
        json!("exp"),
        json!(null),
        json!({}),
    ] {
        let text = with_header(&json!({"alg": "ES256", "crit": crit}));
        assert_eq!(refusal(&text), JoseError::CriticalHeader);
    }
    for b64 in [json!(false), json!(true)] {
        let text = with_header(&json!({"alg": "ES256", "b64": b64}));
        assert_eq!(refusal(&text), JoseError::CriticalHeader);
    }
}

// shows: HOSTILE 22
#[test]
fn compressed_content_is_refused() {
    let text = with_header(&json!({"alg": "ES256", "zip": "DEF"}));
    assert_eq!(refusal(&text), JoseError::Compressed);
}

#[test]
fn header_parameters_of_a_wrong_type_are_refused() {
    for name in ["alg", "typ", "kid", "cty"] {
        for value in [
            json!(1),
            json!(null),
            json!(["ES256"]),
            json!({}),
            json!(true),
        ] {
            let mut header = json!({"alg": "ES256"});
            header[name] = value;
            assert_eq!(refusal(&with_header(&header)), JoseError::HeaderParameter);
        }
    }
}

#[test]
fn a_header_that_is_not_strict_json_is_refused() {
    for (header, error) in [
        (r#"{"alg":"ES256","alg":"ES256"}"#, JsonError::DuplicateKey),
        (r#"{"alg":"ES256","alg":"none"}"#, JsonError::DuplicateKey),
        (r#"{"alg":"ES256"}{}"#, JsonError::TrailingData),
        (r#"["ES256"]"#, JsonError::NotAnObject),
        (r#"{"alg":"ES256""#, JsonError::Malformed),
        ("", JsonError::Malformed),
        (
            r#"{"alg":"ES256","a":[[[[[[[[1]]]]]]]]}"#,
            JsonError::TooDeep,
        ),
        (r#"{"alg":"ES256","a":1e99}"#, JsonError::NumberOutOfRange),
    ] {
        assert_eq!(
            refusal(&raw_header(header.as_bytes())),
            JoseError::Json(error)
        );
    }
    assert_eq!(
        refusal(&raw_header(b"{\"alg\":\"ES256\",\"a\":\"\xff\"}")),
        JoseError::Json(JsonError::InvalidUtf8)
    );
}

#[test]
fn what_is_not_three_parts_is_refused() {
    let header = base64url::encode(br#"{"alg":"ES256"}"#);
    for text in [
        String::new(),
        header.clone(),
        format!("{header}.e30"),
        format!("{header}.e30.AAAA.AAAA"),
        format!("{header}.e30.AAAA."),
        format!("{header}.e30..AAAA.AAAA"),
    ] {
        assert_eq!(refusal(&text), JoseError::MalformedJws, "{text}");
    }
}

#[test]
fn parts_in_another_spelling_are_refused() {
    let header = base64url::encode(br#"{"alg":"ES256"}"#);
    for text in [
        format!("{header}=.e30.AAAA"),
        format!("{header}.e30=.AAAA"),
        format!("{header}.e30.AAA="),
        format!("{header}.e30.AA+A"),
        format!("{header}.e30.AA/A"),
        format!("{header}.e30.A"),
        format!("{header}.e31.AAAA"),
        format!("{header}.e30 .AAAA"),
        format!(" {header}.e30.AAAA"),
        format!("{header}.e30.AAAA\n"),
    ] {
        assert_eq!(refusal(&text), JoseError::NotBase64Url, "{text}");
    }
}

#[test]
fn sizes_are_bounded() {
    let text = with_header(&json!({"alg": "ES256"}));
    assert!(CompactJws::parse(&text, text.len()).is_ok());
    assert_eq!(
        CompactJws::parse(&text, text.len() - 1).err(),
        Some(JoseError::TooLarge)
    );
    let huge = with_header(&json!({"alg": "ES256", "kid": "k".repeat(MAX_HEADER_BYTES)}));
    assert_eq!(refusal(&huge), JoseError::TooLarge);
}

#[test]
fn a_payload_that_is_no_strict_object_is_refused_as_an_object() {
    let header = base64url::encode(br#"{"alg":"ES256"}"#);
    for (payload, error) in [
        ("", JsonError::Malformed),
        ("[]", JsonError::NotAnObject),
        ("text", JsonError::Malformed),
        (r#"{"a":1,"a":2}"#, JsonError::DuplicateKey),
        (r#"{"a":1}x"#, JsonError::TrailingData),
    ] {
        let text = format!("{header}.{}.AAAA", base64url::encode(payload.as_bytes()));
        let jws = parse(&text).unwrap();
        assert_eq!(jws.payload_object(), Err(JoseError::Json(error)));
    }
}

fn with_x5c(x5c: Value) -> Result<Option<Vec<Vec<u8>>>, JoseError> {
    parse(&with_header(&json!({"alg": "ES256", "x5c": x5c})))
        .unwrap()
        .x5c()
}

#[test]
fn certificates_are_standard_base64() {
    assert_eq!(with_x5c(json!(["+/8="])), Ok(Some(vec![vec![0xfb, 0xff]])));
    let without = parse(&with_header(&json!({"alg": "ES256"}))).unwrap();
    assert_eq!(without.x5c(), Ok(None));
    for x5c in [
        json!(["-_8="]),
        json!(["+/8"]),
        json!(["+/9="]),
        json!([" +/8="]),
        json!(["+/8=\n"]),
        json!([""]),
        json!(["-----BEGIN CERTIFICATE-----"]),
        json!([1]),
        json!([["+/8="]]),
        json!("+/8="),
        json!(null),
        json!({}),
        json!([]),
    ] {
        assert_eq!(with_x5c(x5c.clone()), Err(JoseError::MalformedX5c), "{x5c}");
    }
}

#[test]
fn at_most_six_certificates_of_8_kib_each_are_read() {
    let largest = base64::encode(&[1; MAX_CERTIFICATE_BYTES]);
    let too_large = base64::encode(&[1; MAX_CERTIFICATE_BYTES + 1]);
    let six = vec![largest.clone(); 6];
    assert_eq!(with_x5c(json!(six)).unwrap().unwrap().len(), 6);
    assert_eq!(
        with_x5c(json!(vec!["AAAA"; 7])),
        Err(JoseError::MalformedX5c)
    );
    assert_eq!(with_x5c(json!([too_large])), Err(JoseError::MalformedX5c));
}

#[test]
fn each_refusal_names_its_code_and_rule() {
    use crate::error::WalletError;
    for (error, code, rule) in [
        (JoseError::NotBase64Url, "not_canonical", Some("RFC 7515 2")),
        (JoseError::TooLarge, "too_large", None),
        (JoseError::PrivateKey, "malformed", Some("RFC 7517 9.2")),
        (JoseError::NotOnCurve, "malformed", Some("RFC 7518 6.2.1")),
        (
            JoseError::AlgorithmNotAllowed,
            "algorithm_not_allowed",
            Some("RFC 7515 4.1.1"),
        ),
        (
            JoseError::AlgorithmMismatch,
            "algorithm_not_allowed",
            Some("RFC 8725 3.1"),
        ),
        (
            JoseError::CriticalHeader,
            "malformed",
            Some("RFC 7515 4.1.11"),
        ),
        (
            JoseError::SignatureInvalid,
            "signature_invalid",
            Some("RFC 7515 5.2"),
        ),
        (
            JoseError::DecryptionFailed,
            "decryption_failed",
            Some("RFC 7516 5.2"),
        ),
        (
            JoseError::Json(JsonError::DuplicateKey),
            "duplicate_key",
            Some("RFC 7493 2.3"),
        ),
    ] {
        let error = WalletError::from(error);
        assert_eq!((error.code().as_str(), error.failed_rule()), (code, rule));
    }
}

proptest! {
    #[test]
    fn any_text_ends_in_a_jws_or_an_error(text in "[A-Za-z0-9_.={}\" -]{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn what_is_read_spells_the_text_again(payload in prop::collection::vec(any::<u8>(), 0..50), signature in prop::collection::vec(any::<u8>(), 0..70)) {
        let text = format!(
            "{}.{}.{}",
            base64url::encode(br#"{"alg":"EdDSA"}"#),
            base64url::encode(&payload),
            base64url::encode(&signature)
        );
        let jws = parse(&text).unwrap();
        prop_assert_eq!(jws.payload(), payload);
        prop_assert_eq!(jws.text(), text);
    }
}

/// Credentials of METADIUM's own tests.
fn es256k_tokens() -> Vec<(String, PublicKey)> {
    let path = "/../test-fixtures/vectors/korea/did-meta-vc-jwt-es256k.json";
    let file = std::fs::read(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    let tokens = file["jwt_vcs"].as_array().unwrap().iter();
    let tokens = tokens.map(|token| {
        let digits = token["publicKeyHex"].as_str().unwrap();
        let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
        let point: Vec<u8> = (0..digits.len() / 2).map(byte).collect();
        let key = PublicKey::from_secp256k1_point(&point).unwrap();
        (token["jwt"].as_str().unwrap().to_owned(), key)
    });
    tokens.collect()
}

#[test]
fn es256k_is_verified_only_where_it_is_asked_for_by_name() {
    let tokens = es256k_tokens();
    assert_eq!(tokens.len(), 2);
    for (text, key) in &tokens {
        assert_eq!(refusal(text), JoseError::AlgorithmNotAllowed);
        let jws = CompactJws::parse_of(text, MAX, &[Algorithm::Es256K]).unwrap();
        assert_eq!(jws.algorithm(), Algorithm::Es256K);
        assert_eq!(jws.verify(key), Ok(()));
        for (_, other) in tokens.iter().filter(|(_, other)| other != key) {
            assert_eq!(jws.verify(other), Err(JoseError::SignatureInvalid));
        }
        let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        let p256 = PublicKey::P256(*p256.verifying_key());
        assert_eq!(jws.verify(&p256), Err(JoseError::AlgorithmMismatch));
    }
    // And nothing else is, where only it is asked for.
    let es256 = with_header(&json!({"alg": "ES256"}));
    let refused = CompactJws::parse_of(&es256, MAX, &[Algorithm::Es256K]);
    assert_eq!(refused.err(), Some(JoseError::AlgorithmNotAllowed));
}
