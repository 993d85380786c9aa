//! What an app brings along, as small as it can be. A real app has its platform's HTTP client, its hardware key and an
//! anchor outside the folder of the store; see `DeviceKey`, `AnchorStore` and the conformance suite for HTTP clients.

use async_trait::async_trait;
use std::path::Path;
use std::sync::Arc;
use wallet_core::clock::SystemClock;
use wallet_core::http::{FetchSettings, HttpClient, HttpError, HttpRequest, HttpResponse, Method};
use wallet_core::random::OsRandom;
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::{Enrolments, Passphrase, VaultSettings};
use wallet_core::wallet::{Platform, Policy, Wallet};
use wallet_parties::Parties;

/// What an app brings along.
pub(crate) fn platform(folder: &Path) -> Platform {
    Platform {
        http: Arc::new(Loopback),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom),
        anchor: Arc::new(FileAnchorStore::new(folder.join("anchor"))),
        device_key: None,
        key_store: None,
        attestation: None,
    }
}

/// Whom the wallet trusts: the parties.
pub(crate) fn policy(parties: &Parties) -> Result<Policy, Box<dyn std::error::Error>> {
    Ok(Policy {
        trust: TrustAnchors {
            issuers: TrustAnchor::from_pem(&parties.anchors.issuer_pem)?,
            verifiers: TrustAnchor::from_pem(&parties.anchors.verifier_pem)?,
            ..TrustAnchors::default()
        },
        // The parties are on this machine. Apps leave this off.
        fetch: FetchSettings {
            allow_loopback_http: true,
        },
        ..Policy::default()
    })
}

/// A new wallet in `folder`.
pub(crate) async fn new_wallet(
    folder: &Path,
    platform: Platform,
    policy: Policy,
) -> Result<Wallet, Box<dyn std::error::Error>> {
    let enrolments = Enrolments {
        passphrase: Some(Passphrase::new(
            b"brisk otter vellum quartz anvil plum heron",
        )?),
        ..Enrolments::default()
    };
    let store = folder.join("store");
    let settings = VaultSettings::default();
    let (wallet, _) = Wallet::create(store, platform, policy, settings, enrolments).await?;
    Ok(wallet)
}

/// HTTP to this machine.
pub(crate) struct Loopback;

#[async_trait]
impl HttpClient for Loopback {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        call(&request).map_err(|_| HttpError::SentOrUnknown)
    }
}

fn call(request: &HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .build()
        .into();
    let mut draft = ureq::http::Request::builder()
        .method(match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
        })
        .uri(&request.url);
    for (name, value) in &request.headers {
        draft = draft.header(name, value);
    }
    let mut answer = match request.method {
        Method::Get => agent.run(draft.body(())?)?,
        Method::Post => agent.run(draft.body(request.body.as_slice())?)?,
    };
    let headers = answer.headers().iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let headers = headers.collect();
    let limit = u64::try_from(request.policy.max_bytes).unwrap_or(u64::MAX);
    Ok(HttpResponse {
        status: answer.status().as_u16(),
        headers,
        body: answer.body_mut().with_config().limit(limit).read_to_vec()?,
        final_url: request.url.clone(),
        peer_address: None,
    })
}
