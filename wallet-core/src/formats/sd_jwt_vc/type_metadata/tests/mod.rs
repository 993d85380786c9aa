#![allow(clippy::unwrap_used)]

mod extends;
mod integrity;

use super::super::tests::issuer::Draft;
use super::super::tests::network::Web;
use super::super::tests::{path, verify};
use super::*;
use crate::error::{Category, ErrorCode, WalletError};
use crate::http::FetchFault;
use crate::json::JsonError;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const TYPE: &str = "https://types.example/card";

fn get(
    web: &Web,
    vct: &str,
    integrity: Option<&str>,
) -> Result<Option<TypeMetadata>, TypeMetadataError> {
    pollster::block_on(resolve(vct, integrity, &[&web.fetcher()]))
}

/// The metadata of [`TYPE`] when its document has these members besides `vct`.
fn metadata(members: Value) -> Result<TypeMetadata, TypeMetadataError> {
    let mut document = json!({"vct": TYPE});
    document
        .as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    get(&Web::new().with(TYPE, document), TYPE, None).map(Option::unwrap)
}

fn sha256(page: &str) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(page)))
}

/// The example of SD-JWT VC -13, appendix B.2, as published but for `extends`.
fn betelgeuse() -> TypeMetadata {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/sd-jwt/type-metadata/betelgeuse.json"
    );
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let vct = document["vct"].as_str().unwrap().to_owned();
    let extended = document["extends"].as_str().unwrap().to_owned();
    let mut document = document;
    // The hash printed there is of a document that is not.
    document
        .as_object_mut()
        .unwrap()
        .shift_remove("extends#integrity");
    let web = Web::new()
        .with(&vct, document)
        .with(&extended, json!({"vct": extended}));
    get(&web, &vct, None).unwrap().unwrap()
}

#[test]
fn the_example_of_the_draft_is_read_in_all_its_locales() {
    let metadata = betelgeuse();
    let locales: Vec<_> = metadata
        .display
        .iter()
        .map(|display| display.locale.as_str())
        .collect();
    assert_eq!(locales, ["en-US", "de-DE"]);
    let german = &metadata.display[1];
    assert_eq!(german.name, "Betelgeuse-Bildungsnachweis");
    assert_eq!(
        german.rendering.background_color.as_deref(),
        Some("#12107c")
    );
    let logo = german.rendering.logo.as_ref().unwrap();
    assert_eq!(
        logo.uri,
        "https://betelgeuse.example.com/public/education-logo-de.png"
    );
    assert_eq!(
        logo.alt_text.as_deref(),
        Some("Logo des Betelgeusischen Bildungsministeriums")
    );
    assert!(logo.integrity.is_some());
    let template = &german.rendering.svg_templates[0];
    assert_eq!(template.orientation.as_deref(), Some("landscape"));
    let street = path(&json!(["address", "street_address"]));
    let street = metadata
        .claims
        .iter()
        .find(|claim| claim.path == street)
        .unwrap();
    assert_eq!(street.svg_id.as_deref(), Some("address_street_address"));
    assert_eq!(street.sd, SelectiveDisclosure::Always);
    assert_eq!(street.display[0].label, "Straße");
    assert!(metadata.claims[0].mandatory);
}

// shows: SDJWT 25 (vector)
#[test]
fn a_credential_that_is_as_the_example_says_gives_no_warning() {
    let mut draft = Draft::new().with_disclosed("name", &json!("Zaphod"));
    let street = draft.disclose(&json!(["s1", "street_address", "42 Galaxy Way"]));
    draft = draft.with_disclosed("address", &json!({"_sd": [street]}));
    let date = draft.disclose(&json!(["s2", "date_awarded", "2020-05-15"]));
    let degree = draft.disclose(&json!(["s3", {"field_of_study": "Politics", "_sd": [date]}]));
    let credential = verify(&draft.with(json!({"degrees": [{"...": degree}]})).sign()).unwrap();
    assert_eq!(betelgeuse().check(&credential), []);
}

