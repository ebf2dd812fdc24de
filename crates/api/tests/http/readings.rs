//! How many connections of the database a request takes to read on, as the log says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;
use serde_json::json;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::{Api, Asking};

/// Counts the connections that are taken.
#[derive(Debug, Clone, Default)]
struct Taken(Arc<AtomicUsize>);

impl Subscriber for Taken {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target() == "battala_store::reader"
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// How many one request takes.
async fn taken_by(asking: Asking<'_>) -> (StatusCode, usize) {
    let taken = Taken::default();
    // The runtime of a test is one thread.
    let listening = tracing::subscriber::set_default(taken.clone());
    let answer = asking.send().await;
    drop(listening);
    (answer.status, taken.0.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_request_reads_on_one_connection() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (server, channel) = api.server(&ana).await;
    let read_once = [
        "/api/users/@me".to_owned(),
        "/api/servers".to_owned(),
        format!("/api/servers/{server}"),
        format!("/api/servers/{server}/members"),
        format!("/api/servers/{server}/invites"),
        format!("/api/channels/{channel}/messages"),
        format!("/api/channels/{channel}/read"),
    ];
    for path in read_once {
        let taken = taken_by(api.get(&path).by(&ana)).await;
        assert_eq!(taken, (StatusCode::OK, 1), "{path}");
    }
    let taken = taken_by(api.get("/api/servers/1").by(&ana)).await;
    assert_eq!(taken, (StatusCode::NOT_FOUND, 1));
    let message = json!({"content": "hello", "nonce": "one"});
    let path = format!("/api/channels/{channel}/messages");
    let taken = taken_by(api.post(&path, &message).by(&ana)).await;
    assert_eq!(taken, (StatusCode::CREATED, 1));
}

#[tokio::test]
async fn what_needs_nothing_of_the_database_takes_none() {
    let api = Api::start().await;
    let taken = taken_by(api.get("/api/hub")).await;
    assert_eq!(taken, (StatusCode::OK, 0));
    let taken = taken_by(api.get("/api/users/@me")).await;
    assert_eq!(taken, (StatusCode::UNAUTHORIZED, 0));
}
