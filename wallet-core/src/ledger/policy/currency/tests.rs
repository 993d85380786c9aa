#![allow(clippy::unwrap_used)]
use super::*;
use crate::ledger::header::{Header, HeaderRules};
use crate::ledger::policy::TrustBasis;
use crate::ledger::test_chain::{accept, invented_header};

const TIME: u64 = 1_700_000_000;

fn currency(now: u64) -> Result<Currency, PolicyError> {
    let block = accept(&invented_header(5, TIME, &[]));
    Currency::of(&block, 3600, UnixTime::from_secs(now as i64))
}

#[test]
fn a_block_is_current_until_the_profiles_age_and_stale_after() {
    for now in [TIME - 60, TIME, TIME + 3600] {
        assert_eq!(currency(now), Ok(Currency::Current), "{now}");
    }
    for now in [TIME + 3601, u64::MAX >> 1] {
        assert_eq!(currency(now), Ok(Currency::Stale), "{now}");
    }
}

#[test]
fn a_block_from_the_future_is_refused() {
    for now in [TIME - 61, 0] {
        assert_eq!(currency(now), Err(PolicyError::FromTheFuture), "{now}");
    }
    let block = accept(&invented_header(5, u64::MAX, &[]));
    let refused = Currency::of(&block, u64::MAX, UnixTime::from_secs(-1));
    assert_eq!(refused, Err(PolicyError::FromTheFuture));
}

#[test]
fn a_time_that_nobody_vouches_for_is_not_used() {
    let rlp = invented_header(5, u64::MAX, &[]);
    let basis = TrustBasis::ExperimentalSeals {
        nodes: Vec::new(),
        of: 0,
    };
    let block = AcceptedBlock::new(Header::parse(HeaderRules::Ethereum, &rlp).unwrap(), basis);
    let currency = Currency::of(&block, 3600, UnixTime::from_secs(TIME as i64));
    assert_eq!(currency, Ok(Currency::Undated));
}

fn seen(number: u64, hash: u8) -> LastSeen {
    LastSeen {
        chain: ChainIdentity {
            chain_id: 1,
            genesis: B256::ZERO,
        },
        policy: B256::ZERO,
        number,
        hash: B256::repeat_byte(hash),
        checkpoint: None,
    }
}

#[test]
fn nothing_goes_behind_the_last_block_seen_nor_beside_it() {
    let before = seen(5, 1);
    for (now, expected) in [
        (seen(5, 1), Ok(())),
        (seen(6, 2), Ok(())),
        (seen(u64::MAX, 2), Ok(())),
        (seen(4, 1), Err(Regression::RolledBack)),
        (seen(0, 1), Err(Regression::RolledBack)),
        (seen(5, 2), Err(Regression::Forked)),
    ] {
        assert_eq!(now.follows(&before), expected, "{now:?}");
    }
}

#[test]
fn chains_and_policies_are_remembered_apart() {
    let one = seen(5, 1);
    let mut other = seen(1, 1);
    assert!(one.is_beside(&other));
    other.policy = B256::repeat_byte(1);
    assert!(!one.is_beside(&other));
    other = seen(1, 1);
    other.chain.genesis = B256::repeat_byte(1);
    assert!(!one.is_beside(&other));
}
