//! The room of one server: one task owns its state, and this is how others reach it.
//!
//! What the bus says comes through an inbox of bounded size, and whoever passes it on never waits:
//! a room whose inbox is full has missed something, and reads anew what its server has come to.
//! Connections ask by requests, of which each has a few under way at most. Nobody else touches what
//! a room holds. A few numbers, and which channels there are, may be read at any time, without asking.
//!
//! Knows no order of notices and no audience: its [`Owner`] does.

mod concern;
mod early;
mod entering;
mod handing_out;
mod heads;
mod merge;
mod owner;
mod rights;
mod seats;
mod watching;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_hub::access::structure::{Class, Structure};
use battala_hub::bus::Notice;
use battala_hub::members::MemberPlace;
use battala_hub::recovery::ServerNow;
use battala_hub::sweep::Mark;
use battala_proto::Hint;
use battala_proto::commands::{RowRange, WatchedChannel};
use battala_proto::events::Head;
use battala_proto::id::{ChannelId, ServerId, UserId};
use battala_proto::members::Member;
use battala_proto::users::PublicUser;
use battala_socketio::{Frame, SocketId};
use tokio::sync::{mpsc, oneshot};

use crate::connection::Connection;
use crate::state::{StateFrame, View};

pub(crate) use owner::{Life, Owner};

/// How much waits in a room at most.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// What was passed on and waits for its turn.
    pub(crate) inbox: usize,
    /// Notices that wait for what they follow.
    pub(crate) held: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            inbox: 1024,
            held: 8 * 1024,
        }
    }
}

/// A server with at least one connection here, as others see it.
pub(crate) struct Room {
    pub(crate) server_id: ServerId,
    passed: mpsc::Sender<Passed>,
    requests: mpsc::UnboundedSender<Request>,
    state_frame: StateFrame,
    /// The structure that has been applied.
    structure_rev: AtomicI64,
    /// What decides rights, as it has been applied.
    rights: Mutex<Arc<Structure>>,
    /// Something was not passed on because the inbox was full.
    is_behind: AtomicBool,
    /// Someone in it came, went or changed the status.
    is_marked: AtomicBool,
    /// There is something to look after by the clock.
    wants_look: AtomicBool,
    /// The [`Due`] look that waits for its turn.
    look_due: AtomicU8,
}

/// A look at what goes by the clock. Of two that are due the greater one contains the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Due {
    Nothing,
    Look,
    /// With heads for those who listen to a list and watch something here.
    Heads,
    /// For all who listen to a list.
    SlowHeads,
    /// With heads for everyone.
    Beacon,
}

impl Due {
    fn of(number: u8) -> Self {
        let all = [Self::Nothing, Self::Look, Self::Heads, Self::SlowHeads];
        let found = all.into_iter().find(|due| *due as u8 == number);
        found.unwrap_or(Self::Beacon)
    }
}

/// What the dispatcher passes on.
pub(crate) enum Passed {
    Notice(Arc<Notice>),
    Shared(Arc<Shared>),
    /// To who hears the channel.
    Hint(ChannelId, Arc<Hint>),
}

/// What connections of several rooms are told once.
pub(crate) struct Shared {
    frame: Frame,
    /// Whose profile it is.
    profile: Option<PublicUser>,
    /// Who was told, by whichever room came first; `None` where there is only one.
    told: Option<Mutex<HashSet<SocketId>>>,
}

/// What became of something that was to be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    Taken,
    /// Nobody here is in the server.
    NoRoom,
    /// The room has no place for it.
    Full,
}

