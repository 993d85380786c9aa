#![allow(clippy::unwrap_used)]
use super::*;
use crate::ledger::header::HeaderRules;
use crate::ledger::policy::MountainRange;
use crate::ledger::test_chain::invented_header;
use ed25519_dalek::SigningKey;
use p256::ecdsa::signature::Signer as _;
use proptest::prelude::*;

const CHAIN: ChainIdentity = ChainIdentity {
    chain_id: 31337,
    genesis: B256::repeat_byte(9),
};

/// A key of those who sign checkpoints; every other one is of the other kind.
enum Signer {
    Ed25519(SigningKey),
    P256(p256::ecdsa::SigningKey),
}

impl Signer {
    fn new(seed: u8) -> Self {
        if seed.is_multiple_of(2) {
            Self::Ed25519(SigningKey::from_bytes(&[seed; 32]))
        } else {
            Self::P256(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap())
        }
    }

    fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(key) => PublicKey::Ed25519(key.verifying_key()),
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
        }
    }

    fn sign(&self, message: &[u8]) -> CheckpointSignature {
        let signature = match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
        };
        CheckpointSignature {
            key: self.public().thumbprint(),
            signature,
        }
    }
}

fn keys(threshold: usize, count: u8) -> CheckpointKeys {
    let keys = (1..=count).map(|seed| Signer::new(seed).public()).collect();
    CheckpointKeys::new(7, threshold, keys).unwrap()
}

fn header(number: u64) -> Header {
    let rlp = invented_header(number, 1_700_000_000 + number, &[]);
    Header::parse(HeaderRules::Ethereum, &rlp).unwrap()
}

fn checkpoint(header: &Header) -> Checkpoint {
    Checkpoint {
        chain: CHAIN,
        number: header.number(),
        hash: header.hash(),
        time: header.time(),
        key_set_version: 7,
        earlier_blocks: B256::repeat_byte(8),
    }
}

fn signed(checkpoint: Checkpoint, seeds: &[u8]) -> SignedCheckpoint {
    let message = checkpoint.message();
    let signatures = seeds.iter().map(|seed| Signer::new(*seed).sign(&message));
    SignedCheckpoint {
        checkpoint,
        signatures: signatures.collect(),
    }
}

#[test]
fn the_signed_bytes_are_those_of_the_documentation() {
    let checkpoint = Checkpoint {
        chain: ChainIdentity {
            chain_id: 0x0102,
            genesis: B256::repeat_byte(0xaa),
        },
        number: 0x0304,
        hash: B256::repeat_byte(0xbb),
        time: 0x0506,
        key_set_version: 0x0708,
        earlier_blocks: B256::repeat_byte(0xcc),
    };
    let expected = [
        &b"wallet/v1/block-checkpoint"[..],
        &[0, 0, 0, 0, 0, 0, 1, 2],
        &[0xaa; 32],
        &[0, 0, 0, 0, 0, 0, 3, 4],
        &[0xbb; 32],
        &[0, 0, 0, 0, 0, 0, 5, 6],
        &[0, 0, 7, 8],
        &[0xcc; 32],
    ]
    .concat();
    assert_eq!(checkpoint.message(), expected);
    assert_eq!(expected.len(), 150);
}

#[test]
fn exactly_subsets_of_at_least_k_pinned_keys_make_a_checkpoint_valid() {
    for (threshold, count) in [(1, 1), (2, 2), (2, 3), (3, 4), (3, 5)] {
        let keys = keys(threshold, count);
        for subset in 0..1_u32 << count {
            let seeds: Vec<u8> = (1..=count)
                .filter(|it| subset >> (it - 1) & 1 == 1)
                .collect();
            let verified = keys.verify(&CHAIN, signed(checkpoint(&header(5)), &seeds));
            match verified {
                Ok(verified) => {
                    assert!(seeds.len() >= threshold);
                    assert_eq!(verified.signers(), seeds.len());
                }
                Err(error) => {
                    assert!(seeds.len() < threshold);
                    assert_eq!(error, PolicyError::TooFewSignatures);
                }
            }
        }
    }
}

