//! Frames, floods and slow readers, through the real binary (T112–T125).
//!
//! The layer's own tests examine the protocol case by case; here is one case each
//! with everything wired.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{
    Community, Options, PATIENCE, Request, Socket, TestHub, User, nonce, soon, until,
};

fn send(community: &Community, content: &str) -> Value {
    json!({"channel_id": community.channel, "content": content, "nonce": nonce()})
}

/// A WebSocket on which any bytes can be sent, and nothing is read unless asked.
async fn raw(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connect");
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("write");
    let mut head = Vec::new();
    soon("the handshake", async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("read"));
        }
    })
    .await;
    assert!(
        head.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&head)
    );
    stream
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

/// Resident memory of the hub, in bytes.
fn resident(hub: &TestHub) -> u64 {
    let path = format!("/proc/{}/status", hub.process_id());
    let status = std::fs::read_to_string(path).expect("it runs");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
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
    let before = resident(&hub);
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
    let connections = u64::try_from(streams.len()).expect("few");
    let grown = resident(&hub).saturating_sub(before);
    assert!(
        grown <= connections << 20,
        "{grown} bytes for {connections} connections"
    );
    for stream in &mut streams {
        assert_eq!(close_code(stream).await, 1009);
    }
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
async fn t114_connections_that_never_sign_in_are_few_per_address_and_do_not_stay() {
    let hub = Options::default()
        .default_limits()
        .limit("connect_timeout_ms", 500)
        .start()
        .await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Socket::open(hub.http.address).await);
    }
    let refused = Socket::try_open(hub.http.address)
        .await
        .expect_err("the eleventh");
    assert!(refused.to_string().contains("429"), "{refused}");
    for socket in &open {
        socket.closed().await;
    }
    // Their places are free again.
    let ana = hub.user("ana").await;
    hub.socket(&ana).await.round_trip().await;
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

