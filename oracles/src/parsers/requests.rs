//! Presentation requests, from a link to the answer.

use super::answers::{check_answer, texts, told};
use super::fixture::{
    ATTESTER, Answers, Counting, Decisions, HOST, NOW, WORLD, base64url, holder_key, json,
    json_answer, lines, object, text,
};
use super::issuer::Issued;
use super::texts::assert_is_safe;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};
use url::form_urlencoded::Serializer;
use wallet_core::formats::Credential;
use wallet_core::formats::sd_jwt_vc::{KeyBinding, SdJwt, VerifyPolicy};
use wallet_core::http::{FetchSettings, Fetcher, HttpClient, HttpResponse};
use wallet_core::jose::jwe::{DecryptionKey, decrypt};
use wallet_core::presentation::dcql::{Candidate, CopyRef, CredentialRef, UserAuthPolicy};
use wallet_core::presentation::{
    ApprovalHash, AuthorizationRequest, ConsentPlan, CopyMaterial, MemberKind, Outcome, Proof,
    Proposal, RequestPolicy, TransactionDataType, UserAuth, VerifiedRequest, VerifierTrust,
};
use wallet_core::random::OsRandom;
use wallet_core::secret::Secret;

/// `typ` of a request object.
pub(super) const TYP: &str = "oauth-authz-req+jwt";

/// Nothing but the public web.
pub(super) const SETTINGS: FetchSettings = FetchSettings {
    allow_loopback_http: false,
};

/// Any link. Requests by reference find no network.
pub(super) fn link(input: &[u8]) {
    let Some(text) = text(input) else { return };
    answer(text);
}

/// Header and payload of a request object, signed by a certified verifier.
pub(super) fn object_form(input: &[u8]) {
    let [header, payload] = lines(input);
    let client_id = claimed_client_id(payload);
    let object = WORLD.sign_certified(object(header), TYP, payload);
    answer(&signed_link(&client_id, &object));
}

/// `client_id` of a payload, or the default one.
pub(super) fn claimed_client_id(payload: &[u8]) -> String {
    let payload = object(payload);
    let client_id = payload.get("client_id").and_then(Value::as_str);
    client_id.map_or_else(|| format!("x509_san_dns:{HOST}"), str::to_owned)
}

/// `transaction_data` in a request that is good otherwise, of types that are known here. Objects stand for the base64url
/// of their JSON.
pub(super) fn transaction_data(input: &[u8]) {
    let Some(mut data) = json(input) else { return };
    for entry in data.as_array_mut().into_iter().flatten() {
        if entry.is_object() {
            *entry = base64url(entry.to_string().as_bytes()).into();
        }
    }
    let mut payload = good_payload();
    payload["transaction_data"] = data;
    let payload = payload.to_string();
    let object = WORLD.sign_certified(Map::new(), TYP, payload.as_bytes());
    answer(&signed_link(&format!("x509_san_dns:{HOST}"), &object));
}

/// Types of transaction data an app could know.
static TRANSACTION_TYPES: LazyLock<Vec<TransactionDataType>> = LazyLock::new(|| {
    vec![
        TransactionDataType::new("urn:example:payment")
            .required("payee", MemberKind::Text)
            .required("amount", MemberKind::Structure)
            .optional("recurring", MemberKind::Boolean)
            .optional("installments", MemberKind::Number),
        TransactionDataType::new("urn:example:terms"),
    ]
});

/// `client_metadata` in a request that is good otherwise and wants an encrypted answer. `"@"` stands for a key of the
/// verifier's.
pub(super) fn client_metadata(input: &[u8]) {
    let Some(mut metadata) = json(input) else {
        return;
    };
    let keys = metadata
        .pointer_mut("/jwks/keys")
        .and_then(Value::as_array_mut);
    for key in keys.into_iter().flatten().filter(|key| **key == "@") {
        *key = VERIFIER_KEY.to_public_jwk("v1").into();
    }
    let mut payload = good_payload();
    payload["response_mode"] = "direct_post.jwt".into();
    payload["client_metadata"] = metadata;
    let payload = payload.to_string();
    let object = WORLD.sign_certified(Map::new(), TYP, payload.as_bytes());
    answer(&signed_link(&format!("x509_san_dns:{HOST}"), &object));
}

