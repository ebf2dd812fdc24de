//! Ids of messages: in the order of their channel, and of one message only.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Socket, TestHub, User, nonce};

const CHANNELS: usize = 4;
const WRITERS: usize = 4;
const EACH: usize = 400;
/// Messages of one writer that wait for an answer. All together are fewer than may wait for one
/// connection: a whole commit of them is sent to every reader at once.
const AT_ONCE: usize = 20;

/// Sends many at a time; the ids in the answers.
async fn by_socket(socket: &Socket, channel: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..EACH / AT_ONCE {
        let send = |_| {
            let body = json!({"channel_id": channel, "content": "hi", "nonce": nonce()});
            socket.send_command("message_send", &body)
        };
        let sent: Vec<u64> = (0..AT_ONCE).map(send).collect();
        for ack in sent {
            let ack = socket.acknowledgement(ack).await.expect("an answer");
            ids.push(id_of(&ack["ok"], &ack));
        }
    }
    ids
}

/// Sends several requests at a time; the ids in the answers.
async fn by_http(user: &User, channel: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..EACH / AT_ONCE {
        let answers = join_all((0..AT_ONCE).map(|_| user.say(channel, "hi"))).await;
        ids.extend(answers.iter().map(|said| id_of(said, said)));
    }
    ids
}

#[track_caller]
fn id_of(message: &Value, answer: &Value) -> String {
    let id = message["id"].as_str();
    id.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn messages_that_are_written_at_once_in_several_channels_share_no_id() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let mut channels = vec![community.channel.clone()];
    for number in 1..CHANNELS {
        channels.push(owner.channel(&community, &format!("c{number}")).await);
    }
    let sockets = join_all((0..WRITERS).map(|_| hub.socket(&owner))).await;
    let places = || channels.iter().cycle();
    let sending = sockets.iter().zip(places());
    let by_socket = join_all(sending.map(|(socket, channel)| by_socket(socket, channel)));
    let by_http = join_all(
        places()
            .take(WRITERS)
            .map(|channel| by_http(&owner, channel)),
    );
    // Each answer comes in time; how long all of them take depends on the machine.
    let (by_socket, by_http) = tokio::join!(by_socket, by_http);
    let ids: Vec<String> = by_socket.into_iter().chain(by_http).flatten().collect();
    let distinct: HashSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), 2 * WRITERS * EACH);
    assert_eq!(distinct.len(), ids.len());
}
