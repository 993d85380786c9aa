//! What a verifier must refuse of a holder.

use super::hostile::{changed, refusal, with, without};
use super::issuer::{Issuer, SUITES, parties_accept};
use super::*;
use serde_json::json;

const HEADER: &[u8] = b"for this occasion";

/// A presentation of one claim, and its credential.
fn shown(issuer: &Issuer) -> (Value, DataIntegrityCredential) {
    let credential = issuer.credential();
    let chosen = path(&json!(["credentialSubject", "age_over_19"]));
    let text = credential
        .present(&[chosen])
        .unwrap()
        .derive(HEADER)
        .unwrap();
    (serde_json::from_str(&text).unwrap(), credential)
}

// shows: BBS 8, BBS 17
#[test]
fn a_presentation_that_says_more_less_or_other_than_was_signed_is_refused_by_us_and_by_a_verifier()
{
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let (shown, credential) = shown(&issuer);
        let text = shown.to_string();
        assert!(credential.read_presentation(&text, HEADER).is_ok() && parties_accept(&text));
        for changed in [
            // Smuggled claims.
            with(&shown, "/credentialSubject", "age_over_65", json!(false)),
            with(&shown, "/credentialSubject", "age_over_14", json!(true)),
            with(
                &shown,
                "/credentialSubject",
                "address",
                json!({"region": "가상특별시"}),
            ),
            with(
                &shown,
                "",
                "id",
                json!("urn:uuid:8d5f7c0e-9b7b-4d1c-8a36-0a59d7a1b001"),
            ),
            // Dropped ones.
            without(&shown, "", "validUntil"),
            without(&shown, "", "issuer"),
            without(&shown, "/credentialSubject", "age_over_19"),
            without(&shown, "", "credentialSubject"),
            // Changed ones.
            changed(&shown, "/credentialSubject/age_over_19", json!(false)),
            changed(&shown, "/credentialSubject/age_over_19", json!("true")),
            changed(&shown, "/issuer", json!("https://other.example")),
            changed(&shown, "/type", json!(["VerifiableCredential"])),
            changed(&shown, "/validUntil", json!("2037-01-01T00:00:00Z")),
            changed(&shown, "/proof/created", json!("2026-01-02T00:00:00Z")),
            with(&shown, "/proof", "expires", json!("2027-01-02T00:00:00Z")),
        ] {
            let text = changed.to_string();
            assert!(
                credential.read_presentation(&text, HEADER).is_err(),
                "{text}"
            );
            let parsed = DerivedCredential::parse(&text);
            let verified = parsed.and_then(|parsed| parsed.verify(&credential.key));
            assert!(verified.is_err(), "{text}");
            assert!(!parties_accept(&text), "{text}");
        }
    }
}

// shows: BBS 21
#[test]
fn a_base_proof_is_no_presentation_and_a_derived_one_no_credential() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let (shown, credential) = shown(&issuer);
        let expected = Some(DataIntegrityError::ProofKind);
        assert_eq!(
            credential
                .read_presentation(credential.text(), HEADER)
                .err(),
            expected
        );
        assert!(!parties_accept(credential.text()));
        assert_eq!(refusal(&issuer, &shown), expected);
    }
}

/// The same proof, its value changed.
fn with_value(shown: &Value, value: &str) -> String {
    changed(shown, "/proof/proofValue", json!(value)).to_string()
}

