//! The world around the rooms: what happens next.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;

use battala_hub::bus::{Audience, Notice};
use battala_hub::sweep::Mark;
use battala_proto::Event;
use battala_proto::events::{EndReason, SessionEnded, UserUpdated};
use battala_proto::id::{ServerId, SessionId, UserId};
use battala_socketio::testing;

use super::chance::Chance;
use super::client::{Client, Published};
use super::entering::Joining;
use super::errand::{Errand, Looking};
use super::stored::{Stored, USERS};
use super::surroundings::Surroundings;
use crate::beacon::due_at;
use crate::connection::Connection;
use crate::dispatch::{dispatch, lagged, to_servers};
use crate::host::{Effect, Host};
use crate::looks::Looks;
use crate::room::{Bounds, Life, Owner, Request};
use crate::telling::What;
use crate::{ENDED, TICK};

/// Looks between two sweeps.
const TICKS_PER_SWEEP: u32 = 4;
/// Rounds in which nothing happens but that answers are waited for.
const ROUNDS_OF_REST: usize = 8;
/// Ticks until all has come to rest: two beacons, and a doubt that ends.
const TICKS_OF_CALM: u32 = 64;

/// What goes wrong.
#[derive(Clone, Copy)]
pub(super) struct Faults {
    /// Notices come late, in any order, never, or in doubt.
    pub(super) is_wild: bool,
    pub(super) bus_max: usize,
    pub(super) bounds: Bounds,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            is_wild: false,
            bus_max: usize::MAX,
            bounds: Bounds::default(),
        }
    }
}

pub(super) struct World {
    pub(super) chance: Chance,
    faults: Faults,
    is_calm: bool,
    pub(super) host: Surroundings,
    pub(super) stored: Stored,
    published: Published,
    /// Committed, and not on the bus yet.
    untold: Vec<Notice>,
    bus: VecDeque<Arc<Notice>>,
    missed: u64,
    pub(super) rooms: Vec<Owner>,
    pub(super) errands: Vec<Errand>,
    /// What is tried again when time has passed.
    pub(super) owed: Vec<Errand>,
    pub(super) clients: Vec<Client>,
    marks: HashMap<ServerId, Mark>,
    ticks: u32,
    /// Of all that was heard.
    heard: DefaultHasher,
}

impl World {
    pub(super) fn new(chance: Chance, faults: Faults) -> Self {
        let host = Surroundings::new(faults.bounds);
        Self {
            chance,
            faults,
            is_calm: false,
            host,
            stored: Stored::new(),
            published: Published::default(),
            untold: Vec::new(),
            bus: VecDeque::new(),
            missed: 0,
            rooms: Vec::new(),
            errands: Vec::new(),
            owed: Vec::new(),
            clients: Vec::new(),
            marks: HashMap::new(),
            ticks: 0,
            heard: DefaultHasher::new(),
        }
    }

    /// Some things happen, more or less of them; now and then where nobody was before.
    pub(super) fn live(&mut self, happenings_max: usize) {
        if self.chance.one_in(2) {
            self.all_go();
        }
        self.is_calm = false;
        for _ in 0..self.chance.below(happenings_max) {
            self.happen();
        }
    }

    /// One thing, drawn.
    fn happen(&mut self) {
        match self.chance.below(32) {
            0..6 => self.commit(),
            6..10 => self.publish(),
            10..14 => self.dispatch(),
            14..20 => self.step_some_room(),
            20..26 => self.advance_some_errand(),
            26 | 27 if self.clients.len() < 8 => self.connect(),
            28 => self.some_client_goes(),
            29 if self.chance.one_in(2) => self.tick(),
            30 => self.some_client_watches(),
            _ => self.notice_ends(),
        }
    }

    fn commit(&mut self) {
        let committed = self.stored.commit(&mut self.chance, self.host.wall());
        self.untold.extend(committed);
    }

    fn publish(&mut self) {
        if self.untold.is_empty() {
            return;
        }
        let is_wild = self.faults.is_wild && !self.is_calm;
        let place = if is_wild {
            self.chance.below(self.untold.len())
        } else {
            0
        };
        let notice = self.untold.remove(place);
        if is_wild && !lets_in(&notice) && self.chance.one_in(12) {
            return;
        }
        let notice = if is_wild && self.chance.one_in(15) {
            Notice::InDoubt(vec![notice])
        } else {
            notice
        };
        self.published.count += 1;
        let count = self.published.count;
        if let Notice::Event(Audience::Channel(..), Event::MessageCreated(changed)) = &notice {
            let place = (changed.message.channel_id, changed.seq);
            self.published.messages.insert(place, count);
        }
        for session in ended_by(&notice) {
            self.published.ends.insert(session, count);
        }
        self.bus.push_back(Arc::new(notice));
        if self.bus.len() > self.faults.bus_max
            && let Some(lost) = self.bus.pop_front()
        {
            self.missed += 1;
            for session in ended_by(&lost) {
                self.published.ends.remove(&session);
            }
        }
    }

    fn dispatch(&mut self) {
        if self.missed > 0 {
            lagged(&self.host, std::mem::take(&mut self.missed));
        } else if let Some(notice) = self.bus.pop_front() {
            dispatch(&self.host, &notice);
        }
        self.collect();
    }

