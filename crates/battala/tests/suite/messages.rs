//! Messages: writing, reading, changing, deleting.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Community, Request, Socket, TestHub, User, nonce, soon, until};

fn seqs(messages: &[Value]) -> Vec<i64> {
    messages
        .iter()
        .map(|message| message["seq"].as_i64().expect("a number"))
        .collect()
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("a list")
}

fn contents(page: &Value) -> Vec<&str> {
    items(page)
        .iter()
        .map(|message| message["content"].as_str().expect("a text"))
        .collect()
}

fn id(message: &Value) -> &str {
    message["id"].as_str().expect("an id")
}

async fn received(socket: &Socket, name: &str, message: &Value) -> Value {
    socket
        .wait(name, |event| event["message"]["id"] == message["id"])
        .await
}

#[tokio::test]
async fn a_message_by_http_reaches_every_member_as_it_is_stored() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let sockets = [hub.socket(&owner).await, hub.socket(&ben).await];
    let body = json!({"content": "salaam ✿ \u{1f33f}  ", "nonce": "mine"});
    let message = owner.post(&community.messages(), body).await.is(201);
    assert_eq!(message["content"], "salaam ✿ \u{1f33f}");
    for (field, value) in [
        ("seq", json!(1)),
        ("rev", json!(1)),
        ("type", json!(0)),
        ("flags", json!(0)),
        ("nonce", json!("mine")),
        ("edited_at", json!(null)),
        ("is_deleted", json!(false)),
        ("channel_id", json!(community.channel)),
        ("server_id", json!(community.id)),
    ] {
        assert_eq!(message[field], value, "{field}");
    }
    for socket in &sockets {
        let event = received(socket, "message_created", &message).await;
        assert_eq!((&event["message"], &event["seq"]), (&message, &json!(1)));
    }
    let path = format!("{}/{}", community.messages(), id(&message));
    assert_eq!(ben.get(&path).await.is(200), message);
}

#[tokio::test]
async fn a_message_by_socket_is_acknowledged_with_its_id_and_place() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (mine, theirs) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let body = json!({"channel_id": community.channel, "content": "hi", "nonce": "one"});
    let sent = mine.ok("message_send", body).await;
    assert_eq!(sent["seq"], 1);
    let event = theirs.wait("message_created", |_| true).await;
    assert_eq!(
        (&event["message"]["id"], &event["message"]["content"]),
        (&sent["id"], &json!("hi"))
    );
    let path = format!("{}/{}", community.messages(), id(&sent));
    assert_eq!(ben.get(&path).await.is(200), event["message"]);
}

#[tokio::test]
async fn a_nonce_is_one_message_over_every_transport_and_restart() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let body = json!({"content": "once", "nonce": "same"});
    let first = owner
        .post(&community.messages(), body.clone())
        .await
        .is(201);
    assert_eq!(
        owner
            .post(&community.messages(), body.clone())
            .await
            .is(200),
        first
    );
    let command = json!({"channel_id": community.channel, "content": "once", "nonce": "same"});
    let receipt = json!({"id": first["id"], "seq": first["seq"]});
    assert_eq!(
        hub.socket(&owner)
            .await
            .ok("message_send", command.clone())
            .await,
        receipt
    );
    hub.kill();
    hub.run().await;
    let socket = hub.socket(&owner).await;
    assert_eq!(socket.ok("message_send", command).await, receipt);
    assert_eq!(
        owner
            .post(&community.messages(), body.clone())
            .await
            .is(200),
        first
    );
    // Another author's nonce is another message; another channel's is a mistake.
    let theirs = ben.post(&community.messages(), body.clone()).await.is(201);
    assert_ne!(theirs["id"], first["id"]);
    let other = owner.channel(&community, "other").await;
    let answer = owner
        .post(&format!("/channels/{other}/messages"), body)
        .await;
    answer.refused(409, "conflict");
    let command = json!({"channel_id": other, "content": "once", "nonce": "same"});
    socket.refused("message_send", command, "conflict").await;
    assert_eq!(
        seqs(items(&owner.get(&community.messages()).await.is(200))),
        [1, 2]
    );
    // A replay made no event either.
    assert!(
        socket
            .all("message_created")
            .iter()
            .all(|event| event["seq"] != 1)
    );
}

