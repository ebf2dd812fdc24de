//! The process's copy of the settings follows what was committed, whoever waits for the answer.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use battala_hub::access::{SetupHub, UpdateHub};
use battala_hub::sessions::Client;
use battala_hub::{Actor, Clock, Config, Hub, Random, settings};
use battala_proto::fields::{Fields, Request};
use battala_proto::hub as proto;
use battala_store::tables::hub as table;
use battala_store::{Db, DbError, Options};
use battala_testkit::{Scratch, TestDatabase};
use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Engine, PASSWORD, TestHub, engine, soon, until};

/// The use cases on a database, without a process of their own.
struct InProcess {
    hub: Hub,
    db: Db,
    _scratch: Scratch,
    _database: Option<TestDatabase>,
}

impl InProcess {
    async fn start() -> Self {
        let scratch = Scratch::new().expect("a directory");
        let database = match engine() {
            Engine::Sqlite => None,
            Engine::Postgres => Some(crate::harness::database().await),
        };
        let url = match &database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite:{}", scratch.path().join("hub.db").display()),
        };
        let options = Options::new(url.parse().expect("an address"));
        let db = Db::open(&options).await.expect("the database");
        let config = Config {
            password_cost: 4,
            ..Config::default()
        };
        let (clock, random) = (Clock::system(), Random::system());
        let hub = Hub::start(db.clone(), &[7; 32], config, clock, random).await;
        Self {
            hub: hub.expect("a hub"),
            db,
            _scratch: scratch,
            _database: database,
        }
    }

    async fn row(&self) -> table::HubRow {
        let mut reader = self.db.read().await.expect("a reader");
        let row = table::get(&mut reader).await.expect("a read");
        row.expect("the row of the hub")
    }
}

/// Notes that there is something to look at.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// Drives a future until `is_done`, which is looked at before each turn, and then drops it: as a
/// request is dropped whose client goes away between the commit and the answer.
async fn abandon_when(future: impl Future, mut is_done: impl AsyncFnMut() -> bool) {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut future = pin!(future);
    soon("the commit", async {
        while !is_done().await {
            if woken.0.swap(false, Ordering::AcqRel) {
                let turn = future.as_mut().poll(&mut Context::from_waker(&waker));
                assert!(matches!(turn, Poll::Pending), "it was answered too early");
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn request<T: Request>(body: serde_json::Value) -> T {
    let fields: Fields = serde_json::from_value(body).expect("an object");
    T::from_fields(fields).expect("a right body")
}

#[tokio::test]
async fn a_setup_whose_client_went_away_is_complete_in_this_process_too() {
    let scene = InProcess::start().await;
    let hub = &scene.hub;
    let token = hub.settings().setup_token().expect("a fresh hub");
    let can = hub.authorize::<SetupHub>(Actor::Anonymous, ()).await;
    let body = request::<proto::SetupHub>(json!({
        "token": token, "username": "ana", "password": PASSWORD,
        "hub_name": "Battala", "registration": "open",
    }));
    let setup = settings::set_up(hub, can.expect("allowed"), body, Client::default());
    let is_stored = async || scene.row().await.setup_token.is_none();
    abandon_when(setup, is_stored).await;
    // The hook of the commit may still run on its way to an answer that nobody awaits.
    until("the setup is known", async || {
        (!hub.settings().info().setup_needed).then_some(())
    })
    .await;
    assert_eq!(hub.settings().info().name, "Battala");
    hub.stop().await;
}

#[tokio::test]
async fn a_change_whose_client_went_away_is_in_force() {
    let scene = InProcess::start().await;
    let hub = &scene.hub;
    let can = hub.authorize::<UpdateHub>(Actor::Operator, ()).await;
    let body = request::<proto::UpdateHub>(json!({"name": "Haat"}));
    let update = settings::update(hub, can.expect("allowed"), body);
    abandon_when(update, async || scene.row().await.name == "Haat").await;
    until("the name is known", async || {
        (hub.settings().info().name == "Haat").then_some(())
    })
    .await;
    hub.stop().await;
}

#[tokio::test]
async fn what_another_process_changes_is_noticed() {
    if engine() == Engine::Sqlite {
        // The file belongs to one process.
        return;
    }
    let scene = InProcess::start().await;
    let hub = &scene.hub;
    let token = hub.settings().setup_token().expect("a fresh hub");
    scene
        .db
        .write::<_, DbError, _>(|tx| {
            Box::pin(async move { table::complete_setup(tx, &token, "Elsewhere", "open").await })
        })
        .await
        .expect("the setup is complete");
    soon("it is noticed", hub.settings().wait_until_set_up()).await;
    assert_eq!(hub.settings().info().name, "Elsewhere");
    hub.stop().await;
}

#[tokio::test]
async fn of_changes_side_by_side_the_last_commit_is_in_force() {
    let mut hub = TestHub::start().await;
    let admin = hub.admin().await;
    for round in 0..10 {
        let admin = &admin;
        let changes = (0..8).map(async |number| {
            let name = format!("Hub {round}.{number}");
            admin.patch("/hub", json!({"name": name})).await
        });
        for answer in soon("eight changes", join_all(changes)).await {
            answer.is(200);
        }
    }
    let known = hub.get("/api/hub").await.is(200);
    hub.kill();
    hub.run().await;
    assert_eq!(hub.get("/api/hub").await.is(200), known);
}
