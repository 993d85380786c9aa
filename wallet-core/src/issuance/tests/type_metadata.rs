//! What type metadata does to a display snapshot.

use super::display::{LOGO, PNG, snapshot};
use super::issuer::World;
use super::scripted::respond;
use crate::issuance::{DisplaySnapshot, TypeMetadataUse, lookup};
use serde_json::{Value, json};
use wallet_parties::sha256;

const TYPE: &str = "https://types.example/card";
const BASE: &str = "https://types.example/base";

fn integrity(bytes: &[u8]) -> String {
    use base64ct::Encoding as _;
    format!("sha256-{}", base64ct::Base64::encode_string(&sha256(bytes)))
}

/// A snapshot of a credential of the type [`TYPE`] with this metadata, and `vct#integrity` if given.
fn of_type(world: &mut World, metadata: &Value, vct_integrity: Option<String>) -> DisplaySnapshot {
    world.configuration()["vct"] = json!(TYPE);
    world.http.json(TYPE, 200, metadata.clone());
    world.issue_with(move |claims| {
        claims["vct"] = json!(TYPE);
        if let Some(integrity) = &vct_integrity {
            claims["vct#integrity"] = json!(integrity);
        }
    });
    snapshot(world)
}

fn card_names(snapshot: &DisplaySnapshot) -> Vec<(Option<&str>, Option<&str>)> {
    let names = snapshot.credential.iter();
    names
        .map(|entry| (entry.locale.as_deref(), entry.name.as_deref()))
        .collect()
}

#[test]
fn type_metadata_wins_where_both_speak_and_other_locales_stay() {
    let metadata = json!({
        "vct": TYPE,
        "display": [{ "locale": "en", "name": "Card by type" }],
        "claims": [
            { "path": ["family_name"], "display": [{ "locale": "en", "label": "Surname" }] },
            { "path": ["given_name"], "mandatory": true, "display": [{ "locale": "ko", "label": "이름" }] },
        ],
    });
    let snapshot = of_type(&mut World::new(), &metadata, None);
    assert_eq!(snapshot.type_metadata, TypeMetadataUse::Used);
    let expected = [
        (Some("en"), Some("Card by type")),
        (Some("ko-KR"), Some("주민등록증")),
    ];
    assert_eq!(card_names(&snapshot), expected);
    let paths: Vec<_> = snapshot
        .claims
        .iter()
        .map(|claim| claim.path.to_json())
        .collect();
    assert_eq!(paths, [json!(["family_name"]), json!(["given_name"])]);
    let given_name = &snapshot.claims[1];
    assert!(given_name.mandatory);
    assert_eq!(
        lookup(&given_name.labels, &["ko"])
            .unwrap()
            .label
            .as_deref(),
        Some("이름")
    );
    assert_eq!(
        lookup(&given_name.labels, &["en"])
            .unwrap()
            .label
            .as_deref(),
        Some("Given name")
    );
}

/// Nothing is drawn here, so no claim is put into a template, and no script and no reference of one is ever obeyed.
// shows: SDJWT 26, HOSTILE 18
#[test]
fn svg_templates_are_neither_fetched_nor_filled_in() {
    const TEMPLATE: &str = "https://types.example/card.svg";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script>{{given_name}}</svg>";
    let template = json!({ "uri": TEMPLATE, "uri#integrity": integrity(svg) });
    let metadata = json!({
        "vct": TYPE,
        "display": [{ "locale": "en", "name": "Card by type",
            "rendering": { "svg_templates": [template] } }],
        "claims": [{ "path": ["given_name"], "svg_id": "given_name" }],
    });
    let mut world = World::new();
    world
        .http
        .on(TEMPLATE, |_, _| respond(200, "image/svg+xml", svg.to_vec()));
    let snapshot = of_type(&mut world, &metadata, None);
    assert_eq!(snapshot.type_metadata, TypeMetadataUse::Used);
    assert!(world.http.requests(TEMPLATE).is_empty());
    let is_svg = |media_type: &str| media_type == "image/svg+xml";
    assert!(
        !snapshot
            .pictures
            .iter()
            .any(|picture| is_svg(&picture.media_type))
    );
}

