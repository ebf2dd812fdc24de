//! A server to test, and clients that speak the protocols by hand.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::serve::ListenerExt;
use battala_socketio::{
    App, Config, Connect, DisconnectReason, Event, Frame, Payload, Refusal, Reply, Server, Socket,
};
use battala_testkit::patience;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::task::TaskTracker;

/// Nothing in these tests takes this long unless it is broken, or the machine slow.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let deadline = patience(PATIENCE);
    tokio::time::timeout(deadline, future)
        .await
        .unwrap_or_else(|elapsed| panic!("{what}: {elapsed} after {deadline:?}"))
}

/// Waits for a condition that nothing announces.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    soon(what, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

pub(crate) struct TestApp {
    pub(crate) sockets: Mutex<Vec<Socket>>,
    pub(crate) log: Mutex<Vec<String>>,
    /// Opens for replies to `hold`, starts of `stuck` and connects with `wait`.
    pub(crate) gate: Arc<Semaphore>,
    pub(crate) held: Arc<AtomicUsize>,
    ended: mpsc::UnboundedSender<DisconnectReason>,
}

pub(crate) struct Session {
    socket: Socket,
    namespace: Arc<str>,
}

impl App for TestApp {
    type Session = Session;

    async fn connect(&self, socket: Socket, request: Connect) -> Result<Session, Refusal> {
        let auth = request.auth.as_ref().map_or("{}", |auth| auth.get());
        assert!(!auth.contains("panic"), "as asked");
        if auth.contains("refuse") {
            socket.emit(&Frame::from_raw_json(&request.namespace, "never", ""));
            let data = serde_json::value::to_raw_value(&7).ok();
            return Err(Refusal {
                message: "refused".into(),
                data,
            });
        }
        self.sockets.lock().expect("lock").push(socket.clone());
        if auth.contains("wait") {
            self.gate.acquire().await.expect("gate").forget();
        }
        socket.emit(&Frame::from_raw_json(&request.namespace, "auth", auth));
        Ok(Session {
            socket,
            namespace: request.namespace,
        })
    }

    async fn event(&self, session: &Arc<Session>, event: Event<'_>) -> Reply {
        match event.name.as_ref() {
            "message" => {
                let frame = Frame::from_raw_json(&session.namespace, "message-back", event.args);
                session.socket.emit(&frame);
                Reply::None
            }
            "message-with-ack" => Reply::Now(Payload::from_raw_json(event.args)),
            "record" => {
                // Lets other workers in, so that a lack of order would show.
                tokio::task::yield_now().await;
                self.log.lock().expect("lock").push(event.args.to_owned());
                Reply::Now(Payload::from_raw_json(event.args))
            }
            "hold" => {
                self.held.fetch_add(1, Ordering::SeqCst);
                let (gate, held) = (Arc::clone(&self.gate), Arc::clone(&self.held));
                let payload = Payload::from_raw_json(event.args);
                Reply::Later(Box::pin(async move {
                    gate.acquire().await.expect("gate").forget();
                    held.fetch_sub(1, Ordering::SeqCst);
                    payload
                }))
            }
            "in-turn" => {
                let (held, payload) = (Arc::clone(&self.held), Payload::from_raw_json(event.args));
                Reply::InTurn(Box::pin(async move {
                    held.fetch_add(100, Ordering::SeqCst);
                    payload
                }))
            }
            "stuck" => {
                self.held.fetch_add(1, Ordering::SeqCst);
                self.gate.acquire().await.expect("gate").forget();
                self.held.fetch_sub(1, Ordering::SeqCst);
                Reply::Now(Payload::from_raw_json(""))
            }
            "panic" => panic!("as asked"),
            "panic-later" => Reply::Later(Box::pin(async { panic!("as asked") })),
            _ => Reply::None,
        }
    }

    fn disconnect(&self, _session: Arc<Session>, reason: DisconnectReason) {
        // The test that cares holds the receiver.
        let _ = self.ended.send(reason);
    }
}

/// A running server.
pub(crate) struct Hub {
    pub(crate) address: SocketAddr,
    pub(crate) server: Server<TestApp>,
    ended: mpsc::UnboundedReceiver<DisconnectReason>,
}

/// Waits long enough that no test meets them by accident.
pub(crate) fn config() -> Config {
    Config {
        namespaces: vec!["/".to_owned(), "/custom".to_owned()],
        ..Config::default()
    }
}

