//! aries-askar 0.4.6 with a raw key on SQLite, its own defaults (WAL, synchronous=FULL).

#[path = "../../shared/workload.rs"]
mod workload;

use aries_askar::future::block_on;
use aries_askar::{Store, StoreKeyMethod};
use workload::*;

const PEER: &str = "askar";
const CATEGORY: &str = "credential";

fn main() {
    let folder = tempfile::tempdir().expect("folder");
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let key = || Store::new_raw_key(Some(&[7; 32])).expect("key");
    block_on(async {
        let large = url("large.db");
        let store = Store::provision(&large, StoreKeyMethod::RawKey, key(), None, true).await.expect("provision");
        let start = std::time::Instant::now();
        for first in (0..LARGE).step_by(PER_TRANSACTION) {
            let mut transaction = store.transaction(None).await.expect("transaction");
            for number in first..first + PER_TRANSACTION {
                transaction.insert(CATEGORY, &number.to_string(), &body(number), None, None).await.expect("insert");
            }
            transaction.commit().await.expect("commit");
        }
        report(PEER, "insert_10000", start.elapsed());
        store.close().await.expect("close");

        let start = std::time::Instant::now();
        let store = Store::open(&large, Some(StoreKeyMethod::RawKey), key(), None).await.expect("open");
        let mut session = store.session(None).await.expect("session");
        assert!(session.fetch(CATEGORY, "5", false).await.expect("fetch").is_some());
        report(PEER, "open", start.elapsed());

        let start = std::time::Instant::now();
        for number in reads() {
            let entry = session.fetch(CATEGORY, &number.to_string(), false).await.expect("fetch").expect("entry");
            assert_eq!(entry.value.len(), RECORD_BYTES);
        }
        report(PEER, "get_1000", start.elapsed());
        drop(session);

        let start = std::time::Instant::now();
        for number in 0..DURABLE {
            let mut transaction = store.transaction(None).await.expect("transaction");
            transaction.insert("single", &number.to_string(), &body(number), None, None).await.expect("insert");
            transaction.commit().await.expect("commit");
        }
        report(PEER, "durable_100", start.elapsed());
        store.close().await.expect("close");

        let store =
            Store::provision(&url("small.db"), StoreKeyMethod::RawKey, key(), None, true).await.expect("provision");
        let mut transaction = store.transaction(None).await.expect("transaction");
        for number in 0..LISTED {
            transaction.insert(CATEGORY, &number.to_string(), &body(number), None, None).await.expect("insert");
        }
        transaction.commit().await.expect("commit");
        let mut session = store.session(None).await.expect("session");
        let start = std::time::Instant::now();
        let all = session.fetch_all(Some(CATEGORY), None, None, None, false, false).await.expect("list");
        report(PEER, "list_500", start.elapsed());
        assert_eq!(all.len(), LISTED);
        drop(session);
        store.close().await.expect("close");
    });
}
