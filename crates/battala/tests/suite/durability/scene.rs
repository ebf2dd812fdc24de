//! Who writes where, and what is stored in the end.

use battala_testkit::ledger::{Entry, Op};
use futures_util::future::join_all;
use serde_json::Value;

use crate::harness::{TestHub, User};

pub(super) const SOCKET_WRITERS: usize = 16;
pub(super) const HTTP_WRITERS: usize = 4;
pub(super) const WRITERS: usize = SOCKET_WRITERS + HTTP_WRITERS;
const READERS: usize = 3;
const CHANNELS: usize = 3;

/// A server with writers and readers in it.
pub(super) struct Scene {
    pub(super) channels: Vec<String>,
    pub(super) writers: Vec<User>,
    pub(super) readers: Vec<User>,
}

impl Scene {
    pub(super) async fn build(hub: &TestHub) -> Self {
        let (community, owner, []) = hub.community("owner", []).await;
        let mut channels = vec![community.channel.clone()];
        for number in 1..CHANNELS {
            channels.push(owner.channel(&community, &format!("c{number}")).await);
        }
        let code = owner.invite(&community).await;
        let joined = async |name: String| {
            let user = hub.user(&name).await;
            user.join(&code).await;
            user
        };
        let writers = (0..WRITERS).map(|number| joined(format!("writer{number}")));
        let readers = (0..READERS).map(|number| joined(format!("reader{number}")));
        Self {
            channels,
            writers: join_all(writers).await,
            readers: join_all(readers).await,
        }
    }

    /// Every message of a channel, as its history shows them.
    pub(super) async fn stored(&self, channel: &str) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(1, |entry| entry.id);
            let page = page_after(&self.readers[0], channel, after).await;
            let items = page["items"].as_array().expect("a list");
            entries.extend(items.iter().map(|item| entry("database", Op::Stored, item)));
            if page["has_newer"] == false {
                return entries;
            }
            assert!(!items.is_empty(), "it gets on");
        }
    }
}

async fn page_after(user: &User, channel: &str, after: i64) -> Value {
    let path = format!("/channels/{channel}/messages?after={after}&limit=100");
    user.get(&path).await.is(200)
}

/// What a message on the wire says.
#[track_caller]
pub(super) fn entry(client: &str, op: Op, message: &Value) -> Entry {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let nonce = text(&message["nonce"]);
    assert_eq!(message["content"], content_of(&nonce), "{message}");
    Entry {
        client: client.to_owned(),
        op,
        channel: text(&message["channel_id"]),
        author: text(&message["author"]["id"]),
        nonce,
        id: number(&message["id"]),
        seq: message["seq"].as_i64().expect("a number"),
    }
}

/// An id as a number.
#[track_caller]
pub(super) fn number(id: &Value) -> i64 {
    id.as_str().and_then(|id| id.parse().ok()).expect("an id")
}

/// The text of the message with this nonce.
pub(super) fn content_of(nonce: &str) -> String {
    format!("the text of {nonce}")
}
