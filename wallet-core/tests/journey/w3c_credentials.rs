//! W3C credentials with Data Integrity proofs: the whole way, with both suites.

use crate::phone::PASSPHRASE;
use crate::rescue::rescue;
use crate::world::{World, age, approve, authenticate, plan, propose, refused};
use pollster::block_on;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use wallet_core::ErrorCode;
use wallet_core::formats::data_integrity::ecdsa_rdfc_2019::{Occasion, verify_presentation};
use wallet_core::presentation::{
    Linkability, MemberKind, Proposal, ShowingNote, TransactionDataType,
};
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{
    HistoryEvent, KeepPolicy, Outcome, ReceiveOptions, RenewalKind, ReusePolicy,
};
use wallet_parties::issuer::{CardOptions, ControllerFault, Fault, IssuerOptions};
use wallet_parties::verifier::ResponseMode;

const BBS: &str = "citizen_id_bbs";
const ECDSA: &str = "citizen_id_ecdsa_sd";
const TYPES: [&str; 2] = [
    "https://www.w3.org/2018/credentials#VerifiableCredential",
    "https://citizenwallet.example/vocab#CitizenIdCredential",
];

/// These members of the subject, shown by themselves.
fn query(names: &[&str]) -> Value {
    let claims = names
        .iter()
        .map(|name| json!({"path": ["credentialSubject", name]}));
    json!({"credentials": [{
        "id": "card", "format": "ldp_vc", "meta": {"type_values": [TYPES]},
        "require_cryptographic_holder_binding": false,
        "claims": claims.collect::<Vec<_>>(),
    }]})
}

fn paths(names: &[&str]) -> Vec<Vec<Value>> {
    let path = |name: &&str| vec!["credentialSubject".into(), (*name).into()];
    names.iter().map(path).collect()
}

/// A verifier that asks for these learns these, of the holder, and nothing else.
fn show(world: &World, names: &[&str]) {
    for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
        let link = world.ask(query(names), |ask| ask.mode = mode);
        let presented = world.show(&world.wallet, &link).unwrap();
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);
        assert_eq!(presented.outcome, Outcome::Accepted);
        let learned = &result.learned[0];
        let disclosed: BTreeSet<String> = learned
            .disclosed
            .iter()
            .map(|p| json!(p).to_string())
            .collect();
        let expected = paths(names).iter().map(|p| json!(p).to_string()).collect();
        assert_eq!(disclosed, expected);
        let subject = learned.claims["credentialSubject"].as_object().unwrap();
        assert_eq!(subject.len(), names.len());
        assert!(learned.unrequested.is_empty());
    }
}

// shows: VCI 43, VP 39, VP 47
#[test]
fn a_card_of_either_suite_is_received_looked_at_and_shown() {
    for card in [BBS, ECDSA] {
        let world = World::new();
        let id = world.receive_one(card).unwrap();
        let detail = world.wallet.detail(&id, &["en"]).unwrap();
        assert_eq!(detail.overview.format, "ldp_vc");
        assert_eq!(detail.overview.credential_type, TYPES[1]);
        let controller = world.parties.issuer.controller();
        assert_eq!(detail.overview.signed_by.as_deref(), Some(&*controller));
        let name = json!(["credentialSubject", "name"]);
        let named = detail
            .claims
            .iter()
            .find(|claim| claim.path.to_json() == name);
        let named = named.unwrap();
        assert!(named.is_disclosable && named.value == "홍길동");
        assert_eq!(named.label.as_deref(), Some("Name"));
        show(&world, &["age_over_19"]);
        show(&world, &["name", "birthdate"]);
        show(&world, &["portrait"]);
        world.wallet.lock();
        block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        show(&world, &["age_over_19"]);
    }
}

#[test]
fn an_object_is_shown_with_all_that_is_in_it_and_an_empty_choice_shows_what_is_mandatory() {
    let world = World::new();
    world.receive_one(BBS).unwrap();
    let link = world.ask(query(&["address"]), |_| {});
    let plan = plan(&world.wallet, &link.uri);
    let showing = &plan.showings()[0];
    assert_eq!(showing.disclosed.len(), 5);
    let revealed = world.wallet.revealed(showing, &["en"]).unwrap();
    let region = json!(["credentialSubject", "address", "region"]);
    assert!(revealed.iter().any(|claim| claim.path.to_json() == region));
    let approved = approve(&world.wallet, plan);
    block_on(world.wallet.present(approved)).unwrap();
    let learned = &world.result(&link).learned[0];
    assert_eq!(
        learned.claims["credentialSubject"]["address"]
            .as_object()
            .unwrap()
            .len(),
        5
    );
    let mut nothing = query(&[]);
    nothing["credentials"][0]
        .as_object_mut()
        .unwrap()
        .remove("claims");
    let link = world.ask(nothing, |_| {});
    world.show(&world.wallet, &link).unwrap();
    let learned = &world.result(&link).learned[0];
    assert!(learned.disclosed.is_empty(), "{:?}", learned.disclosed);
    assert!(learned.claims["validFrom"].is_string());
}

