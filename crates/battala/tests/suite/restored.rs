//! A past that comes back is noticed by the hub itself: the generation tells clients to begin anew.

use std::fs;
use std::path::PathBuf;

use battala_store::{Db, DbError, Options as DbOptions, Sql, args, sql};

use serde_json::Value;

use crate::harness::{Engine, TestHub, User, engine, put_back, until};

/// What a hub says that has to end.
const WENT_BACK: &str = "went back to an earlier state";
/// With this a connection is closed whose client shall come back at once (RFC 6455's registry).
const COME_AGAIN: u16 = 1012;

async fn generation(hub: &TestHub) -> i64 {
    let info = hub.get("/api/hub").await.is(200);
    info["generation"].as_i64().expect("a number")
}

async fn restart(hub: &mut TestHub) -> i64 {
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    generation(hub).await
}

async fn restart_after_kill(hub: &mut TestHub) -> i64 {
    hub.kill();
    hub.run().await;
    generation(hub).await
}

fn mark(hub: &TestHub) -> PathBuf {
    hub.data_dir().join("hub.mark")
}

#[tokio::test]
async fn a_start_after_a_stop_or_a_kill_is_no_past() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    assert_eq!(generation(&hub).await, 1);
    for _ in 0..2 {
        owner.say(&community.channel, "on we go").await;
        assert_eq!(restart(&mut hub).await, 1);
        assert_eq!(restart_after_kill(&mut hub).await, 1);
    }
    // A kill between the write to the database and the one beside the key.
    let before = fs::read(mark(&hub)).expect("it is there");
    assert_eq!(restart(&mut hub).await, 1);
    hub.kill();
    fs::write(mark(&hub), before).expect("it is written");
    hub.run().await;
    assert_eq!(generation(&hub).await, 1);
    assert_eq!(owner.history(&community.channel).await.len(), 2);
}

