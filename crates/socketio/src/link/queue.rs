//! The frames of a connection that wait: what is admitted, held back and dropped.
//! Wakes nobody, and does not know who takes them.

use std::collections::VecDeque;

use bytes::Bytes;

use super::State;
use crate::app::DisconnectReason;
use crate::config::Config;
use crate::sizes::{Kind, Sizes};

/// Places for frames that a connection keeps when there are none; a burst may need many more for a
/// moment, and then everybody at the same time.
pub(super) const PLACES_KEPT: usize = 64;

/// Gives back at once what only a burst needed; the rest has time until the next ping.
pub(crate) fn shrink(frames: &mut VecDeque<Bytes>) {
    if frames.capacity() > PLACES_KEPT {
        frames.shrink_to(PLACES_KEPT);
    }
}

impl State {
    pub(super) fn enqueue(&mut self, config: &Config, kind: Kind, frame: Bytes) -> bool {
        if !self.admit(config, kind, frame.len()) {
            return false;
        }
        self.queued.add(kind, frame.len());
        self.frames.push_back(frame);
        true
    }

    pub(super) fn hold(&mut self, config: &Config, kind: Kind, frame: Bytes) -> bool {
        let queued = self.queued.of(kind) + self.in_flight.of(kind);
        let rare = self.rare.get_or_insert_default();
        // The answer to the CONNECT needs a place too.
        let packets = self.frames.len() + rare.held.len() + 1;
        let bytes = queued + rare.held_sizes.of(kind) + frame.len();
        let is_full = match kind {
            Kind::Live => bytes > config.queue_bytes_max,
            Kind::Paced => bytes - frame.len() > config.queue_bytes_max,
        };
        if packets >= config.queue_packets_max || is_full {
            self.overflow();
            return false;
        }
        rare.held_sizes.add(kind, frame.len());
        rare.held.push((kind, frame));
        self.end.is_none()
    }

    /// Bytes that the peer has not taken.
    pub(super) const fn outstanding(&self) -> usize {
        self.queued.total() + self.in_flight.total()
    }

    /// The same, and what waits for a CONNECT to be decided.
    pub(super) fn backlog(&self) -> usize {
        let held = self.rare.as_ref();
        self.outstanding() + held.map_or(0, |rare| rare.held_sizes.total())
    }

    /// A single frame passes an empty queue whatever its size: the bound is for
    /// what piles up, not for what is large.
    fn admit(&mut self, config: &Config, kind: Kind, len: usize) -> bool {
        if self.end.is_some() {
            return false;
        }
        let queued = self.queued.of(kind) + self.in_flight.of(kind);
        let is_full = match kind {
            Kind::Live => {
                self.frames.len() >= config.queue_packets_max
                    || (queued > 0 && queued + len > config.queue_bytes_max)
            }
            // Whoever paces stops long before; this is for who forgot to.
            Kind::Paced => queued > config.queue_bytes_max,
        };
        if is_full {
            self.overflow();
        }
        !is_full
    }

    fn overflow(&mut self) {
        self.end.get_or_insert(DisconnectReason::Slow);
        self.discard();
    }

    /// Drops what is queued: nobody will read it.
    pub(crate) fn discard(&mut self) {
        self.frames = VecDeque::new();
        self.queued = Sizes::default();
        self.take_held();
    }

    pub(super) fn take_held(&mut self) -> Vec<(Kind, Bytes)> {
        self.rare
            .as_mut()
            .map(|rare| {
                rare.held_sizes = Sizes::default();
                std::mem::take(&mut rare.held)
            })
            .unwrap_or_default()
    }

    pub(crate) fn has_frames(&self) -> bool {
        !self.frames.is_empty()
    }

    /// How long the body of a polling response with everything is.
    pub(crate) fn body_bytes(&self) -> usize {
        self.queued.total() + self.frames.len().saturating_sub(1)
    }

    /// Appends the last packets of an ending connection, past every bound.
    pub(crate) fn append(&mut self, frames: impl IntoIterator<Item = Bytes>) {
        for frame in frames {
            self.queued.add(Kind::Paced, frame.len());
            self.frames.push_back(frame);
        }
    }
}
