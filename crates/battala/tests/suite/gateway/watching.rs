//! Connections that listen to a list of channels, and those that hear all.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Community, Options, Socket, TestHub, User, text, until};

const NOBODYS_ID: &str = "4611686018427387904";

/// A connection that asks for this when it begins; and what `ready` says of it.
async fn listening(hub: &TestHub, user: &User, watch: &Value) -> (Socket, Value) {
    let socket = Socket::open(hub.http.address).await;
    let auth = json!({"token": user.token, "watch": watch});
    socket.connect(&auth).await.expect("it is let in");
    let ready = socket.settled().await;
    (socket, ready["watch"].clone())
}

/// Watches these channels; those of them that are watched.
async fn watch(socket: &Socket, channels: &[&str]) -> Vec<String> {
    let answer = socket
        .ok("channels_watch", json!({"channels": channels}))
        .await;
    let channels = answer["channels"].as_array().expect("a list").iter();
    channels.map(|it| text(&it["id"])).collect()
}

/// Waits until a message comes whole.
async fn hears(socket: &Socket, content: &str) -> Value {
    let is_it = |event: &Value| event["message"]["content"] == content;
    socket.wait("message_created", is_it).await
}

/// Where the messages were written that came whole.
fn heard_in(socket: &Socket) -> Vec<String> {
    let events = socket.all("message_created").into_iter();
    events
        .map(|it| text(&it["message"]["channel_id"]))
        .collect()
}

/// A server with a second channel, its owner and a member.
async fn two_channels(hub: &TestHub) -> (Community, String, User, User) {
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let aside = owner.channel(&community, "aside").await;
    (community, aside, owner, ben)
}

#[tokio::test]
async fn who_listens_to_a_list_hears_what_it_watches_whole_and_nothing_else() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    let (bens, mode) = listening(&hub, &ben, &json!("listed")).await;
    assert_eq!(mode, "listed");
    owner.say(&community.channel, "before").await;
    assert_eq!(watch(&bens, &[&aside]).await, [aside.as_str()]);
    owner.say(&community.channel, "elsewhere").await;
    let said = owner.say(&aside, "here").await;
    let heard = hears(&bens, "here").await;
    assert_eq!(heard["message"], said);
    let change = format!("/channels/{aside}/messages/{}", text(&said["id"]));
    let content = json!({"content": "still here"});
    owner.patch(&change, content).await.is(200);
    bens.wait("message_updated", |_| true).await;
    owner.delete(&change).await.is(204);
    bens.wait("message_deleted", |_| true).await;
    // It replaces what was watched before.
    let open = community.channel.as_str();
    assert_eq!(watch(&bens, &[open]).await, [open]);
    owner.say(&aside, "aside again").await;
    owner.say(&community.channel, "in the open").await;
    hears(&bens, "in the open").await;
    assert_eq!(heard_in(&bens), [aside, community.channel]);
}

#[tokio::test]
async fn a_watch_is_in_force_before_connect_is_acknowledged() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    owner.say(&aside, "before").await;
    let socket = Socket::open(hub.http.address).await;
    let auth = json!({"token": ben.token, "watch": [aside, NOBODYS_ID]});
    socket.connect(&auth).await.expect("it is let in");
    owner.say(&community.channel, "elsewhere").await;
    owner.say(&aside, "at once").await;
    hears(&socket, "at once").await;
    assert_eq!(heard_in(&socket), [aside]);
    let ready = socket.wait("ready", |_| true).await;
    assert_eq!(ready["watch"], "listed");
}

#[tokio::test]
async fn the_answer_says_how_far_what_is_watched_has_come() {
    let hub = TestHub::start().await;
    let (_, aside, owner, ben) = two_channels(&hub).await;
    owner.say(&aside, "one").await;
    let said = owner.say(&aside, "two").await;
    let (bens, _) = listening(&hub, &ben, &json!([])).await;
    let body = json!({"channels": [aside]});
    // Known when the room has heard of what this or another connection was told.
    let known = until("it is known", async || {
        let answer = bens.ok("channels_watch", body.clone()).await;
        let known = answer["channels"][0].clone();
        known["last_seq"].is_i64().then_some(known)
    })
    .await;
    let head = json!({"id": aside, "last_seq": 2, "last_message_id": said["id"]});
    assert_eq!(known, head);
}

#[tokio::test]
async fn what_is_not_seen_is_left_out_and_is_no_error() {
    let mut hub = TestHub::start().await;
    let (community, hidden, owner, ben) = two_channels(&hub).await;
    let elsewhere = owner.community("Elsewhere").await;
    hub.hide(&hidden).await;
    let own = hub.socket(&owner).await;
    let (bens, _) = listening(&hub, &ben, &json!([hidden])).await;
    let asked = [&*hidden, &elsewhere.channel, NOBODYS_ID, &community.channel];
    let watched = watch(&bens, &asked).await;
    assert_eq!(watched, [community.channel.as_str()]);
    let seen = [asked[0], asked[1], asked[3]];
    assert_eq!(watch(&own, &asked).await, seen);
    owner.say(&hidden, "behind the door").await;
    owner.say(&community.channel, "to all").await;
    hears(&bens, "to all").await;
    assert_eq!(heard_in(&bens), [community.channel]);
}

