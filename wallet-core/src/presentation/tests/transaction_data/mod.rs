//! Transaction data: what is taken, what the holder sees, and what the key binding says about it.

use super::*;
use crate::error::ErrorCode;
use crate::presentation::dcql::UserAuthPolicy as Policy;
use wallet_parties::VerificationKey;
use wallet_parties::sd_jwt::{Audience, IssuerTrust, PresentationCheck};

mod refused;

const PAYMENT: &str = "urn:example:payment";

fn payment_type() -> TransactionDataType {
    TransactionDataType::new(PAYMENT)
        .required("amount", MemberKind::Text)
        .required("currency", MemberKind::Text)
        .optional("urgent", MemberKind::Boolean)
        .optional("orders", MemberKind::Number)
        .optional("payee", MemberKind::Structure)
}

fn payment() -> Value {
    json!({"type": PAYMENT, "credential_ids": ["pid"], "amount": "10.00", "currency": "EUR"})
}

fn encoded(value: &Value) -> String {
    base64url(value.to_string().as_bytes())
}

fn bench(data: &[Value]) -> Bench {
    let mut bench = Bench::new();
    bench.transaction_data_types =
        vec![payment_type(), TransactionDataType::new("urn:example:nod")];
    let strings: Vec<_> = data.iter().map(encoded).collect();
    bench.set("transaction_data", json!(strings));
    bench
}

fn propose(bench: &Bench, copy: &Copy) -> Proposal {
    Proposal::make(
        bench.run().unwrap(),
        &[copy.candidate("pid")],
        NOW,
        &OsRandom,
    )
    .unwrap()
}

fn approve(plan: ConsentPlan) -> ApprovedPlan {
    let hash = *plan.hash();
    plan.approve(&hash, UserAuth::Verified { at: NOW }, NOW)
        .unwrap()
}

/// The payloads of the KB-JWTs of an answer, by credential query, as the independent verifier reads them.
fn key_bindings(
    bench: &Bench,
    plan: ConsentPlan,
    copies: Vec<(&str, Copy)>,
) -> HashMap<String, Value> {
    let issuers: HashMap<_, _> = copies
        .iter()
        .map(|(name, copy)| (CredentialRef((*name).into()), copy.issuer.clone()))
        .collect();
    let showings = plan.showings().to_vec();
    let mut materials = HashMap::new();
    for (name, copy) in copies {
        materials.extend(copy.material(name));
    }
    let answer = pollster::block_on(approve(plan).respond(&materials, NOW, &OsRandom)).unwrap();
    let Response::Post { body, .. } = answer.response() else {
        panic!("not posted")
    };
    let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let (_, text) = wallet_parties::jwe::decrypt(&form["response"], &bench.encryption).unwrap();
    let payload: Value = serde_json::from_slice(&text).unwrap();
    showings
        .iter()
        .map(|showing| {
            let issuer = &issuers[&showing.credential];
            let check = PresentationCheck {
                trust: IssuerTrust::Key(VerificationKey::from_jwk(&issuer.public_jwk()).unwrap()),
                key_binding: Some(Audience {
                    audience: bench.payload["client_id"].as_str().unwrap(),
                    nonce: bench.payload["nonce"].as_str().unwrap(),
                }),
                at: u64::try_from(NOW.as_secs()).unwrap(),
            };
            let text = payload["vp_token"][&showing.query][0].as_str().unwrap();
            let verified = wallet_parties::sd_jwt::verify(text, &check).unwrap();
            let key_binding = Value::from(verified.key_binding.unwrap());
            (showing.query.clone(), key_binding)
        })
        .collect()
}

// shows: VP 40
#[test]
fn the_hash_over_the_string_as_received_is_in_the_key_binding() {
    // White space and member order are the verifier's: nothing is encoded again.
    let odd = base64url(
        br#"{ "currency":"EUR" ,"amount":"10.00","credential_ids":["pid"],
        "type":"urn:example:payment"}"#,
    );
    let mut bench = bench(&[payment()]);
    let first = encoded(&payment());
    bench.set("transaction_data", json!([first, odd]));
    let copy = Copy::pid();
    let plan = unwrap_plan(propose(&bench, &copy));
    let binding = &key_bindings(&bench, plan, vec![("pid", copy)])["pid"];
    let expected: Vec<_> = [&first, &odd]
        .iter()
        .map(|raw| base64url(&sha256(raw.as_bytes())))
        .collect();
    assert_eq!(binding["transaction_data_hashes"], json!(expected));
    assert!(binding.get("transaction_data_hashes_alg").is_none());
}

