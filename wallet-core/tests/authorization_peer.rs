//! The authorization code flow against the independent issuer of `test-fixtures/peers/oid4vc-js`: PAR is required there,
//! PKCE S256, DPoP, `iss`. Every fault switch it has for this flow is one test.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "support/attestation.rs"]
mod attestation;
#[path = "support/http.rs"]
mod http;

use http::{Receiver, consent};
use pollster::block_on;
use std::sync::Arc;
use wallet_core::issuance::{
    AuthorizationAnswer, AuthorizationRequested, AuthorizedIssuance, IssuanceError, OfferedIssuance,
};
use wallet_core::profile::Profile;
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::peers::{NodePeer, PeerPki};

const REDIRECT: &str = "org.example.wallet:/issued";

struct Peer {
    issuer: NodePeer,
    receiver: Receiver,
    _pki: PeerPki,
}

impl Peer {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(environment: &[(&str, &str)]) -> Self {
        let pki = PeerPki::generate().unwrap();
        let mut receiver = Receiver::trusting(pki.anchor_pem());
        receiver.settings.client_id = Some("wallet".to_owned());
        Self {
            issuer: NodePeer::start_with("issuer.mjs", &pki, environment).unwrap(),
            receiver,
            _pki: pki,
        }
    }

    fn offered(&self, query: &str) -> Result<OfferedIssuance, IssuanceError> {
        let path = format!("/control/offer?grant=code&{query}");
        let made = self.issuer.control(&path).unwrap();
        self.receiver.open(made["offer"].as_str().unwrap())
    }

    fn requested(&self, offered: &OfferedIssuance) -> AuthorizationRequested {
        block_on(offered.authorize(&self.receiver.ports(), REDIRECT, &[])).unwrap()
    }

    fn resume(
        &self,
        requested: AuthorizationRequested,
    ) -> Result<AuthorizedIssuance, IssuanceError> {
        let answer = AuthorizationAnswer::parse(&consent(&requested.url))?;
        block_on(requested.waiting.resume(&self.receiver.ports(), &answer))
    }

    fn authorized(&self, query: &str) -> Result<AuthorizedIssuance, IssuanceError> {
        let requested = self.requested(&self.offered(query)?);
        self.resume(requested)
    }

    /// How often the token endpoint was asked.
    fn token_calls(&self) -> usize {
        let urls = self.receiver.http.urls();
        urls.iter().filter(|url| url.ends_with("/token")).count()
    }

    fn log(&self) -> String {
        self.issuer.control("/control/log").unwrap().to_string()
    }
}

fn refused_before_the_token_call(fault: &str, subject: &str) {
    let peer = Peer::start();
    let Err(error) = peer.authorized(&format!("fault={fault}")) else {
        panic!("{fault} was accepted")
    };
    let error = WalletError::from(error);
    assert_eq!(error.code(), ErrorCode::AuthorizationResponseInvalid);
    assert_eq!(error.subject(), Some(subject));
    assert_eq!(peer.token_calls(), 0);
}

// shows: VCI 13, VCI 14, VCI 16, HAIP 1, HAIP 2, HAIP 3, OIDF oid4vci-1_0-wallet-test-credential-issuance
#[test]
fn a_credential_is_received_by_authorization_code_with_par_pkce_and_dpop() {
    let peer = Peer::start_with(&[("REQUIRE_DPOP", "1")]);
    for query in ["by=value", "by=reference"] {
        let authorized = peer.authorized(query).unwrap();
        let received = peer.receiver.order(&authorized, 3).unwrap();
        assert_eq!(received.copies.len(), 3, "{query}");
        assert_eq!(
            received.copies[0].credential.credential_type(),
            "urn:eudi:pid:1"
        );
    }
    assert!(peer.log().contains("issuer_state"));
}

// shows: VCI 23
#[test]
fn a_pre_authorised_code_gets_a_bound_token_too() {
    let peer = Peer::start_with(&[("REQUIRE_DPOP", "1")]);
    let made = peer.issuer.control("/control/offer?grant=pre").unwrap();
    let link = made["offer"].as_str().unwrap();
    let authorized = peer.receiver.accept(link, None).unwrap();
    assert_eq!(peer.receiver.order(&authorized, 2).unwrap().copies.len(), 2);
}

