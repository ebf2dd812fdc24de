//! One caller who takes all that it can get, and its neighbours, who must not feel it.

mod connections;
mod hashes;
mod junk;
mod polls;
mod sites;
mod slow_bodies;
mod slow_readers;
mod unread_answers;
mod untaken;

use std::net::SocketAddr;

use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::{TestHub, User, soon};

/// How a raw connection is made.
#[derive(Debug, Clone, Copy)]
struct Dial {
    /// One of the many addresses of the loopback interface.
    from: [u8; 4],
    /// It takes next to nothing of what it is sent.
    has_small_window: bool,
}

impl Dial {
    const fn from(last: u8) -> Self {
        Self {
            from: [127, 0, 0, last],
            has_small_window: false,
        }
    }

    const fn with_small_window() -> Self {
        Self {
            from: [127, 0, 0, 1],
            has_small_window: true,
        }
    }

    async fn connect(self, hub: &TestHub) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        let local = SocketAddr::from((self.from, 0));
        socket.bind(local).expect("an address of the loopback");
        if self.has_small_window {
            socket.set_recv_buffer_size(2048).expect("a small window");
            // The large segments of the loopback would hide what a window costs.
            let mss = SockRef::from(&socket).set_tcp_mss(1400);
            mss.expect("segments as on a wire");
        }
        let connected = soon("a connection", socket.connect(hub.http.address)).await;
        connected.expect("a connection")
    }

    /// A connection that has sent these bytes.
    async fn send(self, hub: &TestHub, text: &str) -> TcpStream {
        let mut stream = self.connect(hub).await;
        let sent = soon("room for a request", stream.write_all(text.as_bytes()));
        sent.await.expect("sent");
        stream
    }
}

/// The head of a request with a body of this size; the token may be empty.
fn head(method: &str, path: &str, token: &str, length: usize) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// What comes until the hub hangs up.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    drop(soon("the end of the connection", stream.read_to_end(&mut bytes)).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The next answer, whole; less when the hub hangs up.
async fn answered(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = async {
        while !is_whole(&bytes) && !matches!(stream.read_buf(&mut bytes).await, Ok(0) | Err(_)) {}
    };
    soon("an answer", read).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a head and the body that it announces have come.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| length.parse().is_ok_and(|length| body.len() >= length))
}

/// Everybody else goes on as if nothing were.
async fn is_unharmed(hub: &TestHub, neighbour: &User) {
    hub.get("/api/hub").await.is(200);
    neighbour.get("/servers").await.is(200);
    let body = serde_json::json!({"display_name": "Neighbour"});
    neighbour.patch("/users/@me", body).await.is(200);
}

/// Test processes have fewer descriptors than these tests have connections.
fn raise_descriptors() {
    rlimit::increase_nofile_limit(8192).expect("a limit");
}

/// The memory of the hub that is in use, in bytes.
fn resident(hub: &TestHub) -> u64 {
    let path = format!("/proc/{}/status", hub.process_id());
    let status = std::fs::read_to_string(path).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("a number") * 1024
}
