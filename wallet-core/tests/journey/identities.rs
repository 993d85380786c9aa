//! The holder's own DIDs: one key for each method and network, and nothing is signed that was not shown.

use crate::rescue::rescue;
use crate::world::{World, authenticate, refused};
use pollster::block_on;
use std::collections::BTreeSet;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::did::Did;
use wallet_core::identity::{
    Erc1056Change, Erc1484Change, EthrNetwork, IdentityMethod, MetaNetwork, SignatureRequest,
    Signed, parse_account,
};
use wallet_core::jose::{Algorithm, CompactJws};
use wallet_core::ledger::rpc::PartyDid;
use wallet_core::vault::UnlockWith;
use wallet_core::vault::device_key::InMemoryDeviceKey;
use wallet_core::wallet::{HistoryEvent, Identity, ReusePolicy, Wallet};

const REGISTRY: &str = "0xdca7ef03e98e0dc2b855be647c39abe984fcf21b";
const OTHER: &str = "0x42bbff659772231bb63c7c175a1021e080a4cf9d";

fn ethr(name: &str, chain_id: u64) -> IdentityMethod {
    let registry = parse_account(REGISTRY).unwrap();
    IdentityMethod::Ethr(EthrNetwork::new(name, chain_id, registry).unwrap())
}

fn meta() -> IdentityMethod {
    let contract = parse_account(OTHER).unwrap();
    let network = MetaNetwork::new("testnet", 12, contract, contract, vec![], vec![contract]);
    IdentityMethod::Meta(network.unwrap())
}

fn methods() -> [IdentityMethod; 5] {
    let (key, jwk) = (IdentityMethod::Key, IdentityMethod::Jwk);
    [
        key,
        jwk,
        ethr("mainnet", 1),
        ethr("sepolia", 11_155_111),
        meta(),
    ]
}

fn proof() -> SignatureRequest {
    SignatureRequest::Proof {
        audience: "https://verifier.example".into(),
        nonce: "0d8mf03".into(),
    }
}

fn change_owner() -> SignatureRequest {
    SignatureRequest::Erc1056 {
        change: Erc1056Change::ChangeOwner {
            owner: parse_account(OTHER).unwrap(),
        },
        nonce: 0,
    }
}

fn sign(
    wallet: &Wallet,
    identity: &Identity,
    request: SignatureRequest,
) -> Result<Signed, wallet_core::WalletError> {
    let prepared = wallet.prepare_signature(&identity.name, request)?;
    let shown = *prepared.digest();
    let approved = prepared.approve(&shown)?;
    block_on(wallet.sign_approved(&authenticate(wallet), approved))
}

fn proves(signed: &Signed, identity: &Identity) -> bool {
    let Signed::Proof(text) = signed else {
        return false;
    };
    let jws = CompactJws::parse_of(text, 4096, &[Algorithm::Es256, Algorithm::Es256K]).unwrap();
    jws.verify(&identity.public_key).is_ok()
}

#[test]
fn each_method_and_network_has_one_random_key_of_its_own() {
    let world = World::new();
    let made = methods().map(|method| world.wallet.create_identity(&method).unwrap());
    let keys: BTreeSet<_> = made.iter().map(|one| one.public_key.thumbprint()).collect();
    assert_eq!(keys.len(), made.len());
    for one in &made {
        assert_eq!(&world.wallet.create_identity(&one.method).unwrap(), one);
    }
    let dids: Vec<_> = made.iter().map(|one| one.did.clone()).collect();
    assert!(dids[0].as_ref().unwrap().starts_with("did:key:zDn"));
    assert!(dids[1].as_ref().unwrap().starts_with("did:jwk:"));
    let account = made[2].account().unwrap();
    assert_eq!(dids[2], Some(format!("did:ethr:{account}")));
    assert!(dids[3].as_ref().unwrap().starts_with("did:ethr:sepolia:0x"));
    assert_eq!(dids[4], None);
    let listed = world.phone.reopen().identities().unwrap();
    assert_eq!(listed.len(), made.len());
    assert!(made.iter().all(|one| listed.contains(one)));
}

