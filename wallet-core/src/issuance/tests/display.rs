//! The display snapshot.

use super::issuer::{TestKey, World};
use super::scripted::respond;
use crate::http::{HttpError, Purpose};
use crate::issuance::{ClaimLabel, DisplaySnapshot, lookup};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_parties::{base64url, sha256};

pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0123";
pub(super) const LOGO: &str = "https://pictures.example/logo.png";

pub(super) fn snapshot(world: &mut World) -> DisplaySnapshot {
    let received = world.receive(&TestKey::several(1)).unwrap();
    block_on(received.fetch_display(&world.ports()))
}

/// A snapshot whose one credential display entry has this logo.
fn with_logo(world: &mut World, logo: Value) -> DisplaySnapshot {
    world.configuration()["credential_metadata"]["display"] =
        json!([{ "name": "Card", "logo": logo }]);
    snapshot(world)
}

fn labels(locales: &[Option<&str>]) -> Vec<ClaimLabel> {
    let label = |locale: &Option<&str>| ClaimLabel {
        locale: locale.map(str::to_owned),
        ..ClaimLabel::default()
    };
    locales.iter().map(label).collect()
}

#[test]
fn languages_are_looked_up_as_rfc_4647_says() {
    // RFC 4647 3.4: the range zh-Hant-CN-x-private1-private2 is tried as these, in this order.
    let tried = [
        "zh-Hant-CN-x-private1-private2",
        "zh-Hant-CN-x-private1",
        "zh-Hant-CN",
        "zh-Hant",
        "zh",
    ];
    for tag in tried {
        let entries = labels(&[Some("en"), Some(tag)]);
        assert_eq!(
            lookup(&entries, &[tried[0]]).unwrap().locale.as_deref(),
            Some(tag)
        );
    }
    let entries = labels(&[Some("en"), Some("zh-Hant-CN-x")]);
    assert_eq!(
        lookup(&entries, &[tried[0]]).unwrap().locale.as_deref(),
        Some("en"),
        "a single letter is dropped too"
    );
    let entries = labels(&[Some("en-US"), Some("de-DE"), None, Some("KO-kr")]);
    for (preferences, expected) in [
        (vec!["ko-KR"], Some("KO-kr")),
        (vec!["de", "en-US-x-twain"], Some("en-US")),
        (vec!["fr", "de-DE-1996"], Some("de-DE")),
        (vec!["fr"], None),
        (vec!["*"], None),
        (vec!["-", "", "x"], None),
        (vec![], None),
    ] {
        assert_eq!(
            lookup(&entries, &preferences).unwrap().locale.as_deref(),
            expected,
            "{preferences:?}"
        );
    }
    assert_eq!(
        lookup(&labels(&[Some("en"), Some("ko")]), &["fr"])
            .unwrap()
            .locale
            .as_deref(),
        Some("en")
    );
    assert!(lookup(&labels(&[]), &["en"]).is_none());
}

// shows: VCI 48
#[test]
fn all_locales_of_issuer_credential_and_claims_are_kept() {
    let snapshot = snapshot(&mut World::new());
    assert_eq!(snapshot.issuer.len(), 2);
    assert_eq!(
        lookup(&snapshot.issuer, &["ko"]).unwrap().name.as_deref(),
        Some("예시 시청")
    );
    assert_eq!(
        lookup(&snapshot.credential, &["ko-KR"])
            .unwrap()
            .name
            .as_deref(),
        Some("주민등록증")
    );
    assert_eq!(snapshot.claims[0].path.to_json(), json!(["given_name"]));
    assert_eq!(
        snapshot.claims[0].labels[0].label.as_deref(),
        Some("Given name")
    );
}

