//! DID documents (DID Core 1.0 5) of the current shape and of the older ones that are still signed with.

use super::verification_method::VerificationMethod;
use super::{Did, DidError, DidUrl};
use crate::json::{self, Limits};
use serde_json::{Map, Value};

/// Most bytes of a document.
const MAX_BYTES: usize = 256 * 1024;

/// Most verification methods of a document. Each costs decoding a point.
pub const MAX_METHODS: usize = 256;

/// Most services, and most identifiers in any other list.
const MAX_ENTRIES: usize = 256;

/// What a key of a document may be used for (DID Core 1.0 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relationship {
    /// To prove to be the subject: requests, presentations.
    Authentication,
    /// To make claims: credentials.
    AssertionMethod,
    /// To agree on keys for encryption.
    KeyAgreement,
    /// To use a capability.
    CapabilityInvocation,
    /// To pass on a capability.
    CapabilityDelegation,
}

impl Relationship {
    /// All, in the order of DID Core.
    pub const ALL: [Self; 5] = [
        Self::Authentication,
        Self::AssertionMethod,
        Self::KeyAgreement,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];

    /// The member of a document that lists these keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AssertionMethod => "assertionMethod",
            Self::KeyAgreement => "keyAgreement",
            Self::CapabilityInvocation => "capabilityInvocation",
            Self::CapabilityDelegation => "capabilityDelegation",
        }
    }
}

/// A service of a document (DID Core 1.0 5.4). Text of foreign origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its identifier, absolute.
    pub id: String,
    /// Its types.
    pub types: Vec<String>,
    /// Its endpoint as it stands: a text, an object or a list.
    pub endpoint: Value,
}

/// A DID document that was read. What shows that it is the DID's comes with it in a
/// [`ResolvedDid`](super::ResolvedDid).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDocument {
    id: String,
    methods: Vec<VerificationMethod>,
    /// Of each relationship the methods, as indices.
    relationships: [Vec<usize>; 5],
    services: Vec<Service>,
    source: Map<String, Value>,
}

impl DidDocument {
    /// Reads the document of `did` from strict JSON.
    ///
    /// # Errors
    /// [`DidError::Json`] and those of [`Self::from_json`].
    pub fn parse(did: &Did, bytes: &[u8]) -> Result<Self, DidError> {
        Self::from_json(did, json::parse_object(bytes, Limits::bytes(MAX_BYTES))?)
    }

    /// Reads the document of `did`. Identifiers may be relative to it. Methods of kinds that are not ours are kept
    /// without a key; members that are not known are ignored.
    ///
    /// # Errors
    /// [`DidError::AnotherSubject`] if `id` is not `did`; [`DidError::TooManyEntries`]; [`DidError::Document`] if a
    /// member has another form, or one identifier stands for two methods; [`DidError::Key`] if a key is private.
    pub fn from_json(did: &Did, document: Map<String, Value>) -> Result<Self, DidError> {
        if document.get("id").and_then(Value::as_str) != Some(did.as_str()) {
            return Err(DidError::AnotherSubject);
        }
        let mut read = Self {
            id: did.as_str().to_owned(),
            methods: Vec::new(),
            relationships: Default::default(),
            services: Vec::new(),
            source: Map::new(),
        };
        for name in ["verificationMethod", "publicKey"] {
            for entry in list(&document, name, MAX_METHODS)? {
                read.add_method(did, entry.as_object().ok_or(DidError::Document("method"))?)?;
            }
        }
        let named = read.methods.len();
        for relationship in Relationship::ALL {
            let mut indices = Vec::new();
            for entry in list(&document, relationship.as_str(), MAX_ENTRIES)? {
                indices.extend(read.related(did, entry)?);
            }
            read.relationships[relationship as usize] = indices;
        }
        // Documents of before DID Core 1.0 (its draft 0.11) had keys for every use, which only `authentication` repeated.
        let is_old =
            document.contains_key("publicKey") && !document.contains_key("verificationMethod");
        let assertion = Relationship::AssertionMethod;
        if is_old && !document.contains_key(assertion.as_str()) {
            read.relationships[assertion as usize] = (0..named).collect();
        }
        for entry in list(&document, "service", MAX_ENTRIES)? {
            read.services.push(service(did, entry)?);
        }
        read.source = document;
        Ok(read)
    }

