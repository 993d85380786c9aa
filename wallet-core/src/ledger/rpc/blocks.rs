//! Headers, from everybody the trust policy wants to be asked.

use super::RpcError;
use super::checkpoint_file::CheckpointFile;
use super::collect::MAX_ROUNDS;
use super::node::Node;
use super::together::together;
use crate::http::Fetcher;
use crate::ledger::LedgerError;
use crate::ledger::bundle::{BlockEvidence, ProofBundle};
use crate::ledger::chain_profile::ChainProfile;
use crate::ledger::header::Header;
use crate::ledger::policy::{BlockAnswer, BlockAnswers, Endpoints, TrustPolicy};
use crate::order;
use alloy_primitives::B256;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

/// Most rounds of one question, over all servers: the longest history twice. Servers that only go on and on end here.
const MAX_ROUNDS_OF_ALL: usize = 2 * MAX_ROUNDS;

/// Whom to ask for the headers of a chain. What was answered once is not asked again for the same question.
pub(super) struct Blocks<'a> {
    pub(super) fetcher: &'a Fetcher<'a>,
    pub(super) profile: &'a ChainProfile,
    pub(super) checkpoint: Option<&'a CheckpointFile>,
    answered: Mutex<BTreeMap<u64, Answered>>,
    rounds: AtomicUsize,
    is_judging: bool,
}

/// A header, and what the policy's endpoints said about its block.
#[derive(Clone)]
struct Answered {
    header: Header,
    answers: BlockAnswers,
}

/// A block that may be accepted.
pub(super) struct SaidBlock {
    pub(super) evidence: BlockEvidence,
    /// What its header commits to as its receipts.
    pub(super) receipts_root: B256,
    /// What the endpoints of a policy said, if that is what it judges by.
    pub(super) answers: Option<BlockAnswers>,
}

impl<'a> Blocks<'a> {
    pub(super) const fn new(
        fetcher: &'a Fetcher<'a>,
        profile: &'a ChainProfile,
        checkpoint: Option<&'a CheckpointFile>,
    ) -> Self {
        Self {
            fetcher,
            profile,
            checkpoint,
            answered: Mutex::new(BTreeMap::new()),
            rounds: AtomicUsize::new(0),
            is_judging: false,
        }
    }

    /// Goes no further than to a block the profile's policy does not accept.
    pub(super) const fn judging(mut self) -> Self {
        self.is_judging = true;
        self
    }

    /// Judges a block as soon as it is known, where that is asked for: nobody can lead on with a history of their own.
    /// Seals of Metadium are judged together, at the end.
    pub(super) fn judge(&self, block: &SaidBlock) -> Result<(), LedgerError> {
        if !self.is_judging || matches!(self.profile.trust, TrustPolicy::MetadiumSeals(_)) {
            return Ok(());
        }
        let alone = ProofBundle {
            chain_id: self.profile.chain.chain_id,
            blocks: vec![block.evidence.clone()],
            contracts: Vec::new(),
        };
        let answers = block.answers.as_slice();
        self.profile.accept(&alone, answers).map(|_| ())
    }

    /// Counts one more round of this question, whichever server it goes to.
    pub(super) fn begin_round(&self) -> Result<(), LedgerError> {
        match self.rounds.fetch_add(1, Ordering::Relaxed) < MAX_ROUNDS_OF_ALL {
            true => Ok(()),
            false => Err(LedgerError::TooLarge),
        }
    }

    /// One endpoint of the profile's chain.
    pub(super) fn node<'n>(&'n self, url: &'n Url) -> Node<'n> {
        Node {
            fetcher: self.fetcher,
            url,
            rules: self.profile.header_rules,
        }
    }

    /// The numbers to ask about for an answer about now, the best first.
    ///
    /// Where endpoints have to agree, the first is what enough of them must know; then come lower ones, down to the lowest
    /// said by anyone: an honest endpoint may lag behind while a liar refuses to agree.
    pub(super) async fn newest(&self, servers: &[Url]) -> Result<Vec<u64>, RpcError> {
        if let Some(checkpoint) = self.checkpoint {
            return Ok(vec![checkpoint.number()]);
        }
        if let TrustPolicy::Endpoints(endpoints) = &self.profile.trust {
            let said = self.final_numbers(endpoints.iter().map(|it| &it.url)).await;
            let best = endpoints.common_final_block(&said);
            let best = best.ok_or(RpcError::NoEndpoint)?;
            let mut numbers: Vec<u64> = said.into_iter().flatten().collect();
            numbers.retain(|number| *number <= best);
            order::sort_by(&mut numbers, |a, b| b.cmp(a));
            numbers.dedup();
            return Ok(numbers);
        }
        let said = self.final_numbers(servers.iter()).await;
        let mut numbers: Vec<u64> = said.into_iter().flatten().collect();
        order::sort_by(&mut numbers, |a, b| b.cmp(a));
        numbers.dedup();
        Ok(numbers)
    }

    /// The newest final block each server names, if it is of the profile's chain.
    async fn final_numbers(&self, servers: impl Iterator<Item = &Url>) -> Vec<Option<u64>> {
        let asked = servers.map(|url| async move {
            let (chain, number) = self.node(url).final_block().await.ok()?;
            (chain == self.profile.chain).then_some(number)
        });
        together(asked).await
    }

    /// The block of this number, by all endpoints of the policy, or by `server` where it judges by something else.
    pub(super) async fn block(&self, number: u64, server: &Url) -> Result<SaidBlock, RpcError> {
        let (header, answers) = match &self.profile.trust {
            TrustPolicy::Endpoints(endpoints) => {
                let answered = self.of_all(number, endpoints).await?;
                (answered.header, Some(answered.answers))
            }
            _ => {
                let (chain, header) = self.node(server).header(number).await?;
                if chain != self.profile.chain {
                    return Err(RpcError::OtherChain);
                }
                (header, None)
            }
        };
        let mut evidence = BlockEvidence::of(header.rlp().clone());
        if let Some(checkpoint) = self.checkpoint {
            checkpoint.vouch(header.number(), &mut evidence);
        }
        Ok(SaidBlock {
            evidence,
            receipts_root: header.receipts_root(),
            answers,
        })
    }

    /// What all endpoints of the policy say of a block, and the header most of them gave.
    async fn of_all(&self, number: u64, endpoints: &Endpoints) -> Result<Answered, RpcError> {
        if let Some(known) = self.known(number) {
            return Ok(known);
        }
        let asked = endpoints
            .iter()
            .map(|one| async move { self.node(&one.url).header(number).await.ok() });
        let said = together(asked).await;
        let mut headers: Vec<&Header> = Vec::new();
        let mut answers = Vec::new();
        for one in &said {
            let answer = one.as_ref().map(|(chain, header)| {
                headers.push(header);
                BlockAnswer {
                    chain: *chain,
                    hash: header.hash(),
                }
            });
            answers.push(answer);
        }
        let votes = |wanted: &Header| headers.iter().filter(|it| **it == wanted).count();
        let most = headers.iter().max_by_key(|header| votes(header));
        let header = (*most.ok_or(RpcError::NoEndpoint)?).clone();
        let answered = Answered {
            header,
            answers: BlockAnswers { number, answers },
        };
        if let Ok(mut known) = self.answered.lock() {
            known.insert(number, answered.clone());
        }
        Ok(answered)
    }

    fn known(&self, number: u64) -> Option<Answered> {
        self.answered.lock().ok()?.get(&number).cloned()
    }
}
