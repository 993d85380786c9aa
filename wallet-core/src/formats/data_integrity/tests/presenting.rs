//! Verified credentials, and what is shown of them.

use super::issuer::{Issuer, NOW, SUITES, parties_accept};
use super::*;
use serde_json::json;
use std::sync::Arc;

fn subject(claim: &[&str]) -> ClaimPath {
    let mut segments = vec!["credentialSubject"];
    segments.extend(claim);
    path(&json!(segments))
}

fn to_json(paths: &[ClaimPath]) -> Vec<Value> {
    paths.iter().map(ClaimPath::to_json).collect()
}

const HEADER: &[u8] = b"for this occasion";

/// The citizen's card with its types in order.
fn in_one_spelling(mut citizen: Value) -> Value {
    citizen["type"] = json!(["CitizenIdCredential", "VerifiableCredential"]);
    citizen
}

#[test]
fn a_verified_credential_says_what_the_document_says() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let card = issuer.card();
        let credential = issuer.verified(&card).unwrap();
        assert_eq!(credential.suite(), suite);
        assert_eq!(credential.issuer(), issuer.did);
        assert_eq!(credential.evidence().signer(), issuer.did);
        assert_eq!(*credential.claims(), issuer.citizen());
        assert_eq!(credential.text(), card.to_string());
        assert_eq!(
            credential.created(),
            UnixTime::from_rfc3339("2026-01-01T00:00:00Z")
        );
        assert_eq!(
            credential.not_before(),
            UnixTime::from_rfc3339("2026-01-01T00:00:00Z")
        );
        assert_eq!(
            credential.expires(),
            UnixTime::from_rfc3339("2027-01-01T00:00:00Z")
        );
        assert_eq!(credential.status(), None);
        assert_eq!(
            credential.types(),
            [
                "https://www.w3.org/2018/credentials#VerifiableCredential",
                "https://citizenwallet.example/vocab#CitizenIdCredential",
            ]
        );
    }
}

#[test]
fn every_claim_is_either_always_shown_or_can_be_withheld() {
    for suite in SUITES {
        let credential = Issuer::of(suite).credential();
        assert_eq!(
            to_json(&credential.always_disclosed()),
            [
                json!(["type"]),
                json!(["issuer"]),
                json!(["validFrom"]),
                json!(["validUntil"])
            ]
        );
        assert_eq!(
            to_json(&credential.disclosable()),
            [
                json!(["credentialSubject", "name"]),
                json!(["credentialSubject", "birthdate"]),
                json!(["credentialSubject", "address", "region"]),
                json!(["credentialSubject", "address", "locality"]),
                json!(["credentialSubject", "address", "street_address"]),
                json!(["credentialSubject", "age_over_19"]),
                json!(["credentialSubject", "age_over_65"]),
            ]
        );
    }
}

// shows: BBS 8, BBS 17, BBS 18
#[test]
fn what_is_chosen_is_shown_with_what_is_mandatory_and_nothing_else() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let credential = issuer.credential();
        let chosen = [subject(&["address", "locality"]), subject(&["age_over_19"])];
        let presentation = credential.present(&chosen).unwrap();
        assert_eq!(presentation.disclosed(), chosen);
        let text = presentation.derive(HEADER).unwrap();
        assert!(parties_accept(&text));

        let shown = credential.read_presentation(&text, HEADER).unwrap();
        assert_eq!(shown.disclosed, chosen);
        let mut expected = in_one_spelling(issuer.citizen());
        expected["credentialSubject"] =
            json!({"address": {"locality": "율도구"}, "age_over_19": true});
        assert_eq!(shown.claims, expected);

        let value: Value = serde_json::from_str(&text).unwrap();
        let mut proof = issuer.card()["proof"].clone();
        proof["proofValue"] = value["proof"]["proofValue"].clone();
        assert_eq!(value["proof"], proof);
    }
}

#[test]
fn an_object_is_shown_with_everything_in_it() {
    let credential = Issuer::of(Cryptosuite::Bbs2023).credential();
    let presentation = credential.present(&[subject(&["address"])]).unwrap();
    let parts = ["region", "locality", "street_address"].map(|part| subject(&["address", part]));
    assert_eq!(presentation.disclosed(), parts);
}

#[test]
fn with_nothing_chosen_what_is_mandatory_is_shown() {
    for suite in SUITES {
        let credential = Issuer::of(suite).credential();
        let presentation = credential.present(&[]).unwrap();
        assert!(presentation.disclosed().is_empty());
        let text = presentation.derive(HEADER).unwrap();
        assert!(parties_accept(&text));
        let shown = credential.read_presentation(&text, HEADER).unwrap();
        assert_eq!(shown.claims.get("credentialSubject"), None);
    }
}

