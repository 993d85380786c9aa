//! Claims path pointers (OpenID4VP 1.0 7, OpenID4VCI 1.0 appendix C, SD-JWT VC 5.6.1).

use crate::order;
use core::ops::Bound;
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest path that is looked at.
pub const MAX_SEGMENTS: usize = 32;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathSegment {
    /// A member of an object.
    Key(String),
    /// An element of an array, counted from 0.
    Index(u64),
    /// All elements of an array (`null` on the wire).
    All,
}

/// A non-empty claims path pointer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimPath(Vec<PathSegment>);

impl ClaimPath {
    /// A path of these segments; `None` if empty or longer than [`MAX_SEGMENTS`].
    #[must_use]
    pub fn new(segments: Vec<PathSegment>) -> Option<Self> {
        (!segments.is_empty() && segments.len() <= MAX_SEGMENTS).then_some(Self(segments))
    }

    /// Reads the JSON form: a non-empty array of strings, non-negative integers and nulls.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let segments = value.as_array()?.iter().map(|segment| match segment {
            Value::String(key) => Some(PathSegment::Key(key.clone())),
            Value::Number(index) => index.as_u64().map(PathSegment::Index),
            Value::Null => Some(PathSegment::All),
            _ => None,
        });
        Self::new(segments.collect::<Option<_>>()?)
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.0
            .iter()
            .map(|segment| match segment {
                PathSegment::Key(key) => Value::from(key.as_str()),
                PathSegment::Index(index) => Value::from(*index),
                PathSegment::All => Value::Null,
            })
            .collect()
    }

    /// The segments.
    #[must_use]
    pub fn segments(&self) -> &[PathSegment] {
        &self.0
    }

    /// Whether the path names exactly one place, that is, holds no [`PathSegment::All`].
    #[must_use]
    pub fn is_concrete(&self) -> bool {
        !self.0.contains(&PathSegment::All)
    }

    /// The concrete paths this path selects in `root`, in document order (OpenID4VP 1.0 7.1.1).
    ///
    /// A name asked of anything but an object, or an index or `null` asked of anything but an array, fails the whole
    /// path; a name or index that is not there only drops that branch. Both give an empty answer: nothing is selected.
    #[must_use]
    pub fn resolve(&self, root: &Value) -> Vec<Self> {
        let mut selected = vec![(Vec::with_capacity(self.0.len()), root)];
        for segment in &self.0 {
            let mut next = Vec::with_capacity(selected.len());
            for (path, value) in selected {
                let Some(children) = step(segment, value) else {
                    return Vec::new();
                };
                for (child_segment, child) in children {
                    let mut child_path = path.clone();
                    child_path.push(child_segment);
                    next.push((child_path, child));
                }
            }
            selected = next;
        }
        selected.into_iter().map(|(path, _)| Self(path)).collect()
    }

    /// Whether this path, with `null` for any element, names the place `concrete`. Unlike [`Self::resolve`] it looks at no
    /// value, and so costs nothing however many elements there are.
    #[must_use]
    pub fn covers(&self, concrete: &Self) -> bool {
        let fits = |(segment, place): (&PathSegment, &PathSegment)| {
            segment == place
                || matches!((segment, place), (PathSegment::All, PathSegment::Index(_)))
        };
        self.0.len() == concrete.0.len() && self.0.iter().zip(&concrete.0).all(fits)
    }

    /// The value at this path, if the path is concrete and leads somewhere.
    #[must_use]
    pub fn value_in<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.0
            .iter()
            .try_fold(root, |value, segment| match segment {
                PathSegment::Key(key) => value.as_object()?.get(key),
                PathSegment::Index(index) => value.as_array()?.get(usize::try_from(*index).ok()?),
                PathSegment::All => None,
            })
    }

    /// Whether `self` begins with all of `ancestor`.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.0.starts_with(&ancestor.0)
    }
}

/// Paths to be looked up among many others.
pub(crate) struct ClaimPaths<'p>(BTreeSet<&'p [PathSegment]>);

impl<'p> ClaimPaths<'p> {
    pub(crate) fn new(paths: impl IntoIterator<Item = &'p ClaimPath>) -> Self {
        Self(order::set(paths.into_iter().map(ClaimPath::segments)))
    }

    /// Whether the path is one of them.
    pub(crate) fn contains(&self, path: &ClaimPath) -> bool {
        self.0.contains(path.segments())
    }

    /// Whether one of them begins with the path, or the path with one of them.
    pub(crate) fn touch(&self, path: &ClaimPath) -> bool {
        let segments = path.segments();
        // In order, what begins with a path comes right after it.
        let from = (Bound::Included(segments), Bound::Unbounded);
        let next = self.0.range::<[PathSegment], _>(from).next();
        next.is_some_and(|next| next.starts_with(segments))
            || (1..segments.len()).any(|length| {
                let around = segments.get(..length);
                around.is_some_and(|around| self.0.contains(around))
            })
    }
}