/// Pings as often as the public suites ask for, and waits for a client on a slow machine.
pub(crate) fn patient_config() -> Config {
    Config {
        ping_timeout: PATIENCE,
        connect_timeout: PATIENCE,
        ..suite_config()
    }
}

/// The timing that the public suites ask for.
pub(crate) fn suite_config() -> Config {
    Config {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        connect_timeout: patience(Duration::from_secs(1)),
        payload_bytes_max: 1_000_000,
        ..config()
    }
}

impl Hub {
    pub(crate) async fn start(config: Config) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("bind");
        Self::start_on(listener, config)
    }

    /// A server whose connections have a small buffer to send from, as on a slow line.
    pub(crate) fn start_with_small_buffers(config: Config) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .set_send_buffer_size(16 * 1024)
            .expect("a small buffer");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("bind");
        Self::start_on(socket.listen(16).expect("listen"), config)
    }

    fn start_on(listener: TcpListener, config: Config) -> Self {
        let (sender, ended) = mpsc::unbounded_channel();
        let app = TestApp {
            sockets: Mutex::default(),
            log: Mutex::default(),
            gate: Arc::new(Semaphore::new(0)),
            held: Arc::default(),
            ended: sender,
        };
        let server = Server::new(config, app);
        let address = listener.local_addr().expect("address");
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("nodelay"));
        let service = server
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        TaskTracker::new().spawn(async move { axum::serve(listener, service).await });
        Self {
            address,
            server,
            ended,
        }
    }

    pub(crate) fn app(&self) -> &TestApp {
        self.server.app()
    }

    /// The sockets that connected so far, in order.
    pub(crate) fn sockets(&self) -> Vec<Socket> {
        self.app().sockets.lock().expect("lock").clone()
    }

    pub(crate) async fn next_end(&mut self) -> DisconnectReason {
        soon("the end of a session", self.ended.recv())
            .await
            .expect("the app lives")
    }

    /// Asserts that no other session has ended.
    pub(crate) fn assert_no_end(&mut self) {
        assert!(self.ended.try_recv().is_err());
    }

    /// A WebSocket after the Engine.IO handshake, which is returned too.
    pub(crate) async fn open(&self) -> (Client, serde_json::Value) {
        let mut client = self.dial("transport=websocket").await;
        let open = client.next().await;
        assert!(open.starts_with('0'), "{open}");
        (client, serde_json::from_str(&open[1..]).expect("json"))
    }

    /// A client that is connected to `/`.
    pub(crate) async fn connected(&self) -> Client {
        let (mut client, _) = self.open().await;
        client.send("40").await;
        assert!(client.next().await.starts_with("40{\"sid\":\""));
        assert_eq!(client.next().await, "42[\"auth\",{}]");
        client
    }

    pub(crate) async fn dial(&self, query: &str) -> Client {
        self.try_dial(query).await.expect("handshake")
    }

    pub(crate) async fn try_dial(
        &self,
        query: &str,
    ) -> Result<Client, tokio_tungstenite::tungstenite::Error> {
        let url = format!("ws://{}/socket.io/?EIO=4&{query}", self.address);
        let (stream, _) = tokio_tungstenite::connect_async_with_config(url, None, true).await?;
        Ok(Client { stream })
    }

    /// One HTTP request on a connection of its own.
    pub(crate) async fn http(&self, method: &str, query: &str, body: &str) -> (u16, String) {
        self.http_with(method, query, "", body).await
    }

    /// `headers` are whole lines with their line ends.
    pub(crate) async fn http_with(
        &self,
        method: &str,
        query: &str,
        headers: &str,
        body: &str,
    ) -> (u16, String) {
        let request = format!(
            "{method} /socket.io/?{query} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
             {headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        soon("an HTTP response", self.raw_http(&request)).await
    }

    async fn raw_http(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("connect");
        stream.write_all(request.as_bytes()).await.expect("write");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.expect("read");
        let response = String::from_utf8(response).expect("utf-8");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head");
        let status = head[9..12].parse().expect("a status");
        (status, body.to_owned())
    }

    /// Opens a polling session and returns its id.
    pub(crate) async fn poll_open(&self) -> String {
        let (status, body) = self.http("GET", "EIO=4&transport=polling", "").await;
        assert_eq!(status, 200, "{body}");
        let open: serde_json::Value = serde_json::from_str(&body[1..]).expect("json");
        open["sid"].as_str().expect("sid").to_owned()
    }

    pub(crate) async fn poll(&self, sid: &str) -> (u16, String) {
        self.http("GET", &session_query(sid), "").await
    }

    pub(crate) async fn post(&self, sid: &str, body: &str) -> (u16, String) {
        self.http("POST", &session_query(sid), body).await
    }
}

pub(crate) fn session_query(sid: &str) -> String {
    format!("EIO=4&transport=polling&sid={sid}")
}

/// A WebSocket that sees Engine.IO packets.
pub(crate) struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("send");
    }

    /// Queues without flushing, to pipeline.
    pub(crate) async fn feed(&mut self, text: String) {
        self.stream.feed(Message::text(text)).await.expect("feed");
    }

    pub(crate) async fn flush(&mut self) {
        self.stream.flush().await.expect("flush");
    }

    /// Sends without caring whether it arrives.
    pub(crate) async fn try_send(&mut self, message: Message) {
        // The server may already have hung up, which is what is being tested.
        let _ = self.stream.send(message).await;
    }

    /// The next text.
    pub(crate) async fn next(&mut self) -> String {
        match soon("a packet", self.stream.next()).await {
            Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
            other => panic!("instead of a text: {other:?}"),
        }
    }

    /// The next message of WebSocket itself.
    pub(crate) async fn next_message(&mut self) -> Message {
        let message = soon("a message", self.stream.next()).await;
        message.expect("open").expect("message")
    }

    /// Skips packets until the connection closes; returns the close code.
    pub(crate) async fn closed(&mut self) -> u16 {
        let (code, _) = self.drain().await;
        code
    }

    /// All texts until the connection closes, and the close code; 1006 if there
    /// was no goodbye.
    pub(crate) async fn drain(&mut self) -> (u16, Vec<String>) {
        let mut texts = Vec::new();
        let mut code = 1006;
        while let Some(Ok(message)) = soon("the close", self.stream.next()).await {
            match message {
                Message::Text(text) => texts.push(text.as_str().to_owned()),
                Message::Close(Some(frame)) => code = frame.code.into(),
                _ => {}
            }
        }
        (code, texts)
    }
}

