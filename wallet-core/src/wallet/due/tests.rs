//! When something is due, for any card.
#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn lives() -> impl Strategy<Value = Life> {
    let name = "[0-9a-f]{32}".prop_map(|text| RecordName::parse(&text).unwrap());
    let times = (-1_000_000_i64..4_000_000_000, -1000_i64..2_000_000_000);
    let left = prop::option::of(0_usize..200);
    (
        name,
        1_usize..120,
        left,
        times,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(credential, batch, left, (starts_at, lives), ends, is_renewable)| Life {
                credential,
                batch,
                left,
                starts_at,
                expires_at: ends.then_some(starts_at + lives),
                is_renewable,
            },
        )
}

fn due(life: &Life, now: i64) -> Vec<Due> {
    let now = UnixTime::from_secs(now);
    life.due(now).filter(|due| due.at <= now).collect()
}

proptest! {
    #[test]
    fn the_same_card_at_the_same_time_is_the_same_due(life in lives(), now in any::<i64>()) {
        prop_assert_eq!(due(&life, now), due(&life, now));
    }

    /// Never at a full batch, always when nothing is left, and once due it stays so while copies go.
    #[test]
    fn a_refill_is_due_below_the_batch_and_monotonic(life in lives()) {
        let threshold = life.threshold();
        prop_assert!(threshold < life.batch.max(1));
        prop_assert!(threshold <= life.batch / 4 + life.batch / 8 + 1);
        for left in 0..life.batch + 2 {
            let life = Life { left: Some(left), expires_at: None, ..life.clone() };
            let found = due(&life, 0);
            prop_assert_eq!(!found.is_empty(), left <= threshold);
        }
    }

    /// Due from one moment on, in the last quarter of the validity, and for ever after.
    #[test]
    fn a_renewal_is_due_from_one_moment_on(life in lives(), now in -1_000_000_i64..8_000_000_000) {
        let life = Life { left: None, ..life };
        match (life.expires_at, life.renewal_at()) {
            (Some(end), Some(at)) => {
                let validity = (end - life.starts_at).max(0);
                prop_assert!(at <= end && end - at <= validity / 4 && end - at <= LONGEST_LEAD * 5 / 4);
                prop_assert_eq!(!due(&life, now).is_empty(), now >= at);
                let urgent = due(&life, end).iter().all(|due| due.urgency == Urgency::Now);
                prop_assert!(urgent);
            }
            _ => prop_assert!(due(&life, now).is_empty()),
        }
    }

    /// Without a refresh token nothing is said to go without the holder.
    #[test]
    fn what_needs_the_holder_is_what_cannot_be_renewed(life in lives(), now in any::<i64>()) {
        for due in due(&life, now) {
            prop_assert_eq!(due.needs.holder, !life.is_renewable);
            prop_assert!(due.needs.network);
            let is_expiring = matches!(due.what, DueWhat::Expiring { .. });
            prop_assert!(!(is_expiring && life.is_renewable));
        }
    }
}
