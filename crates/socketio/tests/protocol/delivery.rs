//! Order, completeness and bounds of what is emitted.

use std::sync::Arc;
use std::time::Duration;

use battala_socketio::{Close, Config, Frame, Socket};
use battala_testkit::patience;
use tokio::io::AsyncReadExt;
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::task::TaskTracker;

use crate::support::{Hub, Raw, config, soon, until};

fn numbered(number: usize) -> Frame {
    Frame::event("n", &number).expect("json")
}

// T118
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_pipelined_events_start_and_are_acknowledged_in_order() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    for id in 0..1_000 {
        client.feed(format!("42{id}[\"record\",{id}]")).await;
    }
    client.flush().await;
    for id in 0..1_000 {
        assert_eq!(client.next().await, format!("43{id}[{id}]"));
    }
    let log = hub.app().log.lock().unwrap().clone();
    assert!(log.iter().map(|n| n.parse::<usize>().unwrap()).eq(0..1_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_receive_what_is_emitted_in_one_order() {
    let hub = Hub::start(Config {
        unauthenticated_per_address_max: 100,
        ..config()
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(hub.connected().await);
    }
    let sockets = hub.sockets();
    for number in 0..200 {
        let frame = numbered(number);
        assert!(sockets.iter().all(|socket| socket.emit(&frame)));
    }
    for client in &mut clients {
        for number in 0..200 {
            assert_eq!(client.next().await, numbered(number).as_str());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_emitted_while_connect_is_being_decided_follow_it_and_none_is_lost() {
    let hub = Hub::start(config()).await;
    let tasks = TaskTracker::new();
    for round in 0..50 {
        let (mut client, _) = hub.open().await;
        client.send("40{\"wait\":1}").await;
        until("the app holds the socket", || hub.sockets().len() > round).await;
        let socket = hub.sockets().pop().unwrap();
        tasks.spawn(emit_across(socket, Arc::clone(&hub.app().gate)));
        assert!(client.next().await.starts_with("40{"));
        let mut texts = Vec::new();
        for _ in 0..=100 {
            texts.push(client.next().await);
        }
        // The application's own frame stands somewhere between the others.
        texts.retain(|text| !text.contains("auth"));
        let all: Vec<_> = (0..100).map(|n| numbered(n).as_str().to_owned()).collect();
        assert_eq!(texts, all);
    }
}

/// Emits a hundred frames and lets CONNECT be decided among them.
async fn emit_across(socket: Socket, gate: Arc<Semaphore>) {
    for number in 0..100 {
        assert!(socket.emit(&numbered(number)));
        gate.add_permits(usize::from(number == 50));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn frames_emitted_to_a_socket_that_is_refused_are_dropped() {
    let hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    client.send("40{\"refuse\":1}").await;
    assert!(client.next().await.starts_with("44{"));
    client.send("40").await;
    assert!(client.next().await.starts_with("40{"));
}

// T119
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stops_is_cut_and_its_neighbour_misses_nothing() {
    let mut hub = Hub::start(config()).await;
    let mut slow = Raw::open(&hub).await;
    slow.frame(0x81, b"40").await;
    until("the slow one is connected", || hub.sockets().len() == 1).await;
    let mut neighbour = hub.connected().await;
    let sockets = hub.sockets();
    let fill = "x".repeat(4_000);
    let mut sent = 0;
    while sockets[0].emit(&Frame::event("fill", &fill).unwrap()) {
        assert!(sockets[1].emit(&numbered(sent)));
        assert_eq!(neighbour.next().await, numbered(sent).as_str());
        assert!(sockets[0].queued_bytes() <= 256 * 1024);
        sent += 1;
    }
    assert_eq!(hub.next_end().await.as_str(), "slow");
    assert!(!sockets[0].is_open());
    assert!(sent > 10, "the socket buffers alone hold more than {sent}");
    // Nothing was skipped: what the reader finds is whole frames from the first on.
    let mut bytes = Vec::new();
    let _ = soon("the cut", slow.stream.read_to_end(&mut bytes)).await;
    let frames = bytes
        .windows(8)
        .filter(|part| part == b"[\"fill\",")
        .count();
    assert!(frames <= sent);
    assert_eq!(hub.server.connections(), 1);
}

// T119
#[tokio::test]
async fn a_packet_count_above_the_bound_cuts_the_connection() {
    let mut hub = Hub::start(config()).await;
    let _client = hub.connected().await;
    let socket = hub.sockets().pop().unwrap();
    // One thread: the connection's task has no turn between these emits.
    let queued = (0..1_000)
        .take_while(|&n| socket.emit(&numbered(n)))
        .count();
    assert_eq!(queued, 256);
    assert_eq!(hub.next_end().await.as_str(), "slow");
    assert_eq!(socket.queued_bytes(), 0);
}

#[tokio::test]
async fn one_frame_above_the_byte_bound_passes_alone_but_not_behind_another() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    let socket = hub.sockets().pop().unwrap();
    let large = Frame::event("large", &"x".repeat(400_000)).unwrap();
    assert!(socket.emit(&large));
    assert_eq!(client.next().await.len(), large.size_bytes());
    assert!(socket.drained().await);
    assert!(socket.emit(&numbered(1)));
    assert!(!socket.emit(&large));
    assert_eq!(hub.next_end().await.as_str(), "slow");
}

// T119, T120: below the queue's bound it is the unfinished write that tells.
#[tokio::test]
async fn a_reader_that_does_not_finish_a_write_in_time_is_cut() {
    let mut hub = Hub::start(Config {
        flush_timeout: Duration::from_millis(300),
        ..config()
    })
    .await;
    let mut slow = Raw::open(&hub).await;
    slow.frame(0x81, b"40").await;
    until("it is connected", || hub.sockets().len() == 1).await;
    let socket = hub.sockets().pop().unwrap();
    let fill = Frame::event("fill", &"x".repeat(60_000)).unwrap();
    // Paced by the drain, so the queue never overflows; ends when it is cut.
    let paced = async {
        while socket.drained().await {
            socket.emit(&fill);
        }
    };
    soon("the cut", paced).await;
    assert_eq!(hub.next_end().await.as_str(), "slow");
}

#[tokio::test]
async fn drained_paces_a_snapshot_far_above_the_bound() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    let socket = hub.sockets().pop().unwrap();
    let fill = "x".repeat(50_000);
    let tasks = TaskTracker::new();
    tasks.spawn(async move {
        for number in 0..100 {
            assert!(socket.drained().await);
            assert!(socket.emit(&Frame::event("part", &(number, &fill)).unwrap()));
        }
    });
    for number in 0..100 {
        let start = format!("42[\"part\",[{number},");
        assert!(client.next().await.starts_with(&start));
    }
}

#[tokio::test]
async fn frames_and_pings_flow_while_the_start_of_an_event_is_stuck() {
    // Time to get stuck before the first ping, and to answer it.
    let ping = patience(Duration::from_millis(500));
    let mut hub = Hub::start(Config {
        ping_interval: ping,
        ping_timeout: ping,
        ..config()
    })
    .await;
    let mut client = hub.connected().await;
    let socket = hub.sockets().pop().unwrap();
    client.send("421[\"stuck\"]").await;
    let held = || hub.app().held.load(std::sync::atomic::Ordering::SeqCst);
    until("it is stuck", || held() == 1).await;
    assert!(socket.emit(&numbered(1)));
    assert_eq!(client.next().await, numbered(1).as_str());
    assert_eq!(client.next().await, "2");
    // The pong lies unread behind the stuck event; it does not count as late.
    client.send("3").await;
    tokio::time::timeout(ping * 3, client.next())
        .await
        .expect_err("neither closed nor pinged again");
    hub.assert_no_end();
    hub.app().gate.add_permits(1);
    assert_eq!(client.next().await, "431[]");
}

#[tokio::test]
async fn a_frame_for_a_socket_that_left_goes_nowhere() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    let first = hub.sockets().pop().unwrap();
    client.send("41").await;
    hub.next_end().await;
    assert!(!first.emit(&numbered(1)));
    client.send("40").await;
    assert!(client.next().await.starts_with("40{"));
    client.next().await;
    let second = hub.sockets().pop().unwrap();
    assert_ne!(first, second);
    assert!(!first.emit(&numbered(2)));
    first.close(Close::Final);
    assert!(second.emit(&numbered(3)));
    assert_eq!(client.next().await, numbered(3).as_str());
}

// T117: a client that asks more than it takes is not cut but not read either.
#[tokio::test]
async fn a_polling_client_gets_more_answers_than_the_queue_holds() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    let events: Vec<_> = (0..1_000).map(|n| format!("42[\"message\",{n}]")).collect();
    let body = events.join("\u{1e}");
    let posting = hub.post(&sid, &body);
    let polling = async {
        let mut packets = Vec::new();
        while packets.len() < 1_000 {
            let (status, body) = hub.poll(&sid).await;
            assert_eq!(status, 200, "{body}");
            packets.extend(body.split('\u{1e}').map(str::to_owned));
        }
        packets
    };
    let (posted, packets) = tokio::join!(posting, polling);
    assert_eq!(posted.0, 200);
    let all: Vec<_> = (0..1_000)
        .map(|n| format!("42[\"message-back\",{n}]"))
        .collect();
    assert_eq!(packets, all);
}

#[tokio::test]
async fn frames_of_every_size_arrive_whole_and_in_order_with_pongs_between_them() {
    let hub = Hub::start(Config {
        queue_bytes_max: 4_000_000,
        ..config()
    })
    .await;
    let mut client = hub.connected().await;
    let socket = hub.sockets().pop().unwrap();
    let sizes = [
        1, 100, 8_100, 8_200, 20, 70_000, 8_176, 8_192, 300_000, 0, 40_000,
    ];
    let frames: Vec<Frame> = (sizes.iter().cycle().take(44).zip(0..))
        .map(|(size, number)| Frame::event("n", &(number, "x".repeat(*size))).unwrap())
        .collect();
    for frame in &frames {
        assert!(socket.emit(frame));
        client.try_send(Message::Ping("p".into())).await;
    }
    for frame in &frames {
        let mut message = client.next_message().await;
        while matches!(message, Message::Pong(_)) {
            message = client.next_message().await;
        }
        let text = message.into_text().expect("a text");
        assert!(text.as_str() == frame.as_str(), "{}", frame.size_bytes());
    }
}
