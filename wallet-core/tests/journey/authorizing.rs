//! Receiving by way of the browser: the wallet may be ended in between, and every answer is taken once.

use crate::http::consent;
use crate::network::Fate;
use crate::world::World;
use pollster::block_on;
use std::sync::Arc;
use wallet_core::http::{HttpRequest, Purpose};
use wallet_core::issuance::{AuthorizedIssuance, Notified};
use wallet_core::profile::Profile;
use wallet_core::wallet::{KeepPolicy, KeptCard, Ordered, Wallet};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::issuer::{Fault, IssuerOptions, OfferGrant, OfferOptions, Support};

const REDIRECT: &str = "org.example.wallet:/issued";

pub fn world() -> World {
    World::with(|phone| {
        phone.policy.client_id = Some("wallet".to_owned());
        phone.policy.redirect_uri = Some(REDIRECT.to_owned());
    })
}

pub fn by_code(world: &World, change: impl FnOnce(&mut OfferOptions)) -> String {
    let offer = world.offer(|offer| {
        offer.grant = OfferGrant::AuthorizationCode;
        change(offer);
    });
    offer.uri
}

/// The holder agrees, in the wallet and in the browser; where the browser leads back to.
pub fn consented(world: &World, link: &str) -> String {
    let offered = block_on(world.wallet.offer(link)).unwrap();
    let asked = block_on(world.wallet.authorize(&offered, &[])).unwrap();
    assert!(asked.expires_at > world.phone.clock_now());
    consent(&asked.url)
}

fn order_and_keep(wallet: &Wallet, authorized: &AuthorizedIssuance) -> KeptCard {
    let order = &authorized.orders()[0];
    let Ordered::Received(card) = block_on(wallet.order(authorized, order, 2)).unwrap() else {
        panic!("deferred")
    };
    let kept = block_on(wallet.keep(*card, KeepPolicy::default()));
    kept.unwrap_or_else(|error| panic!("{}", error.error))
}

pub fn token_requests(world: &World) -> usize {
    let requests = world.phone.network.requests();
    let to_token = |one: &&HttpRequest| one.url.ends_with("/token");
    requests.iter().filter(to_token).count()
}

fn error_of<T>(result: Result<T, WalletError>) -> WalletError {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => error,
    }
}

fn pending(world: &World) -> usize {
    world.phone.census().get("pending").copied().unwrap_or(0)
}

// shows: VCI 13, VCI 16, VCI 47
#[test]
fn the_app_may_end_while_the_holder_is_in_the_browser() {
    let world = world();
    let back = consented(&world, &by_code(&world, |_| {}));
    assert_eq!(pending(&world), 1);
    world.wallet.lock();
    let again = world.phone.reopen();
    let authorized = block_on(again.resume(&back)).unwrap();
    assert_eq!(pending(&world), 0);
    let kept = order_and_keep(&again, &authorized);
    assert_eq!((kept.copies, kept.notified), (2, Some(Notified::Sent)));
    assert_eq!(again.list::<&str>(&[]).unwrap().len(), 1);
}

// shows: VCI 45
#[test]
fn an_answer_is_taken_once_here_and_in_another_process() {
    let world = world();
    let back = consented(&world, &by_code(&world, |_| {}));
    let other = world.phone.reopen();
    block_on(world.wallet.resume(&back)).unwrap();
    let before = token_requests(&world);
    for wallet in [&world.wallet, &other] {
        let error = error_of(block_on(wallet.resume(&back)));
        assert_eq!(error.code(), ErrorCode::AuthorizationResponseInvalid);
        assert_eq!(error.subject(), Some("state"));
    }
    assert_eq!(token_requests(&world), before);
}

// shows: VCI 45
#[test]
fn an_answer_whose_exchange_was_cut_off_is_used_up_all_the_same() {
    let world = world();
    let back = consented(&world, &by_code(&world, |_| {}));
    world.phone.network.doom(Purpose::Token, Fate::AnswerLost);
    let error = error_of(block_on(world.wallet.resume(&back)));
    assert_eq!(error.code(), ErrorCode::NetworkFailed);
    world.phone.network.calm();
    assert_eq!(pending(&world), 0);
    let error = error_of(block_on(world.wallet.resume(&back)));
    assert_eq!(error.subject(), Some("state"));
}

// shows: VCI 17, HAIP 26
#[test]
fn a_link_that_answers_nothing_of_ours_changes_nothing() {
    let world = world();
    let back = consented(&world, &by_code(&world, |_| {}));
    for link in [
        format!("{REDIRECT}?code=c&state=guessed"),
        format!("{REDIRECT}?code=c"),
        format!("{REDIRECT}?error=access_denied&state=guessed"),
        "nonsense".to_owned(),
    ] {
        let error = error_of(block_on(world.wallet.resume(&link)));
        assert_eq!(error.code(), ErrorCode::AuthorizationResponseInvalid);
    }
    assert_eq!(pending(&world), 1);
    assert!(block_on(world.wallet.resume(&back)).is_ok());
}

