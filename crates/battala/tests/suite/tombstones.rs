//! What deleted messages leave goes when it is old and nobody can ask for it any more.

use serde_json::{Value, json};

use crate::harness::{Community, Options, Socket, TestHub, WallClock, nonce, until};

const KEPT_S: u32 = 60 * 60;
/// Changes behind which a client reads the channel anew.
const GAP: i64 = 1000;

async fn send(socket: &Socket, community: &Community, nonce: &str) -> Value {
    let body = json!({"channel_id": community.channel, "content": "tea", "nonce": nonce});
    socket.ok("message_send", body).await
}

/// Sends a message and deletes it; its acknowledgement.
async fn deleted(hub: &TestHub, socket: &Socket, community: &Community, nonce: &str) -> Value {
    let sent = send(socket, community, nonce).await;
    let path = format!(
        "{}/{}",
        community.messages(),
        sent["id"].as_str().expect("an id")
    );
    hub.login("owner").await.delete(&path).await.is(204);
    sent
}

/// As many changes as nobody syncs over.
async fn send_many(socket: &Socket, community: &Community) {
    let bodies = (0..=GAP)
        .map(|_| json!({"channel_id": community.channel, "content": "hi", "nonce": nonce()}));
    let ids: Vec<u64> = bodies
        .map(|body| socket.send_command("message_send", &body))
        .collect();
    for id in ids {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        assert!(ack["ok"].is_object(), "{ack}");
    }
}

async fn sync(socket: &Socket, community: &Community, after: i64) -> Value {
    let body = json!({"channel_id": community.channel, "after": after});
    socket.ok("channel_sync", body).await
}

/// The hub starts anew, and so looks for what is old.
async fn restarted(hub: &mut TestHub) -> Socket {
    hub.stop().await;
    hub.run().await;
    let owner = hub.login("owner").await;
    hub.socket(&owner).await
}

/// While a tombstone is there, its nonce is the deleted message's.
async fn until_gone(socket: &Socket, community: &Community, nonce: &str, sent: &Value) {
    until("the tombstone goes", async || {
        let again = send(socket, community, nonce).await;
        (again["id"] != sent["id"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_tombstone_goes_when_it_is_old_and_below_what_can_be_synced() {
    let clock = WallClock::new();
    let options = Options::default().limit("tombstones_kept_s", KEPT_S);
    let mut hub = options.clock(&clock).start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    let old = deleted(&hub, &socket, &community, "old").await;
    clock.set(2 * i64::from(KEPT_S));
    let young = deleted(&hub, &socket, &community, "young").await;
    send_many(&socket, &community).await;
    let near = deleted(&hub, &socket, &community, "near").await;

    let socket = restarted(&mut hub).await;
    until_gone(&socket, &community, "old", &old).await;
    assert_eq!(send(&socket, &community, "young").await["id"], young["id"]);

    clock.set(4 * i64::from(KEPT_S));
    let socket = restarted(&mut hub).await;
    until_gone(&socket, &community, "young", &young).await;
    assert_eq!(send(&socket, &community, "near").await["id"], near["id"]);

    // Whoever was away for as long as can be is told of it, and finds no hole.
    let last = send(&socket, &community, "last").await["seq"].as_i64();
    let last = last.expect("a number");
    let (mut after, mut rows) = (last - GAP, Vec::new());
    while after < last {
        let answer = sync(&socket, &community, after).await;
        assert_eq!(answer["reset"], false, "{after}");
        rows.extend(answer["rows"].as_array().expect("a list").iter().cloned());
        after = answer["through"].as_i64().expect("a number");
    }
    let is_near = |row: &Value| row["id"] == near["id"] && row["is_deleted"] == true;
    assert!(rows.iter().any(is_near));
    assert_eq!(
        sync(&socket, &community, last - GAP - 1).await["reset"],
        true
    );
}
