//! Verifying a derived proof: what the holder chose to show is what the issuer signed.

use serde_json::{Map, Value};
use wallet_bbs::{
    BlindShown, Message, Proof, Pseudonym, PseudonymRevision, PseudonymShown, PublicKey,
};

use super::cryptosuite::proof_hash;
use super::graph::{Labels, canonical_labels, sorted_lines, statements};
use super::keys::PublicProofKey;
use super::proof_value::{BbsDerived, EcdsaSdDerived};
use crate::encoding::sha256;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// The drafts behind the W3C's vectors of April 2025.
pub(super) const REVISION: PseudonymRevision = PseudonymRevision::Draft01;

/// What a verifier knows after it verified a derived proof.
#[derive(Debug, Clone)]
pub struct VerifiedCredential {
    /// What was shown, without the proof.
    pub document: Value,
    /// What the proof says it was made for; `None` in ecdsa-sd-2023, which has nothing of the kind.
    pub presentation_header: Option<Vec<u8>>,
    /// What the holder's pseudonym is one in, and the pseudonym.
    pub pseudonym: Option<(String, Vec<u8>)>,
    /// JSON Pointers to the values the holder chose to show.
    pub selected: Vec<String>,
    /// JSON Pointers to the values every presentation shows.
    pub mandatory: Vec<String>,
}

/// Verifies a credential with a derived proof by the key that `key_of` finds for the verification method. Trust in the key,
/// validity and what the presentation was made for are the caller's to check.
pub fn verify(
    credential: &Value,
    key_of: impl FnOnce(&str) -> Result<PublicProofKey>,
) -> Result<VerifiedCredential> {
    let mut document = credential.as_object().or_refuse("not an object")?.clone();
    let proof = match document.remove("proof") {
        Some(Value::Object(proof)) => proof,
        _ => return Err(Refused::because("not one proof")),
    };
    let member = |name: &str| proof.get(name).and_then(Value::as_str);
    ensure(
        member("type") == Some("DataIntegrityProof"),
        "type of the proof",
    )?;
    ensure(
        member("proofPurpose") == Some("assertionMethod"),
        "purpose of the proof",
    )?;
    let method = member("verificationMethod").or_refuse("no verificationMethod")?;
    let key = key_of(method)?;
    ensure(
        member("cryptosuite") == Some(key.cryptosuite()),
        "cryptosuite",
    )?;
    let value = member("proofValue").or_refuse("no proofValue")?;
    let context = document.get("@context").or_refuse("no @context")?;
    let proof_hash = proof_hash(context, &proof)?;
    let mut pseudonym = None;
    let (shown, presentation_header) = match &key {
        PublicProofKey::Bbs(key) => {
            let derived = BbsDerived::parse(value)?;
            let shown = Shown::read(&document, &derived.labels, &derived.mandatory)?;
            let count = derived.selective.len() == shown.selective.len();
            ensure(count, "as many indexes as statements")?;
            let header = [proof_hash, shown.mandatory_hash].concat();
            let lines = shown
                .selective
                .iter()
                .map(|line| Message::from(line.as_bytes()));
            let disclosed: Vec<(usize, Message)> =
                derived.selective.iter().copied().zip(lines).collect();
            let proof = Proof::from_bytes(&derived.proof).or_refuse("the proof of BBS")?;
            verify_bbs(key, &proof, &header, &disclosed, &derived)?;
            pseudonym = derived.binding.and_then(|binding| binding.pseudonym);
            (shown, Some(derived.presentation_header))
        }
        PublicProofKey::P256(key) => {
            let derived = EcdsaSdDerived::parse(value)?;
            let shown = Shown::read(&document, &derived.labels, &derived.mandatory)?;
            let count = derived.signatures.len() == shown.selective.len();
            ensure(count, "as many signatures as statements")?;
            let signed = [&proof_hash[..], &derived.public_key, &shown.mandatory_hash].concat();
            key.verify(&signed, &derived.signature)?;
            let scoped = PublicProofKey::from_p256_multikey(&derived.public_key)?;
            for (line, signature) in shown.selective.iter().zip(&derived.signatures) {
                scoped.verify(line.as_bytes(), signature)?;
            }
            (shown, None)
        }
    };
    Ok(VerifiedCredential {
        document: Value::Object(document),
        presentation_header,
        pseudonym,
        selected: shown.selected,
        mandatory: shown.mandatory,
    })
}

/// A proof, of what the issuer signed blindly where it says so.
fn verify_bbs(
    key: &PublicKey,
    proof: &Proof,
    header: &[u8],
    disclosed: &[(usize, Message)],
    derived: &BbsDerived,
) -> Result<()> {
    let made_for = &derived.presentation_header;
    let Some(binding) = &derived.binding else {
        let verified = key.verify_proof(proof, header, made_for, disclosed);
        return verified.or_refuse("the proof of BBS");
    };
    // Of two scalars one could be neither the holder's secret nor the pseudonym's.
    let secrets = match &binding.pseudonym {
        None => 1,
        Some(_) => 2,
    };
    let signed = binding.count.checked_add(1 + secrets);
    let as_many = signed == Some(disclosed.len() + proof.hidden_count());
    ensure(as_many, "as many secrets as the proof says")?;
    let shown = BlindShown {
        header,
        count: binding.count,
        messages: disclosed,
        committed: &[],
    };
    let verified = match &binding.pseudonym {
        None => key.verify_blind_proof(proof, &shown, made_for),
        Some((domain, pseudonym)) => {
            let pseudonym = Pseudonym::from_bytes(pseudonym).or_refuse("the pseudonym")?;
            let nym = PseudonymShown {
                revision: REVISION,
                context: domain.as_bytes(),
                pseudonym: &pseudonym,
            };
            key.verify_proof_with_nym(proof, &shown, &nym, made_for)
        }
    };
    verified.or_refuse("the proof of BBS")
}

/// The statements of what is shown, as they were signed.
struct Shown {
    mandatory_hash: [u8; 32],
    /// The lines of the others.
    selective: Vec<String>,
    /// Places of values.
    selected: Vec<String>,
    mandatory: Vec<String>,
}

impl Shown {
    fn read(document: &Map<String, Value>, signed: &Labels, mandatory: &[usize]) -> Result<Self> {
        let statements = statements(document)?;
        let canonical = canonical_labels(&statements)?;
        ensure(
            canonical.len() == signed.len(),
            "as many labels as blank nodes",
        )?;
        let label = |(old, canonical): (&String, &String)| {
            let label = signed.get(canonical).or_refuse("a label is missing")?;
            Ok((old.clone(), label.clone()))
        };
        let labels = canonical.iter().map(label).collect::<Result<Labels>>()?;
        let lines = sorted_lines(&statements, &labels)?;
        let known = mandatory.iter().all(|index| *index < lines.len());
        ensure(known, "a mandatory index out of range")?;
        let (mut always, mut lines_of_others) = (String::new(), Vec::new());
        let (mut places, mut places_of_others) = (Vec::new(), Vec::new());
        for (index, (line, statement)) in lines.into_iter().enumerate() {
            let place = statement.place_of_value().map(str::to_owned);
            match mandatory.binary_search(&index) {
                Ok(_) => {
                    always.push_str(&line);
                    places.extend(place);
                }
                Err(_) => {
                    lines_of_others.push(line);
                    places_of_others.extend(place);
                }
            }
        }
        Ok(Self {
            mandatory_hash: sha256(always.as_bytes()),
            selective: lines_of_others,
            selected: places_of_others,
            mandatory: places,
        })
    }
}
