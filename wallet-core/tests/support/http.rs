//! A blocking HTTP client on ureq, and a wallet's side of issuance over it.
#![allow(dead_code, reason = "each test file uses a part")]

use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wallet_core::clock::SystemClock;
use wallet_core::http::{FetchSettings, HttpClient, HttpError, HttpRequest, HttpResponse, Method};
use wallet_core::issuance::{
    AuthorizedIssuance, IssuanceError, IssuanceSettings, OfferLink, OfferedIssuance, Ports,
    ReceivedCredentials,
};
use wallet_core::jose::Algorithm;
use wallet_core::keys::{AttestationProvider, HolderKey, KeyPurpose, SoftwareKey};
use wallet_core::random::OsRandom;
use wallet_core::trust::{TrustAnchor, TrustAnchors};

/// Sends requests over real sockets and remembers their addresses.
#[derive(Default)]
pub struct Client {
    log: Mutex<Vec<String>>,
}

impl Client {
    /// The addresses asked so far.
    pub fn urls(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Sends a request and waits so long for the answer.
    pub fn call(request: &HttpRequest, patience: Duration) -> Result<HttpResponse, ureq::Error> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(patience))
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        let mut answer = match request.method {
            Method::Get => {
                let builder = request
                    .headers
                    .iter()
                    .fold(agent.get(&request.url), |builder, (name, value)| {
                        builder.header(name, value)
                    });
                builder.call()?
            }
            Method::Post => {
                let builder = request
                    .headers
                    .iter()
                    .fold(agent.post(&request.url), |builder, (name, value)| {
                        builder.header(name, value)
                    });
                builder.send(request.body.as_slice())?
            }
        };
        let limit = u64::try_from(request.policy.max_bytes).unwrap();
        let body = answer.body_mut().with_config().limit(limit).read_to_vec()?;
        let text = |value: &ureq::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        Ok(HttpResponse {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            body,
            final_url: request.url.clone(),
            // ureq does not tell.
            peer_address: None,
        })
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.log.lock().unwrap().push(request.url.clone());
        let patience = Duration::from_secs(request.policy.total_seconds.into());
        Self::call(&request, patience).map_err(|error| match error {
            ureq::Error::Timeout(_) => HttpError::Timeout,
            ureq::Error::BodyExceedsLimit(_) => HttpError::TooLarge,
            _ => HttpError::SentOrUnknown,
        })
    }
}

/// What a wallet brings along for issuance on loopback.
pub struct Receiver {
    pub http: Client,
    pub clock: SystemClock,
    pub trust: TrustAnchors,
    pub settings: IssuanceSettings,
    pub attestation: Option<Arc<dyn AttestationProvider>>,
}

impl Receiver {
    /// One that trusts these anchors.
    pub fn trusting(anchors_pem: &str) -> Self {
        let mut receiver = Self::trusting_none();
        receiver.trust.issuers = TrustAnchor::from_pem(anchors_pem).unwrap();
        receiver
    }

    /// One that trusts nobody yet.
    pub fn trusting_none() -> Self {
        Self {
            http: Client::default(),
            clock: SystemClock::default(),
            trust: TrustAnchors::default(),
            settings: IssuanceSettings {
                fetch: FetchSettings {
                    allow_loopback_http: true,
                },
                leeway_seconds: 60,
                ..IssuanceSettings::default()
            },
            attestation: None,
        }
    }

    pub fn ports(&self) -> Ports<'_> {
        Ports {
            http: &self.http,
            clock: &self.clock,
            random: &OsRandom,
            trust: &self.trust,
            settings: &self.settings,
            attestation: self.attestation.as_deref(),
        }
    }

    pub fn open(&self, link: &str) -> Result<OfferedIssuance, IssuanceError> {
        let ports = self.ports();
        pollster::block_on(async {
            let offer = OfferLink::parse(link)?.resolve(&ports).await?;
            OfferedIssuance::fetch(&ports, offer).await
        })
    }

    pub fn accept(
        &self,
        link: &str,
        tx_code: Option<&str>,
    ) -> Result<AuthorizedIssuance, IssuanceError> {
        let offered = self.open(link)?;
        pollster::block_on(offered.accept(&self.ports(), tx_code))
    }

    /// Orders the first credential with fresh keys.
    pub fn order(
        &self,
        authorized: &AuthorizedIssuance,
        copies: usize,
    ) -> Result<ReceivedCredentials, IssuanceError> {
        let order = authorized.orders().first().unwrap();
        pollster::block_on(authorized.request(&self.ports(), order, &keys(copies)))?.received()
    }
}

/// Fresh holder keys, P-256 and Ed25519 in turn.
pub fn keys(count: usize) -> Vec<Arc<dyn HolderKey>> {
    let algorithms = [Algorithm::Es256, Algorithm::EdDsa];
    let make = |algorithm| SoftwareKey::generate(algorithm, KeyPurpose::Holder, &OsRandom).unwrap();
    algorithms
        .into_iter()
        .cycle()
        .take(count)
        .map(|algorithm| Arc::new(make(algorithm)) as Arc<dyn HolderKey>)
        .collect()
}

/// What a browser does with an authorization URL where the holder's consent goes without saying: asks, and is sent back.
/// Returns where to.
pub fn consent(url: &str) -> String {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .build()
        .into();
    let answer = agent.get(url).call().unwrap();
    assert_eq!(answer.status().as_u16(), 302, "{url}");
    let location = answer.headers().get("location").unwrap();
    location.to_str().unwrap().to_owned()
}
