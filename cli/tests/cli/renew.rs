//! `wallet due`, `renew`

use crate::bench::{Bench, members};
use serde_json::{Map, Value, json};
use wallet_parties::Parties;
use wallet_parties::issuer::{CardOptions, IssuerOptions, OfferOptions};
use wallet_parties::verifier::RequestOptions;

fn parties() -> Parties {
    let parties = Parties::start().unwrap();
    parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    parties
}

fn now_says(parties: &Parties, claims: Value) {
    let claims: Map<String, Value> = serde_json::from_value(claims).unwrap();
    let card = CardOptions {
        claims,
        ..CardOptions::default()
    };
    parties.issuer.change("resident_card", card);
}

fn claim(bench: &Bench, id: &str, name: &str) -> Value {
    let card = bench.json(&["show", id]).document();
    let mut claims = card["claims"].as_array().unwrap().iter();
    claims.find(|claim| claim["path"] == json!([name])).unwrap()["value"].clone()
}

#[test]
fn what_is_due_is_told_and_done_and_then_no_more_told() {
    let parties = parties();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(
        &parties,
        "resident_card",
        &["--count", "2", "--reuse", "once"],
    );
    for _ in 0..2 {
        let query = json!({"credentials": [{
            "id": "card", "format": "dc+sd-jwt", "meta": {},
            "claims": [{"path": ["age_equal_or_over", "19"]}],
        }]});
        let link = parties
            .verifier
            .request(&RequestOptions::new("bar", query))
            .unwrap();
        bench.run(&["present", &link.uri, "--approve"]).done();
    }
    let requests = parties.requests().len();
    let due = bench.json(&["due"]).document();
    assert_eq!(members(&due), ["due", "next"]);
    let first = &due["due"][0];
    assert_eq!(
        members(first),
        [
            "what",
            "credential",
            "at",
            "until",
            "urgency",
            "needs",
            "left",
            "threshold"
        ]
    );
    assert_eq!(
        (&first["what"], &first["credential"]),
        (&json!("refill"), &json!(id))
    );
    assert_eq!(
        (&first["needs"], &first["urgency"]),
        (&json!(["network"]), &json!("now"))
    );
    let people = bench.run(&["due"]).done();
    assert!(
        people.contains("refill, 0 left") && people.contains("Resident card"),
        "{people}"
    );
    assert_eq!(parties.requests().len(), requests, "asked somebody");

    let renewed = bench.json(&["renew", &id[..8]]).document();
    assert_eq!(
        members(&renewed),
        [
            "id",
            "kind",
            "copies",
            "changed",
            "changes",
            "issuer_notified"
        ]
    );
    assert_eq!(
        (&renewed["id"], &renewed["copies"]),
        (&json!(id), &json!(2))
    );
    assert_eq!(
        (&renewed["changed"], &renewed["changes"]),
        (&json!(false), &json!([]))
    );
    let due = bench.json(&["due"]).document();
    assert_eq!(due["due"], json!([]));
    assert!(due["next"].is_i64());
}

#[test]
fn changes_are_shown_and_asked_about_and_a_no_changes_nothing() {
    let parties = parties();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(&parties, "resident_card", &[]);
    now_says(&parties, json!({"name_latin": "HONG GIL-DONG", "sex": "X"}));
    let no = bench.run_with(&["renew", &id], "n\n");
    assert_eq!(no.code, 1);
    assert!(no.stdout.contains("HONG GILDONG") && no.stdout.contains("HONG GIL-DONG"));
    assert_eq!(claim(&bench, &id, "name_latin"), "HONG GILDONG");
    assert_eq!(
        parties.issuer.notifications().last().unwrap().event,
        "credential_deleted"
    );
    let document = bench.json(&["renew", &id, "--yes"]).document();
    assert_eq!(document["kind"], "reissue");
    assert_eq!(document["changes"].as_array().unwrap().len(), 2);
    assert_eq!(document["changes"][0]["old"], "HONG GILDONG");
    assert_eq!(claim(&bench, &id, "name_latin"), "HONG GIL-DONG");
    let history = bench.run(&["history"]).done();
    assert!(history.contains("renewed"), "{history}");
}

#[test]
fn a_card_without_a_refresh_token_is_renewed_by_a_new_offer() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(&parties, "resident_card", &["--count", "3"]);
    assert_eq!(
        bench.json(&["renew", &id]).refused(),
        "renewal_needs_holder"
    );
    let offer = |card: &str| parties.issuer.offer(&OfferOptions::of(card)).unwrap().uri;
    let other = bench.json(&["renew", &id, "--offer", &offer("driving_licence")]);
    assert_eq!(other.refused(), "renewal_mismatch");
    let document = bench
        .json(&["renew", &id, "--offer", &offer("resident_card")])
        .document();
    assert_eq!(
        (&document["id"], &document["copies"]),
        (&json!(id), &json!(3))
    );
    assert_eq!(bench.cards().len(), 1);
    bench
        .run(&["renew", &id, "--tx-code", "1"])
        .is_usage_error();
}
