//! What of pseudonyms must be refused, and with which error.
#![cfg(feature = "draft-pseudonym")]
#![allow(clippy::unwrap_used)]

mod bad;

use core::num::NonZeroUsize;

use bad::{bad_points, bad_scalars};
use wallet_bbs::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Error, Fault, MAX_MESSAGES, Message,
    NymSecrets, Proof, ProverNyms, Pseudonym, PseudonymRevision, PseudonymShown, SecretKey,
    Signature, SignerNymEntropy, Suite,
};

const SUITE: Suite = Suite::Sha256;
const MESSAGES: [Message<'_>; 1] = [Message::Bytes(b"one")];
const COMMITTED: [Message<'_>; 1] = [Message::Bytes(b"secret")];
const REVISIONS: [PseudonymRevision; 3] = [PseudonymRevision::Draft01, draft_03(1), draft_03(3)];

const fn draft_03(secrets: usize) -> PseudonymRevision {
    match NonZeroUsize::new(secrets) {
        Some(secrets) => PseudonymRevision::Draft03 { secrets },
        None => PseudonymRevision::Draft01,
    }
}

fn key() -> SecretKey {
    SecretKey::generate(SUITE, &[7; 32], b"").unwrap()
}

fn random(revision: PseudonymRevision) -> ProverNyms {
    ProverNyms::random(revision).unwrap()
}

/// All that a holder has.
struct Held {
    signature: Signature,
    blinding: Blinding,
    nyms: ProverNyms,
    entropy: SignerNymEntropy,
}

impl Held {
    fn new(revision: PseudonymRevision) -> Self {
        Self::of(random(revision), SignerNymEntropy::random().unwrap())
    }

    fn of(nyms: ProverNyms, entropy: SignerNymEntropy) -> Self {
        let commitment = Commitment::with_nym(SUITE, &COMMITTED, &nyms);
        let (commitment, blinding) = commitment.unwrap();
        let revision = nyms.revision();
        let signature =
            key().sign_blind_with_nym(&commitment, revision, &entropy, b"header", &MESSAGES);
        Self {
            signature: signature.unwrap(),
            blinding,
            nyms,
            entropy,
        }
    }

    fn signed(&self) -> BlindSigned<'_> {
        BlindSigned {
            signature: &self.signature,
            header: b"header",
            messages: &MESSAGES,
            committed: &COMMITTED,
            blinding: &self.blinding,
        }
    }

    fn secrets(&self) -> NymSecrets {
        self.nyms.with_entropy(&self.entropy)
    }

    fn verify(&self, secrets: &NymSecrets) -> Result<(), Error> {
        key().public_key().verify_with_nym(&self.signed(), secrets)
    }

    /// A proof that discloses the committed message.
    fn prove(&self, secrets: &NymSecrets, context: &[u8]) -> (Proof, Pseudonym) {
        let disclosed = Disclosed {
            messages: &[],
            committed: &[0],
        };
        let key = key();
        let key = key.public_key();
        key.prove_with_nym(&self.signed(), secrets, context, b"nonce", &disclosed)
            .unwrap()
    }
}

const SHOWN: BlindShown<'_> = BlindShown {
    header: b"header",
    count: 1,
    messages: &[],
    committed: &[(0, COMMITTED[0])],
};

fn verify_proof(
    proof: &Proof,
    shown: &BlindShown<'_>,
    nym: &PseudonymShown<'_>,
) -> Result<(), Error> {
    let key = key();
    key.public_key()
        .verify_proof_with_nym(proof, shown, nym, b"nonce")
}

#[test]
fn a_pseudonym_is_a_point_of_the_group() {
    for (point, fault) in bad_points() {
        let refused = Pseudonym::from_bytes(&point).err();
        assert_eq!(refused, Some(Error::Pseudonym(fault)));
    }
    let good = random(PseudonymRevision::Draft01);
    let good = good.with_entropy(&SignerNymEntropy::random().unwrap());
    let good = good.pseudonym(SUITE, b"context").unwrap();
    assert_eq!(Pseudonym::from_bytes(&good.to_bytes()), Ok(good));
    let extended = [&good.to_bytes()[..], &[0]].concat();
    for length in [0, 47, 49] {
        let refused = Pseudonym::from_bytes(&extended[..length]).err();
        assert_eq!(refused, Some(Error::Pseudonym(Fault::Length)));
    }
}

