//! Tests of the format as a whole. Vectors are in `test-fixtures/vectors/vc-di-bbs` and `vc-di-ecdsa`.
#![allow(clippy::unwrap_used)]

mod dids;
mod ecdsa_2019;
mod hostile;
mod hostile_presentations;
mod issuer;
mod outer_proof;
mod pointers;
mod presenting;
mod smuggling;
mod traces;
mod vectors;

use super::*;
use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use serde_json::Value;

fn path(json: &Value) -> ClaimPath {
    ClaimPath::from_json(json).unwrap()
}
