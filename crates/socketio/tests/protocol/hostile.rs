//! What a client may send that is not in the protocol. Each case ends one
//! connection and leaves the server as it was.

use tokio_tungstenite::tungstenite::Message;

use crate::support::{Hub, Raw, config, soon, until};

/// The server still serves.
async fn assert_serves(hub: &Hub) {
    let mut client = hub.connected().await;
    client.send("421[\"message-with-ack\"]").await;
    assert_eq!(client.next().await, "431[]");
}

// T112: the sizes of the list, declared before CONNECT and never sent.
#[tokio::test]
async fn a_frame_above_the_limit_is_refused_by_its_header() {
    let hub = Hub::start(config()).await;
    for size in [
        64 * 1024 + 1,
        1 << 20,
        16 << 20,
        64 << 20,
        u64::MAX >> 1,
        u64::MAX,
    ] {
        let mut raw = Raw::open(&hub).await;
        let mut header = vec![0x81, 0xff];
        header.extend(size.to_be_bytes());
        header.extend([0; 4]);
        raw.send(&header).await;
        assert_eq!(raw.closed().await, 1009, "{size}");
    }
    assert_serves(&hub).await;
}

// T112
#[tokio::test]
async fn a_message_above_the_limit_is_closed_with_1009_even_while_it_is_being_sent() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    let text = "x".repeat(64 * 1024 + 1);
    client.try_send(Message::text(text)).await;
    assert_eq!(client.closed().await, 1009);
    assert_eq!(hub.next_end().await.as_str(), "too_large");
}

// T112
#[tokio::test]
async fn fragments_that_together_exceed_the_limit_are_refused() {
    let hub = Hub::start(config()).await;
    let mut raw = Raw::open(&hub).await;
    raw.frame(0x01, &vec![b'4'; 40_000]).await;
    raw.frame(0x00, &vec![b'4'; 40_000]).await;
    assert_eq!(raw.closed().await, 1009);
}

#[tokio::test]
async fn a_message_at_the_limit_passes_whole_or_in_fragments() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    let fill = "x".repeat(64 * 1024 - "42[\"message\",\"\"]".len());
    client.send(&format!("42[\"message\",\"{fill}\"]")).await;
    assert_eq!(
        client.next().await,
        format!("42[\"message-back\",\"{fill}\"]")
    );
    let mut raw = Raw::open(&hub).await;
    for (first, part) in [
        (0x01, &b"40"[..]),
        (0x00, b"{\"a\":"),
        (0x80, b"[\"\xc3\xa9\"]}"),
    ] {
        raw.frame(first, part).await;
    }
    until("it is connected", || hub.sockets().len() == 2).await;
}

// T113
#[tokio::test]
async fn a_packet_with_attachments_is_refused_before_any_arrives() {
    let hub = Hub::start(config()).await;
    for text in [
        "451000000000-[\"x\"]",
        "451-[\"x\",{\"_placeholder\":true,\"num\":0}]",
        "461-1[]",
    ] {
        let (mut client, _) = hub.open().await;
        client.send(text).await;
        assert_eq!(client.closed().await, 1003, "before CONNECT: {text}");
        let mut client = hub.connected().await;
        client.send(text).await;
        assert_eq!(client.closed().await, 1003, "after CONNECT: {text}");
    }
}

// T113
#[tokio::test]
async fn a_binary_frame_is_refused_by_its_first_byte() {
    let hub = Hub::start(config()).await;
    let mut raw = Raw::open(&hub).await;
    raw.send(&[0x82, 0xfe]).await;
    assert_eq!(raw.closed().await, 1003);
    let mut client = hub.connected().await;
    client.try_send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.closed().await, 1003);
}

// T115
#[tokio::test]
async fn three_refused_connects_close_the_connection() {
    let hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    for index in 0..100 {
        client.feed(format!("40/n{index}")).await;
    }
    client.flush().await;
    let (code, texts) = client.drain().await;
    assert_eq!((code, texts.len()), (1008, 3));
}

// T115
#[tokio::test]
async fn a_namespace_may_be_left_and_joined_again_any_number_of_times() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    for _ in 0..500 {
        client.send("41").await;
        client.send("40").await;
        assert!(client.next().await.starts_with("40{"));
        client.next().await;
        assert_eq!(hub.next_end().await.as_str(), "client_left");
    }
    let sockets = hub.sockets();
    assert_eq!(sockets.iter().filter(|socket| socket.is_open()).count(), 1);
}

// T116
#[tokio::test]
async fn an_event_before_connect_closes_the_connection() {
    let hub = Hub::start(config()).await;
    for text in [
        "42[\"message\"]",
        "421[\"message\"]",
        "41",
        "42/custom,[\"a\"]",
        "41/nowhere",
    ] {
        let (mut client, _) = hub.open().await;
        client.send(text).await;
        assert_eq!(client.closed().await, 1002, "{text}");
    }
}

