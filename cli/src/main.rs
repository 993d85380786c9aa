//! A holder wallet in a terminal.
fn main() {}
