//! The CLI's HTTP client: blocking ureq behind the core's async trait.
//!
//! One connection per request to one address that was checked before connecting, so that a name cannot be resolved
//! twice to different addresses (DNS rebinding).

use async_trait::async_trait;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Method, is_global};

/// Most bytes of response headers.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Sends requests with ureq on the caller's thread.
pub(crate) struct UreqClient {
    roots: RootCerts,
}

impl UreqClient {
    /// A client that trusts the public web's roots, or only `tls_ca` where given.
    pub(crate) fn new(tls_ca: &[Certificate<'static>]) -> Self {
        let roots = if tls_ca.is_empty() {
            RootCerts::WebPki
        } else {
            RootCerts::new_with_certs(tls_ca)
        };
        Self { roots }
    }

    fn send_blocking(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        let connected = Arc::new(OnceLock::new());
        let resolver = CheckedResolver {
            allow_private: request.policy.allow_private_addresses,
            chosen: Arc::clone(&connected),
        };
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("wallet")
            .accept_encoding("identity")
            .max_idle_connections(0)
            .max_response_header_size(MAX_HEADER_BYTES)
            .timeout_global(Some(Duration::from_secs(
                request.policy.total_seconds.into(),
            )))
            .tls_config(TlsConfig::builder().root_certs(self.roots.clone()).build())
            .build();
        let agent = ureq::Agent::with_parts(config, DefaultConnector::default(), resolver);
        let mut head = ureq::http::Request::builder()
            .method(match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
            })
            .uri(&request.url);
        for (name, value) in &request.headers {
            head = head.header(name, value);
        }
        let answer = match request.method {
            Method::Get => agent.run(head.body(()).map_err(|_| HttpError::NotSent)?),
            Method::Post => agent.run(
                head.body(request.body.as_slice())
                    .map_err(|_| HttpError::NotSent)?,
            ),
        };
        let mut answer = answer.map_err(|error| translate(&error, connected.get()))?;
        let limit = u64::try_from(request.policy.max_bytes).unwrap_or(u64::MAX);
        let body = answer
            .body_mut()
            .with_config()
            .limit(limit.saturating_add(1))
            .read_to_vec()
            .map_err(|error| translate(&error, connected.get()))?;
        if body.len() > request.policy.max_bytes {
            return Err(HttpError::TooLarge);
        }
        let headers = answer
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        Ok(HttpResponse {
            status: answer.status().as_u16(),
            headers,
            body,
            final_url: request.url.clone(),
            peer_address: connected.get().and_then(|choice| choice.ok()),
        })
    }
}

#[async_trait]
impl HttpClient for UreqClient {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.send_blocking(&request)
    }
}

/// What the resolver decided: the one address to connect to, or that all were private.
type Choice = Result<IpAddr, AllPrivate>;

#[derive(Clone, Copy, Debug)]
struct AllPrivate;

#[derive(Debug)]
struct CheckedResolver {
    allow_private: bool,
    chosen: Arc<OnceLock<Choice>>,
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let all = DefaultResolver::default().resolve(uri, config, timeout)?;
        // IPv4 first: loopback servers of tests rarely listen on ::1.
        let mut allowed: Vec<SocketAddr> = all
            .iter()
            .copied()
            .filter(|address| self.allow_private || is_global(address.ip()))
            .collect();
        allowed.sort_by_key(SocketAddr::is_ipv6);
        let mut one = self.empty();
        match allowed.first() {
            Some(address) => {
                let _ = self.chosen.set(Ok(address.ip()));
                one.push(*address);
                Ok(one)
            }
            None => {
                let _ = self.chosen.set(Err(AllPrivate));
                Err(ureq::Error::HostNotFound)
            }
        }
    }
}

fn translate(error: &ureq::Error, choice: Option<&Choice>) -> HttpError {
    if matches!(choice, Some(Err(AllPrivate))) {
        return HttpError::AddressNotAllowed;
    }
    match error {
        ureq::Error::Timeout(_) => HttpError::Timeout,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => HttpError::Tls,
        ureq::Error::BodyExceedsLimit(_) => HttpError::TooLarge,
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_) => HttpError::NotSent,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            HttpError::NotSent
        }
        _ => HttpError::SentOrUnknown,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use wallet_core::http::conformance;

    #[test]
    fn the_client_holds_to_every_rule_of_the_conformance_suite() {
        let report = pollster::block_on(conformance::check(&UreqClient::new(&[]))).unwrap();
        assert_eq!(report.broken, []);
        assert!(report.tells_address);
    }
}
