//! What must be refused, and with which error.
#![allow(clippy::unwrap_used)]

mod bad;

use bad::{ORDER, bad_points, bad_scalars};
use wallet_bbs::{
    Error, Fault, MAX_MESSAGES, Message, Proof, PublicKey, Scalar, SecretKey, Signature, Suite,
};

const SUITE: Suite = Suite::Sha256;

/// A point of G2 whose x is `real + i`.
fn g2(flags: u8, real: u8) -> [u8; 96] {
    let mut bytes = [0; 96];
    bytes[0] = flags;
    bytes[47] = 1;
    bytes[95] = real;
    bytes
}

fn key() -> SecretKey {
    SecretKey::generate(SUITE, &[1; 32], b"").unwrap()
}

fn signed() -> (SecretKey, Signature) {
    let key = key();
    let signature = key.sign(b"header", &MESSAGES).unwrap();
    (key, signature)
}

const MESSAGES: [Message<'_>; 3] = [
    Message::Bytes(b"one"),
    Message::Bytes(b"two"),
    Message::Bytes(b""),
];

fn proof(disclosed: &[usize]) -> Proof {
    let (key, signature) = signed();
    let key = key.public_key();
    let proof = key.prove(&signature, b"header", b"nonce", &MESSAGES, disclosed);
    proof.unwrap()
}

#[test]
fn a_signature_whose_point_is_not_of_the_group_is_refused() {
    let good = signed().1.to_bytes();
    for (point, fault) in bad_points() {
        let mut bytes = good.clone();
        bytes[..48].copy_from_slice(&point);
        assert_eq!(
            Signature::from_bytes(&bytes[..]).err(),
            Some(Error::Signature(fault))
        );
    }
}

#[test]
fn a_signature_whose_scalar_is_zero_or_too_large_is_refused() {
    for scalar in bad_scalars() {
        let mut bytes = signed().1.to_bytes();
        bytes[48..].copy_from_slice(&scalar);
        let expected = Error::Signature(Fault::ScalarRange);
        assert_eq!(Signature::from_bytes(&bytes[..]).err(), Some(expected));
    }
}

#[test]
fn a_signature_of_another_length_is_refused() {
    let mut bytes = signed().1.to_bytes().to_vec();
    bytes.push(0);
    for length in [0, 1, 48, 79, 81] {
        let expected = Error::Signature(Fault::Length);
        assert_eq!(
            Signature::from_bytes(&bytes[..length]).err(),
            Some(expected)
        );
    }
}

#[test]
fn a_proof_with_a_point_not_of_the_group_is_refused() {
    let good = proof(&[1]).to_bytes();
    for place in [0, 48, 96] {
        for (point, fault) in bad_points() {
            let mut bytes = good.clone();
            bytes[place..place + 48].copy_from_slice(&point);
            assert_eq!(Proof::from_bytes(&bytes).err(), Some(Error::Proof(fault)));
        }
    }
}

#[test]
fn a_proof_with_a_scalar_that_is_zero_or_too_large_is_refused() {
    let good = proof(&[1]).to_bytes();
    for place in (144..good.len()).step_by(32) {
        for scalar in bad_scalars() {
            let mut bytes = good.clone();
            bytes[place..place + 32].copy_from_slice(&scalar);
            let expected = Error::Proof(Fault::ScalarRange);
            assert_eq!(Proof::from_bytes(&bytes).err(), Some(expected));
        }
    }
}

#[test]
fn truncated_and_extended_proofs_are_refused() {
    let mut bytes = proof(&[1]).to_bytes();
    let whole = bytes.len();
    bytes.extend_from_slice(&[1; 64]);
    for length in 0..bytes.len() {
        let shown = [(1, MESSAGES[1])];
        let verdict = Proof::from_bytes(&bytes[..length]).and_then(|proof| {
            let key = key();
            key.public_key()
                .verify_proof(&proof, b"header", b"nonce", &shown)
        });
        let expected = match length {
            _ if length == whole => Ok(()),
            272 | 304 | 368 => Err(Error::WrongProof),
            _ => Err(Error::Proof(Fault::Length)),
        };
        // With one hidden message less, index 1 is still there; with none, it is not.
        let expected = match length {
            272 => Err(Error::IndexOutOfRange),
            _ => expected,
        };
        assert_eq!(verdict, expected, "{length}");
    }
}

