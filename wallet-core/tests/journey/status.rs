//! An issuer withdraws cards; the holder learns it when the app asks, and at no other time.

use crate::phone::PASSPHRASE;
use crate::world::{World, approve, plan, propose, refused};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::presentation::Proposal;
use wallet_core::trust::status::{CardStatus, StatusValue, UnknownStatus};
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{
    KeepPolicy, ListRefresh, Outcome, ReceiveOptions, RecordName, ReusePolicy,
};
use wallet_core::{Category, ErrorCode};
use wallet_parties::issuer::StatusFault;
use wallet_parties::status_list::Status;

const LICENCE: &str = "driving_licence";

impl World {
    fn receive_licence(&self, copies: u16, reuse: ReusePolicy) -> RecordName {
        let keep = KeepPolicy {
            reuse,
            ..KeepPolicy::default()
        };
        let options = ReceiveOptions {
            copies,
            keep,
            ..ReceiveOptions::default()
        };
        let link = self.offer(|offer| offer.configurations = vec![LICENCE.into()]);
        let kept = block_on(self.wallet.receive(&link.uri, &options)).unwrap();
        kept[0].id.clone()
    }

    pub fn licence(&self) -> RecordName {
        self.receive_licence(1, ReusePolicy::Rotating)
    }

    fn status(&self, card: &RecordName) -> CardStatus {
        let listed = self.wallet.list(&["en"]).unwrap();
        let listed = listed.iter().find(|one| one.id == *card).unwrap().status;
        assert_eq!(
            self.wallet.detail(card, &["en"]).unwrap().overview.status,
            listed
        );
        listed
    }

    fn refresh(&self) -> Vec<ListRefresh> {
        block_on(self.wallet.refresh_status(&[])).unwrap().lists
    }

    fn withdraw(&self, status: Status) {
        assert!(self.parties.issuer.set_status(LICENCE, status) > 0);
    }

    fn asked(&self) -> usize {
        let requests = self.parties.issuer.requests();
        requests
            .iter()
            .filter(|request| request.path == "/statuslists/1")
            .count()
    }
}

fn licence_query() -> Value {
    json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": ["licence_number"]}]}]})
}

// shows: SDJWT 27, HAIP 21
#[test]
fn every_status_is_told_as_the_list_says_it() {
    let world = World::new();
    let (resident, licence) = (world.receive(1, ReusePolicy::Rotating), world.licence());
    assert_eq!(world.status(&resident), CardStatus::NotTracked);
    assert_eq!(
        world.status(&licence),
        CardStatus::Unknown(UnknownStatus::NotAsked)
    );
    for (status, expected) in [
        (Status::Valid, CardStatus::Valid),
        (Status::Suspended, CardStatus::Suspended),
        (Status::Special, CardStatus::Other(3)),
        (Status::Revoked, CardStatus::Revoked),
        (Status::Valid, CardStatus::Valid),
    ] {
        world.withdraw(status);
        let lists = world.refresh();
        assert_eq!(lists.len(), 1);
        assert_eq!(lists[0].cards, std::slice::from_ref(&licence));
        assert!(!lists[0].is_tracking);
        assert!(lists[0].outcome.is_ok());
        assert_eq!(world.status(&licence), expected);
        assert_eq!(world.status(&resident), CardStatus::NotTracked);
    }
}

// shows: SDJWT 27, HOSTILE 14
#[test]
fn listing_showing_and_approving_ask_no_list_and_refreshing_asks_each_once_and_whole() {
    let world = World::new();
    world.licence();
    world.receive_licence(3, ReusePolicy::Rotating);
    assert_eq!(world.asked(), 0);
    let plan = world.wallet.status_plan(&[]).unwrap();
    assert_eq!((plan.len(), plan[0].cards.len()), (1, 2));
    assert_eq!(world.asked(), 0);
    let asked = world.refresh();
    assert_eq!(world.asked(), 1);
    assert_eq!(
        (&plan[0].uri, &plan[0].cards),
        (&asked[0].uri, &asked[0].cards)
    );
    let requests = world.parties.issuer.requests();
    let request = requests
        .iter()
        .find(|request| request.path == "/statuslists/1")
        .unwrap();
    assert!(request.query.is_empty());

    world.wallet.list(&["en"]).unwrap();
    let link = world.ask(licence_query(), |_| {});
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
    // Once more by the verifier, which looks for itself.
    assert_eq!(world.asked(), 2);
}