/// The id of the message. One that lost against a retry beside it may be asked to come
/// again; then it finds the other.
async fn send_until_answered(hub: &TestHub, request: &Request) -> Value {
    until("an answer", async || {
        let answer = hub.http.try_send(request).await.expect("an answer");
        (answer.status != 503).then(|| answer.ok()["id"].clone())
    })
    .await
}

#[tokio::test]
async fn parallel_retries_of_one_nonce_are_one_message() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    for round in 0..5 {
        let nonce = format!("round-{round}");
        let body = json!({"content": "once", "nonce": nonce});
        let request = owner.request("POST", &community.messages(), Some(body));
        let http = (0..8).map(|_| send_until_answered(&hub, &request));
        let command = json!({"channel_id": community.channel, "content": "once", "nonce": nonce});
        let by_socket = until("an acknowledgement", async || {
            let ack = socket.command("message_send", command.clone()).await;
            ack["ok"].get("id").cloned()
        });
        let (mut ids, last) = tokio::join!(join_all(http), by_socket);
        ids.push(last);
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
    }
    assert_eq!(
        seqs(items(&owner.get(&community.messages()).await.is(200))),
        [1, 2, 3, 4, 5]
    );
}

/// Writes by HTTP or by the socket; the sequence number.
async fn write(user: &User, socket: &Socket, community: &Community, number: usize) -> Value {
    if number.is_multiple_of(2) {
        return user.say(&community.channel, "by http").await["seq"].clone();
    }
    let body = json!({"channel_id": community.channel, "content": "by socket", "nonce": nonce()});
    socket.ok("message_send", body).await["seq"].clone()
}

#[tokio::test]
async fn many_writers_at_once_leave_no_gap_and_every_reader_sees_one_order() {
    let hub = TestHub::start().await;
    let (community, owner, users) = hub.community("owner", ["ana", "ben", "cem"]).await;
    let reader = hub.socket(&owner).await;
    let late_reader = hub.socket(&users[0]).await;
    let mut sockets = Vec::new();
    for user in &users {
        sockets.push(hub.socket(user).await);
    }
    let writes = (0..120).map(|number| {
        let writer = number % users.len();
        write(&users[writer], &sockets[writer], &community, number)
    });
    let mut written: Vec<i64> = soon("the writes", join_all(writes))
        .await
        .iter()
        .filter_map(Value::as_i64)
        .collect();
    written.sort_unstable();
    let expected: Vec<i64> = (1..=120).collect();
    assert_eq!(written, expected);
    for socket in [&reader, &late_reader] {
        socket
            .wait("message_created", |event| event["seq"] == 120)
            .await;
        let seen: Vec<i64> = socket
            .all("message_created")
            .iter()
            .filter_map(|event| event["seq"].as_i64())
            .collect();
        assert_eq!(seen, expected);
    }
    let page = owner
        .get(&format!("{}?limit=100", community.messages()))
        .await
        .is(200);
    let ids: Vec<i64> = items(&page)
        .iter()
        .map(|message| id(message).parse().expect("a number"))
        .collect();
    assert!(ids.is_sorted(), "order by id is order by seq");
}

