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
use battala_proto::channels::WatchMode;
use battala_proto::events::Head;
use battala_proto::id::{ChannelId, UserId};

use self::deleted::Deleted;
use self::position::{Position, position_of};
use self::progress::{PATIENCE, Progress, Waiting};
use crate::moves::Moves;

mod deleted;
mod position;
mod progress;

/// Notices that wait at most; more is a gap at once.
const WAITING_MAX: usize = 1024;

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
                    through: epoch,
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
            Position::Channel {
                id,
                first_seq,
                seq,
                epoch,
            } => {
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
                if is_free && progress.is_next(first_seq) {
                    progress.hand_out(seq, &notice);
                    return vec![notice];
                }
                let waiting = Waiting {
                    notice,
                    through: seq,
                    epoch,
                    since,
                };
                // The same one again waits since it first came.
                if let Entry::Vacant(place) = progress.waiting.entry(first_seq) {
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
    ///
    /// Who listens to a list hears how far the other channels have come, and passes over what it is told of
    /// that before this, as it does not know yet what it has read.
    pub(crate) fn learn(&mut self, heads: Vec<Head>, mode: WatchMode) -> Learned {
        let mut missed = Vec::new();
        let heads = heads.into_iter();
        for head in heads.filter(|head| !self.deleted.contains(head.id)) {
            let progress = self.channels.entry(head.id).or_default();
            let dropped = progress.begin(&head);
            self.waiting = self.waiting.saturating_sub(dropped);
            let missed_through = match mode {
                // Whoever was told later came here first, and what lies between is handed out to nobody.
                WatchMode::All => Some(progress.unheard),
                WatchMode::Listed => progress.last,
            };
            if Some(head.last_seq) < missed_through {
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
        missed.filter_map(|id| self.head(id)).collect()
    }

    /// How far a channel has come by what was handed out, where that is known.
    pub(crate) fn head(&self, id: ChannelId) -> Option<Head> {
        self.channels.get(&id)?.head(id)
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

#[cfg(test)]
mod tests;
