//! What an issuer publishes: its metadata (OpenID4VCI 1.0 section 12.2), that of its authorization server (RFC 8414), and the
//! type metadata of its cards (SD-JWT VC draft section 6).

use serde_json::{Map, Value, json};

use super::BATCH_SIZE;
use super::catalogue::{Card, CardFormat, JwtVcType};
use super::commitment::{BINDING_METHOD, PROOF_TYPE};
use super::data_integrity::{CONTEXTS, ProofKeys, TYPES, method};
use super::options::{ControllerFault, IssuerOptions, MetadataFault, Support};
use super::token::PRE_AUTHORIZED;
use crate::data_integrity::ProofKey;
use crate::encoding::{base64, sha256};
use crate::jwt_vc::DataModel;
use crate::refused::Result;

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
/// Path of the controller document under that.
pub(crate) const CONTROLLER: &str = "/controller";
/// Path of the authorization server that knows nobody's codes.
pub(crate) const SECOND_SERVER: &str = "/visitors";

impl Addresses {
    pub(crate) fn new(base: String) -> Self {
        let issuer = format!("{base}{TENANT}");
        Self { base, issuer }
    }

    pub(crate) fn vct(&self, card: &Card) -> String {
        format!("{}/types/{}", self.base, card.type_name)
    }

    /// Who signs with proofs of Data Integrity.
    pub(crate) fn controller(&self) -> String {
        format!("{}{CONTROLLER}", self.issuer)
    }

    pub(crate) fn second_server(&self) -> String {
        format!("{}{SECOND_SERVER}", self.base)
    }

    fn base_type(&self) -> String {
        format!("{}/types/card", self.base)
    }

    fn logo(&self, card: &Card) -> String {
        format!("{}/logos/{}.png", self.base, card.type_name)
    }
}

pub(crate) fn issuer_metadata(at: &Addresses, cards: &[Card], options: &IssuerOptions) -> Value {
    let configurations: Map<String, Value> = cards
        .iter()
        .map(|card| (card.id.to_owned(), configuration(at, card, options)))
        .collect();
    let issuer = &at.issuer;
    let servers = match options.second_server {
        true => vec![at.second_server(), issuer.clone()],
        false => vec![issuer.clone()],
    };
    let identifier = match options.metadata_fault {
        Some(MetadataFault::WrongIssuer) => "https://other.example",
        _ => issuer,
    };
    json!({
        "credential_issuer": identifier,
        "authorization_servers": servers,
        "credential_endpoint": format!("{issuer}/credential"),
        "nonce_endpoint": format!("{issuer}/nonce"),
        "deferred_credential_endpoint": format!("{issuer}/deferred"),
        "notification_endpoint": format!("{issuer}/notification"),
        "batch_credential_issuance": {"batch_size": BATCH_SIZE},
        "display": [
            {"name": "가상 민원청", "locale": "ko"},
            {"name": "Fictional Civil Registry", "locale": "en"},
        ],
        "credential_configurations_supported": configurations,
    })
}

fn configuration(at: &Addresses, card: &Card, options: &IssuerOptions) -> Value {
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
    let mut configuration = match card.format {
        CardFormat::SdJwtVc => sd_jwt_vc(at, card, options),
        CardFormat::Bbs2023 => ldp_vc("bbs-2023"),
        CardFormat::Bbs2023Bound | CardFormat::Bbs2023Pseudonym => {
            let mut configuration = ldp_vc("bbs-2023");
            configuration["cryptographic_binding_methods_supported"] = json!([BINDING_METHOD]);
            configuration["proof_types_supported"] = json!({PROOF_TYPE: {
                "proof_signing_alg_values_supported": ["ES256"],
                "bbs_feature": card.format.feature(),
            }});
            configuration
        }
        CardFormat::EcdsaSd2023 => ldp_vc("ecdsa-sd-2023"),
        CardFormat::JwtVc(kind) => jwt_vc(options, kind),
    };
    configuration["scope"] = card.id.into();
    configuration["credential_metadata"] = json!({
        "display": LOCALES.iter().enumerate().map(display).collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
    });
    configuration
}

/// Appendix A.3.2.
fn sd_jwt_vc(at: &Addresses, card: &Card, options: &IssuerOptions) -> Value {
    json!({
        "format": "dc+sd-jwt",
        "vct": at.vct(card),
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": proof_types(options),
    })
}

