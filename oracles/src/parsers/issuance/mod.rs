//! OpenID4VCI: each document of an issuance in turn is the fuzzer's, all others are good.

mod attested;
mod documents;
mod later;

pub(super) use attested::{key_attestation, wallet_attestation};
pub(super) use later::{deferred_response, kept_deferred};

use super::fixture::{
    Decisions, NOW, VCT, WORLD, base64url, holder_key, json, lines, object, text,
};
use super::sd_jwt::sign_claims;
use super::texts::assert_is_safe;
use documents::{Challenges, Documents, ISSUER, Sealed};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use url::form_urlencoded::parse;
use wallet_core::issuance::{
    AuthorizationAnswer, CredentialOffer, IssuanceError, OfferLink, OfferedIssuance, Picture,
    Ports, ProofRequirement, ReceivedCredentials, Requested,
};
use wallet_core::keys::HolderKey;
use wallet_core::trust::TrustAnchors;

/// An offer by link, or the JSON of one: whatever it names is only called by the rules of every fetch.
pub(super) fn offer(input: &[u8]) {
    if let Some(text) = text(input)
        && let Ok(link) = OfferLink::parse(text)
    {
        assert!(OfferLink::recognises(text));
        let documents = Documents::default();
        if let Ok(offer) = pollster::block_on(link.resolve(&documents.ports())) {
            check_offer(&offer);
        }
    }
    if let Ok(offer) = CredentialOffer::from_json(input) {
        check_offer(&offer);
    }
    receive(Documents {
        offer: input.to_vec(),
        ..Documents::default()
    });
}

fn check_offer(offer: &CredentialOffer) {
    assert!(!offer.credential_issuer().is_empty() && !offer.configuration_ids().is_empty());
    if let Some(tx_code) = offer.tx_code() {
        tx_code
            .description
            .iter()
            .for_each(|text| assert_is_safe(text));
        assert!(tx_code.check("").is_err());
        let _ = tx_code.check("493536");
    }
}

/// The Credential Issuer Metadata.
pub(super) fn issuer_metadata(input: &[u8]) {
    receive(Documents {
        metadata: input.to_vec(),
        ..Documents::default()
    });
}

/// Content type, JWS header and claims of issuer metadata that must be signed. Claims go over those of good metadata (`null`
/// leaves one out); a certified signer signs them. Nothing else is believed than what it signed for this issuer and now.
pub(super) fn signed_issuer_metadata(input: &[u8]) {
    let [content_type, header, claims] = lines(input);
    let Some(content_type) = text(content_type) else {
        return;
    };
    let mut documents = Documents::default();
    let mut metadata = object(&documents.metadata);
    metadata.insert("sub".to_owned(), ISSUER.into());
    metadata.insert("iat".to_owned(), (NOW.as_secs() - 10).into());
    overlay(&mut metadata, object(claims));
    let payload = Value::Object(metadata.clone()).to_string();
    let typ = "openidvci-issuer-metadata+jwt";
    let header = object(header);
    let signed = WORLD.sign_certified(header.clone(), typ, payload.as_bytes());
    documents.metadata = signed.into_bytes();
    documents.metadata_type = content_type.to_owned();
    documents.settings.require_signed_metadata = true;
    let offer = || CredentialOffer::from_json(&documents.offer).unwrap();
    let ports = documents.ports();
    let nobody = TrustAnchors::default();
    let strict = Ports {
        trust: &nobody,
        ..ports
    };
    let unknown = pollster::block_on(OfferedIssuance::fetch(&strict, offer()));
    assert!(unknown.is_err(), "signed by nobody the app knows");
    let Ok(offered) = pollster::block_on(OfferedIssuance::fetch(&ports, offer())) else {
        return;
    };
    assert!(offered.metadata_signer().is_some(), "not signed");
    assert!(header.get("typ").is_none_or(|given| given == typ));
    assert_eq!(metadata["sub"], ISSUER);
    let time = |name: &str| metadata.get(name).map(|time| time.as_i64().unwrap());
    assert!(time("iat") <= Some(NOW.as_secs()) && time("iat").is_some());
    assert!(time("exp").is_none_or(|end| end > NOW.as_secs()));
    receive(documents);
}

/// Puts `changes` over members; `null` leaves one out.
fn overlay(members: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
}

/// The metadata of the authorization server.
pub(super) fn authorization_server(input: &[u8]) {
    receive(Documents {
        server: input.to_vec(),
        ..Documents::default()
    });
}

/// The token response.
pub(super) fn token_response(input: &[u8]) {
    let (status, token) = with_status(input);
    receive(Documents {
        token,
        token_status: status,
        ..Documents::default()
    });
}

