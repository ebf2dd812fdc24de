//! Channels of a server.

use battala_store::{Db, Options, args, sql};
use serde_json::{Value, json};

use crate::harness::{Delivered, TestHub};

fn names(listed: &Value) -> Vec<String> {
    let items = listed["items"].as_array().expect("a list");
    for (position, channel) in items.iter().enumerate() {
        assert_eq!(channel["position"], position, "{listed}");
    }
    items
        .iter()
        .map(|channel| channel["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn a_channel_is_made_at_the_end_and_all_members_are_told() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let path = community.path("/channels");
    let channel = owner
        .post(
            &path,
            json!({"name": " Tea   Stall ", "topic": "milk?\nno"}),
        )
        .await
        .is(201);
    assert_eq!(
        (&channel["name"], &channel["topic"]),
        (&json!("tea-stall"), &json!("milk?\nno"))
    );
    let told = socket.wait("channel_created", |_| true).await;
    assert_eq!(told["channel"], channel);
    assert_eq!(
        names(&ben.get(&path).await.is(200)),
        ["general", "tea-stall"]
    );
    // What is said there arrives without connecting anew.
    let id = channel["id"].as_str().expect("an id");
    owner.say(id, "first").await;
    socket
        .wait("message_created", |event| {
            event["message"]["content"] == "first"
        })
        .await;
}

#[tokio::test]
async fn a_channel_is_renamed_in_part() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let path = format!("/channels/{}", community.channel);
    owner.patch(&path, json!({"topic": "tea"})).await.is(200);
    let channel = owner.patch(&path, json!({"name": "Chai"})).await.is(200);
    assert_eq!(
        (&channel["name"], &channel["topic"]),
        (&json!("chai"), &json!("tea"))
    );
    let told = socket
        .wait("channel_updated", |event| {
            event["channel"]["name"] == "chai"
        })
        .await;
    assert_eq!(told["channel"], channel);
    owner.patch(&path, json!({"topic": ""})).await.is(200);
    assert_eq!(ben.get(&path).await.is(200)["topic"], "");
    for (body, field, code) in [
        (json!({"name": ""}), "name", "required"),
        (json!({"name": "x".repeat(101)}), "name", "too_long"),
        (json!({"name": "a\u{0}b"}), "name", "invalid_characters"),
        (json!({"topic": "x".repeat(1025)}), "topic", "too_long"),
        (json!({"topic": "a\u{7}b"}), "topic", "invalid_characters"),
        (json!({"server_id": "1"}), "server_id", "unknown_field"),
        (json!({"position": 0}), "position", "unknown_field"),
    ] {
        owner.patch(&path, body).await.refuses_field(field, code);
    }
}

#[tokio::test]
async fn the_audit_log_says_that_a_topic_was_changed_and_not_what_it_says() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let made = json!({"name": "stall", "topic": "a secret recipe"});
    let made = owner.post(&community.path("/channels"), made).await.is(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/channels/{id}");
    for change in [
        json!({"topic": "another secret recipe"}),
        json!({"name": "teas"}),
        json!({"name": "stall", "topic": "no secret recipe"}),
    ] {
        owner.patch(&path, change).await.is(200);
    }
    hub.stop().await;
    let options = Options::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("it opens");
    let statement = sql!("SELECT detail FROM audit_log WHERE target_id = $1 ORDER BY id");
    let id: i64 = id.parse().expect("a number");
    let mut reader = db.read().await.expect("a reader");
    let entries: Vec<String> = reader.fetch_all(statement, args![id]).await.expect("rows");
    let entries: Vec<Value> = entries
        .iter()
        .map(|detail| serde_json::from_str(detail).expect("JSON"))
        .collect();
    let expected = [
        json!({"name": "stall"}),
        json!({"name": null, "has_new_topic": true}),
        json!({"name": "teas", "has_new_topic": false}),
        json!({"name": "stall", "has_new_topic": true}),
    ];
    assert_eq!(entries, expected);
    drop(reader);
    db.close().await;
}

#[tokio::test]
async fn channels_are_put_in_another_order() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (b, c) = (
        owner.channel(&community, "b").await,
        owner.channel(&community, "c").await,
    );
    let socket = hub.socket(&ben).await;
    let path = community.path("/channels");
    // Only what moves is named.
    let body = json!({"channels": [{"id": c, "position": 0}]});
    // The answer is as small as the request: who asks again and again is not sent the list each time.
    let answer = owner.patch(&path, body.clone()).await.is(204);
    assert_eq!(answer, json!(null));
    let told = socket.wait("channels_reordered", |_| true).await;
    let places = json!([
        {"id": c, "position": 0},
        {"id": community.channel, "position": 1},
        {"id": b, "position": 2},
    ]);
    assert_eq!(told["channels"], places);
    assert_eq!(names(&ben.get(&path).await.is(200)), ["c", "general", "b"]);

    // Nothing moves, and nobody is told.
    let epoch = &told["epoch"];
    for body in [json!({"channels": []}), body] {
        owner.patch(&path, body).await.is(204);
    }
    assert_eq!(names(&ben.get(&path).await.is(200)), ["c", "general", "b"]);
    let state = ben.get(&community.path("")).await.is(200);
    assert_eq!(&state["epoch"], epoch);

    let body = json!({"channels": [{"id": c, "position": 99}, {"id": b, "position": 0}]});
    owner.patch(&path, body).await.is(204);
    let listed = ben.get(&path).await.is(200);
    assert_eq!(names(&listed), ["b", "general", "c"]);
    let positions = listed["items"].as_array().expect("a list").iter();
    let positions: Vec<_> = positions
        .map(|channel| channel["position"].clone())
        .collect();
    assert_eq!(positions, [0, 1, 2]);
}

