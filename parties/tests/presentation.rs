//! The verifiers, over real HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{Receiving, encrypt, get, parameters, post_form, present};
use serde_json::{Map, Value, json};
use wallet_parties::issuer::OfferOptions;
use wallet_parties::verifier::{
    ClientIdPrefix, Outcome, RequestBy, RequestFault, RequestLink, RequestOptions, ResponseMode,
};
use wallet_parties::{EcKey, Parties, base64url, from_base64url, sha256};

struct World {
    parties: Parties,
    card: String,
    key: EcKey,
}

fn world() -> World {
    let parties = Parties::start().unwrap();
    let link = parties.issuer.offer(&OfferOptions::default()).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    receiving.ask_token(None);
    let key = EcKey::generate().unwrap();
    let proof = receiving.proof(&key, &receiving.nonce());
    let (_, body) = receiving.order(("credential_configuration_id", "resident_card"), &[proof]);
    let card = body["credentials"][0]["credential"]
        .as_str()
        .unwrap()
        .to_owned();
    World { parties, card, key }
}

impl World {
    fn age_query(&self) -> Value {
        json!({"credentials": [{
            "id": "card", "format": "dc+sd-jwt",
            "meta": {"vct_values": [self.parties.issuer.vct("resident_card")]},
            "claims": [{"path": ["age_equal_or_over", "19"], "values": [true]}],
        }]})
    }

    fn ask(&self, options: &RequestOptions) -> (RequestLink, Map<String, Value>) {
        let link = self.parties.verifier.request(options).unwrap();
        let request = read_request(&link);
        (link, request)
    }

    /// Presents what `keep` says and posts it as the request wants.
    fn answer(
        &self,
        request: &Map<String, Value>,
        keep: impl Fn(&Value) -> bool,
    ) -> holder::Answer {
        let text = |name: &str| request[name].as_str().unwrap();
        let presentation = present(
            &self.card,
            &self.key,
            text("client_id"),
            text("nonce"),
            keep,
        );
        self.post(request, &json!({"card": [presentation]}))
    }

    fn post(&self, request: &Map<String, Value>, vp_token: &Value) -> holder::Answer {
        let text = |name: &str| request[name].as_str().unwrap();
        if text("response_mode") == "direct_post" {
            let token = vp_token.to_string();
            return post_form(
                text("response_uri"),
                &[("vp_token", &token), ("state", text("state"))],
            );
        }
        let jwk = &request["client_metadata"]["jwks"]["keys"][0];
        let plain = json!({"vp_token": vp_token, "state": text("state")});
        let jwe = encrypt(&plain.to_string(), jwk);
        post_form(text("response_uri"), &[("response", &jwe)])
    }
}

/// What is asked, taken from the request object where there is one.
fn read_request(link: &RequestLink) -> Map<String, Value> {
    let mut outer = parameters(&link.uri);
    let object = match (outer.get("request_uri"), outer.get("request")) {
        (Some(uri), _) => get(uri.as_str().unwrap()).1,
        (None, Some(object)) => object.clone(),
        (None, None) => {
            for name in ["dcql_query", "client_metadata", "transaction_data"] {
                if let Some(Value::String(text)) = outer.get(name) {
                    let value = serde_json::from_str(text).unwrap();
                    outer.insert(name.into(), value);
                }
            }
            return outer;
        }
    };
    let payload = object.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&from_base64url(payload).unwrap()).unwrap()
}

fn is_named(disclosure: &Value, name: &str) -> bool {
    disclosure[1] == name
}

#[test]
fn every_prefix_mode_and_way_of_handing_over_ends_in_an_accepted_presentation() {
    let w = world();
    for prefix in [
        ClientIdPrefix::X509SanDns,
        ClientIdPrefix::X509Hash,
        ClientIdPrefix::RedirectUri,
    ] {
        for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
            for by in [RequestBy::Value, RequestBy::Reference] {
                let options = RequestOptions {
                    prefix,
                    mode,
                    by,
                    ..RequestOptions::new("bar", w.age_query())
                };
                let (link, request) = w.ask(&options);
                assert_eq!(request["client_id"], json!(link.client_id));
                let (status, body) = w.answer(&request, |d| is_named(d, "19"));
                assert_eq!(status, 200, "{body}");
                assert!(
                    body["redirect_uri"]
                        .as_str()
                        .unwrap()
                        .contains("/bar/done/")
                );
                let result = w.parties.verifier.result(&link.session).unwrap();
                assert!(result.accepted);
                assert_eq!(
                    result.disclosed(),
                    [vec![json!("age_equal_or_over"), json!("19")]]
                );
                assert!(result.learned[0].unrequested.is_empty());
                let claims = result.claims("card").unwrap();
                assert_eq!(claims["age_equal_or_over"], json!({"19": true}));
                assert!(claims.get("name").is_none());
                // The container of the ages is not selectively disclosable; the authority's name neither.
                assert_eq!(
                    result.learned[0].always_disclosed,
                    [vec![json!("issuing_authority")]]
                );
            }
        }
    }
}

