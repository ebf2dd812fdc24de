//! The cases of the public Engine.IO suite on WebSocket.

use std::time::Duration;

use tokio_tungstenite::tungstenite::Message;

use crate::support::{Hub, config, patient_config, suite_config};

#[tokio::test]
async fn a_websocket_opens_with_the_handshake_and_offers_no_upgrade() {
    let hub = Hub::start(suite_config()).await;
    let (_client, open) = hub.open().await;
    assert_eq!(open["sid"].as_str().unwrap().len(), 22);
    assert_eq!(open["upgrades"], serde_json::json!([]));
    assert_eq!(open["pingInterval"], 300);
    assert_eq!(open["pingTimeout"], 200);
    assert_eq!(open["maxPayload"], 1_000_000);
    assert_eq!(open.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn a_wrong_protocol_version_or_transport_opens_no_websocket() {
    let hub = Hub::start(config()).await;
    for query in ["EIO=abc&transport=websocket", "EIO=3&transport=websocket"] {
        let url = format!("ws://{}/socket.io/?{query}", hub.address);
        assert!(tokio_tungstenite::connect_async(url).await.is_err());
    }
    for query in ["", "transport=abc"] {
        assert!(hub.try_dial(query).await.is_err());
    }
}

#[tokio::test]
async fn a_websocket_is_pinged_as_long_as_it_answers() {
    let hub = Hub::start(patient_config()).await;
    let mut client = hub.connected().await;
    for _ in 0..3 {
        assert_eq!(client.next().await, "2");
        client.send("3").await;
    }
    client.send("42[\"message\"]").await;
    assert_eq!(client.next().await, "42[\"message-back\"]");
}

// T120: a peer that is gone without a word (half-open TCP) looks like this.
#[tokio::test]
async fn a_websocket_that_does_not_answer_a_ping_is_closed() {
    let mut hub = Hub::start(suite_config()).await;
    // Before the connection, whose first ping counts from its own beginning.
    let started = tokio::time::Instant::now();
    let mut client = hub.connected().await;
    assert_eq!(client.closed().await, 1008);
    let elapsed = started.elapsed();
    assert_eq!(hub.next_end().await.as_str(), "timeout");
    assert!(elapsed >= Duration::from_millis(400), "{elapsed:?}");
}

#[tokio::test]
async fn a_client_closes_by_a_packet() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client.send("1").await;
    assert_eq!(client.closed().await, 1000);
    assert_eq!(hub.next_end().await.as_str(), "transport_closed");
}

#[tokio::test]
async fn a_client_closes_by_a_close_frame() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client.try_send(Message::Close(None)).await;
    assert_eq!(client.closed().await, 1000);
    assert_eq!(hub.next_end().await.as_str(), "transport_closed");
}

#[tokio::test]
async fn a_packet_of_no_known_type_closes_the_websocket() {
    let hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    client.send("abc").await;
    assert_eq!(client.closed().await, 1002);
}

#[tokio::test]
async fn a_websocket_ping_is_answered_with_its_payload() {
    let hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    client.try_send(Message::Ping("here".into())).await;
    assert_eq!(client.next_message().await, Message::Pong("here".into()));
}

#[tokio::test]
async fn a_session_upgrades_from_polling_to_websocket() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    assert!(hub.poll(&sid).await.1.contains("42[\"auth\",{}]"));
    let mut client = hub.dial(&format!("transport=websocket&sid={sid}")).await;
    client.send("2probe").await;
    assert_eq!(client.next().await, "3probe");
    assert_eq!(hub.poll(&sid).await, (200, "6".to_owned()));
    client.send("5").await;
    client.send("42[\"message\",\"hello\"]").await;
    assert_eq!(client.next().await, "42[\"message-back\",\"hello\"]");
}

// T123
#[tokio::test]
async fn an_upgraded_session_takes_no_request_and_no_other_websocket() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    let query = format!("transport=websocket&sid={sid}");
    let mut client = hub.dial(&query).await;
    client.send("2probe").await;
    client.next().await;
    client.send("5").await;
    client.send("40").await;
    assert!(client.next().await.starts_with("40"));
    assert_eq!(hub.poll(&sid).await.0, 400);
    assert_eq!(hub.post(&sid, "42[\"message\"]").await.0, 400);
    assert_eq!(hub.dial(&query).await.closed().await, 1008);
    assert_eq!(client.next().await, "42[\"auth\",{}]");
    client.send("42[\"message\",1]").await;
    assert_eq!(client.next().await, "42[\"message-back\",1]");
}

#[tokio::test]
async fn a_second_probe_is_refused_and_a_failed_one_gives_way() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    let query = format!("transport=websocket&sid={sid}");
    let mut first = hub.dial(&query).await;
    assert_eq!(hub.dial(&query).await.closed().await, 1008);
    first.send("nonsense").await;
    first.closed().await;
    let mut second = hub.dial(&query).await;
    second.send("2probe").await;
    assert_eq!(second.next().await, "3probe");
}
