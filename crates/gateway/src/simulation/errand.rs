//! What takes time beside the rooms, stage by stage: handshakes, readings, what a connection is
//! told. Told after the code that does it with a database.

use std::sync::Arc;

use battala_hub::recovery::ServerNow;
use battala_proto::Event;
use battala_proto::channels::{Channel, ChannelForMember, ChannelHead};
use battala_proto::events::{Head, ServerReads};
use battala_proto::id::{ChannelId, ServerId, UserId};
use battala_proto::sample;
use battala_socketio::Frame;
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

use super::entering::{Asked, Asking, Joining, Places, are_all_in, have_answered};
use super::world::World;
use crate::connection::{Connection, encode};
use crate::host::Host;
use crate::looks::Looks;
use crate::recovery::send_back;
use crate::room::{Found, Part, Reading, Request, Room, Seen, Told, Viewing};
use crate::state::View;
use crate::telling::What;

/// Looks at the servers of an account before it is given up.
pub(super) const LOOKS_MAX: usize = 3;

pub(super) enum Errand {
    Handshake {
        connection: Arc<Connection>,
        look: usize,
        looks: Looks,
        stage: Joining,
    },
    Tell {
        connection: Arc<Connection>,
        server: ServerId,
        stage: Telling,
    },
    Recheck {
        user: UserId,
        look: usize,
        stage: Rechecking,
    },
    Read {
        room: Arc<Room>,
        known: i64,
        stage: Looking,
    },
    /// Everything is compared with what is stored.
    Compare,
}

pub(super) enum Telling {
    Structure,
    Reads,
    /// It was no member, and is in the room.
    Again,
    See(Whole),
    Seeing(Whole, Receiver<Seen>),
    Queue(Whole, View),
    Queued(Receiver<Told>),
    Heads,
    /// What it is told, and what the room learns.
    Deliver(Vec<ChannelHead>, Vec<Head>),
}

pub(super) enum Rechecking {
    Look,
    Enter(Places),
    Entering(Asked, Vec<Arc<Connection>>),
}

pub(super) enum Looking {
    Ask,
    Asked(Vec<UserId>),
    Found(Vec<UserId>, Option<Box<ServerNow>>),
}

/// The structure of a server as it was read.
pub(super) struct Whole {
    pub(super) epoch: i64,
    pub(super) structure_rev: i64,
    pub(super) rights_version: i64,
    pub(super) channels: Vec<ChannelId>,
}

fn state_of(server: ServerId, whole: &Whole, view: &View) -> Frame {
    let state = sample::events().into_iter().find_map(|event| match event {
        Event::ServerState(state) => Some(state),
        _ => None,
    });
    let mut state = state.unwrap();
    (state.server.id, state.structure_rev) = (server, whole.structure_rev);
    (state.epoch, state.server.epoch) = (whole.epoch, whole.epoch);
    let sample = state.channels.remove(0).channel;
    let sees = |id: &&ChannelId| view.rights.sees(&view.class, **id);
    let seen = whole.channels.iter().filter(sees);
    let channel = |id: &ChannelId| ChannelForMember {
        channel: Channel {
            id: *id,
            ..sample.clone()
        },
        permissions: view.rights.bits_of(&view.class, *id),
    };
    state.channels = seen.map(channel).collect();
    state.permissions = view.class.here;
    encode(&Event::ServerState(state)).unwrap()
}

impl Telling {
    /// Whether it has not begun.
    fn is_due(&self) -> bool {
        matches!(self, Self::Structure | Self::Reads)
    }
}

impl Errand {
    pub(super) fn recheck(user: UserId) -> Self {
        Self::Recheck {
            user,
            look: 1,
            stage: Rechecking::Look,
        }
    }

