//! The event bus of one process: what commits tell the gateway.
//!
//! Events leave with the commit of their unit of work, never before and never without it. The bus
//! is bounded; a gateway that falls behind is told so and reads what it missed from the database,
//! so nothing is correct only because an event arrived. Hints are a type of their own: they need no
//! commit, nothing waits for them, and they are dropped where there is much to do.

use std::sync::Arc;

use battala_proto::channels::Channel;
use battala_proto::events::{EndReason, RemovalReason};
use battala_proto::id::{ChannelId, ServerId, SessionId, UserId};
use battala_proto::members::Member;
use battala_proto::users::Me;
use battala_proto::{Event, Hint};
pub use battala_store::tables::servers::Counters;
use tokio::sync::broadcast;

use crate::access::structure::{Membership, Structure};

/// Notices that wait for the gateway at most; at the highest rate measured this is seconds.
const CAPACITY: usize = 8192;

/// Notices that wait at which a hint is dropped: what is left is for what commits say, since a
/// gateway that falls behind reads everything anew.
const HINTS_MAX: usize = CAPACITY / 4;

/// Who receives an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everyone who is connected.
    Hub,
    /// The members of a server.
    Server(ServerId),
    /// The members of several servers, each connection once.
    Servers(Vec<ServerId>),
    /// Those who can see a channel.
    Channel(ServerId, ChannelId),
    /// The connections of an account.
    User(UserId),
}

/// Who receives a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintTo {
    /// Those who can see a channel.
    Channel(ServerId, ChannelId),
    /// The connections of an account.
    User(UserId),
}

/// What a commit tells the gateway. It is true for good: nothing here may get lost for ever.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Tell these clients.
    Event(Audience, Event),
    /// Tell these clients unless they were told before: an earlier try has committed it, and nobody
    /// knows what became of its notice.
    Repeated(Audience, Event),
    /// These would have left with a commit whose answer was lost. It may have happened, or happen in
    /// a moment: whatever they concern is to be read anew.
    InDoubt(Vec<Notice>),
    /// A server's structure, rights or members have changed: all that one commit changed there.
    Structure(StructureChange),
    /// An account changed; connections keep a copy of it.
    UserChanged(Arc<Me>),
    /// Sessions have ended; their connections end with them.
    SessionsEnded {
        /// The account that they belong to.
        user_id: UserId,
        /// The sessions.
        sessions: Vec<SessionId>,
        /// Why.
        reason: EndReason,
    },
}

/// What one commit changed in a server's structure, rights and members, at one epoch. Every epoch
/// has exactly one: also a commit that has nothing to tell is followed by others.
#[derive(Debug, Clone)]
pub struct StructureChange {
    /// The server.
    pub server_id: ServerId,
    /// Its counters after the change.
    pub counters: Counters,
    /// What changed. A gateway applies first what ends, then what decides rights, then the rest, each in
    /// this order.
    pub changes: Vec<Change>,
    /// What decides rights from this change on, where it moved that.
    pub rights: Option<NewRights>,
}

/// What a change leads to that moved what decides rights: nobody has to read it, and it is of exactly the
/// counters of the change.
#[derive(Debug, Clone)]
pub struct NewRights {
    /// What decides rights.
    pub structure: Arc<Structure>,
    /// All channels of the server, by position.
    pub channels: Arc<[Channel]>,
}

/// A part of a [`StructureChange`].
#[derive(Debug, Clone)]
pub enum Change {
    /// Tell these clients.
    Event(Audience, Event),
    /// A user is a member from now on, and so.
    MemberJoined(Member, Membership),
    /// A membership is another from now on: its roles, or its timeout.
    MemberChanged(Membership),
    /// A user is no longer a member.
    MemberRemoved {
        /// Who.
        user_id: UserId,
        /// Why.
        reason: RemovalReason,
    },
    /// The server is gone.
    Deleted,
}

impl Change {
    /// The membership that begins with it.
    pub fn joined(&self) -> Option<&Membership> {
        match self {
            Self::MemberJoined(_, membership) => Some(membership),
            Self::Event(..)
            | Self::MemberChanged(_)
            | Self::MemberRemoved { .. }
            | Self::Deleted => None,
        }
    }
}

/// What the bus carries. Outside of the hub it can be looked at and handed on, and not be made.
#[derive(Debug, Clone)]
pub enum Carried {
    /// What a commit tells.
    #[non_exhaustive]
    Notice {
        /// It.
        notice: Arc<Notice>,
    },
    /// Tell these clients what is never stored, and harmless to lose.
    #[non_exhaustive]
    Hint {
        /// Whom.
        to: HintTo,
        /// What.
        hint: Arc<Hint>,
    },
}

/// The sending side, held by the hub.
#[derive(Clone)]
pub struct Bus(broadcast::Sender<Carried>);

impl Bus {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }

    /// Hands a notice to every gateway of the process. Without one it is dropped.
    pub(crate) fn publish(&self, notice: Notice) {
        let notice = Arc::new(notice);
        self.hand_on(Carried::Notice { notice });
    }

    /// Hands a hint to every gateway of the process, unless one has much to do.
    pub(crate) fn hint(&self, to: HintTo, hint: Hint) {
        let hint = Arc::new(hint);
        self.hand_on(Carried::Hint { to, hint });
    }

    /// Hands on what the bus of another process has carried.
    pub fn hand_on(&self, carried: Carried) {
        if matches!(carried, Carried::Hint { .. }) && self.0.len() > HINTS_MAX {
            return;
        }
        // An error means that nobody listens, which is so in tests of use cases and at shutdown.
        let _ = self.0.send(carried);
    }

    /// Receives everything from now on, what commits tell in their order.
    pub fn subscribe(&self) -> broadcast::Receiver<Carried> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_proto::hints::PresenceUpdated;
    use battala_proto::members::ChosenStatus;

    fn hint(bus: &Bus) {
        let status = ChosenStatus::Online;
        let hint = Hint::PresenceUpdated(PresenceUpdated { status });
        bus.hint(HintTo::User(UserId::from_raw(1)), hint);
    }

    #[test]
    fn hints_take_a_quarter_of_the_bus_at_most_and_what_commits_say_takes_all() {
        let bus = Bus::new();
        let mut notices = bus.subscribe();
        for _ in 0..CAPACITY {
            hint(&bus);
        }
        assert_eq!(notices.len(), HINTS_MAX + 1);
        while notices.len() < CAPACITY {
            bus.publish(Notice::InDoubt(Vec::new()));
            hint(&bus);
        }
        let mut hints = 0;
        while let Ok(carried) = notices.try_recv() {
            hints += usize::from(matches!(carried, Carried::Hint { .. }));
        }
        assert_eq!(hints, HINTS_MAX + 1);
        hint(&bus);
        assert_eq!(notices.len(), 1, "there is room again");
    }
}
