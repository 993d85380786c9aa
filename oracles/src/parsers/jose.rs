//! JOSE: base64url, keys, signatures, encryption.

use super::fixture::{WORLD, base64url, json, lines, object, text};
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, KeyInit as _};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;
use wallet_core::jose::base64url as strict;
use wallet_core::jose::jwe::{ContentEncryption, DecryptionKey, RecipientKey, decrypt, encrypt};
use wallet_core::jose::{CompactJws, KeySet, PublicKey};
use wallet_core::secret::Secret;

const MAX: usize = 64 * 1024;

/// A text decodes only if it is the one text of its bytes, and every byte string has a text.
pub(super) fn base64url_text(input: &[u8]) {
    assert_eq!(strict::encode(input), base64url(input));
    assert_eq!(strict::decode(&base64url(input)).as_deref(), Ok(input));
    let Some(text) = text(input) else { return };
    match strict::decode(text) {
        Ok(bytes) => assert_eq!(base64url(&bytes), text),
        Err(_) => assert!(!is_canonical(text), "a canonical text is refused"),
    }
}

/// Alphabet, length and trailing bits as RFC 4648 3.5 and 5 have them.
fn is_canonical(text: &str) -> bool {
    let value = |byte: u8| {
        let letters = b'A'..=b'Z';
        match byte {
            _ if letters.contains(&byte) => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'-' => Some(62),
            b'_' => Some(63),
            _ => None,
        }
    };
    let Some(values) = text.bytes().map(value).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let unused = match values.len() % 4 {
        0 => 0,
        2 => 0b1111,
        3 => 0b11,
        _ => return false,
    };
    values.last().is_none_or(|last| last & unused == 0)
}

/// A key that is taken is a public one and survives being written as JWK and as SPKI; its thumbprint is that of RFC 7638.
pub(super) fn jwk(input: &[u8]) {
    let Some(jwk) = json(input) else { return };
    if let Ok(key) = PublicKey::from_jwk(&jwk) {
        assert!(jwk.get("d").is_none(), "a private key is taken");
        let members = key.to_jwk();
        for (name, value) in &members {
            assert_eq!(jwk.get(name), Some(value));
        }
        let canonical = Value::Object(members);
        assert_eq!(
            key.thumbprint().as_slice(),
            Sha256::digest(canonical.to_string()).as_slice()
        );
        assert_eq!(PublicKey::from_jwk(&canonical).as_ref(), Ok(&key));
        assert_eq!(
            PublicKey::from_spki_der(&key.to_spki_der()).as_ref(),
            Ok(&key)
        );
    }
    if let Some(key) = RecipientKey::from_jwk(&jwk) {
        assert!(jwk.get("d").is_none(), "a private key is taken");
        assert_eq!(jwk.get("alg"), Some(&"ECDH-ES".into()));
        assert_eq!(key.kid(), jwk.get("kid").and_then(Value::as_str));
    }
    let _ = RecipientKey::select(&jwk);
    let _ = PublicKey::from_spki_der(input);
}

/// Any text: what is taken keeps its bytes, and no stranger's signature verifies.
pub(super) fn jws(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(jws) = CompactJws::parse(text, MAX) else {
        return;
    };
    assert_eq!(jws.text(), text);
    let (signing_input, signature) = text.rsplit_once('.').unwrap();
    assert_eq!(jws.signing_input(), signing_input);
    assert!(signing_input.ends_with(&base64url(jws.payload())));
    for forbidden in ["crit", "b64", "zip"] {
        assert!(!jws.header().contains_key(forbidden));
    }
    assert_eq!(
        jws.header().get("alg").and_then(Value::as_str),
        Some(jws.algorithm().as_str())
    );
    let _ = (jws.typ(), jws.kid(), jws.x5c(), jws.payload_object());
    if jws.verify(&WORLD.signer_public()).is_ok() {
        let signature = strict::decode(signature).unwrap();
        let ours = WORLD
            .signer_public()
            .verify(signing_input.as_bytes(), &signature);
        assert!(ours.is_ok());
    }
}