#[test]
fn secrets_are_scalars_other_than_zero_and_as_many_as_the_revision_has() {
    for bytes in bad_scalars() {
        let refused = SignerNymEntropy::from_bytes(&bytes).err();
        assert_eq!(refused, Some(Error::Nym(Fault::ScalarRange)));
        let refused = ProverNyms::from_bytes(PseudonymRevision::Draft01, &bytes).err();
        assert_eq!(refused, Some(Error::Nym(Fault::ScalarRange)));
    }
    for revision in REVISIONS {
        let good = random(revision).to_bytes();
        assert_eq!(good.len(), 32 * revision.secrets());
        let read = ProverNyms::from_bytes(revision, &good).unwrap();
        assert_eq!((read.to_bytes(), read.revision()), (good.clone(), revision));
        let longer = [&good[..], &[1; 32]].concat();
        for wrong in [&good[1..], &good[32..], &longer, &longer[..good.len() + 1]] {
            let refused = ProverNyms::from_bytes(revision, wrong).err();
            assert_eq!(refused, Some(Error::Nym(Fault::Length)));
        }
    }
    let refused = ProverNyms::random(draft_03(MAX_MESSAGES + 1)).err();
    assert_eq!(refused, Some(Error::TooManyMessages));
}

/// The issuer's part is the negated holder's: only with a secret that is none.
#[test]
fn secrets_that_add_up_to_zero_have_no_pseudonym() {
    let mut minus_one = bad::ORDER;
    minus_one[31] = 0;
    let mut one = [0; 32];
    one[31] = 1;
    let nyms = ProverNyms::from_bytes(PseudonymRevision::Draft01, &one).unwrap();
    let held = Held::of(nyms, SignerNymEntropy::from_bytes(&minus_one).unwrap());
    let secrets = held.secrets();
    let refused = secrets.pseudonym(SUITE, b"context").err();
    assert_eq!(refused, Some(Error::Pseudonym(Fault::Identity)));
    assert_eq!(held.verify(&secrets), Ok(()));
    let disclosed = Disclosed::default();
    let key = key();
    let key = key.public_key();
    let proof = key.prove_with_nym(&held.signed(), &secrets, b"context", b"", &disclosed);
    assert_eq!(proof.err(), Some(Error::Pseudonym(Fault::Identity)));
}

#[test]
fn a_signature_verifies_with_its_own_secrets_only() {
    for revision in REVISIONS {
        let held = Held::new(revision);
        assert_eq!(held.verify(&held.secrets()), Ok(()));
        let wrong = Err(Error::WrongSignature);
        let entropy = SignerNymEntropy::random().unwrap();
        assert_eq!(held.verify(&held.nyms.with_entropy(&entropy)), wrong);
        let others = random(revision).with_entropy(&held.entropy);
        assert_eq!(held.verify(&others), wrong);
    }
    // In another order, which leaves the last as it is.
    let held = Held::new(draft_03(3));
    let bytes = held.nyms.to_bytes();
    let swapped = [&bytes[32..64], &bytes[..32], &bytes[64..]].concat();
    let swapped = ProverNyms::from_bytes(draft_03(3), &swapped).unwrap();
    let swapped = swapped.with_entropy(&held.entropy);
    assert_eq!(held.verify(&swapped), Err(Error::WrongSignature));
}

#[test]
fn a_signature_of_one_revision_is_none_of_another() {
    for revision in REVISIONS {
        let held = Held::new(revision);
        let bytes = held.nyms.to_bytes();
        for other in REVISIONS {
            let Ok(nyms) = ProverNyms::from_bytes(other, &bytes) else {
                continue;
            };
            let verdict = held.verify(&nyms.with_entropy(&held.entropy));
            let expected = match other == revision {
                true => Ok(()),
                false => Err(Error::WrongSignature),
            };
            assert_eq!(verdict, expected, "{revision:?} as {other:?}");
        }
    }
}

#[test]
fn a_commitment_with_secrets_is_signed_for_pseudonyms_only() {
    let nyms = random(draft_03(3));
    let (commitment, _) = Commitment::with_nym(SUITE, &[], &nyms).unwrap();
    let refused = key().sign_blind(&commitment, b"", &MESSAGES).err();
    assert_eq!(refused, Some(Error::WrongCommitment));
    let (plain, _) = Commitment::new(SUITE, &COMMITTED).unwrap();
    let entropy = SignerNymEntropy::random().unwrap();
    for (commitment, revision) in [
        (&plain, PseudonymRevision::Draft01),
        (&commitment, draft_03(4)),
    ] {
        let signature = key().sign_blind_with_nym(commitment, revision, &entropy, b"", &MESSAGES);
        assert_eq!(signature.err(), Some(Error::WrongCommitment));
    }
}

