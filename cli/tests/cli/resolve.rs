//! `wallet resolve`, with a real node and what another resolver says.

use crate::bench::{Bench, Run, members, wallet};
use serde_json::{Map, Value, json};
use wallet_parties::chain::{Chain, CheckpointSigners, from_hex};
use wallet_parties::unix_now;

/// A node with identities, a profile of its chain, and a checkpoint over all of it.
struct Stage {
    chain: Chain,
    _bench: Bench,
    identities: Value,
    profile: String,
    checkpoint: String,
    newest: u64,
}

impl Stage {
    fn new() -> Self {
        let now = unix_now();
        let chain = Chain::start_at(now - 60).unwrap();
        let identities = chain.node().did_ethr_identities().unwrap();
        let registry = from_hex(identities["registry"].as_str().unwrap()).unwrap();
        let signers = CheckpointSigners::generate(3, 2).unwrap();
        let newest = chain.newest().unwrap();
        let checkpoint = signers.sign(&chain, newest).unwrap();
        let earlier = (0..newest).map(|number| {
            let proof = checkpoint.inclusion(number).unwrap();
            (number.to_string(), proof)
        });
        let earlier: Map<String, Value> = earlier.collect();
        let profile = json!({
            "version": 1, "name": "local", "chain_id": 31337, "genesis": chain.block(Some(0)).unwrap()["hash"],
            "header_rules": "ethereum", "max_age_seconds": 3600, "trust": signers.policy(),
            "contracts": {"ethr_did_registry": chain.pin(&registry.try_into().unwrap()).unwrap()},
        });
        let bench = Bench::new(&[]);
        Self {
            profile: bench.file("chain.json", &profile.to_string()),
            checkpoint: bench.file(
                "checkpoint.json",
                &json!({"checkpoint": checkpoint.json, "inclusions": earlier}).to_string(),
            ),
            chain,
            _bench: bench,
            identities,
            newest,
        }
    }

    fn did(&self, name: &str) -> String {
        self.identities["results"][name]["did"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn resolve(&self, name: &str, more: &[&str]) -> Run {
        let did = self.did(name);
        let mut all = vec![
            "--allow-loopback-http",
            "resolve",
            &did,
            "--profile",
            &self.profile,
        ];
        all.extend([
            "--checkpoint",
            &self.checkpoint,
            "--rpc",
            self.chain.node().url(),
        ]);
        all.extend(more);
        wallet(&all, "")
    }
}

#[test]
fn a_did_of_a_ledger_is_printed_with_what_proves_it_step_by_step() {
    let stage = Stage::new();
    let document = stage.resolve("pubkey", &["--json"]).document();
    assert_eq!(
        members(&document),
        ["did", "evidence", "as_of", "steps", "document"]
    );
    let expected = &stage.identities["results"]["pubkey"]["resolution"]["didDocument"];
    assert_eq!(&document["document"], expected);
    let evidence = &document["evidence"];
    assert_eq!(evidence["kind"], "ledger_proof");
    assert_eq!(evidence["block"]["number"], stage.newest);
    assert_eq!(
        evidence["anchor"],
        json!({"kind": "checkpoint", "count": 2, "of": 3})
    );
    let people = stage.resolve("pubkey", &[]).done();
    for said in [
        "evidence: ledger_proof",
        "believed by 2 of 3 checkpoint",
        "assertionMethod",
        "  1. ",
    ] {
        assert!(people.contains(said), "{said}: {people}");
    }

    let before = (stage.newest - 1).to_string();
    let document = stage
        .resolve("pubkey", &["--json", "--at", &before])
        .document();
    assert_eq!(document["evidence"]["kind"], "verified_at");
    assert_eq!(&document["document"], expected);

    // The next server is asked where one does not answer.
    let silent = ["--json", "--rpc", "http://127.0.0.1:1"];
    stage.resolve("service", &silent).document();

    // A checkpoint that the pinned keys did not sign.
    let mut forged: Value =
        serde_json::from_str(&std::fs::read_to_string(&stage.checkpoint).unwrap()).unwrap();
    forged["checkpoint"]["time"] = json!(1);
    std::fs::write(&stage.checkpoint, forged.to_string()).unwrap();
    let refused = stage.resolve("pubkey", &["--json"]).refused();
    assert!(refused.starts_with("ledger_"), "{refused}");
}

#[test]
fn a_did_that_holds_its_own_key_needs_no_network() {
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let document = wallet(&["--json", "resolve", did], "").document();
    assert_eq!(document["evidence"]["kind"], "self_certifying");
    assert_eq!(document["document"]["id"], did);
    assert_eq!(document["evidence"]["block"], Value::Null);
}

#[test]
fn what_is_no_did_or_of_no_known_chain_is_refused() {
    for (did, code) in [
        (
            "did:ethr:0x1111111111111111111111111111111111111111",
            "not_supported",
        ),
        ("did:example:1", "not_supported"),
        ("urn:example:1", "malformed"),
    ] {
        assert_eq!(
            wallet(&["--json", "resolve", did], "").refused(),
            code,
            "{did}"
        );
    }
    let bench = Bench::new(&[]);
    let profile = bench.file("chain.json", "{}");
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let run = wallet(&["--json", "--profile", &profile, "resolve", did], "");
    assert_eq!(run.refused(), "malformed");
    wallet(&["resolve", did, "--at", "7"], "").is_usage_error();
    wallet(&["resolve", did, "--rpc", "https://rpc.example"], "").is_usage_error();
    wallet(&["resolve"], "").is_usage_error();
    let run = wallet(
        &[
            "--profile",
            &profile,
            "--store",
            "s",
            "--passphrase-file",
            "p",
            "list",
        ],
        "",
    );
    run.is_usage_error();
}
