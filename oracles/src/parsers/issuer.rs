//! An issuer of SD-JWT VCs made of fuzzed claims. It knows nothing of the wallet's code: what a presentation must show is
//! computed here from the claims.

use super::fixture::{Decisions, VCT, WORLD, base64url};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::collections::BTreeSet;
use wallet_core::formats::claim_path::{ClaimPath, PathSegment};

/// Most disclosures the issuer makes; the wallet's limit is higher.
const MAX_DISCLOSURES: usize = 200;
/// Most disclosures within each other that the wallet takes.
const MAX_RECURSION: usize = 16;

/// Hash algorithms of `_sd_alg`.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Default,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Default => None,
            Self::Sha256 => Some("sha-256"),
            Self::Sha384 => Some("sha-384"),
            Self::Sha512 => Some("sha-512"),
        }
    }

    pub(super) fn digest(self, text: &str) -> String {
        match self {
            Self::Default | Self::Sha256 => base64url(&Sha256::digest(text)),
            Self::Sha384 => base64url(&Sha384::digest(text)),
            Self::Sha512 => base64url(&Sha512::digest(text)),
        }
    }
}

/// A claim and, if it is selectively disclosable, which disclosure it is in.
struct Node {
    disclosure: Option<usize>,
    content: Content,
}

enum Content {
    Scalar(Value),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
}

/// An issued credential and everything the issuer knows about it.
pub(super) struct Issued {
    /// As the holder receives it.
    pub(super) text: String,
    /// All claims, disclosed.
    pub(super) claims: Value,
    /// The path of each disclosure, in the order of the text.
    pub(super) disclosures: Vec<Vec<PathSegment>>,
    /// Every place in the claims.
    pub(super) places: Vec<Vec<PathSegment>>,
    root: Node,
}

/// Members that make a credential of any object, in place of what was there.
pub(super) fn registered(claims: &mut Map<String, Value>) {
    for name in ["exp", "nbf", "iss", "status", "vct#integrity"] {
        claims.shift_remove(name);
    }
    claims.insert("vct".to_owned(), VCT.into());
    claims.insert("cnf".to_owned(), json!({ "jwk": WORLD.holder_jwk }));
}

impl Issued {
    /// Issues a credential with these claims; `decisions` choose what is selectively disclosable. `None` where the claims
    /// use names that RFC 9901 reserves.
    pub(super) fn new(
        mut claims: Map<String, Value>,
        decisions: &mut Decisions<'_>,
    ) -> Option<Self> {
        registered(&mut claims);
        let claims = Value::Object(claims);
        if has_reserved_name(&claims) {
            return None;
        }
        let hash = [Hash::Default, Hash::Sha256, Hash::Sha384, Hash::Sha512][decisions.below(4)];
        let mut work = Work {
            decisions,
            hash,
            disclosures: Vec::new(),
            places: Vec::new(),
            path: Vec::new(),
        };
        let (mut payload, root) = work.value(&claims, 0);
        if let Some(name) = hash.name() {
            payload["_sd_alg"] = name.into();
        }
        let (texts, disclosures): (Vec<_>, Vec<_>) = work.disclosures.into_iter().unzip();
        let places = work.places;
        let jws = WORLD.sign_certified(Map::new(), "dc+sd-jwt", payload.to_string().as_bytes());
        let parts = core::iter::once(jws).chain(texts).chain([String::new()]);
        Some(Self {
            text: parts.collect::<Vec<_>>().join("~"),
            claims,
            disclosures,
            places,
            root,
        })
    }

    /// The disclosures that must be shown for these claims: those around a claim and those in it.
    pub(super) fn needed(&self, selected: &[ClaimPath]) -> BTreeSet<Vec<PathSegment>> {
        let is_needed = |path: &&Vec<PathSegment>| {
            selected.iter().any(|claim| {
                let claim = claim.segments();
                claim.starts_with(path) || path.starts_with(claim)
            })
        };
        self.disclosures.iter().filter(is_needed).cloned().collect()
    }

    /// The claims a verifier is left with if it gets just these disclosures.
    pub(super) fn left_with(&self, shown: &BTreeSet<Vec<PathSegment>>) -> Value {
        let is_shown = |index: usize| shown.contains(&self.disclosures[index]);
        left(&self.root, &is_shown).unwrap_or_default()
    }
}

