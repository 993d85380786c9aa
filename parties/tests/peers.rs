//! The peers start on free ports, answer, and end.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{Receiving, parameters, post_form, present};
use serde_json::json;
use wallet_parties::EcKey;
use wallet_parties::issuer::OfferOptions;
use wallet_parties::peers::{DcqlOracle, NodePeer, PeerPki};

#[test]
fn a_peer_issues_and_another_verifies_and_both_end() {
    let pki = PeerPki::generate().unwrap();
    let issuer = NodePeer::start("issuer.mjs", &pki).unwrap();
    let verifier = NodePeer::start("verifier.mjs", &pki).unwrap();
    let offer = issuer.control("/control/offer?tx_code=1").unwrap();
    let mut receiving = Receiving::open(offer["offer"].as_str().unwrap());
    assert_eq!(receiving.ask_token(offer["tx_code"].as_str()).0, 200);
    let key = EcKey::generate().unwrap();
    let proof = receiving.proof(&key, &receiving.nonce());
    let (status, body) = receiving.order(("credential_configuration_id", "pid_sdjwt"), &[proof]);
    assert_eq!(status, 200, "{body}");
    let credential = body["credentials"][0]["credential"].as_str().unwrap();

    let query = json!({"credentials": [{
        "id": "pid", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:eudi:pid:1"]},
        "claims": [{"path": ["given_name"]}],
    }]});
    let options = json!({"dcql": query, "mode": "direct_post", "prefix": "redirect_uri"});
    let made = verifier.control_with("/control/request", &options).unwrap();
    let request = parameters(made["uri"].as_str().unwrap());
    let text = |name: &str| request[name].as_str().unwrap();
    let keep = |d: &serde_json::Value| d[1] == "given_name";
    let shown = present(credential, &key, text("client_id"), text("nonce"), keep);
    let token = json!({"pid": [shown]}).to_string();
    let form = [("vp_token", token.as_str()), ("state", text("state"))];
    let answer = post_form(text("response_uri"), &form);
    let session = made["session"].as_str().unwrap();
    let result = verifier
        .control(&format!("/control/result?session={session}"))
        .unwrap();
    assert_eq!(
        (answer.0, &result["state"]),
        (200, &json!("done")),
        "{result}"
    );

    let address = issuer.url().trim_start_matches("http://").to_owned();
    drop(issuer);
    assert!(std::net::TcpStream::connect(address).is_err());
    let dir = pki.dir().to_owned();
    drop(pki);
    assert!(!dir.exists());
}

/// What our issuer makes, the peer's verifier accepts: their SD-JWT code is not ours.
#[test]
fn our_resident_card_is_accepted_by_the_independent_verifier() {
    let pki = PeerPki::generate().unwrap();
    let verifier = NodePeer::start("verifier.mjs", &pki).unwrap();
    // The peer trusts one authority: make it certify our issuer too.
    let authority = pki.authority().clone();
    let issuer = wallet_parties::issuer::Issuer::start(&authority).unwrap();
    let link = issuer.offer(&OfferOptions::of("driving_licence")).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    receiving.ask_token(None);
    let key = EcKey::generate().unwrap();
    let proof = receiving.proof(&key, &receiving.nonce());
    let (_, body) = receiving.order(("credential_configuration_id", "driving_licence"), &[proof]);
    let credential = body["credentials"][0]["credential"].as_str().unwrap();
    let query = json!({"credentials": [{
        "id": "licence", "format": "dc+sd-jwt", "meta": {"vct_values": [issuer.vct("driving_licence")]},
        "claims": [{"path": ["classes", null, "code"]}],
    }]});
    let options = json!({"dcql": query, "mode": "direct_post", "prefix": "redirect_uri"});
    let made = verifier.control_with("/control/request", &options).unwrap();
    let request = parameters(made["uri"].as_str().unwrap());
    let text = |name: &str| request[name].as_str().unwrap();
    let keep = |d: &serde_json::Value| d[1]["code"].is_string();
    let shown = present(credential, &key, text("client_id"), text("nonce"), keep);
    let token = json!({"licence": [shown]}).to_string();
    let form = [("vp_token", token.as_str()), ("state", text("state"))];
    post_form(text("response_uri"), &form);
    let session = made["session"].as_str().unwrap();
    let result = verifier
        .control(&format!("/control/result?session={session}"))
        .unwrap();
    assert_eq!(result["state"], "done", "{result}");
    assert_eq!(
        result["claims"]["licence"]["classes"][1]["code"],
        "2종 소형"
    );
}

#[test]
fn the_dcql_oracle_answers_line_by_line() {
    let mut oracle = DcqlOracle::start().unwrap();
    let query = json!({"credentials": [{
        "id": "c", "format": "dc+sd-jwt", "meta": {"vct_values": ["a"]}, "claims": [{"path": ["x"]}],
    }]});
    let credential = |claims| json!({"credential_format": "dc+sd-jwt", "vct": "a", "claims": claims, "cryptographic_holder_binding": true});
    let yes = oracle.ask(&query, &[credential(json!({"x": 1}))]).unwrap();
    let no = oracle.ask(&query, &[credential(json!({"y": 1}))]).unwrap();
    let bad = oracle.ask(&json!({"credentials": []}), &[]).unwrap();
    assert_eq!(yes["can_be_satisfied"], true);
    assert_eq!(no["can_be_satisfied"], false);
    assert_eq!(bad["ok"], false);
}

#[test]
fn an_unknown_script_is_an_error_and_not_a_hang() {
    let pki = PeerPki::generate().unwrap();
    assert!(NodePeer::start("absent.mjs", &pki).is_err());
}
