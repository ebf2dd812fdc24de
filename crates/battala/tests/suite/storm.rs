//! Everybody comes back at once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Community, Options, Socket, TestHub, User, nonce, until};

/// Connections of one address, ten times as many as may be undecided at once.
const CLIENTS: usize = 100;
const UNDECIDED_MAX: u32 = 10;
/// Messages under way when the hub is killed.
const SENT: usize = 60;

// T124
#[tokio::test]
async fn after_a_restart_all_get_in_again_and_have_everything_once() {
    let options = Options::default().limit("unauthenticated_per_address", UNDECIDED_MAX);
    let mut hub = options.start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let writer = hub.socket(&owner).await;
    let clients = all_back(&hub, &ben).await;
    let acked = send_until_killed(&mut hub, &writer, &community).await;
    for client in &clients {
        client.closed().await;
    }
    hub.run().await;
    // What was sent after the return is written while the others still come.
    let (again, after) = tokio::join!(all_back(&hub, &ben), owner.say(&community.channel, "after"));
    let last = after["seq"].as_i64().expect("a number");
    let ledgers = join_all(again.iter().map(|client| ledger(client, &community, last))).await;
    for found in &ledgers {
        assert_eq!(found, &ledgers[0]);
    }
    let expected: Vec<i64> = (1..=last).collect();
    let seqs: Vec<i64> = ledgers[0].keys().copied().collect();
    assert_eq!(seqs, expected, "each once, and none is missing");
    for (seq, id) in acked {
        assert_eq!(ledgers[0].get(&seq), Some(&id), "an acknowledged message");
    }
}

/// All of them connect at once, and ask again when the hub says that too many do.
async fn all_back(hub: &TestHub, user: &User) -> Vec<Socket> {
    let address = hub.http.address;
    let back = (0..CLIENTS).map(|_| async move {
        let dial = async || Socket::try_open(address).await.ok();
        let socket = until("a place", dial).await;
        socket.sign_in(&user.token).await;
        socket.settled().await;
        socket
    });
    join_all(back).await
}

/// Sends many messages and kills the hub when some are acknowledged; those, by their place.
async fn send_until_killed(
    hub: &mut TestHub,
    writer: &Socket,
    community: &Community,
) -> BTreeMap<i64, String> {
    let mut ids = Vec::new();
    for number in 0..SENT {
        let body = json!({"channel_id": community.channel, "content": number.to_string(), "nonce": nonce()});
        ids.push(writer.send_command("message_send", &body));
    }
    writer
        .acknowledgement(ids[SENT / 4])
        .await
        .expect("an answer");
    hub.kill();
    let mut acked = BTreeMap::new();
    for id in ids {
        if let Some(ack) = writer.acknowledgement(id).await {
            let seq = ack["ok"]["seq"].as_i64().expect("a number");
            acked.insert(seq, id_of(&ack["ok"]));
        }
    }
    acked
}

/// What a client has after it has caught up: ids by their place.
async fn ledger(client: &Socket, community: &Community, last: i64) -> BTreeMap<i64, String> {
    let body = json!({"channel_id": community.channel, "after": 0});
    let answer = client.ok("channel_sync", body).await;
    assert_eq!(answer["more"], false);
    let rows = answer["rows"].as_array().expect("a list").iter();
    let synced = rows.map(|row| (row["seq"].as_i64().expect("a number"), id_of(row)));
    let mut ledger: BTreeMap<i64, String> = synced.collect();
    // The last one comes by the sync or as an event, as each came before or after it.
    if let Entry::Vacant(place) = ledger.entry(last) {
        let is_last = |event: &Value| event["seq"] == last;
        let event = client.wait("message_created", is_last).await;
        place.insert(id_of(&event["message"]));
    }
    ledger
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}
