//! What a verifier is told.

use super::fixture::{base64url, object};
use super::requests::SETTINGS;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::collections::{BTreeSet, HashMap};
use url::form_urlencoded::parse;
use wallet_core::clock::UnixTime;
use wallet_core::formats::sd_jwt_vc::{HashAlgorithm, KeyBinding, TransactionDataHashes};
use wallet_core::jose::base64url as strict;
use wallet_core::presentation::dcql::CopyRef;
use wallet_core::presentation::{Answer, CopyMaterial, Response, Showing};

/// Every presentation reveals what the plan said, and there is no other.
pub(super) fn check_answer(
    vp_token: &Value,
    showings: &[Showing],
    materials: &HashMap<CopyRef, CopyMaterial>,
    binding: &KeyBinding,
    data: &[String],
) {
    let count: usize = vp_token
        .as_object()
        .unwrap()
        .values()
        .map(|list| list.as_array().unwrap().len())
        .sum();
    assert_eq!(count, showings.len());
    for showing in showings {
        let credential = &materials[&showing.copy].credential;
        let credential = credential.as_sd_jwt_vc().unwrap();
        let data: Vec<_> = showing
            .transactions
            .iter()
            .map(|place| &*data[*place])
            .collect();
        let shown = vp_token[&showing.query]
            .as_array()
            .unwrap()
            .iter()
            .find_map(|text| {
                let text = text.as_str().unwrap();
                let binding = showing.key_binding.then(|| KeyBinding {
                    transaction_data_hashes: transaction_hashes(text, &data),
                    ..binding.clone()
                });
                credential.read_presentation(text, binding.as_ref()).ok()
            });
        let shown: BTreeSet<_> = shown.unwrap().disclosed.into_iter().collect();
        assert_eq!(shown, showing.disclosed.iter().cloned().collect());
        assert!(showing.withheld.iter().all(|path| !shown.contains(path)));
    }
}

/// The hashes that the key binding of a presentation must have over these strings, made here as OpenID4VP B.3.3.1 says
/// with the algorithm it names.
fn transaction_hashes(text: &str, data: &[&str]) -> Option<TransactionDataHashes> {
    let (_, binding) = text.rsplit_once('~').unwrap();
    let payload = strict::decode(binding.split('.').nth(1).unwrap()).unwrap();
    let payload = object(&payload);
    let Some(hashes) = payload.get("transaction_data_hashes") else {
        assert!(data.is_empty(), "what was authorised is not signed");
        return None;
    };
    let name = payload
        .get("transaction_data_hashes_alg")
        .map(|name| name.as_str().unwrap());
    let hash = |text: &&str| match name {
        None | Some("sha-256") => base64url(&Sha256::digest(text)),
        Some("sha-384") => base64url(&Sha384::digest(text)),
        Some("sha-512") => base64url(&Sha512::digest(text)),
        Some(other) => panic!("hashed with {other}"),
    };
    let expected: Vec<_> = data.iter().map(hash).collect();
    assert!(!data.is_empty() && *hashes == json!(expected));
    let algorithm = name.and_then(HashAlgorithm::from_identifier);
    Some(TransactionDataHashes::over(data.iter().copied(), algorithm))
}

/// The members of an answer: of the form that would be posted, or of what the caller gets.
pub(super) fn told(answer: &Answer) -> HashMap<String, String> {
    assert!(answer.valid_until() > UnixTime::from_secs(0));
    match answer.response() {
        Response::Post { uri, body } => {
            assert!(SETTINGS.check_url(uri).is_ok());
            parse(body).into_owned().collect()
        }
        Response::ReturnToCaller { bytes } => {
            let answer = object(bytes);
            assert!(
                answer["protocol"]
                    .as_str()
                    .is_some_and(|name| name.starts_with("openid4vp-v1-"))
            );
            texts(answer["data"].as_object().unwrap().clone())
        }
        _ => panic!("an answer of another kind"),
    }
}

/// Members as a form has them.
pub(super) fn texts(members: Map<String, Value>) -> HashMap<String, String> {
    let text = |(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    };
    members.into_iter().map(text).collect()
}
