//! The verified credential and what it says.

use super::error::SdJwtError;
use super::parse::{Disclosed, SdJwt};
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::formats::claim_path::{ClaimPath, PathSegment};
use crate::formats::numeric_date::numeric_date;
use crate::jose::{Algorithm, PublicKey};
use serde_json::Value;
use std::sync::Arc;

/// Claims that verify the credential itself and so never come from a disclosure (SD-JWT VC 2.2.2.3).
const UNDISCLOSABLE: [&str; 8] = [
    "iss",
    "nbf",
    "exp",
    "cnf",
    "vct",
    "vct#integrity",
    "aka_vcts",
    "status",
];

/// A verified SD-JWT VC. The received bytes are kept as they are.
pub struct SdJwtVc {
    pub(super) sd_jwt: Arc<SdJwt>,
    vct: String,
    holder_key: Option<PublicKey>,
    not_before: Option<UnixTime>,
    expires: Option<UnixTime>,
    evidence: IssuerEvidence,
}

impl SdJwtVc {
    /// Reads the registered claims of an SD-JWT whose signature was verified by the key `evidence` speaks of.
    pub(super) fn new(sd_jwt: Arc<SdJwt>, evidence: IssuerEvidence) -> Result<Self, SdJwtError> {
        if sd_jwt.disclosures.iter().any(is_undisclosable) {
            return Err(SdJwtError::UndisclosableClaim);
        }
        let claims = &sd_jwt.claims;
        let vct = claims.get("vct").and_then(Value::as_str);
        let vct = vct.ok_or(SdJwtError::MissingVct)?.to_owned();
        let well_typed = optional(claims, "iss", Value::is_string)
            && optional(claims, "vct#integrity", Value::is_string)
            && optional(claims, "status", Value::is_object);
        if !well_typed {
            return Err(SdJwtError::ClaimType);
        }
        Ok(Self {
            vct,
            holder_key: holder_key(claims)?,
            not_before: optional_date(claims, "nbf")?,
            expires: optional_date(claims, "exp")?,
            sd_jwt,
            evidence,
        })
    }

    /// What parsing its text gave.
    pub(crate) fn parsed(&self) -> Arc<SdJwt> {
        Arc::clone(&self.sd_jwt)
    }

    /// The type (SD-JWT VC 2.2.2.1).
    #[must_use]
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// The integrity metadata of the type's metadata document (SD-JWT VC 6).
    #[must_use]
    pub fn vct_integrity(&self) -> Option<&str> {
        self.claims().get("vct#integrity").and_then(Value::as_str)
    }

    /// The `iss` claim; absent where the certificate names the issuer.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.claims().get("iss").and_then(Value::as_str)
    }

    /// Who signed, and how that was proven.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }

    /// The algorithm of the issuer's signature.
    #[must_use]
    pub fn issuer_algorithm(&self) -> Algorithm {
        self.sd_jwt.jws.algorithm()
    }

    /// The authority key identifiers of the issuer's certificate chain, for `trusted_authorities` (OpenID4VP 1.0 6.1.1.1).
    #[must_use]
    pub fn authority_key_ids(&self) -> &[Vec<u8>] {
        self.evidence.authority_key_ids()
    }

    /// All claims with everything disclosed: an object without `_sd`, `_sd_alg` and `...`.
    #[must_use]
    pub fn claims(&self) -> &Value {
        &self.sd_jwt.claims
    }

    /// The key the credential is bound to (`cnf.jwk`), if it is bound.
    #[must_use]
    pub fn holder_key(&self) -> Option<&PublicKey> {
        self.holder_key.as_ref()
    }

    /// From when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// From when it is no longer valid.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        self.expires
    }

    /// The `status` claim (Token Status List 6.2).
    #[must_use]
    pub fn status(&self) -> Option<&Value> {
        self.claims().get("status")
    }

    /// The credential as received.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.sd_jwt.text
    }

    /// SHA-256 of the credential as received.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        self.sd_jwt.digest()
    }

    /// The concrete paths of the claims the holder can show or withhold, one for each disclosure, in received order.
    #[must_use]
    pub fn disclosable(&self) -> Vec<ClaimPath> {
        let disclosures = self.sd_jwt.disclosures.iter();
        disclosures
            .map(|disclosed| disclosed.path.clone())
            .collect()
    }

    /// The concrete paths of the claims every verifier sees, whatever is selected. A claim that holds nothing
    /// selectively disclosable is one path; otherwise its fixed parts are listed, each by itself.
    #[must_use]
    pub fn always_disclosed(&self) -> Vec<ClaimPath> {
        let mut fixed = Vec::new();
        if let Some(members) = self.claims().as_object() {
            for (name, value) in members {
                self.collect_fixed(&mut vec![PathSegment::Key(name.clone())], value, &mut fixed);
            }
        }
        fixed
    }

    /// Adds the fixed parts of `value` at `path`.
    fn collect_fixed(
        &self,
        path: &mut Vec<PathSegment>,
        value: &Value,
        fixed: &mut Vec<ClaimPath>,
    ) {
        let Some(here) = ClaimPath::new(path.clone()) else {
            return;
        };
        let disclosures = || self.sd_jwt.disclosures.iter().map(|d| &d.path);
        if disclosures().any(|path| *path == here) {
            return;
        }
        if !disclosures().any(|path| path.starts_with(&here)) {
            fixed.push(here);
            return;
        }
        let children: Vec<(PathSegment, &Value)> = match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, child)| (PathSegment::Key(name.clone()), child))
                .collect(),
            Value::Array(elements) => (0..).map(PathSegment::Index).zip(elements).collect(),
            _ => Vec::new(),
        };
        for (segment, child) in children {
            path.push(segment);
            self.collect_fixed(path, child, fixed);
            path.pop();
        }
    }
}

fn is_undisclosable(disclosed: &Disclosed) -> bool {
    let top = disclosed.path.segments().first();
    matches!(top, Some(PathSegment::Key(name)) if UNDISCLOSABLE.contains(&name.as_str()))
}

fn optional(claims: &Value, name: &str, is_right: fn(&Value) -> bool) -> bool {
    claims.get(name).is_none_or(is_right)
}

fn optional_date(claims: &Value, name: &str) -> Result<Option<UnixTime>, SdJwtError> {
    let date = |value| numeric_date(value).ok_or(SdJwtError::ValidityType);
    claims.get(name).map(date).transpose()
}

/// `cnf.jwk` (RFC 7800 3.2). Other confirmation methods cannot be checked before the key is used, so they are refused.
fn holder_key(claims: &Value) -> Result<Option<PublicKey>, SdJwtError> {
    let Some(cnf) = claims.get("cnf") else {
        return Ok(None);
    };
    let cnf = cnf.as_object().ok_or(SdJwtError::ConfirmationMalformed)?;
    let jwk = cnf.get("jwk").ok_or(SdJwtError::ConfirmationNotSupported)?;
    let key = PublicKey::from_jwk(jwk).map_err(|_| SdJwtError::ConfirmationMalformed)?;
    Ok(Some(key))
}
