//! Software holder keys under a second seal: the files and the recovery code give the cards, never their keys.

use crate::phone::PASSPHRASE;
use crate::world::{World, authenticate, refused};
use pollster::block_on;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::vault::device_key::{DeviceKeyError, DeviceKeyFault, InMemoryDeviceKey};
use wallet_core::vault::{Advisory, UnlockWith};
use wallet_core::wallet::{Outcome, ReceiveOptions, ReusePolicy, Wallet};

fn world() -> World {
    World::with(|phone| phone.device_key = Some(Arc::new(InMemoryDeviceKey::default())))
}

fn unlocked_by_code(world: &World) -> Wallet {
    let wallet = world.phone.open();
    let with = UnlockWith::RecoveryCode(&world.recovery_code);
    let report = block_on(wallet.unlock(with)).unwrap();
    assert!(report.advisories.contains(&Advisory::DeviceKeyUnavailable));
    wallet
}

#[test]
fn on_its_device_a_card_is_shown_after_unlocking_with_either_secret() {
    let world = world();
    world.receive(1, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    world.wallet.lock();
    let wallet = world.phone.open();
    let with = UnlockWith::RecoveryCode(&world.recovery_code);
    block_on(wallet.unlock(with)).unwrap();
    world.show_age(&wallet);
}

#[test]
fn without_the_device_key_claims_are_read_and_showing_needs_reissue() {
    let mut world = world();
    let id = world.receive(2, ReusePolicy::OnceOnly);
    world.wallet.lock();
    // The files and the anchor on another phone, whose hardware knows nothing.
    world.phone.device_key = Some(Arc::new(InMemoryDeviceKey::default()));
    let before = {
        let wallet = unlocked_by_code(&world);
        wallet.detail::<&str>(&id, &[]).unwrap().claims.len()
    };
    assert!(before > 10);
    let wallet = unlocked_by_code(&world);
    let link = world.ask_age();
    assert_eq!(refused(world.show(&wallet, &link)), ErrorCode::NeedsReissue);
    assert_eq!(world.result(&link).answers, 0);
    // Nothing else is lost: no copy was used, the rest works.
    assert_eq!(wallet.list::<&str>(&[]).unwrap()[0].usable_copies, 2);
    let auth = block_on(wallet.authenticate(UnlockWith::RecoveryCode(&world.recovery_code)));
    assert!(wallet.export(&auth.unwrap()).unwrap().contains("홍길동"));
    block_on(wallet.delete(&id)).unwrap();
    assert!(wallet.list::<&str>(&[]).unwrap().is_empty());
}

#[test]
fn without_the_device_key_no_card_is_ordered_that_could_not_be_stored() {
    let mut world = world();
    world.wallet.lock();
    world.phone.device_key = None;
    let wallet = unlocked_by_code(&world);
    let link = world.offer(|_| {});
    let received = block_on(wallet.receive(&link.uri, &ReceiveOptions::default()));
    assert_eq!(refused(received), ErrorCode::DeviceKeyMissing);
    assert_eq!(world.parties.issuer.issued(), 0);
}

#[test]
fn a_device_key_that_is_only_unavailable_now_does_not_ask_for_reissue() {
    let world = world();
    world.receive(1, ReusePolicy::Rotating);
    world.wallet.lock();
    let key = world.phone.device_key.as_ref().unwrap();
    let unavailable = DeviceKeyFault {
        method: "prf",
        after: 0,
        error: DeviceKeyError::UnavailableNow,
    };
    key.inject(Some(unavailable));
    let wallet = unlocked_by_code(&world);
    key.inject(None);
    let shown = world.show(&wallet, &world.ask_age());
    assert_eq!(refused(shown), ErrorCode::DeviceKeyUnavailableNow);
    // After the next unlocking it works.
    block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    world.show_age(&wallet);
}

#[test]
fn an_answer_that_is_kept_can_be_sent_again_without_the_device_key() {
    let mut world = world();
    world.receive(1, ReusePolicy::OnceOnly);
    use crate::network::Fate;
    world
        .phone
        .network
        .doom(wallet_core::http::Purpose::Response, Fate::NotSent);
    let presented = world.show(&world.wallet, &world.ask_age()).unwrap();
    world.phone.network.calm();
    world.wallet.lock();
    world.phone.device_key = None;
    let wallet = unlocked_by_code(&world);
    let again = block_on(wallet.resend(&presented.history)).unwrap();
    assert_eq!(again.outcome, Outcome::Accepted);
}

#[test]
fn the_stored_secret_of_a_key_is_not_its_secret() {
    // The same card in a store without and in one with a device key: the sealed secret is longer by nonce and tag.
    let sizes = |world: &World| {
        world.receive(1, ReusePolicy::Rotating);
        let contents = world.phone.contents().into_iter();
        let bodies = contents.filter(|((kind, _), _)| *kind == "body");
        bodies.map(|(_, bytes)| bytes.len()).min().unwrap()
    };
    assert_eq!(sizes(&World::new()), 32);
    assert_eq!(sizes(&world()), 24 + 32 + 16);
    let world = world();
    authenticate(&world.wallet);
}
