//! Other crates used as oracles: see `tests/`.
#![forbid(unsafe_code)]
