//! A reader: keeps a copy of every channel by the client's rule, over every cut.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use battala_testkit::ledger::Op;
use serde_json::{Value, json};

use super::load::Shared;
use super::scene::{entry, number};
use crate::harness::{Delivered, Socket, User};

/// The connection ended; everything else goes on with the next one.
struct Cut;

pub(super) struct Reader {
    shared: Arc<Shared>,
    user: User,
    channels: BTreeMap<String, Place>,
}

/// The last message of a channel that was applied.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    seq: i64,
    id: i64,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, user: User) -> Self {
        Self {
            shared,
            user,
            channels: BTreeMap::new(),
        }
    }

    /// Reads until the test ends.
    pub(super) async fn run(mut self) {
        loop {
            let socket = self.shared.connect(&self.user).await;
            let Err(Cut) = self.follow(&socket).await;
        }
    }

    async fn follow(&mut self, socket: &Socket) -> Result<Infallible, Cut> {
        let mut at = 0;
        loop {
            let event = socket.event(at).await.ok_or(Cut)?;
            self.take(socket, &event).await?;
            at += 1;
        }
    }

    async fn take(&mut self, socket: &Socket, event: &Delivered) -> Result<(), Cut> {
        match event.name.as_str() {
            "server_reads" | "heads" => {
                for head in event.data["channels"].as_array().expect("a list") {
                    self.reach(socket, head).await?;
                }
            }
            "message_created" => {
                let message = &event.data["message"];
                let channel = message["channel_id"].as_str().expect("an id");
                let next = self.place(channel).seq + 1;
                match event.data["seq"].as_i64().expect("a number") {
                    seq if seq == next => self.apply(message),
                    seq if seq > next => self.sync(socket, channel).await?,
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn reach(&mut self, socket: &Socket, head: &Value) -> Result<(), Cut> {
        let channel = head["id"].as_str().expect("an id");
        if head["last_seq"].as_i64() > Some(self.place(channel).seq) {
            self.sync(socket, channel).await?;
        }
        Ok(())
    }

    fn place(&self, channel: &str) -> Place {
        self.channels.get(channel).copied().unwrap_or_default()
    }

    fn apply(&mut self, message: &Value) {
        let entry = entry(&self.user.name, Op::Applied, message);
        self.shared.ledger.record(&entry);
        let place = Place {
            seq: entry.seq,
            id: entry.id,
        };
        self.shared
            .set_applied(&self.user.name, &entry.channel, entry.seq);
        self.channels.insert(entry.channel, place);
    }

    async fn sync(&mut self, socket: &Socket, channel: &str) -> Result<(), Cut> {
        loop {
            let place = self.place(channel);
            let body = json!({"channel_id": channel, "after": place.seq});
            let id = socket.send_command("channel_sync", &body);
            let answer = socket.acknowledgement(id).await.ok_or(Cut)?;
            let changes = &answer["ok"];
            if changes["reset"] == true {
                return self.load(channel).await;
            }
            for row in changes["rows"].as_array().expect("rows") {
                self.apply(row);
            }
            if changes["more"] == false {
                return Ok(());
            }
            assert!(self.place(channel).seq > place.seq, "it gets on: {answer}");
        }
    }

    /// Too far behind for a sync: loads the history from where the copy ends.
    async fn load(&mut self, channel: &str) -> Result<(), Cut> {
        loop {
            let after = self.place(channel).id.max(1);
            let path = format!("/channels/{channel}/messages?after={after}&limit=100");
            let request = self.user.request("GET", &path, None);
            let answer = self.shared.http.try_send(&request).await.map_err(|_| Cut)?;
            let page = answer.ok();
            for message in page["items"].as_array().expect("a list") {
                assert!(number(&message["id"]) > after, "{message}");
                self.apply(message);
            }
            if page["has_newer"] == false {
                return Ok(());
            }
        }
    }
}
