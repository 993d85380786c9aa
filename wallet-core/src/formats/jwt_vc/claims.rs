//! Every claim of a credential, one by one: this is what a verifier sees.

use super::error::JwtVcError;
use super::limits::{MAX_CLAIMS, MAX_NAMES};
use crate::formats::claim_path::{ClaimPath, PathSegment};
use serde_json::Value;

/// Top-level claims that are one thing, whatever is in them.
const WHOLE: [&str; 4] = ["type", "cnf", "status", "credentialStatus"];

/// The places of values that hold no others, in the document's order. Addresses of contexts are not among them: they say
/// nothing by themselves. What is defined in place is.
///
/// # Errors
/// [`JwtVcError::TooManyClaims`]; [`JwtVcError::TooLarge`] for more than [`MAX_NAMES`].
pub(super) fn list(claims: &Value) -> Result<Vec<ClaimPath>, JwtVcError> {
    let mut list = List {
        here: Vec::new(),
        length: 0,
        found: Vec::new(),
        room: MAX_NAMES,
    };
    for (name, value) in claims.as_object().into_iter().flatten() {
        let is_context = name == "@context";
        list.enter(PathSegment::Key(name.clone()), |list| match value {
            Value::Array(contexts) if is_context => {
                for (place, context) in (0..).zip(contexts) {
                    if !context.is_string() {
                        list.enter(PathSegment::Index(place), |list| list.value(context))?;
                    }
                }
                Ok(())
            }
            Value::String(_) if is_context => Ok(()),
            _ if WHOLE.contains(&name.as_str()) => list.leaf(),
            value => list.value(value),
        })?;
    }
    Ok(list.found)
}

struct List {
    here: Vec<PathSegment>,
    /// Bytes of the names in `here`.
    length: usize,
    found: Vec<ClaimPath>,
    /// Bytes of names that may still be written out.
    room: usize,
}

impl List {
    fn enter(
        &mut self,
        segment: PathSegment,
        work: impl FnOnce(&mut Self) -> Result<(), JwtVcError>,
    ) -> Result<(), JwtVcError> {
        let length = match &segment {
            PathSegment::Key(name) => name.len(),
            _ => 0,
        };
        self.here.push(segment);
        self.length += length;
        work(self)?;
        self.length -= length;
        self.here.pop();
        Ok(())
    }

    fn value(&mut self, value: &Value) -> Result<(), JwtVcError> {
        match value {
            Value::Object(members) if !members.is_empty() => {
                members.iter().try_for_each(|(name, value)| {
                    self.enter(PathSegment::Key(name.clone()), |list| list.value(value))
                })
            }
            Value::Array(elements) if !elements.is_empty() => {
                (0..).zip(elements).try_for_each(|(place, value)| {
                    self.enter(PathSegment::Index(place), |list| list.value(value))
                })
            }
            _ => self.leaf(),
        }
    }

    fn leaf(&mut self) -> Result<(), JwtVcError> {
        if self.found.len() == MAX_CLAIMS {
            return Err(JwtVcError::TooManyClaims);
        }
        let room = self.room.checked_sub(self.length);
        self.room = room.ok_or(JwtVcError::TooLarge)?;
        let path = ClaimPath::new(self.here.clone());
        self.found.push(path.ok_or(JwtVcError::TooManyClaims)?);
        Ok(())
    }
}
