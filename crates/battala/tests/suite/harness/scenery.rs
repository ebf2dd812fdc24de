//! Builders for what a test needs to be there.

use std::sync::atomic::{AtomicU64, Ordering};

use battala_store::{Arg, Db, DbError, Sql, args, sql};
use serde::Serialize;
use serde_json::{Value, json};

use super::hub::TestHub;
use super::user::User;

/// A nonce that nobody has used.
pub(crate) fn nonce() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("n-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// The body of a list that names each of these and the place where it stands here.
pub(crate) fn places(ids: &[impl Serialize]) -> Value {
    let places = ids.iter().enumerate();
    places
        .map(|(position, id)| json!({"id": id, "position": position}))
        .collect()
}

/// A server with its first channel.
#[derive(Debug, Clone)]
pub(crate) struct Community {
    pub(crate) id: String,
    pub(crate) channel: String,
}

impl Community {
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/servers/{}{rest}", self.id)
    }

    pub(crate) fn messages(&self) -> String {
        format!("/channels/{}/messages", self.channel)
    }
}

/// The text of a field that must be one.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

impl User {
    /// Makes a server.
    pub(crate) async fn community(&self, name: &str) -> Community {
        let state = self.post("/servers", json!({"name": name})).await.is(201);
        Community {
            id: text(&state["server"]["id"]),
            channel: text(&state["channels"][0]["id"]),
        }
    }

    /// Makes a further channel and returns its id.
    pub(crate) async fn channel(&self, community: &Community, name: &str) -> String {
        let path = community.path("/channels");
        text(&self.post(&path, json!({"name": name})).await.is(201)["id"])
    }

    /// Makes an invite and returns its code.
    pub(crate) async fn invite(&self, community: &Community) -> String {
        let path = community.path("/invites");
        text(&self.post(&path, json!({})).await.is(201)["code"])
    }

    pub(crate) async fn join(&self, code: &str) -> Value {
        self.post(&format!("/invites/{code}/join"), json!({}))
            .await
            .is(200)
    }

    /// Writes a message by HTTP.
    pub(crate) async fn say(&self, channel: &str, content: &str) -> Value {
        let body = json!({"content": content, "nonce": nonce()});
        self.post(&format!("/channels/{channel}/messages"), body)
            .await
            .is(201)
    }

    /// Every message of a channel, oldest first.
    pub(crate) async fn history(&self, channel: &str) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        loop {
            let before = found.first().map(|message| message["id"].as_str());
            let before = before.flatten().map(|id| format!("&before={id}"));
            let before = before.unwrap_or_default();
            let path = format!("/channels/{channel}/messages?limit=100{before}");
            let page = self.get(&path).await.is(200);
            let items = page["items"].as_array().expect("a list").clone();
            if items.is_empty() {
                return found;
            }
            found.splice(0..0, items);
        }
    }
}

impl TestHub {
    /// `owner` with a server, and further members in it.
    pub(crate) async fn community<const N: usize>(
        &self,
        owner: &str,
        members: [&str; N],
    ) -> (Community, User, [User; N]) {
        let owner = self.user(owner).await;
        let community = owner.community("Bazaar").await;
        let code = owner.invite(&community).await;
        let mut joined = Vec::new();
        for name in members {
            let member = self.user(name).await;
            member.join(&code).await;
            joined.push(member);
        }
        let joined = joined.try_into().expect("as many as were asked for");
        (community, owner, joined)
    }

    /// Takes from everyone that they see a channel: only the owner does. The process begins anew.
    pub(crate) async fn hide(&mut self, channel: &str) {
        let statement = sql!(
            "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) ",
            "SELECT id, server_id, server_id, server_id, 0, 1024 FROM channels WHERE id = $1"
        );
        let channel: i64 = channel.parse().expect("an id");
        self.change_row(statement, args![channel]).await;
    }

    /// Has somebody only look on until then, in every server. The process begins anew.
    pub(crate) async fn time_out(&mut self, user: &User, until_ms: i64) {
        let statement = sql!("UPDATE server_members SET timeout_until = $2 WHERE user_id = $1");
        let user: i64 = user.id.parse().expect("an id");
        self.change_row(statement, args![user, until_ms]).await;
    }

    async fn change_row(&mut self, statement: Sql, arguments: Vec<Arg>) {
        self.stop().await;
        let options = battala_store::Options::new(self.database_url().parse().expect("an address"));
        let db = Db::open(&options).await.expect("it opens");
        let changed =
            db.write(move |tx| Box::pin(async move { tx.execute(statement, arguments).await }));
        let changed: Result<u64, DbError> = changed.await;
        assert_eq!(changed.expect("it is written"), 1);
        db.close().await;
        self.run().await;
    }
}
