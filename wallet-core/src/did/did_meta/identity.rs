//! An identity of did:meta as the contracts' storage has it (METADIUM/MetaResolvers `contracts/`): an ERC-1484 registry, the
//! resolvers with public keys, the resolvers with keys of services.

use crate::ledger::reading::{self, ChainState, ReadError};
use crate::ledger::{LedgerError, layout};
use alloy_primitives::{Address, B256, U256, keccak256};

/// Most addresses of an identity, and most keys of its services. The registry itself allows 50 addresses.
const MAX_KEYS: u64 = 64;
/// Most resolvers an identity names.
const MAX_RESOLVERS: u64 = 32;

/// The registry: identities by EIN, the EIN of an address, the next EIN.
const IDENTITIES: u64 = 0;
const EIN_OF_ADDRESS: u64 = 1;
const NEXT_EIN: u64 = 2;
/// Members of an identity.
const ASSOCIATED_ADDRESSES: u64 = 1;
const RESOLVERS: u64 = 5;
/// The public key resolver: keys by address.
const PUBLIC_KEYS: u64 = 1;
/// The service key resolver: addresses by EIN, the EIN of an address, the symbol of an address.
const SERVICE_KEYS: u64 = 1;
const EIN_OF_SERVICE_KEY: u64 = 2;
const SYMBOLS: u64 = 3;

/// Bytes of a public key: two coordinates.
const KEY_BYTES: usize = 64;

/// The contracts of a chain that identities are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaRegistries {
    /// The registry of identities.
    pub identities: Address,
    /// Resolvers of public keys.
    pub public_keys: Vec<Address>,
    /// Resolvers of keys of services.
    pub service_keys: Vec<Address>,
}

/// What the registry knows under an EIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// It was given away and all its addresses removed since.
    Deleted,
    /// It has keys.
    Active {
        /// Keys that manage it.
        management: Vec<ManagementKey>,
        /// Keys of services that act for it.
        service: Vec<ServiceKey>,
    },
}

/// A key that manages an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagementKey {
    /// Its address.
    pub address: Address,
    /// The key, if a resolver has it: two coordinates.
    pub key: Option<[u8; KEY_BYTES]>,
}

/// A key of a service. Only its address is on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKey {
    /// Its address.
    pub address: Address,
    /// The service's name for it.
    pub symbol: String,
}

impl Identity {
    /// Reads the identity of this EIN. Only resolvers that are pinned and that the identity itself names are read.
    ///
    /// # Errors
    /// What is not known yet; [`LedgerError::NoIdentity`] if the registry never gave this EIN away,
    /// [`LedgerError::TooLarge`], [`LedgerError::Layout`], [`LedgerError::KeyMismatch`] for a key that is not its address's.
    pub fn read(
        registries: &MetaRegistries,
        ein: U256,
        state: &dyn ChainState,
    ) -> Result<Self, ReadError> {
        let registry = registries.identities;
        let identity = layout::mapping(layout::slot(IDENTITIES), ein.into());
        let addresses = layout::offset(identity, ASSOCIATED_ADDRESSES);
        let resolvers = layout::offset(identity, RESOLVERS);
        let [next_ein, address_count, resolver_count] = reading::exact_words(
            state,
            registry,
            [layout::slot(NEXT_EIN), addresses, resolvers],
        )?;
        if ein.is_zero() || ein >= next_ein {
            return Err(LedgerError::NoIdentity.into());
        }
        let addresses = array(registry, addresses, address_count, MAX_KEYS)?;
        let resolvers = array(registry, resolvers, resolver_count, MAX_RESOLVERS)?;
        if addresses.is_empty() {
            return Ok(Self::Deleted);
        }
        let words = reading::words(state, addresses.iter().chain(&resolvers).copied())?;
        let members = words.into_iter().map(layout::address);
        let members = members.collect::<Result<Vec<_>, _>>()?;
        let (addresses, resolvers) = members
            .split_at_checked(addresses.len())
            .ok_or(LedgerError::Layout)?;
        let named = |pinned: &[Address]| -> Vec<Address> {
            let mut named = Vec::new();
            for address in resolvers {
                if pinned.contains(address) && !named.contains(address) {
                    named.push(*address);
                }
            }
            named
        };
        let keys = reading::both(
            management_keys(state, &named(&registries.public_keys), addresses),
            service_keys(state, &named(&registries.service_keys), ein),
        );
        let of_identity = are_of(state, ein, registry, EIN_OF_ADDRESS, addresses);
        let ((), (management, service)) = reading::both(of_identity, keys)?;
        Ok(Self::Active {
            management,
            service,
        })
    }
}

