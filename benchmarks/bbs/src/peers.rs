//! The crates. Signatures and proofs go through as bytes, so that each reads and writes them.

use std::sync::LazyLock;

use zkryptium::bbsplus::keys::{BBSplusPublicKey, BBSplusSecretKey};
use zkryptium::schemes::algorithms::BbsBls12381Sha256;
use zkryptium::schemes::generics::{PoKSignature, Signature};

use crate::Input;

const SECRET: [u8; 32] = [5; 32];
const HEADER: &[u8] = b"header";
const NONCE: &[u8] = b"nonce";

pub trait Peer {
    fn sign(input: &Input) -> [u8; 80];
    fn verify(signature: &[u8; 80], input: &Input) -> bool;
    fn prove(signature: &[u8; 80], input: &Input) -> Vec<u8>;
    fn verify_proof(proof: &[u8], input: &Input) -> bool;
}

pub struct Ours;

static OURS: LazyLock<wallet_bbs::SecretKey> = LazyLock::new(|| {
    wallet_bbs::SecretKey::from_bytes(wallet_bbs::Suite::Sha256, &SECRET).expect("a key")
});

impl Ours {
    fn messages(input: &[Vec<u8>]) -> Vec<wallet_bbs::Message<'_>> {
        input
            .iter()
            .map(|message| wallet_bbs::Message::Bytes(message))
            .collect()
    }
}

impl Peer for Ours {
    fn sign(input: &Input) -> [u8; 80] {
        let signature = OURS.sign(HEADER, &Self::messages(&input.messages));
        *signature.expect("a signature").to_bytes()
    }

    fn verify(signature: &[u8; 80], input: &Input) -> bool {
        let signature = wallet_bbs::Signature::from_bytes(signature).expect("a signature");
        let messages = Self::messages(&input.messages);
        OURS.public_key()
            .verify(&signature, HEADER, &messages)
            .is_ok()
    }

    fn prove(signature: &[u8; 80], input: &Input) -> Vec<u8> {
        let signature = wallet_bbs::Signature::from_bytes(signature).expect("a signature");
        let messages = Self::messages(&input.messages);
        let proof = OURS
            .public_key()
            .prove(&signature, HEADER, NONCE, &messages, &input.disclosed);
        proof.expect("a proof").to_bytes()
    }

    fn verify_proof(proof: &[u8], input: &Input) -> bool {
        let proof = wallet_bbs::Proof::from_bytes(proof).expect("a proof");
        let shown = Self::messages(&input.shown);
        let shown: Vec<_> = input.disclosed.iter().copied().zip(shown).collect();
        OURS.public_key()
            .verify_proof(&proof, HEADER, NONCE, &shown)
            .is_ok()
    }
}

pub struct Zkryptium;

static ZKRYPTIUM: LazyLock<(BBSplusSecretKey, BBSplusPublicKey)> = LazyLock::new(|| {
    let secret = BBSplusSecretKey::from_bytes(&SECRET).expect("a key");
    let public = secret.public_key();
    (secret, public)
});

impl Peer for Zkryptium {
    fn sign(input: &Input) -> [u8; 80] {
        let (secret, public) = &*ZKRYPTIUM;
        let messages = Some(&input.messages[..]);
        let signature =
            Signature::<BbsBls12381Sha256>::sign(messages, secret, public, Some(HEADER));
        signature.expect("a signature").to_bytes()
    }

    fn verify(signature: &[u8; 80], input: &Input) -> bool {
        let signature = Signature::<BbsBls12381Sha256>::from_bytes(signature).expect("a signature");
        let messages = Some(&input.messages[..]);
        signature
            .verify(&ZKRYPTIUM.1, messages, Some(HEADER))
            .is_ok()
    }

    fn prove(signature: &[u8; 80], input: &Input) -> Vec<u8> {
        let proof = PoKSignature::<BbsBls12381Sha256>::proof_gen(
            &ZKRYPTIUM.1,
            signature,
            Some(HEADER),
            Some(NONCE),
            Some(&input.messages),
            Some(&input.disclosed),
        );
        proof.expect("a proof").to_bytes()
    }

    fn verify_proof(proof: &[u8], input: &Input) -> bool {
        let proof = PoKSignature::<BbsBls12381Sha256>::from_bytes(proof).expect("a proof");
        let (shown, indexes) = (Some(&input.shown[..]), Some(&input.disclosed[..]));
        proof
            .proof_verify(&ZKRYPTIUM.1, shown, indexes, Some(HEADER), Some(NONCE))
            .is_ok()
    }
}

pub struct Affinidi;

static AFFINIDI: LazyLock<(affinidi_bbs::SecretKey, affinidi_bbs::PublicKey)> =
    LazyLock::new(|| {
        let secret = affinidi_bbs::SecretKey::from_bytes(&SECRET).expect("a key");
        let public = affinidi_bbs::sk_to_pk(&secret);
        (secret, public)
    });

impl Affinidi {
    fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
        messages.iter().map(Vec::as_slice).collect()
    }
}

impl Peer for Affinidi {
    fn sign(input: &Input) -> [u8; 80] {
        let (secret, public) = &*AFFINIDI;
        let signature = affinidi_bbs::sign(secret, public, HEADER, &Self::slices(&input.messages));
        signature.expect("a signature").to_bytes()
    }

    fn verify(signature: &[u8; 80], input: &Input) -> bool {
        let signature = affinidi_bbs::Signature::from_bytes(signature).expect("a signature");
        let messages = Self::slices(&input.messages);
        affinidi_bbs::verify(&AFFINIDI.1, &signature, HEADER, &messages)
            .is_ok_and(|is_valid| is_valid)
    }

    fn prove(signature: &[u8; 80], input: &Input) -> Vec<u8> {
        let signature = affinidi_bbs::Signature::from_bytes(signature).expect("a signature");
        let messages = Self::slices(&input.messages);
        let disclosed = &input.disclosed;
        let proof =
            affinidi_bbs::proof_gen(&AFFINIDI.1, &signature, HEADER, NONCE, &messages, disclosed);
        proof.expect("a proof").to_bytes().to_vec()
    }

    fn verify_proof(proof: &[u8], input: &Input) -> bool {
        let proof = affinidi_bbs::Proof::from_bytes(proof);
        let (shown, indexes) = (Self::slices(&input.shown), &input.disclosed);
        affinidi_bbs::proof_verify(&AFFINIDI.1, &proof, HEADER, NONCE, &shown, indexes)
            .is_ok_and(|is_valid| is_valid)
    }
}
