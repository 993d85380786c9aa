//! did:key and did:jwk against the documents other implementations publish for them.
#![allow(clippy::unwrap_used)]

use super::{DidError, DidUrl, authentication_key};
use crate::jose::{JoseError, PublicKey, base64url};
use crate::json::JsonError;
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors/did");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn resolve(url: &str) -> Result<PublicKey, DidError> {
    authentication_key(&DidUrl::parse(url)?)
}

/// The DID URL of a did:key with these bytes.
fn did_key(bytes: &[u8]) -> String {
    let id = format!("z{}", bs58::encode(bytes).into_string());
    format!("did:key:{id}#{id}")
}

fn did_jwk(jwk: &str) -> String {
    format!("did:jwk:{}#0", base64url::encode(jwk.as_bytes()))
}

/// The documents in these files, by their DID.
fn documents() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for name in ["did-key-mattr", "did-key-spruce", "did-key-transmute"] {
        let file: Value =
            serde_json::from_str(&vector(&format!("implementations/{name}.json"))).unwrap();
        for did in file["dids"].as_array().unwrap() {
            let did = did.as_str().unwrap();
            let document = &file[did]["didDocumentDataModel"]["properties"];
            all.push((did.to_owned(), document.clone()));
        }
    }
    let file: Value = serde_json::from_str(&vector("ssi-did-key-statics.json")).unwrap();
    for (did, document) in file.as_object().unwrap() {
        all.push((did.clone(), document.clone()));
    }
    all
}

#[test]
fn the_keys_of_other_implementations_documents_are_found() {
    let mut found = 0;
    for (did, document) in documents() {
        let methods = ["verificationMethod", "publicKey"];
        let method = methods
            .iter()
            .find_map(|name| document[*name].get(0))
            .unwrap();
        // Kinds of key that are not ours, and one document that was never right: a P-256 id with a key of another.
        let expected = match method.get("publicKeyJwk") {
            Some(jwk) => PublicKey::from_jwk(jwk),
            None if method["type"] == "Ed25519VerificationKey2018" => {
                let bytes = bs58::decode(method["publicKeyBase58"].as_str().unwrap());
                PublicKey::from_ed25519(&bytes.into_vec().unwrap().try_into().unwrap())
            }
            None => Err(JoseError::UnsupportedKey),
        };
        let id = method["id"].as_str().unwrap();
        let url = if id.starts_with('#') {
            format!("{did}{id}")
        } else {
            id.to_owned()
        };
        match expected {
            Ok(expected) => {
                assert_eq!(resolve(&url).unwrap(), expected, "{url}");
                found += 1;
            }
            Err(_) => assert_eq!(resolve(&url), Err(DidError::UnknownCodec), "{url}"),
        }
    }
    assert!(found >= 9, "{found}");
}

#[test]
fn the_examples_of_the_did_key_specification_are_resolved_or_refused_by_their_codec() {
    let did = |name| {
        vector(&format!("did-key/example-{name}.txt"))
            .trim()
            .to_owned()
    };
    let url = |did: &str| format!("{did}#{}", did.strip_prefix("did:key:").unwrap());
    for name in ["02", "10", "12"] {
        resolve(&url(&did(name))).unwrap();
    }
    let secp256k1 = did("07");
    assert_eq!(secp256k1.split_whitespace().count(), 3);
    for did in secp256k1.split_whitespace() {
        let key = resolve(&url(did)).unwrap();
        assert!(matches!(key, PublicKey::Secp256k1(_)), "{did}");
    }
    assert_eq!(resolve(&url(&did("08"))), Err(DidError::UnknownCodec));
    let document: Value = serde_json::from_str(&vector("did-key/example-03.txt")).unwrap();
    resolve(document["authentication"][0].as_str().unwrap()).unwrap();
}

#[test]
fn the_examples_of_the_did_jwk_specification_are_resolved() {
    let text = |name| {
        vector(&format!("did-jwk/did-jwk-{name}.txt"))
            .trim()
            .to_owned()
    };
    let document: Value = serde_json::from_str(&text("005")).unwrap();
    let expected = PublicKey::from_jwk(&document["verificationMethod"][0]["publicKeyJwk"]);
    assert_eq!(resolve(&text("004")).unwrap(), expected.unwrap());
    // A key for encryption only: not in `authentication` of the document.
    assert!(matches!(resolve(&text("007")), Err(DidError::Key(_))));
}

