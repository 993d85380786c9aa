//! The faults of the peer: each is refused by its name, and the verifier learns nothing.

use crate::world::{Asked, World};
use serde_json::json;
use wallet_core::{Category, ErrorCode, WalletError};

/// The wallet refuses with this code; the verifier has learned nothing and, where it may be told, why.
fn refused(fault: &str, code: ErrorCode, told: Option<&str>) {
    let world = World::start();
    let asked = world.ask(&format!("query=pid&fault={fault}"));
    refused_request(&world, &asked, fault, code, told);
}

fn refused_request(world: &World, asked: &Asked, name: &str, code: ErrorCode, told: Option<&str>) {
    let mut holder = world.holder();
    let refused = match holder.open(&asked.link) {
        Ok(_) => panic!("{name} was accepted"),
        Err(refused) => refused,
    };
    if let Some(told) = told {
        holder.send(refused.answer.as_ref().unwrap());
        assert_eq!(world.result(asked)["error"], told, "{name}");
    } else {
        assert!(refused.answer.is_none(), "{name}");
    }
    assert_eq!(world.result(asked)["claims"], json!({}));
    let error = WalletError::from(refused);
    assert_eq!(
        (error.code(), error.category()),
        (code, Category::Verifier),
        "{name}"
    );
    assert!(error.failed_rule().is_some(), "{name}");
}

// shows: VP 7, HOSTILE 1, OIDF oid4vp-1final-wallet-negative-test-invalid-request-object-signature
#[test]
fn fault_bad_signature() {
    refused("bad_signature", ErrorCode::SignatureInvalid, None);
}

// shows: VP 2, HOSTILE 1, OIDF oid4vp-1final-wallet-negative-test-mismatched-client-id
#[test]
fn fault_wrong_client_id() {
    refused("wrong_client_id", ErrorCode::ClientIdMismatch, None);
}

// shows: VP 9
#[test]
fn fault_san_mismatch() {
    refused("san_mismatch", ErrorCode::UntrustedVerifier, None);
}

// shows: VP 9, HOSTILE 8
#[test]
fn fault_response_uri_mismatch() {
    refused(
        "response_uri_mismatch",
        ErrorCode::ResponseUriNotAllowed,
        None,
    );
}

// shows: VP 17, VP 46, HOSTILE 6, OIDF oid4vp-1final-wallet-negative-test-missing-nonce
#[test]
fn fault_no_nonce() {
    refused(
        "no_nonce",
        ErrorCode::NonceMissingOrReused,
        Some("invalid_request"),
    );
}

// shows: VP 8, HOSTILE 2, OIDF oid4vp-1final-wallet-negative-test-invalid-client-id-prefix
#[test]
fn fault_unknown_prefix() {
    refused("unknown_prefix", ErrorCode::UnknownClientIdPrefix, None);
}

// shows: VP 5, VP 46, OIDF oid4vp-1final-wallet-negative-test-unknown-transaction-data-type
#[test]
fn fault_unknown_td_type() {
    refused(
        "unknown_td_type",
        ErrorCode::TransactionDataNotSupported,
        Some("invalid_transaction_data"),
    );
}

// shows: VP 3, HOSTILE 1
#[test]
fn fault_wrong_typ() {
    refused("wrong_typ", ErrorCode::RequestInvalid, None);
}

// shows: VP 48
#[test]
fn fault_expired() {
    refused("expired", ErrorCode::RequestExpired, None);
}

// shows: VP 18, VP 46, HOSTILE 8, OIDF oid4vp-1final-wallet-negative-test-redirect-uri-with-direct-post
#[test]
fn fault_redirect_and_response_uri() {
    refused(
        "redirect_and_response_uri",
        ErrorCode::RequestInvalid,
        Some("invalid_request"),
    );
}

// shows: VP 36, HAIP 14, HOSTILE 8
#[test]
fn fault_only_unusable_key() {
    refused(
        "only_unusable_key",
        ErrorCode::NoEncryptionKey,
        Some("invalid_request"),
    );
}

// shows: VP 35, OIDF oid4vp-1final-wallet-ignores-unusable-encryption-key
#[test]
fn fault_unusable_key_first() {
    let world = World::start();
    world.shown(&world.ask("query=pid&fault=unusable_key_first"), &[]);
}

/// Under `redirect_uri` the peer signs the broken requests, which alone refuses them.
// shows: VP 11, HOSTILE 2
#[test]
fn faults_of_a_signed_redirect_uri_request() {
    let world = World::start();
    for fault in [
        "response_uri_mismatch",
        "no_nonce",
        "redirect_and_response_uri",
    ] {
        let asked = world.ask(&format!("query=pid&prefix=redirect_uri&fault={fault}"));
        refused_request(&world, &asked, fault, ErrorCode::RequestInvalid, None);
    }
}

#[test]
fn what_this_wallet_does_not_do_is_refused_by_name() {
    let world = World::start();
    let told = Some("vp_formats_not_supported");
    let asked = world.ask("query=mdl");
    refused_request(&world, &asked, "mdl", ErrorCode::RequestNotSupported, told);
}

#[test]
fn queries_for_w3c_credentials_are_understood() {
    let world = World::start();
    for query in ["bbs", "bbs_vp", "ecdsa_sd", "ecdsa_sd_vp"] {
        let asked = world.ask(&format!("query={query}"));
        assert!(world.holder().open(&asked.link).is_ok(), "{query}");
    }
}

/// The peer answers a POST with a request object that has another nonce than the wallet's.
// shows: VP 15
#[test]
fn fault_wrong_wallet_nonce() {
    let world = World::start();
    for prefix in ["x509_san_dns", "x509_hash", "decentralized_identifier"] {
        let query =
            format!("query=pid&prefix={prefix}&request_uri_method=post&fault=wrong_wallet_nonce");
        let asked = world.ask(&query);
        refused_request(
            &world,
            &asked,
            &query,
            ErrorCode::NonceMissingOrReused,
            None,
        );
    }
}

// shows: VP 12
#[test]
fn faults_of_a_request_signed_by_a_did() {
    let world = World::start();
    for (fault, code) in [
        ("bad_signature", ErrorCode::SignatureInvalid),
        ("wrong_client_id", ErrorCode::ClientIdMismatch),
        ("wrong_typ", ErrorCode::RequestInvalid),
        ("expired", ErrorCode::RequestExpired),
        ("no_nonce", ErrorCode::NonceMissingOrReused),
        ("unknown_td_type", ErrorCode::TransactionDataNotSupported),
        ("only_unusable_key", ErrorCode::NoEncryptionKey),
    ] {
        let query = format!("query=pid&prefix=decentralized_identifier&fault={fault}");
        let asked = world.ask(&query);
        // Nobody vouches for the DID: it is not told why.
        refused_request(&world, &asked, &query, code, None);
    }
}
