//! Changes that change nothing: they are answered, and nobody hears of them.

use serde_json::{Value, json};

use crate::harness::{Community, Socket, TestHub, User};

/// A server with two channels and a message, whose owner is in another one as well.
struct Scene {
    hub: TestHub,
    community: Community,
    owner: User,
    ben: User,
    message: Value,
}

impl Scene {
    async fn set() -> Self {
        let hub = TestHub::start().await;
        let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
        owner.channel(&community, "second").await;
        owner.community("Other").await;
        let message = owner.say(&community.channel, "as it is").await;
        Self {
            hub,
            community,
            owner,
            ben,
            message,
        }
    }

    /// Whatever one could tell of it.
    async fn look(&self) -> Vec<Value> {
        let paths = [
            "/users/@me".to_owned(),
            "/hub".to_owned(),
            "/servers".to_owned(),
            self.community.path(""),
            self.community.messages(),
        ];
        let mut seen = Vec::new();
        for path in paths {
            seen.push(self.owner.get(&path).await.is(200));
        }
        seen
    }
}

/// What has come since, but for what is never stored.
fn heard(socket: &Socket, mark: usize) -> Vec<String> {
    let events = socket.events().into_iter().skip(mark);
    let names = events.map(|event| event.name);
    let is_told = |name: &String| name.ends_with("_updated") || name.ends_with("_reordered");
    names
        .filter(|name| is_told(name) && name != "presence_updated" && name != "read_updated")
        .collect()
}

#[tokio::test]
async fn what_changes_nothing_is_told_to_nobody_and_moves_no_number() {
    let scene = Scene::set().await;
    let Scene {
        hub,
        community,
        owner,
        ben,
        message,
    } = &scene;
    let admin = hub.admin().await;
    let before = scene.look().await;
    let (me, info, server) = (&before[0], &before[1], &before[3]);
    let sockets = [hub.socket(owner).await, hub.socket(ben).await];
    for socket in &sockets {
        socket.synced(&community.channel).await;
    }
    let marks = [sockets[0].mark(), sockets[1].mark()];
    let channel = format!("/channels/{}", community.channel);
    let text = format!(
        "{}/{}",
        community.messages(),
        message["id"].as_str().expect("an id")
    );
    let first = &server["channels"][0];
    for (path, body) in [
        ("/users/@me", json!({})),
        ("/users/@me", json!({"display_name": me["display_name"]})),
        ("/users/@me", json!({"email": null})),
        (
            &community.path(""),
            json!({"name": server["server"]["name"]}),
        ),
        (&channel, json!({})),
        (
            &channel,
            json!({"name": first["name"], "topic": first["topic"]}),
        ),
        (&text, json!({"content": "as it is"})),
        ("/servers", json!({"servers": []})),
        (
            "/servers",
            json!({"servers": [{"id": before[2]["items"][0]["id"], "position": 0}]}),
        ),
    ] {
        let answer = owner.patch(path, body.clone()).await;
        assert_eq!(answer.status, 200, "{path} {body}: {answer}");
    }
    let settings = json!({"name": info["name"], "registration": info["registration"]});
    for body in [json!({}), settings] {
        assert_eq!(&admin.patch("/hub", body).await.is(200), info);
    }
    assert_eq!(scene.look().await, before);
    // What follows it comes after it.
    owner.say(&community.channel, "the end").await;
    for (socket, mark) in sockets.iter().zip(marks) {
        let is_last = |event: &Value| event["message"]["content"] == "the end";
        socket.wait("message_created", is_last).await;
        assert_eq!(heard(socket, mark), Vec::<String>::new());
    }
}
