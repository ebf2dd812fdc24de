//! A bus between nodes that drops, repeats, delays and reorders what it carries.
//!
//! Two hubs in this process share one database, as two nodes would. Requests go to one, sockets to
//! the other, and between them a relay that is as bad as a test wants it to be.

mod cluster;
mod recovery;
mod signed_out;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use battala_hub::bus::{Carried, Change, Notice};
use futures_util::future::join_all;
use serde_json::{Value, json};

use self::cluster::{Cluster, Fault, Node};
use crate::harness::{Delivered, Socket, places};

const MESSAGES: usize = 300;
const CANARY: &str = "canary";

/// Repeats, delays and reorders; what it does is told by the seed.
fn shuffling(seed: u64) -> impl Fault {
    let mut state = seed;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let mut held: Vec<Carried> = Vec::new();
    move |notice| {
        let Some(notice) = notice else {
            return std::mem::take(&mut held);
        };
        for _ in 0..=random(2) {
            held.insert(random(held.len() + 1), notice.clone());
        }
        let leaving = held.len().saturating_sub(random(16));
        held.drain(..leaving).collect()
    }
}

fn created(socket: &Socket, channel: &str) -> Vec<i64> {
    let told = socket.all("message_created").into_iter();
    let here = told.filter(|told| told["message"]["channel_id"] == channel);
    here.filter_map(|told| told["seq"].as_i64()).collect()
}

/// Waits for the last message of each channel: all came, once and in order.
async fn assert_all(socket: &Socket, channels: &[String], last: i64) {
    for channel in channels {
        let is_last =
            |told: &Value| told["message"]["channel_id"] == channel.as_str() && told["seq"] == last;
        socket.wait("message_created", is_last).await;
        assert_eq!(created(socket, channel), (1..=last).collect::<Vec<_>>());
    }
}

// T122
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bus_repeats_delays_and_reorders_reaches_everyone_once_and_in_order() {
    let name = |part: usize| format!("Bazaar {part}");
    for seed in 1..=5 {
        let mut cluster = Cluster::start().await;
        cluster.connect(shuffling(seed));
        let owner = cluster.writing.user("owner").await;
        let community = owner.community("Bazaar").await;
        let ben = cluster.writing.user("ben").await;
        ben.join(&owner.invite(&community).await).await;
        let channels = [
            community.channel.clone(),
            owner.channel(&community, "quiet").await,
        ];
        let sockets = [
            cluster.sockets.socket(&owner).await,
            cluster.sockets.socket(&ben).await,
        ];
        // A room knows where its channels stand after the first message.
        let firsts = channels.iter().map(|channel| owner.say(channel, "first"));
        join_all(firsts).await;
        let heard = sockets
            .iter()
            .map(|socket| assert_all(socket, &channels, 1));
        join_all(heard).await;
        for part in 0..MESSAGES / 20 {
            let said = (0..20).map(|number| owner.say(&channels[number % 2], "hi"));
            let path = community.path("");
            tokio::join!(
                join_all(said),
                owner.patch(&path, json!({"name": name(part)}))
            );
        }
        let last = i64::try_from(MESSAGES / 2).expect("a small number") + 1;
        for socket in &sockets {
            assert_all(socket, &channels, last).await;
            // The last change of structure may come after the last message.
            let is_last = |told: &Value| told["server"]["name"] == name(MESSAGES / 20 - 1);
            socket.wait("server_updated", is_last).await;
            let epochs: Vec<i64> = socket
                .all("server_updated")
                .iter()
                .filter_map(|told| told["epoch"].as_i64())
                .collect();
            assert!(epochs.is_sorted_by(|a, b| a < b), "seed {seed}: {epochs:?}");
            assert_eq!(epochs.len(), MESSAGES / 20, "seed {seed}");
        }
        cluster.stop().await;
    }
}

