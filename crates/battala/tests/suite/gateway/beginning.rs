//! What a connection is sent when it begins, over a line to the database that breaks meanwhile: on
//! PostgreSQL, where there is a line.

use std::collections::HashSet;
use std::time::Duration;

use crate::harness::{Community, Engine, Options, Socket, TestHub, User, engine};
use futures_util::future::join_all;
use serde_json::json;

const SERVERS: usize = 12;
const CONNECTIONS: usize = 3;
/// Each server takes several exchanges with the database, so that the line breaks amid them.
const SLOW: Duration = Duration::from_millis(20);

/// A connection that was told which servers there are, and not yet what stands in them.
async fn ready(hub: &TestHub, user: &User) -> Socket {
    let socket = Socket::open(hub.http.address).await;
    socket.sign_in(&user.token).await;
    socket.wait("ready", |_| true).await;
    socket
}

/// Reads on until the reading positions in all servers have come, or the connection has ended and so
/// comes again.
async fn knows_or_ends(socket: &Socket, servers: usize) {
    let mut known = HashSet::new();
    for at in 0.. {
        let Some(event) = socket.event(at).await else {
            return;
        };
        if event.name == "server_reads" {
            known.insert(event.data["server_id"].to_string());
        }
        if known.len() == servers {
            return;
        }
    }
}

#[tokio::test]
async fn what_could_not_be_read_for_a_connection_that_begins_is_sent_after_all() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = Options::default().proxied().start().await;
    let ana = hub.user("ana").await;
    for number in 0..SERVERS {
        ana.community(&format!("server {number}")).await;
    }
    hub.proxy().delay(SLOW);
    let sockets = join_all((0..CONNECTIONS).map(|_| ready(&hub, &ana))).await;
    hub.proxy().cut();
    hub.proxy().delay(Duration::ZERO);
    join_all(sockets.iter().map(|socket| knows_or_ends(socket, SERVERS))).await;
}

#[tokio::test]
async fn what_could_not_be_read_for_a_new_member_is_sent_after_all() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = Options::default().proxied().start().await;
    let (community, ana, []) = hub.community("ana", []).await;
    let code = ana.invite(&community).await;
    let ben = hub.user("ben").await;
    let socket = hub.socket(&ben).await;
    hub.proxy().delay(SLOW);
    ben.join(&code).await;
    hub.proxy().cut();
    hub.proxy().delay(Duration::ZERO);
    knows_or_ends(&socket, 1).await;
}

/// Spoils what is stored of a server, so that it cannot be read, or mends it: nobody has such an id.
fn set_owner(hub: &TestHub, community: &Community, id: &str) {
    let server = &community.id;
    hub.run_sql(&format!(
        "ALTER TABLE servers DROP CONSTRAINT IF EXISTS servers_owner_id_fkey; \
         UPDATE servers SET owner_id = {id} WHERE id = {server}"
    ));
}

/// Whether an event is of a server.
fn is_of(community: &Community) -> impl Fn(&serde_json::Value) -> bool {
    let id = community.id.clone();
    move |event| event["server_id"] == *id
}

#[tokio::test]
async fn who_comes_goes_on_without_a_server_that_cannot_be_read_and_is_told_of_it_when_it_can() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (spoilt, ana, []) = hub.community("ana", []).await;
    let other = ana.community("another server").await;
    set_owner(&hub, &spoilt, "-1");
    let socket = ready(&hub, &ana).await;
    socket.wait("server_reads", is_of(&other)).await;
    assert!(socket.is_open());
    hub.says("goes on without a server").await;
    assert!(!hub.take_errors().is_empty());
    set_owner(&hub, &spoilt, &ana.id);
    socket.wait("server_reads", is_of(&spoilt)).await;
    hub.take_errors();
}

/// Gives a server more roles than are read.
fn add_roles(hub: &TestHub, community: &Community) {
    let id = &community.id;
    hub.run_sql(&format!(
        "INSERT INTO roles (id, server_id, name, permissions, position) \
         SELECT 1000 + n, {id}, 'one of many', 0, n FROM generate_series(1, 50001) n; \
         UPDATE servers SET rights_version = rights_version + 1 WHERE id = {id}"
    ));
}

fn remove_roles(hub: &TestHub, community: &Community) {
    let id = &community.id;
    hub.run_sql(&format!(
        "DELETE FROM roles WHERE server_id = {id} AND name = 'one of many'"
    ));
}

#[tokio::test]
async fn a_room_that_cannot_be_read_anew_keeps_its_connections_until_it_can() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (spoilt, ana, []) = hub.community("ana", []).await;
    let other = ana.community("another server").await;
    let socket = hub.socket(&ana).await;
    add_roles(&hub, &spoilt);
    // As if a change had been made of which nobody here was told.
    hub.run_sql(&format!(
        "UPDATE servers SET epoch = epoch + 1 WHERE id = {}",
        spoilt.id
    ));
    hub.says("a room cannot be read anew").await;
    ana.say(&other.channel, "meanwhile").await;
    let is_text =
        |text: &'static str| move |said: &serde_json::Value| said["message"]["content"] == text;
    socket.wait("message_created", is_text("meanwhile")).await;
    remove_roles(&hub, &spoilt);
    socket.wait("heads", is_of(&spoilt)).await;
    ana.say(&spoilt.channel, "afterwards").await;
    socket.wait("message_created", is_text("afterwards")).await;
    assert!(socket.is_open());
    hub.take_errors();
}

#[tokio::test]
async fn who_comes_goes_on_without_a_server_whose_rights_cannot_be_read() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (spoilt, ana, []) = hub.community("ana", []).await;
    let other = ana.community("another server").await;
    add_roles(&hub, &spoilt);
    let socket = ready(&hub, &ana).await;
    let listed = socket.all("ready")[0]["servers"].as_array().map(Vec::len);
    assert_eq!(listed, Some(2));
    socket.wait("server_reads", is_of(&other)).await;
    hub.says("a server is passed over").await;
    assert!(socket.is_open());
    remove_roles(&hub, &spoilt);
    socket.wait("server_reads", is_of(&spoilt)).await;
    hub.take_errors();
}

#[tokio::test]
async fn who_comes_while_the_rights_of_a_server_cannot_be_read_watches_there_when_they_can() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (spoilt, ana, [ben]) = hub.community("ana", ["ben"]).await;
    add_roles(&hub, &spoilt);
    let socket = Socket::open(hub.http.address).await;
    let auth = json!({"token": ben.token, "watch": [spoilt.channel]});
    socket.connect(&auth).await.expect("it is let in");
    hub.says("a server is passed over").await;
    remove_roles(&hub, &spoilt);
    socket.wait("server_reads", is_of(&spoilt)).await;
    let said = ana.say(&spoilt.channel, "hello").await;
    let heard = socket.wait("message_created", |_| true).await;
    assert_eq!(heard["message"], said);
    hub.take_errors();
}

#[tokio::test]
async fn who_is_removed_from_a_server_that_could_not_be_entered_is_told() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (spoilt, ana, [ben]) = hub.community("ana", ["ben"]).await;
    add_roles(&hub, &spoilt);
    let socket = ready(&hub, &ben).await;
    hub.says("a server is passed over").await;
    remove_roles(&hub, &spoilt);
    // Nobody is in the server here, so that there is no room that would say so.
    let member = spoilt.path(&format!("/members/{}", ben.id));
    ana.delete(&member).await.is(204);
    socket.wait("server_removed", is_of(&spoilt)).await;
    hub.take_errors();
}
