//! Items 9 to 11: nothing is shown but what the holder saw and agreed to.

use crate::attack::Attack;
use crate::world::{age, approve, claims};
use pollster::block_on;
use serde_json::json;
use wallet_core::ErrorCode::{self, RequestRateLimited};
use wallet_core::http::HttpError;
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::wallet::RequestsPerMinute;
use wallet_parties::hostile::parameter;

// shows: HOSTILE 9
#[test]
fn what_is_sent_is_what_was_agreed_to_and_no_disclosure_more() {
    let attack = Attack::begin();
    // Agreement to a harmless request is no agreement to the next one.
    let harmless = *attack.plan(&attack.forged().link()).hash();
    let greedy = claims(&[json!({"path": ["name"]}), json!({"path": ["address"]})]);
    let greedy = attack.forger().request(&greedy).unwrap();
    let plan = attack.plan(&greedy.link());
    let wallet = &attack.world.wallet;
    let not_approved = wallet.approve(plan, &harmless, UserAuth::None).unwrap_err();
    assert_eq!(not_approved.error.code(), ErrorCode::ConsentMismatch);
    drop(not_approved);
    attack.unharmed();

    // Every disclosure that leaves the phone stood in the plan.
    let request = attack.forged();
    let plan = attack.plan(&request.link());
    let agreed: Vec<_> = plan.showings()[0]
        .disclosed
        .iter()
        .map(|p| p.to_json())
        .collect();
    block_on(wallet.present(approve(wallet, plan))).unwrap();
    let body = String::from_utf8(attack.world.phone.network.answers().pop().unwrap()).unwrap();
    let token = parameter(&format!("?{body}"), "vp_token").unwrap();
    let token: serde_json::Value = serde_json::from_str(&token).unwrap();
    let shown = token["card"][0].as_str().unwrap();
    let opened: Vec<String> = shown
        .split('~')
        .skip(1)
        .filter(|part| !part.is_empty() && !part.contains('.'))
        .map(|part| {
            let bytes = wallet_parties::from_base64url(part).unwrap();
            let disclosure: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            disclosure[1].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(opened, ["19"]);
    assert!(agreed.contains(&json!(["age_equal_or_over", "19"])));
    assert!(!agreed.contains(&json!(["name"])));
}

// shows: HOSTILE 10
#[test]
fn who_asks_for_everything_is_shown_to_ask_for_everything() {
    let attack = Attack::begin();
    let names = [
        "name",
        "portrait",
        "resident_registration_number",
        "address",
        "birthdate",
    ];
    let all: Vec<_> = names.iter().map(|name| json!({ "path": [name] })).collect();
    let request = attack.forger().request(&claims(&all)).unwrap();
    let plan = attack.plan(&request.link());
    for name in names {
        let asked = plan.showings()[0].disclosed.iter();
        assert!(
            asked.clone().any(|path| path.to_json() == json!([name])),
            "{name} is hidden"
        );
    }
    let before = attack.requests().len();
    block_on(attack.world.wallet.refuse(Proposal::Plan(Box::new(plan)))).unwrap();
    let sent = attack.requests().split_off(before);
    assert_eq!(sent.len(), 1);
    assert!(sent[0].body.starts_with(b"error=access_denied"));
}

// shows: HOSTILE 11
#[test]
fn a_flood_of_requests_moves_nothing_and_the_holder_still_reaches_a_decent_verifier() {
    let attack = Attack::begin();
    let forger = attack.forger();
    for _ in 0..60 {
        let request = forger.request(&age()).unwrap();
        drop(attack.plan(&request.link()));
    }
    attack.silent();
    assert!(attack.hostile.seen().is_empty());
    attack.unharmed();
}

// shows: HOSTILE 11
#[test]
fn who_asks_more_often_than_a_holder_can_decide_waits_under_every_name_it_takes() {
    let attack = Attack::with(|phone| {
        phone.policy.requests_per_minute = RequestsPerMinute::default();
    });
    let by_name = || {
        let request = attack.forger().request(&age()).unwrap();
        request.link_to("request_uri", &format!("{}/r", attack.hostile.base_url()))
    };
    for _ in 0..5 {
        assert!(attack.ask(&by_name()).is_err(), "there is nothing to fetch");
    }
    assert_eq!(attack.requests().len(), 5);
    let error = attack.ask(&by_name()).err().unwrap();
    assert_eq!(error.code(), RequestRateLimited);
    assert!(error.retry_after().is_some());
    assert_eq!(attack.requests().len(), 5, "it was called all the same");
    // Under other names it may go on for a while, and no longer.
    let refused = (0..100).map(|number| {
        let uri = format!("https://name{number}.example/r");
        attack
            .world
            .phone
            .network
            .answer_with(|_| Some(Err(HttpError::NotSent)));
        attack
            .ask(&attack.forged().link_to("request_uri", &uri))
            .err()
            .unwrap()
            .code()
    });
    let taken = refused.filter(|code| *code != RequestRateLimited).count();
    assert!(taken <= 30, "{taken} names were taken up in a minute");
    attack.world.keep_unlocked_for(60);
    attack.world.phone.network.calm();
    attack.world.show_age(&attack.world.wallet);
}
