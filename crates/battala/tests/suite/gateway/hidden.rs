//! What is told of a channel that a member does not see: nothing to that member, and all to the owner.

use serde_json::json;

use crate::harness::{Community, Engine, TestHub, engine, nonce};

/// What nothing else is called, and nobody else writes.
const WORDS: [&str; 6] = [
    "back-room-7341",
    "front-room-7341",
    "by the back door 7341",
    "before midnight 7341",
    "after midnight 7341",
    "at midnight 7341",
];

#[tokio::test]
async fn a_member_hears_of_no_channel_that_it_does_not_see_whatever_happens_there() {
    let [first_name, second_name, topic, before, after, changed] = WORDS;
    let mut hub = TestHub::start().await;
    let (open, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let body = json!({"name": first_name, "topic": topic});
    let made = owner.post(&open.path("/channels"), body).await.is(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    let hidden = Community {
        id: open.id.clone(),
        channel: id.clone(),
    };
    owner.say(&id, before).await;
    hub.hide(&id).await;
    let (own, bens) = (hub.socket(&owner).await, hub.socket(&ben).await);
    own.settled().await;
    bens.settled().await;

    let said = owner.say(&id, after).await;
    let message = format!(
        "/channels/{id}/messages/{}",
        said["id"].as_str().expect("an id")
    );
    own.ok("typing_start", json!({"channel_id": id})).await;
    owner
        .patch(&message, json!({"content": changed}))
        .await
        .is(200);
    owner.delete(&message).await.is(204);
    let channel = format!("/channels/{id}");
    let body = json!({"name": second_name});
    owner.patch(&channel, body).await.is(200);
    let body = json!({"channels": [{"id": id, "position": 0}]});
    owner.patch(&open.path("/channels"), body).await.is(204);
    let reordered = bens.wait("channels_reordered", |_| true).await;
    assert_eq!(
        reordered["channels"],
        json!([{"id": open.channel, "position": 1}]),
        "the place in the whole list"
    );
    bens.refused("channel_sync", sync(&hidden), "not_found")
        .await;
    owner.delete(&channel).await.is(204);
    owner.say(&open.channel, "to all").await;
    bens.wait("message_created", |_| true).await;
    own.wait("message_created", |event| {
        event["message"]["content"] == "to all"
    })
    .await;

    for heard in bens.events() {
        let text = format!("{} {}", heard.name, heard.data);
        for word in WORDS.into_iter().chain([&*id]) {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
    let names: Vec<String> = own.events().into_iter().map(|event| event.name).collect();
    for name in [
        "server_state",
        "message_created",
        "message_updated",
        "message_deleted",
        "channel_updated",
        "channels_reordered",
        "channel_deleted",
    ] {
        assert!(names.iter().any(|heard| heard == name), "{name}: {names:?}");
    }
}

fn sync(community: &Community) -> serde_json::Value {
    json!({"channel_id": community.channel, "after": 0})
}

#[tokio::test]
async fn the_structure_of_a_large_server_names_to_each_what_is_seen() {
    let mut hub = TestHub::start().await;
    let (open, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let mut hidden = Vec::new();
    for number in 0..40 {
        let body = json!({"name": format!("room-{number}"), "topic": "\u{1f33f}".repeat(400)});
        let made = owner.post(&open.path("/channels"), body).await.is(201);
        if number % 20 == 7 {
            hidden.push(made["id"].as_str().expect("an id").to_owned());
        }
    }
    for id in &hidden {
        hub.hide(id).await;
    }
    for (user, count) in [(&owner, 41), (&ben, 39)] {
        let socket = hub.socket(user).await;
        socket.settled().await;
        let events = socket.events();
        let parts = events
            .iter()
            .filter(|it| matches!(&*it.name, "server_state" | "server_channels"));
        let channels = parts.map(|it| it.data["channels"].as_array().expect("a list").len());
        assert_eq!(channels.sum::<usize>(), count);
        let names_hidden = |id: &String| events.iter().any(|it| it.data.to_string().contains(id));
        let named = hidden.iter().filter(|id| names_hidden(id)).count();
        assert_eq!(named, if count == 41 { 2 } else { 0 });
    }
}

#[tokio::test]
async fn what_is_typed_in_a_channel_that_is_seen_is_told() {
    let mut hub = TestHub::start().await;
    let (open, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let body = json!({"name": "aside"});
    let made = owner.post(&open.path("/channels"), body).await.is(201);
    let aside = made["id"].as_str().expect("an id").to_owned();
    hub.hide(&aside).await;
    let (own, bens) = (hub.socket(&owner).await, hub.socket(&ben).await);
    own.settled().await;
    bens.settled().await;
    own.ok("typing_start", json!({"channel_id": aside})).await;
    own.ok("typing_start", json!({"channel_id": open.channel}))
        .await;
    let heard = bens.wait("typing_started", |_| true).await;
    assert_eq!(heard["channel_id"], json!(open.channel));
    bens.ok("message_send", super::send(&open, &nonce())).await;
}

/// As another process would: by a commit of which nobody here is told.
fn change_sight(hub: &TestHub, community: &Community, change: &str) {
    let id = &community.id;
    hub.run_sql(&format!(
        "BEGIN; {change}; UPDATE servers SET epoch = epoch + 1, structure_rev = structure_rev + 1, \
         rights_version = rights_version + 1 WHERE id = {id}; COMMIT"
    ));
}

#[tokio::test]
async fn who_is_connected_loses_and_is_given_channels() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (open, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let body = json!({"name": "aside"});
    let made = owner.post(&open.path("/channels"), body).await.is(201);
    let aside = made["id"].as_str().expect("an id").to_owned();
    let bens = hub.socket(&ben).await;
    bens.settled().await;
    owner.say(&aside, "before").await;
    bens.wait("message_created", |event| {
        event["message"]["content"] == "before"
    })
    .await;
    let count = |state: &serde_json::Value| state["channels"].as_array().map(Vec::len);
    let hide = format!(
        "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) \
         SELECT id, server_id, server_id, server_id, 0, 1024 FROM channels WHERE id = {aside}"
    );
    change_sight(&hub, &open, &hide);
    bens.wait("server_state", |state| count(state) == Some(1))
        .await;
    owner.say(&aside, "meanwhile").await;
    owner.say(&open.channel, "to all").await;
    bens.wait("message_created", |event| {
        event["message"]["content"] == "to all"
    })
    .await;
    let heard = bens.all("message_created");
    let contents = heard
        .iter()
        .map(|event| event["message"]["content"].as_str());
    assert!(!contents.into_iter().any(|it| it == Some("meanwhile")));
    let show = format!("DELETE FROM channel_overwrites WHERE channel_id = {aside}");
    let mark = bens.mark();
    change_sight(&hub, &open, &show);
    let is_read_of_both = |reads: &serde_json::Value| count(reads) == Some(2);
    bens.wait_after(mark, "server_reads", is_read_of_both).await;
    owner.say(&aside, "after").await;
    bens.wait("message_created", |event| {
        event["message"]["content"] == "after"
    })
    .await;
}
