use super::{did, proven, recorded, registries};
use crate::did::did_meta::{Identity, ManagementKey, MetaRegistries};
use crate::ledger::reading::{self, ChainState, KnownState, Need, ReadError};
use crate::ledger::{Address, B256, LedgerError, U256, layout, test_chain};
use alloy_primitives::keccak256;
use std::collections::BTreeSet;

const REGISTRY: Address = Address::repeat_byte(0xee);
const KEYS: Address = Address::repeat_byte(0xaa);
const SERVICES: Address = Address::repeat_byte(0xbb);
const ELSEWHERE: Address = Address::repeat_byte(0xcc);
const EIN: u64 = 5;

/// Storage by METADIUM's published layout; what is not written is empty.
#[derive(Clone, Default)]
struct Chain(KnownState);

impl ChainState for Chain {
    fn word(&self, contract: Address, slot: B256) -> Option<U256> {
        Some(self.0.word(contract, slot).unwrap_or_default())
    }

    fn events(&self, _: Address, _: u64) -> Option<Vec<&crate::ledger::receipts::Log>> {
        None
    }
}

fn key(number: u8) -> ([u8; 64], Address) {
    let key = [number; 64];
    (key, Address::from_word(keccak256(key)))
}

impl Chain {
    fn word_at(mut self, contract: Address, slot: B256, word: impl Into<U256>) -> Self {
        self.0.learn_word(contract, slot, word.into());
        self
    }

    fn address_at(self, contract: Address, slot: B256, address: Address) -> Self {
        self.word_at(contract, slot, address.into_word())
    }

    fn array(mut self, contract: Address, slot: B256, members: &[Address]) -> Self {
        for (index, member) in members.iter().enumerate() {
            self = self.address_at(contract, layout::element(slot, index as u64), *member);
        }
        self.word_at(contract, slot, U256::from(members.len()))
    }

    fn bytes(mut self, contract: Address, slot: B256, bytes: &[u8]) -> Self {
        if bytes.len() < 32 {
            let mut word = [0; 32];
            word[..bytes.len()].copy_from_slice(bytes);
            word[31] = bytes.len() as u8 * 2;
            return self.word_at(contract, slot, B256::new(word));
        }
        for (index, chunk) in bytes.chunks(32).enumerate() {
            let mut word = [0; 32];
            word[..chunk.len()].copy_from_slice(chunk);
            self = self.word_at(
                contract,
                layout::element(slot, index as u64),
                B256::new(word),
            );
        }
        self.word_at(contract, slot, U256::from(bytes.len() * 2 + 1))
    }

    /// The registry with one identity.
    fn identity(addresses: &[Address], resolvers: &[Address]) -> Self {
        let identity = layout::mapping(layout::slot(0), layout::slot(EIN));
        let mut chain = Self::default()
            .word_at(REGISTRY, layout::slot(2), U256::from(EIN + 1))
            .array(REGISTRY, layout::offset(identity, 1), addresses)
            .array(REGISTRY, layout::offset(identity, 5), resolvers);
        for address in addresses {
            let slot = layout::mapping_of_address(layout::slot(1), *address);
            chain = chain.word_at(REGISTRY, slot, U256::from(EIN));
        }
        chain
    }

    fn public_key(self, resolver: Address, address: Address, key: &[u8]) -> Self {
        self.bytes(
            resolver,
            layout::mapping_of_address(layout::slot(1), address),
            key,
        )
    }

    fn service_keys(mut self, keys: &[(Address, &[u8])]) -> Self {
        let list = layout::mapping(layout::slot(1), layout::slot(EIN));
        let addresses: Vec<_> = keys.iter().map(|(address, _)| *address).collect();
        self = self.array(SERVICES, list, &addresses);
        for (address, symbol) in keys {
            let slot = |number| layout::mapping_of_address(layout::slot(number), *address);
            self = self.word_at(SERVICES, slot(2), U256::from(EIN));
            self = self.bytes(SERVICES, slot(3), symbol);
        }
        self
    }

