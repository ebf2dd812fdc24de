//! One journey through the operations of messages, for what only the whole shows.

use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::Api;

#[tokio::test]
async fn a_nonce_that_was_used_gives_the_first_message() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (_, channel) = api.server(&ana).await;
    let path = format!("/api/channels/{channel}/messages");
    let send = |text: &str| {
        let body = json!({"content": text, "nonce": "n-1"});
        api.post(&path, &body).by(&ana).send()
    };
    let first = send("Under the banyan at six?").await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = send("Something else").await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json(), first.json());
    let page = api.get(&path).by(&ana).send().await.json();
    assert_eq!(page["items"], json!([first.json()]));
}

#[tokio::test]
async fn a_message_is_changed_read_and_deleted_under_its_own_channel_only() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (_, channel) = api.server(&ana).await;
    let (_, other) = api.server(&ana).await;
    let body = json!({"content": "one", "nonce": "n-1"});
    let path = format!("/api/channels/{channel}/messages");
    let sent = api.post(&path, &body).by(&ana).send().await.json();
    let id = sent["id"].as_str().unwrap();
    let own = format!("{path}/{id}");
    let foreign = format!("/api/channels/{other}/messages/{id}");
    let edit = json!({"content": "two"});
    assert_eq!(
        api.patch(&foreign, &edit).by(&ana).send().await.problem(),
        "not_found"
    );
    let edited = api.patch(&own, &edit).by(&ana).send().await.json();
    assert_eq!(
        (&edited["content"], &edited["rev"]),
        (&json!("two"), &json!(2))
    );
    let read = format!("/api/channels/{channel}/read");
    let request = api
        .ask(http::Method::PUT, &read)
        .json(&json!({"message_id": id}));
    let state = request.by(&ana).send().await.json();
    assert_eq!(
        (&state["last_read_id"], &state["unread"]),
        (&json!(id), &json!(0))
    );
    assert_eq!(
        api.delete(&foreign).by(&ana).send().await.problem(),
        "not_found"
    );
    let deleted = api.delete(&own).by(&ana).send().await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert!(deleted.bytes.is_empty());
    assert_eq!(api.get(&own).by(&ana).send().await.problem(), "not_found");
    assert_eq!(
        api.get(&path).by(&ana).send().await.json()["items"],
        Value::Array(Vec::new())
    );
}
