//! `wallet deferred`

use crate::bench::{Bench, members};
use serde_json::Value;
use std::time::{Duration, Instant};
use wallet_parties::Parties;
use wallet_parties::issuer::{Deferral, OfferOptions};

fn promised(parties: &Parties, bench: &Bench) -> String {
    let offer = parties.issuer.offer(&OfferOptions {
        deferred: Some(Deferral::default()),
        ..OfferOptions::default()
    });
    let document = bench.json(&["receive", &offer.unwrap().uri]).document();
    assert_eq!(document["credentials"].as_array().unwrap().len(), 0);
    let card = &document["deferred"][0];
    assert_eq!(members(card), ["id", "issuer", "type", "since", "retry_at"]);
    card["id"].as_str().unwrap().to_owned()
}

// shows: VCI 39
#[test]
fn a_promised_card_is_listed_asked_for_and_received_by_other_processes() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = promised(&parties, &bench);
    let list = bench.json(&["deferred"]).document();
    assert_eq!(list["deferred"][0]["id"], id.as_str());
    let start = Instant::now();
    let received = loop {
        let document = bench.json(&["deferred", &id, "--reuse", "once"]).document();
        if document["credentials"][0] != Value::Null {
            break document;
        }
        assert!(document["retry_at"].is_i64());
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(500));
    };
    assert_eq!(received["credentials"][0]["issuer_notified"], true);
    assert_eq!(bench.cards().len(), 1);
    let error = bench.json(&["deferred", &id]).error();
    assert_eq!(error["code"], "not_found");
}

#[test]
fn a_promised_card_may_be_forgotten() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = promised(&parties, &bench);
    let document = bench.json(&["deferred", &id, "--forget"]).document();
    assert_eq!(document["forgotten"], id.as_str());
    let list = bench.json(&["deferred"]).document();
    assert_eq!(list["deferred"].as_array().unwrap().len(), 0);
}