/// A request for one name, in a plain answer.
pub(super) fn good_payload() -> Value {
    json!({
        "client_id": format!("x509_san_dns:{HOST}"), "aud": "https://self-issued.me/v2",
        "response_type": "vp_token", "response_mode": "direct_post",
        "response_uri": format!("https://{HOST}/response"), "nonce": "n-0S6_WzA2Mj",
        "dcql_query": { "credentials": [{
            "id": "card", "format": "dc+sd-jwt", "meta": {}, "claims": [{ "path": ["given_name"] }],
        }]},
    })
}

static VERIFIER_KEY: LazyLock<DecryptionKey> =
    LazyLock::new(|| DecryptionKey::from_secret(&Secret::take(&mut [7; 32])).unwrap());

pub(super) fn signed_link(client_id: &str, object: &str) -> String {
    let mut query = Serializer::new("openid4vp://?".to_owned());
    query.append_pair("client_id", client_id);
    query.append_pair("request", object).finish()
}

/// Two cards of the holder.
static CARDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let resident = json!({
        "given_name": "Minji", "family_name": "Kim", "age_over": { "19": true },
        "address": { "country": "KR", "locality": "서울" }, "nationalities": ["KR", "DE"],
    });
    let licence = json!({ "given_name": "Minji", "classes": [{ "code": "1" }, { "code": "2" }] });
    let issue = |claims: Value, decisions: &[u8]| {
        let claims = claims.as_object().cloned().unwrap_or_default();
        Issued::new(claims, &mut Decisions::new(decisions))
            .unwrap()
            .text
    };
    vec![issue(resident, &[1]), issue(licence, &[3, 0, 1])]
});

fn copy(place: usize) -> CopyRef {
    CopyRef(format!("copy-{place}"))
}

fn cards() -> Vec<Credential> {
    let verify = |text: &String| {
        let sd_jwt = SdJwt::parse(text).unwrap();
        sd_jwt
            .verify(&WORLD.issuer, &VerifyPolicy::at(NOW))
            .unwrap()
            .into()
    };
    CARDS.iter().map(verify).collect()
}

/// The whole way, as an app goes it for a holder who always agrees.
pub(super) fn answer(link: &str) {
    answer_over(link, &Answers::default());
}

/// What the app decided.
pub(super) fn policy() -> RequestPolicy<'static> {
    RequestPolicy {
        transaction_data_types: &TRANSACTION_TYPES,
        ..RequestPolicy::new(&WORLD.trust, SETTINGS)
    }
}

/// The same, with a network. Whether the request was taken.
pub(super) fn answer_over(link: &str, client: &dyn HttpClient) -> bool {
    let Ok(request) = AuthorizationRequest::parse(link) else {
        return false;
    };
    let client_id = request.claimed_client_id().clone();
    let fetcher = Fetcher::new(client, SETTINGS);
    let policy = policy();
    let retrieving = request.retrieve(&fetcher, &policy, &OsRandom, NOW);
    let Ok(received) = pollster::block_on(retrieving) else {
        return false;
    };
    let verified = match received.verify(&policy, NOW) {
        Ok(verified) => verified,
        Err(refused) => {
            if let Some(answer) = &refused.answer {
                let form = told(answer);
                assert!(form.contains_key("error") && !form.contains_key("vp_token"));
            }
            return false;
        }
    };
    assert_eq!(*verified.verifier().client_id(), client_id);
    check_request(&verified);
    propose(verified);
    true
}

