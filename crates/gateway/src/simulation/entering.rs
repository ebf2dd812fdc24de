//! A handshake, and who is entered into rooms.

use std::sync::Arc;

use battala_hub::members::MemberPlace;
use battala_proto::id::ServerId;
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

use super::errand::{Errand, LOOKS_MAX};
use super::world::World;
use crate::connection::Connection;
use crate::directory::Welcome;
use crate::host::Host;
use crate::looks::{Looks, Verdict};

pub(super) type Places = Vec<MemberPlace>;
pub(super) type Asked = Vec<Asking>;

/// The servers of a connection that begins, and those of them that it has not entered in time.
type Listed = (Places, Vec<ServerId>);

pub(super) enum Joining {
    List,
    Listed(Places),
    Entering(Places, Asked),
    LookAgain(Listed, bool),
    Leaving(Listed, Verdict, Vec<Receiver<()>>),
}

/// A room that was asked to let a connection in, and its answer.
pub(super) struct Asking {
    pub(super) connection: Arc<Connection>,
    pub(super) server: ServerId,
    waiting: Receiver<bool>,
    pub(super) answer: Option<bool>,
}

/// Whether all rooms have answered.
pub(super) fn have_answered(asked: &mut [Asking]) -> bool {
    for asking in asked.iter_mut().filter(|it| it.answer.is_none()) {
        asking.answer = match asking.waiting.try_recv() {
            Ok(is_in) => Some(is_in),
            Err(TryRecvError::Closed) => Some(false),
            Err(TryRecvError::Empty) => None,
        };
    }
    asked.iter().all(|it| it.answer.is_some())
}

pub(super) fn are_all_in(asked: &[Asking]) -> bool {
    asked.iter().all(|it| it.answer == Some(true))
}

/// Nobody waits for the rooms any longer that have not answered: they let it in later, and these they are.
fn give_up(asked: &mut [Asking]) -> Vec<ServerId> {
    let mut late = Vec::new();
    for asking in asked.iter_mut().filter(|it| it.answer.is_none()) {
        // A room that answers from here on knows that nobody waits; before, it did not.
        asking.waiting.close();
        asking.answer = asking.waiting.try_recv().ok();
        if asking.answer.is_none() {
            asking.answer = Some(true);
            late.push(asking.server);
        }
    }
    late
}

impl World {
    pub(super) fn ask_to_enter(&self, connection: &Arc<Connection>, places: &Places) -> Asked {
        let directory = self.host.directory();
        let mut asked = Vec::new();
        for place in places {
            if !connection.is_in(place.server_id) {
                let answer = directory.enter(&self.host, place, connection, Welcome::ByCaller);
                asked.push(Asking {
                    connection: Arc::clone(connection),
                    server: place.server_id,
                    waiting: answer,
                    answer: None,
                });
            }
        }
        asked
    }

    pub(super) fn join(
        &mut self,
        connection: &Arc<Connection>,
        (look, mut looks): (usize, Looks),
        stage: Joining,
    ) -> Option<Errand> {
        let directory = self.host.directory();
        let stage = match stage {
            Joining::List => Joining::Listed(self.stored.places_of(connection.user_id)),
            Joining::Listed(listed) => {
                let entering = self.ask_to_enter(connection, &listed);
                Joining::Entering(listed, entering)
            }
            Joining::Entering(listed, mut entering) => {
                if have_answered(&mut entering) || self.is_late() {
                    let late = give_up(&mut entering);
                    Joining::LookAgain((listed, late), are_all_in(&entering))
                } else {
                    Joining::Entering(listed, entering)
                }
            }
            Joining::LookAgain(listed, is_entered) => {
                if !self.stored.sessions.contains_key(&connection.session_id) {
                    self.hang_up(connection);
                    return None;
                }
                let ids =
                    |places: &Places| places.iter().map(|it| it.server_id).collect::<Vec<_>>();
                let current = self.stored.servers_of(connection.user_id);
                let (gone, verdict) = looks.compare(&ids(&listed.0), is_entered, &current);
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
        ((listed, late), verdict): (Listed, Verdict),
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
        let in_time = |place: &&MemberPlace| !late.contains(&place.server_id);
        let in_time: Vec<_> = listed.iter().filter(in_time).collect();
        self.accept(connection, late.clone());
        for place in in_time {
            self.welcome(connection, place.server_id);
        }
        for server in late {
            if connection.is_in(server) {
                self.welcome(connection, server);
            } else {
                self.owe_entering(connection.user_id);
            }
        }
        None
    }
}
