//! `--tls-ca`

use crate::bench::{Bench, path_text};
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use wallet_parties::peers::{NodePeer, PeerPki};

/// Calls a control endpoint behind https.
fn control(pki: &PeerPki, url: &str) -> Value {
    let root = Certificate::from_pem(pki.anchor_pem().as_bytes()).unwrap();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[root]))
        .build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let text = agent
        .get(url)
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

// shows: HOSTILE 17
#[test]
fn over_https_only_the_given_roots_are_trusted() {
    let pki = PeerPki::generate().unwrap();
    let issuer = NodePeer::start_https("issuer.mjs", &pki).unwrap();
    let verifier = NodePeer::start_https("verifier.mjs", &pki).unwrap();
    assert!(issuer.url().starts_with("https://localhost:"));
    let bench = Bench::new(&[pki.anchor_pem()]);
    bench.run(&["init"]).done();
    let ca = path_text(&bench.path("anchor-0.pem"));

    let offer = control(&pki, &format!("{}/control/offer", issuer.url()));
    let link = offer["offer"].as_str().unwrap();
    let error = bench.json(&["receive", link]).error();
    assert_eq!(
        error["category"], "device",
        "the public web's roots do not know the peer"
    );
    let stranger = PeerPki::generate().unwrap();
    let other = bench.file("other-ca.pem", stranger.anchor_pem());
    assert_eq!(
        bench.json(&["--tls-ca", &other, "receive", link]).error()["category"],
        "device"
    );

    // Both of several roots in one file count.
    let both = bench.file(
        "both.pem",
        &format!("{}{}", stranger.anchor_pem(), pki.anchor_pem()),
    );
    bench.json(&["--tls-ca", &both, "receive", link]).document();
    let made = control(
        &pki,
        &format!("{}/control/request?query=pid", verifier.url()),
    );
    let request = made["uri"].as_str().unwrap();
    let document = bench
        .json(&["--tls-ca", &ca, "present", request, "--approve"])
        .document();
    assert_eq!(document["outcome"], "accepted");
    let session = made["session"].as_str().unwrap();
    let result = control(
        &pki,
        &format!("{}/control/result?session={session}", verifier.url()),
    );
    assert_eq!(result["state"], "done", "{result}");
}
