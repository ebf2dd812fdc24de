//! The frames of a connection that wait: what is admitted, held back and dropped.
//! Wakes nobody, and does not know who takes them.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::State;
use crate::app::DisconnectReason;
use crate::config::Config;
use crate::sizes::{Kind, Sizes};

/// Places for frames that a connection keeps when there are none; a burst may need many more for a
/// moment, and then everybody at the same time.
pub(super) const PLACES_KEPT: usize = 64;

/// The part of the queue beyond which hints are dropped.
const HINTS_PART: usize = 4;

/// Gives back at once what only a burst needed; the rest has time until the next ping.
pub(crate) fn shrink(frames: &mut VecDeque<Bytes>) {
    if frames.capacity() > PLACES_KEPT {
        frames.shrink_to(PLACES_KEPT);
    }
}

impl State {
    /// `false` if the connection has ended, also when this frame is the one that overflows. A hint
    /// for which there is no room is dropped.
    pub(super) fn enqueue(&mut self, config: &Config, kind: Kind, frame: Bytes) -> bool {
        let is_dropped = kind == Kind::Hint && !self.has_room_for_hint(config, frame.len());
        if is_dropped || !self.admit(config, kind, frame.len()) {
            return self.end.is_none();
        }
        // No request has come for it yet.
        if self.polling.is_some() {
            self.stalled_since.get_or_insert_with(Instant::now);
        }
        self.queued.add(kind, frame.len());
        self.frames.push_back(frame);
        true
    }

    /// The same, for a namespace that is connecting.
    pub(super) fn hold(&mut self, config: &Config, kind: Kind, frame: Bytes) -> bool {
        if kind == Kind::Hint && !self.has_room_for_hint(config, frame.len()) {
            return self.end.is_none();
        }
        let queued = self.queued.of(kind) + self.in_flight.of(kind);
        let packets = self.packets();
        let rare = self.rare.get_or_insert_default();
        // The answer to the CONNECT needs a place too.
        let packets = packets + rare.held.len() - rare.held_sizes.hints() + 1;
        let bytes = queued + rare.held_sizes.of(kind) + frame.len();
        let is_full = match kind {
            Kind::Live => bytes > config.queue_bytes_max,
            Kind::Paced => bytes - frame.len() > config.queue_bytes_max,
            Kind::Hint => false,
        };
        let is_full = is_full || kind != Kind::Hint && packets >= config.queue_packets_max;
        if is_full {
            self.overflow();
            return false;
        }
        rare.held_sizes.add(kind, frame.len());
        rare.held.push((kind, frame));
        self.end.is_none()
    }

    /// What may get lost is the first to go: it finds room only while no more than a quarter of the
    /// queue is taken, by whatever it is.
    fn has_room_for_hint(&self, config: &Config, len: usize) -> bool {
        let held = self.rare.as_ref().map_or(0, |rare| rare.held.len());
        let (packets, bytes) = (self.frames.len() + held, self.backlog());
        packets <= config.queue_packets_max / HINTS_PART
            && (bytes == 0 || bytes + len <= config.queue_bytes_max / HINTS_PART)
    }