#[tokio::test]
async fn a_move_of_channels_that_is_wrong_is_refused_by_its_entry() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let b = owner.channel(&community, "b").await;
    let path = community.path("/channels");
    let place = |id: &str, position: i64| json!({"id": id, "position": position});
    for (moves, field, code) in [
        (
            json!([place(&b, 0), place("1", 1)]),
            "channels[1].id",
            "gone",
        ),
        (json!([place(&b, -1)]), "channels[0].position", "too_small"),
        (json!([{"id": b}]), "channels[0].position", "required"),
        (
            json!([{"id": b, "position": 0, "name": "x"}]),
            "channels[0].name",
            "unknown_field",
        ),
        (json!([b]), "channels[0]", "wrong_type"),
        (json!(vec![place(&b, 0); 501]), "channels", "too_many"),
    ] {
        let answer = owner.patch(&path, json!({"channels": moves})).await;
        answer.refuses_field(field, code);
    }
    let listed = owner.get(&path).await.is(200);
    assert_eq!(names(&listed), ["general", "b"]);

    // The last move of a channel counts, and a place has room for all that are put there.
    let twice = json!({"channels": [place(&b, 1), place(&b, 0)]});
    owner.patch(&path, twice).await.is(204);
    let listed = owner.get(&path).await.is(200);
    assert_eq!(names(&listed), ["b", "general"]);
    let same = json!({"channels": [place(&community.channel, 0), place(&b, 0)]});
    owner.patch(&path, same).await.is(204);
    let listed = owner.get(&path).await.is(200);
    assert_eq!(names(&listed), ["general", "b"]);
}

#[tokio::test]
async fn a_deleted_channel_is_gone_with_its_messages_and_closes_the_gap() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (b, _) = (
        owner.channel(&community, "b").await,
        owner.channel(&community, "c").await,
    );
    owner.say(&b, "soon gone").await;
    let socket = hub.socket(&ben).await;
    owner.delete(&format!("/channels/{b}")).await.is(204);
    let told = socket.wait("channel_deleted", |_| true).await;
    assert_eq!(
        (&told["channel_id"], &told["server_id"]),
        (&json!(b), &json!(community.id))
    );
    for path in [
        format!("/channels/{b}"),
        format!("/channels/{b}/messages"),
        format!("/channels/{b}/read"),
    ] {
        ben.get(&path).await.refused(404, "not_found");
    }
    socket
        .refused(
            "channel_sync",
            json!({"channel_id": b, "after": 0}),
            "not_found",
        )
        .await;
    assert_eq!(
        names(&ben.get(&community.path("/channels")).await.is(200)),
        ["general", "c"]
    );
    owner
        .delete(&format!("/channels/{b}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_server_has_five_hundred_channels_at_most() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let path = community.path("/channels");
    let made = (1..500).map(|number| {
        let (owner, path) = (&owner, &path);
        async move {
            owner
                .post(path, json!({"name": format!("c{number}")}))
                .await
                .is(201)
        }
    });
    let made: Vec<_> = made.collect();
    // Those of one server wait for each other: a few at once.
    for part in chunks(made, 8) {
        futures_util::future::join_all(part).await;
    }
    owner
        .post(&path, json!({"name": "one-more"}))
        .await
        .refused(409, "limit_reached");
    assert_eq!(names(&owner.get(&path).await.is(200)).len(), 500);
    // A client is sent all of them, in as many parts as it takes.
    let socket = hub.socket(&owner).await;
    let parts = socket.events().into_iter();
    let parts = parts.filter(|it| matches!(it.name.as_str(), "server_state" | "server_channels"));
    let count = |part: Delivered| part.data["channels"].as_array().map_or(0, Vec::len);
    assert_eq!(parts.map(count).sum::<usize>(), 500);
}

fn chunks<T>(items: Vec<T>, size: usize) -> Vec<Vec<T>> {
    let mut items = items.into_iter();
    std::iter::from_fn(|| {
        Some(items.by_ref().take(size).collect::<Vec<_>>()).filter(|part| !part.is_empty())
    })
    .collect()
}
