//! Federations made by `wallet-parties`' keys: chains, policies, and the search for a chain.
#![allow(clippy::unwrap_used)]

mod chains;
mod collecting;
mod policies;

use crate::clock::UnixTime;
use crate::http::{HttpClient, HttpError, HttpRequest, HttpResponse};
use crate::trust::PinnedKeys;
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Mutex;
use wallet_parties::{EcKey, jws};

/// The time of the tests.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

pub(crate) const VERIFIER: &str = "https://verifier.example";
pub(crate) const MIDDLE: &str = "https://middle.example/federation";
pub(crate) const ANCHOR: &str = "https://anchor.example";

/// An anchor, an authority below it, and a verifier below that: what each says can be changed.
pub(crate) struct Federation {
    pub(crate) keys: HashMap<&'static str, EcKey>,
    /// The verifier's configuration, the authority's statement about it, the anchor's about the authority, and the
    /// anchor's configuration.
    pub(crate) claims: [Map<String, Value>; 4],
    /// Who signs each, if it is another than its issuer.
    pub(crate) signers: [Option<EcKey>; 4],
    pub(crate) header: Value,
}

pub(crate) fn jwks(key: &EcKey) -> Value {
    json!({"keys": [key.public_jwk()]})
}

fn claims(issuer: &str, subject: &str, key: &EcKey) -> Map<String, Value> {
    let claims = json!({"iss": issuer, "sub": subject, "iat": NOW.as_secs() - 10, "exp": NOW.as_secs() + 600,
        "jwks": jwks(key)});
    claims.as_object().unwrap().clone()
}

impl Federation {
    /// The verifier signs requests with `request_key`.
    pub(crate) fn new(metadata: Value) -> Self {
        let keys: HashMap<_, _> = [VERIFIER, MIDDLE, ANCHOR]
            .map(|name| (name, EcKey::generate().unwrap()))
            .into();
        let mut claims = [
            claims(VERIFIER, VERIFIER, &keys[VERIFIER]),
            claims(MIDDLE, VERIFIER, &keys[VERIFIER]),
            claims(ANCHOR, MIDDLE, &keys[MIDDLE]),
            claims(ANCHOR, ANCHOR, &keys[ANCHOR]),
        ];
        claims[0].insert("authority_hints".into(), json!([MIDDLE]));
        claims[0].insert(
            "metadata".into(),
            json!({"openid_credential_verifier": metadata}),
        );
        Self {
            keys,
            claims,
            signers: [const { None }; 4],
            header: json!({"typ": "entity-statement+jwt"}),
        }
    }

    pub(crate) fn anchors(&self) -> Vec<PinnedKeys> {
        vec![PinnedKeys::from_jwks(ANCHOR, &jwks(&self.keys[ANCHOR])).unwrap()]
    }

    /// The chain without the anchor's configuration.
    pub(crate) fn chain(&self) -> Vec<String> {
        (0..3).map(|place| self.signed(place)).collect()
    }

    pub(crate) fn signed(&self, place: usize) -> String {
        let issuer = [VERIFIER, MIDDLE, ANCHOR, ANCHOR][place];
        let key = self.signers[place].as_ref().unwrap_or(&self.keys[issuer]);
        jws::sign(self.header.as_object().unwrap(), &self.claims[place], key)
    }

    /// What is found at which address.
    pub(crate) fn pages(&self) -> HashMap<String, String> {
        let mut middle = claims(MIDDLE, MIDDLE, &self.keys[MIDDLE]);
        middle.insert("authority_hints".into(), json!([ANCHOR]));
        middle.insert("metadata".into(), endpoint(MIDDLE));
        let mut anchor = self.claims[3].clone();
        anchor.insert("metadata".into(), endpoint(ANCHOR));
        let header = self.header.as_object().unwrap();
        [
            (configuration_of(VERIFIER), self.signed(0)),
            (
                configuration_of(MIDDLE),
                jws::sign(header, &middle, &self.keys[MIDDLE]),
            ),
            (
                configuration_of(ANCHOR),
                jws::sign(header, &anchor, &self.keys[ANCHOR]),
            ),
            (statement_at(MIDDLE, VERIFIER), self.signed(1)),
            (statement_at(ANCHOR, MIDDLE), self.signed(2)),
        ]
        .into()
    }
}

fn endpoint(authority: &str) -> Value {
    json!({"federation_entity": {"federation_fetch_endpoint": format!("{authority}/fetch")}})
}

pub(crate) fn configuration_of(entity: &str) -> String {
    format!("{entity}/.well-known/openid-federation")
}

pub(crate) fn statement_at(authority: &str, about: &str) -> String {
    let mut url = url::Url::parse(&format!("{authority}/fetch")).unwrap();
    url.query_pairs_mut().append_pair("sub", about);
    url.into()
}

/// Serves pages and remembers what was asked.
pub(crate) struct Pages {
    pub(crate) pages: HashMap<String, String>,
    pub(crate) content_type: &'static str,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Pages {
    pub(crate) fn new(pages: HashMap<String, String>) -> Self {
        Self {
            pages,
            content_type: "application/entity-statement+jwt",
            asked: Mutex::default(),
        }
    }
}

#[async_trait]
impl HttpClient for Pages {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.asked.lock().unwrap().push(request.url.clone());
        let page = self.pages.get(&request.url);
        Ok(HttpResponse {
            status: if page.is_some() { 200 } else { 404 },
            headers: vec![("content-type".into(), self.content_type.into())],
            body: page.cloned().unwrap_or_default().into_bytes(),
            final_url: request.url,
            peer_address: Some([93, 184, 216, 34].into()),
        })
    }
}
