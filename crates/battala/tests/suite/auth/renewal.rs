//! The refresh cookie: who may renew a session with it, and what a stolen one does.

use std::collections::HashSet;

use futures_util::future::join_all;

use crate::harness::{Options, Request, TestHub, User, soon, until};

#[tokio::test]
async fn a_session_is_renewed_by_its_cookie_which_changes() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let renewed = User::signed_in(&hub.http, &ana.refresh().await);
    assert_eq!(renewed.session_id, ana.session_id);
    assert_ne!(renewed.cookie, ana.cookie);
    renewed.get("/users/@me").await.is(200);
    User::signed_in(&hub.http, &renewed.refresh().await)
        .get("/users/@me")
        .await
        .is(200);
}

// T133
#[tokio::test]
async fn the_cookie_works_neither_without_its_header_nor_from_another_origin() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for path in ["/api/auth/refresh", "/api/auth/logout"] {
        let bare = Request::new("POST", path).header("Cookie", &ana.cookie);
        hub.http.send(&bare).await.refused(403, "forbidden");
        for origin in [
            "https://evil.example",
            "null",
            "http://127.0.0.1",
            &format!("http://{}.evil.example", hub.http.address),
        ] {
            let foreign = ana.cookie_request(path).header("Origin", origin);
            hub.http.send(&foreign).await.refused(403, "forbidden");
        }
    }
    let own = format!("http://{}", hub.http.address);
    let request = ana
        .cookie_request("/api/auth/refresh")
        .header("Origin", &own);
    hub.http.send(&request).await.is(200);
}

// T67
#[tokio::test]
async fn twenty_tabs_that_renew_at_once_all_get_the_same_successor() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let answers = join_all((0..20).map(|_| async {
        until("a renewal", async || {
            let answer = hub
                .http
                .try_send(&ana.cookie_request("/api/auth/refresh"))
                .await;
            // Two that rotate at the very same moment: one is asked to come again.
            answer.ok().filter(|answer| answer.status != 503)
        })
        .await
    }));
    let answers = soon("twenty renewals", answers).await;
    let cookies: HashSet<String> = answers
        .iter()
        .map(|answer| User::signed_in(&hub.http, answer).cookie)
        .collect();
    assert_eq!(cookies.len(), 1);
    let successor = User::signed_in(&hub.http, &answers[0]);
    successor.refresh().await.is(200);
}

// T66
#[tokio::test]
async fn a_refresh_token_that_comes_again_after_two_rotations_ends_the_session_for_all() {
    let hub = TestHub::start().await;
    let stolen = hub.user("ana").await;
    let second = User::signed_in(&hub.http, &stolen.refresh().await);
    // The one before is within the grace: a lost answer is no theft.
    User::signed_in(&hub.http, &stolen.refresh().await);
    let third = User::signed_in(&hub.http, &second.refresh().await);
    let socket = hub.socket(&third).await;
    stolen.refresh().await.refused(401, "session_ended");
    assert_eq!(socket.ended().await, "token_reused");
    let answer = third.refresh().await;
    answer.refused(401, "session_ended");
    // The browser forgets what leads nowhere.
    let (name, _) = third.cookie.split_once('=').expect("a cookie");
    let forgotten = answer.header("set-cookie").expect("a cookie");
    let beginning = format!("{name}=; Path=/api/auth; Max-Age=0;");
    assert!(forgotten.starts_with(&beginning), "{forgotten}");
    third.get("/users/@me").await.refused(401, "session_ended");
    // The other sessions of the account live.
    hub.login("ana").await.get("/users/@me").await.is(200);
}

#[tokio::test]
async fn neighbours_behind_one_address_keep_nobody_from_renewing_or_signing_out() {
    let hub = Options::default()
        .rate("anonymous", 5, 1)
        .rate("write", 3, 1)
        .start()
        .await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let (name, value) = ana.cookie.split_once('=').expect("a cookie");
    let (bare, mark) = value.rsplit_once('.').expect("a mark");
    let junk = async |value: &str| {
        let request = Request::new("POST", "/api/auth/refresh")
            .header("Cookie", &format!("{name}={value}"))
            .header("X-Battala-Auth", "1");
        hub.http.send(&request).await
    };
    // Neither junk nor the mark of another session is anybody's.
    let foreign = format!("{}.0.AAAA.{mark}", ben.session_id);
    for _ in 0..5 {
        junk(&foreign).await;
    }
    junk(&foreign).await.refused(429, "rate_limited");
    junk(bare).await.refused(429, "rate_limited");
    let renewed = User::signed_in(&hub.http, &ana.refresh().await);
    let renewed = User::signed_in(&hub.http, &renewed.refresh().await);
    // A session has a rate, too, and it is its own.
    renewed.refresh().await.is(200);
    renewed.refresh().await.refused(429, "rate_limited");
    let signed_out = hub.http.send(&ben.cookie_request("/api/auth/logout")).await;
    assert_eq!(signed_out.status, 204);
    ben.refresh().await.refused(401, "session_ended");
}

#[tokio::test]
async fn a_cookie_of_a_session_that_has_ended_has_no_rate_of_its_own() {
    let hub = Options::default()
        .rate("anonymous", 5, 1)
        .rate("write", 3, 1)
        .start()
        .await;
    let ana = hub.user("ana").await;
    let ended = hub.login("ana").await;
    ended.logout().await;
    // Refused once, it counts among those of its address, as one that is nobody's does.
    ended.refresh().await.refused(401, "session_ended");
    let (name, _) = ana.cookie.split_once('=').expect("a cookie");
    for path in ["/api/auth/refresh", "/api/auth/logout"] {
        let junk = Request::new("POST", path)
            .header("Cookie", &format!("{name}=1.2.AAAA"))
            .header("X-Battala-Auth", "1");
        for _ in 0..5 {
            hub.http.send(&junk).await;
        }
    }
    ended.refresh().await.refused(429, "rate_limited");
    let sign_out = ended.cookie_request("/api/auth/logout");
    let refused = hub.http.send(&sign_out).await;
    refused.refused(429, "rate_limited");
    ana.refresh().await.is(200);
}

#[tokio::test]
async fn a_cookie_gives_no_rate_to_what_no_operation_answers() {
    let hub = Options::default().rate("no_operation", 5, 1).start().await;
    let mut statuses = Vec::new();
    let ana = hub.user("ana").await;
    for _ in 0..6 {
        let request = ana.cookie_request("/api/nothing");
        statuses.push(hub.http.send(&request).await.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn a_cookie_of_garbage_or_of_another_session_renews_nothing() {
    let hub = TestHub::start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let (name, value) = ana.cookie.split_once('=').expect("a cookie");
    let tag = value.split('.').nth(2).expect("a tag");
    let (_, both) = value.split_once(".0.").expect("a tag and a mark");
    for value in [
        format!("{}.0.{tag}", ben.session_id),
        format!("{}.1.{tag}", ana.session_id),
        format!("{}.0.{both}", ben.session_id),
        format!("{}.0.", ana.session_id),
        "x".repeat(5000),
        "1.2.3".to_owned(),
        ana.token.clone(),
    ] {
        let request = Request::new("POST", "/api/auth/refresh")
            .header("Cookie", &format!("{name}={value}"))
            .header("X-Battala-Auth", "1");
        let answer = hub.http.send(&request).await;
        answer.refused(401, "session_ended");
    }
    ana.refresh().await.is(200);
}
