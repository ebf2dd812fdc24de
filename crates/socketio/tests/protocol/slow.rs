//! Peers on slow lines, and what is large and paced.

use std::sync::Arc;
use std::time::Duration;

use battala_socketio::{Close, Config, Frame, Socket};
use tokio::io::AsyncReadExt;

use crate::support::{Hub, Raw, config, soon, until};

/// How often a slow line brings something.
const BEAT: Duration = Duration::from_millis(100);

/// Every deadline is short enough that taking [`large`] at [`HONEST_BYTES`] a beat takes longer.
fn strict() -> Config {
    Config {
        ping_interval: Duration::from_millis(500),
        ping_timeout: Duration::from_secs(2),
        flush_timeout: Duration::from_secs(2),
        flush_bytes_per_s_min: 10_000,
        ..config()
    }
}

/// Sixteen times the least rate.
const HONEST_BYTES: usize = 16_000;
/// A hundredth of it.
const DRIP_BYTES: usize = 10;

fn large() -> Frame {
    Frame::event("large", &"x".repeat(600_000)).expect("json")
}

async fn connected(hub: &Hub) -> (Raw, Socket) {
    let mut raw = Raw::open_slow(hub).await;
    raw.frame(0x81, b"40").await;
    until("it is connected", || hub.sockets().len() == 1).await;
    let socket = hub.sockets().pop().expect("one");
    until("the greeting has left", || socket.queued_bytes() == 0).await;
    (raw, socket)
}

/// Reads `bytes` on each beat until `enough` says so or the server has hung up; what was read.
async fn read_slowly(raw: &mut Raw, bytes: usize, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut read = Vec::new();
    let mut beat = tokio::time::interval(BEAT);
    let mut buffer = vec![0; bytes];
    while !enough(&read) {
        beat.tick().await;
        match raw.stream.read(&mut buffer).await {
            Ok(1..) => read.extend_from_slice(&buffer),
            Ok(0) | Err(_) => break,
        }
    }
    read
}

/// A WebSocket frame with an Engine.IO ping.
const PING: [u8; 3] = [0x81, 1, b'2'];

fn has_ping(read: &[u8]) -> bool {
    read.windows(PING.len()).any(|part| part == PING)
}

#[tokio::test]
async fn a_slow_line_that_goes_on_taking_is_not_cut_nor_for_the_pong_it_cannot_send_yet() {
    let mut hub = Hub::start_with_small_buffers(strict());
    let (mut raw, socket) = connected(&hub).await;
    assert!(socket.emit(&large()));
    // The first ping is queued behind what takes longer than the time for its answer.
    let read = soon("the ping", read_slowly(&mut raw, HONEST_BYTES, has_ping)).await;
    assert!(has_ping(&read), "cut after {} bytes", read.len());
    raw.frame(0x81, b"3").await;
    assert!(socket.emit(&Frame::event("after", &1).expect("json")));
    let is_after = |read: &[u8]| read.windows(7).any(|part| part == b"\"after\"");
    let rest = soon(
        "what follows",
        read_slowly(&mut raw, HONEST_BYTES, is_after),
    )
    .await;
    assert!(is_after(&rest), "cut after the pong");
    hub.assert_no_end();
}

#[tokio::test]
async fn what_waits_for_an_ended_connection_is_given_back_while_its_handles_live() {
    let mut hub = Hub::start_with_small_buffers(Config {
        close_timeout: BEAT,
        ..config()
    });
    let (_raw, socket) = connected(&hub).await;
    let held = Arc::new(());
    assert!(socket.emit_paced(&large()));
    let is_under_way = || socket.stalled_for() > Duration::ZERO;
    until("it is under way", is_under_way).await;
    let live = Frame::event("live", &1).expect("json");
    assert!(socket.emit(&live.holding(Arc::clone(&held))));
    socket.close(Close::Reconnect);
    assert_eq!(hub.next_end().await.as_str(), "closed");
    until("nothing is held", || Arc::strong_count(&held) == 1).await;
    assert_eq!(socket.queued_bytes(), 0);
}

#[tokio::test]
async fn a_peer_that_takes_less_than_the_least_rate_is_cut() {
    let mut hub = Hub::start_with_small_buffers(strict());
    let (mut raw, socket) = connected(&hub).await;
    assert!(socket.emit(&large()));
    soon(
        "the cut",
        read_slowly(&mut raw, DRIP_BYTES, |_| !socket.is_open()),
    )
    .await;
    assert_eq!(hub.next_end().await.as_str(), "slow");
}

#[tokio::test]
async fn what_is_paced_and_what_is_live_do_not_take_each_others_room() {
    let mut hub = Hub::start_with_small_buffers(config());
    let (mut raw, socket) = connected(&hub).await;
    // More than twice the bound of what is live, and nobody reads.
    assert!(socket.emit_paced(&large()));
    let live = Frame::event("live", &"y".repeat(1_000)).expect("json");
    assert!((0..200).all(|_| socket.emit(&live)), "200 kB of 256 kB");
    assert!(!socket.emit_paced(&large()), "nobody has waited for this");
    assert_eq!(hub.next_end().await.as_str(), "slow");
    soon("the cut", read_slowly(&mut raw, HONEST_BYTES, |_| false)).await;
}

