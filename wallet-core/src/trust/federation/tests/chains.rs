//! Chains of statements, and what breaks them.

use super::*;
use crate::error::{Category, ErrorCode, WalletError};
use crate::jose::{CompactJws, JoseError};
use crate::trust::federation::{FederationError, ResolvedVerifier, verify_chain};

fn federation() -> Federation {
    let key = EcKey::generate().unwrap();
    Federation::new(json!({"client_name": "Shop", "jwks": jwks(&key)}))
}

fn verify(federation: &Federation) -> Result<ResolvedVerifier, FederationError> {
    verify_chain(&federation.chain(), VERIFIER, &federation.anchors(), NOW)
}

#[test]
fn a_chain_to_a_pinned_anchor_gives_the_verifiers_keys_and_metadata() {
    let key = EcKey::generate().unwrap();
    let federation = Federation::new(json!({"client_name": "Shop", "jwks": jwks(&key)}));
    let verifier = verify(&federation).unwrap();
    assert_eq!(verifier.anchor(), ANCHOR);
    assert_eq!(verifier.metadata()["client_name"], "Shop");
    let signed = jws::sign(&Map::new(), &Map::new(), &key);
    verifier
        .keys()
        .verify(&CompactJws::parse(&signed, 4096).unwrap())
        .unwrap();
    // Its federation keys sign statements, not requests.
    let signed = jws::sign(&Map::new(), &Map::new(), &federation.keys[VERIFIER]);
    let jws = CompactJws::parse(&signed, 4096).unwrap();
    assert_eq!(
        verifier.keys().verify(&jws),
        Err(JoseError::SignatureInvalid)
    );
    // The anchor's configuration may follow.
    let chain: Vec<_> = (0..4).map(|place| federation.signed(place)).collect();
    verify_chain(&chain, VERIFIER, &federation.anchors(), NOW).unwrap();
}

#[test]
fn a_chain_that_breaks_a_rule_is_refused() {
    type Change = fn(&mut Federation);
    let other = |place: usize| -> Change {
        match place {
            0 => |f| f.signers[0] = Some(EcKey::generate().unwrap()),
            1 => |f| f.signers[1] = Some(EcKey::generate().unwrap()),
            _ => |f| f.signers[2] = Some(EcKey::generate().unwrap()),
        }
    };
    let cases: [(&str, Change, FederationError); 24] = [
        (
            "configuration signed by another",
            other(0),
            JoseError::SignatureInvalid.into(),
        ),
        (
            "statement signed by another",
            other(1),
            JoseError::SignatureInvalid.into(),
        ),
        (
            "anchor's statement signed by another",
            other(2),
            JoseError::SignatureInvalid.into(),
        ),
        (
            "the verifier signs for its authority",
            |f| {
                f.signers[1] = Some(f.keys[VERIFIER].clone());
            },
            JoseError::SignatureInvalid.into(),
        ),
        (
            "the authority signs for the anchor",
            |f| {
                f.signers[2] = Some(f.keys[MIDDLE].clone());
            },
            JoseError::SignatureInvalid.into(),
        ),
        (
            "a configuration whose own keys are not those its authority states",
            |f| {
                f.claims[0]["jwks"] = jwks(&EcKey::generate().unwrap());
            },
            JoseError::SignatureInvalid.into(),
        ),
        (
            "an authority that states other keys",
            |f| {
                f.claims[1]["jwks"] = jwks(&EcKey::generate().unwrap());
            },
            JoseError::SignatureInvalid.into(),
        ),
        (
            "another entity",
            |f| {
                f.claims[0]["iss"] = "https://other.example".into();
                f.claims[0]["sub"] = "https://other.example".into();
            },
            FederationError::NotAChain,
        ),
        (
            "a statement about somebody else",
            |f| f.claims[1]["sub"] = ANCHOR.into(),
            FederationError::NotAChain,
        ),
        (
            "a statement by somebody else",
            |f| f.claims[1]["iss"] = ANCHOR.into(),
            FederationError::NotAChain,
        ),
        (
            "a circle",
            |f| f.claims[2]["iss"] = VERIFIER.into(),
            FederationError::NotAChain,
        ),
        (
            "an anchor that is not pinned",
            |f| {
                f.claims[2]["iss"] = "https://other.example".into();
            },
            FederationError::NoAnchor,
        ),
        (
            "another spelling of the anchor",
            |f| {
                f.claims[2]["iss"] = "https://anchor.example/".into();
            },
            FederationError::NoAnchor,
        ),
        (
            "an expired configuration",
            |f| f.claims[0]["exp"] = (NOW.as_secs() - 61).into(),
            FederationError::Time,
        ),
        (
            "an expired statement",
            |f| f.claims[2]["exp"] = (NOW.as_secs() - 61).into(),
            FederationError::Time,
        ),
        (
            "a statement of the future",
            |f| f.claims[1]["iat"] = (NOW.as_secs() + 61).into(),
            FederationError::Time,
        ),
        (
            "no exp",
            |f| drop(f.claims[1].remove("exp")),
            FederationError::Statement,
        ),
        (
            "no jwks",
            |f| drop(f.claims[1].remove("jwks")),
            FederationError::Statement,
        ),
        (
            "another type",
            |f| f.header = json!({"typ": "JWT"}),
            FederationError::Statement,
        ),
        (
            "no type",
            |f| f.header = json!({}),
            FederationError::Statement,
        ),
        (
            "a critical claim",
            |f| drop(f.claims[2].insert("crit".into(), json!(["new"]))),
            FederationError::Critical,
        ),
        (
            "a critical operator",
            |f| {
                f.claims[2].insert("metadata_policy_crit".into(), json!(["regexp"]));
            },
            FederationError::Critical,
        ),
        (
            "no verifier",
            |f| {
                f.claims[0]["metadata"] = json!({"openid_relying_party": {}});
            },
            FederationError::NotAVerifier,
        ),
        (
            "keys elsewhere",
            |f| {
                f.claims[0]["metadata"]["openid_credential_verifier"] =
                    json!({"jwks_uri": "https://verifier.example/k"});
            },
            FederationError::NoKeys,
        ),
    ];
    for (name, change, expected) in cases {
        let mut federation = federation();
        change(&mut federation);
        let error = verify(&federation).map(|_| name).unwrap_err();
        assert_eq!(error, expected, "{name}");
        let error = WalletError::from(error);
        assert_eq!(error.category(), Category::Verifier, "{name}");
        assert!(error.failed_rule().is_some(), "{name}");
    }
    let error = WalletError::from(FederationError::NoAnchor);
    assert_eq!(error.code(), ErrorCode::UntrustedVerifier);
}

