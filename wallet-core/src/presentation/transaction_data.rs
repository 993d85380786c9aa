//! Transaction data: what the holder authorises with a presentation (OpenID4VP 1.0 5.1, 8.4, B.3.3.1).
//!
//! Only types the app registered are taken, and only with the members it registered: what the holder is shown is all
//! there is. Hashes are made over the strings as received, which are kept.

use super::dcql::DcqlQuery;
use super::error::PresentationError;
use super::exact_numbers::are_fractions_exact;
use super::parameters::Parameters;
use crate::formats::sd_jwt_vc::{HashAlgorithm, TransactionDataHashes};
use crate::jose::base64url;
use crate::json::{self, Limits};
use crate::order;
use crate::text::{display_text, is_all_shown};
use serde_json::{Map, Value};

/// Most objects in one request.
const MAX_OBJECTS: usize = 16;

/// Most levels of arrays and objects in one object.
const MAX_DEPTH: usize = 8;

/// Most lines that one object is shown as.
const MAX_LINES: usize = 64;

/// Longest label.
const LABEL_CHARS: usize = 120;

/// Longest value. A longer one is refused, not cut.
const VALUE_CHARS: usize = 1000;

/// Hash algorithms in the order of preference: the first one every wallet has (B.3.3.1).
const ALGORITHMS: [HashAlgorithm; 3] = [
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha512,
];

/// A type of transaction data the app knows how to show. A request with any other type is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionDataType {
    /// The value of `type`.
    pub id: String,
    /// Most bytes of the base64url string.
    pub max_bytes: usize,
    /// The members beside `type`, `credential_ids` and `transaction_data_hashes_alg`, in the order they are shown. A
    /// member that is not here is refused (OpenID4VP 1.0 8.5).
    pub members: Vec<TransactionMember>,
}

impl TransactionDataType {
    /// A type without members, of at most 4 KiB.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            max_bytes: 4 * 1024,
            members: Vec::new(),
        }
    }

    /// With a member that must be there.
    #[must_use]
    pub fn required(self, name: impl Into<String>, kind: MemberKind) -> Self {
        self.member(name, kind, true)
    }

    /// With a member that may be there.
    #[must_use]
    pub fn optional(self, name: impl Into<String>, kind: MemberKind) -> Self {
        self.member(name, kind, false)
    }

    fn member(mut self, name: impl Into<String>, kind: MemberKind, required: bool) -> Self {
        self.members.push(TransactionMember {
            name: name.into(),
            kind,
            required,
        });
        self
    }
}

/// A member of a type of transaction data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionMember {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: MemberKind,
    /// Whether it must be there.
    pub required: bool,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberKind {
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object or array of anything; every value in it is shown with its path.
    Structure,
}

impl MemberKind {
    fn allows(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Structure => value.is_object() || value.is_array(),
        }
    }
}

/// One line of what the holder authorises. Both texts are safe to print.
#[derive(Clone, PartialEq, Eq)]
pub struct TransactionLine {
    /// The member, or the path inside it: `payee`, `payee.name`, `items[0]`.
    pub label: String,
    /// Its value, never cut.
    pub value: String,
}

impl core::fmt::Debug for TransactionLine {
    /// Without the content: it is the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TransactionLine")
    }
}

/// One object of `transaction_data`, of a registered type.
#[derive(Clone, PartialEq, Eq)]
pub struct TransactionData {
    raw: String,
    type_id: String,
    credential_ids: Vec<String>,
    lines: Vec<TransactionLine>,
}

impl core::fmt::Debug for TransactionData {
    /// Without the content: it is the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TransactionData")
            .field("type_id", &self.type_id)
            .finish_non_exhaustive()
    }
}

impl TransactionData {
    /// The base64url string as received, over which the hash is made.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The registered type.
    #[must_use]
    pub fn type_id(&self) -> &str {
        &self.type_id
    }

    /// The credential queries any one of which authorises it.
    #[must_use]
    pub fn credential_ids(&self) -> &[String] {
        &self.credential_ids
    }

    /// All it says, for the holder.
    #[must_use]
    pub fn lines(&self) -> &[TransactionLine] {
        &self.lines
    }
}

/// All transaction data of a request.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    all: Vec<TransactionData>,
    /// One that every object allows, if any names algorithms.
    algorithm: Option<HashAlgorithm>,
}

impl Transactions {
    /// Reads `transaction_data`, if there is any.
    pub(super) fn read(
        parameters: &Parameters,
        query: &DcqlQuery,
        types: &[TransactionDataType],
    ) -> Result<Self, PresentationError> {
        let Some(value) = parameters.get("transaction_data") else {
            return Ok(Self::default());
        };
        if types.is_empty() {
            return Err(PresentationError::TransactionDataType);
        }
        let strings = value
            .as_array()
            .filter(|strings| (1..=MAX_OBJECTS).contains(&strings.len()))
            .ok_or(PresentationError::TransactionData)?;
        let mut all = Vec::new();
        let mut allowed = ALGORITHMS.to_vec();
        let mut is_named = false;
        for string in strings {
            let raw = string.as_str().ok_or(PresentationError::TransactionData)?;
            let (data, algorithms) = read_one(raw, query, types)?;
            is_named |= algorithms.is_some();
            let algorithms = algorithms.unwrap_or_else(|| vec![HashAlgorithm::default()]);
            allowed.retain(|algorithm| algorithms.contains(algorithm));
            all.push(data);
        }
        let algorithm = *allowed
            .first()
            .ok_or(PresentationError::TransactionDataHash)?;
        Ok(Self {
            all,
            algorithm: is_named.then_some(algorithm),
        })
    }

