//! The wall clock is set while the hub runs, by an hour in either direction: nobody is locked out,
//! nobody is cut, and ids stay what they are.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Community, Options, Socket, TestHub, User, WallClock, nonce};

const HOUR_S: i64 = 60 * 60;
/// The gateway looks for expired tokens every two seconds; this is longer than one such look.
const A_WHILE: Duration = Duration::from_secs(3);

async fn send(socket: &Socket, channel: &str) -> Value {
    let body = json!({"channel_id": channel, "content": "hi", "nonce": nonce()});
    socket.ok("message_send", body).await
}

#[track_caller]
fn id_of(message: &Value) -> i64 {
    let id = message["id"].as_str().and_then(|id| id.parse().ok());
    id.unwrap_or_else(|| panic!("{message}"))
}

/// Each message once, and later ones with greater ids.
async fn assert_in_order(reader: &User, channel: &str, ids: &[i64]) {
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    let stored = reader.history(channel).await;
    assert_eq!(stored.iter().map(id_of).collect::<Vec<_>>(), ids);
    let seqs = stored.iter().map(|message| message["seq"].as_i64());
    assert!(seqs.eq((1..).take(ids.len()).map(Some)));
}

/// What the hub takes to be the time, by a channel that it has just made: the time of a message is
/// that of its id, which does not step back.
async fn assert_clock_is_ahead_by(
    owner: &User,
    community: &Community,
    before_ms: i64,
    step_s: i64,
) {
    let channels = community.path("/channels");
    let made = owner.post(&channels, json!({"name": "time"})).await;
    let at = made.is(201)["created_at"].as_i64().expect("a number");
    let ahead_s = (at - before_ms) / 1000;
    assert!((ahead_s - step_s).abs() < HOUR_S / 2, "{ahead_s} s");
}

async fn renewed(hub: &TestHub, user: &User) -> User {
    User::signed_in(&hub.http, &user.refresh().await)
}

async fn everything_goes_on_after(step_s: i64) {
    let clock = WallClock::new();
    let mut hub = Options::default()
        .default_limits()
        .clock(&clock)
        .start()
        .await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let channel = &community.channel;
    let (socket, other) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let first = owner.say(channel, "before").await;
    let mut ids = vec![id_of(&first)];
    ids.push(id_of(&send(&socket, channel).await));

    clock.set(step_s);
    // The very first write after the step, by a connection that is open.
    ids.push(id_of(&send(&socket, channel).await));
    if step_s < 0 {
        ben.get("/users/@me").await.is(200);
    }
    let (mut owner, ben) = (renewed(&hub, &owner).await, renewed(&hub, &ben).await);
    ben.get(&community.messages()).await.is(200);
    hub.get("/api/hub").await.is(200);
    let again = hub.login("ben").await;
    let eve = hub.user("eve").await;
    eve.get("/users/@me").await.is(200);
    ids.push(id_of(&owner.say(channel, "after").await));
    hub.socket(&again).await;
    let before_ms = first["created_at"].as_i64().expect("a number");
    assert_clock_is_ahead_by(&owner, &community, before_ms, step_s).await;

    let until = Instant::now() + A_WHILE;
    while Instant::now() < until {
        let sent = send(&socket, channel).await;
        other
            .wait("message_created", |event| {
                event["message"]["id"] == sent["id"]
            })
            .await;
        ids.push(id_of(&sent));
        // Within the rate of messages, which is in force here.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(socket.is_open() && other.is_open());

    // Another start by the clock as it is now, and another when it is right again.
    for ahead_s in [step_s, 0] {
        clock.set(ahead_s);
        hub.kill();
        hub.run().await;
        owner = renewed(&hub, &owner).await;
        ids.push(id_of(&owner.say(channel, "started anew").await));
        assert_in_order(&owner, channel, &ids).await;
    }
    let distinct: HashSet<&i64> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_an_hour_stops_nothing() {
    everything_goes_on_after(-HOUR_S).await;
}

#[tokio::test]
async fn a_clock_that_is_set_forward_by_an_hour_stops_nothing() {
    everything_goes_on_after(HOUR_S).await;
}

/// More than lie between two messages that were sent one after the other, in milliseconds.
const CATCH_UP_MAX: i64 = 3000;

#[tokio::test]
async fn ids_that_follow_one_from_the_future_are_new_after_a_restart() {
    let clock = WallClock::new();
    let mut hub = Options::default().clock(&clock).start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let (one, other) = (&community.channel, owner.channel(&community, "other").await);
    clock.set(HOUR_S);
    let mut owner = renewed(&hub, &owner).await;
    let first = id_of(&owner.say(one, "ahead").await);
    let second = id_of(&owner.say(&other, "ahead").await);

    // A process that never saw the time ahead: its ids follow those of the channel, one by one.
    clock.set(0);
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    owner = renewed(&hub, &owner).await;
    let between_ms = (second >> 22) - (first >> 22);
    assert!((0..CATCH_UP_MAX).contains(&between_ms), "{between_ms} ms");
    let mut ids = vec![first, second];
    let socket = hub.socket(&owner).await;
    for _ in 0..between_ms + 2 {
        ids.push(id_of(&send(&socket, one).await));
    }
    assert!(ids.last() > Some(&second));

    // The next one works under the same number, and follows the other channel.
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    owner = renewed(&hub, &owner).await;
    for _ in 0..3 {
        ids.push(id_of(&owner.say(&other, "behind").await));
    }
    let distinct: HashSet<&i64> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
}
