//! Memory is wiped when it is given back. UniFFI's buffers, through which a PIN or a claim's value crosses, are not wiped by
//! whoever frees them; with this allocator nothing of them stays behind in freed memory.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{Ordering, compiler_fence};

/// An allocator that wipes what is given back to it, and then gives it back to `A`.
pub struct WipeOnFree<A>(pub A);

/// Overwrites memory so that the compiler may not leave it out.
///
/// # Safety
/// `start` must be valid for writing `length` bytes.
unsafe fn wipe(start: *mut u8, length: usize) {
    // SAFETY: the caller's promise.
    unsafe { start.write_bytes(0, length) };
    // Whoever looks at the pointer from here on may read the zeros.
    std::hint::black_box(start);
    compiler_fence(Ordering::SeqCst);
}

// SAFETY: every call is passed on to `A` with the arguments it came with, and memory is written to only while it is still
// allocated. `realloc` is the default one: allocate, copy, `dealloc`; the old place is wiped by the latter.
unsafe impl<A: GlobalAlloc> GlobalAlloc for WipeOnFree<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: `start` is a block of this layout that is still allocated; it is given back once.
        unsafe {
            wipe(start, layout.size());
            self.0.dealloc(start, layout);
        }
    }
}
