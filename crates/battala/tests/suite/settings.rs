//! The process's copy of the settings follows what was committed, whoever waits for the answer.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use battala_hub::access::{
    AddInviter, CreatePasswordReset, CreateServer, DeleteServer, EndSession, ListServers, Login,
    Logout, RemoveInviter, ReorderServers, SetupHub, UpdateHub, UpdateMe,
};
use battala_hub::sessions::{Client, SignOut};
use battala_hub::{
    Actor, Clock, Config, Hub, Random, auth, inviters, servers, sessions, settings, users,
};
use battala_proto::ErrorCode;
use battala_proto::auth::AuthResponse;
use battala_proto::fields::{Fields, Request};
use battala_proto::hub as proto;
use battala_proto::id::UserId;
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
/// request is dropped whose client goes away between the commit and the answer. False when the answer
/// was there first.
async fn abandon_when(future: impl Future, mut is_done: impl AsyncFnMut() -> bool) -> bool {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut future = pin!(future);
    let mut turn = || future.as_mut().poll(&mut Context::from_waker(&waker));
    soon("the commit", async {
        while !is_done().await {
            if woken.0.swap(false, Ordering::AcqRel) && turn().is_ready() {
                return false;
            }
            tokio::task::yield_now().await;
        }
        true
    })
    .await
}

fn request<T: Request>(body: serde_json::Value) -> T {
    let fields: Fields = serde_json::from_value(body).expect("an object");
    T::from_fields(fields).expect("a right body")
}

#[tokio::test]
async fn a_setup_whose_client_went_away_is_complete_in_this_process_too() {
    Box::pin(soon("a setup that is abandoned in time", async {
        while !abandon_setup().await {}
    }))
    .await;
}

async fn abandon_setup() -> bool {
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
    let is_abandoned = abandon_when(setup, is_stored).await;
    // The hook of the commit may still run on its way to an answer that nobody awaits.
    until("the setup is known", async || {
        (!hub.settings().info().setup_needed).then_some(())
    })
    .await;
    assert_eq!(hub.settings().info().name, "Battala");
    hub.stop().await;
    is_abandoned
}

#[tokio::test]
async fn a_change_whose_client_went_away_is_in_force() {
    let scene = InProcess::start().await;
    let hub = &scene.hub;
    let mut number = 0;
    let mut name = String::new();
    Box::pin(soon("a change that is abandoned in time", async {
        let mut is_abandoned = false;
        while !is_abandoned {
            number += 1;
            name = format!("Haat {number}");
            let can = hub.authorize::<UpdateHub>(Actor::Operator, ()).await;
            let body = request::<proto::UpdateHub>(json!({"name": name}));
            let update = settings::update(hub, can.expect("allowed"), body);
            is_abandoned = abandon_when(update, async || scene.row().await.name == name).await;
        }
    }))
    .await;
    until("the name is known", async || {
        (hub.settings().info().name == name).then_some(())
    })
    .await;
    hub.stop().await;
}

/// Begins an action while the session of the first administrator lives, and does it after that
/// session has ended.
macro_rules! after_the_end {
    ($scene:expr, $token:expr, $($action:ident => $call:expr;)+) => {$(
        let hub = &$scene.hub;
        let known = sessions::authenticate(hub, &$token).await.expect("signed in");
        let can = hub.authorize::<$action>(known.actor.clone(), ()).await.expect("allowed");
        sign_out(hub, known.actor.clone()).await;
        let outcome = $call(hub.clone(), can).await;
        let refused = outcome.expect_err(stringify!($action));
        assert_eq!(refused.code(), ErrorCode::SessionEnded, stringify!($action));
        $token = sign_in(hub).await;
    )+};
}

async fn sign_out(hub: &Hub, actor: Actor) {
    let can = hub.authorize::<Logout>(Actor::Anonymous, ()).await;
    let ended = sessions::logout(hub, can.expect("allowed"), SignOut::Actor(actor)).await;
    ended.expect("signed out");
}

async fn sign_in(hub: &Hub) -> String {
    let can = hub.authorize::<Login>(Actor::Anonymous, ()).await;
    let body = request(json!({"login": "ana", "password": PASSWORD}));
    let signed_in = auth::login(hub, can.expect("allowed"), body, Client::default()).await;
    signed_in.expect("signed in").response.access_token
}

