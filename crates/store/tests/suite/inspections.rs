//! A look at a file: what is there, and that the look leaves no trace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use battala_store::{
    Content, DatabaseUrl, Db, DbError, Engine, MIGRATIONS, OpenError, Options, args, sql,
};
use battala_testkit::Scratch;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::{TestDb, eventually};

#[tokio::test]
async fn a_file_goes_from_missing_to_a_hub() {
    let folder = Scratch::new().unwrap();
    let path = folder.path().join("hub.db");
    let url = DatabaseUrl::Sqlite(path.clone());
    let options = Options::new(url.clone());
    let content = async || Db::inspect(&options).await.unwrap().content;
    assert_eq!(content().await, Content::Missing);
    fs::write(&path, "").unwrap();
    assert_eq!(content().await, Content::Empty);
    assert_eq!(fs::read(&path).unwrap(), b"");
    let beside = Db::read_beside(&Options::new(url.clone())).await.err();
    assert!(matches!(beside, Some(OpenError::NoHub(_))), "{beside:?}");
    let db = Db::open(&Options::new(url.clone())).await.unwrap();
    db.close().await;
    assert_eq!(content().await, Content::Current);
}

#[tokio::test]
async fn a_file_of_another_program_stays_as_it_is() {
    let folder = Scratch::new().unwrap();
    let path = folder.path().join("other.db");
    let address = format!("sqlite:{}?mode=rwc", path.display());
    for table in ["notes (id)", "schema_migrations (version)"] {
        let mut other = SqliteConnection::connect(&address).await.unwrap();
        let make = format!("CREATE TABLE {table}");
        other.execute(AssertSqlSafe(make)).await.unwrap();
        other.close().await.unwrap();
        let before = fs::read(&path).unwrap();
        let url = DatabaseUrl::Sqlite(path.clone());
        let opened = Db::open(&Options::new(url.clone())).await.err();
        let looked = Db::inspect(&Options::new(url)).await.err();
        for refused in [opened, looked] {
            assert!(
                matches!(refused, Some(OpenError::Foreign(_))),
                "{refused:?}"
            );
        }
        assert_eq!(fs::read(&path).unwrap(), before);
        fs::remove_file(&path).unwrap();
    }
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_not_called_busy() {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    db.close().await;
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file");
    };
    let address = format!("sqlite:{}", path.display());
    let mut other = SqliteConnection::connect(&address).await.unwrap();
    let hold = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (id)";
    other.execute(hold).await.unwrap();
    let opened = Db::open(&db.options).await.err();
    let looked = Db::inspect(&db.options).await.err();
    let beside = Db::read_beside(&db.options).await.err();
    for refused in [opened, looked, beside] {
        assert!(matches!(refused, Some(OpenError::Held(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_user_without_rights_to_some_tables_is_told_which() {
    let db = TestDb::open(Engine::Postgres, &MIGRATIONS).await;
    db.close().await;
    let DatabaseUrl::Postgres(owner) = &db.options.url else {
        panic!("not a server");
    };
    let mut conn = PgConnection::connect_with(owner).await.unwrap();
    // Users belong to the whole server, where other tests run.
    let database = owner.get_database().expect("a name");
    let user = format!("reader_of_{database}");
    let make = format!(
        "CREATE ROLE {user} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}; \
         REVOKE INSERT ON messages FROM {user}; REVOKE DELETE ON jobs FROM {user}; \
         CREATE TABLE beside (id BIGINT); ALTER EXTENSION plpgsql ADD TABLE beside"
    );
    conn.execute(AssertSqlSafe(make)).await.unwrap();
    let as_user = DatabaseUrl::Postgres(Box::new((**owner).clone().username(&user)));
    let looked = Db::inspect(&Options::new(as_user)).await;
    let forget = format!("DROP OWNED BY {user}; DROP ROLE {user}");
    conn.execute(AssertSqlSafe(forget)).await.unwrap();
    let Err(OpenError::NoRightToTables { tables, .. }) = looked else {
        panic!("{looked:?}");
    };
    assert_eq!(tables, "jobs, messages");
}

/// A hub's database that is closed, of an installation that was made then.
async fn made_at(created_at: i64) -> TestDb {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    let row = sql!(
        "INSERT INTO hub (id, name, registration, setup_token, generation, created_at) ",
        "VALUES (1, 'Hub', 'invite', NULL, 1, $1)"
    );
    let begun = db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move { tx.execute(row, args![created_at]).await })
    });
    begun.await.unwrap();
    db.close().await;
    db
}

fn file_of(db: &TestDb) -> PathBuf {
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file");
    };
    path.clone()
}

/// How often this process has the file open.
fn open_count(path: &Path) -> usize {
    let descriptors = fs::read_dir("/proc/self/fd").unwrap();
    let opened = descriptors.filter_map(|it| fs::read_link(it.ok()?.path()).ok());
    opened.filter(|opened| opened == path).count()
}

/// Between the look that comes before the lock and the lock, somebody puts another file there.
#[tokio::test]
async fn what_was_put_there_after_the_look_is_looked_at_too_before_anything_is_written() {
    const LOOKS: u32 = 50;
    let (own, other) = (made_at(1).await, made_at(2).await);
    let (path, another) = (file_of(&own), file_of(&other));
    let strange = fs::read(&another).unwrap();
    let address = format!("sqlite:{}", path.display());
    let mut holder = SqliteConnection::connect(&address).await.unwrap();
    let hold = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (id)";
    holder.execute(hold).await.unwrap();
    let mut options = own.options.clone();
    options.made_at = Some(1);
    let replacing = async {
        // The look waits for the lock of SQLite, and has no file open but this one.
        let mut seen = 0;
        eventually(async || {
            seen = if open_count(&path) > 1 { seen + 1 } else { 0 };
            seen > LOOKS
        })
        .await;
        fs::rename(&another, &path).unwrap();
        holder.close().await.unwrap();
    };
    let (opened, ()) = tokio::join!(Db::open(&options), replacing);
    let refused = opened.err();
    assert!(
        matches!(refused, Some(OpenError::AnotherHub)),
        "{refused:?}"
    );
    assert!(fs::read(&path).unwrap() == strange, "it stays as it is");
}
