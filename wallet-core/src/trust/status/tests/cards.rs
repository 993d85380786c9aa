//! A card is as good as the worst of its copies.

use crate::clock::UnixTime;
use crate::trust::status::{CardStatus, StatusValue, UnknownStatus};

fn stale(last: StatusValue) -> CardStatus {
    CardStatus::Stale {
        last,
        seen_at: UnixTime::from_secs(0),
    }
}

#[test]
fn the_worse_of_two_counts_in_either_order() {
    let from_good_to_bad = [
        CardStatus::NotTracked,
        CardStatus::Valid,
        stale(StatusValue::Valid),
        CardStatus::Unknown(UnknownStatus::NotAsked),
        CardStatus::Other(3),
        CardStatus::Suspended,
        CardStatus::Revoked,
    ];
    for (place, better) in from_good_to_bad.iter().enumerate() {
        for worse in &from_good_to_bad[place..] {
            assert_eq!(better.worse(*worse), *worse);
            assert_eq!(worse.worse(*better), *worse);
        }
    }
}

#[test]
fn a_withdrawal_stands_however_old_the_list_is() {
    for last in [StatusValue::Revoked, StatusValue::Suspended] {
        assert!(CardStatus::fresh(last).is_withdrawn());
        assert!(stale(last).is_withdrawn());
    }
    for status in [
        CardStatus::NotTracked,
        CardStatus::Valid,
        CardStatus::Other(3),
        CardStatus::Unknown(UnknownStatus::NotBelieved),
        stale(StatusValue::Valid),
    ] {
        assert!(!status.is_withdrawn(), "{status:?}");
    }
}

#[test]
fn what_was_never_seen_or_long_ago_is_to_be_asked_again() {
    assert!(stale(StatusValue::Valid).is_stale());
    assert!(CardStatus::Unknown(UnknownStatus::NotAsked).is_stale());
    assert!(CardStatus::Unknown(UnknownStatus::NotBelieved).is_stale());
    for status in [
        CardStatus::NotTracked,
        CardStatus::Valid,
        CardStatus::Revoked,
        // Asking again would not help.
        CardStatus::Unknown(UnknownStatus::NotSupported),
        CardStatus::Unknown(UnknownStatus::NotListed),
    ] {
        assert!(!status.is_stale(), "{status:?}");
    }
}
