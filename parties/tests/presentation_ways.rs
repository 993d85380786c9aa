//! The verifiers beyond certificates and plain requests: other client identifiers, POST, transaction data, the browser.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{Receiving, encrypt, get, object, parameters, post_form};
use serde_json::{Map, Value, json};
use wallet_parties::issuer::OfferOptions;
use wallet_parties::jws::Jws;
use wallet_parties::verifier::{
    ClientIdPrefix, DcApiSigning, FetchBy, Outcome, RequestFault, RequestOptions, ResponseMode,
};
use wallet_parties::{
    EcKey, Parties, VerificationKey, base64url, from_base64url, jws, sha256, unix_now,
};

const ORIGIN: &str = "https://shop.example";

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
    fn options(&self) -> RequestOptions {
        let query = json!({"credentials": [{
            "id": "card", "format": "dc+sd-jwt",
            "meta": {"vct_values": [self.parties.issuer.vct("resident_card")]},
        }]});
        RequestOptions::new("shop", query)
    }

    /// No claim at all is disclosed; `more` goes into the KB-JWT.
    fn present(&self, audience: &str, nonce: &Value, more: Value) -> Value {
        let text = format!("{}~", self.card.split('~').next().unwrap());
        let mut payload = json!({
            "aud": audience, "nonce": nonce, "iat": unix_now(),
            "sd_hash": base64url(&sha256(text.as_bytes())),
        });
        payload.as_object_mut().unwrap().extend(object(&more));
        let header = object(&json!({"typ": "kb+jwt"}));
        json!({"card": [text + &jws::sign(&header, &object(&payload), &self.key)]})
    }

    fn post(&self, request: &Map<String, Value>, vp_token: &Value) -> holder::Answer {
        let jwk = &request["client_metadata"]["jwks"]["keys"][0];
        let plain = json!({"vp_token": vp_token, "state": request["state"]});
        let jwe = encrypt(&plain.to_string(), jwk);
        post_form(
            request["response_uri"].as_str().unwrap(),
            &[("response", &jwe)],
        )
    }
}

fn entity_key(statement: &str, signer: Option<&Value>) -> (Jws, Value) {
    let statement = Jws::parse(statement).unwrap();
    assert_eq!(statement.typ(), Some("entity-statement+jwt"));
    let own = statement.payload["jwks"]["keys"][0].clone();
    let signer = VerificationKey::from_jwk(signer.unwrap_or(&own)).unwrap();
    statement.verify(&signer).unwrap();
    (statement, own)
}

/// Follows the federation up from `entity` to `anchor` and gives the relying party's protocol key.
fn federation_key(entity: &str, anchor: &Value) -> Value {
    let configuration = |entity: &str| get(&format!("{entity}/.well-known/openid-federation")).1;
    let (leaf, leaf_key) = entity_key(configuration(entity).as_str().unwrap(), None);
    let above = leaf.payload["authority_hints"][0].as_str().unwrap();
    let (middle, middle_key) = entity_key(configuration(above).as_str().unwrap(), None);
    let top = middle.payload["authority_hints"][0].as_str().unwrap();
    assert_eq!(top, anchor["identifier"]);
    let fetch = |authority: &str, subject: &str| {
        let query = holder::form(&[("sub", subject)]);
        get(&format!("{authority}/fetch?{query}")).1
    };
    let anchor_key = &anchor["jwks"]["keys"][0];
    let (about_middle, key) = entity_key(fetch(top, above).as_str().unwrap(), Some(anchor_key));
    assert_eq!(
        (about_middle.payload["sub"].as_str(), key),
        (Some(above), middle_key.clone())
    );
    let (about_leaf, key) = entity_key(fetch(above, entity).as_str().unwrap(), Some(&middle_key));
    assert_eq!(
        (about_leaf.payload["sub"].as_str(), key),
        (Some(entity), leaf_key)
    );
    leaf.payload["metadata"]["openid_credential_verifier"]["jwks"]["keys"][0].clone()
}

