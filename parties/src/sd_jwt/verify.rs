//! Verifying a presentation (RFC 9901 sections 7.1 and 7.3).

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::{HashAlgorithm, Path};
use crate::certificates;
use crate::encoding::from_base64url;
use crate::jws::Jws;
use crate::keys::VerificationKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// How many seconds clocks may differ.
const LEEWAY: u64 = 60;
/// How old a key binding may be, in seconds.
const MAX_KEY_BINDING_AGE: u64 = 600;
const MAX_DEPTH: usize = 32;

/// How the issuer's key is known.
pub enum IssuerTrust<'a> {
    /// The certificate in `x5c` must lead to one of these DER certificates.
    Anchors(&'a [Vec<u8>]),
    /// The key itself is known.
    Key(VerificationKey),
}

/// Whom a key binding must be made for.
pub struct Audience<'a> {
    /// `aud` of the KB-JWT: the full client identifier of the verifier.
    pub audience: &'a str,
    /// `nonce` of the KB-JWT.
    pub nonce: &'a str,
}

/// What a presentation is checked against.
pub struct PresentationCheck<'a> {
    /// Where trust in the issuer comes from.
    pub trust: IssuerTrust<'a>,
    /// The expected key binding; `None`: there must be none.
    pub key_binding: Option<Audience<'a>>,
    /// The time of the check, seconds since 1970.
    pub at: u64,
}

/// What a verifier knows after a presentation was accepted.
#[derive(Debug, Clone)]
pub struct VerifiedPresentation {
    /// The processed payload: everything the verifier learned, `iss` and `cnf` included.
    pub claims: Value,
    /// Where disclosures opened something, as concrete paths in `claims`.
    pub disclosed: Vec<Path>,
    /// Header of the issuer's JWT.
    pub header: Map<String, Value>,
    /// Payload of the KB-JWT.
    pub key_binding: Option<Map<String, Value>>,
}

/// Verifies an SD-JWT with optional KB-JWT.
pub fn verify(text: &str, check: &PresentationCheck) -> Result<VerifiedPresentation> {
    let (sd_jwt, kb_jwt) = text.rsplit_once('~').or_refuse("not an SD-JWT")?;
    let mut parts = sd_jwt.split('~');
    let jws = Jws::parse(parts.next().or_refuse("not an SD-JWT")?)?;
    jws.verify(&issuer_key(&jws, check)?)?;
    let hash = HashAlgorithm::of_payload(jws.payload.get("_sd_alg"))?;
    let mut opening = Opening::new(parts, hash)?;
    let mut payload = jws.payload.clone();
    payload.remove("_sd_alg");
    let claims = Value::Object(opening.object(payload, &mut Vec::new(), 0)?);
    ensure(
        opening.disclosures.is_empty(),
        "a disclosure is referenced nowhere",
    )?;
    check_validity(&jws.payload, check.at)?;
    let key_binding = match &check.key_binding {
        None => {
            ensure(kb_jwt.is_empty(), "a key binding nobody asked for")?;
            None
        }
        Some(audience) => {
            let bound = &text[..text.len() - kb_jwt.len()];
            let digest = hash.digest(bound);
            Some(check_key_binding(
                kb_jwt,
                &jws.payload,
                &digest,
                audience,
                check.at,
            )?)
        }
    };
    Ok(VerifiedPresentation {
        claims,
        disclosed: opening.opened,
        header: jws.header,
        key_binding,
    })
}

fn issuer_key(jws: &Jws, check: &PresentationCheck) -> Result<VerificationKey> {
    match &check.trust {
        IssuerTrust::Key(key) => Ok(key.clone()),
        IssuerTrust::Anchors(anchors) => {
            let x5c = jws.header.get("x5c").or_refuse("no x5c header")?;
            certificates::trusted_key(x5c, anchors, check.at)
        }
    }
}

/// Validity and holder key count only where the issuer signed them in the clear (SD-JWT VC draft section 2.2.2.3).
fn check_validity(claims: &Map<String, Value>, at: u64) -> Result<()> {
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    let expired = time("exp").is_some_and(|exp| exp + LEEWAY < at);
    ensure(!expired, "the credential has expired")?;
    let early = time("nbf").is_some_and(|nbf| nbf > at + LEEWAY);
    ensure(!early, "the credential is not valid yet")
}