// T116
#[tokio::test]
async fn malformed_packets_close_the_connection_and_nothing_else() {
    let hub = Hub::start(config()).await;
    let deep = format!("42[\"message\",{}", "[".repeat(50_000));
    let cases = [
        "",
        "0",
        "2",
        "2probe",
        "5",
        "7",
        "4",
        "47",
        "43",
        "431[]",
        "44{}",
        "42",
        "42[]",
        "42[1]",
        "42[\"a\"",
        "42[\"a\"]x",
        "42[\"\\ud800\"]",
        "421234567890123456[\"a\"]",
        "42-1[\"a\"]",
        "429007199254740993[\"a\"]",
        "42/custom[\"a\"]",
        "42/nowhere,[\"a\"]",
        "40",
        "bAAAA",
        "42[\"connect\"]",
        "42[\"connect_error\"]",
        "42[\"disconnect\"]",
        "42[\"disconnecting\"]",
        "42[\"newListener\"]",
        "42[\"removeListener\"]",
        &deep,
    ];
    for text in cases {
        let mut client = hub.connected().await;
        client.send(text).await;
        assert_eq!(
            client.closed().await,
            1002,
            "{}",
            &text[..text.len().min(60)]
        );
    }
    assert_serves(&hub).await;
}

// T116
#[tokio::test]
async fn every_prefix_of_a_packet_is_served_or_refused() {
    let hub = Hub::start(config()).await;
    let packet = "42/custom,17[\"message-with-ack\",{\"a\":[\"\\u00e9\"]}]";
    for end in 0..packet.len() {
        let mut client = hub.connected().await;
        client.send("40/custom").await;
        client.next().await;
        client.next().await;
        client.send(&packet[..end]).await;
        assert_eq!(client.closed().await, 1002, "{}", &packet[..end]);
    }
    assert_serves(&hub).await;
}

// T116
#[tokio::test]
async fn broken_websocket_frames_are_refused() {
    let hub = Hub::start(config()).await;
    let cases: [(&[u8], u16); 8] = [
        (&[0x81, 0x02, b'4', b'0'], 1002),
        (&[0x83, 0x80, 0, 0, 0, 0], 1002),
        (&[0x80, 0x80, 0, 0, 0, 0], 1002),
        (&[0x09, 0x80, 0, 0, 0, 0], 1002),
        (&[0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002),
        (&[0x81, 0xfe, 0, 1, 0, 0, 0, 0, b'4'], 1002),
        (&[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007),
        (&[0x88, 0x81, 0, 0, 0, 0, 3], 1002),
    ];
    for (bytes, code) in cases {
        let mut raw = Raw::open(&hub).await;
        raw.send(bytes).await;
        assert_eq!(raw.closed().await, code, "{bytes:x?}");
    }
    assert_serves(&hub).await;
}

// T126
#[tokio::test]
async fn compression_is_never_negotiated_and_a_compressed_frame_is_refused() {
    let hub = Hub::start(config()).await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let (mut raw, head) = Raw::open_with(&hub, offer).await;
    assert!(
        !head.to_lowercase().contains("sec-websocket-extensions"),
        "{head}"
    );
    raw.frame(0xc1, b"40").await;
    assert_eq!(raw.closed().await, 1002);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panicking_handler_ends_its_own_connection_only() {
    let mut hub = Hub::start(config()).await;
    let mut other = hub.connected().await;
    for text in [
        "42[\"panic\"]",
        "42[\"panic-later\"]",
        "421[\"panic-later\"]",
    ] {
        let mut client = hub.connected().await;
        client.send(text).await;
        assert_eq!(client.closed().await, 1011, "{text}");
        assert_eq!(hub.next_end().await.as_str(), "panicked");
    }
    let (mut client, _) = hub.open().await;
    client.send("40{\"panic\":1}").await;
    assert_eq!(client.closed().await, 1011);
    other.send("42[\"message\"]").await;
    assert_eq!(other.next().await, "42[\"message-back\"]");
    hub.assert_no_end();
}

// T117: the connection pays for its flood, and the others do not wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_packets_does_not_starve_another_connection() {
    let hub = Hub::start(config()).await;
    let mut other = hub.connected().await;
    let mut flood = hub.connected().await;
    for _ in 0..20_000 {
        flood.feed("42[\"unknown\"]".to_owned()).await;
    }
    flood.flush().await;
    flood.send("421[\"message-with-ack\"]").await;
    other.send("421[\"message-with-ack\"]").await;
    let answer = soon("the answer to the other", other.next()).await;
    assert_eq!(answer, "431[]");
    assert_eq!(flood.next().await, "431[]");
}
