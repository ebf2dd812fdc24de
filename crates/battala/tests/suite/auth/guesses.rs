//! Guessing: whom it holds up, whom it does not, and that it tells nothing.

use serde_json::{Value, json};

use super::{login, register};
use crate::harness::{Answer, NEW_PASSWORD, Options, PASSWORD, Request, TestHub, User, cookies_of};

/// A sign-in from a network of its own, as a proxy reports it.
async fn login_from(hub: &TestHub, network: usize, name: &str, cookies: &str) -> Answer {
    let password = if cookies == WRONG { WRONG } else { PASSWORD };
    let body = json!({"login": name, "password": password});
    let request = Request::new("POST", "/api/auth/login")
        .header("X-Forwarded-For", &format!("10.1.{network}.7"))
        .header("Cookie", cookies)
        .json(&body);
    hub.http.send(&request).await
}

/// A password that nobody has; where cookies are asked for, none and this password.
const WRONG: &str = "not the password";

/// Somebody guesses at Ana's account until their network has to wait.
async fn use_up_the_network(hub: &TestHub) {
    for _ in 0..6 {
        login_from(hub, 1, "ana", WRONG).await.is(401);
    }
}

/// A session that is Ana's, but in other hands, guesses until it has to wait.
async fn use_up_the_session(thief: &User) {
    for _ in 0..6 {
        let answer = thief.post(CHANGE, change(WRONG, NEW_PASSWORD)).await;
        answer.refuses_field("current_password", "wrong");
    }
}

const CHANGE: &str = "/users/@me/password";

fn change(current: &str, new: &str) -> Value {
    json!({"current_password": current, "new_password": new})
}

/// An account, and what its browser keeps.
async fn on_a_device(hub: &TestHub, name: &str) -> (User, String) {
    let answer = register(hub, json!({"username": name, "password": PASSWORD})).await;
    (User::signed_in(&hub.http, &answer), cookies_of(&answer))
}

/// What uses a reset link that an administrator has made.
async fn use_of_a_link(admin: &User, user: &User) -> Value {
    let path = format!("/hub/users/{}/password-reset", user.id);
    let link = admin.post(&path, json!({})).await.is(201);
    let url = link["url"].as_str().expect("a link");
    let (_, token) = url.split_once("token=").expect("a token");
    json!({"token": token, "password": PASSWORD})
}

fn behind_a_proxy() -> Options {
    Options::default().setting("trusted_proxies", vec!["127.0.0.1"])
}

/// The refusal without how much of the wait is over, which differs between any two requests.
#[track_caller]
fn without_the_moment(answer: &Answer) -> (u16, Value) {
    let (status, mut body) = answer.without_request_id();
    if status == 429 {
        assert!(body["retry_after_ms"].take().is_u64(), "{answer}");
        assert!(body["detail"].take().is_string(), "{answer}");
    }
    (status, body)
}

// T62: the wait is no oracle either.
#[tokio::test]
async fn the_answers_to_nine_guesses_do_not_tell_whether_there_is_an_account() {
    let hub = TestHub::start().await;
    let body = json!({"username": "ana", "password": PASSWORD, "email": "ana@example.org"});
    register(&hub, body).await.is(201);
    let mut told: Vec<Vec<(u16, Value)>> = Vec::new();
    for name in ["ana", "nobody", "ana@example.org", "nobody@example.org"] {
        let mut answers = Vec::new();
        for _ in 0..9 {
            answers.push(without_the_moment(&login(&hub, name, WRONG).await));
        }
        told.push(answers);
    }
    let statuses: Vec<u16> = told[0].iter().map(|(status, _)| *status).collect();
    assert!(statuses.starts_with(&[401; 6]), "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    for answers in &told[1..] {
        assert_eq!(*answers, told[0]);
    }
}

// T64
#[tokio::test]
async fn who_guesses_holds_up_neither_other_networks_nor_known_devices_nor_who_is_signed_in() {
    let hub = behind_a_proxy().start().await;
    let (ana, device) = on_a_device(&hub, "ana").await;
    use_up_the_network(&hub).await;
    // The next one waits, the owner's right password among them.
    login_from(&hub, 1, "ana", WRONG)
        .await
        .refused(429, "rate_limited");
    login_from(&hub, 2, "ana", "").await.is(200);
    // In the guesser's own network, at the first try.
    login_from(&hub, 1, "ana", &device).await.is(200);
    ana.changes_password(PASSWORD, NEW_PASSWORD).await;
}