/// The nonce response.
pub(super) fn nonce_response(input: &[u8]) {
    receive(Documents {
        nonce: input.to_vec(),
        ..Documents::default()
    });
}

/// The credential response. An object in place of a credential is taken for claims, and signed.
pub(super) fn credential_response(input: &[u8]) {
    let (status, answer) = with_status(input);
    receive(Documents {
        credential: with_signed(&answer),
        credential_status: status,
        ..Documents::default()
    });
}

/// The same inside an encrypted answer, behind content type and JWE header: a plain answer is never taken for one.
pub(super) fn credential_response_encrypted(input: &[u8]) {
    let [content_type, header, answer] = lines(input);
    let Some(content_type) = text(content_type) else {
        return;
    };
    let received = receive(Documents {
        credential: with_signed(answer),
        ..Documents::sealing(Sealed {
            content_type: content_type.to_owned(),
            header: object(header),
        })
    });
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    assert!(!received || essence.eq_ignore_ascii_case("application/jwt"));
}

/// What servers that bind tokens to keys say in headers: their nonces, a challenge, and which of them refuse the first call;
/// and the token answer. Every proof of possession is for its own call.
pub(super) fn dpop(input: &[u8]) {
    let [decisions, server_nonce, issuer_nonce, challenge, token] = lines(input);
    let mut decisions = Decisions::new(decisions);
    let [Some(server_nonce), Some(issuer_nonce), Some(challenge)] =
        [server_nonce, issuer_nonce, challenge].map(text)
    else {
        return;
    };
    let mut documents = Documents::binding(Challenges {
        nonces: [server_nonce.to_owned(), issuer_nonce.to_owned()],
        challenge: challenge.to_owned(),
        refuses: [decisions.yes(), decisions.yes()],
    });
    if !token.is_empty() {
        documents.token = token.to_vec();
    }
    receive(documents);
}

/// The way through the browser: the answer to the pushed request (status before it), and the query the browser comes back
/// with, in which `@` stands for the wallet's `state`. A code is exchanged only from the one answer to this request, by who
/// asked for it.
pub(super) fn authorization(input: &[u8]) {
    let [status, pushed, query] = lines(input);
    let Some(query) = text(query) else { return };
    let mut documents = Documents::authorizing();
    if !pushed.is_empty() {
        documents.pushed = pushed.to_vec();
    }
    if let Some(status) = text(status).and_then(|status| status.parse().ok()) {
        documents.pushed_status = status;
    }
    let Ok(state) = pollster::block_on(through_browser(&documents, query)) else {
        assert!(documents.seen.lock().unwrap().verifier.is_none());
        return;
    };
    let given = |wanted: &str| {
        let query = query
            .split('#')
            .next()
            .unwrap_or_default()
            .trim()
            .replace('@', &state);
        let all: Vec<_> = parse(query.as_bytes()).into_owned().collect();
        let all = all.into_iter().filter(|(name, _)| name == wanted);
        all.map(|(_, value)| value).collect::<Vec<_>>()
    };
    assert_eq!(
        (given("state"), given("iss")),
        (vec![state.clone()], vec![ISSUER.to_owned()])
    );
    assert!(given("error").is_empty() && given("code").len() == 1);
    let seen = documents.seen.lock().unwrap();
    let challenge = Sha256::digest(seen.verifier.as_deref().unwrap());
    assert_eq!(seen.pushed["code_challenge"], base64url(&challenge));
    assert_eq!(seen.pushed["code_challenge_method"], "S256");
}

/// Gives the `state` where a token was asked for.
async fn through_browser(documents: &Documents, query: &str) -> Result<String, IssuanceError> {
    const ADDRESS: &str = "https://wallet.example.org/cb";
    let ports = documents.ports();
    let offer = CredentialOffer::from_json(&documents.offer)?;
    let offered = OfferedIssuance::fetch(&ports, offer).await?;
    let requested = offered.authorize(&ports, ADDRESS, &[]).await?;
    assert!(documents.settings.fetch.check_url(&requested.url).is_ok());
    let state = documents.seen.lock().unwrap().pushed["state"].clone();
    assert!(state.len() >= 22 && !requested.url.contains(&state));
    let answer = format!("{ADDRESS}?{}", query.replace('@', &state));
    let answer = AuthorizationAnswer::parse(&answer)?;
    requested.waiting.resume(&ports, &answer).await?;
    Ok(state)
}