// T48
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_that_the_bus_drops_is_noticed_before_the_next_message_is_delivered() {
    let mut cluster = Cluster::start().await;
    let lossless_but_for_removals = |carried: Option<Carried>| {
        let is_removal = |change: &Change| matches!(change, Change::MemberRemoved { .. });
        let is_handed_on = |notice: &Notice| match notice {
            Notice::Structure(change) => !change.changes.iter().any(is_removal),
            _ => true,
        };
        let handed = carried.filter(|carried| match carried {
            Carried::Notice { notice, .. } => is_handed_on(notice),
            Carried::Hint { .. } => true,
        });
        handed.into_iter().collect()
    };
    cluster.connect(lossless_but_for_removals);
    let owner = cluster.writing.user("owner").await;
    let community = owner.community("Bazaar").await;
    let code = owner.invite(&community).await;
    let ben = cluster.writing.user("ben").await;
    ben.join(&code).await;
    owner.say(&community.channel, "before").await;
    let (kicked, witness) = (
        cluster.sockets.socket(&ben).await,
        cluster.sockets.socket(&owner).await,
    );
    owner
        .delete(&community.path(&format!("/members/{}", ben.id)))
        .await
        .is(204);
    let canary = owner.say(&community.channel, CANARY).await;
    let removed = kicked.wait("server_removed", |_| true).await;
    assert_eq!(
        removed,
        json!({"server_id": community.id, "reason": "kicked"})
    );
    kicked.round_trip().await;
    let leaked = kicked
        .events()
        .into_iter()
        .find(|event| event.data.to_string().contains(CANARY));
    assert!(leaked.is_none(), "{leaked:?}");
    // Who stayed learns that there is something, and gets it.
    let is_ahead = |heads: &Value| heads["channels"][0]["last_seq"] == canary["seq"];
    witness.wait("heads", is_ahead).await;
    let sync = json!({"channel_id": community.channel, "after": 1});
    let synced = witness.ok("channel_sync", sync).await;
    assert_eq!(synced["rows"][0]["content"], CANARY, "{synced}");
    // From here on the room is in order again.
    owner.say(&community.channel, "after").await;
    let after = |told: &Value| told["message"]["content"] == "after";
    witness.wait("message_created", after).await;
    cluster.stop().await;
}

// T48: on one thread, so that nobody takes anything from the bus while it overflows.
#[tokio::test]
async fn a_gateway_that_fell_behind_ends_the_sockets_of_sessions_that_ended_meanwhile() {
    let mut cluster = Cluster::start().await;
    cluster.connect(|_| Vec::new());
    let (ana, ben) = (
        cluster.writing.user("ana").await,
        cluster.writing.user("ben").await,
    );
    let (ended, other) = (
        cluster.sockets.socket(&ana).await,
        cluster.sockets.socket(&ben).await,
    );
    ana.logout().await;
    // The news was dropped, and nothing shows it; on PostgreSQL a sweep may be faster.
    cluster.sockets.overflow().await;
    assert_eq!(ended.ended().await, "unknown");
    other.round_trip().await;
    assert!(other.is_open());
    cluster.stop().await;
}

/// Drops everything while it is told to.
fn dropping(is_on: &Arc<AtomicBool>) -> impl Fault {
    let is_on = Arc::clone(is_on);
    move |notice| {
        let handed = notice.filter(|_| !is_on.load(Ordering::Relaxed));
        handed.into_iter().collect()
    }
}

