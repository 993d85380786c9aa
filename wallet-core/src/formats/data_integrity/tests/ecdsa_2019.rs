//! The W3C's vectors of the suites we do not offer, step by step from our own parts: ecdsa-jcs-2019 (vc-di-ecdsa 3.3), and
//! ecdsa-rdfc-2019 (3.2) with P-384. With P-256 the latter is in [`super::outer_proof`].

use super::vectors::{document, hex, read};
use super::*;
use crate::did::{DidUrl, authentication_key};
use crate::formats::data_integrity::json_ld;
use crate::formats::data_integrity::rdf::rdfc10::{Hash, SHA_256, canonicalize_with};
use crate::formats::data_integrity::rdf::tests::SHA_384;
use crate::jose::PublicKey;
use serde_json::Map;

/// How a document becomes the bytes that are hashed.
type Transform = fn(&Map<String, Value>, Hash) -> String;

/// The Transformation of 3.3.3: JCS.
const JCS: Transform = |document, _| {
    let document = Value::Object(document.clone());
    json_ld::jcs::canonical(&document).unwrap()
};
/// The Transformation of 3.2.3: RDFC-1.0 with the hash function of the curve.
const RDFC: Transform = |document, hash| {
    let quads = json_ld::to_rdf(document).unwrap();
    canonicalize_with(&quads, hash).unwrap().n_quads.concat()
};

/// One signed credential of the vectors with the steps of its signing beside it.
struct Set {
    folder: &'static str,
    /// The document before it was signed.
    unsigned: &'static str,
    /// How its files end.
    end: &'static str,
    /// Its key pair.
    keys: &'static str,
    hash: Hash,
    transform: Transform,
}

const JCS_P256: Set = Set {
    folder: "ecdsa-jcs-2019-p256",
    unsigned: "unsigned",
    end: "JCSECDSAP256",
    keys: "p256KeyPair",
    hash: SHA_256,
    transform: JCS,
};
const JCS_P384: Set = Set {
    folder: "ecdsa-jcs-2019-p384",
    end: "JCSECDSAP384",
    keys: "p384KeyPair",
    hash: SHA_384,
    ..JCS_P256
};
const RDFC_P384: Set = Set {
    folder: "ecdsa-rdfc-2019-p384",
    end: "ECDSAP384",
    transform: RDFC,
    ..JCS_P384
};
const RDFC_P384_EMPLOYMENT: Set = Set {
    folder: "ecdsa-rdfc-2019-p384/employ",
    unsigned: "employmentAuth",
    ..RDFC_P384
};

/// The parts of a signed document.
struct Signed {
    document: Map<String, Value>,
    /// The proof without its value, with the contexts it was hashed in.
    configuration: Map<String, Value>,
    value: String,
}

impl Set {
    fn json(&self, name: &str) -> Map<String, Value> {
        let Value::Object(members) = document(&format!("vc-di-ecdsa/{name}.json")) else {
            panic!("{name}")
        };
        members
    }

    /// A step as it stands in the vectors.
    fn step(&self, name: &str) -> String {
        read(&format!(
            "vc-di-ecdsa/{}/{name}{}.txt",
            self.folder, self.end
        ))
    }

    fn signed(&self) -> Signed {
        let mut document = self.json(&format!("{}/signed{}", self.folder, self.end));
        let Some(Value::Object(mut configuration)) = document.shift_remove("proof") else {
            panic!("no proof")
        };
        let value = configuration.shift_remove("proofValue").unwrap();
        configuration.insert("@context".to_owned(), document["@context"].clone());
        Signed {
            document,
            configuration,
            value: value.as_str().unwrap().to_owned(),
        }
    }

    /// The Multikey of the vectors: that of the `did:key` that the proof names.
    fn key(&self, signed: &Signed) -> PublicKey {
        let method = signed.configuration["verificationMethod"].as_str().unwrap();
        let keys = read(&format!("vc-di-ecdsa/{}.json", self.keys));
        let keys: Value = serde_json::from_str(&keys).unwrap();
        let key = keys["publicKeyMultibase"].as_str().unwrap();
        assert_eq!(method, format!("did:key:{key}#{key}"));
        authentication_key(&DidUrl::parse(method).unwrap()).unwrap()
    }

