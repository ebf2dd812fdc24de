//! What a connection reads of its account is found by keys, however many members there are.

use battala_store::tables::sessions::PLACES;
use battala_store::{DatabaseUrl, Engine, MIGRATIONS};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::support::TestDb;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_of_a_session_are_found_without_a_look_at_others() {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file")
    };
    let url = format!("sqlite:{}", path.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let text = format!("EXPLAIN QUERY PLAN {}", PLACES.text(Engine::Sqlite));
    let query = sqlx::query(AssertSqlSafe(text)).bind(1_i64).bind(1_i64);
    let rows = query.fetch_all(&mut conn).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let plan = lines.join("\n");
    assert_eq!(plan.matches("SEARCH ").count(), 4, "{plan}");
    assert!(
        !plan.contains("SCAN ") && !plan.contains("MATERIALIZE"),
        "{plan}"
    );
}
