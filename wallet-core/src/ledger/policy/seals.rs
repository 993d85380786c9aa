//! Seals of validators over the whole header: IBFT 2.0 and QBFT (Besu).
//!
//! A block is final once two thirds of the validators sealed it; a header with so many seals of the validators an app pins
//! is believed without asking anyone. Who pins them must pin anew when the chain votes for others.

use super::{PolicyError, recover};
use crate::ledger::LedgerError;
use crate::ledger::header::{Header, HeaderRules, bft::BftExtraData, bft::BftLayout};
use crate::order;
use alloy_primitives::{Address, keccak256};
use std::collections::BTreeSet;

/// Fewest validators: with fewer none may fail.
pub const MIN_VALIDATORS: usize = 4;

/// Most validators; each may cost a key recovery for every header.
pub const MAX_VALIDATORS: usize = 100;

/// The pinned validators of a chain with IBFT 2.0 or QBFT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorSeals {
    rules: HeaderRules,
    layout: BftLayout,
    validators: BTreeSet<Address>,
    valid_from: u64,
    valid_until: Option<u64>,
}

impl ValidatorSeals {
    /// The validators of a chain whose headers have these rules.
    ///
    /// # Errors
    /// [`PolicyError::PolicyUnfit`] if headers of these rules have no such seals; [`PolicyError::Validators`] for fewer than
    /// [`MIN_VALIDATORS`], more than [`MAX_VALIDATORS`], or one given twice.
    pub fn new(rules: HeaderRules, validators: &[Address]) -> Result<Self, PolicyError> {
        let layout = rules.bft_layout().ok_or(PolicyError::PolicyUnfit)?;
        let distinct = order::set(validators.iter().copied());
        let is_sound = (MIN_VALIDATORS..=MAX_VALIDATORS).contains(&validators.len())
            && distinct.len() == validators.len();
        if !is_sound {
            return Err(PolicyError::Validators);
        }
        Ok(Self {
            rules,
            layout,
            validators: distinct,
            valid_from: 0,
            valid_until: None,
        })
    }

    /// The same for the blocks of these numbers alone, both included: who was voted out still has a key, and could seal
    /// later blocks with it. With a last block none is ever taken for how things are now: they could as well seal an earlier
    /// number with a late time.
    ///
    /// # Errors
    /// [`PolicyError::Validators`] if there is no such block.
    pub fn for_blocks(mut self, from: u64, until: Option<u64>) -> Result<Self, PolicyError> {
        if until.is_some_and(|until| until < from) {
            return Err(PolicyError::Validators);
        }
        (self.valid_from, self.valid_until) = (from, until);
        Ok(self)
    }

    /// The first block they seal, and the last if that is known.
    #[must_use]
    pub const fn blocks(&self) -> (u64, Option<u64>) {
        (self.valid_from, self.valid_until)
    }

    fn seal_blocks_of(&self, number: u64) -> bool {
        number >= self.valid_from && self.valid_until.is_none_or(|until| number <= until)
    }

    /// The rules of the headers they seal.
    #[must_use]
    pub const fn rules(&self) -> HeaderRules {
        self.rules
    }

    /// How many are pinned.
    #[must_use]
    pub fn count(&self) -> usize {
        self.validators.len()
    }

    /// The validators, sorted.
    pub fn validators(&self) -> impl Iterator<Item = &Address> {
        self.validators.iter()
    }

    /// How many of `n` must seal: two thirds of them, rounded up, as Besu asks. That is `2f + 1` of `3f + 1`, and more than
    /// that of other numbers, so that two sealed blocks of one height always have an honest validator in common.
    #[must_use]
    pub fn quorum(&self) -> usize {
        self.count().saturating_mul(2).div_ceil(3)
    }

    /// How many of the pinned validators sealed the header, each counted once, up to the quorum: it is not asked who else
    /// did.
    ///
    /// # Errors
    /// [`PolicyError::SealForm`] if its extra data is not of the layout or has more seals than there are validators,
    /// [`PolicyError::TooFewSeals`], also for a block that they are not pinned for.
    pub fn sealed(&self, header: &Header) -> Result<usize, LedgerError> {
        if !self.seal_blocks_of(header.number()) {
            return Err(PolicyError::TooFewSeals.into());
        }
        let extra_data = BftExtraData::parse(self.layout, header.extra_data());
        let extra_data = extra_data.map_err(|_| PolicyError::SealForm)?;
        // Each costs a key recovery, and a validator seals once.
        if extra_data.seals.len() > self.count() {
            return Err(PolicyError::SealForm.into());
        }
        let sealed = keccak256(header.rlp_with_extra_data(&extra_data.without_seals()));
        let mut signers = BTreeSet::new();
        for seal in &extra_data.seals {
            let key = recover::signer(&sealed.0, seal);
            let signer = key.map(|key| Address::from_raw_public_key(&key));
            signers.extend(signer.filter(|signer| self.validators.contains(signer)));
            if signers.len() == self.quorum() {
                return Ok(signers.len());
            }
        }
        Err(PolicyError::TooFewSeals.into())
    }
}

#[cfg(test)]
mod tests;
