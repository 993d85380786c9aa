//! ERC-1484 and the resolvers of did:meta: what a holder signs so that a provider creates the identity and adds its key.

use super::field::{self, Field, SignatureWords, Value};
use super::ledger_call::{self, LedgerCall, Replay};
use super::{IdentityError, MetaNetwork, account_of};
use crate::clock::UnixTime;
use crate::jose::PublicKey;
use alloy_primitives::Address;

/// Contracts take no time ahead of their block's, and phones' clocks are not theirs.
const CLOCK_SLACK_SECONDS: i64 = 60;

/// A step of a did:meta identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erc1484Change {
    /// The registry creates an identity of this key's account, with the network's providers and resolvers. Its digest does not
    /// say where the providers end and the resolvers begin: whoever submits it can take one for the other, and pins of both
    /// should be trusted alike.
    CreateIdentity {
        /// The account that may take the identity over when the key is lost; the key's own where none is given.
        recovery: Option<Address>,
    },
    /// The resolver of public keys learns the key of the account.
    AddPublicKey,
}

/// A step of one account on one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erc1484Delegation {
    network: MetaNetwork,
    account: Address,
    /// The point of the account's key, without its first byte.
    public_key: [u8; 64],
    change: Erc1484Change,
    time: u64,
}

impl Erc1484Delegation {
    /// A step at `now`; a minute before is what is signed.
    ///
    /// # Errors
    /// [`IdentityError::KeyKind`] for a key that is not of secp256k1, [`IdentityError::Time`].
    pub fn new(
        network: MetaNetwork,
        key: &PublicKey,
        change: Erc1484Change,
        now: UnixTime,
    ) -> Result<Self, IdentityError> {
        let time = now.as_secs().saturating_sub(CLOCK_SLACK_SECONDS);
        let time = u64::try_from(time).map_err(|_| IdentityError::Time)?;
        let account = account_of(key)?;
        let point = key.to_bytes();
        let public_key = point.get(1..).and_then(|point| point.try_into().ok());
        Ok(Self {
            network,
            account,
            public_key: public_key.ok_or(IdentityError::KeyKind)?,
            change,
            time,
        })
    }

    pub(super) fn network(&self) -> &MetaNetwork {
        &self.network
    }

    pub(super) fn account(&self) -> Address {
        self.account
    }

    /// As the holder reads it.
    #[must_use]
    pub fn shown(&self) -> LedgerCall {
        let (contract, function, text) = self.target();
        let fields = self.fields();
        let time = Field::new("timestamp", Value::Seconds(self.time));
        let packed = ledger_call::packed(&fields);
        let parts: [&[u8]; 3] = [text.as_bytes(), &packed, &ledger_call::packed(&[time])];
        LedgerCall {
            network: self.network.name().to_owned(),
            chain_id: self.network.chain_id(),
            contract,
            function,
            text: Some(text),
            arguments: ledger_call::shown(&fields),
            replay: Replay::Time(self.time),
            digest: ledger_call::digest(contract, &parts),
        }
    }

    pub(super) fn calldata(&self, signature: &SignatureWords) -> Vec<u8> {
        let (_, function, _) = self.target();
        let time = [Field::new("timestamp", Value::Seconds(self.time))];
        let function = format!("{function}Delegated");
        field::calldata(&function, &self.fields(), signature, &time)
    }

    /// The contract, its function, and the sentence it has signed.
    fn target(&self) -> (Address, &'static str, &'static str) {
        match self.change {
            Erc1484Change::CreateIdentity { .. } => (
                self.network.identity_registry(),
                "createIdentity",
                "I authorize the creation of an Identity on my behalf.",
            ),
            Erc1484Change::AddPublicKey => (
                self.network.public_key_resolver(),
                "addPublicKey",
                "I authorize the addition of a public key on my behalf.",
            ),
        }
    }

    fn fields(&self) -> Vec<Field> {
        let account = |name, account| Field::new(name, Value::Account(account));
        match self.change {
            Erc1484Change::CreateIdentity { recovery } => vec![
                account("recoveryAddress", recovery.unwrap_or(self.account)),
                account("associatedAddress", self.account),
                Field::new(
                    "providers",
                    Value::Accounts(self.network.providers().to_vec()),
                ),
                Field::new("resolvers", Value::Accounts(self.network.resolvers())),
            ],
            Erc1484Change::AddPublicKey => vec![
                account("associatedAddress", self.account),
                Field::new("publicKey", Value::Bytes(self.public_key.to_vec())),
            ],
        }
    }
}
