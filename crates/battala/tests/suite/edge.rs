//! What every request passes before its route, and every answer after it.

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Options, PASSWORD, Request, TestHub, soon};

/// Sends bytes and returns everything until the hub hangs up.
async fn talk(hub: &TestHub, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(hub.http.address).await.expect("connect");
    // The hub may hang up while this is being written.
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    drop(soon("the end of the connection", stream.read_to_end(&mut answer)).await);
    String::from_utf8_lossy(&answer).into_owned()
}

// T127
#[tokio::test]
async fn a_head_that_is_never_finished_is_not_waited_for() {
    let hub = Options::default()
        .limit("header_timeout_ms", 1500)
        .start()
        .await;
    let starts = ["GET /api/hub HTTP/1.1\r\nHost: x\r\nX-Slow:", "GET", "\r\n"];
    let answers = join_all(starts.map(|start| talk(&hub, start.as_bytes()))).await;
    for answer in answers {
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    hub.get("/api/hub").await.is(200);
}

// T129
#[tokio::test]
async fn requests_that_two_parsers_would_read_differently_are_refused() {
    let hub = TestHub::start().await;
    let smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for head in [
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity, chunked, x\r\n\r\n",
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n",
        "GET /api/hub HTTP/1.1\r\nHost: x\r\n folded: x\r\n\r\n",
        "GET /api/hub HTTP/1.1\r\nHo\x01st: x\r\n\r\n",
        "GET /api/h\x01ub HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01",
    ] {
        let answer = talk(&hub, format!("{head}{smuggled}").as_bytes()).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{head:?}: {answer}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            usize::from(!answer.is_empty()),
            "{head:?}: {answer}"
        );
    }
}

// T130
#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let hub = TestHub::start().await;
    let long = "x".repeat(100_000);
    let answer = hub
        .http
        .send(&Request::new("GET", &format!("/api/{long}")))
        .await;
    assert!(matches!(answer.status, 414 | 431), "{answer}");
    for name in ["Cookie", "X-Anything", "User-Agent"] {
        let answer = hub
            .http
            .send(&Request::new("GET", "/api/hub").header(name, &long))
            .await;
        assert_eq!(answer.status, 431, "{name}");
    }
    let mut many = Request::new("GET", "/api/hub");
    for number in 0..500 {
        many = many.header(&format!("X-{number}"), "x");
    }
    assert_eq!(hub.http.send(&many).await.status, 431);
}

// T131
#[tokio::test]
async fn an_address_that_a_stranger_claims_does_not_count() {
    let hub = Options::default()
        .default_limits()
        .rate("invite", 30, 20)
        .start()
        .await;
    let login = json!({"login": "nobody@example.org", "password": PASSWORD});
    let mut statuses = Vec::new();
    for number in 0..60 {
        let address = format!("203.0.113.{number}");
        let mut request = Request::new("GET", &format!("/api/invites/guess{number}"));
        for name in [
            "X-Forwarded-For",
            "Forwarded",
            "X-Real-IP",
            "CF-Connecting-IP",
        ] {
            request = request.header(name, &address);
        }
        statuses.push(hub.http.send(&request).await.status);
    }
    assert!(
        statuses.contains(&429),
        "sixty guesses by one address passed: {statuses:?}"
    );
    hub.post("/api/auth/login", &login)
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_last_address_that_is_no_proxy_counts() {
    let hub = Options::default()
        .default_limits()
        .rate("invite", 30, 20)
        .setting("trusted_proxies", vec!["127.0.0.1"])
        .start()
        .await;
    let guess = async |forwarded: &str, number: u32| {
        let request = Request::new("GET", &format!("/api/invites/guess{number}"))
            .header("X-Forwarded-For", forwarded);
        hub.http.send(&request).await.status
    };
    let mut last = 0;
    for number in 0..60 {
        // What the client itself put in front is not believed.
        last = guess(&format!("198.51.100.{number}, 203.0.113.7"), number).await;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    assert_eq!(
        guess("203.0.113.8", 0).await,
        404,
        "another client has its own bucket"
    );
}

fn websocket() -> Request {
    Request::new("GET", "/socket.io/?EIO=4&transport=websocket")
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
}

// T133, T134
#[tokio::test]
async fn a_page_of_another_origin_changes_nothing_and_opens_no_connection() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let own = format!("http://{}", hub.http.address);
    for origin in [
        "https://evil.example",
        "null",
        &format!("{own}.evil.example"),
        "http://127.0.0.1:1",
    ] {
        let request = ana
            .request("POST", "/servers", Some(json!({"name": "theirs"})))
            .header("Origin", origin);
        let answer = hub.http.send(&request).await;
        answer.refused(403, "forbidden");
        let fault = &answer.json()["fields"][0];
        assert_eq!(fault["field"], "origin", "{answer}");
        assert_eq!(fault["message"], own.as_str(), "the address that is meant");
        let polling = Request::new("GET", "/socket.io/?EIO=4&transport=polling");
        for request in [polling, websocket()] {
            let answer = hub.http.send(&request.header("Origin", origin)).await;
            assert_eq!(answer.status, 403, "{origin}: {answer}");
        }
    }
    let request = ana
        .request("POST", "/servers", Some(json!({"name": "mine"})))
        .header("Origin", &own);
    hub.http.send(&request).await.is(201);
    let polling = Request::new("GET", "/socket.io/?EIO=4&transport=polling").header("Origin", &own);
    assert_eq!(hub.http.send(&polling).await.status, 200);
    // T135
    let answer = hub
        .http
        .send(&Request::new("GET", "/api/hub").header("Origin", "https://evil.example"))
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

// T136, T137
#[tokio::test]
async fn answers_are_neither_kept_nor_framed_nor_sniffed() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for answer in [
        ana.get("/users/@me").await,
        ana.get("/servers/1").await,
        hub.get("/api/nothing").await,
    ] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer}");
        }
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{answer}: {policy}"
        );
    }
    let page = hub.get("/").await;
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"),
        "{policy}"
    );
}

