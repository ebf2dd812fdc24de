//! Who is in the room: whoever comes, goes or is taken out.

use std::sync::Arc;

use battala_hub::access::structure::Membership;
use battala_proto::Event;
use battala_proto::commands::RowRange;
use battala_proto::events::{RemovalReason, ServerRemoved};
use battala_proto::id::UserId;

use super::{Enter, Life, Owner};
use crate::connection::{Connection, encode};
use crate::host::{Effect, Host};
use crate::telling::What;

impl Owner {
    /// Enters a connection by where it stood at some moment, unless its membership has moved since. What
    /// is applied later finds it.
    pub(super) fn seat(&mut self, host: &dyn Host, enter: Enter) {
        let Enter {
            connection,
            place,
            is_new,
            answer,
        } = enter;
        let at = place.counters.epoch;
        let is_still_so = self.order.is_still_so(connection.user_id, at);
        let is_seated = is_still_so && self.add(host, &connection, place.membership);
        // Where nobody waits for the answer, nobody looks again or sends the server.
        if answer.send(is_still_so).is_ok() && !is_new || !connection.is_attached() {
            return;
        }
        let server = self.room.server_id;
        if is_seated && is_new {
            host.start(Effect::Welcome(connection, server));
        } else if is_seated {
            // Whoever is late everywhere is not served before those who come now.
            host.start(Effect::Tell(vec![connection], server, What::Structure));
        } else if !is_still_so {
            self.recheck_join(host, connection.user_id);
        }
    }

    pub(super) fn recheck_join(&self, host: &dyn Host, user: UserId) {
        let connections = host.directory().of_account(user);
        if !connections.iter().all(|it| it.is_in(self.room.server_id)) {
            host.start(Effect::RecheckAccount(user, None));
        }
    }

    /// Lets a member's connections in that are not here yet, and sends them the server. The others have been
    /// moved by then, as they may have come by a membership that the room did not know.
    pub(super) fn welcome(&mut self, host: &dyn Host, membership: &Membership) {
        for connection in host.directory().of_account(membership.user_id) {
            if self.add(host, &connection, membership.clone()) {
                host.start(Effect::Welcome(connection, self.room.server_id));
            }
        }
    }

    /// Whether it was not here yet. One that detached meanwhile is not left behind.
    fn add(
        &mut self,
        host: &dyn Host,
        connection: &Arc<Connection>,
        membership: Membership,
    ) -> bool {
        connection.entered(self.room.server_id);
        let now = host.wall();
        let class = self.class_of(&membership, now);
        self.timeouts.note(&membership, now);
        let is_new = self.seats.add(connection, membership, &class);
        if is_new {
            self.watch_late(connection);
        }
        if !connection.is_attached() {
            self.leave(connection);
        }
        is_new
    }

    /// A connection goes by itself.
    pub(super) fn depart(&mut self, connection: &Arc<Connection>) {
        let socket = connection.socket.id();
        self.early.forget(socket);
        self.leave(connection);
    }

    fn leave(&mut self, connection: &Arc<Connection>) {
        connection.left(self.room.server_id);
        let socket = connection.socket.id();
        self.member_list.unsubscribe(socket);
        if let Some(membership) = self.seats.membership_of(socket) {
            self.timeouts.forget(membership);
        }
        self.seats.remove(socket);
    }

    /// Takes a former member's connections out, at once.
    pub(super) fn remove(&mut self, host: &dyn Host, user: UserId, reason: RemovalReason) {
        self.member_list.remove(user);
        let removed = self.removed(reason);
        for connection in host.directory().of_account(user) {
            self.leave(&connection);
            connection.emit(&removed);
        }
    }

    fn removed(&self, reason: RemovalReason) -> Event {
        Event::ServerRemoved(ServerRemoved {
            server_id: self.room.server_id,
            reason,
        })
    }

    /// The server is gone: everyone is told, whatever is still to come of what was before.
    pub(super) fn close(&mut self, host: &dyn Host) -> Life {
        host.directory().forget(&self.room);
        let removed = encode(&self.removed(RemovalReason::Deleted));
        for connection in self.seats.take() {
            connection.left(self.room.server_id);
            if let Some(frame) = &removed {
                connection.socket.emit(frame);
            }
        }
        Life::Ended
    }

    pub(super) fn subscribe(&mut self, connection: &Connection, ranges: Vec<RowRange>) {
        // Who was removed meanwhile, or is gone, watches nothing.
        if self.seats.get(connection.socket.id()).is_some() {
            self.member_list.subscribe(connection, ranges);
        }
    }
}
