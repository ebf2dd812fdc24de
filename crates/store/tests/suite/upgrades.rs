//! A database of an earlier release, with a row in every table, comes through every later step whole.

use std::collections::BTreeMap;

use battala_store::{DatabaseUrl, Db, Engine, MIGRATIONS, Migrations};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
};

use crate::support::TestDb;

/// A schema that databases out there have.
struct Release {
    /// Its steps.
    steps: Migrations,
    /// What the steps were when they were released. Databases hold these numbers: a hub whose steps
    /// are others refuses them.
    checksums: &'static [&'static str],
    sqlite_rows: &'static str,
    postgres_rows: &'static str,
}

const FIRST: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(1).0),
    checksums: &[FOUNDATION],
    sqlite_rows: include_str!("fixtures/0001_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0001_postgres.sql"),
};

const SECOND: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(2).0),
    checksums: &[FOUNDATION, MEND],
    sqlite_rows: include_str!("fixtures/0002_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0002_postgres.sql"),
};

const THIRD: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(3).0),
    checksums: &[FOUNDATION, MEND, MESSAGE_INDEXES],
    sqlite_rows: include_str!("fixtures/0003_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0003_postgres.sql"),
};

const FOURTH: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(4).0),
    checksums: &[FOUNDATION, MEND, MESSAGE_INDEXES, JOBS],
    sqlite_rows: include_str!("fixtures/0004_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0004_postgres.sql"),
};

const FIFTH: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(5).0),
    checksums: &[FOUNDATION, MEND, MESSAGE_INDEXES, JOBS, COUNTERS],
    sqlite_rows: include_str!("fixtures/0005_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0005_postgres.sql"),
};

const SIXTH: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(6).0),
    checksums: &[
        FOUNDATION,
        MEND,
        MESSAGE_INDEXES,
        JOBS,
        COUNTERS,
        NEWEST_MESSAGE,
    ],
    sqlite_rows: include_str!("fixtures/0006_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0006_postgres.sql"),
};

const SEVENTH: Release = Release {
    steps: Migrations::new(MIGRATIONS.steps().split_at(7).0),
    checksums: &[
        FOUNDATION,
        MEND,
        MESSAGE_INDEXES,
        JOBS,
        COUNTERS,
        NEWEST_MESSAGE,
        RIGHTS,
    ],
    sqlite_rows: include_str!("fixtures/0007_sqlite.sql"),
    postgres_rows: include_str!("fixtures/0007_postgres.sql"),
};

const FOUNDATION: &str = "78c0d653f7bda30466aa5cd9aef98bafdf6f9d80e10018e24be30f852951de3c";
const MEND: &str = "9c74a40238f0afba7c3da1e3e8661a50d144a75af09ab97352f66722f6fa18b5";

const MESSAGE_INDEXES: &str = "18b41c7e0ab5a68ce6b1e5b457490d3c87b5f64d4184b112dad56326102ba1ed";
const JOBS: &str = "62650359ff57daf027ee26194589c6291ed887a6c5d1ce9d48be803857a9a77f";
const COUNTERS: &str = "864ea03961c0a4c974903684b10ab7ade51470a5db74d13f4467341cb0381bcf";
const NEWEST_MESSAGE: &str = "a1c9c6b6fc4e839a529dd2dd6fac4b1f7b53833b8e7cd0420b8870f644b4afc8";
const RIGHTS: &str = "d2fe91a4d0db8a9441ca807619cbe52bcb665cd1aa6e8b4a63aec92da791c9bc";

/// What was deleted before there were jobs, and is still to be removed: a server, and a channel of
/// another.
const DUE: [&str; 2] = [
    r#"purge_channel {"channel_id":"1426097356800000008"}"#,
    r#"purge_server {"server_id":"1426097356800000006"}"#,
];

/// The rows of every table as text in order, in the columns that the release had.
type Content = BTreeMap<String, Vec<Option<String>>>;

/// The newest message of the fixtures is deleted, and the one before it is of an account without a
/// reading position: the columns of before are as they were but for this.
fn expected(mut before: Content, after: &Content) -> Content {
    const DELETED: &str = "last_message_id=1426097356800000011";
    const STANDING: &str = "last_message_id=1426097356800000010";
    for row in before.get_mut("channels").unwrap().iter_mut().flatten() {
        *row = row.replace(DELETED, STANDING);
    }
    let read = "channel_id=1426097356800000007last_read_id=1426097356800000010rev=0user_id=1426097356800000002";
    let reads = before.get_mut("read_states").unwrap();
    reads.push(Some(read.to_owned()));
    assert_eq!(after["read_states"].last(), reads.last());
    before
}

