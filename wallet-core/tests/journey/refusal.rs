//! What a verifier can and cannot learn by asking.

use crate::world::{World, age, approve, claims, plan, propose};
use pollster::block_on;
use serde_json::json;
use wallet_core::http::Purpose;
use wallet_core::presentation::{Choice, Proposal};
use wallet_core::wallet::{HistoryEvent, Outcome, ReusePolicy};
use wallet_parties::verifier::RequestLink;

/// The body of the refusal, without the `state` that only echoes the request.
fn refuse(world: &World, link: &RequestLink) -> (bool, String) {
    let proposal = propose(&world.wallet, &link.uri);
    let fits = matches!(proposal, Proposal::Plan(_));
    let declined = block_on(world.wallet.refuse(proposal)).unwrap();
    assert_eq!(
        (declined.outcome, declined.response),
        (Outcome::Accepted, None)
    );
    let body = world.phone.network.answers().pop().unwrap();
    let body = String::from_utf8(body).unwrap();
    let rest = body.split('&').filter(|pair| !pair.starts_with("state="));
    (fits, rest.collect::<Vec<_>>().join("&"))
}

// shows: VP 22, VP 24, HOSTILE 10
#[test]
fn refusal_absence_and_a_value_that_differs_look_the_same_outside() {
    let world = World::new();
    let absent = refuse(&world, &world.ask_age());
    world.receive(1, ReusePolicy::Rotating);
    let present = refuse(&world, &world.ask_age());
    let differs = json!({"path": ["age_equal_or_over", "65"], "values": [true]});
    let differs = refuse(&world, &world.ask(claims(&[differs]), |_| {}));
    assert_eq!((absent.0, present.0, differs.0), (false, true, false));
    assert_eq!(absent.1, "error=access_denied");
    assert_eq!(absent.1, present.1);
    assert_eq!(absent.1, differs.1);
    let requests = world.phone.network.requests();
    let heads: Vec<_> = requests
        .iter()
        .filter(|request| request.purpose == Purpose::Response)
        .map(|request| (request.method, request.headers.clone()))
        .collect();
    assert!(heads.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_refusal_is_in_the_history_and_uses_no_copy() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    refuse(&world, &world.ask_age());
    let history = world.wallet.history().unwrap();
    let last = &history.items.last().unwrap().event;
    assert!(matches!(last, HistoryEvent::Declined { verifier, .. }
        if verifier == "x509_san_dns:localhost"));
    world.show_age(&world.wallet);
}

#[test]
fn a_value_that_fits_is_answered() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let fits = json!({"path": ["age_equal_or_over", "19"], "values": [true]});
    let link = world.ask(claims(&[fits]), |_| {});
    world.show(&world.wallet, &link).unwrap();
    assert!(world.result(&link).accepted);
}

#[test]
fn a_claim_the_card_does_not_have_makes_it_absent() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let asked = [json!({"path": ["name"]}), json!({"path": ["blood_type"]})];
    let link = world.ask(claims(&asked), |_| {});
    let Proposal::Unavailable(unavailable) = propose(&world.wallet, &link.uri) else {
        panic!("answered with less than was asked");
    };
    assert_eq!(unavailable.unmatched(), ["card"]);
}

// shows: HOSTILE 10
#[test]
fn an_over_asking_verifier_is_shown_plainly() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let all = [
        "name",
        "resident_registration_number",
        "portrait",
        "address",
    ];
    let asked: Vec<_> = all.iter().map(|name| json!({ "path": [name] })).collect();
    let link = world.ask(claims(&asked), |_| {});
    let plan = plan(&world.wallet, &link.uri);
    let showing = &plan.showings()[0];
    let disclosed: Vec<_> = showing
        .disclosed
        .iter()
        .map(|path| path.to_json())
        .collect();
    for name in all {
        assert!(
            disclosed.contains(&json!([name])),
            "{name} is not in the plan"
        );
    }
    // All of an object is asked for: everything in it is in the plan too.
    assert!(disclosed.contains(&json!(["address", "postal_code"])));
    let withheld: Vec<_> = showing.withheld.iter().map(|path| path.to_json()).collect();
    assert!(withheld.contains(&json!(["birthdate"])));
}

#[test]
fn less_is_sent_where_the_verifiers_own_claim_sets_allow_it() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let mut query = claims(&[
        json!({"id": "n", "path": ["name"]}),
        json!({"id": "b", "path": ["birthdate"]}),
        json!({"id": "a", "path": ["age_equal_or_over", "19"]}),
    ]);
    query["credentials"][0]["claim_sets"] = json!([["n", "b"], ["a"]]);
    let link = world.ask(query, |_| {});
    let mut plan = plan(&world.wallet, &link.uri);
    let least = plan.alternatives().remove(0);
    let choice = Choice::ClaimSet {
        query: least.query,
        credential: least.credential,
        claim_set: least.claim_set.unwrap(),
    };
    world.wallet.select(&mut plan, &choice).unwrap();
    let approved = approve(&world.wallet, plan);
    block_on(world.wallet.present(approved)).unwrap();
    let result = world.result(&link);
    assert!(result.accepted);
    assert_eq!(
        json!(result.disclosed()),
        json!([["age_equal_or_over", "19"]])
    );
}

#[test]
fn what_is_optional_is_not_shown_unless_chosen() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let mut query = age();
    let mut name = query["credentials"][0].clone();
    (name["id"], name["claims"]) = ("name".into(), json!([{"path": ["name"]}]));
    query["credentials"].as_array_mut().unwrap().push(name);
    query["credential_sets"] = json!([
        {"options": [["card"]]},
        {"options": [["name"]], "required": false},
    ]);
    let link = world.ask(query.clone(), |_| {});
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.shown.len(), 1);
    assert_eq!(presented.shown[0].query, "card");
    assert!(world.result(&link).accepted);

    let link = world.ask(query, |_| {});
    let mut plan = plan(&world.wallet, &link.uri);
    let both = Choice::SetOption {
        set: 1,
        option: Some(0),
    };
    world.wallet.select(&mut plan, &both).unwrap();
    let approved = approve(&world.wallet, plan);
    assert_eq!(
        block_on(world.wallet.present(approved))
            .unwrap()
            .shown
            .len(),
        2
    );
    assert!(world.result(&link).accepted);
}

// shows: HOSTILE 12
#[test]
fn nothing_is_known_of_two_copies_that_a_verifier_could_compare() {
    let world = World::new();
    world.receive(2, ReusePolicy::OnceOnly);
    let mut learned = Vec::new();
    for _ in 0..2 {
        let link = world.ask_age();
        world.show(&world.wallet, &link).unwrap();
        let claims = world.result(&link).claims("card").unwrap().clone();
        learned.push(claims["cnf"].clone());
    }
    assert_ne!(learned[0], learned[1], "two copies with one key");
}