/// Who asks is who was proven, and every text may be shown.
pub(super) fn check_request(request: &VerifiedRequest) {
    let verifier = request.verifier();
    let texts = [verifier.display_name(), verifier.certificate_subject()];
    texts.into_iter().flatten().for_each(assert_is_safe);
    let is_allowed = |uri: &str| SETTINGS.check_url(uri).is_ok();
    assert!(request.response_uri().is_none_or(is_allowed));
    assert!(!request.nonce().is_empty());
    assert!(request.expires_at() > NOW && request.expires_at() <= NOW.saturating_add(300));
    let id = verifier.client_id().as_str();
    match verifier.proof() {
        Proof::CertificateDnsName | Proof::CertificateHash => {
            assert_eq!(verifier.trust(), VerifierTrust::Anchored);
            assert!(verifier.certificate_sha256().is_some());
            if let Some(domain) = verifier.domain() {
                assert_eq!(domain.to_ascii_lowercase(), HOST);
            }
        }
        Proof::DecentralizedIdentifier => {
            assert_eq!(
                id.strip_prefix("decentralized_identifier:"),
                Some(&*WORLD.signer_did())
            );
            assert_eq!(verifier.trust(), VerifierTrust::Unverified);
        }
        Proof::VerifierAttestation => {
            assert!(id.starts_with("verifier_attestation:"));
            assert_eq!(verifier.vouched_by(), Some(ATTESTER));
        }
        Proof::PlatformOrigin => {
            assert_eq!(verifier.trust(), VerifierTrust::Platform);
            assert!(id.starts_with("origin:") && request.response_uri().is_none());
        }
        Proof::AnswerAddressOnly => {
            let address = id.strip_prefix("redirect_uri:");
            assert_eq!(address, request.response_uri());
            assert_eq!(verifier.trust(), VerifierTrust::Unverified);
        }
        other => panic!("nothing proves {}", other.as_str()),
    }
    let audience = request.audience();
    assert!(audience == id || audience.starts_with("origin:") && request.response_uri().is_none());
    for data in request.transaction_data() {
        assert!(
            TRANSACTION_TYPES
                .iter()
                .any(|known| known.id == data.type_id())
        );
        for line in data.lines() {
            assert_is_safe(&line.label);
            assert_is_safe(&line.value);
        }
    }
}

/// The way from a verified request to the answer of a holder who agrees.
pub(super) fn propose(request: VerifiedRequest) {
    let cards = cards();
    let candidates: Vec<_> = (0..)
        .zip(&cards)
        .map(|(place, card)| {
            let credential = CredentialRef(format!("card-{place}"));
            let policy = UserAuthPolicy::EachShowing;
            Candidate::of(credential, copy(place), card, &[], 0, policy)
        })
        .collect();
    let random = Counting::default();
    match Proposal::make(request, &candidates, NOW, &random).unwrap() {
        Proposal::Unavailable(plan) => {
            let form = told(&plan.decline());
            assert_eq!(form.get("error").map(String::as_str), Some("access_denied"));
        }
        Proposal::Plan(plan) => agree(*plan, cards, &random),
    }
}

fn agree(plan: ConsentPlan, cards: Vec<Credential>, random: &Counting) {
    let showings = plan.showings().to_vec();
    assert_eq!(showings.is_empty(), plan.alternatives().is_empty());
    let _ = plan.set_alternatives();
    let wrong = ApprovalHash::from_bytes([0; 32]);
    let auth = UserAuth::Verified { at: NOW };
    let plan = plan
        .approve(&wrong, auth, NOW)
        .expect_err("another plan's hash")
        .plan;
    let hash = *plan.hash();
    let encrypted = plan.request().encryption_thumbprint();
    let binding = KeyBinding {
        audience: plan.request().audience(),
        nonce: plan.request().nonce().to_owned(),
        issued_at: NOW,
        transaction_data_hashes: None,
    };
    let state = plan.request().state().map(str::to_owned);
    let data = plan.request().transaction_data().iter();
    let data: Vec<String> = data.map(|data| data.raw().to_owned()).collect();
    let authorised: BTreeSet<_> = showings.iter().flat_map(|one| &one.transactions).collect();
    assert_eq!(authorised.len(), data.len(), "each by one presentation");
    let approved = plan
        .approve(&hash, auth, NOW)
        .expect("the hash that was shown");
    let materials: HashMap<_, _> = (0..)
        .zip(cards)
        .map(|(place, credential)| {
            let material = CopyMaterial {
                credential,
                key: Some(Arc::new(holder_key()) as _),
                holder: None,
                anchor_proof: None,
            };
            (copy(place), material)
        })
        .collect();
    let answer = pollster::block_on(approved.respond(&materials, NOW, random)).unwrap();
    assert!(answer.valid_until() <= NOW.saturating_add(300));
    let mut form = told(&answer);
    if let Some(thumbprint) = encrypted {
        assert_eq!(form.len(), 1, "nothing beside the encrypted answer");
        if thumbprint != VERIFIER_KEY.public_key().thumbprint() {
            return;
        }
        let opened = decrypt(&form["response"], &VERIFIER_KEY, usize::MAX).unwrap();
        let Some(Value::Object(members)) = json(&opened) else {
            panic!("the encrypted answer is no object");
        };
        form = texts(members);
    }
    assert_eq!(form.get("state"), state.as_ref());
    let vp_token: Value = serde_json::from_str(&form["vp_token"]).unwrap();
    check_answer(&vp_token, &showings, &materials, &binding, &data);
}