/// RFC 9901 section 7.3.
fn check_key_binding(
    kb_jwt: &str,
    claims: &Map<String, Value>,
    sd_hash: &str,
    audience: &Audience,
    at: u64,
) -> Result<Map<String, Value>> {
    ensure(!kb_jwt.is_empty(), "the key binding is missing")?;
    let jws = Jws::parse(kb_jwt)?;
    ensure(jws.typ() == Some("kb+jwt"), "typ of the key binding")?;
    let holder = claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
    let holder = holder.or_refuse("the credential is bound to no key")?;
    jws.verify(&VerificationKey::from_jwk(holder)?)?;
    let member = |name: &str| jws.payload.get(name).and_then(Value::as_str);
    ensure(
        member("aud") == Some(audience.audience),
        "aud of the key binding",
    )?;
    ensure(
        member("nonce") == Some(audience.nonce),
        "nonce of the key binding",
    )?;
    ensure(
        member("sd_hash") == Some(sd_hash),
        "sd_hash of the key binding",
    )?;
    let iat = jws.payload.get("iat").and_then(Value::as_u64);
    let fresh = iat.is_some_and(|iat| iat <= at + LEEWAY && iat + MAX_KEY_BINDING_AGE >= at);
    ensure(fresh, "iat of the key binding")?;
    Ok(jws.payload)
}

/// The walk through the payload that puts the disclosed values into their places.
struct Opening {
    /// By digest; taken out when used.
    disclosures: HashMap<String, Vec<Value>>,
    digests_seen: HashSet<String>,
    opened: Vec<Path>,
}

impl Opening {
    fn new<'a>(parts: impl Iterator<Item = &'a str>, hash: HashAlgorithm) -> Result<Self> {
        let mut disclosures = HashMap::new();
        for part in parts {
            let contents: Vec<Value> = serde_json::from_slice(&from_base64url(part)?)
                .or_refuse("a disclosure is not a JSON array")?;
            let twice = disclosures.insert(hash.digest(part), contents).is_some();
            ensure(!twice, "a disclosure is there twice")?;
        }
        Ok(Self {
            disclosures,
            digests_seen: HashSet::new(),
            opened: Vec::new(),
        })
    }

    /// The disclosure with this digest, if it was sent.
    fn take(&mut self, digest: &Value) -> Result<Option<Vec<Value>>> {
        let digest = digest.as_str().or_refuse("a digest is not text")?;
        ensure(
            self.digests_seen.insert(digest.to_owned()),
            "a digest is there twice",
        )?;
        Ok(self.disclosures.remove(digest))
    }

    fn value(&mut self, value: Value, path: &mut Path, depth: usize) -> Result<Value> {
        ensure(depth < MAX_DEPTH, "too deep")?;
        match value {
            Value::Object(object) => self.object(object, path, depth).map(Value::Object),
            Value::Array(array) => self.array(array, path, depth).map(Value::Array),
            plain => Ok(plain),
        }
    }

    fn object(
        &mut self,
        mut object: Map<String, Value>,
        path: &mut Path,
        depth: usize,
    ) -> Result<Map<String, Value>> {
        let digests = match object.remove("_sd") {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(Refused::because("_sd is not an array")),
        };
        let mut out = Map::new();
        for (name, value) in object {
            ensure(name != "...", "a member named ...")?;
            path.push(json!(name));
            let value = self.value(value, path, depth + 1)?;
            path.pop();
            out.insert(name, value);
        }
        for digest in &digests {
            let Some(contents) = self.take(digest)? else {
                continue;
            };
            let [_salt, Value::String(name), value] = contents.as_slice() else {
                return Err(Refused::because("not a disclosure of a member"));
            };
            ensure(name != "_sd" && name != "...", "a reserved name")?;
            ensure(!out.contains_key(name), "a disclosed name exists already")?;
            path.push(json!(name));
            self.opened.push(path.clone());
            let value = self.value(value.clone(), path, depth + 1)?;
            path.pop();
            out.insert(name.clone(), value);
        }
        Ok(out)
    }

    fn array(&mut self, array: Vec<Value>, path: &mut Path, depth: usize) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        for element in array {
            path.push(json!(out.len()));
            let digest = match &element {
                Value::Object(object) if object.len() == 1 => object.get("...").cloned(),
                _ => None,
            };
            match digest {
                None => out.push(self.value(element, path, depth + 1)?),
                Some(digest) => {
                    if let Some(contents) = self.take(&digest)? {
                        let [_salt, value] = contents.as_slice() else {
                            return Err(Refused::because("not a disclosure of an element"));
                        };
                        self.opened.push(path.clone());
                        out.push(self.value(value.clone(), path, depth + 1)?);
                    }
                }
            }
            path.pop();
        }
        Ok(out)
    }
}
