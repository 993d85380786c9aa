//! base64url, hashes, random tokens and the time: the few helpers everything here uses.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::refused::{OrRefuse, Refused, Result, ensure};

/// base64url without padding (RFC 7515 section 2).
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes base64url without padding.
pub fn from_base64url(text: &str) -> Result<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| Refused::because("not base64url"))
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// More than any key has.
const MAX_BASE58: usize = 256;

/// base58 in the alphabet of Bitcoin, as multibase `z` wants it.
pub(crate) fn base58(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| '1');
    let letters = digits
        .iter()
        .rev()
        .filter_map(|digit| BASE58.get(usize::from(*digit)));
    zeros
        .chain(letters.map(|letter| char::from(*letter)))
        .collect()
}

/// Decodes base58.
pub(crate) fn from_base58(text: &str) -> Result<Vec<u8>> {
    ensure(text.len() <= MAX_BASE58, "too much base58")?;
    // The least byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for letter in text.bytes() {
        let digit = BASE58.iter().position(|one| *one == letter);
        let mut carry = digit.or_refuse("not base58")?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = (carry % 256) as u8;
            carry /= 256;
        }
        while carry > 0 {
            bytes.push((carry % 256) as u8);
            carry /= 256;
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    bytes.resize(bytes.len() + zeros, 0);
    bytes.reverse();
    Ok(bytes)
}

/// Plain base64 with padding, as `x5c` wants it (RFC 7515 section 4.1.6).
pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| Refused::because("not base64"))
}

pub(crate) fn json_object(bytes: &[u8]) -> Result<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Refused::because("not a JSON object")),
    }
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// `N` random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).or_refuse("no randomness")?;
    Ok(bytes)
}

/// A token of 192 random bits.
pub fn random_token() -> Result<String> {
    Ok(base64url(&random::<24>()?))
}

/// Seconds since 1970.
pub fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
