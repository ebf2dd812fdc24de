//! A standby takes over that had not everything: what it lacks is lost, and nobody believes in it
//! any more.

use battala_testkit::Cluster;
use serde_json::{Value, json};

use crate::harness::{Engine, Options, Socket, TestHub, User, engine, nonce};

/// Whether there can be a server that is nobody else's.
fn has_server() -> bool {
    engine() == Engine::Postgres && Cluster::can_start()
}

async fn generation(hub: &TestHub) -> i64 {
    let info = hub.get("/api/hub").await.is(200);
    info["generation"].as_i64().expect("a number")
}

async fn ready(socket: &Socket) -> i64 {
    let told = socket.wait("ready", |_| true).await;
    told["hub"]["generation"].as_i64().expect("a number")
}

async fn say(user: &User, channel: &str, texts: &[&str]) -> Vec<Value> {
    let mut said = Vec::new();
    for text in texts {
        said.push(user.say(channel, text).await);
    }
    said
}

fn id_of(message: &Value) -> i64 {
    let id = message["id"].as_str().and_then(|id| id.parse().ok());
    id.expect("an id")
}

fn texts(messages: &[Value]) -> Vec<&str> {
    let texts = messages.iter().map(|it| it["content"].as_str());
    texts.map(|text| text.expect("a text")).collect()
}

#[tokio::test]
async fn a_standby_without_the_last_writes_is_noticed_at_once() {
    if !has_server() {
        return;
    }
    let mut hub = Options::default().with_own_server().start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let channel = &community.channel;
    let before = generation(&hub).await;
    let kept = say(&owner, channel, &["one", "two"]).await;
    let standby = hub.standby();
    let socket = hub.socket(&ben).await;
    assert_eq!(ready(&socket).await, before);
    let lost = say(&owner, channel, &["three", "four", "five"]).await;
    let is_last = |event: &Value| event["message"]["content"] == "five";
    socket.wait("message_created", is_last).await;

    hub.fail_over(standby);
    let (code, errors) = hub.ended().await;
    assert_eq!(code, Some(1));
    let is_told = |line: &String| line.contains("another server took the database over");
    assert!(errors.iter().any(is_told), "{errors:?}");

    hub.run().await;
    assert!(generation(&hub).await > before);
    // Who was there begins anew, and has everything from then on.
    let again = hub.socket(&ben).await;
    assert!(ready(&again).await > before);
    assert_eq!(texts(&owner.history(channel).await), texts(&kept));
    let body = json!({"channel_id": channel, "content": "six", "nonce": nonce()});
    let mine = hub.socket(&owner).await;
    let sent = mine.ok("message_send", body).await;
    let told = again.wait("message_created", |_| true).await;
    assert_eq!(
        (&told["message"]["id"], &told["seq"]),
        (&sent["id"], &json!(3))
    );
    // Not even with what is lost: somebody may have kept it.
    let newest = lost.iter().map(id_of).max();
    assert!(Some(id_of(&told["message"])) > newest);
    let raised = generation(&hub).await;
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    assert_eq!(generation(&hub).await, raised);
}

#[tokio::test]
async fn a_standby_that_took_over_while_no_hub_ran_is_noticed_at_the_start() {
    if !has_server() {
        return;
    }
    let mut hub = Options::default().with_own_server().start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let before = generation(&hub).await;
    let standby = hub.standby();
    say(&owner, &community.channel, &["lost"]).await;
    hub.kill();
    hub.fail_over(standby);
    hub.run().await;
    assert!(generation(&hub).await > before);
    let said = owner.say(&community.channel, "again").await;
    assert_eq!(said["seq"], 1);
}

#[tokio::test]
async fn a_server_that_is_away_for_a_while_is_no_past() {
    if !has_server() {
        return;
    }
    let hub = Options::default().with_own_server().start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let before = generation(&hub).await;
    hub.proxy().refuse(true);
    hub.proxy().cut();
    hub.says("claims the database was lost").await;
    hub.proxy().refuse(false);
    hub.says("claimed again").await;
    owner.say(&community.channel, "on we go").await;
    assert_eq!(generation(&hub).await, before);
}
