//! Servers of a ledger, some of which lie. All of them are one real node; a lie is told about its answers.

use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse};
use wallet_parties::chain::raw_header;
use wallet_parties::control;

/// What a server does with one call of its node and the answer to it.
pub(crate) type Lie = fn(&World, &Value, Value) -> Value;

/// What the lies are about.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) node: String,
    /// A block before the last change.
    pub(crate) old_block: u64,
}

impl World {
    pub(crate) fn ask(&self, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 0, "method": method, "params": params});
        control::post(&self.node, &request).unwrap()["result"].take()
    }
}

/// The network: each host is a server of the node, by name a liar.
#[derive(Default)]
pub(crate) struct Net {
    pub(crate) world: World,
    pub(crate) liars: BTreeMap<String, Lie>,
    asked: Mutex<Vec<(String, Value)>>,
}

impl Net {
    pub(crate) fn of(world: World) -> Self {
        Self {
            world,
            ..Self::default()
        }
    }

    pub(crate) fn lying(mut self, host: &str, lie: Lie) -> Self {
        self.liars.insert(host.to_owned(), lie);
        self
    }

    /// Host and body of every request so far.
    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, host: &str, call: &Value) -> Value {
        let honest = control::post(&self.world.node, call).unwrap();
        match self.liars.get(host) {
            Some(lie) => lie(&self.world, call, honest),
            None => honest,
        }
    }
}

#[async_trait]
impl HttpClient for Net {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let host = request.url.split('/').nth(2).unwrap().to_owned();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        self.asked
            .lock()
            .unwrap()
            .push((host.clone(), body.clone()));
        let answer = match body.as_array() {
            Some(calls) => calls.iter().map(|call| self.answer(&host, call)).collect(),
            None => self.answer(&host, &body),
        };
        if answer == Value::Null {
            return Err(HttpError::Timeout);
        }
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: answer.to_string().into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

fn is(call: &Value, method: &str) -> bool {
    call["method"] == method
}

/// Changes the last digit of a hexadecimal text.
fn spoil(text: &mut Value) {
    let last = text.as_str().unwrap().len() - 1;
    spoil_at(text, last);
}

fn spoil_at(text: &mut Value, place: usize) {
    let mut hex = text.as_str().unwrap().to_owned();
    let other = match hex.get(place..=place) {
        Some("0") => "1",
        _ => "0",
    };
    hex.replace_range(place..=place, other);
    *text = hex.into();
}

/// Another value in every slot and another key in every event.
pub(crate) fn a_fake_key(_: &World, call: &Value, mut answer: Value) -> Value {
    if is(call, "eth_getProof") {
        for slot in answer["result"]["storageProof"].as_array_mut().unwrap() {
            if let Some(leaf) = slot["proof"].as_array_mut().unwrap().last_mut() {
                spoil(leaf);
            }
        }
    }
    if is(call, "eth_getBlockReceipts") {
        for receipt in answer["result"].as_array_mut().unwrap() {
            for log in receipt["logs"].as_array_mut().unwrap() {
                // The second word: whom the event is about.
                spoil_at(&mut log["data"], "0x".len() + 128 - 1);
            }
        }
    }
    answer
}

/// The state of before the last change, as if it were that of the block asked for.
pub(crate) fn an_old_block(world: &World, call: &Value, mut answer: Value) -> Value {
    let old = format!("{:#x}", world.old_block);
    if is(call, "eth_getBlockByNumber") && call["params"][0] != "0x0" {
        answer["result"] = world.ask("eth_getBlockByNumber", json!([old, false]));
    }
    if is(call, "eth_getProof") {
        let params = json!([call["params"][0], call["params"][1], old]);
        answer["result"] = world.ask("eth_getProof", params);
    }
    answer
}

/// Storage of before the last change, so that the change seems never to have been; the headers are right.
pub(crate) fn a_hidden_revocation(world: &World, call: &Value, mut answer: Value) -> Value {
    if is(call, "eth_getProof") {
        let old = format!("{:#x}", world.old_block);
        let params = json!([call["params"][0], call["params"][1], old]);
        answer["result"] = world.ask("eth_getProof", params);
    }
    answer
}

/// Only the first event of each block.
pub(crate) fn a_hidden_second_event(_: &World, call: &Value, mut answer: Value) -> Value {
    if is(call, "eth_getBlockReceipts") {
        answer["result"].as_array_mut().unwrap().truncate(1);
    }
    answer
}

/// Another state root, in a header that has the hash it says it has.
pub(crate) fn a_forged_state_root(_: &World, call: &Value, mut answer: Value) -> Value {
    if is(call, "eth_getBlockByNumber") && call["params"][0] != "0x0" {
        spoil(&mut answer["result"]["stateRoot"]);
        let rlp = raw_header(&answer["result"]).unwrap();
        let hash = alloy_primitives::keccak256(rlp);
        answer["result"]["hash"] = hash.to_string().into();
    }
    answer
}

/// No answer.
pub(crate) fn silence(_: &World, _: &Value, _: Value) -> Value {
    Value::Null
}

/// A chain that went much further.
pub(crate) fn a_far_future(_: &World, call: &Value, mut answer: Value) -> Value {
    if is(call, "eth_getBlockByNumber") && call["params"][0] == "finalized" {
        answer["result"]["number"] = "0xffffffffffff".into();
    }
    answer
}

/// Another chain.
pub(crate) fn another_chain(_: &World, call: &Value, mut answer: Value) -> Value {
    if is(call, "eth_chainId") {
        answer["result"] = "0x1".into();
    }
    answer
}
