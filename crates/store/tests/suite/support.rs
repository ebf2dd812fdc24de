//! Databases and small tools for the tests.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Deref,
    time::Duration,
};

use battala_store::{
    Conn, DatabaseUrl, Db, DbError, Engine, Migration, Migrations, Options, Sql, Tx, args, sql,
};
use battala_testkit::{Scratch, TestDatabase, patience};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::oneshot;

/// Tables for the tests of the core; the product's are not needed there.
pub(crate) const TEST_SCHEMA: Migrations = Migrations::new(&[Migration {
    name: "0001_test",
    sqlite: "
        CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE notes (
            thing_id BIGINT NOT NULL REFERENCES things (id), position BIGINT NOT NULL,
            PRIMARY KEY (thing_id, position)
        );
        CREATE TABLE late (
            thing_id BIGINT NOT NULL REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED
        );
        CREATE TABLE kinds (
            id INTEGER PRIMARY KEY, is_on BOOLEAN NOT NULL, data BLOB, ratio REAL
        );
    ",
    postgres: "
        CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE notes (
            thing_id BIGINT NOT NULL REFERENCES things (id), position BIGINT NOT NULL,
            PRIMARY KEY (thing_id, position)
        );
        CREATE TABLE late (
            thing_id BIGINT NOT NULL REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED
        );
        CREATE TABLE kinds (
            id BIGINT PRIMARY KEY, is_on BOOLEAN NOT NULL, data BYTEA, ratio DOUBLE PRECISION
        );
    ",
}]);

/// A database of its own for one test.
pub(crate) struct TestDb {
    db: Db,
    pub(crate) options: Options,
    _place: Place,
}

/// What must outlive the database.
#[expect(dead_code, reason = "held for its drop")]
enum Place {
    File(Scratch),
    Server(TestDatabase),
}

impl TestDb {
    pub(crate) async fn open(engine: Engine, schema: &Migrations) -> Self {
        let (options, place) = options(engine, schema).await;
        let db = Db::open_with_migrations(&options, schema).await.unwrap();
        Self {
            db,
            options,
            _place: place,
        }
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

async fn options(engine: Engine, schema: &Migrations) -> (Options, Place) {
    match engine {
        Engine::Sqlite => {
            let directory = Scratch::new().unwrap();
            let path = directory.path().join("battala.db");
            let url = format!("sqlite:{}", path.display()).parse().unwrap();
            (Options::new(url), Place::File(directory))
        }
        Engine::Postgres => {
            let database = TestDatabase::from_template(&fingerprint(schema), async |url| {
                let options = Options::new(url.parse()?);
                Db::open_with_migrations(&options, schema)
                    .await?
                    .close()
                    .await;
                Ok::<_, battala_store::OpenError>(())
            })
            .await
            .unwrap();
            let url = database.url().parse().unwrap();
            (Options::new(url), Place::Server(database))
        }
    }
}

fn fingerprint(schema: &Migrations) -> String {
    let mut hasher = DefaultHasher::new();
    for step in schema.steps() {
        (step.name, step.sqlite, step.postgres).hash(&mut hasher);
    }
    format!("{:x}", hasher.finish())
}

macro_rules! both {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn scenario($db: TestDb) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                scenario(TestDb::open(battala_store::Engine::Sqlite, &TEST_SCHEMA).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                scenario(TestDb::open(battala_store::Engine::Postgres, &TEST_SCHEMA).await).await;
            }
        }
    )+};
}
pub(crate) use both;

pub(crate) async fn insert_thing(tx: &mut Tx, id: i64) -> Result<i64, DbError> {
    tx.execute(
        sql!("INSERT INTO things (id, name) VALUES ($1, $2)"),
        args![id, format!("thing {id}")],
    )
    .await?;
    Ok(id)
}

/// Would count for minutes, on either engine.
pub(crate) const ENDLESS: Sql = sql!(
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10000000000) ",
    "SELECT COUNT(*) FROM n"
);

/// The ids of all things, in order.
pub(crate) async fn things(db: &Db) -> Vec<i64> {
    let mut reader = db.read().await.unwrap();
    all_things(&mut reader).await.unwrap()
}

pub(crate) async fn all_things(conn: &mut Conn) -> Result<Vec<i64>, DbError> {
    conn.fetch_all(sql!("SELECT id FROM things ORDER BY id"), args![])
        .await
}

/// A write that has begun and holds up all later ones until `open` is used or
/// dropped (SQLite).
pub(crate) struct Gate {
    pub(crate) open: oneshot::Sender<()>,
    pub(crate) done: battala_store::Written<(), DbError>,
}

pub(crate) async fn gate(db: &Db) -> Gate {
    let (begun, has_begun) = oneshot::channel();
    let (open, opened) = oneshot::channel::<()>();
    let done = db.write_queued(move |_| {
        Box::pin(async move {
            begun.send(()).unwrap();
            drop(opened.await);
            Ok(())
        })
    });
    has_begun.await.unwrap();
    Gate { open, done }
}

/// Waits until `condition` holds; fails after ten seconds, or more on a slow machine.
pub(crate) async fn eventually<F: AsyncFnMut() -> bool>(mut condition: F) {
    let waiting = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(patience(Duration::from_secs(10)), waiting)
        .await
        .expect("the condition came true");
}

/// Waits until one transaction waits for another.
pub(crate) async fn waits_for_a_lock(db: &TestDb) {
    let DatabaseUrl::Postgres(server) = &db.options.url else {
        panic!("not a server")
    };
    let mut beside = PgConnection::connect_with(server).await.unwrap();
    eventually(async || {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let (waiting,): (i64,) = sqlx::query_as(waiting)
            .fetch_one(&mut beside)
            .await
            .unwrap();
        waiting == 1
    })
    .await;
}
