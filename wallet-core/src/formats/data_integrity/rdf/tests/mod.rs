#![allow(clippy::unwrap_used)]

mod rdfc10;
