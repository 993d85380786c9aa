//! Issuing: a base proof, of which the holder derives what is shown.

use serde_json::{Map, Value, json};
use wallet_bbs::{Commitment, Message, SecretKey, Signature, SignerNymEntropy};

use super::cryptosuite::{hmac_labels, proof_hash, shuffled_labels};
use super::graph::{Labels, canonical_labels, sorted_lines, statements};
use super::keys::{ProofKey, p256_multikey};
use super::proof_value::{BaseBinding, BbsBase, EcdsaSdBase};
use super::verify::REVISION;
use crate::encoding::{random, sha256};
use crate::keys::{EcKey, VerificationKey};
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// How often a key is drawn for labels in the order of the document.
const DRAWS: usize = 10_000;

/// In which order the blank nodes of bbs-2023 have their labels. Every presentation shows the labels of what it discloses,
/// and they stay as they were signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelOrder {
    /// As the shuffling key happens to shuffle (vc-di-bbs section 3.2.1): in general an order of its own for each credential,
    /// by which citizens can be told apart.
    Shuffled,
    /// Any but that of the document.
    OfItsOwn,
    /// That of the document: shuffling keys are drawn until one gives it. The same for all citizens.
    OfTheDocument,
}

/// How a base proof is made.
pub struct Signing<'a> {
    /// Decides on the cryptosuite.
    pub key: &'a ProofKey,
    /// The name of the key.
    pub verification_method: &'a str,
    /// `created`, as xsd:dateTime.
    pub created: &'a str,
    /// JSON Pointers to what is shown in every presentation.
    pub mandatory: &'a [&'a str],
    /// What the proof says is `mandatory`: the same, unless the issuer lies.
    pub named: &'a [&'a str],
    /// For bbs-2023.
    pub labels: LabelOrder,
}

/// The holder's secrets a base proof of bbs-2023 is bound to, as far as its issuer has them.
pub struct Bound<'a> {
    /// To the holder's secret and, with `entropy`, to one for pseudonyms.
    pub commitment: &'a Commitment,
    /// The issuer's part of the secret for pseudonyms.
    pub entropy: Option<&'a SignerNymEntropy>,
}

