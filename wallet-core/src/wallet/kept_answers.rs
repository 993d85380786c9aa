//! Answers of issuers that came and could not be verified yet: how much of them is kept, and when no longer.

use super::deferred::{only_promises, promises};
use super::delete::remove_key;
use super::integrity::has_secret;
use super::records::{KeyRecord, PendingRecord, RecordName};
use super::store::{self, Batch, Stored};
use crate::error::{ErrorCode, WalletError};
use crate::issuance::KeptDeferred;
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};

/// Most bytes of answers that came and could not be verified yet, all together: two large cards. All of them are read to
/// find one.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Most such answers.
const MAX_ANSWERS: usize = 16;

/// Whether there is room for the answer in a promise, beside those of the others.
pub(super) fn require_room(
    db: &Database,
    id: Option<&RecordName>,
    kept: &KeptDeferred,
) -> Result<(), WalletError> {
    let Some(bytes) = kept.answer_bytes() else {
        return Ok(());
    };
    let mut others = promises(db)?;
    others.retain(|promise| Some(&promise.name) != id);
    let others: Vec<_> = others
        .iter()
        .filter_map(|promise| promise.value.issuance.answer_bytes())
        .collect();
    match others.len() < MAX_ANSWERS && others.iter().sum::<usize>() + bytes <= MAX_ANSWER_BYTES {
        true => Ok(()),
        false => Err(WalletError::new(ErrorCode::TooLarge).about("deferred")),
    }
}

/// Ends the promises whose answer is here. In a store put back from an older copy it may have been kept and shown already:
/// the same copies would come again, unused. What is damaged stays so.
pub(super) fn end_answered(
    db: &Database,
    batch: &mut Batch,
    random: &dyn Random,
) -> Result<(), WalletError> {
    let pending: Vec<Stored<PendingRecord>> = store::list_readable(db, RecordKind::PENDING)?;
    for promise in only_promises(pending) {
        if promise.value.issuance.answer_bytes().is_none() {
            continue;
        }
        for name in &promise.value.keys {
            let key: Result<Stored<KeyRecord>, _> = store::get(db, name);
            if let Some(key) = key.ok().filter(|key| has_secret(db, &key.value)) {
                remove_key(db, batch, &key, random)?;
            }
        }
        batch.delete(&promise.name)?;
    }
    Ok(())
}
