//! Presentation to the independent verifier of `test-fixtures/peers/oid4vc-js`: the npm packages @openid4vc/openid4vp, dcql
//! and @sd-jwt/sd-jwt-vc. Every fault switch it has for the flows of this wallet is one test.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod faults;
#[path = "../support/holder.rs"]
mod holder;
#[path = "../support/http.rs"]
mod http;
mod w3c_credentials;
mod world;

use holder::Holder;
use serde_json::{Value, json};
use wallet_core::presentation::dcql::CredentialRef;
use wallet_core::presentation::{Choice, Outcome, Proof, Proposal};
use wallet_core::{ErrorCode, WalletError};
use world::World;

// shows: VP 9, VP 10, VP 11, VP 30, VP 31, VP 32, VP 33, VP 34, VP 35, VP 37, VP 38, HAIP 12, HAIP 14, HAIP 17
// shows: HAIP 24, HAIP 25, SDJWT 15, HOSTILE 6, OIDF oid4vp-1final-wallet-fewer-claims-than-available
// shows: OIDF oid4vp-1final-wallet-happy-flow
#[test]
fn every_prefix_and_mode_ends_in_an_accepted_presentation() {
    let world = World::start();
    for prefix in [
        "x509_san_dns",
        "x509_hash",
        "redirect_uri",
        "decentralized_identifier",
    ] {
        for mode in ["direct_post", "direct_post.jwt"] {
            let asked = world.ask(&format!("prefix={prefix}&mode={mode}&query=pid"));
            let (shown, result) = world.shown(&asked, &[]);
            let count = result["disclosed"].as_u64().unwrap();
            assert_eq!(shown.len() as u64, count, "{prefix} {mode}");
            assert_eq!(result["claims"]["pid"]["address"]["locality"], "Köln");
        }
    }
}

// shows: VP 37, VP 41
#[test]
fn a_w3c_credential_as_jwt_is_shown_in_a_presentation_its_subject_signed() {
    let world = World::start();
    for mode in ["direct_post", "direct_post.jwt"] {
        let asked = world.ask(&format!("query=degree&mode={mode}"));
        let (shown, result) = world.shown_by(world.graduate(), &asked, &[]);
        assert!(shown.is_empty(), "nothing of it can be withheld");
        assert_eq!(result["claims"]["degree"]["degree"]["name"], "BSc");
    }
}

// shows: VP 10, HAIP 12, HOSTILE 3
#[test]
fn who_asks_is_known_as_well_as_the_prefix_allows() {
    let world = World::start();
    for (prefix, proof) in [
        ("x509_san_dns", Proof::CertificateDnsName),
        ("x509_hash", Proof::CertificateHash),
        ("redirect_uri", Proof::AnswerAddressOnly),
        ("decentralized_identifier", Proof::DecentralizedIdentifier),
    ] {
        let asked = world.ask(&format!("prefix={prefix}&query=pid"));
        let request = Holder::trusting(world.pki.anchor_pem())
            .open(&asked.link)
            .unwrap();
        assert_eq!(*request.verifier().proof(), proof);
        assert_eq!(request.verifier().display_name(), Some("Loopback verifier"));
    }
}

// shows: VP 15, OIDF oid4vp-1final-wallet-request-uri-method-post
#[test]
fn a_request_object_that_is_fetched_with_post_holds_the_wallets_nonce() {
    let world = World::start();
    for prefix in ["x509_san_dns", "x509_hash", "decentralized_identifier"] {
        let asked = world.ask(&format!(
            "prefix={prefix}&query=pid&request_uri_method=post"
        ));
        let (_, result) = world.shown(&asked, &[]);
        assert_eq!(result["claims"]["pid"]["address"]["locality"], "Köln");
    }
}

// shows: VP 23
#[test]
fn query_mdl_or_pid_is_answered_with_the_card_at_hand() {
    let world = World::start();
    let (_, result) = world.shown(&world.ask("query=mdl_or_pid"), &[]);
    assert!(result["claims"]["pid"].is_object() && result["claims"]["mdl"].is_null());
}

// shows: VP 23, OIDF oid4vp-1final-wallet-optional-credential-set
#[test]
fn query_all_optional_is_answered_with_what_is_required() {
    let world = World::start();
    let (_, result) = world.shown(&world.ask("query=all_optional"), &[]);
    assert_eq!(result["claims"].as_object().unwrap().len(), 1);
}