/// Ana administers the hub.
async fn set_up(hub: &Hub) -> AuthResponse {
    let can = hub.authorize::<SetupHub>(Actor::Anonymous, ()).await;
    let body = request::<proto::SetupHub>(json!({
        "token": hub.settings().setup_token(), "username": "ana", "password": PASSWORD,
        "hub_name": "Battala", "registration": "open",
    }));
    let ana = settings::set_up(hub, can.expect("allowed"), body, Client::default()).await;
    ana.expect("set up").response
}

/// Eve does, too.
async fn another_admin(hub: &Hub) -> UserId {
    let can = hub.authorize::<SetupHub>(Actor::Operator, ()).await;
    let body = request(json!({"username": "eve", "password": PASSWORD}));
    let eve = auth::create_admin(hub, can.expect("allowed"), body).await;
    eve.expect("made").id
}

#[tokio::test]
async fn a_further_look_sees_all_that_has_changed_since_a_session_became_known() {
    let scene = InProcess::start().await;
    let hub = &scene.hub;
    let ana = set_up(hub).await;
    let known = sessions::authenticate(hub, &ana.access_token).await;
    let known = known.expect("signed in");
    let actor = || known.actor.clone();
    let listing = hub.authorize::<ListServers>(actor(), ()).await;
    let listing = listing.expect("allowed");
    let look = || sessions::look_again(hub, &listing, &known);

    let (me, servers) = look().await.expect("nothing has changed");
    assert!(Arc::ptr_eq(&me, &known.me) && servers.is_empty());

    let mut own = Vec::new();
    for name in ["Bazaar", "Mela", "Haat"] {
        let can = hub.authorize::<CreateServer>(actor(), ()).await;
        let body = request(json!({"name": name}));
        let made = servers::create(hub, can.expect("allowed"), body).await;
        own.push(made.expect("made").server.id);
    }
    let can = hub.authorize::<DeleteServer>(actor(), own[1]).await;
    let deleted = servers::delete(hub, can.expect("allowed")).await;
    deleted.expect("deleted");
    let order = json!({"servers": [{"id": own[2], "position": 0}, {"id": own[0], "position": 1}]});
    let can = hub.authorize::<ReorderServers>(actor(), ()).await;
    let reordered = servers::reorder(hub, can.expect("allowed"), request(order)).await;
    reordered.expect("reordered");
    let can = hub.authorize::<UpdateMe>(actor(), ()).await;
    let body = request(json!({"display_name": "Ana D."}));
    let renamed = users::update(hub, can.expect("allowed"), body, Client::default()).await;
    renamed.expect("renamed");
    let (me, servers) = look().await.expect("the session lives");
    assert_eq!(me.display_name, "Ana D.");
    assert_eq!(servers, [own[2], own[0]]);

    sign_out(hub, actor()).await;
    let ended = look().await.expect_err("the session is over");
    assert_eq!(ended.code(), ErrorCode::SessionEnded);
    hub.stop().await;
}

#[tokio::test]
async fn nothing_is_administered_or_begun_by_a_session_that_ended_before_the_commit() {
    let scene = InProcess::start().await;
    let hub = &scene.hub;
    let ana = set_up(hub).await;
    let eve = another_admin(hub).await;
    let (id, mut token) = (ana.user.id, ana.access_token);
    after_the_end! { scene, token,
        UpdateHub => async |hub: Hub, can| {
            settings::update(&hub, can, request(json!({"name": "Mine"}))).await.map(drop)
        };
        AddInviter => async |hub: Hub, can| inviters::add(&hub, can, id).await;
        RemoveInviter => async |hub: Hub, can| inviters::remove(&hub, can, id).await;
        CreatePasswordReset => async |hub: Hub, can| {
            let (body, client) = (request(json!({"current_password": PASSWORD})), Client::default());
            let link = users::create_password_reset(&hub, can, eve, body, &client).await;
            link.map(drop)
        };
        UpdateMe => async |hub: Hub, can| {
            let body = request(json!({"display_name": "Thief"}));
            users::update(&hub, can, body, Client::default()).await.map(drop)
        };
        CreateServer => async |hub: Hub, can| {
            servers::create(&hub, can, request(json!({"name": "Mine"}))).await.map(drop)
        };
        EndSession => async |hub: Hub, can| sessions::end_others(&hub, can).await;
    }
    assert_eq!(scene.row().await.name, "Battala");
    let known = sessions::authenticate(hub, &token).await;
    let me = &known.expect("nobody ended this one").me;
    assert_eq!((me.display_name.as_str(), me.can_invite), ("ana", false));
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
