//! Why an identity signs nothing.

use crate::error::{ErrorCode, WalletError};
use thiserror::Error;

/// Why an identity was not made, or signs nothing. Holds nothing of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The name of a network is not 1 to 32 lower-case letters, digits and hyphens, or there are too many contracts.
    #[error("the network is not well-formed")]
    Network,
    /// Not an account: `0x` and 40 hexadecimal digits, with the checksum of ERC-55 where their case is mixed.
    #[error("not an account")]
    Account,
    /// What is asked for belongs to identities of another method.
    #[error("an identity of this method does not sign this")]
    OtherMethod,
    /// The structure is for another network than the key.
    #[error("the key is for another network")]
    OtherNetwork,
    /// The structure is about another account than the key's.
    #[error("the key is of another account")]
    OtherAccount,
    /// The ledger gives the identity its name when it is created, and nobody said which.
    #[error("the identity has no name yet")]
    Unnamed,
    /// The name is not one of this identity's method and network, or it has another already.
    #[error("this is not the identity's name")]
    OtherName,
    /// A kind of key the ledger's registry has no word for.
    #[error("the registry has no such kind of key")]
    KeyKind,
    /// Audience or nonce is empty or too long.
    #[error("audience or nonce is empty or too long")]
    TooLarge,
    /// The time is no time a contract takes.
    #[error("the time is out of range")]
    Time,
    /// What the holder approved is not what was prepared.
    #[error("not what was shown")]
    NotApproved,
    /// The key did not sign.
    #[error("the key failed")]
    KeyFailed,
}

impl From<IdentityError> for WalletError {
    fn from(error: IdentityError) -> Self {
        use ErrorCode as Code;
        match error {
            IdentityError::Network => Self::new(Code::Malformed).about("network"),
            IdentityError::Account => Self::new(Code::Malformed).about("account").rule("ERC-55"),
            IdentityError::OtherMethod => Self::new(Code::KeyPurpose).about("method"),
            IdentityError::OtherNetwork => Self::new(Code::KeyPurpose).about("network"),
            IdentityError::OtherAccount => Self::new(Code::KeyPurpose).about("account"),
            IdentityError::Unnamed => Self::new(Code::NotFound).about("did"),
            IdentityError::OtherName => Self::new(Code::Malformed).about("did"),
            IdentityError::KeyKind => Self::new(Code::NotSupported).about("key"),
            IdentityError::TooLarge => Self::new(Code::TooLarge).about("proof"),
            IdentityError::Time => Self::new(Code::Malformed).about("time"),
            IdentityError::NotApproved => Self::new(Code::ConsentMismatch).about("signature"),
            IdentityError::KeyFailed => Self::new(Code::KeyFailed),
        }
    }
}
