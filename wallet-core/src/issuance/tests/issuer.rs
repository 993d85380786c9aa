//! An issuer in memory, made of `wallet-parties` and the scripted HTTP client, and a wallet that asks it.

use super::scripted::{Scripted, body_object, json};
use crate::clock::{Clock, UnixTime};
use crate::error::WalletError;
use crate::http::HttpRequest;
use crate::issuance::{
    AuthorizedIssuance, CredentialOffer, IssuanceError, IssuanceSettings, OfferedIssuance, Ports,
    ReceivedCredentials,
};
use crate::jose::{Algorithm, PublicKey};
use crate::keys::{AttestationProvider, HolderKey, KeyId, KeyPurpose, SigningInput};
use crate::random::OsRandom;
use crate::trust::{TrustAnchor, TrustAnchors};
use async_trait::async_trait;
use serde_json::{Value, json as value};
use std::sync::Arc;
use std::time::Duration;
use wallet_parties::jws::Jws;
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};
use wallet_parties::sd_jwt::SdJwtDraft;
use wallet_parties::{EcKey, unix_now};

pub(super) const ISSUER: &str = "https://issuer.example/tenant";
pub(super) const METADATA_URL: &str =
    "https://issuer.example/.well-known/openid-credential-issuer/tenant";
pub(super) const SERVER_URL: &str =
    "https://issuer.example/.well-known/oauth-authorization-server/tenant";
pub(super) const TOKEN: &str = "https://issuer.example/token";
pub(super) const NONCE: &str = "https://issuer.example/nonce";
pub(super) const CREDENTIAL: &str = "https://issuer.example/credential";
pub(super) const DEFERRED: &str = "https://issuer.example/deferred";
pub(super) const NOTIFICATION: &str = "https://issuer.example/notification";
pub(super) const VCT: &str = "urn:example:resident-card:1";
const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// A holder key whose signatures come from `wallet-parties`.
pub(super) struct TestKey {
    id: KeyId,
    key: EcKey,
    public: PublicKey,
}

impl TestKey {
    pub(super) fn make(id: &str) -> Arc<dyn HolderKey> {
        let key = EcKey::generate().unwrap();
        let public = PublicKey::from_jwk(&key.public_jwk()).unwrap();
        let id = KeyId::new(id);
        Arc::new(Self { id, key, public })
    }

    pub(super) fn several(count: usize) -> Vec<Arc<dyn HolderKey>> {
        (0..count)
            .map(|n| Self::make(&format!("key-{n}")))
            .collect()
    }
}

#[async_trait]
impl HolderKey for TestKey {
    fn id(&self) -> &KeyId {
        &self.id
    }
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }
    fn public_key(&self) -> &PublicKey {
        &self.public
    }
    async fn sign(&self, input: SigningInput<'_>) -> Result<Vec<u8>, WalletError> {
        assert_eq!(input.purpose(), KeyPurpose::Holder);
        Ok(self.key.sign(input.bytes()))
    }
}

pub(super) struct FixedClock(pub(super) UnixTime);

impl Clock for FixedClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        Ok(self.0)
    }
    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(Duration::ZERO)
    }
}

/// What signs the credentials, shared with the answering functions.
pub(super) struct Signer {
    pub(super) leaf: Leaf,
    pub(super) now: u64,
}

impl Signer {
    /// The claims of a credential that nothing is wrong with.
    pub(super) fn claims(&self) -> Value {
        value!({
            "iss": ISSUER, "vct": VCT, "iat": self.now, "nbf": self.now - 60, "exp": self.now + 86_400,
            "given_name": "Minji", "family_name": "Kim", "age_over_19": true,
        })
    }

    pub(super) fn issue(&self, claims: Value, jwk: &Value) -> String {
        SdJwtDraft::new(claims)
            .unwrap()
            .disclosable(value!(["given_name"]))
            .unwrap()
            .bound_to(jwk)
            .issue(&self.leaf)
            .unwrap()
    }

    /// The answer to a request, one copy for each proof.
    pub(super) fn answer(&self, request: &HttpRequest) -> Value {
        let copies: Vec<_> = proof_keys(request)
            .iter()
            .map(|jwk| value!({ "credential": self.issue(self.claims(), jwk) }))
            .collect();
        value!({ "credentials": copies, "notification_id": "3fwe98js" })
    }
}

/// The public keys of the proofs in a credential request; every signature is checked.
pub(super) fn proof_keys(request: &HttpRequest) -> Vec<Value> {
    proofs(request)
        .iter()
        .map(|proof| proof.header["jwk"].clone())
        .collect()
}

/// The proofs in a credential request; every signature is checked.
pub(super) fn proofs(request: &HttpRequest) -> Vec<Jws> {
    let body = body_object(request);
    let listed = body["proofs"]["jwt"].as_array().unwrap();
    listed
        .iter()
        .map(|text| {
            let proof = Jws::parse(text.as_str().unwrap()).unwrap();
            let key = wallet_parties::VerificationKey::from_jwk(&proof.header["jwk"]).unwrap();
            proof.verify(&key).unwrap();
            proof
        })
        .collect()
}

/// An issuer nothing is wrong with, until a test changes one thing, and the wallet's side of it.
pub(super) struct World {
    pub(super) http: Scripted,
    pub(super) signer: Arc<Signer>,
    pub(super) metadata: Value,
    pub(super) server: Value,
    pub(super) offer: Value,
    pub(super) settings: IssuanceSettings,
    pub(super) clock: FixedClock,
    pub(super) trust: TrustAnchors,
    pub(super) attestation: Option<Arc<dyn AttestationProvider>>,
}