#[test]
fn a_chain_that_is_cut_short_reordered_or_too_long_is_refused() {
    let federation = federation();
    let chain = federation.chain();
    let anchors = federation.anchors();
    let error = |chain: &[String]| verify_chain(chain, VERIFIER, &anchors, NOW).unwrap_err();
    assert_eq!(error(&[]), FederationError::NotAChain);
    assert_eq!(error(&chain[..1]), FederationError::NoAnchor);
    assert_eq!(error(&chain[..2]), FederationError::NoAnchor);
    assert_eq!(error(&chain[1..]), FederationError::NotAChain);
    let reversed: Vec<_> = chain.iter().rev().cloned().collect();
    assert_eq!(error(&reversed), FederationError::NotAChain);
    assert_eq!(error(&vec![chain[0].clone(); 8]), FederationError::TooLong);
    let none: Vec<PinnedKeys> = Vec::new();
    assert_eq!(
        verify_chain(&chain, VERIFIER, &none, NOW).unwrap_err(),
        FederationError::NoAnchor
    );
    // A configuration of the anchor by somebody else.
    let mut other = Federation::new(json!({}));
    other.claims[3]["jwks"] = federation.claims[3]["jwks"].clone();
    let forged = [chain.as_slice(), &[other.signed(3)]].concat();
    assert_eq!(error(&forged), JoseError::SignatureInvalid.into());
}

#[test]
fn what_a_superior_constrains_holds_for_everyone_below() {
    for (place, constraints, is_met) in [
        (2, json!({"max_path_length": 1}), true),
        (2, json!({"max_path_length": 0}), false),
        (1, json!({"max_path_length": 0}), true),
        (
            2,
            json!({"allowed_entity_types": ["openid_credential_verifier"]}),
            true,
        ),
        (
            2,
            json!({"allowed_entity_types": ["openid_relying_party"]}),
            false,
        ),
        (2, json!({"allowed_entity_types": []}), false),
        (
            2,
            json!({"naming_constraints": {"permitted": [".example"]}}),
            true,
        ),
        (
            2,
            json!({"naming_constraints": {"permitted": ["middle.example", "verifier.example"]}}),
            true,
        ),
        (
            2,
            json!({"naming_constraints": {"permitted": ["VERIFIER.example", "middle.example"]}}),
            true,
        ),
        // The authority's own name counts too.
        (
            2,
            json!({"naming_constraints": {"permitted": ["verifier.example"]}}),
            false,
        ),
        (
            1,
            json!({"naming_constraints": {"permitted": ["verifier.example"]}}),
            true,
        ),
        (
            1,
            json!({"naming_constraints": {"permitted": [".verifier.example"]}}),
            false,
        ),
        (
            1,
            json!({"naming_constraints": {"permitted": ["example"]}}),
            false,
        ),
        (1, json!({"naming_constraints": {"permitted": []}}), false),
        (
            2,
            json!({"naming_constraints": {"excluded": ["verifier.example"]}}),
            false,
        ),
        (
            2,
            json!({"naming_constraints": {"excluded": [".example"]}}),
            false,
        ),
        (
            2,
            json!({"naming_constraints": {"excluded": ["evil.example"]}}),
            true,
        ),
        (
            2,
            json!({"naming_constraints": {"permitted": [".example"], "excluded": ["verifier.example"]}}),
            false,
        ),
    ] {
        let mut federation = federation();
        federation.claims[place].insert("constraints".into(), constraints.clone());
        let result = verify(&federation).map(|_| ());
        let expected = if is_met {
            Ok(())
        } else {
            Err(FederationError::Constraint)
        };
        assert_eq!(result, expected, "{place} {constraints}");
    }
    for constraints in [
        json!([]),
        json!({"max_path_length": "1"}),
        json!({"max_path_length": -1}),
        json!({"naming_constraints": {"permitted": "a"}}),
        json!({"naming_constraints": {"excluded": [1]}}),
        json!({"allowed_entity_types": "openid_credential_verifier"}),
    ] {
        let mut federation = federation();
        federation.claims[2].insert("constraints".into(), constraints.clone());
        assert_eq!(
            verify(&federation).unwrap_err(),
            FederationError::Statement,
            "{constraints}"
        );
    }
}
