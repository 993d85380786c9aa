//! Checking a credential as JWT (`jwt_vc_json`, OpenID4VP 1.0 appendix B.1).

use serde_json::Value;

use super::query;
use super::request::Session;
use super::response::Learned;
use crate::encoding::unix_now;
use crate::jwt_vc::verify;
use crate::refused::{OrRefuse, Result, ensure};
use crate::sd_jwt::{Audience, IssuerTrust, Path, PresentationCheck};
use crate::status_list::require_valid;

/// What the type all credentials have is as IRI.
const BASE_TYPE: [&str; 2] = [
    "VerifiableCredential",
    "https://www.w3.org/2018/credentials#VerifiableCredential",
];

/// What a credential says: all of it, since nothing can be withheld.
pub(super) fn check(
    session: &Session,
    id: &str,
    query: &Value,
    text: &str,
    anchors: &[Vec<u8>],
) -> Result<Learned> {
    let bound = query["require_cryptographic_holder_binding"] != Value::Bool(false);
    let check = PresentationCheck {
        trust: IssuerTrust::Anchors(anchors),
        key_binding: bound.then_some(Audience {
            audience: &session.audience,
            nonce: &session.nonce,
        }),
        at: unix_now(),
    };
    let verified = verify(text, &check)?;
    let credential = verified.credential;
    check_type(query, &credential)?;
    query::check_claims(query, &credential)?;
    if let Some(status) = verified.payload.get("status") {
        require_valid(status, anchors, unix_now())?;
    }
    let subject = credential["credentialSubject"].as_object();
    let names = subject.into_iter().flatten().map(|(name, _)| name.as_str());
    let path = |name: &str| -> Path { vec!["credentialSubject".into(), name.into()] };
    let about_holder = names.filter(|name| *name != "id").map(path);
    Ok(Learned {
        query: id.to_owned(),
        disclosed: Vec::new(),
        unrequested: Vec::new(),
        always_disclosed: about_holder.collect(),
        claims: credential,
        pseudonym: None,
        anchor_proof: None,
    })
}

/// `type_values`: of one alternative the credential has every type (appendix B.1.1). No context here defines a type of its
/// own, so that types are what they are written as.
fn check_type(query: &Value, credential: &Value) -> Result<()> {
    let types = credential["type"].as_array().or_refuse("no types")?;
    let has = |one: &Value| {
        types.contains(one) || one.as_str().is_some_and(|one| BASE_TYPE.contains(&one))
    };
    let alternatives = query["meta"]["type_values"].as_array();
    let fits = alternatives
        .or_refuse("no type_values")?
        .iter()
        .any(|all| all.as_array().is_some_and(|all| all.iter().all(has)));
    ensure(fits, "a credential of another type")
}
