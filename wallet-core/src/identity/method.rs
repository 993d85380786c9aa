//! What an identity is made for: its method, and for ledgers the network with its pinned contracts.

use super::IdentityError;
use crate::did::{self, NetworkNames};
use crate::jose::{Algorithm, PublicKey};
use alloy_primitives::{Address, hex, keccak256};
use serde::{Deserialize, Serialize};

/// Most providers, and most resolvers, of a did:meta identity.
const MAX_CONTRACTS: usize = 8;
const MAX_NAME: usize = 32;

/// What an identity is made for. There is one key for each, and it is of no use for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
#[non_exhaustive]
pub enum IdentityMethod {
    /// did:key of a P-256 key.
    Key,
    /// did:jwk of a P-256 key.
    Jwk,
    /// did:ethr on one network.
    Ethr(EthrNetwork),
    /// did:meta on one network.
    Meta(MetaNetwork),
}

/// A network with an ERC-1056 registry, as the app pins it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EthrNetwork {
    name: String,
    chain_id: u64,
    #[serde(with = "account_text")]
    registry: Address,
}

/// A network with the ERC-1484 contracts of did:meta, as the app pins them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaNetwork {
    name: String,
    chain_id: u64,
    #[serde(with = "account_text")]
    identity_registry: Address,
    #[serde(with = "account_text")]
    public_key_resolver: Address,
    #[serde(with = "accounts_text")]
    other_resolvers: Vec<Address>,
    #[serde(with = "accounts_text")]
    providers: Vec<Address>,
}

impl EthrNetwork {
    /// A network: its name in DIDs (`mainnet` is left out of them), its chain id, its registry.
    ///
    /// # Errors
    /// [`IdentityError::Network`], also for a name that means another chain to everybody, or is the number of one.
    pub fn new(name: &str, chain_id: u64, registry: Address) -> Result<Self, IdentityError> {
        Ok(Self {
            name: checked_name(NetworkNames::Ethr, name, chain_id)?,
            chain_id,
            registry,
        })
    }

    /// Its name in DIDs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its chain id.
    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The registry.
    #[must_use]
    pub fn registry(&self) -> Address {
        self.registry
    }
}

impl MetaNetwork {
    /// A network: its name in DIDs (`mainnet` is left out of them), its chain id, and its contracts. New identities get all
    /// `providers`, who may then act on what the holder signs, and all resolvers.
    ///
    /// # Errors
    /// [`IdentityError::Network`], also for a name that means another chain to everybody, and for more than eight providers
    /// or other resolvers.
    pub fn new(
        name: &str,
        chain_id: u64,
        identity_registry: Address,
        public_key_resolver: Address,
        other_resolvers: Vec<Address>,
        providers: Vec<Address>,
    ) -> Result<Self, IdentityError> {
        if other_resolvers.len() > MAX_CONTRACTS || providers.len() > MAX_CONTRACTS {
            return Err(IdentityError::Network);
        }
        Ok(Self {
            name: checked_name(NetworkNames::Meta, name, chain_id)?,
            chain_id,
            identity_registry,
            public_key_resolver,
            other_resolvers,
            providers,
        })
    }

    /// Its name in DIDs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its chain id.
    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Where identities are created.
    #[must_use]
    pub fn identity_registry(&self) -> Address {
        self.identity_registry
    }

    /// Where public keys are.
    #[must_use]
    pub fn public_key_resolver(&self) -> Address {
        self.public_key_resolver
    }

    /// All resolvers of a new identity, in the order they are signed in.
    pub(super) fn resolvers(&self) -> Vec<Address> {
        let first = core::iter::once(self.public_key_resolver);
        first.chain(self.other_resolvers.iter().copied()).collect()
    }

    /// Further resolvers of new identities.
    #[must_use]
    pub fn other_resolvers(&self) -> &[Address] {
        &self.other_resolvers
    }

    /// Who may act on what the holder signs.
    #[must_use]
    pub fn providers(&self) -> &[Address] {
        &self.providers
    }

    /// Takes the canonical form only: `did:meta:` or `did:meta:<network>:`, and 64 lower-case hexadecimal digits.
    fn owns(&self, did: &str) -> bool {
        let rest = did.strip_prefix("did:meta:");
        let id = rest.and_then(|rest| rest.strip_prefix(&prefix(&self.name)));
        id.is_some_and(|id| {
            id.len() == 64
                && id
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    }
}

impl IdentityMethod {
    /// The method's name in DIDs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Jwk => "jwk",
            Self::Ethr(_) => "ethr",
            Self::Meta(_) => "meta",
        }
    }

