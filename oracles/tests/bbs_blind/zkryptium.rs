//! zkryptium: blind signatures of draft -02, pseudonyms of draft -03.

use wallet_bbs::Suite;
use zkryptium::bbsplus::commitment::BlindFactor;
use zkryptium::bbsplus::keys::{BBSplusPublicKey, BBSplusSecretKey};
use zkryptium::bbsplus::pseudonym::{BBSplusPseudonym, PseudonymSecret};
use zkryptium::schemes::algorithms::{BbsBls12381Sha256, BbsBls12381Shake256};
use zkryptium::schemes::generics::{BlindSignature, Commitment, PoKSignature};

use crate::{Case, Nym, Peer, Shown, pick};

fn scalar(bytes: &[u8; 32]) -> PseudonymSecret {
    PseudonymSecret::from_bytes(bytes).unwrap()
}

fn parts(nym: &Nym) -> Vec<PseudonymSecret> {
    nym.parts.iter().map(scalar).collect()
}

/// The secrets that are signed.
fn secrets(nym: &Nym) -> Vec<PseudonymSecret> {
    let mut secrets = parts(nym);
    let last = secrets.pop().unwrap();
    secrets.push(&last + &scalar(&nym.entropy));
    secrets
}

/// In one suite: its functions are generic over traits of crates it does not re-export.
macro_rules! zkryptium {
    ($peer:ident, $scheme:ty) => {
        pub(crate) struct $peer;

        impl Peer for $peer {
            const SUITE: Suite = Suite::$peer;

            fn commit(case: &Case) -> (Vec<u8>, [u8; 32]) {
                let committed = Some(&case.committed[..]);
                let commitment = match &case.nym {
                    Some(nym) => Commitment::<$scheme>::commit_with_nym(committed, parts(nym)),
                    None => Commitment::<$scheme>::commit(committed),
                };
                let (commitment, blinding) = commitment.unwrap();
                (commitment.to_bytes(), blinding.to_bytes())
            }

            fn sign(secret: &[u8; 32], commitment: &[u8], case: &Case) -> Option<[u8; 80]> {
                let secret = BBSplusSecretKey::from_bytes(secret).unwrap();
                let public = secret.public_key();
                let (header, messages) = (Some(&case.header[..]), Some(&case.messages[..]));
                let commitment = Some(commitment);
                let signature = match &case.nym {
                    Some(nym) => BlindSignature::<$scheme>::blind_sign_with_nym(
                        &secret,
                        &public,
                        commitment,
                        nym.parts.len(),
                        header,
                        &scalar(&nym.entropy),
                        messages,
                    ),
                    None => BlindSignature::<$scheme>::blind_sign(
                        &secret, &public, commitment, header, messages,
                    ),
                };
                signature.ok().map(|signature| signature.to_bytes())
            }

            fn verifies(
                public: &[u8; 96],
                signature: &[u8; 80],
                blinding: &[u8; 32],
                case: &Case,
            ) -> bool {
                let public = BBSplusPublicKey::from_bytes(public).unwrap();
                let blinding = BlindFactor::from_bytes(blinding).unwrap();
                let Ok(signature) = BlindSignature::<$scheme>::from_bytes(signature) else {
                    return false;
                };
                let (header, messages) = (Some(&case.header[..]), Some(&case.messages[..]));
                let committed = Some(&case.committed[..]);
                match &case.nym {
                    Some(nym) => signature
                        .verify_finalize_with_nym(
                            &public,
                            header,
                            messages,
                            committed,
                            parts(nym),
                            Some(&scalar(&nym.entropy)),
                            Some(&blinding),
                        )
                        .is_ok(),
                    None => signature
                        .verify_blind_sign(&public, header, messages, committed, Some(&blinding))
                        .is_ok(),
                }
            }

            fn prove(
                public: &[u8; 96],
                signature: &[u8; 80],
                blinding: &[u8; 32],
                case: &Case,
            ) -> Option<Shown> {
                let public = BBSplusPublicKey::from_bytes(public).unwrap();
                let blinding = BlindFactor::from_bytes(blinding).unwrap();
                let (header, nonce) = (Some(&case.header[..]), Some(&case.nonce[..]));
                let (messages, committed) = (Some(&case.messages[..]), Some(&case.committed[..]));
                let disclosed = Some(&case.disclosed[..]);
                let disclosed_committed = Some(&case.disclosed_committed[..]);
                let (proof, pseudonym) = match &case.nym {
                    Some(nym) => {
                        let proof = PoKSignature::<$scheme>::proof_gen_with_nym(
                            &public,
                            signature,
                            header,
                            nonce,
                            &secrets(nym),
                            &nym.context,
                            messages,
                            committed,
                            disclosed,
                            disclosed_committed,
                            Some(&blinding),
                        );
                        let (proof, pseudonym) = proof.unwrap();
                        (proof, Some(pseudonym.to_bytes().try_into().unwrap()))
                    }
                    None => {
                        let proof = PoKSignature::<$scheme>::blind_proof_gen(
                            &public,
                            signature,
                            header,
                            nonce,
                            messages,
                            committed,
                            disclosed,
                            disclosed_committed,
                            Some(&blinding),
                        );
                        (proof.unwrap(), None)
                    }
                };
                let proof = proof.to_bytes();
                Some(Shown { proof, pseudonym })
            }

            fn verifies_proof(public: &[u8; 96], shown: &Shown, case: &Case) -> bool {
                let public = BBSplusPublicKey::from_bytes(public).unwrap();
                let Ok(proof) = PoKSignature::<$scheme>::from_bytes(&shown.proof) else {
                    return false;
                };
                let (header, nonce) = (Some(&case.header[..]), Some(&case.nonce[..]));
                let messages = pick(&case.messages, &case.disclosed);
                let committed = pick(&case.committed, &case.disclosed_committed);
                let (count, messages, committed) = (
                    Some(case.messages.len()),
                    Some(&messages[..]),
                    Some(&committed[..]),
                );
                let disclosed = Some(&case.disclosed[..]);
                let disclosed_committed = Some(&case.disclosed_committed[..]);
                match &case.nym {
                    Some(nym) => {
                        let pseudonym = shown.pseudonym.unwrap();
                        let pseudonym = BBSplusPseudonym::from_bytes(&pseudonym).unwrap();
                        let verdict = proof.proof_verify_with_nym(
                            &public,
                            header,
                            nonce,
                            &pseudonym,
                            &nym.context,
                            nym.parts.len(),
                            count,
                            messages,
                            committed,
                            disclosed,
                            disclosed_committed,
                        );
                        verdict.is_ok()
                    }
                    None => proof
                        .blind_proof_verify(
                            &public,
                            header,
                            nonce,
                            count,
                            messages,
                            committed,
                            disclosed,
                            disclosed_committed,
                        )
                        .is_ok(),
                }
            }
        }
    };
}

zkryptium!(Sha256, BbsBls12381Sha256);
zkryptium!(Shake256, BbsBls12381Shake256);
