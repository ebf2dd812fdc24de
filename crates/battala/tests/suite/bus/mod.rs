//! A bus between nodes that drops, repeats, delays and reorders what it carries.
//!
//! Two hubs in this process share one database, as two nodes would. Requests go to one, sockets to
//! the other, and between them a relay that is as bad as a test wants it to be.

mod recovery;
mod signed_out;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use battala_api::ApiConfig;
use battala_gateway::Gateway;
use battala_hub::access::ReadHub;
use battala_hub::bus::{Change, Notice};
use battala_hub::{Actor, Can, Clock, Config, Hub, Limits, Random, Rate};
use battala_proto::events::EndReason;
use battala_proto::id::UserId;
use battala_socketio::Server;
use battala_store::tables::jobs;
use battala_store::{Db, Options};
use battala_testkit::{Scratch, TestDatabase};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::harness::{
    Delivered, Engine, Http, PASSWORD, Request, Socket, User, database, engine, places, until,
};

const MESSAGES: usize = 300;
/// After this long without news, the relay hands on what it held back.
const HELD_MAX: Duration = Duration::from_millis(20);
const CANARY: &str = "canary";

/// One process of a hub, as far as the others can tell.
struct Node {
    hub: Hub,
    gateway: Gateway,
    http: Arc<Http>,
    tasks: JoinSet<()>,
}

impl Node {
    async fn start(db: &Db, sockets: battala_socketio::Config) -> Self {
        let config = Config {
            password_cost: 4,
            limits: unlimited(),
            ..Config::default()
        };
        let started = Hub::start(
            db.clone(),
            &[7; 32],
            config,
            Clock::system(),
            Random::system(),
        );
        let hub = started.await.expect("a hub");
        hub.run_jobs();
        let gateway = Gateway::start(hub.clone());
        let sockets = Server::new(sockets, gateway.clone());
        let router = battala_api::router(hub.clone(), ApiConfig::default()).merge(sockets.router());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let http = Arc::new(Http::new(listener.local_addr().expect("its address")));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, service).await.expect("it serves") });
        Self {
            hub,
            gateway,
            http,
            tasks,
        }
    }

    async fn user(&self, name: &str) -> User {
        let body = json!({"username": name, "password": PASSWORD});
        let request = Request::new("POST", "/api/auth/register").json(&body);
        User::signed_in(&self.http, &self.http.send(&request).await)
    }

    /// Puts more on the bus at once than it holds. On one thread nobody takes anything from it
    /// meanwhile, so the gateway falls behind.
    async fn overflow(&self) {
        (self.overflowing().await)();
    }

    /// What does that, with the right to do it at hand.
    async fn overflowing(&self) -> impl Fn() + use<> {
        let can: Can<ReadHub> = self
            .hub
            .authorize(Actor::Operator, ())
            .await
            .expect("he may");
        let hub = self.hub.clone();
        // Concerns nobody.
        let notice = Notice::SessionsEnded {
            user_id: UserId::from_raw(1),
            sessions: Vec::new(),
            reason: EndReason::Revoked,
        };
        move || {
            for _ in 0..10_000 {
                hub.emit_ephemeral(&can, notice.clone());
            }
        }
    }

    async fn socket(&self, user: &User) -> Socket {
        Socket::ready(self.http.address, &user.token).await
    }
}

/// Rates are not what these tests are about.
fn unlimited() -> Limits {
    let rate = Rate::new(1_000_000, 60_000_000);
    Limits {
        send: rate,
        write: rate,
        read: rate,
        anonymous: rate,
        register: rate,
        connect: rate,
        structure: rate,
        sockets_per_user: 100,
        ..Limits::default()
    }
}

/// A node that takes requests, one that has the sockets, and what they share.
struct Cluster {
    writing: Node,
    sockets: Node,
    relay: JoinSet<()>,
    db: Db,
    database: Option<TestDatabase>,
    scratch: Scratch,
}

impl Cluster {
    async fn start() -> Self {
        Self::start_with(battala_socketio::Config::default()).await
    }

