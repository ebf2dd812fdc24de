//! Requests whose body does not come, or comes slowly.

use futures_util::FutureExt as _;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Dial, answered, head, is_unharmed, raise_descriptors, rest};
use crate::harness::{Options, Request, TestHub, nonce};

/// More than there are places for requests, unless the machine is a very large one.
fn more_than_places() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (64 * cores + 32).min(1000)
}

#[tokio::test]
async fn bodies_that_never_come_hold_up_nobody() {
    raise_descriptors();
    let hub = TestHub::start().await;
    let [eve, mallory, ben] = [
        hub.user("eve").await,
        hub.user("mallory").await,
        hub.user("ben").await,
    ];
    let me = |token: &str| head("PATCH", "/api/users/@me", token, 40);
    let heads = [
        me(&eve.token),
        me(&mallory.token),
        head("POST", "/api/auth/login", "", 40),
    ];
    let mut stalled: Vec<TcpStream> = Vec::new();
    for head in heads.iter().cycle().take(3 * more_than_places()) {
        stalled.push(Dial::from(1).send(&hub, &format!("{head}{{")).await);
    }
    // They are there together until the first of them is given up.
    let mut rounds = 0;
    while stalled.iter().all(|stream| !has_answer(stream)) || rounds < 10 {
        is_unharmed(&hub, &ben).await;
        rounds += 1;
    }
    for stream in &mut stalled {
        let answer = answered(stream).await;
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    }
    is_unharmed(&hub, &ben).await;
    // Who did it is not shut out either.
    is_unharmed(&hub, &eve).await;
}

/// Whether something has come, without waiting for it.
fn has_answer(stream: &TcpStream) -> bool {
    stream.peek(&mut [0]).now_or_never().is_some()
}

#[tokio::test]
async fn a_body_in_many_pieces_is_served() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let text = "\u{1f33f}".repeat(4000);
    let body = json!({"content": text, "nonce": nonce()}).to_string();
    let path = format!("/api/channels/{}/messages", community.channel);
    let head = head("POST", &path, &owner.token, body.len());
    let mut stream = Dial::from(1).send(&hub, &head).await;
    for piece in body.as_bytes().chunks(512) {
        stream.write_all(piece).await.expect("sent");
        // As long as a request of another takes.
        hub.get("/api/hub").await.is(200);
    }
    let answer = answered(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_waited_for() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for (token, status) in [(ana.token.as_str(), "413"), ("", "401")] {
        let head = head("PATCH", "/api/users/@me", token, 100_000_000);
        let mut stream = Dial::from(1).send(&hub, &head).await;
        let answer = rest(&mut stream).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_packet_that_never_comes_by_polling_is_given_up() {
    let hub = TestHub::start().await;
    let polling = "/socket.io/?EIO=4&transport=polling";
    let open = hub.http.send(&Request::new("GET", polling)).await;
    let open: serde_json::Value = serde_json::from_slice(&open.body[1..]).expect("json");
    let path = format!("{polling}&sid={}", open["sid"].as_str().expect("an id"));
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n4");
    let mut stream = Dial::from(1).send(&hub, &head).await;
    let answer = answered(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

/// So large that a memory of 4 MB holds few of them, and none fits into what is kept for everybody.
const LARGE: usize = 62_000;
/// More than an eighth of the memory for bodies holds.
const TOO_MANY: usize = 70;

/// Bodies from this address of which all but the end has come.
async fn stall(hub: &TestHub, from: u8) -> Vec<TcpStream> {
    let mut stalled = Vec::new();
    for _ in 0..TOO_MANY {
        stalled.push(stall_one(hub, from).await);
    }
    stalled
}

async fn stall_one(hub: &TestHub, from: u8) -> TcpStream {
    let begun = head("POST", "/api/auth/login", "", LARGE) + &" ".repeat(LARGE - 1);
    Dial::from(from).send(hub, &begun).await
}

#[tokio::test]
async fn slow_bodies_of_nine_callers_turn_nobody_away() {
    raise_descriptors();
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let mut stalled = Vec::new();
    for from in 2..=10 {
        stalled.extend(stall(&hub, from).await);
    }
    for _ in 0..10 {
        let message = json!({"content": "hello", "nonce": nonce()}).to_string();
        let request = owner.request("POST", &community.messages(), None);
        let request = request.raw_json(format!("{message:<LARGE$}"));
        hub.http.send(&request).await.is(201);
    }
    // Nor those who share an address with one of the nine.
    let login = head("POST", "/api/auth/login", "", 2) + "{}";
    let answer = answered(&mut Dial::from(2).send(&hub, &login).await).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn a_polling_session_counts_as_its_account_before_its_body_has_come() {
    raise_descriptors();
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let polling = "/socket.io/?EIO=4&transport=polling";
    let open = hub.http.send(&Request::new("GET", polling)).await;
    let open: serde_json::Value = serde_json::from_slice(&open.body[1..]).expect("json");
    let path = format!("{polling}&sid={}", open["sid"].as_str().expect("an id"));
    let mut connect = Request::new("POST", &path).header("Content-Type", "text/plain");
    connect.body = Some(format!("40{}", json!({"token": ana.token})).into_bytes());
    assert_eq!(hub.http.send(&connect).await.status, 200);
    let connected = hub.http.send(&Request::new("GET", &path)).await;
    assert!(connected.text().starts_with("40"), "{connected}");
    let packet = format!("42[\"nothing\",{}{{}}]", " ".repeat(30_000));
    let (most, rest) = packet.split_at(packet.len() - TOO_MANY - 1);
    let (slowly, end) = rest.split_at(TOO_MANY);
    let length = packet.len();
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{most}");
    let mut post = Dial::from(1).send(&hub, &head).await;
    // Strangers at the same address lose bodies, the account does not, which came before them.
    let mut strangers = Vec::new();
    for byte in slowly.bytes() {
        strangers.push(stall_one(&hub, 1).await);
        // However long they take here, it is not given up for its silence.
        post.write_all(&[byte]).await.expect("sent");
    }
    let cut = answered(&mut strangers[0]).await;
    assert!(cut.starts_with("HTTP/1.1 503 "), "{cut}");
    post.write_all(end.as_bytes()).await.expect("sent");
    let answer = answered(&mut post).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// Refusals for which nothing was done are requests all the same.
#[tokio::test]
async fn bodies_that_never_come_are_counted_and_do_not_fill_the_log() {
    let hub = Options::default().rate("no_operation", 20, 1).start().await;
    let mut slow = Vec::new();
    for _ in 0..60 {
        let head = head("POST", "/api/auth/login", "", 100);
        slow.push(Dial::from(9).send(&hub, &head).await);
    }
    let mut statuses = Vec::new();
    for stream in &mut slow {
        statuses.push(answered(stream).await[..12].to_owned());
    }
    let count = |status: &str| statuses.iter().filter(|it| it.ends_with(status)).count();
    assert!(count("503") <= 25, "they are counted: {statuses:?}");
    assert!(count("429") >= 35, "{statuses:?}");
    let log = hub.log();
    let count = |part: &str| log.lines().filter(|line| line.contains(part)).count();
    assert_eq!(count("battala_api::requests"), 0, "{log}");
    assert_eq!(count("requests are not served"), 1, "{log}");
    assert_eq!(count("requests are refused for their rate"), 1, "{log}");
}
