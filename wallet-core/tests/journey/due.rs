//! What is due: told from the records alone, in time, and not at the same time for everyone.

use crate::network::Fate;
use crate::renewal;
use crate::world::World;
use pollster::block_on;
use std::collections::BTreeSet;
use wallet_core::clock::UnixTime;
use wallet_core::http::Purpose;
use wallet_core::wallet::{
    Due, DueWhat, Needs, ReceiveOptions, RecordName, ReusePolicy, Urgency, Wallet,
};
use wallet_parties::issuer::{CardOptions, Fault};

const DAY: i64 = 86_400;

fn expires_at(wallet: &Wallet, id: &RecordName) -> i64 {
    let card = wallet.detail::<&str>(id, &[]).unwrap();
    card.overview.expires_at.unwrap().as_secs()
}

fn due_at(world: &World, secs: i64) -> Vec<Due> {
    world.wallet.due(UnixTime::from_secs(secs)).unwrap()
}

fn now(world: &World) -> i64 {
    world.phone.clock_now().as_secs()
}

fn is_reissue(due: &Due, id: &RecordName) -> bool {
    matches!(&due.what, DueWhat::Reissue { credential } if credential == id)
}

#[test]
fn asking_what_is_due_makes_no_request_and_writes_nothing() {
    let world = renewal::world();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    let (requests, before) = (world.phone.network.count(), world.phone.contents());
    let end = expires_at(&world.wallet, &id);
    for secs in [
        0,
        now(&world),
        end - DAY,
        end,
        end + 900 * DAY,
        i64::MAX,
        i64::MIN,
    ] {
        assert_eq!(due_at(&world, secs), due_at(&world, secs));
        let _ = world.wallet.next_due(UnixTime::from_secs(secs)).unwrap();
    }
    assert_eq!(world.phone.network.count(), requests);
    assert_eq!(world.phone.contents(), before);
}

#[test]
fn a_refill_is_due_at_the_threshold_and_urgent_when_nothing_is_left() {
    let world = renewal::world();
    let id = world.receive(8, ReusePolicy::OnceOnly);
    let mut seen = Vec::new();
    for left in (0..8).rev() {
        world.show_age(&world.wallet);
        let due = due_at(&world, now(&world));
        let Some(due) = due.first() else {
            continue;
        };
        let DueWhat::Refill {
            credential,
            left: told,
            threshold,
        } = &due.what
        else {
            panic!("{due:?}");
        };
        assert_eq!((credential, *told), (&id, left));
        assert!((2..=3).contains(threshold), "{threshold}");
        assert_eq!(
            due.needs,
            Needs {
                network: true,
                holder: false
            }
        );
        assert_eq!(due.urgency == Urgency::Now, left == 0);
        seen.push((left, *threshold));
    }
    let threshold = seen[0].1;
    assert_eq!(seen.len(), threshold + 1, "due from the threshold on");
    let renewed = block_on(world.wallet.renew(&id)).unwrap();
    block_on(world.wallet.keep_renewed(renewed)).unwrap();
    assert_eq!(due_at(&world, now(&world)), []);
}

