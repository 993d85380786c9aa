//! The holder's side of OpenID4VP against requests and credentials made by `wallet-parties`, which shares no code with
//! this crate, and against the examples of the specification.
#![allow(clippy::unwrap_used)]

mod attestations;
mod dc_api;
mod dcql_examples;
mod dcql_matching;
mod dcql_rules;
mod federations;
mod haip;
mod plans;
mod properties;
mod refused_requests;
mod refused_verifiers;
mod request_uri_post;
mod requests;
mod responses;
mod transaction_data;
mod verifier_dids;

use super::dcql::DcqlQuery;
use super::dcql::{Candidate, CopyRef, CredentialRef, Reveals, UserAuthPolicy};
use super::*;
use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use crate::formats::sd_jwt_vc::{IssuerKey, SdJwt, VerifyPolicy};
use crate::formats::{Credential, IssuerSignature};
use crate::http::{
    FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse, Method,
};
use crate::jose::{Algorithm, PublicKey};
use crate::keys::{HolderKey as _, KeyPurpose, SoftwareKey};
use crate::profile::Profile;
use crate::random::OsRandom;
use crate::trust::status::CardStatus;
use crate::trust::{TrustAnchor, TrustAnchors};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};
use wallet_parties::sd_jwt::SdJwtDraft;
use wallet_parties::{EcKey, base64url, jws, sha256};

/// The time of the tests.
pub(super) const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

pub(super) const REQUEST_URI: &str = "https://verifier.example/request/1";
pub(super) const RESPONSE_URI: &str = "https://verifier.example/response/1";

/// A client that answers one thing and remembers what it was asked.
pub(super) struct Server {
    pub(super) answer: Result<(u16, &'static str, Vec<u8>), HttpError>,
    pub(super) asked: Mutex<Vec<HttpRequest>>,
}

impl Server {
    pub(super) fn answering(status: u16, content_type: &'static str, body: &str) -> Self {
        Self {
            answer: Ok((status, content_type, body.as_bytes().to_vec())),
            asked: Mutex::default(),
        }
    }

    pub(super) fn failing(error: HttpError) -> Self {
        Self {
            answer: Err(error),
            asked: Mutex::default(),
        }
    }
}

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let final_url = request.url.clone();
        self.asked.lock().unwrap().push(request);
        let (status, content_type, body) = self.answer.clone()?;
        Ok(HttpResponse {
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body,
            final_url,
            peer_address: Some([93, 184, 216, 34].into()),
        })
    }
}

/// A verifier whose request can be changed in one place.
pub(super) struct Bench {
    pub(super) anchors: TrustAnchors,
    pub(super) transaction_data_types: Vec<TransactionDataType>,
    pub(super) profile: Profile,
    pub(super) scopes: BTreeMap<String, DcqlQuery>,
    /// The key that signs, if it is not the certificate's.
    pub(super) signer: Option<EcKey>,
    pub(super) leaf: Leaf,
    pub(super) header: Map<String, Value>,
    pub(super) payload: Map<String, Value>,
    pub(super) link: Vec<(String, String)>,
    pub(super) encryption: EcKey,
    /// What is done to the signed text.
    pub(super) tamper: fn(String) -> String,
    pub(super) content_type: &'static str,
    pub(super) status: u16,
}

/// A key of the verifier for encrypted answers.
pub(super) fn encryption_jwk(key: &EcKey, kid: &str) -> Value {
    let mut jwk = key.public_jwk();
    jwk["kid"] = kid.into();
    jwk["use"] = "enc".into();
    jwk["alg"] = "ECDH-ES".into();
    jwk
}

