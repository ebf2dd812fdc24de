//! Connections by the hundred from one address.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Dial, answered, rest};
use crate::harness::{Options, TestHub, soon, until};

const PER_ADDRESS: u32 = 20;

const ASK: &str = "GET /api/hub HTTP/1.1\r\nHost: x\r\n\r\n";

const WEBSOCKET: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
    Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn options() -> Options {
    // Nothing is to end but by the bound.
    Options::default()
        .limit("connections_per_address", PER_ADDRESS)
        .limit("connect_timeout_ms", 600_000)
        .limit("header_timeout_ms", 600_000)
}

/// A connection that has asked once and waits.
async fn idle(hub: &TestHub, from: u8) -> TcpStream {
    let mut stream = Dial::from(from).send(hub, ASK).await;
    let answer = answered(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    stream
}

/// Whether the hub has hung up; there is nothing else left to be read.
fn is_closed(stream: &TcpStream) -> bool {
    match stream.try_read(&mut [0; 1]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

/// Sends faster than the slowest that a body may come, so that nothing else ends them.
async fn dribble(coming: &[TcpStream]) {
    let mut beat = tokio::time::interval(std::time::Duration::from_millis(200));
    loop {
        beat.tick().await;
        for stream in coming {
            // One that has made room takes no more.
            let _ = stream.try_write(&[b' '; 400]);
        }
    }
}

#[tokio::test]
async fn bodies_that_dribble_keep_no_connection_of_their_address() {
    let hub = options().start().await;
    let ask = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
               Content-Length: 60000\r\n\r\n{";
    let mut coming = Vec::new();
    for _ in 0..PER_ADDRESS {
        coming.push(Dial::from(2).send(&hub, ask).await);
    }
    let served = until("a newcomer is served", async || {
        let mut newcomer = Dial::from(2).send(&hub, ASK).await;
        let mut first = [0; 12];
        let read = newcomer.read_exact(&mut first).await;
        (read.is_ok() && &first == b"HTTP/1.1 200").then_some(())
    });
    tokio::select! {
        () = served => {}
        () = dribble(&coming) => {}
    }
    let is_open = |stream: &&TcpStream| !is_closed(stream);
    assert!(coming.iter().filter(is_open).count() >= coming.len() / 2);
}

#[tokio::test]
async fn an_address_with_all_its_connections_loses_its_idlest_and_no_other_does() {
    let hub = options().start().await;
    let neighbour = idle(&hub, 3).await;
    let mut own = Vec::new();
    for _ in 0..=PER_ADDRESS {
        own.push(idle(&hub, 2).await);
    }
    let closed = until("one is closed", async || own.iter().position(is_closed));
    // An answer is here a little before the hub calls its connection idle: not the very first one,
    // perhaps, but one of the first.
    assert!(closed.await < own.len() / 2);
    assert_eq!(own.iter().filter(|stream| is_closed(stream)).count(), 1);
    for _ in 0..50 {
        own.push(idle(&hub, 2).await);
    }
    // The neighbour's has been idle for longer than any, and is still there.
    neighbour.writable().await.expect("open");
    neighbour.try_write(ASK.as_bytes()).expect("open");
    let answer = answered(&mut { neighbour }).await;
    assert!(answer.contains("HTTP/1.1 200 "), "{answer}");
    let says = |line: &str| {
        line.contains("limits.connections_per_address")
            .then_some(())
    };
    hub.logged("the setting", says).await;
    let log = hub.log();
    let lines: Vec<&str> = log.lines().filter(|line| says(line).is_some()).collect();
    assert_eq!(lines.len(), 1, "once in a minute");
    assert!(lines[0].contains("trusted_proxies"), "{lines:?}");
    assert!(!lines[0].contains("127.0.0."), "{lines:?}");
}

#[tokio::test]
async fn where_no_connection_is_idle_the_new_one_is_refused() {
    let hub = options().start().await;
    let mut sockets = Vec::new();
    for _ in 0..PER_ADDRESS {
        let mut socket = Dial::from(2).send(&hub, WEBSOCKET).await;
        let answer = answered(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        sockets.push(socket);
    }
    let mut refused = Dial::from(2).connect(&hub).await;
    assert_eq!(rest(&mut refused).await, "");
    drop(idle(&hub, 3).await);
    // Nobody was sent away for it, and a place that comes free is given again.
    drop(sockets.pop());
    until("a place is free", async || is_answered(&hub, 2).await).await;
    for socket in &mut sockets {
        let mut byte = [0; 1];
        let read = futures_util::FutureExt::now_or_never(socket.read(&mut byte));
        assert!(read.is_none_or(|read| matches!(read, Ok(1))), "it is open");
    }
}

/// Connections of an address that ask for a large answer several times and read nothing: as many
/// as the hub takes.
async fn all_unread(hub: &TestHub, from: u8) -> Vec<TcpStream> {
    let ask = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(8);
    let dial = Dial {
        has_small_window: true,
        ..Dial::from(from)
    };
    let mut unread = Vec::new();
    // One whose request has not been looked at makes room once more.
    until("the hub takes no more", async || {
        let mut stream = dial.connect(hub).await;
        drop(stream.write_all(ask.as_bytes()).await);
        let begun = soon("an answer", stream.peek(&mut [0])).await;
        let is_taken = begun.is_ok_and(|read| read == 1);
        unread.push(stream);
        (!is_taken).then_some(())
    })
    .await;
    unread
}

/// Whether the hub answers one more connection.
async fn is_answered(hub: &TestHub, from: u8) -> Option<()> {
    let mut stream = Dial::from(from).connect(hub).await;
    // It may have hung up already.
    drop(stream.write_all(ASK.as_bytes()).await);
    let read = soon("an answer", stream.read(&mut [0; 1])).await.ok()?;
    (read == 1).then_some(())
}

#[tokio::test]
async fn answers_that_nobody_takes_keep_no_newcomer_of_the_address_out() {
    let hub = options().start().await;
    let reader = Dial::from(3).send(&hub, WEBSOCKET).await;
    let unread = all_unread(&hub, 2).await;
    until("an answer", async || is_answered(&hub, 2).await).await;
    drop(idle(&hub, 3).await);
    drop((reader, unread));
}

#[tokio::test]
async fn who_has_most_makes_room_where_the_whole_hub_has_none() {
    let hub = options()
        .limit("connections_per_address", 1000)
        .limit("connections", PER_ADDRESS)
        .start()
        .await;
    let unread = all_unread(&hub, 2).await;
    until("an answer", async || is_answered(&hub, 3).await).await;
    drop(unread);
}

#[tokio::test]
async fn a_trusted_proxy_has_no_bound_of_its_own() {
    let proxies = vec!["127.0.0.2"];
    let hub = options().setting("trusted_proxies", proxies).start().await;
    let mut streams = Vec::new();
    for _ in 0..PER_ADDRESS * 2 {
        streams.push(idle(&hub, 2).await);
    }
    for stream in &streams {
        let read = futures_util::FutureExt::now_or_never(stream.peek(&mut [0]));
        assert!(read.is_none(), "each of them is open");
    }
}