#[test]
fn each_client_identifier_leads_to_the_key_that_signed() {
    let w = world();
    for prefix in [
        ClientIdPrefix::DidJwk,
        ClientIdPrefix::DidKey,
        ClientIdPrefix::VerifierAttestation,
        ClientIdPrefix::OpenidFederation,
    ] {
        let options = RequestOptions {
            prefix,
            ..w.options()
        };
        let link = w.parties.verifier.request(&options).unwrap();
        let object = get(parameters(&link.uri)["request_uri"].as_str().unwrap()).1;
        let request = Jws::parse(object.as_str().unwrap()).unwrap();
        let header = |name: &str| request.header[name].as_str().unwrap();
        let (_, name) = link.client_id.split_once(':').unwrap();
        let key = match prefix {
            ClientIdPrefix::DidJwk => {
                assert_eq!(header("kid"), format!("{name}#0"));
                let jwk = from_base64url(name.strip_prefix("did:jwk:").unwrap()).unwrap();
                serde_json::from_slice(&jwk).unwrap()
            }
            ClientIdPrefix::VerifierAttestation => {
                let attester = w.parties.verifier.attester();
                let attestation = Jws::parse(header("jwt")).unwrap();
                let key = VerificationKey::from_jwk(&attester.jwks["keys"][0]).unwrap();
                attestation.verify(&key).unwrap();
                assert_eq!(attestation.payload["iss"], attester.identifier);
                assert_eq!(attestation.payload["sub"], name);
                attestation.payload["cnf"]["jwk"].clone()
            }
            ClientIdPrefix::OpenidFederation => {
                let anchor = json!(w.parties.verifier.federation_anchor());
                federation_key(name, &anchor)
            }
            _ => {
                let key = name.strip_prefix("did:key:").unwrap();
                assert_eq!(header("kid"), format!("{name}#{key}"));
                // Which key that is, a unit test says; here, that it is not always the same party's.
                let other = RequestOptions {
                    name: "bar".into(),
                    ..options.clone()
                };
                assert_ne!(
                    w.parties.verifier.request(&other).unwrap().client_id,
                    link.client_id
                );
                Value::Null
            }
        };
        if !key.is_null() {
            request
                .verify(&VerificationKey::from_jwk(&key).unwrap())
                .unwrap();
        }
        let token = w.present(&link.client_id, &request.payload["nonce"], json!({}));
        assert_eq!(w.post(&request.payload, &token).0, 200, "{prefix:?}");
    }
}

