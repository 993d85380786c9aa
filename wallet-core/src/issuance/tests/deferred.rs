//! Credentials that come later (OpenID4VCI 1.0 8.3, 9).

use super::issuer::{
    CREDENTIAL, DEFERRED, FixedClock, ISSUER, METADATA_URL, NONCE, NOTIFICATION, TOKEN, TestKey,
    World,
};
use super::refused;
use super::scripted::{body_object, header, json};
use crate::clock::{Clock as _, UnixTime};
use crate::error::{Category, ErrorCode, WalletError};
use crate::http::{HttpError, HttpRequest, HttpResponse};
use crate::issuance::{DeferredAnswer, DeferredIssuance, NotificationEvent, Notified, Requested};
use crate::keys::HolderKey;
use crate::profile::Profile;
use pollster::block_on;
use serde_json::{Value, json as value};
use std::sync::{Arc, Mutex};
use wallet_parties::EcKey;
use wallet_parties::sd_jwt::SdJwtDraft;

const ID: &str = "8xLOxBtZp8";

/// A world whose issuer promises, and answers later what `later` makes of the answer it would have given.
fn world(
    later: impl Fn(&HttpRequest, usize, Value) -> HttpResponse + Send + Sync + 'static,
) -> World {
    let mut world = World::new();
    let answer = Arc::new(Mutex::new(Value::Null));
    let (kept, signer) = (Arc::clone(&answer), Arc::clone(&world.signer));
    world.http.on(CREDENTIAL, move |request, _| {
        *kept.lock().unwrap() = signer.answer(request);
        json(
            202,
            &value!({ "transaction_id": ID, "interval": 60, "unknown_member": {} }),
        )
    });
    world.http.on(DEFERRED, move |request, count| {
        later(request, count, answer.lock().unwrap().clone())
    });
    world
}

fn order(world: &mut World, keys: &[Arc<dyn HolderKey>]) -> DeferredIssuance {
    let authorized = world.authorized().unwrap();
    let order = &authorized.orders()[0];
    match block_on(authorized.request(&world.ports(), order, keys)) {
        Ok(Requested::Deferred(deferred)) => *deferred,
        Ok(_) => panic!("received at once"),
        Err(error) => panic!("{error}"),
    }
}

/// Time passes.
fn wait(world: &mut World, seconds: i64) {
    world.clock = FixedClock(world.clock.now().unwrap().saturating_add(seconds));
}

/// What the issuance ends with.
fn end(
    later: impl Fn(&HttpRequest, usize, Value) -> HttpResponse + Send + Sync + 'static,
) -> (WalletError, World) {
    let mut world = world(later);
    let keys = TestKey::several(2);
    let mut deferred = order(&mut world, &keys);
    wait(&mut world, 60);
    let outcome = match block_on(deferred.poll(&world.ports(), &keys)) {
        Ok(DeferredAnswer::Over(error)) => error.into(),
        Ok(_) => panic!("not over"),
        Err(error) => panic!("may be tried again: {error}"),
    };
    (outcome, world)
}

// shows: VCI 39, VCI 40
#[test]
fn a_promised_credential_is_asked_for_at_its_time_and_received() {
    let mut world = world(|_, count, answer| match count {
        0 => json(202, &value!({ "transaction_id": ID, "interval": 120 })),
        _ => json(200, &answer),
    });
    let keys = TestKey::several(2);
    let start = world.clock.now().unwrap();
    let mut deferred = order(&mut world, &keys);
    assert_eq!(deferred.not_before(), start.saturating_add(60));
    let early = refused(block_on(deferred.poll(&world.ports(), &keys)));
    assert_eq!(
        (early.code(), early.retry_after()),
        (ErrorCode::IssuanceDeferred, Some(60))
    );
    assert!(world.http.requests(DEFERRED).is_empty());

    wait(&mut world, 60);
    let not_yet = block_on(deferred.poll(&world.ports(), &keys)).unwrap();
    assert!(matches!(not_yet, DeferredAnswer::NotYet));
    assert_eq!(deferred.not_before(), start.saturating_add(180));
    let request = &world.http.requests(DEFERRED)[0];
    assert_eq!(
        Value::Object(body_object(request)),
        value!({ "transaction_id": ID })
    );
    assert!(header(request, "authorization").is_some());

    wait(&mut world, 120);
    let DeferredAnswer::Ready(received) = block_on(deferred.poll(&world.ports(), &keys)).unwrap()
    else {
        panic!("not ready")
    };
    assert_eq!(received.copies.len(), 2);
    assert_eq!(
        received.context.notification_id.as_deref(),
        Some("3fwe98js")
    );
    let told = block_on(
        received
            .notification
            .unwrap()
            .send(&world.ports(), NotificationEvent::Accepted),
    );
    assert_eq!(told, Notified::Sent);
    assert_eq!(world.http.requests(NOTIFICATION).len(), 1);
}

