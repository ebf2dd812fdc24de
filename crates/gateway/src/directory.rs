//! Who is connected: connections by account, and the rooms they are in.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use battala_hub::members::MemberPlace;
use battala_proto::id::{ServerId, UserId};

use tokio::sync::oneshot;

use crate::connection::Connection;
use crate::host::{Effect, Host};
use crate::room::{Bounds, Enter, Inbox, Owner, Passage, Passed, Request, Room};

/// A ping that is answered at all is answered within this, on a bad line too. Of connections that take
/// longer one gives way where the account has no place for another.
const UNANSWERED_MAX: Duration = Duration::from_secs(5);

/// Parts in which rooms are found, so that those who come all at once do not wait for each other.
const SHARDS: usize = 16;

type Rooms = HashMap<ServerId, Arc<Room>>;

/// The connections of this process, and the rooms that they are in. A lock here is held for a look
/// or to put something into an inbox, and never while frames are handed out.
pub(crate) struct Directory {
    accounts: Mutex<HashMap<UserId, Vec<Arc<Connection>>>>,
    rooms: [RwLock<Rooms>; SHARDS],
    hasher: RandomState,
    bounds: Bounds,
}

/// Who sends a connection the server that it enters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Welcome {
    ByRoom,
    ByCaller,
}

impl Directory {
    /// In each of its rooms so much waits at most.
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            accounts: Mutex::default(),
            rooms: std::array::from_fn(|_| RwLock::default()),
            hasher: RandomState::new(),
            bounds,
        }
    }

    /// Where the account has `max` connections, takes the one out that has left a ping unanswered for
    /// longest, if that is too long: most likely its device is there by another by now.
    pub(crate) fn give_way(&self, user: UserId, max: usize) -> Option<Arc<Connection>> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_account = accounts.get_mut(&user)?;
        if of_account.len() < max {
            return None;
        }
        let silences = of_account
            .iter()
            .map(|connection| connection.socket.unanswered_for());
        let silences = silences.enumerate().max_by_key(|(_, silence)| *silence);
        let (at, _) = silences.filter(|(_, silence)| *silence >= UNANSWERED_MAX)?;
        Some(of_account.swap_remove(at))
    }

    /// Adds a connection unless the account has `max` already.
    pub(crate) fn add(&self, connection: &Arc<Connection>, max: usize) -> bool {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_account = accounts.entry(connection.user_id).or_default();
        if of_account.len() >= max {
            return false;
        }
        if of_account.is_empty() {
            // Nearly everyone has one connection; a vector would begin with room for four.
            of_account.reserve_exact(1);
        }
        of_account.push(Arc::clone(connection));
        true
    }

    /// Removes a connection from its account, and asks all its rooms to let it go.
    pub(crate) fn remove(&self, connection: &Arc<Connection>) {
        self.remove_account(connection);
        for server in connection.servers() {
            self.ask_to_leave(server, connection, None);
        }
    }

    fn remove_account(&self, connection: &Arc<Connection>) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of_account) = accounts.get_mut(&connection.user_id) else {
            return;
        };
        of_account.retain(|other| !Arc::ptr_eq(other, connection));
        if of_account.is_empty() {
            accounts.remove(&connection.user_id);
        }
    }

    /// The connections of an account.
    pub(crate) fn of_account(&self, user: UserId) -> Vec<Arc<Connection>> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(&user).cloned().unwrap_or_default()
    }

    /// Every account that is connected.
    pub(crate) fn accounts(&self) -> Vec<UserId> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.keys().copied().collect()
    }

    /// Every connection.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.values().flatten().cloned().collect()
    }

    pub(crate) fn connections(&self) -> usize {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.values().map(Vec::len).sum()
    }

    /// The room of a server, if anyone here is in it.
    pub(crate) fn room(&self, server: ServerId) -> Option<Arc<Room>> {
        read(self.shard(server)).get(&server).cloned()
    }

    pub(crate) fn rooms(&self) -> Vec<Arc<Room>> {
        let of_shard = |shard| read(shard).values().cloned().collect::<Vec<_>>();
        self.rooms.iter().flat_map(of_shard).collect()
    }

    /// Passes something on to the room of a server.
    pub(crate) fn pass(&self, server: ServerId, passed: Passed) -> Passage {
        let rooms = read(self.shard(server));
        match rooms.get(&server) {
            Some(room) => room.pass(passed),
            None => Passage::NoRoom,
        }
    }

    /// Asks the room of a server for something, if there is one.
    pub(crate) fn ask(&self, server: ServerId, request: Request) {
        if let Some(room) = read(self.shard(server)).get(&server) {
            room.request(request);
        }
    }

    /// Asks the room of a server to take a connection in, of which this was the place. The room begins
    /// as of then if it is the first. The answer is whether it is in.
    ///
    /// The room is asked while its place is held, so that it cannot end before it has seen this.
    pub(crate) fn enter(
        &self,
        host: &dyn Host,
        place: &MemberPlace,
        connection: &Arc<Connection>,
        welcome: Welcome,
    ) -> oneshot::Receiver<bool> {
        let (answer, entered) = oneshot::channel();
        let enter = Request::Enter(Enter {
            connection: Arc::clone(connection),
            place: place.clone(),
            is_new: welcome == Welcome::ByRoom,
            answer,
        });
        let server = place.server_id;
        let shard = self.shard(server);
        if let Some(room) = read(shard).get(&server) {
            room.request(enter);
            return entered;
        }
        let mut begun = None;
        let mut rooms = write(shard);
        let room = rooms.entry(server).or_insert_with(|| {
            let (room, owner) = Owner::new(place, self.bounds);
            begun = Some(owner);
            room
        });
        room.request(enter);
        drop(rooms);
        if let Some(owner) = begun {
            host.start(Effect::Run(Box::new(owner)));
        }
        entered
    }

    /// Asks the room of a server to let a connection go. The answer comes when it has.
    pub(crate) fn leave(
        &self,
        server: ServerId,
        connection: &Arc<Connection>,
    ) -> oneshot::Receiver<()> {
        let (done, left) = oneshot::channel();
        self.ask_to_leave(server, connection, Some(done));
        left
    }

    fn ask_to_leave(
        &self,
        server: ServerId,
        connection: &Arc<Connection>,
        done: Option<oneshot::Sender<()>>,
    ) {
        self.ask(server, Request::Leave(Arc::clone(connection), done));
    }

    /// The server is gone: its room is found no more, and tells who is in it.
    pub(crate) fn close(&self, server: ServerId) {
        let room = write(self.shard(server)).remove(&server);
        if let Some(room) = room {
            room.request(Request::Close);
        }
    }

    /// Ends a room unless something waits in its inbox. Whatever comes is put there while the place
    /// of the room is held, so that nothing is lost between the look and the end.
    pub(crate) fn end(&self, room: &Room, inbox: &Inbox) -> bool {
        let mut rooms = write(self.shard(room.server_id));
        let may_end = inbox.is_empty() && !room.is_behind();
        if may_end {
            take_out(&mut rooms, room);
        }
        may_end
    }

    /// A room is found no more.
    pub(crate) fn forget(&self, room: &Room) {
        take_out(&mut write(self.shard(room.server_id)), room);
    }

    /// Someone who is in these servers came, went or changed the status.
    pub(crate) fn mark_presence(&self, servers: &[ServerId]) {
        for server in servers {
            if let Some(room) = read(self.shard(*server)).get(server) {
                room.mark();
            }
        }
    }

    fn shard(&self, server: ServerId) -> &RwLock<Rooms> {
        // Ids are made in order of time, and only their lowest bits are those of a sequence.
        let place = self.hasher.hash_one(server) % SHARDS as u64;
        let [first, ..] = &self.rooms;
        let shard = usize::try_from(place).ok();
        shard.and_then(|it| self.rooms.get(it)).unwrap_or(first)
    }
}

fn read(shard: &RwLock<Rooms>) -> RwLockReadGuard<'_, Rooms> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &RwLock<Rooms>) -> RwLockWriteGuard<'_, Rooms> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}

/// Another room of the same server may stand there by now.
fn take_out(rooms: &mut Rooms, room: &Room) {
    let is_this = |found: &Arc<Room>| std::ptr::eq(Arc::as_ptr(found), room);
    if rooms.get(&room.server_id).is_some_and(is_this) {
        rooms.remove(&room.server_id);
    }
}
