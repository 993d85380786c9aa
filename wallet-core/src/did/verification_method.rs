//! Verification methods (DID Core 1.0 5.2): the kinds of key that documents, new and old, are written with.

use super::document::absolute;
use super::{Did, DidError, did_key};
use crate::jose::{JoseError, PublicKey};
use serde_json::{Map, Value};

/// Decoding base58 takes the square of the length.
const MAX_TEXT: usize = 384;

/// Members that hold a key, or what a key hashes to.
const MATERIAL: [&str; 9] = [
    "publicKeyJwk",
    "publicKeyMultibase",
    "publicKeyBase58",
    "publicKeyBase64",
    "publicKeyHex",
    "publicKeyPem",
    "publicKeyHash",
    "ethereumAddress",
    "blockchainAccountId",
];

/// What a method verifies with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyMaterial {
    /// A key.
    Key(PublicKey),
    /// The address of a secp256k1 key: the last 20 bytes of its Keccak-256. The key is recovered from a signature.
    Address {
        /// The address.
        address: [u8; 20],
        /// The chain it is said to be of (EIP-155).
        chain_id: Option<u64>,
    },
    /// Of a kind that is not ours, or malformed.
    Unusable,
}

/// A verification method of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationMethod {
    id: String,
    kind: String,
    controller: String,
    material: KeyMaterial,
    multibase: Option<String>,
    is_retired: bool,
}

impl VerificationMethod {
    pub(super) fn from_json(did: &Did, entry: &Map<String, Value>) -> Result<Self, DidError> {
        let text = |name| entry.get(name).and_then(Value::as_str);
        let id = absolute(did, text("id").ok_or(DidError::Document("id"))?)?;
        // One where DID Core asks for one text; some of before it have a list of one.
        let kind = match entry.get("type") {
            Some(Value::String(kind)) => kind,
            Some(Value::Array(kinds)) => match kinds.as_slice() {
                [Value::String(kind)] => kind,
                _ => return Err(DidError::Document("type")),
            },
            _ => return Err(DidError::Document("type")),
        };
        let controller = match entry.get("controller") {
            Some(Value::String(controller)) => controller.clone(),
            Some(_) => return Err(DidError::Document("controller")),
            None => did.as_str().to_owned(),
        };
        let material = match key_material(kind, entry) {
            Err(JoseError::PrivateKey) => return Err(JoseError::PrivateKey.into()),
            material => material.unwrap_or(KeyMaterial::Unusable),
        };
        Ok(Self {
            id,
            kind: kind.clone(),
            controller,
            material,
            multibase: text("publicKeyMultibase").map(str::to_owned),
            // When, is for those who judge old signatures.
            is_retired: entry.contains_key("revoked") || entry.contains_key("expires"),
        })
    }

    /// Its identifier, an absolute DID URL.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its type, as it is written.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Who controls it; the document's own DID where nobody is named.
    #[must_use]
    pub fn controller(&self) -> &str {
        &self.controller
    }

    /// What it verifies with.
    #[must_use]
    pub const fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// `publicKeyMultibase` as it stands, also where the kind of key is one of Data Integrity's only.
    #[must_use]
    pub fn multibase(&self) -> Option<&str> {
        self.multibase.as_deref()
    }

    /// Whether it says that it was revoked or expires.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.is_retired
    }
}

