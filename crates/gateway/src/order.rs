//! The order of one server's notices: structure by epoch, channels by sequence number. Whatever was
//! changed at one epoch is one notice, and is handed out whole.
//!
//! On SQLite notices arrive in order. On PostgreSQL commits of different channels and of rights
//! run side by side and their notices may overtake each other; here they wait for what they
//! follow. In particular a message that was committed after a kick waits until the kick was
//! applied, so it never reaches whoever was kicked. All notices of a channel wait, too, of which it is
//! not known yet how far it had come when the room began. What waits too long is a gap: the room is
//! then read anew from the database.
//!
//! Pure: knows no room, no clock and no database.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use battala_hub::bus::{Change, Counters, Notice, StructureChange};
use battala_hub::sweep::Mark;
use battala_proto::Event;
use battala_proto::events::Head;
use battala_proto::id::{ChannelId, MessageId, UserId};

use self::deleted::Deleted;
use self::position::{Position, position_of};
use crate::moves::Moves;

mod deleted;
mod position;

/// Notices that wait at most; more is a gap at once.
const WAITING_MAX: usize = 1024;
/// Looks after which something that still waits is a gap.
const PATIENCE: u64 = 2;
/// The same where nobody was told yet how far the channel has come: whoever comes first is told when
/// the line and the database allow it, and many may come at once.
const PATIENCE_AT_FIRST: u64 = 20;
/// Beacons that name a channel after its last change, so that losing one does no harm.
const BEACONS: u8 = 2;

/// What a server's notices have come to.
pub(crate) struct Order {
    /// Those of the last change that was applied.
    counters: Counters,
    structure: BTreeMap<i64, Waiting>,
    channels: BTreeMap<ChannelId, Progress>,
    deleted: Deleted,
    /// Channels of which whoever heard that they were made will not hear all.
    missed: Vec<ChannelId>,
    moves: Moves,
    waiting: usize,
    /// How often has been looked for gaps.
    looks: u64,
}

/// What follows from what somebody was told.
pub(crate) struct Learned {
    /// What can be applied now, in order.
    pub(crate) ready: Vec<Arc<Notice>>,
    /// How far channels have come of which whoever was told will not hear all.
    pub(crate) missed: Vec<Head>,
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
    /// Up to here not all was handed out: it was there before, or the room was read anew.
    unheard: i64,
    /// The newest message that stands of those handed out, or that were there before.
    last_message_id: Option<MessageId>,
    waiting: BTreeMap<i64, Waiting>,
    beacons: u8,
}

impl Order {
    pub(crate) fn new(counters: Counters) -> Self {
        Self {
            counters,
            structure: BTreeMap::new(),
            channels: BTreeMap::new(),
            deleted: Deleted::default(),
            missed: Vec::new(),
            moves: Moves::unknown_through(counters.epoch),
            waiting: 0,
            looks: 0,
        }
    }

    /// Those of the last change that was applied.
    pub(crate) fn counters(&self) -> Counters {
        self.counters
    }

    /// The epoch that has been applied.
    pub(crate) fn epoch(&self) -> i64 {
        self.counters.epoch
    }

    /// The structure that has been applied.
    pub(crate) fn structure_rev(&self) -> i64 {
        self.counters.structure_rev
    }

    /// The rights that have been applied.
    #[cfg(test)]
    pub(crate) fn rights_version(&self) -> i64 {
        self.counters.rights_version
    }

    /// Whether an account may be entered by the membership that it had at this epoch: neither its removal
    /// nor a change of it has been applied since. What is applied later finds it where it concerns it.
    pub(crate) fn is_still_so(&self, user: UserId, at: i64) -> bool {
        self.epoch() <= at || self.moves.is_still_so(user, at)
    }

