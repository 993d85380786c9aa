//! The identifiers of did:meta: the number of an identity in its registry (EIN), on a network.

use crate::did::DidError;
use alloy_primitives::{U256, hex};

/// Most bytes of a network's name.
const MAX_NETWORK: usize = 32;

/// Hexadecimal digits of an EIN.
const EIN_DIGITS: usize = 64;

/// The network that identifiers are of that name none.
const MAINNET: &str = "mainnet";

/// An identifier of did:meta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaDid {
    text: String,
    network: String,
    ein: U256,
}

impl MetaDid {
    /// Reads a DID (no DID URL): `did:meta:[network:]<64 hexadecimal digits>`, in either case. The method's specification
    /// and its resolver differ; both forms are taken.
    ///
    /// # Errors
    /// [`DidError::MethodNotSupported`] for another method, [`DidError::Malformed`] for another form.
    pub fn parse(did: &str) -> Result<Self, DidError> {
        let (network, digits) = parts(did)?;
        match digits.len() {
            EIN_DIGITS => Self::new(network, digits),
            _ => Err(DidError::Malformed),
        }
    }

    /// Reads a DID as old signed data has it: also `0x` before the digits, and fewer of them. Only for what was signed with
    /// such a name.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_legacy(did: &str) -> Result<Self, DidError> {
        let (network, digits) = parts(did)?;
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        match digits.len() {
            1..=EIN_DIGITS => Self::new(network, digits),
            _ => Err(DidError::Malformed),
        }
    }

    fn new(network: &str, digits: &str) -> Result<Self, DidError> {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let ein = U256::from_str_radix(digits, 16)
            .ok()
            .filter(|_| is_number)
            .ok_or(DidError::Malformed)?;
        let network = network.to_ascii_lowercase();
        let digits = hex::encode(ein.to_be_bytes::<32>());
        let text = match network.as_str() {
            MAINNET => format!("did:meta:{digits}"),
            _ => format!("did:meta:{network}:{digits}"),
        };
        Ok(Self { text, network, ein })
    }

    /// The one form of the identifier that the resolver gives: lower case, all digits, no network if it is the main one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The network, `mainnet` where the identifier named none.
    #[must_use]
    pub fn network(&self) -> &str {
        &self.network
    }

    /// The number of the identity in the registry.
    #[must_use]
    pub const fn ein(&self) -> U256 {
        self.ein
    }
}

/// Network and digits.
fn parts(did: &str) -> Result<(&str, &str), DidError> {
    let id = did
        .strip_prefix("did:meta:")
        .ok_or(DidError::MethodNotSupported)?;
    let Some((network, digits)) = id.split_once(':') else {
        return Ok((MAINNET, id));
    };
    let is_name = (1..=MAX_NETWORK).contains(&network.len())
        && network.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match is_name {
        true => Ok((network, digits)),
        false => Err(DidError::Malformed),
    }
}