#[test]
fn a_set_of_keys_that_could_sign_two_chains_with_no_key_in_common_is_refused() {
    let set = |threshold, seeds: &[u8]| {
        let keys = seeds
            .iter()
            .map(|seed| Signer::new(*seed).public())
            .collect();
        CheckpointKeys::new(1, threshold, keys)
    };
    for (threshold, seeds) in [
        (0, &[][..]),
        (0, &[1]),
        (1, &[1, 2]),
        (2, &[1, 2, 3, 4]),
        (3, &[1, 2]),
        // One key given twice is one key.
        (2, &[1, 1, 2]),
        (usize::MAX, &[1]),
    ] {
        assert_eq!(
            set(threshold, seeds),
            Err(PolicyError::KeySet),
            "{threshold} of {seeds:?}"
        );
    }
    let many: Vec<u8> = (1..=33).collect();
    assert_eq!(set(20, &many), Err(PolicyError::KeySet));
    assert!(set(20, &many[..32]).is_ok());
    let p384 = p384::ecdsa::SigningKey::from_slice(&[1; 48]).unwrap();
    let p384 = PublicKey::P384(*p384.verifying_key());
    assert_eq!(
        CheckpointKeys::new(1, 1, vec![p384]),
        Err(PolicyError::KeySet)
    );
}

#[test]
fn every_field_is_signed() {
    let keys = keys(2, 3);
    let sound = signed(checkpoint(&header(5)), &[1, 2]);
    keys.verify(&CHAIN, sound.clone()).unwrap();
    let changes: [fn(&mut Checkpoint); 4] = [
        |it| it.number += 1,
        |it| it.hash.0[0] ^= 1,
        |it| it.time += 1,
        |it| it.earlier_blocks.0[31] ^= 1,
    ];
    for change in changes {
        let mut changed = sound.clone();
        change(&mut changed.checkpoint);
        assert_eq!(
            keys.verify(&CHAIN, changed),
            Err(PolicyError::SignatureInvalid)
        );
    }
    let mut other = sound.clone();
    other.checkpoint.key_set_version = 6;
    assert_eq!(keys.verify(&CHAIN, other), Err(PolicyError::KeySetVersion));
    let other_chains = [
        ChainIdentity {
            chain_id: 1,
            ..CHAIN
        },
        ChainIdentity {
            genesis: B256::ZERO,
            ..CHAIN
        },
    ];
    for chain in other_chains {
        assert_eq!(
            keys.verify(&chain, sound.clone()),
            Err(PolicyError::OtherChain)
        );
        // Nor does it help to say so in the checkpoint.
        let mut relabelled = sound.clone();
        relabelled.checkpoint.chain = chain;
        assert_eq!(
            keys.verify(&chain, relabelled),
            Err(PolicyError::SignatureInvalid)
        );
    }
}

#[test]
fn a_key_counts_once_and_only_if_it_is_pinned() {
    let keys = keys(2, 3);
    let twice = signed(checkpoint(&header(5)), &[1, 1]);
    assert_eq!(keys.verify(&CHAIN, twice), Err(PolicyError::SignerRepeated));
    let stranger = signed(checkpoint(&header(5)), &[1, 2, 200]);
    assert_eq!(
        keys.verify(&CHAIN, stranger),
        Err(PolicyError::UnknownSigner)
    );
    // A signature under another key's name.
    let mut swapped = signed(checkpoint(&header(5)), &[1, 2]);
    let [first, second] = &mut swapped.signatures[..] else {
        panic!()
    };
    core::mem::swap(&mut first.key, &mut second.key);
    assert_eq!(
        keys.verify(&CHAIN, swapped),
        Err(PolicyError::SignatureInvalid)
    );
    // A third signature that is wrong is not passed over.
    let mut third = signed(checkpoint(&header(5)), &[1, 2, 3]);
    third.signatures[2].signature[0] ^= 1;
    assert_eq!(
        keys.verify(&CHAIN, third),
        Err(PolicyError::SignatureInvalid)
    );
}

#[test]
fn a_checkpoint_covers_its_own_block_and_those_it_is_proven_to_commit_to() {
    let headers: Vec<Header> = (0..8).map(header).collect();
    let hashes: Vec<B256> = headers.iter().map(Header::hash).collect();
    let mut range = MountainRange::default();
    hashes.iter().take(7).for_each(|hash| range.append(hash));
    let mut latest = checkpoint(&headers[7]);
    latest.earlier_blocks = range.root();
    let verified = keys(2, 3).verify(&CHAIN, signed(latest, &[1, 2])).unwrap();
    verified.covers(&headers[7], None).unwrap();
    for (number, header) in headers[..7].iter().enumerate() {
        assert_eq!(verified.covers(header, None), Err(PolicyError::OtherBlock));
        let proof = InclusionProof::of(&hashes[..7], number).unwrap();
        verified.covers(header, Some(&proof)).unwrap();
        let forged = Header::parse(
            HeaderRules::Ethereum,
            &invented_header(number as u64, 1_700_000_000, b"forged"),
        );
        let refused = verified.covers(&forged.unwrap(), Some(&proof));
        assert_eq!(refused, Err(PolicyError::NotIncluded));
    }
    // The checkpoint's own block is not among the earlier ones, nor is one after it.
    let proof = InclusionProof::of(&hashes, 7).unwrap();
    let refused = verified.covers(&headers[7], Some(&proof));
    assert_eq!(refused, Err(PolicyError::NotIncluded));
}