/// Status, content type and body of what the verifier says to an answer. Taken, refused or unknown, and a link to go on with
/// only where it was taken, to the web or an app.
pub(super) fn verifier_response(input: &[u8]) {
    let [status, content_type, body] = lines(input);
    let status = text(status).and_then(|status| status.parse().ok());
    let (status, content_type) = (
        status.unwrap_or(200),
        text(content_type).unwrap_or_default(),
    );
    let payload = good_payload().to_string();
    let object = WORLD.sign_certified(Map::new(), TYP, payload.as_bytes());
    let link = signed_link(&format!("x509_san_dns:{HOST}"), &object);
    let client = Answers::new([HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        ..json_answer(body)
    }]);
    let (fetcher, policy) = (Fetcher::new(&client, SETTINGS), policy());
    let request = AuthorizationRequest::parse(&link).unwrap();
    let retrieving = request.retrieve(&fetcher, &policy, &OsRandom, NOW);
    let verified = pollster::block_on(retrieving).unwrap().verify(&policy, NOW);
    let Ok(verified) = verified else {
        panic!("a good request is refused");
    };
    let proposal = Proposal::make(verified, &[], NOW, &Counting::default()).unwrap();
    let Proposal::Unavailable(plan) = proposal else {
        panic!("nothing is there to show");
    };
    let answer = plan.decline();
    let late = answer.valid_until().saturating_add(1);
    assert!(pollster::block_on(answer.send(&fetcher, late)).is_err());
    let outcome = pollster::block_on(answer.send(&fetcher, NOW)).expect("an outcome");
    match outcome {
        Outcome::Accepted { redirect_uri } => {
            assert!((200..300).contains(&status));
            redirect_uri
                .iter()
                .for_each(|uri| check_redirect(uri, body));
        }
        Outcome::Refused => assert!((300..500).contains(&status)),
        Outcome::Unknown => assert!(!(300..500).contains(&status)),
        _ => panic!("another outcome"),
    }
}

/// The link is the verifier's, and nothing that runs or opens something here.
fn check_redirect(uri: &str, body: &[u8]) {
    assert_eq!(json(body).unwrap()["redirect_uri"], uri);
    assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
    let (scheme, rest) = uri.split_once(':').expect("an absolute link");
    let scheme = scheme.to_ascii_lowercase();
    let forbidden = [
        "http",
        "javascript",
        "data",
        "file",
        "blob",
        "intent",
        "tel",
        "content",
    ];
    assert!(!forbidden.contains(&scheme.as_str()));
    if scheme == "https" {
        let authority = rest.trim_start_matches(['/', '\\']);
        let authority = authority.split(['/', '\\', '?', '#']).next().unwrap();
        assert!(!authority.is_empty());
        // An empty name before the host names nobody.
        assert!(
            authority
                .rsplit_once('@')
                .is_none_or(|(name, _)| matches!(name, "" | ":"))
        );
    }
}
