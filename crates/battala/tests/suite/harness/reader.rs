//! A client that misses nothing of a channel, whatever becomes of its connections.

use serde_json::{Value, json};

use super::{Socket, TestHub, User, until};

/// What a client gathers of a channel: events in order, what `heads` says that it lacks, and what it
/// asks for when it had to connect again.
pub(crate) struct Reader<'h> {
    hub: &'h TestHub,
    user: &'h User,
    socket: Socket,
    channel: &'h str,
    at: usize,
    last: i64,
    pub(crate) texts: Vec<String>,
    pub(crate) reconnects: usize,
}

impl<'h> Reader<'h> {
    /// Of a channel in which nothing was written before.
    pub(crate) async fn start(hub: &'h TestHub, user: &'h User, channel: &'h str) -> Self {
        Self {
            hub,
            user,
            socket: hub.socket(user).await,
            channel,
            at: 0,
            last: 0,
            texts: Vec::new(),
            reconnects: 0,
        }
    }

    /// Reads on until it has the message of this number.
    pub(crate) async fn read_to(&mut self, seq: i64) {
        while self.last < seq {
            let Some(event) = self.socket.event(self.at).await else {
                self.reconnect().await;
                continue;
            };
            self.at += 1;
            match event.name.as_str() {
                "message_created" if event.data["message"]["channel_id"] == self.channel => {
                    self.take(&event.data).await;
                }
                "ready" if self.reconnects > 0 => self.sync().await,
                "heads" => self.hear_heads(&event.data).await,
                _ => {}
            }
        }
    }

    async fn hear_heads(&mut self, heads: &Value) {
        let heads = heads["channels"].as_array().expect("a list").iter();
        let mut here = heads.filter(|head| head["id"] == self.channel);
        let head = here.next().and_then(|head| head["last_seq"].as_i64());
        if head.is_some_and(|head| head > self.last) {
            self.sync().await;
        }
    }

    async fn reconnect(&mut self) {
        self.assert_order();
        let auth = json!({"token": self.user.token});
        self.socket = until("a connection", async || {
            let socket = Socket::open(self.hub.http.address).await;
            socket.connect(&auth).await.ok()?;
            Some(socket)
        })
        .await;
        self.at = 0;
        self.reconnects += 1;
    }

    async fn take(&mut self, created: &Value) {
        let seq = created["seq"].as_i64().expect("a number");
        if seq == self.last + 1 {
            self.last = seq;
            self.texts.push(text_of(&created["message"]));
        } else if seq > self.last {
            self.sync().await;
        }
    }

    async fn sync(&mut self) {
        let body = json!({"channel_id": self.channel, "after": self.last});
        let asked = || async {
            let id = self.socket.send_command("channel_sync", &body);
            match self.socket.acknowledgement(id).await {
                Some(ack) if ack["error"]["code"] == "unavailable" => None,
                answered => Some(answered),
            }
        };
        // Without an answer the connection has ended, and the next one asks again.
        let Some(ack) = until("what was missed", asked).await else {
            return;
        };
        let changes = &ack["ok"];
        let rows = changes["rows"].as_array().expect("a list");
        self.texts.extend(rows.iter().map(text_of));
        self.last = changes["through"].as_i64().expect("a number");
    }

    /// What came as events came once and in order.
    pub(crate) fn assert_order(&self) {
        let created = self.socket.all("message_created").into_iter();
        let here = created.filter(|told| told["message"]["channel_id"] == self.channel);
        let seqs: Vec<_> = here.filter_map(|told| told["seq"].as_i64()).collect();
        assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    }
}

pub(crate) fn text_of(message: &Value) -> String {
    message["content"].as_str().expect("a text").to_owned()
}
