//! What of blind signatures must be refused, and with which error.
#![allow(clippy::unwrap_used)]

mod bad;

use bad::{bad_points, bad_scalars};
use wallet_bbs::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Error, Fault, MAX_MESSAGES, Message,
    Proof, SecretKey, Signature, Suite,
};

const SUITE: Suite = Suite::Sha256;
const MESSAGES: [Message<'_>; 2] = [Message::Bytes(b"one"), Message::Bytes(b"two")];
const COMMITTED: [Message<'_>; 2] = [Message::Bytes(b"secret"), Message::Bytes(b"other")];

fn key() -> SecretKey {
    SecretKey::generate(SUITE, &[7; 32], b"").unwrap()
}

/// A signature over the messages, and what blinds it.
fn signed() -> (Signature, Blinding) {
    let (commitment, blinding) = commit(SUITE, &COMMITTED);
    let signature = key().sign_blind(&commitment, b"header", &MESSAGES);
    (signature.unwrap(), blinding)
}

fn commit(suite: Suite, messages: &[Message<'_>]) -> (Commitment, Blinding) {
    Commitment::new(suite, messages).unwrap()
}

fn over<'a>(signature: &'a Signature, blinding: &'a Blinding) -> BlindSigned<'a> {
    BlindSigned {
        signature,
        header: b"header",
        messages: &MESSAGES,
        committed: &COMMITTED,
        blinding,
    }
}

/// A proof that discloses the second message of each list, and what it shows.
fn proof() -> (Proof, BlindShown<'static>) {
    let (signature, blinding) = signed();
    let disclosed = Disclosed {
        messages: &[1],
        committed: &[1],
    };
    let key = key();
    let proof = key
        .public_key()
        .prove_blind(&over(&signature, &blinding), b"nonce", &disclosed);
    let shown = BlindShown {
        header: b"header",
        count: 2,
        messages: &[(1, MESSAGES[1])],
        committed: &[(1, COMMITTED[1])],
    };
    (proof.unwrap(), shown)
}

fn with(bytes: &[u8], place: usize, part: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[place..place + part.len()].copy_from_slice(part);
    changed
}

#[test]
fn a_commitment_is_not_read_with_a_point_or_scalar_not_of_the_group() {
    let good = commit(SUITE, &COMMITTED).0.to_bytes();
    for (point, fault) in bad_points() {
        let refused = Commitment::from_bytes(&with(&good, 0, &point)).err();
        assert_eq!(refused, Some(Error::Commitment(fault)));
    }
    for scalar in bad_scalars() {
        for place in (48..good.len()).step_by(32) {
            let refused = Commitment::from_bytes(&with(&good, place, &scalar)).err();
            assert_eq!(refused, Some(Error::Commitment(Fault::ScalarRange)));
        }
    }
}

#[test]
fn a_commitment_is_not_read_truncated_extended_or_too_long() {
    let good = commit(SUITE, &COMMITTED).0.to_bytes();
    let refused = |bytes: &[u8]| Commitment::from_bytes(bytes).err();
    for length in (0..good.len()).filter(|length| *length != 112 && *length != 144) {
        let length = refused(&good[..length]);
        assert_eq!(length, Some(Error::Commitment(Fault::Length)));
    }
    for more in [1, 31, 33] {
        let longer = [&good[..], &vec![1; more]].concat();
        assert_eq!(refused(&longer), Some(Error::Commitment(Fault::Length)));
    }
    let scalar = [&[0; 31][..], &[1]].concat();
    let longest = [&good[..48], &scalar.repeat(MAX_MESSAGES + 1)].concat();
    assert_eq!(refused(&longest), None);
    let longer = [longest, scalar].concat();
    assert_eq!(refused(&longer), Some(Error::Commitment(Fault::Length)));
}

/// With one response less or more it is another commitment, for which the proof does not hold.
#[test]
fn a_commitment_to_another_number_of_messages_is_not_signed() {
    let good = commit(SUITE, &COMMITTED).0.to_bytes();
    let shorter = [&good[..good.len() - 64], &good[good.len() - 32..]].concat();
    let longer = [&good[..80], &good[48..]].concat();
    for bytes in [shorter, longer] {
        let commitment = Commitment::from_bytes(&bytes).unwrap();
        let refused = key().sign_blind(&commitment, b"", &MESSAGES).err();
        assert_eq!(refused, Some(Error::WrongCommitment));
    }
}

#[test]
fn no_bit_of_a_commitment_may_change() {
    let good = commit(SUITE, &COMMITTED[..1]).0.to_bytes();
    for bit in 0..good.len() * 8 {
        let mut changed = good.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let signature = Commitment::from_bytes(&changed)
            .and_then(|commitment| key().sign_blind(&commitment, b"", &[]));
        assert!(signature.is_err(), "bit {bit}");
    }
}

#[test]
fn a_commitment_of_another_suite_is_not_signed() {
    let (commitment, _) = commit(Suite::Shake256, &COMMITTED);
    let refused = key().sign_blind(&commitment, b"", &MESSAGES).err();
    assert_eq!(refused, Some(Error::WrongCommitment));
}

#[test]
fn a_blinding_is_a_scalar_other_than_zero() {
    for bytes in bad_scalars() {
        let refused = Blinding::from_bytes(&bytes).err();
        assert_eq!(refused, Some(Error::Blinding(Fault::ScalarRange)));
    }
    let (_, blinding) = signed();
    let read = Blinding::from_bytes(&blinding.to_bytes()).unwrap();
    assert_eq!(read.to_bytes(), blinding.to_bytes());
}

#[test]
fn a_blind_signature_verifies_over_what_was_signed_only() {
    let (signature, blinding) = signed();
    let (_, another) = commit(SUITE, &COMMITTED);
    let good = over(&signature, &blinding);
    let key = key();
    let verify = |signed: &BlindSigned<'_>| key.public_key().verify_blind(signed);
    assert_eq!(verify(&good), Ok(()));
    let swapped = [COMMITTED[1], COMMITTED[0]];
    let first = [MESSAGES[0], MESSAGES[1], COMMITTED[0]];
    for wrong in [
        BlindSigned {
            header: b"",
            ..good
        },
        BlindSigned {
            blinding: &another,
            ..good
        },
        BlindSigned {
            committed: &swapped,
            ..good
        },
        BlindSigned {
            messages: &COMMITTED,
            committed: &MESSAGES,
            ..good
        },
        BlindSigned {
            committed: &COMMITTED[..1],
            ..good
        },
        BlindSigned {
            messages: &first,
            committed: &COMMITTED[1..],
            ..good
        },
    ] {
        assert_eq!(verify(&wrong), Err(Error::WrongSignature));
    }
    let messages = [&MESSAGES[..], &COMMITTED].concat();
    let verdict = key.public_key().verify(&signature, b"header", &messages);
    assert_eq!(verdict, Err(Error::WrongSignature));
}

#[test]
fn a_blind_proof_shows_what_it_was_made_for_only() {
    let (proof, good) = proof();
    let key = key();
    let verify = |shown: &BlindShown<'_>, nonce: &[u8]| {
        let key = key.public_key();
        key.verify_blind_proof(&proof, shown, nonce)
    };
    assert_eq!(verify(&good, b"nonce"), Ok(()));
    assert_eq!(verify(&good, b""), Err(Error::WrongProof));
    for wrong in [
        BlindShown {
            header: b"",
            ..good
        },
        BlindShown { count: 3, ..good },
        BlindShown { count: 4, ..good },
        BlindShown { count: 5, ..good },
        BlindShown {
            count: usize::MAX,
            ..good
        },
        BlindShown {
            messages: &[(1, COMMITTED[1])],
            ..good
        },
        BlindShown {
            messages: &[(0, MESSAGES[1])],
            ..good
        },
        BlindShown {
            committed: &[(1, MESSAGES[1])],
            ..good
        },
        BlindShown {
            committed: &[(0, COMMITTED[1])],
            ..good
        },
        BlindShown {
            committed: &[],
            ..good
        },
    ] {
        let refused = verify(&wrong, b"nonce");
        assert!(
            matches!(refused, Err(Error::WrongProof | Error::IndexOutOfRange)),
            "{refused:?}"
        );
    }
    // What a proof of a signature that is not blind is verified with.
    let shown = [(1, MESSAGES[1]), (4, COMMITTED[1])];
    let verdict = key
        .public_key()
        .verify_proof(&proof, b"header", b"nonce", &shown);
    assert_eq!(verdict, Err(Error::WrongProof));
}

#[test]
fn disclosed_indexes_ascend_and_exist_in_each_list() {
    let (signature, blinding) = signed();
    let (proof, good) = proof();
    let key = key();
    let key = key.public_key();
    for (indexes, refused) in [
        (&[1, 0][..], Error::IndexesNotAscending),
        (&[1, 1], Error::IndexesNotAscending),
        (&[2], Error::IndexOutOfRange),
        (&[0, usize::MAX], Error::IndexOutOfRange),
    ] {
        let shown: Vec<_> = indexes.iter().map(|index| (*index, MESSAGES[0])).collect();
        for (disclosed, shown) in [
            (
                Disclosed {
                    messages: indexes,
                    committed: &[],
                },
                BlindShown {
                    messages: &shown,
                    committed: &[],
                    ..good
                },
            ),
            (
                Disclosed {
                    messages: &[],
                    committed: indexes,
                },
                BlindShown {
                    messages: &[],
                    committed: &shown,
                    ..good
                },
            ),
        ] {
            let made = key.prove_blind(&over(&signature, &blinding), b"nonce", &disclosed);
            assert_eq!(made.err(), Some(refused));
            let verdict = key.verify_blind_proof(&proof, &shown, b"nonce");
            assert_eq!(verdict, Err(refused));
        }
    }
}

/// What blinds the commitment counts as one.
#[test]
fn one_message_too_many_committed_ones_included_is_refused_everywhere() {
    let many = [MESSAGES[0]; MAX_MESSAGES];
    let refused = Some(Error::TooManyMessages);
    assert_eq!(Commitment::new(SUITE, &many).err(), refused);
    let (commitment, blinding) = commit(SUITE, &many[..10]);
    let key = key();
    let signature = key.sign_blind(&commitment, b"", &many[..MAX_MESSAGES - 10]);
    assert_eq!(signature.err(), refused);
    let (signature, _) = signed();
    let signed = BlindSigned {
        messages: &many[..MAX_MESSAGES - 10],
        committed: &many[..10],
        ..over(&signature, &blinding)
    };
    let issuer = key.public_key();
    assert_eq!(issuer.verify_blind(&signed).err(), refused);
    let proof_of_many = issuer.prove_blind(&signed, b"", &Disclosed::default());
    assert_eq!(proof_of_many.err(), refused);
    let shown: Vec<_> = many.iter().copied().enumerate().collect();
    let (proof, good) = proof();
    let shown = BlindShown {
        count: MAX_MESSAGES,
        messages: &shown,
        ..good
    };
    assert_eq!(
        issuer.verify_blind_proof(&proof, &shown, b"").err(),
        refused
    );
}

#[test]
fn nothing_committed_no_messages_and_the_most_are_legal() {
    let key = key();
    let issuer = key.public_key();
    let most = [MESSAGES[0]; MAX_MESSAGES - 11];
    for (messages, committed) in [(&[][..], &[][..]), (&most, &most[..10])] {
        let (commitment, blinding) = commit(SUITE, committed);
        let commitment = Commitment::from_bytes(&commitment.to_bytes()).unwrap();
        let signature = key.sign_blind(&commitment, b"", messages).unwrap();
        let signed = BlindSigned {
            signature: &signature,
            header: b"",
            messages,
            committed,
            blinding: &blinding,
        };
        assert_eq!(issuer.verify_blind(&signed), Ok(()));
        let proof = issuer.prove_blind(&signed, b"", &Disclosed::default());
        let proof = Proof::from_bytes(&proof.unwrap().to_bytes()).unwrap();
        let shown = BlindShown {
            header: b"",
            count: messages.len(),
            messages: &[],
            committed: &[],
        };
        assert_eq!(issuer.verify_blind_proof(&proof, &shown, b""), Ok(()));
    }
}

#[test]
fn two_commitments_to_the_same_share_no_part() {
    let [one, other] = [(); 2].map(|()| commit(SUITE, &COMMITTED).0.to_bytes());
    assert_eq!(one.len(), other.len());
    for place in (0..one.len()).step_by(16) {
        assert_ne!(one[place..place + 16], other[place..place + 16]);
    }
}
