//! Issuing: a base proof, of which the holder derives what is shown.

use serde_json::{Map, Value, json};
use wallet_bbs::Message;

use super::cryptosuite::{hmac_labels, proof_hash, shuffled_labels};
use super::graph::{Labels, canonical_labels, sorted_lines, statements};
use super::keys::{ProofKey, p256_multikey};
use super::proof_value::{BbsBase, EcdsaSdBase};
use crate::encoding::{random, sha256};
use crate::keys::EcKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// How often a key is drawn for labels in the order of the document.
const DRAWS: usize = 10_000;

/// Secures `document` with a base proof by `key`, which `verification_method` names. What `mandatory` points at (JSON
/// Pointers) is shown in every presentation.
pub fn issue(
    document: &Value,
    key: &ProofKey,
    verification_method: &str,
    created: &str,
    mandatory: &[&str],
) -> Result<Value> {
    let mut secured = document.as_object().or_refuse("not an object")?.clone();
    let proof = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": key.cryptosuite(),
        "created": created,
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    });
    let mut proof = proof.as_object().cloned().unwrap_or_default();
    for pointer in mandatory {
        let names_something = document.pointer(pointer).is_some();
        ensure(names_something, "a mandatory pointer to nowhere")?;
    }
    let value = proof_value(&secured, &proof, key, mandatory)?;
    proof.insert("proofValue".into(), value.into());
    secured.insert("proof".into(), proof.into());
    Ok(Value::Object(secured))
}

fn proof_value(
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    key: &ProofKey,
    mandatory: &[&str],
) -> Result<String> {
    let statements = statements(document)?;
    let canonical = canonical_labels(&statements)?;
    let (hmac_key, labels) = match key {
        ProofKey::Bbs(_) => in_order_of_the_document(&canonical)?,
        ProofKey::P256(_) => {
            let hmac_key = random::<32>()?;
            (hmac_key, hmac_labels(&canonical, &hmac_key)?)
        }
    };
    let (mut always, mut selective) = (String::new(), Vec::new());
    for (line, statement) in sorted_lines(&statements, &labels)? {
        match mandatory.iter().any(|one| statement.is_selected_by(one)) {
            true => always.push_str(&line),
            false => selective.push(line),
        }
    }
    let context = document.get("@context").or_refuse("no @context")?;
    let hashes = (proof_hash(context, proof)?, sha256(always.as_bytes()));
    match key {
        ProofKey::Bbs(key) => {
            let header = [hashes.0, hashes.1].concat();
            let messages: Vec<Message> = selective
                .iter()
                .map(|line| Message::from(line.as_bytes()))
                .collect();
            let signature = key.sign(&header, &messages).or_refuse("signing")?;
            let base = BbsBase {
                signature: &*signature.to_bytes(),
                header: &header,
                public_key: &key.public_key().to_bytes(),
                hmac_key: &hmac_key,
                mandatory,
            };
            Ok(base.serialize())
        }
        ProofKey::P256(key) => {
            let scoped = EcKey::generate()?;
            let public_key =
                p256_multikey(&crate::keys::VerificationKey::P256(scoped.verifying_key()))?;
            let signed = [&hashes.0[..], &public_key, &hashes.1].concat();
            let signatures: Vec<Vec<u8>> = selective
                .iter()
                .map(|line| scoped.sign(line.as_bytes()))
                .collect();
            let base = EcdsaSdBase {
                signature: &key.sign(&signed),
                public_key: &public_key,
                hmac_key: &hmac_key,
                signatures: &signatures,
                mandatory,
            };
            Ok(base.serialize())
        }
    }
}

/// A random key whose shuffled labels count through the document. Every presentation shows the labels of what it discloses,
/// and they stay as they were signed: if each citizen had an order of their own, the order would tell citizens apart.
fn in_order_of_the_document(canonical: &Labels) -> Result<([u8; 32], Labels)> {
    for _ in 0..DRAWS {
        let key = random::<32>()?;
        let labels = shuffled_labels(canonical, &key)?;
        let mut counted = labels.values().enumerate();
        if counted.all(|(index, label)| *label == format!("b{index}")) {
            return Ok((key, labels));
        }
    }
    Err(Refused::because("too many blank nodes"))
}
