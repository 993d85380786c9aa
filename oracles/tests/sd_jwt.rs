//! SD-JWT against crate sd-jwt-rs: it issues random claim trees with random disclosable places, wallet-core verifies
//! and presents them, it verifies those presentations; and wallet-core reads the presentations of its holder.
//!
//! Its limits, kept to here: SHA-256 only, no empty arrays, no decoys in arrays, no `typ` (the same payload is signed
//! again with one), no characters beyond U+FFFF (it panics).
#![allow(clippy::unwrap_used)]

use jsonwebtoken::{Algorithm as JwtAlgorithm, DecodingKey, EncodingKey, Header};
use p256::ecdsa::SigningKey;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use proptest::prelude::*;
use sd_jwt_rs::issuer::ClaimsForSelectiveDisclosureStrategy;
use sd_jwt_rs::{SDJWTHolder, SDJWTIssuer, SDJWTSerializationFormat, SDJWTVerifier};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wallet_core::clock::UnixTime;
use wallet_core::formats::claim_path::{ClaimPath, PathSegment};
use wallet_core::formats::sd_jwt_vc::{
    KeyBinding, SdJwt, SdJwtVc, VerifyPolicy, resolve_issuer_key,
};
use wallet_core::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use wallet_core::jose::{Algorithm, PublicKey, base64url};
use wallet_core::keys::{KeyId, KeyPurpose, SoftwareKey};
use wallet_core::secret::Secret;
use wallet_core::trust::TrustAnchors;

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "x509_san_dns:verifier.example";
const NONCE: &str = "n-0S6_WzA2Mj";
const NOW: i64 = 1_800_000_000;

type Path = Vec<PathSegment>;

const ISSUER_SECRET: [u8; 32] = [7; 32];
const HOLDER_SECRET: [u8; 32] = [9; 32];

fn jwk(secret: [u8; 32]) -> Value {
    let key = SigningKey::from_slice(&secret).unwrap();
    Value::Object(PublicKey::P256(*key.verifying_key()).to_jwk())
}

fn pem(secret: [u8; 32]) -> String {
    let key = p256::SecretKey::from_slice(&secret).unwrap();
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

fn encoding_key(secret: [u8; 32]) -> EncodingKey {
    EncodingKey::from_ec_pem(pem(secret).as_bytes()).unwrap()
}

fn decoding_key() -> DecodingKey {
    let jwk = jwk(ISSUER_SECRET);
    DecodingKey::from_ec_components(jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap()).unwrap()
}

// -- random credentials

/// Claims and which of them can be withheld.
#[derive(Clone, Debug)]
struct Credential {
    claims: Value,
    disclosable: BTreeSet<Path>,
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        Just(json!(3.25)),
        "[ -~À-ÿ가-힣]{0,12}".prop_map(Value::from),
    ]
}

/// Names like those that could confuse: short ones that begin alike, other alphabets, a registered one.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{1,3}",
        Just("exp".to_owned()),
        Just("Größe".to_owned()),
        Just("주소".to_owned()),
    ]
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let members = proptest::collection::btree_map(name(), inner, 0..5);
    members.prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn tree() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::Array),
            object(inner),
        ]
    })
}

/// Every place in `value` but its root.
fn places(value: &Value, here: &mut Path, found: &mut Vec<Path>) {
    for (segment, child) in children(value) {
        here.push(segment);
        found.push(here.clone());
        places(child, here, found);
        here.pop();
    }
}

fn children(value: &Value) -> Vec<(PathSegment, &Value)> {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, child)| (PathSegment::Key(name.clone()), child))
            .collect(),
        Value::Array(elements) => (0..).map(PathSegment::Index).zip(elements).collect(),
        _ => Vec::new(),
    }
}

fn all_places(claims: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    places(claims, &mut Vec::new(), &mut found);
    found
}

/// A credential of at least one claim `person` holding a random tree, with a random part of it disclosable.
fn credential() -> impl Strategy<Value = Credential> {
    (object(tree()), any::<u64>(), 0u8..=4).prop_map(|(person, seed, density)| {
        let claims =
            json!({"person": person, "given_name": "Erika", "codes": [1, "two", {"three": 3}]});
        let disclosable = pick(all_places(&claims), seed, density);
        Credential {
            claims,
            disclosable,
        }
    })
}

/// About `density` of 4 of `from`, decided by `seed`.
fn pick(from: Vec<Path>, seed: u64, density: u8) -> BTreeSet<Path> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) % 4
    };
    from.into_iter()
        .filter(|_| next() < u64::from(density))
        .collect()
}

// -- sd-jwt-rs as issuer, holder and verifier

