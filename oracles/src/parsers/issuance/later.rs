//! Credentials that come later.

use super::super::fixture::{NOW, json, lines, object, text};
use super::documents::{Documents, ISSUER, edit};
use super::{all_steps, check_received, holder_keys, overlay, with_signed};
use serde_json::{Value, json};
use wallet_core::clock::UnixTime;
use wallet_core::issuance::{
    DeferredAnswer, DeferredIssuance, IssuanceError, KeptDeferred, Requested,
};

/// Longest wait in seconds that is taken at its word.
const MAX_INTERVAL: u64 = 30 * 24 * 3600;

/// A world whose issuer promises with this answer.
fn promising(promise: &[u8]) -> Documents {
    let mut documents = Documents::default();
    edit(&mut documents.metadata, |metadata| {
        metadata["deferred_credential_endpoint"] = format!("{ISSUER}/deferred").into();
    });
    documents.credential_status = 202;
    documents.credential = if promise.is_empty() {
        br#"{"transaction_id":"8xLOxBtZp8","interval":60}"#.to_vec()
    } else {
        promise.to_vec()
    };
    documents
}

fn order(documents: &Documents) -> Option<DeferredIssuance> {
    match pollster::block_on(all_steps(documents)) {
        Ok(Some(Requested::Deferred(deferred))) => Some(*deferred),
        Ok(Some(Requested::Received(_))) => panic!("promised, and received at once"),
        _ => None,
    }
}

/// The promise, and status and body of the answer that comes later, in which objects in place of credentials are taken for
/// claims. Never asked for too early, always with the transaction of the promise; what comes is as good as if it had come
/// at once.
pub(crate) fn deferred_response(input: &[u8]) {
    let [promise, status, answer] = lines(input);
    let mut documents = promising(promise);
    let Some(mut deferred) = order(&documents) else {
        return;
    };
    assert!((1..=MAX_INTERVAL).contains(&deferred.interval()));
    let wait = i64::try_from(deferred.interval()).unwrap();
    assert_eq!(deferred.not_before(), NOW.saturating_add(wait));
    let early = pollster::block_on(deferred.poll(&documents.ports(), &holder_keys()));
    assert!(matches!(early, Err(IssuanceError::Deferred { .. })));
    assert!(documents.seen.lock().unwrap().deferred.is_none());

    let status = text(status).and_then(|status| status.parse().ok());
    documents.deferred = (status.unwrap_or(200), with_signed(answer));
    let kept = serde_json::to_string(&deferred.to_kept()).unwrap();
    let kept = serde_json::from_str(&kept).unwrap();
    try_again(&documents, &kept, NOW);
    let promise = json(&documents.credential).unwrap();
    let asked = documents.seen.lock().unwrap().deferred.take().unwrap();
    assert_eq!(
        json(&asked).unwrap()["transaction_id"],
        promise["transaction_id"]
    );
}

fn try_again(documents: &Documents, kept: &KeptDeferred, not_before: UnixTime) {
    let Ok(mut deferred) = DeferredIssuance::from_kept(kept, not_before) else {
        return;
    };
    assert_eq!(
        serde_json::to_value(deferred.to_kept()).unwrap(),
        serde_json::to_value(kept).unwrap()
    );
    match pollster::block_on(deferred.poll(&documents.ports(), &holder_keys())) {
        Ok(DeferredAnswer::Ready(received)) => {
            assert_eq!(documents.deferred.0, 200);
            check_received(documents, &received);
        }
        Ok(DeferredAnswer::NotYet) => {
            assert_eq!(documents.deferred.0, 202);
            assert!((1..=MAX_INTERVAL).contains(&deferred.interval()));
            assert!(deferred.not_before() > NOW);
        }
        _ => {}
    }
}

/// When to try again, and what is different in a kept issuance (`null` leaves a member out) and in its context: what is read
/// at all is written as it was, and nothing is called that may not be.
pub(crate) fn kept_deferred(input: &[u8]) {
    let [not_before, change, context] = lines(input);
    let mut documents = promising(&[]);
    let Value::Object(mut kept) =
        serde_json::to_value(order(&documents).unwrap().to_kept()).unwrap()
    else {
        panic!("no object is kept");
    };
    if let Some(Value::Object(members)) = kept.get_mut("context") {
        overlay(members, object(context));
    }
    overlay(&mut kept, object(change));
    let Ok(kept) = serde_json::from_value(Value::Object(kept)) else {
        return;
    };
    let claims = json!({ "credentials": [{ "credential": { "vct": super::VCT, "cnf": "@" } }] });
    documents.deferred = (200, with_signed(claims.to_string().as_bytes()));
    let not_before = text(not_before).and_then(|seconds| seconds.parse().ok());
    let not_before = UnixTime::from_secs(not_before.unwrap_or(NOW.as_secs()));
    try_again(&documents, &kept, not_before);
}