    async fn start_with(sockets: battala_socketio::Config) -> Self {
        let scratch = Scratch::new().expect("a directory");
        let (database, url) = match engine() {
            Engine::Sqlite => (None, format!("sqlite:{}/hub.db", scratch.path().display())),
            Engine::Postgres => {
                let database = database().await;
                let url = database.url().to_owned();
                (Some(database), url)
            }
        };
        let options = Options::new(url.parse().expect("an address"));
        let db = Db::open(&options).await.expect("a database");
        let writing = Node::start(&db, sockets.clone()).await;
        let body = json!({
            "token": writing.hub.settings().setup_token(), "username": "root",
            "password": PASSWORD, "hub_name": "Test", "registration": "open",
        });
        let request = Request::new("POST", "/api/setup").json(&body);
        writing.http.send(&request).await.is(201);
        // Knows that the hub is set up, because it starts afterwards.
        let sockets = Node::start(&db, sockets).await;
        Self {
            writing,
            sockets,
            relay: JoinSet::new(),
            db,
            database,
            scratch,
        }
    }

    /// From now on the bus works, with this fault.
    async fn connect(&mut self, fault: impl Fault) {
        let authority = self.sockets.hub.authorize(Actor::Operator, ()).await;
        let can: Can<ReadHub> = authority.expect("the operator may");
        let (notices, to) = (self.writing.hub.bus().subscribe(), self.sockets.hub.clone());
        self.relay.spawn(async move {
            relay(notices, fault, |notice| {
                to.emit_ephemeral(&can, notice);
            })
            .await;
        });
    }

    async fn stop(self) {
        let Self {
            writing,
            sockets,
            relay,
            db,
            database,
            scratch,
        } = self;
        drop(relay);
        until("no job is left", async || {
            let mut reader = db.read().await.ok()?;
            let count = jobs::count(&mut reader).await.ok()?;
            assert_eq!(count.failed, 0);
            (count.waiting == 0).then_some(())
        })
        .await;
        drop(db);
        for node in [writing, sockets] {
            drop(node.tasks);
            node.gateway.stop().await;
            node.hub.stop().await;
        }
        drop((database, scratch));
    }
}

/// What the bus does: takes a notice, or news that none came for a while, and says what to hand on.
trait Fault: FnMut(Option<Arc<Notice>>) -> Vec<Arc<Notice>> + Send + 'static {}
impl<F: FnMut(Option<Arc<Notice>>) -> Vec<Arc<Notice>> + Send + 'static> Fault for F {}

async fn relay(
    mut notices: Receiver<Arc<Notice>>,
    mut fault: impl Fault,
    hand_on: impl Fn(Notice),
) {
    loop {
        let handed = match timeout(HELD_MAX, notices.recv()).await {
            Ok(Ok(notice)) => fault(Some(notice)),
            Ok(Err(RecvError::Lagged(missed))) => panic!("the relay lost {missed} notices"),
            Ok(Err(RecvError::Closed)) => return,
            Err(_) => fault(None),
        };
        for notice in handed {
            hand_on((*notice).clone());
        }
    }
}

/// Repeats, delays and reorders; what it does is told by the seed.
fn shuffling(seed: u64) -> impl Fault {
    let mut state = seed;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let mut held: Vec<Arc<Notice>> = Vec::new();
    move |notice| {
        let Some(notice) = notice else {
            return std::mem::take(&mut held);
        };
        for _ in 0..=random(2) {
            held.insert(random(held.len() + 1), Arc::clone(&notice));
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
        cluster.connect(shuffling(seed)).await;
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
    let lossless_but_for_removals = |notice: Option<Arc<Notice>>| {
        let is_removal = |change: &Change| matches!(change, Change::MemberRemoved { .. });
        let handed = notice.filter(|notice| match &**notice {
            Notice::Structure(change) => !change.changes.iter().any(is_removal),
            _ => true,
        });
        handed.into_iter().collect()
    };
    cluster.connect(lossless_but_for_removals).await;
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
    cluster.connect(|_| Vec::new()).await;
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
    assert_eq!(ended.ended().await, "revoked");
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
    cluster.connect(dropping(&is_dropping)).await;
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
    cluster.connect(shuffling(1)).await;
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
