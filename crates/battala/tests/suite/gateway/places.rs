//! How many may be there: undecided, of one account, and by polling.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::websocket;
use crate::harness::{Options, Request, Socket, TestHub, User, WallClock, soon, until};

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
        .limit("connect_timeout_ms", 2000)
        .start()
        .await;
    let mut open = Vec::new();
    for _ in 0..11 {
        open.push(Socket::open(hub.http.address).await);
    }
    // The eleventh had the place of another.
    until("one of them is cut", async || {
        let left = open.iter().filter(|socket| socket.is_open()).count();
        (left <= 10).then_some(())
    })
    .await;
    for socket in &open {
        socket.closed().await;
    }
    // Their places are free again.
    let ana = hub.user("ana").await;
    hub.socket(&ana).await.round_trip().await;
}

/// Opens a connection, says nothing, and comes back whenever it is cut or refused.
async fn keeps_a_place(address: SocketAddr) {
    loop {
        match Socket::try_open(address).await {
            Ok(socket) => drop(socket.closed().await),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// A client as it is: it comes back until it is let in.
async fn let_in(hub: &TestHub, user: &User) -> Socket {
    until("a place", async || {
        let socket = Socket::try_open(hub.http.address).await.ok()?;
        let connected = socket.connect(&json!({"token": user.token})).await;
        connected.ok().map(|_| socket)
    })
    .await
}

#[tokio::test]
async fn who_stays_silent_and_comes_back_keeps_nobody_at_the_same_address_out() {
    let hub = options(10).limit("connect_timeout_ms", 5000).start().await;
    let ana = hub.user("ana").await;
    let mut silent = JoinSet::new();
    for _ in 0..10 {
        silent.spawn(keeps_a_place(hub.http.address));
    }
    until("all places are taken", async || {
        let request = Request::new("GET", POLLING);
        let probe = hub.http.try_send(&request);
        // It has to wait for its turn.
        let waits = tokio::time::timeout(Duration::from_millis(50), probe).await;
        waits.is_err().then_some(())
    })
    .await;
    let clients = (0..20).map(|_| let_in(&hub, &ana));
    let sockets = soon("all of them", join_all(clients)).await;
    for socket in &sockets {
        socket.round_trip().await;
    }
    assert_eq!(silent.len(), 10);
}

/// The token with half of its signature.
fn ticket(token: &str) -> &str {
    &token[..token.rfind('.').expect("a signature") + 23]
}

#[tokio::test]
async fn who_shows_whose_the_handshake_is_needs_no_place_of_the_address() {
    let hub = options(1).start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let silent = Socket::open(hub.http.address).await;
    let open = async |path: String, token: Option<&str>| {
        let mut request = Request::new("GET", &path);
        if let Some(token) = token {
            request = request.bearer(token);
        }
        hub.http.send(&request).await.status
    };
    let with_ticket = |token: &str| format!("{POLLING}&t=x&ticket={}", ticket(token));
    assert_eq!(open(with_ticket(&ana.token), None).await, 200);
    assert_eq!(open(POLLING.to_owned(), Some(&ben.token)).await, 200);
    // Half of a token opens nothing.
    let half = Request::new("GET", "/api/users/@me").bearer(ticket(&ana.token));
    hub.http.send(&half).await.refused(401, "unauthenticated");
    let answer = silent.connect(&json!({"token": ticket(&ana.token)})).await;
    assert_eq!(
        answer.expect_err("refused")["data"]["code"],
        "unauthenticated"
    );
}

#[tokio::test]
async fn a_forged_ticket_waits_as_anybody_does_and_not_for_ever() {
    let hub = options(1).limit("connect_timeout_ms", 2000).start().await;
    let ana = hub.user("ana").await;
    // Its CONNECT is refused, and it stays.
    let silent = Socket::open(hub.http.address).await;
    for path in [
        format!("{POLLING}&ticket={}A", &ana.token[..ana.token.len() - 30]),
        format!("{POLLING}&ticket="),
    ] {
        let asked = Request::new("GET", &path);
        assert_eq!(hub.http.send(&asked).await.status, 200, "after its turn");
    }
    silent.closed().await;
}

#[tokio::test]
async fn a_session_that_is_signed_in_is_upgraded_without_a_place_of_the_address() {
    let hub = options(1).start().await;
    let ana = hub.user("ana").await;
    let opened = hub.get(POLLING).await;
    let open: Value = serde_json::from_slice(&opened.body[1..]).expect("json");
    let sid = open["sid"].as_str().expect("an id");
    let path = format!("{POLLING}&sid={sid}");
    let mut connect = Request::new("POST", &path).header("Content-Type", "text/plain");
    connect.body = Some(format!("40{{\"token\":\"{}\"}}", ana.token).into_bytes());
    assert_eq!(hub.http.send(&connect).await.status, 200);
    until("it is signed in", async || {
        let answer = hub.get(&path).await;
        answer.text().contains("ready").then_some(())
    })
    .await;
    let _silent = Socket::open(hub.http.address).await;
    let url = format!(
        "ws://{}/socket.io/?EIO=4&transport=websocket&sid={sid}",
        hub.http.address
    );
    let upgraded = soon("an upgrade", tokio_tungstenite::connect_async(url)).await;
    upgraded.expect("an upgrade");
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
async fn junk_leaves_who_comes_with_an_expired_token_to_be_told_so() {
    let clock = WallClock::new();
    let options = Options::default().rate("connect", 3, 1).clock(&clock);
    let hub = options.start().await;
    let ana = hub.user("ana").await;
    clock.set(60 * 60);
    let try_connect = async |token: &str| {
        let socket = Socket::open(hub.http.address).await;
        let refusal = socket.connect(&json!({"token": token})).await;
        refusal.expect_err("refused")["data"]["code"].clone()
    };
    for _ in 0..3 {
        assert_eq!(try_connect("junk").await, "unauthenticated");
    }
    assert_eq!(try_connect("junk").await, "rate_limited");
    assert_eq!(try_connect(&ana.token).await, "unauthenticated");
}

#[tokio::test]
async fn an_expired_token_in_other_hands_takes_nothing_of_its_session() {
    let clock = WallClock::new();
    let options = Options::default().rate("connect", 3, 1).clock(&clock);
    let hub = options.start().await;
    let ana = hub.user("ana").await;
    clock.set(60 * 60);
    let renewed = User::signed_in(&hub.http, &ana.refresh().await);
    let refusal_of = async |token: &str| {
        let socket = Socket::open(hub.http.address).await;
        let refusal = socket.connect(&json!({"token": token})).await;
        refusal.expect_err("refused")["data"]["code"].clone()
    };
    while refusal_of(&ana.token).await != "rate_limited" {}
    let socket = Socket::open(hub.http.address).await;
    let connected = socket.connect(&json!({"token": renewed.token})).await;
    connected.expect("its session has its own rate");
}

/// A connection that is signed in, and reads and answers nothing from then on.
async fn falls_silent(hub: &TestHub, user: &User) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(hub.http.address).await;
    let mut stream = websocket(stream.expect("a connection")).await;
    let connect = format!("40{}", json!({"token": user.token}));
    stream.send(Message::text(connect)).await.expect("sent");
    let is_in = async {
        while let Some(Ok(message)) = stream.next().await {
            if message.to_text().is_ok_and(|text| text.starts_with("40")) {
                return;
            }
        }
        panic!("it was refused");
    };
    soon("an answer to CONNECT", is_in).await;
    stream
}

#[tokio::test]
async fn who_answers_no_more_gives_way_to_who_comes_anew_with_the_account() {
    let hub = Options::default()
        .limit("sockets_per_user", 2)
        .limit("ping_interval_ms", 100)
        .limit("ping_timeout_ms", 600_000)
        .start()
        .await;
    let ana = hub.user("ana").await;
    let alive = hub.socket(&ana).await;
    let _silent = falls_silent(&hub, &ana).await;
    let newcomer = let_in(&hub, &ana).await;
    newcomer.round_trip().await;
    for _ in 0..3 {
        let socket = Socket::open(hub.http.address).await;
        let refused = socket.connect(&json!({"token": ana.token})).await;
        let refused = refused.expect_err("all places are in use");
        assert_eq!(refused["data"]["code"], "limit_reached");
    }
    for socket in [&alive, &newcomer] {
        socket.round_trip().await;
    }
}

#[tokio::test]
async fn who_is_in_many_servers_pays_for_the_look_at_all_of_them() {
    let hub = Options::default().rate("connect", 20, 1).start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    for _ in 0..32 {
        ana.community("Bazaar").await;
    }
    let try_connect = async |token: &str| {
        let socket = Socket::open(hub.http.address).await;
        socket.connect(&json!({"token": token})).await.map(drop)
    };
    let mut connected = 0;
    let refused = loop {
        match try_connect(&ana.token).await {
            Ok(()) => connected += 1,
            Err(refused) => break refused,
        }
        assert!(connected <= 12, "each counts as three");
    };
    assert_eq!(refused["data"]["code"], "rate_limited");
    // Several devices come at once all the same.
    assert!(connected >= 2, "{connected}");
    for _ in 0..13 {
        try_connect(&ben.token).await.expect("a connection");
    }
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
