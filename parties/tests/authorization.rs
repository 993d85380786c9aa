//! The issuer's authorization server: code flow, DPoP, refresh tokens.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{dpop, form, get, parameters, post_with};
use serde_json::{Map, Value, json};
use wallet_parties::control::browse;
use wallet_parties::issuer::{Fault, IssuerOptions, OfferGrant, OfferOptions, Support};
use wallet_parties::{EcKey, Parties, base64url, sha256};

const VERIFIER: &str = "a-code-verifier-of-the-least-length-there-is-43";
const BACK: &str = "https://wallet.example/back";

fn offer(parties: &Parties, fault: Option<Fault>) -> String {
    let options = OfferOptions {
        grant: OfferGrant::AuthorizationCode,
        fault,
        ..OfferOptions::default()
    };
    let link = parties.issuer.offer(&options).unwrap().uri;
    let offer = parameters(&link)["credential_offer"]
        .as_str()
        .unwrap()
        .to_owned();
    let offer: Value = serde_json::from_str(&offer).unwrap();
    let state = &offer["grants"]["authorization_code"]["issuer_state"];
    state.as_str().unwrap().to_owned()
}

fn request(issuer_state: &str) -> Vec<(&'static str, String)> {
    vec![
        ("response_type", "code".into()),
        ("client_id", "a-wallet".into()),
        ("redirect_uri", BACK.into()),
        ("code_challenge", base64url(&sha256(VERIFIER.as_bytes()))),
        ("code_challenge_method", "S256".into()),
        ("scope", "resident_card".into()),
        ("state", "s-1".into()),
        ("issuer_state", issuer_state.into()),
    ]
}

fn send(
    url: &str,
    members: &[(&str, String)],
    proof: Option<String>,
) -> (holder::Answer, Map<String, Value>) {
    let members: Vec<(&str, &str)> = members.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut headers = vec![(
        "content-type",
        "application/x-www-form-urlencoded".to_owned(),
    )];
    headers.extend(proof.map(|proof| ("dpop", proof)));
    post_with(url, &headers, &form(&members))
}

/// Pushes, browses, and gives the answer's parameters.
fn authorize(parties: &Parties, issuer_state: &str, proof: Option<String>) -> Map<String, Value> {
    let at = parties.issuer.identifier();
    let ((status, body), _) = send(&format!("{at}/par"), &request(issuer_state), proof);
    assert_eq!(status, 201, "{body}");
    let uri = form(&[
        ("client_id", "a-wallet"),
        ("request_uri", body["request_uri"].as_str().unwrap()),
    ]);
    let back = browse(&format!("{at}/authorize?{uri}")).unwrap();
    assert!(back.starts_with(BACK));
    // A pushed request is good once.
    assert!(browse(&format!("{at}/authorize?{uri}")).is_err());
    parameters(&back)
}

fn exchange(code: &Value) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".into()),
        ("client_id", "a-wallet".into()),
        ("code", code.as_str().unwrap().into()),
        ("redirect_uri", BACK.into()),
        ("code_verifier", VERIFIER.into()),
    ]
}

#[test]
fn a_code_is_exchanged_once_by_who_asked_for_it() {
    let parties = Parties::start().unwrap();
    let token = format!("{}/token", parties.issuer.identifier());
    let answer = authorize(&parties, &offer(&parties, None), None);
    assert_eq!(answer["state"], "s-1");
    assert_eq!(answer["iss"], parties.issuer.identifier());
    let ((status, body), _) = send(&token, &exchange(&answer["code"]), None);
    assert_eq!((status, &body["token_type"]), (200, &json!("Bearer")));
    // The same code again costs the token as well.
    let ((status, again), _) = send(&token, &exchange(&answer["code"]), None);
    assert_eq!((status, &again["error"]), (400, &json!("invalid_grant")));
    let notify = format!("{}/notification", parties.issuer.identifier());
    let refused = holder::post_json(&notify, body["access_token"].as_str(), &json!({}));
    assert_eq!(refused.0, 401);

    for (name, wrong) in [
        (
            "code_verifier",
            "another-verifier-that-is-long-enough-to-be-one",
        ),
        ("redirect_uri", "https://other.example"),
        ("client_id", "another"),
    ] {
        let answer = authorize(&parties, &offer(&parties, None), None);
        let mut members = exchange(&answer["code"]);
        members.retain(|(n, _)| *n != name);
        members.push((name, wrong.into()));
        let ((status, body), _) = send(&token, &members, None);
        assert_eq!(
            (status, &body["error"]),
            (400, &json!("invalid_grant")),
            "{name}"
        );
    }
}

#[test]
fn a_request_without_s256_or_for_what_was_not_offered_is_refused() {
    let parties = Parties::start().unwrap();
    let par = format!("{}/par", parties.issuer.identifier());
    for (name, wrong) in [
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("response_type", "token"),
        ("scope", "unheard_of"),
        (
            "authorization_details",
            r#"[{"type":"openid_credential","credential_configuration_id":"resident_card"}]"#,
        ),
    ] {
        let mut members = request("unknown");
        members.retain(|(n, _)| *n != name);
        members.push((name, wrong.into()));
        assert_eq!(send(&par, &members, None).0.0, 400, "{name}");
    }
    parties.issuer.configure(IssuerOptions {
        require_par: true,
        ..IssuerOptions::default()
    });
    let members = request(&offer(&parties, None));
    let members: Vec<(&str, &str)> = members.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let direct = format!(
        "{}/authorize?{}",
        parties.issuer.identifier(),
        form(&members)
    );
    assert!(browse(&direct).is_err());
    parties.issuer.configure(IssuerOptions::default());
    assert!(browse(&direct).is_ok());
}