    pub(super) fn all(&self) -> &[TransactionData] {
        &self.all
    }

    /// What the key binding of the presentation says that authorises the objects at these places.
    pub(super) fn hashes(&self, places: &[usize]) -> Option<TransactionDataHashes> {
        let raw = places.iter().filter_map(|place| self.all.get(*place));
        (!places.is_empty())
            .then(|| TransactionDataHashes::over(raw.map(TransactionData::raw), self.algorithm))
    }
}

type Algorithms = Option<Vec<HashAlgorithm>>;

fn read_one(
    raw: &str,
    query: &DcqlQuery,
    types: &[TransactionDataType],
) -> Result<(TransactionData, Algorithms), PresentationError> {
    let malformed = PresentationError::TransactionData;
    let longest = types.iter().map(|known| known.max_bytes).max();
    if raw.len() > longest.unwrap_or(0) {
        return Err(malformed);
    }
    let limits = Limits {
        max_bytes: raw.len(),
        max_depth: MAX_DEPTH,
    };
    let bytes = base64url::decode(raw).map_err(|_| PresentationError::TransactionData)?;
    if !are_fractions_exact(&bytes) {
        return Err(PresentationError::TransactionData);
    }
    let mut object =
        json::parse_object(&bytes, limits).map_err(|_| PresentationError::TransactionData)?;
    let type_id = object.shift_remove("type");
    let type_id = type_id.as_ref().and_then(Value::as_str).ok_or(malformed)?;
    let known = types
        .iter()
        .find(|known| known.id == type_id)
        .ok_or(PresentationError::TransactionDataType)?;
    if raw.len() > known.max_bytes {
        return Err(PresentationError::TransactionData);
    }
    let credential_ids = read_credential_ids(object.shift_remove("credential_ids"), query)?;
    let algorithms = object
        .shift_remove("transaction_data_hashes_alg")
        .map(|names| read_algorithms(&names))
        .transpose()?;
    let data = TransactionData {
        raw: raw.to_owned(),
        type_id: known.id.clone(),
        credential_ids,
        lines: read_members(&object, known)?,
    };
    Ok((data, algorithms))
}

/// Every one is a credential query of the request that asks for a proof with the holder's key (B.3.3).
fn read_credential_ids(
    value: Option<Value>,
    query: &DcqlQuery,
) -> Result<Vec<String>, PresentationError> {
    let names_a_query = |id: &&str| {
        query
            .credential(id)
            .is_some_and(|query| query.can_authorise())
    };
    let ids = strings(value.as_ref()).ok_or(PresentationError::TransactionData)?;
    if ids.iter().all(names_a_query) {
        Ok(ids.into_iter().map(str::to_owned).collect())
    } else {
        Err(PresentationError::TransactionDataCredential)
    }
}

/// Those of the named algorithms that this wallet allows; the others are skipped.
fn read_algorithms(names: &Value) -> Result<Vec<HashAlgorithm>, PresentationError> {
    let names = strings(Some(names)).ok_or(PresentationError::TransactionData)?;
    let known = names.into_iter().filter_map(HashAlgorithm::from_identifier);
    Ok(known.collect())
}

/// A non-empty array of strings.
fn strings(value: Option<&Value>) -> Option<Vec<&str>> {
    let array = value?.as_array().filter(|array| !array.is_empty())?;
    array.iter().map(Value::as_str).collect()
}

fn read_members(
    object: &Map<String, Value>,
    known: &TransactionDataType,
) -> Result<Vec<TransactionLine>, PresentationError> {
    let is_known = |name: &String| known.members.iter().any(|member| member.name == *name);
    if !object.keys().all(is_known) {
        return Err(PresentationError::TransactionData);
    }
    let mut lines = Vec::new();
    for member in &known.members {
        match object.get(&member.name) {
            Some(value) if member.kind.allows(value) => {
                add_lines(&mut lines, &member.name, value)?;
            }
            None if !member.required => {}
            _ => return Err(PresentationError::TransactionData),
        }
    }
    // `a.b` and `b` in `a` would look the same.
    let labels = order::set(lines.iter().map(|line| line.label.as_str()));
    match labels.len() == lines.len() {
        true => Ok(lines),
        false => Err(PresentationError::TransactionData),
    }
}

/// As deep as the JSON was read.
fn add_lines(
    lines: &mut Vec<TransactionLine>,
    label: &str,
    value: &Value,
) -> Result<(), PresentationError> {
    let text = match value {
        Value::Array(items) if !items.is_empty() => {
            return items.iter().enumerate().try_for_each(|(place, item)| {
                add_lines(lines, &format!("{label}[{place}]"), item)
            });
        }
        Value::Object(members) if !members.is_empty() => {
            return members
                .iter()
                .try_for_each(|(name, item)| add_lines(lines, &format!("{label}.{name}"), item));
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if lines.len() == MAX_LINES {
        return Err(PresentationError::TransactionData);
    }
    lines.push(TransactionLine {
        label: whole(label, LABEL_CHARS)?,
        value: whole(&text, VALUE_CHARS)?,
    });
    Ok(())
}

/// Safe to print, and nothing left out: the holder would authorise what was not shown.
fn whole(text: &str, max_chars: usize) -> Result<String, PresentationError> {
    let shown = display_text(text, usize::MAX);
    if shown.chars().count() > max_chars || !is_all_shown(text) {
        return Err(PresentationError::TransactionData);
    }
    Ok(shown)
}
