//! `wallet status`

use crate::bench::Bench;
use serde_json::json;
use wallet_parties::Parties;
use wallet_parties::issuer::StatusFault;
use wallet_parties::status_list::Status;

#[test]
fn a_revocation_is_told_after_asking_and_not_before() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    let licence = bench.receive(&parties, "driving_licence", &[]);
    let state = |arguments: &[&str]| {
        let document = bench.json(arguments).document();
        document["credentials"][0]["status"].clone()
    };
    let unknown = json!({"state": "unknown", "last_seen": null, "why": "not_asked"});
    assert_eq!(state(&["status", "--offline"]), unknown);
    assert_eq!(state(&["status", &licence])["state"], "valid");
    parties
        .issuer
        .set_status("driving_licence", Status::Revoked);
    assert_eq!(state(&["status", "--offline"])["state"], "valid");
    assert_eq!(state(&["status"])["state"], "revoked");
    assert_eq!(state(&["list"])["state"], "revoked");
    assert!(bench.run(&["list"]).done().contains("revoked"));
}

#[test]
fn a_list_that_is_not_believed_is_an_error_and_what_was_known_is_printed() {
    let parties = Parties::start().unwrap();
    let bench = Bench::with_store(&parties);
    bench.receive(&parties, "driving_licence", &[]);
    bench.run(&["status"]).done();
    parties.issuer.break_status_list(Some(StatusFault::Bomb));
    let run = bench.json(&["status"]);
    assert_eq!(run.refused(), "status_list_invalid");
    assert!(run.stdout.contains("\"valid\""), "{}", run.stdout);
}
