//! Servers that make up histories, as long and as large as they like.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::clock::UnixTime;
use crate::did::{Did, DidResolver, Resolving};
use crate::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use crate::jose::PublicKey;
use crate::ledger::chain_profile::{ChainProfile, PinnedContracts};
use crate::ledger::header::HeaderRules;
use crate::ledger::policy::{
    ChainIdentity, Checkpoint, CheckpointKeys, CheckpointSignature, PolicyError, SignedCheckpoint,
    TrustPolicy,
};
use crate::ledger::reading::ChainState as _;
use crate::ledger::rpc::{CheckpointFile, LedgerResolver, OwnDids, PartyDid};
use crate::ledger::test_chain::{self, ethr, hash};
use alloy_primitives::keccak256;
use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::sync::Mutex;

const OTHER: &str = "0x00000000000000000000000000000000000000aa";

/// A server in whose chain every block has an event of the identity, and names the block before.
struct Liar {
    /// The block it is asked at.
    head: u64,
    /// Bytes of another contract's event in each block.
    padding: usize,
    /// Whether what it says a block's events are is what the block's header commits to.
    is_consistent: bool,
    asked: Mutex<Vec<String>>,
}

impl Liar {
    fn new(head: u64) -> Self {
        Self {
            head,
            padding: 0,
            is_consistent: true,
            asked: Mutex::default(),
        }
    }

    fn count(&self, method: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| *one == method).count()
    }

    fn receipts(&self, number: u64, previous: u64) -> Value {
        let mut receipts = ethr()["receipts"].clone();
        let logs = receipts[0]["logs"].as_array_mut().unwrap();
        logs.truncate(1);
        let data = logs[0]["data"].as_str().unwrap();
        let words = data.get(..data.len() - 64).unwrap();
        logs[0]["data"] = format!("{words}{previous:064x}").into();
        let padding = format!("0x{}", "00".repeat(self.padding));
        logs.push(json!({"address": OTHER, "topics": [], "data": padding}));
        assert!(previous < number);
        receipts
    }

    fn block(&self, number: u64) -> Value {
        let mut block = ethr()["block"].clone();
        let receipts = test_chain::receipts(&self.receipts(number, number - 1));
        block["number"] = format!("{number:#x}").into();
        block["receiptsRoot"] = ordered_trie_root_encoded(&receipts).to_string().into();
        let rlp = test_chain::list(&test_chain::header_fields(&block));
        block["hash"] = keccak256(rlp).to_string().into();
        block
    }

    fn storage(&self, slots: &Value) -> Value {
        let mut proof = ethr()["proof"].clone();
        let changed = hash(&ethr()["slots"]["changed"]);
        let said = |slot: &Value| {
            let value = match hash(slot) == changed {
                true => format!("{:#x}", self.head),
                false => "0x0".to_owned(),
            };
            json!({"key": slot, "value": value, "proof": []})
        };
        proof["storageProof"] = slots.as_array().unwrap().iter().map(said).collect();
        proof
    }

    fn answer(&self, call: &Value) -> Value {
        let method = call["method"].as_str().unwrap();
        self.asked.lock().unwrap().push(method.to_owned());
        let params = &call["params"];
        let number = |value: &Value| {
            u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
        };
        let result = match method {
            "eth_chainId" => json!("0x7a69"),
            "eth_getBlockByNumber" if params[0] == "0x0" => json!({"hash": B256::ZERO.to_string()}),
            "eth_getBlockByNumber" if params[0] == "finalized" => self.block(self.head),
            "eth_getBlockByNumber" => self.block(number(&params[0])),
            "eth_getProof" => self.storage(&params[1]),
            "eth_getBlockReceipts" => {
                let number = number(&params[0]);
                self.receipts(number, number - if self.is_consistent { 1 } else { 2 })
            }
            other => panic!("{other}"),
        };
        json!({"jsonrpc": "2.0", "id": call["id"], "result": result})
    }
}

