//! How much of a foreign JSON-LD document is looked at.

/// Most objects inside one another.
pub const MAX_DEPTH: usize = 32;

/// Most contexts a document names.
pub const MAX_CONTEXTS: usize = 8;

/// Most types of one object.
pub const MAX_TYPES: usize = 32;
