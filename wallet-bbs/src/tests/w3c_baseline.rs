//! The signatures and proofs in the W3C's vectors of bbs-2023 (test-fixtures/vectors/vc-di-bbs), with their statements as
//! messages. How documents become statements is tested in wallet-core.

use serde_json::Value;

use super::ietf::{Mocked, bytes, vector};
use crate::proof::ProofInput;
use crate::suite::Draft;
use crate::{Message, Proof, PublicKey, SecretKey, Signature, Suite};

/// The statements that are signed as messages, in order.
fn messages(transform: &Value) -> Vec<String> {
    let entries = transform["nonMandatory"]["value"].as_array().unwrap();
    let statement = |entry: &Value| entry[1].as_str().unwrap().to_owned();
    entries.iter().map(statement).collect()
}

fn set(folder: &str) {
    let file = |name: &str| vector(&format!("vc-di-bbs/{folder}/{name}.json"));
    let keys = vector("vc-di-bbs/BBSKeyMaterial.json");
    let secret = bytes(&keys["privateKeyHex"]).try_into().unwrap();
    let secret = SecretKey::from_bytes(Suite::Sha256, &secret).unwrap();
    let key = PublicKey::from_bytes(Suite::Sha256, &bytes(&keys["publicKeyHex"])).unwrap();
    assert_eq!(*secret.public_key(), key);

    let hashes = file("addHashData");
    let header = [bytes(&hashes["proofHash"]), bytes(&hashes["mandatoryHash"])].concat();
    let statements = messages(&file("addBaseTransform"));
    let messages: Vec<Message> = statements
        .iter()
        .map(|statement| Message::Bytes(statement.as_bytes()))
        .collect();
    let expected = bytes(&file("addRawBaseSignatureInfo")["bbsSignature"]);
    let signature = secret.sign(&header, &messages).unwrap();
    assert_eq!(*signature.to_bytes(), *expected);

    let disclosed = file("derivedAdjIndexes")["adjSelectiveIndexes"].clone();
    let disclosed: Vec<usize> = serde_json::from_value(disclosed).unwrap();
    let material = vector("vc-di-bbs/BBSDeriveMaterial.json");
    let presentation_header = bytes(&material["presentationHeaderHex"]);
    let hidden = messages.len() - disclosed.len();
    let input = ProofInput {
        signature: &Signature::from_bytes(&expected).unwrap(),
        header: &header,
        presentation_header: &presentation_header,
        messages: &messages,
        disclosed: &disclosed,
    };
    // Under the interface's name without a purpose, which the vectors do not say.
    let mut random = Mocked::under(
        Suite::Sha256,
        Suite::Sha256.interface(Draft::Plain).id().as_bytes(),
        5 + hidden,
    );
    let proof = key.prove_blinded_by(&mut random, &input).unwrap();
    let expected = bytes(&file("derivedDisclosureData")["bbsProof"]);
    assert_eq!(proof.to_bytes(), expected);

    let shown = |index: &usize| (*index, messages[*index]);
    let shown: Vec<_> = disclosed.iter().map(shown).collect();
    let proof = Proof::from_bytes(&expected).unwrap();
    key.verify_proof(&proof, &header, &presentation_header, &shown)
        .unwrap();
}

// shows: BBS 12 (vector), BBS 13 (vector)
#[test]
fn windsurf() {
    set(".");
}

// shows: BBS 12 (vector)
#[test]
fn permanent_resident() {
    set("prc");
}