#[test]
fn without_mandatory_claims_and_with_nothing_chosen_the_type_is_shown() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let mut document = issuer.citizen();
        for name in ["validFrom", "validUntil"] {
            document.as_object_mut().unwrap().shift_remove(name);
        }
        let card = issuer.secure(&document, &[]);
        let credential = issuer.verified(&card).unwrap();
        assert!(credential.always_disclosed().is_empty());
        let presentation = credential.present(&[]).unwrap();
        assert_eq!(presentation.disclosed(), [path(&json!(["type"]))]);
        let text = presentation.derive(HEADER).unwrap();
        assert!(parties_accept(&text));
        let shown = credential.read_presentation(&text, HEADER).unwrap();
        let members: Vec<_> = shown.claims.as_object().unwrap().keys().collect();
        assert_eq!(members, ["@context", "type"]);
    }
}

// shows: BBS 23
#[test]
fn when_a_credential_ends_and_where_it_is_revoked_is_always_shown() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let document = issuer.citizen();
        let card = issuer.secure(&document, &[]);
        let credential = issuer.verified(&card).unwrap();
        let always = credential.always_disclosed();
        for name in ["type", "validFrom", "validUntil"] {
            assert!(always.contains(&path(&json!([name]))), "{name}");
        }
        let age = [subject(&["age_over_19"])];
        assert_eq!(credential.revealed_by(&age), age);
        let presentation = credential.present(&age).unwrap();
        assert_eq!(presentation.disclosed(), age);
        let text = presentation.derive(HEADER).unwrap();
        assert!(parties_accept(&text));
        let shown = credential.read_presentation(&text, HEADER).unwrap();
        assert_eq!(shown.disclosed, age);
        for name in ["validFrom", "validUntil"] {
            assert_eq!(shown.claims[name], document[name], "{name}");
        }

        // The parties know of no status; the statements are made before the signature is looked at.
        let mut revocable = card.clone();
        revocable["credentialStatus"] = json!({
            "id": "https://issuer.example/status#7", "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": "7",
            "statusListCredential": "https://issuer.example/status",
        });
        let parsed = DataIntegrity::parse(&revocable.to_string()).unwrap();
        let always = parsed.transformed().unwrap().always_disclosed();
        assert!(always.contains(&path(&json!(["credentialStatus", "statusListIndex"]))));
    }
}

#[test]
fn a_credential_whose_every_claim_is_mandatory_is_shown_whole() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let all = ["/issuer", "/validFrom", "/validUntil", "/credentialSubject"];
        let card = issuer.secure(&issuer.citizen(), &all);
        let credential = issuer.verified(&card).unwrap();
        assert!(credential.disclosable().is_empty());
        let text = credential.present(&[]).unwrap().derive(HEADER).unwrap();
        let shown = credential.read_presentation(&text, HEADER).unwrap();
        assert_eq!(shown.claims, in_one_spelling(issuer.citizen()));
        assert!(parties_accept(&text));
    }
}

// shows: BBS 9
#[test]
fn a_path_to_nothing_is_refused() {
    let credential = Issuer::of(Cryptosuite::Bbs2023).credential();
    for path_to_nothing in [
        json!(["credentialSubject", "shoe_size"]),
        json!(["credentialSubject", null]),
        json!(["credentialSubject", 0]),
        json!(["type", 2]),
        json!(["type", "0"]),
    ] {
        let refusal = credential.present(&[path(&path_to_nothing)]).err();
        assert_eq!(
            refusal,
            Some(DataIntegrityError::NoSuchClaim),
            "{path_to_nothing}"
        );
    }
}

// shows: BBS 13, BBS 19
#[test]
fn two_proofs_of_bbs_2023_have_no_part_in_common() {
    let credential = Issuer::of(Cryptosuite::Bbs2023).credential();
    let presentation = credential.present(&[subject(&["age_over_19"])]).unwrap();
    let [one, other] = [(); 2].map(|()| {
        let text = presentation.derive(HEADER).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let value = value["proof"]["proofValue"].as_str().unwrap().to_owned();
        bbs_2023::DerivedProof::parse(&value).unwrap().proof
    });
    let windows: std::collections::HashSet<_> = one.windows(4).collect();
    assert!(other.windows(4).all(|window| !windows.contains(window)));
}

#[test]
fn two_proofs_of_ecdsa_sd_2023_are_the_same_whatever_they_are_for() {
    let credential = Issuer::of(Cryptosuite::EcdsaSd2023).credential();
    let presentation = credential.present(&[subject(&["age_over_19"])]).unwrap();
    assert_eq!(
        presentation.derive(b"one").unwrap(),
        presentation.derive(b"other").unwrap()
    );
}

