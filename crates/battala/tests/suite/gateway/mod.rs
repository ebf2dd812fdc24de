//! Frames, floods, slow readers and storms, through the real binary (T112–T125).
//!
//! The layer's own tests examine the protocol case by case; here is one case each
//! with everything wired.

mod beginning;
mod changes;
mod floods;
mod frames;
mod hidden;
mod places;
mod rights;
mod slow;
mod storm;
mod structure;
mod watching;

use futures_util::SinkExt as _;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Community, TestHub, User, nonce, soon};

fn send(community: &Community, content: &str) -> Value {
    json!({"channel_id": community.channel, "content": content, "nonce": nonce()})
}

/// A WebSocket over this connection, which the test reads or does not.
async fn websocket(stream: TcpStream) -> WebSocketStream<TcpStream> {
    let address = stream.peer_addr().expect("connected");
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let opening = tokio_tungstenite::client_async(url, stream);
    soon("a websocket", opening).await.expect("a websocket").0
}

/// A connection with a small window that has asked to connect and has read nothing yet.
async fn sleepy(hub: &TestHub, user: &User) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small window");
    let stream = socket.connect(hub.http.address).await.expect("connect");
    let mut stream = websocket(stream).await;
    let connect = format!("40{}", json!({"token": user.token}));
    stream.send(Message::text(connect)).await.expect("send");
    stream
}
