//! Attestations of holder keys (OpenID4VCI 1.0 appendix D, F.1, F.3; HAIP 1.0 4.5.1). The wallet's provider is made of
//! `wallet-parties`.

use super::issuer::{CREDENTIAL, METADATA_URL, NONCE, SERVER_URL, TestKey, World, proofs};
use super::scripted::{body_object, json};
use super::{example, refused};
use crate::error::ErrorCode;
use crate::http::HttpRequest;
use crate::issuance::{NotIssuable, ProofRequirement, ReceivedCredentials};
use crate::keys::{
    AttestationError, AttestationProvider, KeyAttestation, KeyAttestationRequest, NoAttestation,
};
use async_trait::async_trait;
use base64ct::{Base64, Encoding as _};
use serde_json::{Map, Value, json as value};
use std::sync::{Arc, Mutex};
use wallet_parties::EcKey;
use wallet_parties::jws::{self, Jws};
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};

pub(super) type Change = Box<dyn Fn(&mut Draft) + Send + Sync>;

/// What the provider signs.
pub(super) struct Draft {
    pub(super) header: Value,
    pub(super) claims: Value,
}

pub(super) struct Provider {
    pub(super) leaf: Leaf,
    pub(super) anchor: Value,
    pub(super) now: u64,
    change: Change,
    asked: Mutex<Vec<KeyAttestationRequest>>,
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

#[async_trait]
impl AttestationProvider for Provider {
    async fn key_attestation(
        &self,
        request: KeyAttestationRequest,
    ) -> Result<KeyAttestation, AttestationError> {
        let keys: Vec<Value> = request
            .public_jwks
            .iter()
            .map(|jwk| serde_json::from_str(jwk).unwrap())
            .collect();
        let mut draft = Draft {
            header: value!({ "typ": "key-attestation+jwt", "alg": "ES256", "x5c": self.leaf.x5c() }),
            claims: value!({
                "iat": self.now, "exp": self.now + 3600, "attested_keys": keys,
                "key_storage": ["iso_18045_moderate"], "user_authentication": ["iso_18045_moderate"],
            }),
        };
        if let Some(nonce) = &request.nonce {
            draft.claims["nonce"] = value!(nonce);
        }
        self.asked.lock().unwrap().push(request);
        (self.change)(&mut draft);
        let jwt = jws::sign(object(&draft.header), object(&draft.claims), &self.leaf.key);
        Ok(KeyAttestation { jwt })
    }
}

/// How an issuer says that keys are to be attested.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Header,
    ProofType,
}

/// The attestation in a credential request.
fn attestation(request: &HttpRequest) -> Jws {
    let body = body_object(request);
    let text = match body["proofs"].get("attestation") {
        Some(listed) => {
            assert_eq!(listed.as_array().unwrap().len(), 1);
            assert_eq!(object(&body["proofs"]).len(), 1);
            listed[0].clone()
        }
        None => proofs(request)[0].header["key_attestation"].clone(),
    };
    Jws::parse(text.as_str().unwrap()).unwrap()
}

/// A world whose issuer wants keys attested, and issues for every attested key.
pub(super) fn world_with(
    by: By,
    change: impl Fn(&mut Draft) + Send + Sync + 'static,
) -> (World, Arc<Provider>) {
    let mut world = World::new();
    let required = value!({ "key_storage": ["iso_18045_moderate"], "user_authentication": ["iso_18045_basic", "iso_18045_moderate"] });
    let wanted = value!({ "proof_signing_alg_values_supported": ["ES256"], "key_attestations_required": required });
    world.configuration()["proof_types_supported"] = match by {
        By::Header => value!({ "jwt": wanted }),
        By::ProofType => value!({ "attestation": wanted }),
    };
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |request, _| {
        let attested = attestation(request).payload["attested_keys"].clone();
        let copies: Vec<_> = attested
            .as_array()
            .unwrap()
            .iter()
            .map(|jwk| value!({ "credential": signer.issue(signer.claims(), jwk) }))
            .collect();
        json(200, &value!({ "credentials": copies }))
    });
    let authority = CertificateAuthority::generate("Wallet provider").unwrap();
    let profile = LeafProfile::Issuer {
        common_name: "Wallet provider's signer".to_owned(),
        uri: None,
    };
    let provider = Arc::new(Provider {
        leaf: authority.issue_leaf(&profile).unwrap(),
        anchor: value!(Base64::encode_string(authority.der())),
        now: world.signer.now,
        change: Box::new(change),
        asked: Mutex::default(),
    });
    world.attestation = Some(provider.clone());
    (world, provider)
}

