//! Sockets that ask for much and take nothing of it: all of them together are bounded.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Dial, is_unharmed, raise_descriptors, resident};
use crate::harness::{Community, Socket, TestHub, User, soon, until};

/// What all of them together may cost.
const MEMORY_MAX: u64 = 50 * 1024 * 1024;
const ACCOUNTS: usize = 8;
const SOCKETS_OF_EACH: usize = 25;

/// A WebSocket of which nobody reads more than is asked for.
struct Slow(TcpStream);

impl Slow {
    /// It has the state of its servers.
    async fn ready(hub: &TestHub, token: &str) -> Self {
        let mut slow = Self::connecting(hub, token).await;
        slow.until("server_reads").await;
        slow
    }

    /// It has asked to be let in, and takes nothing from then on.
    async fn connecting(hub: &TestHub, token: &str) -> Self {
        let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
                       Upgrade: websocket\r\nConnection: Upgrade\r\n\
                       Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
                       Sec-WebSocket-Version: 13\r\n\r\n";
        let mut slow = Self(Dial::with_small_window().send(hub, request).await);
        slow.until("\r\n\r\n").await;
        slow.send(&format!("40{{\"token\":\"{token}\"}}")).await;
        slow
    }

    /// Whether the hub has ended it; takes what is there.
    fn has_ended(&self) -> bool {
        let mut piece = [0; 16 * 1024];
        loop {
            match self.0.try_read(&mut piece) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
            }
        }
    }

    /// Takes this much on each beat, as a line of a few kilobytes in a second does, until `enough`
    /// says so of all that was taken, or the hub hangs up.
    async fn takes_slowly(&mut self, enough: impl Fn(usize) -> bool) -> Taking {
        let mut beat = tokio::time::interval(BEAT);
        let (mut piece, mut taken) = ([0; 300], 0);
        let (mut before, mut is_late) = (Instant::now(), false);
        while !enough(taken) {
            beat.tick().await;
            is_late |= before.elapsed() > LATE;
            before = Instant::now();
            match self.0.read(&mut piece).await {
                Ok(read @ 1..) => taken += read,
                Ok(0) | Err(_) if is_late => return Taking::CutWhenLate,
                Ok(0) | Err(_) => return Taking::Cut,
            }
        }
        Taking::Stays
    }

    async fn send(&mut self, text: &str) {
        let mut frame = vec![0x81];
        if let Ok(length @ 0..=125) = u8::try_from(text.len()) {
            frame.push(0x80 | length);
        } else {
            let length = u16::try_from(text.len()).expect("a short text");
            frame.push(0xfe);
            frame.extend(length.to_be_bytes());
        }
        // Masked by zeros, which change nothing.
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        let sent = soon("room for a command", self.0.write_all(&frame)).await;
        sent.expect("it is open");
    }

    /// Takes what comes until this has come.
    async fn until(&mut self, text: &str) {
        let mut taken = Vec::new();
        let taking = async {
            while !taken
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                // Only the end is looked at again.
                let known = taken.len().saturating_sub(text.len());
                taken.drain(..known);
                let read = self.0.read_buf(&mut taken).await.expect("it is open");
                assert!(read > 0, "it is open");
            }
        };
        soon(text, taking).await;
    }
}

/// Many sockets of a few members.
async fn slow_sockets(hub: &TestHub, members: &[User]) -> Vec<Slow> {
    let mut slow = Vec::new();
    for member in members {
        for _ in 0..SOCKETS_OF_EACH {
            slow.push(Slow::ready(hub, &member.token).await);
        }
    }
    slow
}

async fn crowd(hub: &TestHub) -> (Community, User, Vec<User>) {
    raise_descriptors();
    let (community, owner, []) = hub.community("owner", []).await;
    let code = owner.invite(&community).await;
    let mut members = Vec::new();
    for number in 0..ACCOUNTS {
        let member = hub.user(&format!("member{number}")).await;
        member.join(&code).await;
        members.push(member);
    }
    (community, owner, members)
}

#[tokio::test]
async fn answers_that_sockets_do_not_take_are_bounded_and_who_waits_for_room_gets_one() {
    let hub = TestHub::start().await;
    let (community, owner, members) = crowd(&hub).await;
    let text = "\"".repeat(4000);
    for _ in 0..66 {
        owner.say(&community.channel, &text).await;
    }
    let mut slow = slow_sockets(&hub, &members).await;
    let waiting = hub.socket(&members[0]).await;
    let before = resident(&hub);
    let sync = format!(
        "421[\"channel_sync\",{{\"channel_id\":\"{}\",\"after\":0}}]",
        community.channel
    );
    for socket in &mut slow {
        socket.send(&sync).await;
    }
    // It takes what it gets, but what all at its address may have is taken.
    let body = json!({"channel_id": community.channel, "after": 0});
    let asked = waiting.send_command("channel_sync", &body);
    let mut most = 0;
    let look = owner.request("GET", "/servers", None);
    for _ in 0..50 {
        // While so many ask the database, one more may be refused.
        drop(hub.http.try_send(&look).await);
        most = most.max(resident(&hub).saturating_sub(before));
    }
    assert!(most < MEMORY_MAX, "{} MB more", most >> 20);
    drop(slow);
    let answer = waiting.acknowledgement(asked).await.expect("an answer");
    assert_eq!(answer["ok"]["more"], true);
    is_unharmed(&hub, &owner).await;
}

