//! `ldp_vc` over real HTTP: issued, derived from by Digital Bazaar's packages, and shown to the verifiers.
#![allow(clippy::unwrap_used, missing_docs)]

mod holder;

use std::cell::RefCell;

use holder::{Receiving, get, parameters, post_form};
use serde_json::{Map, Value, json};
use wallet_parties::data_integrity::{
    CITIZEN_ID, CITIZEN_ID_CONTEXT, CREDENTIAL, PublicProofKey, verify,
};
use wallet_parties::issuer::{
    CardOptions, ControllerFault, Fault, Issuer, IssuerOptions, OfferOptions,
};
use wallet_parties::peers::DataIntegrityOracle;
use wallet_parties::verifier::{
    ClientIdPrefix, Outcome, PresentationResult, RequestBy, RequestOptions, ResponseMode,
};
use wallet_parties::{Parties, Refused, from_base64url, sha256, thumbprint};

const CARDS: [&str; 2] = ["citizen_id_bbs", "citizen_id_ecdsa_sd"];
const CONTEXT: &str = include_str!("../../test-fixtures/contexts/citizen-id-v1.jsonld");

/// The parties, and a process that derives: it takes a second to start.
struct World {
    parties: Parties,
    oracle: RefCell<DataIntegrityOracle>,
}

fn world() -> World {
    let parties = Parties::start().unwrap();
    let oracle = RefCell::new(oracle(&parties.issuer));
    World { parties, oracle }
}

fn receive(issuer: &Issuer, card: &str, fault: Option<Fault>) -> Value {
    let options = OfferOptions {
        fault,
        ..OfferOptions::of(card)
    };
    let mut receiving = Receiving::open(&issuer.offer(&options).unwrap().uri);
    receiving.ask_token(None);
    let (status, mut body) = receiving.order_unbound(card);
    assert_eq!(status, 200, "{body}");
    body["credentials"][0]["credential"].take()
}

fn oracle(issuer: &Issuer) -> DataIntegrityOracle {
    let context: Value = serde_json::from_str(CONTEXT).unwrap();
    let controller = get(&issuer.controller()).1;
    let mut documents = json!({ CITIZEN_ID_CONTEXT: context });
    // The packages ask for each verification method by its own address.
    for method in controller["verificationMethod"].as_array().unwrap() {
        let mut key = method.clone();
        key["@context"] = "https://w3id.org/security/multikey/v1".into();
        documents[method["id"].as_str().unwrap()] = key;
    }
    let mut controller = controller;
    controller["@context"] = "https://www.w3.org/ns/did/v1".into();
    documents[issuer.controller()] = controller;
    DataIntegrityOracle::start(&documents).unwrap()
}

fn query(bound: bool) -> Value {
    json!({"credentials": [{
        "id": "card", "format": "ldp_vc", "meta": {"type_values": [[CREDENTIAL, CITIZEN_ID]]},
        "require_cryptographic_holder_binding": bound,
        "claims": [{"path": ["credentialSubject", "age_over_19"], "values": [true]}],
    }]})
}

/// docs/presentation-header.md, for a request without transaction data.
fn header(request: &Map<String, Value>) -> String {
    let text = |name: &str| request[name].as_str().unwrap();
    let jwk = &request["client_metadata"]["jwks"]["keys"][0];
    let key = match text("response_mode") {
        "direct_post" => Vec::new(),
        _ => from_base64url(&thumbprint(jwk).unwrap()).unwrap(),
    };
    let items = [
        b"wallet/v1/presentation-header",
        text("client_id").as_bytes(),
        text("nonce").as_bytes(),
        text("response_uri").as_bytes(),
        &key,
    ];
    let mut input = Vec::new();
    for item in items {
        input.extend((item.len() as u64).to_be_bytes());
        input.extend(item);
    }
    input.extend([0; 8]);
    sha256(&input).iter().map(|b| format!("{b:02x}")).collect()
}

/// Asks, and answers with what is derived for `pointers` and `header`.
fn show(
    world: &World,
    base: &Value,
    pointers: &[&str],
    header: impl Fn(&Map<String, Value>) -> String,
    mode: ResponseMode,
) -> PresentationResult {
    answer(world, false, mode, |oracle, request| {
        derive(oracle, base, pointers, &header(request))
    })
}