// shows: HOSTILE 13
#[test]
fn two_showings_of_bbs_2023_have_no_proof_in_common_and_the_plan_knows_what_links_either() {
    let links = |card| {
        let world = World::new();
        let id = world.receive_one(card).unwrap();
        let mut seen = Vec::new();
        for _ in 0..2 {
            let link = world.ask(query(&["age_over_19"]), |_| {});
            let plan = plan(&world.wallet, &link.uri);
            seen.push((
                plan.showings()[0].linkability.clone(),
                plan.showings()[0].notes.clone(),
            ));
            let approved = approve(&world.wallet, plan);
            block_on(world.wallet.present(approved)).unwrap();
        }
        (
            seen,
            world.wallet.detail::<&str>(&id, &[]).unwrap().linkability,
        )
    };
    use Linkability as L;
    let (seen, of_card) = links(BBS);
    let expected = (vec![L::DisclosedValues], vec![ShowingNote::HeaderUnchecked]);
    assert_eq!(seen, [expected.clone(), expected]);
    assert!(of_card.is_empty());
    let (seen, of_card) = links(ECDSA);
    let notes = vec![ShowingNote::NotBound];
    let first = vec![L::IssuerSignature, L::DisclosedValues];
    let second = vec![L::IssuerSignature, L::DisclosedValues, L::CopyShownBefore];
    assert_eq!(seen, [(first, notes.clone()), (second, notes)]);
    assert_eq!(of_card, [L::IssuerSignature]);
}

// shows: HOSTILE 13
#[test]
fn the_plan_knows_that_an_issuer_put_the_statements_in_an_order_of_the_cards_own() {
    let world = World::new();
    let own = CardOptions {
        own_label_order: true,
        ..CardOptions::default()
    };
    world.parties.issuer.change(BBS, own);
    let id = world.receive_one(BBS).unwrap();
    let of_card = world.wallet.detail::<&str>(&id, &[]).unwrap().linkability;
    assert_eq!(of_card, [Linkability::StatementOrder]);
    let link = world.ask(query(&["age_over_19"]), |_| {});
    let plan = plan(&world.wallet, &link.uri);
    let both = [Linkability::StatementOrder, Linkability::DisclosedValues];
    assert_eq!(plan.showings()[0].linkability, both);
}

#[test]
fn a_bbs_2023_card_is_shown_again_whatever_the_policy_says() {
    let world = World::new();
    let link = world.offer(|offer| offer.configurations = vec![BBS.to_owned()]);
    let options = ReceiveOptions {
        keep: KeepPolicy {
            reuse: ReusePolicy::OnceOnly,
            ..KeepPolicy::default()
        },
        ..ReceiveOptions::default()
    };
    block_on(world.wallet.receive(&link.uri, &options)).unwrap();
    show(&world, &["age_over_19"]);
    show(&world, &["age_over_19"]);
}

#[test]
fn a_card_of_each_format_answers_its_own_query() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    world.receive_one(BBS).unwrap();
    show(&world, &["age_over_19"]);
    world.show_age(&world.wallet);
    let mut both = query(&["age_over_19"]);
    let mut resident = age()["credentials"][0].clone();
    resident["id"] = "resident".into();
    both["credentials"].as_array_mut().unwrap().push(resident);
    let link = world.ask(both, |_| {});
    world.show(&world.wallet, &link).unwrap();
    assert!(world.result(&link).accepted);
}

#[test]
fn another_type_or_value_or_suite_finds_no_card() {
    let world = World::new();
    world.receive_one(BBS).unwrap();
    let finds = |change: &dyn Fn(&mut Value)| {
        let mut query = query(&["age_over_19"]);
        change(&mut query["credentials"][0]);
        let link = world.ask(query, |_| {});
        matches!(propose(&world.wallet, &link.uri), Proposal::Plan(_))
    };
    assert!(finds(&|_| {}));
    assert!(finds(
        &|query| query["meta"]["type_values"] = json!([["urn:other"], [TYPES[1]]])
    ));
    assert!(finds(&|query| query["meta"] = json!({})));
    assert!(!finds(
        &|query| query["meta"]["type_values"] = json!([["CitizenIdCredential"]])
    ));
    assert!(!finds(
        &|query| query["meta"]["type_values"] = json!([[TYPES[0], "urn:other"]])
    ));
    assert!(!finds(
        &|query| query["claims"][0]["values"] = json!([false])
    ));
}

