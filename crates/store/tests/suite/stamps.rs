//! Whether the log beside a file is the file's (SQLite).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use battala_store::{
    DatabaseUrl, Db, DbError, Engine, Inspection, MIGRATIONS, Migrations, OpenError, Options, args,
    sql,
};
use battala_testkit::Scratch;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::{TEST_SCHEMA, TestDb, eventually, insert_thing, things};

fn options(folder: &Path) -> Options {
    let path = folder.join("battala.db");
    Options::new(format!("sqlite:{}", path.display()).parse().unwrap())
}

fn path(db: &TestDb) -> PathBuf {
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file");
    };
    path.clone()
}

/// What a kill would leave. Another process makes it: whoever closes such a file drops the locks on it.
fn killed(folder: &Path, to: &Path) {
    let source = folder.join(".");
    let copied = Command::new("cp").arg("-a").arg(source).arg(to).status();
    assert!(copied.unwrap().success());
}

async fn stamp_of(db: &Db) -> u32 {
    let mut reader = db.read().await.unwrap();
    let stamp = reader.fetch_one::<i64>(sql!("PRAGMA user_version"), args![]);
    i32::try_from(stamp.await.unwrap()).unwrap().cast_unsigned()
}

#[tokio::test]
async fn each_start_is_stamped_and_what_is_written_later_from_time_to_time() {
    // A slow machine is not to be late.
    tokio::time::pause();
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    let first = stamp_of(&db).await;
    db.close().await;
    let again = Db::open_with_migrations(&db.options, &TEST_SCHEMA).await;
    let again = again.unwrap();
    let second = stamp_of(&again).await;
    assert!(first != second && second != 0, "{first:x}, {second:x}");
    for id in 0..10 {
        write(&again, id).await;
    }
    assert_eq!(stamp_of(&again).await, second, "not one with every write");
    tokio::time::advance(Duration::from_secs(16)).await;
    tokio::time::resume();
    write(&again, 10).await;
    eventually(async || {
        let third = stamp_of(&again).await;
        third >> 16 != second >> 16 && third & 0xffff == second >> 16
    })
    .await;
    again.close().await;
}

/// A log that begins anew says nothing of what the file holds before somebody writes the first page.
#[tokio::test]
async fn a_log_that_begins_anew_is_stamped_at_once() {
    // No stamp falls due by the clock.
    tokio::time::pause();
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    let log = path(&db).with_extension("db-wal");
    let salts = || fs::read(&log).unwrap()[16..24].to_vec();
    write(&db, 0).await;
    let (stamp, begun) = (stamp_of(&db).await, salts());
    let mut id = 0;
    while salts() == begun {
        id += 1;
        write(&db, id).await;
    }
    // It follows the write that began the log.
    write(&db, id + 1).await;
    assert_ne!(stamp_of(&db).await, stamp);
    db.close().await;
}

/// The file is far smaller than the log says, so that SQLite itself knows.
#[tokio::test]
async fn a_log_that_sqlite_cannot_copy_into_the_file_keeps_the_database_shut() {
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    let there = Scratch::new().unwrap();
    let folder = path(&db).parent().unwrap().to_owned();
    db.close().await;
    killed(&folder, there.path());
    let [database, log] = ["battala.db", "battala.db-wal"].map(|it| there.path().join(it));
    let bytes = fs::read(&database).unwrap();
    fs::write(&log, a_log_of_a_large_file(&bytes)).unwrap();
    let before = [fs::read(&database).unwrap(), fs::read(&log).unwrap()];
    let opened = Db::open_with_migrations(&options(there.path()), &TEST_SCHEMA).await;
    let refused = opened.err();
    assert!(
        matches!(&refused, Some(OpenError::StrangeLog { .. })),
        "{refused:?}"
    );
    assert!(before == [database, log].map(|it| fs::read(it).unwrap()));
}

/// A log of one page that is not the first, after which the file has a million of them:
/// <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.
fn a_log_of_a_large_file(database: &[u8]) -> Vec<u8> {
    const PAGES: u32 = 1_000_000;
    let page_bytes = usize::from(u16::from_be_bytes([database[16], database[17]]));
    let mut sums = [0u32; 2];
    let mut add = |bytes: &[u8]| {
        for pair in bytes.chunks_exact(8) {
            let [a, b] = [0, 4].map(|at| u32::from_be_bytes(pair[at..at + 4].try_into().unwrap()));
            sums[0] = sums[0].wrapping_add(a).wrapping_add(sums[1]);
            sums[1] = sums[1].wrapping_add(b).wrapping_add(sums[0]);
        }
        sums.map(u32::to_be_bytes).concat()
    };
    let page_size = u32::try_from(page_bytes).unwrap();
    // Checksums of big-endian words, the format, the page, the number of the log and its salts.
    let numbers = [0x377f_0683, 3_007_000, page_size, 0, 7, 9];
    let mut log: Vec<u8> = numbers.into_iter().flat_map(u32::to_be_bytes).collect();
    let sum = add(&log);
    log.extend(sum);
    let mut frame: Vec<u8> = [2, PAGES].into_iter().flat_map(u32::to_be_bytes).collect();
    let page = &database[page_bytes..2 * page_bytes];
    add(&frame);
    let sum = add(page);
    frame.extend([7u32, 9].into_iter().flat_map(u32::to_be_bytes));
    frame.extend(sum);
    log.extend(frame);
    log.extend(page);
    log
}

async fn write(db: &Db, id: i64) {
    let written = db.write::<_, DbError, _>(move |tx| Box::pin(insert_thing(tx, id)));
    written.await.unwrap();
}

