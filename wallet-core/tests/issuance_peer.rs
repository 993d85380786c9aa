//! Issuance against the independent issuer of `test-fixtures/peers/oid4vc-js`: the npm packages @openid4vc/openid4vci,
//! @openid4vc/oauth2 and @sd-jwt/sd-jwt-vc. Every fault switch it has for the pre-authorised flow is one test.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "support/attestation.rs"]
mod attestation;
#[path = "support/http.rs"]
mod http;

use http::Receiver;
use pollster::block_on;
use serde_json::Value;
use std::sync::Arc;
use wallet_core::issuance::{
    AuthorizedIssuance, DeferredAnswer, IssuanceError, NotificationEvent, Notified,
    ProofRequirement, ReceivedCredentials, Requested,
};
use wallet_core::keys::HolderKey;
use wallet_core::{Category, ErrorCode, WalletError};
use wallet_parties::peers::{NodePeer, PeerPki};

struct Peer {
    issuer: NodePeer,
    receiver: Receiver,
    _pki: PeerPki,
}

impl Peer {
    fn start() -> Self {
        let pki = PeerPki::generate().unwrap();
        let anchor = std::fs::read_to_string(pki.dir().join("ca.pem")).unwrap();
        Self {
            issuer: NodePeer::start("issuer.mjs", &pki).unwrap(),
            receiver: Receiver::trusting(&anchor),
            _pki: pki,
        }
    }

    fn offer(&self, query: &str) -> (String, Option<String>) {
        let made = self
            .issuer
            .control(&format!("/control/offer?{query}"))
            .unwrap();
        let text = |name: &str| made[name].as_str().map(str::to_owned);
        (text("offer").unwrap(), text("tx_code"))
    }

    fn authorized(&self, query: &str) -> Result<AuthorizedIssuance, IssuanceError> {
        let (link, tx_code) = self.offer(query);
        self.receiver.accept(&link, tx_code.as_deref())
    }

    fn receive(&self, query: &str, copies: usize) -> Result<ReceivedCredentials, IssuanceError> {
        let authorized = self.authorized(query)?;
        self.receiver.order(&authorized, copies)
    }

    fn refusal(&self, query: &str) -> WalletError {
        match self.receive(query, 2) {
            Ok(_) => panic!("{query} was accepted"),
            Err(error) => error.into(),
        }
    }

    /// The events the issuer was told, over all sessions.
    fn events(&self) -> Vec<Value> {
        let sessions = self.issuer.control("/control/sessions").unwrap();
        let notifications = sessions.as_array().unwrap().iter();
        notifications
            .flat_map(|session| session["notifications"].as_array().unwrap())
            .map(|notification| notification["event"].clone())
            .collect()
    }
}

fn refused_with(fault: &str, code: ErrorCode) {
    let peer = Peer::start();
    let error = peer.refusal(&format!("fault={fault}"));
    assert_eq!(
        (error.code(), error.category()),
        (code, Category::Issuer),
        "{fault}"
    );
    assert_eq!(peer.events(), ["credential_failure"]);
}

// shows: VCI 1, VCI 19, VCI 26, VCI 27, VCI 28, VCI 29, VCI 33, VCI 43, HAIP 9, HAIP 10, SDJWT 2, SDJWT 6, SDJWT 32
// shows: OIDF oid4vci-1_0-wallet-test-batch-credential-issuance, OIDF oid4vci-1_0-wallet-test-credential-issuance
#[test]
fn a_batch_is_received_by_value_and_reference_with_and_without_code_and_identifiers() {
    let peer = Peer::start();
    for query in [
        "by=value",
        "by=reference",
        "tx_code=1",
        "tx_code=1&by=reference",
        "ids=1",
        "config=mdl,pid_sdjwt",
    ] {
        let received = peer
            .receive(query, 5)
            .unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(received.copies.len(), 5, "{query}");
        let copy = &received.copies[0].credential;
        assert_eq!(copy.credential_type(), "urn:eudi:pid:1");
        assert_eq!(copy.claims()["address"]["locality"], "Köln");
        assert!(copy.status().is_some());
    }
}

// shows: VCI 41, OIDF oid4vci-1_0-wallet-test-credential-issuance-notification
#[test]
fn the_peer_hears_of_success_only_when_told_to_say_so() {
    let peer = Peer::start();
    let received = peer.receive("", 1).unwrap();
    assert!(peer.events().is_empty());
    let told = block_on(
        received
            .notification
            .unwrap()
            .send(&peer.receiver.ports(), NotificationEvent::Accepted),
    );
    assert_eq!(told, Notified::Sent);
    assert_eq!(peer.events(), ["credential_accepted"]);
}

// shows: VCI 21
#[test]
fn a_wrong_transaction_code_is_refused() {
    let peer = Peer::start();
    let (link, tx_code) = peer.offer("tx_code=1");
    let right = tx_code.unwrap();
    let wrong = if right == "111111" {
        "222222"
    } else {
        "111111"
    };
    let Err(error) = peer.receiver.accept(&link, Some(wrong)) else {
        panic!("accepted")
    };
    assert_eq!(WalletError::from(error).code(), ErrorCode::GrantRefused);
    assert!(peer.receiver.accept(&link, Some(&right)).is_ok());
}

