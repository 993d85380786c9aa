//! The document of a did:ethr identity, from its history (did:ethr method specification, "Read").
//!
//! It is what ethr-did-resolver 11 writes, key numbers included, with three differences: an entry whose time is up this very
//! second has ended, as the contract's own `validDelegate` says (else a key revoked in a block would be valid in that block);
//! a revoked key agreement key leaves no reference behind; and a service whose value is JSON but no endpoint of DID Core
//! stays text.

use super::event::{Change, Entry};
use super::history::History;
use super::identifier::EthrDid;
use crate::clock::UnixTime;
use crate::json::{self, Limits};
use alloy_primitives::{Address, U256, hex};
use serde_json::{Map, Value, json};
use wallet_primitives::base64;

const CONTEXTS: [&str; 3] = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/suites/secp256k1recovery-2020/v2",
    "https://w3id.org/security/v3-unstable",
];

/// A service endpoint.
const ENDPOINT: Limits = Limits {
    max_bytes: 16 * 1024,
    max_depth: 8,
};

/// Most bytes that are written in base58: no key is longer.
const MAX_BASE58: usize = 1024;

/// What a did:ethr identity is at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EthrDocument {
    /// The document.
    pub json: Map<String, Value>,
    /// Whether the identity was given up: its document then names no key.
    pub is_deactivated: bool,
    /// The block of the newest event that counts.
    pub version: Option<u64>,
}

impl EthrDocument {
    /// The document of `did` on the chain of this number, after all of `history`, at the time `at`.
    #[must_use]
    pub fn of(did: &EthrDid, chain_id: u64, history: &History, at: UnixTime) -> Self {
        let mut builder = Builder {
            did: did.as_str(),
            chain_id,
            at: U256::from(u64::try_from(at.as_secs()).unwrap_or_default()),
            controller: did.address(),
            delegates: 0,
            services: 0,
            current: Vec::new(),
        };
        let mut version = None;
        for (block, change) in &history.changes {
            version = Some(*block);
            match change {
                Change::Owner(owner) if owner.is_zero() => {
                    return Self {
                        json: document(did.as_str(), &[], &[]),
                        is_deactivated: true,
                        version,
                    };
                }
                Change::Owner(owner) => builder.controller = *owner,
                Change::Entry { entry, valid_to } if *valid_to > builder.at => builder.add(entry),
                Change::Entry { entry, .. } => builder.end(entry),
            }
        }
        Self {
            json: builder.finish(did),
            is_deactivated: false,
            version,
        }
    }
}

/// What a key may be used for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Authentication,
    Assertion,
    Agreement,
}

/// What stands in a document because of an entry.
struct Current<'h> {
    entry: &'h Entry,
    id: String,
    member: Value,
    /// Of a key; none of a service.
    used_for: Option<Use>,
}

struct Builder<'d, 'h> {
    did: &'d str,
    chain_id: u64,
    at: U256,
    controller: Address,
    delegates: u32,
    services: u32,
    current: Vec<Current<'h>>,
}

impl<'h> Builder<'_, 'h> {
    /// An entry that holds. Keys and services are numbered in the order of all events, so that a name is never used twice.
    fn add(&mut self, entry: &'h Entry) {
        match entry {
            Entry::Delegate { role, delegate } => {
                let Some(role) = text_of(role.as_slice()) else {
                    return;
                };
                self.delegates += 1;
                let used_for = match role {
                    "sigAuth" => Use::Authentication,
                    "veriKey" => Use::Assertion,
                    _ => return,
                };
                let id = format!("{}#delegate-{}", self.did, self.delegates);
                let method = self.account_method(&id, *delegate);
                self.put(entry, id, method, Some(used_for));
            }
            Entry::Attribute { name, value } => {
                let name = text_of(name.as_slice());
                match name.and_then(Attribute::parse) {
                    Some(Attribute::Key(kind)) => {
                        self.delegates += 1;
                        let id = format!("{}#delegate-{}", self.did, self.delegates);
                        if let Some(method) = kind.method(self.did, &id, value) {
                            self.put(entry, id, method, Some(kind.used_for()));
                        }
                    }
                    Some(Attribute::Service(kind)) => {
                        self.services += 1;
                        let id = format!("{}#service-{}", self.did, self.services);
                        if let Ok(text) = core::str::from_utf8(value) {
                            let service =
                                json!({"id": id, "type": kind, "serviceEndpoint": endpoint(text)});
                            self.put(entry, id, service, None);
                        }
                    }
                    None => {}
                }
            }
        }
    }

    /// An entry that no longer holds.
    fn end(&mut self, entry: &Entry) {
        match entry {
            Entry::Delegate { role, .. } if text_of(role.as_slice()).is_some() => {
                self.delegates += 1;
            }
            Entry::Attribute { name, .. } => match text_of(name.as_slice()) {
                Some(name) if name.starts_with("did/pub/") => self.delegates += 1,
                Some(name) if name.starts_with("did/svc/") => self.services += 1,
                _ => {}
            },
            Entry::Delegate { .. } => {}
        }
        self.current.retain(|current| current.entry != entry);
    }

    /// An entry added again takes the place of the one before, under its new name.
    fn put(&mut self, entry: &'h Entry, id: String, member: Value, used_for: Option<Use>) {
        let new = Current {
            entry,
            id,
            member,
            used_for,
        };
        match self.current.iter_mut().find(|it| it.entry == entry) {
            Some(before) => *before = new,
            None => self.current.push(new),
        }
    }

    fn account_method(&self, id: &str, address: Address) -> Value {
        json!({
            "id": id,
            "type": "EcdsaSecp256k1RecoveryMethod2020",
            "controller": self.did,
            "blockchainAccountId": format!("eip155:{}:{}", self.chain_id, address.to_checksum(None)),
        })
    }

    fn finish(self, did: &EthrDid) -> Map<String, Value> {
        let id = format!("{}#controller", self.did);
        let mut methods = vec![self.account_method(&id, self.controller)];
        let mut controllers = vec![Value::from(id)];
        // The key in the identifier is a key of the document as long as nobody else owns the identity.
        if let Some(key) = did.key_hex().filter(|_| self.controller == did.address()) {
            let id = format!("{}#controllerKey", self.did);
            methods.push(json!({
                "id": id,
                "type": "EcdsaSecp256k1VerificationKey2019",
                "controller": self.did,
                "publicKeyHex": key,
            }));
            controllers.push(id.into());
        }
        let (keys, services): (Vec<_>, Vec<_>) = self
            .current
            .iter()
            .partition(|current| current.used_for.is_some());
        let ids = |uses: &[Use]| -> Vec<Value> {
            let used =
                |current: &&&Current<'_>| current.used_for.is_some_and(|it| uses.contains(&it));
            keys.iter()
                .filter(used)
                .map(|current| current.id.as_str().into())
                .collect()
        };
        let authentication = [controllers.clone(), ids(&[Use::Authentication])].concat();
        let assertion = [controllers, ids(&[Use::Authentication, Use::Assertion])].concat();
        let agreement = ids(&[Use::Agreement]);
        methods.extend(keys.iter().map(|current| current.member.clone()));
        let services: Vec<_> = services.iter().map(|it| it.member.clone()).collect();

        let mut document = document(self.did, &methods, &authentication);
        document.insert("assertionMethod".into(), assertion.into());
        if !services.is_empty() {
            document.insert("service".into(), services.into());
        }
        if !agreement.is_empty() {
            document.insert("keyAgreement".into(), agreement.into());
        }
        document
    }
}

