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

/// Nobody gives way, and nobody waits for long.
fn rigid() -> Config {
    Config {
        silent_grace: patience(Duration::from_mins(2)),
        connect_timeout: patience(Duration::from_mins(2)),
        admission_wait: Duration::from_millis(20),
        ..config()
    }
}

// T114
#[tokio::test]
async fn an_address_has_ten_transports_that_nobody_vouched_for() {
    let hub = Hub::start(rigid()).await;
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

#[tokio::test]
async fn who_is_silent_gives_way_and_who_says_something_does_not() {
    let hub = Hub::start(Config {
        silent_grace: patience(Duration::from_millis(300)),
        connect_timeout: patience(Duration::from_mins(2)),
        admission_wait: patience(Duration::from_mins(2)),
        unauthenticated_per_address_max: 2,
        ..config()
    })
    .await;
    let (mut deciding, _) = hub.open().await;
    deciding.send("40{\"wait\":1}").await;
    until("it is being decided", || hub.sockets().len() == 1).await;
    let (mut silent, _) = hub.open().await;
    let (mut next, _) = hub.open().await;
    assert_eq!(silent.closed().await, 1008);
    next.send("40").await;
    assert!(next.next().await.starts_with("40"));
    hub.app().gate.add_permits(1);
    assert!(deciding.next().await.starts_with("40"));
}

#[tokio::test]
async fn a_polling_session_and_a_half_upgrade_give_way_as_well() {
    let hub = Hub::start(Config {
        silent_grace: patience(Duration::from_millis(300)),
        connect_timeout: patience(Duration::from_mins(2)),
        admission_wait: patience(Duration::from_mins(2)),
        unauthenticated_per_address_max: 2,
        ..config()
    })
    .await;
    let sid = hub.poll_open().await;
    let half_upgraded = hub.dial(&format!("transport=websocket&sid={sid}")).await;
    // Both of them hold a place, and nobody hangs up.
    let first = hub.open().await;
    let second = hub.open().await;
    assert_eq!(
        hub.http("GET", &format!("EIO=4&transport=polling&sid={sid}"), "")
            .await
            .0,
        400
    );
    drop((half_upgraded, first, second));
}

#[tokio::test]
async fn a_handshake_with_an_owner_takes_no_place_of_its_address() {
    let owner_of = |headers: &http::HeaderMap, uri: &http::Uri| {
        let is_known = headers.contains_key("x-owner") || uri.query()?.contains("owner");
        is_known.then_some(7)
    };
    let hub = Hub::start(Config {
        unauthenticated_per_address_max: 1,
        owner_of: Some(Arc::new(owner_of)),
        ..rigid()
    })
    .await;
    let silent = hub.open().await;
    assert_eq!(status(hub.try_dial("transport=websocket").await), 429);
    let owned = hub.dial("transport=websocket&owner").await;
    let query = "EIO=4&transport=polling";
    let further = hub.http_with("GET", query, "X-Owner: 1\r\n", "").await;
    assert_eq!(further.0, 429, "it has as many as an address");
    drop(owned);
    until("its place is free", || hub.server.connections() == 1).await;
    let further = hub.http_with("GET", query, "X-Owner: 1\r\n", "").await;
    assert_eq!(further.0, 200);
    drop(silent);
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
