//! Credentials that came at once and cannot be verified yet, for want of a network.

use super::issuer::{CREDENTIAL, FixedClock, ISSUER, METADATA_URL, NOTIFICATION, TestKey, World};
use super::scripted::{body_object, json};
use super::{code, refused};
use crate::clock::Clock as _;
use crate::error::ErrorCode;
use crate::http::HttpError;
use crate::issuance::{DeferredAnswer, DeferredIssuance, IssuanceError, Requested};
use crate::keys::HolderKey;
use pollster::block_on;
use serde_json::{Value, json as value};
use std::sync::Arc;
use wallet_parties::EcKey;
use wallet_parties::sd_jwt::SdJwtDraft;

/// Where the issuer's keys are.
const SIGNERS: &str = "https://issuer.example/.well-known/jwt-vc-issuer/tenant";

/// A world whose issuer signs with a key on its web site, and never promises anything.
fn world(signer: &EcKey, keys: &[Arc<dyn HolderKey>]) -> World {
    let mut world = World::new();
    world.trust.web_issuers = vec![ISSUER.to_owned()];
    let metadata = world.metadata.as_object_mut().unwrap();
    metadata.remove("deferred_credential_endpoint");
    world.http.json(METADATA_URL, 200, world.metadata.clone());
    let credential = SdJwtDraft::new(world.signer.claims())
        .unwrap()
        .bound_to(&value!(keys[0].public_key().to_jwk()))
        .issue_with_key(signer)
        .unwrap();
    let answer = value!({"credentials": [{"credential": credential}], "notification_id": "n"});
    world.http.on(CREDENTIAL, move |_, _| json(200, &answer));
    world
}

fn request(world: &mut World, keys: &[Arc<dyn HolderKey>]) -> Result<Requested, IssuanceError> {
    let authorized = world.authorized()?;
    block_on(authorized.request(&world.ports(), &authorized.orders()[0], keys))
}

fn page(signer: &EcKey) -> Value {
    value!({"issuer": ISSUER, "jwks": {"keys": [signer.public_jwk()]}})
}

// shows: VCI 41
#[test]
fn what_cannot_be_verified_yet_is_kept_also_of_an_issuer_that_promises_nothing() {
    for (error, expected) in [
        (Some(HttpError::NotSent), ErrorCode::NetworkFailed),
        (Some(HttpError::Timeout), ErrorCode::NetworkTimeout),
        (Some(HttpError::AddressNotAllowed), ErrorCode::UrlNotAllowed),
        (None, ErrorCode::HttpStatus),
    ] {
        let (signer, keys) = (EcKey::generate().unwrap(), TestKey::several(1));
        let mut world = world(&signer, &keys);
        match error {
            Some(error) => world.http.fail(SIGNERS, error),
            None => world.http.json(SIGNERS, 503, value!({})),
        }
        let requested = request(&mut world, &keys);
        let Ok(Requested::Unverified {
            issuance, error, ..
        }) = requested
        else {
            panic!("not kept")
        };
        assert_eq!(code(*error), expected);
        assert!(world.http.requests(NOTIFICATION).is_empty());

        // Through the record, as after a restart.
        let kept = serde_json::to_vec(&issuance.to_kept()).unwrap();
        let kept = serde_json::from_slice(&kept).unwrap();
        let mut issuance = DeferredIssuance::from_kept(&kept, issuance.not_before()).unwrap();
        let early = refused(block_on(issuance.poll(&world.ports(), &keys)));
        assert_eq!(early.code(), ErrorCode::IssuanceDeferred);
        world.http.json(SIGNERS, 200, page(&signer));
        world.clock = FixedClock(world.clock.now().unwrap().saturating_add(60));
        let answer = block_on(issuance.poll(&world.ports(), &keys)).unwrap();
        let DeferredAnswer::Ready(received) = answer else {
            panic!("lost")
        };
        assert_eq!(received.copies.len(), 1);
        assert_eq!(received.context.notification_id.as_deref(), Some("n"));
        assert_eq!(world.http.requests(CREDENTIAL).len(), 1);
    }
}

// shows: VCI 41
#[test]
fn what_is_wrong_is_refused_at_once_and_the_issuer_told() {
    let (signer, keys) = (EcKey::generate().unwrap(), TestKey::several(1));
    for (status, page) in [
        (404, value!({})),
        (200, page(&EcKey::generate().unwrap())),
        (
            200,
            value!({"issuer": "https://evil.example", "jwks": {"keys": []}}),
        ),
    ] {
        let mut world = world(&signer, &keys);
        world.http.json(SIGNERS, status, page);
        assert!(request(&mut world, &keys).is_err());
        let told = world.http.requests(NOTIFICATION);
        assert_eq!(told.len(), 1);
        assert_eq!(body_object(&told[0])["event"], "credential_failure");
    }
}

#[test]
fn a_caller_that_does_not_wait_is_told_why() {
    let (signer, keys) = (EcKey::generate().unwrap(), TestKey::several(1));
    let mut world = world(&signer, &keys);
    world.http.fail(SIGNERS, HttpError::NotSent);
    let received = request(&mut world, &keys).and_then(Requested::received);
    assert_eq!(refused(received).code(), ErrorCode::NetworkFailed);
}