#[test]
fn every_fault_of_the_authorization_answer_is_one() {
    let parties = Parties::start().unwrap();
    let answer = |fault| authorize(&parties, &offer(&parties, Some(fault)), None);
    assert!(!answer(Fault::NoState).contains_key("state"));
    assert_ne!(answer(Fault::WrongState)["state"], "s-1");
    assert!(!answer(Fault::NoIss).contains_key("iss"));
    assert_ne!(answer(Fault::WrongIss)["iss"], parties.issuer.identifier());
    let denied = answer(Fault::AuthorizationDenied);
    assert_eq!(denied["error"], "access_denied");
    assert!(!denied.contains_key("code"));
}

#[test]
fn tokens_are_bound_to_the_dpop_key_and_every_proof_is_fresh() {
    let parties = Parties::start().unwrap();
    parties.issuer.configure(IssuerOptions {
        dpop: Support::Required,
        dpop_nonce: true,
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    let at = parties.issuer.identifier();
    let (par, token) = (format!("{at}/par"), format!("{at}/token"));
    let (key, other) = (EcKey::generate().unwrap(), EcKey::generate().unwrap());
    let state = offer(&parties, None);
    assert_eq!(
        send(&par, &request(&state), None).0.1["error"],
        "invalid_dpop_proof"
    );
    let ((status, body), headers) =
        send(&par, &request(&state), Some(dpop(&key, &par, None, None)));
    assert_eq!((status, &body["error"]), (400, &json!("use_dpop_nonce")));
    let nonce = headers["dpop-nonce"].as_str().unwrap();
    let answer = authorize(&parties, &state, Some(dpop(&key, &par, None, Some(nonce))));

    let fresh = || {
        let (_, headers) = send(&token, &[], Some(dpop(&key, &token, None, None)));
        headers["dpop-nonce"].as_str().unwrap().to_owned()
    };
    let wrong_url = dpop(&key, &par, None, Some(&fresh()));
    assert_eq!(
        send(&token, &exchange(&answer["code"]), Some(wrong_url))
            .0
            .1["error"],
        "invalid_dpop_proof"
    );
    let proof = dpop(&key, &token, None, Some(&fresh()));
    let ((status, body), _) = send(&token, &exchange(&answer["code"]), Some(proof.clone()));
    assert_eq!(
        (status, &body["token_type"]),
        (200, &json!("DPoP")),
        "{body}"
    );
    assert_eq!(
        send(&token, &[], Some(proof)).0.1["error"],
        "invalid_dpop_proof"
    );

    // The access token alone, with another key, and without its hash, is worth nothing.
    let notify = format!("{at}/notification");
    let access = body["access_token"].as_str().unwrap();
    let ask = |scheme: &str, proof: Option<String>| {
        let mut headers = vec![("authorization", format!("{scheme} {access}"))];
        headers.extend(proof.map(|proof| ("dpop", proof)));
        post_with(&notify, &headers, "").0
    };
    assert_eq!(ask("Bearer", None).0, 401);
    assert_eq!(
        ask(
            "DPoP",
            Some(dpop(&other, &notify, Some(access), Some(&fresh())))
        )
        .0,
        401
    );
    assert_eq!(
        ask("DPoP", Some(dpop(&key, &notify, None, Some(&fresh())))).0,
        400
    );
    let known = ask(
        "DPoP",
        Some(dpop(&key, &notify, Some(access), Some(&fresh()))),
    );
    assert_eq!(known.1["error"], "invalid_notification_request");

    // A refresh token is good once, for the same key.
    let refresh = |text: &Value, key: &EcKey| {
        let members = [
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", "a-wallet".into()),
            ("refresh_token", text.as_str().unwrap().into()),
        ];
        send(
            &token,
            &members,
            Some(dpop(key, &token, None, Some(&fresh()))),
        )
        .0
    };
    let first = &body["refresh_token"];
    assert_eq!(refresh(first, &other).1["error"], "invalid_grant");
    let (status, second) = refresh(first, &key);
    assert_eq!(status, 200, "{second}");
    assert_ne!(second["refresh_token"], *first);
    assert_eq!(refresh(first, &key).1["error"], "invalid_grant");
    assert_eq!(refresh(&second["refresh_token"], &key).0, 200);
}

#[test]
fn metadata_say_what_is_demanded() {
    let parties = Parties::start().unwrap();
    let at = |name: &str| {
        format!(
            "{}/.well-known/{name}/civil-registry",
            parties.issuer.base_url()
        )
    };
    let server = || get(&at("oauth-authorization-server")).1;
    assert!(server()["dpop_signing_alg_values_supported"].is_null());
    parties.issuer.configure(IssuerOptions {
        dpop: Support::Supported,
        wallet_attestation: Support::Required,
        attestation_challenge: true,
        second_server: true,
        ..IssuerOptions::default()
    });
    let document = server();
    assert_eq!(
        document["token_endpoint_auth_methods_supported"],
        json!(["attest_jwt_client_auth"])
    );
    assert!(document["challenge_endpoint"].is_string());
    let issuer = get(&at("openid-credential-issuer")).1;
    assert_eq!(issuer["authorization_servers"].as_array().unwrap().len(), 2);
    let second = issuer["authorization_servers"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let path = second.strip_prefix(parties.issuer.base_url()).unwrap();
    let url = format!(
        "{}/.well-known/oauth-authorization-server{path}",
        parties.issuer.base_url()
    );
    assert_eq!(get(&url).1["issuer"], second);
}
