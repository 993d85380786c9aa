//! Tests of the format as a whole.
#![allow(clippy::unwrap_used)]

mod issuer;
mod issuer_key;
mod legacy;
mod mapping;
mod presenting;
mod verifying;

use super::{JwtVc, JwtVcCredential, JwtVcError, VerifyPolicy};
use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use serde_json::Value;

/// A time at which the drafts of [`issuer::Draft`] are valid.
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn verify(draft: &issuer::Draft) -> Result<JwtVcCredential, JwtVcError> {
    JwtVc::parse(&draft.sign())?.verify(&issuer::issuer_key(), &VerifyPolicy::at(NOW))
}

fn refused(draft: &issuer::Draft) -> JwtVcError {
    verify(draft).err().expect("this must be refused")
}

fn to_json(paths: &[ClaimPath]) -> Vec<Value> {
    paths.iter().map(ClaimPath::to_json).collect()
}
