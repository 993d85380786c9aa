//! `wallet demo`

use crate::bench::{members, wallet};
use serde_json::{Value, json};

/// What `wallet demo --chain` reports in any case: proven issuers, a card of each, five lies caught, nothing of a person on the
/// chain.
fn check_chain(report: &Value) {
    let issuers = report["issuers"].as_array().unwrap();
    assert_eq!(issuers.len(), 2);
    for issuer in issuers {
        assert_eq!(issuer["evidence"], "ledger_proof", "{issuer}");
    }
    let cards = report["cards"].as_array().unwrap().iter();
    let mut cards: Vec<&str> = cards.map(|card| card.as_str().unwrap()).collect();
    cards.sort_unstable();
    let [bank, citizen] = cards[..] else {
        panic!("{cards:?}");
    };
    assert!(bank.starts_with("Bank card by did:ethr:"), "{bank}");
    assert!(citizen.starts_with("Citizen ID by did:meta:"), "{citizen}");
    assert_eq!(report["receipt"]["newest"], true);
    let attacks = report["attacks"].as_array().unwrap();
    let by: Vec<&str> = attacks
        .iter()
        .map(|attack| attack["by"].as_str().unwrap())
        .collect();
    let proof = "ledger_proof";
    // An old state that was truly signed is no forgery: it is not taken for now.
    assert_eq!(by[1], "stale");
    assert_eq!([by[0], by[2], by[3]], [proof; 3]);
    assert!(by[4].starts_with("ledger_"), "{}", by[4]);
    assert!(attacks.iter().all(|attack| attack["caught"] == true));
    let written = &report["written"];
    assert!(written["transactions"].as_u64().unwrap() >= 10);
    assert!(written["bytes"].as_u64().unwrap() > 10_000);
    assert!(written["searched_for"].as_u64().unwrap() > 100);
    assert_eq!(written["found"], 0);
}

#[test]
fn on_a_real_chain_issuers_are_proven_five_lies_caught_and_nothing_of_a_person_is_written() {
    let report = wallet(&["demo", "--chain", "--json"], "").document();
    assert_eq!(report["recorded"], false);
    assert_eq!(report["card_anchor"]["leaves"], 16);
    check_chain(&report);
}

#[test]
fn without_node_the_same_is_checked_on_recorded_proofs_and_said_so() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wallet"));
    command.args(["demo", "--chain", "--json"]);
    let output = command.env("PATH", "").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{report}");
    assert_eq!(report["recorded"], true);
    check_chain(&report);
}

