//! A channel that a member does not see: what is answered to that member, and to the owner.

use battala_api::{Operation, operations};
use battala_proto::Command;
use serde_json::{Value, json};

use super::commands;
use super::operations::{own_order, request};
use super::scene::Scene;
use crate::harness::{Answer, Community, NEW_PASSWORD, PASSWORD, TestHub, User, nonce};

/// What nothing else is called, and nobody else writes.
const NAME: &str = "back-room-7341";
const TOPIC: &str = "by the back door 7341";
const WRITTEN: &str = "after midnight 7341";

/// A scene, and the same one with a channel and a message that only the owner sees.
struct Hidden {
    open: Scene,
    within: Scene,
}

impl Hidden {
    async fn build(hub: &mut TestHub) -> Self {
        let open = Scene::build(hub).await;
        let body = json!({"name": NAME, "topic": TOPIC});
        let path = open.community.path("/channels");
        let made = open.owner.post(&path, body).await.is(201);
        let channel = made["id"].as_str().expect("an id").to_owned();
        let said = open.owner.say(&channel, WRITTEN).await;
        hub.hide(&channel).await;
        let id = open.community.id.clone();
        let within = Scene {
            community: Community { id, channel },
            message: said["id"].as_str().expect("an id").to_owned(),
            ..open.clone()
        };
        Self { open, within }
    }

    #[track_caller]
    fn assert_unnamed(&self, answer: &str, to: &str) {
        let (channel, message) = (&*self.within.community.channel, &*self.within.message);
        for named in [channel, message, NAME, TOPIC, WRITTEN] {
            assert!(!answer.contains(named), "{to} names {named}: {answer}");
        }
    }
}

async fn ask(hub: &TestHub, scene: &Scene, operation: &Operation, user: &User) -> Answer {
    let path = scene.path(operation.path, Some(user));
    let body = match operation.id {
        "reorder_servers" => Some(own_order(Some(user)).await),
        id => scene.body(id),
    };
    let answer = hub
        .http
        .send(&request(operation, &path, Some(user), body))
        .await;
    if (operation.id, answer.status) == ("change_password", 204) {
        user.changes_password(NEW_PASSWORD, PASSWORD).await;
    }
    answer
}

fn is_in_channel(operation: &Operation) -> bool {
    operation.path.contains("{channel_id}")
}

/// Every operation, at last that which ends the membership.
fn in_turn() -> Vec<Operation> {
    let mut operations = operations();
    operations.sort_by_key(|operation| operation.id == "leave_server");
    operations
}

#[tokio::test]
async fn no_answer_to_a_member_names_a_channel_that_the_member_does_not_see() {
    let mut hub = TestHub::start().await;
    let hidden = Hidden::build(&mut hub).await;
    for operation in in_turn() {
        // A session of its own: some of this ends it.
        let member = hub.login(&hidden.open.member.name).await;
        if is_in_channel(&operation) {
            let answer = ask(&hub, &hidden.within, &operation, &member).await;
            answer.refused(404, "not_found");
        }
        let answer = ask(&hub, &hidden.open, &operation, &member).await;
        hidden.assert_unnamed(&answer.text(), operation.id);
    }
    let newcomer = hub.user(&nonce()).await;
    let joined = newcomer.join(&hidden.open.code).await;
    hidden.assert_unnamed(&joined.to_string(), "join_server");
}

#[tokio::test]
async fn no_command_of_a_member_finds_a_channel_that_the_member_does_not_see() {
    let mut hub = TestHub::start().await;
    let hidden = Hidden::build(&mut hub).await;
    let member = &hidden.open.member;
    let socket = hub.socket(member).await;
    for name in Command::NAMES {
        let body = commands::body(name, &hidden.within, &member.token);
        if body.get("channel_id").is_some() {
            socket.refused(name, body, "not_found").await;
        } else {
            hidden.assert_unnamed(&socket.ok(name, body).await.to_string(), name);
        }
    }
}

#[tokio::test]
async fn the_owner_is_answered_with_the_channel_wherever_channels_are() {
    let mut hub = TestHub::start().await;
    let hidden = Hidden::build(&mut hub).await;
    let (within, owner) = (&hidden.within, &hidden.within.owner);
    let named = |answer: &Value| {
        let channels = answer.get("items").unwrap_or(&answer["channels"]);
        let mut channels = channels.as_array().expect("a list").iter();
        channels.any(|it| it["id"] == *within.community.channel && it["name"] == NAME)
    };
    for operation in ["get_server", "list_channels", "join_server"] {
        let operation = operations().into_iter().find(|it| it.id == operation);
        let operation = operation.expect("an operation");
        let answer = ask(&hub, within, &operation, owner).await.is(200);
        assert!(named(&answer), "{}: {answer}", operation.id);
    }
    for path in ["", "/messages", "/read"] {
        let path = format!("/channels/{}{path}", within.community.channel);
        owner.get(&path).await.is(200);
    }
}
