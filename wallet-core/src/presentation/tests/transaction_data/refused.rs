//! Transaction data that is refused, and with it the request.

use super::*;

fn refused(bench: &Bench) -> PresentationError {
    let refused = bench.run().map(|_| "accepted").unwrap_err();
    let answer = refused.answer.expect("the verifier is told");
    let Response::Post { body, .. } = answer.response() else {
        panic!("not posted")
    };
    assert_eq!(
        String::from_utf8_lossy(body),
        "error=invalid_transaction_data&state=state-1"
    );
    refused.error
}

// shows: VP 4, VP 5, VP 46
#[test]
fn one_object_of_an_unknown_type_refuses_the_whole_request() {
    let mut unknown = payment();
    unknown["type"] = "urn:example:unheard-of".into();
    for data in [vec![unknown.clone()], vec![payment(), unknown]] {
        assert_eq!(
            refused(&bench(&data)),
            PresentationError::TransactionDataType
        );
    }
    let mut none_registered = bench(&[payment()]);
    none_registered.transaction_data_types.clear();
    let error = refused(&none_registered);
    assert_eq!(error, PresentationError::TransactionDataType);
    let code = crate::WalletError::from(error).code();
    assert_eq!(code, crate::ErrorCode::TransactionDataNotSupported);
}

// shows: VP 5, VP 46
#[test]
fn transaction_data_that_breaks_its_type_is_refused() {
    let changed = |name: &str, value: Value| {
        let mut data = payment();
        data[name] = value;
        data
    };
    let without = |name: &str| {
        let mut data = payment();
        data.as_object_mut().unwrap().remove(name).unwrap();
        data
    };
    let deep = (0..8).fold(json!(1), |inner, _| json!([inner]));
    for data in [
        changed("unknown", json!(1)),
        changed("amount", json!(10)),
        changed("amount", json!("1".repeat(1001))),
        changed("urgent", json!("true")),
        changed("orders", json!("3")),
        changed("payee", json!("Shop")),
        changed("payee", deep),
        changed("payee", json!(vec![0; 65])),
        changed("payee", json!({"n".repeat(121): 1})),
        changed("payee", json!("x".repeat(4000))),
        changed("type", json!(7)),
        changed("credential_ids", json!([])),
        changed("credential_ids", json!("pid")),
        changed("credential_ids", json!([7])),
        changed("transaction_data_hashes_alg", json!([])),
        changed("transaction_data_hashes_alg", json!("sha-256")),
        changed("transaction_data_hashes_alg", json!([1])),
        without("type"),
        without("credential_ids"),
        without("amount"),
        json!([1]),
    ] {
        assert_eq!(
            refused(&bench(core::slice::from_ref(&data))),
            PresentationError::TransactionData,
            "{data}"
        );
    }
    let good = encoded(&payment());
    for value in [
        json!([]),
        json!([payment()]),
        json!({}),
        json!(good),
        json!([good, 7]),
        json!([format!("{good}=")]),
        json!([format!("{good}.")]),
        json!([""]),
        json!([base64url(b"not json")]),
        json!([base64url(
            br#"{"type":"urn:example:nod","type":"urn:example:nod"}"#
        )]),
        json!(vec![good.as_str(); 17]),
    ] {
        let mut bench = bench(&[payment()]);
        bench.set("transaction_data", value.clone());
        let error = refused(&bench);
        assert_eq!(error, PresentationError::TransactionData, "{value}");
        let code = crate::WalletError::from(error).code();
        assert_eq!(code, crate::ErrorCode::TransactionDataInvalid);
    }
}

// shows: VP 40
#[test]
fn transaction_data_needs_a_credential_of_the_request_with_holder_binding() {
    for ids in [json!(["other"]), json!(["pid", "other"]), json!([""])] {
        let mut data = payment();
        data["credential_ids"] = ids;
        assert_eq!(
            refused(&bench(&[data])),
            PresentationError::TransactionDataCredential
        );
    }
    let mut bench = bench(&[payment()]);
    bench.payload["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] =
        false.into();
    assert_eq!(
        refused(&bench),
        PresentationError::TransactionDataCredential
    );
}

#[test]
fn hash_algorithms_nobody_may_use_are_refused() {
    let with = |algorithms: Value| {
        let mut data = payment();
        data["transaction_data_hashes_alg"] = algorithms;
        data
    };
    for data in [
        vec![with(json!(["md5", "sha-1", "SHA-256", "sha-256-128"]))],
        // One KB-JWT names one algorithm.
        vec![with(json!(["sha-512"])), payment()],
        vec![with(json!(["sha-512"])), with(json!(["sha-384"]))],
    ] {
        assert_eq!(
            refused(&bench(&data)),
            PresentationError::TransactionDataHash
        );
    }
}

// shows: VP 40
#[test]
fn text_that_cannot_be_shown_is_refused_and_not_left_out() {
    for hidden in [
        "10.00\u{202e}",
        "1\u{200b}0.00",
        "10.00\u{e0041}\u{e0042}",
        "10.00\u{e000}",
        "10.00\u{0}",
        "\u{2066}10.00\u{2069}",
        "10.00\u{fe01}",
        "10.00\u{301}\u{301}\u{301}\u{301}\u{301}",
    ] {
        let mut data = payment();
        data["amount"] = hidden.into();
        let error = refused(&bench(&[data]));
        assert_eq!(error, PresentationError::TransactionData, "{hidden:?}");
        let mut data = payment();
        data["payee"] = json!({ hidden: "Ada" });
        let error = refused(&bench(&[data]));
        assert_eq!(error, PresentationError::TransactionData, "{hidden:?}");
    }
    for shown in [
        "e\u{301}",
        "می\u{200c}خواهم",
        "\u{2764}\u{fe0f}",
        " a \t b\n",
    ] {
        let mut data = payment();
        data["amount"] = shown.into();
        bench(&[data]).run().unwrap();
    }
}

// shows: VP 40
#[test]
fn two_values_that_would_be_shown_alike_are_refused() {
    for payee in [
        json!({"a.b": "10", "a": {"b": "1000"}}),
        json!({"a[0]": "10", "a": ["1000"]}),
        json!({"a b": "10", "a\nb": "1000"}),
    ] {
        let mut data = payment();
        data["payee"] = payee.clone();
        let error = bench(&[data]).run().map(drop).unwrap_err();
        assert!(
            matches!(error.error, PresentationError::TransactionData),
            "{payee}"
        );
    }
}

// shows: VP 40
#[test]
fn a_number_that_would_be_shown_rounded_is_refused() {
    let shown = |number: &str| {
        let mut bench = bench(&[]);
        let text = payment().to_string();
        let text = text.replacen('{', &format!("{{\"orders\":{number},"), 1);
        bench.set("transaction_data", json!([base64url(text.as_bytes())]));
        bench.run().map(drop)
    };
    for exact in [
        "0",
        "-7",
        "18446744073709551615",
        "0.1",
        "-12345678.9",
        "100000000000.01",
    ] {
        shown(exact).unwrap();
    }
    for rounded in [
        "18446744073709551616",
        "1e400",
        "1e-400",
        "1e2",
        "1E2",
        "0.10000000000000000001",
        "100000000000000.09",
        "9007199254740991.4",
    ] {
        let error = shown(rounded).unwrap_err();
        assert!(
            matches!(error.error, PresentationError::TransactionData),
            "{rounded}"
        );
    }
    // What looks like a number inside a text is text.
    let mut data = payment();
    data["amount"] = json!("\"1e5 \\ 0.10000000000000000001");
    bench(&[data]).run().unwrap();
}
