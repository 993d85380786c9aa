//! Chain profiles, checkpoints and seals: what an app pins, and what is to show that a block is one of its chain.

use super::fixture::object;
use wallet_core::jose::PublicKey;
use wallet_core::ledger::chain_profile::ChainProfile;
use wallet_core::ledger::header::{Header, HeaderRules};
use wallet_core::ledger::policy::{
    CheckpointKeys, InclusionProof, SignedCheckpoint, ValidatorSeals,
};
use wallet_core::ledger::{Address, B256};

/// A profile that is read says the same when it is written, and is sound.
pub(super) fn profile(input: &[u8]) {
    let Ok(profile) = ChainProfile::parse(input) else {
        return;
    };
    let written = profile.to_json().to_string();
    assert_eq!(ChainProfile::parse(written.as_bytes()), Ok(profile));
}

/// A checkpoint or path that is read says the same when it is written, and nobody's word makes it valid.
pub(super) fn checkpoint(input: &[u8]) {
    let members = object(input);
    if let Ok(proof) = InclusionProof::from_members(&members) {
        assert_eq!(
            InclusionProof::from_members(&proof.to_members()),
            Ok(proof.clone())
        );
        let blocks = proof.path().len() as u64;
        let root = B256::ZERO;
        assert!(
            proof
                .verify(&B256::ZERO, blocks / 2, blocks, &root)
                .is_err()
        );
    }
    let Ok(signed) = SignedCheckpoint::from_members(&members) else {
        return;
    };
    assert_eq!(
        SignedCheckpoint::from_members(&signed.to_members()),
        Ok(signed.clone())
    );
    assert_eq!(signed.checkpoint.message().len(), 150);
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[0x5a; 32]).verifying_key();
    let version = signed.checkpoint.key_set_version;
    let keys = CheckpointKeys::new(version, 1, vec![PublicKey::Ed25519(stranger)]).unwrap();
    let chain = signed.checkpoint.chain;
    assert!(keys.verify(&chain, signed).is_err());
}

/// Whoever sealed a header, it takes a quorum of those who are pinned.
pub(super) fn seals(input: &[u8]) {
    for rules in [HeaderRules::Ibft2, HeaderRules::Qbft] {
        let Ok(header) = Header::parse(rules, input) else {
            continue;
        };
        let strangers: Vec<Address> = (1..=4).map(Address::repeat_byte).collect();
        let strangers = ValidatorSeals::new(rules, &strangers).unwrap();
        assert!(strangers.sealed(&header).is_err());
    }
}
