//! Verifiers who compare notes: which of the showings at one are of the citizen who was at the other?
//!
//! They hold what was shown, byte by byte, and understand it: every value, salt, digest, signature, key and date, what is in
//! the proofs, how long and how many things are. What two showings have in common counts the more the fewer others have it.
//! What a proof is not made of (addresses of the network, the minute of the visit) is not theirs here.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use crate::data_integrity::told_by_proof;
use crate::encoding::{from_base64url, random};
use crate::refused::{OrRefuse, Result};

/// Bytes this long do not meet by chance: half a point or scalar, a salt.
const CHUNK: usize = 16;

/// One thing that a showing tells, as a number that stands for it: 64 bits do not meet by chance here.
type Trait = u64;

/// What one showing tells, in pieces that can be compared.
pub struct Traits(BTreeSet<Trait>);

impl Traits {
    /// Takes a presentation apart: the text of an SD-JWT VC, or an `ldp_vc` as JSON.
    pub fn of(presentation: &str) -> Self {
        let mut traits = Self(BTreeSet::new());
        match serde_json::from_str::<Value>(presentation) {
            Ok(document @ Value::Object(_)) => {
                traits.value("", &document);
                if let Ok(told) = told_by_proof(&document) {
                    traits.value("/proof", &told);
                }
            }
            _ => {
                for (index, part) in presentation.split('~').enumerate() {
                    traits.text(&format!("/~{index}"), part);
                }
            }
        }
        traits.note("", "bytes", presentation.len());
        traits
    }

    fn note(&mut self, place: &str, what: &str, value: impl std::fmt::Display) {
        let mut hasher = DefaultHasher::new();
        format!("{place} {what} {value}").hash(&mut hasher);
        self.0.insert(hasher.finish());
    }

    fn value(&mut self, place: &str, value: &Value) {
        match value {
            Value::Object(members) => self.object(place, members),
            Value::Array(items) => {
                self.note(place, "items", items.len());
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("{place}/{index}"), item);
                }
            }
            Value::String(text) => self.text(place, text),
            plain => self.note(place, "is", plain),
        }
    }

    fn object(&mut self, place: &str, members: &Map<String, Value>) {
        self.note(place, "members", members.len());
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        self.note(place, "in the order", names.join(","));
        for (name, value) in members {
            self.value(&format!("{place}/{name}"), value);
        }
    }

    fn text(&mut self, place: &str, text: &str) {
        self.note(place, "is", text);
        self.note(place, "has the length", text.len());
        // Wherever it stands.
        self.note("", "somewhere", text);
        if text.matches('.').count() == 2 {
            for (index, part) in text.split('.').enumerate() {
                self.text(&format!("{place}/.{index}"), part);
            }
        }
        let encoded = text.strip_prefix('u').unwrap_or(text);
        let bytes = [text, encoded]
            .into_iter()
            .find_map(|text| from_base64url(text).ok());
        if let Some(bytes) = bytes.filter(|bytes| bytes.len() >= CHUNK) {
            match serde_json::from_slice(&bytes) {
                Ok(inner @ (Value::Object(_) | Value::Array(_))) => {
                    self.value(&format!("{place}/inside"), &inner);
                }
                _ => self.bytes(place, &bytes),
            }
        }
        // Hexadecimal, of a proof.
        let pairs = text.as_bytes().chunks(2 * CHUNK);
        for pair in pairs.filter(|pair| pair.len() == 2 * CHUNK) {
            self.note("", "chunk", String::from_utf8_lossy(pair));
        }
    }

    fn bytes(&mut self, place: &str, bytes: &[u8]) {
        self.note(place, "has bytes", bytes.len());
        for chunk in bytes.chunks(CHUNK).filter(|chunk| chunk.len() == CHUNK) {
            self.note("", "chunk", format!("{chunk:02x?}"));
        }
    }
}

/// What the verifiers know together.
pub struct Collusion {
    /// How many showings have a trait.
    common: HashMap<Trait, u32>,
    showings: u32,
}

impl Collusion {
    /// Puts together all that was shown to any of them.
    pub fn over<'a>(showings: impl IntoIterator<Item = &'a Traits>) -> Self {
        let mut collusion = Self {
            common: HashMap::new(),
            showings: 0,
        };
        for showing in showings {
            collusion.showings += 1;
            for one in &showing.0 {
                *collusion.common.entry(*one).or_default() += 1;
            }
        }
        collusion
    }

    /// Which of `candidates` is most likely of the citizen of `showing`; drawn where several are.
    pub fn link(&self, showing: &Traits, candidates: &[&Traits]) -> Result<usize> {
        let likeness: Vec<f64> = candidates
            .iter()
            .map(|one| self.likeness(showing, one))
            .collect();
        let most = likeness.iter().copied().fold(0.0, f64::max);
        // Sums of the same numbers in the same order: equal where they are.
        let alike = (0..candidates.len()).filter(|index| likeness[*index] >= most);
        let alike: Vec<usize> = alike.collect();
        let drawn = u32::from_be_bytes(random::<4>()?) as usize;
        alike
            .get(drawn % alike.len().max(1))
            .copied()
            .or_refuse("no candidates")
    }

    /// How surprising it is that both have what both have, if they were strangers to each other.
    fn likeness(&self, one: &Traits, other: &Traits) -> f64 {
        let shared = one.0.intersection(&other.0);
        let surprise = |one: &Trait| {
            let count = self.common.get(one).copied().unwrap_or(1);
            (f64::from(self.showings) / f64::from(count)).ln()
        };
        shared.map(surprise).sum()
    }
}
