//! Tokens, the refresh cookie, and what may use it.

use battala_api::ApiConfig;
use battala_hub::Config;
use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::Api;

const REFRESH: &str = "/api/auth/refresh";
const LOGOUT: &str = "/api/auth/logout";

#[tokio::test]
async fn the_cookie_is_bound_to_the_hub_and_hidden_from_scripts() {
    let api = Api::start().await;
    let body = json!({"username": "ana", "password": "under the banyan"});
    let answer = api.post("/api/auth/register", &body).send().await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("battala_refresh_3000="), "{cookie}");
    let expected = "; Path=/api/auth; Max-Age=2592000; HttpOnly; SameSite=Strict";
    assert!(cookie.ends_with(expected), "{cookie}");
    assert!(
        !answer
            .text()
            .contains(cookie.split(['=', ';']).nth(1).unwrap())
    );
}

#[tokio::test]
async fn the_cookie_is_secure_when_the_hub_is() {
    let config = Config {
        public_url: "https://chat.example.org".to_owned(),
        ..Config::default()
    };
    let api = Api::start_with(config, ApiConfig::default()).await;
    let body = json!({"login": "root", "password": "under the banyan"});
    let answer = api.post("/api/auth/login", &body).send().await;
    assert_eq!(answer.status, StatusCode::OK);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Secure-battala_refresh_443="),
        "{cookie}"
    );
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    // The same without the prefix may come from a page without TLS: it opens nothing.
    let (_, bare) = cookie.split_once('-').unwrap();
    let bare = bare.split(';').next().unwrap();
    let renewed = api.ask(Method::POST, REFRESH).with_cookie(bare);
    assert_eq!(renewed.send().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_renewal_needs_the_cookie_and_the_header() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let refresh = || api.ask(Method::POST, REFRESH);
    let bare = refresh().header("cookie", &ana.cookie).send().await;
    assert_eq!(bare.problem(), "forbidden");
    let other = refresh()
        .header("cookie", &ana.cookie)
        .header("x-battala-auth", "0");
    assert_eq!(other.send().await.problem(), "forbidden");
    let without = refresh().header("x-battala-auth", "1").send().await;
    assert_eq!(without.problem(), "unauthenticated");
    let access = format!("battala_refresh_3000={}", ana.token);
    assert_eq!(
        refresh().with_cookie(&access).send().await.problem(),
        "session_ended"
    );
    let renewed = refresh().with_cookie(&ana.cookie).send().await;
    assert_eq!(renewed.status, StatusCode::OK);
    let renewed = renewed.signed_in();
    assert_ne!(renewed.cookie, ana.cookie);
    assert_eq!(
        api.get("/api/users/@me").by(&renewed).send().await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_used_cookie_gives_its_successor_for_a_moment_and_later_ends_the_session() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let refresh = |cookie: &str| refresh_with(&api, cookie.to_owned());
    let first = refresh(&ana.cookie).await.signed_in();
    let again = refresh(&ana.cookie).await.signed_in();
    assert_eq!(again.cookie, first.cookie);
    // Somebody has the answer: from here on the used cookie is in other hands.
    let answer = api.get("/api/users/@me").by(&first).send().await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(refresh(&ana.cookie).await.signed_in().cookie, first.cookie);
    api.time.advance(30_001);
    assert_eq!(refresh(&ana.cookie).await.problem(), "session_ended");
    assert_eq!(refresh(&first.cookie).await.problem(), "session_ended");
    let answer = api.get("/api/users/@me").by(&first).send().await;
    assert_eq!(answer.problem(), "session_ended");
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_the_moment_of_a_used_cookie_no_longer() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let first = refresh_with(&api, ana.cookie.clone()).await.signed_in();
    api.time.set_by(-1000);
    let again = refresh_with(&api, ana.cookie.clone()).await.signed_in();
    assert_eq!(again.cookie, first.cookie);
    let used = api.get("/api/users/@me").by(&first).send().await;
    assert_eq!(used.status, StatusCode::OK);
    api.time.set_by(-60 * 60 * 1000);
    assert_eq!(
        refresh_with(&api, ana.cookie).await.problem(),
        "session_ended"
    );
}

#[tokio::test]
async fn a_lost_answer_to_a_renewal_is_no_theft_for_half_a_day() {
    let api = Api::start().await;
    let refresh = |cookie: &str| refresh_with(&api, cookie.to_owned());
    let ana = api.user("ana").await;
    // The answer never arrives, and then there is no network for hours.
    let lost = refresh(&ana.cookie).await.signed_in();
    api.time.advance(11 * 60 * 60 * 1000);
    let found = refresh(&ana.cookie).await.signed_in();
    assert_eq!(found.cookie, lost.cookie);
    let answer = api.get("/api/users/@me").by(&found).send().await;
    assert_eq!(answer.status, StatusCode::OK);
    let next = refresh(&found.cookie).await.signed_in();
    api.time.advance(13 * 60 * 60 * 1000);
    assert_eq!(refresh(&found.cookie).await.problem(), "session_ended");
    assert_eq!(refresh(&next.cookie).await.problem(), "session_ended");
}

#[tokio::test]
async fn a_thief_who_renews_first_is_found_out_when_the_owner_comes_back() {
    let api = Api::start().await;
    let refresh = |cookie: &str| refresh_with(&api, cookie.to_owned());
    let owner = api.user("ana").await;
    let thief = refresh(&owner.cookie).await.signed_in();
    let answer = api.get("/api/users/@me").by(&thief).send().await;
    assert_eq!(answer.status, StatusCode::OK);
    api.time.advance(60_000);
    assert_eq!(refresh(&owner.cookie).await.problem(), "session_ended");
    let answer = api.get("/api/users/@me").by(&thief).send().await;
    assert_eq!(answer.problem(), "session_ended");
    // And one who uses nothing yet gets no further: the owner is the one who goes on.
    let owner = api.user("ben").await;
    let thief = refresh(&owner.cookie).await.signed_in();
    api.time.advance(60_000);
    let owner = refresh(&owner.cookie).await.signed_in();
    api.get("/api/users/@me").by(&owner).send().await;
    let owner = refresh(&owner.cookie).await.signed_in();
    api.get("/api/users/@me").by(&owner).send().await;
    api.time.advance(60_000);
    assert_eq!(refresh(&thief.cookie).await.problem(), "session_ended");
}

async fn refresh_with(api: &Api, cookie: String) -> crate::harness::Answer {
    api.ask(Method::POST, REFRESH)
        .with_cookie(&cookie)
        .send()
        .await
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_cookie() {
    let api = Api::start().await;
    for with_cookie in [true, false] {
        let ana = api.user(if with_cookie { "ana" } else { "bo" }).await;
        let logout = api.ask(Method::POST, LOGOUT);
        let answer = if with_cookie {
            logout.with_cookie(&ana.cookie).send().await
        } else {
            logout.by(&ana).header("x-battala-auth", "1").send().await
        };
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
        let cleared = "battala_refresh_3000=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Strict";
        assert_eq!(answer.header("set-cookie"), cleared);
        let me = api.get("/api/users/@me").by(&ana).send().await;
        assert_eq!(me.problem(), "session_ended");
        assert_eq!(
            refresh_with(&api, ana.cookie).await.problem(),
            "session_ended"
        );
    }
    let nobody = api
        .ask(Method::POST, LOGOUT)
        .header("x-battala-auth", "1")
        .send()
        .await;
    assert_eq!(nobody.status, StatusCode::NO_CONTENT);
    assert_eq!(
        api.ask(Method::POST, LOGOUT).send().await.problem(),
        "forbidden"
    );
}

#[tokio::test]
async fn a_token_that_is_none_is_answered_with_the_scheme_to_use() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let cut = &ana.token[..ana.token.len() - 2];
    let dots = ".".repeat(10_000);
    for token in ["", "x", "a.b.c", cut, &dots, &ana.cookie] {
        let request = api
            .get("/api/users/@me")
            .header("authorization", &format!("Bearer {token}"));
        let answer = request.send().await;
        assert_eq!(answer.problem(), "unauthenticated", "{token}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    api.time.advance(11 * 60 * 1000);
    let expired = api.get("/api/users/@me").by(&ana).send().await;
    assert_eq!(expired.problem(), "unauthenticated");
}

#[tokio::test]
async fn what_everyone_may_do_works_with_an_old_token() {
    let api = Api::start().await;
    for credentials in ["Bearer a.b.c", "Basic YTpi", "?"] {
        let request = api.get("/api/hub").header("authorization", credentials);
        let answer = request.send().await;
        assert_eq!(answer.status, StatusCode::OK, "{credentials}");
        assert_eq!(answer.json()["setup_needed"], false);
    }
}

#[tokio::test]
async fn nothing_but_the_setup_works_before_it_and_the_setup_works_once() {
    let api = Api::start_fresh(Config::default(), ApiConfig::default()).await;
    let register = json!({"username": "ana", "password": "under the banyan"});
    let refused = api.post("/api/auth/register", &register).send().await;
    assert_eq!(refused.problem(), "setup_required");
    let mut body = json!({
        "token": "guessed",
        "username": "root",
        "password": "under the banyan",
        "hub_name": "Test",
        "registration": "invite",
    });
    assert_eq!(
        api.post("/api/setup", &body).send().await.problem(),
        "forbidden"
    );
    body["token"] = api.hub.settings().setup_token().unwrap().into();
    assert_eq!(
        api.post("/api/setup", &body).send().await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        api.post("/api/setup", &body).send().await.problem(),
        "not_found"
    );
    let refused = api.post("/api/auth/register", &register).send().await;
    assert_eq!(refused.problem(), "registration_closed");
}
