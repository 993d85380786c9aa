//! ERC-1056, the registry of did:ethr: changes that its owner signs and anyone may submit.

use super::field::{self, Field, SignatureWords, Value};
use super::ledger_call::{self, LedgerCall, Replay};
use super::{EthrNetwork, IdentityError};
use crate::jose::PublicKey;
use alloy_primitives::Address;

/// What a key or delegate may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EthrKeyUse {
    /// To assert: `veriKey`.
    Assertion,
    /// To authenticate too: `sigAuth`.
    Authentication,
}

impl EthrKeyUse {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "veriKey",
            Self::Authentication => "sigAuth",
        }
    }
}

/// A change of a did:ethr identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erc1056Change {
    /// Another account owns the identity from now on; this wallet's key is out of it.
    ChangeOwner {
        /// The new owner. Account zero ends the identity for good.
        owner: Address,
    },
    /// Another account may act for the identity.
    AddDelegate {
        /// What for.
        usage: EthrKeyUse,
        /// Who.
        delegate: Address,
        /// For how many seconds.
        seconds: u64,
    },
    /// It may no longer.
    RevokeDelegate {
        /// What for.
        usage: EthrKeyUse,
        /// Who.
        delegate: Address,
    },
    /// A key is one of the identity's: secp256k1 or Ed25519.
    AddKey {
        /// What for.
        usage: EthrKeyUse,
        /// Which.
        key: PublicKey,
        /// For how many seconds.
        seconds: u64,
    },
    /// It is no longer.
    RevokeKey {
        /// What for.
        usage: EthrKeyUse,
        /// Which.
        key: PublicKey,
    },
}

/// A change of one identity in one registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erc1056Call {
    network: EthrNetwork,
    identity: Address,
    change: Erc1056Change,
    nonce: u64,
}

impl Erc1056Call {
    /// The `nonce` is the registry's of the identity's owner: how many changes it signed before.
    ///
    /// # Errors
    /// [`IdentityError::KeyKind`] for a key that documents of did:ethr have no word for.
    pub fn new(
        network: EthrNetwork,
        identity: Address,
        change: Erc1056Change,
        nonce: u64,
    ) -> Result<Self, IdentityError> {
        change.fields().map(|_| Self {
            network,
            identity,
            change,
            nonce,
        })
    }

    pub(super) fn network(&self) -> &EthrNetwork {
        &self.network
    }

    pub(super) fn identity(&self) -> Address {
        self.identity
    }

    /// As the holder reads it.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn shown(&self) -> Result<LedgerCall, IdentityError> {
        let fields = self.change.fields()?;
        let (function, _) = self.change.function();
        let contract = self.network.registry();
        let identity = Field::new("identity", Value::Account(self.identity));
        let digest = ledger_call::digest(
            contract,
            &[
                &field::word(self.nonce),
                self.identity.as_slice(),
                function.as_bytes(),
                &ledger_call::packed(&fields),
            ],
        );
        let mut arguments = vec![identity.shown()];
        arguments.extend(ledger_call::shown(&fields));
        Ok(LedgerCall {
            network: self.network.name().to_owned(),
            chain_id: self.network.chain_id(),
            contract,
            function,
            text: None,
            arguments,
            replay: Replay::Nonce(self.nonce),
            digest,
        })
    }

    pub(super) fn calldata(&self, signature: &SignatureWords) -> Result<Vec<u8>, IdentityError> {
        let (_, function) = self.change.function();
        let identity = [Field::new("identity", Value::Account(self.identity))];
        let fields = self.change.fields()?;
        Ok(field::calldata(function, &identity, signature, &fields))
    }
}

impl Erc1056Change {
    /// What is signed, and the function that checks it.
    const fn function(&self) -> (&'static str, &'static str) {
        match self {
            Self::ChangeOwner { .. } => ("changeOwner", "changeOwnerSigned"),
            Self::AddDelegate { .. } => ("addDelegate", "addDelegateSigned"),
            Self::RevokeDelegate { .. } => ("revokeDelegate", "revokeDelegateSigned"),
            Self::AddKey { .. } => ("setAttribute", "setAttributeSigned"),
            Self::RevokeKey { .. } => ("revokeAttribute", "revokeAttributeSigned"),
        }
    }

    fn fields(&self) -> Result<Vec<Field>, IdentityError> {
        let word = |text: &str| field::name(text).ok_or(IdentityError::KeyKind);
        let validity = |seconds: u64| Field::new("validity", Value::Seconds(seconds));
        let attribute = |usage: EthrKeyUse, key: &PublicKey| {
            let (kind, bytes) = match key {
                PublicKey::Secp256k1(key) => {
                    ("Secp256k1", key.to_sec1_point(true).as_bytes().to_vec())
                }
                PublicKey::Ed25519(key) => ("Ed25519", key.to_bytes().to_vec()),
                _ => return Err(IdentityError::KeyKind),
            };
            let name = word(&format!("did/pub/{kind}/{}/hex", usage.as_str()))?;
            Ok(vec![
                Field::new("name", name),
                Field::new("value", Value::Bytes(bytes)),
            ])
        };
        let delegation = |usage: EthrKeyUse, delegate: Address| {
            Ok(vec![
                Field::new("delegateType", word(usage.as_str())?),
                Field::new("delegate", Value::Account(delegate)),
            ])
        };
        let (mut fields, seconds) = match self {
            Self::ChangeOwner { owner } => {
                (vec![Field::new("newOwner", Value::Account(*owner))], None)
            }
            Self::AddDelegate {
                usage,
                delegate,
                seconds,
            } => (delegation(*usage, *delegate)?, Some(*seconds)),
            Self::RevokeDelegate { usage, delegate } => (delegation(*usage, *delegate)?, None),
            Self::AddKey {
                usage,
                key,
                seconds,
            } => (attribute(*usage, key)?, Some(*seconds)),
            Self::RevokeKey { usage, key } => (attribute(*usage, key)?, None),
        };
        fields.extend(seconds.map(validity));
        Ok(fields)
    }
}
