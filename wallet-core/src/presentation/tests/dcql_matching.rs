//! Which credentials match: type, authority, binding, validity, values, limits of the verifier.

use super::*;
use crate::formats::CredentialFormat;
use crate::presentation::dcql::{
    ClaimOption, DcqlQuery, JwtVcAlgorithms, SdJwtVcAlgorithms, VpFormats, match_query, match_sets,
};

fn query(change: Value) -> DcqlQuery {
    let mut query = json!({"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["v"]},
        "claims": [{"path": ["c"]}]});
    query.as_object_mut().unwrap().extend(object(change));
    DcqlQuery::parse(&json!({"credentials": [query]})).unwrap()
}

fn claims() -> Value {
    json!({"vct": "v", "c": 1, "d": {"e": [1, 2, 3], "f": "x"}, "g": [{"h": 1}, {"h": "1"}]})
}

fn option(query: &DcqlQuery, candidate: &Candidate<'_>) -> Option<ClaimOption> {
    let matches = match_query(query, None, core::slice::from_ref(candidate), NOW);
    Some(
        matches
            .into_iter()
            .next()?
            .candidates
            .into_iter()
            .next()?
            .options
            .remove(0),
    )
}

fn matches(query: &DcqlQuery, candidate: &Candidate<'_>) -> bool {
    option(query, candidate).is_some()
}

#[test]
fn the_type_or_one_it_extends_must_be_asked_for() {
    let claims = claims();
    let mut candidate = plain_candidate("a", &claims);
    assert!(matches(&query(json!({})), &candidate));
    assert!(matches(&query(json!({"meta": {}})), &candidate));
    let other = query(json!({"meta": {"vct_values": ["w", "u"]}}));
    assert!(!matches(&other, &candidate));
    candidate.types.push("u".into());
    assert!(matches(&other, &candidate));
    assert!(!matches(&query(json!({"format": "vc+sd-jwt"})), &candidate));
}

// shows: VP 26, HAIP 15
#[test]
fn a_trusted_authority_matches_by_key_identifier_only_and_any_is_enough() {
    let claims = claims();
    let mut candidate = plain_candidate("a", &claims);
    let example: Value = serde_json::from_str(&vector("inline/vp-015.txt")).unwrap();
    let etsi: Value = serde_json::from_str(&vector("inline/vp-016.txt")).unwrap();
    let federation: Value = serde_json::from_str(&vector("inline/vp-017.txt")).unwrap();
    let ask = |list: Value| query(json!({"trusted_authorities": list}));
    assert!(!matches(&ask(json!([example])), &candidate));
    let id = wallet_parties::from_base64url("s9tIpPmhxdiuNkHMEWNpYim8S8Y").unwrap();
    candidate.authority_key_ids = vec![vec![1, 2, 3], id];
    assert!(matches(&ask(json!([example])), &candidate));
    assert!(matches(&ask(json!([etsi, example])), &candidate));
    assert!(matches(
        &ask(json!([{"type": "aki", "values": ["AAAA", "AQID"]}])),
        &candidate
    ));
    for no in [
        json!([etsi]),
        json!([federation]),
        json!([{"type": "made_up", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}]),
        json!([{"type": "aki", "values": ["AQI"]}]),
        json!([{"type": "aki", "values": ["AQID=", "!", ""]}]),
    ] {
        assert!(!matches(&ask(no.clone()), &candidate), "{no}");
    }
}

// shows: VP 39
#[test]
fn a_credential_bound_to_no_key_answers_only_where_no_binding_is_asked() {
    let claims = claims();
    let mut candidate = plain_candidate("a", &claims);
    candidate.holder_algorithm = None;
    assert!(!matches(&query(json!({})), &candidate));
    let unbound = query(json!({"require_cryptographic_holder_binding": false}));
    assert!(matches(&unbound, &candidate));
    candidate.holder_algorithm = Some(Algorithm::Es256);
    assert!(matches(&unbound, &candidate));
}

// shows: HAIP 21
#[test]
fn a_credential_outside_its_validity_is_as_if_absent() {
    let claims = claims();
    let mut candidate = plain_candidate("a", &claims);
    candidate.expires = Some(NOW);
    assert!(!matches(&query(json!({})), &candidate));
    candidate.expires = Some(NOW.saturating_add(1));
    assert!(matches(&query(json!({})), &candidate));
    candidate.not_before = Some(NOW.saturating_add(1));
    assert!(!matches(&query(json!({})), &candidate));
    candidate.not_before = Some(NOW);
    assert!(matches(&query(json!({})), &candidate));
}

