//! Everything that shows one thing, as one JSON text (docs/ledger.md): what an honest server hands out, and issuers staple.

use serde_json::{Map, Value, json};

use super::abi::word;
use super::checkpoints::IssuedCheckpoint;
use super::{AnchoredBatch, Chain, from_hex, hex, keccak, raw_header, raw_receipt};
use crate::refused::{OrRefuse, Result};

/// What is to be shown: storage after a block, and all receipts of others.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Contracts and their slots.
    pub reads: Vec<([u8; 20], Vec<[u8; 32]>)>,
    /// Blocks whose receipts are wanted.
    pub receipts: Vec<u64>,
}

/// A root in the registry, and where it stands.
pub struct AnchorPlace {
    /// The registry.
    pub registry: [u8; 20],
    /// The account that wrote.
    pub issuer: [u8; 20],
    /// The series.
    pub series: [u8; 32],
    /// The epoch.
    pub epoch: u64,
}

impl Question {
    /// An identity of ERC-1056 whose events are in these blocks.
    #[must_use]
    pub fn of_did_ethr(registry: [u8; 20], identity: [u8; 20], blocks: &[u64]) -> Self {
        let slot = |number: u8| mapping(word(&[number]), word(&identity));
        Self {
            reads: vec![(registry, vec![slot(0), slot(2)])],
            receipts: blocks.to_vec(),
        }
    }

    /// An identity of did:meta with one address, whose only resolver is that of public keys.
    #[must_use]
    pub fn of_did_meta(
        registry: [u8; 20],
        resolver: [u8; 20],
        ein: u64,
        address: [u8; 20],
    ) -> Self {
        let identity = mapping([0; 32], word(&ein.to_be_bytes()));
        let (addresses, resolvers) = (after(identity, 1), after(identity, 5));
        let in_registry = vec![
            word(&[2]),
            mapping(word(&[1]), word(&address)),
            addresses,
            resolvers,
            keccak(&addresses),
            keccak(&resolvers),
        ];
        let key = mapping(word(&[1]), word(&address));
        let in_resolver = vec![key, keccak(&key), after(keccak(&key), 1)];
        Self {
            reads: vec![(registry, in_registry), (resolver, in_resolver)],
            receipts: Vec::new(),
        }
    }

    /// A root in the anchor registry, and the newest epoch of its series.
    #[must_use]
    pub fn of_anchor(place: &AnchorPlace) -> Self {
        let series = |slot| mapping(mapping(slot, word(&place.issuer)), place.series);
        let root = mapping(series([0; 32]), word(&place.epoch.to_be_bytes()));
        Self {
            reads: vec![(place.registry, vec![root, series(word(&[1]))])],
            receipts: Vec::new(),
        }
    }
}

impl Chain {
    /// A proof bundle: what answers the question after block `at`, which the checkpoint is of or comes after.
    ///
    /// # Errors
    /// What the node answered.
    pub fn evidence(
        &self,
        question: &Question,
        at: u64,
        checkpoint: &IssuedCheckpoint,
    ) -> Result<Value> {
        let mut blocks = vec![self.vouched(at, checkpoint)?];
        for number in &question.receipts {
            let receipts = self.receipts(*number)?;
            let own = match *number == at {
                true => blocks.first_mut(),
                false => {
                    blocks.push(self.vouched(*number, checkpoint)?);
                    blocks.last_mut()
                }
            };
            own.or_refuse("no block")?
                .insert("receipts".into(), receipts);
        }
        let contracts: Result<Vec<Value>> = question
            .reads
            .iter()
            .map(|(contract, slots)| self.storage(contract, slots, at))
            .collect();
        Ok(json!({
            "version": 1, "chain_id": self.id()?, "blocks": blocks, "contracts": contracts?,
        }))
    }

