//! The structure of a server has a budget, and whatever its size it cuts nobody.

use std::collections::BTreeMap;
use std::time::Duration;

use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, ServerId};
use battala_store::Db;
use battala_store::tables::channels;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::{send, sleepy};
use crate::harness::{Community, Options, Socket, TestHub, User, places, soon};

/// As many as a server can have, beside the first one.
const MORE_CHANNELS: i64 = 499;
/// A topic as long as can be.
const LEAVES: usize = 1024;

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[track_caller]
fn number(id: &Value) -> u64 {
    text(id).parse().expect("a number")
}

fn leaves() -> String {
    "\u{1f33f}".repeat(LEAVES)
}

/// Servers as they could be made before topics had a budget: every channel with the longest topic.
async fn plant<const N: usize>(hub: &mut TestHub, communities: [&Community; N]) {
    hub.stop().await;
    let options = battala_store::Options::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("it opens");
    let rows: Vec<_> = communities.into_iter().flat_map(large).collect();
    let planted = db.write(move |tx| {
        Box::pin(async move {
            for row in rows {
                channels::insert(tx, &row).await?;
            }
            Ok::<_, battala_store::DbError>(())
        })
    });
    planted.await.expect("channels");
    db.close().await;
    hub.run().await;
}

fn large(community: &Community) -> impl Iterator<Item = channels::ChannelRow> + use<> {
    let server_id: ServerId = community.id.parse().expect("an id");
    let first: ChannelId = community.channel.parse().expect("an id");
    (1..=MORE_CHANNELS).map(move |number| channels::ChannelRow {
        id: ChannelId::from_raw(first.raw() + number),
        server_id,
        r#type: ChannelKind::Text,
        name: format!("stall-{number}"),
        topic: leaves(),
        position: number,
        created_at: 1_700_000_000_000,
    })
}

/// Channels by id, as a client keeps them.
#[derive(Default)]
struct Kept(BTreeMap<String, Value>);

impl Kept {
    fn take(&mut self, name: &str, data: &Value) {
        let rows = |data: &Value| data["channels"].as_array().expect("a list").clone();
        let put = |channel: Value| (text(&channel["id"]), channel);
        match name {
            "server_state" => {
                let following = data["following"].as_array().cloned().unwrap_or_default();
                self.0
                    .retain(|id, _| following.iter().any(|it| it == id.as_str()));
                self.0.extend(rows(data).into_iter().map(put));
            }
            "server_channels" => self.0.extend(rows(data).into_iter().map(put)),
            "channel_created" | "channel_updated" => {
                let (id, mut row) = put(data["channel"].clone());
                row["permissions"] = self
                    .0
                    .get(&id)
                    .map_or(Value::Null, |it| it["permissions"].clone());
                self.0.insert(id, row);
            }
            "rights_updated" => rows(data).iter().for_each(|told| self.permit(told)),
            "channel_deleted" => {
                self.0.remove(&text(&data["channel_id"]));
            }
            "channels_reordered" => {
                let order = data["channels"].as_array().expect("a list");
                self.reorder(order);
            }
            _ => {}
        }
    }

    fn permit(&mut self, told: &Value) {
        if let Some(channel) = self.0.get_mut(&text(&told["id"])) {
            channel["permissions"] = told["permissions"].clone();
        }
    }

    fn reorder(&mut self, order: &[Value]) {
        for placed in order {
            if let Some(channel) = self.0.get_mut(&text(&placed["id"])) {
                channel["position"] = placed["position"].clone();
            }
        }
    }

