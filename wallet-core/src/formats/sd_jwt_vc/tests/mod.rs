//! Tests of the format as a whole. Vectors are in `test-fixtures/vectors/sd-jwt`.
#![allow(clippy::unwrap_used)]

mod vectors;
