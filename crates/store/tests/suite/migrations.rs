//! How a database reaches its schema, and when it is refused.

use battala_store::{Db, DbError, MIGRATIONS, Migration, Migrations, OpenError, args, sql};

use crate::support::{TEST_SCHEMA, TestDb, both, insert_thing, things};

const FIRST: Migration = TEST_SCHEMA.steps()[0];

const ADD: Migration = Migration {
    name: "0002_add",
    sqlite: "CREATE TABLE added (id INTEGER PRIMARY KEY); INSERT INTO added VALUES (1);",
    postgres: "CREATE TABLE added (id BIGINT PRIMARY KEY); INSERT INTO added VALUES (1);",
};

/// Fails in its last statement.
const BROKEN: Migration = Migration {
    name: "0002_broken",
    sqlite: "CREATE TABLE half (id INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES (1);",
    postgres: "CREATE TABLE half (id BIGINT PRIMARY KEY); INSERT INTO nowhere VALUES (1);",
};

/// Leaves a row that refers to nothing.
const DANGLING: Migration = Migration {
    name: "0002_dangling",
    sqlite: "INSERT INTO notes (thing_id, position) VALUES (99, 1);",
    postgres: "INSERT INTO notes (thing_id, position) VALUES (99, 1);",
};

const EDITED: Migration = Migration {
    name: FIRST.name,
    sqlite: "CREATE TABLE things (id INTEGER PRIMARY KEY);",
    postgres: FIRST.postgres,
};

async fn open(db: &TestDb, steps: &'static [Migration]) -> Result<Db, OpenError> {
    Db::open_with_migrations(&db.options, &Migrations::new(steps)).await
}

both! {
    async fn opening_again_changes_nothing(db: TestDb) {
        db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        for _ in 0..2 {
            db.close().await;
            let again = open(&db, &[FIRST]).await.unwrap();
            assert_eq!(things(&again).await, [1]);
            again.close().await;
        }
    }

    async fn new_steps_run_once_and_keep_what_is_there(db: TestDb) {
        db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        db.close().await;
        for _ in 0..2 {
            let newer = open(&db, &[FIRST, ADD]).await.unwrap();
            assert_eq!(things(&newer).await, [1]);
            let mut reader = newer.read().await.unwrap();
            let added: Vec<i64> = reader.fetch_all(sql!("SELECT id FROM added"), args![]).await.unwrap();
            assert_eq!(added, [1]);
            drop(reader);
            newer.close().await;
        }
    }

    async fn a_newer_schema_is_refused(db: TestDb) {
        db.close().await;
        open(&db, &[FIRST, ADD]).await.unwrap().close().await;
        let refused = open(&db, &[FIRST]).await.err().unwrap();
        assert!(matches!(&refused, OpenError::SchemaTooNew { .. }), "{refused:?}");
        let text = refused.to_string();
        assert!(text.contains("0002_add") && text.contains("0001_test"), "{text}");
    }

    async fn an_edited_step_is_refused(db: TestDb) {
        db.close().await;
        let refused = open(&db, &[EDITED]).await.err();
        assert!(matches!(refused, Some(OpenError::SchemaDiffers { .. })), "{refused:?}");
    }

    async fn a_step_that_fails_leaves_no_trace(db: TestDb) {
        db.close().await;
        for step in [&[FIRST, BROKEN], &[FIRST, DANGLING]] {
            let failed = open(&db, step).await.err();
            assert!(matches!(failed, Some(OpenError::Migration(..))), "{failed:?}");
        }
        // Its table would be in the way if it still existed.
        let repaired = open(&db, &[FIRST, Migration {
            name: "0002_half",
            sqlite: "CREATE TABLE half (id INTEGER PRIMARY KEY)",
            postgres: "CREATE TABLE half (id BIGINT PRIMARY KEY)",
        }]).await.unwrap();
        repaired.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_together_take_turns() {
    let db = TestDb::open(battala_store::Engine::Postgres, &TEST_SCHEMA).await;
    let starts = (0..4).map(|_| open(&db, &[FIRST, ADD]));
    for started in futures_util::future::join_all(starts).await {
        started.unwrap().close().await;
    }
}

#[test]
fn every_file_is_in_the_list() {
    let listed: Vec<String> = MIGRATIONS
        .steps()
        .iter()
        .map(|step| format!("{}.sql", step.name))
        .collect();
    for engine in ["sqlite", "postgres"] {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(files, listed, "{engine}");
    }
}

/// A constraint that is checked at COMMIT would fail a whole group of writes; on
/// SQLite `BIGINT PRIMARY KEY` is a second index beside the hidden row id.
#[test]
fn no_step_uses_what_the_engines_handle_badly() {
    for step in MIGRATIONS.steps() {
        for text in [step.sqlite, step.postgres] {
            assert!(!text.to_uppercase().contains("DEFERR"), "{}", step.name);
        }
        for line in step.sqlite.lines() {
            assert!(
                !line.contains("BIGINT PRIMARY KEY"),
                "{}: {line}",
                step.name
            );
        }
    }
}
