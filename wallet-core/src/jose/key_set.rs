//! JWK Sets of signature keys (RFC 7517 5).

use super::{CompactJws, JoseError, PublicKey};
use serde_json::Value;

/// Most keys of a set; each may cost a signature verification.
const MAX_KEYS: usize = 32;

/// The signature keys of a JWK Set that this wallet can use, at least one.
#[derive(Clone, Debug)]
pub struct KeySet(Vec<NamedKey>);

#[derive(Clone, Debug)]
struct NamedKey {
    kid: Option<String>,
    key: PublicKey,
}

impl KeySet {
    /// Reads a set. Keys that are not ours, or not for signatures, are passed over.
    ///
    /// # Errors
    /// [`JoseError::MalformedKey`] if it is no set of at most 32 keys, [`JoseError::PrivateKey`] if a key is private,
    /// [`JoseError::UnsupportedKey`] if none can be used.
    pub fn parse(jwks: &Value) -> Result<Self, JoseError> {
        let keys = jwks.get("keys").and_then(Value::as_array);
        let keys = keys
            .filter(|keys| keys.len() <= MAX_KEYS)
            .ok_or(JoseError::MalformedKey)?;
        let mut usable = Vec::new();
        for jwk in keys {
            match PublicKey::from_jwk(jwk) {
                Ok(key) => usable.push(NamedKey {
                    kid: jwk.get("kid").and_then(Value::as_str).map(str::to_owned),
                    key,
                }),
                Err(JoseError::PrivateKey) => return Err(JoseError::PrivateKey),
                Err(_) => {}
            }
        }
        if usable.is_empty() {
            return Err(JoseError::UnsupportedKey);
        }
        Ok(Self(usable))
    }

    /// Verifies with the key that the `kid` of the header names, or with any where it names none.
    ///
    /// # Errors
    /// [`JoseError::SignatureInvalid`], also if there is no such key.
    pub fn verify(&self, jws: &CompactJws) -> Result<(), JoseError> {
        let kid = jws.kid();
        let mut named = self
            .0
            .iter()
            .filter(|one| kid.is_none() || one.kid.as_deref() == kid);
        if named.any(|one| jws.verify(&one.key).is_ok()) {
            Ok(())
        } else {
            Err(JoseError::SignatureInvalid)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;
    use wallet_parties::{EcKey, jws};

    fn signed(key: &EcKey, header: &Value) -> CompactJws {
        let payload = serde_json::Map::new();
        let text = jws::sign(header.as_object().unwrap(), &payload, key);
        CompactJws::parse(&text, 4096).unwrap()
    }

    fn named(key: &EcKey, kid: &str) -> Value {
        let mut jwk = key.public_jwk();
        jwk["kid"] = kid.into();
        jwk
    }

    #[test]
    fn the_key_that_is_named_verifies_and_no_other() {
        let (one, two) = (EcKey::generate().unwrap(), EcKey::generate().unwrap());
        let set = json!({"keys": [{"kty": "RSA"}, named(&one, "1"), named(&two, "2")]});
        let set = KeySet::parse(&set).unwrap();
        set.verify(&signed(&two, &json!({"kid": "2"}))).unwrap();
        set.verify(&signed(&two, &json!({}))).unwrap();
        for wrong in [
            signed(&two, &json!({"kid": "1"})),
            signed(&two, &json!({"kid": "3"})),
            signed(&EcKey::generate().unwrap(), &json!({})),
        ] {
            assert_eq!(set.verify(&wrong), Err(JoseError::SignatureInvalid));
        }
    }

    #[test]
    fn a_set_that_holds_nothing_for_us_or_something_private_is_refused() {
        let key = EcKey::generate().unwrap();
        let with = |name: &str, value: &str| {
            let mut jwk = key.public_jwk();
            jwk[name] = value.into();
            json!({"keys": [jwk]})
        };
        for (set, error) in [
            (json!({}), JoseError::MalformedKey),
            (json!({"keys": {}}), JoseError::MalformedKey),
            (
                json!({"keys": vec![key.public_jwk(); MAX_KEYS + 1]}),
                JoseError::MalformedKey,
            ),
            (json!({"keys": []}), JoseError::UnsupportedKey),
            (json!({"keys": [7]}), JoseError::UnsupportedKey),
            (with("use", "enc"), JoseError::UnsupportedKey),
            (with("kty", "oct"), JoseError::UnsupportedKey),
            (with("d", "AA"), JoseError::PrivateKey),
        ] {
            assert_eq!(KeySet::parse(&set).unwrap_err(), error, "{set}");
        }
    }
}
