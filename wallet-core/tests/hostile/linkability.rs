//! Items 12 to 15: what two verifiers, or a verifier and an issuer, could put together.

use crate::attack::Attack;
use crate::world::{approve, propose};
use pollster::block_on;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use wallet_core::http::Purpose;
use wallet_core::presentation::{Linkability, Proposal};
use wallet_core::wallet::{ReceiveOptions, ReusePolicy};
use wallet_parties::hostile::{Received, Trick, parameter};
use wallet_parties::jws::Jws;

/// What the forger got to see last.
fn shown(attack: &Attack) -> String {
    let request = attack.forged();
    let approved = approve(&attack.world.wallet, attack.plan(&request.link()));
    block_on(attack.world.wallet.present(approved)).unwrap();
    let body = String::from_utf8(attack.world.phone.network.answers().pop().unwrap()).unwrap();
    let token = parameter(&format!("?{body}"), "vp_token").unwrap();
    let token: Value = serde_json::from_str(&token).unwrap();
    token["card"][0].as_str().unwrap().to_owned()
}

/// Texts of 20 characters or more in a value: digests, keys, salts.
fn long_texts(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) if text.len() >= 20 => drop(found.insert(text.clone())),
        Value::Array(all) => all.iter().for_each(|one| long_texts(one, found)),
        Value::Object(all) => all.values().for_each(|one| long_texts(one, found)),
        _ => {}
    }
}

