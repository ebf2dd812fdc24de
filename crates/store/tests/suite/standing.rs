//! Pages and counts read what was not deleted, however much was.

use battala_proto::id::{ChannelId, UserId};
use battala_store::tables::messages::{
    COUNT_UNREAD, PAGE_AFTER, PAGE_AROUND, PAGE_BEFORE, count_unread,
};
use battala_store::tables::tombstones;
use battala_store::{DatabaseUrl, Db, DbError, Engine, MIGRATIONS, Sql, args, sql};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::support::TestDb;

const TOMBSTONES: i64 = 5_000;

/// One channel: a few messages, many that were deleted, a few more.
async fn fill(db: &Db) {
    db.write::<_, DbError, _>(|tx| {
        Box::pin(async move {
            for statement in [
                sql!(
                    "INSERT INTO users (id, username, display_name, display_name_folded, kind, is_admin, rev, created_at) ",
                    "VALUES (1, 'ana', 'Ana', 'ana', 0, FALSE, 1, 0)"
                ),
                sql!(
                    "INSERT INTO servers (id, name, owner_id, epoch, member_count, created_at) ",
                    "VALUES (1, 'Bazaar', 1, 1, 1, 0)"
                ),
                sql!(
                    "INSERT INTO channels (id, server_id, type, name, topic, position, last_seq, created_at) ",
                    "VALUES (1, 1, 0, 'general', '', 0, 0, 0)"
                ),
            ] {
                tx.execute(statement, args![]).await?;
            }
            let insert = sql!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 + 20) ",
                "INSERT INTO messages (id, channel_id, author_id, type, flags, content, seq, rev, created_at, deleted_at) ",
                "SELECT i, 1, 1, 0, 0, '', i, i, 0, CASE WHEN i > 10 AND i <= $1 + 10 THEN i END FROM n"
            );
            tx.execute(insert, args![TOMBSTONES]).await
        })
    })
    .await
    .unwrap();
}

/// The statements with the arguments that a reader at the end of the channel has.
fn statements() -> [(&'static str, Sql, Vec<i64>); 4] {
    [
        ("before", PAGE_BEFORE, vec![1, i64::MAX, 51]),
        ("after", PAGE_AFTER, vec![1, 10, 51]),
        ("around", PAGE_AROUND, vec![1, 2_500, 26, 26]),
        ("unread", COUNT_UNREAD, vec![1, 2, 0, 1000, 5000]),
    ]
}

pub(crate) async fn plan_on_sqlite(
    conn: &mut SqliteConnection,
    statement: Sql,
    values: &[i64],
) -> String {
    let text = format!("EXPLAIN QUERY PLAN {}", statement.text(Engine::Sqlite));
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = query.bind(value);
    }
    let rows = query.fetch_all(conn).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    lines.join("\n")
}

