//! Other code as a judge of the wallet core: its tests exchange bytes only with independent crates, and [`parsers`] holds
//! what the fuzzer runs.

pub mod mutate;
pub mod parsers;