// shows: VP 47
#[test]
fn the_verifier_limits_formats_and_algorithms() {
    let claims = claims();
    let candidate = plain_candidate("a", &claims);
    let mut ed25519 = plain_candidate("b", &claims);
    ed25519.holder_algorithm = Some(Algorithm::EdDsa);
    let of = |issuer: Option<&[&str]>, key_binding: Option<&[&str]>| {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        VpFormats {
            sd_jwt_vc: Some(SdJwtVcAlgorithms {
                issuer: issuer.map(list),
                key_binding: key_binding.map(list),
            }),
            ..VpFormats::default()
        }
    };
    let bound = query(json!({}));
    let unbound = query(json!({"require_cryptographic_holder_binding": false}));
    let accepts = |query: &DcqlQuery, formats: &VpFormats, candidate: &Candidate<'_>| {
        let found = match_query(query, Some(formats), core::slice::from_ref(candidate), NOW);
        !found[0].candidates.is_empty()
    };
    assert!(accepts(&bound, &of(None, None), &candidate));
    assert!(accepts(
        &bound,
        &of(Some(&["ES384", "ES256"]), Some(&["ES256"])),
        &candidate
    ));
    assert!(!accepts(&bound, &of(Some(&["ES384"]), None), &candidate));
    assert!(!accepts(&bound, &of(None, Some(&["ES384"])), &candidate));
    assert!(accepts(&unbound, &of(None, Some(&["ES384"])), &candidate));
    assert!(!accepts(&bound, &VpFormats::default(), &candidate));
    assert!(accepts(&bound, &of(None, Some(&["Ed25519"])), &ed25519));
    assert!(accepts(&bound, &of(None, Some(&["EdDSA"])), &ed25519));
    assert!(!accepts(&bound, &of(None, Some(&["Ed448"])), &ed25519));
}

// shows: VP 47
#[test]
fn one_list_limits_the_algorithms_of_a_jwt_credential_and_of_the_presentation_around_it() {
    let claims = claims();
    let mut candidate = plain_candidate("a", &claims);
    candidate.format = CredentialFormat::JwtVc;
    candidate.issuer_signature = IssuerSignature::Jws(Algorithm::Es256K);
    let of = |names: Option<&[&str]>| {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        VpFormats {
            jwt_vc: Some(JwtVcAlgorithms {
                named: names.map(list),
            }),
            ..VpFormats::default()
        }
    };
    let ask = |binding: bool| {
        query(json!({"format": "jwt_vc_json", "require_cryptographic_holder_binding": binding}))
    };
    let accepts = |binding: bool, formats: &VpFormats, candidate: &Candidate<'_>| {
        let one = core::slice::from_ref(candidate);
        let found = match_query(&ask(binding), Some(formats), one, NOW);
        !found[0].candidates.is_empty()
    };
    assert!(accepts(true, &of(None), &candidate));
    assert!(accepts(true, &of(Some(&["ES256", "ES256K"])), &candidate));
    assert!(!accepts(true, &of(Some(&["ES256K"])), &candidate));
    assert!(accepts(false, &of(Some(&["ES256K"])), &candidate));
    assert!(!accepts(false, &of(Some(&["ES256"])), &candidate));
    let sd_jwt_only = VpFormats {
        sd_jwt_vc: Some(SdJwtVcAlgorithms::default()),
        ..VpFormats::default()
    };
    assert!(!accepts(true, &sd_jwt_only, &candidate));
    candidate.holder_algorithm = None;
    assert!(!accepts(true, &of(None), &candidate), "bound to no key");
    assert!(accepts(false, &of(None), &candidate));
}

// shows: VP 22
#[test]
fn a_value_matches_by_type_and_content() {
    let claims = json!({"vct": "v", "i": 18, "b": true, "s": "18", "f": 1.5, "n": null, "o": {},
        "big": u64::MAX, "neg": -1});
    let candidate = plain_candidate("a", &claims);
    let ask = |claim: &str, values: Value| {
        query(json!({"claims": [{"path": [claim], "values": values}]}))
    };
    for (claim, values) in [
        ("i", json!([17, 18])),
        ("b", json!([true])),
        ("s", json!(["17", "18"])),
        ("s", json!([18, "18"])),
        ("big", json!([u64::MAX])),
        ("neg", json!([-1])),
    ] {
        assert!(matches(&ask(claim, values), &candidate), "{claim}");
    }
    for (claim, values) in [
        ("i", json!(["18"])),
        ("s", json!([18])),
        ("b", json!(["true", 1])),
        ("b", json!([false])),
        ("f", json!([1, "1.5"])),
        ("n", json!(["null", false, 0])),
        ("o", json!(["{}"])),
        ("big", json!([-1, i64::MAX])),
        ("neg", json!([u64::MAX, 1])),
        ("absent", json!([""])),
    ] {
        assert!(!matches(&ask(claim, values), &candidate), "{claim}");
    }
}

