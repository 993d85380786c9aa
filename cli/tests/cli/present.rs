//! `wallet present`

use crate::bench::{Bench, members};
use serde_json::{Value, json};
use wallet_parties::Parties;
use wallet_parties::data_integrity::{CITIZEN_ID, CREDENTIAL};
use wallet_parties::issuer::OfferOptions;
use wallet_parties::verifier::{
    ClientIdPrefix, RequestFault, RequestLink, RequestOptions, ResponseMode,
};

fn query(parties: &Parties, card: &str, claims: &[Value]) -> Value {
    let claims: Vec<Value> = claims.iter().map(|path| json!({ "path": path })).collect();
    json!({ "credentials": [{
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": [parties.issuer.vct(card)] },
        "claims": claims,
    }] })
}

fn ask(parties: &Parties, card: &str, claims: &[Value]) -> RequestLink {
    let options = RequestOptions::new("bar", query(parties, card, claims));
    parties.verifier.request(&options).unwrap()
}

fn over_19(parties: &Parties) -> RequestLink {
    ask(
        parties,
        "resident_card",
        &[json!(["age_equal_or_over", "19"])],
    )
}

#[test]
fn the_report_says_who_learned_what_and_what_stayed_hidden() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(&parties, "resident_card", &[]);
    let link = over_19(&parties);
    let document = bench.json(&["present", &link.uri, "--approve"]).document();
    assert_eq!(
        members(&document),
        [
            "verifier",
            "disclosed",
            "withheld",
            "outcome",
            "redirect_uri"
        ]
    );
    assert_eq!(
        members(&document["verifier"]),
        [
            "client_id",
            "name",
            "proven_by",
            "vouched_by",
            "did_evidence",
            "trusted"
        ]
    );
    assert_eq!(document["verifier"]["client_id"], link.client_id.as_str());
    assert_eq!(document["verifier"]["trusted"], true);
    let shown =
        json!([{"query": "card", "credential": id, "claims": [["age_equal_or_over", "19"]]}]);
    assert_eq!(document["disclosed"], shown);
    let withheld = document["withheld"][0]["claims"].as_array().unwrap();
    assert!(withheld.contains(&json!(["name"])) && withheld.contains(&json!(["portrait"])));
    assert_eq!(document["outcome"], "accepted");
    assert!(
        document["redirect_uri"]
            .as_str()
            .unwrap()
            .starts_with(parties.verifier.base_url())
    );
    let learned = parties.verifier.result(&link.session).unwrap();
    assert!(learned.accepted);
    assert!(
        learned
            .disclosed()
            .contains(&vec![json!("age_equal_or_over"), json!("19")])
    );
    assert!(learned.learned[0].unrequested.is_empty());

    // One request is answered once, in another process too.
    let again = bench.json(&["present", &link.uri, "--approve"]);
    assert_eq!(again.refused(), "nonce_missing_or_reused");
    assert_eq!(parties.verifier.result(&link.session).unwrap().answers, 1);
}

#[test]
fn an_answer_the_verifier_does_not_take_is_no_success() {
    let parties = Parties::start().unwrap();
    let (first, second) = (Bench::with_store(&parties), Bench::with_store(&parties));
    for bench in [&first, &second] {
        bench.receive(&parties, "resident_card", &[]);
    }
    let link = ask(&parties, "resident_card", &[json!(["name"])]);
    first.json(&["present", &link.uri, "--approve"]).document();
    // The verifier takes one answer to a request, and this is another holder's.
    let late = second.json(&["present", &link.uri, "--approve"]);
    assert_eq!(late.refused(), "presentation_refused");
    assert_eq!(parties.verifier.result(&link.session).unwrap().answers, 2);
}

#[test]
fn a_claim_that_cannot_be_withheld_is_reported_where_it_was_asked() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    let asked = [json!(["issuing_authority"]), json!(["name"])];
    let link = ask(&parties, "resident_card", &asked);
    let document = bench.json(&["present", &link.uri, "--approve"]).document();
    let mut told = document["disclosed"][0]["claims"]
        .as_array()
        .unwrap()
        .clone();
    told.sort_by_key(Value::to_string);
    assert_eq!(told, asked);
}

#[test]
fn every_prefix_and_mode_is_answered_and_what_proves_the_verifier_is_said() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    for (prefix, mode, trusted) in [
        (ClientIdPrefix::X509Hash, ResponseMode::DirectPost, true),
        (
            ClientIdPrefix::RedirectUri,
            ResponseMode::DirectPostJwt,
            false,
        ),
    ] {
        let options = RequestOptions {
            prefix,
            mode,
            redirect: false,
            ..RequestOptions::new("bar", query(&parties, "resident_card", &[json!(["name"])]))
        };
        let link = parties.verifier.request(&options).unwrap();
        let document = bench.json(&["present", &link.uri, "--approve"]).document();
        assert_eq!(document["verifier"]["trusted"], trusted);
        assert_eq!(document["redirect_uri"], Value::Null);
        assert!(parties.verifier.result(&link.session).unwrap().accepted);
    }
    let options = RequestOptions {
        prefix: ClientIdPrefix::RedirectUri,
        ..RequestOptions::new("bar", query(&parties, "resident_card", &[json!(["name"])]))
    };
    let link = parties.verifier.request(&options).unwrap();
    let people = bench.run_with(&["present", &link.uri], "n\n");
    assert!(
        people.stdout.contains("Proven by:  NOTHING"),
        "{}",
        people.stdout
    );
}

