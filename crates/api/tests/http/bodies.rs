//! What bodies are read and which are refused.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Answer, Api, User};

async fn create_server(api: &Api, user: &User, kind: &str, body: impl Into<Body>) -> Answer {
    let request = api.ask(Method::POST, "/api/servers").by(user).raw(body);
    request.header("content-type", kind).send().await
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "json",
    ] {
        let answer = create_server(&api, &ana, kind, r#"{"name": "A"}"#).await;
        assert_eq!(answer.problem(), "unsupported_media_type", "{kind}");
    }
    let undeclared = api
        .ask(Method::POST, "/api/servers")
        .by(&ana)
        .raw(r#"{"name": "A"}"#);
    assert_eq!(undeclared.send().await.problem(), "unsupported_media_type");
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        let answer = create_server(&api, &ana, kind, r#"{"name": "A"}"#).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{kind}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let body_of = |size: usize| {
        let empty = r#"{"name": ""}"#.len();
        format!(r#"{{"name": "{}"}}"#, "x".repeat(size - empty))
    };
    let over = create_server(&api, &ana, "application/json", body_of(64 * 1024 + 1)).await;
    assert_eq!(over.problem(), "payload_too_large");
    let at = create_server(&api, &ana, "application/json", body_of(64 * 1024)).await;
    assert_eq!(at.faults(), [("name".to_owned(), "too_long".to_owned())]);
}

#[tokio::test]
async fn what_is_not_one_json_object_is_malformed() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let nested = format!("{{\"name\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: [&[u8]; 11] = [
        b"{",
        b"[]",
        b"null",
        b"\"name\"",
        b"{\"name\": \"a\"} {}",
        b"{\"name\": \"a\", \"name\": \"b\"}",
        b"{\"name\": 1e999}",
        b"{\"name\": \"\\ud800\"}",
        b"{\"name\": \"\xff\"}",
        b"{name: 'a'}",
        nested.as_bytes(),
    ];
    for body in bodies {
        let answer = create_server(&api, &ana, "application/json", body.to_vec()).await;
        assert_eq!(
            answer.problem(),
            "malformed",
            "{}",
            String::from_utf8_lossy(body)
        );
        assert!(
            !answer.text().contains("name"),
            "the body was repeated: {answer:?}"
        );
    }
}

#[tokio::test]
async fn every_refused_field_is_named_at_once() {
    let api = Api::start().await;
    let body = json!({
        "username": "a b",
        "password": "short",
        "email": 7,
        "isAdmin": true,
        "__proto__": {},
    });
    let answer = api.post("/api/auth/register", &body).send().await;
    let expected = [
        ("username", "invalid_characters"),
        ("password", "too_short"),
        ("email", "wrong_type"),
        ("__proto__", "unknown_field"),
        ("isAdmin", "unknown_field"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code.to_owned()));
    let mut faults = answer.faults();
    faults.sort();
    let mut sorted = expected.to_vec();
    sorted.sort();
    assert_eq!(faults, sorted);
}

#[tokio::test]
async fn no_body_is_an_empty_object() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (server, _) = api.server(&ana).await;
    let path = format!("/api/servers/{server}/invites");
    let answer = api.ask(Method::POST, &path).by(&ana).send().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let answer = api.ask(Method::POST, "/api/servers").by(&ana).send().await;
    assert_eq!(
        answer.faults(),
        [("name".to_owned(), "required".to_owned())]
    );
}

#[tokio::test]
async fn a_body_is_not_read_before_the_caller_may() {
    let api = Api::start().await;
    let answer = api
        .ask(Method::POST, "/api/servers")
        .raw("x".repeat(100_000))
        .send()
        .await;
    assert_eq!(answer.problem(), "unauthenticated");
}
