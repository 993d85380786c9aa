#![allow(clippy::unwrap_used)]
use super::*;
use alloy_primitives::{b256, hex};
use proptest::prelude::*;

/// The leaves, roots and paths that implementations of Certificate Transparency are tested with
/// (transparency-dev/merkle `testonly/constants.go`, `proof/proof_test.go`; Apache-2.0).
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [B256; 9] = [
    b256!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    b256!("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    b256!("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    b256!("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    b256!("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    b256!("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    b256!("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    b256!("ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    b256!("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
];
/// Index, size, path.
const PATHS: [(u64, usize, &[B256]); 4] = [
    (
        0,
        8,
        &[
            b256!("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
            b256!("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
            b256!("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
        ],
    ),
    (
        5,
        8,
        &[
            b256!("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
            b256!("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
            b256!("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ],
    ),
    (
        2,
        3,
        &[b256!(
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        )],
    ),
    (
        1,
        5,
        &[
            b256!("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            b256!("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
            b256!("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
        ],
    ),
];

fn leaves() -> Vec<B256> {
    let leaf = |digits| hash_leaf(&[&hex::decode(digits).unwrap()]);
    LEAVES.into_iter().map(leaf).collect()
}

#[test]
fn the_range_grows_through_the_roots_of_certificate_transparency() {
    let mut range = MountainRange::default();
    assert_eq!(range.root(), ROOTS[0]);
    for (leaf, root) in leaves().into_iter().zip(&ROOTS[1..]) {
        range.append_leaf(leaf);
        assert_eq!(range.root(), *root, "{}", range.blocks());
    }
    assert_eq!(range.blocks(), 8);
}

#[test]
fn the_paths_of_certificate_transparency_are_made_and_verified() {
    let leaves = leaves();
    for (index, size, path) in PATHS {
        let mut made = Vec::new();
        path_to(&leaves[..size], index as usize, &mut made);
        assert_eq!(made, path);
        let proof = InclusionProof::new(path.to_vec()).unwrap();
        let leaf = leaves[index as usize];
        proof
            .verify_leaf(leaf, index, size as u64, &ROOTS[size])
            .unwrap();
    }
}

fn hashes(count: usize) -> Vec<B256> {
    (0..count as u64)
        .map(|n| B256::left_padding_from(&n.to_be_bytes()))
        .collect()
}

fn range_of(hashes: &[B256]) -> MountainRange {
    let mut range = MountainRange::default();
    hashes.iter().for_each(|hash| range.append(hash));
    range
}

#[test]
fn every_block_of_every_small_chain_is_proven_at_its_number_and_at_no_other() {
    for count in 1..=20 {
        let hashes = hashes(count);
        let root = range_of(&hashes).root();
        for (number, hash) in hashes.iter().enumerate() {
            let proof = InclusionProof::of(&hashes, number).unwrap();
            for claimed in 0..=count as u64 + 1 {
                let is_right = claimed == number as u64;
                let verified = proof.verify(hash, claimed, count as u64, &root);
                assert_eq!(
                    verified.is_ok(),
                    is_right,
                    "{number} as {claimed} of {count}"
                );
            }
        }
        assert_eq!(InclusionProof::of(&hashes, count), None);
    }
}

#[test]
fn a_path_that_is_cut_extended_reordered_or_changed_proves_nothing() {
    let hashes = hashes(13);
    let root = range_of(&hashes).root();
    let sound = InclusionProof::of(&hashes, 6).unwrap().path;
    let mut broken = vec![
        sound[1..].to_vec(),
        sound[..sound.len() - 1].to_vec(),
        Vec::new(),
    ];
    broken.push([&sound[..], &[root]].concat());
    broken.push([&[hashes[0]], &sound[..]].concat());
    for at in 0..sound.len() {
        let mut changed = sound.clone();
        changed[at].0[31] ^= 1;
        broken.push(changed);
        let mut swapped = sound.clone();
        swapped.swap(at, (at + 1) % sound.len());
        broken.push(swapped);
    }
    for path in broken {
        let proof = InclusionProof::new(path).unwrap();
        let refused = proof.verify(&hashes[6], 6, 13, &root);
        assert_eq!(refused, Err(PolicyError::NotIncluded));
    }
}

#[test]
fn a_node_of_the_tree_is_not_taken_for_a_block() {
    // Without the prefixes the inner node over blocks 0 and 1 would be block 0 of a chain half as long.
    let hashes = hashes(4);
    let root = range_of(&hashes).root();
    let left = hash_node(
        hash_leaf(&[hashes[0].as_slice()]),
        hash_leaf(&[hashes[1].as_slice()]),
    );
    let right = hash_node(
        hash_leaf(&[hashes[2].as_slice()]),
        hash_leaf(&[hashes[3].as_slice()]),
    );
    let proof = InclusionProof::new(vec![right]).unwrap();
    let refused = proof.verify(&left, 0, 2, &root);
    assert_eq!(refused, Err(PolicyError::NotIncluded));
}

#[test]
fn a_block_at_or_after_the_checkpoint_and_any_block_of_an_empty_chain_is_not_included() {
    let proof = InclusionProof::new(Vec::new()).unwrap();
    for (number, blocks) in [(0, 0), (1, 1), (u64::MAX, u64::MAX), (u64::MAX, 0)] {
        let refused = proof.verify(&B256::ZERO, number, blocks, &ROOTS[0]);
        assert_eq!(refused, Err(PolicyError::NotIncluded));
    }
    // The largest tree there can be is walked to its end.
    let long = InclusionProof::new(vec![B256::ZERO; MAX_PATH]).unwrap();
    for number in [0, 1 << 63, u64::MAX - 1] {
        let refused = long.verify(&B256::ZERO, number, u64::MAX, &ROOTS[0]);
        assert_eq!(refused, Err(PolicyError::NotIncluded));
    }
}

#[test]
fn a_path_longer_than_any_tree_is_high_or_not_of_hashes_is_refused() {
    let form = Err(PolicyError::CheckpointForm);
    assert_eq!(InclusionProof::new(vec![B256::ZERO; MAX_PATH + 1]), form);
    let hash = B256::ZERO.to_string();
    for value in [
        serde_json::json!({}),
        serde_json::json!({"path": "0x"}),
        serde_json::json!({"path": [1]}),
        serde_json::json!({"path": [&hash[1..]]}),
        serde_json::json!({"path": [format!("{hash}00")]}),
        serde_json::json!({"path": [], "more": 1}),
        serde_json::json!({"path": vec![&hash; MAX_PATH + 1]}),
    ] {
        assert_eq!(
            InclusionProof::from_members(value.as_object().unwrap()),
            form,
            "{value}"
        );
    }
}

proptest! {
    #[test]
    fn a_range_and_the_tree_have_one_root_and_proofs_survive_their_json(count in 1_usize..300, at in any::<prop::sample::Index>()) {
        let hashes = hashes(count);
        let number = at.index(count);
        let range = range_of(&hashes);
        let proof = InclusionProof::of(&hashes, number).unwrap();
        let mut path = Vec::new();
        let leaves: Vec<B256> = hashes.iter().map(|hash| hash_leaf(&[hash.as_slice()])).collect();
        prop_assert_eq!(path_to(&leaves, number, &mut path), range.root());
        proof.verify(&hashes[number], number as u64, count as u64, &range.root()).unwrap();
        prop_assert_eq!(InclusionProof::from_members(&proof.to_members()).unwrap(), proof);
    }
}
