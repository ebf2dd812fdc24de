//! Requests that come to nothing, and those at the same address who want to sign in.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{NEW_PASSWORD, Options, PASSWORD, Request, TestHub, User, WallClock};

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

/// With a cookie that the hub has never given to anybody.
fn renewal_of_nothing(user: &User) -> Request {
    let (name, _) = user.cookie.split_once('=').expect("a cookie");
    renewal().header("Cookie", &format!("{name}=1.2.AAAA.AAAA"))
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
    let ana = hub.login("ana").await;
    let refused = async |request: &Request| hub.http.send(request).await.status == 429;
    let hub_itself = Request::new("GET", "/api/hub");
    let mut doors = vec![
        hub_itself,
        renewal_of_nothing(&ana),
        reset(),
        question(),
        login(),
    ];
    while let Some(flooded) = doors.pop() {
        let statuses = flood(&hub, &flooded).await;
        assert!(statuses.contains(&429), "without a rate: {flooded:?}");
        for door in &doors {
            assert!(!refused(door).await, "{door:?} beside {flooded:?}");
        }
    }
}

#[tokio::test]
async fn who_renews_and_who_has_nothing_to_renew_hear_so_whatever_the_neighbours_send() {
    let hub = hub().await;
    let ana = hub.login("ana").await;
    // A page that somebody opens without a session asks for nothing that would have to be looked at.
    let asked = flood(&hub, &renewal()).await;
    assert!(asked.iter().all(|status| *status == 401), "{asked:?}");
    // What no rate bounds fills no log.
    let log = hub.log();
    assert!(!log.contains("/api/auth/refresh"), "{log}");
    let junk = flood(&hub, &renewal_of_nothing(&ana)).await;
    assert!(junk.contains(&429), "without a rate");
    let newcomer = hub.http.send(&renewal()).await;
    newcomer.refused(401, "unauthenticated");
    let renewed = User::signed_in(&hub.http, &ana.refresh().await);
    renewed.get("/users/@me").await.is(200);
}

#[tokio::test]
async fn whose_token_works_no_more_is_told_so_whatever_the_neighbours_send() {
    const HOUR_S: i64 = 60 * 60;
    let clock = WallClock::new();
    let options = Options::default().default_limits().clock(&clock);
    let hub = options.start().await;
    let (ana, ended) = (hub.user("ana").await, hub.login("ana").await);
    ended.logout().await;
    let junk = Request::new("GET", "/api/users/@me").bearer("a.b.c");
    assert!(flood(&hub, &junk).await.contains(&429), "without a rate");
    ended.get("/users/@me").await.refused(401, "session_ended");
    clock.set(HOUR_S);
    assert!(flood(&hub, &junk).await.contains(&429), "without a rate");
    for expired in [&ana, &ended] {
        let answer = expired.get("/users/@me").await;
        answer.refused(401, "unauthenticated");
    }
    let renewed = User::signed_in(&hub.http, &ana.refresh().await);
    renewed.get("/users/@me").await.is(200);
    // Whoever sends an old token over and over has a rate, too, which is that of its session.
    let old = Request::new("GET", "/api/users/@me").bearer(&ended.token);
    assert!(flood(&hub, &old).await.contains(&429), "without a rate");
    let answer = ana.get("/users/@me").await;
    answer.refused(401, "unauthenticated");
    renewed.get("/users/@me").await.is(200);
}