#[test]
fn a_proof_that_hides_more_than_the_most_messages_is_refused() {
    let mut bytes = proof(&[]).to_bytes();
    bytes.truncate(272);
    bytes.resize(272 + 32 * (MAX_MESSAGES + 1), 1);
    assert_eq!(
        Proof::from_bytes(&bytes).err(),
        Some(Error::Proof(Fault::Length))
    );
}

#[test]
fn a_public_key_not_of_the_group_or_of_another_length_is_refused() {
    let mut infinity = [0; 96];
    infinity[0] = 0xc0;
    let good = key().public_key().to_bytes();
    let long = [&good[..], &[0]].concat();
    for (bytes, fault) in [
        (&g2(0x80, 6)[..], Fault::NotOnCurve),
        (&g2(0x80, 1), Fault::NotInSubgroup),
        (&infinity, Fault::Identity),
        (&g2(0x00, 1), Fault::Encoding),
        (&g2(0xc0, 1), Fault::Encoding),
        (&[], Fault::Length),
        (&good[..95], Fault::Length),
        (&long, Fault::Length),
    ] {
        let refused = PublicKey::from_bytes(SUITE, bytes).err();
        assert_eq!(refused, Some(Error::PublicKey(fault)));
    }
    assert_eq!(
        &PublicKey::from_bytes(SUITE, &good).unwrap(),
        key().public_key()
    );
}

#[test]
fn a_secret_key_that_is_zero_or_too_large_is_refused() {
    for bytes in bad_scalars() {
        let refused = SecretKey::from_bytes(SUITE, &bytes).err();
        assert_eq!(refused, Some(Error::SecretKey(Fault::ScalarRange)));
    }
    let mut largest = ORDER;
    largest[31] = 0;
    assert_eq!(
        *SecretKey::from_bytes(SUITE, &largest).unwrap().to_bytes(),
        largest
    );
}

#[test]
fn key_material_below_32_bytes_and_long_key_info_are_refused() {
    let generate = |material: &[u8], info: &[u8]| SecretKey::generate(SUITE, material, info).err();
    assert_eq!(generate(&[1; 31], b""), Some(Error::KeyMaterial));
    assert_eq!(generate(&[1; 32], &[0; 65_536]), Some(Error::KeyMaterial));
    assert_eq!(generate(&[1; 32], &[0; 65_535]), None);
}

#[test]
fn a_scalar_message_is_below_the_order_and_may_be_zero() {
    let refused = |bytes| Scalar::from_bytes(bytes).err();
    assert_eq!(refused(&ORDER), Some(Error::Scalar(Fault::ScalarRange)));
    assert_eq!(
        refused(&[0xff; 32]),
        Some(Error::Scalar(Fault::ScalarRange))
    );
    assert_eq!(refused(&[0; 32]), None);
}

#[test]
fn another_suite_refuses_the_signature_and_the_proof() {
    let (_, signature) = signed();
    let key = PublicKey::from_bytes(Suite::Shake256, &key().public_key().to_bytes()).unwrap();
    let verdict = key.verify(&signature, b"header", &MESSAGES);
    assert_eq!(verdict, Err(Error::WrongSignature));
    let verdict = key.verify_proof(&proof(&[1]), b"header", b"nonce", &[(1, MESSAGES[1])]);
    assert_eq!(verdict, Err(Error::WrongProof));
}

#[test]
fn one_message_too_many_is_refused_everywhere() {
    let (key, signature) = signed();
    let many = [MESSAGES[0]; MAX_MESSAGES + 1];
    let refused = Error::TooManyMessages;
    assert_eq!(key.sign(b"", &many).err(), Some(refused));
    let issuer = key.public_key();
    assert_eq!(issuer.verify(&signature, b"", &many), Err(refused));
    let proof_of_many = issuer.prove(&signature, b"", b"", &many, &[]);
    assert_eq!(proof_of_many.err(), Some(refused));
    let shown: Vec<_> = many[1..].iter().copied().enumerate().collect();
    let verdict = issuer.verify_proof(&proof(&[0, 1]), b"", b"", &shown);
    assert_eq!(verdict, Err(refused));
}

