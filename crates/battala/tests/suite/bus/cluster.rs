//! Two hubs in this process on one database, as two nodes would be, and the bus between them.
//!
//! Knows neither what the bus does wrong ([`Fault`] does) nor what is then to be seen.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use battala_api::ApiConfig;
use battala_gateway::Gateway;
use battala_hub::access::ReadHub;
use battala_hub::bus::{Carried, Notice};
use battala_hub::{Actor, Can, Clock, Config, Hub, Limits, Random, Rate};
use battala_proto::events::EndReason;
use battala_proto::id::UserId;
use battala_socketio::Server;
use battala_store::tables::jobs;
use battala_store::{Db, Options};
use battala_testkit::{Scratch, TestDatabase};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::harness::{Engine, Http, PASSWORD, Request, Socket, User, database, engine, until};

/// After this long without news, the relay hands on what it held back.
const HELD_MAX: Duration = Duration::from_millis(20);

/// One process of a hub, as far as the others can tell.
pub(super) struct Node {
    pub(super) hub: Hub,
    pub(super) gateway: Gateway,
    pub(super) http: Arc<Http>,
    pub(super) tasks: JoinSet<()>,
}

impl Node {
    pub(super) async fn start(db: &Db, sockets: battala_socketio::Config) -> Self {
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

    pub(super) async fn user(&self, name: &str) -> User {
        let body = json!({"username": name, "password": PASSWORD});
        let request = Request::new("POST", "/api/auth/register").json(&body);
        User::signed_in(&self.http, &self.http.send(&request).await)
    }

    /// Puts more on the bus at once than it holds. On one thread nobody takes anything from it
    /// meanwhile, so the gateway falls behind.
    pub(super) async fn overflow(&self) {
        (self.overflowing().await)();
    }

    /// What does that, with the right to do it at hand.
    pub(super) async fn overflowing(&self) -> impl Fn() + use<> {
        let can: Can<ReadHub> = self
            .hub
            .authorize(Actor::Operator, ())
            .await
            .expect("he may");
        let mut carried = self.hub.bus().subscribe();
        let written = self.hub.write(can, |work| {
            // Concerns nobody.
            work.notify(Notice::SessionsEnded {
                user_id: UserId::from_raw(1),
                sessions: Vec::new(),
                reason: EndReason::Revoked,
            });
            Box::pin(async { Ok(()) })
        });
        written.await.expect("a commit");
        let notice = loop {
            let carried = carried.recv().await.expect("what the commit tells");
            if matches!(&carried, Carried::Notice { notice, .. } if is_of_nobody(notice)) {
                break carried;
            }
        };
        let hub = self.hub.clone();
        move || {
            for _ in 0..10_000 {
                hub.bus().hand_on(notice.clone());
            }
        }
    }

    pub(super) async fn socket(&self, user: &User) -> Socket {
        Socket::ready(self.http.address, &user.token).await
    }
}

fn is_of_nobody(notice: &Notice) -> bool {
    matches!(notice, Notice::SessionsEnded { sessions, .. } if sessions.is_empty())
}

/// Rates are not what these tests are about.
fn unlimited() -> Limits {
    let rate = Rate::new(1_000_000, 60_000_000);
    Limits {
        send: rate,
        rename: rate,
        write: rate,
        read: rate,
        anonymous: rate,
        no_operation: rate,
        register: rate,
        connect: rate,
        structure: rate,
        sockets_per_user: 100,
        ..Limits::default()
    }
}

/// A node that takes requests, one that has the sockets, and what they share.
pub(super) struct Cluster {
    pub(super) writing: Node,
    pub(super) sockets: Node,
    pub(super) relay: JoinSet<()>,
    pub(super) db: Db,
    pub(super) database: Option<TestDatabase>,
    pub(super) scratch: Scratch,
}

impl Cluster {
    pub(super) async fn start() -> Self {
        Self::start_with(battala_socketio::Config::default()).await
    }

    pub(super) async fn start_with(sockets: battala_socketio::Config) -> Self {
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
    pub(super) fn connect(&mut self, fault: impl Fault) {
        let (notices, to) = (self.writing.hub.bus().subscribe(), self.sockets.hub.clone());
        self.relay.spawn(async move {
            relay(notices, fault, |carried| to.bus().hand_on(carried)).await;
        });
    }

    pub(super) async fn stop(self) {
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
pub(super) trait Fault: FnMut(Option<Carried>) -> Vec<Carried> + Send + 'static {}
impl<F: FnMut(Option<Carried>) -> Vec<Carried> + Send + 'static> Fault for F {}

async fn relay(mut notices: Receiver<Carried>, mut fault: impl Fault, hand_on: impl Fn(Carried)) {
    loop {
        let handed = match timeout(HELD_MAX, notices.recv()).await {
            Ok(Ok(notice)) => fault(Some(notice)),
            Ok(Err(RecvError::Lagged(missed))) => panic!("the relay lost {missed} notices"),
            Ok(Err(RecvError::Closed)) => return,
            Err(_) => fault(None),
        };
        handed.into_iter().for_each(&hand_on);
    }
}
