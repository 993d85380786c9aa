//! What of the blinding stays behind in freed memory: a spy lies under all tests of the library and looks at blocks given back
//! while a test of this thread asks for it.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use super::ietf::Mocked;
use crate::proof::ProofInput;
use crate::random::Random;
use crate::{Message, Scalar, SecretKey, Suite};

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
