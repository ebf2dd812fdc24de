//! The order of one server's notices: structure by epoch, channels by sequence number.
//!
//! On SQLite notices arrive in order. On PostgreSQL commits of different channels and of rights
//! run side by side and their notices may overtake each other; here they wait for what they
//! follow. In particular a message that was committed after a kick waits until the kick was
//! applied, so it never reaches whoever was kicked. What waits too long is a gap: the room is then
//! read anew from the database.
//!
//! Pure: knows no room, no clock and no database.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use battala_hub::bus::{Audience, Notice};
use battala_proto::Event;
use battala_proto::events::Head;
use battala_proto::id::ChannelId;

/// Notices that wait at most; more is a gap at once.
const WAITING_MAX: usize = 1024;
/// Looks after which something that still waits is a gap.
const PATIENCE: u64 = 2;
/// Beacons that name a channel after its last change, so that losing one does no harm.
const BEACONS: u8 = 2;

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// A change of structure or rights that made this epoch.
    Structure(i64),
    /// A change in a channel, made under an epoch.
    Channel { id: ChannelId, seq: i64, epoch: i64 },
    /// Not in any order.
    Free,
}

/// Where a notice stands among those of its server.
pub(crate) fn position_of(notice: &Notice) -> Position {
    match notice {
        Notice::MemberJoined { epoch, .. } | Notice::MemberRemoved { epoch, .. } => {
            Position::Structure(*epoch)
        }
        Notice::Event(Audience::Server(_) | Audience::Channel(..), event) => match event {
            Event::ServerUpdated(changed) => Position::Structure(changed.epoch),
            Event::ChannelCreated(changed) | Event::ChannelUpdated(changed) => {
                Position::Structure(changed.epoch)
            }
            Event::ChannelDeleted(deleted) => Position::Structure(deleted.epoch),
            Event::ChannelsReordered(reordered) => Position::Structure(reordered.epoch),
            Event::MessageCreated(changed)
            | Event::MessageUpdated(changed)
            | Event::MessageDeleted(changed) => Position::Channel {
                id: changed.message.channel_id,
                seq: changed.seq,
                epoch: changed.epoch,
            },
            _ => Position::Free,
        },
        _ => Position::Free,
    }
}

/// What a server's notices have come to.
pub(crate) struct Order {
    epoch: i64,
    structure: BTreeMap<i64, Waiting>,
    channels: HashMap<ChannelId, Progress>,
    waiting: usize,
    /// How often has been looked for gaps.
    looks: u64,
}

/// A notice that waits for what it follows.
struct Waiting {
    notice: Arc<Notice>,
    /// The epoch under which it was made.
    epoch: i64,
    /// The look before which it came.
    since: u64,
}

#[derive(Default)]
struct Progress {
    /// The last sequence number handed out; 0 when none is known.
    last: i64,
    waiting: BTreeMap<i64, Waiting>,
    beacons: u8,
}

impl Order {
    pub(crate) fn new(epoch: i64) -> Self {
        Self {
            epoch,
            structure: BTreeMap::new(),
            channels: HashMap::new(),
            waiting: 0,
            looks: 0,
        }
    }

    /// The epoch that has been applied.
    pub(crate) fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Takes a notice and returns what can be applied now, in order.
    pub(crate) fn accept(&mut self, notice: Arc<Notice>) -> Vec<Arc<Notice>> {
        match position_of(&notice) {
            Position::Free => vec![notice],
            // What is older than the room was known when its members were read.
            Position::Structure(epoch) if epoch <= self.epoch => Vec::new(),
            Position::Structure(epoch) => {
                let waiting = Waiting {
                    notice,
                    epoch,
                    since: self.looks,
                };
                if let Entry::Vacant(place) = self.structure.entry(epoch) {
                    place.insert(waiting);
                    self.waiting += 1;
                }
                self.release()
            }
            Position::Channel { id, seq, epoch } => {
                let since = self.looks;
                let progress = self.channels.entry(id).or_default();
                let is_next = progress.last == 0 || seq == progress.last + 1;
                if is_next && epoch <= self.epoch && progress.waiting.is_empty() {
                    progress.last = seq;
                    progress.beacons = BEACONS;
                    return vec![notice];
                }
                if seq <= progress.last {
                    return Vec::new();
                }
                let waiting = Waiting {
                    notice,
                    epoch,
                    since,
                };
                // The same one again waits since it first came.
                if let Entry::Vacant(place) = progress.waiting.entry(seq) {
                    place.insert(waiting);
                    self.waiting += 1;
                }
                self.release()
            }
        }
    }

