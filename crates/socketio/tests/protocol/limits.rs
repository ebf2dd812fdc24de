//! Who is let in.

use std::sync::Arc;
use std::time::Duration;

use battala_socketio::Config;
use battala_testkit::patience;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{Hub, Raw, config, until};

fn status(result: Result<crate::support::Client, Error>) -> u16 {
    match result {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => 101,
    }
}

// T114
#[tokio::test]
async fn an_address_has_ten_transports_that_nobody_vouched_for() {
    let hub = Hub::start(config()).await;
    let mut unauthenticated = Vec::new();
    for _ in 0..10 {
        unauthenticated.push(hub.open().await.0);
    }
    assert_eq!(status(hub.try_dial("transport=websocket").await), 429);
    assert_eq!(hub.http("GET", "EIO=4&transport=polling", "").await.0, 429);
    // Who is accepted no longer counts.
    unauthenticated[0].send("40").await;
    assert!(unauthenticated[0].next().await.starts_with("40"));
    hub.open().await;
}

// T114
#[tokio::test]
async fn transports_that_never_connect_are_dropped_in_time() {
    let hub = Hub::start(Config {
        connect_timeout: patience(Duration::from_millis(500)),
        unauthenticated_per_address_max: 1_000,
        ..config()
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Raw::open(&hub).await);
    }
    let sid = hub.poll_open().await;
    let half_upgraded = hub.dial(&format!("transport=websocket&sid={sid}")).await;
    until("all are gone", || hub.server.connections() == 0).await;
    drop((clients, half_upgraded));
}

#[tokio::test]
async fn a_connect_that_is_never_decided_is_dropped_in_time() {
    let hub = Hub::start(Config {
        connect_timeout: patience(Duration::from_millis(500)),
        ..config()
    })
    .await;
    let (mut client, _) = hub.open().await;
    client.send("40{\"wait\":1}").await;
    assert_eq!(client.closed().await, 1008);
    assert!(!hub.sockets()[0].is_open());
}

#[tokio::test]
async fn a_full_server_answers_503() {
    let hub = Hub::start(Config {
        connections_max: 1,
        ..config()
    })
    .await;
    let first = hub.open().await;
    assert_eq!(status(hub.try_dial("transport=websocket").await), 503);
    assert_eq!(hub.http("GET", "EIO=4&transport=polling", "").await.0, 503);
    drop(first);
    until("there is room", || hub.server.connections() == 0).await;
    hub.open().await;
}

#[tokio::test]
async fn a_foreign_origin_is_refused_for_polling_and_websocket() {
    let hub = Hub::start(Config {
        origin: Some(Arc::new(|headers| {
            headers
                .get("origin")
                .is_some_and(|origin| origin == "https://ours")
        })),
        ..config()
    })
    .await;
    assert_eq!(status(hub.try_dial("transport=websocket").await), 403);
    let query = "EIO=4&transport=polling";
    let foreign = hub
        .http_with("GET", query, "Origin: https://theirs\r\n", "")
        .await;
    assert_eq!(foreign.0, 403);
    let ours = hub
        .http_with("GET", query, "Origin: https://ours\r\n", "")
        .await;
    assert_eq!(ours.0, 200);
    Raw::open_with(&hub, "Origin: https://ours\r\n").await;
}
