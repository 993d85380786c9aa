//! What wallet-bbs does with secrets. What is always the same is as special as can be: the number one, bytes of zero.

use std::hint::black_box;
use std::num::NonZeroUsize;

use wallet_bbs::{
    BlindSigned, Blinding, Commitment, Disclosed, Message, NymSecrets, ProverNyms,
    PseudonymRevision, SecretKey, Signature, SignerNymEntropy, Suite,
};

use crate::{Measuring, Secrets, one, random, random_scalar};

const HEADER: &[u8] = b"header";
const NONCE: &[u8] = b"nonce";
const CONTEXT: &[u8] = b"context";
const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// Messages that are signed, or committed to.
type Texts = [[u8; 20]; 4];

const ZEROS: Texts = [[0; 20]; 4];

fn random_texts() -> Texts {
    std::array::from_fn(|_| random())
}

fn messages(texts: &Texts) -> [Message<'_>; 4] {
    texts.each_ref().map(Message::from)
}

pub fn measure(measuring: &Measuring) {
    let secrets = Secrets::new(one(), random_scalar);
    let read = |bytes: &[u8; 32]| *bytes;
    measuring.work("key_read", &secrets, read, |bytes| {
        black_box(SecretKey::from_bytes(Suite::Sha256, bytes).expect("a key"));
    });
    for (suite, name) in [(Suite::Sha256, "sha"), (Suite::Shake256, "shake")] {
        let name = |work: &str| format!("{work}_{name}");
        let secrets = Secrets::new([0; 32], random);
        measuring.work(&name("key_generate"), &secrets, read, |material| {
            black_box(SecretKey::generate(suite, material, b"").expect("a key"));
        });
        sign(measuring, suite, &name("sign"));
        prove(measuring, suite, &name("prove"));
        blind(measuring, suite, name);
        let revision = PseudonymRevision::Draft01;
        pseudonym::<1>(measuring, suite, revision, &name("pseudonym_1"));
        let revision = PseudonymRevision::Draft03 { secrets: TWO };
        pseudonym::<2>(measuring, suite, revision, &name("pseudonym_2"));
    }
}

fn sign(measuring: &Measuring, suite: Suite, name: &str) {
    let secrets = Secrets::new((one(), ZEROS), || (random_scalar(), random_texts()));
    let read = |(key, texts): &([u8; 32], Texts)| {
        let key = SecretKey::from_bytes(suite, key).expect("a key");
        (key, *texts)
    };
    measuring.work(name, &secrets, read, |(key, texts)| {
        black_box(key.sign(HEADER, &messages(texts)).expect("a signature"));
    });
}

/// The issuer of what a holder has.
fn issuer(suite: Suite) -> SecretKey {
    SecretKey::random(suite).expect("a key")
}

fn prove(measuring: &Measuring, suite: Suite, name: &str) {
    let key = issuer(suite);
    let signed = |texts: Texts| {
        let signature = key.sign(HEADER, &messages(&texts));
        (*signature.expect("a signature").to_bytes(), texts)
    };
    let secrets = Secrets::new(signed(ZEROS), || signed(random_texts()));
    let read = |(signature, texts): &([u8; 80], Texts)| {
        let signature = Signature::from_bytes(signature).expect("a signature");
        (signature, *texts)
    };
    measuring.work(name, &secrets, read, |(signature, texts)| {
        let issuer = key.public_key();
        let proof = issuer.prove(signature, HEADER, NONCE, &messages(texts), &[]);
        black_box(proof.expect("a proof"));
    });
}

/// A blind signature with what it is over, as bytes.
#[derive(Clone, Copy)]
struct Kept {
    signature: [u8; 80],
    blinding: [u8; 32],
    messages: Texts,
    committed: Texts,
}

/// The same, read.
struct Card {
    signature: Signature,
    blinding: Blinding,
    messages: Texts,
    committed: Texts,
}

impl Kept {
    fn new(key: &SecretKey, all: Texts, committed: Texts) -> Self {
        let made = Commitment::new(key.public_key().suite(), &messages(&committed));
        let (commitment, blinding) = made.expect("a commitment");
        let signature = key.sign_blind(&commitment, HEADER, &messages(&all));
        Self {
            signature: *signature.expect("a signature").to_bytes(),
            blinding: *blinding.to_bytes(),
            messages: all,
            committed,
        }
    }

    fn read(&self) -> Card {
        Card {
            signature: Signature::from_bytes(&self.signature).expect("a signature"),
            blinding: Blinding::from_bytes(&self.blinding).expect("a blinding"),
            messages: self.messages,
            committed: self.committed,
        }
    }
}

impl Card {
    fn with(&self, run: impl FnOnce(&BlindSigned<'_>)) {
        run(&BlindSigned {
            signature: &self.signature,
            header: HEADER,
            messages: &messages(&self.messages),
            committed: &messages(&self.committed),
            blinding: &self.blinding,
        });
    }
}

fn blind(measuring: &Measuring, suite: Suite, name: impl Fn(&str) -> String) {
    let secrets = Secrets::new(ZEROS, random_texts);
    measuring.work(
        &name("commit"),
        &secrets,
        |texts| *texts,
        |texts| {
            black_box(Commitment::new(suite, &messages(texts)).expect("a commitment"));
        },
    );
    let key = issuer(suite);
    let issuer = key.public_key();
    let secrets = Secrets::new(Kept::new(&key, ZEROS, ZEROS), || {
        Kept::new(&key, random_texts(), random_texts())
    });
    measuring.work(&name("verify_blind"), &secrets, Kept::read, |card| {
        card.with(|signed| issuer.verify_blind(signed).expect("the signature"));
    });
    let nothing = Disclosed::default();
    measuring.work(&name("prove_blind"), &secrets, Kept::read, |card| {
        card.with(|signed| {
            let proof = issuer.prove_blind(signed, NONCE, &nothing);
            black_box(proof.expect("a proof"));
        });
    });
}

/// A pseudonym of some secrets. The issuer's part of them is one.
pub struct Nym<const N: usize> {
    suite: Suite,
    revision: PseudonymRevision,
    entropy: SignerNymEntropy,
}

impl<const N: usize> Nym<N> {
    pub fn new(suite: Suite, revision: PseudonymRevision) -> Self {
        Self {
            suite,
            revision,
            entropy: SignerNymEntropy::from_bytes(&one()).expect("entropy"),
        }
    }

    pub fn secrets() -> Secrets<[[u8; 32]; N]> {
        Secrets::new([one(); N], || std::array::from_fn(|_| random_scalar()))
    }

    pub fn read(&self, parts: &[[u8; 32]; N]) -> NymSecrets {
        let nyms = ProverNyms::from_bytes(self.revision, parts.as_flattened());
        nyms.expect("secrets").with_entropy(&self.entropy)
    }

    pub fn pseudonym(&self, secrets: &NymSecrets) {
        black_box(secrets.pseudonym(self.suite, CONTEXT).expect("a pseudonym"));
    }
}

fn pseudonym<const N: usize>(
    measuring: &Measuring,
    suite: Suite,
    revision: PseudonymRevision,
    name: &str,
) {
    let nym = Nym::<N>::new(suite, revision);
    let read = |parts: &[[u8; 32]; N]| nym.read(parts);
    measuring.work(name, &Nym::secrets(), read, |secrets| {
        nym.pseudonym(secrets)
    });
}
