//! Requests to valgrind, in whose memcheck a secret is memory without a value: a branch or an address that depends on it is
//! an error. Outside valgrind, and on other machines than x86-64, a request does nothing.
#![allow(unsafe_code)]

use core::mem::size_of_val;

/// `RUNNING_ON_VALGRIND`.
const RUNNING: usize = 0x1001;
/// `COUNT_ERRORS`.
const ERRORS: usize = 0x1201;
/// `MAKE_MEM_UNDEFINED` and `MAKE_MEM_DEFINED` of memcheck ("MC").
const UNDEFINED: usize = 0x4d43_0001;
const DEFINED: usize = 0x4d43_0002;

/// A request by the sequence of valgrind.h, which is no operation for a processor.
fn request(request: usize, address: usize, length: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let arguments = [request, address, length, 0, 0, 0];
        let mut answer = 0_usize;
        // SAFETY: four rotations by 128 bits in all and an exchange of a register with itself change nothing but flags;
        // valgrind reads the six words and writes the answer. Memory's contents stay.
        unsafe {
            core::arch::asm!(
                "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
                in("rax") arguments.as_ptr(),
                inout("rdx") answer,
                in("rdi") 0_usize,
            );
        }
        answer
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _nothing = (request, address, length);
        0
    }
}

pub(crate) fn is_running() -> bool {
    request(RUNNING, 0, 0) != 0
}

/// Errors reported so far.
pub(crate) fn errors() -> usize {
    request(ERRORS, 0, 0)
}

/// Marks what is there as secret, until it is [`published`].
pub(crate) fn mark_secret<T: ?Sized>(secret: &mut T) {
    request(
        UNDEFINED,
        (&raw mut *secret).cast::<u8>() as usize,
        size_of_val(secret),
    );
}

/// Takes the mark away; see `src/published.rs`.
pub(crate) fn published<T>(mut value: T) -> T {
    request(DEFINED, (&raw mut value) as usize, size_of_val(&value));
    value
}

/// blst multiplies by other instructions where the processor has ADX. Valgrind's has not, but knows them: this makes blst
/// believe in them, so that both ways are tested.
#[cfg(target_arch = "x86_64")]
pub(crate) fn pretend_adx() {
    unsafe extern "C" {
        static __blst_platform_cap: core::sync::atomic::AtomicI32;
    }
    // SAFETY: an `int` of blst's, written once before by its constructor and only read since. 1 stands for ADX.
    unsafe { &__blst_platform_cap }.store(1, core::sync::atomic::Ordering::Relaxed);
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn pretend_adx() {}