    fn step_some_room(&mut self) {
        if !self.rooms.is_empty() {
            let place = self.chance.below(self.rooms.len());
            self.step(place);
        }
    }

    /// Whether the room had anything to do.
    fn step(&mut self, place: usize) -> bool {
        let is_request = self.chance.one_in(2);
        let owner = &mut self.rooms[place];
        let message = owner.inbox.try_next(is_request);
        let Some(message) = message.or_else(|| owner.inbox.try_next(!is_request)) else {
            return false;
        };
        if owner.step(&self.host, message) == Life::Ended {
            self.rooms.remove(place);
        }
        self.collect();
        true
    }

    fn advance_some_errand(&mut self) {
        if self.errands.is_empty() {
            return;
        }
        let place = self.chance.below(self.errands.len());
        let errand = self.errands.remove(place);
        let left = self.advance(errand);
        self.errands.extend(left);
        self.collect();
    }

    /// What was sent is heard before anything else happens, and what steps have begun goes on by
    /// itself, in an order that no table decides.
    fn collect(&mut self) {
        for client in &mut self.clients {
            client.read((&self.stored, &self.published), &mut self.heard);
        }
        let mut effects = self.host.take_effects();
        effects.sort_by_cached_key(key);
        for effect in effects {
            match effect {
                Effect::Run(owner) => self.rooms.push(*owner),
                Effect::Read { room, known } => self.errands.push(Errand::Read {
                    room,
                    known,
                    stage: Looking::Ask,
                }),
                Effect::ReadMembers(room) => room.request(Request::MembersRead(None)),
                Effect::Welcome(connection, server) => self.welcome(&connection, server),
                Effect::Tell(mut connections, server, what) => {
                    connections.sort_by_key(|it| it.socket.id());
                    let connections = connections.iter();
                    connections.for_each(|it| self.begin_telling(it, server, what));
                }
                Effect::RecheckAccount(user, _) => self.begin_recheck(user),
                Effect::CompareAll => self.errands.push(Errand::Compare),
            }
        }
    }

    fn begin_recheck(&mut self, user: UserId) {
        self.errands.push(Errand::recheck(user));
    }

    /// It is looked after when time has passed, where nobody is.
    pub(super) fn owe_entering(&mut self, user: UserId) {
        self.owed.push(Errand::recheck(user));
    }

    fn connect(&mut self) {
        let user = 1 + i64::try_from(self.chance.below(5)).unwrap();
        let user = UserId::from_raw(user.min(USERS));
        let id = self.stored.fresh();
        let session = SessionId::from_raw(id);
        self.stored.sessions.insert(session, user);
        let (socket, line) = testing::socket(u64::try_from(id).unwrap());
        let me = self.stored.me(user);
        let connection = Arc::new(Connection::new(socket, session, me, 0));
        assert!(self.host.directory().add(&connection, usize::MAX));
        let watching = self.begin_watching(&connection);
        self.clients
            .push(Client::new(Arc::clone(&connection), line, watching));
        self.errands.push(Errand::Handshake {
            connection,
            look: 1,
            looks: Looks::default(),
            stage: Joining::List,
        });
    }

    pub(super) fn accept(&mut self, connection: &Arc<Connection>, late: Vec<ServerId>) {
        let mut clients = self.clients.iter_mut();
        let client = clients.find(|it| Arc::ptr_eq(&it.connection, connection));
        let client = client.expect("it is attached");
        client.line.accept();
        client.is_accepted = true;
        self.watch_at_first(connection, late);
    }

    pub(super) fn hang_up(&mut self, connection: &Arc<Connection>) {
        if connection.detach() {
            self.host.directory().remove(connection);
        }
        let others = |client: &Client| !Arc::ptr_eq(&client.connection, connection);
        self.clients.retain(others);
    }

    fn some_client_goes(&mut self) {
        if self.clients.is_empty() {
            return;
        }
        let place = self.chance.below(self.clients.len());
        let connection = Arc::clone(&self.clients[place].connection);
        self.hang_up(&connection);
    }

    fn all_go(&mut self) {
        while !self.clients.is_empty() {
            self.some_client_goes();
        }
        self.come_to_rest();
    }

    /// Whoever was cut off finds out some time after.
    fn notice_ends(&mut self) {
        let ended = self.clients.iter().filter(|it| it.line.ended().is_some());
        let ended: Vec<_> = ended.map(|it| Arc::clone(&it.connection)).collect();
        for connection in ended {
            self.hang_up(&connection);
        }
    }

    fn tick(&mut self) {
        self.ticks += 1;
        self.host.pass(TICK);
        self.errands.append(&mut self.owed);
        for room in self.host.directory().rooms() {
            room.look(due_at(self.ticks));
        }
        let is_due = self.faults.is_wild && self.ticks.is_multiple_of(TICKS_PER_SWEEP);
        if is_due || self.host.doubts().is_any(self.host.now()) {
            self.sweep();
        }
        self.collect();
    }

