//! Blind signatures and pseudonyms of BBS against the crates zkryptium (both suites; pseudonyms of draft -03) and affinidi-bbs
//! (SHA-256; pseudonyms of draft -01; it signs blind but proves nothing of that without a pseudonym): they sign what we sign,
//! each side takes the other's commitments, signatures, proofs and pseudonyms, and neither takes them changed.
#![allow(clippy::unwrap_used)]

mod affinidi;
mod zkryptium;

use core::num::NonZeroUsize;

use proptest::prelude::*;
use wallet_bbs::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Error, Message, NymSecrets, Proof,
    ProverNyms, Pseudonym, PseudonymRevision, PseudonymShown, SecretKey, Signature,
    SignerNymEntropy, Suite,
};

/// What is signed and shown.
#[derive(Clone, Debug)]
struct Case {
    seed: [u8; 32],
    header: Vec<u8>,
    nonce: Vec<u8>,
    messages: Vec<Vec<u8>>,
    committed: Vec<Vec<u8>>,
    disclosed: Vec<usize>,
    disclosed_committed: Vec<usize>,
    nym: Option<Nym>,
    /// Which bit of something is changed.
    change: usize,
}

/// What a pseudonym comes from.
#[derive(Clone, Debug)]
struct Nym {
    revision: PseudonymRevision,
    parts: Vec<[u8; 32]>,
    entropy: [u8; 32],
    context: Vec<u8>,
}

/// A proof, and the pseudonym it is with.
struct Shown {
    proof: Vec<u8>,
    pseudonym: Option<[u8; 48]>,
}

impl Nym {
    fn prover(&self) -> ProverNyms {
        ProverNyms::from_bytes(self.revision, self.parts.as_flattened()).unwrap()
    }

    fn entropy(&self) -> SignerNymEntropy {
        SignerNymEntropy::from_bytes(&self.entropy).unwrap()
    }

    fn secrets(&self) -> NymSecrets {
        self.prover().with_entropy(&self.entropy())
    }
}

/// The same bytes but for one bit.
fn changed(bytes: &[u8], change: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let bit = change % (changed.len() * 8);
    changed[bit / 8] ^= 1 << (bit % 8);
    changed
}

fn pick(list: &[Vec<u8>], indexes: &[usize]) -> Vec<Vec<u8>> {
    indexes.iter().map(|index| list[*index].clone()).collect()
}

fn messages(list: &[Vec<u8>]) -> Vec<Message<'_>> {
    list.iter().map(|message| Message::Bytes(message)).collect()
}

fn shown<'a>(list: &'a [Vec<u8>], indexes: &[usize]) -> Vec<(usize, Message<'a>)> {
    let shown = indexes.iter();
    shown
        .map(|index| (*index, Message::Bytes(&list[*index])))
        .collect()
}

/// Another implementation. Everything goes through as bytes.
trait Peer {
    const SUITE: Suite;
    /// A commitment and what blinds it.
    fn commit(case: &Case) -> (Vec<u8>, [u8; 32]);
    fn sign(secret: &[u8; 32], commitment: &[u8], case: &Case) -> Option<[u8; 80]>;
    fn verifies(public: &[u8; 96], signature: &[u8; 80], blinding: &[u8; 32], case: &Case) -> bool;
    fn prove(
        public: &[u8; 96],
        signature: &[u8; 80],
        blinding: &[u8; 32],
        case: &Case,
    ) -> Option<Shown>;
    fn verifies_proof(public: &[u8; 96], shown: &Shown, case: &Case) -> bool;
}

/// Ours, as bytes too.
fn commit(suite: Suite, case: &Case) -> (Vec<u8>, [u8; 32]) {
    let committed = messages(&case.committed);
    let commitment = match &case.nym {
        Some(nym) => Commitment::with_nym(suite, &committed, &nym.prover()),
        None => Commitment::new(suite, &committed),
    };
    let (commitment, blinding) = commitment.unwrap();
    (commitment.to_bytes(), *blinding.to_bytes())
}

