//! The issuer, over real HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{Receiving, get, get_bytes, object, post_json};
use serde_json::{Value, json};
use wallet_parties::issuer::{Fault, OfferBy, OfferOptions};
use wallet_parties::sd_jwt::{IssuerTrust, PresentationCheck, verify};
use wallet_parties::{EcKey, Parties, jws, sha256, unix_now};

fn check(parties: &Parties, credential: &str) -> wallet_parties::Result<Value> {
    let anchors = [parties.issuer_authority.der().to_vec()];
    let check = PresentationCheck {
        trust: IssuerTrust::Anchors(&anchors),
        key_binding: None,
        at: unix_now(),
    };
    Ok(verify(credential, &check)?.claims)
}

fn receive(
    parties: &Parties,
    options: &OfferOptions,
    copies: usize,
) -> (Receiving, Vec<EcKey>, holder::Answer) {
    let link = parties.issuer.offer(options).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    assert_eq!(receiving.ask_token(link.tx_code.as_deref()).0, 200);
    let keys: Vec<EcKey> = (0..copies).map(|_| EcKey::generate().unwrap()).collect();
    let nonce = receiving.nonce();
    let proofs: Vec<String> = keys
        .iter()
        .map(|key| receiving.proof(key, &nonce))
        .collect();
    let id = &options.configurations[0];
    let identifier = format!("{id}:1");
    let what = if options.credential_identifiers {
        ("credential_identifier", identifier.as_str())
    } else {
        ("credential_configuration_id", id.as_str())
    };
    let answer = receiving.order(what, &proofs);
    (receiving, keys, answer)
}

/// Those that are SD-JWT VCs; tests/ldp_vc.rs is about the others.
fn bound_cards(parties: &Parties) -> Vec<&'static str> {
    let mut all = parties.issuer.configurations();
    all.retain(|id| parties.issuer.vct(id).is_some());
    all
}

#[test]
fn a_batch_of_each_card_is_issued_and_acknowledged() {
    let parties = Parties::start().unwrap();
    for id in bound_cards(&parties) {
        for (by, tx_code, credential_identifiers) in [
            (OfferBy::Value, false, false),
            (OfferBy::Reference, true, true),
        ] {
            let options = OfferOptions {
                by,
                tx_code,
                credential_identifiers,
                ..OfferOptions::of(id)
            };
            let (receiving, keys, (status, body)) = receive(&parties, &options, 3);
            assert_eq!(status, 200, "{body}");
            for (key, credential) in keys.iter().zip(body["credentials"].as_array().unwrap()) {
                let claims = check(&parties, credential["credential"].as_str().unwrap()).unwrap();
                assert_eq!(claims["cnf"]["jwk"], key.public_jwk());
                assert_eq!(claims["vct"], json!(parties.issuer.vct(id)));
                for (name, value) in parties.issuer.claims(id).unwrap().as_object().unwrap() {
                    assert_eq!(&claims[name], value);
                }
            }
            let notification = body["notification_id"].as_str().unwrap();
            assert_eq!(receiving.notify("unknown", "credential_accepted").0, 400);
            assert_eq!(receiving.notify(notification, "made_up").0, 400);
            assert_eq!(receiving.notify(notification, "credential_accepted").0, 204);
        }
    }
    assert_eq!(parties.issuer.notifications().len(), 4);
    assert_eq!(parties.issuer.issued(), 12);
}

#[test]
fn a_code_is_good_for_one_token_and_a_wrong_transaction_code_for_none() {
    let parties = Parties::start().unwrap();
    let options = OfferOptions {
        tx_code: true,
        ..OfferOptions::default()
    };
    let link = parties.issuer.offer(&options).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    let error = |answer: holder::Answer| (answer.0, answer.1["error"].as_str().unwrap().to_owned());
    assert_eq!(
        error(receiving.ask_token(None)),
        (400, "invalid_request".into())
    );
    assert_eq!(
        error(receiving.ask_token(Some("abc"))),
        (400, "invalid_grant".into())
    );
    assert_eq!(receiving.ask_token(link.tx_code.as_deref()).0, 200);
    assert_eq!(
        error(receiving.ask_token(link.tx_code.as_deref())),
        (400, "invalid_grant".into())
    );

    let link = parties.issuer.offer(&options).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    for _ in 0..5 {
        receiving.ask_token(Some("abc"));
    }
    assert_eq!(
        error(receiving.ask_token(link.tx_code.as_deref())),
        (400, "invalid_grant".into())
    );
}