    /// `hashData`, in hexadecimal digits: of the proof, then of the document.
    fn hash_data(&self, signed: &Signed) -> String {
        let hash = |members| (self.hash)((self.transform)(members, self.hash).as_bytes());
        hash(&signed.configuration) + &hash(&signed.document)
    }

    fn is_signed(&self, signed: &Signed) -> bool {
        let hash_data = hex(&self.hash_data(signed).into());
        let signature = bs58::decode(signed.value.strip_prefix('z').unwrap());
        let key = self.key(signed);
        key.verify(&hash_data, &signature.into_vec().unwrap())
            .is_ok()
    }

    fn every_step_is_that_of_the_vector(&self) {
        let signed = self.signed();
        assert_eq!(signed.document, self.json(self.unsigned));
        let configuration = format!("{}/proofConfig{}", self.folder, self.end);
        assert_eq!(signed.configuration, self.json(&configuration));

        let transformed = |members| (self.transform)(members, self.hash);
        assert_eq!(transformed(&signed.document), self.step("canonDoc"));
        let canonical = transformed(&signed.configuration);
        assert_eq!(canonical, self.step("proofCanon"));
        let hash = |name| (self.hash)(self.step(name).as_bytes());
        assert_eq!(hash("canonDoc"), self.step("docHash"));
        assert_eq!(hash("proofCanon"), self.step("proofHash"));
        assert_eq!(self.hash_data(&signed), self.step("combinedHash"));

        assert_eq!(signed.value, self.step("sigBTC58"));
        let signature = bs58::decode(&signed.value[1..]).into_vec().unwrap();
        assert_eq!(signature, hex(&self.step("sigHex").into()));
        assert!(self.is_signed(&signed));
    }

    /// `pointer` leads to a claim, or to a member of the proof.
    fn another_claim_or_proof_is_not_signed(&self, pointer: &str) {
        let mut signed = self.signed();
        let mut document = Value::Object(signed.document);
        *document.pointer_mut(pointer).unwrap() = "Another".into();
        signed.document = document.as_object().unwrap().clone();
        assert!(!self.is_signed(&signed));

        let mut signed = self.signed();
        signed.configuration["created"] = "2024-02-24T23:36:38Z".into();
        assert!(!self.is_signed(&signed));
    }
}

#[test]
fn ecdsa_jcs_2019_p256_alumni() {
    JCS_P256.every_step_is_that_of_the_vector();
}

#[test]
fn ecdsa_jcs_2019_p256_alumni_with_another_claim_or_proof_is_refused() {
    JCS_P256.another_claim_or_proof_is_not_signed("/credentialSubject/alumniOf");
}

#[test]
fn ecdsa_jcs_2019_p384_alumni() {
    JCS_P384.every_step_is_that_of_the_vector();
}

#[test]
fn ecdsa_jcs_2019_p384_alumni_with_another_claim_or_proof_is_refused() {
    JCS_P384.another_claim_or_proof_is_not_signed("/credentialSubject/alumniOf");
}

#[test]
fn ecdsa_rdfc_2019_p384_alumni() {
    RDFC_P384.every_step_is_that_of_the_vector();
}

#[test]
fn ecdsa_rdfc_2019_p384_alumni_with_another_claim_or_proof_is_refused() {
    RDFC_P384.another_claim_or_proof_is_not_signed("/credentialSubject/alumniOf");
}

#[test]
fn ecdsa_rdfc_2019_p384_employment() {
    RDFC_P384_EMPLOYMENT.every_step_is_that_of_the_vector();
}

#[test]
fn ecdsa_rdfc_2019_p384_employment_with_another_claim_or_proof_is_refused() {
    RDFC_P384_EMPLOYMENT.another_claim_or_proof_is_not_signed("/credentialSubject/givenName");
}
