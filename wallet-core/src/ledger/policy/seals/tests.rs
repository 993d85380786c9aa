#![allow(clippy::unwrap_used)]
use super::*;
use crate::ledger::rlp::Item;
use crate::ledger::test_chain::{bytes, invented_header, list, number, string};
use k256::ecdsa::SigningKey;
use serde_json::Value;

const RULES: [HeaderRules; 2] = [HeaderRules::Ibft2, HeaderRules::Qbft];

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn address(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_sec1_point(false);
    Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
}

fn seal(key: &SigningKey, hash: &[u8; 32]) -> Vec<u8> {
    let (signature, id) = key.sign_prehash_recoverable(hash);
    [signature.to_bytes().to_vec(), vec![id.to_byte()]].concat()
}

/// What a block is made of, before it is sealed.
struct Draft {
    rules: HeaderRules,
    time: u64,
    round: u32,
    vote: Option<Vec<u8>>,
}

impl Draft {
    const fn of(rules: HeaderRules) -> Self {
        Self {
            rules,
            time: 1_700_000_000,
            round: 3,
            vote: None,
        }
    }

    /// Vanity, validators and vote, as Besu's codecs (`IbftExtraDataCodec`, `QbftExtraDataCodec`) describe them.
    fn front(&self) -> Vec<Vec<u8>> {
        let validators = (1..=4).map(|seed| string(address(&key(seed)).as_slice()));
        let no_vote = match self.rules {
            HeaderRules::Ibft2 => string(&[]),
            _ => list(&[]),
        };
        let vote = self.vote.clone().unwrap_or(no_vote);
        vec![
            string(&[7; 32]),
            list(&validators.collect::<Vec<_>>()),
            vote,
        ]
    }

    fn header(&self, back: Vec<Vec<u8>>) -> Vec<u8> {
        let extra_data = list(&[self.front(), back].concat());
        invented_header(5, self.time, &extra_data)
    }

    fn round(&self) -> Vec<u8> {
        match self.rules {
            HeaderRules::Ibft2 => string(&self.round.to_be_bytes()),
            _ => number(u64::from(self.round)),
        }
    }

    /// What validators sign.
    fn to_seal(&self) -> [u8; 32] {
        let back = match self.rules {
            HeaderRules::Ibft2 => vec![self.round()],
            _ => vec![self.round(), list(&[])],
        };
        keccak256(self.header(back)).0
    }

    /// What the chain knows the block by.
    fn hash(&self) -> [u8; 32] {
        let back = match self.rules {
            HeaderRules::Ibft2 => vec![],
            _ => vec![number(0), list(&[])],
        };
        keccak256(self.header(back)).0
    }

    fn with_seals(&self, seals: &[Vec<u8>]) -> Vec<u8> {
        let seals: Vec<Vec<u8>> = seals.iter().map(|seal| string(seal)).collect();
        self.header(vec![self.round(), list(&seals)])
    }

    fn sealed_by(&self, seeds: &[u8]) -> Header {
        let hash = self.to_seal();
        let seals: Vec<Vec<u8>> = seeds.iter().map(|seed| seal(&key(*seed), &hash)).collect();
        Header::parse(self.rules, &self.with_seals(&seals)).unwrap()
    }
}

fn pinned(rules: HeaderRules, count: u8) -> ValidatorSeals {
    let validators: Vec<Address> = (1..=count).map(|seed| address(&key(seed))).collect();
    ValidatorSeals::new(rules, &validators).unwrap()
}

fn too_few() -> Result<usize, LedgerError> {
    Err(PolicyError::TooFewSeals.into())
}

#[test]
fn every_subset_of_validators_that_is_a_quorum_makes_a_block_final_and_no_smaller_one() {
    for rules in RULES {
        for (count, quorum) in [(4, 3), (5, 4), (6, 4), (7, 5)] {
            let policy = pinned(rules, count);
            assert_eq!(policy.quorum(), quorum);
            for subset in 0..1_u32 << count {
                let seeds: Vec<u8> = (1..=count)
                    .filter(|it| subset >> (it - 1) & 1 == 1)
                    .collect();
                let sealed = policy.sealed(&Draft::of(rules).sealed_by(&seeds));
                match seeds.len() >= quorum {
                    true => assert_eq!(sealed, Ok(quorum)),
                    false => assert_eq!(sealed, too_few()),
                }
            }
        }
    }
}

#[test]
fn a_quorum_is_at_least_2f_plus_1_and_two_quorums_share_an_honest_validator() {
    for count in 4..=100_u8 {
        let policy = pinned(HeaderRules::Qbft, count);
        let (n, quorum) = (usize::from(count), policy.quorum());
        let faulty = (n - 1) / 3;
        assert!(quorum > 2 * faulty && 2 * quorum - n > faulty, "{n}");
    }
}