// shows: VCI 14, HAIP 3
// shows: OIDF oid4vci-1_0-wallet-happy-path-with-scopes-without-authorization-details-in-token-response
#[test]
fn a_wallet_that_comes_by_itself_is_served_by_scope() {
    let peer = Peer::start();
    let ids = ["pid_sdjwt".to_owned()];
    let ports = peer.receiver.ports();
    let discovered = OfferedIssuance::discover(&ports, peer.issuer.url(), &ids);
    let offered = block_on(discovered).unwrap();
    let authorized = peer.resume(peer.requested(&offered)).unwrap();
    assert_eq!(peer.receiver.order(&authorized, 1).unwrap().copies.len(), 1);
    let log = peer.log();
    assert!(log.contains("pid_sdjwt") && !log.contains("issuer_state"));
}

// shows: HAIP 1, HAIP 2, OIDF fapi2-security-profile-final-client-test-happy-path
#[test]
fn the_haip_setting_is_content_with_a_good_issuer() {
    let mut peer = Peer::start_with(&[("REQUIRE_DPOP", "1")]);
    peer.receiver.settings.profile = Profile::Haip;
    let authorized = peer.authorized("").unwrap();
    assert_eq!(peer.receiver.order(&authorized, 1).unwrap().copies.len(), 1);
}

// shows: HAIP 7
#[test]
fn the_peer_knows_an_attested_wallet_by_its_attestation() {
    let mut peer = Peer::start_with(&[("REQUIRE_DPOP", "1")]);
    let provider = Arc::new(attestation::Provider::new());
    peer.receiver.settings.client_id = None;
    peer.receiver.settings.profile = Profile::Haip;
    peer.receiver.attestation = Some(provider.clone());
    let authorized = peer.authorized("").unwrap();
    let received = peer.receiver.order(&authorized, 1).unwrap();
    let client = received.context.client_id.as_deref();
    assert_eq!(client, Some("wallet-product"));
    // One proof for the pushed request, one for the token.
    let server = peer.issuer.url().to_owned();
    assert_eq!(provider.audiences(), [server.clone(), server]);
}

// shows: VCI 17, HAIP 26
// shows: OIDF fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails
#[test]
fn fault_no_state() {
    refused_before_the_token_call("no_state", "state");
}

// shows: VCI 17, HAIP 26
// shows: OIDF fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails
#[test]
fn fault_wrong_state() {
    refused_before_the_token_call("wrong_state", "state");
}

// shows: VCI 17, HAIP 26, OIDF fapi2-security-profile-final-client-test-remove-authorization-response-iss
#[test]
fn fault_no_iss() {
    refused_before_the_token_call("no_iss", "iss");
}

// shows: VCI 17, HAIP 26, OIDF fapi2-security-profile-final-client-test-invalid-authorization-response-iss
#[test]
fn fault_wrong_iss() {
    refused_before_the_token_call("wrong_iss", "iss");
}

// shows: VCI 24, VCI 25, HAIP 26
#[test]
fn faults_that_are_none_do_not_stop_the_wallet() {
    let peer = Peer::start();
    for fault in ["dpop_nonce", "token_type_case", "no_expires_in"] {
        let authorized = peer.authorized(&format!("fault={fault}"));
        let authorized = authorized.unwrap_or_else(|error| panic!("{fault}: {error}"));
        assert_eq!(peer.receiver.order(&authorized, 1).unwrap().copies.len(), 1);
    }
}

// shows: VCI 11, HAIP 26, OIDF fapi2-security-profile-final-client-test-discovery-issuer-mismatch
#[test]
fn a_server_that_changes_its_name_while_the_holder_consents_gets_no_code() {
    let peer = Peer::start();
    let requested = peer.requested(&peer.offered("").unwrap());
    let changed = peer.issuer.control("/control/set?discovery_mismatch=1");
    changed.unwrap();
    let Err(error) = peer.resume(requested) else {
        panic!("accepted")
    };
    assert_eq!(WalletError::from(error).code(), ErrorCode::IssuerMismatch);
    assert_eq!(peer.token_calls(), 0);
}
