//! Types that extend others (SD-JWT VC -13 6.4, 8.2, 9.5).

use super::super::super::tests::network::Web;
use super::super::*;
use super::{TYPE, get, sha256};
use crate::http::FetchFault;
use serde_json::{Value, json};

/// A web of types `t0`, `t1`, … each extending the next; the last extends `last`.
fn types(count: usize, last: Option<&str>) -> Web {
    (0..count).fold(Web::new(), |web, number| {
        let vct = format!("https://types.example/t{number}");
        let next = format!("https://types.example/t{}", number + 1);
        let extends = if number + 1 < count {
            Some(next.as_str())
        } else {
            last
        };
        let mut document = json!({"vct": vct});
        if let Some(extends) = extends {
            document["extends"] = json!(extends);
        }
        web.with(&vct, document)
    })
}

// shows: SDJWT 24
#[test]
fn a_type_that_extends_itself_is_refused() {
    let first = "https://types.example/t0";
    for count in 1..=3 {
        let web = types(count, Some(first));
        assert_eq!(
            get(&web, first, None),
            Err(TypeMetadataError::ExtendsLoop),
            "{count}"
        );
        assert_eq!(web.asked.lock().unwrap().len(), count);
    }
}

// shows: SDJWT 24
#[test]
fn a_chain_of_types_longer_than_the_limit_is_refused() {
    let first = "https://types.example/t0";
    let longest = get(&types(MAX_EXTENDS + 1, None), first, None)
        .unwrap()
        .unwrap();
    assert_eq!(longest.types.len(), MAX_EXTENDS + 1);
    let too_long = get(&types(MAX_EXTENDS + 2, None), first, None);
    assert_eq!(too_long, Err(TypeMetadataError::ExtendsTooDeep));
}

#[test]
fn an_extended_type_must_be_had_and_be_intact() {
    let first = "https://types.example/t0";
    let urn = get(&types(1, Some("urn:example:base")), first, None);
    assert_eq!(urn, Err(TypeMetadataError::ExtendedTypeMissing));
    let gone = get(&types(1, Some("https://types.example/gone")), first, None);
    assert!(
        matches!(gone, Err(TypeMetadataError::Fetch(error)) if error.fault() == FetchFault::Status(404))
    );
    let base = json!({"vct": "https://types.example/base"}).to_string();
    let with_integrity = |integrity: String| {
        let document = json!({"vct": TYPE, "extends": "https://types.example/base", "extends#integrity": integrity});
        let web = Web::new()
            .with(TYPE, document)
            .with("https://types.example/base", &base);
        get(&web, TYPE, None).map(|metadata| metadata.is_some())
    };
    assert_eq!(with_integrity(sha256(&base)), Ok(true));
    assert_eq!(
        with_integrity(sha256("other")),
        Err(TypeMetadataError::Integrity)
    );
}

/// The metadata of a child and of its parent with these members.
fn merged(child: Value, parent: Value) -> TypeMetadata {
    let mut child = child;
    child["vct"] = json!(TYPE);
    child["extends"] = json!("https://types.example/base");
    let mut parent = parent;
    parent["vct"] = json!("https://types.example/base");
    let web = Web::new()
        .with(TYPE, child)
        .with("https://types.example/base", parent);
    get(&web, TYPE, None).unwrap().unwrap()
}

// shows: SDJWT 24 (vector)
#[test]
fn the_example_of_extending_in_the_draft_comes_out_as_printed() {
    let label = |path: Value, label: &str| json!({"path": path, "display": [{"label": label, "locale": "en"}]});
    let metadata = merged(
        json!({"claims": [label(json!(["address", "city"]), "Town"), label(json!(["nationalities"]), "Nationalities")]}),
        json!({"claims": [label(json!(["name"]), "Full Name"), label(json!(["address", "city"]), "City")]}),
    );
    let labels: Vec<_> = metadata
        .claims
        .iter()
        .map(|claim| (claim.path.to_json(), claim.display[0].label.as_str()))
        .collect();
    let expected = [
        (json!(["name"]), "Full Name"),
        (json!(["address", "city"]), "Town"),
        (json!(["nationalities"]), "Nationalities"),
    ];
    assert_eq!(labels, expected);
    assert_eq!(metadata.types, [TYPE, "https://types.example/base"]);
}

#[test]
fn display_is_inherited_only_where_the_child_has_none() {
    let parent =
        json!({"display": [{"locale": "en", "name": "Base"}, {"locale": "de", "name": "Basis"}]});
    assert_eq!(merged(json!({}), parent.clone()).display.len(), 2);
    let own = merged(
        json!({"display": [{"locale": "en", "name": "Card"}]}),
        parent.clone(),
    );
    assert_eq!(
        (own.display.len(), own.display[0].name.as_str()),
        (1, "Card")
    );
    assert!(merged(json!({"display": []}), parent).display.is_empty());
}

// shows: SDJWT 25
#[test]
fn a_child_cannot_loosen_what_its_parent_decided() {
    let claim = |sd: &str, mandatory: bool| json!({"claims": [{"path": ["a"], "sd": sd, "mandatory": mandatory}]});
    let both = |child: Value, parent: Value| {
        let claim = merged(child, parent).claims[0].clone();
        (claim.sd, claim.mandatory)
    };
    use SelectiveDisclosure::{Always, Never};
    assert_eq!(
        both(claim("never", false), claim("always", true)),
        (Always, true)
    );
    assert_eq!(
        both(claim("allowed", false), claim("never", false)),
        (Never, false)
    );
    assert_eq!(
        both(claim("always", true), claim("allowed", false)),
        (Always, true)
    );
    assert_eq!(
        both(json!({"claims": [{"path": ["a"]}]}), claim("never", true)),
        (Never, true)
    );
}
