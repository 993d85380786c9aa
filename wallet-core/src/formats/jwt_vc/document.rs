//! The credential a JWT says, by the rules of its data model: VCDM 1.1 6.3.1, or VC-JOSE-COSE 3.1 for VCDM 2.0.

use super::error::JwtVcError;
use crate::clock::UnixTime;
use crate::formats::numeric_date::numeric_date;
use crate::order;
use serde_json::{Map, Value};

/// Which of the W3C's data models a credential follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataModel {
    /// VCDM 1.1: the claim `vc`, and registered claims for some of its members.
    V1,
    /// VCDM 2.0: the claims are the credential.
    V2,
}

impl DataModel {
    /// The first context of its credentials and presentations.
    #[must_use]
    pub const fn context(self) -> &'static str {
        match self {
            Self::V1 => "https://www.w3.org/2018/credentials/v1",
            Self::V2 => "https://www.w3.org/ns/credentials/v2",
        }
    }
}

/// The type all credentials have.
const BASE_TYPE: &str = "VerifiableCredential";
/// What it is as IRI, under the first context of either data model.
const BASE_TYPE_IRI: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";
/// Most types.
const MAX_TYPES: usize = 64;

/// A claim that stands for a member of VCDM 1.1, and the one that holds it in VCDM 2.0 too.
const IDENTIFIERS: [(&str, &str); 2] = [("iss", "issuer"), ("jti", "id")];
const DATES: [(&str, &str); 2] = [("nbf", "issuanceDate"), ("exp", "expirationDate")];

/// The members that say from when and until when it is valid, in either data model.
const FROM: [&str; 2] = ["validFrom", "issuanceDate"];
const UNTIL: [&str; 2] = ["validUntil", "expirationDate"];

/// The credential of a JWT, its members checked.
pub(super) struct Document {
    pub(super) model: DataModel,
    /// An object: the credential by the terms of its data model, with every other claim of the JWT beside them.
    pub(super) claims: Value,
    pub(super) issuer: String,
    /// As they are written.
    pub(super) types: Vec<String>,
    pub(super) not_before: Option<UnixTime>,
    pub(super) expires: Option<UnixTime>,
}

impl Document {
    pub(super) fn read(payload: Map<String, Value>, typ: Option<&str>) -> Result<Self, JwtVcError> {
        if payload.contains_key("vp") {
            return Err(JwtVcError::Mixed);
        }
        let (model, members) = match payload.contains_key("vc") {
            true => (DataModel::V1, decode(payload)?),
            false => (DataModel::V2, agreeing(payload)?),
        };
        check_typ(model, typ)?;
        if first_context(&members) != Some(model.context()) {
            return Err(match first_context(&members) {
                Some(other)
                    if [DataModel::V1, DataModel::V2]
                        .map(DataModel::context)
                        .contains(&other) =>
                {
                    JwtVcError::Mixed
                }
                _ => JwtVcError::Credential("@context"),
            });
        }
        check_subject(&members)?;
        let [not_before, expires] = validity(&members)?;
        if model == DataModel::V1 && !members.contains_key("issuanceDate") {
            return Err(JwtVcError::Credential("issuanceDate"));
        }
        Ok(Self {
            model,
            issuer: identifier_of(members.get("issuer"))
                .ok_or(JwtVcError::Credential("issuer"))?
                .to_owned(),
            types: types(members.get("type"))?,
            not_before,
            expires,
            claims: Value::Object(members),
        })
    }
}

/// The identifier of the subject, if there is one subject and it has one.
pub(super) fn subject_of(claims: &Value) -> Option<&str> {
    match claims.get("credentialSubject")? {
        Value::Array(subjects) => match subjects.as_slice() {
            [one] => one.get("id")?.as_str(),
            _ => None,
        },
        one => one.get("id")?.as_str(),
    }
}

/// VCDM 1.1: the members of `vc`, those that registered claims stand for (in place of them or beside them: then both say the
/// same), and all other claims: a verifier sees them too.
fn decode(mut payload: Map<String, Value>) -> Result<Map<String, Value>, JwtVcError> {
    let Some(Value::Object(mut members)) = payload.shift_remove("vc") else {
        return Err(JwtVcError::Credential("vc"));
    };
    for (claim, member) in IDENTIFIERS {
        let Some(value) = payload.shift_remove(claim) else {
            continue;
        };
        require_same(&value, members.get(member), claim)?;
        members.entry(member).or_insert(value);
    }
    for (claim, member) in DATES {
        let Some(value) = payload.shift_remove(claim) else {
            continue;
        };
        let date = numeric_date(&value).ok_or(JwtVcError::ValidityType)?;
        match members.get(member) {
            Some(written) if date_time(written)? != date => {
                return Err(JwtVcError::Conflict(claim));
            }
            Some(_) => {}
            None => {
                let text = date.to_rfc3339().ok_or(JwtVcError::ValidityType)?;
                members.insert(member.to_owned(), text.into());
            }
        }
    }
    if let Some(subject) = payload.shift_remove("sub") {
        name_subject(&mut members, subject)?;
    }
    for (name, value) in payload {
        if members.contains_key(&name) {
            return Err(JwtVcError::Conflict("claim"));
        }
        members.insert(name, value);
    }
    Ok(members)
}

/// `sub` is the identifier of the one subject.
fn name_subject(members: &mut Map<String, Value>, subject: Value) -> Result<(), JwtVcError> {
    let described = match members.get_mut("credentialSubject") {
        Some(Value::Array(subjects)) => match subjects.as_mut_slice() {
            [one] => Some(one),
            _ => return Err(JwtVcError::Conflict("sub")),
        },
        one => one,
    };
    let described = described.and_then(Value::as_object_mut);
    let described = described.ok_or(JwtVcError::Credential("credentialSubject"))?;
    require_same(&subject, described.get("id"), "sub")?;
    described.entry("id").or_insert(subject);
    Ok(())
}

