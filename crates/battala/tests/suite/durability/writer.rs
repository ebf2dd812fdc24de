//! A writer: what is not answered is sent again with its nonce, before anything new.

use std::collections::VecDeque;
use std::sync::Arc;

use battala_testkit::ledger::{Entry, Op};
use serde_json::{Value, json};

use super::load::Shared;
use super::scene::{content_of, number};
use crate::harness::{Request, Socket, User};

/// Messages that a socket sends without waiting for an answer.
const WINDOW: usize = 3;

pub(super) struct Writer {
    shared: Arc<Shared>,
    user: User,
    number: usize,
    channel: String,
    written: usize,
    /// Nonces without an answer, the oldest first.
    unanswered: VecDeque<String>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, user: User, number: usize, channel: String) -> Self {
        Self {
            shared,
            user,
            number,
            channel,
            written: 0,
            unanswered: VecDeque::new(),
        }
    }

    /// Writes until it is over and everything is answered.
    pub(super) async fn by_socket(mut self) {
        while !(self.shared.is_over() && self.unanswered.is_empty()) {
            let socket = self.shared.connect(&self.user).await;
            self.write_on(&socket).await;
        }
    }

    /// Writes on one connection until it is closed.
    async fn write_on(&mut self, socket: &Socket) {
        self.shared.count_retried(self.unanswered.len());
        let again = self.unanswered.iter();
        let mut sent: VecDeque<u64> = again.map(|nonce| self.send(socket, nonce)).collect();
        loop {
            while sent.len() < WINDOW && !self.shared.is_over() {
                let nonce = self.next_nonce();
                sent.push_back(self.send(socket, &nonce));
            }
            let Some(id) = sent.pop_front() else { return };
            let Some(ack) = socket.acknowledgement(id).await else {
                return;
            };
            assert!(ack["ok"].is_object(), "{}: {ack}", self.user.name);
            self.answered(&ack["ok"]);
        }
    }

    fn send(&self, socket: &Socket, nonce: &str) -> u64 {
        let content = content_of(nonce);
        let body = json!({"channel_id": self.channel, "content": content, "nonce": nonce});
        socket.send_command("message_send", &body)
    }

    /// The same with one request at a time.
    pub(super) async fn by_http(mut self) {
        let path = format!("/channels/{}/messages", self.channel);
        while !self.shared.is_over() {
            let nonce = self.next_nonce();
            let body = json!({"content": content_of(&nonce), "nonce": nonce});
            let request = self.user.request("POST", &path, Some(body));
            let answer = self.answer_to(&request).await;
            self.answered(&answer);
        }
    }

    /// What the hub says in the end, however often that takes.
    async fn answer_to(&self, request: &Request) -> Value {
        loop {
            self.shared.up().await;
            if let Ok(answer) = self.shared.http.try_send(request).await {
                return answer.ok();
            }
            self.shared.count_retried(1);
        }
    }

    fn next_nonce(&mut self) -> String {
        self.written += 1;
        let nonce = format!("{}-{}", self.user.name, self.written);
        self.unanswered.push_back(nonce.clone());
        self.shared
            .set_unanswered(self.number, self.unanswered.len());
        nonce
    }

    /// Writes down that the oldest message is stored.
    fn answered(&mut self, answer: &Value) {
        let nonce = self.unanswered.pop_front().expect("it was sent");
        self.shared.ledger.record(&Entry {
            client: self.user.name.clone(),
            op: Op::Acked,
            channel: self.channel.clone(),
            author: self.user.id.clone(),
            nonce,
            id: number(&answer["id"]),
            seq: answer["seq"].as_i64().expect("a number"),
        });
        self.shared
            .set_unanswered(self.number, self.unanswered.len());
        self.shared.count_acked();
    }
}