#[test]
fn a_posted_nonce_comes_back_signed_and_the_metadata_are_kept() {
    let w = world();
    let fetch = |fault| {
        let options = RequestOptions {
            fetch: FetchBy::Post,
            fault,
            ..w.options()
        };
        let link = w.parties.verifier.request(&options).unwrap();
        let outer = parameters(&link.uri);
        assert_eq!(outer["request_uri_method"], "post");
        let form = [("wallet_nonce", "n-1"), ("wallet_metadata", r#"{"a":1}"#)];
        let object = post_form(outer["request_uri"].as_str().unwrap(), &form).1;
        let result = w.parties.verifier.result(&link.session).unwrap();
        assert_eq!(result.wallet_metadata, Some(json!({"a": 1})));
        Jws::parse(object.as_str().unwrap()).unwrap().payload
    };
    assert_eq!(fetch(None)["wallet_nonce"], "n-1");
    assert_ne!(
        fetch(Some(RequestFault::WrongWalletNonce))["wallet_nonce"],
        "n-1"
    );
    assert!(!fetch(Some(RequestFault::NoWalletNonce)).contains_key("wallet_nonce"));
}

#[test]
fn transaction_data_are_accepted_only_with_their_hashes() {
    let w = world();
    let ask = |data: Value| {
        let options = RequestOptions {
            transaction_data: vec![data],
            ..w.options()
        };
        let link = w.parties.verifier.request(&options).unwrap();
        let object = get(parameters(&link.uri)["request_uri"].as_str().unwrap()).1;
        let request = Jws::parse(object.as_str().unwrap()).unwrap().payload;
        let hash = base64url(&sha256(
            request["transaction_data"][0].as_str().unwrap().as_bytes(),
        ));
        (link, request, hash)
    };
    let entry = json!({"type": "payment", "credential_ids": ["card"]});
    let mut named = entry.clone();
    named["transaction_data_hashes_alg"] = json!(["sha-256"]);
    type More = fn(&str) -> Value;
    let cases: [(&Value, More, u16); 6] = [
        (
            &entry,
            |hash| json!({"transaction_data_hashes": [hash]}),
            200,
        ),
        (&entry, |_| json!({}), 400),
        (
            &entry,
            |_| json!({"transaction_data_hashes": ["AAAA"]}),
            400,
        ),
        (
            &entry,
            |hash| json!({"transaction_data_hashes": [hash, hash]}),
            400,
        ),
        (
            &named,
            |hash| json!({"transaction_data_hashes": [hash]}),
            400,
        ),
        (
            &named,
            |hash| json!({"transaction_data_hashes": [hash], "transaction_data_hashes_alg": "sha-256"}),
            200,
        ),
    ];
    for (entry, more, status) in cases {
        let (link, request, hash) = ask(entry.clone());
        let token = w.present(&link.client_id, &request["nonce"], more(&hash));
        assert_eq!(w.post(&request, &token).0, status);
    }
    let link = w.parties.verifier.request(&w.options()).unwrap();
    let object = get(parameters(&link.uri)["request_uri"].as_str().unwrap()).1;
    let request = Jws::parse(object.as_str().unwrap()).unwrap().payload;
    let more = json!({"transaction_data_hashes": ["AAAA"]});
    let token = w.present(&link.client_id, &request["nonce"], more);
    assert_eq!(
        w.post(&request, &token).0,
        400,
        "hashes of what nobody sent"
    );
}

#[test]
fn the_browser_carries_unsigned_signed_and_multi_signed_requests() {
    let w = world();
    for (signing, mode) in [
        (DcApiSigning::Unsigned, ResponseMode::DirectPostJwt),
        (DcApiSigning::Signed, ResponseMode::DirectPost),
        (DcApiSigning::MultiSigned, ResponseMode::DirectPostJwt),
    ] {
        let options = RequestOptions {
            mode,
            prefix: ClientIdPrefix::X509Hash,
            ..w.options()
        };
        let made = w
            .parties
            .verifier
            .dc_api_request(&options, signing, ORIGIN)
            .unwrap();
        let data = &made.request["data"];
        let request = match signing {
            DcApiSigning::Unsigned => object(data),
            DcApiSigning::Signed => {
                Jws::parse(data["request"].as_str().unwrap())
                    .unwrap()
                    .payload
            }
            DcApiSigning::MultiSigned => {
                let one = &data["request"]["signatures"][1];
                let part = |value: &Value| value.as_str().unwrap().to_owned();
                let (header, payload) =
                    (part(&one["protected"]), part(&data["request"]["payload"]));
                let compact = format!("{header}.{payload}.{}", part(&one["signature"]));
                let jws = Jws::parse(&compact).unwrap();
                let anchors = [w.parties.verifier_authority.der().to_vec()];
                let key = wallet_parties::trusted_key(&jws.header["x5c"], &anchors, unix_now());
                jws.verify(&key.unwrap()).unwrap();
                assert!(
                    jws.header["client_id"]
                        .as_str()
                        .unwrap()
                        .starts_with("x509_hash:")
                );
                jws.payload
            }
        };
        let signed = signing != DcApiSigning::Unsigned;
        assert_eq!(request.get("expected_origins").is_some(), signed);
        assert!(!request.contains_key("state") && !request.contains_key("response_uri"));
        let token = w.present(&format!("origin:{ORIGIN}"), &request["nonce"], json!({}));
        let plain = json!({"vp_token": token});
        let answer = match mode {
            ResponseMode::DirectPost => plain,
            ResponseMode::DirectPostJwt => {
                let jwk = &request["client_metadata"]["jwks"]["keys"][0];
                json!({"response": encrypt(&plain.to_string(), jwk)})
            }
        };
        let result = w
            .parties
            .verifier
            .dc_api_response(&made.session, &answer)
            .unwrap();
        assert_eq!(result.outcome, Outcome::Accepted, "{:?}", result.refusal);
    }
    let options = RequestOptions {
        mode: ResponseMode::DirectPost,
        ..w.options()
    };
    let made = w
        .parties
        .verifier
        .dc_api_request(&options, DcApiSigning::Unsigned, ORIGIN)
        .unwrap();
    let nonce = &made.request["data"]["nonce"];
    let token = w.present("origin:https://other.example", nonce, json!({}));
    let result = w
        .parties
        .verifier
        .dc_api_response(&made.session, &json!({"vp_token": token}));
    assert_eq!(result.unwrap().outcome, Outcome::Refused);
}