#[test]
fn the_report_of_the_demo_has_the_promised_shape_and_shows_only_what_was_asked() {
    let report = wallet(&["demo", "--json"], "").document();
    assert_eq!(
        members(&report),
        [
            "credentials",
            "presentations",
            "renewals",
            "store_plaintext_hits",
            "linkability",
            "voting"
        ]
    );
    assert_eq!(
        (&report["credentials"], &report["store_plaintext_hits"]),
        (&json!(3), &json!(0))
    );
    let presentations = report["presentations"].as_array().unwrap();
    for presentation in presentations {
        assert_eq!(
            members(presentation),
            ["verifier", "asked", "disclosed", "withheld", "accepted"]
        );
    }
    let by = |name: &str| {
        presentations
            .iter()
            .find(|one| one["verifier"] == name)
            .unwrap()
    };
    assert_eq!(
        by("a bar")["disclosed"],
        json!([["age_equal_or_over", "19"]])
    );
    assert_eq!(
        by("a voting office")["disclosed"],
        json!([["address", "locality"]])
    );
    assert_eq!(by("a bank")["disclosed"].as_array().unwrap().len(), 4);
    let shop = by("an over-asking shop");
    assert_eq!(
        (&shop["disclosed"], &shop["accepted"]),
        (&json!([]), &json!(false))
    );
    let paid = by("the bank, to pay 50.00");
    assert_eq!(
        (&paid["disclosed"], &paid["accepted"]),
        (&json!([["name"]]), &json!(true))
    );
    let changed = by("the same, changed on the way to 5000.00");
    assert_eq!(
        (&changed["disclosed"], &changed["accepted"]),
        (&json!([]), &json!(false))
    );
    let less = by("the same shop, which also takes less");
    assert_eq!(
        (&less["disclosed"], &less["accepted"]),
        (&json!([["age_equal_or_over", "19"]]), &json!(true))
    );
    let revoked = by("another car rental");
    assert_eq!(
        (&revoked["disclosed"], &revoked["accepted"]),
        (&json!([]), &json!(false))
    );
    for phishing in [
        "a phishing site, posing as the bank",
        "the same with a genuine certificate",
    ] {
        let phishing = by(phishing);
        assert_eq!(
            (&phishing["disclosed"], &phishing["accepted"]),
            (&json!([]), &json!(false))
        );
    }
    let moved_in = by("the voting office of the new district");
    assert_eq!(
        (&moved_in["disclosed"], &moved_in["accepted"]),
        (&json!([["address", "locality"]]), &json!(true))
    );
    let cinema = by("a cinema, by a proof of bbs-2023");
    assert_eq!(
        (&cinema["disclosed"], &cinema["accepted"]),
        (&json!([["credentialSubject", "age_over_19"]]), &json!(true))
    );
    let withheld = by("a bar")["withheld"].as_array().unwrap();
    assert!(withheld.contains(&json!(["resident_registration_number"])));
    let both = |one: &Value| {
        let withheld = one["withheld"].as_array().unwrap();
        one["disclosed"]
            .as_array()
            .unwrap()
            .iter()
            .any(|path| withheld.contains(path))
    };
    assert!(!presentations.iter().any(both));
    recognised_by_signatures_and_not_by_proofs(&report["linkability"]);
    assert_eq!(
        report["voting"]["pseudonym"].as_str().map(str::len),
        Some(96)
    );
    assert_eq!(report["voting"]["second_vote"], json!(false));
    // Three copies, all shown by noon, and three more by the evening; then the address is another one.
    let renewal = |why: &str, kind: &str, before: u8, changed: Value| {
        json!({
            "why": why, "kind": kind, "copies_before": before, "copies_after": 3,
            "changed": changed, "in_place": true,
        })
    };
    assert_eq!(
        report["renewals"],
        json!([
            renewal("all copies were shown", "refill", 0, json!([])),
            renewal(
                "the holder moved",
                "reissue",
                0,
                json!([["address", "locality"]])
            ),
        ])
    );
}

/// Colluding verifiers recognise everyone who shows an SD-JWT VC twice, and with bbs-2023 do not do better than by guessing:
/// within five standard deviations, which chance leaves a few times in a million.
fn recognised_by_signatures_and_not_by_proofs(linkability: &Value) {
    let all = linkability.as_array().unwrap();
    let formats: Vec<_> = all
        .iter()
        .map(|one| one["format"].as_str().unwrap())
        .collect();
    assert_eq!(formats, ["dc+sd-jwt", "bbs-2023"]);
    for one in all {
        assert_eq!(members(one), ["format", "runs", "score", "chance"]);
        assert_eq!(one["runs"], 1000);
        assert_eq!(one["chance"], 0.05);
    }
    assert_eq!(all[0]["score"], 1.0);
    let score = all[1]["score"].as_f64().unwrap();
    let sigma = (0.05_f64 * 0.95 / 1000.0).sqrt();
    assert!((score - 0.05).abs() < 5.0 * sigma, "{score}");
}

#[test]
fn the_demo_for_people_tells_what_was_learned_how_long_it_took_and_what_a_thief_has() {
    let printed = wallet(&["demo"], "").done();
    for text in [
        "did not learn",
        "was refused",
        "took the payment",
        "refused the payment and dropped the name",
        "revoked",
        "two phishing sites stopped",
        "was refilled in its place",
        "was issued again in its place",
        "7 cards shown under a key, 7 keys",
        " ms ",
        "vault.db",
        "padded sizes",
        "0 found",
        "guesses a second",
        "The right PIN opened the copy",
        "100.0 %",
        "The second vote was refused",
    ] {
        assert!(printed.contains(text), "{text} in {printed}");
    }
    assert!(
        printed.lines().all(|line| line.chars().count() <= 120),
        "{printed}"
    );
    for secret in ["홍길동", "990101-1000000", "730194"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}
