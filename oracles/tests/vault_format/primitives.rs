//! The crates behind the document's notation.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(&parts.concat());
    mac.finalize().into_bytes().into()
}

/// Extract and expand.
pub fn hkdf(salt: Option<&[u8]>, ikm: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(salt, ikm)
        .expand(&info.concat(), &mut out)
        .unwrap();
    out
}

pub fn hkdf_expand(key: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::from_prk(key)
        .unwrap()
        .expand(&info.concat(), &mut out)
        .unwrap();
    out
}

pub fn argon2id(secret: &[u8], salt: &[u8], memory_kib: u32, passes: u32) -> Vec<u8> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).unwrap();
    let mut out = vec![0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret, salt, &mut out)
        .unwrap();
    out
}

/// XChaCha20-Poly1305; `None` if the tag is wrong.
pub fn decrypt(key: &[u8; 32], nonce: &[u8], sealed: &[u8], associated: &[u8]) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: sealed,
        aad: associated,
    };
    XChaCha20Poly1305::new(&(*key).into())
        .decrypt(&XNonce::try_from(nonce).unwrap(), payload)
        .ok()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text
        .chars()
        .map(|digit| digit.to_digit(16).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}

/// Reads fields from the front.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (field, rest) = self.0.split_at(count);
        self.0 = rest;
        field
    }

    pub fn number(&mut self, bytes: usize) -> u64 {
        let field = self.take(bytes);
        field
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Length (1), then that many ASCII characters.
    pub fn alias(&mut self) -> String {
        let length = usize::try_from(self.number(1)).unwrap();
        String::from_utf8(self.take(length).to_vec()).unwrap()
    }
}
