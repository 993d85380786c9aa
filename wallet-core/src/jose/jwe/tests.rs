#![allow(clippy::unwrap_used)]

use super::*;
use crate::error::{ErrorCode, WalletError};
use crate::random::OsRandom;
use serde_json::json;

fn own_key() -> DecryptionKey {
    DecryptionKey::generate(&OsRandom).unwrap()
}

fn recipient(key: &DecryptionKey) -> RecipientKey {
    RecipientKey::from_jwk(&key.to_public_jwk("k1").into()).unwrap()
}

fn message(key: &DecryptionKey) -> String {
    encrypt(
        b"{\"vp_token\":{}}",
        &recipient(key),
        ContentEncryption::A256Gcm,
        &OsRandom,
    )
    .unwrap()
}

fn header_of(jwe: &str) -> Map<String, Value> {
    let header = base64url::decode(jwe.split('.').next().unwrap()).unwrap();
    json::parse_object(&header, Limits::default()).unwrap()
}

/// The message with its header changed (and so no longer authentic).
fn with_header(jwe: &str, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let mut header = header_of(jwe);
    change(&mut header);
    let (_, rest) = jwe.split_once('.').unwrap();
    let header = base64url::encode(Value::Object(header).to_string().as_bytes());
    format!("{header}.{rest}")
}

fn set(name: &'static str, value: Value) -> impl FnOnce(&mut Map<String, Value>) {
    move |header| {
        header.insert(name.into(), value);
    }
}

#[test]
fn the_recipient_reads_what_was_encrypted_to_it_with_either_cipher() {
    let key = own_key();
    for enc in [ContentEncryption::A128Gcm, ContentEncryption::A256Gcm] {
        for plaintext in [b"".as_slice(), b"x", &[7; 5000]] {
            let jwe = encrypt(plaintext, &recipient(&key), enc, &OsRandom).unwrap();
            assert_eq!(header_of(&jwe)["enc"], enc.as_str());
            let opened = decrypt(&jwe, &key, jwe.len()).unwrap();
            assert_eq!(opened.as_slice(), plaintext);
        }
    }
}

// shows: VP 35
#[test]
fn the_header_names_the_algorithm_of_the_key_and_copies_its_kid() {
    let header = header_of(&message(&own_key()));
    assert_eq!(header["alg"], "ECDH-ES");
    assert_eq!(header["kid"], "k1");
    assert_eq!(header["epk"]["crv"], "P-256");
    assert!(!header["epk"].as_object().unwrap().contains_key("d"));
    assert!(!header.contains_key("zip"));
}

#[test]
fn a_key_without_kid_gives_a_header_without_kid() {
    let mut jwk = own_key().to_public_jwk("k1");
    jwk.remove("kid");
    let recipient = RecipientKey::from_jwk(&jwk.into()).unwrap();
    let jwe = encrypt(b"x", &recipient, ContentEncryption::A128Gcm, &OsRandom).unwrap();
    assert!(!header_of(&jwe).contains_key("kid"));
}

#[test]
fn two_messages_share_neither_ephemeral_key_nor_iv() {
    let key = own_key();
    let (one, two) = (message(&key), message(&key));
    assert_ne!(header_of(&one)["epk"]["x"], header_of(&two)["epk"]["x"]);
    assert_ne!(one.split('.').nth(2), two.split('.').nth(2));
}

#[test]
fn another_key_does_not_open_it() {
    let jwe = message(&own_key());
    assert_eq!(
        decrypt(&jwe, &own_key(), jwe.len()),
        Err(JoseError::DecryptionFailed)
    );
}

#[test]
fn any_changed_part_does_not_open() {
    let key = own_key();
    let jwe = message(&key);
    for part in [2, 3, 4] {
        let mut parts: Vec<String> = jwe.split('.').map(str::to_owned).collect();
        let mut bytes = base64url::decode(&parts[part]).unwrap();
        bytes[0] ^= 1;
        parts[part] = base64url::encode(&bytes);
        assert_eq!(
            decrypt(&parts.join("."), &key, jwe.len()),
            Err(JoseError::DecryptionFailed)
        );
    }
    for (name, value) in [
        ("kid", json!("k2")),
        ("apu", json!("QQ")),
        ("apv", json!("QQ")),
        ("enc", json!("A128GCM")),
        ("epk", own_key().public_key().to_jwk().into()),
    ] {
        let changed = with_header(&jwe, set(name, value));
        assert_eq!(
            decrypt(&changed, &key, 2 * jwe.len()),
            Err(JoseError::DecryptionFailed)
        );
    }
}

