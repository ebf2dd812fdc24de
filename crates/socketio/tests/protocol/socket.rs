//! The cases of the public Socket.IO suite; binary attachments are in `hostile`.

use std::sync::atomic::Ordering;

use crate::support::{Hub, config, suite_config, until};

#[tokio::test]
async fn a_client_connects_to_the_main_namespace() {
    let hub = Hub::start(config()).await;
    let (mut client, open) = hub.open().await;
    client.send("40").await;
    let connect = client.next().await;
    let body: serde_json::Value =
        serde_json::from_str(connect.strip_prefix("40").unwrap()).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1);
    // The socket's id is public, the session's is a secret.
    assert_ne!(body["sid"], open["sid"]);
    assert_eq!(client.next().await, "42[\"auth\",{}]");
}

#[tokio::test]
async fn a_client_connects_with_a_payload() {
    let hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    client.send("40{\"token\":\"123\"}").await;
    assert!(client.next().await.starts_with("40{"));
    assert_eq!(client.next().await, "42[\"auth\",{\"token\":\"123\"}]");
}

#[tokio::test]
async fn a_client_connects_to_a_custom_namespace() {
    let hub = Hub::start(config()).await;
    for (connect, auth) in [
        ("40/custom,", "42/custom,[\"auth\",{}]"),
        ("40/custom", "42/custom,[\"auth\",{}]"),
        (
            "40/custom,{\"token\":\"abc\"}",
            "42/custom,[\"auth\",{\"token\":\"abc\"}]",
        ),
    ] {
        let (mut client, _) = hub.open().await;
        client.send(connect).await;
        assert!(client.next().await.starts_with("40/custom,{\"sid\":\""));
        assert_eq!(client.next().await, auth);
    }
}

#[tokio::test]
async fn an_unknown_namespace_is_refused() {
    let hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    client.send("40/random").await;
    assert_eq!(
        client.next().await,
        "44/random,{\"message\":\"Invalid namespace\"}"
    );
}

#[tokio::test]
async fn a_refusal_carries_message_and_data_and_may_be_followed_by_success() {
    let mut hub = Hub::start(config()).await;
    let (mut client, _) = hub.open().await;
    client.send("40{\"refuse\":1}").await;
    assert_eq!(
        client.next().await,
        "44{\"message\":\"refused\",\"data\":7}"
    );
    client.send("40").await;
    assert!(client.next().await.starts_with("40{"));
    hub.assert_no_end();
}

#[tokio::test]
async fn an_invalid_connect_closes_the_connection() {
    let hub = Hub::start(config()).await;
    for text in ["4abc", "40[]", "40{", "40\"a\""] {
        let (mut client, _) = hub.open().await;
        client.send(text).await;
        assert_eq!(client.closed().await, 1002, "{text}");
    }
}

#[tokio::test]
async fn a_connection_without_connect_is_closed() {
    let hub = Hub::start(suite_config()).await;
    let (mut client, _) = hub.open().await;
    assert_eq!(client.closed().await, 1008);
}

#[tokio::test]
async fn a_client_leaves_the_main_namespace_and_the_transport_stays() {
    let mut hub = Hub::start(suite_config()).await;
    let mut client = hub.connected().await;
    client.send("41").await;
    assert_eq!(hub.next_end().await.as_str(), "client_left");
    assert_eq!(client.next().await, "2");
    client.send("3").await;
    client.send("40").await;
    assert!(client.next().await.starts_with("40{"));
}

#[tokio::test]
async fn a_client_leaves_a_custom_namespace_and_keeps_the_main_one() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client.send("40/custom").await;
    assert!(client.next().await.starts_with("40/custom,{"));
    client.next().await;
    client.send("41/custom").await;
    client.send("42/custom,[\"message\",\"too late\"]").await;
    client
        .send("42[\"message\",\"to the main namespace\"]")
        .await;
    assert_eq!(
        client.next().await,
        "42[\"message-back\",\"to the main namespace\"]"
    );
    assert_eq!(hub.next_end().await.as_str(), "client_left");
}

#[tokio::test]
async fn a_text_event_comes_back_with_all_its_arguments() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client.send("42[\"message\",1,\"2\",{\"3\":[true]}]").await;
    assert_eq!(
        client.next().await,
        "42[\"message-back\",1,\"2\",{\"3\":[true]}]"
    );
}

#[tokio::test]
async fn an_event_is_acknowledged_under_its_id_and_namespace() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client
        .send("42456[\"message-with-ack\",1,\"2\",{\"3\":[false]}]")
        .await;
    assert_eq!(client.next().await, "43456[1,\"2\",{\"3\":[false]}]");
    client.send("40/custom").await;
    client.next().await;
    client.next().await;
    client.send("42/custom,0[\"message-with-ack\"]").await;
    assert_eq!(client.next().await, "43/custom,0[]");
}

#[tokio::test]
async fn an_event_in_an_invalid_format_closes_the_connection() {
    let hub = Hub::start(config()).await;
    for text in [
        "4abc",
        "42{}",
        "42abc[\"message-with-ack\",1,\"2\",{\"3\":[false]}]",
    ] {
        let mut client = hub.connected().await;
        client.send(text).await;
        assert_eq!(client.closed().await, 1002, "{text}");
    }
}

#[tokio::test]
async fn acknowledgements_leave_in_the_order_of_the_events() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client.send("421[\"hold\",1]").await;
    client.send("422[\"message-with-ack\",2]").await;
    client.send("42[\"message\",3]").await;
    // The second is ready, but it waits for the first; events do not.
    assert_eq!(client.next().await, "42[\"message-back\",3]");
    hub.app().gate.add_permits(1);
    assert_eq!(client.next().await, "431[1]");
    assert_eq!(client.next().await, "432[2]");
}

// T117
#[tokio::test]
async fn a_client_is_not_read_beyond_64_outstanding_acknowledgements() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    for id in 0..200 {
        client.feed(format!("42{id}[\"hold\",{id}]")).await;
    }
    client.flush().await;
    let held = || hub.app().held.load(Ordering::SeqCst);
    until("64 are held", || held() == 64).await;
    for id in 0..200 {
        assert!(held() <= 64);
        hub.app().gate.add_permits(1);
        assert_eq!(client.next().await, format!("43{id}[{id}]"));
    }
}