#[test]
fn a_checkpoint_whose_number_or_time_is_not_its_blocks_covers_nothing() {
    let header = header(5);
    for change in [
        |it: &mut Checkpoint| it.number = 6,
        |it: &mut Checkpoint| it.time += 1,
    ] {
        let mut wrong = checkpoint(&header);
        change(&mut wrong);
        let verified = keys(2, 3).verify(&CHAIN, signed(wrong, &[1, 2])).unwrap();
        assert_eq!(verified.covers(&header, None), Err(PolicyError::OtherBlock));
    }
}

#[test]
fn two_valid_checkpoints_of_one_height_convict_who_signed_both() {
    let keys = keys(2, 3);
    let verify = |checkpoint, seeds: &[u8]| keys.verify(&CHAIN, signed(checkpoint, seeds)).unwrap();
    let one = checkpoint(&header(5));
    let first = verify(one, &[1, 2]);
    let changes: [fn(&mut Checkpoint); 3] = [
        |it| it.hash.0[0] ^= 1,
        |it| it.earlier_blocks.0[0] ^= 1,
        |it| it.time += 1,
    ];
    for change in changes {
        let mut other = one;
        change(&mut other);
        let second = verify(other, &[2, 3]);
        let equivocation = Equivocation::between(&first, &second).unwrap();
        assert_eq!(
            equivocation.culprits(),
            [Signer::new(2).public().thumbprint()]
        );
        assert_eq!(equivocation.first, *first.signed());
        assert_eq!(equivocation.second, *second.signed());
    }
    // The same statement by others, or one about another height, contradicts nothing.
    assert_eq!(Equivocation::between(&first, &verify(one, &[1, 3])), None);
    let next = verify(checkpoint(&header(6)), &[1, 2]);
    assert_eq!(Equivocation::between(&first, &next), None);
}

#[test]
fn json_that_is_not_exactly_a_checkpoint_is_refused() {
    let sound = Value::Object(signed(checkpoint(&header(5)), &[1, 2]).to_members());
    let read = |value: &Value| SignedCheckpoint::from_members(value.as_object().unwrap());
    read(&sound).unwrap();
    let names: Vec<String> = sound.as_object().unwrap().keys().cloned().collect();
    for name in names {
        for wrong in [Value::Null, json!("x"), json!(-1), json!([0]), json!({})] {
            let mut changed = sound.clone();
            changed[&name] = wrong;
            assert_eq!(read(&changed), Err(PolicyError::CheckpointForm), "{name}");
        }
        let mut changed = sound.clone();
        changed.as_object_mut().unwrap().remove(&name);
        assert_eq!(read(&changed), Err(PolicyError::CheckpointForm), "{name}");
    }
    for (name, wrong) in [
        ("version", json!(2)),
        ("key_set_version", json!(u64::from(u32::MAX) + 1)),
        ("hash", json!("0x00")),
        ("hash", json!("00".repeat(32))),
        ("more", json!(1)),
        (
            "signatures",
            json!(vec![&sound["signatures"][0]; MAX_KEYS + 1]),
        ),
        ("signatures", json!([{"key": "AA", "signature": "AA"}])),
        (
            "signatures",
            json!([{"key": "A".repeat(43), "signature": "A".repeat(132)}]),
        ),
        ("signatures", json!([{"key": "A".repeat(43)}])),
    ] {
        let mut changed = sound.clone();
        changed[name] = wrong;
        assert_eq!(read(&changed), Err(PolicyError::CheckpointForm), "{name}");
    }
}

proptest! {
    #[test]
    fn a_checkpoint_survives_its_json(chain_id: u64, number: u64, time: u64, key_set_version: u32, bytes: [u8; 32]) {
        let checkpoint = Checkpoint {
            chain: ChainIdentity { chain_id, genesis: B256::new(bytes) },
            number, hash: B256::new(bytes), time, key_set_version, earlier_blocks: B256::new(bytes),
        };
        let signed = signed(checkpoint, &[1, 2]);
        let text = Value::Object(signed.to_members()).to_string();
        let members = crate::json::parse_object(text.as_bytes(), crate::json::Limits::default()).unwrap();
        prop_assert_eq!(SignedCheckpoint::from_members(&members).unwrap(), signed);
    }
}
