//! Issuing: claims become digests and disclosures (RFC 9901 section 4).

use serde_json::{Map, Value, json};

use super::{HashAlgorithm, Path};
use crate::encoding::{base64url, random};
use crate::keys::EcKey;
use crate::pki::Leaf;
use crate::refused::{OrRefuse, Result, ensure};

/// An SD-JWT about to be issued.
#[derive(Clone)]
pub struct SdJwtDraft {
    claims: Map<String, Value>,
    disclosable: Vec<Path>,
    header: Map<String, Value>,
    decoys: usize,
    hash: Option<HashAlgorithm>,
}

impl SdJwtDraft {
    /// Everything that is claimed, a JSON object: `iss`, `vct`, `exp`, `cnf` … included.
    pub fn new(claims: Value) -> Result<Self> {
        let claims = match claims {
            Value::Object(claims) => Some(claims),
            _ => None,
        };
        let mut header = Map::new();
        header.insert("typ".into(), "dc+sd-jwt".into());
        Ok(Self {
            claims: claims.or_refuse("claims must be an object")?,
            disclosable: Vec::new(),
            header,
            decoys: 0,
            hash: None,
        })
    }

    /// Makes the places `path` points at selectively disclosable, e.g. `json!(["address", "locality"])` or
    /// `json!(["nationalities", null])`. A path and a longer one under it give recursive disclosures
    /// (RFC 9901 section 4.2.6).
    pub fn disclosable(mut self, path: Value) -> Result<Self> {
        let segments = path.as_array().filter(|segments| !segments.is_empty());
        self.disclosable
            .push(segments.or_refuse("a path is a non-empty array")?.clone());
        Ok(self)
    }

    /// Sets or replaces a header parameter (`typ` is `dc+sd-jwt` otherwise).
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Adds this many decoy digests wherever there are real ones (RFC 9901 section 4.2.5).
    pub fn decoys(mut self, per_place: usize) -> Self {
        self.decoys = per_place;
        self
    }

    /// Names the hash algorithm in `_sd_alg`; without this call `_sd_alg` is absent and SHA-256 is used.
    pub fn hash(mut self, hash: HashAlgorithm) -> Self {
        self.hash = Some(hash);
        self
    }

    /// Binds the SD-JWT to the holder's public key (`cnf.jwk`, RFC 7800 section 3.2).
    pub fn bound_to(mut self, jwk: &Value) -> Self {
        self.claims.insert("cnf".into(), json!({ "jwk": jwk }));
        self
    }

    /// Signs with a certified key; the chain goes into `x5c`.
    pub fn issue(self, signer: &Leaf) -> Result<String> {
        self.header("x5c", signer.x5c()).issue_with_key(&signer.key)
    }

    /// Signs with a bare key: `<JWT>~<disclosure>~…~`.
    pub fn issue_with_key(self, key: &EcKey) -> Result<String> {
        let mut disclosing = Disclosing {
            hash: self.hash.unwrap_or_default(),
            decoys: self.decoys,
            disclosures: Vec::new(),
        };
        let paths: Vec<&[Value]> = self.disclosable.iter().map(Vec::as_slice).collect();
        let mut payload = disclosing.object(self.claims, &paths)?;
        if let Some(hash) = self.hash {
            payload.insert("_sd_alg".into(), hash.name().into());
        }
        let mut text = crate::jws::sign(&self.header, &payload, key);
        for disclosure in disclosing.disclosures {
            text.push('~');
            text.push_str(&disclosure);
        }
        text.push('~');
        Ok(text)
    }
}

/// Changes one character in the middle of the issuer's signature of `sd_jwt`: the fault `bad_signature`.
pub fn break_signature(sd_jwt: &str) -> Result<String> {
    let end = sd_jwt.find('~').unwrap_or(sd_jwt.len());
    let place = end.checked_sub(20).or_refuse("not an SD-JWT")?;
    let mut bytes = sd_jwt.as_bytes().to_vec();
    if let Some(byte) = bytes.get_mut(place) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
    String::from_utf8(bytes).or_refuse("not text")
}

/// The walk through the claims that collects the disclosures.
struct Disclosing {
    hash: HashAlgorithm,
    decoys: usize,
    disclosures: Vec<String>,
}

impl Disclosing {
    fn value(&mut self, value: Value, paths: &[&[Value]]) -> Result<Value> {
        match value {
            value if paths.is_empty() => Ok(value),
            Value::Object(object) => self.object(object, paths).map(Value::Object),
            Value::Array(array) => self.array(array, paths).map(Value::Array),
            _ => Err(crate::Refused::because(
                "a path goes on below a plain value",
            )),
        }
    }

    fn object(
        &mut self,
        object: Map<String, Value>,
        paths: &[&[Value]],
    ) -> Result<Map<String, Value>> {
        for path in paths {
            let name = path.first().and_then(Value::as_str);
            let known = name.is_some_and(|name| object.contains_key(name));
            ensure(known, "a path names no member of the object")?;
        }
        let (mut plain, mut digests) = (Map::new(), Vec::new());
        for (name, value) in object {
            let (hidden, below) = below(paths, |segment| segment.as_str() == Some(&name));
            let value = self.value(value, &below)?;
            if hidden {
                digests.push(self.disclose(json!([salt()?, name, value])));
            } else {
                plain.insert(name, value);
            }
        }
        if !digests.is_empty() {
            for _ in 0..self.decoys {
                digests.push(self.decoy()?);
            }
            // Sorted, so that the order tells nothing (RFC 9901 section 4.2.4.1).
            digests.sort();
            plain.insert("_sd".into(), digests.into());
        }
        Ok(plain)
    }

    fn array(&mut self, array: Vec<Value>, paths: &[&[Value]]) -> Result<Vec<Value>> {
        for path in paths {
            let first = path.first().or_refuse("a path is empty")?;
            let index = first
                .as_u64()
                .is_some_and(|index| index < array.len() as u64);
            ensure(
                index || first.is_null(),
                "a path names no element of the array",
            )?;
        }
        let (mut out, mut hides) = (Vec::new(), false);
        for (index, value) in array.into_iter().enumerate() {
            let at = |segment: &Value| segment.is_null() || *segment == json!(index);
            let (hidden, below) = below(paths, at);
            let value = self.value(value, &below)?;
            hides |= hidden;
            out.push(if hidden {
                json!({"...": self.disclose(json!([salt()?, value]))})
            } else {
                value
            });
        }
        if hides {
            for _ in 0..self.decoys {
                out.push(json!({"...": self.decoy()?}));
            }
        }
        Ok(out)
    }

    /// Keeps the disclosure and returns its digest.
    fn disclose(&mut self, contents: Value) -> String {
        let disclosure = base64url(contents.to_string().as_bytes());
        let digest = self.hash.digest(&disclosure);
        self.disclosures.push(disclosure);
        digest
    }

    fn decoy(&self) -> Result<String> {
        Ok(self.hash.digest(&salt()?))
    }
}

/// Whether a path ends here, and the rests of those that go on.
fn below<'a>(paths: &[&'a [Value]], here: impl Fn(&Value) -> bool) -> (bool, Vec<&'a [Value]>) {
    let rests = paths.iter().filter_map(|path| {
        let (first, rest) = path.split_first()?;
        here(first).then_some(rest)
    });
    let (ended, on): (Vec<_>, Vec<_>) = rests.partition(|rest| rest.is_empty());
    (!ended.is_empty(), on)
}

fn salt() -> Result<String> {
    Ok(base64url(&random::<16>()?))
}