/// The members every document has.
fn document(did: &str, methods: &[Value], authentication: &[Value]) -> Map<String, Value> {
    [
        ("@context", CONTEXTS.to_vec().into()),
        ("id", did.into()),
        ("verificationMethod", methods.into()),
        ("authentication", authentication.into()),
        ("assertionMethod", Value::Array(Vec::new())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

/// A name in a word, without the zeros that fill it up. Names that are no text are not those of the method.
fn text_of(word: &[u8]) -> Option<&str> {
    core::str::from_utf8(word)
        .ok()
        .map(|text| text.trim_end_matches('\0'))
}

/// JSON where it is an endpoint of DID Core 5.4, else the text itself.
fn endpoint(text: &str) -> Value {
    match json::parse(text.as_bytes(), ENDPOINT) {
        Ok(value @ (Value::String(_) | Value::Object(_) | Value::Array(_))) => value,
        _ => text.into(),
    }
}

/// What the name of an attribute says: `did/pub/<algorithm>/<use>/<encoding>` or `did/svc/<type>`.
enum Attribute<'n> {
    Key(KeyKind<'n>),
    Service(&'n str),
}

struct KeyKind<'n> {
    algorithm: &'n str,
    purpose: Option<&'n str>,
    encoding: Option<&'n str>,
}

impl<'n> Attribute<'n> {
    fn parse(name: &'n str) -> Option<Self> {
        let mut parts = name.split('/');
        let mut part = || match parts.next() {
            Some(part) if is_word(part) => Some(Some(part)),
            Some(_) => None,
            None => Some(None),
        };
        let (root, section, kind) = (part()??, part()??, part()??);
        let (purpose, encoding, rest) = (part()?, part()?, part()?);
        match (root, section, rest) {
            ("did", "pub", None) => Some(Self::Key(KeyKind {
                algorithm: kind,
                purpose,
                encoding,
            })),
            ("did", "svc", None) => Some(Self::Service(kind)),
            _ => None,
        }
    }
}

fn is_word(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl KeyKind<'_> {
    fn used_for(&self) -> Use {
        match self.purpose {
            Some("sigAuth") => Use::Authentication,
            Some("enc") => Use::Agreement,
            _ => Use::Assertion,
        }
    }

    /// The type of the method; what is no name of an algorithm is a type already.
    fn method_type(&self) -> &str {
        match (self.algorithm, self.purpose) {
            ("Secp256k1", Some("veriKey" | "sigAuth")) => "EcdsaSecp256k1VerificationKey2019",
            ("Ed25519", Some("veriKey" | "sigAuth")) => "Ed25519VerificationKey2018",
            ("RSA", Some("veriKey")) => "RSAVerificationKey2018",
            ("X25519", Some("enc")) => "X25519KeyAgreementKey2019",
            (algorithm, _) => algorithm,
        }
    }

    /// The verification method; none if the value is not of its encoding.
    fn method(&self, did: &str, id: &str, value: &[u8]) -> Option<Value> {
        let (member, text) = match self.encoding {
            None | Some("hex") => ("publicKeyHex", hex::encode(value)),
            Some("base64") => ("publicKeyBase64", base64::encode(value)),
            // Its cost is the square of the length.
            Some("base58") if value.len() > MAX_BASE58 => return None,
            Some("base58") => ("publicKeyBase58", bs58::encode(value).into_string()),
            Some("pem") => ("publicKeyPem", String::from_utf8(value.to_vec()).ok()?),
            Some(_) => ("value", hex::encode(value)),
        };
        Some(json!({"id": id, "type": self.method_type(), "controller": did, member: text}))
    }
}