// shows: BBS 14
#[test]
fn a_proof_of_bbs_2023_is_for_one_occasion() {
    let credential = Issuer::of(Cryptosuite::Bbs2023).credential();
    let text = credential.present(&[]).unwrap().derive(HEADER).unwrap();
    let refusal = credential.read_presentation(&text, b"for another").err();
    assert_eq!(refusal, Some(DataIntegrityError::PresentationHeader));

    let mut changed: Value = serde_json::from_str(&text).unwrap();
    let value = changed["proof"]["proofValue"].as_str().unwrap();
    let mut proof = bbs_2023::DerivedProof::parse(value).unwrap();
    proof.presentation_header = b"for another".to_vec();
    changed["proof"]["proofValue"] = proof.to_text().unwrap().into();
    let refusal = credential
        .read_presentation(&changed.to_string(), b"for another")
        .err();
    assert_eq!(refusal, Some(DataIntegrityError::ProofInvalid));
}

#[test]
fn a_stored_credential_is_taken_up_again_by_its_evidence_alone() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let stored = issuer.credential();
        let parsed = || Arc::new(DataIntegrity::parse(stored.text()).unwrap());
        let again = parsed().reopen(stored.evidence().clone()).unwrap();
        assert_eq!(again.digest(), stored.digest());
        assert_eq!(again.disclosable(), stored.disclosable());
        let text = again.present(&[]).unwrap().derive(HEADER).unwrap();
        assert!(stored.read_presentation(&text, HEADER).is_ok());

        let other = Issuer::of(suite).credential();
        let refusal = parsed().reopen(other.evidence().clone()).err();
        assert_eq!(refusal, Some(DataIntegrityError::WrongIssuer));
    }
}

#[test]
fn a_presentation_of_another_credential_is_no_presentation_of_this() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let (one, other) = (issuer.credential(), {
            let mut document = issuer.citizen();
            document["credentialSubject"]["age_over_65"] = true.into();
            let card = issuer.secure(&document, &super::issuer::MANDATORY);
            issuer.verified(&card).unwrap()
        });
        let text = other
            .present(&[subject(&["age_over_65"])])
            .unwrap()
            .derive(HEADER)
            .unwrap();
        assert!(other.read_presentation(&text, HEADER).is_ok());
        let refusal = one.read_presentation(&text, HEADER).err();
        assert_eq!(refusal, Some(DataIntegrityError::ForeignPresentation));
    }
}

// shows: BBS 23
#[test]
fn validity_is_checked_with_a_minute_to_spare() {
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let card = issuer.card().to_string();
    let at = |time: &str, more: i64| {
        let at = UnixTime::from_rfc3339(time).unwrap().saturating_add(more);
        let parsed = DataIntegrity::parse(&card).unwrap();
        parsed.verify(&issuer.pinned(), &VerifyPolicy::at(at)).err()
    };
    assert_eq!(at("2026-01-01T00:00:00Z", -60), None);
    assert_eq!(
        at("2026-01-01T00:00:00Z", -61),
        Some(DataIntegrityError::NotYetValid)
    );
    assert_eq!(at("2027-01-01T00:00:00Z", 59), None);
    assert_eq!(
        at("2027-01-01T00:00:00Z", 60),
        Some(DataIntegrityError::Expired)
    );
    assert!(NOW > UnixTime::from_rfc3339("2026-01-01T00:00:00Z").unwrap());
}

#[test]
fn a_proof_of_tomorrow_is_refused_and_so_is_one_that_ends_before_it_is_made() {
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let mut document = issuer.citizen();
    document.as_object_mut().unwrap().shift_remove("validFrom");
    let card = issuer.secure(&document, &["/issuer"]);
    let at = |more: i64| {
        let made = UnixTime::from_rfc3339("2026-01-01T00:00:00Z").unwrap();
        let parsed = DataIntegrity::parse(&card.to_string()).unwrap();
        let policy = VerifyPolicy::at(made.saturating_add(more));
        parsed.verify(&issuer.pinned(), &policy).err()
    };
    assert_eq!(at(-60), None);
    assert_eq!(at(-61), Some(DataIntegrityError::NotYetValid));

    let mut ended = card.clone();
    ended["proof"]["expires"] = card["proof"]["created"].clone();
    let refusal = DataIntegrity::parse(&ended.to_string()).err();
    assert_eq!(refusal, Some(DataIntegrityError::Proof("expires")));
}

#[test]
fn of_two_ends_the_earlier_holds_and_of_two_starts_the_later() {
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let mut card = issuer.card();
    card["@context"][0] = "https://www.w3.org/2018/credentials/v1".into();
    card["issuanceDate"] = "2026-02-01T00:00:00Z".into();
    card["expirationDate"] = "2028-01-01T00:00:00Z".into();
    let parsed = DataIntegrity::parse(&card.to_string()).unwrap();
    let expected = ["2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z"];
    assert_eq!(parsed.validity, expected.map(UnixTime::from_rfc3339));
}
