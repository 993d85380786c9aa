//! The events of an ERC-1056 registry.

use crate::ledger::LedgerError;
use crate::ledger::layout;
use crate::ledger::receipts::Log;
use alloy_primitives::{Address, B256, Bytes, U256, b256};

/// `DIDOwnerChanged(address,address,uint256)`
pub(super) const OWNER_CHANGED: B256 =
    b256!("38a5a6e68f30ed1ab45860a4afb34bcb2fc00f22ca462d249b8a8d40cda6f7a3");
/// `DIDDelegateChanged(address,bytes32,address,uint256,uint256)`
pub(super) const DELEGATE_CHANGED: B256 =
    b256!("5a5084339536bcab65f20799fcc58724588145ca054bd2be626174b27ba156f7");
/// `DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)`
pub(super) const ATTRIBUTE_CHANGED: B256 =
    b256!("18ab6b2ae3d64306c00ce663125f2bd680e441a098de1635bd7ad8b0d44965e4");

/// Most bytes of an attribute's value.
const MAX_VALUE: usize = 16 * 1024;

/// Bytes of a word.
const WORD: usize = 32;

/// What an event says of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Another address controls the identity; nobody if it is zero.
    Owner(Address),
    /// What holds until a time, or no longer holds if that has passed.
    Entry {
        /// What it is.
        entry: Entry,
        /// Until when, in seconds since 1970.
        valid_to: U256,
    },
}

/// A delegate or an attribute: what a later event revokes by repeating it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Another address may act for the identity in a role.
    Delegate {
        /// The role, padded with zeros.
        role: B256,
        /// The address.
        delegate: Address,
    },
    /// A key, a service, or anything else.
    Attribute {
        /// Its name, padded with zeros.
        name: B256,
        /// Its value.
        value: Bytes,
    },
}

/// An event about an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// What it says.
    pub(super) change: Change,
    /// The block of the event before it; zero if it is the first.
    pub(super) previous: u64,
}

impl Event {
    /// Reads an event of the registry if it is about `identity`. Others are not looked into: whoever makes them must not be
    /// able to spoil this one's history.
    ///
    /// # Errors
    /// [`LedgerError::Event`] for one that the registry's code does not tell, [`LedgerError::TooLarge`].
    pub(super) fn of(identity: Address, log: &Log) -> Result<Option<Self>, LedgerError> {
        match log.topics.as_slice() {
            [kind, subject] if *subject == identity.into_word() => {
                Self::parse(*kind, &log.data).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn parse(kind: B256, data: &[u8]) -> Result<Self, LedgerError> {
        let mut words = Words(data);
        let event = match kind {
            OWNER_CHANGED => Self {
                change: Change::Owner(words.address()?),
                previous: words.block()?,
            },
            DELEGATE_CHANGED => {
                let role = words.next()?;
                let delegate = words.address()?;
                Self {
                    change: Change::Entry {
                        entry: Entry::Delegate { role, delegate },
                        valid_to: words.number()?,
                    },
                    previous: words.block()?,
                }
            }
            ATTRIBUTE_CHANGED => {
                let name = words.next()?;
                // The value stands after the four words of the arguments.
                if words.number()? != U256::from(4 * WORD) {
                    return Err(LedgerError::Event);
                }
                let valid_to = words.number()?;
                let previous = words.block()?;
                let value = words.bytes()?;
                Self {
                    change: Change::Entry {
                        entry: Entry::Attribute { name, value },
                        valid_to,
                    },
                    previous,
                }
            }
            _ => return Err(LedgerError::Event),
        };
        words.finish()?;
        Ok(event)
    }
}

/// Arguments as the contract ABI lays them out, read from the front.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn next(&mut self) -> Result<B256, LedgerError> {
        let (word, rest) = self
            .0
            .split_first_chunk::<WORD>()
            .ok_or(LedgerError::Event)?;
        self.0 = rest;
        Ok(B256::new(*word))
    }

    fn number(&mut self) -> Result<U256, LedgerError> {
        Ok(self.next()?.into())
    }

    fn block(&mut self) -> Result<u64, LedgerError> {
        self.number()?.try_into().map_err(|_| LedgerError::Event)
    }

    fn address(&mut self) -> Result<Address, LedgerError> {
        layout::address(self.number()?).map_err(|_| LedgerError::Event)
    }

    /// A length and as many bytes, filled up to whole words.
    fn bytes(&mut self) -> Result<Bytes, LedgerError> {
        let len = usize::try_from(self.number()?).map_err(|_| LedgerError::TooLarge)?;
        if len > MAX_VALUE {
            return Err(LedgerError::TooLarge);
        }
        let (padded, rest) = self
            .0
            .split_at_checked(len.next_multiple_of(WORD))
            .ok_or(LedgerError::Event)?;
        self.0 = rest;
        Ok(Bytes::copy_from_slice(
            padded.get(..len).unwrap_or_default(),
        ))
    }

    fn finish(self) -> Result<(), LedgerError> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(LedgerError::Event),
        }
    }
}
