//! What an issuer publishes: its metadata (OpenID4VCI 1.0 section 12.2), that of its authorization server (RFC 8414), and the
//! type metadata of its cards (SD-JWT VC draft section 6).

use serde_json::{Map, Value, json};

use super::catalogue::Card;
use crate::encoding::{base64, sha256};

const LOCALES: [&str; 2] = ["ko", "en"];

/// The addresses of one issuer.
#[derive(Clone)]
pub(crate) struct Addresses {
    /// `http://localhost:PORT`
    pub(crate) base: String,
    /// The issuer identifier; it has a path, so that well-known paths must be inserted before it.
    pub(crate) issuer: String,
}

/// Path of the issuer identifier.
pub(crate) const TENANT: &str = "/civil-registry";

impl Addresses {
    pub(crate) fn new(base: String) -> Self {
        let issuer = format!("{base}{TENANT}");
        Self { base, issuer }
    }

    pub(crate) fn vct(&self, card: &Card) -> String {
        format!("{}/types/{}", self.base, card.type_name)
    }

    fn base_type(&self) -> String {
        format!("{}/types/card", self.base)
    }

    fn logo(&self, card: &Card) -> String {
        format!("{}/logos/{}.png", self.base, card.type_name)
    }
}

pub(crate) fn issuer_metadata(at: &Addresses, cards: &[Card], batch_size: usize) -> Value {
    let configurations: Map<String, Value> = cards
        .iter()
        .map(|card| (card.id.to_owned(), configuration(at, card)))
        .collect();
    let issuer = &at.issuer;
    json!({
        "credential_issuer": issuer,
        "authorization_servers": [issuer],
        "credential_endpoint": format!("{issuer}/credential"),
        "nonce_endpoint": format!("{issuer}/nonce"),
        "notification_endpoint": format!("{issuer}/notification"),
        "batch_credential_issuance": {"batch_size": batch_size},
        "display": [
            {"name": "가상 민원청", "locale": "ko"},
            {"name": "Fictional Civil Registry", "locale": "en"},
        ],
        "credential_configurations_supported": configurations,
    })
}

fn configuration(at: &Addresses, card: &Card) -> Value {
    let display = |(index, locale): (usize, &&str)| {
        json!({
            "name": card.names[index],
            "description": card.descriptions[index],
            "locale": locale,
            "logo": {"uri": at.logo(card), "alt_text": card.names[index]},
            "background_color": card.background_color,
            "text_color": "#ffffff",
        })
    };
    let claims = card.claims.iter().map(|claim| {
        let display = LOCALES.iter().zip(claim.labels);
        let display = display.map(|(locale, name)| json!({"name": name, "locale": locale}));
        json!({"path": claim.path, "display": display.collect::<Vec<_>>()})
    });
    json!({
        "format": "dc+sd-jwt",
        "vct": at.vct(card),
        "scope": card.id,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": {
            "jwt": {"proof_signing_alg_values_supported": ["ES256", "EdDSA"]},
        },
        "credential_metadata": {
            "display": LOCALES.iter().enumerate().map(display).collect::<Vec<_>>(),
            "claims": claims.collect::<Vec<_>>(),
        },
    })
}

pub(crate) fn authorization_server_metadata(at: &Addresses) -> Value {
    let issuer = &at.issuer;
    json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/token"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:pre-authorized_code"],
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": true,
    })
}

/// The type every card extends.
pub(crate) fn base_type_metadata(at: &Addresses) -> Vec<u8> {
    let display = [("ko", "카드"), ("en", "Card")];
    let labels = [("ko", "이름"), ("en", "Name")];
    let document = json!({
        "vct": at.base_type(),
        "name": "Card",
        "display": display.map(|(locale, name)| json!({"locale": locale, "name": name})),
        "claims": [{
            "path": ["name"],
            "sd": "always",
            "display": labels.map(|(locale, label)| json!({"locale": locale, "label": label})),
        }],
    });
    document.to_string().into_bytes()
}

pub(crate) fn type_metadata(at: &Addresses, card: &Card) -> Vec<u8> {
    let display = |(index, locale): (usize, &&str)| {
        let logo_uri = at.logo(card);
        let logo = json!({
            "uri": logo_uri, "uri#integrity": integrity(&logo_bytes(card)), "alt_text": card.names[index],
        });
        let simple = json!({
            "logo": logo, "background_color": card.background_color, "text_color": "#ffffff",
        });
        json!({
            "locale": locale,
            "name": card.names[index],
            "description": card.descriptions[index],
            "rendering": {"simple": simple},
        })
    };
    let claims = card.claims.iter().map(|claim| {
        let display = LOCALES.iter().zip(claim.labels);
        let display = display.map(|(locale, label)| json!({"locale": locale, "label": label}));
        json!({"path": claim.path, "display": display.collect::<Vec<_>>()})
    });
    let document = json!({
        "vct": at.vct(card),
        "name": card.names[1],
        "description": card.descriptions[1],
        "extends": at.base_type(),
        "extends#integrity": integrity(&base_type_metadata(at)),
        "display": LOCALES.iter().enumerate().map(display).collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
    });
    document.to_string().into_bytes()
}

pub(crate) fn logo_bytes(card: &Card) -> Vec<u8> {
    crate::png::logo(16, card.logo_rgb)
}

/// Integrity metadata (W3C Subresource Integrity section 3.5).
pub(crate) fn integrity(document: &[u8]) -> String {
    format!("sha256-{}", base64(&sha256(document)))
}
