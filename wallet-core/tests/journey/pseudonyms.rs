//! Cards that are bound to a link secret, and pseudonyms: issued, kept, shown, across a new issuance and a new phone.

use crate::network::Fate;
use crate::phone::{PASSPHRASE, Phone};
use crate::world::{World, approve, plan, refused};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::presentation::{Linkability, ShowingNote};
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{HistoryEvent, HistoryItem, Outcome, ReceiveOptions, Wallet};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::issuer::{Deferral, Fault, IssuerOptions};
use wallet_parties::verifier::{ClientIdPrefix, DcApiSigning, PresentationResult, RequestOptions};

const BOUND: &str = "citizen_id_bound";
const VOTER: &str = "citizen_id_pseudonym";
const TYPE: &str = "https://citizenwallet.example/vocab#CitizenIdCredential";

fn query(service: Option<&str>) -> Value {
    let mut meta = json!({"type_values": [[TYPE]]});
    if let Some(service) = service {
        meta["pseudonym"] = json!({"service": service});
    }
    json!({"credentials": [{
        "id": "card", "format": "ldp_vc", "meta": meta,
        "require_cryptographic_holder_binding": false,
        "claims": [{"path": ["credentialSubject", "age_over_19"]}],
    }]})
}

fn receive(world: &World, wallet: &Wallet, card: &str) -> Result<(), WalletError> {
    let link = world.offer(|offer| offer.configurations = vec![card.to_owned()]);
    block_on(wallet.receive(&link.uri, &ReceiveOptions::default())).map(drop)
}

/// The verifier's session after the wallet answered.
fn answer(world: &World, wallet: &Wallet, query: Value, once: bool) -> PresentationResult {
    let link = world.ask(query, |ask| ask.once = once);
    world.show(wallet, &link).unwrap();
    world.result(&link)
}

fn pseudonym(world: &World, wallet: &Wallet, service: &str) -> String {
    let result = answer(world, wallet, query(Some(service)), false);
    assert!(result.accepted, "{:?}", result.refusal);
    result.learned[0].pseudonym.clone().unwrap()
}

/// A second phone of the same citizen, who knows nothing of the first.
fn another_phone(world: &World) -> (Phone, Wallet) {
    let phone = phone_of(world);
    let (wallet, _) = phone.create();
    (phone, wallet)
}

fn phone_of(world: &World) -> Phone {
    let mut phone = Phone::trusting(&world.parties.anchors);
    phone.policy = world.phone.policy.clone();
    phone
}

#[test]
fn a_card_bound_to_a_link_secret_is_received_and_shown_and_the_plan_says_what_that_is() {
    let world = World::new();
    receive(&world, &world.wallet, BOUND).unwrap();
    for _ in 0..2 {
        let link = world.ask(query(None), |_| {});
        let plan = plan(&world.wallet, &link.uri);
        let showing = &plan.showings()[0];
        let notes = [ShowingNote::HeaderUnchecked, ShowingNote::LinkSecret];
        assert_eq!(showing.notes, notes);
        assert_eq!(showing.linkability, [Linkability::DisclosedValues]);
        assert!(showing.pseudonym.is_none());
        let approved = approve(&world.wallet, plan);
        let presented = block_on(world.wallet.present(approved)).unwrap();
        assert_eq!(presented.outcome, Outcome::Accepted);
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);
    }
    world.wallet.lock();
    block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    assert!(answer(&world, &world.wallet, query(None), false).accepted);
}

#[test]
fn a_card_without_pseudonyms_does_not_answer_who_asks_for_one() {
    let world = World::new();
    receive(&world, &world.wallet, BOUND).unwrap();
    let link = world.ask(query(Some("vote")), |_| {});
    let proposal = block_on(world.wallet.request(&link.uri)).unwrap();
    assert!(matches!(
        proposal,
        wallet_core::presentation::Proposal::Unavailable(_)
    ));
}

#[test]
fn a_pseudonym_is_the_same_for_a_service_and_another_for_every_other_service_and_verifier() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let vote = pseudonym(&world, &world.wallet, "vote");
    assert_eq!(vote, pseudonym(&world, &world.wallet, "vote"));
    assert_ne!(vote, pseudonym(&world, &world.wallet, "poll"));
    let link = world.ask(query(Some("vote")), |ask| {
        ask.prefix = ClientIdPrefix::X509Hash;
    });
    world.show(&world.wallet, &link).unwrap();
    let elsewhere = world.result(&link).learned[0].pseudonym.clone();
    assert_ne!(elsewhere.unwrap(), vote);
    // Nobody asked for one: none is told.
    let result = answer(&world, &world.wallet, query(None), false);
    assert!(result.accepted && result.learned[0].pseudonym.is_none());
}

