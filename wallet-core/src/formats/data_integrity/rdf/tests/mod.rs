#![allow(clippy::unwrap_used)]

mod canonical;
mod n_quads;
mod rdfc10;
