//! What `Db::read` and `Db::read_snapshot` promise.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use battala_store::{DbError, Engine, args, sql};
use futures_util::FutureExt as _;

use crate::support::{TEST_SCHEMA, TestDb, all_things, both, eventually, insert_thing, things};

both! {
    async fn a_reader_cannot_write(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        let outcome = reader
            .execute(sql!("INSERT INTO things (id, name) VALUES (1, 'a')"), args![])
            .await;
        assert!(outcome.is_err(), "{outcome:?}");
        drop(reader);
        assert_eq!(things(&db).await, [0; 0]);
    }

    async fn a_reader_sees_each_commit(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        for id in 1..=3 {
            db.write(move |tx| Box::pin(insert_thing(tx, id))).await.unwrap();
            assert_eq!(all_things(&mut reader).await.unwrap().len(), usize::try_from(id).unwrap());
        }
    }

    async fn a_snapshot_keeps_the_state_of_its_first_read(db: TestDb) {
        let mut snapshot = db.read_snapshot().await.unwrap();
        assert_eq!(all_things(&mut snapshot).await.unwrap(), [0; 0]);
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        assert_eq!(all_things(&mut snapshot).await.unwrap(), [0; 0]);
        drop(snapshot);
        assert_eq!(things(&db).await, [1]);
    }

    async fn an_error_does_not_spoil_a_reader(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        assert!(reader.execute(sql!("DELETE FROM things"), args![]).await.is_err());
        assert_eq!(all_things(&mut reader).await.unwrap(), [0; 0]);
    }

    async fn reads_that_are_given_up_leave_no_transaction_open(db: TestDb) {
        for round in 0..200_u64 {
            let given_up = async {
                let mut snapshot = db.read_snapshot().await?;
                all_things(&mut snapshot).await
            };
            give_up_after(round % 40, given_up).await;
        }
        // Every connection that the pool may hand out sees what is new.
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        let mut readers = Vec::new();
        for _ in 0..4 {
            let mut reader = db.read().await.unwrap();
            assert_eq!(all_things(&mut reader).await.unwrap(), [1]);
            readers.push(reader);
        }
        drop(readers);
        assert_no_open_transaction(&db).await;
    }

    async fn writes_that_are_given_up_leave_no_transaction_open(db: TestDb) {
        let committed = Arc::new(AtomicU64::new(0));
        for round in 0..200_i64 {
            let count = Arc::clone(&committed);
            let given_up = db.write_with(
                move |tx| Box::pin(insert_thing(tx, round)),
                move |_| {
                    count.fetch_add(1, Ordering::SeqCst);
                },
            );
            give_up_after(round.unsigned_abs() % 40, given_up).await;
        }
        // Comes after all of them, on either engine.
        db.close().await;
        let db = battala_store::Db::open_with_migrations(&db.options, &TEST_SCHEMA).await.unwrap();
        let stored = things(&db).await.len() as u64;
        assert_eq!(committed.load(Ordering::SeqCst), stored);
        assert!(stored > 100, "only {stored} of 200 writes happened");
        assert_no_open_transaction(&db).await;
    }
}

/// Polls a future a few times, then drops it.
async fn give_up_after<T>(polls: u64, future: impl Future<Output = T>) {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        if future.as_mut().now_or_never().is_some() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn assert_no_open_transaction(db: &battala_store::Db) {
    if db.engine() == Engine::Sqlite {
        // A reader in a transaction would keep the log from being emptied.
        let (busy,): (i64,) = db
            .write(|tx| Box::pin(async move { tx.fetch_one(sql!("SELECT 0"), args![]).await }))
            .await
            .map_err(|error: DbError| error)
            .unwrap();
        assert_eq!(busy, 0);
        return;
    }
    let open = sql!(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() ",
        "AND state LIKE 'idle in transaction%'"
    );
    eventually(async || {
        let mut reader = db.read().await.unwrap();
        reader.fetch_one::<i64>(open, args![]).await.unwrap() == 0
    })
    .await;
}

/// Time stands still but for the one timer.
#[tokio::test]
async fn a_request_that_finds_no_reader_is_refused() {
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    let mut held = Vec::new();
    while let Some(reader) = db.read().now_or_never() {
        held.push(reader.unwrap());
    }
    while held.len() < 64 {
        match tokio::time::timeout(std::time::Duration::from_millis(200), db.read()).await {
            Ok(reader) => held.push(reader.unwrap()),
            Err(_) => break,
        }
    }
    tokio::time::pause();
    let refused = db.read().await.err();
    assert!(matches!(refused, Some(DbError::Busy(_))), "{refused:?}");
    held.pop();
    assert!(db.read().await.is_ok());
}
