//! Who asks over a socket for much and takes none of the answers holds nothing that others need.

use std::sync::Arc;

use crate::harness::{Http, Request, TestHub, soon};

/// More than a connection may leave untaken, several times.
const QUESTIONS: u64 = 49;
/// Packets of one body.
const SEPARATOR: &str = "\u{1e}";

/// A polling session that is ready, and of which nobody reads any more.
pub(super) async fn session(http: &Http, token: &str) -> String {
    let base = "/socket.io/?EIO=4&transport=polling";
    let opened = http.send(&Request::new("GET", base)).await;
    let open: serde_json::Value = serde_json::from_slice(&opened.body[1..]).expect("an OPEN");
    let path = format!("{base}&sid={}", open["sid"].as_str().expect("an id"));
    let connect = format!("40{{\"token\":\"{token}\"}}");
    let taken = http.send(&packets(&path, &connect)).await;
    assert_eq!(taken.status, 200);
    loop {
        let answer = http.send(&Request::new("GET", &path)).await;
        if String::from_utf8_lossy(&answer.body).contains("server_reads") {
            return path;
        }
    }
}

fn packets(path: &str, body: &str) -> Request {
    let request = Request::new("POST", path).header("content-type", "text/plain;charset=UTF-8");
    Request {
        body: Some(body.as_bytes().to_vec()),
        ..request
    }
}

#[tokio::test]
async fn answers_that_nobody_takes_keep_no_reader_of_the_database() {
    let hub = TestHub::start().await;
    let (community, eve, [ben]) = hub.community("eve", ["ben"]).await;
    let long = "\u{995}\"".repeat(2000);
    for _ in 0..68 {
        eve.say(&community.channel, &long).await;
    }
    let channel = &community.channel;
    let questions: Vec<String> = (1..=QUESTIONS)
        .map(|id| format!("42{id}[\"channel_sync\",{{\"channel_id\":\"{channel}\",\"after\":0}}]"))
        .collect();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let path = session(&hub.http, &eve.token).await;
        let request = packets(&path, &questions.join(SEPARATOR));
        let http = Arc::clone(&hub.http);
        // The hub takes the questions no faster than it answers them: this one waits.
        asking.spawn(async move { http.try_send(&request).await });
    }
    for _ in 0..300 {
        soon("an answer", ben.get("/servers")).await.is(200);
    }
    assert_eq!(hub.get("/readyz").await.status, 200);
    eve.say(channel, "and who asks goes on as well").await;
}
