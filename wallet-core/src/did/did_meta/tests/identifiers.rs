use crate::did::DidError;
use crate::did::did_meta::MetaDid;
use crate::ledger::U256;

const DIGITS: &str = "00000000000000000000000000000000000000000000000000000000000004d2";

#[test]
fn the_main_network_is_not_named_in_the_canonical_form() {
    for text in [
        format!("did:meta:{DIGITS}"),
        format!("did:meta:mainnet:{DIGITS}"),
    ] {
        let did = MetaDid::parse(&text).unwrap();
        assert_eq!(did.as_str(), format!("did:meta:{DIGITS}"));
        assert_eq!(did.network(), "mainnet");
        assert_eq!(did.ein(), U256::from(1234));
    }
}

#[test]
fn other_networks_are() {
    let did = MetaDid::parse(&format!("did:meta:TestNet:{}", DIGITS.to_uppercase())).unwrap();
    assert_eq!(did.as_str(), format!("did:meta:testnet:{DIGITS}"));
    assert_eq!(did.network(), "testnet");
}

#[test]
fn old_names_are_read_for_old_signatures_only() {
    for (text, ein) in [
        ("0x04d2", 1234),
        ("4d2", 1234),
        ("testnet:0x1", 1),
        (DIGITS, 1234),
    ] {
        let did = MetaDid::parse_legacy(&format!("did:meta:{text}")).unwrap();
        assert_eq!(did.ein(), U256::from(ein));
        assert_eq!(MetaDid::parse(did.as_str()).unwrap(), did);
        let strict = MetaDid::parse(&format!("did:meta:{text}"));
        assert_eq!(strict.is_ok(), text == DIGITS);
    }
}

#[test]
fn what_is_no_identifier_is_refused() {
    let long = format!("{DIGITS}0");
    let network = format!("{}:{DIGITS}", "n".repeat(33));
    let signed = format!("+{}", &DIGITS[1..]);
    let cases = [
        "",
        "0x",
        ":",
        &long,
        &network,
        &signed,
        "g",
        &format!("a:b:{DIGITS}"),
        &format!(":{DIGITS}"),
        &format!("test-net:{DIGITS}"),
        &format!("{DIGITS}#MetaManagementKey#00"),
        &DIGITS.replace('0', "_"),
    ];
    for id in cases {
        let did = format!("did:meta:{id}");
        assert_eq!(MetaDid::parse(&did), Err(DidError::Malformed), "{id}");
        assert_eq!(
            MetaDid::parse_legacy(&did),
            Err(DidError::Malformed),
            "{id}"
        );
    }
    assert_eq!(
        MetaDid::parse("did:metadium:00"),
        Err(DidError::MethodNotSupported)
    );
}
