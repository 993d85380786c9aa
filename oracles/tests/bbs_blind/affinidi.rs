//! affinidi-bbs: blind signatures, and pseudonyms of draft -01 with their proofs.

use affinidi_bbs::hash::{scalar_from_bytes, scalar_to_bytes};
use affinidi_bbs::nym::{
    blind_sign_with_nym, blind_verify_with_nym, nym_commit, proof_gen_with_nym,
    proof_verify_with_nym,
};
use affinidi_bbs::{
    Ciphersuite, Proof, Pseudonym, PublicKey, Scalar, SecretKey, Signature, blind_sign,
    blind_verify, commit, sk_to_pk,
};
use wallet_bbs::Suite;

use crate::{Case, Nym, Peer, Shown, pick};

pub(crate) struct Affinidi;

const SHA_256: Ciphersuite = Ciphersuite::Bls12381Sha256;

fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
    scalar_from_bytes(bytes).unwrap()
}

/// The one part of the holder's.
fn part(nym: &Nym) -> Scalar {
    assert_eq!(nym.parts.len(), 1);
    scalar(&nym.parts[0])
}

impl Peer for Affinidi {
    const SUITE: Suite = Suite::Sha256;

    fn commit(case: &Case) -> (Vec<u8>, [u8; 32]) {
        let committed = slices(&case.committed);
        let commitment = match &case.nym {
            Some(nym) => nym_commit(part(nym), &committed, SHA_256),
            None => commit(&committed, SHA_256),
        };
        let (commitment, blinding) = commitment.unwrap();
        (commitment, scalar_to_bytes(&blinding))
    }

    fn sign(secret: &[u8; 32], commitment: &[u8], case: &Case) -> Option<[u8; 80]> {
        let secret = SecretKey::from_bytes(secret).unwrap();
        let public = sk_to_pk(&secret);
        let (header, known) = (&case.header, slices(&case.messages));
        let signature = match &case.nym {
            Some(nym) => {
                let entropy = scalar(&nym.entropy);
                blind_sign_with_nym(
                    &secret, &public, commitment, entropy, header, &known, SHA_256,
                )
            }
            None => blind_sign(&secret, &public, commitment, header, &known, SHA_256),
        };
        signature.ok().map(|signature| signature.to_bytes())
    }

    fn verifies(public: &[u8; 96], signature: &[u8; 80], blinding: &[u8; 32], case: &Case) -> bool {
        let public = PublicKey::from_bytes(public).unwrap();
        let Ok(signature) = Signature::from_bytes(signature) else {
            return false;
        };
        let (known, committed) = (slices(&case.messages), slices(&case.committed));
        let (header, blinding) = (&case.header, scalar(blinding));
        let verdict = match &case.nym {
            Some(nym) => blind_verify_with_nym(
                &public,
                &signature,
                header,
                &known,
                &committed,
                part(nym),
                scalar(&nym.entropy),
                blinding,
                SHA_256,
            ),
            None => blind_verify(
                &public, &signature, header, &known, &committed, blinding, SHA_256,
            ),
        };
        verdict.unwrap_or(false)
    }

    fn prove(
        public: &[u8; 96],
        signature: &[u8; 80],
        blinding: &[u8; 32],
        case: &Case,
    ) -> Option<Shown> {
        let nym = case.nym.as_ref()?;
        let public = PublicKey::from_bytes(public).unwrap();
        let proof = proof_gen_with_nym(
            &public,
            &Signature::from_bytes(signature).unwrap(),
            &case.header,
            &case.nonce,
            part(nym) + scalar(&nym.entropy),
            &nym.context,
            &slices(&case.messages),
            &case.disclosed,
            &slices(&case.committed),
            &case.disclosed_committed,
            scalar(blinding),
            SHA_256,
        );
        let (proof, pseudonym) = proof.unwrap();
        Some(Shown {
            proof: proof.to_bytes().to_vec(),
            pseudonym: Some(pseudonym.to_bytes()),
        })
    }

    fn verifies_proof(public: &[u8; 96], shown: &Shown, case: &Case) -> bool {
        let nym = case.nym.as_ref().unwrap();
        let public = PublicKey::from_bytes(public).unwrap();
        let (known, committed) = (
            pick(&case.messages, &case.disclosed),
            pick(&case.committed, &case.disclosed_committed),
        );
        let verdict = proof_verify_with_nym(
            &public,
            &Proof::from_bytes(&shown.proof),
            &case.header,
            &case.nonce,
            &Pseudonym::from_bytes(&shown.pseudonym.unwrap()).unwrap(),
            &nym.context,
            case.messages.len(),
            &slices(&known),
            &case.disclosed,
            &slices(&committed),
            &case.disclosed_committed,
            SHA_256,
        );
        verdict.unwrap_or(false)
    }
}
