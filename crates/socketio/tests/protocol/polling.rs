//! The cases of the public Engine.IO suite on HTTP long-polling, and T123.

use std::time::Duration;

use crate::support::{Hub, config, patient_config, session_query, suite_config, until};

#[tokio::test]
async fn polling_opens_with_the_handshake_and_offers_the_upgrade() {
    let hub = Hub::start(suite_config()).await;
    let (status, body) = hub.http("GET", "EIO=4&transport=polling", "").await;
    assert_eq!(status, 200);
    let open: serde_json::Value = serde_json::from_str(body.strip_prefix('0').unwrap()).unwrap();
    assert_eq!(open["sid"].as_str().unwrap().len(), 22);
    assert_eq!(open["upgrades"], serde_json::json!(["websocket"]));
    assert_eq!(open["pingInterval"], 300);
    assert_eq!(open["pingTimeout"], 200);
    assert_eq!(open["maxPayload"], 1_000_000);
    assert_eq!(open.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn requests_outside_of_the_protocol_are_answered_with_its_error_body() {
    let hub = Hub::start(config()).await;
    let cases = [
        ("GET", "transport=polling", 5),
        ("GET", "EIO=abc&transport=polling", 5),
        ("GET", "EIO=3&transport=polling", 5),
        ("GET", "EIO=4", 0),
        ("GET", "EIO=4&transport=abc", 0),
        ("POST", "EIO=4&transport=polling", 2),
        ("PUT", "EIO=4&transport=polling", 2),
        (
            "GET",
            "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAAAA",
            1,
        ),
        ("GET", "EIO=4&transport=polling&sid=..%2f", 1),
        ("GET", "EIO=4&EIO=4&transport=polling", 3),
        ("GET", "EIO=4&transport=websocket", 3),
    ];
    for (method, query, code) in cases {
        let (status, body) = hub.http(method, query, "").await;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &body["code"]),
            (400, &code.into()),
            "{method} {query}"
        );
        assert!(body["message"].is_string());
    }
}

#[tokio::test]
async fn a_session_sends_and_receives_one_packet() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    assert_eq!(hub.post(&sid, "40").await, (200, "ok".to_owned()));
    let (status, body) = hub.poll(&sid).await;
    assert_eq!(status, 200);
    let (connect, auth) = body.split_once('\u{1e}').unwrap();
    assert!(connect.starts_with("40{\"sid\":\""));
    assert_eq!(auth, "42[\"auth\",{}]");
    hub.post(&sid, "42[\"message\",\"é\"]").await;
    assert_eq!(hub.poll(&sid).await.1, "42[\"message-back\",\"é\"]");
}

#[tokio::test]
async fn a_session_sends_and_receives_several_packets_at_once() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    let events = "40\u{1e}42[\"message\",1]\u{1e}42[\"message\",2]\u{1e}421[\"message-with-ack\"]";
    assert_eq!(hub.post(&sid, events).await, (200, "ok".to_owned()));
    let (_, body) = hub.poll(&sid).await;
    let packets: Vec<&str> = body.split('\u{1e}').skip(1).collect();
    let back = [
        "42[\"auth\",{}]",
        "42[\"message-back\",1]",
        "42[\"message-back\",2]",
        "431[]",
    ];
    assert_eq!(packets, back);
}

#[tokio::test]
async fn a_waiting_get_is_answered_by_the_next_frame() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    let (body, posted) = tokio::join!(hub.poll(&sid), hub.post(&sid, "42[\"message\",3]"));
    assert_eq!(posted.0, 200);
    assert_eq!(body, (200, "42[\"message-back\",3]".to_owned()));
}

#[tokio::test]
async fn a_packet_of_no_known_type_closes_the_session() {
    let hub = Hub::start(config()).await;
    for body in ["abc", "", "40\u{1e}abc", "\u{1e}"] {
        let sid = hub.poll_open().await;
        assert_eq!(hub.post(&sid, body).await.0, 400, "{body:?}");
        until("the session is gone", || hub.server.connections() == 0).await;
        assert_eq!(hub.poll(&sid).await.0, 400, "{body:?}");
    }
}

#[tokio::test]
async fn binary_data_is_refused() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    assert_eq!(hub.post(&sid, "40\u{1e}bAQIDBA==").await.0, 400);
    assert_eq!(hub.post(&sid, "40").await.0, 400);
    let sid = hub.poll_open().await;
    let kind = "Content-Type: application/octet-stream\r\n";
    let query = session_query(&sid);
    let (status, _) = hub.http_with("POST", &query, kind, "40").await;
    assert_eq!(status, 400);
}

// T123
#[tokio::test]
async fn a_second_get_closes_the_session_and_releases_the_first() {
    let mut hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    let (first, second) = tokio::join!(hub.poll(&sid), hub.poll(&sid));
    let mut answers = [first, second];
    answers.sort();
    assert_eq!(answers[0], (200, "1".to_owned()));
    assert_eq!(answers[1].0, 400);
    assert_eq!(hub.poll(&sid).await.0, 400);
    assert_eq!(hub.next_end().await.as_str(), "protocol_error");
}

// T123
#[tokio::test]
async fn a_body_above_the_limit_is_413() {
    let hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    let body = format!("42[\"message\",\"{}\"]", "x".repeat(64 * 1024));
    assert_eq!(hub.post(&sid, &body).await.0, 413);
}

// T123
#[tokio::test]
async fn the_id_of_a_websocket_session_opens_nothing() {
    let hub = Hub::start(config()).await;
    let (mut client, open) = hub.open().await;
    let sid = open["sid"].as_str().unwrap();
    assert_eq!(hub.poll(sid).await.0, 400);
    assert_eq!(hub.post(sid, "40").await.0, 400);
    assert!(
        hub.try_dial(&format!("transport=websocket&sid={sid}"))
            .await
            .is_err()
    );
    client.send("40").await;
    assert!(client.next().await.starts_with("40"));
}

#[tokio::test]
async fn a_polling_session_is_pinged_as_long_as_it_answers() {
    let hub = Hub::start(patient_config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    for _ in 0..3 {
        assert_eq!(hub.poll(&sid).await, (200, "2".to_owned()));
        assert_eq!(hub.post(&sid, "3").await.0, 200);
    }
}

#[tokio::test]
async fn a_polling_session_that_does_not_answer_a_ping_is_closed() {
    let mut hub = Hub::start(suite_config()).await;
    // Before the session, whose first ping counts from its own beginning.
    let started = tokio::time::Instant::now();
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    assert_eq!(hub.next_end().await.as_str(), "timeout");
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert_eq!(hub.poll(&sid).await.0, 400);
}

#[tokio::test]
async fn a_polling_session_that_takes_nothing_is_closed_however_busy_it_keeps_the_server() {
    let mut hub = Hub::start(suite_config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    // Answered when the session ends: the second packet never gets its turn.
    hub.post(&sid, "421[\"stuck\"]\u{1e}422[\"stuck\"]").await;
    assert_eq!(hub.next_end().await.as_str(), "timeout");
}

#[tokio::test]
async fn a_client_closes_by_a_post() {
    let mut hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    let waiting = hub.poll(&sid);
    let (body, posted) = tokio::join!(waiting, async {
        // The GET must be first for its answer to be told from a refusal.
        tokio::task::yield_now().await;
        hub.post(&sid, "1").await
    });
    assert_eq!(posted.0, 200);
    assert!(body == (200, "6".to_owned()) || body.0 == 400, "{body:?}");
    assert_eq!(hub.next_end().await.as_str(), "transport_closed");
    assert_eq!(hub.poll(&sid).await.0, 400);
}
