//! The fixtures of draft-irtf-cfrg-bbs-blind-signatures (test-fixtures/vectors/bbs-blind), a test for each.

use serde_json::Value;

use super::ietf::{Mocked, all_bytes, bytes, folder, key, messages, vector};
use crate::generators::Generators;
use crate::message::scalars;
use crate::proof::{Bound, Witness};
use crate::signature::Statement;
use crate::suite::Draft;
use crate::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Error, Message, Proof, Scalar,
    SecretKey, Signature, Suite,
};

fn fixture(suite: Suite, name: &str) -> Value {
    vector(&format!("bbs-blind/{}/{name}", folder(suite)))
}

/// The messages of all fixtures: the issuer's and the holder's.
fn all_messages() -> [Vec<Vec<u8>>; 2] {
    let file = vector("bbs-blind/messages.json");
    ["messages", "committedMessages"].map(|name| all_bytes(&file[name]))
}

/// The random scalars of a fixture, for `commit` or `proof`.
pub(super) fn mocked(suite: Suite, case: &Value, what: &str, count: usize) -> Mocked {
    let tag = case["mockRngParameters"][what]["DST"].as_str().unwrap();
    Mocked::under(suite, tag.as_bytes(), count)
}

pub(super) fn scalar(hex: &Value) -> [u8; 32] {
    bytes(hex).try_into().unwrap()
}

fn blinding(case: &Value) -> Blinding {
    Blinding::from_bytes(&scalar(&case["proverBlind"])).unwrap()
}

/// Indexes and messages of a map in a fixture.
pub(super) fn revealed(map: &Value) -> Vec<(usize, Vec<u8>)> {
    let map = map.as_object().into_iter().flatten();
    let mut revealed: Vec<_> = map
        .map(|(index, message)| (index.parse().unwrap(), bytes(message)))
        .collect();
    revealed.sort();
    revealed
}

pub(super) fn shown(revealed: &[(usize, Vec<u8>)]) -> Vec<(usize, Message<'_>)> {
    let revealed = revealed.iter();
    revealed
        .map(|(index, message)| (*index, Message::Bytes(message)))
        .collect()
}

pub(super) fn indexes(revealed: &[(usize, Vec<u8>)]) -> Vec<usize> {
    revealed.iter().map(|(index, _)| *index).collect()
}

fn generator_case(suite: Suite, name: &str) {
    let case = fixture(suite, name);
    let (known, committed) = (&case["generators"], &case["blindGenerators"]);
    let [known_points, committed_points] =
        [known, committed].map(|list| all_bytes(&list["MsgGenerators"]));
    let interface = suite.interface(Draft::Blind);
    assert_eq!(known["api_id"], interface.id());
    let (l, m) = (known_points.len(), committed_points.len());
    let generators = Generators::blind(interface, l, m);
    assert_eq!(generators.base().to_bytes()[..], bytes(&known["P1"]));
    assert_eq!(generators.domain().to_bytes()[..], bytes(&known["Q1"]));
    let expected = known_points
        .into_iter()
        .chain([bytes(&committed["Q1"])])
        .chain(committed_points);
    for (index, point) in expected.enumerate() {
        assert_eq!(generators.message(index).to_bytes()[..], point);
    }
    assert_eq!(generators.messages(), l + 1 + m);
}

fn commit_case(suite: Suite, name: &str) {
    let case = fixture(suite, name);
    let list = all_bytes(&case["committedMessages"]);
    let interface = suite.interface(Draft::Blind);
    let scalars = scalars(interface, &messages(&list));
    let mut random = mocked(suite, &case, "commit", 2 + list.len());
    let (commitment, blinding) = Commitment::over(&mut random, interface, &scalars).unwrap();
    assert_eq!(blinding.to_bytes()[..], bytes(&case["proverBlind"]));
    let expected = bytes(&case["commitmentWithProof"]);
    assert_eq!(commitment.to_bytes(), expected);
    let read = Commitment::from_bytes(&expected).unwrap();
    assert_eq!(read.to_bytes(), expected);
    assert!(read.verified(interface).is_ok());
}

fn signature_case(suite: Suite, name: &str) {
    let case = fixture(suite, name);
    let pair = &case["signerKeyPair"];
    let secret = SecretKey::from_bytes(suite, &scalar(&pair["secretKey"])).unwrap();
    let issuer = secret.public_key();
    let header = bytes(&case["header"]);
    let [known, committed] = ["messages", "committedMessages"].map(|name| all_bytes(&case[name]));
    let commitment = Commitment::from_bytes(&bytes(&case["commitmentWithProof"])).unwrap();
    let signature = secret.sign_blind(&commitment, &header, &messages(&known));
    let signature = signature.unwrap();
    assert_eq!(signature.to_bytes()[..], bytes(&case["signature"]));
    let signed = BlindSigned {
        signature: &signature,
        header: &header,
        messages: &messages(&known),
        committed: &messages(&committed),
        blinding: &blinding(&case),
    };
    assert_eq!(issuer.verify_blind(&signed), Ok(()));
    let statement = Statement::blind(issuer, Draft::Blind, &header, known.len(), committed.len());
    let domain = statement.unwrap().domain.to_bytes();
    // One of the traces has 48 bytes there, which are no scalar and not ours: the signature is right all the same.
    if let Ok(expected) = <[u8; 32]>::try_from(bytes(&case["trace"]["domain"])) {
        assert_eq!(*domain, expected);
    }
}