fn derive(
    oracle: &mut DataIntegrityOracle,
    base: &Value,
    pointers: &[&str],
    header: &str,
) -> Value {
    let question = json!({
        "do": "derive", "credential": base, "pointers": pointers, "presentation_header": header,
    });
    oracle.ask(&question).unwrap()["credential"].take()
}

/// Asks, with or without binding, and answers with what `make` makes.
fn answer(
    World { parties, oracle }: &World,
    bound: bool,
    mode: ResponseMode,
    make: impl FnOnce(&mut DataIntegrityOracle, &Map<String, Value>) -> Value,
) -> PresentationResult {
    let options = RequestOptions {
        prefix: ClientIdPrefix::X509SanDns,
        by: RequestBy::Value,
        mode,
        ..RequestOptions::new("bar", query(bound))
    };
    let link = parties.verifier.request(&options).unwrap();
    let object = parameters(&link.uri)["request"].clone();
    let payload = object.as_str().unwrap().split('.').nth(1).unwrap();
    let request = from_base64url(payload).unwrap();
    let request: Map<String, Value> = serde_json::from_slice(&request).unwrap();
    let token = json!({"card": [make(&mut oracle.borrow_mut(), &request)]});
    let text = |name: &str| request[name].as_str().unwrap();
    if mode == ResponseMode::DirectPost {
        let form = [("vp_token", &*token.to_string()), ("state", text("state"))];
        post_form(text("response_uri"), &form);
    } else {
        let plain = json!({"vp_token": token, "state": text("state")}).to_string();
        let jwe = holder::encrypt(&plain, &request["client_metadata"]["jwks"]["keys"][0]);
        post_form(text("response_uri"), &[("response", &jwe)]);
    }
    parties.verifier.result(&link.session).unwrap()
}

const AGE: [&str; 1] = ["/credentialSubject/age_over_19"];

#[test]
fn a_card_of_either_suite_is_issued_and_shown() {
    let world = world();
    let parties = &world.parties;
    for card in CARDS {
        let base = receive(&parties.issuer, card, None);
        for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
            let result = show(&world, &base, &AGE, header, mode);
            assert_eq!(result.outcome, Outcome::Accepted, "{:?}", result.refusal);
            let learned = &result.learned[0];
            assert_eq!(
                learned.claims["credentialSubject"],
                json!({"age_over_19": true})
            );
            assert_eq!(
                learned.disclosed,
                [[json!("credentialSubject"), json!("age_over_19")]]
            );
            assert!(learned.unrequested.is_empty() && learned.always_disclosed.is_empty());
        }
    }
}

#[test]
fn a_proof_made_for_another_occasion_is_refused() {
    let world = world();
    let parties = &world.parties;
    let base = receive(&parties.issuer, "citizen_id_bbs", None);
    for (member, other) in [
        ("nonce", "of another request"),
        ("client_id", "x509_san_dns:other.example"),
        ("response_uri", "https://other.example/response"),
    ] {
        let altered = |request: &Map<String, Value>| {
            let mut request = request.clone();
            request[member] = other.into();
            header(&request)
        };
        let result = show(&world, &base, &AGE, altered, ResponseMode::DirectPost);
        let refusal = result.refusal.unwrap();
        assert!(refusal.contains("another occasion"), "{refusal}");
    }
}

