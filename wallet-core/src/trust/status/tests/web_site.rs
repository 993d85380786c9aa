//! Status lists signed with a key of the issuer's web site.

use super::jwt::token;
use super::{URI, World, at, refusal};
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::SdJwtError;
use crate::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use crate::trust::status::{StatusError, StatusList, StatusSigners};
use async_trait::async_trait;
use pollster::block_on;
use serde_json::{Value, json};
use wallet_parties::EcKey;

/// The web site of one issuer.
struct Site(Value);

#[async_trait]
impl HttpClient for Site {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: self.0.to_string().into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

const ISSUER: &str = "https://issuer.example";

fn by_web(
    trusted: &[&str],
    of_credentials: &str,
    iss: Value,
    kid: &str,
) -> Result<StatusList, StatusError> {
    let mut world = World::new();
    world.trust.web_issuers = trusted.iter().map(|issuer| (*issuer).to_owned()).collect();
    let mut jwk = world.leaf.key.public_jwk();
    jwk["kid"] = json!("status-1");
    let site = Site(
        json!({"issuer": ISSUER, "jwks": {"keys": [EcKey::generate().unwrap().public_jwk(), jwk]}}),
    );
    let fetcher = Fetcher::new(&site, FetchSettings::default());
    let evidence = IssuerEvidence::Web {
        issuer: of_credentials.to_owned(),
        address_checked: true,
    };
    let signers = StatusSigners::of(&world.trust, Some(&fetcher), [&evidence], at());
    let text = token(
        &world,
        json!({"x5c": null, "kid": kid}),
        json!({"iss": iss}),
    );
    block_on(StatusList::from_jwt(&text, URI, &signers))
}

#[test]
fn the_web_site_of_the_credentials_issuer_may_name_the_key() {
    assert!(by_web(&[ISSUER], ISSUER, json!(ISSUER), "status-1").is_ok());
}

#[test]
fn the_web_site_of_another_issuer_may_not() {
    let other = "https://other.example";
    // The credentials went another way.
    assert_eq!(
        refusal(by_web(&[ISSUER, other], other, json!(ISSUER), "status-1")),
        StatusError::NoSigner
    );
    assert_eq!(
        refusal(by_web(&[ISSUER], ISSUER, json!(other), "status-1")),
        StatusError::NoSigner
    );
    assert_eq!(
        refusal(by_web(&[ISSUER], ISSUER, Value::Null, "status-1")),
        StatusError::NoSigner
    );
    // The app no longer trusts it.
    let untrusted = StatusError::Signer(SdJwtError::UntrustedWebIssuer);
    assert_eq!(
        refusal(by_web(&[], ISSUER, json!(ISSUER), "status-1")),
        untrusted
    );
    let no_key = StatusError::Signer(SdJwtError::NoIssuerKey);
    assert_eq!(
        refusal(by_web(&[ISSUER], ISSUER, json!(ISSUER), "status-2")),
        no_key
    );
}