pub(super) fn pid_query() -> Value {
    json!({"credentials": [{
        "id": "pid", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:eudi:pid:1"]},
        "claims": [{"path": ["given_name"]}, {"path": ["address", "locality"]}],
    }]})
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

impl Bench {
    /// A signed `x509_san_dns` request by reference for an encrypted answer.
    pub(super) fn new() -> Self {
        let now = u64::try_from(NOW.as_secs()).unwrap();
        let authority = CertificateAuthority::generate_at("Verifier root", now).unwrap();
        let leaf = authority
            .issue_leaf(&LeafProfile::Verifier {
                common_name: "Example verifier".into(),
                dns_names: vec!["verifier.example".into(), "*.wild.example".into()],
            })
            .unwrap();
        let encryption = EcKey::generate().unwrap();
        let client_id = "x509_san_dns:verifier.example";
        let payload = json!({
            "aud": "https://self-issued.me/v2", "client_id": client_id,
            "iat": NOW.as_secs(), "exp": NOW.as_secs() + 240,
            "response_type": "vp_token", "response_mode": "direct_post.jwt",
            "response_uri": RESPONSE_URI, "nonce": "n-0S6_WzA2Mj~.", "state": "state-1",
            "dcql_query": pid_query(),
            "client_metadata": {
                "client_name": "Example \u{202e}verifier",
                "jwks": {"keys": [encryption_jwk(&encryption, "e1")]},
                "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
                "vp_formats_supported": {"dc+sd-jwt": {
                    "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}},
            },
        });
        Self {
            anchors: TrustAnchors {
                verifiers: vec![TrustAnchor::from_der(authority.der()).unwrap()],
                ..TrustAnchors::default()
            },
            transaction_data_types: Vec::new(),
            profile: Profile::Standard,
            scopes: BTreeMap::new(),
            signer: None,
            header: object(json!({"typ": "oauth-authz-req+jwt", "x5c": leaf.x5c()})),
            leaf,
            payload: object(payload),
            link: vec![
                ("client_id".into(), client_id.into()),
                ("request_uri".into(), REQUEST_URI.into()),
            ],
            encryption,
            tamper: |text| text,
            content_type: "application/oauth-authz-req+jwt",
            status: 200,
        }
    }

    /// The same by the hash of the certificate.
    pub(super) fn by_hash() -> Self {
        let mut bench = Self::new();
        let id = format!("x509_hash:{}", base64url(&sha256(bench.leaf.certificate())));
        bench.set_client_id(&id);
        bench
    }

    /// An unsigned `redirect_uri` request for a plain answer.
    pub(super) fn unsigned() -> Self {
        let mut bench = Self::new();
        bench.set_client_id(&format!("redirect_uri:{RESPONSE_URI}"));
        bench.set("response_mode", "direct_post");
        bench.pass_by_value();
        bench
    }

    pub(super) fn set_client_id(&mut self, id: &str) {
        self.set("client_id", id);
        self.link[0].1 = id.into();
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.payload.insert(name.into(), value.into());
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.payload.remove(name).unwrap();
    }

    pub(super) fn metadata(&mut self) -> &mut Map<String, Value> {
        self.payload["client_metadata"].as_object_mut().unwrap()
    }

    /// Puts the payload into the link itself.
    pub(super) fn pass_by_value(&mut self) {
        let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
        let skip = ["aud", "iat", "exp"];
        let pairs = self
            .payload
            .iter()
            .filter(|(name, _)| !skip.contains(&name.as_str()));
        self.link = pairs
            .map(|(name, value)| (name.clone(), text(value)))
            .collect();
    }

    pub(super) fn link(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.link);
        format!("openid4vp://?{}", query.finish())
    }

    pub(super) fn signed(&self) -> String {
        let key = self.signer.as_ref().unwrap_or(&self.leaf.key);
        (self.tamper)(jws::sign(&self.header, &self.payload, key))
    }

    pub(super) fn run(&self) -> Result<VerifiedRequest, RequestRefused> {
        self.run_at(NOW)
    }

    pub(super) fn policy(&self) -> RequestPolicy<'_> {
        RequestPolicy {
            profile: self.profile,
            scopes: &self.scopes,
            transaction_data_types: &self.transaction_data_types,
            ..RequestPolicy::new(&self.anchors, FetchSettings::default())
        }
    }

    pub(super) fn run_at(&self, now: UnixTime) -> Result<VerifiedRequest, RequestRefused> {
        let request = AuthorizationRequest::parse(&self.link())?;
        let server = Server::answering(self.status, self.content_type, &self.signed());
        let fetcher = Fetcher::new(&server, FetchSettings::default());
        let policy = self.policy();
        let received = pollster::block_on(request.retrieve(&fetcher, &policy, &OsRandom, now))?;
        for request in server.asked.lock().unwrap().iter() {
            assert_eq!(request.method, Method::Get);
            assert!(request.body.is_empty());
        }
        received.verify(&policy, now)
    }

    pub(super) fn error(&self) -> PresentationError {
        self.run().map(|_| "accepted").unwrap_err().error
    }
}

/// A stored copy of a credential with its key.
pub(super) struct Copy {
    pub(super) credential: Credential,
    pub(super) key: Arc<SoftwareKey>,
    pub(super) issuer: EcKey,
}

pub(super) fn pid_claims() -> Value {
    json!({
        "iss": "https://issuer.example", "vct": "urn:eudi:pid:1",
        "exp": NOW.as_secs() + 86_400,
        "given_name": "Ada", "family_name": "Lovelace", "age": 36, "member": true,
        "address": {"street_address": "1 Main St", "locality": "Köln", "country": "DE"},
        "nationalities": ["DE", "GB", "FR"],
        "degrees": [{"type": "BSc", "year": 1}, {"type": "MSc", "year": 2}],
        "status": {"status_list": {"idx": 7, "uri": "https://issuer.example/list"}},
    })
}

pub(super) const PID_PATHS: [&str; 10] = [
    r#"["given_name"]"#,
    r#"["family_name"]"#,
    r#"["age"]"#,
    r#"["address"]"#,
    r#"["address","street_address"]"#,
    r#"["address","locality"]"#,
    r#"["address","country"]"#,
    r#"["nationalities",null]"#,
    r#"["degrees",null,"type"]"#,
    r#"["member"]"#,
];

impl Copy {
    pub(super) fn pid() -> Self {
        Self::issue(pid_claims(), &PID_PATHS, true)
    }

    pub(super) fn issue(claims: Value, disclosable: &[&str], bound: bool) -> Self {
        let key = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, &OsRandom).unwrap();
        let issuer = EcKey::generate().unwrap();
        let mut draft = SdJwtDraft::new(claims).unwrap().decoys(1);
        for path in disclosable {
            draft = draft
                .disclosable(serde_json::from_str(path).unwrap())
                .unwrap();
        }
        if bound {
            draft = draft.bound_to(&Value::Object(key.public_key().to_jwk()));
        }
        let text = draft.issue_with_key(&issuer).unwrap();
        let issuer_key = PublicKey::from_jwk(&issuer.public_jwk()).unwrap();
        let policy = VerifyPolicy::at(NOW);
        let sd_jwt = SdJwt::parse(&text).unwrap();
        let credential = sd_jwt
            .verify(&IssuerKey::for_tests(issuer_key), &policy)
            .unwrap();
        Self {
            credential: credential.into(),
            key: Arc::new(key),
            issuer,
        }
    }

    pub(super) fn candidate(&self, name: &str) -> Candidate<'_> {
        Candidate::of(
            CredentialRef(name.into()),
            CopyRef(format!("{name}/0")),
            &self.credential,
            &[],
            0,
            UserAuthPolicy::Unlocked,
        )
    }

    pub(super) fn material(self, name: &str) -> HashMap<CopyRef, CopyMaterial> {
        let material = CopyMaterial {
            holder: None,
            anchor_proof: None,
            credential: self.credential,
            key: Some(self.key),
        };
        HashMap::from([(CopyRef(format!("{name}/0")), material)])
    }
}

