//! What connections are told of what they may do, when that changes under them.

use battala_proto::Permissions;
use serde_json::json;

use crate::harness::{Engine, Options, TestHub, WallClock, engine};

const HOUR_S: i64 = 60 * 60;

/// What is left during a timeout.
fn look_on() -> serde_json::Value {
    json!(Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY)
}

#[tokio::test]
async fn a_channel_that_is_made_is_followed_by_what_each_may_do_in_it() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (own, bens) = (hub.socket(&owner).await, hub.socket(&ben).await);
    own.settled().await;
    bens.settled().await;
    let body = json!({"name": "aside"});
    let made = owner.post(&community.path("/channels"), body).await.is(201);
    let default = Permissions::EVERYONE_DEFAULT;
    for (socket, permissions) in [(own, Permissions::all()), (bens, default)] {
        let created = socket.wait("channel_created", |_| true).await;
        let told = socket.wait("rights_updated", |_| true).await;
        let bits = json!([{"id": made["id"], "permissions": permissions}]);
        assert_eq!(
            (&told["channels"], &told["permissions"]),
            (&bits, &json!(permissions))
        );
        assert_eq!(told["epoch"], created["epoch"]);
        assert_eq!((&told["shown"], &told["hidden"]), (&json!([]), &json!([])));
    }
}

#[tokio::test]
async fn a_timeout_that_ends_gives_back_what_one_may_do_under_the_connection() {
    let clock = WallClock::new();
    let mut hub = Options::default().clock(&clock).start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let said = owner
        .say(&community.channel, "at the time of the hub")
        .await;
    let now_ms = said["created_at"].as_i64().expect("a number");
    hub.time_out(&ben, now_ms + HOUR_S / 2 * 1000).await;
    let socket = hub.socket(&ben).await;
    let state = socket.wait("server_state", |_| true).await;
    let bits = |of: &serde_json::Value| of["channels"][0]["permissions"].clone();
    assert_eq!(
        (&state["permissions"], bits(&state)),
        (&look_on(), look_on())
    );
    socket.settled().await;
    clock.set(HOUR_S);
    let told = socket.wait("rights_updated", |_| true).await;
    let default = json!(Permissions::EVERYONE_DEFAULT);
    assert_eq!(
        (&told["permissions"], bits(&told)),
        (&default, default.clone())
    );
    assert_eq!(told["channels"][0]["id"], json!(community.channel));
    assert_eq!(
        told["epoch"], state["epoch"],
        "it is no change of the server"
    );
}

/// On PostgreSQL another process may have changed it: nobody here is told, and the database is compared.
#[tokio::test]
async fn what_nobody_told_is_told_when_the_server_was_read() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (community, _owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    socket.settled().await;
    let (server, user) = (&community.id, &ben.id);
    hub.run_sql(&format!(
        "BEGIN; UPDATE servers SET epoch = epoch + 1 WHERE id = {server}; \
         UPDATE server_members SET timeout_until = 9000000000000, \
         rev = (SELECT epoch FROM servers WHERE id = {server}) \
         WHERE server_id = {server} AND user_id = {user}; COMMIT"
    ));
    let told = socket.wait("rights_updated", |_| true).await;
    assert_eq!(told["permissions"], look_on());
    assert_eq!(told["channels"][0]["permissions"], look_on());
    let mark = socket.mark();
    hub.run_sql(&format!(
        "BEGIN; \
         INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) \
         SELECT id, server_id, server_id, server_id, 0, 1024 FROM channels WHERE server_id = {server}; \
         UPDATE servers SET epoch = epoch + 1, structure_rev = structure_rev + 1, \
         rights_version = rights_version + 1 WHERE id = {server}; COMMIT"
    ));
    let state = socket.wait_after(mark, "server_state", |_| true).await;
    assert_eq!(state["channels"], json!([]));
    assert_eq!(state["permissions"], look_on());
}
