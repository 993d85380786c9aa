//! The wallet as an attested client: what its provider gives is sent only where it fits.

use super::super::fixture::{NOW, WORLD, json as parse_json, lines, object, sign_jws, text};
use super::documents::{Documents, ISSUER, NONCE, edit, header};
use super::{overlay, receive};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::sync::Mutex;
use url::form_urlencoded::parse;
use wallet_core::http::HttpRequest;
use wallet_core::jose::{CompactJws, PublicKey};
use wallet_core::keys::{
    AttestationError, AttestationProvider, KeyAttestation, KeyAttestationRequest,
    WalletAttestation, WalletAttestationRequest,
};

const MAX: usize = 32 * 1024;

/// Gives attestations that differ from good ones.
#[derive(Default)]
pub(super) struct Provider {
    /// What is different in header and claims of the attestation, and in those of the proof.
    changes: [Map<String, Value>; 4],
    last: Mutex<Option<WalletAttestation>>,
    /// What is different in header and claims of a key attestation.
    key_changes: [Map<String, Value>; 2],
    last_keys: Mutex<Option<String>>,
    /// What the issuer wants to be told about keys.
    required: Map<String, Value>,
}

#[async_trait]
impl AttestationProvider for Provider {
    async fn wallet_attestation(
        &self,
        request: WalletAttestationRequest,
    ) -> Result<WalletAttestation, AttestationError> {
        assert_eq!(request.audience, ISSUER);
        let attestation = json!({
            "iss": "https://provider.example.org", "sub": "wallet", "exp": NOW.as_secs() + 600,
            "cnf": { "jwk": WORLD.signer_public().to_jwk() },
        });
        let mut proof = json!({ "iss": "wallet", "aud": request.audience, "jti": "1" });
        if let Some(challenge) = request.challenge {
            proof["challenge"] = challenge.into();
        }
        let typ = |name: &str| json!({ "alg": "EdDSA", "typ": format!("oauth-client-{name}+jwt") });
        let good = [
            typ("attestation"),
            attestation,
            typ("attestation-pop"),
            proof,
        ];
        let mut parts = good
            .into_iter()
            .zip(&self.changes)
            .map(|(good, change)| changed(good, change));
        let mut next = || parts.next().unwrap();
        let given = WalletAttestation {
            attestation_jwt: sign_jws(&WORLD.attester, &next(), &next()),
            proof_jwt: sign_jws(&WORLD.signer, &next(), &next()),
        };
        *self.last.lock().unwrap() = Some(given.clone());
        Ok(given)
    }

    async fn key_attestation(
        &self,
        request: KeyAttestationRequest,
    ) -> Result<KeyAttestation, AttestationError> {
        assert_eq!(request.handles.len(), request.public_jwks.len());
        let keys: Vec<Value> = request
            .public_jwks
            .iter()
            .map(|jwk| serde_json::from_str(jwk).unwrap())
            .collect();
        let claims = json!({
            "iat": NOW.as_secs() - 10, "exp": NOW.as_secs() + 600, "attested_keys": keys,
            "nonce": request.nonce, "key_storage": ["iso_18045_moderate"],
        });
        let header = json!({ "alg": "EdDSA", "typ": "key-attestation+jwt" });
        let [header_change, claims_change] = &self.key_changes;
        let (header, claims) = (
            changed(header, header_change),
            changed(claims, claims_change),
        );
        let jwt = sign_jws(&WORLD.attester, &header, &claims);
        *self.last_keys.lock().unwrap() = Some(jwt.clone());
        Ok(KeyAttestation { jwt })
    }
}

fn changed(good: Value, change: &Map<String, Value>) -> Vec<u8> {
    let Value::Object(mut members) = good else {
        panic!("an object");
    };
    overlay(&mut members, change.clone());
    Value::Object(members).to_string().into_bytes()
}

impl Provider {
    /// A token request says what the provider gave, which is for this server, this challenge and the key that signed.
    pub(super) fn check(&self, request: &HttpRequest, challenge: &[u8]) {
        let Some(given) = self.last.lock().unwrap().take() else {
            assert!(header(request, "oauth-client-attestation").is_none());
            return;
        };
        let sent = |name| header(request, name).unwrap();
        assert_eq!(sent("oauth-client-attestation"), given.attestation_jwt);
        assert_eq!(sent("oauth-client-attestation-pop"), given.proof_jwt);
        let attestation = CompactJws::parse(&given.attestation_jwt, MAX).unwrap();
        let proof = CompactJws::parse(&given.proof_jwt, MAX).unwrap();
        assert_eq!(attestation.typ(), Some("oauth-client-attestation+jwt"));
        assert_eq!(proof.typ(), Some("oauth-client-attestation-pop+jwt"));
        let claims = attestation.payload_object().unwrap();
        assert!(claims["exp"].as_i64() > Some(NOW.as_secs()));
        let key = PublicKey::from_jwk(&claims["cnf"]["jwk"]).unwrap();
        assert_eq!(key, WORLD.signer_public());
        proof.verify(&key).unwrap();
        let form: Vec<_> = parse(&request.body).into_owned().collect();
        let ids = form.iter().filter(|(name, _)| name == "client_id");
        let ids: Vec<_> = ids.map(|(_, id)| id.as_str()).collect();
        assert_eq!(
            Some(ids.as_slice()),
            claims["sub"].as_str().as_ref().map(core::slice::from_ref)
        );
        let proof = proof.payload_object().unwrap();
        assert_eq!(proof["aud"], ISSUER);
        assert_eq!(
            proof["challenge"],
            object(challenge)["attestation_challenge"]
        );
    }
}