    /// Everything that waits for nothing any more.
    fn release(&mut self) -> Vec<Arc<Notice>> {
        let mut ready = Vec::new();
        while let Some(Waiting { notice, .. }) = self.structure.remove(&(self.epoch + 1)) {
            self.epoch += 1;
            if let Notice::Event(_, Event::ChannelDeleted(deleted)) = &*notice {
                self.forget(deleted.channel_id);
            }
            ready.push(notice);
        }
        for progress in self.channels.values_mut() {
            progress.release(self.epoch, &mut ready);
        }
        self.waiting = self.waiting.saturating_sub(ready.len());
        ready
    }

    /// A deleted channel has no order to keep.
    fn forget(&mut self, channel: ChannelId) {
        let waiting = self
            .channels
            .remove(&channel)
            .map_or(0, |progress| progress.waiting.len());
        self.waiting = self.waiting.saturating_sub(waiting);
    }

    /// Called now and then: whether something has waited for too long.
    pub(crate) fn has_gap(&mut self) -> bool {
        self.looks += 1;
        if self.waiting == 0 {
            return false;
        }
        let of_channels = self.channels.values().flat_map(|it| it.waiting.values());
        let mut all = self.structure.values().chain(of_channels);
        let has_waited = all.any(|waiting| self.looks - waiting.since > PATIENCE);
        has_waited || self.waiting > WAITING_MAX
    }

    /// Starts anew from what the database says; what waited is contained in it.
    pub(crate) fn reset(&mut self, epoch: i64, heads: &[Head]) {
        *self = Self::new(epoch.max(self.epoch));
        for head in heads {
            let progress = Progress {
                last: head.last_seq,
                beacons: BEACONS,
                ..Progress::default()
            };
            self.channels.insert(head.id, progress);
        }
    }

    /// The heads of channels with recent activity. Each is named by two beacons.
    pub(crate) fn take_heads(&mut self) -> Vec<Head> {
        let mut heads = Vec::new();
        for (id, progress) in &mut self.channels {
            if progress.beacons > 0 {
                progress.beacons -= 1;
                heads.push(Head {
                    id: *id,
                    last_seq: progress.last,
                });
            }
        }
        heads.sort_by_key(|head| head.id);
        heads
    }
}

