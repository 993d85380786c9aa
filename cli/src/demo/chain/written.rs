//! Every byte that was written on the chain, searched for what is of a person.

use serde_json::Value;
use wallet_parties::chain::keccak;
use wallet_parties::{base64url, from_base64url, sha256};

/// What is searched for.
#[derive(Default)]
pub(super) struct Needles(Vec<Vec<u8>>);

impl Needles {
    /// Every text and number of a card's claims, and its hashes: they could be guessed from a list of names.
    pub(super) fn add_claims(&mut self, claims: &Value) {
        match claims {
            Value::Object(members) => members.values().for_each(|value| self.add_claims(value)),
            Value::Array(values) => values.iter().for_each(|value| self.add_claims(value)),
            Value::String(text) => self.add(text.as_bytes()),
            Value::Number(number) => self.add(number.to_string().as_bytes()),
            Value::Bool(_) | Value::Null => {}
        }
    }

    /// A public key of the holder's, as JWK: its coordinates, its did:jwk, and the address it would have.
    pub(super) fn add_key(&mut self, jwk: &Value) {
        let coordinates = ["x", "y"].map(|name| jwk[name].as_str().unwrap_or_default());
        let mut point = Vec::new();
        for coordinate in coordinates {
            let bytes = from_base64url(coordinate).unwrap_or_default();
            self.add(&bytes);
            point.extend(bytes);
        }
        self.add(base64url(jwk.to_string().as_bytes()).as_bytes());
        if let Some(address) = keccak(&point).get(12..) {
            self.add(address);
        }
    }

    /// Something by itself, its hashes, and both in hexadecimal.
    pub(super) fn add(&mut self, content: &[u8]) {
        // Shorter ones are found by chance.
        if content.len() < 4 {
            return;
        }
        self.0.push(content.to_vec());
        self.0.push(sha256(content).to_vec());
        self.0.push(keccak(content).to_vec());
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many of them stand in what was written.
    pub(super) fn found_in(&self, written: &[Vec<u8>]) -> usize {
        let stands = |needle: &&Vec<u8>| {
            written.iter().any(|data| {
                let mut windows = data.windows(needle.len());
                windows.any(|window| window.eq_ignore_ascii_case(needle))
            })
        };
        self.0.iter().filter(stands).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_its_hash_and_a_key_are_found_where_they_stand() {
        let mut needles = Needles::default();
        needles.add_claims(&json!({"name": "Hong Gildong", "of": ["age", 7], "adult": true}));
        assert_eq!(needles.found_in(&[b"nothing of anyone".to_vec()]), 0);
        assert_eq!(needles.found_in(&[b"to HONG gildong!".to_vec()]), 1);
        let hashes = [
            sha256(b"Hong Gildong").to_vec(),
            keccak(b"Hong Gildong").to_vec(),
        ];
        assert_eq!(needles.found_in(&hashes), 2);
        let x = base64url(&[7; 32]);
        needles.add_key(&json!({"kty": "EC", "crv": "P-256", "x": x, "y": x}));
        let address = keccak(&[7; 64])[12..].to_vec();
        assert_eq!(needles.found_in(&[address, [7; 40].to_vec()]), 3);
    }
}
