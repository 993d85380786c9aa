//! BBS: commitments, proofs from blind signatures, pseudonyms. What was signed and the corpus are of the drafts' fixtures.

use core::num::NonZeroUsize;
use std::sync::LazyLock;

use serde_json::Value;
use wallet_bbs::{
    BlindShown, Commitment, Error, Message, Proof, Pseudonym, PseudonymRevision, PseudonymShown,
    PublicKey, SecretKey, Signature, SignerNymEntropy, Suite,
};

use super::bbs::bytes;

/// What an issuer signed blind in one suite, and what is shown of it.
struct Shown {
    issuer: PublicKey,
    header: Vec<u8>,
    nonce: Vec<u8>,
    messages: Vec<(usize, Vec<u8>)>,
    committed: Vec<(usize, Vec<u8>)>,
    /// Of pseudonyms.
    context: Vec<u8>,
}

impl Shown {
    fn read(suite: Suite, fixture: &str) -> Self {
        let fixture: Value = serde_json::from_str(fixture).unwrap();
        let revealed = |name: &str| {
            let map = fixture[name].as_object().unwrap();
            let mut revealed: Vec<_> = map
                .iter()
                .map(|(index, message)| (index.parse().unwrap(), bytes(message)))
                .collect();
            revealed.sort();
            revealed
        };
        let context = fixture.get("context_id").map(bytes);
        Self {
            issuer: PublicKey::from_bytes(suite, &bytes(&fixture["signerPublicKey"])).unwrap(),
            header: bytes(&fixture["header"]),
            nonce: bytes(&fixture["presentationHeader"]),
            messages: revealed("revealedMessages"),
            committed: revealed("revealedCommittedMessages"),
            context: context.unwrap_or_default(),
        }
    }

