//! The identifiers of did:ethr: an address, or a compressed secp256k1 key whose address it is, on a network.

use crate::did::DidError;
use alloy_primitives::{Address, hex, keccak256};
use k256::ecdsa::VerifyingKey;

/// Most bytes of a network's name.
const MAX_NETWORK: usize = 64;

/// Which chain an identifier is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EthrNetwork {
    /// By name; `mainnet` where the identifier names none.
    Name(String),
    /// By the chain's number (EIP-155).
    ChainId(u64),
}

/// An identifier of did:ethr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EthrDid {
    text: String,
    network: EthrNetwork,
    address: Address,
    /// In hexadecimal, as the identifier has it.
    key: Option<String>,
}

impl EthrDid {
    /// Reads a DID (no DID URL).
    ///
    /// # Errors
    /// [`DidError::MethodNotSupported`] for another method, [`DidError::Malformed`] for another form, an address whose
    /// upper and lower case is not its checksum (EIP-55), and for bytes that are no key.
    pub fn parse(did: &str) -> Result<Self, DidError> {
        let id = did
            .strip_prefix("did:ethr:")
            .ok_or(DidError::MethodNotSupported)?;
        let (network, account) = match id.rsplit_once(':') {
            Some((network, account)) => (network_of(network)?, account),
            None => (EthrNetwork::Name("mainnet".to_owned()), id),
        };
        let digits = account.strip_prefix("0x").ok_or(DidError::Malformed)?;
        let (address, key) = match digits.len() {
            40 => (address_of(digits)?, None),
            66 => (address_of_key(digits)?, Some(digits.to_owned())),
            _ => return Err(DidError::Malformed),
        };
        Ok(Self {
            text: did.to_owned(),
            network,
            address,
            key,
        })
    }

    /// The identifier as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The chain it is of.
    #[must_use]
    pub const fn network(&self) -> &EthrNetwork {
        &self.network
    }

    /// The identity: the address its registry knows it by.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The key in the identifier, in hexadecimal.
    #[must_use]
    pub fn key_hex(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

fn network_of(text: &str) -> Result<EthrNetwork, DidError> {
    if let Some(digits) = text.strip_prefix("0x") {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(digits, 16)
            .ok()
            .filter(|_| is_number)
            .ok_or(DidError::Malformed)?;
        return Ok(EthrNetwork::ChainId(number));
    }
    // Some networks have names of two parts, such as `rsk:testnet`.
    let is_name = text.len() <= MAX_NETWORK
        && text.split(':').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    match is_name {
        true => Ok(EthrNetwork::Name(text.to_owned())),
        false => Err(DidError::Malformed),
    }
}

/// All lower or all upper case says nothing; mixed case is a checksum.
fn address_of(digits: &str) -> Result<Address, DidError> {
    let bytes = hex::decode(digits).map_err(|_| DidError::Malformed)?;
    let address = Address::try_from(bytes.as_slice()).map_err(|_| DidError::Malformed)?;
    let has = |is: fn(&u8) -> bool| digits.as_bytes().iter().any(is);
    let is_mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    match is_mixed && address.to_checksum(None).get(2..) != Some(digits) {
        true => Err(DidError::Malformed),
        false => Ok(address),
    }
}

/// The last 20 bytes of the Keccak-256 of the uncompressed key.
fn address_of_key(digits: &str) -> Result<Address, DidError> {
    let point = hex::decode(digits).map_err(|_| DidError::Malformed)?;
    let key = VerifyingKey::from_sec1_bytes(&point).map_err(|_| DidError::Malformed)?;
    let point = key.to_sec1_point(false);
    let coordinates = point.as_bytes().get(1..).unwrap_or_default();
    Ok(Address::from_word(keccak256(coordinates)))
}
