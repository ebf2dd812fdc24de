//! One process serves a database: another one that tries says so and ends.

use battala_store::{Db, DbError, Options as DbOptions, Reader, args, sql};
use battala_testkit::Pooler;
use serde_json::json;

use crate::harness::{EXIT_LASTING, Engine, TestHub, engine, nonce, until};

/// What a second `serve` says; it must not succeed.
fn refused(hub: &TestHub) -> String {
    let output = hub.command(&["serve"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn expected() -> &'static str {
    match engine() {
        Engine::Sqlite => "in use by another process",
        Engine::Postgres => "another hub serves this database",
    }
}

#[tokio::test]
async fn a_second_hub_on_one_database_ends_with_words_and_disturbs_nobody() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let said = refused(&hub);
    assert!(said.contains(expected()), "{said}");
    let message = owner.say(&community.channel, "still here").await;
    let event = socket.wait("message_created", |_| true).await;
    assert_eq!(event["message"], message);
    // Whoever stops makes room at once, and whoever was killed makes room too.
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    hub.kill();
    hub.run().await;
}

#[tokio::test]
async fn an_administrator_works_at_the_machine_while_the_hub_runs() {
    if engine() != Engine::Postgres {
        return;
    }
    let hub = TestHub::start().await;
    hub.user("ana").await;
    let output = hub.command(&["admin", "reset-password", "ana"]);
    assert!(output.status.success(), "{output:?}");
    hub.get("/readyz").await;
}

#[tokio::test]
async fn a_newer_program_at_the_machine_changes_no_schema_under_the_running_hub() {
    if engine() != Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    hub.user("ana").await;
    // As an older hub would have left it.
    let newest = "(SELECT MAX(number) FROM schema_migrations)";
    hub.run_sql(&format!(
        "DELETE FROM schema_migrations WHERE number = {newest}"
    ));
    let before = hub.run_sql("SELECT COUNT(*) FROM schema_migrations");
    let output = hub.command(&["admin", "reset-password", "ana"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("restart it first"), "{said}");
    assert_eq!(
        hub.run_sql("SELECT COUNT(*) FROM schema_migrations"),
        before
    );
    // Nothing is read beside a hub of an older version, the end of its jobs neither.
    hub.stop().await;
}

#[tokio::test]
async fn a_hub_that_lost_its_claim_claims_the_database_again() {
    if engine() != Engine::Postgres {
        return;
    }
    let hub = TestHub::start().await;
    let options = DbOptions::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("a database");
    let ended = db.write(|tx| {
        Box::pin(async move {
            let statement = sql!(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' ",
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            );
            tx.fetch_one::<i64>(statement, args![]).await
        })
    });
    let ended: Result<i64, DbError> = ended.await;
    assert_eq!(ended.expect("it may"), 1);
    hub.says("claimed again").await;
    let said = refused(&hub);
    assert!(said.contains(expected()), "{said}");
    db.close().await;
}

/// Keeps every write in this server waiting inside its transaction, for as long as it lives.
async fn hold_writes(hub: &TestHub, server: &str) -> (Db, Reader) {
    let options = DbOptions::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("a database");
    let mut session = db.read().await.expect("a connection");
    let server: i64 = server.parse().expect("an id");
    let lock = sql!(sqlite: "SELECT $1", postgres: "SELECT pg_advisory_lock($1)");
    let held = session.execute(lock, args![server]).await;
    held.expect("the lock is free");
    (db, session)
}

/// Ends the session that claims the database, and no other.
fn end_claim(hub: &TestHub, server: &str) {
    hub.run_sql(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND (classid::bigint << 32 | objid::bigint) <> {server}"
    ));
}

#[tokio::test]
async fn a_hub_that_lost_its_claim_to_another_writes_nothing_any_more() {
    if engine() != Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    owner.say(&community.channel, "before").await;
    let (db, session) = hold_writes(&hub, &community.id).await;
    let body = json!({"content": "too late", "nonce": nonce()});
    let request = owner.request("POST", &community.messages(), Some(body));
    let taking_over = async {
        until("the write waits", async || {
            let waiting = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database \
                           WHERE NOT granted AND datname = current_database()";
            (hub.run_sql(waiting) == "1").then_some(())
        })
        .await;
        hub.freeze();
        end_claim(&hub, &community.id);
        let other = hub.beside().await;
        hub.thaw();
        drop(session);
        db.close().await;
        other
    };
    let (answer, other) = tokio::join!(hub.http.try_send(&request), taking_over);
    let is_written = answer.is_ok_and(|answer| answer.status < 300);
    let (code, errors) = hub.ended().await;
    assert_eq!(code, Some(1));
    let is_told = |line: &String| line.contains(expected());
    assert!(errors.iter().any(is_told), "{errors:?}");
    assert!(!is_written);
    let owner = other.login("owner").await;
    let said = owner.say(&community.channel, "after").await;
    assert_eq!(said["seq"], 2);
}

#[tokio::test]
async fn a_hub_that_another_one_takes_for_its_own_goes_on_undisturbed() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let mut other = TestHub::start().await;
    assert_eq!(other.stop().await, Some(0));
    let intrude = || {
        let output = other.command_at(&hub.database_url(), &["serve"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("the database holds another hub"), "{said}");
        assert_eq!(output.status.code(), Some(EXIT_LASTING), "{said}");
    };
    intrude();
    owner.say(&community.channel, "still here").await;
    if engine() == Engine::Postgres {
        // Nor does one that could have its place for a moment.
        hub.freeze();
        end_claim(&hub, &community.id);
        intrude();
        hub.thaw();
        hub.says("claimed again").await;
        owner.say(&community.channel, "and here").await;
    }
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    owner.say(&community.channel, "to stay").await;
}

#[tokio::test]
async fn a_pooler_that_gives_every_transaction_another_session_is_refused() {
    if engine() != Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    assert_eq!(hub.stop().await, Some(0));
    let pooler = Pooler::start(&hub.database_url()).expect("a pooler");
    let output = hub.command_at(&pooler.url(), &["serve"]);
    assert_eq!(output.status.code(), Some(EXIT_LASTING), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("behind a pooler"), "{said}");
}
