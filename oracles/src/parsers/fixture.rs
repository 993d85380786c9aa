//! What the targets share: fixed keys, one authority, one certified signer, and ways to take an input apart. TEST KEYS
//! ONLY, and nothing here depends on the time or on chance: an input does the same in every run.

use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use wallet_core::WalletError;
use wallet_core::clock::{Clock, UnixTime};
use wallet_core::formats::sd_jwt_vc::{IssuerKey, SdJwt, resolve_issuer_key};
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse};
use wallet_core::jose::{Algorithm, PublicKey};
use wallet_core::keys::{HolderKey as _, KeyId, KeyPurpose, SoftwareKey};
use wallet_core::random::Random;
use wallet_core::secret::Secret;
use wallet_core::trust::{PinnedKeys, TrustAnchor, TrustAnchors};

use super::x509::{Profile, certify};

/// The time of every check: 2027-01-15. The certificates are valid from 2025 to 2049.
pub(super) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// A clock that stands at [`NOW`].
pub(super) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        Ok(NOW)
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(Duration::ZERO)
    }
}

/// The host in the signer's certificate.
pub(super) const HOST: &str = "verifier.example.org";

/// Who vouches for verifiers.
pub(super) const ATTESTER: &str = "https://attester.example.org";

/// The type of the credentials that targets issue.
pub(super) const VCT: &str = "urn:example:card";

/// An authority, and one key it certified, which signs credentials and requests.
pub(super) struct World {
    pub(super) authority: SigningKey,
    pub(super) signer: SigningKey,
    /// Signs as [`ATTESTER`].
    pub(super) attester: SigningKey,
    pub(super) signer_certificate: Vec<u8>,
    pub(super) trust: TrustAnchors,
    pub(super) issuer: IssuerKey,
    pub(super) holder_jwk: Value,
}

pub(super) static WORLD: LazyLock<World> = LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let authority = SigningKey::from_bytes(&[1; 32]);
        let signer = SigningKey::from_bytes(&[2; 32]);
        let attester = SigningKey::from_bytes(&[9; 32]);
        let attester_jwk = PublicKey::Ed25519(attester.verifying_key()).to_jwk();
        let attester_keys = json!({ "keys": [attester_jwk] });
        let authority_certificate = certify(&Profile::authority(&authority), &authority);
        let signer_certificate = certify(&Profile::signer(&signer), &authority);
        let anchor = TrustAnchor::from_der(&authority_certificate).unwrap();
        let trust = TrustAnchors {
            issuers: vec![anchor.clone()],
            verifiers: vec![anchor],
            web_issuers: vec!["https://issuer.example.org".to_owned()],
            attesters: vec![PinnedKeys::from_jwks(ATTESTER, &attester_keys).unwrap()],
            ..TrustAnchors::default()
        };
        let issuer = issuer_key(&signer, &signer_certificate, &trust);
        Self {
            authority,
            signer,
            attester,
            signer_certificate,
            trust,
            issuer,
            holder_jwk: holder_key().public_key().to_jwk().into(),
        }
    }

    /// The `x5c` header parameter of the signer.
    pub(super) fn x5c(&self) -> Value {
        json!([standard_base64(&self.signer_certificate)])
    }

    /// The public half of the signer's key.
    pub(super) fn signer_public(&self) -> PublicKey {
        PublicKey::Ed25519(self.signer.verifying_key())
    }

    /// The signer's DID, of the method `jwk`.
    pub(super) fn signer_did(&self) -> String {
        let jwk = Value::Object(self.signer_public().to_jwk());
        format!("did:jwk:{}", base64url(jwk.to_string().as_bytes()))
    }

    /// A compact JWS by the signer over these very bytes.
    pub(super) fn sign(&self, header: &[u8], payload: &[u8]) -> String {
        sign_jws(&self.signer, header, payload)
    }

    /// A compact JWS whose header says what is needed to find the key, where `header` says nothing about it.
    pub(super) fn sign_certified(
        &self,
        mut header: Map<String, Value>,
        typ: &str,
        payload: &[u8],
    ) -> String {
        header.entry("alg").or_insert("EdDSA".into());
        header.entry("typ").or_insert(typ.into());
        header.entry("x5c").or_insert_with(|| self.x5c());
        self.sign(Value::Object(header).to_string().as_bytes(), payload)
    }
}

