//! Each fault of a verifier, one test: the right code, nothing about the holder leaves, the store unchanged.

use crate::world::{World, age};
use pollster::block_on;
use wallet_core::http::Purpose;
use wallet_core::wallet::{Outcome, ReusePolicy};
use wallet_core::{Category, ErrorCode, WalletError};
use wallet_parties::verifier::{RequestFault, RequestOptions};

fn refused(fault: RequestFault, code: ErrorCode) {
    refused_when(|request| request.fault = Some(fault), code);
}

fn refused_when(change: impl FnOnce(&mut RequestOptions), code: ErrorCode) {
    let world = World::new();
    world.receive(2, ReusePolicy::OnceOnly);
    let before = world.phone.contents();
    let link = world.ask(age(), change);
    let error: WalletError = match block_on(world.wallet.request(&link.uri)) {
        Ok(_) => panic!("accepted"),
        Err(error) => error,
    };
    assert_eq!((error.code(), error.category()), (code, Category::Verifier));
    let result = world.result(&link);
    assert!(result.learned.is_empty() && !result.accepted);
    for request in world.phone.network.requests() {
        if request.purpose == Purpose::Response {
            let body = String::from_utf8(request.body).unwrap();
            assert!(body.starts_with("error="), "more than an error was sent");
        }
    }
    assert_eq!(world.phone.contents(), before, "the store changed");
    world.show_age(&world.wallet);
}

#[test]
fn a_broken_signature_is_refused() {
    refused(RequestFault::BadSignature, ErrorCode::SignatureInvalid);
}

#[test]
fn another_client_outside_than_inside_is_refused() {
    refused(RequestFault::WrongClientId, ErrorCode::ClientIdMismatch);
}

#[test]
fn a_name_the_certificate_does_not_cover_is_refused() {
    refused(
        RequestFault::CertificateMismatch,
        ErrorCode::UntrustedVerifier,
    );
}

#[test]
fn a_prefix_nobody_knows_is_refused() {
    refused(
        RequestFault::UnknownPrefix,
        ErrorCode::UnknownClientIdPrefix,
    );
}

#[test]
fn an_expired_request_is_refused() {
    refused(RequestFault::Expired, ErrorCode::RequestExpired);
}

#[test]
fn a_request_without_nonce_is_refused() {
    refused(RequestFault::NoNonce, ErrorCode::NonceMissingOrReused);
}

#[test]
fn another_kind_of_token_is_refused() {
    refused(RequestFault::WrongTyp, ErrorCode::RequestInvalid);
}

// shows: VP 6
#[test]
fn a_request_for_another_wallet_is_refused() {
    refused(RequestFault::WrongAudience, ErrorCode::RequestInvalid);
}

#[test]
fn an_answer_to_a_foreign_host_is_refused() {
    refused(
        RequestFault::ForeignResponseUri,
        ErrorCode::ResponseUriNotAllowed,
    );
}

#[test]
fn a_redirect_uri_beside_the_response_uri_is_refused() {
    refused(RequestFault::RedirectUriToo, ErrorCode::RequestInvalid);
}

#[test]
fn a_signer_no_anchor_knows_is_refused() {
    refused(
        RequestFault::UntrustedSigner,
        ErrorCode::CertificateRejected,
    );
}

// shows: VP 36
#[test]
fn an_encrypted_answer_without_a_key_is_refused() {
    refused(RequestFault::NoEncryptionKey, ErrorCode::NoEncryptionKey);
}

// shows: VP 5
#[test]
fn transaction_data_nobody_knows_is_refused() {
    refused(
        RequestFault::UnknownTransactionData,
        ErrorCode::TransactionDataNotSupported,
    );
}

#[test]
fn a_request_that_asks_for_nothing_is_refused() {
    refused(RequestFault::NoQuery, ErrorCode::RequestInvalid);
}

// shows: VP 16
#[test]
fn a_redirected_request_uri_is_refused() {
    refused(
        RequestFault::RedirectedRequestUri,
        ErrorCode::RedirectRefused,
    );
}

#[test]
fn a_server_error_after_the_answer_leaves_the_outcome_unknown() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let link = world.ask(age(), |request| {
        request.fault = Some(RequestFault::ResponseServerError);
    });
    let presented = world.show(&world.wallet, &link).unwrap();
    assert_eq!(presented.outcome, Outcome::Unknown);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 0);
}
