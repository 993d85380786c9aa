//! `wallet present --dc-api`, and payments.

use crate::bench::{Bench, members};
use serde_json::{Value, json};
use wallet_parties::Parties;
use wallet_parties::verifier::{DcApiRequest, DcApiSigning, RequestOptions};

const ORIGIN: &str = "https://bar.example";

fn options() -> RequestOptions {
    let query = json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {},
        "claims": [{"path": ["age_equal_or_over", "19"]}]}]});
    RequestOptions::new("bar", query)
}

fn ask(parties: &Parties, signing: DcApiSigning) -> DcApiRequest {
    let verifier = &parties.verifier;
    verifier
        .dc_api_request(&options(), signing, ORIGIN)
        .unwrap()
}

/// The arguments that hand this request over.
fn hand_over(bench: &Bench, asked: &DcApiRequest, origin: &str) -> Vec<String> {
    let file = bench.file("request.json", &asked.request["data"].to_string());
    let protocol = asked.request["protocol"].as_str().unwrap();
    ["present", &file, "--dc-api", origin, "--protocol", protocol]
        .map(str::to_owned)
        .to_vec()
}

fn refs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn the_answer_for_the_page_is_printed_and_the_page_accepts_it() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    for signing in [
        DcApiSigning::Unsigned,
        DcApiSigning::Signed,
        DcApiSigning::MultiSigned,
    ] {
        let asked = ask(&parties, signing);
        let mut arguments = hand_over(&bench, &asked, ORIGIN);
        arguments.push("--approve".to_owned());
        let document = bench.json(&refs(&arguments)).document();
        assert_eq!(document["outcome"], "returned");
        assert_eq!(members(&document["response"]), ["protocol", "data"]);
        let data = &document["response"]["data"];
        let result = parties.verifier.dc_api_response(&asked.session, data);
        assert!(result.unwrap().accepted, "{signing:?}");
    }
}

#[test]
fn a_page_that_replays_a_request_or_gets_a_no_learns_nothing() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    let asked = ask(&parties, DcApiSigning::Signed);
    let arguments = hand_over(&bench, &asked, "https://evil.example");
    let run = bench.json(&refs(&arguments));
    assert_eq!(run.refused(), "origin_mismatch");
    assert_eq!(run.stdout, "");

    let asked = ask(&parties, DcApiSigning::Unsigned);
    let run = bench.run_with(&refs(&hand_over(&bench, &asked, ORIGIN)), "n\n");
    assert_eq!(run.code, 1);
    let answer = run.stdout.lines().chain(run.stderr.lines());
    let answer = answer.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told = json!({"protocol": "openid4vp-v1-unsigned", "data": {"error": "access_denied"}});
    assert!(answer.clone().any(|answer| answer == told));
}

#[test]
fn origin_and_protocol_come_together() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench
        .run(&["present", "file", "--dc-api", ORIGIN])
        .is_usage_error();
    bench
        .run(&["present", "file", "--protocol", "openid4vp-v1-unsigned"])
        .is_usage_error();
    for wrong in ["payment", "=amount", "payment=amount,,payee", "payment=?"] {
        bench
            .run(&["--transaction-type", wrong, "list"])
            .is_usage_error();
    }
}

#[test]
fn a_payment_of_a_known_type_is_shown_and_authorised() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    let ask = || {
        let options = RequestOptions {
            transaction_data: vec![json!({"type": "urn:example:payment",
                "credential_ids": ["card"], "amount": "50.00 EUR"})],
            ..options()
        };
        parties.verifier.request(&options).unwrap()
    };
    let known = "urn:example:payment=amount,reference?";
    let link = ask();
    let printed = bench
        .run(&[
            "--transaction-type",
            known,
            "present",
            &link.uri,
            "--approve",
        ])
        .done();
    assert!(printed.contains("50.00 EUR") && printed.contains("urn:example:payment"));
    assert!(parties.verifier.result(&link.session).unwrap().accepted);

    let link = ask();
    let run = bench.json(&["present", &link.uri, "--approve"]);
    assert_eq!(run.refused(), "transaction_data_not_supported");
}
