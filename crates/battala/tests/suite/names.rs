//! New names, each of which is told to everybody who sees it: they have rates of their own.

use serde_json::{Value, json};

use crate::harness::{Answer, Options, PASSWORD, User};

/// A refusal that names the field, and the milliseconds that it asks to wait.
#[track_caller]
fn refused_too_often(answer: &Answer, field: &str) -> u64 {
    let problem = answer.refused(429, "rate_limited");
    let fields = problem["fields"].as_array().expect("fields");
    let named: Vec<(&Value, &Value)> = fields
        .iter()
        .map(|named| (&named["field"], &named["code"]))
        .collect();
    assert_eq!(named, [(&json!(field), &json!("too_often"))], "{answer}");
    assert!(answer.header("retry-after").is_some(), "{answer}");
    problem["retry_after_ms"].as_u64().expect("a time")
}

async fn calls_itself(user: &User, name: &str) -> Answer {
    user.patch("/users/@me", json!({"display_name": name}))
        .await
}

#[tokio::test]
async fn a_display_name_is_changed_a_few_times_at_once_and_then_once_in_a_while() {
    let hub = Options::default().default_limits().start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    for name in ["One", "Two", "Three", "Four", "Five"] {
        calls_itself(&ana, name).await.is(200);
        // What is so already is told to nobody.
        calls_itself(&ana, name).await.is(200);
    }
    let wait_ms = refused_too_often(&calls_itself(&ana, "Six").await, "display_name");
    assert!((300_000..=360_000).contains(&wait_ms), "{wait_ms}");
    let me = ana.get("/users/@me").await.is(200);
    assert_eq!(me["display_name"], "Five");
    calls_itself(&ana, "Five").await.is(200);
    calls_itself(&ben, "Six").await.is(200);
    // What tells nobody of a name takes nothing of its rate, nor needs any.
    ana.community("Bazaar").await;
}

#[tokio::test]
async fn a_change_that_comes_to_nothing_takes_nothing_of_the_rate_of_names() {
    let hub = Options::default().rate("display_name", 1, 1).start().await;
    let (ana, admin) = (hub.user("ana").await, hub.admin().await);
    for name in ["", "Admin", "\u{202e}"] {
        let answer = calls_itself(&ana, name).await;
        assert_eq!(answer.status, 400, "{answer}");
    }
    let body =
        json!({"display_name": "Ana B.", "email": "ana@example.org", "current_password": "x"});
    let answer = ana.patch("/users/@me", body).await;
    assert_eq!(answer.status, 409, "{answer}");
    let taken = json!({"email": "root@example.org", "current_password": PASSWORD});
    admin.patch("/users/@me", taken).await.is(200);
    let body = json!({
        "display_name": "Ana B.", "email": "root@example.org", "current_password": PASSWORD,
    });
    let answer = ana.patch("/users/@me", body).await;
    answer.refuses_field("email", "taken");
    calls_itself(&ana, "Ana B.").await.is(200);
    refused_too_often(&calls_itself(&ana, "Ana").await, "display_name");
    calls_itself(&admin, "Root").await.is(200);
}

#[tokio::test]
async fn names_of_servers_and_channels_have_one_rate_and_topics_none() {
    let hub = Options::default().rate("rename", 2, 60).start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (server, channel) = (
        community.path(""),
        format!("/channels/{}", community.channel),
    );
    let rename = async |path: &str, name: &str| owner.patch(path, json!({"name": name})).await;
    rename(&server, "Haat").await.is(200);
    rename(&channel, "chai").await.is(200);
    rename(&server, "Haat").await.is(200);
    for path in [&server, &channel] {
        let wait_ms = refused_too_often(&rename(path, "Mela").await, "name");
        assert!((30_000..=60_000).contains(&wait_ms), "{wait_ms}");
    }
    let both = json!({"name": "mela", "topic": "tea"});
    refused_too_often(&owner.patch(&channel, both).await, "name");
    let found = ben.get(&channel).await.is(200);
    assert_eq!(
        (&found["name"], &found["topic"]),
        (&json!("chai"), &json!(""))
    );
    owner.patch(&channel, json!({"topic": "tea"})).await.is(200);
    // The name that stands may stand in the request.
    let same = json!({"name": "chai", "topic": "more tea"});
    owner.patch(&channel, same).await.is(200);
    let other = ben.community("Bazaar").await;
    let renamed = json!({"name": "Mela"});
    ben.patch(&other.path(""), renamed).await.is(200);
}

#[tokio::test]
async fn who_puts_a_server_in_order_renames_its_channels_at_once() {
    let hub = Options::default().default_limits().start().await;
    let owner = hub.user("owner").await;
    let community = owner.community("Bazaar").await;
    let path = format!("/channels/{}", community.channel);
    for number in 0..20 {
        let name = json!({"name": format!("tea {number}")});
        owner.patch(&path, name).await.is(200);
    }
    let answer = owner.patch(&path, json!({"name": "chai"})).await;
    let wait_ms = refused_too_often(&answer, "name");
    assert!(wait_ms <= 30_000, "{wait_ms}");
}
