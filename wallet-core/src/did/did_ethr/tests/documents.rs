use super::{IDENTITY, OTHER, REGISTRY, attribute_changed, chain, delegate_changed, owner_changed};
use crate::clock::UnixTime;
use crate::did::did_ethr::{EthrDid, EthrDocument, EthrNetwork, History};
use crate::did::{Did, DidDocument};
use crate::ledger::bundle::ProofBundle;
use crate::ledger::header::{Header, HeaderRules};
use crate::ledger::receipts::Log;
use crate::ledger::test_chain;
use crate::ledger::{Address, B256};
use serde_json::{Value, json};

/// Answers of ethr-did-resolver beside what the chain proves (test-fixtures/vectors/did-ethr/record.mjs).
const RECORDED: [&str; 16] = [
    "plain",
    "pubkey",
    "delegate",
    "rotated",
    "deactivated",
    "service",
    "expired",
    "revoked",
    "same_block",
    "two_in_a_block",
    "re_added",
    "attributes",
    "twenty",
    "owner_back",
    "revived",
    "by_key",
];

fn recorded(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/did-ethr"
    );
    serde_json::from_slice(&std::fs::read(format!("{folder}/{name}.json")).unwrap()).unwrap()
}

/// Our document for a recorded question.
fn answer(vector: &Value, question: &Value) -> EthrDocument {
    let did = EthrDid::parse(vector["did"].as_str().unwrap()).unwrap();
    assert_eq!(did.network(), &EthrNetwork::Name("local".into()));
    let bundle = ProofBundle::from_json(question["bundle"].as_object().unwrap().clone()).unwrap();
    let code_hash: B256 = vector["codeHash"].as_str().unwrap().parse().unwrap();
    let registry: Address = vector["registry"].as_str().unwrap().parse().unwrap();
    let state = test_chain::known(&bundle, |_| code_hash);
    let history = History::read(registry, did.address(), &state).unwrap();
    let header = Header::parse(HeaderRules::Ethereum, &bundle.blocks[0].header).unwrap();
    let at = question["now"].as_i64().unwrap_or(header.time() as i64);
    EthrDocument::of(
        &did,
        vector["chainId"].as_u64().unwrap(),
        &history,
        UnixTime::from_secs(at),
    )
}

#[test]
fn ethr_did_resolver_says_the_same_of_every_identity_now() {
    for name in RECORDED {
        let vector = recorded(name);
        let question = &vector["questions"][0];
        let ours = answer(&vector, question);
        assert_eq!(
            Value::Object(ours.json.clone()),
            question["didDocument"],
            "{name}"
        );
        let metadata = &question["didDocumentMetadata"];
        assert_eq!(
            ours.is_deactivated,
            metadata["deactivated"] == true,
            "{name}"
        );
        let version = ours.version.map(|block| block.to_string());
        assert_eq!(version.as_deref(), metadata["versionId"].as_str(), "{name}");
        let did = Did::parse(vector["did"].as_str().unwrap()).unwrap();
        DidDocument::from_json(&did, ours.json).unwrap();
    }
}

#[test]
fn ethr_did_resolver_says_the_same_of_blocks_of_the_past() {
    let mut asked = 0;
    for name in ["re_added", "two_in_a_block"] {
        let vector = recorded(name);
        for question in &vector["questions"].as_array().unwrap()[1..] {
            // The one block where we differ, see below.
            if name == "re_added" && question["didDocumentMetadata"]["versionId"] == "29" {
                continue;
            }
            let ours = answer(&vector, question);
            assert_eq!(
                Value::Object(ours.json),
                question["didDocument"],
                "{name} {}",
                question["at"]
            );
            asked += 1;
        }
    }
    assert_eq!(asked, 5);
}

#[test]
fn a_delegate_is_not_valid_in_the_block_that_revokes_it() {
    let vector = recorded("re_added");
    let question = &vector["questions"][4];
    assert_eq!(question["didDocumentMetadata"]["versionId"], "29");
    let ids = |document: &Value| -> Vec<Value> {
        let methods = document["verificationMethod"].as_array().unwrap();
        methods.iter().map(|method| method["id"].clone()).collect()
    };
    let ours = ids(&Value::Object(answer(&vector, question).json));
    let theirs = ids(&question["didDocument"]);
    // Theirs has delegate-4: the event that revokes it, taken for one that adds it until this very second.
    assert_eq!(ours.len() + 1, theirs.len());
    assert!(ours.iter().all(|id| theirs.contains(id)));
    assert!(
        theirs
            .iter()
            .any(|id| id.as_str().unwrap().ends_with("#delegate-4"))
    );
}

fn document(owner: Address, logs: &[Log], at: i64) -> EthrDocument {
    let did = EthrDid::parse(&format!("did:ethr:0x7a69:{IDENTITY}")).unwrap();
    let state = chain(owner, 9, &[(9, logs)]);
    let history = History::read(REGISTRY, IDENTITY, &state).unwrap();
    EthrDocument::of(&did, 31337, &history, UnixTime::from_secs(at))
}

fn names(document: &EthrDocument, member: &str) -> Vec<String> {
    let list = document.json.get(member).and_then(Value::as_array).cloned();
    let id = |entry: Value| {
        let id = entry["id"].as_str().or(entry.as_str()).unwrap().to_owned();
        id.split_once('#').unwrap().1.to_owned()
    };
    list.unwrap_or_default().into_iter().map(id).collect()
}