impl Progress {
    fn release(&mut self, epoch: i64, ready: &mut Vec<Arc<Notice>>) {
        while let Some(entry) = self.waiting.first_entry() {
            let (seq, needed) = (*entry.key(), entry.get().epoch);
            let is_next = self.last == 0 || seq == self.last + 1;
            if !is_next || needed > epoch {
                return;
            }
            ready.push(entry.remove().notice);
            self.last = seq;
            self.beacons = BEACONS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_proto::events::RemovalReason;
    use battala_proto::id::{ServerId, UserId};
    use battala_proto::sample;

    fn message(seq: i64, epoch: i64) -> Arc<Notice> {
        let sample = sample::events().into_iter().find_map(|event| match event {
            Event::MessageCreated(changed) => Some(changed),
            _ => None,
        });
        let mut changed = sample.unwrap();
        (changed.seq, changed.epoch) = (seq, epoch);
        let audience = Audience::Channel(changed.message.server_id, changed.message.channel_id);
        Arc::new(Notice::Event(audience, Event::MessageCreated(changed)))
    }

    fn kick(epoch: i64) -> Arc<Notice> {
        let (server_id, user_id) = (ServerId::from_raw(1), UserId::from_raw(2));
        Arc::new(Notice::MemberRemoved {
            server_id,
            user_id,
            reason: RemovalReason::Kicked,
            epoch,
        })
    }

    fn positions(notices: &[Arc<Notice>]) -> Vec<i64> {
        let number = |notice: &Arc<Notice>| match position_of(notice) {
            Position::Structure(epoch) => -epoch,
            Position::Channel { seq, .. } => seq,
            Position::Free => 0,
        };
        notices.iter().map(number).collect()
    }

    #[test]
    fn notices_in_order_pass_at_once() {
        let mut order = Order::new(5);
        for seq in 10..20 {
            assert_eq!(positions(&order.accept(message(seq, 5))), [seq]);
        }
        assert!(!order.has_gap());
    }

    #[test]
    fn a_message_after_a_kick_waits_for_the_kick() {
        let mut order = Order::new(5);
        assert_eq!(positions(&order.accept(message(1, 5))), [1]);
        assert!(
            order.accept(message(2, 6)).is_empty(),
            "the kick is not applied yet"
        );
        assert!(order.accept(message(3, 6)).is_empty());
        assert_eq!(positions(&order.accept(kick(6))), [-6, 2, 3]);
    }

    #[test]
    fn messages_that_overtook_each_other_leave_in_order() {
        let mut order = Order::new(5);
        order.accept(message(1, 5));
        assert!(order.accept(message(3, 5)).is_empty());
        assert!(order.accept(message(4, 5)).is_empty());
        assert_eq!(positions(&order.accept(message(2, 5))), [2, 3, 4]);
        assert!(
            order.accept(message(3, 5)).is_empty(),
            "a duplicate is dropped"
        );
    }

    #[test]
    fn structure_is_applied_epoch_by_epoch() {
        let mut order = Order::new(5);
        assert!(order.accept(kick(7)).is_empty());
        assert_eq!(positions(&order.accept(kick(6))), [-6, -7]);
        assert!(
            order.accept(kick(7)).is_empty(),
            "what is known is not applied again"
        );
    }

    #[test]
    fn what_waits_too_long_is_a_gap_and_a_reset_ends_it() {
        let mut order = Order::new(5);
        order.accept(message(1, 5));
        order.accept(message(9, 8));
        assert_eq!(
            (0..3).map(|_| order.has_gap()).collect::<Vec<_>>(),
            [false, false, true]
        );
        let Position::Channel { id, .. } = position_of(&message(9, 8)) else {
            panic!("it is a message")
        };
        order.reset(8, &[Head { id, last_seq: 9 }]);
        assert!(!order.has_gap());
        assert_eq!(positions(&order.accept(message(10, 8))), [10]);
    }

    #[test]
    fn a_stream_in_which_something_always_waits_but_nothing_for_long_has_no_gap() {
        let mut order = Order::new(5);
        order.accept(message(1, 5));
        for seq in (2..40).step_by(2) {
            // Each overtakes the one before it, and comes twice.
            order.accept(message(seq + 2, 5));
            order.accept(message(seq + 2, 5));
            order.accept(message(seq + 1, 5));
            assert!(!order.has_gap(), "{seq}");
            order.accept(message(seq, 5));
        }
    }

    #[test]
    fn two_beacons_name_a_channel_after_its_last_change() {
        let mut order = Order::new(5);
        order.accept(message(1, 5));
        assert_eq!(
            order.take_heads().first().map(|head| head.last_seq),
            Some(1)
        );
        assert_eq!(order.take_heads().len(), 1);
        assert!(order.take_heads().is_empty());
    }
}
