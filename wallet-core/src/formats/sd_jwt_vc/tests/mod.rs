//! Tests of the format as a whole. Vectors are in `test-fixtures/vectors/sd-jwt`.
#![allow(clippy::unwrap_used)]

mod form;
mod garbage;
pub(super) mod issuer;
mod issuer_key;
mod key_binding;
pub(super) mod network;
mod presenting;
mod structure;
mod vectors;
mod verifying;

use super::{SdJwt, SdJwtError, SdJwtVc, VerifyPolicy};
use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use serde_json::Value;

/// A time at which the drafts of [`issuer::Draft`] are valid.
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Why the structure of `text` is refused.
fn refusal(text: &str) -> SdJwtError {
    SdJwt::parse(text).err().expect("this must be refused")
}

pub(super) fn verify(text: &str) -> Result<SdJwtVc, SdJwtError> {
    SdJwt::parse(text)?.verify(&issuer::issuer_key(), &VerifyPolicy::at(NOW))
}

pub(super) fn path(json: &Value) -> ClaimPath {
    ClaimPath::from_json(json).unwrap()
}

fn to_json(paths: &[ClaimPath]) -> Vec<Value> {
    paths.iter().map(ClaimPath::to_json).collect()
}
