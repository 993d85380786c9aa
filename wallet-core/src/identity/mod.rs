//! Holder identities: DIDs of the holder's own, and the few things their keys sign.
//!
//! An identity has one random key, which is in no tree of keys and signs for no other identity. It never signs bytes it is
//! given: a [`SignatureRequest`] names what is wanted, the structure is rebuilt from its typed fields with the contract that was
//! pinned when the identity was made, and what the holder reads is made of the same fields ([`LedgerCall`]). The digests of
//! contracts (`0x19 0x00`, ERC-191) hold no chain id: a key that was made for one network is refused for every other.

mod control_proof;
mod erc1056;
mod erc1484;
mod error;
mod field;
mod key;
mod ledger_call;
mod method;

pub use control_proof::ControlProof;
pub use erc1056::{Erc1056Call, Erc1056Change, EthrKeyUse};
pub use erc1484::{Erc1484Change, Erc1484Delegation};
pub use error::IdentityError;
pub use key::{IdentityKey, IdentitySignature, Signed};
pub use ledger_call::{CallArgument, LedgerCall, Replay, SignedCall};
pub use method::{EthrNetwork, IdentityMethod, MetaNetwork, account_of, parse_account};

use crate::clock::UnixTime;

/// What an identity is asked to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureRequest {
    /// That the holder controls the identity, to one audience.
    Proof {
        /// Who is told: a URL or a DID.
        audience: String,
        /// What the audience gave, so that the proof is new.
        nonce: String,
    },
    /// A change of a did:ethr identity.
    Erc1056 {
        /// What is changed.
        change: Erc1056Change,
        /// The registry's `nonce` of the identity's owner.
        nonce: u64,
    },
    /// A step of a did:meta identity.
    Erc1484(Erc1484Change),
}

impl SignatureRequest {
    /// The structure this identity's key would sign now.
    ///
    /// # Errors
    /// [`IdentityError::OtherMethod`] if its method does not sign such a thing, [`IdentityError::Unnamed`] for a proof of an
    /// identity that no ledger has named yet, [`IdentityError::TooLarge`], [`IdentityError::KeyKind`], [`IdentityError::Time`].
    pub fn build(
        self,
        method: &IdentityMethod,
        key: &crate::jose::PublicKey,
        did: Option<&str>,
        now: UnixTime,
    ) -> Result<IdentitySignature, IdentityError> {
        match (self, method) {
            (Self::Proof { audience, nonce }, _) => {
                let did = did.ok_or(IdentityError::Unnamed)?;
                let kid = method.key_url(did, key)?;
                ControlProof::new(did, &kid, key.algorithm(), audience, nonce, now)
                    .map(IdentitySignature::Proof)
            }
            (Self::Erc1056 { change, nonce }, IdentityMethod::Ethr(network)) => {
                let identity = account_of(key)?;
                Erc1056Call::new(network.clone(), identity, change, nonce)
                    .map(IdentitySignature::Erc1056)
            }
            (Self::Erc1484(change), IdentityMethod::Meta(network)) => {
                Erc1484Delegation::new(network.clone(), key, change, now)
                    .map(IdentitySignature::Erc1484)
            }
            _ => Err(IdentityError::OtherMethod),
        }
    }
}

#[cfg(test)]
mod tests;
