//! A did:meta key set and an ERC-1056 history of 20 blocks, from the bytes of their proofs to the document, beside what
//! hashing these bytes takes: every proof has to hash them. Nodes that several proofs share are counted each time.

use alloy_primitives::{B256, keccak256};
use serde_json::Value;
use std::hint::black_box;
use std::time::Duration;
use wallet_core::clock::UnixTime;
use wallet_core::did::{Asked, ChainDid};
use wallet_core::ledger::bundle::ProofBundle;
use wallet_core::ledger::chain_profile::{ChainProfile, MetaDidContracts, PinnedContracts};
use wallet_core::ledger::contract::PinnedContract;
use wallet_core::ledger::header::{Header, HeaderRules};
use wallet_core::ledger::policy::{
    BlockAnswer, BlockAnswers, ChainIdentity, Endpoint, Endpoints, TrustPolicy,
};

const META: &str = include_str!("../../../test-fixtures/vectors/did-meta/one_key.json");
const ETHR: &str = include_str!("../../../test-fixtures/vectors/did-ethr/twenty.json");
const ROUNDS: usize = 25;

/// A question with all that is needed to answer it.
struct Question {
    did: ChainDid,
    profile: ChainProfile,
    bundle: ProofBundle,
    answers: Vec<BlockAnswers>,
    now: UnixTime,
}

impl Question {
    fn new(did: &str, contracts: PinnedContracts, bundle: &Value) -> Self {
        let mut bundle = ProofBundle::parse(bundle.to_string().as_bytes()).expect("bundle");
        if did.starts_with("did:meta:testnet:") {
            // Recorded on a chain of its own; that network has another number.
            bundle.chain_id = 12;
        }
        let chain = ChainIdentity {
            chain_id: bundle.chain_id,
            genesis: B256::ZERO,
        };
        let did = ChainDid::parse(did).expect("DID");
        let network = did.as_str().split(':').nth(2).expect("network").to_owned();
        let headers = bundle
            .blocks
            .iter()
            .map(|block| Header::parse(HeaderRules::Ethereum, &block.header).expect("header"));
        let headers: Vec<_> = headers.collect();
        let answer = |header: &Header| BlockAnswers {
            number: header.number(),
            answers: vec![
                Some(BlockAnswer {
                    chain,
                    hash: header.hash()
                });
                3
            ],
        };
        let newest = headers.iter().map(Header::time).max().expect("a block");
        Self {
            did,
            profile: ChainProfile::new(
                network,
                chain,
                HeaderRules::Ethereum,
                60,
                endpoints(),
                contracts,
            )
            .expect("profile"),
            answers: headers.iter().map(answer).collect(),
            bundle,
            now: UnixTime::from_secs(i64::try_from(newest).expect("time")),
        }
    }

    fn meta() -> Self {
        let recorded: Value = serde_json::from_str(META).expect("JSON");
        let hash_of = |address: &Value| &recorded["codeHashes"][text(address).to_lowercase()];
        let pinned = |address: &Value| pinned(text(address), hash_of(address));
        // The record has no proof of resolvers the identity does not use.
        let is_used = |address: &&Value| hash_of(address).is_string();
        let services = recorded["serviceKeyResolvers"].as_array().expect("list");
        let meta = MetaDidContracts {
            identity_registry: pinned(&recorded["identityRegistry"]),
            public_key_resolver: pinned(&recorded["publicKeyResolver"]),
            service_key_resolvers: services.iter().filter(is_used).map(pinned).collect(),
        };
        let contracts = PinnedContracts {
            meta_did: Some(meta),
            ..PinnedContracts::default()
        };
        Self::new(text(&recorded["did"]), contracts, &recorded["bundle"])
    }

    fn ethr() -> Self {
        let recorded: Value = serde_json::from_str(ETHR).expect("JSON");
        let registry = pinned(text(&recorded["registry"]), &recorded["codeHash"]);
        let contracts = PinnedContracts {
            ethr_did_registry: Some(registry),
            ..PinnedContracts::default()
        };
        let bundle = &recorded["questions"][0]["bundle"];
        Self::new(text(&recorded["did"]), contracts, bundle)
    }

    /// From proofs to the document.
    fn answer(&self) {
        let blocks = self.profile.accept(&self.bundle, &self.answers);
        let blocks = blocks.expect("accepted");
        let resolved = self
            .did
            .resolve(&self.profile, &self.bundle, &blocks, Asked::Now, self.now);
        black_box(resolved.expect("document"));
    }

    /// Every byte string that was hashed to make the roots.
    fn hashed(&self) -> Vec<&[u8]> {
        let mut all: Vec<&[u8]> = Vec::new();
        for block in &self.bundle.blocks {
            all.push(&block.header);
            all.extend(block.receipts.iter().flatten().map(|receipt| &receipt[..]));
        }
        for contract in &self.bundle.contracts {
            all.extend(contract.proof.account_proof.iter().map(|node| &node[..]));
            let slots = contract.proof.storage.iter();
            all.extend(slots.flat_map(|slot| slot.proof.iter().map(|node| &node[..])));
        }
        all
    }
}

pub(crate) fn endpoints() -> TrustPolicy {
    let endpoint = |operator: &str| Endpoint {
        operator: operator.to_owned(),
        url: format!("https://{operator}.example").parse().expect("URL"),
    };
    let endpoints = ["a", "b", "c"].map(endpoint).to_vec();
    TrustPolicy::Endpoints(Endpoints::new(endpoints, 1).expect("endpoints"))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn pinned(address: &str, code_hash: &Value) -> PinnedContract {
    PinnedContract {
        address: address.parse().expect("address"),
        code_hash: text(code_hash).parse().expect("hash"),
    }
}

fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Microseconds of one call.
fn time(work: &dyn Fn()) -> f64 {
    let (begin, mut times) = (processor(), 0);
    loop {
        work();
        times += 1;
        let passed = processor() - begin;
        if passed > Duration::from_millis(10) {
            return passed.as_secs_f64() * 1e6 / f64::from(times);
        }
    }
}

pub fn run() {
    println!(
        "{ROUNDS} rounds in turn; microseconds of one thread on the processor, the least of all rounds.\n"
    );
    println!("what                      hashed bytes  keccak alone  ours      ratio  to hold");
    for (what, question) in [
        ("did:meta key set", Question::meta()),
        ("did:ethr of 20 blocks", Question::ethr()),
    ] {
        let hashed = question.hashed();
        let bytes: usize = hashed.iter().map(|bytes| bytes.len()).sum();
        let hash_all = || {
            for bytes in &hashed {
                black_box(keccak256(bytes));
            }
        };
        let (mut limit, mut ours) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            limit = limit.min(time(&hash_all));
            ours = ours.min(time(&|| question.answer()));
        }
        let ratio = ours / limit;
        let held = if ratio <= 1.5 { "held" } else { "NOT HELD" };
        println!(
            "{what:<25} {bytes:>12}  {limit:>12.1}  {ours:>8.1}  {ratio:>4.2}x  ≤ 1.5x {held}"
        );
    }
}
