//! The Digital Credentials API and transaction data against the independent verifier of `test-fixtures/peers/oid4vc-js`:
//! the npm packages @openid4vc/openid4vp (requests, answers), jose (multi-signed requests) and @sd-jwt/sd-jwt-vc.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "support/holder.rs"]
mod holder;
#[path = "support/http.rs"]
mod http;

use holder::Holder;
use serde_json::{Value, json};
use wallet_core::presentation::{
    MemberKind, Outcome, Proof, Response, TransactionDataType, VerifierTrust,
};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::peers::{NodePeer, PeerPki};

const ORIGIN: &str = "https://verifier.example";

struct World {
    pki: PeerPki,
    issuer: NodePeer,
    verifier: NodePeer,
}

impl World {
    fn start() -> Self {
        let pki = PeerPki::generate().unwrap();
        let issuer = NodePeer::start("issuer.mjs", &pki).unwrap();
        let verifier = NodePeer::start("verifier.mjs", &pki).unwrap();
        Self {
            pki,
            issuer,
            verifier,
        }
    }

    fn holder(&self) -> Holder {
        let mut holder = Holder::trusting(self.pki.anchor_pem());
        let made = self
            .issuer
            .control("/control/offer?config=pid_sdjwt")
            .unwrap();
        let offer = made["offer"].as_str().unwrap();
        holder.receive("pid", offer, self.pki.anchor_pem());
        holder
    }

    /// Protocol, data and session of a request.
    fn ask(&self, query: &str) -> (String, String, String) {
        let path = format!("/control/dc_api_request?origin={ORIGIN}&query=pid&{query}");
        let made = self.verifier.control(&path).unwrap();
        let protocol = made["request"]["protocol"].as_str().unwrap();
        let session = made["session"].as_str().unwrap();
        let data = made["request"]["data"].to_string();
        (protocol.to_owned(), data, session.to_owned())
    }

    fn result(&self, session: &str, response: &Response) -> Value {
        let Response::ReturnToCaller { bytes } = response else {
            panic!("posted")
        };
        let given = serde_json::from_slice(bytes).unwrap();
        let path = format!("/control/dc_api_response?session={session}");
        self.verifier.control_with(&path, &given).unwrap()
    }
}

// shows: VP 44, VP 45, HAIP 18
#[test]
fn another_implementation_takes_the_answer_by_every_protocol_and_mode() {
    let world = World::start();
    for signing in ["unsigned", "signed", "multisigned"] {
        for mode in ["dc_api", "dc_api.jwt"] {
            let mut holder = world.holder();
            let (protocol, data, session) = world.ask(&format!("signing={signing}&mode={mode}"));
            let request = holder.take(&protocol, &data, ORIGIN).unwrap();
            let verifier = request.verifier();
            let (proof, trust) = match signing {
                "unsigned" => (Proof::PlatformOrigin, VerifierTrust::Platform),
                _ => (Proof::CertificateDnsName, VerifierTrust::Anchored),
            };
            assert_eq!((verifier.proof(), verifier.trust()), (&proof, trust));
            let (_, answer) = holder.answer(request, &[]);
            let result = world.result(&session, answer.response());
            assert_eq!(result["state"], "done", "{signing} {mode} {result:#}");
            assert_eq!(result["claims"]["pid"]["address"]["locality"], "Köln");
        }
    }
}

// shows: VP 44, OIDF oid4vp-1final-wallet-negative-test-wrong-expected-origins
#[test]
fn an_answer_for_another_origin_is_worth_nothing_and_a_signed_request_gets_none() {
    let world = World::start();
    let mut holder = world.holder();
    for signing in ["signed", "multisigned"] {
        for (fault, origin) in [("", "https://evil.example"), ("other_origin", ORIGIN)] {
            let (protocol, data, session) = world.ask(&format!("signing={signing}&fault={fault}"));
            let refused = holder.take(&protocol, &data, origin).unwrap_err();
            let result = world.result(&session, refused.answer.as_ref().unwrap().response());
            assert_eq!(result["error"], "invalid_request");
            let code = WalletError::from(refused).code();
            assert_eq!(code, ErrorCode::OriginMismatch);
        }
    }
    let (protocol, data, session) = world.ask("signing=unsigned");
    let request = holder
        .take(&protocol, &data, "https://evil.example")
        .unwrap();
    let (_, answer) = holder.answer(request, &[]);
    let result = world.result(&session, answer.response());
    assert_eq!(result["state"], "refused");
}

// shows: VP 22, VP 46
#[test]
fn another_implementation_reads_the_refusal() {
    let world = World::start();
    let holder = world.holder();
    let (protocol, data, session) = world.ask("signing=unsigned");
    let request = holder.take(&protocol, &data, ORIGIN).unwrap();
    let declined = holder.propose(request).decline();
    let result = world.result(&session, declined.response());
    assert_eq!(
        (&result["state"], &result["error"]),
        (&json!("wallet_error"), &json!("access_denied"))
    );
}

// shows: VP 40
#[test]
fn another_implementation_finds_the_payment_in_the_presentation() {
    let world = World::start();
    let payment = TransactionDataType::new("urn:example:payment")
        .required("amount", MemberKind::Text)
        .required("currency", MemberKind::Text);
    for mode in ["direct_post", "direct_post.jwt"] {
        let mut holder = world.holder();
        holder.transaction_data_types = vec![payment.clone()];
        let path = format!("/control/request?query=pid&transaction_data=1&mode={mode}");
        let asked = world.verifier.control(&path).unwrap();
        let presented = holder.present(asked["uri"].as_str().unwrap(), &[]);
        assert!(matches!(presented.outcome, Outcome::Accepted { .. }));
        let session = asked["session"].as_str().unwrap();
        let path = format!("/control/result?session={session}");
        let result = world.verifier.control(&path).unwrap();
        let checks = result["checks"].as_array().unwrap();
        let check = checks
            .iter()
            .find(|check| check["name"] == "transaction_data_hashes");
        assert_eq!(check.unwrap()["ok"], true);
        assert_eq!(result["state"], "done");
    }
}
