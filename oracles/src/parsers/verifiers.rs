//! How verifiers are known: by DID, by attestation, and by an answer to the wallet's own nonce.

use super::fixture::{ATTESTER, NOW, WORLD, json_answer, lines, object, sign_jws, text};
use super::requests::{TYP, answer, answer_over, claimed_client_id, good_payload, signed_link};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use url::form_urlencoded::{Serializer, parse};
use wallet_core::did::{DidUrl, authentication_key};
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Method};
use wallet_core::jose::{PublicKey, base64url as strict};

/// A DID URL falls into its parts and no others; a key that is found is the one in the identifier.
pub(super) fn did_url(input: &[u8]) {
    let _ = authentication_key_of(&base58_did(input));
    let Some(text) = text(input) else { return };
    let Ok(url) = DidUrl::parse(text) else { return };
    let did = format!("did:{}:{}", url.method(), url.method_specific_id());
    assert_eq!(url.did(), did);
    let rest = text.strip_prefix(&did).unwrap();
    assert_eq!(
        rest.split_once('#').map(|(_, fragment)| fragment),
        url.fragment()
    );
    assert_eq!(rest.starts_with(['/', '?']), url.has_path_or_query());
    let Ok(key) = authentication_key(&url) else {
        return;
    };
    assert!(!url.has_path_or_query());
    match url.method() {
        "jwk" => {
            let jwk = object(&strict::decode(url.method_specific_id()).unwrap());
            assert!(jwk.get("d").is_none() && url.fragment() == Some("0"));
            assert_eq!(PublicKey::from_jwk(&Value::Object(jwk)), Ok(key));
        }
        "key" => {
            assert_eq!(url.fragment(), Some(url.method_specific_id()));
            // The one text of an Ed25519 key begins with these letters.
            if let (PublicKey::Ed25519(key), true) = (key, did.starts_with("did:key:z6Mk")) {
                let bytes = [&[0xED, 0x01], key.as_bytes().as_slice()].concat();
                assert_eq!(base58_did(&bytes), text);
            }
        }
        other => panic!("no key comes from did:{other}"),
    }
}

fn authentication_key_of(url: &str) -> Option<PublicKey> {
    authentication_key(&DidUrl::parse(url).ok()?).ok()
}

/// The did:key URL of multicodec and key.
fn base58_did(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes.iter().take(256) {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).unwrap();
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).unwrap());
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| &0);
    let digits = zeros.chain(digits.iter().rev());
    let text: String = digits
        .map(|digit| char::from(ALPHABET[usize::from(*digit)]))
        .collect();
    format!("did:key:z{text}#z{text}")
}

/// A request by a DID: header and payload, in which `@` as the client identifier stands for the signer's DID.
pub(super) fn request_by_did(input: &[u8]) {
    let [header, payload] = lines(input);
    let (mut header, mut payload) = (object(header), object(payload));
    let did = WORLD.signer_did();
    if payload.get("client_id") == Some(&"@".into()) {
        payload.insert(
            "client_id".to_owned(),
            format!("decentralized_identifier:{did}").into(),
        );
    }
    header.entry("alg").or_insert("EdDSA".into());
    header.entry("typ").or_insert(TYP.into());
    header.entry("kid").or_insert(format!("{did}#0").into());
    sign_and_answer(&Value::Object(header), &complete(payload));
}

/// A request with a verifier attestation: header and claims of the attestation, header and payload of the request. In the
/// claims `"cnf": "@"` stands for the signer's key.
pub(super) fn verifier_attestation(input: &[u8]) {
    let [header, claims, outer, payload] = lines(input);
    let (mut header, mut claims) = (object(header), object(claims));
    header.entry("alg").or_insert("EdDSA".into());
    header
        .entry("typ")
        .or_insert("verifier-attestation+jwt".into());
    claims.entry("iss").or_insert(ATTESTER.into());
    claims.entry("sub").or_insert("shop".into());
    claims.entry("exp").or_insert((NOW.as_secs() + 600).into());
    if claims.get("cnf") == Some(&"@".into()) {
        claims.insert(
            "cnf".to_owned(),
            json!({ "jwk": WORLD.signer_public().to_jwk() }),
        );
    }
    let bytes = |members| Value::Object(members).to_string().into_bytes();
    let attestation = sign_jws(&WORLD.attester, &bytes(header), &bytes(claims));
    let (mut outer, mut payload) = (object(outer), object(payload));
    outer.entry("alg").or_insert("EdDSA".into());
    outer.entry("typ").or_insert(TYP.into());
    outer.entry("jwt").or_insert(attestation.into());
    payload
        .entry("client_id")
        .or_insert("verifier_attestation:shop".into());
    sign_and_answer(&Value::Object(outer), &complete(payload));
}

/// The payload with what it lacks of a good one.
fn complete(payload: serde_json::Map<String, Value>) -> Value {
    let mut whole = good_payload();
    for (name, value) in payload {
        whole[name] = value;
    }
    whole
}

fn sign_and_answer(header: &Value, payload: &Value) {
    let (header, payload) = (header.to_string(), payload.to_string());
    let object = WORLD.sign(header.as_bytes(), payload.as_bytes());
    answer(&signed_link(
        &claimed_client_id(payload.as_bytes()),
        &object,
    ));
}

/// Header and payload of a request object that is given where the wallet posts its nonce; `"wallet_nonce": "@"` stands for
/// that nonce. Without it nothing is answered.
pub(super) fn request_uri_post(input: &[u8]) {
    let [header, payload] = lines(input);
    let mut link = Serializer::new("openid4vp://?".to_owned());
    link.append_pair("client_id", &claimed_client_id(payload));
    link.append_pair("request_uri", "https://verifier.example.org/request");
    link.append_pair("request_uri_method", "post");
    let client = Posted {
        header,
        payload,
        has_nonce: AtomicBool::default(),
    };
    let is_taken = answer_over(&link.finish(), &client);
    assert!(!is_taken || client.has_nonce.into_inner());
}

struct Posted<'a> {
    header: &'a [u8],
    payload: &'a [u8],
    has_nonce: AtomicBool,
}

#[async_trait]
impl HttpClient for Posted<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        assert_eq!(request.method, Method::Post);
        let form: Vec<_> = parse(&request.body).into_owned().collect();
        let [(metadata, _), (nonce, value)] = form.as_slice() else {
            panic!("two members");
        };
        assert_eq!(
            (metadata.as_str(), nonce.as_str()),
            ("wallet_metadata", "wallet_nonce")
        );
        assert!(value.len() >= 22, "128 bits");
        let payload = match object(self.payload) {
            payload if payload.is_empty() => self.payload.to_vec(),
            mut payload => {
                if payload.get("wallet_nonce") == Some(&"@".into()) {
                    self.has_nonce.store(true, Ordering::Relaxed);
                    payload.insert("wallet_nonce".to_owned(), value.as_str().into());
                }
                complete(payload).to_string().into_bytes()
            }
        };
        let object = WORLD.sign_certified(object(self.header), TYP, &payload);
        let content_type = "application/oauth-authz-req+jwt".to_owned();
        Ok(HttpResponse {
            headers: vec![("content-type".to_owned(), content_type)],
            final_url: request.url,
            ..json_answer(object.as_bytes())
        })
    }
}
