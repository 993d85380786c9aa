//! What of a secret stays behind in freed memory. A spy allocator lies under everything; over it the wipe-on-free allocator
//! can be put in or left out. Run by `cargo test -p wallet-ffi --no-default-features --test residue`: the library's own
//! allocator must make room.
#![cfg(not(feature = "wipe-on-free"))]
#![allow(unsafe_code, clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use uniffi::{Lift, Lower, RustBuffer};
use wallet_ffi::allocator::WipeOnFree;
use wallet_ffi::{ClaimValue, Pin, Secret, UniFfiTag};

/// Twelve digits: a PIN, a claim's value and bytes at once.
const MARK: &[u8; 12] = b"739154820613";

/// How many blocks were given back with the mark in them.
static DIRTY: AtomicUsize = AtomicUsize::new(0);
static WIPE: AtomicBool = AtomicBool::new(false);

/// Looks at each block that is given back.
struct Spy;

// SAFETY: every call is passed on to `System` as it came.
unsafe impl GlobalAlloc for Spy {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that all of a block may be looked at when it comes back.
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: the block is still allocated, and was initialised above.
        let block = unsafe { std::slice::from_raw_parts(start, layout.size()) };
        if block.windows(MARK.len()).any(|bytes| bytes == MARK) {
            DIRTY.fetch_add(1, SeqCst);
        }
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(start, layout) };
    }
}

/// The spy, with the wiping over it or without.
struct Switch;

// SAFETY: both ways lead to the same allocator beneath.
unsafe impl GlobalAlloc for Switch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        unsafe { Spy.alloc(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe {
            match WIPE.load(SeqCst) {
                true => WipeOnFree(Spy).dealloc(start, layout),
                false => Spy.dealloc(start, layout),
            }
        }
    }
}

#[global_allocator]
static ALLOCATOR: Switch = Switch;

/// One way a secret takes between Kotlin and the core, and what it does there.
type Way = (&'static str, fn());

const WAYS: [Way; 5] = [
    ("a claim's value out", || {
        let text = String::from_utf8(MARK.to_vec()).unwrap();
        given_out(<ClaimValue as Lower<UniFfiTag>>::lower(ClaimValue::Text {
            text,
        }));
    }),
    ("a recovery code out", || {
        given_out(<Vec<u8> as Lower<UniFfiTag>>::lower(MARK.to_vec()));
    }),
    ("the input of the hardware key out", || {
        given_out(<Vec<u8> as Lower<UniFfiTag>>::lower(MARK.to_vec()));
    }),
    ("the output of the hardware key in", || {
        let output = <Vec<u8> as Lift<UniFfiTag>>::try_lift(taken_in()).unwrap();
        drop(zeroize::Zeroizing::new(output));
    }),
    ("a PIN that grows while it is copied", || {
        let mut typed = Vec::with_capacity(1);
        MARK.iter().for_each(|digit| typed.push(*digit));
        typed.reserve_exact(1_000);
        drop(typed);
    }),
];

/// One test, because the counter is everybody's.
#[test]
fn nothing_of_a_secret_stays_behind_with_the_allocator_and_something_without() {
    for (name, way) in WAYS {
        assert!(dirty_frees(false, way) > 0, "{name}: the spy sees nothing");
        assert_eq!(dirty_frees(true, way), 0, "{name}");
    }
    // A PIN comes in where it is and is copied once: clean even without.
    let typed: fn() = || {
        drop(Secret::new(MARK));
        drop(Pin::new(MARK).unwrap());
    };
    for wiping in [false, true] {
        assert_eq!(dirty_frees(wiping, typed), 0, "a PIN in");
    }
}

fn dirty_frees(wiping: bool, way: fn()) -> usize {
    WIPE.store(wiping, SeqCst);
    DIRTY.store(0, SeqCst);
    way();
    let dirty = DIRTY.load(SeqCst);
    WIPE.store(false, SeqCst);
    dirty
}

/// What Kotlin does with a buffer: it copies it and gives it back.
fn given_out(buffer: RustBuffer) {
    buffer.destroy();
}

/// The buffer Kotlin fills with the mark: its length, then its bytes.
fn taken_in() -> RustBuffer {
    let mut wire = Vec::with_capacity(16);
    wire.extend_from_slice(&12_i32.to_be_bytes());
    wire.extend_from_slice(MARK);
    RustBuffer::from_vec(wire)
}