/// A DID of the European blockchain infrastructure's natural persons, with the key its SDK was given for it.
#[test]
fn a_canonical_jwk_of_another_implementation_is_read() {
    let did = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbns7ZWNqwNNXRVtDg4wQYHxn2NGgqcTG5ehNhytKPrBdEw2mpy65bAdPKxFAZPbSTkLi6rPrkGjCXXTKz4hDvPBiWXHmR1CUgdJuXPjRn9S1ooLvYzKbv5P5zxMzzkEGiqJ";
    let key = json!({"crv": "P-256", "kty": "EC", "x": "6jzanUIFb3QSjpzmiG8ZObdccfFC7vTzM6nN07b4p_g",
        "y": "IsX_xLJJItu52D-pzCBMB-C-DXexlXKj-YY-KEJ6oyk"});
    let url = format!("{did}#{}", did.strip_prefix("did:key:").unwrap());
    assert_eq!(resolve(&url).unwrap(), PublicKey::from_jwk(&key).unwrap());
}

#[test]
fn a_canonical_jwk_in_a_did_key_is_read_and_any_other_spelling_is_refused() {
    let jwk = r#"{"crv":"P-256","kty":"EC","x":"acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0","y":"_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE"}"#;
    let encoded = |jwk: &str| did_key(&[&[0xd1, 0xd6, 0x03], jwk.as_bytes()].concat());
    let expected = PublicKey::from_jwk(&serde_json::from_str(jwk).unwrap()).unwrap();
    assert_eq!(resolve(&encoded(jwk)).unwrap(), expected);
    for other in [
        jwk.replace(r#""kty":"EC","#, "")
            .replace('}', r#","kty":"EC"}"#),
        jwk.replace(',', ", "),
        jwk.replace('}', r#","use":"sig"}"#),
        jwk.replace("P-256", "P-2\\u00356"),
    ] {
        assert_eq!(
            resolve(&encoded(&other)),
            Err(DidError::NotCanonical),
            "{other}"
        );
    }
    assert!(matches!(resolve(&encoded("{}")), Err(DidError::Key(_))));
    assert!(matches!(resolve(&encoded("[")), Err(DidError::Json(_))));
    assert!(matches!(
        resolve(&encoded(&jwk.replace('}', r#","d":"AA"}"#))),
        Err(DidError::Key(JoseError::PrivateKey))
    ));
}

#[test]
fn a_did_key_of_another_codec_length_or_encoding_is_refused() {
    let point = [&[0x80, 0x24, 2], [7_u8; 32].as_slice()].concat();
    for (url, error) in [
        (did_key(&[]), DidError::UnknownCodec),
        (did_key(&[0xed]), DidError::UnknownCodec),
        (did_key(&[0xec, 0x01, 1]), DidError::UnknownCodec),
        // A private key.
        (
            did_key(&[&[0x80, 0x26], [1; 32].as_slice()].concat()),
            DidError::UnknownCodec,
        ),
        // A varint that is longer than it must be.
        (
            did_key(&[&[0xed, 0x81, 0x00], [1; 32].as_slice()].concat()),
            DidError::UnknownCodec,
        ),
        (did_key(&[0xed, 0x01]), DidError::KeyLength),
        (
            did_key(&[&[0xed, 0x01], [1; 33].as_slice()].concat()),
            DidError::KeyLength,
        ),
        (did_key(point.get(..34).unwrap()), DidError::KeyLength),
        (
            did_key(&[point.as_slice(), &[0]].concat()),
            DidError::KeyLength,
        ),
        // An uncompressed point.
        (
            did_key(&[&[0x80, 0x24, 4], [7; 64].as_slice()].concat()),
            DidError::KeyLength,
        ),
        (
            did_key(&[&[0x80, 0x24, 4], [7; 32].as_slice()].concat()),
            DidError::Key(JoseError::MalformedKey),
        ),
        (
            did_key(&[&[0x80, 0x24, 2], [0xff; 32].as_slice()].concat()),
            DidError::Key(JoseError::NotOnCurve),
        ),
        (
            did_key(&[&[0x81, 0x24, 2], [0xff; 48].as_slice()].concat()),
            DidError::Key(JoseError::NotOnCurve),
        ),
        // The identity of edwards25519.
        (
            did_key(&[&[0xed, 0x01, 1], [0; 31].as_slice()].concat()),
            DidError::Key(JoseError::NotOnCurve),
        ),
        ("did:key:z0OIl#z0OIl".into(), DidError::NotMultibase),
        ("did:key:uZm9v#uZm9v".into(), DidError::NotMultibase),
        ("did:key:6MkhaX#6MkhaX".into(), DidError::NotMultibase),
        (
            format!("did:key:z{0}#z{0}", "2".repeat(400)),
            DidError::TooLarge,
        ),
    ] {
        assert_eq!(resolve(&url), Err(error), "{url}");
    }
}

#[test]
fn a_did_jwk_that_is_not_one_public_signature_key_is_refused() {
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    resolve(&did_jwk(&jwk.to_string())).unwrap();
    let with = |name: &str, value: &str| {
        let mut jwk = jwk.clone();
        jwk[name] = value.into();
        did_jwk(&jwk.to_string())
    };
    let padded = did_jwk("{}").replace("#0", "=#0");
    for (url, error) in [
        (with("d", "AA"), DidError::Key(JoseError::PrivateKey)),
        (with("use", "enc"), DidError::Key(JoseError::KeyUse)),
        (with("kty", "RSA"), DidError::Key(JoseError::UnsupportedKey)),
        (with("kty", "oct"), DidError::Key(JoseError::UnsupportedKey)),
        (
            with("crv", "X25519"),
            DidError::Key(JoseError::UnsupportedKey),
        ),
        (with("x", "AA"), DidError::Key(JoseError::MalformedKey)),
        (did_jwk("[]"), DidError::Json(JsonError::NotAnObject)),
        (
            did_jwk(r#"{"kty":"EC","kty":"EC"}"#),
            DidError::Json(JsonError::DuplicateKey),
        ),
        (
            did_jwk(&format!("{{{}}}", " ".repeat(2048))),
            DidError::Json(JsonError::TooLarge),
        ),
        (
            "did:jwk:e30%3D#0".into(),
            DidError::Key(JoseError::NotBase64Url),
        ),
        (
            "did:jwk:e31#0".into(),
            DidError::Key(JoseError::NotBase64Url),
        ),
        (padded, DidError::Malformed),
    ] {
        assert_eq!(resolve(&url), Err(error), "{url}");
    }
}

#[test]
fn only_the_key_of_the_did_itself_is_named() {
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let id = did.strip_prefix("did:key:").unwrap();
    resolve(&format!("{did}#{id}")).unwrap();
    for rest in [
        "",
        "#",
        "#0",
        "#key-1",
        "?versionId=1#ID",
        "/a#ID",
        "#ID#ID",
        "#IDx",
    ] {
        let url = format!("{did}{}", rest.replace("ID", id));
        assert!(
            matches!(
                resolve(&url),
                Err(DidError::NoSuchKey | DidError::Malformed)
            ),
            "{url}"
        );
    }
    for other in [
        "did:web:verifier.example#0",
        "did:example:123#0",
        "did:jwk2:e30#0",
    ] {
        assert_eq!(resolve(other), Err(DidError::MethodNotSupported));
    }
}

#[test]
fn a_did_url_is_taken_apart_as_did_core_says() {
    let url = DidUrl::parse("did:web:a.example%3A8443:b?versionId=4&x=%20#key-1").unwrap();
    assert_eq!(url.did(), "did:web:a.example%3A8443:b");
    assert_eq!(url.method(), "web");
    assert_eq!(url.method_specific_id(), "a.example%3A8443:b");
    assert_eq!(url.fragment(), Some("key-1"));
    assert!(url.has_path_or_query());
    assert!(!DidUrl::parse("did:a:b#?/").unwrap().has_path_or_query());
    assert_eq!(
        DidUrl::parse("did:a::b").unwrap().method_specific_id(),
        ":b"
    );
    for text in [
        "",
        "#0",
        "did",
        "did:",
        "did:key",
        "did:key:",
        "did:key:#0",
        "did::a",
        "did:KEY:a",
        "DID:key:a",
        "did:k-y:a",
        "did:key:a:",
        "did:key:a b",
        "did:key:a%",
        "did:key:a%2",
        "did:key:a%zz",
        "did:key:ä",
        "did:key:a\n",
        "did:key:a#b#c",
        "did:key:a#b c",
        "did:key:a/\u{202e}",
        " did:key:a",
        "did:key:a?b<c",
    ] {
        assert_eq!(DidUrl::parse(text), Err(DidError::Malformed), "{text:?}");
    }
    let long = format!("did:key:{}", "a".repeat(4096));
    assert_eq!(DidUrl::parse(&long), Err(DidError::TooLarge));
}
