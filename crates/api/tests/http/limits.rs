//! Rate limits: who is counted where, and what the caller is told.

use battala_api::ApiConfig;
use battala_hub::{Config, Limits, Rate};
use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::Api;

async fn api_with(limits: Limits) -> Api {
    let config = Config {
        limits,
        ..Config::default()
    };
    Api::start_with(config, ApiConfig::default()).await
}

#[tokio::test]
async fn the_headers_count_down_and_the_refusal_says_when_to_come_back() {
    let limits = Limits {
        read: Rate::new(3, 60),
        ..Limits::default()
    };
    let api = api_with(limits).await;
    let ana = api.user("ana").await;
    for remaining in ["2", "1", "0"] {
        let answer = api.get("/api/users/@me").by(&ana).send().await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("ratelimit-limit"), "3");
        assert_eq!(answer.header("ratelimit-remaining"), remaining);
        assert_ne!(answer.header("ratelimit-reset"), "");
    }
    let refused = api.get("/api/users/@me").by(&ana).send().await;
    assert_eq!(refused.problem(), "rate_limited");
    assert_eq!(refused.header("ratelimit-limit"), "3");
    assert_eq!(refused.header("ratelimit-remaining"), "0");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.json()["retry_after_ms"], 1000);
    api.time.advance(1000);
    assert_eq!(
        api.get("/api/users/@me").by(&ana).send().await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_account_is_one_caller_wherever_it_comes_from() {
    let limits = Limits {
        read: Rate::new(1, 1),
        ..Limits::default()
    };
    let api = api_with(limits).await;
    let (ana, bo) = (api.user("ana").await, api.user("bo").await);
    let me = |user, address| api.get("/api/users/@me").by(user).from(address).send();
    assert_eq!(me(&ana, "192.0.2.1:1").await.status, StatusCode::OK);
    assert_eq!(me(&ana, "198.51.100.1:1").await.problem(), "rate_limited");
    assert_eq!(me(&bo, "192.0.2.1:1").await.status, StatusCode::OK);
    let written = api
        .post("/api/servers", &json!({"name": "A"}))
        .by(&ana)
        .send()
        .await;
    assert_eq!(written.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_renewal_counts_for_the_session_of_its_cookie_whose_token_ever_comes_along() {
    let limits = Limits {
        write: Rate::new(2, 1),
        ..Limits::default()
    };
    let api = api_with(limits).await;
    let (mut ana, ben) = (api.user("ana").await, api.user("ben").await);
    let renew = async |cookie: &str| {
        let request = api.ask(Method::POST, "/api/auth/refresh").by(&ben);
        request.with_cookie(cookie).send().await
    };
    for _ in 0..2 {
        ana = renew(&ana.cookie).await.signed_in();
    }
    assert_eq!(renew(&ana.cookie).await.problem(), "rate_limited");
    let body = json!({"name": "A"});
    let written = api.post("/api/servers", &body).by(&ben).send().await;
    assert_eq!(written.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_is_not_signed_in_is_counted_by_address() {
    let limits = Limits {
        anonymous: Rate::new(1, 1),
        no_operation: Rate::new(1, 1),
        ..Limits::default()
    };
    let api = api_with(limits).await;
    let hub = |address| api.get("/api/hub").from(address).send();
    assert_eq!(hub("192.0.2.1:1").await.status, StatusCode::OK);
    assert_eq!(hub("192.0.2.1:2").await.problem(), "rate_limited");
    assert_eq!(hub("192.0.2.2:1").await.status, StatusCode::OK);
    let guess = || {
        let guess = api.get("/api/users/@me").from("192.0.2.1:1");
        guess.header("authorization", "Bearer a.b.c").send()
    };
    assert_eq!(guess().await.problem(), "unauthenticated");
    assert_eq!(guess().await.problem(), "rate_limited");
}

#[tokio::test]
async fn sign_ins_and_look_ups_of_invites_have_their_own_buckets() {
    let limits = Limits {
        login: Rate::new(1, 1),
        invite: Rate::new(1, 1),
        ..Limits::default()
    };
    let api = api_with(limits).await;
    // From another address than the setup, which counts as a sign-in.
    let login = || {
        let login = json!({"login": "nobody", "password": "under the banyan"});
        api.post("/api/auth/login", &login).from("192.0.2.2:1")
    };
    let first = login().send().await;
    assert_eq!(first.problem(), "invalid_credentials");
    assert_eq!(
        first.header("ratelimit-limit"),
        "1",
        "the tightest bucket is told"
    );
    assert_eq!(login().send().await.problem(), "rate_limited");
    assert_eq!(
        api.get("/api/invites/nothing").send().await.problem(),
        "not_found"
    );
    assert_eq!(
        api.get("/api/invites/nothing").send().await.problem(),
        "rate_limited"
    );
}
