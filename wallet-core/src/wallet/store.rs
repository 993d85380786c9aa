//! Typed records on top of the vault's bytes.

use super::records::{RecordName, decode, encode};
use crate::error::WalletError;
use crate::random::Random;
use crate::secret::SecretBytes;
use crate::vault::database::{Changes, Database, EachRecord, Record, RecordId, RecordKind};
use serde::{Serialize, de::DeserializeOwned};

/// Version of the layout of all records of [`super::records`].
const SCHEMA: u16 = 1;

/// A record as it was read, with what is needed to write it back.
#[derive(Clone)]
pub(crate) struct Stored<T> {
    pub(crate) name: RecordName,
    pub(crate) value: T,
    version: u64,
    schema: u16,
}

impl<T> Stored<T> {
    /// The same record by what is in it; `None` where it is something else.
    pub(crate) fn filter_map<U>(self, read: impl FnOnce(T) -> Option<U>) -> Option<Stored<U>> {
        Some(Stored {
            value: read(self.value)?,
            name: self.name,
            version: self.version,
            schema: self.schema,
        })
    }
}

/// A new record name.
pub(crate) fn make_name(random: &dyn Random) -> Result<RecordName, WalletError> {
    RecordId::make(random).map(|id| RecordName::of(&id))
}

impl<T: DeserializeOwned> Stored<T> {
    fn read(record: &Record) -> Result<Self, WalletError> {
        let name = RecordName::of(&record.id);
        Ok(Self {
            value: decode(&record.body).map_err(|error| error.about(name.as_str()))?,
            name,
            version: record.version,
            schema: record.schema,
        })
    }
}

/// Reads one record.
pub(crate) fn get<T: DeserializeOwned>(
    db: &Database,
    name: &RecordName,
) -> Result<Stored<T>, WalletError> {
    Stored::read(&db.get(&name.id()?)?)
}

/// Reads all records of a kind.
pub(crate) fn list<T: DeserializeOwned>(
    db: &Database,
    kind: RecordKind,
) -> Result<Vec<Stored<T>>, WalletError> {
    db.list(kind)?.iter().map(Stored::read).collect()
}

/// Reads all records of a kind that can be read; damaged ones are left out. For what must go on without them.
pub(crate) fn list_readable<T: DeserializeOwned>(
    db: &Database,
    kind: RecordKind,
) -> Result<Vec<Stored<T>>, WalletError> {
    Ok(readable(db.list_each(kind)?).collect())
}

/// A record that was read, or why it could not be.
pub(crate) type Each<T> = (RecordName, Result<Stored<T>, WalletError>);

/// Reads all records of a kind, with the reason in place of one that is damaged.
pub(crate) fn list_each<T: DeserializeOwned>(
    db: &Database,
    kind: RecordKind,
) -> Result<Vec<Each<T>>, WalletError> {
    let read = |(id, record): EachRecord| {
        let read = record.and_then(|record| Stored::read(&record));
        (RecordName::of(&id), read)
    };
    Ok(db.list_each(kind)?.into_iter().map(read).collect())
}

/// Those records that can be read.
pub(crate) fn readable<T: DeserializeOwned>(
    records: Vec<EachRecord>,
) -> impl Iterator<Item = Stored<T>> {
    let readable = |(_, record): EachRecord| Stored::read(&record.ok()?).ok();
    records.into_iter().filter_map(readable)
}

/// Reads a `Body` record.
pub(crate) fn body(db: &Database, name: &RecordName) -> Result<SecretBytes, WalletError> {
    Ok(db.get(&name.id()?)?.body)
}

/// Whether there is a record of this name, damaged or not.
pub(crate) fn is_there(db: &Database, name: &RecordName) -> Result<bool, WalletError> {
    db.contains(&name.id()?)
}

/// Deletes a record that may be missing.
pub(crate) fn delete_if_there(
    db: &Database,
    batch: &mut Batch,
    name: &RecordName,
) -> Result<(), WalletError> {
    match is_there(db, name)? {
        true => batch.delete(name),
        false => Ok(()),
    }
}

/// Changes that happen as a whole or not at all.
#[derive(Default)]
pub(crate) struct Batch(Changes);

impl Batch {
    pub(crate) fn insert<T: Serialize>(
        &mut self,
        kind: RecordKind,
        name: &RecordName,
        value: &T,
    ) -> Result<(), WalletError> {
        self.insert_encoded(kind, name, encode(value)?)
    }

    pub(crate) fn insert_body(
        &mut self,
        name: &RecordName,
        bytes: SecretBytes,
    ) -> Result<(), WalletError> {
        self.insert_encoded(RecordKind::BODY, name, bytes)
    }

    pub(crate) fn insert_encoded(
        &mut self,
        kind: RecordKind,
        name: &RecordName,
        bytes: SecretBytes,
    ) -> Result<(), WalletError> {
        self.0.insert(name.id()?, kind, SCHEMA, bytes);
        Ok(())
    }

    /// Writes a record back. A newer layout than ours keeps its number: we only changed members we know.
    pub(crate) fn update<T: Serialize>(&mut self, stored: &Stored<T>) -> Result<(), WalletError> {
        self.0.update(
            stored.name.id()?,
            stored.version,
            stored.schema.max(SCHEMA),
            encode(&stored.value)?,
        );
        Ok(())
    }

    pub(crate) fn delete(&mut self, name: &RecordName) -> Result<(), WalletError> {
        self.0.delete(name.id()?);
        Ok(())
    }

    pub(crate) fn into_changes(self) -> Changes {
        self.0
    }
}
