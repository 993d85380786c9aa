//! Offers (OpenID4VCI 1.0 4.1).

use super::{body, code, example, refused, unwrapped};
use crate::error::{Category, ErrorCode, WalletError};
use crate::issuance::{CredentialOffer, InputMode, MAX_OFFER_BYTES, OfferLink};
use proptest::prelude::*;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

fn by_value(text: &str) -> CredentialOffer {
    match OfferLink::parse(text) {
        Ok(OfferLink::ByValue(offer)) => offer,
        Ok(OfferLink::ByReference(_)) => panic!("by reference"),
        Err(error) => panic!("{error}"),
    }
}

fn link(offer: &Value) -> String {
    let encoded: String = byte_serialize(offer.to_string().as_bytes()).collect();
    format!("openid-credential-offer://?credential_offer={encoded}")
}

fn good() -> Value {
    json!({
        "credential_issuer": "https://issuer.example", "credential_configuration_ids": ["card"],
        "grants": { "urn:ietf:params:oauth:grant-type:pre-authorized_code": { "pre-authorized_code": "abc" } },
    })
}

fn grant(grant: Value) -> Value {
    let mut offer = good();
    offer["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"] = grant;
    offer
}

fn refuse(offer: &Value) -> WalletError {
    let error = refused(CredentialOffer::from_json(offer.to_string().as_bytes()));
    assert_eq!(error.category(), Category::Issuer, "{offer}");
    error
}

// shows: VCI 1 (vector), VCI 20 (vector)
#[test]
fn the_offers_of_the_specification_are_read() {
    let offer = by_value(&unwrapped("inline/vci-004.txt"));
    assert_eq!(
        offer.credential_issuer(),
        "https://credential-issuer.example.com"
    );
    assert_eq!(offer.configuration_ids(), ["org.iso.18013.5.1.mDL"]);
    let tx_code = offer.tx_code().unwrap();
    assert_eq!(tx_code.input_mode, InputMode::Text);
    assert_eq!(
        tx_code.description.as_deref(),
        Some("Please enter the serial number of your physical drivers license")
    );

    let OfferLink::ByReference(uri) = OfferLink::parse(&unwrapped("inline/vci-006.txt")).unwrap()
    else {
        panic!("by value");
    };
    assert_eq!(
        uri.as_str(),
        "https://server.example.com/credential-offer/GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM"
    );

    let offer =
        CredentialOffer::from_json(body("credential_offer_authz_code.txt").as_bytes()).unwrap();
    assert!(offer.has_authorization_code_grant() && !offer.is_pre_authorized());
    let offer =
        CredentialOffer::from_json(example("credential_offer_by_reference.json").as_bytes())
            .unwrap();
    assert!(
        offer.tx_code().is_some(),
        "an empty tx_code object asks for a code"
    );
    let offer = CredentialOffer::from_json(
        example("credential_offer_multiple_credentials.json").as_bytes(),
    )
    .unwrap();
    assert_eq!(offer.configuration_ids().len(), 2);
    let tx_code = offer.tx_code().unwrap();
    assert_eq!(
        (tx_code.length, tx_code.input_mode),
        (Some(4), InputMode::Numeric)
    );
    let offer =
        CredentialOffer::from_json(example("credential_offer_pre-authz_code.json").as_bytes())
            .unwrap();
    assert!(offer.is_pre_authorized());
}

// shows: HAIP 4
#[test]
fn both_schemes_and_https_links_are_offers() {
    let encoded: String = byte_serialize(good().to_string().as_bytes()).collect();
    for start in [
        "openid-credential-offer://?",
        "openid-credential-offer:?",
        "OPENID-CREDENTIAL-OFFER://?",
        "haip-vci://?",
        "https://wallet.example/offer?",
        "https://wallet.example/offer?other=1&",
        "  openid-credential-offer:///x?unknown=%zz-is-ignored-not",
    ] {
        let text = format!("{start}&credential_offer={encoded}#fragment");
        let text = text.replace("unknown=%zz-is-ignored-not", "unknown=1");
        assert!(OfferLink::recognises(&text), "{text}");
        assert_eq!(by_value(&text).configuration_ids(), ["card"]);
    }
    // A name may be written in percents, too (found by mutations of the corpus).
    let text = format!("https://wallet.example/?%63redential_offer={encoded}");
    assert!(OfferLink::recognises(&text));
    assert_eq!(by_value(&text).configuration_ids(), ["card"]);
}

