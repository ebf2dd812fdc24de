//! Converging after a time away: `channel_sync`, the beacon, the renewal of a connection.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Community, Socket, TestHub, User, nonce};

async fn sync(socket: &Socket, channel: &str, after: i64) -> Value {
    socket
        .ok(
            "channel_sync",
            json!({"channel_id": channel, "after": after}),
        )
        .await
}

/// Syncs from `after` until there is no more; the rows in the order in which they came.
async fn sync_all(socket: &Socket, channel: &str, mut after: i64) -> (Vec<Value>, i64) {
    let mut rows = Vec::new();
    loop {
        let answer = sync(socket, channel, after).await;
        assert_eq!(answer["reset"], false);
        let through = answer["through"].as_i64().expect("a number");
        assert!(through >= after);
        rows.extend(answer["rows"].as_array().expect("a list").iter().cloned());
        if answer["more"] == false {
            return (rows, through);
        }
        assert!(through > after, "it gets on");
        after = through;
    }
}

async fn send_many(socket: &Socket, community: &Community, count: usize) {
    let ids: Vec<u64> = (0..count)
        .map(|number| {
            let body = json!({"channel_id": community.channel, "content": number.to_string(), "nonce": nonce()});
            socket.send_command("message_send", &body)
        })
        .collect();
    for id in ids {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        assert!(ack["ok"].is_object(), "{ack}");
    }
}

#[tokio::test]
async fn a_sync_gives_the_current_rows_by_their_last_change() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let said: Vec<Value> = {
        let mut said = Vec::new();
        for content in ["a", "b", "c"] {
            said.push(owner.say(&community.channel, content).await);
        }
        said
    };
    let path = |at: usize| {
        format!(
            "{}/{}",
            community.messages(),
            said[at]["id"].as_str().expect("an id")
        )
    };
    owner.patch(&path(0), json!({"content": "A"})).await.is(200);
    owner.delete(&path(1)).await.is(204);
    owner
        .patch(&path(0), json!({"content": "AA"}))
        .await
        .is(200);
    let socket = hub.socket(&owner).await;
    let answer = sync(&socket, &community.channel, 1).await;
    let rows: Vec<(i64, &str)> = answer["rows"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            (
                row["rev"].as_i64().expect("a number"),
                row["content"].as_str().expect("a text"),
            )
        })
        .collect();
    // The first edit was superseded: 4 is a hole.
    assert_eq!(rows, [(3, "c"), (5, ""), (6, "AA")]);
    assert_eq!(
        (&answer["through"], &answer["more"]),
        (&json!(6), &json!(false))
    );
    let answer = sync(&socket, &community.channel, 6).await;
    assert_eq!(
        (&answer["rows"], &answer["through"]),
        (&json!([]), &json!(6))
    );
}

#[tokio::test]
async fn a_long_sync_comes_in_pages_and_one_too_long_is_a_reset() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    send_many(&socket, &community, 250).await;
    let first = sync(&socket, &community.channel, 0).await;
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(100));
    assert_eq!(
        (&first["through"], &first["more"]),
        (&json!(100), &json!(true))
    );
    let (rows, through) = sync_all(&socket, &community.channel, 0).await;
    assert_eq!((rows.len(), through), (250, 250));
    // Ahead of the hub, as after a restored backup.
    let answer = sync(&socket, &community.channel, 251).await;
    assert_eq!(
        (&answer["reset"], &answer["rows"], &answer["through"]),
        (&json!(true), &json!([]), &json!(250))
    );
    send_many(&socket, &community, 760).await;
    let answer = sync(&socket, &community.channel, 0).await;
    assert_eq!(
        (&answer["reset"], &answer["through"]),
        (&json!(true), &json!(1010))
    );
    assert_eq!(sync(&socket, &community.channel, 10).await["reset"], false);
    for after in [json!(-1), json!(1.5), json!("0"), json!(null)] {
        let body = json!({"channel_id": community.channel, "after": after});
        let error = socket.refused("channel_sync", body, "invalid_input").await;
        assert_eq!(error["fields"][0]["field"], "after");
    }
    let body = json!({"channel_id": community.channel, "after": i64::MAX});
    assert_eq!(socket.ok("channel_sync", body).await["reset"], true);
}