#[test]
fn the_plan_says_what_a_pseudonym_is_for_and_whether_it_is_one_per_person() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let link = world.ask(query(Some("vote")), |_| {});
    let plan = plan(&world.wallet, &link.uri);
    let showing = &plan.showings()[0];
    let pseudonym = showing.pseudonym.clone().unwrap();
    assert_eq!(pseudonym.service, "vote");
    assert!(pseudonym.is_one_per_person);
    assert!(showing.linkability.contains(&Linkability::Pseudonym));
    let unasked = world.ask(query(None), |_| {});
    let plan = crate::world::plan(&world.wallet, &unasked.uri);
    assert!(
        !plan.showings()[0]
            .linkability
            .contains(&Linkability::Pseudonym)
    );
}

#[test]
fn the_history_says_what_a_pseudonym_went_along_for() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    for service in [None, Some("vote")] {
        let link = world.ask(query(service), |_| {});
        world.show(&world.wallet, &link).unwrap();
    }
    let history = world.wallet.history().unwrap();
    let told: Vec<_> = history.items.iter().filter_map(pseudonym_for).collect();
    assert_eq!(told, [None, Some("vote")]);
}

/// Of a presentation: what its one card's pseudonym was for.
fn pseudonym_for(item: &HistoryItem) -> Option<Option<&str>> {
    match &item.event {
        HistoryEvent::Presented { shown, .. } => Some(shown[0].pseudonym_for.as_deref()),
        _ => None,
    }
}

#[test]
fn a_verifier_that_did_not_prove_who_it_is_gets_no_pseudonym() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let link = world.ask(query(Some("vote")), |ask| {
        ask.prefix = ClientIdPrefix::RedirectUri;
    });
    let asked = block_on(world.wallet.request(&link.uri)).map(drop);
    assert_eq!(refused(asked), ErrorCode::UntrustedVerifier);
}

#[test]
fn a_web_page_that_the_platform_alone_names_gets_no_pseudonym() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let options = RequestOptions::new("bar", query(Some("vote")));
    let verifier = &world.parties.verifier;
    let (signing, origin) = (DcApiSigning::Unsigned, "https://bar.example");
    let asked = verifier.dc_api_request(&options, signing, origin).unwrap();
    let protocol = asked.request["protocol"].as_str().unwrap();
    let data = asked.request["data"].to_string();
    let refused = world.wallet.dc_api_request(protocol, &data, origin);
    assert_eq!(
        refused.err().unwrap().error.code(),
        ErrorCode::UntrustedVerifier
    );
}

#[test]
fn a_voting_office_takes_one_vote_of_a_citizen_whatever_card_it_is_cast_with() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let vote = |wallet| answer(&world, wallet, query(Some("vote")), true);
    assert!(vote(&world.wallet).accepted);
    let again = vote(&world.wallet);
    assert_eq!(
        again.refusal.as_deref(),
        Some("this pseudonym was here before")
    );
    // Issued again, after the card was deleted: the issuer knows the secret.
    let before = pseudonym(&world, &world.wallet, "poll");
    let cards = world.wallet.list::<&str>(&[]).unwrap();
    block_on(world.wallet.delete(&cards[0].id)).unwrap();
    receive(&world, &world.wallet, VOTER).unwrap();
    assert_eq!(pseudonym(&world, &world.wallet, "poll"), before);
    assert!(!vote(&world.wallet).accepted);
}

#[test]
fn a_new_phone_with_the_backup_has_the_same_pseudonym() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let before = pseudonym(&world, &world.wallet, "vote");
    world.wallet.lock();
    let phone = phone_of(&world);
    std::fs::create_dir(phone.store()).unwrap();
    phone.put_back(&world.phone.copy_of_files());
    let wallet = phone.open();
    let code = || UnlockWith::RecoveryCode(&world.recovery_code);
    block_on(wallet.unlock(code())).unwrap();
    let auth = block_on(wallet.authenticate(code())).unwrap();
    wallet.adopt(&auth).unwrap();
    assert_eq!(pseudonym(&world, &wallet, "vote"), before);
    // It enrols as who it was.
    receive(&world, &wallet, VOTER).unwrap();
}

