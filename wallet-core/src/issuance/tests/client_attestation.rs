//! The wallet as an attested client (OAuth 2.0 Attestation-Based Client Authentication, HAIP 1.0 4.4.1). The wallet's
//! provider is made of `wallet-parties`.

use super::issuer::{ISSUER, TOKEN, TestKey, World};
use super::refused;
use super::scripted::{body_form, header, json};
use crate::error::{Category, ErrorCode};
use crate::http::{HttpRequest, HttpResponse};
use crate::keys::{
    AttestationError, AttestationProvider, WalletAttestation, WalletAttestationRequest,
};
use crate::profile::Profile;
use async_trait::async_trait;
use serde_json::{Map, Value, json as value};
use std::sync::{Arc, Mutex};
use wallet_parties::EcKey;
use wallet_parties::jws::{self, Jws};
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};

const CHALLENGE: &str = "https://issuer.example/challenge";
const ATTESTATION: &str = "oauth-client-attestation";
const PROOF: &str = "oauth-client-attestation-pop";

type Change = Box<dyn Fn(&mut Jwts) + Send + Sync>;

/// What the provider signs.
struct Jwts {
    header: Value,
    claims: Value,
    proof_header: Value,
    proof: Value,
}

struct Provider {
    leaf: Leaf,
    key: EcKey,
    now: u64,
    change: Change,
    asked: Mutex<Vec<WalletAttestationRequest>>,
}