/// The one key of an entry, of the kind its type says.
fn key_material(kind: &str, entry: &Map<String, Value>) -> Result<KeyMaterial, JoseError> {
    let mut present = MATERIAL.iter().filter(|name| entry.contains_key(**name));
    let (Some(member), None) = (present.next(), present.next()) else {
        return Err(JoseError::MalformedKey);
    };
    let value = entry.get(*member).ok_or(JoseError::MalformedKey)?;
    let text = || {
        let text = value.as_str().filter(|text| text.len() <= MAX_TEXT);
        text.ok_or(JoseError::MalformedKey)
    };
    let key = match (kind, *member) {
        (_, "publicKeyJwk") => PublicKey::from_jwk(value)?,
        (
            "Multikey"
            | "Ed25519VerificationKey2020"
            | "EcdsaSecp256r1VerificationKey2019"
            | "EcdsaSecp256k1VerificationKey2019",
            "publicKeyMultibase",
        ) => did_key::key_of(text()?).map_err(|_| JoseError::MalformedKey)?,
        ("Ed25519VerificationKey2018", "publicKeyBase58") => {
            PublicKey::from_ed25519(&exactly(&base58(text()?)?)?)?
        }
        ("Ed25519VerificationKey2018" | "Ed25519VerificationKey2020", "publicKeyHex") => {
            PublicKey::from_ed25519(&exactly(&hex(text()?)?)?)?
        }
        (_, "publicKeyHex") if is_secp256k1(kind) => {
            PublicKey::from_secp256k1_point(&hex(text()?)?)?
        }
        (_, "publicKeyBase58") if is_secp256k1(kind) => {
            PublicKey::from_secp256k1_point(&base58(text()?)?)?
        }
        (_, "publicKeyHash" | "ethereumAddress") if is_secp256k1(kind) => {
            return Ok(KeyMaterial::Address {
                address: exactly(&hex(text()?)?)?,
                chain_id: None,
            });
        }
        (_, "blockchainAccountId") if is_secp256k1(kind) => return account(text()?),
        _ => return Err(JoseError::UnsupportedKey),
    };
    match fits(kind, &key) {
        true => Ok(KeyMaterial::Key(key)),
        false => Err(JoseError::MalformedKey),
    }
}

fn is_secp256k1(kind: &str) -> bool {
    matches!(
        kind,
        "EcdsaSecp256k1VerificationKey2019"
            | "EcdsaSecp256k1RecoveryMethod2020"
            | "Secp256k1VerificationKey2018"
            | "Secp256k1VerificationKey"
    )
}

/// Whether a type that is of one curve has a key of it.
fn fits(kind: &str, key: &PublicKey) -> bool {
    match kind {
        "JsonWebKey2020" | "JsonWebKey" | "Multikey" => true,
        "Ed25519VerificationKey2018" | "Ed25519VerificationKey2020" => {
            matches!(key, PublicKey::Ed25519(_))
        }
        "EcdsaSecp256r1VerificationKey2019" => matches!(key, PublicKey::P256(_)),
        _ => is_secp256k1(kind) && matches!(key, PublicKey::Secp256k1(_)),
    }
}

/// A CAIP-10 account of an Ethereum chain, `eip155:1:0x…`, or as it was written before, `0x…@eip155:1`.
fn account(text: &str) -> Result<KeyMaterial, JoseError> {
    let parts = match text.split_once('@') {
        Some((address, chain)) => chain.strip_prefix("eip155:").map(|id| (id, address)),
        None => text
            .strip_prefix("eip155:")
            .and_then(|rest| rest.split_once(':')),
    };
    let (chain_id, address) = parts.ok_or(JoseError::UnsupportedKey)?;
    let is_number = !chain_id.is_empty() && chain_id.bytes().all(|byte| byte.is_ascii_digit());
    let chain_id = chain_id.parse().ok().filter(|_| is_number);
    Ok(KeyMaterial::Address {
        address: exactly(&hex(address)?)?,
        chain_id: Some(chain_id.ok_or(JoseError::MalformedKey)?),
    })
}

fn base58(text: &str) -> Result<Vec<u8>, JoseError> {
    bs58::decode(text)
        .into_vec()
        .map_err(|_| JoseError::MalformedKey)
}

/// Hexadecimal in either case, with or without `0x`.
fn hex(text: &str) -> Result<Vec<u8>, JoseError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    alloy_primitives::hex::decode(digits).map_err(|_| JoseError::MalformedKey)
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], JoseError> {
    bytes.try_into().map_err(|_| JoseError::MalformedKey)
}
