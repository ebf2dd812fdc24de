//! A right that was taken away stops working on live sockets, and nothing that was
//! written afterwards reaches them (T44, T46, T47, T51).
//!
//! Each round revokes and writes canaries right behind it, without waiting for the
//! news to arrive anywhere.

use battala_hub::tokens::ACCESS_TOKEN_MS;
use serde_json::{Value, json};

use crate::authority::signed_ago;
use crate::harness::{Community, NEW_PASSWORD, Options, PASSWORD, Socket, TestHub, User, nonce};

/// Rounds of each test.
const ROUNDS: usize = 50;

const CANARY: &str = "canary";

#[tokio::test]
async fn who_holds_a_session_of_the_account_cannot_keep_its_owner_from_ending_it() {
    let hub = Options::default()
        .rate("write", 6, 1)
        .rate("read", 6, 1)
        .start()
        .await;
    let owner = hub.user("ana").await;
    let thief = hub.login("ana").await;
    for _ in 0..8 {
        let name = json!({"display_name": "Mine"});
        thief.patch("/users/@me", name).await;
        thief.get("/users/@me").await;
    }
    owner.get("/users/@me").await.refused(429, "rate_limited");
    owner.get("/auth/sessions").await.is(200);
    owner.delete("/auth/sessions").await.is(204);
    thief.get("/users/@me").await.refused(401, "session_ended");
}

