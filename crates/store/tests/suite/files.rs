//! SQLite's file: who may open it, with which settings, and what happens when it
//! breaks.

use std::{
    fs,
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use battala_store::{DatabaseUrl, Db, DbError, Engine, OpenError, Synchronous, args, sql};
use sqlx::{Connection as _, SqliteConnection};
use tokio::{sync::watch, task::JoinSet};

use crate::support::{TEST_SCHEMA, TestDb, all_things, insert_thing, things};

async fn open() -> TestDb {
    TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await
}

fn path(db: &TestDb) -> PathBuf {
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file");
    };
    path.clone()
}

/// Statistics of the first day make the plans of the first year: one message is then found by reading
/// all of them.
#[tokio::test]
async fn no_statistics_are_kept_and_those_of_earlier_versions_are_forgotten() {
    let db = open().await;
    db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1)))
        .await
        .unwrap();
    db.close().await;
    assert!(!has_statistics(&path(&db), None).await);
    assert!(has_statistics(&path(&db), Some("ANALYZE")).await);
    let again = Db::open_with_migrations(&db.options, &TEST_SCHEMA)
        .await
        .unwrap();
    again.close().await;
    assert!(!has_statistics(&path(&db), None).await);
}

/// After a statement, if one is to run before.
async fn has_statistics(path: &Path, before: Option<&'static str>) -> bool {
    let url = format!("sqlite:{}", path.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    if let Some(statement) = before {
        sqlx::query(statement).execute(&mut conn).await.unwrap();
    }
    let count = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'";
    let (count,): (i64,) = sqlx::query_as(count).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    count == 1
}

/// Names long enough for pages of their own, and short ones within a page.
#[tokio::test]
async fn what_was_deleted_is_in_no_file_after_a_clean_stop() {
    const CANARIES: i64 = 200;
    let db = open().await;
    let add = sql!("INSERT INTO things (id, name) VALUES ($1, $2)");
    for id in 0..CANARIES {
        let canary = format!("canary {id:04} ").repeat(if id % 2 == 0 { 300 } else { 4 });
        db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(add, args![id, canary]).await })
        })
        .await
        .unwrap();
    }
    for id in 0..CANARIES {
        // As a message, whose row stays, and as a row that goes.
        let clear = sql!("UPDATE things SET name = '' || id WHERE id = $1 AND id % 4 < 2");
        let remove = sql!("DELETE FROM things WHERE id = $1 AND id % 4 >= 2");
        db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                tx.execute(clear, args![id]).await?;
                tx.execute(remove, args![id]).await
            })
        })
        .await
        .unwrap();
    }
    db.close().await;
    for entry in fs::read_dir(path(&db).parent().unwrap()).unwrap() {
        let file = entry.unwrap().path();
        let content = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let left = content.matches("canary").count();
        assert_eq!(left, 0, "{}", file.display());
    }
}

#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    let db = open().await;
    db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1)))
        .await
        .unwrap();
    let directory = path(&db).parent().unwrap().to_owned();
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        [
            "battala.db",
            "battala.db-shm",
            "battala.db-wal",
            "battala.db.lock"
        ]
    );
}

#[tokio::test]
async fn a_file_has_one_process_whatever_path_leads_to_it() {
    let db = open().await;
    let mut options = db.options.clone();
    let link = path(&db).with_file_name("link.db");
    std::os::unix::fs::symlink(path(&db), &link).unwrap();
    options.url = DatabaseUrl::Sqlite(link);
    let refused = Db::open_with_migrations(&options, &TEST_SCHEMA).await.err();
    assert!(matches!(refused, Some(OpenError::Locked(_))), "{refused:?}");
    db.close().await;
    let again = Db::open_with_migrations(&options, &TEST_SCHEMA)
        .await
        .unwrap();
    again.close().await;
}

#[tokio::test]
async fn close_leaves_one_file_with_everything_in_it() {
    let db = open().await;
    db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1)))
        .await
        .unwrap();
    db.close().await;
    assert!(!path(&db).with_file_name("battala.db-wal").exists());
    let url = format!("sqlite:{}", path(&db).display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM things")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(count, 1);
}

