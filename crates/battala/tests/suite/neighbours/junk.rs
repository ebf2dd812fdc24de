//! Requests that come to nothing, and those at the same address who want to sign in.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{NEW_PASSWORD, Options, PASSWORD, Request, TestHub};

/// More than any bucket holds by default, and than comes back while they are sent.
const FLOOD: usize = 600;
/// As many as one machine has under way.
const AT_ONCE: usize = 6;

async fn hub() -> TestHub {
    let origins = vec!["https://other.example"];
    let hub = Options::default()
        .default_limits()
        .setting("cors_origins", origins)
        .start()
        .await;
    hub.user("ana").await;
    hub
}

/// Sends it as fast as it is answered, whatever the answer. The answers.
async fn flood(hub: &TestHub, junk: &Request) -> Vec<u16> {
    let senders = (0..AT_ONCE).map(async |_| {
        let mut statuses = Vec::new();
        for _ in 0..FLOOD / AT_ONCE {
            statuses.push(hub.http.send(junk).await.status);
        }
        statuses
    });
    join_all(senders).await.concat()
}

fn login() -> Request {
    let body = json!({"login": "ana", "password": PASSWORD});
    Request::new("POST", "/api/auth/login").json(&body)
}

fn renewal() -> Request {
    Request::new("POST", "/api/auth/refresh").header("X-Battala-Auth", "1")
}

fn reset() -> Request {
    let body = json!({"token": "x".repeat(43), "password": NEW_PASSWORD});
    Request::new("POST", "/api/auth/password-reset").json(&body)
}

fn question() -> Request {
    Request::new("OPTIONS", "/api/auth/login")
        .header("Origin", "https://other.example")
        .header("Access-Control-Request-Method", "POST")
}

/// Whoever has no account here yet, or has not signed in, does it as if nothing were.
async fn doors_are_open(hub: &TestHub, code: &str, newcomer: &str, beside: &Request) {
    let (method, path) = (&beside.method, &beside.path);
    let body = json!({"username": newcomer, "password": PASSWORD});
    let register = Request::new("POST", "/api/auth/register").json(&body);
    let preview = Request::new("GET", &format!("/api/invites/{code}"));
    for (door, status) in [
        (question(), 200),
        (Request::new("GET", "/api/hub"), 200),
        // A device that has no session asks whether it has one.
        (renewal(), 401),
        (login(), 200),
        (register, 201),
        (preview, 200),
        (reset(), 404),
    ] {
        let answer = hub.http.send(&door).await;
        assert_eq!(answer.status, status, "beside {method} {path}: {answer}");
    }
}

#[tokio::test]
async fn what_comes_to_no_operation_keeps_nobody_at_the_address_from_signing_in() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let community = admin.community("Banyan").await;
    let code = admin.invite(&community).await;
    let empty = json!({});
    let kinds = [
        Request::new("GET", "/api/nothing"),
        Request::new("GET", "/api/docs"),
        Request::new("DELETE", "/api/hub"),
        Request::new("PUT", "/healthz"),
        Request::new("GET", "/api/hub?x=1"),
        Request::new("GET", &format!("/api/invites/{code}?x=1")),
        Request::new("GET", "/api/users/@me"),
        Request::new("GET", "/api/users/@me").bearer("a.b.c"),
        login().header("Origin", "https://evil.example"),
        Request::new("POST", "/api/auth/login").json(&empty),
        Request::new("POST", "/api/auth/login").raw_json("{"),
        Request::new("POST", "/api/auth/register").json(&empty),
        Request::new("POST", "/api/auth/password-reset").json(&empty),
    ];
    for (number, junk) in kinds.iter().enumerate() {
        let statuses = flood(&hub, junk).await;
        assert!(statuses.contains(&429), "without a rate: {junk:?}");
        doors_are_open(&hub, &code, &format!("newcomer{number}"), junk).await;
    }
}

#[tokio::test]
async fn who_floods_one_door_keeps_nobody_from_the_others() {
    let hub = hub().await;
    let refused = async |request: &Request| hub.http.send(request).await.status == 429;
    let hub_itself = Request::new("GET", "/api/hub");
    let mut doors = vec![hub_itself, renewal(), reset(), question(), login()];
    while let Some(flooded) = doors.pop() {
        let statuses = flood(&hub, &flooded).await;
        assert!(statuses.contains(&429), "without a rate: {flooded:?}");
        for door in &doors {
            assert!(!refused(door).await, "{door:?} beside {flooded:?}");
        }
    }
}