fn issuer_key(signer: &SigningKey, certificate: &[u8], trust: &TrustAnchors) -> IssuerKey {
    let header = json!({"alg": "EdDSA", "x5c": [standard_base64(certificate)]});
    let jws = sign_jws(signer, header.to_string().as_bytes(), b"{}");
    let sd_jwt = SdJwt::parse(&format!("{jws}~")).unwrap();
    pollster::block_on(resolve_issuer_key(&sd_jwt, trust, None, NOW)).unwrap()
}

pub(super) fn sign_jws(key: &SigningKey, header: &[u8], payload: &[u8]) -> String {
    let input = format!("{}.{}", base64url(header), base64url(payload));
    let signature = key.sign(input.as_bytes()).to_bytes();
    format!("{input}.{}", base64url(&signature))
}

/// The key every credential is bound to.
pub(super) fn holder_key() -> SoftwareKey {
    SoftwareKey::from_secret(
        KeyId::new("holder"),
        Algorithm::EdDsa,
        KeyPurpose::Holder,
        Secret::take(&mut [3; 32]),
    )
    .unwrap()
}

/// Unpadded base64url, written here so that the wallet's own is checked by it.
pub(super) fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits: u32, at| {
            bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..=chunk.len() {
            let six = bits >> (18 - 6 * at) & 63;
            text.push(char::from(ALPHABET[six as usize]));
        }
    }
    text
}

/// Padded base64 in the alphabet of RFC 4648 4.
pub(super) fn standard_base64(bytes: &[u8]) -> String {
    let mut text = base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Not random at all: what an input does must not depend on chance.
#[derive(Debug, Default)]
pub(super) struct Counting(Mutex<u64>);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), WalletError> {
        let mut count = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            *count += 1;
            // Spread over all bits (the finaliser of SplitMix64), so that values look like random ones.
            let mut z = count.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let block = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

/// Gives these answers in turn, then none.
#[derive(Default)]
pub(super) struct Answers(Mutex<VecDeque<HttpResponse>>);

impl Answers {
    pub(super) fn new(answers: impl IntoIterator<Item = HttpResponse>) -> Self {
        Self(Mutex::new(answers.into_iter().collect()))
    }
}

#[async_trait]
impl HttpClient for Answers {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.0.lock().unwrap().pop_front();
        let mut answer = answer.ok_or(HttpError::NotSent)?;
        if answer.final_url.is_empty() {
            answer.final_url = request.url;
        }
        Ok(answer)
    }
}

/// A JSON answer with status 200 from a public address.
pub(super) fn json_answer(body: &[u8]) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_vec(),
        final_url: String::new(),
        peer_address: Some([93, 184, 216, 34].into()),
    }
}

/// Cuts an input at its first line breaks into `N` parts; missing ones are empty. Seeds stay readable that way.
pub(super) fn lines<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut parts = input.splitn(N, |byte| *byte == b'\n');
    core::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// A part as text.
pub(super) fn text(part: &[u8]) -> Option<&str> {
    core::str::from_utf8(part).ok()
}

/// A part as JSON, read leniently: the strictness of the wallet is tested on bytes that are built from it.
pub(super) fn json(part: &[u8]) -> Option<Value> {
    serde_json::from_slice(part).ok()
}

/// A part as a JSON object; anything else counts as an empty one.
pub(super) fn object(part: &[u8]) -> Map<String, Value> {
    match json(part) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Decisions read from a part of the input, over and over; all zero if it is empty.
pub(super) struct Decisions<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Decisions<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next byte, reduced below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at = (self.at + 1).checked_rem(self.bytes.len()).unwrap_or(0);
        usize::from(byte) % bound.max(1)
    }

    /// Yes for an odd byte.
    pub(super) fn yes(&mut self) -> bool {
        self.below(2) == 1
    }
}