/// Reads snapshot after snapshot, and ends none before another reader has begun one, if any does.
async fn overlapping(db: Arc<TestDb>, begun: watch::Sender<u64>) {
    loop {
        let mut snapshot = db.read_snapshot().await.unwrap();
        all_things(&mut snapshot).await.unwrap();
        let mut others = begun.subscribe();
        begun.send_modify(|count| *count += 1);
        others.mark_unchanged();
        drop(tokio::time::timeout(Duration::from_millis(20), others.changed()).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_anew_though_snapshots_overlap_at_all_times() {
    const WRITES: i64 = 400;
    const WRITTEN_BYTES: usize = 200_000;
    const LOG_MAX: u64 = 32_000_000;
    let db = Arc::new(open().await);
    let mut readers = JoinSet::new();
    let begun = watch::Sender::new(0);
    for _ in 0..3 {
        readers.spawn(overlapping(Arc::clone(&db), begun.clone()));
    }
    let log = path(&db).with_file_name("battala.db-wal");
    for id in 0..WRITES {
        let insert = sql!("INSERT INTO kinds (id, is_on, data) VALUES ($1, $2, $3)");
        let row = args![id, true, vec![0_u8; WRITTEN_BYTES]];
        let written = db.write::<_, DbError, _>(move |tx| Box::pin(tx.execute(insert, row)));
        written.await.unwrap();
        let size = fs::metadata(&log).unwrap().len();
        assert!(size < LOG_MAX, "{size} after {id} writes");
    }
    readers.shutdown().await;
}

#[tokio::test]
async fn the_settings_are_in_force() {
    let db = open().await;
    let writer: Vec<String> = db
        .write::<_, DbError, _>(|tx| Box::pin(async move { settings(tx).await }))
        .await
        .unwrap();
    let mut reader = db.read().await.unwrap();
    assert_eq!(writer, ["wal", "2", "1", "-8192", "2", "10000", "0"]);
    assert_eq!(settings(&mut reader).await.unwrap(), writer);
}

#[tokio::test]
async fn a_faster_setting_for_slow_disks_can_be_chosen() {
    let db = open().await;
    db.close().await;
    let mut options = db.options.clone();
    options.synchronous = Synchronous::Normal;
    let db = Db::open_with_migrations(&options, &TEST_SCHEMA)
        .await
        .unwrap();
    let writer: Vec<String> = db
        .write::<_, DbError, _>(|tx| Box::pin(async move { settings(tx).await }))
        .await
        .unwrap();
    assert_eq!(writer[1], "1");
    db.close().await;
}

async fn settings(conn: &mut battala_store::Conn) -> Result<Vec<String>, DbError> {
    let mut found = vec![
        conn.fetch_one::<String>(sql!("PRAGMA journal_mode"), args![])
            .await?,
    ];
    for sql in [
        sql!("PRAGMA synchronous"),
        sql!("PRAGMA foreign_keys"),
        sql!("PRAGMA cache_size"),
        sql!("PRAGMA temp_store"),
        sql!("PRAGMA busy_timeout"),
        sql!("PRAGMA mmap_size"),
    ] {
        found.push(conn.fetch_one::<i64>(sql, args![]).await?.to_string());
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_opened_side_by_side_do_not_lock_each_other_out() {
    let db = open().await;
    let reads = (0..16).map(|_| async {
        let mut reader = db.read().await.unwrap();
        crate::support::all_things(&mut reader).await.unwrap()
    });
    let writes =
        (0..16).map(|id| db.write::<_, DbError, _>(move |tx| Box::pin(insert_thing(tx, id))));
    let (_, written) = tokio::join!(
        futures_util::future::join_all(reads),
        futures_util::future::try_join_all(writes)
    );
    assert_eq!(written.unwrap().len(), 16);
}

/// A backup tool may hold the file for a moment. A deferred BEGIN would fail at
/// once with `SQLITE_BUSY_SNAPSHOT` here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_a_foreign_writer() {
    let db = open().await;
    let url = format!("sqlite:{}", path(&db).display());
    let mut foreign = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE; INSERT INTO things VALUES (1, 'foreign')")
        .execute(&mut foreign)
        .await
        .unwrap();
    let waiting = db.write_queued::<_, DbError, _>(|tx| {
        Box::pin(async move {
            let before = crate::support::all_things(tx).await?;
            insert_thing(tx, 2).await?;
            Ok(before)
        })
    });
    // Whether the write has begun to wait by now or not, it must succeed.
    tokio::task::yield_now().await;
    sqlx::raw_sql("COMMIT").execute(&mut foreign).await.unwrap();
    assert_eq!(waiting.await.unwrap(), [1]);
}

#[tokio::test]
async fn a_damaged_file_is_fatal() {
    let db = open().await;
    let fill = db.write::<_, DbError, _>(|tx| {
        Box::pin(async move {
            for id in 0..2000 {
                insert_thing(tx, id).await?;
            }
            Ok(())
        })
    });
    fill.await.unwrap();
    db.close().await;

    let db = Db::open_with_migrations(&db.options, &TEST_SCHEMA)
        .await
        .map(|again| (db, again));
    let (place, db) = db.unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(path(&place))
        .unwrap();
    let length = file.metadata().unwrap().len();
    let garbage = vec![0xa5; usize::try_from(length - 4096).unwrap()];
    file.write_all_at(&garbage, 4096).unwrap();

    let failed = db
        .write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 5000)))
        .await;
    assert!(matches!(failed, Err(DbError::Unavailable(_))), "{failed:?}");
    assert!(
        db.fatal().await.contains("malformed"),
        "{}",
        db.fatal().await
    );
    let later = db
        .write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 5001)))
        .await;
    assert!(matches!(later, Err(DbError::Unavailable(_))), "{later:?}");
}

