//! Everybody comes back at once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use battala_testkit::patience;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use crate::harness::{Community, Options, Socket, TestHub, User, nonce};

/// Accounts, and the connections of each: fifty times as many as may be undecided at once.
const USERS: usize = 50;
const EACH: usize = 10;
const UNDECIDED_MAX: u32 = 10;
/// Messages under way when the hub is killed.
const SENT: usize = 60;
/// All are back within this, and later on a slow machine.
const RETURN_MAX: Duration = Duration::from_mins(1);
/// The pause of a client between two attempts grows up to this.
const PAUSE_MAX: Duration = Duration::from_millis(400);

/// How a connection ends that has not been let in yet: its place was given to another before there was a
/// session to say so, it was too slow to speak, or there was no room for what it begins with. Every other
/// end of a handshake is a fault.
const COME_AGAIN: [u64; 3] = [1006, 1008, 1013];

#[tokio::test]
async fn t124_after_a_restart_everyone_is_back_and_has_everything_once() {
    let options = Options::default().limit("unauthenticated_per_address", UNDECIDED_MAX);
    let mut hub = options.start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let users = members(&hub, &owner, &community).await;
    let clients = all_back(&hub, &users).await;
    owner.say(&community.channel, "before").await;
    for client in &clients {
        client
            .wait("message_created", |event| event["seq"] == 1)
            .await;
    }
    let writer = hub.socket(&owner).await;
    let acked = send_until_killed(&mut hub, &writer, &community).await;
    for client in &clients {
        client.closed().await;
    }
    hub.run().await;
    // What was sent after the return is written while the others still come.
    let (again, meanwhile) = tokio::join!(
        all_back(&hub, &users),
        said(&owner, &community, "meanwhile")
    );
    for client in &again {
        let reads = &client.all("server_reads")[0];
        assert!(reads["channels"][0]["last_seq"].as_i64() >= Some(1));
    }
    let last = meanwhile["seq"].as_i64().expect("a number");
    assert_everything_once(&again, &community, &acked, last).await;
    owner.say(&community.channel, "after").await;
    for client in &again {
        let is_after = |event: &Value| event["seq"] == last + 1;
        client.wait("message_created", is_after).await;
    }
}

async fn members(hub: &TestHub, owner: &User, community: &Community) -> Vec<User> {
    let code = owner.invite(community).await;
    let mut users = Vec::new();
    for number in 0..USERS {
        let user = hub.user(&format!("user{number}")).await;
        user.join(&code).await;
        users.push(user);
    }
    users
}

/// All of them connect at once, and come again when the hub says that too many do.
async fn all_back(hub: &TestHub, users: &[User]) -> Vec<Socket> {
    let clients = users.iter().flat_map(|user| [user; EACH]);
    let back = clients.map(|user| async move {
        let socket = signed_in(hub, user).await;
        socket.settled().await;
        socket
    });
    let deadline = patience(RETURN_MAX);
    let sockets = tokio::time::timeout(deadline, join_all(back)).await;
    sockets.unwrap_or_else(|_| panic!("not all are back within {deadline:?}"))
}

/// A socket that the hub has let in. Whoever has not come to speak, since the machine is slow, makes
/// room for the others and comes again.
async fn signed_in(hub: &TestHub, user: &User) -> Socket {
    let auth = json!({"token": user.token});
    loop {
        let socket = admitted(hub).await;
        match socket.connect(&auth).await {
            Ok(_) => return socket,
            Err(refusal) => {
                let code = refusal["closed"].as_u64();
                assert!(
                    code.is_some_and(|code| COME_AGAIN.contains(&code)),
                    "{refusal}"
                );
            }
        }
    }
}

/// A WebSocket that found a place, asked for with growing pauses as a client does.
async fn admitted(hub: &TestHub) -> Socket {
    let mut pause = Duration::from_millis(10);
    loop {
        match Socket::try_open(hub.http.address).await {
            Ok(socket) => return socket,
            // It was too slow to ask, and made room.
            Err(Error::Protocol(ProtocolError::HandshakeIncomplete)) => {}
            Err(refusal) => assert!(refusal.to_string().contains("429"), "{refusal}"),
        }
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
}

/// Writes a message, again and again while the hub has too much to do.
async fn said(writer: &User, community: &Community, content: &str) -> Value {
    let body = json!({"content": content, "nonce": nonce()});
    let path = community.messages();
    writer.insists("POST", &path, Some(body)).await.is(201)
}

/// Every client can have all messages up to `last`, each once, those acknowledged among them.
async fn assert_everything_once(
    clients: &[Socket],
    community: &Community,
    acked: &BTreeMap<i64, String>,
    last: i64,
) {
    let ledgers = join_all(clients.iter().map(|client| ledger(client, community, last))).await;
    for found in &ledgers {
        assert_eq!(found, &ledgers[0]);
    }
    let expected: Vec<i64> = (1..=last).collect();
    let seqs: Vec<i64> = ledgers[0].keys().copied().collect();
    assert_eq!(seqs, expected, "each once, and none is missing");
    for (seq, id) in acked {
        assert_eq!(ledgers[0].get(seq), Some(id), "an acknowledged message");
    }
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
    let answer = client.synced(&community.channel).await;
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
