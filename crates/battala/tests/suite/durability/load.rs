//! The load: who takes part, and how far all have come.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use battala_testkit::ledger::Ledger;
use serde_json::json;
use tokio::task::JoinSet;

use super::reader::Reader;
use super::scene::{SOCKET_WRITERS, Scene, WRITERS};
use super::writer::Writer;
use crate::harness::{Http, Socket, TestHub, User, Watched, soon};

/// What everyone who takes part shares.
pub(super) struct Shared {
    pub(super) http: Arc<Http>,
    pub(super) ledger: Ledger,
    state: Watched<State>,
}

#[derive(Debug)]
struct State {
    is_up: bool,
    /// Nothing new is written; what is unanswered still is.
    is_over: bool,
    acked: usize,
    retried: usize,
    /// Messages without an answer, by writer.
    unanswered: [usize; WRITERS],
    /// The last sequence number that each reader applied, by channel.
    applied: BTreeMap<(String, String), i64>,
}

impl Shared {
    /// A connection; while the hub is down, waits until it is back.
    pub(super) async fn connect(&self, user: &User) -> Socket {
        soon("a connection", self.connect_at_last(user)).await
    }

    async fn connect_at_last(&self, user: &User) -> Socket {
        loop {
            self.up().await;
            if let Some(socket) = self.try_connect(user).await {
                return socket;
            }
            tokio::task::yield_now().await;
        }
    }

    /// `None` when the hub went away meanwhile.
    async fn try_connect(&self, user: &User) -> Option<Socket> {
        let socket = Socket::try_open(self.http.address).await.ok()?;
        match socket.connect(&json!({"token": user.token})).await {
            Ok(_) => Some(socket),
            Err(refusal) => {
                let is_gone = refusal["closed"].is_number();
                assert!(is_gone, "{} is refused: {refusal}", user.name);
                None
            }
        }
    }

    /// Waits until the hub is up.
    pub(super) async fn up(&self) {
        let is_up = |state: &State| state.is_up.then_some(());
        self.state.until("the hub is up", is_up).await;
    }

    pub(super) fn is_over(&self) -> bool {
        self.state.read(|state| state.is_over)
    }

    pub(super) fn set_unanswered(&self, writer: usize, count: usize) {
        self.state.change(|state| state.unanswered[writer] = count);
    }

    pub(super) fn count_acked(&self) {
        self.state.change(|state| state.acked += 1);
    }

    pub(super) fn count_retried(&self, count: usize) {
        self.state.change(|state| state.retried += count);
    }

    pub(super) fn set_applied(&self, reader: &str, channel: &str, seq: i64) {
        let place = (reader.to_owned(), channel.to_owned());
        self.state.change(|state| {
            state.applied.insert(place, seq);
        });
    }
}

/// Everyone at work.
pub(super) struct Load {
    shared: Arc<Shared>,
    writers: JoinSet<()>,
    readers: JoinSet<()>,
}

impl std::ops::Deref for Load {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl Load {
    /// Sets everyone to work.
    pub(super) fn start(hub: &TestHub, scene: &Scene, ledger: &Path) -> Self {
        let shared = Arc::new(Shared {
            http: Arc::clone(&hub.http),
            ledger: Ledger::create(ledger).expect("a ledger"),
            state: Watched::new(State {
                is_up: true,
                is_over: false,
                acked: 0,
                retried: 0,
                unanswered: [0; WRITERS],
                applied: BTreeMap::new(),
            }),
        });
        let (mut writers, mut readers) = (JoinSet::new(), JoinSet::new());
        for (number, user) in scene.writers.iter().enumerate() {
            let channel = scene.channels[number % scene.channels.len()].clone();
            let writer = Writer::new(Arc::clone(&shared), user.clone(), number, channel);
            if number < SOCKET_WRITERS {
                writers.spawn(writer.by_socket());
            } else {
                writers.spawn(writer.by_http());
            }
        }
        for user in &scene.readers {
            readers.spawn(Reader::new(Arc::clone(&shared), user.clone()).run());
        }
        Self {
            shared,
            writers,
            readers,
        }
    }

    /// Waits for this many further acknowledgements.
    pub(super) async fn acked(&self, more: usize) {
        let goal = self.state.read(|state| state.acked) + more;
        let look = |state: &State| (state.acked >= goal).then_some(());
        self.state.until("acknowledgements", look).await;
    }

    /// Waits until this many writers wait for an answer: the hub is about to be killed.
    pub(super) async fn goes_down_with(&self, waiting_min: usize) {
        let waits = |count: &&usize| **count > 0;
        let look = |state: &State| {
            let waiting = state.unanswered.iter().filter(waits).count();
            (waiting >= waiting_min).then_some(())
        };
        self.state.until("writers in flight", look).await;
        self.state.change(|state| state.is_up = false);
    }

    pub(super) fn is_up(&self) {
        self.state.change(|state| state.is_up = true);
    }

    /// Lets the writers finish and the readers catch up, and writes down what is stored.
    /// How many messages were sent again.
    pub(super) async fn finish(&self, scene: &Scene) -> usize {
        self.state.change(|state| state.is_over = true);
        let is_idle = |state: &State| state.unanswered.iter().all(|count| *count == 0);
        let look = |state: &State| is_idle(state).then_some(());
        self.state.until("the last answers", look).await;
        for channel in &scene.channels {
            let entries = scene.stored(channel).await;
            let head = entries.last().map_or(0, |entry| entry.seq);
            for entry in &entries {
                self.ledger.record(entry);
            }
            let is_there = |state: &State| {
                let of_channel = state
                    .applied
                    .iter()
                    .filter(|(place, _)| place.1 == *channel);
                let there = of_channel.filter(|(_, seq)| **seq >= head).count();
                (there == scene.readers.len()).then_some(())
            };
            self.state.until("the readers", is_there).await;
        }
        self.state.read(|state| state.retried)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.writers.abort_all();
        self.readers.abort_all();
    }
}
