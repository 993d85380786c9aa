//! What a resolver takes for current beside what it and the wallet saw before.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::did::{Anchor, BlockRef, DidDocument};
use crate::http::FetchSettings;
use crate::jose::PublicKey;
use crate::ledger::chain_profile::PinnedContracts;
use crate::ledger::header::HeaderRules;
use crate::ledger::policy::{
    ChainIdentity, Checkpoint, CheckpointKeys, CheckpointSignature, SignedCheckpoint,
};
use crate::wallet::NoNetwork;
use alloy_primitives::B256;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;

const CHAIN: ChainIdentity = ChainIdentity {
    chain_id: 11,
    genesis: B256::repeat_byte(1),
};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> CheckpointKeys {
    let public = PublicKey::Ed25519(key().verifying_key());
    CheckpointKeys::new(1, 1, vec![public]).unwrap()
}

fn resolver() -> LedgerResolver {
    let (trust, rules) = (TrustPolicy::Checkpoints(keys()), HeaderRules::Ethereum);
    let contracts = PinnedContracts::default();
    let profile = ChainProfile::new("local", CHAIN, rules, 100, trust, contracts);
    LedgerResolver::new(profile.unwrap())
}

/// A block of the chain under the resolver's policy, vouched for by a checkpoint.
fn seen(number: u64, hash: u8) -> LastSeen {
    let checkpoint = Checkpoint {
        chain: CHAIN,
        number,
        hash: B256::repeat_byte(hash),
        time: 1,
        key_set_version: 1,
        earlier_blocks: B256::ZERO,
    };
    let signatures = vec![CheckpointSignature {
        key: PublicKey::Ed25519(key().verifying_key()).thumbprint(),
        signature: key().sign(&checkpoint.message()).to_bytes().to_vec(),
    }];
    let signed = SignedCheckpoint {
        checkpoint,
        signatures,
    };
    LastSeen {
        chain: CHAIN,
        policy: resolver().profile.trust.fingerprint(),
        number,
        hash: B256::repeat_byte(hash),
        checkpoint: Some(keys().verify(&CHAIN, signed).unwrap()),
    }
}

fn holder(ledgers_seen: Vec<LastSeen>) -> HolderState {
    HolderState {
        ledgers_seen,
        ..HolderState::default()
    }
}

fn refused(error: PolicyError) -> Result<(), DidError> {
    Err(LedgerError::Policy(error).into())
}

#[test]
fn nothing_is_taken_for_current_that_goes_behind_what_the_wallet_saw() {
    let resolver = resolver();
    let wallet = holder(vec![seen(8, 1)]);
    let behind = resolver.remember(seen(7, 1), &wallet);
    assert_eq!(behind, refused(PolicyError::RolledBack));
    assert_eq!(resolver.last_seen(), None);
    resolver.remember(seen(9, 1), &wallet).unwrap();
    // The wallet may have read its records before.
    let behind = resolver.remember(seen(8, 1), &wallet);
    assert_eq!(behind, refused(PolicyError::RolledBack));
    assert_eq!(resolver.last_seen(), Some(seen(9, 1)));
    let elsewhere = LastSeen {
        policy: B256::ZERO,
        ..seen(20, 1)
    };
    resolver
        .remember(seen(10, 1), &holder(vec![elsewhere]))
        .unwrap();
}

#[test]
fn nobody_is_asked_how_it_is_now_where_the_wallets_memory_is_damaged() {
    let did = Did::parse("did:ethr:0xb:0x1111111111111111111111111111111111111111").unwrap();
    let fetcher = Fetcher::new(&NoNetwork, FetchSettings::default());
    for is_memory_damaged in [true, false] {
        let holder = HolderState {
            is_memory_damaged,
            ..HolderState::default()
        };
        let with = Resolving {
            holder: &holder,
            ..Resolving::new(&fetcher, UnixTime::from_secs(0))
        };
        let damaged = refused(PolicyError::MemoryDamaged).unwrap_err();
        for (resolver, is_refused) in [(resolver(), is_memory_damaged), (resolver().at(7), false)] {
            let found = pollster::block_on(resolver.resolve(&did, &with)).unwrap_err();
            assert_eq!(found == damaged, is_refused);
        }
    }
}

#[test]
fn a_checkpoint_that_contradicts_one_seen_before_is_given_out_as_evidence() {
    let nobody = HolderState::default();
    let by_itself = resolver();
    by_itself.remember(seen(7, 1), &nobody).unwrap();
    assert_eq!(by_itself.contradiction(), None);
    let by_wallet = resolver();
    for (resolver, holder) in [(&by_itself, nobody), (&by_wallet, holder(vec![seen(7, 1)]))] {
        let lie = resolver.remember(seen(7, 2), &holder);
        assert_eq!(lie, refused(PolicyError::Equivocation));
        assert_eq!(resolver.contradiction(), Some(seen(7, 2)));
    }
    assert_eq!(by_itself.last_seen(), Some(seen(7, 1)));
}

fn found(evidence: Evidence, as_of: i64) -> ResolvedDid {
    let did = Did::parse("did:example:1").unwrap();
    let document = json!({"id": did.as_str()}).as_object().unwrap().clone();
    let document = DidDocument::from_json(&did, document).unwrap();
    ResolvedDid::new(&did, document, evidence, UnixTime::from_secs(as_of)).unwrap()
}

#[test]
fn an_answer_is_given_again_only_while_it_is_current() {
    let block = BlockRef {
        chain_id: 11,
        number: 7,
        hash: [1; 32],
    };
    let anchor = Anchor::Checkpoint { signers: 1, of: 1 };
    let current = found(Evidence::LedgerProof { block, anchor }, 1_000);
    let resolver = resolver();
    for (now, seconds) in [
        (990, 60),
        (1_000, 60),
        (1_040, 60),
        (1_041, 59),
        (1_099, 1),
        (1_100, 0),
        (2_000, 0),
    ] {
        let lifetime = resolver.lifetime(&current, UnixTime::from_secs(now));
        assert_eq!(lifetime, seconds, "{now}");
    }
    for evidence in [
        Evidence::VerifiedAt { block, anchor },
        Evidence::Stale { block },
    ] {
        let past = found(evidence, 1_000);
        assert_eq!(resolver.lifetime(&past, UnixTime::from_secs(1_000)), 0);
    }
}
