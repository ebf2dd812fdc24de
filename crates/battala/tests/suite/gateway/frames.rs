//! What the parsers refuse: frames, packets and namespaces.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::{send, websocket};
use crate::harness::{Socket, TestHub, User, soon};

/// A connection on which any bytes can be sent after the handshake of a WebSocket.
async fn raw(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("connect");
    websocket(stream).await.into_inner()
}

/// The code of the close frame with which everything ends.
async fn close_code(stream: &mut TcpStream) -> u16 {
    let mut bytes = Vec::new();
    // Reset or closed: what was said before counts.
    drop(soon("the close", stream.read_to_end(&mut bytes)).await);
    match bytes[..] {
        [.., 0x88, 2, high, low] => u16::from_be_bytes([high, low]),
        _ => panic!("no close frame at the end of {} bytes", bytes.len()),
    }
}

/// The most memory that the hub has had resident so far, in bytes.
fn resident_max(hub: &TestHub) -> u64 {
    let path = format!("/proc/{}/status", hub.process_id());
    let status = std::fs::read_to_string(path).expect("it runs");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("a line");
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .expect("a number");
    kib * 1024
}

#[tokio::test]
async fn t112_frames_above_the_limit_are_refused_by_their_header_and_cost_no_memory() {
    let hub = TestHub::start().await;
    let before = resident_max(&hub);
    let mut streams = Vec::new();
    for size in [64 * 1024 + 1_u64, 1 << 20, 16 << 20, 64 << 20] {
        for _ in 0..10 {
            let mut stream = raw(hub.http.address).await;
            let mut header = vec![0x81, 0xff];
            header.extend(size.to_be_bytes());
            header.extend([0; 4]);
            stream.write_all(&header).await.expect("write");
            streams.push(stream);
        }
    }
    for stream in &mut streams {
        assert_eq!(close_code(stream).await, 1009);
    }
    // Only now all headers have been read.
    let connections = u64::try_from(streams.len()).expect("few");
    let grown = resident_max(&hub) - before;
    assert!(
        grown <= connections << 20,
        "{grown} bytes for {connections} connections"
    );
    // Signed in it is the same.
    let socket = hub.socket(&hub.user("ana").await).await;
    socket.send(&format!("42[\"message_send\",\"{}\"]", "x".repeat(100_000)));
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test]
async fn t113_attachments_and_binary_frames_are_refused() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for packet in [
        "451000000000-[\"x\"]",
        "451-[\"x\",{\"_placeholder\":true,\"num\":0}]",
    ] {
        let socket = Socket::open(hub.http.address).await;
        socket.send(packet);
        assert_eq!(socket.closed().await, 1003, "{packet}");
        let socket = hub.socket(&ana).await;
        socket.send(packet);
        assert_eq!(socket.closed().await, 1003, "{packet}");
    }
    let socket = hub.socket(&ana).await;
    socket.send_message(Message::binary(vec![4, 2, 0]));
    assert_eq!(socket.closed().await, 1003);
}

#[tokio::test]
async fn t115_a_client_that_knocks_at_every_namespace_is_sent_away() {
    let hub = TestHub::start().await;
    let socket = Socket::open(hub.http.address).await;
    for number in 0..1000 {
        socket.send(&format!("40/n{number},{{}}"));
    }
    assert_eq!(socket.closed().await, 1008);
}

/// The connection is cut, or it goes on as if nothing had been said.
async fn send_before_and_after_signing_in(hub: &TestHub, user: &User, packet: &str) {
    let socket = Socket::open(hub.http.address).await;
    socket.send(packet);
    if let Err(refusal) = socket.connect(&json!({"token": user.token})).await {
        assert!(refusal["closed"].is_u64(), "{packet:?}: {refusal}");
    }
    let socket = hub.socket(user).await;
    socket.send(packet);
    let id = socket.send_command("presence_set", &json!({"status": "online"}));
    let ack = socket.acknowledgement(id).await;
    assert!(ack.is_none_or(|ack| ack["ok"].is_object()), "{packet:?}");
}

#[tokio::test]
async fn t116_packets_of_no_meaning_end_their_own_connection_and_no_other() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let neighbour = hub.socket(&ben).await;
    let whole = format!("420[\"message_send\",{}]", send(&community, "whole"));
    let prefixes: Vec<String> = (1..whole.len())
        .step_by(7)
        .map(|end| whole[..end].to_owned())
        .collect();
    let garbage = [
        "",
        "9",
        "4",
        "49",
        "42",
        "42[",
        "42[]",
        "42[5]",
        "42{}",
        "4299999999999999999999[\"a\"]",
        "42-1[\"a\"]",
        "42/,[\"a\"]",
        "42/other,[\"a\"]",
        "43[]",
        "430[]",
        "40{",
        "41/other,",
        "1",
        "5",
        "6",
        "2probe",
        "\u{1e}",
        "42[\"a\",]",
    ];
    let packets = garbage
        .into_iter()
        .chain(prefixes.iter().map(String::as_str));
    for packet in packets {
        send_before_and_after_signing_in(&hub, &owner, packet).await;
    }
    neighbour.round_trip().await;
    assert!(neighbour.all("message_created").is_empty());
}