// T48: on one thread, for the overflow.
#[tokio::test]
async fn a_gateway_that_fell_behind_enters_new_members_and_tells_accounts_what_they_missed() {
    let mut cluster = Cluster::start().await;
    let is_dropping = Arc::new(AtomicBool::new(true));
    cluster.connect(dropping(&is_dropping));
    let owner = cluster.writing.user("owner").await;
    let (bazaar, den) = (
        owner.community("Bazaar").await,
        owner.community("Den").await,
    );
    let said = owner.say(&bazaar.channel, "before").await;
    let ben = cluster.writing.user("ben").await;
    // Ben's account has no room here, and the owner's has two.
    let (new, known) = (
        cluster.sockets.socket(&ben).await,
        cluster.sockets.socket(&owner).await,
    );
    let mark = known.mark();
    ben.join(&owner.invite(&bazaar).await).await;
    let profile = json!({"display_name": "The Owner"});
    owner.patch("/users/@me", profile).await.is(200);
    let order = json!({"servers": places(&[&den.id, &bazaar.id])});
    owner.patch("/servers", order).await.is(200);
    let read = json!({"message_id": said["id"]});
    let path = format!("/channels/{}/read", bazaar.channel);
    owner.put(&path, read).await.is(200);
    known.round_trip().await;
    assert!(known.all("me_updated").is_empty(), "the bus drops it");
    cluster.sockets.overflow().await;
    let of_bazaar = |told: &Value| told["server_id"] == bazaar.id.as_str();
    let is_entered = |state: &Value| state["server"]["id"] == bazaar.id.as_str();
    new.wait("server_state", is_entered).await;
    new.wait("server_reads", of_bazaar).await;
    let is_renamed = |told: &Value| told["me"]["display_name"] == "The Owner";
    known.wait("me_updated", is_renamed).await;
    let is_moved = |told: &Value| told["server_ids"] == json!([den.id, bazaar.id]);
    known.wait("servers_reordered", is_moved).await;
    let is_read =
        |told: &Value| of_bazaar(told) && told["channels"][0]["last_read_id"] == said["id"];
    known.wait_after(mark, "server_reads", is_read).await;
    // The room has been read anew, too: nothing that comes now is told by its head alone.
    known.wait_after(mark, "heads", of_bazaar).await;
    // Live events reach the new member, under the name that the account has now.
    is_dropping.store(false, Ordering::Relaxed);
    let body = json!({"channel_id": bazaar.channel, "content": "after", "nonce": "n"});
    known.ok("message_send", body).await;
    let after = |told: &Value| told["message"]["content"] == "after";
    let told = new.wait("message_created", after).await;
    assert_eq!(told["message"]["author"]["display_name"], "The Owner");
    cluster.stop().await;
}

/// Whether a message came, or a head that names it.
fn is_told(events: &[Delivered], seq: &Value) -> Option<()> {
    let names_it = |event: &Delivered| match event.name.as_str() {
        "message_created" => event.data["seq"] == *seq,
        _ => event.data["channels"][0]["last_seq"] == *seq,
    };
    events.iter().any(names_it).then_some(())
}

// T48: on one thread, for the overflow.
#[tokio::test]
async fn a_gateway_that_falls_behind_again_and_again_goes_on_in_order_and_cuts_nobody() {
    let mut cluster = Cluster::start().await;
    cluster.connect(shuffling(1));
    let owner = cluster.writing.user("owner").await;
    let community = owner.community("Bazaar").await;
    let ben = cluster.writing.user("ben").await;
    ben.join(&owner.invite(&community).await).await;
    let sockets = [
        cluster.sockets.socket(&owner).await,
        cluster.sockets.socket(&ben).await,
    ];
    for _ in 0..20 {
        join_all((0..10).map(|_| owner.say(&community.channel, "hi"))).await;
        cluster.sockets.overflow().await;
    }
    // What the bus lost is told by the heads. Recovery may go on for a while, and reads from the
    // database what the bus has still to bring; then nothing is held back any more.
    let mut is_live = false;
    for number in 0..100 {
        let said = owner.say(&community.channel, "after").await;
        for socket in &sockets {
            let is_told = |events: &[Delivered]| is_told(events, &said["seq"]);
            let what = format!("message {number} afterwards, or its head");
            socket.find(&what, is_told).await;
        }
        let is_created =
            |socket| created(socket, &community.channel).last() == said["seq"].as_i64().as_ref();
        is_live = sockets.iter().all(is_created);
        if is_live {
            break;
        }
    }
    assert!(is_live, "the room is read anew again and again");
    for socket in &sockets {
        let seqs = created(socket, &community.channel);
        assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
        assert!(socket.is_open());
    }
    cluster.stop().await;
}
