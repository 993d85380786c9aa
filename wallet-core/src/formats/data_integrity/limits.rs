//! How much of a foreign credential is looked at. Anything larger is refused before it is worked on.

/// Most bytes of the whole text.
pub const MAX_TEXT: usize = 6 * 1024 * 1024;

/// Deepest nesting of the text.
pub const MAX_DEPTH: usize = 32;

/// Most claims that can be shown or withheld one by one.
pub const MAX_CLAIMS: usize = 1000;

/// Most mandatory pointers of a base proof.
pub const MAX_POINTERS: usize = 1000;

/// Most bytes of a proof value, decoded.
pub const MAX_PROOF_VALUE: usize = 256 * 1024;

/// Most seconds of leeway for the times of a credential.
pub const MAX_LEEWAY: u32 = 60;
