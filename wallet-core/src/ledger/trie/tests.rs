#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::test_chain::{list, string};
use crate::ledger::test_trie::Trie;
use alloy_trie::Nibbles;
use alloy_trie::proof::verify_proof;
use proptest::prelude::*;

/// What alloy-trie says to the same proof.
fn alloy_takes(root: B256, key: B256, value: Option<&[u8]>, proof: &[Bytes]) -> bool {
    verify_proof(root, Nibbles::unpack(key), value.map(<[u8]>::to_vec), proof).is_ok()
}

fn walk_to(root: B256, key: B256, proof: &[Bytes]) -> Result<Option<&[u8]>, LedgerError> {
    if root == EMPTY_ROOT_HASH {
        in_empty_trie(proof)
    } else {
        walk(root, &Key::new(key), proof)
    }
}

/// Every way to add to, take from or reorder a proof.
fn altered(proof: &[Bytes]) -> Vec<Vec<Bytes>> {
    let empties = [
        Bytes::new(),
        Bytes::from_static(&[0x80]),
        Bytes::from_static(&[0xc0]),
    ];
    let mut all = Vec::new();
    for place in 0..proof.len() {
        all.push(proof[..place].to_vec());
        all.push([&proof[..place], &proof[place + 1..]].concat());
        all.push([&proof[..=place], &proof[place..]].concat());
        let mut swapped = proof.to_vec();
        swapped.rotate_left(place);
        all.push(swapped);
    }
    for extra in proof.iter().chain(&empties) {
        for place in 0..=proof.len() {
            let (before, after) = proof.split_at(place);
            all.push([before, core::slice::from_ref(extra), after].concat());
        }
    }
    all.retain(|other| other != proof);
    all
}

fn trie() -> impl Strategy<Value = Trie> {
    let value = proptest::collection::vec(any::<u8>(), 1..40);
    proptest::collection::btree_map(any::<[u8; 32]>().prop_map(B256::from), value, 0..60)
        .prop_map(Trie)
}

/// Keys that differ in their last digits only, with values so short that their nodes stand inside others.
fn dense_trie() -> impl Strategy<Value = Trie> {
    proptest::collection::btree_map(0..=0x1ff_u16, 1..=0x7f_u8, 1..20).prop_map(|entries| {
        let key = |low: u16| B256::from(alloy_primitives::U256::from(low));
        Trie(
            entries
                .into_iter()
                .map(|(low, value)| (key(low), vec![value]))
                .collect(),
        )
    })
}

proptest! {
    #[test]
    fn what_stands_in_a_trie_is_proven_and_what_does_not_is_proven_not_to(
        trie in prop_oneof![trie(), dense_trie()],
        other in prop_oneof![
            any::<[u8; 32]>().prop_map(B256::from),
            (0..=0x3ff_u16).prop_map(|low| B256::from(alloy_primitives::U256::from(low))),
        ],
    ) {
        for key in trie.0.keys().copied().chain([other]) {
            let (root, proof) = trie.proof(key);
            let expected = trie.0.get(&key).map(Vec::as_slice);
            prop_assert_eq!(walk_to(root, key, &proof), Ok(expected));
            prop_assert!(alloy_takes(root, key, expected, &proof));
        }
    }

    #[test]
    fn a_proof_with_nodes_added_left_out_or_moved_is_refused(
        trie in prop_oneof![trie(), dense_trie()],
        other in any::<[u8; 32]>().prop_map(B256::from),
    ) {
        for key in trie.0.keys().copied().take(3).chain([other]) {
            let (root, proof) = trie.proof(key);
            for altered in altered(&proof) {
                // The two ways to write that a trie is empty.
                if root == EMPTY_ROOT_HASH && altered.is_empty() {
                    continue;
                }
                prop_assert!(walk_to(root, key, &altered).is_err());
            }
        }
    }

    #[test]
    fn a_proof_under_another_root_is_refused(trie in trie(), root in any::<[u8; 32]>()) {
        let key = B256::ZERO;
        let (_, proof) = trie.proof(key);
        prop_assert!(walk_to(root.into(), key, &proof).is_err());
    }

    #[test]
    fn what_is_no_node_is_refused_without_harm(
        nodes in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 1..4),
        key in any::<[u8; 32]>(),
    ) {
        let nodes: Vec<_> = nodes.into_iter().map(Bytes::from).collect();
        let _ = walk_to(keccak256(&nodes[0]), key.into(), &nodes);
    }
}

