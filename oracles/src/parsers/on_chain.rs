//! What a chain may hold of a DID: events of a registry, words of storage.

use std::cell::RefCell;
use std::collections::BTreeMap;
use wallet_core::clock::UnixTime;
use wallet_core::did::did_ethr::{EthrDid, EthrDocument, History};
use wallet_core::did::did_meta::{self, Identity, MetaDid, MetaRegistries};
use wallet_core::did::{Did, DidDocument, DidError};
use wallet_core::ledger::reading::{ChainState, KnownState, ReadError};
use wallet_core::ledger::receipts::Log;
use wallet_core::ledger::{Address, B256, U256, layout};

const REGISTRY: Address = Address::repeat_byte(0xee);
const IDENTITY: Address = Address::repeat_byte(0x11);
const EVENTS: [&str; 4] = [
    "38a5a6e68f30ed1ab45860a4afb34bcb2fc00f22ca462d249b8a8d40cda6f7a3",
    "5a5084339536bcab65f20799fcc58724588145ca054bd2be626174b27ba156f7",
    "18ab6b2ae3d64306c00ce663125f2bd680e441a098de1635bd7ad8b0d44965e4",
    "0000000000000000000000000000000000000000000000000000000000000000",
];

/// The owner, then events: which one, its block, the length of its data in two bytes, its data. The block of the last one is
/// the newest.
fn events(input: &[u8]) -> Option<(KnownState, u64)> {
    let (owner, mut rest) = input.split_first_chunk::<20>()?;
    let mut blocks: BTreeMap<u64, Vec<Log>> = BTreeMap::new();
    let mut newest = 0;
    while let Some(([kind, block, high, low], after)) = rest.split_first_chunk() {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (data, after) = after.split_at(len);
        newest = u64::from(*block);
        blocks.entry(newest).or_default().push(Log {
            address: REGISTRY,
            topics: vec![
                EVENTS[usize::from(*kind) % EVENTS.len()].parse().unwrap(),
                IDENTITY.into_word(),
            ],
            data: data.to_vec().into(),
        });
        rest = after;
    }
    let slot = |number| layout::mapping_of_address(layout::slot(number), IDENTITY);
    let mut state = KnownState::default();
    state.learn_word(REGISTRY, slot(0), Address::from(*owner).into_word().into());
    state.learn_word(REGISTRY, slot(2), U256::from(newest));
    for (block, logs) in blocks {
        state.learn_events(block, logs);
    }
    Some((state, newest))
}

/// A history ends in the block that storage names, and its document is one of this DID at every time.
pub(super) fn ethr_events(input: &[u8]) {
    let Some((state, newest)) = events(input) else {
        return;
    };
    let Ok(history) = History::read(REGISTRY, IDENTITY, &state) else {
        return;
    };
    assert_eq!(history.newest_block().unwrap_or_default(), newest);
    let text = format!("did:ethr:0x1:{IDENTITY}");
    let did = EthrDid::parse(&text).unwrap();
    for at in [0, 1, 1_800_000_000, i64::MAX] {
        let document = EthrDocument::of(&did, 1, &history, UnixTime::from_secs(at));
        let is_deactivated = document.is_deactivated;
        match DidDocument::from_json(&Did::parse(&text).unwrap(), document.json) {
            Ok(document) => assert_eq!(is_deactivated, document.methods().is_empty()),
            Err(error) => assert_eq!(error, DidError::TooManyEntries),
        }
    }
}

/// Storage in which each slot, in the order they are asked for, holds the next 32 bytes of the input, and zero after its end.
struct InOrder<'a> {
    words: RefCell<(Words, &'a [u8])>,
}

/// What was asked for, and what it is.
type Words = BTreeMap<(Address, B256), U256>;

impl ChainState for InOrder<'_> {
    fn word(&self, contract: Address, slot: B256) -> Option<U256> {
        let mut words = self.words.borrow_mut();
        let (known, rest) = &mut *words;
        let word = *known.entry((contract, slot)).or_insert_with(|| {
            let len = rest.len().min(32);
            let (word, after) = rest.split_at(len);
            *rest = after;
            U256::try_from_be_slice(word).unwrap_or_default()
        });
        Some(word)
    }

    fn events(&self, _: Address, _: u64) -> Option<Vec<&Log>> {
        None
    }
}

fn identity(input: &[u8], ein: U256) -> Result<Identity, ReadError> {
    let registries = MetaRegistries {
        identities: REGISTRY,
        public_keys: vec![Address::repeat_byte(1)],
        service_keys: vec![Address::repeat_byte(2), Address::repeat_byte(3)],
    };
    let state = InOrder {
        words: RefCell::new((BTreeMap::new(), input)),
    };
    let read = Identity::read(&registries, ein, &state);
    assert!(state.words.borrow().0.len() < 10_000);
    read
}

/// However large the storage says it is, a bounded number of slots is read, and the document is one of this DID.
pub(super) fn meta_words(input: &[u8]) {
    let did = MetaDid::parse(&format!("did:meta:{:064x}", 5)).unwrap();
    if let Ok(identity) = identity(input, did.ein()) {
        let document = did_meta::document(&did, &identity);
        let did = Did::parse(did.as_str()).unwrap();
        let is_empty = DidDocument::from_json(&did, document).map(|it| it.methods().is_empty());
        assert_eq!(is_empty, Ok(identity == Identity::Deleted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus");
        std::fs::read(format!("{folder}/{path}")).unwrap()
    }

    #[test]
    fn the_corpus_of_events_gets_past_the_door() {
        let read = |name: &str| {
            let (state, _) = events(&entry(&format!("did_ethr_events/{name}"))).unwrap();
            History::read(REGISTRY, IDENTITY, &state).map(|history| history.len())
        };
        for (name, events) in [
            ("never_changed", 0),
            ("key", 1),
            ("revoked", 2),
            ("delegates", 3),
            ("owner", 1),
            ("deactivated", 2),
            ("service", 2),
            ("enc", 3),
        ] {
            assert_eq!(read(name), Ok(events), "{name}");
        }
        for name in ["hidden_second", "not_decreasing", "long_value"] {
            assert!(read(name).is_err(), "{name}");
        }
    }

    #[test]
    fn the_corpus_of_words_gets_past_the_door() {
        let read = |name: &str| {
            let ein = U256::from(5);
            match identity(&entry(&format!("did_meta_words/{name}")), ein) {
                Ok(Identity::Active {
                    management,
                    service,
                }) => {
                    let keys = management.iter().filter(|it| it.key.is_some()).count();
                    Some((management.len(), keys, service.len()))
                }
                Ok(Identity::Deleted) => Some((0, 0, 0)),
                Err(_) => None,
            }
        };
        for (name, expected) in [
            ("deleted", Some((0, 0, 0))),
            ("hash_only", Some((1, 0, 0))),
            ("key", Some((1, 1, 0))),
            ("services", Some((1, 0, 1))),
            ("long_symbol", Some((1, 0, 1))),
            ("absent", None),
            ("ten_thousand", None),
            ("huge_array", None),
            ("not_an_address", None),
            ("another_identity", None),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
    }
}