/// The slots of an array's elements.
fn array(
    contract: Address,
    slot: B256,
    count: U256,
    max: u64,
) -> Result<Vec<(Address, B256)>, LedgerError> {
    let count = layout::count(count, max)?;
    Ok((0..count)
        .map(|index| (contract, layout::element(slot, index)))
        .collect())
}

/// Checks that a mapping from addresses to EINs says the same as the identity's list.
fn are_of(
    state: &dyn ChainState,
    ein: U256,
    contract: Address,
    mapping: u64,
    addresses: &[Address],
) -> Result<(), ReadError> {
    let slot = |address| layout::mapping_of_address(layout::slot(mapping), address);
    let slots = addresses.iter().map(|address| (contract, slot(*address)));
    match reading::words(state, slots)?.iter().all(|it| *it == ein) {
        true => Ok(()),
        false => Err(LedgerError::KeyMismatch.into()),
    }
}

/// The key of each address: that of the first resolver that has one.
fn management_keys(
    state: &dyn ChainState,
    resolvers: &[Address],
    addresses: &[Address],
) -> Result<Vec<ManagementKey>, ReadError> {
    let slots = |address: &Address| {
        let slot = layout::mapping_of_address(layout::slot(PUBLIC_KEYS), *address);
        resolvers.iter().map(move |resolver| (*resolver, slot))
    };
    let keys = reading::byte_strings(state, addresses.iter().flat_map(slots).collect())?;
    let mut keys = keys.into_iter();
    let mut management = Vec::with_capacity(addresses.len());
    for address in addresses {
        let of_address: Vec<_> = keys.by_ref().take(resolvers.len()).collect();
        let key = of_address.into_iter().find(|key| !key.is_empty());
        management.push(ManagementKey {
            address: *address,
            key: key.map(|key| key_of(*address, &key)).transpose()?,
        });
    }
    Ok(management)
}

/// A key is two coordinates, and hashes to its address.
fn key_of(address: Address, key: &[u8]) -> Result<[u8; KEY_BYTES], LedgerError> {
    let key = key.try_into().map_err(|_| LedgerError::KeyMismatch)?;
    match Address::from_word(keccak256(key)) == address {
        true => Ok(key),
        false => Err(LedgerError::KeyMismatch),
    }
}

/// The keys of services, in each resolver that is named.
fn service_keys(
    state: &dyn ChainState,
    resolvers: &[Address],
    ein: U256,
) -> Result<Vec<ServiceKey>, ReadError> {
    let list = layout::mapping(layout::slot(SERVICE_KEYS), ein.into());
    let counts = reading::words(state, resolvers.iter().map(|resolver| (*resolver, list)))?;
    let mut slots = Vec::new();
    for (resolver, count) in resolvers.iter().zip(counts) {
        slots.extend(array(*resolver, list, count, MAX_KEYS)?);
    }
    let words = reading::words(state, slots.iter().copied())?;
    let mut keys = Vec::with_capacity(words.len());
    for ((resolver, _), word) in slots.iter().zip(words) {
        keys.push((*resolver, layout::address(word)?));
    }
    // The published resolver lets any identity take a key away from another without changing the other's list, and then give
    // it any name of its own: a key counts as long as its own entry names this identity (`isKeyFor`), and only then its name
    // is read.
    let entry = |mapping, (resolver, address): &(Address, Address)| {
        let slot = layout::mapping_of_address(layout::slot(mapping), *address);
        (*resolver, slot)
    };
    let owners = keys.iter().map(|key| entry(EIN_OF_SERVICE_KEY, key));
    let owners = reading::words(state, owners)?;
    let of_identity = keys.iter().zip(owners).filter(|(_, owner)| *owner == ein);
    let keys: Vec<_> = of_identity.map(|(key, _)| key).collect();
    let heads = reading::words(state, keys.iter().map(|key| entry(SYMBOLS, key)))?;
    let mut named = Vec::with_capacity(keys.len());
    for (key, head) in keys.into_iter().zip(heads) {
        match layout::words_after(head) {
            Ok(_) => named.push(key),
            // A name nobody can show costs its key, not the identity.
            Err(LedgerError::TooLarge) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let symbols = named.iter().map(|key| entry(SYMBOLS, key)).collect();
    let symbols = reading::byte_strings(state, symbols)?;
    let service = named.into_iter().zip(symbols).filter_map(|(key, symbol)| {
        Some(ServiceKey {
            address: key.1,
            symbol: String::from_utf8(symbol).ok()?,
        })
    });
    Ok(service.collect())
}
