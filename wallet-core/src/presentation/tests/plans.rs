//! The consent plan: what it says, what may be changed, and what approves it.

use super::*;
use crate::error::ErrorCode;
use crate::formats::CredentialFormat;
use crate::presentation::card::Card;
use crate::presentation::dcql::UserAuthPolicy as Policy;

fn approve(plan: ConsentPlan, auth: UserAuth, now: UnixTime) -> Result<ApprovedPlan, NotApproved> {
    let hash = *plan.hash();
    plan.approve(&hash, auth, now)
}

// shows: VP 29, HOSTILE 10, HOSTILE 13
#[test]
fn the_plan_says_everything_that_would_be_revealed_and_what_not() {
    let copy = Copy::pid();
    let mut query = pid_query();
    query["credentials"][0]["claims"][0]["intent_to_retain"] = true.into();
    let plan = unwrap_plan(plan_for(query, &[copy.candidate("pid")]));
    let [showing] = plan.showings() else {
        panic!("one showing")
    };
    assert_eq!(showing.query, "pid");
    assert_eq!(showing.credential, CredentialRef("pid".into()));
    assert_eq!(
        showing.copy_digest,
        sha256(copy.credential.text().as_bytes())
    );
    assert_eq!(
        texts(&showing.disclosed),
        [
            r#"["address","locality"]"#,
            r#"["address"]"#,
            r#"["given_name"]"#
        ]
    );
    let always = texts(&showing.always_disclosed);
    for claim in ["iss", "vct", "exp", "cnf", "status"] {
        assert!(always.contains(&format!(r#"["{claim}"]"#)), "{claim}");
    }
    assert!(always.contains(&r#"["degrees",0,"year"]"#.to_owned()));
    let withheld = texts(&showing.withheld);
    assert!(withheld.contains(&r#"["family_name"]"#.to_owned()));
    assert_eq!(
        showing.disclosed.len() + withheld.len(),
        copy.credential.disclosable().len()
    );
    assert_eq!(
        showing
            .claims
            .iter()
            .map(|claim| claim.intent_to_retain)
            .collect::<Vec<_>>(),
        [true, false]
    );
    assert!(showing.key_binding);
    assert_eq!(
        showing.linkability,
        [
            Linkability::IssuerSignature,
            Linkability::HolderKey,
            Linkability::StatusReference,
            Linkability::Dates,
            Linkability::AlwaysDisclosedValues,
            Linkability::DisclosedValues,
        ]
    );
}

// shows: HOSTILE 13
#[test]
fn a_copy_shown_before_is_said_to_be_linkable() {
    let copy = Copy::pid();
    let mut candidate = copy.candidate("pid");
    candidate.uses = 1;
    let plan = unwrap_plan(plan_for(pid_query(), &[candidate]));
    assert!(
        plan.showings()[0]
            .linkability
            .contains(&Linkability::CopyShownBefore)
    );
}

/// Of a derived proof the verifier does not see what was anchored: it could check nothing, and would learn who is back.
#[test]
fn a_proof_of_anchoring_goes_only_where_what_was_anchored_is_shown() {
    let claims = json!({"vct": "type", "name": "n"});
    for (format, text, goes_along) in [
        (CredentialFormat::SdJwtVc, "dc+sd-jwt", true),
        (CredentialFormat::JwtVc, "jwt_vc_json", true),
        (CredentialFormat::LdpVc, "ldp_vc", false),
    ] {
        let query = json!({"credentials": [{
            "id": "card", "format": text, "meta": {"anchor_proof": true},
            "require_cryptographic_holder_binding": false,
        }]});
        let mut candidate = plain_candidate("card", &claims).with_anchor(true);
        candidate.format = format;
        let query = DcqlQuery::parse(&query).unwrap();
        let query = query.credential("card").unwrap();
        assert_eq!(Card::of(&candidate).gives_anchor_proof(query), goes_along);
    }
}

// shows: HOSTILE 9
#[test]
fn a_plan_is_approved_by_its_own_hash_only() {
    let copy = Copy::pid();
    let first = unwrap_plan(plan_for(pid_query(), &[copy.candidate("pid")]));
    let second = unwrap_plan(plan_for(pid_query(), &[copy.candidate("pid")]));
    // The salt makes two plans for the same request differ.
    assert_ne!(first.hash(), second.hash());
    let hash = *first.hash();
    let refused = second.approve(&hash, UserAuth::None, NOW).unwrap_err();
    assert_eq!(refused.error.code(), ErrorCode::ConsentMismatch);
    // The plan is given back and can still be approved.
    approve(*refused.plan, UserAuth::None, NOW).unwrap();
}

// shows: HOSTILE 5
#[test]
fn a_plan_dies_with_its_request() {
    let copy = Copy::pid();
    let plan = || unwrap_plan(plan_for(pid_query(), &[copy.candidate("pid")]));
    approve(plan(), UserAuth::None, NOW.saturating_add(300)).unwrap();
    for now in [NOW.saturating_add(301), NOW.saturating_add(-1)] {
        let refused = approve(plan(), UserAuth::None, now).unwrap_err();
        assert_eq!(refused.error.code(), ErrorCode::ConsentExpired);
    }
    let request = Bench::new().run().unwrap();
    let late = Proposal::make(request, &[], NOW.saturating_add(301), &OsRandom);
    assert_eq!(late.unwrap_err(), PresentationError::Expired);
}

#[test]
fn a_card_that_wants_authentication_gets_it_for_this_plan() {
    let copy = Copy::pid();
    let plan = || {
        let mut candidate = copy.candidate("pid");
        candidate.user_auth = Policy::EachShowing;
        unwrap_plan(plan_for(pid_query(), &[candidate]))
    };
    assert_eq!(plan().user_auth(), Policy::EachShowing);
    let now = NOW.saturating_add(10);
    for auth in [
        UserAuth::None,
        UserAuth::Verified {
            at: NOW.saturating_add(-1),
        },
        UserAuth::Verified {
            at: NOW.saturating_add(11),
        },
    ] {
        let refused = approve(plan(), auth, now).unwrap_err();
        assert_eq!(refused.error.code(), ErrorCode::UserAuthRequired);
    }
    approve(plan(), UserAuth::Verified { at: NOW }, now).unwrap();
}

#[test]
fn an_authentication_from_before_the_plan_was_changed_does_not_count() {
    let copy = Copy::pid();
    let mut candidate = copy.candidate("pid");
    candidate.user_auth = Policy::EachShowing;
    let mut plan = unwrap_plan(plan_for(pid_query(), &[candidate]));
    let choice = Choice::Credentials {
        query: "pid".into(),
        credentials: vec![CredentialRef("pid".into())],
    };
    let changed = NOW.saturating_add(5);
    plan.select(&choice, changed, &OsRandom).unwrap();
    let before = UserAuth::Verified {
        at: NOW.saturating_add(4),
    };
    let refused = approve(plan, before, changed).unwrap_err();
    assert_eq!(refused.error.code(), ErrorCode::UserAuthRequired);
    approve(*refused.plan, UserAuth::Verified { at: changed }, changed).unwrap();
}

// shows: VP 24, VP 46, HOSTILE 10
#[test]
fn refusal_and_absence_are_the_same_bytes() {
    let copy = Copy::pid();
    let declined = plan_for(pid_query(), &[copy.candidate("pid")]).decline();
    let absent = plan_for(pid_query(), &[]);
    assert!(matches!(absent, Proposal::Unavailable(_)));
    let mut query = pid_query();
    query["credentials"][0]["claims"][0]["values"] = json!(["Grace"]);
    let mismatch = plan_for(query, &[copy.candidate("pid")]);
    let Proposal::Unavailable(unavailable) = &mismatch else {
        panic!("matched")
    };
    assert_eq!(unavailable.unmatched(), ["pid"]);
    assert_eq!(declined.response(), absent.decline().response());
    assert_eq!(declined.response(), mismatch.decline().response());
    let Response::Post { uri, body } = declined.response() else {
        panic!("not posted")
    };
    assert_eq!(uri, RESPONSE_URI);
    assert_eq!(body, b"error=access_denied&state=state-1");
}

#[test]
fn the_card_that_reveals_least_is_chosen_and_another_may_be() {
    let copy = Copy::pid();
    let mut claims = pid_claims();
    claims["never_asked"] = "always shown".into();
    let more = Copy::issue(claims, &PID_PATHS, true);
    let mut plan = unwrap_plan(plan_for(
        pid_query(),
        &[more.candidate("more"), copy.candidate("less")],
    ));
    assert_eq!(plan.showings()[0].credential.0, "less");
    let alternatives = plan.alternatives();
    assert_eq!(
        alternatives
            .iter()
            .map(|way| (way.credential.0.as_str(), way.chosen))
            .collect::<Vec<_>>(),
        [("less", true), ("more", false)]
    );
    let before = *plan.hash();
    let other = Choice::Credentials {
        query: "pid".into(),
        credentials: vec![CredentialRef("more".into())],
    };
    plan.select(&other, NOW, &OsRandom).unwrap();
    assert_eq!(plan.showings()[0].credential.0, "more");
    assert_ne!(*plan.hash(), before);
    let refused = plan.approve(&before, UserAuth::None, NOW).unwrap_err();
    assert_eq!(refused.error.code(), ErrorCode::ConsentMismatch);
}

#[test]
fn a_choice_the_query_does_not_allow_leaves_the_plan_as_it_was() {
    let copy = Copy::pid();
    let second = Copy::pid();
    let mut plan = unwrap_plan(plan_for(
        pid_query(),
        &[copy.candidate("one"), second.candidate("two")],
    ));
    let hash = *plan.hash();
    let cards = |names: &[&str]| Choice::Credentials {
        query: "pid".into(),
        credentials: names
            .iter()
            .map(|name| CredentialRef((*name).into()))
            .collect(),
    };
    for choice in [
        cards(&[]),
        cards(&["three"]),
        cards(&["one", "two"]),
        cards(&["one", "one"]),
        Choice::Credentials {
            query: "mdl".into(),
            credentials: vec![CredentialRef("one".into())],
        },
        Choice::ClaimSet {
            query: "pid".into(),
            credential: CredentialRef("one".into()),
            claim_set: 0,
        },
        Choice::SetOption {
            set: 0,
            option: None,
        },
        Choice::SetOption {
            set: 0,
            option: Some(1),
        },
        Choice::SetOption {
            set: 1,
            option: Some(0),
        },
    ] {
        let error = plan.select(&choice, NOW, &OsRandom).unwrap_err();
        assert_eq!(error, PresentationError::UnknownChoice, "{choice:?}");
        assert_eq!(*plan.hash(), hash);
    }
}

// shows: VP 25
#[test]
fn several_cards_only_where_the_query_says_multiple() {
    let copies = [Copy::pid(), Copy::pid()];
    let mut query = pid_query();
    query["credentials"][0]["multiple"] = true.into();
    let mut plan = unwrap_plan(plan_for(
        query,
        &[copies[0].candidate("one"), copies[1].candidate("two")],
    ));
    assert_eq!(plan.showings().len(), 1);
    let both = Choice::Credentials {
        query: "pid".into(),
        credentials: vec![CredentialRef("two".into()), CredentialRef("one".into())],
    };
    plan.select(&both, NOW, &OsRandom).unwrap();
    assert_eq!(plan.showings().len(), 2);

    for multiple in [Some(false), None] {
        let mut query = pid_query();
        if let Some(multiple) = multiple {
            query["credentials"][0]["multiple"] = multiple.into();
        }
        let candidates = [copies[0].candidate("one"), copies[1].candidate("two")];
        let mut plan = unwrap_plan(plan_for(query, &candidates));
        let refused = plan.select(&both, NOW, &OsRandom);
        assert_eq!(refused, Err(PresentationError::UnknownChoice));
        assert_eq!(plan.showings().len(), 1);
    }
}

// shows: VP 21
#[test]
fn less_is_shown_only_where_the_verifiers_claim_sets_allow_it() {
    let copy = Copy::pid();
    let query = json!({"credentials": [{
        "id": "pid", "format": "dc+sd-jwt", "meta": {},
        "claims": [{"id": "a", "path": ["address"]}, {"id": "g", "path": ["given_name"]},
            {"id": "x", "path": ["absent"]}],
        "claim_sets": [["x"], ["a", "g"], ["g"]],
    }]});
    let mut plan = unwrap_plan(plan_for(query, &[copy.candidate("pid")]));
    // The first satisfiable option is the default; the least is offered first.
    assert_eq!(plan.showings()[0].claim_set, Some(1));
    let sets: Vec<_> = plan
        .alternatives()
        .iter()
        .map(|way| way.claim_set)
        .collect();
    assert_eq!(sets, [Some(2), Some(1)]);
    let choose = |claim_set| Choice::ClaimSet {
        query: "pid".into(),
        credential: CredentialRef("pid".into()),
        claim_set,
    };
    plan.select(&choose(2), NOW, &OsRandom).unwrap();
    assert_eq!(texts(&plan.showings()[0].disclosed), [r#"["given_name"]"#]);
    for absent in [0, 3] {
        assert!(plan.select(&choose(absent), NOW, &OsRandom).is_err());
    }
}

#[test]
fn optional_use_cases_are_left_out_until_the_holder_wants_them() {
    let copy = Copy::pid();
    let credential = |id: &str, claim: &str| json!({"id": id, "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": [claim]}]});
    let query = json!({
        "credentials": [credential("name", "given_name"), credential("age", "age"),
            credential("other", "family_name"), credential("unreferenced", "member")],
        "credential_sets": [{"options": [["age"], ["name"]]},
            {"options": [["other"]], "required": false}],
    });
    let mut plan = unwrap_plan(plan_for(query, &[copy.candidate("pid")]));
    let queries = |plan: &ConsentPlan| {
        plan.showings()
            .iter()
            .map(|showing| showing.query.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(queries(&plan), ["age"]);
    let sets = plan.set_alternatives();
    assert_eq!(
        sets[0].options,
        [(0, vec!["age".to_owned()]), (1, vec!["name".to_owned()])]
    );
    assert_eq!((sets[0].required, sets[0].chosen), (true, Some(0)));
    assert_eq!((sets[1].required, sets[1].chosen), (false, None));
    plan.select(
        &Choice::SetOption {
            set: 1,
            option: Some(0),
        },
        NOW,
        &OsRandom,
    )
    .unwrap();
    plan.select(
        &Choice::SetOption {
            set: 0,
            option: Some(1),
        },
        NOW,
        &OsRandom,
    )
    .unwrap();
    assert_eq!(queries(&plan), ["name", "other"]);
    plan.select(
        &Choice::SetOption {
            set: 1,
            option: None,
        },
        NOW,
        &OsRandom,
    )
    .unwrap();
    assert_eq!(queries(&plan), ["name"]);
}

#[test]
fn an_expected_value_is_not_repeated_in_the_plan() {
    let copy = Copy::pid();
    let mut query = pid_query();
    query["credentials"][0]["claims"][0]["values"] = json!(["Grace", "Ada"]);
    let plan = unwrap_plan(plan_for(query, &[copy.candidate("pid")]));
    assert!(!format!("{:?}", plan.showings()).contains("Grace"));
}

#[test]
fn nothing_printed_for_debugging_holds_a_value_of_the_holder_or_of_the_query() {
    let copy = Copy::pid();
    let candidate = copy.candidate("pid");
    let mut bench = Bench::unsigned();
    let mut query = pid_query();
    query["credentials"][0]["claims"][0]["values"] = json!(["Grace", "Ada"]);
    bench.set("dcql_query", query.clone());
    bench.pass_by_value();
    let request = AuthorizationRequest::parse(&bench.link()).unwrap();
    let plan = unwrap_plan(plan_for(query, core::slice::from_ref(&candidate)));
    let shown = copy
        .credential
        .as_sd_jwt_vc()
        .unwrap()
        .present(&[path(json!(["given_name"]))])
        .unwrap();
    let shown = copy
        .credential
        .as_sd_jwt_vc()
        .unwrap()
        .read_presentation(shown.text(), None)
        .unwrap();
    assert_eq!(shown.claims["given_name"], "Ada");
    for printed in [
        format!("{candidate:?}"),
        format!("{request:?}"),
        format!("{plan:?}"),
        format!("{shown:?}"),
    ] {
        for value in ["Ada", "Grace"] {
            assert!(!printed.contains(value), "{printed}");
        }
    }
}
