//! Strict JSON: duplicate members refused, depth and size bounded, integers exact.
