//! Where a credential says its status stands (Token Status List 6.2).

use super::error::StatusError;
use serde_json::Value;

/// `status.status_list` of a credential: an entry of a list, and the list's address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusReference {
    uri: String,
    index: u64,
}

impl StatusReference {
    /// Reads a `status` claim. `None` where it names no status list but something else (6: other mechanisms).
    ///
    /// # Errors
    /// [`StatusError::Reference`].
    pub fn read(status: &Value) -> Result<Option<Self>, StatusError> {
        let members = status.as_object().ok_or(StatusError::Reference)?;
        let Some(list) = members.get("status_list") else {
            return Ok(None);
        };
        let index = list.get("idx").and_then(Value::as_u64);
        let uri = list.get("uri").and_then(Value::as_str);
        match (index, uri) {
            (Some(index), Some(uri)) if !uri.is_empty() => Ok(Some(Self {
                uri: uri.to_owned(),
                index,
            })),
            _ => Err(StatusError::Reference),
        }
    }

    /// The address of the list. Where it may be fetched from is the fetcher's to say.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The entry.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Whether the address itself can tell credentials apart: it has a query or a fragment. A list is meant to be shared
    /// by very many (12.2).
    #[must_use]
    pub fn has_query(&self) -> bool {
        self.uri.contains(['?', '#'])
    }
}