#[test]
fn validators_seal_the_blocks_they_are_pinned_for() {
    // Every draft is block 5.
    for (from, until, is_sealed) in [
        (0, None, true),
        (5, None, true),
        (6, None, false),
        (0, Some(4), false),
        (0, Some(5), true),
        (5, Some(5), true),
    ] {
        for rules in RULES {
            let policy = pinned(rules, 4).for_blocks(from, until).unwrap();
            let sealed = policy.sealed(&Draft::of(rules).sealed_by(&[1, 2, 3, 4]));
            let expected = if is_sealed { Ok(3) } else { too_few() };
            assert_eq!(sealed, expected, "{from} {until:?}");
        }
    }
    let none = pinned(HeaderRules::Qbft, 4).for_blocks(5, Some(4));
    assert_eq!(none, Err(PolicyError::Validators));
}

#[test]
fn seals_of_strangers_and_repeated_seals_do_not_count() {
    for rules in RULES {
        let policy = pinned(rules, 4);
        let draft = Draft::of(rules);
        assert_eq!(policy.sealed(&draft.sealed_by(&[1, 2, 5, 6])), too_few());
        assert_eq!(policy.sealed(&draft.sealed_by(&[1, 1, 1, 2])), too_few());
        assert_eq!(policy.sealed(&draft.sealed_by(&[9, 1, 2, 3])), Ok(3));
    }
}

#[test]
fn seals_of_another_block_round_or_layout_do_not_count() {
    for rules in RULES {
        let policy = pinned(rules, 4);
        let other_rules = RULES[usize::from(rules == RULES[0])];
        let drafts = [
            Draft {
                time: 1,
                ..Draft::of(rules)
            },
            Draft {
                round: 4,
                ..Draft::of(rules)
            },
            Draft::of(other_rules),
        ];
        for other in drafts {
            let hash = other.to_seal();
            let seals: Vec<Vec<u8>> = (1..=4).map(|seed| seal(&key(seed), &hash)).collect();
            let moved = Draft::of(rules).with_seals(&seals);
            let moved = Header::parse(rules, &moved).unwrap();
            assert_eq!(policy.sealed(&moved), too_few());
        }
    }
}

#[test]
fn a_changed_state_root_takes_the_seals_away() {
    for rules in RULES {
        let sound = Draft::of(rules).sealed_by(&[1, 2, 3, 4]);
        let at = sound
            .rlp()
            .windows(32)
            .position(|it| it == [4; 32])
            .unwrap();
        let mut forged = sound.rlp().to_vec();
        forged[at] ^= 1;
        let forged = Header::parse(rules, &forged).unwrap();
        assert_ne!(forged.state_root(), sound.state_root());
        assert_eq!(pinned(rules, 4).sealed(&forged), too_few());
    }
}

#[test]
fn seals_with_another_recovery_id_or_in_their_second_form_do_not_count() {
    let draft = Draft::of(HeaderRules::Qbft);
    let hash = draft.to_seal();
    let sound: Vec<Vec<u8>> = (1..=3).map(|seed| seal(&key(seed), &hash)).collect();
    let policy = pinned(HeaderRules::Qbft, 4);
    let sealed = |seals: &[Vec<u8>]| {
        policy.sealed(&Header::parse(HeaderRules::Qbft, &draft.with_seals(seals)).unwrap())
    };
    assert_eq!(sealed(&sound), Ok(3));
    for id in [2, 3, 27, 28, 255] {
        let mut seals = sound.clone();
        seals[0][64] = id;
        assert_eq!(sealed(&seals), too_few(), "{id}");
    }
    let mut seals = sound.clone();
    let signature = k256::ecdsa::Signature::from_slice(&seals[0][..64]).unwrap();
    let s = -*signature.s();
    let second = k256::ecdsa::Signature::from_scalars(*signature.r(), s).unwrap();
    let id = seals[0][64] ^ 1;
    seals[0] = [second.to_bytes().to_vec(), vec![id]].concat();
    assert_eq!(sealed(&seals), too_few());
    seals[0] = vec![0; 65];
    assert_eq!(sealed(&seals), too_few());
}

#[test]
fn a_block_is_known_by_its_hash_without_seals_and_round() {
    for rules in RULES {
        let one = Draft::of(rules);
        let in_another_round = Draft {
            round: 0,
            ..Draft::of(rules)
        };
        let hash = one.sealed_by(&[1, 2, 3]).hash();
        assert_eq!(hash.0, one.hash());
        assert_eq!(one.sealed_by(&[2, 3, 4]).hash(), hash);
        assert_eq!(in_another_round.sealed_by(&[1, 2, 3, 4]).hash(), hash);
        let voted = |vote| {
            let vote = Some(list(&[string(&[9; 20]), vote]));
            Draft {
                vote,
                ..Draft::of(rules)
            }
            .sealed_by(&[1, 2, 3])
        };
        for vote in [string(&[]), string(&[0xff])] {
            let voted = voted(vote);
            assert_ne!(voted.hash(), hash);
            assert_eq!(pinned(rules, 4).sealed(&voted), Ok(3));
        }
    }
}