#[test]
fn what_nobody_asked_for_is_pointed_out() {
    let w = world();
    let (link, request) = w.ask(&RequestOptions::new("shop", w.age_query()));
    w.answer(&request, |d| is_named(d, "19") || is_named(d, "name"));
    let result = w.parties.verifier.result(&link.session).unwrap();
    assert_eq!(result.learned[0].unrequested, [vec![json!("name")]]);
}

#[test]
fn an_answer_that_breaks_one_rule_is_refused() {
    let w = world();
    let direct = RequestOptions {
        mode: ResponseMode::DirectPost,
        ..RequestOptions::new("bank", w.age_query())
    };
    let refused = |options: &RequestOptions,
                   answer: &dyn Fn(&Map<String, Value>) -> holder::Answer| {
        let (link, request) = w.ask(options);
        assert_eq!(answer(&request).0, 400);
        let result = w.parties.verifier.result(&link.session).unwrap();
        assert_eq!(result.outcome, Outcome::Refused);
        assert!(!result.accepted && result.learned.is_empty());
        result.refusal.unwrap()
    };
    let good = |request: &Map<String, Value>| {
        let text = |name: &str| request[name].as_str().unwrap();
        present(&w.card, &w.key, text("client_id"), text("nonce"), |d| {
            is_named(d, "19")
        })
    };
    let one = |presentation: String| json!({"card": [presentation]});
    assert_eq!(
        refused(&direct, &|r| w.answer(r, |_| false)),
        "a claim that was asked for is missing"
    );
    assert_eq!(
        refused(&direct, &|r| w.post(r, &json!({}))),
        "the answer is not complete"
    );
    assert_eq!(
        refused(&direct, &|r| w.post(r, &json!({"card": good(r)}))),
        "not an array"
    );
    assert_eq!(
        refused(&direct, &|r| w
            .post(r, &json!({"card": [good(r), good(r)]}))),
        "more than one presentation"
    );
    assert_eq!(
        refused(&direct, &|r| w.post(r, &json!({"other": [good(r)]}))),
        "an answer to a question nobody asked"
    );
    let unbound = |_: &Map<String, Value>| one(w.card.clone());
    assert_eq!(
        refused(&direct, &|r| w.post(r, &unbound(r))),
        "the key binding is missing"
    );
    let elsewhere = |r: &Map<String, Value>| {
        one(present(
            &w.card,
            &w.key,
            "localhost",
            r["nonce"].as_str().unwrap(),
            |d| is_named(d, "19"),
        ))
    };
    assert_eq!(
        refused(&direct, &|r| w.post(r, &elsewhere(r))),
        "aud of the key binding"
    );
    let stranger = EcKey::generate().unwrap();
    let stolen = |r: &Map<String, Value>| {
        let text = |name: &str| r[name].as_str().unwrap();
        one(present(
            &w.card,
            &stranger,
            text("client_id"),
            text("nonce"),
            |d| is_named(d, "19"),
        ))
    };
    assert_eq!(
        refused(&direct, &|r| w.post(r, &stolen(r))),
        "the signature is wrong"
    );
    let no_state = |r: &Map<String, Value>| {
        post_form(
            r["response_uri"].as_str().unwrap(),
            &[("vp_token", &one(good(r)).to_string())],
        )
    };
    assert_eq!(refused(&direct, &no_state), "state was not returned");
    let encrypted = RequestOptions::new("bank", w.age_query());
    let in_the_clear = |r: &Map<String, Value>| {
        let token = one(good(r)).to_string();
        let state = r["state"].as_str().unwrap();
        post_form(
            r["response_uri"].as_str().unwrap(),
            &[("vp_token", &token), ("state", state)],
        )
    };
    assert_eq!(
        refused(&encrypted, &in_the_clear),
        "the answer is not encrypted"
    );
    let for_another = |r: &Map<String, Value>| {
        let mut jwk = EcKey::generate().unwrap().public_jwk();
        jwk["kid"] = r["client_metadata"]["jwks"]["keys"][0]["kid"].clone();
        let jwe = encrypt("{}", &jwk);
        post_form(r["response_uri"].as_str().unwrap(), &[("response", &jwe)])
    };
    assert!(refused(&encrypted, &for_another).starts_with("cannot be decrypted"));
}

#[test]
fn an_error_answer_is_kept_and_a_second_answer_refused() {
    let w = world();
    let (link, request) = w.ask(&RequestOptions::new("shop", w.age_query()));
    let text = |name: &str| request[name].as_str().unwrap();
    let form = [("error", "access_denied"), ("state", text("state"))];
    assert_eq!(post_form(text("response_uri"), &form).0, 200);
    assert_eq!(post_form(text("response_uri"), &form).0, 400);
    let result = w.parties.verifier.result(&link.session).unwrap();
    assert_eq!(
        (result.outcome, result.error.as_deref()),
        (Outcome::WalletError, Some("access_denied"))
    );
    assert_eq!(result.answers, 2);
}