#[test]
fn the_display_of_the_specifications_example_is_read() {
    let text = super::example("credential_metadata_sd_jwt_vc.json");
    let example: Value = serde_json::from_str(&text).unwrap();
    let configuration =
        &example["credential_configurations_supported"]["SD_JWT_VC_example_in_OpenID4VCI"];
    let mut world = World::new();
    world.configuration()["credential_metadata"] = configuration["credential_metadata"].clone();
    let url = "https://university.example.edu/public/logo.png";
    world
        .http
        .on(url, |_, _| respond(200, "image/png", PNG.to_vec()));
    let snapshot = snapshot(&mut world);
    let card = lookup(&snapshot.credential, &["en"]).unwrap();
    assert_eq!(card.name.as_deref(), Some("IdentityCredential"));
    assert_eq!(card.background_color.as_deref(), Some("#12107c"));
    assert_eq!(card.text_color.as_deref(), Some("#FFFFFF"));
    let logo = card.logo.as_ref().unwrap();
    assert_eq!(
        logo.alt_text.as_deref(),
        Some("a square logo of a university")
    );
    assert_eq!(logo.sha256.as_deref(), Some(&*base64url(&sha256(PNG))));
    assert_eq!(snapshot.claims.len(), 13);
    let address = snapshot
        .claims
        .iter()
        .find(|claim| claim.path.to_json() == json!(["address"]))
        .unwrap();
    assert_eq!(
        lookup(&address.labels, &["de-DE"])
            .unwrap()
            .label
            .as_deref(),
        Some("Wohnsitz")
    );
}

// shows: HAIP 6, HOSTILE 18
#[test]
fn a_picture_is_fetched_once_and_kept_as_bytes_with_its_hash() {
    let mut world = World::new();
    world
        .http
        .on(LOGO, |_, _| respond(200, "image/png", PNG.to_vec()));
    world.metadata["display"][0]["logo"] = json!({ "uri": LOGO });
    let snapshot = with_logo(
        &mut world,
        json!({ "uri": LOGO, "alt_text": "Coat\u{202e} of arms" }),
    );
    let [picture] = snapshot.pictures.as_slice() else {
        panic!()
    };
    assert_eq!(
        (picture.media_type.as_str(), picture.bytes.as_slice()),
        ("image/png", PNG)
    );
    assert_eq!(picture.sha256, base64url(&sha256(PNG)));
    let logo = snapshot.credential[0].logo.as_ref().unwrap();
    assert_eq!(logo.sha256.as_ref(), Some(&picture.sha256));
    assert_eq!(logo.alt_text.as_deref(), Some("Coat of arms"));
    assert_eq!(
        snapshot.issuer[0].logo.as_ref().unwrap().sha256,
        logo.sha256
    );
    let requests = world.http.requests(LOGO);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].purpose, Purpose::Display);
}

// shows: HAIP 6
#[test]
fn pictures_in_data_uris_are_read() {
    for (uri, media_type) in [
        ("data:image/png;base64,iVBORw0KGgowMTIz", "image/png"),
        (
            "data:image/PNG;charset=x;BASE64,iVBORw0KGgowMTIz",
            "image/png",
        ),
        (
            "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E",
            "image/svg+xml",
        ),
        ("data:image/jpeg;base64,/9j/4AAQ", "image/jpeg"),
        ("data:image/webp;base64,UklGRgAAAABXRUJQVlA4", "image/webp"),
    ] {
        let snapshot = with_logo(&mut World::new(), json!({ "uri": uri }));
        assert_eq!(snapshot.pictures[0].media_type, media_type, "{uri}");
    }
}

#[test]
fn a_picture_that_cannot_be_had_never_fails_the_issuance() {
    let broken: [fn(&mut World); 6] = [
        |world| world.http.fail(LOGO, HttpError::Timeout),
        |world| {
            world
                .http
                .on(LOGO, |_, _| respond(404, "image/png", PNG.to_vec()))
        },
        |world| {
            world
                .http
                .on(LOGO, |_, _| respond(302, "image/png", PNG.to_vec()))
        },
        |world| {
            world
                .http
                .on(LOGO, |_, _| respond(200, "text/html", PNG.to_vec()))
        },
        |world| {
            world
                .http
                .on(LOGO, |_, _| respond(200, "image/jpeg", PNG.to_vec()))
        },
        |world| {
            world.http.on(LOGO, |_, _| {
                respond(200, "image/png", [PNG, &[0; 256 * 1024]].concat())
            })
        },
    ];
    for make_broken in broken {
        let mut world = World::new();
        make_broken(&mut world);
        let snapshot = with_logo(&mut world, json!({ "uri": LOGO, "alt_text": "arms" }));
        assert!(snapshot.pictures.is_empty());
        let logo = snapshot.credential[0].logo.as_ref().unwrap();
        assert_eq!(
            (logo.sha256.as_deref(), logo.alt_text.as_deref()),
            (None, Some("arms"))
        );
    }
}