/// A copy that is only looked at: claims as given, each top-level one disclosable but `vct`.
pub(super) fn plain_candidate<'a>(name: &str, claims: &'a Value) -> Candidate<'a> {
    let names = claims
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| *name != "vct");
    Candidate {
        credential: CredentialRef(name.into()),
        copy: CopyRef(format!("{name}/0")),
        copy_digest: [7; 32],
        format: crate::formats::CredentialFormat::SdJwtVc,
        types: vec![claims["vct"].as_str().unwrap().into()],
        claims,
        disclosable: names.map(|name| path(json!([name]))).collect(),
        always_disclosed: vec![path(json!(["vct"]))],
        reveals: Reveals::Disclosures,
        authority_key_ids: Vec::new(),
        issuer_signature: IssuerSignature::Jws(Algorithm::Es256),
        holder_algorithm: Some(Algorithm::Es256),
        feature: None,
        is_one_per_person: false,
        is_anchored: false,
        not_before: None,
        expires: None,
        has_status: false,
        uses: 0,
        user_auth: UserAuthPolicy::Unlocked,
        status: CardStatus::NotTracked,
    }
}

pub(super) fn path(json: Value) -> ClaimPath {
    ClaimPath::from_json(&json).unwrap()
}

/// Paths as sorted JSON texts.
pub(super) fn texts(paths: &[ClaimPath]) -> Vec<String> {
    let mut texts: Vec<_> = paths
        .iter()
        .map(|path| path.to_json().to_string())
        .collect();
    texts.sort();
    texts
}

/// A vector of the specification.
pub(super) fn vector(name: &str) -> String {
    let vectors =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors/openid4vp-1.0");
    std::fs::read_to_string(vectors.join(name)).unwrap()
}

/// The plan for a query over these copies.
pub(super) fn plan_for(query: Value, candidates: &[Candidate<'_>]) -> Proposal {
    let mut bench = Bench::new();
    bench.set("dcql_query", query);
    Proposal::make(bench.run().unwrap(), candidates, NOW, &OsRandom).unwrap()
}

pub(super) fn unwrap_plan(proposal: Proposal) -> ConsentPlan {
    match proposal {
        Proposal::Plan(plan) => *plan,
        Proposal::Unavailable(_) => panic!("nothing to show"),
    }
}
