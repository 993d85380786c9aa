//! How much of a foreign dataset is looked at. Telling alike blank nodes apart can take time without end ("poison graphs",
//! RDFC-1.0 7.1): a credential needs next to nothing of what is allowed here.

/// Most bytes of one N-Quads text.
pub const MAX_TEXT: usize = 6 * 1024 * 1024;

/// Most quads of a dataset.
pub const MAX_QUADS: usize = 10_000;

/// Most orders of alike blank nodes that are tried, for the whole dataset.
pub const MAX_PERMUTATIONS: u32 = 4_000;

/// Most bytes written to tell alike blank nodes apart, counting a quad's as often as it is looked at.
pub const MAX_WORK: usize = 32 * 1024 * 1024;

/// Most alike blank nodes in a chain, each told by the next.
pub const MAX_CHAIN: usize = 64;
