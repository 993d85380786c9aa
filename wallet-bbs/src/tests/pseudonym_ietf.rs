//! The fixtures of draft-irtf-cfrg-bbs-per-verifier-linkability (test-fixtures/vectors/bbs-pseudonym): of -03 a test for each, of
//! -01 those there are.

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

fn fixture(suite: Suite, name: &str) -> Value {
    vector(&format!("bbs-pseudonym/draft-03/{}/{name}", folder(suite)))
}

/// The messages of all fixtures: the issuer's and the holder's.
fn all_messages() -> [Vec<Vec<u8>>; 2] {
    let file = vector("bbs-pseudonym/draft-03/messages.json");
    ["messages", "committedMessages"].map(|name| all_bytes(&file[name]))
}

fn entropy(hex: &Value) -> SignerNymEntropy {
    SignerNymEntropy::from_bytes(&scalar(hex)).unwrap()
}

fn blinding(hex: &Value) -> Blinding {
    Blinding::from_bytes(&scalar(hex)).unwrap()
}

/// The holder's parts in a list.
fn nyms(list: &Value) -> ProverNyms {
    let list = all_bytes(list);
    let secrets = NonZeroUsize::new(list.len()).unwrap();
    let nyms = ProverNyms::from_bytes(PseudonymRevision::Draft03 { secrets }, &list.concat());
    nyms.unwrap()
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

/// -03.
mod draft_03 {
    use super::*;

    fn generator_case(suite: Suite, name: &str) {
        let case = fixture(suite, name);
        let (known, committed) = (&case["generators"], &case["blindGenerators"]);
        let [known_points, committed_points] =
            [known, committed].map(|list| all_bytes(&list["MsgGenerators"]));
        let interface = suite.interface(Draft::Pseudonym);
        assert_eq!(known["api_id"], interface.id());
        let generators = Generators::blind(interface, known_points.len(), committed_points.len());
        assert_eq!(generators.base().to_bytes()[..], bytes(&known["P1"]));
        assert_eq!(generators.domain().to_bytes()[..], bytes(&known["Q1"]));
        let expected = known_points
            .into_iter()
            .chain([bytes(&committed["Q1"])])
            .chain(committed_points);
        for (index, point) in expected.enumerate() {
            assert_eq!(generators.message(index).to_bytes()[..], point);
        }
    }

    fn commit_case(suite: Suite, name: &str) {
        let file = fixture(suite, name);
        let case = Case {
            suite,
            nyms: nyms(&file["proverNyms"]),
            entropy: SignerNymEntropy::random().unwrap(),
            header: Vec::new(),
            known: Vec::new(),
            committed: all_bytes(&file["committedMessages"]),
            blinding: blinding(&file["proverBlind"]),
        };
        let count = 2 + case.committed.len() + case.nyms.revision().secrets();
        let random = mocked(suite, &file, "commit", count);
        case.commits(random, &file["commitmentWithProof"]);
    }

    fn signature_case(suite: Suite, name: &str) {
        let file = fixture(suite, name);
        let case = Case {
            suite,
            nyms: nyms(&file["proverNyms"]),
            entropy: entropy(&file["signer_nym_entropy"]),
            header: bytes(&file["header"]),
            known: all_bytes(&file["messages"]),
            committed: all_bytes(&file["committedMessages"]),
            blinding: blinding(&file["proverBlind"]),
        };
        let secrets: Vec<_> = case.secrets().scalars_for_tests();
        assert_eq!(secrets, all_bytes(&file["nym_secrets"]));
        let secret = SecretKey::from_bytes(suite, &scalar(&file["signerKeyPair"]["secretKey"]));
        case.signs(
            &secret.unwrap(),
            &file["commitmentWithProof"],
            &file["signature"],
        );
    }

    fn proof_case(suite: Suite, name: &str) {
        let file = fixture(suite, name);
        let [known, committed] = all_messages();
        let case = Case {
            suite,
            nyms: nyms(&file["proverNyms"]),
            entropy: entropy(&file["signer_nym_entropy"]),
            header: bytes(&file["header"]),
            known,
            committed,
            blinding: blinding(&file["proverBlind"]),
        };
        let shown = Shown {
            issuer: key(suite, &file["signerPublicKey"]),
            signature: Signature::from_bytes(&bytes(&file["signature"])).unwrap(),
            known: revealed(&file["revealedMessages"]),
            committed: revealed(&file["revealedCommittedMessages"]),
            context: bytes(&file["context_id"]),
            presentation_header: bytes(&file["presentationHeader"]),
            pseudonym: bytes(&file["pseudonym"]),
            proof: bytes(&file["proof"]),
        };
        let random = mocked(suite, &file, "proof", 5 + shown.hidden(&case));
        shown.proves(&case, random);
    }

    /// A test for each of a suite's fixtures.
    macro_rules! suite {
        ($module:ident, $suite:expr; $($test:ident: $run:ident $name:literal,)*) => {
            mod $module {
                use super::*;
                $(#[test] fn $test() { $run($suite, concat!($name, ".json")) })*
            }
        };
    }

    /// The same cases in both suites.
    macro_rules! suites {
        ($($test:ident: $run:ident $name:literal,)*) => {
            suite! { sha_256, Suite::Sha256; $($test: $run $name,)* }
            suite! { shake_256, Suite::Shake256; $($test: $run $name,)* }
        };
    }

    suites! {
        generators: generator_case "generators",
        commitment_001_to_a_secret: commit_case "nymCommit/nymCommit001",
        commitment_002_to_messages_and_a_secret: commit_case "nymCommit/nymCommit002",
        commitment_003_to_ten_secrets: commit_case "nymCommit/nymCommit003",
        commitment_004_to_messages_and_ten_secrets: commit_case "nymCommit/nymCommit004",
        signature_001_no_messages: signature_case "nymSignature/nymSignature001",
        signature_002_committed_messages: signature_case "nymSignature/nymSignature002",
        signature_003_no_committed_messages: signature_case "nymSignature/nymSignature003",
        signature_004_messages_and_committed_ones: signature_case "nymSignature/nymSignature004",
        signature_005_ten_secrets: signature_case "nymSignature/nymSignature005",
        signature_006_ten_secrets_and_committed_messages: signature_case "nymSignature/nymSignature006",
        proof_001_all_disclosed: proof_case "nymProof/nymProof001",
        proof_002_half_of_the_committed: proof_case "nymProof/nymProof002",
        proof_003_half_of_the_issuers: proof_case "nymProof/nymProof003",
        proof_004_half_of_both: proof_case "nymProof/nymProof004",
        proof_005_none_of_the_committed: proof_case "nymProof/nymProof005",
        proof_006_none_of_the_issuers: proof_case "nymProof/nymProof006",
        proof_007_nothing_disclosed: proof_case "nymProof/nymProof007",
        proof_101_ten_secrets_all_disclosed: proof_case "nymProof/nymProof101",
        proof_102_ten_secrets_half_of_the_committed: proof_case "nymProof/nymProof102",
        proof_103_ten_secrets_half_of_the_issuers: proof_case "nymProof/nymProof103",
        proof_104_ten_secrets_half_of_both: proof_case "nymProof/nymProof104",
    }
}

/// -01, in one file and one suite.
mod draft_01 {
    use super::*;

    const SUITE: Suite = Suite::Sha256;

    fn file() -> Value {
        vector("bbs-pseudonym/draft-01/bls12-381-sha-256.json")
    }

    /// `"ALL"`, or none.
    fn list(file: &Value, case: &Value, name: &str) -> Vec<Vec<u8>> {
        match case[name] == "ALL" {
            true => all_bytes(&file[name]),
            false => Vec::new(),
        }
    }

    fn case(file: &Value, known: Vec<Vec<u8>>, committed: Vec<Vec<u8>>, blind: &Value) -> Case {
        let nym = bytes(&file["prover_nym"]);
        Case {
            suite: SUITE,
            nyms: ProverNyms::from_bytes(PseudonymRevision::Draft01, &nym).unwrap(),
            entropy: entropy(&file["signer_nym_entropy"]),
            header: bytes(&file["header"]),
            known,
            committed,
            blinding: blinding(blind),
        }
    }

    fn tag(file: &Value, name: &str) -> Vec<u8> {
        file[name]["dst"].as_str().unwrap().as_bytes().to_vec()
    }

    #[test]
    fn commitments() {
        let file = file();
        let cases = file["nym_commit_cases"].as_array().unwrap();
        assert_eq!(cases.len(), 2);
        for fixture in cases {
            let committed = list(&file, fixture, "committed_messages");
            let count = 3 + committed.len();
            let case = case(
                &file,
                Vec::new(),
                committed,
                &fixture["secret_prover_blind"],
            );
            let random = Mocked::under(SUITE, &tag(&file, "commit_mocked_random_scalars"), count);
            case.commits(random, &fixture["commitment_with_proof"]);
        }
    }

    #[test]
    fn signatures() {
        let file = file();
        let secret = SecretKey::from_bytes(SUITE, &scalar(&file["SK"])).unwrap();
        let cases = file["blind_sign_cases"].as_array().unwrap();
        assert_eq!(cases.len(), 4);
        for fixture in cases {
            let [known, committed] =
                ["messages", "committed_messages"].map(|name| list(&file, fixture, name));
            let case = case(&file, known, committed, &fixture["secret_prover_blind"]);
            assert_eq!(
                case.secrets().scalars_for_tests(),
                [bytes(&file["nym_secret"])]
            );
            case.signs(
                &secret,
                &fixture["commitment_with_proof"],
                &fixture["signature"],
            );
        }
    }

    #[test]
    fn proofs() {
        let file = file();
        let [known, committed] =
            ["messages", "committed_messages"].map(|name| all_bytes(&file[name]));
        let cases = file["proof_cases"].as_array().unwrap();
        assert_eq!(cases.len(), 5);
        for fixture in cases {
            let pick = |name: &str, list: &[Vec<u8>]| -> Vec<_> {
                let indexes = fixture[name].as_array().unwrap().iter();
                let indexes = indexes.map(|index| index.as_u64().unwrap() as usize);
                indexes.map(|index| (index, list[index].clone())).collect()
            };
            let shown = Shown {
                issuer: key(SUITE, &file["PK"]),
                signature: Signature::from_bytes(&bytes(&file["proof_signature"])).unwrap(),
                known: pick("disclosed_indexes", &known),
                committed: pick("disclosed_committed_indexes", &committed),
                context: bytes(&file["context_id"]),
                presentation_header: bytes(&file["ph"]),
                pseudonym: bytes(&file["pseudonym"]),
                proof: bytes(&fixture["proof"]),
            };
            let blind = &file["proof_secret_prover_blind"];
            let case = case(&file, known.clone(), committed.clone(), blind);
            let count = 5 + shown.hidden(&case);
            let random = Mocked::under(SUITE, &tag(&file, "proof_mocked_random_scalars"), count);
            shown.proves(&case, random);
        }
    }
}