fn sign(key: &SecretKey, commitment: &[u8], case: &Case) -> Result<[u8; 80], Error> {
    let commitment = Commitment::from_bytes(commitment)?;
    let known = messages(&case.messages);
    let signature = match &case.nym {
        Some(nym) => {
            let (revision, entropy) = (nym.revision, nym.entropy());
            key.sign_blind_with_nym(&commitment, revision, &entropy, &case.header, &known)
        }
        None => key.sign_blind(&commitment, &case.header, &known),
    };
    Ok(*signature?.to_bytes())
}

fn verify(
    key: &SecretKey,
    signature: &[u8],
    blinding: &[u8; 32],
    case: &Case,
) -> Result<(), Error> {
    let key = key.public_key();
    let signed = BlindSigned {
        signature: &Signature::from_bytes(signature)?,
        header: &case.header,
        messages: &messages(&case.messages),
        committed: &messages(&case.committed),
        blinding: &Blinding::from_bytes(blinding)?,
    };
    match &case.nym {
        Some(nym) => key.verify_with_nym(&signed, &nym.secrets()),
        None => key.verify_blind(&signed),
    }
}

fn prove(key: &SecretKey, signature: &[u8], blinding: &[u8; 32], case: &Case) -> Shown {
    let key = key.public_key();
    let signed = BlindSigned {
        signature: &Signature::from_bytes(signature).unwrap(),
        header: &case.header,
        messages: &messages(&case.messages),
        committed: &messages(&case.committed),
        blinding: &Blinding::from_bytes(blinding).unwrap(),
    };
    let disclosed = Disclosed {
        messages: &case.disclosed,
        committed: &case.disclosed_committed,
    };
    let (proof, pseudonym) = match &case.nym {
        Some(nym) => {
            let secrets = nym.secrets();
            let proof =
                key.prove_with_nym(&signed, &secrets, &nym.context, &case.nonce, &disclosed);
            let (proof, pseudonym) = proof.unwrap();
            (proof, Some(pseudonym.to_bytes()))
        }
        None => (
            key.prove_blind(&signed, &case.nonce, &disclosed).unwrap(),
            None,
        ),
    };
    let proof = proof.to_bytes();
    Shown { proof, pseudonym }
}

fn verify_proof(key: &SecretKey, proof: &Shown, case: &Case) -> Result<(), Error> {
    let key = key.public_key();
    let shown = BlindShown {
        header: &case.header,
        count: case.messages.len(),
        messages: &shown(&case.messages, &case.disclosed),
        committed: &shown(&case.committed, &case.disclosed_committed),
    };
    let (proof, pseudonym) = (Proof::from_bytes(&proof.proof)?, proof.pseudonym);
    match &case.nym {
        Some(nym) => {
            let nym = PseudonymShown {
                revision: nym.revision,
                context: &nym.context,
                pseudonym: &Pseudonym::from_bytes(&pseudonym.unwrap())?,
            };
            key.verify_proof_with_nym(&proof, &shown, &nym, &case.nonce)
        }
        None => key.verify_blind_proof(&proof, &shown, &case.nonce),
    }
}

/// Everything in both directions.
fn agree<P: Peer>(case: &Case) {
    let key = SecretKey::generate(P::SUITE, &case.seed, &case.nonce).unwrap();
    let (secret, public) = (key.to_bytes(), key.public_key().to_bytes());
    for (commitment, blinding) in [commit(P::SUITE, case), P::commit(case)] {
        let signature = sign(&key, &commitment, case).unwrap();
        assert_eq!(P::sign(&secret, &commitment, case), Some(signature));
        let other = changed(&commitment, case.change);
        assert!(sign(&key, &other, case).is_err());
        assert_eq!(P::sign(&secret, &other, case), None);

        assert_eq!(verify(&key, &signature, &blinding, case), Ok(()));
        assert!(P::verifies(&public, &signature, &blinding, case));
        let other = changed(&signature, case.change);
        assert!(verify(&key, &other, &blinding, case).is_err());
        let other = other.try_into().unwrap();
        assert!(!P::verifies(&public, &other, &blinding, case));

        let ours = prove(&key, &signature, &blinding, case);
        let Some(theirs) = P::prove(&public, &signature, &blinding, case) else {
            continue;
        };
        assert_eq!(ours.proof.len(), theirs.proof.len());
        assert_eq!(ours.pseudonym, theirs.pseudonym);
        assert!(P::verifies_proof(&public, &ours, case));
        assert_eq!(verify_proof(&key, &theirs, case), Ok(()));
        for shown in [ours, theirs] {
            let proof = changed(&shown.proof, case.change);
            let Shown { pseudonym, .. } = shown;
            let other = Shown { proof, pseudonym };
            assert!(verify_proof(&key, &other, case).is_err());
            assert!(!P::verifies_proof(&public, &other, case));
        }
    }
}

