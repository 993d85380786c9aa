//! The arguments of a contract's function. Each is written once; what is signed, what the contract is called with and what the
//! holder reads are made of the same value, so that they cannot differ.

use super::ledger_call::CallArgument;
use alloy_primitives::{Address, keccak256};

/// An argument with its name.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) value: Value,
}

/// A value of the contract ABI.
pub(super) enum Value {
    Account(Address),
    Accounts(Vec<Address>),
    /// Text in a word: zeros follow it.
    Name([u8; 32]),
    Bytes(Vec<u8>),
    Seconds(u64),
}

impl Field {
    pub(super) const fn new(name: &'static str, value: Value) -> Self {
        Self { name, value }
    }

    /// As `abi.encodePacked` has it.
    pub(super) fn pack(&self, into: &mut Vec<u8>) {
        match &self.value {
            Value::Account(account) => into.extend_from_slice(account.as_slice()),
            // Elements of arrays are padded, unlike values by themselves; how many there are is not in it.
            Value::Accounts(accounts) => {
                accounts
                    .iter()
                    .for_each(|account| into.extend_from_slice(account.into_word().as_slice()));
            }
            Value::Name(word) => into.extend_from_slice(word),
            Value::Bytes(bytes) => into.extend_from_slice(bytes),
            Value::Seconds(seconds) => into.extend_from_slice(&word(*seconds)),
        }
    }

    /// As the holder reads it.
    pub(super) fn shown(&self) -> CallArgument {
        let value = match &self.value {
            Value::Account(account) => account.to_string(),
            Value::Accounts(accounts) => {
                let accounts: Vec<_> = accounts.iter().map(Address::to_string).collect();
                accounts.join(", ")
            }
            Value::Name(word) => {
                let text: Vec<u8> = word.iter().copied().take_while(|byte| *byte != 0).collect();
                String::from_utf8_lossy(&text).into_owned()
            }
            Value::Bytes(bytes) => alloy_primitives::hex::encode_prefixed(bytes),
            Value::Seconds(seconds) => seconds.to_string(),
        };
        CallArgument {
            name: self.name,
            value,
        }
    }

    fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Account(_) => "address",
            Value::Accounts(_) => "address[]",
            Value::Name(_) => "bytes32",
            Value::Bytes(_) => "bytes",
            Value::Seconds(_) => "uint256",
        }
    }

    /// What stands at its place, or behind all places for what has no fixed length.
    fn encode(&self) -> Encoded {
        match &self.value {
            Value::Account(account) => Encoded::Here(account.into_word().0),
            Value::Name(word) => Encoded::Here(*word),
            Value::Seconds(seconds) => Encoded::Here(word(*seconds)),
            Value::Accounts(accounts) => {
                let count = word(accounts.len() as u64);
                let words = accounts.iter().map(|account| account.into_word().0);
                let all: Vec<_> = core::iter::once(count).chain(words).collect();
                Encoded::Behind(all.concat())
            }
            Value::Bytes(bytes) => {
                let mut tail = word(bytes.len() as u64).to_vec();
                tail.extend_from_slice(bytes);
                tail.resize(tail.len().next_multiple_of(32), 0);
                Encoded::Behind(tail)
            }
        }
    }
}

enum Encoded {
    Here([u8; 32]),
    Behind(Vec<u8>),
}

/// `v`, `r`, `s` among the arguments.
pub(super) struct SignatureWords {
    pub(super) v: u8,
    pub(super) r: [u8; 32],
    pub(super) s: [u8; 32],
}

/// The call of `function` with the signature between these arguments, by the contract ABI.
pub(super) fn calldata(
    function: &str,
    before: &[Field],
    signature: &SignatureWords,
    after: &[Field],
) -> Vec<u8> {
    let names = |fields: &[Field]| fields.iter().map(Field::type_name).collect::<Vec<_>>();
    let signature_types = vec!["uint8", "bytes32", "bytes32"];
    let types = [names(before), signature_types, names(after)].concat();
    let selector = keccak256(format!("{function}({})", types.join(",")));
    let words = [word(signature.v.into()), signature.r, signature.s];
    let encoded = before
        .iter()
        .map(Field::encode)
        .chain(words.map(Encoded::Here))
        .chain(after.iter().map(Field::encode));
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    for value in encoded {
        match value {
            Encoded::Here(word) => head.extend_from_slice(&word),
            Encoded::Behind(bytes) => {
                head.extend_from_slice(&word((types.len() * 32 + tail.len()) as u64));
                tail.extend_from_slice(&bytes);
            }
        }
    }
    [&selector[..4], &head, &tail].concat()
}

/// A number as the EVM has it.
pub(super) fn word(number: u64) -> [u8; 32] {
    let mut word = [0; 32];
    let (_, low) = word.split_at_mut(24);
    low.copy_from_slice(&number.to_be_bytes());
    word
}

/// Text in a word; `None` if it is longer.
pub(super) fn name(text: &str) -> Option<Value> {
    let mut word = [0; 32];
    word.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    Some(Value::Name(word))
}