// shows: SDJWT 25
#[test]
fn a_credential_that_is_not_as_its_type_says_gives_warnings() {
    let mut draft = Draft::new().with(json!({"address": {"street_address": "42 Galaxy Way"}}));
    draft = draft.with_disclosed("degrees", &json!([{"field_of_study": "Politics"}]));
    let field = draft.disclose(&json!(["s1", "field_of_study", "Navigation"]));
    let degree = draft.disclose(&json!(["s2", {"_sd": [field]}]));
    draft.payload["more"] = json!([{"...": degree}]);
    let credential = verify(&draft.sign()).unwrap();
    let expected = [
        TypeWarning::MandatoryClaimMissing(path(&json!(["name"]))),
        TypeWarning::AlwaysDisclosed(path(&json!(["address"]))),
        TypeWarning::AlwaysDisclosed(path(&json!(["address", "street_address"]))),
        TypeWarning::CanBeWithheld(path(&json!(["degrees"]))),
    ];
    assert_eq!(betelgeuse().check(&credential), expected);
}

// shows: SDJWT 24
#[test]
fn a_document_of_another_type_is_refused() {
    for vct in [
        json!("https://types.example/other"),
        json!("https://types.example/card/"),
    ] {
        let web = Web::new().with(TYPE, json!({"vct": vct}));
        assert_eq!(get(&web, TYPE, None), Err(TypeMetadataError::WrongType));
    }
}

#[test]
fn a_document_without_type_or_with_members_of_another_type_is_refused() {
    let web = Web::new().with(TYPE, json!({}));
    assert_eq!(get(&web, TYPE, None), Err(TypeMetadataError::Malformed));
    let wrong = [
        json!({"vct": 1}),
        json!({"extends": 1}),
        json!({"extends#integrity": 1}),
        json!({"display": {}}),
        json!({"display": ["en"]}),
        json!({"display": [{"locale": "en"}]}),
        json!({"display": [{"name": "Card"}]}),
        json!({"display": [{"locale": "en_US", "name": "Card"}]}),
        json!({"display": [{"locale": "en", "name": "Card", "rendering": []}]}),
        json!({"display": [{"locale": "en", "name": "Card", "rendering": {"simple": {"logo": {}}}}]}),
        json!({"display": [{"locale": "en", "name": "Card", "rendering": {"svg_templates": {}}}]}),
        json!({"claims": {}}),
        json!({"claims": [{}]}),
        json!({"claims": [{"path": []}]}),
        json!({"claims": [{"path": ["a"], "mandatory": "yes"}]}),
        json!({"claims": [{"path": ["a"], "sd": "sometimes"}]}),
        json!({"claims": [{"path": ["a"], "svg_id": "1st"}]}),
        json!({"claims": [{"path": ["a"], "svg_id": "a-b"}]}),
        json!({"claims": [{"path": ["a"], "display": [{"locale": "en"}]}]}),
    ];
    for wrong in wrong {
        assert_eq!(
            metadata(wrong.clone()),
            Err(TypeMetadataError::Malformed),
            "{wrong}"
        );
    }
}

#[test]
fn an_image_whose_integrity_is_of_no_known_algorithm_matches_nothing() {
    let logo = json!({"uri": "https://a.example/logo.png", "uri#integrity": "md5-AAAA"});
    let display =
        json!([{"locale": "en", "name": "Card", "rendering": {"simple": {"logo": logo}}}]);
    let metadata = metadata(json!({"display": display})).unwrap();
    let logo = metadata.display[0].rendering.logo.as_ref().unwrap();
    assert!(!logo.integrity.as_ref().unwrap().matches(b""));
}

#[test]
fn too_many_claims_or_locales_are_refused() {
    let claims = vec![json!({"path": ["a"]}); 501];
    assert_eq!(
        metadata(json!({"claims": claims})),
        Err(TypeMetadataError::Malformed)
    );
    let display = vec![json!({"locale": "en", "name": "Card"}); 101];
    assert_eq!(
        metadata(json!({"display": display})),
        Err(TypeMetadataError::Malformed)
    );
}

