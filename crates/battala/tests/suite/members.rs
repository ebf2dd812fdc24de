//! Members: listing, leaving, removing.

use serde_json::{Value, json};

use crate::harness::TestHub;

fn user_ids(listed: &Value) -> Vec<String> {
    let items = listed["items"].as_array().expect("a list");
    items
        .iter()
        .map(|member| member["user"]["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn members_are_listed_in_pages_by_id() {
    let hub = TestHub::start().await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    let first = ben.get(&community.path("/members?limit=2")).await.is(200);
    assert_eq!(user_ids(&first), [owner.id.as_str(), ana.id.as_str()]);
    assert_eq!(first["items"][0]["is_owner"], true);
    assert_eq!(first["items"][1]["is_owner"], false);
    let rest = ben
        .get(&community.path(&format!("/members?after={}", ana.id)))
        .await
        .is(200);
    assert_eq!(user_ids(&rest), [ben.id.as_str()]);
    let one = ben
        .get(&community.path(&format!("/members/{}", ana.id)))
        .await
        .is(200);
    assert_eq!(one, first["items"][1]);
    for (query, field, code) in [
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "too_large"),
        ("limit=1e9", "limit", "too_large"),
        ("after=-1", "after", "invalid_format"),
        ("before=1", "before", "unknown_field"),
    ] {
        ben.get(&community.path(&format!("/members?{query}")))
            .await
            .refuses_field(field, code);
    }
}

#[tokio::test]
async fn who_leaves_is_told_on_every_socket_and_is_out() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let sockets = [hub.socket(&ana).await, hub.socket(&ana).await];
    ana.delete(&community.path("/members/@me")).await.is(204);
    for socket in &sockets {
        let removed = socket.wait("server_removed", |_| true).await;
        assert_eq!(
            removed,
            json!({"server_id": community.id, "reason": "left"})
        );
    }
    ana.get(&community.path("")).await.refused(404, "not_found");
    ana.delete(&community.path("/members/@me"))
        .await
        .refused(404, "not_found");
    let listed = owner.get(&community.path("/members")).await.is(200);
    assert_eq!(user_ids(&listed), [owner.id.as_str()]);
    assert_eq!(
        owner.get(&community.path("")).await.is(200)["server"]["member_count"],
        1
    );
}

#[tokio::test]
async fn the_owner_neither_leaves_nor_is_removed() {
    let hub = TestHub::start().await;
    let (community, owner, [_]) = hub.community("owner", ["ana"]).await;
    owner
        .delete(&community.path("/members/@me"))
        .await
        .refused(409, "conflict");
    let path = community.path(&format!("/members/{}", owner.id));
    owner.delete(&path).await.refused(409, "conflict");
    owner.get(&community.path("")).await.is(200);
}

#[tokio::test]
async fn who_is_removed_can_come_back_only_by_an_invite() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let code = owner.invite(&community).await;
    let socket = hub.socket(&ana).await;
    let path = community.path(&format!("/members/{}", ana.id));
    owner.delete(&path).await.is(204);
    let removed = socket.wait("server_removed", |_| true).await;
    assert_eq!(removed["reason"], "kicked");
    owner.delete(&path).await.refused(404, "not_found");
    let mark = socket.mark();
    ana.join(&code).await;
    // T51: without connecting anew.
    socket.wait_after(mark, "server_state", |_| true).await;
    owner.say(&community.channel, "welcome back").await;
    socket
        .wait_after(mark, "message_created", |event| {
            event["message"]["content"] == "welcome back"
        })
        .await;
}

// T5
#[tokio::test]
async fn own_messages_stay_when_their_author_has_left_and_are_out_of_reach() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let said = ana.say(&community.channel, "I was here").await;
    let path = format!(
        "{}/{}",
        community.messages(),
        said["id"].as_str().expect("an id")
    );
    ana.delete(&community.path("/members/@me")).await.is(204);
    ana.patch(&path, json!({"content": "x"}))
        .await
        .refused(404, "not_found");
    ana.delete(&path).await.refused(404, "not_found");
    let seen = owner.get(&path).await.is(200);
    assert_eq!(
        (&seen["content"], &seen["author"]["username"]),
        (&json!("I was here"), &json!("ana"))
    );
}

// T41
#[tokio::test]
async fn a_message_that_races_a_kick_was_written_before_it_or_not_at_all() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let code = owner.invite(&community).await;
    let ana = hub.user("ana").await;
    for _ in 0..20 {
        ana.join(&code).await;
        let path = community.path(&format!("/members/{}", ana.id));
        let send = async {
            let body = json!({"content": "racing", "nonce": crate::harness::nonce()});
            ana.post(&community.messages(), body).await
        };
        let (sent, _) = tokio::join!(send, async { owner.delete(&path).await.is(204) });
        let marker = owner.say(&community.channel, "after the kick").await;
        match sent.status {
            201 => {
                let seq = |message: &Value| message["seq"].as_i64().expect("a number");
                assert!(seq(&sent.json()) < seq(&marker), "{sent}");
            }
            _ => drop(sent.refused(404, "not_found")),
        }
    }
}
