//! Integrity metadata (W3C SRI 3, SD-JWT VC -13 7).

use super::super::super::tests::network::Web;
use super::super::*;
use super::{TYPE, get, sha256};
use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha384, Sha512};

// shows: SDJWT 24
#[test]
fn the_integrity_is_checked_over_the_received_bytes() {
    let page = format!("{{ \"vct\" :\n\"{TYPE}\" }}");
    let web = Web::new().with(TYPE, &page);
    assert!(get(&web, TYPE, Some(&sha256(&page))).is_ok());
    let reencoded = serde_json::from_str::<Value>(&page).unwrap().to_string();
    assert_eq!(
        get(&web, TYPE, Some(&sha256(&reencoded))),
        Err(TypeMetadataError::Integrity)
    );
}

#[test]
fn an_integrity_that_names_no_known_algorithm_is_refused() {
    let web = Web::new().with(TYPE, json!({"vct": TYPE}));
    for integrity in [
        "",
        "md5-AAAA",
        "sha256",
        "sha256-",
        "sha256-!!!",
        "SHA256-AAAA",
    ] {
        assert_eq!(
            get(&web, TYPE, Some(integrity)),
            Err(TypeMetadataError::Integrity),
            "{integrity}"
        );
    }
}

#[test]
fn of_several_hashes_only_those_of_the_strongest_algorithm_count() {
    let page = "document";
    let right = |name: &str| match name {
        "sha256" => sha256(page),
        "sha384" => format!("sha384-{}", Base64::encode_string(&Sha384::digest(page))),
        _ => format!(
            "sha512-{}?ct=application/json",
            Base64::encode_string(&Sha512::digest(page))
        ),
    };
    let wrong = |name: &str| {
        let other = right(name);
        let last = if other.contains("AAAA") {
            "BBBB"
        } else {
            "AAAA"
        };
        format!("{}{last}{}", &other[..9], &other[13..])
    };
    let matches = |text: &str| Integrity::parse(text).matches(page.as_bytes());
    for name in ["sha256", "sha384", "sha512"] {
        assert!(matches(&right(name)), "{name}");
        assert!(!matches(&wrong(name)), "{name}");
        assert!(matches(&format!("{} {}", wrong(name), right(name))));
        assert!(matches(&format!("unknown-AAAA\t{}", right(name))));
    }
    assert!(!matches(&format!(
        "{} {}",
        right("sha256"),
        wrong("sha384")
    )));
    assert!(!matches(&format!(
        "{} {}",
        wrong("sha512"),
        right("sha384")
    )));
    assert!(matches(&format!("{} {}", wrong("sha256"), right("sha512"))));
}

// shows: SDJWT 24 (vector)
#[test]
fn the_vectors_of_subresource_integrity_hold() {
    // W3C SRI 1.2: the digest of `alert('Hello, world.');`.
    let text = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
    let integrity = Integrity::parse(text);
    assert!(integrity.matches(b"alert('Hello, world.');"));
    assert!(!integrity.matches(b"alert('Hello, world!');"));
}
