//! "Database": the tables, a record, the root of the set.

use crate::Store;
use crate::primitives::{decrypt, hex, hkdf, hkdf_expand, hmac};
use rusqlite::Connection;
use std::collections::BTreeMap;

pub struct Database {
    conn: Connection,
    pub store: Vec<u8>,
    pub key_epoch: u64,
    pub sequence: u64,
    pub slots_sequence: u64,
    pub root: Vec<u8>,
    count: u64,
}

pub struct Record {
    pub kind: u64,
    pub schema: u64,
    pub version: u64,
    pub body: Vec<u8>,
}

/// A row of `record` or `manifest`.
struct Row {
    id: Vec<u8>,
    kind: u64,
    schema: u64,
    version: u64,
    key_epoch: u64,
    blob: Vec<u8>,
}

/// Big-endian.
fn bytes(number: u64, width: usize) -> Vec<u8> {
    number.to_be_bytes()[8 - width..].to_vec()
}

impl Database {
    pub fn open(store: &Store) -> Self {
        let conn = Connection::open(store.folder.path().join("store/vault.db")).unwrap();
        let pragma = |name: &str| -> i64 {
            conn.pragma_query_value(None, name, |row| row.get(0))
                .unwrap()
        };
        assert_eq!(pragma("application_id"), 0x776c_7431);
        assert_eq!(pragma("user_version"), 1);
        assert_eq!(pragma("page_size"), 8192);
        let objects = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";
        let objects: String = conn.query_row(objects, [], |row| row.get(0)).unwrap();
        assert_eq!(objects, "manifest,meta,record");
        let sql = "SELECT store, key_epoch, sequence, slots_sequence, count, root FROM meta";
        let read = conn.query_row(sql, [], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        });
        let (store, key_epoch, sequence, slots_sequence, count, root) = read.unwrap();
        Self {
            conn,
            store,
            key_epoch,
            sequence,
            slots_sequence,
            root,
            count,
        }
    }

    fn rows(&self, sql: &str) -> Vec<Row> {
        let mut statement = self.conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            Ok(Row {
                id: row.get(0)?,
                kind: row.get(1)?,
                schema: row.get(2)?,
                version: row.get(3)?,
                key_epoch: row.get(4)?,
                blob: row.get(5)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The records are the set that the root is over.
    pub fn check(&self, root: &[u8], slots_sequence: u64) {
        assert!(slots_sequence >= self.slots_sequence, "older slot files");
        let manifest = self.rows("SELECT id, kind, 0, version, 0, tag FROM manifest ORDER BY id");
        let records = self.rows(
            "SELECT r.id, r.kind, r.schema, r.version, r.key_epoch, r.blob FROM record r JOIN manifest m ON m.rowid = r.rowid ORDER BY r.id",
        );
        assert_eq!(self.count, manifest.len() as u64);
        assert_eq!(records.len(), manifest.len());
        for (record, line) in records.iter().zip(&manifest) {
            assert_eq!(record.id, line.id);
            assert_eq!((record.kind, record.version), (line.kind, line.version));
            assert!(
                record.blob.ends_with(&line.blob) && line.blob.len() == 16,
                "tag"
            );
        }
        let entries: Vec<u8> = manifest
            .iter()
            .flat_map(|line| {
                let fields = [
                    &line.id,
                    &bytes(line.kind, 2),
                    &bytes(line.version, 8),
                    &line.blob,
                ];
                fields.map(Vec::as_slice).concat()
            })
            .collect();
        let epoch = bytes(self.key_epoch, 4);
        let key = hkdf(Some(&self.store), root, &[b"wallet/v1/set-key", &epoch]);
        let expected = hmac(
            &key,
            &[
                b"wallet/v1/set-root",
                &bytes(1, 4),
                &self.store,
                &epoch,
                &bytes(self.sequence, 8),
                &bytes(self.slots_sequence, 8),
                &bytes(self.count, 8),
                &entries,
            ],
        );
        assert_eq!(self.root, expected);
    }

    /// Every record, decrypted, by its id in hexadecimal.
    pub fn records(&self, root: &[u8]) -> BTreeMap<String, Record> {
        let rows = self.rows("SELECT id, kind, schema, version, key_epoch, blob FROM record");
        let records = rows.into_iter().map(|row| {
            let epoch = bytes(row.key_epoch, 4);
            assert_eq!(row.key_epoch, self.key_epoch);
            let all = hkdf(Some(&self.store), root, &[b"wallet/v1/rec-root", &epoch]);
            let kind = bytes(row.kind, 2);
            let key = hkdf_expand(&all, &[b"wallet/v1/rec-key", &kind, &row.id]);
            let associated = [
                b"wallet/v1/rec-ad",
                &self.store[..],
                &row.id,
                &kind,
                &bytes(row.schema, 2),
                &bytes(row.version, 8),
                &epoch,
            ]
            .concat();
            let (nonce, sealed) = row.blob.split_at(24);
            let mut plain = decrypt(&key, nonce, sealed, &associated).unwrap();
            let step = if plain.len() <= 4096 { 256 } else { 1024 };
            assert_eq!(plain.len() % step, 0, "padded");
            let length = plain.split_off(plain.len() - 4);
            let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
            assert!(plain.split_off(length).iter().all(|byte| *byte == 0));
            let record = Record {
                kind: row.kind,
                schema: row.schema,
                version: row.version,
                body: plain,
            };
            (hex(&row.id), record)
        });
        records.collect()
    }
}