#[tokio::test]
async fn more_than_thirty_two_are_refused() {
    let hub = TestHub::start().await;
    let (community, _, _, ben) = two_channels(&hub).await;
    let bens = hub.socket(&ben).await;
    let channels = vec![community.channel.clone(); 33];
    let body = json!({"channels": channels});
    let error = bens.refused("channels_watch", body, "invalid_input").await;
    assert_eq!(error["fields"][0]["field"], "channels");
    // As many, and one of them often.
    let body = json!({"channels": channels[1..]});
    let answer = bens.ok("channels_watch", body).await;
    assert_eq!(answer["channels"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn typing_reaches_who_watches() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    let own = hub.socket(&owner).await;
    let (bens, _) = listening(&hub, &ben, &json!([aside])).await;
    for channel in [&community.channel, &aside] {
        own.ok("typing_start", json!({"channel_id": channel})).await;
    }
    let heard = bens.wait("typing_started", |_| true).await;
    assert_eq!(heard["channel_id"], json!(aside));
}

#[tokio::test]
async fn who_asks_for_no_list_hears_all() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    let too_many = vec![aside.clone(); 33];
    let mut sockets = vec![hub.socket(&ben).await];
    for asked in [
        json!("all"),
        json!("some"),
        json!(5),
        json!({}),
        json!(["x"]),
        json!(too_many),
    ] {
        let (socket, mode) = listening(&hub, &ben, &asked).await;
        assert_eq!(mode, "all", "{asked}");
        sockets.push(socket);
    }
    for (channel, content) in [(&aside, "aside"), (&community.channel, "in the open")] {
        owner.say(channel, content).await;
        for socket in &sockets {
            hears(socket, content).await;
        }
    }
}

#[tokio::test]
async fn on_a_connection_that_hears_all_the_command_ends_that() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    let bens = hub.socket(&ben).await;
    owner.say(&community.channel, "before").await;
    hears(&bens, "before").await;
    watch(&bens, &[&aside]).await;
    owner.say(&community.channel, "elsewhere").await;
    owner.say(&aside, "here").await;
    hears(&bens, "here").await;
    assert_eq!(heard_in(&bens), [community.channel, aside]);
    // A server that it comes into later is no exception.
    let other = owner.community("Elsewhere").await;
    ben.join(&owner.invite(&other).await).await;
    let is_other = |state: &Value| state["server"]["id"] == other.id.as_str();
    bens.wait("server_state", is_other).await;
    owner.say(&other.channel, "to who watches").await;
    watch(&bens, &[&other.channel]).await;
    owner.say(&other.channel, "now").await;
    hears(&bens, "now").await;
    assert_eq!(heard_in(&bens).last(), Some(&other.channel));
    assert_eq!(heard_in(&bens).len(), 3);
}

#[tokio::test]
async fn what_was_not_watched_before_costs_of_the_rate_of_reads() {
    let hub = Options::default().rate("read", 8, 1).start().await;
    let (community, aside, _, ben) = two_channels(&hub).await;
    let bens = hub.socket(&ben).await;
    let both = [&*community.channel, &*aside];
    for _ in 0..3 {
        watch(&bens, &both).await;
        watch(&bens, &both[..1]).await;
    }
    // Two for the first, and then one for each: the other one was new each time, and alone.
    watch(&bens, &both).await;
    let body = json!({"channels": []});
    bens.refused("channels_watch", body, "rate_limited").await;
}

#[tokio::test]
async fn of_what_it_does_not_watch_it_hears_how_far_it_has_come() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    let own = hub.socket(&owner).await;
    let (bens, _) = listening(&hub, &ben, &json!([aside])).await;
    let said = owner.say(&community.channel, "elsewhere").await;
    let is_new = |heads: &Value| heads["channels"][0]["last_seq"] == said["seq"];
    let heads = bens.wait("heads", is_new).await;
    let head = json!({
        "id": community.channel,
        "last_seq": said["seq"],
        "last_message_id": said["id"],
    });
    assert_eq!(heads["channels"], json!([head]));
    // Where it watches nothing, too.
    watch(&bens, &[]).await;
    let said = owner.say(&aside, "aside").await;
    let is_aside = |heads: &Value| {
        let mut heads = heads["channels"].as_array().expect("a list").iter();
        heads.any(|head| head["id"] == aside.as_str() && head["last_seq"] == said["seq"])
    };
    bens.wait("heads", is_aside).await;
    assert!(heard_in(&bens).is_empty());
    assert_eq!(heard_in(&own), [community.channel, aside]);
}

#[tokio::test]
async fn heads_come_once_a_second_however_many_messages() {
    let hub = TestHub::start().await;
    let (community, aside, owner, ben) = two_channels(&hub).await;
    let (bens, _) = listening(&hub, &ben, &json!([aside])).await;
    let begun = Instant::now();
    let mut last = Value::Null;
    for number in 0..200 {
        last = owner.say(&community.channel, &number.to_string()).await["seq"].clone();
    }
    let is_last = |heads: &Value| heads["channels"][0]["last_seq"] == last;
    bens.wait("heads", is_last).await;
    let (heard, seconds) = (bens.all("heads").len(), begun.elapsed().as_secs());
    // Neither the first nor the last second is whole.
    assert!(heard as u64 <= seconds + 2, "{heard} in {seconds} s");
    assert!(heard_in(&bens).is_empty());
}