// shows: VP 49, HOSTILE 11
#[test]
fn nothing_is_sent_before_the_holder_agrees() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    for no in ["n\n", "\n", "", "yesterday\n"] {
        let link = over_19(&parties);
        let run = bench.run_with(&["present", &link.uri], no);
        assert_eq!(run.code, 1);
        assert!(
            run.stderr.contains("Show this? [y/N]") && run.stderr.contains("declined"),
            "{}",
            run.stderr
        );
        for text in [
            "Who asks:",
            "Fictional Bar",
            "age_equal_or_over.19",
            "withheld",
        ] {
            assert!(run.stdout.contains(text), "{text} in {}", run.stdout);
        }
        let result = parties.verifier.result(&link.session).unwrap();
        assert_eq!(result.error.as_deref(), Some("access_denied"));
        assert!(result.learned.is_empty());
    }
    let link = over_19(&parties);
    let run = bench.run_with(&["--json", "present", &link.uri], "n\n");
    assert_eq!(run.refused(), "user_cancelled");
    let link = over_19(&parties);
    let people = bench.run_with(&["present", &link.uri], "y\n").done();
    assert!(people.contains("Outcome: accepted"), "{people}");
    assert!(
        people.lines().all(|line| line.chars().count() <= 120),
        "{people}"
    );
    assert!(parties.verifier.result(&link.session).unwrap().accepted);
    let link = over_19(&parties);
    let document = bench
        .run_with(&["--json", "present", &link.uri], "y\n")
        .document();
    assert_eq!(document["outcome"], "accepted");
}

#[test]
fn one_of_two_cards_can_be_chosen() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let cards = [
        bench.receive(&parties, "resident_card", &[]),
        bench.receive(&parties, "resident_card", &[]),
    ];
    for card in &cards {
        let link = over_19(&parties);
        let choice = format!("card={}", &card[..10]);
        let document = bench
            .json(&["present", &link.uri, "--approve", "--select", &choice])
            .document();
        assert_eq!(document["disclosed"][0]["credential"], card.as_str());
    }
    let licence = bench.receive(&parties, "driving_licence", &[]);
    let link = over_19(&parties);
    let misfit = format!("card={licence}");
    let run = bench.json(&["present", &link.uri, "--approve", "--select", &misfit]);
    assert_eq!(run.refused(), "not_found");
    let absent = format!("other={}", cards[0]);
    let run = bench.json(&[
        "present",
        &over_19(&parties).uri,
        "--approve",
        "--select",
        &absent,
    ]);
    assert_eq!(run.refused(), "not_found");
    assert_eq!(parties.verifier.result(&link.session).unwrap().answers, 0);
}

#[test]
fn an_absent_card_and_a_claim_nobody_has_look_like_a_refusal_outside() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    let declined = over_19(&parties);
    bench.run_with(&["present", &declined.uri], "n\n");
    let declined = parties.verifier.result(&declined.session).unwrap();
    for link in [
        ask(&parties, "driving_licence", &[json!(["licence_number"])]),
        ask(
            &parties,
            "resident_card",
            &[json!(["name"]), json!(["shoe_size"])],
        ),
    ] {
        let error = bench.json(&["present", &link.uri, "--approve"]).error();
        assert_eq!(error["code"], "claims_not_available");
        let result = parties.verifier.result(&link.session).unwrap();
        assert_eq!(
            (&result.error, &result.refusal),
            (&declined.error, &declined.refusal)
        );
        assert!(result.learned.is_empty());
    }
}

#[test]
fn less_is_shown_where_the_verifier_itself_allows_it() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &[]);
    let mut query = query(&parties, "resident_card", &[]);
    query["credentials"][0]["claims"] =
        json!([{"id": "shoes", "path": ["shoe_size"]}, {"id": "name", "path": ["name"]}]);
    query["credentials"][0]["claim_sets"] = json!([["shoes", "name"], ["name"]]);
    let link = parties
        .verifier
        .request(&RequestOptions::new("shop", query))
        .unwrap();
    let document = bench.json(&["present", &link.uri, "--approve"]).document();
    assert_eq!(document["disclosed"][0]["claims"], json!([["name"]]));
}

