//! The library as it is built for apps has the wipe-on-free allocator. Linux says what is in freed memory; nobody else reads
//! it.
#![cfg(all(feature = "wipe-on-free", target_os = "linux"))]
#![allow(unsafe_code, clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::os::unix::fs::FileExt;
use wallet_ffi as _;

/// Larger than what an allocator notes down in a free block; small enough that it is not given to the system at once.
const LAYOUT: Layout = Layout::new::<[u8; 512]>();

#[test]
fn freed_memory_is_wiped_in_the_default_build() {
    let memory = File::open("/proc/self/mem").unwrap();
    let ours = (0..100).filter(|_| stays(&memory, &Global)).count();
    let systems = (0..100).filter(|_| stays(&memory, &System)).count();
    assert_eq!(ours, 0);
    // Otherwise the test sees nothing.
    assert!(systems > 50, "{systems}");
}

/// Whether a mark can still be read right after its memory was given back. Nothing is allocated in between.
fn stays(memory: &File, allocator: &impl GlobalAlloc) -> bool {
    // SAFETY: the layout is not empty; the block is written to while it is allocated, and given back once.
    let place = unsafe {
        let start = allocator.alloc(LAYOUT);
        start.write_bytes(0xA7, LAYOUT.size());
        std::hint::black_box(start);
        allocator.dealloc(start, LAYOUT);
        start.addr()
    };
    let mut freed = [0; LAYOUT.size()];
    memory.read_exact_at(&mut freed, place as u64).unwrap();
    freed.windows(64).any(|bytes| bytes == [0xA7; 64])
}

/// Whatever allocator this program has.
struct Global;

// SAFETY: every call is passed on as it came.
unsafe impl GlobalAlloc for Global {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        unsafe { std::alloc::alloc(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { std::alloc::dealloc(start, layout) };
    }
}
