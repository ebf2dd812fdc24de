//! How connections end by the server's will.

use std::time::Duration;

use battala_socketio::{Close, DisconnectReason, Frame};

use crate::support::{Hub, Raw, config, soon, until};

#[tokio::test]
async fn a_final_close_sends_what_is_queued_then_disconnect_then_closes() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    client.send("40/custom").await;
    client.next().await;
    client.next().await;
    let socket = hub.sockets()[0].clone();
    socket.emit(&Frame::event("last", &1).unwrap());
    socket.close(Close::Final);
    assert!(!socket.emit(&Frame::event("too late", &1).unwrap()));
    let (code, texts) = client.drain().await;
    assert_eq!(texts, ["42[\"last\",1]", "41", "41/custom,"]);
    assert_eq!(code, 1000);
    let closed = DisconnectReason::Closed(Close::Final);
    assert_eq!(hub.next_end().await, closed);
    assert_eq!(hub.next_end().await, closed);
    hub.assert_no_end();
}

#[tokio::test]
async fn a_close_for_reconnect_sends_no_disconnect() {
    let hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    hub.sockets()[0].close(Close::Reconnect);
    assert_eq!(client.drain().await, (1012, vec![]));
}

#[tokio::test]
async fn a_final_close_reaches_a_polling_client_with_its_next_request() {
    let mut hub = Hub::start(config()).await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    hub.sockets()[0].close(Close::Final);
    hub.next_end().await;
    assert_eq!(hub.poll(&sid).await, (200, "41".to_owned()));
    until("nothing is left", || hub.server.connections() == 0).await;
    assert_eq!(hub.poll(&sid).await.0, 400);
}

#[tokio::test]
async fn a_close_is_bounded_when_the_client_does_not_read() {
    let mut hub = Hub::start(battala_socketio::Config {
        close_timeout: Duration::from_millis(200),
        ..config()
    })
    .await;
    let mut silent = Raw::open(&hub).await;
    silent.frame(0x81, b"40").await;
    until("it is connected", || hub.sockets().len() == 1).await;
    let socket = hub.sockets().pop().unwrap();
    let fill = Frame::event("fill", &"x".repeat(60_000)).unwrap();
    // Until the operating system takes no more.
    while tokio::time::timeout(Duration::from_millis(100), socket.drained())
        .await
        .is_ok()
    {
        socket.emit(&fill);
    }
    socket.close(Close::Final);
    hub.next_end().await;
    until("it is dropped", || hub.server.connections() == 0).await;
}

#[tokio::test]
async fn shutdown_closes_every_transport_and_refuses_new_ones() {
    let mut hub = Hub::start(config()).await;
    let mut client = hub.connected().await;
    let (mut unconnected, _) = hub.open().await;
    let sid = hub.poll_open().await;
    hub.post(&sid, "40").await;
    hub.poll(&sid).await;
    let frame = Frame::event("last", &1).unwrap();
    hub.sockets()[0].emit(&frame);
    let server = hub.server.clone();
    let shutdown = soon("shutdown", server.shutdown(Duration::from_secs(10)));
    let (closed, other, waiting, ()) = tokio::join!(
        client.drain(),
        unconnected.closed(),
        hub.poll(&sid),
        shutdown
    );
    assert_eq!(closed, (1012, vec![frame.as_str().to_owned()]));
    assert_eq!(other, 1012);
    assert!(
        waiting == (200, "1".to_owned()) || waiting.0 == 400,
        "{waiting:?}"
    );
    assert_eq!(hub.next_end().await, DisconnectReason::Shutdown);
    assert_eq!(hub.next_end().await, DisconnectReason::Shutdown);
    assert_eq!(hub.server.connections(), 0);
    assert_eq!(hub.http("GET", "EIO=4&transport=polling", "").await.0, 503);
}

#[tokio::test]
async fn shutdown_ends_at_its_deadline_although_a_client_hangs() {
    let mut hub = Hub::start(config()).await;
    let mut hanging = Raw::open(&hub).await;
    hanging.frame(0x81, b"40").await;
    until("it is connected", || hub.sockets().len() == 1).await;
    // It neither answers the close frame nor hangs up.
    let deadline = Duration::from_millis(300);
    soon("shutdown", hub.server.shutdown(deadline)).await;
    assert_eq!(hub.server.connections(), 0);
    assert_eq!(hub.next_end().await, DisconnectReason::Shutdown);
    hub.assert_no_end();
}

#[tokio::test]
async fn a_transport_that_breaks_ends_its_sessions_once() {
    let mut hub = Hub::start(config()).await;
    let client = hub.connected().await;
    drop(client);
    assert_eq!(hub.next_end().await.as_str(), "transport_closed");
    until("nothing is left", || hub.server.connections() == 0).await;
    hub.assert_no_end();
}