// shows: HOSTILE 22
#[test]
fn headers_outside_our_policy_are_refused() {
    let key = own_key();
    let jwe = message(&key);
    let refuse = |name, value: Value, error| {
        let changed = with_header(&jwe, set(name, value));
        assert_eq!(decrypt(&changed, &key, 4 * jwe.len()), Err(error), "{name}");
    };
    for alg in [
        "dir",
        "none",
        "ECDH-ES+A128KW",
        "RSA1_5",
        "RSA-OAEP",
        "ecdh-es",
        "ES256",
    ] {
        refuse("alg", json!(alg), JoseError::AlgorithmNotAllowed);
    }
    for enc in ["A192GCM", "A128CBC-HS256", "A256CBC-HS512", "none", ""] {
        refuse("enc", json!(enc), JoseError::AlgorithmNotAllowed);
    }
    refuse("alg", json!(1), JoseError::HeaderParameter);
    refuse("enc", json!(["A128GCM"]), JoseError::AlgorithmNotAllowed);
    refuse("zip", json!("DEF"), JoseError::Compressed);
    refuse("crit", json!(["exp"]), JoseError::CriticalHeader);
    refuse("apu", json!(5), JoseError::HeaderParameter);
    refuse("apv", json!("QQ=="), JoseError::NotBase64Url);
    refuse("epk", json!("key"), JoseError::HeaderParameter);
    refuse("epk", json!({}), JoseError::MalformedKey);
    refuse(
        "epk",
        json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
        JoseError::UnsupportedKey,
    );
}

#[test]
fn an_ephemeral_key_off_the_curve_is_refused() {
    let key = own_key();
    let jwe = message(&key);
    let mut epk = header_of(&jwe)["epk"].clone();
    epk["y"] = epk["x"].clone();
    let changed = with_header(&jwe, set("epk", epk));
    assert_eq!(
        decrypt(&changed, &key, 2 * jwe.len()),
        Err(JoseError::NotOnCurve)
    );
}

#[test]
fn an_ephemeral_key_that_tells_its_private_half_is_refused() {
    let key = own_key();
    let jwe = message(&key);
    let mut epk = header_of(&jwe)["epk"].clone();
    epk["d"] = "AA".into();
    let changed = with_header(&jwe, set("epk", epk));
    assert_eq!(
        decrypt(&changed, &key, 2 * jwe.len()),
        Err(JoseError::PrivateKey)
    );
}

#[test]
fn what_is_not_five_parts_of_direct_agreement_is_refused() {
    let key = own_key();
    let jwe = message(&key);
    let (header, rest) = jwe.split_once("..").unwrap();
    let (iv, rest) = rest.split_once('.').unwrap();
    let (ciphertext, tag) = rest.split_once('.').unwrap();
    for text in [
        String::new(),
        "....".into(),
        header.to_owned(),
        format!("{header}..{iv}.{ciphertext}"),
        format!("{jwe}."),
        format!("{header}.AAAA.{iv}.{ciphertext}.{tag}"),
        format!("{header}..AAAA.{ciphertext}.{tag}"),
        format!("{header}..{iv}.{ciphertext}.AAAA"),
        format!("{header}...{ciphertext}.{tag}"),
        format!("{header}..{iv}=.{ciphertext}.{tag}"),
        format!("{header}=..{iv}.{ciphertext}.{tag}"),
    ] {
        assert!(decrypt(&text, &key, 10_000).is_err(), "{text}");
    }
}

#[test]
fn a_message_over_the_limit_is_refused() {
    let key = own_key();
    let jwe = message(&key);
    assert_eq!(decrypt(&jwe, &key, jwe.len() - 1), Err(JoseError::TooLarge));
}

