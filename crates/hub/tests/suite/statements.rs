//! How many statements a unit of work is, or what is read for who connects, as it says in the log.
//!
//! BEGIN, COMMIT and the savepoint of a group are shared by many and not counted; the lock that only
//! PostgreSQL needs is.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use battala_hub::access::{Action, ListServers, SendMessage};
use battala_hub::{messages, servers};
use battala_proto::limits::SERVERS_PER_USER_MAX;
use battala_store::Engine;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::member_places::{RAISE_ALL, make_server};
use crate::scene::{Scene, message};

/// Keeps the counts of one action.
#[derive(Debug, Clone)]
struct Counted {
    action: &'static str,
    counts: Arc<Mutex<Vec<u64>>>,
}

impl Counted {
    fn of<A: Action>() -> Self {
        Self {
            action: A::NAME,
            counts: Arc::default(),
        }
    }

    /// What was counted since the last time.
    fn take(&self) -> Vec<u64> {
        std::mem::take(&mut self.counts.lock().unwrap())
    }
}

impl Subscriber for Counted {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.fields().field("statements").is_some()
    }

    fn event(&self, event: &Event<'_>) {
        let mut count = Count {
            action: self.action,
            is_of_action: false,
            statements: 0,
        };
        event.record(&mut count);
        if count.is_of_action {
            self.counts.lock().unwrap().push(count.statements);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Count {
    action: &'static str,
    is_of_action: bool,
    statements: u64,
}

impl Visit for Count {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "statements" {
            self.statements = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.is_of_action |= field.name() == "action" && value == self.action;
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Of three messages one after the other; with the first comes a new reading position.
async fn of_three_messages(engine: Engine) -> Vec<u64> {
    let scene = Scene::open(engine).await;
    let ben = scene.account(2, "ben").await;
    scene.join(&ben).await;
    let counted = Counted::of::<SendMessage>();
    // The runtime of this test is one thread, on which transactions run as well.
    let listening = tracing::subscriber::set_default(counted.clone());
    for nonce in ["one", "two", "three"] {
        let can = scene.may_here::<SendMessage>(&ben).await;
        let sent = messages::send(&scene.hub, can, message(nonce)).await;
        assert!(!sent.unwrap().is_replay);
    }
    drop(listening);
    counted.take()
}

#[tokio::test]
async fn a_message_is_two_statements_on_sqlite() {
    assert_eq!(of_three_messages(Engine::Sqlite).await, [2, 2, 2]);
}

#[tokio::test]
async fn a_message_is_three_statements_on_postgres() {
    assert_eq!(of_three_messages(Engine::Postgres).await, [3, 3, 3]);
}

/// Of somebody in as many servers as can be, who comes when no rights are known there and once more.
async fn of_two_connections(engine: Engine) -> [Vec<u64>; 2] {
    let scene = Scene::open(engine).await;
    for _ in 1..SERVERS_PER_USER_MAX {
        make_server(&scene).await;
    }
    scene.run(RAISE_ALL).await;
    let can = scene
        .hub
        .authorize::<ListServers>(scene.ana.clone(), ())
        .await
        .unwrap();
    let counted = Counted::of::<ListServers>();
    let listening = tracing::subscriber::set_default(counted.clone());
    let mut counts = [Vec::new(), Vec::new()];
    for count in &mut counts {
        let own = servers::list_with_unread(&scene.hub, &can).await.unwrap();
        assert_eq!(own.servers.len(), 100);
        assert_eq!(own.places.len(), 100);
        *count = counted.take();
    }
    drop(listening);
    counts
}

#[tokio::test]
async fn the_rights_in_a_hundred_servers_are_thirteen_statements_and_then_none_on_sqlite() {
    let counts = of_two_connections(Engine::Sqlite).await;
    assert_eq!(counts, [[14], [1]]);
}

#[tokio::test]
async fn the_rights_in_a_hundred_servers_are_thirteen_statements_and_then_none_on_postgres() {
    let counts = of_two_connections(Engine::Postgres).await;
    assert_eq!(counts, [[14], [1]]);
}