    /// The name and chain id of its network; `None` for methods without a ledger.
    #[must_use]
    pub fn network(&self) -> Option<(&str, u64)> {
        match self {
            Self::Key | Self::Jwk => None,
            Self::Ethr(network) => Some((network.name(), network.chain_id())),
            Self::Meta(network) => Some((network.name(), network.chain_id())),
        }
    }

    /// What its keys sign with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Key | Self::Jwk => Algorithm::Es256,
            Self::Ethr(_) | Self::Meta(_) => Algorithm::Es256K,
        }
    }

    /// The DID that has this key from the start; `None` where the ledger gives the name.
    ///
    /// # Errors
    /// [`IdentityError::KeyKind`] for a key of another kind than the method's.
    pub fn did_of(&self, key: &PublicKey) -> Result<Option<String>, IdentityError> {
        if key.algorithm() != self.algorithm() {
            return Err(IdentityError::KeyKind);
        }
        Ok(match self {
            Self::Key => Some(did::did_key_of(key)),
            Self::Jwk => Some(did::did_jwk_of(key)),
            Self::Ethr(network) => {
                let account = account_of(key)?;
                Some(format!("did:ethr:{}{account}", prefix(&network.name)))
            }
            Self::Meta(_) => None,
        })
    }

    /// Whether a ledger of this method and network may give an identity this name. That it did is for a resolver to prove.
    #[must_use]
    pub fn may_be_named(&self, did: &str) -> bool {
        matches!(self, Self::Meta(network) if network.owns(did))
    }

    /// The DID URL under which documents of this method have the key.
    ///
    /// # Errors
    /// [`IdentityError::KeyKind`].
    pub(super) fn key_url(&self, did: &str, key: &PublicKey) -> Result<String, IdentityError> {
        Ok(match self {
            Self::Key => format!("{did}#{}", did.strip_prefix("did:key:").unwrap_or_default()),
            Self::Jwk => format!("{did}#0"),
            Self::Ethr(_) => format!("{did}#controller"),
            Self::Meta(_) => {
                let account = account_of(key)?;
                format!("{did}#MetaManagementKey#{}", hex::encode(account))
            }
        })
    }
}

/// The account of a secp256k1 key: the last 20 bytes of the Keccak-256 of its point.
///
/// # Errors
/// [`IdentityError::KeyKind`] for other keys.
pub fn account_of(key: &PublicKey) -> Result<Address, IdentityError> {
    match (key, key.to_bytes().split_first()) {
        (PublicKey::Secp256k1(_), Some((_, point))) => Ok(Address::from_word(keccak256(point))),
        _ => Err(IdentityError::KeyKind),
    }
}

/// Reads an account: `0x` and 40 hexadecimal digits. Where their case is mixed it must be that of ERC-55.
///
/// # Errors
/// [`IdentityError::Account`].
pub fn parse_account(text: &str) -> Result<Address, IdentityError> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 40);
    let digits = digits.ok_or(IdentityError::Account)?;
    let account: Address = digits.parse().map_err(|_| IdentityError::Account)?;
    let has = |is: fn(&u8) -> bool| digits.bytes().any(|byte| is(&byte));
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    if is_mixed && account.to_string() != text {
        return Err(IdentityError::Account);
    }
    Ok(account)
}

fn checked_name(names: NetworkNames, name: &str, chain_id: u64) -> Result<String, IdentityError> {
    let is_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let is_sound = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_name);
    match is_sound && names.means(name, chain_id) != Some(false) {
        true => Ok(name.to_owned()),
        false => Err(IdentityError::Network),
    }
}

/// What stands for the network in a DID.
fn prefix(name: &str) -> String {
    match name {
        "mainnet" => String::new(),
        name => format!("{name}:"),
    }
}

mod account_text {
    use super::{Address, parse_account};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(account: &Address, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(account)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
        parse_account(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

mod accounts_text {
    use super::{Address, parse_account};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(accounts: &[Address], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(accounts.iter().map(Address::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Address>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let accounts = texts.iter().map(|text| parse_account(text));
        accounts.collect::<Result<_, _>>().map_err(D::Error::custom)
    }
}