#[test]
fn what_was_shown_is_in_the_history_and_a_deleted_card_is_gone() {
    let world = World::new();
    let id = world.receive_one(BBS).unwrap();
    show(&world, &["age_over_19"]);
    let history = world.wallet.history().unwrap();
    let shown = history.items.iter().any(|entry| match &entry.event {
        HistoryEvent::Presented { shown, .. } => {
            shown[0].credential_type == TYPES[1]
                && shown[0].claims == [json!(["credentialSubject", "age_over_19"])]
        }
        _ => false,
    });
    assert!(shown);
    block_on(world.wallet.delete(&id)).unwrap();
    assert!(!world.phone.census().contains_key("body"));
    let link = world.ask(query(&["age_over_19"]), |_| {});
    assert!(matches!(
        propose(&world.wallet, &link.uri),
        Proposal::Unavailable(_)
    ));
}

#[test]
fn a_card_is_issued_again_and_what_changed_is_told() {
    let world = World::new();
    world.parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    let id = world.receive_one(BBS).unwrap();
    let same = block_on(world.wallet.renew(&id)).unwrap();
    assert!(!same.is_changed());
    block_on(world.wallet.keep_renewed(same)).unwrap();
    let claims: Map<String, Value> =
        serde_json::from_value(json!({"name_latin": "HONG GIL-DONG"})).unwrap();
    let card = CardOptions {
        claims,
        ..CardOptions::default()
    };
    world.parties.issuer.change(BBS, card);
    let renewed = block_on(world.wallet.renew(&id)).unwrap();
    assert_eq!(renewed.kind(), RenewalKind::Reissue);
    let changes = renewed.changes(&["en"]);
    assert_eq!(changes.len(), 1);
    assert_eq!(
        changes[0].path().to_json(),
        json!(["credentialSubject", "name_latin"])
    );
    block_on(world.wallet.keep_renewed(renewed)).unwrap();
    show(&world, &["name_latin"]);
}

// shows: HOSTILE 13
#[test]
fn a_renewal_that_makes_a_card_linkable_is_not_kept_as_the_same() {
    let world = World::new();
    world.parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    let id = world.receive_one(BBS).unwrap();
    let own = CardOptions {
        own_label_order: true,
        ..CardOptions::default()
    };
    world.parties.issuer.change(BBS, own);
    let renewed = block_on(world.wallet.renew(&id)).unwrap();
    assert!(renewed.changes(&["en"]).is_empty());
    assert_eq!(renewed.linkability_added(), [Linkability::StatementOrder]);
    assert!(renewed.is_changed());
    assert_eq!(renewed.kind(), RenewalKind::Reissue);
    block_on(world.wallet.keep_renewed(renewed)).unwrap();
    // What it was is as linkable.
    let again = block_on(world.wallet.renew(&id)).unwrap();
    assert!(!again.is_changed() && again.linkability_added().is_empty());
}

// shows: VCI 43
#[test]
fn what_a_hostile_issuer_sends_is_refused_by_name() {
    use ErrorCode as Code;
    // The base proof of bbs-2023 names its key.
    for (card, stranger) in [
        (BBS, Code::UntrustedIssuer),
        (ECDSA, Code::SignatureInvalid),
    ] {
        for (fault, code) in [
            (Fault::BadSignature, Code::SignatureInvalid),
            (Fault::UntrustedSigner, stranger),
            (Fault::OtherMandatory, Code::SignatureInvalid),
            (Fault::WrongType, Code::WrongCredentialType),
            (Fault::Expired, Code::CredentialExpired),
            (Fault::NotYetValid, Code::CredentialNotYetValid),
        ] {
            let world = World::new();
            let link = world.offer(|offer| {
                offer.configurations = vec![card.to_owned()];
                offer.fault = Some(fault);
            });
            let received = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
            assert_eq!(refused(received), code, "{card} {fault:?}");
            assert!(!world.phone.census().contains_key("credential"));
            let told = world.parties.issuer.notifications();
            assert_eq!(told.last().unwrap().event, "credential_failure");
        }
    }
}

#[test]
fn a_web_site_the_app_does_not_trust_is_not_asked_for_keys() {
    let world = World::with(|phone| phone.policy.trust.web_issuers.clear());
    assert_eq!(refused(world.receive_one(BBS)), ErrorCode::UntrustedIssuer);
    let asked = world.phone.network.requests();
    let controller = world.parties.issuer.controller();
    assert!(!asked.iter().any(|request| request.url == controller));
}

