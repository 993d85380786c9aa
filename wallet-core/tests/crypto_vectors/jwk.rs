//! JWK: Wycheproof key sets, and the thumbprint of RFC 8037.

use crate::jws::{accepts, key_of};
use crate::vectors::{is_valid, wycheproof};
use serde_json::{Value, json};
use wallet_core::jose::PublicKey;

/// The file tests weak, misplaced and mislabelled keys. Its valid ones are RSA and HMAC, outside our policy.
// shows: HOSTILE 22
#[test]
fn no_token_of_the_wycheproof_key_sets_is_accepted() {
    let (mut run, mut valid_elsewhere) = (0, 0);
    for (group, test) in wycheproof("json_web_key") {
        for jwk in key_of(&group)["keys"].as_array().unwrap() {
            assert!(!accepts(jwk, &test["jws"]), "{}", test["tcId"]);
            if is_valid(&test) {
                assert!(["RSA", "oct"].contains(&jwk["kty"].as_str().unwrap()));
            }
        }
        run += 1;
        valid_elsewhere += usize::from(is_valid(&test));
    }
    assert_eq!((run, valid_elsewhere), (26, 5));
}

/// RFC 8037 A.2 and A.3.
#[test]
fn the_thumbprint_of_rfc_8037_holds() {
    let jwk = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    let key = PublicKey::from_jwk(&jwk).unwrap();
    assert_eq!(
        wallet_core::jose::base64url::encode(&key.thumbprint()),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    assert_eq!(
        Value::Object(key.to_jwk()).to_string(),
        r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
    );
}
