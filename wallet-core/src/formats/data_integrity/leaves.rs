//! The least parts of a document: what may be shown or withheld by itself.

use super::error::DataIntegrityError;
use super::json_ld::JsonLdError;
use super::limits::{MAX_CLAIMS, MAX_TEXT};
use crate::formats::claim_path::{ClaimPath, PathSegment};
use serde_json::{Map, Value};

/// The places of values that hold no parts of their own, in the document's order, but for contexts.
///
/// # Errors
/// [`DataIntegrityError::TooManyClaims`]; [`DataIntegrityError::TooLarge`] if what every part brings along, identifiers and
/// types, and the way to it, would take more to write out than a document may: statements and paths repeat them;
/// [`JsonLdError::Unsupported`] for `@id` and `@type` spelled out: parts bring along what has the common names.
pub(super) fn leaves(document: &Map<String, Value>) -> Result<Vec<ClaimPath>, DataIntegrityError> {
    let mut leaves = Leaves {
        here: Vec::new(),
        length: 0,
        found: Vec::new(),
        room: MAX_TEXT,
    };
    let members = document.iter().filter(|(name, _)| *name != "@context");
    leaves.members(members, brought_along(document))?;
    Ok(leaves.found)
}

struct Leaves {
    here: Vec<PathSegment>,
    /// Bytes of the names in `here`.
    length: usize,
    found: Vec<ClaimPath>,
    /// Bytes that may still be brought along.
    room: usize,
}

impl Leaves {
    fn members<'v>(
        &mut self,
        members: impl Iterator<Item = (&'v String, &'v Value)>,
        brought: usize,
    ) -> Result<(), DataIntegrityError> {
        self.charge(self.length)?;
        for (name, value) in members {
            if name == "@id" || name == "@type" {
                return Err(JsonLdError::Unsupported.into());
            }
            self.here.push(PathSegment::Key(name.clone()));
            self.length += name.len();
            self.value(value, name == "type", brought)?;
            self.length -= name.len();
            self.here.pop();
        }
        Ok(())
    }

    fn value(
        &mut self,
        value: &Value,
        is_type: bool,
        brought: usize,
    ) -> Result<(), DataIntegrityError> {
        match value {
            Value::Object(members) if !members.is_empty() && !members.contains_key("@value") => {
                self.members(members.iter(), brought + brought_along(members))
            }
            Value::Array(elements) if !elements.is_empty() && !is_type => {
                for (index, element) in (0..).zip(elements) {
                    self.here.push(PathSegment::Index(index));
                    self.value(element, false, brought)?;
                    self.here.pop();
                }
                Ok(())
            }
            _ => self.leaf(brought),
        }
    }

    fn leaf(&mut self, brought: usize) -> Result<(), DataIntegrityError> {
        if self.found.len() == MAX_CLAIMS {
            return Err(DataIntegrityError::TooManyClaims);
        }
        self.charge(brought + self.length)?;
        let path = ClaimPath::new(self.here.clone());
        self.found
            .push(path.ok_or(DataIntegrityError::TooManyClaims)?);
        Ok(())
    }

    fn charge(&mut self, bytes: usize) -> Result<(), DataIntegrityError> {
        let room = self.room.checked_sub(bytes);
        self.room = room.ok_or(DataIntegrityError::TooLarge)?;
        Ok(())
    }
}

/// Bytes of an object's identifier and types.
fn brought_along(members: &Map<String, Value>) -> usize {
    let length = |value: &Value| match value {
        Value::String(text) => text.len(),
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).map(str::len).sum(),
        _ => 0,
    };
    let names = ["id", "type"];
    names
        .iter()
        .filter_map(|name| members.get(*name))
        .map(length)
        .sum()
}