// shows: VP 40
#[test]
fn the_algorithm_is_one_every_object_allows_and_named_where_the_request_names_any() {
    let with = |algorithms: Value| {
        let mut data = payment();
        data["transaction_data_hashes_alg"] = algorithms;
        data
    };
    for (data, algorithm) in [
        (vec![with(json!(["sha-256"]))], "sha-256"),
        (vec![with(json!(["sha3-512", "sha-512"]))], "sha-512"),
        (vec![with(json!(["sha-384"]))], "sha-384"),
        (
            vec![with(json!(["sha-512", "sha-256"])), payment()],
            "sha-256",
        ),
        (
            vec![
                with(json!(["sha-512", "sha-256"])),
                with(json!(["sha-512", "sha-384"])),
            ],
            "sha-512",
        ),
    ] {
        let bench = bench(&data);
        let copy = Copy::pid();
        let plan = unwrap_plan(propose(&bench, &copy));
        let binding = &key_bindings(&bench, plan, vec![("pid", copy)])["pid"];
        assert_eq!(binding["transaction_data_hashes_alg"], algorithm);
        assert_eq!(
            binding["transaction_data_hashes"].as_array().unwrap().len(),
            data.len()
        );
    }
}

#[test]
fn without_transaction_data_the_key_binding_speaks_of_none() {
    let bench = Bench::new();
    let copy = Copy::pid();
    let plan = unwrap_plan(propose(&bench, &copy));
    assert_eq!(plan.user_auth(), Policy::Unlocked);
    assert_eq!(plan.transactions().len(), 0);
    let binding = &key_bindings(&bench, plan, vec![("pid", copy)])["pid"];
    assert!(binding.get("transaction_data_hashes").is_none());
}

#[test]
fn the_holder_sees_every_value_cleaned_and_in_the_registered_order() {
    let mut data = payment();
    data["payee"] = json!({"name": "Shop of\nAda", "accounts": ["DE1", {"bic": null}], "tags": []});
    data["orders"] = 3.into();
    data["urgent"] = true.into();
    let bench = bench(&[data]);
    let copy = Copy::pid();
    let plan = unwrap_plan(propose(&bench, &copy));
    let [(query, data)] = plan.transactions()[..] else {
        panic!("one transaction")
    };
    assert_eq!((query, data.type_id()), ("pid", PAYMENT));
    let lines: Vec<_> = data
        .lines()
        .iter()
        .map(|line| (line.label.as_str(), line.value.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            ("amount", "10.00"),
            ("currency", "EUR"),
            ("urgent", "true"),
            ("orders", "3"),
            ("payee.name", "Shop of Ada"),
            ("payee.accounts[0]", "DE1"),
            ("payee.accounts[1].bic", "null"),
            ("payee.tags", "[]"),
        ]
    );
    assert!(!format!("{plan:?} {:?}", data.lines()).contains("10.00"));
}

#[test]
fn a_transaction_always_asks_the_holder_to_authenticate() {
    let bench = bench(&[payment()]);
    let copy = Copy::pid();
    let plan = unwrap_plan(propose(&bench, &copy));
    assert_eq!(plan.user_auth(), Policy::EachShowing);
    let hash = *plan.hash();
    let refused = plan.approve(&hash, UserAuth::None, NOW).unwrap_err();
    assert_eq!(refused.error.code(), ErrorCode::UserAuthRequired);
}

/// Two queries, of which the second is optional; the transaction may be authorised by either, or by these.
fn bench_of_two(ids: Value, sets: Value) -> Bench {
    let mut data = payment();
    data["credential_ids"] = ids;
    let mut bench = bench(&[data]);
    let mut query = pid_query();
    query["credentials"].as_array_mut().unwrap().push(json!({
        "id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:example:card"]}}));
    query["credential_sets"] = sets;
    bench.set("dcql_query", query);
    bench
}

