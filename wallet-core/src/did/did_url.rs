//! DID URLs (DID Core 1.0 3.2).

use super::DidError;

/// Most bytes of a DID URL.
const MAX_BYTES: usize = 4096;

/// The method whose identifiers of keys break the grammar: `did:meta:…#MetaManagementKey#<address>`.
const LEGACY_METHOD: &str = "meta";

/// A DID without path, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Did {
    text: String,
    /// Where the method's name ends.
    method_len: usize,
}

impl Did {
    /// Reads a DID.
    ///
    /// # Errors
    /// [`DidError::TooLarge`]; [`DidError::Malformed`], also if something follows the DID.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        let url = DidUrl::parse(text)?;
        match url.did() == text {
            true => Ok(url.to_did()),
            false => Err(DidError::Malformed),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The method's name.
    #[must_use]
    pub fn method(&self) -> &str {
        self.text
            .get("did:".len()..self.method_len)
            .unwrap_or_default()
    }

    /// What follows the method.
    #[must_use]
    pub fn method_specific_id(&self) -> &str {
        self.text.get(self.method_len + 1..).unwrap_or_default()
    }
}

impl core::fmt::Display for Did {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A DID and what follows it: path and query, and the fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidUrl {
    text: String,
    /// Where the DID ends.
    did_len: usize,
    /// Where the method's name ends.
    method_len: usize,
}

impl DidUrl {
    /// Takes a DID URL apart. Relative URLs are not DID URLs of their own and are refused.
    ///
    /// # Errors
    /// [`DidError::TooLarge`], [`DidError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, DidError> {
        if text.len() > MAX_BYTES {
            return Err(DidError::TooLarge);
        }
        let did_len = text.find(['/', '?', '#']).unwrap_or(text.len());
        let (did, rest) = text.split_at(did_len);
        let (method, id) = did
            .strip_prefix("did:")
            .and_then(|rest| rest.split_once(':'))
            .ok_or(DidError::Malformed)?;
        let is_method = !method.is_empty()
            && method
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        // The last segment may not be empty.
        let is_id = !id.is_empty() && !id.ends_with(':') && is_encoded(id, b".-_:");
        // The key identifiers of did:meta have two fragments.
        let most_parts = if method == LEGACY_METHOD { 3 } else { 2 };
        let mut parts = rest.splitn(most_parts, '#');
        let is_rest = parts.all(|part| is_encoded(part, b"-._~!$&'()*+,;=:@/?"));
        if is_method && is_id && is_rest {
            Ok(Self {
                did_len,
                method_len: "did:".len() + method.len(),
                text: text.to_owned(),
            })
        } else {
            Err(DidError::Malformed)
        }
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The DID alone, as a value of its own.
    #[must_use]
    pub fn to_did(&self) -> Did {
        Did {
            text: self.did().to_owned(),
            method_len: self.method_len,
        }
    }

    /// The DID alone.
    #[must_use]
    pub fn did(&self) -> &str {
        self.text.get(..self.did_len).unwrap_or_default()
    }

    /// The method's name.
    #[must_use]
    pub fn method(&self) -> &str {
        self.text
            .get("did:".len()..self.method_len)
            .unwrap_or_default()
    }

    /// What follows the method in the DID.
    #[must_use]
    pub fn method_specific_id(&self) -> &str {
        self.text
            .get(self.method_len + 1..self.did_len)
            .unwrap_or_default()
    }

    /// What follows `#`.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.text.split_once('#').map(|(_, fragment)| fragment)
    }

    /// Whether there is a path or a query: both may change which document or key is meant.
    #[must_use]
    pub fn has_path_or_query(&self) -> bool {
        let rest = self.text.get(self.did_len..).unwrap_or_default();
        rest.starts_with(['/', '?'])
    }
}

/// ASCII letters, digits, these marks, and percent-encoded bytes (RFC 3986 2).
fn is_encoded(text: &str, marks: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let is_legal = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || marks.contains(&byte),
        };
        if !is_legal {
            return false;
        }
    }
    true
}
