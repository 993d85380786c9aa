//! Renewing when things go wrong: other devices, damaged files, hardware that fails, calls that are dropped.

use crate::cancelled::poll;
use crate::phone::{PASSPHRASE, Phone, SlowKeyStore};
use crate::renewal;
use crate::world::{World, authenticate, refused};
use pollster::block_on;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use wallet_core::ErrorCode;
use wallet_core::http::Purpose;
use wallet_core::jose::base64url;
use wallet_core::keys::KeyStoreError;
use wallet_core::vault::device_key::{DeviceKeyError, DeviceKeyFault, InMemoryDeviceKey};
use wallet_core::vault::{Enrolments, KdfProfile, Passphrase, UnlockWith, VaultSettings};
use wallet_core::wallet::{ChainState, DueWhat, RecordName, ReusePolicy, Wallet};

fn with_device_key() -> World {
    renewal::with(|phone| phone.device_key = Some(Arc::new(InMemoryDeviceKey::default())))
}

fn with_key_store() -> World {
    renewal::with(|phone| phone.key_store = Some(Arc::new(SlowKeyStore::default())))
}

fn renewed(wallet: &Wallet, id: &RecordName) -> usize {
    let card = block_on(wallet.renew(id)).unwrap();
    block_on(wallet.keep_renewed(card)).unwrap().copies
}

fn token_requests(world: &World) -> Vec<String> {
    let all = world.phone.network.requests().into_iter();
    all.filter(|request| request.purpose == Purpose::Token)
        .map(|request| String::from_utf8(request.body).unwrap())
        .collect()
}

/// The refresh token the wallet used last.
fn last_token(world: &World) -> String {
    let form = token_requests(world).pop().unwrap();
    let mut members = form.split('&');
    let token = members.find_map(|member| member.strip_prefix("refresh_token="));
    token.unwrap().to_owned()
}