#[tokio::test]
async fn t117_a_flood_is_throttled_with_an_answer_and_then_cut() {
    let hub = Options::default().default_limits().start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (socket, neighbour) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let ids: Vec<u64> = (0..3000)
        .map(|_| socket.send_command("message_send", &send(&community, "flood")))
        .collect();
    let mut refused = None;
    for id in ids {
        match socket.acknowledgement(id).await {
            None => break,
            Some(ack) if ack["error"].is_object() => refused = Some(ack["error"].clone()),
            Some(_) => {}
        }
    }
    let refused = refused.expect("a refusal");
    assert_eq!(refused["code"], "rate_limited");
    assert!(refused["retry_after_ms"].as_u64() > Some(0), "{refused}");
    socket.closed().await;
    // The neighbour got what was accepted, in order, and is not held up.
    neighbour.ok("message_send", send(&community, "calm")).await;
    let calm = neighbour
        .wait("message_created", |event| {
            event["message"]["content"] == "calm"
        })
        .await;
    let seqs: Vec<i64> = neighbour
        .all("message_created")
        .iter()
        .filter_map(|event| event["seq"].as_i64())
        .collect();
    assert_eq!(
        seqs,
        (1..=calm["seq"].as_i64().expect("a number")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn t118_a_thousand_pipelined_messages_keep_their_order() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (socket, reader) = (hub.socket(&owner).await, hub.socket(&ben).await);
    for round in 0..3_i64 {
        let mark = reader.mark();
        let ids: Vec<u64> = (0..1000)
            .map(|number| {
                socket.send_command("message_send", &send(&community, &number.to_string()))
            })
            .collect();
        let mut seqs = Vec::new();
        for id in &ids {
            let ack = socket.acknowledgement(*id).await.expect("an answer");
            seqs.push(ack["ok"]["seq"].as_i64().unwrap_or_else(|| panic!("{ack}")));
        }
        let expected: Vec<i64> = (round * 1000 + 1..=round * 1000 + 1000).collect();
        assert_eq!(seqs, expected);
        reader
            .wait_after(mark, "message_created", |event| {
                event["seq"] == (round + 1) * 1000
            })
            .await;
        let contents: Vec<String> = reader.events()[mark..]
            .iter()
            .filter(|event| event.name == "message_created")
            .map(|event| {
                event.data["message"]["content"]
                    .as_str()
                    .expect("a text")
                    .to_owned()
            })
            .collect();
        assert_eq!(
            contents,
            (0..1000)
                .map(|number| number.to_string())
                .collect::<Vec<_>>()
        );
    }
    let order = socket.ack_order();
    assert!(
        order.is_sorted(),
        "acknowledged in the order of the commands"
    );
}

/// A signed-in WebSocket with a small window, which the test reads or does not.
async fn slow(hub: &TestHub, user: &User) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small window");
    let stream = socket.connect(hub.http.address).await.expect("connect");
    let url = format!(
        "ws://{}/socket.io/?EIO=4&transport=websocket",
        hub.http.address
    );
    let (mut stream, _) = tokio_tungstenite::client_async(url, stream)
        .await
        .expect("a websocket");
    let connect = format!("40{}", json!({"token": user.token}));
    stream.send(Message::text(connect)).await.expect("send");
    soon("ready", async {
        loop {
            let message = stream.next().await.expect("open").expect("a message");
            if message
                .to_text()
                .is_ok_and(|text| text.starts_with("42[\"server_reads\""))
            {
                return;
            }
        }
    })
    .await;
    stream
}

/// Waits until the member list says that the user is not there.
async fn until_offline(watcher: &Socket, mark: usize, user: &User) {
    let is_offline = |list: &Value| {
        let rows = list["ranges"][0]["items"].as_array().expect("a list");
        let mut row = rows
            .iter()
            .filter(|row| row["user"]["id"] == user.id.as_str());
        row.next().is_some_and(|row| row["status"] == "offline")
    };
    watcher.wait_after(mark, "member_list", is_offline).await;
}

#[tokio::test]
async fn t119_a_reader_that_stops_is_cut_and_its_neighbours_miss_nothing() {
    let hub = TestHub::start().await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    let (writer, neighbour) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let stopped = slow(&hub, &ana).await;
    let body = json!({"server_id": community.id, "ranges": [[0, 9]]});
    writer.ok("members_subscribe", body).await;
    let is_there = |list: &Value| list["online"] == 3;
    writer.wait("member_list", is_there).await;
    let mark = writer.mark();
    let text = "\u{1f33f}".repeat(4000);
    let mut sent = 0;
    let is_gone = |socket: &Socket| {
        socket.events()[mark..]
            .iter()
            .any(|event| event.name == "member_list" && event.data["online"] == 2)
    };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !is_gone(&writer) {
        assert!(
            tokio::time::Instant::now() < deadline,
            "{sent} messages, and it is still there"
        );
        if sent < 1500 {
            writer.ok("message_send", send(&community, &text)).await;
            sent += 1;
        } else {
            writer.round_trip().await;
        }
    }
    until_offline(&writer, mark, &ana).await;
    neighbour
        .wait("message_created", |event| event["seq"] == sent)
        .await;
    assert_eq!(neighbour.all("message_created").len(), sent);
    drop(stopped);
    // It comes back and has everything.
    let again = hub.socket(&ana).await;
    let mut after = 0;
    let mut rows = 0;
    while after < i64::try_from(sent).expect("few") {
        let answer = again
            .ok(
                "channel_sync",
                json!({"channel_id": community.channel, "after": after}),
            )
            .await;
        rows += answer["rows"].as_array().expect("a list").len();
        after = answer["through"].as_i64().expect("a number");
        assert_eq!(answer["reset"], false, "fewer than the gap");
    }
    assert_eq!(rows, sent);
}

#[tokio::test]
async fn t120_a_peer_that_answers_no_ping_is_gone_in_time() {
    // Long enough for a list that shows it, which comes at most once in a second.
    let options = Options::default()
        .limit("ping_interval_ms", 2000)
        .limit("ping_timeout_ms", 1000);
    let hub = options.start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let watcher = hub.socket(&owner).await;
    let body = json!({"server_id": community.id, "ranges": [[0, 9]]});
    watcher.ok("members_subscribe", body).await;
    let half_open = slow(&hub, &ana).await;
    // It came, and it went: lists from before it came do not count.
    watcher
        .find("a list with it, and one without", |events| {
            let lists = events.iter().filter(|event| event.name == "member_list");
            let counts: Vec<&Value> = lists.map(|event| &event.data["online"]).collect();
            let came = counts.iter().position(|count| **count == 2)?;
            counts[came..]
                .iter()
                .any(|count| **count == 1)
                .then_some(())
        })
        .await;
    drop(half_open);
    watcher.round_trip().await;
}

#[tokio::test]
async fn t123_polling_is_bounded_and_its_ids_are_nobody_elses() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let path = |sid: &str| format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
    let open = async || {
        let answer = hub.get("/socket.io/?EIO=4&transport=polling").await;
        let open: Value = serde_json::from_slice(&answer.body[1..]).expect("json");
        open["sid"].as_str().expect("an id").to_owned()
    };
    let post = async |sid: &str, body: Vec<u8>| {
        let mut request = Request::new("POST", &path(sid)).header("Content-Type", "text/plain");
        request.body = Some(body);
        hub.http.send(&request).await.status
    };
    let sid = open().await;
    assert_eq!(post(&sid, vec![b'x'; 100_001]).await, 413);
    for guessed in [
        "",
        "AAAAAAAAAAAAAAAAAAAA",
        "../../x",
        "%00",
        &"x".repeat(5000),
    ] {
        assert_eq!(hub.get(&path(guessed)).await.status / 100, 4);
        assert_eq!(post(guessed, b"40".to_vec()).await / 100, 4, "{guessed}");
    }
    // Two requests at once: one of them is refused, and the session ends.
    let sid = open().await;
    let path = path(&sid);
    let (first, second) = tokio::join!(hub.get(&path), async {
        until("the second request is refused", async || {
            let answer = hub.get(&path).await;
            (answer.status == 400).then_some(answer)
        })
        .await
    });
    assert_eq!(
        (second.status, first.status / 100 < 5),
        (400, true),
        "{first}"
    );
    assert_eq!(post(&sid, b"40".to_vec()).await, 400, "it is gone");
    // One that behaves works as every other connection.
    let socket = Socket::ready_by_polling(&hub.http, &ana.token).await;
    socket.round_trip().await;
}

