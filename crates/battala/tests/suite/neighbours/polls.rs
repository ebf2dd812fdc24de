//! Polls whose answers nobody takes: what lies in queues is shared, what leaves them is not.

use futures_util::future::join_all;

use super::unread_answers::session;
use super::{Dial, is_unharmed, raise_descriptors, resident};
use crate::harness::{Request, TestHub, User, soon, until};

/// What all of them together may cost.
const MEMORY_MAX: u64 = 50 * 1024 * 1024;
const ACCOUNTS: usize = 30;
const SESSIONS_OF_EACH: usize = 6;
/// Nearly as much as may lie in a queue, in messages of 16 kB.
const MESSAGES: usize = 50;

/// Sessions of many accounts, each with a queue that nobody has taken anything of.
async fn sessions(hub: &TestHub, members: &[User]) -> Vec<String> {
    let mut sessions = Vec::new();
    for member in members {
        for _ in 0..SESSIONS_OF_EACH {
            sessions.push(session(&hub.http, &member.token).await);
        }
    }
    sessions
}

#[tokio::test]
async fn polls_of_many_accounts_at_one_address_are_bounded_together() {
    raise_descriptors();
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let code = owner.invite(&community).await;
    let mut members = Vec::new();
    for number in 0..ACCOUNTS {
        let member = hub.user(&format!("member{number}")).await;
        member.join(&code).await;
        members.push(member);
    }
    let sessions = sessions(&hub, &members).await;
    let text = "\u{1f33f}".repeat(4000);
    for _ in 0..MESSAGES {
        owner.say(&community.channel, &text).await;
    }
    let before = resident(&hub);
    let polls = sessions.iter().map(|path| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        let hub = &hub;
        async move { Dial::with_small_window().send(hub, &request).await }
    });
    let slow = join_all(polls).await;
    let heads = slow.iter().map(async |stream| {
        let mut head = [0; 12];
        stream.peek(&mut head).await.expect("an answer");
        String::from_utf8_lossy(&head).into_owned()
    });
    let heads = soon("the answers begin", join_all(heads)).await;
    let most = resident(&hub).saturating_sub(before);
    let count = |start: &str| heads.iter().filter(|head| head.starts_with(start)).count();
    let (served, refused) = (count("HTTP/1.1 200"), count("HTTP/1.1 503"));
    assert_eq!(
        (served + refused, served > 0),
        (heads.len(), true),
        "{heads:?}"
    );
    assert!(
        most < MEMORY_MAX,
        "{} MB more, {served} are served",
        most >> 20
    );
    is_unharmed(&hub, &owner).await;
    // What was refused stays queued: once there is room, it comes.
    let refused = heads
        .iter()
        .position(|head| head.starts_with("HTTP/1.1 503"));
    let path = &sessions[refused.expect("there is not room for all")];
    drop(slow);
    let taken = until("room again", async || {
        let answer = hub.http.try_send(&Request::new("GET", path)).await;
        let answer = answer.expect("an answer");
        assert!(matches!(answer.status, 200 | 503), "{answer}");
        (answer.status == 200).then_some(answer)
    });
    let taken = taken.await;
    assert_eq!(taken.text().matches("message_created").count(), MESSAGES);
}