// shows: VP 24, OIDF oid4vp-1final-wallet-negative-test-required-non-matching-credential
#[test]
fn one_required_card_that_is_missing_holds_the_others_back() {
    let world = World::start();
    let card = |id: &str, vct: &str| {
        json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [vct]},
            "claims": [{"path": ["given_name"]}]})
    };
    let dcql = json!({
        "credentials": [card("pid", "urn:eudi:pid:1"), card("other", "urn:example:unheard-of")],
        "credential_sets": [{"options": [["pid"]]}, {"options": [["other"]]}],
    });
    for mode in ["direct_post", "direct_post.jwt"] {
        let asked = world.ask_with(&json!({"dcql": dcql, "mode": mode}));
        let mut holder = world.holder();
        let request = holder.open(&asked.link).unwrap();
        let proposal = holder.propose(request);
        assert!(!matches!(proposal, Proposal::Plan(_)));
        holder.send(&proposal.decline());
        let result = world.result(&asked);
        assert_eq!(result["state"], "wallet_error");
        assert_eq!(result["error"], "access_denied");
        assert_eq!(result["claims"], json!({}));
    }
}

// shows: VP 21
#[test]
fn query_claim_sets_is_answered_with_the_first_set_there_is() {
    let world = World::start();
    let (shown, _) = world.shown(&world.ask("query=claim_sets"), &[]);
    assert!(!shown.is_empty());
    let choice = Choice::ClaimSet {
        query: "pid".into(),
        credential: CredentialRef("pid".into()),
        claim_set: 1,
    };
    let (shown, _) = world.shown(&world.ask("query=claim_sets"), &[choice]);
    assert_eq!(shown, [r#"["family_name"]"#, r#"["given_name"]"#]);
}

// shows: VP 22
#[test]
fn query_values_is_answered_where_a_value_matches() {
    let world = World::start();
    let (_, result) = world.shown(&world.ask("query=values"), &[]);
    assert_eq!(result["claims"]["pid"]["address"]["country"], "DE");
}

// shows: VP 20, OIDF oid4vp-1final-wallet-no-claims-in-dcql-query
#[test]
fn query_no_claims_discloses_nothing_selectively() {
    let world = World::start();
    let (shown, result) = world.shown(&world.ask("query=no_claims"), &[]);
    assert!(shown.is_empty());
    assert_eq!(result["disclosed"], 0);
}

// shows: VP 26, HAIP 15
#[test]
fn a_trusted_authority_is_found_by_its_key_identifier() {
    let world = World::start();
    let mut holder = world.holder();
    let dcql = |ids: Value| {
        json!({"credentials": [{"id": "pid", "format": "dc+sd-jwt", "meta": {},
            "claims": [{"path": ["given_name"]}],
            "trusted_authorities": [{"type": "aki", "values": ids}]}]})
    };
    // The key identifier of the peers' authority, as its own certificate states it.
    let anchor = authority_key_id(&world);
    for (ids, is_found) in [
        (json!(["AAAA", anchor]), true),
        (json!([anchor]), true),
        (json!(["AAAA"]), false),
    ] {
        let asked = world.ask_with(&json!({"dcql": dcql(ids)}));
        let request = holder.open(&asked.link).unwrap();
        assert_eq!(
            matches!(holder.propose(request), Proposal::Plan(_)),
            is_found
        );
    }
}

/// base64url of the subject key identifier of the peers' anchor.
fn authority_key_id(world: &World) -> String {
    use x509_cert::der::Decode as _;
    use x509_cert::ext::pkix::SubjectKeyIdentifier;
    let anchor = x509_cert::Certificate::from_der(world.pki.authority().der()).unwrap();
    let extension = anchor
        .tbs_certificate()
        .get_extension::<SubjectKeyIdentifier>();
    let (_, id) = extension.unwrap().unwrap();
    wallet_parties::base64url(id.0.as_bytes())
}

// shows: VP 24, VP 46, HOSTILE 10
#[test]
fn a_card_that_is_absent_and_one_that_is_refused_are_told_alike() {
    let world = World::start();
    let mut answers = Vec::new();
    for mode in ["direct_post", "direct_post.jwt"] {
        for has_card in [true, false] {
            let asked = world.ask(&format!("query=pid&mode={mode}"));
            let mut holder = if has_card {
                world.holder()
            } else {
                Holder::trusting(world.pki.anchor_pem())
            };
            let request = holder.open(&asked.link).unwrap();
            let answer = holder.propose(request).decline();
            assert!(matches!(holder.send(&answer), Outcome::Accepted { .. }));
            let result = world.result(&asked);
            assert_eq!(result["state"], "wallet_error");
            assert_eq!(result["error"], "access_denied");
            answers.push(result["checks"].clone());
        }
    }
    assert!(answers.iter().all(|checks| *checks == answers[0]));
}

// shows: VP 48, HOSTILE 5
#[test]
fn a_request_is_answered_once() {
    let world = World::start();
    let asked = world.ask("query=pid");
    let mut holder = world.holder();
    holder.open(&asked.link).unwrap();
    let again = holder.open(&asked.link).unwrap_err();
    assert_eq!(
        WalletError::from(again).code(),
        ErrorCode::NonceMissingOrReused
    );
}
