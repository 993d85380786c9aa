//! BBS against the crates zkryptium (both suites) and affinidi-bbs (SHA-256 only): they sign what we sign, and each side
//! takes the other's signatures and proofs and refuses them changed. Then what must hold of ours alone.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use wallet_bbs::{Error, Message, Proof, Scalar, SecretKey, Signature, Suite};

/// What is signed and shown.
#[derive(Clone, Debug)]
struct Case {
    seed: [u8; 32],
    header: Vec<u8>,
    nonce: Vec<u8>,
    messages: Vec<Vec<u8>>,
    disclosed: Vec<usize>,
    /// Which bit of something is changed.
    change: usize,
}

impl Case {
    fn messages(&self) -> Vec<Message<'_>> {
        let messages = self.messages.iter();
        messages.map(|message| Message::Bytes(message)).collect()
    }

    fn shown(&self) -> Vec<(usize, Message<'_>)> {
        let messages = self.messages();
        let shown = self.disclosed.iter();
        shown.map(|index| (*index, messages[*index])).collect()
    }

    fn shown_bytes(&self) -> Vec<Vec<u8>> {
        let shown = self.disclosed.iter();
        shown.map(|index| self.messages[*index].clone()).collect()
    }

    /// The same bytes but for one bit.
    fn changed(&self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        let bit = self.change % (changed.len() * 8);
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    }
}

fn some_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..=most)
}

fn cases(least: usize) -> impl Strategy<Value = Case> {
    let messages = prop::collection::vec((some_bytes(40), any::<bool>()), least..=7);
    let rest = (
        any::<[u8; 32]>(),
        some_bytes(70),
        some_bytes(70),
        any::<usize>(),
    );
    (messages, rest).prop_map(|(messages, (seed, header, nonce, change))| {
        let disclosed = messages.iter().enumerate();
        let disclosed = disclosed.filter_map(|(index, (_, shown))| shown.then_some(index));
        Case {
            seed,
            header,
            nonce,
            disclosed: disclosed.collect(),
            messages: messages.into_iter().map(|(message, _)| message).collect(),
            change,
        }
    })
}

/// Another implementation. Keys, signatures and proofs go through as bytes.
trait Peer {
    const SUITE: Suite;
    fn public_key(secret: &[u8; 32]) -> [u8; 96];
    fn sign(secret: &[u8; 32], case: &Case) -> [u8; 80];
    fn verifies(public: &[u8; 96], signature: &[u8; 80], case: &Case) -> bool;
    fn prove(public: &[u8; 96], signature: &[u8; 80], case: &Case) -> Vec<u8>;
    fn verifies_proof(public: &[u8; 96], proof: &[u8], case: &Case) -> bool;
}

/// zkryptium in one suite: its functions are generic over traits of crates it does not re-export.
macro_rules! zkryptium {
    ($peer:ident, $suite:expr, $scheme:ty) => {
        struct $peer;

        impl Peer for $peer {
            const SUITE: Suite = $suite;

            fn public_key(secret: &[u8; 32]) -> [u8; 96] {
                let secret = zkryptium::bbsplus::keys::BBSplusSecretKey::from_bytes(secret);
                secret.unwrap().public_key().to_bytes()
            }

            fn sign(secret: &[u8; 32], case: &Case) -> [u8; 80] {
                let secret =
                    zkryptium::bbsplus::keys::BBSplusSecretKey::from_bytes(secret).unwrap();
                let public = secret.public_key();
                let (messages, header) = (Some(&case.messages[..]), Some(&case.header[..]));
                let signature = zkryptium::schemes::generics::Signature::<$scheme>::sign(
                    messages, &secret, &public, header,
                );
                signature.unwrap().to_bytes()
            }

            fn verifies(public: &[u8; 96], signature: &[u8; 80], case: &Case) -> bool {
                let public =
                    zkryptium::bbsplus::keys::BBSplusPublicKey::from_bytes(public).unwrap();
                let signature =
                    zkryptium::schemes::generics::Signature::<$scheme>::from_bytes(signature);
                let (messages, header) = (Some(&case.messages[..]), Some(&case.header[..]));
                signature.is_ok_and(|signature| signature.verify(&public, messages, header).is_ok())
            }

            fn prove(public: &[u8; 96], signature: &[u8; 80], case: &Case) -> Vec<u8> {
                let public =
                    zkryptium::bbsplus::keys::BBSplusPublicKey::from_bytes(public).unwrap();
                let proof = zkryptium::schemes::generics::PoKSignature::<$scheme>::proof_gen(
                    &public,
                    signature,
                    Some(&case.header),
                    Some(&case.nonce),
                    Some(&case.messages),
                    Some(&case.disclosed),
                );
                proof.unwrap().to_bytes()
            }

            fn verifies_proof(public: &[u8; 96], proof: &[u8], case: &Case) -> bool {
                let public =
                    zkryptium::bbsplus::keys::BBSplusPublicKey::from_bytes(public).unwrap();
                let proof =
                    zkryptium::schemes::generics::PoKSignature::<$scheme>::from_bytes(proof);
                proof.is_ok_and(|proof| {
                    let shown = case.shown_bytes();
                    let (header, nonce) = (Some(&case.header[..]), Some(&case.nonce[..]));
                    let verdict = proof.proof_verify(
                        &public,
                        Some(&shown),
                        Some(&case.disclosed),
                        header,
                        nonce,
                    );
                    verdict.is_ok()
                })
            }
        }
    };
}

