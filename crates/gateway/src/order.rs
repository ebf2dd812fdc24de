//! The order of one server's notices: structure by epoch, channels by sequence number.
//!
//! On SQLite notices arrive in order. On PostgreSQL commits of different channels and of rights
//! run side by side and their notices may overtake each other; here they wait for what they
//! follow. In particular a message that was committed after a kick waits until the kick was
//! applied, so it never reaches whoever was kicked. What waits too long is a gap: the room is then
//! read anew from the database. So do all notices of a channel of which it is not known yet how far
//! it had come when the room began.
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
    /// The last sequence number handed out; none before it is known how far the channel has come.
    last: Option<i64>,
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
                if progress.has_handed_out(seq) {
                    return Vec::new();
                }
                let is_free = progress.waiting.is_empty() && epoch <= self.epoch;
                if is_free && progress.is_next(seq) {
                    progress.hand_out(seq);
                    return vec![notice];
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

    /// Learns how far channels have come, and returns what can be applied now, in order. What is
    /// known stays: it was handed out since. What waits is handed out even where the database has
    /// it already, because whoever came first may have read before.
    pub(crate) fn learn(&mut self, heads: impl IntoIterator<Item = Head>) -> Vec<Arc<Notice>> {
        for head in heads {
            let progress = self.channels.entry(head.id).or_default();
            let waiting = progress.waiting.first_key_value();
            let last = waiting.map_or(head.last_seq, |(seq, _)| head.last_seq.min(seq - 1));
            progress.last.get_or_insert(last);
        }
        self.release()
    }

    /// Everything that waits for nothing any more.
    fn release(&mut self) -> Vec<Arc<Notice>> {
        let mut ready = Vec::new();
        while let Some(Waiting { notice, .. }) = self.structure.remove(&(self.epoch + 1)) {
            self.epoch += 1;
            match &*notice {
                Notice::Event(_, Event::ChannelCreated(created)) => {
                    let progress = self.channels.entry(created.channel.id).or_default();
                    progress.last.get_or_insert(0);
                }
                Notice::Event(_, Event::ChannelDeleted(deleted)) => self.forget(deleted.channel_id),
                _ => {}
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
                last: Some(head.last_seq),
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
            if let Some(last_seq) = progress.last
                && progress.beacons > 0
            {
                progress.beacons -= 1;
                heads.push(Head { id: *id, last_seq });
            }
        }
        heads.sort_by_key(|head| head.id);
        heads
    }
}

impl Progress {
    fn release(&mut self, epoch: i64, ready: &mut Vec<Arc<Notice>>) {
        while let Some(next) = self.last.map(|last| last + 1)
            && let Entry::Occupied(waiting) = self.waiting.entry(next)
            && waiting.get().epoch <= epoch
        {
            ready.push(waiting.remove().notice);
            self.hand_out(next);
        }
    }

    fn has_handed_out(&self, seq: i64) -> bool {
        self.last.is_some_and(|last| seq <= last)
    }

    fn is_next(&self, seq: i64) -> bool {
        self.last.is_some_and(|last| seq == last + 1)
    }

    fn hand_out(&mut self, seq: i64) {
        self.last = Some(seq);
        self.beacons = BEACONS;
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

    /// At epoch 5, with the channel of [`message`] at this sequence number.
    fn known(last_seq: i64) -> Order {
        let mut order = Order::new(5);
        order.learn([head(last_seq)]);
        order
    }

    fn head(last_seq: i64) -> Head {
        let Position::Channel { id, .. } = position_of(&message(1, 5)) else {
            panic!("it is a message")
        };
        Head { id, last_seq }
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
        let mut order = known(9);
        for seq in 10..20 {
            assert_eq!(positions(&order.accept(message(seq, 5))), [seq]);
        }
        assert!(!order.has_gap());
    }

    #[test]
    fn a_message_after_a_kick_waits_for_the_kick() {
        let mut order = known(0);
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
        let mut order = known(0);
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
    fn the_first_messages_of_a_room_are_not_lost_when_they_overtake_each_other() {
        let mut order = Order::new(5);
        assert!(order.accept(message(8, 5)).is_empty(), "what was before?");
        assert_eq!(positions(&order.learn([head(6)])), [0; 0]);
        assert_eq!(positions(&order.accept(message(7, 5))), [7, 8]);
        assert_eq!(positions(&order.learn([head(6)])), [0; 0]);
        assert_eq!(positions(&order.accept(message(9, 5))), [9]);
    }

    #[test]
    fn what_waited_for_the_heads_is_handed_out_even_if_they_contain_it() {
        let mut order = Order::new(5);
        order.accept(message(7, 5));
        assert_eq!(positions(&order.learn([head(7)])), [7]);
    }

    #[test]
    fn what_no_head_tells_of_is_a_gap() {
        let mut order = Order::new(5);
        order.accept(message(7, 5));
        assert!((0..3).any(|_| order.has_gap()));
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
        let mut order = known(0);
        order.accept(message(1, 5));
        order.accept(message(9, 8));
        assert_eq!(
            (0..3).map(|_| order.has_gap()).collect::<Vec<_>>(),
            [false, false, true]
        );
        order.reset(8, &[head(9)]);
        assert!(!order.has_gap());
        assert_eq!(positions(&order.accept(message(10, 8))), [10]);
    }

    #[test]
    fn a_stream_in_which_something_always_waits_but_nothing_for_long_has_no_gap() {
        let mut order = known(0);
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
        let mut order = known(0);
        order.accept(message(1, 5));
        assert_eq!(
            order.take_heads().first().map(|head| head.last_seq),
            Some(1)
        );
        assert_eq!(order.take_heads().len(), 1);
        assert!(order.take_heads().is_empty());
    }
}
