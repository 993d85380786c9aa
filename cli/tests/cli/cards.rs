//! `wallet list`, `show`, `delete`, `history`, `export`, `erase`

use crate::bench::{Bench, members};
use serde_json::{Value, json};
use wallet_parties::Parties;

const WIDEST: usize = 120;

/// Columns of a line in a terminal: Hangul takes two.
fn columns(line: &str) -> usize {
    line.chars()
        .map(|c| {
            if ('\u{1100}'..'\u{11ff}').contains(&c) || ('\u{2e80}'..'\u{d7ff}').contains(&c) {
                2
            } else {
                1
            }
        })
        .sum()
}

fn is_tidy(printed: &str) {
    let rows: Vec<&str> = printed
        .lines()
        .filter(|line| line.starts_with('│'))
        .collect();
    assert!(!rows.is_empty(), "{printed}");
    let width = columns(rows[0]);
    assert!(width <= WIDEST, "{width} columns");
    assert!(rows.iter().all(|row| columns(row) == width), "{printed}");
}

#[test]
fn cards_are_listed_shown_by_the_beginning_of_their_id_and_deleted() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(&parties, "resident_card", &["--count", "2"]);
    let licence = bench.receive(&parties, "driving_licence", &[]);

    let list = bench.json(&["list"]).document();
    assert_eq!(members(&list), ["integrity", "credentials"]);
    assert_eq!(list["integrity"], "ok");
    let card = &list["credentials"][0];
    assert_eq!(card["name"], "Resident card");
    assert_eq!(card["issuer"], parties.issuer.identifier());
    assert_eq!(card["validity"], "valid");
    assert_eq!(
        (&card["copies"], &card["usable_copies"]),
        (&json!(2), &json!(2))
    );

    let korean = bench.run(&["--locale", "ko-KR,en", "list"]).done();
    assert!(korean.contains("주민등록증"), "{korean}");
    is_tidy(&korean);
    let shown = bench.run(&["--locale", "ko", "show", &id[..8]]).done();
    for text in ["홍길동", "주민등록번호", "990101-1000000", "(image/png, "] {
        assert!(shown.contains(text), "{text} in {shown}");
    }
    assert!(!shown.contains("base64"), "{shown}");
    is_tidy(&shown);

    let document = bench.json(&["show", &id]).document();
    let claims = document["claims"].as_array().unwrap();
    let named = |path: &Value| claims.iter().find(|claim| claim["path"] == *path).unwrap();
    let name = named(&json!(["name"]));
    assert_eq!(members(name), ["path", "label", "value", "disclosable"]);
    assert_eq!(
        (&name["value"], &name["disclosable"]),
        (&json!("홍길동"), &json!(true))
    );
    assert_eq!(named(&json!(["vct"]))["disclosable"], false);

    assert_eq!(bench.json(&["show", "ffffffff"]).refused(), "not_found");
    bench.run(&["show", &id[..2]]).is_usage_error();
    let requests = parties.requests().len();
    let deleted = bench.json(&["delete", &licence[..8]]).document();
    assert_eq!(deleted, json!({ "deleted": licence }));
    assert_eq!(bench.cards().len(), 1);
    assert_eq!(bench.json(&["delete", &licence]).refused(), "not_found");
    assert_eq!(parties.requests().len(), requests, "nobody is told");

    let history = bench.json(&["history"]).document();
    assert_eq!(members(&history), ["intact", "entries"]);
    assert_eq!(history["intact"], true);
    let events: Vec<&str> = history["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(event)
        .collect();
    assert_eq!(events, ["received", "received", "deleted"]);
    is_tidy(&bench.run(&["history"]).done());
}

/// The word an entry is named by.
fn event(entry: &Value) -> &str {
    let mut words = entry
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_str);
    words
        .find(|word| ["received", "presented", "declined", "deleted", "exported"].contains(word))
        .unwrap()
}

#[test]
fn everything_about_the_holder_can_be_exported_and_that_is_remembered() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(&parties, "driving_licence", &[]);
    let export = bench.run(&["export"]).document();
    assert_eq!(members(&export), ["credentials", "history"]);
    assert_eq!(export["credentials"][0]["id"], id.as_str());
    let claims = export["credentials"][0]["claims"].as_array().unwrap();
    let licence = claims
        .iter()
        .find(|claim| claim["path"] == json!(["licence_number"]))
        .unwrap();
    assert_eq!(licence["value"], "00-00-000000-00");
    let history = bench.json(&["history"]).document();
    assert_eq!(event(&history["entries"][1]), "exported");
}

#[test]
fn erasing_asks_and_leaves_nothing() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "driving_licence", &[]);
    for typed in ["", "erase\n", "y\n"] {
        let run = bench.run_with(&["--json", "erase"], typed);
        assert_eq!(run.refused(), "user_cancelled");
    }
    assert_eq!(bench.cards().len(), 1);
    let asked = bench.run_with(&["erase"], "ERASE\n");
    assert!(asked.stderr.contains("Type ERASE"));
    asked.done();
    assert_eq!(crate::bench::contents(&bench.store()), []);
    assert_eq!(crate::bench::contents(&bench.path("store.anchor")), []);
    assert_eq!(bench.json(&["list"]).refused(), "store_missing");
    // The place is free again.
    bench.json(&["init"]).document();
    assert_eq!(
        members(&bench.json(&["erase", "--yes"]).document()),
        ["erased"]
    );
}

#[test]
fn a_store_put_back_from_an_older_copy_can_be_read_and_not_used() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "driving_licence", &[]);
    let old = crate::bench::contents(&bench.store());
    bench.receive(&parties, "resident_card", &[]);
    for entry in std::fs::read_dir(bench.store()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for (path, bytes) in old {
        std::fs::write(path, bytes).unwrap();
    }
    let list = bench.json(&["list"]).document();
    assert_eq!(list["integrity"], "rolled_back");
    assert_eq!(list["credentials"].as_array().unwrap().len(), 1);
    let people = bench.run(&["list"]);
    assert!(people.stderr.contains("WARNING"), "{}", people.stderr);
    let offer = parties
        .issuer
        .offer(&wallet_parties::issuer::OfferOptions::default())
        .unwrap();
    assert_eq!(
        bench.json(&["receive", &offer.uri]).refused(),
        "rolled_back"
    );
}
