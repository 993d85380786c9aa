//! `--trace`

use crate::bench::{Bench, path_text};
use serde_json::json;
use wallet_parties::Parties;
use wallet_parties::issuer::{OfferBy, OfferOptions};
use wallet_parties::verifier::RequestOptions;

// shows: SDJWT 31
#[test]
fn the_trace_has_a_line_per_request_and_no_value_of_anything() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let trace = bench.path("trace");
    let file = path_text(&trace);
    let offer = parties
        .issuer
        .offer(&OfferOptions {
            tx_code: true,
            by: OfferBy::Reference,
            ..OfferOptions::default()
        })
        .unwrap();
    let code = offer.tx_code.unwrap();
    bench
        .run(&["--trace", &file, "receive", &offer.uri, "--tx-code", &code])
        .done();
    let query = json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": ["name"]}]}]});
    let link = parties
        .verifier
        .request(&RequestOptions::new("bar", query))
        .unwrap();
    bench
        .run_with(&["--trace", &file, "present", &link.uri], "y\n")
        .done();

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for private in [trace.clone(), bench.store(), bench.path("store.anchor")] {
            let mode = std::fs::metadata(&private).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", private.display());
        }
    }
    let trace = std::fs::read_to_string(trace).unwrap();
    assert_eq!(trace.lines().count(), parties.requests().len(), "{trace}");
    for line in trace.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words.len(), 6, "{line}");
        assert!(["GET", "POST"].contains(&words[0]), "{line}");
        assert!(
            words[2].starts_with("http://localhost:") && words[2].matches('/').count() == 2,
            "{line}"
        );
        for (word, name) in words[3..].iter().zip(["sent=", "status=", "received="]) {
            let number = word.strip_prefix(name).unwrap();
            assert!(number.parse::<u64>().is_ok(), "{line}");
        }
    }
    // Codes, sessions and nonces are 22 characters or longer: no word of the trace is.
    let longest = trace.split([' ', '=', '/']).map(str::len).max();
    assert!(longest < Some(22), "{trace}");
    for secret in ["홍길동", "990101", "eyJ", "resident", &code, &link.session] {
        assert!(!trace.contains(secret), "{secret} in {trace}");
    }
    // What is printed for the holder shows claims, and still no code, nonce or session of a protocol.
    let said = bench.said();
    for secret in [code.as_str(), crate::bench::PASSPHRASE, "eyJ"] {
        assert!(!said.contains(secret), "{secret}");
    }
}

#[test]
fn a_request_that_failed_is_traced_too() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let offer = parties.issuer.offer(&OfferOptions::default()).unwrap();
    drop(parties);
    let file = path_text(&bench.path("trace"));
    let error = bench
        .json(&["--trace", &file, "receive", &offer.uri])
        .error();
    assert_eq!(
        (&error["code"], &error["retryable"]),
        (&json!("network_failed"), &json!(true))
    );
    let trace = std::fs::read_to_string(file).unwrap();
    assert_eq!(trace.lines().count(), 1, "{trace}");
    assert!(trace.contains("error="), "{trace}");
}
