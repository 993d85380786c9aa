//! A flood of links: the sixth in a minute is not even fetched.

use crate::world::{World, approve, plan, propose};
use pollster::block_on;
use wallet_core::ErrorCode;
use wallet_core::wallet::{Outcome, RequestsPerMinute, ReusePolicy};

// shows: HOSTILE 11
#[test]
fn a_verifier_that_asks_too_often_waits_and_nothing_is_fetched() {
    let world = World::with(|phone| {
        phone.policy.requests_per_minute = RequestsPerMinute::default();
    });
    world.receive(1, ReusePolicy::Rotating);
    for _ in 0..5 {
        drop(propose(&world.wallet, &world.ask_age().uri));
    }
    let link = world.ask_age();
    let before = world.phone.network.count();
    let error = block_on(world.wallet.request(&link.uri)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RequestRateLimited);
    assert_eq!(world.phone.network.count(), before);
    let wait = error.retry_after().unwrap();
    assert!((1..=60).contains(&wait));
    // What waited is taken up when the time has come.
    world.keep_unlocked_for(i64::try_from(wait).unwrap());
    let approved = approve(&world.wallet, plan(&world.wallet, &link.uri));
    let presented = block_on(world.wallet.present(approved)).unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
}
