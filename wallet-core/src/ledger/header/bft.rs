//! The extra data of IBFT 2.0 and QBFT headers (Besu): validators, round, and the seals of those who committed.
//!
//! Besu gives such a block the hash of its header without seals and round, so that all nodes know it by one hash; the seals
//! are made over the header with the round and without seals.

use crate::ledger::LedgerError;
use crate::ledger::rlp::{Item, Items};
use alloy_rlp::{EMPTY_LIST_CODE, EMPTY_STRING_CODE};

/// Bytes of the maker's own at the beginning.
const VANITY_BYTES: usize = 32;

/// Which of the two layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ledger) enum BftLayout {
    /// IBFT 2.0: no vote is an empty string, the round has four bytes; what is left out is missing.
    Ibft2,
    /// QBFT: no vote is an empty list, the round is a number; what is left out is zero or empty.
    Qbft,
}

/// The parts of the extra data.
pub(in crate::ledger) struct BftExtraData<'a> {
    layout: BftLayout,
    /// Vanity, validators and vote.
    front: [Item<'a>; 3],
    round: Item<'a>,
    /// `r`, `s` and recovery id each.
    pub(in crate::ledger) seals: Vec<[u8; 65]>,
}

impl<'a> BftExtraData<'a> {
    pub(in crate::ledger) fn parse(
        layout: BftLayout,
        extra_data: &'a [u8],
    ) -> Result<Self, LedgerError> {
        let mut items = Item::only(extra_data)?.list()?;
        let front = [items.next()?, items.next()?, items.next()?];
        let round = items.next()?;
        let seals = each(items.next()?, Item::array)?;
        items.finish()?;
        let [vanity, validators, vote] = front;
        if vanity.string()?.len() != VANITY_BYTES {
            return Err(LedgerError::Header);
        }
        each(validators, Item::array::<20>)?;
        layout.check_vote(vote)?;
        layout.check_round(round)?;
        Ok(Self {
            layout,
            front,
            round,
            seals,
        })
    }

    /// What the seals are made over stands in the header with this.
    pub(in crate::ledger) fn without_seals(&self) -> Vec<u8> {
        match self.layout {
            BftLayout::Ibft2 => self.encoded(&[self.round.raw]),
            BftLayout::Qbft => self.encoded(&[self.round.raw, &[EMPTY_LIST_CODE]]),
        }
    }

    /// The block's hash is that of the header with this.
    pub(super) fn without_seals_and_round(&self) -> Vec<u8> {
        match self.layout {
            BftLayout::Ibft2 => self.encoded(&[]),
            BftLayout::Qbft => self.encoded(&[&[EMPTY_STRING_CODE], &[EMPTY_LIST_CODE]]),
        }
    }

    fn encoded(&self, back: &[&[u8]]) -> Vec<u8> {
        let front = self.front.iter().map(|item| item.raw);
        let payload: Vec<u8> = front
            .chain(back.iter().copied())
            .flatten()
            .copied()
            .collect();
        let mut list = Vec::with_capacity(payload.len() + 9);
        alloy_rlp::Header {
            list: true,
            payload_length: payload.len(),
        }
        .encode(&mut list);
        list.extend_from_slice(&payload);
        list
    }
}

impl BftLayout {
    fn check_vote(self, vote: Item<'_>) -> Result<(), LedgerError> {
        let is_none = match self {
            Self::Ibft2 => vote.raw == [EMPTY_STRING_CODE],
            Self::Qbft => vote.raw == [EMPTY_LIST_CODE],
        };
        if is_none {
            return Ok(());
        }
        let mut vote = vote.list()?;
        vote.next()?.array::<20>()?;
        // Add or drop; QBFT writes drop as nothing.
        if vote.next()?.string()?.len() > 1 {
            return Err(LedgerError::Header);
        }
        vote.finish()
    }

    fn check_round(self, round: Item<'_>) -> Result<(), LedgerError> {
        match self {
            Self::Ibft2 => round.array::<4>().map(|_| ()),
            Self::Qbft => round.u64().map(|_| ()),
        }
    }
}

/// The items of a list, each read in the same way.
fn each<'a, T>(
    list: Item<'a>,
    read: impl Fn(Item<'a>) -> Result<T, LedgerError>,
) -> Result<Vec<T>, LedgerError> {
    let mut items: Items<'a> = list.list()?;
    let mut read_items = Vec::new();
    while let Some(item) = items.next_if_any()? {
        read_items.push(read(item)?);
    }
    Ok(read_items)
}