#[test]
fn a_huge_header_is_refused() {
    let key = own_key();
    let jwe = message(&key);
    let changed = with_header(&jwe, set("kid", json!("k".repeat(9000))));
    assert_eq!(
        decrypt(&changed, &key, 1 << 20),
        Err(JoseError::Json(crate::json::JsonError::TooLarge))
    );
}

#[test]
fn without_randomness_nothing_is_encrypted() {
    struct Broken;
    impl Random for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), WalletError> {
            Err(ErrorCode::RandomUnavailable.into())
        }
    }
    /// A generator stuck at one value, which is no scalar of the group.
    struct Stuck;
    impl Random for Stuck {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), WalletError> {
            bytes.fill(0xff);
            Ok(())
        }
    }
    let recipient = recipient(&own_key());
    for random in [&Broken as &dyn Random, &Stuck] {
        assert_eq!(
            encrypt(b"x", &recipient, ContentEncryption::A128Gcm, random),
            Err(JoseError::RandomUnavailable)
        );
    }
}

// shows: VP 35
#[test]
fn the_first_usable_key_of_a_set_is_chosen() {
    let usable = |kid: &str| Value::Object(own_key().to_public_jwk(kid));
    let with = |name: &str, value: Value| {
        let mut key = usable("bad");
        key[name] = value;
        key
    };
    let without = |name: &str| {
        let mut key = usable("bad");
        key.as_object_mut().unwrap().remove(name);
        key
    };
    let good = usable("good");
    for bad in [
        with("use", json!("sig")),
        with("use", json!(1)),
        with("kty", json!("OKP")),
        with("kty", json!("RSA")),
        with("crv", json!("P-384")),
        with("crv", json!("secp256k1")),
        with("alg", json!("ECDH-ES+A256KW")),
        with("alg", json!("ES256")),
        with("alg", json!("HPKE-0")),
        with("alg", Value::Null),
        with("key_ops", json!(["verify"])),
        with("key_ops", json!("deriveKey")),
        with("kid", json!(7)),
        with("d", json!("AAAA")),
        with("x", json!("AAAA")),
        with("y", good["x"].clone()),
        without("alg"),
        without("kty"),
        without("x"),
        json!("key"),
        json!(null),
    ] {
        assert!(
            RecipientKey::select(&json!({"keys": [bad]})).is_none(),
            "{bad}"
        );
        let chosen = RecipientKey::select(&json!({"keys": [bad, good, usable("later")]})).unwrap();
        assert_eq!(chosen.kid(), Some("good"), "{bad}");
    }
    for set in [
        json!({}),
        json!({"keys": []}),
        json!([good]),
        json!({"keys": good}),
        json!(1),
    ] {
        assert!(RecipientKey::select(&set).is_none(), "{set}");
    }
}

#[test]
fn a_kid_that_two_keys_share_names_neither() {
    let usable = |kid: &str| Value::Object(own_key().to_public_jwk(kid));
    let set = json!({"keys": [usable("a"), usable("a")]});
    assert!(RecipientKey::select(&set).is_none());
    let set = json!({"keys": [usable("a"), usable("a"), usable("b")]});
    assert_eq!(RecipientKey::select(&set).unwrap().kid(), Some("b"));
}

// shows: VP 35, HAIP 13
#[test]
fn the_content_encryption_is_one_that_was_offered() {
    use ContentEncryption as Enc;
    for (offered, chosen) in [
        (None, Some(Enc::A128Gcm)),
        (Some(json!(["A128GCM"])), Some(Enc::A128Gcm)),
        (Some(json!(["A256GCM"])), Some(Enc::A256Gcm)),
        (Some(json!(["A128GCM", "A256GCM"])), Some(Enc::A256Gcm)),
        (
            Some(json!(["A128CBC-HS256", "A128GCM"])),
            Some(Enc::A128Gcm),
        ),
        (Some(json!(["A128CBC-HS256"])), None),
        (Some(json!(["A192GCM"])), None),
        (Some(json!([])), None),
        (Some(json!("A128GCM")), None),
        (Some(json!(null)), None),
        (Some(json!([1])), None),
    ] {
        assert_eq!(Enc::choose(offered.as_ref()), chosen, "{offered:?}");
    }
}
