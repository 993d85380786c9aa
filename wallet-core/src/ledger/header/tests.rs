#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::test_chain::{ethr, hash, header_fields, list, meta, number, string};
use proptest::prelude::*;

/// Fields of an Ethereum header before those that forks appended.
const FIRST_FIELDS: usize = 15;

fn parse(fields: &[Vec<u8>]) -> Result<Header, LedgerError> {
    Header::parse(HeaderRules::Ethereum, &list(fields))
}

fn fields() -> Vec<Vec<u8>> {
    header_fields(&meta()["block"])
}

/// The same block as Metadium has its fields (the reference says where they are; no real header was at hand).
fn metadium_fields() -> Vec<Vec<u8>> {
    let mut fields = fields();
    fields.truncate(FIRST_FIELDS + 1); // with the base fee
    fields.insert(15, string(&[0x51; 65])); // minerNodeSig
    fields.insert(15, string(&[0x1d; 64])); // minerNodeId
    fields.insert(13, string(b"[]")); // rewards
    fields.insert(11, number(4_000_000)); // fees
    fields
}

fn parse_metadium(fields: &[Vec<u8>]) -> Result<Header, LedgerError> {
    Header::parse(HeaderRules::Metadium, &list(fields))
}

fn with(place: usize, field: Vec<u8>) -> Vec<Vec<u8>> {
    let mut fields = fields();
    fields[place] = field;
    fields
}

#[test]
fn a_nodes_header_has_the_hash_the_node_says() {
    for block in [&meta()["block"], &ethr()["block"], &ethr()["previousBlock"]] {
        let header = parse(&header_fields(block)).unwrap();
        assert_eq!(header.hash(), hash(&block["hash"]));
        assert_eq!(header.parent_hash(), hash(&block["parentHash"]));
        assert_eq!(header.state_root(), hash(&block["stateRoot"]));
        assert_eq!(header.receipts_root(), hash(&block["receiptsRoot"]));
        assert_eq!(format!("0x{:x}", header.number()), block["number"]);
        assert_eq!(format!("0x{:x}", header.time()), block["timestamp"]);
        assert_eq!(header.node_seal(), None);
    }
}

#[test]
fn headers_of_every_fork_are_read_and_hashed_whole() {
    let all = fields();
    for len in FIRST_FIELDS..=all.len() {
        let rlp = list(&all[..len]);
        let header = Header::parse(HeaderRules::Ethereum, &rlp).unwrap();
        assert_eq!(header.hash(), keccak256(&rlp));
        assert_eq!(header.rlp().as_ref(), rlp);
    }
}

#[test]
fn four_fields_of_coming_forks_are_hashed_unread() {
    let mut fields = fields();
    for later in [string(&[9; 32]), number(7), string(&[]), string(&[9; 32])] {
        fields.push(later);
        assert_eq!(parse(&fields).unwrap().hash(), keccak256(list(&fields)));
    }
    fields.push(number(8));
    assert_eq!(parse(&fields), Err(LedgerError::Header));
}

#[test]
fn a_field_of_a_coming_fork_is_a_hash_or_a_number() {
    for (later, error) in [
        (string(&[9; 33]), LedgerError::Header),
        (list(&[]), LedgerError::Rlp),
    ] {
        let fields = [fields(), vec![later]].concat();
        assert_eq!(parse(&fields), Err(error));
    }
}

#[test]
fn a_header_without_one_of_its_first_fields_is_refused() {
    for len in 0..FIRST_FIELDS {
        assert_eq!(parse(&fields()[..len]), Err(LedgerError::Header));
    }
    for place in 0..FIRST_FIELDS {
        let mut fields = fields();
        fields.remove(place);
        assert!(parse(&fields).is_err(), "without field {place}");
    }
}

#[test]
fn a_field_of_another_length_or_kind_is_refused() {
    let is_number = [7, 8, 9, 10, 11, 15, 17, 18];
    for place in (0..21).filter(|place| *place != 12) {
        let (short, long) = if is_number.contains(&place) {
            (vec![0x00], string(&[1; 33])) // zero in a byte of its own; more than a word
        } else {
            (string(&[1; 7]), string(&[1; 257]))
        };
        for field in [short, long, list(&[])] {
            assert_eq!(parse(&with(place, field)), Err(LedgerError::Rlp), "{place}");
        }
    }
    assert_eq!(parse(&with(12, list(&[]))), Err(LedgerError::Rlp));
}

#[test]
fn a_number_has_one_form() {
    for field in [
        vec![0x81, 0x05],       // one byte with a length
        vec![0x82, 0x00, 0x05], // a leading zero
        vec![0xb8, 0x01, 0x90], // a short string in the long form
        vec![0x81, 0x00],
        string(&[1; 9]), // more than 64 bits
    ] {
        assert_eq!(parse(&with(8, field)), Err(LedgerError::Rlp));
    }
}