// shows: HAIP 21
#[test]
fn a_withdrawn_card_is_to_the_verifier_a_card_that_is_absent() {
    let world = World::new();
    let licence = world.licence();
    let absent = {
        let other = World::new();
        let link = other.ask(licence_query(), |_| {});
        let proposal = propose(&other.wallet, &link.uri);
        assert!(matches!(proposal, Proposal::Unavailable(_)));
        block_on(other.wallet.refuse(proposal)).unwrap();
        other.result(&link).error
    };
    for status in [Status::Revoked, Status::Suspended] {
        world.withdraw(status);
        world.refresh();
        assert!(world.status(&licence).is_withdrawn());
        let link = world.ask(licence_query(), |_| {});
        let proposal = propose(&world.wallet, &link.uri);
        assert!(matches!(proposal, Proposal::Unavailable(_)), "{status:?}");
        block_on(world.wallet.refuse(proposal)).unwrap();
        assert_eq!(world.result(&link).error, absent);
    }
    // Taken back.
    world.withdraw(Status::Valid);
    world.refresh();
    let link = world.ask(licence_query(), |_| {});
    assert_eq!(
        world.show(&world.wallet, &link).unwrap().outcome,
        Outcome::Accepted
    );
}

#[test]
fn a_withdrawal_the_holder_did_not_hear_of_is_seen_by_the_verifier() {
    let world = World::new();
    world.licence();
    world.refresh();
    world.withdraw(Status::Revoked);
    let link = world.ask(licence_query(), |_| {});
    assert_eq!(
        world.show(&world.wallet, &link).unwrap().outcome,
        Outcome::Refused
    );
    assert!(!world.result(&link).accepted);
}

#[test]
fn an_app_may_offer_withdrawn_cards_and_the_holder_is_told() {
    let world = World::with(|phone| phone.policy.offer_withdrawn = true);
    world.licence();
    world.withdraw(Status::Suspended);
    world.refresh();
    let link = world.ask(licence_query(), |_| {});
    let plan = plan(&world.wallet, &link.uri);
    assert_eq!(plan.showings()[0].status, CardStatus::Suspended);
    let presented = block_on(world.wallet.present(approve(&world.wallet, plan))).unwrap();
    assert_eq!(presented.outcome, Outcome::Refused);
}

#[test]
fn a_plan_approved_before_the_wallet_learned_of_the_withdrawal_is_not_sent() {
    for (status, code) in [
        (Status::Revoked, ErrorCode::CredentialRevoked),
        (Status::Suspended, ErrorCode::CredentialSuspended),
    ] {
        let world = World::new();
        world.licence();
        let link = world.ask(licence_query(), |_| {});
        let approved = approve(&world.wallet, plan(&world.wallet, &link.uri));
        world.withdraw(status);
        world.refresh();
        assert_eq!(refused(block_on(world.wallet.present(approved))), code);
        assert_eq!(world.result(&link).answers, 0);
    }
}

// shows: SDJWT 28, HAIP 23, HOSTILE 20
#[test]
fn a_list_that_breaks_a_rule_is_not_believed_and_what_was_known_stands() {
    let world = World::new();
    let licence = world.licence();
    world.refresh();
    let entry = |fault: StatusFault| -> (ErrorCode, Option<&'static str>) {
        match fault {
            StatusFault::Unreachable => (ErrorCode::HttpStatus, None),
            StatusFault::Expired => (ErrorCode::StatusListInvalid, Some("exp")),
            StatusFault::Older => (ErrorCode::StatusListInvalid, Some("older")),
            StatusFault::Future => (ErrorCode::StatusListInvalid, Some("iat")),
            StatusFault::Bomb => (ErrorCode::StatusListInvalid, Some("bomb")),
            StatusFault::TrailingData => (ErrorCode::StatusListInvalid, Some("trailing_data")),
            StatusFault::BadSignature => (ErrorCode::SignatureInvalid, None),
            StatusFault::UntrustedSigner => (ErrorCode::UntrustedIssuer, None),
            StatusFault::WrongSubject => (ErrorCode::StatusListInvalid, Some("sub")),
            StatusFault::WrongTyp => (ErrorCode::StatusListInvalid, Some("typ")),
            StatusFault::WrongContentType => (ErrorCode::ContentTypeNotAllowed, None),
            StatusFault::Redirect => (ErrorCode::RedirectRefused, None),
            other => panic!("{other:?}"),
        }
    };
    for fault in [
        StatusFault::Unreachable,
        StatusFault::Expired,
        StatusFault::Older,
        StatusFault::Future,
        StatusFault::Bomb,
        StatusFault::TrailingData,
        StatusFault::BadSignature,
        StatusFault::UntrustedSigner,
        StatusFault::WrongSubject,
        StatusFault::WrongTyp,
        StatusFault::WrongContentType,
        StatusFault::Redirect,
    ] {
        world.parties.issuer.break_status_list(Some(fault));
        let lists = world.refresh();
        let error = lists[0].outcome.clone().unwrap_err();
        let (code, subject) = entry(fault);
        assert_eq!(error.code(), code, "{fault:?}");
        assert_eq!(error.category(), Category::Issuer, "{fault:?}");
        assert!(subject.is_none() || error.subject() == subject, "{fault:?}");
        assert_eq!(world.status(&licence), CardStatus::Valid, "{fault:?}");
    }
    world.parties.issuer.break_status_list(None);
    assert!(world.refresh()[0].outcome.is_ok());
}

