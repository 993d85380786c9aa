//! Key attestations that break a rule: none of them is sent (OpenID4VCI 1.0 appendix D, HAIP 1.0 4.5.1).

use super::issuer::{CREDENTIAL, TestKey, World};
use super::key_attestation::{By, Change, Draft, world_with};
use super::refused;
use crate::error::{Category, ErrorCode, WalletError};
use crate::jose::base64url;
use crate::keys::{AttestationError, AttestationProvider, KeyAttestation, KeyAttestationRequest};
use crate::profile::Profile;
use async_trait::async_trait;
use serde_json::{Value, json as value};
use std::sync::Arc;
use wallet_parties::EcKey;

/// The wallet's word on an attestation, and that it was not sent.
fn refusal(by: By, change: impl Fn(&mut Draft) + Send + Sync + 'static) -> WalletError {
    let (mut world, _) = world_with(by, change);
    let error = refused(world.receive(&TestKey::several(2)));
    assert!(world.http.requests(CREDENTIAL).is_empty());
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::AttestationInvalid, Category::App),
        "{error}"
    );
    error
}

fn claim(name: &'static str, wrong: Value) -> Change {
    Box::new(move |draft| draft.claims[name] = wrong.clone())
}

fn header(name: &'static str, wrong: Value) -> Change {
    Box::new(move |draft| draft.header[name] = wrong.clone())
}

fn keys(change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) -> Change {
    Box::new(move |draft| change(draft.claims["attested_keys"].as_array_mut().unwrap()))
}

// shows: VCI 35, HAIP 8
#[test]
fn key_attestations_that_cannot_be_used_are_not_sent() {
    let (_, provider) = world_with(By::Header, |_| {});
    let (now, anchor) = (provider.now, provider.anchor.clone());
    let own = EcKey::generate().unwrap().public_jwk();
    let with_anchor = value!([provider.leaf.x5c()[0], anchor]);
    let private = |jwks: &mut Vec<Value>| jwks[0]["d"] = value!("AQ");
    let cases: Vec<(&str, Change)> = vec![
        ("typ", header("typ", value!("JWT"))),
        ("typ", header("typ", value!("oauth-client-attestation+jwt"))),
        ("malformed", header("alg", value!("none"))),
        ("malformed", header("alg", value!("HS256"))),
        ("malformed", header("crit", value!(["exp"]))),
        // Ours, but not one the issuer takes.
        ("alg", header("alg", value!("EdDSA"))),
        ("x5c", header("x5c", value!([anchor]))),
        ("x5c", header("x5c", with_anchor)),
        ("x5c", header("x5c", value!([]))),
        ("x5c", header("x5c", value!(["AAAA"]))),
        ("malformed", claim("padding", value!("x".repeat(64 * 1024)))),
        ("iat", claim("iat", value!(null))),
        ("iat", claim("iat", value!(now + 600))),
        ("exp", claim("exp", value!(now))),
        ("exp", claim("exp", value!(1))),
        ("exp", claim("exp", value!("never"))),
        ("nonce", claim("nonce", value!("nonce-of-another"))),
        ("nonce", claim("nonce", value!(null))),
        ("attested_keys", claim("attested_keys", value!(null))),
        ("attested_keys", claim("attested_keys", value!([]))),
        ("attested_keys", keys(|jwks| drop(jwks.pop()))),
        ("attested_keys", keys(move |jwks| jwks.push(own.clone()))),
        ("attested_keys", keys(|jwks| jwks[1] = jwks[0].clone())),
        ("attested_keys", keys(|jwks| jwks.push(jwks[0].clone()))),
        ("attested_keys", keys(|jwks| jwks[0]["kty"] = value!("oct"))),
        ("attested_keys", keys(private)),
        (
            "attested_keys",
            keys(|jwks| jwks[1] = EcKey::generate().unwrap().public_jwk()),
        ),
        (
            "key_storage",
            claim("key_storage", value!(["iso_18045_basic"])),
        ),
        (
            "key_storage",
            claim("key_storage", value!(["iso_18045_enhanced-basic"])),
        ),
        (
            "key_storage",
            claim("key_storage", value!(["https://example.org/best"])),
        ),
        (
            "key_storage",
            claim("key_storage", value!("iso_18045_moderate")),
        ),
        ("key_storage", claim("key_storage", value!([]))),
        (
            "user_authentication",
            claim("user_authentication", value!(null)),
        ),
        (
            "user_authentication",
            claim("user_authentication", value!(["ISO_18045_HIGH"])),
        ),
    ];
    for (reason, change) in cases {
        let change = Arc::new(change);
        for by in [By::Header, By::ProofType] {
            let change = Arc::clone(&change);
            let error = refusal(by, move |draft| change(draft));
            assert_eq!(error.subject(), Some(reason), "{by:?}");
        }
    }
}

