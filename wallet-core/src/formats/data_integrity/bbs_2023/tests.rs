//! The W3C's vectors for holder binding and pseudonyms, and what must not pass.

#![allow(clippy::unwrap_used)]
use super::feature::{Feature, Kind};
use super::holder_secrets::HolderSecrets;
use crate::clock::UnixTime;
use crate::formats::data_integrity::{
    DataIntegrity, DataIntegrityCredential, DataIntegrityError, Derivation, DerivedCredential,
    IssuerKey, VerifyPolicy,
};
use crate::jose::base64url;
use crate::random::OsRandom;
use serde_json::Value;

fn file(name: &str) -> String {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/vc-di-bbs"
    );
    std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()
}

fn read(name: &str) -> Value {
    serde_json::from_str(&file(name)).unwrap()
}

/// Leading zeros are left out in the files.
fn bytes<const N: usize>(hex: &Value) -> [u8; N] {
    let digits = format!("{:0>1$}", hex.as_str().unwrap(), 2 * N);
    unhex(&digits).try_into().unwrap()
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn secrets(folder: &str, feature: Feature) -> HolderSecrets {
    let commitment = read(&format!("{folder}/commitmentInfo"));
    let link = read("FeatureInputs/holderSecret");
    let link = feature
        .has_link_secret()
        .then(|| bytes(&link["holderSecretHex"]));
    #[cfg(feature = "draft-pseudonym")]
    let nym = {
        let nym = read("FeatureInputs/proverNym");
        feature.has_pseudonym().then(|| bytes(&nym["proverNymHex"]))
    };
    HolderSecrets::for_tests(
        feature,
        &bytes(&commitment["secretProverBlind"]),
        link,
        #[cfg(feature = "draft-pseudonym")]
        nym,
        unhex(commitment["commitmentWithProof"].as_str().unwrap()),
    )
    .unwrap()
}

fn key(credential: &Value) -> IssuerKey {
    let method = credential["proof"]["verificationMethod"].as_str().unwrap();
    let issuer = credential["issuer"]["id"].as_str().unwrap();
    IssuerKey::pinned(issuer, method).unwrap()
}

fn verify(
    text: &str,
    holder: Option<&HolderSecrets>,
) -> Result<DataIntegrityCredential, DataIntegrityError> {
    let credential: Value = serde_json::from_str(text).unwrap();
    let policy = VerifyPolicy::at(UnixTime::from_secs(1_735_689_600));
    DataIntegrity::parse(text)?.verify_bound(&key(&credential), &policy, holder)
}

// shows: BBS 26 (vector)
#[test]
fn w3c_holder_binding_base_and_derived_proofs_verify() {
    let text = file("HolderBinding/addSignedSDBase");
    let secrets = secrets("HolderBinding", Feature::HolderBinding);
    let credential = verify(&text, Some(&secrets)).unwrap();
    assert_eq!(credential.feature(), Some(Feature::HolderBinding));
    let derived = file("HolderBinding/derivedRevealDocument");
    let header: [u8; 4] = bytes(&read("BBSDeriveMaterial")["presentationHeaderHex"]);
    assert!(credential.read_presentation(&derived, &header).is_ok());
    let other = HolderSecrets::new(Feature::HolderBinding, &OsRandom).unwrap();
    let refused = verify(&text, Some(&other)).err();
    assert_eq!(refused, Some(DataIntegrityError::ProofInvalid));
    assert_eq!(verify(&text, None).err(), Some(DataIntegrityError::Binding));
}

#[test]
fn a_bound_credential_is_shown_by_the_secrets_it_is_bound_to_and_no_others() {
    let secrets = secrets("HolderBinding", Feature::HolderBinding);
    let credential = verify(&file("HolderBinding/addSignedSDBase"), Some(&secrets)).unwrap();
    let presentation = credential.present(&[]).unwrap();
    let occasion = Derivation {
        holder: Some(&secrets),
        ..Derivation::unbound(b"occasion")
    };
    let text = presentation.derive_for(&occasion).unwrap();
    assert!(credential.read_presentation(&text, b"occasion").is_ok());
    let refused = credential.read_presentation(&text, b"another").err();
    assert_eq!(refused, Some(DataIntegrityError::PresentationHeader));
    let refused = presentation.derive(b"occasion").err();
    assert_eq!(refused, Some(DataIntegrityError::Binding));
    let other = HolderSecrets::new(Feature::HolderBinding, &OsRandom).unwrap();
    let other = Derivation {
        holder: Some(&other),
        ..occasion
    };
    // A proof of what was not signed: nobody takes it.
    let text = presentation.derive_for(&other).unwrap();
    assert!(credential.read_presentation(&text, b"occasion").is_err());
}

/// Everything but the two numbers at the end, which say how many messages were signed.
#[test]
fn a_derived_proof_that_lies_about_how_many_messages_were_signed_is_refused() {
    let mut derived = read("HolderBinding/derivedRevealDocument");
    let value = derived["proof"]["proofValue"].as_str().unwrap();
    let mut value = base64url::decode(value.strip_prefix('u').unwrap()).unwrap();
    let key = key(&read("HolderBinding/addSignedSDBase"));
    assert!(
        DerivedCredential::parse(&derived.to_string())
            .unwrap()
            .verify(key.key())
            .is_ok()
    );
    // A CBOR number below 24 is the byte, from there on one more byte.
    let count = value.pop().unwrap();
    for wrong in [0, count - 1, 22] {
        if wrong == count {
            continue;
        }
        let mut value = value.clone();
        if value.last() == Some(&0x18) {
            value.pop();
        }
        value.push(wrong);
        derived["proof"]["proofValue"] = format!("u{}", base64url::encode(&value)).into();
        let parsed = DerivedCredential::parse(&derived.to_string()).unwrap();
        assert!(parsed.verify(key.key()).is_err(), "{wrong}");
    }
}

#[test]
fn secrets_come_back_from_the_store_as_they_were_and_from_nothing_else() {
    for name in [
        "anonymous_holder_binding",
        "pseudonym",
        "holder_binding_pseudonym",
    ] {
        let Some(feature) = Feature::from_identifier(name) else {
            continue;
        };
        let secrets = HolderSecrets::new(feature, &OsRandom).unwrap();
        let kept = secrets.to_bytes();
        let again = HolderSecrets::from_bytes(&kept).unwrap();
        assert_eq!(*again.to_bytes(), *kept);
        assert_eq!(again.commitment(), secrets.commitment());
        for cut in 0..kept.len() {
            assert!(HolderSecrets::from_bytes(&kept[..cut]).is_err(), "{cut}");
        }
        // Of another revision: other bytes would be signed under the same secrets.
        let mut of_another = kept.clone();
        of_another[1] += 1;
        let refused = HolderSecrets::from_bytes(&of_another).err();
        assert_eq!(refused, Some(DataIntegrityError::Feature));
    }
    assert!(Feature::from_identifier("baseline").is_none());
}

// shows: BBS 4
#[test]
fn the_header_of_a_proof_value_says_its_kind_and_feature() {
    for kind in [Kind::Base, Kind::Derived] {
        for feature in [None, Some(Feature::HolderBinding)] {
            assert_eq!(kind.feature_of(&kind.header(feature)), Ok(feature));
        }
    }
    for last in [0x00, 0x01, 0x03, 0x05, 0x0a, 0xff] {
        let refused = Kind::Base.feature_of(&[0xd9, 0x5d, last, 0x85]);
        assert_eq!(refused, Err(DataIntegrityError::ProofKind), "{last}");
    }
}

/// `cargo test -p wallet-core --lib data_integrity` runs it: with the whole workspace, which turns the draft on, it is absent.
// shows: BBS 4 (vector)
#[cfg(not(feature = "draft-pseudonym"))]
#[test]
fn without_the_draft_a_card_with_a_pseudonym_is_refused_by_name() {
    for name in ["PseudonymHB/addSignedSDBase", "Pseudonym/addSignedSDBase"] {
        let refused = DataIntegrity::parse(&file(name)).err();
        assert_eq!(refused, Some(DataIntegrityError::Feature));
    }
    let derived = file("PseudonymHB/derivedRevealDocument");
    let refused = DerivedCredential::parse(&derived).err();
    assert_eq!(refused, Some(DataIntegrityError::Feature));
}

#[cfg(feature = "draft-pseudonym")]
mod pseudonym {
    use super::*;
    use crate::formats::claim_path::ClaimPath;
    use serde_json::json;

    /// The sets have a CBOR tag (of a big number) before `signer_nym_entropy`, which the text forbids.
    fn untagged(name: &str) -> Value {
        let mut credential = read(&format!("{name}/addSignedSDBase"));
        let refused = DataIntegrity::parse(&credential.to_string()).err();
        assert_eq!(refused, Some(DataIntegrityError::ProofValue), "{name}");
        let value = credential["proof"]["proofValue"].as_str().unwrap();
        let mut value = base64url::decode(&value[1..]).unwrap();
        let tag = value.remove(value.len() - 35);
        assert_eq!(tag, 0xc2);
        credential["proof"]["proofValue"] = format!("u{}", base64url::encode(&value)).into();
        credential
    }

    fn voter() -> (HolderSecrets, DataIntegrityCredential) {
        let secrets = secrets("PseudonymHB", Feature::HolderBindingPseudonym);
        let text = untagged("PseudonymHB").to_string();
        let credential = verify(&text, Some(&secrets)).unwrap();
        (secrets, credential)
    }

    // shows: BBS 26 (vector)
    #[test]
    fn w3c_holder_binding_with_pseudonym_base_proof_verifies() {
        let (_, credential) = voter();
        assert_eq!(credential.feature(), Some(Feature::HolderBindingPseudonym));
        assert!(!credential.is_one_per_person());
    }

    /// The set's value says `0xd95d08`, that of both features, which its text has `0xd95d06` for. With that it verifies.
    #[test]
    fn w3c_pseudonym_base_proof_verifies_under_the_header_of_the_text() {
        let secrets = secrets("Pseudonym", Feature::Pseudonym);
        let mut credential = untagged("Pseudonym");
        assert_eq!(
            verify(&credential.to_string(), Some(&secrets)).err(),
            Some(DataIntegrityError::Binding)
        );
        let value = credential["proof"]["proofValue"].as_str().unwrap();
        let mut value = base64url::decode(&value[1..]).unwrap();
        value[2] = 0x06;
        credential["proof"]["proofValue"] = format!("u{}", base64url::encode(&value)).into();
        let verified = verify(&credential.to_string(), Some(&secrets)).unwrap();
        assert_eq!(verified.feature(), Some(Feature::Pseudonym));
    }

    /// The text has eight parts, with `nym_domain`; the sets have seven, without.
    #[test]
    fn w3c_derived_proofs_with_a_pseudonym_have_a_part_less_than_the_text_says() {
        for name in ["Pseudonym", "PseudonymHB"] {
            let mut derived = read(&format!("{name}/derivedRevealDocument"));
            let refused = DerivedCredential::parse(&derived.to_string()).err();
            assert_eq!(refused, Some(DataIntegrityError::ProofValue), "{name}");
            // With the part put in, and the header of the feature, they verify.
            let value = derived["proof"]["proofValue"].as_str().unwrap();
            let mut value = base64url::decode(&value[1..]).unwrap();
            assert_eq!(value[3], 0x87);
            value[3] = 0x88;
            if name == "Pseudonym" {
                value[2] = 0x07;
            }
            let domain = read("FeatureInputs/verifierInfo")["verifierId"].clone();
            let domain = domain.as_str().unwrap();
            let mut part = vec![0x78, domain.len() as u8];
            part.extend_from_slice(domain.as_bytes());
            // Before the pseudonym (its head and 48 bytes) and the count.
            let place = value.len() - 1 - 48 - 2;
            value.splice(place..place, part);
            derived["proof"]["proofValue"] = format!("u{}", base64url::encode(&value)).into();
            let parsed = DerivedCredential::parse(&derived.to_string()).unwrap();
            let key = key(&read(&format!("{name}/addSignedSDBase")));
            assert_eq!(parsed.verify(key.key()), Ok(()), "{name}");
            // The other feature with a pseudonym is of one secret more or less.
            let mut swapped = value.clone();
            swapped[2] ^= 0x07 ^ 0x09;
            let mut lying = derived.clone();
            lying["proof"]["proofValue"] = format!("u{}", base64url::encode(&swapped)).into();
            let lying = DerivedCredential::parse(&lying.to_string()).unwrap();
            let refused = Err(DataIntegrityError::ProofInvalid);
            assert_eq!(lying.verify(key.key()), refused, "{name}");
            let expected = read(&format!("{name}/derivedDisclosureData"));
            let pseudonym = parsed.pseudonym().unwrap();
            assert_eq!(
                pseudonym.value.to_vec(),
                unhex(expected["pseudonym"].as_str().unwrap())
            );
            assert_eq!(pseudonym.scope, domain);
        }
    }

    fn show(scope: Option<&str>) -> super::super::ShownPseudonym {
        let (secrets, credential) = voter();
        let path = ClaimPath::from_json(&json!(["type"]));
        let selected: Vec<_> = path.into_iter().collect();
        let occasion = Derivation {
            holder: Some(&secrets),
            scope,
            presentation_header: b"occasion",
        };
        let text = credential.present(&selected).unwrap().derive_for(&occasion);
        let shown = credential.read_presentation(&text.unwrap(), b"occasion");
        shown.unwrap().pseudonym.unwrap()
    }

    #[test]
    fn a_pseudonym_is_the_same_in_its_scope_and_another_in_every_other() {
        let vote = show(Some("vote"));
        assert_eq!(vote, show(Some("vote")));
        assert_ne!(vote.value, show(Some("poll")).value);
        // Nobody asked: one that was never seen.
        let (one, other) = (show(None), show(None));
        assert_ne!(one.scope, other.scope);
        assert_ne!(one.value, other.value);
    }

    #[test]
    fn a_pseudonym_of_another_scope_or_holder_is_refused() {
        let (secrets, credential) = voter();
        let occasion = Derivation {
            holder: Some(&secrets),
            scope: Some("vote"),
            presentation_header: b"occasion",
        };
        let text = credential
            .present(&[])
            .unwrap()
            .derive_for(&occasion)
            .unwrap();
        assert!(credential.read_presentation(&text, b"occasion").is_ok());
        let mut derived: Value = serde_json::from_str(&text).unwrap();
        let value = derived["proof"]["proofValue"].as_str().unwrap();
        let value = base64url::decode(&value[1..]).unwrap();
        let place = value.windows(4).position(|four| four == b"vote").unwrap();
        let mut other = value.clone();
        other[place] = b'n';
        derived["proof"]["proofValue"] = format!("u{}", base64url::encode(&other)).into();
        let refused = credential.read_presentation(&derived.to_string(), b"occasion");
        assert_eq!(refused.err(), Some(DataIntegrityError::ProofInvalid));
        let mut other = value;
        let theirs = read("Pseudonym/derivedDisclosureData");
        let theirs = unhex(theirs["pseudonym"].as_str().unwrap());
        // Behind the scope and the head of two bytes.
        other[place + 6..place + 54].copy_from_slice(&theirs);
        derived["proof"]["proofValue"] = format!("u{}", base64url::encode(&other)).into();
        let refused = credential.read_presentation(&derived.to_string(), b"occasion");
        assert_eq!(refused.err(), Some(DataIntegrityError::ProofInvalid));
    }
}