// T139
#[tokio::test]
async fn no_other_spelling_of_a_path_gets_around_its_authority() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    owner.say(&community.channel, "secret words").await;
    let eve = hub.user("eve").await;
    let plain = format!("/channels/{}/messages", community.channel);
    for path in [
        format!("{plain}/"),
        format!("/{plain}"),
        plain.replace("/channels", "/Channels"),
        plain.replace("/channels/", "/channels//"),
        plain.replace("/channels/", "/users/@me/../../channels/"),
        plain.replace("/channels/", "/users/@me/..;/../channels/"),
        plain.replace("/channels/", "/%63hannels/"),
        plain.replace("messages", "messages%2F"),
        plain.replace("messages", "messages%00"),
        plain.replace("messages", "messages;x=1"),
    ] {
        let answer = eve.get(&path).await;
        assert!(matches!(answer.status, 400 | 404), "{answer}");
        assert!(!answer.text().contains("secret"), "{answer}");
    }
    let request = eve
        .request("POST", &plain, Some(json!({})))
        .header("X-HTTP-Method-Override", "GET");
    hub.http.send(&request).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_writer_that_is_too_fast_is_told_when_to_come_back() {
    // A further one each minute: none while this runs.
    let hub = Options::default().rate("send", 3, 1).start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    for _ in 0..3 {
        owner.say(&community.channel, "hi").await;
    }
    let body = json!({"content": "hi", "nonce": crate::harness::nonce()});
    let refused = owner.post(&community.messages(), body).await;
    let problem = refused.refused(429, "rate_limited");
    let wait_ms = problem["retry_after_ms"].as_u64().expect("a wait");
    assert!((1..=60_000).contains(&wait_ms), "{problem}");
    assert_eq!(refused.header("ratelimit-limit"), Some("3"));
    let wait_s = wait_ms.div_ceil(1000).to_string();
    assert_eq!(refused.header("retry-after"), Some(wait_s.as_str()));
    // The socket counts in the same bucket.
    let socket = hub.socket(&owner).await;
    let body =
        json!({"channel_id": community.channel, "content": "hi", "nonce": crate::harness::nonce()});
    socket.refused("message_send", body, "rate_limited").await;
    // Reading goes on.
    owner.get(&community.messages()).await.is(200);
}

#[tokio::test]
async fn what_no_operation_answers_has_a_rate_too() {
    for (method, path) in [
        ("GET", "/api/nothing/of/the/kind"),
        ("POST", "/api"),
        ("DELETE", "/api/hub"),
        ("GET", "/api/auth/login"),
    ] {
        let hub = Options::default().rate("no_operation", 3, 1).start().await;
        let request = Request::new(method, path);
        for _ in 0..3 {
            let answer = hub.http.send(&request).await;
            assert!(matches!(answer.status, 404 | 405), "{path}: {answer}");
        }
        let answer = hub.http.send(&request).await;
        answer.refused(429, "rate_limited");
        assert_eq!(answer.header("ratelimit-remaining"), Some("0"));
        // The same bucket as for everything that comes to nothing; the probes have none.
        hub.get("/api/docs").await.refused(429, "rate_limited");
        hub.get("/api/hub").await.is(200);
        hub.get("/healthz").await;
    }
}

#[tokio::test]
async fn a_probe_that_succeeds_is_not_logged() {
    let hub = TestHub::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(hub.get(path).await.status, 200);
    }
    hub.get("/api/hub").await.is(200);
    hub.says("\"/api/hub\"").await;
    assert!(!hub.log().contains("healthz") && !hub.log().contains("readyz"));
}