    fn read(&self) -> Result<Identity, ReadError> {
        let registries = MetaRegistries {
            identities: REGISTRY,
            public_keys: vec![KEYS],
            service_keys: vec![SERVICES],
        };
        Identity::read(&registries, U256::from(EIN), self)
    }

    fn refused(&self) -> LedgerError {
        self.read().unwrap_err().into()
    }

    fn symbols(&self) -> Vec<String> {
        match self.read().unwrap() {
            Identity::Active { service, .. } => service.into_iter().map(|it| it.symbol).collect(),
            Identity::Deleted => panic!("deleted"),
        }
    }
}

#[test]
fn an_identity_has_its_addresses_and_their_keys() {
    let ((one, first), (_, second)) = (key(1), key(2));
    let chain = Chain::identity(&[first, second], &[KEYS]).public_key(KEYS, first, &one);
    let expected = Identity::Active {
        management: vec![
            ManagementKey {
                address: first,
                key: Some(one),
            },
            ManagementKey {
                address: second,
                key: None,
            },
        ],
        service: vec![],
    };
    assert_eq!(chain.read().unwrap(), expected);
}

#[test]
fn exactly_what_was_recorded_is_asked_for_in_few_rounds() {
    // The names of keys that are another's by now were recorded too. Nobody asks for them.
    for (name, rounds, names_of_others) in [
        ("one_key", 4, 0),
        ("two_addresses", 4, 0),
        ("services", 7, 0),
        ("removed_service", 6, 0),
        ("taken_service", 5, 1),
        ("taker", 6, 0),
        ("deleted", 1, 0),
        ("absent", 1, 0),
        ("no_resolver", 3, 0),
        ("unpinned_resolver", 3, 0),
        ("removed_key", 3, 0),
    ] {
        let vector = recorded(name);
        let proven = proven(&vector);
        let mut known = KnownState::default();
        let mut asked = BTreeSet::new();
        let mut round = 0;
        loop {
            let read = Identity::read(&registries(&vector), did(&vector).ein(), &known);
            let Err(ReadError::Needs(needs)) = read else {
                break;
            };
            assert!(!needs.is_empty());
            round += 1;
            for need in needs {
                let Need::Slot { contract, slot } = need else {
                    panic!("{need:?}");
                };
                assert!(asked.insert((contract, slot)), "{name}: asked twice");
                known.learn_word(contract, slot, proven.word(contract, slot).unwrap());
            }
        }
        let contracts = vector["bundle"]["contracts"].as_array().unwrap();
        let given: usize = contracts
            .iter()
            .map(|it| it["storage"].as_array().unwrap().len())
            .sum();
        let asked = asked.len() + names_of_others;
        assert_eq!((round, asked), (rounds, given), "{name}");
    }
}

#[test]
fn a_slot_that_is_not_proven_is_an_error_and_no_shorter_key_set() {
    let vector = recorded("services");
    let proven = proven(&vector);
    let contracts = vector["bundle"]["contracts"].as_array().unwrap();
    for contract in contracts {
        for hidden in contract["storage"].as_array().unwrap() {
            let mut state = KnownState::default();
            for other in contracts {
                for slot in other["storage"].as_array().unwrap() {
                    if core::ptr::eq(slot, hidden) {
                        continue;
                    }
                    let address = super::address(&other["address"]);
                    let slot = slot["slot"].as_str().unwrap().parse().unwrap();
                    state.learn_word(address, slot, proven.word(address, slot).unwrap());
                }
            }
            let read = Identity::read(&registries(&vector), did(&vector).ein(), &state);
            assert_eq!(
                LedgerError::from(read.unwrap_err()),
                LedgerError::SlotNotProven
            );
        }
    }
}