#[test]
fn other_links_are_not_offers() {
    for text in [
        "",
        "openid4vp://?request_uri=https%3A%2F%2Fv.example",
        "https://wallet.example/?request_uri=x",
        "https://wallet.example/credential_offer",
        "http://wallet.example/?credential_offer=%7B%7D",
        "credential_offer=%7B%7D",
        "javascript:credential_offer=1",
    ] {
        assert!(!OfferLink::recognises(text), "{text}");
        assert_eq!(
            refused(OfferLink::parse(text)).code(),
            ErrorCode::OfferInvalid
        );
    }
}

// shows: VCI 2
#[test]
fn a_plus_is_a_blank() {
    let text = link(&grant(json!({
        "pre-authorized_code": "a b+c", "tx_code": { "description": "from the letter" },
    })));
    assert!(text.contains("from+the+letter"));
    let offer = by_value(&text);
    assert_eq!(
        offer.tx_code().unwrap().description.as_deref(),
        Some("from the letter")
    );
    assert_eq!(offer.pre_authorized.unwrap().code.as_str(), "a b+c");
}

// shows: VCI 1
#[test]
fn value_and_reference_at_once_are_refused() {
    let text = format!(
        "{}&credential_offer_uri=https%3A%2F%2Fissuer.example",
        link(&good())
    );
    let error = refused(OfferLink::parse(&text));
    assert_eq!(error.code(), ErrorCode::OfferInvalid);
    assert_eq!(error.subject(), Some("both_forms"));
}

#[test]
fn a_parameter_given_twice_is_refused() {
    let text = link(&good());
    let again = text.split_once('?').unwrap().1;
    // The second time in disguise.
    for again in [
        again.to_owned(),
        again.replacen("credential", "%63redential", 1),
    ] {
        let error = refused(OfferLink::parse(&format!("{text}&{again}")));
        assert_eq!(error.subject(), Some("duplicate_parameter"));
    }
}

#[test]
fn broken_encodings_are_refused() {
    for query in [
        "credential_offer=%7",
        "credential_offer=%",
        "credential_offer=%zz",
        "credential_offer=%ff%fe",
        "credential_offer=%+1",
        "credential_offer",
        "credential_offer=",
        "credential_offer_uri=",
        "credential_offer_uri=https%3A%2F%2Fissuer.example%0A",
        "credential_offer_uri=https%3A%2F%2Fissuer.example%2F+",
        "credential_offer_uri=https%3A%2F%2F%E2%80%AEissuer.example",
        "",
        "other=1",
    ] {
        let link = format!("openid-credential-offer://?{query}");
        let code = refused(OfferLink::parse(&link)).code();
        assert!(
            matches!(code, ErrorCode::OfferInvalid | ErrorCode::Malformed),
            "{query}: {code:?}"
        );
    }
}

#[test]
fn an_offer_above_64_kib_is_refused() {
    let text = format!("{}{}", link(&good()), "&".repeat(MAX_OFFER_BYTES));
    assert_eq!(
        refused(OfferLink::parse(&text)).subject(),
        Some("too_large")
    );
    let json = format!("{}{}", good(), " ".repeat(MAX_OFFER_BYTES));
    assert_eq!(
        refused(CredentialOffer::from_json(json.as_bytes())).code(),
        ErrorCode::TooLarge
    );
}

#[test]
fn json_that_is_not_strict_is_refused() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(64), "]".repeat(64));
    for (text, expected) in [
        (
            r#"{"credential_issuer":"https://a.example","credential_issuer":"https://b.example"}"#,
            ErrorCode::DuplicateKey,
        ),
        (deep.as_str(), ErrorCode::TooDeep),
        (
            r#"{"credential_issuer":"https://a.example"} x"#,
            ErrorCode::TrailingData,
        ),
        ("[]", ErrorCode::Malformed),
        ("", ErrorCode::Malformed),
        ("null", ErrorCode::Malformed),
    ] {
        let found = CredentialOffer::from_json(text.as_bytes())
            .map(|_| ())
            .unwrap_err();
        assert_eq!(code(found), expected, "{text}");
    }
}

