//! What servers of a ledger answer, and what comes with cards and receipts: read, checked, and nothing believed.

use super::fixture::text;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use wallet_core::clock::UnixTime;
use wallet_core::did::{Did, DidResolver as _, Evidence, Resolving};
use wallet_core::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use wallet_core::ledger::anchored::AnchoredProof;
use wallet_core::ledger::chain_profile::ChainProfile;
use wallet_core::ledger::rpc::{CheckpointFile, LedgerResolver};
use wallet_core::wallet::Receipt;

/// The identity of `test-fixtures/vectors/korea/did-ethr-erc1056-anvil.json`.
const DID: &str = "did:ethr:0x7a69:0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
/// A minute after its newest block.
const THEN: UnixTime = UnixTime::from_secs(0x6b01_f569 + 60);
/// More than any answer may make the library ask.
const MOST_REQUESTS: usize = 20_000;

/// Three servers have to agree; that all are the same liar is what the fuzzer plays.
static PROFILE: LazyLock<ChainProfile> = LazyLock::new(|| {
    let endpoint = |operator: &str| json!({"operator": operator, "url": format!("https://{operator}.example/")});
    let endpoints = ["a", "b", "c"].map(endpoint);
    let profile = json!({
        "version": 1, "name": "fuzz", "chain_id": 31337, "genesis": format!("0x{}", "07".repeat(32)),
        "header_rules": "ethereum", "max_age_seconds": 3600,
        "trust": {"endpoints": {"tolerated_faults": 1, "endpoints": endpoints}},
        "contracts": {"ethr_did_registry": {
            "address": "0x5fbdb2315678afecb367f032d93f642f64180aa3",
            "code_hash": "0x13c5fbf71b05bbc6c985c8f8bdf24489f86c0330caea90e7fbf8749087db9057",
        }},
    });
    ChainProfile::parse(profile.to_string().as_bytes()).expect("a profile")
});

/// Servers that answer a call by the line that begins with its method and first parameter, and the whole request by one that
/// begins with `*`.
struct Servers<'a> {
    lines: Vec<(&'a str, &'a str)>,
    requests: AtomicUsize,
}

impl Servers<'_> {
    fn line(&self, key: &str) -> Option<&str> {
        let found = self.lines.iter().find(|(of, _)| *of == key);
        found.map(|(_, answer)| *answer)
    }

    fn answer(&self, call: &Value) -> String {
        let first = call["params"][0].as_str().unwrap_or_default();
        let key = format!("{}({first})", call["method"].as_str().unwrap_or_default());
        let result = self.line(&key).unwrap_or("null");
        format!(
            r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#,
            call["id"]
        )
    }
}

#[async_trait]
impl HttpClient for Servers<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        assert!(self.requests.fetch_add(1, Ordering::Relaxed) < MOST_REQUESTS);
        let asked: Value = serde_json::from_slice(&request.body).expect("the library's own JSON");
        let body = match (self.line("*"), &asked) {
            (Some(whole), _) => whole.to_owned(),
            (None, Value::Array(calls)) => {
                let answers: Vec<_> = calls.iter().map(|call| self.answer(call)).collect();
                format!("[{}]", answers.join(","))
            }
            (None, call) => self.answer(call),
        };
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

/// What is resolved from a server's answers is proven by the block that all three named.
pub(super) fn answers(input: &[u8]) {
    let Some(input) = text(input) else {
        return;
    };
    let servers = Servers {
        lines: input
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect(),
        requests: AtomicUsize::new(0),
    };
    let fetcher = Fetcher::new(&servers, FetchSettings::default());
    let with = Resolving::new(&fetcher, THEN);
    let resolver = LedgerResolver::new(PROFILE.clone());
    let did = Did::parse(DID).expect("a DID");
    let Ok(resolved) = pollster::block_on(resolver.resolve(&did, &with)) else {
        return;
    };
    assert_eq!(resolved.document().id(), DID);
    let Evidence::LedgerProof { .. } = resolved.evidence() else {
        panic!("a fresh block that all agree on");
    };
    assert!(resolver.last_seen().is_some());
}

/// A stapled proof that is read says the same when it is written.
pub(super) fn anchored_proof(input: &[u8]) {
    let Ok(proof) = AnchoredProof::parse(input) else {
        return;
    };
    let written = proof.to_json().to_string();
    assert!(AnchoredProof::parse(written.as_bytes()) == Ok(proof));
}

/// A receipt has an issuer, and nothing in it that a screen must not show.
pub(super) fn receipt(input: &[u8]) {
    let Ok(receipt) = Receipt::parse(input) else {
        return;
    };
    assert!(!receipt.issuer.is_empty());
    let details = receipt.details.iter();
    let details = details.flat_map(|(name, value)| [name, value]);
    let shown = [&receipt.title, &receipt.receipt_type]
        .into_iter()
        .chain(details);
    for text in shown {
        assert!(
            !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{text:?}"
        );
    }
}

/// A file of a checkpoint names its block.
pub(super) fn checkpoint_file(input: &[u8]) {
    let Ok(file) = CheckpointFile::parse(input) else {
        return;
    };
    let text = text(input).expect("JSON is text");
    assert!(text.contains(&file.number().to_string()));
}