fn receive(by: By, copies: usize) -> (World, Arc<Provider>, ReceivedCredentials) {
    let (mut world, provider) = world_with(by, |_| {});
    let received = world.receive(&TestKey::several(copies)).unwrap();
    (world, provider, received)
}

// shows: VCI 35, HAIP 8
#[test]
fn one_proof_with_an_attestation_of_all_keys_brings_a_batch() {
    let (world, provider, received) = receive(By::Header, 3);
    assert_eq!((received.copies.len(), received.unused_keys.len()), (3, 0));
    let request = &world.http.requests(CREDENTIAL)[0];
    let proofs = proofs(request);
    assert_eq!(proofs.len(), 1);
    let attestation = attestation(request);
    assert_eq!(attestation.typ(), Some("key-attestation+jwt"));
    assert_eq!(attestation.payload["nonce"], proofs[0].payload["nonce"]);
    assert_eq!(
        attestation.payload["attested_keys"][0],
        proofs[0].header["jwk"]
    );
    let asked = provider.asked.lock().unwrap();
    assert_eq!(asked[0].handles, ["key-0", "key-1", "key-2"]);
    assert_eq!(asked[0].nonce.as_deref(), Some("nonce-0"));
}

// shows: VCI 35, HAIP 8
#[test]
fn an_attestation_can_be_the_only_proof_and_no_key_signs() {
    let (world, _, received) = receive(By::ProofType, 3);
    assert_eq!(received.copies.len(), 3);
    let body = body_object(&world.http.requests(CREDENTIAL)[0]);
    assert!(body["proofs"].get("jwt").is_none());
}

// shows: VCI 35
#[test]
fn an_issuer_that_does_not_insist_gets_no_attestation() {
    let (mut world, provider) = world_with(By::ProofType, |_| {});
    let jwt = value!({ "proof_signing_alg_values_supported": ["ES256"] });
    world.configuration()["proof_types_supported"]["jwt"] = jwt;
    let offered = world.offered().unwrap();
    let card = offered.configurations()[0].configuration.as_ref();
    assert!(matches!(
        card.unwrap().proof(),
        ProofRequirement::Jwt { .. }
    ));
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |request, _| {
        json(200, &signer.answer(request))
    });
    world.receive(&TestKey::several(2)).unwrap();
    assert!(provider.asked.lock().unwrap().is_empty());
}

// shows: VCI 35
#[test]
fn keys_that_prove_themselves_come_before_keys_that_are_only_attested() {
    let (mut world, _) = world_with(By::ProofType, |_| {});
    let types = &mut world.configuration()["proof_types_supported"];
    types["jwt"] = types["attestation"].clone();
    world.receive(&TestKey::several(1)).unwrap();
    let body = body_object(&world.http.requests(CREDENTIAL)[0]);
    assert!(body["proofs"].get("attestation").is_none());
    // An algorithm we do not have makes the other way the only one.
    world.configuration()["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] =
        value!(["RS256"]);
    world.receive(&TestKey::several(1)).unwrap();
    let body = body_object(&world.http.requests(CREDENTIAL)[1]);
    assert!(body["proofs"].get("attestation").is_some());
}

// shows: VCI 35
#[test]
fn the_requirement_of_the_specifications_example_is_read() {
    let (mut world, _) = world_with(By::Header, |_| {});
    let example: Value =
        serde_json::from_str(&example("credential_metadata_sd_jwt_vc.json")).unwrap();
    let all = &example["credential_configurations_supported"];
    let (_, theirs) = object(all).iter().next().unwrap();
    world.configuration()["proof_types_supported"] = theirs["proof_types_supported"].clone();
    let offered = world.offered().unwrap();
    let card = offered.configurations()[0].configuration.as_ref().unwrap();
    let ProofRequirement::AttestedJwt { required, .. } = card.proof() else {
        panic!("{:?}", card.proof())
    };
    let moderate = Some(vec!["iso_18045_moderate".to_owned()]);
    assert_eq!(
        (&required.key_storage, &required.user_authentication),
        (&moderate, &moderate)
    );
}

// shows: VCI 34, VCI 35
#[test]
fn a_refused_nonce_costs_another_attestation() {
    let (mut world, provider) = world_with(By::ProofType, |_| {});
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |request, count| {
        let attested = attestation(request);
        assert_eq!(attested.payload["nonce"], format!("nonce-{count}"));
        match count {
            0 => json(400, &value!({ "error": "invalid_nonce" })),
            _ => {
                let jwk = &attested.payload["attested_keys"][0];
                let text = signer.issue(signer.claims(), jwk);
                json(200, &value!({ "credentials": [{ "credential": text }] }))
            }
        }
    });
    world.receive(&TestKey::several(1)).unwrap();
    assert_eq!(provider.asked.lock().unwrap().len(), 2);
}