#[test]
fn addresses_that_are_no_picture_are_not_used() {
    for uri in [
        "",
        "http://pictures.example/logo.png",
        "https://127.0.0.1/logo.png",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:",
        "data:image/png",
        "data:text/html,<svg",
        "data:image/png;base64,%",
        "data:image/png;base64,####",
        "data:image/png,iVBORw0KGgowMTIz",
        "data:image/svg+xml,%ff<svg",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
    ] {
        let mut world = World::new();
        let snapshot = with_logo(&mut world, json!({ "uri": uri }));
        assert!(snapshot.pictures.is_empty(), "{uri}");
        assert!(
            world
                .http
                .log()
                .iter()
                .all(|request| request.purpose != Purpose::Display),
            "{uri}"
        );
    }
}

#[test]
fn pictures_stop_at_a_total_size_and_after_a_few_failures() {
    let display = |count: usize| -> Value {
        (0..count)
            .map(|n| json!({ "locale": format!("x{n}"), "logo": { "uri": format!("https://pictures.example/{n}") } }))
            .collect()
    };
    let mut world = World::new();
    for n in 0..4_u8 {
        let bytes = [PNG, &vec![n; 200 * 1024]].concat();
        world
            .http
            .on(&format!("https://pictures.example/{n}"), move |_, _| {
                respond(200, "image/png", bytes.clone())
            });
    }
    world.configuration()["credential_metadata"]["display"] = display(4);
    let kept = snapshot(&mut world);
    assert_eq!(kept.pictures.len(), 2, "two of 200 KiB fit into 512 KiB");
    assert!(serde_json::to_vec(&kept).unwrap().len() < 1024 * 1024);

    let mut world = World::new();
    world.configuration()["credential_metadata"]["display"] = display(20);
    assert!(snapshot(&mut world).pictures.is_empty());
    let tries = world
        .http
        .log()
        .iter()
        .filter(|request| request.purpose == Purpose::Display)
        .count();
    assert_eq!(tries, 3);
}

#[test]
fn broken_display_members_are_left_out_and_the_rest_stays() {
    let mut world = World::new();
    world.metadata["display"] = json!([1, null, { "name": 7 }, { "name": "\u{202e}", "locale": "a b" }, { "name": "City", "locale": "en" }, { "name": "Again", "locale": "en" }]);
    world.configuration()["credential_metadata"] = json!({
        "display": [{ "name": "Card", "logo": "https://a.example", "background_color": "url(https://evil.example)", "text_color": "#12g" }],
        "claims": [{}, { "path": [] }, { "path": [-1] }, { "path": "given_name" }, { "path": ["a", null, 0], "mandatory": "yes" }, 4],
    });
    let snapshot = snapshot(&mut world);
    let names: Vec<_> = snapshot
        .issuer
        .iter()
        .map(|entry| (entry.locale.as_deref(), entry.name.as_deref()))
        .collect();
    assert_eq!(names, [(None, None), (Some("en"), Some("City"))]);
    let card = &snapshot.credential[0];
    assert_eq!(
        (&card.background_color, &card.text_color, &card.logo),
        (&None, &None, &None)
    );
    assert_eq!(snapshot.claims.len(), 1);
    assert!(!snapshot.claims[0].mandatory);
    for nothing in [
        json!(null),
        json!([]),
        json!("x"),
        json!({ "display": {}, "claims": {} }),
    ] {
        let mut world = World::new();
        world.metadata["display"] = nothing.clone();
        world.configuration()["credential_metadata"] = nothing;
        let empty = super::display::snapshot(&mut world);
        assert!(empty.credential.is_empty() && empty.issuer.is_empty() && empty.claims.is_empty());
    }
}

#[test]
fn a_snapshot_comes_back_from_storage_with_what_a_newer_version_wrote() {
    let mut world = World::new();
    world
        .http
        .on(LOGO, |_, _| respond(200, "image/png", PNG.to_vec()));
    let snapshot = with_logo(&mut world, json!({ "uri": LOGO, "alt_text": "arms" }));
    let mut stored = serde_json::to_value(&snapshot).unwrap();
    assert_eq!(
        serde_json::from_value::<DisplaySnapshot>(stored.clone()).unwrap(),
        snapshot
    );
    stored["layout"] = json!("new");
    stored["credential"][0]["motion"] = json!([1]);
    stored["claims"][0]["unit"] = json!("m");
    let read: DisplaySnapshot = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);
}
