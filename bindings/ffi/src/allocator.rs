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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::alloc::System;
    use std::cell::Cell;

    /// The operating system's allocator; it looks at what is given back, and can be told to have nothing left.
    #[derive(Default)]
    struct Spy {
        wiped: Cell<usize>,
        dirty: Cell<usize>,
        is_exhausted: Cell<bool>,
    }

    // SAFETY: every call is passed on to `System`, or refused with null.
    unsafe impl GlobalAlloc for Spy {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            if self.is_exhausted.get() {
                return std::ptr::null_mut();
            }
            // SAFETY: the caller keeps the contract.
            unsafe { System.alloc(layout) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller keeps the contract.
            unsafe { System.alloc_zeroed(layout) }
        }

        unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
            // SAFETY: the block is still allocated, and was written to as a whole.
            let block = unsafe { std::slice::from_raw_parts(start, layout.size()) };
            let count = match block.iter().all(|byte| *byte == 0) {
                true => &self.wiped,
                false => &self.dirty,
            };
            count.set(count.get() + 1);
            // SAFETY: the caller keeps the contract.
            unsafe { System.dealloc(start, layout) };
        }
    }

    const SIZES: [usize; 6] = [1, 7, 16, 100, 4_096, 1_000_000];

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    /// A block full of 7.
    fn filled(allocator: &impl GlobalAlloc, size: usize) -> *mut u8 {
        // SAFETY: the layout is not empty, and all of the block is written.
        unsafe {
            let start = allocator.alloc(layout(size));
            assert!(!start.is_null());
            start.write_bytes(7, size);
            start
        }
    }

    #[test]
    fn what_is_given_back_is_wiped_as_a_whole() {
        let allocator = WipeOnFree(Spy::default());
        for size in SIZES {
            let start = filled(&allocator, size);
            // SAFETY: allocated just now with this layout.
            unsafe { allocator.dealloc(start, layout(size)) };
        }
        assert_eq!(allocator.0.wiped.get(), SIZES.len());
        assert_eq!(allocator.0.dirty.get(), 0);
    }

    #[test]
    fn the_spy_finds_what_is_not_wiped() {
        let spy = Spy::default();
        let start = filled(&spy, 100);
        // SAFETY: allocated just now with this layout.
        unsafe { spy.dealloc(start, layout(100)) };
        assert_eq!(spy.dirty.get(), 1);
    }

    #[test]
    fn a_block_that_grows_or_shrinks_keeps_its_bytes_and_the_old_place_is_wiped() {
        for (old, new) in [(16, 5_000), (5_000, 16), (100, 100)] {
            let allocator = WipeOnFree(Spy::default());
            let start = filled(&allocator, old);
            // SAFETY: allocated just now with the layout of `old`; the first bytes of the new block are copied ones.
            unsafe {
                let moved = allocator.realloc(start, layout(old), new);
                let kept = std::slice::from_raw_parts(moved, old.min(new));
                assert!(kept.iter().all(|byte| *byte == 7));
                assert_eq!((allocator.0.wiped.get(), allocator.0.dirty.get()), (1, 0));
                moved.write_bytes(7, new);
                allocator.dealloc(moved, layout(new));
            }
            assert_eq!((allocator.0.wiped.get(), allocator.0.dirty.get()), (2, 0));
        }
    }

    #[test]
    fn a_block_that_cannot_grow_stays_as_it_was() {
        let allocator = WipeOnFree(Spy::default());
        let start = filled(&allocator, 100);
        allocator.0.is_exhausted.set(true);
        // SAFETY: allocated just now with this layout; when growing fails the old block stays allocated.
        unsafe {
            assert!(allocator.realloc(start, layout(100), 5_000).is_null());
            let kept = std::slice::from_raw_parts(start, 100);
            assert!(kept.iter().all(|byte| *byte == 7));
            assert_eq!(allocator.0.wiped.get(), 0);
            allocator.dealloc(start, layout(100));
        }
        assert_eq!((allocator.0.wiped.get(), allocator.0.dirty.get()), (1, 0));
    }

    #[test]
    fn zeroed_memory_is_zero_and_is_wiped_like_any_other() {
        let allocator = WipeOnFree(Spy::default());
        // SAFETY: the layout is not empty; the block is used while it is allocated.
        unsafe {
            let start = allocator.alloc_zeroed(layout(4_096));
            let block = std::slice::from_raw_parts_mut(start, 4_096);
            assert!(block.iter().all(|byte| *byte == 0));
            block.fill(7);
            allocator.dealloc(start, layout(4_096));
        }
        assert_eq!((allocator.0.wiped.get(), allocator.0.dirty.get()), (1, 0));
    }
}
