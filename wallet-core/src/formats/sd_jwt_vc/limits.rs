//! How much of a foreign SD-JWT is looked at. Anything larger is refused before it is decoded.

/// Most bytes of the whole text, so that 5 MB fit; shown encrypted they fit a record (docs/adr/15).
pub const MAX_TEXT: usize = 6 * 1024 * 1024;

/// Most disclosures.
pub const MAX_DISCLOSURES: usize = 1000;

/// Most claims, counting members and elements at every depth. Whoever asks for all elements of an array selects each of
/// them by its path, so a text of [`MAX_TEXT`] full of small numbers would cost gigabytes.
pub const MAX_CLAIMS: usize = 5000;

/// Most disclosures that lie within each other (RFC 9901 4.2.6).
pub const MAX_RECURSION: usize = 16;

/// Deepest nesting of one JSON text, and of the claims put together.
pub const MAX_DEPTH: usize = 32;

/// Most seconds of leeway for `exp` and `nbf`.
pub const MAX_LEEWAY: u32 = 60;