#[test]
fn no_server_is_asked_about_an_identity_of_the_holders_own() {
    let world = World::new();
    let identity = world.wallet.create_identity(&ethr("mainnet", 1)).unwrap();
    let own = world.wallet.own_dids().unwrap();
    let did = Did::parse(&identity.did.unwrap()).unwrap();
    assert!(PartyDid::new(&did, &own).is_err());
    let other = Did::parse("did:ethr:0x00000000000000000000000000000000000000aa").unwrap();
    assert!(PartyDid::new(&other, &own).is_ok());
    world.wallet.lock();
    assert_eq!(refused(world.wallet.own_dids()), ErrorCode::Locked);
}

#[test]
fn what_was_shown_is_signed_and_written_into_the_history() {
    let world = World::new();
    let identity = world.wallet.create_identity(&ethr("mainnet", 1)).unwrap();
    let prepared = world
        .wallet
        .prepare_signature(&identity.name, change_owner())
        .unwrap();
    let call = prepared.call().unwrap();
    assert_eq!(call.digest, *prepared.digest());
    let Signed::Call(signed) = sign(&world.wallet, &identity, change_owner()).unwrap() else {
        panic!("a proof");
    };
    assert_eq!(signed.call, call);
    assert!(proves(
        &sign(&world.wallet, &identity, proof()).unwrap(),
        &identity
    ));
    let history = world.wallet.history().unwrap();
    let signatures: Vec<_> = history
        .items
        .iter()
        .filter_map(|item| match &item.event {
            HistoryEvent::IdentitySigned { act, to, .. } => Some((act.as_str(), to.clone())),
            _ => None,
        })
        .collect();
    let registry = parse_account(REGISTRY).unwrap().to_string();
    let audience = "https://verifier.example".to_owned();
    assert_eq!(signatures, [("changeOwner", registry), ("proof", audience)]);
    assert!(matches!(
        history.items[0].event,
        HistoryEvent::IdentityMade { .. }
    ));
}

#[test]
fn nothing_is_signed_that_was_not_shown_or_not_just_now_or_by_somebody_else() {
    let world = World::new();
    let wallet = &world.wallet;
    let identity = wallet.create_identity(&ethr("mainnet", 1)).unwrap();
    let prepare = || {
        wallet
            .prepare_signature(&identity.name, change_owner())
            .unwrap()
    };
    assert_eq!(
        refused(prepare().approve(&[0; 32])),
        ErrorCode::ConsentMismatch
    );
    assert_eq!(refused(prepare().approve(&[])), ErrorCode::ConsentMismatch);
    let approved = || {
        let digest = *prepare().digest();
        prepare().approve(&digest).unwrap()
    };
    let stale = authenticate(wallet);
    let waited = approved();
    world.keep_unlocked_for(301);
    let refusal = refused(block_on(wallet.sign_approved(&stale, approved())));
    assert_eq!(refusal, ErrorCode::UserAuthRequired);
    let refusal = refused(block_on(
        wallet.sign_approved(&authenticate(wallet), waited),
    ));
    assert_eq!(refusal, ErrorCode::ConsentExpired);
    let elsewhere = World::new();
    let foreign = authenticate(&elsewhere.wallet);
    let refusal = refused(block_on(wallet.sign_approved(&foreign, approved())));
    assert_eq!(refusal, ErrorCode::UserAuthRequired);
    let history = wallet.history().unwrap();
    let is_signature = |event: &HistoryEvent| matches!(event, HistoryEvent::IdentitySigned { .. });
    assert!(!history.items.iter().any(|item| is_signature(&item.event)));
    wallet.lock();
    assert_eq!(refused(wallet.identities()), ErrorCode::Locked);
}

#[test]
fn an_identity_signs_only_what_is_of_its_method() {
    let world = World::new();
    for method in methods() {
        let identity = world.wallet.create_identity(&method).unwrap();
        let prepare = |request| world.wallet.prepare_signature(&identity.name, request);
        let create = SignatureRequest::Erc1484(Erc1484Change::CreateIdentity { recovery: None });
        let may = (prepare(change_owner()).is_ok(), prepare(create).is_ok());
        let expected = match method {
            IdentityMethod::Ethr(_) => (true, false),
            IdentityMethod::Meta(_) => (false, true),
            _ => (false, false),
        };
        assert_eq!(may, expected);
    }
}

