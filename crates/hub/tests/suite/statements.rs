//! How many statements a unit of work is, as it says in the log.
//!
//! BEGIN, COMMIT and the savepoint of a group are shared by many and not counted; the lock that only
//! PostgreSQL needs is.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use battala_hub::access::SendMessage;
use battala_hub::messages;
use battala_store::Engine;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::scene::{Scene, message};

/// Keeps the counts of one action.
#[derive(Debug, Clone, Default)]
struct Counted(Arc<Mutex<Vec<u64>>>);

impl Subscriber for Counted {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.fields().field("statements").is_some()
    }

    fn event(&self, event: &Event<'_>) {
        let mut count = Count::default();
        event.record(&mut count);
        if count.is_sending {
            self.0.lock().unwrap().push(count.statements);
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

#[derive(Default)]
struct Count {
    is_sending: bool,
    statements: u64,
}

impl Visit for Count {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "statements" {
            self.statements = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.is_sending |= field.name() == "action" && value == "SendMessage";
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Of three messages one after the other; with the first comes a new reading position.
async fn of_three_messages(engine: Engine) -> Vec<u64> {
    let scene = Scene::open(engine).await;
    let ben = scene.account(2, "ben").await;
    scene.join(&ben).await;
    let counted = Counted::default();
    // The runtime of this test is one thread, on which transactions run as well.
    let listening = tracing::subscriber::set_default(counted.clone());
    for nonce in ["one", "two", "three"] {
        let can = scene.may_here::<SendMessage>(&ben).await;
        let sent = messages::send(&scene.hub, can, message(nonce)).await;
        assert!(!sent.unwrap().is_replay);
    }
    drop(listening);
    counted.0.lock().unwrap().clone()
}

#[tokio::test]
async fn a_message_is_two_statements_on_sqlite() {
    assert_eq!(of_three_messages(Engine::Sqlite).await, [2, 2, 2]);
}

#[tokio::test]
async fn a_message_is_three_statements_on_postgres() {
    assert_eq!(of_three_messages(Engine::Postgres).await, [3, 3, 3]);
}