use zkryptium::schemes::algorithms::{BbsBls12381Sha256, BbsBls12381Shake256};
zkryptium!(ZkryptiumSha256, Suite::Sha256, BbsBls12381Sha256);
zkryptium!(ZkryptiumShake256, Suite::Shake256, BbsBls12381Shake256);

struct Affinidi;

impl Affinidi {
    fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
        messages.iter().map(Vec::as_slice).collect()
    }
}

impl Peer for Affinidi {
    const SUITE: Suite = Suite::Sha256;

    fn public_key(secret: &[u8; 32]) -> [u8; 96] {
        let secret = affinidi_bbs::SecretKey::from_bytes(secret).unwrap();
        affinidi_bbs::sk_to_pk(&secret).to_bytes()
    }

    fn sign(secret: &[u8; 32], case: &Case) -> [u8; 80] {
        let secret = affinidi_bbs::SecretKey::from_bytes(secret).unwrap();
        let public = affinidi_bbs::sk_to_pk(&secret);
        let messages = Self::slices(&case.messages);
        let signature = affinidi_bbs::sign(&secret, &public, &case.header, &messages);
        signature.unwrap().to_bytes()
    }

    fn verifies(public: &[u8; 96], signature: &[u8; 80], case: &Case) -> bool {
        let public = affinidi_bbs::PublicKey::from_bytes(public).unwrap();
        let messages = Self::slices(&case.messages);
        affinidi_bbs::Signature::from_bytes(signature)
            .and_then(|signature| {
                affinidi_bbs::verify(&public, &signature, &case.header, &messages)
            })
            .unwrap_or(false)
    }

    fn prove(public: &[u8; 96], signature: &[u8; 80], case: &Case) -> Vec<u8> {
        let public = affinidi_bbs::PublicKey::from_bytes(public).unwrap();
        let signature = affinidi_bbs::Signature::from_bytes(signature).unwrap();
        let messages = Self::slices(&case.messages);
        let proof = affinidi_bbs::proof_gen(
            &public,
            &signature,
            &case.header,
            &case.nonce,
            &messages,
            &case.disclosed,
        );
        proof.unwrap().to_bytes().to_vec()
    }

    fn verifies_proof(public: &[u8; 96], proof: &[u8], case: &Case) -> bool {
        let public = affinidi_bbs::PublicKey::from_bytes(public).unwrap();
        let proof = affinidi_bbs::Proof::from_bytes(proof);
        let shown = case.shown_bytes();
        let shown = Self::slices(&shown);
        let (header, nonce) = (&case.header, &case.nonce);
        affinidi_bbs::proof_verify(&public, &proof, header, nonce, &shown, &case.disclosed)
            .unwrap_or(false)
    }
}

/// Our verdict on bytes of a proof.
fn verify_proof(key: &SecretKey, proof: &[u8], case: &Case) -> Result<(), Error> {
    let proof = Proof::from_bytes(proof)?;
    let key = key.public_key();
    key.verify_proof(&proof, &case.header, &case.nonce, &case.shown())
}

fn verify(key: &SecretKey, signature: &[u8], case: &Case) -> Result<(), Error> {
    let signature = Signature::from_bytes(signature)?;
    let key = key.public_key();
    key.verify(&signature, &case.header, &case.messages())
}

fn prove(key: &SecretKey, signature: &[u8; 80], case: &Case) -> Vec<u8> {
    let signature = Signature::from_bytes(signature).unwrap();
    let messages = case.messages();
    let key = key.public_key();
    let proof = key.prove(
        &signature,
        &case.header,
        &case.nonce,
        &messages,
        &case.disclosed,
    );
    proof.unwrap().to_bytes()
}