impl World {
    pub(super) fn new() -> Self {
        let now = unix_now();
        let authority = CertificateAuthority::generate("Test anchor").unwrap();
        let profile = LeafProfile::Issuer {
            common_name: "Test issuer".to_owned(),
            uri: Some(ISSUER.to_owned()),
        };
        let signer = Arc::new(Signer {
            leaf: authority.issue_leaf(&profile).unwrap(),
            now,
        });
        let mut world = Self {
            http: Scripted::default(),
            metadata: metadata(),
            server: value!({
                "issuer": ISSUER, "token_endpoint": TOKEN, "grant_types_supported": [PRE_AUTHORIZED],
                "pre-authorized_grant_anonymous_access_supported": true, "unknown_member": {},
            }),
            offer: value!({
                "credential_issuer": ISSUER, "credential_configuration_ids": ["card"], "unknown_member": 1,
                "grants": { PRE_AUTHORIZED: { "pre-authorized_code": "oaKazRN8I0IbtZ0C7JuMn5" } },
            }),
            settings: IssuanceSettings::default(),
            clock: FixedClock(UnixTime::from_secs(i64::try_from(now).unwrap())),
            trust: TrustAnchors {
                issuers: TrustAnchor::from_pem(&authority.pem().unwrap()).unwrap(),
                ..TrustAnchors::default()
            },
            attestation: None,
            signer: Arc::clone(&signer),
        };
        world.http.json(
            TOKEN,
            200,
            value!({ "access_token": "czZCaGRSa3F0MzpnWDFmQmF0M2JW", "token_type": "Bearer", "expires_in": 86400 }),
        );
        world.http.on(NONCE, |_, count| {
            json(200, &value!({ "c_nonce": format!("nonce-{count}") }))
        });
        world.http.on(CREDENTIAL, move |request, _| {
            json(200, &signer.answer(request))
        });
        world.http.json(NOTIFICATION, 200, value!({}));
        world
    }

    /// Sets the transaction code the offer announces.
    pub(super) fn with_tx_code(mut self, tx_code: Value) -> Self {
        self.offer["grants"][PRE_AUTHORIZED]["tx_code"] = tx_code;
        self
    }

    pub(super) fn grant(&mut self) -> &mut Value {
        &mut self.offer["grants"][PRE_AUTHORIZED]
    }

    pub(super) fn configuration(&mut self) -> &mut Value {
        &mut self.metadata["credential_configurations_supported"]["card"]
    }

    /// Answers credential requests with credentials whose claims `change` made wrong.
    pub(super) fn issue_with(&mut self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        let signer = Arc::clone(&self.signer);
        self.http.on(CREDENTIAL, move |request, _| {
            let mut claims = signer.claims();
            change(&mut claims);
            let copies: Vec<_> = proof_keys(request)
                .iter()
                .map(|jwk| value!({ "credential": signer.issue(claims.clone(), jwk) }))
                .collect();
            json(
                200,
                &value!({ "credentials": copies, "notification_id": "3fwe98js" }),
            )
        });
    }

    /// Answers credential requests with what `change` made of a good answer.
    pub(super) fn answer_with(&mut self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        let signer = Arc::clone(&self.signer);
        self.http.on(CREDENTIAL, move |request, _| {
            let mut answer = signer.answer(request);
            change(&mut answer);
            json(200, &answer)
        });
    }

    pub(super) fn ports(&self) -> Ports<'_> {
        Ports {
            http: &self.http,
            clock: &self.clock,
            random: &OsRandom,
            trust: &self.trust,
            settings: &self.settings,
            attestation: self.attestation.as_deref(),
        }
    }

    pub(super) fn offered(&mut self) -> Result<OfferedIssuance, IssuanceError> {
        self.http.json(METADATA_URL, 200, self.metadata.clone());
        self.http.json(SERVER_URL, 200, self.server.clone());
        let offer = CredentialOffer::from_json(self.offer.to_string().as_bytes())?;
        pollster::block_on(OfferedIssuance::fetch(&self.ports(), offer))
    }

    pub(super) fn authorized(&mut self) -> Result<AuthorizedIssuance, IssuanceError> {
        let offered = self.offered()?;
        pollster::block_on(offered.accept(&self.ports(), None))
    }

    /// The whole way with these keys and the first order.
    pub(super) fn receive(
        &mut self,
        keys: &[Arc<dyn HolderKey>],
    ) -> Result<ReceivedCredentials, IssuanceError> {
        let authorized = self.authorized()?;
        let order = authorized.orders().first().unwrap();
        pollster::block_on(authorized.request(&self.ports(), order, keys))?.received()
    }
}

fn metadata() -> Value {
    value!({
        "credential_issuer": ISSUER,
        "credential_endpoint": CREDENTIAL, "nonce_endpoint": NONCE, "deferred_credential_endpoint": DEFERRED, "notification_endpoint": NOTIFICATION,
        "batch_credential_issuance": { "batch_size": 5 },
        "display": [{ "name": "Example City", "locale": "en" }, { "name": "예시 시청", "locale": "ko" }],
        "unknown_member": [],
        "credential_configurations_supported": {
            "card": {
                "format": "dc+sd-jwt", "vct": VCT, "scope": "card", "unknown_member": 1,
                "cryptographic_binding_methods_supported": ["jwk"],
                "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": ["ES256", "EdDSA"] } },
                "credential_metadata": {
                    "display": [{ "name": "Resident card", "locale": "en" }, { "name": "주민등록증", "locale": "ko-KR" }],
                    "claims": [{ "path": ["given_name"], "display": [{ "name": "Given name", "locale": "en" }] }],
                },
            },
        },
    })
}