// shows: VCI 23
#[test]
fn a_deferred_request_is_proven_with_the_key_of_the_token() {
    use super::dpop::{payload, proof};
    let mut world = world(|_, _, answer| json(200, &answer));
    world.server["dpop_signing_alg_values_supported"] = value!(["ES256"]);
    let token = value!({ "access_token": "t", "token_type": "DPoP" });
    world.http.json(TOKEN, 200, token);
    let keys = TestKey::several(1);
    let mut deferred = order(&mut world, &keys);
    wait(&mut world, 60);
    block_on(deferred.poll(&world.ports(), &keys)).unwrap();
    let (first, later) = (
        world.http.requests(CREDENTIAL).remove(0),
        world.http.requests(DEFERRED).remove(0),
    );
    assert_eq!(header(&later, "authorization"), Some("DPoP t"));
    assert_eq!(payload(&later)["htu"], DEFERRED);
    assert_eq!(payload(&later)["ath"], payload(&first)["ath"]);
    assert_eq!(proof(&later).header["jwk"], proof(&first).header["jwk"]);
}

// shows: VCI 3
#[test]
fn unknown_members_of_any_answer_are_ignored() {
    let with_more = |mut answer: Value| {
        answer["unknown_member"] = value!({ "a": [1] });
        if let Some(credentials) = answer["credentials"].as_array_mut() {
            credentials[0]["unknown_member"] = value!("b");
        }
        answer
    };
    let token = value!({ "access_token": "t", "token_type": "Bearer", "c_nonce": "older drafts" });
    let prepare = move |world: &mut World| {
        world.http.json(TOKEN, 200, with_more(token.clone()));
        let nonce = with_more(value!({ "c_nonce": "n" }));
        world.http.json(NONCE, 200, nonce);
    };
    let keys = TestKey::several(1);
    let mut at_once = World::new();
    prepare(&mut at_once);
    at_once.answer_with(move |answer| *answer = with_more(answer.take()));
    assert_eq!(at_once.receive(&keys).unwrap().copies.len(), 1);

    let mut later = world(move |_, _, answer| json(200, &with_more(answer)));
    prepare(&mut later);
    let mut deferred = order(&mut later, &keys);
    wait(&mut later, 60);
    let ready = block_on(deferred.poll(&later.ports(), &keys)).unwrap();
    assert!(matches!(ready, DeferredAnswer::Ready(_)));
}

// shows: VCI 39, VCI 47
#[test]
fn a_promise_survives_a_restart_with_its_token() {
    let mut world = world(|_, _, answer| json(200, &answer));
    let keys = TestKey::several(1);
    let deferred = order(&mut world, &keys);
    let bytes = serde_json::to_vec(&deferred.to_kept()).unwrap();
    drop(deferred);
    let kept = serde_json::from_slice(&bytes).unwrap();
    let mut again = DeferredIssuance::from_kept(&kept, UnixTime::from_secs(0)).unwrap();
    let ready = block_on(again.poll(&world.ports(), &keys)).unwrap();
    assert!(matches!(ready, DeferredAnswer::Ready(_)));
    let token = |url| {
        let request = world.http.requests(url).remove(0);
        header(&request, "authorization").map(str::to_owned)
    };
    assert_eq!(token(DEFERRED), token(CREDENTIAL));
}

// shows: VCI 39
#[test]
fn the_issuer_may_end_it() {
    for (status, answer, code, subject) in [
        (
            400,
            value!({ "error": "invalid_transaction_id" }),
            ErrorCode::IssuanceExpired,
            Some("transaction_id"),
        ),
        (
            400,
            value!({ "error": "credential_request_denied" }),
            ErrorCode::CredentialRefused,
            Some("credential_request_denied"),
        ),
        (
            401,
            value!({ "error": "invalid_token" }),
            ErrorCode::IssuanceExpired,
            None,
        ),
    ] {
        let (error, _) = end(move |_, _, _| json(status, &answer));
        assert_eq!((error.code(), error.subject()), (code, subject));
        assert_eq!(error.category(), Category::Issuer);
    }
}