#[test]
fn what_a_type_extends_is_fetched_and_checked() {
    let base = json!({ "vct": BASE, "display": [{ "locale": "de", "name": "Ausweis" }] });
    let right = integrity(&serde_json::to_vec(&base).unwrap());
    for (hash, expected) in [
        (right, TypeMetadataUse::Used),
        (integrity(b"other"), TypeMetadataUse::IntegrityMismatch),
    ] {
        let mut world = World::new();
        world.http.json(BASE, 200, base.clone());
        let metadata = json!({ "vct": TYPE, "extends": BASE, "extends#integrity": hash });
        let snapshot = of_type(&mut world, &metadata, None);
        assert_eq!(snapshot.type_metadata, expected);
        let has_german = snapshot
            .credential
            .iter()
            .any(|entry| entry.locale.as_deref() == Some("de"));
        assert_eq!(has_german, expected == TypeMetadataUse::Used);
    }
}

#[test]
fn type_metadata_that_does_not_match_its_hash_is_not_used() {
    let metadata = json!({ "vct": TYPE, "display": [{ "locale": "en", "name": "Card by type" }] });
    let right = integrity(&serde_json::to_vec(&metadata).unwrap());
    let snapshot = of_type(&mut World::new(), &metadata, Some(right));
    assert_eq!(snapshot.type_metadata, TypeMetadataUse::Used);
    let snapshot = of_type(&mut World::new(), &metadata, Some(integrity(b"other")));
    assert_eq!(snapshot.type_metadata, TypeMetadataUse::IntegrityMismatch);
    assert_eq!(
        card_names(&snapshot)[0],
        (Some("en"), Some("Resident card"))
    );
}

#[test]
fn type_metadata_that_cannot_be_had_or_breaks_a_rule_never_fails_the_issuance() {
    for metadata in [
        json!({ "vct": "https://types.example/other" }),
        json!([]),
        json!({ "vct": TYPE, "extends": TYPE }),
        json!({ "vct": TYPE, "extends": "https://types.example/missing" }),
    ] {
        let snapshot = of_type(&mut World::new(), &metadata, None);
        assert_eq!(
            snapshot.type_metadata,
            TypeMetadataUse::Unavailable,
            "{metadata}"
        );
        assert_eq!(
            card_names(&snapshot)[0],
            (Some("en"), Some("Resident card"))
        );
    }
    assert_eq!(
        snapshot(&mut World::new()).type_metadata,
        TypeMetadataUse::None,
        "a URN has none"
    );
}

// shows: HOSTILE 18
#[test]
fn a_picture_that_does_not_match_its_hash_is_not_kept() {
    let mut world = World::new();
    world
        .http
        .on(LOGO, |_, _| respond(200, "image/png", PNG.to_vec()));
    let logo = |integrity: String| json!({ "logo": { "uri": LOGO, "uri#integrity": integrity, "alt_text": "arms" } });
    for (hash, kept) in [
        (integrity(PNG), 1),
        (integrity(b"other"), 0),
        ("sha1-x".to_owned(), 0),
    ] {
        let rendering = json!({ "simple": logo(hash) });
        let metadata = json!({ "vct": TYPE, "display": [{ "locale": "en", "name": "Card", "rendering": rendering }] });
        let snapshot = of_type(&mut world, &metadata, None);
        assert_eq!(snapshot.pictures.len(), kept);
        let logo = snapshot.credential[0].logo.as_ref().unwrap();
        assert_eq!(
            (logo.sha256.is_some(), logo.alt_text.as_deref()),
            (kept == 1, Some("arms"))
        );
    }
}