fn some_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..=most)
}

fn lists() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<usize>)> {
    let list = prop::collection::vec((some_bytes(40), any::<bool>()), 0..=4);
    list.prop_map(|list| {
        let disclosed = list.iter().enumerate();
        let disclosed = disclosed.filter_map(|(index, (_, shown))| shown.then_some(index));
        let disclosed = disclosed.collect();
        (
            list.into_iter().map(|(message, _)| message).collect(),
            disclosed,
        )
    })
}

/// Some scalar other than zero.
fn scalar() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>().prop_map(|mut bytes| {
        bytes[0] &= 0x3f;
        bytes[31] |= 1;
        bytes
    })
}

fn blind() -> impl Strategy<Value = Case> {
    let rest = (
        any::<[u8; 32]>(),
        some_bytes(70),
        some_bytes(70),
        any::<usize>(),
    );
    (lists(), lists(), rest).prop_map(|(known, committed, rest)| {
        let (seed, header, nonce, change) = rest;
        Case {
            seed,
            header,
            nonce,
            messages: known.0,
            disclosed: known.1,
            committed: committed.0,
            disclosed_committed: committed.1,
            nym: None,
            change,
        }
    })
}

/// With a pseudonym of a revision that has this many secrets.
fn with_nym(
    most: usize,
    revision: impl Fn(NonZeroUsize) -> PseudonymRevision + Clone,
) -> impl Strategy<Value = Case> {
    let parts = prop::collection::vec(scalar(), 1..=most);
    (blind(), parts, scalar(), some_bytes(70)).prop_map(
        move |(mut case, parts, entropy, context)| {
            case.nym = Some(Nym {
                revision: revision(NonZeroUsize::new(parts.len()).unwrap()),
                parts,
                entropy,
                context,
            });
            case
        },
    )
}

fn draft_03() -> impl Strategy<Value = Case> {
    with_nym(3, |secrets| PseudonymRevision::Draft03 { secrets })
}

fn draft_01() -> impl Strategy<Value = Case> {
    with_nym(1, |_| PseudonymRevision::Draft01)
}

proptest! {
    // Theirs take tens of milliseconds for each step.
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn zkryptium_and_we_agree_on_blind_signatures_in_sha_256(case in blind()) {
        agree::<zkryptium::Sha256>(&case);
    }

    #[test]
    fn zkryptium_and_we_agree_on_blind_signatures_in_shake_256(case in blind()) {
        agree::<zkryptium::Shake256>(&case);
    }

    #[test]
    fn zkryptium_and_we_agree_on_pseudonyms_of_draft_03_in_sha_256(case in draft_03()) {
        agree::<zkryptium::Sha256>(&case);
    }

    #[test]
    fn zkryptium_and_we_agree_on_pseudonyms_of_draft_03_in_shake_256(case in draft_03()) {
        agree::<zkryptium::Shake256>(&case);
    }

    #[test]
    fn affinidi_and_we_agree_on_blind_signatures(case in blind()) {
        agree::<affinidi::Affinidi>(&case);
    }

    #[test]
    fn affinidi_and_we_agree_on_pseudonyms_of_draft_01(case in draft_01()) {
        agree::<affinidi::Affinidi>(&case);
    }
}
