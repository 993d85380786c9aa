//! Ordering a credential that is bound to secrets the issuer does not see: a proof type of our own, for want of one in
//! OpenID4VCI 1.0 (docs/adr/27-a-proof-type-for-commitments.md). Sent only where the issuer's metadata list it.

use super::error::{IssuanceError, NotIssuable};
use super::proof::ProofClaims;
use crate::formats::data_integrity::{Feature, HolderSecrets};
use crate::jose::{Algorithm, JwsDraft, base64url};
use crate::keys::{HolderKey, KeyPurpose, SoftwareKey, sign_jws};
use crate::random::Random;
use serde_json::{Map, Value, json};

/// The proof type.
pub(super) const PROOF_TYPE: &str = "https://citizenwallet.example/proof-types/bbs-commitment/v1";
/// The way of binding that goes with it.
const BINDING_METHOD: &str = "https://citizenwallet.example/binding-methods/bbs-commitment/v1";
/// `typ` of the JWS that carries a commitment.
const TYP: &str = "bbs-commitment+jwt";

/// The feature of a configuration that wants a commitment; `None` for one that wants none.
pub(super) fn feature(configuration: &Map<String, Value>) -> Result<Option<Feature>, NotIssuable> {
    let types = configuration.get("proof_types_supported");
    let Some(members) = types.and_then(|types| types.get(PROOF_TYPE)) else {
        return Ok(None);
    };
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let methods = list(configuration.get("cryptographic_binding_methods_supported"));
    if !methods.is_some_and(|methods| methods.iter().any(|method| method == BINDING_METHOD)) {
        return Err(NotIssuable::BindingMethod);
    }
    let algorithms = list(members.get("proof_signing_alg_values_supported"));
    let algorithms = algorithms.ok_or(NotIssuable::Malformed)?;
    if !algorithms
        .iter()
        .any(|name| name == Algorithm::Es256.as_str())
    {
        return Err(NotIssuable::ProofAlgorithm);
    }
    let feature = members.get("bbs_feature").and_then(Value::as_str);
    let feature = Feature::from_identifier(feature.ok_or(NotIssuable::Malformed)?);
    feature.map(Some).ok_or(NotIssuable::ProofType)
}

/// `proofs` of a request: the commitment for this issuer and nonce, in a JWS by a key made for this request and used for
/// nothing else. It says nothing of who sends it, and is no secret: what is signed over it is of use to none but who knows
/// what was committed to.
pub(super) async fn make_proofs(
    random: &dyn Random,
    claims: &ProofClaims<'_>,
    holder: &HolderSecrets,
) -> Result<Value, IssuanceError> {
    let key = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, random)?;
    let header = json!({
        "typ": TYP,
        "alg": Algorithm::Es256.as_str(),
        "jwk": key.public_key().to_jwk(),
    });
    let mut payload = super::proof::payload(claims);
    let commitment = base64url::encode(holder.commitment());
    payload.insert("commitment".to_owned(), commitment.into());
    payload.insert("bbs_feature".to_owned(), holder.feature().as_str().into());
    let header = header.as_object().cloned().unwrap_or_default();
    let draft = JwsDraft::new(&header, &payload);
    let proof = sign_jws(draft, &key, KeyPurpose::Holder).await?;
    Ok(json!({ PROOF_TYPE: [proof] }))
}