    /// Whether it waits for the answer of a room, perhaps for that of another errand.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(
            self,
            Self::Handshake {
                stage: Joining::Entering(..) | Joining::Leaving(..),
                ..
            } | Self::Tell {
                stage: Telling::Structure
                    | Telling::Reads
                    | Telling::Seeing(..)
                    | Telling::Queued(_),
                ..
            } | Self::Recheck {
                stage: Rechecking::Entering(..),
                ..
            }
        )
    }
}

impl World {
    /// Goes on with an errand; what is left of it, if it is not over.
    pub(super) fn advance(&mut self, errand: Errand) -> Option<Errand> {
        match errand {
            Errand::Handshake { ref connection, .. } | Errand::Tell { ref connection, .. }
                if !connection.is_attached() =>
            {
                None
            }
            Errand::Handshake {
                connection,
                look,
                looks,
                stage,
            } => self.join(&connection, (look, looks), stage),
            Errand::Tell {
                connection,
                server,
                stage,
            } => {
                let stage = self.tell(&connection, server, stage)?;
                Some(Errand::Tell {
                    connection,
                    server,
                    stage,
                })
            }
            Errand::Recheck { user, look, stage } => self.recheck(user, look, stage),
            Errand::Read { room, known, stage } => {
                let stage = self.look(&room, known, stage)?;
                Some(Errand::Read { room, known, stage })
            }
            Errand::Compare => {
                self.compare_all();
                None
            }
        }
    }

    pub(super) fn welcome(&mut self, connection: &Arc<Connection>, server: ServerId) {
        self.begin_telling(connection, server, What::Structure);
    }

    pub(super) fn begin_telling(
        &mut self,
        connection: &Arc<Connection>,
        server: ServerId,
        what: What,
    ) {
        self.errands.push(Errand::Tell {
            connection: Arc::clone(connection),
            server,
            stage: match what {
                What::Structure => Telling::Structure,
                What::Reads => Telling::Reads,
            },
        });
    }

    fn tell(
        &mut self,
        connection: &Arc<Connection>,
        id: ServerId,
        stage: Telling,
    ) -> Option<Telling> {
        if stage.is_due() && self.is_telling(connection) {
            return Some(stage);
        }
        let server = &self.stored.servers[&id];
        let is_member = server.members.contains_key(&connection.user_id);
        Some(match stage {
            Telling::Structure if is_member => Telling::See(server.whole()),
            Telling::Reads => Telling::Heads,
            Telling::Heads if is_member => {
                Telling::Deliver(server.heads_seen_by(connection.user_id), server.heads())
            }
            Telling::Structure | Telling::Heads if connection.is_in(id) => {
                self.host.directory().room(id)?.request(Request::Reload);
                Telling::Again
            }
            Telling::Again if connection.is_in(id) && !is_member => Telling::Again,
            Telling::Again => Telling::Structure,
            // The removal says so, or has said it.
            Telling::Structure | Telling::Heads => return None,
            Telling::See(whole) => {
                let room = self.host.directory().room(id)?;
                let (answer, seeing) = tokio::sync::oneshot::channel();
                room.request(Request::View(Viewing {
                    socket: connection.socket.id(),
                    epoch: whole.epoch,
                    answer,
                }));
                Telling::Seeing(whole, seeing)
            }
            Telling::Seeing(whole, mut seeing) => match seeing.try_recv() {
                Err(TryRecvError::Empty) => Telling::Seeing(whole, seeing),
                Ok(Seen::Gone) | Err(TryRecvError::Closed) => return None,
                Ok(Seen::Unread) => return self.owe(connection, id),
                Ok(Seen::By(view)) if view.rights.rights_version() > whole.rights_version => {
                    Telling::Structure
                }
                Ok(Seen::By(view)) => Telling::Queue(whole, view),
            },
            Telling::Queue(whole, view) => {
                let room = self.host.directory().room(id)?;
                let (answer, told) = tokio::sync::oneshot::channel();
                room.request(Request::Part(Box::new(Part {
                    socket: connection.socket.id(),
                    frame: state_of(id, &whole, &view),
                    read_at: (whole.structure_rev, whole.rights_version),
                    class: view.class,
                    is_together: false,
                    answer,
                })));
                Telling::Queued(told)
            }
            Telling::Queued(mut told) => match told.try_recv() {
                Err(TryRecvError::Empty) => Telling::Queued(told),
                Ok(Told::Sent) => Telling::Heads,
                Ok(Told::Late(_)) => Telling::Structure,
                Ok(Told::Unread) => return self.owe(connection, id),
                Ok(Told::Gone) | Err(TryRecvError::Closed) => return None,
            },
            Telling::Deliver(channels, learned) => {
                let reads = ServerReads {
                    server_id: id,
                    channels,
                };
                connection.emit_of(id, &encode(&Event::ServerReads(reads)).unwrap());
                let room = self.host.directory().room(id)?;
                room.request(Request::Learn(connection.socket.id(), learned));
                return None;
            }
        })
    }