impl Provider {
    /// A credential request holds the attestation that was given, which is for the issuer's nonce and our one key, and good
    /// now.
    pub(super) fn check_proofs(&self, body: &[u8]) {
        let Some(given) = self.last_keys.lock().unwrap().take() else {
            return;
        };
        let body = parse_json(body).unwrap();
        let proof = body["proofs"]["jwt"][0].as_str();
        let proof = proof.map(|proof| CompactJws::parse(proof, 4 * MAX).unwrap());
        let sent = proof.as_ref().map_or_else(
            || &body["proofs"]["attestation"][0],
            |proof| &proof.header()["key_attestation"],
        );
        assert_eq!(*sent, given);
        let attestation = CompactJws::parse(&given, 2 * MAX).unwrap();
        assert_eq!(attestation.typ(), Some("key-attestation+jwt"));
        let claims = attestation.payload_object().unwrap();
        assert_eq!(claims["nonce"], NONCE);
        assert!(claims["iat"].as_i64().unwrap() <= NOW.as_secs());
        let end = claims.get("exp").map(|end| end.as_i64().unwrap());
        assert!(end.is_none_or(|end| end > NOW.as_secs()));
        assert!(
            end.is_some() || proof.is_none(),
            "a proof's attestation ends"
        );
        let keys = claims["attested_keys"].as_array().unwrap();
        let keys: Vec<_> = keys
            .iter()
            .map(|key| PublicKey::from_jwk(key).unwrap())
            .collect();
        assert_eq!(keys, [PublicKey::from_jwk(&WORLD.holder_jwk).unwrap()]);
        for (name, accepted) in self.required.iter() {
            assert!(
                reaches(&claims, name, accepted),
                "{name} is not what is required"
            );
        }
    }
}

/// Whether one of the words of a claim is accepted, or better than one that is (OpenID4VCI 1.0 D.2).
fn reaches(claims: &Map<String, Value>, name: &str, accepted: &Value) -> bool {
    let known = ["basic", "enhanced-basic", "moderate", "high"];
    let rank = |word: &Value| {
        let word = word.as_str()?.strip_prefix("iso_18045_")?.to_owned();
        known.iter().position(|known| *known == word)
    };
    let accepted = accepted.as_array().unwrap();
    let lowest = accepted.iter().filter_map(rank).min();
    let words = claims.get(name).and_then(Value::as_array);
    words.into_iter().flatten().any(|word| {
        let is_better = lowest.is_some_and(|lowest| rank(word).is_some_and(|rank| rank > lowest));
        accepted.contains(word) || is_better
    })
}

/// Which proof type the issuer wants (`jwt`, or else `attestation`) and what of keys; what is different in header and claims
/// of the attestation of the keys (`null` leaves a member out).
pub(crate) fn key_attestation(input: &[u8]) {
    let [kind, required, header, claims] = lines(input);
    let kind = match text(kind) {
        Some("jwt") => "jwt",
        _ => "attestation",
    };
    let required = object(required);
    let mut documents = Documents::default();
    edit(&mut documents.metadata, |metadata| {
        let wanted = json!({ kind: {
            "proof_signing_alg_values_supported": ["EdDSA"], "key_attestations_required": required,
        }});
        metadata["credential_configurations_supported"]["card"]["proof_types_supported"] = wanted;
    });
    let names = ["key_storage", "user_authentication"];
    let of_keys = required
        .into_iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .collect();
    let provider = Provider {
        key_changes: [header, claims].map(object),
        required: of_keys,
        ..Provider::default()
    };
    documents.attested = Some((provider, Vec::new()));
    receive(documents);
}

/// What is different in header and claims of the wallet's attestation and of the proof of possession (`null` leaves a member
/// out), and the answer of the server's challenge endpoint.
pub(crate) fn wallet_attestation(input: &[u8]) {
    let [one, two, three, four, challenge] = lines(input);
    let mut documents = Documents::default();
    edit(&mut documents.server, |server| {
        server["pre-authorized_grant_anonymous_access_supported"] = false.into();
        server["token_endpoint_auth_methods_supported"] = json!(["attest_jwt_client_auth"]);
        server["challenge_endpoint"] = format!("{ISSUER}/challenge").into();
    });
    let challenge = if challenge.is_empty() {
        br#"{"attestation_challenge":"c"}"#
    } else {
        challenge
    };
    let provider = Provider {
        changes: [one, two, three, four].map(object),
        ..Provider::default()
    };
    documents.attested = Some((provider, challenge.to_vec()));
    receive(documents);
}
