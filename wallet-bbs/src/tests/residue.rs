//! What of the blinding stays behind in freed memory: a spy lies under all tests of the library and looks at blocks given back
//! while a test of this thread asks for it.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use super::ietf::Mocked;
use crate::message::scalars;
use crate::proof::ProofInput;
use crate::random::Random;
use crate::suite::Draft;
use crate::{Commitment, Message, Scalar, SecretKey, Suite};

thread_local! {
    /// What is looked for.
    static SECRET: Cell<Option<[u64; 4]>> = const { Cell::new(None) };
    /// How many blocks were given back with it.
    static DIRTY: Cell<usize> = const { Cell::new(0) };
}

struct Spy;

// SAFETY: every call is passed on to `System`; growing is the trait's own: a new block, and the old one given back.
unsafe impl GlobalAlloc for Spy {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that all of a block may be looked at when it comes back.
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        if let Some(secret) = SECRET.get() {
            // SAFETY: the block is still allocated, and was initialised above.
            let block = unsafe { std::slice::from_raw_parts(start, layout.size()) };
            let secret = secret.map(u64::to_ne_bytes);
            if block
                .windows(32)
                .any(|bytes| bytes == secret.as_flattened())
            {
                DIRTY.set(DIRTY.get() + 1);
            }
        }
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(start, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Spy = Spy;

/// Blocks given back with this scalar in them while `run` runs.
fn dirty_frees<T>(secret: &Scalar, run: impl FnOnce() -> T) -> usize {
    SECRET.set(Some(secret.limbs()));
    DIRTY.set(0);
    let result = run();
    SECRET.set(None);
    drop(result);
    DIRTY.get()
}

#[test]
fn proving_leaves_no_random_scalar_behind() {
    let suite = Suite::Sha256;
    let key = SecretKey::generate(suite, &[7; 32], b"").unwrap();
    let messages = [Message::Bytes(b"m"); 40];
    let signature = key.sign(b"", &messages).unwrap();
    let input = ProofInput {
        signature: &signature,
        header: b"",
        presentation_header: b"",
        messages: &messages,
        disclosed: &[],
    };
    let mut scalars = Mocked::new(suite, 45);
    let scalars: Vec<_> = (0..45).map(|_| scalars.scalar().unwrap()).collect();
    for secret in &scalars {
        let prove = || {
            key.public_key()
                .prove_blinded_by(&mut Mocked::new(suite, 45), &input)
        };
        assert_eq!(dirty_frees(secret, || prove().unwrap()), 0);
    }
    // What the spy is for: a list that grows.
    let grown = || {
        let mut list = Vec::new();
        scalars.iter().for_each(|scalar| list.push(scalar.clone()));
        list
    };
    assert!(dirty_frees(&scalars[0], grown) > 0);
}

#[test]
fn committing_leaves_no_scalar_behind() {
    let interface = Suite::Sha256.interface(Draft::Blind);
    let messages: Vec<_> = (0..40_u8).map(|byte| vec![byte; 20]).collect();
    let messages: Vec<_> = messages.iter().map(|text| Message::Bytes(text)).collect();
    let mut random = Mocked::new(Suite::Sha256, 42);
    let mut secrets: Vec<_> = (0..42).map(|_| random.scalar().unwrap()).collect();
    secrets.extend(scalars(interface, &messages));
    for secret in &secrets {
        let commit = || {
            let mut random = Mocked::new(Suite::Sha256, 42);
            let scalars = scalars(interface, &messages);
            Commitment::over(&mut random, interface, &scalars).unwrap()
        };
        assert_eq!(dirty_frees(secret, commit), 0);
    }
}

#[cfg(feature = "draft-pseudonym")]
#[test]
fn secrets_of_pseudonyms_are_not_left_behind() {
    use core::num::NonZeroUsize;

    use crate::pseudonym::Occasion;
    use crate::{BlindSigned, Disclosed, ProverNyms, PseudonymRevision, SignerNymEntropy};

    let secrets = NonZeroUsize::new(20).unwrap();
    let revision = PseudonymRevision::Draft03 { secrets };
    let parts: Vec<_> = (1..=20_u8).map(|byte| [byte; 32]).collect();
    let key = SecretKey::generate(Suite::Sha256, &[7; 32], b"").unwrap();
    let issuer = key.public_key();
    let run = || {
        let nyms = ProverNyms::from_bytes(revision, parts.as_flattened());
        let nyms = nyms.unwrap();
        let entropy = SignerNymEntropy::from_bytes(&[30; 32]).unwrap();
        let (commitment, blinding) = Commitment::with_nym(Suite::Sha256, &[], &nyms).unwrap();
        let signature = key.sign_blind_with_nym(&commitment, revision, &entropy, b"", &[]);
        let signed = BlindSigned {
            signature: &signature.unwrap(),
            header: b"",
            messages: &[],
            committed: &[],
            blinding: &blinding,
        };
        let secrets = nyms.with_entropy(&entropy);
        issuer.verify_with_nym(&signed, &secrets).unwrap();
        let occasion = Occasion {
            context: b"context",
            presentation_header: b"",
        };
        let mut random = Mocked::new(Suite::Sha256, 26);
        let disclosed = Disclosed::default();
        let proof = issuer.prove_with_nym_by(&mut random, &signed, &secrets, &occasion, &disclosed);
        proof.unwrap();
        drop(nyms.to_bytes());
    };
    // What is made once and kept is not looked for.
    run();
    let last = Scalar::from_bytes(&parts[19]).unwrap();
    let last = last.plus(&Scalar::from_bytes(&[30; 32]).unwrap());
    let parts = parts.iter().map(|part| Scalar::from_bytes(part).unwrap());
    let mut random = Mocked::new(Suite::Sha256, 26);
    let random = (0..26).map(|_| random.scalar().unwrap());
    for secret in parts.chain([last]).chain(random) {
        assert_eq!(dirty_frees(&secret, run), 0);
    }
}
