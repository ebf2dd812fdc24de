//! The process ends, with a warning or without, and starts again.

use serde_json::json;

use crate::harness::{Socket, TestHub, nonce};

#[tokio::test]
async fn after_a_kill_sessions_work_and_everything_is_there() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let said = owner.say(&community.channel, "before").await;
    let socket = hub.socket(&ben).await;
    hub.kill();
    socket.closed().await;
    hub.run().await;
    assert_eq!(ben.get("/users/@me").await.is(200)["username"], "ben");
    ben.refresh().await.is(200);
    let page = ben.get(&community.messages()).await.is(200);
    assert_eq!(page["items"], json!([said]));
    let again = hub.socket(&ben).await;
    let next = owner.say(&community.channel, "after").await;
    assert_eq!(next["seq"], 2);
    let event = again.wait("message_created", |_| true).await;
    assert_eq!(event["message"], next);
    let synced = again
        .ok(
            "channel_sync",
            json!({"channel_id": community.channel, "after": 0}),
        )
        .await;
    assert_eq!(synced["rows"], json!([said, next]));
}

#[tokio::test]
async fn a_server_that_was_deleted_right_before_the_kill_stays_deleted() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    owner.say(&community.channel, "soon gone").await;
    owner.delete(&community.path("")).await.is(204);
    hub.kill();
    hub.run().await;
    for user in [&owner, &ben] {
        user.get(&community.path(""))
            .await
            .refused(404, "not_found");
        assert_eq!(hub.socket(user).await.all("ready")[0]["servers"], json!([]));
    }
}

// P8
#[tokio::test]
async fn a_stop_answers_what_was_asked_tells_the_clients_and_ends_well() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (mine, theirs) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let polling = Socket::ready_by_polling(&hub.http, &ben.token).await;
    for _ in 0..20 {
        let body = json!({"channel_id": community.channel, "content": "hi", "nonce": nonce()});
        mine.send_command("message_send", &body);
    }
    theirs.wait("message_created", |_| true).await;
    assert_eq!(hub.stop().await, Some(0));
    for socket in [&mine, &theirs, &polling] {
        socket.closed().await;
        assert!(
            socket.all("session_ended").is_empty(),
            "they are to come back"
        );
    }
    hub.run().await;
    let acked = mine.ack_order().len();
    let page = ben
        .get(&format!("{}?limit=100", community.messages()))
        .await
        .is(200);
    let stored = page["items"].as_array().expect("a list").len();
    assert!(acked <= stored && stored <= 20, "{acked} of {stored}");
    owner.say(&community.channel, "after").await;
}

#[tokio::test]
async fn the_probes_say_that_the_hub_is_there_and_ready() {
    let hub = TestHub::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(hub.get(path).await.status, 200);
    }
}