// shows: BBS 10, BBS 15
#[test]
fn a_derived_proof_of_bbs_2023_with_wrong_labels_or_indexes_is_refused() {
    use DataIntegrityError as E;
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let (shown, credential) = shown(&issuer);
    let value = shown["proof"]["proofValue"].as_str().unwrap();
    let parse = || bbs_2023::DerivedProof::parse(value).unwrap();
    let refusal = |proof: bbs_2023::DerivedProof| {
        let text = with_value(&shown, &proof.to_text().unwrap());
        assert!(!parties_accept(&text));
        credential.read_presentation(&text, HEADER).err().unwrap()
    };
    assert_eq!(parse().labels.len(), 2);
    let labels = |pairs: &[(&str, &str)]| {
        let mut proof = parse();
        let owned = |(one, other): &(&str, &str)| ((*one).to_owned(), (*other).to_owned());
        proof.labels = pairs.iter().map(owned).collect();
        refusal(proof)
    };
    assert_eq!(labels(&[("c14n0", "b0"), ("c14n1", "b0")]), E::LabelMap);
    assert_eq!(labels(&[("c14n0", "b0")]), E::LabelMap);
    assert_eq!(labels(&[("c14n0", "b0"), ("c14n2", "b1")]), E::LabelMap);
    assert_eq!(
        labels(&[("c14n0", "b0"), ("c14n1", "b1"), ("c14n2", "b2")]),
        E::LabelMap
    );
    assert_eq!(labels(&[("c14n0", "b7"), ("c14n1", "b8")]), E::ProofInvalid);

    for (indexes, expected) in [
        (vec![1, 0], E::Indexes),
        (vec![0, 0], E::Indexes),
        (vec![0, 1, 2, 3, 4, 5, 999], E::Indexes),
        (vec![], E::Indexes),
    ] {
        let (mut mandatory, mut selective) = (parse(), parse());
        mandatory.mandatory = indexes.clone();
        assert_eq!(refusal(mandatory), expected, "mandatory {indexes:?}");
        selective.selective = indexes.clone();
        assert_eq!(refusal(selective), expected, "selective {indexes:?}");
    }
    let mut beyond = parse();
    *beyond.selective.last_mut().unwrap() = 999;
    assert_eq!(refusal(beyond), E::Indexes);
    let mut moved = parse();
    *moved.selective.last_mut().unwrap() += 1;
    // It may have been the last.
    assert!(matches!(refusal(moved), E::ProofInvalid | E::Indexes));
    for length in [0, 100, parse().proof.len() - 1, parse().proof.len() - 32] {
        let mut short = parse();
        short.proof.truncate(length);
        let refused = refusal(short);
        assert!(
            matches!(refused, E::ProofValue | E::ProofInvalid | E::Indexes),
            "{refused:?}"
        );
    }
    for more in [1, 32] {
        let mut long = parse();
        long.proof.extend(vec![1; more]);
        assert!(matches!(refusal(long), E::ProofValue | E::ProofInvalid));
    }
    // More hidden messages than a signature has.
    let mut huge = parse();
    huge.proof.extend(vec![1; 32 * bbs::MAX_MESSAGES]);
    assert_eq!(refusal(huge), E::ProofValue);
}

#[test]
fn a_derived_proof_of_ecdsa_sd_2023_with_wrong_parts_is_refused() {
    use DataIntegrityError as E;
    let issuer = Issuer::of(Cryptosuite::EcdsaSd2023);
    let (shown, credential) = shown(&issuer);
    let value = shown["proof"]["proofValue"].as_str().unwrap();
    let parse = || ecdsa_sd_2023::DerivedProof::parse(value).unwrap();
    let refusal = |proof: ecdsa_sd_2023::DerivedProof| {
        let text = with_value(&shown, &proof.to_text().unwrap());
        assert!(!parties_accept(&text));
        credential.read_presentation(&text, HEADER).err().unwrap()
    };
    let mut twice = parse();
    let name = twice.labels["c14n0"].clone();
    twice.labels.insert("c14n1".to_owned(), name);
    assert_eq!(refusal(twice), E::LabelMap);
    let mut missing = parse();
    missing.labels.remove("c14n1").unwrap();
    assert_eq!(refusal(missing), E::LabelMap);
    let mut swapped = parse();
    let [one, other] = ["c14n0", "c14n1"].map(|label| swapped.labels[label].clone());
    swapped.labels.insert("c14n0".to_owned(), other);
    swapped.labels.insert("c14n1".to_owned(), one);
    assert_eq!(refusal(swapped), E::ProofInvalid);
    for (indexes, expected) in [
        (vec![1, 0], E::Indexes),
        (vec![0, 0], E::Indexes),
        (vec![999], E::Indexes),
        (vec![], E::ProofInvalid),
    ] {
        let mut proof = parse();
        proof.mandatory = indexes;
        assert_eq!(refusal(proof), expected);
    }
    let mut fewer = parse();
    fewer.signatures.pop().unwrap();
    assert_eq!(refusal(fewer), E::ProofInvalid);
    let mut more = parse();
    more.signatures.push([1; 64]);
    assert_eq!(refusal(more), E::ProofInvalid);
    let mut other = parse();
    other.signature[63] ^= 1;
    assert_eq!(refusal(other), E::ProofInvalid);
    let mut key = parse();
    key.proof_key[34] ^= 1;
    assert!(matches!(refusal(key), E::ProofInvalid | E::Key));
    let mut codec = parse();
    codec.proof_key[0] ^= 1;
    assert!(matches!(refusal(codec), E::ProofInvalid | E::Key));
}
