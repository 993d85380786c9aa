//! The issuer beyond the plain flow: deferred, encrypted, attested, signed metadata, cards that change.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{
    Receiving, dpop, encrypt, form, get_accepting, object, post_form, post_json, post_with,
};
use serde_json::{Map, Value, json};
use wallet_parties::issuer::{
    CardOptions, Deferral, Fault, IssuerOptions, MetadataFault, OfferOptions, Support,
};
use wallet_parties::jws::Jws;
use wallet_parties::pki::{Leaf, LeafProfile};
use wallet_parties::{EcKey, Parties, jwe, jws, random_token, trusted_key, unix_now};

const ORDER: (&str, &str) = ("credential_configuration_id", "resident_card");

fn received(parties: &Parties, options: &OfferOptions) -> (Receiving, holder::Answer) {
    let link = parties.issuer.offer(options).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    assert_eq!(receiving.ask_token(None).0, 200);
    let proof = receiving.proof(&EcKey::generate().unwrap(), &receiving.nonce());
    let answer = receiving.order(ORDER, &[proof]);
    (receiving, answer)
}

#[test]
fn deferred_credentials_come_after_the_interval_and_once() {
    let parties = Parties::start().unwrap();
    let deferred = Some(Deferral {
        interval: 1,
        not_yet: 1,
        notification: true,
    });
    let options = OfferOptions {
        deferred,
        ..OfferOptions::default()
    };
    let (receiving, (status, body)) = received(&parties, &options);
    assert_eq!((status, &body["interval"]), (202, &json!(1)));
    let endpoint = receiving.issuer["deferred_credential_endpoint"]
        .as_str()
        .unwrap();
    let ask = |token| {
        post_json(
            endpoint,
            token,
            &json!({"transaction_id": body["transaction_id"]}),
        )
    };
    let token = receiving.token.as_deref();
    assert_eq!(ask(Some("guess")).0, 401);
    assert_eq!(ask(token).0, 202, "too early, does not count");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(ask(token).0, 202, "the first question that counts");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let (status, ready) = ask(token);
    assert_eq!(status, 200);
    assert!(ready["credentials"][0]["credential"].is_string());
    assert!(ready["notification_id"].is_string());
    assert_eq!(ask(token).1["error"], "invalid_transaction_id");

    let now = Deferral {
        interval: 0,
        not_yet: 0,
        notification: false,
    };
    for (fault, status) in [(None, 200), (Some(Fault::DeferredDenied), 400)] {
        let options = OfferOptions {
            deferred: Some(now),
            fault,
            ..OfferOptions::default()
        };
        let (receiving, (_, body)) = received(&parties, &options);
        let id = json!({"transaction_id": body["transaction_id"]});
        let answer = post_json(endpoint, receiving.token.as_deref(), &id);
        assert_eq!(answer.0, status);
        assert!(answer.1.get("notification_id").is_none());
    }
}

#[test]
fn requests_and_answers_are_encrypted_where_that_is_demanded() {
    let parties = Parties::start().unwrap();
    let options = IssuerOptions {
        encryption: Support::Required,
        ..IssuerOptions::default()
    };
    parties.issuer.configure(options);
    let (receiving, (status, body)) = received(&parties, &OfferOptions::default());
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("invalid_credential_request"))
    );
    let theirs = &receiving.issuer["credential_request_encryption"]["jwks"]["keys"][0];
    let own = EcKey::generate().unwrap();
    let mut jwk = own.public_jwk();
    jwk["alg"] = "ECDH-ES".into();
    jwk["kid"] = "mine".into();
    let order = |wanted: Value, receiving: &Receiving| {
        let proof = receiving.proof(&EcKey::generate().unwrap(), &receiving.nonce());
        let mut body =
            json!({"credential_configuration_id": "resident_card", "proofs": {"jwt": [proof]}});
        body["credential_response_encryption"] = wanted;
        let headers = [
            ("content-type", "application/jwt".to_owned()),
            (
                "authorization",
                format!("Bearer {}", receiving.token.as_ref().unwrap()),
            ),
        ];
        let endpoint = receiving.issuer["credential_endpoint"].as_str().unwrap();
        post_with(endpoint, &headers, &encrypt(&body.to_string(), theirs))
    };
    let ((status, answer), headers) = order(json!({"jwk": jwk, "enc": "A256GCM"}), &receiving);
    assert_eq!(
        (status, &headers["content-type"]),
        (200, &json!("application/jwt"))
    );
    let (header, plaintext) = jwe::decrypt(answer.as_str().unwrap(), &own).unwrap();
    assert_eq!(
        (&header["kid"], &header["enc"]),
        (&json!("mine"), &json!("A256GCM"))
    );
    let body: Value = serde_json::from_slice(&plaintext).unwrap();
    assert!(body["credentials"][0]["credential"].is_string());
    let ((status, body), _) = order(json!({"jwk": jwk, "enc": "A128CBC-HS256"}), &receiving);
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("invalid_encryption_parameters"))
    );

    let plain = OfferOptions {
        fault: Some(Fault::PlainResponse),
        ..OfferOptions::default()
    };
    let link = parties.issuer.offer(&plain).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    receiving.ask_token(None);
    let ((_, answer), _) = order(json!({"jwk": jwk, "enc": "A128GCM"}), &receiving);
    assert!(answer["credentials"].is_array());
}

