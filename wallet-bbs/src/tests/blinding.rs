//! What random scalars hide, and what is refused instead of hidden badly.

use super::ietf::Mocked;
use crate::message::scalars;
use crate::proof::ProofInput;
use crate::random::{Random, system};
use crate::signature::Statement;
use crate::suite::Draft;
use crate::{Commitment, Error, Message, Scalar, SecretKey, Signature, Suite};

const MESSAGES: [Message<'_>; 2] = [Message::Bytes(b"one"), Message::Bytes(b"two")];

fn signed(suite: Suite) -> (SecretKey, Signature) {
    let key = SecretKey::generate(suite, &[7; 32], b"").unwrap();
    let signature = key.sign(b"header", &MESSAGES).unwrap();
    (key, signature)
}

fn input(signature: &Signature) -> ProofInput<'_> {
    ProofInput {
        signature,
        header: b"header",
        presentation_header: b"",
        messages: &MESSAGES,
        disclosed: &[1],
    }
}

/// Gives the draft's scalars, but zero at one place.
struct ZeroAt(usize, Mocked);

impl Random for ZeroAt {
    fn fill(&mut self, uniform: &mut [u8; 48]) -> Result<(), Error> {
        self.1.fill(uniform)?;
        if self.0 == 0 {
            uniform.fill(0);
        }
        self.0 = self.0.wrapping_sub(1);
        Ok(())
    }
}

#[test]
fn what_the_pairing_is_asked_when_a_signature_is_verified_is_never_the_same() {
    for suite in [Suite::Sha256, Suite::Shake256] {
        let (key, signature) = signed(suite);
        let asked = || {
            let statement = Statement::plain(key.public_key(), b"header", 2).unwrap();
            let scalars = scalars(statement.interface(), &MESSAGES);
            let points = statement.blinded(&mut system(), &signature, &scalars);
            points.unwrap().map(|point| point.to_bytes())
        };
        let ([a, b], [other_a, other_b]) = (asked(), asked());
        assert!(a != other_a && b != other_b);
        assert!(a != signature.a.to_bytes() && other_a != signature.a.to_bytes());
    }
}

#[test]
fn a_zero_among_the_random_scalars_is_refused() {
    let (key, signature) = signed(Suite::Sha256);
    let key = key.public_key();
    let source = |place| ZeroAt(place, Mocked::new(Suite::Sha256, 6));
    let statement = Statement::plain(key, b"header", 2).unwrap();
    let scalars = scalars(statement.interface(), &MESSAGES);
    let verdict = key.verify_over(&mut source(0), &statement, &signature, &scalars);
    assert_eq!(verdict, Err(Error::NoRandomness));
    // Five, and one for the hidden message.
    for place in 0..6 {
        let proof = key.prove_blinded_by(&mut source(place), &input(&signature));
        assert_eq!(proof.err(), Some(Error::NoRandomness), "{place}");
    }
    assert!(
        key.prove_blinded_by(&mut source(6), &input(&signature))
            .is_ok()
    );
}

#[test]
fn a_zero_among_the_random_scalars_of_a_commitment_is_refused() {
    let interface = Suite::Sha256.interface(Draft::Blind);
    let scalars = scalars(interface, &MESSAGES);
    let commit = |place| {
        let mut source = ZeroAt(place, Mocked::new(Suite::Sha256, 4));
        Commitment::over(&mut source, interface, &scalars).err()
    };
    for place in 0..4 {
        assert_eq!(commit(place), Some(Error::NoRandomness), "{place}");
    }
    assert_eq!(commit(4), None);
}

/// `A = B / e` makes `B - A·e` the point at infinity. It takes no key.
#[test]
fn a_signature_forged_to_give_infinity_is_a_wrong_one() {
    for suite in [Suite::Sha256, Suite::Shake256] {
        let (key, _) = signed(suite);
        let key = key.public_key();
        let e = Scalar::reduce(&[3; 48]);
        let statement = Statement::plain(key, b"header", 2).unwrap();
        let b = statement.point(&scalars(statement.interface(), &MESSAGES));
        let [a] = crate::curve::normalise([b.times(&e.inverse())]).unwrap();
        let forged = Signature { a, e };
        let forged = Signature::from_bytes(&forged.to_bytes()[..]).unwrap();
        let wrong = Error::WrongSignature;
        assert_eq!(key.verify(&forged, b"header", &MESSAGES), Err(wrong));
        for disclosed in [&[][..], &[0, 1]] {
            let proof = key.prove(&forged, b"header", b"", &MESSAGES, disclosed);
            assert_eq!(proof.err(), Some(wrong));
        }
    }
}