// shows: VCI 35
#[test]
fn an_issuer_without_nonces_gets_an_attestation_without() {
    let (mut world, provider) = world_with(By::Header, |_| {});
    world
        .metadata
        .as_object_mut()
        .unwrap()
        .remove("nonce_endpoint");
    world.receive(&TestKey::several(1)).unwrap();
    assert_eq!(provider.asked.lock().unwrap()[0].nonce, None);
}

// shows: VCI 12, VCI 35
#[test]
fn without_a_provider_nothing_beyond_metadata_is_asked() {
    for by in [By::Header, By::ProofType] {
        let (mut world, _) = world_with(by, |_| {});
        world.attestation = None;
        let error = refused(world.authorized());
        assert_eq!(
            (error.code(), error.subject()),
            (ErrorCode::NotSupported, Some("key_attestation"))
        );
        let asked = world.http.urls();
        assert!(
            asked
                .iter()
                .all(|url| url == METADATA_URL || url == SERVER_URL),
            "{asked:?}"
        );
        // Another card of the same offer is not affected.
        let mut other = world.configuration().clone();
        other["proof_types_supported"] =
            value!({ "jwt": { "proof_signing_alg_values_supported": ["ES256"] } });
        world.metadata["credential_configurations_supported"]["other"] = other;
        world.offer["credential_configuration_ids"] = value!(["card", "other"]);
        let offered = world.offered().unwrap();
        let reasons: Vec<_> = offered
            .configurations()
            .iter()
            .map(|one| one.configuration.as_ref().err().copied())
            .collect();
        assert_eq!(reasons, [Some(NotIssuable::KeyAttestation), None]);
    }
}

#[test]
fn a_provider_that_will_not_attest_these_keys_ends_the_order_before_the_request() {
    struct Refuses(AttestationError);
    #[async_trait]
    impl AttestationProvider for Refuses {
        async fn key_attestation(
            &self,
            _: KeyAttestationRequest,
        ) -> Result<KeyAttestation, AttestationError> {
            Err(self.0)
        }
    }
    let (mut world, _) = world_with(By::Header, |_| {});
    let providers: [(Arc<dyn AttestationProvider>, _); 3] = [
        (
            Arc::new(Refuses(AttestationError::Refused)),
            ErrorCode::KeyUnavailable,
        ),
        (
            Arc::new(Refuses(AttestationError::UnavailableNow)),
            ErrorCode::NetworkFailed,
        ),
        (Arc::new(NoAttestation), ErrorCode::NotSupported),
    ];
    for (provider, code) in providers {
        world.attestation = Some(provider);
        let error = refused(world.receive(&TestKey::several(2)));
        assert_eq!(
            (error.code(), error.subject()),
            (code, Some("key_attestation"))
        );
        assert!(world.http.requests(CREDENTIAL).is_empty());
    }
}

#[test]
fn a_copy_for_a_key_that_was_not_attested_is_refused() {
    let (mut world, _) = world_with(By::ProofType, |_| {});
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |_, _| {
        let other = EcKey::generate().unwrap().public_jwk();
        let text = signer.issue(signer.claims(), &other);
        json(200, &value!({ "credentials": [{ "credential": text }] }))
    });
    let error = refused(world.receive(&TestKey::several(2)));
    assert_eq!(error.code(), ErrorCode::HolderKeyMismatch);
    assert_eq!(world.http.requests(NONCE).len(), 1);
}
