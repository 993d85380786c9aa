//! What must not be read.

use super::{credential, object};
use crate::error::WalletError;
use crate::formats::data_integrity::json_ld::limits::{
    MAX_CONTEXTS, MAX_DEPTH, MAX_NAME, MAX_TYPES,
};
use crate::formats::data_integrity::json_ld::{
    JsonLdError, skolemize, to_deskolemized_rdf, to_rdf,
};
use serde_json::{Map, Value, json};

#[track_caller]
fn refused(document: &Map<String, Value>, error: JsonLdError) {
    assert_eq!(to_rdf(document).map(drop), Err(error));
    assert_eq!(skolemize(&mut document.clone()), Err(error));
}

/// A credential with `value` in the place of `member`.
fn with(member: &str, value: Value) -> Map<String, Value> {
    let mut document = credential(json!({"sex": "F"}));
    document.insert(member.to_owned(), value);
    document
}

#[test]
fn a_context_that_is_not_bundled_is_refused() {
    for unknown in [
        "https://example.com/context",
        "https://www.w3.org/ns/credentials/v2#",
        "https://www.w3.org/ns/credentials/v2/",
        "http://www.w3.org/ns/credentials/v2",
        "HTTPS://www.w3.org/ns/credentials/v2",
        "citizen-id/v1",
        "",
    ] {
        let contexts = json!(["https://www.w3.org/ns/credentials/v2", unknown]);
        refused(&with("@context", contexts), JsonLdError::UnknownContext);
        refused(
            &with("@context", json!(unknown)),
            JsonLdError::UnknownContext,
        );
    }
    let code = WalletError::from(JsonLdError::UnknownContext).code();
    assert_eq!(code.as_str(), "unknown_context");
}

#[test]
fn an_inline_context_is_refused() {
    for inline in [
        json!({"sex": "https://example.com/other"}),
        json!({"@vocab": "https://example.com/"}),
        json!({}),
        json!(null),
        json!([]),
        json!(1),
    ] {
        let contexts = json!(["https://www.w3.org/ns/credentials/v2", inline]);
        refused(&with("@context", contexts), JsonLdError::InlineContext);
    }
    refused(&with("@context", json!(null)), JsonLdError::InlineContext);
    refused(&with("@context", json!({})), JsonLdError::InlineContext);
}

#[test]
fn a_document_without_context_is_refused() {
    refused(&with("@context", json!([])), JsonLdError::NoContext);
    let mut document = credential(json!({"sex": "F"}));
    document.remove("@context");
    refused(&document, JsonLdError::NoContext);
    refused(&Map::new(), JsonLdError::NoContext);
}

#[test]
fn a_context_within_a_claim_is_refused_even_if_it_is_bundled() {
    let claims = json!({"@context": "https://www.w3.org/ns/credentials/v2", "sex": "F"});
    refused(&credential(claims), JsonLdError::MisplacedContext);
    let address = json!({"address": {"@context": [], "region": "Seoul"}});
    refused(&credential(address), JsonLdError::MisplacedContext);
}

#[test]
fn a_protected_term_is_not_redefined_by_another_context() {
    // Both define `name` and `proof` in the same way; `driving_privileges` and others only one of them.
    let agreeing = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://w3id.org/vdl/v1"
    ]);
    let mut document = with("@context", agreeing);
    document.insert("type".to_owned(), json!("VerifiableCredential"));
    document.insert("credentialSubject".to_owned(), json!("did:example:subject"));
    assert!(to_rdf(&document).is_ok());
    for contexts in [
        json!([
            "https://www.w3.org/ns/credentials/v2",
            "https://wallet.test/redefines"
        ]),
        json!([
            "https://wallet.test/redefines",
            "https://www.w3.org/ns/credentials/v2"
        ]),
        // It means the same, under another type.
        json!([
            "https://www.w3.org/ns/credentials/v2",
            "https://wallet.test/redefines-type"
        ]),
    ] {
        refused(&with("@context", contexts), JsonLdError::ProtectedTerm);
    }
}

#[test]
fn a_type_does_not_redefine_a_protected_term() {
    let contexts = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://wallet.test/redefining-type"
    ]);
    let mut document = with("@context", contexts);
    document.insert(
        "type".to_owned(),
        json!(["VerifiableCredential", "Redefining"]),
    );
    document.insert("credentialSubject".to_owned(), json!("did:example:subject"));
    refused(&document, JsonLdError::ProtectedTerm);
}

#[test]
fn an_undefined_term_is_refused() {
    for (name, expected) in [
        ("nickname", JsonLdError::UndefinedTerm),
        ("Sex", JsonLdError::UndefinedTerm),
        ("", JsonLdError::UndefinedTerm),
        (" sex", JsonLdError::UndefinedTerm),
        // Words of a context, and others, under another name: who looks for the term would not find them.
        (
            "https://www.w3.org/2018/credentials#validUntil",
            JsonLdError::UndefinedTerm,
        ),
        ("cred:validUntil", JsonLdError::UndefinedTerm),
        ("urn:bnid:b0", JsonLdError::UndefinedTerm),
        (
            "https://example.com/> <urn:x> <urn:y",
            JsonLdError::Identifier,
        ),
    ] {
        refused(&credential(json!({name: "x", "sex": "F"})), expected);
    }
    // Terms of a type hold for objects of it only.
    refused(
        &credential(json!({"issuer": "did:example:x"})),
        JsonLdError::UndefinedTerm,
    );
    refused(
        &with("type", json!("CitizenIdCredential")),
        JsonLdError::UndefinedTerm,
    );
    refused(
        &with("type", json!(["VerifiableCredential", "Unknown"])),
        JsonLdError::UndefinedTerm,
    );
}

