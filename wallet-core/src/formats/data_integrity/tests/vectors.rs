//! The W3C's vectors of bbs-2023 and ecdsa-sd-2023: every step of issuing and showing, as it stands there.

use super::*;
use crate::formats::data_integrity::label_map::Labels;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::selection::select;
use crate::formats::data_integrity::statements::{Selected, relative};
use crate::formats::data_integrity::transformed::Transformed;
use crate::formats::data_integrity::{bbs_2023, ecdsa_sd_2023};
use std::path::PathBuf;

/// One credential of the vectors, from issuing to verifying.
struct Set {
    folder: &'static str,
    /// Where its pointers are, beside the folders.
    selective: &'static str,
    /// When it was valid.
    at: &'static str,
}

const WINDSURF: Set = Set {
    folder: "vc-di-bbs",
    selective: "vc-di-bbs/windSelective.json",
    at: "2024-01-01T00:00:00Z",
};
const BBS_RESIDENT: Set = Set {
    folder: "vc-di-bbs/prc",
    selective: "vc-di-bbs/prCredSelective.json",
    at: "2025-01-01T00:00:00Z",
};
const ECDSA_EMPLOYMENT: Set = Set {
    folder: "vc-di-ecdsa/ecdsa-sd-2023/employ",
    selective: "vc-di-ecdsa/employSelective.json",
    at: "2025-01-01T00:00:00Z",
};
const ECDSA_RESIDENT: Set = Set {
    folder: "vc-di-ecdsa/ecdsa-sd-2023/prc",
    selective: "vc-di-ecdsa/prCredSelective.json",
    at: "2025-01-01T00:00:00Z",
};

pub(super) fn read(name: &str) -> String {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-fixtures/vectors");
    std::fs::read_to_string(PathBuf::from(vectors).join(name)).unwrap()
}

pub(super) fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

/// A document of the vectors; the one inline context they have under the name it has in our tests.
pub(super) fn document(name: &str) -> Value {
    let mut document = json(name);
    for context in document["@context"].as_array_mut().unwrap() {
        if context.is_object() {
            *context = "https://windsurf.grotto-networking.com/selective".into();
        }
    }
    document
}

pub(super) fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

fn indexes(value: &Value) -> Vec<usize> {
    serde_json::from_value(value.clone()).unwrap()
}

/// What the vectors write for a map of indexes to statements.
fn entries(value: &Value) -> Vec<(usize, String)> {
    serde_json::from_value(value["value"].clone()).unwrap()
}

fn labels(value: &Value) -> Labels {
    let entries = value.get("value").unwrap_or(value);
    let entries: Vec<(String, String)> = serde_json::from_value(entries.clone()).unwrap();
    entries.into_iter().collect()
}

pub(super) fn pointers(value: &Value) -> Vec<Pointer> {
    let pointers: Vec<String> = serde_json::from_value(value.clone()).unwrap();
    pointers
        .iter()
        .map(|text| Pointer::parse(text).unwrap())
        .collect()
}

impl Set {
    fn file(&self, name: &str) -> Value {
        json(&format!("{}/{name}.json", self.folder))
    }

    fn base(&self) -> DataIntegrity {
        let text = document(&format!("{}/addSignedSDBase.json", self.folder)).to_string();
        DataIntegrity::parse(&text).unwrap()
    }

    fn derived(&self) -> Value {
        document(&format!("{}/derivedRevealDocument.json", self.folder))
    }

    fn issuer(&self) -> IssuerKey {
        let base = self.base();
        IssuerKey::pinned(base.issuer(), base.verification_method()).unwrap()
    }

    fn credential(&self) -> DataIntegrityCredential {
        let at = UnixTime::from_rfc3339(self.at).unwrap();
        let verified = self.base().verify(&self.issuer(), &VerifyPolicy::at(at));
        verified.unwrap()
    }

