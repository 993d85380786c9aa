//! Credentials as JWT (`jwt_vc_json`, OpenID4VCI 1.0 appendix A.1.1).

use serde_json::{Map, Value, json};

use super::catalogue::{Card, JwtVcType};
use super::fault::Fault;
use super::options::CardOptions;
use super::{CREDENTIAL_LIFETIME, Shared};
use crate::encoding::unix_now;
use crate::jwt_vc::{DidSigner, JwtVcDraft, did_jwk};
use crate::keys::EcKey;
use crate::refused::Result;
use crate::sd_jwt::break_signature;

impl Shared {
    /// One copy of a card of this kind, whose subject is the holder's key; signed by the issuer's certificate, or by the key
    /// of a DID.
    pub(super) fn jwt_vc(
        &self,
        card: &Card,
        kind: JwtVcType,
        says: &CardOptions,
        key: &Value,
        did: Option<&DidSigner>,
        fault: Option<Fault>,
    ) -> Result<String> {
        let now = unix_now();
        // To the day: copies of a batch must not be told apart, nor linked, by the second they were made.
        let day = now - now % 86_400;
        let until = match says.lifetime {
            Some(lifetime) => now + lifetime,
            None => day + CREDENTIAL_LIFETIME,
        };
        let (from, until) = match fault {
            Some(Fault::Expired) => (day - 30 * 86_400, now - 3600),
            Some(Fault::NotYetValid) => (now + 86_400, until),
            _ => (day, until),
        };
        let key = match fault {
            Some(Fault::WrongKey) => EcKey::generate()?.public_jwk(),
            _ => key.clone(),
        };
        let types = match fault {
            Some(Fault::WrongType) => vec!["UnheardOfCredential".to_owned()],
            _ => vec![kind.name.to_owned()],
        };
        let mut claims = card.values.as_object().cloned().unwrap_or_default();
        claims.extend(says.claims.clone());
        let status = match card.has_status {
            true => {
                let index = self.status().take(card.id)?;
                let list = json!({"idx": index, "uri": self.status_list_uri()});
                Some(json!({"status_list": list}))
            }
            false => None,
        };
        let draft = JwtVcDraft {
            model: kind.model,
            issuer: did.map_or_else(|| self.at.issuer.clone(), |did| did.did.clone()),
            subject: Some(did_jwk(&key)),
            types,
            from,
            until,
            claims,
            status,
        };
        if let Some(did) = did {
            return Ok(draft.sign_as(did));
        }
        let signer = match fault {
            Some(Fault::UntrustedSigner) => &self.stranger,
            _ => &self.signer,
        };
        let mut header = Map::new();
        header.insert("x5c".into(), signer.x5c().into());
        let credential = draft.sign(header, &signer.key);
        match fault {
            Some(Fault::BadSignature) => break_signature(&credential),
            _ => Ok(credential),
        }
    }
}
