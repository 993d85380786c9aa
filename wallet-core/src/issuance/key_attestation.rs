//! Attestations of holder keys by the wallet's provider (OpenID4VCI 1.0 appendix D, HAIP 1.0 4.5.1).

use super::Ports;
use super::error::{IssuanceError, NotIssuable};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::jose::{Algorithm, CompactJws, PublicKey};
use crate::keys::{HolderKey, KeyAttestationRequest};
use crate::order;
use crate::profile::Profile;
use crate::trust::x509::is_haip_chain;
use serde_json::{Map, Value};
use std::sync::Arc;

const MAX_ATTESTATION_BYTES: usize = 64 * 1024;
const TYP: &str = "key-attestation+jwt";
const RULE: &str = "OpenID4VCI 1.0 D.1";
/// Attack potential resistance, weakest first (OpenID4VCI 1.0 D.2).
const RESISTANCE: [&str; 4] = [
    "iso_18045_basic",
    "iso_18045_enhanced-basic",
    "iso_18045_moderate",
    "iso_18045_high",
];

/// What an issuer wants to be told about keys (`key_attestations_required`, OpenID4VCI 1.0 12.2.4). `None`: anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequiredAttestation {
    /// The accepted resistances of the key storage to attacks (D.2).
    pub key_storage: Option<Vec<String>>,
    /// The accepted resistances of the user authentication.
    pub user_authentication: Option<Vec<String>>,
}

impl RequiredAttestation {
    pub(super) fn parse(value: &Value) -> Result<Self, NotIssuable> {
        let object = value.as_object().ok_or(NotIssuable::Malformed)?;
        let accepted = |name| {
            let value = object.get(name);
            value.map(|value| words(value).ok_or(NotIssuable::Malformed))
        };
        Ok(Self {
            key_storage: accepted("key_storage").transpose()?,
            user_authentication: accepted("user_authentication").transpose()?,
        })
    }
}

/// A non-empty list of strings.
fn words(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array().filter(|list| !list.is_empty())?;
    let word = |value: &Value| value.as_str().map(str::to_owned);
    list.iter().map(word).collect()
}

/// What an attestation of keys must be like.
pub(super) struct Wanted<'a> {
    pub(super) keys: &'a [Arc<dyn HolderKey>],
    /// The issuer's newest, where it has a Nonce Endpoint.
    pub(super) nonce: Option<&'a str>,
    /// `proof_signing_alg_values_supported`, as far as ours.
    pub(super) algorithms: &'a [Algorithm],
    pub(super) required: &'a RequiredAttestation,
    /// Whether it must say when it ends: it does in the header of a proof.
    pub(super) ends: bool,
}

