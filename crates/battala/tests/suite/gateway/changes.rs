//! What a change of a server's structure, its rights or its members moves, and what it leaves alone.

use serde_json::{Value, json};

use crate::harness::{Socket, TestHub};

/// The numbers of a server in what tells of it.
fn numbers(told: &Value) -> (i64, i64) {
    let number = |name: &str| told[name].as_i64().expect("a number");
    (number("epoch"), number("structure_rev"))
}

async fn state_of(socket: &Socket) -> Value {
    socket.wait("server_state", |_| true).await
}

#[tokio::test]
async fn what_one_commit_changed_arrives_together_and_holds_nothing_up() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let second = owner.channel(&community, "second").await;
    let third = owner.channel(&community, "third").await;
    let socket = hub.socket(&ben).await;
    let before = numbers(&state_of(&socket).await);
    let mark = socket.mark();
    let path = format!("/channels/{}", community.channel);
    owner.delete(&path).await.is(204);
    // Whatever follows waits for all of it, and for nothing else.
    owner.say(&second, "still there").await;
    socket.wait_after(mark, "message_created", |_| true).await;
    let events = socket.events();
    let told: Vec<_> = events
        .iter()
        .skip(mark)
        .filter(|event| event.name.starts_with("channel"))
        .collect();
    let names: Vec<&str> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["channel_deleted", "channels_reordered"]);
    let after = (before.0 + 1, before.1 + 1);
    assert!(told.iter().all(|event| numbers(&event.data) == after));
    let left = json!([{"id": second, "position": 0}, {"id": third, "position": 1}]);
    assert_eq!(told[1].data["channels"], left);
}

#[tokio::test]
async fn who_joins_gets_the_structure_as_it_was_read_before_the_join() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let code = owner.invite(&community).await;
    let first = hub.socket(&owner).await;
    let read = numbers(&state_of(&first).await);
    let mut last = None;
    for name in ["ana", "ben", "cleo", "dana"] {
        let user = hub.user(name).await;
        let socket = hub.socket(&user).await;
        let joined = user.join(&code).await;
        assert!(numbers(&joined).0 > read.0, "a join moves the epoch");
        assert_eq!(numbers(&joined).1, read.1, "and not the structure");
        assert_eq!(
            numbers(&state_of(&socket).await),
            read,
            "it was not read anew"
        );
        last = Some((user, socket, joined));
    }
    let (dana, socket, joined) = last.expect("the last one");
    // A connection that begins is told what has moved beside the structure.
    let again = hub.socket(&dana).await;
    let ready = again.wait("ready", |_| true).await;
    let row = &ready["servers"][0];
    assert_eq!(numbers(row), numbers(&joined));
    assert_eq!(
        (&row["member_count"], &row["member_rev"]),
        (&json!(5), &joined["epoch"])
    );
    let patch = json!({"name": "Market"});
    owner.patch(&community.path(""), patch).await.is(200);
    let renamed = socket.wait("server_updated", |_| true).await;
    assert_eq!(numbers(&renamed), (numbers(&joined).0 + 1, read.1 + 1));
    let eve = hub.user("eve").await;
    let socket = hub.socket(&eve).await;
    eve.join(&code).await;
    let state = state_of(&socket).await;
    assert_eq!(numbers(&state).1, numbers(&renamed).1);
    assert_eq!(state["server"]["name"], "Market");
}

/// The right to write is kept by the connection; who was away in between has another one.
#[tokio::test]
async fn who_comes_back_writes_over_the_same_connection() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let code = owner.invite(&community).await;
    let (socket, other) = (hub.socket(&ben).await, hub.socket(&owner).await);
    let say =
        |nonce: &str| json!({"channel_id": community.channel, "content": "tea?", "nonce": nonce});
    socket.ok("message_send", say("n-a")).await;
    let path = community.path(&format!("/members/{}", ben.id));
    owner.delete(&path).await.is(204);
    socket.wait("server_removed", |_| true).await;
    socket
        .refused("message_send", say("n-b"), "not_found")
        .await;
    let mark = socket.mark();
    ben.join(&code).await;
    socket.wait_after(mark, "server_state", |_| true).await;
    socket.ok("message_send", say("n-c")).await;
    other
        .wait("message_created", |told| told["message"]["nonce"] == "n-c")
        .await;
}
