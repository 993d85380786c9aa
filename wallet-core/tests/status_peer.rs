//! The status list of the independent issuer in `test-fixtures/peers/oid4vc-js`: the npm package @sd-jwt/jwt-status-list
//! makes the list, jose signs it.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "support/http.rs"]
mod http;

use http::Receiver;
use pollster::block_on;
use wallet_core::http::{Fetcher, Purpose};
use wallet_core::trust::status::{StatusList, StatusReference, StatusSigners, StatusValue};
use wallet_parties::peers::{NodePeer, PeerPki};

// shows: SDJWT 27, SDJWT 28, HAIP 21, HAIP 23
#[test]
fn the_entries_of_the_peers_list_are_read_as_the_peer_sets_them() {
    let pki = PeerPki::generate().unwrap();
    let anchor = std::fs::read_to_string(pki.dir().join("ca.pem")).unwrap();
    let issuer = NodePeer::start("issuer.mjs", &pki).unwrap();
    let receiver = Receiver::trusting(&anchor);
    let offer = issuer.control("/control/offer").unwrap();
    let authorized = receiver
        .accept(offer["offer"].as_str().unwrap(), None)
        .unwrap();
    let received = receiver.order(&authorized, 2).unwrap();

    let ports = receiver.ports();
    let fetcher = Fetcher::new(ports.http, ports.settings.fetch);
    let ask = |reference: &StatusReference| {
        let uri = reference.uri();
        let fetched = block_on(fetcher.get(Purpose::Status, uri, "application/statuslist+jwt"));
        let now = ports.clock.now().unwrap();
        let evidence = received
            .copies
            .iter()
            .map(|copy| copy.credential.evidence());
        let signers = StatusSigners::of(ports.trust, None, evidence, now);
        let text = String::from_utf8(fetched.unwrap().into_body()).unwrap();
        let list = block_on(StatusList::from_jwt(&text, uri, &signers)).unwrap();
        list.array().get(reference.index()).unwrap()
    };
    for copy in &received.copies {
        let reference = StatusReference::read(copy.credential.status().unwrap());
        let reference = reference.unwrap().unwrap();
        assert_eq!(ask(&reference), StatusValue::Valid);
        for (value, expected) in [
            (1, StatusValue::Revoked),
            (2, StatusValue::Suspended),
            (3, StatusValue::Other(3)),
            (0, StatusValue::Valid),
        ] {
            let index = reference.index();
            issuer
                .control(&format!("/control/status?idx={index}&value={value}"))
                .unwrap();
            assert_eq!(ask(&reference), expected);
        }
    }
}
