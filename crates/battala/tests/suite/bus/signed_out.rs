//! What was allowed while a session lived, and comes to be written after its end.

use battala_hub::access::{
    Action, CreateChannel, CreateServer, EditMessage, KeyOf, MarkRead, SendMessage, UpdateServer,
};
use battala_hub::{Actor, Can, Error, Result, channels, messages, reads, servers, sessions};
use battala_proto::fields::{Fields, Request as Read};
use battala_proto::id::{ChannelId, MessageId, ServerId};
use battala_proto::messages as wire;
use battala_store::{Db, DbError, args, sql};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::{Cluster, Node};
use crate::harness::{
    Community, Engine, NEW_PASSWORD, PASSWORD, Request, User, engine, nonce, until,
};

/// A body as it is read from what came.
fn body<T: Read>(json: Value) -> T {
    let fields: Fields = serde_json::from_value(json).expect("fields");
    T::from_fields(fields).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn message() -> wire::SendMessage {
    body(json!({"content": "too late", "nonce": nonce()}))
}

/// Rights of one session, each asked for while it lived.
struct Rights<'n> {
    node: &'n Node,
    actor: Actor,
}

impl<'n> Rights<'n> {
    async fn of(node: &'n Node, session: &User) -> Self {
        let known = sessions::authenticate(&node.hub, &session.token).await;
        let actor = known.expect("a live session").actor;
        Self { node, actor }
    }

    async fn to<A: Action>(&self, key: KeyOf<A>) -> Can<A> {
        let can = self.node.hub.authorize(self.actor.clone(), key).await;
        can.unwrap_or_else(|error| panic!("{}: {error}", A::NAME))
    }
}

#[track_caller]
fn assert_over<T>(written: Result<T>) {
    let refusal = written.err();
    assert!(matches!(refusal, Some(Error::SessionEnded)), "{refusal:?}");
}

async fn login(node: &Node, name: &str) -> User {
    let body = json!({"login": name, "password": PASSWORD});
    let request = Request::new("POST", "/api/auth/login").json(&body);
    User::signed_in(&node.http, &node.http.send(&request).await)
}

async fn sent(user: &User, community: &Community) -> MessageId {
    let said = user.say(&community.channel, "in time").await;
    let id = said["id"].as_str().expect("an id");
    id.parse().expect("a number")
}

#[tokio::test]
async fn nothing_is_written_in_a_server_by_a_session_that_has_ended_since_it_was_allowed() {
    let cluster = Cluster::start().await;
    let (node, hub) = (&cluster.writing, &cluster.writing.hub);
    let owner = node.user("owner").await;
    let community = owner.community("Bazaar").await;
    let server: ServerId = community.id.parse().expect("an id");
    let channel: ChannelId = community.channel.parse().expect("an id");
    let session = login(node, "owner").await;
    let said = sent(&session, &community).await;
    let rights = Rights::of(node, &session).await;
    let (send, edit) = (rights.to(channel).await, rights.to((channel, said)).await);
    let (read, create) = (rights.to(channel).await, rights.to(server).await);
    let (rename, begin) = (rights.to(server).await, rights.to(()).await);
    session.logout().await;
    assert_over(messages::send(hub, send, message()).await);
    let text = body(json!({"content": "otherwise"}));
    assert_over(messages::edit(hub, edit as Can<EditMessage>, text).await);
    assert_over(reads::set(hub, read as Can<MarkRead>, said).await);
    let named = body(json!({"name": "tea"}));
    assert_over(channels::create(hub, create as Can<CreateChannel>, named).await);
    let named = body(json!({"name": "Market"}));
    assert_over(servers::update(hub, rename as Can<UpdateServer>, named).await);
    let named = body(json!({"name": "Another"}));
    assert_over(servers::create(hub, begin as Can<CreateServer>, named).await);
    // The other session of the account goes on.
    let rights = Rights::of(node, &owner).await;
    let send: Can<SendMessage> = rights.to(channel).await;
    messages::send(hub, send, message())
        .await
        .expect("it lives");
    cluster.stop().await;
}

#[tokio::test]
async fn whatever_ends_a_session_ends_what_it_was_allowed_to_write() {
    let cluster = Cluster::start().await;
    let (node, hub) = (&cluster.writing, &cluster.writing.hub);
    let owner = node.user("owner").await;
    let community = owner.community("Bazaar").await;
    let channel: ChannelId = community.channel.parse().expect("an id");
    let allowed = async || {
        let session = login(node, "owner").await;
        let rights = Rights::of(node, &session).await;
        let can: Can<SendMessage> = rights.to(channel).await;
        (session, can)
    };
    let (session, can) = allowed().await;
    let path = format!("/auth/sessions/{}", session.session_id);
    owner.delete(&path).await.is(204);
    assert_over(messages::send(hub, can, message()).await);
    let (_, can) = allowed().await;
    owner.delete("/auth/sessions").await.is(204);
    assert_over(messages::send(hub, can, message()).await);
    let (_, can) = allowed().await;
    owner.changes_password(PASSWORD, NEW_PASSWORD).await;
    assert_over(messages::send(hub, can, message()).await);
    cluster.stop().await;
}

/// Transactions that wait for another one, where writes run side by side.
async fn waiting(cluster: &Cluster) -> i64 {
    let mut reader = cluster.db.read().await.expect("a connection");
    let statement = sql!(
        "SELECT COUNT(*) FROM pg_stat_activity ",
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    );
    let counted = reader.fetch_one(statement, args![]).await;
    counted.expect("a number")
}

/// Keeps every message of a channel inside its transaction until it is told to end.
async fn hold_channel(db: &Db, channel: ChannelId) -> (oneshot::Sender<()>, JoinSet<()>) {
    let (release, released) = oneshot::channel();
    let (hold, held) = oneshot::channel();
    let db = db.clone();
    let mut holding = JoinSet::new();
    holding.spawn(async move {
        let written = db.write(move |tx| {
            Box::pin(async move {
                let lock = sql!("UPDATE channels SET position = position WHERE id = $1");
                tx.execute(lock, args![channel]).await?;
                hold.send(()).expect("somebody waits");
                drop(released.await);
                Ok::<_, DbError>(())
            })
        });
        written.await.expect("a commit");
    });
    held.await.expect("it is held");
    (release, holding)
}

#[tokio::test]
async fn a_write_under_way_is_done_before_the_end_of_its_session_is_answered() {
    if engine() != Engine::Postgres {
        return;
    }
    let cluster = Cluster::start().await;
    let node = &cluster.writing;
    let owner = node.user("owner").await;
    let community = owner.community("Bazaar").await;
    let channel: ChannelId = community.channel.parse().expect("an id");
    let session = login(node, "owner").await;
    let rights = Rights::of(node, &session).await;
    let can: Can<SendMessage> = rights.to(channel).await;
    let (release, holding) = hold_channel(&cluster.db, channel).await;
    let hub = node.hub.clone();
    let mut writing = JoinSet::new();
    writing.spawn(async move { messages::send(&hub, can, message()).await });
    let waits = async |count| (waiting(&cluster).await == count).then_some(());
    // It has seen by now that its session lives.
    until("the write waits", async || waits(1).await).await;
    let ending = session.logout();
    tokio::pin!(ending);
    tokio::select! {
        () = &mut ending => panic!("answered before what was under way"),
        () = until("the end waits", async || waits(2).await) => {}
    }
    drop(release);
    holding.join_all().await;
    for written in writing.join_all().await {
        written.expect("it was in time");
    }
    ending.await;
    cluster.stop().await;
}