    /// The statements of the document, and how they are signed.
    fn the_statements_signed_are_those_of_the_vector(&self) {
        let base = self.base();
        let signed = base.transformed().unwrap();
        let expected: Vec<String> =
            serde_json::from_value(self.file("addBaseDocHMACCanon")).unwrap();
        assert_eq!(signed.statements.lines(), expected);

        let transform = self.file("addBaseTransform");
        assert_eq!(
            base.base.mandatory(),
            pointers(&transform["mandatoryPointers"])
        );
        let (mandatory, selective) = signed.statements.split(&signed.mandatory);
        let expected = entries(&transform["mandatory"]);
        assert!(
            expected
                .iter()
                .map(|(index, _)| index)
                .eq(&signed.mandatory)
        );
        assert!(
            expected
                .iter()
                .map(|(_, line)| line)
                .eq(mandatory.iter().copied())
        );
        let expected = entries(&transform["nonMandatory"]);
        assert!(expected.iter().map(|(_, line)| line).eq(selective));

        let hashes = self.file("addHashData");
        assert_eq!(
            base.secured.proof_hash().unwrap(),
            *hex(&hashes["proofHash"])
        );
        let hash = hash_statements(mandatory.into_iter());
        assert_eq!(hash, *hex(&hashes["mandatoryHash"]));
    }

    /// The holder's choice in the vector.
    fn combined(&self, signed: &Transformed, base: &DataIntegrity) -> (Vec<Pointer>, Selected) {
        let selective = pointers(&json(self.selective));
        let combined = [base.base.mandatory(), &selective].concat();
        let selected = signed.statements.select(&combined).unwrap();
        (combined, selected)
    }

    fn what_is_shown_is_that_of_the_vector(&self) {
        let base = self.base();
        let signed = base.transformed().unwrap();
        let (combined, shown) = self.combined(signed, &base);
        let groups = self.file("derivedGroupIndexes");
        assert!(
            shown
                .indexes
                .iter()
                .copied()
                .eq(indexes(&groups["combinedIndexes"]))
        );
        assert!(
            signed
                .mandatory
                .iter()
                .copied()
                .eq(indexes(&groups["mandatoryIndexes"]))
        );
        let selective = pointers(&json(self.selective));
        let selective = signed.statements.select(&selective).unwrap().indexes;
        assert!(
            selective
                .iter()
                .copied()
                .eq(indexes(&groups["selectiveIndexes"]))
        );

        let mut expected = self.derived();
        expected.as_object_mut().unwrap().remove("proof").unwrap();
        let document = select(base.secured.members().unwrap(), &combined).unwrap();
        assert_eq!(Value::Object(document.unwrap()), expected);

        let disclosure = self.file("derivedDisclosureData");
        let names = signed.statements.verifier_labels(&shown).unwrap();
        assert_eq!(names, labels(&disclosure["labelMap"]));
        let mandatory = relative(&signed.mandatory, shown.indexes.iter());
        assert_eq!(mandatory, indexes(&disclosure["mandatoryIndexes"]));
    }

    fn a_verifier_accepts_what_the_vector_shows_and_reads_it_as_we_do(&self) {
        let derived = self.derived();
        let parsed = DerivedCredential::parse(&derived.to_string()).unwrap();
        parsed.verify(self.issuer().key()).unwrap();
        let credential = self.credential();
        let header = parsed.presentation_header().unwrap_or_default();
        let shown = credential
            .read_presentation(&derived.to_string(), header)
            .unwrap();
        assert_eq!(shown.claims, *parsed.claims());

        let signed = credential.source.transformed().unwrap();
        let (_, chosen) = self.combined(signed, &credential.source);
        assert_eq!(shown.disclosed, signed.disclosed_by(&chosen.indexes));
        assert!(!shown.disclosed.is_empty());
    }
}

/// The derived proof of bbs-2023 as the vector has it in parts.
fn bbs_disclosure(set: &Set) -> bbs_2023::DerivedProof {
    let parts = set.file("derivedDisclosureData");
    // A `Uint8Array` as JavaScript writes it, or hexadecimal digits.
    let header = match &parts["presentationHeader"] {
        Value::Object(bytes) => bytes
            .values()
            .map(|byte| byte.as_u64().unwrap() as u8)
            .collect(),
        digits => hex(digits),
    };
    bbs_2023::DerivedProof {
        bound: None,
        proof: hex(&parts["bbsProof"]),
        labels: labels(&parts["labelMap"]),
        mandatory: indexes(&parts["mandatoryIndexes"]),
        selective: indexes(&parts["adjSelectiveIndexes"]),
        presentation_header: header,
    }
}