#[tokio::test]
async fn a_backup_that_is_put_back_raises_the_generation_each_time_and_once() {
    if engine() != Engine::Sqlite {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    owner.say(&community.channel, "kept").await;
    assert_eq!(hub.stop().await, Some(0));
    let copy = fs::read(hub.data_dir().join("battala.db")).expect("a copy");
    hub.run().await;
    let mut last = generation(&hub).await;
    for is_killed in [false, true] {
        owner.say(&community.channel, "lost").await;
        if is_killed {
            hub.kill();
        } else {
            assert_eq!(hub.stop().await, Some(0));
        }
        put_back(&copy, &hub.data_dir());
        hub.run().await;
        let raised = generation(&hub).await;
        assert!(raised > last, "{raised} after {last}");
        hub.says("a backup, it seems").await;
        assert_eq!(owner.history(&community.channel).await.len(), 1);
        assert_eq!(restart(&mut hub).await, raised);
        assert_eq!(restart_after_kill(&mut hub).await, raised);
        last = raised;
    }
    // A kill right after the raise in the database may raise once more, and then no more.
    hub.kill();
    fs::write(mark(&hub), "another 9 1\n").expect("it is written");
    hub.run().await;
    let raised = generation(&hub).await;
    assert!(raised > last);
    assert_eq!(restart(&mut hub).await, raised);
}

#[tokio::test]
async fn old_data_in_a_new_directory_and_an_older_database_raise_the_generation() {
    let mut hub = TestHub::start().await;
    assert_eq!(hub.stop().await, Some(0));
    fs::remove_file(mark(&hub)).expect("it was there");
    hub.run().await;
    let moved = generation(&hub).await;
    assert!(moved > 1);
    assert_eq!(hub.stop().await, Some(0));
    set_back(&hub).await;
    hub.run().await;
    let older = generation(&hub).await;
    assert!(older > moved);
    assert_eq!(restart(&mut hub).await, older);
}

#[tokio::test]
async fn a_past_that_shows_under_the_running_hub_is_still_one_at_the_next_start() {
    if engine() != Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    owner.say(&community.channel, "before").await;
    assert_eq!(generation(&hub).await, 1);
    set_back(&hub).await;
    // Whether a step or the stop looks first: neither hides it from the start after it.
    hub.stop().await;
    hub.run().await;
    assert!(generation(&hub).await > 1);
}

#[tokio::test]
async fn a_backup_of_a_moment_ago_that_is_put_back_under_the_running_hub_ends_it() {
    if engine() != Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    owner.say(&community.channel, "before").await;
    let mut last = generation(&hub).await;
    for lose in [
        "UPDATE hub SET rev = rev - 1",
        "UPDATE servers SET rights_version = rights_version - 1",
        "UPDATE channels SET last_seq = last_seq - 1",
    ] {
        let owner = hub.login("owner").await;
        // Its room is looked at.
        let _socket = hub.socket(&owner).await;
        let told = || hub.log().matches(WENT_BACK).count();
        let before = told();
        // Whenever it looks, the database has lost something since the look before.
        until("the hub notices", async || {
            hub.run_sql(lose);
            (told() > before).then_some(())
        })
        .await;
        let (code, errors) = hub.ended().await;
        assert_eq!(code, Some(1), "{errors:?}");
        // No step of the mark was lost, and still the next start knows.
        hub.run().await;
        let raised = generation(&hub).await;
        assert!(raised > last, "{raised} after {last}: {lose}");
        last = raised;
    }
    assert_eq!(restart(&mut hub).await, last);
}

#[tokio::test]
async fn renewals_of_the_lost_time_are_no_theft_and_thieves_of_then_are_still_found() {
    let mut hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let mut renewed = vec![User::signed_in(&hub.http, &ana.refresh().await)];
    for at in 0..4 {
        let answer = renewed[at].refresh().await;
        renewed.push(User::signed_in(&hub.http, &answer));
    }
    assert_eq!(hub.stop().await, Some(0));
    write(&hub, sql!("UPDATE sessions SET counter = counter - 4")).await;
    set_back(&hub).await;
    hub.run().await;
    // A copy from the middle of the lost time, and then whom it was taken from.
    let thief = User::signed_in(&hub.http, &renewed[2].refresh().await);
    let mut last = renewed.pop().expect("the last");
    for _ in 0..2 {
        last = User::signed_in(&hub.http, &last.refresh().await);
        assert_eq!(last.session_id, ana.session_id);
        last.get("/users/@me").await.is(200);
    }
    let is_said = |line: &&str| line.contains("it has lost time");
    assert_eq!(hub.log().lines().filter(is_said).count(), 1);
    // Who is behind is somebody else, as ever.
    thief.refresh().await.refused(401, "session_ended");
    last.refresh().await.refused(401, "session_ended");
}

#[tokio::test]
async fn a_generation_that_is_raised_under_the_hub_has_every_connection_begin_anew() {
    if engine() != Engine::Postgres {
        return;
    }
    let hub = TestHub::start().await;
    let (_, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let sockets = [hub.socket(&owner).await, hub.socket(&ben).await];
    // Another name is told, and ends nothing.
    hub.run_sql("UPDATE hub SET name = 'Haat', rev = rev + 1");
    for socket in &sockets {
        let is_renamed = |event: &Value| event["hub"]["name"] == "Haat";
        socket.wait("hub_updated", is_renamed).await;
        socket.round_trip().await;
        assert!(socket.is_open());
    }
    hub.run_sql("UPDATE hub SET generation = generation + 1, rev = rev + 1");
    for (socket, user) in sockets.iter().zip([&owner, &ben]) {
        assert_eq!(socket.closed().await, COME_AGAIN);
        let again = hub.socket(user).await;
        let ready = again.wait("ready", |_| true).await;
        assert_eq!(ready["hub"]["generation"], 2);
        again.round_trip().await;
        assert!(again.is_open());
    }
}

/// As a standby would be that had not got the last writes.
async fn set_back(hub: &TestHub) {
    write(hub, sql!("UPDATE hub_mark SET beat = beat - 1")).await;
}

/// Writes one row of the database of a hub that is stopped.
async fn write(hub: &TestHub, statement: Sql) {
    let options = DbOptions::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("a database");
    let written = db.write(move |tx| Box::pin(async move { tx.execute(statement, args![]).await }));
    let written: Result<u64, DbError> = written.await;
    assert_eq!(written.expect("it is written"), 1);
    db.close().await;
}
