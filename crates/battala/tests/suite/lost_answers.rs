//! Commits whose answer is lost, and what is committed past the hub: on PostgreSQL, where a
//! connection can break between the two.
//!
//! Between the hub and its database stands a proxy. What it did not answer has been committed, so
//! everyone whom it concerns is told, whether or not the caller tries again.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{
    Community, Engine, Options, PASSWORD, Reader, Request, Socket, TestHub, User, engine, nonce,
    text_of, until,
};

const CANARY: &str = "canary";
/// Statements by which the proxy knows a transaction.
const SENDS_MESSAGE: &str = "INSERT INTO messages";
const EDITS_MESSAGE: &str = "UPDATE messages SET content = $3";
const ENDS_SESSIONS: &str = "UPDATE sessions SET revoked_at";
const JOINS: &str = "INSERT INTO server_members";
const REMOVES: &str = "DELETE FROM server_members";
const DELETES_SERVER: &str = "UPDATE servers SET deleted_at";
const DELETES_CHANNEL: &str = "UPDATE channels SET deleted_at";
const RENAMES_CHANNEL: &str = "UPDATE channels SET name";
const CHANGES_ACCOUNT: &str = "UPDATE users SET display_name";

const WRITERS: usize = 3;
const MESSAGES_EACH: usize = 60;
const CUTS: usize = 4;

/// A hub behind a bad line, or `None` where there is no line.
async fn hub() -> Option<TestHub> {
    match engine() {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Options::default().proxied().start().await),
    }
}

impl TestHub {
    /// Runs a request whose commit happens, and whose answer nobody gets.
    async fn lose_answer(&self, statement: &str, request: Request) {
        let before = self.proxy().swallowed();
        self.proxy().swallow_commit_after(statement);
        let answer = self.http.try_send(&request).await.expect("an answer");
        answer.refused(503, "unavailable");
        assert_eq!(self.proxy().swallowed(), before + 1, "{statement}");
    }
}

