//! About whom a server may be asked.

use super::RpcError;
use crate::did::Did;
use crate::did::did_ethr::EthrDid;
use crate::did::did_meta::MetaDid;
use crate::order;
use alloy_primitives::{Address, U256};
use std::collections::BTreeSet;

/// The DIDs the holder has made. A server that is asked about one of them learns who asks.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OwnDids(BTreeSet<Subject>);

/// Whom a DID stands for, without the network: the same key on another network is the same person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// An account of an ERC-1056 registry, named by its address or by its key.
    Account(Address),
    /// An identity of METADIUM's registry.
    Identity(U256),
    /// Method and identifier of any other DID.
    Other(String, String),
}

impl OwnDids {
    /// For who holds nothing: a verifier, a tool of an integrator.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// These DIDs.
    pub fn new<'a>(dids: impl IntoIterator<Item = &'a Did>) -> Self {
        Self(order::set(dids.into_iter().map(Subject::of)))
    }

    /// Whether this is one of them, however it is written.
    #[must_use]
    pub fn contains(&self, did: &Did) -> bool {
        self.0.contains(&Subject::of(did))
    }
}

impl core::fmt::Debug for OwnDids {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OwnDids({})", self.0.len())
    }
}

/// The DID of an issuer or verifier: servers may be asked about it. There is no way to make one of a DID of the holder's own, so
/// that none is sent to an endpoint, however it is written (network, key or address, upper and lower case).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyDid(Did);

impl PartyDid {
    /// `did`, if it is none of the holder's own.
    ///
    /// # Errors
    /// [`RpcError::HoldersOwn`].
    pub fn new(did: &Did, own: &OwnDids) -> Result<Self, RpcError> {
        if own.contains(did) {
            return Err(RpcError::HoldersOwn);
        }
        Ok(Self(did.clone()))
    }

    /// The DID.
    #[must_use]
    pub const fn did(&self) -> &Did {
        &self.0
    }
}

impl Subject {
    fn of(did: &Did) -> Self {
        // A checksum that is wrong does not make another subject.
        let text = did.as_str().to_ascii_lowercase();
        if let Ok(did) = EthrDid::parse(&text) {
            return Self::Account(did.address());
        }
        if let Ok(did) = MetaDid::parse_legacy(&text) {
            return Self::Identity(did.ein());
        }
        let id = did.method_specific_id();
        let subject = id.rsplit(':').next().unwrap_or(id);
        Self::Other(did.method().to_owned(), subject.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn did(text: &str) -> Did {
        Did::parse(text).unwrap()
    }

    #[test]
    fn no_spelling_of_the_holders_own_did_may_be_asked_about() {
        let ethr = did("did:ethr:0xab5801a7d398351b8be11c439e05c5b3259aec9b");
        let meta = did(&format!("did:meta:{}", "0a".repeat(32)));
        let own = OwnDids::new([&ethr, &meta]);
        for spelled in [
            "did:ethr:0xab5801a7d398351b8be11c439e05c5b3259aec9b".to_owned(),
            "did:ethr:0xAB5801A7D398351B8BE11C439E05C5B3259AEC9B".to_owned(),
            "did:ethr:sepolia:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B".to_owned(),
            format!("did:meta:testnet:{}", "0A".repeat(32)),
        ] {
            assert_eq!(
                PartyDid::new(&did(&spelled), &own),
                Err(RpcError::HoldersOwn)
            );
        }
        // The key whose address is the second DID; secp256k1's generator.
        let key = "0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
        let address = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
        for (held, asked) in [
            (key, address),
            (address, key),
            (key, &key.to_uppercase().replace("0X", "")),
        ] {
            let held = did(&format!("did:ethr:{held}"));
            let asked = format!("did:ethr:0x5:0x{}", asked.trim_start_matches("0x"));
            assert_eq!(
                PartyDid::new(&did(&asked), &OwnDids::new([&held])),
                Err(RpcError::HoldersOwn),
                "{asked}"
            );
        }
        let named_short = did("did:meta:0x7");
        let long = did(&format!("did:meta:testnet:{:0>64}", 7));
        assert!(PartyDid::new(&long, &OwnDids::new([&named_short])).is_err());
        let issuer = did("did:ethr:0x1111111111111111111111111111111111111111");
        assert_eq!(PartyDid::new(&issuer, &own).unwrap().did(), &issuer);
        assert!(PartyDid::new(&ethr, &OwnDids::none()).is_ok());
        assert_eq!(format!("{own:?}"), "OwnDids(2)");
    }
}