#[test]
fn claim_sets_and_credential_sets_are_understood() {
    let w = world();
    let mut query = w.age_query();
    query["credentials"][0]["claims"] = json!([
        {"id": "n", "path": ["name"]}, {"id": "b", "path": ["birthdate"]}, {"id": "a", "path": ["age_equal_or_over", "19"]},
    ]);
    query["credentials"][0]["claim_sets"] = json!([["n", "b"], ["a"]]);
    let licence =
        json!({"id": "licence", "format": "dc+sd-jwt", "meta": {"vct_values": ["other"]}});
    query["credentials"].as_array_mut().unwrap().push(licence);
    query["credential_sets"] = json!([
        {"options": [["licence"], ["card"]]}, {"options": [["licence"]], "required": false},
    ]);
    let (link, request) = w.ask(&RequestOptions::new("bank", query));
    assert_eq!(w.answer(&request, |d| is_named(d, "19")).0, 200);
    assert!(w.parties.verifier.result(&link.session).unwrap().accepted);
}

#[test]
fn every_request_fault_is_one() {
    let w = world();
    let make = |fault| {
        let options = RequestOptions {
            fault: Some(fault),
            ..RequestOptions::new("shop", w.age_query())
        };
        let link = w.parties.verifier.request(&options).unwrap();
        let outer = parameters(&link.uri);
        let object = get(outer["request_uri"].as_str().unwrap());
        (link, outer, object)
    };
    let payload = |fault| read_request(&make(fault).0);
    assert_eq!(
        make(RequestFault::WrongClientId).1["client_id"],
        "x509_san_dns:other.example"
    );
    assert_eq!(
        payload(RequestFault::CertificateMismatch)["client_id"],
        "x509_san_dns:other.example"
    );
    assert_eq!(
        payload(RequestFault::UnknownPrefix)["client_id"],
        "made_up:localhost"
    );
    assert!(
        payload(RequestFault::Expired)["exp"].as_u64().unwrap() + 500 < wallet_parties::unix_now()
    );
    assert!(!payload(RequestFault::NoNonce).contains_key("nonce"));
    assert!(!payload(RequestFault::NoQuery).contains_key("dcql_query"));
    assert_ne!(
        payload(RequestFault::WrongAudience)["aud"],
        "https://self-issued.me/v2"
    );
    assert!(payload(RequestFault::RedirectUriToo).contains_key("redirect_uri"));
    let foreign = payload(RequestFault::ForeignResponseUri);
    assert!(
        foreign["response_uri"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1")
    );
    assert_eq!(
        payload(RequestFault::NoEncryptionKey)["client_metadata"]["jwks"]["keys"],
        json!([])
    );
    assert!(payload(RequestFault::UnknownTransactionData).contains_key("transaction_data"));
    assert_eq!(make(RequestFault::RedirectedRequestUri).2.0, 302);

    let jws = |fault| wallet_parties::jws::Jws::parse(make(fault).2.1.as_str().unwrap()).unwrap();
    assert_eq!(jws(RequestFault::WrongTyp).typ(), Some("JWT"));
    let anchors = [w.parties.verifier_authority.der().to_vec()];
    for fault in [RequestFault::BadSignature, RequestFault::UntrustedSigner] {
        let jws = jws(fault);
        let trusted =
            wallet_parties::trusted_key(&jws.header["x5c"], &anchors, wallet_parties::unix_now());
        assert!(
            trusted.and_then(|key| jws.verify(&key)).is_err(),
            "{fault:?}"
        );
    }
    let good = w
        .parties
        .verifier
        .request(&RequestOptions::new("shop", w.age_query()))
        .unwrap();
    let object = get(parameters(&good.uri)["request_uri"].as_str().unwrap()).1;
    let jws = wallet_parties::jws::Jws::parse(object.as_str().unwrap()).unwrap();
    let key = wallet_parties::trusted_key(&jws.header["x5c"], &anchors, wallet_parties::unix_now());
    jws.verify(&key.unwrap()).unwrap();

    let (link, _, _) = make(RequestFault::ResponseServerError);
    assert_eq!(w.answer(&read_request(&link), |d| is_named(d, "19")).0, 500);
    assert!(w.parties.verifier.result(&link.session).unwrap().accepted);
}

#[test]
fn the_hash_in_the_client_identifier_is_that_of_the_certificate() {
    use base64ct::Encoding;
    let w = world();
    let options = RequestOptions {
        prefix: ClientIdPrefix::X509Hash,
        ..RequestOptions::new("bar", w.age_query())
    };
    let link = w.parties.verifier.request(&options).unwrap();
    let object = get(parameters(&link.uri)["request_uri"].as_str().unwrap()).1;
    let header = object
        .as_str()
        .unwrap()
        .split('.')
        .next()
        .unwrap()
        .to_owned();
    let header: Value = serde_json::from_slice(&from_base64url(&header).unwrap()).unwrap();
    let der = base64ct::Base64::decode_vec(header["x5c"][0].as_str().unwrap()).unwrap();
    assert_eq!(
        link.client_id,
        format!("x509_hash:{}", base64url(&sha256(&der)))
    );
}
