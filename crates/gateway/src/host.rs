//! What the dispatcher and the rooms need of the gateway around them, and what they have it do.
//!
//! A step of theirs waits for nothing. Whatever takes time runs beside them as an [`Effect`], and
//! what it brings comes back to the room as a request. So the same steps run within the gateway
//! and, one by one, in the simulation.

use std::sync::Arc;

use battala_hub::access::{Actor, ListMembers};
use battala_hub::presence::Presence;
use battala_hub::{Result, members};
use battala_proto::id::{ServerId, UserId};
use battala_proto::members::Member;
use tokio::time::Instant;

use crate::connection::Connection;
use crate::directory::Directory;
use crate::doubts::Doubts;
use crate::room::{Owner, Request, Room};
use crate::telling::What;
use crate::untaken::Untaken;
use crate::{Gateway, recovery, state};

/// What surrounds the dispatcher and the rooms.
pub(crate) trait Host {
    fn directory(&self) -> &Directory;
    fn doubts(&self) -> &Doubts;
    fn presence(&self) -> &Presence;
    fn untaken(&self) -> &Untaken;

    fn now(&self) -> Instant;
    /// The time of day, by which timeouts end; Unix milliseconds.
    fn wall(&self) -> i64;

    /// Begins something that takes time, and returns at once.
    fn start(&self, effect: Effect);
}

/// What takes time.
pub(crate) enum Effect {
    /// A room has begun, and is to be run until it ends.
    Run(Box<Owner>),
    /// Read where the server of a room stands, as of which this epoch is known.
    Read { room: Arc<Room>, known: i64 },
    /// Read the members of a room for its live list.
    ReadMembers(Arc<Room>),
    /// Send a new member's connection the server.
    Welcome(Arc<Connection>, ServerId),
    /// Send these what is said here of a server, as it is when they can take it.
    Tell(Vec<Arc<Connection>>, ServerId, What),
    /// An account has joined a server, and no notice lets its connections in: there is no room yet, or
    /// the room's order is past it.
    /// Where there was no room, the server stands here: no removal will have been told there.
    RecheckAccount(UserId, Option<ServerId>),
    /// Notices were missed, and nobody knows which.
    CompareAll,
}

impl Host for Gateway {
    fn directory(&self) -> &Directory {
        self.directory()
    }

    fn doubts(&self) -> &Doubts {
        self.doubts()
    }

    fn presence(&self) -> &Presence {
        self.hub().presence()
    }

    fn untaken(&self) -> &Untaken {
        self.untaken()
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> i64 {
        self.hub().now()
    }

    fn start(&self, effect: Effect) {
        let gateway = self.clone();
        match effect {
            Effect::Run(owner) => self.run(owner.run(gateway)),
            Effect::Read { room, known } => {
                let owed = Owed::new(&room, Request::Read(Box::default()));
                self.run(async move {
                    recovery::read_until_known(&gateway, &room, known).await;
                    owed.end();
                });
            }
            Effect::ReadMembers(room) => {
                let owed = Owed::new(&room, Request::MembersRead(None));
                self.run(async move {
                    read_members(&gateway, &room).await;
                    owed.end();
                });
            }
            Effect::Welcome(connection, server) => {
                self.run(async move { state::send_all(&gateway, &connection, &[server]).await });
            }
            Effect::Tell(connections, server, what) => {
                for connection in connections {
                    recovery::tell(self, &connection, vec![server], what);
                }
            }
            Effect::RecheckAccount(user, began_in) => self.run(async move {
                // Who comes meanwhile is entered by its own handshake.
                let connections = gateway.directory().of_account(user);
                recovery::recheck_accounts(&gateway, &[user]).await;
                for connection in connections {
                    recovery::tell_removed(&connection, began_in);
                }
            }),
            Effect::CompareAll => recovery::fell_behind(self),
        }
    }
}

/// What a room is answered by a reading that ended without an answer, by a fault: it would wait for ever.
struct Owed {
    room: Arc<Room>,
    answer: Option<Request>,
}

impl Owed {
    fn new(room: &Arc<Room>, answer: Request) -> Self {
        let (room, answer) = (Arc::clone(room), Some(answer));
        Self { room, answer }
    }

    fn end(mut self) {
        self.answer = None;
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            self.room.request(answer);
        }
    }
}

/// For this very room: another one that follows it has to know what has changed since its own
/// reading began.
async fn read_members(gateway: &Gateway, room: &Room) {
    let members = load_members(gateway, room.server_id).await;
    let members = members.inspect_err(battala_hub::Error::log_if_internal);
    room.request(Request::MembersRead(members.ok()));
}

async fn load_members(gateway: &Gateway, server: ServerId) -> Result<Vec<Member>> {
    let can = gateway
        .hub()
        .authorize::<ListMembers>(Actor::Operator, server)
        .await?;
    members::all(gateway.hub(), &can).await
}

#[cfg(test)]
mod tests {
    use battala_hub::access::structure::{Membership, Parts, Structure};
    use battala_hub::bus::Counters;
    use battala_hub::members::MemberPlace;

    use super::*;
    use crate::room::{Bounds, Message};

    fn place() -> MemberPlace {
        let (server_id, owner_id) = (ServerId::from_raw(1), UserId::from_raw(1));
        let parts = Parts {
            server_id,
            owner_id,
            rights_version: 1,
            roles: Vec::new(),
            channels: Vec::new(),
            overwrites: Vec::new(),
        };
        MemberPlace {
            server_id,
            counters: Counters {
                epoch: 1,
                structure_rev: 1,
                rights_version: 1,
            },
            structure: Arc::new(Structure::from(parts)),
            membership: Membership::begun(owner_id, 1),
        }
    }

    #[test]
    fn a_reading_that_ends_by_a_fault_is_answered() {
        let (room, mut owner) = Owner::new(&place(), Bounds::default());
        drop(Owed::new(&room, Request::MembersRead(None)));
        Owed::new(&room, Request::MembersRead(None)).end();
        let answered = owner.inbox.try_next(true);
        assert!(matches!(
            answered,
            Some(Message::Request(Request::MembersRead(None)))
        ));
        assert!(owner.inbox.try_next(true).is_none(), "once");
    }
}
