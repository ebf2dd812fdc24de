//! A Socket.IO client that shows everything it receives.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::watched::{Watched, soon, until};

/// An event as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// Everything that a connection has received.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// The answer to CONNECT: the payload, and whether it is a refusal.
    pub(crate) connected: Option<Result<Value, Value>>,
    pub(crate) events: Vec<Delivered>,
    pub(crate) acks: BTreeMap<u64, Value>,
    /// The order in which acknowledgements came.
    pub(crate) ack_order: Vec<u64>,
    /// The namespace was left at the hub's wish.
    pub(crate) is_disconnected: bool,
    /// The close code; 1006 without a goodbye.
    pub(crate) closed: Option<u16>,
}

impl Received {
    /// Reads one Engine.IO packet; the answer to it, if it needs one.
    pub(crate) fn take(&mut self, packet: &str) -> Option<String> {
        if packet.get(2..3) == Some("/") {
            // Another namespace: nothing of the hub's is there.
            return None;
        }
        match packet.get(..2).unwrap_or(packet) {
            "2" => return Some("3".to_owned()),
            "40" => self.connected = Some(Ok(parse(&packet[2..]))),
            "44" => self.connected = Some(Err(parse(&packet[2..]))),
            "41" => self.is_disconnected = true,
            "42" => {
                let event = parse(&packet[2..]);
                self.events.push(Delivered {
                    name: event[0].as_str().expect("a name").to_owned(),
                    data: event[1].clone(),
                });
            }
            "43" => {
                let start = packet.find('[').expect("arguments");
                let id = packet[2..start].parse().expect("an id");
                let payload = parse(&packet[start..]);
                self.ack_order.push(id);
                let earlier = self.acks.insert(id, payload[0].clone());
                assert!(earlier.is_none(), "acknowledged twice: {packet}");
            }
            _ => {}
        }
        None
    }
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// A connection to the main namespace.
#[derive(Debug)]
pub(crate) struct Socket {
    received: Arc<Watched<Received>>,
    outgoing: mpsc::UnboundedSender<Message>,
    next_ack: AtomicU64,
    _tasks: JoinSet<()>,
}

impl Socket {
    /// A connection that is ready, with the state of all servers.
    pub(crate) async fn ready(address: SocketAddr, token: &str) -> Self {
        let socket = Self::open(address).await;
        socket.sign_in(token).await;
        socket.settled().await;
        socket
    }

    /// A WebSocket on which nothing has been sent yet.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::try_open(address).await.expect("a websocket")
    }

