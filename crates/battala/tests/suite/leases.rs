//! A process that was away for longer than its node number was its own: it goes on under the number
//! if nobody took it, and under another one if somebody did.

use std::time::Duration;

use battala_store::{Db, DbError, Options as DbOptions, args, sql};
use serde_json::Value;
use tokio::time::Instant;

use crate::harness::{Engine, Options, TestHub, engine, until};

const LEASE_MS: u32 = 1000;

/// The node that made an id: below the time, above the counter.
#[track_caller]
fn node_of(message: &Value) -> i64 {
    let id: i64 = message["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    id >> 12 & 1023
}

/// Stops the process until its lease has been over for long.
async fn away(hub: &TestHub) {
    hub.freeze();
    let back = Instant::now() + Duration::from_millis(u64::from(LEASE_MS) * 3);
    until("its lease is over", async || {
        (Instant::now() >= back).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_first_write_after_a_long_pause_succeeds() {
    let hub = Options::default()
        .limit("node_lease_ms", LEASE_MS)
        .start()
        .await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    let before = owner.say(&community.channel, "before").await;
    away(&hub).await;
    hub.thaw();
    let after = owner.say(&community.channel, "after").await;
    assert_eq!(
        (&after["seq"], node_of(&after)),
        (&2.into(), node_of(&before))
    );
    socket
        .wait("message_created", |event| {
            event["message"]["id"] == after["id"]
        })
        .await;
    hub.get("/readyz").await;
}

#[tokio::test]
async fn a_process_whose_number_was_taken_goes_on_under_another() {
    // A file belongs to one process: nobody else can take the number.
    if engine() != Engine::Postgres {
        return;
    }
    let hub = Options::default()
        .limit("node_lease_ms", LEASE_MS)
        .start()
        .await;
    let (community, owner, []) = hub.community("owner", []).await;
    let before = owner.say(&community.channel, "before").await;
    away(&hub).await;
    let output = hub.command(&["admin", "reset-password", "owner"]);
    assert!(output.status.success(), "{output:?}");
    hub.thaw();
    let after = owner.say(&community.channel, "after").await;
    assert_eq!((&before["seq"], &after["seq"]), (&1.into(), &2.into()));
    // It may well be the same number once more, given back meanwhile, but taken anew.
    let is_told = |line: &str| {
        line.contains("another process took the node number")
            .then_some(())
    };
    hub.logged("the loss of the number", is_told).await;
    for number in 0..20 {
        owner.say(&community.channel, &number.to_string()).await;
    }
    let stored = owner.history(&community.channel).await;
    let ids = stored.iter().map(|message| message["id"].as_str());
    let ids: Vec<i64> = ids
        .map(|id| id.and_then(|id| id.parse().ok()).expect("an id"))
        .collect();
    assert_eq!(ids.len(), 22);
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    hub.get("/readyz").await;
}

#[tokio::test]
async fn a_start_without_a_free_number_ends_with_words() {
    let mut hub = TestHub::start().await;
    assert_eq!(hub.stop().await, Some(0));
    let options = DbOptions::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("a database");
    let taken = db.write(|tx| {
        Box::pin(async move {
            tx.execute(sql!("DELETE FROM node_leases"), args![]).await?;
            let statement = sql!(
                "INSERT INTO node_leases (node, holder, expires_at) WITH RECURSIVE numbers (node) AS ",
                "(SELECT 0 UNION ALL SELECT node + 1 FROM numbers WHERE node < 1023) ",
                "SELECT node, 'another', 9000000000000 FROM numbers"
            );
            tx.execute(statement, args![]).await
        })
    });
    let taken: Result<u64, DbError> = taken.await;
    assert_eq!(taken.expect("it is written"), 1024);
    db.close().await;
    let output = hub.command(&["serve"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("all 1,024 node numbers are in use"), "{said}");
}
