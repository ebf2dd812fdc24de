//! Callers who ask for much and take nothing of it.

use futures_util::future::join_all;

use super::{Dial, is_unharmed, raise_descriptors, resident};
use crate::harness::{TestHub, soon};

/// What all of them together may cost.
const MEMORY_MAX: u64 = 50 * 1024 * 1024;

#[tokio::test]
async fn a_thousand_strangers_who_read_nothing_cost_no_memory() {
    raise_descriptors();
    let hub = TestHub::start().await;
    let ben = hub.user("ben").await;
    let path = "/api/docs/swagger-ui-bundle.js";
    let whole = hub.get(path).await;
    assert_eq!(whole.status, 200);
    assert!(whole.body.len() > 300_000, "the largest file");
    let before = resident(&hub);
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut slow = Vec::new();
    for _ in 0..1000 {
        slow.push(Dial::with_small_window().send(&hub, &request).await);
    }
    // Each has the beginning of its answer.
    let begun = slow.iter().map(async |stream| stream.peek(&mut [0]).await);
    let begun: Vec<_> = soon("the answers begin", join_all(begun)).await;
    assert!(begun.iter().all(|peeked| matches!(peeked, Ok(1))));
    is_unharmed(&hub, &ben).await;
    let grown = resident(&hub).saturating_sub(before);
    assert!(grown < MEMORY_MAX, "{} MB more", grown >> 20);
}

#[tokio::test]
async fn pages_that_an_account_does_not_take_are_bounded_and_others_get_theirs() {
    raise_descriptors();
    let hub = TestHub::start().await;
    let (community, owner, [eve]) = hub.community("owner", ["eve"]).await;
    let text = "\u{1f33f}".repeat(4000);
    for _ in 0..100 {
        owner.say(&community.channel, &text).await;
    }
    let page = format!("{}?limit=100", community.messages());
    // What pages cost while they are made, and what the database keeps of them, is there before:
    // the rest is what lies untaken.
    let request = owner.request("GET", &page, None);
    let taken = (0..20).map(|_| hub.http.try_send(&request));
    let taken = join_all(taken).await;
    assert!(
        taken
            .iter()
            .any(|answer| matches!(answer, Ok(answer) if answer.status == 200))
    );
    let before = resident(&hub);
    let request = format!(
        "GET /api{page} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        eve.token
    );
    let mut slow = Vec::new();
    for _ in 0..100 {
        slow.push(Dial::with_small_window().send(&hub, &request).await);
    }
    let heads = slow.iter().map(async |stream| {
        let mut head = [0; 12];
        stream.peek(&mut head).await.expect("an answer");
        String::from_utf8_lossy(&head).into_owned()
    });
    let heads = soon("the answers begin", join_all(heads)).await;
    let count = |start: &str| heads.iter().filter(|head| head.starts_with(start)).count();
    let (served, refused) = (count("HTTP/1.1 200"), count("HTTP/1.1 503"));
    assert_eq!((served + refused, served > 0), (100, true), "{heads:?}");
    assert!(served * 1_600_000 < 10_000_000, "{served} are served");
    owner.get(&page).await.is(200);
    is_unharmed(&hub, &owner).await;
    let grown = resident(&hub).saturating_sub(before);
    assert!(grown < MEMORY_MAX, "{} MB more", grown >> 20);
    // Once they are gone, so is what they held.
    drop(slow);
    crate::harness::until("room again", async || {
        let request = eve.request("GET", &page, None);
        let answer = hub.http.try_send(&request).await.ok()?;
        (answer.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_stop_waits_neither_for_answers_that_nobody_takes_nor_for_halves_of_requests() {
    let mut hub = TestHub::start().await;
    let path = "/api/docs/swagger-ui-bundle.js";
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let unread = Dial::with_small_window().send(&hub, &request).await;
    let begun = soon("the answer begins", unread.peek(&mut [0])).await;
    assert!(matches!(begun, Ok(1)));
    let half = "GET /api/hub HTTP/1.1\r\nHost: x\r\n";
    let half = Dial::from(1).send(&hub, half).await;
    assert_eq!(hub.stop().await, Some(0));
    let log = hub.log();
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
    drop((unread, half));
}
