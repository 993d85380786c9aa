//! A did:ethr of 20 changes from a node on loopback to the document, beside npm ethr-did-resolver on the same node. Arguments:
//! the node's URL, and what `did-ethr.mjs` printed about that one identity, timed.

use crate::ledger::endpoints;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use wallet_core::clock::UnixTime;
use wallet_core::did::{Did, DidResolver, Evidence, HolderState, ResolvedDid, Resolving};
use wallet_core::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use wallet_core::ledger::chain_profile::{ChainProfile, PinnedContracts};
use wallet_core::ledger::contract::PinnedContract;
use wallet_core::ledger::header::HeaderRules;
use wallet_core::ledger::policy::ChainIdentity;
use wallet_core::ledger::rpc::LedgerResolver;

/// The network: every server of the policy is this node, on connections that stay open as the peer's do.
struct Node {
    agent: ureq::Agent,
    url: String,
    requests: AtomicUsize,
    /// Microseconds.
    waited: AtomicU64,
}

impl Node {
    fn post(&self, body: &[u8]) -> Vec<u8> {
        let begin = Instant::now();
        let request = self.agent.post(&self.url);
        let request = request.header("content-type", "application/json");
        let mut answer = request.send(body).expect("the node answers");
        let body = answer.body_mut().read_to_vec().expect("a body");
        self.requests.fetch_add(1, Ordering::Relaxed);
        let passed = begin.elapsed().as_micros();
        let passed = u64::try_from(passed).expect("no ages");
        self.waited.fetch_add(passed, Ordering::Relaxed);
        body
    }

    fn call(&self, method: &str, params: Value) -> Value {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let answer = self.post(call.to_string().as_bytes());
        let mut answer: Value = serde_json::from_slice(&answer).expect("JSON");
        answer["result"].take()
    }
}

#[async_trait]
impl HttpClient for Node {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: self.post(&request.body),
            final_url: request.url,
            peer_address: None,
        })
    }
}

/// What is asked, and the peer's answer.
struct Question {
    node: Node,
    profile: ChainProfile,
    did: Did,
    now: UnixTime,
    expected: Value,
}

impl Question {
    fn new(url: &str, registry: &str, chain_id: u64, found: &Value) -> Self {
        let node = Node {
            agent: ureq::Agent::new_with_defaults(),
            url: url.to_owned(),
            requests: AtomicUsize::new(0),
            waited: AtomicU64::new(0),
        };
        let block = |which: &str| node.call("eth_getBlockByNumber", json!([which, false]));
        let (first, newest) = (block("0x0"), block("latest"));
        let account = node.call("eth_getProof", json!([registry, [], "latest"]));
        let chain = ChainIdentity {
            chain_id,
            genesis: text(&first["hash"]).parse().expect("hash"),
        };
        let contracts = PinnedContracts {
            ethr_did_registry: Some(PinnedContract {
                address: registry.parse().expect("address"),
                code_hash: text(&account["codeHash"]).parse().expect("hash"),
            }),
            ..PinnedContracts::default()
        };
        let (rules, trust) = (HeaderRules::Ethereum, endpoints());
        let profile = ChainProfile::new("local", chain, rules, 3_600, trust, contracts);
        let now = text(&newest["timestamp"]).trim_start_matches("0x");
        let now = i64::from_str_radix(now, 16).expect("time");
        Self {
            profile: profile.expect("profile"),
            did: Did::parse(text(&found["did"])).expect("DID"),
            now: UnixTime::from_secs(now),
            expected: found["resolution"]["didDocument"].clone(),
            node,
        }
    }

    /// By a resolver that knows nothing yet: how long it took, how much of that was HTTP, and how many requests.
    fn answer(&self) -> (Duration, Duration, usize) {
        let resolver = LedgerResolver::new(self.profile.clone());
        let holder = HolderState::default();
        let fetcher = Fetcher::new(&self.node, FetchSettings::default());
        let with = Resolving {
            holder: &holder,
            ..Resolving::new(&fetcher, self.now)
        };
        self.node.waited.store(0, Ordering::Relaxed);
        self.node.requests.store(0, Ordering::Relaxed);
        let begin = Instant::now();
        let resolved = pollster::block_on(resolver.resolve(&self.did, &with));
        let passed = begin.elapsed();
        self.check(&resolved.expect("document"));
        let waited = self.node.waited.load(Ordering::Relaxed);
        let requests = self.node.requests.load(Ordering::Relaxed);
        (passed, Duration::from_micros(waited), requests)
    }

    fn check(&self, resolved: &ResolvedDid) {
        let proven = matches!(resolved.evidence(), Evidence::LedgerProof { .. });
        assert!(proven, "{:?}", resolved.evidence());
        let document = Value::Object(resolved.document().json().clone());
        assert_eq!(document, self.expected, "what the peer found");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn print(what: &str, requests: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    let (least, most) = (times[0], times[times.len() - 1]);
    println!("{what:<28}{requests:>9}{median:>10.1}{least:>8.1}{most:>8.1}");
}

pub fn run() {
    let mut arguments = std::env::args().skip(2);
    let url = arguments.next().expect("the node's URL");
    let peer: Value = arguments
        .next()
        .and_then(|peer| serde_json::from_str(&peer).ok())
        .expect("what the peer printed");
    let found = &peer["results"]["long"];
    let chain_id = peer["chainId"].as_u64().expect("number");
    let question = Question::new(&url, text(&peer["registry"]), chain_id, found);
    println!("did:ethr of 20 changes       requests    median   least    most");
    let mut rounds = 0;
    for (what, timing) in found["timings"].as_object().expect("timings") {
        let times = timing["milliseconds"].as_array().expect("times");
        let times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
        rounds = times.len();
        print(what, &timing["requests"].to_string(), times);
    }
    let (_, _, requests) = question.answer();
    let all: Vec<_> = (0..rounds).map(|_| question.answer()).collect();
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    let total = all.iter().map(|(passed, _, _)| milliseconds(*passed));
    let own = all
        .iter()
        .map(|(passed, waited, _)| milliseconds(passed.saturating_sub(*waited)));
    print("ours", &requests.to_string(), total.collect());
    print("  of it outside HTTP", "", own.collect());
}
