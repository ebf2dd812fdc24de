//! The sessions of an account, their ends, and what proves none.

use serde_json::json;

use crate::harness::{PASSWORD, Request, TestHub, User};

#[tokio::test]
async fn signing_out_ends_the_session_and_doing_it_twice_is_no_error() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let socket = hub.socket(&ana).await;
    ana.logout().await;
    assert_eq!(socket.ended().await, "signed_out");
    ana.get("/users/@me").await.refused(401, "session_ended");
    ana.refresh().await.refused(401, "session_ended");
    ana.logout().await;
    hub.login("ana").await.get("/users/@me").await.is(200);
}

#[tokio::test]
async fn the_own_sessions_are_listed_with_what_tells_them_apart() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let body = json!({"login": "ana", "password": PASSWORD});
    let request = Request::new("POST", "/api/auth/login")
        .header("User-Agent", "Lynx/2.9")
        .json(&body);
    let other = User::signed_in(&hub.http, &hub.http.send(&request).await);
    let listed = ana.get("/auth/sessions").await.is(200);
    let sessions = listed["items"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    for session in sessions {
        assert_eq!(
            session["is_current"],
            session["id"] == ana.session_id.as_str()
        );
        assert_eq!(
            session["address"], "127.0.0.0/24",
            "never the whole address"
        );
    }
    let of_lynx = sessions
        .iter()
        .find(|session| session["id"] == other.session_id.as_str());
    assert_eq!(of_lynx.expect("it is listed")["agent"], "Lynx/2.9");
    ana.delete(&format!("/auth/sessions/{}", other.session_id))
        .await
        .is(204);
    other.get("/users/@me").await.refused(401, "session_ended");
    let again = ana
        .delete(&format!("/auth/sessions/{}", other.session_id))
        .await;
    again.refused(404, "not_found");
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_this_one_stays() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let others = [hub.login("ana").await, hub.login("ana").await];
    let sockets = [hub.socket(&others[0]).await, hub.socket(&others[1]).await];
    let mine = hub.socket(&ana).await;
    ana.delete("/auth/sessions").await.is(204);
    for (other, socket) in others.iter().zip(&sockets) {
        assert_eq!(socket.ended().await, "revoked");
        other.get("/users/@me").await.refused(401, "session_ended");
    }
    mine.round_trip().await;
}

#[tokio::test]
async fn the_twenty_first_session_ends_the_one_that_was_unused_for_longest() {
    let hub = TestHub::start().await;
    let mut sessions = vec![hub.user("ana").await];
    for _ in 1..20 {
        sessions.push(hub.login("ana").await);
    }
    // The first is used, so the second is the one that was unused for longest.
    sessions[0] = User::signed_in(&hub.http, &sessions[0].refresh().await);
    let socket = hub.socket(&sessions[1]).await;
    let newest = hub.login("ana").await;
    assert_eq!(socket.ended().await, "too_many");
    let listed = newest.get("/auth/sessions").await.is(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(20));
    sessions[1]
        .get("/users/@me")
        .await
        .refused(401, "session_ended");
    sessions[0].get("/users/@me").await.is(200);
    sessions[2].get("/users/@me").await.is(200);
}

// T56, T57
#[tokio::test]
async fn tokens_of_another_hub_are_worthless_here() {
    let (hub, other) = (TestHub::start().await, TestHub::start().await);
    let (here, there) = (hub.user("ana").await, other.user("ana").await);
    here.with_token(&there.token)
        .get("/users/@me")
        .await
        .refused(401, "unauthenticated");
    let (name, _) = here.cookie.split_once('=').expect("a cookie");
    let (_, value) = there.cookie.split_once('=').expect("a cookie");
    let request = Request::new("POST", "/api/auth/refresh")
        .header("Cookie", &format!("{name}={value}"))
        .header("X-Battala-Auth", "1");
    hub.http.send(&request).await.refused(401, "session_ended");
}

// T58
#[tokio::test]
async fn an_authorization_header_of_garbage_is_no_credential() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for value in [
        "Bearer",
        "Bearer ",
        "Basic YW5hOnB3",
        &ana.token,
        &format!("Bearer  {}", ana.token),
        &format!("Bearer {} ", ana.token.replace('.', "")),
        &format!("Bearer {}", ".".repeat(8000)),
    ] {
        let request = Request::new("GET", "/api/users/@me").header("Authorization", value);
        hub.http
            .send(&request)
            .await
            .refused(401, "unauthenticated");
    }
    let twice = Request::new("GET", "/api/users/@me")
        .bearer(&ana.token)
        .bearer(&ana.token);
    hub.http.send(&twice).await.refused(401, "unauthenticated");
    let huge = Request::new("GET", "/api/users/@me").bearer(&"x".repeat(100_000));
    let answer = hub.http.send(&huge).await;
    assert_eq!(answer.status, 431, "{answer}");
}
