//! What a later version wrote survives this one.

use super::*;
use serde_json::json;
use showing::{Accepting, show};
use wallet_core::vault::database::RecordKind;
use wallet_core::vault::{Keep, Passphrase, Vault};

/// The records of a kind as JSON; those that are none as text.
fn values(vault: &Vault, kind: RecordKind) -> Vec<(u16, Value)> {
    let list = vault.with_database(|db| {
        let records = db.list(kind)?.into_iter();
        let value = |body: &[u8]| {
            serde_json::from_slice(body)
                .unwrap_or_else(|_| String::from_utf8(body.to_vec()).unwrap().into())
        };
        Ok::<_, WalletError>(
            records
                .map(|record| (record.schema, value(&record.body)))
                .collect::<Vec<_>>(),
        )
    });
    list.unwrap()
}

/// Everything the later version wrote is there, in its layout.
fn assert_kept(vault: &Vault) {
    let kinds = [
        RecordKind::PROFILE,
        RecordKind::CREDENTIAL,
        RecordKind::COPY,
        RecordKind::KEY,
        RecordKind::TRUST_STATE,
    ];
    for kind in kinds {
        let found = values(vault, kind);
        assert_eq!(found.len(), 1, "{kind:?}");
        assert_eq!(found[0].0, 2, "{kind:?}");
        assert_eq!(
            found[0].1["from_later"],
            json!({"kept": [1, "두", null]}),
            "{kind:?}"
        );
    }
    // The entry the later version wrote; ours follow it.
    let history = values(vault, RecordKind::HISTORY);
    let theirs = history
        .iter()
        .filter(|(_, entry)| entry["from_later"].is_object());
    assert_eq!(theirs.count(), 1);
    assert_eq!(
        values(vault, shape::LATER_KIND),
        [(7, json!("not even JSON"))]
    );
    let todo = json!({"todo": "something_later", "until": 4_102_444_800_i64});
    assert!(values(vault, RecordKind::PENDING).contains(&(2, todo)));
}

#[test]
fn unknown_kinds_and_members_survive_a_showing_a_clearing_up_and_a_rotation() {
    let golden = Golden::read("later");
    let copy = golden.copy();
    let wallet = copy.open_with(Arc::new(Accepting)).unwrap();
    let way = &golden.ways()[0];
    block_on(wallet.unlock(secret(way))).unwrap();
    // Changes the copy, the end of the history, and reads the key and the card.
    show(&wallet, "licence_number").unwrap();
    block_on(wallet.do_pending()).unwrap();
    let vault = copy.place.vault(golden.clock()).unwrap();
    block_on(vault.unlock(secret(way))).unwrap();
    assert_eq!(values(&vault, RecordKind::COPY)[0].1["uses"], 1);
    assert_kept(&vault);

    let old = way["secret"].as_str().unwrap().as_bytes();
    let new = b"another golden sentence nobody uses elsewhere";
    let passphrase = Passphrase::new(new).unwrap();
    block_on(wallet.change_passphrase(old, &passphrase, Keep::default())).unwrap();
    let vault = copy.place.vault(golden.clock()).unwrap();
    block_on(vault.unlock(UnlockWith::Passphrase(new))).unwrap();
    assert_kept(&vault);
}

#[test]
fn a_deleted_entry_of_a_later_version_stays_one_link_of_the_chain() {
    let golden = Golden::read("later");
    let copy = golden.copy();
    let (wallet, _) = copy.unlock(&golden.ways()[0]).unwrap();
    let entry = wallet.history().unwrap().items.remove(0);
    wallet.delete_history(&entry.name).unwrap();
    let vault = copy.place.vault(golden.clock()).unwrap();
    block_on(vault.unlock(secret(&golden.ways()[0]))).unwrap();
    assert_kept(&vault);
    assert_eq!(
        wallet.history().unwrap().chain,
        wallet_core::wallet::ChainState::Intact
    );
}
