//! docs/vault-format.md read by someone who has nothing but it: the golden stores are opened, checked and decrypted with
//! cryptographic crates and SQLite, without a line of the wallet. What this needed and the document did not say was added
//! to the document.
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

mod anchor;
mod contents;
mod database;
mod primitives;
mod slots;

use database::Database;
use serde_json::Value;
use slots::{Roots, SlotFile};
use std::path::{Path, PathBuf};

/// A golden store, in a copy: SQLite may tidy up.
pub struct Store {
    pub folder: tempfile::TempDir,
    pub description: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/golden/v1")
}

impl Store {
    fn copy(name: &str) -> Self {
        let from = folder().join(name);
        let to = tempfile::tempdir().unwrap();
        for part in ["store", "anchor"] {
            std::fs::create_dir(to.path().join(part)).unwrap();
            for entry in std::fs::read_dir(from.join(part)).unwrap() {
                let path = entry.unwrap().path();
                let name = Path::new(part).join(path.file_name().unwrap());
                std::fs::copy(&path, to.path().join(name)).unwrap();
            }
        }
        let key = from.join("insecure.key");
        if key.exists() {
            std::fs::copy(key, to.path().join("insecure.key")).unwrap();
        }
        let text = std::fs::read(from.join("secrets.json")).unwrap();
        Self {
            folder: to,
            description: serde_json::from_slice(&text).unwrap(),
        }
    }

    fn all() -> impl Iterator<Item = (String, Self)> {
        let entries = std::fs::read_dir(folder()).unwrap();
        entries.map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            (name.clone(), Self::copy(&name))
        })
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    fn slots(&self) -> SlotFile {
        let bytes = self.read("store/slots.a");
        assert_eq!(bytes, self.read("store/slots.b"));
        SlotFile::parse(bytes)
    }

    /// The hardware key's function, if the store has one.
    pub fn prf(&self, alias: &str, input: &[u8; 32]) -> [u8; 32] {
        let text = String::from_utf8(self.read("insecure.key")).unwrap();
        let mut lines = text.lines();
        let header = "INSECURE software device key of the wallet, version 1";
        assert_eq!(lines.next(), Some(header));
        let key = lines
            .find_map(|line| line.strip_prefix(alias)?.strip_prefix(' '))
            .unwrap();
        primitives::hmac(&primitives::from_hex(key), &[input])
    }

    /// The root keys a secret gives; none if it opens no slot.
    fn roots(&self, slots: &SlotFile, way: &Value) -> Vec<Roots> {
        let secret = way["secret"].as_str().unwrap();
        slots.open(way["with"].as_str().unwrap(), secret, &|alias, x| {
            self.prf(alias, x)
        })
    }

    fn ways(&self) -> &[Value] {
        self.description["opens"].as_array().unwrap()
    }
}

#[test]
fn every_secret_leads_to_every_record() {
    let mut opened = 0;
    for (name, store) in Store::all() {
        let slots = store.slots();
        for way in store.ways() {
            let roots = store.roots(&slots, way);
            assert!(!roots.is_empty(), "{name}: {way}");
            let database = Database::open(&store);
            assert_eq!(database.store, slots.store);
            let root = roots
                .iter()
                .find_map(|roots| roots.get(&database.key_epoch));
            let Some(root) = root else {
                assert_eq!(
                    way["refused"], "wrong_secret",
                    "{name}: an old root key opens nothing"
                );
                continue;
            };
            for roots in &roots {
                if let Some(root) = roots.get(&slots.mac_epoch) {
                    slots.check_mac(root);
                }
            }
            database.check(root, slots.sequence);
            anchor::check(&store, &database, root);
            let found = database.records(root);
            let described = store.description["records"].as_array().unwrap();
            assert_eq!(found.len(), described.len(), "{name}");
            for known in described {
                let record = &found[known["id"].as_str().unwrap()];
                assert_eq!(known["kind"], record.kind);
                assert_eq!(known["schema"], record.schema);
                assert_eq!(known["version"], record.version);
                let digest = primitives::hex(&primitives::sha256(&[&record.body]));
                assert_eq!(known["sha256"], digest.as_str(), "{name}");
            }
            opened += 1;
        }
    }
    assert_eq!(opened, 13);
}

#[test]
fn from_a_passphrase_to_the_claims_of_a_card_and_back_along_the_history() {
    let mut cards = 0;
    for name in ["cards", "pin", "later"] {
        let store = Store::copy(name);
        let slots = store.slots();
        let roots = store.roots(&slots, &store.ways()[0]);
        let database = Database::open(&store);
        let records = database.records(&roots[0][&database.key_epoch]);
        let device_bound = slots.device_bound_key(&|alias, x| store.prf(alias, x));
        cards += contents::check_cards(&records, &store.description["holds"], device_bound);
        contents::check_history(&records, &store.description["holds"]);
    }
    assert_eq!(cards, 4);
}

#[test]
fn an_attempt_counter_is_authenticated_under_the_hardware_key_where_there_is_one() {
    for (_, store) in Store::all() {
        let slots = store.slots();
        let key = slots.attempts_key(&|alias, x| store.prf(alias, x));
        assert!(anchor::check_attempts(&store, &slots, key) > 0);
    }
}

#[test]
fn a_wrong_secret_fits_no_commitment() {
    let store = Store::copy("cards");
    let wrong = serde_json::json!({"with": "passphrase", "secret": "golden heron lantern pickle"});
    assert_eq!(store.roots(&store.slots(), &wrong).len(), 0);
}