/// A header and a payload of the input, signed: what is taken verifies with the right key and algorithm and with no other,
/// and no changed byte survives.
pub(super) fn jws_signed(input: &[u8]) {
    let [header, payload] = lines(input);
    let compact = WORLD.sign(header, payload);
    let Ok(jws) = CompactJws::parse(&compact, MAX) else {
        return;
    };
    assert_eq!(jws.payload(), payload);
    let is_eddsa = jws.algorithm().as_str() == "EdDSA";
    assert_eq!(jws.verify(&WORLD.signer_public()).is_ok(), is_eddsa);
    let other = PublicKey::Ed25519(WORLD.authority.verifying_key());
    assert!(jws.verify(&other).is_err(), "verified with another key");
    let mut changed = payload.to_vec();
    changed.push(b' ');
    let (_, signature) = compact.rsplit_once('.').unwrap();
    let changed = format!("{}.{}.{signature}", base64url(header), base64url(&changed));
    if let Ok(changed) = CompactJws::parse(&changed, MAX) {
        assert!(changed.verify(&WORLD.signer_public()).is_err());
    }
}

/// A key set, in which a text in place of a key is the signer's key with that text as `kid` (`""`: without); header and
/// payload, signed. They verify with a key that the header allows, and with no other.
pub(super) fn key_set(input: &[u8]) {
    let [set, header, payload] = lines(input);
    let Some(mut set) = json(set) else { return };
    let keys = set.get_mut("keys").and_then(Value::as_array_mut);
    for key in keys.into_iter().flatten() {
        if let Some(kid) = key.as_str().map(str::to_owned) {
            let mut jwk = WORLD.signer_public().to_jwk();
            if !kid.is_empty() {
                jwk.insert("kid".to_owned(), kid.into());
            }
            *key = jwk.into();
        }
    }
    let Ok(known) = KeySet::parse(&set) else {
        return;
    };
    let keys = set["keys"].as_array().unwrap();
    assert!(keys.len() <= 32, "too many keys");
    let is_public = |key: &Value| key.get("d").is_none() || PublicKey::from_jwk(key).is_err();
    assert!(keys.iter().all(is_public), "a private key is taken");
    let mut header = object(header);
    header.entry("alg").or_insert("EdDSA".into());
    let text = WORLD.sign(Value::Object(header).to_string().as_bytes(), payload);
    let Ok(jws) = CompactJws::parse(&text, MAX) else {
        return;
    };
    let fits = |key: &Value| {
        PublicKey::from_jwk(key).as_ref() == Ok(&WORLD.signer_public())
            && jws.kid().is_none_or(|kid| key["kid"] == kid)
    };
    let is_signed = keys.iter().any(fits) && jws.algorithm().as_str() == "EdDSA";
    assert_eq!(known.verify(&jws).is_ok(), is_signed);
}

static ENCRYPTED_TO: LazyLock<DecryptionKey> =
    LazyLock::new(|| DecryptionKey::from_secret(&Secret::take(&mut [4; 32])).unwrap());

/// Any text: nothing decrypts unless its sender knew the key agreement.
pub(super) fn jwe(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if decrypt(text, &ENCRYPTED_TO, MAX).is_ok() {
        assert_eq!(text.split('.').count(), 5);
    }
}

/// A header and a plaintext of the input, sealed by code written here from RFC 7518 4.6: what decrypts is the plaintext,
/// and a header with nothing but known parameters decrypts.
pub(super) fn jwe_sealed(input: &[u8]) {
    let [header, plaintext] = lines(input);
    let mut header = object(header);
    header.entry("alg").or_insert("ECDH-ES".into());
    header.entry("enc").or_insert("A128GCM".into());
    header
        .entry("epk")
        .or_insert_with(|| ephemeral_jwk().into());
    let recipient = match ENCRYPTED_TO.public_key() {
        PublicKey::P256(key) => p256::PublicKey::from(key),
        _ => unreachable!("the key is on P-256"),
    };
    let sealed = seal(&header, plaintext, &recipient);
    match decrypt(&sealed, &ENCRYPTED_TO, 4 * MAX) {
        Ok(opened) => assert_eq!(opened.as_slice(), plaintext),
        Err(error) => assert!(!is_plain(&header), "a good JWE is refused: {error}"),
    }
    let recipient = RecipientKey::from_jwk(&ENCRYPTED_TO.to_public_jwk("k").into()).unwrap();
    let random = super::fixture::Counting::default();
    let ours = encrypt(plaintext, &recipient, ContentEncryption::A256Gcm, &random).unwrap();
    let opened = decrypt(&ours, &ENCRYPTED_TO, 4 * MAX).unwrap();
    assert_eq!(opened.as_slice(), plaintext);
}

