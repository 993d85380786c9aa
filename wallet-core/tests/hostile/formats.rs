//! Items 24 to 26: JSON-LD, certificates, mdoc.

use crate::attack::{Attack, query};
use crate::world::age;
use pollster::block_on;
use serde_json::{Map, Value, json};
use wallet_core::ErrorCode::{
    CertificateRejected, FormatNotSupported, QueryInvalid, RequestInvalid, RequestNotSupported,
    SignatureInvalid, UntrustedIssuer, UntrustedVerifier,
};
use wallet_core::intent::{self, Intent, Medium};
use wallet_core::presentation::Proposal;
use wallet_parties::hostile::Forger;
use wallet_parties::pki::{CertificateFault, LeafProfile};

/// What offers and queries of a format this wallet does not have come to.
fn refused_in_every_way(format: &str, configuration: Value, meta: Value, path: Value) {
    let attack = Attack::begin();
    let impostor = attack.impostor();
    let card = |document: &mut Value| {
        document["credential_configurations_supported"]["card"] = configuration.clone();
    };
    impostor.publish(&attack.hostile, card, |_| {});
    let error = attack.receive(&impostor.offer()).err().unwrap();
    assert_eq!(error.code(), FormatNotSupported, "{error:?}");
    assert!(error.failed_rule().is_some());
    let asked: Vec<_> = attack.requests().iter().map(|r| r.url.clone()).collect();
    assert!(
        asked.iter().all(|url| url.contains("/.well-known/")),
        "{asked:?}"
    );

    // A query for it fits nothing; the holder may only say no, and that looks like any no.
    let request = attack
        .forger()
        .request(&query(format, meta, &[path]))
        .unwrap();
    match attack.ask(&request.link()) {
        Err(error) => {
            let codes = [QueryInvalid, RequestInvalid, RequestNotSupported];
            assert!(codes.contains(&error.code()), "{error:?}");
            assert!(error.failed_rule().is_some());
        }
        Ok(proposal) => {
            assert!(
                matches!(proposal, Proposal::Unavailable(_)),
                "something fits"
            );
            drop(proposal);
        }
    }
    attack.unharmed();
}

// shows: HOSTILE 24
#[test]
fn a_context_the_wallet_does_not_ship_is_refused_before_anything_is_ordered_and_never_fetched() {
    let context = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://contexts.example/evil.jsonld"
    ]);
    refused_in_every_way(
        "ldp_vc",
        json!({
            "format": "ldp_vc",
            "credential_definition": {"@context": context, "type": ["VerifiableCredential"]},
        }),
        json!({"type_values": [["https://www.w3.org/2018/credentials#VerifiableCredential"]]}),
        json!(["credentialSubject", "name"]),
    );
}

/// There is no mdoc in this wallet yet: nothing of that kind is received, shown or engaged with. What item 26 asks of it is shown
/// when it comes.
// shows: HOSTILE 26
#[test]
fn an_mdoc_is_refused_and_no_engagement_is_taken_up() {
    refused_in_every_way(
        "mso_mdoc",
        json!({
            "format": "mso_mdoc",
            "doctype": "org.iso.18013.5.1.mDL",
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
            "cryptographic_binding_methods_supported": ["cose_key"],
        }),
        json!({"doctype_value": "org.iso.18013.5.1.mDL"}),
        json!(["org.iso.18013.5.1", "family_name"]),
    );
    let attack = Attack::begin();
    for engagement in [
        "mdoc:owBjMS4wAYIB2BhYS6QBAiABIVggWojRgrzl9C76WZQ_MzWdAuipaP8onZPl",
        "mdoc:",
        "mdoc://",
    ] {
        assert_eq!(
            intent::open(engagement, Medium::Qr).unwrap(),
            Intent::Proximity
        );
        let error = attack.ask(engagement).err().unwrap();
        assert_eq!(error.code(), RequestInvalid, "{error:?}");
        assert!(block_on(attack.world.wallet.offer(engagement)).is_err());
    }
    attack.silent();
    attack.unharmed();
}

const FAULTS: [CertificateFault; 8] = [
    CertificateFault::Expired,
    CertificateFault::NotYetValid,
    CertificateFault::WrongKeyUsage,
    CertificateFault::WrongExtendedKeyUsage,
    CertificateFault::CaLeaf,
    CertificateFault::SelfSigned,
    CertificateFault::UnknownCriticalExtension,
    CertificateFault::BadSignature,
];

// shows: HOSTILE 25, HAIP 12, HAIP 22
#[test]
fn a_certificate_with_one_thing_wrong_vouches_for_nobody() {
    let attack = Attack::begin();
    let parties = &attack.world.parties;
    let codes = [
        CertificateRejected,
        UntrustedVerifier,
        UntrustedIssuer,
        SignatureInvalid,
    ];
    for fault in FAULTS {
        let base = attack.hostile.base_url();
        let forger = Forger::faulty(&parties.verifier_authority, fault, &base).unwrap();
        let request = forger.request(&age()).unwrap();
        // A TLS server's certificate may sign requests: no standard fixes the purpose for verifiers.
        if fault != CertificateFault::WrongExtendedKeyUsage {
            let error = attack.ask(&request.link()).err();
            let error = error.unwrap_or_else(|| panic!("verifier {fault:?}"));
            assert!(
                codes.contains(&error.code()),
                "verifier {fault:?}: {error:?}"
            );
            assert!(error.failed_rule().is_some(), "verifier {fault:?}");
        }

        let profile = LeafProfile::Issuer {
            common_name: "An office".into(),
            uri: None,
        };
        let leaf = parties
            .issuer_authority
            .issue_faulty_leaf(&profile, fault)
            .unwrap();
        attack.issues(move |impostor, request| {
            let mut impostor = wallet_parties::hostile::Impostor {
                identifier: impostor.identifier.clone(),
                vct: impostor.vct.clone(),
                leaf: impostor.leaf.clone(),
            };
            impostor.leaf = leaf.clone();
            impostor.card(request, Map::new(), &[], &json!({})).unwrap()
        });
        let error = attack.receive(&attack.impostor_offer()).err().unwrap();
        assert!(codes.contains(&error.code()), "issuer {fault:?}: {error:?}");
        assert!(error.failed_rule().is_some(), "issuer {fault:?}");
    }
    // The right kind of certificate, for the other trade.
    let profile = LeafProfile::Issuer {
        common_name: "An office".into(),
        uri: None,
    };
    let issuer = parties.issuer_authority.issue_leaf(&profile).unwrap();
    let request = attack.forged_with(|r| {
        r.header.insert("x5c".into(), issuer.x5c().into());
        r.key = issuer.key.clone();
    });
    let error = attack.ask(&request.link()).err().unwrap();
    assert!(codes.contains(&error.code()), "{error:?}");
    // The anchor itself in the chain, and a chain too long.
    let anchor = wallet_parties::hostile::base64(parties.verifier_authority.der());
    for times in [1, 5] {
        let request = attack.forged_with(|r| {
            let chain = r.header["x5c"].as_array_mut().unwrap();
            chain.extend(std::iter::repeat_n(Value::from(anchor.clone()), times));
        });
        if let Ok(proposal) = attack.ask(&request.link()) {
            // OpenID4VP lets the anchor stand in the chain, HAIP does not; five times is too long for both.
            assert_eq!(times, 1);
            drop(proposal);
        }
    }
    attack.unharmed();
}
