//! Requests that are refused, each with its code. The fault names of the independent verifier are kept.

use super::*;
use crate::error::{Category, ErrorCode, WalletError};

pub(super) type Change = fn(&mut Bench);

pub(super) fn refused(cases: &[(&str, Change, ErrorCode)], make: fn() -> Bench) {
    for (name, change, code) in cases {
        let mut bench = make();
        change(&mut bench);
        let error = WalletError::from(bench.run().map(|_| *name).unwrap_err());
        assert_eq!(error.code(), *code, "{name}: {error}");
        assert_eq!(error.category(), Category::Verifier, "{name}: {error}");
        assert!(error.failed_rule().is_some(), "{name}: {error}");
    }
}

/// Another character in the middle of the signature.
pub(super) fn flip(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = bytes.len() - 40;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

// shows: VP 4, VP 17, VP 18, VP 36, HAIP 11, HOSTILE 8
#[test]
fn a_request_that_breaks_a_rule_is_refused() {
    use ErrorCode as Code;
    refused(
        &[
            (
                "fault=no_nonce",
                |b| b.remove("nonce"),
                Code::NonceMissingOrReused,
            ),
            ("empty nonce", |b| b.set("nonce", ""), Code::RequestInvalid),
            (
                "long nonce",
                |b| b.set("nonce", "n".repeat(513)),
                Code::RequestInvalid,
            ),
            (
                "nonce with a blank",
                |b| b.set("nonce", "a b"),
                Code::RequestInvalid,
            ),
            (
                "nonce with plus",
                |b| b.set("nonce", "ab+/="),
                Code::RequestInvalid,
            ),
            (
                "nonce as number",
                |b| b.set("nonce", 17),
                Code::RequestInvalid,
            ),
            (
                "state with a quote",
                |b| b.set("state", "\""),
                Code::RequestInvalid,
            ),
            (
                "fault=response_uri_mismatch",
                |b| b.set("response_uri", "https://127.0.0.1/response/1"),
                Code::ResponseUriNotAllowed,
            ),
            (
                "another host",
                |b| b.set("response_uri", "https://evil.example/response"),
                Code::ResponseUriNotAllowed,
            ),
            (
                "a subdomain",
                |b| b.set("response_uri", "https://a.verifier.example/response"),
                Code::ResponseUriNotAllowed,
            ),
            (
                "plain http",
                |b| b.set("response_uri", "http://verifier.example/response"),
                Code::ResponseUriNotAllowed,
            ),
            (
                "user in the address",
                |b| b.set("response_uri", "https://verifier.example@evil.example/"),
                Code::ResponseUriNotAllowed,
            ),
            (
                "fragment",
                |b| b.set("response_uri", "https://verifier.example/#a"),
                Code::ResponseUriNotAllowed,
            ),
            (
                "no response_uri",
                |b| b.remove("response_uri"),
                Code::RequestInvalid,
            ),
            (
                "fault=redirect_and_response_uri",
                |b| b.set("redirect_uri", "https://verifier.example/done"),
                Code::RequestInvalid,
            ),
            (
                "no response_type",
                |b| b.remove("response_type"),
                Code::RequestNotSupported,
            ),
            (
                "id_token as well",
                |b| b.set("response_type", "vp_token id_token"),
                Code::RequestNotSupported,
            ),
            (
                "code",
                |b| b.set("response_type", "code"),
                Code::RequestNotSupported,
            ),
            (
                "no response_mode",
                |b| b.remove("response_mode"),
                Code::RequestNotSupported,
            ),
            (
                "fragment mode",
                |b| b.set("response_mode", "fragment"),
                Code::RequestNotSupported,
            ),
            (
                "dc_api",
                |b| b.set("response_mode", "dc_api.jwt"),
                Code::RequestNotSupported,
            ),
            (
                "fault=unknown_td_type",
                |b| {
                    b.set(
                        "transaction_data",
                        json!([base64url(
                            br#"{"type":"urn:example:unheard-of","credential_ids":["pid"]}"#
                        )]),
                    )
                },
                Code::TransactionDataNotSupported,
            ),
            (
                "empty transaction data",
                |b| b.set("transaction_data", json!([])),
                Code::TransactionDataNotSupported,
            ),
            ("no query", |b| b.remove("dcql_query"), Code::RequestInvalid),
            (
                "scope and query",
                |b| b.set("scope", "a"),
                Code::RequestInvalid,
            ),
            (
                "scope",
                |b| {
                    b.remove("dcql_query");
                    b.set("scope", "a");
                },
                Code::RequestNotSupported,
            ),
            (
                "Presentation Exchange",
                |b| {
                    b.remove("dcql_query");
                    b.set("presentation_definition", json!({}));
                },
                Code::RequestNotSupported,
            ),
            (
                "query as text",
                |b| b.set("dcql_query", "{}"),
                Code::QueryInvalid,
            ),
            (
                "query without credentials",
                |b| b.set("dcql_query", json!({})),
                Code::QueryInvalid,
            ),
            (
                "fault=only_unusable_key",
                |b| {
                    b.metadata()["jwks"]["keys"][0]["alg"] = "MADE-UP-ALG".into();
                },
                Code::NoEncryptionKey,
            ),
            (
                "no key",
                |b| {
                    b.metadata().remove("jwks");
                },
                Code::NoEncryptionKey,
            ),
            (
                "signing key only",
                |b| {
                    b.metadata()["jwks"]["keys"][0]["use"] = "sig".into();
                },
                Code::NoEncryptionKey,
            ),
            (
                "key without alg",
                |b| {
                    b.metadata()["jwks"]["keys"][0]
                        .as_object_mut()
                        .unwrap()
                        .remove("alg");
                },
                Code::NoEncryptionKey,
            ),
            (
                "unknown enc",
                |b| {
                    b.metadata()["encrypted_response_enc_values_supported"] =
                        json!(["A128CBC-HS256"]);
                },
                Code::NoEncryptionKey,
            ),
            (
                "empty enc",
                |b| {
                    b.metadata()["encrypted_response_enc_values_supported"] = json!([]);
                },
                Code::RequestInvalid,
            ),
            (
                "metadata as text",
                |b| b.set("client_metadata", "{}"),
                Code::RequestInvalid,
            ),
            (
                "keys as object",
                |b| {
                    b.metadata()["jwks"]["keys"] = json!({});
                },
                Code::RequestInvalid,
            ),
            (
                "formats as array",
                |b| {
                    b.metadata()["vp_formats_supported"] = json!([]);
                },
                Code::RequestInvalid,
            ),
            (
                "empty algorithms",
                |b| {
                    b.metadata()["vp_formats_supported"]["dc+sd-jwt"]["kb-jwt_alg_values"] =
                        json!([]);
                },
                Code::RequestInvalid,
            ),
            (
                "the verifier does not take what it asks for",
                |b| {
                    b.metadata()["vp_formats_supported"] = json!({"mso_mdoc": {}});
                },
                Code::RequestNotSupported,
            ),
            (
                "only formats we do not hold",
                |b| {
                    b.payload["dcql_query"]["credentials"][0]["format"] = "mso_mdoc".into();
                },
                Code::RequestNotSupported,
            ),
            (
                "no holder binding and no state",
                |b| {
                    b.remove("state");
                    b.payload["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] =
                        false.into();
                },
                Code::RequestInvalid,
            ),
            (
                "empty verifier_info",
                |b| b.set("verifier_info", json!([])),
                Code::RequestInvalid,
            ),
            (
                "verifier_info without data",
                |b| b.set("verifier_info", json!([{"format": "jwt"}])),
                Code::RequestInvalid,
            ),
        ],
        Bench::new,
    );
}

// shows: VP 11, HOSTILE 8, OIDF oid4vp-1final-wallet-negative-test-response-uri-not-client-id
#[test]
fn the_answer_of_an_unsigned_request_goes_to_its_client_identifier_only() {
    let mut bench = Bench::unsigned();
    bench.set("response_uri", "https://verifier.example/other");
    bench.pass_by_value();
    assert_eq!(bench.error(), PresentationError::ResponseUriNotAllowed);
}

// shows: VP 16
#[test]
fn only_a_request_object_is_taken_from_the_request_uri() {
    let mut bench = Bench::new();
    bench.content_type = "application/json";
    assert!(matches!(bench.error(), PresentationError::Fetch(_)));
    for status in [201, 302, 404, 500] {
        let mut bench = Bench::new();
        bench.status = status;
        assert!(
            matches!(bench.error(), PresentationError::Fetch(_)),
            "{status}"
        );
    }
    for tamper in [
        (|_| String::new()) as fn(String) -> String,
        |text| format!("{text}."),
        |text| format!("{text}\n"),
        |text| text.replace('.', ".."),
        |_| "{}".into(),
    ] {
        let mut bench = Bench::new();
        bench.tamper = tamper;
        assert!(matches!(bench.error(), PresentationError::Jose(_)));
    }
    for uri in [
        "http://verifier.example/r",
        "https://192.168.0.1/r",
        "https://localhost/r",
    ] {
        let mut bench = Bench::new();
        bench.link[1].1 = uri.into();
        assert!(
            matches!(bench.error(), PresentationError::Fetch(_)),
            "{uri}"
        );
    }
}

// shows: VP 46
#[test]
fn an_error_answer_names_the_kind_of_rule_as_the_standard_does() {
    use PresentationError as Error;
    // `invalid_client` is for clients known beforehand, of which this wallet has none; `wallet_unavailable` is for
    // whoever stands in for a wallet that is not there.
    for (error, code) in [
        (Error::QueryAndScope, "invalid_request"),
        (Error::QueryMissing, "invalid_request"),
        (Error::UnknownPrefix, "invalid_request"),
        (Error::SignedRedirectUri, "invalid_request"),
        (Error::ExpectedOriginsMissing, "invalid_request"),
        (Error::OriginMismatch, "invalid_request"),
        (Error::FormatsNotSupported, "vp_formats_not_supported"),
        (Error::UnknownRequestUriMethod, "invalid_request_uri_method"),
        (Error::TransactionDataType, "invalid_transaction_data"),
        (Error::TransactionData, "invalid_transaction_data"),
        (Error::TransactionDataCredential, "invalid_transaction_data"),
        (Error::TransactionDataHash, "invalid_transaction_data"),
    ] {
        assert_eq!(error.oauth_code(), code, "{error}");
    }
}

// shows: VP 46
#[test]
fn only_an_authenticated_verifier_is_told_what_was_wrong() {
    let form = |answer: &Answer| match answer.response() {
        Response::Post { uri, body } => {
            assert_eq!(uri, RESPONSE_URI);
            String::from_utf8(body.clone()).unwrap()
        }
        Response::ReturnToCaller { .. } => panic!("not posted"),
    };
    for (change, expected) in [
        (
            (|b| b.remove("nonce")) as Change,
            "error=invalid_request&state=state-1",
        ),
        (
            |b| b.set("redirect_uri", "https://verifier.example/"),
            "error=invalid_request&state=state-1",
        ),
        (
            |b| b.set("transaction_data", json!(["e30"])),
            "error=invalid_transaction_data&state=state-1",
        ),
        (
            |b| {
                b.payload["dcql_query"]["credentials"][0]["format"] = "mso_mdoc".into();
            },
            "error=vp_formats_not_supported&state=state-1",
        ),
        (
            |b| {
                b.remove("nonce");
                b.remove("state");
            },
            "error=invalid_request",
        ),
    ] {
        let mut bench = Bench::new();
        change(&mut bench);
        let refused = bench.run().unwrap_err();
        assert_eq!(form(refused.answer.as_ref().unwrap()), expected);
    }
    for change in [
        (|b| {
            b.tamper = |text| flip(&text);
        }) as Change,
        |b| b.set("exp", NOW.as_secs() - 600),
        |b| b.link[0].1 = "x509_san_dns:evil.example".into(),
        |b| {
            b.set("response_uri", "https://evil.example/");
            b.remove("nonce");
        },
    ] {
        let mut bench = Bench::new();
        change(&mut bench);
        assert!(bench.run().unwrap_err().answer.is_none());
    }
    let mut bench = Bench::unsigned();
    bench.remove("nonce");
    bench.pass_by_value();
    assert!(bench.run().unwrap_err().answer.is_none());
}