#[test]
fn who_asks_for_binding_gets_a_presentation_made_for_this_request() {
    let world = world();
    let parties = &world.parties;
    let post = ResponseMode::DirectPost;
    for card in CARDS {
        let base = receive(&parties.issuer, card, None);
        // Sealed for a request that is changed, and changed itself.
        let sealed = |for_request: &dyn Fn(&mut Map<String, Value>),
                      change: &dyn Fn(&mut Value)| {
            answer(&world, true, post, |oracle, request| {
                let credential = derive(oracle, &base, &AGE, &header(request));
                let mut other = request.clone();
                for_request(&mut other);
                let question = json!({
                    "do": "seal", "credential": credential,
                    "challenge": other["nonce"], "domain": other["client_id"],
                });
                let mut presentation = oracle.ask(&question).unwrap()["presentation"].take();
                change(&mut presentation);
                presentation
            })
        };
        let result = sealed(&|_| {}, &|_| {});
        assert_eq!(result.outcome, Outcome::Accepted, "{:?}", result.refusal);
        let shown = &result.learned[0].claims["credentialSubject"];
        assert_eq!(*shown, json!({"age_over_19": true}));

        let unsealed = answer(&world, true, post, |oracle, request| {
            derive(oracle, &base, &AGE, &header(request))
        });
        assert!(unsealed.refusal.unwrap().contains("not a presentation"));
        let nonce = sealed(&|request| request["nonce"] = "another".into(), &|_| {});
        assert!(nonce.refusal.unwrap().contains("challenge"));
        let client = sealed(&|request| request["client_id"] = "another".into(), &|_| {});
        assert!(client.refusal.unwrap().contains("domain"));
        let holder = "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP";
        let taken_over = sealed(&|_| {}, &|presentation| {
            presentation["holder"] = holder.into()
        });
        assert!(taken_over.refusal.unwrap().contains("key of another"));
        for (pointer, value) in [
            ("/proof/created", json!("2026-01-01T00:00:00Z")),
            (
                "/verifiableCredential/0/credentialSubject/age_over_19",
                json!(false),
            ),
            (
                "/verifiableCredential/0/proof/proofPurpose",
                json!("authentication"),
            ),
        ] {
            let changed = sealed(&|_| {}, &|presentation| {
                *presentation.pointer_mut(pointer).unwrap() = value.clone();
            });
            assert!(changed.refusal.unwrap().contains("signature"), "{pointer}");
        }
    }
}

#[test]
fn what_was_not_asked_for_is_told_and_what_was_asked_for_must_be_there() {
    let world = world();
    let parties = &world.parties;
    let base = receive(&parties.issuer, "citizen_id_bbs", None);
    let more = [
        "/credentialSubject/age_over_19",
        "/credentialSubject/address/locality",
    ];
    let result = show(&world, &base, &more, header, ResponseMode::DirectPost);
    let locality = ["credentialSubject", "address", "locality"].map(Value::from);
    assert_eq!(result.learned[0].unrequested, [locality]);
    let less = ["/credentialSubject/age_over_14"];
    let result = show(&world, &base, &less, header, ResponseMode::DirectPost);
    assert!(result.refusal.unwrap().contains("asked for is missing"));
}

#[test]
fn a_verifier_refuses_who_it_does_not_know_and_what_has_ended() {
    let world = world();
    let parties = &world.parties;
    let stranger = Parties::start().unwrap();
    let base = receive(&stranger.issuer, "citizen_id_bbs", None);
    let question = json!({"do": "derive", "credential": base, "pointers": AGE});
    let derived = oracle(&stranger.issuer).ask(&question).unwrap()["credential"].take();
    let options = RequestOptions {
        prefix: ClientIdPrefix::RedirectUri,
        mode: ResponseMode::DirectPost,
        ..RequestOptions::new("bar", query(false))
    };
    let link = parties.verifier.request(&options).unwrap();
    let request = parameters(&link.uri);
    let text = |name: &str| request[name].as_str().unwrap();
    let token = json!({"card": [derived]}).to_string();
    post_form(
        text("response_uri"),
        &[("vp_token", token.as_str()), ("state", text("state"))],
    );
    let result = parties.verifier.result(&link.session).unwrap();
    assert!(result.refusal.unwrap().contains("an issuer we do not know"));

    for (fault, reason) in [
        (Fault::Expired, "expired"),
        (Fault::NotYetValid, "not valid yet"),
        (Fault::WrongType, "another type"),
        (Fault::UntrustedSigner, "the proof of BBS"),
    ] {
        let base = receive(&parties.issuer, "citizen_id_bbs", Some(fault));
        let result = show(&world, &base, &AGE, header, ResponseMode::DirectPost);
        let refusal = result.refusal.unwrap();
        assert!(refusal.contains(reason), "{refusal}");
    }
}

#[test]
fn a_verifier_believes_no_controller_document_that_is_not_in_order() {
    let world = world();
    let parties = &world.parties;
    let base = receive(&parties.issuer, "citizen_id_bbs", None);
    for (fault, reason) in [
        (ControllerFault::OtherId, "another controller"),
        (
            ControllerFault::OtherController,
            "key of another controller",
        ),
        (ControllerFault::NotForAssertion, "another purpose"),
        (ControllerFault::OtherKeys, "the proof of BBS"),
    ] {
        parties.issuer.configure(IssuerOptions {
            controller_fault: Some(fault),
            ..IssuerOptions::default()
        });
        let result = show(&world, &base, &AGE, header, ResponseMode::DirectPost);
        let refusal = result.refusal.unwrap();
        assert!(refusal.contains(reason), "{fault:?}: {refusal}");
    }
}

