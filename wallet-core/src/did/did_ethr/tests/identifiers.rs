use crate::did::DidError;
use crate::did::did_ethr::{EthrDid, EthrNetwork};

const ADDRESS: &str = "0xf998BC9a9Ec81eA852C4df0e1FCECA63356Ad967";
/// A key of the did:ethr method specification, and its address.
const KEY: &str = "0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const ADDRESS_OF_KEY: &str = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf";

fn parse(id: &str) -> Result<EthrDid, DidError> {
    EthrDid::parse(&format!("did:ethr:{id}"))
}

#[test]
fn an_identifier_without_network_is_of_the_main_one() {
    let did = parse(ADDRESS).unwrap();
    assert_eq!(did.network(), &EthrNetwork::Name("mainnet".into()));
    assert_eq!(did.address().to_string(), ADDRESS);
    assert_eq!(did.key_hex(), None);
    assert_eq!(did.as_str(), format!("did:ethr:{ADDRESS}"));
}

#[test]
fn a_network_is_named_or_numbered() {
    for (text, network) in [
        ("sepolia", EthrNetwork::Name("sepolia".into())),
        ("rsk:testnet", EthrNetwork::Name("rsk:testnet".into())),
        ("0x7a69", EthrNetwork::ChainId(31337)),
        ("0x1", EthrNetwork::ChainId(1)),
    ] {
        let did = parse(&format!("{text}:{ADDRESS}")).unwrap();
        assert_eq!(did.network(), &network);
    }
}

#[test]
fn a_compressed_key_names_the_identity_of_its_address() {
    let did = parse(KEY).unwrap();
    assert_eq!(
        did.address(),
        ADDRESS_OF_KEY.parse::<crate::ledger::Address>().unwrap()
    );
    assert_eq!(did.key_hex(), KEY.strip_prefix("0x"));
}

#[test]
fn an_address_in_one_case_has_no_checksum() {
    for address in [
        ADDRESS.to_lowercase(),
        ADDRESS.to_uppercase().replace('X', "x"),
    ] {
        assert_eq!(parse(&address).unwrap().address().to_string(), ADDRESS);
    }
}

#[test]
fn other_methods_are_for_others() {
    for did in ["did:meta:00", "did:ethr", "ethr:0x", "", "did:ethrx:0x"] {
        assert_eq!(EthrDid::parse(did), Err(DidError::MethodNotSupported));
    }
}

#[test]
fn what_is_no_identifier_is_refused() {
    let wrong_checksum = ADDRESS.replace("0xf", "0xF");
    let not_on_the_curve = format!("0x02{}", "ff".repeat(32));
    let uncompressed_tag = KEY.replace("0x02", "0x04");
    let cases = [
        "".to_owned(),
        "0x".to_owned(),
        ADDRESS.replace("0x", ""),
        ADDRESS.replace("0x", "0X"),
        format!("{ADDRESS}0"),
        format!("{ADDRESS}00"),
        ADDRESS.replace('9', "g"),
        wrong_checksum,
        not_on_the_curve,
        uncompressed_tag,
        format!(":{ADDRESS}"),
        format!("a::{ADDRESS}"),
        format!("0x:{ADDRESS}"),
        format!("0x+1:{ADDRESS}"),
        format!("0x10000000000000000:{ADDRESS}"),
        format!("na me:{ADDRESS}"),
        format!("n%61me:{ADDRESS}"),
        format!("{}:{ADDRESS}", "n".repeat(65)),
        format!("{ADDRESS}#controller"),
        format!("{ADDRESS}?versionId=1"),
    ];
    for id in cases {
        assert_eq!(parse(&id), Err(DidError::Malformed), "{id}");
    }
}
