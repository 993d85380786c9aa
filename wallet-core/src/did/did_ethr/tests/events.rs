use super::{IDENTITY, OTHER, attribute_changed, delegate_changed, log, name, owner_changed, word};
use crate::did::did_ethr::event::{
    ATTRIBUTE_CHANGED, Change, DELEGATE_CHANGED, Entry, Event, OWNER_CHANGED,
};
use crate::ledger::receipts::Log;
use crate::ledger::{B256, LedgerError, U256};
use alloy_primitives::keccak256;
use proptest::prelude::*;

#[test]
fn events_are_told_by_the_hashes_of_their_signatures() {
    for (kind, signature) in [
        (OWNER_CHANGED, "DIDOwnerChanged(address,address,uint256)"),
        (
            DELEGATE_CHANGED,
            "DIDDelegateChanged(address,bytes32,address,uint256,uint256)",
        ),
        (
            ATTRIBUTE_CHANGED,
            "DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)",
        ),
    ] {
        assert_eq!(kind, keccak256(signature));
    }
}

#[test]
fn an_event_says_what_changed_and_where_the_one_before_is() {
    let event = Event::of(IDENTITY, &owner_changed(OTHER, 7))
        .unwrap()
        .unwrap();
    assert_eq!(event.change, Change::Owner(OTHER));
    assert_eq!(event.previous, 7);
    let event = Event::of(IDENTITY, &delegate_changed("veriKey", OTHER, 9, 0));
    let entry = Entry::Delegate {
        role: B256::from_slice(&name("veriKey")),
        delegate: OTHER,
    };
    let valid_to = U256::from(9);
    assert_eq!(
        event.unwrap().unwrap().change,
        Change::Entry { entry, valid_to }
    );
    let event = Event::of(
        IDENTITY,
        &attribute_changed("did/svc/Hub", b"https://h", 9, 3),
    );
    let entry = Entry::Attribute {
        name: B256::from_slice(&name("did/svc/Hub")),
        value: b"https://h".into(),
    };
    assert_eq!(
        event.unwrap().unwrap().change,
        Change::Entry { entry, valid_to }
    );
}

#[test]
fn a_value_may_be_empty_or_end_with_a_word() {
    for len in [0, 1, 31, 32, 33, 64] {
        let event = Event::of(IDENTITY, &attribute_changed("a", &vec![5; len], 9, 3));
        let Change::Entry {
            entry: Entry::Attribute { value, .. },
            ..
        } = event.unwrap().unwrap().change
        else {
            panic!("an attribute");
        };
        assert_eq!(value, vec![5; len]);
    }
}

#[test]
fn events_of_others_are_not_looked_into() {
    let mut broken = owner_changed(OTHER, 7);
    broken.topics[1] = OTHER.into_word();
    broken.data = vec![0xff; 3].into();
    assert_eq!(Event::of(IDENTITY, &broken), Ok(None));
    broken.topics = vec![IDENTITY.into_word()];
    assert_eq!(Event::of(IDENTITY, &broken), Ok(None));
}

fn refused(log: &Log) -> LedgerError {
    Event::of(IDENTITY, log).unwrap_err()
}

#[test]
fn an_event_the_registry_does_not_tell_is_refused() {
    let unknown = log(
        keccak256("Upgraded(address)"),
        IDENTITY,
        &[word(1), word(0)],
    );
    assert_eq!(refused(&unknown), LedgerError::Event);
}

#[test]
fn an_event_has_exactly_its_arguments() {
    for mut event in [
        owner_changed(OTHER, 7),
        delegate_changed("veriKey", OTHER, 9, 0),
        attribute_changed("did/svc/Hub", b"https://h", 9, 3),
    ] {
        let whole = event.data.clone();
        for len in 0..whole.len() {
            event.data = whole.slice(..len);
            assert_eq!(refused(&event), LedgerError::Event, "{len}");
        }
        event.data = [whole.as_ref(), &[0]].concat().into();
        assert_eq!(refused(&event), LedgerError::Event);
    }
}

#[test]
fn arguments_have_the_form_of_their_types() {
    let wide = vec![1; 32];
    let attribute = |offset, len| {
        let arguments = [name("a"), offset, word(9), word(3), len];
        log(ATTRIBUTE_CHANGED, IDENTITY, &arguments)
    };
    for broken in [
        log(OWNER_CHANGED, IDENTITY, &[wide.clone(), word(0)]),
        log(OWNER_CHANGED, IDENTITY, &[word(1), wide.clone()]),
        attribute(word(160), word(0)),
        attribute(word(0), word(0)),
        attribute(wide.clone(), word(0)),
        attribute(word(128), word(1)),
    ] {
        assert_eq!(refused(&broken), LedgerError::Event);
    }
    for long in [wide, word(16 * 1024 + 1), vec![0xff; 32]] {
        assert_eq!(refused(&attribute(word(128), long)), LedgerError::TooLarge);
    }
}

proptest! {
    #[test]
    fn no_event_makes_reading_panic(kind in 0_usize..3, data in proptest::collection::vec(any::<u8>(), 0..400)) {
        let kind = [OWNER_CHANGED, DELEGATE_CHANGED, ATTRIBUTE_CHANGED][kind];
        let _ = Event::of(IDENTITY, &log(kind, IDENTITY, &[data]));
    }
}