#[async_trait]
impl HttpClient for Liar {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let answer = match body.as_array() {
            Some(calls) => calls.iter().map(|call| self.answer(call)).collect(),
            None => self.answer(&body),
        };
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: answer.to_string().into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// Servers are believed nothing: checkpoints are what counts.
fn profile() -> ChainProfile {
    let keys = vec![PublicKey::Ed25519(key().verifying_key())];
    let chain = ChainIdentity {
        chain_id: 31337,
        genesis: B256::ZERO,
    };
    let contracts = PinnedContracts {
        ethr_did_registry: Some(test_chain::pinned(&ethr()["proof"])),
        ..PinnedContracts::default()
    };
    let trust = TrustPolicy::Checkpoints(CheckpointKeys::new(1, 1, keys).unwrap());
    let rules = HeaderRules::Ethereum;
    ChainProfile::new("local", chain, rules, 3_600, trust, contracts).unwrap()
}

fn did() -> String {
    ethr()["did"].as_str().unwrap().to_owned()
}

fn url(number: usize) -> Url {
    format!("https://rpc{number}.example/").parse().unwrap()
}

fn collected(liar: &Liar) -> Result<Collected, DidError> {
    let (profile, did) = (profile(), ChainDid::parse(&did()).unwrap());
    let fetcher = Fetcher::new(liar, FetchSettings::default());
    let blocks = Blocks::new(&fetcher, &profile, None);
    pollster::block_on(collect(&blocks, &url(0), liar.head, &did))
}

#[test]
fn receipts_that_the_header_does_not_commit_to_are_not_even_read() {
    let liar = Liar {
        is_consistent: false,
        ..Liar::new(9)
    };
    let refused = Err(LedgerError::ReceiptsMismatch.into());
    assert_eq!(collected(&liar), refused);
    assert_eq!(liar.count("eth_getBlockReceipts"), 1);

    let honest = collected(&Liar::new(9)).unwrap();
    assert_eq!(honest.bundle.blocks.len(), 9);
}

#[test]
fn what_one_server_says_of_one_question_has_a_limit() {
    let liar = Liar {
        padding: 200 * 1024,
        ..Liar::new(300)
    };
    assert_eq!(collected(&liar), Err(LedgerError::TooLarge.into()));
    let most = MAX_SAID_BYTES / liar.padding;
    assert_eq!(liar.count("eth_getBlockReceipts"), most + 1);
}

#[test]
fn servers_that_only_go_on_and_on_come_to_an_end_together() {
    let liar = Liar::new(1_000_000);
    let resolver = LedgerResolver::new(profile()).asking((0..4).map(url).collect());
    let fetcher = Fetcher::new(&liar, FetchSettings::default());
    let party = PartyDid::new(&Did::parse(&did()).unwrap(), &OwnDids::none()).unwrap();
    let collected = pollster::block_on(resolver.collect(&party, &fetcher));
    assert_eq!(collected, Err(LedgerError::TooLarge.into()));
    assert!(liar.count("eth_getBlockReceipts") <= 2 * MAX_ROUNDS);
}

/// The policy's one key signed the block the question is asked at, and says nothing of those before it.
fn checkpoint(liar: &Liar) -> CheckpointFile {
    let block = liar.block(liar.head);
    let time = block["timestamp"]
        .as_str()
        .unwrap()
        .trim_start_matches("0x");
    let checkpoint = Checkpoint {
        chain: profile().chain,
        number: liar.head,
        hash: hash(&block["hash"]),
        time: u64::from_str_radix(time, 16).unwrap(),
        key_set_version: 1,
        earlier_blocks: B256::ZERO,
    };
    let signatures = vec![CheckpointSignature {
        key: PublicKey::Ed25519(key().verifying_key()).thumbprint(),
        signature: key().sign(&checkpoint.message()).to_bytes().to_vec(),
    }];
    let signed = SignedCheckpoint {
        checkpoint,
        signatures,
    };
    let text = Value::Object(signed.to_members()).to_string();
    CheckpointFile::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_history_is_followed_no_further_than_to_a_block_nobody_vouches_for() {
    let liar = Liar::new(1_000_000);
    let resolve = |resolver: LedgerResolver| {
        let fetcher = Fetcher::new(&liar, FetchSettings::default());
        let with = Resolving::new(&fetcher, UnixTime::from_secs(1_800_000_000));
        let resolver = resolver.asking((0..4).map(url).collect());
        pollster::block_on(resolver.resolve(&Did::parse(&did()).unwrap(), &with))
    };
    let refused = |error: PolicyError| Err(LedgerError::Policy(error).into());
    let nobody = resolve(LedgerResolver::new(profile()));
    assert_eq!(nobody, refused(PolicyError::NoEvidence));
    assert_eq!(liar.count("eth_getProof"), 0);

    let vouched = LedgerResolver::new(profile()).with_checkpoint(checkpoint(&liar));
    assert_eq!(resolve(vouched), refused(PolicyError::OtherBlock));
    // That of the checkpoint's own block, from each server.
    assert_eq!(liar.count("eth_getBlockReceipts"), 4);
}

#[test]
fn of_a_blocks_events_only_those_of_the_registry_are_kept() {
    let liar = Liar {
        padding: 32,
        ..Liar::new(9)
    };
    let mut said = SaidState::default();
    let receipts = test_chain::receipts(&liar.receipts(9, 8));
    let contracts = profile().contracts;
    said.add_receipts(9, &contracts, &receipts).unwrap();
    let other: Address = OTHER.parse().unwrap();
    let registry = contracts.ethr_did_registry.unwrap().address;
    let count = |contract| said.state().events(contract, 9).unwrap().len();
    assert_eq!((count(registry), count(other)), (1, 0));
}
