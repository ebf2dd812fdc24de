//! The same client over long polling.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::http::{Http, Request};
use super::socket::{Received, Socket};
use super::watched::Watched;

/// Between packets of one body.
const SEPARATOR: char = '\u{1e}';

impl Socket {
    /// A connection that is ready, over polling.
    pub(crate) async fn ready_by_polling(http: &Arc<Http>, token: &str) -> Self {
        let socket = Self::open_by_polling(http).await;
        socket.sign_in(token).await;
        socket.settled().await;
        socket
    }

    /// A polling session on which nothing has been sent yet.
    pub(crate) async fn open_by_polling(http: &Arc<Http>) -> Self {
        let answer = http.send(&Request::new("GET", &path(""))).await;
        let open: serde_json::Value = serde_json::from_slice(&answer.body[1..])
            .unwrap_or_else(|error| panic!("{answer}: {error}"));
        let path = path(open["sid"].as_str().expect("an id"));
        let received = Arc::new(Watched::default());
        let (outgoing, queue) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(poll(
            Arc::clone(http),
            path.clone(),
            outgoing.clone(),
            Arc::clone(&received),
        ));
        tasks.spawn(post(Arc::clone(http), path, queue));
        Self::new(received, outgoing, tasks)
    }
}

fn path(sid: &str) -> String {
    let query = if sid.is_empty() {
        String::new()
    } else {
        format!("&sid={sid}")
    };
    format!("/socket.io/?EIO=4&transport=polling{query}")
}

async fn poll(
    http: Arc<Http>,
    path: String,
    outgoing: mpsc::UnboundedSender<Message>,
    received: Arc<Watched<Received>>,
) {
    while let Ok(answer) = http.try_send(&Request::new("GET", &path)).await {
        if answer.status != 200 {
            break;
        }
        for packet in answer.text().split(SEPARATOR) {
            let mut reply = None;
            received.change(|received| reply = received.take(packet));
            if let Some(reply) = reply {
                drop(outgoing.send(Message::text(reply)));
            }
        }
    }
    received.change(|received| received.closed = Some(1006));
}

async fn post(http: Arc<Http>, path: String, mut queue: mpsc::UnboundedReceiver<Message>) {
    while let Some(message) = queue.recv().await {
        let mut request =
            Request::new("POST", &path).header("Content-Type", "text/plain;charset=UTF-8");
        request.body = Some(message.into_data().to_vec());
        if http.try_send(&request).await.is_err() {
            return;
        }
    }
}