#[test]
fn the_metadata_ask_for_no_proof_and_a_proof_is_refused() {
    let parties = Parties::start().unwrap();
    for (card, suite) in CARDS.into_iter().zip(["bbs-2023", "ecdsa-sd-2023"]) {
        let link = parties.issuer.offer(&OfferOptions::of(card)).unwrap();
        let mut receiving = Receiving::open(&link.uri);
        let configuration = &receiving.issuer["credential_configurations_supported"][card];
        assert_eq!(configuration["format"], "ldp_vc");
        assert_eq!(
            configuration["credential_signing_alg_values_supported"],
            json!([suite])
        );
        assert!(configuration["proof_types_supported"].is_null());
        receiving.ask_token(None);
        let key = wallet_parties::EcKey::generate().unwrap();
        let proof = receiving.proof(&key, &receiving.nonce());
        let (status, body) = receiving.order(("credential_configuration_id", card), &[proof]);
        assert_eq!((status, &body["error"]), (400, &json!("invalid_proof")));
    }
}

#[test]
fn two_citizens_credentials_differ_in_nothing_that_is_always_shown() {
    let parties = Parties::start().unwrap();
    let one = receive(&parties.issuer, "citizen_id_bbs", None);
    let claims = json!({"name": "임꺽정", "birthdate": "1988-08-08"});
    parties.issuer.change(
        "citizen_id_bbs",
        CardOptions {
            claims: claims.as_object().unwrap().clone(),
            ..CardOptions::default()
        },
    );
    let other = receive(&parties.issuer, "citizen_id_bbs", None);
    assert_ne!(one["credentialSubject"], other["credentialSubject"]);
    for name in ["@context", "type", "issuer", "validFrom", "validUntil"] {
        assert_eq!(one[name], other[name], "{name}");
    }
    for name in ["created", "verificationMethod", "cryptosuite"] {
        assert_eq!(one["proof"][name], other["proof"][name], "{name}");
    }
    // Nor in the labels, which are those of the document's order, nor in the indexes.
    let mut oracle = oracle(&parties.issuer);
    let mut shown = |base: &Value| {
        let pointers = [
            "/credentialSubject/address/country",
            "/credentialSubject/sex",
        ];
        let question = json!({"do": "derive", "credential": base, "pointers": pointers});
        let mut derived = oracle.ask(&question).unwrap()["credential"].take();
        verify(&derived, |method| key(&parties.issuer, method)).unwrap();
        let value = derived["proof"]["proofValue"].take();
        let bytes = from_base64url(&value.as_str().unwrap()[1..]).unwrap();
        // After the header, the array's head and the proof of BBS with its head of three bytes.
        let length = usize::from(u16::from_be_bytes([bytes[5], bytes[6]]));
        (derived, bytes.len(), bytes[7 + length..].to_vec())
    };
    assert_eq!(shown(&one), shown(&other));
}

fn key(issuer: &Issuer, method: &str) -> Result<PublicProofKey, Refused> {
    let document = get(&issuer.controller()).1;
    let methods = document["verificationMethod"].as_array().unwrap();
    let method = methods.iter().find(|one| one["id"] == method).unwrap();
    PublicProofKey::from_multibase(method["publicKeyMultibase"].as_str().unwrap())
}

#[test]
fn a_base_proof_that_names_other_pointers_or_is_broken_derives_nothing_that_holds() {
    let parties = Parties::start().unwrap();
    for card in CARDS {
        for fault in [Fault::BadSignature, Fault::OtherMandatory] {
            let base = receive(&parties.issuer, card, Some(fault));
            let question = json!({"do": "derive", "credential": base, "pointers": AGE});
            let mut oracle = oracle(&parties.issuer);
            // The packages may notice.
            let Ok(mut derived) = oracle.ask(&question) else {
                continue;
            };
            let derived = derived["credential"].take();
            let verified = verify(&derived, |method| key(&parties.issuer, method));
            assert!(verified.is_err(), "{card} {fault:?}");
        }
    }
}
