//! What `Db::read` and `Db::read_snapshot` promise.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use battala_store::{DatabaseUrl, Db, DbError, Engine, Options, args, sql};
use battala_testkit::patience;
use futures_util::FutureExt as _;
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::support::{
    ENDLESS, TEST_SCHEMA, TestDb, all_things, both, eventually, insert_thing, things,
};

both! {
    async fn what_the_database_refuses_is_told_with_its_code_and_no_line_of_its_source(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        let statement = sql!("SELECT id FROM nowhere");
        let refused = reader.fetch_one::<i64>(statement, args![]).await.unwrap_err();
        let told = refused.to_string();
        let code = match db.engine() {
            Engine::Sqlite => "(code 1)",
            Engine::Postgres => "(code 42P01)",
        };
        assert!(told.contains("nowhere") && told.ends_with(code), "{told}");
        assert!(!told.contains("at line"), "{told}");
    }


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

    async fn a_snapshot_in_which_nothing_was_read_leaves_no_transaction_open(db: TestDb) {
        for _ in 0..8 {
            drop(db.read_snapshot().await.unwrap());
            let mut snapshot = db.read_snapshot().await.unwrap();
            let statement = sql!("SELECT id FROM nowhere");
            assert!(snapshot.fetch_one::<i64>(statement, args![]).await.is_err());
        }
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        assert_eq!(things(&db).await, [1]);
        assert_no_open_transaction(&db.options).await;
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
        assert_no_open_transaction(&db.options).await;
    }

    async fn a_statement_that_takes_too_long_is_interrupted(db: TestDb) {
        db.close().await;
        let mut options = db.options.clone();
        options.statement_timeout = Duration::from_millis(500);
        let db = Db::open_with_migrations(&options, &TEST_SCHEMA).await.unwrap();
        for _ in 0..2 {
            let mut reader = db.read().await.unwrap();
            let slow = reader.fetch_one::<i64>(ENDLESS, args![]).await;
            assert!(matches!(slow, Err(DbError::Busy(_))), "{slow:?}");
            assert_eq!(all_things(&mut reader).await.unwrap(), [0; 0]);
            let slow = db.write(|tx| Box::pin(tx.fetch_one::<i64>(ENDLESS, args![]))).await;
            assert!(matches!(slow, Err(DbError::Busy(_))), "{slow:?}");
        }
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        db.close().await;
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
        assert_no_open_transaction(&db.options).await;
        db.close().await;
        let db = Db::open_with_migrations(&db.options, &TEST_SCHEMA).await.unwrap();
        let stored = things(&db).await.len() as u64;
        assert_eq!(committed.load(Ordering::SeqCst), stored);
        assert!(stored > 100, "only {stored} of 200 writes happened");
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

/// Asked from outside, with the pool still open. Waits for what is being ended.
async fn assert_no_open_transaction(options: &Options) {
    match &options.url {
        DatabaseUrl::Sqlite(path) => {
            let url = format!("sqlite:{}", path.display());
            let mut outside = SqliteConnection::connect(&url).await.unwrap();
            // Waits, for up to five seconds, until no reader needs the log.
            let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(RESTART)")
                .fetch_one(&mut outside)
                .await
                .unwrap();
            assert_eq!(busy, 0);
        }
        DatabaseUrl::Postgres(server) => {
            let mut outside = PgConnection::connect_with(server).await.unwrap();
            let open = "SELECT COUNT(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            eventually(async || {
                let (open,): (i64,) = sqlx::query_as(open).fetch_one(&mut outside).await.unwrap();
                open == 0
            })
            .await;
        }
    }
}

/// SQLite only: PostgreSQL's pool keeps such a connection back until the server's
/// own timeout ends the statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_read_that_is_given_up_does_not_hold_its_connection() {
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    for _ in 0..50 {
        let mut reader = db.read().await.unwrap();
        let slow = reader.fetch_one::<i64>(ENDLESS, args![]).now_or_never();
        assert!(slow.is_none());
        drop(reader);
        assert_eq!(things(&db).await, [0; 0]);
    }
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
        match tokio::time::timeout(patience(Duration::from_millis(200)), db.read()).await {
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
