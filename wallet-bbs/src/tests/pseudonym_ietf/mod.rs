//! The fixtures of draft-irtf-cfrg-bbs-per-verifier-linkability (test-fixtures/vectors/bbs-pseudonym): of -03 a test for each, of
//! -01 those there are.

mod draft_01;
mod draft_03;

use core::num::NonZeroUsize;

use serde_json::Value;

use super::blind_ietf::{indexes, mocked, revealed, scalar, shown};
use super::ietf::{Mocked, all_bytes, bytes, folder, key, messages, vector};
use crate::generators::Generators;
use crate::pseudonym::Occasion;
use crate::suite::Draft;
use crate::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Error, NymSecrets, Proof, ProverNyms,
    Pseudonym, PseudonymRevision, PseudonymShown, PublicKey, SecretKey, Signature,
    SignerNymEntropy, Suite,
};

fn entropy(hex: &Value) -> SignerNymEntropy {
    SignerNymEntropy::from_bytes(&scalar(hex)).unwrap()
}

fn blinding(hex: &Value) -> Blinding {
    Blinding::from_bytes(&scalar(hex)).unwrap()
}

/// What holder and issuer know of a signature.
struct Case {
    suite: Suite,
    nyms: ProverNyms,
    entropy: SignerNymEntropy,
    header: Vec<u8>,
    known: Vec<Vec<u8>>,
    committed: Vec<Vec<u8>>,
    blinding: Blinding,
}

impl Case {
    fn secrets(&self) -> NymSecrets {
        self.nyms.with_entropy(&self.entropy)
    }

    fn sign(&self, secret: &SecretKey, commitment: &Value) -> Signature {
        let commitment = Commitment::from_bytes(&bytes(commitment)).unwrap();
        let (revision, known) = (self.nyms.revision(), messages(&self.known));
        let signature =
            secret.sign_blind_with_nym(&commitment, revision, &self.entropy, &self.header, &known);
        signature.unwrap()
    }

    /// Hands over what the holder has.
    fn with<T>(&self, signature: &Signature, run: impl FnOnce(&BlindSigned<'_>) -> T) -> T {
        run(&BlindSigned {
            signature,
            header: &self.header,
            messages: &messages(&self.known),
            committed: &messages(&self.committed),
            blinding: &self.blinding,
        })
    }

    /// The commitment is the one expected, made with these random scalars.
    fn commits(&self, mut random: Mocked, expected: &Value) {
        let committed = messages(&self.committed);
        let commitment = Commitment::with_nym_by(&mut random, self.suite, &committed, &self.nyms);
        let (commitment, blinding) = commitment.unwrap();
        assert_eq!(blinding.to_bytes(), self.blinding.to_bytes());
        assert_eq!(commitment.to_bytes(), bytes(expected));
        let interface = self.suite.interface(Draft::Pseudonym);
        assert!(commitment.verified(interface).is_ok());
        assert_eq!(
            commitment.count(),
            self.committed.len() + self.nyms.revision().secrets()
        );
    }

    /// The signature is the one expected.
    fn signs(&self, secret: &SecretKey, commitment: &Value, expected: &Value) {
        let signature = self.sign(secret, commitment);
        assert_eq!(signature.to_bytes()[..], bytes(expected));
        let issuer = secret.public_key();
        let verdict = self.with(&signature, |signed| {
            issuer.verify_with_nym(signed, &self.secrets())
        });
        assert_eq!(verdict, Ok(()));
    }
}

/// A proof of a fixture.
struct Shown {
    issuer: PublicKey,
    signature: Signature,
    known: Vec<(usize, Vec<u8>)>,
    committed: Vec<(usize, Vec<u8>)>,
    context: Vec<u8>,
    presentation_header: Vec<u8>,
    pseudonym: Vec<u8>,
    proof: Vec<u8>,
}

impl Shown {
    fn hidden(&self, case: &Case) -> usize {
        let all = case.known.len() + 1 + case.committed.len() + case.nyms.revision().secrets();
        all - self.known.len() - self.committed.len()
    }

    /// The proof is the one expected, made with these random scalars, and verifies; not as of another revision, in another
    /// context, or with another's pseudonym.
    fn proves(&self, case: &Case, mut random: Mocked) {
        let (issuer, secrets) = (&self.issuer, case.secrets());
        let (proof, pseudonym) = case.with(&self.signature, |signed| {
            assert_eq!(issuer.verify_with_nym(signed, &secrets), Ok(()));
            let occasion = Occasion {
                context: &self.context,
                presentation_header: &self.presentation_header,
            };
            let disclosed = Disclosed {
                messages: &indexes(&self.known),
                committed: &indexes(&self.committed),
            };
            let proof =
                issuer.prove_with_nym_by(&mut random, signed, &secrets, &occasion, &disclosed);
            proof.unwrap()
        });
        assert_eq!(pseudonym.to_bytes()[..], self.pseudonym);
        assert_eq!(Pseudonym::from_bytes(&self.pseudonym), Ok(pseudonym));
        assert_eq!(secrets.pseudonym(case.suite, &self.context), Ok(pseudonym));
        assert_eq!(proof.to_bytes(), self.proof);

        let proof = Proof::from_bytes(&self.proof).unwrap();
        let (known, committed) = (shown(&self.known), shown(&self.committed));
        let shown = BlindShown {
            header: &case.header,
            count: case.known.len(),
            messages: &known,
            committed: &committed,
        };
        let nym = PseudonymShown {
            revision: secrets.revision(),
            context: &self.context,
            pseudonym: &pseudonym,
        };
        let verify = |nym: PseudonymShown<'_>| {
            issuer.verify_proof_with_nym(&proof, &shown, &nym, &self.presentation_header)
        };
        assert_eq!(verify(nym), Ok(()));
        let other = match nym.revision {
            PseudonymRevision::Draft01 => PseudonymRevision::Draft03 {
                secrets: NonZeroUsize::MIN,
            },
            PseudonymRevision::Draft03 { .. } => PseudonymRevision::Draft01,
        };
        let (context, others) = (b"another", case.secrets());
        let others = others.pseudonym(case.suite, context).unwrap();
        for wrong in [
            PseudonymShown { context, ..nym },
            PseudonymShown {
                pseudonym: &others,
                ..nym
            },
            PseudonymShown {
                context,
                pseudonym: &others,
                ..nym
            },
            PseudonymShown {
                revision: other,
                ..nym
            },
        ] {
            assert_eq!(verify(wrong), Err(Error::WrongProof));
        }
    }
}