// shows: VCI 35
#[test]
fn an_attestation_in_a_proof_must_end_and_one_that_is_the_proof_may_not() {
    let endless = |draft: &mut Draft| drop(draft.claims.as_object_mut().unwrap().remove("exp"));
    assert_eq!(refusal(By::Header, endless).subject(), Some("exp"));
    let (mut world, _) = world_with(By::ProofType, endless);
    world.receive(&TestKey::several(1)).unwrap();
}

// shows: VCI 35
#[test]
fn a_storage_that_resists_more_than_is_wanted_will_do() {
    for storage in [
        value!(["iso_18045_high"]),
        value!(["https://example.org/good", "iso_18045_moderate"]),
    ] {
        let (mut world, _) = world_with(By::Header, move |draft| {
            draft.claims["key_storage"] = storage.clone();
        });
        world.receive(&TestKey::several(1)).unwrap();
    }
}

// shows: HAIP 8
#[test]
fn haip_wants_the_providers_certificate() {
    let bare = |draft: &mut Draft| drop(draft.header.as_object_mut().unwrap().remove("x5c"));
    let (mut world, _) = world_with(By::ProofType, bare);
    world.receive(&TestKey::several(1)).unwrap();
    let (mut world, _) = world_with(By::ProofType, |_| {});
    let authorized = world.authorized().unwrap();
    let order = &authorized.orders()[0];
    let ask = |world: &World| {
        let keys = TestKey::several(1);
        pollster::block_on(authorized.request(&world.ports(), order, &keys))
    };
    world.settings.profile = Profile::Haip;
    assert!(ask(&world).is_ok());
    world.attestation = Some(world_with(By::ProofType, bare).1);
    let error = refused(ask(&world));
    assert_eq!(
        (error.code(), error.subject(), error.failed_rule()),
        (
            ErrorCode::AttestationInvalid,
            Some("x5c"),
            Some("HAIP 1.0 4.5.1")
        )
    );
}

/// A provider that answers with a fixed text.
struct Says(String);

#[async_trait]
impl AttestationProvider for Says {
    async fn key_attestation(
        &self,
        _: KeyAttestationRequest,
    ) -> Result<KeyAttestation, AttestationError> {
        Ok(KeyAttestation {
            jwt: self.0.clone(),
        })
    }
}

#[test]
fn what_is_no_signed_jwt_is_not_sent() {
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let unsigned = format!(
        "{}.{}.",
        part(&value!({ "typ": "key-attestation+jwt", "alg": "none" })),
        part(&value!({}))
    );
    let list = part(&value!([]));
    let header = part(&value!({ "typ": "key-attestation+jwt", "alg": "ES256" }));
    for text in [
        String::new(),
        "...".to_owned(),
        unsigned,
        format!("{header}.{list}.{list}"),
        format!("{header}.{header}"),
    ] {
        let (mut world, _) = world_with(By::ProofType, |_| {});
        world.attestation = Some(Arc::new(Says(text.clone())));
        let error = refused(world.receive(&TestKey::several(1)));
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::AttestationInvalid, Some("malformed")),
            "{text}"
        );
        assert!(world.http.requests(CREDENTIAL).is_empty());
    }
}
