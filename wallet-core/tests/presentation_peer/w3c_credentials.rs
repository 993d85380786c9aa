//! W3C credentials that Digital Bazaar's packages sign, and verify again after they were shown.

use crate::world::World;
use serde_json::{Value, json};
use wallet_core::ErrorCode;
use wallet_core::presentation::Proposal;

const SUITES: [&str; 2] = ["bbs-2023", "ecdsa-sd-2023"];

/// Whether the holder is over 19.
fn query(demands_binding: bool) -> Value {
    json!({"credentials": [{
        "id": "citizen", "format": "ldp_vc",
        "require_cryptographic_holder_binding": demands_binding,
        "meta": {"type_values": [["https://www.w3.org/2018/credentials#VerifiableCredential"]]},
        "claims": [{"path": ["credentialSubject", "age_over_19"]}],
    }]})
}

// shows: VCI 43, VP 39, VP 47
#[test]
fn a_card_of_another_issuer_shows_another_verifier_one_claim_under_the_header_it_computes() {
    let world = World::start();
    for suite in SUITES {
        for mode in ["direct_post", "direct_post.jwt"] {
            let mut options = json!({"dcql": query(false), "mode": mode});
            if suite == "bbs-2023" {
                options["header"] = json!("1");
            }
            let asked = world.ask_with(&options);
            let holder = world.citizen(suite, "").unwrap();
            let (_, result) = world.shown_by(holder, &asked, &[]);
            assert_eq!(result["claims"]["citizen"], json!({"age_over_19": true}));
        }
    }
}

#[test]
fn a_card_that_is_bound_to_nothing_is_not_shown_to_who_demands_holder_binding() {
    let world = World::start();
    for suite in SUITES {
        let asked = world.ask_with(&json!({"dcql": query(true)}));
        let mut holder = world.citizen(suite, "").unwrap();
        let request = holder.open(&asked.link).unwrap();
        assert!(!matches!(holder.propose(request), Proposal::Plan(_)));
    }
}

#[test]
fn a_card_that_was_changed_after_signing_or_is_of_another_type_is_refused() {
    let world = World::start();
    for suite in SUITES {
        for (fault, code) in [
            ("bad_signature", ErrorCode::SignatureInvalid),
            ("wrong_type", ErrorCode::WrongCredentialType),
        ] {
            let refused = world.citizen(suite, fault).err();
            assert_eq!(
                refused.map(|error| error.code()),
                Some(code),
                "{suite} {fault}"
            );
        }
    }
}