#[test]
fn disclosed_indexes_ascend_and_exist() {
    let (key, signature) = signed();
    let key = key.public_key();
    for (disclosed, refused) in [
        (&[1, 0][..], Error::IndexesNotAscending),
        (&[0, 2, 1], Error::IndexesNotAscending),
        (&[1, 1], Error::IndexesNotAscending),
        (&[3], Error::IndexOutOfRange),
        (&[0, usize::MAX], Error::IndexOutOfRange),
    ] {
        let made = key.prove(&signature, b"header", b"nonce", &MESSAGES, disclosed);
        assert_eq!(made.err(), Some(refused), "{disclosed:?}");
        let shown: Vec<_> = disclosed
            .iter()
            .map(|index| (*index, MESSAGES[0]))
            .collect();
        let as_many: Vec<_> = (0..disclosed.len()).collect();
        let verdict = key.verify_proof(&proof(&as_many), b"header", b"nonce", &shown);
        assert_eq!(verdict, Err(refused), "{disclosed:?}");
    }
}

#[test]
fn a_proof_shows_what_it_was_made_for_only() {
    let (key, _) = signed();
    let (key, proof) = (key.public_key(), proof(&[1]));
    let verify = |header: &[u8], nonce: &[u8], shown: (usize, Message<'_>)| {
        key.verify_proof(&proof, header, nonce, &[shown])
    };
    assert_eq!(verify(b"header", b"nonce", (1, MESSAGES[1])), Ok(()));
    for (header, nonce, shown) in [
        (&b""[..], &b"nonce"[..], (1, MESSAGES[1])),
        (b"header", b"", (1, MESSAGES[1])),
        (b"header", b"nonce", (0, MESSAGES[1])),
        (b"header", b"nonce", (2, MESSAGES[1])),
        (b"header", b"nonce", (1, MESSAGES[0])),
    ] {
        assert_eq!(verify(header, nonce, shown), Err(Error::WrongProof));
    }
}

#[test]
fn two_proofs_of_one_signature_share_no_part() {
    let (one, other) = (proof(&[1]).to_bytes(), proof(&[1]).to_bytes());
    assert_eq!(one.len(), other.len());
    for place in (0..one.len()).step_by(16) {
        assert_ne!(one[place..place + 16], other[place..place + 16]);
    }
}

#[test]
fn nothing_secret_is_printed() {
    let (key, signature) = signed();
    let scalar = Scalar::from_bytes(&[5; 32]).unwrap();
    let printed = format!("{key:?} {signature:?} {scalar:?}");
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    for secret in [&key.to_bytes()[..], &signature.to_bytes()[..], &[5; 32]] {
        assert!(!printed.contains(&hex(&secret[..8])), "{printed}");
    }
    assert!(printed.contains(&hex(&key.public_key().to_bytes())));
}

#[test]
fn no_message_empty_and_long_headers_are_legal_and_so_are_the_most_messages() {
    for suite in [Suite::Sha256, Suite::Shake256] {
        let key = SecretKey::random(suite).unwrap();
        let issuer = key.public_key();
        let most = [Message::Bytes(b"m"); MAX_MESSAGES];
        for (header, messages) in [
            (&[][..], &[][..]),
            (&[7; 100_000], &MESSAGES[..1]),
            (b"header", &most),
        ] {
            let signature = key.sign(header, messages).unwrap();
            assert_eq!(issuer.verify(&signature, header, messages), Ok(()));
            for disclosed in [vec![], (0..messages.len()).collect()] {
                let proof = issuer.prove(&signature, header, header, messages, &disclosed);
                let proof = Proof::from_bytes(&proof.unwrap().to_bytes()).unwrap();
                let shown: Vec<_> = disclosed
                    .iter()
                    .map(|index| (*index, messages[*index]))
                    .collect();
                assert_eq!(issuer.verify_proof(&proof, header, header, &shown), Ok(()));
            }
        }
    }
}

#[test]
fn threads_that_need_generators_at_once_agree() {
    let sign = |_| {
        std::thread::spawn(|| {
            let messages = [Message::Bytes(b"m"); 70];
            key().sign(b"", &messages).unwrap().to_bytes()
        })
    };
    let threads: Vec<_> = (0..4).map(sign).collect();
    let signatures: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert!(signatures.windows(2).all(|pair| pair[0] == pair[1]));
}
