//! BLS12-381 by `blst`: the only place of this crate with `unsafe`.
//!
//! Every call passes references to values of the very types that blst declares, and slices with their own lengths; blst
//! keeps no pointer, and no state but what it asked the processor before `main` (`__blst_platform_cap`). Names say what may be secret: what takes a secret runs in constant time.
#![allow(unsafe_code)]

mod multiply;
mod pairing;
mod point;
mod scalar;

pub(crate) use multiply::{Table, multiply_public, multiply_secret};
pub(crate) use pairing::{G2, pairings_agree};
pub(crate) use point::{Affine, Point, normalise};
pub use scalar::Scalar;

use blst::{
    blst_expand_message_xmd, blst_fp, blst_fp_from_be_bytes, blst_map_to_g1, blst_p1,
    blst_p1_affine, blst_p1_to_affine,
};

/// `expand_message_xmd` with SHA-256 (RFC 9380 5.3.1). Constant time in the message; its length is public.
///
/// An output of whole blocks of 32 bytes is aligned as [`Uniform`] is.
pub(crate) fn expand_message_sha_256(message: &[u8], tag: &[u8], output: &mut [u8]) {
    debug_assert!(output.len() <= 255 * 32 && tag.len() <= 255);
    debug_assert!(!output.len().is_multiple_of(32) || output.as_ptr().cast::<u64>().is_aligned());
    // SAFETY: each pointer comes with the length of its slice; `output` is exclusive. blst reads blocks back from it as
    // words if it has whole ones only: the one such output is a `Uniform`, which is aligned. Others blst copies.
    unsafe {
        blst_expand_message_xmd(
            output.as_mut_ptr(),
            output.len(),
            message.as_ptr(),
            message.len(),
            tag.as_ptr(),
            tag.len(),
        );
    }
}

/// 128 uniform bytes, aligned for blst to read them as words.
#[repr(align(16))]
pub(crate) struct Uniform(pub(crate) [u8; 128]);

/// The end of `hash_to_curve` for G1 (RFC 9380 3): 128 uniform bytes to a point nobody knows a multiple of. No one has ever
/// met the point at infinity here. Not constant time.
pub(crate) fn map_to_point(uniform: &Uniform) -> Affine {
    let (mut one, mut other) = (blst_fp::default(), blst_fp::default());
    let (mut point, mut affine) = (blst_p1::default(), blst_p1_affine::default());
    let (left, right) = uniform.0.split_at(64);
    // SAFETY: two halves of 64 bytes, read by length; outputs are exclusive.
    unsafe {
        blst_fp_from_be_bytes(&mut one, left.as_ptr(), left.len());
        blst_fp_from_be_bytes(&mut other, right.as_ptr(), right.len());
        blst_map_to_g1(&mut point, &one, &other);
        blst_p1_to_affine(&mut affine, &point);
    }
    Affine(affine)
}
