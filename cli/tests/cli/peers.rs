//! With the issuer and verifier made of npm packages.

use crate::bench::Bench;
use serde_json::{Value, json};
use wallet_parties::peers::{NodePeer, PeerPki};

// shows: VCI 19, VCI 41
#[test]
fn a_batch_with_a_transaction_code_is_received_and_shown_to_the_npm_verifier() {
    let pki = PeerPki::generate().unwrap();
    let issuer = NodePeer::start("issuer.mjs", &pki).unwrap();
    let verifier = NodePeer::start("verifier.mjs", &pki).unwrap();
    let bench = Bench::new(&[pki.anchor_pem()]);
    bench.run(&["init"]).done();
    let offer = issuer
        .control("/control/offer?tx_code=1&by=reference&ids=1")
        .unwrap();
    let link = offer["offer"].as_str().unwrap();
    let code = offer["tx_code"].as_str().unwrap();
    let received = bench
        .json(&["receive", link, "--tx-code", code, "--count", "3"])
        .document();
    assert_eq!(received["credentials"][0]["copies"], 3);
    let sessions = issuer.control("/control/sessions").unwrap();
    assert_eq!(
        sessions[0]["notifications"][0]["event"],
        "credential_accepted"
    );

    for request in [
        "query=pid",
        "query=claim_sets&prefix=x509_hash",
        "query=values&mode=direct_post",
    ] {
        let made = verifier
            .control(&format!("/control/request?{request}"))
            .unwrap();
        let document = bench
            .json(&["present", made["uri"].as_str().unwrap(), "--approve"])
            .document();
        assert_eq!(document["outcome"], "accepted", "{request}");
        let session = made["session"].as_str().unwrap();
        let result = verifier
            .control(&format!("/control/result?session={session}"))
            .unwrap();
        assert_eq!(result["state"], "done", "{request} {result}");
        let failed = |check: &&Value| check["ok"] != true;
        assert_eq!(
            result["checks"].as_array().unwrap().iter().find(failed),
            None
        );
    }
    let made = verifier
        .control("/control/request?query=pid&fault=wrong_client_id")
        .unwrap();
    let error = bench
        .json(&["present", made["uri"].as_str().unwrap(), "--approve"])
        .error();
    assert_eq!(error["code"], json!("client_id_mismatch"));
}