#[test]
fn a_header_is_one_list_and_nothing_after_it() {
    let rlp = list(&fields());
    let (head, payload) = rlp.split_at(3);
    let padded = [&[0xfa, 0x00], &head[1..], payload].concat();
    let in_a_list = list(std::slice::from_ref(&rlp));
    for (bytes, error) in [
        ([rlp.as_slice(), &[0x80]].concat(), LedgerError::Rlp),
        (padded, LedgerError::Rlp),
        (string(payload), LedgerError::Rlp),
        (in_a_list, LedgerError::Rlp),
        (vec![], LedgerError::Rlp),
        (vec![0xc0], LedgerError::Header),
        (vec![0xff; 9], LedgerError::Rlp),
    ] {
        assert_eq!(Header::parse(HeaderRules::Ethereum, &bytes), Err(error));
    }
}

#[test]
fn a_header_is_bounded_before_it_is_read() {
    let extra = |len| parse(&with(12, string(&vec![7; len])));
    assert_eq!(extra(10_000).unwrap().extra_data().len(), 10_000);
    assert_eq!(extra(MAX_HEADER_BYTES), Err(LedgerError::TooLarge));
}

#[test]
fn a_header_is_written_again_with_other_extra_data() {
    for (rules, fields) in [
        (HeaderRules::Ethereum, with(12, string(b"seals"))),
        (HeaderRules::Metadium, metadium_fields()),
    ] {
        let header = Header::parse(rules, &list(&fields)).unwrap();
        let same = header.rlp_with_extra_data(header.extra_data());
        assert_eq!(same, header.rlp().as_ref());
        for extra in [&b"x"[..], &[7; 56], &[7; 300]] {
            let other = Header::parse(rules, &header.rlp_with_extra_data(extra)).unwrap();
            assert_eq!(other.extra_data().as_ref(), extra);
            assert_eq!(other.state_root(), header.state_root());
            assert_eq!(other.time(), header.time());
            assert_ne!(other.hash(), header.hash());
        }
    }
}

#[test]
fn a_metadium_header_has_fees_rewards_and_a_seal_between() {
    let fields = metadium_fields();
    let header = parse_metadium(&fields).unwrap();
    let ethereum = parse(&super::tests::fields()).unwrap();
    assert_eq!(header.hash(), keccak256(list(&fields)));
    assert_eq!(header.state_root(), ethereum.state_root());
    assert_eq!(header.number(), ethereum.number());
    assert_eq!(header.time(), ethereum.time());
    assert_eq!(header.extra_data(), ethereum.extra_data());
    let seal = header.node_seal().unwrap();
    assert_eq!(seal.node_id.as_ref(), [0x1d; 64]);
    assert_eq!(seal.signature.as_ref(), [0x51; 65]);
}

#[test]
fn a_header_of_the_other_rules_is_refused() {
    assert!(parse(&metadium_fields()).is_err());
    for len in FIRST_FIELDS..=21 {
        assert!(parse_metadium(&fields()[..len]).is_err());
    }
}

#[test]
fn a_metadium_seal_is_whole_or_not_there() {
    for (place, len) in [(17, 0), (18, 0)] {
        let mut fields = metadium_fields();
        fields[place] = string(&vec![1; len]);
        parse_metadium(&fields).unwrap();
    }
    for (place, len) in [(17, 63), (17, 65), (18, 64), (18, 66), (18, 1)] {
        let mut fields = metadium_fields();
        fields[place] = string(&vec![1; len]);
        assert_eq!(parse_metadium(&fields), Err(LedgerError::Header));
    }
}

#[test]
fn a_metadium_header_ends_where_its_forks_do() {
    let mut fields = metadium_fields();
    for later in [string(&[]), number(1), number(2)] {
        fields.push(later);
        parse_metadium(&fields).unwrap();
    }
    fields[20] = string(&[7; 32]);
    parse_metadium(&fields).unwrap();
    fields[20] = string(&[7; 31]);
    assert_eq!(parse_metadium(&fields), Err(LedgerError::Header));
    fields[20] = string(&[]);
    // PBFT's round and commit seals, which its block hash leaves out.
    fields.push(number(1));
    assert_eq!(parse_metadium(&fields), Err(LedgerError::Header));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_what_is_read_has_their_hash(
        place in 0..640_usize,
        byte in any::<u8>(),
        cut in 0..640_usize,
    ) {
        for (rules, fields) in [
            (HeaderRules::Ethereum, fields()),
            (HeaderRules::Metadium, metadium_fields()),
        ] {
            let mut rlp = list(&fields);
            prop_assert!(Header::parse(rules, &rlp[..cut.min(rlp.len() - 1)]).is_err());
            let place = place % rlp.len();
            rlp[place] = byte;
            if let Ok(header) = Header::parse(rules, &rlp) {
                prop_assert_eq!(header.hash(), keccak256(&rlp));
            }
        }
    }
}
