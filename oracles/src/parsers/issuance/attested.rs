//! The wallet as an attested client: what its provider gives is sent only where it fits.

use super::super::fixture::{NOW, WORLD, lines, object, sign_jws};
use super::documents::{Documents, ISSUER, edit, header};
use super::{overlay, receive};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::sync::Mutex;
use url::form_urlencoded::parse;
use wallet_core::http::HttpRequest;
use wallet_core::jose::{CompactJws, PublicKey};
use wallet_core::keys::{
    AttestationError, AttestationProvider, WalletAttestation, WalletAttestationRequest,
};

const MAX: usize = 32 * 1024;

/// Gives attestations that differ from good ones.
pub(super) struct Provider {
    /// What is different in header and claims of the attestation, and in those of the proof.
    changes: [Map<String, Value>; 4],
    last: Mutex<Option<WalletAttestation>>,
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
        let mut parts = good.into_iter().zip(&self.changes).map(|(good, change)| {
            let Value::Object(mut members) = good else {
                panic!("an object");
            };
            overlay(&mut members, change.clone());
            Value::Object(members).to_string().into_bytes()
        });
        let mut next = || parts.next().unwrap();
        let given = WalletAttestation {
            attestation_jwt: sign_jws(&WORLD.attester, &next(), &next()),
            proof_jwt: sign_jws(&WORLD.signer, &next(), &next()),
        };
        *self.last.lock().unwrap() = Some(given.clone());
        Ok(given)
    }
}

impl Provider {
    /// A token request says what the provider gave, which is for this server, this challenge and the key that signed.
    pub(super) fn check(&self, request: &HttpRequest, challenge: &[u8]) {
        let given = self.last.lock().unwrap().take().expect("new for each call");
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
        last: Mutex::default(),
    };
    documents.attested = Some((provider, challenge.to_vec()));
    receive(documents);
}