/// What shows that a peer takes nothing.
const STALL: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_peer_has_stalled_for_as_long_as_it_takes_nothing() {
    let patient = Config {
        flush_timeout: Duration::from_mins(1),
        ping_interval: Duration::from_mins(1),
        ..strict()
    };
    let hub = Hub::start_with_small_buffers(patient);
    let (mut raw, socket) = connected(&hub).await;
    assert_eq!(socket.stalled_for(), Duration::ZERO);
    assert!(socket.emit_paced(&large()));
    until("it stalls", || socket.stalled_for() >= STALL).await;
    // Three seconds at the least rate, and more than the buffers hide.
    let before = socket.stalled_for();
    let enough = |read: &[u8]| read.len() >= 30_000 && socket.stalled_for() < before;
    soon("it takes something", read_slowly(&mut raw, 30_000, enough)).await;
    // A drip now and then is as good as nothing.
    let dripping = read_slowly(&mut raw, DRIP_BYTES, |_| socket.stalled_for() >= STALL);
    soon("it drips", dripping).await;
    let all = |_: &[u8]| socket.queued_bytes() == 0;
    soon("it takes all", read_slowly(&mut raw, 60_000, all)).await;
    until("it has", || socket.stalled_for() == Duration::ZERO).await;
    assert!(socket.is_open());
}

#[tokio::test]
async fn who_polls_has_stalled_until_it_asks_again() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    assert_eq!(hub.post(&sid, "40").await.0, 200);
    assert_eq!(hub.poll(&sid).await.0, 200);
    let socket = hub.sockets().pop().expect("one");
    assert_eq!(socket.stalled_for(), Duration::ZERO);
    assert!(socket.emit(&Frame::event("small", &1).expect("json")));
    until("it stalls", || socket.stalled_for() >= STALL).await;
    assert_eq!(hub.poll(&sid).await.0, 200);
    assert_eq!(socket.stalled_for(), Duration::ZERO);
}

#[tokio::test]
async fn answers_that_a_peer_does_not_take_wait_for_it() {
    let mut hub = Hub::start_with_small_buffers(Config {
        payload_bytes_max: 1_000_000,
        ..config()
    });
    let mut client = hub.connected().await;
    let socket = hub.sockets().pop().expect("one");
    // Together many times the bound, and all of them ready at once.
    let text = "z".repeat(40_000);
    for id in 0..50 {
        client.feed(format!("42{id}[\"hold\",\"{text}\"]")).await;
    }
    client.flush().await;
    let held = &hub.app().held;
    until("they are held", || {
        held.load(std::sync::atomic::Ordering::SeqCst) == 50
    })
    .await;
    hub.app().gate.add_permits(50);
    for id in 0..50 {
        assert!(client.next().await.starts_with(&format!("43{id}[")));
        assert!(socket.queued_bytes() <= 256 * 1024);
    }
    hub.assert_no_end();
}

#[tokio::test]
async fn large_answers_behind_one_that_is_to_come_stop_the_reading() {
    let mut hub = Hub::start_with_small_buffers(Config {
        payload_bytes_max: 1_000_000,
        ..config()
    });
    let mut client = hub.connected().await;
    let socket = hub.sockets().pop().expect("one");
    client.feed("420[\"hold\",0]".to_owned()).await;
    let text = "z".repeat(100_000);
    for id in 1..=10 {
        let event = format!("42{id}[\"record\",\"{text}\"]");
        client.feed(event).await;
    }
    client.flush().await;
    let recorded = || hub.app().log.lock().expect("lock").len();
    until("one of them has started", || recorded() > 0).await;
    // What is queued now leaves in turns in which others might have started.
    for number in 0..20 {
        let frame = Frame::event("live", &number).expect("json");
        assert!(socket.emit(&frame));
        assert_eq!(client.next().await, frame.as_str());
    }
    assert_eq!(recorded(), 1);
    hub.app().gate.add_permits(1);
    assert_eq!(client.next().await, "430[0]");
    for id in 1..=10 {
        assert!(client.next().await.starts_with(&format!("43{id}[")));
    }
    hub.assert_no_end();
}

#[tokio::test]
async fn an_answer_in_its_turn_begins_when_all_before_it_was_answered_and_taken() {
    let mut hub = Hub::start_with_small_buffers(config());
    let (mut raw, socket) = connected(&hub).await;
    let held = || hub.app().held.load(std::sync::atomic::Ordering::SeqCst);
    for event in ["421[\"hold\",1]", "422[\"in-turn\",2]", "423[\"record\",3]"] {
        raw.frame(0x81, event.as_bytes()).await;
    }
    until("the first has started", || held() == 1).await;
    assert!(socket.emit_paced(&large()));
    hub.app().gate.add_permits(1);
    until("the first is done", || held() == 0).await;
    let is_begun = |_: &[u8]| held() > 0;
    let read = soon("its turn", read_slowly(&mut raw, HONEST_BYTES, is_begun)).await;
    // All but what may be queued and what lies in the buffers of the line.
    assert!(read.len() > 300_000, "begun after {} bytes", read.len());
    let is_over = |read: &[u8]| read.windows(6).any(|part| part == b"433[3]");
    let rest = soon("the rest", read_slowly(&mut raw, HONEST_BYTES, is_over)).await;
    let rest = String::from_utf8_lossy(&rest).into_owned();
    let places = ["431[1]", "432[2]", "433[3]"].map(|answer| rest.find(answer));
    assert!(
        places.is_sorted() && places.iter().all(Option::is_some),
        "{places:?}"
    );
    hub.assert_no_end();
}
