//! Sorting and ordered collections, compiled once instead of for each type: a generic sort is some 4 KB of code
//! (docs/adr/20).

use core::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts; what is equal keeps its order.
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// As [`sort`], by a key.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// As [`sort`], by what `order` says of two.
pub(crate) fn sort_by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    let mut places = places(items.len(), &|one, other| order(&items[one], &items[other]));
    // Each cycle of places once around: what stands at `from` goes to `at`.
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let from = core::mem::replace(&mut places[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Which item comes first, second and so on.
fn places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| order(*one, *other));
    places
}

/// A set of these. Collecting would sort them first.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// A map of these; of two with one key the last. Collecting would sort them first.
pub(crate) fn map<K: Ord, V>(items: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(items);
    map
}

/// As [`set`]; the first failure instead, if there is one.
pub(crate) fn try_set<T: Ord, E>(
    items: impl IntoIterator<Item = Result<T, E>>,
) -> Result<BTreeSet<T>, E> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item?);
    }
    Ok(set)
}

/// As [`map`]; the first failure instead, if there is one.
pub(crate) fn try_map<K: Ord, V, E>(
    items: impl IntoIterator<Item = Result<(K, V), E>>,
) -> Result<BTreeMap<K, V>, E> {
    let mut map = BTreeMap::new();
    for item in items {
        let (key, value) = item?;
        map.insert(key, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does_and_what_is_equal_keeps_its_order(
            keys in prop::collection::vec(0_u8..20, 0..200),
        ) {
            let numbered: Vec<_> = keys.into_iter().zip(0..).map(|(key, n): (u8, u32)| (key, n.to_string())).collect();
            let (mut ours, mut expected) = (numbered.clone(), numbered);
            sort_by_key(&mut ours, |(key, _)| *key);
            expected.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(&ours, &expected);
            sort(&mut ours);
            expected.sort();
            prop_assert_eq!(ours, expected);
        }

        #[test]
        fn sets_and_maps_are_those_that_collecting_makes(
            pairs in prop::collection::vec((0_u8..20, 0_u8..20), 0..100),
        ) {
            prop_assert_eq!(map(pairs.clone()), pairs.iter().copied().collect::<BTreeMap<_, _>>());
            prop_assert_eq!(set(pairs.clone()), pairs.into_iter().collect::<BTreeSet<_>>());
        }

        #[test]
        fn the_first_failure_is_told(
            items in prop::collection::vec(prop::result::maybe_ok(0_u8..20, 0_u8..20), 0..10),
        ) {
            let expected: Result<BTreeSet<_>, _> = items.iter().copied().collect();
            prop_assert_eq!(try_set(items.clone()), expected);
            let pairs = items.into_iter().zip(0..).map(|(item, n): (Result<u8, u8>, u32)| Ok((item?, n)));
            let expected: Result<BTreeMap<_, _>, u8> = pairs.clone().collect();
            prop_assert_eq!(try_map(pairs), expected);
        }
    }
}