// shows: HOSTILE 12, SDJWT 30
#[test]
fn two_verifiers_who_compare_what_they_got_find_nothing_they_share_but_the_claim() {
    let attack = Attack::begin();
    let (first, second) = (shown(&attack), shown(&attack));
    let parts = |text: &str| -> HashSet<String> {
        text.split(['~', '.']).skip(1).map(str::to_owned).collect()
    };
    let common: Vec<String> = parts(&first)
        .intersection(&parts(&second))
        .cloned()
        .collect();
    // The header of a key binding is the same for all holders of keys of one kind.
    let header = wallet_parties::base64url(br#"{"alg":"ES256","typ":"kb+jwt"}"#);
    let common: Vec<_> = common
        .iter()
        .filter(|p| !p.is_empty() && **p != header)
        .collect();
    assert!(common.is_empty(), "{common:?}");
    let claims = |text: &str| Jws::parse(text.split('~').next().unwrap()).unwrap().payload;
    let (first, second) = (claims(&first), claims(&second));
    let texts = |claims: &Map<String, Value>| {
        let mut found = HashSet::new();
        let mut claims = claims.clone();
        // The same for everybody who holds such a card.
        for name in ["iss", "vct", "vct#integrity"] {
            claims.remove(name);
        }
        long_texts(&Value::Object(claims), &mut found);
        found
    };
    let common: Vec<String> = texts(&first)
        .intersection(&texts(&second))
        .cloned()
        .collect();
    assert!(common.is_empty(), "{common:?}");
    assert_eq!(
        (&first["iat"], &first["exp"]),
        (&second["iat"], &second["exp"])
    );
    // Both copies are burned: a third verifier gets nothing.
    let link = attack.world.ask_age();
    assert!(matches!(
        propose(&attack.world.wallet, &link.uri),
        Proposal::Unavailable(_)
    ));
}

// shows: HOSTILE 13
#[test]
fn what_a_verifier_could_recognise_is_told_before_it_is_shown() {
    let attack = Attack::begin();
    attack.world.show_age(&attack.world.wallet);
    attack.world.show_age(&attack.world.wallet);
    attack.world.receive(1, ReusePolicy::Rotating);
    let notes = || {
        attack.plan(&attack.forged().link()).showings()[0]
            .linkability
            .clone()
    };
    let fresh = notes();
    assert!(
        fresh.contains(&Linkability::IssuerSignature) && fresh.contains(&Linkability::HolderKey)
    );
    assert!(!fresh.contains(&Linkability::CopyShownBefore));
    attack.world.show_age(&attack.world.wallet);
    assert!(notes().contains(&Linkability::CopyShownBefore));
}

// shows: HOSTILE 14, SDJWT 27
#[test]
fn an_issuer_does_not_learn_from_its_status_list_when_a_card_is_shown() {
    let attack = Attack::begin();
    let list = format!("{}/list/of/this/holder/only", attack.hostile.base_url());
    let impostor = attack.impostor();
    attack.issues(move |impostor, request| {
        let payload = json!({
            "status": {"status_list": {"idx": 1, "uri": list}},
            "nationality": "UT",
        });
        let payload = payload.as_object().unwrap().clone();
        impostor.card(request, payload, &[], &json!({})).unwrap()
    });
    attack.receive(&impostor.offer()).unwrap();
    let before = attack.requests().len();
    let asked = crate::attack::query(
        "dc+sd-jwt",
        json!({"vct_values": [impostor.vct]}),
        &[json!(["nationality"])],
    );
    let request = attack.forger().request(&asked).unwrap();
    let plan = attack.plan(&request.link());
    assert!(
        plan.showings()[0]
            .linkability
            .contains(&Linkability::StatusReference)
    );
    block_on(
        attack
            .world
            .wallet
            .present(approve(&attack.world.wallet, plan)),
    )
    .unwrap();
    let sent = attack.requests().split_off(before);
    let purposes: Vec<_> = sent.iter().map(|request| request.purpose).collect();
    assert_eq!(purposes, [Purpose::Response], "somebody else heard of it");
    assert!(
        !attack
            .hostile
            .seen()
            .iter()
            .any(|r| r.target.starts_with("/list"))
    );
}

/// What the refresh says of the lists of a card in two copies whose lists are at these addresses.
fn is_tracking(lists: [&str; 2]) -> Vec<bool> {
    let attack = Attack::begin();
    let impostor = attack.impostor();
    let batch = |document: &mut Value| {
        document["batch_credential_issuance"] = json!({"batch_size": 2});
    };
    let (issuer, base) = (attack.impostor(), attack.hostile.base_url());
    impostor.publish(&attack.hostile, batch, |_| {});
    let lists = lists.map(|list| format!("{base}{list}"));
    let answer = move |received: &Received| {
        let body: Value = serde_json::from_slice(&received.body).unwrap();
        let proofs = body["proofs"]["jwt"].as_array().unwrap().iter();
        let cards = proofs.zip(&lists).map(|(proof, uri)| {
            let one = json!({"proofs": {"jwt": [proof]}}).to_string();
            let payload = json!({"status": {"status_list": {"idx": 1, "uri": uri}}});
            let payload = payload.as_object().unwrap().clone();
            let card = issuer.card(one.as_bytes(), payload, &[], &json!({}));
            json!({"credential": card.unwrap()})
        });
        json!({"credentials": cards.collect::<Vec<_>>()})
    };
    attack.hostile.set("/credential", Trick::computed(answer));
    let options = ReceiveOptions {
        copies: 2,
        ..ReceiveOptions::default()
    };
    let wallet = &attack.world.wallet;
    let kept = block_on(wallet.receive(&impostor.offer(), &options)).unwrap();
    assert_eq!(kept[0].copies, 2);
    let plan = wallet.status_plan(&[]).unwrap();
    let report = block_on(wallet.refresh_status(&[])).unwrap();
    let told: Vec<_> = report.lists.iter().map(|list| list.is_tracking).collect();
    assert!(plan.iter().map(|list| list.is_tracking).eq(told.clone()));
    told
}

// shows: HOSTILE 14
#[test]
fn a_list_kept_for_one_copy_alone_is_reported() {
    assert_eq!(is_tracking(["/list", "/list"]), [false]);
    assert_eq!(is_tracking(["/list/1", "/list/2"]), [true, true]);
    assert_eq!(is_tracking(["/list?of=1", "/list?of=1"]), [true]);
}

// shows: HOSTILE 15
#[test]
fn no_header_tells_one_phone_from_another_and_no_cookie_comes_back() {
    let attack = Attack::begin();
    let impostor = attack.impostor();
    attack.issues(|impostor, request| impostor.card(request, Map::new(), &[], &json!({})).unwrap());
    for _ in 0..2 {
        block_on(
            attack
                .world
                .wallet
                .decline(attack.order(&impostor.offer()).unwrap()),
        );
    }
    let object = attack.forged().object();
    attack
        .hostile
        .set("/r", Trick::text("application/oauth-authz-req+jwt", object));
    let link = attack
        .forged()
        .link_to("request_uri", &format!("{}/r", attack.hostile.base_url()));
    drop(attack.ask(&link));
    let allowed = [
        // Of the protocols.
        "accept",
        "authorization",
        "content-type",
        // The same for every phone.
        "user-agent",
        "accept-encoding",
        "host",
        "content-length",
        "connection",
    ];
    let seen = attack.hostile.seen();
    assert!(seen.len() > 8);
    for request in &seen {
        for (name, value) in &request.headers {
            assert!(
                allowed.contains(&name.as_str()),
                "{name} was sent to {}",
                request.target
            );
            let constant = match name.as_str() {
                "user-agent" => Some("wallet"),
                "accept-encoding" => Some("identity"),
                _ => None,
            };
            assert!(
                constant.is_none_or(|constant| constant == value),
                "{name}: {value}"
            );
        }
    }
    attack.unharmed();
}
