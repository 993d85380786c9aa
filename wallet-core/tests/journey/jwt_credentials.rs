//! W3C credentials as JWT (`jwt_vc_json`): the whole way, in both data models.

use crate::phone::PASSPHRASE;
use crate::rescue::rescue;
use crate::world::{World, approve, authenticate, plan, propose, refused};
use pollster::block_on;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use wallet_core::ErrorCode;
use wallet_core::presentation::{
    Linkability, MemberKind, Proposal, ShowingNote, TransactionDataType,
};
use wallet_core::trust::status::{CardStatus, UnknownStatus};
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{HistoryEvent, Outcome, ReceiveOptions, RecordName, RenewalKind};
use wallet_parties::issuer::{CardOptions, Fault, IssuerOptions};
use wallet_parties::status_list::Status;
use wallet_parties::verifier::ResponseMode;

/// VCDM 1.1, with keys named as JWK and an entry in a status list; and 2.0, with keys named as DID.
const CARDS: [&str; 2] = ["citizen_id_jwt", "citizen_id_vc_jwt"];
const TYPE: &str = "CitizenIdCredential";

/// A name of the subject.
fn query() -> Value {
    json!({"credentials": [{
        "id": "card", "format": "jwt_vc_json",
        "meta": {"type_values": [["VerifiableCredential", TYPE]]},
        "claims": [{"path": ["credentialSubject", "name"]}],
    }]})
}

fn receive(world: &World, card: &str, copies: u16) -> RecordName {
    let link = world.offer(|offer| offer.configurations = vec![card.to_owned()]);
    let options = ReceiveOptions {
        copies,
        ..ReceiveOptions::default()
    };
    let kept = block_on(world.wallet.receive(&link.uri, &options)).unwrap();
    kept[0].id.clone()
}

/// A verifier that asks for the name learns everything, and by whose key.
fn show(world: &World) -> Value {
    let mut claims = Value::Null;
    for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
        let link = world.ask(query(), |ask| ask.mode = mode);
        let presented = world.show(&world.wallet, &link).unwrap();
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);
        assert_eq!(presented.outcome, Outcome::Accepted);
        let learned = &result.learned[0];
        assert!(learned.disclosed.is_empty() && learned.unrequested.is_empty());
        claims = learned.claims.clone();
        let subject = &claims["credentialSubject"];
        assert_eq!(subject["name"], "홍길동");
        assert_eq!(subject["address"]["locality"], "율도구");
    }
    claims
}

// shows: VCI 43, VP 20, VP 37, VP 41, VP 47
#[test]
fn a_card_of_either_data_model_is_received_looked_at_and_shown_whole() {
    for card in CARDS {
        let world = World::new();
        let id = receive(&world, card, 1);
        let detail = world.wallet.detail(&id, &["en"]).unwrap();
        assert_eq!(detail.overview.format, "jwt_vc_json");
        assert_eq!(detail.overview.credential_type, TYPE);
        assert!(detail.overview.signed_by.is_some());
        let name = json!(["credentialSubject", "name"]);
        let mut claims = detail.claims.iter();
        let named = claims.find(|claim| claim.path.to_json() == name).unwrap();
        assert!(!named.is_disclosable && named.value == "홍길동");
        assert_eq!(named.label.as_deref(), Some("Name"));
        show(&world);
        world.wallet.lock();
        block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        show(&world);
    }
}

// shows: HOSTILE 13
#[test]
fn the_plan_lists_every_claim_and_says_what_links_all_showings_of_a_copy() {
    use Linkability as L;
    for card in CARDS {
        let world = World::new();
        let id = receive(&world, card, 1);
        let link = world.ask(query(), |_| {});
        let plan = plan(&world.wallet, &link.uri);
        let showing = &plan.showings()[0];
        assert!(showing.key_binding && showing.notes.is_empty());
        assert!(showing.disclosed.is_empty() && showing.withheld.is_empty());
        let mut expected = vec![L::IssuerSignature, L::HolderKey, L::CredentialId];
        if card == CARDS[0] {
            expected.insert(2, L::StatusReference);
        }
        expected.push(L::AlwaysDisclosedValues);
        assert_eq!(showing.linkability, expected);
        let revealed = world.wallet.revealed(showing, &["en"]).unwrap();
        let held = world.wallet.detail(&id, &["en"]).unwrap().claims;
        assert_eq!(revealed.len(), held.len());
        // What the verifier learns was told, to the last leaf.
        let approved = approve(&world.wallet, plan);
        block_on(world.wallet.present(approved)).unwrap();
        let learned = &world.result(&link).learned[0].claims;
        let told: BTreeSet<String> = revealed
            .iter()
            .map(|claim| claim.path.to_json().to_string())
            .collect();
        for (name, value) in learned["credentialSubject"].as_object().unwrap() {
            let inside =
                value
                    .as_object()
                    .map_or(vec![json!(["credentialSubject", name])], |value| {
                        let within = |inner: &String| json!(["credentialSubject", name, inner]);
                        value.keys().map(within).collect()
                    });
            assert!(
                inside.iter().all(|path| told.contains(&path.to_string())),
                "{name}"
            );
        }
        assert!(told.contains(&json!(["issuer"]).to_string()));
    }
}