    /// Takes a notice and returns what can be applied now, in order.
    pub(crate) fn accept(&mut self, notice: Arc<Notice>) -> Vec<Arc<Notice>> {
        match position_of(&notice) {
            Position::Free => vec![notice],
            // What is older than the room was known when its members were read.
            Position::Structure(epoch) if epoch <= self.epoch() => Vec::new(),
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
            Position::Channel { id, .. } if self.deleted.contains(id) => Vec::new(),
            Position::Channel { id, seq, epoch } => {
                let since = self.looks;
                let progress = self.channels.entry(id).or_default();
                let is_repeated = matches!(*notice, Notice::Repeated(..));
                // It was there before anyone here asked how far the channel had come.
                let is_read = is_repeated && progress.last.is_none();
                if is_read && seq > progress.unheard {
                    progress.unheard = seq;
                    progress.name_newest(&notice);
                }
                if is_read || progress.has_handed_out(seq) {
                    return Vec::new();
                }
                let is_free = progress.waiting.is_empty() && epoch <= self.counters.epoch;
                if is_free && progress.is_next(seq) {
                    progress.hand_out(seq, &notice);
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

    /// Learns how far channels have come from what somebody was told, and returns what can be applied
    /// now, in order. What is known stays: it was handed out since. What waits is handed out even
    /// where the database has it already, because whoever came first may have read before.
    pub(crate) fn learn(&mut self, heads: impl IntoIterator<Item = Head>) -> Learned {
        let mut missed = Vec::new();
        let heads = heads.into_iter();
        for head in heads.filter(|head| !self.deleted.contains(head.id)) {
            let progress = self.channels.entry(head.id).or_default();
            let dropped = progress.begin(&head);
            self.waiting = self.waiting.saturating_sub(dropped);
            // Whoever was told later came here first, and what lies between is handed out to nobody.
            if head.last_seq < progress.unheard {
                missed.extend(progress.head(head.id));
            }
        }
        let ready = self.release();
        Learned { ready, missed }
    }

    /// Everything that waits for nothing any more.
    fn release(&mut self) -> Vec<Arc<Notice>> {
        let mut ready = Vec::new();
        while let Some(Waiting { notice, .. }) = self.structure.remove(&(self.epoch() + 1)) {
            if let Notice::Structure(change) = &*notice {
                self.pass(change);
            }
            ready.push(notice);
        }
        let epoch = self.epoch();
        for progress in self.channels.values_mut() {
            progress.release(epoch, &mut ready);
        }
        self.waiting = self.waiting.saturating_sub(ready.len());
        ready
    }

    /// A change of the structure is handed out, whole.
    fn pass(&mut self, change: &StructureChange) {
        self.counters = change.counters;
        for part in &change.changes {
            match part {
                Change::Event(_, Event::ChannelCreated(created)) => self.made(created.channel.id),
                Change::Event(_, Event::ChannelDeleted(deleted)) => self.forget(deleted.channel_id),
                Change::MemberRemoved { user_id, .. } => {
                    self.moves.add(change.counters.epoch, *user_id);
                }
                Change::MemberChanged(membership) => {
                    self.moves.add(change.counters.epoch, membership.user_id);
                }
                // Nothing else makes or ends an order, or moves a membership.
                Change::Event(..) | Change::MemberJoined(..) | Change::Deleted => {}
            }
        }
    }

    /// A channel is made.
    fn made(&mut self, id: ChannelId) {
        self.deleted.remove(id);
        let progress = self.channels.entry(id).or_default();
        progress.last.get_or_insert(0);
        // Whoever read later has told of it before it was made here.
        if progress.unheard > 0 {
            self.missed.push(id);
        }
    }

    /// How far channels have come of which whoever has heard what was handed out will not hear all.
    pub(crate) fn take_missed(&mut self) -> Vec<Head> {
        let missed = std::mem::take(&mut self.missed).into_iter();
        let head = |id| self.channels.get(&id).and_then(|it| it.head(id));
        missed.filter_map(head).collect()
    }

    /// A deleted channel has no order to keep.
    fn forget(&mut self, channel: ChannelId) {
        self.deleted.add(channel);
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
        let is_late = |waiting: &Waiting, patience| self.looks - waiting.since > patience;
        let mut structure = self.structure.values();
        let mut channels = self.channels.values();
        structure.any(|waiting| is_late(waiting, PATIENCE))
            || channels.any(|it| it.waiting.values().any(|one| is_late(one, it.patience())))
            || self.waiting > WAITING_MAX
    }

    /// Whether a change of the structure waits for what it follows: somebody may be entered by it.
    pub(crate) fn has_waiting_structure(&self) -> bool {
        !self.structure.is_empty()
    }

    /// Who has become a member by changes that wait and are no newer than this epoch, and at which.
    pub(crate) fn joining_through(&self, epoch: i64) -> Vec<(i64, UserId)> {
        let waiting = self.structure.range(..=epoch);
        let changes = waiting.flat_map(|(at, waiting)| {
            let changes = match &*waiting.notice {
                Notice::Structure(change) => change.changes.as_slice(),
                _ => &[],
            };
            changes.iter().map(move |change| (*at, change))
        });
        let joining = changes.filter_map(|(at, change)| Some((at, change.joined()?.user_id)));
        joining.collect()
    }

    /// Whether anything is to be looked after: what waits may be a gap, and beacons are due.
    pub(crate) fn needs_look(&self) -> bool {
        let has_beacons = |progress: &Progress| progress.last.is_some() && progress.beacons > 0;
        self.waiting > 0 || self.channels.values().any(has_beacons)
    }

    /// How much waits.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting
    }

    /// What waits is handed out to nobody: the database has it.
    pub(crate) fn drop_waiting(&mut self) {
        self.structure.clear();
        for progress in self.channels.values_mut() {
            progress.waiting.clear();
        }
        self.waiting = 0;
    }

    /// Whether what is known here has come as far as this.
    pub(crate) fn has_reached(&self, mark: &Mark) -> bool {
        let has_reached = |(id, last_seq): &(ChannelId, i64)| {
            let known = self.channels.get(id).and_then(|it| it.last);
            known.is_none_or(|last| last >= *last_seq)
        };
        self.epoch() >= mark.epoch && mark.last_seqs.iter().all(has_reached)
    }

    /// Merges what the database says at one moment, and returns what can be applied now, in order.
    ///
    /// No number goes down: what was handed out while the database was read is not contained in
    /// what it said. What waits is dropped up to there, because whoever is told the heads reads it,
    /// and stays above; what it follows may be under way, so it is given its time anew.
    pub(crate) fn reset(&mut self, counters: Counters, heads: &[Head]) -> Vec<Arc<Notice>> {
        let epoch = counters.epoch;
        if epoch > self.epoch() {
            self.counters = counters;
            self.moves.skip_to(epoch);
        }
        self.structure = self.structure.split_off(&(self.epoch() + 1));
        let is_named: HashSet<ChannelId> = heads.iter().map(|head| head.id).collect();
        let known = self.epoch();
        self.channels.retain(|id, progress| {
            is_named.contains(id) || progress.may_be_newer_than(epoch, known)
        });
        let there = heads.iter().filter(|head| !self.deleted.contains(head.id));
        for head in there {
            self.channels.entry(head.id).or_default().raise(head);
        }
        self.give_time();
        self.release()
    }

    /// Nothing has waited yet, and what waits is counted.
    fn give_time(&mut self) {
        let (looks, mut waiting) = (self.looks, 0);
        let of_channels = self.channels.values_mut();
        let of_channels = of_channels.flat_map(|progress| progress.waiting.values_mut());
        for one in self.structure.values_mut().chain(of_channels) {
            one.since = looks;
            waiting += 1;
        }
        self.waiting = waiting;
    }

    /// The heads of channels with recent activity. Each is named by two beacons.
    pub(crate) fn take_heads(&mut self) -> Vec<Head> {
        let mut heads = Vec::new();
        for (id, progress) in &mut self.channels {
            if progress.beacons > 0
                && let Some(head) = progress.head(*id)
            {
                progress.beacons -= 1;
                heads.push(head);
            }
        }
        heads
    }
}

impl Progress {
    /// Begins with what the first one was told. Returns how much waits no more without being handed
    /// out.
    fn begin(&mut self, head: &Head) -> usize {
        if self.last.is_some() {
            return 0;
        }
        if head.last_seq >= self.unheard {
            self.last_message_id = head.last_message_id;
        }
        let waiting = self.waiting.first_key_value();
        let last = waiting.map_or(head.last_seq, |(seq, _)| head.last_seq.min(seq - 1));
        let last = last.max(self.unheard);
        (self.last, self.unheard) = (Some(last), last);
        let kept = self.waiting.split_off(&(last + 1));
        std::mem::replace(&mut self.waiting, kept).len()
    }

    /// How far the channel has come, where that is known.
    fn head(&self, id: ChannelId) -> Option<Head> {
        let last_message_id = self.last_message_id;
        self.last.map(|last_seq| Head {
            id,
            last_seq,
            last_message_id,
        })
    }

    /// Looks before which nothing that waits is a gap.
    fn patience(&self) -> u64 {
        self.last.map_or(PATIENCE_AT_FIRST, |_| PATIENCE)
    }

    /// Whether a channel that is not there at `epoch` may have been made since, and not deleted
    /// before: `known` is what has been applied. What was written before goes with it.
    fn may_be_newer_than(&mut self, epoch: i64, known: i64) -> bool {
        if epoch < known {
            return true;
        }
        self.waiting.retain(|_, waiting| waiting.epoch > epoch);
        !self.waiting.is_empty()
    }

    /// The channel has come as far as this at least.
    fn raise(&mut self, head: &Head) {
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

    fn release(&mut self, epoch: i64, ready: &mut Vec<Arc<Notice>>) {
        while let Some(next) = self.last.map(|last| last + 1)
            && let Entry::Occupied(waiting) = self.waiting.entry(next)
            && waiting.get().epoch <= epoch
        {
            let notice = waiting.remove().notice;
            self.hand_out(next, &notice);
            ready.push(notice);
        }
    }

    fn has_handed_out(&self, seq: i64) -> bool {
        self.last.is_some_and(|last| seq <= last)
    }

    fn is_next(&self, seq: i64) -> bool {
        self.last.is_some_and(|last| seq == last + 1)
    }

    fn hand_out(&mut self, seq: i64, notice: &Notice) {
        self.name_newest(notice);
        self.come_to(seq);
    }

    /// A change says which message is the newest now.
    fn name_newest(&mut self, notice: &Notice) {
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

    fn come_to(&mut self, seq: i64) {
        self.last = Some(seq);
        self.beacons = BEACONS;
    }
}

#[cfg(test)]
mod tests;
