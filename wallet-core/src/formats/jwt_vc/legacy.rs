//! Credentials of METADIUM's SDKs as of 2019, for verifiers: the wallet takes none in.
//!
//! They are VCDM 1.1 in spirit: `kid` is no DID URL (it has two `#`), the issuer's DID is written in two ways, `iat` stands
//! for `nbf`, and the context is older than any standard. What is not a quirk of that time is held to the rules of today.

use super::document::{check_subject, types};
use super::error::JwtVcError;
use super::limits::{MAX_LEEWAY, MAX_TEXT};
use crate::clock::UnixTime;
use crate::formats::numeric_date::numeric_date;
use crate::jose::{Algorithm, CompactJws, PublicKey};
use serde_json::{Map, Value};

/// First contexts of such credentials.
const CONTEXTS: [&str; 2] = [
    "https://w3id.org/credentials/v1",
    "https://www.w3.org/2018/credentials/v1",
];

/// A legacy credential, read but **not verified**.
pub struct LegacyJwtVc {
    jws: CompactJws,
    credential: Map<String, Value>,
    issuer: String,
    subject: Option<String>,
    not_before: Option<UnixTime>,
    expires: Option<UnixTime>,
}

/// A verified legacy credential.
#[derive(Clone, PartialEq)]
pub struct LegacyCredential {
    /// `iss`, as written.
    pub issuer: String,
    /// `sub`, as written.
    pub subject: Option<String>,
    /// The claim `vc`: an object.
    pub credential: Value,
    /// Until when it is valid.
    pub expires: Option<UnixTime>,
}

impl core::fmt::Debug for LegacyCredential {
    /// Without the claims.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("LegacyCredential")
    }
}

impl LegacyJwtVc {
    /// Reads a credential of ES256K whose `kid` is of the `did:meta` that is `iss`.
    ///
    /// # Errors
    /// Those about form; [`JwtVcError::WrongIssuerKey`] for a `kid` of another DID.
    pub fn parse(text: &str) -> Result<Self, JwtVcError> {
        let jws = CompactJws::parse_of(text, MAX_TEXT, &[Algorithm::Es256K])?;
        if !matches!(jws.typ(), None | Some("JWT")) {
            return Err(JwtVcError::WrongTyp);
        }
        let payload = jws.payload_object()?;
        if payload.contains_key("vp") {
            return Err(JwtVcError::Mixed);
        }
        let text = |name| payload.get(name).and_then(Value::as_str);
        let issuer = text("iss").ok_or(JwtVcError::Credential("issuer"))?;
        let kid = jws.kid().ok_or(JwtVcError::NoIssuerKey)?;
        let (controller, _) = kid.split_once('#').ok_or(JwtVcError::NoIssuerKey)?;
        if meta_id(controller).is_none() || meta_id(controller) != meta_id(issuer) {
            return Err(JwtVcError::WrongIssuerKey);
        }
        let date = |name| {
            let date = |value| numeric_date(value).ok_or(JwtVcError::ValidityType);
            payload.get(name).map(date).transpose()
        };
        let not_before = date("nbf")?.or(date("iat")?);
        let credential = payload.get("vc").and_then(Value::as_object);
        let credential = credential.ok_or(JwtVcError::Credential("vc"))?;
        check(credential)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: text("sub").map(str::to_owned),
            credential: credential.clone(),
            not_before,
            expires: date("exp")?,
            jws,
        })
    }

    /// `iss`, as written; not verified.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What follows the last `#` of `kid`: the address of the key, in the SDKs that are known. Not verified.
    #[must_use]
    pub fn key_name(&self) -> &str {
        let kid = self.jws.kid().unwrap_or_default();
        kid.rsplit_once('#').map_or("", |(_, name)| name)
    }

    /// Checks signature and validity by a key that was found to be the issuer's: the caller proves that.
    ///
    /// # Errors
    /// [`JwtVcError::Jose`], [`JwtVcError::Expired`], [`JwtVcError::NotYetValid`].
    pub fn verify(self, key: &PublicKey, at: UnixTime) -> Result<LegacyCredential, JwtVcError> {
        self.jws.verify(key)?;
        let leeway = i64::from(MAX_LEEWAY);
        if self
            .expires
            .is_some_and(|end| end <= at.saturating_add(-leeway))
        {
            return Err(JwtVcError::Expired);
        }
        if self
            .not_before
            .is_some_and(|start| start > at.saturating_add(leeway))
        {
            return Err(JwtVcError::NotYetValid);
        }
        Ok(LegacyCredential {
            issuer: self.issuer,
            subject: self.subject,
            credential: Value::Object(self.credential),
            expires: self.expires,
        })
    }
}

fn check(credential: &Map<String, Value>) -> Result<(), JwtVcError> {
    let contexts = credential.get("@context").and_then(Value::as_array);
    let first = contexts.and_then(|all| all.first()).and_then(Value::as_str);
    if !first.is_some_and(|first| CONTEXTS.contains(&first)) {
        return Err(JwtVcError::Credential("@context"));
    }
    types(credential.get("type"))?;
    check_subject(credential)
}

/// Network and number of a `did:meta`, which may have `0x` or zeros in front.
fn meta_id(did: &str) -> Option<(Option<&str>, &str)> {
    let id = did.strip_prefix("did:meta:")?;
    let (network, digits) = match id.split_once(':') {
        Some((network, digits)) => (Some(network), digits),
        None => (None, id),
    };
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_number.then_some((network, digits.trim_start_matches('0')))
}
