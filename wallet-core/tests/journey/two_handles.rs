//! Two processes on one store, as an app and its extension are.

use crate::world::{World, approve, plan, refused};
use pollster::block_on;
use wallet_core::ErrorCode;
use wallet_core::wallet::{ChainState, Outcome, ReusePolicy};

#[test]
fn a_copy_another_handle_used_up_fails_the_plan_before_a_byte_leaves() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let other = world.phone.reopen();
    let link = world.ask_age();
    let approved = approve(&world.wallet, plan(&world.wallet, &link.uri));
    world.show_age(&other);
    let sent = world.phone.network.count();
    let result = block_on(world.wallet.present(approved));
    assert_eq!(refused(result), ErrorCode::OneTimeExhausted);
    assert_eq!(world.phone.network.count(), sent);
    assert_eq!(world.result(&link).answers, 0);
}

#[test]
fn a_rotating_copy_another_handle_showed_is_a_conflict_because_the_plan_called_it_fresh() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let other = world.phone.reopen();
    let approved = approve(&world.wallet, plan(&world.wallet, &world.ask_age().uri));
    world.show_age(&other);
    let sent = world.phone.network.count();
    assert_eq!(
        refused(block_on(world.wallet.present(approved))),
        ErrorCode::Conflict
    );
    assert_eq!(world.phone.network.count(), sent);
    world.show_age(&world.wallet);
}

#[test]
fn a_card_another_handle_deleted_is_not_found_and_nothing_leaves() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    let other = world.phone.reopen();
    let approved = approve(&world.wallet, plan(&world.wallet, &world.ask_age().uri));
    block_on(other.delete(&id)).unwrap();
    let sent = world.phone.network.count();
    assert_eq!(
        refused(block_on(world.wallet.present(approved))),
        ErrorCode::NotFound
    );
    assert_eq!(world.phone.network.count(), sent);
}

#[test]
fn each_handle_sees_what_the_other_did() {
    let world = World::new();
    let other = world.phone.reopen();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    assert_eq!(other.list::<&str>(&[]).unwrap()[0].id, id);
    world.show_age(&other);
    assert_eq!(world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 1);
    block_on(other.delete(&id)).unwrap();
    assert!(world.wallet.list::<&str>(&[]).unwrap().is_empty());
}

#[test]
fn handles_that_show_at_the_same_time_keep_one_chain_and_count_every_use() {
    const EACH: usize = 5;
    let world = World::new();
    world.receive(2 * EACH as u16, ReusePolicy::OnceOnly);
    let copies = world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies;
    let other = world.phone.reopen();
    let shown: usize = std::thread::scope(|threads| {
        let show = |wallet| {
            let world = &world;
            threads.spawn(move || {
                let links = (0..EACH).map(|_| world.ask_age());
                let shown = links.filter_map(|link| world.show(wallet, &link).ok());
                shown
                    .filter(|shown| shown.outcome == Outcome::Accepted)
                    .count()
            })
        };
        let all = [show(&world.wallet), show(&other)];
        all.map(|thread| thread.join().unwrap()).iter().sum()
    });
    let history = world.wallet.history().unwrap();
    assert_eq!(history.chain, ChainState::Intact);
    let accepted = |outcome: &Option<Outcome>| *outcome == Some(Outcome::Accepted);
    let told = history.items.iter().map(|item| item.outcome);
    assert_eq!(told.filter(accepted).count(), shown);
    let left = world.wallet.list::<&str>(&[]).unwrap()[0].usable_copies;
    assert_eq!(copies - left, shown, "a copy was shown twice or lost");
    assert!(shown >= EACH);
}

#[test]
fn entries_written_at_the_same_time_keep_one_chain_and_none_is_lost() {
    const EACH: usize = 15;
    let world = World::new();
    let other = world.phone.reopen();
    std::thread::scope(|threads| {
        for wallet in [&world.wallet, &other] {
            threads.spawn(move || {
                let auth = crate::world::authenticate(wallet);
                for _ in 0..EACH {
                    wallet.export(&auth).unwrap();
                }
            });
        }
    });
    let history = world.wallet.history().unwrap();
    assert_eq!(history.items.len(), 2 * EACH);
    assert_eq!(history.chain, ChainState::Intact);
}

// shows: HOSTILE 5
#[test]
fn a_request_that_was_answered_or_declined_is_not_taken_up_by_another_handle_or_after_a_restart() {
    let world = World::new();
    world.receive(2, ReusePolicy::Rotating);
    let answered = world.ask_age();
    world.show(&world.wallet, &answered).unwrap();
    let declined = world.ask_age();
    let proposal = crate::world::propose(&world.wallet, &declined.uri);
    block_on(world.wallet.refuse(proposal)).unwrap();
    let other = world.phone.reopen();
    for link in [answered, declined] {
        let again = block_on(other.request(&link.uri));
        assert_eq!(refused(again), ErrorCode::NonceMissingOrReused);
    }
    world.show_age(&other);
}
