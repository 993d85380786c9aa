//! What the issuer is told, and what is kept about it.

use super::issuer::{NOTIFICATION, TestKey, VCT, World};
use super::scripted::{body_object, header, respond};
use crate::http::HttpError;
use crate::issuance::{IssuanceContext, NotificationEvent, Notified};
use pollster::block_on;
use serde_json::json as value;

#[test]
fn nothing_is_told_before_the_wallet_stored_the_credential() {
    let mut world = World::new();
    let received = world.receive(&TestKey::several(1)).unwrap();
    assert!(world.http.requests(NOTIFICATION).is_empty());
    let notification = received.notification.unwrap();
    assert_eq!(
        block_on(notification.send(&world.ports(), NotificationEvent::Accepted)),
        Notified::Sent
    );
    let request = &world.http.requests(NOTIFICATION)[0];
    assert_eq!(
        serde_json::Value::Object(body_object(request)),
        value!({ "notification_id": "3fwe98js", "event": "credential_accepted" })
    );
    assert_eq!(
        header(request, "authorization"),
        Some("Bearer czZCaGRSa3F0MzpnWDFmQmF0M2JW")
    );
}

#[test]
fn declining_during_issuance_is_told_as_deleted() {
    let mut world = World::new();
    let received = world.receive(&TestKey::several(1)).unwrap();
    let _ = block_on(
        received
            .notification
            .unwrap()
            .send(&world.ports(), NotificationEvent::Deleted),
    );
    assert_eq!(
        body_object(&world.http.requests(NOTIFICATION)[0])["event"],
        "credential_deleted"
    );
}

#[test]
fn a_failed_notification_does_not_lose_the_credential() {
    let broken: [fn(&mut World); 3] = [
        |world| {
            world.http.json(
                NOTIFICATION,
                400,
                value!({ "error": "invalid_notification_id" }),
            )
        },
        |world| {
            world.http.on(NOTIFICATION, |_, _| {
                respond(500, "text/html", b"<h1>sorry".to_vec())
            })
        },
        |world| world.http.fail(NOTIFICATION, HttpError::Timeout),
    ];
    for make_broken in broken {
        let mut world = World::new();
        make_broken(&mut world);
        let received = world.receive(&TestKey::several(1)).unwrap();
        let told = block_on(
            received
                .notification
                .unwrap()
                .send(&world.ports(), NotificationEvent::Accepted),
        );
        assert_eq!(told, Notified::Failed);
        assert_eq!(received.copies.len(), 1);
    }
}

#[test]
fn a_notification_id_without_endpoint_is_ignored() {
    let mut world = World::new();
    world
        .metadata
        .as_object_mut()
        .unwrap()
        .remove("notification_endpoint");
    assert!(
        world
            .receive(&TestKey::several(1))
            .unwrap()
            .notification
            .is_none()
    );
}

#[test]
fn the_context_comes_back_from_storage_with_what_a_newer_version_wrote() {
    let mut world = World::new();
    let context = world.receive(&TestKey::several(1)).unwrap().context;
    assert_eq!(
        (
            context.configuration_id.as_str(),
            context.credential_type.as_str()
        ),
        ("card", VCT)
    );
    assert_eq!(context.notification_endpoint.as_deref(), Some(NOTIFICATION));
    assert_eq!(context.notification_id.as_deref(), Some("3fwe98js"));
    let mut stored = serde_json::to_value(&context).unwrap();
    assert!(
        !stored.to_string().contains("czZCaGRSa3F0MzpnWDFmQmF0M2JW"),
        "no access token"
    );
    stored["refresh"] = value!({ "a": 1 });
    let read: IssuanceContext = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);
}
