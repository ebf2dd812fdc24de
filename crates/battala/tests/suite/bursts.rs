//! Who reads promptly is not cut for what others write at the same moment: one commit may hold
//! more messages than may wait for one connection.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Socket, TestHub, nonce};

const SENDERS: usize = 16;
const READERS: usize = 4;
const ROUNDS: usize = 4;

/// Sends many messages without waiting for each, then waits for all answers.
async fn burst(socket: &Socket, channel: &str, count: usize, content: &str) {
    let send = |_| {
        let body = json!({"channel_id": channel, "content": content, "nonce": nonce()});
        socket.send_command("message_send", &body)
    };
    let sent: Vec<u64> = (0..count).map(send).collect();
    for id in sent {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        assert!(ack["ok"].is_object(), "{ack}");
    }
}

/// The sequence numbers of the messages after `mark`, when there are `count` of them.
async fn received(socket: &Socket, mark: usize, count: usize) -> Vec<i64> {
    let mut seqs = Vec::new();
    let mut at = mark;
    while seqs.len() < count {
        let event = socket.event(at).await;
        let event = event.unwrap_or_else(|| panic!("cut after {} of {count}", seqs.len()));
        if event.name == "message_created" {
            seqs.push(event.data["seq"].as_i64().expect("a number"));
        }
        at += 1;
    }
    seqs
}

/// Sixteen senders write `each` messages at once, and everyone reads them all before the next.
async fn nobody_is_cut(each: usize, content: &str) {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let senders = join_all((0..SENDERS).map(|_| hub.socket(&owner))).await;
    let mut readers = join_all((0..READERS).map(|_| hub.socket(&ben))).await;
    readers.push(Socket::ready_by_polling(&hub.http, &ben.token).await);
    let count = SENDERS * each;
    for round in 0..ROUNDS {
        let everyone = || senders.iter().chain(&readers);
        let marks: Vec<usize> = everyone().map(Socket::mark).collect();
        let channel = &community.channel;
        join_all(
            senders
                .iter()
                .map(|from| burst(from, channel, each, content)),
        )
        .await;
        let first = i64::try_from(round * count).expect("a small number") + 1;
        let all: Vec<i64> = (first..).take(count).collect();
        for (socket, mark) in everyone().zip(marks) {
            assert_eq!(received(socket, mark, count).await, all);
        }
    }
    assert!(senders.iter().chain(&readers).all(Socket::is_open));
}

/// Three times what one commit holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_reads_is_cut_by_many_messages_at_once() {
    nobody_is_cut(48, "Under the banyan at six?").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_reads_is_cut_by_many_long_messages_at_once() {
    nobody_is_cut(24, &"banyan ".repeat(200)).await;
}
