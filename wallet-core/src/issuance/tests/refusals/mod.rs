//! An issuer that breaks one rule at a time: the wallet refuses with the right code, keeps nothing, and tells what the
//! standard wants told.

mod copies;
mod endpoints;
mod offers;
mod token;

use super::issuer::{NOTIFICATION, TOKEN, TestKey, World};
use super::refused;
use super::scripted::body_object;
use crate::error::WalletError;
use serde_json::Value;

/// What the wallet says to an offer of the changed world.
fn offer_error(change: impl FnOnce(&mut World)) -> WalletError {
    let mut world = World::new();
    change(&mut world);
    refused(world.offered())
}

/// What the wallet says when it exchanges the code in the changed world.
fn token_error(status: u16, answer: Value) -> WalletError {
    let mut world = World::new();
    world.http.json(TOKEN, status, answer);
    refused(world.authorized())
}

/// What the wallet says when it orders in the changed world.
fn order_error(change: impl FnOnce(&mut World)) -> (WalletError, World) {
    let mut world = World::new();
    change(&mut world);
    let error = refused(world.receive(&TestKey::several(2)));
    (error, world)
}

/// As [`order_error`], and the issuer must have been told `credential_failure` and nothing else.
fn copy_error(change: impl FnOnce(&mut World)) -> WalletError {
    let (error, world) = order_error(change);
    let told = world.http.requests(NOTIFICATION);
    assert_eq!(told.len(), 1, "one notification");
    assert_eq!(body_object(&told[0])["event"], "credential_failure");
    assert_eq!(body_object(&told[0])["notification_id"], "3fwe98js");
    error
}
