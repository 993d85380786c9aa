//! One presentation of a bbs-2023 credential of 20 claims, every second one shown, and what each step of it takes.

use serde_json::{Map, Value};
use std::hint::black_box;
use std::time::Duration;
use wallet_bbs::{Message, SecretKey, Suite};
use wallet_core::clock::UnixTime;
use wallet_core::formats::data_integrity::json_ld::{skolemize, to_deskolemized_rdf};
use wallet_core::formats::data_integrity::rdf::Quad;
use wallet_core::formats::data_integrity::rdf::rdfc10::canonicalize;
use wallet_core::formats::data_integrity::{
    DataIntegrity, DataIntegrityError, Feature, HolderSecrets, IssuerKey, VerifyPolicy,
};
use wallet_core::random::OsRandom;

/// Signed by wallet-parties; the portrait has 4,000 letters.
const CARD: &str = include_str!("../../common/bbs-2023-card.json");
const POLICY: VerifyPolicy = VerifyPolicy::at(UnixTime::from_secs(1_800_000_000));
const ROUNDS: usize = 9;
/// What of a statement is mandatory in that credential: its predicate.
const MANDATORY: [&str; 4] = ["#issuer>", "#validFrom>", "#validUntil>", "#type>"];

fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Microseconds of one call.
fn time(work: &mut dyn FnMut()) -> f64 {
    let (begin, mut times) = (processor(), 0);
    loop {
        work();
        times += 1;
        let passed = processor() - begin;
        if passed > Duration::from_millis(15) {
            return passed.as_secs_f64() * 1e6 / f64::from(times);
        }
    }
}

fn quads(document: &Map<String, Value>) -> Vec<Quad> {
    let mut document = document.clone();
    skolemize(&mut document).expect("identifiers");
    to_deskolemized_rdf(&document).expect("statements")
}

/// The document without its proof.
fn document(text: &str) -> Map<String, Value> {
    let mut document: Map<String, Value> = serde_json::from_str(text).expect("JSON");
    document.shift_remove("proof");
    document
}

pub fn run() {
    let parse = || DataIntegrity::parse(CARD).expect("credential");
    let did = parse().issuer().to_owned();
    let issuer = IssuerKey::pinned(&did, &did).expect("did:key");
    let secrets = HolderSecrets::new(Feature::HolderBinding, &OsRandom).expect("secrets");
    // It is bound to nobody, which is refused when the statements are there and before the signature is looked at.
    let transform = || match parse().verify_bound(&issuer, &POLICY, Some(&secrets)) {
        Err(error) => assert_eq!(error, DataIntegrityError::Binding),
        Ok(_) => panic!("bound"),
    };
    let credential = parse().verify(&issuer, &POLICY).expect("verified");
    let disclosable = credential.disclosable();
    assert_eq!(disclosable.len(), 20);
    let chosen: Vec<_> = disclosable.into_iter().step_by(2).collect();
    let presentation = credential.present(&chosen).expect("presentation");

    // The proof by itself, of these statements.
    let whole = document(CARD);
    let lines = canonicalize(&quads(&whole)).expect("canonical").n_quads;
    let is_selective = |line: &&String| !MANDATORY.iter().any(|name| line.contains(name));
    let messages: Vec<_> = lines.iter().filter(is_selective).collect();
    let messages: Vec<_> = messages
        .iter()
        .map(|line| Message::Bytes(line.as_bytes()))
        .collect();
    let shown = presentation.derive(b"header").expect("derived");
    let disclosed = quads(&document(&shown)).len() - (lines.len() - messages.len());
    let disclosed: Vec<_> = (0..disclosed).collect();
    let secret = SecretKey::random(Suite::Sha256).expect("key");
    let key = secret.public_key();
    let signature = secret.sign(&[0; 64], &messages).expect("signature");

    let mut works: [Box<dyn FnMut()>; 6] = [
        Box::new(|| _ = black_box(parse())),
        Box::new(transform),
        Box::new(|| _ = black_box(canonicalize(&quads(&whole)))),
        Box::new(|| _ = black_box(credential.present(&chosen))),
        Box::new(|| _ = black_box(presentation.derive(b"header"))),
        Box::new(|| {
            _ = black_box(key.prove(&signature, &[0; 64], b"header", &messages, &disclosed))
        }),
    ];
    let mut least = [f64::MAX; 6];
    for _ in 0..ROUNDS {
        for (work, least) in works.iter_mut().zip(&mut least) {
            *least = least.min(time(work));
        }
    }
    let [parse, transform, once, select, derive, prove] = least;
    let canonicalise = transform - parse;
    let all = transform + select + derive;
    println!(
        "A presentation of 20 claims, 10 shown: {} statements, {} of them shown by choice only, {} of these are.",
        lines.len(),
        messages.len(),
        disclosed.len()
    );
    println!("Microseconds of one thread on the processor, the least of {ROUNDS} rounds.\n");
    for (step, time) in [
        ("parse", parse),
        ("canonicalise", canonicalise),
        ("select", select),
        ("prove", prove),
        ("serialise", derive - prove),
        ("all", all),
    ] {
        println!("{step:<14}{time:>8.0}{:>7.1} %", time / all * 100.0);
    }
    let verdict = if canonicalise <= prove {
        "held"
    } else {
        "NOT HELD"
    };
    println!(
        "\ncanonicalise ≤ prove: {:.2}x {verdict}; of it the document as a whole {once:.0}",
        canonicalise / prove
    );
}
