//! Issuance over real HTTP on loopback, against the issuer of `wallet-parties`: the wallet's code checked by other code.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "support/http.rs"]
mod http;

use http::Receiver;
use pollster::block_on;
use wallet_core::issuance::{
    IssuanceError, NotificationEvent, Notified, ReceivedCredentials, TypeMetadataUse, lookup,
};
use wallet_core::{Category, ErrorCode, WalletError};
use wallet_parties::issuer::{Fault, OfferBy, OfferOptions};
use wallet_parties::sd_jwt::{IssuerTrust, PresentationCheck, verify};
use wallet_parties::{Parties, unix_now};

fn start() -> (Parties, Receiver) {
    let parties = Parties::start().unwrap();
    let receiver = Receiver::trusting(&parties.anchors.issuer_pem);
    (parties, receiver)
}

/// Three copies of the resident card from an issuer with this fault.
fn receive(
    parties: &Parties,
    receiver: &Receiver,
    fault: Option<Fault>,
) -> Result<ReceivedCredentials, IssuanceError> {
    let options = OfferOptions {
        fault,
        ..OfferOptions::default()
    };
    let link = parties.issuer.offer(&options).unwrap();
    let authorized = receiver.accept(&link.uri, None)?;
    receiver.order(&authorized, 3)
}

fn refused(fault: Fault) -> WalletError {
    let (parties, receiver) = start();
    match receive(&parties, &receiver, Some(fault)) {
        Ok(_) => panic!("{fault:?} was accepted"),
        Err(error) => error.into(),
    }
}

/// Refused after issuance: the issuer must have been told `credential_failure`.
fn refused_and_told(fault: Fault) -> WalletError {
    let (parties, receiver) = start();
    let error = match receive(&parties, &receiver, Some(fault)) {
        Ok(_) => panic!("{fault:?} was accepted"),
        Err(error) => WalletError::from(error),
    };
    let told = parties.issuer.notifications();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].event, "credential_failure");
    assert_eq!(error.category(), Category::Issuer);
    error
}

#[test]
fn every_card_is_received_by_value_and_by_reference_with_and_without_code() {
    let (parties, receiver) = start();
    let mut configurations = parties.issuer.configurations();
    configurations.retain(|id| parties.issuer.vct(id).is_some());
    for configuration in configurations {
        for by in [OfferBy::Value, OfferBy::Reference] {
            for tx_code in [false, true] {
                let options = OfferOptions {
                    configurations: vec![configuration.to_owned()],
                    by,
                    tx_code,
                    ..OfferOptions::default()
                };
                let link = parties.issuer.offer(&options).unwrap();
                let authorized = receiver.accept(&link.uri, link.tx_code.as_deref()).unwrap();
                let received = receiver.order(&authorized, 2).unwrap();
                assert_eq!(received.copies.len(), 2);
                let vct = parties.issuer.vct(configuration).unwrap();
                assert_eq!(received.copies[0].credential.credential_type(), vct);
            }
        }
    }
}

#[test]
fn received_credentials_verify_in_other_code_and_say_what_was_meant() {
    let (parties, receiver) = start();
    let received = receive(&parties, &receiver, None).unwrap();
    let anchors = [parties.issuer_authority.der().to_vec()];
    for copy in &received.copies {
        let check = PresentationCheck {
            trust: IssuerTrust::Anchors(&anchors),
            key_binding: None,
            at: unix_now(),
        };
        let theirs = verify(copy.credential.text(), &check).unwrap();
        let meant = parties
            .issuer
            .claims("resident_card")
            .unwrap()
            .as_object()
            .unwrap();
        for (name, value) in meant {
            assert_eq!(&theirs.claims[name], value, "{name}");
            assert_eq!(&copy.credential.claims()[name], value, "{name}");
        }
    }
    let mut keys: Vec<_> = received
        .copies
        .iter()
        .map(|copy| copy.key.clone().unwrap())
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3, "one key for each copy");
}

#[test]
fn the_issuer_hears_of_success_only_when_told_to_say_so() {
    let (parties, receiver) = start();
    let received = receive(&parties, &receiver, None).unwrap();
    assert!(parties.issuer.notifications().is_empty());
    let told = block_on(
        received
            .notification
            .unwrap()
            .send(&receiver.ports(), NotificationEvent::Accepted),
    );
    assert_eq!(told, Notified::Sent);
    let events: Vec<_> = parties
        .issuer
        .notifications()
        .into_iter()
        .map(|n| n.event)
        .collect();
    assert_eq!(events, ["credential_accepted"]);
}

// shows: VCI 27
#[test]
fn credential_identifiers_are_used_where_given() {
    let (parties, receiver) = start();
    let options = OfferOptions {
        credential_identifiers: true,
        ..OfferOptions::default()
    };
    let link = parties.issuer.offer(&options).unwrap();
    let authorized = receiver.accept(&link.uri, None).unwrap();
    assert!(authorized.orders()[0].credential_identifier().is_some());
    assert!(receiver.order(&authorized, 1).is_ok());
}

