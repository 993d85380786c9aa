//! From the signed payload and the disclosures to the claims (RFC 9901 7.1, step 3).

use super::disclosure::Disclosure;
use super::error::SdJwtError;
use super::limits::{MAX_CLAIMS, MAX_DEPTH, MAX_RECURSION};
use crate::formats::claim_path::{ClaimPath, PathSegment};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// The claims with every disclosure in its place.
pub(super) struct ClaimTree {
    pub(super) claims: Map<String, Value>,
    /// Where each disclosure stands, in the order the disclosures were given.
    pub(super) paths: Vec<ClaimPath>,
}

/// Puts every disclosure in the place that names its digest. `digests` are those of `disclosures`, in the same order.
///
/// # Errors
/// Whatever RFC 9901 7.1 rejects: a disclosure that is referenced not exactly once, a digest that occurs twice, a name
/// that exists already, `_sd` or `...` of the wrong form.
pub(super) fn assemble(
    payload: Map<String, Value>,
    disclosures: Vec<Disclosure>,
    digests: Vec<String>,
) -> Result<ClaimTree, SdJwtError> {
    let count = disclosures.len();
    let by_digest: HashMap<String, usize> = digests.into_iter().zip(0..).collect();
    if by_digest.len() != count {
        return Err(SdJwtError::DuplicateDisclosure);
    }
    let mut assembly = Assembly {
        by_digest,
        disclosures: disclosures.into_iter().map(Some).collect(),
        paths: vec![None; count],
        decoys: HashSet::new(),
        path: Vec::new(),
        claims: 0,
    };
    let claims = assembly.object(payload, 0)?;
    let paths = assembly.paths.into_iter().collect::<Option<_>>();
    Ok(ClaimTree {
        claims,
        paths: paths.ok_or(SdJwtError::UnreferencedDisclosure)?,
    })
}

struct Assembly {
    by_digest: HashMap<String, usize>,
    /// Taken out when its digest is met.
    disclosures: Vec<Option<Disclosure>>,
    paths: Vec<Option<ClaimPath>>,
    /// Digests that belong to no disclosure we have: decoys, or withheld from us (RFC 9901 4.2.5).
    decoys: HashSet<String>,
    /// Where the walk is.
    path: Vec<PathSegment>,
    /// How many members and elements it has met.
    claims: usize,
}

impl Assembly {
    fn value(&mut self, value: Value, recursion: usize) -> Result<Value, SdJwtError> {
        match value {
            Value::Object(members) => self.object(members, recursion).map(Value::Object),
            Value::Array(elements) => self.array(elements, recursion).map(Value::Array),
            scalar => Ok(scalar),
        }
    }

    fn object(
        &mut self,
        members: Map<String, Value>,
        recursion: usize,
    ) -> Result<Map<String, Value>, SdJwtError> {
        self.check_depth()?;
        let mut claims = Map::with_capacity(members.len());
        let mut digests = None;
        for (name, value) in members {
            match name.as_str() {
                "_sd" => digests = Some(value),
                "_sd_alg" if self.path.is_empty() => {}
                "_sd_alg" | "..." => return Err(SdJwtError::ReservedName),
                _ => {
                    let value = self.child(PathSegment::Key(name.clone()), value, recursion)?;
                    claims.insert(name, value);
                }
            }
        }
        match digests {
            None => {}
            Some(Value::Array(digests)) => {
                self.disclosed_members(digests, &mut claims, recursion)?
            }
            Some(_) => return Err(SdJwtError::DigestsShape),
        }
        Ok(claims)
    }

    fn disclosed_members(
        &mut self,
        digests: Vec<Value>,
        claims: &mut Map<String, Value>,
        recursion: usize,
    ) -> Result<(), SdJwtError> {
        for digest in digests {
            let Value::String(digest) = digest else {
                return Err(SdJwtError::DigestsShape);
            };
            let Some((index, disclosure)) = self.take(digest)? else {
                continue;
            };
            let name = disclosure.name.ok_or(SdJwtError::DisclosureMisplaced)?;
            if claims.contains_key(&name) {
                return Err(SdJwtError::NameCollision);
            }
            let segment = PathSegment::Key(name.clone());
            let value = self.disclosed_child(index, segment, disclosure.value, recursion)?;
            claims.insert(name, value);
        }
        Ok(())
    }

    fn array(&mut self, elements: Vec<Value>, recursion: usize) -> Result<Vec<Value>, SdJwtError> {
        self.check_depth()?;
        let mut claims = Vec::with_capacity(elements.len());
        for element in elements {
            let segment = PathSegment::Index(claims.len() as u64);
            claims.push(match element {
                Value::Object(members) if members.contains_key("...") => {
                    let Some((index, disclosure)) = self.take(array_digest(members)?)? else {
                        continue;
                    };
                    if disclosure.name.is_some() {
                        return Err(SdJwtError::DisclosureMisplaced);
                    }
                    self.disclosed_child(index, segment, disclosure.value, recursion)?
                }
                plain => self.child(segment, plain, recursion)?,
            });
        }
        Ok(claims)
    }

    /// The disclosure of this digest; `None` for a decoy.
    fn take(&mut self, digest: String) -> Result<Option<(usize, Disclosure)>, SdJwtError> {
        match self.by_digest.get(&digest) {
            Some(&index) => self
                .disclosures
                .get_mut(index)
                .and_then(Option::take)
                .map(|disclosure| Some((index, disclosure)))
                .ok_or(SdJwtError::DuplicateDigest),
            None if self.decoys.insert(digest) => Ok(None),
            None => Err(SdJwtError::DuplicateDigest),
        }
    }

    fn child(
        &mut self,
        segment: PathSegment,
        value: Value,
        recursion: usize,
    ) -> Result<Value, SdJwtError> {
        self.claims += 1;
        if self.claims > MAX_CLAIMS {
            return Err(SdJwtError::TooManyClaims);
        }
        self.path.push(segment);
        let value = self.value(value, recursion)?;
        self.path.pop();
        Ok(value)
    }

    fn disclosed_child(
        &mut self,
        index: usize,
        segment: PathSegment,
        value: Value,
        recursion: usize,
    ) -> Result<Value, SdJwtError> {
        if recursion == MAX_RECURSION {
            return Err(SdJwtError::TooDeep);
        }
        let mut path = self.path.clone();
        path.push(segment.clone());
        if let Some(place) = self.paths.get_mut(index) {
            *place = ClaimPath::new(path);
        }
        self.child(segment, value, recursion + 1)
    }

    fn check_depth(&self) -> Result<(), SdJwtError> {
        (self.path.len() < MAX_DEPTH)
            .then_some(())
            .ok_or(SdJwtError::TooDeep)
    }
}

/// The digest of `{"...": digest}`, which may hold nothing else (RFC 9901 4.2.4.2, 7.1).
fn array_digest(members: Map<String, Value>) -> Result<String, SdJwtError> {
    let mut members = members.into_iter();
    match (members.next(), members.next()) {
        (Some((_, Value::String(digest))), None) => Ok(digest),
        _ => Err(SdJwtError::DigestsShape),
    }
}