#[test]
fn the_holder_may_choose_another_claim_set_and_what_is_optional() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(&parties, "resident_card", &[]);
    let licence = bench.receive(&parties, "driving_licence", &[]);
    let query = json!({
        "credentials": [
            {"id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [parties.issuer.vct("resident_card")]},
             "claims": [{"id": "name", "path": ["name"]}, {"id": "age", "path": ["age_equal_or_over", "19"]}],
             "claim_sets": [["name", "age"], ["age"]]},
            {"id": "extra", "format": "dc+sd-jwt", "meta": {"vct_values": [parties.issuer.vct("driving_licence")]},
             "claims": [{"path": ["licence_number"]}]},
        ],
        "credential_sets": [{"options": [["card"]]}, {"options": [["extra"]], "required": false}],
    });
    let ask = || {
        let options = RequestOptions {
            verifier_info: Some(json!([{"format": "registration\u{202e}", "data": "eyJ0"}])),
            ..RequestOptions::new("shop", query.clone())
        };
        parties.verifier.request(&options).unwrap()
    };
    let asked = bench.run_with(&["present", &ask().uri], "n\n").stdout;
    let other = format!(
        "--select card={}/2 would show age_equal_or_over.19",
        &id[..8]
    );
    for text in [
        other.as_str(),
        "extra (optional)",
        "(registration), which nobody has checked",
    ] {
        assert!(asked.contains(text), "{text} in {asked}");
    }
    let least = format!("card={}/2", &id[..8]);
    let document = bench
        .json(&["present", &ask().uri, "--approve", "--select", &least])
        .document();
    assert_eq!(
        document["disclosed"],
        json!([{"query": "card", "credential": id, "claims": [["age_equal_or_over", "19"]]}])
    );
    let extra = format!("extra={licence}");
    let link = ask();
    let document = bench
        .json(&[
            "present",
            &link.uri,
            "--approve",
            "--select",
            &least,
            "--select",
            &extra,
        ])
        .document();
    assert_eq!(document["disclosed"].as_array().unwrap().len(), 2);
    assert!(parties.verifier.result(&link.session).unwrap().accepted);
    let absent = format!("card={}/3", &id[..8]);
    let run = bench.json(&["present", &ask().uri, "--approve", "--select", &absent]);
    assert_eq!(run.refused(), "not_found");
}

#[test]
fn a_copy_for_one_use_is_shown_once() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let id = bench.receive(
        &parties,
        "resident_card",
        &["--count", "2", "--reuse", "once"],
    );
    for left in [1, 0] {
        bench
            .json(&["present", &over_19(&parties).uri, "--approve"])
            .document();
        let card = bench.json(&["show", &id]).document();
        assert_eq!(
            (&card["copies"], &card["usable_copies"]),
            (&json!(2), &json!(left))
        );
    }
    let link = over_19(&parties);
    assert_eq!(
        bench.json(&["present", &link.uri, "--approve"]).refused(),
        "claims_not_available"
    );
    let result = parties.verifier.result(&link.session).unwrap();
    assert_eq!(result.error.as_deref(), Some("access_denied"));

    bench.receive(&parties, "resident_card", &["--reuse", "2"]);
    for code in [0, 0, 1] {
        assert_eq!(
            bench
                .json(&["present", &over_19(&parties).uri, "--approve"])
                .code,
            code
        );
    }
}

#[test]
fn a_card_may_ask_for_the_passphrase_at_each_showing() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &["--auth-each-showing"]);
    bench
        .json(&["present", &over_19(&parties).uri, "--approve"])
        .document();
}

#[test]
fn an_answer_that_was_not_taken_is_no_success() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "resident_card", &["--reuse", "once"]);
    let options = RequestOptions {
        fault: Some(RequestFault::ResponseServerError),
        ..RequestOptions::new("bar", query(&parties, "resident_card", &[json!(["name"])]))
    };
    let link = parties.verifier.request(&options).unwrap();
    let run = bench.json(&["present", &link.uri, "--approve"]);
    assert_eq!(run.refused(), "delivery_unknown");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["outcome"], "unknown");
    // It left the wallet: the copy is used.
    assert_eq!(bench.cards()[0]["usable_copies"], 0);
    let history = bench.json(&["history"]).document();
    assert_eq!(history["entries"][1]["outcome"], "unknown");
}

#[test]
fn a_w3c_credential_of_an_issuer_known_by_its_address_is_received_and_shown_as_often_as_asked() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let offer = OfferOptions::of("citizen_id_bbs");
    let link = parties.issuer.offer(&offer).unwrap();
    let unknown = bench.json(&["receive", &link.uri]);
    assert_eq!(unknown.refused(), "untrusted_issuer");
    let link = parties.issuer.offer(&offer).unwrap();
    let controller = parties.issuer.controller();
    bench
        .json(&["receive", &link.uri, "--web-issuer", &controller])
        .document();
    let path = json!(["credentialSubject", "age_over_19"]);
    let query = json!({ "credentials": [{
        "id": "card",
        "format": "ldp_vc",
        "meta": { "type_values": [[CREDENTIAL, CITIZEN_ID]] },
        "require_cryptographic_holder_binding": false,
        "claims": [{ "path": path }],
    }] });
    for _ in 0..2 {
        let options = RequestOptions::new("bar", query.clone());
        let link = parties.verifier.request(&options).unwrap();
        let shown = bench.json(&["present", &link.uri, "--approve"]).document();
        assert_eq!(shown["disclosed"][0]["claims"], json!([path]));
        let learned = parties.verifier.result(&link.session).unwrap();
        assert_eq!(
            json!(learned.disclosed()),
            json!([path]),
            "{:?}",
            learned.refusal
        );
    }
}
