//! The fixtures of -03.

use super::*;

fn fixture(suite: Suite, name: &str) -> Value {
    vector(&format!("bbs-pseudonym/draft-03/{}/{name}", folder(suite)))
}

/// The messages of all fixtures: the issuer's and the holder's.
fn all_messages() -> [Vec<Vec<u8>>; 2] {
    let file = vector("bbs-pseudonym/draft-03/messages.json");
    ["messages", "committedMessages"].map(|name| all_bytes(&file[name]))
}

/// The holder's parts in a list.
fn nyms(list: &Value) -> ProverNyms {
    let list = all_bytes(list);
    let secrets = NonZeroUsize::new(list.len()).unwrap();
    let nyms = ProverNyms::from_bytes(PseudonymRevision::Draft03 { secrets }, &list.concat());
    nyms.unwrap()
}

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
