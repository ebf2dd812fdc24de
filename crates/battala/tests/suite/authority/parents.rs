//! Paths that name a thing below a parent it does not belong to (T4).

use serde_json::json;

use crate::harness::{Community, TestHub, User, places};

/// One owner of two servers: nothing here is refused for a lack of rights.
struct Two {
    owner: User,
    a: Community,
    b: Community,
    message_of_b: String,
    code_of_b: String,
}

async fn two(hub: &TestHub) -> Two {
    let owner = hub.user("owner").await;
    let (a, b) = (owner.community("A").await, owner.community("B").await);
    let message = owner.say(&b.channel, "in b").await;
    Two {
        code_of_b: owner.invite(&b).await,
        message_of_b: message["id"].as_str().expect("an id").to_owned(),
        owner,
        a,
        b,
    }
}

#[tokio::test]
async fn a_message_is_found_in_its_own_channel_only() {
    let hub = TestHub::start().await;
    let two = two(&hub).await;
    let sibling = two.owner.channel(&two.b, "sibling").await;
    for channel in [&two.a.channel, &sibling] {
        let path = format!("/channels/{channel}/messages/{}", two.message_of_b);
        two.owner.get(&path).await.refused(404, "not_found");
        let edit = two.owner.patch(&path, json!({"content": "x"})).await;
        edit.refused(404, "not_found");
        two.owner.delete(&path).await.refused(404, "not_found");
        let read = format!("/channels/{channel}/read");
        let body = json!({"message_id": two.message_of_b});
        two.owner.put(&read, body).await.refused(404, "not_found");
    }
    let path = format!("{}/{}", two.b.messages(), two.message_of_b);
    assert_eq!(two.owner.get(&path).await.is(200)["content"], "in b");
}

#[tokio::test]
async fn a_page_around_a_message_of_another_channel_shows_nothing_of_it() {
    let hub = TestHub::start().await;
    let two = two(&hub).await;
    two.owner.say(&two.a.channel, "in a").await;
    for place in ["around", "before", "after"] {
        let path = format!("{}?{place}={}", two.a.messages(), two.message_of_b);
        let page = two.owner.get(&path).await.is(200);
        assert!(!page.to_string().contains("in b"), "{page}");
    }
}

// T36
#[tokio::test]
async fn an_invite_is_revoked_through_its_own_server_only() {
    let hub = TestHub::start().await;
    let two = two(&hub).await;
    let path = two.a.path(&format!("/invites/{}", two.code_of_b));
    two.owner.delete(&path).await.refused(404, "not_found");
    hub.get(&format!("/api/invites/{}", two.code_of_b))
        .await
        .is(200);
}

#[tokio::test]
async fn a_member_of_another_server_is_neither_shown_nor_kicked() {
    let hub = TestHub::start().await;
    let two = two(&hub).await;
    let ben = hub.user("ben").await;
    ben.join(&two.code_of_b).await;
    let path = two.a.path(&format!("/members/{}", ben.id));
    two.owner.get(&path).await.refused(404, "not_found");
    two.owner.delete(&path).await.refused(404, "not_found");
    ben.get(&two.b.path("")).await.is(200);
}

#[tokio::test]
async fn a_move_of_a_channel_of_another_server_is_refused_as_one_of_none() {
    let hub = TestHub::start().await;
    let two = two(&hub).await;
    let path = two.a.path("/channels");
    let gone = two.owner.channel(&two.a, "gone").await;
    two.owner.delete(&format!("/channels/{gone}")).await.is(204);
    let mut refusals = Vec::new();
    for channel in [&two.b.channel, &gone] {
        let body = json!({"channels": places(&[&two.a.channel, channel])});
        let answer = two.owner.patch(&path, body).await;
        answer.refuses_field("channels[1].id", "gone");
        refusals.push(answer.without_request_id());
    }
    assert_eq!(refusals[0], refusals[1]);
    let listed = two.owner.get(&two.b.path("/channels")).await.is(200);
    assert_eq!(listed["items"][0]["position"], 0);
}

#[tokio::test]
async fn a_session_of_another_account_is_not_ended() {
    let hub = TestHub::start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let path = format!("/auth/sessions/{}", ben.session_id);
    ana.delete(&path).await.refused(404, "not_found");
    ben.get("/users/@me").await.is(200);
}
