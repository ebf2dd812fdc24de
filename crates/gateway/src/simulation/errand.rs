//! What takes time beside the rooms, stage by stage: handshakes, readings, what a connection is
//! told. Told after the code that does it with a database.

use std::sync::Arc;

use battala_hub::bus::Counters;
use battala_hub::recovery::ServerNow;
use battala_proto::Event;
use battala_proto::events::{Head, Heads};
use battala_proto::id::{ServerId, UserId};
use battala_proto::sample;
use battala_socketio::Frame;
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

use super::world::World;
use crate::connection::{Connection, encode};
use crate::directory::Welcome;
use crate::host::Host;
use crate::looks::{Looks, Verdict};
use crate::recovery::send_back;
use crate::room::{Found, Part, Reading, Request, Room, Told};

/// Looks at the servers of an account before it is given up.
const LOOKS_MAX: usize = 3;

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

type Places = Vec<(ServerId, Counters)>;
type Asked = Vec<Asking>;

pub(super) enum Joining {
    List,
    Entering(Places, Asked),
    LookAgain(Places, bool),
    Leaving(Places, Verdict, Vec<Receiver<()>>),
}

pub(super) enum Telling {
    Structure,
    /// It was no member, and is in the room.
    Again,
    Queue(i64),
    Queued(Receiver<Told>),
    Heads,
    Deliver(Vec<Head>),
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

/// A room that was asked to let a connection in, and its answer.
pub(super) struct Asking {
    connection: Arc<Connection>,
    server: ServerId,
    waiting: Receiver<bool>,
    answer: Option<bool>,
}

/// Whether all rooms have answered.
fn have_answered(asked: &mut [Asking]) -> bool {
    for asking in asked.iter_mut().filter(|it| it.answer.is_none()) {
        asking.answer = match asking.waiting.try_recv() {
            Ok(is_in) => Some(is_in),
            Err(TryRecvError::Closed) => Some(false),
            Err(TryRecvError::Empty) => None,
        };
    }
    asked.iter().all(|it| it.answer.is_some())
}

fn are_all_in(asked: &[Asking]) -> bool {
    asked.iter().all(|it| it.answer == Some(true))
}

fn state_of(server: ServerId, rev: i64) -> Frame {
    let state = sample::events().into_iter().find_map(|event| match event {
        Event::ServerState(state) => Some(state),
        _ => None,
    });
    let mut state = state.unwrap();
    (state.server.id, state.structure_rev) = (server, rev);
    encode(&Event::ServerState(state)).unwrap()
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

    fn ask_to_enter(&self, connection: &Arc<Connection>, places: &Places) -> Asked {
        let directory = self.host.directory();
        let mut asked = Vec::new();
        for place in places {
            if !connection.is_in(place.0) {
                let answer = directory.enter(&self.host, *place, connection, Welcome::ByCaller);
                asked.push(Asking {
                    connection: Arc::clone(connection),
                    server: place.0,
                    waiting: answer,
                    answer: None,
                });
            }
        }
        asked
    }

    fn join(
        &mut self,
        connection: &Arc<Connection>,
        (look, mut looks): (usize, Looks),
        stage: Joining,
    ) -> Option<Errand> {
        let directory = self.host.directory();
        let stage = match stage {
            Joining::List => {
                let listed = self.stored.servers_of(connection.user_id);
                let entering = self.ask_to_enter(connection, &listed);
                Joining::Entering(listed, entering)
            }
            Joining::Entering(listed, mut entering) => {
                if have_answered(&mut entering) {
                    Joining::LookAgain(listed, are_all_in(&entering))
                } else {
                    Joining::Entering(listed, entering)
                }
            }
            Joining::LookAgain(listed, is_entered) => {
                if !self.stored.sessions.contains_key(&connection.session_id) {
                    self.hang_up(connection);
                    return None;
                }
                let ids = |places: &Places| places.iter().map(|(id, _)| *id).collect::<Vec<_>>();
                let current = ids(&self.stored.servers_of(connection.user_id));
                let (gone, verdict) = looks.compare(&ids(&listed), is_entered, &current);
                let gone = gone.into_iter();
                let gone = gone.map(|id| directory.leave(id, connection)).collect();
                Joining::Leaving(listed, verdict, gone)
            }
            Joining::Leaving(listed, verdict, mut gone) => {
                gone.retain_mut(|left| left.try_recv() == Err(TryRecvError::Empty));
                if gone.is_empty() {
                    return self.joined(connection, (look, looks), (listed, verdict));
                }
                Joining::Leaving(listed, verdict, gone)
            }
        };
        Some(Errand::Handshake {
            connection: Arc::clone(connection),
            look,
            looks,
            stage,
        })
    }

    fn joined(
        &mut self,
        connection: &Arc<Connection>,
        (look, looks): (usize, Looks),
        (listed, verdict): (Places, Verdict),
    ) -> Option<Errand> {
        if look < LOOKS_MAX && verdict != Verdict::Same {
            return Some(Errand::Handshake {
                connection: Arc::clone(connection),
                look: look + 1,
                looks,
                stage: Joining::List,
            });
        }
        if verdict == Verdict::Untrue {
            self.hang_up(connection);
            return None;
        }
        self.accept(connection);
        for (server, _) in listed {
            self.begin_telling(connection, server);
        }
        None
    }

    pub(super) fn begin_telling(&mut self, connection: &Arc<Connection>, server: ServerId) {
        self.errands.push(Errand::Tell {
            connection: Arc::clone(connection),
            server,
            stage: Telling::Structure,
        });
    }

    fn tell(
        &mut self,
        connection: &Arc<Connection>,
        id: ServerId,
        stage: Telling,
    ) -> Option<Telling> {
        if matches!(stage, Telling::Structure) && self.is_telling(connection) {
            return Some(stage);
        }
        let server = &self.stored.servers[&id];
        let is_member = server.members.contains(&connection.user_id);
        Some(match stage {
            Telling::Structure if is_member => Telling::Queue(server.counters.structure_rev),
            Telling::Heads if is_member => Telling::Deliver(server.heads()),
            Telling::Structure | Telling::Heads if connection.is_in(id) => {
                self.host.directory().room(id)?.request(Request::Reload);
                Telling::Again
            }
            Telling::Again if connection.is_in(id) && !is_member => Telling::Again,
            Telling::Again => Telling::Structure,
            // The removal says so, or has said it.
            Telling::Structure | Telling::Heads => return None,
            Telling::Queue(rev) => {
                let room = self.host.directory().room(id)?;
                let needed = room.structure_rev();
                if needed > rev {
                    return Some(Telling::Structure);
                }
                let (answer, told) = tokio::sync::oneshot::channel();
                room.request(Request::Part(Box::new(Part {
                    socket: connection.socket.id(),
                    frame: state_of(id, rev),
                    rev,
                    needed,
                    sent_rev: None,
                    is_together: false,
                    answer,
                })));
                Telling::Queued(told)
            }
            Telling::Queued(mut told) => match told.try_recv() {
                Err(TryRecvError::Empty) => Telling::Queued(told),
                Ok(Told::Sent) => Telling::Heads,
                Ok(Told::Late(_) | Told::Anew(_)) => Telling::Structure,
                Ok(Told::Gone) | Err(TryRecvError::Closed) => return None,
            },
            Telling::Deliver(channels) => {
                let heads = Heads {
                    server_id: id,
                    channels: channels.clone(),
                };
                connection.emit_of(id, &encode(&Event::Heads(heads)).unwrap());
                let room = self.host.directory().room(id)?;
                room.request(Request::Learn(connection.socket.id(), channels));
                return None;
            }
        })
    }

    /// A connection is told one structure at a time.
    fn is_telling(&self, connection: &Arc<Connection>) -> bool {
        self.errands.iter().any(|errand| match errand {
            Errand::Tell {
                connection: other,
                stage,
                ..
            } => {
                let is_waiting = matches!(stage, Telling::Structure | Telling::Again);
                !is_waiting && Arc::ptr_eq(other, connection)
            }
            _ => false,
        })
    }

    fn recheck(&mut self, user: UserId, look: usize, stage: Rechecking) -> Option<Errand> {
        let stage = match stage {
            Rechecking::Look => Rechecking::Enter(self.stored.servers_of(user)),
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
            self.begin_telling(&it.connection, it.server);
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
                    Some(now) => Found::Now(*now),
                };
                room.request(Request::Read(Box::new(Reading { asked, found })));
                return None;
            }
        })
    }
}
