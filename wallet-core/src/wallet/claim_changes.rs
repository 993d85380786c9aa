//! What a card that was issued again says otherwise than before.

use crate::formats::Credential;
use crate::formats::claim_path::{ClaimPath, PathSegment};
use crate::issuance::{DisplaySnapshot, lookup};
use crate::order;
use core::fmt;
use serde_json::{Map, Value};

/// One claim that is not as it was. Values are received text: make them safe with [`crate::text::display_text`] before
/// showing them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ClaimChange {
    /// The card did not say this before.
    Added {
        /// Where.
        path: ClaimPath,
        /// The issuer's label in the preferred language.
        label: Option<String>,
        /// What it says now.
        new: Value,
    },
    /// The card does not say this any more.
    Removed {
        /// Where.
        path: ClaimPath,
        /// The issuer's label in the preferred language.
        label: Option<String>,
        /// What it said.
        old: Value,
    },
    /// The card says something else.
    Changed {
        /// Where.
        path: ClaimPath,
        /// The issuer's label in the preferred language.
        label: Option<String>,
        /// What it said.
        old: Value,
        /// What it says now.
        new: Value,
    },
    /// The holder could withhold this by itself before, and cannot any more: whoever sees the card, or what it is part
    /// of, sees it.
    NoLongerWithheld {
        /// Where.
        path: ClaimPath,
        /// The issuer's label in the preferred language.
        label: Option<String>,
        /// What it says now.
        value: Value,
    },
}

impl ClaimChange {
    /// The stable text of the kind.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Added { .. } => "added",
            Self::Removed { .. } => "removed",
            Self::Changed { .. } => "changed",
            Self::NoLongerWithheld { .. } => "no_longer_withheld",
        }
    }

    /// Where.
    #[must_use]
    pub const fn path(&self) -> &ClaimPath {
        match self {
            Self::Added { path, .. }
            | Self::Removed { path, .. }
            | Self::Changed { path, .. }
            | Self::NoLongerWithheld { path, .. } => path,
        }
    }

    /// The issuer's label in the preferred language.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        match self {
            Self::Added { label, .. }
            | Self::Removed { label, .. }
            | Self::Changed { label, .. }
            | Self::NoLongerWithheld { label, .. } => label.as_deref(),
        }
    }

    /// What the card said.
    #[must_use]
    pub const fn before(&self) -> Option<&Value> {
        match self {
            Self::Added { .. } => None,
            Self::Removed { old, .. } | Self::Changed { old, .. } => Some(old),
            Self::NoLongerWithheld { value, .. } => Some(value),
        }
    }

    /// What it says now.
    #[must_use]
    pub const fn after(&self) -> Option<&Value> {
        match self {
            Self::Removed { .. } => None,
            Self::Added { new, .. } | Self::Changed { new, .. } => Some(new),
            Self::NoLongerWithheld { value, .. } => Some(value),
        }
    }
}

impl fmt::Debug for ClaimChange {
    /// What is claimed is the holder's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added { .. } => "Added",
            Self::Removed { .. } => "Removed",
            Self::Changed { .. } => "Changed",
            Self::NoLongerWithheld { .. } => "NoLongerWithheld",
        })
    }
}

/// A place whose value differs, `None` where it is not there; with the same value twice one that can no longer be
/// withheld.
pub(super) struct Difference {
    path: ClaimPath,
    old: Option<Value>,
    new: Option<Value>,
}

impl Difference {
    /// Every place at which the claims about the subject differ, and every one that shows itself from now on. Arrays are
    /// compared as a whole: an element that was put in has no place of its own.
    pub(super) fn between(old: &Credential, new: &Credential) -> Vec<Self> {
        let claims =
            |credential: &Credential| credential.claims_without(credential.technical_claims());
        let mut found = Vec::new();
        compare(&mut Vec::new(), &claims(old), &claims(new), &mut found);
        found.extend(no_longer_withheld(old, new));
        order::sort_by(&mut found, |one, other| one.path.cmp(&other.path));
        found
    }

    /// With the labels the card had, or has now.
    pub(super) fn labelled<S: AsRef<str>>(
        &self,
        before: &DisplaySnapshot,
        now: &DisplaySnapshot,
        locales: &[S],
    ) -> Option<ClaimChange> {
        let path = self.path.clone();
        let label = || label(now, &path, locales).or_else(|| label(before, &path, locales));
        Some(match (self.old.clone(), self.new.clone()) {
            (None, Some(new)) => ClaimChange::Added {
                label: label(),
                path,
                new,
            },
            (Some(old), None) => ClaimChange::Removed {
                label: label(),
                path,
                old,
            },
            (Some(old), Some(new)) if old == new => ClaimChange::NoLongerWithheld {
                label: label(),
                path,
                value: new,
            },
            (Some(old), Some(new)) => ClaimChange::Changed {
                label: label(),
                path,
                old,
                new,
            },
            (None, None) => return None,
        })
    }
}

fn compare(
    path: &mut Vec<PathSegment>,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    let added = new.keys().filter(|name| !old.contains_key(*name));
    for name in old.keys().chain(added) {
        path.push(PathSegment::Key(name.clone()));
        match (old.get(name), new.get(name)) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => compare(path, old, new, found),
            (old, new) if old == new => {}
            (old, new) => found.extend(ClaimPath::new(path.clone()).map(|path| Difference {
                path,
                old: old.cloned(),
                new: new.cloned(),
            })),
        }
        path.pop();
    }
}