/// A WebSocket on which any bytes can be sent.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

impl Raw {
    /// After the HTTP handshake; nothing else was read.
    pub(crate) async fn open(hub: &Hub) -> Self {
        Self::open_with(hub, "").await.0
    }

    /// The same with a small window.
    pub(crate) async fn open_slow(hub: &Hub) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small window");
        let stream = socket.connect(hub.address).await.expect("connect");
        Self::upgrade(stream, "").await.0
    }

    /// Also returns the head of the response.
    pub(crate) async fn open_with(hub: &Hub, headers: &str) -> (Self, String) {
        let stream = TcpStream::connect(hub.address).await.expect("connect");
        Self::upgrade(stream, headers).await
    }

    async fn upgrade(mut stream: TcpStream, headers: &str) -> (Self, String) {
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: test\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("write");
        let mut head = Vec::new();
        soon("the handshake", async {
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.expect("read"));
            }
        })
        .await;
        let head = String::from_utf8(head).expect("utf-8");
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        (Self { stream }, head)
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        // The server may already have hung up, which is what is being tested.
        let _ = self.stream.write_all(bytes).await;
    }

    /// A masked frame; the mask is zero, so the payload stands as it is.
    pub(crate) async fn frame(&mut self, first: u8, payload: &[u8]) {
        let mut bytes = vec![first];
        match u16::try_from(payload.len()).expect("a short frame") {
            len @ 0..=125 => bytes.push(0x80 | len.to_be_bytes()[1]),
            len => {
                bytes.push(0xfe);
                bytes.extend(len.to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(payload);
        self.send(&bytes).await;
    }

    /// The code of the close frame with which everything ends.
    pub(crate) async fn closed(&mut self) -> u16 {
        let mut bytes = Vec::new();
        let read = soon("the close", self.stream.read_to_end(&mut bytes)).await;
        assert!(read.is_ok(), "reset instead of closed: {read:?}");
        match bytes[..] {
            [.., 0x88, 2, high, low] => u16::from_be_bytes([high, low]),
            _ => panic!("no close frame at the end of {bytes:x?}"),
        }
    }
}