#[test]
fn extra_data_of_another_form_is_refused() {
    for rules in RULES {
        let draft = Draft::of(rules);
        let front = draft.front();
        let no_seals = list(&[]);
        let with = |index: usize, item: Vec<u8>| {
            let mut items = [front.clone(), vec![draft.round(), no_seals.clone()]].concat();
            items[index] = item;
            list(&items)
        };
        let mut bad = vec![
            Vec::new(),
            string(&[]),
            list(&[]),
            list(&front),
            with(0, string(&[7; 31])),
            with(1, string(&[])),
            with(1, list(&[string(&[1; 19])])),
            with(2, list(&[string(&[1; 20])])),
            with(2, list(&[string(&[1; 20]), string(&[1, 2])])),
            with(3, string(&[0, 1])),
            with(4, list(&[string(&[0; 64])])),
            with(4, string(&[])),
            list(
                &[
                    front.clone(),
                    vec![draft.round(), no_seals.clone(), no_seals.clone()],
                ]
                .concat(),
            ),
        ];
        // The other layout's.
        bad.push(match rules {
            HeaderRules::Ibft2 => with(2, list(&[])),
            _ => with(2, string(&[])),
        });
        for extra_data in bad {
            let refused = Header::parse(rules, &invented_header(5, 1, &extra_data));
            assert!(refused.is_err(), "{extra_data:?}");
        }
        // The genesis is hashed as it is, and sealed by nobody.
        let genesis = invented_header(0, 1, b"whatever");
        let genesis = Header::parse(rules, &genesis).unwrap();
        assert_eq!(genesis.hash(), keccak256(genesis.rlp()));
        let refused = pinned(rules, 4).sealed(&genesis);
        assert_eq!(refused, Err(PolicyError::SealForm.into()));
    }
}

#[test]
fn more_seals_than_there_are_validators_are_not_recovered() {
    for rules in RULES {
        let draft = Draft::of(rules);
        let policy = pinned(rules, 4);
        assert_eq!(policy.sealed(&draft.sealed_by(&[1, 2, 3, 4])), Ok(3));
        for seeds in [&[1, 2, 3, 4, 1][..], &[1; 101]] {
            let refused = policy.sealed(&draft.sealed_by(seeds));
            assert_eq!(refused, Err(PolicyError::SealForm.into()));
        }
    }
}

#[test]
fn too_few_validators_repeated_ones_and_headers_without_seals_are_no_policy() {
    let validators: Vec<Address> = (1..=101).map(|seed| address(&key(seed))).collect();
    let new = |rules, validators: &[Address]| ValidatorSeals::new(rules, validators);
    for count in [0, 1, 3, 101] {
        let refused = new(HeaderRules::Qbft, &validators[..count]);
        assert_eq!(refused, Err(PolicyError::Validators), "{count}");
    }
    let [a, b, c, ..] = validators[..] else {
        panic!()
    };
    assert_eq!(
        new(HeaderRules::Ibft2, &[a, b, c, a]),
        Err(PolicyError::Validators)
    );
    for rules in [HeaderRules::Ethereum, HeaderRules::Metadium] {
        assert_eq!(new(rules, &validators[..4]), Err(PolicyError::PolicyUnfit));
    }
}

/// Seals that GoQuorum made: over other extra data (IBFT 1, which is not supported), but with the same rebuilding of the
/// header and the same recovery.
#[test]
fn the_seals_of_a_real_network_lead_to_its_validators() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/seals/ibft1-headers.json"
    );
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let headers = vectors["headers"].as_array().unwrap();
    let headers: Vec<Header> = headers
        .iter()
        .map(|rlp| Header::parse(HeaderRules::Ethereum, &bytes(rlp)).unwrap())
        .collect();
    let mut hashes = Vec::new();
    for header in &headers {
        let (vanity, istanbul) = header.extra_data().split_at(32);
        let mut items = Item::only(istanbul).unwrap().list().unwrap();
        let [validators, proposer_seal, seals] = [(); 3].map(|()| items.next().unwrap());
        let all = |item: Item<'_>| {
            let (mut items, mut all) = (item.list().unwrap(), Vec::new());
            while let Some(item) = items.next_if_any().unwrap() {
                all.push(item.string().unwrap().to_vec());
            }
            all
        };
        let without_seals = list(&[
            validators.raw.to_vec(),
            proposer_seal.raw.to_vec(),
            list(&[]),
        ]);
        let without_seals = [vanity, &without_seals].concat();
        let hash = keccak256(header.rlp_with_extra_data(&without_seals));
        let sealed = keccak256([hash.as_slice(), &[2]].concat());
        let signers: BTreeSet<Vec<u8>> = all(seals)
            .iter()
            .map(|seal| recover::signer(&sealed.0, seal).unwrap())
            .map(|key| keccak256(key)[12..].to_vec())
            .collect();
        assert_eq!(signers.len(), 4);
        assert!(signers.is_subset(&all(validators).into_iter().collect()));
        hashes.push(hash);
    }
    assert_eq!(headers[1].parent_hash(), hashes[0]);
}
