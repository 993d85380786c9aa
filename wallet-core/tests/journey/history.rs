//! The history: who was shown what kind of thing, never the values.

use crate::network::Fate;
use crate::world::{World, claims, propose, refused};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::wallet::{ChainState, HistoryEvent, Outcome, ReusePolicy, shared_before};

/// The texts and numbers in a value that say something about a person.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.values().flat_map(values).collect(),
        Value::Array(elements) => elements.iter().flat_map(values).collect(),
        Value::String(text) if text.len() > 1 => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[test]
fn no_value_of_any_card_is_in_any_history_record() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::Rotating);
    let asked = [
        json!({"path": ["name"], "values": ["홍길동"]}),
        json!({"path": ["address"]}),
        json!({"path": ["nationality"]}),
        json!({"path": ["resident_registration_number"]}),
    ];
    let link = world.ask(claims(&asked), |_| {});
    world.show(&world.wallet, &link).unwrap();
    let link = world.ask(claims(&asked), |_| {});
    block_on(world.wallet.refuse(propose(&world.wallet, &link.uri))).unwrap();
    block_on(world.wallet.delete(&id)).unwrap();
    let history: Vec<String> = world
        .phone
        .contents()
        .into_iter()
        .filter(|((kind, _), _)| ["history", "pending", "trust"].contains(kind))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert!(history.len() >= 5);
    let secret = values(world.parties.issuer.claims("resident_card").unwrap());
    assert!(secret.contains(&"홍길동".to_owned()));
    for record in &history {
        // Entries are JSON in JSON: unescape once.
        let plain = record.replace("\\\"", "\"");
        for value in secret.iter().filter(|value| value.as_str() != "KR") {
            assert!(!plain.contains(value), "a value is in the history");
        }
        assert!(!plain.contains("\"KR\""));
    }
}

#[test]
fn an_entry_says_who_asked_how_that_was_proven_and_which_claims_were_shown() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    let history = world.wallet.history().unwrap();
    let HistoryEvent::Presented {
        verifier,
        proven_by,
        shown,
        ..
    } = &history.items[1].event
    else {
        panic!("not shown");
    };
    assert_eq!(verifier, "x509_san_dns:localhost");
    assert!(!proven_by.is_empty());
    assert_eq!(shown[0].credential, id);
    assert!(
        shown[0]
            .claims
            .contains(&json!(["age_equal_or_over", "19"]))
    );
    assert_eq!(shared_before(&history, verifier).len(), 1);
    assert!(shared_before(&history, "x509_san_dns:elsewhere").is_empty());
}

#[test]
fn the_end_of_a_presentation_is_folded_into_its_entry() {
    let world = World::new();
    world.receive(3, ReusePolicy::OnceOnly);
    let accepted = world.show_age(&world.wallet).history;
    world
        .phone
        .network
        .doom(Purpose::Response, Fate::AnswerLost);
    let unknown = world.show(&world.wallet, &world.ask_age()).unwrap().history;
    world.phone.network.calm();
    // A verifier that has been answered refuses the second answer.
    let link = world.ask_age();
    let twice = crate::world::approve(&world.wallet, crate::world::plan(&world.wallet, &link.uri));
    let other = world.phone.reopen();
    block_on(other.refuse(propose(&other, &link.uri))).unwrap();
    let refused = block_on(world.wallet.present(twice)).unwrap().history;
    let history = world.wallet.history().unwrap();
    let outcome = |name| {
        let item = history.items.iter().find(|item| item.name == name);
        item.unwrap().outcome
    };
    assert_eq!(outcome(accepted), Some(Outcome::Accepted));
    assert_eq!(outcome(unknown), Some(Outcome::Unknown));
    assert_eq!(outcome(refused), Some(Outcome::Refused));
    let ends = history.items.iter();
    let ends = ends.filter(|item| matches!(item.event, HistoryEvent::Ended { .. }));
    assert_eq!(ends.count(), 0);
}

#[test]
fn a_deleted_entry_is_gone_with_its_end_and_the_chain_stays_intact() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let gone = world.show_age(&world.wallet).history;
    world.show_age(&world.wallet);
    let links = world.phone.census()["history"];
    world.wallet.delete_history(&gone).unwrap();
    let history = world.phone.reopen().history().unwrap();
    assert_eq!(history.chain, ChainState::Intact);
    assert!(history.items.iter().all(|item| item.name != gone));
    assert_eq!(history.items.len(), 2);
    assert_eq!(world.phone.census()["history"], links, "a link is missing");
    // Nothing of the entry is left in its record or in that of its end.
    let contents = world.phone.contents();
    let empty = contents
        .iter()
        .filter(|((kind, _), _)| *kind == "history")
        .map(|(_, bytes)| serde_json::from_slice::<Value>(bytes).unwrap())
        .filter(|record| record["entry"].is_null() && record["key"].is_null());
    assert_eq!(empty.count(), 2);
    world.show_age(&world.wallet);
    assert_eq!(world.wallet.history().unwrap().chain, ChainState::Intact);
}

#[test]
fn an_entry_that_is_not_there_cannot_be_deleted() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    assert_eq!(
        refused(world.wallet.delete_history(&id)),
        ErrorCode::NotFound
    );
    assert!(world.wallet.list::<&str>(&[]).unwrap().len() == 1);
}

#[test]
fn the_export_holds_claims_and_history_and_no_key() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    let auth = crate::world::authenticate(&world.wallet);
    let text = world.wallet.export(&auth).unwrap();
    let export: Value = serde_json::from_str(&text).unwrap();
    let claims = export["credentials"][0]["claims"].as_array().unwrap();
    for (name, value) in world
        .parties
        .issuer
        .claims("resident_card")
        .unwrap()
        .as_object()
        .unwrap()
    {
        let has = |claim: &&Value| claim["path"] == json!([name]);
        if !value.is_object() {
            assert_eq!(claims.iter().find(has).unwrap()["value"], *value, "{name}");
        }
    }
    assert_eq!(export["history"]["intact"], true);
    assert_eq!(export["history"]["entries"].as_array().unwrap().len(), 2);
    for (kind_and_name, bytes) in world.phone.contents() {
        if kind_and_name.0 == "body" && bytes.len() == 32 {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(!text.contains(&hex));
        }
    }
}
