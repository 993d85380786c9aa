//! The whole way, with an issuer nothing is wrong with: what is sent, and what comes out.

use super::issuer::{
    CREDENTIAL, ISSUER, METADATA_URL, NONCE, SERVER_URL, TOKEN, TestKey, VCT, World, proofs,
};
use super::scripted::{body_form, body_object, header, json};
use crate::error::ErrorCode;
use crate::http::{Method, Purpose};
use crate::issuance::{CredentialOffer, OfferLink, OfferedIssuance, lookup};
use pollster::block_on;
use serde_json::json as value;

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

#[test]
fn a_credential_is_received_with_exactly_these_requests() {
    let mut world = World::new();
    let keys = TestKey::several(1);
    let received = world.receive(&keys).unwrap();
    assert_eq!(received.copies.len(), 1);
    let copy = &received.copies[0];
    assert_eq!(copy.credential.credential_type(), VCT);
    assert_eq!(copy.credential.claims()["given_name"], "Minji");
    assert_eq!(copy.key.as_ref(), Some(keys[0].id()));
    assert_eq!(
        world.http.urls(),
        [METADATA_URL, SERVER_URL, TOKEN, NONCE, CREDENTIAL]
    );
    let purposes: Vec<_> = world
        .http
        .log()
        .iter()
        .map(|request| request.purpose)
        .collect();
    use Purpose::{Credential, Metadata, Token};
    assert_eq!(
        purposes,
        [Metadata, Metadata, Token, Credential, Credential]
    );
}

