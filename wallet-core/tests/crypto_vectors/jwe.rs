//! Compact JWE: Wycheproof.

use crate::vectors::{Tally, hex, is_valid, wycheproof};
use serde_json::Value;
use wallet_core::jose::base64url;
use wallet_core::jose::jwe::{self, DecryptionKey};
use wallet_core::secret::Secret;

const MAX_BYTES: usize = 100_000;

pub(crate) fn p256_private(jwk: &Value) -> Option<DecryptionKey> {
    if jwk["kty"] != "EC" || jwk["crv"] != "P-256" {
        return None;
    }
    let mut scalar = base64url::decode(jwk["d"].as_str()?)
        .ok()?
        .try_into()
        .ok()?;
    DecryptionKey::from_secret(&Secret::take(&mut scalar)).ok()
}

/// Any key, for tokens whose own key we cannot even hold.
pub(crate) fn any_key() -> DecryptionKey {
    DecryptionKey::from_secret(&Secret::take(&mut [7; 32])).unwrap()
}

#[test]
fn direct_agreement_with_aes_gcm_is_read_and_everything_else_refused() {
    let (mut ours, mut others) = (Tally::default(), Tally::default());
    for (group, test) in wycheproof("json_web_encryption") {
        let text = match &test["jwe"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let key = p256_private(&group["private"]).unwrap_or_else(any_key);
        let opened = jwe::decrypt(&text, &key, MAX_BYTES);
        let header = text
            .split('.')
            .next()
            .and_then(|header| base64url::decode(header).ok())
            .and_then(|header| serde_json::from_slice::<Value>(&header).ok())
            .unwrap_or_default();
        let is_ours = header["alg"] == "ECDH-ES"
            && (header["enc"] == "A128GCM" || header["enc"] == "A256GCM");
        if is_ours {
            assert!(is_valid(&test));
            assert_eq!(*opened.unwrap(), hex(&test["pt"]), "{}", test["tcId"]);
            ours.count(true);
        } else {
            assert!(opened.is_err(), "{}", test["tcId"]);
            others.count(false);
        }
    }
    ours.assert(2, 0, 0);
    others.assert(0, 137, 0);
}
