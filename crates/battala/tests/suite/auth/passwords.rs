//! What a password must be, how it counts, and how it is changed.

use serde_json::json;

use super::{login, register};
use crate::harness::{PASSWORD, TestHub};

#[tokio::test]
async fn passwords_have_a_length_and_are_not_the_first_to_be_guessed() {
    let hub = TestHub::start().await;
    for (password, code) in [
        ("short".to_owned(), "too_short"),
        ("x1".repeat(513), "too_long"),
        ("password123".to_owned(), "too_common"),
        ("ana1234567".to_owned(), "too_common"),
        ("aaaaaaaaaaaa".to_owned(), "too_common"),
    ] {
        let answer = register(&hub, json!({"username": "ana", "password": password})).await;
        answer.refuses_field("password", code);
    }
}

// T60, T61
#[tokio::test]
async fn every_character_of_a_password_counts_and_normal_forms_are_one() {
    let hub = TestHub::start().await;
    let long = |end: &str| format!("{}{end}", "long words ".repeat(9));
    register(&hub, json!({"username": "ana", "password": long("a")}))
        .await
        .is(201);
    login(&hub, "ana", &long("b"))
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", &long("a")).await.is(200);
    register(
        &hub,
        json!({"username": "ben", "password": "tre ro\u{f8}de \u{e9}l\u{e9}phants"}),
    )
    .await
    .is(201);
    login(&hub, "ben", "tre ro\u{f8}de e\u{301}le\u{301}phants")
        .await
        .is(200);
    register(
        &hub,
        json!({"username": "cem", "password": "zero\u{0}width and more"}),
    )
    .await
    .is(201);
    login(&hub, "cem", "zero\u{0}nothing the same")
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "cem", "zero\u{0}width and more").await.is(200);
}

// T68
#[tokio::test]
async fn a_new_password_ends_every_other_session_and_the_old_one_is_worthless() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let other = hub.login("ana").await;
    let (mine, theirs) = (hub.socket(&ana).await, hub.socket(&other).await);
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let path = "/users/@me/password";
    let answer = ana
        .post(path, change("not the password", "mango tree at dusk"))
        .await;
    answer.refuses_field("current_password", "wrong");
    let answer = ana.post(path, change(PASSWORD, "short")).await;
    answer.refuses_field("new_password", "too_short");
    ana.post(path, change(PASSWORD, "mango tree at dusk"))
        .await
        .is(204);
    assert_eq!(theirs.ended().await, "password_changed");
    other.get("/users/@me").await.refused(401, "session_ended");
    other.refresh().await.refused(401, "session_ended");
    mine.round_trip().await;
    login(&hub, "ana", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", "mango tree at dusk").await.is(200);
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_and_ends_every_session() {
    let hub = TestHub::start().await;
    let (admin, ana) = (hub.admin().await, hub.user("ana").await);
    let path = format!("/hub/users/{}/password-reset", ana.id);
    let link = async || {
        let link = admin.post(&path, json!({})).await.is(201);
        let url = link["url"].as_str().expect("a link").to_owned();
        let start = format!("http://{}/reset#token=", hub.http.address);
        url.strip_prefix(&start)
            .unwrap_or_else(|| panic!("{url}"))
            .to_owned()
    };
    let (first, second) = (link().await, link().await);
    let reset = async |token: &str, password: &str| {
        let body = json!({"token": token, "password": password});
        hub.post("/api/auth/password-reset", &body).await
    };
    let new = "mango tree at dusk";
    // A new link takes the place of the one before.
    reset(&first, new).await.refused(404, "not_found");
    reset(&second, "short")
        .await
        .refuses_field("password", "too_short");
    let socket = hub.socket(&ana).await;
    reset(&second, new).await.is(204);
    assert_eq!(socket.ended().await, "password_changed");
    reset(&second, new).await.refused(404, "not_found");
    login(&hub, "ana", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", new).await.is(200);
}
