//! What is unread: a channel's newest message that stands is newer than one's reading position. What
//! live sockets have been told, and what a new one is told, come to the same.

use futures_util::future::join;
use serde_json::{Value, json};

use crate::harness::{Community, Delivered, Socket, TestHub, User, nonce, soon};

/// A channel as one account sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct View {
    last_seq: i64,
    newest: Option<i64>,
    rev: i64,
    read: Option<i64>,
}

impl View {
    fn is_unread(self) -> bool {
        self.newest > self.read
    }

    /// What all events of a connection come to, by the rules of the contract.
    fn of(events: &[Delivered], channel: &str) -> Self {
        let mut view = Self::default();
        for event in events {
            view.take(event, channel);
        }
        view
    }

    fn take(&mut self, Delivered { name, data }: &Delivered, channel: &str) {
        let message = &data["message"];
        match name.as_str() {
            "server_reads" | "heads" => {
                let heads = data["channels"].as_array().expect("a list").iter();
                heads
                    .filter(|head| head["id"] == channel)
                    .for_each(|head| self.take_head(head));
            }
            "message_created" if message["channel_id"] == channel => {
                self.take_newest(&data["seq"], &message["id"]);
            }
            "message_deleted" if message["channel_id"] == channel => {
                self.take_newest(&data["seq"], &data["last_message_id"]);
            }
            "read_updated" if data["channel_id"] == channel => {
                self.take_read(&data["rev"], &data["last_read_id"]);
            }
            _ => {}
        }
    }

    fn take_head(&mut self, head: &Value) {
        self.take_newest(&head["last_seq"], &head["last_message_id"]);
        if head.get("read_rev").is_some() {
            self.take_read(&head["read_rev"], &head["last_read_id"]);
        }
    }

    fn take_newest(&mut self, seq: &Value, id: &Value) {
        let seq = seq.as_i64().expect("a number");
        if seq >= self.last_seq {
            (self.last_seq, self.newest) = (seq, number(id));
        }
    }

    fn take_read(&mut self, rev: &Value, id: &Value) {
        let rev = rev.as_i64().expect("a number");
        if rev >= self.rev {
            (self.rev, self.read) = (rev, number(id));
        }
    }
}

fn number(id: &Value) -> Option<i64> {
    id.as_str().map(|id| id.parse().expect("an id"))
}

/// An account with two devices.
struct Reader {
    user: User,
    devices: [Socket; 2],
}

impl Reader {
    async fn open(hub: &TestHub, user: User) -> Self {
        let devices = [hub.socket(&user).await, hub.socket(&user).await];
        Self { user, devices }
    }

    /// What a new connection is told; everything that is open comes to the same.
    async fn view(&self, hub: &TestHub, channel: &str) -> View {
        let new = hub.socket(&self.user).await;
        let now = View::of(&new.events(), channel);
        let flag = new.all("ready")[0]["servers"][0]["is_unread"].clone();
        assert_eq!(flag, now.is_unread(), "the flag of `ready`: {now:?}");
        for device in &self.devices {
            device
                .find(&format!("{now:?}"), |events| {
                    let seen = View::of(events, channel);
                    (seen.newest == now.newest && seen.read == now.read).then_some(())
                })
                .await;
        }
        now
    }

    async fn read(&self, channel: &str, message: &Value) {
        let path = format!("/channels/{channel}/read");
        let body = json!({"message_id": message["id"]});
        self.user.put(&path, body).await.is(200);
    }

    /// Writes on one of the devices.
    async fn send(&self, device: usize, channel: &str) -> Value {
        let body = json!({"channel_id": channel, "content": "mine", "nonce": nonce()});
        self.devices[device].ok("message_send", body).await
    }
}

async fn scene(hub: &TestHub) -> (Community, User, Reader) {
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    (community, owner, Reader::open(hub, ben).await)
}

fn path(community: &Community, message: &Value) -> String {
    let id = message["id"].as_str().expect("an id");
    format!("{}/{id}", community.messages())
}