// shows: SDJWT 29
#[test]
fn a_list_that_was_never_believed_says_nothing() {
    let world = World::new();
    let licence = world.licence();
    for fault in [
        StatusFault::BadSignature,
        StatusFault::Unreachable,
        StatusFault::Expired,
        StatusFault::Bomb,
    ] {
        world.parties.issuer.break_status_list(Some(fault));
        world.refresh();
        assert_eq!(
            world.status(&licence),
            CardStatus::Unknown(UnknownStatus::NotBelieved),
            "{fault:?}"
        );
        assert!(world.status(&licence).is_stale());
    }
    // Too short for any entry but the first four.
    world
        .parties
        .issuer
        .break_status_list(Some(StatusFault::TooShort));
    world.refresh();
    assert_eq!(
        world.status(&licence),
        CardStatus::Unknown(UnknownStatus::NotListed)
    );
}

// shows: SDJWT 29
#[test]
fn a_status_grows_stale_and_a_withdrawal_stands_meanwhile() {
    let world = World::new();
    let licence = world.licence();
    world.withdraw(Status::Revoked);
    let until = world.refresh()[0].outcome.clone().unwrap();
    let now = world.phone.clock_now().as_secs();
    let kept = until.as_secs() - now;
    // The list asks to be kept for twelve hours; a tenth more or less.
    assert!(
        (43_200 * 9 / 10..=43_200 * 11 / 10).contains(&kept),
        "{kept}"
    );
    let later = |seconds| {
        world.phone.clock.turn(seconds);
        let unlock = world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE));
        block_on(unlock).unwrap();
    };
    later(kept - 2);
    assert_eq!(world.status(&licence), CardStatus::Revoked);
    later(2);
    let CardStatus::Stale { last, .. } = world.status(&licence) else {
        panic!("{:?}", world.status(&licence));
    };
    assert_eq!(last, StatusValue::Revoked);
    assert!(world.status(&licence).is_withdrawn() && world.status(&licence).is_stale());
}

// shows: SDJWT 29
#[test]
fn no_list_is_gone_by_after_it_expired_however_long_it_asks_to_be_kept() {
    let world = World::new();
    let licence = world.licence();
    world
        .parties
        .issuer
        .break_status_list(Some(StatusFault::ShortLived));
    let until = world.refresh()[0].outcome.clone().unwrap();
    let kept = until.as_secs() - world.phone.clock_now().as_secs();
    assert!((7100..=7200).contains(&kept), "{kept}");
    assert_eq!(world.status(&licence), CardStatus::Valid);
    world.phone.clock.turn(kept);
    let unlock = world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE));
    block_on(unlock).unwrap();
    assert!(matches!(world.status(&licence), CardStatus::Stale { .. }));
}

#[test]
fn one_withdrawn_copy_makes_the_card_suspect_and_only_the_others_are_shown() {
    let world = World::new();
    let licence = world.receive_licence(2, ReusePolicy::Rotating);
    world
        .parties
        .issuer
        .set_status_of_copy(LICENCE, 0, Status::Revoked);
    world.refresh();
    assert_eq!(world.status(&licence), CardStatus::Revoked);
    for _ in 0..3 {
        let link = world.ask(licence_query(), |_| {});
        assert_eq!(
            world.show(&world.wallet, &link).unwrap().outcome,
            Outcome::Accepted
        );
    }
}

#[test]
fn a_refresh_of_one_card_asks_its_list_alone() {
    let world = World::new();
    let (resident, licence) = (world.receive(1, ReusePolicy::Rotating), world.licence());
    assert!(
        block_on(world.wallet.refresh_status(&[resident]))
            .unwrap()
            .lists
            .is_empty()
    );
    assert_eq!(world.asked(), 0);
    assert_eq!(
        block_on(world.wallet.refresh_status(&[licence]))
            .unwrap()
            .lists
            .len(),
        1
    );
    let unknown = RecordName::parse("00112233445566778899aabbccddeeff").unwrap();
    let error = refused(block_on(world.wallet.refresh_status(&[unknown])));
    assert_eq!(error, ErrorCode::NotFound);
    world.wallet.lock();
    assert_eq!(
        refused(block_on(world.wallet.refresh_status(&[]))),
        ErrorCode::Locked
    );
}

#[test]
fn nothing_is_kept_of_the_status_of_a_deleted_card() {
    let world = World::new();
    let (first, second) = (world.licence(), world.licence());
    world.refresh();
    block_on(world.wallet.delete(&first)).unwrap();
    assert_eq!(world.status(&second), CardStatus::Valid);
    assert_eq!(world.phone.census()["status"], 1);
    block_on(world.wallet.delete(&second)).unwrap();
    assert!(!world.phone.census().contains_key("status"));
    assert!(world.wallet.damaged().unwrap().is_empty());
    assert!(world.refresh().is_empty());
    assert_eq!(world.asked(), 1);
}
