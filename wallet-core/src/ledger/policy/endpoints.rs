//! Agreement of endpoints: several servers of different operators are asked for the same block.
//!
//! With at most `f` of `n ≥ 2f + 1` lying in any way, a hash that `n − f` give is one an honest server gave: no two hashes
//! can both have so many. This is a pure function over answers; asking is for [`crate::ledger`]'s fetching side.

use super::PolicyError;
use super::checkpoint::ChainIdentity;
use crate::ledger::header::Header;
use crate::order;
use alloy_primitives::B256;
use std::collections::BTreeSet;
use url::Url;

/// Most endpoints of a policy: each is asked for every block.
pub const MAX_ENDPOINTS: usize = 16;

/// A server that is asked about a chain.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Who runs it: two endpoints of one operator would lie together. A name of the app's own.
    pub operator: String,
    /// Its JSON-RPC address. Often with a key of the app's in it: it is not printed.
    pub url: Url,
}

impl core::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Endpoint")
            .field("operator", &self.operator)
            .finish_non_exhaustive()
    }
}

/// Endpoints of different operators, and how many of them may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    endpoints: Vec<Endpoint>,
    tolerated_faults: usize,
}

/// What one endpoint answered for one block number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockAnswer {
    /// The chain it says it is on.
    pub chain: ChainIdentity,
    /// The hash of the block.
    pub hash: B256,
}

/// What all endpoints answered for the same block number, in the order of [`Endpoints::iter`]; `None` where there was no
/// usable answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockAnswers {
    /// The number that was asked for.
    pub number: u64,
    /// The answers.
    pub answers: Vec<Option<BlockAnswer>>,
}

/// Who agreed and who did not, by operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Who gave the accepted hash.
    pub agreed: Vec<String>,
    /// Who gave another, or spoke of another chain.
    pub differed: Vec<String>,
    /// Who gave no answer.
    pub silent: Vec<String>,
}

impl Endpoints {
    /// At most `tolerated_faults` of the endpoints may lie, be wrong or be silent.
    ///
    /// # Errors
    /// [`PolicyError::Endpoints`] if there are fewer than `2 · tolerated_faults + 1` or more than [`MAX_ENDPOINTS`], none may
    /// lie (one endpoint is a server that is believed), or an operator or host is named twice, or not at all.
    pub fn new(endpoints: Vec<Endpoint>, tolerated_faults: usize) -> Result<Self, PolicyError> {
        let count = endpoints.len();
        let distinct = |names: BTreeSet<Option<String>>| {
            names.len() == count && !names.contains(&None) && !names.contains(&Some(String::new()))
        };
        let operator = |one: &Endpoint| Some(one.operator.trim().to_lowercase());
        // A trailing dot names the same host.
        let host = |one: &Endpoint| Some(one.url.host_str()?.trim_end_matches('.').to_owned());
        let is_sound = (3..=MAX_ENDPOINTS).contains(&count)
            && tolerated_faults >= 1
            && tolerated_faults.saturating_mul(2) < count
            && distinct(order::set(endpoints.iter().map(operator)))
            && distinct(order::set(endpoints.iter().map(host)));
        if !is_sound {
            return Err(PolicyError::Endpoints);
        }
        Ok(Self {
            endpoints,
            tolerated_faults,
        })
    }

    /// The endpoints, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Endpoint> {
        self.endpoints.iter()
    }

    /// How many may lie.
    #[must_use]
    pub const fn tolerated_faults(&self) -> usize {
        self.tolerated_faults
    }

    /// How many must agree: `n − f`.
    #[must_use]
    pub fn quorum(&self) -> usize {
        self.endpoints.len().saturating_sub(self.tolerated_faults)
    }

    /// The block number to ask all endpoints for, from what each says is the last final block: the `f + 1`-th smallest, so
    /// that liars move it neither before nor beyond what honest endpoints know. `None` if fewer than [`Self::quorum`] said
    /// one.
    #[must_use]
    pub fn common_final_block(&self, said: &[Option<u64>]) -> Option<u64> {
        let mut numbers: Vec<u64> = said.iter().copied().flatten().collect();
        if said.len() != self.endpoints.len() || numbers.len() < self.quorum() {
            return None;
        }
        order::sort(&mut numbers);
        // Whoever was silent is a faulty one that says "0" at worst.
        let silent = said.len() - numbers.len();
        numbers
            .get(self.tolerated_faults.saturating_sub(silent))
            .copied()
    }

    /// Checks that enough endpoints gave the header's hash for its number.
    ///
    /// # Errors
    /// [`PolicyError::OtherBlock`] if another number was asked for, [`PolicyError::Endpoints`] if it is not one answer for
    /// each endpoint, [`PolicyError::EndpointsDisagree`].
    pub fn agree(
        &self,
        chain: &ChainIdentity,
        header: &Header,
        answers: &BlockAnswers,
    ) -> Result<Agreement, PolicyError> {
        if answers.number != header.number() {
            return Err(PolicyError::OtherBlock);
        }
        if answers.answers.len() != self.endpoints.len() {
            return Err(PolicyError::Endpoints);
        }
        let expected = BlockAnswer {
            chain: *chain,
            hash: header.hash(),
        };
        let mut agreement = Agreement::default();
        for (endpoint, answer) in self.endpoints.iter().zip(&answers.answers) {
            let said = match answer {
                Some(answer) if *answer == expected => &mut agreement.agreed,
                Some(_) => &mut agreement.differed,
                None => &mut agreement.silent,
            };
            said.push(endpoint.operator.clone());
        }
        if agreement.agreed.len() >= self.quorum() {
            Ok(agreement)
        } else {
            Err(PolicyError::EndpointsDisagree)
        }
    }
}

#[cfg(test)]
mod tests;
