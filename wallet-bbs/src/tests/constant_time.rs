//! The gate for constant time. Under valgrind (`cargo xtask test` runs it on the `mobile` profile) secrets are memory
//! without a value, and no branch and no address may depend on them; what is allowed to is [`published`] in the library.
//! Without valgrind these tests say only that the results are right.
//!
//! [`published`]: crate::published

use core::hint::black_box;

use zeroize::Zeroizing;

use super::ietf::Mocked;
use super::valgrind::{self, mark_secret};
use crate::curve::{Table, multiply_public, multiply_secret};
use crate::generators::Generators;
use crate::message::scalars;
use crate::proof::ProofInput;
use crate::random::Random;
use crate::signature::Statement;
use crate::{Error, Message, Scalar, SecretKey, Signature, Suite};

pub(super) const SUITES: [Suite; 2] = [Suite::Sha256, Suite::Shake256];

/// Set where valgrind must be there; to `adx` for a processor with that.
const VARIABLE: &str = "WALLET_BBS_VALGRIND";

/// How many errors valgrind reports while this runs.
fn reports<T>(run: impl FnOnce() -> T) -> (T, usize) {
    if let Some(processor) = std::env::var_os(VARIABLE) {
        assert!(valgrind::is_running(), "not under valgrind");
        if processor == "adx" {
            valgrind::pretend_adx();
        }
    }
    let before = valgrind::errors();
    let result = run();
    (result, valgrind::errors() - before)
}

/// Runs it and takes no report.
pub(super) fn silent<T>(run: impl FnOnce() -> T) -> T {
    let (result, reports) = reports(run);
    assert_eq!(reports, 0, "a branch or an address depends on a secret");
    result
}

/// Random scalars that are secret.
pub(super) struct SecretRandom(pub(super) Mocked);

impl Random for SecretRandom {
    fn fill(&mut self, uniform: &mut [u8; 48]) -> Result<(), Error> {
        self.0.fill(uniform)?;
        mark_secret(uniform);
        Ok(())
    }
}

fn key(suite: Suite) -> SecretKey {
    SecretKey::generate(suite, &[7; 32], b"").unwrap()
}

/// Twelve messages, one of them empty and one a scalar.
fn claims() -> (Vec<Vec<u8>>, Scalar) {
    let texts = (0..11_u8).map(|length| vec![length; usize::from(length) * 9]);
    (texts.collect(), Scalar::reduce(&[3; 48]))
}

fn messages<'a>((texts, scalar): &'a (Vec<Vec<u8>>, Scalar)) -> Vec<Message<'a>> {
    let texts = texts.iter().map(|text| Message::Bytes(text));
    texts.chain([Message::Scalar(scalar)]).collect()
}

fn secret_claims() -> (Vec<Vec<u8>>, Scalar) {
    let (mut texts, mut scalar) = claims();
    texts.iter_mut().for_each(|text| mark_secret(&mut text[..]));
    scalar.mark_secret();
    (texts, scalar)
}

pub(super) fn secret(signature: &Signature) -> Signature {
    let mut secret = signature.clone();
    secret.a.mark_secret();
    secret.e.mark_secret();
    secret
}

fn input<'a>(
    signature: &'a Signature,
    messages: &'a [Message<'a>],
    disclosed: &'a [usize],
) -> ProofInput<'a> {
    ProofInput {
        signature,
        header: b"header",
        presentation_header: b"nonce",
        messages,
        disclosed,
    }
}

#[test]
fn a_secret_key_is_made_and_read_in_constant_time() {
    for suite in SUITES {
        let expected = key(suite);
        let mut material = [7; 32];
        mark_secret(&mut material);
        let made = silent(|| SecretKey::generate(suite, &material, b"").unwrap());
        assert_eq!(made.public_key(), expected.public_key());
        let mut bytes: Zeroizing<[u8; 32]> = expected.to_bytes();
        mark_secret(&mut *bytes);
        let read = silent(|| SecretKey::from_bytes(suite, &bytes).unwrap());
        assert_eq!(read.public_key(), expected.public_key());
    }
}

#[test]
fn signing_is_constant_time_in_the_key_and_the_messages() {
    for suite in SUITES {
        let expected = key(suite).sign(b"header", &messages(&claims())).unwrap();
        let mut key = key(suite);
        key.scalar.mark_secret();
        let claims = secret_claims();
        let signature = silent(|| key.sign(b"header", &messages(&claims)).unwrap());
        assert_eq!(signature.to_bytes(), expected.to_bytes());
    }
}

#[test]
fn verifying_is_constant_time_in_the_signature_and_the_messages() {
    for suite in SUITES {
        let key = key(suite);
        let signature = key.sign(b"header", &messages(&claims())).unwrap();
        for (header, verdict) in [
            (&b"header"[..], Ok(())),
            (b"another", Err(Error::WrongSignature)),
        ] {
            let (signature, claims) = (secret(&signature), secret_claims());
            let mut random = SecretRandom(Mocked::new(suite, 1));
            let key = key.public_key();
            let messages = messages(&claims);
            let verify = || {
                let statement = Statement::plain(key, header, messages.len()).unwrap();
                let scalars = scalars(statement.interface(), &messages);
                key.verify_over(&mut random, &statement, &signature, &scalars)
            };
            assert_eq!(silent(verify), verdict);
        }
    }
}

#[test]
fn proving_is_constant_time_in_the_signature_the_messages_and_the_blinding() {
    for suite in SUITES {
        let key = key(suite);
        let claims = claims();
        let signature = key.sign(b"header", &messages(&claims)).unwrap();
        for disclosed in [
            &[][..],
            &[0, 5, 11],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        ] {
            let key = key.public_key();
            let count = 5 + 12 - disclosed.len();
            let shown = messages(&claims);
            let plan = input(&signature, &shown, disclosed);
            let expected = key.prove_blinded_by(&mut Mocked::new(suite, count), &plan);
            let (signature, claims) = (secret(&signature), secret_claims());
            let hidden = messages(&claims);
            let plan = input(&signature, &hidden, disclosed);
            let mut random = SecretRandom(Mocked::new(suite, count));
            let proof = silent(|| key.prove_blinded_by(&mut random, &plan).unwrap());
            assert_eq!(proof.to_bytes(), expected.unwrap().to_bytes());
        }
    }
}

/// What the gate is for: the row of a table that a secret names, a branch on a secret, and blst's multiplication for public
/// scalars.
#[test]
fn what_leaks_a_secret_is_found() {
    let generators = Generators::plain(Suite::Sha256, 3);
    let points = [0, 1, 2].map(|index| generators.message(index));
    let table = Table::new(points[0]);
    let mut scalar = Scalar::reduce(&[3; 48]);
    scalar.mark_secret();
    let (_, silent) = reports(|| multiply_secret([(&table, &scalar)].into_iter()));
    assert_eq!(silent, 0);
    let (_, found) = reports(|| black_box(table.select_leaking(&scalar)));
    assert_eq!(found > 0, valgrind::is_running());
    let (_, found) = reports(|| match black_box(scalar.to_bytes()[31] > 7) {
        true => black_box(generators.domain().to_bytes()),
        false => black_box(points[0].to_bytes()),
    });
    assert_eq!(found > 0, valgrind::is_running());
    let terms = points.into_iter().zip([&scalar; 3]);
    let (_, found) = reports(|| multiply_public(terms));
    assert_eq!(found > 0, valgrind::is_running());
}
