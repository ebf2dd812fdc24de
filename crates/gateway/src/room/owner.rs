//! The task of a room: it owns the order, who is in the room and the member list, and takes one
//! step for each message.
//!
//! A step waits for nothing, so nothing else happens between a look at the order and what follows
//! from it: a removal has either been applied before a connection enters, or finds it there.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use battala_hub::access::structure::Structure;
use battala_hub::bus::{Change, Notice};
use battala_hub::members::MemberPlace;
use battala_proto::id::UserId;

use super::early::{Ahead, Waiting};
use super::heads::News;
use super::rights::Timeouts;
use super::seats::Seats;
use super::{Bounds, Inbox, Message, Passed, Request, Room};
use crate::host::{Effect, Host};
use crate::member_list::MemberList;
use crate::order::Order;
use crate::recovery::send_back;

/// Of what may wait, a room that cannot be read keeps one part in so many.
const UNREAD_SHARE: usize = 32;

/// Frames that are handed out before others have their turn: some milliseconds of a processor.
const FRAMES_PER_TURN: usize = 20_000;

/// What one server's connections here share.
pub(crate) struct Owner {
    pub(super) room: Arc<Room>,
    pub(crate) inbox: Inbox,
    pub(super) order: Order,
    pub(super) seats: Seats,
    /// What waits for the room to come so far.
    pub(super) early: Waiting,
    /// What decides rights, as of the epoch that has been applied.
    pub(super) rights: Arc<Structure>,
    /// That epoch: of a membership of a later one the room does not know what it may do.
    pub(super) as_of: i64,
    pub(super) timeouts: Timeouts,
    /// Differences of rights that were encoded in this step.
    pub(super) rights_bytes: Cell<usize>,
    pub(super) news: News,
    pub(super) member_list: MemberList,
    /// The server is being read; one reading runs at a time.
    pub(super) is_reading: bool,
    /// A further reading is due.
    pub(super) is_reading_asked: bool,
    /// What was missed could not be read.
    pub(super) is_unread: bool,
    /// Steps since something did not fit into the inbox.
    steps_behind: usize,
    held_max: usize,
    /// Who became a member by what is not applied but read, and at which epoch.
    pub(super) joins_missed: Vec<(i64, UserId)>,
    /// Whose profile was to be told while the server could not be read.
    pub(super) profiles_missed: HashSet<UserId>,
}

/// Whether a room goes on after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    GoesOn,
    Ended,
}

impl Owner {
    /// It begins as of the place of its first member.
    pub(crate) fn new(place: &MemberPlace, bounds: Bounds) -> (Arc<Room>, Self) {
        let (room, inbox) = Room::new(place, bounds.inbox);
        let owner = Self {
            room: Arc::clone(&room),
            inbox,
            order: Order::new(place.counters),
            seats: Seats::default(),
            early: Waiting::default(),
            rights: Arc::clone(&place.structure),
            as_of: place.counters.epoch,
            timeouts: Timeouts::default(),
            rights_bytes: Cell::default(),
            news: News::default(),
            member_list: MemberList::default(),
            is_reading: false,
            is_reading_asked: false,
            is_unread: false,
            steps_behind: 0,
            held_max: bounds.held,
            joins_missed: Vec::new(),
            profiles_missed: HashSet::new(),
        };
        (room, owner)
    }

    /// Takes steps until the room ends.
    pub(crate) async fn run(mut self: Box<Self>, host: impl Host) {
        let mut handed_out = 0;
        while let Some(message) = self.inbox.next().await {
            if self.survive(&host, message) == Life::Ended {
                return;
            }
            handed_out += self.seats.take_handed_out();
            if handed_out >= FRAMES_PER_TURN {
                handed_out = 0;
                tokio::task::yield_now().await;
            }
        }
    }

    /// Takes one step. A fault in it ends the room: what it has come to is not known, and whoever is found
    /// in a room without a task would wait for ever.
    pub(super) fn survive(&mut self, host: &dyn Host, message: Message) -> Life {
        let step = AssertUnwindSafe(|| self.step(host, message));
        catch_unwind(step).unwrap_or_else(|_| {
            let server = self.room.server_id;
            tracing::error!(%server, "a room met a fault and ends; its connections are closed");
            host.directory().forget(&self.room);
            send_back(&self.seats.take());
            // Who was to be let in by what waited here is found by their accounts.
            host.start(Effect::CompareAll);
            Life::Ended
        })
    }

