//! One process serves a database: another one that tries says so and ends.

use battala_store::{Db, DbError, Options as DbOptions, args, sql};

use crate::harness::{Engine, TestHub, engine};

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
    hub.logged("a new claim", |line| {
        line.contains("claimed again").then_some(())
    })
    .await;
    let said = refused(&hub);
    assert!(said.contains(expected()), "{said}");
    db.close().await;
}
