//! How many may be there: undecided, of one account, and by polling.

use serde_json::{Value, json};

use crate::harness::{Options, Request, Socket, TestHub, until};

/// A hub where silence is not cut by any test's pace.
fn options(undecided: u32) -> Options {
    Options::default()
        .limit("unauthenticated_per_address", undecided)
        .limit("connect_timeout_ms", 600_000)
}

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

#[tokio::test]
async fn t114_connections_that_never_sign_in_are_few_per_address_and_do_not_stay() {
    let hub = Options::default()
        .default_limits()
        // Long enough to open eleven on a busy machine.
        .limit("connect_timeout_ms", 2000)
        .start()
        .await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Socket::open(hub.http.address).await);
    }
    let refused = Socket::try_open(hub.http.address)
        .await
        .expect_err("the eleventh");
    assert!(refused.to_string().contains("429"), "{refused}");
    for socket in &open {
        socket.closed().await;
    }
    // Their places are free again.
    let ana = hub.user("ana").await;
    hub.socket(&ana).await.round_trip().await;
}

#[tokio::test]
async fn junk_uses_up_nothing_of_the_rate_of_who_has_a_token() {
    let hub = Options::default().rate("connect", 3, 1).start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let try_connect = async |token: &str| {
        let socket = Socket::open(hub.http.address).await;
        let answer = socket.connect(&json!({"token": token})).await;
        answer.map_err(|refusal| refusal["data"]["code"].as_str().map(str::to_owned))
    };
    let refused = |code: &str| Err(Some(code.to_owned()));
    for _ in 0..3 {
        assert_eq!(try_connect("junk").await, refused("unauthenticated"));
    }
    assert_eq!(try_connect("junk").await, refused("rate_limited"));
    // The token of a session that has ended is signed, and no more than that.
    let second = hub.login("ana").await;
    second.logout().await;
    for _ in 0..3 {
        assert_eq!(try_connect(&second.token).await, refused("session_ended"));
    }
    assert_eq!(try_connect(&second.token).await, refused("rate_limited"));
    for _ in 0..3 {
        try_connect(&ana.token).await.expect("a connection");
    }
    assert_eq!(try_connect(&ana.token).await, refused("rate_limited"));
    let third = hub.login("ana").await;
    assert_eq!(
        try_connect(&third.token).await,
        refused("rate_limited"),
        "an account has one rate"
    );
    try_connect(&ben.token).await.expect("a connection");
}

#[tokio::test]
async fn a_foreign_page_that_fetches_a_handshake_like_a_picture_takes_no_place() {
    let hub = options(1).start().await;
    for foreign in ["cross-site", "same-site"] {
        let fetched = Request::new("GET", POLLING).header("Sec-Fetch-Site", foreign);
        assert_eq!(hub.http.send(&fetched).await.status, 403, "{foreign}");
    }
    let own = Request::new("GET", POLLING).header("Sec-Fetch-Site", "same-origin");
    assert_eq!(hub.http.send(&own).await.status, 200);
}

#[tokio::test]
async fn t123_polling_is_bounded_and_its_ids_are_nobody_elses() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let path = |sid: &str| format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
    let open = async || {
        let answer = hub.get("/socket.io/?EIO=4&transport=polling").await;
        let open: Value = serde_json::from_slice(&answer.body[1..]).expect("json");
        open["sid"].as_str().expect("an id").to_owned()
    };
    let post = async |sid: &str, body: Vec<u8>| {
        let mut request = Request::new("POST", &path(sid)).header("Content-Type", "text/plain");
        request.body = Some(body);
        hub.http.send(&request).await.status
    };
    let sid = open().await;
    assert_eq!(post(&sid, vec![b'x'; 100_001]).await, 413);
    for guessed in [
        "",
        "AAAAAAAAAAAAAAAAAAAA",
        "../../x",
        "%00",
        &"x".repeat(5000),
    ] {
        assert_eq!(hub.get(&path(guessed)).await.status / 100, 4);
        assert_eq!(post(guessed, b"40".to_vec()).await / 100, 4, "{guessed}");
    }
    // Two requests at once: one of them is refused, and the session ends.
    let sid = open().await;
    let path = path(&sid);
    let (first, second) = tokio::join!(hub.get(&path), async {
        until("the second request is refused", async || {
            let answer = hub.get(&path).await;
            (answer.status == 400).then_some(answer)
        })
        .await
    });
    assert_eq!(
        (second.status, first.status / 100 < 5),
        (400, true),
        "{first}"
    );
    assert_eq!(post(&sid, b"40".to_vec()).await, 400, "it is gone");
    // One that behaves works as every other connection.
    let socket = Socket::ready_by_polling(&hub.http, &ana.token).await;
    socket.round_trip().await;
}

#[tokio::test]
async fn an_account_has_ten_connections_at_most() {
    let hub = Options::default().default_limits().start().await;
    let ana = hub.user("ana").await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(hub.socket(&ana).await);
    }
    let eleventh = Socket::open(hub.http.address).await;
    let refusal = eleventh
        .connect(&json!({"token": ana.token}))
        .await
        .expect_err("refused");
    assert_eq!(refusal["data"]["code"], "limit_reached");
    drop(sockets.pop());
    until("a place is free", async || {
        let socket = Socket::open(hub.http.address).await;
        socket.connect(&json!({"token": ana.token})).await.ok()
    })
    .await;
}