    /// Takes one step. A room that has ended is found by nobody any more.
    pub(crate) fn step(&mut self, host: &dyn Host, message: Message) -> Life {
        let mut wants_look = true;
        self.rights_bytes.set(0);
        match message {
            Message::Passed(Passed::Notice(notice)) => self.take(host, notice),
            Message::Passed(Passed::Shared(shared)) => self.tell(&shared),
            Message::Passed(Passed::Hint(channel, hint)) => self.hint(channel, &hint),
            Message::Request(Request::Close) => return self.close(host),
            Message::Request(Request::Read(reading)) => {
                if self.merge(host, *reading) == Life::Ended {
                    return Life::Ended;
                }
            }
            Message::Request(Request::Look) => wants_look = self.look(host),
            Message::Request(request) => self.answer(host, request),
        }
        self.room.wants_look.store(wants_look, Ordering::Release);
        self.notice_loss();
        self.begin_reading(host);
        if self.may_end() && host.directory().end(&self.room, &self.inbox) {
            return Life::Ended;
        }
        Life::GoesOn
    }

    fn answer(&mut self, host: &dyn Host, request: Request) {
        match request {
            Request::Enter(enter) => self.wait_or(host, Ahead::Enter(enter)),
            Request::Leave(connection, done) => {
                self.depart(&connection);
                // Whoever asked may not wait for it any more.
                done.map(|done| done.send(()));
            }
            Request::Learn(socket, heads) => self.learn(host, socket, heads),
            Request::View(viewing) => self.wait_or(host, Ahead::View(viewing)),
            Request::Part(part) => self.wait_or(host, Ahead::Part(*part)),
            Request::Watch(watch) => self.watch(watch),
            Request::Subscribe(connection, ranges) => self.subscribe(&connection, ranges),
            Request::MembersRead(members) => self.member_list.loaded(members),
            Request::Compare(mark) if self.order.has_reached(&mark) => {}
            // It is read until it can be.
            Request::Compare(_) if self.is_unread => {}
            Request::Compare(_) => self.fall_behind(),
            Request::Reload => self.is_reading_asked = true,
            Request::JoinsMissed(joins) => {
                self.joins_missed.extend(joins);
                // A reading that is over by now may have been begun before.
                self.room.is_behind.store(true, Ordering::Release);
            }
            #[cfg(test)]
            Request::Fault => panic!("a fault in a step"),
            // These are not answered, but taken by the step itself.
            Request::Look | Request::Read(_) | Request::Close => {}
        }
    }

    fn note_missing(&self, has_gap: bool) {
        let server = self.room.server_id;
        let (known, waiting, early) = (self.order.epoch(), self.order.waiting(), self.early.len());
        tracing::info!(%server, known, waiting, early, has_gap, "a room misses a notice and is read anew");
    }

    /// A reading that is under way may have begun before the database had come so far.
    fn fall_behind(&mut self) {
        if !self.is_reading {
            let server = self.room.server_id;
            tracing::info!(%server, "a room is behind the database and is read anew");
        }
        self.is_reading_asked = true;
    }

    /// A room without connections ends, unless somebody may be entered by what is still to come.
    fn may_end(&self) -> bool {
        let is_read = !self.is_reading && !self.is_reading_asked;
        let is_applied = !self.order.has_waiting_structure() && self.joins_missed.is_empty();
        self.seats.is_empty() && self.early.is_empty() && is_read && is_applied
    }

    /// What did not fit into the inbox was to follow all that is in it, which is applied before the
    /// server is read: whoever is here needs to be told less then.
    fn notice_loss(&mut self) {
        if !self.room.is_behind() {
            return;
        }
        self.steps_behind += 1;
        if !self.inbox.passed.is_empty() && self.steps_behind < self.inbox.passed.max_capacity() {
            return;
        }
        self.steps_behind = 0;
        // Before the reading begins: it need not know of what is lost from here on.
        self.room.is_behind.store(false, Ordering::SeqCst);
        let server = self.room.server_id;
        tracing::warn!(%server, "a room fell behind and is read anew");
        self.is_reading_asked = true;
    }

    fn begin_reading(&mut self, host: &dyn Host) {
        if self.is_reading || !self.is_reading_asked {
            return;
        }
        (self.is_reading, self.is_reading_asked) = (true, false);
        host.start(Effect::Read {
            room: Arc::clone(&self.room),
            known: self.order.epoch(),
        });
    }