    /// It is tried again when time has passed.
    fn owe(&mut self, connection: &Arc<Connection>, server: ServerId) -> Option<Telling> {
        self.owed.push(Errand::Tell {
            connection: Arc::clone(connection),
            server,
            stage: Telling::Structure,
        });
        None
    }

    /// A connection is told one structure at a time.
    fn is_telling(&self, connection: &Arc<Connection>) -> bool {
        self.errands.iter().any(|errand| match errand {
            Errand::Tell {
                connection: other,
                stage,
                ..
            } => {
                let is_waiting = stage.is_due() || matches!(stage, Telling::Again);
                !is_waiting && Arc::ptr_eq(other, connection)
            }
            _ => false,
        })
    }

    fn recheck(&mut self, user: UserId, look: usize, stage: Rechecking) -> Option<Errand> {
        let stage = match stage {
            Rechecking::Look => Rechecking::Enter(self.stored.places_of(user)),
            Rechecking::Enter(places) => {
                let connections = self.host.directory().of_account(user);
                let asked = connections.iter();
                let asked = asked.flat_map(|it| self.ask_to_enter(it, &places));
                Rechecking::Entering(asked.collect(), connections)
            }
            Rechecking::Entering(mut asked, connections) => {
                if have_answered(&mut asked) {
                    return self.rechecked((user, look), &asked, &connections);
                }
                Rechecking::Entering(asked, connections)
            }
        };
        Some(Errand::Recheck { user, look, stage })
    }

    fn rechecked(
        &mut self,
        (user, look): (UserId, usize),
        asked: &[Asking],
        connections: &[Arc<Connection>],
    ) -> Option<Errand> {
        for it in asked.iter().filter(|it| it.answer == Some(true)) {
            self.welcome(&it.connection, it.server);
        }
        if are_all_in(asked) {
            return None;
        }
        if look == LOOKS_MAX {
            send_back(connections);
            return None;
        }
        Some(Errand::Recheck {
            user,
            look: look + 1,
            stage: Rechecking::Look,
        })
    }

    fn look(&mut self, room: &Arc<Room>, known: i64, stage: Looking) -> Option<Looking> {
        Some(match stage {
            Looking::Ask => {
                let mut asked = self.host.directory().accounts();
                asked.sort_unstable();
                Looking::Asked(asked)
            }
            // It fails now and then, and is tried again.
            Looking::Asked(_) if self.is_away() => Looking::Ask,
            Looking::Asked(asked) => {
                let now = self.stored.now(room.server_id, known, &asked);
                Looking::Found(asked, now.map(Box::new))
            }
            Looking::Found(asked, now) => {
                let found = match now {
                    None => Found::Gone,
                    Some(_) if self.is_out_of_patience() => Found::Unreadable,
                    Some(_) if self.is_spoilt() => Found::Broken,
                    Some(now) => Found::Now(*now),
                };
                room.request(Request::Read(Box::new(Reading { asked, found })));
                return None;
            }
        })
    }
}