#[test]
fn a_controller_document_that_does_not_give_the_key_for_assertions_is_refused() {
    for fault in [
        ControllerFault::OtherId,
        ControllerFault::OtherController,
        ControllerFault::NotForAssertion,
        // The base proof of bbs-2023 names its key.
        ControllerFault::OtherKeys,
    ] {
        assert_eq!(
            refused_by_controller(fault),
            ErrorCode::UntrustedIssuer,
            "{fault:?}"
        );
    }
}

fn refused_by_controller(fault: ControllerFault) -> ErrorCode {
    let world = World::new();
    world.parties.issuer.configure(IssuerOptions {
        controller_fault: Some(fault),
        ..IssuerOptions::default()
    });
    refused(world.receive_one(BBS))
}

/// The presentations of the last answer, as they were posted in the clear.
fn posted(world: &World) -> Value {
    let answers = world.phone.network.answers();
    let mut form = url::form_urlencoded::parse(answers.last().unwrap());
    let (_, token) = form.find(|(name, _)| name == "vp_token").unwrap();
    serde_json::from_str(&token).unwrap()
}

// shows: VP 41
#[test]
fn where_binding_is_asked_for_a_fresh_key_signs_a_presentation_and_the_plan_says_what_that_is_worth()
 {
    for card in [BBS, ECDSA] {
        let world = World::new();
        world.receive_one(card).unwrap();
        let mut holders = BTreeSet::new();
        for _ in 0..2 {
            let mut query = query(&["age_over_19"]);
            query["credentials"][0]["require_cryptographic_holder_binding"] = true.into();
            let link = world.ask(query, |ask| ask.mode = ResponseMode::DirectPost);
            let plan = plan(&world.wallet, &link.uri);
            let showing = &plan.showings()[0];
            assert_eq!(showing.notes, [ShowingNote::ReplayProtectionOnly]);
            assert!(!showing.key_binding && !showing.linkability.contains(&Linkability::HolderKey));
            let (nonce, audience) = (plan.request().nonce().to_owned(), plan.request().audience());
            let approved = approve(&world.wallet, plan);
            block_on(world.wallet.present(approved)).unwrap();
            let result = world.result(&link);
            assert!(result.accepted, "{:?}", result.refusal);
            let token = posted(&world);
            let presentation = token["card"][0].as_object().unwrap();
            let here = Occasion {
                challenge: &nonce,
                domain: &audience,
            };
            verify_presentation(presentation, &here).unwrap();
            for other in [
                Occasion {
                    challenge: "other",
                    ..here
                },
                Occasion {
                    domain: "other",
                    ..here
                },
            ] {
                verify_presentation(presentation, &other).unwrap_err();
            }
            let shown = &presentation["verifiableCredential"][0]["credentialSubject"];
            assert_eq!(*shown, json!({"age_over_19": true}));
            holders.insert(presentation["holder"].to_string());
        }
        assert_eq!(holders.len(), 2, "the same key twice");
    }
}

#[test]
fn a_transaction_is_not_authorised_by_a_card_that_is_bound_to_no_key() {
    let world = World::with(|phone| {
        phone.policy.transaction_data_types =
            vec![TransactionDataType::new("payment").required("amount", MemberKind::Text)]
    });
    world.receive_one(BBS).unwrap();
    let mut query = query(&["age_over_19"]);
    query["credentials"][0]["require_cryptographic_holder_binding"] = true.into();
    let link = world.ask(query, |ask| {
        ask.transaction_data =
            vec![json!({"type": "payment", "credential_ids": ["card"], "amount": "1"})];
    });
    let refused = block_on(world.wallet.request(&link.uri)).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::TransactionDataInvalid);
}

#[test]
fn what_the_wallet_knows_of_a_card_is_exported_and_moved_to_a_new_wallet() {
    let world = World::new();
    world.receive_one(BBS).unwrap();
    let auth = authenticate(&world.wallet);
    let exported: Value = serde_json::from_str(&world.wallet.export(&auth).unwrap()).unwrap();
    let card = &exported["credentials"][0];
    assert_eq!(card["format"], "ldp_vc");
    let name = json!({"path": ["credentialSubject", "name"], "value": "홍길동"});
    assert!(card["claims"].as_array().unwrap().contains(&name));
    let before = world.wallet.list::<&str>(&[]).unwrap();
    world.wallet.lock();
    let dir = world.phone.store().with_file_name("rescued");
    let moved = rescue(&world.phone.open(), dir).unwrap().wallet;
    let after = moved.list::<&str>(&[]).unwrap();
    assert_eq!(after[0].credential_type, before[0].credential_type);
    let link = world.ask(query(&["name"]), |_| {});
    world.show(&moved, &link).unwrap();
    assert!(world.result(&link).accepted);
}