/// The sender's ephemeral key.
fn ephemeral() -> p256::SecretKey {
    p256::SecretKey::from_slice(&[5; 32]).unwrap()
}

pub(super) fn ephemeral_jwk() -> Map<String, Value> {
    PublicKey::P256(ephemeral().public_key().into()).to_jwk()
}

/// Whether a header says only what must be understood, in the right form.
fn is_plain(header: &Map<String, Value>) -> bool {
    let is_text = |name| header.get(name).is_none_or(Value::is_string);
    let party = |name| match header.get(name) {
        None => true,
        Some(value) => value.as_str().is_some_and(is_canonical),
    };
    let known = ["alg", "enc", "epk", "apu", "apv", "kid", "typ", "cty"];
    header.keys().all(|name| known.contains(&name.as_str()))
        && header.get("alg") == Some(&"ECDH-ES".into())
        && matches!(
            header.get("enc").and_then(Value::as_str),
            Some("A128GCM" | "A256GCM")
        )
        && header.get("epk") == Some(&ephemeral_jwk().into())
        && ["kid", "typ", "cty"].into_iter().all(is_text)
        && party("apu")
        && party("apv")
        && Value::Object(header.clone()).to_string().len() <= 4096
}

/// A JWE written here, from the fixed ephemeral key.
pub(super) fn seal(
    header: &Map<String, Value>,
    plaintext: &[u8],
    recipient: &p256::PublicKey,
) -> String {
    let text = |name| header.get(name).and_then(Value::as_str).unwrap_or_default();
    let party = |name| strict::decode(text(name)).unwrap_or_default();
    let enc = text("enc");
    let protected = base64url(Value::Object(header.clone()).to_string().as_bytes());
    let shared = ephemeral().diffie_hellman(recipient);
    let key = concat_kdf(shared.raw_secret_bytes(), enc, &party("apu"), &party("apv"));
    let message = Payload {
        msg: plaintext,
        aad: protected.as_bytes(),
    };
    let iv = &[6; 12];
    let sealed = if enc == "A256GCM" {
        Aes256Gcm::new_from_slice(&key)
            .unwrap()
            .encrypt(iv.into(), message)
    } else {
        Aes128Gcm::new_from_slice(&key[..16])
            .unwrap()
            .encrypt(iv.into(), message)
    };
    let sealed = sealed.unwrap();
    let (ciphertext, tag) = sealed.split_at(sealed.len() - 16);
    format!(
        "{protected}..{}.{}.{}",
        base64url(iv),
        base64url(ciphertext),
        base64url(tag)
    )
}

/// One round of the Concat KDF (NIST SP 800-56A 5.8.1 as RFC 7518 4.6.2 uses it): enough for keys of up to 256 bits.
fn concat_kdf(shared: &[u8], enc: &str, apu: &[u8], apv: &[u8]) -> Vec<u8> {
    let bits: u32 = if enc == "A256GCM" { 256 } else { 128 };
    let mut hash = Sha256::new();
    hash.update(1_u32.to_be_bytes());
    hash.update(shared);
    for part in [enc.as_bytes(), apu, apv] {
        hash.update(u32::try_from(part.len()).unwrap().to_be_bytes());
        hash.update(part);
    }
    hash.update(bits.to_be_bytes());
    hash.finalize().to_vec()
}
