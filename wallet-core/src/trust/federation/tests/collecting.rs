//! The search for a chain, within its limits.

use super::*;
use crate::http::{FetchFault, FetchSettings, Fetcher};
use crate::trust::federation::{FederationError, ResolvedVerifier, collect};

fn federation() -> Federation {
    let key = EcKey::generate().unwrap();
    Federation::new(json!({"jwks": jwks(&key)}))
}

fn find(federation: &Federation, pages: &Pages) -> Result<ResolvedVerifier, FederationError> {
    let fetcher = Fetcher::new(pages, FetchSettings::default());
    let anchors = federation.anchors();
    pollster::block_on(collect(VERIFIER, &fetcher, &anchors, NOW))
}

#[test]
fn a_chain_is_found_over_the_authorities_an_entity_names() {
    let federation = federation();
    let pages = Pages::new(federation.pages());
    assert_eq!(find(&federation, &pages).unwrap().anchor(), ANCHOR);
    let asked = pages.asked.lock().unwrap();
    assert_eq!(
        *asked,
        [
            configuration_of(VERIFIER),
            configuration_of(MIDDLE),
            statement_at(MIDDLE, VERIFIER),
            configuration_of(ANCHOR),
            statement_at(ANCHOR, MIDDLE),
        ]
    );
}

#[test]
fn an_authority_that_leads_nowhere_does_not_hide_another() {
    let mut federation = federation();
    federation.claims[0].insert(
        "authority_hints".into(),
        json!(["https://gone.example", "http://10.0.0.1", MIDDLE]),
    );
    let pages = Pages::new(federation.pages());
    find(&federation, &pages).unwrap();
    // What may not be called was not called.
    assert!(
        !pages
            .asked
            .lock()
            .unwrap()
            .iter()
            .any(|url| url.contains("10.0.0.1"))
    );
}

#[test]
fn statements_that_are_not_what_was_asked_for_are_refused() {
    type Change = fn(&mut HashMap<String, String>);
    let cases: [(&str, Change, FederationError); 5] = [
        (
            "somebody else's configuration",
            |pages| {
                let middle = pages[&configuration_of(MIDDLE)].clone();
                pages.insert(configuration_of(VERIFIER), middle);
            },
            FederationError::NotAChain,
        ),
        (
            "a statement about somebody else",
            |pages| {
                let other = pages[&statement_at(ANCHOR, MIDDLE)].clone();
                pages.insert(statement_at(MIDDLE, VERIFIER), other);
            },
            FederationError::NotAChain,
        ),
        (
            "a configuration in place of a statement",
            |pages| {
                let other = pages[&configuration_of(MIDDLE)].clone();
                pages.insert(statement_at(MIDDLE, VERIFIER), other);
            },
            FederationError::NotAChain,
        ),
        (
            "a verifier without authorities it can reach",
            |pages| {
                pages.remove(&configuration_of(ANCHOR));
            },
            FederationError::NoAnchor,
        ),
        (
            "no JWS",
            |pages| drop(pages.insert(configuration_of(VERIFIER), "{}".into())),
            crate::jose::JoseError::MalformedJws.into(),
        ),
    ];
    for (name, change, expected) in cases {
        let federation = federation();
        let mut pages = federation.pages();
        change(&mut pages);
        let error = find(&federation, &Pages::new(pages))
            .map(|_| name)
            .unwrap_err();
        if expected == FederationError::NoAnchor {
            assert!(
                matches!(error, FederationError::Fetch(_)),
                "{name}: {error}"
            );
        } else {
            assert_eq!(error, expected, "{name}");
        }
    }
}

#[test]
fn only_entity_statements_are_taken() {
    let federation = federation();
    let mut pages = Pages::new(federation.pages());
    pages.content_type = "application/json";
    let FederationError::Fetch(error) = find(&federation, &pages).unwrap_err() else {
        panic!("taken");
    };
    assert_eq!(error.fault(), FetchFault::ContentType);
}

#[test]
fn nothing_is_fetched_where_the_app_has_no_federation() {
    let pages = Pages::new(HashMap::new());
    let fetcher = Fetcher::new(&pages, FetchSettings::default());
    let found = pollster::block_on(collect(VERIFIER, &fetcher, &[], NOW));
    assert_eq!(found.unwrap_err(), FederationError::NoAnchor);
    assert!(pages.asked.lock().unwrap().is_empty());
}

/// Every authority names two more, each with a name of its own.
struct Endless(EcKey, Mutex<usize>);

#[async_trait]
impl HttpClient for Endless {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        *self.1.lock().unwrap() += 1;
        let url = url::Url::parse(&request.url).unwrap();
        let host = format!("https://{}", url.host_str().unwrap());
        let about = url
            .query_pairs()
            .find(|(name, _)| name == "sub")
            .map(|(_, sub)| sub.into_owned());
        let mut claims = claims(&host, about.as_deref().unwrap_or(&host), &self.0);
        let next = |letter| host.replace("https://", &format!("https://{letter}"));
        claims.insert("authority_hints".into(), json!([next("a"), next("b")]));
        claims.insert("metadata".into(), endpoint(&host));
        let header = json!({"typ": "entity-statement+jwt"});
        Ok(HttpResponse {
            status: 200,
            headers: vec![(
                "content-type".into(),
                "application/entity-statement+jwt".into(),
            )],
            body: jws::sign(header.as_object().unwrap(), &claims, &self.0).into_bytes(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

#[test]
fn a_federation_without_end_is_given_up_after_sixteen_requests() {
    let endless = Endless(EcKey::generate().unwrap(), Mutex::default());
    let fetcher = Fetcher::new(&endless, FetchSettings::default());
    let anchors = federation().anchors();
    let found = pollster::block_on(collect(VERIFIER, &fetcher, &anchors, NOW));
    assert_eq!(found.unwrap_err(), FederationError::TooManyFetches);
    assert_eq!(*endless.1.lock().unwrap(), 16);
}

#[test]
fn more_than_eight_authorities_are_refused() {
    let mut federation = federation();
    let hints: Vec<_> = (0..9).map(|n| format!("https://a{n}.example")).collect();
    federation.claims[0].insert("authority_hints".into(), json!(hints));
    let pages = Pages::new(federation.pages());
    assert_eq!(
        find(&federation, &pages).unwrap_err(),
        FederationError::Statement
    );
    assert_eq!(pages.asked.lock().unwrap().len(), 1);
}