    /// The DID this document is of.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Every verification method, in order: those of `verificationMethod`, then those that stand in a relationship.
    #[must_use]
    pub fn methods(&self) -> &[VerificationMethod] {
        &self.methods
    }

    /// The methods for one use.
    pub fn methods_for(
        &self,
        relationship: Relationship,
    ) -> impl Iterator<Item = &VerificationMethod> {
        let indices = self.relationships.get(relationship as usize);
        let indices = indices.into_iter().flatten();
        indices.filter_map(|index| self.methods.get(*index))
    }

    /// The services.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The document as it was read.
    #[must_use]
    pub const fn json(&self) -> &Map<String, Value> {
        &self.source
    }

    /// The method `url` names, if the document lists it for this use, it is of the document's own subject and still
    /// valid.
    ///
    /// # Errors
    /// [`DidError::NoSuchKey`].
    pub fn method(
        &self,
        url: &DidUrl,
        relationship: Relationship,
    ) -> Result<&VerificationMethod, DidError> {
        let mut methods = self.methods_for(relationship);
        methods
            .find(|method| method.id() == url.as_str())
            .filter(|method| method.controller() == self.id && !method.is_retired())
            .ok_or(DidError::NoSuchKey)
    }

    /// Adds a method and tells where it is. One that is there already as it is, is the same.
    fn add_method(&mut self, did: &Did, entry: &Map<String, Value>) -> Result<usize, DidError> {
        let method = VerificationMethod::from_json(did, entry)?;
        if let Some(index) = self.position(method.id()) {
            return match self.methods.get(index) == Some(&method) {
                true => Ok(index),
                false => Err(DidError::Document("id")),
            };
        }
        if self.methods.len() == MAX_METHODS {
            return Err(DidError::TooManyEntries);
        }
        self.methods.push(method);
        Ok(self.methods.len() - 1)
    }

    /// The method an entry of a relationship is or names; `None` for those of other documents.
    fn related(&mut self, did: &Did, entry: &Value) -> Result<Option<usize>, DidError> {
        let name = match entry {
            Value::String(name) => name,
            // Before DID Core 1.0: an object that names a key.
            Value::Object(entry) => match entry.get("publicKey").and_then(Value::as_str) {
                Some(name) => name,
                None => return self.add_method(did, entry).map(Some),
            },
            _ => return Err(DidError::Document("relationship")),
        };
        Ok(self.position(&absolute(did, name)?))
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.methods.iter().position(|method| method.id() == id)
    }
}

/// A member that is a list, or missing.
fn list<'d>(
    document: &'d Map<String, Value>,
    name: &'static str,
    most: usize,
) -> Result<&'d [Value], DidError> {
    match document.get(name) {
        None => Ok(&[]),
        Some(Value::Array(entries)) if entries.len() <= most => Ok(entries),
        Some(Value::Array(_)) => Err(DidError::TooManyEntries),
        Some(_) => Err(DidError::Document(name)),
    }
}

/// An identifier of a document: a DID URL, or one relative to this DID (DID Core 1.0 3.2.2).
pub(super) fn absolute(did: &Did, id: &str) -> Result<String, DidError> {
    let url = match id.starts_with(['#', '/']) {
        true => DidUrl::parse(&format!("{did}{id}")),
        false => DidUrl::parse(id),
    };
    url.map(|url| url.as_str().to_owned())
        .map_err(|_| DidError::Document("id"))
}

fn service(did: &Did, entry: &Value) -> Result<Service, DidError> {
    let malformed = DidError::Document("service");
    let types = match entry.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) if many.len() <= MAX_ENTRIES => {
            let many = many.iter().map(|one| one.as_str().map(str::to_owned));
            many.collect::<Option<_>>().ok_or(malformed)?
        }
        _ => return Err(malformed),
    };
    let id = entry.get("id").and_then(Value::as_str).ok_or(malformed)?;
    let id = match id.starts_with('#') {
        true => format!("{did}{id}"),
        false => id.to_owned(),
    };
    Ok(Service {
        id,
        types,
        endpoint: entry.get("serviceEndpoint").cloned().ok_or(malformed)?,
    })
}

#[cfg(test)]
mod tests;
