//! Commitments to a holder's secrets over real HTTP: what the issuer takes, and what it refuses.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use holder::{Receiving, object};
use serde_json::{Value, json};
use wallet_bbs::{Commitment, Message, ProverNyms, PseudonymRevision, Suite};
use wallet_parties::issuer::{Issuer, IssuerOptions, OfferOptions};
use wallet_parties::{EcKey, Parties, base64url, jws, unix_now};

const BOUND: (&str, &str) = ("citizen_id_bound", "anonymous_holder_binding");
const VOTER: (&str, &str) = ("citizen_id_pseudonym", "holder_binding_pseudonym");
const PROOF_TYPE: &str = "https://citizenwallet.example/proof-types/bbs-commitment/v1";

fn commitment((_, feature): (&str, &str)) -> Vec<u8> {
    let messages = [Message::Bytes(&[7; 32])];
    let made = match feature {
        "anonymous_holder_binding" => Commitment::new(Suite::Sha256, &messages),
        _ => {
            let nyms = ProverNyms::random(PseudonymRevision::Draft01).unwrap();
            Commitment::with_nym(Suite::Sha256, &messages, &nyms)
        }
    };
    made.unwrap().0.to_bytes()
}

/// Orders a card with a commitment in a JWS that was changed.
fn order(
    issuer: &Issuer,
    card: (&str, &str),
    commitment: &[u8],
    change: impl FnOnce(&mut Value, &mut Value),
) -> (u16, Value) {
    let link = issuer.offer(&OfferOptions::of(card.0)).unwrap();
    let mut receiving = Receiving::open(&link.uri);
    receiving.ask_token(None);
    let key = EcKey::generate().unwrap();
    let mut header = json!({"typ": "bbs-commitment+jwt", "alg": "ES256", "jwk": key.public_jwk()});
    let mut payload = json!({
        "aud": issuer.identifier(), "iat": unix_now(), "nonce": receiving.nonce(),
        "commitment": base64url(commitment), "bbs_feature": card.1,
    });
    change(&mut header, &mut payload);
    let proof = jws::sign(&object(&header), &object(&payload), &key);
    receiving.order_with(card.0, &json!({ PROOF_TYPE: [proof] }))
}

#[test]
fn a_commitment_is_signed_with_the_claims() {
    let parties = Parties::start().unwrap();
    for card in [BOUND, VOTER] {
        let (status, body) = order(&parties.issuer, card, &commitment(card), |_, _| {});
        assert_eq!(status, 200, "{body}");
        let credential = &body["credentials"][0]["credential"];
        assert_eq!(credential["proof"]["cryptosuite"], "bbs-2023");
    }
}

#[test]
fn a_commitment_for_another_occasion_or_of_another_form_is_refused() {
    let parties = Parties::start().unwrap();
    let refused = |change: fn(&mut Value, &mut Value)| {
        let (status, body) = order(&parties.issuer, BOUND, &commitment(BOUND), change);
        assert_eq!(status, 400);
        body["error"].as_str().unwrap().to_owned()
    };
    for change in [
        (|_, payload| payload["aud"] = "https://other.example".into()) as fn(&mut _, &mut Value),
        |_, payload| payload["iat"] = (unix_now() - 3600).into(),
        |_, payload| payload["iss"] = "somebody".into(),
        |_, payload| payload["bbs_feature"] = "holder_binding_pseudonym".into(),
        |_, payload| payload["commitment"] = base64url(&[0; 144]).into(),
        |_, payload| payload["commitment"] = Value::Null,
        |header: &mut Value, _| header["typ"] = "openid4vci-proof+jwt".into(),
        |header, _| header["jwk"] = EcKey::generate().unwrap().public_jwk(),
    ] {
        assert_eq!(refused(change), "invalid_proof");
    }
    let nonce = refused(|_, payload| payload["nonce"] = "never-given".into());
    assert_eq!(nonce, "invalid_nonce");
}

#[test]
fn a_commitment_that_was_tampered_with_is_not_signed() {
    let parties = Parties::start().unwrap();
    let mut tampered = commitment(BOUND);
    // The last byte is of the challenge.
    *tampered.last_mut().unwrap() ^= 1;
    let (status, body) = order(&parties.issuer, BOUND, &tampered, |_, _| {});
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("credential_request_denied"))
    );
    // That of another suite, or to another number of secrets.
    let other = Commitment::new(Suite::Shake256, &[Message::Bytes(&[7; 32])])
        .unwrap()
        .0;
    let more = [Message::Bytes(&[7; 32]), Message::Bytes(&[8; 32])];
    let more = Commitment::new(Suite::Sha256, &more).unwrap().0;
    for wrong in [other.to_bytes(), more.to_bytes()] {
        let (status, _) = order(&parties.issuer, BOUND, &wrong, |_, _| {});
        assert_eq!(status, 400);
    }
}

#[test]
fn a_citizen_has_one_secret_unless_the_issuer_is_careless() {
    let parties = Parties::start().unwrap();
    let (one, other) = (commitment(VOTER), commitment(VOTER));
    let comes = |with: &[u8]| order(&parties.issuer, VOTER, with, |_, _| {}).0;
    // Who does not know what is in it takes nobody's place.
    let mut tampered = other.clone();
    *tampered.last_mut().unwrap() ^= 1;
    assert_eq!(comes(&tampered), 400);
    assert_eq!(comes(&one), 200);
    assert_eq!(comes(&one), 200);
    assert_eq!(comes(&other), 400);
    assert_eq!(comes(&one), 200);
    parties.issuer.configure(IssuerOptions {
        careless_enrolment: true,
        ..IssuerOptions::default()
    });
    assert_eq!(comes(&other), 200);
}