/// What others ask of a room.
pub(crate) enum Request {
    Enter(Enter),
    /// Said when it is done, if somebody wants to know.
    Leave(Arc<Connection>, Option<oneshot::Sender<()>>),
    /// A connection was told how far channels have come.
    Learn(SocketId, Vec<Head>),
    View(Viewing),
    Part(Box<Part>),
    Watch(Watch),
    /// Watch these ranges of the member list.
    Subscribe(Arc<Connection>, Vec<RowRange>),
    /// The members, unless they could not be read.
    MembersRead(Option<Vec<Member>>),
    /// It is time to look after what goes by the clock; how much of it, the room says.
    Look,
    /// The database had come as far as this some time ago.
    Compare(Mark),
    /// Something may have been missed.
    Reload,
    /// Who became a member by changes that found no place, and at which epochs.
    JoinsMissed(Vec<(i64, UserId)>),
    /// What the reading brought.
    Read(Box<Reading>),
    /// The server is gone.
    Close,
    /// The step fails.
    #[cfg(test)]
    Fault,
}

/// A connection wants to be in the room.
pub(crate) struct Enter {
    pub(crate) connection: Arc<Connection>,
    /// Where it stood at some moment.
    pub(crate) place: MemberPlace,
    /// Nobody else sends it the server.
    pub(crate) is_new: bool,
    /// Whether it is in: `false` if its membership may have moved since.
    pub(crate) answer: oneshot::Sender<bool>,
}

/// A connection wants to know by what it sees the server.
pub(crate) struct Viewing {
    pub(crate) socket: SocketId,
    /// At this epoch, or a later one.
    pub(crate) epoch: i64,
    pub(crate) answer: oneshot::Sender<Seen>,
}

/// By what a connection sees the server.
pub(crate) enum Seen {
    By(View),
    /// The room cannot be read, and has not come so far.
    Unread,
    /// The connection is not in the room any more.
    Gone,
}

/// A connection watches these channels from now on and no others here, as far as they are the server's and
/// it sees them.
pub(crate) struct Watch {
    pub(crate) socket: SocketId,
    pub(crate) channels: Arc<[ChannelId]>,
    /// It begins so, and names them by no command.
    pub(crate) is_first: bool,
    pub(crate) answer: oneshot::Sender<Watched>,
}

/// What a connection watches.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    pub(crate) channels: Vec<WatchedChannel>,
    /// How many of them it did not watch before.
    pub(crate) new: usize,
}

/// A part of the structure on its way to a connection of the room.
pub(crate) struct Part {
    pub(crate) socket: SocketId,
    pub(crate) frame: Frame,
    /// The `structure_rev` that it was read at, and the version of the rights.
    pub(crate) read_at: (i64, i64),
    /// The class that it was encoded for.
    pub(crate) class: Class,
    /// It leaves with what follows; whoever sends it lets it go.
    pub(crate) is_together: bool,
    pub(crate) answer: oneshot::Sender<Told>,
}

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Sent,
    /// A change was delivered meanwhile: it has to be read at this structure and version of the rights at
    /// least, and as the connection sees it now.
    Late((i64, i64)),
    /// The room cannot be read, and has not come so far.
    Unread,
    /// The connection is not in the room any more.
    Gone,
}

/// A reading of where the server stands.
#[derive(Default)]
pub(crate) struct Reading {
    /// Whose membership was asked for.
    pub(crate) asked: Vec<UserId>,
    pub(crate) found: Found,
}

#[derive(Default)]
pub(crate) enum Found {
    Now(ServerNow),
    /// The server is not there any more.
    Gone,
    /// The database was away for as long as there was patience.
    Unreadable,
    /// What is stored cannot be read.
    #[default]
    Broken,
}

/// The receiving side of a room.
pub(crate) struct Inbox {
    passed: mpsc::Receiver<Passed>,
    requests: mpsc::UnboundedReceiver<Request>,
}

/// What a room takes a step for.
pub(crate) enum Message {
    Passed(Passed),
    Request(Request),
}

impl Room {
    fn new(place: &MemberPlace, inbox_max: usize) -> (Arc<Self>, Inbox) {
        let (passed, passed_on) = mpsc::channel(inbox_max);
        let (requests, requested) = mpsc::unbounded_channel();
        let room = Self {
            server_id: place.server_id,
            passed,
            requests,
            state_frame: StateFrame::default(),
            structure_rev: AtomicI64::new(place.counters.structure_rev),
            rights: Mutex::new(Arc::clone(&place.structure)),
            is_behind: AtomicBool::new(false),
            is_marked: AtomicBool::new(false),
            wants_look: AtomicBool::new(true),
            look_due: AtomicU8::new(Due::Nothing as u8),
        };
        let inbox = Inbox {
            passed: passed_on,
            requests: requested,
        };
        (Arc::new(room), inbox)
    }