#[tokio::test]
async fn a_channel_whose_news_are_deleted_is_read_again_everywhere() {
    let hub = TestHub::start().await;
    let (community, owner, ben) = scene(&hub).await;
    let channel = community.channel.as_str();
    let first = owner.say(channel, "first").await;
    assert!(ben.view(&hub, channel).await.is_unread());
    ben.read(channel, &first).await;
    assert!(!ben.view(&hub, channel).await.is_unread());
    // An edit is no news, and reads nothing.
    let edit = json!({"content": "changed"});
    owner
        .patch(&path(&community, &first), edit.clone())
        .await
        .is(200);
    assert!(!ben.view(&hub, channel).await.is_unread());
    let between = owner.say(channel, "between").await;
    owner.patch(&path(&community, &between), edit).await.is(200);
    assert!(ben.view(&hub, channel).await.is_unread());
    // An unread one before the newest, and then the newest itself.
    let newest = owner.say(channel, "newest").await;
    owner.delete(&path(&community, &between)).await.is(204);
    let view = ben.view(&hub, channel).await;
    assert!(view.is_unread());
    assert_eq!(view.newest, number(&newest["id"]));
    owner.delete(&path(&community, &newest)).await.is(204);
    let view = ben.view(&hub, channel).await;
    assert!(!view.is_unread());
    assert_eq!(view.newest, number(&first["id"]));
    owner.delete(&path(&community, &first)).await.is(204);
    let view = ben.view(&hub, channel).await;
    assert_eq!((view.newest, view.is_unread()), (None, false));
    // Nothing of it goes with the process, and ids go on above what was there.
    let mut hub = hub;
    hub.kill();
    hub.run().await;
    let ben = Reader::open(&hub, ben.user.clone()).await;
    assert_eq!(ben.view(&hub, channel).await.newest, None);
    let next = owner.say(channel, "next").await;
    assert!(number(&next["id"]) > number(&newest["id"]));
    assert!(ben.view(&hub, channel).await.is_unread());
}

#[tokio::test]
async fn whoever_writes_has_read_what_is_above_on_every_device() {
    let hub = TestHub::start().await;
    let (community, owner, ben) = scene(&hub).await;
    let channel = community.channel.as_str();
    let first = owner.say(channel, "first").await;
    owner.say(channel, "second").await;
    let mine = ben.send(0, channel).await;
    let view = ben.view(&hub, channel).await;
    assert_eq!((view.read, view.newest), (number(&mine["id"]), view.read));
    // The mark comes first, so that the own message is unread at no moment.
    for device in &ben.devices {
        let events = device.events();
        let is_told = |event: &Delivered| event.data["last_read_id"] == mine["id"];
        let is_sent = |event: &Delivered| event.data["message"]["id"] == mine["id"];
        let (told, sent) = (
            events.iter().position(is_told),
            events.iter().position(is_sent),
        );
        assert!(told.expect("told") < sent.expect("sent"));
    }
    // Marked as unread, until one writes again.
    ben.read(channel, &first).await;
    assert!(ben.view(&hub, channel).await.is_unread());
    ben.send(1, channel).await;
    assert!(!ben.view(&hub, channel).await.is_unread());
    // The same message again is no new one: what was marked since stays.
    let body = json!({"channel_id": channel, "content": "once", "nonce": "once"});
    ben.devices[0].ok("message_send", body.clone()).await;
    ben.read(channel, &first).await;
    ben.devices[1].ok("message_send", body).await;
    let view = ben.view(&hub, channel).await;
    assert_eq!(view.read, number(&first["id"]));
    let unread = ben
        .user
        .get(&format!("/channels/{channel}/read"))
        .await
        .is(200);
    assert_eq!(unread["unread"], 1, "of others");
}

#[tokio::test]
async fn devices_that_race_come_to_what_is_stored() {
    let hub = TestHub::start().await;
    let (community, owner, ben) = scene(&hub).await;
    let channel = community.channel.as_str();
    let mut said = owner.say(channel, "begin").await;
    for round in 0..20 {
        let mark = json!({"channel_id": channel, "message_id": said["id"]});
        let body = json!({"channel_id": channel, "content": round.to_string(), "nonce": nonce()});
        let marked = ben.devices[0].ok("channel_read", mark);
        let sent = ben.devices[1].ok("message_send", body);
        let both = join(join(marked, sent), owner.say(channel, "theirs"));
        let (_, theirs) = soon("all three", both).await;
        owner.delete(&path(&community, &theirs)).await.is(204);
        said = owner.say(channel, "again").await;
    }
    let view = ben.view(&hub, channel).await;
    assert_eq!(view.newest, number(&said["id"]));
    assert!(view.is_unread());
}

/// A sync says it as well: what it brings may not show the end.
#[tokio::test]
async fn a_sync_names_the_newest_message_that_stands() {
    let hub = TestHub::start().await;
    let (community, owner, ben) = scene(&hub).await;
    let channel = community.channel.as_str();
    let sync = async |after: i64| {
        let body = json!({"channel_id": channel, "after": after});
        ben.devices[0].ok("channel_sync", body).await["last_message_id"].clone()
    };
    assert_eq!(sync(0).await, json!(null));
    let first = owner.say(channel, "first").await;
    let second = owner.say(channel, "second").await;
    assert_eq!(sync(1).await, second["id"]);
    owner.delete(&path(&community, &second)).await.is(204);
    assert_eq!(sync(2).await, first["id"]);
    assert_eq!(sync(9).await, first["id"], "to a client that is ahead, too");
}

