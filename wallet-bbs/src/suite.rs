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

/// An interface of a suite: its name goes into every generator and hash, so that what was made in one means nothing in
/// another.
#[derive(Clone, Copy)]
pub(crate) struct Interface {
    pub(crate) suite: Suite,
    pub(crate) draft: Draft,
}

/// Who defines an interface.
#[derive(Clone, Copy)]
pub(crate) enum Draft {
    /// draft-irtf-cfrg-bbs-signatures.
    Plain,
    /// draft-irtf-cfrg-bbs-blind-signatures.
    Blind,
    /// draft-irtf-cfrg-bbs-per-verifier-linkability.
    #[cfg(feature = "draft-pseudonym")]
    Pseudonym,
}

impl Draft {
    /// How many there are.
    pub(crate) const COUNT: usize = 3;
}

impl Suite {
    pub(crate) fn interface(self, draft: Draft) -> Interface {
        let suite = self;
        Interface { suite, draft }
    }
}

impl Interface {
    /// The `api_id` of the drafts.
    pub(crate) fn id(self) -> String {
        let name = match self.draft {
            Draft::Plain => "H2G_HM2S_",
            Draft::Blind => "BLIND_H2G_HM2S_",
            #[cfg(feature = "draft-pseudonym")]
            Draft::Pseudonym => "H2G_HM2S_PSEUDONYM_",
        };
        [self.suite.id(), name].concat()
    }

    /// A domain separation tag: the `api_id` and what it is for.
    pub(crate) fn tag(self, purpose: &str) -> Vec<u8> {
        (self.id() + purpose).into_bytes()
    }

    /// `hash_to_scalar` under one of its tags.
    pub(crate) fn hash_to_scalar(self, message: &[u8], purpose: &str) -> Scalar {
        self.suite.hash_to_scalar(message, &self.tag(purpose))
    }
}

impl Suite {
    /// The `ciphersuite_id` of the draft.
    fn id(self) -> &'static str {
        match self {
            Self::Sha256 => "BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_",
            Self::Shake256 => "BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_",
        }
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
