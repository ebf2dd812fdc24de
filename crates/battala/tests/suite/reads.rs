//! How far one has read.

use serde_json::{Value, json};

use crate::harness::{TestHub, text};

#[tokio::test]
async fn what_others_wrote_is_unread_until_it_is_marked() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    owner.say(&community.channel, "before").await;
    // Whoever writes has read what is above.
    let mine = ben.say(&community.channel, "mine").await;
    let mut said = Vec::new();
    for number in 0..3 {
        said.push(owner.say(&community.channel, &number.to_string()).await);
    }
    let path = format!("/channels/{}/read", community.channel);
    let unread = async || ben.get(&path).await.is(200)["unread"].clone();
    assert_eq!(unread().await, 3);
    let state = ben
        .put(&path, json!({"message_id": said[1]["id"]}))
        .await
        .is(200);
    assert_eq!(
        (&state["last_read_id"], &state["unread"]),
        (&said[1]["id"], &json!(1))
    );
    ben.put(&path, json!({"message_id": said[2]["id"]}))
        .await
        .is(200);
    assert_eq!(unread().await, 0);
    // Back again: "mark as unread".
    ben.put(&path, json!({"message_id": said[0]["id"]}))
        .await
        .is(200);
    assert_eq!(unread().await, 2);
    ben.put(&path, json!({"message_id": "1"}))
        .await
        .refused(404, "not_found");
    assert_eq!(owner.get(&path).await.is(200)["unread"], 0);
    let mark = json!({"message_id": mine["id"]});
    owner.put(&path, mark).await.is(200);
    let own = owner.get(&path).await.is(200)["unread"].clone();
    assert_eq!(own, 0, "one's own messages are not counted");
}

#[tokio::test]
async fn the_own_other_sockets_learn_what_was_read_and_nobody_else_does() {
    let hub = TestHub::start().await;
    let (community, owner, [ben, cem]) = hub.community("owner", ["ben", "cem"]).await;
    let said = owner.say(&community.channel, "hi").await;
    let (first, second, theirs) = (
        hub.socket(&ben).await,
        hub.socket(&ben).await,
        hub.socket(&cem).await,
    );
    let body = json!({"channel_id": community.channel, "message_id": said["id"]});
    let moved = first.ok("channel_read", body.clone()).await;
    let told = second.wait("read_updated", |_| true).await;
    assert_eq!(
        (&told["last_read_id"], &told["rev"]),
        (&said["id"], &moved["rev"])
    );
    // The same again moves nothing.
    assert_eq!(first.ok("channel_read", body).await, moved);
    let next = owner.say(&community.channel, "and").await;
    let path = format!("/channels/{}/read", community.channel);
    let state = ben
        .put(&path, json!({"message_id": next["id"]}))
        .await
        .is(200);
    assert!(state["rev"].as_i64() > moved["rev"].as_i64());
    first
        .wait("read_updated", |event| event["last_read_id"] == next["id"])
        .await;
    theirs.round_trip().await;
    assert!(theirs.all("read_updated").is_empty());
}

#[tokio::test]
async fn a_new_connection_knows_what_is_unread() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let quiet = owner.channel(&community, "quiet").await;
    let said = owner.say(&community.channel, "hi").await;
    let heads = |reads: &Value| reads["channels"].clone();
    let socket = hub.socket(&ben).await;
    assert_eq!(socket.all("ready")[0]["servers"][0]["is_unread"], true);
    let reads = heads(&socket.all("server_reads")[0]);
    // Nothing is read but what was there when one joined.
    let joined = reads[0]["last_read_id"].clone();
    assert!(number(&joined) < number(&said["id"]), "{reads}");
    assert_eq!(
        reads,
        json!([
            {"id": community.channel, "last_seq": 1, "last_message_id": said["id"], "last_read_id": joined, "read_rev": 0},
            {"id": quiet, "last_seq": 0, "last_message_id": null, "last_read_id": joined, "read_rev": 0},
        ])
    );
    socket
        .ok(
            "channel_read",
            json!({"channel_id": community.channel, "message_id": said["id"]}),
        )
        .await;
    let socket = hub.socket(&ben).await;
    assert_eq!(socket.all("ready")[0]["servers"][0]["is_unread"], false);
    assert_eq!(
        heads(&socket.all("server_reads")[0])[0]["last_read_id"],
        said["id"]
    );
}

#[tokio::test]
async fn unread_messages_are_counted_up_to_a_thousand() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&owner).await;
    let ids: Vec<u64> = (0..1005)
        .map(|number| {
            let body = json!({"channel_id": community.channel, "content": number.to_string(), "nonce": crate::harness::nonce()});
            socket.send_command("message_send", &body)
        })
        .collect();
    for id in ids {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        assert!(ack["ok"].is_object(), "{ack}");
    }
    let path = format!("/channels/{}/read", community.channel);
    assert_eq!(ben.get(&path).await.is(200)["unread"], 1000);
}

fn number(id: &Value) -> i64 {
    text(id).parse().expect("an id")
}