#[test]
fn a_rotating_card_is_never_refilled_and_a_single_copy_only_when_it_is_gone() {
    let world = renewal::world();
    world.receive(2, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    assert_eq!(due_at(&world, now(&world)), []);
    let world = renewal::world();
    world.receive(1, ReusePolicy::OnceOnly);
    assert_eq!(due_at(&world, now(&world)), []);
    world.show_age(&world.wallet);
    assert_eq!(due_at(&world, now(&world)).len(), 1);
}

#[test]
fn a_card_is_issued_again_before_it_expires_and_next_due_says_when() {
    let world = renewal::world();
    let id = world.receive(1, ReusePolicy::Rotating);
    let (now, end) = (now(&world), expires_at(&world.wallet, &id));
    assert_eq!(due_at(&world, now), []);
    let at = world.wallet.next_due(UnixTime::from_secs(now)).unwrap();
    let at = at.unwrap().as_secs();
    // Valid for a year: two weeks, and up to a quarter of that earlier.
    assert!((14 * DAY..=14 * DAY * 5 / 4).contains(&(end - at)));
    assert_eq!(due_at(&world, at - 1), []);
    let due = due_at(&world, at);
    assert!(is_reissue(&due[0], &id), "{due:?}");
    assert_eq!(
        (due[0].urgency, due[0].at.as_secs()),
        (Urgency::Routine, at)
    );
    assert_eq!(due[0].until, Some(UnixTime::from_secs(end)));
    assert_eq!(due_at(&world, end - DAY)[0].urgency, Urgency::Soon);
    let late = due_at(&world, end);
    assert!(is_reissue(&late[0], &id));
    assert_eq!(late[0].urgency, Urgency::Now);
    assert_eq!(
        world.wallet.next_due(UnixTime::from_secs(at)).unwrap(),
        None
    );
}

#[test]
fn a_short_lived_card_is_issued_again_in_the_last_part_of_its_life() {
    let world = renewal::world();
    let card = CardOptions {
        lifetime: Some(10 * 86_400),
        ..CardOptions::default()
    };
    world.parties.issuer.change("resident_card", card);
    let id = world.receive(1, ReusePolicy::Rotating);
    let (now, end) = (now(&world), expires_at(&world.wallet, &id));
    let at = world.wallet.next_due(UnixTime::from_secs(now)).unwrap();
    let lead = end - at.unwrap().as_secs();
    let life = end - now;
    assert!(
        lead >= life / 5 - 5 && lead <= life / 4 + 5,
        "{lead} of {life}"
    );
}

#[test]
fn cards_of_one_day_are_not_all_due_at_one_moment() {
    let world = renewal::world();
    for _ in 0..8 {
        world.receive(1, ReusePolicy::Rotating);
    }
    let far = due_at(&world, i64::MAX);
    let times: BTreeSet<_> = far.iter().map(|due| due.at).collect();
    assert_eq!(far.len(), 8);
    assert!(times.len() >= 4, "in step: {times:?}");
}

#[test]
fn a_card_nobody_can_renew_is_told_as_expiring_and_needs_its_holder() {
    let world = World::new();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    let end = expires_at(&world.wallet, &id);
    let due = due_at(&world, end - DAY);
    assert_eq!(
        due[0].what,
        DueWhat::Expiring {
            credential: id.clone()
        }
    );
    assert!(due[0].needs.holder);
    // Used up it needs its holder, too.
    world.show_age(&world.wallet);
    world.show_age(&world.wallet);
    let due = due_at(&world, now(&world));
    assert!(matches!(due[0].what, DueWhat::Refill { left: 0, .. }));
    assert!(due[0].needs.holder);
}

#[test]
fn a_card_whose_refresh_token_was_refused_needs_its_holder_from_then_on() {
    let world = renewal::world();
    let link = world.offer(|offer| offer.fault = Some(Fault::RefreshRefused));
    let options = ReceiveOptions::default();
    let id = &block_on(world.wallet.receive(&link.uri, &options)).unwrap()[0].id;
    let end = expires_at(&world.wallet, id);
    assert!(is_reissue(&due_at(&world, end - DAY)[0], id));
    assert!(block_on(world.wallet.renew(id)).is_err());
    let due = due_at(&world, end - DAY);
    assert!(matches!(due[0].what, DueWhat::Expiring { .. }), "{due:?}");
}

#[test]
fn the_most_urgent_comes_first() {
    let world = renewal::world();
    let link = world.offer(|offer| offer.configurations = vec!["driving_licence".into()]);
    let options = ReceiveOptions::default();
    block_on(world.wallet.receive(&link.uri, &options)).unwrap();
    let used_up = world.receive(1, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    let mut due = due_at(&world, expires_at(&world.wallet, &used_up) - 10 * DAY);
    due.retain(|due| !matches!(due.what, DueWhat::StatusStale { .. }));
    let urgencies: Vec<_> = due.iter().map(|due| due.urgency).collect();
    assert_eq!(urgencies, [Urgency::Now, Urgency::Routine]);
    assert!(is_reissue(&due[0], &used_up));
}

#[test]
fn a_status_that_is_not_known_or_too_old_is_due_and_one_that_could_not_be_had_later() {
    let world = renewal::world();
    let link = world.offer(|offer| offer.configurations = vec!["driving_licence".into()]);
    let options = ReceiveOptions::default();
    let id = &block_on(world.wallet.receive(&link.uri, &options)).unwrap()[0].id;
    let stale = |secs| {
        let due = due_at(&world, secs).into_iter();
        due.filter(
            |due| matches!(&due.what, DueWhat::StatusStale { credential } if credential == id),
        )
        .count()
    };
    assert_eq!(stale(now(&world)), 1);
    world.phone.network.doom(Purpose::Status, Fate::NotSent);
    block_on(world.wallet.refresh_status(&[])).unwrap();
    assert_eq!(stale(now(&world)), 0, "asked again at once");
    assert_eq!(stale(now(&world) + 3601), 1);
    world.phone.network.calm();
    let refreshed = block_on(world.wallet.refresh_status(&[])).unwrap();
    let fresh_until = refreshed.lists[0].outcome.clone().unwrap().as_secs();
    let now = world.phone.clock_now();
    assert_eq!(
        world.wallet.next_due(now).unwrap().unwrap().as_secs(),
        fresh_until
    );
    assert_eq!((stale(fresh_until - 1), stale(fresh_until)), (0, 1));
}
