//! Requests that are right, for a test to make one thing wrong.

use serde_json::{Map, Value, json};

use crate::encoding::{base64url, random_token, unix_now};
use crate::keys::EcKey;
use crate::pki::{CertificateAuthority, CertificateFault, Leaf, LeafProfile};
use crate::refused::Result;

/// A verifier with a certificate whose owner means harm.
pub struct Forger {
    leaf: Leaf,
    base: String,
}

impl Forger {
    /// Certified by `authority` for `localhost`; answers are to go below `base`.
    pub fn new(authority: &CertificateAuthority, base: &str) -> Result<Self> {
        Ok(Self {
            leaf: authority.issue_leaf(&profile())?,
            base: base.to_owned(),
        })
    }

    /// The same with something wrong with the certificate.
    pub fn faulty(
        authority: &CertificateAuthority,
        fault: CertificateFault,
        base: &str,
    ) -> Result<Self> {
        Ok(Self {
            leaf: authority.issue_faulty_leaf(&profile(), fault)?,
            base: base.to_owned(),
        })
    }

    /// A request for `query` that breaks no rule. The answer is to go, in the clear, to `/response`.
    pub fn request(&self, query: &Value) -> Result<ForgedRequest> {
        let now = unix_now();
        let client_id = "x509_san_dns:localhost";
        let payload = json!({
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "client_id": client_id,
            "response_uri": format!("{}/response", self.base),
            "nonce": random_token()?,
            "state": random_token()?,
            "dcql_query": query,
            "client_metadata": {
                "client_name": "A friend",
                "vp_formats_supported": {
                    "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256", "EdDSA"]},
                },
            },
            "aud": "https://self-issued.me/v2",
            "iat": now,
            "exp": now + 300,
        });
        let header = json!({"typ": "oauth-authz-req+jwt", "alg": "ES256", "x5c": self.leaf.x5c()});
        let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
        Ok(ForgedRequest {
            header: object(&header),
            payload: object(&payload),
            outer: object(&json!({"client_id": client_id})),
            key: self.leaf.key.clone(),
        })
    }
}

fn profile() -> LeafProfile {
    LeafProfile::Verifier {
        common_name: "A friend".into(),
        dns_names: vec!["localhost".into()],
    }
}

/// A request in its parts.
#[derive(Clone)]
pub struct ForgedRequest {
    /// Header of the request object; `alg` is written as it stands here.
    pub header: Map<String, Value>,
    /// The request object.
    pub payload: Map<String, Value>,
    /// Parameters of the link beside the request object.
    pub outer: Map<String, Value>,
    /// What it is signed with.
    pub key: EcKey,
}

impl ForgedRequest {
    /// The signed request object.
    pub fn object(&self) -> String {
        let payload = Value::Object(self.payload.clone()).to_string();
        self.object_of(payload.as_bytes())
    }

    /// The same around a payload of any bytes.
    pub fn object_of(&self, payload: &[u8]) -> String {
        let header = Value::Object(self.header.clone()).to_string();
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload));
        let signature = self.key.sign(input.as_bytes());
        format!("{input}.{}", base64url(&signature))
    }

    /// The link with the signed request object in it.
    pub fn link(&self) -> String {
        self.link_to("request", &self.object())
    }

    /// The link without request object: nobody signed anything.
    pub fn unsigned_link(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.payload {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            query.append_pair(name, &text);
        }
        format!("openid4vp://?{}", query.finish())
    }

    /// The link with one more parameter: `request`, or `request_uri`.
    pub fn link_to(&self, name: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.outer {
            query.append_pair(name, value.as_str().unwrap_or_default());
        }
        query.append_pair(name, value);
        format!("openid4vp://?{}", query.finish())
    }
}