impl Provider {
    fn new(now: u64, change: impl Fn(&mut Jwts) + Send + Sync + 'static) -> Arc<Self> {
        let authority = CertificateAuthority::generate("Wallet provider").unwrap();
        let profile = LeafProfile::Issuer {
            common_name: "Wallet provider's signer".to_owned(),
            uri: None,
        };
        Arc::new(Self {
            leaf: authority.issue_leaf(&profile).unwrap(),
            key: EcKey::generate().unwrap(),
            now,
            change: Box::new(change),
            asked: Mutex::default(),
        })
    }
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

#[async_trait]
impl AttestationProvider for Provider {
    async fn wallet_attestation(
        &self,
        request: WalletAttestationRequest,
    ) -> Result<WalletAttestation, AttestationError> {
        let mut asked = self.asked.lock().unwrap();
        let mut jwts = Jwts {
            header: value!({ "typ": "oauth-client-attestation+jwt", "alg": "ES256", "x5c": self.leaf.x5c() }),
            claims: value!({ "sub": "wallet-product", "exp": self.now + 3600, "cnf": { "jwk": self.key.public_jwk() } }),
            proof_header: value!({ "typ": "oauth-client-attestation-pop+jwt", "alg": "ES256" }),
            proof: value!({ "aud": request.audience, "iat": self.now, "jti": asked.len().to_string() }),
        };
        if let Some(challenge) = &request.challenge {
            jwts.proof["challenge"] = value!(challenge);
        }
        asked.push(request);
        (self.change)(&mut jwts);
        Ok(WalletAttestation {
            attestation_jwt: jws::sign(object(&jwts.header), object(&jwts.claims), &self.leaf.key),
            proof_jwt: jws::sign(object(&jwts.proof_header), object(&jwts.proof), &self.key),
        })
    }
}

/// A provider of a product named `wallet-product`.
pub(super) fn provider(world: &World) -> Arc<dyn AttestationProvider> {
    Provider::new(world.signer.now, |_| {})
}

fn world_with(change: impl Fn(&mut Jwts) + Send + Sync + 'static) -> (World, Arc<Provider>) {
    let mut world = World::new();
    world.server["token_endpoint_auth_methods_supported"] = value!(["attest_jwt_client_auth"]);
    world.server["pre-authorized_grant_anonymous_access_supported"] = value!(false);
    let provider = Provider::new(world.signer.now, change);
    world.attestation = Some(provider.clone());
    (world, provider)
}

fn world() -> (World, Arc<Provider>) {
    world_with(|_| {})
}

fn proof(request: &HttpRequest) -> Map<String, Value> {
    Jws::parse(header(request, PROOF).unwrap()).unwrap().payload
}

fn token() -> HttpResponse {
    json(
        200,
        &value!({ "access_token": "t", "token_type": "Bearer" }),
    )
}

// shows: HAIP 7
#[test]
fn an_attested_client_is_known_by_the_subject_of_its_attestation() {
    let (mut world, provider) = world();
    let received = world.receive(&TestKey::several(1)).unwrap();
    let request = &world.http.requests(TOKEN)[0];
    let attestation = Jws::parse(header(request, ATTESTATION).unwrap()).unwrap();
    assert_eq!(attestation.typ(), Some("oauth-client-attestation+jwt"));
    assert_eq!(proof(request)["aud"], ISSUER);
    let form = body_form(request);
    assert!(form.contains(&("client_id".to_owned(), "wallet-product".to_owned())));
    assert_eq!(
        received.context.client_id.as_deref(),
        Some("wallet-product")
    );
    assert_eq!(provider.asked.lock().unwrap().len(), 1);
}

// shows: HAIP 7
#[test]
fn each_server_and_each_issuance_gets_an_attestation_of_its_own() {
    let (mut world, provider) = world();
    world.authorized().unwrap();
    world.authorized().unwrap();
    let requests = world.http.requests(TOKEN);
    assert_ne!(proof(&requests[0])["jti"], proof(&requests[1])["jti"]);
    let other = "https://other.example";
    world.metadata["authorization_servers"] = value!([other]);
    let mut server = world.server.clone();
    server["issuer"] = value!(other);
    let url = format!("{other}/.well-known/oauth-authorization-server");
    world.http.json(&url, 200, server);
    world.authorized().unwrap();
    assert_eq!(proof(&world.http.requests(TOKEN)[2])["aud"], other);
    let asked = provider.asked.lock().unwrap();
    let audiences: Vec<_> = asked.iter().map(|one| one.audience.as_str()).collect();
    assert_eq!(audiences, [ISSUER, ISSUER, other]);
}

// shows: HAIP 7, OIDF oid4vci-1_0-wallet-test-client-attestation-challenge
#[test]
fn the_challenge_of_the_challenge_endpoint_is_in_the_proof() {
    let (mut world, _) = world();
    world.server["challenge_endpoint"] = value!(CHALLENGE);
    world
        .http
        .json(CHALLENGE, 200, value!({ "attestation_challenge": "c-1" }));
    world.authorized().unwrap();
    assert_eq!(proof(&world.http.requests(TOKEN)[0])["challenge"], "c-1");
}

// shows: HAIP 7, OIDF oid4vci-1_0-wallet-test-client-attestation-challenge
#[test]
fn a_challenge_that_is_demanded_costs_one_more_try() {
    let (mut world, _) = world();
    world.http.on(TOKEN, |_, count| match count {
        0 => {
            let mut answer = json(400, &value!({ "error": "use_attestation_challenge" }));
            let challenge = "OAuth-Client-Attestation-Challenge".to_owned();
            answer.headers.push((challenge, "c-2".to_owned()));
            answer
        }
        _ => token(),
    });
    world.authorized().unwrap();
    let requests = world.http.requests(TOKEN);
    assert_eq!(requests.len(), 2);
    assert!(!proof(&requests[0]).contains_key("challenge"));
    assert_eq!(proof(&requests[1])["challenge"], "c-2");
    assert_ne!(proof(&requests[0])["jti"], proof(&requests[1])["jti"]);
}

#[test]
fn a_server_that_is_never_content_with_a_challenge_is_asked_twice() {
    let (mut world, _) = world();
    world.server["challenge_endpoint"] = value!(CHALLENGE);
    world
        .http
        .json(CHALLENGE, 200, value!({ "attestation_challenge": "c" }));
    world
        .http
        .json(TOKEN, 400, value!({ "error": "use_attestation_challenge" }));
    let error = refused(world.authorized());
    assert_eq!(error.subject(), Some("use_attestation_challenge"));
    assert_eq!(world.http.requests(TOKEN).len(), 2);
    // Without a challenge there is nothing to try again with.
    let (mut world, _) = self::world();
    world
        .http
        .json(TOKEN, 400, value!({ "error": "use_attestation_challenge" }));
    assert_eq!(refused(world.authorized()).code(), ErrorCode::TokenRefused);
    assert_eq!(world.http.requests(TOKEN).len(), 1);
}

#[test]
fn challenges_of_wrong_form_are_refused() {
    for answer in [
        value!({}),
        value!({ "attestation_challenge": 1 }),
        value!({ "attestation_challenge": "" }),
        value!({ "attestation_challenge": "a b" }),
        value!({ "attestation_challenge": "x".repeat(2000) }),
    ] {
        let (mut world, provider) = world();
        world.server["challenge_endpoint"] = value!(CHALLENGE);
        world.http.json(CHALLENGE, 200, answer);
        let error = refused(world.authorized());
        assert_eq!(error.code(), ErrorCode::AuthorizationResponseInvalid);
        assert!(provider.asked.lock().unwrap().is_empty());
    }
}

// shows: HAIP 7
#[test]
fn attestations_that_cannot_be_used_are_not_sent() {
    let self_signed = CertificateAuthority::generate("Self").unwrap();
    let with_anchor = {
        use base64ct::{Base64, Encoding as _};
        Base64::encode_string(self_signed.der())
    };
    let own_leaf = with_anchor.clone();
    let changes: Vec<(&str, Change)> = vec![
        ("typ", Box::new(|jwts| jwts.header["typ"] = value!("JWT"))),
        (
            "x5c",
            Box::new(move |jwts| jwts.header["x5c"] = value!([own_leaf])),
        ),
        (
            "x5c",
            Box::new(move |jwts| {
                jwts.header["x5c"]
                    .as_array_mut()
                    .unwrap()
                    .push(value!(with_anchor))
            }),
        ),
        ("x5c", Box::new(|jwts| jwts.header["x5c"] = value!([]))),
        ("exp", Box::new(|jwts| jwts.claims["exp"] = value!(1))),
        ("exp", Box::new(|jwts| jwts.claims["exp"] = value!(null))),
        ("sub", Box::new(|jwts| jwts.claims["sub"] = value!(""))),
        ("sub", Box::new(|jwts| jwts.claims["sub"] = value!(7))),
        ("cnf", Box::new(|jwts| jwts.claims["cnf"] = value!({}))),
        (
            "proof",
            Box::new(|jwts| jwts.claims["cnf"]["jwk"] = EcKey::generate().unwrap().public_jwk()),
        ),
        (
            "proof",
            Box::new(|jwts| jwts.proof["aud"] = value!("https://other.example")),
        ),
        (
            "proof",
            Box::new(|jwts| jwts.proof_header["typ"] = value!("JWT")),
        ),
    ];
    for (reason, change) in changes {
        let (mut world, _) = world_with(change);
        let error = refused(world.authorized());
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::AttestationInvalid, Category::App)
        );
        assert_eq!(error.subject(), Some(reason));
        assert!(world.http.requests(TOKEN).is_empty());
    }
}

