#![allow(clippy::unwrap_used)]
use super::super::tree::hash_node;
use super::*;
use alloy_primitives::hex;
use proptest::prelude::*;

/// The leaves, roots and paths that the tests of Certificate Transparency publish (google/certificate-transparency,
/// `merkle_tree_test.cc`; RFC 6962 and RFC 9162 have the same trees).
const PUBLISHED_LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const PUBLISHED_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const PUBLISHED_PATHS: [(u64, u64, &[&str]); 4] = [
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn published_leaf(index: usize) -> B256 {
    hash_leaf(&[&hex::decode(PUBLISHED_LEAVES[index]).unwrap()])
}

fn hashes(texts: &[&str]) -> Vec<B256> {
    let hash = |text: &&str| B256::from_slice(&hex::decode(text).unwrap());
    texts.iter().map(hash).collect()
}

/// The definition, RFC 9162 2.1.1, as it is written there.
fn root_of(leaves: &[B256]) -> B256 {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(half(leaves.len()));
            hash_node(root_of(left), root_of(right))
        }
    }
}

/// RFC 9162 2.1.3.1.
fn path_of(index: usize, leaves: &[B256]) -> Vec<B256> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(half(leaves.len()));
    let (mut path, beside) = match index < left.len() {
        true => (path_of(index, left), root_of(right)),
        false => (path_of(index - left.len(), right), root_of(left)),
    };
    path.push(beside);
    path
}

fn half(size: usize) -> usize {
    size.next_power_of_two() / 2
}

fn salted(number: u8) -> SaltedDigest {
    SaltedDigest {
        salt: B256::repeat_byte(number),
        digest: B256::repeat_byte(!number),
    }
}

fn anchored(leaves: &[B256]) -> B256 {
    let size = (leaves.len() as u64).to_be_bytes();
    sha256(&[&[2], &size, root_of(leaves).as_slice()]).into()
}

#[test]
fn the_roots_and_paths_certificate_transparency_publishes_hold() {
    let leaves: Vec<B256> = (0..8).map(published_leaf).collect();
    for (size, root) in (1..=8).zip(hashes(&PUBLISHED_ROOTS)) {
        assert_eq!(root_of(&leaves[..size]), root);
    }
    for (index, size, path) in PUBLISHED_PATHS {
        let root = hashes(&PUBLISHED_ROOTS)[size as usize - 1];
        let proof = InclusionProof::new(index, size, hashes(path)).unwrap();
        assert_eq!(proof.root(leaves[index as usize]), root);
    }
}

#[test]
fn every_leaf_of_every_small_tree_leads_to_its_root_and_no_other_place_does() {
    for size in 1..=33_u8 {
        let salted: Vec<SaltedDigest> = (0..size).map(salted).collect();
        let leaves: Vec<B256> = salted.iter().map(SaltedDigest::leaf).collect();
        let root = anchored(&leaves);
        for (index, leaf) in salted.iter().enumerate() {
            let path = path_of(index, &leaves);
            let place = index as u64;
            let proof = InclusionProof::new(place, u64::from(size), path.clone()).unwrap();
            assert_eq!(proof.anchored_root(leaf), root);
            for elsewhere in (0..u64::from(size)).filter(|other| *other != place) {
                let moved = InclusionProof::new(elsewhere, u64::from(size), path.clone());
                assert!(moved.is_err() || moved.unwrap().anchored_root(leaf) != root);
            }
            for other_size in (place + 1..80).filter(|other| *other != u64::from(size)) {
                let grown = InclusionProof::new(place, other_size, path.clone());
                assert!(grown.is_err() || grown.unwrap().anchored_root(leaf) != root);
            }
        }
    }
}

#[test]
fn a_path_that_is_too_short_or_too_long_and_a_place_beyond_the_tree_are_refused() {
    let leaves: Vec<B256> = (0..5).map(|number| salted(number).leaf()).collect();
    let path = path_of(2, &leaves);
    let longer = [path.clone(), vec![B256::ZERO]].concat();
    for (index, size, path) in [
        (2, 5, path[1..].to_vec()),
        (2, 5, longer),
        (2, 5, Vec::new()),
        (5, 5, path.clone()),
        (u64::MAX, 5, path.clone()),
        (0, 0, Vec::new()),
        (0, u64::MAX, path),
    ] {
        let refused = InclusionProof::new(index, size, path);
        assert_eq!(refused, Err(LedgerError::Inclusion));
    }
    let path = vec![B256::ZERO; 64];
    assert!(InclusionProof::new(u64::MAX - 2, u64::MAX, path).is_ok());
}

#[test]
fn a_node_is_never_taken_for_a_leaf() {
    let leaves = [salted(1).leaf(), salted(2).leaf()];
    let as_leaf = SaltedDigest {
        salt: leaves[0],
        digest: leaves[1],
    };
    let alone = InclusionProof::new(0, 1, Vec::new()).unwrap();
    assert_ne!(alone.root(as_leaf.leaf()), root_of(&leaves));
    assert_ne!(alone.anchored_root(&salted(1)), anchored(&leaves));
}

proptest! {
    #[test]
    fn one_changed_bit_leads_to_another_root(
        size in 2..40_u8, index in 0..40_u8, place in any::<prop::sample::Index>(), bit in 0..8_u32,
    ) {
        let index = index % size;
        let leaves: Vec<B256> = (0..size).map(|number| salted(number).leaf()).collect();
        let path = path_of(index.into(), &leaves);
        let mut bytes: Vec<u8> = [salted(index).salt, salted(index).digest]
            .iter()
            .chain(&path)
            .flat_map(|hash| hash.0)
            .collect();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let mut changed = bytes.chunks(32).map(B256::from_slice);
        let leaf = SaltedDigest { salt: changed.next().unwrap(), digest: changed.next().unwrap() };
        let proof = InclusionProof::new(index.into(), size.into(), changed.collect()).unwrap();
        prop_assert_ne!(proof.anchored_root(&leaf), anchored(&leaves));
    }
}