// shows: VCI 17, VCI 18
#[test]
fn answers_that_break_a_rule_end_without_a_token_call() {
    for (fault, code, subject) in [
        (
            Fault::NoState,
            ErrorCode::AuthorizationResponseInvalid,
            "state",
        ),
        (
            Fault::WrongState,
            ErrorCode::AuthorizationResponseInvalid,
            "state",
        ),
        (Fault::NoIss, ErrorCode::AuthorizationResponseInvalid, "iss"),
        (
            Fault::WrongIss,
            ErrorCode::AuthorizationResponseInvalid,
            "iss",
        ),
        (
            Fault::AuthorizationDenied,
            ErrorCode::AuthorizationRefused,
            "access_denied",
        ),
    ] {
        let world = world();
        let back = consented(&world, &by_code(&world, |offer| offer.fault = Some(fault)));
        let before = token_requests(&world);
        let error = error_of(block_on(world.wallet.resume(&back)));
        assert_eq!(
            (error.code(), error.subject()),
            (code, Some(subject)),
            "{fault:?}"
        );
        assert_eq!(token_requests(&world), before);
        assert_eq!(world.wallet.list::<&str>(&[]).unwrap().len(), 0);
    }
}

#[test]
fn who_comes_back_too_late_starts_again_and_nothing_is_left_behind() {
    let world = world();
    let back = consented(&world, &by_code(&world, |_| {}));
    consented(&world, &by_code(&world, |_| {}));
    world.phone.clock.turn(31 * 60);
    let wallet = world.phone.reopen();
    let error = error_of(block_on(wallet.resume(&back)));
    assert_eq!(error.code(), ErrorCode::IssuanceExpired);
    block_on(wallet.do_pending()).unwrap();
    assert_eq!(pending(&world), 0);
}

#[test]
fn only_so_many_authorizations_wait_at_once() {
    let world = world();
    let link = by_code(&world, |_| {});
    let offered = block_on(world.wallet.offer(&link)).unwrap();
    for _ in 0..20 {
        block_on(world.wallet.authorize(&offered, &[])).unwrap();
    }
    assert_eq!(pending(&world), 16);
    let back = consented(&world, &link);
    assert!(block_on(world.wallet.resume(&back)).is_ok());
}

// shows: VCI 4, VCI 14, HAIP 3
#[test]
fn a_wallet_may_come_by_itself() {
    let world = world();
    let issuer = world.parties.issuer.identifier().to_owned();
    let ids = ["driving_licence".to_owned()];
    let offered = block_on(world.wallet.discover(&issuer, &ids)).unwrap();
    let asked = block_on(world.wallet.authorize(&offered, &[])).unwrap();
    let back = consent(&asked.url);
    let authorized = block_on(world.wallet.resume(&back)).unwrap();
    let kept = order_and_keep(&world.wallet, &authorized);
    let vct = world.parties.issuer.vct("driving_licence").unwrap();
    assert_eq!(kept.credential_type, vct);
}

// shows: VCI 5
#[test]
fn an_offer_that_leaves_the_grant_open_is_authorized() {
    let world = world();
    let link = by_code(&world, |offer| offer.grant = OfferGrant::Unsaid);
    let back = consented(&world, &link);
    assert!(block_on(world.wallet.resume(&back)).is_ok());
}

// shows: VCI 6, VCI 11
#[test]
fn the_server_the_grant_names_is_asked() {
    let world = world();
    world.parties.issuer.configure(IssuerOptions {
        second_server: true,
        ..IssuerOptions::default()
    });
    let back = consented(&world, &by_code(&world, |offer| offer.names_server = true));
    assert!(block_on(world.wallet.resume(&back)).is_ok());
}

// shows: VCI 23, VCI 24, HAIP 1, HAIP 2, HAIP 7, OIDF oid4vci-1_0-wallet-test-client-attestation-challenge
#[test]
fn an_issuer_that_demands_all_of_haip_is_served() {
    let mut provider = None;
    let world = World::with(|phone| {
        phone.policy.redirect_uri = Some(REDIRECT.to_owned());
        phone.policy.profile = Profile::Haip;
        let made = Arc::new(crate::attestation::Provider::new());
        phone.attestation = Some(made.clone());
        provider = Some(made);
    });
    let provider = provider.unwrap();
    world.parties.issuer.trust_attestations(provider.anchor());
    world.parties.issuer.configure(IssuerOptions {
        dpop: Support::Required,
        dpop_nonce: true,
        require_par: true,
        wallet_attestation: Support::Required,
        attestation_challenge: true,
        ..IssuerOptions::default()
    });
    let back = consented(&world, &by_code(&world, |_| {}));
    let authorized = block_on(world.wallet.resume(&back)).unwrap();
    let kept = order_and_keep(&world.wallet, &authorized);
    assert_eq!(kept.notified, Some(Notified::Sent));
    assert!(
        provider
            .audiences()
            .iter()
            .all(|one| one == world.parties.issuer.identifier())
    );
}

#[test]
fn without_an_address_to_come_back_to_there_is_no_authorization() {
    let world = World::with(|phone| phone.policy.client_id = Some("wallet".to_owned()));
    let offered = block_on(world.wallet.offer(&by_code(&world, |_| {}))).unwrap();
    let error = error_of(block_on(world.wallet.authorize(&offered, &[])));
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::NotSupported, Some("redirect_uri"))
    );
}