/// The path in the notation of sd-jwt-rs.
fn json_path(path: &Path) -> String {
    path.iter()
        .fold("$".to_owned(), |text, segment| match segment {
            PathSegment::Key(name) => format!("{text}.{name}"),
            PathSegment::Index(index) => format!("{text}[{index}]"),
            PathSegment::All => unreachable!(),
        })
}

fn issue(credential: &Credential, decoys: bool) -> String {
    let mut claims = credential.claims.clone();
    let registered = json!({"iss": ISSUER, "iat": NOW, "exp": 4_000_000_000_u64, "vct": "https://types.example/id"});
    claims
        .as_object_mut()
        .unwrap()
        .extend(registered.as_object().unwrap().clone());
    let paths: Vec<_> = credential.disclosable.iter().map(json_path).collect();
    let strategy =
        ClaimsForSelectiveDisclosureStrategy::Custom(paths.iter().map(String::as_str).collect());
    let holder = serde_json::from_value(jwk(HOLDER_SECRET)).unwrap();
    let text = SDJWTIssuer::new(encoding_key(ISSUER_SECRET), None)
        .issue_sd_jwt(
            claims,
            strategy,
            Some(holder),
            decoys,
            SDJWTSerializationFormat::Compact,
        )
        .unwrap();
    let (jwt, disclosures) = text.split_once('~').unwrap();
    let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let mut header = Header::new(JwtAlgorithm::ES256);
    header.typ = Some("dc+sd-jwt".to_owned());
    let jwt = jsonwebtoken::encode(&header, &payload, &encoding_key(ISSUER_SECRET)).unwrap();
    format!("{jwt}~{disclosures}")
}

/// What sd-jwt-rs sees of a presentation bound to us.
fn their_view(text: &str) -> Value {
    SDJWTVerifier::new(
        text.to_owned(),
        Box::new(|_, _| decoding_key()),
        Some(AUDIENCE.to_owned()),
        Some(NONCE.to_owned()),
        SDJWTSerializationFormat::Compact,
    )
    .unwrap()
    .verified_claims
}

/// The notation of sd-jwt-rs for "disclose these places", which hold every place they lie in.
fn disclosure_map(value: &Value, here: &mut Path, shown: &BTreeSet<Path>) -> Value {
    let mut below = Vec::new();
    let mut any_below = false;
    for (segment, child) in children(value) {
        here.push(segment.clone());
        let is_wanted = shown.iter().any(|path| path.starts_with(here));
        any_below |= is_wanted;
        let wish = if is_wanted {
            disclosure_map(child, here, shown)
        } else {
            json!(false)
        };
        below.push((segment, wish));
        here.pop();
    }
    match value {
        _ if !any_below => json!(true),
        Value::Array(_) => below.into_iter().map(|(_, wish)| wish).collect(),
        _ => Value::Object(
            below
                .into_iter()
                .map(|(segment, wish)| match segment {
                    PathSegment::Key(name) => (name, wish),
                    _ => unreachable!(),
                })
                .collect(),
        ),
    }
}

fn their_presentation(text: &str, credential: &Credential, shown: &BTreeSet<Path>) -> String {
    let wish = match disclosure_map(&credential.claims, &mut Vec::new(), shown) {
        Value::Object(wish) => wish,
        _ => Map::new(),
    };
    SDJWTHolder::new(text.to_owned(), SDJWTSerializationFormat::Compact)
        .unwrap()
        .create_presentation(
            wish,
            Some(NONCE.to_owned()),
            Some(AUDIENCE.to_owned()),
            Some(encoding_key(HOLDER_SECRET)),
            None,
        )
        .unwrap()
}

// -- wallet-core

struct IssuerSite;

