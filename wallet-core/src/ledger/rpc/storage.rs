//! Proofs of a contract's storage (EIP-1186 `eth_getProof`).

use super::RpcError;
use super::encoding::{address, array, data, member, object, quantity};
use crate::ledger::contract::{ContractProof, SlotProof};
use crate::ledger::trie::{MAX_NODE_BYTES, MAX_NODES};
use alloy_primitives::{Address, B256, Bytes, U256};
use serde_json::Value;

/// A contract's proof with the values the endpoint says it proves: only to know what to ask next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SaidStorage {
    /// What is to prove the values.
    pub(super) proof: ContractProof,
    /// The values, by the slots asked for.
    pub(super) words: Vec<(B256, U256)>,
}

/// The answer about `contract` and `slots`, in that order.
pub(super) fn storage(
    contract: Address,
    slots: &[B256],
    answer: &Value,
) -> Result<SaidStorage, RpcError> {
    if answer.is_null() {
        return Err(RpcError::NotKnown);
    }
    let answer = object(answer)?;
    if address(member(answer, "address")?)? != contract {
        return Err(RpcError::Encoding);
    }
    let account_proof = nodes(member(answer, "accountProof")?)?;
    let proofs = array(member(answer, "storageProof")?, slots.len())?;
    if proofs.len() != slots.len() {
        return Err(RpcError::Encoding);
    }
    let mut storage = Vec::new();
    let mut words = Vec::new();
    // Endpoints write the key in several forms: the order counts, and the proof would show another slot.
    for (slot, one) in slots.iter().zip(proofs) {
        let one = object(one)?;
        words.push((*slot, quantity(member(one, "value")?)?));
        storage.push(SlotProof {
            slot: *slot,
            proof: nodes(member(one, "proof")?)?,
        });
    }
    let proof = ContractProof {
        address: contract,
        account_proof,
        storage,
    };
    Ok(SaidStorage { proof, words })
}

fn nodes(value: &Value) -> Result<Vec<Bytes>, RpcError> {
    let nodes = array(value, MAX_NODES)?.iter();
    nodes.map(|node| data(node, MAX_NODE_BYTES)).collect()
}