#[test]
fn a_document_that_is_not_strict_json_is_refused() {
    for (page, error) in [
        (
            format!(r#"{{"vct":"{TYPE}","vct":"{TYPE}"}}"#),
            JsonError::DuplicateKey,
        ),
        ("[]".to_owned(), JsonError::NotAnObject),
        ("{".to_owned(), JsonError::Malformed),
    ] {
        let refused = get(&Web::new().with(TYPE, page), TYPE, None);
        assert_eq!(refused, Err(TypeMetadataError::Json(error)));
    }
}

#[test]
fn unknown_members_are_ignored() {
    let known = json!({"display": [{"locale": "en", "name": "Card", "x": 1}], "schema": {"x": 1}, "new": []});
    assert_eq!(metadata(known).unwrap().display[0].name, "Card");
}

#[test]
fn the_older_name_of_locale_is_read() {
    let metadata = metadata(json!({"display": [{"lang": "ko", "name": "신분증"}]})).unwrap();
    assert_eq!(
        (
            metadata.display[0].locale.as_str(),
            metadata.display[0].name.as_str()
        ),
        ("ko", "신분증")
    );
}

#[test]
fn texts_are_made_safe_to_show() {
    let name = format!("Card\u{202e}drac\u{0}{}", "x".repeat(1000));
    let claim = json!({"path": ["a"], "display": [{"locale": "en", "label": "A\nB\u{2066}"}]});
    let metadata =
        metadata(json!({"display": [{"locale": "en", "name": name}], "claims": [claim]})).unwrap();
    let shown = &metadata.display[0].name;
    assert!(shown.starts_with("Carddracx") && shown.chars().count() <= 100);
    assert_eq!(metadata.claims[0].display[0].label, "A B");
}

#[test]
fn a_colour_that_is_no_hexadecimal_one_is_left_out() {
    let simple = json!({"background_color": "url(https://a.example)", "text_color": "#FFF"});
    let display = json!([{"locale": "en", "name": "Card", "rendering": {"simple": simple}}]);
    let rendering = &metadata(json!({"display": display})).unwrap().display[0].rendering;
    assert_eq!(
        (
            rendering.background_color.as_deref(),
            rendering.text_color.as_deref()
        ),
        (None, Some("#FFF"))
    );
}

#[test]
fn a_type_that_is_no_address_has_no_metadata_on_the_web() {
    let web = Web::new();
    for vct in ["urn:eudi:pid:1", "id", "ftp://types.example/card"] {
        assert_eq!(get(&web, vct, None), Ok(None));
    }
    assert!(web.asked.lock().unwrap().is_empty());
}

#[test]
fn an_address_that_may_not_be_called_is_refused() {
    let web = Web::new();
    for vct in [
        "http://types.example/card",
        "https://10.0.0.1/card",
        "https://localhost/card",
    ] {
        let refused = get(&web, vct, None);
        assert!(
            matches!(refused, Err(TypeMetadataError::Fetch(error)) if matches!(error.fault(), FetchFault::Url(_)))
        );
    }
    assert!(web.asked.lock().unwrap().is_empty());
}

#[test]
fn documents_in_the_header_of_the_credential_are_believed_first() {
    let document =
        json!({"vct": "urn:example:card", "display": [{"lang": "en", "name": "Card"}]}).to_string();
    let vctm = json!([
        Base64UrlUnpadded::encode_string(document.as_bytes()),
        "not base64url!",
        1
    ]);
    let draft = Draft::new()
        .with(json!({"vct": "urn:example:card"}))
        .with_header(json!({"vctm": vctm}));
    let credential = verify(&draft.sign()).unwrap();
    let received = ReceivedDocuments::of(&credential);
    let web = Web::new();
    let found = |integrity: Option<&str>| {
        pollster::block_on(resolve(
            credential.vct(),
            integrity,
            &[&received, &web.fetcher()],
        ))
    };
    assert_eq!(found(None).unwrap().unwrap().display[0].name, "Card");
    assert_eq!(
        found(Some(&sha256("other"))),
        Err(TypeMetadataError::Integrity)
    );
}

#[test]
fn errors_reach_the_facade_as_the_issuers() {
    let error = WalletError::from(TypeMetadataError::Integrity);
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::IntegrityMismatch, Category::Issuer)
    );
    let error = WalletError::from(TypeMetadataError::ExtendsLoop);
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::Malformed, Category::Issuer)
    );
    assert_eq!(error.failed_rule(), Some("SD-JWT VC 7.4"));
}
