//! More than one may send: throttled, charged, and in order for as long as it goes on.

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::send;
use crate::harness::{Options, TestHub, until};

#[tokio::test]
async fn t117_a_flood_is_throttled_with_an_answer_and_then_cut() {
    let hub = Options::default().default_limits().start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (socket, neighbour) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let ids: Vec<u64> = (0..3000)
        .map(|_| socket.send_command("message_send", &send(&community, "flood")))
        .collect();
    let mut refused = None;
    for id in ids {
        match socket.acknowledgement(id).await {
            None => break,
            Some(ack) if ack["error"].is_object() => refused = Some(ack["error"].clone()),
            Some(_) => {}
        }
    }
    let refused = refused.expect("a refusal");
    assert_eq!(refused["code"], "rate_limited");
    assert!(refused["retry_after_ms"].as_u64() > Some(0), "{refused}");
    socket.closed().await;
    // The neighbour got what was accepted, in order, and is not held up.
    neighbour.ok("message_send", send(&community, "calm")).await;
    let calm = neighbour
        .wait("message_created", |event| {
            event["message"]["content"] == "calm"
        })
        .await;
    // What the flood had accepted at its end may be written after that, and is not waited for.
    let last = calm["seq"].as_i64().expect("a number");
    let seqs: Vec<i64> = neighbour
        .all("message_created")
        .iter()
        .filter_map(|event| event["seq"].as_i64())
        .filter(|seq| *seq <= last)
        .collect();
    assert_eq!(seqs, (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn t118_a_thousand_pipelined_messages_keep_their_order() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (socket, reader) = (hub.socket(&owner).await, hub.socket(&ben).await);
    for round in 0..3_i64 {
        let mark = reader.mark();
        let ids: Vec<u64> = (0..1000)
            .map(|number| {
                socket.send_command("message_send", &send(&community, &number.to_string()))
            })
            .collect();
        let mut seqs = Vec::new();
        for id in &ids {
            let ack = socket.acknowledgement(*id).await.expect("an answer");
            seqs.push(ack["ok"]["seq"].as_i64().unwrap_or_else(|| panic!("{ack}")));
        }
        let expected: Vec<i64> = (round * 1000 + 1..=round * 1000 + 1000).collect();
        assert_eq!(seqs, expected);
        reader
            .wait_after(mark, "message_created", |event| {
                event["seq"] == (round + 1) * 1000
            })
            .await;
        let contents: Vec<String> = reader.events()[mark..]
            .iter()
            .filter(|event| event.name == "message_created")
            .map(|event| {
                event.data["message"]["content"]
                    .as_str()
                    .expect("a text")
                    .to_owned()
            })
            .collect();
        assert_eq!(
            contents,
            (0..1000)
                .map(|number| number.to_string())
                .collect::<Vec<_>>()
        );
    }
    let order = socket.ack_order();
    assert!(
        order.is_sorted(),
        "acknowledged in the order of the commands"
    );
}

#[tokio::test]
async fn t125_syncs_and_typing_in_many_channels_are_charged() {
    // What is taken comes back far slower than the slowest machine asks for it.
    let hub = Options::default()
        .default_limits()
        .rate("write", 1000, 60_000)
        .rate("read", 200, 1)
        .start()
        .await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&owner).await;
    let ids: Vec<u64> = (0..400)
        .map(|_| {
            socket.send_command(
                "channel_sync",
                &json!({"channel_id": community.channel, "after": 0}),
            )
        })
        .collect();
    let mut refused = 0;
    for id in ids {
        let ack = socket.acknowledgement(id).await.expect("an answer");
        if ack["error"]["code"] == "rate_limited" {
            refused += 1;
        }
    }
    assert!(refused > 0, "four hundred syncs at once passed");
    let body = json!({"channel_id": "4611686018427387904"});
    let error = until("typing is charged too", async || {
        let ack = socket.command("typing_start", body.clone()).await;
        (ack["error"]["code"] == "rate_limited").then(|| ack["error"].clone())
    })
    .await;
    assert!(error["retry_after_ms"].is_u64());
    // A list of cursors has no place in a command: one channel at a time.
    let body = json!({"channel_id": [community.channel], "after": 0});
    let ack = hub.socket(&ben).await.command("channel_sync", body).await;
    assert_eq!(ack["error"]["code"], "invalid_input", "{ack}");
}

#[tokio::test]
async fn t125_typing_in_a_hundred_channels_is_not_told_more_often_than_in_one() {
    let hub = Options::default()
        .default_limits()
        .rate("write", 1000, 60_000)
        .start()
        .await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let (maker, place) = (&owner, &community);
    let made = (0..100).map(|number| async move {
        let name = format!("channel-{number}");
        maker.channel(place, &name).await
    });
    // Few at a time: a slow machine turns away who waits for a place behind a hundred others.
    let channels: Vec<String> = stream::iter(made).buffered(8).collect().await;
    let (neighbour, typist) = (hub.socket(&owner).await, hub.socket(&ben).await);
    let began = tokio::time::Instant::now();
    let ids: Vec<u64> = channels
        .iter()
        .chain(&channels)
        .map(|channel| typist.send_command("typing_start", &json!({"channel_id": channel})))
        .collect();
    let mut accepted: u64 = 0;
    for id in ids {
        let ack = typist.acknowledgement(id).await.expect("an answer");
        match &ack["error"]["code"] {
            code if *code == "rate_limited" => {}
            _ => accepted += u64::from(ack["ok"].is_object()),
        }
    }
    // Two at once, and one each three seconds.
    let most = 2 + began.elapsed().as_secs().div_ceil(3) + 1;
    assert!(
        (1..=most).contains(&accepted),
        "{accepted} of {most} at most"
    );
    // A hint of the typist's neighbour comes after all of his.
    let last = json!({"channel_id": community.channel});
    neighbour.ok("typing_start", last).await;
    let is_own = |told: &Value| told["user"]["id"] == owner.id.as_str();
    neighbour.wait("typing_started", is_own).await;
    let told = neighbour.all("typing_started").len();
    assert_eq!(told as u64, accepted + 1);
    typist.round_trip().await;
    assert!(
        typist.is_open(),
        "what one types too much is no reason to cut"
    );
}