// shows: VCI 41, VCI 42
#[test]
fn what_comes_later_is_verified_like_what_comes_at_once() {
    let (error, world) = end(|_, _, mut answer| {
        let first = answer["credentials"][0].clone();
        answer["credentials"][1] = first;
        json(200, &answer)
    });
    assert_eq!(error.code(), ErrorCode::BatchMismatch);
    let told = body_object(&world.http.requests(NOTIFICATION)[0]);
    assert_eq!(told["event"], "credential_failure");

    let mut world = super::deferred::world(|_, _, answer| json(200, &answer));
    let mut deferred = order(&mut world, &TestKey::several(1));
    wait(&mut world, 60);
    let other_keys = TestKey::several(1);
    let answer = block_on(deferred.poll(&world.ports(), &other_keys)).unwrap();
    let DeferredAnswer::Over(error) = answer else {
        panic!("accepted")
    };
    assert_eq!(super::code(error), ErrorCode::HolderKeyMismatch);
}

#[test]
fn trouble_on_the_way_does_not_end_it_and_costs_the_interval() {
    let mut world = world(|_, count, answer| match count {
        0 => json(503, &value!({})),
        1 => json(202, &value!({ "transaction_id": "another", "interval": 1 })),
        _ => json(200, &answer),
    });
    let keys = TestKey::several(1);
    let mut deferred = order(&mut world, &keys);
    for code in [ErrorCode::HttpStatus, ErrorCode::CredentialResponseInvalid] {
        wait(&mut world, 60);
        let error = refused(block_on(deferred.poll(&world.ports(), &keys)));
        assert_eq!(error.code(), code);
        let early = refused(block_on(deferred.poll(&world.ports(), &keys)));
        assert_eq!(early.code(), ErrorCode::IssuanceDeferred);
    }
    wait(&mut world, 60);
    let ready = block_on(deferred.poll(&world.ports(), &keys)).unwrap();
    assert!(matches!(ready, DeferredAnswer::Ready(_)));
}

/// The issuer gives it once (13.6.1): what came is kept until its signer's keys can be fetched.
// shows: VCI 39
#[test]
fn an_answer_that_cannot_be_verified_for_want_of_a_network_is_kept() {
    let mut world = World::new();
    world.trust.web_issuers = vec![ISSUER.to_owned()];
    world.http.on(CREDENTIAL, |_, _| {
        json(202, &value!({ "transaction_id": ID, "interval": 60 }))
    });
    let keys = TestKey::several(1);
    let mut deferred = order(&mut world, &keys);
    let signer = EcKey::generate().unwrap();
    let credential = SdJwtDraft::new(world.signer.claims())
        .unwrap()
        .bound_to(&value!(keys[0].public_key().to_jwk()))
        .issue_with_key(&signer)
        .unwrap();
    world.http.on(DEFERRED, move |_, count| match count {
        0 => json(
            200,
            &value!({ "credentials": [{ "credential": credential }], "notification_id": "n" }),
        ),
        _ => json(400, &value!({ "error": "invalid_transaction_id" })),
    });
    let signers = "https://issuer.example/.well-known/jwt-vc-issuer/tenant";
    // Twice as long each time since the answer is here: the first time the issuer is asked for it.
    for (seconds, error, code, category) in [
        (
            60,
            HttpError::NotSent,
            ErrorCode::NetworkFailed,
            Category::Device,
        ),
        (
            60,
            HttpError::Timeout,
            ErrorCode::NetworkTimeout,
            Category::Device,
        ),
        (
            120,
            HttpError::HostFailed,
            ErrorCode::HostFailed,
            Category::App,
        ),
    ] {
        world.http.fail(signers, error);
        wait(&mut world, seconds);
        let refusal = refused(block_on(deferred.poll(&world.ports(), &keys)));
        assert_eq!((refusal.code(), refusal.category()), (code, category));
        // Through the record, as after a restart.
        let kept = serde_json::to_vec(&deferred.to_kept()).unwrap();
        let kept = serde_json::from_slice(&kept).unwrap();
        deferred = DeferredIssuance::from_kept(&kept, deferred.not_before()).unwrap();
    }
    assert!(world.http.requests(NOTIFICATION).is_empty());
    let page = value!({ "issuer": ISSUER, "jwks": { "keys": [signer.public_jwk()] } });
    world.http.json(signers, 200, page);
    wait(&mut world, 240);
    let answer = block_on(deferred.poll(&world.ports(), &keys)).unwrap();
    let DeferredAnswer::Ready(received) = answer else {
        panic!("lost")
    };
    assert_eq!(received.copies.len(), 1);
    assert_eq!(world.http.requests(DEFERRED).len(), 1);
}