/// The plan with what each step has read.
pub(crate) async fn plan_on_postgres(
    conn: &mut PgConnection,
    statement: Sql,
    values: &[i64],
) -> String {
    let text = format!(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {}",
        statement.text(Engine::Postgres)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = query.bind(value);
    }
    let rows = query.fetch_all(conn).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

/// A filled database of one engine, and a connection of the driver's to ask for plans.
struct Scene<C> {
    conn: C,
    _db: TestDb,
}

/// A connection of the driver's beside the store.
pub(crate) async fn beside_sqlite(db: &TestDb) -> SqliteConnection {
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file")
    };
    let url = format!("sqlite:{}", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

/// The same, with statistics of a table, so that the plans are those of a database that has run for a
/// while.
pub(crate) async fn beside_postgres(db: &TestDb, table: &str) -> PgConnection {
    let DatabaseUrl::Postgres(options) = &db.options.url else {
        panic!("not a server")
    };
    let mut conn = PgConnection::connect_with(options).await.unwrap();
    let analyze = AssertSqlSafe(format!("ANALYZE {table}"));
    sqlx::query(analyze).execute(&mut conn).await.unwrap();
    conn
}

async fn on_sqlite() -> Scene<SqliteConnection> {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    fill(&db).await;
    let conn = beside_sqlite(&db).await;
    Scene { conn, _db: db }
}

async fn on_postgres() -> Scene<PgConnection> {
    let db = TestDb::open(Engine::Postgres, &MIGRATIONS).await;
    fill(&db).await;
    let conn = beside_postgres(&db, "messages").await;
    Scene { conn, _db: db }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_and_no_count_walks_over_tombstones_on_sqlite() {
    let Scene { mut conn, _db } = on_sqlite().await;
    for (name, statement, values) in statements() {
        let plan = plan_on_sqlite(&mut conn, statement, &values).await;
        let searches = plan.matches(" USING ").count() - plan.matches("SEARCH u USING").count();
        let standing = plan.matches("INDEX messages_standing").count();
        assert!(standing > 0 && standing == searches, "{name}: {plan}");
    }
}

/// Each index is written with every message: one that nothing reads is paid for all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_written_to_no_index_that_nothing_reads() {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    let statement = sql!("SELECT name FROM pragma_index_list('messages') ORDER BY name");
    let mut reader = db.read().await.unwrap();
    let indexes: Vec<String> = reader.fetch_all(statement, args![]).await.unwrap();
    assert_eq!(
        indexes,
        ["messages_nonce", "messages_rev", "messages_standing"]
    );
}

/// What is beyond the bound is not looked at: it costs nothing, and is not counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_of_the_unread_looks_at_a_bounded_part_of_the_own_messages() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let db = TestDb::open(engine, &MIGRATIONS).await;
        fill(&db).await;
        // Twenty messages stand, ten before the tombstones and ten after them; the last is Ben's.
        let ben = sql!(
            "INSERT INTO users (id, username, display_name, display_name_folded, kind, is_admin, rev, created_at) ",
            "VALUES (2, 'ben', 'Ben', 'ben', 0, FALSE, 1, 0)"
        );
        let his =
            sql!("UPDATE messages SET author_id = 2 WHERE id = (SELECT MAX(id) FROM messages)");
        for statement in [ben, his] {
            db.write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(statement, args![]).await })
            })
            .await
            .unwrap();
        }
        let mut reader = db.read().await.unwrap();
        let (channel, ana, ben) = (
            ChannelId::from_raw(1),
            UserId::from_raw(1),
            UserId::from_raw(2),
        );
        for (who, max, among, count) in [
            (ana, 1000, 19, 0),
            (ana, 1000, 20, 1),
            (ben, 1000, 20, 19),
            (ben, 1000, 5, 5),
            (ben, 3, 20, 3),
        ] {
            let counted = count_unread(&mut reader, channel, who, 0, (max, among)).await;
            assert_eq!(counted.unwrap(), count, "{who:?}, {max} among {among}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_and_no_count_walks_over_tombstones_on_postgres() {
    let Scene { mut conn, _db } = on_postgres().await;
    for (name, statement, values) in statements() {
        let plan = plan_on_postgres(&mut conn, statement, &values).await;
        assert!(plan.contains("messages_standing"), "{name}: {plan}");
        assert!(!plan.contains("Seq Scan on messages"), "{name}: {plan}");
        assert!(!plan.contains("Rows Removed by Filter"), "{name}: {plan}");
    }
}

/// How tombstones are found and removed, in a range of numbers.
fn removal() -> [(&'static str, Sql, Vec<i64>); 2] {
    let range = vec![1, 1_000, 1_500];
    [
        ("between", tombstones::BETWEEN, range.clone()),
        ("remove", tombstones::REMOVE, range),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tombstones_are_found_by_a_range_of_numbers_on_sqlite() {
    let Scene { mut conn, _db } = on_sqlite().await;
    for (name, statement, values) in removal() {
        let plan = plan_on_sqlite(&mut conn, statement, &values).await;
        let range = "INDEX messages_rev (channel_id=? AND rev>? AND rev<?)";
        assert!(plan.contains(range), "{name}: {plan}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tombstones_are_found_by_a_range_of_numbers_on_postgres() {
    let Scene { mut conn, _db } = on_postgres().await;
    for (name, statement, values) in removal() {
        let plan = plan_on_postgres(&mut conn, statement, &values).await;
        assert!(plan.contains("messages_rev"), "{name}: {plan}");
        assert!(!plan.contains("Seq Scan on messages"), "{name}: {plan}");
    }
}