/// Ten networks use up what all have together at this name.
async fn close_the_ceiling(hub: &TestHub, name: &str) {
    for network in 0..10 {
        for _ in 0..5 {
            login_from(hub, network, name, WRONG).await.is(401);
        }
    }
}

#[tokio::test]
async fn beyond_the_ceiling_of_a_name_a_network_that_has_not_failed_has_a_try_and_a_device_more() {
    let hub = behind_a_proxy().start().await;
    let (_, device) = on_a_device(&hub, "ana").await;
    let mut told = Vec::new();
    for name in ["ana", "nobody"] {
        close_the_ceiling(&hub, name).await;
        let mut answers = Vec::new();
        for network in [3, 60, 60, 61] {
            let answer = login_from(&hub, network, name, WRONG).await;
            answers.push(without_the_moment(&answer));
        }
        let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [429, 401, 429, 401], "{name}");
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    // The owner, on a device that nobody knows, and again: who is right has not failed.
    login_from(&hub, 70, "ana", "").await.is(200);
    login_from(&hub, 70, "ana", "").await.is(200);
    // Where somebody has failed, only a device that is known.
    login_from(&hub, 60, "ana", "")
        .await
        .refused(429, "rate_limited");
    login_from(&hub, 60, "ana", &device).await.is(200);
}

#[tokio::test]
async fn a_reset_link_leads_in_past_what_strangers_have_guessed() {
    let hub = behind_a_proxy().start().await;
    let ana = hub.user("ana").await;
    close_the_ceiling(&hub, "ana").await;
    login_from(&hub, 60, "ana", WRONG).await.is(401);
    login_from(&hub, 60, "ana", "")
        .await
        .refused(429, "rate_limited");
    let body = use_of_a_link(&hub.admin().await, &ana).await;
    hub.post("/api/auth/password-reset", &body).await.is(204);
    login_from(&hub, 60, "ana", "").await.is(200);
}

#[tokio::test]
async fn a_device_is_known_to_its_own_account_only_and_has_a_small_bucket_of_its_own() {
    let hub = TestHub::start().await;
    hub.user("ana").await;
    let (_, of_ben) = on_a_device(&hub, "ben").await;
    let guess = async |name: &str, cookies: &str, password: &str| {
        let request = Request::new("POST", "/api/auth/login")
            .header("Cookie", cookies)
            .json(&json!({"login": name, "password": password}));
        hub.http.send(&request).await
    };
    for _ in 0..6 {
        guess("ana", &of_ben, WRONG).await.is(401);
    }
    guess("ana", "", PASSWORD)
        .await
        .refused(429, "rate_limited");
    guess("ana", &of_ben, PASSWORD)
        .await
        .refused(429, "rate_limited");
    // Who holds the device guesses no better than a stranger.
    for _ in 0..6 {
        guess("ben", &of_ben, WRONG).await.is(401);
    }
    guess("ben", &of_ben, PASSWORD)
        .await
        .refused(429, "rate_limited");
    guess("ben", "", PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_device_is_known_until_the_password_changes_and_again_after_the_next_renewal_or_sign_in()
{
    let hub = behind_a_proxy().start().await;
    let (ana, before) = on_a_device(&hub, "ana").await;
    let there = cookies_of(&login(&hub, "ana", PASSWORD).await);
    ana.changes_password(PASSWORD, NEW_PASSWORD).await;
    let after = cookies_of(&ana.refresh().await);
    // Nobody but a device that is known gets in from where somebody guesses.
    let knocks = async |cookies: &str| login_from(&hub, 1, "ana", cookies).await;
    use_up_the_network(&hub).await;
    for cookies in ["", before.as_str(), &there] {
        knocks(cookies).await.refused(429, "rate_limited");
    }
    // It is known by the new password, and no longer after the next change.
    knocks(&after).await.refused(401, "invalid_credentials");
    ana.changes_password(NEW_PASSWORD, PASSWORD).await;
    knocks(&after).await.refused(429, "rate_limited");
    // Nor is a device of a password that was in force before: each hash is another one.
    knocks(&before).await.refused(429, "rate_limited");
    let elsewhere = login_from(&hub, 2, "ana", &there).await;
    knocks(&cookies_of(&elsewhere)).await.is(200);
}

#[tokio::test]
async fn a_used_reset_link_makes_the_device_a_known_one() {
    let hub = behind_a_proxy().start().await;
    let ana = hub.user("ana").await;
    let body = use_of_a_link(&hub.admin().await, &ana).await;
    let answer = hub.post("/api/auth/password-reset", &body).await;
    answer.is(204);
    let device = cookies_of(&answer);
    assert!(device.contains("battala_device"), "{device}");
    use_up_the_network(&hub).await;
    login_from(&hub, 1, "ana", "")
        .await
        .refused(429, "rate_limited");
    login_from(&hub, 1, "ana", &device).await.is(200);
}

#[tokio::test]
async fn the_device_cookie_is_for_sign_in_only_and_survives_signing_out() {
    let hub = TestHub::start().await;
    let answer = register(&hub, json!({"username": "ana", "password": PASSWORD})).await;
    let ana = User::signed_in(&hub.http, &answer);
    let set: Vec<&str> = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, cookie)| cookie.as_str())
        .collect();
    let start = format!("battala_device_{}=", hub.http.address.port());
    let device = set.iter().find(|cookie| cookie.starts_with(&start));
    let device = device.unwrap_or_else(|| panic!("{set:?}"));
    let expected = "; Path=/api/auth; Max-Age=34560000; HttpOnly; SameSite=Strict";
    assert!(device.ends_with(expected), "{device}");
    let pair = device.split(';').next().expect("a pair").to_owned();
    // It opens nothing by itself.
    let request = Request::new("POST", "/api/auth/refresh")
        .header("Cookie", &pair)
        .header("X-Battala-Auth", "1");
    hub.http
        .send(&request)
        .await
        .refused(401, "unauthenticated");
    let request = ana.cookie_request("/api/auth/logout");
    let signed_out = hub.http.send(&request).await;
    assert!(!cookies_of(&signed_out).contains("battala_device"));
}