// shows: VCI 42, SDJWT 3, HAIP 22
#[test]
fn fault_bad_signature() {
    refused_with("bad_signature", ErrorCode::SignatureInvalid);
}

// shows: VCI 42, HOSTILE 7
#[test]
fn fault_wrong_key() {
    refused_with("wrong_key", ErrorCode::HolderKeyMismatch);
}

// shows: VCI 42, SDJWT 18, HOSTILE 7
#[test]
fn fault_wrong_type() {
    refused_with("wrong_type", ErrorCode::WrongCredentialType);
}

// shows: VCI 34
#[test]
fn fault_stale_nonce_costs_one_more_try() {
    let peer = Peer::start();
    assert_eq!(
        peer.receive("fault=stale_nonce", 3).unwrap().copies.len(),
        3
    );
}

// shows: HAIP 26, OIDF fapi2-security-profile-final-client-test-token-endpoint-response-without-expires_in
#[test]
fn fault_no_expires_in_is_allowed() {
    assert!(Peer::start().receive("fault=no_expires_in", 1).is_ok());
}

// shows: VCI 25, HAIP 26, OIDF fapi2-security-profile-final-client-test-token-type-case-insensitivity
#[test]
fn fault_token_type_case_is_allowed() {
    assert!(Peer::start().receive("fault=token_type_case", 1).is_ok());
}

// shows: VCI 24, HAIP 1
#[test]
fn fault_dpop_nonce_costs_one_more_try() {
    assert!(Peer::start().receive("fault=dpop_nonce", 1).is_ok());
}

// shows: VCI 38
#[test]
fn fault_plain_response_is_refused_since_encryption_was_asked_for() {
    let peer = Peer::start();
    let error = peer.refusal("fault=plain_response");
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::AnswerNotEncrypted, Category::Issuer)
    );
    assert!(peer.events().is_empty());
}

// shows: VCI 36, VCI 37
#[test]
fn requests_and_answers_are_encrypted_with_the_peers_jose() {
    let peer = Peer::start();
    assert_eq!(peer.receive("", 2).unwrap().copies.len(), 2);
    let log = peer.issuer.control("/control/log").unwrap();
    let asked = |line: &Value| {
        let line = line.as_str().unwrap();
        line.contains("CREDENTIAL")
            && line.contains("\"credential_response_encryption\"")
            && line.contains("A256GCM")
    };
    assert!(log.as_array().unwrap().iter().any(asked), "{log}");
}

// shows: VCI 39, VCI 40
#[test]
fn faults_deferred_and_deferred_notify_are_waited_for_and_received() {
    for (fault, notifies) in [("deferred", false), ("deferred_notify", true)] {
        let peer = Peer::start();
        let authorized = peer.authorized(&format!("fault={fault}")).unwrap();
        let keys = http::keys(2);
        let ports = peer.receiver.ports();
        let requested = authorized.request(&ports, &authorized.orders()[0], &keys);
        let Requested::Deferred(mut promise) = block_on(requested).unwrap() else {
            panic!("received at once")
        };
        assert!(
            block_on(promise.poll(&ports, &keys)).is_err(),
            "before its time"
        );
        let mut not_yet = 0;
        let received = loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
            match block_on(promise.poll(&ports, &keys)).unwrap() {
                DeferredAnswer::Ready(received) => break received,
                DeferredAnswer::NotYet => not_yet += 1,
                DeferredAnswer::Over(error) => panic!("{error}"),
            }
        };
        assert_eq!((not_yet, received.copies.len()), (1, 2));
        assert_eq!(received.notification.is_some(), notifies);
        if let Some(notification) = received.notification {
            assert_eq!(
                block_on(notification.send(&ports, NotificationEvent::Accepted)),
                Notified::Sent
            );
            assert_eq!(peer.events(), ["credential_accepted"]);
        }
        // The transaction is over at the issuer, too.
        std::thread::sleep(std::time::Duration::from_secs(1));
        let DeferredAnswer::Over(error) = block_on(promise.poll(&ports, &keys)).unwrap() else {
            panic!("issued twice")
        };
        let error = WalletError::from(error);
        assert_eq!(error.code(), ErrorCode::IssuanceExpired);
        assert_eq!(error.subject(), Some("transaction_id"));
    }
}

#[test]
fn other_formats_are_not_supported_yet() {
    let error = Peer::start().refusal("config=mdl");
    assert_eq!(error.code(), ErrorCode::FormatNotSupported);
}

