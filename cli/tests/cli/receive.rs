//! `wallet receive`

use crate::bench::{Bench, members};
use serde_json::json;
use wallet_parties::Parties;
use wallet_parties::issuer::{OfferBy, OfferOptions};

#[test]
fn an_offer_by_value_and_one_by_reference_are_received() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    for (by, copies) in [(OfferBy::Value, "1"), (OfferBy::Reference, "3")] {
        let offer = parties
            .issuer
            .offer(&OfferOptions {
                by,
                ..OfferOptions::default()
            })
            .unwrap();
        let document = bench
            .json(&["receive", &offer.uri, "--count", copies])
            .document();
        assert_eq!(members(&document), ["credentials", "deferred"]);
        let card = &document["credentials"][0];
        assert_eq!(members(card), ["id", "type", "copies", "issuer_notified"]);
        assert_eq!(card["type"], json!(parties.issuer.vct("resident_card")));
        assert_eq!(card["copies"].to_string(), copies);
        assert_eq!(card["issuer_notified"], true);
    }
    assert_eq!(parties.issuer.notifications().len(), 2);
    let copies: Vec<_> = bench
        .cards()
        .iter()
        .map(|card| card["copies"].clone())
        .collect();
    assert_eq!(copies, [1, 3]);
}

#[test]
fn a_transaction_code_is_asked_for_and_a_wrong_one_may_be_tried_again() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let offer = parties
        .issuer
        .offer(&OfferOptions {
            tx_code: true,
            ..OfferOptions::default()
        })
        .unwrap();
    let code = offer.tx_code.unwrap();
    let error = bench.json(&["receive", &offer.uri]).error();
    assert_eq!(
        (error["code"].as_str(), error["category"].as_str()),
        (Some("tx_code_required"), Some("holder"))
    );
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let error = bench
        .json(&["receive", &offer.uri, "--tx-code", wrong])
        .error();
    assert_eq!(
        (error["code"].as_str(), &error["retryable"]),
        (Some("grant_refused"), &json!(true))
    );
    assert_eq!(bench.cards(), [] as [serde_json::Value; 0]);
    let people = bench
        .run(&["receive", &offer.uri, "--tx-code", &code])
        .done();
    assert!(people.contains("Fictional Civil Registry"), "{people}");
    assert!(people.contains("Received"), "{people}");
    assert!(!bench.said().contains(&code));

    let plain = parties.issuer.offer(&OfferOptions::default()).unwrap();
    let refused = bench
        .json(&["receive", &plain.uri, "--tx-code", &code])
        .refused();
    assert_eq!(refused, "tx_code_not_expected");
}

#[test]
fn every_card_of_an_offer_is_received_and_an_offer_works_once() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let offer = parties
        .issuer
        .offer(&OfferOptions {
            configurations: vec!["resident_card".into(), "driving_licence".into()],
            credential_identifiers: true,
            ..OfferOptions::default()
        })
        .unwrap();
    let document = bench.json(&["receive", &offer.uri]).document();
    assert_eq!(document["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(
        bench.json(&["receive", &offer.uri]).refused(),
        "grant_refused"
    );
    assert_eq!(bench.cards().len(), 2);
}

#[test]
fn a_server_on_this_machine_is_called_only_where_that_is_allowed() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let offer = parties.issuer.offer(&OfferOptions::default()).unwrap();
    let before = parties.requests().len();
    let passphrase = bench.path("passphrase").display().to_string();
    let store = bench.store().display().to_string();
    let run = crate::bench::wallet(
        &[
            "--json",
            "--store",
            &store,
            "--passphrase-file",
            &passphrase,
            "receive",
            &offer.uri,
        ],
        "",
    );
    let error = run.error();
    let said = (error["code"].as_str(), error["rule"].as_str());
    assert_eq!(said, (Some("offer_invalid"), Some("OpenID4VCI 1.0 12.2.1")));
    assert_eq!(parties.requests().len(), before);
}