#[test]
fn metadata_are_signed_for_who_accepts_them() {
    let parties = Parties::start().unwrap();
    let url = format!(
        "{}/.well-known/openid-credential-issuer/civil-registry",
        parties.issuer.base_url()
    );
    let anchors = [parties.issuer_authority.der().to_vec()];
    let check = |fault| {
        parties.issuer.configure(IssuerOptions {
            signed_metadata: true,
            metadata_fault: fault,
            ..IssuerOptions::default()
        });
        let text = get_accepting(&url, "application/jwt, application/json;q=0.5").1;
        let jws = Jws::parse(text.as_str().unwrap()).unwrap();
        let now = unix_now();
        let key = trusted_key(&jws.header["x5c"], &anchors, now);
        let fresh = jws.payload["exp"].as_u64().unwrap() > now;
        key.and_then(|key| jws.verify(&key)).is_ok()
            && jws.typ() == Some("openidvci-issuer-metadata+jwt")
            && jws.payload["sub"] == parties.issuer.identifier()
            && jws.payload["credential_issuer"] == parties.issuer.identifier()
            && fresh
    };
    assert!(check(None));
    for fault in [
        MetadataFault::UntrustedSigner,
        MetadataFault::WrongSubject,
        MetadataFault::WrongTyp,
        MetadataFault::BadSignature,
        MetadataFault::Expired,
        MetadataFault::WrongIssuer,
    ] {
        assert!(!check(Some(fault)), "{fault:?}");
    }
    assert!(get_accepting(&url, "application/json").1["credential_issuer"].is_string());
}

fn provider(parties: &Parties) -> Leaf {
    let profile = LeafProfile::Issuer {
        common_name: "Fictional Provider".into(),
        uri: None,
    };
    parties.attestation_authority.issue_leaf(&profile).unwrap()
}

fn attest(provider: &Leaf, typ: &str, payload: &Value) -> String {
    let header = json!({"typ": typ, "x5c": provider.x5c()});
    jws::sign(&object(&header), &object(payload), &provider.key)
}