const KEY: &str = "did/pub/Ed25519/veriKey/hex";

#[test]
fn an_entry_ends_when_its_time_comes() {
    let logs = [
        attribute_changed(KEY, &[1; 32], 100, 0),
        delegate_changed("veriKey", OTHER, 200, 9),
    ];
    let keys = |at| names(&document(Address::ZERO, &logs, at), "assertionMethod");
    assert_eq!(keys(99), ["controller", "delegate-1", "delegate-2"]);
    assert_eq!(keys(100), ["controller", "delegate-2"]);
    assert_eq!(keys(199), ["controller", "delegate-2"]);
    assert_eq!(keys(200), ["controller"]);
}

#[test]
fn a_clock_before_1970_makes_nothing_valid_that_was_revoked() {
    let logs = [attribute_changed(KEY, &[1; 32], 0, 0)];
    assert_eq!(
        names(&document(Address::ZERO, &logs, -1), "assertionMethod"),
        ["controller"]
    );
}

#[test]
fn an_entry_is_revoked_by_its_own_name_and_value_only() {
    let others = [
        attribute_changed(KEY, &[2; 32], 0, 9),
        attribute_changed("did/pub/Ed25519/sigAuth/hex", &[1; 32], 0, 9),
        attribute_changed("did/pub/Ed25519/veriKey", &[1; 32], 0, 9),
        delegate_changed("sigAuth", OTHER, 0, 9),
        delegate_changed("veriKey", REGISTRY, 0, 9),
    ];
    let added = [
        attribute_changed(KEY, &[1; 32], 100, 0),
        delegate_changed("veriKey", OTHER, 100, 9),
    ];
    let keys = |logs: &[Log]| names(&document(Address::ZERO, logs, 50), "assertionMethod");
    let mut logs = added.to_vec();
    logs.extend(others);
    assert_eq!(keys(&logs), ["controller", "delegate-1", "delegate-2"]);
    logs.push(attribute_changed(KEY, &[1; 32], 0, 9));
    assert_eq!(keys(&logs), ["controller", "delegate-2"]);
    logs.push(delegate_changed("veriKey", OTHER, 50, 9));
    assert_eq!(keys(&logs), ["controller"]);
}

#[test]
fn a_name_is_never_given_to_a_second_key() {
    let logs = [
        attribute_changed(KEY, &[1; 32], 100, 0),
        attribute_changed(KEY, &[1; 32], 0, 9),
        attribute_changed(KEY, &[2; 32], 100, 9),
    ];
    let document = document(Address::ZERO, &logs, 50);
    assert_eq!(
        names(&document, "verificationMethod"),
        ["controller", "delegate-3"]
    );
}

#[test]
fn a_revoked_key_agreement_key_leaves_no_reference() {
    let key = |valid_to, previous| {
        attribute_changed("did/pub/X25519/enc/base64", &[1; 32], valid_to, previous)
    };
    let current = document(Address::ZERO, &[key(100, 0)], 50);
    assert_eq!(names(&current, "keyAgreement"), ["delegate-1"]);
    assert_eq!(names(&current, "assertionMethod"), ["controller"]);
    let revoked = document(Address::ZERO, &[key(100, 0), key(0, 9)], 50);
    assert_eq!(revoked.json.get("keyAgreement"), None);
}

#[test]
fn the_controller_is_the_owner() {
    let owned = document(OTHER, &[owner_changed(OTHER, 0)], 50);
    let account = &owned.json["verificationMethod"][0]["blockchainAccountId"];
    assert_eq!(account, &json!(format!("eip155:31337:{OTHER}")));
}

#[test]
fn who_gave_an_identity_up_has_no_key_whatever_comes_after() {
    let logs = [
        attribute_changed(KEY, &[1; 32], 100, 0),
        owner_changed(Address::ZERO, 9),
        attribute_changed(KEY, &[2; 32], 100, 9),
    ];
    let document = document(Address::ZERO, &logs, 50);
    assert!(document.is_deactivated);
    for member in ["verificationMethod", "authentication", "assertionMethod"] {
        assert_eq!(document.json[member], json!([]));
    }
}

#[test]
fn a_service_is_text_unless_it_is_an_endpoint() {
    let endpoint = |value: &str| {
        let logs = [attribute_changed("did/svc/Hub", value.as_bytes(), 100, 0)];
        document(Address::ZERO, &logs, 50).json["service"][0]["serviceEndpoint"].clone()
    };
    assert_eq!(endpoint("https://h"), json!("https://h"));
    assert_eq!(endpoint("\"https://h\""), json!("https://h"));
    assert_eq!(endpoint("[\"https://h\"]"), json!(["https://h"]));
    assert_eq!(endpoint("5"), json!("5"));
    assert_eq!(endpoint("{\"a\":1,\"a\":2}"), json!("{\"a\":1,\"a\":2}"));
    let deep = "[".repeat(9) + &"]".repeat(9);
    assert_eq!(endpoint(&deep), json!(deep));
}

#[test]
fn what_is_longer_than_any_key_is_not_written_in_base58() {
    let name = "did/pub/Ed25519/veriKey/base58";
    for (len, count) in [(1024, 2), (1025, 1)] {
        let logs = [attribute_changed(name, &vec![1; len], 100, 0)];
        let document = document(Address::ZERO, &logs, 50);
        assert_eq!(names(&document, "verificationMethod").len(), count);
    }
}
