//! Every command of the socket.

use battala_proto::Command;
use serde_json::{Value, json};

use super::scene::{Actor, Scene, expired, forged};
use crate::harness::{Socket, TestHub, nonce};

/// Codes for a stranger, someone who was kicked, a member and the owner; empty where it succeeds.
const TABLE: [(&str, [&str; 4]); 8] = [
    ("message_send", ["not_found", "not_found", "", ""]),
    ("typing_start", ["not_found", "not_found", "", ""]),
    ("channel_read", ["not_found", "not_found", "", ""]),
    ("presence_set", ["", "", "", ""]),
    ("members_subscribe", ["not_found", "not_found", "", ""]),
    ("channel_sync", ["not_found", "not_found", "", ""]),
    // What one does not see is left out.
    ("channels_watch", ["", "", "", ""]),
    ("session_refresh", ["", "", "", ""]),
];

const NOBODYS_ID: &str = "4611686018427387904";

/// A body with which the command succeeds for whoever may do it.
pub(super) fn body(name: &str, scene: &Scene, token: &str) -> Value {
    let channel = &scene.community.channel;
    match name {
        "message_send" => json!({"channel_id": channel, "content": "hi", "nonce": nonce()}),
        "typing_start" => json!({"channel_id": channel}),
        "channel_read" => json!({"channel_id": channel, "message_id": scene.message}),
        "presence_set" => json!({"status": "idle"}),
        "members_subscribe" => json!({"server_id": scene.community.id, "ranges": [[0, 9]]}),
        "channel_sync" => json!({"channel_id": channel, "after": 0}),
        "channels_watch" => json!({"channels": [channel]}),
        "session_refresh" => json!({"token": token}),
        other => panic!("{other} has no body here"),
    }
}

#[tokio::test]
async fn every_command_is_allowed_to_those_the_table_names_and_to_nobody_else() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    let names: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, Command::NAMES, "the table and the contract differ");
    let users = [&scene.stranger, &scene.kicked, &scene.member, &scene.owner];
    for (column, user) in users.into_iter().enumerate() {
        let socket = hub.socket(user).await;
        for (name, codes) in TABLE {
            let ack = socket.command(name, body(name, &scene, &user.token)).await;
            match codes[column] {
                "" => assert!(ack["ok"].is_object(), "{name} by {}: {ack}", user.name),
                code => assert_eq!(ack["error"]["code"], code, "{name} by {}: {ack}", user.name),
            }
        }
        assert!(socket.is_open());
    }
}

#[tokio::test]
async fn a_stranger_reads_the_same_refusal_for_what_is_hidden_and_what_is_not_there() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    let socket = hub.socket(&scene.stranger).await;
    for (name, codes) in TABLE {
        if codes[0] != "not_found" {
            continue;
        }
        let hidden = body(name, &scene, "");
        let mut absent = hidden.clone();
        let fields = absent.as_object_mut().expect("an object").iter_mut();
        fields
            .filter(|(field, _)| field.ends_with("_id"))
            .for_each(|(_, id)| *id = json!(NOBODYS_ID));
        let (hidden, absent) = (
            socket.command(name, hidden).await,
            socket.command(name, absent).await,
        );
        assert_eq!(hidden, absent, "{name}");
    }
}

#[tokio::test]
async fn a_live_socket_loses_every_command_in_a_server_with_the_membership() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    let socket = hub.socket(&scene.member).await;
    let path = scene
        .community
        .path(&format!("/members/{}", scene.member.id));
    scene.owner.delete(&path).await.is(204);
    for (name, [_, kicked, ..]) in TABLE {
        let ack = socket
            .command(name, body(name, &scene, &scene.member.token))
            .await;
        match kicked {
            "" => assert!(ack["ok"].is_object(), "{name}: {ack}"),
            code => assert_eq!(ack["error"]["code"], code, "{name}: {ack}"),
        }
    }
}

#[tokio::test]
async fn no_connection_opens_without_a_valid_token_of_a_live_session() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    let revoked = scene
        .session_of(&hub, Actor::Revoked)
        .await
        .expect("a session");
    let member = &scene.member;
    for (auth, code) in [
        (json!({}), "unauthenticated"),
        (json!({"token": null}), "unauthenticated"),
        (json!({"token": 5}), "unauthenticated"),
        (json!({"token": ""}), "unauthenticated"),
        (json!({"token": "a.b.c"}), "unauthenticated"),
        (json!({"token": ".".repeat(10_000)}), "unauthenticated"),
        (json!({"token": forged(&member.token)}), "unauthenticated"),
        (json!({"token": expired(&hub, member)}), "unauthenticated"),
        (
            json!({"token": member.cookie.split('=').nth(1)}),
            "unauthenticated",
        ),
        (json!({"token": revoked.token}), "session_ended"),
    ] {
        let socket = Socket::open(hub.http.address).await;
        let refusal = socket.connect(&auth).await.expect_err("refused");
        assert_eq!(refusal["data"]["code"], code, "{auth}: {refusal}");
        assert!(socket.all("ready").is_empty());
    }
}

// T116
#[tokio::test]
async fn a_command_before_connect_closes_the_connection_and_does_nothing() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    for (name, _) in TABLE {
        let socket = Socket::open(hub.http.address).await;
        let id = socket.send_command(name, &body(name, &scene, &scene.member.token));
        assert_eq!(socket.acknowledgement(id).await, None, "{name}");
        socket.closed().await;
    }
    let path = format!("/channels/{}/messages", scene.community.channel);
    let page = scene.owner.get(&path).await.is(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{page}");
}

#[tokio::test]
async fn a_connection_is_renewed_only_by_a_token_of_its_own_session() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let (again, ben) = (hub.login("ana").await, hub.user("ben").await);
    let socket = hub.socket(&ana).await;
    for (token, code) in [
        (again.token.clone(), "unauthenticated"),
        (ben.token.clone(), "unauthenticated"),
        (forged(&ana.token), "unauthenticated"),
        (expired(&hub, &ana), "unauthenticated"),
    ] {
        socket
            .refused("session_refresh", json!({"token": token}), code)
            .await;
    }
    let renewed = ana.refresh().await.is(200);
    let answer = socket
        .ok("session_refresh", json!({"token": renewed["access_token"]}))
        .await;
    assert_eq!(answer["expires_at"], renewed["expires_at"]);
}