/// VCDM 2.0: registered claims may repeat members, and then say the same.
fn agreeing(payload: Map<String, Value>) -> Result<Map<String, Value>, JwtVcError> {
    for (claim, member) in IDENTIFIERS {
        if let Some(value) = payload.get(claim) {
            let member = payload.get(member);
            member.ok_or(JwtVcError::Conflict(claim))?;
            require_same(value, member, claim)?;
        }
    }
    if let Some(subject) = payload.get("sub") {
        let subjects = payload.get("credentialSubject");
        let one = match subjects {
            Some(Value::Array(subjects)) => match subjects.as_slice() {
                [one] => Some(one),
                _ => None,
            },
            one => one,
        };
        let id = one.and_then(|one| one.get("id"));
        id.ok_or(JwtVcError::Conflict("sub"))?;
        require_same(subject, id, "sub")?;
    }
    Ok(payload)
}

/// `claim` is a text, and the one of the member, where that is there.
fn require_same(
    value: &Value,
    member: Option<&Value>,
    claim: &'static str,
) -> Result<(), JwtVcError> {
    let text = value.as_str().ok_or(JwtVcError::Conflict(claim))?;
    match member {
        Some(member) if identifier_of(Some(member)) != Some(text) => {
            Err(JwtVcError::Conflict(claim))
        }
        _ => Ok(()),
    }
}

/// An identifier by itself, or that of an object.
fn identifier_of(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::Object(object) => object.get("id")?.as_str(),
        other => other.as_str(),
    }
}

/// VCDM 1.1: `JWT` or nothing. VC-JOSE-COSE: `vc+jwt`.
fn check_typ(model: DataModel, typ: Option<&str>) -> Result<(), JwtVcError> {
    let typ = typ.map(str::to_ascii_lowercase);
    let is_right = match (model, typ.as_deref()) {
        (DataModel::V1, None | Some("jwt")) => true,
        (DataModel::V2, Some(typ)) => matches!(typ, "vc+jwt" | "application/vc+jwt"),
        _ => false,
    };
    match is_right {
        true => Ok(()),
        false => Err(JwtVcError::WrongTyp),
    }
}

fn first_context(members: &Map<String, Value>) -> Option<&str> {
    match members.get("@context")? {
        Value::Array(contexts) => contexts.first()?.as_str(),
        // VCDM 1.1 4.1 and 2.0 4.3 want a list; one that has a single element is written without by some.
        one => one.as_str(),
    }
}

pub(super) fn check_subject(members: &Map<String, Value>) -> Result<(), JwtVcError> {
    let is_right = match members.get("credentialSubject") {
        Some(Value::Object(_)) => true,
        Some(Value::Array(subjects)) => {
            !subjects.is_empty() && subjects.iter().all(Value::is_object)
        }
        _ => false,
    };
    match is_right {
        true => Ok(()),
        false => Err(JwtVcError::Credential("credentialSubject")),
    }
}

pub(super) fn types(value: Option<&Value>) -> Result<Vec<String>, JwtVcError> {
    let written = match value {
        Some(Value::Array(types)) if types.len() <= MAX_TYPES => types.as_slice(),
        Some(one @ Value::String(_)) => core::slice::from_ref(one),
        _ => &[],
    };
    let names = written.iter().map(|name| name.as_str().map(str::to_owned));
    let names: Option<Vec<_>> = names.collect();
    names
        .filter(|names| names.iter().any(|name| name == BASE_TYPE))
        .ok_or(JwtVcError::Credential("type"))
}

/// What a verifier may call a credential of these types. The terms themselves, since this format needs no JSON-LD; and the
/// type all have as IRI (OpenID4VP 1.0 B.1.1).
pub(super) fn names_of(types: &[String]) -> Vec<String> {
    let mut names = types.to_vec();
    names.push(BASE_TYPE_IRI.to_owned());
    names
}

/// Types sorted, with spaces between them and without the one all have, unless there is no other.
pub(super) fn type_name(types: &[String]) -> String {
    let mut names: Vec<&str> = types.iter().map(String::as_str).collect();
    order::sort(&mut names);
    names.dedup();
    if names.len() > 1 {
        names.retain(|name| *name != BASE_TYPE);
    }
    names.join(" ")
}

/// The type that an issuer's `credential_definition` (OpenID4VCI 1.0 A.1.1) means.
///
/// # Errors
/// [`JwtVcError::Credential`].
pub(crate) fn type_of_definition(definition: &Map<String, Value>) -> Result<String, JwtVcError> {
    let list = definition.get("type").filter(|types| types.is_array());
    Ok(type_name(&types(list)?))
}

fn date_time(value: &Value) -> Result<UnixTime, JwtVcError> {
    let time = value.as_str().and_then(UnixTime::from_rfc3339);
    time.ok_or(JwtVcError::ValidityType)
}

/// From when and until when it is valid: the latest start and the earliest end it names anywhere.
fn validity(members: &Map<String, Value>) -> Result<[Option<UnixTime>; 2], JwtVcError> {
    let numeric = |value| numeric_date(value).ok_or(JwtVcError::ValidityType);
    let times = |names: [&str; 2], claim| -> Result<Vec<UnixTime>, _> {
        let written = names.into_iter().filter_map(|name| members.get(name));
        let claimed = members.get(claim).into_iter().map(numeric);
        written.map(date_time).chain(claimed).collect()
    };
    Ok([
        times(FROM, "nbf")?.into_iter().max(),
        times(UNTIL, "exp")?.into_iter().min(),
    ])
}
