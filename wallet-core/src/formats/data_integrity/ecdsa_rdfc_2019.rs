//! The suite ecdsa-rdfc-2019 (W3C vc-di-ecdsa 3.2) with P-256, over presentations: the outer proof that binds an `ldp_vp` to
//! a verifier and its nonce (OpenID4VP 1.0 B.1.3.2).

use super::error::DataIntegrityError;
use super::json_ld;
use super::multikey::Multikey;
use super::proof::{hash_options, hash_statements};
use super::rdf::rdfc10;
use crate::clock::UnixTime;
use crate::did::{DidUrl, authentication_key};
use crate::jose::PublicKey;
use crate::random::Random;
use crate::secret::Secret;
use serde_json::{Map, Value, json};
use wallet_primitives::{Refused, p256};

/// The identifier of the suite.
pub const SUITE: &str = "ecdsa-rdfc-2019";

/// Contexts of presentations, by the first of the credential inside. The older one does not know Data Integrity by itself.
const CONTEXTS: [&[&str]; 2] = [
    &["https://www.w3.org/ns/credentials/v2"],
    &[
        "https://www.w3.org/2018/credentials/v1",
        "https://w3id.org/security/data-integrity/v2",
    ],
];

/// The members of a presentation, and those of its proof. Another could say what nobody here checks.
const MEMBERS: [&str; 5] = [
    "@context",
    "type",
    "holder",
    "verifiableCredential",
    "proof",
];
const PROOF_MEMBERS: [&str; 8] = [
    "type",
    "cryptosuite",
    "created",
    "verificationMethod",
    "proofPurpose",
    "challenge",
    "domain",
    "proofValue",
];

/// The occasion a presentation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion<'a> {
    /// `challenge`: the verifier's nonce.
    pub challenge: &'a str,
    /// `domain`: the verifier's client identifier.
    pub domain: &'a str,
}

/// A presentation of one derived credential with an outer proof by a key made here and wiped here, so that it links this
/// showing to no other: it protects against replay and says nothing of who holds the credential. JSON.
///
/// # Errors
/// [`DataIntegrityError::NoRandomness`], [`DataIntegrityError::Credential`], and those about statements.
pub fn seal_presentation(
    credential: Value,
    occasion: &Occasion<'_>,
    at: UnixTime,
    random: &dyn Random,
) -> Result<String, DataIntegrityError> {
    let refused = |_: Refused| DataIntegrityError::NoRandomness;
    let secret = Secret::<32>::make(random).map_err(|_| DataIntegrityError::NoRandomness)?;
    let key = Multikey::P256(p256::public_half(secret.expose()).map_err(refused)?).to_text();
    let holder = format!("did:key:{key}");
    let first = credential.pointer("/@context/0");
    let context = CONTEXTS
        .iter()
        .find(|context| first.and_then(Value::as_str) == context.first().copied());
    let mut document = Map::new();
    document.insert(
        "@context".to_owned(),
        json!(context.ok_or(DataIntegrityError::Credential("@context"))?),
    );
    document.insert("type".to_owned(), json!(["VerifiablePresentation"]));
    document.insert("holder".to_owned(), json!(holder));
    document.insert("verifiableCredential".to_owned(), json!([credential]));
    let created = at
        .to_rfc3339()
        .ok_or(DataIntegrityError::Proof("created"))?;
    let mut proof = Map::new();
    for (name, value) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", SUITE),
        ("created", &created),
        ("verificationMethod", &format!("{holder}#{key}")),
        ("proofPurpose", "authentication"),
        ("challenge", occasion.challenge),
        ("domain", occasion.domain),
    ] {
        proof.insert(name.to_owned(), value.into());
    }
    let signed = signed_bytes(&document, &proof)?;
    let signature = p256::sign(secret.expose(), &signed).map_err(refused)?;
    let mut value = bs58::encode(signature).into_string();
    value.insert(0, 'z');
    proof.insert("proofValue".to_owned(), value.into());
    document.insert("proof".to_owned(), Value::Object(proof));
    Ok(Value::Object(document).to_string())
}

/// Checks the outer proof of a presentation: that it is for this occasion, and by the key it names, of whoever that is. A
/// presentation that says more than [`seal_presentation`] does is refused.
///
/// # Errors
/// [`DataIntegrityError::ProofInvalid`], [`DataIntegrityError::Proof`], and those about statements.
pub fn verify_presentation(
    presentation: &Map<String, Value>,
    occasion: &Occasion<'_>,
) -> Result<(), DataIntegrityError> {
    if presentation.get("type") != Some(&json!(["VerifiablePresentation"]))
        || !presentation
            .keys()
            .all(|name| MEMBERS.contains(&name.as_str()))
    {
        return Err(DataIntegrityError::Credential("presentation"));
    }
    let mut document = presentation.clone();
    let proof = document.shift_remove("proof");
    let Some(Value::Object(mut proof)) = proof else {
        return Err(DataIntegrityError::ProofCount);
    };
    let mut names = proof.keys();
    if !names.all(|name| PROOF_MEMBERS.contains(&name.as_str())) {
        return Err(DataIntegrityError::Proof("proof_member"));
    }
    let value = proof.shift_remove("proofValue");
    for (name, expected) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", SUITE),
        ("proofPurpose", "authentication"),
        ("challenge", occasion.challenge),
        ("domain", occasion.domain),
    ] {
        if proof.get(name).and_then(Value::as_str) != Some(expected) {
            return Err(DataIntegrityError::Proof(name));
        }
    }
    let method = proof.get("verificationMethod").and_then(Value::as_str);
    let controller = method.and_then(|method| Some(method.split_once('#')?.0));
    if controller.is_none() || presentation.get("holder").and_then(Value::as_str) != controller {
        return Err(DataIntegrityError::WrongKey);
    }
    let url = method.and_then(|method| DidUrl::parse(method).ok());
    let key = url.and_then(|url| authentication_key(&url).ok());
    let signature = value.as_ref().and_then(Value::as_str).and_then(signature);
    match key {
        Some(key @ PublicKey::P256(_)) => verify(
            &key,
            &document,
            &proof,
            &signature.ok_or(DataIntegrityError::ProofValue)?,
        ),
        _ => Err(DataIntegrityError::WrongKey),
    }
}

pub(super) fn verify(
    key: &PublicKey,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    signature: &[u8; 64],
) -> Result<(), DataIntegrityError> {
    let signed = signed_bytes(document, proof)?;
    let verified = key.verify(&signed, signature);
    verified.map_err(|_| DataIntegrityError::ProofInvalid)
}

/// `hashData`: that of the proof without its value, then that of the document without its proof.
pub(super) fn signed_bytes(
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
) -> Result<Vec<u8>, DataIntegrityError> {
    let context = document.get("@context");
    let context = context.ok_or(DataIntegrityError::Credential("@context"))?;
    let canonical = rdfc10::canonicalize(&json_ld::to_rdf(document)?)?;
    let proof = hash_options(proof, context)?;
    Ok([proof, hash_statements(canonical.n_quads.iter())].concat())
}

/// Multibase base58btc of 64 bytes.
pub(super) fn signature(text: &str) -> Option<[u8; 64]> {
    let text = text.strip_prefix('z').filter(|text| text.len() <= 88)?;
    bs58::decode(text).into_vec().ok()?.try_into().ok()
}