    /// What the hub says there is.
    async fn assert_true(&self, user: &User, community: &Community) {
        let state = user.get(&community.path("")).await.is(200);
        let listed = state["channels"].as_array().expect("a list").clone();
        assert_eq!(self.0.len(), listed.len());
        for channel in listed {
            assert_eq!(self.0.get(&text(&channel["id"])), Some(&channel));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_larger_than_the_bound_cuts_no_member_and_what_is_live_arrives() {
    let mut hub = Options::default().default_limits().start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    plant(&mut hub, [&community]).await;
    let socket = Socket::open(hub.http.address).await;
    socket.sign_in(&ben.token).await;
    owner.say(&community.channel, "meanwhile").await;
    socket.settled().await;
    socket
        .wait("message_created", |event| {
            event["message"]["content"] == "meanwhile"
        })
        .await;
    let mut kept = Kept::default();
    for event in socket.events() {
        let size = event.data.to_string().len();
        assert!(size <= 64 * 1024, "{} of {size} bytes", event.name);
        kept.take(&event.name, &event.data);
    }
    kept.assert_true(&ben, &community).await;
    socket.round_trip().await;
    assert!(socket.is_open());
    let polling = Socket::ready_by_polling(&hub.http, &ben.token).await;
    assert!(polling.is_open());
    // It goes on growing in nothing, and can be made smaller.
    let path = format!("/channels/{}", community.channel);
    let more = owner.patch(&path, json!({"topic": "tea"})).await;
    more.refuses_field("topic", "no_room");
    let planted = text(
        kept.0
            .keys()
            .next_back()
            .map_or(&Value::Null, |id| &kept.0[id]["id"]),
    );
    let path = format!("/channels/{planted}");
    owner.patch(&path, json!({"name": "tea"})).await.is(200);
    owner.patch(&path, json!({"topic": "tea"})).await.is(200);
}

/// The next event, for a reader that takes one on each beat.
async fn next_event(
    stream: &mut WebSocketStream<TcpStream>,
    beat: &mut tokio::time::Interval,
) -> (String, Value) {
    loop {
        beat.tick().await;
        let message = soon("a message", stream.next()).await.expect("open");
        let message = message.expect("it is not cut");
        let packet = message.to_text().unwrap_or_default();
        if packet == "2" {
            stream.send(Message::text("3")).await.expect("send");
        }
        if let Some(event) = packet.strip_prefix("42") {
            let event: Value = serde_json::from_str(event).expect("json");
            return (text(&event[0]), event[1].clone());
        }
    }
}

/// What a slow reader has of one server.
#[derive(Default)]
struct Seen {
    kept: Kept,
    /// The events of messages, and of them those whose channel it did not know.
    messages: usize,
    dropped: Vec<Value>,
    has_reads: bool,
}

impl Seen {
    fn take(&mut self, name: &str, data: &Value) {
        self.kept.take(name, data);
        match name {
            "message_created" => {
                self.messages += 1;
                let channel = data["message"]["channel_id"].as_str().expect("an id");
                if !self.kept.0.contains_key(channel) {
                    self.dropped.push(data["message"].clone());
                }
            }
            "server_reads" => {
                self.has_reads = true;
                let heads = data["channels"].as_array().expect("a list");
                for message in self.dropped.drain(..) {
                    let is_of = |head: &&Value| head["id"] == message["channel_id"];
                    let head = heads.iter().find(is_of).expect("its channel");
                    // Others may have been written in the channel since.
                    let is_told = number(&head["last_message_id"]) >= number(&message["id"]);
                    assert!(is_told, "{head} {message}");
                }
            }
            _ => {}
        }
    }
}

/// Whether an event is about this server.
fn is_of(data: &Value, community: &Community) -> bool {
    let places = [
        "/server_id",
        "/server/id",
        "/channel/server_id",
        "/message/server_id",
    ];
    places.iter().any(|place| {
        data.pointer(place)
            .is_some_and(|id| id == community.id.as_str())
    })
}

/// Changes the structure at both ends; a message is written in a channel that comes late.
async fn change(owner: &User, community: &Community) {
    let path = community.path("/channels");
    let listed = owner.get(&path).await.is(200);
    let id = |at: usize| text(&listed["items"][at]["id"]);
    for (at, name) in [(1, "early"), (498, "late")] {
        let path = format!("/channels/{}", id(at));
        owner.patch(&path, json!({"name": name})).await.is(200);
    }
    owner.say(&id(498), "in a channel on its way").await;
    for at in [2, 499] {
        owner.delete(&format!("/channels/{}", id(at))).await.is(204);
    }
    owner.channel(community, "new").await;
    let listed = owner.get(&path).await.is(200);
    let items = listed["items"].as_array().expect("a list").iter().rev();
    let order: Vec<&Value> = items.map(|channel| &channel["id"]).collect();
    let body = json!({"channels": places(&order)});
    owner.patch(&path, body).await.is(204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_of_large_servers_gets_all_of_them_as_they_are_in_the_end() {
    const MESSAGES: usize = 40;
    let mut hub = TestHub::start().await;
    let (first, owner, [ben]) = hub.community("owner", ["ben"]).await;
    // The first one alone may fit into what the operating system holds for the reader.
    let second = owner.community("Second").await;
    ben.join(&owner.invite(&second).await).await;
    plant(&mut hub, [&first, &second]).await;
    let writer = hub.socket(&owner).await;
    let mut slow = sleepy(&hub, &ben).await;
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    let mut seen = Seen::default();
    let (name, data) = next_event(&mut slow, &mut beat).await;
    assert_eq!(name, "ready");
    let last = if data["servers"][1]["id"] == second.id.as_str() {
        &second
    } else {
        &first
    };
    change(&owner, last).await;
    // More than half of the bound of what is live.
    for _ in 0..MESSAGES {
        writer
            .ok("message_send", send(last, &"\u{1f33f}".repeat(4000)))
            .await;
    }
    while !seen.has_reads || seen.messages <= MESSAGES {
        let (name, data) = next_event(&mut slow, &mut beat).await;
        if is_of(&data, last) {
            seen.take(&name, &data);
        }
    }
    seen.kept.assert_true(&ben, last).await;
}

#[tokio::test]
async fn whoever_comes_again_and_again_is_sent_the_servers_more_slowly_and_others_are_not() {
    // A server with one part takes three: for the part, for seeing that it was the last one, and
    // for what has been read in it.
    const TAKEN: u32 = 3 * 2;
    let hub = Options::default()
        .rate("structure", TAKEN, 60)
        .start()
        .await;
    let (owner, ben) = (hub.user("owner").await, hub.user("ben").await);
    owner.community("Bazaar").await;
    owner.community("Market").await;
    ben.community("Elsewhere").await;
    let began = Instant::now();
    hub.socket(&owner).await;
    let again = Socket::open(hub.http.address).await;
    again.sign_in(&owner.token).await;
    let beside = hub.socket(&ben).await;
    // What does not fit at once comes one by one each second.
    let least = Duration::from_secs((TAKEN - 1).into());
    let told = again.all("server_reads").len();
    assert!(told < 2 || began.elapsed() >= least);
    again.settled().await;
    assert!(began.elapsed() >= least, "{:?}", began.elapsed());
    assert_eq!(again.all("server_state").len(), 2);
    beside.round_trip().await;
    again.round_trip().await;
}

#[tokio::test]
async fn the_topics_of_a_server_have_a_budget() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let path = community.path("/channels");
    let make = async |topic: &str| {
        owner
            .post(&path, json!({"name": "tea", "topic": topic}))
            .await
    };
    // Sixteen times four kB are all.
    for _ in 0..16 {
        make(&leaves()).await.is(201);
    }
    let refused = make("x").await;
    refused.refuses_field("topic", "no_room");
    let problem = refused.refused(400, "invalid_input");
    assert_eq!(problem["fields"][0]["limit"], 64 * 1024);
    let last = make("").await.is(201);
    let last = format!("/channels/{}", text(&last["id"]));
    let refused = owner.patch(&last, json!({"topic": "x"})).await;
    refused.refuses_field("topic", "no_room");
    assert_eq!(owner.get(&last).await.is(200)["topic"], "");
    owner.patch(&last, json!({"name": "chai"})).await.is(200);
    // What a topic no longer takes another one can have.
    let first = owner.get(&path).await.is(200)["items"][1]["id"].clone();
    let first = format!("/channels/{}", text(&first));
    owner.patch(&first, json!({"topic": "tea"})).await.is(200);
    owner.patch(&last, json!({"topic": "x"})).await.is(200);
    owner.delete(&first).await.is(204);
    owner
        .patch(&last, json!({"topic": "x".repeat(1024)}))
        .await
        .is(200);
}
