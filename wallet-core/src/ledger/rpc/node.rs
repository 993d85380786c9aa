//! What one endpoint is asked, and its answers as values. Nothing of them is believed.

use super::RpcError;
use super::block;
use super::encoding::{hash, member, object, small_quantity, to_quantity};
use super::json_rpc::{Answer, Call, MAX_BATCH, batch, call};
use super::receipts;
use super::storage::{self, SaidStorage};
use crate::http::Fetcher;
use crate::ledger::header::{Header, HeaderRules};
use crate::ledger::policy::ChainIdentity;
use alloy_primitives::{Address, B256, Bytes};
use serde_json::{Value, json};
use url::Url;

/// Most slots of one `eth_getProof`: some endpoints refuse more.
const MAX_SLOTS_AT_ONCE: usize = 64;

/// One endpoint.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) fetcher: &'a Fetcher<'a>,
    pub(super) url: &'a Url,
    pub(super) rules: HeaderRules,
}

impl Node<'_> {
    /// Which chain it says it is of, and the number of the newest block it calls final, in one request.
    pub(super) async fn final_block(&self) -> Result<(ChainIdentity, u64), RpcError> {
        let (chain, newest) = self.chain_and_block("finalized".into()).await?;
        Ok((chain, small_quantity(member(object(&newest)?, "number")?)?))
    }

    /// Which chain it says it is of, and the header of the block of this number, in one request.
    pub(super) async fn header(&self, number: u64) -> Result<(ChainIdentity, Header), RpcError> {
        let (chain, block) = self.chain_and_block(to_quantity(number)).await?;
        let header = match block::header(self.rules, &block) {
            Ok(header) => header,
            // A fork added a field that is not known here: the bytes may still be had.
            Err(error) => self.raw_header(number).await.map_err(|_| error)?,
        };
        if header.number() == number {
            Ok((chain, header))
        } else {
            Err(RpcError::OtherBlock)
        }
    }

    async fn chain_and_block(&self, which: Value) -> Result<(ChainIdentity, Value), RpcError> {
        let calls = [
            Call::new("eth_chainId", json!([])),
            block_call(to_quantity(0)),
            block_call(which),
        ];
        let answers = batch(self.fetcher, self.url, &calls).await?;
        let [chain_id, first, block] = answers.try_into().map_err(|_| RpcError::Protocol)?;
        let chain_id = small_quantity(&chain_id?)?;
        let genesis = hash(member(object(&known(first)?)?, "hash")?)?;
        Ok((ChainIdentity { chain_id, genesis }, known(block)?))
    }

    async fn raw_header(&self, number: u64) -> Result<Header, RpcError> {
        let wanted = Call::new("debug_getRawHeader", json!([to_quantity(number)]));
        let raw = call(self.fetcher, self.url, &wanted).await?;
        block::raw_header(self.rules, &raw)
    }

    /// Proofs of these slots of a contract after the block.
    pub(super) async fn storage(
        &self,
        contract: Address,
        slots: &[B256],
        block: u64,
    ) -> Result<Vec<SaidStorage>, RpcError> {
        let mut said = Vec::new();
        let parts: Vec<&[B256]> = slots.chunks(MAX_SLOTS_AT_ONCE).collect();
        for parts in parts.chunks(MAX_BATCH) {
            let calls: Vec<Call> = parts
                .iter()
                .map(|slots| {
                    let address = contract.to_string().to_lowercase();
                    let slots: Vec<String> = slots.iter().map(ToString::to_string).collect();
                    let params = json!([address, slots, to_quantity(block)]);
                    Call::new("eth_getProof", params)
                })
                .collect();
            let answers = batch(self.fetcher, self.url, &calls).await?;
            for (slots, answer) in parts.iter().zip(answers) {
                said.push(storage::storage(contract, slots, &answer?)?);
            }
        }
        Ok(said)
    }

    /// All receipts of the block.
    pub(super) async fn receipts(&self, block: u64) -> Result<Vec<Bytes>, RpcError> {
        let wanted = Call::new("eth_getBlockReceipts", json!([to_quantity(block)]));
        receipts::receipts(&call(self.fetcher, self.url, &wanted).await?)
    }
}

/// A block without its transactions.
fn block_call(which: Value) -> Call {
    Call::new("eth_getBlockByNumber", json!([which, false]))
}

/// Null says that there is no such block.
fn known(answer: Answer) -> Result<Value, RpcError> {
    match answer? {
        Value::Null => Err(RpcError::NotKnown),
        value => Ok(value),
    }
}