// shows: HAIP 7
#[test]
fn under_haip_the_certificate_of_the_provider_is_in_the_attestation() {
    let (mut world, _) = world_with(|jwts| {
        jwts.header.as_object_mut().unwrap().remove("x5c");
    });
    world.authorized().unwrap();
    world.settings.profile = Profile::Haip;
    let error = refused(world.authorized());
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::AttestationInvalid, Some("x5c"))
    );
    assert_eq!(world.http.requests(TOKEN).len(), 1);
}

// shows: HAIP 7
#[test]
fn a_pushed_request_is_attested_as_the_token_request_is() {
    let mut world = super::authorization::with_par();
    world.server["token_endpoint_auth_methods_supported"] = value!(["attest_jwt_client_auth"]);
    world.attestation = Some(Provider::new(world.signer.now, |_| {}));
    let requested = super::authorization::request(&mut world).unwrap();
    let pushed = world.http.requests(super::authorization::PAR).remove(0);
    let form = body_form(&pushed);
    let state = form.iter().find(|(name, _)| name == "state").unwrap();
    let back = format!(
        "{}?code=c&state={}",
        super::authorization::REDIRECT,
        state.1
    );
    super::authorization::resume(&world, requested.waiting, &back).unwrap();
    let token = world.http.requests(TOKEN).remove(0);
    for request in [&pushed, &token] {
        assert!(header(request, ATTESTATION).is_some());
        assert!(
            body_form(request).contains(&("client_id".to_owned(), "wallet-product".to_owned()))
        );
    }
    assert_ne!(proof(&pushed)["jti"], proof(&token)["jti"]);
}

#[test]
fn a_provider_that_cannot_attest_ends_the_issuance() {
    struct Refuses;
    #[async_trait]
    impl AttestationProvider for Refuses {
        async fn wallet_attestation(
            &self,
            _: WalletAttestationRequest,
        ) -> Result<WalletAttestation, AttestationError> {
            Err(AttestationError::Refused)
        }
    }
    let (mut world, _) = world();
    world.attestation = Some(Arc::new(Refuses));
    assert_eq!(
        refused(world.authorized()).code(),
        ErrorCode::KeyUnavailable
    );
}

// shows: HAIP 7
#[test]
fn anonymous_access_is_enough_but_under_haip_the_wallet_is_attested() {
    let (mut world, _) = world();
    world.server["pre-authorized_grant_anonymous_access_supported"] = value!(true);
    world.authorized().unwrap();
    assert!(header(&world.http.requests(TOKEN)[0], ATTESTATION).is_none());
    world.settings.profile = Profile::Haip;
    world.http.json(
        TOKEN,
        200,
        value!({ "access_token": "t", "token_type": "DPoP" }),
    );
    world.authorized().unwrap();
    assert!(header(&world.http.requests(TOKEN)[1], ATTESTATION).is_some());
}
