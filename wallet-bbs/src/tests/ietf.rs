//! The fixtures of the draft (test-fixtures/vectors/bbs), a test for each.

use std::path::PathBuf;

use serde_json::Value;

use crate::proof::ProofInput;
use crate::random::Random;
use crate::signature::Statement;
use crate::suite::Draft;
use crate::{Error, Message, Proof, PublicKey, Scalar, SecretKey, Signature, Suite};

fn fixture(suite: Suite, name: &str) -> Value {
    vector(&format!("bbs/{}/{name}", folder(suite)))
}

pub(super) fn folder(suite: Suite) -> &'static str {
    match suite {
        Suite::Sha256 => "bls12-381-sha-256",
        Suite::Shake256 => "bls12-381-shake-256",
    }
}

/// A file of test-fixtures/vectors.
pub(super) fn vector(path: &str) -> Value {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors");
    let text = std::fs::read_to_string(root.join(path)).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(super) fn bytes(hex: &Value) -> Vec<u8> {
    let digits = hex.as_str().unwrap().as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

pub(super) fn all_bytes(list: &Value) -> Vec<Vec<u8>> {
    list.as_array().unwrap().iter().map(bytes).collect()
}

pub(super) fn messages(list: &[Vec<u8>]) -> Vec<Message<'_>> {
    list.iter().map(|message| Message::Bytes(message)).collect()
}

pub(super) fn key(suite: Suite, hex: &Value) -> PublicKey {
    PublicKey::from_bytes(suite, &bytes(hex)).unwrap()
}

/// The draft's mocked random scalars.
pub(super) struct Mocked(std::vec::IntoIter<[u8; 48]>);

impl Mocked {
    pub(super) fn new(suite: Suite, count: usize) -> Self {
        let fixture = fixture(suite, "mockedRng.json");
        Self::under(suite, &bytes(&fixture["dst"]), count)
    }

    /// From the seed of all the drafts, under a tag.
    pub(super) fn under(suite: Suite, tag: &[u8], count: usize) -> Self {
        let mut uniform = vec![0; count * 48];
        suite.expand(b"3.141592653589793238462643383279", tag, &mut uniform);
        Self(uniform.as_chunks().0.to_vec().into_iter())
    }
}

impl Random for Mocked {
    fn fill(&mut self, uniform: &mut [u8; 48]) -> Result<(), Error> {
        *uniform = self.0.next().ok_or(Error::NoRandomness)?;
        Ok(())
    }
}

/// The draft's scalars of messages, of a fixture of their own.
fn mapped(suite: Suite, messages: &[Vec<u8>]) -> Vec<Scalar> {
    let fixture = fixture(suite, "MapMessageToScalarAsHash.json");
    let cases = fixture["cases"].as_array().unwrap();
    let mapped = |message: &Vec<u8>| {
        let case = cases
            .iter()
            .find(|case| bytes(&case["message"]) == *message);
        Scalar::from_bytes(&bytes(&case.unwrap()["scalar"]).try_into().unwrap()).unwrap()
    };
    messages.iter().map(mapped).collect()
}

fn signature_case(suite: Suite, name: &str) {
    let case = fixture(suite, &format!("signature/{name}.json"));
    let (header, list) = (bytes(&case["header"]), all_bytes(&case["messages"]));
    let messages = messages(&list);
    let pair = &case["signerKeyPair"];
    let expected = bytes(&case["signature"]);
    let signature = Signature::from_bytes(&expected).unwrap();
    assert_eq!(signature.to_bytes()[..], expected);
    let verdict = key(suite, &pair["publicKey"]).verify(&signature, &header, &messages);
    let secret = bytes(&pair["secretKey"]).try_into().unwrap();
    let secret = SecretKey::from_bytes(suite, &secret).unwrap();
    let own = secret.sign(&header, &messages).unwrap();
    if case["result"]["valid"].as_bool().unwrap() {
        assert_eq!(verdict, Ok(()));
        assert_eq!(own.to_bytes()[..], expected);
        let scalars = mapped(suite, &list);
        let scalars: Vec<_> = scalars.iter().map(Message::Scalar).collect();
        let of_scalars = secret.sign(&header, &scalars).unwrap();
        assert_eq!(of_scalars.to_bytes()[..], expected);
        assert_eq!(
            secret.public_key().to_bytes()[..],
            bytes(&pair["publicKey"])
        );
        let statement = Statement::plain(secret.public_key(), &header, messages.len()).unwrap();
        assert_eq!(
            statement.domain.to_bytes()[..],
            bytes(&case["trace"]["domain"])
        );
    } else {
        assert_eq!(verdict, Err(Error::WrongSignature));
    }
}

fn proof_case(suite: Suite, name: &str) {
    let case = fixture(suite, &format!("proof/{name}.json"));
    let key = key(suite, &case["signerPublicKey"]);
    let header = bytes(&case["header"]);
    let presentation_header = bytes(&case["presentationHeader"]);
    let list = all_bytes(&case["messages"]);
    let messages = messages(&list);
    let disclosed = case["disclosedIndexes"].as_array().unwrap();
    let disclosed: Vec<_> = disclosed
        .iter()
        .map(|index| index.as_u64().unwrap() as usize)
        .collect();
    let shown: Vec<_> = disclosed
        .iter()
        .map(|index| (*index, messages[*index]))
        .collect();
    let expected = bytes(&case["proof"]);
    let verdict = Proof::from_bytes(&expected)
        .and_then(|proof| key.verify_proof(&proof, &header, &presentation_header, &shown));
    if !case["result"]["valid"].as_bool().unwrap() {
        let is_reordered = case["result"]["reason"] == "re-ordered messages";
        let reason = match is_reordered {
            true => Error::IndexesNotAscending,
            false => Error::WrongProof,
        };
        assert_eq!(verdict, Err(reason));
        return;
    }
    assert_eq!(verdict, Ok(()));
    let signature = Signature::from_bytes(&bytes(&case["signature"])).unwrap();
    assert_eq!(key.verify(&signature, &header, &messages), Ok(()));
    let scalars = mapped(suite, &list);
    let scalars: Vec<_> = scalars.iter().map(Message::Scalar).collect();
    for messages in [&messages, &scalars] {
        let input = ProofInput {
            signature: &signature,
            header: &header,
            presentation_header: &presentation_header,
            messages,
            disclosed: &disclosed,
        };
        let count = 5 + messages.len() - disclosed.len();
        let proof = key.prove_blinded_by(&mut Mocked::new(suite, count), &input);
        assert_eq!(proof.unwrap().to_bytes(), expected);
    }
}

/// A test for each of a suite's fixtures.
macro_rules! fixtures {
    ($suite:expr; $($test:ident: $run:ident $name:literal,)*) => {
        $(#[test] fn $test() { $run($suite, $name) })*
    };
}

/// The same cases, by number, in both suites.
macro_rules! suite {
    ($module:ident, $suite:expr) => {
        mod $module {
            use super::{other_fixtures, proof_case, signature_case};
            use crate::Suite;
            fixtures! { $suite;
                signature_001_one_message: signature_case "signature001",
                signature_002_modified_message: signature_case "signature002",
                signature_003_extra_unsigned_message: signature_case "signature003",
                signature_004_many_messages: signature_case "signature004",
                signature_005_missing_messages: signature_case "signature005",
                signature_006_reordered_messages: signature_case "signature006",
                signature_007_wrong_public_key: signature_case "signature007",
                signature_008_different_header: signature_case "signature008",
                signature_009_shuffled_messages: signature_case "signature009",
                signature_010_no_header: signature_case "signature010",
                proof_001_one_message: proof_case "proof001",
                proof_002_all_disclosed: proof_case "proof002",
                proof_003_some_disclosed: proof_case "proof003",
                proof_004_different_presentation_header: proof_case "proof004",
                proof_005_wrong_public_key: proof_case "proof005",
                proof_006_modified_messages: proof_case "proof006",
                proof_007_extra_hidden_message: proof_case "proof007",
                proof_008_extra_invalid_hidden_message: proof_case "proof008",
                proof_009_missing_disclosed_message: proof_case "proof009",
                proof_010_reordered_messages: proof_case "proof010",
                proof_011_extra_message_and_other_count: proof_case "proof011",
                proof_012_truncated_by_one_hidden_message: proof_case "proof012",
                proof_013_different_header: proof_case "proof013",
                proof_014_no_header: proof_case "proof014",
                proof_015_no_presentation_header: proof_case "proof015",
                key_pair: key_case "keypair.json",
                hash_to_scalar: scalar_case "h2s.json",
                messages_to_scalars: message_case "MapMessageToScalarAsHash.json",
                generators: generator_case "generators.json",
                mocked_scalars: mocked_case "mockedRng.json",
            }
            use other_fixtures::*;
        }
    };
}

suite!(sha_256, Suite::Sha256);
suite!(shake_256, Suite::Shake256);

/// What signatures and proofs are made of.
mod other_fixtures {
    use super::*;
    use crate::generators::Generators;

    pub(super) fn key_case(suite: Suite, name: &str) {
        let case = fixture(suite, name);
        assert_eq!(
            bytes(&case["keyDst"]),
            suite.interface(Draft::Plain).tag("KEYGEN_DST_")
        );
        let (material, info) = (bytes(&case["keyMaterial"]), bytes(&case["keyInfo"]));
        let key = SecretKey::generate(suite, &material, &info).unwrap();
        assert_eq!(key.to_bytes()[..], bytes(&case["keyPair"]["secretKey"]));
        assert_eq!(
            key.public_key().to_bytes()[..],
            bytes(&case["keyPair"]["publicKey"])
        );
    }

    pub(super) fn scalar_case(suite: Suite, name: &str) {
        let case = fixture(suite, name);
        let scalar = suite.hash_to_scalar(&bytes(&case["message"]), &bytes(&case["dst"]));
        assert_eq!(scalar.to_bytes()[..], bytes(&case["scalar"]));
    }

    pub(super) fn message_case(suite: Suite, name: &str) {
        let cases = fixture(suite, name);
        let cases = cases["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 10);
        for case in cases {
            let message = bytes(&case["message"]);
            let scalar = Message::Bytes(&message).scalar(suite.interface(Draft::Plain));
            assert_eq!(scalar.to_bytes()[..], bytes(&case["scalar"]));
        }
    }

    pub(super) fn generator_case(suite: Suite, name: &str) {
        let case = fixture(suite, name);
        let expected = all_bytes(&case["MsgGenerators"]);
        assert_eq!(expected.len(), 10);
        let generators = Generators::plain(suite, expected.len());
        assert_eq!(generators.base().to_bytes()[..], bytes(&case["P1"]));
        assert_eq!(generators.domain().to_bytes()[..], bytes(&case["Q1"]));
        for (index, expected) in expected.iter().enumerate() {
            assert_eq!(generators.message(index).to_bytes()[..], *expected);
        }
    }

    pub(super) fn mocked_case(suite: Suite, name: &str) {
        let case = fixture(suite, name);
        let expected = all_bytes(&case["mockedScalars"]);
        let mut mocked = Mocked::new(suite, expected.len());
        for expected in expected {
            assert_eq!(mocked.scalar().unwrap().to_bytes()[..], expected);
        }
    }
}