#[tokio::test]
async fn a_message_whose_acknowledgement_was_lost_reaches_everyone_once() {
    let Some(hub) = hub().await else { return };
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let writer = hub.socket(&owner).await;
    let mut reader = Reader::start(&hub, &ben, &community.channel).await;
    let mut expected = Vec::new();
    for round in 0..3 {
        let text = |what: &str| format!("{what} {round}");
        owner.say(&community.channel, &text("before")).await;
        let body = json!({"content": text("by request"), "nonce": nonce()});
        let path = community.messages();
        let request = owner.request("POST", &path, Some(body.clone()));
        hub.lose_answer(SENDS_MESSAGE, request).await;
        // The same again is the same message.
        let sent = owner.post(&path, body).await.is(200);
        reader
            .read_to(sent["seq"].as_i64().expect("a number"))
            .await;
        let body = json!({
            "channel_id": community.channel, "content": text("by command"), "nonce": nonce(),
        });
        hub.proxy().swallow_commit_after(SENDS_MESSAGE);
        writer
            .refused("message_send", body.clone(), "unavailable")
            .await;
        let sent = writer.ok("message_send", body).await;
        reader
            .read_to(sent["seq"].as_i64().expect("a number"))
            .await;
        for what in ["before", "by request", "by command"] {
            expected.push(text(what));
        }
    }
    owner.say(&community.channel, "after").await;
    expected.push("after".to_owned());
    let last = i64::try_from(expected.len()).expect("a small number");
    reader.read_to(last).await;
    assert_eq!(
        (reader.texts.as_slice(), reader.reconnects),
        (expected.as_slice(), 0)
    );
    reader.assert_order();
    let kept = owner.history(&community.channel).await;
    assert_eq!(kept.iter().map(text_of).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_message_that_nobody_sends_again_reaches_everyone_all_the_same() {
    let Some(hub) = hub().await else { return };
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let mut reader = Reader::start(&hub, &ben, &community.channel).await;
    let body = json!({"content": "once", "nonce": nonce()});
    let path = community.messages();
    let request = owner.request("POST", &path, Some(body));
    hub.lose_answer(SENDS_MESSAGE, request).await;
    reader.read_to(1).await;
    let path = format!("{}/{}", community.messages(), {
        let kept = owner.history(&community.channel).await;
        kept[0]["id"].as_str().expect("an id").to_owned()
    });
    let request = owner.request("PATCH", &path, Some(json!({"content": "changed"})));
    hub.lose_answer(EDITS_MESSAGE, request).await;
    reader.read_to(2).await;
    assert_eq!(reader.texts, ["once", "changed"]);
    assert_eq!(reader.reconnects, 0);
}

/// Ends a session of a member by a request whose answer is lost; nothing that is written afterwards
/// reaches its socket.
async fn session_ends_by(end: impl Fn(&User, &User) -> Request) {
    let Some(hub) = hub().await else { return };
    let names = ["ana", "ben", "cal", "dev", "eve"];
    let (community, owner, victims) = hub.community("owner", names).await;
    let witness = hub.socket(&owner).await;
    // Each once: what ends the sessions may change the password, too.
    for victim in victims {
        let (acting, session) = (hub.login(&victim.name).await, hub.login(&victim.name).await);
        let socket = hub.socket(&session).await;
        hub.lose_answer(ENDS_SESSIONS, end(&acting, &session)).await;
        let mark = witness.mark();
        owner.say(&community.channel, CANARY).await;
        witness.wait_after(mark, "message_created", |_| true).await;
        socket.closed().await;
        for event in socket.events() {
            let is_canary = event.data["message"]["content"] == CANARY;
            assert!(!is_canary, "leaked: {event:?}");
        }
        let again = Socket::open(hub.http.address).await;
        let refusal = again.connect(&json!({"token": session.token})).await;
        let refusal = refusal.expect_err("refused");
        assert_eq!(refusal["data"]["code"], "session_ended");
    }
}

#[tokio::test]
async fn a_sign_out_whose_answer_was_lost_ends_the_socket() {
    session_ends_by(|_, session| session.cookie_request("/api/auth/logout")).await;
}

#[tokio::test]
async fn an_ended_session_whose_answer_was_lost_ends_the_socket() {
    let end = |acting: &User, session: &User| {
        let path = format!("/auth/sessions/{}", session.session_id);
        acting.request("DELETE", &path, None)
    };
    session_ends_by(end).await;
}

#[tokio::test]
async fn a_new_password_whose_answer_was_lost_ends_the_other_sockets() {
    let end = |acting: &User, _: &User| {
        let body = json!({"current_password": PASSWORD, "new_password": "a new mango tree"});
        acting.request("POST", "/users/@me/password", Some(body))
    };
    session_ends_by(end).await;
}

async fn hears(socket: &Socket, owner: &User, community: &Community) {
    let mark = socket.mark();
    owner.say(&community.channel, "do you hear me").await;
    let is_here = |told: &Value| told["message"]["channel_id"] == community.channel.as_str();
    socket.wait_after(mark, "message_created", is_here).await;
}

#[tokio::test]
async fn who_joined_hears_of_the_server_though_the_answer_was_lost() {
    let Some(hub) = hub().await else { return };
    let (community, owner, []) = hub.community("owner", []).await;
    let listening = hub.socket(&owner).await;
    let code = owner.invite(&community).await;
    let ben = hub.user("ben").await;
    let socket = hub.socket(&ben).await;
    let path = format!("/invites/{code}/join");
    let join = ben.request("POST", &path, Some(json!({})));
    hub.lose_answer(JOINS, join).await;
    let is_it = |event: &Value| event["server_id"] == community.id.as_str();
    socket.wait("server_reads", is_it).await;
    hears(&socket, &owner, &community).await;
    // Nobody else is connected to this one.
    let cal = hub.user("cal").await;
    let quiet = cal.community("Quiet").await;
    let code = cal.invite(&quiet).await;
    let path = format!("/invites/{code}/join");
    let join = ben.request("POST", &path, Some(json!({})));
    hub.lose_answer(JOINS, join).await;
    let is_it = |event: &Value| event["server_id"] == quiet.id.as_str();
    socket.wait("server_reads", is_it).await;
    hears(&socket, &cal, &quiet).await;
    hears(&listening, &owner, &community).await;
}

#[tokio::test]
async fn who_was_removed_is_out_though_the_answer_was_lost() {
    let Some(hub) = hub().await else { return };
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (mine, theirs) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let path = community.path(&format!("/members/{}", ben.id));
    let kick = owner.request("DELETE", &path, None);
    hub.lose_answer(REMOVES, kick).await;
    let mark = mine.mark();
    owner.say(&community.channel, CANARY).await;
    let removed = theirs.wait("server_removed", |_| true).await;
    assert_eq!(removed["server_id"], community.id.as_str());
    theirs.round_trip().await;
    let created = theirs.all("message_created");
    assert!(created.is_empty(), "{created:?}");
    // Who stayed is told, as an event or as something to ask for.
    let is_told = |events: &[crate::harness::Delivered]| {
        let mut later = events.iter().skip(mark);
        later.find_map(|event| match event.name.as_str() {
            "message_created" => Some(()),
            "heads" => (event.data["channels"][0]["last_seq"] == 1).then_some(()),
            _ => None,
        })
    };
    mine.find("the canary", is_told).await;
}

#[tokio::test]
async fn what_changed_in_a_server_is_told_though_the_answer_was_lost() {
    let Some(hub) = hub().await else { return };
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let path = format!("/channels/{}", community.channel);
    let rename = owner.request("PATCH", &path, Some(json!({"name": "renamed"})));
    hub.lose_answer(RENAMES_CHANNEL, rename).await;
    let is_renamed = |state: &Value| state.to_string().contains("renamed");
    socket.wait("server_state", is_renamed).await;
    let profile = json!({"display_name": "Benedict"});
    let rename = ben.request("PATCH", "/users/@me", Some(profile));
    hub.lose_answer(CHANGES_ACCOUNT, rename).await;
    let is_renamed = |told: &Value| told.to_string().contains("Benedict");
    socket.wait("me_updated", is_renamed).await;
    socket.wait("user_updated", is_renamed).await;
    let path = community.path("");
    let delete = owner.request("DELETE", &path, None);
    hub.lose_answer(DELETES_SERVER, delete).await;
    let removed = socket.wait("server_removed", |_| true).await;
    assert_eq!(
        removed,
        json!({"server_id": community.id, "reason": "deleted"})
    );
}

#[tokio::test]
async fn what_was_deleted_is_removed_though_the_answer_was_lost() {
    let Some(hub) = hub().await else { return };
    let (community, owner, []) = hub.community("owner", []).await;
    let other = owner.channel(&community, "other").await;
    for (channel, statement, path) in [
        (&other, DELETES_CHANNEL, format!("/channels/{other}")),
        (&community.channel, DELETES_SERVER, community.path("")),
    ] {
        owner.say(channel, "not for long").await;
        let delete = owner.request("DELETE", &path, None);
        hub.lose_answer(statement, delete).await;
        let left = format!("SELECT count(*) FROM messages WHERE channel_id = {channel}");
        until("the messages go", async || {
            (hub.run_sql(&left) == "0").then_some(())
        })
        .await;
    }
}

/// Waits until so many messages are stored.
async fn written(hub: &TestHub, count: usize) {
    until("some messages", async || {
        let kept = hub.run_sql("SELECT count(*) FROM messages");
        let kept: usize = kept.parse().expect("a number");
        (kept >= count).then_some(())
    })
    .await;
}

/// Sends one message after the other, each until it is acknowledged; their numbers and texts.
pub(crate) async fn write(
    hub: &TestHub,
    writer: &User,
    community: &Community,
    count: usize,
) -> Vec<(i64, String)> {
    let mut sent = Vec::new();
    for number in 0..count {
        let text = format!("{} {number}", writer.name);
        let body = json!({"content": text, "nonce": nonce()});
        let request = writer.request("POST", &community.messages(), Some(body));
        let message = until("an acknowledgement", async || {
            let answer = hub.http.try_send(&request).await.expect("an answer");
            match answer.status {
                503 => None,
                _ => Some(answer.ok()),
            }
        })
        .await;
        sent.push((message["seq"].as_i64().expect("a number"), text));
    }
    sent
}

#[tokio::test]
async fn what_was_acknowledged_while_the_database_was_cut_off_is_kept_and_told() {
    let Some(hub) = hub().await else { return };
    let (community, owner, members) = hub.community("owner", ["ana", "ben", "cal"]).await;
    let mut reader = Reader::start(&hub, &owner, &community.channel).await;
    let writing = join_all(
        members
            .iter()
            .map(|member| write(&hub, member, &community, MESSAGES_EACH)),
    );
    let cutting = async {
        for round in 1..=CUTS {
            // Somewhere in the middle of the work.
            let done = WRITERS * MESSAGES_EACH * round / (CUTS + 2);
            written(&hub, done).await;
            hub.proxy().refuse(round % 2 == 0);
            hub.proxy().cut();
            hub.proxy().refuse(false);
        }
    };
    let (sent, ()) = tokio::join!(writing, cutting);
    let mut sent: Vec<(i64, String)> = sent.into_iter().flatten().collect();
    sent.sort_unstable();
    let texts: Vec<String> = sent.into_iter().map(|(_, text)| text).collect();
    reader
        .read_to(i64::try_from(texts.len()).expect("a small number"))
        .await;
    assert_eq!(reader.texts, texts);
    reader.assert_order();
    let kept = owner.history(&community.channel).await;
    assert_eq!(kept.iter().map(text_of).collect::<Vec<_>>(), texts);
}

#[tokio::test]
async fn a_session_that_was_ended_in_the_database_loses_its_socket() {
    let Some(hub) = hub().await else { return };
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let (ended, other) = (hub.socket(&ana).await, hub.socket(&ben).await);
    let session = &ana.session_id;
    hub.run_sql(&format!(
        "UPDATE sessions SET revoked_at = 1 WHERE id = {session}"
    ));
    assert_eq!(ended.ended().await, "unknown");
    other.round_trip().await;
    assert!(other.is_open());
}

#[tokio::test]
async fn what_was_changed_in_the_database_is_told() {
    let Some(hub) = hub().await else { return };
    let (community, _owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let channel = &community.channel;
    hub.run_sql(&format!(
        "UPDATE channels SET last_seq = 1 WHERE id = {channel}"
    ));
    let is_ahead = |heads: &Value| heads["channels"][0]["last_seq"] == 1;
    socket.wait("heads", is_ahead).await;
    let server = &community.id;
    hub.run_sql(&format!(
        "UPDATE servers SET name = 'Market', epoch = epoch + 1, structure_rev = structure_rev + 1 WHERE id = {server}"
    ));
    let is_renamed = |state: &Value| state["server"]["name"] == "Market";
    socket.wait("server_state", is_renamed).await;
}

/// Looks that a doubt gets here, of some twenty.
const LOOKS: usize = 6;

#[tokio::test]
async fn who_writes_while_something_is_in_doubt_is_not_told_everything_again() {
    let Some(hub) = hub().await else { return };
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    let body = json!({"content": "lost", "nonce": nonce()});
    let request = owner.request("POST", &community.messages(), Some(body));
    hub.lose_answer(SENDS_MESSAGE, request).await;
    for look in 1..=LOOKS {
        // Each look says it.
        let has_looked = || (socket.all("presence_updated").len() >= look).then_some(());
        until("a look", async || has_looked()).await;
        owner.say(&community.channel, "more").await;
    }
    let told = socket.all("server_reads").len();
    assert!(told <= 3, "at the beginning and for what was lost: {told}");
}
