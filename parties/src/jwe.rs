//! Encrypting and decrypting a JWE with ECDH-ES and AES-GCM (RFC 7516, RFC 7518 sections 4.6 and 5.3).

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, Nonce};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::encoding::{base64url, from_base64url, json_object, random};
use crate::keys::EcKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// Decrypts a compact JWE for `key` and returns protected header and plaintext.
pub fn decrypt(text: &str, key: &EcKey) -> Result<(Map<String, Value>, Vec<u8>)> {
    let parts: Vec<&str> = text.split('.').collect();
    let [protected, encrypted_key, iv, ciphertext, tag] = parts.as_slice() else {
        return Err(Refused::because("not a compact JWE"));
    };
    let header = json_object(&from_base64url(protected)?)?;
    ensure(
        header.get("alg").and_then(Value::as_str) == Some("ECDH-ES"),
        "alg is not ECDH-ES",
    )?;
    ensure(!header.contains_key("zip"), "compressed")?;
    ensure(encrypted_key.is_empty(), "an encrypted key in ECDH-ES")?;
    let enc = header
        .get("enc")
        .and_then(Value::as_str)
        .or_refuse("no enc")?;
    let length = match enc {
        "A128GCM" => 16,
        "A256GCM" => 32,
        _ => return Err(Refused::because("unknown enc")),
    };
    let shared = key.diffie_hellman(header.get("epk").or_refuse("no epk")?)?;
    let party = |name: &str| match header.get(name) {
        None => Ok(Vec::new()),
        Some(value) => from_base64url(value.as_str().or_refuse("apu or apv is not text")?),
    };
    let derived = concat_kdf(&shared, enc, &party("apu")?, &party("apv")?, length);
    let iv: [u8; 12] = from_base64url(iv)?
        .try_into()
        .map_err(|_| Refused::because("iv is not 96 bits"))?;
    let tag = from_base64url(tag)?;
    ensure(tag.len() == 16, "tag is not 128 bits")?;
    let mut sealed = from_base64url(ciphertext)?;
    sealed.extend_from_slice(&tag);
    let payload = Payload {
        msg: &sealed,
        aad: protected.as_bytes(),
    };
    let nonce = Nonce::from(iv);
    let plaintext = if length == 16 {
        let cipher = Aes128Gcm::new_from_slice(&derived).or_refuse("key")?;
        cipher.decrypt(&nonce, payload)
    } else {
        let cipher = Aes256Gcm::new_from_slice(&derived).or_refuse("key")?;
        cipher.decrypt(&nonce, payload)
    };
    Ok((header, plaintext.or_refuse("cannot be decrypted")?))
}

/// Encrypts for the public key `jwk`, whose `kid` is passed on, with an ephemeral key and `enc` (A128GCM or A256GCM).
pub fn encrypt(plaintext: &[u8], jwk: &Value, enc: &str) -> Result<String> {
    let length = match enc {
        "A128GCM" => 16,
        "A256GCM" => 32,
        _ => return Err(Refused::because("unknown enc")),
    };
    let own = EcKey::generate()?;
    let mut header = json!({"alg": "ECDH-ES", "enc": enc, "epk": own.public_jwk()});
    if let Some(kid) = jwk.get("kid") {
        header["kid"] = kid.clone();
    }
    let protected = base64url(header.to_string().as_bytes());
    let derived = concat_kdf(&own.diffie_hellman(jwk)?, enc, &[], &[], length);
    let iv = random::<12>()?;
    let payload = Payload {
        msg: plaintext,
        aad: protected.as_bytes(),
    };
    let nonce = Nonce::from(iv);
    let sealed = if length == 16 {
        let cipher = Aes128Gcm::new_from_slice(&derived).or_refuse("key")?;
        cipher.encrypt(&nonce, payload)
    } else {
        let cipher = Aes256Gcm::new_from_slice(&derived).or_refuse("key")?;
        cipher.encrypt(&nonce, payload)
    };
    let sealed = sealed.or_refuse("cannot be encrypted")?;
    let (text, tag) = sealed.split_at(sealed.len() - 16);
    let (iv, text, tag) = (base64url(&iv), base64url(text), base64url(tag));
    Ok(format!("{protected}..{iv}.{text}.{tag}"))
}

/// The single-step KDF of RFC 7518 section 4.6.2; one round of SHA-256 is enough for 128 and 256 bits.
fn concat_kdf(shared: &[u8], algorithm: &str, apu: &[u8], apv: &[u8], length: usize) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(1u32.to_be_bytes());
    hash.update(shared);
    for part in [algorithm.as_bytes(), apu, apv] {
        hash.update((part.len() as u32).to_be_bytes());
        hash.update(part);
    }
    hash.update((length as u32 * 8).to_be_bytes());
    let mut derived = hash.finalize().to_vec();
    derived.truncate(length);
    derived
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_key_of_rfc_7518_appendix_c_is_derived() {
        // RFC 7518 appendix C: the shared secret Z and the derived key are given there.
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49,
            110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let derived = concat_kdf(&shared, "A128GCM", b"Alice", b"Bob", 16);
        assert_eq!(
            crate::encoding::base64url(&derived),
            "VqqN6vgjbSBcIijNcacQGg"
        );
    }

    #[test]
    fn what_is_not_a_jwe_for_us_is_refused() {
        let key = EcKey::generate().unwrap();
        let header = |json: &str| crate::encoding::base64url(json.as_bytes());
        for text in [
            "".to_owned(),
            "a.b.c".to_owned(),
            format!("{}....", header("{}")),
            format!(
                "{}....",
                header(r#"{"alg":"ECDH-ES","enc":"A128CBC-HS256"}"#)
            ),
            format!("{}....", header(r#"{"alg":"dir","enc":"A128GCM"}"#)),
            format!("{}....", header(r#"{"alg":"ECDH-ES","enc":"A128GCM"}"#)),
        ] {
            assert!(decrypt(&text, &key).is_err(), "{text}");
        }
    }
}