#[test]
fn a_ledgers_name_is_written_down_once_and_then_proven() {
    let world = World::new();
    let wallet = &world.wallet;
    let identity = wallet.create_identity(&meta()).unwrap();
    assert_eq!(
        refused(sign(wallet, &identity, proof())),
        ErrorCode::NotFound
    );
    let did = format!("did:meta:testnet:{:064x}", 0x54b);
    for wrong in [
        did.replace(":testnet", ""),
        did.to_uppercase(),
        String::new(),
    ] {
        let refusal = refused(wallet.name_identity(&identity.name, &wrong));
        assert_eq!(refusal, ErrorCode::Malformed);
    }
    let named = wallet.name_identity(&identity.name, &did).unwrap();
    assert_eq!(named.did.as_ref(), Some(&did));
    assert_eq!(wallet.name_identity(&identity.name, &did).unwrap(), named);
    let other = format!("did:meta:testnet:{:064x}", 0x54c);
    assert_eq!(
        refused(wallet.name_identity(&identity.name, &other)),
        ErrorCode::Malformed
    );
    assert!(proves(
        &sign(wallet, &identity, proof()).unwrap(),
        &identity
    ));
    let ethr = wallet.create_identity(&ethr("mainnet", 1)).unwrap();
    assert_eq!(
        refused(wallet.name_identity(&ethr.name, &did)),
        ErrorCode::Malformed
    );
}

#[test]
fn identities_stay_when_cards_go() {
    let world = World::new();
    let identity = world.wallet.create_identity(&meta()).unwrap();
    let card = world.receive(2, ReusePolicy::Rotating);
    block_on(world.wallet.delete(&card)).unwrap();
    let add = SignatureRequest::Erc1484(Erc1484Change::AddPublicKey);
    assert!(matches!(
        sign(&world.wallet, &identity, add),
        Ok(Signed::Call(_))
    ));
}

#[test]
fn a_deleted_identity_leaves_no_key_and_no_record() {
    let world = World::new();
    let before = world.phone.census();
    let identity = world.wallet.create_identity(&ethr("mainnet", 1)).unwrap();
    let auth = authenticate(&world.wallet);
    world.wallet.delete_identity(&auth, &identity.name).unwrap();
    let mut after = world.phone.census();
    assert_eq!(after.remove("history"), Some(2));
    assert_eq!(after, before);
    let refusal = refused(world.wallet.delete_identity(&auth, &identity.name));
    assert_eq!(refusal, ErrorCode::NotFound);
    let anew = world.wallet.create_identity(&identity.method).unwrap();
    assert_ne!(anew.public_key, identity.public_key);
}

#[test]
fn another_record_is_no_identity() {
    let world = World::new();
    let card = world.receive(1, ReusePolicy::Rotating);
    let wallet = &world.wallet;
    assert!(wallet.prepare_signature(&card, proof()).is_err());
    assert!(
        wallet
            .delete_identity(&authenticate(wallet), &card)
            .is_err()
    );
    assert_eq!(wallet.list::<&str>(&[]).unwrap().len(), 1);
}

#[test]
fn a_key_that_needs_this_device_is_of_no_use_without_it_and_comes_along_in_a_rescue() {
    let mut world =
        World::with(|phone| phone.device_key = Some(Arc::new(InMemoryDeviceKey::default())));
    let identity = world.wallet.create_identity(&ethr("mainnet", 1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rescued = rescue(&world.wallet, folder.path().join("new"))
        .unwrap()
        .wallet;
    assert_eq!(
        rescued.identities().unwrap(),
        std::slice::from_ref(&identity)
    );
    world.wallet.lock();
    world.phone.device_key = Some(Arc::new(InMemoryDeviceKey::default()));
    let wallet = world.phone.open();
    let code = || UnlockWith::RecoveryCode(&world.recovery_code);
    block_on(wallet.unlock(code())).unwrap();
    let prepared = wallet.prepare_signature(&identity.name, proof()).unwrap();
    let shown = *prepared.digest();
    let auth = block_on(wallet.authenticate(code())).unwrap();
    let approved = prepared.approve(&shown).unwrap();
    let refusal = refused(block_on(wallet.sign_approved(&auth, approved)));
    assert_eq!(refusal, ErrorCode::NeedsReissue);
}