#[test]
fn the_vector_of_another_tool_gives_its_key() {
    let vector = test_chain::meta();
    let block = test_chain::accepted(&vector["block"]);
    let mut state = KnownState::default();
    for name in ["identityRegistryProof", "publicKeyResolverProof"] {
        let answer = &vector[name];
        let pinned = test_chain::pinned(answer);
        let proof = test_chain::proof(answer);
        let proven =
            crate::ledger::contract::ContractState::verify(&block, &pinned, &proof).unwrap();
        for slot in proof.storage {
            state.learn_word(pinned.address, slot.slot, proven.word(slot.slot).unwrap());
        }
    }
    let registries = MetaRegistries {
        identities: super::address(&vector["identityRegistry"]),
        public_keys: vec![super::address(&vector["publicKeyResolver"])],
        // The vector has no slot of its service key resolver.
        service_keys: vec![],
    };
    let identity = Identity::read(&registries, U256::from(1), &state).unwrap();
    let key = test_chain::bytes(&vector["holderPublicKey64"]);
    let management = vec![ManagementKey {
        address: super::address(&vector["holderAddress"]),
        key: Some(key.as_ref().try_into().unwrap()),
    }];
    let service = vec![];
    assert_eq!(
        identity,
        Identity::Active {
            management,
            service
        }
    );
}

#[test]
fn a_number_that_was_never_given_away_is_no_identity() {
    let chain = Chain::identity(&[key(1).1], &[]);
    for next in [0, EIN - 1, EIN] {
        let chain = chain
            .clone()
            .word_at(REGISTRY, layout::slot(2), U256::from(next));
        assert_eq!(chain.refused(), LedgerError::NoIdentity);
    }
    let registries = MetaRegistries {
        identities: REGISTRY,
        public_keys: vec![],
        service_keys: vec![],
    };
    let zero = Identity::read(&registries, U256::ZERO, &chain).unwrap_err();
    assert_eq!(LedgerError::from(zero), LedgerError::NoIdentity);
    let absent = recorded("absent");
    let read = Identity::read(
        &super::registries(&absent),
        did(&absent).ein(),
        &proven(&absent),
    );
    assert_eq!(
        LedgerError::from(read.unwrap_err()),
        LedgerError::NoIdentity
    );
}

#[test]
fn an_identity_without_addresses_was_deleted_whatever_else_it_has() {
    assert_eq!(
        Chain::identity(&[], &[KEYS, SERVICES]).read().unwrap(),
        Identity::Deleted
    );
}

#[test]
fn a_resolver_counts_only_if_it_is_pinned_and_the_identity_names_it() {
    let (one, first) = key(1);
    for (resolvers, from, is_found) in [
        (vec![KEYS], KEYS, true),
        (vec![ELSEWHERE, SERVICES, KEYS], KEYS, true),
        (vec![ELSEWHERE], ELSEWHERE, false),
        (vec![SERVICES], KEYS, false),
        (vec![], KEYS, false),
    ] {
        let chain = Chain::identity(&[first], &resolvers).public_key(from, first, &one);
        let Identity::Active { management, .. } = chain.read().unwrap() else {
            panic!("deleted");
        };
        assert_eq!(management[0].key.is_some(), is_found);
    }
}

#[test]
fn a_resolver_that_is_named_twice_is_read_once() {
    let chain = Chain::identity(&[key(1).1], &[SERVICES, SERVICES, KEYS, KEYS]);
    let chain = chain.service_keys(&[(key(2).1, b"vote")]);
    assert_eq!(chain.symbols(), ["vote"]);
}

#[test]
fn a_key_is_64_bytes_that_hash_to_its_address() {
    let (_, first) = key(1);
    for wrong in [
        vec![2; 64],
        vec![1; 63],
        vec![1; 65],
        vec![1; 33],
        vec![1; 1],
        vec![1; 1024],
    ] {
        let chain = Chain::identity(&[first], &[KEYS]).public_key(KEYS, first, &wrong);
        assert_eq!(chain.refused(), LedgerError::KeyMismatch);
    }
    let huge = Chain::identity(&[first], &[KEYS]).public_key(KEYS, first, &[1; 1025]);
    assert_eq!(huge.refused(), LedgerError::TooLarge);
}

