//! How much of a foreign credential is looked at. Anything larger is refused before it is worked on.

/// Most bytes of the whole text.
pub const MAX_TEXT: usize = 6 * 1024 * 1024;

/// Most claims: each is shown to the holder, since none can be withheld.
pub const MAX_CLAIMS: usize = 1000;

/// Most bytes of the names of all claims, with those of what they lie in.
pub const MAX_NAMES: usize = 256 * 1024;

/// Most seconds of leeway for the times of a credential.
pub const MAX_LEEWAY: u32 = 60;

/// Seconds a presentation is good for.
pub const PRESENTATION_SECONDS: i64 = 300;