    /// The stapled proof of the content at this place of a batch, as it was after block `at`.
    ///
    /// # Errors
    /// What the node answered.
    pub fn stapled(
        &self,
        batch: &AnchoredBatch,
        content: usize,
        place: &AnchorPlace,
        at: u64,
        checkpoint: &IssuedCheckpoint,
    ) -> Result<Value> {
        let mut proof = json!({
            "version": 1, "kind": batch.kind(), "registry": hex(&place.registry),
            "issuer": hex(&place.issuer), "series": hex(&place.series), "epoch": place.epoch,
            "state": self.evidence(&Question::of_anchor(place), at, checkpoint)?,
        });
        let leaf = batch.proof(content)?;
        let members = proof.as_object_mut().zip(leaf.as_object());
        let (proof_members, leaf) = members.or_refuse("no proof")?;
        proof_members.extend(leaf.clone());
        Ok(proof)
    }

    fn vouched(&self, number: u64, checkpoint: &IssuedCheckpoint) -> Result<Map<String, Value>> {
        let header = raw_header(&self.block(Some(number))?)?;
        let mut block = Map::new();
        block.insert("header".into(), hex(&header).into());
        block.insert("checkpoint".into(), checkpoint.json.clone());
        if number != checkpoint.number() {
            let inclusion = checkpoint.inclusion(number);
            block.insert(
                "inclusion".into(),
                inclusion.or_refuse("the block is later than the checkpoint")?,
            );
        }
        Ok(block)
    }

    fn receipts(&self, number: u64) -> Result<Value> {
        let asked = json!([format!("{number:#x}")]);
        let listed = self.node().call("eth_getBlockReceipts", &asked)?;
        let listed = listed.as_array().or_refuse("no receipts")?;
        let raw: Result<Vec<String>> = listed
            .iter()
            .map(|receipt| Ok(hex(&raw_receipt(receipt)?)))
            .collect();
        Ok(json!(raw?))
    }

    fn storage(&self, contract: &[u8; 20], slots: &[[u8; 32]], at: u64) -> Result<Value> {
        let answer = self.proof(contract, slots, at)?;
        let proven = answer["storageProof"].as_array().or_refuse("no proof")?;
        let storage: Vec<Value> = slots
            .iter()
            .zip(proven)
            .map(|(slot, one)| json!({"slot": hex(slot), "proof": one["proof"]}))
            .collect();
        Ok(json!({
            "block": 0, "address": hex(contract), "account_proof": answer["accountProof"], "storage": storage,
        }))
    }

    /// The number of the chain (EIP-155).
    ///
    /// # Errors
    /// What the node answered.
    pub fn id(&self) -> Result<u64> {
        super::ledger::quantity(&self.node().call("eth_chainId", &json!([]))?)
    }

    /// The time of a block, seconds since 1970.
    ///
    /// # Errors
    /// No block.
    pub fn time_of(&self, block: &Value) -> Result<u64> {
        super::ledger::quantity(&block["timestamp"])
    }

    /// A contract as an app pins it.
    ///
    /// # Errors
    /// What the node answered.
    pub fn pin(&self, contract: &[u8; 20]) -> Result<Value> {
        let asked = json!([hex(contract), "latest"]);
        let code = self.node().call("eth_getCode", &asked)?;
        let code = from_hex(code.as_str().or_refuse("no code")?)?;
        Ok(json!({"address": hex(contract), "code_hash": hex(&keccak(&code))}))
    }
}

/// The slot of a mapping's value (Solidity manual, "Layout of State Variables in Storage").
fn mapping(slot: [u8; 32], key: [u8; 32]) -> [u8; 32] {
    keccak(&[key, slot].concat())
}

/// The slot so many after another.
fn after(slot: [u8; 32], offset: u8) -> [u8; 32] {
    let mut sum = slot;
    let mut carry = offset;
    for byte in sum.iter_mut().rev() {
        let (added, over) = byte.overflowing_add(carry);
        *byte = added;
        carry = u8::from(over);
    }
    sum
}
