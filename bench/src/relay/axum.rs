//! What a fan-out costs with nothing but axum's WebSocket, one write per frame.
//!
//! Whatever one client sends goes to all. A queue of 128 shared texts per
//! connection; its task feeds all that is queued and flushes once. No identity, no
//! protocol, no storage; a full queue loses the message silently.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt as _;
use futures_util::SinkExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{LIFETIME, say_address};
use crate::Result;
use crate::process::Process;

/// Messages that may wait for one connection.
const QUEUE: usize = 128;

type Receivers = Arc<RwLock<Vec<mpsc::Sender<Utf8Bytes>>>>;

/// Serves until it is killed; the first line of its output is its address.
pub(crate) async fn serve() -> Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    say_address(listener.local_addr()?)?;
    let router = Router::new()
        .route("/", any(upgrade))
        .with_state(Receivers::default());
    // A socket without it is one that is about to fail anyway.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let serving = axum::serve(listener, router).into_future();
    match tokio::time::timeout(LIFETIME, serving).await {
        Ok(ended) => Ok(ended?),
        Err(_) => Ok(()),
    }
}

/// Starts it in a process of its own.
pub(crate) fn start() -> Result<(Process, SocketAddr)> {
    super::start_as("serve-axum")
}

async fn upgrade(State(receivers): State<Receivers>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| converse(socket, receivers))
}

async fn converse(mut socket: WebSocket, receivers: Receivers) {
    let (sender, mut queue) = mpsc::channel(QUEUE);
    receivers
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .push(sender);
    loop {
        tokio::select! {
            Some(first) = queue.recv() => {
                if drain(&mut socket, first, &mut queue).await.is_err() {
                    return;
                }
            }
            received = socket.recv() => match received {
                Some(Ok(Message::Text(text))) => broadcast(&receivers, &text),
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return,
            },
        }
    }
}

/// Feeds all that is queued, flushes once.
async fn drain(
    socket: &mut WebSocket,
    first: Utf8Bytes,
    queue: &mut mpsc::Receiver<Utf8Bytes>,
) -> std::result::Result<(), axum::Error> {
    socket.feed(Message::Text(first)).await?;
    while let Ok(next) = queue.try_recv() {
        socket.feed(Message::Text(next)).await?;
    }
    socket.flush().await
}

fn broadcast(receivers: &Receivers, text: &Utf8Bytes) {
    for receiver in &*receivers.read().unwrap_or_else(PoisonError::into_inner) {
        // Full or gone: lost.
        let _ = receiver.try_send(text.clone());
    }
}