#[async_trait::async_trait]
impl HttpClient for IssuerSite {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let metadata = json!({"issuer": ISSUER, "jwks": {"keys": [jwk(ISSUER_SECRET)]}});
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: metadata.to_string().into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

fn our_credential(text: &str) -> SdJwtVc {
    let at = UnixTime::from_secs(NOW);
    let trust = TrustAnchors {
        web_issuers: vec![ISSUER.to_owned()],
        ..TrustAnchors::default()
    };
    let sd_jwt = SdJwt::parse(text).unwrap();
    let fetcher = Fetcher::new(&IssuerSite, FetchSettings::default());
    let key = pollster::block_on(resolve_issuer_key(&sd_jwt, &trust, Some(&fetcher), at)).unwrap();
    sd_jwt.verify(&key, &VerifyPolicy::at(at)).unwrap()
}

fn binding(issued_at: i64) -> KeyBinding {
    KeyBinding {
        audience: AUDIENCE.to_owned(),
        nonce: NONCE.to_owned(),
        issued_at: UnixTime::from_secs(issued_at),
        transaction_data_hashes: None,
    }
}

fn our_presentation(credential: &SdJwtVc, selected: &BTreeSet<Path>) -> String {
    let selected: Vec<_> = selected
        .iter()
        .cloned()
        .filter_map(ClaimPath::new)
        .collect();
    let secret = Secret::take(&mut HOLDER_SECRET.clone());
    let key = SoftwareKey::from_secret(
        KeyId::new("holder"),
        Algorithm::Es256,
        KeyPurpose::Holder,
        secret,
    );
    let presentation = credential.present(&selected).unwrap();
    pollster::block_on(presentation.bind(binding(NOW), &key.unwrap())).unwrap()
}

fn paths(paths: &[ClaimPath]) -> BTreeSet<Path> {
    paths.iter().map(|path| path.segments().to_vec()).collect()
}

// -- what must come out, worked out from the definition

/// `value` without the disclosable places that are not shown.
fn redact(value: &Value, here: &mut Path, hidden: &BTreeSet<&Path>) -> Value {
    let mut kept = Vec::new();
    for (segment, child) in children(value) {
        here.push(segment.clone());
        if !hidden.contains(&here.clone()) {
            kept.push((segment, redact(child, here, hidden)));
        }
        here.pop();
    }
    match value {
        Value::Object(_) => kept
            .into_iter()
            .map(|(segment, child)| match segment {
                PathSegment::Key(name) => (name, child),
                _ => unreachable!(),
            })
            .collect(),
        Value::Array(_) => kept.into_iter().map(|(_, child)| child).collect(),
        scalar => scalar.clone(),
    }
}

fn expected_claims(credential: &Credential, shown: &BTreeSet<Path>) -> Value {
    let hidden = credential.disclosable.difference(shown).collect();
    redact(&credential.claims, &mut Vec::new(), &hidden)
}

/// The random claims of a view, without the registered ones.
fn random_claims(view: &Value) -> BTreeMap<&str, &Value> {
    let registered = ["iss", "iat", "exp", "vct", "cnf"];
    let members = view.as_object().unwrap().iter();
    members
        .filter(|(name, _)| !registered.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    // shows: SDJWT 1 (peer), SDJWT 12 (peer), SDJWT 14 (peer), SDJWT 15 (peer)
    #[test]
    fn what_sd_jwt_rs_issues_wallet_core_presents_and_sd_jwt_rs_verifies(
        credential in credential(),
        decoys: bool,
        seed: u64,
        density in 0u8..=4,
    ) {
        let text = issue(&credential, decoys);
        let ours = our_credential(&text);
        prop_assert_eq!(random_claims(ours.claims()), random_claims(&credential.claims));
        prop_assert_eq!(paths(&ours.disclosable()), credential.disclosable.clone());

        let selected = pick(all_places(&credential.claims), seed, density.min(1));
        let shown: BTreeSet<Path> = credential
            .disclosable
            .iter()
            .filter(|path| selected.iter().any(|s| s.starts_with(path) || path.starts_with(s)))
            .cloned()
            .collect();
        let presentation = our_presentation(&ours, &selected);
        let expected = expected_claims(&credential, &shown);
        let theirs = their_view(&presentation);
        prop_assert_eq!(random_claims(&theirs), random_claims(&expected));

        let read = ours.read_presentation(&presentation, Some(&binding(NOW))).unwrap();
        prop_assert_eq!(paths(&read.disclosed), shown);
        prop_assert_eq!(read.claims, theirs);
    }

    // shows: SDJWT 1 (peer)
    #[test]
    fn what_the_holder_of_sd_jwt_rs_presents_wallet_core_reads(
        credential in credential(),
        decoys: bool,
        seed: u64,
        density in 0u8..=4,
    ) {
        let text = issue(&credential, decoys);
        let ours = our_credential(&text);
        let chosen = pick(credential.disclosable.iter().cloned().collect(), seed, density);
        let shown: BTreeSet<Path> = credential
            .disclosable
            .iter()
            .filter(|path| chosen.iter().any(|c| c.starts_with(path)))
            .cloned()
            .collect();
        let presentation = their_presentation(&text, &credential, &shown);
        let (_, key_binding) = presentation.rsplit_once('~').unwrap();
        let payload = base64url::decode(key_binding.split('.').nth(1).unwrap()).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();

        let issued_at = payload["iat"].as_i64().unwrap();
        let read = ours.read_presentation(&presentation, Some(&binding(issued_at))).unwrap();
        prop_assert_eq!(paths(&read.disclosed), shown.clone());
        let expected = expected_claims(&credential, &shown);
        prop_assert_eq!(random_claims(&read.claims), random_claims(&expected));
        prop_assert_eq!(read.claims, their_view(&presentation));
    }
}
