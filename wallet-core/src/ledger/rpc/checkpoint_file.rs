//! A checkpoint as a file or server hands it out, with proofs that earlier blocks are among those it commits to.

use super::RpcError;
use crate::json::{self, Limits};
use crate::ledger::LedgerError;
use crate::ledger::bundle::BlockEvidence;
use crate::order;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most bytes of a file.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A signed checkpoint, and inclusion proofs of earlier blocks by their number. Nothing of it is verified here: it is put
/// beside the headers it speaks of, for the trust policy.
///
/// `{"checkpoint": {…}, "inclusions": {"<number>": {…}, …}}`, the second member optional, or a signed checkpoint alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointFile {
    number: u64,
    checkpoint: Map<String, Value>,
    inclusions: BTreeMap<u64, Map<String, Value>>,
}

impl CheckpointFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`RpcError::Ledger`] for what is no strict JSON; [`RpcError::Encoding`] for anything that is not of the format.
    pub fn parse(text: &[u8]) -> Result<Self, RpcError> {
        let mut members = json::parse_object(text, Limits::bytes(MAX_BYTES))
            .map_err(|error| RpcError::Ledger(LedgerError::Json(error)))?;
        let (checkpoint, inclusions) = match members.shift_remove("checkpoint") {
            None => (std::mem::take(&mut members), None),
            Some(Value::Object(checkpoint)) => (checkpoint, members.shift_remove("inclusions")),
            Some(_) => return Err(RpcError::Encoding),
        };
        let number = checkpoint.get("number").and_then(Value::as_u64);
        let file = Self {
            number: number.ok_or(RpcError::Encoding)?,
            checkpoint,
            inclusions: inclusions.map_or(Ok(BTreeMap::new()), by_number)?,
        };
        match members.is_empty() {
            true => Ok(file),
            false => Err(RpcError::Encoding),
        }
    }

    /// The number of the checkpoint's block.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Puts what there is about the block of this number beside its header.
    pub(super) fn vouch(&self, number: u64, evidence: &mut BlockEvidence) {
        evidence.checkpoint = Some(self.checkpoint.clone());
        evidence.inclusion = self.inclusions.get(&number).cloned();
    }
}

fn by_number(inclusions: Value) -> Result<BTreeMap<u64, Map<String, Value>>, RpcError> {
    let Value::Object(inclusions) = inclusions else {
        return Err(RpcError::Encoding);
    };
    let one = |(number, proof): (String, Value)| match (number.parse(), proof) {
        (Ok(parsed), Value::Object(proof)) if format!("{parsed}") == number => Ok((parsed, proof)),
        _ => Err(RpcError::Encoding),
    };
    order::try_map(inclusions.into_iter().map(one))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloy_primitives::Bytes;

    #[test]
    fn a_checkpoint_comes_alone_or_with_proofs_of_earlier_blocks() {
        let alone = CheckpointFile::parse(br#"{"number": 7, "hash": "0x00"}"#).unwrap();
        let mut evidence = BlockEvidence::of(Bytes::new());
        alone.vouch(7, &mut evidence);
        assert_eq!(alone.number(), 7);
        assert!(evidence.checkpoint.is_some() && evidence.inclusion.is_none());

        let text = br#"{"checkpoint": {"number": 7}, "inclusions": {"3": {"leaf": 1}}}"#;
        let with_proofs = CheckpointFile::parse(text).unwrap();
        with_proofs.vouch(3, &mut evidence);
        assert!(evidence.inclusion.is_some());
        with_proofs.vouch(4, &mut evidence);
        assert!(evidence.inclusion.is_none());
    }

    #[test]
    fn what_is_no_checkpoint_file_is_refused() {
        for text in [
            "[]",
            "{}",
            r#"{"number": "7"}"#,
            r#"{"checkpoint": 7}"#,
            r#"{"checkpoint": {}}"#,
            r#"{"checkpoint": {"number": 7}, "inclusions": []}"#,
            r#"{"checkpoint": {"number": 7}, "inclusions": {"03": {}}}"#,
            r#"{"checkpoint": {"number": 7}, "inclusions": {"-3": {}}}"#,
            r#"{"checkpoint": {"number": 7}, "inclusions": {"3": []}}"#,
            r#"{"checkpoint": {"number": 7}, "more": 1}"#,
            r#"{"number": 7, "number": 8}"#,
        ] {
            assert!(CheckpointFile::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
