//! Every command of the socket.

use battala_proto::Command;
use serde_json::{Map, Value, json};

use super::{cases, schema};
use crate::harness::{Community, Socket, TestHub, User, nonce};

fn body(name: &str, community: &Community, message: &str, user: &User) -> Map<String, Value> {
    let channel = &community.channel;
    let body = match name {
        "message_send" => json!({"channel_id": channel, "content": "hi", "nonce": nonce()}),
        "typing_start" => json!({"channel_id": channel}),
        "channel_read" => json!({"channel_id": channel, "message_id": message}),
        "presence_set" => json!({"status": "idle"}),
        "members_subscribe" => json!({"server_id": community.id, "ranges": [[0, 9]]}),
        "channel_sync" => json!({"channel_id": channel, "after": 0}),
        "channels_watch" => json!({"channels": [channel]}),
        "session_refresh" => json!({"token": user.token}),
        other => panic!("{other} has no body here"),
    };
    body.as_object().expect("an object").clone()
}

async fn refusal(socket: &Socket, name: &str, body: &str) -> Value {
    let id = socket.send_raw_command(name, body);
    let ack = socket.acknowledgement(id).await;
    let shown: String = body.chars().take(200).collect();
    let ack = ack.unwrap_or_else(|| panic!("{name} {shown}: closed instead of an answer"));
    let error = ack["error"].clone();
    assert!(error["message"].is_string(), "{name} {shown}: {ack}");
    error
}

/// A server, and a message in it that commands can name.
struct Scene {
    community: Community,
    message: String,
    invite: String,
}

impl Scene {
    async fn build(hub: &TestHub) -> Self {
        let (community, owner, []) = hub.community("owner", []).await;
        let said = owner.say(&community.channel, "hello").await;
        Self {
            message: said["id"].as_str().expect("an id").to_owned(),
            invite: owner.invite(&community).await,
            community,
        }
    }

    /// The connection of an account for this command alone, as hundreds of refusals would
    /// close a shared one; and a body of the command that is right.
    async fn enter(&self, hub: &TestHub, name: &str) -> (Socket, Map<String, Value>) {
        let user = hub.user(name).await;
        user.join(&self.invite).await;
        let right = body(name, &self.community, &self.message, &user);
        (hub.socket(&user).await, right)
    }
}

#[tokio::test]
async fn every_wrong_field_of_every_command_is_named_and_the_socket_lives() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    for name in Command::NAMES {
        let (socket, right) = scene.enter(&hub, name).await;
        for case in cases::wrong_fields(&schema::of_command(name), &right) {
            let error = refusal(&socket, name, &case.body).await;
            assert_eq!(
                error["code"], "invalid_input",
                "{name} {}: {error}",
                case.body
            );
            let named = error["fields"].as_array().expect("fields");
            assert!(
                named
                    .iter()
                    .any(|field| field["field"] == case.field.as_str()),
                "{name} {}: {error}",
                case.body
            );
        }
        let answer = socket.command(name, Value::Object(right)).await;
        assert!(answer["ok"].is_object(), "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_command_whose_argument_is_no_object_is_malformed_and_the_socket_lives() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    for name in Command::NAMES {
        let (socket, right) = scene.enter(&hub, name).await;
        for argument in ["", "null", "5", "\"x\"", "[]", "[[]]", "true"] {
            let error = refusal(&socket, name, argument).await;
            assert_eq!(error["code"], "malformed", "{name} {argument}: {error}");
        }
        let (field, value) = right.iter().next().expect("a field");
        let twice = format!("{{\"{field}\":{value},\"{field}\":{value}}}");
        assert_eq!(refusal(&socket, name, &twice).await["code"], "malformed");
        socket.round_trip().await;
    }
}

#[tokio::test]
async fn what_is_no_json_ends_its_own_connection_and_no_other() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let neighbour = hub.socket(&ben).await;
    let right = body("message_send", &community, "1", &owner);
    for argument in cases::unreadable(&right) {
        let socket = hub.socket(&owner).await;
        let id = socket.send_raw_command("message_send", &argument);
        let shown: String = argument.chars().take(100).collect();
        // The packet itself may be no JSON any more; then the connection ends.
        if let Some(ack) = socket.acknowledgement(id).await {
            assert!(ack["error"]["code"].is_string(), "{shown}: {ack}");
            socket.round_trip().await;
        }
    }
    neighbour.round_trip().await;
    assert!(
        neighbour.all("message_created").is_empty(),
        "nothing was written"
    );
}

#[tokio::test]
async fn an_unknown_command_is_answered_and_the_socket_lives() {
    let hub = TestHub::start().await;
    let socket = hub.socket(&hub.user("ana").await).await;
    for name in [
        "message_delete",
        "MESSAGE_SEND",
        "ready",
        "constructor",
        "",
        "\u{0}",
        &"x".repeat(10_000),
    ] {
        socket.refused(name, json!({}), "unknown_command").await;
    }
    socket.round_trip().await;
}

#[tokio::test]
async fn a_command_without_an_acknowledgement_is_carried_out_in_its_turn() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    let body = Value::Object(body("message_send", &community, "1", &owner));
    socket.send(&format!("42[\"message_send\",{body}]"));
    socket.send("42[\"message_send\",5]");
    socket
        .wait("message_created", |event| {
            event["message"]["content"] == "hi"
        })
        .await;
    socket.round_trip().await;
}

#[tokio::test]
async fn hundreds_of_refusals_close_a_connection() {
    let hub = TestHub::start().await;
    let socket = hub.socket(&hub.user("ana").await).await;
    for _ in 0..1000 {
        socket.send_raw_command("presence_set", "{}");
    }
    socket.closed().await;
    assert!(socket.ack_order().len() >= 300);
}