/// What is read is as little to be trusted as what is written, and a start that did not look would go on
/// with it: what is damaged here is no page that a start needs.
#[tokio::test]
async fn damage_that_a_reader_finds_is_fatal_and_the_next_start_refuses_the_file() {
    let db = open().await;
    let fill = db.write::<_, DbError, _>(|tx| {
        Box::pin(async move {
            for id in 0..4000 {
                insert_thing(tx, id).await?;
            }
            Ok(())
        })
    });
    fill.await.unwrap();
    db.close().await;
    let (file, options) = (path(&db), db.options.clone());
    let again = async || Db::open_with_migrations(&options, &TEST_SCHEMA).await;

    let serving = again().await.unwrap();
    let whole = fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2..].fill(0xa5);
    fs::write(&file, damaged).unwrap();
    let mut reader = serving.read().await.unwrap();
    let read = all_things(&mut reader).await;
    assert!(matches!(read, Err(DbError::Unavailable(_))), "{read:?}");
    drop(reader);
    assert!(serving.fatal().await.contains("malformed"));
    serving.close().await;

    for _ in 0..2 {
        let refused = again().await.err();
        assert!(
            matches!(refused, Some(OpenError::Damaged(_))),
            "{refused:?}"
        );
    }
    fs::write(&file, whole).unwrap();
    let lock = file.with_file_name("battala.db.lock");
    for _ in 0..2 {
        let restored = again().await.unwrap();
        assert_eq!(
            all_things(&mut restored.read().await.unwrap())
                .await
                .unwrap()
                .len(),
            4000
        );
        restored.close().await;
        assert_eq!(
            fs::metadata(&lock).unwrap().len(),
            0,
            "nothing is suspected any more"
        );
    }
}

#[test]
fn addresses_are_understood_or_refused() {
    let sqlite = |url: &str| match url.parse() {
        Ok(DatabaseUrl::Sqlite(path)) => Some(path.display().to_string()),
        _ => None,
    };
    assert_eq!(sqlite("sqlite:data/hub.db").as_deref(), Some("data/hub.db"));
    assert_eq!(
        sqlite("sqlite://data/hub.db").as_deref(),
        Some("data/hub.db")
    );
    assert_eq!(
        sqlite("sqlite:///var/hub.db").as_deref(),
        Some("/var/hub.db")
    );
    for wrong in [
        "",
        "hub.db",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:/",
        "sqlite:data/",
        "sqlite:..",
        "sqlite: hub.db",
        "sqlite:hub.db ",
        "sqlite:hub.db?mode=rwc",
        "sqlite:file:hub.db",
        "sqlite:postgres://db/hub",
        "postgres://db/hub?sslmod=require",
        "postgres://db/hub?sslmode=perhaps",
        "mysql://x/y",
        "postgres://[/",
    ] {
        let refused = wrong.parse::<DatabaseUrl>();
        assert!(
            matches!(refused, Err(OpenError::Url(_))),
            "{wrong}: {refused:?}"
        );
    }
    let url: DatabaseUrl = "postgres://ana:secret@db.example/hub".parse().unwrap();
    assert_eq!(url.engine(), Engine::Postgres);
    assert_eq!(format!("{url:?}"), "postgres://db.example:5432/hub");
    let known = "postgres:///hub?host=/run/pg&user=ana&password=secret&options[work_mem]=8MB";
    assert_eq!(
        known.parse::<DatabaseUrl>().unwrap().engine(),
        Engine::Postgres
    );
    let wrong = "postgres://ana:secret@db/hub?passwort=secret";
    let refused = wrong.parse::<DatabaseUrl>().unwrap_err().to_string();
    assert!(
        refused.contains("passwort") && !refused.contains("secret"),
        "{refused}"
    );
}

#[tokio::test]
async fn no_folder_is_made_for_a_file_that_may_be_misspelt() {
    let db = open().await;
    let folder = path(&db).with_file_name("dta");
    let mut options = db.options.clone();
    options.url = DatabaseUrl::Sqlite(folder.join("battala.db"));
    let refused = Db::open_with_migrations(&options, &TEST_SCHEMA).await.err();
    assert!(
        matches!(&refused, Some(OpenError::NoFolder(missing)) if *missing == folder),
        "{refused:?}"
    );
    assert!(!folder.exists());
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let db = open().await;
    db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1)))
        .await
        .unwrap();
    db.close().await;
    let again = Db::open_with_migrations(&db.options, &TEST_SCHEMA)
        .await
        .unwrap();
    assert_eq!(things(&again).await, [1]);
    again.close().await;
}