    fn sweep(&mut self) {
        let mut due = self.host.doubts().take(self.host.now());
        for room in due
            .servers
            .iter()
            .filter_map(|id| self.host.directory().room(*id))
        {
            room.request(Request::Reload);
        }
        due.accounts.sort_unstable();
        due.profiles.sort_unstable();
        due.accounts
            .iter()
            .for_each(|user| self.begin_recheck(*user));
        for user in due.profiles {
            let servers = self.stored.servers_of(user);
            let user = self.stored.me(user).public();
            let updated = Event::UserUpdated(UserUpdated { user });
            to_servers(&self.host, &servers, &updated);
        }
        self.end_revoked();
        for room in self.host.directory().rooms() {
            let is_deleted = self.stored.servers[&room.server_id].is_deleted;
            match self.marks.remove(&room.server_id) {
                Some(_) if is_deleted => room.request(Request::Reload),
                Some(earlier) => room.request(Request::Compare(earlier)),
                None => {}
            }
        }
        let marks = self.stored.servers.iter();
        self.marks = marks.map(|(id, server)| (*id, server.mark())).collect();
    }

    fn end_revoked(&self) {
        let ended = Event::SessionEnded(SessionEnded {
            reason: EndReason::Unknown,
        });
        for connection in self.host.directory().all() {
            if !self.stored.sessions.contains_key(&connection.session_id) {
                connection.emit(&ended);
                connection.socket.close(ENDED);
            }
        }
    }

    pub(super) fn compare_all(&mut self) {
        self.end_revoked();
        for room in self.host.directory().rooms() {
            room.request(Request::Reload);
        }
        let accounts: BTreeSet<UserId> = self.host.directory().accounts().into_iter().collect();
        for user in accounts {
            self.begin_recheck(user);
        }
    }

    pub(super) fn is_away(&mut self) -> bool {
        !self.is_calm && self.chance.one_in(6)
    }

    /// A handshake waits no longer for the rooms that it enters.
    pub(super) fn is_late(&mut self) -> bool {
        !self.is_calm && self.chance.one_in(6)
    }

    /// What is stored cannot be read.
    pub(super) fn is_spoilt(&mut self) -> bool {
        !self.is_calm && self.chance.one_in(8)
    }

    pub(super) fn is_out_of_patience(&mut self) -> bool {
        !self.is_calm && self.chance.one_in(20)
    }

    /// The faults stop, and time passes.
    pub(super) fn settle(&mut self) {
        self.is_calm = true;
        for _ in 0..TICKS_OF_CALM {
            self.come_to_rest();
            self.tick();
        }
        self.come_to_rest();
    }

    /// Until there is nothing more to do without time that passes.
    fn come_to_rest(&mut self) {
        let (mut rounds, mut quiet) = (0, 0);
        loop {
            rounds += 1;
            assert!(rounds < 10_000, "it never comes to rest");
            self.publish();
            self.dispatch();
            let mut has_stepped = false;
            for place in (0..self.rooms.len()).rev() {
                has_stepped |= self.step(place);
            }
            for _ in 0..self.errands.len() {
                self.advance_some_errand();
            }
            self.notice_ends();
            let is_quiet = self.untold.is_empty() && self.bus.is_empty() && self.missed == 0;
            // What a room has to hear first comes with time that passes.
            let are_waiting = self.errands.iter().all(Errand::is_waiting);
            let is_at_rest = is_quiet && !has_stepped && are_waiting;
            quiet = if is_at_rest { quiet + 1 } else { 0 };
            if quiet > 0 && self.errands.is_empty() || quiet > ROUNDS_OF_REST {
                return;
            }
        }
    }

    /// Everyone goes, and nothing stays.
    pub(super) fn end(mut self) -> u64 {
        self.all_go();
        assert!(self.rooms.is_empty() && self.host.directory().rooms().is_empty());
        assert!(self.host.directory().all().is_empty());
        self.heard.finish()
    }
}

/// Whether somebody becomes a member by it. The sweep compares rooms: a join that gets lost without a
/// sign where there is no room is found by nobody before the next handshake.
fn lets_in(notice: &Notice) -> bool {
    match notice {
        Notice::Structure(change) => change.changes.iter().any(|it| it.joined().is_some()),
        _ => false,
    }
}

fn ended_by(notice: &Notice) -> Vec<SessionId> {
    match notice {
        Notice::SessionsEnded { sessions, .. } => sessions.clone(),
        Notice::InDoubt(notices) => notices.iter().flat_map(ended_by).collect(),
        _ => Vec::new(),
    }
}

fn key(effect: &Effect) -> (u8, i64, u64) {
    match effect {
        Effect::Run(_) => (0, 0, 0),
        Effect::Read { room, .. } => (1, room.server_id.raw(), 0),
        Effect::ReadMembers(room) => (2, room.server_id.raw(), 0),
        Effect::Welcome(connection, server) => {
            (3, server.raw(), connection.user_id.raw().unsigned_abs())
        }
        Effect::Tell(_, server, what) => (4, server.raw(), u64::from(*what == What::Reads)),
        Effect::RecheckAccount(user, _) => (5, user.raw(), 0),
        Effect::CompareAll => (6, 0, 0),
    }
}
