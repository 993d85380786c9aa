//! CBOR and COSE. The reader and the writer here are a few lines of our own from RFC 8949.

use super::fixture::WORLD;
use ed25519_dalek::Signer as _;
use std::collections::BTreeSet;
use wallet_core::cbor::{MAX_DEPTH, check};
use wallet_core::cose::CoseSign1;
use wallet_core::jose::PublicKey;

const MAX: usize = 64 * 1024;

/// What is taken is what the reader here takes: one item, definite, no key twice, not too deep.
pub(super) fn strict_cbor(input: &[u8]) {
    let is_taken = check(input, MAX).is_ok();
    let mut rest = input;
    let is_strict = item(&mut rest, MAX_DEPTH).is_some() && rest.is_empty();
    assert_eq!(is_taken, is_strict && input.len() <= MAX);
    if is_taken {
        assert!(check(&[input, &[0]].concat(), MAX).is_err());
        assert!(check(&input[..input.len() - 1], MAX).is_err());
    }
}

/// Major type, and the number in the head; additional information 31 is refused, and so are 28 to 30.
fn head(rest: &mut &[u8]) -> Option<(u8, u8, u64)> {
    let first = take(rest, 1)?[0];
    let additional = first & 31;
    let number = match additional {
        0..24 => u64::from(additional),
        24..28 => {
            let bytes = take(rest, 1 << (additional - 24))?;
            bytes
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte))
        }
        _ => return None,
    };
    Some((first >> 5, additional, number))
}

fn take<'a>(rest: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = left;
    Some(taken)
}

fn item(rest: &mut &[u8], depth: usize) -> Option<()> {
    let (major, additional, number) = head(rest)?;
    match major {
        0 | 1 => {}
        2 => _ = take(rest, number)?,
        3 => _ = core::str::from_utf8(take(rest, number)?).ok()?,
        4 => {
            let depth = depth.checked_sub(1)?;
            (0..number).try_for_each(|_| item(rest, depth))?;
        }
        5 => {
            let depth = depth.checked_sub(1)?;
            let mut keys = BTreeSet::new();
            for _ in 0..number {
                let (major, _, key) = head(rest)?;
                let text = match major {
                    0 | 1 => &[],
                    3 => take(rest, key)?,
                    _ => return None,
                };
                core::str::from_utf8(text).ok()?;
                keys.insert((major, if major == 3 { 0 } else { key }, text.to_vec()))
                    .then_some(())?;
                item(rest, depth)?;
            }
        }
        6 => item(rest, depth.checked_sub(1)?)?,
        // A simple value in two bytes is at least 32.
        _ if additional == 24 && number < 32 => return None,
        _ => {}
    }
    Some(())
}

/// Any bytes as a COSE_Sign1; and the input as length of the protected header, that header and the payload, signed: what is
/// read is the payload, and verifies for the signer and these bytes only.
pub(super) fn cose(input: &[u8]) {
    let signer = WORLD.signer_public();
    if let Ok(cose) = CoseSign1::parse(input, MAX) {
        assert!(cose.verify(&signer, &[]).is_err(), "nobody signed that");
    }
    let (length, rest) = input.split_first().unwrap_or((&0, &[]));
    let (protected, payload) = rest.split_at(usize::from(*length).min(rest.len()));
    let message = sign1(protected, &[0xA0], payload);
    let Ok(cose) = CoseSign1::parse(&message, 2 * MAX) else {
        return;
    };
    assert_eq!(cose.payload(), payload);
    let is_eddsa = cose.algorithm().as_str() == "EdDSA";
    assert_eq!(cose.verify(&signer, &[]).is_ok(), is_eddsa);
    let other = PublicKey::Ed25519(WORLD.authority.verifying_key());
    assert!(
        cose.verify(&other, &[]).is_err(),
        "verified with another key"
    );
    assert!(cose.verify(&signer, b"a").is_err(), "other data was signed");
    let mut changed = message;
    *changed.last_mut().unwrap() ^= 1;
    let changed = CoseSign1::parse(&changed, 2 * MAX).unwrap();
    assert!(changed.verify(&signer, &[]).is_err());
}

/// A tagged COSE_Sign1 of the signer (RFC 9052 4.2, 4.4); `unprotected` is a map in CBOR.
pub(super) fn sign1(protected: &[u8], unprotected: &[u8], payload: &[u8]) -> Vec<u8> {
    let (protected, payload) = (bytes(protected), bytes(payload));
    let context = [&[0x84], &*text("Signature1")].concat();
    let to_be_signed = [context, protected.clone(), bytes(&[]), payload.clone()].concat();
    let signature = WORLD.signer.sign(&to_be_signed).to_bytes();
    let signature = bytes(&signature);
    [
        &[0xD2, 0x84],
        &*protected,
        unprotected,
        &payload,
        &signature,
    ]
    .concat()
}

/// A byte string.
pub(super) fn bytes(content: &[u8]) -> Vec<u8> {
    string(2, content)
}

/// A text.
pub(super) fn text(content: &str) -> Vec<u8> {
    string(3, content.as_bytes())
}

/// With the shortest head, as what is signed must have (RFC 9052 9).
fn string(major: u8, content: &[u8]) -> Vec<u8> {
    let major = major << 5;
    let mut item = match u16::try_from(content.len()) {
        Ok(length @ 0..24) => vec![major | length.to_be_bytes()[1]],
        Ok(length @ 24..256) => vec![major | 24, length.to_be_bytes()[1]],
        Ok(length) => [&[major | 25], length.to_be_bytes().as_slice()].concat(),
        Err(_) => {
            let length = u32::try_from(content.len()).unwrap().to_be_bytes();
            [&[major | 26], length.as_slice()].concat()
        }
    };
    item.extend(content);
    item
}