fn proof_case(suite: Suite, name: &str) {
    let case = fixture(suite, name);
    let issuer = key(suite, &case["signerPublicKey"]);
    let [header, occasion] = ["header", "presentationHeader"].map(|name| bytes(&case[name]));
    let [known, committed] = all_messages();
    let shown_known = revealed(&case["revealedMessages"]);
    let shown_committed = revealed(&case["revealedCommittedMessages"]);
    let signature = Signature::from_bytes(&bytes(&case["signature"])).unwrap();
    let signed = BlindSigned {
        signature: &signature,
        header: &header,
        messages: &messages(&known),
        committed: &messages(&committed),
        blinding: &blinding(&case),
    };
    assert_eq!(issuer.verify_blind(&signed), Ok(()));
    let all = known.len() + 1 + committed.len();
    let hidden = all - shown_known.len() - shown_committed.len();
    let disclosed = Disclosed {
        messages: &indexes(&shown_known),
        committed: &indexes(&shown_committed),
    };
    let mut random = mocked(suite, &case, "proof", 5 + hidden);
    let proof = issuer.prove_blind_by(&mut random, &signed, &occasion, &disclosed);
    let expected = bytes(&case["proof"]);
    assert_eq!(proof.unwrap().to_bytes(), expected);
    verifies(suite, &case, &shown_known, &shown_committed);
}

/// The fixture's proof verifies, and does not for another occasion or number of messages.
fn verifies(
    suite: Suite,
    case: &Value,
    known: &[(usize, Vec<u8>)],
    committed: &[(usize, Vec<u8>)],
) {
    let issuer = key(suite, &case["signerPublicKey"]);
    let [header, occasion] = ["header", "presentationHeader"].map(|name| bytes(&case[name]));
    let proof = Proof::from_bytes(&bytes(&case["proof"])).unwrap();
    let count = case["L"].as_u64().unwrap() as usize;
    let shown = BlindShown {
        header: &header,
        count,
        messages: &shown(known),
        committed: &shown(committed),
    };
    let verify = |shown, occasion| issuer.verify_blind_proof(&proof, &shown, occasion);
    assert_eq!(verify(shown, &occasion), Ok(()));
    assert_eq!(verify(shown, b""), Err(Error::WrongProof));
    let another = BlindShown {
        count: count + 1,
        ..shown
    };
    assert!(verify(another, &occasion).is_err());
}

/// Without a commitment, which this crate has no use for: the blinding is zero.
fn signature_without_commitment_case(suite: Suite, name: &str) {
    let case = fixture(suite, name);
    let secret = scalar(&case["signerKeyPair"]["secretKey"]);
    let secret = SecretKey::from_bytes(suite, &secret).unwrap();
    let (header, known) = (bytes(&case["header"]), all_bytes(&case["messages"]));
    let statement = Statement::blind(secret.public_key(), Draft::Blind, &header, known.len(), 0);
    let statement = statement.unwrap();
    let b = statement.point(&scalars(statement.interface(), &messages(&known)));
    let signature = secret.finish_blind(statement.interface(), &b).unwrap();
    assert_eq!(signature.to_bytes()[..], bytes(&case["signature"]));
}

fn proof_without_commitment_case(suite: Suite, name: &str) {
    let case = fixture(suite, name);
    let issuer = key(suite, &case["signerPublicKey"]);
    let [header, occasion] = ["header", "presentationHeader"].map(|name| bytes(&case[name]));
    let [known, _] = all_messages();
    let shown_known = revealed(&case["revealedMessages"]);
    let statement = Statement::blind(&issuer, Draft::Blind, &header, known.len(), 0).unwrap();
    let mut scalars = scalars(statement.interface(), &messages(&known));
    scalars.push(Scalar::default());
    let witness = Witness {
        signature: &Signature::from_bytes(&bytes(&case["signature"])).unwrap(),
        scalars: &scalars,
        disclosed: &indexes(&shown_known),
    };
    let hidden = known.len() + 1 - shown_known.len();
    let mut random = mocked(suite, &case, "proof", 5 + hidden);
    let nothing_else = |_: &[Scalar]| Ok(Bound::default());
    let proof = statement.prove(&mut random, &witness, &occasion, nothing_else);
    assert_eq!(proof.unwrap().to_bytes(), bytes(&case["proof"]));
    verifies(suite, &case, &shown_known, &[]);
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
    commitment_001_to_nothing: commit_case "commit/commit001",
    commitment_002_to_messages: commit_case "commit/commit002",
    signature_001_nothing_committed_and_no_messages: signature_case "signature/signature001",
    signature_002_committed_messages: signature_case "signature/signature002",
    signature_003_nothing_committed: signature_case "signature/signature003",
    signature_004_messages_and_committed_ones: signature_case "signature/signature004",
    signature_005_no_commitment: signature_without_commitment_case "signature/signature005",
    proof_001_all_disclosed: proof_case "proof/proof001",
    proof_002_half_of_the_committed: proof_case "proof/proof002",
    proof_003_half_of_the_issuers: proof_case "proof/proof003",
    proof_004_half_of_both: proof_case "proof/proof004",
    proof_005_none_of_the_committed: proof_case "proof/proof005",
    proof_006_none_of_the_issuers: proof_case "proof/proof006",
    proof_007_nothing_disclosed: proof_case "proof/proof007",
    proof_008_no_commitment: proof_without_commitment_case "proof/proof008",
}
