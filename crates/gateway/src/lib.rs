//! Realtime: handshake, connections, audiences, commands, fan-out, resync.
//!
//! The gateway knows no SQL and no HTTP. It calls the hub's use cases with an authority, and
//! delivers what the hub's bus says. It may lose everything it holds: clients reconnect and
//! converge on the database.
#![warn(clippy::indexing_slicing, clippy::expect_used, clippy::panic)]

mod beacon;
mod commands;
mod connect;
mod connection;
mod directory;
mod dispatch;
mod doubts;
mod entry;
mod flight;
mod giving_way;
mod host;
mod kept;
mod looks;
mod member_list;
mod moves;
mod order;
mod patience;
mod pins;
mod readings;
mod recovery;
mod room;
mod seen;
#[cfg(test)]
mod simulation;
mod state;
mod sweep;
mod telling;
mod untaken;
mod watching;

use std::sync::Arc;
use std::time::Duration;

use battala_hub::Hub;
use battala_socketio::{App, Close, Connect, DisconnectReason, Event, Refusal, Reply, Socket};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use connection::Attached;
use directory::Directory;
use doubts::Doubts;
use giving_way::GivingWay;
use kept::Kept;
use recovery::Recovery;
use room::{Bounds, Room};
use untaken::Untaken;

/// How often the gateway looks after its rooms: member lists, gaps, expired tokens.
const TICK: Duration = Duration::from_millis(500);

/// The application behind the Socket.IO server.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    hub: Hub,
    directory: Directory,
    doubts: Doubts,
    recovery: Recovery,
    untaken: Untaken,
    structures: Kept<Room>,
    giving_way: GivingWay,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Gateway {
    /// Starts delivering what the hub's bus says. Within a Tokio runtime.
    pub fn start(hub: Hub) -> Self {
        let notices = hub.bus().subscribe();
        let gateway = Self(Arc::new(Inner {
            hub,
            directory: Directory::new(Bounds::default()),
            doubts: Doubts::default(),
            recovery: Recovery::default(),
            untaken: Untaken::default(),
            structures: Kept::default(),
            giving_way: GivingWay::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }));
        gateway.run(dispatch::run(gateway.clone(), notices));
        gateway.run(beacon::run(gateway.clone()));
        gateway.run(sweep::run(gateway.clone()));
        gateway
    }

    /// Ends the gateway's own tasks. Connections are closed by the Socket.IO server.
    pub async fn stop(&self) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Connections that are signed in.
    pub fn connections(&self) -> usize {
        self.directory().connections()
    }

    fn hub(&self) -> &Hub {
        &self.0.hub
    }

    fn directory(&self) -> &Directory {
        &self.0.directory
    }

    fn recovery(&self) -> &Recovery {
        &self.0.recovery
    }

    fn untaken(&self) -> &Untaken {
        &self.0.untaken
    }

    /// The rooms that keep an encoded structure.
    fn structures(&self) -> &Kept<Room> {
        &self.0.structures
    }

    fn giving_way(&self) -> &GivingWay {
        &self.0.giving_way
    }

    fn doubts(&self) -> &Doubts {
        &self.0.doubts
    }

    /// Runs a task until it ends or the gateway stops.
    fn run<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stopping = self.0.stopping.clone();
        self.0.tasks.spawn(async move {
            stopping.run_until_cancelled(task).await;
        });
    }
}

impl App for Gateway {
    type Session = Attached;

    async fn connect(&self, socket: Socket, request: Connect) -> Result<Attached, Refusal> {
        connect::connect(self, socket, request)
            .await
            .map_err(|error| connect::refusal(&error))
    }

    async fn event(&self, session: &Arc<Attached>, event: Event<'_>) -> Reply {
        commands::run(self, session, event).await
    }

    fn disconnect(&self, session: Arc<Attached>, reason: DisconnectReason) {
        tracing::debug!(reason = reason.as_str(), "connection closed");
        session.detach();
    }
}

/// How a connection is closed whose session has ended: standard clients must not come back by
/// themselves.
const ENDED: Close = Close::Final;