    /// Passes something on, and waits for nothing. A room that has no place for it is behind. A hint
    /// is dropped while more than a quarter of the inbox is taken, and nobody misses it.
    pub(crate) fn pass(&self, passed: Passed) -> Passage {
        let is_hint = matches!(passed, Passed::Hint(..));
        if is_hint && self.passed.capacity() < self.passed.max_capacity() / 4 * 3 {
            return Passage::Full;
        }
        if self.passed.try_send(passed).is_ok() {
            return Passage::Taken;
        }
        if !is_hint {
            self.is_behind.store(true, Ordering::Release);
        }
        Passage::Full
    }

    /// Asks for something. A room that has ended drops it, and with it whoever waits for an answer.
    pub(crate) fn request(&self, request: Request) {
        // An error means just that.
        let _ = self.requests.send(request);
    }

    /// The structure that has been applied.
    pub(crate) fn structure_rev(&self) -> i64 {
        self.structure_rev.load(Ordering::Acquire)
    }

    fn set_applied(&self, structure_rev: i64) {
        self.structure_rev.store(structure_rev, Ordering::Release);
    }

    /// Whether one of these channels is the server's, by what has been applied.
    pub(crate) fn has_any(&self, channels: &[ChannelId]) -> bool {
        let rights = Arc::clone(&self.rights());
        channels.iter().any(|id| rights.has(*id))
    }

    fn set_rights(&self, rights: &Arc<Structure>) {
        *self.rights() = Arc::clone(rights);
    }

    fn rights(&self) -> MutexGuard<'_, Arc<Structure>> {
        self.rights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Acquire)
    }

    /// Someone came, went or changed the status.
    pub(crate) fn mark(&self) {
        self.is_marked.store(true, Ordering::Release);
    }

    /// Has the room look after what goes by the clock, where there is anything: also a loss that was
    /// noted when the room had taken its last step already.
    pub(crate) fn look(&self, due: Due) {
        if !self.wants_look.load(Ordering::Acquire) && !self.is_behind() {
            return;
        }
        // A look that waits already is for this, too.
        let waiting = self.look_due.fetch_max(due as u8, Ordering::AcqRel);
        if waiting == Due::Nothing as u8 {
            self.request(Request::Look);
        }
    }

    /// Takes the look that was due.
    fn take_look(&self) -> Due {
        Due::of(self.look_due.swap(Due::Nothing as u8, Ordering::AcqRel))
    }

    pub(crate) fn state_frame(&self) -> &StateFrame {
        &self.state_frame
    }
}

impl Shared {
    /// `is_shared`: more than one room is told.
    pub(crate) fn new(frame: Frame, profile: Option<PublicUser>, is_shared: bool) -> Self {
        Self {
            frame,
            profile,
            told: is_shared.then(Mutex::default),
        }
    }

    /// Whether nobody has told the socket yet; from now on somebody has.
    fn is_first(&self, socket: SocketId) -> bool {
        self.told.as_ref().is_none_or(|told| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.insert(socket)
        })
    }
}

impl Inbox {
    async fn next(&mut self) -> Option<Message> {
        tokio::select! {
            Some(request) = self.requests.recv() => Some(Message::Request(request)),
            Some(passed) = self.passed.recv() => Some(Message::Passed(passed)),
            else => None,
        }
    }

    /// The next request, or what was passed on next: the two come in any order.
    #[cfg(test)]
    pub(crate) fn try_next(&mut self, is_request: bool) -> Option<Message> {
        if is_request {
            return self.requests.try_recv().ok().map(Message::Request);
        }
        self.passed.try_recv().ok().map(Message::Passed)
    }

    /// Whether nothing waits for its turn.
    pub(crate) fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.passed.is_empty()
    }
}

#[cfg(test)]
mod tests;
