//! Metadata signed by the issuer (OpenID4VCI 1.0 section 12.2.3).

use serde_json::{Map, Value, json};

use super::Shared;
use super::options::MetadataFault;
use crate::encoding::unix_now;
use crate::http::Answer;
use crate::sd_jwt::break_signature;

const LIFETIME: u64 = 3600;

impl Shared {
    pub(super) fn signed_metadata(&self, document: Value, fault: Option<MetadataFault>) -> Answer {
        let now = unix_now();
        let mut payload = document.as_object().cloned().unwrap_or_default();
        let subject = match fault {
            Some(MetadataFault::WrongSubject) => "https://other.example",
            _ => &self.at.issuer,
        };
        let issued = match fault {
            Some(MetadataFault::Expired) => now - 2 * LIFETIME,
            _ => now,
        };
        payload.insert("iss".into(), self.at.issuer.clone().into());
        payload.insert("sub".into(), subject.into());
        payload.insert("iat".into(), issued.into());
        payload.insert("exp".into(), (issued + LIFETIME).into());
        let signer = match fault {
            Some(MetadataFault::UntrustedSigner) => &self.stranger,
            _ => &self.signer,
        };
        let typ = match fault {
            Some(MetadataFault::WrongTyp) => "JWT",
            _ => "openidvci-issuer-metadata+jwt",
        };
        let mut header = Map::new();
        header.insert("typ".into(), json!(typ));
        header.insert("x5c".into(), signer.x5c().into());
        let text = crate::jws::sign(&header, &payload, &signer.key);
        let text = match fault {
            Some(MetadataFault::BadSignature) => break_signature(&text),
            _ => Ok(text),
        };
        match text {
            Ok(text) => Answer::bytes(200, "application/jwt", text.into_bytes()),
            Err(refused) => Answer::error(500, "server_error", refused.reason()),
        }
    }
}
