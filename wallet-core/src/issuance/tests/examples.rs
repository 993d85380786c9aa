//! Messages of OpenID4VCI 1.0 itself, as they are and with bytes changed.

use super::issuer::{CREDENTIAL, NONCE, NOTIFICATION, TOKEN, TestKey, World, proofs};
use super::scripted::{body_object, json, respond};
use super::{body, code, example, refused};
use crate::error::ErrorCode;
use crate::http::HttpResponse;
use crate::issuance::NotificationEvent;
use crate::jose::{CompactJws, PublicKey};
use pollster::block_on;
use proptest::prelude::*;
use serde_json::{Value, json as value};

/// An answer with the body of an example.
fn answer(status: u16, name: &str) -> HttpResponse {
    respond(status, "application/json", body(name).into_bytes())
}

/// A world that offers what the examples are about.
fn world() -> World {
    let mut world = World::new();
    let card = world.configuration().clone();
    world.metadata["credential_configurations_supported"] =
        value!({ "UniversityDegreeCredential": card });
    world.offer["credential_configuration_ids"] = value!(["UniversityDegreeCredential"]);
    world
}

// shows: VCI 27 (vector)
#[test]
fn the_token_answer_gives_two_orders() {
    let mut world = world();
    world
        .http
        .on(TOKEN, |_, _| answer(200, "inline/vci-016.txt"));
    let authorized = world.authorized().unwrap();
    let identifiers: Vec<_> = authorized
        .orders()
        .iter()
        .filter_map(|order| order.credential_identifier())
        .collect();
    assert_eq!(
        identifiers,
        [
            "CivilEngineeringDegree-2023",
            "ElectricalEngineeringDegree-2023"
        ]
    );
}

// shows: VCI 26 (vector)
#[test]
fn the_nonce_answer_is_used() {
    let mut world = world();
    world
        .http
        .on(NONCE, |_, _| answer(200, "inline/vci-019.txt"));
    world.receive(&TestKey::several(1)).unwrap();
    let proof = &proofs(&world.http.requests(CREDENTIAL)[0])[0];
    assert_eq!(proof.payload["nonce"], "wKI4LT17ac15ES9bw8ac4");
}

// shows: VCI 21 (vector)
#[test]
fn the_error_answers_are_understood() {
    let mut world = world();
    world
        .http
        .on(TOKEN, |_, _| answer(400, "inline/vci-017.txt"));
    assert_eq!(
        refused(world.authorized()).subject(),
        Some("invalid_request")
    );
    for (status, name, expected) in [
        (400, "inline/vci-026.txt", ErrorCode::CredentialRefused),
        (202, "inline/vci-025.txt", ErrorCode::IssuanceDeferred),
        // Credentials of other formats: strings, but no SD-JWT.
        (200, "inline/vci-023.txt", ErrorCode::Malformed),
        (
            200,
            "credential_response_mso_mdoc.txt",
            ErrorCode::Malformed,
        ),
        (200, "credential_response_ldp_vc.txt", ErrorCode::Malformed),
    ] {
        let mut world = super::examples::world();
        world.http.on(CREDENTIAL, move |_, _| answer(status, name));
        let Err(error) = world.receive(&TestKey::several(2)) else {
            panic!("{name} was accepted")
        };
        assert_eq!(code(error), expected, "{name}");
    }
}

// shows: VCI 41 (vector)
#[test]
fn the_notification_request_is_the_examples() {
    let mut world = world();
    let received = world.receive(&TestKey::several(1)).unwrap();
    let _ = block_on(
        received
            .notification
            .unwrap()
            .send(&world.ports(), NotificationEvent::Accepted),
    );
    let expected: Value = serde_json::from_str(&body("inline/vci-031.txt")).unwrap();
    let sent = body_object(&world.http.requests(NOTIFICATION)[0]);
    assert_eq!(Value::Object(sent), expected);
}

// shows: VCI 29 (vector)
#[test]
fn our_proof_has_the_members_of_the_example_which_verifies() {
    let proof: Value = serde_json::from_str(&unwrapped_json("inline/vci-039.txt")).unwrap();
    let theirs = CompactJws::parse(proof["jwt"][0].as_str().unwrap(), 4096).unwrap();
    theirs
        .verify(&PublicKey::from_jwk(&theirs.header()["jwk"]).unwrap())
        .unwrap();
    let mut world = world();
    world.receive(&TestKey::several(1)).unwrap();
    let ours = &proofs(&world.http.requests(CREDENTIAL)[0])[0];
    let names = |object: &serde_json::Map<String, Value>| {
        let mut names: Vec<_> = object.keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(&ours.header), names(theirs.header()));
    assert_eq!(
        names(&ours.payload),
        names(&theirs.payload_object().unwrap())
    );
    assert_eq!(ours.typ(), theirs.typ());
}

/// An example whose strings were wrapped for print.
fn unwrapped_json(name: &str) -> String {
    example(name).lines().map(str::trim).collect()
}

#[test]
fn every_state_can_be_driven_from_any_thread() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    let mut world = world();
    let offered = send(world.offered().unwrap());
    let ports = world.ports();
    let authorized = block_on(send(offered.accept(&ports, None))).unwrap();
    let keys = TestKey::several(1);
    let order = &authorized.orders()[0];
    let received = send(block_on(send(authorized.request(&ports, order, &keys))).unwrap());
    let received = received.received().unwrap();
    let _ = block_on(send(received.fetch_display(&ports)));
    let _ = block_on(send(
        received
            .notification
            .unwrap()
            .send(&ports, NotificationEvent::Accepted),
    ));
}

/// Changes one byte and cuts the end off.
fn mutated(text: &str, at: usize, byte: u8, cut: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let place = at % bytes.len();
    bytes[place] = byte;
    bytes.truncate(bytes.len() - cut % 8);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn changed_answers_never_make_the_wallet_panic(at in any::<usize>(), byte in any::<u8>(), cut in any::<usize>(), status in 200_u16..600) {
        let examples = [
            (TOKEN, "inline/vci-016.txt"),
            (NONCE, "inline/vci-019.txt"),
            (CREDENTIAL, "credential_response_sd_jwt_vc.txt"),
            (CREDENTIAL, "inline/vci-025.txt"),
        ];
        for (url, name) in examples {
            let mut world = world();
            let bytes = mutated(&body(name), at, byte, cut);
            world.http.on(url, move |_, _| respond(status, "application/json", bytes.clone()));
            let _ = world.receive(&TestKey::several(1)).map(|_| ());
        }
    }

    #[test]
    fn a_changed_credential_is_refused_or_the_same(at in any::<usize>(), byte in any::<u8>()) {
        let mut world = world();
        let signer = std::sync::Arc::clone(&world.signer);
        let (sender, sent) = std::sync::mpsc::channel();
        let sender = std::sync::Mutex::new(sender);
        world.http.on(CREDENTIAL, move |request, _| {
            let mut answer = signer.answer(request);
            let text = answer["credentials"][0]["credential"].as_str().unwrap().to_owned();
            let changed = String::from_utf8_lossy(&mutated(&text, at, byte, 0)).into_owned();
            answer["credentials"][0]["credential"] = value!(changed);
            sender.lock().unwrap().send(text).unwrap();
            json(200, &answer)
        });
        if let Ok(received) = world.receive(&TestKey::several(1)) {
            prop_assert_eq!(received.copies[0].credential.text(), sent.recv().unwrap());
        }
    }
}