/// What the old card let the holder withhold by itself, and the new one does not, though it still says something there.
fn no_longer_withheld(old: &Credential, new: &Credential) -> Vec<Difference> {
    let disclosable = new.disclosable();
    let shown = old.disclosable().into_iter().filter_map(|path| {
        let value = path.value_in(new.claims())?.clone();
        (!is_withheld(&path, &value, &disclosable)).then(|| Difference {
            path,
            old: Some(value.clone()),
            new: Some(value),
        })
    });
    shown.collect()
}

/// Whether there is a disclosure for it, or for each of its parts.
fn is_withheld(path: &ClaimPath, value: &Value, disclosable: &[ClaimPath]) -> bool {
    let part = |segment, value| {
        let segments = path.segments().iter().cloned().chain([segment]).collect();
        ClaimPath::new(segments).is_some_and(|path| is_withheld(&path, value, disclosable))
    };
    disclosable.contains(path)
        || match value {
            Value::Object(members) if !members.is_empty() => members
                .iter()
                .all(|(name, value)| part(PathSegment::Key(name.clone()), value)),
            Value::Array(items) if !items.is_empty() => (0..)
                .zip(items)
                .all(|(place, value)| part(PathSegment::Index(place), value)),
            _ => false,
        }
}

fn label<S: AsRef<str>>(
    display: &DisplaySnapshot,
    path: &ClaimPath,
    locales: &[S],
) -> Option<String> {
    let claim = display
        .claims
        .iter()
        .find(|claim| claim.path.covers(path))?;
    lookup(&claim.labels, locales)?.label.clone()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn differences(old: &Value, new: &Value) -> Vec<(Value, Option<Value>, Option<Value>)> {
        let mut found = Vec::new();
        let (old, new) = (old.as_object().unwrap(), new.as_object().unwrap());
        compare(&mut Vec::new(), old, new, &mut found);
        let found = found.into_iter();
        found
            .map(|one| (one.path.to_json(), one.old, one.new))
            .collect()
    }

    #[test]
    fn a_change_is_named_where_it_is_and_not_above_it() {
        let old = json!({"name": "A", "address": {"city": "B", "street": "C"}, "sex": "M"});
        let new = json!({"name": "A", "address": {"city": "D", "street": "C"}, "title": "E"});
        assert_eq!(
            differences(&old, &new),
            [
                (
                    json!(["address", "city"]),
                    Some(json!("B")),
                    Some(json!("D"))
                ),
                (json!(["sex"]), Some(json!("M")), None),
                (json!(["title"]), None, Some(json!("E"))),
            ]
        );
    }

    #[test]
    fn an_object_that_becomes_text_and_an_array_with_one_more_are_changed_as_a_whole() {
        let old = json!({"address": {"city": "B"}, "classes": [1, 2]});
        let new = json!({"address": "B", "classes": [0, 1, 2]});
        let found = differences(&old, &new);
        assert_eq!(found[0].0, json!(["address"]));
        assert_eq!(found[1].0, json!(["classes"]));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn each_change_knows_what_was_said_and_what_is_said_now() {
        let of = |old: Option<&str>, new: Option<&str>| {
            let one = Difference {
                path: ClaimPath::from_json(&json!(["name"])).unwrap(),
                old: old.map(Value::from),
                new: new.map(Value::from),
            };
            let display = DisplaySnapshot::default();
            let change = one.labelled::<&str>(&display, &display, &[]).unwrap();
            let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
            assert_eq!(text(change.after()).as_deref(), new);
            assert_eq!(text(change.before()).as_deref(), old);
            assert_eq!(change.label(), None);
            change.as_str()
        };
        assert_eq!(of(None, Some("B")), "added");
        assert_eq!(of(Some("A"), None), "removed");
        assert_eq!(of(Some("A"), Some("B")), "changed");
        assert_eq!(of(Some("A"), Some("A")), "no_longer_withheld");
    }

    fn claims() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            (0..4_i64).prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
            Just(Value::Null),
        ];
        let value = leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
            ]
        });
        prop::collection::btree_map("[a-d]", value, 0..4)
            .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into())
    }

    proptest! {
        #[test]
        fn no_difference_is_missed_and_none_is_made_up(old in claims(), new in claims()) {
            let found = differences(&old, &new);
            prop_assert_eq!(found.is_empty(), old == new);
            for (path, before, after) in found {
                let path = ClaimPath::from_json(&path).unwrap();
                prop_assert_eq!(path.value_in(&old), before.as_ref());
                prop_assert_eq!(path.value_in(&new), after.as_ref());
                prop_assert!(before != after);
            }
        }

        /// Putting the new values where the differences are makes the one into the other.
        #[test]
        fn the_differences_are_all_there_is(old in claims(), new in claims()) {
            let mut patched = old.clone();
            for (path, _, after) in differences(&old, &new) {
                let names: Vec<String> = serde_json::from_value(path).unwrap();
                let (last, parents) = names.split_last().unwrap();
                let mut here = &mut patched;
                for name in parents {
                    here = &mut here[name.as_str()];
                }
                let members = here.as_object_mut().unwrap();
                match after {
                    Some(value) => drop(members.insert(last.clone(), value)),
                    None => drop(members.remove(last)),
                }
            }
            prop_assert_eq!(patched, new);
        }
    }
}
