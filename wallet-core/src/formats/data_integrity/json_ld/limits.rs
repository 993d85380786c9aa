//! How much of a foreign JSON-LD document is looked at.

/// Most objects inside one another.
pub const MAX_DEPTH: usize = 32;

/// Most contexts a document names.
pub const MAX_CONTEXTS: usize = 8;

/// Most bytes of the IRI of a subject, predicate or type.
pub const MAX_NAME: usize = 2048;

/// Most types of one object.
pub const MAX_TYPES: usize = 32;