#[test]
fn a_wrong_transaction_code_is_refused_and_the_right_one_then_works() {
    let (parties, receiver) = start();
    let options = OfferOptions {
        tx_code: true,
        ..OfferOptions::default()
    };
    let link = parties.issuer.offer(&options).unwrap();
    let right = link.tx_code.unwrap();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let offered = receiver.open(&link.uri).unwrap();
    let Err(error) = block_on(offered.accept(&receiver.ports(), Some(wrong))) else {
        panic!("accepted")
    };
    assert_eq!(WalletError::from(error).code(), ErrorCode::GrantRefused);
    assert!(block_on(offered.accept(&receiver.ports(), Some(&right))).is_ok());
}

// shows: VCI 45
#[test]
fn an_offer_works_once() {
    let (parties, receiver) = start();
    let link = parties.issuer.offer(&OfferOptions::default()).unwrap();
    receiver.accept(&link.uri, None).unwrap();
    let Err(error) = receiver.accept(&link.uri, None) else {
        panic!("accepted twice")
    };
    assert_eq!(WalletError::from(error).code(), ErrorCode::GrantRefused);
}

#[test]
fn a_stale_nonce_is_replaced_once() {
    let (parties, receiver) = start();
    assert!(receive(&parties, &receiver, Some(Fault::StaleNonce)).is_ok());
    assert_eq!(
        refused(Fault::AlwaysStaleNonce).code(),
        ErrorCode::NonceRefused
    );
}

#[test]
fn a_missing_copy_leaves_an_unused_key() {
    let (parties, receiver) = start();
    let received = receive(&parties, &receiver, Some(Fault::OneCopyMissing)).unwrap();
    assert_eq!((received.copies.len(), received.unused_keys.len()), (2, 1));
}

// shows: VCI 42, SDJWT 13
#[test]
fn faults_of_the_credentials_are_refused_and_told() {
    for (fault, code) in [
        (Fault::BadSignature, ErrorCode::SignatureInvalid),
        (Fault::OneBadCopy, ErrorCode::SignatureInvalid),
        (Fault::WrongKey, ErrorCode::HolderKeyMismatch),
        (Fault::WrongType, ErrorCode::WrongCredentialType),
        (Fault::Expired, ErrorCode::CredentialExpired),
        (Fault::NotYetValid, ErrorCode::CredentialNotYetValid),
        (Fault::UntrustedSigner, ErrorCode::UntrustedIssuer),
        (Fault::RepeatedDigest, ErrorCode::DisclosureInvalid),
    ] {
        assert_eq!(refused_and_told(fault).code(), code, "{fault:?}");
    }
}

#[test]
fn a_server_error_is_an_error_status() {
    assert_eq!(refused(Fault::ServerError).code(), ErrorCode::HttpStatus);
}

#[test]
fn without_the_setting_loopback_is_not_called() {
    let (parties, mut receiver) = start();
    receiver.settings.fetch.allow_loopback_http = false;
    let link = parties.issuer.offer(&OfferOptions::default()).unwrap();
    let Err(error) = receiver.open(&link.uri) else {
        panic!("accepted")
    };
    assert_eq!(WalletError::from(error).code(), ErrorCode::OfferInvalid);
    assert!(receiver.http.urls().is_empty());
}

#[test]
fn the_display_snapshot_has_names_and_picture() {
    let (parties, receiver) = start();
    let received = receive(&parties, &receiver, None).unwrap();
    let snapshot = block_on(received.fetch_display(&receiver.ports()));
    let issuer = lookup(&snapshot.issuer, &["ko-KR"]).unwrap();
    assert_eq!(issuer.name.as_deref(), Some("가상 민원청"));
    let card = lookup(&snapshot.credential, &["en-GB"]).unwrap();
    let logo = card.logo.as_ref().unwrap();
    let picture = snapshot
        .pictures
        .iter()
        .find(|picture| Some(&picture.sha256) == logo.sha256.as_ref());
    assert_eq!(picture.unwrap().media_type, "image/png");
    assert!(!snapshot.claims.is_empty());
}

#[test]
fn type_metadata_takes_part_with_what_it_extends() {
    let (parties, receiver) = start();
    let received = receive(&parties, &receiver, None).unwrap();
    let snapshot = block_on(received.fetch_display(&receiver.ports()));
    assert_eq!(snapshot.type_metadata, TypeMetadataUse::Used);
    let extended = format!("{}/types/card", parties.issuer.base_url());
    assert!(receiver.http.urls().contains(&extended));
}

#[test]
fn type_metadata_with_the_wrong_hash_is_not_used_and_said_to_be() {
    let (parties, receiver) = start();
    let received = receive(&parties, &receiver, Some(Fault::WrongTypeIntegrity)).unwrap();
    let snapshot = block_on(received.fetch_display(&receiver.ports()));
    assert_eq!(snapshot.type_metadata, TypeMetadataUse::IntegrityMismatch);
    assert!(!snapshot.credential.is_empty());
}