    /// Gives a verifier what is shown; `count` is how many messages the issuer saw.
    fn with<T>(&self, count: usize, run: impl FnOnce(&BlindShown<'_>) -> T) -> T {
        let [messages, committed] = [&self.messages, &self.committed].map(|list| {
            let list = list.iter();
            list.map(|(index, message)| (*index, Message::Bytes(message)))
                .collect::<Vec<_>>()
        });
        run(&BlindShown {
            header: &self.header,
            count,
            messages: &messages,
            committed: &committed,
        })
    }
}

macro_rules! fixtures {
    ($folder:literal, $file:literal) => {
        LazyLock::new(|| {
            let sha = include_str!(concat!(
                "../../../test-fixtures/vectors/",
                $folder,
                "/bls12-381-sha-256/",
                $file
            ));
            let shake = include_str!(concat!(
                "../../../test-fixtures/vectors/",
                $folder,
                "/bls12-381-shake-256/",
                $file
            ));
            [
                Shown::read(Suite::Sha256, sha),
                Shown::read(Suite::Shake256, shake),
            ]
        })
    };
}

static BLIND: LazyLock<[Shown; 2]> = fixtures!("bbs-blind", "proof/proof004.json");
static ONE_SECRET: LazyLock<[Shown; 2]> =
    fixtures!("bbs-pseudonym/draft-03", "nymProof/nymProof004.json");
static TEN_SECRETS: LazyLock<[Shown; 2]> =
    fixtures!("bbs-pseudonym/draft-03", "nymProof/nymProof104.json");

/// The lowest bit says the suite.
fn suite(byte: u8) -> Suite {
    [Suite::Sha256, Suite::Shake256][usize::from(byte % 2)]
}

fn draft_03(secrets: usize) -> PseudonymRevision {
    let secrets = NonZeroUsize::new(secrets).unwrap();
    PseudonymRevision::Draft03 { secrets }
}

fn sign(suite: Suite, is_nym: bool, commitment: &Commitment) -> Result<Signature, Error> {
    let key = SecretKey::generate(suite, &[7; 32], b"").unwrap();
    let messages = [Message::Bytes(b"message")];
    match is_nym {
        true => {
            let entropy = SignerNymEntropy::from_bytes(&[5; 32]).unwrap();
            let revision = PseudonymRevision::Draft01;
            key.sign_blind_with_nym(commitment, revision, &entropy, b"", &messages)
        }
        false => key.sign_blind(commitment, b"", &messages),
    }
}

/// Suite and whether it is for a pseudonym; a commitment. Taken in its one encoding, signed only in its suite and for what it
/// was made, and not once changed.
pub(super) fn commitment(input: &[u8]) {
    let Some((kind, input)) = input.split_first() else {
        return;
    };
    let (suite, is_nym) = (suite(*kind), kind & 2 != 0);
    let Ok(commitment) = Commitment::from_bytes(input) else {
        return;
    };
    assert_eq!(commitment.to_bytes(), input);
    assert_eq!(commitment.count(), (input.len() - 112) / 32);
    match sign(suite, is_nym, &commitment) {
        Ok(_) => {
            let wrong = Some(Error::WrongCommitment);
            assert_eq!(sign(suite, !is_nym, &commitment).err(), wrong);
            let other = match suite {
                Suite::Shake256 => Suite::Sha256,
                _ => Suite::Shake256,
            };
            assert_eq!(sign(other, is_nym, &commitment).err(), wrong);
            let mut changed = input.to_vec();
            *changed.last_mut().unwrap() ^= 1;
            let changed = Commitment::from_bytes(&changed);
            assert!(changed.map_or(true, |changed| sign(suite, is_nym, &changed).is_err()));
        }
        Err(error) => assert!(matches!(
            error,
            Error::WrongCommitment | Error::TooManyMessages
        )),
    }
}

/// Suite; how many messages the issuer saw; a proof. What verifies does not do so for another occasion or count, nor changed.
pub(super) fn proof(input: &[u8]) {
    let Some(([kind, count], input)) = input.split_first_chunk() else {
        return;
    };
    let shown = &BLIND[usize::from(*kind % 2)];
    let Ok(proof) = Proof::from_bytes(input) else {
        return;
    };
    // The largest counts too.
    let count = match *count {
        255 => usize::MAX,
        count => usize::from(count),
    };
    let verify = |proof: &Proof, count, nonce: &[u8]| {
        shown.with(count, |all| {
            shown.issuer.verify_blind_proof(proof, all, nonce).is_ok()
        })
    };
    if verify(&proof, count, &shown.nonce) {
        assert!(!verify(&proof, count, b"another"));
        assert!(!verify(&proof, count + 1, &shown.nonce));
        let mut changed = input.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        let changed = Proof::from_bytes(&changed);
        assert!(changed.map_or(true, |proof| !verify(&proof, count, &shown.nonce)));
    }
}

/// Suite, revision and number of secrets; a pseudonym; a proof. Both are taken in their one encoding; a proof verifies for its
/// pseudonym, context and revision only.
pub(super) fn pseudonym(input: &[u8]) {
    let Some((kind, input)) = input.split_first() else {
        return;
    };
    let Some((pseudonym, proof)) = input.split_first_chunk::<48>() else {
        assert!(Pseudonym::from_bytes(input).is_err());
        return;
    };
    let (shown, revision) = match kind >> 1 {
        0 => (&ONE_SECRET, draft_03(1)),
        1 => (&TEN_SECRETS, draft_03(10)),
        2 => (&ONE_SECRET, PseudonymRevision::Draft01),
        secrets => (&TEN_SECRETS, draft_03(usize::from(secrets) * 9)),
    };
    let shown = &shown[usize::from(*kind % 2)];
    let Ok(read) = Pseudonym::from_bytes(pseudonym) else {
        return;
    };
    assert_eq!(read.to_bytes(), *pseudonym);
    let Ok(proof) = Proof::from_bytes(proof) else {
        return;
    };
    let verify = |nym: &PseudonymShown<'_>| {
        shown.with(10, |all| {
            let issuer = &shown.issuer;
            issuer.verify_proof_with_nym(&proof, all, nym, &shown.nonce)
        })
    };
    let nym = PseudonymShown {
        revision,
        context: &shown.context,
        pseudonym: &read,
    };
    if verify(&nym).is_ok() {
        let context = b"another";
        assert!(verify(&PseudonymShown { context, ..nym }).is_err());
        let revision = PseudonymRevision::Draft01;
        assert!(verify(&PseudonymShown { revision, ..nym }).is_err());
        let others = SignerNymEntropy::from_bytes(&[5; 32]).unwrap();
        let nyms = wallet_bbs::ProverNyms::from_bytes(revision, &[3; 32]);
        let nyms = nyms.unwrap().with_entropy(&others);
        let others = nyms.pseudonym(suite(*kind), &shown.context).unwrap();
        let pseudonym = &others;
        assert!(verify(&PseudonymShown { pseudonym, ..nym }).is_err());
    }
}
