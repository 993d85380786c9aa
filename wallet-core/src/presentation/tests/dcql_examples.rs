//! The query examples of OpenID4VP 1.0 sections 5 to 7 and appendix D.

use super::*;
use crate::presentation::dcql::{DcqlQuery, QueryMatch, match_query, match_sets};

fn query(name: &str) -> DcqlQuery {
    let value: Value = serde_json::from_str(&vector(name)).unwrap();
    DcqlQuery::parse(value.get("dcql_query").unwrap_or(&value)).unwrap()
}

fn run(name: &str, credentials: &[Value]) -> (Vec<QueryMatch>, bool) {
    let names: Vec<_> = (0..credentials.len()).map(|at| at.to_string()).collect();
    let candidates: Vec<_> = names
        .iter()
        .zip(credentials)
        .map(|(name, claims)| plain_candidate(name, claims))
        .collect();
    let query = query(name);
    let matches = match_query(&query, None, &candidates, NOW);
    let satisfied = match_sets(&query, &matches).is_some();
    (matches, satisfied)
}

fn identity() -> Value {
    json!({
        "vct": "https://credentials.example.com/identity_credential",
        "family_name": "Doe", "given_name": "John", "postal_code": "90210", "region": "CA",
        "address": {"street_address": "42 Market Street", "locality": "Milliways"},
    })
}

// shows: VP 19 (vector)
#[test]
fn every_query_of_the_specification_is_legal() {
    for name in [
        "query_lang/simple.json",
        "query_lang/simple_mdoc.json",
        "query_lang/complex_mdoc.json",
        "query_lang/multi_credentials.json",
        "query_lang/credentials_alternatives.json",
        "query_lang/claims_alternatives.json",
        "query_lang/value_matching_simple.json",
        "request/dcql_jwt_vc.json",
        "request/dcql_ldp_vc.json",
        "inline/vp-007.txt",
        "inline/vp-027.txt",
    ] {
        query(name);
    }
}

#[test]
fn simple() {
    let (matches, satisfied) = run("query_lang/simple.json", &[identity()]);
    assert!(satisfied);
    let option = &matches[0].candidates[0].options[0];
    assert_eq!(
        texts(&option.disclosed),
        [r#"["address"]"#, r#"["family_name"]"#, r#"["given_name"]"#]
    );
    assert_eq!(
        texts(&option.withheld),
        [r#"["postal_code"]"#, r#"["region"]"#]
    );
    let mut other = identity();
    other["vct"] = "https://credentials.example.com/identity_credential/v2".into();
    assert!(!run("query_lang/simple.json", &[other]).1);
    let mut without = identity();
    without["address"]
        .as_object_mut()
        .unwrap()
        .remove("street_address");
    assert!(!run("query_lang/simple.json", &[without]).1);
}

// shows: VP 22 (vector)
#[test]
fn value_matching_simple() {
    let name = "query_lang/value_matching_simple.json";
    assert!(run(name, &[identity()]).1);
    for (claim, value) in [
        ("family_name", json!("doe")),
        ("family_name", json!("Doe ")),
        ("postal_code", json!("90212")),
        // The type must match too.
        ("postal_code", json!(90210)),
        ("postal_code", json!(["90210"])),
    ] {
        let mut credential = identity();
        credential[claim] = value;
        assert!(!run(name, &[credential]).1, "{claim}");
    }
    let mut second = identity();
    second["postal_code"] = "90211".into();
    assert!(run(name, &[second]).1);
}

// shows: VP 21 (vector)
#[test]
fn claims_alternatives() {
    let name = "query_lang/claims_alternatives.json";
    let vct = "https://credentials.example.com/identity_credential";
    let first = json!({"vct": vct, "family_name": "D", "locality": "L", "region": "R", "date_of_birth": "B"});
    let second = json!({"vct": vct, "family_name": "D", "postal_code": "P", "date_of_birth": "B"});
    let both = json!({"vct": vct, "family_name": "D", "locality": "L", "region": "R", "date_of_birth": "B",
        "postal_code": "P"});
    let neither = json!({"vct": vct, "family_name": "D", "locality": "L", "date_of_birth": "B"});
    let (matches, satisfied) = run(name, &[first, second, both, neither]);
    assert!(satisfied);
    let sets: Vec<Vec<_>> = matches[0]
        .candidates
        .iter()
        .map(|found| {
            found
                .options
                .iter()
                .map(|option| option.claim_set.unwrap())
                .collect()
        })
        .collect();
    assert_eq!(sets, [vec![0], vec![1], vec![0, 1]]);
}

// shows: VP 23 (vector)
#[test]
fn credentials_alternatives() {
    let name = "query_lang/credentials_alternatives.json";
    let reduced = |extra: Value| {
        let mut claims =
            json!({"vct": "https://credentials.example.com/reduced_identity_credential"});
        claims.as_object_mut().unwrap().extend(object(extra));
        claims
    };
    let one = reduced(json!({"family_name": "D", "given_name": "J"}));
    let two = json!({"vct": "https://cred.example/residence_credential",
        "postal_code": "P", "locality": "L", "region": "R"});
    let rewards = json!({"vct": "https://company.example/company_rewards", "rewards_number": "1"});
    assert!(run(name, &[identity()]).1);
    assert!(run(name, &[one.clone(), two.clone()]).1);
    assert!(!run(name, core::slice::from_ref(&one)).1);
    assert!(!run(name, &[two, rewards]).1);
}

#[test]
fn a_query_for_formats_this_wallet_does_not_hold_matches_nothing() {
    for name in [
        "query_lang/simple_mdoc.json",
        "query_lang/complex_mdoc.json",
        "query_lang/multi_credentials.json",
        "request/dcql_jwt_vc.json",
        "request/dcql_ldp_vc.json",
    ] {
        assert!(!run(name, &[identity()]).1, "{name}");
    }
}

/// Section 7.3.
// shows: VP 27 (vector)
#[test]
fn claims_path_pointers() {
    let mut claims: Value = serde_json::from_str(&vector("inline/vp-018.txt")).unwrap();
    claims["vct"] = "v".into();
    let select = |pointer: Value| {
        let query = json!({"credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {},
            "claims": [{"path": pointer}]}]});
        let query = DcqlQuery::parse(&query).unwrap();
        let matches = match_query(&query, None, &[plain_candidate("a", &claims)], NOW);
        let found = matches[0].candidates.first()?;
        Some(texts(&found.options[0].claims[0].selected))
    };
    assert_eq!(select(json!(["name"])).unwrap(), [r#"["name"]"#]);
    assert_eq!(select(json!(["address"])).unwrap(), [r#"["address"]"#]);
    assert_eq!(
        select(json!(["address", "street_address"])).unwrap(),
        [r#"["address","street_address"]"#]
    );
    assert_eq!(
        select(json!(["degrees", null, "type"])).unwrap(),
        [r#"["degrees",0,"type"]"#, r#"["degrees",1,"type"]"#]
    );
    assert_eq!(
        select(json!(["nationalities", 1])).unwrap(),
        [r#"["nationalities",1]"#]
    );
    for nothing in [
        json!(["nationalities", 2]),
        json!(["nationalities", "British"]),
        json!(["name", null]),
        json!(["name", 0]),
        json!(["address", 0]),
        json!(["address", null]),
        json!(["degrees", "type"]),
        json!(["degrees", null, null]),
        json!(["degrees", null, "grade"]),
        json!(["Name"]),
        json!([""]),
        json!([0]),
        json!([null]),
    ] {
        assert_eq!(select(nothing.clone()), None, "{nothing}");
    }
}
