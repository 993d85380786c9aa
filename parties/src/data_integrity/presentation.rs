//! Verifying a presentation with a proof of ecdsa-rdfc-2019 (vc-di-ecdsa section 3.2) around a credential, as OpenID4VP 1.0
//! appendix B.1.3.2 wants it.

use serde_json::Value;

use super::cryptosuite::proof_hash;
use super::graph::{canonical_labels, sorted_lines, statements};
use super::keys::PublicProofKey;
use crate::encoding::{from_base58, sha256};
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// Checks that the presentation was made for `challenge` and `domain` by the did:key it names, and returns the credential in
/// it. Whose key that is, nobody says: this protects against replay and binds to no holder.
pub fn verify_presentation<'p>(
    presentation: &'p Value,
    challenge: &str,
    domain: &str,
) -> Result<&'p Value> {
    let mut document = presentation.as_object().or_refuse("not an object")?.clone();
    let mut proof = match document.remove("proof") {
        Some(Value::Object(proof)) => proof,
        _ => return Err(Refused::because("not one proof")),
    };
    let kind = &presentation["type"];
    ensure(
        *kind == serde_json::json!(["VerifiablePresentation"]),
        "not a presentation",
    )?;
    let value = proof.remove("proofValue");
    for (name, expected) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", "ecdsa-rdfc-2019"),
        ("proofPurpose", "authentication"),
        ("challenge", challenge),
        ("domain", domain),
    ] {
        let reason = format!("{name} of the presentation's proof");
        ensure(proof.get(name).is_some_and(|one| one == expected), &reason)?;
    }
    let holder = presentation["holder"].as_str().or_refuse("no holder")?;
    let multibase = holder.strip_prefix("did:key:").or_refuse("not a did:key")?;
    let method = format!("{holder}#{multibase}");
    ensure(
        proof
            .get("verificationMethod")
            .is_some_and(|one| *one == method),
        "the key of another",
    )?;
    let PublicProofKey::P256(key) = PublicProofKey::from_multibase(multibase)? else {
        return Err(Refused::because("not a P-256 key"));
    };
    let statements = statements(&document)?;
    let lines = sorted_lines(&statements, &canonical_labels(&statements)?)?;
    let lines: String = lines.into_iter().map(|(line, _)| line).collect();
    let signed = [
        proof_hash(&presentation["@context"], &proof)?,
        sha256(lines.as_bytes()),
    ];
    let value = value
        .as_ref()
        .and_then(Value::as_str)
        .and_then(|value| value.strip_prefix('z'));
    let signature = from_base58(value.or_refuse("not base58btc")?)?;
    key.verify(&signed.concat(), &signature)?;
    match presentation["verifiableCredential"]
        .as_array()
        .map(Vec::as_slice)
    {
        Some([credential]) => Ok(credential),
        _ => Err(Refused::because("not one credential in the presentation")),
    }
}