#[tokio::test]
async fn who_is_behind_by_long_messages_is_not_cut_for_asking() {
    const COUNT: usize = 100;
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let long = "\u{1f33f}".repeat(4000);
    for _ in 0..COUNT {
        owner.say(&community.channel, &long).await;
    }
    let socket = hub.socket(&ben).await;
    // Answers that wait for the connection at the same time, and it takes all of them.
    let body = json!({"channel_id": community.channel, "after": 0});
    let asked = [(); 3].map(|()| socket.send_command("channel_sync", &body));
    for id in asked {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        assert_eq!(ack["ok"]["more"], true);
    }
    let (rows, through) = sync_all(&socket, &community.channel, 0).await;
    let seqs: Vec<i64> = rows.iter().filter_map(|row| row["seq"].as_i64()).collect();
    assert_eq!(seqs, (1..=through).collect::<Vec<_>>());
    assert_eq!(seqs.len(), COUNT);
}

/// Applies rows and events as a client does: what is older than what is known is ignored.
fn apply(state: &mut BTreeMap<String, Value>, message: &Value) {
    let id = message["id"].as_str().expect("an id").to_owned();
    let is_newer = state
        .get(&id)
        .is_none_or(|known| known["rev"].as_i64() < message["rev"].as_i64());
    if is_newer {
        state.insert(id, message.clone());
    }
}

fn apply_all(state: &mut BTreeMap<String, Value>, rows: &[Value]) {
    for row in rows {
        apply(state, row);
    }
}

/// Applies the events that follow what is known without a gap.
fn apply_live(state: &mut BTreeMap<String, Value>, last: &mut i64, socket: &Socket) {
    for event in socket.events() {
        let is_next = event.data["seq"].as_i64() == Some(*last + 1);
        if event.name.starts_with("message_") && is_next {
            apply(state, &event.data["message"]);
            *last += 1;
        }
    }
}

/// P2: whatever happened while a client was away, it ends with what the hub has.
#[tokio::test]
async fn a_client_that_was_away_ends_with_exactly_what_is_stored() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let mut state = BTreeMap::new();
    let mut last = 0;
    let mut said: Vec<Value> = Vec::new();
    for round in 0..6_usize {
        for step in 0..12_usize {
            change(&owner, &community, &mut said, round * 12 + step).await;
        }
        let socket = hub.socket(&ben).await;
        let (rows, through) = sync_all(&socket, &community.channel, last).await;
        apply_all(&mut state, &rows);
        last = through;
        // Some of it live, until the connection is cut without a word.
        for step in 0..5_usize {
            change(&owner, &community, &mut said, round + step).await;
        }
        socket.round_trip().await;
        apply_live(&mut state, &mut last, &socket);
        drop(socket);
    }
    let socket = hub.socket(&ben).await;
    let (rows, through) = sync_all(&socket, &community.channel, last).await;
    apply_all(&mut state, &rows);
    let heads = &socket.all("server_reads")[0]["channels"][0];
    assert_eq!(heads["last_seq"], through);
    let (all, _) = sync_all(&socket, &community.channel, 0).await;
    let stored: BTreeMap<String, Value> = all
        .into_iter()
        .map(|row| (row["id"].as_str().expect("an id").to_owned(), row))
        .collect();
    assert_eq!(state, stored);
    assert!(stored.values().any(|message| message["is_deleted"] == true));
    assert!(stored.values().any(|message| message["edited_at"].is_i64()));
}

/// The n-th change of the history: a message, an edit or a deletion.
async fn change(owner: &User, community: &Community, said: &mut Vec<Value>, number: usize) {
    let path = |message: &Value| {
        format!(
            "{}/{}",
            community.messages(),
            message["id"].as_str().expect("an id")
        )
    };
    match number % 4 {
        1 if !said.is_empty() => {
            let message = &said[number * 7 % said.len()];
            let content = format!("changed by {number}");
            owner
                .patch(&path(message), json!({"content": content}))
                .await
                .is(200);
        }
        3 if said.len() > 3 => {
            let message = said.remove(number * 5 % said.len());
            owner.delete(&path(&message)).await.is(204);
        }
        _ => said.push(
            owner
                .say(&community.channel, &format!("said at {number}"))
                .await,
        ),
    }
}

// T121
#[tokio::test]
async fn the_beacon_names_the_heads_of_channels_in_use() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let quiet = owner.channel(&community, "quiet").await;
    let socket = hub.socket(&ben).await;
    let mut last = json!(null);
    for number in 0..3 {
        last = owner.say(&community.channel, &number.to_string()).await["id"].clone();
    }
    // No further message: a client that lost the last event learns of it all the same.
    // A beacon between two messages names the one before.
    let is_last = |heads: &Value| heads["channels"][0]["last_seq"] == 3;
    let heads = socket.wait("heads", is_last).await;
    let head = json!({"id": community.channel, "last_seq": 3, "last_message_id": last});
    assert_eq!(
        heads,
        json!({"server_id": community.id, "channels": [head]})
    );
    let all = socket.all("heads");
    assert!(!json!(all).to_string().contains(&quiet), "{all:?}");
}