    pub(crate) async fn try_open(address: SocketAddr) -> Result<Self, Error> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let connect = tokio_tungstenite::connect_async_with_config(url, None, true);
        let (stream, _) = soon("a websocket", connect).await?;
        let received = Arc::new(Watched::default());
        let (outgoing, queue) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(run(stream, queue, outgoing.clone(), Arc::clone(&received)));
        Ok(Self::new(received, outgoing, tasks))
    }

    pub(crate) fn new(
        received: Arc<Watched<Received>>,
        outgoing: mpsc::UnboundedSender<Message>,
        tasks: JoinSet<()>,
    ) -> Self {
        Self {
            received,
            outgoing,
            next_ack: AtomicU64::new(0),
            _tasks: tasks,
        }
    }

    /// Signs in and waits until the hub has agreed.
    pub(crate) async fn sign_in(&self, token: &str) {
        if let Err(refusal) = self.connect(&json!({"token": token})).await {
            panic!("refused: {refusal}");
        }
    }

    /// Sends CONNECT; the payload of the answer, or of the refusal.
    pub(crate) async fn connect(&self, auth: &Value) -> Result<Value, Value> {
        self.send(&format!("40{auth}"));
        let look = |received: &Received| match (&received.connected, received.closed) {
            (Some(answer), _) => Some(answer.clone()),
            (None, Some(code)) => Some(Err(json!({"closed": code}))),
            (None, None) => None,
        };
        self.received.until("an answer to CONNECT", look).await
    }

    /// Waits for `ready` and for the state of every server in it.
    pub(crate) async fn settled(&self) -> Value {
        let ready = self.wait("ready", |_| true).await;
        for server in ready["servers"].as_array().expect("a list") {
            self.wait("server_reads", |reads| reads["server_id"] == server["id"])
                .await;
        }
        ready
    }

    /// Sends a whole packet.
    pub(crate) fn send(&self, packet: &str) {
        self.send_message(Message::text(packet));
    }

    pub(crate) fn send_message(&self, message: Message) {
        // A connection that is closed takes nothing; who cares waits for an answer.
        drop(self.outgoing.send(message));
    }

    /// Sends a command with these arguments (a JSON text); the id of its acknowledgement.
    pub(crate) fn send_raw_command(&self, name: &str, body: &str) -> u64 {
        let id = self.next_ack.fetch_add(1, Ordering::Relaxed);
        let name = Value::from(name);
        let comma = if body.is_empty() { "" } else { "," };
        self.send(&format!("42{id}[{name}{comma}{body}]"));
        id
    }

    pub(crate) fn send_command(&self, name: &str, body: &Value) -> u64 {
        self.send_raw_command(name, &body.to_string())
    }

    /// The acknowledgement, or `None` when the connection closed first.
    pub(crate) async fn acknowledgement(&self, id: u64) -> Option<Value> {
        let look = |received: &Received| match (received.acks.get(&id), received.closed) {
            (Some(ack), _) => Some(Some(ack.clone())),
            (None, Some(_)) => Some(None),
            (None, None) => None,
        };
        self.received.until("an acknowledgement", look).await
    }

    /// Runs a command and returns the whole acknowledgement.
    pub(crate) async fn command(&self, name: &str, body: Value) -> Value {
        let id = self.send_command(name, &body);
        let ack = self.acknowledgement(id).await;
        ack.unwrap_or_else(|| panic!("{name} {body}: closed instead of an answer"))
    }

    /// Runs a command that succeeds.
    pub(crate) async fn ok(&self, name: &str, body: Value) -> Value {
        let ack = self.command(name, body.clone()).await;
        let ok = ack.get("ok").cloned();
        ok.unwrap_or_else(|| panic!("{name} {body}: {ack}"))
    }

    /// Everything in a channel, asked for until it is told, as a client does that is told to wait.
    pub(crate) async fn synced(&self, channel: &str) -> Value {
        let body = json!({"channel_id": channel, "after": 0});
        until("what was missed", async || {
            let answer = self.command("channel_sync", body.clone()).await;
            let told = answer.get("ok").cloned();
            let has_to_wait = answer["error"]["code"] == "unavailable";
            assert!(told.is_some() || has_to_wait, "{answer}");
            told
        })
        .await
    }

    /// Runs a command that is refused with this code; the error.
    pub(crate) async fn refused(&self, name: &str, body: Value, code: &str) -> Value {
        let ack = self.command(name, body.clone()).await;
        assert_eq!(ack["error"]["code"], code, "{name} {body}: {ack}");
        ack["error"].clone()
    }

    /// The first event of this name that `matches`, since the connection began.
    pub(crate) async fn wait(&self, name: &str, mut matches: impl FnMut(&Value) -> bool) -> Value {
        self.wait_after(0, name, &mut matches).await
    }

    /// The same, looking only at what came after the first `mark` events.
    pub(crate) async fn wait_after(
        &self,
        mark: usize,
        name: &str,
        mut matches: impl FnMut(&Value) -> bool,
    ) -> Value {
        let look = |received: &Received| {
            let later = received.events.get(mark..).unwrap_or_default();
            let mut found = later
                .iter()
                .filter(|event| event.name == name && matches(&event.data));
            match (found.next(), received.closed) {
                (Some(event), _) => Some(Ok(event.data.clone())),
                (None, Some(code)) => Some(Err(code)),
                (None, None) => None,
            }
        };
        self.received
            .until(&format!("the event {name}"), look)
            .await
            .unwrap_or_else(|code| panic!("the event {name}: closed with {code} instead"))
    }

    /// The event at this place since the connection began; `None` when it closed before.
    pub(crate) async fn event(&self, at: usize) -> Option<Delivered> {
        let look = |received: &Received| match (received.events.get(at), received.closed) {
            (Some(event), _) => Some(Some(event.clone())),
            (None, Some(_)) => Some(None),
            (None, None) => None,
        };
        self.received.until("an event", look).await
    }

    /// What `look` finds among all events, now or later.
    pub(crate) async fn find<R>(
        &self,
        what: &str,
        mut look: impl FnMut(&[Delivered]) -> Option<R>,
    ) -> R {
        self.received
            .until(what, |received| look(&received.events))
            .await
    }

    /// How many events there are so far.
    pub(crate) fn mark(&self) -> usize {
        self.received.read(|received| received.events.len())
    }

    /// All events so far.
    pub(crate) fn events(&self) -> Vec<Delivered> {
        self.received.read(|received| received.events.clone())
    }

    /// The payloads of all events of this name so far.
    pub(crate) fn all(&self, name: &str) -> Vec<Value> {
        let events = self.events().into_iter();
        let named = events.filter(|event| event.name == name);
        named.map(|event| event.data).collect()
    }

    /// The ids of acknowledgements in the order in which they came.
    pub(crate) fn ack_order(&self) -> Vec<u64> {
        self.received.read(|received| received.ack_order.clone())
    }

    /// Whether the connection is still there.
    pub(crate) fn is_open(&self) -> bool {
        self.received.read(|received| received.closed.is_none())
    }

    /// Waits for the end and returns the close code.
    pub(crate) async fn closed(&self) -> u16 {
        self.received
            .until("the close", |received| received.closed)
            .await
    }

    /// Waits until the hub has said that the session is over, and has closed.
    pub(crate) async fn ended(&self) -> String {
        let ended = self.wait("session_ended", |_| true).await;
        self.closed().await;
        let is_disconnected = self.received.read(|received| received.is_disconnected);
        assert!(is_disconnected, "the client would connect again by itself");
        ended["reason"].as_str().expect("a reason").to_owned()
    }

    /// A command and its answer: what the hub had sent before has arrived then.
    pub(crate) async fn round_trip(&self) {
        let ack = self
            .command("presence_set", json!({"status": "online"}))
            .await;
        assert!(ack["ok"].is_object(), "{ack}");
    }
}

/// Reads and writes until either side closes.
async fn run(
    mut stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    mut queue: mpsc::UnboundedReceiver<Message>,
    outgoing: mpsc::UnboundedSender<Message>,
    received: Arc<Watched<Received>>,
) {
    let mut code = 1006;
    loop {
        tokio::select! {
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let mut reply = None;
                    received.change(|received| reply = received.take(text.as_str()));
                    if let Some(reply) = reply {
                        drop(outgoing.send(Message::text(reply)));
                    }
                }
                Some(Ok(Message::Close(Some(frame)))) => code = frame.code.into(),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
            message = queue.recv() => {
                let Some(message) = message else { break };
                let mut fed = stream.feed(message).await;
                while let Ok(message) = queue.try_recv() {
                    fed = stream.feed(message).await;
                }
                // What the hub said before it hung up is still to be read.
                drop(fed);
                drop(stream.flush().await);
            }
        }
    }
    received.change(|received| received.closed = Some(code));
}