fn payment_card() -> Copy {
    let claims = json!({"iss": "https://bank.example", "vct": "urn:example:card",
        "exp": NOW.as_secs() + 86_400, "number": "1"});
    Copy::issue(claims, &[r#"["number"]"#], true)
}

// shows: VP 40
#[test]
fn only_one_of_several_credentials_authorises_a_transaction() {
    let sets = json!([{"options": [["pid", "card"]]}]);
    for (ids, carrier, other) in [
        (json!(["pid", "card"]), "pid", "card"),
        (json!(["card", "pid"]), "card", "pid"),
    ] {
        let bench = bench_of_two(ids, sets.clone());
        let copies = [Copy::pid(), payment_card()];
        let candidates = [copies[0].candidate("pid"), copies[1].candidate("card")];
        let proposal = Proposal::make(bench.run().unwrap(), &candidates, NOW, &OsRandom).unwrap();
        let [pid, card] = copies;
        let bindings = key_bindings(
            &bench,
            unwrap_plan(proposal),
            vec![("pid", pid), ("card", card)],
        );
        assert!(bindings[carrier].get("transaction_data_hashes").is_some());
        assert!(bindings[other].get("transaction_data_hashes").is_none());
    }
}

#[test]
fn of_several_cards_for_one_query_the_first_authorises() {
    let mut bench = bench(&[payment()]);
    bench.payload["dcql_query"]["credentials"][0]["multiple"] = true.into();
    let copies = [Copy::pid(), Copy::pid()];
    let candidates = [copies[0].candidate("one"), copies[1].candidate("two")];
    let proposal = Proposal::make(bench.run().unwrap(), &candidates, NOW, &OsRandom).unwrap();
    let mut plan = unwrap_plan(proposal);
    let choice = Choice::Credentials {
        query: "pid".into(),
        credentials: vec![CredentialRef("two".into()), CredentialRef("one".into())],
    };
    plan.select(&choice, NOW, &OsRandom).unwrap();
    let carried: Vec<_> = plan
        .showings()
        .iter()
        .map(|showing| (showing.credential.0.as_str(), showing.transactions.len()))
        .collect();
    assert_eq!(carried, [("two", 1), ("one", 0)]);
}

#[test]
fn the_card_that_authorises_is_in_the_plan_and_cannot_be_left_out() {
    let sets = json!([{"options": [["pid"]]}, {"options": [["card"]], "required": false}]);
    let bench = bench_of_two(json!(["card"]), sets);
    let copies = [Copy::pid(), payment_card()];
    let candidates = [copies[0].candidate("pid"), copies[1].candidate("card")];
    let proposal = Proposal::make(bench.run().unwrap(), &candidates, NOW, &OsRandom).unwrap();
    let mut plan = unwrap_plan(proposal);
    let queries: Vec<_> = plan
        .transactions()
        .into_iter()
        .map(|(query, _)| query)
        .collect();
    assert_eq!(queries, ["card"]);
    let before = *plan.hash();
    let skip = Choice::SetOption {
        set: 1,
        option: None,
    };
    let refused = plan.select(&skip, NOW, &OsRandom);
    assert_eq!(refused, Err(PresentationError::UnknownChoice));
    assert_eq!(*plan.hash(), before);

    // Without the card nothing is sent, and the verifier is not told which card is absent.
    let proposal = Proposal::make(bench.run().unwrap(), &candidates[..1], NOW, &OsRandom).unwrap();
    assert!(matches!(proposal, Proposal::Unavailable(_)));
    let Response::Post { body, .. } = proposal.decline().response().clone() else {
        panic!("not posted")
    };
    assert_eq!(
        String::from_utf8_lossy(&body),
        "error=access_denied&state=state-1"
    );
}

#[test]
fn a_changed_transaction_is_another_plan() {
    let copy = Copy::pid();
    let mut bench = bench(&[]);
    let mut hash_of = |data: &[Value]| {
        let strings: Vec<_> = data.iter().map(encoded).collect();
        bench.set("transaction_data", json!(strings));
        let request = bench.run().unwrap();
        let proposal = Proposal::make(request, &[copy.candidate("pid")], NOW, &Fixed).unwrap();
        *unwrap_plan(proposal).hash()
    };
    let mut dearer = payment();
    dearer["amount"] = "1000.00".into();
    let hashes = [
        hash_of(&[payment()]),
        hash_of(&[dearer.clone()]),
        hash_of(&[payment(), dearer.clone()]),
        hash_of(&[dearer, payment()]),
    ];
    assert_eq!(hash_of(&[payment()]), hashes[0]);
    for (place, hash) in hashes.iter().enumerate() {
        assert!(!hashes[place + 1..].contains(hash));
    }
}

/// Randomness that is always the same, so that only the request differs.
struct Fixed;

impl crate::random::Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), crate::WalletError> {
        bytes.fill(7);
        Ok(())
    }
}