#[tokio::test]
async fn a_herd_of_one_address_that_takes_its_answers_loses_nobody() {
    let hub = TestHub::start().await;
    let (community, owner, members) = crowd(&hub).await;
    let text = "\"".repeat(4000);
    for _ in 0..66 {
        owner.say(&community.channel, &text).await;
    }
    let mut herd = Vec::new();
    for member in &members {
        for _ in 0..SOCKETS_OF_EACH {
            herd.push(hub.socket(member).await);
        }
    }
    // More than all at one address may have untaken, and each as often as a client asks that was
    // away from some channels.
    for _ in 0..3 {
        let all = herd.iter();
        let told = join_all(all.map(|socket| socket.synced(&community.channel))).await;
        assert!(told.iter().all(|answer| answer["more"] == true));
    }
    assert!(herd.iter().all(Socket::is_open));
}

/// So many answers of 96 kB, of which nobody takes more than the beginning, are three times the share
/// of an account.
const GIVING_WAY: usize = 128;
/// Twice as much as the system takes of a line at once and leaves in its buffers.
const SLOWLY: usize = 50_000;
const BEAT: Duration = Duration::from_millis(100);
/// A beat of the test itself that comes so late is a line that stood still.
const LATE: Duration = Duration::from_millis(300);

const ATTEMPTS: usize = 5;

/// What became of a slow line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taking {
    Stays,
    Cut,
    /// This test had not taken anything for a while: the machine was busy.
    CutWhenLate,
}

#[tokio::test]
async fn a_slow_line_that_takes_its_answer_stays_where_those_who_take_nothing_give_way() {
    let hub = TestHub::start().await;
    raise_descriptors();
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let small = owner.channel(&community, "small").await;
    let text = "\"".repeat(4000);
    for number in 0..20 {
        owner.say(&community.channel, &text).await;
        if number < 12 {
            owner.say(&small, &text).await;
        }
    }
    let sync = |channel: &str| {
        format!("421[\"channel_sync\",{{\"channel_id\":\"{channel}\",\"after\":0}}]")
    };
    let served = Cell::new(0);
    let flood = async |_| {
        let mut unread = Vec::new();
        loop {
            let mut socket = Slow::ready(&hub, &ana.token).await;
            socket.send(&sync(&small)).await;
            // There was room for it, since others had given way.
            socket.until("431[").await;
            unread.push(socket);
            served.set(served.get() + 1);
        }
    };
    let attempt = async || {
        let mut line = Slow::ready(&hub, &ana.token).await;
        // Of all that its account has untaken nothing is larger.
        line.send(&sync(&community.channel)).await;
        line.until("431[").await;
        let before = served.get();
        let enough = |taken| taken >= SLOWLY && served.get() - before >= GIVING_WAY;
        tokio::select! {
            taking = line.takes_slowly(enough) => taking,
            _ = join_all((0..4).map(flood)) => Taking::Cut,
        }
    };
    let mut taking = attempt().await;
    for _ in 1..ATTEMPTS {
        if taking == Taking::CutWhenLate {
            taking = attempt().await;
        }
    }
    assert_eq!(
        taking,
        Taking::Stays,
        "when {} had been served",
        served.get()
    );
    is_unharmed(&hub, &owner).await;
}

#[tokio::test]
async fn member_lists_that_watchers_do_not_take_are_bounded() {
    let hub = TestHub::start().await;
    let (community, owner, members) = crowd(&hub).await;
    let code = owner.invite(&community).await;
    let long_name = json!({"display_name": "\u{1f33f}".repeat(32)});
    for number in 0..60 {
        let member = hub.user(&format!("other{number}")).await;
        member.patch("/users/@me", long_name.clone()).await.is(200);
        member.join(&code).await;
    }
    let mut slow = slow_sockets(&hub, &members).await;
    let watcher = hub.socket(&owner).await;
    let watch = |ranges| json!({"server_id": community.id, "ranges": ranges});
    watcher
        .ok("members_subscribe", watch(json!([[0, 1]])))
        .await;
    let before = resident(&hub);
    for (number, socket) in slow.iter_mut().enumerate() {
        // No two of them watch the same.
        let ranges = json!([[0, 50 + number % 20], [0, 50 + number / 20], [0, 70]]);
        let body = watch(ranges);
        socket
            .send(&format!("42[\"members_subscribe\",{body}]"))
            .await;
    }
    let mut most = 0;
    for number in 0..8 {
        let mark = watcher.mark();
        let status = if number % 2 == 0 { "dnd" } else { "online" };
        watcher.ok("presence_set", json!({"status": status})).await;
        watcher.wait_after(mark, "member_list", |_| true).await;
        most = most.max(resident(&hub).saturating_sub(before));
    }
    is_unharmed(&hub, &owner).await;
    assert!(most < MEMORY_MAX, "{} MB more", most >> 20);
}

/// Servers of one account; as many as it may be in.
const SERVERS: usize = 100;
/// So many times what `ready` has for them is more than the share of an account.
const UNREAD: usize = 100;

#[tokio::test]
async fn connections_that_take_nothing_of_what_they_begin_with_give_way_to_the_next() {
    let hub = TestHub::start().await;
    raise_descriptors();
    let (_, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let name = json!({"name": "\u{1f33f}".repeat(100)});
    for _ in 1..SERVERS {
        ana.post("/servers", name.clone()).await.is(201);
    }
    let mut unread = Vec::new();
    for _ in 0..UNREAD {
        unread.push(Slow::connecting(&hub, &ana.token).await);
    }
    // Who reads is served all the same, here and elsewhere.
    let socket = hub.socket(&ana).await;
    let ready = socket.wait("ready", |_| true).await;
    assert_eq!(ready["servers"].as_array().map(Vec::len), Some(SERVERS));
    is_unharmed(&hub, &owner).await;
    until("one that takes nothing has given way", async || {
        unread.iter().any(Slow::has_ended).then_some(())
    })
    .await;
}