#[tokio::test]
async fn history_is_read_in_pages_from_every_side() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let mut said = Vec::new();
    for number in 1..=25 {
        said.push(owner.say(&community.channel, &number.to_string()).await);
    }
    let page = async |query: &str| {
        owner
            .get(&format!("{}?{query}", community.messages()))
            .await
            .is(200)
    };
    let at = |seq: usize| id(&said[seq - 1]);
    // The query, the first and last message of its page, and whether there are more.
    for (query, first, last, has_older, has_newer) in [
        (String::new(), 1, 25, false, false),
        ("limit=10".to_owned(), 16, 25, true, false),
        (format!("limit=10&before={}", at(16)), 6, 15, true, true),
        (format!("limit=10&before={}", at(6)), 1, 5, false, true),
        (format!("limit=10&after={}", at(5)), 6, 15, true, true),
        (format!("limit=10&after={}", at(15)), 16, 25, true, false),
        ("limit=10&after=1".to_owned(), 1, 10, false, true),
        (format!("limit=10&around={}", at(12)), 7, 16, true, true),
        (format!("limit=10&around={}", at(1)), 1, 5, false, true),
        (format!("limit=10&around={}", at(25)), 20, 25, true, false),
        // Nothing before the first, and nothing after the last.
        (format!("limit=1&before={}", at(1)), 1, 0, false, true),
        (format!("limit=1&after={}", at(25)), 1, 0, true, false),
    ] {
        let page = page(&query).await;
        let expected: Vec<i64> = (first..=last).collect();
        assert_eq!(seqs(items(&page)), expected, "{query}: {page}");
        let more = (&page["has_older"], &page["has_newer"]);
        assert_eq!(more, (&json!(has_older), &json!(has_newer)), "{query}");
    }
    // A deleted message is left out, and the page is as full as it can be.
    owner
        .delete(&format!("{}/{}", community.messages(), at(20)))
        .await
        .is(204);
    let left = page("limit=10").await;
    assert_eq!(items(&left).len(), 10);
    assert!(!contents(&left).contains(&"20"));
}

// T75
#[tokio::test]
async fn a_page_that_nobody_can_mean_is_refused_by_the_name_of_its_field() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    for (query, field, code) in [
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "too_large"),
        ("limit=-1", "limit", "too_small"),
        ("limit=1e9", "limit", "too_large"),
        ("limit=99999999999999999999", "limit", "too_large"),
        ("limit=", "limit", "wrong_type"),
        ("before=abc", "before", "invalid_format"),
        ("after=-5", "after", "invalid_format"),
        ("around=9223372036854775808", "around", "invalid_format"),
        ("before=1&after=2", "after", "invalid_format"),
        ("before=1&before=2", "before", "invalid_format"),
        ("cursor=1", "cursor", "unknown_field"),
        ("limit=%00", "limit", "wrong_type"),
        ("before=%F0%9F", "before", "invalid_format"),
    ] {
        let answer = owner
            .get(&format!("{}?{query}", community.messages()))
            .await;
        answer.refuses_field(field, code);
    }
}

#[tokio::test]
async fn an_edit_changes_the_text_for_everyone_and_keeps_the_place() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&owner).await;
    let said = ben.say(&community.channel, "helo").await;
    owner.say(&community.channel, "next").await;
    let path = format!("{}/{}", community.messages(), id(&said));
    let edited = ben.patch(&path, json!({"content": "hello"})).await.is(200);
    assert_eq!(
        (&edited["content"], &edited["seq"], &edited["rev"]),
        (&json!("hello"), &json!(1), &json!(3))
    );
    assert!(edited["edited_at"].is_i64());
    let event = received(&socket, "message_updated", &said).await;
    assert_eq!((&event["message"], &event["seq"]), (&edited, &json!(3)));
    assert_eq!(
        contents(&owner.get(&community.messages()).await.is(200)),
        ["hello", "next"]
    );
    owner
        .patch(&path, json!({"content": "mine"}))
        .await
        .refused(403, "forbidden");
    let answer = ben
        .patch(&path, json!({"content": "x", "nonce": "y"}))
        .await;
    answer.refuses_field("nonce", "unknown_field");
}