fn left(node: &Node, is_shown: &dyn Fn(usize) -> bool) -> Option<Value> {
    if node.disclosure.is_some_and(|index| !is_shown(index)) {
        return None;
    }
    Some(match &node.content {
        Content::Scalar(value) => value.clone(),
        Content::Object(members) => members
            .iter()
            .filter_map(|(name, child)| Some((name.clone(), left(child, is_shown)?)))
            .collect(),
        Content::Array(elements) => elements
            .iter()
            .filter_map(|child| left(child, is_shown))
            .collect(),
    })
}

fn has_reserved_name(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, child)| {
            matches!(name.as_str(), "_sd" | "_sd_alg" | "...") || has_reserved_name(child)
        }),
        Value::Array(elements) => elements.iter().any(has_reserved_name),
        _ => false,
    }
}

struct Work<'a, 'b> {
    decisions: &'a mut Decisions<'b>,
    hash: Hash,
    disclosures: Vec<(String, Vec<PathSegment>)>,
    places: Vec<Vec<PathSegment>>,
    path: Vec<PathSegment>,
}

impl Work<'_, '_> {
    /// The value with digests in place of what is disclosable, and what it is.
    fn value(&mut self, value: &Value, recursion: usize) -> (Value, Node) {
        let (value, content) = match value {
            Value::Object(members) => self.object(members, recursion),
            Value::Array(elements) => self.array(elements, recursion),
            scalar => (scalar.clone(), Content::Scalar(scalar.clone())),
        };
        let disclosure = None;
        (
            value,
            Node {
                disclosure,
                content,
            },
        )
    }

    fn object(&mut self, members: &Map<String, Value>, recursion: usize) -> (Value, Content) {
        let mut signed = Map::new();
        let mut digests = Vec::new();
        let mut nodes = Vec::new();
        for (name, value) in members {
            self.path.push(PathSegment::Key(name.clone()));
            let is_fixed = self.path.len() == 1
                && matches!(name.as_str(), "vct" | "cnf" | "aka_vcts")
                || self.path.len() > 1 && self.path[0] == PathSegment::Key("cnf".to_owned())
                || self.path[0] == PathSegment::Key("aka_vcts".to_owned());
            let is_disclosable = !is_fixed && self.may_disclose(recursion);
            let (value, mut node) = self.value(value, recursion + usize::from(is_disclosable));
            self.places.push(self.path.clone());
            if is_disclosable {
                let (digest, index) = self.disclose(json!([self.salt(), name, value]));
                digests.push(digest);
                node.disclosure = Some(index);
            } else {
                signed.insert(name.clone(), value);
            }
            self.path.pop();
            nodes.push((name.clone(), node));
        }
        if self.decisions.below(8) == 7 {
            digests.push(self.decoy());
        }
        if !digests.is_empty() {
            digests.sort_unstable();
            signed.insert("_sd".to_owned(), digests.into());
        }
        (signed.into(), Content::Object(nodes))
    }

    fn array(&mut self, elements: &[Value], recursion: usize) -> (Value, Content) {
        let mut signed = Vec::new();
        let mut nodes = Vec::new();
        for (index, value) in (0..).zip(elements) {
            if self.decisions.below(16) == 15 {
                signed.push(json!({ "...": self.decoy() }));
            }
            self.path.push(PathSegment::Index(index));
            let is_fixed = matches!(&self.path[0], PathSegment::Key(name) if name == "cnf" || name == "aka_vcts");
            let is_disclosable = !is_fixed && self.may_disclose(recursion);
            let (value, mut node) = self.value(value, recursion + usize::from(is_disclosable));
            self.places.push(self.path.clone());
            if is_disclosable {
                let (digest, index) = self.disclose(json!([self.salt(), value]));
                signed.push(json!({ "...": digest }));
                node.disclosure = Some(index);
            } else {
                signed.push(value);
            }
            self.path.pop();
            nodes.push(node);
        }
        (signed.into(), Content::Array(nodes))
    }

    fn may_disclose(&mut self, recursion: usize) -> bool {
        recursion < MAX_RECURSION
            && self.disclosures.len() < MAX_DISCLOSURES
            && self.decisions.yes()
    }

    /// Unique, which is all that a test needs of it.
    fn salt(&self) -> String {
        base64url(format!("salt {:011}", self.disclosures.len()).as_bytes())
    }

    fn decoy(&self) -> String {
        let place = format!("decoy {:?} {}", self.path, self.disclosures.len());
        self.hash.digest(&place)
    }

    fn disclose(&mut self, disclosure: Value) -> (String, usize) {
        let text = base64url(disclosure.to_string().as_bytes());
        let digest = self.hash.digest(&text);
        self.disclosures.push((text, self.path.clone()));
        (digest, self.disclosures.len() - 1)
    }
}