// shows: VCI 19
#[test]
fn the_token_request_has_the_code_and_no_client_id_where_anonymous() {
    let mut world = World::new();
    world.settings.client_id = Some("wallet".to_owned());
    world.authorized().unwrap();
    let form = body_form(&world.http.requests(TOKEN)[0]);
    let expected = [
        ("grant_type", PRE_AUTHORIZED),
        ("pre-authorized_code", "oaKazRN8I0IbtZ0C7JuMn5"),
    ];
    assert_eq!(
        form,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

// shows: VCI 22, VCI 30
#[test]
fn a_named_client_says_its_name_in_the_token_request_and_the_proof() {
    let mut world = World::new();
    world.settings.client_id = Some("wallet".to_owned());
    world.server["pre-authorized_grant_anonymous_access_supported"] = value!(false);
    let received = world.receive(&TestKey::several(1)).unwrap();
    let form = body_form(&world.http.requests(TOKEN)[0]);
    assert!(form.contains(&("client_id".to_owned(), "wallet".to_owned())));
    assert_eq!(
        proofs(&world.http.requests(CREDENTIAL)[0])[0].payload["iss"],
        "wallet"
    );
    assert_eq!(received.context.client_id.as_deref(), Some("wallet"));
}

// shows: VCI 26, VCI 45, HAIP 9
#[test]
fn the_nonce_is_asked_for_without_body_and_token_each_time() {
    let mut world = World::new();
    let authorized = world.authorized().unwrap();
    for _ in 0..2 {
        let order = &authorized.orders()[0];
        block_on(authorized.request(&world.ports(), order, &TestKey::several(1))).unwrap();
    }
    let requests = world.http.requests(NONCE);
    assert_eq!(
        requests.len(),
        2,
        "a nonce is never kept for a second request"
    );
    for request in requests {
        assert_eq!(request.method, Method::Post);
        assert!(request.body.is_empty() && header(&request, "authorization").is_none());
    }
}

// shows: VCI 28, VCI 29, VCI 30, VCI 32
#[test]
fn the_proof_says_what_the_standard_asks_and_no_more() {
    let mut world = World::new();
    world.receive(&TestKey::several(1)).unwrap();
    let request = &world.http.requests(CREDENTIAL)[0];
    assert_eq!(
        header(request, "authorization"),
        Some("Bearer czZCaGRSa3F0MzpnWDFmQmF0M2JW")
    );
    let body = body_object(request);
    let members: Vec<_> = body.keys().map(String::as_str).collect();
    assert_eq!(members, ["credential_configuration_id", "proofs"]);
    assert_eq!(body["credential_configuration_id"], "card");
    let proof = &proofs(request)[0];
    assert_eq!(proof.typ(), Some("openid4vci-proof+jwt"));
    let mut header: Vec<_> = proof.header.keys().map(String::as_str).collect();
    header.sort_unstable();
    assert_eq!(header, ["alg", "jwk", "typ"]);
    let mut jwk: Vec<_> = proof.header["jwk"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    jwk.sort_unstable();
    assert_eq!(jwk, ["crv", "kty", "x", "y"], "no private member");
    let expected = value!({ "aud": ISSUER, "iat": world.signer.now, "nonce": "nonce-0" });
    assert_eq!(serde_json::Value::Object(proof.payload.clone()), expected);
}

#[test]
fn an_issuer_without_nonce_endpoint_gets_proofs_without_nonce() {
    let mut world = World::new();
    world
        .metadata
        .as_object_mut()
        .unwrap()
        .remove("nonce_endpoint");
    world.receive(&TestKey::several(1)).unwrap();
    assert!(world.http.requests(NONCE).is_empty());
    assert!(
        !proofs(&world.http.requests(CREDENTIAL)[0])[0]
            .payload
            .contains_key("nonce")
    );
}

// shows: VCI 28
#[test]
fn a_configuration_without_proof_types_gets_no_proofs() {
    let mut world = World::new();
    let configuration = world.configuration().as_object_mut().unwrap();
    configuration.remove("proof_types_supported");
    configuration.remove("cryptographic_binding_methods_supported");
    let signer = std::sync::Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |request, _| {
        assert!(!body_object(request).contains_key("proofs"));
        let draft = wallet_parties::sd_jwt::SdJwtDraft::new(signer.claims()).unwrap();
        json(
            200,
            &value!({ "credentials": [{ "credential": draft.issue(&signer.leaf).unwrap() }] }),
        )
    });
    let received = world.receive(&[]).unwrap();
    assert!(received.copies[0].key.is_none());
    assert!(world.http.requests(NONCE).is_empty());
    assert!(received.notification.is_none());
}

// shows: VCI 33, HAIP 10
#[test]
fn copies_are_matched_to_keys_by_content_not_by_order() {
    let mut world = World::new();
    world.answer_with(|answer| answer["credentials"].as_array_mut().unwrap().reverse());
    let keys = TestKey::several(5);
    let received = world.receive(&keys).unwrap();
    assert_eq!(received.copies.len(), 5);
    for copy in &received.copies {
        let key = keys
            .iter()
            .find(|key| Some(key.id()) == copy.key.as_ref())
            .unwrap();
        let bound = copy.credential.holder_key().unwrap();
        assert_eq!(bound.thumbprint(), key.public_key().thumbprint());
    }
    assert_eq!(received.copies[0].key.as_ref(), Some(keys[4].id()));
    assert_eq!(proofs(&world.http.requests(CREDENTIAL)[0]).len(), 5);
    assert!(received.unused_keys.is_empty());
}

#[test]
fn fewer_copies_than_keys_are_fine_and_the_unused_keys_are_named() {
    let mut world = World::new();
    world.answer_with(|answer| {
        answer["credentials"].as_array_mut().unwrap().remove(1);
    });
    let keys = TestKey::several(3);
    let received = world.receive(&keys).unwrap();
    assert_eq!(received.copies.len(), 2);
    assert_eq!(received.unused_keys, [keys[1].id().clone()]);
}

// shows: VCI 27
#[test]
fn credential_identifiers_are_used_instead_of_the_configuration_id() {
    let mut world = World::new();
    world.http.json(
        TOKEN,
        200,
        value!({ "access_token": "t", "token_type": "bearer", "authorization_details": [
            { "type": "openid_credential", "credential_configuration_id": "card", "credential_identifiers": ["2023", "2024"] },
            { "type": "openid_credential", "credential_configuration_id": "other", "credential_identifiers": ["x"] },
            { "type": "payment" },
        ] }),
    );
    let authorized = world.authorized().unwrap();
    let identifiers: Vec<_> = authorized
        .orders()
        .iter()
        .map(|order| order.credential_identifier())
        .collect();
    assert_eq!(identifiers, [Some("2023"), Some("2024")]);
    let order = &authorized.orders()[1];
    let received = block_on(authorized.request(&world.ports(), order, &TestKey::several(1)))
        .unwrap()
        .received()
        .unwrap();
    let body = body_object(&world.http.requests(CREDENTIAL)[0]);
    assert_eq!(body["credential_identifier"], "2024");
    assert!(!body.contains_key("credential_configuration_id"));
    assert_eq!(
        received.context.credential_identifier.as_deref(),
        Some("2024")
    );
}

// shows: VCI 25
#[test]
fn the_token_type_is_compared_without_regard_to_case() {
    for kind in ["Bearer", "bearer", "BEARER", "bEARER"] {
        let mut world = World::new();
        world.http.json(
            TOKEN,
            200,
            value!({ "access_token": "t", "token_type": kind }),
        );
        world.receive(&TestKey::several(1)).unwrap();
        let request = &world.http.requests(CREDENTIAL)[0];
        assert_eq!(header(request, "authorization"), Some("Bearer t"));
    }
}

// shows: VCI 34
#[test]
fn a_refused_nonce_is_replaced_once_with_new_proofs() {
    let mut world = World::new();
    let signer = std::sync::Arc::clone(&world.signer);
    world
        .http
        .on(CREDENTIAL, move |request, count| match count {
            0 => json(400, &value!({ "error": "invalid_nonce" })),
            _ => json(200, &signer.answer(request)),
        });
    world.receive(&TestKey::several(2)).unwrap();
    let requests = world.http.requests(CREDENTIAL);
    let nonces: Vec<Vec<_>> = requests
        .iter()
        .map(|request| {
            proofs(request)
                .iter()
                .map(|proof| proof.payload["nonce"].clone())
                .collect()
        })
        .collect();
    assert_eq!(nonces, [["nonce-0"; 2], ["nonce-1"; 2]]);
}

// shows: VCI 19
#[test]
fn the_transaction_code_is_sent_if_and_only_if_the_offer_asks_for_one() {
    for tx_code in [
        value!({}),
        value!({ "length": 6 }),
        value!({ "input_mode": "text" }),
    ] {
        let mut world = World::new().with_tx_code(tx_code);
        let offered = world.offered().unwrap();
        block_on(offered.accept(&world.ports(), Some("493536"))).unwrap();
        let form = body_form(&world.http.requests(TOKEN)[0]);
        assert!(form.contains(&("tx_code".to_owned(), "493536".to_owned())));
    }
}

// shows: VCI 21
#[test]
fn a_wrong_transaction_code_can_be_corrected() {
    let mut world = World::new().with_tx_code(value!({ "length": 4 }));
    world.http.on(TOKEN, |request, _| {
        if body_form(request).contains(&("tx_code".to_owned(), "1234".to_owned())) {
            json(
                200,
                &value!({ "access_token": "t", "token_type": "Bearer" }),
            )
        } else {
            json(400, &value!({ "error": "invalid_grant" }))
        }
    });
    let offered = world.offered().unwrap();
    let error = super::refused(block_on(offered.accept(&world.ports(), Some("9999"))));
    assert_eq!(error.code(), ErrorCode::GrantRefused);
    assert!(error.is_retryable());
    assert_eq!(error.subject(), Some("tx_code"));
    block_on(offered.accept(&world.ports(), Some("1234"))).unwrap();
    // The code is spent now (13.6.1).
    let error = super::refused(block_on(offered.accept(&world.ports(), Some("1234"))));
    assert_eq!(error.code(), ErrorCode::IssuanceExpired);
    assert_eq!(world.http.requests(TOKEN).len(), 2);
}

// shows: VCI 4
#[test]
fn the_holder_sees_who_offers_what_before_agreeing() {
    let mut world = World::new().with_tx_code(value!({ "description": "From the letter" }));
    world.offer["credential_configuration_ids"] = value!(["missing", "card"]);
    world.metadata["display"][0]["name"] = value!("Example\u{202e} City\n");
    world.metadata["display"][0]["logo"] = value!({ "uri": "https://issuer.example/logo.png" });
    let offered = world.offered().unwrap();
    assert_eq!(offered.issuer().as_str(), ISSUER);
    assert_eq!(offered.issuer().host(), "issuer.example");
    assert_eq!(
        lookup(offered.issuer_display(), &["en-GB"])
            .unwrap()
            .name
            .as_deref(),
        Some("Example City")
    );
    assert_eq!(
        offered.tx_code().unwrap().description.as_deref(),
        Some("From the letter")
    );
    assert_eq!(offered.batch_size(), 5);
    assert!(offered.address_checked());
    let [missing, card] = offered.configurations() else {
        panic!()
    };
    assert!(missing.configuration.is_err());
    assert_eq!(card.configuration.as_ref().unwrap().credential_type(), VCT);
    assert_eq!(
        lookup(&card.display, &["ko-KR"]).unwrap().name.as_deref(),
        Some("주민등록증")
    );
    let claim = &card.claims[0];
    assert_eq!(claim.path.to_json(), value!(["given_name"]));
    assert_eq!(
        lookup(&claim.labels, &["ko"]).unwrap().label.as_deref(),
        Some("Given name")
    );
    assert_eq!(
        world.http.urls(),
        [METADATA_URL, SERVER_URL],
        "no token, no picture before consent"
    );
}

#[test]
fn an_offer_by_reference_is_fetched_once_agreed_to_look() {
    let mut world = World::new();
    let url = "https://issuer.example/offers/1";
    world.http.json(url, 200, world.offer.clone());
    let link = OfferLink::parse(
        "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffers%2F1",
    )
    .unwrap();
    assert!(world.http.urls().is_empty(), "parsing makes no request");
    let offer = block_on(link.resolve(&world.ports())).unwrap();
    assert_eq!(offer.credential_issuer(), ISSUER);
    let request = &world.http.requests(url)[0];
    assert_eq!(
        (request.method, request.purpose),
        (Method::Get, Purpose::Offer)
    );
}

// shows: VCI 11
#[test]
fn the_second_authorization_server_is_asked_where_the_first_cannot() {
    let mut world = World::new();
    world.metadata["authorization_servers"] = value!([
        "https://a.example",
        "https://b.example",
        "https://c.example"
    ]);
    let server = |issuer: &str, grant: &str| {
        value!({ "issuer": issuer, "token_endpoint": TOKEN, "grant_types_supported": [grant],
            "pre-authorized_grant_anonymous_access_supported": true })
    };
    world.http.json(
        "https://b.example/.well-known/oauth-authorization-server",
        200,
        server("https://b.example", "authorization_code"),
    );
    world.http.json(
        "https://c.example/.well-known/oauth-authorization-server",
        200,
        server("https://c.example", PRE_AUTHORIZED),
    );
    let received = world.receive(&TestKey::several(1)).unwrap();
    assert_eq!(
        received.context.authorization_server.as_str(),
        "https://c.example"
    );
}

#[test]
fn an_answer_from_an_unknown_address_is_said_to_be_unchecked() {
    let mut world = World::new();
    let metadata = world.metadata.clone();
    let server = world.server.clone();
    world
        .http
        .on(METADATA_URL, move |_, _| json(200, &metadata));
    world.http.on(SERVER_URL, move |_, _| {
        let mut answer = json(200, &server);
        answer.peer_address = None;
        answer
    });
    let offer = CredentialOffer::from_json(world.offer.to_string().as_bytes()).unwrap();
    let offered = block_on(OfferedIssuance::fetch(&world.ports(), offer)).unwrap();
    assert!(!offered.address_checked());
}
