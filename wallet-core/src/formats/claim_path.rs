//! Claims path pointers (OpenID4VP 1.0 7, OpenID4VCI 1.0 appendix C, SD-JWT VC 5.6.1).

use serde_json::Value;

/// Longest path that is looked at.
pub const MAX_SEGMENTS: usize = 32;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathSegment {
    /// A member of an object.
    Key(String),
    /// An element of an array, counted from 0.
    Index(u64),
    /// All elements of an array (`null` on the wire).
    All,
}

/// A non-empty claims path pointer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimPath(Vec<PathSegment>);

impl ClaimPath {
    /// A path of these segments; `None` if empty or longer than [`MAX_SEGMENTS`].
    #[must_use]
    pub fn new(segments: Vec<PathSegment>) -> Option<Self> {
        (!segments.is_empty() && segments.len() <= MAX_SEGMENTS).then_some(Self(segments))
    }

    /// Reads the JSON form: a non-empty array of strings, non-negative integers and nulls.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let segments = value.as_array()?.iter().map(|segment| match segment {
            Value::String(key) => Some(PathSegment::Key(key.clone())),
            Value::Number(index) => index.as_u64().map(PathSegment::Index),
            Value::Null => Some(PathSegment::All),
            _ => None,
        });
        Self::new(segments.collect::<Option<_>>()?)
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.0
            .iter()
            .map(|segment| match segment {
                PathSegment::Key(key) => Value::from(key.as_str()),
                PathSegment::Index(index) => Value::from(*index),
                PathSegment::All => Value::Null,
            })
            .collect()
    }

    /// The segments.
    #[must_use]
    pub fn segments(&self) -> &[PathSegment] {
        &self.0
    }

    /// Whether `self` begins with all of `ancestor`.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.0.starts_with(&ancestor.0)
    }
}
