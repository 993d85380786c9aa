//! The least parts of a document: what may be shown or withheld by itself.

use super::error::DataIntegrityError;
use super::limits::{MAX_CLAIMS, MAX_TEXT};
use crate::formats::claim_path::{ClaimPath, PathSegment};
use serde_json::{Map, Value};

/// The places of values that hold no parts of their own, in the document's order, but for contexts.
///
/// # Errors
/// [`DataIntegrityError::TooManyClaims`]; [`DataIntegrityError::TooLarge`] if what every part brings along, identifiers and
/// types, would take more to write out than a document may: statements repeat them.
pub(super) fn leaves(document: &Map<String, Value>) -> Result<Vec<ClaimPath>, DataIntegrityError> {
    let mut leaves = Leaves {
        here: Vec::new(),
        found: Vec::new(),
        room: MAX_TEXT,
    };
    let members = document.iter().filter(|(name, _)| *name != "@context");
    leaves.members(members, brought_along(document))?;
    Ok(leaves.found)
}

struct Leaves {
    here: Vec<PathSegment>,
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
        for (name, value) in members {
            self.here.push(PathSegment::Key(name.clone()));
            self.value(value, name == "type", brought)?;
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
        let room = self.room.checked_sub(brought);
        self.room = room.ok_or(DataIntegrityError::TooLarge)?;
        let path = ClaimPath::new(self.here.clone());
        self.found
            .push(path.ok_or(DataIntegrityError::TooManyClaims)?);
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
    let names = ["id", "@id", "type", "@type"];
    names
        .iter()
        .filter_map(|name| members.get(*name))
        .map(length)
        .sum()
}