// shows: VCI 33, VCI 42, VCI 43
#[test]
fn a_batch_of_w3c_credentials_as_jwt_is_received_each_about_a_key_of_its_own() {
    let peer = Peer::start();
    let received = peer.receive("config=degree_jwt", 3).unwrap();
    assert_eq!(received.copies.len(), 3);
    let mut subjects = std::collections::BTreeSet::new();
    for copy in &received.copies {
        let credential = &copy.credential;
        assert_eq!(credential.format().as_str(), "jwt_vc_json");
        assert_eq!(credential.credential_type(), "UniversityDegreeCredential");
        let subject = &credential.claims()["credentialSubject"];
        assert_eq!(subject["degree"]["name"], "BSc");
        subjects.insert(subject["id"].as_str().unwrap().to_owned());
        assert!(copy.key.is_some());
    }
    assert_eq!(subjects.len(), 3);
    let error = peer.refusal("config=degree_jwt&fault=wrong_key");
    assert_eq!(error.code(), ErrorCode::HolderKeyMismatch);
}

/// This issuer binds its W3C credentials to keys of the holder.
#[test]
fn w3c_credentials_bound_to_a_key_are_not_supported() {
    let peer = Peer::start();
    for configuration in ["license_bbs", "license_ecdsa_sd"] {
        let error = peer.refusal(&format!("config={configuration}"));
        assert_eq!(error.code(), ErrorCode::NotSupported, "{configuration}");
    }
}

// shows: VCI 8, VCI 11, HOSTILE 7, OIDF fapi2-security-profile-final-client-test-discovery-issuer-mismatch
#[test]
fn metadata_of_another_issuer_is_refused() {
    for switch in ["metadata_mismatch", "discovery_mismatch"] {
        let peer = Peer::start();
        peer.issuer
            .control(&format!("/control/set?{switch}=1"))
            .unwrap();
        assert_eq!(
            peer.refusal("").code(),
            ErrorCode::IssuerMismatch,
            "{switch}"
        );
        peer.issuer
            .control(&format!("/control/set?{switch}=0"))
            .unwrap();
        assert!(peer.receive("", 1).is_ok());
    }
}

// shows: VCI 10, HAIP 5
#[test]
fn metadata_signed_by_the_peers_packages_are_read() {
    let peer = Peer::start();
    let (link, _) = peer.offer("");
    let offered = peer.receiver.open(&link).unwrap();
    assert!(offered.metadata_signer().is_some());
}

/// A peer that wants keys attested `by` a proof's header or as the proof, and a wallet whose provider does that.
fn attesting(by: &str) -> (Peer, Arc<attestation::Provider>) {
    let mut peer = Peer::start();
    let switch = format!("/control/set?attest={by}");
    peer.issuer.control(&switch).unwrap();
    let provider = Arc::new(attestation::Provider::new());
    peer.receiver.attestation = Some(provider.clone());
    (peer, provider)
}

/// Three keys of the algorithms the peer takes.
fn three_keys(authorized: &AuthorizedIssuance) -> Vec<Arc<dyn HolderKey>> {
    let proof = authorized.orders()[0].configuration().proof();
    let mut keys = http::keys(6);
    keys.retain(|key| proof.key_algorithms().contains(&key.algorithm()));
    keys.truncate(3);
    keys
}

// shows: VCI 35, HAIP 8
#[test]
fn the_peers_packages_verify_attested_keys_and_issue_for_each() {
    for (by, fault, times) in [
        ("jwt", "", 1),
        ("attestation", "", 1),
        ("jwt", "fault=stale_nonce", 2),
        ("attestation", "fault=stale_nonce", 2),
    ] {
        let (peer, provider) = attesting(by);
        let authorized = peer.authorized(fault).unwrap();
        let order = &authorized.orders()[0];
        let expected = match order.configuration().proof() {
            ProofRequirement::AttestedJwt { .. } => "jwt",
            ProofRequirement::Attestation { .. } => "attestation",
            other => panic!("{other:?}"),
        };
        assert_eq!(by, expected);
        let keys = three_keys(&authorized);
        let requested = block_on(authorized.request(&peer.receiver.ports(), order, &keys));
        let received = requested.and_then(Requested::received).unwrap();
        assert_eq!((received.copies.len(), received.unused_keys.len()), (3, 0));
        assert_eq!(provider.handles().len(), times);
        let log = peer.issuer.control("/control/log").unwrap();
        let mut log = log.as_array().unwrap().iter();
        assert!(log.any(|line| line.as_str().unwrap().starts_with("ATTESTED")));
    }
}

// shows: VCI 35
#[test]
fn a_key_storage_the_peer_does_not_accept_is_not_told_to_it() {
    for by in ["jwt", "attestation"] {
        let (peer, provider) = attesting(by);
        provider.call_storage("iso_18045_basic");
        let authorized = peer.authorized("").unwrap();
        let (order, keys) = (&authorized.orders()[0], three_keys(&authorized));
        let requested = block_on(authorized.request(&peer.receiver.ports(), order, &keys));
        let Err(error) = requested.map(drop) else {
            panic!("accepted")
        };
        let error = WalletError::from(error);
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::AttestationInvalid, Some("key_storage"))
        );
        let asked = peer.receiver.http.urls();
        assert!(!asked.iter().any(|url| url.ends_with("/credential")));
    }
}