#[test]
fn the_history_tells_that_everything_was_shown() {
    let world = World::new();
    let id = receive(&world, CARDS[0], 1);
    show(&world);
    let history = world.wallet.history().unwrap();
    let mut events = history.items.iter();
    let shown = events.find_map(|entry| match &entry.event {
        HistoryEvent::Presented { shown, .. } => Some(shown[0].clone()),
        _ => None,
    });
    let shown = shown.unwrap();
    assert_eq!(shown.credential_type, TYPE);
    let detail = world.wallet.detail::<&str>(&id, &[]).unwrap();
    assert_eq!(shown.claims.len(), detail.claims.len());
    block_on(world.wallet.delete(&id)).unwrap();
    let link = world.ask(query(), |_| {});
    let proposed = propose(&world.wallet, &link.uri);
    assert!(matches!(proposed, Proposal::Unavailable(_)));
}

// shows: VCI 33
#[test]
fn copies_are_one_card_though_each_has_a_subject_of_its_own_and_no_two_showings_share_one() {
    for card in CARDS {
        let world = World::new();
        receive(&world, card, 3);
        assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].copies, 3);
        let mut subjects = BTreeSet::new();
        for _ in 0..3 {
            let link = world.ask(query(), |_| {});
            world.show(&world.wallet, &link).unwrap();
            let learned = &world.result(&link).learned[0].claims;
            subjects.insert(learned["credentialSubject"]["id"].to_string());
        }
        assert_eq!(subjects.len(), 3);
    }
}

#[test]
fn where_no_binding_is_asked_for_the_credential_itself_is_shown_and_the_plan_says_so() {
    for card in CARDS {
        let world = World::new();
        receive(&world, card, 1);
        let mut query = query();
        query["credentials"][0]["require_cryptographic_holder_binding"] = false.into();
        let link = world.ask(query, |_| {});
        let plan = plan(&world.wallet, &link.uri);
        let showing = &plan.showings()[0];
        assert!(!showing.key_binding);
        assert_eq!(showing.notes, [ShowingNote::NotBound]);
        let approved = approve(&world.wallet, plan);
        block_on(world.wallet.present(approved)).unwrap();
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);
    }
}

#[test]
fn another_type_value_or_format_finds_no_card() {
    let world = World::new();
    receive(&world, CARDS[0], 1);
    let finds = |change: &dyn Fn(&mut Value)| {
        let mut query = query();
        change(&mut query["credentials"][0]);
        let link = world.ask(query, |_| {});
        matches!(propose(&world.wallet, &link.uri), Proposal::Plan(_))
    };
    assert!(finds(&|_| {}));
    assert!(finds(&|query| query["meta"] = json!({})));
    let expanded = "https://www.w3.org/2018/credentials#VerifiableCredential";
    assert!(finds(
        &|query| query["meta"]["type_values"] = json!([["urn:other"], [expanded, TYPE]])
    ));
    assert!(!finds(
        &|query| query["meta"]["type_values"] = json!([[TYPE, "urn:other"]])
    ));
    assert!(!finds(
        &|query| query["claims"][0]["values"] = json!(["Sim Cheong"])
    ));
    assert!(!finds(
        &|query| query["claims"][0]["path"] = json!(["vc", "credentialSubject", "name"])
    ));
    assert!(!finds(&|query| query["format"] = "ldp_vc".into()));
    assert!(!finds(&|query| query["format"] = "dc+sd-jwt".into()));
    let of_a_bank =
        &|query: &mut Value| query["meta"]["type_values"] = json!([["BankCardCredential"]]);
    assert!(!finds(of_a_bank));
    receive(&world, "bank_card_vc_jwt", 1);
    assert!(finds(of_a_bank));
}

