#![allow(clippy::unwrap_used)]

mod canonical;
mod n_quads;
mod rdfc10;

use super::rdfc10::Hash;
use wallet_primitives::hash::sha384;

pub(crate) const SHA_384: Hash = |bytes| sha384(bytes).map(|byte| format!("{byte:02x}")).concat();
