//! Signed issuer metadata (OpenID4VCI 1.0 12.2.3). Signatures and certificates come from `wallet-parties`.

use super::issuer::{ISSUER, METADATA_URL, World};
use super::refused;
use super::scripted::{header, respond};
use crate::error::{ErrorCode, WalletError};
use crate::issuance::{CredentialOffer, OfferedIssuance};
use base64ct::Encoding as _;
use serde_json::{Value, json as value};
use wallet_parties::pki::{CertificateAuthority, LeafProfile};

const TYP: &str = "openidvci-issuer-metadata+jwt";

/// A world whose metadata are signed, with one thing changed.
fn offered(
    change: impl FnOnce(&mut Value, &mut Value, &World),
) -> Result<OfferedIssuance, WalletError> {
    let mut world = World::new();
    let now = world.signer.now;
    let mut header = value!({ "typ": TYP, "alg": "ES256", "x5c": world.signer.leaf.x5c() });
    let mut payload = world.metadata.clone();
    payload["sub"] = ISSUER.into();
    payload["iat"] = (now - 10).into();
    payload["exp"] = (now + 3600).into();
    change(&mut header, &mut payload, &world);
    let text = sign(&world, &header, &payload);
    fetch(&mut world, "application/jwt", text)
}

fn sign(world: &World, header: &Value, payload: &Value) -> String {
    let encode = |part: &Value| crate::jose::base64url::encode(part.to_string().as_bytes());
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = world.signer.leaf.key.sign(input.as_bytes());
    format!("{input}.{}", crate::jose::base64url::encode(&signature))
}

fn fetch(
    world: &mut World,
    kind: &'static str,
    text: String,
) -> Result<OfferedIssuance, WalletError> {
    let _ = world.offered();
    world.http.on(METADATA_URL, move |_, _| {
        respond(200, kind, text.clone().into_bytes())
    });
    let offer = CredentialOffer::from_json(world.offer.to_string().as_bytes())?;
    Ok(pollster::block_on(OfferedIssuance::fetch(
        &world.ports(),
        offer,
    ))?)
}

fn refusal(change: impl FnOnce(&mut Value, &mut Value, &World)) -> WalletError {
    match offered(change) {
        Ok(_) => panic!("accepted"),
        Err(error) => error,
    }
}

// shows: VCI 10, HAIP 5
#[test]
fn signed_metadata_are_used_and_say_who_signed_them() {
    let offered = offered(|_, _, _| {}).unwrap();
    assert!(offered.metadata_signer().unwrap().contains("Test issuer"));
    let mut world = World::new();
    let plain = world.offered().unwrap();
    assert_eq!(plain.metadata_signer(), None);
    let asked = world.http.requests(METADATA_URL).remove(0);
    assert_eq!(
        header(&asked, "accept"),
        Some("application/json, application/jwt")
    );
}

// shows: VCI 10
#[test]
fn signed_metadata_of_wrong_form_are_refused() {
    type Change = fn(&mut Value, &mut Value, &World);
    let cases: [(Change, ErrorCode, Option<&str>); 10] = [
        (
            |header, _, _| header["typ"] = "JWT".into(),
            ErrorCode::IssuerMetadataInvalid,
            Some("typ"),
        ),
        (
            |header, _, _| {
                header.as_object_mut().unwrap().remove("typ");
            },
            ErrorCode::IssuerMetadataInvalid,
            Some("typ"),
        ),
        (
            |header, _, _| header["alg"] = "none".into(),
            ErrorCode::AlgorithmNotAllowed,
            None,
        ),
        (
            |header, _, _| {
                header.as_object_mut().unwrap().remove("x5c");
            },
            ErrorCode::IssuerMetadataInvalid,
            Some("x5c"),
        ),
        (
            |_, payload, _| payload["sub"] = "https://evil.example".into(),
            ErrorCode::IssuerMismatch,
            None,
        ),
        (
            |_, payload, _| {
                payload.as_object_mut().unwrap().remove("sub");
            },
            ErrorCode::IssuerMetadataInvalid,
            Some("sub"),
        ),
        (
            |_, payload, _| {
                payload.as_object_mut().unwrap().remove("iat");
            },
            ErrorCode::IssuerMetadataInvalid,
            Some("iat"),
        ),
        (
            |_, payload, world| payload["iat"] = (world.signer.now + 600).into(),
            ErrorCode::IssuerMetadataInvalid,
            Some("iat"),
        ),
        (
            |_, payload, world| payload["exp"] = (world.signer.now - 10).into(),
            ErrorCode::IssuerMetadataInvalid,
            Some("exp"),
        ),
        (
            |_, payload, _| payload["credential_issuer"] = "https://evil.example".into(),
            ErrorCode::IssuerMismatch,
            None,
        ),
    ];
    for (change, code, subject) in cases {
        let error = refusal(change);
        assert_eq!((error.code(), error.subject()), (code, subject));
    }
}

// shows: VCI 10, HAIP 5
#[test]
fn metadata_signed_by_someone_unknown_or_changed_afterwards_are_refused() {
    let stranger = CertificateAuthority::generate("Stranger").unwrap();
    let profile = LeafProfile::Issuer {
        common_name: "Another issuer".to_owned(),
        uri: Some(ISSUER.to_owned()),
    };
    let leaf = stranger.issue_leaf(&profile).unwrap();
    let unknown = refusal(|header, _, _| header["x5c"] = value!(leaf.x5c()));
    assert_eq!(unknown.code(), ErrorCode::UntrustedIssuer);
    let mut world = World::new();
    let header = value!({ "typ": TYP, "alg": "ES256", "x5c": world.signer.leaf.x5c() });
    let mut payload = world.metadata.clone();
    payload["sub"] = ISSUER.into();
    payload["iat"] = world.signer.now.into();
    let signed = sign(&world, &header, &payload);
    payload["credential_endpoint"] = "https://evil.example/credential".into();
    let other = sign(&world, &header, &payload);
    let (head, signature) = (
        other.rsplit_once('.').unwrap().0,
        signed.rsplit_once('.').unwrap().1,
    );
    let error = fetch(&mut world, "application/jwt", format!("{head}.{signature}"))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::SignatureInvalid);
}

// shows: HAIP 5
#[test]
fn metadata_whose_chain_holds_the_anchor_or_a_self_signed_leaf_are_refused() {
    let anchor = |world: &World| base64ct::Base64::encode_string(world.trust.issuers[0].der());
    let held = refusal(|header, _, world| {
        header["x5c"]
            .as_array_mut()
            .unwrap()
            .push(anchor(world).into());
    });
    let self_signed = refusal(|header, _, world| header["x5c"] = value!([anchor(world)]));
    for error in [held, self_signed] {
        assert_eq!(error.code(), ErrorCode::CertificateRejected);
    }
}

// shows: VCI 10
#[test]
fn an_app_may_insist_on_signed_metadata() {
    let mut world = World::new();
    world.settings.require_signed_metadata = true;
    let error = refused(world.offered());
    assert_eq!(error.code(), ErrorCode::ContentTypeNotAllowed);
    let asked = world.http.requests(METADATA_URL).remove(0);
    assert_eq!(header(&asked, "accept"), Some("application/jwt"));
}