#[tokio::test]
async fn a_deleted_message_leaves_a_tombstone_without_its_text() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let said = ben.say(&community.channel, "regretted").await;
    let path = format!("{}/{}", community.messages(), id(&said));
    owner.delete(&path).await.is(204);
    let event = received(&socket, "message_deleted", &said).await;
    let tombstone = &event["message"];
    assert_eq!(
        (
            &tombstone["content"],
            &tombstone["is_deleted"],
            &event["seq"]
        ),
        (&json!(""), &json!(true), &json!(2))
    );
    for answer in [
        owner.delete(&path).await,
        ben.patch(&path, json!({"content": "back"})).await,
    ] {
        answer.refused(404, "not_found");
    }
    let seen = ben.get(&path).await;
    assert!(!seen.text().contains("regretted"), "{seen}");
    assert_eq!(
        contents(&ben.get(&community.messages()).await.is(200)),
        [""; 0]
    );
    let synced = socket
        .ok(
            "channel_sync",
            json!({"channel_id": community.channel, "after": 0}),
        )
        .await;
    assert!(!synced.to_string().contains("regretted"), "{synced}");
    assert_eq!(synced["rows"][0]["is_deleted"], true);
    // T20 of deletion: the nonce of what is gone stays used.
    let again = ben
        .post(
            &community.messages(),
            json!({"content": "x", "nonce": said["nonce"]}),
        )
        .await
        .is(200);
    assert_eq!(again["is_deleted"], true);
}

// T87
#[tokio::test]
async fn a_message_has_a_length_in_characters_and_in_bytes() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
    for (content, code) in [
        (String::new(), "required"),
        (" \n\t ".to_owned(), "required"),
        ("\u{200d}\u{3164}".to_owned(), "required"),
        ("x".repeat(4001), "too_long"),
        (family.repeat(600), "too_long"),
        ("a\u{0}b".to_owned(), "invalid_characters"),
        ("a\u{1b}[31mb".to_owned(), "invalid_characters"),
    ] {
        let body = json!({"content": content, "nonce": nonce()});
        let answer = owner.post(&community.messages(), body).await;
        answer.refuses_field("content", code);
        let body = json!({"channel_id": community.channel, "content": content, "nonce": nonce()});
        let error = socket.refused("message_send", body, "invalid_input").await;
        assert_eq!(error["fields"][0]["code"], code);
    }
    for content in [
        "x".repeat(4000),
        "ঀ".repeat(4000),
        "line\n\tline".to_owned(),
    ] {
        let said = owner.say(&community.channel, &content).await;
        assert_eq!(said["content"], content);
    }
    for (nonce, code) in [
        ("", "required"),
        (&"n".repeat(65), "too_long"),
        ("a\u{0}b", "invalid_characters"),
        ("ñ", "invalid_characters"),
    ] {
        let answer = owner
            .post(
                &community.messages(),
                json!({"content": "x", "nonce": nonce}),
            )
            .await;
        answer.refuses_field("nonce", code);
    }
}

// T72
#[tokio::test]
async fn fields_that_the_hub_decides_are_refused_by_name() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    for field in [
        "id",
        "type",
        "flags",
        "seq",
        "rev",
        "author",
        "author_id",
        "authorId",
        "created_at",
        "pinned",
        "__proto__",
    ] {
        let answer = owner
            .post(
                &community.messages(),
                json!({"content": "x", "nonce": nonce(), field: 1}),
            )
            .await;
        answer.refuses_field(field, "unknown_field");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_of_a_message_is_the_one_in_its_id_and_never_steps_back() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let write = async |from: &crate::harness::User| {
        for _ in 0..50 {
            from.say(&community.channel, "now").await;
        }
    };
    tokio::join!(write(&owner), write(&ben), write(&owner), write(&ben));
    let messages = ben.history(&community.channel).await;
    assert_eq!(messages.len(), 200);
    let mut last = 0;
    for message in messages {
        let id: battala_proto::id::MessageId = message["id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id");
        let at = message["created_at"].as_i64().expect("a time");
        assert_eq!(at, id.created_at_ms());
        assert!(at >= last);
        last = at;
    }
}