#[test]
fn a_proof_that_breaks_one_rule_is_refused() {
    let parties = Parties::start().unwrap();
    let link = parties.issuer.offer(&OfferOptions::default()).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    receiving.ask_token(None);
    let key = EcKey::generate().unwrap();
    let what = ("credential_configuration_id", "resident_card");
    let order = |header: Value, payload: Value| {
        let proof = jws::sign(&object(&header), &object(&payload), &key);
        let (status, body) = receiving.order(what, &[proof]);
        assert_eq!(status, 400);
        body["error"].as_str().unwrap().to_owned()
    };
    let nonce = receiving.nonce();
    let header = json!({"typ": "openid4vci-proof+jwt", "jwk": key.public_jwk()});
    let payload = json!({"aud": parties.issuer.identifier(), "iat": unix_now(), "nonce": nonce});
    let with = |object: &Value, name: &str, value: Value| {
        let mut changed = object.clone();
        changed[name] = value;
        changed
    };
    let stranger = EcKey::generate().unwrap().public_jwk();
    for header in [
        with(&header, "typ", json!("JWT")),
        with(&header, "jwk", stranger),
        with(&header, "kid", json!("also")),
        with(&header, "jwk", with(&key.public_jwk(), "d", json!("AAAA"))),
        with(&header, "alg", json!("none")),
        with(&header, "crit", json!(["x"])),
    ] {
        assert_eq!(order(header, payload.clone()), "invalid_proof");
    }
    let endpoint = format!("{}/credential", parties.issuer.identifier());
    for payload in [
        with(&payload, "aud", json!(endpoint)),
        with(&payload, "iat", json!(unix_now() - 4000)),
        with(&payload, "iss", json!("someone")),
        with(&payload, "nonce", Value::Null),
    ] {
        assert_eq!(order(header.clone(), payload), "invalid_proof");
    }
    let unknown = with(&payload, "nonce", json!("unknown"));
    assert_eq!(order(header, unknown), "invalid_nonce");

    // Two proofs for one key, no proof, too many of them, the wrong kind of identifier, no token; then a nonce used up.
    let proof = receiving.proof(&key, &nonce);
    let error = |answer: holder::Answer| answer.1["error"].as_str().unwrap().to_owned();
    assert_eq!(
        error(receiving.order(what, &[proof.clone(), proof.clone()])),
        "invalid_proof"
    );
    assert_eq!(error(receiving.order(what, &[])), "invalid_proof");
    assert_eq!(
        error(receiving.order(what, &vec![proof.clone(); 11])),
        "invalid_proof"
    );
    let identifier = ("credential_identifier", "resident_card:1");
    assert_eq!(
        error(receiving.order(identifier, std::slice::from_ref(&proof))),
        "invalid_credential_request"
    );
    let other = ("credential_configuration_id", "driving_licence");
    assert_eq!(
        error(receiving.order(other, std::slice::from_ref(&proof))),
        "unknown_credential_configuration"
    );
    let endpoint = receiving.issuer["credential_endpoint"].as_str().unwrap();
    assert_eq!(post_json(endpoint, Some("guess"), &json!({})).0, 401);
    assert_eq!(receiving.order(what, std::slice::from_ref(&proof)).0, 200);
    assert_eq!(error(receiving.order(what, &[proof])), "invalid_nonce");
}

