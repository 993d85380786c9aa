//! What a credential says of its status: which entry of which list.

use super::URI;
use crate::trust::status::{StatusError, StatusReference};
use serde_json::{Value, json};

// shows: SDJWT 27
#[test]
fn a_status_claim_names_an_entry_and_an_address() {
    let read = |status: Value| StatusReference::read(&status);
    let reference = read(json!({"status_list": {"idx": 412, "uri": URI}}))
        .unwrap()
        .unwrap();
    assert_eq!(
        (reference.index(), reference.uri(), reference.has_query()),
        (412, URI, false)
    );
    // Another way than a list.
    assert_eq!(read(json!({"identifier_list": {}})), Ok(None));
    assert_eq!(read(json!({})), Ok(None));
    for status in [
        json!([]),
        json!("status_list"),
        json!({"status_list": null}),
        json!({"status_list": []}),
        json!({"status_list": {"idx": 0}}),
        json!({"status_list": {"uri": URI}}),
        json!({"status_list": {"idx": 0, "uri": ""}}),
        json!({"status_list": {"idx": 0, "uri": 1}}),
        json!({"status_list": {"idx": -1, "uri": URI}}),
        json!({"status_list": {"idx": "0", "uri": URI}}),
        json!({"status_list": {"idx": 0.5, "uri": URI}}),
    ] {
        assert_eq!(
            read(status.clone()),
            Err(StatusError::Reference),
            "{status}"
        );
    }
}

// shows: HOSTILE 14
#[test]
fn an_address_with_a_query_is_told_from_a_shared_one() {
    for (uri, has_query) in [
        (URI, false),
        ("https://issuer.example/status?card=1", true),
        ("https://issuer.example/status#1", true),
    ] {
        let reference = StatusReference::read(&json!({"status_list": {"idx": 0, "uri": uri}}));
        assert_eq!(reference.unwrap().unwrap().has_query(), has_query, "{uri}");
    }
}
