//! JSON Pointers (RFC 6901): how issuer and holder name parts of a document.

use super::error::DataIntegrityError;
use crate::formats::claim_path::{ClaimPath, MAX_SEGMENTS, PathSegment};
use serde_json::Value;

/// A JSON Pointer, its tokens unescaped. Without tokens it names the whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

impl Pointer {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`DataIntegrityError::Pointer`] if it does not begin with `/`, holds `~` without `0` or `1`, or is deeper than
    /// [`MAX_SEGMENTS`].
    pub fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let tokens = text.strip_prefix('/').ok_or(DataIntegrityError::Pointer)?;
        let tokens = tokens.split('/').take(MAX_SEGMENTS + 1).map(unescape);
        let tokens = tokens.collect::<Option<Vec<_>>>();
        match tokens {
            Some(tokens) if tokens.len() <= MAX_SEGMENTS => Ok(Self(tokens)),
            _ => Err(DataIntegrityError::Pointer),
        }
    }

    /// The pointer to the place a concrete path names; `None` for a path with `null`.
    #[must_use]
    pub fn to_place(path: &ClaimPath) -> Option<Self> {
        let tokens = path.segments().iter().map(|segment| match segment {
            PathSegment::Key(key) => Some(key.clone()),
            PathSegment::Index(index) => Some(index.to_string()),
            PathSegment::All => None,
        });
        tokens.collect::<Option<_>>().map(Self)
    }

    /// The pointer to a member of the root.
    pub(super) fn to_member(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// What it names in `root`, if anything.
    #[must_use]
    pub fn value_in<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        let mut tokens = self.0.iter();
        tokens.try_fold(root, |value, token| step(value, token))
    }

    /// The tokens, from the root on.
    pub(super) fn tokens(&self) -> &[String] {
        &self.0
    }
}

/// The member or element a token names in `value`.
pub(super) fn step<'v>(value: &'v Value, token: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(token),
        Value::Array(elements) => elements.get(index(token)?),
        _ => None,
    }
}

/// An array index in its one form: without leading zeros (RFC 6901 4). `-` names what does not exist.
fn index(token: &str) -> Option<usize> {
    let is_plain = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_plain)
}

fn unescape(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut unescaped = parts.next()?.to_owned();
    for part in parts {
        let (escaped, rest) = match part.as_bytes().first()? {
            b'0' => ('~', part.get(1..)?),
            b'1' => ('/', part.get(1..)?),
            _ => return None,
        };
        unescaped.push(escaped);
        unescaped.push_str(rest);
    }
    Some(unescaped)
}
