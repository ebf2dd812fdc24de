//! What asks for the sessions of an account does not walk over those that have ended, however many do.

use battala_proto::id::UserId;
use battala_store::tables::sessions::{self, LIST, REMOVE_ENDED, REVOKE_OTHERS};
use battala_store::{Db, DbError, Engine, MIGRATIONS, Sql, args, sql};

use crate::standing::{beside_postgres, beside_sqlite, plan_on_postgres, plan_on_sqlite};
use crate::support::TestDb;

const ENDED: i64 = 5_000;
/// Every session lasts until then, but for those that a test sets.
const EXPIRES_AT: i64 = 1_000_000;

/// One account: ten sessions that stand, many that were ended, one after the other, ten more. Beside it
/// ten others, with as many that stand.
async fn fill(db: &Db) {
    let accounts = sql!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11) ",
        "INSERT INTO users (id, username, display_name, display_name_folded, kind, is_admin, rev, created_at) ",
        "SELECT i, 'user-' || i, 'Ana', 'ana', 0, FALSE, 1, 0 FROM n"
    );
    let sessions = sql!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2 * $1 + 20) ",
        "INSERT INTO sessions (id, user_id, counter, salt, agent, address, created_at, last_used_at, ",
        "idle_expires_at, expires_at, revoked_at) ",
        "SELECT i, CASE WHEN i <= $1 + 20 THEN 1 ELSE 2 + i % 10 END, 0, '', '', '', 0, i, ",
        "$2 + i, $2 + i, CASE WHEN i > 10 AND i <= $1 + 10 THEN i END FROM n"
    );
    write(db, accounts, vec![]).await;
    write(db, sessions, vec![ENDED, EXPIRES_AT]).await;
}

async fn write(db: &Db, statement: Sql, values: Vec<i64>) {
    db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move {
            match values[..] {
                [first, second] => tx.execute(statement, args![first, second]).await,
                _ => tx.execute(statement, args![]).await,
            }
        })
    })
    .await
    .unwrap();
}

/// The statements, the index by which each of them finds its rows, and its arguments. That which ends
/// the sessions comes last: on PostgreSQL a statement runs where its plan is asked for.
fn statements() -> [(&'static str, Sql, Vec<i64>); 3] {
    [
        ("sessions_standing", LIST, vec![1, 0]),
        ("sessions_end", REMOVE_ENDED, vec![100, 5]),
        ("sessions_standing", REVOKE_OTHERS, vec![1, 0, 9_000]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_walks_over_ended_sessions_on_sqlite() {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    fill(&db).await;
    let mut conn = beside_sqlite(&db).await;
    for (index, statement, values) in statements() {
        let plan = plan_on_sqlite(&mut conn, statement, &values).await;
        assert!(
            plan.contains(&format!("INDEX {index} (")),
            "{index}: {plan}"
        );
        assert!(!plan.contains("SCAN sessions"), "{index}: {plan}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_walks_over_ended_sessions_on_postgres() {
    let db = TestDb::open(Engine::Postgres, &MIGRATIONS).await;
    fill(&db).await;
    let mut conn = beside_postgres(&db, "sessions").await;
    for (index, statement, values) in statements() {
        let plan = plan_on_postgres(&mut conn, statement, &values).await;
        assert!(plan.contains(index), "{index}: {plan}");
        assert!(!plan.contains("Seq Scan on sessions"), "{index}: {plan}");
        assert!(!plan.contains("Rows Removed by Filter"), "{index}: {plan}");
    }
}

/// Whichever way they ended: by somebody, unused for too long, or at their end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_takes_a_bounded_number_of_what_ended_long_ago() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let db = TestDb::open(engine, &MIGRATIONS).await;
        fill(&db).await;
        write(
            &db,
            sql!("UPDATE sessions SET idle_expires_at = 5 WHERE id = 1"),
            vec![],
        )
        .await;
        write(
            &db,
            sql!("UPDATE sessions SET expires_at = 5 WHERE id = 2"),
            vec![],
        )
        .await;
        let remove = async |before, limit| {
            let removed = db.write(move |tx| {
                Box::pin(async move { sessions::remove_ended(tx, before, limit).await })
            });
            removed.await.unwrap()
        };
        assert_eq!(remove(5, 500).await, 0, "nothing is as old");
        // Forty that were ended, and the other two.
        assert_eq!(remove(51, 30).await, 30);
        assert_eq!(remove(51, 500).await, 12);
        assert_eq!(remove(51, 500).await, 0);
        let mut reader = db.read().await.unwrap();
        let standing = sessions::list(&mut reader, UserId::from_raw(1), 0).await;
        assert_eq!(standing.unwrap().len(), 18);
    }
}