#[tokio::test]
async fn t125_syncs_and_typing_in_many_channels_are_charged() {
    let hub = Options::default()
        .default_limits()
        .rate("write", 1000, 60_000)
        .start()
        .await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    let ids: Vec<u64> = (0..400)
        .map(|_| {
            socket.send_command(
                "channel_sync",
                &json!({"channel_id": community.channel, "after": 0}),
            )
        })
        .collect();
    let mut refused = 0;
    for id in ids {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        if ack["error"]["code"] == "rate_limited" {
            refused += 1;
        }
    }
    assert!(refused > 0, "four hundred syncs at once passed");
    let body = json!({"channel_id": "4611686018427387904"});
    let error = until("typing is charged too", async || {
        let ack = socket.command("typing_start", body.clone()).await;
        (ack["error"]["code"] == "rate_limited").then(|| ack["error"].clone())
    })
    .await;
    assert!(error["retry_after_ms"].is_u64());
    // A list of cursors has no place in a command: one channel at a time.
    let body = json!({"channel_id": [community.channel], "after": 0});
    until("a refusal that is no throttling", async || {
        let ack = socket.command("channel_sync", body.clone()).await;
        (ack["error"]["code"] == "invalid_input").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_account_has_ten_connections_at_most() {
    let hub = Options::default().default_limits().start().await;
    let ana = hub.user("ana").await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(hub.socket(&ana).await);
    }
    let eleventh = Socket::open(hub.http.address).await;
    let refusal = eleventh
        .connect(&json!({"token": ana.token}))
        .await
        .expect_err("refused");
    assert_eq!(refusal["data"]["code"], "limit_reached");
    drop(sockets.pop());
    until("a place is free", async || {
        let socket = Socket::open(hub.http.address).await;
        socket.connect(&json!({"token": ana.token})).await.ok()
    })
    .await;
}
