//! What a session is set to does not hang on what the database's owner has set.

use battala_store::{Conn, DatabaseUrl, Db, DbError, MIGRATIONS, args, row, sql};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::TestDb;

row! {
    #[derive(Debug, PartialEq, Eq)]
    struct Session {
        isolation: String,
        level: String,
        durable: String,
        read_only: String,
    }
}

async fn session(conn: &mut Conn) -> Result<Session, DbError> {
    let statement = sql!(
        sqlite: "SELECT '' AS isolation, '' AS level, '' AS durable, '' AS read_only",
        postgres: "SELECT current_setting('transaction_isolation') AS isolation, \
                   current_setting('default_transaction_isolation') AS level, \
                   current_setting('synchronous_commit') AS durable, \
                   current_setting('transaction_read_only') AS read_only"
    );
    conn.fetch_one(statement, args![]).await
}

/// Sets what new sessions of the database begin with.
async fn alter(test: &TestDb, name: &str, value: &str) {
    let DatabaseUrl::Postgres(server) = &test.options.url else {
        panic!("only PostgreSQL has such settings");
    };
    let mut conn = PgConnection::connect_with(server).await.unwrap();
    let alter = format!(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {name} = %L', current_database(), '{value}'); END $$"
    );
    conn.execute(AssertSqlSafe(alter)).await.unwrap();
    conn.close().await.unwrap();
}

/// The settings of a new connection when the database has these.
async fn with(isolation: &str, durable: &str) -> [Session; 2] {
    let test = TestDb::open(battala_store::Engine::Postgres, &MIGRATIONS).await;
    for (name, value) in [
        ("default_transaction_isolation", isolation),
        ("synchronous_commit", durable),
    ] {
        alter(&test, name, value).await;
    }
    let db = Db::open(&test.options).await.unwrap();
    let written = db.write(|tx| Box::pin(async move { session(tx).await }));
    let written = written.await.unwrap();
    let read = session(&mut db.read().await.unwrap()).await.unwrap();
    [written, read]
}

#[tokio::test]
async fn a_write_sees_what_is_committed_and_is_on_the_disk_whatever_the_database_says() {
    for isolation in ["repeatable read", "serializable"] {
        for session in with(isolation, "off").await {
            assert_eq!(session.isolation, "read committed");
            assert_eq!(session.level, "read committed");
            assert_eq!(session.durable, "on");
        }
    }
}

#[tokio::test]
async fn a_database_that_asks_for_more_than_its_own_disk_keeps_it() {
    let [written, read] = with("read committed", "remote_apply").await;
    assert_eq!(written.durable, "remote_apply");
    assert_eq!((&*written.read_only, &*read.read_only), ("off", "on"));
}