/// Appendix A.1.1.
fn jwt_vc(options: &IssuerOptions, kind: JwtVcType) -> Value {
    // One of them takes keys as JWK, the other by name alone.
    let binding_method = match kind.model {
        DataModel::V1 => "jwk",
        DataModel::V2 => "did:jwk",
    };
    json!({
        "format": "jwt_vc_json",
        "credential_definition": {"type": ["VerifiableCredential", kind.name]},
        "cryptographic_binding_methods_supported": [binding_method],
        "credential_signing_alg_values_supported": ["ES256", "ES256K"],
        "proof_types_supported": proof_types(options),
    })
}

fn proof_types(options: &IssuerOptions) -> Value {
    let mut proofs = json!({
        "jwt": {"proof_signing_alg_values_supported": ["ES256", "EdDSA"]},
    });
    match options.key_attestation {
        Support::Absent => {}
        support => {
            proofs["attestation"] = json!({
                "proof_signing_alg_values_supported": ["ES256"],
                "key_attestations_required": {},
            });
            if support == Support::Required {
                proofs["jwt"]["key_attestations_required"] = json!({});
            }
        }
    }
    proofs
}

/// Appendix A.1.2. Bound to nothing: no kind of proof is asked for.
fn ldp_vc(cryptosuite: &str) -> Value {
    json!({
        "format": "ldp_vc",
        "credential_definition": {"@context": CONTEXTS, "type": TYPES},
        "credential_signing_alg_values_supported": [cryptosuite],
    })
}

/// Who signs credentials with proofs of Data Integrity, as controlled identifier document (CID 1.0 section 2).
pub(crate) fn controller(
    at: &Addresses,
    keys: &ProofKeys,
    fault: Option<ControllerFault>,
) -> Result<Value> {
    let controller = at.controller();
    let entry = |key: &ProofKey| {
        let id = method(&controller, key)?;
        let key = match fault {
            Some(ControllerFault::OtherKeys) => ProofKey::generate_like(key)?,
            _ => key.clone(),
        };
        let owner = match fault {
            Some(ControllerFault::OtherController) => "https://other.example/controller",
            _ => &controller,
        };
        Ok(json!({
            "id": id,
            "type": "Multikey",
            "controller": owner,
            "publicKeyMultibase": key.public().to_multibase()?,
        }))
    };
    let methods: Result<Vec<Value>> = keys.all().into_iter().map(entry).collect();
    let names = keys.all().into_iter().map(|key| method(&controller, key));
    let names: Result<Vec<String>> = names.collect();
    let purpose = match fault {
        Some(ControllerFault::NotForAssertion) => "authentication",
        _ => "assertionMethod",
    };
    let id = match fault {
        Some(ControllerFault::OtherId) => "https://other.example/controller",
        _ => &controller,
    };
    Ok(json!({
        "@context": ["https://www.w3.org/ns/cid/v1"],
        "id": id,
        "verificationMethod": methods?,
        purpose: names?,
    }))
}

pub(crate) fn authorization_server_metadata(at: &Addresses, options: &IssuerOptions) -> Value {
    let issuer = &at.issuer;
    let identifier = match options.metadata_fault {
        Some(MetadataFault::WrongServer) => "https://other.example",
        _ => issuer,
    };
    let mut grants = vec![PRE_AUTHORIZED, "authorization_code"];
    if options.refresh_tokens {
        grants.push("refresh_token");
    }
    let mut methods = vec!["attest_jwt_client_auth"];
    match options.wallet_attestation {
        Support::Absent => methods = vec!["none"],
        Support::Supported => methods.push("none"),
        Support::Required => {}
    }
    let mut document = json!({
        "issuer": identifier,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "token_endpoint": format!("{issuer}/token"),
        "response_types_supported": ["code"],
        "grant_types_supported": grants,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": options.require_par,
        "token_endpoint_auth_methods_supported": methods,
        "pre-authorized_grant_anonymous_access_supported":
            options.wallet_attestation != Support::Required,
    });
    if options.dpop != Support::Absent {
        document["dpop_signing_alg_values_supported"] = json!(["ES256", "EdDSA"]);
    }
    if options.wallet_attestation != Support::Absent {
        let algorithms = json!(["ES256"]);
        document["client_attestation_signing_alg_values_supported"] = algorithms.clone();
        document["client_attestation_pop_signing_alg_values_supported"] = algorithms;
    }
    if options.attestation_challenge {
        document["challenge_endpoint"] = format!("{issuer}/challenge").into();
    }
    document
}

/// An authorization server with no grant a wallet could use.
pub(crate) fn second_server_metadata(at: &Addresses) -> Value {
    let server = at.second_server();
    json!({
        "issuer": server,
        "token_endpoint": format!("{server}/token"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
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
