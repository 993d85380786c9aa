//! aries-askar 0.4.6 with a raw key on SQLite, its own defaults (WAL, synchronous=FULL).

#[path = "../../common/workload.rs"]
#[allow(dead_code)]
mod workload;

use aries_askar::future::block_on;
use aries_askar::{Store, StoreKeyMethod};
use workload::*;

const PEER: &str = "askar";
const CATEGORY: &str = "credential";

async fn create(url: &str) -> Store {
    let key = Store::new_raw_key(Some(&[7; 32])).expect("key");
    Store::provision(url, StoreKeyMethod::RawKey, key, None, true)
        .await
        .expect("provision")
}

async fn open(url: &str) -> Store {
    let key = Store::new_raw_key(Some(&[7; 32])).expect("key");
    Store::open(url, Some(StoreKeyMethod::RawKey), key, None)
        .await
        .expect("open")
}

async fn insert(store: &Store, category: &str, first: usize, bodies: &[Vec<u8>]) {
    let mut transaction = store.transaction(None).await.expect("transaction");
    for (number, body) in (first..).zip(bodies) {
        transaction
            .insert(category, &number.to_string(), body, None, None)
            .await
            .expect("insert");
    }
    transaction.commit().await.expect("commit");
}

fn main() {
    let folder = tempfile::tempdir().expect("folder");
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let bodies = bodies(LARGE);
    block_on(async {
        let large = url("large.db");
        let store = create(&large).await;
        let clocks = start();
        for (batch, bodies) in bodies.chunks(PER_TRANSACTION).enumerate() {
            insert(&store, CATEGORY, batch * PER_TRANSACTION, bodies).await;
        }
        report(PEER, "insert_10000", clocks, 1);
        store.close().await.expect("close");

        let clocks = start();
        let store = open(&large).await;
        let mut session = store.session(None).await.expect("session");
        assert!(
            session
                .fetch(CATEGORY, "5", false)
                .await
                .expect("fetch")
                .is_some()
        );
        report(PEER, "open_10000", clocks, 1);

        let clocks = start();
        for number in reads() {
            let entry = session
                .fetch(CATEGORY, &number.to_string(), false)
                .await
                .expect("fetch")
                .expect("entry");
            assert_eq!(entry.value.len(), RECORD_BYTES);
        }
        report(PEER, "get_1000", clocks, 1);
        drop(session);

        let clocks = start();
        for (number, body) in bodies.iter().take(DURABLE).enumerate() {
            insert(&store, "single", number, std::slice::from_ref(body)).await;
        }
        report(PEER, "durable_100", clocks, 1);
        store.close().await.expect("close");

        let small = url("small.db");
        let store = create(&small).await;
        insert(&store, CATEGORY, 0, &bodies[..LISTED]).await;
        store.close().await.expect("close");

        let clocks = start();
        let store = open(&small).await;
        let mut session = store.session(None).await.expect("session");
        assert!(
            session
                .fetch(CATEGORY, "5", false)
                .await
                .expect("fetch")
                .is_some()
        );
        report(PEER, "open_500", clocks, 1);
        for work in ["list_500", "list_500_again"] {
            let clocks = start();
            let all = session
                .fetch_all(Some(CATEGORY), None, None, None, false, false)
                .await
                .expect("list");
            report(PEER, work, clocks, 1);
            assert_eq!(all.len(), LISTED);
        }
        drop(session);
        store.close().await.expect("close");
    });
}
