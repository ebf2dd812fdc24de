//! The server: what its connections share, and its start and stop. Knows no
//! packet.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::http::Uri;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::config::Config;
use crate::http;
use crate::limits::Connections;
use crate::registry::Registry;
use crate::undecided::Undecided;
use crate::wheel::Wheel;

/// A Socket.IO server for `A`. Cloning is cheap; all clones are one server.
pub struct Server<A: App> {
    shared: Arc<Shared<A>>,
}

pub(crate) struct Shared<A> {
    pub(crate) app: A,
    pub(crate) config: Arc<Config>,
    pub(crate) wheel: Arc<Wheel>,
    pub(crate) registry: Registry,
    pub(crate) connections: Connections,
    pub(crate) undecided: Undecided,
    pub(crate) tasks: TaskTracker,
    namespaces: Vec<Arc<str>>,
    slots: HashMap<Arc<str>, usize>,
    sockets: AtomicU64,
    is_stopping: AtomicBool,
    /// Cancelled when connections that do not end are dropped.
    abort: CancellationToken,
}

impl<A: App> Server<A> {
    /// Starts a server within the current Tokio runtime.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn new(config: Config, app: A) -> Self {
        let namespaces: Vec<Arc<str>> = config
            .namespaces
            .iter()
            .map(|n| n.as_str().into())
            .collect();
        let slots = namespaces.iter().cloned().zip(0..).collect();
        let shared = Arc::new(Shared {
            app,
            wheel: Arc::new(Wheel::new(tick_for(&config))),
            registry: Registry::default(),
            connections: Connections::new(config.connections_max),
            undecided: Undecided::new(&config),
            tasks: TaskTracker::new(),
            namespaces,
            slots,
            sockets: AtomicU64::new(0),
            is_stopping: AtomicBool::new(false),
            abort: CancellationToken::new(),
            config: Arc::new(config),
        });
        let (wheel, abort) = (Arc::clone(&shared.wheel), shared.abort.clone());
        // Untracked: connections wait for the wheel, so it outlives them.
        TaskTracker::new().spawn(async move { wheel.run(abort).await });
        Self { shared }
    }

    /// The routes `/socket.io` and `/socket.io/`, to be merged into others.
    pub fn router(&self) -> axum::Router {
        http::router(Arc::clone(&self.shared))
    }

    /// The application.
    pub fn app(&self) -> &A {
        &self.shared.app
    }

    /// Whose polling session a request is of, by [`Socket::set_owner`](crate::Socket::set_owner):
    /// known before its body is read.
    pub fn owner(&self, uri: &Uri) -> Option<i64> {
        let link = self.shared.registry.find(http::session_of(uri)?)?;
        link.lock().polling.as_ref()?.owner
    }

    /// Transports that are open now.
    pub fn connections(&self) -> usize {
        self.shared.connections.live()
    }

    /// Refuses new transports and closes all others: what is queued is sent,
    /// then a WebSocket is closed with 1012, so that standard clients reconnect
    /// by themselves. Returns when all are gone, at the latest after `deadline`,
    /// when the rest is dropped.
    pub async fn shutdown(&self, deadline: Duration) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        self.shared.undecided.close();
        self.shared.wheel.hurry();
        self.shared.tasks.close();
        if tokio::time::timeout(deadline, self.shared.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("connections did not close in time and are dropped");
        }
        self.shared.abort.cancel();
        self.shared.tasks.wait().await;
    }
}

impl<A: App> Clone for Server<A> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<A> Drop for Shared<A> {
    /// The wheel stops with the last handle and the last connection.
    fn drop(&mut self) {
        self.abort.cancel();
    }
}

impl<A: App> Shared<A> {
    /// Runs `task` until it ends or the server drops what is left.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let abort = self.abort.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = abort.cancelled() => {}
                () = task => {}
            }
        });
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    /// Where a namespace stands in a connection's tables.
    pub(crate) fn slot_of(&self, namespace: &str) -> Option<usize> {
        self.slots.get(namespace).copied()
    }

    pub(crate) fn namespace(&self, slot: usize) -> Arc<str> {
        self.namespaces
            .get(slot)
            .map_or_else(|| Arc::from("/"), Arc::clone)
    }

    pub(crate) fn next_socket(&self) -> u64 {
        self.sockets.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Fine enough for the shortest wait, coarse enough to cost nothing.
fn tick_for(config: &Config) -> Duration {
    let shortest = config
        .ping_interval
        .min(config.ping_timeout)
        .min(config.connect_timeout)
        .min(config.flush_timeout)
        .min(config.close_timeout);
    (shortest / 20).clamp(Duration::from_millis(5), Duration::from_millis(250))
}
