//! Headers, origins, probes.

use battala_api::ApiConfig;
use battala_hub::Config;
use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Answer, Api};

fn assert_protected(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    let policy = "default-src 'none'; frame-ancestors 'none'";
    assert_eq!(answer.header("content-security-policy"), policy);
    assert_eq!(answer.header("x-request-id").len(), 16);
}

#[tokio::test]
async fn every_answer_is_private_and_inert() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let mut ids = std::collections::BTreeSet::new();
    for path in [
        "/api/users/@me",
        "/api/nothing",
        "/api/openapi.json",
        "/healthz",
    ] {
        let answer = api.get(path).by(&ana).send().await;
        assert_protected(&answer);
        ids.insert(answer.header("x-request-id").to_owned());
    }
    assert_eq!(ids.len(), 4, "every request has a name of its own");
    assert_protected(&api.ask(Method::PUT, "/api/servers").send().await);
    assert_protected(&api.get("/api/users/@me").send().await);
}

#[tokio::test]
async fn a_request_id_of_the_caller_is_not_taken_over() {
    let api = Api::start().await;
    let answer = api
        .get("/api/hub")
        .header("x-request-id", "mine")
        .send()
        .await;
    assert_ne!(answer.header("x-request-id"), "mine");
}

#[tokio::test]
async fn pages_of_other_origins_change_nothing() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let host = "127.0.0.1:3000";
    for origin in [
        "https://evil.example",
        "null",
        "http://127.0.0.1:3001",
        "http://127.0.0.1:3000.evil",
    ] {
        let create = api.post("/api/servers", &json!({"name": "A"})).by(&ana);
        let answer = create
            .header("origin", origin)
            .header("host", host)
            .send()
            .await;
        assert_eq!(answer.problem(), "forbidden", "{origin}");
        let refresh = api
            .ask(Method::POST, "/api/auth/refresh")
            .with_cookie(&ana.cookie);
        let answer = refresh
            .header("origin", origin)
            .header("host", host)
            .send()
            .await;
        assert_eq!(answer.problem(), "forbidden", "{origin}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    let servers = api.get("/api/servers").by(&ana).send().await;
    assert_eq!(servers.json(), json!({"items": []}));
    for (origin, host) in [
        ("http://127.0.0.1:3000", "proxy.internal"),
        ("http://192.168.0.7:3000", "192.168.0.7:3000"),
    ] {
        let create = api.post("/api/servers", &json!({"name": "A"})).by(&ana);
        let answer = create
            .header("origin", origin)
            .header("host", host)
            .send()
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn only_configured_origins_are_told_that_they_may() {
    let app = "https://app.example.org";
    let config = ApiConfig {
        cors_origins: vec![app.to_owned()],
        ..ApiConfig::default()
    };
    let api = Api::start_with(Config::default(), config).await;
    let preflight = |origin| {
        let request = api
            .ask(Method::OPTIONS, "/api/servers")
            .header("origin", origin);
        request
            .header("access-control-request-method", "POST")
            .send()
    };
    let allowed = preflight(app).await;
    assert_eq!(allowed.status, StatusCode::OK);
    assert_eq!(allowed.header("access-control-allow-origin"), app);
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    let refused = preflight("https://evil.example").await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
    let login = json!({"login": "root", "password": "under the banyan"});
    let answer = api
        .post("/api/auth/login", &login)
        .header("origin", app)
        .send()
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), app);
    assert!(answer.header("vary").to_lowercase().contains("origin"));
}

#[tokio::test]
async fn a_hub_that_is_stopping_is_alive_and_not_ready() {
    let config = ApiConfig::default();
    let draining = config.draining.clone();
    let api = Api::start_with(Config::default(), config).await;
    assert_eq!(api.get("/healthz").send().await.status, StatusCode::OK);
    assert_eq!(api.get("/readyz").send().await.status, StatusCode::OK);
    draining.cancel();
    assert_eq!(api.get("/healthz").send().await.status, StatusCode::OK);
    assert_eq!(api.get("/readyz").send().await.problem(), "unavailable");
}