/// What alloy-rs/trie 134 mended: an exclusion "proven" by leaving out the nodes that would show the value.
#[test]
fn a_truncated_proof_proves_no_absence() {
    let trie = Trie::of((0..200_u8).map(|key| ([key; 32], vec![key; 3])));
    for key in trie.0.keys() {
        let (root, proof) = trie.proof(*key);
        assert!(proof.len() > 1);
        for len in 1..proof.len() {
            assert_eq!(
                walk_to(root, *key, &proof[..len]),
                Err(LedgerError::ProofTruncated)
            );
            assert!(!alloy_takes(root, *key, None, &proof[..len]));
        }
        assert_eq!(walk_to(root, *key, &[]), Err(LedgerError::ProofTruncated));
    }
}

/// What else it mended: a value that looks like the reference to a node, and that node after it.
#[test]
fn a_node_after_the_leaf_does_not_replace_its_value() {
    let key = B256::repeat_byte(0x11);
    let forged = leaf(&[0x20], &[0xff; 32]);
    let genuine = leaf(&full_path(key), keccak256(&forged).as_slice());
    let root = keccak256(&genuine);
    let proof = [genuine, forged];
    assert_eq!(
        walk_to(root, key, &proof),
        Err(LedgerError::ProofNotConsumed)
    );
    assert!(!alloy_takes(root, key, Some(&[0xff; 32]), &proof));
    assert!(walk_to(root, key, &proof[..1]).unwrap().is_some());
}

/// alloy-trie takes these two, whose extra nodes change nothing; here a proof is every node needed and not one more.
#[test]
fn nodes_after_the_end_of_an_absence_are_refused_also_where_alloy_trie_takes_them() {
    let empty = Bytes::from_static(&[0x80]);
    let extra = [empty.clone(), Bytes::from_static(b"anything")];
    let key = B256::repeat_byte(7);
    assert!(alloy_takes(EMPTY_ROOT_HASH, key, None, &extra));
    assert_eq!(
        value_at(EMPTY_ROOT_HASH, b"key", &extra),
        Err(LedgerError::ProofNotConsumed)
    );

    let trie = Trie(
        (0..3)
            .map(|low| (B256::with_last_byte(low), vec![7; 40]))
            .collect(),
    );
    let (root, below) = trie.proof(B256::ZERO);
    let beside = B256::repeat_byte(0xff);
    assert!(alloy_takes(root, beside, None, &below[..2]));
    assert_eq!(
        walk_to(root, beside, &below[..2]),
        Err(LedgerError::ProofNotConsumed)
    );
    assert_eq!(walk_to(root, beside, &below[..1]), Ok(None));
}

#[test]
fn an_empty_trie_has_nothing_and_its_proof_nothing_more() {
    assert_eq!(value_at(EMPTY_ROOT_HASH, b"key", &[]), Ok(None));
    let empty = Bytes::from_static(&[0x80]);
    assert_eq!(
        value_at(EMPTY_ROOT_HASH, b"key", std::slice::from_ref(&empty)),
        Ok(None)
    );
    for nodes in [
        vec![Bytes::new()],
        vec![Bytes::from_static(&[0xc0])],
        vec![empty.clone(), empty.clone()],
        vec![leaf(&full_path(keccak256(b"key")), b"value")],
    ] {
        assert_eq!(
            value_at(EMPTY_ROOT_HASH, b"key", &nodes),
            Err(LedgerError::ProofNotConsumed)
        );
    }
    // It is not the end of any other trie.
    assert_eq!(
        value_at(B256::repeat_byte(1), b"key", &[empty]),
        Err(LedgerError::ProofMismatch)
    );
}

#[test]
fn nodes_are_bounded_before_they_are_hashed() {
    let root = B256::repeat_byte(1);
    let many = vec![Bytes::from_static(&[0x80]); MAX_NODES + 1];
    assert_eq!(value_at(root, b"", &many), Err(LedgerError::TooLarge));
    let long = [Bytes::from(vec![0; MAX_NODE_BYTES + 1])];
    assert_eq!(value_at(root, b"", &long), Err(LedgerError::TooLarge));
    assert_eq!(
        value_at(root, b"", &[Bytes::from(vec![0; MAX_NODE_BYTES])]),
        Err(LedgerError::ProofMismatch)
    );
}

fn leaf(path: &[u8], value: &[u8]) -> Bytes {
    list(&[string(path), string(value)]).into()
}