/// A connection beside the store.
enum Beside {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Beside {
    async fn open(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let url = format!("sqlite:{}", path.display());
                Self::Sqlite(SqliteConnection::connect(&url).await.unwrap())
            }
            DatabaseUrl::Postgres(options) => {
                Self::Postgres(PgConnection::connect_with(options).await.unwrap())
            }
        }
    }

    async fn plant(&mut self, release: &Release) {
        match self {
            Self::Sqlite(conn) => {
                conn.execute(release.sqlite_rows).await.unwrap();
            }
            Self::Postgres(conn) => {
                conn.execute(release.postgres_rows).await.unwrap();
            }
        }
    }

    /// One column of text.
    async fn texts(&mut self, query: String) -> Vec<Option<String>> {
        let query = sqlx::raw_sql(AssertSqlSafe(query));
        match self {
            Self::Sqlite(conn) => {
                let rows = query.fetch_all(conn).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres(conn) => {
                let rows = query.fetch_all(conn).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// `table.column` of everything but the record of the steps.
    async fn columns(&mut self) -> Vec<String> {
        let query = match self {
            Self::Sqlite(_) => {
                "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c \
                 WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' \
                 AND t.name <> 'schema_migrations'"
            }
            Self::Postgres(_) => {
                "SELECT table_name || '.' || column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name <> 'schema_migrations'"
            }
        };
        let columns = self.texts(query.to_owned()).await;
        let mut columns: Vec<String> = columns.into_iter().flatten().collect();
        columns.sort();
        columns
    }

    async fn content(&mut self, columns: &[String]) -> Content {
        let mut tables: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for place in columns {
            let (table, column) = place.split_once('.').unwrap();
            let text = match self {
                Self::Sqlite(_) => format!(
                    "CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE CAST({column} AS TEXT) END"
                ),
                Self::Postgres(_) => format!("{column}::text"),
            };
            let value = format!("'{column}=' || COALESCE({text}, 'NULL')");
            tables.entry(table).or_default().push(value);
        }
        let mut content = Content::new();
        for (table, values) in tables {
            let query = format!("SELECT {} FROM {table} ORDER BY 1", values.join(" || "));
            content.insert(table.to_owned(), self.texts(query).await);
        }
        content
    }
}

async fn upgrade(release: &'static Release, engine: Engine) {
    let old = TestDb::open(engine, &release.steps).await;
    old.close().await;
    let mut beside = Beside::open(&old.options.url).await;
    let checksums = "SELECT checksum FROM schema_migrations ORDER BY number".to_owned();
    let checksums: Vec<String> = beside
        .texts(checksums)
        .await
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(checksums, release.checksums);
    beside.plant(release).await;
    let columns = beside.columns().await;
    let before = beside.content(&columns).await;
    for (table, rows) in &before {
        assert!(!rows.is_empty(), "{table} has no row");
    }
    for _ in 0..2 {
        let new = Db::open(&old.options).await.unwrap();
        new.close().await;
        let after = beside.content(&columns).await;
        let before = before.clone();
        let has_newest = release.steps.steps().len() >= 6;
        let known = if has_newest {
            before
        } else {
            expected(before, &after)
        };
        assert_eq!(after, known);
    }
    let due = "SELECT kind || ' ' || payload FROM jobs ORDER BY 1".to_owned();
    let due: Vec<String> = beside.texts(due).await.into_iter().flatten().collect();
    assert_eq!(due, DUE);
    if release.steps.steps().len() < 5 {
        let counters = "SELECT 'unlike' FROM servers WHERE structure_rev <> epoch OR rights_version <> epoch \
            UNION ALL SELECT 'unlike' FROM server_members m JOIN servers s ON s.id = m.server_id \
            WHERE m.rev <> s.epoch";
        let unlike = beside.texts(counters.to_owned()).await;
        assert_eq!(unlike, [], "go on from the epoch");
    }
    let last_id =
        "SELECT CAST(last_id AS TEXT) FROM channels WHERE type = 0 ORDER BY id".to_owned();
    let last_id: Vec<String> = beside.texts(last_id).await.into_iter().flatten().collect();
    assert_eq!(last_id, ["1426097356800000011", "0"], "ids go on rising");
    let steps = "SELECT name FROM schema_migrations ORDER BY number".to_owned();
    let ran: Vec<String> = beside.texts(steps).await.into_iter().flatten().collect();
    let known: Vec<&str> = MIGRATIONS.steps().iter().map(|step| step.name).collect();
    assert_eq!(ran, known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_first_release_is_brought_up_on_sqlite() {
    upgrade(&FIRST, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_first_release_is_brought_up_on_postgres() {
    upgrade(&FIRST, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_second_release_is_brought_up_on_sqlite() {
    upgrade(&SECOND, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_second_release_is_brought_up_on_postgres() {
    upgrade(&SECOND, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_third_release_is_brought_up_on_sqlite() {
    upgrade(&THIRD, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_third_release_is_brought_up_on_postgres() {
    upgrade(&THIRD, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_fourth_release_is_brought_up_on_sqlite() {
    upgrade(&FOURTH, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_fourth_release_is_brought_up_on_postgres() {
    upgrade(&FOURTH, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_fifth_release_is_brought_up_on_sqlite() {
    upgrade(&FIFTH, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_fifth_release_is_brought_up_on_postgres() {
    upgrade(&FIFTH, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_sixth_release_is_brought_up_on_sqlite() {
    upgrade(&SIXTH, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_sixth_release_is_brought_up_on_postgres() {
    upgrade(&SIXTH, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_seventh_release_is_brought_up_on_sqlite() {
    upgrade(&SEVENTH, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_seventh_release_is_brought_up_on_postgres() {
    upgrade(&SEVENTH, Engine::Postgres).await;
}