    /// What waits for nothing is applied now, in order.
    fn take(&mut self, host: &dyn Host, notice: Arc<Notice>) {
        if let Notice::Structure(change) = &*notice
            && change.counters.epoch <= self.order.epoch()
        {
            // The room began after the change, perhaps with others than the new members.
            let joined = change.changes.iter().filter_map(Change::joined);
            joined.for_each(|it| self.recheck_join(host, it.user_id));
            return;
        }
        let ready = self.order.accept(notice);
        self.apply_all(host, &ready);
        self.keep_bound();
    }

    /// What waits has a bound however long a reading takes. Beyond it all of that is read instead.
    fn keep_bound(&mut self) {
        // What waits for a reading that fails again and again is of no use, however little it is.
        let max = if self.is_unread {
            self.held_max / UNREAD_SHARE
        } else {
            self.held_max
        };
        if self.order.waiting() <= max {
            return;
        }
        // They may be here by what was read, and be taken out by what is applied before it is read again.
        self.joins_missed
            .extend(self.order.joining_through(i64::MAX));
        self.order.drop_waiting();
        // Of a reading that is under way nobody knows whether it contains all that was dropped.
        self.is_reading_asked = true;
        let server = self.room.server_id;
        tracing::warn!(%server, "too much waits in a room, which is read anew");
    }

    pub(super) fn apply_all(&mut self, host: &dyn Host, ready: &[Arc<Notice>]) {
        // First: what is read from here on for a connection is no older.
        self.room.set_applied(self.order.structure_rev());
        for notice in ready {
            match &**notice {
                Notice::Event(_, event) | Notice::Repeated(_, event) => self.tell_event(event),
                Notice::Structure(change) => self.restructure(host, change),
                Notice::InDoubt(_) | Notice::UserChanged(_) | Notice::SessionsEnded { .. } => {}
            }
        }
        let missed = self.order.take_missed();
        self.tell_heads(&missed);
        self.take_early(host);
    }

    pub(super) fn apply(&mut self, host: &dyn Host, part: &Change) {
        match part {
            Change::Event(_, event) => self.tell_event(event),
            Change::MemberJoined(member, membership) => {
                self.member_list.insert(member.clone());
                self.welcome(host, membership);
            }
            Change::MemberRemoved { user_id, reason } => self.remove(host, *user_id, *reason),
            // The first was applied with the rights, in `restructure`; the other closes the room before.
            Change::MemberChanged(_) | Change::Deleted => {}
        }
    }

    /// What goes by the clock: gaps, timeouts, the member list, and heads where they are due. Says
    /// whether anything is left to look after.
    fn look(&mut self, host: &dyn Host) -> bool {
        let due = self.room.take_look();
        // Whoever reads it anew already will have closed the gap, or it shows again.
        let is_waited_for = self.age_early();
        let has_gap = self.order.has_gap();
        if (has_gap || is_waited_for) && !self.is_reading && !self.is_unread {
            self.note_missing(has_gap);
        }
        self.is_reading_asked |= (has_gap || is_waited_for || self.is_unread) && !self.is_reading;
        self.end_timeouts(host);
        if self.room.is_marked.swap(false, Ordering::AcqRel) {
            self.member_list.mark();
        }
        if !self.is_unread && self.member_list.publish(host, self.room.server_id) {
            host.start(Effect::ReadMembers(Arc::clone(&self.room)));
        }
        self.send_heads(due);
        self.is_unread
            || !self.early.is_empty()
            || !self.timeouts.is_empty()
            || !self.news.is_empty()
            || self.order.needs_look()
            || self.member_list.needs_look()
    }
}

#[cfg(test)]
impl Owner {
    pub(crate) fn is_of(&self, server: battala_proto::id::ServerId) -> bool {
        self.room.server_id == server
    }

    /// Whether it has come as far as what is stored, waits for nothing and has this connection.
    pub(crate) fn has_converged(
        &self,
        connection: &crate::connection::Connection,
        mark: &battala_hub::sweep::Mark,
    ) -> bool {
        let is_here = self.seats.get(connection.socket.id()).is_some();
        let is_read = !self.is_reading && !self.is_unread && !self.room.is_behind();
        let is_at_rest = is_read && !self.order.has_waiting_structure();
        is_here
            && is_at_rest
            && self.order.epoch() == mark.epoch
            && self.order.rights_version() == self.rights.rights_version()
            && self.order.has_reached(mark)
    }
}