#[test]
fn an_address_belongs_to_one_identity() {
    let (_, first) = key(1);
    let slot = layout::mapping_of_address(layout::slot(1), first);
    for other in [0, EIN + 1] {
        let chain = Chain::identity(&[first], &[]).word_at(REGISTRY, slot, U256::from(other));
        assert_eq!(chain.refused(), LedgerError::KeyMismatch);
    }
}

#[test]
fn services_have_their_names_short_and_long() {
    let long = "a".repeat(33);
    let chain = Chain::identity(&[key(1).1], &[SERVICES]).service_keys(&[
        (key(2).1, b"vote"),
        (key(3).1, b""),
        (key(4).1, long.as_bytes()),
    ]);
    assert_eq!(chain.symbols(), ["vote", "", &long]);
}

#[test]
fn a_name_of_a_service_that_is_no_text_or_too_long_costs_its_key_alone() {
    for wrong in [&b"\xff"[..], &[b'a'; 1025]] {
        let services = [(key(2).1, wrong), (key(3).1, &b"pay"[..])];
        let chain = Chain::identity(&[key(1).1], &[SERVICES]).service_keys(&services);
        assert_eq!(chain.symbols(), ["pay"]);
    }
}

#[test]
fn a_service_key_that_was_taken_over_no_longer_counts_whatever_it_is_called_since() {
    for name in [&b"vote"[..], b"\xff", &[b'a'; 1025]] {
        for owner in [0, EIN + 1] {
            let chain = Chain::identity(&[key(1).1], &[SERVICES])
                .service_keys(&[(key(2).1, name), (key(3).1, b"pay")])
                .word_at(
                    SERVICES,
                    layout::mapping_of_address(layout::slot(2), key(2).1),
                    U256::from(owner),
                );
            assert_eq!(chain.symbols(), ["pay"]);
        }
    }
}

#[test]
fn ten_thousand_keys_are_refused() {
    let identity = layout::mapping(layout::slot(0), layout::slot(EIN));
    let services = layout::mapping(layout::slot(1), layout::slot(EIN));
    let chain = Chain::identity(&[key(1).1], &[KEYS, SERVICES]);
    for count in [U256::from(65), U256::from(10_000), U256::MAX] {
        for (contract, slot) in [
            (REGISTRY, layout::offset(identity, 1)),
            (REGISTRY, layout::offset(identity, 5)),
            (SERVICES, services),
        ] {
            let chain = chain.clone().word_at(contract, slot, count);
            assert_eq!(chain.refused(), LedgerError::TooLarge);
        }
    }
}

#[test]
fn addresses_are_addresses() {
    let identity = layout::mapping(layout::slot(0), layout::slot(EIN));
    let services = layout::mapping(layout::slot(1), layout::slot(EIN));
    let chain = Chain::identity(&[key(1).1], &[SERVICES]).service_keys(&[(key(2).1, b"vote")]);
    for (contract, array) in [
        (REGISTRY, layout::offset(identity, 1)),
        (REGISTRY, layout::offset(identity, 5)),
        (SERVICES, services),
    ] {
        let chain = chain
            .clone()
            .word_at(contract, layout::element(array, 0), U256::MAX);
        assert_eq!(chain.refused(), LedgerError::Layout);
    }
}

#[test]
fn what_can_be_known_is_told_by_needs() {
    assert_eq!(reading::needs(Chain::identity(&[], &[]).read()), Ok(vec![]));
    assert_eq!(
        reading::needs(Chain::default().read()),
        Err(LedgerError::NoIdentity)
    );
}
