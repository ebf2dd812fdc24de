//! Frames, floods, slow readers and storms, through the real binary (T112–T125).
//!
//! The layer's own tests examine the protocol case by case; here is one case each
//! with everything wired.

mod floods;
mod frames;
mod places;
mod slow;
mod storm;
mod structure;

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;

use crate::harness::{Community, nonce, soon};

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