/// The children of `value` that `segment` selects; `None` if `value` is of the wrong type for it.
fn step<'v>(segment: &PathSegment, value: &'v Value) -> Option<Vec<(PathSegment, &'v Value)>> {
    Some(match segment {
        PathSegment::Key(key) => {
            let child = value.as_object()?.get(key);
            child
                .map(|child| (segment.clone(), child))
                .into_iter()
                .collect()
        }
        PathSegment::Index(index) => {
            let elements = value.as_array()?;
            let child = usize::try_from(*index)
                .ok()
                .and_then(|index| elements.get(index));
            child
                .map(|child| (segment.clone(), child))
                .into_iter()
                .collect()
        }
        PathSegment::All => (0..)
            .zip(value.as_array()?)
            .map(|(index, child)| (PathSegment::Index(index), child))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn path(json: Value) -> ClaimPath {
        ClaimPath::from_json(&json).unwrap()
    }

    fn resolve(query: Value, root: &Value) -> Vec<Value> {
        let paths = path(query).resolve(root);
        paths.iter().map(ClaimPath::to_json).collect()
    }

    /// The credential and the selections of OpenID4VP 1.0 7.3.
    fn arthur() -> Value {
        json!({
            "name": "Arthur Dent",
            "address": {"street_address": "42 Market Street", "locality": "Milliways", "postal_code": "12345"},
            "degrees": [
                {"type": "Bachelor of Science", "university": "University of Betelgeuse"},
                {"type": "Master of Science", "university": "University of Betelgeuse"}
            ],
            "nationalities": ["British", "Betelgeusian"]
        })
    }

    fn any_path() -> impl Strategy<Value = ClaimPath> {
        let segment = prop_oneof![
            "[ab]".prop_map(PathSegment::Key),
            (0..2_u64).prop_map(PathSegment::Index),
        ];
        let segments = prop::collection::vec(segment, 1..4);
        segments.prop_map(|segments| ClaimPath::new(segments).unwrap())
    }

    proptest! {
        #[test]
        fn paths_are_found_as_by_comparing_with_each(
            paths in prop::collection::vec(any_path(), 0..6),
            path in any_path(),
        ) {
            let all = ClaimPaths::new(&paths);
            prop_assert_eq!(all.contains(&path), paths.contains(&path));
            let touches = |one: &ClaimPath| one.starts_with(&path) || path.starts_with(one);
            prop_assert_eq!(all.touch(&path), paths.iter().any(touches));
        }
    }

    #[test]
    fn a_path_covers_what_it_resolves_to_and_nothing_else() {
        let root = arthur();
        let all = [
            json!(["name"]),
            json!(["address"]),
            json!(["degrees", null]),
            json!(["degrees", null, "type"]),
            json!(["degrees", 1, "type"]),
            json!(["nationalities", null]),
            json!(["nationalities", 0]),
        ];
        let places: Vec<_> = all
            .iter()
            .flat_map(|p| path(p.clone()).resolve(&root))
            .collect();
        for pattern in all.map(path) {
            for place in &places {
                assert_eq!(
                    pattern.covers(place),
                    pattern.resolve(&root).contains(place)
                );
            }
        }
        assert!(!path(json!(["address", null])).covers(&path(json!(["address", "locality"]))));
    }

    // shows: VCI 48 (vector), VP 27 (vector)
    #[test]
    fn the_examples_of_openid4vp_7_3_select_what_the_text_says() {
        let root = arthur();
        assert_eq!(resolve(json!(["name"]), &root), [json!(["name"])]);
        assert_eq!(resolve(json!(["address"]), &root), [json!(["address"])]);
        assert_eq!(
            resolve(json!(["address", "street_address"]), &root),
            [json!(["address", "street_address"])]
        );
        assert_eq!(
            resolve(json!(["degrees", null, "type"]), &root),
            [json!(["degrees", 0, "type"]), json!(["degrees", 1, "type"])]
        );
        let second = path(json!(["nationalities", 1]));
        assert_eq!(second.resolve(&root), vec![second.clone()]);
        assert_eq!(second.value_in(&root).unwrap(), "Betelgeusian");
    }

    // shows: VP 27
    #[test]
    fn a_name_asked_of_a_non_object_fails_the_path() {
        assert!(resolve(json!(["name", "first"]), &arthur()).is_empty());
        assert!(resolve(json!(["nationalities", "first"]), &arthur()).is_empty());
        let mixed = json!({"list": [{"a": 1}, "text"]});
        assert!(resolve(json!(["list", null, "a"]), &mixed).is_empty());
    }

    // shows: VP 27
    #[test]
    fn null_or_an_index_asked_of_a_non_array_fails_the_path() {
        assert!(resolve(json!(["address", null]), &arthur()).is_empty());
        assert!(resolve(json!(["address", 0]), &arthur()).is_empty());
        let mixed = json!({"list": [["a"], {"0": "b"}]});
        assert!(resolve(json!(["list", null, 0]), &mixed).is_empty());
        assert!(resolve(json!(["list", null, null]), &mixed).is_empty());
    }

    #[test]
    fn what_is_absent_drops_its_branch_only() {
        assert!(resolve(json!(["nationalities", 2]), &arthur()).is_empty());
        assert!(resolve(json!(["title"]), &arthur()).is_empty());
        let uneven = json!({"list": [{"a": 1}, {"b": 2}, {"a": 3}]});
        assert_eq!(
            resolve(json!(["list", null, "a"]), &uneven),
            [json!(["list", 0, "a"]), json!(["list", 2, "a"])]
        );
        assert!(resolve(json!(["list", u64::MAX]), &uneven).is_empty());
    }

    #[test]
    fn only_a_concrete_path_leads_to_a_value() {
        let all = path(json!(["nationalities", null]));
        assert!(!all.is_concrete());
        assert!(all.value_in(&arthur()).is_none());
    }

    #[test]
    fn a_path_of_other_json_is_refused() {
        for other in [
            json!([]),
            json!("name"),
            json!([1.5]),
            json!([-1]),
            json!([true]),
            json!([["a"]]),
        ] {
            assert!(ClaimPath::from_json(&other).is_none());
        }
        let long = vec![json!("a"); MAX_SEGMENTS + 1];
        assert!(ClaimPath::from_json(&Value::Array(long)).is_none());
    }
}
