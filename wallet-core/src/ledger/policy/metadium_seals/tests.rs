#![allow(clippy::unwrap_used)]
use super::*;
use crate::ledger::header::HeaderRules;
use crate::ledger::test_chain::{list, number, string};
use k256::ecdsa::SigningKey;

const PANGYO: u64 = 1000;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn node(seed: u8) -> MetadiumNode {
    let point = key(seed).verifying_key().to_sec1_point(false);
    MetadiumNode {
        coinbase: Address::repeat_byte(seed),
        key: point.as_bytes()[1..].try_into().unwrap(),
    }
}

fn policy(nodes: u8, threshold: usize) -> Result<MetadiumSeals, PolicyError> {
    let nodes: Vec<MetadiumNode> = (1..=nodes).map(node).collect();
    MetadiumSeals::new(&nodes, threshold, PANGYO)
}

/// A Metadium block: who made it, what it says and what was signed (go-metadium `core/types/block.go`, `metadium/admin.go`).
struct Block {
    number: u64,
    coinbase: u8,
    signed_by: u8,
    signed_height: u64,
    signed_root: [u8; 32],
    node_id: Vec<u8>,
}

impl Block {
    fn by(seed: u8, number: u64) -> Self {
        Self {
            number,
            coinbase: seed,
            signed_by: seed,
            signed_height: number,
            signed_root: [4; 32],
            node_id: Vec::new(),
        }
    }

    fn header(&self) -> Header {
        let height: Vec<u8> = self
            .signed_height
            .to_be_bytes()
            .into_iter()
            .skip_while(|it| *it == 0)
            .collect();
        let sealed = keccak256([&height[..], &self.signed_root].concat());
        let (signature, id) = key(self.signed_by).sign_prehash_recoverable(&sealed.0);
        let signature = [signature.to_bytes().to_vec(), vec![id.to_byte()]].concat();
        let hash = |byte: u8| string(&[byte; 32]);
        let rlp = list(&[
            hash(1),
            hash(2),
            string(&[self.coinbase; 20]),
            hash(4),
            hash(5),
            hash(6),
            string(&[0; 256]),
            number(1),
            number(self.number),
            number(30_000_000),
            number(0),
            number(0),
            number(1_700_000_000),
            string(b"extra"),
            string(b"rewards"),
            hash(7),
            string(&[0; 8]),
            string(&self.node_id),
            string(&signature),
            number(1),
        ]);
        Header::parse(HeaderRules::Metadium, &rlp).unwrap()
    }
}

fn accept(blocks: &[Block]) -> Result<Vec<AcceptedBlock>, LedgerError> {
    policy(5, 3)
        .unwrap()
        .accept(blocks.iter().map(Block::header).collect())
}

#[test]
fn blocks_of_enough_distinct_nodes_are_accepted_as_an_experiment() {
    let blocks = [
        Block::by(1, 1000),
        Block::by(2, 1001),
        Block::by(1, 1002),
        Block::by(5, 70_000),
    ];
    let accepted = accept(&blocks).unwrap();
    assert_eq!(accepted.len(), 4);
    let nodes = [1, 2, 5].map(Address::repeat_byte).to_vec();
    for block in accepted {
        assert_eq!(
            *block.basis(),
            TrustBasis::ExperimentalSeals {
                nodes: nodes.clone(),
                of: 5,
            }
        );
        assert!(!block.basis().covers_header());
    }
}

#[test]
fn a_node_counts_once_however_many_blocks_it_made() {
    let refused = accept(&[Block::by(1, 1000), Block::by(1, 1001), Block::by(2, 1002)]);
    assert_eq!(refused, Err(PolicyError::TooFewSeals.into()));
    assert_eq!(accept(&[]), Err(PolicyError::TooFewSeals.into()));
}

#[test]
fn one_block_that_its_node_did_not_seal_spoils_all() {
    let changes: [fn(&mut Block); 4] = [
        |it| it.signed_root = [5; 32],
        |it| it.signed_height += 1,
        |it| it.signed_by = 4,
        // A stranger.
        |it| {
            it.coinbase = 9;
            it.signed_by = 9;
        },
    ];
    for change in changes {
        let mut blocks = [
            Block::by(1, 1000),
            Block::by(2, 1001),
            Block::by(3, 1002),
            Block::by(4, 1003),
        ];
        accept(&blocks).unwrap();
        change(&mut blocks[0]);
        assert_eq!(accept(&blocks), Err(PolicyError::TooFewSeals.into()));
    }
}

#[test]
fn seals_from_before_pangyo_and_those_that_bring_their_key_are_refused() {
    let mut blocks = [Block::by(1, 999), Block::by(2, 1001), Block::by(3, 1002)];
    assert_eq!(accept(&blocks), Err(PolicyError::BeforePangyo.into()));
    blocks[0] = Block::by(1, 1000);
    accept(&blocks).unwrap();
    blocks[0].node_id = node(1).key.to_vec();
    assert_eq!(accept(&blocks), Err(PolicyError::SealForm.into()));
}

#[test]
fn a_policy_wants_two_nodes_and_more_than_a_third_each_of_them_once() {
    for (nodes, threshold) in [(0, 0), (1, 1), (4, 1), (6, 2), (9, 3), (3, 4), (101, 50)] {
        assert_eq!(
            policy(nodes, threshold),
            Err(PolicyError::Validators),
            "{threshold} of {nodes}"
        );
    }
    for (nodes, threshold) in [(2, 2), (5, 2), (6, 3), (100, 34)] {
        assert!(policy(nodes, threshold).is_ok());
    }
    let twice = [node(1), node(2), node(1)];
    assert_eq!(
        MetadiumSeals::new(&twice, 2, PANGYO),
        Err(PolicyError::Validators)
    );
    let one_key = [
        node(1),
        MetadiumNode {
            coinbase: Address::repeat_byte(2),
            ..node(1)
        },
        node(3),
    ];
    assert_eq!(
        MetadiumSeals::new(&one_key, 2, PANGYO),
        Err(PolicyError::Validators)
    );
}