/// What a tool makes of a database that is in use: a copy with all that was committed by now.
async fn copied(folder: &Path) -> Scratch {
    let copy = Scratch::new().unwrap();
    killed(folder, copy.path());
    let url = format!("sqlite:{}", copy.path().join("battala.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("SELECT 1 FROM things")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let log = copy.path().join("battala.db-wal");
    assert!(!log.exists(), "it is in the file");
    copy
}

async fn put_back(copy: &Scratch, killed: &Scratch) -> Result<Db, OpenError> {
    let names = [copy, killed].map(|it| it.path().join("battala.db"));
    fs::copy(&names[0], &names[1]).unwrap();
    Db::open_with_migrations(&options(killed.path()), &TEST_SCHEMA).await
}

/// However the run before has ended.
#[tokio::test]
async fn a_copy_of_the_run_before_is_refused_and_one_of_this_run_is_made_whole() {
    for was_killed in [false, true] {
        let first = Scratch::new().unwrap();
        let open = async |at| Db::open_with_migrations(&options(at), &TEST_SCHEMA).await;
        let db = open(first.path()).await.unwrap();
        write(&db, 1).await;
        let before = copied(first.path()).await;
        write(&db, 2).await;
        let second = Scratch::new().unwrap();
        if !was_killed {
            db.close().await;
        }
        killed(first.path(), second.path());
        db.close().await;

        let db = open(second.path()).await.unwrap();
        write(&db, 3).await;
        let young = copied(second.path()).await;
        write(&db, 4).await;
        let (refused, whole) = (Scratch::new().unwrap(), Scratch::new().unwrap());
        killed(second.path(), refused.path());
        killed(second.path(), whole.path());
        db.close().await;

        let refused = put_back(&before, &refused).await.err();
        let is_strange = matches!(&refused, Some(OpenError::StrangeLog { .. }));
        assert!(is_strange, "{was_killed}, {refused:?}");
        let whole = put_back(&young, &whole).await.unwrap();
        assert_eq!(things(&whole).await, [1, 2, 3, 4]);
        let check = sql!("PRAGMA integrity_check");
        let mut reader = whole.read().await.unwrap();
        let sound: String = reader.fetch_one(check, args![]).await.unwrap();
        assert_eq!(sound, "ok");
        drop(reader);
        whole.close().await;
    }
}

#[tokio::test]
async fn what_a_kill_leaves_at_any_step_of_the_schema_is_opened() {
    for known in 0..=MIGRATIONS.steps().len() {
        let steps = Migrations::new(MIGRATIONS.steps().split_at(known).0);
        let (here, there) = (Scratch::new().unwrap(), Scratch::new().unwrap());
        let db = Db::open_with_migrations(&options(here.path()), &steps).await;
        let db = db.unwrap();
        killed(here.path(), there.path());
        db.close().await;
        let log = fs::metadata(there.path().join("battala.db-wal")).unwrap();
        assert!(log.len() > 0, "{known}");
        Db::inspect(&options(there.path())).await.unwrap();
        killed(here.path(), there.path());
        let db = Db::open(&options(there.path())).await.unwrap();
        db.close().await;
    }
}

#[tokio::test]
async fn what_a_kill_leaves_of_a_log_is_opened_wherever_it_ends() {
    const CUTS: u64 = 20;
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    for id in 0..50 {
        write(&db, id).await;
    }
    let folder = path(&db).parent().unwrap().to_owned();
    let whole = Scratch::new().unwrap();
    killed(&folder, whole.path());
    db.close().await;
    let bytes = fs::metadata(whole.path().join("battala.db-wal")).unwrap();
    for cut in 0..=CUTS {
        let there = Scratch::new().unwrap();
        killed(whole.path(), there.path());
        let log = there.path().join("battala.db-wal");
        let log = fs::OpenOptions::new().write(true).open(log).unwrap();
        log.set_len(bytes.len() * cut / CUTS).unwrap();
        let options = options(there.path());
        // The schema is in the log, too, so that little of it is left where much was cut off.
        let opened = Db::open_with_migrations(&options, &TEST_SCHEMA).await;
        let opened = opened.unwrap();
        let found = things(&opened).await.len();
        assert!(found == 50 || cut < CUTS, "{found}");
        opened.close().await;
    }
}

/// A copy whose pages are others than those of the file: what the log says of them is not so there.
#[tokio::test]
async fn a_copy_that_was_made_smaller_is_refused_beside_the_log() {
    let db = TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await;
    write(&db, 1).await;
    let there = Scratch::new().unwrap();
    let copy = there.path().join("copy");
    let url = format!("sqlite:{}", path(&db).display());
    let mut beside = SqliteConnection::connect(&url).await.unwrap();
    let into = sqlx::query("VACUUM INTO $1").bind(copy.display().to_string());
    into.execute(&mut beside).await.unwrap();
    beside.close().await.unwrap();
    let folder = path(&db).parent().unwrap().to_owned();
    killed(&folder, there.path());
    db.close().await;
    fs::rename(&copy, there.path().join("battala.db")).unwrap();
    let options = options(there.path());
    let opened = Db::open_with_migrations(&options, &TEST_SCHEMA).await;
    let inspected: Result<Inspection, _> = Db::inspect(&options).await;
    for refused in [opened.err(), inspected.err()] {
        assert!(
            matches!(&refused, Some(OpenError::StrangeLog { .. })),
            "{refused:?}"
        );
    }
}