#[test]
fn every_fault_is_one() {
    let parties = Parties::start().unwrap();
    let ordered = |fault, copies| {
        let options = OfferOptions {
            fault: Some(fault),
            ..OfferOptions::default()
        };
        receive(&parties, &options, copies)
    };
    for fault in [
        Fault::BadSignature,
        Fault::Expired,
        Fault::NotYetValid,
        Fault::UntrustedSigner,
        Fault::RepeatedDigest,
    ] {
        let (_, _, (status, body)) = ordered(fault, 1);
        assert_eq!(status, 200);
        let credential = body["credentials"][0]["credential"].as_str().unwrap();
        assert!(check(&parties, credential).is_err(), "{fault:?}");
    }
    let claims = |fault| {
        let (_, keys, (_, body)) = ordered(fault, 1);
        let credential = body["credentials"][0]["credential"].as_str().unwrap();
        (check(&parties, credential).unwrap(), keys[0].public_jwk())
    };
    let (seen, key) = claims(Fault::WrongKey);
    assert_ne!(seen["cnf"]["jwk"], key);
    let (seen, _) = claims(Fault::WrongType);
    assert_ne!(seen["vct"], json!(parties.issuer.vct("resident_card")));
    let document = get_bytes(&parties.issuer.vct("resident_card").unwrap());
    let (seen, _) = claims(Fault::WrongTypeIntegrity);
    assert_ne!(seen["vct#integrity"], json!(integrity(&document)));

    let (_, _, (_, body)) = ordered(Fault::OneBadCopy, 3);
    let sound: Vec<bool> = body["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| check(&parties, c["credential"].as_str().unwrap()).is_ok())
        .collect();
    assert_eq!(sound, [true, true, false]);
    let (_, _, (_, body)) = ordered(Fault::OneCopyMissing, 3);
    assert_eq!(body["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(ordered(Fault::ServerError, 1).2.0, 500);

    for (fault, second) in [(Fault::StaleNonce, 200), (Fault::AlwaysStaleNonce, 400)] {
        let (receiving, keys, (status, body)) = ordered(fault, 1);
        assert_eq!((status, &body["error"]), (400, &json!("invalid_nonce")));
        let proof = receiving.proof(&keys[0], &receiving.nonce());
        let again = receiving.order(("credential_configuration_id", "resident_card"), &[proof]);
        assert_eq!(again.0, second);
    }
}

fn integrity(document: &[u8]) -> String {
    use base64ct::Encoding;
    format!(
        "sha256-{}",
        base64ct::Base64::encode_string(&sha256(document))
    )
}

#[test]
fn type_metadata_and_pictures_have_the_integrity_that_is_claimed() {
    let parties = Parties::start().unwrap();
    for id in bound_cards(&parties) {
        let vct = parties.issuer.vct(id).unwrap();
        let document = get(&vct).1;
        assert_eq!(document["vct"], json!(vct));
        let parent = get_bytes(document["extends"].as_str().unwrap());
        assert_eq!(document["extends#integrity"], json!(integrity(&parent)));
        for display in document["display"].as_array().unwrap() {
            let logo = &display["rendering"]["simple"]["logo"];
            let picture = get_bytes(logo["uri"].as_str().unwrap());
            assert!(picture.starts_with(b"\x89PNG"));
            assert_eq!(logo["uri#integrity"], json!(integrity(&picture)));
        }
        let (_, _, (_, body)) = receive(&parties, &OfferOptions::of(id), 1);
        let claims = check(
            &parties,
            body["credentials"][0]["credential"].as_str().unwrap(),
        )
        .unwrap();
        assert_eq!(claims["vct#integrity"], json!(integrity(&get_bytes(&vct))));
    }
}

#[test]
fn requests_are_recorded_by_method_path_and_header_names_only() {
    let parties = Parties::start().unwrap();
    receive(&parties, &OfferOptions::default(), 1);
    let seen = parties.issuer.requests();
    let lines: Vec<String> = seen
        .iter()
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    assert_eq!(
        lines,
        [
            "GET /.well-known/openid-credential-issuer/civil-registry",
            "GET /.well-known/oauth-authorization-server/civil-registry",
            "POST /civil-registry/token",
            "POST /civil-registry/nonce",
            "POST /civil-registry/credential",
        ]
    );
    assert!(seen[4].headers.contains(&"authorization".to_owned()));
    assert!(!format!("{seen:?}").contains("Bearer"));
    let control = format!("{}/control/requests", parties.issuer.base_url());
    assert_eq!(get(&control).1.as_array().unwrap().len(), 5);
}

#[test]
fn a_port_is_free_again_after_the_drop() {
    // Somebody else may be given the port at once: not each time.
    let is_free_after_the_drop = || {
        let parties = Parties::start().unwrap();
        let url = parties.issuer.base_url();
        let address = url.trim_start_matches("http://").to_owned();
        assert!(std::net::TcpStream::connect(&address).is_ok());
        drop(parties);
        std::net::TcpStream::connect(&address).is_err()
    };
    assert!((0..5).any(|_| is_free_after_the_drop()));
}
