//! Readers that stop, and peers that answer nothing.

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;

use super::{send, sleepy};
use crate::harness::{Options, Request, Socket, TestHub, User, deadline, soon};

/// A signed-in WebSocket with a small window, which the test reads or does not.
async fn slow(hub: &TestHub, user: &User) -> WebSocketStream<TcpStream> {
    let mut stream = sleepy(hub, user).await;
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
    let deadline = deadline();
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

/// A polling session: what waits for it stays with the hub until somebody asks.
struct Poll<'a> {
    hub: &'a TestHub,
    path: String,
}

impl<'a> Poll<'a> {
    async fn open(hub: &'a TestHub, user: &User) -> Self {
        let path = "/socket.io/?EIO=4&transport=polling".to_owned();
        let mut poll = Self { hub, path };
        let open: Value = serde_json::from_str(&poll.take().await[1..]).expect("a handshake");
        let sid = open["sid"].as_str().expect("an id");
        poll.path = format!("{}&sid={sid}", poll.path);
        let mut connect =
            Request::new("POST", &poll.path).header("Content-Type", "text/plain;charset=UTF-8");
        connect.body = Some(format!("40{}", json!({"token": user.token})).into_bytes());
        let answer = hub.http.send(&connect).await;
        assert_eq!(answer.status, 200, "{answer}");
        poll.until("42[\"server_reads\"").await;
        poll
    }

    async fn take(&self) -> String {
        let answer = self.hub.http.send(&Request::new("GET", &self.path)).await;
        assert_eq!(answer.status, 200, "{answer}");
        answer.text()
    }

    /// All that is taken until this comes.
    async fn until(&self, last: &str) -> String {
        let mut taken = String::new();
        while !taken.contains(last) {
            taken += &self.take().await;
        }
        taken
    }
}

#[tokio::test]
async fn hints_that_a_reader_does_not_take_are_dropped_and_cost_it_neither_place_nor_messages() {
    let options = Options::default().limit("outbound_packets", 64);
    let hub = options.start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let writer = hub.socket(&owner).await;
    let stopped = Poll::open(&hub, &ana).await;
    for number in 0..40 {
        for _ in 0..20 {
            let body = json!({"channel_id": community.channel});
            writer.ok("typing_start", body).await;
        }
        let text = format!("message {number}");
        writer.ok("message_send", send(&community, &text)).await;
    }
    // The hub has told everybody when the writer has been told.
    let is_last = |told: &Value| told["message"]["content"] == "message 39";
    writer.wait("message_created", is_last).await;
    let taken = stopped.until("message 39").await;
    assert_eq!(taken.matches("42[\"message_created\"").count(), 40);
    let hints = taken.matches("42[\"typing_started\"").count();
    assert!((1..=64 / 4 + 1).contains(&hints), "{hints}");
}

#[tokio::test]
async fn t120_a_peer_that_answers_no_ping_is_gone_in_time() {
    // Long enough for a list that shows it, which comes at most once in a second.
    let options = Options::default()
        .limit("ping_interval_ms", 2000)
        .limit("ping_timeout_ms", 2000);
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
