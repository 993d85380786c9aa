//! What the two suites of the draft differ in: hashing, and names.

use shake::Shake256;
use shake::digest::{ExtendableOutput, Update, XofReader};
use zeroize::Zeroizing;

use crate::Scalar;
use crate::curve::{Affine, Uniform, expand_message_sha_256, map_to_point};

/// A suite of the draft (section 7.2). It is never guessed from bytes: keys, signatures and proofs of one do not say so and
/// do not verify in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Suite {
    /// BLS12-381-SHA-256, the suite of the W3C's bbs-2023.
    Sha256,
    /// BLS12-381-SHAKE-256.
    Shake256,
}

impl Suite {
    /// The `api_id` of the draft: the suite's name and how messages and generators are made.
    pub(crate) fn api_id(self) -> &'static [u8] {
        match self {
            Self::Sha256 => b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_",
            Self::Shake256 => b"BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_H2G_HM2S_",
        }
    }

    /// A domain separation tag: the `api_id` and what it is for.
    pub(crate) fn tag(self, purpose: &str) -> Vec<u8> {
        [self.api_id(), purpose.as_bytes()].concat()
    }

    /// `expand_message` (RFC 9380 5.3) under a tag of at most 255 bytes.
    pub(crate) fn expand(self, message: &[u8], tag: &[u8], output: &mut [u8]) {
        match self {
            Self::Sha256 => expand_message_sha_256(message, tag, output),
            Self::Shake256 => {
                let mut hash = Shake256::default();
                hash.update(message);
                // No output here has more than 255 · 48 bytes, no tag more than 255.
                hash.update(&(output.len() as u16).to_be_bytes());
                hash.update(tag);
                hash.update(&[tag.len() as u8]);
                hash.finalize_xof().read(output);
            }
        }
    }

    /// `hash_to_scalar` of the draft.
    pub(crate) fn hash_to_scalar(self, message: &[u8], tag: &[u8]) -> Scalar {
        let mut uniform = Zeroizing::new([0; 48]);
        self.expand(message, tag, &mut *uniform);
        Scalar::reduce(&uniform)
    }

    /// `hash_to_curve` for G1 (RFC 9380 3).
    pub(crate) fn hash_to_point(self, message: &[u8], tag: &[u8]) -> Affine {
        let mut uniform = Uniform([0; 128]);
        self.expand(message, tag, &mut uniform.0);
        map_to_point(&uniform)
    }
}