#[tokio::test]
async fn a_message_that_one_does_not_see_makes_no_server_unread() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let hidden = owner.channel(&community, "hidden").await;
    hub.hide(&hidden).await;
    let first = owner.say(&hidden, "first").await;
    owner.say(&hidden, "second").await;
    let read = json!({"message_id": first["id"]});
    owner
        .put(&format!("/channels/{hidden}/read"), read)
        .await
        .is(200);
    let is_unread = async |user: &User| {
        let new = hub.socket(user).await;
        new.all("ready")[0]["servers"][0]["is_unread"].clone()
    };
    assert_eq!(is_unread(&ben).await, false);
    assert_eq!(is_unread(&owner).await, true, "it was marked so");
    owner.say(&community.channel, "to all").await;
    assert_eq!(is_unread(&ben).await, true);
}

/// What a member of one server is told at once and by a new connection: whether the server is unread, up to
/// where its channel is read, and how much follows.
async fn standing(hub: &TestHub, user: &User, channel: &str) -> (bool, Option<i64>, i64) {
    let new = hub.socket(user).await;
    let view = View::of(&new.events(), channel);
    let flag = new.all("ready")[0]["servers"][0]["is_unread"].clone();
    assert_eq!(flag, view.is_unread(), "the flag of `ready`: {view:?}");
    let path = format!("/channels/{channel}/read");
    let state = user.get(&path).await.is(200);
    assert_eq!(number(&state["last_read_id"]), view.read);
    let unread = state["unread"].as_i64().expect("a number");
    (view.is_unread(), view.read, unread)
}

#[tokio::test]
async fn what_was_said_before_somebody_joined_is_not_new_to_them() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let channel = community.channel.as_str();
    let others = owner.channel(&community, "others").await;
    hub.hide(&others).await;
    let before = owner.say(channel, "before").await;
    let cem = hub.user("cem").await;
    let open = hub.socket(&cem).await;
    let code = owner.invite(&community).await;
    cem.join(&code).await;
    // It is told to who was there already as to who comes now.
    open.wait("server_reads", |_| true).await;
    assert!(!View::of(&open.events(), channel).is_unread());
    let (is_unread, joined, unread) = standing(&hub, &cem, channel).await;
    assert_eq!((is_unread, unread), (false, 0));
    assert!(joined > number(&before["id"]), "{joined:?}");
    assert_eq!(standing(&hub, &ben, channel).await.2, 1, "to who was there");
    let after = owner.say(channel, "after").await;
    assert!(number(&after["id"]) > joined);
    assert_eq!(standing(&hub, &cem, channel).await, (true, joined, 1));
    // Where one does not see everything, and by a position of one's own, be it before that.
    let read = async |message: &Value| {
        let body = json!({"message_id": message["id"]});
        cem.put(&format!("/channels/{channel}/read"), body)
            .await
            .is(200);
        standing(&hub, &cem, channel).await
    };
    assert_eq!(read(&after).await, (false, number(&after["id"]), 0));
    assert_eq!(read(&before).await, (true, number(&before["id"]), 1));
}

#[tokio::test]
async fn who_joins_again_goes_on_where_they_had_read_or_else_begins_anew() {
    let hub = TestHub::start().await;
    let (community, owner, [ben, cem]) = hub.community("owner", ["ben", "cem"]).await;
    let channel = community.channel.as_str();
    let code = owner.invite(&community).await;
    let first = owner.say(channel, "first").await;
    let body = json!({"message_id": first["id"]});
    ben.put(&format!("/channels/{channel}/read"), body)
        .await
        .is(200);
    for user in [&ben, &cem] {
        user.delete(&community.path("/members/@me")).await.is(204);
    }
    owner.say(channel, "meanwhile").await;
    for user in [&ben, &cem] {
        user.join(&code).await;
    }
    let (is_unread, read, unread) = standing(&hub, &ben, channel).await;
    assert_eq!(
        (is_unread, read, unread),
        (true, number(&first["id"]), 1),
        "what came while they were away"
    );
    let (is_unread, joined, unread) = standing(&hub, &cem, channel).await;
    assert_eq!((is_unread, unread), (false, 0));
    owner.say(channel, "after").await;
    assert_eq!(standing(&hub, &cem, channel).await, (true, joined, 1));
}
