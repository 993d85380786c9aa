//! Each fault of the issuer, one test: the right code, nothing stored, what was there kept.

use crate::world::World;
use pollster::block_on;
use wallet_core::wallet::{ReceiveOptions, ReusePolicy};
use wallet_core::{Category, ErrorCode};
use wallet_parties::issuer::Fault;

/// The order of a faulty batch of three, beside a card that was there before.
struct Case {
    world: World,
    told: Vec<String>,
}

fn refused(fault: Fault, code: ErrorCode) -> Case {
    let world = World::new();
    world.receive(2, ReusePolicy::OnceOnly);
    let before = world.phone.contents();
    let link = world.offer(|offer| offer.fault = Some(fault));
    let options = ReceiveOptions {
        copies: 3,
        ..ReceiveOptions::default()
    };
    let error = block_on(world.wallet.receive(&link.uri, &options)).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(world.phone.contents(), before, "the store changed");
    world.show_age(&world.wallet);
    let told = world.parties.issuer.notifications();
    // The first is of the card that was there before.
    let told = told.into_iter().skip(1).map(|told| told.event).collect();
    Case { world, told }
}

fn refused_and_told(fault: Fault, code: ErrorCode) {
    let case = refused(fault, code);
    assert_eq!(case.told, ["credential_failure"]);
}

#[test]
fn a_broken_signature_is_refused() {
    refused_and_told(Fault::BadSignature, ErrorCode::SignatureInvalid);
}

// shows: VCI 41
#[test]
fn one_bad_copy_spoils_the_batch() {
    refused_and_told(Fault::OneBadCopy, ErrorCode::SignatureInvalid);
}

#[test]
fn a_copy_for_another_key_is_refused() {
    refused_and_told(Fault::WrongKey, ErrorCode::HolderKeyMismatch);
}

// shows: SDJWT 18
#[test]
fn another_type_than_ordered_is_refused() {
    refused_and_told(Fault::WrongType, ErrorCode::WrongCredentialType);
}

#[test]
fn an_expired_card_is_refused() {
    refused_and_told(Fault::Expired, ErrorCode::CredentialExpired);
}

#[test]
fn a_card_of_tomorrow_is_refused() {
    refused_and_told(Fault::NotYetValid, ErrorCode::CredentialNotYetValid);
}

#[test]
fn a_signer_no_anchor_knows_is_refused() {
    refused_and_told(Fault::UntrustedSigner, ErrorCode::UntrustedIssuer);
}

// shows: SDJWT 8
#[test]
fn a_repeated_digest_is_refused() {
    refused_and_told(Fault::RepeatedDigest, ErrorCode::DisclosureInvalid);
}

#[test]
fn a_nonce_that_is_always_stale_is_given_up() {
    let case = refused(Fault::AlwaysStaleNonce, ErrorCode::NonceRefused);
    assert!(case.told.is_empty());
    let lines = case.world.phone.network.lines();
    let orders = lines.iter().filter(|line| line.ends_with("/credential"));
    assert_eq!(
        orders.count(),
        1 + 2,
        "once for the card before, twice for this one"
    );
}

#[test]
fn a_server_error_is_a_status_and_may_be_tried_again() {
    let case = refused(Fault::ServerError, ErrorCode::HttpStatus);
    assert!(case.told.is_empty());
    assert!(ErrorCode::HttpStatus.is_retryable());
}

#[test]
fn a_nonce_that_was_stale_once_is_fetched_again() {
    let world = World::new();
    let link = world.offer(|offer| offer.fault = Some(Fault::StaleNonce));
    let kept = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default())).unwrap();
    assert_eq!(kept.len(), 1);
    world.show_age(&world.wallet);
}

#[test]
fn fewer_copies_than_ordered_are_kept_as_they_are() {
    let world = World::new();
    let link = world.offer(|offer| offer.fault = Some(Fault::OneCopyMissing));
    let options = ReceiveOptions {
        copies: 3,
        ..ReceiveOptions::default()
    };
    let kept = block_on(world.wallet.receive(&link.uri, &options)).unwrap();
    assert_eq!(kept[0].copies, 2);
    assert_eq!(world.phone.census()["key"], 2, "the third key is gone");
    world.show_age(&world.wallet);
}

#[test]
fn type_metadata_with_another_hash_is_not_used_and_the_card_is_kept() {
    let world = World::new();
    let link = world.offer(|offer| offer.fault = Some(Fault::WrongTypeIntegrity));
    let kept = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default())).unwrap();
    let detail = world.wallet.detail(&kept[0].id, &["en"]).unwrap();
    let integrity = wallet_core::issuance::TypeMetadataUse::IntegrityMismatch;
    assert_eq!(detail.display.type_metadata, integrity);
    assert!(detail.display.extended_types.is_empty());
    world.show_age(&world.wallet);
}

#[test]
fn the_faults_of_the_credentials_are_the_issuers() {
    let world = World::new();
    let link = world.offer(|offer| offer.fault = Some(Fault::WrongKey));
    let refused = block_on(world.wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert_eq!(refused.unwrap_err().category(), Category::Issuer);
}
