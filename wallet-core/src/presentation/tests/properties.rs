//! Whatever the query and the credential: nothing outside the plan is shown, and nothing panics.

use super::*;
use crate::presentation::dcql::{DcqlQuery, match_query, match_sets};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..3).prop_map(Value::from),
        "[abc]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn pointer() -> impl Strategy<Value = Value> {
    let segment = prop_oneof![
        4 => "[abcd]".prop_map(Value::from),
        1 => (0u64..3).prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    prop::collection::vec(segment, 1..4).prop_map(Value::from)
}

/// A member that is mostly legal.
fn member() -> impl Strategy<Value = (String, Value)> {
    let name = prop_oneof![
        Just("id"),
        Just("format"),
        Just("meta"),
        Just("claims"),
        Just("claim_sets"),
        Just("values"),
        Just("path"),
        Just("options"),
        Just("credentials"),
        Just("multiple"),
        Just("credential_sets"),
        Just("trusted_authorities"),
        Just("type"),
        Just("required"),
    ];
    (name.prop_map(str::to_owned), json_value())
}

fn claims_query() -> impl Strategy<Value = Value> {
    let values = prop::option::of(prop::collection::vec(
        prop_oneof![
            (-3i64..3).prop_map(Value::from),
            "[abc]{0,2}".prop_map(Value::from)
        ],
        1..4,
    ));
    (pointer(), values).prop_map(|(path, values)| {
        let mut query = json!({"path": path});
        if let Some(values) = values {
            query["values"] = values.into();
        }
        query
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn parsing_and_matching_never_panic(
        parts in prop::collection::vec(prop::collection::vec(member(), 0..8), 1..3),
        top in prop::collection::vec(member(), 0..3),
        claims in prop::collection::btree_map("[abc]", json_value(), 0..4),
    ) {
        let credential = |members: Vec<(String, Value)>| {
            let mut query = json!({"id": "a", "format": "dc+sd-jwt", "meta": {}});
            query.as_object_mut().unwrap().extend(members);
            query
        };
        let mut query = json!({"credentials": parts.into_iter().map(credential).collect::<Vec<_>>()});
        query.as_object_mut().unwrap().extend(top);
        let mut claims: Map<_, _> = claims.into_iter().collect();
        claims.insert("vct".into(), "v".into());
        let claims = Value::Object(claims);
        if let Ok(query) = DcqlQuery::parse(&query) {
            let matches = match_query(&query, None, &[plain_candidate("a", &claims)], NOW);
            let _ = match_sets(&query, &matches);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    // shows: VP 31
    #[test]
    fn a_presentation_never_shows_a_path_outside_the_plan(
        claims in prop::collection::btree_map("[abc]", json_value(), 1..4),
        hidden in prop::collection::vec(pointer(), 0..6),
        queries in prop::collection::vec(claims_query(), 1..4),
    ) {
        let mut claims: Map<_, _> = claims.into_iter().collect();
        claims.insert("vct".into(), "v".into());
        let claims = Value::Object(claims);
        // Only what is there can be made disclosable.
        let hidden: BTreeSet<String> = hidden
            .iter()
            .filter(|pointer| !path((*pointer).clone()).resolve(&claims).is_empty())
            .map(Value::to_string)
            .collect();
        let hidden: Vec<_> = hidden.iter().map(String::as_str).collect();
        let copy = Copy::issue(claims.clone(), &hidden, true);
        let query = json!({"credentials": [{
            "id": "a", "format": "dc+sd-jwt", "meta": {}, "claims": queries}]});
        let mut bench = Bench::new();
        bench.set("dcql_query", query);
        bench.set("response_mode", "direct_post");
        let request = bench.run().unwrap();
        let proposal = Proposal::make(request, &[copy.candidate("a")], NOW, &OsRandom).unwrap();
        let Proposal::Plan(plan) = proposal else { return Ok(()) };
        let hash = *plan.hash();
        let plan = plan.approve(&hash, UserAuth::None, NOW).unwrap();
        let showing = plan.showings()[0].clone();
        let issuer = copy.issuer.clone();
        let disclosable: BTreeSet<_> = copy.credential.disclosable().into_iter().collect();
        let materials = copy.material("a");
        let answer = pollster::block_on(plan.respond(&materials, NOW, &OsRandom)).unwrap();
        let Response::Post { body, .. } = answer.response() else { panic!("not posted") };
        let form: HashMap<_, _> = url::form_urlencoded::parse(body).into_owned().collect();
        let token: Value = serde_json::from_str(&form["vp_token"]).unwrap();
        // Counted from the text itself: the issuer's JWT, the disclosures, the KB-JWT.
        let text = token["a"][0].as_str().unwrap();
        prop_assert_eq!(text.matches('~').count() - 1, showing.disclosed.len());
        let key = wallet_parties::VerificationKey::from_jwk(&issuer.public_jwk()).unwrap();
        let check = wallet_parties::sd_jwt::PresentationCheck {
            trust: wallet_parties::sd_jwt::IssuerTrust::Key(key),
            key_binding: None,
            at: u64::try_from(NOW.as_secs()).unwrap(),
        };
        // Without its KB-JWT the text is an SD-JWT; the verifier has not been asked for a proof here.
        let bare = &text[..=text.rfind('~').unwrap()];
        let seen = wallet_parties::sd_jwt::verify(bare, &check).unwrap();
        prop_assert_eq!(seen.disclosed.len(), showing.disclosed.len());
        // What was asked for is there; what is disclosable and not in the plan is not.
        let planned: BTreeSet<_> = showing.disclosed.iter().cloned().collect();
        prop_assert!(planned.is_subset(&disclosable));
        prop_assert!(showing.withheld.iter().all(|path| !planned.contains(path)));
        // And nothing is in the plan that no claim needs.
        let selected: Vec<_> = showing.claims.iter().flat_map(|claim| &claim.selected).collect();
        let is_needed = |path: &ClaimPath| {
            selected.iter().any(|claim| claim.starts_with(path) || path.starts_with(claim))
        };
        prop_assert!(planned.iter().all(is_needed));
    }
}