impl Wanted<'_> {
    /// Asks the wallet's provider, and looks at what it gives before anybody else does.
    ///
    /// # Errors
    /// `attestation_invalid`, and those of the provider.
    pub(super) async fn obtain(&self, ports: &Ports<'_>) -> Result<String, IssuanceError> {
        let provider = ports.attestation.ok_or(NotIssuable::KeyAttestation)?;
        let handle = |key: &Arc<dyn HolderKey>| key.id().as_str().to_owned();
        let jwk = |key: &Arc<dyn HolderKey>| Value::Object(key.public_key().to_jwk()).to_string();
        let request = KeyAttestationRequest {
            handles: self.keys.iter().map(handle).collect(),
            public_jwks: self.keys.iter().map(jwk).collect(),
            nonce: self.nonce.map(str::to_owned),
        };
        let given = provider.key_attestation(request).await;
        let given = given.map_err(|error| WalletError::from(error).about("key_attestation"))?;
        self.check(&given.jwt, ports)?;
        Ok(given.jwt)
    }

    /// Whether the provider is to be believed is the issuer's to decide.
    fn check(&self, text: &str, ports: &Ports<'_>) -> Result<(), IssuanceError> {
        let jws =
            CompactJws::parse(text, MAX_ATTESTATION_BYTES).map_err(|_| invalid("malformed"))?;
        if jws.typ() != Some(TYP) {
            return Err(invalid("typ"));
        }
        if !self.algorithms.contains(&jws.algorithm()) {
            return Err(invalid("alg"));
        }
        if !names_signer(&jws, ports.settings.profile) {
            return Err(IssuanceError::KeyAttestation {
                reason: "x5c",
                rule: "HAIP 1.0 4.5.1",
            });
        }
        let claims = jws.payload_object().map_err(|_| invalid("malformed"))?;
        let leeway = ports.settings.leeway_seconds;
        self.check_times(&claims, ports.clock.now()?, leeway.into())?;
        let nonce = claims.get("nonce").and_then(Value::as_str);
        if self.nonce.is_some() && nonce != self.nonce {
            return Err(invalid("nonce"));
        }
        let attested = claims.get("attested_keys").and_then(Value::as_array);
        if !attested.is_some_and(|attested| self.are_ours(attested)) {
            return Err(invalid("attested_keys"));
        }
        for (name, accepted) in [
            ("key_storage", &self.required.key_storage),
            ("user_authentication", &self.required.user_authentication),
        ] {
            if !satisfies(claims.get(name), accepted.as_deref()) {
                return Err(invalid(name));
            }
        }
        Ok(())
    }

    fn check_times(
        &self,
        claims: &Map<String, Value>,
        now: UnixTime,
        leeway: i64,
    ) -> Result<(), IssuanceError> {
        let now = now.as_secs();
        let issued = claims.get("iat").and_then(Value::as_i64);
        if issued.is_none_or(|issued| issued > now.saturating_add(leeway)) {
            return Err(invalid("iat"));
        }
        let is_over = match claims.get("exp") {
            None => self.ends,
            Some(exp) => exp.as_i64().is_none_or(|exp| exp <= now),
        };
        if is_over {
            return Err(invalid("exp"));
        }
        Ok(())
    }

    /// Each of our keys once, and no other: an issuer issues for every one it finds.
    fn are_ours(&self, attested: &[Value]) -> bool {
        let thumbprint = |key: &PublicKey| key.thumbprint();
        let mut ours: Vec<_> = self
            .keys
            .iter()
            .map(|key| thumbprint(key.public_key()))
            .collect();
        let theirs = attested
            .iter()
            .map(|jwk| PublicKey::from_jwk(jwk).ok().as_ref().map(thumbprint));
        let Some(mut theirs) = theirs.collect::<Option<Vec<_>>>() else {
            return false;
        };
        order::sort(&mut ours);
        order::sort(&mut theirs);
        ours == theirs
    }
}

/// Whether the provider's chain may be sent: its end certificate is not self-signed and the anchor is not in it. HAIP 1.0
/// (4.4.1, 4.5.1) lets it not be left out.
pub(super) fn names_signer(jws: &CompactJws, profile: Profile) -> bool {
    match jws.x5c() {
        Ok(Some(chain)) => is_haip_chain(&chain),
        Ok(None) => profile != Profile::Haip,
        Err(_) => false,
    }
}

/// Whether one of the resistances asserted is accepted or stronger than an accepted one.
fn satisfies(asserted: Option<&Value>, accepted: Option<&[String]>) -> bool {
    let asserted = match (asserted.map(words), accepted) {
        (Some(None), _) | (None, Some(_)) => return false,
        (None, None) => return true,
        (Some(Some(asserted)), _) => asserted,
    };
    let rank = |word: &str| RESISTANCE.iter().position(|known| *known == word);
    let reaches = |has: &String, wanted: &String| {
        has == wanted
            || matches!((rank(has), rank(wanted)), (Some(has), Some(wanted)) if has > wanted)
    };
    accepted.is_none_or(|accepted| {
        accepted
            .iter()
            .any(|wanted| asserted.iter().any(|has| reaches(has, wanted)))
    })
}

const fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::KeyAttestation { reason, rule: RULE }
}
