//! How far one channel has come, and what waits there for what it follows.
//!
//! Pure: knows nothing of the other channels, nor of the structure but its epoch.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use battala_hub::bus::Notice;
use battala_proto::Event;
use battala_proto::events::Head;
use battala_proto::id::{ChannelId, MessageId};

/// Looks after which something that still waits is a gap.
pub(super) const PATIENCE: u64 = 2;
/// The same where nobody was told yet how far the channel has come: whoever comes first is told when
/// the line and the database allow it, and many may come at once.
pub(super) const PATIENCE_AT_FIRST: u64 = 20;
/// Beacons that name a channel after its last change, so that losing one does no harm.
const BEACONS: u8 = 2;

/// A notice that waits for what it follows.
pub(super) struct Waiting {
    pub(super) notice: Arc<Notice>,
    /// The last of the numbers that it takes; it waits by the first one.
    pub(super) through: i64,
    /// The epoch under which it was made.
    pub(super) epoch: i64,
    /// The look before which it came.
    pub(super) since: u64,
}

/// What the notices of one channel have come to.
#[derive(Default)]
pub(super) struct Progress {
    /// The last sequence number handed out; none before it is known how far the channel has come.
    pub(super) last: Option<i64>,
    /// Up to here not all was handed out: it was there before, or the room was read anew.
    pub(super) unheard: i64,
    /// The newest message that stands of those handed out, or that were there before.
    pub(super) last_message_id: Option<MessageId>,
    pub(super) waiting: BTreeMap<i64, Waiting>,
    pub(super) beacons: u8,
}

impl Progress {
    /// Begins with what the first one was told. Returns how much waits no more without being handed
    /// out.
    pub(super) fn begin(&mut self, head: &Head) -> usize {
        if self.last.is_some() {
            return 0;
        }
        if head.last_seq >= self.unheard {
            self.last_message_id = head.last_message_id;
        }
        let waiting = self.waiting.first_key_value();
        let last = waiting.map_or(head.last_seq, |(first, _)| head.last_seq.min(first - 1));
        let last = last.max(self.unheard);
        (self.last, self.unheard) = (Some(last), last);
        let kept = self.waiting.split_off(&(last + 1));
        std::mem::replace(&mut self.waiting, kept).len()
    }

    /// How far the channel has come, where that is known.
    pub(super) fn head(&self, id: ChannelId) -> Option<Head> {
        let last_message_id = self.last_message_id;
        self.last.map(|last_seq| Head {
            id,
            last_seq,
            last_message_id,
        })
    }

    /// Looks before which nothing that waits is a gap.
    pub(super) fn patience(&self) -> u64 {
        self.last.map_or(PATIENCE_AT_FIRST, |_| PATIENCE)
    }

    /// Whether a channel that is not there at `epoch` may have been made since, and not deleted
    /// before: `known` is what has been applied. What was written before goes with it.
    pub(super) fn may_be_newer_than(&mut self, epoch: i64, known: i64) -> bool {
        if epoch < known {
            return true;
        }
        self.waiting.retain(|_, waiting| waiting.epoch > epoch);
        !self.waiting.is_empty()
    }

    /// The channel has come as far as this at least.
    pub(super) fn raise(&mut self, head: &Head) {
        let known = self.last.unwrap_or(-1);
        let last = known.max(head.last_seq);
        if last > known {
            self.unheard = last;
        }
        self.waiting = self.waiting.split_off(&(last + 1));
        // What was handed out since may have been deleted, or be newer.
        if last == head.last_seq {
            self.last_message_id = head.last_message_id;
        }
        self.come_to(last);
    }

    pub(super) fn release(&mut self, epoch: i64, ready: &mut Vec<Arc<Notice>>) {
        while let Some(next) = self.last.map(|last| last + 1)
            && let Entry::Occupied(waiting) = self.waiting.entry(next)
            && waiting.get().epoch <= epoch
        {
            let Waiting {
                notice, through, ..
            } = waiting.remove();
            self.hand_out(through, &notice);
            ready.push(notice);
        }
    }

    pub(super) fn has_handed_out(&self, seq: i64) -> bool {
        self.last.is_some_and(|last| seq <= last)
    }

    pub(super) fn is_next(&self, first_seq: i64) -> bool {
        self.last.is_some_and(|last| first_seq == last + 1)
    }

    pub(super) fn hand_out(&mut self, seq: i64, notice: &Notice) {
        self.name_newest(notice);
        self.come_to(seq);
    }

    /// A change says which message is the newest now.
    pub(super) fn name_newest(&mut self, notice: &Notice) {
        match notice {
            Notice::Event(_, Event::MessageCreated(created))
            | Notice::Repeated(_, Event::MessageCreated(created)) => {
                self.last_message_id = Some(created.message.id);
            }
            Notice::Event(_, Event::MessageDeleted(deleted))
            | Notice::Repeated(_, Event::MessageDeleted(deleted)) => {
                self.last_message_id = deleted.last_message_id;
            }
            // Nothing else changes which is the newest.
            Notice::Event(..)
            | Notice::Repeated(..)
            | Notice::Structure(_)
            | Notice::InDoubt(_)
            | Notice::UserChanged(_)
            | Notice::SessionsEnded { .. } => {}
        }
    }

    pub(super) fn come_to(&mut self, seq: i64) {
        self.last = Some(seq);
        self.beacons = BEACONS;
    }
}
