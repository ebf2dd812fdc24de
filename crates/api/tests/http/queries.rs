//! Paths and queries.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::harness::Api;

#[tokio::test]
async fn unknown_and_doubled_parameters_are_refused() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (server, channel) = api.server(&ana).await;
    for (path, field, code) in [
        ("/api/servers?limit=1".to_owned(), "limit", "unknown_field"),
        ("/api/hub?x".to_owned(), "x", "unknown_field"),
        (
            format!("/api/servers/{server}/members?x=1"),
            "x",
            "unknown_field",
        ),
        (
            format!("/api/servers/{server}/members?limit=1&limit=2"),
            "limit",
            "invalid_format",
        ),
        (
            format!("/api/channels/{channel}/messages?limit=0"),
            "limit",
            "too_small",
        ),
        (
            format!("/api/channels/{channel}/messages?limit=101"),
            "limit",
            "too_large",
        ),
        (
            format!("/api/channels/{channel}/messages?limit=1e9"),
            "limit",
            "too_large",
        ),
        (
            format!("/api/channels/{channel}/messages?before=x"),
            "before",
            "invalid_format",
        ),
        (
            format!("/api/channels/{channel}/messages?before=1&after=2"),
            "after",
            "invalid_format",
        ),
    ] {
        let answer = api.get(&path).by(&ana).send().await;
        assert_eq!(
            answer.faults(),
            [(field.to_owned(), code.to_owned())],
            "{path}"
        );
    }
}

#[tokio::test]
async fn paths_and_queries_are_not_judged_before_the_caller() {
    let api = Api::start().await;
    let eve = api.user("eve").await;
    for path in ["/api/servers?x=1", "/api/servers/none", "/api/users/none"] {
        let nobody = api.get(path).send().await;
        assert_eq!(nobody.problem(), "unauthenticated", "{path}");
    }
    let path = "/api/servers/1289467123456789504?x=1";
    assert_eq!(api.get(path).by(&eve).send().await.problem(), "not_found");
}

#[tokio::test]
async fn an_id_that_is_none_is_answered_like_an_id_that_does_not_exist() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let without_id = |answer: crate::harness::Answer| {
        assert_eq!(answer.problem(), "not_found");
        let mut problem = answer.json();
        problem["request_id"] = Value::Null;
        problem
    };
    let absent = without_id(
        api.get("/api/servers/1289467123456789504")
            .by(&ana)
            .send()
            .await,
    );
    for id in [
        "0",
        "01",
        "-1",
        "abc",
        "9223372036854775808",
        "1%20",
        "%ff",
        "1;x",
        "..;",
    ] {
        let answer = api.get(&format!("/api/servers/{id}")).by(&ana).send().await;
        assert_eq!(without_id(answer), absent, "{id}");
    }
}

#[tokio::test]
async fn paths_that_are_none_are_not_found() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/servers/",
        "/api//servers",
        "/api/Servers",
        "/api/%73ervers",
        "/api/servers/..;/hub",
        "/api/hub/",
    ] {
        let answer = api.get(path).by(&ana).send().await;
        assert_eq!(answer.problem(), "not_found", "{path}");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_it_has() {
    let api = Api::start().await;
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let answer = api.ask(method.clone(), "/api/servers").send().await;
        assert_eq!(answer.problem(), "method_not_allowed", "{method}");
        let allowed = answer.header("allow");
        assert!(
            allowed.contains("GET") && allowed.contains("POST"),
            "{allowed}"
        );
    }
}

#[tokio::test]
async fn a_method_is_the_one_of_the_request_line() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (server, _) = api.server(&ana).await;
    let path = format!("/api/servers/{server}");
    let disguised = api
        .get(&path)
        .by(&ana)
        .header("x-http-method-override", "DELETE");
    assert_eq!(disguised.send().await.status, StatusCode::OK);
    assert_eq!(api.get(&path).by(&ana).send().await.status, StatusCode::OK);
}