#[tokio::test]
async fn a_stolen_session_uses_up_nothing_that_the_owner_needs() {
    let hub = Options::default().rate("password", 10, 12).start().await;
    let thief = hub.user("ana").await;
    let owner = hub.login("ana").await;
    use_up_the_session(&thief).await;
    for _ in 0..20 {
        let answer = thief.post(CHANGE, change(WRONG, NEW_PASSWORD)).await;
        // The delay may have passed on a slow machine: then it was one more wrong guess.
        assert!(matches!(answer.status, 409 | 429), "{answer}");
    }
    owner.changes_password(PASSWORD, NEW_PASSWORD).await;
}

#[tokio::test]
async fn wrong_confirmations_count_for_their_session_alone() {
    let hub = TestHub::start().await;
    let thief = hub.user("ana").await;
    let owner = hub.login("ana").await;
    use_up_the_session(&thief).await;
    thief
        .post(CHANGE, change(PASSWORD, NEW_PASSWORD))
        .await
        .refused(429, "rate_limited");
    login(&hub, "ana", PASSWORD).await.is(200);
    owner.changes_password(PASSWORD, NEW_PASSWORD).await;
}

#[tokio::test]
async fn requests_that_ask_nothing_use_up_nothing_that_others_at_the_address_need() {
    let hub = Options::default()
        .rate("login", 4, 1)
        .rate("register", 4, 1)
        .start()
        .await;
    let (admin, ana) = (hub.admin().await, hub.user("ana").await);
    for _ in 0..12 {
        for path in ["/api/auth/register", "/api/auth/login"] {
            assert_eq!(hub.post(path, &json!({})).await.status, 400);
        }
    }
    let ben = json!({"username": "ben", "password": PASSWORD});
    register(&hub, ben).await.is(201);
    ana.changes_password(PASSWORD, NEW_PASSWORD).await;
    // What asks for something counts, right or wrong; who is signed in, and a link, do not care.
    let body = json!({"login": "nobody", "password": "wrong"});
    while hub.post("/api/auth/login", &body).await.status == 401 {}
    hub.post("/api/auth/login", &body)
        .await
        .refused(429, "rate_limited");
    ana.changes_password(NEW_PASSWORD, "banyan tree at dawn")
        .await;
    let link = use_of_a_link(&admin, &ana).await;
    hub.post("/api/auth/password-reset", &link).await.is(204);
}