#[test]
fn a_card_is_issued_again_and_only_what_changed_is_told() {
    for card in CARDS {
        let world = World::new();
        world.parties.issuer.configure(IssuerOptions {
            refresh_tokens: true,
            ..IssuerOptions::default()
        });
        let id = receive(&world, card, 1);
        let same = block_on(world.wallet.renew(&id)).unwrap();
        // The subject is another key: that is no change to the holder.
        assert!(!same.is_changed(), "{:?}", same.changes::<&str>(&[]));
        block_on(world.wallet.keep_renewed(same)).unwrap();
        let claims: Map<String, Value> =
            serde_json::from_value(json!({"name_latin": "HONG GIL-DONG"})).unwrap();
        let says = CardOptions {
            claims,
            ..CardOptions::default()
        };
        world.parties.issuer.change(card, says);
        let renewed = block_on(world.wallet.renew(&id)).unwrap();
        assert_eq!(renewed.kind(), RenewalKind::Reissue);
        let changes = renewed.changes(&["en"]);
        assert_eq!(changes.len(), 1);
        let changed = json!(["credentialSubject", "name_latin"]);
        assert_eq!(changes[0].path().to_json(), changed);
        block_on(world.wallet.keep_renewed(renewed)).unwrap();
        assert_eq!(
            show(&world)["credentialSubject"]["name_latin"],
            "HONG GIL-DONG"
        );
    }
}

#[test]
fn its_place_in_a_token_status_list_is_followed() {
    let world = World::new();
    let id = receive(&world, CARDS[0], 1);
    let status = || {
        world
            .wallet
            .detail::<&str>(&id, &[])
            .unwrap()
            .overview
            .status
    };
    assert_eq!(status(), CardStatus::Unknown(UnknownStatus::NotAsked));
    block_on(world.wallet.refresh_status(&[])).unwrap();
    assert_eq!(status(), CardStatus::Valid);
    assert!(world.parties.issuer.set_status(CARDS[0], Status::Revoked) > 0);
    block_on(world.wallet.refresh_status(&[])).unwrap();
    assert_eq!(status(), CardStatus::Revoked);
    let link = world.ask(query(), |_| {});
    let proposed = propose(&world.wallet, &link.uri);
    assert!(matches!(proposed, Proposal::Unavailable(_)));
}

#[test]
fn what_a_hostile_issuer_sends_is_refused_by_name() {
    use ErrorCode as Code;
    for card in CARDS {
        for (fault, code) in [
            (Fault::BadSignature, Code::SignatureInvalid),
            (Fault::UntrustedSigner, Code::UntrustedIssuer),
            (Fault::WrongKey, Code::HolderKeyMismatch),
            (Fault::WrongType, Code::WrongCredentialType),
            (Fault::Expired, Code::CredentialExpired),
            (Fault::NotYetValid, Code::CredentialNotYetValid),
            (Fault::OneBadCopy, Code::SignatureInvalid),
        ] {
            let world = World::new();
            let link = world.offer(|offer| {
                offer.configurations = vec![card.to_owned()];
                offer.fault = Some(fault);
            });
            let received = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
            assert_eq!(refused(received), code, "{card} {fault:?}");
            assert!(!world.phone.census().contains_key("credential"));
        }
    }
}

#[test]
fn a_transaction_is_not_authorised_since_nobody_says_where_its_hash_would_stand() {
    let world = World::with(|phone| {
        phone.policy.transaction_data_types =
            vec![TransactionDataType::new("payment").required("amount", MemberKind::Text)]
    });
    receive(&world, CARDS[0], 1);
    let link = world.ask(query(), |ask| {
        ask.transaction_data =
            vec![json!({"type": "payment", "credential_ids": ["card"], "amount": "1"})];
    });
    let refused = block_on(world.wallet.request(&link.uri)).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::TransactionDataInvalid);
}

#[test]
fn what_the_wallet_knows_of_a_card_is_exported_and_moved_to_a_new_wallet() {
    let world = World::new();
    receive(&world, CARDS[1], 1);
    let auth = authenticate(&world.wallet);
    let exported: Value = serde_json::from_str(&world.wallet.export(&auth).unwrap()).unwrap();
    let card = &exported["credentials"][0];
    assert_eq!(card["format"], "jwt_vc_json");
    let name = json!({"path": ["credentialSubject", "name"], "value": "홍길동"});
    assert!(card["claims"].as_array().unwrap().contains(&name));
    let before = world.wallet.list::<&str>(&[]).unwrap();
    world.wallet.lock();
    let dir = world.phone.store().with_file_name("rescued");
    let moved = rescue(&world.phone.open(), dir).unwrap().wallet;
    let after = moved.list::<&str>(&[]).unwrap();
    assert_eq!(after[0].credential_type, before[0].credential_type);
    let link = world.ask(query(), |_| {});
    world.show(&moved, &link).unwrap();
    assert!(world.result(&link).accepted);
}