#[test]
fn what_rdf_would_not_hold_is_refused() {
    for nothing in [json!(null), json!([]), json!(["F", null])] {
        refused(&credential(json!({"sex": nothing})), JsonLdError::Dropped);
    }
    refused(&with("type", json!([])), JsonLdError::Dropped);
    let says_nothing =
        json!({"@context": "https://www.w3.org/ns/credentials/v2", "id": "did:example:x"});
    refused(&object(says_nothing), JsonLdError::Dropped);
}

#[test]
fn an_identifier_is_one_absolute_iri() {
    for id in [
        "subject",
        "/subject",
        "#subject",
        "",
        "_:b0",
        "@id",
        "@foo",
        "did example:x",
        "did:example:a b",
        "did:example:a>b",
        "did:example:a\nb",
        "did:example:a\\u003Eb",
        "1a:b",
    ] {
        refused(
            &credential(json!({"id": id, "sex": "F"})),
            JsonLdError::Identifier,
        );
        refused(&with("issuer", json!(id)), JsonLdError::Identifier);
        refused(
            &with("issuer", json!({"id": id, "name": "x"})),
            JsonLdError::Identifier,
        );
    }
    for id in [json!(null), json!(1), json!(["did:example:x"]), json!({})] {
        refused(
            &credential(json!({"id": id, "sex": "F"})),
            JsonLdError::Identifier,
        );
    }
    let two = json!({"id": "did:example:x", "@id": "did:example:y", "sex": "F"});
    refused(&credential(two), JsonLdError::Identifier);
    refused(
        &with("@type", json!("VerifiableCredential")),
        JsonLdError::Identifier,
    );
    for kind in [
        json!(1),
        json!([null]),
        json!("@json"),
        json!("id"),
        json!({"@id": "x:y"}),
    ] {
        refused(
            &credential(json!({"type": kind, "sex": "F"})),
            JsonLdError::Identifier,
        );
    }
}

#[test]
fn an_identifier_that_would_pass_for_a_blank_node_is_refused() {
    for id in ["urn:bnid:b0", "URN:BNID:b0", "urn:bnid:", "Urn:bnid:x"] {
        refused(
            &credential(json!({"id": id, "sex": "F"})),
            JsonLdError::ReservedIdentifier,
        );
        refused(&with("issuer", json!(id)), JsonLdError::ReservedIdentifier);
        let kind = json!({"type": id, "sex": "F"});
        refused(&credential(kind), JsonLdError::ReservedIdentifier);
        let typed = json!({"sex": {"@value": "F", "@type": id}});
        refused(&credential(typed), JsonLdError::ReservedIdentifier);
    }
}

#[test]
fn forms_of_json_ld_that_are_not_known_are_refused() {
    for form in [
        json!({"@list": ["F"]}),
        json!({"@set": ["F"]}),
        json!({"@graph": [{"sex": "F"}]}),
        json!({"@reverse": {"sex": {"id": "did:example:x"}}}),
        json!({"@included": [{"sex": "F"}]}),
        json!({"@nest": {"sex": "F"}}),
        json!({"@index": "x", "sex": "F"}),
        json!({"@language": "en"}),
        json!({"@unknown": "F"}),
        json!([["F"]]),
    ] {
        refused(
            &credential(json!({"address": form})),
            JsonLdError::Unsupported,
        );
    }
    refused(&with("@graph", json!([])), JsonLdError::Unsupported);
}

#[test]
fn a_value_object_says_one_thing() {
    for form in [
        json!({"@value": "F", "@type": "https://example.com/t", "@language": "en"}),
        json!({"@value": "F", "@direction": "ltr"}),
        json!({"@value": "F", "@index": "x"}),
        json!({"@value": "F", "id": "did:example:x"}),
        json!({"@value": "F", "sex": "F"}),
        json!({"@value": "F", "nickname": "F"}),
        json!({"@value": "F", "@language": ""}),
        json!({"@value": "F", "@language": "en>"}),
        json!({"@value": "F", "@language": "en-longerthan8"}),
        json!({"@value": "F", "@language": null}),
        json!({"@value": 1, "@language": "en"}),
        json!({"@value": "F", "@type": null}),
        json!({"@value": "F", "@type": ["https://example.com/t"]}),
        json!({"@value": null}),
        json!({"@value": ["F"]}),
        json!({"@value": {}}),
        json!({"@value": "F", "@type": "https://example.com/t", "type": "https://example.com/t"}),
    ] {
        refused(&credential(json!({"sex": form})), JsonLdError::ValueObject);
    }
    let relative = json!({"@value": "F", "@type": "nickname"});
    refused(
        &credential(json!({"sex": relative})),
        JsonLdError::UndefinedTerm,
    );
    let keyword = json!({"@value": "F", "@type": "@id"});
    refused(
        &credential(json!({"sex": keyword})),
        JsonLdError::ValueObject,
    );
}

