//! Where a secret ends.
//!
//! The gate for constant time (`tests/constant_time.rs`) marks secrets, and whatever is computed from them stays marked.
//! [`published`] takes the mark away. It stands where a value goes out by the draft; where the outcome of the operation, which
//! the caller learns, is decided; and where `verify` hands the pairing two points that are blinded as those of a proof are. That
//! they are, the gate cannot see: `tests/blinding.rs` tests it. In what ships it does nothing.

/// The value, no secret any more.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn published<T>(value: T) -> T {
    value
}

#[cfg(test)]
pub(crate) use crate::tests::valgrind::published;
