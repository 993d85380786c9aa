//! An issuer that means harm, as documents on a [`Hostile`] server, for a test to make one thing wrong.

use serde_json::{Map, Value, json};

use super::server::{Hostile, Trick};
use crate::issuer::Issuer;
use crate::jws::Jws;
use crate::pki::{CertificateAuthority, Leaf, LeafProfile};
use crate::refused::{OrRefuse, Result};

/// The issuer. Its identifier is the server's address; it has one card, `card`.
pub struct Impostor {
    /// The identifier.
    pub identifier: String,
    /// The card's type.
    pub vct: String,
    /// Certified like any issuer.
    pub leaf: Leaf,
}

impl Impostor {
    /// Sets up on `server` with a certificate of `authority`, all endpoints in order except that of credentials.
    pub fn new(server: &Hostile, authority: &CertificateAuthority) -> Result<Self> {
        let identifier = server.base_url();
        let leaf = authority.issue_leaf(&LeafProfile::Issuer {
            common_name: "A friendly office".into(),
            uri: Some(identifier.clone()),
        })?;
        let this = Self {
            vct: "urn:example:card".into(),
            identifier,
            leaf,
        };
        this.publish(server, |_| {}, |_| {});
        let token = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 600});
        server.set("/token", Trick::json(&token));
        server.set("/nonce", Trick::json(&json!({"c_nonce": "n"})));
        Ok(this)
    }

    /// Publishes both metadata documents, changed.
    pub fn publish(
        &self,
        server: &Hostile,
        issuer: impl FnOnce(&mut Value),
        authorization_server: impl FnOnce(&mut Value),
    ) {
        let at = &self.identifier;
        let mut document = json!({
            "credential_issuer": at,
            "credential_endpoint": format!("{at}/credential"),
            "nonce_endpoint": format!("{at}/nonce"),
            "display": [{"name": "A friendly office"}],
            "credential_configurations_supported": {"card": {
                "format": "dc+sd-jwt",
                "vct": self.vct,
                "cryptographic_binding_methods_supported": ["jwk"],
                "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256", "EdDSA"]}},
            }},
        });
        issuer(&mut document);
        server.set(
            "/.well-known/openid-credential-issuer",
            Trick::json(&document),
        );
        let mut document = json!({
            "issuer": at,
            "token_endpoint": format!("{at}/token"),
            "response_types_supported": ["code"],
            "grant_types_supported": ["urn:ietf:params:oauth:grant-type:pre-authorized_code"],
            "pre-authorized_grant_anonymous_access_supported": true,
        });
        authorization_server(&mut document);
        server.set(
            "/.well-known/oauth-authorization-server",
            Trick::json(&document),
        );
    }

    /// An offer of the card.
    pub fn offer(&self) -> String {
        let offer = json!({
            "credential_issuer": self.identifier,
            "credential_configuration_ids": ["card"],
            "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {"pre-authorized_code": "c"}},
        });
        link("credential_offer", &offer.to_string())
    }

    /// An offer of an honest `issuer`'s card, with a `code` it never gave out.
    pub fn offer_of(issuer: &Issuer, code: &str) -> String {
        let offer = json!({
            "credential_issuer": issuer.identifier(),
            "credential_configuration_ids": ["resident_card"],
            "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {"pre-authorized_code": code}},
        });
        link("credential_offer", &offer.to_string())
    }

    /// An offer of whatever issuer.
    pub fn offer_of_any(identifier: &str) -> String {
        let offer = json!({
            "credential_issuer": identifier,
            "credential_configuration_ids": ["card"],
            "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {"pre-authorized_code": "c"}},
        });
        link("credential_offer", &offer.to_string())
    }

    /// An offer to be fetched from `address`.
    pub fn offer_at(address: &str) -> String {
        link("credential_offer_uri", address)
    }

    /// Signs a card over `payload` as it stands, with these disclosures, bound to the key that asks in `request` (the body
    /// of a credential request). Members of `payload` that are null are left out; `header` goes over the usual header.
    pub fn card(
        &self,
        request: &[u8],
        mut payload: Map<String, Value>,
        disclosures: &[String],
        header: &Value,
    ) -> Result<String> {
        let body = Value::Object(crate::encoding::json_object(request)?);
        let proof = body["proofs"]["jwt"][0].as_str().or_refuse("no proof")?;
        let jwk = Jws::parse(proof)?.header["jwk"].clone();
        payload.entry("cnf").or_insert(json!({ "jwk": jwk }));
        payload
            .entry("iss")
            .or_insert(self.identifier.clone().into());
        payload.entry("vct").or_insert(self.vct.clone().into());
        let mut full = json!({"typ": "dc+sd-jwt", "x5c": self.leaf.x5c()});
        if let (Some(full), Some(more)) = (full.as_object_mut(), header.as_object()) {
            full.extend(more.clone());
        }
        payload.retain(|_, value| !value.is_null());
        let header = full.as_object().cloned().unwrap_or_default();
        let jwt = crate::jws::sign(&header, &payload, &self.leaf.key);
        let mut text = jwt + "~";
        for disclosure in disclosures {
            text += disclosure;
            text.push('~');
        }
        Ok(text)
    }
}

fn link(name: &str, value: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    format!("openid-credential-offer://?{}", query.finish())
}
