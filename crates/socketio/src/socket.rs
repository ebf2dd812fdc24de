//! The handle by which the application reaches a connection. Knows no I/O.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use crate::app::DisconnectReason;
use crate::frame::Frame;
use crate::limits::Peer;
use crate::link::Link;

/// One namespace of one connection. Cheap to clone, equal by [`id`](Self::id).
///
/// A socket outlives its connection; emits then do nothing.
#[derive(Clone)]
pub struct Socket {
    link: Arc<Link>,
    slot: usize,
    id: u64,
}

/// Names a socket uniquely within this process, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(u64);

/// How the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Close {
    /// DISCONNECT is sent first: standard clients do not reconnect by themselves.
    Final,
    /// Only the transport ends: standard clients reconnect.
    Reconnect,
}

impl Socket {
    pub(crate) fn new(link: Arc<Link>, slot: usize, id: u64) -> Self {
        Self { link, slot, id }
    }

    /// Queues `frame` and returns whether it was queued. The caller passes a
    /// frame of this socket's namespace.
    ///
    /// Frames arrive in the order of the emits. A frame for which there is no
    /// room ends the connection with [`DisconnectReason::Slow`].
    pub fn emit(&self, frame: &Frame) -> bool {
        self.link.emit(self.slot, self.id, frame.bytes())
    }

    /// Queues a frame as [`emit`](Self::emit) does, outside of the bound for what piles up: for
    /// what is large, and is sent piece by piece as [`drained`](Self::drained) allows.
    ///
    /// Who does not wait for that ends the connection as well, beyond
    /// [`Config::queue_bytes_max`](crate::Config::queue_bytes_max) of such frames.
    pub fn emit_paced(&self, frame: &Frame) -> bool {
        self.link.emit_paced(self.slot, self.id, frame.bytes())
    }

    /// The same, to leave with what follows: for whoever holds a [`Together`] of this socket, which
    /// lets it go at the latest.
    pub fn emit_paced_later(&self, frame: &Frame) -> bool {
        self.link
            .emit_paced_later(self.slot, self.id, frame.bytes())
    }

    /// Queues a frame that may get lost, and drops it when more than a quarter of the connection's
    /// queue is taken. It takes no room of other frames, and so never ends the connection.
    pub fn emit_hint(&self, frame: &Frame) {
        self.link.emit_hint(self.slot, self.id, frame.bytes());
    }

    /// For paced frames that are ready a moment apart: they leave in one write.
    pub fn together(&self) -> Together<'_> {
        Together(self)
    }

    /// Ends the whole connection after what is queued has been sent, within
    /// [`Config::close_timeout`](crate::Config::close_timeout). Later emits do nothing.
    pub fn close(&self, close: Close) {
        if self.is_open() {
            self.link.end(DisconnectReason::Closed(close));
        }
    }

    /// Ends the whole connection at once, as one that does not take what it is sent: what is queued
    /// is dropped, and what it held is given back.
    pub fn cut(&self) {
        if self.is_open() {
            self.link.end(DisconnectReason::Slow);
        }
    }

    /// This socket's identity.
    pub fn id(&self) -> SocketId {
        SocketId(self.id)
    }

    /// Where the connection comes from.
    pub fn peer(&self) -> Peer {
        self.link.peer
    }

    /// Says whose connection it is, in the application's own numbers: while it polls, each of its
    /// requests tells so by [`Server::owner`](crate::Server::owner).
    pub fn set_owner(&self, owner: i64) {
        if let Some(polling) = &mut self.link.lock().polling {
            polling.owner = Some(owner);
        }
    }

    /// Whether an emit could still be delivered.
    pub fn is_open(&self) -> bool {
        self.link.is_open(self.slot, self.id)
    }

    /// Bytes queued for the connection, all namespaces, that the peer's
    /// operating system has not taken, with what is held until a CONNECT is decided.
    pub fn queued_bytes(&self) -> usize {
        self.link.queued_bytes()
    }

    /// For how long the peer has taken nothing of what waits for it. What it takes counts as time at
    /// [`Config::flush_bytes_per_s_min`](crate::Config::flush_bytes_per_s_min), so that who takes a
    /// byte now and then has stalled; zero when all was taken.
    pub fn stalled_for(&self) -> Duration {
        self.link.stalled_for()
    }

    /// For how long the last ping has waited for its answer; zero when none does.
    pub fn unanswered_for(&self) -> Duration {
        self.link.unanswered_for()
    }

    /// Whether [`drained`](Self::drained) would not wait: for what is not worth waiting for, since
    /// something newer follows.
    pub fn is_drained(&self) -> bool {
        self.link.is_low()
    }

    /// Waits until at most [`Config::drained_bytes`](crate::Config::drained_bytes)
    /// are queued, to pace what is large. `false` if the connection ended.
    ///
    /// Within [`App::connect`](crate::App::connect) nothing drains, and what was emitted there
    /// counts: pace after it.
    pub async fn drained(&self) -> bool {
        std::future::poll_fn(|cx| self.link.poll_drained(cx)).await
    }
}

/// Frames that leave together ([`Socket::emit_paced_later`]): when something else is emitted, when
/// the queue has to drain, or when this is dropped.
#[derive(Debug)]
pub struct Together<'s>(&'s Socket);

impl Drop for Together<'_> {
    fn drop(&mut self) {
        self.0.link.release();
    }
}

impl PartialEq for Socket {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Socket {}

impl Hash for Socket {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Socket").field(&self.id).finish()
    }
}