#[test]
fn a_wallet_is_attested_with_a_challenge_of_the_server() {
    let parties = Parties::start().unwrap();
    parties.issuer.configure(IssuerOptions {
        wallet_attestation: Support::Required,
        attestation_challenge: true,
        ..IssuerOptions::default()
    });
    let (instance, provider) = (EcKey::generate().unwrap(), provider(&parties));
    let at = parties.issuer.identifier();
    let attestation = |exp: u64| {
        let payload = json!({"sub": "a-wallet", "exp": exp, "cnf": {"jwk": instance.public_jwk()}});
        attest(&provider, "oauth-client-attestation+jwt", &payload)
    };
    let proof = |audience: &str, challenge: Option<&str>| {
        let mut payload =
            json!({"aud": audience, "jti": random_token().unwrap(), "iat": unix_now()});
        if let Some(challenge) = challenge {
            payload["challenge"] = challenge.into();
        }
        let header = json!({"typ": "oauth-client-attestation-pop+jwt"});
        jws::sign(&object(&header), &object(&payload), &instance)
    };
    let link = parties.issuer.offer(&OfferOptions::default()).unwrap();
    let receiving = Receiving::open(&link.uri);
    let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    let code = receiving.offer["grants"][grant]["pre-authorized_code"]
        .as_str()
        .unwrap();
    let body = form(&[("grant_type", grant), ("pre-authorized_code", code)]);
    let ask = |attestation: String, proof: String| -> (holder::Answer, Map<String, Value>) {
        let headers = [
            (
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
            ("oauth-client-attestation", attestation),
            ("oauth-client-attestation-pop", proof),
        ];
        post_with(&receiving.token_endpoint, &headers, &body)
    };
    let later = unix_now() + 300;
    let ((status, answer), headers) = ask(attestation(later), proof(at, None));
    assert_eq!(
        (status, &answer["error"]),
        (400, &json!("use_attestation_challenge"))
    );
    assert!(headers.contains_key("oauth-client-attestation-challenge"));
    let challenge = post_form(&format!("{at}/challenge"), &[]).1["attestation_challenge"].clone();
    let challenge = challenge.as_str();
    assert_eq!(ask(attestation(1), proof(at, challenge)).0.0, 401);
    assert_eq!(
        ask(
            attestation(later),
            proof("https://other.example", challenge)
        )
        .0
        .0,
        401
    );
    assert_eq!(
        ask(attestation(later), dpop(&instance, at, None, None)).0.0,
        401
    );
    assert_eq!(ask(attestation(later), proof(at, challenge)).0.0, 200);
    assert_eq!(
        post_with(
            &receiving.token_endpoint,
            &[("content-type", "application/x-www-form-urlencoded".into())],
            &body
        )
        .0
        .0,
        401
    );
}

#[test]
fn keys_are_attested_in_the_header_of_a_proof_or_as_the_proof() {
    let parties = Parties::start().unwrap();
    let required = IssuerOptions {
        key_attestation: Support::Required,
        ..IssuerOptions::default()
    };
    parties.issuer.configure(required);
    let (receiving, (status, body)) = received(&parties, &OfferOptions::default());
    assert_eq!((status, &body["error"]), (400, &json!("invalid_proof")));
    let provider = provider(&parties);
    let (key, other) = (EcKey::generate().unwrap(), EcKey::generate().unwrap());
    let attested = |keys: &[&EcKey], nonce: &str| {
        let keys: Vec<Value> = keys.iter().map(|key| key.public_jwk()).collect();
        let payload = json!({"iat": unix_now(), "exp": unix_now() + 60, "attested_keys": keys, "nonce": nonce});
        attest(&provider, "key-attestation+jwt", &payload)
    };
    let jwt = |attestation: String, nonce: &str| {
        let header = json!({"typ": "openid4vci-proof+jwt", "jwk": key.public_jwk(), "key_attestation": attestation});
        let payload =
            json!({"aud": parties.issuer.identifier(), "iat": unix_now(), "nonce": nonce});
        jws::sign(&object(&header), &object(&payload), &key)
    };
    let nonce = receiving.nonce();
    assert_eq!(
        receiving
            .order(ORDER, &[jwt(attested(&[&other], &nonce), &nonce)])
            .0,
        400
    );
    assert_eq!(
        receiving
            .order(ORDER, &[jwt(attested(&[&key], "old"), &nonce)])
            .0,
        400
    );
    let (status, body) = receiving.order(ORDER, &[jwt(attested(&[&other, &key], &nonce), &nonce)]);
    assert_eq!(
        (status, body["credentials"].as_array().unwrap().len()),
        (200, 2)
    );

    let nonce = receiving.nonce();
    let endpoint = receiving.issuer["credential_endpoint"].as_str().unwrap();
    let body = json!({"credential_configuration_id": "resident_card", "proofs": {"attestation": [attested(&[&key, &other], &nonce)]}});
    let (status, body) = post_json(endpoint, receiving.token.as_deref(), &body);
    assert_eq!(
        (status, body["credentials"].as_array().unwrap().len()),
        (200, 2)
    );
}

#[test]
fn a_card_says_something_else_from_now_on() {
    let parties = Parties::start().unwrap();
    let seen = || {
        let (_, (_, body)) = received(&parties, &OfferOptions::default());
        let text = body["credentials"][0]["credential"]
            .as_str()
            .unwrap()
            .to_owned();
        let anchors = [parties.issuer_authority.der().to_vec()];
        let check = wallet_parties::sd_jwt::PresentationCheck {
            trust: wallet_parties::sd_jwt::IssuerTrust::Anchors(&anchors),
            key_binding: None,
            at: unix_now(),
        };
        wallet_parties::sd_jwt::verify(&text, &check)
            .unwrap()
            .claims
    };
    assert_eq!(seen()["nationality"], "KR");
    let card = CardOptions {
        claims: object(&json!({"nationality": "UT"})),
        lifetime: Some(3600),
        ..CardOptions::default()
    };
    parties.issuer.change("resident_card", card);
    let claims = seen();
    assert_eq!(claims["nationality"], "UT");
    assert!(claims["exp"].as_u64().unwrap() <= unix_now() + 3600);
}