#[test]
fn limits_hold() {
    let name = "https://www.w3.org/ns/credentials/v2";
    refused(
        &with("@context", json!(vec![name; MAX_CONTEXTS + 1])),
        JsonLdError::TooLarge,
    );
    let nested =
        |depth| (0..depth).fold(json!({"region": "x"}), |inner, _| json!({"address": inner}));
    assert!(to_rdf(&credential(nested(MAX_DEPTH - 2))).is_ok());
    refused(&credential(nested(MAX_DEPTH - 1)), JsonLdError::TooDeep);
    refused(&credential(nested(100)), JsonLdError::TooDeep);
    let types: Vec<_> = (0..=MAX_TYPES)
        .map(|number| format!("https://example.com/{number}"))
        .collect();
    refused(
        &credential(json!({"type": types, "sex": "F"})),
        JsonLdError::TooLarge,
    );
    let long = |length: usize| format!("urn:x:{}", "x".repeat(length - 6));
    for length in [MAX_NAME, MAX_NAME + 1] {
        let expected = match length {
            MAX_NAME => Ok(()),
            _ => Err(JsonLdError::TooLarge),
        };
        let identified = credential(json!({"id": long(length), "sex": "F"}));
        assert_eq!(to_rdf(&identified).map(drop), expected);
        let typed = credential(json!({"type": long(length), "sex": "F"}));
        assert_eq!(to_rdf(&typed).map(drop), expected);
        let mut named = with(
            "@context",
            json!(["https://www.w3.org/ns/credentials/examples/v2"]),
        );
        let name = "x".repeat(length - "https://www.w3.org/ns/credentials/examples#".len());
        named.insert(name, json!("x"));
        assert_eq!(to_rdf(&named).map(drop), expected);
        // A picture is an object, which no other statement repeats.
        let picture = with("issuer", json!(long(length)));
        assert_eq!(to_rdf(&picture).map(drop), Ok(()));
    }
    let many: Vec<_> = (0..10_001).collect();
    refused(&credential(json!({"sex": many})), JsonLdError::TooLarge);
}

#[test]
fn only_what_was_skolemized_is_deskolemized() {
    let mut document = credential(json!({"sex": "F"}));
    assert_eq!(
        to_deskolemized_rdf(&document).map(drop),
        Err(JsonLdError::Identifier)
    );
    document.insert("id".to_owned(), json!("urn:bnid:b0"));
    for id in [
        "urn:bnid:",
        "urn:bnid:b",
        "urn:bnid:c0",
        "urn:bnid:b0 ",
        "urn:bnid:b+1",
        "urn:bnid:b0>",
    ] {
        document.insert(
            "credentialSubject".to_owned(),
            json!({"id": id, "sex": "F"}),
        );
        assert!(to_deskolemized_rdf(&document).is_err(), "{id}");
    }
    document.insert(
        "credentialSubject".to_owned(),
        json!({"id": "urn:bnid:b1", "sex": "F"}),
    );
    assert!(to_deskolemized_rdf(&document).is_ok());
}

#[test]
fn a_document_with_graphs_is_not_skolemized() {
    let mut document = with(
        "proof",
        json!({"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}),
    );
    assert!(to_rdf(&document).is_ok());
    assert_eq!(skolemize(&mut document), Err(JsonLdError::Unsupported));
    let quiet = with("proof", json!({"id": "did:example:x"}));
    refused(&quiet, JsonLdError::Dropped);
    for scalar in [json!("did:example:x"), json!({"@value": "x"})] {
        refused(&with("proof", scalar), JsonLdError::Unsupported);
    }
}

#[test]
fn each_refusal_has_a_code() {
    use JsonLdError as E;
    for (error, code) in [
        (E::NoContext, "malformed"),
        (E::UnknownContext, "unknown_context"),
        (E::InlineContext, "json_ld_unsafe"),
        (E::MisplacedContext, "json_ld_unsafe"),
        (E::ProtectedTerm, "json_ld_unsafe"),
        (E::UnsupportedContext, "json_ld_unsafe"),
        (E::TooLarge, "too_large"),
        (E::TooDeep, "too_deep"),
        (E::UndefinedTerm, "json_ld_unsafe"),
        (E::Dropped, "json_ld_unsafe"),
        (E::Identifier, "json_ld_unsafe"),
        (E::ReservedIdentifier, "json_ld_unsafe"),
        (E::Number, "number_out_of_range"),
        (E::Unsupported, "json_ld_unsafe"),
        (E::ValueObject, "malformed"),
    ] {
        let error = WalletError::from(error);
        assert_eq!(error.code().as_str(), code);
        assert_eq!(error.category().as_str(), "issuer");
    }
}
