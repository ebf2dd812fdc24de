//! The documentation is served, complete, and needs nothing from elsewhere.

use battala_proto::{Command, ErrorCode, Event, Hint};
use http::StatusCode;

use crate::harness::Api;

#[tokio::test]
async fn the_description_is_the_committed_one() {
    let api = Api::start().await;
    let answer = api.get("/api/openapi.json").send().await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.text(),
        include_str!("../../../../contract/openapi.json")
    );
}

#[tokio::test]
async fn the_explorer_loads_its_own_files_only() {
    let api = Api::start().await;
    let answer = api.get("/api/docs").send().await;
    assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.header("location"), "/api/docs/");
    for file in [
        "",
        "index.html",
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-initializer.js",
    ] {
        let answer = api.get(&format!("/api/docs/{file}")).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(!policy.contains("http"), "{policy}");
    }
    let initializer = api.get("/api/docs/swagger-initializer.js").send().await;
    assert!(
        initializer.text().contains("/api/openapi.json"),
        "{initializer:?}"
    );
    for file in ["nothing.js", "../openapi.json", "%2e%2e/Cargo.toml"] {
        let answer = api.get(&format!("/api/docs/{file}")).send().await;
        assert_eq!(answer.problem(), "not_found", "{file}");
    }
}

#[tokio::test]
async fn the_pages_name_every_event_command_and_problem() {
    let api = Api::start().await;
    let events = api.get("/api/docs/events").send().await.text();
    let told = Event::NAMES.iter().chain(Hint::NAMES);
    for name in told.chain(Command::NAMES) {
        assert!(events.contains(&format!("id=\"{name}\"")), "{name}");
    }
    let problems = api.get("/api/docs/problems").send().await;
    for code in ErrorCode::ALL {
        let anchor = format!("id=\"{}\"", code.as_str());
        assert!(problems.text().contains(&anchor), "{anchor}");
    }
    assert!(!problems.text().contains("<script"));
    assert!(problems.header("content-type").starts_with("text/html"));
}