#[tokio::test]
async fn who_was_removed_is_told_that_nothing_is_here_whatever_they_send() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    ben.say(&community.channel, "hello").await;
    let removal = community.path(&format!("/members/{}", ben.id));
    owner.delete(&removal).await.is(204);
    let path = format!("/channels/{}/messages", community.channel);
    for body in [json!({"content": ""}), json!({"nonce": 1}), json!([])] {
        ben.post(&path, body).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn the_token_of_an_ended_session_uses_up_nothing_of_its_account() {
    let hub = Options::default()
        .rate("read", 6, 1)
        .rate("no_operation", 20, 1)
        .start()
        .await;
    let owner = hub.user("ana").await;
    let thief = hub.login("ana").await;
    owner.delete("/auth/sessions").await.is(204);
    for _ in 0..10 {
        thief.get("/nothing").await;
    }
    owner.get("/users/@me").await.is(200);
}

/// Writes by HTTP and by a socket, right after the revocation was answered.
async fn write_canaries(owner: &User, socket: &Socket, community: &Community) {
    let body = json!({"channel_id": community.channel, "content": CANARY, "nonce": nonce()});
    let command = socket.send_command("message_send", &body);
    owner.say(&community.channel, CANARY).await;
    let ack = socket.acknowledgement(command).await.expect("an answer");
    assert!(ack["ok"].is_object(), "{ack}");
}

fn assert_no_canary(socket: &Socket) {
    for event in socket.events() {
        assert!(
            !event.data.to_string().contains(CANARY),
            "leaked: {event:?}"
        );
    }
}

/// Everything that the hub had sent to a socket which lives on has arrived.
async fn assert_nothing_came(socket: &Socket) {
    socket.round_trip().await;
    assert_no_canary(socket);
}

struct Stage {
    hub: TestHub,
    community: Community,
    owner: User,
    writer: Socket,
    witness: Socket,
    code: String,
}

impl Stage {
    async fn set() -> Self {
        let hub = TestHub::start().await;
        let (community, owner, [witness]) = hub.community("owner", ["witness"]).await;
        Self {
            writer: hub.socket(&owner).await,
            witness: hub.socket(&witness).await,
            code: owner.invite(&community).await,
            community,
            owner,
            hub,
        }
    }

    /// Two live sockets of a member, one of them over polling now and then.
    async fn sockets_of(&self, user: &User, round: usize) -> [Socket; 2] {
        let second = if round.is_multiple_of(5) {
            Socket::ready_by_polling(&self.hub.http, &user.token).await
        } else {
            self.hub.socket(user).await
        };
        [self.hub.socket(user).await, second]
    }

    async fn write_canaries(&self) {
        let mark = self.witness.mark();
        write_canaries(&self.owner, &self.writer, &self.community).await;
        // The canaries were delivered to those who are allowed to have them.
        let seen = |event: &Value| event["message"]["content"] == CANARY;
        self.witness.wait_after(mark, "message_created", seen).await;
    }
}

#[tokio::test]
async fn who_was_removed_receives_nothing_that_was_written_afterwards() {
    let stage = Stage::set().await;
    let victim = stage.hub.user("victim").await;
    victim.join(&stage.code).await;
    let sockets = stage.sockets_of(&victim, 0).await;
    for _ in 0..ROUNDS {
        let marks = sockets.each_ref().map(Socket::mark);
        let path = stage.community.path(&format!("/members/{}", victim.id));
        stage.owner.delete(&path).await.is(204);
        stage.write_canaries().await;
        for (socket, mark) in sockets.iter().zip(marks) {
            socket.wait_after(mark, "server_removed", |_| true).await;
            let body = json!({"channel_id": stage.community.channel, "after": 0});
            socket.refused("channel_sync", body, "not_found").await;
            assert_nothing_came(socket).await;
        }
        // Back again, on the same sockets.
        victim.join(&stage.code).await;
        for (socket, mark) in sockets.iter().zip(marks) {
            socket.wait_after(mark, "server_reads", |_| true).await;
        }
    }
}

#[tokio::test]
async fn who_left_receives_nothing_that_was_written_afterwards() {
    let stage = Stage::set().await;
    let victim = stage.hub.user("victim").await;
    let sockets = stage.sockets_of(&victim, 1).await;
    for _ in 0..ROUNDS {
        let marks = sockets.each_ref().map(Socket::mark);
        victim.join(&stage.code).await;
        // Left again before the state of the server has even arrived, or after.
        victim
            .delete(&stage.community.path("/members/@me"))
            .await
            .is(204);
        stage.write_canaries().await;
        for (socket, mark) in sockets.iter().zip(marks) {
            socket.wait_after(mark, "server_removed", |_| true).await;
            assert_nothing_came(socket).await;
        }
    }
}

#[tokio::test]
async fn a_deleted_server_tells_its_members_and_takes_no_further_message() {
    let hub = TestHub::start().await;
    let (owner, ana) = (hub.user("owner").await, hub.user("ana").await);
    let (mine, theirs) = (hub.socket(&owner).await, hub.socket(&ana).await);
    for _ in 0..ROUNDS {
        let community = owner.community("Bazaar").await;
        ana.join(&owner.invite(&community).await).await;
        owner.delete(&community.path("")).await.is(204);
        let body = json!({"channel_id": community.channel, "content": CANARY, "nonce": nonce()});
        mine.refused("message_send", body.clone(), "not_found")
            .await;
        theirs.refused("message_send", body, "not_found").await;
        for socket in [&mine, &theirs] {
            let is_it = |event: &Value| event["server_id"] == community.id.as_str();
            socket.wait("server_removed", is_it).await;
            assert_nothing_came(socket).await;
        }
    }
}

/// Runs `end` on a fresh session of a member, then writes canaries; the session's
/// sockets must close with this reason and hold none.
async fn sessions_end(reason: &str, end: impl AsyncFn(&TestHub, &User, &User)) {
    let stage = Stage::set().await;
    let mut victim = stage.hub.user("victim").await;
    victim.join(&stage.code).await;
    for round in 0..ROUNDS {
        let session = stage.hub.login(&victim.name).await;
        let sockets = stage.sockets_of(&session, round).await;
        end(&stage.hub, &victim, &session).await;
        stage.write_canaries().await;
        for socket in &sockets {
            let ended = socket.wait("session_ended", |_| true).await;
            assert_eq!(ended["reason"], reason);
            socket.closed().await;
            assert_no_canary(socket);
        }
        let again = Socket::open(stage.hub.http.address).await;
        let refusal = again
            .connect(&json!({"token": session.token}))
            .await
            .expect_err("refused");
        assert_eq!(refusal["data"]["code"], "session_ended");
        // The other session of the same account has all of it.
        if round == 0 {
            victim = stage.hub.login(&victim.name).await;
            stage.hub.socket(&victim).await.round_trip().await;
        }
    }
}

#[tokio::test]
async fn sockets_of_a_session_that_signed_out_receive_nothing_more() {
    sessions_end("signed_out", async |_, _, session| session.logout().await).await;
}

#[tokio::test]
async fn sockets_of_a_session_that_was_ended_receive_nothing_more() {
    let end = async |_: &TestHub, victim: &User, session: &User| {
        let path = format!("/auth/sessions/{}", session.session_id);
        victim.delete(&path).await.is(204);
    };
    sessions_end("revoked", end).await;
}

#[tokio::test]
async fn sockets_of_other_sessions_receive_nothing_after_a_new_password() {
    let end = async |_: &TestHub, victim: &User, _: &User| {
        victim.changes_password(PASSWORD, NEW_PASSWORD).await;
        // For the next round, which signs in anew.
        victim.changes_password(NEW_PASSWORD, PASSWORD).await;
    };
    sessions_end("password_changed", end).await;
}

// T47
#[tokio::test]
async fn an_access_token_that_expires_on_an_open_socket_ends_it_unless_it_is_renewed() {
    let hub = Options::default()
        .limit("token_grace_ms", 1000)
        .start()
        .await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    let nearly_over =
        |user: &User| user.with_token(&signed_ago(&hub, user, ACCESS_TOKEN_MS - 2000));
    let (late, prompt) = (
        hub.socket(&nearly_over(&ana)).await,
        hub.socket(&nearly_over(&ben)).await,
    );
    prompt
        .ok("session_refresh", json!({"token": ben.token}))
        .await;
    assert_eq!(late.ended().await, "expired");
    owner.say(&community.channel, CANARY).await;
    let seen = |event: &Value| event["message"]["content"] == CANARY;
    prompt.wait("message_created", seen).await;
    assert_no_canary(&late);
    // The session lives on: only the token was old.
    hub.socket(&ana).await.round_trip().await;
    assert!(prompt.is_open());
}