#[test]
fn members_of_wrong_form_are_refused() {
    let mut offers = Vec::new();
    for (member, values) in [
        (
            "credential_issuer",
            vec![
                json!(null),
                json!(""),
                json!(1),
                json!(["https://a.example"]),
            ],
        ),
        (
            "credential_configuration_ids",
            vec![
                json!(null),
                json!([]),
                json!("card"),
                json!([1]),
                json!([""]),
                json!(["a", "a"]),
                json!([["a"]]),
            ],
        ),
        (
            "grants",
            vec![
                json!(null),
                json!([]),
                json!("x"),
                json!({ "authorization_code": 1 }),
            ],
        ),
    ] {
        for value in values {
            let mut offer = good();
            offer[member] = value;
            offers.push(offer);
        }
        let mut offer = good();
        offer.as_object_mut().unwrap().remove(member);
        if member != "grants" {
            offers.push(offer);
        }
    }
    let too_many: Vec<_> = (0..65).map(|n| n.to_string()).collect();
    let mut offer = good();
    offer["credential_configuration_ids"] = json!(too_many);
    offers.push(offer);
    for offer in offers {
        assert_eq!(refuse(&offer).code(), ErrorCode::OfferInvalid, "{offer}");
    }
}

#[test]
fn a_pre_authorised_grant_of_wrong_form_is_refused() {
    for value in [
        json!(null),
        json!("abc"),
        json!({}),
        json!({ "pre-authorized_code": "" }),
        json!({ "pre-authorized_code": 1 }),
        json!({ "pre-authorized_code": "a".repeat(4097) }),
        json!({ "pre-authorized_code": "a", "authorization_server": 1 }),
        json!({ "pre-authorized_code": "a", "tx_code": null }),
        json!({ "pre-authorized_code": "a", "tx_code": true }),
        json!({ "pre-authorized_code": "a", "tx_code": { "length": 0 } }),
        json!({ "pre-authorized_code": "a", "tx_code": { "length": -4 } }),
        json!({ "pre-authorized_code": "a", "tx_code": { "length": "4" } }),
        json!({ "pre-authorized_code": "a", "tx_code": { "length": 1_000_000 } }),
        json!({ "pre-authorized_code": "a", "tx_code": { "input_mode": "voice" } }),
        json!({ "pre-authorized_code": "a", "tx_code": { "input_mode": null } }),
        json!({ "pre-authorized_code": "a", "tx_code": { "description": 4 } }),
    ] {
        assert_eq!(
            refuse(&grant(value.clone())).code(),
            ErrorCode::OfferInvalid,
            "{value}"
        );
    }
}

// shows: VCI 20
#[test]
fn a_description_is_cleaned_for_display() {
    let offer = grant(json!({
        "pre-authorized_code": "a",
        "tx_code": { "description": format!("PIN\u{202e}\n\u{7}{}", "x".repeat(400)) },
    }));
    let offer = CredentialOffer::from_json(offer.to_string().as_bytes()).unwrap();
    let shown = offer.tx_code().unwrap().description.clone().unwrap();
    assert!(shown.starts_with("PIN x"), "{shown}");
    assert_eq!(shown.chars().count(), 300);
}

// shows: VCI 3
#[test]
fn unknown_members_and_grants_are_ignored() {
    let mut offer = good();
    offer["new"] = json!({ "a": [1] });
    offer["grants"]["urn:example:grant"] = json!(7);
    assert!(CredentialOffer::from_json(offer.to_string().as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "(openid-credential-offer://\\?credential_offer(_uri)?=)?.{0,200}") {
        let _ = OfferLink::parse(&text).map(|_| ());
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = CredentialOffer::from_json(&bytes).map(|_| ());
    }

    #[test]
    fn a_changed_offer_never_makes_the_parser_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let mut bytes = example("credential_offer_multiple_credentials.json").into_bytes();
        let place = at % bytes.len();
        bytes[place] = byte;
        let _ = CredentialOffer::from_json(&bytes).map(|_| ());
        bytes.truncate(cut);
        let _ = CredentialOffer::from_json(&bytes).map(|_| ());
    }

    #[test]
    fn what_was_encoded_is_what_is_read(text in "\\PC{1,60}") {
        let mut offer = good();
        offer["credential_configuration_ids"] = json!([text]);
        let read = by_value(&link(&offer));
        prop_assert_eq!(read.configuration_ids(), [text]);
    }
}
