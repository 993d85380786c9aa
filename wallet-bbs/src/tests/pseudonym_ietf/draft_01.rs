//! Fixtures of -01, in one file and one suite.

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
    let [known, committed] = ["messages", "committed_messages"].map(|name| all_bytes(&file[name]));
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
