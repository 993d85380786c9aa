//! Request objects fetched with POST (OpenID4VP 1.0 5.10).

use super::*;
use crate::error::{ErrorCode, WalletError};
use crate::http::FetchFault;

/// A verifier that signs what it is asked for, and can be made to do it wrongly.
struct PostServer<'a> {
    bench: &'a Bench,
    wallet_nonce: fn(&str) -> Value,
    status: u16,
    content_type: &'static str,
    asked: Mutex<Vec<HttpRequest>>,
}

impl<'a> PostServer<'a> {
    fn new(bench: &'a Bench) -> Self {
        Self {
            bench,
            wallet_nonce: |nonce| nonce.into(),
            status: 200,
            content_type: "application/oauth-authz-req+jwt",
            asked: Mutex::default(),
        }
    }

    fn run(&self) -> Result<VerifiedRequest, RequestRefused> {
        let link = format!("{}&request_uri_method=post", self.bench.link());
        let fetcher = Fetcher::new(self, FetchSettings::default());
        let policy = self.bench.policy();
        let request = AuthorizationRequest::parse(&link)?;
        let retrieving = request.retrieve(&fetcher, &policy, &OsRandom, NOW);
        pollster::block_on(retrieving)?.verify(&policy, NOW)
    }

    fn form(&self, place: usize) -> HashMap<String, String> {
        let asked = self.asked.lock().unwrap();
        url::form_urlencoded::parse(&asked[place].body)
            .into_owned()
            .collect()
    }
}

#[async_trait]
impl HttpClient for PostServer<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let form: HashMap<String, String> = url::form_urlencoded::parse(&request.body)
            .into_owned()
            .collect();
        let mut payload = self.bench.payload.clone();
        payload.insert(
            "wallet_nonce".into(),
            (self.wallet_nonce)(&form["wallet_nonce"]),
        );
        let final_url = request.url.clone();
        self.asked.lock().unwrap().push(request);
        Ok(HttpResponse {
            status: self.status,
            headers: vec![("content-type".into(), self.content_type.into())],
            body: jws::sign(&self.bench.header, &payload, &self.bench.leaf.key).into_bytes(),
            final_url,
            peer_address: Some([93, 184, 216, 34].into()),
        })
    }
}

// shows: VP 15
#[test]
fn the_verifier_is_told_what_every_wallet_can_do_and_a_fresh_nonce() {
    let bench = Bench::new();
    let server = PostServer::new(&bench);
    server.run().unwrap();
    server.run().unwrap();
    {
        let asked = server.asked.lock().unwrap();
        let header = |name: &str| {
            let headers = &asked[0].headers;
            headers
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(asked[0].method, Method::Post);
        assert_eq!(header("accept"), Some("application/oauth-authz-req+jwt"));
        assert_eq!(
            header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
    }
    let (one, two) = (server.form(0), server.form(1));
    assert_eq!(one.len(), 2);
    assert_eq!(one["wallet_metadata"], two["wallet_metadata"]);
    assert_ne!(one["wallet_nonce"], two["wallet_nonce"]);
    assert!(one["wallet_nonce"].len() >= 43);
    let metadata: Value = serde_json::from_str(&one["wallet_metadata"]).unwrap();
    let metadata = metadata.as_object().unwrap();
    assert_eq!(metadata["response_types_supported"], json!(["vp_token"]));
    assert!(metadata["vp_formats_supported"]["dc+sd-jwt"].is_object());
    let prefixes = metadata["client_id_prefixes_supported"].as_array().unwrap();
    assert!(
        prefixes.contains(&"x509_hash".into())
            && prefixes.contains(&"decentralized_identifier".into())
    );
    // Without an issuer the audience stays that of static discovery.
    assert!(!metadata.contains_key("issuer"));
}

// shows: VP 15
#[test]
fn a_request_object_without_the_wallets_nonce_is_refused() {
    let bench = Bench::new();
    for wrong in [
        (|_| "nope".into()) as fn(&str) -> Value,
        |_| Value::Null,
        |_| "".into(),
        |nonce| nonce.to_lowercase().into(),
        |nonce| json!([nonce]),
    ] {
        let mut server = PostServer::new(&bench);
        server.wallet_nonce = wrong;
        let refused = server.run().unwrap_err();
        assert!(refused.answer.is_none());
        assert!(matches!(
            refused.error,
            PresentationError::WalletNonceMismatch | PresentationError::ParameterType
        ));
    }
}

// shows: VP 15
#[test]
fn a_nonce_the_verifier_invents_is_no_wallet_nonce() {
    let mut server_bench = Bench::new();
    server_bench.set("wallet_nonce", "theirs");
    // Fetched with GET: nothing was sent, and what is in the object is ignored.
    server_bench.run().unwrap();
}

// shows: VP 16
#[test]
fn an_error_a_redirect_or_another_content_type_ends_it() {
    let bench = Bench::new();
    for (status, content_type) in [
        (201, "application/oauth-authz-req+jwt"),
        (302, "application/oauth-authz-req+jwt"),
        (400, "application/oauth-authz-req+jwt"),
        (405, "application/json"),
        (500, "application/oauth-authz-req+jwt"),
        (200, "application/jwt"),
        (200, "text/html"),
    ] {
        let mut server = PostServer::new(&bench);
        (server.status, server.content_type) = (status, content_type);
        let PresentationError::Fetch(error) = server.run().unwrap_err().error else {
            panic!("{status} {content_type}");
        };
        let expected = match status {
            200 => FetchFault::ContentType,
            302 => FetchFault::Redirect,
            other => FetchFault::Status(other),
        };
        assert_eq!(error.fault(), expected);
        // Not tried again with GET.
        assert_eq!(server.asked.lock().unwrap().len(), 1);
    }
}

// shows: VP 6
#[test]
fn the_audience_stays_that_of_static_discovery() {
    let mut bench = Bench::new();
    bench.set("aud", "https://wallet.example");
    let error = PostServer::new(&bench).run().unwrap_err();
    assert_eq!(error.error, PresentationError::WrongAudience);
    assert_eq!(WalletError::from(error).code(), ErrorCode::RequestInvalid);
}
