//! DCQL queries that break a rule of OpenID4VP 1.0 section 6 or 7.

use crate::presentation::dcql::{DcqlQuery, QueryError};
use serde_json::{Value, json};

fn credential(change: Value) -> Value {
    let mut query = json!({"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["v"]}});
    query
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    json!({"credentials": [query]})
}

fn without(member: &str) -> Value {
    let mut query = credential(json!({}));
    query["credentials"][0]
        .as_object_mut()
        .unwrap()
        .remove(member);
    query
}

fn sets(sets: Value) -> Value {
    let mut query = credential(json!({}));
    query["credential_sets"] = sets;
    query
}

// shows: VP 19
#[test]
fn a_query_that_breaks_a_rule_is_refused() {
    use QueryError as Error;
    let claim = |claim: Value| credential(json!({"claims": [claim]}));
    let path = json!(["p"]);
    let cases = [
        ("a text", json!("query"), Error::WrongType),
        ("no credentials", json!({}), Error::MissingMember),
        (
            "credentials as object",
            json!({"credentials": {}}),
            Error::WrongType,
        ),
        (
            "empty credentials",
            json!({"credentials": []}),
            Error::EmptyArray,
        ),
        (
            "a text as credential",
            json!({"credentials": ["a"]}),
            Error::WrongType,
        ),
        ("no id", without("id"), Error::MissingMember),
        ("no format", without("format"), Error::MissingMember),
        ("no meta", without("meta"), Error::MissingMember),
        ("empty id", credential(json!({"id": ""})), Error::IllegalId),
        (
            "id with a dot",
            credential(json!({"id": "a.b"})),
            Error::IllegalId,
        ),
        (
            "id with a blank",
            credential(json!({"id": "a b"})),
            Error::IllegalId,
        ),
        (
            "id outside ASCII",
            credential(json!({"id": "né"})),
            Error::IllegalId,
        ),
        (
            "id as number",
            credential(json!({"id": 1})),
            Error::WrongType,
        ),
        (
            "format as number",
            credential(json!({"format": 1})),
            Error::WrongType,
        ),
        (
            "meta as array",
            credential(json!({"meta": []})),
            Error::WrongType,
        ),
        (
            "vct_values as text",
            credential(json!({"meta": {"vct_values": "v"}})),
            Error::WrongType,
        ),
        (
            "empty vct_values",
            credential(json!({"meta": {"vct_values": []}})),
            Error::EmptyArray,
        ),
        (
            "vct as number",
            credential(json!({"meta": {"vct_values": [1]}})),
            Error::WrongType,
        ),
        (
            "proof of anchoring as text",
            credential(json!({"meta": {"anchor_proof": "true"}})),
            Error::WrongType,
        ),
        (
            "multiple as text",
            credential(json!({"multiple": "true"})),
            Error::WrongType,
        ),
        (
            "binding as text",
            credential(json!({"require_cryptographic_holder_binding": "no"})),
            Error::WrongType,
        ),
        (
            "empty claims",
            credential(json!({"claims": []})),
            Error::EmptyArray,
        ),
        (
            "claims as object",
            credential(json!({"claims": {}})),
            Error::WrongType,
        ),
        ("claim as text", claim(json!("p")), Error::WrongType),
        ("no path", claim(json!({"id": "c"})), Error::MissingMember),
        ("empty path", claim(json!({"path": []})), Error::IllegalPath),
        (
            "path as text",
            claim(json!({"path": "p"})),
            Error::IllegalPath,
        ),
        (
            "negative index",
            claim(json!({"path": ["p", -1]})),
            Error::IllegalPath,
        ),
        (
            "fractional index",
            claim(json!({"path": ["p", 1.5]})),
            Error::IllegalPath,
        ),
        (
            "boolean in a path",
            claim(json!({"path": ["p", true]})),
            Error::IllegalPath,
        ),
        (
            "object in a path",
            claim(json!({"path": [{}]})),
            Error::IllegalPath,
        ),
        (
            "deep path",
            claim(json!({"path": vec!["p"; 33]})),
            Error::IllegalPath,
        ),
        (
            "empty claim id",
            claim(json!({"id": "", "path": path})),
            Error::IllegalId,
        ),
        (
            "claim id with a slash",
            claim(json!({"id": "a/b", "path": path})),
            Error::IllegalId,
        ),
        (
            "empty values",
            claim(json!({"path": path, "values": []})),
            Error::EmptyArray,
        ),
        (
            "values as text",
            claim(json!({"path": path, "values": "x"})),
            Error::WrongType,
        ),
        (
            "null as value",
            claim(json!({"path": path, "values": [null]})),
            Error::IllegalValue,
        ),
        (
            "fraction as value",
            claim(json!({"path": path, "values": [1.5]})),
            Error::IllegalValue,
        ),
        (
            "object as value",
            claim(json!({"path": path, "values": [{}]})),
            Error::IllegalValue,
        ),
        (
            "array as value",
            claim(json!({"path": path, "values": [[]]})),
            Error::IllegalValue,
        ),
        (
            "retain as text",
            claim(json!({"path": path, "intent_to_retain": "yes"})),
            Error::WrongType,
        ),
        (
            "claim id twice",
            credential(json!({"claims": [{"id": "c", "path": ["p"]}, {"id": "c", "path": ["q"]}]})),
            Error::DuplicateId,
        ),
        (
            "claim_sets without claims",
            credential(json!({"claim_sets": [["c"]]})),
            Error::ClaimSetsWithoutClaims,
        ),
        (
            "claim_sets but no claim id",
            credential(json!({"claims": [{"path": ["p"]}], "claim_sets": [["c"]]})),
            Error::ClaimIdMissing,
        ),
        (
            "empty claim_sets",
            credential(json!({"claims": [{"id": "c", "path": ["p"]}], "claim_sets": []})),
            Error::EmptyArray,
        ),
        (
            "an empty claim set",
            credential(json!({"claims": [{"id": "c", "path": ["p"]}], "claim_sets": [[]]})),
            Error::EmptyArray,
        ),
        (
            "an unknown claim",
            credential(json!({"claims": [{"id": "c", "path": ["p"]}], "claim_sets": [["d"]]})),
            Error::UnknownReference,
        ),
        (
            "empty trusted_authorities",
            credential(json!({"trusted_authorities": []})),
            Error::EmptyArray,
        ),
        (
            "authority without type",
            credential(json!({"trusted_authorities": [{"values": ["x"]}]})),
            Error::MissingMember,
        ),
        (
            "authority without values",
            credential(json!({"trusted_authorities": [{"type": "aki"}]})),
            Error::MissingMember,
        ),
        (
            "authority with empty values",
            credential(json!({"trusted_authorities": [{"type": "aki", "values": []}]})),
            Error::EmptyArray,
        ),
        (
            "authority with a number",
            credential(json!({"trusted_authorities": [{"type": "aki", "values": [1]}]})),
            Error::WrongType,
        ),
        (
            "the same id twice",
            {
                let mut query = credential(json!({}));
                let again = query["credentials"][0].clone();
                query["credentials"].as_array_mut().unwrap().push(again);
                query
            },
            Error::DuplicateId,
        ),
        ("empty credential_sets", sets(json!([])), Error::EmptyArray),
        (
            "a set without options",
            sets(json!([{}])),
            Error::MissingMember,
        ),
        (
            "a set with empty options",
            sets(json!([{"options": []}])),
            Error::EmptyArray,
        ),
        (
            "an empty option",
            sets(json!([{"options": [[]]}])),
            Error::EmptyArray,
        ),
        (
            "an unknown credential",
            sets(json!([{"options": [["b"]]}])),
            Error::UnknownReference,
        ),
        (
            "an option that is no array",
            sets(json!([{"options": ["a"]}])),
            Error::WrongType,
        ),
        (
            "required as text",
            sets(json!([{"options": [["a"]], "required": "no"}])),
            Error::WrongType,
        ),
    ];
    assert!(cases.len() >= 55);
    for (name, query, error) in cases {
        assert_eq!(DcqlQuery::parse(&query).unwrap_err(), error, "{name}");
    }
}

#[test]
fn a_query_larger_than_the_limits_is_refused() {
    let many = |count: usize| {
        let one = |id| json!({"id": format!("c{id}"), "format": "dc+sd-jwt", "meta": {}});
        json!({"credentials": (0..count).map(one).collect::<Vec<_>>()})
    };
    assert!(DcqlQuery::parse(&many(64)).is_ok());
    assert_eq!(
        DcqlQuery::parse(&many(65)).unwrap_err(),
        QueryError::TooLarge
    );
    let claims = |count: usize| {
        let one = |id| json!({"path": [format!("p{id}")]});
        credential(json!({"claims": (0..count).map(one).collect::<Vec<_>>()}))
    };
    assert!(DcqlQuery::parse(&claims(256)).is_ok());
    assert_eq!(
        DcqlQuery::parse(&claims(257)).unwrap_err(),
        QueryError::TooLarge
    );
    // The limit on claims holds for the query as a whole.
    let mut two = claims(200);
    let mut second = two["credentials"][0].clone();
    second["id"] = "b".into();
    two["credentials"].as_array_mut().unwrap().push(second);
    assert_eq!(DcqlQuery::parse(&two).unwrap_err(), QueryError::TooLarge);
    // As does the one on claim sets: each is an option of its own for every card.
    let sets = |count: usize| {
        json!({"id": format!("c{count}"), "format": "dc+sd-jwt", "meta": {},
            "claims": [{"id": "a", "path": ["p"]}], "claim_sets": vec![["a"]; count]})
    };
    let both = |count| json!({"credentials": [sets(64), sets(count)]});
    assert_eq!(
        DcqlQuery::parse(&both(1)).unwrap_err(),
        QueryError::TooLarge
    );
    assert!(DcqlQuery::parse(&json!({"credentials": [sets(64)]})).is_ok());
    assert!(DcqlQuery::parse(&json!({"credentials": [sets(32), sets(31)]})).is_ok());
    let values = json!({"claims": [{"path": ["p"], "values": (0..65).collect::<Vec<_>>()}]});
    assert_eq!(
        DcqlQuery::parse(&credential(values)).unwrap_err(),
        QueryError::TooLarge
    );
}

#[test]
fn unknown_members_are_ignored_and_unknown_formats_kept() {
    let query = json!({
        "unheard_of": 1,
        "credentials": [{"id": "a", "format": "made_up", "meta": {"x": 1}, "more": {},
            "claims": [{"path": ["p"], "purpose": "fun"}]}],
        "credential_sets": [{"options": [["a"]], "purpose": 7}],
    });
    let query = DcqlQuery::parse(&query).unwrap();
    assert_eq!(query.credentials()[0].format, None);
    assert!(query.credentials()[0].require_cryptographic_holder_binding);
    assert!(!query.credentials()[0].multiple);
    assert!(query.credential_sets().unwrap()[0].required);
}
