//! Servers: making, renaming, deleting.

use battala_proto::Permissions;
use serde_json::{Value, json};

use crate::harness::{TestHub, places};

#[tokio::test]
async fn a_new_server_has_a_channel_a_role_and_its_maker_as_owner() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let socket = hub.socket(&ana).await;
    let state = ana
        .post("/servers", json!({"name": "  Bazaar  "}))
        .await
        .is(201);
    let server = &state["server"];
    assert_eq!(server["name"], "Bazaar");
    assert_eq!(server["owner_id"], ana.id.as_str());
    assert_eq!(server["member_count"], 1);
    assert_eq!(state["channels"][0]["name"], "general");
    assert_eq!(state["roles"][0]["id"], server["id"]);
    // Its owner may do everything.
    let all = json!(Permissions::all());
    assert_eq!(
        (&state["permissions"], &state["channels"][0]["permissions"]),
        (&all, &all)
    );
    let told = socket.wait("server_state", |_| true).await;
    assert_eq!(told, state);
    socket
        .wait("server_reads", |reads| reads["server_id"] == server["id"])
        .await;
    let listed = ana.get("/servers").await.is(200);
    assert_eq!(listed["items"], json!([server]));
}

#[tokio::test]
async fn a_new_name_reaches_all_members_at_the_next_epoch() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let before = ben.get(&community.path("")).await.is(200);
    let server = owner
        .patch(&community.path(""), json!({"name": "Haat"}))
        .await
        .is(200);
    let told = socket.wait("server_updated", |_| true).await;
    assert_eq!(told["server"], server);
    assert_eq!(
        told["epoch"],
        before["epoch"].as_i64().expect("a number") + 1
    );
    for (name, code) in [
        ("", "required"),
        (" \u{200d} ", "required"),
        (&"x".repeat(101), "too_long"),
        ("a\u{202e}b", "invalid_characters"),
        ("a\nb", "invalid_characters"),
    ] {
        let answer = owner
            .patch(&community.path(""), json!({"name": name}))
            .await;
        answer.refuses_field("name", code);
    }
    // T73
    let answer = owner
        .patch(
            &community.path(""),
            json!({"name": "x", "owner_id": ben.id}),
        )
        .await;
    answer.refuses_field("owner_id", "unknown_field");
}

#[tokio::test]
async fn a_deleted_server_is_gone_for_everyone_at_once() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let said = owner.say(&community.channel, "soon gone").await;
    let code = owner.invite(&community).await;
    let sockets = [hub.socket(&owner).await, hub.socket(&ben).await];
    owner.delete(&community.path("")).await.is(204);
    for (user, socket) in [&owner, &ben].into_iter().zip(&sockets) {
        let removed = socket.wait("server_removed", |_| true).await;
        assert_eq!(
            removed,
            json!({"server_id": community.id, "reason": "deleted"})
        );
        let message = format!(
            "{}/{}",
            community.messages(),
            said["id"].as_str().expect("an id")
        );
        for path in [
            community.path(""),
            community.messages(),
            message,
            format!("/channels/{}", community.channel),
        ] {
            user.get(&path).await.refused(404, "not_found");
        }
        assert_eq!(user.get("/servers").await.is(200)["items"], json!([]));
    }
    hub.get(&format!("/api/invites/{code}"))
        .await
        .refused(404, "not_found");
    ben.post(&format!("/invites/{code}/join"), json!({}))
        .await
        .refused(404, "not_found");
    owner
        .delete(&community.path(""))
        .await
        .refused(404, "not_found");
}

/// The ids of a list of servers, as `GET /servers` and `ready` have it.
fn ids(servers: &Value) -> Value {
    let servers = servers.as_array().expect("a list");
    servers.iter().map(|server| server["id"].clone()).collect()
}

