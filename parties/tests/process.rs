//! `wallet-parties serve --json`, as tests in other languages use it.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use holder::{Receiving, get, post_json};
use serde_json::{Value, json};

#[test]
fn the_process_serves_offers_requests_and_records_and_ends_with_its_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wallet-parties"))
        .args(["serve", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let served: Value = serde_json::from_str(&line).unwrap();
    let url = |party: &str, name: &str| served[party][name].as_str().unwrap().to_owned();
    for anchor in ["issuer_pem", "verifier_pem"] {
        assert!(url("anchors", anchor).starts_with("-----BEGIN CERTIFICATE-----\n"));
    }

    let options = json!({"configurations": ["driving_licence"], "tx_code": true, "by": "reference", "fault": "stale_nonce"});
    let (status, offer) = post_json(&url("issuer", "offer"), None, &options);
    assert_eq!(status, 200, "{offer}");
    let mut receiving = Receiving::open(offer["uri"].as_str().unwrap());
    assert_eq!(receiving.ask_token(offer["tx_code"].as_str()).0, 200);
    assert_eq!(get(&url("issuer", "notifications")), (200, json!([])));
    let seen = get(&url("issuer", "requests")).1;
    assert_eq!(seen.as_array().unwrap().len(), 4);
    assert_eq!(seen[3]["path"], "/civil-registry/token");

    let vct = &served["issuer"]["types"]["driving_licence"];
    let query =
        json!({"credentials": [{"id": "l", "format": "dc+sd-jwt", "meta": {"vct_values": [vct]}}]});
    let options = json!({"name": "bank", "query": &query, "prefix": "x509_hash", "mode": "direct_post", "by": "value"});
    let (status, request) = post_json(&url("verifier", "request"), None, &options);
    assert_eq!(status, 200, "{request}");
    let session = request["session"].as_str().unwrap();
    let result = get(&format!("{}?session={session}", url("verifier", "result")));
    assert_eq!((result.0, &result.1["outcome"]), (200, &json!("pending")));

    let options = json!({"dpop": "required", "wallet_started": {"deferred": {"interval": 2}}});
    assert_eq!(
        post_json(&url("issuer", "configure"), None, &options).0,
        200
    );
    let change = format!("{}?card=resident_card", url("issuer", "change"));
    assert_eq!(post_json(&change, None, &json!({"lifetime": 60})).0, 200);
    let page = format!(
        "{}?signing=unsigned&origin=https://page.example",
        url("verifier", "dc_api_request")
    );
    let (status, made) = post_json(&page, None, &json!({"query": query}));
    assert_eq!(
        (status, &made["request"]["protocol"]),
        (200, &json!("openid4vp-v1-unsigned"))
    );

    // A misspelt option is an error, not a default.
    let misspelt = post_json(&url("issuer", "offer"), None, &json!({"txcode": true}));
    assert_eq!(misspelt.0, 400);

    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