/// Whether a text is anywhere in the records, also inside base64url.
fn is_readable(phone: &Phone, text: &str) -> bool {
    phone.contents().into_values().any(|bytes| {
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let grant = json
            .pointer("/renewal/grant")
            .and_then(|grant| grant.as_str());
        let grant = grant.map(|grant| base64url::decode(grant).unwrap());
        [Some(bytes), grant].into_iter().flatten().any(|bytes| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
    })
}

// shows: VCI 47
#[test]
fn a_refresh_token_is_in_no_export_and_gone_with_its_card() {
    let world = renewal::world();
    let id = world.receive(1, ReusePolicy::Rotating);
    // Declined after the refresh: the token in the store is one nobody has used.
    renewed(&world.wallet, &id);
    let used = last_token(&world);
    assert!(
        !is_readable(&world.phone, &used),
        "a replaced token is kept"
    );
    let auth = authenticate(&world.wallet);
    let export = world.wallet.export(&auth).unwrap();
    assert!(!export.contains("refresh") && !export.contains("grant"));
    renewed(&world.wallet, &id);
    let copy = world.phone.contents();
    let context = copy.iter().find(|((kind, _), _)| *kind == "context");
    assert!(String::from_utf8_lossy(context.unwrap().1).contains("renewal"));
    block_on(world.wallet.delete(&id)).unwrap();
    assert!(!world.phone.census().contains_key("context"));
}

// shows: VCI 47
#[test]
fn with_a_device_key_the_refresh_token_is_sealed_once_more() {
    for (world, is_sealed) in [(renewal::world(), false), (with_device_key(), true)] {
        let id = world.receive(1, ReusePolicy::Rotating);
        let before = world.phone.copy_of_files();
        renewed(&world.wallet, &id);
        let used = last_token(&world);
        world.wallet.lock();
        // The store as it was when that token was still to be used.
        world.phone.put_back(&before);
        assert_eq!(is_readable(&world.phone, &used), !is_sealed);
    }
}

#[test]
fn files_and_a_recovery_code_on_another_phone_renew_nothing() {
    let mut world = with_device_key();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    world.wallet.lock();
    world.phone.device_key = Some(Arc::new(InMemoryDeviceKey::default()));
    let wallet = world.phone.open();
    block_on(wallet.unlock(UnlockWith::RecoveryCode(&world.recovery_code))).unwrap();
    let asked = world.phone.network.count();
    let renewed = block_on(wallet.renew(&id));
    assert_eq!(refused(renewed), ErrorCode::RenewalNeedsHolder);
    assert_eq!(world.phone.network.count(), asked);
}

#[test]
fn a_rescued_wallet_on_its_device_renews_as_before() {
    for world in [renewal::world(), with_device_key()] {
        let id = world.receive(2, ReusePolicy::Rotating);
        world.wallet.lock();
        let wallet = world.phone.open();
        let enrolments = Enrolments {
            passphrase: Some(
                Passphrase::new(b"fresh otter vellum quartz anvil plum heron").unwrap(),
            ),
            ..Enrolments::default()
        };
        let settings = VaultSettings {
            kdf: KdfProfile::fast_for_tests(),
            ..VaultSettings::default()
        };
        let dir = world.phone.store().with_file_name("rescued");
        let with = UnlockWith::Passphrase(PASSPHRASE);
        let rescued = block_on(wallet.rescue(with, dir, settings, enrolments)).unwrap();
        assert_eq!(renewed(&rescued.wallet, &id), 2);
        world.show_age(&rescued.wallet);
    }
}

#[test]
fn old_keys_leave_the_hardware_and_one_that_does_not_go_is_tried_again() {
    let world = with_key_store();
    let id = world.receive(3, ReusePolicy::Rotating);
    let old = world.phone.handles();
    assert_eq!(renewed(&world.wallet, &id), 3);
    let new = world.phone.handles();
    assert_eq!(new.len(), 3);
    assert!(new.iter().all(|handle| !old.contains(handle)));
    let card = block_on(world.wallet.renew(&id)).unwrap();
    let store = world.phone.key_store.as_ref().unwrap();
    store.0.fail_next(KeyStoreError::HardwareFault);
    block_on(world.wallet.keep_renewed(card)).unwrap();
    let wallet = world.phone.reopen();
    assert_eq!(block_on(wallet.do_pending()).unwrap(), 0);
    let mut named = wallet.hardware_keys().unwrap();
    let mut there = world.phone.handles();
    named.sort();
    there.sort();
    assert_eq!((named.len(), named), (3, there));
    world.show_age(&wallet);
}

#[test]
fn a_refill_leaves_the_keys_of_copies_that_stay() {
    let world = with_key_store();
    let id = world.receive(3, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    let staying = world.phone.handles();
    assert_eq!(staying.len(), 2);
    assert_eq!(renewed(&world.wallet, &id), 1);
    let there = world.phone.handles();
    assert_eq!(there.len(), 3);
    assert!(staying.iter().all(|handle| there.contains(handle)));
    for _ in 0..3 {
        world.show_age(&world.wallet);
    }
    assert!(world.phone.handles().is_empty());
}

#[test]
fn a_plan_made_with_an_old_copy_is_not_presented_after_the_renewal() {
    let world = renewal::world();
    let id = world.receive(1, ReusePolicy::Rotating);
    let link = world.ask_age();
    let approved =
        crate::world::approve(&world.wallet, crate::world::plan(&world.wallet, &link.uri));
    renewed(&world.wallet, &id);
    let sent = world.phone.network.answers().len();
    let presented = block_on(world.wallet.present(approved));
    assert_eq!(refused(presented), ErrorCode::NotFound);
    assert_eq!(world.phone.network.answers().len(), sent);
    world.show_age(&world.wallet);
}

#[test]
fn one_refresh_at_a_time() {
    let world = renewal::world();
    let id = world.receive(1, ReusePolicy::Rotating);
    {
        let mut first = pin!(world.wallet.renew(&id));
        let mut context = Context::from_waker(Waker::noop());
        // Under way, as far as the request for the issuer's metadata.
        assert!(first.as_mut().poll(&mut context).is_pending());
        let second = block_on(world.wallet.renew(&id));
        assert_eq!(refused(second), ErrorCode::Conflict);
    }
    // Dropped: the next one may begin.
    renewed(&world.wallet, &id);
}

/// The wallet locks itself while the server answers, and the holder opens it with the recovery code.
// shows: VCI 47
#[test]
fn a_new_refresh_token_is_kept_though_the_devices_key_fails_meanwhile() {
    let world = with_device_key();
    let id = world.receive(1, ReusePolicy::Rotating);
    let asked = token_requests(&world).len();
    let key = world.phone.device_key.as_ref().unwrap();
    {
        let mut renewal = pin!(world.wallet.renew(&id));
        let mut context = Context::from_waker(Waker::noop());
        while token_requests(&world).len() == asked {
            assert!(renewal.as_mut().poll(&mut context).is_pending());
        }
        world.wallet.lock();
        key.inject(Some(DeviceKeyFault {
            method: "prf",
            after: 0,
            error: DeviceKeyError::UnavailableNow,
        }));
        let code = UnlockWith::RecoveryCode(&world.recovery_code);
        block_on(world.wallet.unlock(code)).unwrap();
        // What is left of it may fail: new holder keys cannot be sealed now.
        let _ = block_on(renewal);
    }
    key.inject(None);
    world.wallet.lock();
    block_on(world.wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    renewed(&world.wallet, &id);
}

/// The card that the new refresh token belongs to is gone when it comes.
#[test]
fn a_refresh_token_nobody_is_left_for_is_reported() {
    let world = renewal::world();
    let id = world.receive(1, ReusePolicy::Rotating);
    let asked = token_requests(&world).len();
    let mut renewal = pin!(world.wallet.renew(&id));
    let mut context = Context::from_waker(Waker::noop());
    while token_requests(&world).len() == asked {
        assert!(renewal.as_mut().poll(&mut context).is_pending());
    }
    block_on(world.wallet.delete(&id)).unwrap();
    let error = block_on(renewal).unwrap_err();
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::Conflict, Some("refresh_token"))
    );
}

fn assert_whole(world: &World, id: &RecordName) {
    let wallet = world.phone.reopen();
    assert_eq!(wallet.history().unwrap().chain, ChainState::Intact);
    let card = wallet.detail::<&str>(id, &[]).unwrap();
    assert_eq!((card.overview.copies, card.overview.usable_copies), (2, 2));
    assert!(card.claims.len() > 10);
    world.show_age(&wallet);
}

#[test]
fn a_renewal_dropped_anywhere_leaves_the_old_card_and_loses_the_token_in_one_place_only() {
    let mut lost = 0;
    for times in 1.. {
        let world = with_key_store();
        let id = world.receive(2, ReusePolicy::Rotating);
        let done = poll(world.wallet.renew(&id), times);
        assert_whole(&world, &id);
        if done.is_some() {
            assert!(times > 10, "the future was never dropped");
            break;
        }
        let wallet = world.phone.reopen();
        match block_on(wallet.renew(&id)) {
            Ok(card) => drop(block_on(wallet.keep_renewed(card)).unwrap()),
            Err(error) => {
                // The server has answered and nobody has read it.
                assert_eq!(error.code(), ErrorCode::RenewalNeedsHolder);
                lost += 1;
            }
        }
        assert_whole(&world, &id);
        // Time clears up what is left.
        world.phone.clock.turn(3700);
        block_on(world.phone.reopen().do_pending()).unwrap();
        assert_eq!(world.phone.handles().len(), 2);
    }
    assert_eq!(
        lost, 1,
        "one await between the server's answer and the store"
    );
}

#[test]
fn a_keeping_dropped_anywhere_leaves_the_old_card_or_the_new_one() {
    let mut new_early = 0;
    for times in 1.. {
        let world = with_key_store();
        let id = world.receive(2, ReusePolicy::Rotating);
        let old = world.phone.handles();
        let card = block_on(world.wallet.renew(&id)).unwrap();
        let done = poll(world.wallet.keep_renewed(card), times);
        assert_whole(&world, &id);
        world.phone.clock.turn(3700);
        block_on(world.phone.reopen().do_pending()).unwrap();
        let there = world.phone.handles();
        assert_eq!(there.len(), 2);
        new_early += usize::from(done.is_none() && there != old);
        if done.is_some() {
            assert!(times > 2 && new_early > 0, "the future was never dropped");
            break;
        }
    }
}

#[test]
fn a_card_that_can_no_longer_be_shown_is_got_back_by_a_new_offer() {
    let mut world = with_device_key();
    let id = world.receive(1, ReusePolicy::Rotating);
    world.wallet.lock();
    // A new phone: the cards are there, their keys are not, and the holder takes the new hardware into use.
    world.phone.device_key = None;
    let wallet = world.phone.open();
    block_on(wallet.unlock(UnlockWith::RecoveryCode(&world.recovery_code))).unwrap();
    world.phone.key_store = Some(Arc::new(SlowKeyStore::default()));
    let wallet = {
        drop(wallet);
        let wallet = world.phone.open();
        block_on(wallet.unlock(UnlockWith::RecoveryCode(&world.recovery_code))).unwrap();
        wallet
    };
    let link = world.offer(|_| {});
    let offered = block_on(wallet.offer(&link.uri)).unwrap();
    let authorized = block_on(wallet.accept(&offered, None)).unwrap();
    let card = block_on(wallet.order(&authorized, &authorized.orders()[0], 1))
        .unwrap()
        .received()
        .unwrap();
    let card = wallet.replacing(&id, card).unwrap();
    block_on(wallet.keep_renewed(card)).unwrap();
    world.show_age(&wallet);
    // The refresh token that came with it could not be sealed with the device's key, so it was not kept.
    assert_eq!(
        refused(block_on(wallet.renew(&id))),
        ErrorCode::RenewalNeedsHolder
    );
    let far = wallet_core::clock::UnixTime::from_secs(i64::MAX);
    let due = wallet.due(far).unwrap();
    assert!(matches!(due[0].what, DueWhat::Expiring { .. }), "{due:?}");
}