/// Everything in both directions.
fn agree<P: Peer>(case: &Case) {
    let key = SecretKey::generate(P::SUITE, &case.seed, &case.nonce).unwrap();
    let (secret, public) = (key.to_bytes(), key.public_key().to_bytes());
    assert_eq!(P::public_key(&secret), public);
    let signature = key.sign(&case.header, &case.messages()).unwrap().to_bytes();
    assert_eq!(P::sign(&secret, case), *signature);
    assert!(P::verifies(&public, &signature, case));
    assert_eq!(verify(&key, &signature[..], case), Ok(()));
    let (ours, theirs) = (
        prove(&key, &signature, case),
        P::prove(&public, &signature, case),
    );
    assert_eq!(ours.len(), theirs.len());
    assert!(P::verifies_proof(&public, &ours, case));
    assert_eq!(verify_proof(&key, &theirs, case), Ok(()));
    let changed = case.changed(&signature[..]);
    assert!(!P::verifies(
        &public,
        &changed.clone().try_into().unwrap(),
        case
    ));
    assert!(verify(&key, &changed, case).is_err());
    assert!(!P::verifies_proof(&public, &case.changed(&ours), case));
    assert!(verify_proof(&key, &case.changed(&theirs), case).is_err());
}

proptest! {
    // Theirs take tens of milliseconds for each step.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn zkryptium_and_we_agree_in_sha_256(case in cases(0)) {
        agree::<ZkryptiumSha256>(&case);
    }

    #[test]
    fn zkryptium_and_we_agree_in_shake_256(case in cases(0)) {
        agree::<ZkryptiumShake256>(&case);
    }

    #[test]
    fn affinidi_and_we_agree_in_sha_256(case in cases(0)) {
        agree::<Affinidi>(&case);
    }
}

#[test]
fn every_bit_of_a_signature_and_of_a_proof_counts() {
    let mut case = Case {
        seed: [5; 32],
        header: b"header".to_vec(),
        nonce: b"nonce".to_vec(),
        messages: (0..3_u8).map(|byte| vec![byte; 20]).collect(),
        disclosed: vec![1],
        change: 0,
    };
    let key = SecretKey::generate(Suite::Sha256, &case.seed, b"").unwrap();
    let signature = key.sign(&case.header, &case.messages()).unwrap().to_bytes();
    let proof = prove(&key, &signature, &case);
    assert_eq!(verify(&key, &signature[..], &case), Ok(()));
    assert_eq!(verify_proof(&key, &proof, &case), Ok(()));
    for bit in 0..signature.len() * 8 {
        case.change = bit;
        let verdict = verify(&key, &case.changed(&signature[..]), &case);
        assert!(verdict.is_err(), "bit {bit} of the signature");
    }
    for bit in 0..proof.len() * 8 {
        case.change = bit;
        let verdict = verify_proof(&key, &case.changed(&proof), &case);
        assert!(verdict.is_err(), "bit {bit} of the proof");
    }
}

/// With as many messages as a large credential has, once.
#[test]
fn a_hundred_messages_agree() {
    let case = Case {
        seed: [5; 32],
        header: b"header".to_vec(),
        nonce: b"nonce".to_vec(),
        messages: (0..100_u8).map(|byte| vec![byte; 20]).collect(),
        disclosed: (0..100).step_by(3).collect(),
        change: 1_234,
    };
    agree::<ZkryptiumSha256>(&case);
    agree::<ZkryptiumShake256>(&case);
    agree::<Affinidi>(&case);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_signature_or_proof_is_refused(case in cases(0)) {
        let key = SecretKey::generate(Suite::Sha256, &case.seed, b"").unwrap();
        let signature = key.sign(&case.header, &case.messages()).unwrap().to_bytes();
        prop_assert!(verify(&key, &case.changed(&signature[..]), &case).is_err());
        let proof = prove(&key, &signature, &case);
        prop_assert_eq!(verify_proof(&key, &proof, &case), Ok(()));
        prop_assert!(verify_proof(&key, &case.changed(&proof), &case).is_err());
    }

    #[test]
    fn a_scalar_is_signed_as_it_is_and_not_hashed(case in cases(1)) {
        let key = SecretKey::generate(Suite::Shake256, &case.seed, b"").unwrap();
        let mut bytes = case.seed;
        bytes[0] &= 0x3f;
        let scalar = Scalar::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&*scalar.to_bytes(), &bytes);
        let as_scalar = key.sign(&case.header, &[Message::Scalar(&scalar)]).unwrap();
        let as_bytes = key.sign(&case.header, &[Message::Bytes(&bytes)]).unwrap();
        prop_assert_ne!(as_scalar.to_bytes(), as_bytes.to_bytes());
        let issuer = key.public_key();
        let messages = [Message::Scalar(&scalar)];
        prop_assert_eq!(issuer.verify(&as_scalar, &case.header, &messages), Ok(()));
        let proof = issuer.prove(&as_scalar, &case.header, &case.nonce, &messages, &[0]).unwrap();
        let verify = |message| issuer.verify_proof(&proof, &case.header, &case.nonce, &[(0, message)]);
        prop_assert_eq!(verify(messages[0]), Ok(()));
        prop_assert_eq!(verify(Message::Bytes(&bytes)), Err(Error::WrongProof));
    }
}