/// The derived proof of ecdsa-sd-2023 as the vector has it in parts.
fn ecdsa_disclosure(set: &Set) -> ecdsa_sd_2023::DerivedProof {
    let parts = set.file("derivedDisclosureData");
    let signatures = parts["signatures"].as_array().unwrap().iter();
    let key = Multikey::parse(parts["publicKey"].as_str().unwrap()).unwrap();
    ecdsa_sd_2023::DerivedProof {
        signature: hex(&parts["baseSignature"]).try_into().unwrap(),
        proof_key: key.to_bytes().try_into().unwrap(),
        signatures: signatures.map(|one| hex(one).try_into().unwrap()).collect(),
        labels: labels(&parts["labelMap"]),
        mandatory: indexes(&parts["mandatoryIndexes"]),
    }
}

fn proof_value(document: &Value) -> &str {
    document["proof"]["proofValue"].as_str().unwrap()
}

/// All of a set of bbs-2023. The proof itself, with the vector's random scalars, is in `wallet-bbs/src/tests/w3c.rs`.
fn bbs_2023(set: &Set) {
    set.the_statements_signed_are_those_of_the_vector();
    set.what_is_shown_is_that_of_the_vector();
    set.a_verifier_accepts_what_the_vector_shows_and_reads_it_as_we_do();

    let expected = bbs_disclosure(set);
    let derived = set.derived();
    assert_eq!(
        bbs_2023::DerivedProof::parse(proof_value(&derived)).unwrap(),
        expected
    );
    assert_eq!(expected.to_text().unwrap(), proof_value(&derived));

    // All but the proof is the vector's; the proof is fresh.
    let base = set.base();
    let signed = base.transformed().unwrap();
    let (_, shown) = set.combined(signed, &base);
    let header = &expected.presentation_header;
    let value = base
        .base
        .derive(
            &signed.statements,
            &signed.mandatory,
            &shown,
            &Derivation::unbound(header),
        )
        .unwrap();
    let mut fresh = bbs_2023::DerivedProof::parse(&value).unwrap();
    assert_ne!(fresh.proof, expected.proof);
    assert_eq!(fresh.proof.len(), expected.proof.len());
    fresh.proof = expected.proof.clone();
    assert_eq!(fresh, expected);
}

/// All of a set of ecdsa-sd-2023, where nothing is random.
fn ecdsa_sd_2023(set: &Set) {
    set.the_statements_signed_are_those_of_the_vector();
    set.what_is_shown_is_that_of_the_vector();
    set.a_verifier_accepts_what_the_vector_shows_and_reads_it_as_we_do();

    let expected = ecdsa_disclosure(set);
    let derived = set.derived();
    assert_eq!(
        ecdsa_sd_2023::DerivedProof::parse(proof_value(&derived)).unwrap(),
        expected
    );
    let base = set.base();
    let signed = base.transformed().unwrap();
    let (_, shown) = set.combined(signed, &base);
    let value = base
        .base
        .derive(
            &signed.statements,
            &signed.mandatory,
            &shown,
            &Derivation::unbound(b""),
        )
        .unwrap();
    assert_eq!(value, proof_value(&derived));
}

// shows: BBS 1 (vector), BBS 2 (vector), BBS 3 (vector), BBS 5 (vector), BBS 6 (vector), BBS 7 (vector), BBS 10 (vector)
#[test]
fn bbs_2023_windsurf() {
    bbs_2023(&WINDSURF);
}

// shows: BBS 11 (vector), BBS 12 (vector), BBS 15 (vector), BBS 16 (vector), BBS 18 (vector)
#[test]
fn bbs_2023_permanent_resident() {
    bbs_2023(&BBS_RESIDENT);
}

#[test]
fn ecdsa_sd_2023_employment() {
    ecdsa_sd_2023(&ECDSA_EMPLOYMENT);
}

#[test]
fn ecdsa_sd_2023_permanent_resident() {
    ecdsa_sd_2023(&ECDSA_RESIDENT);
}