impl Signing<'_> {
    /// Secures `document` with a base proof.
    pub fn issue(&self, document: &Value) -> Result<Value> {
        self.issue_bound(document, None)
    }

    /// The same, bound to secrets of the holder's.
    pub fn issue_bound(&self, document: &Value, bound: Option<&Bound>) -> Result<Value> {
        let mut secured = document.as_object().or_refuse("not an object")?.clone();
        let proof = json!({
            "type": "DataIntegrityProof",
            "cryptosuite": self.key.cryptosuite(),
            "created": self.created,
            "verificationMethod": self.verification_method,
            "proofPurpose": "assertionMethod",
        });
        let mut proof = proof.as_object().cloned().unwrap_or_default();
        for pointer in self.mandatory {
            let names_something = document.pointer(pointer).is_some();
            ensure(names_something, "a mandatory pointer to nowhere")?;
        }
        let value = self.proof_value(&secured, &proof, bound)?;
        proof.insert("proofValue".into(), value.into());
        secured.insert("proof".into(), proof.into());
        Ok(Value::Object(secured))
    }

    /// A random key, and what it makes of the labels.
    fn shuffled(&self, canonical: &Labels) -> Result<([u8; 32], Labels)> {
        for _ in 0..DRAWS {
            let key = random::<32>()?;
            let labels = shuffled_labels(canonical, &key)?;
            let mut counted = labels.values().enumerate();
            let in_order = counted.all(|(index, label)| *label == format!("b{index}"));
            let is_wanted = match self.labels {
                LabelOrder::Shuffled => true,
                LabelOrder::OfItsOwn => !in_order,
                LabelOrder::OfTheDocument => in_order,
            };
            if is_wanted {
                return Ok((key, labels));
            }
        }
        Err(Refused::because("no key gives the labels this order"))
    }

    fn proof_value(
        &self,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        bound: Option<&Bound>,
    ) -> Result<String> {
        let statements = statements(document)?;
        let canonical = canonical_labels(&statements)?;
        let (hmac_key, labels) = match self.key {
            ProofKey::Bbs(_) => self.shuffled(&canonical)?,
            ProofKey::P256(_) => {
                let hmac_key = random::<32>()?;
                (hmac_key, hmac_labels(&canonical, &hmac_key)?)
            }
        };
        let (mut always, mut selective) = (String::new(), Vec::new());
        for (line, statement) in sorted_lines(&statements, &labels)? {
            let mut pointers = self.mandatory.iter();
            match pointers.any(|pointer| statement.is_selected_by(pointer)) {
                true => always.push_str(&line),
                false => selective.push(line),
            }
        }
        let context = document.get("@context").or_refuse("no @context")?;
        let proof_hash = proof_hash(context, proof)?;
        let mandatory_hash = sha256(always.as_bytes());
        match self.key {
            ProofKey::Bbs(key) => {
                let header = [proof_hash, mandatory_hash].concat();
                let messages = selective.iter().map(|line| Message::from(line.as_bytes()));
                let (signature, binding) =
                    sign(key, &header, &messages.collect::<Vec<_>>(), bound)?;
                let base = BbsBase {
                    signature: &*signature.to_bytes(),
                    header: &header,
                    public_key: &key.public_key().to_bytes(),
                    hmac_key: &hmac_key,
                    mandatory: self.named,
                    binding,
                };
                Ok(base.serialize())
            }
            ProofKey::P256(_) if bound.is_some() => {
                Err(Refused::because("no secrets in this suite"))
            }
            ProofKey::P256(key) => {
                let scoped = EcKey::generate()?;
                let public_key = VerificationKey::P256(scoped.verifying_key());
                let public_key = p256_multikey(&public_key)?;
                let signed = [&proof_hash[..], &public_key, &mandatory_hash].concat();
                let signatures = selective.iter().map(|line| scoped.sign(line.as_bytes()));
                let base = EcdsaSdBase {
                    signature: &key.sign(&signed),
                    public_key: &public_key,
                    hmac_key: &hmac_key,
                    signatures: &signatures.collect::<Vec<_>>(),
                    mandatory: self.named,
                };
                Ok(base.serialize())
            }
        }
    }
}

/// `sign_blind` where the holder committed to secrets; the commitment's proof is verified by it.
fn sign(
    key: &SecretKey,
    header: &[u8],
    messages: &[Message],
    bound: Option<&Bound>,
) -> Result<(Signature, BaseBinding)> {
    let Some(bound) = bound else {
        let signature = key.sign(header, messages).or_refuse("signing")?;
        return Ok((signature, BaseBinding::Nothing));
    };
    let commitment = bound.commitment;
    let secrets = 1 + usize::from(bound.entropy.is_some());
    let right = commitment.count() == secrets;
    ensure(right, "a commitment to another number of secrets")?;
    let (signature, binding) = match bound.entropy {
        None => (
            key.sign_blind(commitment, header, messages),
            BaseBinding::Secret,
        ),
        Some(entropy) => (
            key.sign_blind_with_nym(commitment, REVISION, entropy, header, messages),
            BaseBinding::SecretAndNym(*entropy.to_bytes()),
        ),
    };
    Ok((signature.or_refuse("the commitment")?, binding))
}

/// Changes a character of the issuer's signature in a base proof: the fault `bad_signature`.
pub fn break_proof(mut credential: Value) -> Result<Value> {
    // In the second half of it, which is a number in either suite: a point that is none would be found sooner.
    const PLACE: usize = 86;
    let value = credential["proof"]["proofValue"].as_str();
    let mut bytes = value.or_refuse("no proof")?.as_bytes().to_vec();
    if let Some(byte) = bytes.get_mut(PLACE) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
    credential["proof"]["proofValue"] = String::from_utf8(bytes).or_refuse("not text")?.into();
    Ok(credential)
}
