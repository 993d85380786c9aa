//! `wallet discover` and `wallet resume`: receiving by way of the browser, with a process for each step.

use crate::bench::{Bench, members};
use serde_json::Value;
use wallet_parties::Parties;
use wallet_parties::issuer::{Fault, OfferGrant, OfferOptions};
use wallet_parties::peers::{NodePeer, PeerPki};

/// What a browser does where the holder's consent goes without saying; where it is sent back to.
fn consent(url: &Value) -> String {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .build()
        .into();
    let answer = agent.get(url.as_str().unwrap()).call().unwrap();
    let location = answer.headers().get("location").unwrap();
    location.to_str().unwrap().to_owned()
}

fn offer(parties: &Parties, fault: Option<Fault>) -> String {
    let options = OfferOptions {
        grant: OfferGrant::AuthorizationCode,
        fault,
        ..OfferOptions::default()
    };
    parties.issuer.offer(&options).unwrap().uri
}

// shows: VCI 13, VCI 16
#[test]
fn a_card_is_received_through_the_browser() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let begun = bench.json(&["receive", &offer(&parties, None)]).document();
    assert_eq!(members(&begun), ["authorization_url", "expires_at"]);
    let link = consent(&begun["authorization_url"]);
    assert!(link.starts_with("wallet-cli:/issued?"));
    let document = bench.json(&["resume", &link, "--count", "3"]).document();
    assert_eq!(document["credentials"][0]["copies"], 3);
    assert_eq!(bench.cards().len(), 1);
    // The link is good once.
    let refused = bench.json(&["resume", &link]).refused();
    assert_eq!(refused, "authorization_response_invalid");
    assert_eq!(bench.cards().len(), 1);
}

#[test]
fn a_holder_who_says_no_in_the_browser_is_told_so() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let offer = offer(&parties, Some(Fault::AuthorizationDenied));
    let people = bench.run(&["receive", &offer]).done();
    assert!(
        people.contains("Open this address in your browser"),
        "{people}"
    );
    let begun = bench.json(&["receive", &offer]).document();
    let link = consent(&begun["authorization_url"]);
    let error = bench.json(&["resume", &link]).error();
    assert_eq!(error["code"], "authorization_refused");
    assert_eq!(error["category"], "holder");
}

#[test]
fn a_card_is_asked_for_without_an_offer() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let issuer = parties.issuer.identifier();
    let begun = bench
        .json(&["discover", issuer, "driving_licence"])
        .document();
    let link = consent(&begun["authorization_url"]);
    bench.json(&["resume", &link]).document();
    assert_eq!(bench.cards().len(), 1);
    let unknown = bench.json(&["discover", issuer, "no_such_card"]).refused();
    assert_eq!(unknown, "offer_invalid");
}

// shows: VCI 13, VCI 16, VCI 23
#[test]
fn the_npm_issuer_is_content_too() {
    let pki = PeerPki::generate().unwrap();
    let dpop = [("REQUIRE_DPOP", "1")];
    let issuer = NodePeer::start_with("issuer.mjs", &pki, &dpop).unwrap();
    let bench = Bench::new(&[pki.anchor_pem()]);
    bench.run(&["init"]).done();
    let made = issuer.control("/control/offer?grant=code").unwrap();
    let begun = bench
        .json(&["receive", made["offer"].as_str().unwrap()])
        .document();
    let link = consent(&begun["authorization_url"]);
    let document = bench.json(&["resume", &link, "--count", "2"]).document();
    assert_eq!(document["credentials"][0]["copies"], 2);
}