/// The whole key as a leaf's path.
fn full_path(key: B256) -> Vec<u8> {
    [&[0x20][..], key.as_slice()].concat()
}

fn branch(children: [Vec<u8>; 16], value: &[u8]) -> Bytes {
    list(&[children.to_vec(), vec![string(value)]].concat()).into()
}

/// A branch with one child for the digit 1 and a hash beside it.
fn branch_with(child: Vec<u8>) -> Bytes {
    let mut children: [Vec<u8>; 16] = core::array::from_fn(|_| string(&[]));
    children[1] = child;
    children[2] = string(&[2; 32]);
    branch(children, &[])
}

/// Nodes no trie has, hashed to a root as if it had: what only a broken chain could give.
#[test]
fn a_node_no_trie_has_is_refused_even_under_its_own_hash() {
    let key = B256::repeat_byte(0x11);
    let path = full_path(key);
    let hash = string(&[7; 32]);
    let short_leaf = list(&[string(&[0x31]), string(b"v")]);
    let long_leaf = list(&[string(&[0x31]), string(&[7; 40])]);
    for (node, why) in [
        (leaf(&path[..32], b"value"), "a leaf above its key's end"),
        (
            leaf(&[path.as_slice(), &[0]].concat(), b"value"),
            "a leaf below its key's end",
        ),
        (leaf(&[], b"value"), "no flag"),
        (
            leaf(&[&[0x40][..], key.as_slice()].concat(), b"value"),
            "an unknown flag",
        ),
        (
            leaf(&[&[0x21][..], key.as_slice()].concat(), b"value"),
            "padding that is not zero",
        ),
        (
            list(&[string(&[0x00]), hash.clone()]).into(),
            "an extension of nothing",
        ),
        (
            list(&[string(&[0x12]), short_leaf.clone()]).into(),
            "an extension to a leaf, elsewhere",
        ),
        (
            list(&[string(&[0x11]), short_leaf.clone()]).into(),
            "an extension to a leaf",
        ),
        (
            list(&[string(&[0x11]), string(&[])]).into(),
            "an extension to nothing",
        ),
        (
            list(&[string(&[0x11]), string(&[7; 31])]).into(),
            "a child that is no hash",
        ),
        (
            list(&[string(&[0x11]), long_leaf.clone()]).into(),
            "a long node inside another",
        ),
        (
            list(&[string(&path), list(&[])]).into(),
            "a value that is a list",
        ),
        (
            list(&[string(&[0x11]), string(&[7; 33])]).into(),
            "a child longer than a hash",
        ),
        (
            list(&[list(&[]), hash.clone()]).into(),
            "a path that is a list",
        ),
        (list(std::slice::from_ref(&hash)).into(), "one item"),
        (
            list(&[hash.clone(), hash.clone(), hash.clone()]).into(),
            "three items",
        ),
        (list(&vec![hash.clone(); 16]).into(), "16 items"),
        (list(&vec![string(&[]); 18]).into(), "18 items"),
        (
            branch_with(string(&[7; 31])),
            "a branch's child that is no hash",
        ),
        (branch_with(long_leaf), "a long node inside a branch"),
        (
            branch_with(short_leaf),
            "a leaf at the wrong depth inside a branch",
        ),
        (
            branch(core::array::from_fn(|_| hash.clone()), b"value"),
            "a branch with a value",
        ),
        (Bytes::from(string(&path)), "a string"),
        (
            Bytes::from([list(&[string(&path), string(b"v")]), vec![0]].concat()),
            "a byte after",
        ),
        (Bytes::from_static(&[0xc0]), "an empty list"),
        (Bytes::new(), "no bytes"),
    ] {
        let nodes = [node];
        let outcome = walk_to(keccak256(&nodes[0]), key, &nodes);
        assert!(
            matches!(outcome, Err(LedgerError::ProofMismatch | LedgerError::Rlp)),
            "{why}: {outcome:?}"
        );
    }
}

#[test]
fn extensions_cannot_lead_past_the_keys_end() {
    let key = B256::repeat_byte(0x11);
    // 63 digits, then 3 more.
    let end = list(&[
        string(&[0x11, 0x11]),
        list(&[string(&[0x31]), string(b"v")]),
    ]);
    let first = [&[0x11][..], &key[..31]].concat();
    let node = Bytes::from(list(&[string(&first), end]));
    let nodes = [node];
    assert_eq!(
        walk_to(keccak256(&nodes[0]), key, &nodes),
        Err(LedgerError::ProofMismatch)
    );
}