/// The answer with objects in place of credentials taken for claims, and signed.
fn with_signed(answer: &[u8]) -> Vec<u8> {
    match json(answer) {
        Some(mut answer) => {
            let list = answer.get_mut("credentials").and_then(Value::as_array_mut);
            for credential in list.into_iter().flatten() {
                let Some(credential) = credential.get_mut("credential") else {
                    continue;
                };
                if let Some(claims) = credential.as_object_mut() {
                    bind(claims);
                    *credential = sign_claims(claims).into();
                }
            }
            answer.to_string().into_bytes()
        }
        None => answer.to_vec(),
    }
}

/// A picture: where the issuer says it is (an address, or `data:`), and content type and bytes of the answer. What is kept
/// is a picture of a known kind, under the hash of its bytes.
pub(super) fn picture(input: &[u8]) {
    let [address, content_type, body] = lines(input);
    let (Some(address), Some(content_type)) = (text(address), text(content_type)) else {
        return;
    };
    let mut documents = Documents::default();
    let mut metadata = json(&documents.metadata).unwrap();
    let looks = json!({ "name": "Card", "logo": { "uri": address, "alt_text": content_type } });
    metadata["display"] = json!([looks]);
    documents.metadata = metadata.to_string().into_bytes();
    documents.picture = (content_type.to_owned(), body.to_vec());
    receive(documents);
}

/// What is kept of a picture is what it says it is.
fn check_picture(picture: &Picture) {
    assert_eq!(picture.sha256, base64url(&Sha256::digest(&picture.bytes)));
    let begins = |magic: &[u8]| picture.bytes.starts_with(magic);
    assert!(match picture.media_type.as_str() {
        "image/png" => begins(b"\x89PNG"),
        "image/jpeg" => begins(b"\xFF\xD8\xFF"),
        "image/webp" => begins(b"RIFF"),
        "image/svg+xml" => core::str::from_utf8(&picture.bytes).is_ok(),
        _ => false,
    });
}

/// `"cnf": "@"` stands for the holder's key.
fn bind(claims: &mut Map<String, Value>) {
    if claims.get("cnf") == Some(&"@".into()) {
        claims.insert("cnf".to_owned(), json!({ "jwk": WORLD.holder_jwk }));
    }
}

/// The status in the first line, and the body.
fn with_status(input: &[u8]) -> (u16, Vec<u8>) {
    let [status, body] = lines(input);
    match text(status).and_then(|status| status.parse().ok()) {
        Some(status) => (status, body.to_vec()),
        None => (200, input.to_vec()),
    }
}

/// The whole way, as an app goes it for a holder who always agrees. What is received is of the type that was ordered and
/// bound to the holder's key, and every text may be shown. Whether anything was received.
fn receive(documents: Documents) -> bool {
    let requested = pollster::block_on(all_steps(&documents));
    let Ok(Some(Requested::Received(received))) = requested else {
        return false;
    };
    check_received(&documents, &received);
    true
}

fn check_received(documents: &Documents, received: &ReceivedCredentials) {
    assert!(!received.copies.is_empty());
    for copy in &received.copies {
        assert_eq!(
            copy.credential.credential_type(),
            received.context.credential_type
        );
        match (&copy.key, copy.credential.holder_key()) {
            (Some(id), Some(key)) => {
                assert_eq!(id, holder_key().id());
                assert_eq!(key, holder_key().public_key());
            }
            (None, None) => {}
            other => panic!("key and binding disagree: {}", other.0.is_some()),
        }
    }
    let display = pollster::block_on(received.fetch_display(&documents.ports()));
    display.pictures.iter().for_each(check_picture);
    let display = serde_json::to_value(&display).unwrap();
    check_display(&display);
}

async fn all_steps(documents: &Documents) -> Result<Option<Requested>, IssuanceError> {
    let ports = documents.ports();
    let offer = CredentialOffer::from_json(&documents.offer)?;
    let offered = OfferedIssuance::fetch(&ports, offer).await?;
    for display in offered.issuer_display() {
        check_display(&serde_json::to_value(display).unwrap());
    }
    let tx_code = offered.tx_code().map(|_| "493536");
    let authorized = offered.accept(&ports, tx_code).await?;
    let Some(order) = authorized.orders().first() else {
        return Ok(None);
    };
    let keys = holder_keys();
    let keys = if *order.configuration().proof() == ProofRequirement::None {
        &[]
    } else {
        keys.as_slice()
    };
    authorized.request(&ports, order, keys).await.map(Some)
}

fn holder_keys() -> Vec<Arc<dyn HolderKey>> {
    vec![Arc::new(holder_key())]
}

/// Every name, label and description may be shown to people.
fn check_display(value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, child) in members {
                match child {
                    Value::String(text)
                        if matches!(
                            name.as_str(),
                            "name" | "label" | "description" | "alt_text"
                        ) =>
                    {
                        assert_is_safe(text);
                    }
                    child => check_display(child),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(check_display),
        _ => {}
    }
}
