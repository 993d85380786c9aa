#![allow(clippy::unwrap_used)]

use super::*;
use crate::did::{DidUrl, authentication_key, did_key_of};
use crate::error::{ErrorCode, WalletError};
use crate::jose::{Algorithm, CompactJws, PublicKey};
use crate::keys::KeyId;
use crate::random::OsRandom;
use crate::secret::Secret;
use alloy_primitives::{Address, hex};
use pollster::block_on;
use serde_json::Value;

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn vector(path: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-fixtures/vectors");
    let file = std::fs::read(format!("{folder}/{path}")).unwrap();
    serde_json::from_slice(&file).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn account(value: &Value) -> Address {
    parse_account(value.as_str().unwrap()).unwrap()
}

fn key(method: &IdentityMethod, secret: &[u8]) -> IdentityKey {
    let mut secret: [u8; 32] = secret.try_into().unwrap();
    IdentityKey::from_secret(KeyId::new("k"), method.clone(), Secret::take(&mut secret)).unwrap()
}

fn ethr(name: &str, chain_id: u64, registry: u8) -> IdentityMethod {
    let network = EthrNetwork::new(name, chain_id, Address::repeat_byte(registry));
    IdentityMethod::Ethr(network.unwrap())
}

fn meta(name: &str, registry: u8) -> IdentityMethod {
    let contract = |byte| Address::repeat_byte(byte);
    let (resolvers, providers) = (vec![contract(3)], vec![contract(4)]);
    let chain_id = if name == "mainnet" { 11 } else { 12 };
    let network = MetaNetwork::new(
        name,
        chain_id,
        contract(registry),
        contract(2),
        resolvers,
        providers,
    );
    IdentityMethod::Meta(network.unwrap())
}

fn change_owner() -> SignatureRequest {
    SignatureRequest::Erc1056 {
        change: Erc1056Change::ChangeOwner {
            owner: Address::repeat_byte(9),
        },
        nonce: 0,
    }
}

fn proof() -> SignatureRequest {
    SignatureRequest::Proof {
        audience: "https://verifier.example".into(),
        nonce: "n-1".into(),
    }
}

fn build(key: &IdentityKey, request: SignatureRequest) -> Result<IdentitySignature, IdentityError> {
    let did = key.method().did_of(key.public_key())?;
    request.build(key.method(), key.public_key(), did.as_deref(), NOW)
}

fn sign(key: &IdentityKey, what: &IdentitySignature) -> Result<Signed, WalletError> {
    block_on(key.sign(what))
}

fn signed_call(key: &IdentityKey, what: &IdentitySignature) -> SignedCall {
    match sign(key, what).unwrap() {
        Signed::Call(call) => *call,
        Signed::Proof(_) => panic!("a proof"),
    }
}

/// Digests, signatures and data of transactions as ethers makes them, which the registry of npm took on a real chain.
#[test]
fn every_change_of_erc_1056_is_what_another_library_signed_and_the_registry_took() {
    use Erc1056Change as Change;
    let file = vector("did-ethr/signed-changes.json");
    let chain_id = file["chain_id"].as_u64().unwrap();
    let network = EthrNetwork::new("local", chain_id, account(&file["registry"])).unwrap();
    let method = IdentityMethod::Ethr(network.clone());
    let key = key(&method, &bytes(&file["secret"]));
    let identity = account(&file["identity"]);
    assert_eq!(account_of(key.public_key()), Ok(identity));
    let secp256k1 = PublicKey::from_secp256k1_point(&bytes(&file["secp256k1"])).unwrap();
    let ed25519 = bytes(&file["ed25519"]).try_into().unwrap();
    let ed25519 = PublicKey::from_ed25519(&ed25519).unwrap();
    let delegate = account(&file["delegate"]);
    let (assertion, authentication) = (EthrKeyUse::Assertion, EthrKeyUse::Authentication);
    let changes = [
        Change::AddKey {
            usage: assertion,
            key: secp256k1.clone(),
            seconds: 31_536_000,
        },
        Change::AddKey {
            usage: authentication,
            key: ed25519,
            seconds: 86_400,
        },
        Change::RevokeKey {
            usage: assertion,
            key: secp256k1,
        },
        Change::AddDelegate {
            usage: authentication,
            delegate,
            seconds: 3600,
        },
        Change::RevokeDelegate {
            usage: authentication,
            delegate,
        },
        Change::ChangeOwner { owner: delegate },
    ];
    let recorded = file["changes"].as_array().unwrap();
    assert_eq!(recorded.len(), changes.len());
    for (change, recorded) in changes.into_iter().zip(recorded) {
        let nonce = recorded["nonce"].as_u64().unwrap();
        let call = Erc1056Call::new(network.clone(), identity, change, nonce).unwrap();
        let signed = signed_call(&key, &IdentitySignature::Erc1056(call));
        assert_eq!(signed.call.function, recorded["change"].as_str().unwrap());
        assert_eq!(signed.call.digest.to_vec(), bytes(&recorded["digest"]));
        assert_eq!(signed.signature.to_vec(), bytes(&recorded["signature"]));
        assert_eq!(signed.calldata, bytes(&recorded["calldata"]));
    }
}

/// METADIUM's contracts took these digests and signatures on a real chain.
#[test]
fn both_steps_of_did_meta_are_what_metadiums_contracts_took() {
    let file = vector("korea/did-meta-eip1186-anvil.json");
    let keys = vector("korea/did-meta-vc-jwt-es256k.json");
    let provider = account(&file["getIdentity"][2][0]);
    let network = MetaNetwork::new(
        "local",
        31_337,
        account(&file["identityRegistry"]),
        account(&file["publicKeyResolver"]),
        vec![account(&file["serviceKeyResolver"])],
        vec![provider],
    );
    let method = IdentityMethod::Meta(network.clone().unwrap());
    let key = key(&method, &bytes(&keys["did_keys"][1]["privateKeyHex"]));
    let holder = account(&file["holderAddress"]);
    assert_eq!(account_of(key.public_key()), Ok(holder));
    let time: i64 = file["createIdentity"]["timestamp"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    // A minute before now is what is signed.
    let now = UnixTime::from_secs(time + 60);
    for (change, recorded) in [
        (
            Erc1484Change::CreateIdentity { recovery: None },
            "createIdentity",
        ),
        (Erc1484Change::AddPublicKey, "addPublicKey"),
    ] {
        let request = SignatureRequest::Erc1484(change);
        let what = request.build(&method, key.public_key(), None, now).unwrap();
        let signed = signed_call(&key, &what);
        assert_eq!(signed.call.function, recorded);
        assert_eq!(signed.call.replay, Replay::Time(time.try_into().unwrap()));
        assert_eq!(
            signed.call.digest.to_vec(),
            bytes(&file[recorded]["digest"])
        );
        assert_eq!(
            signed.signature.to_vec(),
            bytes(&file[recorded]["signature"])
        );
    }
}

#[test]
fn what_the_holder_reads_is_made_of_what_is_signed() {
    let method = meta("testnet", 1);
    let key = key(&method, &[7; 32]);
    let recovery = Some(Address::repeat_byte(0xab));
    let create = SignatureRequest::Erc1484(Erc1484Change::CreateIdentity { recovery });
    let call = build(&key, create).unwrap().call().unwrap().unwrap();
    let account = account_of(key.public_key()).unwrap().to_string();
    assert_eq!(call.network, "testnet");
    assert_eq!(call.contract, Address::repeat_byte(1));
    assert_eq!(
        call.text,
        Some("I authorize the creation of an Identity on my behalf.")
    );
    assert_eq!(call.replay, Replay::Time(1_799_999_940));
    let shown: Vec<_> = call
        .arguments
        .iter()
        .map(|one| (one.name, one.value.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (
                "recoveryAddress",
                "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB"
            ),
            ("associatedAddress", account.as_str()),
            ("providers", "0x0404040404040404040404040404040404040404"),
            (
                "resolvers",
                "0x0202020202020202020202020202020202020202, 0x0303030303030303030303030303030303030303"
            ),
        ]
    );
    let method = ethr("sepolia", 11_155_111, 5);
    let key = super::tests::key(&method, &[7; 32]);
    let add = SignatureRequest::Erc1056 {
        change: Erc1056Change::AddDelegate {
            usage: EthrKeyUse::Assertion,
            delegate: Address::repeat_byte(1),
            seconds: 60,
        },
        nonce: 3,
    };
    let call = build(&key, add).unwrap().call().unwrap().unwrap();
    assert_eq!((call.chain_id, call.replay), (11_155_111, Replay::Nonce(3)));
    let shown: Vec<_> = call
        .arguments
        .iter()
        .map(|one| (one.name, one.value.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("identity", account.as_str()),
            ("delegateType", "veriKey"),
            ("delegate", "0x0101010101010101010101010101010101010101"),
            ("validity", "60"),
        ]
    );
}

/// The digests of contracts hold no chain id: the same registry on another chain would take the same signature.
#[test]
fn a_key_of_one_network_signs_for_no_other_though_the_digest_is_the_same() {
    let (here, there) = (ethr("mainnet", 1, 5), ethr("sepolia", 11_155_111, 5));
    let (key, same_key) = (key(&here, &[7; 32]), key(&there, &[7; 32]));
    let (mine, other) = (
        build(&key, change_owner()).unwrap(),
        build(&same_key, change_owner()).unwrap(),
    );
    assert_eq!(mine.digest(), other.digest());
    assert!(sign(&key, &mine).is_ok());
    let refused = sign(&key, &other).unwrap_err();
    assert_eq!(
        (refused.code(), refused.subject()),
        (ErrorCode::KeyPurpose, Some("network"))
    );
    let elsewhere = super::tests::key(&ethr("mainnet", 1, 6), &[7; 32]);
    let other_registry = build(&elsewhere, change_owner()).unwrap();
    assert_eq!(
        sign(&key, &other_registry).unwrap_err().subject(),
        Some("network")
    );
}

#[test]
fn a_key_signs_for_no_other_account_or_method() {
    let (ethr, meta) = (ethr("mainnet", 1, 5), meta("mainnet", 1));
    let owner = key(&ethr, &[7; 32]);
    let others = build(&key(&ethr, &[8; 32]), change_owner()).unwrap();
    let refused = sign(&owner, &others).unwrap_err();
    assert_eq!(
        (refused.code(), refused.subject()),
        (ErrorCode::KeyPurpose, Some("account"))
    );
    let create = || SignatureRequest::Erc1484(Erc1484Change::AddPublicKey);
    let of_meta = build(&key(&meta, &[7; 32]), create()).unwrap();
    assert_eq!(
        sign(&owner, &of_meta).unwrap_err().subject(),
        Some("method")
    );
    assert_eq!(build(&owner, create()), Err(IdentityError::OtherMethod));
    for method in [IdentityMethod::Key, IdentityMethod::Jwk, meta] {
        let key = key(&method, &[7; 32]);
        assert_eq!(build(&key, change_owner()), Err(IdentityError::OtherMethod));
    }
}

#[test]
fn a_proof_is_verified_by_the_key_its_did_names() {
    for method in [IdentityMethod::Key, IdentityMethod::Jwk] {
        let key = IdentityKey::generate(method.clone(), &OsRandom).unwrap();
        let what = build(&key, proof()).unwrap();
        assert_eq!(what.call(), Ok(None));
        let Signed::Proof(text) = sign(&key, &what).unwrap() else {
            panic!("no proof");
        };
        let jws = CompactJws::parse(&text, 4096).unwrap();
        assert_eq!(
            (jws.algorithm(), jws.typ()),
            (Algorithm::Es256, Some("did-control+jwt"))
        );
        let url = DidUrl::parse(jws.kid().unwrap()).unwrap();
        assert_eq!(authentication_key(&url).as_ref(), Ok(key.public_key()));
        assert_eq!(jws.verify(key.public_key()), Ok(()));
        let claims = jws.payload_object().unwrap();
        assert_eq!(claims["iss"], url.did());
        assert_eq!(claims["aud"], "https://verifier.example");
        assert_eq!(claims["nonce"], "n-1");
        assert_eq!(claims["iat"], 1_800_000_000);
        assert_eq!(claims["exp"], 1_800_000_300);
        assert_eq!(claims.len(), 6);
    }
}

#[test]
fn a_proof_of_a_ledgers_identity_is_of_es256k_and_names_the_key_as_its_documents_do() {
    let ethr = key(&ethr("sepolia", 11_155_111, 5), &[7; 32]);
    let did = ethr.method().did_of(ethr.public_key()).unwrap().unwrap();
    let account = account_of(ethr.public_key()).unwrap();
    assert_eq!(did, format!("did:ethr:sepolia:{account}"));
    let meta = key(&meta("mainnet", 1), &[7; 32]);
    let named = format!("did:meta:{:064x}", 0x2a);
    let kid = format!("{named}#MetaManagementKey#{}", hex::encode(account));
    for (key, did, kid) in [
        (&ethr, did.clone(), format!("{did}#controller")),
        (&meta, named.clone(), kid),
    ] {
        let what = proof()
            .build(key.method(), key.public_key(), Some(&did), NOW)
            .unwrap();
        let Signed::Proof(text) = sign(key, &what).unwrap() else {
            panic!("no proof");
        };
        let jws = CompactJws::parse_of(&text, 4096, &[Algorithm::Es256K]).unwrap();
        assert_eq!(jws.kid(), Some(kid.as_str()));
        assert_eq!(jws.verify(key.public_key()), Ok(()));
    }
    assert_eq!(build(&meta, proof()), Err(IdentityError::Unnamed));
}

#[test]
fn audience_and_nonce_are_there_and_bounded() {
    let key = key(&IdentityMethod::Key, &[7; 32]);
    for (audience, nonce) in [
        (String::new(), "n".into()),
        ("a".into(), String::new()),
        ("a".repeat(2049), "n".into()),
        ("a".into(), "n".repeat(513)),
    ] {
        let request = SignatureRequest::Proof { audience, nonce };
        assert_eq!(build(&key, request), Err(IdentityError::TooLarge));
    }
}

#[test]
fn a_ledger_may_give_did_meta_a_name_of_its_own_network_only() {
    let digits = format!("{:064x}", 0x2a);
    let (mainnet, testnet) = (meta("mainnet", 1), meta("testnet", 1));
    assert!(mainnet.may_be_named(&format!("did:meta:{digits}")));
    assert!(testnet.may_be_named(&format!("did:meta:testnet:{digits}")));
    for did in [
        format!("did:meta:testnet:{digits}"),
        format!("did:meta:mainnet:{digits}"),
        format!("did:meta:0x{digits}"),
        format!("did:meta:{}", digits.to_uppercase().replace('2', "B")),
        format!("did:meta:{}", &digits[1..]),
        format!("did:meta:{digits}#a"),
        format!("did:ethr:{digits}"),
        String::new(),
    ] {
        assert!(!mainnet.may_be_named(&did), "{did}");
    }
    let did = format!("did:meta:{digits}");
    for method in [IdentityMethod::Key, ethr("mainnet", 1, 5), testnet] {
        assert!(!method.may_be_named(&did));
    }
}

#[test]
fn accounts_and_networks_are_read_strictly() {
    // The first example of ERC-55.
    let text = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    let read = parse_account(text).unwrap();
    assert_eq!(read.to_string(), text);
    assert_eq!(parse_account(&text.to_lowercase()), Ok(read));
    for wrong in [
        "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        &text[2..],
        &text[..41],
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe ",
        "0xgaAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "",
    ] {
        assert_eq!(parse_account(wrong), Err(IdentityError::Account), "{wrong}");
    }
    for name in ["", "Main", "a:b", "ä", &"a".repeat(33)] {
        let network = EthrNetwork::new(name, 1, read);
        assert_eq!(network, Err(IdentityError::Network), "{name}");
    }
    for (name, chain_id) in [("mainnet", 2), ("sepolia", 1), ("0x1", 2), ("0x", 0)] {
        let network = EthrNetwork::new(name, chain_id, read);
        assert_eq!(network, Err(IdentityError::Network), "{name}");
    }
    assert!(EthrNetwork::new("0x7a69", 31_337, read).is_ok());
    for name in ["testnet", "mainnet", "0x1"] {
        let network = MetaNetwork::new(name, 31_337, read, read, vec![], vec![]);
        assert_eq!(network, Err(IdentityError::Network), "{name}");
    }
    let many = MetaNetwork::new("a", 1, read, read, vec![read; 9], vec![]);
    assert_eq!(many, Err(IdentityError::Network));
}

#[test]
fn a_method_is_read_back_as_it_was_stored() {
    for method in [
        IdentityMethod::Key,
        IdentityMethod::Jwk,
        ethr("a", 7, 5),
        meta("b", 1),
    ] {
        let text = serde_json::to_string(&method).unwrap();
        assert_eq!(
            serde_json::from_str::<IdentityMethod>(&text).unwrap(),
            method
        );
    }
    let lower = r#"{"method":"ethr","name":"a","chain_id":7,"registry":"0x05"}"#;
    assert!(serde_json::from_str::<IdentityMethod>(lower).is_err());
}

#[test]
fn every_identity_has_a_key_of_its_own_kind_and_no_other_purpose_has_secp256k1() {
    let one = IdentityKey::generate(ethr("a", 7, 5), &OsRandom).unwrap();
    let two = IdentityKey::generate(ethr("a", 7, 5), &OsRandom).unwrap();
    assert_ne!(one.public_key(), two.public_key());
    assert!(did_key_of(one.public_key()).starts_with("did:key:zQ3s"));
    assert_eq!(
        IdentityMethod::Key.did_of(one.public_key()),
        Err(IdentityError::KeyKind)
    );
    let p256 = IdentityKey::generate(IdentityMethod::Key, &OsRandom).unwrap();
    assert_eq!(account_of(p256.public_key()), Err(IdentityError::KeyKind));
    use crate::keys::{KeyPurpose, SoftwareKey};
    for purpose in [KeyPurpose::Holder, KeyPurpose::Dpop, KeyPurpose::Payment] {
        let refused = SoftwareKey::generate(Algorithm::Es256K, purpose, &OsRandom)
            .err()
            .unwrap();
        assert_eq!(refused.code(), ErrorCode::NotSupported);
    }
}

#[test]
fn keys_the_registry_has_no_word_for_are_refused() {
    let key = key(&ethr("a", 7, 5), &[7; 32]);
    let p256 = IdentityKey::generate(IdentityMethod::Key, &OsRandom).unwrap();
    let request = SignatureRequest::Erc1056 {
        change: Erc1056Change::AddKey {
            usage: EthrKeyUse::Assertion,
            key: p256.public_key().clone(),
            seconds: 1,
        },
        nonce: 0,
    };
    assert_eq!(build(&key, request), Err(IdentityError::KeyKind));
}
