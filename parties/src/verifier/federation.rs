//! A small OpenID Federation 1.0: relying party, intermediate and trust anchor, each with the statements it serves.

use serde_json::{Map, Value, json};

use super::Shared;
use crate::encoding::{base64url, sha256, unix_now};
use crate::http::{Answer, Request};
use crate::keys::EcKey;
use crate::refused::{OrRefuse, Result};

/// `kid` of every entity's key: which entity, says the address.
pub(super) const KEY_ID: &str = "key-1";
/// `kid` of a relying party's key for encrypted answers, which is the same key.
pub(super) const ENCRYPTION_KEY_ID: &str = "enc-1";
const LIFETIME: u64 = 3600;
const INTERMEDIATE: &str = "federation/intermediate";
const ANCHOR: &str = "federation/anchor";

/// Someone known by identifier and key.
pub(super) struct Voucher {
    pub(super) identifier: String,
    pub(super) key: EcKey,
}

impl Voucher {
    pub(super) fn jwks(&self) -> Value {
        jwks(&self.key)
    }
}

fn jwks(key: &EcKey) -> Value {
    let mut jwk = key.public_jwk();
    jwk["kid"] = KEY_ID.into();
    json!({ "keys": [jwk] })
}

/// The authorities of the federation.
pub(super) struct Federation {
    pub(super) anchor: Voucher,
    intermediate: Voucher,
}

impl Federation {
    pub(super) fn new(base: &str) -> Result<Self> {
        let voucher = |path: &str| {
            Ok(Voucher {
                identifier: format!("{base}/{path}"),
                key: EcKey::generate()?,
            })
        };
        Ok(Self {
            anchor: voucher(ANCHOR)?,
            intermediate: voucher(INTERMEDIATE)?,
        })
    }
}

impl Shared {
    /// The entity identifier of a relying party.
    pub(super) fn entity(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    /// Entity configurations and subordinate statements (OpenID Federation 1.0 sections 8 and 9).
    pub(super) fn federation(&self, request: &Request) -> Option<Answer> {
        let path = request.path.trim_start_matches('/');
        let statement = if let Some(entity) = path.strip_suffix("/.well-known/openid-federation") {
            self.configuration(entity)
        } else if let Some(authority) = path.strip_suffix("/fetch") {
            self.subordinate(authority, request.query("sub")?)
        } else {
            return None;
        };
        Some(match statement {
            Ok(text) => Answer::bytes(200, "application/entity-statement+jwt", text.into_bytes()),
            Err(refused) => Answer::error(404, "not_found", refused.reason()),
        })
    }

    /// What an entity says of itself.
    fn configuration(&self, entity: &str) -> Result<String> {
        let authority = |voucher: &Voucher, above: Option<&Voucher>| {
            let mut payload = json!({
                "metadata": {"federation_entity": {
                    "federation_fetch_endpoint": format!("{}/fetch", voucher.identifier),
                }},
            });
            if let Some(above) = above {
                payload["authority_hints"] = json!([above.identifier]);
            }
            statement(
                &voucher.key,
                &voucher.identifier,
                &voucher.identifier,
                &voucher.key,
                payload,
            )
        };
        let Federation {
            anchor,
            intermediate,
        } = &self.federation;
        match entity {
            ANCHOR => Ok(authority(anchor, None)),
            INTERMEDIATE => Ok(authority(intermediate, Some(anchor))),
            name => {
                let leaf = self.state().certificates.get(name).cloned();
                let leaf = leaf.or_refuse("no such entity")?;
                let mut keys = jwks(&leaf.key);
                let mut encryption = leaf.key.public_jwk();
                encryption["kid"] = ENCRYPTION_KEY_ID.into();
                encryption["use"] = "enc".into();
                encryption["alg"] = "ECDH-ES".into();
                if let Some(keys) = keys["keys"].as_array_mut() {
                    keys.push(encryption);
                }
                let metadata = json!({
                    "client_name": format!("{name} of the federation"),
                    "jwks": keys,
                    "vp_formats_supported": {"dc+sd-jwt": {}},
                    "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
                });
                let payload = json!({
                    "authority_hints": [intermediate.identifier],
                    "metadata": {"openid_credential_verifier": metadata},
                });
                let entity = self.entity(name);
                Ok(statement(&leaf.key, &entity, &entity, &leaf.key, payload))
            }
        }
    }

    /// What an authority says of somebody below it.
    fn subordinate(&self, authority: &str, subject: &str) -> Result<String> {
        let Federation {
            anchor,
            intermediate,
        } = &self.federation;
        if authority == ANCHOR && subject == intermediate.identifier {
            let (above, below) = (&anchor.identifier, &intermediate.identifier);
            return Ok(statement(
                &anchor.key,
                above,
                below,
                &intermediate.key,
                json!({}),
            ));
        }
        let name = subject.strip_prefix(&format!("{}/", self.base));
        let leaf = name.and_then(|name| self.state().certificates.get(name).cloned());
        let leaf = leaf
            .filter(|_| authority == INTERMEDIATE)
            .or_refuse("no such subordinate")?;
        let above = &intermediate.identifier;
        Ok(statement(
            &intermediate.key,
            above,
            subject,
            &leaf.key,
            json!({}),
        ))
    }
}

/// Section 3: `issuer` says of `subject` that `key` is its key.
fn statement(signer: &EcKey, issuer: &str, subject: &str, key: &EcKey, more: Value) -> String {
    let now = unix_now();
    let mut payload: Map<String, Value> = more.as_object().cloned().unwrap_or_default();
    payload.insert("iss".into(), issuer.into());
    payload.insert("sub".into(), subject.into());
    payload.insert("iat".into(), now.into());
    payload.insert("exp".into(), (now + LIFETIME).into());
    payload.insert(
        "jti".into(),
        base64url(&sha256(format!("{issuer} {subject} {now}").as_bytes())).into(),
    );
    payload.insert("jwks".into(), jwks(key));
    let mut header = Map::new();
    header.insert("typ".into(), "entity-statement+jwt".into());
    header.insert("kid".into(), KEY_ID.into());
    crate::jws::sign(&header, &payload, signer)
}
