//! The vectors of the W3C's vc-di-bbs for what extends bbs-2023 (test-fixtures/vectors/vc-di-bbs), as far as this crate goes:
//! messages are the N-Quads they list.

use serde_json::Value;

use super::blind_ietf::shown;
use super::ietf::{Mocked, bytes, messages, vector};
use crate::suite::Draft;
use crate::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Error, Message, Proof, PublicKey,
    SecretKey, Signature, Suite,
};

const SUITE: Suite = Suite::Sha256;

/// The files of one feature.
struct Feature(&'static str);

impl Feature {
    fn file(&self, name: &str) -> Value {
        vector(&format!("vc-di-bbs/{}/{name}.json", self.0))
    }

    /// What the issuer signed, one after the other.
    fn quads(&self) -> Vec<Vec<u8>> {
        let file = self.file("addBaseTransform");
        let quads = file["nonMandatory"]["value"].as_array().unwrap();
        let text = |quad: &Value| quad[1].as_str().unwrap().as_bytes().to_vec();
        quads.iter().map(text).collect()
    }

    fn header(&self) -> Vec<u8> {
        let file = self.file("addHashData");
        let halves = ["proofHash", "mandatoryHash"].map(|name| bytes(&file[name]));
        halves.concat()
    }

    fn commitment(&self) -> (Commitment, Blinding) {
        let file = self.file("commitmentInfo");
        let commitment = Commitment::from_bytes(&bytes(&file["commitmentWithProof"])).unwrap();
        let blinding = Blinding::from_bytes(&scalar(&file["secretProverBlind"])).unwrap();
        (commitment, blinding)
    }

    fn signature(&self) -> Vec<u8> {
        bytes(&self.file("addRawBaseSignatureInfo")["bbsSignature"])
    }

    fn derived(&self) -> Derived {
        let file = self.file("derivedDisclosureData");
        let quads = self.quads();
        let indexes = file["adjSelectiveIndexes"].as_array().unwrap();
        let indexes: Vec<_> = indexes
            .iter()
            .map(|index| index.as_u64().unwrap() as usize)
            .collect();
        let quads = indexes.iter().map(|index| (*index, quads[*index].clone()));
        Derived {
            proof: Proof::from_bytes(&bytes(&file["bbsProof"])).unwrap(),
            count: file["lengthBBSMessages"].as_u64().unwrap() as usize,
            quads: quads.collect(),
            indexes,
        }
    }
}

/// A derived proof and what it shows.
struct Derived {
    proof: Proof,
    count: usize,
    quads: Vec<(usize, Vec<u8>)>,
    indexes: Vec<usize>,
}

impl Derived {
    fn disclosed(&self) -> Disclosed<'_> {
        let messages = &self.indexes;
        Disclosed {
            messages,
            committed: &[],
        }
    }
}

/// The random scalars that the vectors' proofs were made with: under the interface's name without a purpose, which they do
/// not say.
fn random(draft: Draft, proof: &Proof) -> Mocked {
    let tag = SUITE.interface(draft).id();
    Mocked::under(SUITE, tag.as_bytes(), 5 + proof.hidden_count())
}

fn issuer() -> SecretKey {
    let file = vector("vc-di-bbs/BBSKeyMaterial.json");
    let key = SecretKey::from_bytes(SUITE, &scalar(&file["privateKeyHex"])).unwrap();
    let expected = PublicKey::from_bytes(SUITE, &bytes(&file["publicKeyHex"])).unwrap();
    assert_eq!(key.public_key(), &expected);
    key
}

fn input(file: &str, name: &str) -> Vec<u8> {
    bytes(&vector(&format!("vc-di-bbs/FeatureInputs/{file}.json"))[name])
}

fn presentation_header() -> Vec<u8> {
    bytes(&vector("vc-di-bbs/BBSDeriveMaterial.json")["presentationHeaderHex"])
}

/// 32 bytes, of which the files leave leading zeros out.
fn scalar(hex: &Value) -> [u8; 32] {
    let digits = format!("{:0>64}", hex.as_str().unwrap());
    bytes(&digits.into()).try_into().unwrap()
}

const HOLDER_BINDING: Feature = Feature("HolderBinding");