#[test]
fn who_comes_with_another_secret_is_refused_by_a_careful_issuer() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    let (_phone, second) = another_phone(&world);
    let refusal = refused(receive(&world, &second, VOTER));
    assert_eq!(refusal, ErrorCode::CredentialRefused);
}

/// docs/pseudonyms.md says so.
#[test]
fn with_a_careless_issuer_one_citizen_votes_twice() {
    let world = World::new();
    world.parties.issuer.configure(IssuerOptions {
        careless_enrolment: true,
        ..IssuerOptions::default()
    });
    receive(&world, &world.wallet, VOTER).unwrap();
    let (_phone, second) = another_phone(&world);
    receive(&world, &second, VOTER).unwrap();
    assert!(answer(&world, &world.wallet, query(Some("vote")), true).accepted);
    assert!(answer(&world, &second, query(Some("vote")), true).accepted);
}

/// Who knows the difference of two such parts can tell which pseudonyms are of one holder.
#[test]
fn an_issuer_that_changes_its_part_of_the_secret_is_refused_and_nothing_is_kept() {
    let world = World::new();
    let other_entropy = |fault| {
        let link = world.offer(|offer| {
            offer.configurations = vec![VOTER.to_owned()];
            offer.fault = fault;
        });
        block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()))
    };
    other_entropy(None).unwrap();
    let refusal = other_entropy(Some(Fault::OtherEntropy)).err().unwrap();
    assert_eq!(refusal.code(), ErrorCode::HolderKeyMismatch);
    assert_eq!(refusal.subject(), Some("signer_nym_entropy"));
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 1);
    // Nor once the card is gone: the enrolment knows the part that was the first.
    let cards = world.wallet.list::<&str>(&[]).unwrap();
    block_on(world.wallet.delete(&cards[0].id)).unwrap();
    let refusal = other_entropy(Some(Fault::OtherEntropy)).err().unwrap();
    assert_eq!(refusal.code(), ErrorCode::HolderKeyMismatch);
}

#[test]
fn a_card_of_another_feature_does_not_take_the_place_of_one() {
    let world = World::new();
    let voter = world.receive_one(VOTER).unwrap();
    let link = world.offer(|offer| offer.configurations = vec![BOUND.to_owned()]);
    let offered = block_on(world.wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(world.wallet.accept(&offered, None)).unwrap();
    let ordered = world.wallet.order(&authorized, &authorized.orders()[0], 1);
    let card = block_on(ordered).unwrap().received().unwrap();
    let refusal = world.wallet.replacing(&voter, card).err().unwrap().error;
    assert_eq!(refusal.code(), ErrorCode::RenewalMismatch);
    assert_eq!(refusal.subject(), Some("feature"));
}

/// The vote counts where it is cast, however the question is worded.
#[test]
fn a_vote_is_not_counted_again_because_the_question_asks_for_more() {
    let world = World::new();
    receive(&world, &world.wallet, VOTER).unwrap();
    assert!(answer(&world, &world.wallet, query(Some("vote")), true).accepted);
    let mut reworded = query(Some("vote"));
    reworded["credentials"][0]["id"] = "ballot".into();
    let again = answer(&world, &world.wallet, reworded, true);
    let refusal = Some("this pseudonym was here before");
    assert_eq!(again.refusal.as_deref(), refusal);
}

#[test]
fn a_bound_card_that_comes_later_is_refused_by_name() {
    let world = World::new();
    let link = world.offer(|offer| {
        offer.configurations = vec![BOUND.to_owned()];
        offer.deferred = Some(Deferral::default());
    });
    let received = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert_eq!(refused(received), ErrorCode::IssuanceDeferred);
}

/// What is kept of a promise knows keys only.
#[test]
fn a_bound_card_that_cannot_be_verified_yet_is_refused_and_the_issuer_told() {
    let world = World::new();
    let controller = world.parties.issuer.controller();
    world
        .phone
        .network
        .set_rule(move |request| match request.url == controller {
            true => Fate::NotSent,
            false => Fate::Answered,
        });
    let received = receive(&world, &world.wallet, BOUND);
    assert_eq!(refused(received), ErrorCode::NetworkFailed);
    assert!(world.wallet.deferred().unwrap().is_empty());
    let told = world.parties.issuer.notifications();
    assert_eq!(told.last().unwrap().event, "credential_failure");
}