#[tokio::test]
async fn the_own_servers_stand_in_the_own_order_and_a_new_one_comes_last() {
    let hub = TestHub::start().await;
    let (shared, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let (b, c) = (ana.community("B").await, ana.community("C").await);
    let _other = owner.community("Other").await;
    let before = owner.get("/servers").await.is(200);
    let (first, second, theirs) = (
        hub.socket(&ana).await,
        hub.socket(&ana).await,
        hub.socket(&owner).await,
    );
    let order = json!([c.id, shared.id, b.id]);
    let body = json!({"servers": [{"id": c.id, "position": 0}]});
    let listed = ana.patch("/servers", body.clone()).await.is(200);
    assert_eq!(ids(&listed["items"]), order);
    let told = first.wait("servers_reordered", |_| true).await;
    assert_eq!(told["server_ids"], order);
    assert_eq!(second.wait("servers_reordered", |_| true).await, told);
    // Nothing moves, and nobody is told.
    ana.patch("/servers", body).await.is(200);
    for (position, order) in [
        (2, [&shared.id, &b.id, &c.id]),
        (0, [&c.id, &shared.id, &b.id]),
    ] {
        let body = json!({"servers": [{"id": c.id, "position": position}]});
        ana.patch("/servers", body).await.is(200);
        let later = first.wait("servers_reordered", |event| {
            event["rev"].as_i64() > told["rev"].as_i64() && event["server_ids"] == json!(order)
        });
        later.await;
    }
    assert_eq!(first.all("servers_reordered").len(), 3);

    let late = ana.community("Late").await;
    let order = json!([c.id, shared.id, b.id, late.id]);
    assert_eq!(ids(&ana.get("/servers").await.is(200)["items"]), order);
    let socket = hub.socket(&ana).await;
    assert_eq!(ids(&socket.all("ready")[0]["servers"]), order);

    // It is nobody else's order, and nobody else hears of it.
    assert_eq!(owner.get("/servers").await.is(200), before);
    theirs.round_trip().await;
    assert!(theirs.all("servers_reordered").is_empty());
}

#[tokio::test]
async fn a_move_of_servers_names_own_ones() {
    let hub = TestHub::start().await;
    let (other, _, []) = hub.community("owner", []).await;
    let ana = hub.user("ana").await;
    let (b, c) = (ana.community("B").await, ana.community("C").await);
    let socket = hub.socket(&ana).await;
    for (moves, field, code) in [
        (places(&[&b.id, &other.id]), "servers[1].id", "gone"),
        (places(&["1", &b.id]), "servers[0].id", "gone"),
        (places(&["zero", &b.id]), "servers[0].id", "invalid_format"),
        (json!(b.id), "servers", "wrong_type"),
        (places(&vec![&b.id; 101]), "servers", "too_many"),
    ] {
        let answer = ana.patch("/servers", json!({"servers": moves})).await;
        answer.refuses_field(field, code);
    }
    let listed = ana.get("/servers").await.is(200);
    assert_eq!(ids(&listed["items"]), json!([b.id, c.id]));
    socket.round_trip().await;
    assert!(socket.all("servers_reordered").is_empty());
}

#[tokio::test]
async fn two_orders_at_the_same_time_do_not_mix() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let mut order = Vec::new();
    for number in 0..10 {
        order.push(ana.community(&format!("Bazaar {number}")).await.id);
    }
    let socket = hub.socket(&ana).await;
    // Each is other than all else, so that each is a change, whichever is the first.
    let wanted: Vec<Value> = (1..20)
        .map(|turn| {
            let mut wanted = order.clone();
            if turn >= 10 {
                wanted.reverse();
            }
            wanted.rotate_left(turn % 10);
            json!(wanted)
        })
        .collect();
    let ask = async |order: &Value| {
        let order = order.as_array().expect("a list");
        ana.patch("/servers", json!({"servers": places(order)}))
            .await
    };
    let answers = futures_util::future::join_all(wanted.iter().map(ask)).await;
    for (answer, order) in answers.iter().zip(&wanted) {
        assert_eq!(&ids(&answer.is(200)["items"]), order);
    }
    let listed = ids(&ana.get("/servers").await.is(200)["items"]);
    let changes = socket
        .find("every change", |events| {
            let changes = events
                .iter()
                .filter(|event| event.name == "servers_reordered");
            let changes: Vec<Value> = changes.map(|event| event.data.clone()).collect();
            (changes.len() == wanted.len()).then_some(changes)
        })
        .await;
    let last = changes.iter().max_by_key(|event| event["rev"].as_i64());
    assert_eq!(last.map(|event| &event["server_ids"]), Some(&listed));
}

#[tokio::test]
async fn nobody_is_in_more_than_a_hundred_servers() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let (other, owner, []) = hub.community("owner", []).await;
    for number in 0..100 {
        ana.community(&format!("Bazaar {number}")).await;
    }
    ana.post("/servers", json!({"name": "one more"}))
        .await
        .refused(409, "limit_reached");
    let code = owner.invite(&other).await;
    let join = format!("/invites/{code}/join");
    ana.post(&join, json!({}))
        .await
        .refused(409, "limit_reached");
    let preview = hub.get(&format!("/api/invites/{code}")).await.is(200);
    assert_eq!(preview["server"]["member_count"], 1, "no use was counted");
    // A connection with a hundred servers is told of each.
    let socket = hub.socket(&ana).await;
    assert_eq!(socket.all("server_state").len(), 100);
}

// T42
#[tokio::test]
async fn a_server_that_is_deleted_while_many_write_leaves_nothing_and_breaks_nothing() {
    let hub = TestHub::start().await;
    let (community, owner, members) = hub.community("owner", ["ana", "ben", "cem"]).await;
    let code = owner.invite(&community).await;
    let late = hub.user("late").await;
    let write = async |number: usize| {
        let body = json!({"content": "hi", "nonce": crate::harness::nonce()});
        let path = community.messages();
        let answer = members[number % 3].insists("POST", &path, Some(body)).await;
        assert!(matches!(answer.status, 201 | 404), "{answer}");
    };
    let join = async {
        let path = format!("/invites/{code}/join");
        let answer = late.insists("POST", &path, Some(json!({}))).await;
        assert!(matches!(answer.status, 200 | 404), "{answer}");
    };
    let delete = async {
        let answer = owner.insists("DELETE", &community.path(""), None).await;
        assert!(matches!(answer.status, 204 | 404), "{answer}");
    };
    let writes = futures_util::future::join_all((0..90).map(write));
    tokio::join!(writes, join, delete);
    for user in members.iter().chain([&owner, &late]) {
        user.get(&community.messages())
            .await
            .refused(404, "not_found");
        assert_eq!(user.get("/servers").await.is(200)["items"], json!([]));
    }
}
