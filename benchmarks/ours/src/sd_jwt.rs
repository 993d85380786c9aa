//! SD-JWT VC on the committed credentials. P-256 is that of crate p256.

use crate::PEER;
use crate::sd_jwt_inputs::*;
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::clock::UnixTime;
use wallet_core::formats::claim_path::{ClaimPath, PathSegment};
use wallet_core::formats::sd_jwt_vc::{
    IssuerKey, KeyBinding, SdJwt, SdJwtVc, VerifyPolicy, resolve_issuer_key,
};
use wallet_core::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use wallet_core::jose::{Algorithm, base64url};
use wallet_core::keys::{KeyId, KeyPurpose, SoftwareKey};
use wallet_core::secret::Secret;
use wallet_core::trust::TrustAnchors;

const ISSUER: &str = "https://issuer.example";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// Answers every request with the issuer's metadata.
struct IssuerSite(Value);

#[async_trait::async_trait]
impl HttpClient for IssuerSite {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let metadata = json!({"issuer": ISSUER, "jwks": {"keys": [self.0]}});
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: metadata.to_string().into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

/// The issuer's key, found before the clock starts: sd-jwt-rs is given its key too.
fn issuer_key(jwk: &Value, text: &str) -> IssuerKey {
    let trust = TrustAnchors {
        web_issuers: vec![ISSUER.to_owned()],
        ..TrustAnchors::default()
    };
    let site = IssuerSite(jwk.clone());
    let fetcher = Fetcher::new(&site, FetchSettings::default());
    let sd_jwt = SdJwt::parse(text).expect("credential");
    block_on(resolve_issuer_key(&sd_jwt, &trust, Some(&fetcher), NOW)).expect("issuer")
}

fn holder_key(secret: &str) -> SoftwareKey {
    let mut secret = base64url::decode(secret)
        .expect("base64url")
        .try_into()
        .expect("32 bytes");
    let secret = Secret::take(&mut secret);
    SoftwareKey::from_secret(
        KeyId::new("holder"),
        Algorithm::Es256,
        KeyPurpose::Holder,
        secret,
    )
    .expect("holder")
}

fn verify(text: &str, issuer: &IssuerKey) -> SdJwtVc {
    SdJwt::parse(text)
        .expect("credential")
        .verify(issuer, &VerifyPolicy::at(NOW))
        .expect("verified")
}

fn binding() -> KeyBinding {
    KeyBinding {
        audience: AUDIENCE.to_owned(),
        nonce: NONCE.to_owned(),
        issued_at: NOW,
        transaction_data_hashes: None,
    }
}

pub fn run() {
    let inputs = inputs();
    let holder = holder_key(text_of(&inputs, "holder_secret"));
    for credential in credentials(&inputs) {
        let Credential {
            count,
            text,
            claims,
        } = credential;
        let issuer = issuer_key(&inputs["issuer_jwk"], &text);
        repeated(PEER, &format!("sd_jwt_parse_{count}"), || {
            SdJwt::parse(&text).expect("credential")
        });
        let verified = repeated(PEER, &format!("sd_jwt_verify_{count}"), || {
            verify(&text, &issuer)
        });

        let path =
            |claim: &String| ClaimPath::new(vec![PathSegment::Key(claim.clone())]).expect("path");
        let wish: Vec<ClaimPath> = claims.iter().map(path).collect();
        let presentation = repeated(PEER, &format!("sd_jwt_present_{count}"), || {
            block_on(
                verified
                    .present(&wish)
                    .expect("presentation")
                    .bind(binding(), &holder),
            )
            .expect("bound")
        });
        let seen = verified
            .read_presentation(&presentation, Some(&binding()))
            .expect("presentation");
        assert_eq!(seen.disclosed.len(), claims.len());
    }
}
