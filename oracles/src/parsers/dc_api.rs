//! Requests through the Digital Credentials API: protocol, origin of the caller, and the request data.

use super::answers::told;
use super::fixture::{NOW, WORLD, base64url, json, lines, sign_jws, text};
use super::requests::{SETTINGS, TYP, check_request, policy, propose};
use ed25519_dalek::SigningKey;
use serde_json::{Map, Value, json};
use wallet_core::presentation::{DcApiRequest, Origin, Proof};

/// What is verified is of the caller or of a signer who signed for this caller; the answer is for the caller.
///
/// Signatures are made here: `{"request": {"header": …, "payload": …}}` becomes a compact JWS, and
/// `{"payload": {…}, "signatures": [{"header": …}, …]}` a JWS of many; `"by": 1` in a signature is somebody else's key.
pub(super) fn request(input: &[u8]) {
    let [protocol, origin, data] = lines(input);
    let (Some(protocol), Some(origin)) = (text(protocol), text(origin)) else {
        return;
    };
    let Ok(checked) = Origin::from_platform(origin, SETTINGS) else {
        return;
    };
    assert_eq!(checked.as_str(), origin);
    assert!(
        origin.is_ascii() && !origin.contains(['/', '?', '#', '@', ' ']) || origin.contains("://")
    );
    let (data, payload) = match json(data) {
        Some(value) => {
            let (data, payload) = signed(value);
            (data.to_string(), payload)
        }
        None => (String::from_utf8_lossy(data).into_owned(), Value::Null),
    };
    let Ok(parsed) = DcApiRequest::parse(protocol, &data, checked) else {
        return;
    };
    match parsed.verify(&policy(), NOW) {
        Ok(verified) => {
            check_request(&verified);
            let is_of_the_caller = *verified.verifier().proof() == Proof::PlatformOrigin;
            assert_eq!(is_of_the_caller, protocol == "openid4vp-v1-unsigned");
            // Also where the request is signed (A.4).
            assert_eq!(verified.audience(), format!("origin:{origin}"));
            if is_of_the_caller {
                let id = verified.verifier().client_id().as_str();
                assert_eq!(id.strip_prefix("origin:"), Some(origin));
            } else if payload.is_object() {
                let expected = payload["expected_origins"].as_array().unwrap();
                assert!(
                    expected.iter().any(|one| one == origin),
                    "signed for others"
                );
            }
            propose(verified);
        }
        Err(refused) => {
            let told = told(refused.answer.as_ref().unwrap());
            assert!(told.contains_key("error") && !told.contains_key("vp_token"));
        }
    }
}

/// The request data with its signatures, and the payload they are over.
fn signed(mut data: Value) -> (Value, Value) {
    let payload = data.get("payload").or(data.pointer("/request/payload"));
    let payload = payload.cloned().unwrap_or_default();
    let bytes = payload.to_string().into_bytes();
    if let Some(request) = data
        .get_mut("request")
        .filter(|request| request.get("header").is_some())
    {
        *request = compact(&request["header"], 0, &bytes).into();
    }
    let jws = match data.get("request") {
        Some(Value::Object(_)) => &mut data["request"],
        _ => &mut data,
    };
    if payload.is_object() && jws.get("signatures").is_some() {
        jws["payload"] = base64url(&bytes).into();
        for signature in jws["signatures"].as_array_mut().into_iter().flatten() {
            let by = signature["by"].as_u64().unwrap_or_default();
            let jws = compact(&signature["header"], by, &bytes);
            let mut parts = jws.split('.');
            *signature = json!({ "protected": parts.next(), "signature": parts.nth(1) });
        }
    }
    (data, payload)
}

fn compact(header: &Value, by: u64, payload: &[u8]) -> String {
    let header: Map<String, Value> = header.as_object().cloned().unwrap_or_default();
    if by == 0 {
        return WORLD.sign_certified(header, TYP, payload);
    }
    let certified = WORLD.sign_certified(header, TYP, payload);
    let header = certified.split('.').next().unwrap_or_default();
    let header = wallet_core::jose::base64url::decode(header).unwrap_or_default();
    sign_jws(&SigningKey::from_bytes(&[10; 32]), &header, payload)
}
