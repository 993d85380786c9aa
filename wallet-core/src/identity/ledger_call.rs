//! A contract's function that a holder's key may ask for: as the holder reads it, and as the app submits it.

use super::field::Field;
use alloy_primitives::{Address, keccak256};

/// What a digest asks a contract to do, made of the fields the digest is made of. For the consent screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerCall {
    /// The network's name.
    pub network: String,
    /// Its chain id. It is not in the digest.
    pub chain_id: u64,
    /// The contract, which was pinned when the identity was made. It is in the digest.
    pub contract: Address,
    /// The name of what is done, as the contract has it.
    pub function: &'static str,
    /// The sentence that is signed, where the contract has one.
    pub text: Option<&'static str>,
    /// What it is done with.
    pub arguments: Vec<CallArgument>,
    /// Why it is not done twice.
    pub replay: Replay,
    /// What is signed: Keccak-256 over `0x19 0x00`, the contract and the fields.
    pub digest: [u8; 32],
}

/// An argument: its name in the contract, and its value for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallArgument {
    /// Its name.
    pub name: &'static str,
    /// Accounts with their checksum (ERC-55), bytes in hexadecimal, durations in seconds.
    pub value: String,
}

/// Why a signature does not act twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It holds how many changes the owner signed before.
    Nonce(u64),
    /// It holds this time, seconds since the epoch, and is void a day later.
    Time(u64),
}

/// What the app submits: to the contract itself, or to a service that pays for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCall {
    /// What was shown.
    pub call: LedgerCall,
    /// `r ‖ s ‖ v`, with `v` 27 or 28 and `s` in the lower half.
    pub signature: [u8; 65],
    /// The data of a transaction to [`LedgerCall::contract`]. Whoever sends it pays for it and signs the transaction.
    pub calldata: Vec<u8>,
}

/// The digest of ERC-191's version 0x00, which contracts of ERC-1056 and ERC-1484 check.
pub(super) fn digest(contract: Address, parts: &[&[u8]]) -> [u8; 32] {
    let prefix: [&[u8]; 3] = [&[0x19], &[0x00], contract.as_slice()];
    keccak256([prefix.concat(), parts.concat()].concat()).0
}

pub(super) fn packed(fields: &[Field]) -> Vec<u8> {
    let mut bytes = Vec::new();
    fields.iter().for_each(|field| field.pack(&mut bytes));
    bytes
}

pub(super) fn shown(fields: &[Field]) -> Vec<CallArgument> {
    fields.iter().map(Field::shown).collect()
}