    /// Queued frames for which there is a bound.
    fn packets(&self) -> usize {
        self.frames.len() - self.queued.hints()
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
                self.packets() >= config.queue_packets_max
                    || (queued > 0 && queued + len > config.queue_bytes_max)
            }
            // Whoever paces stops long before; this is for who forgot to.
            Kind::Paced => queued > config.queue_bytes_max,
            Kind::Hint => false,
        };
        if is_full {
            self.overflow();
        }
        !is_full
    }

    /// Who comes for what waits and finds no room for it has not left it lying. For so long at most,
    /// or what waits for it could stay for ever where it asks for more.
    pub(crate) fn refuse_body(&mut self, excused_max: Duration) {
        let (Some(polling), Some(since)) = (&mut self.polling, &mut self.stalled_since) else {
            return;
        };
        let now = Instant::now();
        let refused_since = *polling.refused_since.get_or_insert(now);
        if now - refused_since < excused_max {
            *since = now;
        }
    }

    /// A GET has taken everything.
    pub(super) fn forget_taken(&mut self) {
        self.queued = Sizes::default();
        self.stalled_since = None;
        self.has_unread_ping = false;
        if let Some(polling) = &mut self.polling {
            polling.refused_since = None;
        }
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

    /// The task is gone: what is left has no reader but a GET that waits already.
    pub(crate) fn abandon(&mut self) {
        self.in_flight = Sizes::default();
        self.stalled_since = None;
        let is_read = self.polling.as_ref().is_some_and(|it| it.is_reading());
        if !is_read {
            self.discard();
        }
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;

    use super::*;
    use crate::limits::Peer;
    use crate::link::{Link, Phase};

    const PACKETS: usize = 32;
    const BYTES: usize = 4096;

    /// A link of which nothing is taken, with a namespace that is connecting.
    fn connecting() -> Link {
        let peer = Peer {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let config = Config {
            queue_packets_max: PACKETS,
            queue_bytes_max: BYTES,
            ..Config::default()
        };
        let link = Link::new(peer, Arc::new(config), None);
        link.begin(0, 1);
        link
    }

    fn open() -> Link {
        let link = connecting();
        link.decide(0, Phase::Open, Bytes::from_static(b"40"));
        let mut batch = VecDeque::new();
        assert!(link.take(&mut batch));
        assert!(!link.take(&mut VecDeque::new()));
        link
    }

    fn frame(len: usize) -> Bytes {
        Bytes::from(vec![b'x'; len])
    }

    fn hint(link: &Link, times: usize, len: usize) {
        (0..times).for_each(|_| link.emit_hint(0, 1, &frame(len)));
    }

    /// Live frames that find room until the connection is cut.
    fn room(link: &Link, len: usize) -> usize {
        let frame = frame(len);
        std::iter::from_fn(|| link.emit(0, 1, &frame).then_some(())).count()
    }

    #[test]
    fn hints_end_no_connection_and_take_no_room_of_what_is_live() {
        for len in [1, 200] {
            let undisturbed = room(&open(), len);
            assert_eq!(undisturbed, PACKETS.min(BYTES / len));
            for hints in [1, 2, 1000] {
                let link = open();
                hint(&link, hints, len);
                assert!(link.is_open(0, 1));
                assert_eq!(room(&link, len), undisturbed, "beside {hints} hints");
            }
        }
    }

    #[test]
    fn hints_are_dropped_where_more_than_a_quarter_of_the_queue_is_taken() {
        for (len, kept) in [(1, PACKETS / 4 + 1), (200, BYTES / 4 / 200)] {
            let link = open();
            hint(&link, 1000, len);
            assert_eq!(link.lock().frames.len(), kept);
            // What was taken from the queue and has not left counts, too.
            let mut batch = VecDeque::new();
            assert!(link.take(&mut batch));
            link.emit_hint(0, 1, &frame(BYTES));
            assert!(link.lock().frames.is_empty());
            assert!(!link.take(&mut VecDeque::new()));
            link.emit_hint(0, 1, &frame(BYTES));
            assert_eq!(link.lock().frames.len(), 1, "into an empty queue");
        }
        let link = open();
        for _ in 0..=PACKETS / 4 {
            assert!(link.emit(0, 1, &frame(1)));
        }
        link.emit_hint(0, 1, &frame(1));
        assert_eq!(link.lock().frames.len(), PACKETS / 4 + 1);
        assert!(link.lock().frames.iter().all(|frame| frame.len() == 1));
    }

    #[test]
    fn hints_before_a_connect_is_decided_cut_nobody_either() {
        let undisturbed = room(&connecting(), 1);
        let link = connecting();
        hint(&link, 1000, 1);
        assert!(link.is_open(0, 1));
        assert_eq!(room(&link, 1), undisturbed);
        let link = connecting();
        link.emit_hint(0, 1, &frame(7));
        link.emit(0, 1, &frame(9));
        link.decide(0, Phase::Open, Bytes::from_static(b"40"));
        let lens: Vec<usize> = link.lock().frames.iter().map(Bytes::len).collect();
        assert_eq!(lens, [2, 7, 9], "in the order of the emits");
    }

    #[test]
    fn what_left_or_was_discarded_counts_no_more() {
        let link = open();
        for round in 0..100 {
            link.emit_hint(0, 1, &frame(1));
            assert!(link.emit(0, 1, &frame(1)), "{round}");
            let mut batch = VecDeque::new();
            assert!(link.take(&mut batch));
            assert_eq!(batch.len(), 2);
        }
        link.take(&mut VecDeque::new());
        assert_eq!(room(&link, 1), PACKETS);
        assert_eq!(link.lock().packets(), 0);
    }
}