/// The promise was made before the profile was HAIP, and stays.
// shows: HAIP 1
#[test]
fn under_haip_a_promise_is_not_asked_for_with_a_token_of_whoever_bears_it() {
    let mut world = world(|_, _, answer| json(200, &answer));
    let keys = TestKey::several(1);
    let mut deferred = order(&mut world, &keys);
    wait(&mut world, 60);
    world.settings.profile = Profile::Haip;
    let sent = world.http.log().len();
    let error = refused(block_on(deferred.poll(&world.ports(), &keys)));
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::NotSupported, Some("bearer_token"))
    );
    assert_eq!(world.http.log().len(), sent);
    world.settings.profile = Profile::Standard;
    let ready = block_on(deferred.poll(&world.ports(), &keys)).unwrap();
    assert!(matches!(ready, DeferredAnswer::Ready(_)));
}

#[test]
fn metadata_that_changed_its_meaning_is_not_followed() {
    for (change, code) in [
        (
            (|metadata| metadata["credential_issuer"] = "https://evil.example".into())
                as fn(&mut Value),
            ErrorCode::IssuerMismatch,
        ),
        (
            |metadata| metadata["deferred_credential_endpoint"] = Value::Null,
            ErrorCode::IssuerMetadataInvalid,
        ),
        (
            |metadata| {
                metadata
                    .as_object_mut()
                    .unwrap()
                    .remove("deferred_credential_endpoint");
            },
            ErrorCode::IssuerMetadataInvalid,
        ),
        (
            |metadata| {
                metadata["credential_configurations_supported"]["card"]["vct"] = "urn:other".into()
            },
            ErrorCode::WrongCredentialType,
        ),
        (
            |metadata| metadata["credential_configurations_supported"] = value!({}),
            ErrorCode::OfferInvalid,
        ),
    ] {
        let mut world = world(|_, _, answer| json(200, &answer));
        let keys = TestKey::several(1);
        let mut deferred = order(&mut world, &keys);
        wait(&mut world, 60);
        change(&mut world.metadata);
        world.http.json(METADATA_URL, 200, world.metadata.clone());
        let error = refused(block_on(deferred.poll(&world.ports(), &keys)));
        assert_eq!(error.code(), code);
        assert!(world.http.requests(DEFERRED).is_empty());
    }
}

#[test]
fn a_promise_of_wrong_form_is_refused() {
    for answer in [
        value!({ "interval": 5 }),
        value!({ "transaction_id": "" , "interval": 5 }),
        value!({ "transaction_id": 7, "interval": 5 }),
        value!({ "transaction_id": "x".repeat(3000), "interval": 5 }),
        value!({ "transaction_id": ID, "interval": 0 }),
        value!({ "transaction_id": ID, "interval": -5 }),
        value!({ "transaction_id": ID, "interval": "5" }),
        value!({ "transaction_id": ID, "interval": 5, "credentials": [] }),
    ] {
        let mut world = world(|_, _, _| unreachable!());
        world.http.json(CREDENTIAL, 202, answer.clone());
        let error = refused(world.receive(&TestKey::several(1)));
        assert_eq!(
            error.code(),
            ErrorCode::CredentialResponseInvalid,
            "{answer}"
        );
    }
    let mut world = world(|_, _, _| unreachable!());
    world
        .metadata
        .as_object_mut()
        .unwrap()
        .remove("deferred_credential_endpoint");
    let error = refused(world.receive(&TestKey::several(1)));
    assert_eq!(error.code(), ErrorCode::IssuerMetadataInvalid);
}

#[test]
fn an_interval_beyond_reason_is_cut_to_thirty_days() {
    let mut world = world(|_, _, _| unreachable!());
    world.http.json(
        CREDENTIAL,
        202,
        value!({ "transaction_id": ID, "interval": u64::MAX }),
    );
    let start = world.clock.now().unwrap();
    let deferred = order(&mut world, &TestKey::several(1));
    assert_eq!(deferred.not_before(), start.saturating_add(30 * 24 * 3600));
}