#[test]
fn only_the_elements_with_a_matching_value_are_selected() {
    let claims = claims();
    let candidate = plain_candidate("a", &claims);
    let ask =
        |path: Value, values: Value| query(json!({"claims": [{"path": path, "values": values}]}));
    let found = option(&ask(json!(["d", "e", null]), json!([3, 9])), &candidate).unwrap();
    assert_eq!(texts(&found.claims[0].selected), [r#"["d","e",2]"#]);
    let found = option(&ask(json!(["g", null, "h"]), json!(["1"])), &candidate).unwrap();
    assert_eq!(texts(&found.claims[0].selected), [r#"["g",1,"h"]"#]);
    assert!(!matches(
        &ask(json!(["d", "e", null]), json!([9])),
        &candidate
    ));
}

#[test]
fn a_claim_brings_what_is_around_and_inside_it_and_nothing_beside_it() {
    let copy = Copy::pid();
    let candidate = copy.candidate("pid");
    let disclosed = |path: Value| {
        let query = query(json!({"meta": {}, "claims": [{"path": path}]}));
        texts(&option(&query, &candidate).unwrap().disclosed)
    };
    assert_eq!(
        disclosed(json!(["address", "locality"])),
        [r#"["address","locality"]"#, r#"["address"]"#]
    );
    assert_eq!(
        disclosed(json!(["address"])),
        [
            r#"["address","country"]"#,
            r#"["address","locality"]"#,
            r#"["address","street_address"]"#,
            r#"["address"]"#
        ]
    );
    assert_eq!(
        disclosed(json!(["nationalities", 1])),
        [r#"["nationalities",1]"#]
    );
    assert_eq!(
        disclosed(json!(["degrees", null, "type"])),
        [r#"["degrees",0,"type"]"#, r#"["degrees",1,"type"]"#]
    );
    // Not selectively disclosable: nothing more is revealed than always is.
    assert_eq!(disclosed(json!(["vct"])), [""; 0]);
    assert_eq!(disclosed(json!(["degrees", 0, "year"])), [""; 0]);
}

// shows: VP 20
#[test]
fn without_claims_nothing_is_disclosed_selectively() {
    let copy = Copy::pid();
    let candidate = copy.candidate("pid");
    let query =
        DcqlQuery::parse(&json!({"credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {}}]}));
    let found = option(&query.unwrap(), &candidate).unwrap();
    assert!(found.disclosed.is_empty() && found.claims.is_empty());
    assert_eq!(texts(&found.withheld), texts(&candidate.disclosable));
}

// shows: VP 20
#[test]
fn a_format_without_selective_disclosure_gives_everything_and_says_so() {
    let claims = claims();
    let mut candidate = plain_candidate("a", &claims);
    candidate
        .always_disclosed
        .append(&mut candidate.disclosable);
    assert_eq!(candidate.format, CredentialFormat::SdJwtVc);
    let plan = unwrap_plan(plan_for(
        json!({"credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {},
            "claims": [{"path": ["c"]}]}]}),
        &[candidate],
    ));
    let showing = &plan.showings()[0];
    assert!(showing.disclosed.is_empty() && showing.withheld.is_empty());
    assert_eq!(
        texts(&showing.always_disclosed),
        [r#"["c"]"#, r#"["d"]"#, r#"["g"]"#, r#"["vct"]"#]
    );
}

#[test]
fn a_claim_asked_for_twice_counts_once() {
    let claims = claims();
    let candidate = plain_candidate("a", &claims);
    let twice = query(json!({"claims": [{"path": ["c"]}, {"path": ["c"]}, {"path": ["d"]}]}));
    assert_eq!(option(&twice, &candidate).unwrap().claims.len(), 2);
}

// shows: VP 23
#[test]
fn every_required_set_needs_one_full_option() {
    let claims = claims();
    let candidate = [plain_candidate("a", &claims)];
    let credential = |id: &str, claim: &str| json!({"id": id, "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": [claim]}]});
    let satisfied = |sets: Value| {
        let query = json!({
            "credentials": [credential("yes", "c"), credential("also", "d"), credential("no", "z")],
            "credential_sets": sets,
        });
        let query = DcqlQuery::parse(&query).unwrap();
        match_sets(&query, &match_query(&query, None, &candidate, NOW)).map(|sets| {
            sets.into_iter()
                .map(|set| set.satisfiable)
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(
        satisfied(json!([{"options": [["no"], ["yes"]]}])),
        Some(vec![vec![1]])
    );
    assert_eq!(
        satisfied(json!([{"options": [["yes", "no"], ["yes", "also"]]}])),
        Some(vec![vec![1]])
    );
    assert_eq!(satisfied(json!([{"options": [["yes", "no"]]}])), None);
    assert_eq!(
        satisfied(json!([{"options": [["yes"]]}, {"options": [["no"]], "required": false}])),
        Some(vec![vec![0], vec![]])
    );
    assert_eq!(
        satisfied(json!([{"options": [["yes"]]}, {"options": [["no"]]}])),
        None
    );
    // Without sets every query must be answered.
    let query =
        DcqlQuery::parse(&json!({"credentials": [credential("yes", "c"), credential("no", "z")]}));
    let query = query.unwrap();
    assert_eq!(
        match_sets(&query, &match_query(&query, None, &candidate, NOW)),
        None
    );
}