#[test]
fn a_proof_is_of_its_context_pseudonym_revision_and_messages_only() {
    for revision in REVISIONS {
        let (held, other) = (Held::new(revision), Held::new(revision));
        let (proof, pseudonym) = held.prove(&held.secrets(), b"context");
        let good = PseudonymShown {
            revision,
            context: b"context",
            pseudonym: &pseudonym,
        };
        assert_eq!(verify_proof(&proof, &SHOWN, &good), Ok(()));
        let elsewhere = held.secrets().pseudonym(SUITE, b"elsewhere").unwrap();
        let others = other.secrets().pseudonym(SUITE, b"context").unwrap();
        assert!(pseudonym != elsewhere && pseudonym != others);
        for wrong in [
            PseudonymShown {
                context: b"elsewhere",
                ..good
            },
            PseudonymShown {
                pseudonym: &elsewhere,
                ..good
            },
            PseudonymShown {
                context: b"elsewhere",
                pseudonym: &elsewhere,
                ..good
            },
            PseudonymShown {
                pseudonym: &others,
                ..good
            },
        ] {
            assert_eq!(verify_proof(&proof, &SHOWN, &wrong), Err(Error::WrongProof));
        }
        for as_other in REVISIONS.into_iter().filter(|other| *other != revision) {
            let wrong = PseudonymShown {
                revision: as_other,
                ..good
            };
            assert!(verify_proof(&proof, &SHOWN, &wrong).is_err());
        }
        let another = BlindShown {
            committed: &[(0, MESSAGES[0])],
            ..SHOWN
        };
        assert_eq!(
            verify_proof(&proof, &another, &good),
            Err(Error::WrongProof)
        );
        let key = key();
        let key = key.public_key();
        let verdict = key.verify_blind_proof(&proof, &SHOWN, b"nonce");
        assert_eq!(verdict, Err(Error::WrongProof));
        let verdict = key.verify_proof_with_nym(&proof, &SHOWN, &good, b"another");
        assert_eq!(verdict, Err(Error::WrongProof));
    }
}

/// A holder of two secrets cannot answer with the pseudonym of the other one.
#[test]
fn a_proof_with_secrets_that_were_not_signed_verifies_nowhere() {
    for revision in REVISIONS {
        let held = Held::new(revision);
        let others = random(revision).with_entropy(&held.entropy);
        let (proof, pseudonym) = held.prove(&others, b"context");
        let shown = PseudonymShown {
            revision,
            context: b"context",
            pseudonym: &pseudonym,
        };
        assert_eq!(verify_proof(&proof, &SHOWN, &shown), Err(Error::WrongProof));
    }
}

/// A secret is never taken for a message that is disclosed.
#[test]
fn no_secret_is_disclosed() {
    let held = Held::new(draft_03(3));
    let (proof, pseudonym) = held.prove(&held.secrets(), b"context");
    let nym = PseudonymShown {
        revision: draft_03(3),
        context: b"context",
        pseudonym: &pseudonym,
    };
    for index in 1..6 {
        let shown = BlindShown {
            committed: &[(index, COMMITTED[0])],
            ..SHOWN
        };
        let refused = verify_proof(&proof, &shown, &nym);
        assert_eq!(refused, Err(Error::IndexOutOfRange));
        let disclosed = Disclosed {
            messages: &[],
            committed: &[index],
        };
        let key = key();
        let key = key.public_key();
        let secrets = held.secrets();
        let proof = key.prove_with_nym(&held.signed(), &secrets, b"", b"", &disclosed);
        assert_eq!(proof.err(), Some(Error::IndexOutOfRange));
    }
    // More secrets than are hidden.
    for secrets in [5, 6, 1_000] {
        let nym = PseudonymShown {
            revision: draft_03(secrets),
            ..nym
        };
        assert!(verify_proof(&proof, &SHOWN, &nym).is_err());
    }
}

#[test]
fn whoever_is_issued_the_same_parts_again_keeps_the_pseudonym() {
    for revision in REVISIONS {
        let (one, other) = (Held::new(revision), Held::new(revision));
        let nyms = ProverNyms::from_bytes(revision, &one.nyms.to_bytes()).unwrap();
        let again = Held::of(nyms, one.entropy.clone());
        let called = |held: &Held| held.prove(&held.secrets(), b"context").1;
        assert_ne!(one.signature.to_bytes(), again.signature.to_bytes());
        assert_eq!(called(&one), called(&again));
        assert_ne!(called(&one), called(&other));
    }
}

#[test]
fn one_secret_too_many_is_refused() {
    let many = [MESSAGES[0]; MAX_MESSAGES - 2];
    let nyms = random(draft_03(2));
    let refused = Commitment::with_nym(SUITE, &many, &nyms).err();
    assert_eq!(refused, Some(Error::TooManyMessages));
    let (commitment, _) = Commitment::with_nym(SUITE, &[], &nyms).unwrap();
    let entropy = SignerNymEntropy::random().unwrap();
    let signature = key().sign_blind_with_nym(&commitment, nyms.revision(), &entropy, b"", &many);
    assert_eq!(signature.err(), Some(Error::TooManyMessages));
}
