//! Checking a credential with a derived proof of Data Integrity (`ldp_vc`, OpenID4VP 1.0 appendix B.1).

use serde_json::Value;

use super::query;
use super::request::Session;
use super::response::Learned;
use crate::calendar::unix_time;
use crate::control;
use crate::data_integrity::{PublicProofKey, Vocabulary, verify, verify_presentation};
use crate::encoding::{base64url, from_base64url, json_object, sha256, unix_now};
use crate::keys::thumbprint;
use crate::refused::{OrRefuse, Refused, Result, ensure};
use crate::sd_jwt::Path;

/// How many seconds clocks may differ.
const LEEWAY: u64 = 60;
/// Of `docs/presentation-header.md`.
const LABEL: &str = "wallet/v1/presentation-header";
/// Of `docs/pseudonyms.md`.
const SCOPE_LABEL: &str = "wallet/v1/pseudonym-scope";

/// What a credential says, shown by itself or, where we asked for binding, in a presentation made for us (appendix B.1.3.2).
/// `controllers` are the issuers we trust.
pub(super) fn check(
    session: &Session,
    id: &str,
    query: &Value,
    shown: &Value,
    controllers: &[String],
) -> Result<Learned> {
    let bound = query["require_cryptographic_holder_binding"] != Value::Bool(false);
    let credential = match bound {
        true => verify_presentation(shown, &session.nonce, &session.audience)?,
        false => shown,
    };
    let issuer = credential["issuer"].as_str().or_refuse("no issuer")?;
    let trusted = controllers.iter().any(|one| one == issuer);
    ensure(trusted, "an issuer we do not know")?;
    let verified = verify(credential, |method| key_of(issuer, method))?;
    if let Some(header) = &verified.presentation_header {
        let expected = presentation_header(session, id)?;
        ensure(*header == expected, "made for another occasion")?;
    }
    let asked = query["meta"]["pseudonym"]["service"].as_str();
    let pseudonym = match (asked, verified.pseudonym) {
        (None, _) => None,
        (Some(service), Some((scope, pseudonym))) => {
            let expected = pseudonym_scope(&session.client_id, service);
            ensure(scope == expected, "a pseudonym for something else")?;
            Some(pseudonym.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        (Some(_), None) => return Err(Refused::because("no pseudonym")),
    };
    let document = verified.document;
    check_validity(&document)?;
    check_proof_end(&credential["proof"])?;
    check_type(query, &document)?;
    query::check_claims(query, &document)?;
    let paths = |pointers: &[String]| pointers.iter().map(|p| path(p)).collect::<Vec<Path>>();
    let disclosed = paths(&verified.selected);
    let of_holder = |path: &Path| path.first().is_some_and(|name| name == "credentialSubject");
    let always = paths(&verified.mandatory).into_iter().filter(of_holder);
    Ok(Learned {
        query: id.to_owned(),
        unrequested: query::unrequested(query, &document, &disclosed),
        always_disclosed: always.collect(),
        disclosed,
        claims: document,
        pseudonym,
        anchor_proof: None,
    })
}

/// The key of a verification method, from the document of its controller (CID 1.0 section 3.3).
fn key_of(issuer: &str, method: &str) -> Result<PublicProofKey> {
    let text = control::document(issuer)?;
    listed_key(
        &Value::Object(json_object(text.as_bytes())?),
        issuer,
        method,
    )
}

fn listed_key(document: &Value, issuer: &str, method: &str) -> Result<PublicProofKey> {
    ensure(
        document["id"] == issuer,
        "the document of another controller",
    )?;
    let methods = document["verificationMethod"].as_array();
    let named = methods.and_then(|all| all.iter().find(|one| one["id"] == method));
    let named = named.or_refuse("a key its controller does not have")?;
    ensure(
        named["controller"] == issuer,
        "the key of another controller",
    )?;
    let is_over = !named["revoked"].is_null() || !named["expires"].is_null();
    ensure(!is_over, "a key that was taken back")?;
    let asserts = document["assertionMethod"].as_array();
    let asserts = asserts.is_some_and(|all| all.iter().any(|one| one == method));
    ensure(asserts, "a key for another purpose")?;
    ensure(named["type"] == "Multikey", "an unknown kind of key")?;
    let key = named["publicKeyMultibase"].as_str().or_refuse("no key")?;
    PublicProofKey::from_multibase(key)
}

/// What a presentation for this request must be made for (docs/presentation-header.md).
fn presentation_header(session: &Session, id: &str) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    for text in &session.transaction_data {
        let entry = json_object(&from_base64url(text)?)?;
        let ids = entry.get("credential_ids").and_then(Value::as_array);
        if ids.is_some_and(|ids| ids.iter().any(|one| one == id)) {
            data.push(sha256(text.as_bytes()));
        }
    }
    let key = match session.encrypted {
        true => from_base64url(&thumbprint(&session.encryption_key.public_jwk())?)?,
        false => Vec::new(),
    };
    let mut input = Vec::new();
    let mut item = |bytes: &[u8]| {
        input.extend((bytes.len() as u64).to_be_bytes());
        input.extend(bytes);
    };
    item(LABEL.as_bytes());
    item(session.client_id.as_bytes());
    item(session.nonce.as_bytes());
    item(session.destination.as_bytes());
    item(&key);
    input.extend((data.len() as u64).to_be_bytes());
    for hash in data {
        input.extend((hash.len() as u64).to_be_bytes());
        input.extend(hash);
    }
    Ok(sha256(&input).to_vec())
}

/// What a pseudonym for our service is one in (docs/pseudonyms.md).
pub(super) fn pseudonym_scope(client_id: &str, service: &str) -> String {
    let lower_case = client_id.to_ascii_lowercase();
    let client_id = match client_id.starts_with("x509_san_dns:") {
        true => &lower_case,
        false => client_id,
    };
    let items = [SCOPE_LABEL, client_id, service].map(|item| {
        let length = (item.len() as u64).to_be_bytes();
        [&length[..], item.as_bytes()].concat()
    });
    base64url(&sha256(&items.concat()))
}

/// VC Data Model 2.0 section 4.9. The issuer shows both in every presentation.
fn check_validity(document: &Value) -> Result<()> {
    let time = |name: &str| unix_time(document[name].as_str().or_refuse("no validity")?);
    let now = unix_now();
    ensure(
        time("validFrom")? <= now + LEEWAY,
        "the credential is not valid yet",
    )?;
    ensure(
        now <= time("validUntil")? + LEEWAY,
        "the credential has expired",
    )
}

/// VC Data Integrity 1.0 section 2.1.
fn check_proof_end(proof: &Value) -> Result<()> {
    let end = match &proof["expires"] {
        Value::Null => return Ok(()),
        end => unix_time(end.as_str().or_refuse("no time")?)?,
    };
    ensure(unix_now() <= end + LEEWAY, "the proof has expired")
}

/// `type_values`: of one alternative the credential has every type (appendix B.1.1).
fn check_type(query: &Value, document: &Value) -> Result<()> {
    let types = document["type"].as_array().or_refuse("no types")?;
    let vocabulary = Vocabulary::of(document.get("@context"))?;
    let expand = |one: &Value| vocabulary.class(one.as_str().unwrap_or_default());
    let expanded: Vec<&str> = types.iter().map(expand).collect::<Result<_>>()?;
    let has = |one: &Value| one.as_str().is_some_and(|one| expanded.contains(&one));
    let alternatives = query["meta"]["type_values"]
        .as_array()
        .or_refuse("no type_values")?;
    let fits = alternatives.iter().any(|alternative| {
        alternative
            .as_array()
            .is_some_and(|all| all.iter().all(has))
    });
    ensure(fits, "a credential of another type")
}

/// A JSON Pointer as path. The vocabulary has no member whose name is a number.
fn path(pointer: &str) -> Path {
    let segments = pointer.split('/').skip(1);
    segments
        .map(|segment| match segment.parse::<u64>() {
            Ok(index) => index.into(),
            Err(_) => segment.into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::data_integrity::ProofKey;
    use serde_json::json;

    #[test]
    fn a_key_that_was_taken_back_or_ends_is_no_key() {
        let key = ProofKey::p256().unwrap().public().to_multibase().unwrap();
        let mut document = json!({
            "id": "https://issuer.example",
            "verificationMethod": [{
                "id": "https://issuer.example#k", "type": "Multikey",
                "controller": "https://issuer.example", "publicKeyMultibase": key,
            }],
            "assertionMethod": ["https://issuer.example#k"],
        });
        let found = |document: &Value| {
            listed_key(
                document,
                "https://issuer.example",
                "https://issuer.example#k",
            )
            .is_ok()
        };
        assert!(found(&document));
        for name in ["revoked", "expires"] {
            let mut over = document.clone();
            over["verificationMethod"][0][name] = "2026-01-01T00:00:00Z".into();
            assert!(!found(&over), "{name}");
        }
        document["assertionMethod"] = json!([]);
        assert!(!found(&document));
    }

    #[test]
    fn a_proof_that_ended_is_no_proof() {
        let judged = |expires: Value| check_proof_end(&json!({"expires": expires})).is_ok();
        assert!(check_proof_end(&json!({})).is_ok());
        assert!(judged("2999-01-01T00:00:00Z".into()));
        for refused in [json!("2020-01-01T00:00:00Z"), json!("soon"), json!(1)] {
            assert!(!judged(refused));
        }
    }
}
