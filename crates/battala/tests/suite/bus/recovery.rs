//! A gateway that fell behind, while lines are slow or the database is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, ServerId};
use battala_store::DbError;
use battala_store::tables::channels;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::{Cluster, Node, dropping};
use crate::harness::{Community, User, soon};

/// More than are told at the same time.
const STOPPED: usize = 40;

/// A connection with a small window, which has what there is and takes nothing from then on.
async fn stopped(node: &Node, user: &User) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small window");
    let address = node.http.address;
    let stream = socket.connect(address).await.expect("a connection");
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let opening = tokio_tungstenite::client_async(url, stream);
    let (mut stream, _) = soon("a websocket", opening).await.expect("a websocket");
    let connect = format!("40{}", json!({"token": user.token}));
    stream.send(Message::text(connect)).await.expect("sent");
    take_until(&mut stream, "[\"server_reads\"").await;
    stream
}

/// Takes what comes until something has this text in it.
async fn take_until(stream: &mut WebSocketStream<TcpStream>, text: &str) {
    let taken = async {
        let has_it = |message: &Message| message.to_text().is_ok_and(|it| it.contains(text));
        while !has_it(&stream.next().await.expect("open").expect("a message")) {}
    };
    soon(text, taken).await;
}

/// As large as a server could be made, which no small window takes at once.
async fn grow(cluster: &Cluster, community: &Community) {
    let server_id: ServerId = community.id.parse().expect("an id");
    let first: ChannelId = community.channel.parse().expect("an id");
    let grown = cluster.db.write(move |tx| {
        Box::pin(async move {
            for number in 1..=499 {
                let row = channels::ChannelRow {
                    id: ChannelId::from_raw(first.raw() + number),
                    server_id,
                    r#type: ChannelKind::Text,
                    name: format!("stall-{number}"),
                    topic: "\u{1f33f}".repeat(1024),
                    position: number,
                    created_at: 1_700_000_000_000,
                };
                channels::insert(tx, &row).await?;
            }
            Ok::<_, DbError>(())
        })
    });
    grown.await.expect("channels");
}

// On one thread, for the overflow.
#[tokio::test]
async fn connections_that_take_nothing_hold_up_nobody_else_who_is_told_what_was_missed() {
    let hour = Duration::from_hours(1);
    let mut cluster = Cluster::start_with(battala_socketio::Config {
        ping_interval: hour,
        flush_timeout: hour,
        ..battala_socketio::Config::default()
    })
    .await;
    let is_dropping = Arc::new(AtomicBool::new(false));
    cluster.connect(dropping(&is_dropping));
    let owner = cluster.writing.user("owner").await;
    let community = owner.community("Bazaar").await;
    let eve = cluster.writing.user("eve").await;
    eve.join(&owner.invite(&community).await).await;
    let mut slow = Vec::new();
    for _ in 0..STOPPED {
        slow.push(stopped(&cluster.sockets, &eve).await);
    }
    let ben = cluster.writing.user("ben").await;
    ben.join(&owner.invite(&community).await).await;
    let healthy = cluster.sockets.socket(&ben).await;
    is_dropping.store(true, Ordering::Relaxed);
    grow(&cluster, &community).await;
    let name = json!({"name": "Grown Bazaar"});
    owner.patch(&community.path(""), name).await.is(200);
    let mark = healthy.mark();
    cluster.sockets.overflow().await;
    let is_grown = |state: &Value| state["server"]["name"] == "Grown Bazaar";
    healthy.wait_after(mark, "server_state", is_grown).await;
    healthy.wait_after(mark, "server_reads", |_| true).await;
    // They are still there, and are told when they take it.
    assert_eq!(cluster.sockets.gateway.connections(), STOPPED + 1);
    let stream = slow.last_mut().expect("one");
    take_until(stream, "\"name\":\"Grown Bazaar\"").await;
    cluster.stop().await;
}

/// On one thread: everybody who waits for nothing has a turn, and many.
async fn let_others_go_on() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

// On one thread, for the overflow.
#[tokio::test]
async fn a_database_that_is_away_for_a_moment_sends_nobody_back() {
    let mut cluster = Cluster::start().await;
    let is_dropping = Arc::new(AtomicBool::new(false));
    cluster.connect(dropping(&is_dropping));
    let owner = cluster.writing.user("owner").await;
    let community = owner.community("Bazaar").await;
    let socket = cluster.sockets.socket(&owner).await;
    is_dropping.store(true, Ordering::Relaxed);
    let said = owner.say(&community.channel, "missed").await;
    owner
        .patch(&community.path(""), json!({"name": "Den"}))
        .await
        .is(200);
    let profile = json!({"display_name": "The Owner"});
    owner.patch("/users/@me", profile).await.is(200);
    let overflow = cluster.sockets.overflowing().await;
    // As long as these are kept, nobody else can read.
    let mut readers = Vec::new();
    while let Ok(reader) = cluster.db.read().await {
        readers.push(reader);
    }
    overflow();
    // Those who read what was missed ask before this does, and so are refused before it is.
    let_others_go_on().await;
    assert!(cluster.db.read().await.is_err());
    let_others_go_on().await;
    drop(readers);
    let is_ahead = |heads: &Value| heads["channels"][0]["last_seq"] == said["seq"];
    socket.wait("heads", is_ahead).await;
    let is_renamed = |state: &Value| state["server"]["name"] == "Den";
    socket.wait("server_state", is_renamed).await;
    let is_me = |told: &Value| told["me"]["display_name"] == "The Owner";
    socket.wait("me_updated", is_me).await;
    assert!(socket.is_open());
    cluster.stop().await;
}