#[test]
fn holder_binding() {
    let (issuer, feature) = (issuer(), HOLDER_BINDING);
    let (commitment, blinding) = feature.commitment();
    let (header, quads) = (feature.header(), feature.quads());
    let signature = issuer.sign_blind(&commitment, &header, &messages(&quads));
    assert_eq!(signature.unwrap().to_bytes()[..], feature.signature());

    let issuer = issuer.public_key();
    let secret = input("holderSecret", "holderSecretHex");
    let signed = BlindSigned {
        signature: &Signature::from_bytes(&feature.signature()).unwrap(),
        header: &header,
        messages: &messages(&quads),
        committed: &[Message::Bytes(&secret)],
        blinding: &blinding,
    };
    assert_eq!(issuer.verify_blind(&signed), Ok(()));
    let another = BlindSigned {
        committed: &[Message::Bytes(b"another")],
        ..signed
    };
    let verdict = issuer.verify_blind(&another);
    assert_eq!(verdict, Err(Error::WrongSignature));

    let derived = feature.derived();
    let mut random = random(Draft::Blind, &derived.proof);
    let proof = issuer.prove_blind_by(
        &mut random,
        &signed,
        &presentation_header(),
        &derived.disclosed(),
    );
    assert_eq!(proof.unwrap().to_bytes(), derived.proof.to_bytes());
    let messages = shown(&derived.quads);
    let shown = BlindShown {
        header: &header,
        count: derived.count,
        messages: &messages,
        committed: &[],
    };
    let verify = |occasion: &[u8]| issuer.verify_blind_proof(&derived.proof, &shown, occasion);
    assert_eq!(verify(&presentation_header()), Ok(()));
    assert_eq!(verify(b"another"), Err(Error::WrongProof));
}

#[cfg(feature = "draft-pseudonym")]
mod pseudonym {
    use super::*;
    use crate::pseudonym::Occasion;
    use crate::{ProverNyms, Pseudonym, PseudonymRevision, PseudonymShown, SignerNymEntropy};

    const REVISION: PseudonymRevision = PseudonymRevision::Draft01;

    /// The context: the verifier's name.
    fn context() -> String {
        let file = vector("vc-di-bbs/FeatureInputs/verifierInfo.json");
        file["verifierId"].as_str().unwrap().to_owned()
    }

    #[test]
    fn pseudonym() {
        feature(&Feature("Pseudonym"), &[]);
    }

    #[test]
    fn holder_binding_and_pseudonym() {
        let secret = input("holderSecret", "holderSecretHex");
        feature(&Feature("PseudonymHB"), &[Message::Bytes(&secret)]);
    }

    fn feature(feature: &Feature, committed: &[Message<'_>]) {
        let issuer = issuer();
        let (commitment, blinding) = feature.commitment();
        let (header, quads) = (feature.header(), feature.quads());
        let entropy = input("signerNymEntropy", "signerNymEntropyHex");
        let entropy = SignerNymEntropy::from_bytes(&entropy.try_into().unwrap()).unwrap();
        let nyms = ProverNyms::from_bytes(REVISION, &input("proverNym", "proverNymHex")).unwrap();
        let signature =
            issuer.sign_blind_with_nym(&commitment, REVISION, &entropy, &header, &messages(&quads));
        assert_eq!(signature.unwrap().to_bytes()[..], feature.signature());

        let issuer = issuer.public_key();
        let secrets = nyms.with_entropy(&entropy);
        let expected = scalar(&feature.file("nymSecret")["nymSecretHex"]);
        assert_eq!(secrets.scalars_for_tests(), [expected]);
        let signed = BlindSigned {
            signature: &Signature::from_bytes(&feature.signature()).unwrap(),
            header: &header,
            messages: &messages(&quads),
            committed,
            blinding: &blinding,
        };
        assert_eq!(issuer.verify_with_nym(&signed, &secrets), Ok(()));

        let derived = feature.derived();
        let mut random = random(Draft::Pseudonym, &derived.proof);
        let (context, presentation_header) = (context(), presentation_header());
        let occasion = Occasion {
            context: context.as_bytes(),
            presentation_header: &presentation_header,
        };
        let disclosed = derived.disclosed();
        let proof = issuer.prove_with_nym_by(&mut random, &signed, &secrets, &occasion, &disclosed);
        let (proof, pseudonym) = proof.unwrap();
        assert_eq!(proof.to_bytes(), derived.proof.to_bytes());
        let file = feature.file("derivedDisclosureData");
        let expected = Pseudonym::from_bytes(&bytes(&file["pseudonym"]));
        assert_eq!(expected, Ok(pseudonym));

        let messages = shown(&derived.quads);
        let shown = BlindShown {
            header: &header,
            count: derived.count,
            messages: &messages,
            committed: &[],
        };
        let nym = PseudonymShown {
            revision: REVISION,
            context: context.as_bytes(),
            pseudonym: &pseudonym,
        };
        let verify =
            |occasion: &[u8]| issuer.verify_proof_with_nym(&derived.proof, &shown, &nym, occasion);
        assert_eq!(verify(&presentation_header), Ok(()));
        assert_eq!(verify(b"another"), Err(Error::WrongProof));
    }
}
